/*
 * advise.c - commands that say what would help: advise, visits; and whom to commend.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "base/alloc.h"
#include "base/num.h"
#include "cli/cli.h"
#include "eval/lift.h"
#include "report/commend.h"
#include "report/sheet.h"
#include "report/visits.h"

/* --cluster, which must be one that some unit is in. */
static int cluster_option(struct cli *c, const char **cluster, struct cb_err *err)
{
	struct cb_rows *q = NULL;
	struct cb_arena a;
	const char *name[256];
	size_t n = 0;
	bool row, known = false;
	int rc;

	*cluster = cli_get(c, "cluster");
	if (!*cluster)
		return 0;
	cb_arena_init(&a);
	rc = cb_rows_open(&q, c->store, err, "SELECT DISTINCT cluster FROM v_unit WHERE cluster IS NOT NULL ORDER BY cluster", "");
	while (!rc && !known && !(rc = cb_rows_step(q, &row, err)) && row) {
		known = !strcmp(cb_rows_text(q, 0), *cluster);
		if (n < sizeof name / sizeof *name && !(name[n++] = cb_arena_strdup(&a, cb_rows_text(q, 0))))
			rc = cb_err_nomem(err);
	}
	if (!rc && !known)
		rc = cli_unknown(err, "cluster", *cluster, name, n);
	cb_rows_close(q);
	cb_arena_release(&a);
	return rc;
}

/* --- a cell over a period, and many cells ---------------------------------------------------------------------------- */

static const struct cb_lever *lever_of(const struct cb_lifts *w, const struct cb_loss *x)
{
	for (size_t i = 0; i < w->ncriterion; i++)
		if (!strcmp(w->criterion[i].id, x->criterion) && !strcmp(w->criterion[i].ruleset, x->ruleset))
			return &w->criterion[i];
	return NULL;
}

static void losses_table(struct cb_doc *d, const struct cb_losses *l, const struct cb_lifts *w)
{
	static const struct cb_column loss[] = {
		{"criterion", "Tiêu chí", CB_COL_TEXT, 0}, {"ruleset", "Quy định", CB_COL_TEXT, 0},	{"article", "Điều", CB_COL_TEXT, 0},
		{"max", "Tối đa", CB_COL_PTS, 0},		{"meetings", "Số buổi", CB_COL_INT, 0}, {"short_of", "Buổi mất điểm", CB_COL_INT, 0},
		{"lost", "Điểm mất", CB_COL_PTS, 0},	{"share", "% điểm mất", CB_COL_PERCENT, 1},
		{"lifts", "Đủ điểm: buổi lên mức", CB_COL_INT, 0}, {"cells", "Chi bộ lên mức", CB_COL_INT, 0},
	};

	cb_doc_table(d, "losses", "Mất điểm theo tiêu chí", loss, sizeof loss / sizeof *loss);
	for (size_t i = 0; i < l->nloss; i++) {
		const struct cb_loss *x = &l->loss[i];
		const struct cb_lever *v = lever_of(w, x);
		cb_doc_row(d, (struct cb_cell[]){cb_cell_text(x->label), cb_cell_text(x->ruleset), cb_cell_text(x->article), cb_cell_int(x->max),
						 cb_cell_int(x->meetings), cb_cell_int(x->short_of), cb_cell_int(x->lost), cb_cell_percent(x->lost, x->possible),
						 cb_cell_int(v ? v->meetings : 0), cb_cell_int(v ? v->lifted : 0)});
	}
}

