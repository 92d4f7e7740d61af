/*
 * daemon/config.h: defaults, every key, and each mistake at its place, all at once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "daemon/config.h"
#include "daemon/peer.h"
#include "policy/heap.h"

#define NEEDED                                                               \
	"state_dir: state\n"                                                 \
	"policy: /packs/x\n"                                                 \
	"directory: staff.csv\n"                                             \
	"routes:\n"                                                          \
	"  - source: \"*\"\n"                                                \
	"    staff_id: s-1\n"                                                \
	"operator: {email: op@example.org}\n"                                \
	"mail: {server: \"localhost:25\", from: cc@example.org}\n"

struct kit {
	struct cc_arena arena;
	struct cc_diags diags;
	struct cc_config cf;
};

static int
begin(void **state)
{
	static struct kit k;

	memset(&k, 0, sizeof k);
	cc_heap_arena_init(&k.arena, 16 * 1024 * 1024);
	*state = &k;
	return 0;
}

static int
end(void **state)
{
	struct kit *k = *state;

	cc_diags_done(&k->diags);
	cc_arena_done(&k->arena);
	return 0;
}

static enum cc_code
parse(struct kit *k, const char *text)
{
	cc_diags_done(&k->diags);
	return cc_config_parse("/etc/cc/c.yaml", (struct cc_str){text, (uint32_t)strlen(text)},
	    &k->arena, &k->diags, &k->cf);
}

static void
must(struct kit *k, const char *text)
{
	if (parse(k, text) != CC_OK)
		fail_msg("%s", k->diags.text[0]);
	assert_int_equal(k->diags.n, 0);
}

static void
the_needed_keys_alone_give_the_defaults(void **state)
{
	struct kit *k = *state;
	const struct cc_config *cf = &k->cf;

	must(k, NEEDED);
	assert_string_equal(cf->state_dir, "/etc/cc/state");	/* beside the file */
	assert_string_equal(cf->policy, "/packs/x");
	assert_string_equal(cf->directory, "/etc/cc/staff.csv");
	assert_null(cf->holidays);
	assert_string_equal(cf->socket_path, "/run/caseclock/caseclock.sock");
	assert_int_equal(cf->socket_mode, 0660);
	assert_int_equal(cf->nroutes, 1);
	assert_int_equal(cf->limits.line, 65536);
	assert_int_equal(cf->limits.clients, 1024);
	assert_int_equal(cf->limits.ahead, 300);
	assert_int_equal(cf->alerts.late, 60);
	assert_int_equal(cf->alerts.history, 7 * 86400);
	assert_int_equal(cf->alerts.history_safety, 30 * 86400);
	assert_int_equal(cf->give_up, 3 * 86400);
	assert_string_equal(cf->link, "");
	assert_int_equal(cf->webhooks.n, 0);
}

static void
delivery_and_people_have_their_defaults(void **state)
{
	struct kit *k = *state;
	const struct cc_config *cf = &k->cf;

	must(k, NEEDED);
	assert_int_equal(cf->limits.rate, 600);
	assert_int_equal(cf->limits.breaker, 5);
	assert_int_equal(cf->retry_first, 30);
	assert_int_equal(cf->retry_most, 3600);
	assert_int_equal(cf->group_wait, 30);
	assert_int_equal(cf->ack_max, 7 * 86400);
	assert_int_equal(cf->ack_safety_max, 4 * 3600);
	assert_int_equal(cf->times.quiet_from, -1);
	assert_int_equal(cf->times.quiet_until, -1);
	assert_int_equal(cf->times.digest_at, -1);
	assert_int_equal(cf->ncopies, 0);
	assert_null(cf->modules_dir);
	assert_int_equal(cf->modules.n, 0);
	assert_int_equal(cf->audit_at, 3 * 3600);
	assert_null(cf->ping_url);
	assert_int_equal(cf->ping_every, 300);
}

