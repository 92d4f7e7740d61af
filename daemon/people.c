#include "daemon/people.h"

#include <string.h>

const char *
cc_people_cause_text(enum cc_people_cause cause)
{
	static const char *const text[] = {
		"found", "no_holder", "unknown_staff", "chain_end", "no_address"
	};

	return text[cause];
}

static bool
is(struct cc_str s, const char *text)
{
	return s.n == strlen(text) && memcmp(s.p, text, s.n) == 0;
}

/* The last assignment of the role whose program fits, else the last of any. */
static const struct cc_assigned *
holder(const struct cc_people *in, const struct cc_rule *rule)
{
	const char *role = rule->assignment == NULL ? "primary" : rule->assignment;
	const struct cc_assigned *any = NULL;

	for (uint32_t i = in->nassigned; i-- > 0;) {
		const struct cc_assigned *a = &in->assigned[i];

		if (!is(a->role, role))
			continue;
		if (rule->program == NULL || a->program.n == 0 || is(a->program, rule->program))
			return a;
		if (any == NULL)
			any = a;
	}
	return any;
}

/* Circles are refused when the directory is loaded. */
static const struct cc_person *
climb(const struct cc_person *from, unsigned role)
{
	const struct cc_person *p = from->supervisor;

	while (p != NULL && p->role < role)
		p = p->supervisor;
	return p;
}

static const struct cc_person *
up_the_chain(const struct cc_people *in, const struct cc_rule *rule,
    const struct cc_person *from, unsigned n)
{
	unsigned top = in->chain->n - 1u, role = rule->responsible + n;
	const struct cc_person *base = rule->responsible == 0 ? from :
	    climb(from, rule->responsible);

	if (base == NULL || n == 0)
		return base;
	return climb(base, role > top ? top : role);
}

static const struct cc_person *
stand_in(const struct cc_people *in, const struct cc_person *p)
{
	for (int i = 0; i < CC_DELEGATES_MAX; i++) {
		if (!cc_person_away(p, in->now) || p->delegate == NULL)
			break;
		p = p->delegate;
	}
	return p;
}

static bool
has_address(const struct cc_people *in, const struct cc_person *p)
{
	return (in->mail && p->email[0] != '\0') || p->webhook[0] != '\0';
}

bool
cc_people_reachable(const struct cc_people *in, const struct cc_person *p)
{
	return has_address(in, stand_in(in, p));
}

const struct cc_person *
cc_people_cover(const struct cc_people *in, const struct cc_person *p)
{
	const struct cc_person *q = stand_in(in, p);

	return q != p && !cc_person_away(q, in->now) && has_address(in, q) ? q : NULL;
}

/* From the holder `id` to Rn; false with the reason. */
static bool
try_holder(const struct cc_people *in, const struct cc_rule *rule, unsigned n,
    struct cc_str id, struct cc_found *ret)
{
	const struct cc_person *p = cc_directory_find(in->directory, id);

	ret->about = id;
	if (p == NULL) {
		ret->cause = CC_PEOPLE_UNKNOWN_STAFF;
		return false;
	}
	p = up_the_chain(in, rule, p, n);
	if (p == NULL) {
		ret->cause = CC_PEOPLE_CHAIN_END;
		return false;
	}
	p = stand_in(in, p);
	if (!has_address(in, p)) {
		ret->cause = CC_PEOPLE_NO_ADDRESS;
		ret->about = p->id;
		return false;
	}
	ret->person = p;
	ret->cause = CC_PEOPLE_FOUND;
	return true;
}

/* The route for exactly this source, else the one for all. */
static const struct cc_route *
route_of(const struct cc_people *in)
{
	const struct cc_route *all = NULL;

	for (uint32_t i = 0; i < in->nroutes; i++) {
		if (is(in->first_source, in->routes[i].source))
			return &in->routes[i];
		if (strcmp(in->routes[i].source, "*") == 0)
			all = &in->routes[i];
	}
	return all;
}

void
cc_people_find(const struct cc_people *in, const struct cc_rule *rule, unsigned n,
    struct cc_found *ret)
{
	const struct cc_assigned *held = holder(in, rule);
	const struct cc_route *route;
	struct cc_found own = {.cause = CC_PEOPLE_NO_HOLDER, .about = CC_STR("")}, routed;

	if (held != NULL && try_holder(in, rule, n, held->staff, &own)) {
		*ret = own;
		return;
	}
	route = route_of(in);
	memset(&routed, 0, sizeof routed);
	if (route != NULL) {
		struct cc_str id = {route->staff_id, (uint32_t)strlen(route->staff_id)};

		if (try_holder(in, rule, n, id, &routed)) {
			own.person = routed.person;
			*ret = own;
			return;
		}
		/* Without a holder of its own, what the route lacks is the cause. */
		if (own.cause == CC_PEOPLE_NO_HOLDER)
			own = routed;
	}
	own.person = NULL;
	*ret = own;
}

static struct cc_str
value_text(const struct cc_history *h, const struct cc_hevent *e, int field)
{
	const struct cc_schema *s = &h->pack->schema;
	const struct cc_field_def *f;
	const char *code;

	if (field < 0 || !e->slots[field].given)
		return CC_STR("");
	f = &s->types[e->type].fields[field];
	if (f->type != CC_FIELD_CODE)
		return h->symbols.text[e->slots[field].i];
	code = s->codes[e->slots[field].i];
	return (struct cc_str){code, (uint32_t)strlen(code)};
}

enum cc_code
cc_people_assigned(const struct cc_history *h, struct cc_arena *a,
    struct cc_people *ret, struct cc_err *reterr)
{
	const struct cc_pack_assign *as = &h->pack->assign;
	struct cc_assigned *list;
	uint32_t n;

	ret->assigned = NULL;
	ret->nassigned = 0;
	if (as->type < 0 || h->ntype[as->type] == 0)
		return CC_OK;
	n = h->ntype[as->type];
	list = cc_arena_array(a, n, sizeof *list);
	if (list == NULL)
		return cc_fail(reterr, CC_ENOMEM, 0, "people: out of memory");
	for (uint32_t i = 0; i < n; i++) {
		const struct cc_hevent *e = &h->events[h->of_type[as->type][i]];

		list[i].role = value_text(h, e, as->role);
		list[i].staff = value_text(h, e, as->staff);
		list[i].program = value_text(h, e, as->program);
	}
	ret->assigned = list;
	ret->nassigned = n;
	return CC_OK;
}
