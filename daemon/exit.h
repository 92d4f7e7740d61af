/*
 * daemon/exit.h - what the exit status of caseclockd says.
 *
 * Source:    DESIGN.md section 8 (one per kind of start-up failure);
 *            caseclockd(8) lists them for people.
 * Purity:    numbers only.
 */
#ifndef CC_DAEMON_EXIT_H
#define CC_DAEMON_EXIT_H

enum cc_exit {
	CC_EXIT_OK = 0,		/* stopped as asked; nothing to say against the files */
	CC_EXIT_FAILED = 1,	/* failed while running */
	CC_EXIT_USAGE = 2,
	CC_EXIT_CONFIG = 3,	/* the configuration, a setting of a notifier, or a module */
	CC_EXIT_POLICY = 4,	/* the pack, its holidays, or the zone data */
	CC_EXIT_DIRECTORY = 5,	/* the directory, or a route that leads to nobody */
	CC_EXIT_STORE = 6,	/* the store cannot be opened */
	CC_EXIT_SOCKET = 7,	/* no place to listen, or somebody listens there */
	CC_EXIT_SYSTEM = 8	/* no memory, no threads, no event loop */
};

#endif
