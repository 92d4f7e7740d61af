#include "daemon/peer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static bool
in_group(const struct cc_peer *p, gid_t group)
{
	bool in = p->gid == group;

	for (uint32_t i = 0; i < p->ngroups && !in; i++)
		in = p->groups[i] == group;
	return in;
}

static bool
listed(const struct cc_access *a, const struct cc_peer *p)
{
	bool in = false;

	for (uint32_t i = 0; i < a->nusers && !in; i++)
		in = a->users[i] == p->uid;
	for (uint32_t i = 0; i < a->ngroups && !in; i++)
		in = in_group(p, a->groups[i]);
	return in;
}

struct cc_rights
cc_peer_rights(const struct cc_config *cf, const struct cc_peer *p, uid_t self)
{
	struct cc_rights r = {.uid = p->uid};

	for (unsigned i = 0; i < CC_RIGHTS; i++)
		r.may[i] = p->uid == 0 || p->uid == self || listed(&cf->access[i], p);
	return r;
}

/* The supplementary groups; how many there are is only known by trying. */
static gid_t *
groups_of(int fd, uint32_t *ret_n)
{
	socklen_t size = 64 * sizeof(gid_t);

	for (;;) {
		gid_t *groups = malloc(size);

		if (groups == NULL)
			return NULL;
		if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &size) == 0) {
			*ret_n = (uint32_t)(size / sizeof(gid_t));
			return groups;
		}
		free(groups);
		if (errno != ERANGE || size > CC_PEER_GROUPS * sizeof(gid_t))
			return NULL;
	}
}

enum cc_code
cc_peer_ask(int fd, const struct cc_config *cf, struct cc_rights *ret,
    struct cc_err *reterr)
{
	struct ucred cred = {0};
	socklen_t size = sizeof cred;
	struct cc_peer p = {0};
	gid_t *groups;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &size) != 0)
		return cc_fail(reterr, CC_EIO, errno, "peer: %s", strerror(errno));
	groups = groups_of(fd, &p.ngroups);
	p.uid = cred.uid;
	p.gid = cred.gid;
	p.groups = groups;
	*ret = cc_peer_rights(cf, &p, geteuid());
	free(groups);
	return CC_OK;
}
