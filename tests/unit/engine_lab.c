#include "tests/unit/engine_lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "policy/heap.h"

static void
wake(void *self)
{
	struct lab *l = self;

	l->woken++;
}

static bool
fault(void *self, const char *step)
{
	struct lab *l = self;

	if (strcmp(step, "commit") != 0)
		return false;
	l->calls++;
	return l->calls >= l->fail_from && l->calls <= l->fail_to;
}

static void
committed(void *self, uint64_t number)
{
	struct lab *l = self;
	uint32_t n = cc_queue_length(&l->outlet.queue);

	(void)number;
	l->commits++;
	if (n > l->back_at_commit)
		l->back_at_commit = n;
}

void
lab_start(struct lab *l, const char *owner)
{
	struct cc_engine_config cf = {.store = l->store, .setup = l->kit.setup,
	    .figures = &l->figures, .outlet = &l->outlet, .forward = cc_reader_ask,
	    .forward_self = l->reader, .now = cc_kit_now, .now_self = &l->kit,
	    .owner = owner};

	assert_int_equal(cc_engine_new(&cf, &l->engine, NULL), CC_OK);
	l->claims = 0;
}

int
lab_begin(void **state)
{
	static struct lab lab;
	struct lab *l = &lab;
	struct cc_store_hooks hooks = {.fault = fault, .committed = committed, .self = l};
	struct cc_reader_config rc = {.figures = &l->figures, .outlet = &l->outlet,
	    .now = cc_kit_now, .now_self = &l->kit};

	memset(l, 0, sizeof *l);
	cc_kit_begin(&l->kit, "");
	cc_heap_arena_init(&l->arena, 16 * 1024 * 1024);
	assert_int_equal(cc_queue_init(&l->outlet.queue, UINT32_MAX, SIZE_MAX, NULL), CC_OK);
	l->outlet.wake = wake;
	l->outlet.self = l;
	assert_int_equal(cc_store_open_memory(NULL, &l->store, NULL), CC_OK);
	assert_int_equal(cc_store_open_reader(l->store, &l->reader_store, NULL), CC_OK);
	rc.store = l->reader_store;
	assert_int_equal(cc_reader_new(&rc, &l->reader, NULL), CC_OK);
	lab_start(l, "run-1");
	cc_store_fault(l->store, &hooks);
	l->commits = l->calls = 0;
	*state = l;
	return 0;
}

int
lab_end(void **state)
{
	struct lab *l = *state;

	cc_store_fault(l->store, NULL);
	assert_int_equal(cc_store_verify(l->store, NULL), CC_OK);
	cc_engine_free(l->engine);
	cc_reader_free(l->reader);
	cc_store_close(l->reader_store);
	cc_store_close(l->store);
	cc_queue_done(&l->outlet.queue);
	cc_arena_done(&l->arena);
	cc_kit_end(&l->kit);
	return 0;
}

struct cc_job *
lab_submit(struct lab *l, const char *line)
{
	struct cc_job *j = cc_kit_job(&l->kit, line);

	assert_true(cc_engine_submit(l->engine, &j->work));
	return j;
}

/* What comes back must be these, in this order. */
void
lab_expect_back(struct lab *l, struct cc_job *const *jobs, unsigned n)
{
	struct cc_queued *q = cc_queue_take(&l->outlet.queue, UINT32_MAX, false);

	for (unsigned i = 0; i < n; i++, q = q->next)
		assert_ptr_equal(q, &jobs[i]->work.queued);
	assert_null(q);
}

/* One event in its own group; its result. */
enum cc_job_result
lab_tell(struct lab *l, const char *line)
{
	struct cc_job *j = lab_submit(l, line);
	enum cc_job_result result;

	assert_true(cc_engine_step(l->engine, false));
	lab_expect_back(l, &j, 1);
	result = j->result;
	cc_job_free(j);
	return result;
}

void
lab_want(struct lab *l, uint32_t n)
{
	struct cc_want w = {.total = n, .each = n, .seen = l->claims};

	cc_engine_want(l->engine, &w);
}

void
lab_turn_to(struct lab *l, int64_t at)
{
	cc_kit_at(&l->kit, at);
	assert_true(cc_engine_step(l->engine, false));
}

/* Lets time pass up to `until`, stopping at each instant the engine asks for. */
unsigned
lab_live(struct lab *l, int64_t until)
{
	unsigned turns = 0;

	for (;;) {
		struct cc_wall next = cc_engine_next(l->engine);

		if (!cc_given(next) || next.s > CC_KIT_T0 + until || ++turns > 5000)
			break;
		if (next.s > l->kit.now.wall.s)
			cc_kit_at(&l->kit, next.s - CC_KIT_T0);
		assert_true(cc_engine_step(l->engine, false));
	}
	cc_kit_at(&l->kit, until);
	return turns;
}

struct cc_store_alerts
lab_alerts(struct lab *l, const char *case_id)
{
	struct cc_store_alert_filter f = {.case_id = {case_id, (uint32_t)strlen(case_id)},
	    .limit = 1000};
	struct cc_store_alerts list;

	cc_arena_reset(&l->arena);
	assert_int_equal(cc_store_alerts_list(l->store, &f, &l->arena, &list, NULL), CC_OK);
	return list;
}

bool
lab_is(struct cc_str s, const char *text)
{
	return s.n == strlen(text) && memcmp(s.p, text, s.n) == 0;
}

int64_t
lab_events_kept(struct lab *l)
{
	struct cc_store_status s;

	assert_int_equal(cc_store_status(l->store, &s, NULL), CC_OK);
	return s.events;
}
