/*
 * cli/list.h - a list of the daemon's, as JSON lines or as a table.
 *
 * Purpose:   what clocks, alerts and messages have in common: the parameters of
 *            the question, the pages, and the two ways to show items.
 * Ownership: see each member.
 */
#ifndef CC_CLI_LIST_H
#define CC_CLI_LIST_H

#include "cli/rules.h"
#include "cli/table.h"
#include "cli/when.h"

struct cc_list;

enum { CC_ZONED_CASE = 72 };	/* an id and a bit */

/* How one command shows its list. */
struct cc_listing {
	const char *method;
	const struct cc_column *columns;
	unsigned ncolumns;
	void (*row)(struct cc_list *l, const struct cc_json *item);
	const char *nothing;		/* said when there is no item */
	bool by_case;			/* items come case by case: each in its own zone */
};

struct cc_list {
	const struct cc_listing *how;
	struct cc_connection connection;
	struct cc_rules rules;
	struct cc_when when;
	struct cc_table table;
	struct cc_buf params;		/* members of the question, without braces */
	struct cc_buf line;
	char zoned[CC_ZONED_CASE];	/* the case whose zone is in force */
	unsigned long long seen, counted;	/* `counted` is the command's */
	bool by_case, json, failed;
};

void cc_list_begin(struct cc_list *l, const struct cc_listing *how,
    const struct cc_args *a);

/* A parameter of the question; nothing when `value` is NULL. */
void cc_list_text(struct cc_list *l, const char *name, const char *value);
void cc_list_true(struct cc_list *l, const char *name);

/* The values of an option that may be given more than once, as a list. */
void cc_list_texts(struct cc_list *l, const char *name, const struct cc_args *a,
    const char *option);

/* Ask and print.  An enum cc_exit; gives everything back. */
int cc_list_run(struct cc_list *l, const struct cc_args *a);

/* A member as text, or NULL. */
const char *cc_item(const struct cc_json *item, const char *name);

/* The next cell of the table. */
void cc_list_cell(struct cc_list *l, const char *text, enum cc_tint tint);
void cc_list_when(struct cc_list *l, const char *instant, enum cc_tint tint);
void cc_list_number(struct cc_list *l, const struct cc_json *value);

#endif
