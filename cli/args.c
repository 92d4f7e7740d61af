#include "cli/args.h"

#include <string.h>

#include "policy/diag.h"

static const struct cc_option *
option_of(const struct cc_args_table *t, const char *name, size_t n)
{
	for (unsigned i = 0; i < t->noptions; i++) {
		if (strlen(t->options[i].name) == n &&
		    memcmp(t->options[i].name, name, n) == 0)
			return &t->options[i];
	}
	return NULL;
}

static enum cc_code
unknown(const struct cc_args_table *t, const char *word, size_t n,
    struct cc_err *reterr)
{
	const char *names[CC_ARGS_OPTIONS + 1];
	const char *near;
	unsigned k = 0;

	names[k++] = "help";
	for (unsigned i = 0; i < t->noptions && k < CC_ARGS_OPTIONS; i++)
		names[k++] = t->options[i].name;
	near = cc_nearest(word, n, names, k);
	if (near == NULL)
		return cc_fail(reterr, CC_EINVAL, 0, "there is no option --%.*s",
		    (int)(n > 60 ? 60 : n), word);
	return cc_fail(reterr, CC_EINVAL, 0,
	    "there is no option --%.*s; did you mean --%s?", (int)n, word, near);
}

/* Takes the option argv[*at]; *at is left on the last word it used. */
static enum cc_code
take_option(struct cc_args *a, int argc, char *const *argv, int *at,
    struct cc_err *reterr)
{
	const char *word = argv[*at] + 2;
	size_t n = strcspn(word, "=");
	const struct cc_option *o = option_of(a->table, word, n);
	const char *value = word[n] == '=' ? word + n + 1 : NULL;

	if (o == NULL)
		return unknown(a->table, word, n, reterr);
	if (o->value == NULL && value != NULL)
		return cc_fail(reterr, CC_EINVAL, 0, "--%s takes no value", o->name);
	if (o->value != NULL && value == NULL) {
		if (*at + 1 >= argc)
			return cc_fail(reterr, CC_EINVAL, 0, "--%s needs a value: %s",
			    o->name, o->value);
		value = argv[++*at];
	}
	if (!o->repeats && cc_args_has(a, o->name))
		return cc_fail(reterr, CC_EINVAL, 0, "--%s is given twice", o->name);
	if (a->ngiven == CC_ARGS_OPTIONS)
		return cc_fail(reterr, CC_EINVAL, 0, "more than %d options",
		    (int)CC_ARGS_OPTIONS);
	a->given[a->ngiven].name = o->name;
	a->given[a->ngiven++].value = value;
	return CC_OK;
}

static enum cc_code
check_count(const struct cc_args *a, struct cc_err *reterr)
{
	if (a->nplain < a->table->min)
		return cc_fail(reterr, CC_EINVAL, 0,
		    a->nplain == 0 ? "an argument is missing" :
		    "an argument is missing after %.80s",
		    a->nplain == 0 ? "" : a->plain[a->nplain - 1]);
	return CC_OK;
}

static bool
wants_help(int argc, char *const *argv)
{
	for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strcmp(argv[i], "--help") == 0)
			return true;
	}
	return false;
}

static enum cc_code
take_plain(struct cc_args *a, const char *word, struct cc_err *reterr)
{
	if (a->nplain >= a->table->max || a->nplain == CC_ARGS_PLAIN)
		return cc_fail(reterr, CC_EINVAL, 0, "one argument too many: %.80s",
		    word);
	a->plain[a->nplain++] = word;
	return CC_OK;
}

enum cc_code
cc_args_parse(const struct cc_args_table *t, int argc, char *const *argv,
    struct cc_args *ret, struct cc_err *reterr)
{
	struct cc_args a = {.table = t};
	enum cc_code code = CC_OK;
	bool ended = false;

	a.help = wants_help(argc, argv);
	for (int i = 0; code == CC_OK && !a.help && i < argc; i++) {
		const char *word = argv[i];

		if (ended || word[0] != '-' || word[1] == '\0')
			code = take_plain(&a, word, reterr);
		else if (strcmp(word, "--") == 0)
			ended = true;
		else if (word[1] == '-')
			code = take_option(&a, argc, argv, &i, reterr);
		else
			code = unknown(t, word + 1, strlen(word + 1), reterr);
	}
	if (code == CC_OK && !a.help)
		code = check_count(&a, reterr);
	if (code == CC_OK)
		*ret = a;
	return code;
}

bool
cc_args_has(const struct cc_args *a, const char *name)
{
	for (unsigned i = 0; i < a->ngiven; i++) {
		if (strcmp(a->given[i].name, name) == 0)
			return true;
	}
	return false;
}

const char *
cc_args_value(const struct cc_args *a, const char *name, unsigned n)
{
	for (unsigned i = 0; i < a->ngiven; i++) {
		if (strcmp(a->given[i].name, name) == 0 && n-- == 0)
			return a->given[i].value;
	}
	return NULL;
}

const char *
cc_args_plain(const struct cc_args *a, unsigned n)
{
	return n < a->nplain ? a->plain[n] : NULL;
}
