#include "notify/webhook_url.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum cc_code
cc_webhook_ports_take(const char *text, struct cc_webhook_ports *ret,
    struct cc_err *reterr)
{
	struct cc_webhook_ports p = { .n = 0 };

	for (text += strspn(text, " "); *text != '\0'; text += strspn(text, " ")) {
		size_t n = strspn(text, "0123456789");
		unsigned long v = n > 0 && n <= 5 ? strtoul(text, NULL, 10) : 0;

		if (v == 0 || v > 65535 || (text[n] != ' ' && text[n] != '\0'))
			return cc_fail(reterr, CC_EINVAL, 0,
			    "must be port numbers with spaces between");
		if (p.n == CC_WEBHOOK_PORTS_MAX)
			return cc_fail(reterr, CC_EINVAL, 0, "has more than %d ports",
			    CC_WEBHOOK_PORTS_MAX);
		p.port[p.n++] = (uint16_t)v;
		text += n;
	}
	if (p.n == 0)
		return cc_fail(reterr, CC_EINVAL, 0, "has no port");
	*ret = p;
	return CC_OK;
}

static bool
has(CURLU *u, CURLUPart part)
{
	char *text = NULL;
	bool there = curl_url_get(u, part, &text, 0) == CURLUE_OK;

	curl_free(text);
	return there;
}

static bool
is_https(CURLU *u)
{
	char *text = NULL;
	bool https = curl_url_get(u, CURLUPART_SCHEME, &text, 0) == CURLUE_OK &&
	    strcmp(text, "https") == 0;

	curl_free(text);
	return https;
}

static bool
port_listed(CURLU *u, const struct cc_webhook_ports *ports)
{
	char *text = NULL;
	unsigned long port = 0;

	if (curl_url_get(u, CURLUPART_PORT, &text, CURLU_DEFAULT_PORT) == CURLUE_OK)
		port = strtoul(text, NULL, 10);
	curl_free(text);
	for (unsigned i = 0; i < ports->n; i++)
		if (ports->port[i] == port)
			return true;
	return false;
}

static const char *
url_wrong(CURLU *u, bool allow_private, const struct cc_webhook_ports *ports)
{
	if (!has(u, CURLUPART_HOST))
		return "has no host";
	if (has(u, CURLUPART_USER) || has(u, CURLUPART_PASSWORD))
		return "must not hold a user or password";
	if (has(u, CURLUPART_FRAGMENT))
		return "must not have a fragment";
	if (allow_private)
		return NULL;
	if (!is_https(u))
		return "must be https (http is for endpoints with allow_private)";
	if (!port_listed(u, ports))
		return "has a port that is not in the list of ports";
	return NULL;
}

enum cc_code
cc_webhook_url_check(const char *url, bool allow_private,
    const struct cc_webhook_ports *ports, struct cc_err *reterr)
{
	CURLU *u;
	const char *wrong;
	CURLUcode rc;

	for (const char *p = url; *p != '\0'; p++)
		if (*p <= ' ' || *p > '~')
			return cc_fail(reterr, CC_EINVAL, 0,
			    "must be printable ASCII without spaces");
	if (strncmp(url, "https://", 8) != 0 && strncmp(url, "http://", 7) != 0)
		return cc_fail(reterr, CC_EINVAL, 0, "must begin with https://");
	if (strstr(url, ":///") != NULL)	/* libcurl would take the path for a host */
		return cc_fail(reterr, CC_EINVAL, 0, "has no host");
	u = curl_url();
	if (u == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for a URL");
	rc = curl_url_set(u, CURLUPART_URL, url, 0);
	wrong = rc != CURLUE_OK ? curl_url_strerror(rc) :
	    url_wrong(u, allow_private, ports);
	curl_url_cleanup(u);
	return wrong == NULL ? CC_OK : cc_fail(reterr, CC_EINVAL, 0, "%s", wrong);
}

/* IPv4 blocks that are not public (the special-purpose registry of RFC 6890). */
static const struct {
	uint32_t net;
	unsigned bits;
} not_public4[] = {
	{ 0x00000000, 8 }, { 0x0a000000, 8 }, { 0x64400000, 10 }, { 0x7f000000, 8 },
	{ 0xa9fe0000, 16 }, { 0xac100000, 12 }, { 0xc0000000, 24 }, { 0xc0000200, 24 },
	{ 0xc0586300, 24 }, { 0xc0a80000, 16 }, { 0xc6120000, 15 }, { 0xc6336400, 24 },
	{ 0xcb007100, 24 }, { 0xe0000000, 3 },
};

static bool
public4(uint32_t a)
{
	for (size_t i = 0; i < sizeof not_public4 / sizeof not_public4[0]; i++)
		if (a >> (32 - not_public4[i].bits) ==
		    not_public4[i].net >> (32 - not_public4[i].bits))
			return false;
	return true;
}

static bool
public6(const unsigned char a[16])
{
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (memcmp(a, mapped, sizeof mapped) == 0)
		return public4((uint32_t)a[12] << 24 | (uint32_t)a[13] << 16 |
		    (uint32_t)a[14] << 8 | a[15]);
	if ((a[0] & 0xe0) != 0x20)
		return false;	/* outside 2000::/3 */
	if (a[0] == 0x20 && a[1] == 0x01 && a[2] < 0x02)
		return false;	/* 2001::/23: Teredo and the like */
	if (a[0] == 0x20 && a[1] == 0x01 && a[2] == 0x0d && a[3] == 0xb8)
		return false;	/* documentation */
	if (a[0] == 0x20 && a[1] == 0x02)
		return false;	/* 6to4: an IPv4 address inside */
	return !(a[0] == 0x3f && a[1] == 0xff && a[2] < 0x10);	/* documentation */
}

bool
cc_webhook_address_public(const struct sockaddr *address)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	if (address->sa_family == AF_INET) {
		memcpy(&v4, address, sizeof v4);
		return public4(ntohl(v4.sin_addr.s_addr));
	}
	if (address->sa_family == AF_INET6) {
		memcpy(&v6, address, sizeof v6);
		return public6(v6.sin6_addr.s6_addr);
	}
	return false;
}
