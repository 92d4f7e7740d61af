/* Zone files: the system's own, and hostile ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "policy/heap.h"
#include "policy/slurp.h"
#include "policy/tzif.h"
#include "policy/zones.h"

enum { MIB = 1024 * 1024, MUTANTS = 5000 };

static struct cc_arena arena;
static struct cc_str chicago;	/* the bytes of the real file */

static struct cc_str
str(const char *s)
{
	return (struct cc_str){s, (uint32_t)strlen(s)};
}

/* A small zone file, written field by field so that a test can spoil one. */
struct draft {
	uint32_t counts[6];	/* ut, std, leap, time, type, chars */
	int64_t at[4];
	uint8_t kind[4];
	int32_t offset[2];
	uint8_t dst[2], abbr[2];
	const char *chars;
	const char *footer;
	char version;
};

static const struct draft sound = {
	.counts = {0, 0, 0, 3, 2, 8},
	.at = {1000, 2000, 3000}, .kind = {1, 0, 1},
	.offset = {-21600, -18000}, .dst = {0, 1}, .abbr = {0, 4},
	.chars = "CST\0CDT\0", .footer = "\nCST6CDT,M3.2.0,M11.1.0\n",
	.version = '2',
};

static char *
put32(char *p, uint32_t v)
{
	for (int i = 3; i >= 0; i--)
		*p++ = (char)(v >> (8 * i));
	return p;
}

static char *
put_header(char *p, const struct draft *d, const uint32_t counts[6])
{
	memset(p, 0, 44);
	memcpy(p, "TZif", 4);
	p[4] = d->version;
	p += 20;
	for (int i = 0; i < 6; i++)
		p = put32(p, counts[i]);
	return p;
}

static struct cc_str
written(const struct draft *d, char buf[512])
{
	static const uint32_t empty[6] = {0, 0, 0, 0, 1, 1};
	char *p = put_header(buf, d, empty);

	memset(p, 0, 7);
	p = put_header(p + 7, d, d->counts);
	for (int i = 0; i < 3; i++) {
		p = put32(p, (uint32_t)((uint64_t)d->at[i] >> 32));
		p = put32(p, (uint32_t)d->at[i]);
	}
	memcpy(p, d->kind, 3);
	p += 3;
	for (int i = 0; i < 2; i++) {
		p = put32(p, (uint32_t)d->offset[i]);
		*p++ = (char)d->dst[i];
		*p++ = (char)d->abbr[i];
	}
	memcpy(p, d->chars, 8);
	p += 8;
	memcpy(p, d->footer, strlen(d->footer));
	p += strlen(d->footer);
	return (struct cc_str){buf, (uint32_t)(p - buf)};
}

static void
reads_a_small_file_whole(void **state)
{
	char buf[512];
	struct cc_zone z;

	(void)state;
	assert_int_equal(cc_tzif_parse(written(&sound, buf), CC_STR("X/Y"),
	    &arena, &z, NULL), CC_OK);
	assert_string_equal(z.name, "X/Y");
	assert_int_equal(z.ntrans, 3);
	assert_int_equal(z.nkinds, 2);
	assert_int_equal(z.at[2], 3000);
	assert_int_equal(z.kind_at[0], 1);
	assert_int_equal(z.kinds[1].offset, -18000);
	assert_true(z.kinds[1].dst);
	assert_string_equal(z.kinds[1].abbr, "CDT");
	assert_true(z.has_rule);
	assert_int_equal(z.rule.dst.offset, -18000);
	assert_int_equal(z.rule.to_std.month, 11);
	assert_int_equal(cc_zone_at(&z, (struct cc_wall){999})->offset,
	    -21600);
	assert_int_equal(cc_zone_at(&z, (struct cc_wall){1000})->offset,
	    -18000);
}

