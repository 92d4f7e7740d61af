/* The template language: what it does, what it refuses and where, hostile values. */
#include "wire/template.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct cc_name_def item_defs[] = {
	{"name", CC_VALUE_TEXT, NULL}, {"good", CC_VALUE_FLAG, NULL},
};
static const struct cc_names item_names = {item_defs, 2};

static const struct cc_name_def inner_defs[] = {
	{"title", CC_VALUE_TEXT, NULL}, {"link", CC_VALUE_URL, NULL},
	{"on", CC_VALUE_FLAG, NULL}, {"off", CC_VALUE_FLAG, NULL},
	{"items", CC_VALUE_LIST, &item_names}, {"none", CC_VALUE_LIST, &item_names},
	{"empty", CC_VALUE_TEXT, NULL},
};
static const struct cc_names inner_names = {inner_defs, 7};

static const struct cc_name_def outer_defs[] = {
	{"title", CC_VALUE_TEXT, NULL}, {"language", CC_VALUE_TEXT, NULL},
};
static const struct cc_names outer_names = {outer_defs, 2};

static const struct cc_value first[] = {{.text = "a"}, {.on = true}};
static const struct cc_value second[] = {{.text = "b"}, {.on = false}};
static const struct cc_value *const items[] = {first, second};

static struct cc_value inner[] = {
	{.text = "inner"}, {.text = "https://x.test/?a=1&b=2"}, {.on = true}, {.on = false},
	{.items = items, .n = 2}, {.n = 0}, {.text = ""},
};
static const struct cc_value outer[] = {{.text = "outer"}, {.text = "en"}};

enum { REPORT_SIZE = 4096 };

static char reports[REPORT_SIZE];

static void
on_report(void *self, const char *file, uint32_t line, uint32_t column, const char *words)
{
	size_t n = strlen(reports);

	(void)self;
	(void)snprintf(reports + n, sizeof reports - n, "%s:%u:%u: %s\n", file, line, column,
	    words);
}

static enum cc_code
compile(enum cc_template_place place, const char *text, struct cc_template **ret)
{
	static const struct cc_template_report report = {on_report, NULL};
	struct cc_template_source s = {.file = "t", .text = {text, (uint32_t)strlen(text)},
	    .place = place, .scopes = {&outer_names, &inner_names}, .nscopes = 2};
	struct cc_err err;

	reports[0] = '\0';
	return cc_template_compile(&s, &report, ret, &err);
}

static char *
render(enum cc_template_place place, const char *text)
{
	const struct cc_value *const scopes[] = {outer, inner};
	struct cc_template *t = NULL;
	struct cc_buf b;
	char *out;

	if (compile(place, text, &t) != CC_OK)
		fail_msg("%s: %s", text, reports);
	cc_buf_init(&b, 64 * 1024);
	cc_template_render(t, scopes, &b);
	cc_template_free(t);
	out = cc_buf_take(&b);
	assert_non_null(out);
	return out;
}

static const struct {
	const char *text, *out;
} good[] = {
	{"", ""}, {"plain } { text", "plain } { text"}, {"{{title}}", "inner"},
	{"{{ title }}!", "inner!"}, {"{{language}}", "en"}, {"{{empty}}", ""},
	{"{{#on}}yes{{/on}}", "yes"}, {"{{^on}}no{{/on}}", ""}, {"{{#off}}no{{/off}}", ""},
	{"{{^off}}yes{{/off}}", "yes"}, {"{{#title}}<{{title}}>{{/title}}", "<inner>"},
	{"{{#empty}}x{{/empty}}{{^empty}}y{{/empty}}", "y"},
	{"{{#items}}{{name}},{{/items}}", "a,b,"},
	{"{{#items}}{{#good}}{{name}}{{/good}}{{^good}}no{{/good}} {{title}};{{/items}}",
	    "a inner;no inner;"},
	{"{{#items}}{{#items}}{{name}}{{/items}}/{{/items}}", "ab/ab/"},
	{"{{#none}}x{{/none}}{{^none}}nothing{{/none}}", "nothing"},
	{"{{#link}}<{{link}}>{{/link}}", "<https://x.test/?a=1&b=2>"},
	{"a{{! a comment }}b", "ab"},
	{"a\n{{! alone }}\nb\n", "a\nb\n"}, {"a\n  {{#on}}  \nb\n{{/on}}\nc", "a\nb\nc"},
	{"{{#items}}\n- {{name}}\n{{/items}}\n", "- a\n- b\n"},
	{"{{#on}} {{/on}}\n", " \n"}, {"x {{#on}}\ny{{/on}}", "x \ny"},
	{"{{title}}\n", "inner\n"}, {"{{#on}}", NULL},
};

