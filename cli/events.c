#include <stdio.h>

#include "cli/command.h"
#include "cli/list.h"

enum { LINE_BYTES = 1024 * 1024 };

struct printing {
	struct cc_buf line;
	unsigned long long seen, gone;
	bool failed;
};

/* The event as it would be sent; of one without meaning only that it is there. */
static void
each(void *self, const struct cc_json *item)
{
	const struct cc_json *event = cc_json_get(item, "event");
	struct printing *p = self;

	p->seen++;
	if (cc_json_type(event) != CC_JSON_OBJECT) {
		p->gone++;
		return;
	}
	cc_json_print(&p->line, event);
	cc_buf_char(&p->line, '\n');
	if (cc_buf_end(&p->line, 0) == CC_OK)
		(void)fwrite(p->line.p, 1, p->line.n, stdout); /* seen at the end */
	else
		p->failed = true;
	cc_buf_clear(&p->line);
}

static int
print(struct cc_connection *c, const char *case_id)
{
	struct printing p = {.seen = 0};
	struct cc_list_question q = {.method = "case.events", .each = each, .self = &p};
	struct cc_buf params;
	int code = CC_EXIT_FAILED;

	cc_buf_init(&p.line, LINE_BYTES);
	cc_buf_init(&params, 4096);
	CC_BUF_LIT(&params, "\"case\":");
	cc_buf_jsons(&params, case_id);
	q.params = (struct cc_str){params.p, (uint32_t)params.n};
	if (cc_buf_end(&params, 0) != CC_OK)
		cc_complain("events: the id is too long");
	else
		code = cc_connection_list(c, &q);
	cc_buf_done(&params);
	cc_buf_done(&p.line);
	if (code == CC_EXIT_DONE && p.gone > 0)
		cc_complain("events: %llu of %llu have no meaning under the policy in force and "
		    "are left out", p.gone, p.seen);
	if (p.failed)
		cc_complain("events: no memory for all of the answer");
	return code == CC_EXIT_DONE && p.failed ? CC_EXIT_FAILED : code;
}

static int
run(const struct cc_args *a)
{
	struct cc_connection c;
	int code = cc_connection_open(&c, a);

	if (code != CC_EXIT_DONE)
		return code;
	code = print(&c, cc_args_plain(a, 0));
	cc_connection_close(&c);
	return code;
}

static const struct cc_option options[] = {CC_OPTION_SOCKET};

const struct cc_command cc_command_events = {
	.name = "events", .usage = "CASE",
	.summary = "Write the events of a case, one a line, in order of arrival",
	.details = "Each with its recordedtime, so that `caseclock simulate` can say what\n"
	    "was known on a day: caseclock events CASE |\n"
	    "caseclock simulate --policy DIR --as-known-at TIME",
	.args = {options, 1, 1, 1}, .run = run,
};
