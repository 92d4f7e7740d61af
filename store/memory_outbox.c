#include "store/memory.h"

#include <stdlib.h>

#include "store/outbox.h"

#define KIND(t) (&cc_mem_kinds[t])

/* --- adding -------------------------------------------------------------- */

static const struct cc_store_message *
message_of(const struct cc_memory *m, int64_t no)
{
	const struct cc_store_message key = { .no = no };

	return cc_mem_get(cc_memory_see(m, CC_MEM_MESSAGES), KIND(CC_MEM_MESSAGES), &key);
}

static int64_t
number_of(const struct cc_memory *m, struct cc_str id)
{
	const struct cc_mem_pair key = { .key = id }, *p;

	p = cc_mem_get(cc_memory_see(m, CC_MEM_MESSAGE_IDS), KIND(CC_MEM_MESSAGE_IDS), &key);
	return p == NULL ? 0 : p->number;
}

enum cc_code
cc_memory_outbox_add(struct cc_store *st, const struct cc_store_message *msg,
    struct cc_store_added *ret, struct cc_err *reterr)
{
	struct cc_memory *m = cc_memory_of(st);
	struct cc_store_message row = *msg;
	struct cc_mem_pair id = { msg->id, CC_STR(""), number_of(m, msg->id) };
	enum cc_code code;

	if (id.number != 0) {
		*ret = (struct cc_store_added){ false, id.number };
		return CC_OK;
	}
	if (msg->case_id.n > 0 && cc_memory_case(m, msg->case_id) == NULL)
		return cc_fail(reterr, CC_ENOENT, 0, "a message of unknown case %.*s",
		    (int)msg->case_id.n, msg->case_id.p);
	row.no = id.number = (int64_t)cc_memory_see(m, CC_MEM_MESSAGES)->n + 1;
	code = cc_memory_put(m, CC_MEM_MESSAGES, CC_MEM_COUNT, &row, reterr);
	if (code == CC_OK)
		code = cc_memory_put(m, CC_MEM_MESSAGE_IDS, CC_MEM_COUNT, &id, reterr);
	if (code == CC_OK)
		*ret = (struct cc_store_added){ true, row.no };
	return code;
}

/* --- moves --------------------------------------------------------------- */

static enum cc_code
save(struct cc_memory *m, const struct cc_store_message *row, struct cc_err *reterr)
{
	return cc_memory_put(m, CC_MEM_MESSAGES, CC_MEM_COUNT, row, reterr);
}

static enum cc_code
add_attempt(struct cc_memory *m, int64_t no, struct cc_store_attempt t, struct cc_err *reterr)
{
	const struct cc_mem_attempt row = { t, no };

	return cc_memory_put(m, CC_MEM_ATTEMPTS, CC_MEM_COUNT, &row, reterr);
}

/* Whether o->no may be grouped under o->carrier. */
static bool
may_group(const struct cc_memory *m, const struct cc_store_outcome *o)
{
	const struct cc_mem_table *t = cc_memory_see(m, CC_MEM_MESSAGES);
	const struct cc_store_message *carrier = message_of(m, o->carrier);

	if (carrier == NULL || carrier->state == CC_OUTBOX_GROUPED)
		return false;
	for (size_t i = 0; i < t->n; i++) {
		const struct cc_store_message *msg = cc_mem_at(t, i);

		if (msg->carrier == o->no)
			return false;	/* it carries others itself */
	}
	return true;
}

enum cc_code
cc_memory_outbox_complete(struct cc_store *st, const struct cc_store_outcome *o,
    enum cc_code *ret, struct cc_err *reterr)
{
	struct cc_memory *m = cc_memory_of(st);
	const struct cc_store_message *msg = message_of(m, o->no);
	struct cc_store_message row;
	struct cc_outbox_words words;
	enum cc_code code = CC_OK, judged;

	if (msg == NULL) {
		*ret = CC_ENOENT;
		return CC_OK;
	}
	row = *msg;
	judged = cc_outbox_judge(&row, o);
	if (judged == CC_OK && o->to == CC_OUTBOX_GROUPED && !may_group(m, o))
		judged = CC_EINVAL;
	if (judged == CC_OK) {
		cc_outbox_apply(&row, o, &words);
		if (cc_given(o->started))
			code = add_attempt(m, row.no, (struct cc_store_attempt){ row.attempts,
			    o->started, o->ended, o->attempt, o->code, o->detail }, reterr);
		if (code == CC_OK)
			code = save(m, &row, reterr);
	}
	if (code == CC_OK)
		*ret = judged;
	return code;
}

static bool
is_lost(const struct cc_store_message *msg, struct cc_wall now, struct cc_str others_than)
{
	if (msg->state != CC_OUTBOX_CLAIMED)
		return false;
	return msg->lease.s <= now.s ||
	    (others_than.n > 0 && !cc_str_eq(msg->owner, others_than));
}

