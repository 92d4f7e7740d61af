#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/ladders.h"
#include "tests/support/small_schema.h"
#include "wire/event_json.h"
#include "wire/rpc.h"

enum { ARENA = 16 * 1024 * 1024 };

/* 2026-03-08T12:00:00Z */
#define NOW INT64_C(1772971200)

static struct cc_str
str(const char *text)
{
	return (struct cc_str){text, (uint32_t)strlen(text)};
}

#define ENVELOPE(id, source, type, subject, time, data)                      \
	"{\"specversion\":\"1.0\",\"id\":" id ",\"source\":" source           \
	",\"type\":" type ",\"subject\":" subject ",\"time\":" time           \
	",\"data\":" data "}"
#define TIMED(time) ENVELOPE("\"e1\"", "\"/s\"", "\"notice.released\"", "\"k\"", time, "{}")
#define WITH(more)                                                           \
	"{\"specversion\":\"1.0\",\"id\":\"e1\",\"source\":\"/s\"," more      \
	",\"type\":\"notice.released\",\"subject\":\"k\","                   \
	"\"time\":\"2026-03-08T00:00:00Z\",\"data\":{}}"
#define DATA(type, data) ENVELOPE("\"e1\"", "\"/s\"", "\"" type "\"", "\"k\"", \
	"\"2026-03-08T00:00:00Z\"", data)
#define INTAKE(members) DATA("intake.received", "{\"intake_id\":\"i\","      \
	"\"priority\":\"P1\",\"victim_person_ids\":[\"v1\"]" members "}")

