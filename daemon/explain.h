/*
 * daemon/explain.h - how a clock came to be, enough to redo the sum by hand.
 *
 * Source:    DESIGN.md section 6 (caseclock explain).
 * Purpose:   one JSON object for one clock:
 *            {"case","clock","subject","period","title","section","kind","safety",
 *            "written":{"file","line"},"state","armed","started","due","ended",
 *            "zone","local":{"armed","started","due","ended"},
 *            "rule":{"armed","started","due","started_before"}: the expressions as the
 *            pack writes them; a date when the due is one the rule had earlier,
 *            "origin":EVENT or null,"ended_by":EVENT or null,
 *            "how":"act"|"exempt"|"cancelled"|null,
 *            "ended_rule": the ending that counted, as the pack writes it, or null,
 *            "pause":{"from","until"} or null,
 *            "days":[DAY]: of the step that gave the due by counting days, if one did,
 *            "sum":{"armed","started","due","paused","resumed","ended"}: SUM or null
 *            each; null as a whole when the case is too big for its steps to be noted,
 *            "policy":{"name","version","stamp","effective"},"holidays",
 *            "no_holiday_data":[years between start and due that the holiday data do
 *            not vouch for, where business days are counted],"zones",
 *            "text":[lines for people]}
 *
 *            EVENT is {"id","source","type","time","data":{its fields}}; in a SUM only
 *            the first step that names the event has its data.
 *
 *            SUM is {"cut":bool,"steps":[STEP]}: how one instant was worked out; `cut`
 *            when there were more steps than CC_TRACE_STEPS.  The first step is the
 *            whole; each comes before those that go into it.  STEP has
 *            "of"     the number (from 0) of the step that it goes into, null: none
 *            "what"   "D", "SOD", "EOD", "LOCAL", "BD", "BD_FROM", "BD_END", "NBD",
 *                     "in_block", "business_day", "business_elapsed", "months",
 *                     "longest_gap": the function of the language; "+", "-"; "earliest",
 *                     "latest", "all", "earliest of", "latest of", "all of", "first
 *                     moment"; "if", "otherwise"; "=", "!=", "<", "<=", ">", ">=";
 *                     "any", "count", "timeline"; "number": written in the rule;
 *                     "time" and "field" of an event;
 *                     "attribute" of a member, span or other clock; "term"; "name": a
 *                     let, a parameter, `act` or `start`; "value": any other
 *            "gave"   whether the instant comes from here: false for a condition, and
 *                     for those of several that were not the earliest or latest
 *            "value"  of the step: an instant in UTC, a date, seconds, a number, a bool
 *                     or null
 *            and, where it has them: "a","b" its operands, values of the same forms;
 *            "name"; "same" the number of the step before it whose value this name has;
 *            "clock" the rule of the clock that an attribute is of; "event":EVENT, whose
 *            time or field it is, or the first of "any"; "term":{"name","text","file",
 *            "line"}, as the pack writes it; "passed":[{"event":EVENT,"why":"outside" the
 *            time that counts | "conditions" that it does not meet}], events of the type
 *            that did not go in, at most CC_TRACE_PASSED: an extension beyond what may be
 *            granted is among them; "passed_more":true when there were more;
 *            "days":[DAY] when it gave the instant by counting days, empty when they are
 *            more than CC_DAYS_MAX.
 *
 *            DAY is {"date","weekday","number":N or null,"counted":bool,"why": in words,
 *            "" for a day that counts,"holiday":{"name","file","line"} or null}, and
 *            "seconds" counted of it where hours of business days are counted.
 * Ownership: borrows everything.
 * Errors:    a failure stays in the buffer.
 * Threads:   no shared state.
 */
#ifndef CC_DAEMON_EXPLAIN_H
#define CC_DAEMON_EXPLAIN_H

#include "daemon/setup.h"
#include "scheduler/eval.h"
#include "scheduler/trace.h"
#include "wire/buf.h"

struct cc_explaining {
	const struct cc_setup *setup;
	const struct cc_result *result;
	struct cc_str case_id;
	const struct cc_clock *clock;
	const struct cc_view *view;
	const struct cc_traces *traces;	/* of that result; NULL: could not be noted */
};

void cc_explain(const struct cc_explaining *x, struct cc_buf *b);

#endif
