/*
 * apart.h - a meeting that two rulesets score differently, looked for among thousands of made-up ones.
 *
 * Values lie around the numbers that stand in either ruleset, where they turn, and keep what must hold between facts (no
 * more present than members). The same rulesets give the same meetings. For rulesets of the same criteria that differ in
 * little; with functions of packs, or other criteria, nothing is tried.
 */
#ifndef CB_EVAL_APART_H
#define CB_EVAL_APART_H

#include "base/buf.h"
#include "base/err.h"
#include "rule/rule.h"

enum cb_apart {
	CB_APART_UNTRIED,
	CB_APART_FOUND,
	CB_APART_NONE, /* CB_APART_MEETINGS meetings, and no difference in points, states, total, level or gate */
};
#define CB_APART_MEETINGS 131072

/* FOUND appends the meeting to `example`, with no fact that it does not need: "present = 3, members = 10". 0, CB_ENOMEM. */
int cb_apart(enum cb_apart *out, struct cb_buf *example, const struct cb_ruleset *a, const struct cb_ruleset *b, struct cb_err *err);

#endif
