/*
 * period.c - see period.h.
 *
 * The months and meetings of the period are read, law.c runs the period rule and the ranking keys of each ruleset over
 * them. Memory: O(units * months + meetings of the period).
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "eval/eval.h"
#include "eval/period_int.h"
#include "rule/forms.h"

/* --- reading -------------------------------------------------------------------------------------------------- */

static int month_index(const struct cb_pwork *w, cb_day day)
{
	return cb_month_number(day) - w->first_month;
}

static void month_span(const struct cb_pwork *w, int i, cb_day *from, cb_day *to)
{
	int n = w->first_month + i;
	struct cb_period m;
	cb_day day;

	if (!cb_day_make(&day, n / 12, n % 12 + 1, 1))
		day = w->p->from;
	cb_month_of(&m, day);
	*from = m.from > w->p->from ? m.from : w->p->from;
	*to = m.to < w->p->to ? m.to : w->p->to;
}

static const char *name_of(const struct cb_pwork *w, int unit, cb_day day)
{
	const struct cb_roster_span *s = unit >= 0 ? cb_roster_on(w->roster, unit, day) : NULL;

	return s ? s->name : NULL;
}

static const char *keep(struct cb_arena *a, const char *s, bool *oom)
{
	char *p;

	if (!s)
		return NULL;
	p = cb_arena_strdup(a, s);
	*oom = *oom || !p;
	return p;
}

/* *law is -1 without a ruleset. */
static int law_of(struct cb_pwork *w, const struct cb_ruleset *rs, int *law, struct cb_err *err)
{
	struct cb_plaw *p;

	*law = -1;
	if (!rs)
		return 0;
	for (size_t i = 0; i < w->nlaw; i++)
		if (w->law[i].rs == rs)
			*law = (int)i;
	if (*law >= 0)
		return 0;
	p = cb_reallocarray(w->law, w->nlaw + 1, sizeof(*p));
	if (!p)
		return cb_err_nomem(err);
	w->law = p;
	memset(&p[w->nlaw], 0, sizeof(*p));
	p[w->nlaw].rs = rs;
	*law = (int)w->nlaw++;
	return 0;
}

/* The cells that lived in the period, in order of code, with who they were on their last day in it. */
static int find_units(struct cb_pwork *w, struct cb_err *err)
{
	struct cb_arena *a = &w->out->arena;
	bool oom = false;
	int top, rc;

	rc = cb_roster_scope(w->roster, w->st, w->opts->unit, &top, err);
	if (rc)
		return rc;
	w->of_roster = cb_calloc(w->roster->nunit + 1, sizeof(*w->of_roster));
	w->unit = cb_calloc(w->roster->nunit + 1, sizeof(*w->unit));
	w->out->unit = CB_NEWV(a, w->roster->nunit + 1, struct cb_unit_period);
	if (!w->of_roster || !w->unit || !w->out->unit)
		return cb_err_nomem(err);
	for (int i = 0; i < (int)w->roster->nunit; i++) {
		const char *code[CB_ROSTER_DEEP];
		cb_day last = cb_roster_last(w->roster, i, w->p->from, w->p->to);
		const struct cb_roster_span *s = last == CB_DAY_NONE ? NULL : cb_roster_on(w->roster, i, last);
		const struct cb_ruleset *rs;
		struct cb_unit_period *u;
		size_t n;
		int law;

		w->of_roster[i] = -1;
		if (!s || !cb_unit_is_cell((enum cb_unit_kind)s->kind) || (top >= 0 && !cb_roster_within(w->roster, i, top, last)))
			continue;
		n = cb_roster_chain(w->roster, i, last, code);
		rs = cb_rulebook_in_force(w->book, code, n, last, CB_REGULAR, s->kind, s->cell_type);
		if (!rs)
			rs = cb_rulebook_in_force(w->book, code, n, last, CB_COMBINED, s->kind, s->cell_type);
		rc = law_of(w, rs, &law, err);
		if (rc)
			return rc;
		w->of_roster[i] = (int)w->nunit;
		w->unit[w->nunit] = (struct cb_punit){ .roster = i, .last = last, .law = law, .first = -1, .tail = -1 };
		u = &w->out->unit[w->nunit++];
		u->unit_id = w->roster->unit[i].id;
		u->code = keep(a, w->roster->unit[i].code, &oom);
		u->name = keep(a, s->name, &oom);
		u->cluster = keep(a, cb_roster_cluster(w->roster, i, last), &oom);
		u->parent = keep(a, name_of(w, s->parent, last), &oom);
		u->block = keep(a, name_of(w, cb_roster_above(w->roster, i, last, 1u << CB_UNIT_BLOCK | 1u << CB_UNIT_DISTRICT | 1u << CB_UNIT_COMMUNE),
					   last), &oom);
		u->province = keep(a, name_of(w, cb_roster_above(w->roster, i, last, 1u << CB_UNIT_PROVINCE), last), &oom);
		u->kind = s->kind;
		u->cell_type = s->cell_type;
		u->rs = rs;
		u->level = -1;
	}
	w->out->nunit = w->nunit;
	return oom ? cb_err_nomem(err) : 0;
}

