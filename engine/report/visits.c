/* visits.c - see visits.h. Four grouped queries and one sort: O(meetings) in SQLite, O(cells) here. */
#include "report/visits.h"

#include <stdlib.h>
#include <string.h>
#include "base/alloc.h"
#include "base/arena.h"
#include "eval/compliance.h"

struct cell {
	const struct cb_unit_duty *u;
	cb_day last;       /* CB_DAY_NONE: never */
	cb_pts apart;      /* largest difference between the self-score and another's */
	int64_t near;      /* meetings next to a threshold */
	int reasons;
};

static int by_id(const void *a, const void *b)
{
	const struct cell *x = a, *y = b;

	return x->u->unit_id < y->u->unit_id ? -1 : x->u->unit_id > y->u->unit_id;
}

static int by_need(const void *a, const void *b)
{
	const struct cell *x = a, *y = b;

	if (x->reasons != y->reasons)
		return y->reasons - x->reasons;
	if (x->last != y->last) /* CB_DAY_NONE is the least: never comes first */
		return x->last < y->last ? -1 : 1;
	return strcmp(x->u->code, y->u->code);
}

static struct cell *find(struct cell *cell, size_t n, int64_t id)
{
	struct cb_unit_duty u = {.unit_id = id};
	struct cell key = {.u = &u};

	return n ? bsearch(&key, cell, n, sizeof *cell, by_id) : NULL;
}

static int last_visits(struct cell *cell, size_t n, struct cb_store *st, const struct cb_period *p, struct cb_err *err)
{
	struct cb_rows *q = NULL;
	bool row;
	int rc = cb_rows_open(&q, st, err, "select unit_id, max(day) from visit where day <= ?1 group by unit_id", "i", (int64_t)p->to);

	while (!rc && !(rc = cb_rows_step(q, &row, err)) && row) {
		struct cell *c = find(cell, n, cb_rows_int(q, 0));
		if (c)
			c->last = (cb_day)cb_rows_int(q, 1);
	}
	cb_rows_close(q);
	return rc;
}

static int distances(struct cell *cell, size_t n, struct cb_store *st, const struct cb_period *p, struct cb_err *err)
{
	struct cb_rows *q = NULL;
	bool row;
	int rc = cb_rows_open(&q, st, err,
			      "select unit_id, max(apart) from (select m.unit_id, abs(sum(s.points - o.points)) as apart from meeting m"
			      " join assessment s on s.meeting_id = m.id and s.assessor = 'self'"
			      " join assessment o on o.meeting_id = m.id and o.item = s.item and o.assessor <> 'self'"
			      " where m.held_on between ?1 and ?2 group by m.id, o.assessor) group by unit_id", "ii", (int64_t)p->from, (int64_t)p->to);

	while (!rc && !(rc = cb_rows_step(q, &row, err)) && row) {
		struct cell *c = find(cell, n, cb_rows_int(q, 0));
		if (c)
			c->apart = cb_rows_int(q, 1);
	}
	cb_rows_close(q);
	return rc;
}

static int thresholds(struct cell *cell, size_t n, struct cb_store *st, const struct cb_period *p, cb_pts near, struct cb_err *err)
{
	struct cb_rows *q = NULL;
	bool row;
	int rc = cb_rows_open(&q, st, err,
			      "select m.unit_id, count(distinct m.id) from result r join meeting m on m.id = r.meeting_id"
			      " join ruleset_level l on l.ruleset_id = r.ruleset_id and l.at_least > 0"
			      " where m.held_on between ?1 and ?2 and r.status = 0 and r.score_d > 0"
			      " and abs(r.score_n - l.at_least * r.score_d) <= ?3 * r.score_d group by m.unit_id", "iii", (int64_t)p->from, (int64_t)p->to,
			      (int64_t)near);

	while (!rc && !(rc = cb_rows_step(q, &row, err)) && row) {
		struct cell *c = find(cell, n, cb_rows_int(q, 0));
		if (c)
			c->near = cb_rows_int(q, 1);
	}
	cb_rows_close(q);
	return rc;
}

