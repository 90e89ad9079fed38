/*
 * trial.h - the period rule of a ruleset on months that are given, without a record: for the cases of packs.
 *
 * Walks the expression, one period at a time; eval/period.c does the same in batches over stored results. Facts of meetings are not known here: what asks for them is absent.
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
/* The level of the period, -1 where there is none (no rule, undecided, or a missed month that refuses). `seen` is called
   for every node outside the months that was computed, with its value (d == 0: absent); NULL: not called. */
int cb_trial_period(const struct cb_ruleset *rs, enum cb_period_kind kind, const struct cb_trial_month *month, size_t n,
		    void (*seen)(void *ctx, const struct cb_node *n, struct cb_ratio value), void *ctx);

#endif