/* Everything that can be wrong with one line; got is part of the message. */
static const struct row {
	const char *what, *line;
	enum cc_refusal code;
	const char *pointer, *got;
} rows[] = {
	/* parse_error */
	{"not JSON", "intake received", CC_REFUSED_PARSE_ERROR, "", "JSON"},
	{"an empty line", "", CC_REFUSED_PARSE_ERROR, "", "nothing"},
	{"blanks only", "  \t\r", CC_REFUSED_PARSE_ERROR, "", "JSON"},
	{"half an object", "{\"specversion\":\"1.0\",\"id\":\"e",
	    CC_REFUSED_PARSE_ERROR, "", "JSON"},
	{"something behind", "{} {}", CC_REFUSED_PARSE_ERROR, "", "byte"},
	{"a comma too many", "{\"a\":1,}", CC_REFUSED_PARSE_ERROR, "", "JSON"},
	{"single quotes", "{'a':1}", CC_REFUSED_PARSE_ERROR, "", "JSON"},
	{"NaN", "{\"a\":NaN}", CC_REFUSED_PARSE_ERROR, "", "JSON"},
	{"invalid UTF-8", WITH("\"x\":\"\xff\""), CC_REFUSED_PARSE_ERROR, "",
	    "0xff"},
	{"overlong UTF-8", WITH("\"x\":\"\xc0\xaf\""), CC_REFUSED_PARSE_ERROR,
	    "", "JSON"},
	{"a surrogate as UTF-8", WITH("\"x\":\"\xed\xa0\x80\""),
	    CC_REFUSED_PARSE_ERROR, "", "JSON"},
	{"half a surrogate pair", WITH("\"x\":\"\\ud800\""),
	    CC_REFUSED_PARSE_ERROR, "", "JSON"},
	{"an escaped NUL", WITH("\"x\":\"a\\u0000b\""), CC_REFUSED_PARSE_ERROR,
	    "", "u0000"},
	{"an escaped NUL in a name", WITH("\"x\\u0000\":1"),
	    CC_REFUSED_PARSE_ERROR, "", "u0000"},
	{"a raw control character", WITH("\"x\":\"a\x01\""),
	    CC_REFUSED_PARSE_ERROR, "", "JSON"},
	{"a duplicate member", WITH("\"id\":\"e1\""), CC_REFUSED_PARSE_ERROR, "",
	    "duplicate"},
	{"a duplicate in data", DATA("notice.released",
	    "{\"recipient_id\":\"a\",\"recipient_id\":\"a\"}"),
	    CC_REFUSED_PARSE_ERROR, "", "duplicate"},
	{"a byte order mark", "\xef\xbb\xbf{}", CC_REFUSED_PARSE_ERROR, "",
	    "byte order mark"},
	{"a number over 64 bits", WITH("\"x\":99999999999999999999"),
	    CC_REFUSED_PARSE_ERROR, "", "big"},

	/* invalid_event */
	{"a list", "[]", CC_REFUSED_INVALID_EVENT, "", "a list"},
	{"a string", "\"x\"", CC_REFUSED_INVALID_EVENT, "", "\"x\""},
	{"a number", "5", CC_REFUSED_INVALID_EVENT, "", "5"},
	{"null", "null", CC_REFUSED_INVALID_EVENT, "", "null"},
	{"an empty object", "{}", CC_REFUSED_INVALID_EVENT, "/specversion",
	    "nothing"},
	{"neither event nor request", "{\"method\":\"status\",\"id\":1}",
	    CC_REFUSED_INVALID_EVENT, "/specversion", "nothing"},
	{"specversion 0.3", "{\"specversion\":\"0.3\"}", CC_REFUSED_INVALID_EVENT,
	    "/specversion", "expected \"1.0\"; got \"0.3\""},
	{"specversion as number", "{\"specversion\":1.0}",
	    CC_REFUSED_INVALID_EVENT, "/specversion", "fraction"},
	{"no id", "{\"specversion\":\"1.0\"}", CC_REFUSED_INVALID_EVENT, "/id",
	    "nothing"},
	{"id null", "{\"specversion\":\"1.0\",\"id\":null}",
	    CC_REFUSED_INVALID_EVENT, "/id", "null"},
	{"id a number", "{\"specversion\":\"1.0\",\"id\":1}",
	    CC_REFUSED_INVALID_EVENT, "/id", "got 1"},
	{"id with a blank", "{\"specversion\":\"1.0\",\"id\":\"a b\"}",
	    CC_REFUSED_INVALID_EVENT, "/id", "\"a b\""},
	{"id too long", "{\"specversion\":\"1.0\",\"id\":\"a1234567890123456789"
	    "012345678901234567890123456789012345678901234\"}",
	    CC_REFUSED_INVALID_EVENT, "/id", "..."},
	{"no source", "{\"specversion\":\"1.0\",\"id\":\"a\"}",
	    CC_REFUSED_INVALID_EVENT, "/source", "nothing"},
	{"source empty", "{\"specversion\":\"1.0\",\"id\":\"a\",\"source\":\"\"}",
	    CC_REFUSED_INVALID_EVENT, "/source", "\"\""},
	{"source not ASCII", "{\"specversion\":\"1.0\",\"id\":\"a\","
	    "\"source\":\"\xc3\xa9\"}", CC_REFUSED_INVALID_EVENT, "/source",
	    "\\xc3\\xa9"},
	{"source with a newline", "{\"specversion\":\"1.0\",\"id\":\"a\","
	    "\"source\":\"a\\nb\"}", CC_REFUSED_INVALID_EVENT, "/source",
	    "\\x0a"},
	{"no type", "{\"specversion\":\"1.0\",\"id\":\"a\",\"source\":\"s\"}",
	    CC_REFUSED_INVALID_EVENT, "/type", "nothing"},
	{"type a list", ENVELOPE("\"e1\"", "\"/s\"", "[]", "\"k\"", "\"\"", "{}"),
	    CC_REFUSED_INVALID_EVENT, "/type", "a list"},
	{"subject not an id", ENVELOPE("\"e1\"", "\"/s\"", "\"t\"", "\"Doe, J\"",
	    "\"\"", "{}"), CC_REFUSED_INVALID_EVENT, "/subject", "Doe"},
	{"time a number", TIMED("17"), CC_REFUSED_INVALID_EVENT, "/time", "17"},
	{"data a list", ENVELOPE("\"e1\"", "\"/s\"", "\"t\"", "\"k\"", "\"\"",
	    "[]"), CC_REFUSED_INVALID_EVENT, "/data", "a list"},
	{"data null", ENVELOPE("\"e1\"", "\"/s\"", "\"t\"", "\"k\"", "\"\"",
	    "null"), CC_REFUSED_INVALID_EVENT, "/data", "null"},
	{"another content type", WITH("\"datacontenttype\":\"text/xml\""),
	    CC_REFUSED_INVALID_EVENT, "/datacontenttype", "text/xml"},
	{"dataschema not a string", WITH("\"dataschema\":{}"),
	    CC_REFUSED_INVALID_EVENT, "/dataschema", "an object"},
	{"recordedtime not a string", WITH("\"recordedtime\":true"),
	    CC_REFUSED_INVALID_EVENT, "/recordedtime", "true"},
	{"an extension", WITH("\"childname\":\"x\""), CC_REFUSED_INVALID_EVENT,
	    "/childname", "not known"},
	{"a member to escape", WITH("\"a/b~c\":1"), CC_REFUSED_INVALID_EVENT,
	    "/a~1b~0c", "not known"},
	{"an event that is a request too", WITH("\"jsonrpc\":\"2.0\""),
	    CC_REFUSED_INVALID_EVENT, "/jsonrpc", "not known"},

	/* invalid_time */
	{"no offset", TIMED("\"2026-03-08T00:00:00\""), CC_REFUSED_INVALID_TIME,
	    "/time", "offset"},
	{"month 13", TIMED("\"2026-13-08T00:00:00Z\""), CC_REFUSED_INVALID_TIME,
	    "/time", "no such date"},
	{"29 February 2026", TIMED("\"2026-02-29T00:00:00Z\""),
	    CC_REFUSED_INVALID_TIME, "/time", "no such date"},
	{"year 9999", TIMED("\"9999-01-01T00:00:00Z\""), CC_REFUSED_INVALID_TIME,
	    "/time", "1970 to 2099"},
	{"year 1969", TIMED("\"1969-12-31T23:59:59Z\""), CC_REFUSED_INVALID_TIME,
	    "/time", "1970 to 2099"},
	{"a leap second", TIMED("\"2026-06-30T23:59:60Z\""),
	    CC_REFUSED_INVALID_TIME, "/time", "59"},
	{"words", TIMED("\"yesterday\""), CC_REFUSED_INVALID_TIME, "/time",
	    "yesterday"},
	{"no text", TIMED("\"\""), CC_REFUSED_INVALID_TIME, "/time", "\"\""},
	{"recordedtime without offset", WITH("\"recordedtime\":"
	    "\"2026-03-08T00:00:00\""), CC_REFUSED_INVALID_TIME, "/recordedtime",
	    "offset"},

	/* unknown_type */
	{"a type that is not declared", DATA("intake.recieved", "{}"),
	    CC_REFUSED_UNKNOWN_TYPE, "/type", "\"intake.recieved\""},
	{"a type of no letters", DATA("", "{}"), CC_REFUSED_UNKNOWN_TYPE, "/type",
	    "\"\""},

	/* invalid_data */
	{"an unknown field", INTAKE(",\"narrative\":\"x\""),
	    CC_REFUSED_INVALID_DATA, "/data/narrative", "intake.received"},
	{"a wrong code", DATA("intake.received", "{\"priority\":\"P9\"}"),
	    CC_REFUSED_INVALID_DATA, "/data/priority",
	    "expected one of P1, P2, PN; got \"P9\""},
	{"a code of another field", DATA("intake.received",
	    "{\"priority\":\"phone\"}"), CC_REFUSED_INVALID_DATA,
	    "/data/priority", "one of P1"},
	{"a code as number", DATA("intake.received", "{\"priority\":1}"),
	    CC_REFUSED_INVALID_DATA, "/data/priority", "got 1"},
	{"a long list of codes", DATA("person.added", "{\"roles\":[\"x\"]}"),
	    CC_REFUSED_INVALID_DATA, "/data/roles/0", ", ...; got \"x\""},
	{"a required field missing", DATA("intake.received",
	    "{\"intake_id\":\"i\",\"priority\":\"P1\"}"),
	    CC_REFUSED_INVALID_DATA, "/data/victim_person_ids", "nothing"},
	{"null", INTAKE(",\"screened\":null"), CC_REFUSED_INVALID_DATA,
	    "/data/screened", "null"},
	{"a bool as text", INTAKE(",\"screened\":\"true\""),
	    CC_REFUSED_INVALID_DATA, "/data/screened", "\"true\""},
	{"a bool as number", INTAKE(",\"screened\":1"), CC_REFUSED_INVALID_DATA,
	    "/data/screened", "got 1"},
	{"a zone that is not there", INTAKE(",\"timezone\":\"America/Dallas\""),
	    CC_REFUSED_INVALID_DATA, "/data/timezone", "America/Dallas"},
	{"a zone that climbs", INTAKE(",\"timezone\":\"../../etc/passwd\""),
	    CC_REFUSED_INVALID_DATA, "/data/timezone", "IANA"},
	{"a zone as list", INTAKE(",\"timezone\":[]"), CC_REFUSED_INVALID_DATA,
	    "/data/timezone", "a list"},
	{"an id for a list", DATA("intake.received",
	    "{\"victim_person_ids\":\"v1\"}"), CC_REFUSED_INVALID_DATA,
	    "/data/victim_person_ids", "a list; got \"v1\""},
	{"a list for an id", DATA("intake.received", "{\"intake_id\":[\"i\"]}"),
	    CC_REFUSED_INVALID_DATA, "/data/intake_id", "a list"},
	{"the third of a list", DATA("intake.received",
	    "{\"victim_person_ids\":[\"a\",\"b\",\"John Doe\"]}"),
	    CC_REFUSED_INVALID_DATA, "/data/victim_person_ids/2", "John Doe"},
	{"null in a list", DATA("intake.received",
	    "{\"victim_person_ids\":[null]}"), CC_REFUSED_INVALID_DATA,
	    "/data/victim_person_ids/0", "null"},
	{"a list in a list", DATA("intake.received",
	    "{\"victim_person_ids\":[[\"a\"]]}"), CC_REFUSED_INVALID_DATA,
	    "/data/victim_person_ids/0", "a list"},
	{"an id of no letters", DATA("intake.received", "{\"intake_id\":\"\"}"),
	    CC_REFUSED_INVALID_DATA, "/data/intake_id", "\"\""},
	{"an int over 150", DATA("person.added", "{\"age_years\":151}"),
	    CC_REFUSED_INVALID_DATA, "/data/age_years", "0 to 150; got 151"},
	{"an int below 0", DATA("person.added", "{\"age_years\":-1}"),
	    CC_REFUSED_INVALID_DATA, "/data/age_years", "got -1"},
	{"an int with a point", DATA("person.added", "{\"age_years\":1.0}"),
	    CC_REFUSED_INVALID_DATA, "/data/age_years", "fraction 1"},
	{"an int as text", DATA("person.added", "{\"age_years\":\"4\"}"),
	    CC_REFUSED_INVALID_DATA, "/data/age_years", "\"4\""},
	{"an impossible date", DATA("extension.requested",
	    "{\"until_date\":\"2026-02-30\"}"), CC_REFUSED_INVALID_DATA,
	    "/data/until_date", "no such date"},
	{"a date with a time", DATA("extension.requested",
	    "{\"until_date\":\"2026-02-28T00:00:00Z\"}"),
	    CC_REFUSED_INVALID_DATA, "/data/until_date", "YYYY-MM-DD"},
	{"a date as number", DATA("extension.requested",
	    "{\"until_date\":20260228}"), CC_REFUSED_INVALID_DATA,
	    "/data/until_date", "20260228"},
	{"a time in data without offset", DATA("contact.made",
	    "{\"ended_at\":\"2026-02-28T00:00:00\"}"), CC_REFUSED_INVALID_DATA,
	    "/data/ended_at", "offset"},
	{"a time in data as number", DATA("contact.made", "{\"ended_at\":0}"),
	    CC_REFUSED_INVALID_DATA, "/data/ended_at", "got 0"},

	/* future_time: now is 2026-03-08T12:00:00Z, 300 s are granted */
	{"301 s ahead", TIMED("\"2026-03-08T12:05:01Z\""), CC_REFUSED_FUTURE_TIME,
	    "/time", "300 s after now (2026-03-08T12:00:00Z); "
	    "got 2026-03-08T12:05:01Z"},
	{"years ahead", TIMED("\"2099-12-31T23:59:59Z\""), CC_REFUSED_FUTURE_TIME,
	    "/time", "2099"},

	/* the first that applies */
	{"parse_error before invalid_event", "{\"a\":1,\"a\":2}",
	    CC_REFUSED_PARSE_ERROR, "", "duplicate"},
	{"invalid_event before invalid_time", ENVELOPE("\"e1\"", "\"/s\"",
	    "\"no.type\"", "\"k\"", "\"no time\"", "5"),
	    CC_REFUSED_INVALID_EVENT, "/data", "got 5"},
	{"an unknown member before invalid_time", WITH("\"x\":1,"
	    "\"recordedtime\":\"never\""), CC_REFUSED_INVALID_EVENT, "/x",
	    "not known"},
	{"invalid_time before unknown_type", ENVELOPE("\"e1\"", "\"/s\"",
	    "\"no.type\"", "\"k\"", "\"no time\"", "{\"x\":1}"),
	    CC_REFUSED_INVALID_TIME, "/time", "no time"},
	{"unknown_type before invalid_data", DATA("no.type", "{\"x\":1}"),
	    CC_REFUSED_UNKNOWN_TYPE, "/type", "no.type"},
	{"invalid_data before future_time", ENVELOPE("\"e1\"", "\"/s\"",
	    "\"notice.released\"", "\"k\"", "\"2027-01-01T00:00:00Z\"",
	    "{\"x\":1}"), CC_REFUSED_INVALID_DATA, "/data/x",
	    "notice.released"},
};

