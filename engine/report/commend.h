/*
 * commend.h - whom to commend, and for what: three lists, each by one plain definition that is printed with it.
 *
 * kept: every month that was due was held and every meeting of the period stands at the best level, and an observer or the
 * superior confirms it: they gave points in at least one of the meetings, and in none did the cell give itself more than they
 * did. risen: by how much the mean score of the later half of the period's months is above that of the first half (of a month:
 * above the month before); nothing missed or unrated in either. runs: months in a row at the best level, up to the last one held
 * in the period, however far back they reach; exempt and postponed months are passed over; cells that missed a month of the
 * period are left out; equal runs go by the period's mean score. Places are shared: who is as good as the last one listed is listed too. Decisions count, not points, where
 * the superior made one.
 */
#ifndef CB_REPORT_COMMEND_H
#define CB_REPORT_COMMEND_H

#include "base/date.h"
#include "report/doc.h"
#include "rule/rule.h"
#include "store/store.h"

struct cb_commend_opts {
	const char *unit;    /* this unit and all below; NULL: all */
	const char *cluster; /* NULL: all */
	size_t top;          /* places of each list; 0: all */
};
int cb_report_commend(struct cb_doc **out, struct cb_store *st, const struct cb_rulebook *book, const struct cb_period *p,
		      const struct cb_commend_opts *o, struct cb_err *err);

#endif
