#include "policy/load_ends.h"

#include <string.h>

enum { DEPTH_MAX = 64 };	/* of nodes in each other; deeper ones are not told */

struct search {
	const struct cc_program *p;
	struct cc_types found;
};

static void look(struct search *s, const struct cc_node *n, const struct cc_rulex *r,
    unsigned depth);

/* A name of the rule's own: what its `let` says. */
static void
look_at_slot(struct search *s, const struct cc_node *n, const struct cc_rulex *r,
    unsigned depth)
{
	for (uint16_t i = 0; r != NULL && i < r->nlets; i++)
		if (r->lets[i].slot == n->slot)
			look(s, r->lets[i].value, r, depth);
}

static void
look_at_args(struct search *s, const struct cc_node *n, const struct cc_rulex *r,
    unsigned depth)
{
	for (uint16_t i = 0; i < n->nargs; i++)
		look(s, n->args[i], r, depth);
}

/* Goes where the value comes from, not where it is tested. */
static void
look(struct search *s, const struct cc_node *n, const struct cc_rulex *r, unsigned depth)
{
	if (n == NULL || depth == DEPTH_MAX)
		return;
	depth++;
	switch (n->op) {
	case CC_OP_SELECT:
		for (unsigned i = 0; i < CC_TYPES_MAX / 64; i++)
			s->found.w[i] |= n->types.w[i];
		return;
	case CC_OP_FILTER: case CC_OP_BOUND: case CC_OP_FIRST: case CC_OP_LAST:
	case CC_OP_ONE: case CC_OP_META_TIME: case CC_OP_FIELD: case CC_OP_MINUS:
		look(s, n->k[0], r, depth);
		return;
	case CC_OP_MERGE: case CC_OP_OTHERWISE:
		look(s, n->k[0], r, depth);
		look(s, n->k[1], r, depth);
		return;
	case CC_OP_IF:
		look(s, n->k[1], r, depth);
		look(s, n->k[2], r, depth);
		return;
	case CC_OP_PROJECT: case CC_OP_EARLIEST_OF: case CC_OP_LATEST_OF: case CC_OP_ALL_OF:
		look(s, n->k[1], r, depth);
		return;
	case CC_OP_EARLIEST: case CC_OP_LATEST: case CC_OP_ALL: case CC_OP_UNION:
		look_at_args(s, n, r, depth);
		return;
	case CC_OP_CALL:
		look(s, s->p->terms[n->ref].body, NULL, depth);
		return;
	case CC_OP_SLOT:
		look_at_slot(s, n, r, depth);
		return;
	default:
		return;
	}
}

const char *
cc_ends_of(const struct cc_program *p, const struct cc_rulex *r, const struct cc_schema *s,
    struct cc_arena *a)
{
	struct search x = {.p = p};
	size_t n = 0, at = 0;
	char *text;

	for (uint16_t i = 0; i < r->nacts; i++)
		look(&x, r->acts[i].node, r, 0);
	look(&x, r->chain_acts, r, 0);
	for (uint16_t i = 0; i < s->ntypes; i++)
		if (cc_types_has(&x.found, i))
			n += strlen(s->types[i].name) + 2;
	text = n == 0 ? NULL : cc_arena_alloc(a, n + 1);
	if (text == NULL)
		return NULL;
	for (uint16_t i = 0; i < s->ntypes; i++) {
		if (!cc_types_has(&x.found, i))
			continue;
		if (at > 0) {
			memcpy(text + at, ", ", 2);
			at += 2;
		}
		memcpy(text + at, s->types[i].name, strlen(s->types[i].name));
		at += strlen(s->types[i].name);
	}
	return text;
}
