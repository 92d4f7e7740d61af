#include "notify/email_worker.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { CONFIG_FIELDS = 10 };

static bool
take(char *to, size_t size, const char *from)
{
	size_t n = strlen(from);

	if (n >= size)
		return false;
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)from[i] < ' ' || from[i] == 0x7f)
			return false;
	memcpy(to, from, n + 1);
	return true;
}

/* One line: what stands behind the first line end is nobody's password. */
static enum cc_code
read_password(const char *path, char *to, size_t size, struct cc_err *reterr)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY), sys;
	ssize_t n;

	if (fd < 0)
		return cc_fail(reterr, CC_EIO, errno, "password file %s: %s", path,
		    strerror(errno));
	n = read(fd, to, size);
	sys = errno;
	(void)close(fd);	/* only read */
	if (n < 0)
		return cc_fail(reterr, CC_EIO, sys, "password file %s: %s", path,
		    strerror(sys));
	if ((size_t)n == size)
		return cc_fail(reterr, CC_EINVAL, 0, "password file %s: too long", path);
	to[n] = '\0';
	to[strcspn(to, "\r\n")] = '\0';
	if (to[0] == '\0')
		return cc_fail(reterr, CC_EINVAL, 0, "password file %s: empty", path);
	return CC_OK;
}

/* Without TLS the mail must not leave this machine, whatever a name server says. */
static enum cc_code
check_host(struct cc_worker_config *c, struct cc_err *reterr)
{
	struct in_addr v4;

	if (!c->tls && strcmp(c->host, "localhost") == 0)
		(void)take(c->host, sizeof c->host, "127.0.0.1");
	c->literal = inet_pton(AF_INET, c->host, &v4) == 1;
	if (c->host[0] == '\0' || strchr(c->host, ':') != NULL)
		return cc_fail(reterr, CC_EINVAL, 0,
		    "server: a host name or an IPv4 address is wanted");
	if (!c->tls && (!c->literal || ntohl(v4.s_addr) >> 24 != 127))
		return cc_fail(reterr, CC_EINVAL, 0,
		    "tls none is for a loopback address only, not for %.100s", c->host);
	return CC_OK;
}

enum cc_code
cc_worker_config_take(char *const *fields, unsigned n, struct cc_worker_config *ret,
    struct cc_err *reterr)
{
	struct cc_worker_config c = { .port = 0 };
	uint64_t port, timeout;
	enum cc_code code;

	if (n != CONFIG_FIELDS || strcmp(fields[0], "config") != 0 ||
	    strcmp(fields[1], CC_MAILER_VERSION) != 0)
		return cc_fail(reterr, CC_EINVAL, 0, "the first line is no config line");
	if (!take(c.host, sizeof c.host, fields[2]) ||
	    !take(c.ca_file, sizeof c.ca_file, fields[5]) ||
	    !take(c.user, sizeof c.user, fields[6]) ||
	    !take(c.helo, sizeof c.helo, fields[8]))
		return cc_fail(reterr, CC_EINVAL, 0, "a setting is too long or not plain");
	if (!cc_mailer_number(fields[3], &port) || port == 0 || port > 65535 ||
	    !cc_mailer_number(fields[9], &timeout) || timeout < 1000 || timeout > 600000)
		return cc_fail(reterr, CC_EINVAL, 0, "port or time-out is out of range");
	c.port = (uint32_t)port;
	c.timeout_ms = (uint32_t)timeout;
	c.tls = strcmp(fields[4], "starttls") == 0;
	if (!c.tls && strcmp(fields[4], "none") != 0)
		return cc_fail(reterr, CC_EINVAL, 0, "tls is starttls or none");
	code = check_host(&c, reterr);
	if (code == CC_OK && c.user[0] != '\0')
		code = read_password(fields[7], c.password, sizeof c.password, reterr);
	if (code == CC_OK)
		*ret = c;
	return code;
}
