#include "tests/unit/store_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *
heap(void *self, void *old, size_t n)
{
	(void)self;
	if (n > 0)
		return malloc(n);
	free(old);
	return NULL;
}

static struct store_fixture *
fixture(bool memory)
{
	struct store_fixture *f = calloc(1, sizeof *f);

	assert_non_null(f);
	f->memory = memory;
	f->a = (struct cc_arena){ .more = heap, .limit = (size_t)256 << 20 };
	return f;
}

struct cc_store_config
store_config(const struct store_fixture *f)
{
	return (struct cc_store_config){ .path = f->path, .create = true, .busy_ms = 50 };
}

static void
open_or_fail(struct store_fixture *f)
{
	const struct cc_store_config cf = store_config(f);
	struct cc_err err = { 0 };
	enum cc_code code = f->memory ? cc_store_open_memory(&cf, &f->st, &err) :
	    cc_store_open_sqlite(&cf, &f->st, &err);

	if (code != CC_OK)
		fail_msg("open: %s", err.msg);
}

int
store_setup_sqlite(void **state)
{
	struct store_fixture *f = fixture(false);
	const char *tmp = getenv("CC_TMP");

	(void)snprintf(f->folder, sizeof f->folder, "%s/cc-store-XXXXXX",
	    tmp != NULL && strlen(tmp) < 40 ? tmp : "/tmp");
	assert_non_null(mkdtemp(f->folder));
	(void)snprintf(f->path, sizeof f->path, "%s/store.db", f->folder);
	open_or_fail(f);
	*state = f;
	return 0;
}

int
store_setup_memory(void **state)
{
	struct store_fixture *f = fixture(true);

	open_or_fail(f);
	*state = f;
	return 0;
}

void
store_reopen(struct store_fixture *f)
{
	cc_store_close(f->st);
	f->st = NULL;
	open_or_fail(f);
}

void
store_remove_folder(const char *folder)
{
	DIR *d = opendir(folder);
	const struct dirent *e;

	while (d != NULL && (e = readdir(d)) != NULL) {
		char path[400];

		if (e->d_name[0] == '.' && (e->d_name[1] == '\0' || e->d_name[1] == '.'))
			continue;
		(void)snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
		(void)unlink(path);
	}
	if (d != NULL)
		(void)closedir(d);
	(void)rmdir(folder);
}

int
store_teardown(void **state)
{
	struct store_fixture *f = *state;
	struct cc_err err = { 0 };
	enum cc_code code = CC_OK;

	if (f->st != NULL) {
		cc_store_fault(f->st, NULL);
		cc_store_rollback(f->st);
		code = cc_store_verify(f->st, &err);
	}
	cc_store_close(f->st);
	if (f->folder[0] != '\0')
		store_remove_folder(f->folder);
	cc_arena_done(&f->a);
	free(f);
	if (code != CC_OK)
		print_error("verify: %s\n", err.msg);
	return code == CC_OK ? 0 : -1;
}

struct cc_str
store_text(const char *fmt, ...)
{
	static char ring[32][700];
	static unsigned at;
	char *p = ring[at++ % 32];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(p, sizeof ring[0], fmt, ap);
	va_end(ap);
	return (struct cc_str){ p, (uint32_t)strlen(p) };
}

struct cc_str
store_str(const char *text)
{
	return (struct cc_str){ text, (uint32_t)strlen(text) };
}

void
store_begin(struct cc_store *st)
{
	struct cc_err err = { 0 };

	if (cc_store_begin(st, &err) != CC_OK)
		fail_msg("begin: %s", err.msg);
}

void
store_commit(struct cc_store *st)
{
	struct cc_err err = { 0 };

	if (cc_store_commit(st, &err) != CC_OK)
		fail_msg("commit: %s", err.msg);
}

int64_t
store_event(struct cc_store *st, const char *case_id, const char *id, int64_t recorded)
{
	const struct cc_store_event e = { S("/s"), S(id), S(case_id),
	    store_text("body of %s", id), W(recorded) };
	struct cc_store_appended r = { 0 };
	struct cc_err err = { 0 };

	if (cc_store_event_append(st, &e, &r, &err) != CC_OK)
		fail_msg("append: %s", err.msg);
	assert_int_equal(r.outcome, CC_APPEND_NEW);
	return r.seq;
}

enum cc_code
store_put(struct cc_store *st, const char *case_id, int64_t expected, struct cc_wall wake)
{
	const struct cc_store_put p = { .case_id = S(case_id), .expected = expected,
	    .stamps = { S("pack-1"), S("calendar-1"), S("zones-1") }, .wake = wake };

	return cc_store_case_put(st, &p, NULL);
}

struct cc_store_alert
store_alert(const char *case_id, const char *rule, const char *rung)
{
	return (struct cc_store_alert){ .case_id = S(case_id), .rule = S(rule),
	    .subject = S("v1"), .origin_id = S("e-1"), .origin_source = S("/s"), .epoch = 1,
	    .period = 1, .rung = S(rung), .severity = CC_CRITICAL,
	    .to = S("caseworker supervisor"), .state = CC_STATE_OVERDUE, .at = W(1000),
	    .fired = W(1001), .started = W(500), .due = W(999), .ended = CC_NEVER,
	    .known = W(501), .previous_due = CC_NEVER };
}

struct cc_store_message
store_message(const char *id, const char *case_id, int64_t next)
{
	return (struct cc_store_message){ .id = S(id), .case_id = S(case_id),
	    .recipient = S("s-1"), .channel = S("email"), .address = S("a@example.org"),
	    .thread = S("thread"), .payload = S("{\"rule\":\"r\"}"),
	    .state = CC_OUTBOX_QUEUED, .created = W(10), .next = W(next), .give_up = W(5000) };
}

struct cc_store_status
store_status(struct cc_store *st)
{
	struct cc_store_status s = { 0 };

	assert_int_equal(cc_store_status(st, &s, NULL), CC_OK);
	return s;
}
