/*
 * tests/fuzz/fuzz_yaml.c - any bytes as a YAML file of a pack.
 *
 * Checks:    the file is read whole or refused with at least one message; every
 *            node has a place in the file, and so has every byte of every
 *            scalar; the typed reads answer for any node.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "policy/load_ladder.h"
#include "policy/load_schema.h"
#include "policy/yaml.h"
#include "tests/support/ladders.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA = 64 * 1024 * 1024, INPUT = 16 * 1024 };

static void
must(bool claim)
{
	if (!claim)
		abort();
}

static void
check_scalar(const struct cc_yaml *y, struct cc_diags *d)
{
	static const char *const words[] = {"one", "two"};
	int64_t n;
	bool b;

	must(y->text != NULL && strlen(y->text) == y->len);
	for (size_t i = 0; i <= y->len; i += 1 + y->len / 16) {
		struct cc_place at = cc_yaml_place(y, i);

		must(at.line >= y->at.line && at.column >= 1);
	}
	(void)cc_yaml_whole(y, 0, 100, &n, d);
	(void)cc_yaml_duration(y, &n, d);
	(void)cc_yaml_yes(y, &b, d);
	must(cc_yaml_word(y, words, 2, "word", d) < 2);
}

static unsigned
check(const struct cc_yaml *y, unsigned depth, struct cc_diags *d)
{
	unsigned nodes = 1;

	must(depth <= CC_YAML_DEPTH && y->at.line >= 1 && y->at.column >= 1);
	if (y->kind == CC_YAML_SCALAR)
		check_scalar(y, d);
	for (uint32_t i = 0; i < y->n; i++) {
		if (y->kind == CC_YAML_MAP) {
			must(y->keys[i]->kind == CC_YAML_SCALAR);
			must(cc_yaml_get(y, y->keys[i]->text) == y->items[i]);
		}
		nodes += check(y->items[i], depth + 1, d);
	}
	return nodes;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cc_arena a = cc_test_arena(ARENA);
	struct cc_diags d = {.n = 0};
	const struct cc_ladder *named;
	struct cc_ladders ladders;
	struct cc_schema schema = {.ntypes = 0};
	const struct cc_yaml *root;
	unsigned n;

	if (size > INPUT)
		size = INPUT;
	root = cc_yaml_parse("f.yaml", (const char *)data, size, &a, &d);
	must((root == NULL) == (d.n != 0));
	if (root != NULL) {
		must(check(root, 0, &d) >= 1);
		cc_load_schema(root, NULL, 0, &a, &d, &schema);
		if (root->kind == CC_YAML_LIST)
			cc_load_ladders(root, &a, &d, &ladders, &named, &n);
	}
	cc_diags_done(&d);
	cc_arena_done(&a);
	return 0;
}