static void facts_table(struct cb_doc *d, const struct cb_lifts *w)
{
	static const struct cb_column col[] = {
		{"fact", "Chỉ đổi", CB_COL_TEXT, 0}, {"id", "Mã", CB_COL_TEXT, 0}, {"lifts", "Buổi lên mức", CB_COL_INT, 0},
		{"of_cells", "Ở số chi bộ", CB_COL_INT, 0}, {"cells", "Chi bộ lên mức", CB_COL_INT, 0},
	};

	if (!w->nfact)
		return;
	cb_doc_table(d, "facts", "Đổi riêng một số liệu", col, sizeof col / sizeof *col);
	for (size_t i = 0; i < w->nfact; i++)
		cb_doc_row(d, (struct cb_cell[]){cb_cell_text(w->fact[i].label), cb_cell_text(w->fact[i].id), cb_cell_int(w->fact[i].meetings),
						 cb_cell_int(w->fact[i].cells), cb_cell_int(w->fact[i].lifted)});
}

static void gates_table(struct cb_doc *d, const struct cb_lifts *w)
{
	static const struct cb_column col[] = {
		{"gate", "Đủ điểm nhưng bị giữ lại vì", CB_COL_TEXT, 0}, {"ruleset", "Quy định", CB_COL_TEXT, 0}, {"meetings", "Số buổi", CB_COL_INT, 0},
		{"of_cells", "Ở số chi bộ", CB_COL_INT, 0}, {"cells", "Chi bộ lẽ ra lên mức", CB_COL_INT, 0},
	};

	if (!w->ngate)
		return;
	cb_doc_table(d, "gates", "Điều kiện khống chế", col, sizeof col / sizeof *col);
	for (size_t i = 0; i < w->ngate; i++)
		cb_doc_row(d, (struct cb_cell[]){cb_cell_text(w->gate[i].label), cb_cell_text(w->gate[i].ruleset), cb_cell_int(w->gate[i].meetings),
						 cb_cell_int(w->gate[i].cells), cb_cell_int(w->gate[i].lifted)});
}

static int units_table(struct cb_doc *d, const struct cb_losses *l, size_t top, struct cb_err *err)
{
	static const struct cb_column unit[] = {
		{"code", "Mã", CB_COL_TEXT, 0},	{"name", "Chi bộ", CB_COL_TEXT, 0},	  {"meetings", "Số buổi", CB_COL_INT, 0},
		{"lost", "Mất BQ/buổi", CB_COL_RATIO, 2}, {"losses", "Mất nhiều nhất ở", CB_COL_TEXT, 0},
	};
	char t[CB_NUM_TEXT];
	struct cb_buf b;
	int rc = 0;

	cb_doc_table(d, "units", "Mất điểm theo chi bộ", unit, sizeof unit / sizeof *unit);
	cb_buf_init(&b);
	for (size_t i = 0; i < l->nunit && i < top && !rc; i++) {
		const struct cb_unit_loss *u = &l->unit[i];
		cb_buf_clear(&b);
		for (size_t k = 0; k < u->nloss; k++)
			cb_buf_printf(&b, "%s%s (−%s)", k ? "; " : "", u->loss[k].label, cb_fmt_pts_vi(t, sizeof t, u->loss[k].lost));
		if (!cb_buf_ok(&b))
			rc = cb_err_nomem(err);
		else
			cb_doc_row(d, (struct cb_cell[]){cb_cell_text(u->code), cb_cell_text(u->name), cb_cell_int(u->meetings),
							 cb_cell_ratio(u->lost, u->meetings * 1000), cb_cell_text(b.s)});
	}
	cb_buf_release(&b);
	return rc;
}

static const char *level_vi(const struct cb_lift *x, int level)
{
	return level < 0 ? "chưa xếp loại" : x->unit->rs->level[level].label;
}

static bool declares(const struct cb_lift *x)
{
	return x->unit->rs && x->unit->rs->neffort;
}

