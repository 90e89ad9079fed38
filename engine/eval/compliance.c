/*
 * compliance.c - see compliance.h. One pass over units, months and meetings each; lapses are sorted once at the end.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "eval/compliance.h"
#include "eval/roster_int.h"
#include "model/meeting.h"

static const struct {
	const char *id, *vi;
} DUTY[] = {
	[CB_DUTY_MONTH] = { "month", "sinh hoạt hằng tháng" },
	[CB_DUTY_THEMATIC] = { "thematic", "sinh hoạt chuyên đề mỗi quý" },
	[CB_DUTY_ATTENDANCE] = { "attendance", "tỷ lệ dự sinh hoạt" },
	[CB_DUTY_PLANNED] = { "planned", "đúng ngày đăng ký" },
	[CB_DUTY_ON_TIME] = { "on_time", "bắt đầu đúng giờ" },
	[CB_DUTY_DURATION] = { "duration", "đủ thời lượng" },
	[CB_DUTY_MINUTES] = { "minutes", "ghi biên bản" },
	[CB_DUTY_DOCUMENTS] = { "documents", "gửi tài liệu trước ít nhất 1 ngày" },
	[CB_DUTY_REPORT] = { "report", "báo cáo đúng hạn" },
	[CB_DUTY_NOTES] = { "notes", "ghi lý do trừ điểm" },
	[CB_DUTY_REASON] = { "reason", "nêu lý do khi quyết định mức khác" },
};

const char *cb_duty_id(enum cb_duty d)
{
	return DUTY[d].id;
}

const char *cb_duty_vi(enum cb_duty d)
{
	return DUTY[d].vi;
}

int cb_duty_find(const char *id)
{
	for (int i = 0; i < CB_DUTIES; i++)
		if (strcmp(DUTY[i].id, id) == 0)
			return i;
	return -1;
}

enum { MONTH_GONE, MONTH_DUE, MONTH_HELD, MONTH_EXCUSED };
struct month {
	unsigned char state;
	bool thematic;
	const char *reason;
};
struct work {
	const struct cb_period *p;
	const struct cb_compliance_opts *opts;
	struct cb_roster *roster;
	struct cb_compliance *out;
	int *of_roster;      /* roster index -> unit; -1 */
	struct month *month; /* [nunit][months] */
	int first, months;
	struct cb_ratio share;
	int report_days;
	size_t caplapse;
	bool oom;
};

static const char *keep(struct work *w, const char *s)
{
	char *p = s ? cb_arena_strdup(&w->out->arena, s) : NULL;

	w->oom = w->oom || (s && !p);
	return p;
}

static bool wanted(const struct work *w, enum cb_duty d)
{
	return w->opts->duties == 0 || (w->opts->duties >> d & 1);
}

