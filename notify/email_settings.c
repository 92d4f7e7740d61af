#include "notify/email.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "notify/mailer_line.h"
#include "notify/setting.h"

#ifndef CC_LIBEXECDIR
#define CC_LIBEXECDIR "/usr/libexec/caseclock"
#endif

#define AT(member) offsetof(struct cc_email_settings, member)
#define TEXT(key, member) \
	{ key, CC_SETTING_TEXT, AT(member), 0, sizeof((struct cc_email_settings *)0)->member }

static const struct cc_setting_spec specs[] = {
	TEXT("server", server), TEXT("from", from), TEXT("bounce_address", bounce),
	TEXT("transport", transport), TEXT("tls", tls), TEXT("tls_min", tls_min),
	TEXT("ca_file", ca_file), TEXT("user", user), TEXT("password_file", password_file),
	TEXT("oauth_token_file", token_file),
	TEXT("hostname", hostname), TEXT("worker", worker), TEXT("home", home),
	TEXT("calendar", calendar_word),
	{ "title_in_subject", CC_SETTING_BOOL, AT(title_in_subject), 0, 0 },
	{ "dsn", CC_SETTING_BOOL, AT(dsn), 0, 0 },
	{ "connections", CC_SETTING_UINT, AT(connections), 1, CC_MAILER_CONNECTIONS_MAX },
	{ "queue", CC_SETTING_UINT, AT(queue), 1, 100000 },
	{ "batch", CC_SETTING_UINT, AT(batch), 1, CC_MAILER_BATCH_MAX },
	{ "timeout_ms", CC_SETTING_UINT, AT(timeout_ms), 1000, 600000 },
	{ "deadline_ms", CC_SETTING_UINT, AT(deadline_ms), 1000, 3600000 },
	{ "grace_ms", CC_SETTING_UINT, AT(grace_ms), 10, 600000 },
	{ "auth_hold_s", CC_SETTING_UINT, AT(auth_hold_s), 1, 86400 },
};

static const struct cc_setting_table table = {
	"email", specs, sizeof specs / sizeof specs[0]
};

static const struct cc_email_settings defaults = {
	.transport = "esmtp", .tls = "starttls", .tls_min = "1.2", .dsn = true,
	.calendar_word = "none",
	.worker = CC_LIBEXECDIR "/caseclock-mailer", .connections = 2,
	.queue = 1000, .batch = 50, .timeout_ms = 30000, .deadline_ms = 120000,
	.grace_ms = 5000, .auth_hold_s = 900,
};

/* The wrong setting, or a word about one that is missing. */
static enum cc_code
refuse(const struct cc_notify_cfg *cfg, const char *key, const char *what,
    struct cc_err *reterr)
{
	const struct cc_notify_setting *s = cc_setting_find(cfg, key);

	if (s != NULL)
		return cc_setting_refuse("email", s, what, reterr);
	if (cfg->n > 0 && cfg->items[0].file != NULL)
		return cc_fail(reterr, CC_EINVAL, 0, "%s: email: %s: %s",
		    cfg->items[0].file, key, what);
	return cc_fail(reterr, CC_EINVAL, 0, "email: %s: %s", key, what);
}

static bool
host_ok(const char *host)
{
	size_t n = strlen(host);

	return n > 0 && n < 256 && host[0] != '-' && host[0] != '.' &&
	    strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789.-") == n;
}

/* libesmtp splits at the first colon, so there are no IPv6 addresses; nor have they a
 * place in most certificates. */
static const char *
split_server(struct cc_email_settings *s)
{
	const char *colon = strchr(s->server, ':');
	uint64_t port;
	size_t n;

	if (colon == NULL || strchr(colon + 1, ':') != NULL)
		return "must be HOST:PORT, with a name or an IPv4 address";
	n = (size_t)(colon - s->server);
	if (n >= sizeof s->host || strlen(colon + 1) >= sizeof s->port)
		return "must be HOST:PORT, with a name or an IPv4 address";
	memcpy(s->host, s->server, n);
	s->host[n] = '\0';
	memcpy(s->port, colon + 1, strlen(colon + 1) + 1);
	if (!host_ok(s->host))
		return "has no host name";
	if (!cc_mailer_number(s->port, &port) || port == 0 || port > 65535)
		return "has no port from 1 to 65535";
	return NULL;
}

static bool
loopback(const char *host)
{
	struct in_addr v4;

	return strcmp(host, "localhost") == 0 ||
	    (inet_pton(AF_INET, host, &v4) == 1 && ntohl(v4.s_addr) >> 24 == 127);
}

static enum cc_code
check_login(const struct cc_notify_cfg *cfg, const struct cc_email_settings *s,
    struct cc_err *reterr)
{
	bool password = s->password_file[0] != '\0', token = s->token_file[0] != '\0';

	if (s->user[0] != '\0' && !password && !token)
		return refuse(cfg, "user", "needs a password_file or oauth_token_file", reterr);
	if (s->user[0] == '\0' && (password || token))
		return refuse(cfg, password ? "password_file" : "oauth_token_file",
		    "needs a user", reterr);
	if (password && token)
		return refuse(cfg, "oauth_token_file",
		    "there is a password_file already; give one of both", reterr);
	if (password && access(s->password_file, R_OK) != 0)
		return refuse(cfg, "password_file", strerror(errno), reterr);
	if (token && access(s->token_file, R_OK) != 0)
		return refuse(cfg, "oauth_token_file", strerror(errno), reterr);
	if (s->ca_file[0] != '\0' && access(s->ca_file, R_OK) != 0)
		return refuse(cfg, "ca_file", strerror(errno), reterr);
	return CC_OK;
}

