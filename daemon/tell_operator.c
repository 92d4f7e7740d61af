#include "daemon/tell_inner.h"

#include <stdio.h>
#include <string.h>

#include "daemon/log.h"

static void
notice_words(const struct cc_found *f, const char *role, char *to, size_t size)
{
	int n = (int)f->about.n;
	const char *who = f->about.p == NULL ? "" : f->about.p;

	switch (f->cause) {
	case CC_PEOPLE_UNKNOWN_STAFF:
		(void)snprintf(to, size, "The directory has no staff_id %.*s", n, who);
		break;
	case CC_PEOPLE_NO_ADDRESS:
		(void)snprintf(to, size, "No address can be used for staff_id %.*s", n, who);
		break;
	case CC_PEOPLE_CHAIN_END:
		(void)snprintf(to, size, "Nobody stands above staff_id %.*s as %s", n, who,
		    role);
		break;
	case CC_PEOPLE_NO_HOLDER:
	case CC_PEOPLE_FOUND:
		(void)snprintf(to, size, "No route leads to a holder");
		break;
	}
}

/* The message, whose thread is that of its cause. */
static void
fill(struct cc_engine *e, struct cc_str case_id, const char *words, struct cc_message *ret)
{
	const struct cc_zone *zone = e->setup->pack->zone;

	*ret = (struct cc_message){.form = CC_FORM_CONFIGURATION,
	    .case_id = cc_tell_copy(e, case_id), .rule = "configuration", .title = words,
	    .section = "", .subject = "case", .period = 1, .epoch = 1,
	    .kind = CC_KIND_IMMEDIATE, .state = CC_STATE_RUNNING, .rung = "raise",
	    .severity = CC_WARNING, .role = CC_TELL_OPERATOR, .told = {CC_TELL_OPERATOR},
	    .ntold = 1, .started = e->now.wall, .due = e->now.wall, .ended = CC_NEVER,
	    .at = e->now.wall, .fired = e->now.wall, .known = e->now.wall,
	    .previous_due = CC_NEVER, .zone = zone->name};
	ret->due_local = ret->at_local = cc_tell_local(e, zone, e->now.wall);
}

static enum cc_code
tell(struct cc_engine *e, struct cc_str case_id, const char *words, struct cc_str cause,
    struct cc_err *reterr)
{
	cc_day day = cc_local_day(e->setup->pack->zone, e->now.wall);
	struct cc_tell_address to[CC_TELL_ADDRESSES];
	unsigned n = cc_tell_addresses(e, NULL, to);
	struct cc_store_message row = {.case_id = case_id};
	struct cc_message m;
	struct cc_tell_ids ids;
	char number[16];
	enum cc_code code = CC_OK;

	(void)snprintf(number, sizeof number, "%d", (int)day);	/* fits */
	fill(e, case_id, words, &m);
	m.id = ids.id;
	m.thread = ids.thread;
	for (unsigned i = 0; i < n && code == CC_OK; i++) {
		const struct cc_str texts[] = {cc_tell_text(e->node), CC_STR("configuration"),
		    cause, cc_tell_text(number), cc_tell_text(to[i].channel)};

		code = cc_digest(texts, 3, ids.thread, reterr);
		if (code == CC_OK)
			code = cc_digest(texts, 5, ids.id, reterr);
		if (code == CC_OK)
			code = cc_tell_post(e, &row, &m, &to[i], reterr);
	}
	return code;
}

enum cc_code
cc_tell_operator(struct cc_engine *e, struct cc_str case_id, const char *words,
    struct cc_str cause, struct cc_err *reterr)
{
	cc_day day = cc_local_day(e->setup->pack->zone, e->now.wall);
	bool first = false;
	enum cc_code code = cc_store_notice(e->cf.store, cause, day, &first, reterr);

	if (code != CC_OK || !first)
		return code;
	if (case_id.n > 0)
		cc_log(CC_LOG_WARN, "case %.*s: %s", (int)case_id.n, case_id.p, words);
	else
		cc_log(CC_LOG_WARN, "%s", words);
	CC_COUNT(e->cf.figures, configuration_alerts);
	return tell(e, case_id, words, cause, reterr);
}

enum cc_code
cc_tell_notice(struct cc_engine *e, struct cc_str case_id, const struct cc_found *f,
    const char *role, struct cc_err *reterr)
{
	const char *name = cc_people_cause_text(f->cause);
	char cause[768], words[200];

	if (f->person == NULL)
		CC_COUNT(e->cf.figures, to_operator);
	if (f->cause == CC_PEOPLE_FOUND || (f->cause == CC_PEOPLE_NO_HOLDER &&
	    f->person != NULL))
		return CC_OK;
	(void)snprintf(cause, sizeof cause, "%s %.*s %s", name, (int)f->about.n,
	    f->about.p == NULL ? "" : f->about.p, f->cause == CC_PEOPLE_CHAIN_END ? role : "");
	notice_words(f, role, words, sizeof words);
	return cc_tell_operator(e, case_id, words, cc_tell_text(cause), reterr);
}
