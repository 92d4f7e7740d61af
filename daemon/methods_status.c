/* status and policy.info: what the daemon is, and how it does. */
#include "daemon/methods_inner.h"

#include "daemon/endpoints.h"
#include "daemon/no_holidays.h"

#ifndef CC_VERSION
#define CC_VERSION "unknown"
#endif

static void
put_string(struct cc_buf *b, const char *name, const char *value)
{
	cc_put_key(b, name);
	cc_buf_jsons(b, value);
}

static void
put_day(struct cc_buf *b, const char *name, bool given, cc_day d)
{
	char text[CC_DAY_TEXT];

	cc_put_key(b, name);
	if (given) {
		cc_day_format(d, text);
		cc_buf_jsons(b, text);
	} else {
		CC_BUF_LIT(b, "null");
	}
}

/* The dates that the holiday data vouch for, both included. */
static void
put_vouched(struct cc_buf *b, const struct cc_calendar *c)
{
	put_day(b, "holidays_from", c->first <= c->last, c->first);
	put_day(b, "holidays_until", c->first <= c->last, c->last);
}

/* Of this year and the next, those without holiday data. */
static void
put_unknown_years(struct cc_buf *b, const struct cc_pack *p, struct cc_wall now)
{
	int year = cc_civil_of(cc_local_day(p->zone, now)).year, years[CC_NO_HOLIDAYS_YEARS];
	unsigned n = cc_no_holidays(&p->calendar,
	    cc_day_of((struct cc_civil){.year = year, .month = 1, .day = 1}),
	    cc_day_of((struct cc_civil){.year = year + 1, .month = 12, .day = 31}), years);

	cc_put_key(b, "no_holiday_data");
	cc_buf_char(b, '[');
	for (unsigned i = 0; i < n; i++) {
		if (i > 0)
			cc_buf_char(b, ',');
		cc_buf_int(b, years[i]);
	}
	cc_buf_char(b, ']');
}

/* The members that tell one policy from another. */
static void
put_versions(struct cc_buf *b, const struct cc_setup *s)
{
	put_string(b, "name", s->pack->name);
	put_string(b, "version", s->pack->version);
	put_string(b, "stamp", s->pack->stamp);
	put_string(b, "effective", s->pack->effective);
	put_string(b, "zone", s->pack->zone->name);
	put_string(b, "holidays", s->pack->calendar_stamp);
	put_vouched(b, &s->pack->calendar);
	put_string(b, "zones", s->zones.version);
}

static void
put_store(struct cc_buf *b, const struct cc_store_status *s)
{
	cc_put_key(b, "store");
	cc_buf_char(b, '{');
	cc_put_number(b, "schema", s->schema);
	cc_put_number(b, "events", s->events);
	cc_put_number(b, "cases", s->cases);
	cc_put_number(b, "open_cases", s->open_cases);
	cc_put_number(b, "live", s->live);
	cc_put_number(b, "alerts", s->alerts);
	cc_put_number(b, "held", s->held);
	cc_put_number(b, "attempts", s->attempts);
	cc_put_number(b, "file_bytes", s->file_bytes);
	cc_put_number(b, "log_bytes", s->log_bytes);
	cc_buf_char(b, '}');
	cc_put_key(b, "outbox");
	cc_buf_char(b, '{');
	cc_put_number(b, "queued", s->outbox[CC_OUTBOX_QUEUED]);
	cc_put_number(b, "claimed", s->outbox[CC_OUTBOX_CLAIMED]);
	cc_put_number(b, "sent", s->outbox[CC_OUTBOX_SENT]);
	cc_put_number(b, "dead", s->outbox[CC_OUTBOX_DEAD]);
	cc_put_number(b, "superseded", s->outbox[CC_OUTBOX_SUPERSEDED]);
	cc_put_number(b, "held", s->outbox[CC_OUTBOX_HELD]);
	cc_put_number(b, "grouped", s->outbox[CC_OUTBOX_GROUPED]);
	cc_buf_char(b, '}');
}