static void
refuses_each_spoiled_field(void **state)
{
	struct draft d[22];
	const char *why[22];
	size_t n = 0;
	char buf[512];

	(void)state;
	for (size_t i = 0; i < 22; i++)
		d[i] = sound;
#define SPOIL(set, text) do { d[n].set; why[n++] = (text); } while (0)
	SPOIL(version = 0, "version 2 or later");
	SPOIL(version = '1', "version 2 or later");
	SPOIL(counts[2] = 1, "leap seconds");
	SPOIL(counts[3] = 100001, "a count is over 100000");
	SPOIL(counts[3] = UINT32_MAX, "a count is over 100000");
	SPOIL(counts[5] = 100001, "a count is over 100000");
	SPOIL(counts[4] = 0, "kinds of local time");
	SPOIL(counts[4] = 257, "kinds of local time");
	SPOIL(counts[0] = 1, "contradict each other");
	SPOIL(counts[1] = 3, "contradict each other");
	SPOIL(counts[3] = 100000, "cut off");
	SPOIL(at[1] = 1000, "not in order");
	SPOIL(at[2] = -5, "not in order");
	SPOIL(kind[1] = 2, "kind of local time that is not there");
	SPOIL(offset[0] = 26 * 3600 + 1, "over 26 hours");
	SPOIL(offset[1] = -26 * 3600 - 1, "over 26 hours");
	SPOIL(offset[1] = INT32_MIN, "over 26 hours");
	SPOIL(dst[0] = 2, "neither 0 nor 1");
	SPOIL(abbr[1] = 8, "outside its table");
	SPOIL(chars = "CST\0CDTX", "has no end");
	SPOIL(chars = "CS\n\0CDT\0", "not plain text");
	SPOIL(footer = "\nCST6CDT,M3.2.0,M11.1.0", "cut off in its footer");
#undef SPOIL
	assert_int_equal(n, 22);
	for (size_t i = 0; i < n; i++) {
		struct cc_zone z = {.ntrans = 77};
		struct cc_err err = {CC_OK, 0, ""};
		size_t total = arena.total;

		assert_int_equal(cc_tzif_parse(written(&d[i], buf),
		    CC_STR("X"), &arena, &z, &err), CC_EINVAL);
		if (strstr(err.msg, why[i]) == NULL)
			fail_msg("%s: %s", why[i], err.msg);
		assert_int_equal(z.ntrans, 77);
		assert_int_equal(arena.total, total);
	}
}

static void
refuses_long_abbreviations_and_missing_footers(void **state)
{
	struct draft d = sound;
	struct cc_zone z;
	struct cc_err err;
	char buf[512];

	(void)state;
	d.chars = "LONGNAME";
	assert_int_equal(cc_tzif_parse(written(&d, buf), CC_STR("X"), &arena,
	    &z, &err), CC_EINVAL);
	d = sound;
	d.footer = "";
	assert_int_equal(cc_tzif_parse(written(&d, buf), CC_STR("X"), &arena,
	    &z, &err), CC_EINVAL);
	assert_non_null(strstr(err.msg, "footer is missing"));
	d.footer = "\n\n";
	assert_int_equal(cc_tzif_parse(written(&d, buf), CC_STR("X"), &arena,
	    &z, &err), CC_OK);
	assert_false(z.has_rule);
	/* Without a rule the last kind holds for ever. */
	assert_int_equal(cc_zone_at(&z, (struct cc_wall){INT64_MAX})->offset,
	    -18000);
}

static void
refuses_every_prefix_of_a_real_file(void **state)
{
	struct cc_zone z;

	(void)state;
	for (uint32_t n = 0; n < chicago.n; n++) {
		struct cc_mark m = cc_arena_mark(&arena);
		char *copy = malloc(n == 0 ? 1 : n);

		assert_non_null(copy);
		memcpy(copy, chicago.p, n);
		assert_int_equal(cc_tzif_parse((struct cc_str){copy, n},
		    CC_STR("X"), &arena, &z, NULL), CC_EINVAL);
		free(copy);
		cc_arena_release(&arena, m);
	}
	assert_int_equal(cc_tzif_parse(chicago, CC_STR("X"), &arena, &z, NULL),
	    CC_OK);
}

static uint64_t
next_random(uint64_t *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return *s;
}

/* Whatever was accepted must answer every question, and stop. */
static void
ask(const struct cc_zone *z, uint64_t *seed)
{
	char text[CC_LOCAL_TEXT];

	for (int i = 0; i < 8; i++) {
		cc_day d = (cc_day)(next_random(seed) % 60000) - 5000;
		struct cc_wall t = {(int64_t)next_random(seed)};
		struct cc_wall sod = cc_sod(z, d);

		assert_true(cc_local_day(z, sod) >= d);
		assert_true(cc_eod(z, d).s >= sod.s - 1);
		(void)cc_local(z, d, (int32_t)(next_random(seed) % 86400));
		cc_local_format(z, t, text);
		assert_in_range(cc_local_seconds(z, t), 0, 86399);
	}
	assert_non_null(cc_zone_at(z, (struct cc_wall){INT64_MIN}));
	assert_non_null(cc_zone_at(z, (struct cc_wall){INT64_MAX}));
}