/* One cell: what would have lifted it, meeting by meeting. */
static void cell_part(struct cb_doc *d, const struct cb_lift *x, int changes)
{
	static const struct cb_column col[] = {
		{"held_on", "Ngày", CB_COL_DAY, 0}, {"meeting", "Buổi số", CB_COL_INT, 0}, {"from", "Từ", CB_COL_TEXT, 0}, {"to", "Thành", CB_COL_TEXT, 0},
		{"changes", "Cách dễ nhất", CB_COL_TEXT, 0}, {"count", "Số thay đổi", CB_COL_INT, 0}, {"effort", "Độ khó", CB_COL_INT, 0},
	};
	const struct cb_unit_period *u = x->unit;

	cb_doc_meta(d, "unit", u->code);
	if (u->level >= 0)
		cb_doc_meta(d, "level", u->rs->level[u->level].id);
	cb_doc_para(d, "%s – %s. Kỳ này: %s%s", u->code, u->name, level_vi(x, u->level), x->later ? " (tính đến nay)" : "");
	for (size_t i = 0; i < x->nneed; i++)
		cb_doc_para(d, "Còn %d tháng – %s", x->later, x->need[i]);
	if (x->later && x->level >= 0 && x->target >= 0)
		cb_doc_para(d, "Nếu mọi tháng còn lại đều ở mức cao nhất: %s", level_vi(x, x->level));
	if (x->target >= 0) {
		cb_doc_meta(d, "target", u->rs->level[x->target].id);
		cb_doc_para(d, "Nhắm tới: %s%s%s", level_vi(x, x->target), x->rule ? ", khi " : "", x->rule ? x->rule : "");
	} else if (x->level == 0) {
		cb_doc_para(d, x->later ? "Còn đạt được mức cao nhất" : "Đã ở mức cao nhất");
	}
	if (x->nstep) {
		cb_doc_para(d, "Lẽ ra %s %s nếu %zu buổi này khác đi (%d thay đổi):", x->later ? "còn đạt được mức" : "đã lên mức", level_vi(x, x->reached), x->nstep,
			    x->changes);
		cb_doc_table(d, "steps", "", col, sizeof col / sizeof *col - !declares(x));
		for (size_t i = 0; i < x->nstep; i++) {
			const struct cb_lift_step *s = &x->step[i];
			cb_doc_row(d, (struct cb_cell[]){cb_cell_int(s->held_on), cb_cell_int(s->meeting_id), cb_cell_text(level_vi(x, s->from)),
							 cb_cell_text(level_vi(x, s->to)), cb_cell_text(s->text), cb_cell_int(s->nchange), cb_cell_int(s->effort)});
		}
	}
	if (x->blocked)
		cb_doc_note(d, x->target >= 0 ? "Không thay đổi nào giúp lên mức: %s" : "%s", x->blocked);
	if (x->target >= 0 && x->complete)
		cb_doc_para(d, "Đã thử hết các cách thay đổi đến %d số liệu mỗi buổi: %s.", changes,
			    x->reached < 0 ? "không có cách nào" : declares(x) ? "không có cách nào dễ hơn" : "không có cách nào ít thay đổi hơn");
	else if (x->target >= 0)
		cb_doc_note(d, "Chưa thử hết mọi cách: có thể còn cách dễ hơn.");
}

static int near_order(const void *a, const void *b)
{
	const struct cb_lift *x = *(const struct cb_lift *const *)a, *y = *(const struct cb_lift *const *)b;

	if (x->effort != y->effort)
		return x->effort < y->effort ? -1 : 1;
	if (x->nstep != y->nstep)
		return x->nstep < y->nstep ? -1 : 1;
	return strcmp(x->unit->code, y->unit->code);
}

