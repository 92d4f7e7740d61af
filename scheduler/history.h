/*
 * scheduler/history.h - the effective events of one case, in order.
 *
 * Source:    rule sheet 1.1 (G1 to G5); docs/policy-language.md section 1.
 * Purpose:   decode a case's compact events, drop those after now (and, when
 *            asked, those recorded later), apply voids, order them, and index
 *            them by type; ids become symbols so that comparing is cheap.
 * Purity:    no clock, no I/O; memory from the arena.
 * Ownership: lives in the arena; texts point into the events' bytes.
 */
#ifndef CC_SCHEDULER_HISTORY_H
#define CC_SCHEDULER_HISTORY_H

#include "scheduler/eval.h"
#include "scheduler/program.h"

struct cc_symbols {
	struct cc_str *text;	/* by symbol */
	uint32_t *slots;	/* hash table: symbol + 1, 0 free */
	uint32_t n, cap;	/* cap: of text; the table has twice as many */
	struct cc_arena *arena;
};

struct cc_hevent {
	int64_t time;
	uint32_t arrival;	/* place in cc_case.events */
	uint16_t type;
	uint32_t id, source;	/* symbols */
	const struct cc_val *slots;	/* by field index; bools: i set, given as sent */
};

struct cc_history {
	const struct cc_pack *pack;
	const struct cc_hevent *events;	/* effective, ordered by (time, arrival) */
	uint32_t n;
	const uint32_t *const *of_type;	/* by type: places, increasing */
	const uint32_t *ntype;
	const uint32_t *by_id;		/* places sorted by (id, arrival), for references */
	struct cc_symbols symbols;
	const struct cc_zone *zone;
	struct cc_wall next_event;	/* earliest event after now, CC_NEVER none */
	uint32_t nforeign;
	bool shared_ids;		/* events of two sources have one id */
};

/* CC_ENOMEM, CC_ERANGE (too many events), CC_EINVAL (damaged bytes). */
enum cc_code cc_history_build(const struct cc_pack *p, const struct cc_case *c,
    const struct cc_eval_options *o, struct cc_arena *a,
    struct cc_history *ret, struct cc_err *reterr) CC_MUST_USE;

/* The symbol of a text, made when new; UINT32_MAX when the arena is full. */
uint32_t cc_symbol(struct cc_symbols *s, struct cc_str text);

/* The place of the event that `id` names when an event from `source` refers to
 * it (G4), or -1. */
int32_t cc_history_refer(const struct cc_history *h, uint32_t id, uint32_t source);

/* The first place whose time is at or after t (n when none). */
uint32_t cc_history_from(const struct cc_history *h, int64_t t);

#endif
