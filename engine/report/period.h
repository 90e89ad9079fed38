/*
 * period.h - the reports that go up: the summary of a period, and the monthly list.
 *
 * Counts are of meetings ("kỳ sinh hoạt") at their official level: the superior's decision where there is one, else the
 * computed one. Percentages are of the meetings that have a level, half up; what has none is counted beside them and
 * never hidden in a denominator. One pass over the results of the period and one over those of the period before;
 * memory grows with units and clusters, not with meetings.
 */
#ifndef CB_REPORT_PERIOD_H
#define CB_REPORT_PERIOD_H

#include "base/date.h"
#include "report/doc.h"
#include "rule/rule.h"
#include "store/store.h"

/* The summary; `unit` NULL: the whole record. Free with cb_doc_free. */
int cb_report_period(struct cb_doc **out, struct cb_store *st, const struct cb_rulebook *book, const struct cb_period *p, const char *unit,
		     struct cb_err *err);
/* The monthly list of a unit's cells in the form that is handed up. */
int cb_report_list(struct cb_doc **out, struct cb_store *st, const struct cb_period *month, const char *unit, struct cb_err *err);

#endif
