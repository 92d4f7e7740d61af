/*
 * tests/unit/smtp_kit.h - an SMTP server in the test's own loop that does as told.
 *
 * Purpose:   the answers, silences and lies that a mail module must live with.
 * Ownership: the struct is the test's; it stays in place until the loop has run out.
 */
#ifndef CC_TESTS_UNIT_SMTP_KIT_H
#define CC_TESTS_UNIT_SMTP_KIT_H

#include <stdbool.h>
#include <uv.h>

enum kit_smtp_mode {
	FINE, GREET_421, GREET_HANG, DROP_AFTER_DATA, HANG_AFTER_DATA, REFUSE_DATA,
	AUTH_WRONG, AUTH_RIGHT, AUTH_ABSENT, AUTH_LATER, INJECT, NO_STARTTLS, SENDER_530,
	SENDER_LATER, RCPT_HANG, RCPT_DROP, FULL_NOW, FULL, DSN_BROKEN, KEPT_421, KEPT_DROP
};

struct kit_smtp {
	uv_tcp_t listener;
	struct kit_smtp_client *clients;
	enum kit_smtp_mode mode;
	unsigned port, connections, logins, mails, tried, helos;
	char last[16384];		/* the last mail */
	char envelope[4096];		/* MAIL and RCPT lines of the last mail */
};

/* Listens on a port of 127.0.0.1 that the kernel chooses. */
void kit_smtp_open(struct kit_smtp *s, uv_loop_t *loop, enum kit_smtp_mode mode);
void kit_smtp_close(struct kit_smtp *s);

#endif