/* The cells that the least effort lifts, and how many nothing lifts. */
static int near_part(struct cb_doc *d, const struct cb_lifts *w, size_t top, int changes, struct cb_err *err)
{
	static const struct cb_column col[] = {
		{"no", "TT", CB_COL_INT, 0}, {"code", "Mã", CB_COL_TEXT, 0}, {"name", "Chi bộ", CB_COL_TEXT, 36}, {"cluster", "Cụm", CB_COL_TEXT, 0},
		{"level", "Kỳ này", CB_COL_TEXT, 0}, {"to", "Lên được", CB_COL_TEXT, 0}, {"meetings", "Số buổi", CB_COL_INT, 0},
		{"count", "Số thay đổi", CB_COL_INT, 0}, {"changes", "Cách dễ nhất", CB_COL_TEXT, 0}, {"effort", "Độ khó", CB_COL_INT, 0},
	};
	const struct cb_lift **near = cb_calloc(w->nlift + 1, sizeof *near);
	int64_t best = 0, stuck = 0, none = 0;
	bool any = false;
	size_t n = 0;
	struct cb_buf b;
	char t[4][CB_NUM_TEXT], day[11];
	int rc = near ? 0 : cb_err_nomem(err);

	cb_buf_init(&b);
	for (size_t i = 0; i < w->nlift && !rc; i++) {
		const struct cb_lift *x = &w->lift[i];
		if (x->level < 0)
			none++;
		else if (x->target < 0)
			best++;
		else if (x->reached < 0)
			stuck++;
		else
			near[n++] = x;
		any = any || declares(x);
	}
	if (n)
		qsort(near, n, sizeof *near, near_order);
	cb_doc_table(d, "near", "Gần mức trên nhất", col, sizeof col / sizeof *col - !any);
	for (size_t i = 0; i < n && i < top && !rc; i++) {
		const struct cb_lift *x = near[i];
		cb_buf_clear(&b);
		for (size_t k = 0; k < x->nstep; k++)
			cb_buf_printf(&b, "%s%s: %s", k ? " | " : "", cb_day_vi(day, x->step[k].held_on), x->step[k].text);
		if (!cb_buf_ok(&b))
			rc = cb_err_nomem(err);
		else
			cb_doc_row(d, (struct cb_cell[]){cb_cell_int((int64_t)i + 1), cb_cell_text(x->unit->code), cb_cell_text(x->unit->name),
							 cb_cell_text(x->unit->cluster), cb_cell_text(level_vi(x, x->level)), cb_cell_text(level_vi(x, x->reached)),
							 cb_cell_int((int64_t)x->nstep), cb_cell_int(x->changes), cb_cell_text(b.s), cb_cell_int(x->effort)});
	}
	cb_doc_para(d, "Chi bộ: %s đã ở mức cao nhất của kỳ; %s lên mức được khi mỗi buổi đổi đến %d số liệu; %s không lên được bằng cách đó; %s chưa xếp loại kỳ.",
		    cb_fmt_int_vi(t[0], sizeof t[0], best), cb_fmt_int_vi(t[1], sizeof t[1], (int64_t)n), changes, cb_fmt_int_vi(t[2], sizeof t[2], stuck),
		    cb_fmt_int_vi(t[3], sizeof t[3], none));
	cb_buf_release(&b);
	cb_free(near);
	return rc;
}

/* --- a meeting ------------------------------------------------------------------------------------------------------- */

