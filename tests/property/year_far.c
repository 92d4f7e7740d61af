#include "tests/property/year_far.h"

#include <stdio.h>
#include <string.h>

#include "tests/support/ladders.h"

enum { SECOND = 1000 };

/* What a module gets as its `self`. */
struct door {
	struct cc_year_far *far;
	const char *channel;
};

static struct door doors[2];

static const struct cc_year_fault *
fault_of(const struct cc_year_far *f, const char *channel, const char *address)
{
	for (uint32_t i = 0; i < f->nfaults; i++) {
		const struct cc_year_fault *x = &f->faults[i];

		if (strcmp(x->channel, channel) == 0 && x->from <= f->now && f->now < x->until &&
		    (x->address == NULL || strcmp(x->address, address) == 0))
			return x;
	}
	return NULL;
}

bool
cc_year_far_troubled(const struct cc_year_far *f, const char *channel)
{
	for (uint32_t i = 0; i < f->nfaults; i++)
		if (strcmp(f->faults[i].channel, channel) == 0 &&
		    f->faults[i].from <= f->now && f->now < f->faults[i].until)
			return true;
	return false;
}

static enum cc_code
far_send(void *self, struct cc_notify_req *req, struct cc_err *reterr)
{
	const struct door *d = self;
	struct cc_year_far *f = d->far;
	const struct cc_year_fault *x;
	struct cc_year_pending *p;

	if (f->n == CC_YEAR_PENDING)
		return cc_fail(reterr, CC_EBUSY, 0, "the far side has no room");
	p = &f->pending[f->n++];
	memset(p, 0, sizeof *p);
	p->req = req;
	(void)snprintf(p->channel, sizeof p->channel, "%s%s%s", d->channel,
	    strcmp(d->channel, "webhook") == 0 ? ":" : "",
	    strcmp(d->channel, "webhook") == 0 ? req->to : "");	/* names are short */
	x = fault_of(f, p->channel, req->to);
	p->at = x != NULL && x->kind == CC_FAULT_HANG ? INT64_MAX :
	    f->now + SECOND / 5 + (int64_t)cc_test_random(f->seed, 2 * SECOND);
	return CC_OK;
}

static void
far_cancel(void *self, struct cc_notify_req *req)
{
	struct cc_year_far *f = ((const struct door *)self)->far;

	for (uint32_t i = 0; i < f->n; i++)
		if (f->pending[i].req == req) {
			f->pending[i].cancelled = true;
			f->pending[i].at = f->now;
		}
}

static void
far_close(void *self)
{
	const struct door *d = self;

	if (d == NULL)
		return;
	for (uint32_t i = 0; i < d->far->n; i++)
		if (strncmp(d->far->pending[i].channel, d->channel, strlen(d->channel)) == 0) {
			d->far->pending[i].cancelled = true;
			d->far->pending[i].at = d->far->now;
		}
}

const struct cc_notifier cc_year_email = {
	.abi = CC_NOTIFIER_ABI, .name = "email", .help = "", .send = far_send,
	.cancel = far_cancel, .close = far_close
};

const struct cc_notifier cc_year_webhook = {
	.abi = CC_NOTIFIER_ABI, .name = "webhook", .help = "", .send = far_send,
	.cancel = far_cancel, .close = far_close
};

void
cc_year_far_modules(struct cc_year_far *f, struct cc_modules *ret)
{
	doors[0] = (struct door){f, "email"};
	doors[1] = (struct door){f, "webhook"};
	ret->items[0] = (struct cc_module){&cc_year_email, &doors[0]};
	ret->items[1] = (struct cc_module){&cc_year_webhook, &doors[1]};
	ret->n = 2;
}

/* --- answers ---------------------------------------------------------------------- */

static void
arrive(struct cc_year_far *f, const struct cc_year_pending *p)
{
	f->arrived(f->self, p->req->message->id, p->channel);
}

static void
answer_fault(struct cc_year_far *f, const struct cc_year_pending *p,
    const struct cc_year_fault *x, struct cc_notify_result *r)
{
	unsigned how = (unsigned)cc_test_random(f->seed, 100);

	f->answers[x->kind]++;
	switch (x->kind) {
	case CC_FAULT_DOWN:
	case CC_FAULT_HANG:
		cc_notify_result_set(r, CC_NOTIFY_TEMP_FAIL, "connect", "refused");
		return;
	case CC_FAULT_STORM:
		if (how < 75) {
			cc_notify_result_set(r, CC_NOTIFY_TEMP_FAIL, how < 60 ? "451" : "421",
			    "later, please");
			return;
		}
		break;
	case CC_FAULT_GONE:
		cc_notify_result_set(r, CC_NOTIFY_DISABLED, "HTTP 410", "gone");
		return;
	case CC_FAULT_BUSY:
		cc_notify_result_set(r, CC_NOTIFY_TEMP_FAIL, "HTTP 429", "too many");
		r->retry_after = 300;
		return;
	case CC_FAULT_FULL:
		cc_notify_result_set(r, CC_NOTIFY_PERM_FAIL, "552", "the mailbox is full");
		return;
	case CC_FAULT_DOUBT:
		arrive(f, p);
		cc_notify_result_set(r, CC_NOTIFY_TEMP_FAIL, "timeout", "no answer");
		return;
	}
	arrive(f, p);
	cc_notify_result_set(r, CC_NOTIFY_SENT, "250", "kept");
}

static void
answer(struct cc_year_far *f, const struct cc_year_pending *p)
{
	const struct cc_year_fault *x = fault_of(f, p->channel, p->req->to);
	struct cc_notify_result r;

	if (p->cancelled) {
		f->answers[CC_FAULT_HANG] += x != NULL && x->kind == CC_FAULT_HANG;
		cc_notify_result_set(&r, CC_NOTIFY_CANCELLED, "cancelled", "");
	} else if (x != NULL) {
		answer_fault(f, p, x, &r);
	} else {
		f->answers[0]++;
		arrive(f, p);
		cc_notify_result_set(&r, CC_NOTIFY_SENT, "250", "kept");
	}
	p->req->done(p->req, &r);
}

bool
cc_year_far_turn(struct cc_year_far *f)
{
	bool any = false;

	for (uint32_t i = 0; i < f->n;) {
		struct cc_year_pending p = f->pending[i];

		if (p.at > f->now) {
			i++;
			continue;
		}
		f->pending[i] = f->pending[--f->n];
		answer(f, &p);	/* others may be cancelled by it: the next turn has them */
		any = true;
	}
	return any;
}

int64_t
cc_year_far_next(const struct cc_year_far *f)
{
	int64_t next = INT64_MAX;

	for (uint32_t i = 0; i < f->n; i++)
		if (f->pending[i].at < next)
			next = f->pending[i].at;
	return next;
}

void
cc_year_far_cut(struct cc_year_far *f)
{
	while (f->n > 0) {
		struct cc_year_pending p = f->pending[--f->n];
		struct cc_notify_result r;

		if (!p.cancelled && !cc_year_far_troubled(f, p.channel) &&
		    cc_test_random(f->seed, 2) == 0)
			arrive(f, &p);
		cc_notify_result_set(&r, CC_NOTIFY_CANCELLED, "cut", "");
		p.req->done(p.req, &r);
	}
}
