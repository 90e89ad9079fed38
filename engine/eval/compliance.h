/*
 * compliance.h - duties kept and missed in a period: the monthly meeting, the quarter's thematic one, attendance,
 * the planned day, minutes, the report in time, notes on lost points.
 *
 * new reads units, months and meetings of the period once and gives a row per cell with counts and a list of lapses
 * in order of unit code, duty, day. A duty is judged only where the record says something: a meeting that did not
 * report its minutes is counted in `unsaid`, never as a lapse. A month that is exempt or postponed is no lapse, and
 * neither is a month in which the cell did not exist, or one that
 * had not ended by the day of the last run (or the newest meeting). Memory: O(units + lapses).
 */
#ifndef CB_EVAL_COMPLIANCE_H
#define CB_EVAL_COMPLIANCE_H

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/num.h"
#include "store/store.h"

enum cb_duty {
	CB_DUTY_MONTH,      /* a regular or combined meeting each month */
	CB_DUTY_THEMATIC,   /* a thematic or combined meeting each quarter (whole quarters of the period) */
	CB_DUTY_ATTENDANCE, /* present / (members - exempt - special_duty) at least opts.share */
	CB_DUTY_PLANNED,    /* held on the day that was planned */
	CB_DUTY_ON_TIME,    /* started_late_minutes is 0 */
	CB_DUTY_DURATION,   /* at least required_minutes, where the record has both */
	CB_DUTY_MINUTES,    /* minutes recorded */
	CB_DUTY_DOCUMENTS,  /* documents at least a day before */
	CB_DUTY_REPORT,     /* reported within opts.report_days */
	CB_DUTY_NOTES,      /* points that were lost under a ruleset that wants a note for them have one (meetings with a result) */
	CB_DUTY_REASON,     /* the reason stands where the superior decided another level than the computed one */
	CB_DUTIES
};
const char *cb_duty_id(enum cb_duty d); /* "month", "thematic", "attendance", ... */
const char *cb_duty_vi(enum cb_duty d); /* "sinh hoạt hằng tháng" */
int cb_duty_find(const char *id);       /* -1 */

/* Months, quarters or meetings. unsaid: the record does not tell; kept are due - lapsed - unsaid. */
struct cb_duty_count { int due, lapsed, unsaid; };

struct cb_lapse {
	enum cb_duty duty;
	size_t unit;              /* index in cb_compliance.unit */
	struct cb_period when;    /* the month or quarter; a meeting's month */
	int64_t meeting_id;       /* 0: none */
	cb_day held_on;           /* CB_DAY_NONE: none */
	int64_t n, d;             /* what was found: attendance n of d; days, minutes in n (d 1); d 0: nothing to say */
	const char *what;         /* Vietnamese: "tháng 3/2020 không sinh hoạt", "dự 12/20 = 60,0%, dưới 75%" */
	const char *reason;       /* as the record gives it; NULL */
};
struct cb_unit_duty {
	int64_t unit_id;
	const char *code, *name, *parent, *cluster; /* parent: name; on the unit's last day in the period */
	unsigned kind, cell_type;
	struct cb_duty_count duty[CB_DUTIES];
	int64_t present, counted; /* attendance over the meetings that reported it */
	int exempt, postponed;    /* months */
	size_t lapses;
};
struct cb_compliance {
	struct cb_arena arena;
	struct cb_unit_duty *unit; size_t nunit; /* cells, in order of code */
	struct cb_lapse *lapse; size_t nlapse;
	struct cb_duty_count total[CB_DUTIES];
	int units_lapsed[CB_DUTIES];             /* cells with at least one lapse */
};
struct cb_compliance_opts {
	const char *unit;        /* this unit and all below; NULL: all */
	struct cb_ratio share;   /* attendance limit; absent: 3/4 */
	int report_days;         /* 0: 2 */
	unsigned duties;         /* bit mask of enum cb_duty; 0: all */
};
/* free with cb_compliance_free */
int cb_compliance_new(struct cb_compliance **out, struct cb_store *st, const struct cb_period *p, const struct cb_compliance_opts *opts,
		      struct cb_err *err);
void cb_compliance_free(struct cb_compliance *c);

#endif
