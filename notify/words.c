#include "notify/words.h"

#include <stdio.h>
#include <string.h>

#include "scheduler/civil.h"

static const char *const weekdays[] = {
	"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"
};
static const char *const months[] = {
	"Jan", "Feb", "Mar", "Apr", "May", "Jun",
	"Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
};

static const struct {
	int64_t seconds;
	const char *one, *many;
} units[] = {
	{ 86400, "day", "days" },
	{ 3600, "hour", "hours" },
	{ 60, "minute", "minutes" },
};

enum { NUNITS = sizeof units / sizeof units[0] };

static void
put_count(int64_t n, unsigned unit, char *to, size_t size)
{
	(void)snprintf(to, size, "%lld %s", (long long)n,
	    n == 1 ? units[unit].one : units[unit].many);
}

void
cc_words_length(int64_t seconds, char ret[CC_WORDS_MAX])
{
	char first[48], second[48];
	unsigned u = 0;
	int64_t rest;

	while (u < NUNITS && seconds < units[u].seconds)
		u++;
	if (u == NUNITS) {
		(void)snprintf(ret, CC_WORDS_MAX, "less than a minute");
		return;
	}
	put_count(seconds / units[u].seconds, u, first, sizeof first);
	rest = seconds % units[u].seconds;
	if (u + 1 < NUNITS && rest >= units[u + 1].seconds) {
		put_count(rest / units[u + 1].seconds, u + 1, second, sizeof second);
		(void)snprintf(ret, CC_WORDS_MAX, "%s %s", first, second);
	} else {
		(void)snprintf(ret, CC_WORDS_MAX, "%s", first);
	}
}

bool
cc_words_is_clear(const struct cc_message *m)
{
	return strcmp(m->rung, "clear") == 0;
}

/* Words of the states that have no length; NULL for those that do. */
static const char *
state_words(const struct cc_message *m)
{
	bool at_once = m->kind == CC_KIND_IMMEDIATE;

	switch (m->state) {
	case CC_STATE_MET:
		return at_once ? "done" : "done in time";
	case CC_STATE_LATE:
		return at_once ? "done" : "done late";
	case CC_STATE_CANCELLED:
		return "no longer needed";
	case CC_STATE_EXEMPT:
		return "exempt";
	case CC_STATE_PAUSED:
		return "paused";
	case CC_STATE_USED:
		return "used";
	case CC_STATE_EXPIRED:
		return at_once ? "ended" : "expired";
	case CC_STATE_PASSED:
		return "passed";
	case CC_STATE_FAILED:
		return "not satisfied";
	case CC_STATE_RUNNING:
	case CC_STATE_OVERDUE:
	case CC_STATE_OPEN:
		break;
	}
	return at_once ? "to be done at once" : NULL;
}

const char *
cc_words_state(const struct cc_message *m)
{
	const char *words = state_words(m);

	if (words != NULL)
		return words;
	if (m->state == CC_STATE_OPEN)
		return "open";
	if (m->state == CC_STATE_OVERDUE ||
	    (cc_given(m->due) && m->fired.s > m->due.s))
		return "overdue";
	return "not yet done";
}

void
cc_words_standing(const struct cc_message *m, char ret[CC_WORDS_MAX])
{
	const char *words = state_words(m);
	char length[CC_WORDS_MAX];
	bool past;

	if (words != NULL || !cc_given(m->due)) {
		(void)snprintf(ret, CC_WORDS_MAX, "%s",
		    words != NULL ? words : cc_words_state(m));
		return;
	}
	past = m->fired.s > m->due.s;
	cc_words_length(past ? m->fired.s - m->due.s : m->due.s - m->fired.s, length);
	if (m->kind == CC_KIND_WINDOW)
		(void)snprintf(ret, CC_WORDS_MAX, "%s %.100s",
		    past ? "closed for" : "open for", length);
	else
		(void)snprintf(ret, CC_WORDS_MAX, "%s %.100s",
		    past ? "overdue by" : "due in", length);
}

