/*
 * scheduler/pack.h - a policy pack, compiled: what the core evaluates.
 *
 * Source:    DESIGN.md section 10; docs/policy-language.md.
 * Purpose:   everything that policy/ loads from a folder, checked and linked.
 *            Read-only once loaded: threads may share it.
 * Purity:    data only.
 * Ownership: lives in the arena that the loader was given, with all it holds.
 */
#ifndef CC_SCHEDULER_PACK_H
#define CC_SCHEDULER_PACK_H

#include "scheduler/calendar.h"
#include "scheduler/rule.h"
#include "scheduler/schema.h"
#include "scheduler/zones.h"

struct cc_program;	/* the compiled expressions: scheduler/program.h */

/* A template of the pack, as written: wire/templates.h compiles it. */
struct cc_pack_text {
	const char *language, *name, *part;	/* "es", "alert", "html" */
	const char *file;
	struct cc_str text;
};

/* What a rule or an event type is called in a language; `language` is never NULL. */
struct cc_pack_title {
	const char *language, *of, *title;
};

struct cc_pack {
	const char *name;	/* as pack.yaml says */
	const char *version;	/* of the pack's text, as written in it */
	const char *stamp;	/* hash of all files that clocks depend on, hex */
	const char *effective;	/* date, as written */
	struct cc_schema schema;
	const struct cc_rule *const *rules;	/* sorted by id */
	uint16_t nrules;
	struct cc_ladders ladders;
	struct cc_chain chain;
	struct cc_calendar calendar;
	const char *calendar_stamp;	/* hash of the holiday data, hex */
	const struct cc_zones *zones;
	const struct cc_zone *zone;	/* the default */
	/* The event and field that assign staff: case.assigned. */
	struct cc_pack_assign {
		int type, role, staff, program;	/* places; type -1: none */
	} assign;
	const struct cc_program *program;
	/* Sorted by language, then name and part, or `of`. */
	const struct cc_pack_text *texts;	/* none: the messages' own English */
	const struct cc_pack_title *titles;
	uint16_t ntexts, ntitles;
};

#endif
