#include "scheduler/eval.h"

#include "scheduler/walk.h"

#include <stdlib.h>
#include <string.h>

static int
by_output(const void *a, const void *b)
{
	return cc_clock_cmp(a, b);
}

static struct cc_wall
sooner(struct cc_wall a, struct cc_wall b)
{
	if (!cc_given(a))
		return b;
	return cc_given(b) && b.s < a.s ? b : a;
}

/* Whether rule i has to be derived: asked for, and touched by what is new. */
static bool
wanted(const struct cc_walk *w, const struct cc_eval_options *o, unsigned i)
{
	const struct cc_rulex *r = &w->prog->rules[i];

	if (!r->records || (o->only_rule >= 0 && (unsigned)o->only_rule != i))
		return false;
	if (o->known == NULL)
		return true;
	for (unsigned k = 0; k < CC_TYPES_MAX / 64; k++)
		if ((r->deps.w[k] & o->known->touched[k]) != 0)
			return true;
	return false;
}

/* The clocks that no new event can have touched; returns how many. */
static uint32_t
take_over(const struct cc_walk *w, const struct cc_eval_options *o, struct cc_clock *out)
{
	uint32_t n = 0;

	for (uint32_t i = 0; o->known != NULL && i < o->known->nclocks; i++) {
		const struct cc_clock *c = &o->known->clocks[i];

		if (wanted(w, o, c->rule->index))
			continue;
		out[n] = *c;
		out[n].origin_event = out[n].end_event = -1;
		n++;
	}
	return n;
}

/* All clocks of all rules asked for, in the order of output. */
static enum cc_code
gather(struct cc_walk *w, const struct cc_eval_options *o, struct cc_result *r,
    struct cc_err *reterr)
{
	uint32_t total = o->known == NULL ? 0 : o->known->nclocks, n;
	struct cc_clock *out;

	for (uint16_t i = 0; i < w->prog->nrules; i++) {
		if (!wanted(w, o, i))
			continue;
		total += cc_derive(w, i)->n;
		if (w->failed)
			break;
		if (total > CC_CASE_CLOCKS_MAX)
			return cc_fail(reterr, CC_ERANGE, 0,
			    "the case has more than %d clocks", (int)CC_CASE_CLOCKS_MAX);
	}
	out = cc_arena_array(w->keep, total, sizeof *out);
	if (w->failed && w->work > CC_WALK_WORK)
		return cc_fail(reterr, CC_ERANGE, 0, "the case takes too much work to evaluate: "
		    "it has too many events or people");
	if (w->failed || out == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0,
		    "evaluation: out of memory (the limit for one case is reached)");
	n = take_over(w, o, out);
	for (uint16_t i = 0; i < w->prog->nrules; i++) {
		const struct cc_derived *d = &w->derived[i];

		if (d->n == 0 || !wanted(w, o, i))
			continue;
		memcpy(&out[n], d->clocks, d->n * sizeof *out);
		n += d->n;
	}
	if (n > 1)
		qsort(out, n, sizeof *out, by_output);
	for (uint32_t i = 0; i < n; i++)
		r->next = sooner(r->next, cc_clock_next(&out[i], o->now));
	r->clocks = out;
	r->nclocks = n;
	return CC_OK;
}

enum cc_code
cc_eval_case(const struct cc_pack *p, const struct cc_case *c,
    const struct cc_eval_options *o, struct cc_arena *a, struct cc_result *ret,
    struct cc_err *reterr)
{
	struct cc_history *h = cc_arena_alloc(a, sizeof *h);
	struct cc_result r = {.next = CC_NEVER, .next_event = CC_NEVER};
	struct cc_eval_options with = *o;
	struct cc_walk w;
	enum cc_code code;

	if (h == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "evaluation: out of memory");
	code = cc_history_build(p, c, o, a, h, reterr);
	if (code != CC_OK)
		return code;
	/* A new event with an id that another source used can take over what a void or
	 * a reference meant, and so touch rules that know nothing of its type. */
	if (h->shared_ids)
		with.known = NULL;
	code = cc_walk_init(&w, p, h, a, reterr);
	if (code == CC_OK) {
		w.tracing = o->traces;
		code = gather(&w, &with, &r, reterr);
	}
	cc_walk_done(&w);
	if (code != CC_OK)
		return code;
	r.zone = h->zone;
	r.next_event = h->next_event;
	r.nforeign = h->nforeign;
	r.history = h;
	*ret = r;
	return CC_OK;
}
