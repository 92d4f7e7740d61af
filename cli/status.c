#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/connect.h"
#include "cli/screen.h"
#include "cli/when.h"

enum { STATUS_MAX = 1024 * 1024 };

static int64_t
number(const struct cc_json *o, const char *name)
{
	int64_t n = 0;

	(void)cc_json_int(cc_json_get(o, name), &n); /* absent counts as none */
	return n;
}

static const char *
text(const struct cc_json *o, const char *name)
{
	const char *t = cc_json_get_text(o, name);

	return t == NULL ? "?" : t;
}

static void
print_daemon(const struct cc_json *s, const struct cc_when *w)
{
	struct cc_wall started = cc_when_of(cc_json_get_text(s, "started"));
	char up[CC_LENGTH_TEXT] = "?", local[CC_LOCAL_TEXT];

	if (cc_given(started) && started.s <= w->now.s)
		cc_length_text(w->now.s - started.s, up);
	printf("caseclockd %s, up %s\n", text(s, "version"), up);
	cc_when_text(w, cc_when_of(cc_json_get_text(s, "wake")), local);
	printf("next wake   %s\n", local[0] == '\0' ? "none" : local);
	printf("clients     %" PRId64 " connected, %" PRId64 " pieces of work waiting\n",
	    number(s, "clients"), number(s, "waiting"));
}

static void
print_policy(const struct cc_json *p)
{
	const char *from = cc_json_get_text(p, "holidays_from");

	printf("policy      %s %s, effective %s, zone data %s\n", text(p, "name"),
	    text(p, "version"), text(p, "effective"), text(p, "zones"));
	if (from != NULL)
		printf("holidays    known from %s to %s\n", from, text(p, "holidays_until"));
	else
		puts("holidays    of no year are known");
}

static void
print_store(const struct cc_json *s)
{
	const struct cc_json *st = cc_json_get(s, "store"), *o = cc_json_get(s, "outbox");

	printf("events      %" PRId64 "\n", number(st, "events"));
	printf("cases       %" PRId64 ", %" PRId64 " of them open, %" PRId64
	    " live clocks\n", number(st, "cases"), number(st, "open_cases"),
	    number(st, "live"));
	printf("alerts      %" PRId64 " fired, %" PRId64 " held\n", number(st, "alerts"),
	    number(st, "held"));
	printf("messages    %" PRId64 " sent, %" PRId64 " waiting, %" PRId64
	    " being sent, %" PRId64 " in another, %" PRId64 " superseded, %" PRId64
	    " held, %" PRId64 " dead\n",
	    number(o, "sent"), number(o, "queued"), number(o, "claimed"),
	    number(o, "grouped"), number(o, "superseded"), number(o, "held"),
	    number(o, "dead"));
	printf("store       %" PRId64 " KiB, and %" PRId64 " KiB of log\n",
	    number(st, "file_bytes") / 1024, number(st, "log_bytes") / 1024);
}

static void
print_counters(const struct cc_json *counters)
{
	struct cc_json_walk w = {.name = NULL};
	const char *sep = "";
	int64_t n;

	printf("since then  ");
	while (cc_json_next(counters, &w)) {
		char *name = cc_text_safe(w.name);

		if (name != NULL && cc_json_int(w.value, &n) && n != 0) {
			for (char *c = name; *c != '\0'; c++)
				*c = *c == '_' ? ' ' : *c;
			printf("%s%s %" PRId64, sep, name, n);
			sep = ", ";
		}
		free(name);
	}
	puts(sep[0] == '\0' ? "nothing counted" : "");
}

static void
print_no_holidays(const struct cc_json *years, const char *warn, const char *end)
{
	int64_t year;

	for (size_t i = 0; i < cc_json_count(years); i++)
		if (cc_json_int(cc_json_at(years, i), &year))
			printf("%sno holiday data for %" PRId64 ": its days are counted as if "
			    "none were a holiday%s\n", warn, year, end);
}

/* Far sides that are not used as usual. */
static void
print_endpoints(const struct cc_json *list, const struct cc_when *w, const char *warn,
    const char *end)
{
	for (size_t i = 0; i < cc_json_count(list); i++) {
		const struct cc_json *e = cc_json_at(list, i);
		char *name = cc_text_safe(text(e, "name")), local[CC_LOCAL_TEXT];
		const char *state = text(e, "state");

		cc_when_text(w, cc_when_of(cc_json_get_text(e, "until")), local);
		if (name != NULL && strcmp(state, "disabled") == 0)
			printf("%sendpoint %s is disabled: caseclock endpoint enable %s%s\n",
			    warn, name, name, end);
		else if (name != NULL && strcmp(state, "open") == 0)
			printf("%sendpoint %s fails%s%s: %" PRId64 " times in a row%s\n", warn,
			    name, local[0] == '\0' ? "" : ", next try ", local,
			    number(e, "failures"), end);
		else if (name != NULL && strcmp(state, "resting") == 0)
			printf("endpoint %s asked for a rest%s%s\n", name,
			    local[0] == '\0' ? "" : " until ", local);
		free(name);
	}
}

