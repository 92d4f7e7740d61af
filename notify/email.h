/*
 * notify/email.h - inside of the email module: its settings and how they are checked.
 *
 * Source:    DESIGN.md section 7 (E-mail), section 8 (mail.*).
 * Purpose:   settings of mail.*, with what each may be and its default:
 *
 *   server HOST:PORT (wanted)       from ADDRESS (wanted)
 *   bounce_address ADDRESS (from)   sender of the envelope: refused mails come back to it
 *   transport esmtp, curl (esmtp)   tls starttls, implicit, none (starttls); implicit with
 *                                   curl, none to a loopback server
 *   tls_min 1.2, 1.3 (1.2)          1.3 with curl
 *   ca_file PATH (the system's)     user TEXT; curl wants TLS for it
 *   password_file PATH              oauth_token_file PATH: XOAUTH2, with curl; one of both
 *   hostname NAME (the machine's)   of the EHLO
 *   connections 1 to 16 (2)         sessions at a time, with curl
 *   dsn yes, no (yes)               ask for delivery notices where the server offers it
 *   title_in_subject yes, no (no)   queue 1 to 100000 (1000)
 *   calendar none, todo, event (none)    attach the deadline as iCalendar
 *   batch 1 to 200 (50)             mails handed to the worker at a time
 *   timeout_ms 1000 to 600000 (30000)    deadline_ms 1000 to 3600000 (120000), of a batch
 *   grace_ms 10 to 600000 (5000)    auth_hold_s 1 to 86400 (900) after a refused login
 *   worker PATH, home PATH
 * Ownership: texts are copied.
 * Errors:    CC_EINVAL names the setting, its file and line; CC_EIO the home folder.
 */
#ifndef CC_NOTIFY_EMAIL_H
#define CC_NOTIFY_EMAIL_H

#include "notify/ical.h"
#include "notify/mime_text.h"
#include "notify/notifier.h"

struct cc_email_settings {
	char server[300];		/* as written: host:port */
	char host[256], port[8];
	char from[CC_MAIL_ADDRESS_MAX + 1], bounce[CC_MAIL_ADDRESS_MAX + 1];
	char transport[16], tls[16], tls_min[8];
	char ca_file[1024], user[256], password_file[1024], token_file[1024], hostname[256];
	char worker[1024], home[1024];
	bool made_home;			/* a temporary one, to be removed */
	bool title_in_subject, dsn;
	char calendar_word[8];
	enum cc_calendar_form calendar;
	uint32_t queue, batch, connections, timeout_ms, deadline_ms, grace_ms, auth_hold_s;
};

/* Fills and checks; makes the home folder when it is absent.  Nothing is left behind
 * when it fails. */
enum cc_code cc_email_settings_take(const struct cc_notify_cfg *cfg,
    struct cc_email_settings *ret, struct cc_err *reterr) CC_MUST_USE;

/* Removes a temporary home. */
void cc_email_settings_done(struct cc_email_settings *s);

#endif