static int advice_doc(struct cb_doc **out, const struct cb_advices *a, int64_t id, struct cb_err *err)
{
	/* the effort only where the ruleset declares any: else it is the number of changes again */
	static const struct cb_column col[] = {
		{"no", "TT", CB_COL_INT, 0}, {"changes", "Việc cần làm", CB_COL_TEXT, 0}, {"count", "Số thay đổi", CB_COL_INT, 0},
		{"level", "Đạt mức", CB_COL_TEXT, 0}, {"score", "Điểm", CB_COL_PTS, 0}, {"effort", "Độ khó", CB_COL_INT, 0},
	};
	char t[CB_NUM_TEXT], title[96];
	int rc;

	snprintf(title, sizeof title, "CẦN GÌ ĐỂ LÊN MỨC – kỳ %" PRId64, id);
	rc = cb_doc_new(out, title, a->rs->title, err);
	if (rc)
		return rc;
	if (a->level >= 0)
		cb_doc_para(*out, "Hiện nay: %s, %s điểm", a->rs->level[a->level].label, a->score_d ? cb_score_vi(t, sizeof t, a->score_n, a->score_d) : "–");
	else
		cb_doc_para(*out, "Hiện nay: chưa xếp loại");
	if (a->target >= 0)
		cb_doc_para(*out, "Nhắm tới: %s", a->rs->level[a->target].label);
	else
		cb_doc_para(*out, "Đã ở mức cao nhất");
	cb_doc_table(*out, "advice", "", col, sizeof col / sizeof *col - !a->rs->neffort);
	for (size_t i = 0; i < a->nadvice; i++)
		cb_doc_row(*out, (struct cb_cell[]){cb_cell_int((int64_t)i + 1), cb_cell_text(a->advice[i].text), cb_cell_int((int64_t)a->advice[i].nchange),
						    cb_cell_text(a->rs->level[a->advice[i].level].label), cb_cell_pts(a->advice[i].score_n, a->advice[i].score_d),
						    cb_cell_int(a->advice[i].effort)});
	if (a->blocked)
		cb_doc_note(*out, "%s", a->blocked);
	if (a->target >= 0 && a->complete && a->nadvice)
		cb_doc_para(*out, a->rs->neffort ? "Đã thử hết: không có cách nào dễ hơn." : "Đã thử hết: không có cách nào ít thay đổi hơn.");
	else if (a->target >= 0 && a->complete)
		cb_doc_para(*out, "Đã thử hết: không có cách nào trong số thay đổi cho phép (--changes N).");
	else if (a->target >= 0)
		cb_doc_note(*out, "Chưa thử hết mọi cách: có thể còn cách ít thay đổi hơn.");
	return 0;
}

/* --- the commands ---------------------------------------------------------------------------------------------------- */

static int advise_period(struct cli *c, struct cb_doc **d, size_t top, struct cb_err *err)
{
	struct cb_losses_opts lo = {.unit = NULL};
	struct cb_lifts_opts o = {.levers = true, .no_judged = cli_get(c, "no-judged") != NULL, .progress = cli_progress, .ctx = c};
	struct cb_unit_view u;
	struct cb_losses *l = NULL;
	struct cb_lifts *w = NULL;
	char name[64], code[32];
	int64_t id = 0, changes = 1;
	struct cb_period p;
	bool cell = false;
	int rc = cli_must_period(c, &p, err);

	if (!rc)
		rc = cli_unit_option(c, &lo.unit, err);
	if (!rc)
		rc = cluster_option(c, &lo.cluster, err);
	o.unit = lo.unit;
	o.cluster = lo.cluster;
	if (!rc && o.unit)
		rc = cli_unit_id(c, o.unit, &id, err);
	/* one cell is looked at closely; what it is on the last day that it lived is enough to know */
	if (!rc && o.unit)
		cell = !cb_store_unit_on(c->store, id, p.to, &u, NULL) && cb_unit_is_cell((enum cb_unit_kind)u.kind);
	if (!rc)
		rc = cli_get_int(c, "changes", 1, 6, cell ? 3 : 1, &changes, err);
	o.max_changes = (int)changes;
	o.words = cell;
	if (!rc)
		rc = cli_rules(c, err);
	if (!rc)
		rc = cb_losses_new(&l, c->store, &p, &lo, err);
	if (!rc)
		rc = cb_lifts_new(&w, c->store, c->book, &p, &o, err);
	if (!rc)
		rc = cb_doc_new(d, "NƠI MẤT ĐIỂM VÀ CẦN GÌ ĐỂ LÊN MỨC", cb_period_vi(name, sizeof name, &p), err);
	if (!rc) {
		cb_doc_meta(*d, "period", cb_period_code(code, sizeof code, &p));
		if (cell && w->nlift == 1)
			cell_part(*d, &w->lift[0], o.max_changes);
		losses_table(*d, l, w);
		facts_table(*d, w);
		gates_table(*d, w);
		if (!cell || w->nlift != 1) {
			rc = near_part(*d, w, top, o.max_changes, err);
			if (!rc)
				rc = units_table(*d, l, top, err);
		}
	}
	cb_losses_free(l);
	cb_lifts_free(w);
	return rc;
}

