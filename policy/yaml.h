/*
 * policy/yaml.h - a YAML file as a tree of nodes that know their places.
 *
 * Purpose:   packs and configuration are read into this tree, then bound by
 *            tables.  Every scalar is text; aliases, anchors, tags, a second
 *            document, doubled keys and NUL bytes are refused.
 * Source:    DESIGN.md section 8 (errors with file, line and column).
 * Ownership: the tree lives in the arena; it keeps the file's text for
 *            cc_yaml_place.
 * Errors:    reported to the list; NULL is returned when the file cannot be
 *            read or is not one well-formed document.
 * Limits:    CC_YAML_BYTES a file, CC_YAML_DEPTH levels.
 */
#ifndef CC_POLICY_YAML_H
#define CC_POLICY_YAML_H

#include "policy/diag.h"
#include "scheduler/arena.h"

enum { CC_YAML_BYTES = 1024 * 1024, CC_YAML_DEPTH = 32 };

enum cc_yaml_kind { CC_YAML_SCALAR = 1, CC_YAML_LIST, CC_YAML_MAP };

struct cc_yaml {
	enum cc_yaml_kind kind;
	struct cc_place at;
	const char *text;		/* SCALAR: NUL-terminated */
	uint32_t len;
	const char *source;		/* SCALAR: where it begins in the file's text */
	uint32_t n;			/* LIST, MAP: how many */
	const struct cc_yaml *const *items;
	const struct cc_yaml *const *keys;	/* MAP: beside items */
};

/* The root of the file's document.  NULL when it was refused. */
const struct cc_yaml *cc_yaml_read(const char *path, struct cc_arena *a,
    struct cc_diags *d);

/* The same of text in memory; `name` stands for the file in messages. */
const struct cc_yaml *cc_yaml_parse(const char *name, const char *text, size_t n,
    struct cc_arena *a, struct cc_diags *d);

/* The value of a key of a map, or NULL. */
const struct cc_yaml *cc_yaml_get(const struct cc_yaml *map, const char *key);

/* The place of the byte at `offset` of a scalar's text, also when the scalar is
 * folded over lines. */
struct cc_place cc_yaml_place(const struct cc_yaml *scalar, size_t offset);

/* Reports every key of `map` that is not in the list; and a node that is no map
 * at all.  True when all is well. */
bool cc_yaml_keys(const struct cc_yaml *map, const char *what,
    const char *const *keys, unsigned nkeys, struct cc_diags *d);

/* Typed reads of one node, each reporting what it wanted: false then. */
bool cc_yaml_whole(const struct cc_yaml *y, int64_t min, int64_t max, int64_t *ret,
    struct cc_diags *d);
bool cc_yaml_yes(const struct cc_yaml *y, bool *ret, struct cc_diags *d);
/* "30s", "4h", "1d": seconds. */
bool cc_yaml_duration(const struct cc_yaml *y, int64_t *ret, struct cc_diags *d);
/* One of the words: its place, or -1 (reported, with what was near). */
int cc_yaml_word(const struct cc_yaml *y, const char *const *words, unsigned n,
    const char *what, struct cc_diags *d);
bool cc_yaml_is_text(const struct cc_yaml *y, const char *what, struct cc_diags *d);
bool cc_yaml_is_list(const struct cc_yaml *y, const char *what, struct cc_diags *d);

#endif
