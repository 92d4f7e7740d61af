#include "notify/webhook_sign.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdio.h>
#include <string.h>

enum { MAC_SIZE = 32, MAC_BASE64 = 44 };

static const char prefix[] = "whsec_";

/* Strict base64 of a secret; 0 when it is none of the right size. */
static size_t
decode(const char *text, size_t n, unsigned char *to)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789+/";
	char padded[CC_WEBHOOK_KEY_MAX * 2];
	size_t size, pad = 0;
	int made;

	while (n > 0 && text[n - 1] == '=' && pad < 2) {
		n--;
		pad++;
	}
	if (n % 4 == 1 || (pad != 0 && (n + pad) % 4 != 0) || n + 4 >= sizeof padded ||
	    strspn(text, letters) < n)
		return 0;
	memcpy(padded, text, n);
	for (size = n; size % 4 != 0; size++)
		padded[size] = '=';
	made = EVP_DecodeBlock(to, (const unsigned char *)padded, (int)size);
	OPENSSL_cleanse(padded, sizeof padded);
	return made < 0 ? 0 : (size_t)made - (size - n);
}

static struct evp_mac_ctx_st *
keyed_context(const unsigned char *key, size_t n)
{
	char digest[] = "SHA256";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string("digest", digest, 0),
		OSSL_PARAM_construct_end(),
	};
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	EVP_MAC_CTX *ctx = mac == NULL ? NULL : EVP_MAC_CTX_new(mac);

	EVP_MAC_free(mac);	/* the context holds it */
	if (ctx != NULL && EVP_MAC_init(ctx, key, n, params) != 1) {
		EVP_MAC_CTX_free(ctx);
		ctx = NULL;
	}
	return ctx;
}

static enum cc_code
add_key(struct cc_webhook_keys *k, const char *text, size_t n, struct cc_err *reterr)
{
	unsigned char key[CC_WEBHOOK_KEY_MAX * 2];
	size_t len = strlen(prefix), size;

	if (k->n == CC_WEBHOOK_KEYS_MAX)
		return cc_fail(reterr, CC_EINVAL, 0, "more than %d secrets",
		    CC_WEBHOOK_KEYS_MAX);
	if (n <= len || memcmp(text, prefix, len) != 0)
		return cc_fail(reterr, CC_EINVAL, 0, "a secret does not begin with whsec_");
	size = decode(text + len, n - len, key);
	if (size < CC_WEBHOOK_KEY_MIN || size > CC_WEBHOOK_KEY_MAX)
		return cc_fail(reterr, CC_EINVAL, 0,
		    "a secret is not base64 of %d to %d bytes", CC_WEBHOOK_KEY_MIN,
		    CC_WEBHOOK_KEY_MAX);
	k->keyed[k->n] = keyed_context(key, size);
	OPENSSL_cleanse(key, sizeof key);
	if (k->keyed[k->n] == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for a key");
	k->n++;
	return CC_OK;
}

enum cc_code
cc_webhook_keys_take(const char *text, struct cc_webhook_keys *ret, struct cc_err *reterr)
{
	static const char space[] = " \t\r";
	struct cc_webhook_keys k = { .n = 0 };
	enum cc_code code = CC_OK;

	while (*text != '\0' && code == CC_OK) {
		size_t line = strcspn(text, "\n"), from = strspn(text, space), n = line;

		while (n > from && strchr(space, text[n - 1]) != NULL)
			n--;
		if (n > from)
			code = add_key(&k, text + from, n - from, reterr);
		text += line + (text[line] == '\n');
	}
	if (code == CC_OK && k.n == 0)
		code = cc_fail(reterr, CC_EINVAL, 0, "there is no secret");
	if (code != CC_OK) {
		cc_webhook_keys_done(&k);
		return code;
	}
	*ret = k;
	return CC_OK;
}

void
cc_webhook_keys_done(struct cc_webhook_keys *k)
{
	for (unsigned i = 0; i < k->n; i++)
		EVP_MAC_CTX_free(k->keyed[i]);
	k->n = 0;
}

static bool
sign_one(EVP_MAC_CTX *ctx, const struct cc_webhook_signed *what, char *to)
{
	char stamp[32];
	unsigned char mac[MAC_SIZE];
	size_t n;
	int len = snprintf(stamp, sizeof stamp, ".%lld.", (long long)what->timestamp.s);

	if (EVP_MAC_init(ctx, NULL, 0, NULL) != 1 ||
	    EVP_MAC_update(ctx, (const unsigned char *)what->id, strlen(what->id)) != 1 ||
	    EVP_MAC_update(ctx, (const unsigned char *)stamp, (size_t)len) != 1 ||
	    EVP_MAC_update(ctx, (const unsigned char *)what->body, what->n) != 1 ||
	    EVP_MAC_final(ctx, mac, &n, sizeof mac) != 1 || n != sizeof mac)
		return false;
	return EVP_EncodeBlock((unsigned char *)to, mac, (int)n) == MAC_BASE64;
}

enum cc_code
cc_webhook_sign(const struct cc_webhook_keys *k, const struct cc_webhook_signed *what,
    char ret[CC_WEBHOOK_SIGNATURE_MAX], struct cc_err *reterr)
{
	char text[CC_WEBHOOK_SIGNATURE_MAX];
	size_t n = 0;

	for (unsigned i = 0; i < k->n; i++) {
		n += (size_t)snprintf(text + n, sizeof text - n, "%sv1,",
		    i == 0 ? "" : " ");
		if (!sign_one(k->keyed[i], what, text + n))
			return cc_fail(reterr, CC_EBUG, 0, "webhook cannot be signed");
		n += MAC_BASE64;
	}
	text[n] = '\0';
	memcpy(ret, text, n + 1);
	return CC_OK;
}