static int advise_meeting(struct cli *c, struct cb_doc **d, int argc, char **argv, struct cb_err *err)
{
	struct cb_advice_opts o = {.target = -1, .no_judged = cli_get(c, "no-judged") != NULL};
	struct cb_advices *a = NULL;
	int64_t id, changes;
	int rc = cli_get_int(c, "changes", 1, 6, 3, &changes, err);

	if (!rc)
		rc = cli_find_meeting(c, argc, argv, &id, err);
	if (!rc)
		rc = cli_rules(c, err);
	o.max_changes = (int)changes;
	if (!rc)
		rc = cb_advice_meeting(&a, c->store, c->book, NULL, id, &o, err);
	if (!rc)
		rc = cli_vouch_used(c, err);
	if (!rc)
		rc = advice_doc(d, a, id, err);
	cb_advices_free(a);
	return rc;
}

int cli_advise(struct cli *c, int argc, char **argv, struct cb_err *err)
{
	struct cb_doc *d = NULL;
	int64_t top;
	int rc = cli_get_int(c, "top", 1, 1000000, 20, &top, err);

	if (!rc)
		rc = cli_store(c, CB_OPEN_READ, err);
	if (!rc)
		rc = argc ? advise_meeting(c, &d, argc, argv, err) : advise_period(c, &d, (size_t)top, err);
	if (!rc)
		rc = cli_doc(c, d, err);
	cb_doc_free(d);
	return rc;
}

int cli_visits(struct cli *c, int argc, char **argv, struct cb_err *err)
{
	struct cb_visits_opts o = {0};
	struct cb_doc *d = NULL;
	struct cb_period p;
	int64_t top, apart, near;
	int rc = cli_must_period(c, &p, err);

	(void)argc;
	(void)argv;
	if (!rc)
		rc = cli_get_int(c, "top", 1, 1000000, 20, &top, err);
	if (!rc)
		rc = cli_get_int(c, "apart", 1, 1000, 5, &apart, err);
	if (!rc)
		rc = cli_get_int(c, "near", 1, 1000, 2, &near, err);
	if (!rc)
		rc = cli_store(c, CB_OPEN_READ, err);
	if (!rc)
		rc = cli_unit_option(c, &o.unit, err);
	if (rc)
		return rc;
	o.top = (size_t)top;
	o.apart = CB_PTS(apart);
	o.near = CB_PTS(near);
	rc = cb_report_visits(&d, c->store, &p, &o, err);
	if (!rc)
		rc = cli_doc(c, d, err);
	cb_doc_free(d);
	return rc;
}

int cli_commend(struct cli *c, int argc, char **argv, struct cb_err *err)
{
	struct cb_commend_opts o = {0};
	struct cb_doc *d = NULL;
	struct cb_period p;
	int64_t top;
	int rc = cli_must_period(c, &p, err);

	(void)argc;
	(void)argv;
	if (!rc)
		rc = cli_get_int(c, "top", 1, 1000000, 10, &top, err);
	if (!rc)
		rc = cli_store(c, CB_OPEN_READ, err);
	if (!rc)
		rc = cli_unit_option(c, &o.unit, err);
	if (!rc)
		rc = cluster_option(c, &o.cluster, err);
	if (!rc)
		rc = cli_rules(c, err);
	if (rc)
		return rc;
	o.top = (size_t)top;
	rc = cb_report_commend(&d, c->store, c->book, &p, &o, err);
	if (!rc)
		rc = cli_doc(c, d, err);
	cb_doc_free(d);
	return rc;
}
