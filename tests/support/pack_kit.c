#include "tests/support/pack_kit.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "policy/heap.h"
#include "policy/zones.h"
#include "wire/line.h"
#include "wire/record.h"

enum {
	FILES = 64, PATH = 512, OUTPUT = 16 * 1024 * 1024,
	EVAL_ARENA = 256 * 1024 * 1024
};

const struct cc_zones *
cc_test_system_zones(void)
{
	static struct cc_arena arena;
	static struct cc_zones zones;
	struct cc_err err;

	if (zones.nzones != 0)
		return &zones;
	cc_heap_arena_init(&arena, CC_PACK_ARENA);
	if (cc_zones_load(NULL, &arena, &zones, &err) != CC_OK)
		fail_msg("zones: %s", err.msg);
	return &zones;
}

int
cc_test_go_to_the_tree(void)
{
	for (int i = 0; i < 8; i++) {
		if (access("policy/packs", R_OK) == 0)
			return 0;
		if (chdir("..") != 0)
			break;
	}
	return -1;
}

/* Takes "DIR/" out of every text. */
static void
drop_folder(struct cc_diags *d, const char *dir)
{
	size_t n = strlen(dir);

	for (unsigned i = 0; i < cc_diags_kept(d); i++) {
		char *at = d->text[i];

		while ((at = strstr(at, dir)) != NULL && at[n] == '/')
			memmove(at, at + n + 1, strlen(at + n + 1) + 1);
	}
}

void
cc_test_pack_load(const char *dir, struct cc_test_pack *ret)
{
	struct cc_pack_options o = {.dir = dir, .zones = cc_test_system_zones()};

	memset(ret, 0, sizeof *ret);
	cc_heap_arena_init(&ret->arena, CC_PACK_ARENA);
	ret->code = cc_pack_load(&o, &ret->arena, &ret->diags, &ret->pack, &ret->err);
	drop_folder(&ret->diags, dir);
}

/* The last file of each name, each once. */
static unsigned
chosen(const struct cc_test_file *files, unsigned n, const struct cc_test_file *ret[FILES])
{
	unsigned k = 0;

	for (unsigned i = 0; i < n; i++) {
		unsigned at = 0;

		while (at < k && strcmp(ret[at]->name, files[i].name) != 0)
			at++;
		assert_true(at < FILES);
		ret[at] = &files[i];
		if (at == k)
			k++;
	}
	return k;
}

static void
write_text(const char *path, const char *text)
{
	FILE *f = fopen(path, "wb");

	if (f == NULL)
		fail_msg("%s: %s", path, strerror(errno));
	assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
	assert_int_equal(fclose(f), 0);
}

void
cc_test_pack_make(const struct cc_test_file *files, unsigned n, struct cc_test_pack *ret)
{
	const struct cc_test_file *list[FILES];
	const char *tmp = getenv("TMPDIR");
	char dir[PATH], path[2 * PATH];
	unsigned k = chosen(files, n, list);

	(void)snprintf(dir, sizeof dir, "%s/caseclock-pack-XXXXXX", tmp == NULL ? "/tmp" : tmp);
	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof path, "%s/rules", dir);
	assert_int_equal(mkdir(path, 0700), 0);
	for (unsigned i = 0; i < k; i++) {
		(void)snprintf(path, sizeof path, "%s/%s", dir, list[i]->name);
		if (list[i]->text != NULL)
			write_text(path, list[i]->text);
	}
	cc_test_pack_load(dir, ret);
	for (unsigned i = 0; i < k; i++) {
		(void)snprintf(path, sizeof path, "%s/%s", dir, list[i]->name);
		(void)unlink(path);	/* some were never written */
	}
	(void)snprintf(path, sizeof path, "%s/rules", dir);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(rmdir(dir), 0);
}

void
cc_test_pack_done(struct cc_test_pack *p)
{
	cc_diags_done(&p->diags);
	cc_arena_done(&p->arena);
	p->pack = NULL;
}

void
cc_test_pack_expect(const struct cc_test_pack *p, const char *const *lines, unsigned n)
{
	unsigned kept = cc_diags_kept(&p->diags);
	bool ok = p->diags.n == n && (p->code == (n == 0 ? CC_OK : CC_EINVAL)) &&
	    (p->pack == NULL) == (n != 0);

	for (unsigned i = 0; ok && i < n; i++)
		ok = strcmp(p->diags.text[i], lines[i]) == 0;
	if (ok)
		return;
	for (unsigned i = 0; i < n; i++)
		print_error("expected: %s\n", lines[i]);
	for (unsigned i = 0; i < kept; i++)
		print_error("found:    %s\n", p->diags.text[i]);
	fail_msg("the pack has %u mistakes, expected %u (%s)", p->diags.n, n,
	    p->code == CC_OK ? "loaded" : p->err.msg);
}

