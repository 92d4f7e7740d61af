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
 *            "pause":{"from","until"} or null,
 *            "days":[{"date","weekday","number":N or null,"counted":bool,"why"}],
 *            "policy":{"name","version","stamp","effective"},"holidays","zones",
 *            "text":[lines for people]}
 *            where EVENT is {"id","source","type","time"}.  `days` is empty for a due
 *            that is not counted in days, or is more than CC_EXPLAIN_DAYS away.
 * Ownership: borrows everything.
 * Errors:    a failure stays in the buffer.
 * Threads:   no shared state.
 */
#ifndef CC_DAEMON_EXPLAIN_H
#define CC_DAEMON_EXPLAIN_H

#include "daemon/setup.h"
#include "scheduler/eval.h"
#include "wire/buf.h"

enum { CC_EXPLAIN_DAYS = 400 };

struct cc_explaining {
	const struct cc_setup *setup;
	const struct cc_result *result;
	struct cc_str case_id;
	const struct cc_clock *clock;
	const struct cc_view *view;
};

void cc_explain(const struct cc_explaining *x, struct cc_buf *b);

#endif
