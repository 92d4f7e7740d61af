#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/pack.h"
#include "cli/policy_moves.h"
#include "policy/heap.h"
#include "policy/pack_source.h"
#include "scheduler/civil.h"
#include "scheduler/program.h"

enum { SOURCE_ARENA = 128 * 1024 * 1024, SPREAD_ROUNDS = 64 };

struct sides {
	const char *dir[2];		/* old, new */
	struct cc_loaded loaded[2];
	struct cc_pack_source source[2];
	struct cc_arena arena;
	bool *moved;			/* by declaration of the new pack: reached by a change */
	unsigned changes;
};

/* ---- what is written ------------------------------------------------- */

/* Prints the keys in which the mappings differ: "(due, acts)". */
static void
print_keys(const struct cc_yaml *old, const struct cc_yaml *new)
{
	const char *comma = " (";

	for (uint32_t i = 0; i < new->n; i++) {
		const struct cc_yaml *was = cc_yaml_get(old, new->keys[i]->text);

		if (cc_pack_same(was, new->items[i]))
			continue;
		printf("%s%s%s", comma, was == NULL ? "+" : "", new->keys[i]->text);
		comma = ", ";
	}
	for (uint32_t i = 0; i < old->n; i++) {
		if (cc_yaml_get(new, old->keys[i]->text) != NULL)
			continue;
		printf("%s-%s", comma, old->keys[i]->text);
		comma = ", ";
	}
	printf("%s\n", *comma == ',' ? ")" : "");
}

static void
print_change(struct sides *s, const char *word, const struct cc_pack_decl *d)
{
	s->changes++;
	printf("%-8s %s %.*s", word, cc_pack_part_text(d->part), (int)d->name.n, d->name.p);
}

static void
compare_decls(struct sides *s)
{
	const struct cc_pack_source *old = &s->source[0], *new = &s->source[1];

	for (uint32_t i = 0; i < new->ndecls; i++) {
		const struct cc_pack_decl *d = &new->decls[i];
		const struct cc_pack_decl *was = cc_pack_source_find(old, d->part, d->name);

		if (was != NULL && cc_pack_same(was->yaml, d->yaml))
			continue;
		s->moved[i] = true;
		print_change(s, was == NULL ? "added" : "changed", d);
		if (was == NULL)
			printf("\n");
		else
			print_keys(was->yaml, d->yaml);
	}
	for (uint32_t i = 0; i < old->ndecls; i++) {
		const struct cc_pack_decl *d = &old->decls[i];

		if (cc_pack_source_find(new, d->part, d->name) != NULL)
			continue;
		print_change(s, "removed", d);
		printf("\n");
	}
}

/* ---- what hangs on what has changed ---------------------------------- */

static bool
reached(const struct sides *s, const struct cc_pack_decl *d)
{
	const struct cc_pack_source *new = &s->source[1];

	for (uint32_t i = 0; i < new->ndecls; i++)
		if (s->moved[i] && d != &new->decls[i] &&
		    cc_pack_mentions(d->yaml, new->decls[i].name))
			return true;
	return false;
}

/* Rules as written before, that say something else by way of a changed name. */
static void
spread(struct sides *s)
{
	const struct cc_pack_source *new = &s->source[1];
	bool more = true;

	for (unsigned round = 0; more && round < SPREAD_ROUNDS; round++) {
		more = false;
		for (uint32_t i = 0; i < new->ndecls; i++) {
			const struct cc_pack_decl *d = &new->decls[i];

			if (s->moved[i] || !reached(s, d))
				continue;
			s->moved[i] = more = true;
			if (d->part == CC_PART_RULE)
				printf("touched  rule %.*s (by a name it uses)\n", (int)d->name.n,
				    d->name.p);
		}
	}
}

/* ---- the other files ------------------------------------------------- */

static void
compare_file(struct sides *s, const char *name, const struct cc_yaml *old,
    const struct cc_yaml *new)
{
	if (cc_pack_same(old, new))
		return;
	s->changes++;
	printf("changed  %s", name);
	print_keys(old, new);
}

static void
compare_types(struct sides *s)
{
	const struct cc_yaml *old = cc_yaml_get(s->source[0].events, "types");
	const struct cc_yaml *new = cc_yaml_get(s->source[1].events, "types");

	for (uint32_t i = 0; new != NULL && i < new->n; i++) {
		const struct cc_yaml *was = cc_yaml_get(old, new->keys[i]->text);

		if (!cc_pack_same(was, new->items[i]))
			printf("%-8s event %s\n", was == NULL ? "added" : "changed",
			    new->keys[i]->text);
	}
	for (uint32_t i = 0; old != NULL && i < old->n; i++)
		if (cc_yaml_get(new, old->keys[i]->text) == NULL)
			printf("removed  event %s\n", old->keys[i]->text);
}

