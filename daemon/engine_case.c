#include "daemon/engine_inner.h"

#include <string.h>

#include "daemon/log.h"
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
	c->by_event = true;
	cc_engine_touch(e, c);
	return CC_OK;
}

enum cc_code
cc_engine_event(struct cc_engine *e, struct cc_job *j, struct cc_err *reterr)
{
	struct cc_store_event ev = {.source = j->source, .id = j->id,
	    .case_id = j->case_id, .bytes = j->bytes, .recorded = e->now.wall};
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

/* The event's type under the schema, -1 for one that has no meaning any more; the key
 * stands behind the version byte (scheduler/event.h). */
static int
type_of(const struct cc_schema *s, struct cc_str bytes)
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
	int type = type_of(&p->schema, bytes);

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

struct derived {
	struct cc_result result;
	struct cc_plan plan;
};

static enum cc_code
derive(struct cc_engine *e, const struct cc_entry *c, struct derived *ret,
    struct cc_err *reterr)
{
	const struct cc_pack *pack = e->setup->pack;
	struct cc_case of = {.id = c->id, .events = c->events, .nevents = c->nevents};
	struct cc_eval_options o = {.now = e->now.wall, .only_rule = -1};
	struct cc_eval_known known;
	struct cc_plan_input in = {.old = c->instances, .nold = c->ninstances,
	    .ladders = &pack->ladders, .now = e->now.wall,
	    .settings = e->setup->config.alerts};
	enum cc_code code;

	if (known_of(e, c, &known))
		o.known = &known;
	cc_arena_reset(&e->work);
	code = cc_eval_case(pack, &of, &o, &e->work, &ret->result, reterr);
	if (code != CC_OK)
		return code;
	in.clocks = ret->result.clocks;
	in.nclocks = ret->result.nclocks;
	return cc_plan_case(&in, &e->work, &ret->plan, reterr);
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
wake_of(const struct cc_engine *e, const struct derived *d)
{
	struct cc_wall t = sooner(d->plan.wake, sooner(d->result.next,
	    d->result.next_event));

	if (cc_given(t) && t.s <= e->now.wall.s)
		t.s = e->now.wall.s + 1;
	return t;
}

/* The names of the roles, parted by one space, each once. */
static struct cc_str
role_names(struct cc_engine *e, const struct cc_rule *rule, uint8_t to)
{
	const struct cc_chain *chain = &e->setup->pack->chain;
	const char *last = NULL;
	char text[256];
	size_t n = 0;

	for (unsigned bit = 0; bit < 8; bit++) {
		const char *role = (to >> bit & 1) != 0 ? cc_rung_role(chain, rule, bit) : NULL;
		size_t len = role == NULL ? 0 : strlen(role);

		if (role == NULL || (last != NULL && strcmp(last, role) == 0) ||
		    n + len + 1 >= sizeof text)
			continue;
		if (n > 0)
			text[n++] = ' ';
		memcpy(text + n, role, len);
		n += len;
		last = role;
	}
	return (struct cc_str){cc_arena_text(&e->work, text, n), (uint32_t)n};
}

static enum cc_code
fire(const struct cc_telling *t, const struct cc_entry *c, const struct derived *d,
    const struct cc_firing *f, struct cc_err *reterr)
{
	struct cc_engine *e = t->engine;
	const struct cc_clock *clock = &d->result.clocks[f->clock];
	const struct cc_instance *in = &d->plan.instances[f->instance];
	struct cc_store_added added = {0};
	struct cc_view view;
	struct cc_store_alert al = {.case_id = c->id, .rule = in->rule,
	    .subject = in->subject, .origin_id = in->origin_id,
	    .origin_source = in->origin_source, .same = in->same, .epoch = f->epoch,
	    .period = clock->period, .severity = f->rung->severity, .state = in->state,
	    .at = f->at, .fired = e->now.wall, .started = clock->started,
	    .due = clock->due, .ended = CC_NEVER, .known = in->known,
	    .previous_due = CC_NEVER, .released = CC_NEVER, .late = f->late};
	enum cc_code code;

	al.rung = (struct cc_str){f->rung->name, (uint32_t)strlen(f->rung->name)};
	al.to = role_names(e, clock->rule, f->to);
	al.held = f->held ? CC_STR("history") : CC_STR("");
	if (al.to.p == NULL)
		return no_memory(reterr);
	if (cc_clock_view(clock, e->now.wall, &view)) {
		al.state = view.state;
		al.ended = view.ended;
	}
	code = cc_store_alert_add(e->cf.store, &al, &added, reterr);
	if (code != CC_OK || !added.added)
		return code;
	al.id = added.id;
	if (f->held) {
		CC_COUNT(e->cf.figures, rungs_held);
		return CC_OK;
	}
	CC_COUNT(e->cf.figures, rungs_fired);
	return cc_tell(t, &al, clock->rule, reterr);
}

static enum cc_code
fire_all(struct cc_engine *e, const struct cc_entry *c, const struct derived *d,
    struct cc_err *reterr)
{
	struct cc_telling t;
	enum cc_code code;

	if (d->plan.nfirings == 0)
		return CC_OK;
	code = cc_telling_begin(e, c, &d->result, &t, reterr);
	for (uint32_t i = 0; i < d->plan.nfirings && code == CC_OK; i++)
		code = fire(&t, c, d, &d->plan.firings[i], reterr);
	return code;
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
	struct derived d;
	enum cc_code code = derive(e, c, &d, &err);

	if (code != CC_OK && !c->by_event)
		return put_off(e, c, &err, reterr);
	if (code != CC_OK)
		return cc_fail(reterr, code, err.sys, "%s", err.msg);
	code = put(e, c, wake_of(e, &d), &d.plan, reterr);
	if (code == CC_OK)
		code = fire_all(e, c, &d, reterr);
	if (code != CC_OK)
		return code;
	return cc_cache_instances(&e->cache, c, d.plan.instances, d.plan.ninstances) &&
	    cc_cache_clocks(&e->cache, c, &d.result, e->now.wall) ? CC_OK :
	    no_memory(reterr);
}
