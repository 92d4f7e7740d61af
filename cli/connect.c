#include "cli/connect.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "cli/command.h"

enum { READ_BYTES = 64 * 1024, PAGE = 1000, QUESTION_MAX = 64 * 1024 };

static const char *named_path;

void
cc_connect_path(const char *path)
{
	named_path = path;
}

static const char *
path_of(const struct cc_args *a)
{
	const char *path = cc_args_value(a, "socket", 0);

	if (path == NULL)
		path = named_path;
	if (path == NULL)
		path = getenv("CASECLOCK_SOCKET");
	return path == NULL || path[0] == '\0' ? CC_SOCKET_DEFAULT : path;
}

static const char *
advice(int error)
{
	switch (error) {
	case ENOENT:
		return "is caseclockd running?  --socket PATH names another socket";
	case ECONNREFUSED:
		return "nobody listens there; is caseclockd running?";
	case EACCES:
	case EPERM:
		return "you may not use it; are you in the group that it belongs to?";
	default:
		return "--socket PATH names another socket";
	}
}

static int
unreachable(const char *path, int error)
{
	cc_complain("cannot reach caseclockd at %s: %s (%s)", path, strerror(error),
	    advice(error));
	return CC_EXIT_UNREACHABLE;
}

int
cc_connection_open(struct cc_connection *c, const struct cc_args *a)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	const char *path = path_of(a);
	size_t n = strlen(path);

	*c = (struct cc_connection){.fd = -1, .path = path};
	cc_buf_init(&c->in, CC_CONNECT_ANSWER + READ_BYTES);
	if (n >= sizeof un.sun_path)
		return cc_misused("the socket's path is longer than %zu bytes: %s",
		    sizeof un.sun_path - 1, path);
	memcpy(un.sun_path, path, n + 1);
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0)
		return unreachable(path, errno);
	if (connect(c->fd, (const struct sockaddr *)&un, sizeof un) != 0) {
		int error = errno;

		cc_connection_close(c);
		return unreachable(path, error);
	}
	return CC_EXIT_DONE;
}

void
cc_connection_close(struct cc_connection *c)
{
	if (c->fd >= 0)
		(void)close(c->fd); /* all answers that matter were read */
	c->fd = -1;
	cc_buf_done(&c->in);
}

enum cc_code
cc_connection_line(struct cc_connection *c, struct cc_str *ret,
    struct cc_err *reterr)
{
	const char *nl = NULL;

	if (c->given > 0) {
		cc_buf_consume(&c->in, c->given);
		c->given = c->scanned = 0;
	}
	if (c->in.n > c->scanned)
		nl = memchr(c->in.p + c->scanned, '\n', c->in.n - c->scanned);
	if (nl == NULL) {
		c->scanned = c->in.n;
		if (c->in.n > CC_CONNECT_ANSWER)
			return cc_fail(reterr, CC_ERANGE, 0,
			    "an answer of more than %d bytes", (int)CC_CONNECT_ANSWER);
		return cc_fail(reterr, CC_ENOENT, 0, "no answer yet");
	}
	*ret = (struct cc_str){c->in.p, (uint32_t)(nl - c->in.p)};
	c->given = ret->n + 1;
	return CC_OK;
}

enum cc_code
cc_connection_read(struct cc_connection *c, struct cc_err *reterr)
{
	char bytes[READ_BYTES];
	size_t mark = c->in.n;
	ssize_t n = recv(c->fd, bytes, sizeof bytes, 0);

	if (n == 0)
		return cc_fail(reterr, CC_ENOENT, 0, "the daemon closed the connection");
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return cc_fail(reterr, CC_EBUSY, 0, "nothing yet");
	if (n < 0)
		return cc_fail(reterr, CC_EIO, errno, "%s", strerror(errno));
	cc_buf_put(&c->in, bytes, (size_t)n);
	if (cc_buf_end(&c->in, mark) != CC_OK)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for an answer");
	return CC_OK;
}

int
cc_connection_lost(const struct cc_connection *c, const struct cc_err *err)
{
	cc_complain("lost caseclockd at %s: %s", c->path, err->msg);
	return CC_EXIT_UNREACHABLE;
}

/* ---- questions ------------------------------------------------------- */

