#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cases.h"
#include "cli/command.h"
#include "cli/lines.h"
#include "cli/pack.h"
#include "policy/heap.h"
#include "wire/line.h"
#include "wire/record.h"

/* What one case may need, its events and all that is derived from them. */
#define CASE_ARENA ((size_t)1 << 30)

enum { LINE_ARENA = 4 * 1024 * 1024, RECORD_MAX = 64 * 1024, OUT_BUFFER = 256 * 1024 };

struct simulation {
	struct cc_loaded loaded;
	struct cc_line_rules rules;
	struct cc_cases cases;
	struct cc_arena line_arena, case_arena;
	struct cc_buf out;
	const char *file;
	struct cc_wall until, as_known_at;	/* CC_NEVER: not given */
	bool clocks, alerts;
	bool refused, failed;
};

/* ---- reading --------------------------------------------------------- */

static void
refuse(struct simulation *s, uint64_t line, const struct cc_refused *r)
{
	cc_say("line %llu: %s%s%s: %s\n", (unsigned long long)line,
	    cc_refusal_text(r->code), r->pointer[0] == '\0' ? "" : " ", r->pointer,
	    r->message);
	s->refused = true;
}

static void
on_conflict(void *self, uint64_t line, uint64_t first)
{
	struct simulation *s = self;
	struct cc_refused r = {.code = CC_NOT_REFUSED};

	cc_refuse(&r, CC_REFUSED_ID_CONFLICT, "/id",
	    "line %llu has the same source and id with other content, and stands",
	    (unsigned long long)first);
	refuse(s, line, &r);
}

/* --as-known-at: what was recorded later is as if it had never been sent. */
static bool
known_then(const struct simulation *s, const struct cc_draft *d)
{
	struct cc_wall recorded = d->has_recorded ? d->recorded : d->time;

	return !cc_given(s->as_known_at) || recorded.s <= s->as_known_at.s;
}

static enum cc_code
take_line(struct simulation *s, const struct cc_text_line *l, struct cc_err *err)
{
	struct cc_draft d;
	struct cc_refused r;
	struct cc_str bytes;
	enum cc_code code;

	if (l->too_long) {
		cc_wire_line_too_large(CC_LINES_MAX, &r);
		refuse(s, l->number, &r);
		return CC_OK;
	}
	if (cc_wire_line_blank(l->text))
		return CC_OK;
	cc_arena_reset(&s->line_arena);
	if (!cc_wire_event_parse(&s->rules, l->text, &s->line_arena, &d, &r)) {
		refuse(s, l->number, &r);
		return CC_OK;
	}
	if (!known_then(s, &d))
		return CC_OK;
	code = cc_event_encode(&s->loaded.pack->schema, &d, &s->line_arena, &bytes, err);
	if (code != CC_OK)
		return code;
	return cc_cases_add(&s->cases, l->number, &d, bytes, err);
}

static enum cc_code
take_lines(struct simulation *s, int fd, struct cc_err *err)
{
	struct cc_lines lines;
	struct cc_text_line l;
	enum cc_code code = cc_lines_open(&lines, fd, err);

	while (code == CC_OK) {
		code = cc_lines_next(&lines, &l, err);
		if (code == CC_OK)
			code = take_line(s, &l, err);
	}
	cc_lines_close(&lines);
	return code == CC_ENOENT ? cc_cases_end(&s->cases, err) : code;
}

/* ---- printing -------------------------------------------------------- */

static enum cc_code
put_line(struct simulation *s, enum cc_code code)
{
	if (code == CC_OK) {
		cc_buf_char(&s->out, '\n');
		code = cc_buf_end(&s->out, 0);
	}
	if (code == CC_OK && fwrite(s->out.p, 1, s->out.n, stdout) != s->out.n)
		code = CC_EIO;
	cc_buf_clear(&s->out);
	return code;
}

static enum cc_code
put_alerts(struct simulation *s, struct cc_str id, const struct cc_clock *c,
    struct cc_wall now)
{
	const struct cc_pack *p = s->loaded.pack;
	const struct cc_ladder *ladder = cc_ladder_for(&p->ladders, c);
	struct cc_alert alerts[CC_RUNGS_MAX];
	enum cc_code code = CC_OK;
	unsigned n;

