/*
 * notify/email.h - inside of the email module: its settings and how they are checked.
 *
 * Source:    DESIGN.md section 7 (E-mail), section 8 (mail.*).
 * Ownership: texts are copied.
 * Errors:    CC_EINVAL names the setting, its file and line; CC_EIO the home folder.
 */
#ifndef CC_NOTIFY_EMAIL_H
#define CC_NOTIFY_EMAIL_H

#include "notify/mime_text.h"
#include "notify/notifier.h"

struct cc_email_settings {
	char server[300];		/* as written: host:port */
	char host[256], port[8];
	char from[CC_MAIL_ADDRESS_MAX + 1];
	char tls[16], ca_file[1024], user[256], password_file[1024], hostname[256];
	char worker[1024], home[1024];
	bool made_home;			/* a temporary one, to be removed */
	bool title_in_subject;
	uint32_t queue, batch, timeout_ms, deadline_ms, grace_ms, auth_hold_s;
};

/* Fills and checks; makes the home folder when it is absent.  Nothing is left behind
 * when it fails. */
enum cc_code cc_email_settings_take(const struct cc_notify_cfg *cfg,
    struct cc_email_settings *ret, struct cc_err *reterr) CC_MUST_USE;

/* Removes a temporary home. */
void cc_email_settings_done(struct cc_email_settings *s);

#endif
