#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/list.h"
#include "policy/diag.h"

static const struct cc_column columns[] = {
	{.title = "MESSAGE"}, {.title = "STATE"}, {.title = "CASE"}, {.title = "CLOCK"},
	{.title = "SUBJECT"}, {.title = "RUNG"}, {.title = "TO"}, {.title = "CHANNEL"},
	{.title = "TRIES", .right = true}, {.title = "WHEN"},
	{.title = "REASON", .may_cut = true},
};

static const char *const states[] = {
	"queued", "claimed", "sent", "dead", "superseded", "held", "grouped"
};

enum { STATES = sizeof states / sizeof states[0] };

static enum cc_tint
tint_of(const char *state)
{
	if (state == NULL)
		return CC_PLAIN;
	if (strcmp(state, "dead") == 0)
		return CC_RED;
	return strcmp(state, "held") == 0 ? CC_YELLOW : CC_PLAIN;
}

/* When it will be tried next, or when it was closed. */
static const char *
instant_of(const struct cc_json *item, const char *state)
{
	if (state != NULL && strcmp(state, "queued") == 0)
		return cc_item(item, "next");
	if (cc_item(item, "closed") != NULL)
		return cc_item(item, "closed");
	return cc_item(item, "created");
}

/* The rung, or what it is when it is not one alert. */
static const char *
rung_of(const struct cc_json *item)
{
	const char *rung = cc_item(item, "rung");

	return rung == NULL || rung[0] == '\0' ? cc_item(item, "form") : rung;
}

/* Why it is as it is: what the daemon says of it, what it waits for, or where it is
 * said. */
static void
put_reason(struct cc_list *l, const struct cc_json *item)
{
	const char *reason = cc_item(item, "reason"), *hold = cc_item(item, "hold");
	char text[96];
	int64_t carrier = 0;

	if (hold != NULL && hold[0] != '\0')
		(void)snprintf(text, sizeof text, "waits: %s", hold); /* cut is fine */
	else if (cc_json_int(cc_json_get(item, "carrier"), &carrier))
		(void)snprintf(text, sizeof text, "said in message %" PRId64, carrier);
	else
		text[0] = '\0';
	cc_list_cell(l, text[0] == '\0' ? reason : text, CC_PLAIN);
}

static void
row(struct cc_list *l, const struct cc_json *item)
{
	const char *state = cc_item(item, "state");

	cc_list_cell(l, cc_item(item, "id"), CC_PLAIN);
	cc_list_cell(l, state, tint_of(state));
	cc_list_cell(l, cc_item(item, "case"), CC_PLAIN);
	cc_list_cell(l, cc_item(item, "clock"), CC_PLAIN);
	cc_list_cell(l, cc_item(item, "subject"), CC_PLAIN);
	cc_list_cell(l, rung_of(item), CC_PLAIN);
	cc_list_cell(l, cc_item(item, "recipient"), CC_PLAIN);
	cc_list_cell(l, cc_item(item, "channel"), CC_PLAIN);
	cc_list_number(l, cc_json_get(item, "attempts"));
	cc_list_when(l, instant_of(item, state), CC_PLAIN);
	put_reason(l, item);
}

static int
check_state(const char *text)
{
	const char *near;

	for (unsigned i = 0; text != NULL && i < STATES; i++) {
		if (strcmp(text, states[i]) == 0)
			return CC_EXIT_DONE;
	}
	if (text == NULL)
		return CC_EXIT_DONE;
	near = cc_nearest(text, strlen(text), states, STATES);
	if (near != NULL)
		return cc_misused("messages: there is no state %s; did you mean %s?", text,
		    near);
	return cc_misused("messages: there is no state %.80s; the states are queued, "
	    "claimed, sent, dead, superseded, held and grouped", text);
}

static int
run_list(const struct cc_args *a)
{
	static const struct cc_listing listing = {"messages.list", columns,
		sizeof columns / sizeof columns[0], row, "no messages", false};
	const char *state = cc_args_value(a, "state", 0);
	struct cc_list l;
	const char *word = cc_args_plain(a, 0);
	int code = check_state(state);

	if (word != NULL && strcmp(word, "list") != 0)
		return cc_misused("messages: what is %.80s?  There are list, redrive and "
		    "preview", word);
	if (code != CC_EXIT_DONE)
		return code;
	cc_list_begin(&l, &listing, a);
	cc_list_text(&l, "case", cc_args_value(a, "case", 0));
	cc_list_text(&l, "state", state);
	return cc_list_run(&l, a);
}

