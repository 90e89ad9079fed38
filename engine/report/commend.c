/* commend.c - see commend.h. Three periods and two grouped queries: O(meetings) in SQLite, O(cells) here. */
#include "report/commend.h"

#include <stdlib.h>
#include <string.h>
#include "base/alloc.h"
#include "eval/period.h"

struct cell {
	const struct cb_unit_period *u;
	int64_t confirmed, above;   /* meetings with points of others; of these where the self-score is higher */
	int64_t full;               /* meetings with all points of the scale */
	struct cb_ratio before, after, rise; /* thousandths; d 0: not to be compared */
	int run;
	cb_day since;               /* first day of the run's first month */
};
struct commend {
	struct cb_periods *now, *first, *second;
	struct cell *cell; size_t n;
	struct cell **by_id;
	const struct cell **list;
};

static int by_id(const void *a, const void *b)
{
	const struct cell *x = *(const struct cell *const *)a, *y = *(const struct cell *const *)b;

	return x->u->unit_id < y->u->unit_id ? -1 : x->u->unit_id > y->u->unit_id;
}

static struct cell *find(const struct commend *k, int64_t id)
{
	struct cb_unit_period u = {.unit_id = id};
	struct cell key = {.u = &u}, *p = &key, **at = k->n ? bsearch(&p, k->by_id, k->n, sizeof *k->by_id, by_id) : NULL;

	return at ? *at : NULL;
}

static int confirmations(struct commend *k, struct cb_store *st, const struct cb_period *p, struct cb_err *err)
{
	struct cb_rows *q = NULL;
	bool row;
	int rc = cb_rows_open(&q, st, err,
			      "select unit_id, count(*), sum(above) from (select m.unit_id, m.id, max(more) as above from meeting m join"
			      " (select s.meeting_id, sum(s.points) > sum(o.points) as more from assessment s join assessment o on o.meeting_id = s.meeting_id"
			      " and o.item = s.item and o.assessor <> 'self' where s.assessor = 'self' group by s.meeting_id, o.assessor) x on x.meeting_id = m.id"
			      " where m.held_on between ?1 and ?2 group by m.id) group by unit_id",
			      "ii", (int64_t)p->from, (int64_t)p->to);

	while (!rc && !(rc = cb_rows_step(q, &row, err)) && row) {
		struct cell *c = find(k, cb_rows_int(q, 0));
		if (c) {
			c->confirmed = cb_rows_int(q, 1);
			c->above = cb_rows_int(q, 2);
		}
	}
	cb_rows_close(q);
	q = NULL;
	if (!rc)
		rc = cb_rows_open(&q, st, err,
				  "select m.unit_id, count(*) from meeting m join result r on r.meeting_id = m.id where m.held_on between ?1 and ?2 and r.status = 0"
				  " and r.score_n >= r.score_d * (select sum(c.max) from ruleset_criterion c where c.ruleset_id = r.ruleset_id and c.counts = ?3) group by m.unit_id",
				  "iii", (int64_t)p->from, (int64_t)p->to, (int64_t)CB_COUNTS_SCALE);
	while (!rc && !(rc = cb_rows_step(q, &row, err)) && row) {
		struct cell *c = find(k, cb_rows_int(q, 0));
		if (c)
			c->full = cb_rows_int(q, 1);
	}
	cb_rows_close(q);
	return rc;
}

static int month_number(cb_day day)
{
	int y, m, d;

	cb_day_split(day, &y, &m, &d);
	return y * 12 + m - 1;
}

