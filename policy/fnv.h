/*
 * policy/fnv.h - FNV-1a 64: tells one version of a file from another.
 *
 * Purpose:   stamps of holiday files and zone data.  Not a protection against
 *            somebody who wants two files to have one stamp.
 * Source:    the FNV constants of Fowler, Noll and Vo (public domain).
 * Purity:    no clock, no I/O, no allocation, no globals.
 */
#ifndef CC_POLICY_FNV_H
#define CC_POLICY_FNV_H

#include "scheduler/base.h"

#define CC_FNV_START UINT64_C(14695981039346656037)

enum { CC_FNV_TEXT = 17 };

/* `h` carried on over n more bytes. */
uint64_t cc_fnv_add(uint64_t h, const void *p, size_t n);

/* 16 hexadecimal digits. */
void cc_fnv_text(uint64_t h, char ret[CC_FNV_TEXT]);

#endif
