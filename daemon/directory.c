#include "daemon/directory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/csv.h"
#include "daemon/daytime.h"
#include "notify/mime_text.h"
#include "policy/slurp.h"

enum column {
	STAFF_ID, ROLE, EMAIL, WEBHOOK, SUPERVISOR_ID, UNIT, TIMEZONE, AWAY_FROM,
	AWAY_UNTIL, DELEGATE_ID, NEEDED, LANGUAGE = NEEDED, QUIET_FROM, QUIET_UNTIL,
	DIGEST_AT, COLUMNS
};

static const char *const column_names[COLUMNS] = {
	"staff_id", "role", "email", "webhook", "supervisor_id", "unit", "timezone",
	"away_from", "away_until", "delegate_id", "language", "quiet_from", "quiet_until",
	"digest_at"
};

/* A row while its links are names. */
struct row {
	struct cc_person person;
	struct cc_csv_field id, supervisor, delegate;
	uint32_t above;			/* place of the supervisor + 1, 0 none */
	uint8_t seen;			/* search for circles: 1 under way, 2 done */
};

struct loading {
	const struct cc_directory_source *src;
	struct cc_arena *a;
	struct cc_diags *d;
	int column_of[CC_CSV_FIELDS];	/* by field: which column */
	int ncolumns;
	struct row *rows;
	uint32_t n, cap;
};

static bool
header(struct loading *l, struct cc_csv *csv)
{
	struct cc_csv_field f[CC_CSV_FIELDS];
	bool given[COLUMNS] = {false};
	int n = cc_csv_row(csv, f);
	bool ok = true;

	if (n <= 0) {
		if (n == 0)
			cc_diag(l->d, (struct cc_place){l->src->path, 1, 1},
			    "expected a header with staff_id, role, ...; the file is empty");
		return false;
	}
	for (int i = 0; i < n; i++) {
		int c = 0;

		while (c < COLUMNS && strcmp(column_names[c], f[i].text) != 0)
			c++;
		l->column_of[i] = c;
		if (c == COLUMNS) {
			const char *near = cc_nearest(f[i].text, f[i].n, column_names, COLUMNS);

			cc_diag(l->d, f[i].at, "unknown column '%.40s'%s%s%s", f[i].text,
			    near == NULL ? "" : ", did you mean '", near == NULL ? "" : near,
			    near == NULL ? "" : "'?");
			ok = false;
		} else if (given[c]) {
			cc_diag(l->d, f[i].at, "column %s comes twice", column_names[c]);
			ok = false;
		} else {
			given[c] = true;
		}
	}
	for (int c = 0; c < NEEDED; c++)
		if (!given[c]) {
			cc_diag(l->d, f[0].at, "column %s is missing", column_names[c]);
			ok = false;
		}
	l->ncolumns = n;
	return ok;
}

static bool
parse_id(struct loading *l, const struct cc_csv_field *f)
{
	if (cc_id_ok((struct cc_str){f->text, f->n}))
		return true;
	cc_diag(l->d, f->at, "expected an id (letters, digits, '._:-', at most 64); "
	    "got '%.40s'", f->text);
	return false;
}

static bool
parse_role(struct loading *l, const struct cc_csv_field *f, uint8_t *ret)
{
	const struct cc_chain *chain = l->src->chain;
	char all[42 * CC_CHAIN_MAX + 1] = "";
	size_t n = 0;

	for (uint8_t i = 0; i < chain->n; i++)
		if (strcmp(chain->role[i], f->text) == 0) {
			*ret = i;
			return true;
		}
	for (uint8_t i = 0; i < chain->n; i++)
		n += (size_t)snprintf(all + n, sizeof all - n, "%s%.40s", i > 0 ? ", " : "",
		    chain->role[i]);
	cc_diag(l->d, f->at, "expected a role (%s); got '%.40s'", all, f->text);
	return false;
}

static bool
parse_zone(struct loading *l, const struct cc_csv_field *f,
    const struct cc_zone **ret)
{
	*ret = f->n == 0 ? l->src->zone :
	    cc_zones_find(l->src->zones, (struct cc_str){f->text, f->n});
	if (*ret != NULL)
		return true;
	cc_diag(l->d, f->at, "unknown time zone '%.40s'", f->text);
	return false;
}

static bool
parse_addresses(struct loading *l, const struct cc_csv_field *email,
    const struct cc_csv_field *webhook)
{
	const char *wrong = email->n == 0 ? NULL : cc_mail_address_wrong(email->text);

	if (wrong != NULL)
		cc_diag(l->d, email->at, "e-mail address '%.60s': %s", email->text, wrong);
	if (webhook->n == 0 || l->src->endpoint(l->src->self, webhook->text))
		return wrong == NULL;
	cc_diag(l->d, webhook->at, "the configuration has no endpoint '%.40s' (webhooks)",
	    webhook->text);
	return false;
}

