#include "daemon/tell_inner.h"

#include <string.h>

/* --- what changed the case ------------------------------------------------------- */

static bool
effective(const struct cc_history *h, uint32_t arrival)
{
	for (uint32_t i = 0; i < h->n; i++)
		if (h->events[i].arrival == arrival)
			return true;
	return false;
}

/* The name of the event's type, NULL when it changes nothing by now: it lies ahead, was
 * voided, or has no meaning any more. */
static const char *
changed_by(const struct cc_engine *e, const struct cc_result *r, uint32_t place,
    struct cc_str bytes)
{
	const struct cc_schema *s = &e->setup->pack->schema;
	int type = cc_engine_type_of(s, bytes);
	struct cc_str id, source;
	struct cc_wall t;

	if (type < 0 || cc_event_head(bytes, &t, &id, &source, NULL) != CC_OK ||
	    t.s > e->now.wall.s)
		return NULL;
	if (!s->types[type].voids && !effective(r->history, place))
		return NULL;
	return s->types[type].name;
}

/* An event that lay ahead when the case was derived last takes effect at its time. */
static const char *
took_effect(const struct cc_engine *e, const struct cc_entry *c, const struct cc_result *r)
{
	struct cc_str id, source;
	struct cc_wall t;

	if (!cc_given(c->wake))
		return NULL;
	for (uint32_t i = c->nevents; i-- > 0;) {
		struct cc_str bytes = c->events[i].bytes;

		if (cc_event_head(bytes, &t, &id, &source, NULL) == CC_OK &&
		    t.s >= c->wake.s && changed_by(e, r, i, bytes) != NULL)
			return changed_by(e, r, i, bytes);
	}
	return NULL;
}

const char *
cc_engine_cause(const struct cc_engine *e, const struct cc_entry *c,
    const struct cc_result *r)
{
	const char *cause = NULL;

	for (uint32_t i = c->nevents; i-- > cc_entry_fresh(c) && cause == NULL;)
		cause = changed_by(e, r, i, c->events[i].bytes);
	if (cause == NULL)
		cause = c->restamped;
	if (cause == NULL)
		cause = took_effect(e, c, r);
	return cause == NULL ? "time" : cause;
}

/* --- rungs, moved, back and clear ------------------------------------------------- */

