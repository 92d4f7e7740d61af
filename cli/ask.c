#include "cli/ask.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/command.h"

enum { PARAMS_MAX = 32 * 1024, RESULT_MAX = 1024 * 1024 };

void
cc_ask_begin(struct cc_ask *q)
{
	*q = (struct cc_ask){.doc = NULL};
	cc_buf_init(&q->params, PARAMS_MAX);
}

void
cc_ask_done(struct cc_ask *q)
{
	cc_json_free(q->doc);
	cc_buf_done(&q->params);
	*q = (struct cc_ask){.doc = NULL};
}

static void
put_name(struct cc_ask *q, const char *name)
{
	cc_buf_char(&q->params, q->params.n == 0 ? '{' : ',');
	cc_buf_jsons(&q->params, name);
	cc_buf_char(&q->params, ':');
}

void
cc_ask_text(struct cc_ask *q, const char *name, const char *value)
{
	if (value == NULL)
		return;
	put_name(q, name);
	cc_buf_jsons(&q->params, value);
}

void
cc_ask_number(struct cc_ask *q, const char *name, int64_t value)
{
	put_name(q, name);
	cc_buf_int(&q->params, value);
}

int
cc_ask_until(struct cc_ask *q, const struct cc_args *a, const char *command)
{
	const char *until = cc_args_value(a, "until", 0), *length = cc_args_value(a, "for", 0);

	if ((until == NULL) == (length == NULL))
		return cc_misused("%s: it needs an end: one of --for and --until", command);
	cc_ask_text(q, "until", until);
	cc_ask_text(q, "for", length);
	return CC_EXIT_DONE;
}

int
cc_ask_run(struct cc_ask *q, const struct cc_args *a, const char *method)
{
	struct cc_connection c;
	int code;

	cc_buf_puts(&q->params, q->params.n == 0 ? "{}" : "}");
	if (cc_buf_end(&q->params, 0) != CC_OK)
		return cc_misused("%s: the arguments are too long", method);
	code = cc_connection_open(&c, a);
	if (code != CC_EXIT_DONE)
		return code;
	code = cc_connection_ask(&c, method,
	    (struct cc_str){q->params.p, (uint32_t)q->params.n}, &q->doc, &q->result);
	cc_connection_close(&c);
	return code;
}

int
cc_ask_print(const struct cc_ask *q)
{
	struct cc_buf b;
	int code = CC_EXIT_DONE;

	cc_buf_init(&b, RESULT_MAX);
	cc_json_print(&b, q->result);
	cc_buf_char(&b, '\n');
	if (cc_buf_end(&b, 0) == CC_OK) {
		(void)fwrite(b.p, 1, b.n, stdout); /* cc_finish_output sees it */
	} else {
		cc_complain("the answer is too long");
		code = CC_EXIT_FAILED;
	}
	cc_buf_done(&b);
	return code;
}

bool
cc_number_of(const char *text, int64_t *ret)
{
	char *end;
	long long n;

	if (text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	n = strtoll(text, &end, 10);
	if (*end != '\0' || errno != 0 || n < 1)
		return false;
	*ret = n;
	return true;
}