static void
survives_thousands_of_mutated_files(void **state)
{
	const char *given = getenv("CC_SEED");
	uint64_t seed = given != NULL ? strtoull(given, NULL, 10) :
	    (uint64_t)time(NULL);
	char *copy = malloc(chicago.n);
	int taken = 0;

	(void)state;
	assert_non_null(copy);
	seed = seed == 0 ? 1 : seed;
	print_message("CC_SEED=%llu\n", (unsigned long long)seed);
	for (int i = 0; i < MUTANTS; i++) {
		struct cc_mark m = cc_arena_mark(&arena);
		int flips = 1 + (int)(next_random(&seed) % 6);
		struct cc_zone z;

		memcpy(copy, chicago.p, chicago.n);
		while (flips-- > 0) {
			uint64_t r = next_random(&seed);

			copy[r % chicago.n] ^= (char)(1 << (r >> 32) % 8);
		}
		if (cc_tzif_parse((struct cc_str){copy, chicago.n},
		    CC_STR("X"), &arena, &z, NULL) == CC_OK) {
			ask(&z, &seed);
			taken++;
		}
		cc_arena_release(&arena, m);
	}
	free(copy);
	/* Many flips hit the first block, which is only stepped over. */
	assert_true(taken > MUTANTS / 100);
	assert_true(taken < MUTANTS);
}

static void
refuses_names_that_leave_the_folder(void **state)
{
	static const char *const bad[] = {
		"", "/", "/etc/passwd", "..", "../etc/passwd", "America/..",
		"America/../../etc/passwd", "America//Chicago", "America/",
		".", "./UTC", ".hidden", "America/.hidden", "America/Chic ago",
		"America\\Chicago", "America/Chicago\n", "Am\xc3\xa9rica", "~",
		"US/Central;", "$HOME", "a:b"
	};
	char longest[CC_TZIF_NAME + 2];
	struct cc_zone z;
	struct cc_err err;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_false(cc_tzif_name_ok(str(bad[i])));
		assert_int_equal(cc_tzif_load(NULL, str(bad[i]), &arena, &z,
		    &err), CC_EINVAL);
		assert_non_null(strstr(err.msg, "not a name"));
	}
	assert_false(cc_tzif_name_ok((struct cc_str){"UTC\0", 4}));
	memset(longest, 'a', sizeof longest);
	assert_true(cc_tzif_name_ok((struct cc_str){longest, CC_TZIF_NAME}));
	assert_false(cc_tzif_name_ok(
	    (struct cc_str){longest, CC_TZIF_NAME + 1}));
	assert_true(cc_tzif_name_ok(CC_STR("America/Argentina/Buenos_Aires")));
	assert_true(cc_tzif_name_ok(CC_STR("Etc/GMT+12")));
}

static void
says_what_is_wrong_with_a_file(void **state)
{
	struct cc_zone z;
	struct cc_err err;

	(void)state;
	assert_int_equal(cc_tzif_load(NULL, CC_STR("Nowhere/Land"), &arena, &z,
	    &err), CC_ENOENT);
	assert_int_equal(cc_tzif_load(NULL, CC_STR("America"), &arena, &z,
	    &err), CC_EIO);
	assert_int_equal(cc_tzif_load(NULL, CC_STR("zone.tab"), &arena, &z,
	    &err), CC_EINVAL);
	assert_non_null(strstr(err.msg, "not a TZif file"));
	if (access("/usr/share/zoneinfo/right/UTC", R_OK) == 0) {
		assert_int_equal(cc_tzif_load(NULL, CC_STR("right/UTC"),
		    &arena, &z, &err), CC_EINVAL);
		assert_non_null(strstr(err.msg, "leap seconds"));
	}
}

