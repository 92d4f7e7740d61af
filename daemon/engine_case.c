#include "daemon/engine_inner.h"

#include <string.h>

#include "daemon/log.h"
#include "daemon/tell_inner.h"
#include "scheduler/program.h"

/* --- from the store into the cache ------------------------------------------ */

static enum cc_code
no_memory(struct cc_err *reterr)
{
	return cc_fail(reterr, CC_ENOMEM, 0, "no memory for a case");
}

static enum cc_code
load_events(struct cc_engine *e, struct cc_entry *c, struct cc_err *reterr)
{
	struct cc_store_events_of q = {.case_id = c->id, .limit = CC_STORE_LIST_MAX};

	do {
		struct cc_store_kepts list = {0};
		enum cc_code code;

		cc_arena_reset(&e->rows);
		code = cc_store_case_events(e->cf.store, &q, &e->rows, &list, reterr);
		if (code != CC_OK)
			return code;
		for (uint32_t i = 0; i < list.n; i++)
			if (!cc_cache_event(&e->cache, c, list.items[i].bytes,
			    list.items[i].recorded))
				return no_memory(reterr);
		q.after = list.next;
	} while (q.after != 0);
	return CC_OK;
}

/* What is another now than when the row was derived, or NULL. */
static const char *
restamped(const struct cc_engine *e, const struct cc_store_case *row)
{
	const struct cc_store_stamps *now = &e->setup->stamps, *then = &row->stamps;

	if (row->version == 0)
		return NULL;
	if (!cc_str_eq(now->pack, then->pack))
		return "policy";
	if (!cc_str_eq(now->calendar, then->calendar))
		return "calendar";
	return cc_str_eq(now->zones, then->zones) ? NULL : "zones";
}

static enum cc_code
load_case(struct cc_engine *e, struct cc_str id, struct cc_entry **ret,
    struct cc_err *reterr)
{
	struct cc_store_case row = {0};
	struct cc_entry *c;
	enum cc_code code;

	cc_arena_reset(&e->rows);
	code = cc_store_case_load(e->cf.store, id, &e->rows, &row, reterr);
	if (code != CC_OK)
		return code;
	if (!row.exists)
		return cc_fail(reterr, CC_ENOENT, 0, "the store does not know the case");
	c = cc_cache_add(&e->cache, &row);
	if (c == NULL)
		return no_memory(reterr);
	c->restamped = restamped(e, &row);
	code = load_events(e, c, reterr);
	if (code != CC_OK) {
		cc_cache_drop(&e->cache, c);
		return code;
	}
	*ret = c;
	return CC_OK;
}

enum cc_code
cc_engine_case(struct cc_engine *e, struct cc_str id, struct cc_entry **ret,
    struct cc_err *reterr)
{
	struct cc_entry *c = cc_cache_find(&e->cache, id);

	if (c == NULL)
		return load_case(e, id, ret, reterr);
	*ret = c;
	return CC_OK;
}

void
cc_engine_touch(struct cc_engine *e, struct cc_entry *c)
{
	if (c->touched)
		return;
	c->touched = true;
	c->next_touched = e->touched;
	e->touched = c;
}

/* --- an event ---------------------------------------------------------------- */

/* The case of a new event: what is cached gets the event, what is loaded has it. */
static enum cc_code
add_to_case(struct cc_engine *e, const struct cc_job *j, struct cc_wall recorded,
    struct cc_err *reterr)
{
	struct cc_entry *c = cc_cache_find(&e->cache, j->case_id);
	enum cc_code code = CC_OK;

	if (c == NULL)
		code = load_case(e, j->case_id, &c, reterr);
	else if (!cc_cache_event(&e->cache, c, j->bytes, recorded)) {
		cc_engine_touch(e, c);	/* dropped with the group */
		return no_memory(reterr);
	}
	if (code != CC_OK)
		return code;
	if (!c->by_event)
		c->fresh = c->nevents - 1;
	c->by_event = true;
	cc_engine_touch(e, c);
	return CC_OK;
}

enum cc_code
cc_engine_event(struct cc_engine *e, struct cc_job *j, struct cc_err *reterr)
{
	struct cc_store_event ev = {.source = j->source, .id = j->id,
	    .case_id = j->case_id, .bytes = j->bytes,
	    .recorded = cc_given(j->recorded) ? j->recorded : e->now.wall};
	struct cc_store_appended appended;
	enum cc_code code = cc_store_event_append(e->cf.store, &ev, &appended, reterr);

	if (code != CC_OK)
		return code;
	j->seq = appended.seq;
	switch (appended.outcome) {
	case CC_APPEND_DUPLICATE:
		j->result = CC_RESULT_DUPLICATE;
		return CC_OK;
	case CC_APPEND_CONFLICT:
		j->result = CC_RESULT_CONFLICT;
		return CC_OK;
	case CC_APPEND_NEW:
		break;
	}
	j->result = CC_RESULT_ACCEPTED;
	return add_to_case(e, j, appended.recorded, reterr);
}

