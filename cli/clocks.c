#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/list.h"
#include "policy/diag.h"
#include "scheduler/clock.h"

enum { SOON = 24 * 3600, STATES = CC_STATE_FAILED };

static const struct cc_column columns[] = {
	{.title = "CASE"}, {.title = "CLOCK"}, {.title = "SUBJECT"}, {.title = "STATE"},
	{.title = "DUE"}, {.title = "LEFT", .right = true},
	{.title = "TITLE", .may_cut = true},
};

/* ---- a row ----------------------------------------------------------- */

/* The state of that name, or 0. */
static unsigned
state_of(const char *text)
{
	for (unsigned s = CC_STATE_RUNNING; text != NULL && s <= STATES; s++) {
		if (strcmp(cc_state_text((enum cc_state)s), text) == 0)
			return s;
	}
	return 0;
}

static enum cc_tint
tint_of(const struct cc_list *l, unsigned state, struct cc_wall due)
{
	if (state == CC_STATE_OVERDUE || state == CC_STATE_FAILED)
		return CC_RED;
	if (state == 0 || !cc_state_live((enum cc_state)state))
		return CC_FAINT;
	return cc_given(due) && due.s - l->when.now.s < SOON ? CC_YELLOW : CC_PLAIN;
}

/* An immediate duty has no number, and nobody is reproached with one. */
static const char *
words_for(const char *state, bool immediate)
{
	unsigned s = state_of(state);

	if (!immediate)
		return state;
	if (s == CC_STATE_RUNNING || s == CC_STATE_OVERDUE)
		return "to be done at once";
	return s == CC_STATE_MET || s == CC_STATE_LATE ? "done" : state;
}

static void
row(struct cc_list *l, const struct cc_json *item)
{
	const char *clock = cc_item(item, "clock"), *text = cc_item(item, "state");
	const char *kind = cc_item(item, "kind");
	bool immediate = kind != NULL && strcmp(kind, "immediate") == 0;
	struct cc_wall due = cc_when_of(cc_item(item, "due"));
	unsigned state = state_of(text);
	enum cc_tint tint = tint_of(l, state, due);
	char left[CC_LENGTH_TEXT] = "", local[CC_LOCAL_TEXT];

	if (immediate && tint == CC_RED)
		tint = CC_YELLOW;
	if (state == CC_STATE_OVERDUE && !immediate)
		l->counted++;
	if (!immediate && state != 0 && cc_state_live((enum cc_state)state))
		cc_when_left(&l->when, due, left);
	cc_when_text(&l->when, immediate ? CC_NEVER : due, local);
	cc_list_cell(l, cc_item(item, "case"), CC_PLAIN);
	cc_list_cell(l, clock, CC_PLAIN);
	cc_list_cell(l, cc_item(item, "subject"), CC_PLAIN);
	cc_list_cell(l, words_for(text, immediate), tint);
	cc_list_cell(l, immediate ? "at once" : local, tint);
	cc_list_cell(l, left, tint);
	cc_list_cell(l, cc_rules_get(&l->rules, clock, "title"), CC_PLAIN);
}

/* ---- the command ----------------------------------------------------- */

static int
check_states(const struct cc_args *a)
{
	const char *names[STATES], *text, *near;

	for (unsigned s = CC_STATE_RUNNING; s <= STATES; s++)
		names[s - 1] = cc_state_text((enum cc_state)s);
	for (unsigned i = 0; (text = cc_args_value(a, "state", i)) != NULL; i++) {
		if (state_of(text) != 0)
			continue;
		near = cc_nearest(text, strlen(text), names, STATES);
		if (near != NULL)
			return cc_misused("clocks: there is no state %s; did you mean %s?",
			    text, near);
		return cc_misused("clocks: there is no state %.80s; the states are running, "
		    "overdue, paused, met, late, cancelled, exempt, open, used, expired, "
		    "passed and failed", text);
	}
	return CC_EXIT_DONE;
}

static void
put_live_states(struct cc_list *l)
{
	cc_buf_puts(&l->params, l->params.n > 0 ? ",\"state\":[" : "\"state\":[");
	for (unsigned s = CC_STATE_RUNNING, n = 0; s <= STATES; s++) {
		if (!cc_state_live((enum cc_state)s))
			continue;
		if (n++ > 0)
			cc_buf_char(&l->params, ',');
		cc_buf_jsons(&l->params, cc_state_text((enum cc_state)s));
	}
	cc_buf_char(&l->params, ']');
}

static int
run(const struct cc_args *a)
{
	static const struct cc_listing all = {"clocks.list", columns,
		sizeof columns / sizeof columns[0], row, "no clocks", true};
	static const struct cc_listing live = {"clocks.list", columns,
		sizeof columns / sizeof columns[0], row, "no live clocks", true};
	bool states = cc_args_has(a, "state"), every = cc_args_has(a, "all");
	struct cc_list l;
	int code = check_states(a);

	if (code == CC_EXIT_DONE && states && every)
		code = cc_misused("clocks: --all and --state exclude each other");
	if (code != CC_EXIT_DONE)
		return code;
	cc_list_begin(&l, states || every ? &all : &live, a);
	cc_list_text(&l, "case", cc_args_plain(a, 0));
	cc_list_text(&l, "clock", cc_args_value(a, "clock", 0));
	cc_list_text(&l, "subject", cc_args_value(a, "subject", 0));
	if (states)
		cc_list_texts(&l, "state", a, "state");
	else if (!every)
		put_live_states(&l);
	code = cc_list_run(&l, a);
	if (code == CC_EXIT_DONE && !l.json && l.seen > 0)
		printf("\n%llu clock%s, %llu overdue; times %s%s\n", l.seen,
		    l.seen == 1 ? "" : "s", l.counted,
		    l.when.changes > 1 ? "local to each case" : "in ",
		    l.when.changes > 1 ? "" : l.when.name);
	return code;
}

static const struct cc_option options[] = {
	{.name = "all", .help = "Those that have ended, too"},
	{.name = "state", .value = "STATE", .help = "Only this state; may be repeated",
	    .repeats = true},
	{.name = "clock", .value = "ID", .help = "Only this rule"},
	{.name = "subject", .value = "ID", .help = "Only this person, event, ..."},
	{.name = "json", .help = "One record a line, times in UTC"},
	CC_OPTION_SOCKET,
};

const struct cc_command cc_command_clocks = {
	.name = "clocks",
	.usage = "[CASE] [--all | --state STATE...] [--clock ID]\n"
	    "           [--subject ID] [--json]",
	.summary = "Show the clocks of a case, or of all cases",
	.details = "Without --all or --state it shows the live ones: running, overdue,\n"
	    "paused, open.  Times are local to TZ, or else to the policy.",
	.args = {options, sizeof options / sizeof options[0], 0, 1}, .run = run,
};