/* Months of each cell from the newest back: the run ends at the first that was not at the best level, or is not there. */
static int runs(struct commend *k, struct cb_store *st, const struct cb_period *p, struct cb_err *err)
{
	struct cb_rows *q = NULL;
	struct cell *c = NULL;
	int64_t unit = -1;
	int expect = 0;
	bool row, over = true;
	int rc = cb_rows_open(&q, st, err,
			      "select unit_id, month, min(best), min(held) from (select m.unit_id, m.held_on - cast(strftime('%d', m.held_on * 86400, 'unixepoch')"
			      " as integer) + 1 as month, coalesce(d.official, r.level) is (select l.id from ruleset_level l where l.ruleset_id = r.ruleset_id"
			      " order by l.ord limit 1) as best, 1 as held from meeting m left join result r on r.meeting_id = m.id"
			      " left join decision d on d.meeting_id = m.id where m.kind <> 'thematic' and m.held_on <= ?1"
			      " union all select x.unit_id, x.month, 1, 0 from unit_month x where x.month <= ?1 and x.status in ('exempt', 'postponed')"
			      " and not exists (select 1 from meeting m where m.unit_id = x.unit_id and m.kind <> 'thematic' and m.held_on between x.month"
			      " and x.month + 27)) group by unit_id, month order by unit_id, month desc",
			      "i", (int64_t)p->to);

	while (!rc && !(rc = cb_rows_step(q, &row, err)) && row) {
		cb_day month = (cb_day)cb_rows_int(q, 1);
		int n = month_number(month);

		if (cb_rows_int(q, 0) != unit) {
			unit = cb_rows_int(q, 0);
			c = find(k, unit);
			over = !c || c->u->months_missed > 0 || month < p->from;
			expect = n;
		}
		over = over || n != expect || !cb_rows_int(q, 2);
		if (over)
			continue;
		expect--;
		if (cb_rows_int(q, 3)) {
			c->run++;
			c->since = month;
		}
	}
	cb_rows_close(q);
	return rc;
}

static const struct cb_unit_period *same(const struct cb_periods *ps, const char *code)
{
	size_t low = 0, high = ps->nunit;

	while (low < high) {
		size_t mid = (low + high) / 2;
		int c = strcmp(ps->unit[mid].code, code);

		if (c == 0)
			return &ps->unit[mid];
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

static void rises(struct commend *k)
{
	for (size_t i = 0; i < k->n; i++) {
		struct cell *c = &k->cell[i];
		const struct cb_unit_period *a = same(k->first, c->u->code), *b = same(k->second, c->u->code);

		if (!a || !b || !a->mean_score.d || !b->mean_score.d || a->months_missed || b->months_missed || a->unrated || b->unrated)
			continue;
		c->before = a->mean_score;
		c->after = b->mean_score;
		if (!cb_ratio_sub(&c->rise, b->mean_score, a->mean_score))
			c->rise = (struct cb_ratio){0, 0};
	}
}

/* --- the lists ------------------------------------------------------------------------------------------------------ */

static bool at_best(const struct cell *c)
{
	const struct cb_unit_period *u = c->u;

	return u->rs && u->months_held > 0 && u->months_held == u->months_due && u->unrated == 0 && u->by_level[0] == u->meetings;
}
static bool has_kept(const struct cell *c)
{
	return at_best(c) && c->confirmed > 0 && c->above == 0;
}
static bool has_risen(const struct cell *c)
{
	return c->rise.d && c->rise.n > 0;
}
static bool has_run(const struct cell *c)
{
	return c->run > 1;
}

static int more(struct cb_ratio x, struct cb_ratio y)
{
	return !x.d || !y.d ? (x.d == 0) - (y.d == 0) : cb_ratio_cmp(y, x);
}
static int by_score(const struct cell *x, const struct cell *y)
{
	return more(x->u->mean_score, y->u->mean_score);
}
static int by_rise(const struct cell *x, const struct cell *y)
{
	return more(x->rise, y->rise);
}
static int by_run(const struct cell *x, const struct cell *y)
{
	return x->run != y->run ? y->run - x->run : by_score(x, y);
}

struct order {
	bool (*in)(const struct cell *c);
	int (*by)(const struct cell *x, const struct cell *y);
};
static int cell_order(const void *a, const void *b, void *ctx)
{
	const struct cell *x = *(const struct cell *const *)a, *y = *(const struct cell *const *)b;
	int c = ((const struct order *)ctx)->by(x, y);

	return c ? c : strcmp(x->u->code, y->u->code);
}

/* One list: who is in it, best first, places shared. */
static void list(struct cb_doc *d, struct commend *k, const struct order *o, size_t top, void (*put)(struct cb_doc *d, const struct cell *c, size_t rank))
{
	size_t n = 0, rank = 0;

	for (size_t i = 0; i < k->n; i++)
		if (o->in(&k->cell[i]))
			k->list[n++] = &k->cell[i];
	if (n)
		qsort_r(k->list, n, sizeof *k->list, cell_order, (void *)o);
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || o->by(k->list[i - 1], k->list[i]) != 0)
			rank = i + 1;
		if (top && rank > top)
			break;
		put(d, k->list[i], rank);
	}
}

