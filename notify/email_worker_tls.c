#include "notify/email_worker.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

static struct cc_worker_tls *
of_ssl(const SSL *ssl)
{
	return SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
}

/* libesmtp names no host in its handshake, so a server of many would show the wrong
 * certificate. */
static void
on_info(const SSL *ssl, int where, int ret)
{
	struct cc_worker_tls *t = of_ssl(ssl);
	char host[sizeof t->config->host];
	SSL *own;

	(void)ret;
	if ((where & SSL_CB_HANDSHAKE_START) == 0)
		return;
	t->verified = false;
	t->refused[0] = '\0';
	if (t->config->literal)
		return;
	memcpy(&own, &ssl, sizeof own);	/* const in the callback's type only */
	memcpy(host, t->config->host, sizeof host);
	if (SSL_set_tlsext_host_name(own, host) != 1)
		(void)snprintf(t->refused, sizeof t->refused, "out of memory");
}

/* Keeps the reason, which libesmtp loses; changes no verdict. */
static int
on_verify(int ok, X509_STORE_CTX *store)
{
	const SSL *ssl = X509_STORE_CTX_get_ex_data(store,
	    SSL_get_ex_data_X509_STORE_CTX_idx());
	struct cc_worker_tls *t = of_ssl(ssl);
	int depth = X509_STORE_CTX_get_error_depth(store);

	if (!ok) {
		t->verified = false;
		(void)snprintf(t->refused, sizeof t->refused,
		    "certificate refused: %s (depth %d, for %.64s)",
		    X509_verify_cert_error_string(X509_STORE_CTX_get_error(store)),
		    depth, t->config->host);
	} else if (depth == 0) {
		t->verified = t->refused[0] == '\0';
	}
	return ok;
}

static bool
expect_peer(SSL_CTX *ctx, const struct cc_worker_config *c)
{
	X509_VERIFY_PARAM *param = SSL_CTX_get0_param(ctx);

	X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	return c->literal ? X509_VERIFY_PARAM_set1_ip_asc(param, c->host) == 1 :
	    X509_VERIFY_PARAM_set1_host(param, c->host, 0) == 1;
}

/* Not above TLS 1.2: libesmtp 1.1.0 reads before it flushes, and the session tickets of
 * TLS 1.3 make both sides wait for one another. */
static bool
restrict_versions(SSL_CTX *ctx)
{
	return SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) == 1 &&
	    SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION) == 1;
}

enum cc_code
cc_worker_tls_init(struct cc_worker_tls *t, const struct cc_worker_config *config,
    struct cc_err *reterr)
{
	SSL_CTX *ctx;
	int ok;

	memset(t, 0, sizeof *t);
	t->config = config;
	if (!config->tls)
		return CC_OK;
	ctx = SSL_CTX_new(TLS_client_method());
	if (ctx == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for TLS");
	t->ctx = ctx;
	ok = config->ca_file[0] != '\0' ?
	    SSL_CTX_load_verify_locations(ctx, config->ca_file, NULL) :
	    SSL_CTX_set_default_verify_paths(ctx);
	if (ok != 1 || !restrict_versions(ctx) || !expect_peer(ctx, config)) {
		cc_worker_tls_done(t);
		return cc_fail(reterr, CC_EIO, 0, "CA file %s cannot be used",
		    config->ca_file[0] != '\0' ? config->ca_file : "of the system");
	}
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, on_verify);
	SSL_CTX_set_app_data(ctx, t);
	SSL_CTX_set_info_callback(ctx, on_info);
	return CC_OK;
}

void
cc_worker_tls_done(struct cc_worker_tls *t)
{
	SSL_CTX_free(t->ctx);
	t->ctx = NULL;
}