static void
delivery_and_people_can_be_set(void **state)
{
	struct kit *k = *state;
	const struct cc_config *cf = &k->cf;

	must(k, NEEDED "limits: {rate: 60000, breaker: 1}\n"
	    "alerts: {retry_first: 1s, retry_most: 1d, group_wait: 1h, ack_max: 30d,\n"
	    "  ack_safety_max: 1d, quiet_from: \"20:00\", quiet_until: \"07:30\",\n"
	    "  digest_at: \"00:00\", copies: [journal, command, shop]}\n"
	    "modules:\n  dir: mods\n  journal: {}\n"
	    "  command: {program: bin/x, argument: [a, \"-b\"], queue: 3}\n"
	    "audit: {at: \"23:59\", ping_url: \"https://ping.example.org/x?y=a@b\",\n"
	    "  ping_every: 1m}\n");
	assert_int_equal(cf->limits.rate, 60000);
	assert_int_equal(cf->limits.breaker, 1);
	assert_int_equal(cf->retry_first, 1);
	assert_int_equal(cf->retry_most, 86400);
	assert_int_equal(cf->group_wait, 3600);
	assert_int_equal(cf->ack_max, 30 * 86400);
	assert_int_equal(cf->ack_safety_max, 86400);
	assert_int_equal(cf->times.quiet_from, 20 * 3600);
	assert_int_equal(cf->times.quiet_until, 7 * 3600 + 1800);
	assert_int_equal(cf->times.digest_at, 0);
	assert_int_equal(cf->ncopies, 3);
	assert_string_equal(cf->copies[2], "shop");
	assert_string_equal(cf->modules_dir, "/etc/cc/mods");
	assert_int_equal(cf->modules.n, 4);
	assert_string_equal(cf->modules.items[0].key, "command.program");
	assert_string_equal(cf->modules.items[0].value, "/etc/cc/bin/x");
	assert_string_equal(cf->modules.items[2].key, "command.argument");
	assert_string_equal(cf->modules.items[2].value, "-b");
	assert_int_equal(cf->modules.items[2].line, 16);
	assert_int_equal(cf->audit_at, 23 * 3600 + 59 * 60);
	assert_string_equal(cf->ping_url, "https://ping.example.org/x?y=a@b");
	assert_int_equal(cf->ping_every, 60);
}

static void
every_key_is_taken(void **state)
{
	struct kit *k = *state;
	const struct cc_config *cf = &k->cf;

	must(k, "state_dir: /var/s\npolicy: p\ndirectory: d\nholidays: h.ics\n"
	    "socket: {path: sock, mode: \"0600\"}\n"
	    "routes: [{source: /a, staff_id: s-1}, {source: \"*\", staff_id: s-2}]\n"
	    "operator: {email: op@example.org, webhook: office}\n"
	    "access: {send: {users: [root], groups: [root]}, read: {}, admin: {users: [root]}}\n"
	    "mail: {server: \"m.example.org:587\", from: c@example.org, user: u,\n"
	    "  password_file: pw, title_in_subject: yes, worker: /w}\n"
	    "webhooks: {office: {url: \"https://h.example.org\", secret_file: sf},\n"
	    "  other: {url: \"https://o.example.org\", secret_file: /sf, allow_private: no}}\n"
	    "limits: {line: 1024, clients: 2, queue: 16, pending: 1, ahead: 0s, cache: 1,\n"
	    "  deliveries: 1}\n"
	    "alerts: {group_wait: 0s, late: 30s, history: 1d, history_safety: 2d, give_up: 1h,\n"
	    "  link: \"https://x/{case}/{clock}/{subject}\"}\n");
	assert_string_equal(cf->holidays, "/etc/cc/h.ics");
	assert_string_equal(cf->socket_path, "/etc/cc/sock");
	assert_int_equal(cf->socket_mode, 0600);
	assert_string_equal(cf->routes[1].staff_id, "s-2");
	assert_string_equal(cf->operator_webhook, "office");
	assert_int_equal(cf->access[CC_RIGHT_SEND].nusers, 1);
	assert_int_equal(cf->access[CC_RIGHT_SEND].ngroups, 1);
	assert_int_equal(cf->access[CC_RIGHT_READ].nusers, 0);
	assert_int_equal(cf->access[CC_RIGHT_ADMIN].nusers, 1);
	assert_int_equal(cf->mail.n, 6);
	assert_string_equal(cf->mail.items[3].key, "password_file");
	assert_string_equal(cf->mail.items[3].value, "/etc/cc/pw");
	assert_string_equal(cf->mail.items[0].file, "/etc/cc/c.yaml");
	assert_int_equal(cf->mail.items[0].line, 9);
	assert_int_equal(cf->webhooks.n, 5);
	assert_true(cc_config_endpoint(cf, "office"));
	assert_true(cc_config_endpoint(cf, "other"));
	assert_false(cc_config_endpoint(cf, "offic"));
	assert_false(cc_config_endpoint(cf, "office.url"));
	assert_int_equal(cf->limits.pending, 1);
	assert_int_equal(cf->limits.cache, 1024 * 1024);
	assert_int_equal(cf->give_up, 3600);
}