static enum cc_code
send_all(struct cc_connection *c, const struct cc_buf *b, struct cc_err *err)
{
	size_t sent = 0;

	while (sent < b->n) {
		ssize_t n = send(c->fd, b->p + sent, b->n - sent, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		/* One who was refused finds the reason in what can still be read. */
		if (n < 0 && (errno == EPIPE || errno == ECONNRESET))
			return CC_OK;
		if (n < 0)
			return cc_fail(err, CC_EIO, errno, "%s", strerror(errno));
		sent += (size_t)n;
	}
	return CC_OK;
}

static enum cc_code
wait_line(struct cc_connection *c, struct cc_str *ret, struct cc_err *err)
{
	struct pollfd p = {.fd = c->fd, .events = POLLIN};

	for (;;) {
		enum cc_code code = cc_connection_line(c, ret, err);
		int n;

		if (code != CC_ENOENT)
			return code;
		n = poll(&p, 1, CC_CONNECT_WAIT * 1000);
		if (n == 0)
			return cc_fail(err, CC_EIO, 0, "no answer for %d seconds",
			    (int)CC_CONNECT_WAIT);
		code = cc_connection_read(c, err);
		if (code != CC_OK && code != CC_EBUSY)
			return code;
	}
}

static int
daemon_said_no(const char *method, const struct cc_rpc_reply *r)
{
	cc_complain("%s: %s (%lld)", method, r->message, (long long)r->code);
	return r->code == CC_RPC_PARAMS ? CC_EXIT_USAGE : CC_EXIT_FAILED;
}

/* An event's answer where a question was asked: we may not ask. */
static int
odd_answer(const struct cc_json *doc, const char *method)
{
	const struct cc_json *error = cc_json_get(doc, "error");
	const char *code = cc_json_get_text(error, "code");
	const char *message = cc_json_get_text(error, "message");

	if (code != NULL && message != NULL)
		cc_complain("%s: %s: %s", method, code, message);
	else
		cc_complain("%s: the daemon's answer is not understood", method);
	return CC_EXIT_FAILED;
}

static int
read_reply(struct cc_connection *c, const char *method, struct cc_str line,
    struct cc_json **ret_doc, const struct cc_json **ret_result)
{
	struct cc_rpc_reply r;
	struct cc_json *doc = NULL;
	struct cc_err err;
	int code = CC_EXIT_DONE;

	if (cc_json_parse(line, &doc, &err) != CC_OK) {
		cc_complain("%s: the daemon's answer: %s", method, err.msg);
		return CC_EXIT_FAILED;
	}
	if (cc_rpc_reply(doc, &r, &err) != CC_OK || (r.has_id && r.id != c->asked))
		code = odd_answer(doc, method);
	else if (r.result == NULL)
		code = daemon_said_no(method, &r);
	if (code != CC_EXIT_DONE) {
		cc_json_free(doc);
		return code;
	}
	*ret_doc = doc;
	*ret_result = r.result;
	return CC_EXIT_DONE;
}

/* Sends the question and waits; CC_EINVAL it is too long. */
static enum cc_code
question(struct cc_connection *c, const char *method, struct cc_str params,
    struct cc_str *ret, struct cc_err *err)
{
	struct cc_buf b;
	enum cc_code code;

	cc_buf_init(&b, QUESTION_MAX);
	if (cc_rpc_ask(&b, ++c->asked, method, params) != CC_OK) {
		cc_buf_done(&b);
		return cc_fail(err, CC_EINVAL, 0, "the question is too long");
	}
	code = send_all(c, &b, err);
	cc_buf_done(&b);
	return code == CC_OK ? wait_line(c, ret, err) : code;
}

int
cc_connection_ask(struct cc_connection *c, const char *method,
    struct cc_str params, struct cc_json **ret_doc,
    const struct cc_json **ret_result)
{
	struct cc_str line;
	struct cc_err err;
	enum cc_code code = question(c, method, params, &line, &err);

	if (code == CC_EINVAL) {
		cc_complain("%s: %s", method, err.msg);
		return CC_EXIT_FAILED;
	}
	if (code != CC_OK)
		return cc_connection_lost(c, &err);
	return read_reply(c, method, line, ret_doc, ret_result);
}

bool
cc_connection_try(struct cc_connection *c, const char *method,
    struct cc_str params, struct cc_json **ret_doc,
    const struct cc_json **ret_result)
{
	struct cc_rpc_reply r;
	struct cc_json *doc = NULL;
	struct cc_str line;
	struct cc_err err;

	if (question(c, method, params, &line, &err) != CC_OK ||
	    cc_json_parse(line, &doc, &err) != CC_OK)
		return false;
	if (cc_rpc_reply(doc, &r, &err) != CC_OK || !r.has_id || r.id != c->asked ||
	    r.result == NULL) {
		cc_json_free(doc);
		return false;
	}
	*ret_doc = doc;
	*ret_result = r.result;
	return true;
}

static enum cc_code
page_params(const struct cc_list_question *q, const struct cc_json *cursor,
    struct cc_buf *b)
{
	cc_buf_clear(b);
	cc_buf_char(b, '{');
	cc_buf_put(b, q->params.p, q->params.n);
	cc_buf_puts(b, q->params.n == 0 ? "\"limit\":" : ",\"limit\":");
	cc_buf_int(b, PAGE);
	if (cursor != NULL) {
		CC_BUF_LIT(b, ",\"cursor\":");
		cc_json_print(b, cursor);
	}
	cc_buf_char(b, '}');
	return cc_buf_end(b, 0);
}

int
cc_connection_list(struct cc_connection *c, const struct cc_list_question *q)
{
	const struct cc_json *page = NULL, *items, *next = NULL;
	struct cc_json *doc = NULL;
	struct cc_buf params;
	int code = CC_EXIT_DONE;

	cc_buf_init(&params, QUESTION_MAX);
	do {
		if (page_params(q, next, &params) != CC_OK) {
			cc_complain("%s: the question is too long", q->method);
			code = CC_EXIT_FAILED;
			break;
		}
		cc_json_free(doc);
		doc = NULL;
		code = cc_connection_ask(c, q->method,
		    (struct cc_str){params.p, (uint32_t)params.n}, &doc, &page);
		if (code != CC_EXIT_DONE)
			break;
		items = cc_json_get(page, "items");
		for (size_t i = 0; i < cc_json_count(items); i++)
			q->each(q->self, cc_json_at(items, i));
		next = cc_json_get(page, "next");
	} while (cc_json_type(next) > CC_JSON_NULL);
	cc_json_free(doc);
	cc_buf_done(&params);
	return code;
}