static int read_rows(struct cb_pwork *w, struct cb_err *err)
{
	/* In order of id, as the cursor reads. */
	static const char SQL[] =
		"SELECT m.id, m.unit_id, m.held_on, m.kind, r.status, r.score_n, r.score_d, coalesce(d.official, r.level), m.present,"
		" m.members - coalesce(m.exempt, 0) - coalesce(m.special_duty, 0), d.official IS NOT NULL AND d.official IS NOT r.level"
		" FROM meeting m LEFT JOIN result r ON r.meeting_id = m.id LEFT JOIN decision d ON d.meeting_id = m.id"
		" WHERE m.held_on BETWEEN ?1 AND ?2 ORDER BY m.id";
	struct cb_rows *rows = NULL;
	bool row, oom = false;
	int rc = cb_rows_open(&rows, w->st, err, SQL, "ii", (int64_t)w->p->from, (int64_t)w->p->to);

	while (rc == 0 && (rc = cb_rows_step(rows, &row, err)) == 0 && row) {
		int at = cb_roster_find(w->roster, cb_rows_int(rows, 1)), unit = at < 0 ? -1 : w->of_roster[at];
		struct cb_unit_period *u;
		struct cb_plaw *law;
		struct cb_prow *x;

		if (unit < 0)
			continue;
		if (w->nrow == w->caprow) {
			size_t cap = w->caprow ? 2 * w->caprow : 1024;

			x = cap > INT32_MAX ? NULL : cb_reallocarray(w->row, cap, sizeof(*x));
			if (!x) {
				rc = cb_err_nomem(err);
				break;
			}
			w->row = x;
			w->caprow = cap;
		}
		u = &w->out->unit[unit];
		law = w->unit[unit].law < 0 ? NULL : &w->law[w->unit[unit].law];
		x = &w->row[w->nrow];
		memset(x, 0, sizeof(*x));
		x->id = cb_rows_int(rows, 0);
		x->unit = unit;
		x->held_on = (cb_day)cb_rows_int(rows, 2);
		x->month = month_index(w, x->held_on);
		x->kind = cb_kind_of(cb_rows_text(rows, 3));
		x->next = -1;
		x->status = cb_rows_null(rows, 4) ? -1 : (int)cb_rows_int(rows, 4);
		x->level = CB_PR_NONE;
		x->decided = cb_rows_int(rows, 10) != 0;
		if (!cb_rows_null(rows, 6) && cb_rows_int(rows, 6) > 0)
			x->score = cb_ratio_make(cb_rows_int(rows, 5), cb_rows_int(rows, 6));
		if (!cb_rows_null(rows, 7)) {
			x->level = law ? cb_level_find(law->rs, cb_rows_text(rows, 7)) : CB_PR_NONE;
			if (x->level < 0) {
				x->level = CB_PR_UNKNOWN;
				x->level_id = keep(&w->out->arena, cb_rows_text(rows, 7), &oom);
			}
		}
		if (law)
			x->local = (int)law->nrow++;
		if (w->unit[unit].tail < 0)
			w->unit[unit].first = (int)w->nrow;
		else
			w->row[w->unit[unit].tail].next = (int)w->nrow;
		w->unit[unit].tail = (int)w->nrow++;
		u->meetings++;
		u->thematic += x->kind != CB_REGULAR;
		if (x->level == CB_PR_NONE)
			u->unrated++;
		else
			u->rated++;
		if (x->level >= 0 && x->level < (int)(sizeof(u->by_level) / sizeof(u->by_level[0])))
			u->by_level[x->level]++;
		if (!cb_rows_null(rows, 8) && !cb_rows_null(rows, 9) && cb_rows_int(rows, 9) > 0) {
			u->present += cb_rows_int(rows, 8);
			u->counted += cb_rows_int(rows, 9);
		}
		if (oom)
			rc = cb_err_nomem(err);
	}
	cb_rows_close(rows);
	return rc;
}

/* Is row b a lower month's level than a? An unrated one stands only where there is nothing else. */
static bool stands_for(const struct cb_prow *a, const struct cb_prow *b)
{
	if ((a->level == CB_PR_NONE) != (b->level == CB_PR_NONE))
		return a->level == CB_PR_NONE;
	if (a->level == CB_PR_UNKNOWN || b->level == CB_PR_UNKNOWN)
		return b->level == CB_PR_UNKNOWN && a->level != CB_PR_UNKNOWN;
	return b->level > a->level;
}

void cb_pwork_stand(struct cb_pwork *w, size_t unit, int month)
{
	struct cb_pmonth *m = &w->month[unit * (size_t)w->months + (size_t)month];

	m->row = -1;
	for (int i = w->unit[unit].first; i >= 0; i = w->row[i].next)
		if (w->row[i].month == month && w->row[i].kind != CB_THEMATIC && (m->row < 0 || stands_for(&w->row[m->row], &w->row[i])))
			m->row = i;
}