	if (ladder == NULL)
		return CC_OK;
	n = cc_alerts_of(ladder, c, now, alerts);
	for (unsigned i = 0; i < n && code == CC_OK; i++)
		code = put_line(s, cc_record_alert(&s->out, id, c, &alerts[i], &p->chain));
	return code;
}

static enum cc_code
put_clocks(struct simulation *s, const struct cc_case *c, const struct cc_result *r,
    struct cc_wall now)
{
	enum cc_code code = CC_OK;

	for (uint32_t i = 0; i < r->nclocks && code == CC_OK; i++) {
		struct cc_view view;

		if (!cc_clock_view(&r->clocks[i], now, &view))
			continue;
		if (s->clocks)
			code = put_line(s, cc_record_clock(&s->out, c->id, &r->clocks[i],
			    &view));
		if (code == CC_OK && s->alerts)
			code = put_alerts(s, c->id, &r->clocks[i], now);
	}
	return code;
}

/* A case that cannot be evaluated does not stop the others. */
static enum cc_code
put_case(struct simulation *s, const struct cc_case *c, bool fits, struct cc_wall now,
    struct cc_err *err)
{
	struct cc_eval_options o = {.now = now, .only_rule = -1};
	struct cc_result r;
	enum cc_code code = CC_ERANGE;

	if (!fits)
		code = cc_fail(err, CC_ERANGE, 0,
		    "more than %d events, or more than %zu MiB of them",
		    (int)CC_CASE_EVENTS_MAX, CASE_ARENA >> 20);
	else
		code = cc_eval_case(s->loaded.pack, c, &o, &s->case_arena, &r, err);
	if (code != CC_OK) {
		cc_complain("case %.*s: %s", (int)c->id.n, c->id.p, err->msg);
		s->failed = true;
		return CC_OK;
	}
	code = put_clocks(s, c, &r, now);
	if (code == CC_EIO)
		return cc_fail(err, code, errno, "cannot write to standard output: %s",
		    strerror(errno));
	if (code != CC_OK)
		return cc_fail(err, code, 0, "case %.*s: a record is too long",
		    (int)c->id.n, c->id.p);
	return CC_OK;
}

static struct cc_wall
now_of(const struct simulation *s)
{
	if (cc_given(s->until))
		return s->until;
	return cc_given(s->as_known_at) ? s->as_known_at : s->cases.latest;
}

static enum cc_code
put_cases(struct simulation *s, struct cc_err *err)
{
	enum cc_code code = CC_OK;
	struct cc_case c;
	bool fits;

	while (code == CC_OK) {
		cc_arena_reset(&s->case_arena);
		code = cc_cases_next(&s->cases, &s->case_arena, &c, &fits, err);
		if (code == CC_OK)
			code = put_case(s, &c, fits, now_of(s), err);
	}
	return code == CC_ENOENT ? CC_OK : code;
}

/* ---- the command ----------------------------------------------------- */

static int
read_time(const struct cc_args *a, const char *name, struct cc_wall *ret)
{
	const char *text = cc_args_value(a, name, 0);
	struct cc_err err;

	*ret = CC_NEVER;
	if (text == NULL)
		return CC_EXIT_DONE;
	if (cc_wall_parse((struct cc_str){text, (uint32_t)strlen(text)}, ret, &err) == CC_OK)
		return CC_EXIT_DONE;
	return cc_misused("simulate: --%s: %s", name, err.msg);
}

static int
read_records(struct simulation *s, const char *which)
{
	if (which == NULL)
		which = "clocks";
	s->clocks = strcmp(which, "alerts") != 0;
	s->alerts = strcmp(which, "clocks") != 0;
	if (s->clocks && s->alerts && strcmp(which, "all") != 0)
		return cc_misused("simulate: --records is clocks, alerts or all, not %.80s",
		    which);
	return CC_EXIT_DONE;
}

