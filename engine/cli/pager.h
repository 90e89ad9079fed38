/*
 * pager.h - what a person asked for at the prompt, one screen at a time.
 *
 * begin gives a stream; what is written to it is held until it would not fit on the screen, then it goes through
 * $PAGER (through `less` when PAGER is not set and there is one, else through a plain "-- more --"). What fits is
 * printed as it is by end. PAGER= (empty) or PAGER=cat turns it off.
 */
#ifndef CB_CLI_PAGER_H
#define CB_CLI_PAGER_H

#include <stdbool.h>
#include <stdio.h>

struct cb_pager;
struct cb_pager *cb_pager_begin(void);        /* NULL: no pager here (no terminal, a dumb one, turned off): print as always */
FILE *cb_pager_file(struct cb_pager *p);      /* where to write; the pager's own */
bool cb_pager_end(struct cb_pager *p);        /* waits for the reader and frees; true: the reader left before the end */

#endif