#define WHO {"rank", "Hạng", CB_COL_INT, 0}, {"code", "Mã", CB_COL_TEXT, 0}, {"name", "Chi bộ", CB_COL_TEXT, 36}, {"parent", "Thuộc", CB_COL_TEXT, 28}, \
	{"cluster", "Cụm", CB_COL_TEXT, 0}
#define WHO_CELLS cb_cell_int((int64_t)rank), cb_cell_text(c->u->code), cb_cell_text(c->u->name), cb_cell_text(c->u->parent), cb_cell_text(c->u->cluster)

static struct cb_cell points(struct cb_ratio thousandths)
{
	return cb_cell_ratio(thousandths.n, thousandths.d ? thousandths.d * 1000 : 0);
}

static void put_kept(struct cb_doc *d, const struct cell *c, size_t rank)
{
	cb_doc_row(d, (struct cb_cell[]){WHO_CELLS, cb_cell_int(c->u->months_held), points(c->u->mean_score), cb_cell_int(c->full), cb_cell_int(c->confirmed)});
}
static void put_risen(struct cb_doc *d, const struct cell *c, size_t rank)
{
	cb_doc_row(d, (struct cb_cell[]){WHO_CELLS, points(c->before), points(c->after), points(c->rise)});
}
static void put_run(struct cb_doc *d, const struct cell *c, size_t rank)
{
	cb_doc_row(d, (struct cb_cell[]){WHO_CELLS, cb_cell_int(c->run), cb_cell_int(c->since), points(c->u->mean_score)});
}

static void print(struct cb_doc *d, struct commend *k, const struct cb_period *p, size_t top)
{
	static const struct cb_column kept[] = {WHO, {"months", "Số tháng", CB_COL_INT, 0}, {"mean_score", "Điểm BQ", CB_COL_RATIO, 2},
						{"full", "Buổi đủ điểm", CB_COL_INT, 0}, {"confirmed", "Buổi được xác nhận", CB_COL_INT, 0}};
	static const struct cb_column risen[] = {WHO, {"before", "BQ trước", CB_COL_RATIO, 2}, {"after", "BQ sau", CB_COL_RATIO, 2},
						 {"rise", "Tăng", CB_COL_RATIO, 2}};
	static const struct cb_column run[] = {WHO, {"months", "Số tháng liền", CB_COL_INT, 0}, {"since", "Từ ngày", CB_COL_DAY, 0},
					       {"mean_score", "Điểm BQ kỳ", CB_COL_RATIO, 2}};
	int64_t best = 0, good = 0, alone = 0;
	char t[4][CB_NUM_TEXT];

	cb_doc_para(d, "Giữ vững: tháng nào phải họp cũng họp, buổi nào cũng xếp mức cao nhất; người dự hoặc cấp trên có chấm ít nhất một buổi và không buổi nào tự chấm cao hơn họ.");
	cb_doc_table(d, "kept", "Giữ mức cao nhất cả kỳ, có xác nhận", kept, sizeof kept / sizeof *kept);
	list(d, k, &(struct order){has_kept, by_score}, top, put_kept);
	for (size_t i = 0; i < k->n; i++) {
		best += at_best(&k->cell[i]);
		good += has_kept(&k->cell[i]);
		alone += at_best(&k->cell[i]) && k->cell[i].confirmed == 0;
	}
	cb_doc_para(d, "%s chi bộ ở mức cao nhất cả kỳ: %s có xác nhận, %s chưa có ai khác chấm, %s có buổi tự chấm cao hơn.", cb_fmt_int_vi(t[0], sizeof t[0], best),
		    cb_fmt_int_vi(t[1], sizeof t[1], good), cb_fmt_int_vi(t[2], sizeof t[2], alone), cb_fmt_int_vi(t[3], sizeof t[3], best - good - alone));
	cb_doc_para(d, "Tiến bộ: điểm bình quân %s; không bỏ tháng nào, buổi nào cũng có xếp loại.",
		    p->months > 1 ? "nửa sau của kỳ cao hơn nửa đầu" : "tháng này cao hơn tháng trước");
	cb_doc_table(d, "risen", "Tiến bộ nhiều nhất", risen, sizeof risen / sizeof *risen);
	list(d, k, &(struct order){has_risen, by_rise}, top, put_risen);
	cb_doc_para(d, "Bền bỉ: số tháng liền ở mức cao nhất, tính ngược từ tháng họp cuối của kỳ, kể cả trước kỳ; tháng được miễn hoặc hoãn thì bỏ qua; bằng nhau thì xét điểm bình quân của kỳ.");
	cb_doc_table(d, "runs", "Liên tục ở mức cao nhất", run, sizeof run / sizeof *run);
	list(d, k, &(struct order){has_run, by_run}, top, put_run);
}

