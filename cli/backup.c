#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/connect.h"

enum { QUESTION_MAX = 2 * PATH_MAX * 6 };

/* The daemon has another working folder: the path must be whole. */
static int
put_question(const char *path, struct cc_buf *b)
{
	char here[PATH_MAX], whole[2 * PATH_MAX];

	if (path[0] != '/' && getcwd(here, sizeof here) == NULL) {
		cc_complain("backup: the working folder is not known");
		return CC_EXIT_FAILED;
	}
	if (path[0] == '/')
		(void)snprintf(whole, sizeof whole, "%.*s", PATH_MAX, path);
	else
		(void)snprintf(whole, sizeof whole, "%s/%.*s", here, PATH_MAX - 2, path);
	CC_BUF_LIT(b, "{\"path\":");
	cc_buf_jsons(b, whole);
	cc_buf_char(b, '}');
	return cc_buf_end(b, 0) == CC_OK ? CC_EXIT_DONE : CC_EXIT_FAILED;
}

static int
backup(const struct cc_args *a, const struct cc_buf *b)
{
	const struct cc_json *result;
	struct cc_json *doc = NULL;
	struct cc_connection c;
	int64_t bytes = 0;
	int code = cc_connection_open(&c, a);

	if (code != CC_EXIT_DONE)
		return code;
	code = cc_connection_ask(&c, "backup", (struct cc_str){b->p, (uint32_t)b->n},
	    &doc, &result);
	if (code == CC_EXIT_DONE) {
		(void)cc_json_int(cc_json_get(result, "bytes"), &bytes); /* else 0 */
		printf("%s: %" PRId64 " bytes\n", cc_args_plain(a, 0), bytes);
	}
	cc_json_free(doc);
	cc_connection_close(&c);
	return code;
}

static int
run(const struct cc_args *a)
{
	struct cc_buf b;
	int code;

	cc_buf_init(&b, QUESTION_MAX);
	code = put_question(cc_args_plain(a, 0), &b);
	if (code == CC_EXIT_DONE)
		code = backup(a, &b);
	cc_buf_done(&b);
	return code;
}

static const struct cc_option options[] = {CC_OPTION_SOCKET};

const struct cc_command cc_command_backup = {
	.name = "backup", .usage = "FILE",
	.summary = "Have the daemon write a copy of its store",
	.details = "FILE must not exist, and the daemon must be allowed to write it.",
	.args = {options, 1, 1, 1}, .run = run,
};
