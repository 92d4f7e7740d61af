/*
 * tests/support/setup_kit.h - a set-up of the daemon for unit tests.
 *
 * Purpose:   a configuration, a directory of four people and the Texas pack of the
 *            source tree (CC_SRC, else the working directory), loaded as the daemon
 *            does; events as lines; a source of time that a test moves.
 * Ownership: cc_kit_end frees everything and removes the folder.
 * Errors:    what goes wrong fails the CMocka test that runs.
 */
#ifndef CC_TESTS_SUPPORT_SETUP_KIT_H
#define CC_TESTS_SUPPORT_SETUP_KIT_H

#include "daemon/engine.h"
#include "daemon/setup.h"

#define CC_KIT_T0 INT64_C(1772928000)	/* 2026-03-08T00:00:00Z */

struct cc_kit {
	char folder[64];
	struct cc_setup *setup;
	struct cc_now now;
	struct cc_arena arena;
};

/* A kit with these lines more in its configuration; "" for none. */
void cc_kit_begin(struct cc_kit *k, const char *more);
void cc_kit_end(struct cc_kit *k);

/* A file in the kit's folder; its path is good until the next call. */
const char *cc_kit_file(struct cc_kit *k, const char *name, const char *text);

/* Another set-up from the same folder, with these lines more. */
struct cc_setup *cc_kit_setup(struct cc_kit *k, const char *more);

/* A cc_now_fn: `self` is the kit. */
struct cc_now cc_kit_now(void *self);
void cc_kit_at(struct cc_kit *k, int64_t s);	/* seconds after CC_KIT_T0 */

/* The job of an event line; the line must be good at the kit's instant. */
struct cc_job *cc_kit_job(struct cc_kit *k, const char *line);

/* An intake of priority `p` with one victim v1, `at` seconds after CC_KIT_T0. */
const char *cc_kit_intake(const char *id, const char *case_id, const char *p, int64_t at);

#endif
