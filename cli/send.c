#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/connect.h"
#include "cli/lines.h"
#include "cli/progress.h"
#include "cli/screen.h"
#include "wire/answer.h"
#include "wire/line.h"

/* So many lines may wait for their answers, and so many bytes to be sent. */
enum { WINDOW = 1024, OUT_MAX = 512 * 1024 };

struct sending {
	struct cc_connection c;
	struct cc_lines lines;
	struct cc_progress progress;
	struct cc_buf out;
	const char *file;
	uint64_t from;			/* lines before it are passed over */
	uint64_t pending[WINDOW];	/* numbers of lines without answer, a ring */
	unsigned first, npending;
	uint64_t last;			/* line sent last */
	uint64_t accepted, duplicates, refused, again;
	bool input_wanted, input_ended, forbidden, broken, importing;
};

/* ---- lines ----------------------------------------------------------- */

static void
tell(struct sending *s, uint64_t line, const char *code, const char *pointer,
    const char *message)
{
	char *safe = cc_text_safe(message), *where = cc_text_safe(pointer);

	cc_progress_clear(&s->progress);
	if (safe != NULL && where != NULL)
		cc_say("line %llu: %s%s%s: %s\n", (unsigned long long)line, code,
		    where[0] == '\0' ? "" : " ", where, safe);
	free(safe);
	free(where);
	s->refused++;
}

/*
 * A file of events must not make the daemon do anything else.  A line can hold
 * a member jsonrpc only where it says so or has an escape; only those are parsed.
 */
static bool
is_request(struct cc_str line)
{
	struct cc_json *doc = NULL;
	struct cc_err err;
	bool request;

	if (memmem(line.p, line.n, "jsonrpc", 7) == NULL &&
	    memchr(line.p, '\\', line.n) == NULL)
		return false;
	if (cc_json_parse(line, &doc, &err) != CC_OK)
		return false;
	request = cc_json_get(doc, "specversion") == NULL &&
	    cc_json_get(doc, "jsonrpc") != NULL;
	cc_json_free(doc);
	return request;
}

static void
queue_line(struct sending *s, const struct cc_text_line *l)
{
	struct cc_refused r;

	if (l->number < s->from || (!l->too_long && cc_wire_line_blank(l->text)))
		return;
	if (l->too_long) {
		cc_wire_line_too_large(CC_LINES_MAX, &r);
		tell(s, l->number, cc_refusal_text(r.code), r.pointer, r.message);
		return;
	}
	if (is_request(l->text)) {
		tell(s, l->number, cc_refusal_text(CC_REFUSED_INVALID_EVENT),
		    "/specversion", "expected an event; got a request");
		return;
	}
	cc_buf_put(&s->out, l->text.p, l->text.n);
	cc_buf_char(&s->out, '\n');
	s->pending[(s->first + s->npending++) % WINDOW] = l->number;
	s->last = l->number;
}

/* Takes the lines at hand as far as the window goes.  s->input_wanted: more
 * must be read. */
static enum cc_code
queue_lines(struct sending *s, struct cc_err *err)
{
	struct cc_text_line l;
	enum cc_code code = CC_OK;

	s->input_wanted = false;
	while (s->npending < WINDOW && s->out.n < OUT_MAX && !s->input_ended &&
	    !s->broken) {
		code = cc_lines_try(&s->lines, &l, err);
		if (code != CC_OK)
			break;
		queue_line(s, &l);
	}
	s->input_wanted = code == CC_EBUSY;
	s->input_ended = s->input_ended || code == CC_ENOENT;
	return cc_buf_end(&s->out, 0);
}

/* ---- answers --------------------------------------------------------- */

static void
count_refused(struct sending *s, uint64_t line, const struct cc_answer_seen *a)
{
	s->forbidden = strcmp(a->code, cc_refusal_text(CC_REFUSED_FORBIDDEN)) == 0;
	if (strcmp(a->code, cc_refusal_text(CC_REFUSED_OVERLOADED)) == 0 ||
	    strcmp(a->code, cc_refusal_text(CC_REFUSED_STORAGE_FAILED)) == 0)
		s->again++;
	tell(s, line, a->code, a->pointer, a->message);
}

