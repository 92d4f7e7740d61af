#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/pack.h"
#include "cli/table.h"
#include "cli/tests.h"
#include "policy/heap.h"
#include "policy/slurp.h"
#include "scheduler/program.h"

enum { LIST_BYTES = 4 * 1024 * 1024, LIST_ARENA = 64 * 1024 * 1024, ROWS_MAX = 20000,
	PATH_TEXT = 1024, TEST_TEXT = 400 };

/* The ids that a pack should have; rows without a list are its own rules. */
struct list {
	const char **v;
	uint32_t n, cap;
};

struct rows {
	const struct cc_pack *pack;
	const struct cc_pack_tests *tests;
	const struct cc_pack_test **first;	/* by rule: the first test that names it */
	struct cc_table table;
	unsigned implemented, tested, unprinted, missing, beside;
};

/* ---- the catalogue --------------------------------------------------- */

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool
add_id(struct list *l, struct cc_arena *a, const char *p, size_t n)
{
	if (l->n == ROWS_MAX)
		return false;
	if (l->n == l->cap) {
		uint32_t cap = l->cap == 0 ? 256 : 2 * l->cap;
		const char **v = cc_arena_array(a, cap, sizeof *v);

		if (v == NULL)
			return false;
		for (uint32_t i = 0; i < l->n; i++)
			v[i] = l->v[i];
		l->v = v;
		l->cap = cap;
	}
	l->v[l->n] = cc_arena_text(a, p, n);
	return l->v[l->n++] != NULL;
}

/* The first word of each line, up to a comma; '#' begins a comment, and a line
 * that begins with "id" heads the column. */
static bool
take_lines(struct list *l, struct cc_arena *a, const char *text)
{
	for (const char *p = text; *p != '\0';) {
		size_t line = strcspn(p, "\n"), n = strcspn(p, ", \t\r\n");

		if (n > 0 && *p != '#' && !(p == text && n == 2 && memcmp(p, "id", 2) == 0) &&
		    !add_id(l, a, p, n))
			return false;
		p += line + (p[line] == '\n');
	}
	return true;
}

static void
drop_repeats(struct list *l)
{
	uint32_t n = 0;

	if (l->n > 1)
		qsort(l->v, l->n, sizeof l->v[0], by_text);
	for (uint32_t i = 0; i < l->n; i++)
		if (n == 0 || strcmp(l->v[n - 1], l->v[i]) != 0)
			l->v[n++] = l->v[i];
	l->n = n;
}

static bool
read_list(const char *path, struct cc_arena *a, struct list *l)
{
	struct cc_str text;
	struct cc_err err;

	if (cc_slurp(path, LIST_BYTES, a, &text, &err) != CC_OK) {
		cc_complain("%s", err.msg);
		return false;
	}
	if (!take_lines(l, a, text.p)) {
		cc_complain("%s: more than %d rows", path, (int)ROWS_MAX);
		return false;
	}
	if (l->n == 0)
		cc_complain("%s: there is no row in it", path);
	drop_repeats(l);
	return l->n > 0;
}

/* The named file, else DIR/catalogue.txt if there is one, else the pack's own. */
static bool
open_list(const struct cc_args *args, const struct cc_pack *p, struct cc_arena *a,
    struct list *l)
{
	const char *path = cc_args_value(args, "catalogue", 0);
	char beside[PATH_TEXT];

	if (path == NULL && snprintf(beside, sizeof beside, "%s/catalogue.txt",
	    cc_args_plain(args, 0)) < (int)sizeof beside && access(beside, F_OK) == 0)
		path = beside;
	if (path != NULL)
		return read_list(path, a, l);
	for (uint16_t i = 0; i < p->nrules; i++)
		if (!add_id(l, a, p->rules[i]->id, strlen(p->rules[i]->id)))
			return false;
	return true;
}

/* ---- the table ------------------------------------------------------- */

static void
note_tests(struct rows *r)
{
	for (uint32_t i = 0; i < r->tests->n; i++)
		for (uint16_t k = 0; k < r->tests->v[i].nrules; k++) {
			uint16_t at = r->tests->v[i].rules[k]->index;

			if (r->first[at] == NULL)
				r->first[at] = &r->tests->v[i];
		}
}

static void
put_row(struct rows *r, const char *id, const char *status, const char *kind,
    const char *words)
{
	cc_table_cell(&r->table, id, CC_PLAIN);
	cc_table_cell(&r->table, status, CC_PLAIN);
	cc_table_cell(&r->table, kind, CC_PLAIN);
	cc_table_cell(&r->table, words, CC_PLAIN);
}

