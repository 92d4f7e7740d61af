/*
 * cli/screen.h - what a person's terminal can show.
 *
 * Purpose:   text from elsewhere is made safe to print, its width is known, and
 *            colours are used only where they are wanted: on a terminal, with
 *            NO_COLOR unset.
 * Units:     columns of a terminal.
 * Ownership: borrows every argument.
 */
#ifndef CC_CLI_SCREEN_H
#define CC_CLI_SCREEN_H

#include <stdio.h>

#include "scheduler/base.h"

enum cc_tint { CC_PLAIN, CC_BOLD, CC_FAINT, CC_RED, CC_YELLOW, CC_GREEN };

/* Columns of the terminal behind `f`; 0 when it is none. */
unsigned cc_screen_width(FILE *f);

bool cc_screen_colours(FILE *f);

/* The escape sequence that begins the tint; cc_screen_plain ends it. */
const char *cc_screen_tint(enum cc_tint t);
const char *cc_screen_plain(void);

/* How many columns the UTF-8 text takes. */
unsigned cc_text_columns(const char *text);

/* How many bytes of the text take at most `columns`. */
size_t cc_text_fit(const char *text, unsigned columns);

/* A copy with every control character replaced by '?', freed with free(); NULL
 * when there is no memory. */
char *cc_text_safe(const char *text);

#endif
