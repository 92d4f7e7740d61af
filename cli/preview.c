#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/command.h"
#include "cli/pack.h"
#include "cli/sample.h"
#include "wire/render.h"

enum { PATH_SIZE = 1024 };

struct preview {
	struct cc_loaded loaded;
	bool opened;			/* `loaded` is to be given back */
	struct cc_templates *own;	/* the compiled-in ones, without --policy */
	const struct cc_templates *templates;
	const char *form, *out;		/* NULL: all; standard output */
	bool html, text, title;
	unsigned shown;
};

static const struct cc_option options[] = {
	{.name = "policy", .value = "DIR",
	    .help = "The pack; without it the compiled-in templates"},
	{.name = "language", .value = "LL", .help = "en or es; all there are by default"},
	{.name = "form", .value = "NAME", .help = "Only this one: breach, digest, ..."},
	{.name = "text", .help = "Only the plain text"},
	{.name = "html", .help = "Only the HTML"},
	{.name = "title", .help = "With the rule's title in the subject"},
	{.name = "out", .value = "DIR", .help = "Write NAME.LL.subject, .txt and .html there"},
};

static void
on_template(void *self, const char *file, uint32_t line, uint32_t column, const char *words)
{
	(void)self;
	cc_say("%s:%u:%u: %s\n", file, line, column, words);
}

/* ---- files ------------------------------------------------------------- */

static bool
write_file(const struct preview *p, const char *name, const char *language, const char *part,
    const char *text)
{
	char path[PATH_SIZE];
	FILE *f;
	bool ok;

	if (snprintf(path, sizeof path, "%s/%s.%s.%s", p->out, name, language, part) >=
	    (int)sizeof path) {
		cc_complain("%.100s: the path is too long", p->out);
		return false;
	}
	f = fopen(path, "w");
	ok = f != NULL && fputs(text, f) != EOF;
	if (f != NULL)
		ok = fclose(f) == 0 && ok;
	if (!ok)
		cc_complain("%s: %s", path, strerror(errno));
	return ok;
}

static bool
write_parts(const struct preview *p, const char *name, const struct cc_parts *parts)
{
	return write_file(p, name, parts->language, "subject", parts->subject) &&
	    write_file(p, name, parts->language, "txt", parts->text) &&
	    write_file(p, name, parts->language, "html", parts->html);
}

/* ---- standard output ------------------------------------------------------ */

static void
print_parts(const struct preview *p, const char *name, const struct cc_parts *parts)
{
	if (p->html || p->text) {
		(void)fputs(p->html ? parts->html : parts->text, stdout); /* seen at the end */
		return;
	}
	printf("%s==== %s (%s)\nSubject: %s\n\n%s", p->shown == 0 ? "" : "\n", name,
	    parts->language, parts->subject, parts->text);
}

static int
show(struct preview *p, const char *name, const struct cc_message *m)
{
	struct cc_render r = {.message = m, .templates = p->templates,
	    .title_in_subject = p->title, .most = m->nitems};
	struct cc_parts parts;
	struct cc_err err;
	bool ok = true;

	if (cc_render(&r, &parts, &err) != CC_OK) {
		cc_complain("%s: %s", name, err.msg);
		return CC_EXIT_FAILED;
	}
	if (p->out != NULL)
		ok = write_parts(p, name, &parts);
	else
		print_parts(p, name, &parts);
	p->shown++;
	cc_parts_done(&parts);
	return ok ? CC_EXIT_DONE : CC_EXIT_FAILED;
}

static int
show_language(struct preview *p, const char *language)
{
	struct cc_samples s;
	int code = CC_EXIT_DONE;

	cc_samples_make(&s, p->opened ? p->loaded.pack : NULL, language);
	for (unsigned i = 0; i < s.n && code == CC_EXIT_DONE; i++)
		if (p->form == NULL || strcmp(p->form, s.v[i].name) == 0)
			code = show(p, s.v[i].name, &s.v[i].message);
	return code;
}

