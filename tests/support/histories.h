/*
 * tests/support/histories.h - random case histories under the Texas pack.
 *
 * Purpose:   cases that a careless agency could send: every event type and every
 *            field of the pack, the common ones often; many equal seconds, late
 *            arrivals, voids and voids of voids, one id from two sources.
 * Ownership: the case file owns its events (cc_case_end).
 * Purity:    the same seed gives the same history.
 */
#ifndef CC_TESTS_SUPPORT_HISTORIES_H
#define CC_TESTS_SUPPORT_HISTORIES_H

#include "tests/support/case.h"

/* Tell a case of `n` events.  They are recorded in order of arrival, each when it
 * happened or up to some days later. */
void cc_histories_tell(uint64_t *seed, struct cc_case_file *f, unsigned n);

/* Another order of arrival that means the same: events of one second, voids, and
 * events with one id (which a third source may refer to) keep their order. */
void cc_histories_shuffle(uint64_t *seed, struct cc_case_file *f);

/* The events as JSON lines, for a test that failed. */
void cc_histories_show(const struct cc_case *c);

#endif
