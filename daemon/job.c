#include "daemon/job.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static char *
place(char *at, struct cc_str from, struct cc_str *to)
{
	memcpy(at, from.p, from.n);
	at[from.n] = '\0';
	*to = (struct cc_str){at, from.n};
	return at + from.n + 1;
}

struct cc_job *
cc_job_event(const struct cc_draft *d, struct cc_str bytes)
{
	size_t n = sizeof(struct cc_job) + d->source.n + d->id.n + d->subject.n +
	    bytes.n + 4;
	struct cc_job *j = calloc(1, n);
	char *at;

	if (j == NULL)
		return NULL;
	j->work.kind = CC_WORK_EVENT;
	j->recorded = CC_NEVER;
	j->work.queued.bytes = (uint32_t)n;
	at = (char *)(j + 1);
	at = place(at, d->source, &j->source);
	at = place(at, d->id, &j->id);
	at = place(at, d->subject, &j->case_id);
	(void)place(at, bytes, &j->bytes);
	return j;
}

struct cc_job *
cc_job_request(struct cc_rpc *rpc, const struct cc_method *method)
{
	struct cc_job *j = calloc(1, sizeof *j);

	if (j == NULL) {
		cc_rpc_free(rpc);
		return NULL;
	}
	j->work.kind = CC_WORK_REQUEST;
	j->work.queued.bytes = (uint32_t)sizeof *j;
	j->rpc = rpc;
	j->method = method;
	return j;
}

struct cc_job *
cc_job_said(struct cc_buf *line)
{
	struct cc_job *j = calloc(1, sizeof *j);

	if (j == NULL)
		return NULL;
	j->work.kind = CC_WORK_SAID;
	j->done = true;
	j->ntext = line->n;
	j->text = cc_buf_take(line);
	return j;
}

void
cc_job_free(struct cc_job *j)
{
	if (j == NULL)
		return;
	cc_rpc_free(j->rpc);
	free(j->text);
	free(j);
}

void
cc_claimed_free(struct cc_claimed *c)
{
	if (c == NULL)
		return;
	cc_arena_done(&c->arena);
	free(c);
}

void
cc_outlet_put(struct cc_outlet *o, struct cc_work *w)
{
	bool put = cc_queue_force(&o->queue, &w->queued);

	assert(put);	/* the loop closes it only when nobody is left to put */
	(void)put;
	o->wake(o->self);
}