/* What the nightly rounds found last. */
static void
put_rounds(struct cc_buf *b, struct cc_figures *f)
{
	int64_t at = atomic_load(&f->audit_at);

	cc_put_key(b, "rounds");
	cc_buf_char(b, '{');
	cc_put_wall(b, "at", at == 0 ? CC_NEVER : (struct cc_wall){at});
	cc_put_number(b, "cases", atomic_load(&f->audit_cases));
	cc_put_number(b, "rungs", atomic_load(&f->audit_rungs));
	cc_put_number(b, "messages", atomic_load(&f->audit_messages));
	cc_put_number(b, "gaps", atomic_load(&f->audit_gaps));
	cc_put_number(b, "unreachable", atomic_load(&f->unreachable));
	cc_buf_char(b, '}');
}

/* How many silences are in force. */
static enum cc_code
count_silences(struct cc_call *c, int64_t *ret, struct cc_err *reterr)
{
	struct cc_store_silence_filter f = {.now = c->now.wall, .limit = CC_STORE_LIST_MAX};
	struct cc_store_silences list;
	int64_t n = 0;

	do {
		enum cc_code code = cc_store_silences_list(c->store, &f, c->arena, &list,
		    reterr);

		if (code != CC_OK)
			return code;
		n += list.n;
		f.after = list.next;
	} while (f.after != 0);
	*ret = n;
	return CC_OK;
}

enum cc_code
cc_method_status(struct cc_call *c, struct cc_err *reterr)
{
	struct cc_store_status s;
	struct cc_buf *b = c->out;
	int64_t silences = 0;
	enum cc_code code = cc_store_status(c->store, &s, reterr);

	if (code == CC_OK)
		code = count_silences(c, &silences, reterr);
	if (code != CC_OK)
		return code;
	cc_buf_char(b, '{');
	put_string(b, "version", CC_VERSION);
	cc_put_key(b, "policy");
	cc_buf_char(b, '{');
	put_versions(b, c->setup);
	put_unknown_years(b, c->setup->pack, c->now.wall);
	cc_buf_char(b, '}');
	cc_put_wall(b, "started", (struct cc_wall){atomic_load(&c->figures->started)});
	cc_put_wall(b, "loaded", (struct cc_wall){atomic_load(&c->figures->loaded)});
	cc_put_wall(b, "now", c->now.wall);
	cc_put_wall(b, "wake", c->wake);
	cc_put_number(b, "stale", atomic_load(&c->figures->stale));
	cc_put_number(b, "clients", (int64_t)atomic_load(&c->figures->clients));
	cc_put_number(b, "waiting", c->waiting);
	put_store(b, &s);
	cc_put_number(b, "silences", silences);
	cc_put_key(b, "endpoints");
	cc_endpoints_put(b);
	put_rounds(b, c->figures);
	cc_put_key(b, "counters");
	cc_buf_char(b, '{');
#define PUT_FIGURE(name) \
	cc_put_number(b, #name, (int64_t)atomic_load(&c->figures->name));
	CC_FIGURES(PUT_FIGURE)
#undef PUT_FIGURE
	CC_BUF_LIT(b, "}}");
	return CC_OK;
}

enum cc_code
cc_method_policy(struct cc_call *c, struct cc_err *reterr)
{
	const struct cc_pack *p = c->setup->pack;
	struct cc_buf *b = c->out;

	(void)reterr;
	cc_buf_char(b, '{');
	put_versions(b, c->setup);
	cc_put_key(b, "rules");
	cc_buf_char(b, '[');
	for (uint16_t i = 0; i < p->nrules; i++) {
		const struct cc_rule *r = p->rules[i];

		cc_buf_puts(b, i > 0 ? ",{" : "{");
		put_string(b, "id", r->id);
		put_string(b, "title", r->title);
		put_string(b, "section", r->section);
		put_string(b, "kind", cc_kind_text(r->kind));
		cc_put_bool(b, "safety", r->safety);
		cc_buf_char(b, '}');
	}
	cc_buf_char(b, ']');
	cc_put_key(b, "types");
	cc_buf_char(b, '[');
	for (uint16_t i = 0; i < p->schema.ntypes; i++) {
		if (i > 0)
			cc_buf_char(b, ',');
		cc_buf_jsons(b, p->schema.types[i].name);
	}
	CC_BUF_LIT(b, "]}");
	return CC_OK;
}