static enum cc_code
take_answer(struct sending *s, struct cc_str line, struct cc_err *err)
{
	struct cc_json *doc = NULL;
	struct cc_answer_seen a;
	enum cc_code code = cc_json_parse(line, &doc, err);

	if (code == CC_OK)
		code = cc_answer_read(doc, &a, err);
	if (code == CC_OK && s->npending == 0 && a.status == CC_REJECTED) {
		/* Refused at the door, before a line was sent. */
		count_refused(s, s->lines.number + 1, &a);
	} else if (code == CC_OK && s->npending == 0) {
		code = cc_fail(err, CC_EINVAL, 0, "an answer to nothing");
	} else if (code == CC_OK) {
		uint64_t number = s->pending[s->first];

		s->first = (s->first + 1) % WINDOW;
		s->npending--;
		if (a.status == CC_REJECTED)
			count_refused(s, number, &a);
		else if (a.status == CC_ACCEPTED)
			s->accepted++;
		else
			s->duplicates++;
	}
	cc_json_free(doc);
	return code;
}

static enum cc_code
take_answers(struct sending *s, struct cc_err *err)
{
	struct cc_str line;
	enum cc_code code;

	code = cc_connection_read(&s->c, err);
	if (code == CC_EBUSY)
		return CC_OK;
	if (code != CC_OK)
		return code;
	while ((code = cc_connection_line(&s->c, &line, err)) == CC_OK) {
		code = take_answer(s, line, err);
		if (code != CC_OK)
			return code;
	}
	return code == CC_ENOENT ? CC_OK : code;
}

static void
send_some(struct sending *s)
{
	ssize_t n = send(s->c.fd, s->out.p, s->out.n, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n >= 0)
		cc_buf_consume(&s->out, (size_t)n);
	/* The answers that are still there say why; the end of them says it all. */
	else if (errno != EAGAIN && errno != EINTR)
		s->broken = true;
	if (s->broken)
		cc_buf_clear(&s->out);
}

/* ---- the loop -------------------------------------------------------- */

static bool
finished(const struct sending *s)
{
	return s->input_ended && s->npending == 0;
}

/* One wait, and what it brings. */
static enum cc_code
turn(struct sending *s, struct cc_err *err)
{
	struct pollfd p[2] = {
		{.fd = s->c.fd, .events = POLLIN},
		{.fd = s->input_wanted ? s->lines.fd : -1, .events = POLLIN}
	};
	enum cc_code code = CC_OK;
	int n;

	if (s->out.n > 0)
		p[0].events |= POLLOUT;
	n = poll(p, 2, s->npending > 0 ? CC_CONNECT_WAIT * 1000 : -1);
	if (n < 0 && errno != EINTR)
		return cc_fail(err, CC_EIO, errno, "poll: %s", strerror(errno));
	if (n == 0)
		return cc_fail(err, CC_ENOENT, 0, "no answer for %d seconds",
		    (int)CC_CONNECT_WAIT);
	if (n < 0)
		return CC_OK;
	if (p[0].revents & POLLOUT)
		send_some(s);
	if (p[0].revents & (POLLIN | POLLHUP | POLLERR))
		code = take_answers(s, err);
	if (code == CC_OK && p[1].revents != 0) {
		code = cc_lines_read(&s->lines, err);
		/* Not the daemon's fault: told apart by its code. */
		if (code != CC_OK)
			code = CC_ERANGE;
	}
	return code;
}

static void
say_sums(const struct sending *s)
{
	printf("%llu accepted, %llu known before, %llu refused\n",
	    (unsigned long long)s->accepted, (unsigned long long)s->duplicates,
	    (unsigned long long)s->refused);
	if (s->again > 0)
		printf("%llu of those refused may be sent again: the same file will do\n",
		    (unsigned long long)s->again);
}

/* The connection ended before all was answered. */
static int
say_lost(const struct sending *s, const struct cc_err *err)
{
	uint64_t resume = s->npending > 0 ? s->pending[s->first] : s->last + 1;

	(void)cc_connection_lost(&s->c, err); /* only its words */
	say_sums(s);
	cc_complain("lines from %llu on have no answer; to go on there: "
	    "caseclock send %s--from %llu %s", (unsigned long long)resume,
	    s->importing ? "--import " : "", (unsigned long long)resume, s->file);
	return s->forbidden ? CC_EXIT_REFUSED : CC_EXIT_UNREACHABLE;
}

