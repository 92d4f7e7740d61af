#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "policy/heap.h"
#include "tests/support/ladders.h"
#include "tests/support/pack_kit.h"
#include "tests/support/texas_lines.h"
#include "wire/line.h"

/*
 * The Texas pack with random damage: whatever comes of it, the loader says what
 * is wrong or gives a pack that can be evaluated, and comes to an end.
 * CC_SEED=N repeats a run; CC_ROUNDS=N makes it shorter or longer.
 */
enum {
	ROUNDS = 300, FILES = 40, PATH = 512, BYTES = 512 * 1024, SECONDS = 20,
	EVAL_ARENA = 128 * 1024 * 1024
};

static const char texas[] = "policy/packs/texas-cps";

static const char *const names[] = {
	"pack.yaml", "events.yaml", "terms.yaml", "holidays.ics",
	"rules/administrative.yaml", "rules/ar.yaml", "rules/closing.yaml",
	"rules/contact.yaml", "rules/courtesy.yaml", "rules/css-legal.yaml",
	"rules/documentation.yaml", "rules/fatality.yaml", "rules/investigation.yaml",
	"rules/safety.yaml", "rules/school.yaml", "rules/services.yaml",
	"rules/special.yaml", "rules/submission.yaml", "rules/supervision.yaml",
	"rules/trafficking.yaml", "rules/unprinted.yaml",
};

enum { NAMES = sizeof names / sizeof names[0] };

struct file {
	char *text;
	size_t n;
};

static struct file files[NAMES];
static char dir[PATH];

static const char *
path_of(const char *folder, const char *name)
{
	static char path[2 * PATH];

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	return path;
}

static void
write_file(unsigned i, const struct file *f)
{
	FILE *out = fopen(path_of(dir, names[i]), "wb");

	assert_non_null(out);
	assert_int_equal(fwrite(f->text, 1, f->n, out), f->n);
	assert_int_equal(fclose(out), 0);
}

static int
begin(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	if (cc_test_go_to_the_tree() != 0)
		return -1;
	(void)snprintf(dir, sizeof dir, "%s/caseclock-hostile-XXXXXX",
	    tmp == NULL ? "/tmp" : tmp);
	if (mkdtemp(dir) == NULL || mkdir(path_of(dir, "rules"), 0700) != 0)
		return -1;
	for (unsigned i = 0; i < NAMES; i++) {
		FILE *in = fopen(path_of(texas, names[i]), "rb");

		files[i].text = malloc(BYTES);
		assert_non_null(in);
		assert_non_null(files[i].text);
		files[i].n = fread(files[i].text, 1, BYTES, in);
		assert_true(files[i].n > 0 && files[i].n < BYTES);
		assert_int_equal(fclose(in), 0);
		write_file(i, &files[i]);
	}
	return 0;
}

static int
end(void **state)
{
	(void)state;
	for (unsigned i = 0; i < NAMES; i++) {
		(void)unlink(path_of(dir, names[i]));
		free(files[i].text);
	}
	(void)rmdir(path_of(dir, "rules"));
	return rmdir(dir);
}

/* ---- damage ---- */

static size_t
line_at(const struct file *f, size_t at)
{
	while (at > 0 && f->text[at - 1] != '\n')
		at--;
	return at;
}

static size_t
line_end(const struct file *f, size_t at)
{
	while (at < f->n && f->text[at] != '\n')
		at++;
	return at < f->n ? at + 1 : f->n;
}

static void
cut_out(struct file *f, size_t from, size_t to)
{
	memmove(f->text + from, f->text + to, f->n - to);
	f->n -= to - from;
}

/* Puts bytes of the file itself at another place of it. */
static void
copy_in(struct file *f, size_t from, size_t n, size_t to)
{
	char part[256];

	n = n > sizeof part ? sizeof part : n;
	if (f->n + n > BYTES)
		return;
	memcpy(part, f->text + from, n);
	memmove(f->text + to + n, f->text + to, f->n - to);
	memcpy(f->text + to, part, n);
	f->n += n;
}

/* Swaps the line at `a` with the one behind it. */
static void
swap_lines(struct file *f, size_t a)
{
	size_t from = line_at(f, a), mid = line_end(f, a), to = line_end(f, mid);
	char *first = malloc(mid - from + 1);

	assert_non_null(first);
	memcpy(first, f->text + from, mid - from);
	memmove(f->text + from, f->text + mid, to - mid);
	memcpy(f->text + from + (to - mid), first, mid - from);
	free(first);
}

/* The word at or behind a place. */
static void
word_at(const struct file *f, size_t at, size_t *from, size_t *to)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz_"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

	while (at < f->n && memchr(letters, f->text[at], sizeof letters - 1) == NULL)
		at++;
	while (at > 0 && memchr(letters, f->text[at - 1], sizeof letters - 1) != NULL)
		at--;
	*from = at;
	while (at < f->n && memchr(letters, f->text[at], sizeof letters - 1) != NULL)
		at++;
	*to = at;
}

/* Puts a word of the file in the place of another: often it still parses. */
static void
change_word(struct file *f, size_t a, size_t b)
{
	size_t from, to, other, end;

	word_at(f, a, &from, &to);
	word_at(f, b, &other, &end);
	copy_in(f, other, end - other, to);
	cut_out(f, from, to);
}

