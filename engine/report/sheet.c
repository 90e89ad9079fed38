/* sheet.c - see sheet.h. The sheet shows the points of each line as they were added up; it never computes a point. */
#include "report/sheet.h"

#include <inttypes.h>
#include <string.h>
#include "base/alloc.h"

const char *cb_level_label(const struct cb_ruleset *rs, const char *id)
{
	int at = id ? cb_level_find(rs, id) : -1;

	return at >= 0 ? rs->level[at].label : id;
}

char *cb_score_vi(char *dst, size_t cap, int64_t n, int64_t d)
{
	if (d == 1)
		return cb_fmt_pts_vi(dst, cap, n);
	return cb_fmt_ratio_vi(dst, cap, cb_ratio_make(n, d * 1000), 2);
}

/* --- the grounds of one line --------------------------------------------------------------------------------- */

static void facts_text(struct cb_buf *b, const struct cb_sheet_line *l)
{
	char t[96];

	for (size_t i = 0; i < l->nfact; i++) {
		const struct cb_sheet_fact *f = &l->fact[i];
		cb_buf_printf(b, "%s%s: %s", i ? "; " : "", f->fact->label, f->have ? cb_fact_text_vi(t, sizeof t, f->fact, f->value) : "chưa có");
	}
}

/* Largest distance between two assessors of an item; -1 with fewer than two. */
static cb_pts judged_gap(const struct cb_sheet_judged *j)
{
	cb_pts low = 0, high = 0;
	int n = 0;

	for (int a = 0; a < CB_ASSESSORS; a++)
		if (j->have[a]) {
			if (!n || j->points[a] < low)
				low = j->points[a];
			if (!n || j->points[a] > high)
				high = j->points[a];
			n++;
		}
	return n > 1 ? high - low : -1;
}

static void judged_text(struct cb_buf *b, const struct cb_sheet_judged *j)
{
	char t[CB_NUM_TEXT];
	cb_pts gap = judged_gap(j);
	bool any = false;

	/* a criterion with one judged line has no other name for it than its own, which stands beside it already */
	cb_buf_printf(b, "%s (tối đa %s): ", j->label ? j->label : strchr(j->item, '.') ? j->item : "điểm chấm", cb_fmt_pts_vi(t, sizeof t, j->max));
	for (int a = 0; a < CB_ASSESSORS; a++)
		if (j->have[a]) {
			cb_buf_printf(b, "%s%s %s", any ? "; " : "", cb_assessor_vi((enum cb_assessor)a), cb_fmt_pts_vi(t, sizeof t, j->points[a]));
			any = true;
		}
	if (!any)
		cb_buf_puts(b, "chưa ai chấm");
	else if (j->counted >= 0)
		cb_buf_printf(b, "; lấy điểm %s", cb_assessor_vi((enum cb_assessor)j->counted));
	if (gap > 0)
		cb_buf_printf(b, "; lệch nhau %s", cb_fmt_pts_vi(t, sizeof t, gap));
}

static void add_line(struct cb_buf *b, const char *lead, const char *s)
{
	if (b->len)
		cb_buf_putc(b, '\n');
	cb_buf_puts(b, lead);
	cb_buf_puts(b, s);
}

