#include "tests/unit/post_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/methods.h"
#include "wire/line.h"

struct cc_str
post_text(const char *s)
{
	return (struct cc_str){s, (uint32_t)strlen(s)};
}

void
post_begin(struct lab *l)
{
	assert_int_equal(cc_store_begin(l->store, NULL), CC_OK);
	l->engine->now = cc_kit_now(&l->kit);
	cc_post_forget(l->engine);
}

void
post_commit(struct lab *l)
{
	assert_int_equal(cc_store_commit(l->store, NULL), CC_OK);
}

struct cc_message
post_message(const char *id, const char *thread)
{
	struct cc_message m = {.id = id, .thread = thread, .case_id = "c1", .rule = "some-rule",
	    .title = "t", .section = "1", .subject = "v1", .period = 1, .epoch = 1,
	    .kind = CC_KIND_DEADLINE, .state = CC_STATE_RUNNING, .rung = "breach",
	    .severity = CC_WARNING, .role = "caseworker", .zone = "America/Chicago",
	    .at_local = "then", .started = {CC_KIT_T0}, .due = {CC_KIT_T0 + DAY},
	    .ended = CC_NEVER, .at = {CC_KIT_T0}, .fired = {CC_KIT_T0},
	    .known = {CC_KIT_T0}, .previous_due = CC_NEVER};

	return m;
}

struct cc_posting
post_posting(const struct lab *l, const struct cc_message *m, const char *recipient)
{
	const struct cc_person *p = cc_directory_find(&l->kit.setup->directory,
	    post_text(recipient));
	struct cc_posting ret = {.message = *m, .person = p};

	ret.row.recipient = post_text(recipient);
	ret.row.channel = CC_STR("email");
	ret.row.address = post_text(p == NULL ? l->kit.setup->config.operator_email : p->email);
	return ret;
}

struct cc_store_message
post_put(struct lab *l, const struct cc_posting *p)
{
	int64_t no = 0;
	struct cc_store_message row;

	assert_int_equal(cc_post(l->engine, p, &no, NULL), CC_OK);
	row = post_row(l, p->message.id);
	assert_int_equal(row.no, no);
	return row;
}

struct cc_store_message
post_row(struct lab *l, const char *id)
{
	struct cc_store_message row;

	assert_int_equal(cc_store_message_get(l->store, post_text(id), &l->arena, &row, NULL),
	    CC_OK);
	return row;
}

struct cc_store_messages
post_claim(struct lab *l)
{
	struct cc_store_claim q = {.now = l->kit.now.wall, .lease = HOUR, .limit = 1000,
	    .owner = CC_STR("test")};
	struct cc_store_messages rows = {0};

	assert_int_equal(cc_store_outbox_claim(l->store, &q, &l->arena, &rows, NULL), CC_OK);
	return rows;
}

void
post_move(struct lab *l, const struct cc_store_message *m, enum cc_outbox_state to,
    enum cc_attempt_outcome attempt, int64_t next)
{
	struct cc_store_outcome o = {.no = m->no, .fence = m->fence, .to = to,
	    .now = l->kit.now.wall, .next = {l->kit.now.wall.s + next}, .attempt = attempt,
	    .started = attempt == 0 ? CC_NEVER : l->kit.now.wall,
	    .ended = attempt == 0 ? CC_NEVER : l->kit.now.wall, .code = CC_STR("x")};
	enum cc_code code;

	assert_int_equal(cc_store_outbox_complete(l->store, &o, 1, &code, NULL), CC_OK);
	assert_int_equal(code, CC_OK);
}

const char *
post_ask(struct lab *l, const char *method, const char *params)
{
	static char answer[4096];
	struct cc_line_rules rules = {.max_bytes = 4096};
	struct cc_line line;
	struct cc_job *j;
	char text[2048];

	(void)snprintf(text, sizeof text, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\","
	    "\"params\":%s}", method, params);
	cc_wire_line_parse(&rules, post_text(text), &l->arena, &line);
	assert_int_equal(line.kind, CC_LINE_REQUEST);
	j = cc_job_request(line.request, cc_method_find(method));
	assert_non_null(j);
	j->uid = 1234;
	lab_want(l, 0);		/* nothing but the answer comes back */
	assert_true(cc_engine_submit(l->engine, &j->work));
	assert_true(cc_engine_step(l->engine, false));
	lab_expect_back(l, &j, 1);
	assert_non_null(j->text);
	(void)snprintf(answer, sizeof answer, "%.*s", (int)j->ntext, j->text);
	cc_job_free(j);
	return answer;
}
