/*
 * daemon/peer.h - who is at the other end of a connection, and what he may do.
 *
 * Source:    DESIGN.md section 5 (SO_PEERCRED and SO_PEERGROUPS, as of connect).
 * Purpose:   root and the service's own user may do everything; for others the
 *            configuration lists users and groups, supplementary groups included.
 * Errors:    CC_EIO  the kernel does not say who it is.
 * Limits:    CC_PEER_GROUPS groups of a peer are looked at.
 */
#ifndef CC_DAEMON_PEER_H
#define CC_DAEMON_PEER_H

#include "daemon/config.h"

enum { CC_PEER_GROUPS = 65536 };

#define CC_UID_NOBODY ((uid_t)-1)	/* the kernel did not say */

struct cc_peer {
	uid_t uid;
	gid_t gid;
	const gid_t *groups;
	uint32_t ngroups;
};

struct cc_rights {
	bool may[CC_RIGHTS];
	uid_t uid;			/* whose they are */
};

/* What this peer may do; `self` is the service's own user. */
struct cc_rights cc_peer_rights(const struct cc_config *cf, const struct cc_peer *p,
    uid_t self);

/* The same for the peer of a connected socket. */
enum cc_code cc_peer_ask(int fd, const struct cc_config *cf, struct cc_rights *ret,
    struct cc_err *reterr) CC_MUST_USE;

#endif
