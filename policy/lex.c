#include "policy/lex.h"

#include <string.h>

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || is_digit(c);
}

static struct cc_token
token(const struct cc_lexer *l, enum cc_token_kind kind, uint32_t from, uint32_t to)
{
	return (struct cc_token){.kind = kind, .offset = from,
	    .text = {l->text + from, to - from}};
}

/* hh:mm:ss at `at`: seconds of the day, or -1. */
static int64_t
time_at(const struct cc_lexer *l, uint32_t at)
{
	const char *s = l->text + at;
	int h, m, sec;

	if (l->n - at < 8 || !is_digit(s[0]) || !is_digit(s[1]) || s[2] != ':' ||
	    !is_digit(s[3]) || !is_digit(s[4]) || s[5] != ':' || !is_digit(s[6]) ||
	    !is_digit(s[7]))
		return -1;
	h = (s[0] - '0') * 10 + s[1] - '0';
	m = (s[3] - '0') * 10 + s[4] - '0';
	sec = (s[6] - '0') * 10 + s[7] - '0';
	return h < 24 && m < 60 && sec < 60 ? h * 3600 + m * 60 + sec : -1;
}

/* A number, a duration ("24h"), or a word that begins with digits ("15_day"). */
static struct cc_token
numeral(struct cc_lexer *l)
{
	uint32_t from = l->at, end = l->at;
	struct cc_token t;
	int64_t v = 0, unit = 0;

	v = time_at(l, from);
	if (v >= 0) {
		l->at += 8;
		t = token(l, CC_T_TIME, from, l->at);
		t.number = v;
		return t;
	}
	for (v = 0; end < l->n && is_digit(l->text[end]); end++)
		v = v > CC_NUMBER_MAX ? v : v * 10 + (l->text[end] - '0');
	l->at = end;
	while (l->at < l->n && is_word(l->text[l->at]))
		l->at++;
	if (l->at == end) {
		t = token(l, v > CC_NUMBER_MAX ? CC_T_BAD : CC_T_NUMBER, from, l->at);
		t.number = v;
		return t;
	}
	if (l->at == end + 1) {
		char c = l->text[end];

		unit = c == 'h' ? 3600 : c == 'm' ? 60 : c == 's' ? 1 : 0;
	}
	t = token(l, unit == 0 ? CC_T_NAME : v > CC_NUMBER_MAX ? CC_T_BAD :
	    CC_T_DURATION, from, l->at);
	t.number = v * unit;
	return t;
}

static struct cc_token
quoted(struct cc_lexer *l)
{
	uint32_t from = l->at++;
	struct cc_token t;

	while (l->at < l->n && l->text[l->at] != '"')
		l->at++;
	if (l->at == l->n)
		return token(l, CC_T_BAD, from, l->n);
	t = token(l, CC_T_TEXT, from, l->at);
	t.text.p++;
	t.text.n--;
	l->at++;
	return t;
}

struct cc_token
cc_lex_next(struct cc_lexer *l)
{
	uint32_t from;
	char c;

	while (l->at < l->n && strchr(" \t\r\n", l->text[l->at]) != NULL &&
	    l->text[l->at] != '\0')
		l->at++;
	from = l->at;
	if (l->at == l->n)
		return token(l, CC_T_END, from, from);
	c = l->text[l->at];
	if (is_digit(c))
		return numeral(l);
	if (c == '"')
		return quoted(l);
	if (is_word(c)) {
		while (l->at < l->n && is_word(l->text[l->at]))
			l->at++;
		return token(l, CC_T_NAME, from, l->at);
	}
	l->at++;
	if ((c == '<' || c == '>' || c == '!') && l->at < l->n && l->text[l->at] == '=')
		l->at++;
	if (c == '!' && l->at == from + 1)
		return token(l, CC_T_BAD, from, l->at);
	return token(l, strchr("()[]{},:.|+-=<>!", c) == NULL ? CC_T_BAD : CC_T_PUNCT,
	    from, l->at);
}

bool
cc_token_is(const struct cc_token *t, const char *word)
{
	size_t n = strlen(word);

	return (t->kind == CC_T_NAME || t->kind == CC_T_PUNCT) && t->text.n == n &&
	    memcmp(t->text.p, word, n) == 0;
}
