/*
 * policy/lex.h - the words of an expression.
 *
 * Source:    docs/policy-language.md section 3.
 * Ownership: tokens borrow the text.
 * Errors:    a character that begins no word gives CC_T_BAD.
 */
#ifndef CC_POLICY_LEX_H
#define CC_POLICY_LEX_H

#include "scheduler/base.h"

enum { CC_NUMBER_MAX = 100000000 };	/* more is CC_T_BAD */

enum cc_token_kind {
	CC_T_END, CC_T_BAD, CC_T_NAME, CC_T_NUMBER, CC_T_DURATION, CC_T_TIME,
	CC_T_TEXT, CC_T_PUNCT
};

struct cc_token {
	enum cc_token_kind kind;
	struct cc_str text;	/* TEXT: without the quotes */
	int64_t number;		/* NUMBER; DURATION and TIME in seconds */
	uint32_t offset;	/* in the expression */
};

struct cc_lexer {
	const char *text;
	uint32_t n, at;
};

struct cc_token cc_lex_next(struct cc_lexer *l);

/* True when the token is this punctuation or this bare word. */
bool cc_token_is(const struct cc_token *t, const char *word);

#endif
