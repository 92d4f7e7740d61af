/*
 * scheduler/base.h - the words every module shares: codes, errors, instants.
 *
 * Source:    DESIGN.md sections 2 and 3 (whole seconds UTC inside); house
 *            style for errors (errors are values).
 * Purity:    no clock, no I/O, no allocation, no globals.
 * Units:     struct cc_wall is UTC seconds since 1970; cc_dur_s is seconds;
 *            cc_day is days since 1970-01-01 (a civil date, no zone).
 * Errors:    a function that can fail returns enum cc_code, fills *reterr
 *            only when it fails, and writes its ret_* only when it succeeds.
 */
#ifndef CC_SCHEDULER_BASE_H
#define CC_SCHEDULER_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define CC_MUST_USE __attribute__((warn_unused_result))
#define CC_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define CC_MUST_USE
#define CC_PRINTF(f, a)
#endif

#define CC_CODES(X)                                                          \
	X(CC_OK, "ok")                                                       \
	X(CC_EINVAL, "invalid")                                              \
	X(CC_ENOENT, "not found")                                            \
	X(CC_ERANGE, "out of range")                                         \
	X(CC_ENOMEM, "out of memory")                                        \
	X(CC_EIO, "input/output error")                                      \
	X(CC_EBUSY, "busy")                                                  \
	X(CC_ECONFLICT, "conflict")                                          \
	X(CC_EBUG, "internal error")

enum cc_code {
#define CC_CODE_ENUM(name, text) name,
	CC_CODES(CC_CODE_ENUM)
#undef CC_CODE_ENUM
};

/* An error, on the caller's stack, never freed.  The code decides, the text
 * explains, sys keeps an errno, SQLite or CURL code (0 when there is none). */
struct cc_err {
	enum cc_code code;
	int sys;
	char msg[240];
};

/* An instant: UTC seconds since 1970.  Stored; never a duration. */
struct cc_wall {
	int64_t s;
};

typedef int64_t cc_dur_s;	/* seconds */
typedef int32_t cc_day;		/* days since 1970-01-01, a civil date */

/* Text that is not NUL-terminated: borrowed bytes. */
struct cc_str {
	const char *p;
	uint32_t n;
};

/* Fills *reterr (may be NULL) and returns `code`, so that a caller can write
 * `return cc_fail(reterr, CC_EINVAL, 0, "what is wrong and what to do")`. */
enum cc_code cc_fail(struct cc_err *reterr, enum cc_code code, int sys,
    const char *fmt, ...) CC_PRINTF(4, 5);

/* The name of a code for people, for example "invalid". */
const char *cc_code_text(enum cc_code code);

/* True when both hold the same bytes. */
bool cc_str_eq(struct cc_str a, struct cc_str b);

/* Order of byte strings: <0, 0, >0; a prefix comes first. */
int cc_str_cmp(struct cc_str a, struct cc_str b);

#define CC_STR(lit) ((struct cc_str){(lit), sizeof(lit) - 1})

#endif
