/*
 * policy/pack_test_parts.h - what the files pack_test*.c share, private to them.
 *
 * Source:    docs/policy-language.md section 10.
 * Ownership: everything lives in the arena that is given.
 * Errors:    mistakes go to the diagnostics; a full arena keeps its `failed`.
 */
#ifndef CC_POLICY_PACK_TEST_PARTS_H
#define CC_POLICY_PACK_TEST_PARTS_H

#include "policy/pack_test.h"
#include "policy/yaml.h"

/* ---- pack_test_event.c ---- */

/* Events in order of arrival. */
struct cc_pack_story {
	struct cc_input *v;
	uint32_t n, cap;
	uint32_t told;		/* as written, repeats among them */
	struct cc_wall last;	/* the greatest time, CC_NEVER of none */
};

/* Adds the events of a list; mistakes are reported. */
void cc_pack_story_add(struct cc_pack_tests *t, struct cc_pack_story *s,
    const struct cc_yaml *list);

/* A copy of the list, to be added to. */
struct cc_pack_story cc_pack_story_copy(struct cc_arena *a, const struct cc_pack_story *s);

/* ---- pack_test.c: a record as one line ---- */

struct cc_pack_record {
	const char *clock;
	struct cc_str subject;
	uint32_t period;
	const char *word;		/* the state, or the rung */
	struct cc_wall started, due, ended;	/* of a clock */
	struct cc_wall at;			/* of an alert */
	const char *to[8];
	unsigned nto;
	const char *severity;
};

void cc_pack_put_clock(struct cc_pack_lines *l, struct cc_arena *a,
    const struct cc_pack_record *r);
void cc_pack_put_alert(struct cc_pack_lines *l, struct cc_arena *a,
    const struct cc_pack_record *r);
void cc_pack_lines_add(struct cc_pack_lines *l, struct cc_arena *a, const char *text);
void cc_pack_lines_sort(struct cc_pack_lines *l);

#endif
