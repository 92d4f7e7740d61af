#include "wire/doc.h"

#include <stdio.h>
#include <string.h>

enum { CC_GOT_CUT = 40 };

/* The place of the quote that ends the string begun before `i`, or the end. */
static size_t
skip_string(struct cc_str text, size_t i)
{
	while (i < text.n && text.p[i] != '"')
		i += text.p[i] == '\\' ? 2 : 1;
	return i;
}

/* True when lists and objects nest more than `depth` deep. */
static bool
too_deep(struct cc_str text, unsigned depth)
{
	unsigned now = 0;

	for (size_t i = 0; i < text.n; i++) {
		switch (text.p[i]) {
		case '"':
			i = skip_string(text, i + 1);
			break;
		case '[':
		case '{':
			if (++now > depth)
				return true;
			break;
		case ']':
		case '}':
			if (now > 0)
				now--;
			break;
		default:
			break;
		}
	}
	return false;
}

static enum cc_code
look_over(struct cc_str text, unsigned depth, struct cc_err *reterr)
{
	const char *nul;

	if (text.n == 0)
		return cc_fail(reterr, CC_EINVAL, 0, "expected JSON; got nothing");
	nul = memchr(text.p, '\0', text.n);
	if (nul != NULL) {
		return cc_fail(reterr, CC_EINVAL, 0,
		    "expected JSON; got a NUL at byte %td", nul - text.p + 1);
	}
	if (text.n >= 3 && memcmp(text.p, "\xef\xbb\xbf", 3) == 0) {
		return cc_fail(reterr, CC_EINVAL, 0,
		    "expected JSON; got a byte order mark");
	}
	if (too_deep(text, depth)) {
		return cc_fail(reterr, CC_EINVAL, 0,
		    "expected JSON nested at most %u deep; got more", depth);
	}
	return CC_OK;
}

/* The parser quotes a little of the text: keep what is plain. */
static void
make_plain(char *text)
{
	for (; *text != '\0'; text++) {
		if (*text < ' ' || *text > '~')
			*text = '?';
	}
}

enum cc_code
cc_doc_parse(struct cc_str text, unsigned depth, json_t **ret,
    struct cc_err *reterr)
{
	enum cc_code code = look_over(text, depth, reterr);
	json_error_t e;
	json_t *doc;

	if (code != CC_OK)
		return code;
	doc = json_loadb(text.p, text.n,
	    JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &e);
	if (doc == NULL) {
		if (json_error_code(&e) == json_error_out_of_memory)
			return cc_fail(reterr, CC_ENOMEM, 0, "no memory for JSON");
		make_plain(e.text);
		return cc_fail(reterr, CC_EINVAL, 0,
		    "expected JSON; at byte %d: %s", e.position, e.text);
	}
	*ret = doc;
	return CC_OK;
}

struct cc_str
cc_doc_str(const json_t *v)
{
	return (struct cc_str){json_string_value(v),
	    (uint32_t)json_string_length(v)};
}

/* Quoted, escaped to ASCII, cut to fit. */
static void
got_string(struct cc_str s, char ret[CC_GOT_TEXT])
{
	size_t n = 0;

	ret[n++] = '"';
	for (uint32_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (n > CC_GOT_CUT) {
			memcpy(ret + n, "...", 3);
			n += 3;
			break;
		}
		if (c == '"' || c == '\\') {
			ret[n++] = '\\';
			ret[n++] = (char)c;
		} else if (c < 0x20 || c > 0x7e) {
			n += (size_t)snprintf(ret + n, 5, "\\x%02x", c);
		} else {
			ret[n++] = (char)c;
		}
	}
	ret[n++] = '"';
	ret[n] = '\0';
}

const char *
cc_doc_got(const json_t *v, char ret[CC_GOT_TEXT])
{
	if (v == NULL)
		return "nothing";
	switch (json_typeof(v)) {
	case JSON_OBJECT:
		return "an object";
	case JSON_ARRAY:
		return "a list";
	case JSON_STRING:
		got_string(cc_doc_str(v), ret);
		return ret;
	case JSON_INTEGER:
		(void)snprintf(ret, CC_GOT_TEXT, "%" JSON_INTEGER_FORMAT,
		    json_integer_value(v));
		return ret;
	case JSON_REAL:
		(void)snprintf(ret, CC_GOT_TEXT, "the fraction %.17g",
		    json_real_value(v));
		return ret;
	case JSON_TRUE:
		return "true";
	case JSON_FALSE:
		return "false";
	case JSON_NULL:
		return "null";
	}
	return "nothing";
}
