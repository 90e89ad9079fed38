/* scope.c - see scope.h. A unit that moved away in the middle is inside only until the day it moved. */
#include "report/scope.h"

#include <stdlib.h>
#include <string.h>
#include "base/alloc.h"

int cb_scope_open(struct cb_scope *s, struct cb_store *st, const char *unit, cb_day day, struct cb_err *err)
{
	struct cb_rows *r = NULL;
	struct cb_unit_view view;
	size_t cap = 0;
	bool row;
	int64_t id;
	int rc;

	memset(s, 0, sizeof *s);
	s->all = !unit;
	if (!unit)
		return 0;
	rc = cb_store_unit_find(st, unit, &id, err);
	if (rc)
		return rc;
	if (cb_store_unit_on(st, id, day, &view, NULL) == 0)
		s->name = cb_strdup(view.name);
	else
		s->name = cb_strdup(unit);
	if (!s->name)
		return cb_err_nomem(err);
	rc = cb_rows_open(&r, st, err,
			  "with recursive scope(id, f, t) as (select ?1, -1000000, 1000000"
			  " union select u.unit_id, max(u.valid_from, s.f), min(u.valid_to, s.t) from unit_span u join scope s on u.parent_id = s.id"
			  " where max(u.valid_from, s.f) <= min(u.valid_to, s.t))"
			  " select id, f, t from scope order by id, f", "i", id);
	while (!rc && !(rc = cb_rows_step(r, &row, err)) && row) {
		if (s->nspan == cap) {
			size_t n = cap ? 2 * cap : 64;
			struct cb_scope_span *p = cb_reallocarray(s->span, n, sizeof *p);
			if (!p) {
				rc = cb_err_nomem(err);
				break;
			}
			s->span = p;
			cap = n;
		}
		s->span[s->nspan++] = (struct cb_scope_span){cb_rows_int(r, 0), cb_rows_int(r, 1), cb_rows_int(r, 2)};
	}
	cb_rows_close(r);
	if (rc)
		cb_scope_close(s);
	return rc;
}

bool cb_scope_has(const struct cb_scope *s, int64_t unit_id, int64_t day)
{
	size_t low = 0, high = s->nspan;

	if (s->all)
		return true;
	while (low < high) { /* the first span of the unit */
		size_t mid = low + (high - low) / 2;
		if (s->span[mid].unit_id < unit_id)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < s->nspan && s->span[low].unit_id == unit_id; low++)
		if (day >= s->span[low].from && day <= s->span[low].to)
			return true;
	return false;
}

void cb_scope_close(struct cb_scope *s)
{
	cb_free((void *)s->name);
	cb_free(s->span);
	memset(s, 0, sizeof *s);
}