static void
damage(struct file *f, uint64_t *seed)
{
	static const char marks[] = "[]{}()|>-:,.'\"#&*!?\t\n =<+0159xX";
	size_t at = (size_t)cc_test_random(seed, f->n);
	size_t n = 1 + (size_t)cc_test_random(seed, 12);

	switch (cc_test_random(seed, 12)) {
	case 0:
		f->text[at] = (char)(f->text[at] ^ 1 << cc_test_random(seed, 8));
		break;
	case 1:
		f->text[at] = (char)cc_test_random(seed, 256);
		break;
	case 2:
		f->text[at] = marks[cc_test_random(seed, sizeof marks - 1)];
		break;
	case 3:
		cut_out(f, at, at + n < f->n ? at + n : f->n);
		break;
	case 4:
		cut_out(f, line_at(f, at), line_end(f, at));
		break;
	case 5:
		copy_in(f, at, f->n - at < 8 * n ? f->n - at : 8 * n,
		    (size_t)cc_test_random(seed, f->n));
		break;
	case 6:
		f->n = at + 1;
		break;
	case 7:
		swap_lines(f, at);
		break;
	default:
		change_word(f, at, (size_t)cc_test_random(seed, f->n));
		break;
	}
	if (f->n == 0)
		f->text[f->n++] = '\n';
}

/* ---- a history for the packs that load all the same ---- */

/* Events that the damaged pack no longer takes are left out. */
static uint32_t
take_events(const struct cc_pack *p, struct cc_arena *a, struct cc_input in[CC_TEXAS_LINES])
{
	struct cc_line_rules rules = {.schema = &p->schema, .zones = p->zones,
	    .max_bytes = CC_LINE_MAX_BYTES, .may_send = true, .ahead = CC_LINE_AHEAD};
	uint32_t n = 0;

	for (unsigned i = 0; i < CC_TEXAS_LINES; i++) {
		struct cc_refused refused;
		struct cc_draft d;

		if (cc_wire_event_parse(&rules, (struct cc_str){cc_texas_lines[i],
		    (uint32_t)strlen(cc_texas_lines[i])}, a, &d, &refused) &&
		    cc_event_encode(&p->schema, &d, a, &in[n].bytes, NULL) == CC_OK)
			in[n++].recorded = (struct cc_wall){i + 1};
	}
	return n;
}

static uint32_t taken;	/* events of the last evaluation */

static uint32_t
evaluate(const struct cc_pack *p)
{
	struct cc_eval_options o = {.now = cc_test_wall("2026-09-01T00:00:00Z"), .only_rule = -1};
	struct cc_input in[CC_TEXAS_LINES];
	struct cc_case c = {CC_STR("k"), in, 0};
	struct cc_result r = {.nclocks = 0};
	struct cc_arena a;
	struct cc_err err;
	enum cc_code code;

	cc_heap_arena_init(&a, EVAL_ARENA);
	c.nevents = taken = take_events(p, &a, in);
	code = cc_eval_case(p, &c, &o, &a, &r, &err);
	assert_true(code == CC_OK || code == CC_ENOMEM || code == CC_ERANGE);
	for (uint32_t i = 0; code == CC_OK && i < r.nclocks; i++) {
		struct cc_view v;

		(void)cc_clock_view(&r.clocks[i], o.now, &v);
		assert_true(r.clocks[i].subject.n > 0);
	}
	cc_arena_done(&a);
	return code == CC_OK ? r.nclocks : 0;
}

/* ---- the rounds ---- */

/* Loads what stands in the folder; true when it is a pack.  The holidays of a
 * calendar that was not touched come from a short list, to save time. */
static bool
load(bool holidays, uint32_t *clocks)
{
	struct cc_pack_options o = {.dir = dir, .zones = cc_test_system_zones(),
	    .holidays = holidays ? NULL : "tests/packs/office/holidays.txt"};
	const struct cc_pack *p = NULL;
	struct cc_diags d = {.n = 0};
	struct cc_arena a;
	struct cc_err err;
	enum cc_code code;

	cc_heap_arena_init(&a, CC_PACK_ARENA);
	code = cc_pack_load(&o, &a, &d, &p, &err);
	assert_true(code == CC_OK || code == CC_EINVAL);
	assert_true((code == CC_OK) == (p != NULL));
	assert_true((code == CC_OK) == (d.n == 0));
	for (unsigned i = 0; i < cc_diags_kept(&d); i++)
		assert_non_null(strchr(d.text[i], ':'));
	if (p != NULL)
		*clocks += evaluate(p);
	cc_diags_done(&d);
	cc_arena_done(&a);
	return p != NULL;
}

static void
whatever_is_done_to_a_pack_it_is_loaded_or_refused(void **state)
{
	const char *given = getenv("CC_ROUNDS");
	long rounds = given == NULL ? ROUNDS : strtol(given, NULL, 10);
	uint64_t seed = cc_test_seed(2026);
	struct file f = {malloc(BYTES), 0};
	long loaded = 0;
	uint32_t clocks = 0;

	(void)state;
	assert_non_null(f.text);
	assert_true(load(true, &clocks));
	assert_int_equal(taken, CC_TEXAS_LINES);
	assert_true(clocks > 20);
	for (long i = 0; i < rounds; i++) {
		unsigned which = (unsigned)cc_test_random(&seed, NAMES);
		unsigned times = 1 + (unsigned)cc_test_random(&seed, 3);
		time_t before = time(NULL);

		f.n = files[which].n;
		memcpy(f.text, files[which].text, f.n);
		for (unsigned k = 0; k < times; k++)
			damage(&f, &seed);
		write_file(which, &f);
		loaded += load(strcmp(names[which], "holidays.ics") == 0, &clocks);
		assert_true(time(NULL) - before < SECONDS);
		write_file(which, &files[which]);
	}
	free(f.text);
	print_message("%ld of %ld damaged packs loaded\n", loaded, rounds);
	assert_true(rounds < 300 || (loaded > 0 && loaded < rounds));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whatever_is_done_to_a_pack_it_is_loaded_or_refused),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