static void
put_rule(struct rows *r, const struct cc_rulex *x)
{
	const struct cc_pack_test *t = r->first[x->pub.index];
	const char *kind = cc_kind_text(x->pub.kind), *file;
	char words[TEST_TEXT];

	if (!x->records) {
		r->unprinted++;
		put_row(r, x->pub.id, "not computable", kind,
		    x->reason == NULL ? "no reason is given" : x->reason);
		return;
	}
	r->implemented++;
	if (t == NULL) {
		put_row(r, x->pub.id, "NOT TESTED", kind, NULL);
		return;
	}
	r->tested++;
	file = strrchr(t->at.file, '/');
	(void)snprintf(words, sizeof words, "%s:%u: %s", /* cut is fine */
	    file == NULL ? t->at.file : file + 1, t->at.line, t->name);
	put_row(r, x->pub.id, "implemented", kind, words);
}

/* Both are sorted. */
static void
put_rows(struct rows *r, const struct list *l)
{
	const struct cc_program *prog = r->pack->program;
	uint32_t i = 0, k = 0;

	while (i < l->n || k < prog->nrules) {
		int c = i == l->n ? 1 : k == prog->nrules ? -1 :
		    strcmp(l->v[i], prog->rules[k].pub.id);

		if (c < 0) {
			r->missing++;
			put_row(r, l->v[i], "MISSING", NULL, "the pack has no such rule");
		} else {
			r->beside += c > 0;
			put_rule(r, &prog->rules[k]);
		}
		i += c <= 0;
		k += c >= 0;
	}
}

static int
print(struct rows *r, const struct list *l)
{
	static const struct cc_column columns[] = {
		{.title = "ROW"}, {.title = "STATUS"}, {.title = "KIND"},
		{.title = "FIRST TEST, OR WHY NOT", .may_cut = true},
	};

	cc_table_begin(&r->table, stdout, columns, sizeof columns / sizeof columns[0]);
	put_rows(r, l);
	if (!cc_table_end(&r->table)) {
		cc_complain("policy rows: no memory for the table");
		return CC_EXIT_FAILED;
	}
	printf("\n%u rows: %u implemented (%u of them tested), %u not computable, "
	    "%u missing; %u rules beside them\n", (unsigned)l->n, r->implemented, r->tested,
	    r->unprinted, r->missing, r->beside);
	return r->tested < r->implemented || r->missing > 0 ? CC_EXIT_FAILED : CC_EXIT_DONE;
}

static int
rows(const struct cc_args *args, const struct cc_pack *p, struct cc_arena *a)
{
	struct list l = {.n = 0};
	struct cc_tests t;
	struct rows r = {.pack = p, .tests = &t.tests};
	int code;

	if (!open_list(args, p, a, &l))
		return CC_EXIT_FAILED;
	r.first = cc_arena_array(a, p->nrules, sizeof *r.first);
	if (r.first == NULL) {
		cc_complain("policy rows: no memory");
		return CC_EXIT_FAILED;
	}
	code = cc_tests_open(&t, p, cc_args_plain(args, 0), NULL, 0);
	if (code == CC_EXIT_DONE) {
		note_tests(&r);
		code = print(&r, &l);
	}
	cc_tests_done(&t);
	return code;
}

static int
run(const struct cc_args *args)
{
	struct cc_loaded l;
	struct cc_arena a;
	int code;

	cc_heap_arena_init(&a, LIST_ARENA);
	if (cc_loaded_open(&l, cc_args_plain(args, 0), NULL))
		code = rows(args, l.pack, &a);
	else
		code = l.refused ? CC_EXIT_REFUSED : CC_EXIT_FAILED;
	cc_loaded_done(&l);
	cc_arena_done(&a);
	return code;
}

static const struct cc_option options[] = {
	{.name = "catalogue", .value = "FILE",
	    .help = "The ids there should be, one a line, or a CSV"},
};

const struct cc_command cc_command_policy_rows = {
	.name = "policy rows", .usage = "[--catalogue FILE] DIR",
	.summary = "Say of every row whether it is computed, and which test shows it",
	.details = "The rows are those of FILE, else of DIR/catalogue.txt, else the pack's own\n"
	    "rules.  Exit status 1: a row is missing, or a rule that prints records has no\n"
	    "test; 4: the pack or its tests have mistakes.",
	.args = {options, sizeof options / sizeof options[0], 1, 1}, .run = run,
};