static void
the_mail_worker_has_a_place_when_none_is_given(void **state)
{
	struct kit *k = *state;

	must(k, NEEDED);
	assert_int_equal(k->cf.mail.n, 3);
	assert_string_equal(k->cf.mail.items[2].key, "worker");
	assert_int_equal(k->cf.mail.items[2].value[0], '/');
	assert_non_null(strstr(k->cf.mail.items[2].value, "/caseclock-mailer"));
}

/* Text that follows the needed keys, and what is said of it.  The needed keys take
 * eight lines. */
static const struct {
	const char *more, *said;
} added[] = {
	{"sate_dir: x\n", "c.yaml:9:1: configuration: unknown key 'sate_dir', did you mean"},
	{"limits: 5\n", "c.yaml:9:9: limits: expected a mapping"},
	{"limits: {lines: 5}\n", "c.yaml:9:10: limits: unknown key 'lines'"},
	{"limits: {line: 1023}\n", "c.yaml:9:16: expected a whole number from 1024 to 1048576"},
	{"limits: {line: 64K}\n", "c.yaml:9:16: expected a whole number"},
	{"limits: {clients: 0}\n", "c.yaml:9:19: expected a whole number from 1 to 16384"},
	{"limits: {queue: 15}\n", "expected a whole number from 16 to 65536"},
	{"limits: {pending: 4097}\n", "expected a whole number from 1 to 4096"},
	{"limits: {cache: 4097}\n", "expected a whole number from 1 to 4096"},
	{"limits: {deliveries: 1001}\n", "expected a whole number from 1 to 1000"},
	{"limits: {ahead: 2d}\n", "c.yaml:9:17: ahead: expected 0s to 86400s; got 172800s"},
	{"limits: {ahead: 5}\n", "c.yaml:9:17: expected a time such as 30s"},
	{"limits: {rate: 0}\n", "expected a whole number from 1 to 60000"},
	{"limits: {breaker: 1001}\n", "expected a whole number from 1 to 1000"},
	{"alerts: {group_wait: 61m}\n",
	    "c.yaml:9:22: group_wait: expected 0s to 3600s; got 3660s"},
	{"alerts: {retry_first: 0s}\n", "retry_first: expected 1s to 3600s"},
	{"alerts: {retry_most: 2d}\n", "retry_most: expected 1s to 86400s"},
	{"alerts: {retry_first: 10m, retry_most: 5m}\n",
	    "c.yaml:9:23: retry_first: expected at most retry_most (300s); got 600s"},
	{"alerts: {retry_most: 5s}\n", "c.yaml:9:22: retry_first: expected at most"},
	{"alerts: {ack_max: 59s}\n", "ack_max: expected 60s to 2592000s"},
	{"alerts: {ack_safety_max: 25h}\n", "ack_safety_max: expected 60s to 86400s"},
	{"alerts: {quiet_from: \"20:00\"}\n",
	    "c.yaml:9:22: quiet hours need both quiet_from and quiet_until"},
	{"alerts: {quiet_until: \"07:00\"}\n", "quiet hours need both"},
	{"alerts: {quiet_from: \"24:00\", quiet_until: \"07:00\"}\n",
	    "c.yaml:9:22: quiet_from: expected a time of the day such as \"20:00\"; "
	    "got '24:00'"},
	{"alerts: {quiet_from: \"7:00\", quiet_until: \"09:00\"}\n", "got '7:00'"},
	{"alerts: {quiet_from: \"07:00\", quiet_until: \"07:00\"}\n",
	    "quiet_until: the same time as quiet_from"},
	{"alerts: {digest_at: \"06:60\"}\n", "digest_at: expected a time of the day"},
	{"alerts: {digest_at: none}\n", "digest_at: expected a time of the day"},
	{"alerts: {copies: journal}\n", "copies: expected a list"},
	{"alerts: {copies: [journal, journal]}\n", "c.yaml:9:28: copies: 'journal' comes twice"},
	{"alerts: {copies: [email]}\n", "c.yaml:9:19: copies: email needs an address"},
	{"alerts: {copies: [shop]}\n",
	    "c.yaml:9:19: copies: there is no modules.shop and no modules.dir"},
	{"alerts: {copies: [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q]}\n", "copies: more than 16"},
	{"modules: {}\n", "c.yaml:9:10: modules: expected a mapping of 1 to 32 keys"},
	{"modules: {email: {x: y}}\n", "c.yaml:9:11: modules.email: its settings stand under "
	    "mail"},
	{"modules: {Shop: {x: y}}\n", "modules: a module's name is 1 to 32 small letters"},
	{"modules: {shop: x}\n", "c.yaml:9:17: modules.shop: expected a mapping"},
	{"modules: {shop: {x: {y: z}}}\n", "shop.x: expected text"},
	{"modules: {dir: [x]}\n", "modules.dir: expected text"},
	{"audit: {at: 3}\n", "c.yaml:9:13: at: expected a time of the day"},
	{"audit: {when: \"03:00\"}\n", "audit: unknown key 'when'"},
	{"audit: {ping_every: 30s}\n", "ping_every: expected 60s to 86400s"},
	{"audit: {ping_url: \"ftp://x\"}\n", "c.yaml:9:19: audit.ping_url: expected https://"},
	{"audit: {ping_url: \"https:///x\"}\n", "audit.ping_url: expected a host"},
	{"audit: {ping_url: \"https://a b/x\"}\n", "without blanks"},
	{"audit: {ping_url: \"https://u:p@x/\"}\n", "a URL may not hold a password"},
	{"alerts: {late: 0s}\n", "late: expected 1s"},
	{"alerts: {history: 59m}\n", "history: expected 3600s"},
	{"alerts: {give_up: 31d}\n", "give_up: expected 3600s"},
	{"alerts: {link: \"ftp://x\"}\n", "c.yaml:9:16: alerts.link: expected https://"},
	{"alerts: {link: \"https://x/{name}\"}\n",
	    "alerts.link: expected {case}, {clock} or {subject}"},
	{"alerts: {link: \"https://x/ y\"}\n", "alerts.link: at most 1000 characters"},
	{"socket: {mode: 660}\n", "c.yaml:9:16: socket.mode: expected four octal digits"},
	{"socket: {mode: \"0980\"}\n", "socket.mode: expected four octal digits"},
	{"socket: {path: /aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}\n", "socket.path: at most 107 bytes"},
	{"access: {sned: {}}\n", "c.yaml:9:10: access: unknown key 'sned', did you mean 'send'"},
	{"access: {send: {users: [no-such-user]}}\n",
	    "c.yaml:9:25: there is no user 'no-such-user'"},
	{"access: {read: {groups: [no-such-group]}}\n",
	    "c.yaml:9:26: there is no group 'no-such-group'"},
	{"access: {read: {groups: root}}\n", "groups: expected a list"},
	{"webhooks: {}\n", "c.yaml:9:11: webhooks: expected a mapping of 1 to 256"},
	{"webhooks: {a: {secret_file: x}}\n", "c.yaml:9:12: webhooks.a.url is missing"},
	{"webhooks: {a.b: {url: x}}\n", "an endpoint's name is 1 to 64"},
	{"webhooks: {a: {url: x, secret: y}}\n", "webhooks: unknown key 'secret'"},
};

