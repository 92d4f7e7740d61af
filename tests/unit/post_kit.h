/*
 * tests/unit/post_kit.h - messages laid into the outbox of an engine's lab by hand.
 *
 * Purpose:   what the tests of post, outgoing and silences share: a case whose instances
 *            and alerts are as the test says, messages with every fate, requests.
 * Ownership: everything lives in the lab and its arena.
 * Errors:    what is not as expected fails the CMocka test that runs.
 */
#ifndef CC_TESTS_UNIT_POST_KIT_H
#define CC_TESTS_UNIT_POST_KIT_H

#include "daemon/engine_inner.h"
#include "tests/unit/engine_lab.h"

struct cc_str post_text(const char *s);

/* One transaction around what the test does; the engine sees the lab's instant. */
void post_begin(struct lab *l);
void post_commit(struct lab *l);

/* A message with all texts set: the test changes what it is about. */
struct cc_message post_message(const char *id, const char *thread);

/* A posting of it to a member of the kit's staff, or to the operator, by mail. */
struct cc_posting post_posting(const struct lab *l, const struct cc_message *m,
    const char *recipient);

/* Posts it; its row. */
struct cc_store_message post_put(struct lab *l, const struct cc_posting *p);

/* The message of that id. */
struct cc_store_message post_row(struct lab *l, const char *id);

/* Claims all that is due, each channel as it is. */
struct cc_store_messages post_claim(struct lab *l);

/* Moves a claimed message; with an attempt when `attempt` is not 0. */
void post_move(struct lab *l, const struct cc_store_message *m, enum cc_outbox_state to,
    enum cc_attempt_outcome attempt, int64_t next);

/* A request that writes, in its own group; the answer, good until the next. */
const char *post_ask(struct lab *l, const char *method, const char *params);

#endif
