/*
 * scheduler/schema.h - the event types that a pack declares.
 *
 * Source:    rule sheet section 4 and G15; DESIGN.md section 4.
 * Purity:    data only; built by policy/, read by wire/ and the core.
 * Ownership: everything lives in the pack's arena.
 * Invariant: types are sorted by name; fields of a type are in the order of
 *            the pack; `key` numbers are unique in their scope (the loader
 *            refuses a collision), so stored events survive a re-ordered pack.
 */
#ifndef CC_SCHEDULER_SCHEMA_H
#define CC_SCHEDULER_SCHEMA_H

#include "scheduler/base.h"

enum { CC_FIELDS_MAX = 32, CC_TYPES_MAX = 128 };

enum cc_field_type {
	CC_FIELD_ID = 1,	/* opaque id */
	CC_FIELD_BOOL,
	CC_FIELD_INT,		/* 0 to 150 */
	CC_FIELD_TIME,		/* instant, seconds */
	CC_FIELD_DATE,		/* civil day number */
	CC_FIELD_ZONE,		/* index into struct cc_zones */
	CC_FIELD_CODE		/* one of the listed codes: index into schema codes */
};

struct cc_field_def {
	const char *name;
	uint16_t name_id;	/* index into schema->names: one per distinct name */
	uint16_t key;		/* stable 16-bit hash of the name, for stored events */
	enum cc_field_type type;
	bool list, required;
	bool absent_bool;	/* what an absent bool stands for (G15) */
	const uint16_t *codes;	/* CODE: indices into schema->codes, in the pack's order */
	uint16_t ncodes;
};

struct cc_event_type {
	const char *name;
	uint32_t key;		/* stable 32-bit hash of the name */
	const struct cc_field_def *fields;
	uint16_t nfields;
	bool voids;		/* this type removes the event that `void_field` names */
	uint16_t void_field;	/* index of that field */
	const uint8_t *slot_of;	/* by name_id: index of the field + 1, 0 none */
};

struct cc_schema {
	const struct cc_event_type *types;	/* sorted by name */
	uint16_t ntypes;
	const char *const *codes;	/* all codes of the pack, each once */
	const uint16_t *code_keys;	/* stable 16-bit hash of each */
	uint16_t ncodes;
	const char *const *names;	/* all field names, each once */
	uint16_t nnames;
};

/* The place of the type of that name, or -1. */
int cc_schema_type(const struct cc_schema *s, struct cc_str name);

/* The place of the field of that name in the type, or -1. */
int cc_schema_field(const struct cc_event_type *t, struct cc_str name);

/* The code (index into s->codes) of that text if the field lists it, or -1. */
int cc_schema_code(const struct cc_schema *s, const struct cc_field_def *f,
    struct cc_str text);

/* ^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$ */
bool cc_id_ok(struct cc_str id);

/* Stable hashes (FNV-1a), for keys. */
uint32_t cc_key32(struct cc_str text);
uint16_t cc_key16(struct cc_str text);

#endif
