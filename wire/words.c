#include "wire/words.h"

#include <stdio.h>
#include <string.h>

#include "wire/utf8.h"
#include "wire/words_table.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static const char *const words[CC_WORD_COUNT][CC_LANGUAGES] = {
#define CC_WORD_ROW(name, en, es) [CC_W_##name] = {en, es},
	CC_WORDS(CC_WORD_ROW)
#undef CC_WORD_ROW
};

static const char *const codes[CC_LANGUAGES] = {"en", "es"};

bool
cc_language_find(const char *code, enum cc_language *ret)
{
	for (int i = 0; code != NULL && i < CC_LANGUAGES; i++)
		if (strcmp(codes[i], code) == 0) {
			*ret = (enum cc_language)i;
			return true;
		}
	return false;
}

const char *
cc_language_code(enum cc_language l)
{
	return codes[l];
}

static void
put(char ret[CC_WORDS_MAX], const char *text)
{
	(void)snprintf(ret, CC_WORDS_MAX, "%s", text);	/* cut is fine */
	cc_utf8_trim_cut(ret);
}

/* The word with `what` in the place of its first '%'. */
static void
put_with(enum cc_language l, enum cc_word w, const char *what, char ret[CC_WORDS_MAX])
{
	const char *text = words[w][l], *mark = strchr(text, '%');

	if (mark == NULL) {
		put(ret, text);
		return;
	}
	(void)snprintf(ret, CC_WORDS_MAX, "%.*s%.64s%s", (int)(mark - text), text, what,
	    mark + 1);	/* cut is fine */
	cc_utf8_trim_cut(ret);
}

/* ---- lengths --------------------------------------------------------- */

static const struct {
	int64_t seconds;
	enum cc_word one, many;
} units[] = {
	{86400, CC_W_DAY, CC_W_DAYS}, {3600, CC_W_HOUR, CC_W_HOURS},
	{60, CC_W_MINUTE, CC_W_MINUTES}, {1, CC_W_SECOND, CC_W_SECONDS}
};

enum { SECONDS = 3 };	/* lengths are told in larger ones */

static void
put_count(enum cc_language l, int64_t n, unsigned unit, char to[64])
{
	(void)snprintf(to, 64, "%lld %s", (long long)n,
	    words[n == 1 ? units[unit].one : units[unit].many][l]);	/* fits */
}

void
cc_words_length(enum cc_language l, int64_t seconds, char ret[CC_WORDS_MAX])
{
	char first[64], second[64];
	unsigned u = 0;
	int64_t rest;

	while (u < SECONDS && seconds < units[u].seconds)
		u++;
	if (u == SECONDS) {
		put(ret, words[CC_W_MOMENT][l]);
		return;
	}
	put_count(l, seconds / units[u].seconds, u, first);
	rest = seconds % units[u].seconds;
	if (u + 1 < SECONDS && rest >= units[u + 1].seconds) {
		put_count(l, rest / units[u + 1].seconds, u + 1, second);
		(void)snprintf(ret, CC_WORDS_MAX, "%s %s", first, second);
	} else {
		put(ret, first);
	}
}

/* ---- how things stand ------------------------------------------------- */

bool
cc_words_is_clear(const struct cc_message *m)
{
	return strcmp(m->rung, "clear") == 0;
}

bool
cc_words_is_overdue(const struct cc_message *m)
{
	bool live = m->state == CC_STATE_RUNNING || m->state == CC_STATE_OVERDUE;

	if (m->kind == CC_KIND_IMMEDIATE || m->kind == CC_KIND_WINDOW || m->withdrawn || !live)
		return false;
	return m->state == CC_STATE_OVERDUE || (cc_given(m->due) && m->fired.s > m->due.s);
}