static const struct cc_option list_options[] = {
	{.name = "case", .value = "CASE", .help = "Only of this case"},
	{.name = "state", .value = "STATE",
	    .help = "queued, claimed, sent, dead, superseded, held, grouped"},
	{.name = "json", .help = "One message a line, times in UTC"},
	CC_OPTION_SOCKET,
};

const struct cc_command cc_command_messages = {
	.name = "messages", .usage = "[list] [--case CASE] [--state STATE] [--json]",
	.summary = "Show what was told to whom, what waits, what could not be delivered",
	.details = "WHEN is the next try of a queued message, else when it was closed.\n"
	    "REASON says of a queued one what it waits for on purpose (group, quiet,\n"
	    "digest, silence:N), of a grouped one which message says it.\n"
	    "Dead messages were given up; `caseclock messages redrive` tries them again.",
	.args = {list_options, sizeof list_options / sizeof list_options[0], 0, 1},
	.run = run_list,
};

/* ---- redrive --------------------------------------------------------- */

/* The parameters of the question in `b`. */
static int
what_to_redrive(const struct cc_args *a, struct cc_buf *b)
{
	const char *id = cc_args_plain(a, 0), *alert = cc_args_value(a, "alert", 0);
	bool dead = cc_args_has(a, "dead");
	char *end = NULL;
	int64_t n = 0;

	if ((id != NULL) + (alert != NULL) + dead != 1)
		return cc_misused("messages redrive: one of ID, --alert N and --dead");
	if (alert != NULL) {
		errno = 0;
		n = strtoll(alert, &end, 10);
		if (end == alert || *end != '\0' || errno != 0 || n < 1)
			return cc_misused("messages redrive: --alert is the number of an "
			    "alert, not %.80s", alert);
	}
	if (id != NULL) {
		CC_BUF_LIT(b, "{\"id\":");
		cc_buf_jsons(b, id);
	} else if (alert != NULL) {
		CC_BUF_LIT(b, "{\"alert\":");
		cc_buf_int(b, n);
	} else {
		CC_BUF_LIT(b, "{\"all\":true");
	}
	cc_buf_char(b, '}');
	return cc_buf_end(b, 0) == CC_OK ? CC_EXIT_DONE :
	    cc_misused("messages redrive: the id is too long");
}

static int
redrive(const struct cc_args *a, const struct cc_buf *b)
{
	const struct cc_json *result;
	struct cc_json *doc = NULL;
	struct cc_connection c;
	int64_t n = 0;
	int code = cc_connection_open(&c, a);

	if (code != CC_EXIT_DONE)
		return code;
	code = cc_connection_ask(&c, "messages.redrive",
	    (struct cc_str){b->p, (uint32_t)b->n}, &doc, &result);
	if (code == CC_EXIT_DONE) {
		(void)cc_json_int(cc_json_get(result, "redriven"), &n); /* else none */
		printf("%" PRId64 " message%s will be tried again\n", n, n == 1 ? "" : "s");
	}
	cc_json_free(doc);
	cc_connection_close(&c);
	return code;
}

static int
run_redrive(const struct cc_args *a)
{
	struct cc_buf b;
	int code;

	cc_buf_init(&b, 4096);
	code = what_to_redrive(a, &b);
	if (code == CC_EXIT_DONE)
		code = redrive(a, &b);
	cc_buf_done(&b);
	return code;
}

static const struct cc_option redrive_options[] = {
	{.name = "dead", .help = "All messages that were given up"},
	{.name = "alert", .value = "N", .help = "An alert that was held back"},
	CC_OPTION_SOCKET,
};

const struct cc_command cc_command_redrive = {
	.name = "messages redrive", .usage = "ID | --alert N | --dead",
	.summary = "Try messages again that were given up or held",
	.args = {redrive_options, sizeof redrive_options / sizeof redrive_options[0], 0, 1},
	.run = run_redrive,
};
