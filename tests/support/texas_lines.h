/*
 * tests/support/texas_lines.h - a short case of the Texas pack, as lines of input.
 *
 * Purpose:   a report, two children, both ways of working, contacts, a closing and
 *            a void, for tests that need some history and not a certain one.
 */
#ifndef CC_TESTS_SUPPORT_TEXAS_LINES_H
#define CC_TESTS_SUPPORT_TEXAS_LINES_H

enum { CC_TEXAS_LINES = 10 };

extern const char *const cc_texas_lines[CC_TEXAS_LINES];

#endif
