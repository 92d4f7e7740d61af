/*
 * scheduler/program.h - a pack's expressions, compiled: typed nodes and the
 * tables of terms, timelines, spans, sets and rules that they stand in.
 *
 * Source:    docs/policy-language.md.
 * Purpose:   what policy/ compiles and scheduler/ walks.  Types are checked at
 *            compile time, so a walk needs no type tests.
 * Purity:    data only.
 * Ownership: lives in the pack's arena.
 * Invariant: every slot number is below the nslots of the frame it is used in;
 *            calls, timelines, spans, sets and rules form no cycle.
 */
#ifndef CC_SCHEDULER_PROGRAM_H
#define CC_SCHEDULER_PROGRAM_H

#include "scheduler/pack.h"

enum cc_vtype {
	CC_V_ANY,	/* the literal `absent` */
	CC_V_BOOL, CC_V_INT, CC_V_DUR, CC_V_INSTANT, CC_V_DATE,
	CC_V_ID, CC_V_CODE, CC_V_EVENT, CC_V_REC,
	CC_V_EVENTS, CC_V_IDS, CC_V_CODES, CC_V_RECS
};

/* A set of event types. */
struct cc_types {
	uint64_t w[CC_TYPES_MAX / 64];
};

/*
 * A value: scalars in i, sequences in v[0..n).  Events are places in the
 * history's order, ids are symbols, records are places in the walk's table.
 */
struct cc_val {
	int64_t i;
	const int64_t *v;
	uint32_t n;
	bool given;
};

enum cc_op {
	/* scalars */
	CC_OP_ABSENT = 1, CC_OP_CONST, CC_OP_LITERAL_ID, CC_OP_SLOT,
	CC_OP_FIELD,		/* k0 event; name: field */
	CC_OP_META_TIME, CC_OP_META_ID,	/* k0 event */
	CC_OP_ATTR,		/* k0 record; name: attribute */
	CC_OP_CALL,		/* ref: term; args */
	CC_OP_READ,		/* ref: timeline; k0 key or NULL; k1 where; how */
	CC_OP_SPAN_AT,		/* ref: span; k0 key or NULL; k1 where; how */
	CC_OP_BOOL_CODE,	/* k0 bool; imm: code of yes; imm2: code of no */
	CC_OP_IF, CC_OP_OR, CC_OP_AND, CC_OP_NOT, CC_OP_OTHERWISE,
	CC_OP_EQ, CC_OP_NE, CC_OP_LT, CC_OP_LE, CC_OP_GT, CC_OP_GE,
	CC_OP_ADD, CC_OP_SUB,
	CC_OP_IN_LIST,		/* k0 in args */
	CC_OP_IN_SEQ,		/* k0 in k1 */
	CC_OP_MATCHES,		/* k0 a field (scalar or list), k1 */
	CC_OP_REFERS,		/* k0 event, name: field, imm: it is a list; k1 event */
	CC_OP_IS_TYPE,		/* k0 event; types */
	CC_OP_IS_GIVEN,		/* k0 */
	CC_OP_FIELD_GIVEN,	/* k0 event; name: field (bools too) */
	CC_OP_FIRST, CC_OP_LAST, CC_OP_EXISTS, CC_OP_COUNT,	/* k0 sequence */
	CC_OP_EVERY, CC_OP_SOME,	/* k0 sequence, slot, k1 condition */
	CC_OP_EARLIEST_OF, CC_OP_LATEST_OF, CC_OP_ALL_OF,	/* k0 seq, slot, k1 value */
	CC_OP_EARLIEST, CC_OP_LATEST, CC_OP_ALL,	/* args */
	CC_OP_MOMENT,		/* k0 from, k1 before, slot, k2 condition */
	CC_OP_DAY, CC_OP_SOD, CC_OP_EOD, CC_OP_LOCAL, CC_OP_BD, CC_OP_BD_FROM,
	CC_OP_BD_END, CC_OP_NBD, CC_OP_IN_BLOCK, CC_OP_BUSINESS_DAY,
	CC_OP_BUSINESS_ELAPSED, CC_OP_MONTHS,
	CC_OP_LONGEST_GAP,	/* k0 from, k1 events, k2 to */
	/* sequences */
	CC_OP_SELECT,		/* types */
	CC_OP_FILTER,		/* k0 sequence, slot, k1 condition */
	CC_OP_BOUND,		/* k0 events; how: enum cc_bound; k1 */
	CC_OP_MERGE,		/* k0 events, k1 events */
	CC_OP_PROJECT,		/* k0 events or records; k1 value of slot */
	CC_OP_ONE,		/* k0 one event, id or record, as a sequence of it */
	CC_OP_SPANS,		/* ref: span; k0 key or NULL */
	CC_OP_MEMBERS,		/* ref: set */
	CC_OP_CLOCKS,		/* refs: rules */
	CC_OP_UNION, CC_OP_MINUS,	/* args */
	CC_OP_IDS		/* args: single ids, absent ones passed over */
};

