#include "notify/ical.h"

#include <libical/ical.h>
#include <stdlib.h>
#include <string.h>

#include "wire/template.h"

enum { TEXT_MAX = 512, LINE_MAX_SIZE = 4 * TEXT_MAX };

static const char *const forms[] = {
	[CC_CALENDAR_NONE] = "none", [CC_CALENDAR_TODO] = "todo", [CC_CALENDAR_EVENT] = "event"
};

bool
cc_calendar_form_find(const char *word, enum cc_calendar_form *ret)
{
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
		if (strcmp(forms[i], word) == 0) {
			*ret = (enum cc_calendar_form)i;
			return true;
		}
	return false;
}

static struct icaltimetype
instant(struct cc_wall t)
{
	return icaltime_from_timet_with_zone((time_t)t.s, 0, icaltimezone_get_utc_timezone());
}

/* No property is added without memory: the text then lacks it, and the caller checks
 * the one that must be there. */
static void
add(icalcomponent *c, icalproperty *p)
{
	if (p != NULL)
		icalcomponent_add_property(c, p);
}

static bool
is_over(const struct cc_message *m)
{
	return m->withdrawn || cc_words_is_clear(m) || !cc_state_live(m->state);
}

static bool
is_done(const struct cc_message *m)
{
	return !m->withdrawn && (m->state == CC_STATE_MET || m->state == CC_STATE_LATE ||
	    m->state == CC_STATE_USED || m->state == CC_STATE_PASSED);
}

static enum icalproperty_status
status_of(const struct cc_ical *c)
{
	bool todo = c->form == CC_CALENDAR_TODO;

	if (!is_over(c->message))
		return todo ? ICAL_STATUS_NEEDSACTION : ICAL_STATUS_CONFIRMED;
	return todo && is_done(c->message) ? ICAL_STATUS_COMPLETED : ICAL_STATUS_CANCELLED;
}

/* The text without characters that control; freed with free(), or NULL. */
static char *
clean(struct cc_buf *b)
{
	char *text = cc_buf_take(b), *out;
	struct cc_buf safe;

	if (text == NULL) {
		cc_buf_done(b);
		return NULL;
	}
	cc_buf_init(&safe, 3 * LINE_MAX_SIZE);
	cc_template_escape(CC_PLACE_LINE, text, &safe);
	free(text);
	out = cc_buf_take(&safe);
	cc_buf_done(&safe);
	return out;
}

/* A text of the message, cut. */
static void
put(struct cc_buf *b, const char *text)
{
	cc_buf_put(b, text, strnlen(text, TEXT_MAX));
}

static void
add_summary(icalcomponent *c, const struct cc_ical *from)
{
	const struct cc_message *m = from->message;
	struct cc_buf b;
	char *text;

	cc_buf_init(&b, LINE_MAX_SIZE);
	put(&b, m->case_id);
	CC_BUF_LIT(&b, ": ");
	cc_buf_puts(&b, cc_words_state(from->language, m));
	CC_BUF_LIT(&b, ": ");
	put(&b, m->rule);
	if (from->title) {
		CC_BUF_LIT(&b, ": ");
		put(&b, m->title);
	}
	text = clean(&b);
	if (text != NULL)
		add(c, icalproperty_new_summary(text));
	free(text);
}

static void
add_uid(icalcomponent *c, const struct cc_message *m)
{
	struct cc_buf b;
	char *text;

	cc_buf_init(&b, LINE_MAX_SIZE);
	put(&b, m->thread);
	CC_BUF_LIT(&b, "@caseclock");
	text = clean(&b);
	if (text != NULL)
		add(c, icalproperty_new_uid(text));
	free(text);
}

/* PUBLISH wants a beginning, and it lies before the due. */
static struct cc_wall
begin_of(const struct cc_message *m, bool dated)
{
	if (!dated)
		return m->fired;
	if (cc_given(m->started) && m->started.s < m->due.s)
		return m->started;
	return (struct cc_wall){m->due.s - 1};
}