static void
names_the_place_of_each_mistake(void **state)
{
	struct kit *k = *state;
	char text[4096];

	for (size_t i = 0; i < sizeof added / sizeof added[0]; i++) {
		(void)snprintf(text, sizeof text, "%s%s", NEEDED, added[i].more);
		assert_int_equal(parse(k, text), CC_EINVAL);
		assert_int_equal(k->diags.n, 1);
		if (strstr(k->diags.text[0], added[i].said) == NULL)
			fail_msg("'%s' is not in '%s'", added[i].said, k->diags.text[0]);
	}
}

/* A line of the needed keys is another. */
static const struct {
	const char *was, *is, *said;
} changed[] = {
	{"state_dir: state\n", "", "c.yaml:1:1: state_dir is missing"},
	{"policy: /packs/x\n", "policy: [x]\n", "c.yaml:2:9: policy: expected text"},
	{"directory: staff.csv\n", "directory:\n", "directory: expected text"},
	{"source: \"*\"", "source: /x", "a route for the source \"*\" is required"},
	{"source: \"*\"", "source: \"\\u00e9\"", "routes: source: expected"},
	{"  - source: \"*\"\n    staff_id: s-1\n", "  - source: \"*\"\n",
	    "c.yaml:5:5: routes: staff_id is missing"},
	{"  - source: \"*\"\n", "  - source: \"*\"\n    staff_id: s-2\n  - source: \"*\"\n",
	    "routes: the source '*' comes twice"},
	{"staff_id: s-1", "staf_id: s-1", "routes: unknown key 'staf_id'"},
	{"operator: {email: op@example.org}\n", "", "operator.email or operator.webhook is "
	    "required"},
	{"{email: op@example.org}", "{}", "operator.email or operator.webhook is required"},
	{"{email: op@example.org}", "{email: op}", "c.yaml:7:19: operator.email: "},
	{"{email: op@example.org}", "{webhook: x}", "operator.webhook: there is no webhooks.x"},
	{"mail: {server: \"localhost:25\", from: cc@example.org}\n", "",
	    "operator.email: needs mail.server"},
	{"server: \"localhost:25\", ", "", "c.yaml:8:7: mail.server is missing"},
	{"from: ", "form: ", "mail: unknown key 'form'"},
};