static int
read_options(struct simulation *s, const struct cc_args *a)
{
	int code = read_time(a, "until", &s->until);

	if (code == CC_EXIT_DONE)
		code = read_time(a, "as-known-at", &s->as_known_at);
	if (code == CC_EXIT_DONE)
		code = read_records(s, cc_args_value(a, "records", 0));
	if (code == CC_EXIT_DONE && !cc_args_has(a, "policy"))
		code = cc_misused("simulate: --policy DIR is missing: which pack?");
	return code;
}

static void
begin(struct simulation *s)
{
	struct cc_cases_settings settings = {
		.memory = CC_CASES_MEMORY, .on_conflict = on_conflict, .self = s
	};

	s->rules = (struct cc_line_rules){
		.schema = &s->loaded.pack->schema, .zones = &s->loaded.zones,
		.max_bytes = CC_LINES_MAX, .may_send = true
	};
	cc_cases_init(&s->cases, &settings);
	cc_heap_arena_init(&s->line_arena, LINE_ARENA);
	cc_heap_arena_init(&s->case_arena, CASE_ARENA);
	cc_buf_init(&s->out, RECORD_MAX);
}

static int
simulate(struct simulation *s, int fd)
{
	struct cc_err err;
	enum cc_code code;

	begin(s);
	code = take_lines(s, fd, &err);
	if (code == CC_OK)
		code = put_cases(s, &err);
	if (code != CC_OK)
		cc_complain("simulate: %s: %s", s->file, err.msg);
	cc_buf_done(&s->out);
	cc_arena_done(&s->case_arena);
	cc_arena_done(&s->line_arena);
	cc_cases_done(&s->cases);
	if (code != CC_OK || s->failed)
		return CC_EXIT_FAILED;
	return s->refused ? CC_EXIT_REFUSED : CC_EXIT_DONE;
}

static int
run(const struct cc_args *a)
{
	static char buffer[OUT_BUFFER];
	struct simulation s = {.file = cc_args_plain(a, 0)};
	int fd = STDIN_FILENO, code = read_options(&s, a);

	if (code != CC_EXIT_DONE)
		return code;
	if (s.file == NULL || strcmp(s.file, "-") == 0)
		s.file = "standard input";
	else
		fd = open(s.file, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		cc_complain("simulate: %s: %s", s.file, strerror(errno));
		return CC_EXIT_FAILED;
	}
	(void)setvbuf(stdout, buffer, _IOFBF, sizeof buffer); /* only faster */
	if (cc_loaded_open(&s.loaded, cc_args_value(a, "policy", 0),
	    cc_args_value(a, "holidays", 0)))
		code = simulate(&s, fd);
	else
		code = CC_EXIT_FAILED;
	cc_loaded_done(&s.loaded);
	if (fd != STDIN_FILENO)
		(void)close(fd); /* only read from */
	return code;
}

static const struct cc_option options[] = {
	{.name = "policy", .value = "DIR", .help = "The policy pack (needed)"},
	{.name = "until", .value = "TIME",
	    .help = "Evaluate as of this instant, RFC 3339 with an offset"},
	{.name = "as-known-at", .value = "TIME",
	    .help = "Use only what was recorded by then"},
	{.name = "holidays", .value = "FILE",
	    .help = "Dates, one a line, or .ics; not the pack's own"},
	{.name = "records", .value = "WHICH", .help = "clocks (default), alerts, or all"},
};

const struct cc_command cc_command_simulate = {
	.name = "simulate",
	.usage = "--policy DIR [--until TIME] [--as-known-at TIME]\n"
	    "           [--holidays FILE] [--records clocks|alerts|all] [FILE|-]",
	.summary = "Try a policy on a file of events; needs no daemon",
	.details = "Reads events, one a line, in the order in which they arrived, and\n"
	    "writes the clocks they give, one JSON object a line.  Without --until it\n"
	    "evaluates as of --as-known-at, or else of the latest event.  Refused lines\n"
	    "are told on standard error, the rest goes on, and the exit status is 4.",
	.args = {options, sizeof options / sizeof options[0], 0, 1}, .run = run,
};