static void
reads_and_refuses_rules(void **state)
{
	static const struct {
		const char *text;
		bool ok;
	} t[] = {
		{"UTC0", true}, {"CST6", true}, {"<-03>3", true},
		{"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", true},
		{"CST6CDT5:00:00,J1/-167:59:59,365/167", true},
		{"AAA24:59:59", true}, {"AAA-24:59:59", true},
		{"", false}, {"CST", false}, {"CS6", false}, {"CST25", false},
		{"CST6:60", false}, {"CST6CDT", false}, {"CST6:", false},
		{"CST6CDT,M3.2.0", false}, {"CST6CDT,M3.2.0,", false},
		{"CST6CDT,M0.2.0,M11.1.0", false},
		{"CST6CDT,M13.2.0,M11.1.0", false},
		{"CST6CDT,M3.0.0,M11.1.0", false},
		{"CST6CDT,M3.6.0,M11.1.0", false},
		{"CST6CDT,M3.2.7,M11.1.0", false},
		{"CST6CDT,J0,M11.1.0", false},
		{"CST6CDT,J366,M11.1.0", false},
		{"CST6CDT,366,M11.1.0", false},
		{"CST6CDT,M3.2.0/168,M11.1.0", false},
		{"CST6CDT,M3.2.0,M11.1.0 ", false},
		{"CST6CDT,M3.2.0,M11.1.0,M1.1.1", false},
		{"ABCDEFGH6", false}, {"<-03", false}, {"<>3", false},
		{"<-0300000>3", false}, {":America/Chicago", false},
		{"CST6CDT,M3.2.0/2:,M11.1.0", false},
		{"CST99999999999999999999", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		struct cc_zone_rule r;
		struct cc_err err;

		if ((cc_tzif_rule(str(t[i].text), &r, &err) == CC_OK) !=
		    t[i].ok)
			fail_msg("rule \"%s\"", t[i].text);
	}
}

static void
loads_every_zone_of_the_system(void **state)
{
	static const char *const names[] = {
		"America/Chicago", "America/Denver", "UTC", "Etc/GMT+12",
		"America/Argentina/Buenos_Aires", "US/Central", "Zulu"
	};
	struct cc_arena a;
	struct cc_zones z;
	struct cc_err err;

	(void)state;
	cc_heap_arena_init(&a, 64 * MIB);
	if (cc_zones_load(NULL, &a, &z, &err) != CC_OK)
		fail_msg("%s", err.msg);
	assert_true(z.nzones > 300);
	for (uint32_t i = 0; i < z.nzones; i++) {
		struct cc_str name = str(z.zones[i].name);

		assert_int_equal(cc_zones_index(&z, name), i);
		assert_ptr_equal(cc_zones_find(&z, name), &z.zones[i]);
		if (i > 0)
			assert_true(strcmp(z.zones[i - 1].name, name.p) < 0);
	}
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		assert_non_null(cc_zones_find(&z, str(names[i])));
	assert_null(cc_zones_find(&z, CC_STR("Nowhere/Land")));
	assert_null(cc_zones_find(&z, CC_STR("")));
	assert_null(cc_zones_find(&z, CC_STR("america/chicago")));
	assert_null(cc_zones_find(&z, CC_STR("right/UTC")));
	assert_null(cc_zones_find(&z, CC_STR("posix/UTC")));
	assert_null(cc_zones_find(&z, CC_STR("zone.tab")));
	assert_null(cc_zones_find(&z, CC_STR("localtime")));
	assert_int_equal(cc_zones_index(&z, CC_STR("Zzz")), -1);
	assert_non_null(strstr(z.stamp, z.version));
	cc_arena_done(&a);
}

static void
write_file(const char *dir, const char *name, const char *p, size_t n)
{
	char path[512];
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/%s", dir, name);
	f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(p, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

static void
remove_file(const char *dir, const char *name)
{
	char path[512];

	(void)snprintf(path, sizeof path, "%s/%s", dir, name);
	(void)remove(path); /* some are there in one test only */
}

static void
loads_a_folder_all_or_nothing(void **state)
{
	char dir[] = "/tmp/test_tzif.XXXXXX", sub[64], version[64];
	struct cc_arena a;
	struct cc_zones z;
	struct cc_err err;

	(void)state;
	cc_heap_arena_init(&a, 64 * MIB);
	assert_non_null(mkdtemp(dir));
	assert_int_equal(cc_zones_load(dir, &a, &z, &err), CC_ENOENT);
	assert_int_equal(cc_zones_load("/tmp/no/such", &a, &z, &err),
	    CC_ENOENT);
	(void)snprintf(sub, sizeof sub, "%s/Sub", dir);
	assert_int_equal(mkdir(sub, 0700), 0);
	write_file(sub, "Town", chicago.p, chicago.n);
	write_file(dir, "notes.txt", "no zone", 7);
	write_file(dir, "localtime", chicago.p, chicago.n);
	assert_int_equal(cc_zones_load(dir, &a, &z, &err), CC_OK);
	assert_int_equal(z.nzones, 1);
	assert_string_equal(z.zones[0].name, "Sub/Town");
	assert_int_equal(strlen(z.version), 16);
	(void)snprintf(version, sizeof version, "%s", z.version);

	/* The same data has the same stamp, other data another. */
	write_file(dir, "Town", chicago.p, chicago.n);
	assert_int_equal(cc_zones_load(dir, &a, &z, &err), CC_OK);
	assert_string_not_equal(z.version, version);
	remove_file(dir, "Town");
	write_file(dir, "+VERSION", "2031z\n", 6);
	assert_int_equal(cc_zones_load(dir, &a, &z, &err), CC_OK);
	assert_string_equal(z.version, "2031z");
	assert_non_null(strstr(z.stamp, version));
	write_file(dir, "tzdata.zi", "# version 2032a\n# x", 19);
	assert_int_equal(cc_zones_load(dir, &a, &z, &err), CC_OK);
	assert_string_equal(z.version, "2032a");

	write_file(sub, "Village", chicago.p, chicago.n / 2);
	z.nzones = 99;
	assert_int_equal(cc_zones_load(dir, &a, &z, &err), CC_EINVAL);
	assert_non_null(strstr(err.msg, "Sub/Village"));
	assert_int_equal(z.nzones, 99);
	remove_file(dir, "Sub/Village");
	remove_file(dir, "Sub/Town");
	remove_file(dir, "Sub");
	remove_file(dir, "notes.txt");
	remove_file(dir, "localtime");
	remove_file(dir, "+VERSION");
	remove_file(dir, "tzdata.zi");
	assert_int_equal(rmdir(dir), 0);
	cc_arena_done(&a);
}

static void
refuses_folders_that_are_too_deep(void **state)
{
	char dir[] = "/tmp/test_tzif.XXXXXX", path[128];
	struct cc_arena a;
	struct cc_zones z;
	struct cc_err err;

	(void)state;
	cc_heap_arena_init(&a, 64 * MIB);
	assert_non_null(mkdtemp(dir));
	for (int i = 0; i < CC_ZONES_DEPTH; i++) {
		(void)snprintf(path, sizeof path, "%s%.*s", dir, 2 * (i + 1),
		    "/d/d/d/d");
		assert_int_equal(mkdir(path, 0700), 0);
	}
	assert_int_equal(cc_zones_load(dir, &a, &z, &err), CC_ERANGE);
	for (int i = 0; i <= CC_ZONES_DEPTH; i++) {
		assert_int_equal(rmdir(path), 0);
		*strrchr(path, '/') = '\0';
	}
	cc_arena_done(&a);
}

/* A heap that has no more after `left` blocks. */
static void *
scarce(void *self, void *old, size_t n)
{
	int *left = self;

	if (n != 0 && (*left)-- <= 0)
		return NULL;
	return cc_heap_more(NULL, old, n);
}

static void
fails_softly_at_every_allocation(void **state)
{
	(void)state;
	for (int n = 0;; n++) {
		int left = n;
		struct cc_arena a = {
			.more = scarce, .self = &left, .limit = 64 * MIB
		};
		struct cc_zones z = {.nzones = 99};
		struct cc_err err;
		enum cc_code code = cc_zones_load(NULL, &a, &z, &err);

		assert_true(code == CC_OK || code == CC_ENOMEM);
		assert_true(code == CC_OK || z.nzones == 99);
		assert_true(code == CC_OK || a.total == 0);
		cc_arena_done(&a);
		if (code == CC_OK)
			break;
		/* The first failures tell most; later ones are alike. */
		if (n > 8)
			n += 97;
		assert_true(n < 20000);
	}
}

static int
begin(void **state)
{
	(void)state;
	cc_heap_arena_init(&arena, 16 * MIB);
	return cc_slurp(CC_TZIF_DIR "/America/Chicago", CC_TZIF_BYTES, &arena,
	    &chicago, NULL) == CC_OK ? 0 : -1;
}

static int
end(void **state)
{
	(void)state;
	cc_arena_done(&arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_small_file_whole),
		cmocka_unit_test(refuses_each_spoiled_field),
		cmocka_unit_test(refuses_long_abbreviations_and_missing_footers),
		cmocka_unit_test(refuses_every_prefix_of_a_real_file),
		cmocka_unit_test(survives_thousands_of_mutated_files),
		cmocka_unit_test(refuses_names_that_leave_the_folder),
		cmocka_unit_test(says_what_is_wrong_with_a_file),
		cmocka_unit_test(reads_and_refuses_rules),
		cmocka_unit_test(loads_every_zone_of_the_system),
		cmocka_unit_test(loads_a_folder_all_or_nothing),
		cmocka_unit_test(refuses_folders_that_are_too_deep),
		cmocka_unit_test(fails_softly_at_every_allocation),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
