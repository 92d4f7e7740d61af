#include "tests/support/derive_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/pack_kit.h"

enum { LINES = 16, LINE = 256, WORD = 32, OUT = 2048 };

static const char pack_yaml[] =
"name: derive\n"
"version: 1\n"
"effective: 2026-01-01\n"
"language: 1\n"
"zone: Etc/UTC\n"
"calendar: {holidays: days, workdays: [mon]}\n"
"chain: [desk]\n";

static const char events_yaml[] =
"common: {who: {type: id}}\n"
"types:\n"
"  open: {fields: {}}\n"
"  done: {fields: {}}\n"
"  stop: {fields: {}}\n"
"  free: {fields: {}}\n"
"  mark: {fields: {}}\n"
"  hold: {fields: {}}\n"
"  go: {fields: {}}\n";

#define ROW(id, kind) "- rule: "  id "\n  section: '1'\n  title: t\n  kind: " kind  \
	"\n  responsible: desk\n"
#define E "  for: e in open\n"
#define HOUR "  due: e + 1h\n"
#define DONE "  acts: done\n"

static const char rules_yaml[] =
"rules:\n"
ROW("plain", "deadline") E HOUR DONE "  cancelled: stop\n  exempt: [free]\n"
ROW("early", "deadline") E HOUR DONE "  acts_from: e - 1h\n"
ROW("both", "deadline") E HOUR "  acts: all_of(first done, first mark)\n"
ROW("marked", "deadline") E HOUR "  acts: first mark\n"
ROW("armed", "deadline") E "  due: e + 2h\n" DONE "  armed: first mark\n"
ROW("held", "deadline") E "  due: e + 2h\n" DONE "  armed: first mark\n"
    "  cancelled: first stop\n"
ROW("ahead", "deadline") E "  armed: e\n  started: e + 2h\n  due: e + 3h\n"
ROW("ends-at-noon", "deadline") E "  due: LOCAL(D(e), 23:00:00)\n"
    "  cancelled: LOCAL(D(e), 12:00:00)\n"
ROW("no-due", "deadline") E DONE
ROW("stretch", "deadline") E DONE
    "  due: if any mark from e until act then e + 2h else e + 1h\n"
ROW("window", "window") E HOUR DONE "  cancelled: stop\n"
ROW("gate", "gate") E "  subject: e\n  passed: any done until e\n"
    "  exempt_when: any free until e\n"
ROW("fresh", "freshness") E "  subject: e\n  passed: (last done until e) + 2h >= e\n"
ROW("at-once", "immediate") E DONE
ROW("own", "deadline") E HOUR DONE "  again: own\n"
ROW("named", "deadline") E HOUR "  subject: e\n"
ROW("each", "deadline") E HOUR "  subject: e.who\n"
ROW("by-arming", "deadline") E HOUR "  again: own\n"
    "  armed: if any open before e then e else first mark\n"
ROW("once", "deadline") E HOUR DONE "  subject: e\n  once_per: e.who\n"
ROW("chain", "recurring") E "  chain: {from: e, acts: done, stop: first stop}\n"
    "  due: start + 1h\n"
ROW("chain-armed", "recurring") E "  chain: {from: e, acts: done, stop: first stop}\n"
    "  due: start + 1h\n  armed: first mark\n"
ROW("pausing", "deadline") E HOUR DONE "  cancelled: stop\n"
    "  paused: {from: first hold, until: first go after (first hold)}\n"
ROW("missed", "deadline") "  for: c in clocks(\"plain\")\n  where: not c.act <= c.due\n"
    "  armed: c.due + 1s\n  started: c.due\n  due: c.due + 30m\n"
ROW("of-periods", "deadline") "  for: c in clocks(\"chain\")\n  where: c.act > c.due\n"
    "  started: c.act\n  due: c.act + 30m\n"
ROW("silent", "deadline") E HOUR "  records: none\n  reason: r\n";

static const char changed_yaml[] =
"rules:\n"
ROW("changed", "deadline") E DONE HOUR "  again: own\n  earlier:\n"
    "    - {started_before: 2026-03-02, due: e + 3h}\n"
    "    - {started_before: 2026-03-03, due: if any mark until act then e + 5h else e + 2h}\n"
