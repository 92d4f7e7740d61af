#include "tests/unit/email_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "notify/registry.h"

void
kit_email_set(struct kit_email *f, const char *key, const char *value)
{
	for (uint32_t i = 0; i < f->cfg.n; i++)
		if (strcmp(f->items[i].key, key) == 0) {
			f->items[i].value = value;
			return;
		}
	f->items[f->cfg.n++] = (struct cc_notify_setting){ key, value, "c.yaml", 5, 11 };
}

static void
find_worker(struct kit_email *f)
{
	const char *given = getenv("CC_MAILER"), *bin = getenv("CC_BIN");
	char path[PATH_MAX];

	if (given != NULL)
		(void)snprintf(path, sizeof path, "%s", given);
	else
		(void)snprintf(path, sizeof path, "%s/caseclock-mailer",
		    bin != NULL ? bin : "build/release");
	if (realpath(path, f->worker) == NULL || access(f->worker, X_OK) != 0)
		fail_msg("no mail worker at %s: set CC_MAILER or CC_BIN", path);
}

struct kit_email *
kit_email_setup(enum kit_smtp_mode mode, const char *transport)
{
	struct kit_email *f = calloc(1, sizeof *f);

	assert_non_null(f);
	kit_open(&f->kit);
	f->message = kit_message();
	kit_smtp_open(&f->server, &f->kit.loop, mode);
	(void)snprintf(f->address, sizeof f->address, "127.0.0.1:%u", f->server.port);
	find_worker(f);
	f->cfg.items = f->items;
	kit_email_set(f, "server", f->address);
	kit_email_set(f, "from", "caseclock@cms.example.test");
	kit_email_set(f, "tls", "none");
	kit_email_set(f, "worker", f->worker);
	kit_email_set(f, "hostname", "test.example");
	kit_email_set(f, "timeout_ms", "1000");
	if (transport != NULL)
		kit_email_set(f, "transport", transport);
	return f;
}

void
kit_email_start(struct kit_email *f)
{
	struct cc_err err = { .msg = "" };

	if (cc_notifier_email.open(&f->kit.host.lent, &f->cfg, &f->self, &err) != CC_OK)
		fail_msg("%s", err.msg);
}

void
kit_email_teardown(struct kit_email *f)
{
	if (f->self != NULL)
		cc_notifier_email.close(f->self);
	kit_smtp_close(&f->server);
	kit_run_out(&f->kit);
	kit_close(&f->kit);
	kit_remove_files();
	free(f);
}

struct cc_notify_result
kit_email_ask(struct kit_email *f, const char *to)
{
	struct kit_req r;
	unsigned before = f->kit.done;

	kit_req_init(&r, &f->kit, &f->message, to);
	kit_send(&cc_notifier_email, f->self, &r);
	kit_run_until(&f->kit, before + 1);
	assert_int_equal(r.done, 1);
	return r.result;
}

void
kit_email_expect(const struct cc_notify_result *r, enum cc_notify_outcome outcome, const char *code)
{
	if (r->outcome != outcome || strcmp(r->code, code) != 0)
		fail_msg("%s %s (%s)", cc_notify_outcome_text(r->outcome), r->code,
		    r->detail);
}