static struct cc_line_rules
rules_at_now(void)
{
	struct cc_line_rules r = cc_test_line_rules();

	r.has_now = true;
	r.now.s = NOW;
	return r;
}

static struct cc_refused
refused(const struct cc_line_rules *rules, struct cc_str line)
{
	struct cc_arena a = cc_test_arena(ARENA);
	struct cc_line l;

	cc_wire_line_parse(rules, line, &a, &l);
	if (l.kind != CC_LINE_REFUSED)
		fail_msg("not refused: %.*s", (int)line.n, line.p);
	cc_arena_done(&a);
	return l.refused;
}

static void
check_row(const struct row *row)
{
	struct cc_line_rules rules = rules_at_now();
	size_t n = strlen(row->line);
	char *own = malloc(n == 0 ? 1 : n);	/* no NUL behind it */
	struct cc_refused r;

	assert_non_null(own);
	memcpy(own, row->line, n);
	r = refused(&rules, (struct cc_str){own, (uint32_t)n});
	free(own);
	if (r.code != row->code || strcmp(r.pointer, row->pointer) != 0 ||
	    strstr(r.message, row->got) == NULL) {
		fail_msg("%s: got %s %s \"%s\"", row->what,
		    cc_refusal_text(r.code), r.pointer, r.message);
	}
}

