#include "daemon/rounds_inner.h"

#include <stdio.h>
#include <string.h>

#include "scheduler/civil.h"

/* What is wrong, in a line; the same words are one cause.  Whoever holds the case is the
 * foot of every role: that he is missing is one cause, not one a role. */
static void
name_cause(const struct cc_found *f, const char *role, char *to, size_t size)
{
	static const char *const words[] = {
		[CC_PEOPLE_FOUND] = "",
		[CC_PEOPLE_NO_HOLDER] = "nobody holds the case and no route leads on",
		[CC_PEOPLE_UNKNOWN_STAFF] = "the directory has no staff_id",
		[CC_PEOPLE_CHAIN_END] = "nobody stands above staff_id",
		[CC_PEOPLE_NO_ADDRESS] = "no address can be used for staff_id"
	};
	bool any = f->cause == CC_PEOPLE_NO_HOLDER || f->cause == CC_PEOPLE_UNKNOWN_STAFF;

	(void)snprintf(to, size, "%s%s%s%s%.*s", any ? "" : role, any ? "" : ": ",
	    words[f->cause], f->about.n > 0 ? " " : "", (int)f->about.n,
	    f->about.p == NULL ? "" : f->about.p);	/* cut is fine */
}

/* A case without a holder, and a route for it, is as the configuration wants it. */
static bool
broken(const struct cc_found *f)
{
	return f->cause != CC_PEOPLE_FOUND &&
	    (f->cause != CC_PEOPLE_NO_HOLDER || f->person == NULL);
}

static void
note(struct cc_reach_book *b, const struct cc_round_case *c, const char *key,
    struct cc_wall at)
{
	struct cc_reach_cause *cause = b->causes;

	while (cause < b->causes + b->n && strcmp(cause->key, key) != 0)
		cause++;
	if (cause == b->causes + CC_REACH_CAUSES) {
		b->left_out++;
		return;
	}
	if (cause == b->causes + b->n) {
		b->n++;
		memset(cause, 0, sizeof *cause);
		(void)snprintf(cause->key, sizeof cause->key, "%s", key);
		cause->from = at;
	}
	cause->n++;
	if (cause->n > 1 && at.s >= cause->from.s)
		return;
	cause->from = at;
	(void)snprintf(cause->case_id, sizeof cause->case_id, "%.*s",
	    (int)c->entry->id.n, c->entry->id.p);
}

/* Every rung to come is asked who would be told at its own instant: a leave that begins
 * next week counts then. */
static void
look_at_rung(struct cc_round_case *c, const struct cc_rule *rule,
    const struct cc_rung *rung, struct cc_wall at)
{
	const struct cc_chain *chain = &c->engine->setup->pack->chain;
	struct cc_people people = c->telling.people;
	char key[sizeof c->rounds->reach.causes[0].key];

	people.now = at;
	for (unsigned n = 0; n < 8; n++) {
		struct cc_found found;

		if ((rung->to >> n & 1) == 0)
			continue;
		cc_people_find(&people, rule, n, &found);
		if (!broken(&found))
			continue;
		name_cause(&found, cc_rung_role(chain, rule, n), key, sizeof key);
		note(&c->rounds->reach, c, key, at);
	}
}

enum cc_code
cc_reach_case(struct cc_round_case *c, struct cc_err *reterr)
{
	struct cc_wall now = c->rounds->began;

	(void)reterr;	/* nothing here can fail; the rounds ask all alike */
	for (uint32_t i = 0; i < c->result.nclocks; i++) {
		const struct cc_clock *clock = &c->result.clocks[i];
		const struct cc_ladder *l =
		    cc_ladder_for(&c->engine->setup->pack->ladders, clock);
		struct cc_view v;

		if (l == NULL || clock->rule->silent ||
		    !cc_clock_view(clock, now, &v) || !cc_state_live(v.state))
			continue;
		for (uint16_t k = 0; k < l->nrungs; k++) {
			struct cc_wall at = cc_rung_at(&l->rungs[k], clock);

			if (cc_given(at) && at.s > now.s)
				look_at_rung(c, clock->rule, &l->rungs[k], at);
		}
	}
	return CC_OK;
}

enum cc_code
cc_reach_write(struct cc_engine *e, struct cc_rounds *r, bool *ret_all,
    struct cc_err *reterr)
{
	struct cc_reach_book *b = &r->reach;
	enum cc_code code = CC_OK;

	for (; b->written < b->n && code == CC_OK; b->written++) {
		struct cc_reach_cause *cause = &b->causes[b->written];
		char key[sizeof cause->key + 8], from[CC_LOCAL_TEXT], words[256];

		cc_local_format(e->setup->pack->zone, cause->from, from);
		(void)snprintf(words, sizeof words, "Steps to come do not reach whom they "
		    "should: %.100s (%u steps; the first %s)", cause->key, cause->n,
		    from);	/* cut is fine */
		(void)snprintf(key, sizeof key, "reach %s", cause->key);	/* fits */
		code = cc_tell_operator(e, (struct cc_str){cause->case_id,
		    (uint32_t)strlen(cause->case_id)}, words,
		    (struct cc_str){key, (uint32_t)strlen(key)}, reterr);
	}
	atomic_store(&e->cf.figures->unreachable, b->n + b->left_out);
	*ret_all = true;
	return code;
}
