/*
 * wire/utf8.h - characters of UTF-8 text that may be hostile.
 *
 * Source:    RFC 3629; Unicode: controls (Cc), line and paragraph separators, and the
 *            marks that turn the direction of text.
 * Purity:    no clock, no I/O, no allocation, no globals.
 */
#ifndef CC_WIRE_UTF8_H
#define CC_WIRE_UTF8_H

#include "scheduler/base.h"

/* Bytes of the character at text (of `left` bytes), 0 when it is no UTF-8. */
uint32_t cc_utf8_size(const char *text, size_t left);

/* Whether that character of n bytes controls instead of showing something. */
bool cc_utf8_controls(const char *p, uint32_t n);

/* Takes off the last character when a cut left only part of it. */
void cc_utf8_trim_cut(char *text);

/* Characters of a text. */
uint32_t cc_utf8_count(const char *p, size_t n);

#endif