static bool
parse_leave(struct loading *l, const struct cc_csv_field *from,
    const struct cc_csv_field *until, struct cc_person *p)
{
	struct cc_err err;

	if (from->n == 0 && until->n == 0)
		return true;
	if (from->n == 0 || until->n == 0) {
		cc_diag(l->d, from->n == 0 ? from->at : until->at,
		    "a leave needs both away_from and away_until");
		return false;
	}
	if (cc_day_parse((struct cc_str){from->text, from->n}, &p->away_from,
	    &err) != CC_OK) {
		cc_diag(l->d, from->at, "%s", err.msg);
		return false;
	}
	if (cc_day_parse((struct cc_str){until->text, until->n}, &p->away_until,
	    &err) != CC_OK) {
		cc_diag(l->d, until->at, "%s", err.msg);
		return false;
	}
	p->has_leave = true;
	if (p->away_until >= p->away_from)
		return true;
	cc_diag(l->d, until->at, "the leave ends before it begins");
	return false;
}

static bool
parse_language(struct loading *l, const struct cc_csv_field *f)
{
	if (f->n == 0 || (f->n == 2 && f->text[0] >= 'a' && f->text[0] <= 'z' &&
	    f->text[1] >= 'a' && f->text[1] <= 'z'))
		return true;
	cc_diag(l->d, f->at, "expected a language as two small letters, such as en; got "
	    "'%.40s'", f->text);
	return false;
}

static bool
parse_daytime(struct loading *l, const struct cc_csv_field *f, int32_t *ret)
{
	if (f->n == 0 || cc_daytime_parse((struct cc_str){f->text, f->n}, ret))
		return true;
	cc_diag(l->d, f->at, "expected a time of the day such as 20:00; got '%.40s'",
	    f->text);
	return false;
}

static bool
parse_times(struct loading *l, const struct cc_csv_field *const by[COLUMNS],
    struct cc_person *p)
{
	const struct cc_csv_field *from = by[QUIET_FROM], *until = by[QUIET_UNTIL];
	bool ok = true;

	p->quiet_from = p->quiet_until = p->digest_at = -1;
	ok &= parse_daytime(l, from, &p->quiet_from);
	ok &= parse_daytime(l, until, &p->quiet_until);
	if (strcmp(by[DIGEST_AT]->text, "none") == 0)
		p->digest_at = -2;
	else
		ok &= parse_daytime(l, by[DIGEST_AT], &p->digest_at);
	if (ok && (from->n == 0) != (until->n == 0)) {
		cc_diag(l->d, from->n == 0 ? from->at : until->at,
		    "quiet hours need both quiet_from and quiet_until");
		return false;
	}
	if (ok && from->n > 0 && p->quiet_from == p->quiet_until) {
		cc_diag(l->d, until->at, "quiet_until is the same time as quiet_from");
		return false;
	}
	return ok;
}

static bool
add_row(struct loading *l, const struct cc_csv_field *const by[COLUMNS])
{
	struct row r = {.id = *by[STAFF_ID], .supervisor = *by[SUPERVISOR_ID],
	    .delegate = *by[DELEGATE_ID]};
	bool ok = parse_id(l, by[STAFF_ID]);

	ok &= parse_role(l, by[ROLE], &r.person.role);
	ok &= parse_addresses(l, by[EMAIL], by[WEBHOOK]);
	ok &= parse_zone(l, by[TIMEZONE], &r.person.zone);
	ok &= parse_leave(l, by[AWAY_FROM], by[AWAY_UNTIL], &r.person);
	ok &= parse_language(l, by[LANGUAGE]);
	ok &= parse_times(l, by, &r.person);
	r.person.id = (struct cc_str){by[STAFF_ID]->text, by[STAFF_ID]->n};
	r.person.email = by[EMAIL]->text;
	r.person.webhook = by[WEBHOOK]->text;
	r.person.unit = by[UNIT]->text;
	r.person.language = by[LANGUAGE]->text;
	if (l->n == CC_DIRECTORY_ROWS) {
		cc_diag(l->d, r.id.at, "more than %d people", (int)CC_DIRECTORY_ROWS);
		return false;
	}
	if (l->n == l->cap) {
		uint32_t cap = l->cap == 0 ? 256 : l->cap * 2;
		struct row *more = realloc(l->rows, cap * sizeof *more);

		if (more == NULL) {
			cc_diag(l->d, r.id.at, "no memory for the directory");
			return false;
		}
		l->rows = more;
		l->cap = cap;
	}
	l->rows[l->n++] = r;
	return ok;
}

static bool
read_rows(struct loading *l, struct cc_csv *csv)
{
	struct cc_csv_field f[CC_CSV_FIELDS];
	static const struct cc_csv_field empty = {.text = ""};	/* of a column not there */
	const struct cc_csv_field *by[COLUMNS];
	bool ok = true;
	int n;

	for (int c = 0; c < COLUMNS; c++)
		by[c] = &empty;

	while ((n = cc_csv_row(csv, f)) != 0) {
		if (n < 0) {
			ok = false;
			continue;
		}
		if (n != l->ncolumns) {
			cc_diag(l->d, f[n - 1].at, "expected %d fields, as in the header; got %d",
			    l->ncolumns, n);
			ok = false;
			continue;
		}
		for (int i = 0; i < n; i++)
			by[l->column_of[i]] = &f[i];
		ok &= add_row(l, by);
		if (l->n == CC_DIRECTORY_ROWS && !ok)
			break;
	}
	return ok;
}