static void
add_organizer(icalcomponent *c, const struct cc_ical *from)
{
	struct cc_buf b;
	char *text;

	cc_buf_init(&b, LINE_MAX_SIZE);
	CC_BUF_LIT(&b, "mailto:");
	put(&b, from->organizer);
	text = clean(&b);
	if (text != NULL)
		add(c, icalproperty_new_organizer(text));
	free(text);
}

static int
priority_of(const struct cc_message *m)
{
	return m->severity == CC_CRITICAL ? 1 : m->severity == CC_WARNING ? 3 : 5;
}

static void
add_times(icalcomponent *c, const struct cc_ical *from)
{
	const struct cc_message *m = from->message;
	bool dated = m->kind != CC_KIND_IMMEDIATE && cc_given(m->due);

	if (from->form == CC_CALENDAR_EVENT) {
		add(c, icalproperty_new_dtstart(instant(m->due)));
		add(c, icalproperty_new_duration(icaldurationtype_from_int(0)));
		add(c, icalproperty_new_transp(ICAL_TRANSP_TRANSPARENT));
		return;
	}
	add(c, icalproperty_new_dtstart(instant(begin_of(m, dated))));
	if (dated)
		add(c, icalproperty_new_due(instant(m->due)));
	if (is_done(m) && cc_given(m->ended)) {
		add(c, icalproperty_new_completed(instant(m->ended)));
		add(c, icalproperty_new_percentcomplete(100));
	}
}

static void
fill(icalcomponent *c, const struct cc_ical *from)
{
	const struct cc_message *m = from->message;

	add_uid(c, m);
	add(c, icalproperty_new_dtstamp(instant(m->fired)));
	add(c, icalproperty_new_sequence((int)m->epoch));
	add_summary(c, from);
	add_times(c, from);
	add_organizer(c, from);
	add(c, icalproperty_new_priority(priority_of(m)));
	add(c, icalproperty_new_status(status_of(from)));
	add(c, icalproperty_new_class(ICAL_CLASS_PRIVATE));
	if (m->link != NULL && strncmp(m->link, "https://", 8) == 0 &&
	    strnlen(m->link, LINE_MAX_SIZE) < LINE_MAX_SIZE && strpbrk(m->link, "\r\n") == NULL)
		add(c, icalproperty_new_url(m->link));
}

static bool
has_entry(const struct cc_ical *c)
{
	const struct cc_message *m = c->message;

	if (c->form == CC_CALENDAR_NONE || (m->form != 0 && m->form != CC_FORM_ALERT) ||
	    m->state == 0 || m->thread == NULL)
		return false;
	return c->form == CC_CALENDAR_TODO ||
	    (m->kind != CC_KIND_IMMEDIATE && cc_given(m->due));
}

enum cc_code
cc_ical_render(const struct cc_ical *c, char **ret, struct cc_err *reterr)
{
	icalcomponent *calendar, *entry;
	char *text = NULL;

	if (!has_entry(c))
		return cc_fail(reterr, CC_ENOENT, 0, "the message has nothing for a calendar");
	calendar = icalcomponent_new(ICAL_VCALENDAR_COMPONENT);
	entry = icalcomponent_new(c->form == CC_CALENDAR_TODO ? ICAL_VTODO_COMPONENT :
	    ICAL_VEVENT_COMPONENT);
	if (calendar != NULL && entry != NULL) {
		add(calendar, icalproperty_new_prodid("-//caseclock//caseclockd//EN"));
		add(calendar, icalproperty_new_version("2.0"));
		add(calendar, icalproperty_new_method(ICAL_METHOD_PUBLISH));
		fill(entry, c);
		icalcomponent_add_component(calendar, entry);
		text = icalcomponent_as_ical_string_r(calendar);
	} else if (entry != NULL) {
		icalcomponent_free(entry);
	}
	if (calendar != NULL)
		icalcomponent_free(calendar);	/* with the entry */
	if (text == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "no memory for a calendar");
	*ret = text;
	return CC_OK;
}