/* "3 days" of the "3d" behind the dash of a rung's name; false when it is none. */
static bool
rung_amount(const char *rung, char *to, size_t size)
{
	static const char letters[] = "smhd";
	static const char *const words[] = { "second", "minute", "hour", "day" };
	const char *unit, *at = strchr(rung, '-');
	unsigned n = 0;

	if (at == NULL || at[1] < '0' || at[1] > '9')
		return false;
	for (at++; *at >= '0' && *at <= '9' && n < 100000; at++)
		n = n * 10 + (unsigned)(*at - '0');
	unit = *at == '\0' ? NULL : strchr(letters, *at);
	if (unit == NULL || at[1] != '\0')
		return false;
	(void)snprintf(to, size, "%u %s%s", n, words[unit - letters], n == 1 ? "" : "s");
	return true;
}

static bool
starts(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* Rungs whose sentence holds no number of their own. */
static const struct {
	const char *rung, *words, *at_once;
} sentences[] = {
	{ "breach", "The due time has passed.", "This is to be done at once." },
	{ "repeat-", "Reminder: this is still overdue.",
	    "Reminder: this is to be done at once." },
	{ "raise", "This is to be done at once.", "This is to be done at once." },
	{ "remind-", "Reminder: this is still to be done.",
	    "Reminder: this is still to be done at once." },
	{ "failed", "A requirement was not satisfied when it was needed.",
	    "This is to be done at once." },
	{ "moved", "The due time has changed.", "This is to be done at once." },
	{ "back", "This is to be done again.", "This is to be done at once." },
	{ "clear", "All clear: nothing more is to be done here.",
	    "All clear: nothing more is to be done here." },
};

void
cc_words_rung(const struct cc_message *m, char ret[CC_WORDS_MAX])
{
	bool at_once = m->kind == CC_KIND_IMMEDIATE;
	char amount[48];

	for (size_t i = 0; i < sizeof sentences / sizeof sentences[0]; i++)
		if (starts(m->rung, sentences[i].rung)) {
			(void)snprintf(ret, CC_WORDS_MAX, "%s",
			    at_once ? sentences[i].at_once : sentences[i].words);
			return;
		}
	if (at_once)
		(void)snprintf(ret, CC_WORDS_MAX, "This is to be done at once.");
	else if (starts(m->rung, "before-") && rung_amount(m->rung, amount, sizeof amount))
		(void)snprintf(ret, CC_WORDS_MAX, "Notice: it falls due within %s.", amount);
	else if (starts(m->rung, "after-") && rung_amount(m->rung, amount, sizeof amount))
		(void)snprintf(ret, CC_WORDS_MAX, "The due time passed %s ago or more.",
		    amount);
	else if (starts(m->rung, "elapsed-"))
		(void)snprintf(ret, CC_WORDS_MAX, "%.8s%% of the time allowed is gone.",
		    m->rung + strlen("elapsed-"));
	else
		(void)snprintf(ret, CC_WORDS_MAX, "Step of the ladder: %.64s.", m->rung);
}

void
cc_words_role(const char *role, char ret[CC_WORDS_MAX])
{
	(void)snprintf(ret, CC_WORDS_MAX, "%s", role);	/* cut is fine */
	for (char *p = ret; *p != '\0'; p++)
		if (*p == '_')
			*p = ' ';
}

void
cc_words_utc(struct cc_wall t, char ret[CC_WORDS_MAX])
{
	int64_t day = t.s >= 0 ? t.s / 86400 : -((86399 - t.s) / 86400);
	int64_t s = t.s - day * 86400;
	struct cc_civil c = cc_civil_of((cc_day)day);

	(void)snprintf(ret, CC_WORDS_MAX, "%s, %d %s %04d %02d:%02d:%02d UTC",
	    weekdays[cc_weekday((cc_day)day)], c.day, months[c.month - 1], c.year,
	    (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
}
