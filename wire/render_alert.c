#include <stdio.h>
#include <string.h>

#include "wire/render_inner.h"
#include "wire/utf8.h"

enum { TELLS_MAX = 600, ENDS_MAX = 12 };

const char *
cc_render_copy(struct cc_rendering *x, const char *text, size_t max)
{
	size_t n = text == NULL ? 0 : strlen(text);
	char *copy;

	if (text == NULL)
		return NULL;
	copy = cc_arena_text(&x->arena, text, n > max ? max : n);
	if (copy != NULL && n > max)
		cc_utf8_trim_cut(copy);
	return copy;
}

static void
set(struct cc_rendering *x, struct cc_value *v, const char *text)
{
	v->text = cc_render_copy(x, text, CC_RENDER_VALUE);
}

static bool
is_live(const struct cc_message *m)
{
	return m->state != 0 && cc_state_live(m->state);
}

enum cc_rank
cc_render_rank(const struct cc_message *m)
{
	if (cc_words_is_overdue(m))
		return CC_RANK_OVERDUE;
	if (!is_live(m) || m->withdrawn)
		return CC_RANK_REST;
	return m->kind == CC_KIND_IMMEDIATE ? CC_RANK_AT_ONCE : CC_RANK_OPEN;
}

/* Told before instants could be missing, 0 stood for none. */
static bool
told_due(struct cc_wall t)
{
	return cc_given(t) && t.s != 0;
}

struct cc_message
cc_render_item(const struct cc_rendering *x, const struct cc_message *m)
{
	struct cc_message item = *m;
	bool list = x->m->form == CC_FORM_DIGEST || x->m->form == CC_FORM_HANDOVER;

	if (item.zone == NULL || item.zone[0] == '\0')
		item.zone = x->m->zone;
	/* A list says how things stand when it is made. */
	if (told_due(x->m->fired) && (list || !told_due(item.fired)))
		item.fired = x->m->fired;
	return item;
}

/* ---- instants --------------------------------------------------------- */

static void
set_when(struct cc_rendering *x, const struct cc_message *m, struct cc_wall t, bool brief,
    struct cc_value *v)
{
	char words[CC_WORDS_MAX];

	cc_words_when(x->language, cc_templates_zone(x->r->templates, m->zone), t, brief, words);
	set(x, v, words);
}

/* An instant that has a text of its own where no zone is known. */
static void
set_local(struct cc_rendering *x, const struct cc_message *m, struct cc_wall t,
    const char *local, struct cc_value *v)
{
	if (local != NULL && local[0] != '\0' &&
	    cc_templates_zone(x->r->templates, m->zone) == NULL)
		set(x, v, local);
	else if (told_due(t))
		set_when(x, m, t, false, v);
}

bool
cc_render_today(const struct cc_rendering *x, const struct cc_message *m)
{
	const struct cc_zone *z = cc_templates_zone(x->r->templates, m->zone);

	if (!told_due(m->due) || !told_due(m->fired) || m->kind == CC_KIND_IMMEDIATE)
		return false;
	if (z == NULL)
		return m->due.s / 86400 == m->fired.s / 86400;
	return cc_local_day(z, m->due) == cc_local_day(z, m->fired);
}

static void
put_instants(struct cc_rendering *x, const struct cc_message *m, struct cc_value *v)
{
	if (m->kind == CC_KIND_IMMEDIATE)
		return;		/* of one to be done at once no date is told */
	set_local(x, m, m->due, m->due_local, &v[CC_A_DUE]);
	if (told_due(m->due) && cc_templates_zone(x->r->templates, m->zone) != NULL)
		set_when(x, m, m->due, true, &v[CC_A_DUE_BRIEF]);
	else
		v[CC_A_DUE_BRIEF] = v[CC_A_DUE];
	if (m->previous_due.s != m->due.s)
		set_local(x, m, m->previous_due, m->previous_due_local,
		    &v[CC_A_PREVIOUS_DUE]);
	set_local(x, m, m->at, m->at_local, &v[CC_A_AT]);
	if (told_due(m->ended))
		set_when(x, m, m->ended, false, &v[CC_A_ENDED]);
	if (m->late && told_due(m->known))
		set_when(x, m, m->known, false, &v[CC_A_KNOWN]);
}

/* ---- lists in words ---------------------------------------------------- */

struct telling {
	char text[TELLS_MAX];
	size_t n;
	unsigned count;
};

static void
tell(struct telling *t, const char *word, const char *between)
{
	int n = snprintf(t->text + t->n, sizeof t->text - t->n, "%s%s",
	    t->count == 0 ? "" : between, word);

	if (n < 0 || (size_t)n >= sizeof t->text - t->n) {
		t->text[t->n] = '\0';	/* whole words only */
		return;
	}
	t->n += (size_t)n;
	t->count++;
}

/* "a, b and c" of the roles that are not `but`. */
static void
set_roles(struct cc_rendering *x, const struct cc_message *m, const char *but,
    struct cc_value *v)
{
	const char *list[CC_MESSAGE_TOLD_MAX];
	struct telling t = {.n = 0};
	char role[CC_WORDS_MAX], and[32];
	uint32_t n = 0;