static void
print_rounds(const struct cc_json *r, const char *warn, const char *end)
{
	if (number(r, "gaps") > 0)
		printf("%sthe nightly rounds found %" PRId64 " rungs without an outcome%s\n",
		    warn, number(r, "gaps"), end);
	if (number(r, "unreachable") > 0)
		printf("%sthe nightly rounds found %" PRId64 " causes why steps to come reach "
		    "nobody%s\n", warn, number(r, "unreachable"), end);
}

/* What somebody should look at, and how. */
static void
print_troubles(const struct cc_json *s, const struct cc_when *w)
{
	const struct cc_json *o = cc_json_get(s, "outbox"), *c = cc_json_get(s, "counters");
	static const struct {
		const char *counter, *words;
	} counters[] = {
		{"to_operator", "messages found no holder and went to the operator"},
		{"storage_failed", "events could not be stored"},
		{"group_failures", "commits failed"},
		{"evaluation_failures", "evaluations failed"},
		{"reloads_refused", "reloads were refused"},
	};
	const char *warn = cc_screen_colours(stdout) ? cc_screen_tint(CC_RED) : "";
	const char *end = warn[0] == '\0' ? "" : cc_screen_plain();

	print_endpoints(cc_json_get(s, "endpoints"), w, warn, end);
	print_rounds(cc_json_get(s, "rounds"), warn, end);
	print_no_holidays(cc_json_get(cc_json_get(s, "policy"), "no_holiday_data"), warn, end);
	if (number(s, "silences") > 0)
		printf("%" PRId64 " silences are in force: caseclock silence list\n",
		    number(s, "silences"));
	if (number(s, "stale") > 0)
		printf("%" PRId64 " cases are still to be derived anew\n", number(s, "stale"));
	if (number(o, "dead") > 0)
		printf("%s%" PRId64 " messages were given up: caseclock messages --state "
		    "dead%s\n", warn, number(o, "dead"), end);
	if (number(cc_json_get(s, "store"), "held") > 0)
		printf("%" PRId64 " alerts are held: caseclock alerts --held\n",
		    number(cc_json_get(s, "store"), "held"));
	for (size_t i = 0; i < sizeof counters / sizeof counters[0]; i++) {
		int64_t n = number(c, counters[i].counter);

		if (n > 0)
			printf("%s%" PRId64 " %s%s\n", warn, n, counters[i].words, end);
	}
}

static void
print_last_rounds(const struct cc_json *r, const struct cc_when *w)
{
	char local[CC_LOCAL_TEXT];

	cc_when_text(w, cc_when_of(cc_json_get_text(r, "at")), local);
	if (local[0] == '\0')
		puts("rounds      none yet");
	else
		printf("rounds      %s: %" PRId64 " cases, %" PRId64 " rungs, %" PRId64
		    " messages looked at\n", local, number(r, "cases"), number(r, "rungs"),
		    number(r, "messages"));
}

static int
print_json(const struct cc_json *result)
{
	struct cc_buf b;
	int code = CC_EXIT_DONE;

	cc_buf_init(&b, STATUS_MAX);
	cc_json_print(&b, result);
	cc_buf_char(&b, '\n');
	if (cc_buf_end(&b, 0) == CC_OK) {
		(void)fwrite(b.p, 1, b.n, stdout); /* cc_finish_output sees it */
	} else {
		cc_complain("status: the answer is too long");
		code = CC_EXIT_FAILED;
	}
	cc_buf_done(&b);
	return code;
}

static void
print_text(const struct cc_json *s)
{
	struct cc_when w;

	cc_when_open(&w, cc_json_get_text(cc_json_get(s, "policy"), "zone"));
	print_daemon(s, &w);
	print_policy(cc_json_get(s, "policy"));
	print_store(s);
	print_last_rounds(cc_json_get(s, "rounds"), &w);
	print_counters(cc_json_get(s, "counters"));
	print_troubles(s, &w);
	cc_when_done(&w);
}

static int
run(const struct cc_args *a)
{
	const struct cc_json *result;
	struct cc_json *doc = NULL;
	struct cc_connection c;
	int code = cc_connection_open(&c, a);

	if (code != CC_EXIT_DONE)
		return code;
	code = cc_connection_ask(&c, "status", (struct cc_str){"", 0}, &doc, &result);
	if (code == CC_EXIT_DONE && cc_args_has(a, "json"))
		code = print_json(result);
	else if (code == CC_EXIT_DONE)
		print_text(result);
	cc_json_free(doc);
	cc_connection_close(&c);
	return code;
}

static const struct cc_option options[] = {
	{.name = "json", .help = "One JSON object, times in UTC"},
	CC_OPTION_SOCKET,
};

const struct cc_command cc_command_status = {
	.name = "status", .usage = "[--json]",
	.summary = "Show what the daemon is doing, and what needs a look",
	.args = {options, sizeof options / sizeof options[0], 0, 0}, .run = run,
};