enum cc_code
cc_memory_outbox_requeue(struct cc_store *st, struct cc_wall now, struct cc_str others_than,
    uint32_t *ret_n, struct cc_err *reterr)
{
	struct cc_memory *m = cc_memory_of(st);
	uint32_t n = 0;
	enum cc_code code = CC_OK;

	for (size_t i = 0; code == CC_OK && n < CC_STORE_LIST_MAX; i++) {
		const struct cc_store_message *msg =
		    cc_mem_at(cc_memory_see(m, CC_MEM_MESSAGES), i);
		struct cc_store_message row;

		if (msg == NULL)
			break;
		if (!is_lost(msg, now, others_than))
			continue;
		row = *msg;
		cc_outbox_lose(&row, now);
		n++;
		code = add_attempt(m, row.no, (struct cc_store_attempt){ row.attempts,
		    msg->claimed, now, CC_ATTEMPT_LOST, CC_STR("lost"), CC_STR("") }, reterr);
		if (code == CC_OK)
			code = save(m, &row, reterr);
	}
	if (code == CC_OK)
		*ret_n = n;
	return code;
}

/* --- without an outcome -------------------------------------------------- */

static enum cc_code
unknown(struct cc_str id, struct cc_err *reterr)
{
	return cc_fail(reterr, CC_ENOENT, 0, "there is no message %.*s", (int)id.n, id.p);
}

enum cc_code
cc_memory_outbox_extend(struct cc_store *st, int64_t no, int64_t fence, struct cc_wall lease,
    struct cc_err *reterr)
{
	struct cc_memory *m = cc_memory_of(st);
	const struct cc_store_message *msg = message_of(m, no);
	struct cc_store_message row;

	if (msg == NULL)
		return cc_fail(reterr, CC_ENOENT, 0, "there is no message %lld", (long long)no);
	if (msg->fence != fence || cc_outbox_move(msg->state, CC_OUTBOX_EXTEND) == 0)
		return cc_fail(reterr, CC_ECONFLICT, 0, "the claim on message %lld is over",
		    (long long)no);
	row = *msg;
	row.lease = lease;
	return save(m, &row, reterr);
}

enum cc_code
cc_memory_outbox_release(struct cc_store *st, struct cc_str hold, struct cc_wall now,
    uint32_t *ret_n, struct cc_err *reterr)
{
	struct cc_memory *m = cc_memory_of(st);
	uint32_t n = 0;
	enum cc_code code = CC_OK;

	for (size_t i = 0; code == CC_OK && n < CC_STORE_LIST_MAX; i++) {
		const struct cc_store_message *msg =
		    cc_mem_at(cc_memory_see(m, CC_MEM_MESSAGES), i);
		struct cc_store_message row;

		if (msg == NULL)
			break;
		if (!cc_str_eq(msg->hold, hold))
			continue;
		row = *msg;
		cc_outbox_release(&row, now);
		n++;
		code = save(m, &row, reterr);
	}
	if (code == CC_OK)
		*ret_n = n;
	return code;
}

enum cc_code
cc_memory_outbox_bounce(struct cc_store *st, struct cc_str id,
    const struct cc_outbox_notice *notice, struct cc_err *reterr)
{
	struct cc_memory *m = cc_memory_of(st);
	const struct cc_store_message *msg = message_of(m, number_of(m, id));
	struct cc_store_message row;
	struct cc_outbox_words words;

	if (msg == NULL)
		return unknown(id, reterr);
	if (cc_outbox_move(msg->state, CC_OUTBOX_BOUNCE) == 0)
		return cc_fail(reterr, CC_ECONFLICT, 0, "message %.*s is %s: only a sent one can "
		    "come back", (int)id.n, id.p, cc_outbox_state_text(msg->state));
	row = *msg;
	cc_outbox_bounce(&row, notice, &words);
	return save(m, &row, reterr);
}

static enum cc_code
redrive_id(struct cc_memory *m, const struct cc_store_redrive *r, struct cc_err *reterr)
{
	const struct cc_store_message *msg = message_of(m, number_of(m, r->id));
	struct cc_store_message row;

	if (msg == NULL)
		return unknown(r->id, reterr);
	if (cc_outbox_move(msg->state, CC_OUTBOX_REDRIVE) == 0)
		return cc_fail(reterr, CC_ECONFLICT, 0, "message %.*s is %s: only a dead or held "
		    "one can be sent again", (int)r->id.n, r->id.p,
		    cc_outbox_state_text(msg->state));
	row = *msg;
	cc_outbox_redrive(&row, r);
	return save(m, &row, reterr);
}

enum cc_code
cc_memory_redrive(struct cc_store *st, const struct cc_store_redrive *r, uint32_t *ret_n,
    struct cc_err *reterr)
{
	struct cc_memory *m = cc_memory_of(st);
	uint32_t n = 0;
	enum cc_code code = CC_OK;

	if (r->id.n > 0) {
		code = redrive_id(m, r, reterr);
		n = 1;
	}
	for (size_t i = 0; r->id.n == 0 && code == CC_OK && n < CC_STORE_LIST_MAX; i++) {
		const struct cc_store_message *msg =
		    cc_mem_at(cc_memory_see(m, CC_MEM_MESSAGES), i);
		struct cc_store_message row;

		if (msg == NULL)
			break;
		if (msg->state != CC_OUTBOX_DEAD)
			continue;
		row = *msg;
		cc_outbox_redrive(&row, r);
		code = save(m, &row, reterr);
		n++;
	}
	if (code == CC_OK)
		*ret_n = n;
	return code;
}