/* --- from events to rungs ------------------------------------------------------ */

/* The key stands behind the version byte (scheduler/event.h). */
int
cc_engine_type_of(const struct cc_schema *s, struct cc_str bytes)
{
	const unsigned char *p = (const unsigned char *)bytes.p + 1;
	uint32_t key;

	if (bytes.n < 5)
		return -1;
	key = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
	for (uint16_t i = 0; i < s->ntypes; i++)
		if (s->types[i].key == key)
			return i;
	return -1;
}

/* Notes that the event has come.  False: it can touch everything. */
static bool
note_event(const struct cc_pack *p, struct cc_str bytes, struct cc_eval_known *k)
{
	int type = cc_engine_type_of(&p->schema, bytes);

	if (type < 0)
		return true;
	k->touched[type / 64] |= UINT64_C(1) << (type % 64);
	return !p->schema.types[type].voids && type != p->program->zone_type;
}

/* What is known of the case from before, and which types of events have come since: new
 * ones, and those that lay ahead of the last now.  False: derive from nothing. */
static bool
known_of(const struct cc_engine *e, const struct cc_entry *c, struct cc_eval_known *ret)
{
	const struct cc_pack *p = e->setup->pack;
	bool ahead = cc_given(c->next_event) && c->next_event.s <= e->now.wall.s;
	struct cc_str id, source;
	struct cc_wall t;

	if (c->clocks == NULL || e->now.wall.s < c->derived_at.s)
		return false;
	memset(ret, 0, sizeof *ret);
	ret->clocks = c->clocks;
	ret->nclocks = c->nclocks;
	for (uint32_t i = ahead ? 0 : c->derived_events; i < c->nevents; i++) {
		struct cc_str bytes = c->events[i].bytes;

		if (i < c->derived_events && (cc_event_head(bytes, &t, &id, &source,
		    NULL) != CC_OK || t.s <= c->derived_at.s))
			continue;
		if (!note_event(p, bytes, ret))
			return false;
	}
	return true;
}

/* Whether a clock of that rule and subject appears: it has no instance, or one whose
 * clock had gone. */
static bool
appears(const struct cc_entry *c, const struct cc_result *r, const struct cc_instance *of)
{
	for (uint32_t i = 0; i < r->nclocks; i++) {
		const struct cc_clock *k = &r->clocks[i];
		bool there = false;

		if (!cc_str_eq(k->subject, of->subject) ||
		    !cc_str_eq(cc_tell_text(k->rule->id), of->rule))
			continue;
		for (uint32_t n = 0; n < c->ninstances && !there; n++) {
			const struct cc_instance *in = &c->instances[n];

			there = in->present && cc_str_eq(in->rule, of->rule) &&
			    cc_str_eq(in->subject, of->subject) && in->same == k->same &&
			    cc_str_eq(in->origin_id, k->origin_id) &&
			    cc_str_eq(in->origin_source, k->origin_source);
		}
		if (!there)
			return true;
	}
	return false;
}

/* The instances, with those marked whose `clear` has not left and may never have to. */
static enum cc_code
mark_unsent(struct cc_engine *e, const struct cc_entry *c, const struct cc_result *r,
    const struct cc_instance **ret, struct cc_err *reterr)
{
	struct cc_instance *copy = NULL;

	*ret = c->instances;
	for (uint32_t i = 0; i < c->ninstances; i++) {
		const struct cc_instance *in = &c->instances[i];
		bool unsent = false;
		enum cc_code code;

		if (!in->told || in->present || !appears(c, r, in))
			continue;
		code = cc_tell_unsent(e, c->id, in, &unsent, reterr);
		if (code != CC_OK)
			return code;
		if (!unsent)
			continue;
		if (copy == NULL)
			copy = cc_arena_array(&e->work, c->ninstances, sizeof *copy);
		if (copy == NULL)
			return no_memory(reterr);
		if (*ret == c->instances)
			memcpy(copy, c->instances, c->ninstances * sizeof *copy);
		copy[i].unsent = true;
		*ret = copy;
	}
	return CC_OK;
}

