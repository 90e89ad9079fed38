/* roster.c - see roster_int.h. Look-ups by binary search; going up costs one step a level, at most CB_ROSTER_DEEP. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "eval/roster_int.h"
#include "model/meeting.h"

struct raw {
	int64_t unit, parent; /* ids; parent 0: none */
	const char *code;
	struct cb_roster_span span;
};

int cb_kind_of(const char *id)
{
	for (int k = 0; id && k < CB_MEETING_KINDS; k++)
		if (strcmp(id, cb_meeting_kind_id((enum cb_meeting_kind)k)) == 0)
			return k;
	return CB_REGULAR;
}

int cb_month_number(cb_day day)
{
	int y, m, d;

	cb_day_split(day, &y, &m, &d);
	return y * 12 + m - 1;
}

/* Words of the record are ids of the model's own tables. */
static unsigned kind_index(const char *id)
{
	for (unsigned k = 0; id && k < CB_UNIT_KINDS; k++)
		if (strcmp(id, cb_unit_kind_id((enum cb_unit_kind)k)) == 0)
			return k;
	return CB_UNIT_CELL;
}

static unsigned type_index(const char *id)
{
	for (unsigned t = 0; id && t < CB_CELL_TYPES; t++)
		if (strcmp(id, cb_cell_type_id((enum cb_cell_type)t)) == 0)
			return t;
	return CB_CELL_NONE;
}

static const char *copy(struct cb_arena *a, const char *s, bool *oom)
{
	char *p;

	if (!s)
		return NULL;
	p = cb_arena_strdup(a, s);
	if (!p)
		*oom = true;
	return p;
}

static int read_spans(struct cb_roster *r, struct cb_store *st, struct raw **raw, size_t *nraw, struct cb_err *err)
{
	static const char SQL[] = "SELECT u.id, u.code, s.valid_from, s.valid_to, s.name, s.kind, s.parent_id, s.cluster, s.cell_type"
				  " FROM unit u JOIN unit_span s ON s.unit_id = u.id ORDER BY u.code, s.valid_from";
	struct cb_rows *rows = NULL;
	size_t cap = 0;
	bool row, oom = false;
	int rc = cb_rows_open(&rows, st, err, SQL, "");

	*nraw = 0;
	while (rc == 0 && (rc = cb_rows_step(rows, &row, err)) == 0 && row) {
		struct raw *x;

		if (*nraw == cap) {
			x = cb_reallocarray(*raw, cap = cap ? 2 * cap : 256, sizeof(*x));
			if (!x) {
				rc = cb_err_nomem(err);
				break;
			}
			*raw = x;
		}
		x = &(*raw)[*nraw];
		memset(x, 0, sizeof(*x));
		x->unit = cb_rows_int(rows, 0);
		x->code = *nraw > 0 && x[-1].unit == x->unit ? x[-1].code : copy(&r->arena, cb_rows_text(rows, 1), &oom);
		x->span.from = (cb_day)cb_rows_int(rows, 2);
		x->span.to = (cb_day)cb_rows_int(rows, 3);
		x->span.name = copy(&r->arena, cb_rows_text(rows, 4), &oom);
		x->span.kind = kind_index(cb_rows_text(rows, 5));
		x->parent = cb_rows_null(rows, 6) ? 0 : cb_rows_int(rows, 6);
		x->span.cluster = copy(&r->arena, cb_rows_text(rows, 7), &oom);
		x->span.cell_type = type_index(cb_rows_text(rows, 8));
		++*nraw;
		if (oom)
			rc = cb_err_nomem(err);
	}
	cb_rows_close(rows);
	return rc;
}

static int read_horizon(struct cb_roster *r, struct cb_store *st, struct cb_err *err)
{
	struct cb_rows *rows = NULL;
	bool row;
	int rc = cb_rows_open(&rows, st, err, "SELECT max(max(today), (SELECT max(held_on) FROM meeting)) FROM run", "");

	r->horizon = CB_DAY_MAX;
	if (rc == 0)
		rc = cb_rows_step(rows, &row, err);
	if (rc == 0 && row && !cb_rows_null(rows, 0))
		r->horizon = (cb_day)cb_rows_int(rows, 0);
	cb_rows_close(rows);
	return rc;
}

static int id_order(const void *a, const void *b, void *ctx)
{
	const struct cb_roster *r = ctx;
	int64_t x = r->unit[*(const int *)a].id, y = r->unit[*(const int *)b].id;

	return x < y ? -1 : x > y;
}