/* What only libcurl can do, and what it is not given to do. */
static enum cc_code
check_transport(const struct cc_notify_cfg *cfg, const struct cc_email_settings *s,
    struct cc_err *reterr)
{
	bool curl = strcmp(s->transport, "curl") == 0;

	if (!curl && strcmp(s->transport, "esmtp") != 0)
		return refuse(cfg, "transport", "must be esmtp or curl", reterr);
	if (!curl && strcmp(s->tls, "implicit") == 0)
		return refuse(cfg, "tls", "implicit needs transport: curl", reterr);
	if (!curl && strcmp(s->tls_min, "1.3") == 0)
		return refuse(cfg, "tls_min", "1.3 needs transport: curl", reterr);
	if (!curl && s->token_file[0] != '\0')
		return refuse(cfg, "oauth_token_file", "needs transport: curl", reterr);
	if (!curl && cc_setting_find(cfg, "connections") != NULL)
		return refuse(cfg, "connections", "needs transport: curl", reterr);
	if (curl && s->user[0] != '\0' && strcmp(s->tls, "none") == 0)
		return refuse(cfg, "user", "is told to a server over TLS only", reterr);
	return CC_OK;
}

static enum cc_code
check_tls(const struct cc_notify_cfg *cfg, const struct cc_email_settings *s,
    struct cc_err *reterr)
{
	bool none = strcmp(s->tls, "none") == 0;

	if (!none && strcmp(s->tls, "starttls") != 0 && strcmp(s->tls, "implicit") != 0)
		return refuse(cfg, "tls", "must be starttls, implicit or none", reterr);
	if (none && !loopback(s->host))
		return refuse(cfg, "tls", "none is allowed to a loopback server only", reterr);
	if (strcmp(s->tls_min, "1.2") != 0 && strcmp(s->tls_min, "1.3") != 0)
		return refuse(cfg, "tls_min", "must be 1.2 or 1.3", reterr);
	if (none && cc_setting_find(cfg, "tls_min") != NULL)
		return refuse(cfg, "tls_min", "has no meaning with tls: none", reterr);
	return CC_OK;
}

static enum cc_code
check(const struct cc_notify_cfg *cfg, struct cc_email_settings *s,
    struct cc_err *reterr)
{
	const char *wrong = s->server[0] == '\0' ? "is missing" : split_server(s);
	enum cc_code code;

	if (wrong != NULL)
		return refuse(cfg, "server", wrong, reterr);
	wrong = s->from[0] == '\0' ? "is missing" : cc_mail_address_wrong(s->from);
	if (wrong != NULL)
		return refuse(cfg, "from", wrong, reterr);
	wrong = s->bounce[0] == '\0' ? NULL : cc_mail_address_wrong(s->bounce);
	if (wrong != NULL)
		return refuse(cfg, "bounce_address", wrong, reterr);
	code = check_tls(cfg, s, reterr);
	if (code == CC_OK)
		code = check_transport(cfg, s, reterr);
	if (code != CC_OK)
		return code;
	if (!cc_calendar_form_find(s->calendar_word, &s->calendar))
		return refuse(cfg, "calendar", "must be none, todo or event", reterr);
	if (s->hostname[0] != '\0' && !host_ok(s->hostname))
		return refuse(cfg, "hostname", "is no host name", reterr);
	if (s->worker[0] != '/')
		return refuse(cfg, "worker", "must be an absolute path", reterr);
	return check_login(cfg, s, reterr);
}

/* A home with a file in it could lead libesmtp to a certificate. */
static bool
is_empty(const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;
	bool empty = dir != NULL;

	while (empty && (entry = readdir(dir)) != NULL)
		empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
	if (dir != NULL)
		(void)closedir(dir);	/* only read */
	return empty;
}

static enum cc_code
take_home(const struct cc_notify_cfg *cfg, struct cc_email_settings *s,
    struct cc_err *reterr)
{
	const char *tmp = getenv("TMPDIR");

	if (s->home[0] == '\0') {
		(void)snprintf(s->home, sizeof s->home, "%s/caseclock-mailer-XXXXXX",
		    tmp != NULL && tmp[0] == '/' ? tmp : "/tmp");
		if (mkdtemp(s->home) == NULL)
			return cc_fail(reterr, CC_EIO, errno, "email: home %s: %s", s->home,
			    strerror(errno));
		s->made_home = true;
		return CC_OK;
	}
	if (s->home[0] != '/')
		return refuse(cfg, "home", "must be an absolute path", reterr);
	if (mkdir(s->home, 0700) != 0 && errno != EEXIST)
		return refuse(cfg, "home", strerror(errno), reterr);
	if (!is_empty(s->home))
		return refuse(cfg, "home", "must be an empty folder", reterr);
	return CC_OK;
}

enum cc_code
cc_email_settings_take(const struct cc_notify_cfg *cfg, struct cc_email_settings *ret,
    struct cc_err *reterr)
{
	struct cc_email_settings s = defaults;
	enum cc_code code = cc_setting_put_all(&table, cfg, &s, reterr);

	if (code == CC_OK)
		code = check(cfg, &s, reterr);
	if (code == CC_OK && s.hostname[0] == '\0' &&
	    (gethostname(s.hostname, sizeof s.hostname - 1) != 0 || !host_ok(s.hostname)))
		memcpy(s.hostname, "localhost", sizeof "localhost");
	if (code == CC_OK && s.bounce[0] == '\0')
		memcpy(s.bounce, s.from, sizeof s.bounce);
	if (code == CC_OK)
		code = take_home(cfg, &s, reterr);
	if (code == CC_OK)
		*ret = s;
	return code;
}

void
cc_email_settings_done(struct cc_email_settings *s)
{
	if (s->made_home)
		(void)rmdir(s->home);	/* somebody may have cleaned up before */
	s->made_home = false;
}
