#include "notify/registry.h"

#include <string.h>

static const struct cc_notifier *const built_in[] = {
	&cc_notifier_email,
	&cc_notifier_webhook,
	&cc_notifier_journal,
	&cc_notifier_command,
};

const struct cc_notifier *
cc_registry_at(unsigned i)
{
	return i < sizeof built_in / sizeof built_in[0] ? built_in[i] : NULL;
}

const struct cc_notifier *
cc_registry_find(const char *name)
{
	const struct cc_notifier *n;

	for (unsigned i = 0; (n = cc_registry_at(i)) != NULL; i++)
		if (strcmp(n->name, name) == 0)
			return n;
	return NULL;
}

enum cc_code
cc_registry_check(const struct cc_notifier *n, struct cc_err *reterr)
{
	if (n->abi != CC_NOTIFIER_ABI)
		return cc_fail(reterr, CC_EINVAL, 0,
		    "notifier module speaks ABI %u, this daemon %d", n->abi,
		    CC_NOTIFIER_ABI);
	if (n->name == NULL || n->name[0] == '\0' || n->help == NULL)
		return cc_fail(reterr, CC_EINVAL, 0,
		    "notifier module has no name or no help text");
	if (n->open == NULL || n->send == NULL || n->cancel == NULL || n->close == NULL)
		return cc_fail(reterr, CC_EINVAL, 0,
		    "notifier module %s lacks a function", n->name);
	return CC_OK;
}