static void grounds(struct cb_buf *b, const struct cb_explained *x, size_t at)
{
	const struct cb_sheet_line *l = &x->sheet->line[at];


	if (l->state == CB_CR_NA)
		add_line(b, "", l->criterion->na == CB_NA_FULL	    ? "Không áp dụng: được điểm tối đa"
				: l->criterion->na == CB_NA_RESCALE ? "Không áp dụng: điểm tối đa được bỏ ra và quy đổi"
								    : "Không áp dụng: được điểm quy định sẵn");
	if (l->nfact) {
		if (b->len)
			cb_buf_putc(b, '\n');
		facts_text(b, l);
	}
	for (size_t i = 0; i < l->njudged; i++) {
		if (b->len)
			cb_buf_putc(b, '\n');
		judged_text(b, &l->judged[i]);
	}
	for (size_t i = 0; i < l->nband; i++)
		add_line(b, "→ ", l->band[i]);
	if (l->capped)
		add_line(b, "→ ", l->capped);
	for (size_t i = 0; i < l->nnext; i++)
		add_line(b, "Mức kế tiếp: ", l->next[i]);
	if (l->missing)
		add_line(b, "Chưa đủ dữ liệu: ", l->missing);
	/* what the pack's function said; the author's own note on the text belongs to `rules show` */
	if (l->note && !(l->criterion->note && !strcmp(l->note, l->criterion->note)))
		add_line(b, "Ghi chú: ", l->note);
	if (x->line_note[at])
		add_line(b, cb_points_lost(l->criterion->counts, l->criterion->max, l->points) > 0 ? "Lý do trừ điểm: " : "Ghi chú: ", x->line_note[at]);
	if (x->line_lacks[at])
		add_line(b, "", "Thiếu ghi chú lý do trừ điểm");
}

static bool points_shown(const struct cb_sheet_line *l)
{
	return l->state == CB_CR_SCORED || (l->state == CB_CR_NA && l->criterion->na != CB_NA_RESCALE);
}

/* --- as a document ------------------------------------------------------------------------------------------- */

static const char *level_at(const struct cb_ruleset *rs, int level)
{
	return level >= 0 ? rs->level[level].label : NULL;
}

/* The maximum that the total is out of: the scale, or what is left of it where lines do not apply. */
static cb_pts out_of(const struct cb_explained *x)
{
	return x->rs->scale;
}

static void head(struct cb_doc *d, const struct cb_explained *x)
{
	char day[11];

	cb_doc_para(d, "Đơn vị: %s (%s)%s%s%s%s%s%s", x->name, x->code, x->parent ? " thuộc " : "", x->parent ? x->parent : "", x->cluster ? "; " : "",
		    x->cluster ? x->cluster : "", x->cell_type ? "; loại hình: " : "", x->cell_type ? x->cell_type : "");
	cb_doc_para(d, "Buổi sinh hoạt %s ngày %s%s%s (số %" PRId64 ", lần ghi %" PRId64 ")", cb_meeting_kind_vi(x->kind), cb_day_vi(day, x->held_on),
		    x->topic ? ", chuyên đề: " : "", x->topic ? x->topic : "", x->meeting_id, x->rev);
	cb_doc_para(d, "Chấm theo: %s (%s)%s", x->rs->title ? x->rs->title : x->rs->id, x->rs->id,
		    x->rs->status && !strcmp(x->rs->status, "reconstructed") ? "; văn bản dựng lại, chưa có toàn văn" : "");
}

