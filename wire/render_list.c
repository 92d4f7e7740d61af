#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire/render_inner.h"

enum { WEEK_S = 7 * 86400 };

/* An item and what it is sorted by. */
struct item {
	struct cc_message m;
	enum cc_rank rank;
	uint32_t place;
	bool used;
};

static const char *
text(const char *s)
{
	return s == NULL ? "" : s;
}

static int
by_rank(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if (x->m.due.s != y->m.due.s && cc_given(x->m.due) && cc_given(y->m.due))
		return x->m.due.s < y->m.due.s ? -1 : 1;
	if (cc_given(x->m.due) != cc_given(y->m.due))
		return cc_given(x->m.due) ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

static struct item *
sorted(struct cc_rendering *x, uint32_t n)
{
	struct item *v = cc_arena_array(&x->arena, n, sizeof *v);

	for (uint32_t i = 0; v != NULL && i < n; i++) {
		v[i].m = cc_render_item(x, &x->m->items[i]);
		v[i].rank = cc_render_rank(&v[i].m);
		v[i].place = i;
	}
	if (v != NULL && n > 1)
		qsort(v, n, sizeof *v, by_rank);
	return v;
}

/* The case of the first item that no case has yet, with all of its items. */
static const struct cc_value *
put_case(struct cc_rendering *x, struct item *items, uint32_t from, uint32_t n)
{
	struct cc_value *v = cc_arena_array(&x->arena, CC_C_VALUES, sizeof *v);
	const struct cc_value **rows = cc_arena_array(&x->arena, n - from, sizeof *rows);
	const char *case_id = text(items[from].m.case_id);

	if (v == NULL || rows == NULL)
		return NULL;
	v[CC_C_CASE].text = cc_render_copy(x, case_id, CC_RENDER_VALUE);
	for (uint32_t i = from; i < n; i++) {
		if (items[i].used || strcmp(text(items[i].m.case_id), case_id) != 0)
			continue;
		items[i].used = true;
		v[CC_C_OVERDUE].on |= items[i].rank == CC_RANK_OVERDUE;
		if (v[CC_C_LINK].text == NULL && items[i].m.link != NULL &&
		    strlen(items[i].m.link) <= CC_RENDER_LINK)
			v[CC_C_LINK].text = cc_render_copy(x, items[i].m.link, CC_RENDER_LINK);
		rows[v[CC_C_ITEMS].n] = cc_render_alert(x, &items[i].m);
		if (rows[v[CC_C_ITEMS].n++] == NULL)
			return NULL;
	}
	v[CC_C_ITEMS].items = rows;
	return v;
}

static void
put_cases(struct cc_rendering *x, struct item *items, uint32_t n, struct cc_value *ret)
{
	const struct cc_value **rows = cc_arena_array(&x->arena, n, sizeof *rows);

	for (uint32_t i = 0; rows != NULL && i < n; i++) {
		if (items[i].used)
			continue;
		rows[ret->n] = put_case(x, items, i, n);
		if (rows[ret->n] == NULL)
			return;		/* the arena remembers */
		ret->n++;
	}
	ret->items = rows;
}

static void
put_number(struct cc_rendering *x, uint32_t n, struct cc_value *v)
{
	char digits[16];

	if (n == 0)
		return;
	(void)snprintf(digits, sizeof digits, "%u", n);	/* fits */
	v->text = cc_render_copy(x, digits, sizeof digits);
}

static void
put_counts(struct cc_rendering *x, const struct item *items, uint32_t n, struct cc_value *v)
{
	uint32_t overdue = 0, today = 0, week = 0, later = 0;

	for (uint32_t i = 0; i < n; i++) {
		const struct cc_message *m = &items[i].m;

		if (items[i].rank == CC_RANK_OVERDUE)
			overdue++;
		else if (items[i].rank == CC_RANK_AT_ONCE)
			v[CC_M_ANY_AT_ONCE].on = true;	/* never with a number */
		else if (items[i].rank != CC_RANK_OPEN)
			continue;
		else if (cc_render_today(x, m))
			today++;
		else if (cc_given(m->due) && m->due.s - m->fired.s <= WEEK_S)
			week++;
		else
			later++;
	}
	put_number(x, overdue, &v[CC_M_OVERDUE_COUNT]);
	put_number(x, today, &v[CC_M_TODAY_COUNT]);
	put_number(x, week, &v[CC_M_WEEK_COUNT]);
	put_number(x, later, &v[CC_M_LATER_COUNT]);
}

const struct cc_value *
cc_render_whole(struct cc_rendering *x, uint32_t nitems)
{
	struct cc_value *v = cc_arena_array(&x->arena, CC_M_VALUES, sizeof *v);
	const struct cc_message *m = x->m;
	uint32_t kept = nitems < m->nitems ? nitems : m->nitems;
	struct item *items = sorted(x, m->nitems);

	if (v == NULL || items == NULL)
		return NULL;
	v[CC_M_LANGUAGE].text = cc_language_code(x->language);
	v[CC_M_ID].text = cc_render_copy(x, m->id, CC_RENDER_VALUE);
	v[CC_M_UNIT].text = cc_render_copy(x, m->unit, CC_RENDER_VALUE);
	v[CC_M_SHOW_TITLE].on = x->r->title_in_subject;
	put_number(x, m->nitems + m->nleft_out, &v[CC_M_COUNT]);
	put_number(x, m->nleft_out + (m->nitems - kept), &v[CC_M_LEFT_OUT]);
	put_counts(x, items, m->nitems, v);
	put_cases(x, items, kept, &v[CC_M_CASES]);
	return v;
}