static void
compare_calendar(struct sides *s)
{
	const struct cc_pack *old = s->loaded[0].pack, *new = s->loaded[1].pack;

	if (strcmp(old->calendar_stamp, new->calendar_stamp) == 0)
		return;
	s->changes++;
	printf("changed  holidays\n");
}

static int
compare_written(struct sides *s)
{
	struct cc_diags diags = {.n = 0};
	struct cc_err err;

	for (unsigned i = 0; i < 2; i++)
		if (cc_pack_source_read(s->dir[i], &s->arena, &diags, &s->source[i], &err) !=
		    CC_OK) {
			cc_complain("policy diff: %s", err.msg);
			cc_diags_done(&diags);
			return CC_EXIT_FAILED;
		}
	cc_diags_done(&diags);
	s->moved = cc_arena_array(&s->arena, (size_t)s->source[1].ndecls + 1, sizeof *s->moved);
	if (s->moved == NULL) {
		cc_complain("policy diff: no memory");
		return CC_EXIT_FAILED;
	}
	compare_file(s, "pack.yaml", s->source[0].head, s->source[1].head);
	compare_calendar(s);
	compare_file(s, "events.yaml", s->source[0].events, s->source[1].events);
	compare_types(s);
	compare_decls(s);
	spread(s);
	if (s->changes == 0)
		printf("The packs say the same.\n");
	return CC_EXIT_DONE;
}

/* ---- the command ----------------------------------------------------- */

static void
print_packs(const struct sides *s)
{
	for (unsigned i = 0; i < 2; i++) {
		const struct cc_pack *p = s->loaded[i].pack;

		printf("%s %s: %s %s, effective %s, %u rules\n", i == 0 ? "old" : "new",
		    s->dir[i], p->name, p->version, p->effective, (unsigned)p->nrules);
	}
	printf("\n");
}

static int
diff(struct sides *s, const char *file, struct cc_wall now)
{
	struct cc_moves m = {.before = s->loaded[0].pack, .after = s->loaded[1].pack,
	    .file = file, .now = now};
	int code;

	print_packs(s);
	code = compare_written(s);
	if (code == CC_EXIT_DONE && file != NULL)
		code = cc_moves_print(&m);
	return code;
}

static int
open_both(struct sides *s)
{
	for (unsigned i = 0; i < 2; i++)
		if (!cc_loaded_open(&s->loaded[i], s->dir[i], NULL))
			return s->loaded[i].refused ? CC_EXIT_REFUSED : CC_EXIT_FAILED;
	return CC_EXIT_DONE;
}

static int
run(const struct cc_args *a)
{
	static struct sides s;
	const char *file = cc_args_value(a, "events", 0);
	const char *until = cc_args_value(a, "until", 0);
	struct cc_wall now = CC_NEVER;
	struct cc_err err;
	int code;

	if (until != NULL && file == NULL)
		return cc_misused("policy diff: --until needs --events");
	if (until != NULL && cc_wall_parse((struct cc_str){until, (uint32_t)strlen(until)},
	    &now, &err) != CC_OK)
		return cc_misused("policy diff: --until: %s", err.msg);
	s.dir[0] = cc_args_plain(a, 0);
	s.dir[1] = cc_args_plain(a, 1);
	cc_heap_arena_init(&s.arena, SOURCE_ARENA);
	code = open_both(&s);
	if (code == CC_EXIT_DONE)
		code = diff(&s, file, now);
	cc_arena_done(&s.arena);
	for (unsigned i = 0; i < 2; i++)
		cc_loaded_done(&s.loaded[i]);
	return code;
}

static const struct cc_option options[] = {
	{.name = "events", .value = "FILE",
	    .help = "Say also which of these events' clocks would move"},
	{.name = "until", .value = "TIME",
	    .help = "Look as of this instant, not of the latest event"},
};

const struct cc_command cc_command_policy_diff = {
	.name = "policy diff", .usage = "[--events FILE] [--until TIME] OLD NEW",
	.summary = "Compare two policy packs, and what they would mean for cases",
	.details = "Prints which declarations are added, removed and changed, with the keys\n"
	    "that differ, and which rules use a changed name.  With --events it evaluates\n"
	    "every case under both packs and prints each clock that would move, change,\n"
	    "appear or vanish, and who would be told more or less because of it.",
	.args = {options, sizeof options / sizeof options[0], 2, 2}, .run = run,
};
