#include "store/outbox.h"

#include <string.h>

static const enum cc_outbox_state moves[CC_OUTBOX_COUNT][CC_OUTBOX_EVENTS] = {
	[CC_OUTBOX_QUEUED] = {
		[CC_OUTBOX_CLAIM] = CC_OUTBOX_CLAIMED,
		[CC_OUTBOX_RETRY] = CC_OUTBOX_QUEUED,
		[CC_OUTBOX_GIVE_UP] = CC_OUTBOX_DEAD,
		[CC_OUTBOX_SUPERSEDE] = CC_OUTBOX_SUPERSEDED,
		[CC_OUTBOX_HOLD] = CC_OUTBOX_HELD,
		[CC_OUTBOX_GROUP] = CC_OUTBOX_GROUPED,
		[CC_OUTBOX_RELEASE] = CC_OUTBOX_QUEUED,
	},
	[CC_OUTBOX_CLAIMED] = {
		[CC_OUTBOX_DELIVER] = CC_OUTBOX_SENT,
		[CC_OUTBOX_RETRY] = CC_OUTBOX_QUEUED,
		[CC_OUTBOX_GIVE_UP] = CC_OUTBOX_DEAD,
		[CC_OUTBOX_SUPERSEDE] = CC_OUTBOX_SUPERSEDED,
		[CC_OUTBOX_HOLD] = CC_OUTBOX_HELD,
		[CC_OUTBOX_LOSE] = CC_OUTBOX_QUEUED,
		[CC_OUTBOX_GROUP] = CC_OUTBOX_GROUPED,
		[CC_OUTBOX_EXTEND] = CC_OUTBOX_CLAIMED,
	},
	[CC_OUTBOX_SENT] = { [CC_OUTBOX_BOUNCE] = CC_OUTBOX_DEAD },
	[CC_OUTBOX_DEAD] = { [CC_OUTBOX_REDRIVE] = CC_OUTBOX_QUEUED },
	[CC_OUTBOX_HELD] = { [CC_OUTBOX_REDRIVE] = CC_OUTBOX_QUEUED },
};

/* What an outcome's goal asks for. */
static const enum cc_outbox_event asked[CC_OUTBOX_COUNT] = {
	[CC_OUTBOX_QUEUED] = CC_OUTBOX_RETRY,
	[CC_OUTBOX_SENT] = CC_OUTBOX_DELIVER,
	[CC_OUTBOX_DEAD] = CC_OUTBOX_GIVE_UP,
	[CC_OUTBOX_SUPERSEDED] = CC_OUTBOX_SUPERSEDE,
	[CC_OUTBOX_HELD] = CC_OUTBOX_HOLD,
	[CC_OUTBOX_GROUPED] = CC_OUTBOX_GROUP,
};

enum cc_outbox_state
cc_outbox_move(enum cc_outbox_state from, enum cc_outbox_event e)
{
	if ((unsigned)from >= CC_OUTBOX_COUNT || (unsigned)e >= CC_OUTBOX_EVENTS)
		return (enum cc_outbox_state)0;
	return moves[from][e];
}

const char *
cc_outbox_state_text(enum cc_outbox_state s)
{
	static const char *const text[CC_OUTBOX_COUNT] = {
		[CC_OUTBOX_QUEUED] = "queued", [CC_OUTBOX_CLAIMED] = "sending",
		[CC_OUTBOX_SENT] = "sent", [CC_OUTBOX_DEAD] = "dead",
		[CC_OUTBOX_SUPERSEDED] = "superseded", [CC_OUTBOX_HELD] = "held",
		[CC_OUTBOX_GROUPED] = "grouped",
	};

	return (unsigned)s < CC_OUTBOX_COUNT && text[s] != NULL ? text[s] : "unknown";
}

const char *
cc_attempt_text(enum cc_attempt_outcome o)
{
	static const char *const text[] = {
		[CC_ATTEMPT_SENT] = "sent", [CC_ATTEMPT_TEMP] = "put off",
		[CC_ATTEMPT_PERM] = "refused", [CC_ATTEMPT_CANCELLED] = "cancelled",
		[CC_ATTEMPT_LOST] = "lost",
	};

	if ((size_t)o >= sizeof text / sizeof text[0] || text[o] == NULL)
		return "unknown";
	return text[o];
}

/* What the goal needs to be told beside itself. */
static bool
complete(const struct cc_store_message *m, const struct cc_store_outcome *o)
{
	if (o->to == CC_OUTBOX_QUEUED)
		return cc_given(o->next) && o->hold.n <= CC_STORE_HOLD_MAX;
	if (o->to == CC_OUTBOX_GROUPED)
		return o->carrier > 0 && o->carrier != m->no;
	return true;
}

