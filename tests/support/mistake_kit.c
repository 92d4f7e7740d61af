#include "tests/support/mistake_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { FILES = 5, MORE = 16 };

static const char pack_yaml[] =
"name: small\n"
"version: 1\n"
"effective: 2026-01-01\n"
"language: 1\n"
"zone: Etc/UTC\n"
"calendar:\n"
"  holidays: days\n"
"  workdays: [mon, tue, wed, thu, fri]\n"
"  block: {from: 'mon 08:00:00', to: 'fri 17:00:00'}\n"
"chain: [desk, chief]\n";

static const char events_yaml[] =
"types:\n"
"  a.made:\n"
"    fields:\n"
"      who: {type: id}\n"
"      n: {type: int}\n"
"      k: {type: enum, enum: [red, green]}\n"
"  b.made:\n"
"    fields: {}\n";

static const char rules_yaml[] =
"rules:\n"
"  - rule: one\n"
"    section: '1'\n"
"    title: t\n"
"    kind: deadline\n"
"    responsible: desk\n"
"    for: e in a.made\n"
"    due: e + 1h\n";

static const struct cc_test_file small[FILES] = {
	{"pack.yaml", pack_yaml}, {"events.yaml", events_yaml}, {"days", "2026-03-06\n"},
	{"terms.yaml", "terms: []\n"}, {"rules/a.yaml", rules_yaml},
};

void
cc_small_pack(const struct cc_test_file *files, unsigned n, struct cc_test_pack *ret)
{
	struct cc_test_file all[FILES + MORE];

	assert_true(n <= MORE);
	memcpy(all, small, sizeof small);
	if (n > 0)
		memcpy(all + FILES, files, n * sizeof *files);
	cc_test_pack_make(all, FILES + n, ret);
}

/* The text of the row's file, to be freed; NULL: no file. */
static char *
changed(const struct cc_mistake_row *r)
{
	const char *was = NULL, *at;
	size_t n = 0, before;
	char *text;

	for (unsigned i = 0; i < FILES; i++)
		if (strcmp(small[i].name, r->file) == 0)
			was = small[i].text;
	assert_non_null(was);
	if (r->is == NULL)
		return NULL;
	if (r->was == NULL)
		return strdup(r->is);
	at = r->was[0] == '\0' ? was + strlen(was) : strstr(was, r->was);
	if (at == NULL)
		fail_msg("%s: there is no \"%s\" in %s", r->what, r->was, r->file);
	before = (size_t)(at - was);
	n = strlen(was) + strlen(r->is) + 1;
	text = malloc(n);
	assert_non_null(text);
	(void)snprintf(text, n, "%.*s%s%s", (int)before, was, r->is, at + strlen(r->was));
	return text;
}

static bool
as_expected(const struct cc_mistake_row *r, const struct cc_test_pack *p)
{
	unsigned n = 0;
	bool ok = p->code == CC_EINVAL && p->pack == NULL;

	while (n < CC_MISTAKES_MAX && r->lines[n] != NULL)
		n++;
	ok = ok && n > 0 && p->diags.n == n;
	for (unsigned i = 0; ok && i < n; i++)
		ok = strcmp(p->diags.text[i], r->lines[i]) == 0;
	if (ok)
		return true;
	print_error("%s: %s\n", r->what, p->code == CC_OK ? "loaded" : p->err.msg);
	for (unsigned i = 0; i < n; i++)
		print_error("  expected: %s\n", r->lines[i]);
	for (unsigned i = 0; i < cc_diags_kept(&p->diags); i++)
		print_error("  found:    %s\n", p->diags.text[i]);
	return false;
}

void
cc_expect_mistakes(const struct cc_mistake_row *rows, unsigned n)
{
	unsigned wrong = 0;

	for (unsigned i = 0; i < n; i++) {
		char *text = changed(&rows[i]);
		struct cc_test_file file = {rows[i].file, text};
		struct cc_test_pack p;

		cc_small_pack(&file, 1, &p);
		wrong += !as_expected(&rows[i], &p);
		cc_test_pack_done(&p);
		free(text);
	}
	assert_int_equal(wrong, 0);
}