static void tail(struct cb_doc *d, const struct cb_explained *x)
{
	const struct cb_sheet *s = x->sheet;
	const struct cb_ruleset *rs = x->rs;
	char t[CB_NUM_TEXT], u[CB_NUM_TEXT], day[11];
	const char *level = level_at(rs, s->level);

	if (s->status == CB_ST_RATED && !rs->rating)
		cb_doc_para(d, "Tổng điểm: %s/%s%s%s", cb_score_vi(t, sizeof t, s->score_n, s->score_d), cb_fmt_pts_vi(u, sizeof u, out_of(x)),
			    s->total_note ? " – " : "", s->total_note ? s->total_note : "");
	if (s->status == CB_ST_MISSING)
		cb_doc_para(d, "Xếp loại: chưa đủ dữ liệu; còn thiếu: %s", s->missing ? s->missing : "");
	else if (s->status == CB_ST_INVALID || s->status == CB_ST_ERROR)
		cb_doc_para(d, "Xếp loại: không chấm được: %s", s->message ? s->message : "");
	else if (s->level_by_score >= 0 && s->level_by_score != s->level) {
		cb_doc_para(d, "Mức theo điểm: %s", level_at(rs, s->level_by_score));
		if (s->gate_text)
			cb_doc_para(d, "Điều kiện khống chế: %s", s->gate_text);
		cb_doc_para(d, "Xếp loại: %s", level ? level : "không có mức nào");
	} else {
		cb_doc_para(d, "Xếp loại: %s", level ? level : "không có mức nào");
	}
	if (s->to_next > 0)
		cb_doc_para(d, "Còn thiếu %s điểm để lên mức trên", cb_fmt_pts_vi(t, sizeof t, s->to_next));
	for (int a = 0; a < CB_ASSESSORS; a++)
		if (x->has_total[a]) {
			struct cb_ratio gap = {0, 0};
			bool apart = s->score_d && cb_ratio_sub(&gap, cb_ratio_make(x->total[a], 1), cb_ratio_make(s->score_n, s->score_d)) && gap.n;
			cb_doc_para(d, "Tổng điểm do %s: %s%s%s%s", cb_assessor_vi((enum cb_assessor)a), cb_fmt_pts_vi(t, sizeof t, x->total[a]),
				    !apart ? "" : gap.n > 0 ? " (cao hơn " : " (thấp hơn ",
				    apart ? cb_score_vi(u, sizeof u, gap.n < 0 ? -gap.n : gap.n, gap.d) : "", apart ? " điểm)" : "");
		}
	if (x->proposed || x->votes_total >= 0) {
		if (x->votes_total >= 0)
			cb_doc_para(d, "Chi bộ biểu quyết: %" PRId64 "/%" PRId64 "%s%s", x->votes_for < 0 ? 0 : x->votes_for, x->votes_total,
				    x->proposed ? ", mức đề nghị: " : "", x->proposed ? cb_level_label(rs, x->proposed) : "");
		else
			cb_doc_para(d, "Mức chi bộ đề nghị: %s", cb_level_label(rs, x->proposed));
	}
	if (x->official) {
		bool same = s->level >= 0 && !strcmp(x->official, rs->level[s->level].id);
		cb_doc_para(d, "Cấp trên quyết định: %s%s%s%s%s%s", cb_level_label(rs, x->official), x->decided_on != CB_DAY_NONE ? ", ngày " : "",
			    x->decided_on != CB_DAY_NONE ? cb_day_vi(day, x->decided_on) : "", same ? "" : " (khác với mức chấm)", x->reason ? "; lý do: " : "",
			    x->reason ? x->reason : "");
	}
	if (x->meeting_note)
		cb_doc_para(d, "Ghi chú của buổi sinh hoạt: %s", x->meeting_note);
	if (x->stray_notes)
		cb_doc_note(d, "Ghi chú cho mục không có trong quy định này: %s", x->stray_notes);
	if (x->nlack)
		cb_doc_note(d, "Thiếu ghi chú lý do trừ điểm của %zu tiêu chí", x->nlack);
	if (x->signed_by)
		cb_doc_note(d, "Gói quy định khi chấm do %s ký%s", x->signed_by, !x->signatures || !strcmp(x->signatures, "trusted") ? ""
			    : !strcmp(x->signatures, "broken") ? "; nội dung đã khác với bản được ký" : !strcmp(x->signatures, "unknown") ? "; khóa chưa được tin cậy"
			    : "; có phần chưa được ký");
	if (x->stale)
		cb_doc_note(d, "Số liệu đã thay đổi sau lần chấm gần nhất: chạy 'chibo evaluate' để chấm lại");
	if (x->old_rules)
		cb_doc_note(d, "Chấm theo văn bản đã lưu cùng kết quả; gói quy định hiện nay đã khác");
	if (x->differs)
		cb_doc_note(d, "Kết quả đã lưu không khớp với phiếu này: chạy 'chibo replay' và 'chibo doctor'");
	if (!x->run_id)
		cb_doc_note(d, "Buổi này chưa được chấm và lưu: chạy 'chibo evaluate'");
}