/* Words of the states that have no length; CC_WORD_COUNT for those that do. */
static enum cc_word
state_word(const struct cc_message *m)
{
	bool at_once = m->kind == CC_KIND_IMMEDIATE;

	if (m->withdrawn)
		return CC_W_WITHDRAWN;
	switch (m->state) {
	case CC_STATE_MET:
		return at_once ? CC_W_DONE : CC_W_MET;
	case CC_STATE_LATE:
		return at_once ? CC_W_DONE : CC_W_LATE;
	case CC_STATE_CANCELLED:
		return CC_W_CANCELLED;
	case CC_STATE_EXEMPT:
		return CC_W_EXEMPT;
	case CC_STATE_PAUSED:
		return CC_W_PAUSED;
	case CC_STATE_USED:
		return CC_W_USED;
	case CC_STATE_EXPIRED:
		return at_once ? CC_W_ENDED : CC_W_EXPIRED;
	case CC_STATE_PASSED:
		return CC_W_PASSED;
	case CC_STATE_FAILED:
		return CC_W_FAILED;
	case CC_STATE_RUNNING:
	case CC_STATE_OVERDUE:
	case CC_STATE_OPEN:
		break;
	}
	return at_once ? CC_W_AT_ONCE : CC_WORD_COUNT;
}

const char *
cc_words_state(enum cc_language l, const struct cc_message *m)
{
	enum cc_word w = state_word(m);

	if (w == CC_WORD_COUNT)
		w = m->state == CC_STATE_OPEN ? CC_W_OPEN :
		    cc_words_is_overdue(m) ? CC_W_OVERDUE : CC_W_RUNNING;
	return words[w][l];
}

void
cc_words_standing(enum cc_language l, const struct cc_message *m, char ret[CC_WORDS_MAX])
{
	bool window = m->kind == CC_KIND_WINDOW, past;
	char length[CC_WORDS_MAX];

	if (state_word(m) != CC_WORD_COUNT || !cc_given(m->due)) {
		put(ret, cc_words_state(l, m));
		return;
	}
	past = m->fired.s > m->due.s;
	cc_words_length(l, past ? m->fired.s - m->due.s : m->due.s - m->fired.s, length);
	put_with(l, past ? (window ? CC_W_CLOSED_FOR : CC_W_OVERDUE_BY) :
	    window ? CC_W_OPEN_FOR : CC_W_DUE_IN, length, ret);
}

/* ---- rungs ------------------------------------------------------------ */

/* "3 days" of the "3d" behind the dash of a rung's name; false when it is none. */
static bool
rung_amount(enum cc_language l, const char *rung, char to[64])
{
	static const char letters[] = "dhms";
	const char *unit, *at = strchr(rung, '-');
	unsigned n = 0;

	if (at == NULL || at[1] < '0' || at[1] > '9')
		return false;
	for (at++; *at >= '0' && *at <= '9' && n < 100000; at++)
		n = n * 10 + (unsigned)(*at - '0');
	unit = *at == '\0' ? NULL : strchr(letters, *at);
	if (unit == NULL || at[1] != '\0')
		return false;
	put_count(l, n, (unsigned)(unit - letters), to);
	return true;
}