/* The names of the roles, parted by one space, each once. */
static struct cc_str
role_names(struct cc_engine *e, const struct cc_rule *rule, uint8_t to)
{
	const struct cc_chain *chain = &e->setup->pack->chain;
	const char *last = NULL;
	char text[256];
	size_t n = 0;

	for (unsigned bit = 0; bit < 8 && rule != NULL; bit++) {
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

/* One that fires: its clock and rule may have gone. */
struct shot {
	const struct cc_firing *f;
	const struct cc_instance *in;
	const struct cc_clock *clock;		/* or NULL */
	const struct cc_rule *rule;		/* or NULL */
};

static struct shot
shot_of(const struct cc_engine *e, const struct cc_derived *d, const struct cc_firing *f)
{
	struct shot s = {.f = f, .in = &d->plan.instances[f->instance]};

	if (f->clock != CC_PLAN_NONE) {
		s.clock = &d->result.clocks[f->clock];
		s.rule = s.clock->rule;
	} else {
		s.rule = cc_tell_rule(e->setup->pack, s.in->rule);
	}
	return s;
}

/* Its row, as the clock stands; one that vanished as it was last. */
static enum cc_code
row_of(struct cc_engine *e, const struct cc_entry *c, const struct shot *s,
    struct cc_store_alert *ret, struct cc_err *reterr)
{
	const struct cc_instance *in = s->in;
	const struct cc_firing *f = s->f;
	struct cc_view view;

	*ret = (struct cc_store_alert){.case_id = c->id, .rule = in->rule,
	    .subject = in->subject, .origin_id = in->origin_id,
	    .origin_source = in->origin_source, .same = in->same, .epoch = f->epoch,
	    .rung = cc_tell_text(f->rung->name), .severity = f->severity,
	    .to = role_names(e, s->rule, f->to), .state = CC_STATE_CANCELLED, .at = f->at,
	    .fired = e->now.wall, .started = in->started, .due = in->due,
	    .ended = CC_NEVER, .known = in->known, .previous_due = f->previous_due,
	    .late = f->late, .held = f->held ? CC_STR("history") : CC_STR(""),
	    .released = CC_NEVER};
	if (ret->to.p == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for an alert");
	if (s->clock == NULL)
		return cc_tell_period(e, c->id, in, &ret->period, reterr);
	ret->period = s->clock->period;
	ret->state = in->state;
	ret->started = s->clock->started;
	ret->due = s->clock->due;
	if (cc_clock_view(s->clock, e->now.wall, &view)) {
		ret->state = view.state;
		ret->ended = view.ended;
	}
	return CC_OK;
}

static enum cc_code
tell(const struct cc_derived *d, const struct shot *s, const struct cc_store_alert *al,
    struct cc_err *reterr)
{
	uint32_t heir_of = s->f->heir_of;
	struct cc_tell_told what = {.alert = al, .rule = s->rule,
	    .withdrawn = s->clock == NULL,
	    .heir_of = heir_of == CC_PLAN_NONE ? NULL : &d->plan.instances[heir_of]};

	if (s->f->kind == CC_FIRE_RUNG)
		return cc_tell(&d->telling, al, s->rule, reterr);
	return cc_tell_told(&d->telling, &what, reterr);
}

static enum cc_code
fire(struct cc_engine *e, const struct cc_entry *c, const struct cc_derived *d,
    const struct cc_firing *f, struct cc_err *reterr)
{
	struct shot s = shot_of(e, d, f);
	struct cc_store_added added = {0};
	struct cc_store_alert al;
	enum cc_code code = row_of(e, c, &s, &al, reterr);

	if (code == CC_OK)
		code = cc_store_alert_add(e->cf.store, &al, &added, reterr);
	if (code != CC_OK || !added.added)
		return code;
	al.id = added.id;
	if (f->held) {
		CC_COUNT(e->cf.figures, rungs_held);
		return CC_OK;
	}
	CC_COUNT(e->cf.figures, rungs_fired);
	return tell(d, &s, &al, reterr);
}

/* --- heirs --------------------------------------------------------------------------- */

/* Whether what it has to say to those who heard of the other fires now. */
static bool
speaks(const struct cc_plan *p, uint32_t instance)
{
	for (uint32_t i = 0; i < p->nfirings; i++)
		if (p->firings[i].instance == instance &&
		    p->firings[i].heir_of != CC_PLAN_NONE)
			return true;
	return false;
}

static enum cc_code
inherit(struct cc_engine *e, const struct cc_entry *c, const struct cc_derived *d,
    const struct cc_plan_heir *h, struct cc_err *reterr)
{
	const struct cc_instance *in = &d->plan.instances[h->instance];
	const struct cc_instance *of = &d->plan.instances[h->of];
	struct cc_store_alert al = {.case_id = c->id, .rule = in->rule,
	    .subject = in->subject, .origin_id = in->origin_id,
	    .origin_source = in->origin_source, .same = in->same, .epoch = in->epoch,
	    .rung = CC_STR(CC_TELL_SAME), .severity = CC_NOTICE, .to = CC_STR(""),
	    .state = in->state, .at = e->now.wall, .fired = e->now.wall,
	    .started = in->started, .due = in->due, .ended = CC_NEVER, .known = in->known,
	    .previous_due = CC_NEVER, .period = 1};
	struct cc_tell_told what = {.alert = &al, .heir_of = of,
	    .rule = cc_tell_rule(e->setup->pack, in->rule)};
	enum cc_code code = cc_tell_take_back(e, c->id, of, reterr);

	if (code != CC_OK || speaks(&d->plan, h->instance))
		return code;
	return cc_tell_same(&d->telling, &what, reterr);
}

enum cc_code
cc_engine_fire(struct cc_engine *e, const struct cc_entry *c, const struct cc_derived *d,
    struct cc_err *reterr)
{
	enum cc_code code = CC_OK;

	for (uint32_t i = 0; i < d->plan.nheirs && code == CC_OK; i++)
		code = inherit(e, c, d, &d->plan.heirs[i], reterr);
	for (uint32_t i = 0; i < d->plan.nfirings && code == CC_OK; i++)
		code = fire(e, c, d, &d->plan.firings[i], reterr);
	return code;
}
