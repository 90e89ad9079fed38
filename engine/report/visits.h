/*
 * visits.h - whom the observers should attend next: cells in the order of how many reasons there are.
 *
 * Reasons, each counted once and told: not visited in the period; a self-score that is far from an observer's or the
 * superior's; scores next to a threshold (a point more or less is another level); duties missed. Equal counts: the one
 * that was visited longest ago first, then by code. Nothing is weighed: the reasons stand there for people to judge.
 */
#ifndef CB_REPORT_VISITS_H
#define CB_REPORT_VISITS_H

#include "base/date.h"
#include "report/doc.h"
#include "store/store.h"

struct cb_visits_opts {
	const char *unit; /* this unit and all below; NULL: all */
	cb_pts apart;     /* a difference of totals of at least this is far; 0: 5 points */
	cb_pts near;      /* a total within this of a threshold is near; 0: 2 points */
	size_t top;       /* cells to list; 0: all that have a reason */
};
int cb_report_visits(struct cb_doc **out, struct cb_store *st, const struct cb_period *p, const struct cb_visits_opts *o, struct cb_err *err);

#endif
