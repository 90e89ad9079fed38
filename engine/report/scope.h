/*
 * scope.h - a unit and all below it, day by day, for reports that read the record row by row.
 *
 * open reads the spans below a unit once (NULL: the whole record, nothing is read); has answers in O(log units).
 */
#ifndef CB_REPORT_SCOPE_H
#define CB_REPORT_SCOPE_H

#include "store/store.h"

struct cb_scope {
	bool all;
	const char *name; /* of the unit on the last day; NULL when all */
	struct cb_scope_span { int64_t unit_id, from, to; } *span; size_t nspan; /* by unit, then day */
};
int cb_scope_open(struct cb_scope *s, struct cb_store *st, const char *unit, cb_day day, struct cb_err *err); /* CB_ENOTFOUND */
bool cb_scope_has(const struct cb_scope *s, int64_t unit_id, int64_t day);
void cb_scope_close(struct cb_scope *s);

#endif
