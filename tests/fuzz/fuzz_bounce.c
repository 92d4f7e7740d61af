/*
 * tests/fuzz/fuzz_bounce.c - any bytes as a returned mail.
 *
 * Checks:    what is read is an id of ours, a known action and numbers; a mail that is
 *            refused is refused with words.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cli/notice.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool claim)
{
	if (!claim)
		abort();
}

static bool
is_action(const char *action)
{
	static const char *const actions[] = {
		"failed", "delayed", "delivered", "relayed", "expanded"
	};

	for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
		if (strcmp(action, actions[i]) == 0)
			return true;
	return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool begun;
	struct cc_bounce b;
	struct cc_err err = { .msg = "" };

	if (!begun)
		cc_notice_begin();	/* it stays until the end */
	begun = true;
	if (cc_notice_read((const char *)data, size, &b, &err) != CC_OK) {
		must(err.msg[0] != '\0');
		return 0;
	}
	must(strlen(b.id) == CC_NOTICE_ID &&
	    strspn(b.id, "0123456789abcdef") == CC_NOTICE_ID);
	must(is_action(b.action));
	must(strspn(b.status, "0123456789.") == strlen(b.status));
	must(strspn(b.detail, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ- "
	    "0123456789") == strlen(b.detail));
	return 0;
}
