#include "scheduler/walk_trace.h"

static bool
same_value(const struct cc_val *a, const struct cc_val *b)
{
	return a->given && b->given && a->i == b->i;
}

/* Of several the first that has the value. */
static bool
chosen(const struct cc_trace_step *steps, uint32_t i)
{
	const struct cc_trace_step *s = &steps[i], *of = &steps[s->of];

	if (!same_value(&s->v, &of->v))
		return false;
	for (uint32_t k = (uint32_t)s->of + 1; k < i; k++)
		if (steps[k].of == s->of && steps[k].gave)
			return false;
	return true;
}

static bool
gives(const struct cc_trace_step *steps, uint32_t i)
{
	const struct cc_trace_step *s = &steps[i], *of = &steps[s->of];
	const struct cc_node *n = of->node;

	switch (n->op) {
	case CC_OP_IF:
		return s->node == n->k[1] || s->node == n->k[2];
	case CC_OP_OTHERWISE:
		return s->node == (of->a.given ? n->k[0] : n->k[1]);
	case CC_OP_CALL:
		return s->node == of->term->body;
	case CC_OP_EARLIEST_OF:
	case CC_OP_LATEST_OF:
	case CC_OP_ALL_OF:
	case CC_OP_EARLIEST:
	case CC_OP_LATEST:
	case CC_OP_ALL:
	case CC_OP_MOMENT:
		return chosen(steps, i);
	default:
		return true;
	}
}

/* A name may take its value from a step before it: once more, until nothing is new. */
void
cc_trace_mark(struct cc_trace_step *steps, uint32_t n)
{
	bool more = n > 0;

	for (uint32_t round = 0; more && round < n; round++) {
		more = false;
		steps[0].gave = true;
		for (uint32_t i = 0; i < n; i++) {
			struct cc_trace_step *s = &steps[i];

			if (!s->gave && s->of >= 0 && steps[s->of].gave && gives(steps, i))
				s->gave = more = true;
			if (s->gave && s->same >= 0 && !steps[s->same].gave)
				steps[s->same].gave = more = true;
		}
	}
}