enum cc_bound {
	CC_FROM, CC_AFTER, CC_UNTIL, CC_BEFORE, CC_PRECEDING, CC_FOLLOWING
};

/* `X in span` becomes two bounds.  How a timeline or span is read: */
enum cc_how { CC_JUST_BEFORE, CC_JUST_AFTER, CC_AT, CC_AT_LAST };

struct cc_node {
	enum cc_op op;
	enum cc_vtype type;
	uint8_t how;
	bool absent_bool;	/* FIELD: what an absent bool stands for */
	uint16_t name;		/* field or attribute name id */
	uint16_t slot;
	uint16_t ref;		/* term, timeline, span, set */
	int64_t imm, imm2;
	const struct cc_node *k[3];
	const struct cc_node *const *args;
	const uint16_t *refs;
	uint16_t nargs, nrefs;
	struct cc_types types;
};

struct cc_term {
	const char *name;
	uint16_t nparams, nslots;	/* parameters are slots 0.. */
	const struct cc_node *body;
	bool memo;			/* worth remembering by its arguments */
	const char *text, *file;	/* as written, and where: for explain; or NULL */
	uint32_t line;
};

struct cc_step_rule {
	const struct cc_node *on, *when, *to, *at;	/* when, at may be NULL */
};

struct cc_timeline {
	const char *name;
	bool keyed, last_in_second;
	uint16_t nslots;	/* slot 0 the key, 1 it, 2 value, 3 since */
	const struct cc_node *initial;	/* or NULL: absent */
	const struct cc_node *begins;	/* event, or NULL: always */
	const struct cc_step_rule *set;
	uint16_t nset;
};

enum { CC_TL_KEY, CC_TL_IT, CC_TL_VALUE, CC_TL_SINCE, CC_TL_SLOTS };

/* Attributes every record of a kind has, in this order, then its own (of a
 * clock: the names of its generators, then of its lets). */
enum { CC_SPAN_START, CC_SPAN_END, CC_SPAN_VALUE, CC_SPAN_PREV, CC_SPAN_ATTRS };
enum {
	CC_CLOCK_ARMED, CC_CLOCK_STARTED, CC_CLOCK_DUE, CC_CLOCK_ACT,
	CC_CLOCK_CANCELLED, CC_CLOCK_EXEMPT, CC_CLOCK_ENDED, CC_CLOCK_ORIGIN,
	CC_CLOCK_PAUSED, CC_CLOCK_RESUMED, CC_CLOCK_ATTRS
};

/* A kind of record: which attribute stands at which place. */
struct cc_reckind {
	const char *name;
	const uint8_t *slot_of;	/* by attribute name id: place + 1, 0 none */
	uint16_t nattrs;
};

