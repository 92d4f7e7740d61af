/*
 * tests/unit/message_kit.h - messages to test with.
 *
 * Ownership: static texts; items are borrowed.
 */
#ifndef CC_TESTS_UNIT_MESSAGE_KIT_H
#define CC_TESTS_UNIT_MESSAGE_KIT_H

#include "wire/message.h"

/* 2026-03-08T00:30:00Z */
#define MESSAGE_T0 INT64_C(1772929800)

struct cc_wall message_at(int64_t s);

/* An overdue deadline of case 48211234. */
struct cc_message message_sample(void);

/* What an item of a list keeps of it. */
struct cc_message message_item(const char *case_id);

/* A list of things: nothing of a clock applies to it. */
struct cc_message message_list(enum cc_message_form form, const struct cc_message *items,
    uint32_t n);

#endif
