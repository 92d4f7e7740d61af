/*
 * tests/unit/store_support.h - what the tests of the store share.
 *
 * Purpose:   a fresh store of either kind, an arena, and short ways to write an
 *            event, an alert or a message.
 * Ownership: store_open makes a folder of its own and store_close removes it.
 */
#ifndef CC_TESTS_UNIT_STORE_SUPPORT_H
#define CC_TESTS_UNIT_STORE_SUPPORT_H

#include "store/store.h"

struct store_fixture {
	bool memory;
	char folder[64], path[96];
	struct cc_store *st;
	struct cc_arena a;
};

/* cmocka set-ups and the tear-down; the tear-down verifies the store. */
int store_setup_sqlite(void **state);
int store_setup_memory(void **state);
int store_teardown(void **state);

void store_reopen(struct store_fixture *f);	/* SQLite only */
void store_remove_folder(const char *folder);
struct cc_store_config store_config(const struct store_fixture *f);

/* Text on the fly from a static ring of buffers: good for a line or two. */
struct cc_str store_text(const char *fmt, ...) CC_PRINTF(1, 2);
struct cc_str store_str(const char *text);

void store_begin(struct cc_store *st);
void store_commit(struct cc_store *st);

/* Appends source "/s", bytes = "body of ID"; must be new. */
int64_t store_event(struct cc_store *st, const char *case_id, const char *id, int64_t recorded);

/* Puts a case without instances. */
enum cc_code store_put(struct cc_store *st, const char *case_id, int64_t expected,
    struct cc_wall wake);

struct cc_store_alert store_alert(const char *case_id, const char *rule, const char *rung);
struct cc_store_message store_message(const char *id, const char *case_id, int64_t next);
struct cc_store_status store_status(struct cc_store *st);

#define S(literal) store_str(literal)
#define W(seconds) ((struct cc_wall){ seconds })

#define assert_text(text, expected)                                     \
	do {                                                            \
		struct cc_str t_ = (text);                              \
		assert_string_equal(t_.p, (expected));                  \
		assert_int_equal(t_.n, strlen(expected));               \
	} while (0)

#define STAMPS { S("pack-1"), S("calendar-1"), S("zones-1") }
#define ok(call) assert_int_equal((call), CC_OK)

/* A test of the contract: run on both. */
#define BOTH(test)                                                              \
	{ #test "_sqlite", test, store_setup_sqlite, store_teardown, NULL },    \
	{ #test "_memory", test, store_setup_memory, store_teardown, NULL }

#endif