/* The two spans that are compared: the first and the last half of the months, or the month before and the month. */
static void halves(const struct cb_period *p, struct cb_period *a, struct cb_period *b)
{
	int y, m, d, n = p->months / 2;
	cb_day day = p->from;

	if (p->months < 2) {
		cb_period_before(a, p);
		*b = *p;
		return;
	}
	*a = *b = (struct cb_period){.kind = CB_SPAN, .from = p->from, .to = p->to, .months = n};
	cb_day_split(p->from, &y, &m, &d);
	m += n - 1;
	if (cb_day_make(&day, y + m / 12, m % 12 + 1, 1))
		a->to = day - 1;
	cb_day_split(p->to, &y, &m, &d);
	m += 12 * y - n;
	if (cb_day_make(&day, m / 12, m % 12 + 1, 1))
		b->from = day;
}

int cb_report_commend(struct cb_doc **out, struct cb_store *st, const struct cb_rulebook *book, const struct cb_period *p,
		      const struct cb_commend_opts *o, struct cb_err *err)
{
	struct cb_period_opts po = {.unit = o->unit, .within = -1};
	struct cb_period a, b;
	struct commend k = {0};
	char name[64], code[32];
	int rc = cb_periods_new(&k.now, st, book, p, &po, err);

	*out = NULL;
	halves(p, &a, &b);
	if (!rc)
		rc = cb_periods_new(&k.first, st, book, &a, &po, err);
	if (!rc)
		rc = cb_periods_new(&k.second, st, book, &b, &po, err);
	if (rc)
		goto out;
	k.cell = cb_calloc(k.now->nunit + 1, sizeof *k.cell);
	k.by_id = cb_calloc(k.now->nunit + 1, sizeof *k.by_id);
	k.list = cb_calloc(k.now->nunit + 1, sizeof *k.list);
	if (!k.cell || !k.by_id || !k.list) {
		rc = cb_err_nomem(err);
		goto out;
	}
	for (size_t i = 0; i < k.now->nunit; i++) {
		const char *cluster = k.now->unit[i].cluster;

		if (o->cluster && (!cluster || strcmp(cluster, o->cluster) != 0))
			continue;
		k.cell[k.n].u = &k.now->unit[i];
		k.by_id[k.n] = &k.cell[k.n];
		k.n++;
	}
	if (k.n)
		qsort(k.by_id, k.n, sizeof *k.by_id, by_id);
	rises(&k);
	rc = confirmations(&k, st, p, err);
	if (!rc)
		rc = runs(&k, st, p, err);
	if (!rc)
		rc = cb_doc_new(out, "ĐÁNG BIỂU DƯƠNG", cb_period_vi(name, sizeof name, p), err);
	if (!rc) {
		cb_doc_meta(*out, "period", cb_period_code(code, sizeof code, p));
		print(*out, &k, p, o->top);
	}
out:
	cb_free(k.cell);
	cb_free(k.by_id);
	cb_free(k.list);
	cb_periods_free(k.now);
	cb_periods_free(k.first);
	cb_periods_free(k.second);
	return rc;
}
