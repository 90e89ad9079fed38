/*
 * period_int.h - a period that stays open, for what asks how it would have ended otherwise (period.c makes the results, lift.c
 * asks).
 *
 * open reads and computes; then what stands in the rows and months may be changed (suppose), and levels gives the level of
 * the period for many suppositions at once, by the same programs. Whoever supposes puts back what was there.
 */
#ifndef CB_EVAL_PERIOD_INT_H
#define CB_EVAL_PERIOD_INT_H

#include "eval/eval.h"
#include "eval/feed_int.h"
#include "eval/law_int.h"
#include "eval/period.h"
#include "eval/roster_int.h"

#define CB_PR_NONE (-1)    /* not rated */
#define CB_PR_UNKNOWN (-2) /* a level that the unit's ruleset does not know */

struct cb_prow { /* a meeting */
	int64_t id;
	int unit;            /* index in cb_pwork.unit */
	int month;           /* 0 .. months-1 */
	int next;            /* the unit's next row, -1 */
	int kind;
	int status;          /* enum cb_status; -1: never evaluated */
	int level;           /* of the unit's ruleset, CB_PR_NONE, CB_PR_UNKNOWN */
	bool decided;        /* the superior decided another level than the points give */
	const char *level_id;
	struct cb_ratio score;
	cb_day held_on;
	int local;           /* place among the rows of its ruleset */
};
enum cb_pmonth_state { CB_PM_GONE, CB_PM_HELD, CB_PM_MISSED, CB_PM_EXEMPT, CB_PM_POSTPONED, CB_PM_LATER /* had not ended when the record was last evaluated */ };
struct cb_pmonth {
	unsigned char state;
	int row;             /* the meeting that stands for it; -1 */
	int as;              /* it is supposed to have been held, at this level; -1 */
};
struct cb_punit {
	int roster;
	cb_day last;
	int law;             /* index in cb_pwork.law; -1 */
	int first, tail;     /* rows */
};
/* A ruleset over the units that it rules on the last day. */
struct cb_plaw {
	const struct cb_ruleset *rs;
	struct cb_law law;
	size_t nrow;
	struct cb_ratio *v;  /* [nrow][law.nkid] value per meeting; d 0: absent */
	struct cb_ratio *as; /* [nlevel][law.nkid] value of a month of which nothing but a level is supposed */
	struct cb_feed feed; /* of law.inner */
	struct cb_columns col;
};
struct cb_pwork {
	struct cb_store *st;
	const struct cb_rulebook *book;
	const struct cb_period *p;
	const struct cb_period_opts *opts;
	struct cb_roster *roster;
	struct cb_periods *out;
	int *of_roster;      /* roster index -> unit; -1 */
	struct cb_punit *unit;
	size_t nunit;
	struct cb_prow *row; size_t nrow, caprow;
	struct cb_pmonth *month; /* [nunit][months] */
	struct cb_plaw *law; size_t nlaw;
	int first_month, months;
};

/* w->st, book, p and opts are set, the rest is 0; close in any case. w->out is the caller's after it was taken (set NULL). */
int cb_pwork_open(struct cb_pwork *w, struct cb_err *err);
void cb_pwork_close(struct cb_pwork *w);
/* The meeting that stands for a month, anew after levels were changed. */
void cb_pwork_stand(struct cb_pwork *w, size_t unit, int month);
/* v[law.nkid] of a meeting as it would be: facts as they are but for these (indexes in the record's dictionary), and a level. */
int cb_pwork_value(struct cb_pwork *w, const struct cb_prow *row, int level, const int *fact, const int64_t *to, size_t n, struct cb_ratio *v,
		   struct cb_err *err);
/* A meeting as the aggregates of the period's rule see it. */
struct cb_law_item cb_pwork_item(const struct cb_plaw *l, const struct cb_prow *row);
/* The level of the period (-1: none) for n suppositions of one unit: suppose(ctx, i, true) makes the i-th, (ctx, i, false) takes it back. */
int cb_pwork_levels(struct cb_pwork *w, size_t unit, size_t n, void (*suppose)(void *ctx, size_t i, bool on), void *ctx, int *level,
		    struct cb_err *err);

#endif
