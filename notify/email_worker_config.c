#include "notify/email_worker.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	VERSION = 1, TRANSPORT, HOST, PORT, TLS, TLS_MIN, CA_FILE, USER, PASSWORD_FILE,
	TOKEN_FILE, HELO, TIMEOUT, CONNECTIONS, DSN, CONFIG_FIELDS
};

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

enum cc_code
cc_worker_secret_read(const char *path, char *ret, size_t size, struct cc_err *reterr)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY), sys;
	ssize_t n;

	if (fd < 0)
		return cc_fail(reterr, CC_EIO, errno, "secret file %s: %s", path,
		    strerror(errno));
	n = read(fd, ret, size);
	sys = errno;
	(void)close(fd);	/* only read */
	if (n < 0)
		return cc_fail(reterr, CC_EIO, sys, "secret file %s: %s", path,
		    strerror(sys));
	if ((size_t)n == size)
		return cc_fail(reterr, CC_EINVAL, 0, "secret file %s: too long", path);
	ret[n] = '\0';
	ret[strcspn(ret, "\r\n")] = '\0';
	if (ret[0] == '\0')
		return cc_fail(reterr, CC_EINVAL, 0, "secret file %s: empty", path);
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

static bool
take_texts(struct cc_worker_config *c, char *const *fields)
{
	return take(c->host, sizeof c->host, fields[HOST]) &&
	    take(c->ca_file, sizeof c->ca_file, fields[CA_FILE]) &&
	    take(c->user, sizeof c->user, fields[USER]) &&
	    take(c->token_file, sizeof c->token_file, fields[TOKEN_FILE]) &&
	    take(c->helo, sizeof c->helo, fields[HELO]);
}

static bool
take_numbers(struct cc_worker_config *c, char *const *fields)
{
	uint64_t port, timeout, connections;

	if (!cc_mailer_number(fields[PORT], &port) || port == 0 || port > 65535 ||
	    !cc_mailer_number(fields[TIMEOUT], &timeout) || timeout < 1000 ||
	    timeout > 600000 || !cc_mailer_number(fields[CONNECTIONS], &connections) ||
	    connections == 0 || connections > CC_MAILER_CONNECTIONS_MAX)
		return false;
	c->port = (uint32_t)port;
	c->timeout_ms = (uint32_t)timeout;
	c->connections = (uint32_t)connections;
	return true;
}

/* One of two words. */
static bool
take_choice(const char *field, const char *no, const char *yes, bool *ret)
{
	*ret = strcmp(field, yes) == 0;
	return *ret || strcmp(field, no) == 0;
}

/* The daemon has checked it all with better words; here nothing is taken on trust. */
static const char *
take_choices(struct cc_worker_config *c, char *const *fields)
{
	if (!take_choice(fields[TRANSPORT], "esmtp", "curl", &c->curl))
		return "transport is esmtp or curl";
	c->implicit = strcmp(fields[TLS], "implicit") == 0;
	if (!c->implicit && !take_choice(fields[TLS], "none", "starttls", &c->tls))
		return "tls is starttls, implicit or none";
	c->tls = c->tls || c->implicit;
	if (!take_choice(fields[TLS_MIN], "1.2", "1.3", &c->tls13))
		return "tls_min is 1.2 or 1.3";
	if (!take_choice(fields[DSN], "no", "yes", &c->dsn))
		return "dsn is yes or no";
	if (!c->curl && (c->implicit || c->tls13 || c->token_file[0] != '\0'))
		return "implicit TLS, TLS 1.3 and a token need the transport curl";
	if (c->curl && !c->tls && c->user[0] != '\0')
		return "the transport curl logs in over TLS only";
	return NULL;
}

enum cc_code
cc_worker_config_take(char *const *fields, unsigned n, struct cc_worker_config *ret,
    struct cc_err *reterr)
{
	struct cc_worker_config c = { .port = 0 };
	const char *wrong;
	enum cc_code code;

	if (n != CONFIG_FIELDS || strcmp(fields[0], "config") != 0 ||
	    strcmp(fields[VERSION], CC_MAILER_VERSION) != 0)
		return cc_fail(reterr, CC_EINVAL, 0, "the first line is no config line");
	if (!take_texts(&c, fields))
		return cc_fail(reterr, CC_EINVAL, 0, "a setting is too long or not plain");
	if (!take_numbers(&c, fields))
		return cc_fail(reterr, CC_EINVAL, 0,
		    "port, time-out or connections is out of range");
	wrong = take_choices(&c, fields);
	if (wrong != NULL)
		return cc_fail(reterr, CC_EINVAL, 0, "%s", wrong);
	code = check_host(&c, reterr);
	if (code == CC_OK && c.user[0] != '\0' && c.token_file[0] == '\0')
		code = cc_worker_secret_read(fields[PASSWORD_FILE], c.password,
		    sizeof c.password, reterr);
	if (code == CC_OK)
		*ret = c;
	return code;
}