static int
loop(struct sending *s)
{
	struct cc_err err;
	enum cc_code code = CC_OK;

	while (code == CC_OK) {
		code = queue_lines(s, &err);
		if (code != CC_OK) {
			(void)cc_fail(&err, CC_ERANGE, 0, "no memory for lines to send");
			code = CC_ERANGE;
			break;
		}
		if (finished(s))
			break;
		code = turn(s, &err);
		cc_progress_show(&s->progress, s->lines.taken,
		    s->accepted + s->duplicates + s->refused);
	}
	cc_progress_clear(&s->progress);
	if (code == CC_ENOENT || code == CC_EIO)
		return say_lost(s, &err);
	say_sums(s);
	if (code != CC_OK) {
		cc_complain("send: %s: %s", s->file, err.msg);
		return CC_EXIT_FAILED;
	}
	return s->refused > 0 ? CC_EXIT_REFUSED : CC_EXIT_DONE;
}

/* ---- the command ----------------------------------------------------- */

static int
read_from(const struct cc_args *a, uint64_t *ret)
{
	const char *text = cc_args_value(a, "from", 0);
	char *end;

	*ret = 1;
	if (text == NULL)
		return CC_EXIT_DONE;
	errno = 0;
	*ret = strtoull(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || *ret == 0)
		return cc_misused("send: --from is the number of a line, not %.80s", text);
	return CC_EXIT_DONE;
}

static uint64_t
size_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
}

/* From here on the daemon takes recordedtime for what it says. */
static int
begin_import(struct sending *s)
{
	const struct cc_json *result;
	struct cc_json *doc = NULL;
	int code;

	if (!s->importing)
		return CC_EXIT_DONE;
	code = cc_connection_ask(&s->c, "import.begin", (struct cc_str){"", 0}, &doc,
	    &result);
	cc_json_free(doc);
	return code;
}

static int
send_file(struct sending *s, const struct cc_args *a, int fd)
{
	struct cc_err err;
	int code = cc_connection_open(&s->c, a);

	if (code != CC_EXIT_DONE)
		return code;
	code = begin_import(s);
	if (code != CC_EXIT_DONE) {
		cc_connection_close(&s->c);
		return code;
	}
	cc_buf_init(&s->out, OUT_MAX + CC_LINES_MAX + 1);
	cc_progress_begin(&s->progress, size_of(fd));
	if (cc_lines_open(&s->lines, fd, &err) != CC_OK) {
		cc_complain("send: %s", err.msg);
		code = CC_EXIT_FAILED;
	} else {
		code = loop(s);
	}
	cc_lines_close(&s->lines);
	cc_buf_done(&s->out);
	cc_connection_close(&s->c);
	return code;
}

static int
run(const struct cc_args *a)
{
	struct sending s = {.file = cc_args_plain(a, 0)};
	int fd = STDIN_FILENO, code = read_from(a, &s.from);

	if (code != CC_EXIT_DONE)
		return code;
	s.importing = cc_args_has(a, "import");
	if (s.file == NULL)
		s.file = "-";
	if (strcmp(s.file, "-") != 0)
		fd = open(s.file, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		cc_complain("send: %s: %s", s.file, strerror(errno));
		return CC_EXIT_FAILED;
	}
	code = send_file(&s, a, fd);
	if (fd != STDIN_FILENO)
		(void)close(fd); /* only read from */
	return code;
}

static const struct cc_option options[] = {
	{.name = "from", .value = "LINE", .help = "Begin at this line of the file"},
	{.name = "import", .help = "History: recordedtime says when it was recorded"},
	CC_OPTION_SOCKET,
};

const struct cc_command cc_command_send = {
	.name = "send", .usage = "[--from LINE] [--import] [FILE|-]",
	.summary = "Send events, one a line, to the daemon",
	.details = "Every line is answered; what was accepted is durable.  Refused lines\n"
	    "are told on standard error with their number, the rest goes on, and the exit\n"
	    "status is 4.  Sending the same file again is harmless.  When the daemon goes\n"
	    "away the exit status is 3 and the line to go on from is named.\n"
	    "--import needs the right to administer; without it recordedtime counts for\n"
	    "nothing.  Nobody is mailed about what lies further back than alerts.history.",
	.args = {options, sizeof options / sizeof options[0], 0, 1}, .run = run,
};
