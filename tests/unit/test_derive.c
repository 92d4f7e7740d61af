#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/derive_kit.h"

/*
 * What becomes of a trigger, with the pack of derive_kit.c.  G16 to G24 are the
 * rules for instances, ends and states that every pack shares.  Lines are written
 * "type id hour[:minute]" over one day; see the kit.
 */
static const struct cc_derive_row rows[] = {
	/* G17, G18: acts and other ends of a deadline, due an hour after its start */
	{"an act in time", "plain", "23", "open a 10, done d 10:30",
	    "plain case 1 met 10:00 11:00 10:30"},
	{"an act at the very due", "plain", "23", "open a 10, done d 11",
	    "plain case 1 met 10:00 11:00 11:00"},
	{"an act after the due", "plain", "23", "open a 10, done d 11:01",
	    "plain case 1 late 10:00 11:00 11:01"},
	{"nothing yet", "plain", "10:59", "open a 10", "plain case 1 running 10:00 11:00 -"},
	{"the due itself is in time", "plain", "11",
	    "open a 10", "plain case 1 running 10:00 11:00 -"},
	{"nothing, too late", "plain", "11:01",
	    "open a 10", "plain case 1 overdue 10:00 11:00 -"},
	{"an act before the start does not count", "plain", "23", "done d 09:59, open a 10",
	    "plain case 1 overdue 10:00 11:00 -"},
	{"an act of the same second counts, whatever its place", "plain", "23",
	    "done d 10, open a 10", "plain case 1 met 10:00 11:00 10:00"},
	{"the first act decides", "plain", "23", "open a 10, done d 10:40, done e 10:20",
	    "plain case 1 met 10:00 11:00 10:20"},
	{"cancelled before the act", "plain", "23", "open a 10, stop s 10:10, done d 10:20",
	    "plain case 1 cancelled 10:00 11:00 10:10"},
	{"cancelled when overdue", "plain", "23", "open a 10, stop s 12",
	    "plain case 1 cancelled 10:00 11:00 12:00"},
	{"exempt before the act", "plain", "23", "open a 10, free f 10:10, done d 10:20",
	    "plain case 1 exempt 10:00 11:00 10:10"},
	{"in one second the act wins", "plain", "23",
	    "open a 10, stop s 10:30, free f 10:30, done d 10:30",
	    "plain case 1 met 10:00 11:00 10:30"},
	{"in one second the exemption wins over the cancellation", "plain", "23",
	    "open a 10, stop s 10:30, free f 10:30", "plain case 1 exempt 10:00 11:00 10:30"},
	{"a late act of the second of the cancellation", "plain", "23",
	    "open a 10, stop s 12, done d 12", "plain case 1 late 10:00 11:00 12:00"},
	{"a cancellation before the arming does not count", "plain", "23",
	    "stop s 09, open a 10", "plain case 1 overdue 10:00 11:00 -"},

	/* acts from another instant, and acts that are instants */
	{"acts from an earlier instant end before the start", "early", "23",
	    "done d 08:59, done e 09:30, open a 10", "early case 1 met 10:00 11:00 09:30"},
	{"and not before that instant", "early", "23", "done d 08:59, open a 10",
	    "early case 1 overdue 10:00 11:00 -"},
	{"both of two acts are asked for", "both", "23", "open a 10, done d 10:10",
	    "both case 1 overdue 10:00 11:00 -"},
	{"the later of them ends it", "both", "23", "open a 10, done d 10:10, mark m 10:20",
	    "both case 1 met 10:00 11:00 10:20"},
	{"an act that is an event counts as it is", "marked", "23", "mark m 08, open a 10",
	    "marked case 1 met 10:00 11:00 08:00"},

	/* G16, G18: arming */
	{"not armed, nothing printed", "armed", "09:59", "open a 09, mark m 10", ""},
	{"armed later than started", "armed", "10", "open a 09, mark m 10",
	    "armed case 1 running 09:00 11:00 -"},
	{"never armed", "armed", "23", "open a 09", ""},
	{"what held already at the arming cancels at the arming", "held", "23",
	    "stop s 08, open a 09, mark m 10", "held case 1 cancelled 09:00 11:00 10:00"},
	{"what comes after it cancels then", "held", "23", "open a 09, mark m 10, stop s 10:30",
	    "held case 1 cancelled 09:00 11:00 10:30"},
	{"an act at the arming wins over what held already", "held", "23",
	    "stop s 08, open a 09, mark m 10, done d 10", "held case 1 met 09:00 11:00 10:00"},
	{"an act before the arming decides", "held", "23",
	    "stop s 08, open a 09, done d 09:30, mark m 10", "held case 1 met 09:00 11:00 09:30"},
	{"a record may stand before its start", "ahead", "10", "open a 10",
	    "ahead case 1 running 12:00 13:00 -"},
	{"a cancellation may count at a later instant", "ends-at-noon", "11:59", "open a 10",
	    "ends-at-noon case 1 running 10:00 23:00 -"},
	{"and then it does", "ends-at-noon", "12", "open a 10",
	    "ends-at-noon case 1 cancelled 10:00 23:00 12:00"},
	{"no due", "no-due", "23", "open a 10", "no-due case 1 running 10:00 - -"},
	{"no due, done at any time", "no-due", "23", "open a 10, done d 22",
	    "no-due case 1 met 10:00 - 22:00"},
	{"the due may read the act", "stretch", "23", "open a 10, mark m 10:40, done d 11:30",
	    "stretch case 1 met 10:00 12:00 11:30"},
	{"a mark after the act does not stretch it", "stretch", "23",
	    "open a 10, done d 11:30, mark m 11:40", "stretch case 1 late 10:00 11:00 11:30"},

	/* G19: windows */
	{"open at the due", "window", "11", "open a 10", "window case 1 open 10:00 11:00 -"},
	{"used at the due", "window", "23", "open a 10, done d 11",
	    "window case 1 used 10:00 11:00 11:00"},
	{"an act after the due does not count", "window", "23", "open a 10, done d 11:01",
	    "window case 1 expired 10:00 11:00 11:00"},
	{"a cancellation after the due does not count", "window", "23", "open a 10, stop s 11:01",
	    "window case 1 expired 10:00 11:00 11:00"},
	{"cancelled at the due", "window", "23", "open a 10, stop s 11",
	    "window case 1 cancelled 10:00 11:00 11:00"},
	{"used and cancelled in one second", "window", "23",
	    "open a 10, stop s 10:30, done d 10:30",
	    "window case 1 used 10:00 11:00 10:30"},
	{"used, and cancelled later", "window", "23", "open a 10, done d 10:20, stop s 10:30",
	    "window case 1 used 10:00 11:00 10:20"},

	/* G20: gates and freshness tests */
	{"a gate passes by what stands before, the same second too", "gate", "23",
	    "done d 10, open a 10", "gate a 1 passed 10:00 10:00 10:00"},
	{"a gate fails", "gate", "23",
	    "open a 10, done d 10:01", "gate a 1 failed 10:00 10:00 10:00"},
	{"a gate is exempt", "gate", "23",
	    "free f 09, open a 10", "gate a 1 exempt 10:00 10:00 10:00"},
	{"no gate before its event", "gate", "09", "done d 08, open a 10", ""},
	{"a freshness test is judged at its event", "fresh", "23",
	    "done d 09, open a 11, open b 11:01",
	    "fresh a 1 passed 11:00 11:00 11:00\nfresh b 1 failed 11:01 11:01 11:01"},

	/* G21: immediate duties */
	{"due when it starts", "at-once", "10",
	    "open a 10", "at-once case 1 running 10:00 10:00 -"},
	{"overdue a second later", "at-once", "10:01", "open a 10",
	    "at-once case 1 overdue 10:00 10:00 -"},
	{"done in the second", "at-once", "23", "open a 10, done d 10",
	    "at-once case 1 met 10:00 10:00 10:00"},

	/* G22, G23: second triggers */
	{"a second trigger is ignored while the first is open", "plain", "23",
	    "open a 10, open b 10:30", "plain case 1 overdue 10:00 11:00 -"},
	{"a second trigger at the end of the first is its own", "plain", "23",
	    "open a 10, done d 10:30, open b 10:30, done e 10:40",
	    "plain case 1 met 10:00 11:00 10:30\nplain case 2 met 10:30 11:30 10:30"},
	{"a second trigger after the end is numbered", "plain", "23",
	    "open a 10, done d 10:30, open b 10:31, done e 10:40",
	    "plain case 1 met 10:00 11:00 10:30\nplain case 2 met 10:31 11:31 10:40"},
	{"a third waits for the second, not for the first", "plain", "23",
	    "open a 10, done d 10:30, open b 11, open c 11:10, stop s 12, open f 12",
	    "plain case 1 met 10:00 11:00 10:30\nplain case 2 cancelled 11:00 12:00 12:00\n"
	    "plain case 3 cancelled 12:00 13:00 12:00"},
	{"an expired window makes room at its due", "window", "23",
	    "open a 10, open b 10:59, open c 11",
	    "window case 1 expired 10:00 11:00 11:00\nwindow case 2 expired 11:00 12:00 12:00"},
	{"each trigger has its own where the rule says so", "own", "23",
	    "open a 10, open b 10:30, done d 10:40",
	    "own case 1 met 10:00 11:00 10:40\nown case 2 met 10:30 11:30 10:40"},
	{"a subject that names the event has its own", "named", "23",
	    "open b 10, open a 10:30", "named a 1 overdue 10:30 11:30 -\n"
	    "named b 1 overdue 10:00 11:00 -"},
	{"one id of two sources is numbered", "named", "23", "open a 10, open@ a 10:30",
	    "named a 1 overdue 10:00 11:00 -\nnamed a 2 overdue 10:30 11:30 -"},
	{"other subjects do not wait", "each", "23",
	    "open a 10 V1, open b 10:10 V2, open c 10:20 V1",
	    "each V1 1 overdue 10:00 11:00 -\neach V2 1 overdue 10:10 11:10 -"},
	{"no subject, no clock", "each", "23", "open a 10", ""},
	{"instances are numbered in order of arming", "by-arming", "23",
	    "open a 10, open b 11, mark m 12", "by-arming case 1 overdue 11:00 12:00 -\n"
	    "by-arming case 2 overdue 10:00 11:00 -"},
	{"once for all that agree", "once", "23", "open a 10 V1, done d 10:10, open b 11 V1, "
	    "open c 12 V2", "once a 1 met 10:00 11:00 10:10\nonce c 1 overdue 12:00 13:00 -"},

	/* G24: chains */
	{"a chain goes from act to act", "chain", "23", "open a 10, done d 10:30, done e 12",
	    "chain case 1 met 10:00 11:00 10:30\nchain case 2 late 10:30 11:30 12:00\n"
	    "chain case 3 overdue 12:00 13:00 -"},
	{"acts of one second count once, at the start not at all", "chain", "12",
	    "done c 10, open a 10, done d 11, done e 11",
	    "chain case 1 met 10:00 11:00 11:00\nchain case 2 running 11:00 12:00 -"},
	{"a stop cancels the period that runs", "chain", "23",
	    "open a 10, done d 10:30, stop s 11, done e 12",
	    "chain case 1 met 10:00 11:00 10:30\nchain case 2 cancelled 10:30 11:30 11:00"},
	{"an act in the second of the stop counts", "chain", "23",
	    "open a 10, stop s 11, done d 11, done e 12",
	    "chain case 1 met 10:00 11:00 11:00\nchain case 2 cancelled 11:00 12:00 11:00"},
	{"a stop before the chain leaves nothing", "chain", "23", "stop s 09, open a 10", ""},
	{"a stop in the second in which it begins", "chain", "23", "stop s 10, open a 10",
	    "chain case 1 cancelled 10:00 11:00 10:00"},
	{"a chain that is armed later than it begins", "chain-armed", "23",
	    "open a 10, done d 10:30, mark m 11, stop s 10:45",
	    "chain-armed case 1 met 10:00 11:00 10:30\n"
	    "chain-armed case 2 cancelled 10:30 11:30 11:00"},
	{"its periods wait for the arming", "chain-armed", "10:59",
	    "open a 10, done d 10:30, mark m 11", ""},

	/* pauses */
	{"paused", "pausing", "12",
	    "open a 10, hold h 10:30", "pausing case 1 paused 10:00 11:00 -"},
	{"overdue before it pauses", "pausing", "11:30", "open a 10, hold h 12",
	    "pausing case 1 overdue 10:00 11:00 -"},
	{"overdue after it pauses", "pausing", "12", "open a 10, hold h 10:30, go g 12",
	    "pausing case 1 overdue 10:00 11:00 -"},
	{"an act in the pause is in time", "pausing", "23", "open a 10, hold h 10:30, done d 12",
	    "pausing case 1 met 10:00 11:00 12:00"},
	{"an act at the end of the pause is in time", "pausing", "23",
	    "open a 10, hold h 10:30, go g 12, done d 12",
	    "pausing case 1 met 10:00 11:00 12:00"},
	{"an act after the pause is late", "pausing", "23",
	    "open a 10, hold h 10:30, go g 12, done d 12:01",
	    "pausing case 1 late 10:00 11:00 12:01"},
	{"a pause that ends before it begins is none", "pausing", "23",
	    "open a 10, go g 10:15, hold h 10:30", "pausing case 1 paused 10:00 11:00 -"},
	{"cancelled in the pause", "pausing", "23", "open a 10, hold h 10:30, stop s 12",
	    "pausing case 1 cancelled 10:00 11:00 12:00"},

	/* clocks over clocks */
	{"a clock over one that was missed", "missed", "23", "open a 10, open b 12, done d 12:30",
	    "missed case 1 overdue 11:00 11:30 -"},
	{"and over the periods of a chain", "of-periods", "23",
	    "open a 10, done d 10:30, done e 12",
	    "of-periods case 1 overdue 12:00 12:30 -"},

	/* rules that changed */
	{"a clock keeps the due of the first date after its start", "changed", "23",
	    "open a 10", "changed case 1 overdue 10:00 12:00 -"},
	{"an earlier due reads the act too", "changed", "23", "open a 10, mark m 11, done d 13",
	    "changed case 1 met 10:00 15:00 13:00"},
	{"a start in the first second of the date is under the new rule", "changed-today", "23",
	    "open a 10", "changed-today case 1 overdue 00:00 11:00 -"},
	{"a start in the second before is under the old one", "changed-today", "23",
	    "open a 09:59", "changed-today case 1 overdue 03-01T23:59:00 12:59 -"},
	{"a window's earlier due", "changed-window", "23", "open a 10, done d 11:30",
	    "changed-window case 1 used 10:00 12:00 11:30"},
	{"a duty that had no due", "changed-at-once", "23", "open a 10",
	    "changed-at-once case 1 running 10:00 - -"},
	{"each period of a chain by its own start", "changed-chain", "23",
	    "open a 10, done d 11:30, done e 14", "changed-chain case 1 met 10:00 12:00 11:30\n"
	    "changed-chain case 2 late 11:30 13:30 14:00\n"
	    "changed-chain case 3 overdue 14:00 16:00 -"},
	{"clocks over it read the due that counts", "over-changed", "23",
	    "open a 10, done d 11:30, done e 14", "over-changed case 1 overdue 14:00 14:30 -"},

	{"silent rows print nothing", "silent", "23", "open a 10", ""},
};

static void
does_what_every_pack_shares(void **state)
{
	(void)state;
	cc_derive_expect(rows, sizeof rows / sizeof rows[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(does_what_every_pack_shares),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
