/*
 * trial.h - the period rule of a ruleset on months that are given, without a record: for the cases of packs.
 *
 * The same programs as period.c runs over stored results. A month is one meeting of which only the level, and perhaps the
 * score, is known: facts that a rule asks for are absent.
 */
#ifndef CB_EVAL_TRIAL_H
#define CB_EVAL_TRIAL_H

#include "rule/rule.h"

#define CB_TRIAL_MISSED (-1)
#define CB_TRIAL_UNRATED (-2)
#define CB_TRIAL_EXEMPT (-3) /* or postponed: nothing was due */

struct cb_trial_month {
	int level;             /* index, or one of CB_TRIAL_... */
	struct cb_ratio score; /* points; d == 0: not known */
};
/* *level of the period, -1 where there is none (no rule, undecided, or a missed month that refuses). `seen` is called
   for every node of the rule that decided, with its value (d == 0: absent), and for the branch taken; NULL: not called. */
int cb_trial_period(int *level, const struct cb_ruleset *rs, enum cb_period_kind kind, const struct cb_trial_month *month, size_t n,
		    void (*seen)(void *ctx, const struct cb_node *n, struct cb_ratio value), void *ctx, struct cb_err *err);

#endif