static int
by_id(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int c = cc_str_cmp(x->person.id, y->person.id);

	return c != 0 ? c : x->id.at.line < y->id.at.line ? -1 : 1;
}

static uint32_t
place_of(const struct loading *l, const struct cc_csv_field *f)
{
	struct cc_str id = {f->text, f->n};
	uint32_t lo = 0, hi = l->n;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		int c = cc_str_cmp(l->rows[mid].person.id, id);

		if (c == 0)
			return mid + 1;
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return 0;
}

/* A row that names itself is a circle of one. */
static bool
no_circles(struct loading *l)
{
	bool ok = true;

	for (uint32_t i = 0; i < l->n; i++) {
		uint32_t at = i + 1;

		while (at != 0 && l->rows[at - 1].seen == 0) {
			l->rows[at - 1].seen = 1;
			at = l->rows[at - 1].above;
		}
		if (at != 0 && l->rows[at - 1].seen == 1) {
			cc_diag(l->d, l->rows[at - 1].supervisor.at,
			    "the supervisors of %.*s form a circle",
			    (int)l->rows[at - 1].person.id.n, l->rows[at - 1].person.id.p);
			ok = false;
		}
		for (at = i + 1; at != 0 && l->rows[at - 1].seen == 1;
		    at = l->rows[at - 1].above)
			l->rows[at - 1].seen = 2;
	}
	return ok;
}

static bool
link_rows(struct loading *l, struct cc_person *people)
{
	bool ok = true;

	qsort(l->rows, l->n, sizeof *l->rows, by_id);
	for (uint32_t i = 1; i < l->n; i++)
		if (cc_str_eq(l->rows[i - 1].person.id, l->rows[i].person.id)) {
			cc_diag(l->d, l->rows[i].id.at, "staff_id '%s' comes twice, first in "
			    "line %u", l->rows[i].id.text, l->rows[i - 1].id.at.line);
			ok = false;
		}
	for (uint32_t i = 0; i < l->n; i++) {
		struct row *r = &l->rows[i];
		uint32_t delegate = place_of(l, &r->delegate);

		r->above = place_of(l, &r->supervisor);
		if (r->above == 0 && r->supervisor.n > 0) {
			cc_diag(l->d, r->supervisor.at, "unknown supervisor '%.64s'",
			    r->supervisor.text);
			ok = false;
		}
		if (delegate == 0 && r->delegate.n > 0) {
			cc_diag(l->d, r->delegate.at, "unknown delegate '%.64s'",
			    r->delegate.text);
			ok = false;
		}
		people[i] = r->person;
		people[i].supervisor = r->above == 0 ? NULL : &people[r->above - 1];
		people[i].delegate = delegate == 0 ? NULL : &people[delegate - 1];
	}
	return no_circles(l) && ok;
}

enum cc_code
cc_directory_parse(const struct cc_directory_source *src, struct cc_str text,
    struct cc_arena *a, struct cc_diags *d, struct cc_directory *ret)
{
	struct loading l = {.src = src, .a = a, .d = d};
	struct cc_person *people = NULL;
	struct cc_csv csv;
	bool ok;

	cc_csv_begin(&csv, src->path, text, a, d);
	ok = header(&l, &csv) && read_rows(&l, &csv);
	if (l.n > 0) {
		people = cc_arena_array(a, l.n, sizeof *people);
		if (people == NULL)
			cc_diag(d, (struct cc_place){src->path, 0, 0}, "no memory");
		ok = people != NULL && link_rows(&l, people) && ok;
	}
	free(l.rows);
	if (!ok)
		return CC_EINVAL;
	ret->people = people;
	ret->n = l.n;
	return CC_OK;
}

enum cc_code
cc_directory_load(const struct cc_directory_source *src, struct cc_arena *a,
    struct cc_diags *d, struct cc_directory *ret)
{
	struct cc_str text;
	struct cc_err err;
	enum cc_code code = cc_slurp(src->path, CC_DIRECTORY_BYTES, a, &text, &err);

	if (code != CC_OK) {
		cc_diag(d, (struct cc_place){src->path, 0, 0}, "%s", err.msg);
		return code;
	}
	return cc_directory_parse(src, text, a, d, ret);
}

const struct cc_person *
cc_directory_find(const struct cc_directory *dir, struct cc_str id)
{
	uint32_t lo = 0, hi = dir->n;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		int c = cc_str_cmp(dir->people[mid].id, id);

		if (c == 0)
			return &dir->people[mid];
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

bool
cc_person_away(const struct cc_person *p, struct cc_wall t)
{
	cc_day day;

	if (!p->has_leave)
		return false;
	day = cc_local_day(p->zone, t);
	return day >= p->away_from && day <= p->away_until;
}