static void
does_what_the_table_says(void **state)
{
	(void)state;
	for (size_t i = 0; good[i].out != NULL; i++) {
		char *out = render(CC_PLACE_TEXT, good[i].text);

		if (strcmp(out, good[i].out) != 0)
			fail_msg("%s gives %s", good[i].text, out);
		free(out);
	}
}

static const struct {
	enum cc_template_place place;
	const char *text, *reports;
} bad[] = {
	{CC_PLACE_TEXT, "a {{unknown}}", "t:1:5: there is no name 'unknown' here\n"},
	{CC_PLACE_TEXT, "{{name}}", "t:1:3: there is no name 'name' here\n"},
	{CC_PLACE_TEXT, "é {{x}}\n {{y}}", "t:1:5: there is no name 'x' here\n"
	    "t:2:4: there is no name 'y' here\n"},
	{CC_PLACE_TEXT, "{{#on}}\n x", "t:1:1: the section 'on' is never closed\n"},
	{CC_PLACE_TEXT, "x\n{{/on}}", "t:2:1: no section 'on' is open here\n"},
	{CC_PLACE_TEXT, "{{#on}}{{/off}}",
	    "t:1:11: the section that is open here is 'on', not 'off'\n"},
	{CC_PLACE_TEXT, "{{on}}",
	    "t:1:3: 'on' is a yes or no: it opens a section, it is no text\n"},
	{CC_PLACE_TEXT, "{{items}}",
	    "t:1:3: 'items' is a list: it opens a section, it is no text\n"},
	{CC_PLACE_TEXT, "{{title", "t:1:1: this tag has no '}}'\n"},
	{CC_PLACE_TEXT, "{{}}", "t:1:1: a tag needs a name\n"},
	{CC_PLACE_TEXT, "{{Title}}",
	    "t:1:3: a name has at most 32 small letters, digits and '_'\n"},
	{CC_PLACE_TEXT, "{{{title}}}", "t:1:1: '{{{' is not of this language: every value is "
	    "escaped, nothing is included\n"},
	{CC_PLACE_TEXT, "{{&title}}", "t:1:1: '{{&' is not of this language: every value is "
	    "escaped, nothing is included\n"},
	{CC_PLACE_TEXT, "{{>part}}", "t:1:1: '{{>' is not of this language: every value is "
	    "escaped, nothing is included\n"},
	{CC_PLACE_TEXT, "{{=<% %>=}}", "t:1:1: '{{=' is not of this language: every value is "
	    "escaped, nothing is included\n"},
	{CC_PLACE_TEXT, "ab\r", "t:1:3: a control character\n"},
	{CC_PLACE_TEXT, "ab\xff", "t:1:3: this is not UTF-8\n"},
	{CC_PLACE_TEXT, "{{#on}}{{#on}}{{#on}}{{#on}}{{#on}}{{#on}}{{#on}}{{#on}}{{#on}}"
	    "{{/on}}{{/on}}{{/on}}{{/on}}{{/on}}{{/on}}{{/on}}{{/on}}{{/on}}",
	    "t:1:57: more than 8 sections in each other\n"},
	{CC_PLACE_HTML, "<p>{{title}}</p>\n<script>", "t:2:8: this element is not one of those "
	    "that a message may have\n"},
	{CC_PLACE_HTML, "<img src=\"x\">", "t:1:5: this element is not one of those that a "
	    "message may have\n"},
	{CC_PLACE_HTML, "<p onclick=\"x\">", "t:1:11: this attribute is not one of those that "
	    "a message may have\n"},
	{CC_PLACE_HTML, "<p style=\"color:{{title}}\">", "t:1:17: no value may stand in this "
	    "attribute\n"},
	{CC_PLACE_HTML, "<p style=\"background:url(x)\">", "t:1:25: a style has no '(', '@' or "
	    "'\\': a message loads nothing\n"},
	{CC_PLACE_HTML, "<p {{title}}>", "t:1:4: a value stands in text or in an attribute's "
	    "double quotes\n"},
	{CC_PLACE_HTML, "<p lang={{title}}>", "t:1:9: a value stands in text or in an "
	    "attribute's double quotes\nt:1:18: an attribute's value stands in double quotes\n"},
	{CC_PLACE_HTML, "<p lang='x'>", "t:1:9: an attribute's value stands in double "
	    "quotes\n"},
	{CC_PLACE_HTML, "<a href=\"{{title}}\">", "t:1:10: href takes an address only, as "
	    "'link' is\nt:1:19: href needs the name of an address\n"},
	{CC_PLACE_HTML, "<a href=\"http://x/{{link}}\">", "t:1:10: in href stands the name of "
	    "an address and nothing else\n"},
	{CC_PLACE_HTML, "<a href=\"{{link}}{{link}}\">", "t:1:18: in href stands the name of "
	    "an address and nothing else\n"},
	{CC_PLACE_HTML, "<a href=\"{{link}}x\">", "t:1:18: in href stands the name of an "
	    "address and nothing else\n"},
	{CC_PLACE_HTML, "{{#on}}<p {{/on}}>", "t:1:11: the section ends inside other markup "
	    "than it began in\n"},
	{CC_PLACE_HTML, "<p {{#on}}lang=\"x\"{{/on}}>", "t:1:4: a section stands in text or "
	    "inside an attribute's double quotes\n"},
	{CC_PLACE_HTML, "<!-- {{title}} -->", "t:1:3: HTML comments are not kept; write "
	    "{{! ... }}\n"},
	{CC_PLACE_HTML, "a < b", "t:1:4: write &lt; for a '<' that begins no element\n"},
	{CC_PLACE_HTML, "<p", "t:1:3: the document ends inside an element's tag\n"},
};