	for (uint32_t i = 0; i < m->ntold && i < CC_MESSAGE_TOLD_MAX; i++)
		if (m->told[i] != NULL && (but == NULL || strcmp(but, m->told[i]) != 0))
			list[n++] = m->told[i];
	(void)snprintf(and, sizeof and, " %s ", cc_words_and(x->language));	/* fits */
	for (uint32_t i = 0; i < n; i++) {
		cc_words_role(x->language, list[i], role);
		tell(&t, role, i + 1 == n ? and : ", ");
	}
	set(x, v, t.text);
}

/* What the event type is called, or its own name. */
static void
put_event(struct cc_rendering *x, const char *type, char ret[CC_WORDS_MAX])
{
	const char *title = cc_templates_title(x->r->templates, x->language, type);

	(void)snprintf(ret, CC_WORDS_MAX, "%s", title == NULL ? type : title);
	cc_utf8_trim_cut(ret);
}

/* Event types with ", " between, as they are called. */
static void
set_ends(struct cc_rendering *x, const struct cc_message *m, struct cc_value *v)
{
	const char *p = m->ends;
	struct telling t = {.n = 0};
	char type[64], words[CC_WORDS_MAX];

	while (p != NULL && *p != '\0' && t.count < ENDS_MAX) {
		size_t n = strcspn(p, ",");

		(void)snprintf(type, sizeof type, "%.*s", (int)(n < 63 ? n : 63), p);
		put_event(x, type, words);
		tell(&t, words, "; ");
		p += n;
		p += strspn(p, ", ");
	}
	set(x, v, t.text);
}

static void
set_cause(struct cc_rendering *x, const struct cc_message *m, struct cc_value *v)
{
	const char *words = m->cause == NULL ? NULL : cc_words_cause(x->language, m->cause);
	char event[CC_WORDS_MAX];

	if (m->cause == NULL || m->cause[0] == '\0')
		return;
	put_event(x, m->cause, event);
	set(x, v, words != NULL ? words : event);
}

/* ---- an alert ---------------------------------------------------------- */

static void
put_texts(struct cc_rendering *x, const struct cc_message *m, struct cc_value *v)
{
	const char *title = cc_templates_title(x->r->templates, x->language, m->rule);
	char words[CC_WORDS_MAX];

	set(x, &v[CC_A_CASE], m->case_id);
	if (m->subject != NULL && strcmp(m->subject, "case") != 0)
		set(x, &v[CC_A_FOR], m->subject);
	set(x, &v[CC_A_TITLE], title != NULL ? title : m->title);
	set(x, &v[CC_A_RULE], m->rule);
	set(x, &v[CC_A_SECTION], m->section);
	if (m->role != NULL && m->role[0] != '\0') {
		cc_words_role(x->language, m->role, words);
		set(x, &v[CC_A_ROLE], words);
	}
	if (m->link != NULL && strlen(m->link) <= CC_RENDER_LINK)
		v[CC_A_LINK].text = v[CC_A_LINK_TEXT].text =
		    cc_render_copy(x, m->link, CC_RENDER_LINK);
	set_roles(x, m, NULL, &v[CC_A_TOLD]);
	set_roles(x, m, m->role == NULL ? "" : m->role, &v[CC_A_OTHERS]);
	set_ends(x, m, &v[CC_A_ENDS]);
	set_cause(x, m, &v[CC_A_CAUSE]);
}

static void
put_states(struct cc_rendering *x, const struct cc_message *m, struct cc_value *v)
{
	char words[CC_WORDS_MAX];

	if (m->state == 0)
		return;		/* a message of several things */
	set(x, &v[CC_A_STATE], cc_words_state(x->language, m));
	cc_words_standing(x->language, m, words);
	set(x, &v[CC_A_STANDING], words);
	if (m->rung != NULL && m->rung[0] != '\0') {
		cc_words_rung(x->language, m, words);
		set(x, &v[CC_A_WHAT], words);
		v[CC_A_MOVED].on = strcmp(m->rung, "moved") == 0;
		v[CC_A_BACK].on = strcmp(m->rung, "back") == 0;
		v[CC_A_CLEAR].on = cc_words_is_clear(m);
	}
	if (m->kind == CC_KIND_RECURRING || (m->period > 1 && m->kind != CC_KIND_IMMEDIATE)) {
		(void)snprintf(words, sizeof words, "%u", m->period);	/* fits */
		set(x, &v[CC_A_PERIOD], words);
	}
}

const struct cc_value *
cc_render_alert(struct cc_rendering *x, const struct cc_message *m)
{
	struct cc_value *v = cc_arena_array(&x->arena, CC_A_VALUES, sizeof *v);

	if (v == NULL)
		return NULL;
	put_texts(x, m, v);
	put_states(x, m, v);
	put_instants(x, m, v);
	v[CC_A_AT_ONCE].on = m->kind == CC_KIND_IMMEDIATE;
	v[CC_A_OVERDUE].on = m->state != 0 && cc_words_is_overdue(m);
	v[CC_A_TODAY].on = cc_render_rank(m) == CC_RANK_OPEN && cc_render_today(x, m);
	v[CC_A_LATE].on = m->late;
	v[CC_A_WITHDRAWN].on = m->withdrawn;
	v[CC_A_CRITICAL].on = m->severity == CC_CRITICAL && !v[CC_A_CLEAR].on;
	v[CC_A_WARNING].on = m->severity == CC_WARNING && !v[CC_A_CLEAR].on;
	return v;
}
