#include "policy/yaml.h"

#include <string.h>

static const char *
kind_text(const struct cc_yaml *y)
{
	static const char *const text[] = {"nothing", "text", "a list", "a mapping"};

	return text[y->kind];
}

bool
cc_yaml_is_text(const struct cc_yaml *y, const char *what, struct cc_diags *d)
{
	if (y->kind == CC_YAML_SCALAR && y->len > 0)
		return true;
	cc_diag(d, y->at, "%s: expected text, found %s", what,
	    y->kind == CC_YAML_SCALAR ? "nothing" : kind_text(y));
	return false;
}

bool
cc_yaml_is_list(const struct cc_yaml *y, const char *what, struct cc_diags *d)
{
	if (y->kind == CC_YAML_LIST)
		return true;
	cc_diag(d, y->at, "%s: expected a list, found %s", what, kind_text(y));
	return false;
}

bool
cc_yaml_keys(const struct cc_yaml *map, const char *what, const char *const *keys,
    unsigned nkeys, struct cc_diags *d)
{
	bool ok = true;

	if (map->kind != CC_YAML_MAP) {
		cc_diag(d, map->at, "%s: expected a mapping, found %s", what, kind_text(map));
		return false;
	}
	for (uint32_t i = 0; i < map->n; i++) {
		const struct cc_yaml *k = map->keys[i];
		const char *near;
		unsigned j = 0;

		while (j < nkeys && strcmp(keys[j], k->text) != 0)
			j++;
		if (j < nkeys)
			continue;
		near = cc_nearest(k->text, k->len, keys, nkeys);
		cc_diag(d, k->at, "%s: unknown key '%.40s'%s%s%s", what, k->text,
		    near == NULL ? "" : ", did you mean '", near == NULL ? "" : near,
		    near == NULL ? "" : "'?");
		ok = false;
	}
	return ok;
}

/* A plain whole number, no sign, no leading zero: "010" is a mistake. */
static bool
digits(const char *s, size_t n, int64_t *ret)
{
	int64_t v = 0;

	if (n == 0 || n > 15 || (n > 1 && s[0] == '0'))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		v = v * 10 + (s[i] - '0');
	}
	*ret = v;
	return true;
}

bool
cc_yaml_whole(const struct cc_yaml *y, int64_t min, int64_t max, int64_t *ret,
    struct cc_diags *d)
{
	int64_t v;

	if (y->kind == CC_YAML_SCALAR && digits(y->text, y->len, &v) && v >= min && v <= max) {
		*ret = v;
		return true;
	}
	cc_diag(d, y->at, "expected a whole number from %lld to %lld, found '%.40s'",
	    (long long)min, (long long)max,
	    y->kind == CC_YAML_SCALAR ? y->text : kind_text(y));
	return false;
}

bool
cc_yaml_yes(const struct cc_yaml *y, bool *ret, struct cc_diags *d)
{
	if (y->kind == CC_YAML_SCALAR) {
		if (strcmp(y->text, "yes") == 0 || strcmp(y->text, "true") == 0) {
			*ret = true;
			return true;
		}
		if (strcmp(y->text, "no") == 0 || strcmp(y->text, "false") == 0) {
			*ret = false;
			return true;
		}
	}
	cc_diag(d, y->at, "expected yes or no, found '%.40s'",
	    y->kind == CC_YAML_SCALAR ? y->text : kind_text(y));
	return false;
}

bool
cc_yaml_duration(const struct cc_yaml *y, int64_t *ret, struct cc_diags *d)
{
	static const struct {
		char unit;
		int64_t seconds;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
	int64_t v;

	if (y->kind == CC_YAML_SCALAR && y->len >= 2 && digits(y->text, y->len - 1, &v) &&
	    v <= 1000000)
		for (unsigned i = 0; i < sizeof units / sizeof units[0]; i++)
			if (y->text[y->len - 1] == units[i].unit) {
				*ret = v * units[i].seconds;
				return true;
			}
	cc_diag(d, y->at, "expected a time such as 30s, 15m, 4h or 2d, found '%.40s'",
	    y->kind == CC_YAML_SCALAR ? y->text : kind_text(y));
	return false;
}

int
cc_yaml_word(const struct cc_yaml *y, const char *const *words, unsigned n,
    const char *what, struct cc_diags *d)
{
	char all[240] = "";
	const char *near;

	if (!cc_yaml_is_text(y, what, d))
		return -1;
	for (unsigned i = 0; i < n; i++)
		if (strcmp(words[i], y->text) == 0)
			return (int)i;
	near = cc_nearest(y->text, y->len, words, n);
	for (unsigned i = 0; i < n && strlen(all) + strlen(words[i]) + 3 < sizeof all; i++) {
		if (i > 0)
			strncat(all, ", ", sizeof all - strlen(all) - 1);
		strncat(all, words[i], sizeof all - strlen(all) - 1);
	}
	cc_diag(d, y->at, "%s: '%.40s' is none of %s%s%s%s", what, y->text, all,
	    near == NULL ? "" : "; did you mean '", near == NULL ? "" : near,
	    near == NULL ? "" : "'?");
	return -1;
}
