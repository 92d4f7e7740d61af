#include "notify/registry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "notify/setting.h"
#include "wire/words.h"

enum { PREFIX_MAX = 65, LINE_MAX_SIZE = 1024, QUEUE_MAX = 10000 };

struct journal {
	struct cc_notify_host *host;
	char prefix[PREFIX_MAX];
	uint32_t outstanding;
	bool closing;
};

struct entry {
	struct cc_notify_defer defer;	/* first */
	struct journal *owner;
	struct cc_notify_req *req;
	bool cancelled;
};

static const struct cc_setting_spec specs[] = {
	{ "prefix", CC_SETTING_TEXT, offsetof(struct journal, prefix), 0, PREFIX_MAX },
};

static const struct cc_setting_table table = { "journal", specs, 1 };

static enum cc_code
journal_open(struct cc_notify_host *host, const struct cc_notify_cfg *cfg,
    void **ret_self, struct cc_err *reterr)
{
	struct journal *j = calloc(1, sizeof *j);
	enum cc_code code;

	if (j == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "journal: no memory");
	j->host = host;
	memcpy(j->prefix, "alert", sizeof "alert");
	code = cc_setting_put_all(&table, cfg, j, reterr);
	if (code != CC_OK) {
		free(j);
		return code;
	}
	*ret_self = j;
	return CC_OK;
}

static void
say(const struct journal *j, enum cc_notify_priority priority, char *line)
{
	for (char *p = line; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';	/* one line, whatever the texts hold */
	j->host->log(j->host, priority, line);
}

/* A digest, a group, a handover: its title says it. */
static void
put_list_line(const struct journal *j, const struct cc_notify_req *req)
{
	const struct cc_message *m = req->message;
	char line[LINE_MAX_SIZE];

	(void)snprintf(line, sizeof line, "%s: %s%s%s (%u listed) to %s", j->prefix,
	    m->case_id, m->case_id[0] == '\0' ? "" : ": ", m->title,
	    (unsigned)(m->nitems + m->nleft_out), req->to);
	say(j, m->form == CC_FORM_CONFIGURATION ? CC_LOG_WARN : CC_LOG_NOTICE, line);
}

static void
put_line(const struct journal *j, const struct cc_notify_req *req)
{
	static const enum cc_notify_priority priorities[] = {
		[CC_NOTICE] = CC_LOG_NOTICE, [CC_WARNING] = CC_LOG_WARN,
		[CC_CRITICAL] = CC_LOG_CRIT,
	};
	const struct cc_message *m = req->message;
	char line[LINE_MAX_SIZE], standing[CC_WORDS_MAX];
	bool dated = m->due_local != NULL && m->kind != CC_KIND_IMMEDIATE;

	cc_words_standing(CC_ENGLISH, m, standing);
	(void)snprintf(line, sizeof line,
	    "%s: case %s: %s for %s: %s%s%s (%s, section %s) to %s%s%s",
	    j->prefix, m->case_id, m->rule, m->subject, standing, dated ? ", due " : "",
	    dated ? m->due_local : "",
	    m->kind == CC_KIND_IMMEDIATE ? "at once" : m->rung, m->section, req->to,
	    req->to[0] == '\0' ? "" : " as ", m->role);
	say(j, cc_words_is_clear(m) ? CC_LOG_INFO : priorities[m->severity], line);
}

static void
on_entry(struct cc_notify_defer *d)
{
	struct entry *e = (struct entry *)(void *)d;
	struct journal *j = e->owner;
	struct cc_notify_req *req = e->req;
	struct cc_notify_result result;

	cc_notify_result_set(&result, e->cancelled ? CC_NOTIFY_CANCELLED :
	    CC_NOTIFY_SENT, e->cancelled ? "cancelled" : "logged", "");
	if (!e->cancelled && req->message->form <= CC_FORM_ALERT)
		put_line(j, req);
	else if (!e->cancelled)
		put_list_line(j, req);
	free(e);
	j->outstanding--;
	if (j->closing && j->outstanding == 0)
		free(j);
	req->module = NULL;
	req->done(req, &result);
}

static enum cc_code
journal_send(void *self, struct cc_notify_req *req, struct cc_err *reterr)
{
	struct journal *j = self;
	struct entry *e;

	if (j->outstanding == QUEUE_MAX)
		return cc_fail(reterr, CC_EBUSY, 0, "journal: %d messages wait already",
		    QUEUE_MAX);
	e = calloc(1, sizeof *e);
	if (e == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "journal: no memory");
	e->owner = j;
	e->req = req;
	e->defer.fn = on_entry;
	req->module = e;
	j->outstanding++;
	j->host->defer(j->host, &e->defer);
	return CC_OK;
}

static void
journal_cancel(void *self, struct cc_notify_req *req)
{
	struct entry *e = req->module;

	(void)self;
	if (e != NULL)
		e->cancelled = true;
}

static void
journal_close(void *self)
{
	struct journal *j = self;

	if (j == NULL)
		return;
	j->closing = true;
	if (j->outstanding == 0)
		free(j);
}

const struct cc_notifier cc_notifier_journal = {
	.abi = CC_NOTIFIER_ABI, .name = "journal",
	.help = "write one line per message to the service log",
	.open = journal_open, .send = journal_send, .cancel = journal_cancel,
	.close = journal_close,
};
