/*
 * policy/tzif.h - reads one compiled time zone file (TZif) into a zone table.
 *
 * Source:    RFC 8536 and RFC 9636 (TZif, versions 2 to 4); rule sheet G5.
 * Limits:    CC_TZIF_BYTES a file, CC_TZIF_COUNT transitions and as many
 *            bytes of abbreviations, CC_TZIF_KINDS kinds of local time,
 *            offsets within CC_TZIF_OFFSET of UTC, abbreviations up to 7
 *            bytes, names up to CC_TZIF_NAME bytes.
 * Ownership: the table and its name live in the arena that is handed in;
 *            nothing stays there after an error.
 * Errors:    CC_EINVAL  a bad name, or not a zone file that we accept: cut
 *                       off, leap seconds inside, version 1 only, unsorted
 *                       transitions, an index or a number out of range, a
 *                       footer that is not understood; the text says which.
 *            CC_ENOENT  no such file.
 *            CC_EIO, CC_ERANGE, CC_ENOMEM as in policy/slurp.h.
 * Threads:   none; no state.
 */
#ifndef CC_POLICY_TZIF_H
#define CC_POLICY_TZIF_H

#include "scheduler/arena.h"
#include "scheduler/civil.h"

enum {
	CC_TZIF_BYTES = 1024 * 1024,
	CC_TZIF_COUNT = 100000,
	CC_TZIF_KINDS = 256,
	CC_TZIF_OFFSET = 26 * 3600,
	CC_TZIF_NAME = 255
};

#define CC_TZIF_DIR "/usr/share/zoneinfo"

/* A relative path of parts made of letters, digits and "_+-.", without a part
 * that is empty or begins with a dot. */
bool cc_tzif_name_ok(struct cc_str name);

/* Loads zone `name` from the folder `dir` (NULL: CC_TZIF_DIR). */
enum cc_code cc_tzif_load(const char *dir, struct cc_str name,
    struct cc_arena *a, struct cc_zone *ret, struct cc_err *reterr)
    CC_MUST_USE;

/* The same from bytes in memory; they are copied, not kept. */
enum cc_code cc_tzif_parse(struct cc_str bytes, struct cc_str name,
    struct cc_arena *a, struct cc_zone *ret, struct cc_err *reterr)
    CC_MUST_USE;

/* A POSIX TZ text ("CST6CDT,M3.2.0,M11.1.0"), whole.  CC_EINVAL. */
enum cc_code cc_tzif_rule(struct cc_str text, struct cc_zone_rule *ret,
    struct cc_err *reterr) CC_MUST_USE;

#endif