static void
each_fault_has_its_code_and_pointer(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		check_row(&rows[i]);
}

static void
codes_are_in_the_order_of_the_protocol(void **state)
{
	static const char *const order[] = {
		"too_large", "parse_error", "forbidden", "invalid_event",
		"invalid_time", "unknown_type", "invalid_data", "future_time",
		"id_conflict", "overloaded", "storage_failed"
	};

	(void)state;
	assert_int_equal(CC_REFUSAL_COUNT, 1 + sizeof order / sizeof order[0]);
	for (int i = 1; i < CC_REFUSAL_COUNT; i++) {
		assert_string_equal(cc_refusal_text((enum cc_refusal)i),
		    order[i - 1]);
	}
}

static void
a_refusal_names_the_event_as_far_as_it_can(void **state)
{
	static const struct {
		const char *line, *id, *source;
	} cases[] = {
		{DATA("no.type", "{}"), "e1", "/s"},
		{ENVELOPE("\"e 1\"", "\"/s\"", "\"t\"", "\"k\"", "\"\"", "{}"), "",
		    "/s"},
		{ENVELOPE("\"e1\"", "\"\"", "\"t\"", "\"k\"", "\"\"", "{}"), "e1",
		    ""},
		{ENVELOPE("1", "2", "\"t\"", "\"k\"", "\"\"", "{}"), "", ""},
		{"{\"id\":\"e7\"}", "e7", ""},
		{"[\"e7\"]", "", ""},
		{"{\"id\":\"e7\"", "", ""},
	};
	struct cc_line_rules rules = rules_at_now();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct cc_refused r = refused(&rules, str(cases[i].line));

		assert_string_equal(r.id, cases[i].id);
		assert_string_equal(r.source, cases[i].source);
	}
}

