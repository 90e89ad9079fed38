/*
 * law_int.h - the period rule and the ranking keys of one ruleset as programs: for period.c (the record) and trial.c (cases
 * of packs).
 *
 * The inner program evaluates what stands inside agg and every over single meetings, the outer one the rule and the keys
 * over the aggregates of units. Order: open, the values of each meeting (the caller's, through `inner`, or cb_law_meeting
 * where only its level is known), then per batch of units lane, lane, ..., run; close.
 */
#ifndef CB_EVAL_LAW_INT_H
#define CB_EVAL_LAW_INT_H

#include "eval/eval.h"
#include "rule/rule.h"

struct cb_law {
	const struct cb_ruleset *rs;
	const struct cb_node *period;  /* NULL: none for this kind of period */
	struct cb_eval *outer, *inner; /* NULL: nothing to compute */
	const struct cb_node **kid; size_t nkid; /* roots of inner */
	/* own */
	const struct cb_input *in; size_t nin;   /* of outer */
	int *kid_of;             /* [nin] index of the agg's kid; -1: none */
	struct cb_ratio *missed; /* [nkid] of a missed month that counts as the worst level */
	int64_t *value;          /* [nin][CB_BATCH] */
	unsigned char *have;
	const int64_t **pvalue;
	const unsigned char **phave;
};
/* A meeting as the aggregates see it. */
struct cb_law_item {
	struct cb_ratio score;    /* points; d 0: none */
	const struct cb_ratio *v; /* [nkid] of the inner program; d 0: absent */
};
struct cb_law_unit {
	const struct cb_law_item *month; size_t nmonth;     /* of the meetings that stand for the months that were held */
	const struct cb_law_item *meeting; size_t nmeeting; /* all, thematic ones too */
	int missed;                                         /* months */
};
/* `rank`: the keys too. rs stays borrowed. On failure close releases what there is. */
int cb_law_open(struct cb_law *l, const struct cb_ruleset *rs, enum cb_period_kind kind, bool rank, struct cb_err *err);
void cb_law_close(struct cb_law *l);
/* v[nkid] of a meeting of which only the level is known (-1: not even that). */
int cb_law_meeting(struct cb_law *l, int level, struct cb_ratio *v, struct cb_err *err);
void cb_law_lane(struct cb_law *l, size_t lane, const struct cb_law_unit *u);
int cb_law_run(struct cb_law *l, size_t n, struct cb_err *err);
/* The level of the period in a lane of the last run; -1: undecided, or a missed month refuses it. */
int cb_law_level(const struct cb_law *l, size_t lane, int missed);

/* Sums are exact as long as they fit 64 bits over 64 bits; from there on both sides are rounded (half up) to millionths. */
void cb_law_add(struct cb_ratio *sum, struct cb_ratio r);
struct cb_ratio cb_law_divided(struct cb_ratio sum, int64_t n); /* absent for n = 0 */

#endif
