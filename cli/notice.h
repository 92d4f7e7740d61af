/*
 * cli/notice.h - which of our mails a delivery notice speaks of, and how it ended.
 *
 * Source:    DESIGN.md section 7 (E-mail); RFC 3461, RFC 3464, RFC 6533, RFC 3834.
 * Purpose:   reads a returned mail.  A report with a message/delivery-status part says it
 *            in fields; a notice in plain words (qmail, old systems) counts when it comes
 *            from a mailer-daemon and holds the header of one of our mails.  An answer
 *            of a person, or of an absence, is no notice.
 * Purity:    GMime takes the mail apart; nothing is read or written, nothing is kept.
 * Privacy:   no address, no subject and no word of the notice leaves this file: an id,
 *            an action, numbers.
 * Threads:   one; GMime is a library with globals of its own.
 * Limits:    CC_NOTICE_MAX bytes; 100 parts, 10 deep: what lies behind is not looked at.
 */
#ifndef CC_CLI_NOTICE_H
#define CC_CLI_NOTICE_H

#include "scheduler/base.h"

enum { CC_NOTICE_MAX = 1024 * 1024, CC_NOTICE_ID = 32 };

struct cc_bounce {
	char id[CC_NOTICE_ID + 1];	/* of the message: small hexadecimal digits */
	char action[16];		/* failed, delayed, delivered, relayed, expanded */
	char status[12];		/* "5.1.1", "" when none was given */
	char detail[32];		/* "smtp 550", "in plain words", "" */
};

/* Before the first and after the last cc_notice_read. */
void cc_notice_begin(void);
void cc_notice_end(void);

/*
 * CC_EINVAL  it is no delivery notice;
 * CC_ENOENT  it is one, of no mail of ours;
 * CC_ERANGE  it is longer than CC_NOTICE_MAX.
 */
enum cc_code cc_notice_read(const char *mail, size_t n, struct cc_bounce *ret,
    struct cc_err *reterr) CC_MUST_USE;

#endif
