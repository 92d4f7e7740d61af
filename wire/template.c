#include "wire/template.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire/template_inner.h"
#include "wire/utf8.h"

enum { SCOPES_MAX = CC_TEMPLATE_SCOPES + CC_TEMPLATE_DEPTH, WORDS_MAX = 240 };

struct open_section {
	uint32_t step, at;
	struct cc_html html;		/* as it was before */
	bool scope;			/* it opened one */
};

struct compiling {
	const struct cc_template_source *s;
	const struct cc_template_report *report;
	struct cc_template *t;
	const struct cc_names *scopes[SCOPES_MAX];	/* NULL: of a list that is unknown */
	uint16_t nscopes;
	struct open_section open[CC_TEMPLATE_DEPTH];
	uint16_t nopen;
	uint32_t too_deep;		/* sections past the limit */
	struct cc_html html;
	bool html_lost;			/* after a mistake its state means nothing */
	unsigned mistakes;
	bool no_memory;
};

/* A tag: "{{", a sign, a name, "}}". */
struct tag {
	uint32_t at, end;		/* of the whole */
	char sign;			/* '\0' a value */
	struct cc_str name;
	uint32_t name_at;
};

static void say(struct compiling *c, uint32_t at, const char *fmt, ...) CC_PRINTF(3, 4);

static void
say(struct compiling *c, uint32_t at, const char *fmt, ...)
{
	char words[WORDS_MAX];
	uint32_t line = 1, column = 1;
	va_list ap;

	for (uint32_t i = 0; i < at; i++) {
		if (c->s->text.p[i] == '\n') {
			line++;
			column = 1;
		} else if (((unsigned char)c->s->text.p[i] & 0xc0) != 0x80) {
			column++;
		}
	}
	va_start(ap, fmt);
	(void)vsnprintf(words, sizeof words, fmt, ap);	/* cut is fine */
	va_end(ap);
	c->mistakes++;
	c->report->say(c->report->self, c->s->file, line, column, words);
}

static void
add_step(struct compiling *c, const struct cc_step *step)
{
	struct cc_template *t = c->t;

	if (t->nsteps == t->cap) {
		uint32_t cap = t->cap == 0 ? 64 : 2 * t->cap;
		struct cc_step *v = realloc(t->steps, cap * sizeof *v);

		if (v == NULL) {
			c->no_memory = true;
			return;
		}
		t->steps = v;
		t->cap = cap;
	}
	t->steps[t->nsteps++] = *step;
}

static void
add_text(struct compiling *c, uint32_t from, uint32_t to)
{
	uint32_t at = 0;
	const char *wrong;

	if (from >= to)
		return;
	if (c->s->place == CC_PLACE_HTML && !c->html_lost) {
		wrong = cc_html_walk(&c->html, (struct cc_str){c->s->text.p + from, to - from},
		    &at);
		if (wrong != NULL) {
			say(c, from + at, "%s", wrong);
			c->html_lost = true;
		}
	}
	add_step(c, &(struct cc_step){.op = CC_STEP_TEXT, .at = from, .n = to - from});
}

/* ---- names ----------------------------------------------------------- */