int cb_roster_new(struct cb_roster **out, struct cb_store *st, struct cb_err *err)
{
	struct cb_roster *r = cb_calloc(1, sizeof(*r));
	struct raw *raw = NULL;
	struct cb_roster_span *span;
	size_t nraw = 0;
	int rc;

	*out = NULL;
	if (!r)
		return cb_err_nomem(err);
	cb_arena_init(&r->arena);
	rc = read_horizon(r, st, err);
	if (rc == 0)
		rc = read_spans(r, st, &raw, &nraw, err);
	if (rc)
		goto out;
	r->unit = CB_NEWV(&r->arena, nraw + 1, struct cb_roster_unit);
	r->by_id = CB_NEWV(&r->arena, nraw + 1, int);
	span = CB_NEWV(&r->arena, nraw + 1, struct cb_roster_span);
	if (!r->unit || !r->by_id || !span) {
		rc = cb_err_nomem(err);
		goto out;
	}
	for (size_t i = 0; i < nraw; i++) {
		struct cb_roster_unit *u;

		if (i == 0 || raw[i].unit != raw[i - 1].unit) {
			r->by_id[r->nunit] = (int)r->nunit;
			u = &r->unit[r->nunit++];
			u->id = raw[i].unit;
			u->code = raw[i].code;
			u->span = &span[i];
		}
		u = &r->unit[r->nunit - 1];
		span[i] = raw[i].span;
		u->nspan++;
	}
	qsort_r(r->by_id, r->nunit, sizeof(*r->by_id), id_order, r);
	for (size_t i = 0; i < nraw; i++)
		span[i].parent = raw[i].parent ? cb_roster_find(r, raw[i].parent) : -1;
	*out = r;
	r = NULL;
out:
	cb_free(raw);
	cb_roster_free(r);
	return rc;
}

void cb_roster_free(struct cb_roster *r)
{
	if (!r)
		return;
	cb_arena_release(&r->arena);
	cb_free(r);
}

int cb_roster_find(const struct cb_roster *r, int64_t id)
{
	size_t lo = 0, hi = r->nunit;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (r->unit[r->by_id[mid]].id < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < r->nunit && r->unit[r->by_id[lo]].id == id ? r->by_id[lo] : -1;
}

int cb_roster_code(const struct cb_roster *r, const char *code)
{
	for (size_t i = 0; i < r->nunit; i++)
		if (strcmp(r->unit[i].code, code) == 0)
			return (int)i;
	return -1;
}

const struct cb_roster_span *cb_roster_on(const struct cb_roster *r, int unit, cb_day day)
{
	const struct cb_roster_unit *u = &r->unit[unit];

	for (size_t i = 0; i < u->nspan; i++)
		if (u->span[i].from <= day && day <= u->span[i].to)
			return &u->span[i];
	return NULL;
}

cb_day cb_roster_last(const struct cb_roster *r, int unit, cb_day from, cb_day to)
{
	const struct cb_roster_unit *u = &r->unit[unit];

	for (size_t i = u->nspan; i-- > 0;)
		if (u->span[i].from <= to && u->span[i].to >= from)
			return u->span[i].to < to ? u->span[i].to : to;
	return CB_DAY_NONE;
}

bool cb_roster_lived(const struct cb_roster *r, int unit, cb_day from, cb_day to)
{
	return cb_roster_last(r, unit, from, to) != CB_DAY_NONE;
}

int cb_roster_above(const struct cb_roster *r, int unit, cb_day day, unsigned kinds)
{
	for (int deep = 0; unit >= 0 && deep < CB_ROSTER_DEEP; deep++) {
		const struct cb_roster_span *s = cb_roster_on(r, unit, day);

		if (!s)
			return -1;
		if (kinds >> s->kind & 1)
			return unit;
		unit = s->parent;
	}
	return -1;
}

const char *cb_roster_cluster(const struct cb_roster *r, int unit, cb_day day)
{
	for (int deep = 0; unit >= 0 && deep < CB_ROSTER_DEEP; deep++) {
		const struct cb_roster_span *s = cb_roster_on(r, unit, day);

		if (!s)
			return NULL;
		if (s->cluster && *s->cluster)
			return s->cluster;
		unit = s->parent;
	}
	return NULL;
}

bool cb_roster_within(const struct cb_roster *r, int unit, int top, cb_day day)
{
	for (int deep = 0; unit >= 0 && deep < CB_ROSTER_DEEP; deep++) {
		const struct cb_roster_span *s;

		if (unit == top)
			return true;
		s = cb_roster_on(r, unit, day);
		if (!s)
			return false;
		unit = s->parent;
	}
	return false;
}

size_t cb_roster_chain(const struct cb_roster *r, int unit, cb_day day, const char *code[static CB_ROSTER_DEEP])
{
	size_t n = 0;

	while (unit >= 0 && n < CB_ROSTER_DEEP) {
		const struct cb_roster_span *s = cb_roster_on(r, unit, day);

		if (!s)
			break;
		code[n++] = r->unit[unit].code;
		unit = s->parent;
	}
	return n;
}

int cb_roster_scope(const struct cb_roster *r, struct cb_store *st, const char *unit, int *top, struct cb_err *err)
{
	const char *near;

	*top = -1;
	if (!unit)
		return 0;
	*top = cb_roster_code(r, unit);
	if (*top >= 0)
		return 0;
	near = cb_store_unit_nearest(st, unit);
	if (near)
		return cb_err_set(err, CB_ENOTFOUND, "there is no unit \"%s\"; did you mean \"%s\"?", unit, near);
	return cb_err_set(err, CB_ENOTFOUND, "there is no unit \"%s\"", unit);
}
