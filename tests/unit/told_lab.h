/*
 * tests/unit/told_lab.h - who was told what: events said shortly, messages looked up.
 *
 * Purpose:   what the tests of telling, handing over and acknowledging share, on the
 *            engine lab.  The staff is told_staff.
 * Ownership: what is looked up is good until the next look.
 * Errors:    what is not as expected fails the CMocka test that runs.
 */
#ifndef CC_TESTS_UNIT_TOLD_LAB_H
#define CC_TESTS_UNIT_TOLD_LAB_H

#include "daemon/engine_inner.h"
#include "tests/unit/engine_lab.h"

/* s-worker < s-sup < s-lead < s-padm; s-other stands beside s-worker, s-mute has no
 * address, s-duty is the route, above him nobody. */
extern const char told_staff[];

/* Set-up with that staff and messages that wait for nothing; tear-down is lab_end. */
int told_begin(void **state);

/* Other files, and so another set-up: staff and lines of the configuration ("": none). */
void told_reload(struct lab *l, const char *staff, const char *more);

/* An event `at` seconds after CC_KIT_T0; `data` without its braces. */
const char *told_event(const char *id, const char *type, int64_t at, const char *data);

/* Tells it in a group of its own, and expects that it is accepted. */
void told_say(struct lab *l, const char *id, const char *type, int64_t at,
    const char *data);
void told_assign(struct lab *l, const char *id, int64_t at, const char *staff);
void told_intake(struct lab *l, const char *id, int64_t at, const char *priority);

/* The message of that rung of that clock to that recipient ("": any of these three), and
 * how many there are; NULL: none. */
const struct cc_store_message *told_message(struct lab *l, const char *clock,
    const char *rung, const char *recipient);
unsigned told_count(struct lab *l, const char *clock, const char *rung,
    const char *recipient);

/* Whether its payload holds these words. */
bool told_says(const struct cc_store_message *m, const char *words);

/* Claims all that is due and says how it went; how many. */
unsigned told_deliver(struct lab *l, enum cc_outbox_state to);

#define P1_CONTACT "priority-1-initial-contact"
#define SUBMIT "inv-submit-45d"

#endif
