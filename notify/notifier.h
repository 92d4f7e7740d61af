/*
 * notify/notifier.h - the contract of a notifier module.
 *
 * Source:    DESIGN.md section 7 (Delivery, Modules).
 * Purpose:   one const table a module; the dispatcher claims a message from the
 *            outbox, hands it to the module of its channel, and is told once how
 *            it went.  Retrying is the dispatcher's job, never the module's.
 * Threads:   everything runs on the loop thread; the host has SIGPIPE ignored.
 * Units:     retry_after in seconds; instants UTC seconds.
 * Ownership: `cfg` is borrowed during open() only; `host` must outlive the module
 *            (until the loop has run its closing callbacks); a request, its
 *            message and its address belong to the caller and stay valid and in
 *            place from send() until done().
 * Errors:    open(): CC_EINVAL names the setting with file and line; CC_EIO a file
 *            that cannot be read; CC_ENOMEM.  send(): CC_EBUSY the module's queue is
 *            full; CC_EINVAL it was closed; CC_ENOMEM.
 * Invariant: send() that returned CC_OK promises exactly one done(), later, on the
 *            loop thread, never from inside send(), cancel() or close(); send()
 *            that failed promises none.
 */
#ifndef CC_NOTIFY_NOTIFIER_H
#define CC_NOTIFY_NOTIFIER_H

#include "wire/message.h"

/* One more with each change of what is declared here or in wire/message.h. */
enum { CC_NOTIFIER_ABI = 2 };

struct uv_loop_s;
struct cc_notify_host;
struct cc_notify_req;
struct cc_templates;

/* Work to be run once, later, on the loop thread.  Embedded in its owner, so that
 * asking cannot fail; zeroed at first.  It may be put off again from its own fn. */
struct cc_notify_defer {
	void (*fn)(struct cc_notify_defer *d);
	struct cc_notify_defer *next;	/* the host's */
	bool waiting;			/* the host's: true until fn is called */
};

/* Priorities of log lines, as journald counts them. */
enum cc_notify_priority {
	CC_LOG_ALERT = 1, CC_LOG_CRIT = 2, CC_LOG_ERR = 3, CC_LOG_WARN = 4,
	CC_LOG_NOTICE = 5, CC_LOG_INFO = 6
};

/* What the host lends.  notify/host.h has the whole of it ready made. */
struct cc_notify_host {
	struct uv_loop_s *loop;
	void *data;			/* the host's own */
	struct cc_wall (*now)(struct cc_notify_host *host);
	void (*defer)(struct cc_notify_host *host, struct cc_notify_defer *d);
	/* One line; the host adds the "<N>" prefix and the newline. */
	void (*log)(struct cc_notify_host *host, enum cc_notify_priority priority,
	    const char *line);
	/* How messages are worded (wire/render.h); changes with a reload, so read it anew for
	 * each message.  NULL: the compiled-in templates. */
	const struct cc_templates *templates;
};

/* One setting of the configuration file, with its place for error texts. */
struct cc_notify_setting {
	const char *key, *value;
	const char *file;		/* NULL: not from a file */
	uint32_t line, column;		/* 1, 2, ... of the value */
};

struct cc_notify_cfg {
	const struct cc_notify_setting *items;
	uint32_t n;
};

enum cc_notify_outcome {
	CC_NOTIFY_SENT = 1,
	CC_NOTIFY_TEMP_FAIL,	/* try again later */
	CC_NOTIFY_PERM_FAIL,	/* will not go to this address */
	CC_NOTIFY_CANCELLED,	/* cancel() or close() came first */
	CC_NOTIFY_DISABLED	/* the endpoint said that it is gone (410): the dispatcher
				 * sends nothing more to it */
};

struct cc_notify_result {
	enum cc_notify_outcome outcome;
	char code[32];		/* "250", "HTTP 429", "timeout", "auth": printable ASCII */
	char detail[200];	/* for people, one line, printable; may be empty */
	int64_t retry_after;	/* seconds from now, -1: the far side asked for none */
};

/*
 * One attempt at one message.  The caller embeds it, fills the first block, zeroes
 * the second and leaves it alone until done().
 */
struct cc_notify_req {
	const struct cc_message *message;
	const char *to;		/* an e-mail address, or the name of an endpoint */
	uint32_t attempt;	/* 1, 2, ... */
	void (*done)(struct cc_notify_req *req,
	    const struct cc_notify_result *result);
	void *data;		/* the caller's own */

	void *module;		/* the module's, while it has the request */
};

struct cc_notifier {
	uint32_t abi;		/* CC_NOTIFIER_ABI */
	const char *name;	/* the channel: "email" */
	const char *help;	/* one line for people */

	/* Checks every key of `cfg` (an unknown one is CC_EINVAL and named), copies what
	 * it keeps; files may be read, nothing goes over a network. */
	enum cc_code (*open)(struct cc_notify_host *host,
	    const struct cc_notify_cfg *cfg, void **ret_self, struct cc_err *reterr);

	enum cc_code (*send)(void *self, struct cc_notify_req *req,
	    struct cc_err *reterr);

	/* Asks that the attempt be given up; done() still comes, with CC_NOTIFY_CANCELLED
	 * or with what had happened before. */
	void (*cancel)(void *self, struct cc_notify_req *req);

	/* Ends the module: what is outstanding is answered (CC_NOTIFY_CANCELLED, or as it
	 * went), handles are closed, and the memory goes when the loop has run their
	 * callbacks; so run the loop until it has nothing left.  `self` may not be used
	 * again.  close(NULL) does nothing. */
	void (*close)(void *self);
};

const char *cc_notify_outcome_text(enum cc_notify_outcome o);

/* Fills a result; the texts are cut to their size and made printable.  */
void cc_notify_result_set(struct cc_notify_result *r, enum cc_notify_outcome outcome,
    const char *code, const char *detail);

#endif