enum cc_code
cc_outbox_judge(const struct cc_store_message *m, const struct cc_store_outcome *o)
{
	enum cc_outbox_event e;

	if ((unsigned)o->to >= CC_OUTBOX_COUNT || asked[o->to] == 0 || !cc_given(o->now) ||
	    !complete(m, o))
		return CC_EINVAL;
	if (cc_given(o->started) && (!cc_given(o->ended) || o->attempt < CC_ATTEMPT_SENT ||
	    o->attempt > CC_ATTEMPT_LOST))
		return CC_EINVAL;
	e = asked[o->to];
	if (o->fence == 0) {
		if (m->state != CC_OUTBOX_QUEUED)
			return CC_ECONFLICT;
	} else if (m->state != CC_OUTBOX_CLAIMED || m->fence != o->fence) {
		return CC_ECONFLICT;
	}
	return cc_outbox_move(m->state, e) == o->to ? CC_OK : CC_EINVAL;
}

struct cc_str
cc_store_cut(struct cc_str t, uint32_t max)
{
	uint32_t n = t.n;

	if (n > max) {
		n = max;
		while (n > 0 && ((unsigned char)t.p[n] & 0xc0) == 0x80)
			n--;
	}
	return (struct cc_str){ t.p == NULL ? "" : t.p, n };
}

static struct cc_str
join(struct cc_str code, struct cc_str detail, struct cc_outbox_words *w)
{
	uint32_t n;

	code = cc_store_cut(code, CC_OUTBOX_CODE_MAX);
	detail = cc_store_cut(detail, CC_STORE_DETAIL_MAX);
	memcpy(w->text, code.p, code.n);
	n = code.n;
	if (code.n > 0 && detail.n > 0)
		w->text[n++] = ' ';
	memcpy(w->text + n, detail.p, detail.n);
	return (struct cc_str){ w->text, n + detail.n };
}

/* What every end of a claim has in common. */
static void
unclaim(struct cc_store_message *m, enum cc_outbox_state to)
{
	m->state = to;
	m->next = m->claimed = m->lease = m->closed = CC_NEVER;
	m->owner = m->hold = CC_STR("");
	m->carrier = 0;
}

void
cc_outbox_apply(struct cc_store_message *m, const struct cc_store_outcome *o,
    struct cc_outbox_words *words)
{
	unclaim(m, o->to);
	if (o->to == CC_OUTBOX_QUEUED) {
		m->next = o->next;
		m->hold = o->hold;
		/* Nobody tries while it is held: that is none of its time. */
		if (o->hold.n > 0 && cc_given(m->give_up))
			m->give_up.s += o->next.s - o->now.s;
	} else {
		m->closed = o->now;
	}
	if (o->to == CC_OUTBOX_GROUPED)
		m->carrier = o->carrier;
	if (cc_given(o->started))
		m->attempts++;
	m->reason = join(o->code, o->detail, words);
}

void
cc_outbox_claim(struct cc_store_message *m, const struct cc_store_claim *c, int64_t fence)
{
	m->state = CC_OUTBOX_CLAIMED;
	m->next = CC_NEVER;
	m->claimed = c->now;
	m->lease = (struct cc_wall){ c->now.s + c->lease };
	m->owner = c->owner;
	m->hold = CC_STR("");
	m->fence = fence;
}

void
cc_outbox_lose(struct cc_store_message *m, struct cc_wall now)
{
	unclaim(m, CC_OUTBOX_QUEUED);
	m->next = now;
	m->attempts++;
	m->reason = CC_STR("lost: its sender ended without an outcome");
}

void
cc_outbox_redrive(struct cc_store_message *m, const struct cc_store_redrive *r)
{
	unclaim(m, CC_OUTBOX_QUEUED);
	m->next = r->now;
	m->give_up = r->give_up;
	m->reason = CC_STR("redriven");
}

void
cc_outbox_release(struct cc_store_message *m, struct cc_wall now)
{
	if (m->next.s > now.s)
		m->next = now;
	m->hold = CC_STR("");
}

void
cc_outbox_bounce(struct cc_store_message *m, const struct cc_outbox_notice *n,
    struct cc_outbox_words *words)
{
	unclaim(m, CC_OUTBOX_DEAD);
	m->closed = n->now;
	m->reason = join(n->code, n->detail, words);
}
