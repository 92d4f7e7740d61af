/*
 * cli/connect.h - talk to caseclockd over its socket.
 *
 * Source:    DESIGN.md sections 5 and 8 (--socket, CASECLOCK_SOCKET, default).
 * Purpose:   find and open the socket; ask a question and wait for its answer.
 * Limits:    an answer of at most CC_CONNECT_ANSWER bytes; CC_CONNECT_WAIT
 *            seconds without a byte end the wait.
 * Ownership: see each function.
 * Errors:    functions that answer an int give an enum cc_exit, after the words
 *            are out on standard error.
 */
#ifndef CC_CLI_CONNECT_H
#define CC_CLI_CONNECT_H

#include "cli/args.h"
#include "wire/buf.h"
#include "wire/rpc.h"

#define CC_SOCKET_DEFAULT "/run/caseclock/caseclock.sock"

enum { CC_CONNECT_ANSWER = 64 * 1024 * 1024, CC_CONNECT_WAIT = 60 };

/* The option that every command has that talks to the daemon. */
#define CC_OPTION_SOCKET \
	{.name = "socket", .value = "PATH", .help = "The daemon's socket"}

/* The socket that was named before the command; borrowed for good. */
void cc_connect_path(const char *path);

struct cc_connection {
	int fd;
	const char *path;
	struct cc_buf in;
	size_t given;		/* bytes of the line last given, at the front of `in` */
	size_t scanned;		/* bytes of `in` known to hold no newline */
	int64_t asked;		/* id of the last question */
};

/* Connect; `a` may hold --socket. */
int cc_connection_open(struct cc_connection *c, const struct cc_args *a);
void cc_connection_close(struct cc_connection *c);

/*
 * The next whole line, without its newline, good until the next call.
 *
 * CC_ENOENT  there is none yet;
 * CC_ERANGE  the line is too long.
 */
enum cc_code cc_connection_line(struct cc_connection *c, struct cc_str *ret,
    struct cc_err *reterr) CC_MUST_USE;

/* Read once what is there; waits when nothing is and the socket blocks.
 * CC_ENOENT  the other side has closed; CC_EBUSY nothing yet; CC_EIO. */
enum cc_code cc_connection_read(struct cc_connection *c, struct cc_err *reterr)
    CC_MUST_USE;

/* The daemon is gone, or cannot be reached: say so.  CC_EXIT_UNREACHABLE. */
int cc_connection_lost(const struct cc_connection *c, const struct cc_err *err);

/*
 * Ask: `params` is the JSON text of an object, n 0 for none.  *ret_doc is the
 * answer's document (cc_json_free), *ret_result its result.  An error of the
 * daemon is told; CC_EXIT_USAGE for wrong parameters, else CC_EXIT_FAILED.
 */
int cc_connection_ask(struct cc_connection *c, const char *method,
    struct cc_str params, struct cc_json **ret_doc,
    const struct cc_json **ret_result);

/* The same for what can be done without: nothing is told when it fails. */
bool cc_connection_try(struct cc_connection *c, const char *method,
    struct cc_str params, struct cc_json **ret_doc,
    const struct cc_json **ret_result) CC_MUST_USE;

/* Ask for a list, page by page; each item is given to `each`.  `params` holds
 * members of the parameters without braces ("\"case\":\"a\""), may be empty. */
struct cc_list_question {
	const char *method;
	struct cc_str params;
	void (*each)(void *self, const struct cc_json *item);
	void *self;
};
int cc_connection_list(struct cc_connection *c, const struct cc_list_question *q);

#endif