static int fill_months(struct cb_pwork *w, struct cb_err *err)
{
	struct cb_rows *rows = NULL;
	bool row;
	int rc;

	w->month = cb_calloc(w->nunit * (size_t)w->months + 1, sizeof(*w->month));
	if (!w->month)
		return cb_err_nomem(err);
	for (size_t i = 0; i < w->nunit; i++)
		for (int k = 0; k < w->months; k++) {
			struct cb_pmonth *m = &w->month[i * (size_t)w->months + (size_t)k];
			cb_day from, to;

			month_span(w, k, &from, &to);
			m->row = m->as = -1;
			m->state = cb_roster_lived(w->roster, w->unit[i].roster, from, to) ? CB_PM_MISSED : CB_PM_GONE;
		}
	rc = cb_rows_open(&rows, w->st, err, "SELECT unit_id, month, status FROM unit_month WHERE month BETWEEN ?1 AND ?2", "ii",
			  (int64_t)w->p->from - 31, (int64_t)w->p->to);
	while (rc == 0 && (rc = cb_rows_step(rows, &row, err)) == 0 && row) {
		int at = cb_roster_find(w->roster, cb_rows_int(rows, 0)), unit = at < 0 ? -1 : w->of_roster[at];
		int k = month_index(w, (cb_day)cb_rows_int(rows, 1));
		const char *status = cb_rows_text(rows, 2);
		struct cb_pmonth *m;

		if (unit < 0 || k < 0 || k >= w->months || !status)
			continue;
		m = &w->month[(size_t)unit * (size_t)w->months + (size_t)k];
		if (m->state != CB_PM_MISSED)
			continue;
		if (strcmp(status, "exempt") == 0)
			m->state = CB_PM_EXEMPT;
		else if (strcmp(status, "postponed") == 0)
			m->state = CB_PM_POSTPONED;
	}
	cb_rows_close(rows);
	for (size_t i = 0; i < w->nrow; i++) {
		struct cb_prow *x = &w->row[i];
		struct cb_pmonth *m = &w->month[(size_t)x->unit * (size_t)w->months + (size_t)x->month];

		if (x->kind == CB_THEMATIC)
			continue;
		m->state = CB_PM_HELD;
		if (m->row < 0 || stands_for(&w->row[m->row], x))
			m->row = (int)i;
	}
	for (size_t i = 0; i < w->nunit; i++) {
		struct cb_unit_period *u = &w->out->unit[i];

		for (int k = 0; k < w->months; k++) {
			struct cb_pmonth *m = &w->month[i * (size_t)w->months + (size_t)k];
			cb_day from, to;

			month_span(w, k, &from, &to);
			if (m->state == CB_PM_MISSED && to > w->roster->horizon)
				m->state = CB_PM_LATER;
		}
		for (int k = 0; k < w->months; k++) {
			int s = w->month[i * (size_t)w->months + (size_t)k].state;

			u->months_due += s == CB_PM_HELD || s == CB_PM_MISSED;
			u->months_held += s == CB_PM_HELD;
			u->months_missed += s == CB_PM_MISSED;
		}
	}
	return rc;
}

static void mean_scores(struct cb_pwork *w)
{
	for (size_t i = 0; i < w->nunit; i++) {
		struct cb_ratio sum = { 0, 1 };
		int n = 0;

		for (int k = w->unit[i].first; k >= 0; k = w->row[k].next)
			if (w->row[k].status == CB_ST_RATED && w->row[k].score.d) {
				cb_law_add(&sum, w->row[k].score);
				n++;
			}
		w->out->unit[i].mean_score = cb_law_divided(sum, n);
	}
}

/* --- the inner program: single meetings ------------------------------------------------------------------------ */

static bool is_function(const struct cb_node *n)
{
	return cb_is(n, "function");
}

/* Evaluates the gathered lanes; to[k] is where lane k's values go. */
static int inner_flush(struct cb_plaw *l, struct cb_feed *f, struct cb_ratio **to, struct cb_err *err)
{
	struct cb_batch in = { .n = f->n, .value = f->pvalue, .have = f->phave };
	int rc;

	if (f->n == 0)
		return 0;
	rc = cb_eval_batch(l->law.inner, &in, NULL, err);
	for (size_t k = 0; rc == 0 && k < f->n; k++)
		for (size_t i = 0; i < l->law.nkid; i++) {
			struct cb_ratio r;

			to[k][i] = cb_eval_node(l->law.inner, l->law.kid[i], k, &r) ? r : (struct cb_ratio){ 0, 0 };
		}
	f->n = 0;
	return rc;
}

static struct cb_about about_row(const struct cb_pwork *w, const struct cb_prow *x)
{
	const struct cb_roster_span *s = cb_roster_on(w->roster, w->unit[x->unit].roster, x->held_on);

	return (struct cb_about){ s ? s->kind : CB_UNIT_CELL, s ? s->cell_type : CB_CELL_NONE, x->held_on, x->kind, x->level };
}

