/*
 * period.h - months become a quarter, a half, nine months, a year; units become a ranking.
 *
 * Works on the stored results: per unit the months of a period with their official levels (the superior's decision
 * where there is one, else the computed level). A month's level is that of its regular or combined meetings (the lowest
 * if there are several); "meetings" counts every meeting, thematic ones too. The period rule of the ruleset that was
 * in force for the unit on the last day of the period (or on the unit's last day in it) decides. A month without a meeting
 * is missed once it has ended by the day of the last run (or the newest meeting); before that it is not due.
 */
#ifndef CB_EVAL_PERIOD_H
#define CB_EVAL_PERIOD_H

#include "base/arena.h"
#include "base/date.h"
#include "rule/rule.h"
#include "store/store.h"

struct cb_unit_period {
	int64_t unit_id;
	const char *code, *name, *cluster, *parent, *block, *province; /* on the last day of the period that the unit lived */
	unsigned kind, cell_type;
	const struct cb_ruleset *rs;   /* NULL: none in force */
	int months_due, months_held, months_missed, meetings, rated, unrated, thematic;
	int64_t present, counted;      /* attendance over the meetings that reported both */
	int by_level[8];               /* meetings at each level of rs */
	struct cb_ratio mean_score;    /* thousandths; absent when nothing was rated */
	int level;                     /* of the period; -1 */
	const char *why;               /* why there is no level, or which branch decided; Vietnamese */
	/* ranking */
	struct cb_ratio *key;          /* [rs->nrank] */
	int rank, of;                  /* 0: not ranked; place within its group and the group's size */
	bool tied;
	const char *group;             /* name of the group that it is ranked in, or would be */
	const char *apart;             /* why it is not ranked with its group: months that are not rated; Vietnamese; NULL */
};
struct cb_periods {
	struct cb_arena arena;
	struct cb_unit_period *unit; size_t nunit; /* in order of code */
};
struct cb_period_opts {
	const char *unit;       /* this unit and all below; NULL: all */
	int within;             /* enum cb_within, or -1: as the ruleset says */
	bool rank;
};
/* free with cb_periods_free */
int cb_periods_new(struct cb_periods **out, struct cb_store *st, const struct cb_rulebook *book, const struct cb_period *p,
		   const struct cb_period_opts *opts, struct cb_err *err);
void cb_periods_free(struct cb_periods *p);

#endif