/* --- lists --------------------------------------------------------------- */

static bool
wanted(const struct cc_store_message *msg, const struct cc_store_message_filter *f)
{
	if (f->case_id.n > 0 && !cc_str_eq(f->case_id, msg->case_id))
		return false;
	if (f->alert != 0 && f->alert != msg->alert)
		return false;
	if (f->thread.n > 0 && !cc_str_eq(f->thread, msg->thread))
		return false;
	if (f->recipient.n > 0 && !cc_str_eq(f->recipient, msg->recipient))
		return false;
	if (f->carrier != 0 && f->carrier != msg->carrier)
		return false;
	return f->state == 0 || f->state == msg->state;
}

static enum cc_code
list(struct cc_memory *m, const struct cc_store_message_filter *f, struct cc_arena *a,
    struct cc_store_messages *ret, struct cc_err *reterr)
{
	const struct cc_mem_table *t = cc_memory_see(m, CC_MEM_MESSAGES);
	struct cc_store_vec v = { 0 };
	int64_t next = 0;

	for (size_t i = 0; i < t->n; i++) {
		const struct cc_store_message *msg = cc_mem_at(t, i);
		struct cc_store_message row, *slot;

		if (msg->no <= f->after || !wanted(msg, f))
			continue;
		if (v.items != NULL && v.n == f->limit) {
			next = ((struct cc_store_message *)v.items)[v.n - 1].no;
			break;
		}
		row = *msg;
		if (!f->payload)
			row.payload = CC_STR("");
		slot = cc_store_vec_add(&v, sizeof *slot, a);
		if (slot == NULL || !cc_mem_out(KIND(CC_MEM_MESSAGES), &row, a, slot))
			return cc_memory_no_memory(m, reterr);
	}
	*ret = (struct cc_store_messages){ v.items, v.n, next };
	return CC_OK;
}

enum cc_code
cc_memory_messages_list(struct cc_store *st, const struct cc_store_message_filter *f,
    struct cc_arena *a, struct cc_store_messages *ret, struct cc_err *reterr)
{
	struct cc_memory *m = cc_memory_of(st);
	enum cc_code code = cc_memory_enter(m, reterr);

	if (code != CC_OK)
		return code;
	code = list(m, f, a, ret, reterr);
	cc_memory_leave(m);
	return code;
}

enum cc_code
cc_memory_message_get(struct cc_store *st, struct cc_str id, struct cc_arena *a,
    struct cc_store_message *ret, struct cc_err *reterr)
{
	struct cc_memory *m = cc_memory_of(st);
	const struct cc_store_message *msg;
	struct cc_store_message out = {0};
	enum cc_code code = cc_memory_enter(m, reterr);

	if (code != CC_OK)
		return code;
	msg = message_of(m, number_of(m, id));
	if (msg == NULL)
		code = unknown(id, reterr);
	else if (!cc_mem_out(KIND(CC_MEM_MESSAGES), msg, a, &out))
		code = cc_memory_no_memory(m, reterr);
	cc_memory_leave(m);
	if (code == CC_OK)
		*ret = out;
	return code;
}

static enum cc_code
attempts(struct cc_memory *m, const struct cc_store_attempt_filter *f, struct cc_arena *a,
    struct cc_store_attempts *ret, struct cc_err *reterr)
{
	const struct cc_mem_table *t = cc_memory_see(m, CC_MEM_ATTEMPTS);
	const struct cc_mem_attempt key = { .t = { .number = f->after }, .message = f->no }, *at;
	struct cc_store_vec v = { 0 };
	uint32_t next = 0;
	bool same;
	size_t i = cc_mem_place(t, KIND(CC_MEM_ATTEMPTS), &key, &same);

	for (i += same; (at = cc_mem_at(t, i)) != NULL && at->message == f->no; i++) {
		struct cc_store_attempt *slot;
		struct cc_mem_attempt out;

		if (v.items != NULL && v.n == f->limit) {
			next = ((struct cc_store_attempt *)v.items)[v.n - 1].number;
			break;
		}
		slot = cc_store_vec_add(&v, sizeof *slot, a);
		if (slot == NULL || !cc_mem_out(KIND(CC_MEM_ATTEMPTS), at, a, &out))
			return cc_memory_no_memory(m, reterr);
		*slot = out.t;
	}
	*ret = (struct cc_store_attempts){ v.items, v.n, next };
	return CC_OK;
}

enum cc_code
cc_memory_attempts_list(struct cc_store *st, const struct cc_store_attempt_filter *f,
    struct cc_arena *a, struct cc_store_attempts *ret, struct cc_err *reterr)
{
	struct cc_memory *m = cc_memory_of(st);
	enum cc_code code = cc_memory_enter(m, reterr);

	if (code != CC_OK)
		return code;
	code = attempts(m, f, a, ret, reterr);
	cc_memory_leave(m);
	return code;
}