static struct cb_lapse *lapse(struct work *w, size_t unit, enum cb_duty d, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
static struct cb_lapse *lapse(struct work *w, size_t unit, enum cb_duty d, const char *fmt, ...)
{
	struct cb_compliance *c = w->out;
	struct cb_lapse *l;
	char text[1024];
	va_list ap;

	if (c->nlapse == w->caplapse) {
		size_t cap = w->caplapse ? 2 * w->caplapse : 64;

		l = cb_reallocarray(c->lapse, cap, sizeof(*l));
		if (!l) {
			w->oom = true;
			return NULL;
		}
		c->lapse = l;
		w->caplapse = cap;
	}
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	l = &c->lapse[c->nlapse++];
	memset(l, 0, sizeof(*l));
	l->duty = d;
	l->unit = unit;
	l->held_on = CB_DAY_NONE;
	l->what = keep(w, text);
	c->unit[unit].duty[d].lapsed++;
	c->unit[unit].lapses++;
	return l;
}

static int find_units(struct work *w, struct cb_store *st, struct cb_err *err)
{
	struct cb_compliance *c = w->out;
	int top, rc = cb_roster_scope(w->roster, st, w->opts->unit, &top, err);

	if (rc)
		return rc;
	w->of_roster = cb_calloc(w->roster->nunit + 1, sizeof(*w->of_roster));
	c->unit = CB_NEWV(&c->arena, w->roster->nunit + 1, struct cb_unit_duty);
	if (!w->of_roster || !c->unit)
		return cb_err_nomem(err);
	for (int i = 0; i < (int)w->roster->nunit; i++) {
		cb_day last = cb_roster_last(w->roster, i, w->p->from, w->p->to);
		const struct cb_roster_span *s = last == CB_DAY_NONE ? NULL : cb_roster_on(w->roster, i, last);
		const struct cb_roster_span *parent;
		struct cb_unit_duty *u;

		w->of_roster[i] = -1;
		if (!s || !cb_unit_is_cell((enum cb_unit_kind)s->kind) || (top >= 0 && !cb_roster_within(w->roster, i, top, last)))
			continue;
		w->of_roster[i] = (int)c->nunit;
		u = &c->unit[c->nunit++];
		parent = s->parent >= 0 ? cb_roster_on(w->roster, s->parent, last) : NULL;
		u->unit_id = w->roster->unit[i].id;
		u->code = keep(w, w->roster->unit[i].code);
		u->name = keep(w, s->name);
		u->parent = keep(w, parent ? parent->name : NULL);
		u->cluster = keep(w, cb_roster_cluster(w->roster, i, last));
		u->kind = s->kind;
		u->cell_type = s->cell_type;
	}
	return w->oom ? cb_err_nomem(err) : 0;
}

static struct month *month_of(struct work *w, int unit, cb_day day)
{
	int k = cb_month_number(day) - w->first;

	return k < 0 || k >= w->months ? NULL : &w->month[(size_t)unit * (size_t)w->months + (size_t)k];
}

static void month_days(const struct work *w, int k, struct cb_period *m)
{
	int n = w->first + k;
	cb_day day = w->p->from;

	cb_day_make(&day, n / 12, n % 12 + 1, 1);
	cb_month_of(m, day);
}

static int read_months(struct work *w, struct cb_store *st, struct cb_err *err)
{
	struct cb_rows *rows = NULL;
	bool row;
	int rc;

	w->month = cb_calloc(w->out->nunit * (size_t)w->months + 1, sizeof(*w->month));
	if (!w->month)
		return cb_err_nomem(err);
	for (size_t i = 0; i < w->roster->nunit; i++)
		for (int k = 0; k < w->months && w->of_roster[i] >= 0; k++) {
			struct cb_period m;

			month_days(w, k, &m);
			if (m.from < w->p->from)
				m.from = w->p->from;
			if (m.to > w->p->to)
				m.to = w->p->to;
			w->month[(size_t)w->of_roster[i] * (size_t)w->months + (size_t)k].state =
				cb_roster_lived(w->roster, (int)i, m.from, m.to) ? MONTH_DUE : MONTH_GONE;
		}
	rc = cb_rows_open(&rows, st, err, "SELECT unit_id, month, status, reason FROM unit_month WHERE month BETWEEN ?1 AND ?2", "ii",
			  (int64_t)w->p->from - 31, (int64_t)w->p->to);
	while (rc == 0 && (rc = cb_rows_step(rows, &row, err)) == 0 && row) {
		int at = cb_roster_find(w->roster, cb_rows_int(rows, 0)), unit = at < 0 ? -1 : w->of_roster[at];
		struct month *m = unit < 0 ? NULL : month_of(w, unit, (cb_day)cb_rows_int(rows, 1));
		const char *status = cb_rows_text(rows, 2);

		if (!m || m->state != MONTH_DUE || !status)
			continue;
		m->reason = keep(w, cb_rows_text(rows, 3));
		if (strcmp(status, "exempt") == 0) {
			m->state = MONTH_EXCUSED;
			w->out->unit[unit].exempt++;
		} else if (strcmp(status, "postponed") == 0) {
			m->state = MONTH_EXCUSED;
			w->out->unit[unit].postponed++;
		}
	}
	cb_rows_close(rows);
	return rc == 0 && w->oom ? cb_err_nomem(err) : rc;
}

/* One duty of one meeting: due always; unsaid when the record does not tell, and then there is nothing to judge. */
static bool due(struct work *w, size_t unit, enum cb_duty d, bool said)
{
	struct cb_duty_count *c = &w->out->unit[unit].duty[d];

	if (!wanted(w, d))
		return false;
	c->due++;
	if (!said)
		c->unsaid++;
	return said;
}

static void about(struct cb_lapse *l, int64_t meeting, cb_day day, int64_t n, int64_t d)
{
	if (!l)
		return;
	l->meeting_id = meeting;
	l->held_on = day;
	l->n = n;
	l->d = d;
	cb_month_of(&l->when, day);
}

enum {
	ID, UNIT, HELD, KIND, PRESENT, MEMBERS, AWAY, PLANNED, LATE, DURATION, REQUIRED, MINUTES, DOCUMENTS, REPORTED
};

static void judge(struct work *w, struct cb_rows *r, size_t unit)
{
	int64_t id = cb_rows_int(r, ID), v;
	cb_day day = (cb_day)cb_rows_int(r, HELD);
	char a[CB_NUM_TEXT], b[CB_NUM_TEXT];
	struct cb_unit_duty *u = &w->out->unit[unit];
	bool counted = !cb_rows_null(r, PRESENT) && !cb_rows_null(r, MEMBERS) && cb_rows_int(r, MEMBERS) > cb_rows_int(r, AWAY);

	if (counted) {
		int64_t p = cb_rows_int(r, PRESENT), of = cb_rows_int(r, MEMBERS) - cb_rows_int(r, AWAY);

		u->present += p;
		u->counted += of;
		if (due(w, unit, CB_DUTY_ATTENDANCE, true) && cb_ratio_cmp(cb_ratio_make(p, of), w->share) < 0)
			about(lapse(w, unit, CB_DUTY_ATTENDANCE, "dự %lld/%lld = %s%%, dưới %s%%", (long long)p, (long long)of,
				    cb_fmt_percent_vi(a, sizeof(a), p, of, 1),
				    cb_fmt_percent_vi(b, sizeof(b), w->share.n, w->share.d, w->share.n * 100 % w->share.d ? 1 : 0)),
			      id, day, p, of);
	} else {
		due(w, unit, CB_DUTY_ATTENDANCE, false);
	}
	if (due(w, unit, CB_DUTY_PLANNED, !cb_rows_null(r, PLANNED))) {
		cb_day plan = (cb_day)cb_rows_int(r, PLANNED);
		char x[11], y[11];

		if (plan != day)
			about(lapse(w, unit, CB_DUTY_PLANNED, "đăng ký ngày %s, sinh hoạt ngày %s (%s %d ngày)", cb_day_vi(x, plan),
				    cb_day_vi(y, day), day > plan ? "muộn" : "sớm", day > plan ? day - plan : plan - day),
			      id, day, day - plan, 1);
	}
	v = cb_rows_int(r, LATE);
	if (due(w, unit, CB_DUTY_ON_TIME, !cb_rows_null(r, LATE)) && v > 0)
		about(lapse(w, unit, CB_DUTY_ON_TIME, "bắt đầu muộn %lld phút", (long long)v), id, day, v, 1);
	v = cb_rows_int(r, DURATION);
	if (due(w, unit, CB_DUTY_DURATION, !cb_rows_null(r, DURATION) && !cb_rows_null(r, REQUIRED)) && v < cb_rows_int(r, REQUIRED))
		about(lapse(w, unit, CB_DUTY_DURATION, "%lld phút, yêu cầu %lld phút", (long long)v, (long long)cb_rows_int(r, REQUIRED)), id, day,
		      v, 1);
	if (due(w, unit, CB_DUTY_MINUTES, !cb_rows_null(r, MINUTES)) && cb_rows_int(r, MINUTES) == 0)
		about(lapse(w, unit, CB_DUTY_MINUTES, "không ghi biên bản đầy đủ"), id, day, 0, 0);
	v = cb_rows_int(r, DOCUMENTS);
	if (due(w, unit, CB_DUTY_DOCUMENTS, !cb_rows_null(r, DOCUMENTS)) && v < 1)
		about(v < 0 ? lapse(w, unit, CB_DUTY_DOCUMENTS, "gửi tài liệu sau buổi sinh hoạt %lld ngày", (long long)-v)
			    : lapse(w, unit, CB_DUTY_DOCUMENTS, "gửi tài liệu trong ngày sinh hoạt"),
		      id, day, v, 1);
	v = cb_rows_int(r, REPORTED);
	if (due(w, unit, CB_DUTY_REPORT, !cb_rows_null(r, REPORTED)) && v > w->report_days)
		about(lapse(w, unit, CB_DUTY_REPORT, "báo cáo sau %lld ngày (hạn %d ngày)", (long long)v, w->report_days), id, day, v, 1);
}

static int read_meetings(struct work *w, struct cb_store *st, struct cb_err *err)
{
	static const char SQL[] =
		"SELECT id, unit_id, held_on, kind, present, members, coalesce(exempt, 0) + coalesce(special_duty, 0), planned_on,"
		" started_late_minutes, duration_minutes, required_minutes, minutes_recorded, documents_days_before, reported_days_after"
		" FROM meeting WHERE held_on BETWEEN ?1 AND ?2";
	struct cb_rows *rows = NULL;
	bool row;
	int rc = cb_rows_open(&rows, st, err, SQL, "ii", (int64_t)w->p->from, (int64_t)w->p->to);

	while (rc == 0 && (rc = cb_rows_step(rows, &row, err)) == 0 && row) {
		int at = cb_roster_find(w->roster, cb_rows_int(rows, UNIT)), unit = at < 0 ? -1 : w->of_roster[at];
		struct month *m = unit < 0 ? NULL : month_of(w, unit, (cb_day)cb_rows_int(rows, HELD));
		int kind = cb_kind_of(cb_rows_text(rows, KIND));

		if (!m)
			continue;
		if (kind != CB_THEMATIC)
			m->state = MONTH_HELD;
		if (kind != CB_REGULAR)
			m->thematic = true;
		judge(w, rows, (size_t)unit);
		if (w->oom)
			rc = cb_err_nomem(err);
	}
	cb_rows_close(rows);
	return rc;
}

/* One row a meeting; the criteria that lack their note in the order of the form. */
static int read_notes(struct work *w, struct cb_store *st, struct cb_err *err)
{
	static const char SQL[] =
		"SELECT meeting_id, unit_id, day, count(*), count(note), group_concat(CASE WHEN note IS NULL THEN coalesce(label, criterion) END, '; ')"
		" FROM (SELECT * FROM v_note_due WHERE day BETWEEN ?1 AND ?2 ORDER BY meeting_id, ord) GROUP BY meeting_id";
	struct cb_rows *rows = NULL;
	bool row;
	int rc;

	if (!wanted(w, CB_DUTY_NOTES))
		return 0;
	rc = cb_rows_open(&rows, st, err, SQL, "ii", (int64_t)w->p->from, (int64_t)w->p->to);
	while (rc == 0 && (rc = cb_rows_step(rows, &row, err)) == 0 && row) {
		int at = cb_roster_find(w->roster, cb_rows_int(rows, 1)), unit = at < 0 ? -1 : w->of_roster[at];
		int64_t lost = cb_rows_int(rows, 3), noted = cb_rows_int(rows, 4);
		const char *which = cb_rows_text(rows, 5);

		if (unit < 0)
			continue;
		due(w, (size_t)unit, CB_DUTY_NOTES, true);
		if (noted < lost)
			about(lapse(w, (size_t)unit, CB_DUTY_NOTES, "thiếu ghi chú lý do trừ điểm: %s", which ? which : ""), cb_rows_int(rows, 0),
			      (cb_day)cb_rows_int(rows, 2), lost - noted, 1);
		if (w->oom)
			rc = cb_err_nomem(err);
	}
	cb_rows_close(rows);
	return rc;
}

/* Due where the superior decided another level than the computed one; where none is computed there is nothing to differ from. */
static int read_decisions(struct work *w, struct cb_store *st, struct cb_err *err)
{
	static const char SQL[] =
		"SELECT m.id, m.unit_id, m.held_on, d.reason IS NULL FROM decision d JOIN meeting m ON m.id = d.meeting_id JOIN result r ON r.meeting_id = m.id"
		" WHERE d.official <> r.level AND m.held_on BETWEEN ?1 AND ?2";
	struct cb_rows *rows = NULL;
	bool row;
	int rc;

	if (!wanted(w, CB_DUTY_REASON))
		return 0;
	rc = cb_rows_open(&rows, st, err, SQL, "ii", (int64_t)w->p->from, (int64_t)w->p->to);
	while (rc == 0 && (rc = cb_rows_step(rows, &row, err)) == 0 && row) {
		int at = cb_roster_find(w->roster, cb_rows_int(rows, 1)), unit = at < 0 ? -1 : w->of_roster[at];

		if (unit >= 0 && due(w, (size_t)unit, CB_DUTY_REASON, true) && cb_rows_int(rows, 3))
			about(lapse(w, (size_t)unit, CB_DUTY_REASON, "cấp trên quyết định mức khác mức tính được, không ghi lý do"), cb_rows_int(rows, 0),
			      (cb_day)cb_rows_int(rows, 2), 0, 0);
		if (w->oom)
			rc = cb_err_nomem(err);
	}
	cb_rows_close(rows);
	return rc;
}

static void judge_months(struct work *w)
{
	static const char *const QUARTER[] = { "I", "II", "III", "IV" };

	for (size_t i = 0; i < w->out->nunit; i++) {
		struct month *m = &w->month[i * (size_t)w->months];
		struct cb_unit_duty *u = &w->out->unit[i];

		for (int k = 0; k < w->months; k++) {
			int n = w->first + k;
			struct cb_lapse *l;
			struct cb_period month;

			month_days(w, k, &month);
			if (m[k].state == MONTH_DUE && month.to > w->roster->horizon)
				m[k].state = MONTH_GONE; /* not over yet */
			if (!wanted(w, CB_DUTY_MONTH) || (m[k].state != MONTH_DUE && m[k].state != MONTH_HELD))
				continue;
			u->duty[CB_DUTY_MONTH].due++;
			if (m[k].state == MONTH_HELD)
				continue;
			l = lapse(w, i, CB_DUTY_MONTH, "tháng %d/%d không sinh hoạt", n % 12 + 1, n / 12);
			if (l) {
				month_days(w, k, &l->when);
				l->reason = m[k].reason;
			}
		}
		for (int k = 0; k < w->months && wanted(w, CB_DUTY_THEMATIC); k++) {
			int n = w->first + k, months = 0;
			struct cb_period q;
			struct cb_lapse *l;
			bool held = false;

			if (n % 3 != 0 || !cb_period_make(&q, CB_QUARTER, n / 12, n % 12 / 3 + 1) || q.from < w->p->from || q.to > w->p->to)
				continue;
			for (int x = k; x < k + 3; x++) {
				months += m[x].state == MONTH_DUE || m[x].state == MONTH_HELD;
				held = held || m[x].thematic;
			}
			if ((months == 0 || q.to > w->roster->horizon) && !held)
				continue;
			u->duty[CB_DUTY_THEMATIC].due++;
			if (held)
				continue;
			l = lapse(w, i, CB_DUTY_THEMATIC, "quý %s/%d không có sinh hoạt chuyên đề", QUARTER[n % 12 / 3], n / 12);
			if (l)
				l->when = q;
		}
	}
}

static int lapse_order(const void *a, const void *b)
{
	const struct cb_lapse *x = a, *y = b;
	cb_day dx = x->held_on == CB_DAY_NONE ? x->when.from : x->held_on, dy = y->held_on == CB_DAY_NONE ? y->when.from : y->held_on;

	if (x->unit != y->unit)
		return x->unit < y->unit ? -1 : 1;
	if (x->duty != y->duty)
		return x->duty < y->duty ? -1 : 1;
	if (dx != dy)
		return dx < dy ? -1 : 1;
	return x->meeting_id < y->meeting_id ? -1 : x->meeting_id > y->meeting_id;
}

int cb_compliance_new(struct cb_compliance **out, struct cb_store *st, const struct cb_period *p, const struct cb_compliance_opts *opts,
		      struct cb_err *err)
{
	struct work w = { .p = p, .opts = opts, .share = opts->share.d > 0 ? opts->share : (struct cb_ratio){ 3, 4 },
			  .report_days = opts->report_days ? opts->report_days : 2 };
	int rc;

	*out = NULL;
	w.out = cb_calloc(1, sizeof(*w.out));
	if (!w.out)
		return cb_err_nomem(err);
	cb_arena_init(&w.out->arena);
	w.first = cb_month_number(p->from);
	w.months = cb_month_number(p->to) - w.first + 1;
	rc = cb_roster_new(&w.roster, st, err);
	if (rc == 0)
		rc = find_units(&w, st, err);
	if (rc == 0)
		rc = read_months(&w, st, err);
	if (rc == 0)
		rc = read_meetings(&w, st, err);
	if (rc == 0)
		rc = read_notes(&w, st, err);
	if (rc == 0)
		rc = read_decisions(&w, st, err);
	if (rc == 0) {
		judge_months(&w);
		if (w.oom)
			rc = cb_err_nomem(err);
	}
	if (rc == 0) {
		struct cb_compliance *c = w.out;

		if (c->nlapse > 0)
			qsort(c->lapse, c->nlapse, sizeof(*c->lapse), lapse_order);
		for (size_t i = 0; i < c->nunit; i++)
			for (int d = 0; d < CB_DUTIES; d++) {
				c->total[d].due += c->unit[i].duty[d].due;
				c->total[d].lapsed += c->unit[i].duty[d].lapsed;
				c->total[d].unsaid += c->unit[i].duty[d].unsaid;
				c->units_lapsed[d] += c->unit[i].duty[d].lapsed > 0;
			}
	}
	cb_roster_free(w.roster);
	cb_free(w.of_roster);
	cb_free(w.month);
	if (rc)
		cb_compliance_free(w.out);
	else
		*out = w.out;
	return rc;
}

void cb_compliance_free(struct cb_compliance *c)
{
	if (!c)
		return;
	cb_free(c->lapse);
	cb_arena_release(&c->arena);
	cb_free(c);
}