static void
names_what_is_missing_or_does_not_fit(void **state)
{
	struct kit *k = *state;
	char text[4096];

	for (size_t i = 0; i < sizeof changed / sizeof changed[0]; i++) {
		const char *at = strstr(NEEDED, changed[i].was);
		bool said = false;

		assert_non_null(at);
		(void)snprintf(text, sizeof text, "%.*s%s%s",
		    (int)(strlen(NEEDED) - strlen(at)), NEEDED, changed[i].is,
		    at + strlen(changed[i].was));
		assert_int_equal(parse(k, text), CC_EINVAL);
		for (unsigned n = 0; n < k->diags.n; n++)
			said |= strstr(k->diags.text[n], changed[i].said) != NULL;
		if (!said)
			fail_msg("'%s' is not in '%s'", changed[i].said, k->diags.text[0]);
	}
}

static void
reports_everything_at_once_and_gives_nothing(void **state)
{
	struct kit *k = *state;

	assert_int_equal(parse(k, "limits: {line: 1, clients: 0}\nalerts: {late: x}\nfoo: bar\n"),
	    CC_EINVAL);
	assert_true(k->diags.n >= 9);
	assert_null(k->cf.state_dir);
	assert_int_equal(parse(k, "- a\n"), CC_EINVAL);
	assert_int_equal(parse(k, "a: [\n"), CC_EINVAL);
	assert_int_equal(parse(k, ""), CC_EINVAL);
	assert_int_equal(k->diags.n, 1);
	assert_int_equal(cc_config_load("/nowhere/c.yaml", &k->arena, &k->diags, &k->cf),
	    CC_EINVAL);
}

/* --- rights ------------------------------------------------------------------------ */

static void
rights_come_from_user_or_any_group(void **state)
{
	static const uid_t users[] = {1001, 1002};
	static const gid_t groups[] = {2001};
	static const gid_t own[] = {5, 2001}, foreign[] = {5, 2002};
	const struct cc_config cf = {.access = {
		[CC_RIGHT_SEND] = {.users = users, .nusers = 2},
		[CC_RIGHT_READ] = {.groups = groups, .ngroups = 1}
	}};
	const struct {
		struct cc_peer peer;
		bool send, read, admin;
	} table[] = {
		{{0, 0, NULL, 0}, true, true, true},		/* root */
		{{77, 9, NULL, 0}, true, true, true},		/* the service itself */
		{{1001, 9, NULL, 0}, true, false, false},
		{{1003, 2001, NULL, 0}, false, true, false},	/* primary group */
		{{1003, 9, own, 2}, false, true, false},	/* supplementary group */
		{{1002, 9, own, 2}, true, true, false},
		{{1003, 9, foreign, 2}, false, false, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct cc_rights r = cc_peer_rights(&cf, &table[i].peer, 77);

		assert_int_equal(r.may[CC_RIGHT_SEND], table[i].send);
		assert_int_equal(r.may[CC_RIGHT_READ], table[i].read);
		assert_int_equal(r.may[CC_RIGHT_ADMIN], table[i].admin);
	}
}

#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_needed_keys_alone_give_the_defaults),
		T(every_key_is_taken),
		T(delivery_and_people_have_their_defaults),
		T(delivery_and_people_can_be_set),
		T(the_mail_worker_has_a_place_when_none_is_given),
		T(names_the_place_of_each_mistake),
		T(names_what_is_missing_or_does_not_fit),
		T(reports_everything_at_once_and_gives_nothing),
		cmocka_unit_test(rights_come_from_user_or_any_group),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