struct cc_span {
	const char *name;
	uint16_t timeline, kind;
	bool split;
	const uint16_t *values;	/* codes of `while` */
	uint16_t nvalues;
	uint16_t nslots;	/* slot 0 the key, 1.. start, end, value, prev, then own */
	const struct cc_node *const *attrs;	/* in the order to be worked out */
	const uint16_t *places;		/* of each, among the record's attributes */
	uint16_t nattrs;
};

struct cc_gen {
	const char *name, *text;	/* text: as written */
	uint16_t slot;
	const struct cc_node *seq;
};

struct cc_let {
	const char *name;
	uint16_t slot;
	const struct cc_node *value;
};

struct cc_members {
	uint16_t nslots;
	const struct cc_gen *gens;
	uint16_t ngens;
	const struct cc_let *lets;
	uint16_t nlets;
	const struct cc_node *where;		/* or NULL */
	const struct cc_node *const *give;	/* in the order of the kind */
};

struct cc_set {
	const char *name;
	uint16_t kind, nattrs;
	const struct cc_members *members;
	uint16_t nmembers;
};

enum cc_again { CC_AGAIN_IGNORED, CC_AGAIN_OWN };

/* One end of a clock: text kept for explain. */
struct cc_ending {
	const struct cc_node *node;	/* EVENTS, EVENT or INSTANT */
	const char *text;
};

/* A due that the rule had: for clocks that started before the local date `day`. */
struct cc_earlier {
	cc_day day;
	const struct cc_node *due;
	const char *text;
};

enum { CC_EARLIER_MAX = 16 };

struct cc_rulex {
	struct cc_rule pub;
	uint16_t kind;			/* of its clocks as records */
	uint16_t nslots;
	const struct cc_gen *gens;
	uint16_t ngens;
	const struct cc_let *lets;
	uint16_t nlets;
	const struct cc_node *where;
	const struct cc_node *const *subject;	/* ids; none: case */
	uint16_t nsubject;
	const struct cc_node *origin, *armed, *started, *due, *acts_from;
	const struct cc_earlier *earlier;	/* the oldest first */
	uint16_t nearlier;
	const struct cc_ending *acts, *cancelled, *exempt;
	uint16_t nacts, ncancelled, nexempt;
	const struct cc_node *paused_from, *paused_until;
	enum cc_again again;
	const struct cc_node *const *once_per;
	uint16_t nonce;
	const struct cc_node *chain_from, *chain_acts, *chain_stop;
	const struct cc_node *passed, *exempt_when;
	uint16_t act_slot, start_slot;
	bool records;			/* false: prints nothing */
	bool listed;			/* some clocks(...) names it */
	const char *reason;		/* why not */
	const char *due_text, *armed_text, *started_text, *where_text;
	struct cc_types deps;		/* event types that can touch it */
};

struct cc_program {
	const struct cc_term *terms;
	const struct cc_timeline *timelines;
	const struct cc_span *spans;
	const struct cc_set *sets;
	const struct cc_rulex *rules;	/* sorted by id, as pack->rules */
	const struct cc_reckind *kinds;
	uint16_t nterms, ntimelines, nspans, nsets, nrules, nkinds;
	const char *const *literals;	/* ids written in the pack */
	uint16_t nliterals;
	const char *const *attr_names;
	uint16_t nattr_names;
	/* G5: the first event of this type with this field set names the zone. */
	int zone_type, zone_field;
};

static inline void
cc_types_add(struct cc_types *t, unsigned type)
{
	t->w[type / 64] |= (uint64_t)1 << (type % 64);
}

static inline bool
cc_types_has(const struct cc_types *t, unsigned type)
{
	return (t->w[type / 64] >> (type % 64) & 1) != 0;
}

static inline void
cc_types_join(struct cc_types *t, const struct cc_types *o)
{
	for (unsigned i = 0; i < CC_TYPES_MAX / 64; i++)
		t->w[i] |= o->w[i];
}

#endif
