#include "tests/support/setup_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "policy/heap.h"
#include "wire/line.h"

static const char staff[] =
    "staff_id,role,email,webhook,supervisor_id,unit,timezone,away_from,away_until,"
    "delegate_id\n"
    "s-duty,program_director,duty@example.org,,,,,,,\n"
    "s-sup,supervisor,sup@example.org,office,s-duty,,,,,\n"
    "s-worker,caseworker,worker@example.org,,s-sup,,,,,\n"
    "s-mute,caseworker,,,s-sup,,,,,\n";

const char *
cc_kit_file(struct cc_kit *k, const char *name, const char *text)
{
	static char path[128];
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/%s", k->folder, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
	assert_int_equal(fclose(f), 0);
	return path;
}

struct cc_setup *
cc_kit_setup(struct cc_kit *k, const char *more)
{
	const char *src = getenv("CC_SRC");
	struct cc_setup *s = NULL;
	struct cc_diags d = {.n = 0};
	char text[4096], here[1024];
	enum cc_exit kind;

	if (src == NULL)
		src = getcwd(here, sizeof here);
	assert_non_null(src);
	(void)snprintf(text, sizeof text, "state_dir: state\n"
	    "policy: %s/policy/packs/texas-cps\n"
	    "directory: staff.csv\nroutes: [{source: \"*\", staff_id: s-duty}]\n"
	    "operator: {email: operator@example.org}\n"
	    "mail: {server: \"127.0.0.1:9\", from: cc@example.org, tls: none}\n"
	    "webhooks: {office: {url: \"http://127.0.0.1:9/\", allow_private: yes}}\n"
	    "%s", src, more);
	kind = cc_setup_load(cc_kit_file(k, "c.yaml", text), &d, &s);
	if (kind != CC_EXIT_OK)
		fail_msg("the kit's set-up: %s", d.n > 0 ? d.text[0] : "no words");
	cc_diags_done(&d);
	return s;
}

void
cc_kit_begin(struct cc_kit *k, const char *more)
{
	memset(k, 0, sizeof *k);
	(void)snprintf(k->folder, sizeof k->folder, "/tmp/cc-kit-XXXXXX");
	assert_non_null(mkdtemp(k->folder));
	cc_heap_arena_init(&k->arena, 16 * 1024 * 1024);
	(void)cc_kit_file(k, "staff.csv", staff);
	k->setup = cc_kit_setup(k, more);
	cc_kit_at(k, 0);
}

void
cc_kit_end(struct cc_kit *k)
{
	static const char *const names[] = {"c.yaml", "staff.csv", "holidays.txt"};
	char path[128];

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		(void)snprintf(path, sizeof path, "%s/%s", k->folder, names[i]);
		(void)unlink(path);	/* not every test makes every file */
	}
	assert_int_equal(rmdir(k->folder), 0);
	cc_setup_unref(k->setup);
	cc_arena_done(&k->arena);
}

struct cc_now
cc_kit_now(void *self)
{
	const struct cc_kit *k = self;

	return k->now;
}

void
cc_kit_at(struct cc_kit *k, int64_t s)
{
	k->now.wall.s = CC_KIT_T0 + s;
	k->now.mono.ms = s * 1000;
}

struct cc_job *
cc_kit_job(struct cc_kit *k, const char *line)
{
	const struct cc_schema *schema = &k->setup->pack->schema;
	struct cc_line_rules rules = {.schema = schema, .zones = &k->setup->zones,
	    .max_bytes = CC_LINE_MAX_BYTES, .may_send = true, .has_now = true,
	    .now = k->now.wall, .ahead = CC_LINE_AHEAD};
	struct cc_refused refused = {.code = CC_NOT_REFUSED};
	struct cc_err err = {.msg = ""};
	struct cc_draft draft;
	struct cc_str bytes;
	struct cc_job *j;

	cc_arena_reset(&k->arena);
	if (!cc_wire_event_parse(&rules, (struct cc_str){line, (uint32_t)strlen(line)},
	    &k->arena, &draft, &refused))
		fail_msg("%s: %s %s", line, refused.pointer, refused.message);
	if (cc_event_encode(schema, &draft, &k->arena, &bytes, &err) != CC_OK)
		fail_msg("%s: %s", line, err.msg);
	j = cc_job_event(&draft, bytes);
	assert_non_null(j);
	return j;
}

const char *
cc_kit_intake(const char *id, const char *case_id, const char *p, int64_t at)
{
	static char line[1024];
	char time[CC_WALL_TEXT];

	cc_wall_format((struct cc_wall){CC_KIT_T0 + at}, time);
	(void)snprintf(line, sizeof line, "{\"specversion\":\"1.0\",\"id\":\"%s\",\"source\":"
	    "\"/t\",\"type\":\"intake.received\",\"subject\":\"%s\",\"time\":\"%s\",\"data\":{"
	    "\"intake_id\":\"i-%s\",\"priority\":\"%s\",\"screened\":false,"
	    "\"victim_person_ids\":[\"v1\"]}}", id, case_id, time, id, p);
	return line;
}
