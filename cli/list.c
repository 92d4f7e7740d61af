#include "cli/list.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"

enum { PARAMS_MAX = 32 * 1024, LINE_MAX_BYTES = 1024 * 1024 };

void
cc_list_begin(struct cc_list *l, const struct cc_listing *how,
    const struct cc_args *a)
{
	memset(l, 0, sizeof *l);
	l->how = how;
	l->json = cc_args_has(a, "json");
	l->by_case = how->by_case;
	cc_buf_init(&l->params, PARAMS_MAX);
	cc_buf_init(&l->line, LINE_MAX_BYTES);
}

static void
put_name(struct cc_list *l, const char *name)
{
	if (l->params.n > 0)
		cc_buf_char(&l->params, ',');
	cc_buf_jsons(&l->params, name);
	cc_buf_char(&l->params, ':');
}

void
cc_list_text(struct cc_list *l, const char *name, const char *value)
{
	if (value == NULL)
		return;
	l->by_case = l->by_case || strcmp(name, "case") == 0;
	put_name(l, name);
	cc_buf_jsons(&l->params, value);
}

void
cc_list_true(struct cc_list *l, const char *name)
{
	put_name(l, name);
	CC_BUF_LIT(&l->params, "true");
}

void
cc_list_texts(struct cc_list *l, const char *name, const struct cc_args *a,
    const char *option)
{
	const char *value;

	put_name(l, name);
	for (unsigned i = 0; (value = cc_args_value(a, option, i)) != NULL; i++) {
		cc_buf_char(&l->params, i == 0 ? '[' : ',');
		cc_buf_jsons(&l->params, value);
	}
	cc_buf_char(&l->params, ']');
}

/* The zone of the item's case: what the daemon says when asked to explain.  False
 * when the clock is gone. */
static bool
ask_zone(struct cc_list *l, const struct cc_json *item)
{
	const struct cc_json *result;
	struct cc_json *doc = NULL;
	const char *zone = NULL;
	struct cc_buf b;
	bool found;

	cc_buf_init(&b, PARAMS_MAX);
	CC_BUF_LIT(&b, "{\"case\":");
	cc_buf_jsons(&b, cc_item(item, "case"));
	CC_BUF_LIT(&b, ",\"clock\":");
	cc_buf_jsons(&b, cc_item(item, "clock"));
	CC_BUF_LIT(&b, ",\"subject\":");
	cc_buf_jsons(&b, cc_item(item, "subject"));
	cc_buf_char(&b, '}');
	if (cc_buf_end(&b, 0) == CC_OK && cc_connection_try(&l->connection,
	    "clock.explain", (struct cc_str){b.p, (uint32_t)b.n}, &doc, &result)) {
		zone = cc_item(cc_json_at(cc_json_get(result, "items"), 0), "zone");
		cc_when_zone(&l->when, zone);
	}
	cc_buf_done(&b);
	found = zone != NULL;
	cc_json_free(doc);
	return found;
}

static void
find_zone(struct cc_list *l, const struct cc_json *item)
{
	const char *id = cc_item(item, "case");

	if (!l->by_case || l->when.fixed || id == NULL || strcmp(id, l->zoned) == 0 ||
	    cc_item(item, "clock") == NULL || cc_item(item, "subject") == NULL)
		return;
	if (ask_zone(l, item))
		(void)snprintf(l->zoned, sizeof l->zoned, "%s", id); /* cut: asked again */
}

static void
each(void *self, const struct cc_json *item)
{
	struct cc_list *l = self;

	l->seen++;
	if (!l->json) {
		find_zone(l, item);
		l->how->row(l, item);
		return;
	}
	cc_json_print(&l->line, item);
	cc_buf_char(&l->line, '\n');
	if (cc_buf_end(&l->line, 0) == CC_OK)
		(void)fwrite(l->line.p, 1, l->line.n, stdout); /* seen at the end */
	else
		l->failed = true;
	cc_buf_clear(&l->line);
}

static int
ask(struct cc_list *l)
{
	struct cc_list_question q = {
		.method = l->how->method, .each = each, .self = l,
		.params = {l->params.p, (uint32_t)l->params.n}
	};
	int code;

	if (!l->json) {
		code = cc_rules_open(&l->rules, &l->connection);
		if (code != CC_EXIT_DONE)
			return code;
		cc_when_open(&l->when, cc_rules_zone(&l->rules));
		cc_table_begin(&l->table, stdout, l->how->columns, l->how->ncolumns);
	}
	code = cc_connection_list(&l->connection, &q);
	if (l->json)
		return code;
	l->failed = !cc_table_end(&l->table) || l->failed;
	if (code == CC_EXIT_DONE && l->seen == 0)
		puts(l->how->nothing);
	cc_when_done(&l->when);
	return code;
}

int
cc_list_run(struct cc_list *l, const struct cc_args *a)
{
	int code = CC_EXIT_FAILED;

	if (cc_buf_end(&l->params, 0) != CC_OK)
		cc_complain("the question is too long");
	else
		code = cc_connection_open(&l->connection, a);
	if (code == CC_EXIT_DONE) {
		code = ask(l);
		cc_connection_close(&l->connection);
	}
	cc_rules_done(&l->rules);
	cc_buf_done(&l->params);
	cc_buf_done(&l->line);
	if (l->failed)
		cc_complain("no memory for all of the answer");
	return code == CC_EXIT_DONE && l->failed ? CC_EXIT_FAILED : code;
}

const char *
cc_item(const struct cc_json *item, const char *name)
{
	return cc_json_get_text(item, name);
}

void
cc_list_cell(struct cc_list *l, const char *text, enum cc_tint tint)
{
	cc_table_cell(&l->table, text, tint);
}

void
cc_list_when(struct cc_list *l, const char *instant, enum cc_tint tint)
{
	char text[CC_LOCAL_TEXT];

	cc_when_json(&l->when, instant, text);
	cc_table_cell(&l->table, text, tint);
}

void
cc_list_number(struct cc_list *l, const struct cc_json *value)
{
	char text[32] = "";
	int64_t n;

	if (cc_json_int(value, &n))
		(void)snprintf(text, sizeof text, "%" PRId64, n);
	cc_table_cell(&l->table, text, CC_PLAIN);
}
