/*
 * lift.h - what would lift a cell to the next level of a period, and which criteria and facts would lift most cells.
 *
 * A step changes one meeting by a piece of advice (advise.h); the steps are combined through the period's own rule: the set
 * with the least effort is searched (then fewest meetings, fewest changes, least moved) and proven by evaluating the period
 * with the meetings changed. Of a period that has ended it is a diagnosis. Months still to come are supposed to go as well as
 * can be, and what they must bring is said per level. Costs: the advice of each meeting that is not at the top, and some
 * hundreds of evaluations of the period rule per cell.
 */
#ifndef CB_EVAL_LIFT_H
#define CB_EVAL_LIFT_H

#include "eval/advise.h"
#include "eval/period.h"

struct cb_lift_step {
	int64_t meeting_id;
	cb_day held_on;
	int kind;                /* enum cb_meeting_kind */
	int from, to;            /* indexes in unit->rs->level */
	int effort, nchange;     /* of the advice */
	const char *text;        /* "số đảng viên phát biểu: từ 4 người thành 9 người" */
};
struct cb_lift {
	const struct cb_unit_period *unit; /* as it is */
	int level;               /* of the period, months to come supposed to be at the top; -1: none */
	int target;              /* the next better one; -1: at the top, or there is none */
	int reached;             /* with the steps; -1: nothing helps */
	struct cb_lift_step *step; size_t nstep; /* by day */
	int effort, changes;
	bool complete;           /* no easier set exists (of meetings each changed by at most max_changes) */
	const char *rule;        /* what the period's rule wants for the target; Vietnamese; NULL */
	const char *blocked;     /* why nothing helps, or why there is no level; NULL */
	int later;               /* months to come */
	const char **need; size_t nneed; /* what they must bring, per level, best first: "Tốt: ít nhất 3 tháng Tốt, 2 tháng Khá" */
};
/* What one criterion at its maximum, changes of one fact alone, or the points alone without one gate, would do. */
struct cb_lever {
	const char *ruleset;     /* of a criterion or gate; NULL */
	const char *id, *label;  /* of the criterion; of the fact or judged line; of the gate ("1" is the first) */
	int64_t meetings;        /* that reach a better level by it alone, gates and all */
	int64_t cells;           /* with such a meeting */
	int64_t lifted;          /* cells whose period reaches a better level when all these meetings do */
};
struct cb_lifts {
	struct cb_arena arena;
	struct cb_periods *periods;
	struct cb_lift *lift; size_t nlift;           /* cells of the scope in order of code */
	struct cb_lever *criterion; size_t ncriterion; /* most lifted, then most meetings; ties by ruleset and id */
	struct cb_lever *fact; size_t nfact;
	struct cb_lever *gate; size_t ngate;          /* meetings that have the points for a better level and are held back */
	int64_t below;           /* meetings that are rated below the top */
};
struct cb_lifts_opts {
	const char *unit;        /* this unit and all below; NULL: all */
	const char *cluster;     /* NULL: all */
	int max_changes;         /* of one meeting; 0: 3 */
	bool no_judged;          /* points of assessors stay as they are */
	bool levers;             /* also criteria, facts and gates */
	bool words;              /* also needs, and why a meeting cannot rise */
	int (*progress)(void *ctx, int64_t done, int64_t total); /* nonzero stops with CB_EINTR; NULL: none */
	void *ctx;
};
/* free with cb_lifts_free */
int cb_lifts_new(struct cb_lifts **out, struct cb_store *st, const struct cb_rulebook *book, const struct cb_period *p,
		 const struct cb_lifts_opts *opts, struct cb_err *err);
void cb_lifts_free(struct cb_lifts *l);

#endif
