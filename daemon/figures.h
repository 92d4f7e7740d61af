/*
 * daemon/figures.h - what the daemon counts since its start, for `status`.
 *
 * Source:    DESIGN.md sections 5, 7 and 8.
 * Threads:   every member is atomic: any thread counts, any thread reads.
 */
#ifndef CC_DAEMON_FIGURES_H
#define CC_DAEMON_FIGURES_H

#include <stdatomic.h>
#include <stdint.h>

/* Member and name in `status`. */
#define CC_FIGURES(X)                                                        \
	X(accepted) X(duplicates) X(conflicts) X(refused) X(storage_failed)  \
	X(requests) X(half_lines) X(connections) X(clients_refused)          \
	X(groups) X(group_failures) X(wakes) X(rederived)                    \
	X(evaluation_failures) X(rungs_fired) X(rungs_held)                  \
	X(to_operator) X(configuration_alerts) X(attempts) X(sent)           \
	X(digests) X(retries) X(given_up) X(reloads) X(reloads_refused)      \
	X(endpoints_opened) X(endpoints_disabled)

struct cc_figures {
#define CC_FIGURE_MEMBER(name) atomic_uint_least64_t name;
	CC_FIGURES(CC_FIGURE_MEMBER)
#undef CC_FIGURE_MEMBER
	/* Of the last nightly rounds; audit_at 0: none yet. */
	atomic_int_least64_t audit_at, audit_cases, audit_rungs, audit_messages, audit_gaps;
	atomic_int_least64_t unreachable;	/* causes why steps to come reach nobody */
	atomic_int_least64_t stale;		/* cases to be derived anew */
	atomic_int_least64_t started;		/* wall instant of the start */
	atomic_int_least64_t loaded;		/* of the set-up in force */
	atomic_uint_least64_t clients;		/* now */
};

#define CC_COUNT(figures, name) ((void)atomic_fetch_add(&(figures)->name, 1))
#define CC_COUNT_N(figures, name, n) ((void)atomic_fetch_add(&(figures)->name, (n)))

#endif
