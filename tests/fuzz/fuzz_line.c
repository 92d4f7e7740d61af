/*
 * tests/fuzz/fuzz_line.c - any bytes as a line of the socket.
 *
 * Checks:    a line is an event, a request or a refusal with words; an event
 *            prints as a line that reads as the same compact bytes; a refusal's
 *            answer is JSON that the tool reads back.
 */
#include <stdint.h>
#include <stdlib.h>

#include "tests/support/ladders.h"
#include "tests/support/small_schema.h"
#include "wire/answer.h"
#include "wire/event_json.h"
#include "wire/rpc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool claim)
{
	if (!claim)
		abort();
}

static struct cc_str
compact(const struct cc_line_rules *rules, const struct cc_draft *d,
    struct cc_arena *a)
{
	struct cc_str bytes = {NULL, 0};

	must(cc_event_encode(rules->schema, d, a, &bytes, NULL) == CC_OK);
	return bytes;
}

static void
check_event(const struct cc_line_rules *rules, const struct cc_draft *d,
    struct cc_arena *a)
{
	struct cc_str first = compact(rules, d, a);
	struct cc_refused r;
	struct cc_draft again;
	struct cc_buf b;

	cc_buf_init(&b, 4 * CC_LINE_MAX_BYTES);
	cc_event_json_print(&b, rules->schema, d);
	must(cc_buf_end(&b, 0) == CC_OK);
	/* times in UTC may be longer than what was read */
	if (b.n <= rules->max_bytes) {
		must(cc_wire_event_parse(rules,
		    (struct cc_str){b.p, (uint32_t)b.n}, a, &again, &r));
		must(cc_str_eq(first, compact(rules, &again, a)));
		must(cc_str_eq(d->subject, again.subject));
	}
	cc_buf_done(&b);
}

static void
check_refusal(const struct cc_refused *r)
{
	struct cc_answer_seen seen;
	struct cc_json *doc = NULL;
	struct cc_buf b;

	must(r->code != CC_NOT_REFUSED && r->message[0] != '\0');
	cc_buf_init(&b, CC_ANSWER_MAX_BYTES);
	must(cc_answer_put_refused(&b, r) == CC_OK);
	must(cc_json_parse((struct cc_str){b.p, (uint32_t)b.n}, &doc, NULL) ==
	    CC_OK);
	must(cc_answer_read(doc, &seen, NULL) == CC_OK);
	must(seen.status == CC_REJECTED);
	cc_json_free(doc);
	cc_buf_done(&b);
}

static void
check_request(const struct cc_rpc *r)
{
	struct cc_rpc_error e = {CC_RPC_METHOD, cc_rpc_method(r), {NULL, 0}};
	struct cc_json *doc = NULL;
	struct cc_buf b;

	must((cc_rpc_fault(r) == NULL) == (cc_rpc_method(r)[0] != '\0'));
	cc_buf_init(&b, CC_ANSWER_MAX_BYTES);
	must(cc_rpc_error(&b, cc_rpc_id(r), &e) == CC_OK);
	must(cc_json_parse((struct cc_str){b.p, (uint32_t)b.n}, &doc, NULL) ==
	    CC_OK);
	cc_json_free(doc);
	cc_buf_done(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cc_line_rules rules = cc_test_line_rules();
	struct cc_arena a = cc_test_arena(64 * 1024 * 1024);
	struct cc_line l;

	if (size > 2 * CC_LINE_MAX_BYTES)
		size = 2 * CC_LINE_MAX_BYTES;
	cc_wire_line_parse(&rules,
	    (struct cc_str){(const char *)data, (uint32_t)size}, &a, &l);
	if (l.kind == CC_LINE_EVENT)
		check_event(&rules, &l.draft, &a);
	else if (l.kind == CC_LINE_REQUEST)
		check_request(l.request);
	else
		check_refusal(&l.refused);
	if (l.kind == CC_LINE_REQUEST)
		cc_rpc_free(l.request);
	cc_arena_done(&a);
	return 0;
}