int cb_sheet_doc(struct cb_doc **out, const struct cb_explained *x, struct cb_err *err)
{
	static const struct cb_column col[] = {
		{"no", "TT", CB_COL_INT, 0},	    {"label", "Tiêu chí", CB_COL_TEXT, 28}, {"article", "Điều", CB_COL_TEXT, 12},
		{"max", "Tối đa", CB_COL_PTS, 0}, {"points", "Điểm", CB_COL_PTS, 0},	   {"grounds", "Căn cứ", CB_COL_TEXT, 0},
	};
	const struct cb_sheet *s = x->sheet;
	struct cb_buf b;
	cb_pts max = 0;
	int rc = cb_doc_new(out, "PHIẾU CHẤM ĐIỂM SINH HOẠT CHI BỘ", NULL, err);

	if (rc)
		return rc;
	cb_buf_init(&b);
	head(*out, x);
	cb_doc_table(*out, "criteria", "", col, sizeof col / sizeof *col);
	for (size_t i = 0; i < s->nline; i++) {
		const struct cb_sheet_line *l = &s->line[i];
		struct cb_cell points = {.null = !points_shown(l), .n = l->points}, most = {.n = l->criterion->max};
		cb_buf_clear(&b);
		grounds(&b, x, i);
		if (!cb_buf_ok(&b)) {
			rc = cb_err_nomem(err);
			break;
		}
		if (!l->criterion->score) /* a requirement: met or not, as its grounds say; no points */
			points.null = most.null = true;
		else if (l->criterion->counts == CB_COUNTS_SCALE)
			max += l->criterion->max;
		cb_doc_row(*out, (struct cb_cell[]){cb_cell_int((int64_t)i + 1), cb_cell_text(l->criterion->label), cb_cell_text(l->criterion->article), most,
						    points, cb_cell_text(b.s)});
	}
	cb_buf_release(&b);
	if (!rc && max)
		cb_doc_total(*out, (struct cb_cell[]){cb_cell_null(), cb_cell_text("Cộng"), cb_cell_null(), cb_cell_int(max), cb_cell_int(s->sum), cb_cell_null()});
	if (rc) {
		cb_doc_free(*out);
		*out = NULL;
		return rc;
	}
	tail(*out, x);
	return 0;
}

/* --- as data ------------------------------------------------------------------------------------------------- */

static void key(struct cb_buf *b, const char *name)
{
	if (b->len && b->s[b->len - 1] != '{')
		cb_buf_puts(b, ", ");
	cb_esc_json(b, name);
	cb_buf_puts(b, ": ");
}

static void text_field(struct cb_buf *b, const char *name, const char *s)
{
	key(b, name);
	if (s)
		cb_esc_json(b, s);
	else
		cb_buf_puts(b, "null");
}

static void pts_field(struct cb_buf *b, const char *name, bool have, cb_pts p)
{
	char t[CB_NUM_TEXT];

	key(b, name);
	cb_buf_puts(b, have ? cb_fmt_pts(t, sizeof t, p) : "null");
}

static void texts_field(struct cb_buf *b, const char *name, const char *const *s, size_t n)
{
	key(b, name);
	cb_buf_putc(b, '[');
	for (size_t i = 0; i < n; i++) {
		if (i)
			cb_buf_puts(b, ", ");
		cb_esc_json(b, s[i]);
	}
	cb_buf_putc(b, ']');
}

static const char *state_id(enum cb_crit_state s)
{
	static const char *const id[] = {"scored", "missing", "na", "invalid", "error"};

	return id[s];
}

static const char *status_id(enum cb_status s)
{
	static const char *const id[] = {"rated", "missing", "invalid", "error"};

	return id[s];
}

