#include "tests/property/year_staff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scheduler/civil.h"
#include "tests/support/ladders.h"

enum { TEXT = 32768 };

static const char *const endpoints[] = {"north", "south", "west"};

static unsigned
below(uint64_t *seed, unsigned n)
{
	return (unsigned)cc_test_random(seed, n);
}

void
cc_year_staff_begin(struct cc_year_staff *s, uint64_t *seed)
{
	memset(s, 0, sizeof *s);
	for (unsigned i = 1; i <= CC_YEAR_WORKERS; i++)
		s->workers[i].supervisor = below(seed, CC_YEAR_SUPERVISORS) + 1;
}

static unsigned
somebody_there(const struct cc_year_staff *s, uint64_t *seed, unsigned other)
{
	unsigned i = below(seed, CC_YEAR_WORKERS) + 1;

	return s->workers[i].gone || s->workers[i].away || i == other ? 0 : i;
}

static void
change_one(struct cc_year_staff *s, uint64_t *seed, unsigned i, int day)
{
	struct cc_year_worker *w = &s->workers[i];

	if (w->away && day > w->leave_from + w->leave_days)
		w->away = false;
	if (w->gone) {		/* somebody takes the place */
		w->gone = below(seed, 4) != 0;
		return;
	}
	switch (below(seed, 40)) {
	case 0:			/* leaves */
		w->gone = true;
		w->away = false;
		break;
	case 1:
	case 2:			/* on leave, from some day on */
		if (w->away)
			break;
		w->away = true;
		w->leave_from = day + (int)below(seed, 6) - 1;
		w->leave_days = (int)below(seed, 21);
		w->delegate = below(seed, 3) == 0 ? 0 : somebody_there(s, seed, i);
		break;
	case 3:
		w->supervisor = below(seed, CC_YEAR_SUPERVISORS) + 1;
		break;
	case 4:
		w->moves++;
		break;
	default:
		break;
	}
}

void
cc_year_staff_change(struct cc_year_staff *s, uint64_t *seed, int day)
{
	s->changes++;
	for (unsigned i = 1; i <= CC_YEAR_WORKERS; i++)
		change_one(s, seed, i, day);
	for (unsigned i = 1; i <= CC_YEAR_SUPERVISORS; i++)
		s->supervisor_away[i] = below(seed, 10) == 0;
	/* Whoever stood in has left too. */
	for (unsigned i = 1; i <= CC_YEAR_WORKERS; i++)
		if (s->workers[s->workers[i].delegate].gone)
			s->workers[i].delegate = 0;
}

/* --- files -------------------------------------------------------------------------- */

struct text {
	char p[TEXT];
	size_t n;
};

static void CC_PRINTF(2, 3)
put(struct text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(t->p + t->n, sizeof t->p - t->n, fmt, ap);
	va_end(ap);
	assert_true(n >= 0 && (size_t)n < sizeof t->p - t->n);
	t->n += (size_t)n;
}

static void
put_leave(struct text *t, int from, int days, unsigned delegate)
{
	cc_day day = (cc_day)(CC_YEAR_BEGIN / 86400) + from;
	char first[CC_DAY_TEXT], last[CC_DAY_TEXT];

	cc_day_format(day, first);
	cc_day_format(day + days, last);
	put(t, "%s,%s,", first, last);
	if (delegate != 0)
		put(t, "w-%02u", delegate);
}

static void
put_worker(struct text *t, const struct cc_year_worker *w, unsigned i)
{
	put(t, "w-%02u,caseworker,w%02u-%u@example.org,%s,sup-%u,unit-%u,%s,", i, i, w->moves,
	    i % 10 == 0 ? endpoints[i / 10 % 3] : "", w->supervisor, w->supervisor,
	    i % 7 == 0 ? "America/Denver" : "");
	if (w->away)
		put_leave(t, w->leave_from, w->leave_days, w->delegate);
	else
		put(t, ",,");
	/* The digests of both zones come at one instant. */
	put(t, ",%s,%s\n", i % 3 == 0 ? "19:00,07:30" : i % 3 == 1 ? "," : "12:00,13:00",
	    i % 7 == 0 ? "06:30" : "none");
}

