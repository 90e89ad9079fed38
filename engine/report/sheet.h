/*
 * sheet.h - an explanation as the scoring sheet that an officer knows.
 *
 * doc: the head, one row per criterion (number, criterion, article, maximum, points, on what grounds), the total, the
 * cap that decided, the vote and the superior's decision. json: the same as one object, nothing left out. rows: one
 * line per criterion, for CSV.
 */
#ifndef CB_REPORT_SHEET_H
#define CB_REPORT_SHEET_H

#include "eval/explain.h"
#include "report/doc.h"

int cb_sheet_doc(struct cb_doc **out, const struct cb_explained *x, struct cb_err *err); /* free with cb_doc_free */
int cb_sheet_json(struct cb_buf *out, const struct cb_explained *x, struct cb_err *err);
int cb_sheet_rows(const struct cb_explained *x, const struct cb_sink_opts *o, struct cb_err *err);

/* Label of a level id of a ruleset; the id itself when it has no such level. */
const char *cb_level_label(const struct cb_ruleset *rs, const char *id);
/* n/d thousandths as points: "88,5"; at most two decimals, half up. */
char *cb_score_vi(char *dst, size_t cap, int64_t n, int64_t d);

#endif
