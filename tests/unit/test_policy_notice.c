/* Notices of the findings, and notices held back for law enforcement. */
#include "tests/support/case.h"
#include "tests/support/words.h"

#define N24 "findings-notice-admin-24h"
#define N15 "findings-notice-15d"
#define AFTER "findings-notice-after-le-delay"
#define BEGUN \
	INTAKE("2026-06-03T13:15:00-05:00", "i1", "P2", "V1") \
	TO("2026-06-04T10:30:00-05:00", "s1", "INV")
#define KNOWN BEGUN REGISTERED("2026-06-05T10:00:00-05:00", "PM", "parent")
#define ENDED CLOSED("2026-06-05T15:45:00-05:00", "s1", "INV", "administrative")
#define SHUT KNOWN ENDED

static const struct cc_case_row rows[] = {
	{"the notice of an administrative closure is due after 24 hours",
	    SHUT
	    SENT("2026-06-06T15:45:00-05:00", "PM"),
	    "2026-06-10T05:00:00Z", N24,
	    "PM 1 met 2026-06-05T20:45:00Z 2026-06-06T20:45:00Z 2026-06-06T20:45:00Z\n"},
	{"one second later the notice is late",
	    SHUT
	    SENT("2026-06-06T15:45:01-05:00", "PM"),
	    "2026-06-10T05:00:00Z", N24,
	    "PM 1 late 2026-06-05T20:45:00Z 2026-06-06T20:45:00Z 2026-06-06T20:45:01Z\n"},
	{"the 24 hours run through a weekend and a change of the clocks",
	    REGISTERED("2026-03-07T10:00:00-06:00", "PM", "parent")
	    CLOSED("2026-03-07T15:45:00-06:00", "s1", "INV", "administrative"),
	    "2026-03-08T17:00:00Z", N24,
	    "PM 1 running 2026-03-07T21:45:00Z 2026-03-08T21:45:00Z -\n"},
	{"the notice of a standard closure is due at the end of day 15",
	    KNOWN
	    CLOSED("2026-06-05T15:45:00-05:00", "s1", "INV", "standard"),
	    "2026-06-21T04:59:59Z", N15,
	    "PM 1 running 2026-06-05T20:45:00Z 2026-06-21T04:59:59Z -\n"},
	{"day 15 may be the day that summer time begins",
	    REGISTERED("2026-02-20T10:00:00-06:00", "PM", "parent")
	    CLOSED("2026-02-21T15:45:00-06:00", "s1", "SCHOOL", "standard"),
	    "2026-03-09T05:00:00Z", N15,
	    "PM 1 overdue 2026-02-21T21:45:00Z 2026-03-09T04:59:59Z -\n"},
	{"a closure is one or the other",
	    SHUT,
	    "2026-06-10T05:00:00Z", N15,
	    ""},
	{"alternative response and a progressed stage send no findings",
	    KNOWN
	    CLOSED("2026-06-05T15:45:00-05:00", "s1", "AR", "administrative")
	    CLOSED("2026-06-05T16:45:00-05:00", "s2", "INV", "progressed")
	    CLOSED("2026-06-05T17:45:00-05:00", "s3", "FPR", "administrative"),
	    "2026-06-10T05:00:00Z", N24,
	    ""},
	{"the closing of one stage sends notices though the phase goes on",
	    KNOWN
	    TO("2026-06-05T12:00:00-05:00", "s2", "INV")
	    ENDED,
	    "2026-06-06T05:00:00Z", N24,
	    "PM 1 running 2026-06-05T20:45:00Z 2026-06-06T20:45:00Z -\n"},
	{"notices of other kinds or to others or before the closing do not count",
	    KNOWN
	    SENT("2026-06-05T15:44:59-05:00", "PM")
	    ENDED
	    SENT("2026-06-05T16:00:00-05:00", "PF")
	    EVENT("2026-06-05T17:00:00-05:00", "notice.sent")
		" recipient_id=PM notice_kind=change_notice",
	    "2026-06-06T05:00:00Z", N24,
	    "PM 1 running 2026-06-05T20:45:00Z 2026-06-06T20:45:00Z -\n"},
	{"each recipient has a clock and a later registration counts from itself",
	    SHUT
	    REGISTERED("2026-06-05T17:00:00-05:00", "PF", "alleged_perpetrator")
	    REGISTERED("2026-06-05T18:00:00-05:00", "PM", "parent"),
	    "2026-06-06T05:00:00Z", N24,
	    "PF 1 running 2026-06-05T22:00:00Z 2026-06-06T20:45:00Z -\n"
	    "PM 1 running 2026-06-05T20:45:00Z 2026-06-06T20:45:00Z -\n"},
	{"a registration after the due is due at once",
	    SHUT
	    REGISTERED("2026-06-07T10:00:00-05:00", "PF", "alleged_perpetrator"),
	    "2026-06-07T15:00:00Z", N24,
	    "PF 1 running 2026-06-07T15:00:00Z 2026-06-07T15:00:00Z -\n"
	    "PM 1 overdue 2026-06-05T20:45:00Z 2026-06-06T20:45:00Z -\n"},
	{"the last registration says which notices and since when stays with the first",
	    SHUT
	    EVENT("2026-06-05T16:00:00-05:00", "recipient.registered")
		" recipient_id=PM role=parent notice_kinds=[ar_closure]"
	    EVENT("2026-06-05T11:00:00-05:00", "recipient.registered")
		" recipient_id=PF role=parent notice_kinds=[ar_closure]"
	    REGISTERED("2026-06-05T17:00:00-05:00", "PF", "parent"),
	    "2026-06-06T05:00:00Z", N24,
	    "PF 1 running 2026-06-05T20:45:00Z 2026-06-06T20:45:00Z -\n"},
	{"a recipient who cannot be located is exempt from the start",
	    SHUT
	    REGISTERED("2026-06-05T16:00:00-05:00", "PF", "alleged_perpetrator")
		" locatable=false",
	    "2026-06-10T05:00:00Z", N24,
	    "PF 1 exempt 2026-06-05T21:00:00Z 2026-06-06T20:45:00Z 2026-06-05T21:00:00Z\n"
	    "PM 1 overdue 2026-06-05T20:45:00Z 2026-06-06T20:45:00Z -\n"},
	{"he is exempt from the start though a later registration says so",
	    SHUT
	    REGISTERED("2026-06-06T08:00:00-05:00", "PM", "parent") " locatable=false",
	    "2026-06-10T05:00:00Z", N24,
	    "PM 1 exempt 2026-06-05T20:45:00Z 2026-06-06T20:45:00Z 2026-06-05T20:45:00Z\n"},
	{"a recipient located again is to be told",
	    BEGUN
	    REGISTERED("2026-06-05T10:00:00-05:00", "PM", "parent") " locatable=false"
	    REGISTERED("2026-06-05T11:00:00-05:00", "PM", "parent")
	    ENDED,
	    "2026-06-06T05:00:00Z", N24,
	    "PM 1 running 2026-06-05T20:45:00Z 2026-06-06T20:45:00Z -\n"},
	{"a reporter without an address is exempt and another without one is not",
	    BEGUN
	    REGISTERED("2026-06-05T10:00:00-05:00", "PM", "parent") " address_known=false"
	    REGISTERED("2026-06-05T10:00:00-05:00", "REP", "reporter")
		" address_known=false"
	    ENDED,
	    "2026-06-06T05:00:00Z", N24,
	    "PM 1 running 2026-06-05T20:45:00Z 2026-06-06T20:45:00Z -\n"
	    "REP 1 exempt 2026-06-05T20:45:00Z 2026-06-06T20:45:00Z 2026-06-05T20:45:00Z\n"},
	{"an exemption ends the clock at its time and one of another kind does not",
	    SHUT
	    REGISTERED("2026-06-05T15:00:00-05:00", "PF", "alleged_perpetrator")
	    EVENT("2026-06-05T16:00:00-05:00", "notice.exempted")
		" recipient_id=PM notice_kind=ar_closure reason=endanger"
	    EXEMPTED("2026-06-05T17:32:00-05:00", "PF"),
	    "2026-06-06T05:00:00Z", N24,
	    "PF 1 exempt 2026-06-05T20:45:00Z 2026-06-06T20:45:00Z 2026-06-05T22:32:00Z\n"
	    "PM 1 running 2026-06-05T20:45:00Z 2026-06-06T20:45:00Z -\n"},
	{"an exemption before the closing holds from the start",
	    KNOWN
	    EXEMPTED("2026-06-05T12:00:00-05:00", "PM")
	    ENDED,
	    "2026-06-06T05:00:00Z", N24,
	    "PM 1 exempt 2026-06-05T20:45:00Z 2026-06-06T20:45:00Z 2026-06-05T20:45:00Z\n"},
	{"in one second the notice wins over the exemption",
	    SHUT
	    EXEMPTED("2026-06-06T10:00:00-05:00", "PM")
	    SENT("2026-06-06T10:00:00-05:00", "PM"),
	    "2026-06-10T05:00:00Z", N24,
	    "PM 1 met 2026-06-05T20:45:00Z 2026-06-06T20:45:00Z 2026-06-06T15:00:00Z\n"},
	{"while nobody is registered one clock stands for the case",
	    BEGUN ENDED,
	    "2026-06-06T20:45:01Z", N24,
	    "case 1 overdue 2026-06-05T20:45:00Z 2026-06-06T20:45:00Z -\n"},
	{"the first notice to anybody ends the clock of the case",
	    BEGUN ENDED
	    SENT("2026-06-06T10:00:00-05:00", "ANYBODY"),
	    "2026-06-10T05:00:00Z", N24,
	    "case 1 met 2026-06-05T20:45:00Z 2026-06-06T20:45:00Z 2026-06-06T15:00:00Z\n"},
	{"the first registration ends the clock of the case and begins one of its own",
	    BEGUN ENDED
	    EVENT("2026-06-06T09:00:00-05:00", "recipient.registered")
		" recipient_id=X role=parent notice_kinds=[ar_closure]"
	    REGISTERED("2026-06-06T10:00:00-05:00", "PM", "parent")
	    REGISTERED("2026-06-06T11:00:00-05:00", "PF", "parent"),
	    "2026-06-06T17:00:00Z", N24,
	    "PF 1 running 2026-06-06T16:00:00Z 2026-06-06T20:45:00Z -\n"
	    "PM 1 running 2026-06-06T15:00:00Z 2026-06-06T20:45:00Z -\n"
	    "case 1 cancelled 2026-06-05T20:45:00Z 2026-06-06T20:45:00Z 2026-06-06T15:00:00Z\n"},
	{"a registration in the second of the closing leaves no clock of the case",
	    BEGUN ENDED
	    REGISTERED("2026-06-05T15:45:00-05:00", "PM", "parent"),
	    "2026-06-06T17:00:00Z", N24,
	    "PM 1 running 2026-06-05T20:45:00Z 2026-06-06T20:45:00Z -\n"},
	{"a delay does not hold the clock of the case",
	    BEGUN
	    DELAYED("2026-06-05T11:00:00-05:00")
	    ENDED,
	    "2026-06-10T05:00:00Z", N24,
	    "case 1 overdue 2026-06-05T20:45:00Z 2026-06-06T20:45:00Z -\n"},
	{"a second closing while the notice is open begins no other",
	    SHUT
	    CLOSED("2026-06-06T10:00:00-05:00", "s2", "INV", "administrative"),
	    "2026-06-06T17:00:00Z", N24,
	    "PM 1 running 2026-06-05T20:45:00Z 2026-06-06T20:45:00Z -\n"},
	{"a second closing after the notice begins the next",
	    SHUT
	    SENT("2026-06-05T16:00:00-05:00", "PM")
	    CLOSED("2026-06-06T10:00:00-05:00", "s2", "INV", "administrative"),
	    "2026-06-07T05:00:00Z", N24,
	    "PM 1 met 2026-06-05T20:45:00Z 2026-06-06T20:45:00Z 2026-06-05T21:00:00Z\n"
	    "PM 2 running 2026-06-06T15:00:00Z 2026-06-07T15:00:00Z -\n"},
	{"a notice delayed at the start is paused and never overdue",
	    KNOWN
	    DELAYED("2026-06-05T11:00:00-05:00")
	    ENDED,
	    "2026-07-01T05:00:00Z", N24,
	    "PM 1 paused 2026-06-05T20:45:00Z 2026-06-06T20:45:00Z -\n"},
	{"a delay in the second of the closing holds from the start",
	    SHUT
	    DELAYED("2026-06-05T15:45:00-05:00"),
	    "2026-07-01T05:00:00Z", N24,
	    "PM 1 paused 2026-06-05T20:45:00Z 2026-06-06T20:45:00Z -\n"},
	{"a delay released before the closing holds nothing",
	    KNOWN
	    DELAYED("2026-06-05T11:00:00-05:00")
	    RELEASED("2026-06-05T12:00:00-05:00")
	    ENDED,
	    "2026-07-01T05:00:00Z", N24,
	    "PM 1 overdue 2026-06-05T20:45:00Z 2026-06-06T20:45:00Z -\n"},
	{"a delay that comes later pauses from then",
	    SHUT
	    DELAYED("2026-06-06T10:00:00-05:00"),
	    "2026-06-06T15:00:00Z", N24,
	    "PM 1 paused 2026-06-05T20:45:00Z 2026-06-06T20:45:00Z -\n"},
	{"a delay after the due pauses an overdue notice",
	    SHUT
	    DELAYED("2026-06-08T10:00:00-05:00"),
	    "2026-06-08T15:00:00Z", N24,
	    "PM 1 paused 2026-06-05T20:45:00Z 2026-06-06T20:45:00Z -\n"},
	{"until that delay the notice is overdue",
	    SHUT
	    DELAYED("2026-06-08T10:00:00-05:00"),
	    "2026-06-08T14:59:59Z", N24,
	    "PM 1 overdue 2026-06-05T20:45:00Z 2026-06-06T20:45:00Z -\n"},
	{"the delay of another recipient holds nothing",
	    SHUT
	    REGISTERED("2026-06-05T15:00:00-05:00", "PF", "parent")
	    DELAYED("2026-06-06T10:00:00-05:00") " recipient_id=PF",
	    "2026-06-06T17:00:00Z", N24,
	    "PF 1 paused 2026-06-05T20:45:00Z 2026-06-06T20:45:00Z -\n"
	    "PM 1 running 2026-06-05T20:45:00Z 2026-06-06T20:45:00Z -\n"},
	{"a notice sent while it is paused is in time after its due too",
	    SHUT
	    DELAYED("2026-06-06T10:00:00-05:00")
	    SENT("2026-06-20T10:00:00-05:00", "PM"),
	    "2026-07-01T05:00:00Z", N24,
	    "PM 1 met 2026-06-05T20:45:00Z 2026-06-06T20:45:00Z 2026-06-20T15:00:00Z\n"},
	{"a notice sent before the delay began stays as it was",
	    SHUT
	    SENT("2026-06-07T10:00:00-05:00", "PM")
	    DELAYED("2026-06-08T10:00:00-05:00")
	    RELEASED("2026-06-09T10:00:00-05:00"),
	    "2026-07-01T05:00:00Z", N24,
	    "PM 1 late 2026-06-05T20:45:00Z 2026-06-06T20:45:00Z 2026-06-07T15:00:00Z\n"},
	{"an exemption ends a paused notice",
	    SHUT
	    DELAYED("2026-06-06T10:00:00-05:00")
	    EXEMPTED("2026-06-20T10:00:00-05:00", "PM"),
	    "2026-07-01T05:00:00Z", N24,
	    "PM 1 exempt 2026-06-05T20:45:00Z 2026-06-06T20:45:00Z 2026-06-20T15:00:00Z\n"},
	{"the release cancels the notice that was held",
	    SHUT
	    DELAYED("2026-06-06T10:00:00-05:00")
	    RELEASED("2026-06-20T10:00:00-05:00")
	    SENT("2026-06-20T11:00:00-05:00", "PM"),
	    "2026-07-01T05:00:00Z", N24,
	    "PM 1 cancelled 2026-06-05T20:45:00Z 2026-06-06T20:45:00Z 2026-06-20T15:00:00Z\n"},
	{"the release begins the notice after the delay",
	    SHUT
	    DELAYED("2026-06-06T10:00:00-05:00")
	    RELEASED("2026-06-20T10:00:00-05:00")
	    SENT("2026-06-20T11:00:00-05:00", "PM"),
	    "2026-07-01T05:00:00Z", AFTER,
	    "PM 1 late 2026-06-20T15:00:00Z 2026-06-20T15:00:00Z 2026-06-20T16:00:00Z\n"},
	{"in the second of the release it runs",
	    SHUT
	    DELAYED("2026-06-06T10:00:00-05:00")
	    RELEASED("2026-06-20T10:00:00-05:00"),
	    "2026-06-20T15:00:00Z", AFTER,
	    "PM 1 running 2026-06-20T15:00:00Z 2026-06-20T15:00:00Z -\n"},
	{"a release before the original due leaves that due",
	    KNOWN
	    CLOSED("2026-06-05T15:45:00-05:00", "s1", "INV", "standard")
	    DELAYED("2026-06-06T10:00:00-05:00")
	    RELEASED("2026-06-07T10:00:00-05:00"),
	    "2026-06-08T05:00:00Z", AFTER,
	    "PM 1 running 2026-06-07T15:00:00Z 2026-06-21T04:59:59Z -\n"},
	{"a notice in the second of the release leaves nothing after the delay",
	    SHUT
	    DELAYED("2026-06-06T10:00:00-05:00")
	    RELEASED("2026-06-20T10:00:00-05:00")
	    SENT("2026-06-20T10:00:00-05:00", "PM"),
	    "2026-07-01T05:00:00Z", AFTER,
	    ""},
	{"and it ends the first clock in time",
	    SHUT
	    DELAYED("2026-06-06T10:00:00-05:00")
	    RELEASED("2026-06-20T10:00:00-05:00")
	    SENT("2026-06-20T10:00:00-05:00", "PM"),
	    "2026-07-01T05:00:00Z", N24,
	    "PM 1 met 2026-06-05T20:45:00Z 2026-06-06T20:45:00Z 2026-06-20T15:00:00Z\n"},
	{"a second delay pauses the notice again",
	    SHUT
	    DELAYED("2026-06-06T10:00:00-05:00")
	    RELEASED("2026-06-20T10:00:00-05:00")
	    DELAYED("2026-06-21T10:00:00-05:00"),
	    "2026-07-01T05:00:00Z", AFTER,
	    "PM 1 paused 2026-06-20T15:00:00Z 2026-06-20T15:00:00Z -\n"},
	{"the second release begins the next period with the original due",
	    KNOWN
	    CLOSED("2026-06-05T15:45:00-05:00", "s1", "INV", "standard")
	    DELAYED("2026-06-06T10:00:00-05:00")
	    RELEASED("2026-06-07T10:00:00-05:00")
	    DELAYED("2026-06-08T10:00:00-05:00")
	    RELEASED("2026-06-15T10:00:00-05:00"),
	    "2026-06-16T05:00:00Z", AFTER,
	    "PM 1 cancelled 2026-06-07T15:00:00Z 2026-06-21T04:59:59Z 2026-06-15T15:00:00Z\n"
	    "PM 2 running 2026-06-15T15:00:00Z 2026-06-21T04:59:59Z -\n"},
	{"only the first delay cancels the first clock",
	    KNOWN
	    CLOSED("2026-06-05T15:45:00-05:00", "s1", "INV", "standard")
	    DELAYED("2026-06-06T10:00:00-05:00")
	    RELEASED("2026-06-07T10:00:00-05:00")
	    DELAYED("2026-06-08T10:00:00-05:00")
	    RELEASED("2026-06-15T10:00:00-05:00"),
	    "2026-06-16T05:00:00Z", N15,
	    "PM 1 cancelled 2026-06-05T20:45:00Z 2026-06-21T04:59:59Z 2026-06-07T15:00:00Z\n"},
	{"a delay after the notice was sent begins nothing",
	    SHUT
	    SENT("2026-06-07T10:00:00-05:00", "PM")
	    DELAYED("2026-06-08T10:00:00-05:00")
	    RELEASED("2026-06-20T10:00:00-05:00"),
	    "2026-07-01T05:00:00Z", AFTER,
	    ""},
	{"an exemption while it was held leaves nothing after the delay",
	    SHUT
	    DELAYED("2026-06-06T10:00:00-05:00")
	    EXEMPTED("2026-06-10T10:00:00-05:00", "PM")
	    RELEASED("2026-06-20T10:00:00-05:00"),
	    "2026-07-01T05:00:00Z", AFTER,
	    ""},
	{"an exemption after the release ends it",
	    SHUT
	    DELAYED("2026-06-06T10:00:00-05:00")
	    RELEASED("2026-06-20T10:00:00-05:00")
	    EXEMPTED("2026-06-21T10:00:00-05:00", "PM"),
	    "2026-07-01T05:00:00Z", AFTER,
	    "PM 1 exempt 2026-06-20T15:00:00Z 2026-06-20T15:00:00Z 2026-06-21T15:00:00Z\n"},
	{"a release for one recipient releases that one",
	    SHUT
	    REGISTERED("2026-06-05T15:00:00-05:00", "PF", "parent")
	    DELAYED("2026-06-06T10:00:00-05:00")
	    RELEASED("2026-06-20T10:00:00-05:00") " recipient_id=PF",
	    "2026-07-01T05:00:00Z", AFTER,
	    "PF 1 overdue 2026-06-20T15:00:00Z 2026-06-20T15:00:00Z -\n"},
	{"a second closing while notices are held begins its own after the first release",
	    SHUT
	    DELAYED("2026-06-06T10:00:00-05:00")
	    CLOSED("2026-06-08T10:00:00-05:00", "s2", "INV", "administrative")
	    RELEASED("2026-06-20T10:00:00-05:00")
	    CLOSED("2026-06-22T10:00:00-05:00", "s3", "INV", "administrative"),
	    "2026-07-01T05:00:00Z", N24,
	    "PM 1 cancelled 2026-06-05T20:45:00Z 2026-06-06T20:45:00Z 2026-06-20T15:00:00Z\n"
	    "PM 2 overdue 2026-06-22T15:00:00Z 2026-06-23T15:00:00Z -\n"},
};

int
main(void)
{
	return cc_case_run("policy_notice", rows, sizeof rows / sizeof rows[0]);
}
