/*
 * Prints the mail of a made-up alert, as the email module would hand it to its worker:
 * render_mail NUMBER.  The number is in the title and makes the id.
 */
#include "notify/mime.h"

#include <stdio.h>
#include <stdlib.h>

int
main(int argc, char **argv)
{
	char id[40], title[160];
	struct cc_message m = {
		.id = id, .thread = "feedfacefeedfacefeedfacefeedface",
		.case_id = "48211234", .rule = "priority-1-initial-contact", .title = title,
		.section = "2244.1; \xc2\xa7 2", .subject = "v1", .period = 1, .epoch = 1,
		.kind = CC_KIND_DEADLINE, .state = CC_STATE_OVERDUE,
		.started = { 1772929800 }, .due = { 1773016200 }, .ended = CC_NEVER,
		.at = { 1773016201 }, .fired = { 1773030600 }, .known = { 1772929800 },
		.rung = "breach", .severity = CC_CRITICAL,
		.told = { "caseworker", "supervisor" }, .ntold = 2, .role = "caseworker",
		.link = "https://cms.example.test/case/48211234?a=1&b=2",
		.zone = "America/Chicago", .due_local = "Sun, 8 Mar 2026 19:30:00 CDT",
		.at_local = "Sun, 8 Mar 2026 19:30:01 CDT",
	};
	struct cc_mail mail = {
		.message = &m, .from = "clock@example.test", .to = "kim@example.test",
		.date = { 1773030600 }, .title_in_subject = true,
	};
	struct cc_err err;
	char *text;
	unsigned n = argc == 2 ? (unsigned)strtoul(argv[1], NULL, 10) : 0;

	(void)snprintf(id, sizeof id, "%032x", n);
	(void)snprintf(title, sizeof title,
	    "See the child for the first time \xe2\x80\x93 na\xc3\xafve & <long> title "
	    "that does not fit on one line, number %u", n);
	if (cc_mail_render(&mail, &text, &err) != CC_OK) {
		(void)fprintf(stderr, "render_mail: %s\n", err.msg);
		return EXIT_FAILURE;
	}
	if (fputs(text, stdout) == EOF || fflush(stdout) == EOF)
		return EXIT_FAILURE;
	free(text);
	return EXIT_SUCCESS;
}