static bool
starts(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* Rungs whose sentence holds no number of their own. */
static const struct {
	const char *rung;
	enum cc_word said, at_once;
} sentences[] = {
	{"breach", CC_W_SAY_BREACH, CC_W_SAY_AT_ONCE},
	{"repeat-", CC_W_SAY_REPEAT, CC_W_SAY_REMIND_AT_ONCE},
	{"raise", CC_W_SAY_AT_ONCE, CC_W_SAY_AT_ONCE},
	{"remind-", CC_W_SAY_REMIND, CC_W_SAY_REMIND_AT_ONCE},
	{"failed", CC_W_SAY_FAILED, CC_W_SAY_AT_ONCE},
	{"moved", CC_W_SAY_MOVED, CC_W_SAY_AT_ONCE},
	{"back", CC_W_SAY_BACK, CC_W_SAY_AT_ONCE},
	{"clear", CC_W_SAY_CLEAR, CC_W_SAY_CLEAR},
};

void
cc_words_rung(enum cc_language l, const struct cc_message *m, char ret[CC_WORDS_MAX])
{
	bool at_once = m->kind == CC_KIND_IMMEDIATE;
	char amount[64];

	if (cc_words_is_clear(m) && m->withdrawn) {
		put(ret, words[CC_W_SAY_WITHDRAWN][l]);
		return;
	}
	for (size_t i = 0; i < COUNT(sentences); i++)
		if (starts(m->rung, sentences[i].rung)) {
			put(ret, words[at_once ? sentences[i].at_once : sentences[i].said][l]);
			return;
		}
	if (at_once) {
		put(ret, words[CC_W_SAY_AT_ONCE][l]);
	} else if (starts(m->rung, "before-") && rung_amount(l, m->rung, amount)) {
		put_with(l, CC_W_SAY_BEFORE, amount, ret);
	} else if (starts(m->rung, "after-") && rung_amount(l, m->rung, amount)) {
		put_with(l, CC_W_SAY_AFTER, amount, ret);
	} else if (starts(m->rung, "elapsed-")) {
		put_with(l, CC_W_SAY_ELAPSED, m->rung + strlen("elapsed-"), ret);
	} else {
		put_with(l, CC_W_SAY_STEP, m->rung, ret);
	}
}

/* ---- roles, causes, dates --------------------------------------------- */

static const struct {
	const char *code;
	enum cc_word word;
} roles[] = {
	{"caseworker", CC_W_CASEWORKER}, {"primary", CC_W_PRIMARY},
	{"secondary", CC_W_SECONDARY}, {"supervisor", CC_W_SUPERVISOR},
	{"program_director", CC_W_PROGRAM_DIRECTOR},
	{"program_administrator", CC_W_PROGRAM_ADMINISTRATOR},
	{"regional_director", CC_W_REGIONAL_DIRECTOR},
	{"associate_commissioner", CC_W_ASSOCIATE_COMMISSIONER}, {"operator", CC_W_OPERATOR},
}, causes[] = {
	{"policy", CC_W_BECAUSE_POLICY}, {"calendar", CC_W_BECAUSE_CALENDAR},
	{"zones", CC_W_BECAUSE_ZONES}, {"time", CC_W_BECAUSE_TIME},
};

void
cc_words_role(enum cc_language l, const char *role, char ret[CC_WORDS_MAX])
{
	for (size_t i = 0; i < COUNT(roles); i++)
		if (strcmp(roles[i].code, role) == 0) {
			put(ret, words[roles[i].word][l]);
			return;
		}
	put(ret, role);
	for (char *p = ret; *p != '\0'; p++)
		if (*p == '_')
			*p = ' ';
}

const char *
cc_words_cause(enum cc_language l, const char *cause)
{
	for (size_t i = 0; i < COUNT(causes); i++)
		if (strcmp(causes[i].code, cause) == 0)
			return words[causes[i].word][l];
	return NULL;
}

const char *
cc_words_and(enum cc_language l)
{
	return words[CC_W_AND][l];
}

/* "7:30 PM CDT"; the seconds when there are any. */
static void
put_hour(enum cc_language l, int32_t s, const char *zone, char to[64])
{
	int h = (int)(s / 3600), m = (int)(s / 60 % 60), sec = (int)(s % 60);
	const char *half = words[h < 12 ? CC_W_MORNING : CC_W_AFTERNOON][l];

	h = h % 12 == 0 ? 12 : h % 12;
	if (sec == 0)
		(void)snprintf(to, 64, "%d:%02d %s %.8s", h, m, half, zone);
	else
		(void)snprintf(to, 64, "%d:%02d:%02d %s %.8s", h, m, sec, half, zone);
}

void
cc_words_when(enum cc_language l, const struct cc_zone *z, struct cc_wall t, bool brief,
    char ret[CC_WORDS_MAX])
{
	const struct cc_zone_kind *kind = z == NULL ? NULL : cc_zone_at(z, t);
	int64_t local = t.s + (kind == NULL ? 0 : kind->offset);
	int64_t day = local >= 0 ? local / 86400 : -((86399 - local) / 86400);
	struct cc_civil c = cc_civil_of((cc_day)day);
	const char *wday = words[(brief ? CC_W_SUN3 : CC_W_SUN) + (unsigned)
	    cc_weekday((cc_day)day)][l];
	const char *month = words[(brief ? CC_W_JAN3 : CC_W_JAN) + (unsigned)c.month - 1][l];
	char hour[64];

	put_hour(l, (int32_t)(local - day * 86400), kind == NULL ? "UTC" : kind->abbr, hour);
	if (l == CC_SPANISH && brief)
		(void)snprintf(ret, CC_WORDS_MAX, "%s %d %s %d, %s", wday, c.day, month, c.year,
		    hour);
	else if (l == CC_SPANISH)
		(void)snprintf(ret, CC_WORDS_MAX, "%s, %d de %s de %d, %s", wday, c.day, month,
		    c.year, hour);
	else
		(void)snprintf(ret, CC_WORDS_MAX, brief ? "%s, %s %d %d, %s" :
		    "%s, %s %d, %d, %s", wday, month, c.day, c.year, hour);
}
