#include "notify/email_worker.h"

#include <stdio.h>

const char *
cc_worker_kind_text(enum cc_worker_kind k)
{
	static const char *const text[] = {
		[CC_WORKER_SENT] = "sent", [CC_WORKER_TEMP] = "temp",
		[CC_WORKER_PERM] = "perm", [CC_WORKER_CONFIG] = "config",
		[CC_WORKER_DOUBT] = "doubt",
	};

	return text[k];
}

/* The server's words on one line of printable characters; more than fits is cut. */
static void
put_words(char *to, size_t size, const char *from)
{
	size_t n = 0;

	for (; *from != '\0' && n + 1 < size; from++) {
		char c = *from >= ' ' && *from <= '~' ? *from : ' ';

		if (c != ' ' || (n > 0 && to[n - 1] != ' '))
			to[n++] = c;
	}
	while (n > 0 && to[n - 1] == ' ')
		n--;
	to[n] = '\0';
}

void
cc_worker_verdict_set(struct cc_worker_verdict *v, enum cc_worker_kind kind,
    const char *code, const char *detail)
{
	v->kind = kind;
	put_words(v->code, sizeof v->code, code);
	put_words(v->detail, sizeof v->detail, detail);
}

void
cc_worker_verdict_reply(struct cc_worker_verdict *v, enum cc_worker_kind kind, int code,
    const char *text)
{
	char number[16];

	(void)snprintf(number, sizeof number, "%d", code);
	cc_worker_verdict_set(v, kind, number, text == NULL ? "" : text);
}

bool
cc_worker_wants_auth(int code)
{
	return code == 530 || code == 534 || code == 535 || code == 538;
}

/* What was seen on the wire outweighs whatever libesmtp says; true when it decided. */
static bool
judge_watch(const struct cc_watch *w, struct cc_worker_verdict *v)
{
	switch (w->fault) {
	case CC_WATCH_FINE:
		return false;
	case CC_WATCH_INJECTED:
		cc_worker_verdict_set(v, CC_WORKER_TEMP, "security",
		    "clear text behind the answer to STARTTLS: somebody is on the line");
		return true;
	case CC_WATCH_AUTH:
		cc_worker_verdict_set(v, CC_WORKER_CONFIG, "auth", w->reply);
		return true;
	case CC_WATCH_AUTH_LATER:
		cc_worker_verdict_set(v, CC_WORKER_TEMP, "auth", w->reply);
		return true;
	case CC_WATCH_NO_AUTH:
		cc_worker_verdict_set(v, CC_WORKER_CONFIG, "auth",
		    "the server offers no way to log in that is known here");
		return true;
	}
	return false;
}

/* The session ended before any mail was spoken of. */
static void
judge_session(const struct cc_worker_facts *f, struct cc_worker_verdict *v)
{
	if (f->certificate[0] != '\0')
		cc_worker_verdict_set(v, CC_WORKER_TEMP, "tls", f->certificate);
	else if (f->watch->refusal != 0)
		cc_worker_verdict_reply(v, CC_WORKER_TEMP, (int)f->watch->refusal, f->watch->reply);
	else if (!f->started)
		cc_worker_verdict_set(v, CC_WORKER_TEMP, "session", f->error);
	else
		cc_worker_verdict_set(v, CC_WORKER_TEMP, "session",
		    "the session ended before the mail: time-out, hang-up or no TLS");
}

static void
judge_message(const struct cc_worker_facts *f, struct cc_worker_verdict *v)
{
	if (f->message / 100 == 2)
		cc_worker_verdict_reply(v, CC_WORKER_SENT, f->message, f->message_text);
	else if (f->message / 100 == 5)
		cc_worker_verdict_reply(v, CC_WORKER_PERM, f->message, f->message_text);
	else if (f->message / 100 == 4)
		cc_worker_verdict_reply(v, CC_WORKER_TEMP, f->message, f->message_text);
	else	/* none, or still the 354 that asked for the text */
		cc_worker_verdict_set(v, CC_WORKER_DOUBT, "in doubt",
		    "the session ended before the server said whether it took the mail");
}

/* The order is the point: each line is only true when none before it was. */
void
cc_worker_judge(const struct cc_worker_facts *f, struct cc_worker_verdict *ret)
{
	if (judge_watch(f->watch, ret))
		return;
	if (!f->started || (f->sender == 0 && f->recipient == 0))
		judge_session(f, ret);
	else if (cc_worker_wants_auth(f->sender))
		cc_worker_verdict_reply(ret, CC_WORKER_CONFIG, f->sender, f->sender_text);
	else if (f->sender / 100 == 5)
		cc_worker_verdict_reply(ret, CC_WORKER_PERM, f->sender, f->sender_text);
	else if (f->sender / 100 != 2)
		cc_worker_verdict_reply(ret, CC_WORKER_TEMP, f->sender, f->sender_text);
	else if (f->recipient / 100 == 5)
		cc_worker_verdict_reply(ret, CC_WORKER_PERM, f->recipient, f->recipient_text);
	else if (f->recipient / 100 == 2)
		judge_message(f, ret);
	else if (f->recipient != 0)
		cc_worker_verdict_reply(ret, CC_WORKER_TEMP, f->recipient, f->recipient_text);
	else
		judge_session(f, ret);
}