static bool
name_char(char ch)
{
	return (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '_';
}

static bool
name_is(const struct cc_name_def *d, struct cc_str name)
{
	return strlen(d->name) == name.n && memcmp(d->name, name.p, name.n) == 0;
}

/* The innermost scope that has it; NULL when none has. */
static const struct cc_name_def *
look_up(const struct compiling *c, struct cc_str name, struct cc_step *ret)
{
	for (uint16_t up = 0; up < c->nscopes; up++) {
		const struct cc_names *scope = c->scopes[c->nscopes - 1 - up];

		for (uint16_t i = 0; scope != NULL && i < scope->n; i++)
			if (name_is(&scope->v[i], name)) {
				ret->up = (uint8_t)up;
				ret->name = i;
				ret->kind = scope->v[i].kind;
				return &scope->v[i];
			}
	}
	return NULL;
}

static const struct cc_name_def *
known(struct compiling *c, const struct tag *tag, struct cc_step *ret)
{
	const struct cc_name_def *d = look_up(c, tag->name, ret);

	if (d == NULL)
		say(c, tag->name_at, "there is no name '%.*s' here", (int)tag->name.n,
		    tag->name.p);
	return d;
}

/* ---- tags ------------------------------------------------------------ */

static void
add_value(struct compiling *c, const struct tag *tag)
{
	struct cc_step step = {.op = CC_STEP_VALUE};
	const char *wrong = NULL;

	if (known(c, tag, &step) == NULL)
		return;
	if (step.kind == CC_VALUE_FLAG || step.kind == CC_VALUE_LIST) {
		say(c, tag->name_at, "'%.*s' is a %s: it opens a section, it is no text",
		    (int)tag->name.n, tag->name.p,
		    step.kind == CC_VALUE_FLAG ? "yes or no" : "list");
		return;
	}
	if (c->s->place == CC_PLACE_HTML && !c->html_lost)
		wrong = cc_html_value(&c->html, step.kind);
	if (wrong != NULL)
		say(c, tag->at, "%s", wrong);
	add_step(c, &step);
}

static void
open_section(struct compiling *c, const struct tag *tag)
{
	struct cc_step step = {.op = tag->sign == '#' ? CC_STEP_IF : CC_STEP_UNLESS};
	const struct cc_name_def *d = known(c, tag, &step);
	struct open_section *o = &c->open[c->nopen];
	const char *wrong = NULL;

	if (c->nopen == CC_TEMPLATE_DEPTH) {
		if (c->too_deep++ == 0)
			say(c, tag->at, "more than %d sections in each other",
			    (int)CC_TEMPLATE_DEPTH);
		return;
	}
	if (c->s->place == CC_PLACE_HTML && !c->html_lost)
		wrong = cc_html_section(&c->html);
	if (wrong != NULL) {
		say(c, tag->at, "%s", wrong);
		c->html_lost = true;
	}
	*o = (struct open_section){.step = c->t->nsteps, .at = tag->at, .html = c->html,
	    .scope = tag->sign == '#' && d != NULL && d->kind == CC_VALUE_LIST};
	c->nopen++;
	if (o->scope)
		c->scopes[c->nscopes++] = d->inner;
	add_step(c, &step);
}

/* The name of the section that stands open. */
static struct cc_str
open_name(const struct compiling *c)
{
	const char *p = c->s->text.p + c->open[c->nopen - 1].at + 3;
	uint32_t n = 0;

	while (*p == ' ')
		p++;
	while (name_char(p[n]))
		n++;
	return (struct cc_str){p, n};
}

static void
close_section(struct compiling *c, const struct tag *tag)
{
	struct open_section *o;
	struct cc_str name;

	if (c->too_deep > 0) {
		c->too_deep--;
		return;
	}
	if (c->nopen == 0) {
		say(c, tag->at, "no section '%.*s' is open here", (int)tag->name.n,
		    tag->name.p);
		return;
	}
	o = &c->open[c->nopen - 1];
	name = open_name(c);
	if (!cc_str_eq(name, tag->name))
		say(c, tag->name_at, "the section that is open here is '%.*s', not '%.*s'",
		    (int)name.n, name.p, (int)tag->name.n, tag->name.p);
	if (c->s->place == CC_PLACE_HTML && !c->html_lost && !cc_html_same(&o->html, &c->html)) {
		say(c, tag->at, "the section ends inside other markup than it began in");
		c->html = o->html;
	}
	if (c->no_memory)
		return;
	c->t->steps[o->step].n = c->t->nsteps;
	if (o->scope)
		c->nscopes--;
	c->nopen--;
	add_step(c, &(struct cc_step){.op = CC_STEP_END, .at = o->step});
}

/* ---- the text -------------------------------------------------------- */

static uint32_t
find(const struct cc_str *text, uint32_t from, const char *two)
{
	for (uint32_t i = from; i + 1 < text->n; i++)
		if (text->p[i] == two[0] && text->p[i + 1] == two[1])
			return i;
	return text->n;
}

/* "NAME" with blanks around it, up to `end`. */
static bool
read_name(struct compiling *c, uint32_t from, uint32_t end, struct tag *tag)
{
	const char *p = c->s->text.p;

	while (from < end && p[from] == ' ')
		from++;
	while (end > from && p[end - 1] == ' ')
		end--;
	tag->name_at = from;
	tag->name = (struct cc_str){p + from, end - from};
	if (tag->name.n == 0) {
		say(c, tag->at, "a tag needs a name");
		return false;
	}
	for (uint32_t i = 0; i < tag->name.n; i++)
		if (!name_char(tag->name.p[i]) || i >= CC_TEMPLATE_NAME) {
			say(c, from + i, "a name has at most %d small letters, digits and '_'",
			    (int)CC_TEMPLATE_NAME);
			return false;
		}
	return true;
}

/* Reads the tag at `at`.  False after the words about what is wrong with it. */
static bool
read_tag(struct compiling *c, uint32_t at, struct tag *tag)
{
	const struct cc_str *text = &c->s->text;
	uint32_t end = find(text, at + 2, "}}");
	char sign = at + 2 < text->n ? text->p[at + 2] : '\0';

	*tag = (struct tag){.at = at, .end = end == text->n ? end : end + 2};
	if (end == text->n) {
		say(c, at, "this tag has no '}}'");
		return false;
	}
	if (sign != '\0' && strchr("{&=>", sign) != NULL) {
		say(c, at, "'{{%c' is not of this language: every value is escaped, nothing is "
		    "included", sign);
		if (sign == '{' && tag->end < text->n && text->p[tag->end] == '}')
			tag->end++;
		return false;
	}
	if (sign == '#' || sign == '^' || sign == '/' || sign == '!')
		tag->sign = sign;
	return sign == '!' || read_name(c, at + 2 + (tag->sign != '\0'), end, tag);
}

/* A section's tag or a comment alone on its line takes the line with it. */
static bool
alone(const struct cc_str *text, const struct tag *tag, uint32_t *ret_from, uint32_t *ret_to)
{
	uint32_t from = tag->at, to = tag->end;

	if (tag->sign == '\0')
		return false;
	while (from > 0 && (text->p[from - 1] == ' ' || text->p[from - 1] == '\t'))
		from--;
	while (to < text->n && (text->p[to] == ' ' || text->p[to] == '\t'))
		to++;
	if ((from > 0 && text->p[from - 1] != '\n') || (to < text->n && text->p[to] != '\n'))
		return false;
	*ret_from = from;
	*ret_to = to < text->n ? to + 1 : to;
	return true;
}

static void
use_tag(struct compiling *c, const struct tag *tag)
{
	if (tag->sign == '\0')
		add_value(c, tag);
	else if (tag->sign == '/')
		close_section(c, tag);
	else if (tag->sign != '!')
		open_section(c, tag);
}

static void
compile_all(struct compiling *c)
{
	const struct cc_str *text = &c->s->text;
	uint32_t done = 0, at;
	struct tag tag;

	while ((at = find(text, done, "{{")) < text->n && !c->no_memory) {
		uint32_t from = at, to;
		bool good = read_tag(c, at, &tag);

		to = tag.end;
		if (good)
			(void)alone(text, &tag, &from, &to);	/* else they stay */
		add_text(c, done, from > done ? from : done);
		if (good)
			use_tag(c, &tag);
		done = to;
	}
	add_text(c, done, text->n);
	while (c->nopen > 0) {
		struct cc_str name = open_name(c);

		say(c, c->open[c->nopen - 1].at, "the section '%.*s' is never closed",
		    (int)name.n, name.p);
		c->nopen--;
	}
	if (c->s->place == CC_PLACE_HTML && !c->html_lost && c->html.state != CC_HTML_TEXT)
		say(c, text->n, "the document ends inside an element's tag");
}

/* UTF-8, no control character but line ends and tabs; not too long. */
static bool
readable(struct compiling *c)
{
	const struct cc_str *text = &c->s->text;

	if (text->n > CC_TEMPLATE_BYTES) {
		c->mistakes++;
		c->report->say(c->report->self, c->s->file, 1, 1,
		    "the template is longer than 65536 bytes");
		return false;
	}
	for (uint32_t i = 0, n; i < text->n; i += n) {
		n = cc_utf8_size(text->p + i, text->n - i);
		if (n == 0 || (cc_utf8_controls(text->p + i, n) && text->p[i] != '\n' &&
		    text->p[i] != '\t')) {
			say(c, i, n == 0 ? "this is not UTF-8" : "a control character");
			return false;
		}
	}
	return true;
}

enum cc_code
cc_template_compile(const struct cc_template_source *s,
    const struct cc_template_report *report, struct cc_template **ret, struct cc_err *reterr)
{
	struct compiling c = {.s = s, .report = report, .nscopes = s->nscopes};

	c.t = calloc(1, sizeof *c.t);
	if (c.t == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for a template");
	for (uint16_t i = 0; i < s->nscopes; i++)
		c.scopes[i] = s->scopes[i];
	c.t->place = s->place;
	c.t->nscopes = s->nscopes;
	c.t->text = malloc(s->text.n + 1u);
	if (c.t->text == NULL)
		c.no_memory = true;
	else if (readable(&c))
		compile_all(&c);
	if (c.mistakes > 0 || c.no_memory) {
		cc_template_free(c.t);
		return c.mistakes > 0 ? cc_fail(reterr, CC_EINVAL, 0, "%.100s: %u mistake%s",
		    s->file, c.mistakes, c.mistakes == 1 ? "" : "s") :
		    cc_fail(reterr, CC_ENOMEM, 0, "no memory for a template");
	}
	if (s->text.n > 0)
		memcpy(c.t->text, s->text.p, s->text.n);
	*ret = c.t;
	return CC_OK;
}

void
cc_template_free(struct cc_template *t)
{
	if (t == NULL)
		return;
	free(t->steps);
	free(t->text);
	free(t);
}
