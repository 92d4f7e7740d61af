#include "policy/slurp.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* strerror is not safe between threads; the GNU form gives a text always. */
static enum cc_code
fail_errno(struct cc_err *reterr, const char *path, int e)
{
	char buf[80];

	return cc_fail(reterr, e == ENOENT || e == ENOTDIR ? CC_ENOENT : CC_EIO,
	    e, "%s: %s", path, strerror_r(e, buf, sizeof buf));
}

/* Up to n bytes; -1 with errno. */
static ssize_t
read_full(int fd, char *p, size_t n)
{
	size_t have = 0;

	while (have < n) {
		ssize_t r = read(fd, p + have, n - have);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -1;
		if (r == 0)
			break;
		have += (size_t)r;
	}
	return (ssize_t)have;
}

static enum cc_code
slurp_fd(int fd, const char *path, uint32_t max, struct cc_arena *a,
    struct cc_str *ret, struct cc_err *reterr)
{
	struct stat st;
	ssize_t n;
	char *p;

	if (fstat(fd, &st) != 0)
		return fail_errno(reterr, path, errno);
	if (!S_ISREG(st.st_mode))
		return cc_fail(reterr, CC_EIO, 0, "%s: not a regular file", path);
	if (st.st_size > (off_t)max)
		return cc_fail(reterr, CC_ERANGE, 0,
		    "%s: longer than the %u bytes allowed", path, max);
	p = cc_arena_alloc(a, (size_t)st.st_size + 1);
	if (p == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "%s: out of memory", path);
	n = read_full(fd, p, (size_t)st.st_size);
	if (n < 0)
		return fail_errno(reterr, path, errno);
	*ret = (struct cc_str){p, (uint32_t)n};
	return CC_OK;
}

enum cc_code
cc_slurp(const char *path, uint32_t max, struct cc_arena *a,
    struct cc_str *ret, struct cc_err *reterr)
{
	struct cc_mark mark = cc_arena_mark(a);
	/* Without O_NONBLOCK a named pipe would hold us for ever. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	enum cc_code code;

	if (fd < 0)
		return fail_errno(reterr, path, errno);
	code = slurp_fd(fd, path, max, a, ret, reterr);
	if (code != CC_OK)
		cc_arena_release(a, mark);
	(void)close(fd); /* it was only read */
	return code;
}
