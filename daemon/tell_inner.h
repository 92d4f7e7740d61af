/*
 * daemon/tell_inner.h - inside of telling: shared by tell*.c, handover.c and holds.c.
 *
 * Source:    DESIGN.md section 7 (identity, People, Delivery).
 * Purpose:   the pieces of a message: its texts, its ids, the addresses it goes to.
 * Ownership: texts are made in e->work and live until its next evaluation.
 * Errors:    CC_ENOMEM, and those of the store.
 * Threads:   the engine's alone.
 */
#ifndef CC_DAEMON_TELL_INNER_H
#define CC_DAEMON_TELL_INNER_H

#include "daemon/digest.h"
#include "daemon/engine_inner.h"
#include "wire/message.h"

/* Recipients that are no staff. */
#define CC_TELL_OPERATOR "operator"
#define CC_TELL_COPIES "copies"

/* Codes of messages that are closed before they leave. */
#define CC_TELL_SAME "same"			/* nothing new to whoever heard before */
#define CC_TELL_REPLACED "replaced"		/* the instance has an heir */

enum { CC_TELL_ADDRESSES = 2 };

/* One address of one recipient. */
struct cc_tell_address {
	struct cc_str recipient;
	const struct cc_person *person;		/* NULL: the operator, or no person */
	const char *channel, *address;
	bool safety;
};

struct cc_tell_ids {
	char id[CC_DIGEST_TEXT], thread[CC_DIGEST_TEXT];
};

/* --- tell_text.c --- */

struct cc_str cc_tell_text(const char *s);

/* A copy with a NUL behind it; NULL: no memory, and e->work.failed is set. */
const char *cc_tell_copy(struct cc_engine *e, struct cc_str s);

/* The instant for people; NULL for CC_NEVER. */
const char *cc_tell_local(struct cc_engine *e, const struct cc_zone *z, struct cc_wall t);

/* The link of the configuration's template; NULL: there is none. */
const char *cc_tell_link(struct cc_engine *e, struct cc_str case_id, struct cc_str rule,
    struct cc_str subject);

/* What all messages of an alert have in common: all but id, thread and role.  The rule
 * may be NULL when the policy has it no more: then what only it knows is "". */
enum cc_code cc_tell_fill(const struct cc_telling *t, const struct cc_store_alert *al,
    const struct cc_rule *rule, struct cc_message *ret, struct cc_err *reterr) CC_MUST_USE;

/* A live clock as an item of a list. */
void cc_tell_item(const struct cc_telling *t, struct cc_str case_id,
    const struct cc_clock *c, const struct cc_view *v, struct cc_message *ret);

/* --- tell.c --- */

/* The rule of that id, or NULL. */
const struct cc_rule *cc_tell_rule(const struct cc_pack *p, struct cc_str id);

/* Which step up from the responsible role has this name; 0 when none has. */
unsigned cc_tell_step(const struct cc_chain *chain, const struct cc_rule *rule,
    const char *role);

/* Every address of a person, or of the operator (NULL); how many. */
unsigned cc_tell_addresses(struct cc_engine *e, const struct cc_person *p,
    struct cc_tell_address ret[CC_TELL_ADDRESSES]);

/* The stable ids of a message of an alert. */
enum cc_code cc_tell_ids(struct cc_engine *e, const struct cc_store_alert *al,
    const struct cc_tell_address *to, struct cc_tell_ids *ret,
    struct cc_err *reterr) CC_MUST_USE;

/* Posts `m`, whose id and thread are set; ret_no may be NULL. */
enum cc_code cc_tell_post(struct cc_engine *e, const struct cc_store_message *row,
    const struct cc_message *m, const struct cc_tell_address *to,
    struct cc_err *reterr) CC_MUST_USE;

/* The message of an alert to one address. */
enum cc_code cc_tell_address(const struct cc_telling *t, const struct cc_store_alert *al,
    const struct cc_message *common, const struct cc_tell_address *to,
    struct cc_err *reterr) CC_MUST_USE;

/* To everybody who stands for a role of common->told, then to alerts.copies. */
enum cc_code cc_tell_roles(const struct cc_telling *t, const struct cc_store_alert *al,
    const struct cc_rule *rule, const struct cc_message *common,
    struct cc_err *reterr) CC_MUST_USE;
enum cc_code cc_tell_copies(const struct cc_telling *t, const struct cc_store_alert *al,
    const struct cc_message *common, bool safety, struct cc_err *reterr) CC_MUST_USE;

/* --- tell_told.c --- */

/* An instance takes the place of another, what->heir_of, with nothing new to say: whoever
 * heard of that one counts as told of this one, and hears of what comes. */
enum cc_code cc_tell_same(const struct cc_telling *t, const struct cc_tell_told *what,
    struct cc_err *reterr) CC_MUST_USE;

/* Whether messages of the `clear` of an instance wait and none has left to a person. */
enum cc_code cc_tell_unsent(struct cc_engine *e, struct cc_str case_id,
    const struct cc_instance *i, bool *ret, struct cc_err *reterr) CC_MUST_USE;

/* Closes them: another instance took its place. */
enum cc_code cc_tell_take_back(struct cc_engine *e, struct cc_str case_id,
    const struct cc_instance *i, struct cc_err *reterr) CC_MUST_USE;

/* The period under which an instance was last told; 1 when it was not. */
enum cc_code cc_tell_period(struct cc_engine *e, struct cc_str case_id,
    const struct cc_instance *i, uint32_t *ret, struct cc_err *reterr) CC_MUST_USE;

/* --- tell_instead.c --- */

/* The same message to the same address once more, under an id of its own: what carried
 * it will not leave. */
enum cc_code cc_tell_again(struct cc_engine *e, const struct cc_store_message *m,
    struct cc_err *reterr) CC_MUST_USE;

/* --- tell_operator.c --- */

/* Says once a day that the case's own people could not be used.  A case that has no
 * holder yet, and a route for it, is as the configuration wants it. */
enum cc_code cc_tell_notice(struct cc_engine *e, struct cc_str case_id,
    const struct cc_found *f, const char *role, struct cc_err *reterr) CC_MUST_USE;

#endif
