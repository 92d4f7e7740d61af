#include "policy/ics_scan.h"

#include "policy/holidays.h"

#include <string.h>
#include <strings.h>

enum { DEPTH = 4 };

struct scan {
	const char *path;
	struct cc_arena *arena;
	struct cc_str rest;
	uint32_t line;			/* of the line last read */
	struct {
		struct cc_str name;
		uint32_t line;
	} open[DEPTH];
	int depth;
	bool ended;			/* END:VCALENDAR was seen */
	struct cc_ics_prop *props;	/* of all events, one after another */
	uint32_t nprops;
	struct cc_ics ics;
	struct cc_err *reterr;
};

static enum cc_code
refuse(const struct scan *s, uint32_t line, uint32_t column, const char *what)
{
	return cc_fail(s->reterr, CC_EINVAL, 0, "%s:%u:%u: %s", s->path, line,
	    column, what);
}

static bool
called(struct cc_str s, const char *name)
{
	return s.n == strlen(name) && strncasecmp(s.p, name, s.n) == 0;
}

static struct cc_str
physical_line(struct scan *s)
{
	const char *end = memchr(s->rest.p, '\n', s->rest.n);
	struct cc_str line = s->rest;

	if (end != NULL)
		line.n = (uint32_t)(end - line.p);
	s->rest.p += line.n + (end != NULL);
	s->rest.n -= line.n + (end != NULL);
	s->line++;
	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

static bool
folded_on(const struct scan *s)
{
	return s->rest.n > 0 && (s->rest.p[0] == ' ' || s->rest.p[0] == '\t');
}

/* A content line with the lines that are folded onto it. */
static enum cc_code
content_line(struct scan *s, struct cc_str *ret, uint32_t *ret_line)
{
	struct cc_str line;
	const char *from = s->rest.p;
	char *whole;
	uint32_t n;

	line = physical_line(s);
	*ret_line = s->line;
	if (!folded_on(s)) {
		*ret = line;
		return CC_OK;
	}
	n = line.n;
	/* Unfolding only takes bytes away: what is left is room enough. */
	while (folded_on(s))
		(void)physical_line(s); /* measured first */
	whole = cc_arena_alloc(s->arena, (size_t)(s->rest.p - from) + 1);
	if (whole == NULL)
		return cc_fail(s->reterr, CC_ENOMEM, 0, "%s: out of memory",
		    s->path);
	memcpy(whole, line.p, n);
	s->rest.n += (uint32_t)(s->rest.p - from);
	s->rest.p = from;
	s->line = *ret_line - 1;
	(void)physical_line(s); /* the one copied already */
	while (folded_on(s)) {
		line = physical_line(s);
		memcpy(whole + n, line.p + 1, line.n - 1);
		n += line.n - 1;
	}
	*ret = (struct cc_str){whole, n};
	return CC_OK;
}

static bool
name_char(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	    (c >= '0' && c <= '9') || c == '-';
}

/* Splits NAME;params:value.  Parameters may hide a colon in quotes. */
static enum cc_code
split(struct scan *s, struct cc_str line, uint32_t number,
    struct cc_ics_prop *ret)
{
	bool quoted = false;
	uint32_t n = 0, i;

	while (n < line.n && name_char(line.p[n]))
		n++;
	if (n == 0 || n == line.n || (line.p[n] != ':' && line.p[n] != ';'))
		return refuse(s, number, n + 1,
		    "a property is expected: NAME:value");
	for (i = n; i < line.n && (quoted || line.p[i] != ':'); i++) {
		if (line.p[i] == '"')
			quoted = !quoted;
	}
	if (i == line.n)
		return refuse(s, number, n + 1,
		    "a colon and a value are expected");
	ret->name = (struct cc_str){line.p, n};
	ret->value = (struct cc_str){line.p + i + 1, line.n - i - 1};
	ret->line = number;
	ret->column = i + 2;
	return CC_OK;
}

static struct cc_ics_event *
event_open(const struct scan *s)
{
	if (s->depth != 2 || !called(s->open[1].name, "VEVENT"))
		return NULL;
	return &s->ics.events[s->ics.nevents - 1];
}

static enum cc_code
begin(struct scan *s, const struct cc_ics_prop *p)
{
	bool event = called(p->value, "VEVENT");

	if (s->ended)
		return refuse(s, p->line, 1, "one calendar a file is expected");
	if (s->depth == 0 && !called(p->value, "VCALENDAR"))
		return refuse(s, p->line, p->column, "VCALENDAR is expected");
	if (s->depth == 1 && !event && !called(p->value, "VTIMEZONE"))
		return refuse(s, p->line, p->column,
		    "only VEVENT is expected in a calendar of holidays");
	if (s->depth > 1 && (event || called(p->value, "VCALENDAR")))
		return refuse(s, p->line, p->column,
		    "this component cannot stand inside another one; is an "
		    "END missing before it?");
	if (s->depth == DEPTH)
		return cc_fail(s->reterr, CC_ERANGE, 0, "%s:%u:1: components "
		    "nested more than %d deep", s->path, p->line, DEPTH);
	if (event) {
		if (s->ics.nevents == CC_HOLIDAYS_EVENTS)
			return cc_fail(s->reterr, CC_ERANGE, 0,
			    "%s:%u:1: more than %d events", s->path, p->line,
			    CC_HOLIDAYS_EVENTS);
		s->ics.events[s->ics.nevents++] = (struct cc_ics_event){
			.line = p->line, .props = s->props + s->nprops
		};
	}
	s->open[s->depth].name = p->value;
	s->open[s->depth].line = p->line;
	s->depth++;
	return CC_OK;
}

static enum cc_code
end(struct scan *s, const struct cc_ics_prop *p)
{
	struct cc_str open = {"", 0};

	if (s->depth > 0)
		open = s->open[s->depth - 1].name;
	if (s->depth == 0 || p->value.n != open.n ||
	    strncasecmp(p->value.p, open.p, open.n) != 0)
		return cc_fail(s->reterr, CC_EINVAL, 0, "%s:%u:%u: this END "
		    "has no BEGIN; END:%.*s is expected", s->path, p->line,
		    p->column, open.n > 40 ? 40 : (int)open.n, open.p);
	s->depth--;
	s->ended = s->depth == 0;
	return CC_OK;
}

static enum cc_code
property(struct scan *s, const struct cc_ics_prop *p)
{
	struct cc_ics_event *e = event_open(s);

	if (s->depth == 0)
		return refuse(s, p->line, 1, "BEGIN:VCALENDAR is expected");
	if (e != NULL) {
		s->props[s->nprops++] = *p;
		e->nprops++;
	}
	if (s->depth == 1 && called(p->name, "X-CASECLOCK-REVIEWED")) {
		if (s->ics.reviewed.line != 0)
			return refuse(s, p->line, 1,
			    "X-CASECLOCK-REVIEWED is there twice");
		s->ics.reviewed = *p;
	}
	return CC_OK;
}

static enum cc_code
take_line(struct scan *s)
{
	struct cc_ics_prop p;
	struct cc_str line = {"", 0};
	uint32_t number = 0;
	enum cc_code code;

	if (s->line >= CC_HOLIDAYS_LINES)
		return cc_fail(s->reterr, CC_ERANGE, 0, "%s:%u:1: more than "
		    "%d lines", s->path, s->line + 1, CC_HOLIDAYS_LINES);
	code = content_line(s, &line, &number);
	if (code != CC_OK || line.n == 0)
		return code;
	code = split(s, line, number, &p);
	if (code != CC_OK)
		return code;
	if (called(p.name, "BEGIN"))
		return begin(s, &p);
	if (called(p.name, "END"))
		return end(s, &p);
	return property(s, &p);
}

static uint32_t
lines_of(struct cc_str text)
{
	uint32_t n = 1;

	for (uint32_t i = 0; i < text.n; i++)
		n += text.p[i] == '\n';
	return n > CC_HOLIDAYS_LINES ? CC_HOLIDAYS_LINES : n;
}

enum cc_code
cc_ics_scan(const char *path, struct cc_str text, struct cc_arena *a,
    struct cc_ics *ret, struct cc_err *reterr)
{
	struct scan s = {
		.path = path, .arena = a, .rest = text, .reterr = reterr
	};

	s.props = cc_arena_array(a, lines_of(text), sizeof *s.props);
	s.ics.events = cc_arena_array(a, CC_HOLIDAYS_EVENTS,
	    sizeof *s.ics.events);
	if (s.props == NULL || s.ics.events == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "%s: out of memory", path);
	while (s.rest.n > 0) {
		enum cc_code code = take_line(&s);

		if (code != CC_OK)
			return code;
	}
	if (s.depth > 0) {
		struct cc_str n = s.open[s.depth - 1].name;

		return cc_fail(reterr, CC_EINVAL, 0, "%s:%u:1: BEGIN:%.*s has "
		    "no END", path, s.open[s.depth - 1].line,
		    n.n > 40 ? 40 : (int)n.n, n.p);
	}
	if (!s.ended)
		return refuse(&s, 1, 1, "BEGIN:VCALENDAR is expected");
	*ret = s.ics;
	return CC_OK;
}

const struct cc_ics_prop *
cc_ics_prop(const struct cc_ics_event *e, const char *name)
{
	for (uint32_t i = 0; i < e->nprops; i++) {
		if (called(e->props[i].name, name))
			return &e->props[i];
	}
	return NULL;
}