static void line_json(struct cb_buf *b, const struct cb_explained *x, size_t at)
{
	const struct cb_sheet_line *l = &x->sheet->line[at];
	char t[96];

	cb_buf_putc(b, '{');
	text_field(b, "criterion", l->criterion->id);
	text_field(b, "label", l->criterion->label);
	text_field(b, "group", l->criterion->group);
	text_field(b, "article", l->criterion->article);
	text_field(b, "state", state_id(l->state));
	if (l->criterion->counts != CB_COUNTS_SCALE)
		text_field(b, "counts", cb_counts_name[l->criterion->counts]);
	pts_field(b, "max", l->criterion->score != NULL, l->criterion->max);
	pts_field(b, "points", points_shown(l) && l->criterion->score, l->points);
	if (!l->criterion->score && l->state == CB_CR_SCORED) {
		key(b, "met");
		cb_buf_puts(b, l->points ? "true" : "false");
	}
	key(b, "facts");
	cb_buf_putc(b, '[');
	for (size_t i = 0; i < l->nfact; i++) {
		const struct cb_sheet_fact *f = &l->fact[i];
		if (i)
			cb_buf_puts(b, ", ");
		cb_buf_putc(b, '{');
		text_field(b, "id", f->fact->id);
		text_field(b, "label", f->fact->label);
		text_field(b, "value", f->have ? cb_fact_text_vi(t, sizeof t, f->fact, f->value) : NULL);
		cb_buf_putc(b, '}');
	}
	cb_buf_putc(b, ']');
	key(b, "judged");
	cb_buf_putc(b, '[');
	for (size_t i = 0; i < l->njudged; i++) {
		const struct cb_sheet_judged *j = &l->judged[i];
		cb_pts gap = judged_gap(j);
		if (i)
			cb_buf_puts(b, ", ");
		cb_buf_putc(b, '{');
		text_field(b, "item", j->item);
		text_field(b, "label", j->label);
		pts_field(b, "max", true, j->max);
		for (int a = 0; a < CB_ASSESSORS; a++)
			pts_field(b, cb_assessor_id((enum cb_assessor)a), j->have[a], j->points[a]);
		text_field(b, "counted", j->counted >= 0 ? cb_assessor_id((enum cb_assessor)j->counted) : NULL);
		pts_field(b, "apart", gap >= 0, gap);
		cb_buf_putc(b, '}');
	}
	cb_buf_putc(b, ']');
	texts_field(b, "band", l->band, l->nband);
	texts_field(b, "next", l->next, l->nnext);
	text_field(b, "missing", l->missing);
	text_field(b, "capped", l->capped);
	text_field(b, "note", l->note);
	text_field(b, "why", x->line_note[at]);
	key(b, "why_missing");
	cb_buf_puts(b, x->line_lacks[at] ? "true" : "false");
	cb_buf_putc(b, '}');
}

