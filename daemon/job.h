/*
 * daemon/job.h - what passes between the loop, the engine and the reader.
 *
 * Source:    DESIGN.md sections 2, 5 and 8.
 * Purpose:   a line of a client becomes a job that goes to the engine and comes back
 *            answered; messages claimed from the outbox come to the loop and their
 *            outcomes go back.
 * Ownership: each is one allocation, in one thread's hands at a time.  What
 *            cc_queue_take gives is told apart by `kind`.
 * Threads:   members marked "loop" are the loop thread's alone.
 */
#ifndef CC_DAEMON_JOB_H
#define CC_DAEMON_JOB_H

#include <sys/types.h>

#include "daemon/queue.h"
#include "daemon/setup.h"
#include "store/store.h"
#include "wire/refusal.h"
#include "wire/rpc.h"

enum cc_work_kind {
	CC_WORK_EVENT = 1, CC_WORK_REQUEST, CC_WORK_SAID, CC_WORK_OUTCOMES, CC_WORK_CLAIMED
};

struct cc_work {
	struct cc_queued queued;
	enum cc_work_kind kind;
};

struct cc_client;
struct cc_method;

enum cc_job_result {
	CC_RESULT_NONE, CC_RESULT_ACCEPTED, CC_RESULT_DUPLICATE, CC_RESULT_CONFLICT,
	CC_RESULT_STORAGE
};

/* A line under way: an event, a request, or one that is answered already (SAID). */
struct cc_job {
	struct cc_work work;
	struct cc_client *client;	/* loop; NULL when it has gone */
	struct cc_job *next_of_client;	/* loop; in the order of the lines */
	bool away, done;		/* loop; with the engine; answered */
	uid_t uid;			/* who is at the other end */
	/* EVENT: texts lie behind the struct. */
	struct cc_str source, id, case_id, bytes;
	struct cc_wall recorded;	/* of an import; CC_NEVER: when it is committed */
	enum cc_job_result result;
	int64_t seq;
	char why[240];			/* of CC_RESULT_STORAGE */
	/* REQUEST */
	struct cc_rpc *rpc;
	const struct cc_method *method;
	/* REQUEST, SAID: the whole line, from malloc; NULL: there was no memory. */
	char *text;
	size_t ntext;
	bool refused;			/* REQUEST: the text is an error */
};

/* An event on its way to the engine; the texts are copied.  NULL: no memory. */
struct cc_job *cc_job_event(const struct cc_draft *d, struct cc_str bytes);
/* A request; takes `rpc`, also when it fails. */
struct cc_job *cc_job_request(struct cc_rpc *rpc, const struct cc_method *method);
/* A line that is answered already; takes what is in the buffer. */
struct cc_job *cc_job_said(struct cc_buf *line);
void cc_job_free(struct cc_job *j);		/* NULL is fine */

/* What became of an attempt at one message. */
struct cc_outcome {
	int64_t no, fence;
	enum cc_outbox_state to;
	struct cc_wall next, now, started, ended;	/* started CC_NEVER: no attempt */
	enum cc_attempt_outcome attempt;
	bool disabled;			/* the endpoint is gone (410): see daemon/endpoints.h */
	char code[32];
	char detail[200];
};

struct cc_outcomes {
	struct cc_work work;
	bool stored;			/* set by the engine */
	uint32_t n;
	struct cc_outcome items[];
};

/* Messages that were claimed; they live in the arena. */
struct cc_claimed {
	struct cc_work work;
	struct cc_arena arena;
	struct cc_store_messages rows;
	uint32_t left;			/* loop: not yet done with */
};

void cc_claimed_free(struct cc_claimed *c);	/* NULL is fine */

/* Where finished work waits for the loop; `wake` is called after each, in the
 * thread that finished it. */
struct cc_outlet {
	struct cc_queue queue;
	void (*wake)(void *self);
	void *self;
};

void cc_outlet_put(struct cc_outlet *o, struct cc_work *w);

#endif
