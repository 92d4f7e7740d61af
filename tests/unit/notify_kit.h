/*
 * tests/unit/notify_kit.h - a loop, a host and a message for tests of notifiers.
 *
 * Purpose:   what each test of a module needs: a clock that stands still, the log as a
 *            text, requests that count their done().
 * Ownership: the kit is the test's; kit_close proves that nothing was left open.
 */
#ifndef CC_TESTS_UNIT_NOTIFY_KIT_H
#define CC_TESTS_UNIT_NOTIFY_KIT_H

#include <uv.h>

#include "notify/host.h"

struct kit {
	uv_loop_t loop;
	struct cc_host host;
	struct cc_wall now;
	uv_timer_t guard;
	bool expired;			/* the guard's time is over */
	unsigned done;			/* requests answered */
	unsigned lines;			/* of the log */
	char log[8192];
};

struct kit_req {
	struct cc_notify_req req;
	struct kit *kit;
	unsigned done;
	bool inside;			/* a call into the module is under way */
	struct cc_notify_result result;
};

void kit_open(struct kit *k);
void kit_close(struct kit *k);		/* asserts that the loop is empty */

/* Turns the loop until so many requests were answered; fails after 30 s. */
void kit_run_until(struct kit *k, unsigned done);

/* Turns the loop until it has nothing left but the guard; fails after 30 s. */
void kit_run_out(struct kit *k);

/* A message about an overdue deadline of case 48211234. */
struct cc_message kit_message(void);

void kit_req_init(struct kit_req *r, struct kit *k, const struct cc_message *m,
    const char *to);

/* Sends; done() may not come before it returns.  Asserts CC_OK. */
void kit_send(const struct cc_notifier *n, void *self, struct kit_req *r);

/* Writes a file below /tmp; the path is good until the next call but three. */
const char *kit_file(const char *text);
void kit_remove_files(void);

#endif
