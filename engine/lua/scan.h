/*
 * scan.h - where the fields of a pack's tables are written.
 *
 * Lua forgets where a field of a table constructor stood; messages must name its line. The scanner reads the source
 * once and keeps every `name { ... }`, `name( ... )` and plain `{ ... }` with the name and line of each entry. It also
 * finds Lua's own `and`, `or`, `not` outside functions, which cannot build a rule. It never fails on bad Lua: what it
 * cannot follow has no line. new, look up, free; O(length of the source), a look-up is O(log groups).
 */
#ifndef CB_LUA_SCAN_H
#define CB_LUA_SCAN_H

#include <stddef.h>

struct cb_scan;

int cb_scan_new(struct cb_scan **out, const char *text, size_t len); /* 0 or CB_ENOMEM; keeps no pointer into text */
void cb_scan_free(struct cb_scan *s);

/* The group written for a call of `op` on `line`, preferably inside entry `entry` of group `within` (-1: anywhere).
   Looks through `op({ ... })`. Line 0: the first one of that name. -1: not found. */
int cb_scan_call(const struct cb_scan *s, int line, const char *op, int within, int entry);
/* The last plain table that stands outside everything: of `return { ... }`. -1: none. */
int cb_scan_last(const struct cb_scan *s);
int cb_scan_group_line(const struct cb_scan *s, int group); /* 0 for -1; s may be NULL */
/* Entry of a group by field name, or the i-th (0, 1, ...) entry without a name. -1: not found. */
int cb_scan_field(const struct cb_scan *s, int group, const char *name);
int cb_scan_item(const struct cb_scan *s, int group, size_t i);
size_t cb_scan_items(const struct cb_scan *s, int group); /* entries without a name */
int cb_scan_line(const struct cb_scan *s, int entry);  /* where the entry begins; 0 for -1 */
int cb_scan_value(const struct cb_scan *s, int entry); /* the plain { ... } that is the entry's value, or -1 */

/* The i-th use of and, or, not outside a function: its word, line and column; NULL after the last. */
const char *cb_scan_word(const struct cb_scan *s, size_t i, int *line, int *col);

#endif
