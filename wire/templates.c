#include "wire/templates.h"

#include <stdlib.h>
#include <string.h>

struct cc_templates {
	const struct cc_pack *pack;
	const struct cc_zones *zones;
	enum cc_language order[CC_LANGUAGES];
	unsigned n;
	struct cc_template *v[CC_LANGUAGES][CC_MESSAGE_FORMS][CC_MESSAGE_PARTS];
};

static const char *const forms[CC_MESSAGE_FORMS] = {
	"alert", "group", "digest", "handover", "configuration"
};
static const char *const parts[CC_MESSAGE_PARTS] = {"subject", "txt", "html"};

static const enum cc_template_place places[CC_MESSAGE_PARTS] = {
	CC_PLACE_LINE, CC_PLACE_TEXT, CC_PLACE_HTML
};

const char *
cc_template_form_text(enum cc_message_form form)
{
	return form < CC_FORM_ALERT || (int)form > CC_MESSAGE_FORMS ? NULL : forms[form - 1];
}

const char *
cc_template_part_text(enum cc_message_part part)
{
	return (unsigned)part >= CC_MESSAGE_PARTS ? NULL : parts[part];
}

static int
place_of(const char *word, const char *const *words, int n)
{
	for (int i = 0; i < n; i++)
		if (strcmp(word, words[i]) == 0)
			return i;
	return -1;
}

static enum cc_code
compile(struct cc_templates *t, enum cc_language l, const struct cc_pack_text *text,
    const struct cc_template_report *report, struct cc_err *reterr)
{
	int form = place_of(text->name, forms, CC_MESSAGE_FORMS);
	int part = place_of(text->part, parts, CC_MESSAGE_PARTS);
	struct cc_template_source source = {.file = text->file, .text = text->text,
	    .scopes = {&cc_message_names, &cc_alert_names}, .nscopes = 2};

	if (form < 0 || part < 0)
		return cc_fail(reterr, CC_EINVAL, 0, "%.100s: no template of a message",
		    text->file);
	source.place = places[part];
	if (t->v[l][form][part] != NULL)
		return cc_fail(reterr, CC_EINVAL, 0, "%.100s: is there twice", text->file);
	return cc_template_compile(&source, report, &t->v[l][form][part], reterr);
}

static void
add_language(struct cc_templates *t, enum cc_language l)
{
	for (unsigned i = 0; i < t->n; i++)
		if (t->order[i] == l)
			return;
	t->order[t->n++] = l;
}

static enum cc_code
compile_builtin(struct cc_templates *t, const struct cc_template_report *report,
    struct cc_err *reterr)
{
	enum cc_code code = CC_OK;

	add_language(t, CC_ENGLISH);
	for (int f = 0; f < CC_MESSAGE_FORMS && code == CC_OK; f++)
		for (int p = 0; p < CC_MESSAGE_PARTS && code == CC_OK; p++) {
			const char *words = cc_template_builtin((enum cc_message_form)(f + 1),
			    (enum cc_message_part)p);
			struct cc_pack_text text = {"en", forms[f], parts[p], "built in",
			    {words, (uint32_t)strlen(words)}};

			code = compile(t, CC_ENGLISH, &text, report, reterr);
		}
	return code;
}

/* All of them, so that every mistake is told; CC_ENOMEM ends it. */
static enum cc_code
compile_pack(struct cc_templates *t, const struct cc_template_report *report,
    struct cc_err *reterr)
{
	enum cc_code code, worst = CC_OK;

	for (uint16_t i = 0; i < t->pack->ntexts; i++) {
		const struct cc_pack_text *text = &t->pack->texts[i];
		enum cc_language l;

		if (!cc_language_find(text->language, &l))
			return cc_fail(reterr, CC_EINVAL, 0, "%.100s: there are no words in "
			    "that language", text->file);
		add_language(t, l);
		code = compile(t, l, text, report, reterr);
		if (code == CC_ENOMEM)
			return code;
		if (code != CC_OK)
			worst = code;
	}
	for (unsigned i = 0; worst == CC_OK && i < t->n; i++)
		for (int f = 0; f < CC_MESSAGE_FORMS; f++)
			for (int p = 0; p < CC_MESSAGE_PARTS; p++)
				if (t->v[t->order[i]][f][p] == NULL)
					return cc_fail(reterr, CC_EINVAL, 0, "templates/%s: "
					    "%s.%s is missing", cc_language_code(t->order[i]),
					    forms[f], parts[p]);
	return worst;
}

enum cc_code
cc_templates_open(const struct cc_pack *pack, const struct cc_zones *zones,
    const struct cc_template_report *report, struct cc_templates **ret,
    struct cc_err *reterr)
{
	struct cc_templates *t = calloc(1, sizeof *t);
	enum cc_code code;

	if (t == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for templates");
	t->pack = pack;
	t->zones = zones;
	code = pack == NULL || pack->ntexts == 0 ? compile_builtin(t, report, reterr) :
	    compile_pack(t, report, reterr);
	if (code != CC_OK) {
		cc_templates_free(t);
		return code;
	}
	*ret = t;
	return CC_OK;
}

void
cc_templates_free(struct cc_templates *t)
{
	if (t == NULL)
		return;
	for (int l = 0; l < CC_LANGUAGES; l++)
		for (int f = 0; f < CC_MESSAGE_FORMS; f++)
			for (int p = 0; p < CC_MESSAGE_PARTS; p++)
				cc_template_free(t->v[l][f][p]);
	free(t);
}

enum cc_language
cc_templates_language(const struct cc_templates *t, const char *code)
{
	for (unsigned i = 0; code != NULL && i < t->n; i++)
		if (strcmp(cc_language_code(t->order[i]), code) == 0)
			return t->order[i];
	return t->order[0];
}

const char *
cc_templates_code(const struct cc_templates *t, unsigned i)
{
	return i < t->n ? cc_language_code(t->order[i]) : NULL;
}

const struct cc_template *
cc_templates_find(const struct cc_templates *t, enum cc_language l,
    enum cc_message_form form, enum cc_message_part part)
{
	return t->v[l][cc_template_form_text(form) == NULL ? 0 : form - 1][part];
}

static const char *
title_in(const struct cc_pack *p, const char *language, const char *of)
{
	uint32_t lo = 0, hi = p->ntitles;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		int c = strcmp(language, p->titles[mid].language);

		if (c == 0)
			c = strcmp(of, p->titles[mid].of);
		if (c == 0)
			return p->titles[mid].title;
		if (c < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}

const char *
cc_templates_title(const struct cc_templates *t, enum cc_language l, const char *of)
{
	const char *title;

	if (t->pack == NULL || of == NULL)
		return NULL;
	title = title_in(t->pack, cc_language_code(l), of);
	return title != NULL || l == CC_ENGLISH ? title : title_in(t->pack, "en", of);
}

const struct cc_zone *
cc_templates_zone(const struct cc_templates *t, const char *name)
{
	return t->zones == NULL || name == NULL ? NULL :
	    cc_zones_find(t->zones, (struct cc_str){name, (uint32_t)strlen(name)});
}