static void
write_staff(const struct cc_year_staff *s, struct cc_kit *k)
{
	static struct text t;

	t.n = 0;
	put(&t, "staff_id,role,email,webhook,supervisor_id,unit,timezone,away_from,away_until,"
	    "delegate_id,quiet_from,quiet_until,digest_at\n"
	    "s-duty,program_director,duty@example.org,,pa-1,,,,,,,,\n"
	    "rd-1,regional_director,rd@example.org,,,,,,,,,,none\n"
	    "pa-1,program_administrator,pa@example.org,,rd-1,,,,,,,,none\n");
	for (unsigned i = 1; i <= 3; i++)
		put(&t, "pd-%u,program_director,pd%u@example.org,%s,pa-1,,,,,,,,\n", i, i,
		    endpoints[i - 1]);
	for (unsigned i = 1; i <= CC_YEAR_SUPERVISORS; i++) {
		put(&t, "sup-%u,supervisor,sup%u@example.org,%s,pd-%u,unit-%u,,", i, i,
		    i % 2 == 0 ? endpoints[i % 3] : "", i % 3 + 1, i);
		if (s->supervisor_away[i])
			put_leave(&t, 0, CC_YEAR_DAYS, 0);
		else
			put(&t, ",,");
		put(&t, ",,,%s\n", i % 2 == 0 ? "07:30" : "none");
	}
	for (unsigned i = 1; i <= CC_YEAR_WORKERS; i++)
		if (!s->workers[i].gone)
			put_worker(&t, &s->workers[i], i);
	(void)cc_kit_file(k, "staff.csv", t.p);
}

struct cc_setup *
cc_year_staff_setup(const struct cc_year_staff *s, struct cc_kit *k)
{
	static struct text t;
	const char *src = getenv("CC_SRC");
	struct cc_diags d = {.n = 0};
	struct cc_setup *ret = NULL;
	char here[1024];

	if (src == NULL)
		src = getcwd(here, sizeof here);
	assert_non_null(src);
	write_staff(s, k);
	t.n = 0;
	put(&t, "state_dir: state\npolicy: %s/policy/packs/texas-cps\ndirectory: staff.csv\n"
	    "routes: [{source: /cms/region-01, staff_id: pd-1}, {source: \"*\", staff_id: "
	    "s-duty}]\noperator: {email: operator@example.org}\n"
	    "mail: {server: \"127.0.0.1:9\", from: cc@example.org, tls: none}\n"
	    "audit: {at: \"07:30\"}\nalerts: {quiet_from: \"21:00\", quiet_until: \"06:00\"}\n"
	    "webhooks:\n", src);
	for (unsigned i = 0; i < 3; i++)
		put(&t, "  %s: {url: \"http://127.0.0.1:9/%s\", allow_private: yes}\n",
		    endpoints[i], endpoints[i]);
	if (s->holidays > 0) {
		(void)cc_kit_file(k, "holidays.txt", "2026-01-19\n2026-02-16\n2026-04-21\n"
		    "2026-05-25\n2026-06-19\n2026-08-27\n2026-09-07\n2026-10-07\n2026-10-08\n"
		    "2026-11-26\n2026-11-27\n2026-12-24\n2026-12-25\n2027-01-01\n");
		put(&t, "holidays: holidays.txt\n");
	}
	if (cc_setup_load(cc_kit_file(k, "c.yaml", t.p), &d, &ret) != CC_EXIT_OK)
		fail_msg("the set-up of the year: %s", d.n > 0 ? d.text[0] : "no words");
	cc_diags_done(&d);
	return ret;
}
