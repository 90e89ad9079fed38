/*
 * edit.h - one number of a declared regulation changed, for a what-if: before the tree is built and checked.
 *
 * Paths: "attendance.max" (a field of a criterion that the pack itself writes), "levels.tot" (the total that a level
 * needs), "missing" (a field of the ruleset). The value is a number (comma or point) or a word.
 */
#ifndef CB_RULE_EDIT_H
#define CB_RULE_EDIT_H

#include "base/arena.h"
#include "base/err.h"
#include "rule/tree.h"

/* `set` is "path=value". CB_EUSAGE with the nearest name when there is no such place. The tree is changed in `a`. */
int cb_tree_edit(struct cb_tree *ruleset, struct cb_arena *a, const char *set, struct cb_err *err);

#endif
