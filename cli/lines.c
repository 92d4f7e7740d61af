#include "cli/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum cc_code
cc_lines_open(struct cc_lines *l, int fd, struct cc_err *reterr)
{
	*l = (struct cc_lines){.fd = fd};
	l->buf = malloc(CC_LINES_BUFFER);
	if (l->buf == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory to read lines");
	return CC_OK;
}

void
cc_lines_close(struct cc_lines *l)
{
	free(l->buf);
	l->buf = NULL;
}

/* There is always room: a line without end is dropped at CC_LINES_MAX. */
enum cc_code
cc_lines_read(struct cc_lines *l, struct cc_err *reterr)
{
	ssize_t n;

	if (l->from > 0) {
		memmove(l->buf, l->buf + l->from, l->to - l->from);
		l->to -= l->from;
		l->from = 0;
	}
	do {
		n = read(l->fd, l->buf + l->to, CC_LINES_BUFFER - l->to);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return cc_fail(reterr, CC_EIO, errno, "cannot read: %s", strerror(errno));
	if (n == 0)
		l->ended = true;
	l->to += (size_t)n;
	return CC_OK;
}

static void
pass(struct cc_lines *l, size_t n)
{
	l->from += n;
	l->taken += n;
}

static enum cc_code
give(struct cc_lines *l, size_t n, struct cc_text_line *ret)
{
	bool too_long = l->skipping || n > CC_LINES_MAX;

	ret->text = too_long ? CC_STR("") :
	    (struct cc_str){l->buf + l->from, (uint32_t)n};
	ret->number = ++l->number;
	ret->too_long = too_long;
	l->skipping = false;
	return CC_OK;
}

enum cc_code
cc_lines_try(struct cc_lines *l, struct cc_text_line *ret, struct cc_err *reterr)
{
	size_t n = l->to - l->from;
	const char *nl = memchr(l->buf + l->from, '\n', n);
	enum cc_code code = CC_OK;

	if (nl != NULL)
		n = (size_t)(nl - (l->buf + l->from));
	else if (l->ended && n == 0 && !l->skipping)
		return cc_fail(reterr, CC_ENOENT, 0, "no more lines");
	if (nl != NULL || l->ended) {
		code = give(l, n, ret);
		pass(l, n + (nl != NULL));
		return code;
	}
	if (l->skipping || n > CC_LINES_MAX) {
		l->skipping = true;
		pass(l, n);
	}
	return cc_fail(reterr, CC_EBUSY, 0, "more must be read first");
}

enum cc_code
cc_lines_next(struct cc_lines *l, struct cc_text_line *ret, struct cc_err *reterr)
{
	enum cc_code code;

	while ((code = cc_lines_try(l, ret, reterr)) == CC_EBUSY) {
		code = cc_lines_read(l, reterr);
		if (code != CC_OK)
			break;
	}
	return code;
}