static int inner_run(struct cb_pwork *w, size_t which, struct cb_err *err)
{
	struct cb_plaw *l = &w->law[which];
	struct cb_cursor *cur = NULL;
	struct cb_ratio *to[CB_BATCH];
	const struct cb_input *in;
	size_t nin, i = 0;
	int rc;

	if (!l->law.inner)
		return 0;
	l->v = cb_calloc(l->nrow * l->law.nkid + 1, sizeof(*l->v));
	if (!l->v)
		return cb_err_nomem(err);
	in = cb_eval_inputs(l->law.inner, &nin);
	rc = cb_feed_init(&l->feed, in, nin, l->rs->dict, cb_store_facts(w->st), &l->col, err);
	if (rc == 0 && !cb_feed_reads(&l->feed)) {
		for (; rc == 0 && i < w->nrow; i++) {
			struct cb_prow *x = &w->row[i];
			struct cb_about about = about_row(w, x);

			if (w->unit[x->unit].law != (int)which)
				continue;
			to[l->feed.n] = l->v + (size_t)x->local * l->law.nkid;
			cb_feed_lane(&l->feed, &l->col, 0, NULL, NULL, &about);
			if (l->feed.n == CB_BATCH)
				rc = inner_flush(l, &l->feed, to, err);
		}
	} else if (rc == 0) {
		struct cb_cursor_opts o = { .from = w->p->from, .to = w->p->to, .fact = l->col.fact, .nfact = l->col.nfact, .judged = l->col.judged,
					    .njudged = l->col.njudged };
		const struct cb_rowhead *head;
		const int64_t *const *value;
		const unsigned char *const *have;
		size_t n;

		rc = cb_cursor_open(&cur, w->st, &o, err);
		while (rc == 0 && (rc = cb_cursor_next(cur, &n, &head, &value, &have, err)) == 0 && n > 0) {
			for (size_t k = 0; k < n; k++) {
				struct cb_about about;

				while (i < w->nrow && w->row[i].id < head[k].id)
					i++;
				if (i == w->nrow || w->row[i].id != head[k].id || w->unit[w->row[i].unit].law != (int)which)
					continue;
				about = about_row(w, &w->row[i]);
				to[l->feed.n] = l->v + (size_t)w->row[i].local * l->law.nkid;
				cb_feed_lane(&l->feed, &l->col, k, value, have, &about);
			}
			rc = inner_flush(l, &l->feed, to, err);
		}
		cb_cursor_close(cur);
	}
	if (rc == 0)
		rc = inner_flush(l, &l->feed, to, err);
	return rc;
}

int cb_pwork_value(struct cb_pwork *w, const struct cb_prow *row, int level, const int *fact, const int64_t *to, size_t n, struct cb_ratio *v,
		   struct cb_err *err)
{
	static const unsigned char there = 1;
	struct cb_plaw *l = &w->law[w->unit[row->unit].law];
	struct cb_cursor_opts o = { .from = CB_DAY_MIN, .to = CB_DAY_MAX, .meeting_id = row->id, .fact = l->col.fact, .nfact = l->col.nfact,
				    .judged = l->col.judged, .njudged = l->col.njudged };
	const int64_t *const *value;
	const unsigned char *const *have;
	const struct cb_rowhead *head;
	struct cb_cursor *cur = NULL;
	struct cb_about about = about_row(w, row);
	struct cb_ratio *into[1] = { v };
	const int64_t **pv = NULL;
	const unsigned char **ph = NULL;
	size_t got;
	int rc = 0;

	if (!l->law.inner)
		return 0;
	about.level = level;
	if (!cb_feed_reads(&l->feed)) {
		cb_feed_lane(&l->feed, &l->col, 0, NULL, NULL, &about);
		return inner_flush(l, &l->feed, into, err);
	}
	pv = cb_calloc(l->col.nfact + l->col.njudged + 1, sizeof(*pv));
	ph = cb_calloc(l->col.nfact + l->col.njudged + 1, sizeof(*ph));
	if (!pv || !ph)
		rc = cb_err_nomem(err);
	if (rc == 0)
		rc = cb_cursor_open(&cur, w->st, &o, err);
	if (rc == 0)
		rc = cb_cursor_next(cur, &got, &head, &value, &have, err);
	if (rc == 0 && got == 0)
		rc = cb_err_set(err, CB_ENOTFOUND, "no meeting %lld on record", (long long)row->id);
	if (rc == 0) {
		for (size_t i = 0; i < l->col.nfact + l->col.njudged; i++) {
			pv[i] = value[i];
			ph[i] = have[i];
			for (size_t k = 0; i < l->col.nfact && k < n; k++)
				if (l->col.fact[i] == fact[k]) {
					pv[i] = &to[k];
					ph[i] = &there;
				}
		}
		cb_feed_lane(&l->feed, &l->col, 0, pv, ph, &about);
		rc = inner_flush(l, &l->feed, into, err);
	}
	cb_cursor_close(cur);
	cb_free(pv);
	cb_free(ph);
	return rc;
}

/* --- the outer program: units ---------------------------------------------------------------------------------- */

struct cb_law_item cb_pwork_item(const struct cb_plaw *l, const struct cb_prow *x)
{
	struct cb_law_item it = { { 0, 0 }, l->v ? l->v + (size_t)x->local * l->law.nkid : NULL };

	if (x->status == CB_ST_RATED && x->score.d)
		cb_ratio_div(&it.score, x->score, cb_ratio_make(1000, 1));
	return it;
}

