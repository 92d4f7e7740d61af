#include "cli/tests.h"

#include <stdio.h>

#include "cli/command.h"
#include "policy/folder.h"
#include "policy/heap.h"

#define TESTS_ARENA ((size_t)512 * 1024 * 1024)

static int
tell(const struct cc_diags *d)
{
	unsigned kept = cc_diags_kept(d);

	for (unsigned i = 0; i < kept; i++)
		(void)fprintf(stderr, "%s\n", d->text[i]);
	if (d->n > kept)
		cc_complain("%u more mistakes are not shown", d->n - kept);
	cc_complain("the tests have %u mistake%s; nothing was run", d->n,
	    d->n == 1 ? "" : "s");
	return CC_EXIT_REFUSED;
}

int
cc_tests_open(struct cc_tests *t, const struct cc_pack *p, const char *dir,
    const char *const *files, unsigned n)
{
	struct cc_folder names = {.n = 0};
	enum cc_code code = CC_OK;
	struct cc_err err;

	*t = (struct cc_tests){.diags = {.n = 0}};
	cc_heap_arena_init(&t->arena, TESTS_ARENA);
	t->tests = (struct cc_pack_tests){.pack = p, .arena = &t->arena, .diags = &t->diags};
	if (n == 0) {
		code = cc_folder_list(dir, "tests", &t->arena, &names, &err);
		files = names.v;
		n = names.n;
	}
	if (code != CC_OK && code != CC_ENOENT) {
		cc_complain("%s", err.msg);
		return CC_EXIT_FAILED;
	}
	for (unsigned i = 0; i < n; i++)
		(void)cc_pack_test_read(&t->tests, files[i]); /* the diagnostics say */
	return t->diags.n == 0 ? CC_EXIT_DONE : tell(&t->diags);
}

void
cc_tests_done(struct cc_tests *t)
{
	cc_diags_done(&t->diags);
	cc_arena_done(&t->arena);
}
