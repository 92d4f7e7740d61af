/*
 * tests/unit/door_lab.h - connections over socket pairs, with an engine and a reader that
 * turn only when the test says so.
 *
 * Purpose:   what the tests of lines, requests and imports share.
 * Ownership: door_begin makes everything, door_end frees it; a test closes its own ends.
 * Errors:    what is not as expected fails the CMocka test that runs.
 */
#ifndef CC_TESTS_UNIT_DOOR_LAB_H
#define CC_TESTS_UNIT_DOOR_LAB_H

#include "daemon/client.h"
#include "daemon/reader.h"
#include "tests/support/setup_kit.h"

enum { DOOR_UID = 4711 };	/* of all its clients */

struct door {
	struct cc_kit kit;
	uv_loop_t uv;
	struct cc_store *store, *reader_store;
	struct cc_engine *engine;
	struct cc_reader *reader;
	struct cc_figures figures;
	struct cc_outlet outlet;
	struct cc_clients clients;
	unsigned empty;
	int fd;				/* the client's end */
	char *got;			/* what came out of it, not yet read by the test */
	size_t ngot;
};

/* Set-up and tear-down; *state is a struct door. */
int door_begin(void **state);
int door_end(void **state);

/* A new connection with these rights; the test's end. */
int door_open(struct door *l, bool send, bool read, bool admin);

/* The loop as long as it has something to do at once; the engine and the reader once;
 * both until nothing is left. */
void door_run_loop(struct door *l);
void door_run_engine(struct door *l);
void door_run(struct door *l);

void door_put(int fd, const char *bytes, size_t n);
void door_put_line(int fd, const char *line);
void door_put_event(int fd, int number);	/* an intake of c1 */

/* All that can be read now, as text; "" for none.  *ret_end: the other side closed. */
const char *door_get(struct door *l, int fd, bool *ret_end);

/* A line, and what comes back until nothing is left to do. */
const char *door_ask(struct door *l, int fd, const char *line);

/* How often the word stands in the text. */
unsigned door_count(const char *text, const char *word);

#endif