static void say(struct cb_buf *b, const struct cell *c, const struct cb_period *p, cb_pts apart)
{
	char t[CB_NUM_TEXT], day[11];

	cb_buf_clear(b);
	if (c->last == CB_DAY_NONE)
		cb_buf_puts(b, "chưa được dự lần nào");
	else if (c->last < p->from)
		cb_buf_printf(b, "dự lần cuối ngày %s", cb_day_vi(day, c->last));
	if (c->apart >= apart)
		cb_buf_printf(b, "%stự chấm lệch %s điểm", b->len ? "; " : "", cb_fmt_pts_vi(t, sizeof t, c->apart));
	if (c->near)
		cb_buf_printf(b, "%s%lld buổi sát ngưỡng xếp loại", b->len ? "; " : "", (long long)c->near);
	if (c->u->lapses)
		cb_buf_printf(b, "%s%zu lần không đạt chế độ", b->len ? "; " : "", c->u->lapses);
}

static int print(struct cb_doc **out, const struct cell *cell, size_t n, const struct cb_period *p, cb_pts apart, size_t top, struct cb_err *err)
{
	static const struct cb_column col[] = {
		{"no", "TT", CB_COL_INT, 0},	    {"code", "Mã", CB_COL_TEXT, 0},	    {"name", "Chi bộ", CB_COL_TEXT, 36},
		{"parent", "Thuộc", CB_COL_TEXT, 28}, {"cluster", "Cụm", CB_COL_TEXT, 0},	    {"last_visit", "Dự lần cuối", CB_COL_DAY, 0},
		{"reasons", "Số lý do", CB_COL_INT, 0}, {"why", "Vì sao nên dự", CB_COL_TEXT, 0},
	};
	char name[64], code[32];
	struct cb_buf b;
	int rc = cb_doc_new(out, "NÊN DỰ SINH HOẠT Ở ĐÂU TIẾP THEO", cb_period_vi(name, sizeof name, p), err);

	if (rc)
		return rc;
	cb_buf_init(&b);
	cb_doc_meta(*out, "period", cb_period_code(code, sizeof code, p));
	cb_doc_table(*out, "visits", "", col, sizeof col / sizeof *col);
	for (size_t i = 0; i < n && !rc && (!top || i < top) && cell[i].reasons; i++) {
		const struct cb_unit_duty *u = cell[i].u;
		say(&b, &cell[i], p, apart);
		if (!cb_buf_ok(&b))
			rc = cb_err_nomem(err);
		cb_doc_row(*out, (struct cb_cell[]){cb_cell_int((int64_t)i + 1), cb_cell_text(u->code), cb_cell_text(u->name), cb_cell_text(u->parent),
						    cb_cell_text(u->cluster), {.null = cell[i].last == CB_DAY_NONE, .n = cell[i].last},
						    cb_cell_int(cell[i].reasons), cb_cell_text(b.s)});
	}
	cb_buf_release(&b);
	if (rc) {
		cb_doc_free(*out);
		*out = NULL;
	}
	return rc;
}

int cb_report_visits(struct cb_doc **out, struct cb_store *st, const struct cb_period *p, const struct cb_visits_opts *o, struct cb_err *err)
{
	cb_pts apart = o->apart ? o->apart : CB_PTS(5), near = o->near ? o->near : CB_PTS(2);
	struct cb_compliance *duty = NULL;
	struct cell *cell = NULL;
	size_t n = 0;
	int rc = cb_compliance_new(&duty, st, p, &(struct cb_compliance_opts){.unit = o->unit}, err);

	*out = NULL;
	if (rc)
		return rc;
	cell = cb_calloc(duty->nunit + 1, sizeof *cell);
	if (!cell) {
		rc = cb_err_nomem(err);
		goto out;
	}
	n = duty->nunit;
	for (size_t i = 0; i < n; i++)
		cell[i] = (struct cell){.u = &duty->unit[i], .last = CB_DAY_NONE};
	qsort(cell, n, sizeof *cell, by_id);
	rc = last_visits(cell, n, st, p, err);
	if (!rc)
		rc = distances(cell, n, st, p, err);
	if (!rc)
		rc = thresholds(cell, n, st, p, near, err);
	if (rc)
		goto out;
	for (size_t i = 0; i < n; i++)
		cell[i].reasons = (cell[i].last == CB_DAY_NONE || cell[i].last < p->from) + (cell[i].apart >= apart) + (cell[i].near > 0) +
				  (cell[i].u->lapses > 0);
	qsort(cell, n, sizeof *cell, by_need);
	rc = print(out, cell, n, p, apart, o->top, err);
out:
	cb_free(cell);
	cb_compliance_free(duty);
	return rc;
}
