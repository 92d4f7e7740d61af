/*
 * spool - a notifier module that writes each message as a file into a folder.
 *
 * An example: what it does is little, how it does it is what every module has to do.
 * It uses nothing of Caseclock but its installed headers.
 *
 * Setting:   folder   where the files go; an absolute path, it must exist.
 * Files:     ID.json, whole or not there: they are written under another name, synced, and
 *            renamed.  The ID is the message's, so that a repeat replaces its file.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "notify/notifier.h"

enum { WAITING_MAX = 1000 };

struct spool {
	struct cc_notify_host *host;
	int folder;			/* its descriptor */
	uint32_t outstanding;
	bool closing;
};

/* One request, from send() to done(). */
struct job {
	struct cc_notify_defer defer;	/* first */
	struct spool *owner;
	struct cc_notify_req *req;
	bool cancelled;
};

static void
spool_free(struct spool *s)
{
	(void)close(s->folder);		/* nothing was written through it */
	free(s);
}

/* Every setting is looked at; one that is not known is an error, with its place. */
static enum cc_code
spool_open(struct cc_notify_host *host, const struct cc_notify_cfg *cfg, void **ret_self,
    struct cc_err *reterr)
{
	const char *folder = NULL;
	struct spool *s;

	for (uint32_t i = 0; i < cfg->n; i++) {
		const struct cc_notify_setting *t = &cfg->items[i];

		if (strcmp(t->key, "folder") != 0 || folder != NULL || t->value[0] != '/')
			return cc_fail(reterr, CC_EINVAL, 0, "%s:%u:%u: spool: %s: expected "
			    "folder, once, with an absolute path",
			    t->file == NULL ? "" : t->file, t->line, t->column, t->key);
		folder = t->value;
	}
	if (folder == NULL)
		return cc_fail(reterr, CC_EINVAL, 0, "spool: folder is missing");
	s = calloc(1, sizeof *s);
	if (s == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "spool: no memory");
	s->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->folder < 0) {
		free(s);
		return cc_fail(reterr, CC_EIO, errno, "spool: %s: %s", folder,
		    strerror(errno));
	}
	s->host = host;
	*ret_self = s;
	return CC_OK;
}

static bool
write_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t did = write(fd, p, n);

		if (did < 0 && errno != EINTR)
			return false;
		if (did > 0) {
			p += did;
			n -= (size_t)did;
		}
	}
	return fsync(fd) == 0;
}

/* 0, or the errno of what failed. */
static int
put_file(const struct spool *s, const char *id, const char *text)
{
	char path[NAME_MAX], part[NAME_MAX + 8];
	int fd, wrong = 0;

	if (strspn(id, "0123456789abcdefghijklmnopqrstuvwxyz") != strlen(id) ||
	    id[0] == '\0' || snprintf(path, sizeof path, "%s.json", id) >= (int)sizeof path)
		return EINVAL;		/* never a name that somebody else thought up */
	(void)snprintf(part, sizeof part, ".%s.part", path);
	fd = openat(s->folder, part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
	    0640);
	if (fd < 0)
		return errno;
	if (!write_all(fd, text, strlen(text)))
		wrong = errno;
	if (close(fd) != 0 && wrong == 0)
		wrong = errno;
	if (wrong == 0 && (renameat(s->folder, part, s->folder, path) != 0 ||
	    fsync(s->folder) != 0))
		wrong = errno;
	if (wrong != 0)
		(void)unlinkat(s->folder, part, 0);	/* it may not be there */
	return wrong;
}

static void
deliver(const struct job *j, struct cc_notify_result *ret)
{
	struct cc_err err = {.msg = ""};
	char *json = NULL;
	int wrong;

	if (cc_message_print(j->req->message, &json, &err) != CC_OK) {
		cc_notify_result_set(ret, CC_NOTIFY_TEMP_FAIL, "message", err.msg);
		return;
	}
	wrong = put_file(j->owner, j->req->message->id, json);
	free(json);
	if (wrong == 0)
		cc_notify_result_set(ret, CC_NOTIFY_SENT, "written", "");
	else	/* a full disk passes: the daemon tries again */
		cc_notify_result_set(ret, wrong == EINVAL ? CC_NOTIFY_PERM_FAIL :
		    CC_NOTIFY_TEMP_FAIL, "file", strerror(wrong));
}

/* done() is called here, on the loop, never from inside send(). */
static void
on_turn(struct cc_notify_defer *d)
{
	struct job *j = (struct job *)(void *)d;
	struct spool *s = j->owner;
	struct cc_notify_req *req = j->req;
	struct cc_notify_result result;

	if (j->cancelled)
		cc_notify_result_set(&result, CC_NOTIFY_CANCELLED, "cancelled", "");
	else
		deliver(j, &result);
	free(j);
	s->outstanding--;
	if (s->closing && s->outstanding == 0)
		spool_free(s);
	req->module = NULL;
	req->done(req, &result);
}

static enum cc_code
spool_send(void *self, struct cc_notify_req *req, struct cc_err *reterr)
{
	struct spool *s = self;
	struct job *j;

	if (s->outstanding == WAITING_MAX)
		return cc_fail(reterr, CC_EBUSY, 0, "spool: %d messages wait already",
		    WAITING_MAX);
	j = calloc(1, sizeof *j);
	if (j == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "spool: no memory");
	j->owner = s;
	j->req = req;
	j->defer.fn = on_turn;
	req->module = j;
	s->outstanding++;
	s->host->defer(s->host, &j->defer);
	return CC_OK;
}

static void
spool_cancel(void *self, struct cc_notify_req *req)
{
	struct job *j = req->module;

	(void)self;
	if (j != NULL)
		j->cancelled = true;
}

/* What is outstanding is still answered; then the memory goes. */
static void
spool_close(void *self)
{
	struct spool *s = self;

	if (s == NULL)
		return;
	s->closing = true;
	if (s->outstanding == 0)
		spool_free(s);
}

#ifndef SPOOL_ABI
#define SPOOL_ABI CC_NOTIFIER_ABI
#endif

extern const struct cc_notifier caseclock_notifier;
const struct cc_notifier caseclock_notifier = {
	.abi = SPOOL_ABI, .name = "spool",
	.help = "write each message as a file into a folder",
	.open = spool_open, .send = spool_send, .cancel = spool_cancel,
	.close = spool_close,
};
