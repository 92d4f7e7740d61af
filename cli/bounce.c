#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/connect.h"
#include "cli/notice.h"

/* How a program behind a mail alias answers its mail server (sysexits.h): keep the mail
 * and try again, or give it back as one that does not belong here. */
enum { ALIAS_LATER = 75, ALIAS_REFUSED = 65, ALIAS_USAGE = 64 };

/* All of standard input, at most one byte more than a notice may have. */
static int
read_mail(struct cc_buf *b)
{
	char chunk[16 * 1024];
	ssize_t n;

	for (;;) {
		n = read(STDIN_FILENO, chunk, sizeof chunk);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			cc_complain("bounce: standard input: %s", strerror(errno));
			return CC_EXIT_FAILED;
		}
		if (n == 0)
			return CC_EXIT_DONE;
		cc_buf_put(b, chunk, (size_t)n);
		if (b->fail != CC_OK) {
			cc_complain("bounce: the mail is longer than %d bytes",
			    (int)CC_NOTICE_MAX);
			return CC_EXIT_REFUSED;
		}
	}
}

static int
read_notice(struct cc_bounce *ret)
{
	struct cc_buf mail;
	struct cc_err err;
	int code;

	cc_buf_init(&mail, CC_NOTICE_MAX + 1);
	code = read_mail(&mail);
	if (code == CC_EXIT_DONE) {
		cc_notice_begin();
		if (cc_notice_read(mail.n == 0 ? "" : mail.p, mail.n, ret, &err) != CC_OK) {
			cc_complain("bounce: %s", err.msg);
			code = CC_EXIT_REFUSED;
		}
		cc_notice_end();
	}
	cc_buf_done(&mail);
	return code;
}

static void
put_params(struct cc_buf *b, const struct cc_bounce *n)
{
	CC_BUF_LIT(b, "{\"id\":");
	cc_buf_jsons(b, n->id);
	CC_BUF_LIT(b, ",\"action\":");
	cc_buf_jsons(b, n->action);
	CC_BUF_LIT(b, ",\"status\":");
	cc_buf_jsons(b, n->status);
	CC_BUF_LIT(b, ",\"detail\":");
	cc_buf_jsons(b, n->detail);
	cc_buf_char(b, '}');
}

/* The daemon answers for an id that it does not know as for a wrong parameter. */
static int
tell(const struct cc_args *a, const struct cc_bounce *n)
{
	const struct cc_json *result;
	struct cc_json *doc = NULL;
	struct cc_connection c;
	struct cc_buf b;
	int code = cc_connection_open(&c, a);

	if (code != CC_EXIT_DONE)
		return code;
	cc_buf_init(&b, 512);
	put_params(&b, n);
	code = cc_connection_ask(&c, "message.bounced",
	    (struct cc_str){b.p, (uint32_t)b.n}, &doc, &result);
	cc_buf_done(&b);
	if (code == CC_EXIT_DONE)
		printf("%s %s%s%s\n", n->id, n->action, n->status[0] == '\0' ? "" : " ",
		    n->status);
	cc_json_free(doc);
	cc_connection_close(&c);
	return code == CC_EXIT_USAGE ? CC_EXIT_REFUSED : code;
}

static int
for_alias(int code)
{
	switch (code) {
	case CC_EXIT_DONE:
		return code;
	case CC_EXIT_REFUSED:
		return ALIAS_REFUSED;
	case CC_EXIT_USAGE:
		return ALIAS_USAGE;
	default:
		return ALIAS_LATER;
	}
}

static int
run_bounce(const struct cc_args *a)
{
	struct cc_bounce n;
	int code = read_notice(&n);

	if (code == CC_EXIT_DONE)
		code = tell(a, &n);
	return cc_args_has(a, "alias") ? for_alias(code) : code;
}

static const struct cc_option options[] = {
	{.name = "alias", .help = "Exit as a mail server wants it: 75 keep, 65 refuse"},
	CC_OPTION_SOCKET,
};

const struct cc_command cc_command_bounce = {
	.name = "bounce", .usage = "[--alias] < MAIL",
	.summary = "Note a delivery notice that came back for a mail",
	.details = "Reads one mail from standard input.  When it is a delivery notice for a\n"
	    "message of Caseclock, the daemon is told: a failed one counts as a rung that\n"
	    "reached nobody, and goes on to the next role above.  Only the message's id,\n"
	    "the action and status codes are passed on.\n"
	    "Exit status 4: no notice, or none of ours.",
	.args = {options, sizeof options / sizeof options[0], 0, 0},
	.run = run_bounce,
};
