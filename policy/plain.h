/*
 * policy/plain.h - is this plain text?
 *
 * Purpose:   files from outside are looked through before any library reads
 *            them: UTF-8 without overlong forms or surrogates, and no control
 *            characters but tab, line feed and carriage return.
 * Purity:    no clock, no I/O, no allocation, no globals.
 */
#ifndef CC_POLICY_PLAIN_H
#define CC_POLICY_PLAIN_H

#include "scheduler/base.h"

/* Where in a text: both count from 1, columns in bytes. */
struct cc_place {
	uint32_t line, column;
};

/* The offset of the first byte that is not plain text, or s.n. */
uint32_t cc_plain_bad(struct cc_str s);

/* Line and column of an offset. */
struct cc_place cc_plain_place(struct cc_str s, uint32_t offset);

#endif
