#include "daemon/digest.h"

#include <openssl/evp.h>
#include <stdio.h>

enum cc_code
cc_digest(const struct cc_str *texts, unsigned n, char ret[CC_DIGEST_TEXT],
    struct cc_err *reterr)
{
	unsigned char sum[EVP_MAX_MD_SIZE];
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	bool ok = md != NULL && EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1;

	for (unsigned i = 0; ok && i < n; i++) {
		unsigned char len[4] = {(unsigned char)(texts[i].n >> 24),
		    (unsigned char)(texts[i].n >> 16), (unsigned char)(texts[i].n >> 8),
		    (unsigned char)texts[i].n};

		ok = EVP_DigestUpdate(md, len, sizeof len) == 1 &&
		    EVP_DigestUpdate(md, texts[i].p, texts[i].n) == 1;
	}
	ok = ok && EVP_DigestFinal_ex(md, sum, NULL) == 1;
	EVP_MD_CTX_free(md);
	if (!ok)
		return cc_fail(reterr, CC_EIO, 0, "SHA-256 failed");
	for (unsigned i = 0; i < (CC_DIGEST_TEXT - 1) / 2; i++)
		(void)snprintf(ret + 2 * i, 3, "%02x", sum[i]);	/* fits */
	return CC_OK;
}
