#include "cli/rules.h"

#include <string.h>

#include "cli/command.h"

int
cc_rules_open(struct cc_rules *r, struct cc_connection *c)
{
	*r = (struct cc_rules){.doc = NULL};
	return cc_connection_ask(c, "policy.info", (struct cc_str){"", 0}, &r->doc,
	    &r->info);
}

void
cc_rules_done(struct cc_rules *r)
{
	cc_json_free(r->doc);
	*r = (struct cc_rules){.doc = NULL};
}

const char *
cc_rules_get(const struct cc_rules *r, const char *id, const char *member)
{
	const struct cc_json *rules = cc_json_get(r->info, "rules");
	size_t lo = 0, hi = cc_json_count(rules);

	/* They are sorted by id. */
	while (id != NULL && lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct cc_json *rule = cc_json_at(rules, mid);
		const char *here = cc_json_get_text(rule, "id");
		int c = here == NULL ? -1 : strcmp(here, id);

		if (c == 0)
			return cc_json_get_text(rule, member);
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

bool
cc_rules_immediate(const struct cc_rules *r, const char *id)
{
	const char *kind = cc_rules_get(r, id, "kind");

	return kind != NULL && strcmp(kind, "immediate") == 0;
}

const char *
cc_rules_zone(const struct cc_rules *r)
{
	return cc_json_get_text(r->info, "zone");
}
