/*
 * notify/email_child.h - the worker process of the email module: started, fed, read,
 * killed.
 *
 * Source:    DESIGN.md section 7 (E-mail); notify/mailer_line.h for the lines.
 * Threads:   the loop thread.
 * Ownership: a child lives from start until on_gone has returned; then the pointer is
 *            void (its handles are closed behind the scenes).
 * Errors:    CC_EIO the program cannot be started; CC_ENOMEM.
 * Invariant: on_gone comes once, from the loop, after the last line was read.
 */
#ifndef CC_NOTIFY_EMAIL_CHILD_H
#define CC_NOTIFY_EMAIL_CHILD_H

#include <uv.h>

#include "notify/mailer_line.h"

struct cc_mail_child;

struct cc_mail_child_config {
	uv_loop_t *loop;
	const char *program, *home;
	void *owner;
	/* One line, split; false: it makes no sense, the child is killed. */
	bool (*on_line)(void *owner, char *const *fields, unsigned n);
	void (*on_gone)(void *owner, int64_t status, int signal);
};

/* The texts of `config` are borrowed during the call only. */
enum cc_code cc_mail_child_start(const struct cc_mail_child_config *config,
    struct cc_mail_child **ret, struct cc_err *reterr) CC_MUST_USE;

/* Writes and gives back the buffer's bytes, whatever comes of it. */
void cc_mail_child_write(struct cc_mail_child *c, struct cc_buf *given);

/* Ends its input; it finishes what it has and exits. */
void cc_mail_child_hang_up(struct cc_mail_child *c);

void cc_mail_child_kill(struct cc_mail_child *c);

#endif