static void
a_message_shows_no_more_than_forty_characters(void **state)
{
	struct cc_line_rules rules = rules_at_now();
	char line[4096], name[2048];
	struct cc_refused r;

	(void)state;
	memset(name, 'n', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	(void)snprintf(line, sizeof line, DATA("intake.received",
	    "{\"priority\":\"%s\"}"), name);
	r = refused(&rules, str(line));
	assert_int_equal(r.code, CC_REFUSED_INVALID_DATA);
	assert_true(strlen(r.message) < 100);
	(void)snprintf(line, sizeof line, DATA("intake.received", "{\"%s\":1}"),
	    name);
	r = refused(&rules, str(line));
	assert_true(strlen(r.pointer) <= strlen("/data/...") + 40);
	(void)snprintf(line, sizeof line, WITH("\"%s\":1"), name);
	r = refused(&rules, str(line));
	assert_true(strlen(r.pointer) <= strlen("/...") + 40);
}

static void
five_minutes_ahead_are_accepted(void **state)
{
	struct cc_line_rules rules = rules_at_now();
	struct cc_arena a = cc_test_arena(ARENA);
	struct cc_line l;

	(void)state;
	cc_wire_line_parse(&rules, str(TIMED("\"2026-03-08T12:05:00Z\"")), &a,
	    &l);
	assert_int_equal(l.kind, CC_LINE_EVENT);
	rules.ahead = 0;
	assert_int_equal(refused(&rules,
	    str(TIMED("\"2026-03-08T12:00:01Z\""))).code,
	    CC_REFUSED_FUTURE_TIME);
	rules.has_now = false;
	cc_wire_line_parse(&rules, str(TIMED("\"2099-12-31T23:59:59Z\"")), &a,
	    &l);
	assert_int_equal(l.kind, CC_LINE_EVENT);
	cc_arena_done(&a);
}

static void
a_list_has_a_limit(void **state)
{
	struct cc_line_rules rules = rules_at_now();
	struct cc_refused r;
	struct cc_buf b;

	(void)state;
	cc_buf_init(&b, 128 * 1024);
	cc_buf_puts(&b, "{\"specversion\":\"1.0\",\"id\":\"e\",\"source\":\"s\","
	    "\"type\":\"intake.received\",\"subject\":\"k\","
	    "\"time\":\"2026-01-01T00:00:00Z\",\"data\":"
	    "{\"victim_person_ids\":[\"v\"");
	for (int i = 0; i < CC_LIST_MAX; i++)
		cc_buf_puts(&b, ",\"v\"");
	cc_buf_puts(&b, "]}}");
	assert_int_equal(b.fail, CC_OK);
	r = refused(&rules, (struct cc_str){b.p, (uint32_t)b.n});
	assert_int_equal(r.code, CC_REFUSED_INVALID_DATA);
	assert_string_equal(r.pointer, "/data/victim_person_ids");
	assert_non_null(strstr(r.message, "4096"));
	cc_buf_done(&b);
}

static const struct cc_item *
item(const struct cc_draft *d, const char *field, uint32_t i)
{
	const struct cc_event_type *t = &cc_test_schema()->types[d->type];
	int at = cc_schema_field(t, str(field));

	assert_true(at >= 0);
	assert_true(d->fields[at].given);
	assert_true(i < d->fields[at].n);
	return &d->fields[at].items[i];
}

static bool
text_is(struct cc_str s, const char *want)
{
	return cc_str_eq(s, str(want));
}

static void
a_good_event_becomes_a_draft(void **state)
{
	struct cc_line_rules rules = rules_at_now();
	struct cc_arena a = cc_test_arena(ARENA);
	struct cc_refused r;
	struct cc_draft d;

	(void)state;
	assert_true(cc_wire_event_parse(&rules, str(cc_test_event_full), &a, &d,
	    &r));
	assert_true(text_is(d.id, "e-1"));
	assert_true(text_is(d.source, "/cms/region-07"));
	assert_true(text_is(d.subject, "48211234"));
	assert_int_equal(d.time.s, 1772929800);
	assert_false(d.has_recorded);
	assert_true(text_is(item(&d, "contact_id", 0)->text, "c1"));
	assert_string_equal(rules.schema->codes[item(&d, "mode", 0)->v],
	    "phone");
	assert_true(text_is(item(&d, "seen_person_ids", 2)->text, "V1"));
	assert_string_equal(rules.schema->codes[item(&d, "purposes", 0)->v],
	    "observation");
	assert_int_equal(item(&d, "home_visit", 0)->v, 1);
	assert_int_equal(item(&d, "ended_at", 0)->v, 1772931600);
	assert_false(d.fields[CC_FIELDS_MAX - 1].given);
	cc_arena_done(&a);
}

static void
what_may_be_there_may_be_there(void **state)
{
	struct cc_line_rules rules = rules_at_now();
	struct cc_arena a = cc_test_arena(ARENA);
	struct cc_refused r;
	struct cc_draft d;

	(void)state;
	assert_true(cc_wire_event_parse(&rules, str(WITH(
	    "\"datacontenttype\":\"application/json\",\"dataschema\":\"x\","
	    "\"recordedtime\":\"2026-03-08T00:00:00.999-06:00\"")), &a, &d, &r));
	assert_true(d.has_recorded);
	assert_int_equal(d.recorded.s, 1772949600);
	/* escapes are read, so that equal texts are equal bytes */
	assert_true(cc_wire_event_parse(&rules, str(INTAKE(
	    ",\"\\u0073creened\":false,\"timezone\":\"America\\/Denver\"") "\r"),
	    &a, &d, &r));
	assert_int_equal(item(&d, "screened", 0)->v, 0);
	assert_int_equal(item(&d, "timezone", 0)->v, 1);
	assert_true(text_is(item(&d, "timezone", 0)->text, "America/Denver"));
	assert_true(cc_wire_event_parse(&rules, str(DATA("person.added",
	    "{\"person_id\":\"p\",\"age_years\":0,\"roles\":[]}")), &a, &d, &r));
	assert_int_equal(item(&d, "age_years", 0)->v, 0);
	assert_true(d.fields[1].given);
	assert_int_equal(d.fields[1].n, 0);
	cc_arena_done(&a);
}

static void
an_event_is_printed_as_it_was_sent(void **state)
{
	struct cc_line_rules rules = rules_at_now();
	struct cc_arena a = cc_test_arena(ARENA);
	struct cc_refused r;
	struct cc_draft d;
	struct cc_buf b;

	(void)state;
	assert_true(cc_wire_event_parse(&rules, str(cc_test_event_full), &a, &d,
	    &r));
	cc_buf_init(&b, 4096);
	cc_event_json_print(&b, rules.schema, &d);
	assert_int_equal(cc_buf_end(&b, 0), CC_OK);
	assert_int_equal(b.n, strlen(cc_test_event_full));
	assert_memory_equal(b.p, cc_test_event_full, b.n);
	cc_buf_clear(&b);
	assert_true(cc_wire_event_parse(&rules, str(DATA("extension.requested",
	    "{\"until_date\":\"2026-02-28\",\"extension_id\":\"x\"}")), &a, &d,
	    &r));
	d.has_recorded = true;
	d.recorded = d.time;
	cc_event_json_print(&b, rules.schema, &d);
	cc_buf_char(&b, '\0');
	assert_non_null(strstr(b.p, "\"time\":\"2026-03-08T00:00:00Z\","
	    "\"recordedtime\":\"2026-03-08T00:00:00Z\",\"data\":"
	    "{\"extension_id\":\"x\",\"until_date\":\"2026-02-28\"}}"));
	cc_buf_done(&b);
	cc_arena_done(&a);
}

/* Any bytes get an answer: mutations of good and bad lines. */
static void
survives_hostile_lines(void **state)
{
	struct cc_line_rules rules = rules_at_now();
	struct cc_arena a = cc_test_arena(ARENA);
	uint64_t seed = cc_test_seed(48211234);
	size_t nrows = sizeof rows / sizeof rows[0];

	(void)state;
	for (int i = 0; i < 20000; i++) {
		uint64_t pick = cc_test_random(&seed, nrows + 1);
		const char *from = pick == nrows ? cc_test_event_full :
		    rows[pick].line;
		size_t n = strlen(from);
		unsigned char *own = malloc(n + 1);
		struct cc_line l;

		assert_non_null(own);
		memcpy(own, from, n);
		own[n] = (unsigned char)cc_test_random(&seed, 256);
		for (uint64_t k = cc_test_random(&seed, 4); k > 0; k--) {
			own[cc_test_random(&seed, n + 1)] =
			    (unsigned char)cc_test_random(&seed, 256);
		}
		n = (size_t)cc_test_random(&seed, n + 2);
		cc_wire_line_parse(&rules, (struct cc_str){(char *)own,
		    (uint32_t)n}, &a, &l);
		if (l.kind == CC_LINE_REQUEST)
			cc_rpc_free(l.request);
		else if (l.kind == CC_LINE_REFUSED)
			assert_true(l.refused.code != CC_NOT_REFUSED &&
			    l.refused.message[0] != '\0');
		else
			assert_int_equal(l.kind, CC_LINE_EVENT);
		cc_arena_reset(&a);
		free(own);
	}
	cc_arena_done(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_fault_has_its_code_and_pointer),
		cmocka_unit_test(codes_are_in_the_order_of_the_protocol),
		cmocka_unit_test(a_refusal_names_the_event_as_far_as_it_can),
		cmocka_unit_test(a_message_shows_no_more_than_forty_characters),
		cmocka_unit_test(five_minutes_ahead_are_accepted),
		cmocka_unit_test(a_list_has_a_limit),
		cmocka_unit_test(a_good_event_becomes_a_draft),
		cmocka_unit_test(what_may_be_there_may_be_there),
		cmocka_unit_test(an_event_is_printed_as_it_was_sent),
		cmocka_unit_test(survives_hostile_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