struct cc_wall
cc_test_wall(const char *text)
{
	struct cc_wall t = {0};
	struct cc_err err;

	if (cc_wall_parse((struct cc_str){text, (uint32_t)strlen(text)}, &t, &err) != CC_OK)
		fail_msg("%s: %s", text, err.msg);
	return t;
}

struct cc_case
cc_test_case(const struct cc_pack *p, const char *const *lines, unsigned n,
    struct cc_arena *a)
{
	struct cc_line_rules rules = {.schema = &p->schema, .zones = p->zones,
	    .max_bytes = CC_LINE_MAX_BYTES, .may_send = true, .ahead = CC_LINE_AHEAD};
	struct cc_input *in = cc_arena_array(a, n, sizeof *in);

	assert_non_null(in);
	for (unsigned i = 0; i < n; i++) {
		struct cc_str text = {lines[i], (uint32_t)strlen(lines[i])};
		struct cc_refused refused;
		struct cc_draft d;
		struct cc_err err;

		if (!cc_wire_event_parse(&rules, text, a, &d, &refused))
			fail_msg("%s: %s", lines[i], refused.message);
		if (cc_event_encode(&p->schema, &d, a, &in[i].bytes, &err) != CC_OK)
			fail_msg("%s: %s", lines[i], err.msg);
		in[i].recorded = (struct cc_wall){i + 1};
	}
	return (struct cc_case){CC_STR("k"), in, n};
}

/* Evaluates; the arena holds the result. */
static struct cc_result
evaluate(const struct cc_pack *p, const char *const *lines, unsigned n,
    const char *now, struct cc_arena *a)
{
	struct cc_eval_options o = {.now = cc_test_wall(now), .only_rule = -1};
	struct cc_case c = cc_test_case(p, lines, n, a);
	struct cc_result r;
	struct cc_err err;

	if (cc_eval_case(p, &c, &o, a, &r, &err) != CC_OK)
		fail_msg("%s", err.msg);
	return r;
}

char *
cc_test_records(const struct cc_pack *p, const char *const *lines, unsigned n,
    const char *now)
{
	struct cc_arena a;
	struct cc_result r;
	struct cc_buf b;
	char *text;

	cc_heap_arena_init(&a, EVAL_ARENA);
	cc_buf_init(&b, OUTPUT);
	r = evaluate(p, lines, n, now, &a);
	for (uint32_t i = 0; i < r.nclocks; i++) {
		struct cc_view v;

		if (!cc_clock_view(&r.clocks[i], cc_test_wall(now), &v))
			continue;
		assert_int_equal(cc_record_clock(&b, CC_STR("k"), &r.clocks[i], &v), CC_OK);
		cc_buf_char(&b, '\n');
	}
	cc_arena_done(&a);
	text = cc_buf_take(&b);
	return text == NULL ? strdup("") : text;
}

static void
put_instant(struct cc_buf *b, const struct cc_zone *z, struct cc_wall t)
{
	char text[CC_LOCAL_TEXT];

	cc_buf_char(b, ' ');
	if (!cc_given(t)) {
		cc_buf_char(b, '-');
		return;
	}
	cc_local_format(z, t, text);
	text[14] = 'T';
	cc_buf_put(b, text + 9, 14);
}

/* The rule's name stands in the list, between blanks. */
static bool
listed(const char *rules, const char *id)
{
	size_t n = strlen(id);

	if (rules == NULL)
		return true;
	for (const char *at = rules; (at = strstr(at, id)) != NULL; at += n)
		if ((at == rules || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
			return true;
	return false;
}

char *
cc_test_brief(const struct cc_pack *p, const char *rules, const char *const *lines,
    unsigned n, const char *now)
{
	struct cc_arena a;
	struct cc_result r;
	struct cc_buf b;
	char *text;

	cc_heap_arena_init(&a, EVAL_ARENA);
	cc_buf_init(&b, OUTPUT);
	r = evaluate(p, lines, n, now, &a);
	for (uint32_t i = 0; i < r.nclocks; i++) {
		const struct cc_clock *c = &r.clocks[i];
		struct cc_view v;

		if (!listed(rules, c->rule->id) || !cc_clock_view(c, cc_test_wall(now), &v))
			continue;
		cc_buf_puts(&b, c->rule->id);
		cc_buf_char(&b, ' ');
		cc_buf_put(&b, c->subject.p, c->subject.n);
		cc_buf_char(&b, ' ');
		cc_buf_int(&b, c->period);
		cc_buf_char(&b, ' ');
		cc_buf_puts(&b, cc_state_text(v.state));
		put_instant(&b, r.zone, v.started);
		put_instant(&b, r.zone, v.due);
		put_instant(&b, r.zone, v.ended);
		cc_buf_char(&b, '\n');
	}
	cc_arena_done(&a);
	text = cc_buf_take(&b);
	return text == NULL ? strdup("") : text;
}