static void
every_mistake_has_its_line_and_column(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct cc_template *t = NULL;
		enum cc_code code = compile(bad[i].place, bad[i].text, &t);

		if (code != CC_EINVAL || strcmp(reports, bad[i].reports) != 0)
			fail_msg("%s: %s", bad[i].text, reports);
		assert_null(t);
	}
}

static void
all_mistakes_are_told_at_once(void **state)
{
	struct cc_template *t = NULL;

	(void)state;
	assert_int_equal(compile(CC_PLACE_TEXT, "{{a}}\n{{b}}\n{{/on}}\n{{#off}}", &t),
	    CC_EINVAL);
	assert_string_equal(reports, "t:1:3: there is no name 'a' here\n"
	    "t:2:3: there is no name 'b' here\nt:3:1: no section 'on' is open here\n"
	    "t:4:1: the section 'off' is never closed\n");
}

static void
a_template_of_65536_bytes_is_read_and_one_more_refused(void **state)
{
	char *text = malloc(CC_TEMPLATE_BYTES + 2);
	struct cc_template *t = NULL;

	(void)state;
	assert_non_null(text);
	memset(text, 'x', CC_TEMPLATE_BYTES + 1);
	text[CC_TEMPLATE_BYTES + 1] = '\0';
	assert_int_equal(compile(CC_PLACE_TEXT, text, &t), CC_EINVAL);
	assert_string_equal(reports, "t:1:1: the template is longer than 65536 bytes\n");
	text[CC_TEMPLATE_BYTES] = '\0';
	assert_int_equal(compile(CC_PLACE_TEXT, text, &t), CC_OK);
	cc_template_free(t);
	free(text);
}

