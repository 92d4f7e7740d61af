/*
 * tests/unit/email_kit.h - the email module with its real worker against a server in the
 * same loop.
 *
 * Purpose:   a module with settings that work, to be changed before it is started.
 * Ownership: kit_email_setup makes it, kit_email_teardown ends it and proves that nothing
 *            was left open.
 * Invariant: CC_MAILER, or the folder CC_BIN, names the worker.
 */
#ifndef CC_TESTS_UNIT_EMAIL_KIT_H
#define CC_TESTS_UNIT_EMAIL_KIT_H

#include <limits.h>

#include "tests/unit/notify_kit.h"
#include "tests/unit/smtp_kit.h"

struct kit_email {
	struct kit kit;
	struct kit_smtp server;
	struct cc_message message;
	void *self;
	char address[32], worker[PATH_MAX];
	struct cc_notify_setting items[24];
	struct cc_notify_cfg cfg;
};

/* `transport` NULL: not set. */
struct kit_email *kit_email_setup(enum kit_smtp_mode mode, const char *transport);
void kit_email_set(struct kit_email *f, const char *key, const char *value);
void kit_email_start(struct kit_email *f);
void kit_email_teardown(struct kit_email *f);

/* One mail, and how it went. */
struct cc_notify_result kit_email_ask(struct kit_email *f, const char *to);
void kit_email_expect(const struct cc_notify_result *r, enum cc_notify_outcome outcome,
    const char *code);

#endif