/* ---- what is asked for ------------------------------------------------------ */

static int
check_form(const char *form)
{
	const char *near;

	if (form == NULL)
		return CC_EXIT_DONE;
	for (unsigned i = 0; i < CC_SAMPLE_COUNT; i++)
		if (strcmp(cc_sample_names[i], form) == 0)
			return CC_EXIT_DONE;
	near = cc_nearest(form, strlen(form), cc_sample_names, CC_SAMPLE_COUNT);
	if (near != NULL)
		return cc_misused("messages preview: there is no %.40s; did you mean %s?", form,
		    near);
	return cc_misused("messages preview: there is no %.40s; there are breach, before, "
	    "late-news, moved, clear, withdrawn, immediate, group, digest, handover and "
	    "configuration", form);
}

static int
open_templates(struct preview *p, const char *dir)
{
	static const struct cc_template_report report = {on_template, NULL};
	struct cc_err err;

	if (dir != NULL) {
		p->opened = true;
		if (!cc_loaded_open(&p->loaded, dir, NULL))
			return p->loaded.refused ? CC_EXIT_REFUSED : CC_EXIT_FAILED;
		p->templates = p->loaded.templates;
		return CC_EXIT_DONE;
	}
	if (cc_templates_open(NULL, NULL, &report, &p->own, &err) != CC_OK) {
		cc_complain("%s", err.msg);
		return CC_EXIT_FAILED;
	}
	p->templates = p->own;
	return CC_EXIT_DONE;
}

static bool
has_language(const struct preview *p, const char *language)
{
	const char *code;

	for (unsigned i = 0; (code = cc_templates_code(p->templates, i)) != NULL; i++)
		if (strcmp(code, language) == 0)
			return true;
	return false;
}

static int
show_all(struct preview *p, const char *language)
{
	const char *code;
	int result = CC_EXIT_DONE;

	if (language != NULL && !has_language(p, language))
		return cc_misused("messages preview: there are no templates in %.20s", language);
	if (p->out != NULL && mkdir(p->out, 0777) != 0 && errno != EEXIST) {
		cc_complain("%s: %s", p->out, strerror(errno));
		return CC_EXIT_FAILED;
	}
	for (unsigned i = 0; result == CC_EXIT_DONE &&
	    (code = cc_templates_code(p->templates, i)) != NULL; i++)
		if (language == NULL || strcmp(language, code) == 0)
			result = show_language(p, code);
	return result;
}

static int
run(const struct cc_args *a)
{
	struct preview p = {.form = cc_args_value(a, "form", 0),
	    .out = cc_args_value(a, "out", 0), .html = cc_args_has(a, "html"),
	    .text = cc_args_has(a, "text"), .title = cc_args_has(a, "title")};
	int code = check_form(p.form);

	if (code != CC_EXIT_DONE)
		return code;
	if (p.html + p.text + (p.out != NULL) > 1)
		return cc_misused("messages preview: one of --text, --html and --out");
	code = open_templates(&p, cc_args_value(a, "policy", 0));
	if (code == CC_EXIT_DONE)
		code = show_all(&p, cc_args_value(a, "language", 0));
	if (p.opened)
		cc_loaded_done(&p.loaded);
	cc_templates_free(p.own);
	return code;
}

const struct cc_command cc_command_preview = {
	.name = "messages preview",
	.usage = "[--policy DIR] [--language LL] [--form NAME]\n"
	    "           [--text | --html | --out DIR] [--title]",
	.summary = "Show how messages look, with made-up data",
	.details = "Renders the pack's templates: breach, before, late-news, moved, clear,\n"
	    "withdrawn, immediate, group, digest, handover, configuration.  Subject and\n"
	    "plain text go to standard output, or with --html the HTML.  No daemon is\n"
	    "asked.  Exit status 4: the pack has mistakes.",
	.args = {options, sizeof options / sizeof options[0], 0, 0}, .run = run,
};
