/*
 * caseclock-mailer - sends mail for caseclockd, by libesmtp or libcurl as the config line
 * says; see notify/email_worker.h.
 *
 * Exit codes: 0 the daemon closed the pipe; 1 the pipe broke or a line was not
 * understood; 2 the settings cannot be used (the daemon is told why first).
 */
#include "notify/email_worker.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { READ_SIZE = 16 * 1024, EXIT_CONFIG = 2 };

struct input {
	struct cc_buf buf;
	size_t used;		/* of buf: lines handed out already */
};

/* The next line as a NUL-terminated text the caller frees, NULL at the end of input or
 * when it is too long. */
static char *
next_line(struct input *in, size_t *ret_n)
{
	char chunk[READ_SIZE];
	char *line;

	for (;;) {
		const char *from = in->buf.p == NULL ? "" : in->buf.p + in->used;
		size_t have = in->buf.n - in->used;
		const char *end = memchr(from, '\n', have);
		ssize_t n;

		if (end != NULL) {
			*ret_n = (size_t)(end - from);
			line = malloc(*ret_n + 1);
			if (line != NULL)
				memcpy(line, from, *ret_n);
			in->used += *ret_n + 1;
			return line;
		}
		cc_buf_consume(&in->buf, in->used);
		in->used = 0;
		n = read(STDIN_FILENO, chunk, sizeof chunk);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return NULL;
		cc_buf_put(&in->buf, chunk, (size_t)n);
		if (in->buf.fail != CC_OK)
			return NULL;
	}
}

static bool
write_line(struct cc_buf *b)
{
	bool ok = b->fail == CC_OK;
	size_t at = 0;

	cc_buf_char(b, '\n');
	while (ok && at < b->n) {
		ssize_t n = write(STDOUT_FILENO, b->p + at, b->n - at);

		if (n > 0)
			at += (size_t)n;
		else
			ok = n < 0 && errno == EINTR;
	}
	cc_buf_done(b);
	return ok;
}

static bool
say(const char *word, const char *rest)
{
	struct cc_buf b;

	cc_buf_init(&b, CC_MAILER_ANSWER_MAX);
	cc_mailer_put(&b, word, true);
	cc_mailer_put(&b, rest, false);
	return write_line(&b);
}

/* The daemon is gone when this fails, and so is all reason to go on. */
static void
on_report(struct cc_worker_job *job, const struct cc_worker_verdict *v)
{
	struct cc_buf b;
	char seq[24];

	(void)snprintf(seq, sizeof seq, "%llu", (unsigned long long)job->seq);
	cc_buf_init(&b, CC_MAILER_ANSWER_MAX);
	cc_mailer_put(&b, "result", true);
	cc_mailer_put(&b, seq, false);
	cc_mailer_put(&b, cc_worker_kind_text(v->kind), false);
	cc_mailer_put(&b, v->code, false);
	cc_mailer_put(&b, v->detail, false);
	if (!write_line(&b))
		_exit(EXIT_FAILURE);
}

struct transport {
	struct cc_worker_tls tls;	/* of libesmtp; with libcurl a check of the CA file */
	struct cc_worker_curl *curl;	/* NULL: libesmtp sends */
};

struct batch {
	struct cc_worker_job jobs[CC_MAILER_BATCH_MAX];
	size_t n;
};

static void
forget(struct batch *b)
{
	for (size_t i = 0; i < b->n; i++)
		free(b->jobs[i].line);
	memset(b, 0, sizeof *b);
}

/* The batch owns the line from here on. */
static bool
/* NOLINTNEXTLINE(readability-non-const-parameter): it is freed with the batch */
take_job(struct batch *b, char *line, char *const *field, unsigned n)
{
	struct cc_worker_job *job = &b->jobs[b->n];

	if (n != 6 || b->n == CC_MAILER_BATCH_MAX)
		return false;
	*job = (struct cc_worker_job){
		.line = line, .id = field[2], .from = field[3], .to = field[4],
		.text = field[5],
	};
	if (!cc_mailer_number(field[1], &job->seq))
		return false;
	b->n++;
	return true;
}

static bool
take_go(struct batch *b, struct transport *t, const char *count)
{
	uint64_t n;

	if (!cc_mailer_number(count, &n) || n != b->n || n == 0)
		return false;
	if (t->curl != NULL)
		cc_worker_curl_run(t->curl, b->jobs, b->n, on_report);
	else
		cc_worker_session_run(&t->tls, b->jobs, b->n, on_report);
	forget(b);
	return say("end", count);
}

/* Until the daemon closes the pipe; false when a line was not understood. */
static bool
serve(struct input *in, struct transport *t, struct batch *batch)
{
	char *field[CC_MAILER_FIELDS], *line;
	bool ok = true;
	size_t len;

	while (ok && (line = next_line(in, &len)) != NULL) {
		unsigned n = cc_mailer_split(line, len, field);

		if (n > 0 && strcmp(field[0], "job") == 0) {
			ok = take_job(batch, line, field, n);
			if (ok)
				continue;
		} else {
			ok = n == 2 && strcmp(field[0], "go") == 0 &&
			    take_go(batch, t, field[1]);
		}
		free(line);
	}
	return ok && in->buf.fail == CC_OK && in->buf.n == in->used;
}

static enum cc_code
read_config(struct input *in, struct cc_worker_config *config, struct cc_err *reterr)
{
	char *field[CC_MAILER_FIELDS], *line;
	enum cc_code code;
	size_t len;

	line = next_line(in, &len);
	if (line == NULL)
		return cc_fail(reterr, CC_EINVAL, 0, "no config line");
	code = cc_worker_config_take(field, cc_mailer_split(line, len, field), config,
	    reterr);
	free(line);
	return code;
}

/* libesmtp looks for certificates and keys of its own at home; HOME is an empty folder
 * (the daemon sees to it), and nothing else may lead it elsewhere. */
static bool
settle(pid_t parent)
{
	return signal(SIGPIPE, SIG_IGN) != SIG_ERR &&
	    prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent &&
	    prctl(PR_SET_DUMPABLE, 0) == 0 &&
	    unsetenv("XDG_CONFIG_DIR") == 0 && unsetenv("XDG_CONFIG_HOME") == 0;
}

static enum cc_code
transport_open(struct transport *t, const struct cc_worker_config *config,
    struct cc_err *reterr)
{
	enum cc_code code = cc_worker_tls_init(&t->tls, config, reterr);

	t->curl = NULL;
	if (code == CC_OK && config->curl)
		code = cc_worker_curl_open(config, &t->curl, reterr);
	else if (code == CC_OK)
		cc_worker_session_setup();
	return code;
}

int
main(void)
{
	static struct batch batch;
	struct input in = { .used = 0 };
	struct cc_worker_config config;
	struct transport transport;
	struct cc_err err;
	enum cc_code code;
	bool ok;

	if (!settle(getppid()))
		return EXIT_FAILURE;
	cc_buf_init(&in.buf, CC_MAILER_LINE_MAX + READ_SIZE);
	code = read_config(&in, &config, &err);
	if (code == CC_OK)
		code = transport_open(&transport, &config, &err);
	if (code != CC_OK) {
		(void)say("refused", err.msg);	/* the exit code says so too */
		cc_buf_done(&in.buf);
		return EXIT_CONFIG;
	}
	ok = say("ready", CC_MAILER_VERSION) && serve(&in, &transport, &batch);
	forget(&batch);
	cc_worker_curl_close(transport.curl);
	cc_worker_tls_done(&transport.tls);
	cc_buf_done(&in.buf);
	OPENSSL_cleanse(&config, sizeof config);
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