static const char *say(struct cb_arena *a, bool *oom, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static const char *say(struct cb_arena *a, bool *oom, const char *fmt, ...)
{
	char text[1024];
	va_list ap;
	int n;
	size_t len;
	const char *s;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	len = n < 0 ? 0 : (size_t)n >= sizeof(text) ? sizeof(text) - 1 : (size_t)n;
	s = cb_arena_strndup(a, text, cb_utf8_valid(text, len));
	*oom = *oom || !s;
	return s;
}

/* Months in one of two conditions, as "3/2020, 4/2020". */
static void list_months(const struct cb_pwork *w, size_t unit, bool missed, char *dst, size_t cap)
{
	size_t len = 0;

	dst[0] = '\0';
	for (int k = 0; k < w->months; k++) {
		const struct cb_pmonth *m = &w->month[unit * (size_t)w->months + (size_t)k];
		int n = w->first_month + k;

		if (missed ? m->state != CB_PM_MISSED : m->state != CB_PM_HELD || w->row[m->row].level != CB_PR_NONE)
			continue;
		if (len + 12 >= cap)
			break;
		len += (size_t)snprintf(dst + len, cap - len, "%s%d/%d", len ? ", " : "", n % 12 + 1, n / 12);
	}
}

static void unknown_level(struct cb_pwork *w, struct cb_unit_period *u, const struct cb_prow *x, const struct cb_plaw *l, bool *oom)
{
	char day[11];

	u->why = say(&w->out->arena, oom, "mức \"%s\" của buổi sinh hoạt ngày %s không có trong %s", x->level_id, cb_day_vi(day, x->held_on),
		     l->rs->title ? l->rs->title : l->rs->id);
}

/* A month by itself: the level of the meeting that stands for it. */
static void month_level(struct cb_pwork *w, size_t unit, const struct cb_plaw *l, bool *oom)
{
	struct cb_unit_period *u = &w->out->unit[unit];
	const struct cb_pmonth *m = &w->month[unit * (size_t)w->months];
	const struct cb_prow *x = m->row < 0 ? NULL : &w->row[m->row];

	if (!x)
		u->why = m->state == CB_PM_EXEMPT	   ? "tháng được miễn sinh hoạt"
			 : m->state == CB_PM_POSTPONED ? "tháng hoãn sinh hoạt"
						   : "không có buổi sinh hoạt nào trong kỳ";
	else if (x->level >= 0)
		u->level = x->level;
	else if (x->level == CB_PR_UNKNOWN)
		unknown_level(w, u, x, l, oom);
	else
		u->why = x->status < 0 ? "chưa chấm điểm" : "chưa đủ dữ liệu";
}

static int later_months(const struct cb_pwork *w, size_t unit)
{
	int n = 0;

	for (int k = 0; k < w->months; k++)
		n += w->month[unit * (size_t)w->months + (size_t)k].state == CB_PM_LATER;
	return n;
}

/* Why there is no level, or which branch decided. */
static void explain(struct cb_pwork *w, size_t unit, const struct cb_plaw *l, size_t lane, bool *oom)
{
	struct cb_unit_period *u = &w->out->unit[unit];
	struct cb_arena *a = &w->out->arena;
	char months[256], name[64];

	cb_period_vi(name, sizeof(name), w->p);
	if (!l) {
		u->why = "không có quy định nào có hiệu lực";
		return;
	}
	if (w->p->kind == CB_MONTH) {
		month_level(w, unit, l, oom);
		return;
	}
	if (!l->law.period) {
		u->why = say(a, oom, "%s không xếp loại kỳ này (%s)", l->rs->title ? l->rs->title : l->rs->id, name);
		return;
	}
	for (int i = w->unit[unit].first; i >= 0; i = w->row[i].next)
		if (w->row[i].level == CB_PR_UNKNOWN && u->level < 0) {
			unknown_level(w, u, &w->row[i], l, oom);
			return;
		}
	if (l->rs->missed_month == CB_MISSED_REFUSE && u->months_missed > 0) {
		list_months(w, unit, true, months, sizeof(months));
		u->why = say(a, oom, "không xếp loại: không sinh hoạt tháng %s", months);
		return;
	}
	if (u->level < 0) {
		list_months(w, unit, false, months, sizeof(months));
		if (months[0])
			u->why = say(a, oom, "chưa đủ dữ liệu: tháng %s chưa xếp loại", months);
		else if (u->months_held == 0)
			u->why = u->months_due ? "không có buổi sinh hoạt nào trong kỳ" : "không có tháng nào phải sinh hoạt trong kỳ";
		else
			u->why = "chưa đủ dữ liệu để xếp loại";
		return;
	}
	if (cb_is_choice(l->law.period)) {
		int b = cb_eval_branch(l->law.outer, l->law.period, lane);
		struct cb_buf text;

		if (b < 0 || (size_t)b >= l->law.period->nkid)
			return;
		cb_buf_init(&text);
		if (l->law.period->kid[b]->nkid > 1)
			cb_node_text_vi(&text, l->rs, l->law.period->kid[b]->kid[0]);
		else
			cb_buf_puts(&text, "các trường hợp còn lại");
		if (later_months(w, unit))
			cb_buf_printf(&text, "; còn %d tháng chưa đến", later_months(w, unit));
		if (l->rs->missed_month == CB_MISSED_AS_WORST && u->months_missed > 0)
			cb_buf_printf(&text, "; %d tháng không sinh hoạt tính là %s", u->months_missed, l->rs->level[l->rs->nlevel - 1].label);
		if (cb_buf_ok(&text))
			u->why = say(a, oom, "%s", text.s);
		else
			*oom = true;
		cb_buf_release(&text);
	}
}

/* The Lua way out: a function over what is known of the unit. */
static int key_function(struct cb_pwork *w, const struct cb_plaw *l, size_t unit, const struct cb_node *f, struct cb_ratio *out, struct cb_err *err)
{
	const struct cb_unit_period *u = &w->out->unit[unit];
	const struct cb_ruleset *rs = l->rs;
	struct cb_fnarg arg[12 + 8];
	struct cb_fnresult res;
	char name[8][64];
	struct cb_ratio mean = { 0, 0 };
	size_t n = 0;
	int rc;

	*out = (struct cb_ratio){ 0, 0 };
	if (!rs->fn.call)
		return 0;
	if (u->mean_score.d)
		cb_ratio_div(&mean, u->mean_score, cb_ratio_make(1000, 1));
	memset(arg, 0, sizeof(arg));
#define ARG(id, value_) (arg[n].name = (id), arg[n].value = (value_), arg[n].have = arg[n].value.d != 0, n++)
#define WHOLE(x) ((struct cb_ratio){ (x), 1 })
	arg[n++] = (struct cb_fnarg){ .name = "code", .have = true, .value = { 0, 1 }, .word = u->code };
	ARG("mean_score", mean);
	ARG("months", WHOLE(u->months_due));
	ARG("months_held", WHOLE(u->months_held));
	ARG("months_missed", WHOLE(u->months_missed));
	ARG("meetings", WHOLE(u->meetings));
	ARG("rated", WHOLE(u->rated));
	ARG("unrated", WHOLE(u->unrated));
	ARG("thematic", WHOLE(u->thematic));
	ARG("attendance", u->counted > 0 ? cb_ratio_make(u->present, u->counted) : ((struct cb_ratio){ 0, 0 }));
	for (size_t i = 0; i < rs->nlevel && i < 8; i++) {
		snprintf(name[i], sizeof(name[i]), "level_%s", rs->level[i].id);
		ARG(name[i], WHOLE(u->by_level[i]));
	}
#undef ARG
#undef WHOLE
	rc = cb_fn_call(&rs->fn, f->ref, arg, n, &res, err);
	if (rc)
		return rc;
	switch (res.type) {
	case CB_FN_POINTS: *out = res.value; break;
	case CB_FN_TRUE: *out = cb_ratio_make(1, 1); break;
	case CB_FN_FALSE: *out = cb_ratio_make(0, 1); break;
	default: break;
	}
	return 0;
}

static int missed_months(const struct cb_pwork *w, size_t unit)
{
	int n = 0;

	for (int k = 0; k < w->months; k++) {
		const struct cb_pmonth *m = &w->month[unit * (size_t)w->months + (size_t)k];

		n += m->state == CB_PM_MISSED && m->as < 0;
	}
	return n;
}

/* One unit as a lane; item has room for its months, twice, and its meetings. A supposed month is a meeting too. */
static void put_lane(struct cb_pwork *w, struct cb_plaw *l, size_t lane, size_t unit, struct cb_law_item *item)
{
	struct cb_law_unit u = { .month = item, .missed = missed_months(w, unit) };
	const struct cb_pmonth *month = &w->month[unit * (size_t)w->months];
	size_t n = 0;

	for (int k = 0; k < w->months; k++)
		if (month[k].as >= 0)
			item[n++] = (struct cb_law_item){ .v = l->as + (size_t)month[k].as * l->law.nkid };
		else if (month[k].state == CB_PM_HELD)
			item[n++] = cb_pwork_item(l, &w->row[month[k].row]);
	u.nmonth = n;
	u.meeting = item + n;
	for (int i = w->unit[unit].first; i >= 0; i = w->row[i].next)
		item[n++] = cb_pwork_item(l, &w->row[i]);
	for (int k = 0; k < w->months; k++)
		if (month[k].as >= 0)
			item[n++] = (struct cb_law_item){ .v = l->as + (size_t)month[k].as * l->law.nkid };
	u.nmeeting = n - u.nmonth;
	cb_law_lane(&l->law, lane, &u);
}

/* One batch of units of one ruleset, which are lanes now. */
static int outer_batch(struct cb_pwork *w, struct cb_plaw *l, const size_t *unit, size_t n, bool *oom, struct cb_err *err)
{
	int rc = cb_law_run(&l->law, n, err);

	for (size_t k = 0; rc == 0 && k < n; k++) {
		struct cb_unit_period *u = &w->out->unit[unit[k]];
		struct cb_ratio r;

		u->level = cb_law_level(&l->law, k, u->months_missed);
		explain(w, unit[k], l, k, oom);
		if (!w->opts->rank || l->rs->nrank == 0)
			continue;
		u->key = CB_NEWV(&w->out->arena, l->rs->nrank, struct cb_ratio);
		if (!u->key)
			return cb_err_nomem(err);
		for (size_t i = 0; rc == 0 && i < l->rs->nrank; i++) {
			const struct cb_node *f = l->rs->rank[i].value;

			if (is_function(f))
				rc = key_function(w, l, unit[k], f, &u->key[i], err);
			else if (cb_eval_node(l->law.outer, f, k, &r))
				u->key[i] = r;
		}
	}
	return rc;
}

static int outer_run(struct cb_pwork *w, size_t which, struct cb_err *err)
{
	struct cb_plaw *l = &w->law[which];
	struct cb_law_item *item = NULL;
	size_t unit[CB_BATCH], n = 0, room = 0;
	bool oom = false;
	int rc = 0;

	for (size_t i = 0; i < w->nunit; i++)
		if (w->unit[i].law == (int)which && (size_t)w->out->unit[i].meetings > room)
			room = (size_t)w->out->unit[i].meetings;
	item = cb_calloc(room + 2 * (size_t)w->months + 1, sizeof(*item));
	if (!item)
		return cb_err_nomem(err);
	for (size_t i = 0; !oom && rc == 0 && i < w->nunit; i++) {
		if (w->unit[i].law == (int)which) {
			put_lane(w, l, n, i, item);
			unit[n++] = i;
		}
		if (n == CB_BATCH || (i + 1 == w->nunit && n > 0)) {
			rc = outer_batch(w, l, unit, n, &oom, err);
			n = 0;
		}
	}
	if (rc == 0 && oom)
		rc = cb_err_nomem(err);
	cb_free(item);
	return rc;
}

int cb_pwork_levels(struct cb_pwork *w, size_t unit, size_t n, void (*suppose)(void *ctx, size_t i, bool on), void *ctx, int *level,
		    struct cb_err *err)
{
	struct cb_plaw *l = &w->law[w->unit[unit].law];
	struct cb_law_item *item = cb_calloc((size_t)w->out->unit[unit].meetings + 2 * (size_t)w->months + 1, sizeof(*item));
	const struct cb_pmonth *m = &w->month[unit * (size_t)w->months];
	bool month = w->p->kind == CB_MONTH;
	int rc = item ? 0 : cb_err_nomem(err);

	for (size_t from = 0; rc == 0 && from < n; from += CB_BATCH) {
		size_t lanes = n - from < CB_BATCH ? n - from : CB_BATCH;

		for (size_t k = 0; k < lanes; k++) {
			suppose(ctx, from + k, true);
			/* a month has the level of the meeting that stands for it */
			level[from + k] = !month ? missed_months(w, unit) : m->as >= 0 ? m->as : m->row >= 0 ? w->row[m->row].level : -1;
			if (!month)
				put_lane(w, l, k, unit, item);
			suppose(ctx, from + k, false);
		}
		if (month)
			continue;
		rc = cb_law_run(&l->law, lanes, err);
		for (size_t k = 0; rc == 0 && k < lanes; k++)
			level[from + k] = cb_law_level(&l->law, k, level[from + k]);
	}
	cb_free(item);
	return rc;
}

/* --- ranking --------------------------------------------------------------------------------------------------- */

struct seat {
	const struct cb_pwork *w;
	size_t unit;
	const char *outer, *group; /* the body that the group belongs to, and its name: NULL: not ranked */
	const struct cb_ruleset *rs;
};

static int text_order(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

static int key_order(const struct cb_unit_period *a, const struct cb_unit_period *b)
{
	for (size_t i = 0; i < a->rs->nrank; i++) {
		struct cb_ratio x = a->key[i], y = b->key[i];
		int c;

		/* what is not known comes last, whichever way the key runs */
		if (!x.d || !y.d)
			c = (x.d == 0) - (y.d == 0);
		else
			c = a->rs->rank[i].down ? cb_ratio_cmp(y, x) : cb_ratio_cmp(x, y);
		if (c)
			return c;
	}
	return 0;
}

static int group_order(const struct seat *x, const struct seat *y)
{
	int c = text_order(x->outer, y->outer);

	if (c == 0)
		c = text_order(x->group, y->group);
	if (c == 0 && x->rs != y->rs)
		c = strcmp(x->rs->id, y->rs->id) ? strcmp(x->rs->id, y->rs->id) : x->rs->from < y->rs->from ? -1 : 1;
	return c;
}

static int seat_order(const void *a, const void *b)
{
	const struct seat *x = a, *y = b;
	const struct cb_unit_period *u = &x->w->out->unit[x->unit], *v = &y->w->out->unit[y->unit];
	int c = group_order(x, y);

	if (c == 0)
		c = key_order(u, v);
	return c ? c : strcmp(u->code, v->code);
}

static const char *code_above(const struct cb_pwork *w, size_t unit, unsigned kinds)
{
	int at = cb_roster_above(w->roster, w->unit[unit].roster, w->unit[unit].last, kinds);

	return at < 0 ? NULL : w->roster->unit[at].code;
}

static void take_seat(const struct cb_pwork *w, size_t unit, struct seat *s)
{
	static const unsigned BLOCK = 1u << CB_UNIT_BLOCK | 1u << CB_UNIT_DISTRICT | 1u << CB_UNIT_COMMUNE;
	const struct cb_unit_period *u = &w->out->unit[unit];
	int within = w->opts->within >= 0 ? w->opts->within : (int)u->rs->rank_within;
	const struct cb_roster_span *span = cb_roster_on(w->roster, w->unit[unit].roster, w->unit[unit].last);

	s->w = w;
	s->unit = unit;
	s->rs = u->rs;
	s->outer = NULL;
	s->group = NULL;
	switch (within) {
	case CB_WITHIN_ALL: s->group = "tất cả"; break;
	case CB_WITHIN_PARENT:
		s->group = u->parent;
		s->outer = span && span->parent >= 0 ? w->roster->unit[span->parent].code : NULL;
		break;
	case CB_WITHIN_CLUSTER:
		/* Two blocks may both have a "Cụm 1". */
		s->group = u->cluster;
		s->outer = code_above(w, unit, BLOCK);
		break;
	case CB_WITHIN_BLOCK:
		s->group = u->block;
		s->outer = code_above(w, unit, BLOCK);
		break;
	case CB_WITHIN_PROVINCE:
		s->group = u->province;
		s->outer = code_above(w, unit, 1u << CB_UNIT_PROVINCE);
		break;
	}
}

/* A unit whose months are not all rated has no place beside those whose are: what it lacks may be its worst. */
static bool stands_apart(struct cb_pwork *w, size_t unit, bool *oom)
{
	struct cb_unit_period *u = &w->out->unit[unit];
	char months[256];

	if (u->rs->rank_beside)
		return false;
	list_months(w, unit, false, months, sizeof(months));
	if (months[0])
		u->apart = say(&w->out->arena, oom, "chưa xếp hạng, chưa đủ dữ liệu: tháng %s chưa xếp loại", months);
	return months[0] != '\0';
}

static int rank_units(struct cb_pwork *w, struct cb_err *err)
{
	struct seat *seat = cb_calloc(w->nunit + 1, sizeof(*seat));
	bool oom = false;
	size_t n = 0;

	if (!seat)
		return cb_err_nomem(err);
	for (size_t i = 0; i < w->nunit; i++) {
		struct cb_unit_period *u = &w->out->unit[i];
		bool any = false;

		for (size_t k = 0; u->rs && u->key && k < u->rs->nrank; k++)
			any = any || u->key[k].d != 0;
		if (!any)
			continue;
		take_seat(w, i, &seat[n]);
		u->group = seat[n].group;
		if (seat[n].group && !stands_apart(w, i, &oom))
			n++;
	}
	if (n > 0)
		qsort(seat, n, sizeof(*seat), seat_order);
	for (size_t from = 0, to; from < n; from = to) {
		int rank = 0, distinct = 0;

		for (to = from + 1; to < n && group_order(&seat[from], &seat[to]) == 0; to++)
			;
		for (size_t i = from; i < to; i++) {
			struct cb_unit_period *u = &w->out->unit[seat[i].unit];
			struct cb_unit_period *before = i > from ? &w->out->unit[seat[i - 1].unit] : NULL;
			bool same = before && key_order(before, u) == 0;

			if (!same) {
				rank = (int)(i - from) + 1;
				distinct++;
			} else {
				u->tied = before->tied = true;
			}
			u->of = (int)(to - from);
			u->rank = u->rs->rank_ties == CB_TIES_ORDER ? (int)(i - from) + 1 : u->rs->rank_ties == CB_TIES_DENSE ? distinct : rank;
		}
	}
	cb_free(seat);
	return oom ? cb_err_nomem(err) : 0;
}

/* --- all together ------------------------------------------------------------------------------------------------ */

/* What a month is worth of which nothing but a level is supposed. */
static int suppositions(struct cb_plaw *l, struct cb_err *err)
{
	int rc = 0;

	l->as = cb_calloc(l->rs->nlevel * l->law.nkid + 1, sizeof(*l->as));
	if (!l->as)
		return cb_err_nomem(err);
	for (size_t k = 0; rc == 0 && l->law.nkid > 0 && k < l->rs->nlevel; k++)
		rc = cb_law_meeting(&l->law, (int)k, l->as + k * l->law.nkid, err);
	return rc;
}

int cb_pwork_open(struct cb_pwork *w, struct cb_err *err)
{
	bool oom = false;
	int rc;

	w->out = cb_calloc(1, sizeof(*w->out));
	if (!w->out)
		return cb_err_nomem(err);
	cb_arena_init(&w->out->arena);
	w->first_month = cb_month_number(w->p->from);
	w->months = cb_month_number(w->p->to) - w->first_month + 1;
	rc = cb_roster_new(&w->roster, w->st, err);
	if (rc == 0)
		rc = find_units(w, err);
	if (rc == 0)
		rc = read_rows(w, err);
	if (rc == 0)
		rc = fill_months(w, err);
	if (rc == 0)
		mean_scores(w);
	for (size_t i = 0; i < w->nlaw && rc == 0; i++) {
		rc = cb_law_open(&w->law[i].law, w->law[i].rs, w->p->kind, w->opts->rank, err);
		if (rc == 0)
			rc = inner_run(w, i, err);
		if (rc == 0)
			rc = suppositions(&w->law[i], err);
		if (rc == 0)
			rc = outer_run(w, i, err);
	}
	for (size_t i = 0; i < w->nunit && rc == 0; i++)
		if (w->unit[i].law < 0)
			explain(w, i, NULL, 0, &oom);
	return rc == 0 && oom ? cb_err_nomem(err) : rc;
}

void cb_pwork_close(struct cb_pwork *w)
{
	for (size_t i = 0; i < w->nlaw; i++) {
		cb_law_close(&w->law[i].law);
		cb_free(w->law[i].v);
		cb_free(w->law[i].as);
		cb_feed_release(&w->law[i].feed);
		cb_columns_release(&w->law[i].col);
	}
	cb_free(w->law);
	cb_free(w->row);
	cb_free(w->month);
	cb_free(w->unit);
	cb_free(w->of_roster);
	cb_roster_free(w->roster);
	cb_periods_free(w->out);
}

int cb_periods_new(struct cb_periods **out, struct cb_store *st, const struct cb_rulebook *book, const struct cb_period *p,
		   const struct cb_period_opts *opts, struct cb_err *err)
{
	struct cb_pwork w = { .st = st, .book = book, .p = p, .opts = opts };
	int rc = cb_pwork_open(&w, err);

	*out = NULL;
	if (rc == 0 && opts->rank)
		rc = rank_units(&w, err);
	if (rc == 0) {
		*out = w.out;
		w.out = NULL;
	}
	cb_pwork_close(&w);
	return rc;
}

void cb_periods_free(struct cb_periods *p)
{
	if (!p)
		return;
	cb_arena_release(&p->arena);
	cb_free(p);
}