int cb_sheet_json(struct cb_buf *b, const struct cb_explained *x, struct cb_err *err)
{
	const struct cb_sheet *s = x->sheet;
	const struct cb_ruleset *rs = x->rs;
	char day[11];

	cb_buf_putc(b, '{');
	key(b, "meeting");
	cb_buf_printf(b, "%" PRId64, x->meeting_id);
	key(b, "revision");
	cb_buf_printf(b, "%" PRId64, x->rev);
	text_field(b, "unit_code", x->code);
	text_field(b, "unit_name", x->name);
	text_field(b, "held_on", cb_day_iso(day, x->held_on));
	text_field(b, "kind", cb_meeting_kind_id(x->kind));
	text_field(b, "topic", x->topic);
	text_field(b, "ruleset", rs->id);
	text_field(b, "ruleset_sha256", rs->sha);
	text_field(b, "signatures", x->signatures);
	text_field(b, "signed_by", x->signed_by);
	text_field(b, "status", status_id(s->status));
	key(b, "criteria");
	cb_buf_putc(b, '[');
	for (size_t i = 0; i < s->nline; i++) {
		cb_buf_puts(b, i ? ",\n  " : "\n  ");
		line_json(b, x, i);
	}
	cb_buf_puts(b, "]");
	pts_field(b, "scale", true, rs->scale);
	pts_field(b, "sum", true, s->sum);
	key(b, "total");
	if (s->score_d == 1) {
		char t[CB_NUM_TEXT];
		cb_buf_puts(b, cb_fmt_pts(t, sizeof t, s->score_n));
	} else if (s->score_d) { /* rescaled: as exact as a double shows it, the fraction beside it */
		cb_buf_printf(b, "%.6f", (double)s->score_n / (double)s->score_d / 1000);
	} else {
		cb_buf_puts(b, "null");
	}
	key(b, "total_thousandths");
	if (s->score_d)
		cb_buf_printf(b, "[%" PRId64 ", %" PRId64 "]", s->score_n, s->score_d);
	else
		cb_buf_puts(b, "null");
	text_field(b, "total_note", s->total_note);
	text_field(b, "level_by_score", s->level_by_score >= 0 ? rs->level[s->level_by_score].id : NULL);
	text_field(b, "gate", s->gate_text);
	text_field(b, "level", s->level >= 0 ? rs->level[s->level].id : NULL);
	pts_field(b, "to_next", s->to_next >= 0, s->to_next);
	text_field(b, "missing", s->missing);
	text_field(b, "message", s->message);
	for (int a = 0; a < CB_ASSESSORS; a++)
		if (x->has_total[a]) {
			char name[40];
			snprintf(name, sizeof name, "total_by_%s", cb_assessor_id((enum cb_assessor)a));
			pts_field(b, name, true, x->total[a]);
		}
	text_field(b, "proposed", x->proposed);
	key(b, "votes");
	if (x->votes_total >= 0)
		cb_buf_printf(b, "[%" PRId64 ", %" PRId64 "]", x->votes_for < 0 ? 0 : x->votes_for, x->votes_total);
	else
		cb_buf_puts(b, "null");
	text_field(b, "official", x->official);
	text_field(b, "reason", x->reason);
	text_field(b, "meeting_note", x->meeting_note);
	text_field(b, "notes_one_for", cb_notes_id(rs->notes));
	text_field(b, "stray_notes", x->stray_notes);
	key(b, "stale");
	cb_buf_puts(b, x->stale ? "true" : "false");
	key(b, "stored");
	cb_buf_puts(b, x->run_id ? "true" : "false");
	cb_buf_puts(b, "}\n");
	return cb_buf_ok(b) ? 0 : cb_err_nomem(err);
}

int cb_sheet_rows(const struct cb_explained *x, const struct cb_sink_opts *o, struct cb_err *err)
{
	static const struct cb_column col[] = {
		{"criterion", "id", CB_COL_TEXT, 0},   {"label", "Tiêu chí", CB_COL_TEXT, 0}, {"article", "Điều", CB_COL_TEXT, 0}, {"max", "Tối đa", CB_COL_PTS, 0},
		{"points", "Điểm", CB_COL_PTS, 0}, {"state", "Tình trạng", CB_COL_TEXT, 0}, {"grounds", "Căn cứ", CB_COL_TEXT, 0},
	};
	struct cb_sink *k = NULL;
	struct cb_buf b;
	int rc = cb_sink_open(&k, col, sizeof col / sizeof *col, o, err);

	cb_buf_init(&b);
	for (size_t i = 0; i < x->sheet->nline && !rc; i++) {
		const struct cb_sheet_line *l = &x->sheet->line[i];
		struct cb_cell points = {.null = !points_shown(l) || !l->criterion->score, .n = l->points};
		cb_buf_clear(&b);
		grounds(&b, x, i);
		for (size_t k2 = 0; k2 < b.len; k2++) /* one line of a CSV file stays one line */
			if (b.s[k2] == '\n')
				b.s[k2] = '|';
		rc = !cb_buf_ok(&b) ? cb_err_nomem(err)
				    : cb_sink_row(k, (struct cb_cell[]){cb_cell_text(l->criterion->id), cb_cell_text(l->criterion->label),
									cb_cell_text(l->criterion->article), cb_cell_int(l->criterion->max), points,
									cb_cell_text(state_id(l->state)), cb_cell_text(b.s)},
						  err);
	}
	cb_buf_release(&b);
	if (rc) {
		cb_sink_close(k, NULL);
		return rc;
	}
	return cb_sink_close(k, err);
}
