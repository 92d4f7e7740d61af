/*
 * policy/pack_source.h - a pack as it is written: its declarations by name, for
 * tools that show and compare them.
 *
 * Source:    docs/policy-language.md.
 * Purpose:   the trees of the files of a pack that was loaded before; nothing is
 *            checked here that the loader has checked.
 * Ownership: everything lives in the arena.
 * Errors:    CC_EINVAL a file is not well-formed (the diagnostics say where);
 *            CC_EIO, CC_ERANGE, CC_ENOMEM.
 * Threads:   no shared state.
 */
#ifndef CC_POLICY_PACK_SOURCE_H
#define CC_POLICY_PACK_SOURCE_H

#include "policy/yaml.h"

enum cc_pack_part {
	CC_PART_RULE = 1, CC_PART_TERM, CC_PART_SET, CC_PART_TIMELINE, CC_PART_SPAN
};

/* One declaration. */
struct cc_pack_decl {
	enum cc_pack_part part;
	struct cc_str name;		/* without its parameters */
	const struct cc_yaml *yaml;	/* the mapping */
};

struct cc_pack_source {
	const struct cc_yaml *head, *events;	/* pack.yaml, events.yaml */
	struct cc_pack_decl *decls;		/* sorted by part, then name */
	uint32_t ndecls;
};

enum cc_code cc_pack_source_read(const char *dir, struct cc_arena *a,
    struct cc_diags *d, struct cc_pack_source *ret, struct cc_err *reterr) CC_MUST_USE;

/* The declaration of that name, or NULL. */
const struct cc_pack_decl *cc_pack_source_find(const struct cc_pack_source *s,
    enum cc_pack_part part, struct cc_str name);

/* "rule", "term", "set", "timeline", "span". */
const char *cc_pack_part_text(enum cc_pack_part part);

/* Whether two trees say the same: white space in a text counts as one blank, the
 * order of a mapping's keys does not count.  Both may be NULL. */
bool cc_pack_same(const struct cc_yaml *a, const struct cc_yaml *b);

/* Whether the tree's texts have the word: letters, digits, '_' and '-' between
 * other characters. */
bool cc_pack_mentions(const struct cc_yaml *y, struct cc_str word);

#endif
