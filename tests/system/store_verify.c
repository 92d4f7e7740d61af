/*
 * store_verify FILE - reads a whole store and checks it, for system tests.
 *
 * The daemon that wrote it has ended.  Prints what is wrong; exit status 0 when nothing is.
 */
#include <stdio.h>

#include "store/store.h"

int
main(int argc, char **argv)
{
	struct cc_store_config cf = {.path = argc == 2 ? argv[1] : ""};
	struct cc_err err = {.msg = ""};
	struct cc_store *st;

	if (argc != 2) {
		fprintf(stderr, "usage: store_verify FILE\n");
		return 2;
	}
	if (cc_store_open_sqlite(&cf, &st, &err) != CC_OK ||
	    cc_store_verify(st, &err) != CC_OK) {
		printf("%s: %s\n", argv[1], err.msg);
		return 1;
	}
	cc_store_close(st);
	return 0;
}