/* What somebody could have put into an id, a title or a setting. */
static const struct {
	const char *value, *text, *html;
} hostile[] = {
	{"<script>alert('1')</script> & \"x\"", "<script>alert('1')</script> & \"x\"",
	    "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;x&quot;"},
	{"a\r\nBcc: evil@example.test", "a  Bcc: evil@example.test",
	    "a  Bcc: evil@example.test"},
	{"a\x01\x1b[31m\x7f", "a  [31m ", "a  [31m "},
	{"a\xc2\x85z", "a z", "a z"}, {"a\xff\xfez", "a\xef\xbf\xbd\xef\xbf\xbdz",
	    "a\xef\xbf\xbd\xef\xbf\xbdz"},
	{"a\xe2\x80\xaez", "a z", "a z"}, {"a\xe2\x80\xa8z", "a z", "a z"},
	{"a\xe2\x82", "a\xef\xbf\xbd\xef\xbf\xbd", "a\xef\xbf\xbd\xef\xbf\xbd"},
	{"{{title}}", "{{title}}", "{{title}}"}, {"n\xc3\xa4h", "n\xc3\xa4h", "n\xc3\xa4h"},
};

static void
a_hostile_value_is_text_and_nothing_else(void **state)
{
	const char *was = inner[0].text;

	(void)state;
	for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
		char *text, *html, *quoted;

		inner[0].text = hostile[i].value;
		text = render(CC_PLACE_TEXT, "{{title}}");
		html = render(CC_PLACE_HTML, "{{title}}");
		quoted = render(CC_PLACE_HTML, "<p title=\"{{title}}\"></p>");
		assert_string_equal(text, hostile[i].text);
		assert_string_equal(html, hostile[i].html);
		assert_memory_equal(quoted + strlen("<p title=\""), html, strlen(html));
		free(text);
		free(html);
		free(quoted);
	}
	inner[0].text = was;
}

static const char *const not_web[] = {
	"javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//x.test", "", "HTTPS://x"
};

static void
an_address_is_of_the_web_or_not_there(void **state)
{
	const char *was = inner[1].text;

	(void)state;
	for (size_t i = 0; i < sizeof not_web / sizeof not_web[0]; i++) {
		char *html;

		inner[1].text = not_web[i];
		html = render(CC_PLACE_HTML, "{{#link}}<a href=\"{{link}}\">{{/link}}"
		    "{{^link}}none{{/link}}<a href=\"{{link}}\">");
		assert_string_equal(html, "none<a href=\"\">");
		free(html);
	}
	inner[1].text = was;
}

static void
an_output_over_its_limit_stops(void **state)
{
	const struct cc_value *const scopes[] = {outer, inner};
	struct cc_template *t = NULL;
	struct cc_buf b;

	(void)state;
	assert_int_equal(compile(CC_PLACE_TEXT, "{{#items}}{{#items}}{{title}}{{/items}}"
	    "{{/items}}", &t), CC_OK);
	cc_buf_init(&b, 12);
	cc_template_render(t, scopes, &b);
	assert_int_equal(b.fail, CC_ERANGE);
	assert_true(b.n <= 12);
	cc_buf_done(&b);
	cc_template_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(does_what_the_table_says),
		cmocka_unit_test(every_mistake_has_its_line_and_column),
		cmocka_unit_test(all_mistakes_are_told_at_once),
		cmocka_unit_test(a_template_of_65536_bytes_is_read_and_one_more_refused),
		cmocka_unit_test(a_hostile_value_is_text_and_nothing_else),
		cmocka_unit_test(an_address_is_of_the_web_or_not_there),
		cmocka_unit_test(an_output_over_its_limit_stops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
