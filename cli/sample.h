/*
 * cli/sample.h - made-up messages, one of each kind, for a look at the templates.
 *
 * Source:    wire/message.h; DESIGN.md section 7.
 * Purpose:   rules of the pack with a made-up case; always the same for one pack, so
 *            that pictures of them can be compared.
 * Ownership: a struct cc_samples holds all of it; the pack is borrowed.
 * Threads:   no shared state.
 */
#ifndef CC_CLI_SAMPLE_H
#define CC_CLI_SAMPLE_H

#include "scheduler/pack.h"
#include "wire/message.h"

enum { CC_SAMPLE_ITEMS = 6, CC_SAMPLE_COUNT = 11 };

struct cc_samples {
	const struct cc_pack *pack;	/* NULL: a rule of our own */
	struct cc_message items[CC_SAMPLE_ITEMS];
	struct {
		const char *name;	/* "breach", "digest" */
		struct cc_message message;
	} v[CC_SAMPLE_COUNT];
	unsigned n;
};

void cc_samples_make(struct cc_samples *s, const struct cc_pack *pack, const char *language);

/* Their names, in order. */
extern const char *const cc_sample_names[CC_SAMPLE_COUNT];

#endif