ROW("changed-today", "deadline") E HOUR "  started: e - 10h\n  again: own\n"
    "  earlier: [{started_before: 2026-03-01, due: e + 5h},\n"
    "    {started_before: 2026-03-02, due: e + 3h}]\n"
ROW("changed-window", "window") E DONE HOUR
    "  earlier: [{started_before: 2026-03-03, due: e + 2h}]\n"
ROW("changed-at-once", "immediate") E DONE
    "  earlier: [{started_before: 2026-03-03, due: absent}]\n"
ROW("changed-chain", "recurring") E "  chain: {from: e, acts: done}\n  due: start + 1h\n"
    "  earlier: [{started_before: 2026-03-03, due: start + 2h}]\n"
ROW("over-changed", "deadline") "  for: c in clocks(\"changed-chain\")\n  where: c.act > c.due\n"
    "  started: c.act\n  due: c.act + 30m\n";

static void
load(struct cc_test_pack *ret)
{
	static const struct cc_test_file files[] = {{"pack.yaml", pack_yaml},
	    {"events.yaml", events_yaml}, {"days", ""}, {"terms.yaml", "terms: []\n"},
	    {"rules/a.yaml", rules_yaml}, {"rules/b.yaml", changed_yaml}};

	cc_test_pack_make(files, sizeof files / sizeof files[0], ret);
	cc_test_pack_expect(ret, NULL, 0);
}

/* "10" or "10:30" as a whole instant. */
static void
instant(const char *hour, char ret[WORD])
{
	(void)snprintf(ret, WORD, "2026-03-02T%.2s:%.2s:00Z", hour,
	    hour[2] == ':' ? hour + 3 : "00");
}

/* The next event of the text as a line of input; false at its end. */
static bool
next_line(const char **at, char ret[LINE])
{
	char type[WORD] = "", id[WORD] = "", hour[WORD] = "", who[WORD] = "", time[WORD];
	char field[2 * WORD] = "";
	int used = 0, n;
	bool other;

	*at += strspn(*at, ", ");
	if (**at == '\0')
		return false;
	n = sscanf(*at, "%15[a-z@] %15[A-Za-z0-9] %15[0-9:] %15[A-Z0-9]%n", type, id, hour, who,
	    &used);
	assert_true(n >= 3);
	other = type[strlen(type) - 1] == '@';
	if (other)
		type[strlen(type) - 1] = '\0';
	*at += strcspn(*at, ",");
	instant(hour, time);
	if (who[0] != '\0')
		(void)snprintf(field, sizeof field, "\"who\":\"%s\"", who);
	(void)snprintf(ret, LINE, CC_TEST_EVENT_FROM("%s", "%s", "%s", "%s", "%s"),
	    id, other ? "/b" : "/a", type, time, field);
	return true;
}

/* "03-02T10:30:00" becomes "10:30"; the rest stays. */
static void
shorten(const char *from, char ret[OUT])
{
	size_t n = 0;

	while (*from != '\0' && n + 8 < OUT) {
		if (strncmp(from, "03-02T", 6) == 0) {
			memcpy(ret + n, from + 6, 5);
			n += 5;
			from += 14;
		} else {
			ret[n++] = *from++;
		}
	}
	if (n > 0 && ret[n - 1] == '\n')
		n--;
	ret[n] = '\0';
}

static bool
differs(const struct cc_pack *p, const struct cc_derive_row *row)
{
	static char text[LINES][LINE];
	const char *lines[LINES], *at = row->events;
	char now[WORD], is[OUT];
	unsigned n = 0;
	char *clocks;

	while (n < LINES && next_line(&at, text[n])) {
		lines[n] = text[n];
		n++;
	}
	instant(row->now, now);
	clocks = cc_test_brief(p, row->rule, lines, n, now);
	shorten(clocks, is);
	free(clocks);
	if (strcmp(is, row->clocks) == 0)
		return false;
	print_error("%s: %s\nexpected:\n%s\nfound:\n%s\n", row->what, row->events, row->clocks,
	    is);
	return true;
}

void
cc_derive_expect(const struct cc_derive_row *rows, unsigned n)
{
	struct cc_test_pack p;
	unsigned wrong = 0;

	load(&p);
	for (unsigned i = 0; i < n; i++)
		wrong += differs(p.pack, &rows[i]);
	cc_test_pack_done(&p);
	assert_int_equal(wrong, 0);
}