static enum cc_code
evaluate(struct cc_engine *e, const struct cc_entry *c, struct cc_result *ret,
    struct cc_err *reterr)
{
	struct cc_case of = {.id = c->id, .events = c->events, .nevents = c->nevents};
	struct cc_eval_options o = {.now = e->now.wall, .only_rule = -1};
	struct cc_eval_known known;

	if (known_of(e, c, &known))
		o.known = &known;
	cc_arena_reset(&e->work);
	return cc_eval_case(e->setup->pack, &of, &o, &e->work, ret, reterr);
}

static enum cc_code
derive(struct cc_engine *e, const struct cc_entry *c, struct cc_derived *ret,
    struct cc_err *reterr)
{
	struct cc_plan_input in = {.nold = c->ninstances,
	    .ladders = &e->setup->pack->ladders, .now = e->now.wall,
	    .settings = e->setup->config.alerts};
	enum cc_code code = evaluate(e, c, &ret->result, reterr);

	if (code == CC_OK)
		code = cc_telling_begin(e, c, &ret->result, &ret->telling, reterr);
	if (code == CC_OK)
		code = cc_engine_holds(e, c, &ret->telling.people, &e->work, &in.holds,
		    &in.nholds, reterr);
	if (code == CC_OK)
		code = mark_unsent(e, c, &ret->result, &in.old, reterr);
	if (code != CC_OK)
		return code;
	in.clocks = ret->result.clocks;
	in.nclocks = ret->result.nclocks;
	code = cc_plan_case(&in, &e->work, &ret->plan, reterr);
	if (code == CC_OK && ret->plan.nfirings > 0)
		ret->telling.cause = cc_engine_cause(e, c, &ret->result);
	return code;
}

static struct cc_wall
sooner(struct cc_wall a, struct cc_wall b)
{
	if (!cc_given(a))
		return b;
	return cc_given(b) && b.s < a.s ? b : a;
}

/* The earliest of the next change, the next rung and the next event; never now. */
static struct cc_wall
wake_of(const struct cc_engine *e, const struct cc_derived *d)
{
	struct cc_wall t = sooner(d->plan.wake, sooner(d->result.next,
	    d->result.next_event));

	if (cc_given(t) && t.s <= e->now.wall.s)
		t.s = e->now.wall.s + 1;
	return t;
}

static enum cc_code
put(struct cc_engine *e, struct cc_entry *c, struct cc_wall wake,
    const struct cc_plan *plan, struct cc_err *reterr)
{
	struct cc_store_put row = {.case_id = c->id, .expected = c->version,
	    .stamps = e->setup->stamps, .wake = wake, .instances = plan->instances,
	    .ninstances = plan->ninstances};
	enum cc_code code = cc_store_case_put(e->cf.store, &row, reterr);

	if (code != CC_OK)
		return code;
	c->version++;
	c->wake = wake;
	c->restamped = NULL;
	return CC_OK;
}

/* A case that cannot be evaluated keeps what is known of it and is looked at again
 * later, so that time's work goes on with the others. */
static enum cc_code
put_off(struct cc_engine *e, struct cc_entry *c, const struct cc_err *why,
    struct cc_err *reterr)
{
	struct cc_plan kept = {.instances = c->instances, .ninstances = c->ninstances};

	cc_log(CC_LOG_ERR, "case %.*s cannot be evaluated: %s", (int)c->id.n, c->id.p,
	    why->msg);
	CC_COUNT(e->cf.figures, evaluation_failures);
	return put(e, c, (struct cc_wall){e->now.wall.s + CC_ENGINE_PUT_OFF}, &kept, reterr);
}

enum cc_code
cc_engine_plan(struct cc_engine *e, struct cc_entry *c, struct cc_err *reterr)
{
	struct cc_err err = {.msg = ""};
	struct cc_derived d;
	enum cc_code code = derive(e, c, &d, &err);

	if (code != CC_OK && !c->by_event && code != CC_EIO && code != CC_EBUSY)
		return put_off(e, c, &err, reterr);
	if (code != CC_OK)
		return cc_fail(reterr, code, err.sys, "%s", err.msg);
	/* Before the row is put: what took effect by time lies behind the former wake. */
	code = cc_handover(&d.telling, c, &d.result, cc_entry_fresh(c), reterr);
	if (code == CC_OK)
		code = put(e, c, wake_of(e, &d), &d.plan, reterr);
	if (code == CC_OK)
		code = cc_engine_fire(e, c, &d, reterr);
	if (code != CC_OK)
		return code;
	return cc_cache_instances(&e->cache, c, d.plan.instances, d.plan.ninstances) &&
	    cc_cache_clocks(&e->cache, c, &d.result, e->now.wall) ? CC_OK :
	    no_memory(reterr);
}
