#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/lines.h"

/* A file without a name that holds these bytes. */
static int
file_of(const char *p, size_t n)
{
	FILE *f = tmpfile();
	int fd;

	assert_non_null(f);
	assert_int_equal(fwrite(p, 1, n, f), n);
	assert_int_equal(fflush(f), 0);
	fd = dup(fileno(f));
	assert_true(fd >= 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static void
expect(struct cc_lines *l, uint64_t number, const char *text)
{
	struct cc_text_line line;
	struct cc_err err;

	assert_int_equal(cc_lines_next(l, &line, &err), CC_OK);
	assert_int_equal(line.number, number);
	assert_int_equal(line.too_long, text == NULL);
	if (text != NULL) {
		assert_int_equal(line.text.n, strlen(text));
		assert_memory_equal(line.text.p, text, line.text.n);
	}
}

static void
expect_end(struct cc_lines *l)
{
	struct cc_text_line line;
	struct cc_err err;

	for (int i = 0; i < 2; i++)
		assert_int_equal(cc_lines_next(l, &line, &err), CC_ENOENT);
}

static void
gives_lines_with_and_without_a_last_newline(void **state)
{
	static const char *const files[] = {"a\n\nbc\r\n", "a\n\nbc\r"};
	struct cc_lines l;
	struct cc_err err;

	(void)state;
	for (int i = 0; i < 2; i++) {
		int fd = file_of(files[i], strlen(files[i]));

		assert_int_equal(cc_lines_open(&l, fd, &err), CC_OK);
		expect(&l, 1, "a");
		expect(&l, 2, "");
		expect(&l, 3, "bc\r");
		expect_end(&l);
		assert_int_equal(l.taken, strlen(files[i]));
		cc_lines_close(&l);
		(void)close(fd);
	}
}

static void
an_empty_file_has_no_line(void **state)
{
	int fd = file_of("", 0);
	struct cc_lines l;
	struct cc_err err;

	(void)state;
	assert_int_equal(cc_lines_open(&l, fd, &err), CC_OK);
	expect_end(&l);
	cc_lines_close(&l);
	(void)close(fd);
}

/* A line of n bytes between two short ones, the last with or without newline. */
static void
try_length(size_t n, bool too_long, bool last)
{
	char *bytes = malloc(n + 8), *copy = malloc(n + 1);
	struct cc_lines l;
	struct cc_err err;
	int fd;

	assert_non_null(bytes);
	assert_non_null(copy);
	memset(copy, 'x', n);
	copy[n] = '\0';
	memcpy(bytes, "a\n", 2);
	memcpy(bytes + 2, copy, n);
	memcpy(bytes + 2 + n, "\nb\n", 3);
	fd = file_of(bytes, last ? n + 2 : n + 5);
	assert_int_equal(cc_lines_open(&l, fd, &err), CC_OK);
	expect(&l, 1, "a");
	expect(&l, 2, too_long ? NULL : copy);
	if (!last)
		expect(&l, 3, "b");
	expect_end(&l);
	cc_lines_close(&l);
	(void)close(fd);
	free(bytes);
	free(copy);
}

static void
a_line_over_the_limit_is_told_and_passed_over(void **state)
{
	static const size_t lengths[] = {1, CC_LINES_MAX - 1, CC_LINES_MAX,
		CC_LINES_MAX + 1, CC_LINES_BUFFER - 3, CC_LINES_BUFFER - 2,
		CC_LINES_BUFFER - 1, CC_LINES_BUFFER, 5 * CC_LINES_BUFFER + 17};

	(void)state;
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		try_length(lengths[i], lengths[i] > CC_LINES_MAX, false);
		try_length(lengths[i], lengths[i] > CC_LINES_MAX, true);
	}
}

static void
a_pipe_gives_what_it_has_and_asks_for_more(void **state)
{
	struct cc_text_line line;
	struct cc_lines l;
	struct cc_err err;
	int p[2];

	(void)state;
	assert_int_equal(pipe(p), 0);
	assert_int_equal(cc_lines_open(&l, p[0], &err), CC_OK);
	assert_int_equal(cc_lines_try(&l, &line, &err), CC_EBUSY);
	assert_int_equal(write(p[1], "one\ntw", 6), 6);
	assert_int_equal(cc_lines_read(&l, &err), CC_OK);
	assert_int_equal(cc_lines_try(&l, &line, &err), CC_OK);
	assert_int_equal(cc_lines_try(&l, &line, &err), CC_EBUSY);
	assert_int_equal(write(p[1], "o\n", 2), 2);
	assert_int_equal(cc_lines_read(&l, &err), CC_OK);
	expect(&l, 2, "two");
	(void)close(p[1]);
	expect_end(&l);
	cc_lines_close(&l);
	(void)close(p[0]);
}

static void
a_file_that_cannot_be_read_is_said(void **state)
{
	struct cc_text_line line;
	struct cc_lines l;
	struct cc_err err;

	(void)state;
	assert_int_equal(cc_lines_open(&l, -1, &err), CC_OK);
	assert_int_equal(cc_lines_next(&l, &line, &err), CC_EIO);
	assert_non_null(strstr(err.msg, "cannot read"));
	cc_lines_close(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_lines_with_and_without_a_last_newline),
		cmocka_unit_test(an_empty_file_has_no_line),
		cmocka_unit_test(a_line_over_the_limit_is_told_and_passed_over),
		cmocka_unit_test(a_pipe_gives_what_it_has_and_asks_for_more),
		cmocka_unit_test(a_file_that_cannot_be_read_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
