/*
 * effect.c - what a change of the rules changes: rules diff in meaning, and on the meetings on record; whatif; the screen
 * that rules watch prints for a save.
 *
 * A ruleset is named by its id, or by the path of any file: an edited copy takes its base from the rules folder.
 */
#include <string.h>
#include <unistd.h>
#include "base/alloc.h"
#include "base/num.h"
#include "cli/cli.h"
#include "eval/whatif.h"
#include "lua/pack.h"
#include "rule/diff.h"

/* The ruleset that a word of the command line names; the caller frees it. */
static int load_named(struct cli *c, struct cb_ruleset **out, const char *word, struct cb_err *err)
{
	const struct cb_ruleset *rs;
	struct cb_err first;
	int rc = cli_pack(c, word, out, err), rc2;

	if (rc != CB_ENOTFOUND || strchr(word, '/'))
		return rc;
	/* an id: the nearest one */
	first = *err;
	rc2 = c->book ? 0 : cli_rules(c, err);
	if (!rc2)
		rc2 = cli_ruleset(c, word, &rs, err);
	if (rc2 == CB_EUSAGE)
		return rc2;
	*err = first;
	return rc;
}

/* --- what a comparison found ----------------------------------------------------------------------------------- */

static const char *const by_id[] = {"cluster", "cell_type", "unit", "unit_kind", "kind"};
static const char *const by_title[] = {"Theo cụm", "Theo loại hình", "Theo đơn vị", "Theo loại tổ chức", "Theo loại sinh hoạt"};

/* --by, any number of times: a mask. */
static int by_option(struct cli *c, unsigned *mask, struct cb_err *err)
{
	const char *s;
	int at = 0;

	*mask = 0;
	while ((s = cli_each(c, "by", &at))) {
		int k = 0;

		while (k < CB_MOVE_BYS && strcmp(s, by_id[k]) != 0)
			k++;
		if (k == CB_MOVE_BYS)
			return cli_unknown(err, "group", s, by_id, CB_MOVE_BYS);
		*mask |= 1u << k;
	}
	return 0;
}

static const char *group_name(const struct cb_move_table *t)
{
	return *t->name ? t->name : "(không rõ)";
}

/* Level against level: of all, or of each group in turn with the rows that have meetings. */
static void level_table(struct cb_doc *d, const struct cb_whatif *w, const struct cb_move_table *t, size_t n, bool grouped, const char *id,
			const char *title, const char *rows)
{
	enum { MAX = 12 };
	struct cb_column col[MAX + 2];
	struct cb_cell cell[MAX + 2];
	size_t nto = w->nnew < MAX ? w->nnew : MAX, at = grouped;

	col[0] = (struct cb_column){"group", "", CB_COL_TEXT, 0};
	col[at] = (struct cb_column){"stored", rows, CB_COL_TEXT, 0};
	for (size_t i = 0; i < nto; i++)
		col[at + 1 + i] = (struct cb_column){w->new_level[i], w->new_level[i], CB_COL_INT, 0};
	cb_doc_table(d, id, title, col, at + 1 + nto);
	for (size_t g = 0; g < n; g++)
		for (size_t k = 0; k < w->nold; k++) {
			const int64_t *count = t[g].count + k * w->nnew;
			bool any = !grouped;

			for (size_t i = 0; i < nto; i++) {
				cell[at + 1 + i] = cb_cell_int(count[i]);
				any |= count[i] != 0;
			}
			cell[0] = cb_cell_text(group_name(&t[g]));
			cell[at] = cb_cell_text(w->old_level[k]);
			if (any)
				cb_doc_row(d, cell);
		}
}

static void move_summary(struct cb_doc *d, const char *id, const char *title, const struct cb_move_table *t, size_t n, bool all)
{
	static const struct cb_column col[] = {
		{"group", "", CB_COL_TEXT, 0}, {"seen", "Số buổi", CB_COL_INT, 0}, {"up", "Lên mức", CB_COL_INT, 0}, {"down", "Xuống mức", CB_COL_INT, 0},
		{"same", "Giữ mức", CB_COL_INT, 0}, {"other", "Không so được", CB_COL_INT, 0}, {"lacking", "Thiếu số liệu", CB_COL_INT, 0},
	};

	cb_doc_table(d, id, title, col, sizeof col / sizeof *col);
	for (size_t i = 0; i < n; i++)
		cb_doc_row(d, (struct cb_cell[]){cb_cell_text(all ? "Cộng" : group_name(&t[i])), cb_cell_int(t[i].seen), cb_cell_int(t[i].up),
						 cb_cell_int(t[i].down), cb_cell_int(t[i].same), cb_cell_int(t[i].other), cb_cell_int(t[i].lacking)});
}

static void need_table(struct cb_doc *d, const struct cb_whatif *w, const struct cb_move_group *g, const char *id, const char *title)
{
	static const struct cb_column col[] = {{"group", "", CB_COL_TEXT, 0}, {"fact", "Số liệu thiếu", CB_COL_TEXT, 0}, {"meetings", "Số buổi", CB_COL_INT, 0}};

	cb_doc_table(d, id, title, col, 3);
	for (size_t i = 0; i < g->n; i++)
		for (size_t k = 0; k < w->nneed; k++)
			if (g->table[i].lack[k])
				cb_doc_row(d, (struct cb_cell[]){cb_cell_text(group_name(&g->table[i])), cb_cell_text(w->need[k].label),
								 cb_cell_int(g->table[i].lack[k])});
}

/* What caused the moves, what was lacking, and who moved. */
static void cause_sections(struct cb_doc *d, const struct cb_whatif *w)
{
	static const struct cb_column causes[] = {
		{"criterion", "Tiêu chí", CB_COL_TEXT, 0}, {"up", "Làm lên mức", CB_COL_INT, 0}, {"down", "Làm xuống mức", CB_COL_INT, 0},
	};
	static const struct cb_column needs[] = {{"fact", "Số liệu thiếu", CB_COL_TEXT, 0}, {"meetings", "Số buổi", CB_COL_INT, 0}};
	static const struct cb_column movers[] = {
		{"meeting", "Buổi số", CB_COL_INT, 0},    {"code", "Mã", CB_COL_TEXT, 0},	  {"name", "Chi bộ", CB_COL_TEXT, 0}, {"cluster", "Cụm", CB_COL_TEXT, 0},
		{"cell_type", "Loại hình", CB_COL_TEXT, 0}, {"held_on", "Ngày", CB_COL_DAY, 0},
		{"from", "Từ", CB_COL_TEXT, 0},	     {"to", "Thành", CB_COL_TEXT, 0},	  {"old_score", "Điểm cũ", CB_COL_PTS, 0}, {"new_score", "Điểm mới", CB_COL_PTS, 0},
		{"cause", "Do tiêu chí", CB_COL_TEXT, 0},
	};
	char t[CB_NUM_TEXT];

	if (w->ncause) {
		cb_doc_table(d, "causes", "Tiêu chí làm đổi mức", causes, 3);
		for (size_t i = 0; i < w->ncause; i++)
			cb_doc_row(d, (struct cb_cell[]){cb_cell_text(w->cause[i].label ? w->cause[i].label : "điều kiện khống chế hoặc ngưỡng"),
							 cb_cell_int(w->cause[i].up), cb_cell_int(w->cause[i].down)});
	}
	if (w->nneed) {
		cb_doc_table(d, "needs", "Chưa đủ dữ liệu để thử", needs, 2);
		for (size_t i = 0; i < w->nneed; i++)
			cb_doc_row(d, (struct cb_cell[]){cb_cell_text(w->need[i].label ? w->need[i].label : w->need[i].id), cb_cell_int(w->need[i].meetings)});
	}
	if (w->nmover) {
		cb_doc_table(d, "movers", "Kỳ sinh hoạt đổi mức", movers, sizeof movers / sizeof *movers);
		for (size_t i = 0; i < w->nmover; i++) {
			const struct cb_mover *m = &w->mover[i];
			cb_doc_row(d, (struct cb_cell[]){cb_cell_int(m->meeting_id), cb_cell_text(m->code), cb_cell_text(m->name), cb_cell_text(m->cluster),
							 cb_cell_text(cb_cell_type_vi((enum cb_cell_type)m->cell_type)), cb_cell_int(m->held_on),
							 cb_cell_text(w->old_level[m->old_level]), cb_cell_text(w->new_level[m->new_level]),
							 cb_cell_pts(m->old_score.n, m->old_score.d), cb_cell_pts(m->new_score.n, m->new_score.d),
							 cb_cell_text(m->cause_label)});
		}
	}
	if (w->movers > (int64_t)w->nmover)
		cb_doc_note(d, "Còn %s kỳ đổi mức không in ở đây (--keep N).", cb_fmt_int_vi(t, sizeof t, w->movers - (int64_t)w->nmover));
	if (w->without_result)
		cb_doc_note(d, "%s kỳ chưa được chấm lần nào.", cb_fmt_int_vi(t, sizeof t, w->without_result));
	if (w->not_rated)
		cb_doc_note(d, "%s kỳ thuộc loại mà quy định sau không chấm.", cb_fmt_int_vi(t, sizeof t, w->not_rated));
}

/* The sections of a comparison; `rows` says what the rows of the level tables are. */
static void move_sections(struct cb_doc *d, const struct cb_whatif *w, unsigned by, const char *rows, const char *levels_title)
{
	char id[40], title[120];

	move_summary(d, "moves", "", &w->all, 1, true);
	level_table(d, w, &w->all, 1, false, "levels", levels_title, rows);
	for (int k = 0; k < CB_MOVE_BYS; k++) {
		const struct cb_move_group *g = &w->by[k];

		if (!g->n || (by && !(by >> k & 1)))
			continue;
		snprintf(id, sizeof id, "by_%s", by_id[k]);
		move_summary(d, id, by_title[k], g->table, g->n, false);
		if (!by)
			continue;
		snprintf(id, sizeof id, "levels_by_%s", by_id[k]);
		snprintf(title, sizeof title, "%s, từng mức", by_title[k]);
		level_table(d, w, g->table, g->n, true, id, title, rows);
		snprintf(id, sizeof id, "needs_by_%s", by_id[k]);
		snprintf(title, sizeof title, "%s, số liệu thiếu", by_title[k]);
		if (w->nneed)
			need_table(d, w, g, id, title);
	}
	cause_sections(d, w);
}

/* --period, --unit, --by, --keep: the same for both commands. Opens the record and the rules. */
static int move_options(struct cli *c, struct cb_whatif_opts *o, struct cb_period *p, struct cb_err *err)
{
	int64_t keep, id;
	bool have;
	int rc = cli_get_period(c, p, &have, err);

	o->unit = cli_get(c, "unit");
	o->progress = cli_progress;
	o->ctx = c;
	if (!rc)
		rc = cli_get_int(c, "keep", 1, 1000000, 20, &keep, err);
	if (!rc)
		rc = by_option(c, &o->by, err);
	if (!rc)
		rc = cli_store(c, CB_OPEN_READ, err);
	if (!rc && o->unit)
		rc = cli_unit_id(c, o->unit, &id, err);
	if (!rc)
		rc = cli_rules(c, err);
	if (rc)
		return rc;
	o->period = have ? p : NULL;
	o->keep = (size_t)keep;
	return 0;
}

int cli_whatif(struct cli *c, int argc, char **argv, struct cb_err *err)
{
	struct cb_whatif_opts o = {.official = cli_get(c, "official")};
	struct cb_whatif *w = NULL;
	struct cb_doc *d = NULL;
	struct cb_ruleset *edited = NULL;
	const char *set[CLI_GIVEN_MAX], *s;
	size_t nset = 0;
	struct cb_period p;
	int at = 0, rc = move_options(c, &o, &p, err);

	(void)argc;
	while ((s = cli_each(c, "set", &at)))
		set[nset++] = s;
	if (!rc && cli_pack_is_file(c, argv[0])) {
		rc = nset ? cb_err_set(err, CB_EUSAGE, "--set changes a pack of the rules folder; in %s write the number itself", argv[0]) :
			    cli_pack(c, argv[0], &edited, err);
	} else if (!rc) {
		rc = cli_ruleset(c, argv[0], &o.under, err);
		if (!rc)
			rc = cli_vouch_one(c, o.under, err);
		if (!rc && nset)
			rc = cb_pack_load_edited(&edited, c->rules, o.under->src[o.under->nsrc - 1].path, set, nset, cb_store_facts(c->store),
						 cli_diags(c), err);
	}
	if (edited)
		o.under = edited;
	cli_tell(c);
	if (!rc)
		rc = cb_whatif_new(&w, c->store, &o, err);
	if (!rc)
		rc = cb_doc_new(&d, "NẾU CHẤM THEO QUY ĐỊNH KHÁC", o.under->title ? o.under->title : o.under->id, err);
	if (!rc) {
		cb_doc_meta(d, "under", o.under->id);
		move_sections(d, w, o.by, "Đang lưu \\ thử", "Mức đang lưu (dòng) và mức khi thử (cột)");
		rc = cli_doc(c, d, err);
	}
	cb_doc_free(d);
	cb_whatif_free(w);
	cb_ruleset_free(edited);
	return rc;
}

/* --- rules diff ------------------------------------------------------------------------------------------------ */

static const struct cb_column change_col[] = {
	{"what", "Nội dung", CB_COL_TEXT, 0}, {"was", "Trước", CB_COL_TEXT, 0}, {"now", "Sau", CB_COL_TEXT, 0},
	{"line_was", "Dòng trước", CB_COL_INT, 0}, {"line_now", "Dòng sau", CB_COL_INT, 0},
};

static void change_cells(struct cb_cell cell[static 5], const struct cb_change *x)
{
	cell[0] = cb_cell_text(x->what);
	cell[1] = cb_cell_text(x->was);
	cell[2] = cb_cell_text(x->now);
	cell[3] = (struct cb_cell){.null = !x->line_was, .n = x->line_was};
	cell[4] = (struct cb_cell){.null = !x->line_now, .n = x->line_now};
}

static int print_changes(struct cli *c, const struct cb_changes *d, struct cb_err *err)
{
	struct cb_sink *s = NULL;
	struct cb_cell cell[5];
	int rc = cli_sink(c, &s, change_col, c->form == CB_OUT_TABLE ? 3 : 5, NULL, err);

	for (size_t i = 0; !rc && i < d->n; i++) {
		change_cells(cell, &d->change[i]);
		rc = cb_sink_row(s, cell, err);
	}
	if (!rc)
		return cb_sink_close(s, err);
	cb_sink_close(s, NULL);
	return rc;
}

static int impact_doc(struct cb_doc **out, const struct cb_changes *d, const struct cb_ruleset *const *rs, const struct cb_whatif *w, unsigned by,
		      struct cb_err *err)
{
	struct cb_cell cell[5];
	char t[CB_NUM_TEXT];
	int rc = cb_doc_new(out, "SO SÁNH HAI QUY ĐỊNH", NULL, err);

	if (rc)
		return rc;
	cb_doc_meta(*out, "was", rs[0]->id);
	cb_doc_meta(*out, "now", rs[1]->id);
	cb_doc_para(*out, "Trước: %s (%s)", rs[0]->title ? rs[0]->title : rs[0]->id, rs[0]->id);
	cb_doc_para(*out, "Sau: %s (%s)", rs[1]->title ? rs[1]->title : rs[1]->id, rs[1]->id);
	cb_doc_table(*out, "changes", "Nội dung thay đổi", change_col, 3);
	for (size_t i = 0; i < d->n; i++) {
		change_cells(cell, &d->change[i]);
		cb_doc_row(*out, cell);
	}
	if (!d->n)
		cb_doc_para(*out, "Hai quy định có cùng nội dung.");
	if (!w)
		return 0;
	cb_doc_heading(*out, 2, "Tác động đến các kỳ sinh hoạt đã có số liệu");
	cb_doc_para(*out, "%s kỳ do quy định trước chấm, chấm lại theo cả hai quy định; không ghi gì vào sổ.", cb_fmt_int_vi(t, sizeof t, w->all.seen));
	move_sections(*out, w, by, "Trước \\ sau", "Mức theo quy định trước (dòng) và quy định sau (cột)");
	return 0;
}

int cli_rules_diff(struct cli *c, int argc, char **argv, struct cb_err *err)
{
	struct cb_ruleset *rs[2] = {NULL, NULL};
	struct cb_whatif_opts o = {0};
	struct cb_changes *d = NULL;
	struct cb_whatif *w = NULL;
	struct cb_doc *doc = NULL;
	struct cb_period p;
	bool impact = cli_get(c, "impact");
	int rc = 0;

	(void)argc;
	if (!impact && (cli_get(c, "by") || cli_get(c, "keep") || cli_get(c, "period") || cli_get(c, "unit")))
		return cb_err_set(err, CB_EUSAGE, "rules diff: --period, --unit, --by and --keep go with --impact");
	if (impact)
		rc = move_options(c, &o, &p, err);
	for (int i = 0; !rc && i < 2; i++)
		rc = load_named(c, &rs[i], argv[i], err);
	cli_tell(c);
	if (!rc)
		rc = cb_ruleset_diff(&d, rs[0], rs[1], err);
	if (!rc && impact) {
		o.against = rs[0];
		o.under = rs[1];
		o.book = c->book;
		rc = cb_whatif_new(&w, c->store, &o, err);
	}
	if (!rc && !impact && c->form != CB_OUT_HTML)
		rc = print_changes(c, d, err);
	else if (!rc)
		rc = impact_doc(&doc, d, (const struct cb_ruleset *const *)rs, w, o.by, err);
	if (!rc && doc)
		rc = cli_doc(c, doc, err);
	cb_doc_free(doc);
	cb_whatif_free(w);
	cb_changes_free(d);
	cb_ruleset_free(rs[0]);
	cb_ruleset_free(rs[1]);
	return rc;
}

/* --- one screen of rules watch --------------------------------------------------------------------------------- */

/* The text of this ruleset that most results on record were made with; *out stays NULL when there is none. */
static int stored_version(struct cli *c, const char *id, struct cb_ruleset **out, struct cb_err *err)
{
	struct cb_rows *rows = NULL;
	struct cb_arena a;
	struct cb_source *src;
	struct cb_diags *unheard = NULL;
	int64_t stored = 0;
	size_t n;
	bool row;
	int rc = cb_rows_open(&rows, c->store, err, "SELECT ruleset_id FROM result WHERE ruleset_id IN (SELECT id FROM ruleset WHERE name = ?1)"
			      " GROUP BY 1 ORDER BY count(*) DESC LIMIT 1", "t", id);

	if (!rc && !(rc = cb_rows_step(rows, &row, err)) && row)
		stored = cb_rows_int(rows, 0);
	cb_rows_close(rows);
	if (rc || !stored)
		return rc;
	if (cb_diags_new(&unheard, 1)) /* its mistakes are no news: it was in force */
		return cb_err_nomem(err);
	cb_arena_init(&a);
	rc = cb_store_ruleset_sources(c->store, stored, &a, &src, &n, err);
	if (!rc)
		rc = cb_pack_load_sources(out, src, n, cb_store_facts(c->store), NULL, unheard, err);
	cb_arena_release(&a);
	cb_diags_free(unheard);
	return rc;
}

/* The record under this version, beside what it was rated with. */
static int on_record(struct cli *c, const struct cb_ruleset *rs, struct cb_err *err)
{
	struct cb_whatif_opts o = {.under = rs, .keep = 5, .progress = cli_progress, .ctx = c};
	struct cb_ruleset *stored = NULL;
	struct cb_whatif *w = NULL;
	struct cb_doc *d = NULL;
	char t[CB_NUM_TEXT];
	int rc = stored_version(c, rs->id, &stored, err);

	if (rc == CB_EDATA || rc == CB_ERULE || rc == CB_ELIMIT) {
		fputs("record: the text that it was rated with does not load beside this one\n", c->out);
		return 0;
	}
	if (!rc && !stored) {
		fprintf(c->out, "record: no result was made with %s yet\n", rs->id);
		return 0;
	}
	if (!rc) {
		o.against = stored;
		o.book = c->book;
		rc = cb_whatif_new(&w, c->store, &o, err);
	}
	if (!rc && !w->all.up && !w->all.down && !w->all.other) {
		fprintf(c->out, "record: %s meetings, none would change its level\n", cb_fmt_int_vi(t, sizeof t, w->all.seen));
	} else if (!rc) {
		rc = cb_doc_new(&d, "TÁC ĐỘNG ĐẾN CÁC KỲ ĐÃ CHẤM", NULL, err);
		if (!rc) {
			move_summary(d, "moves", "", &w->all, 1, true);
			level_table(d, w, &w->all, 1, false, "levels", "Mức đang lưu (dòng) và mức khi thử (cột)", "Đang lưu \\ thử");
			cause_sections(d, w);
			rc = cli_doc(c, d, err);
		}
	}
	cb_doc_free(d);
	cb_whatif_free(w);
	cb_ruleset_free(stored);
	return rc;
}

/* An earlier copy of the pack; false when it does not load (any more, beside what facts mean now). */
static bool load_since(struct cli *c, const char *since, struct cb_ruleset **out, struct cb_diags *unheard)
{
	struct cb_diags *diags = c->diags;
	struct cb_err err;
	int rc;

	c->diags = unheard;
	rc = cli_pack(c, since, out, &err);
	c->diags = diags;
	return rc == 0;
}

/* The cases beside the pack, wherever it stands. */
static int run_cases(struct cli *c, const char *word, const struct cb_ruleset *rs, struct cb_case_stats *st, struct cb_err *err)
{
	char path[512], *slash;

	if (!cli_pack_is_file(c, word))
		return cb_pack_test_with(st, rs, c->rules, cli_pack_path(c, word, path, sizeof path), cli_facts(c, err), cli_diags(c), err);
	snprintf(path, sizeof path, "%s", word);
	slash = strrchr(path, '/');
	*slash = '\0';
	return cb_pack_test_with(st, rs, *path ? path : "/", slash + 1, cli_facts(c, err), cli_diags(c), err);
}

int cli_rules_effect(struct cli *c, const char *word, const char *since, struct cb_err *err)
{
	struct cb_ruleset *rs = NULL, *was = NULL;
	struct cb_changes *d = NULL;
	struct cb_case_stats st = {0};
	struct cb_diags *unheard = NULL;
	bool failed = false;
	size_t mistakes;
	int rc = 0;

	if (!c->width)
		c->width = 132; /* for reading: as documents are */
	if (access(c->db, F_OK) == 0)
		rc = cli_store(c, CB_OPEN_READ, err);
	if (!rc)
		rc = cli_pack(c, word, &rs, err);
	if (!rc)
		rc = cb_ruleset_check(rs, cli_diags(c), err);
	mistakes = c->diags ? cb_diags_count(c->diags, CB_SEV_ERROR) : 0;
	fflush(c->out);
	cli_tell(c);
	if (rc == CB_EDATA)
		rc = cb_err_set(err, CB_EDATA, mistakes == 1 ? "1 mistake" : "%zu mistakes", mistakes);
	if (rc)
		goto out;
	fprintf(c->out, "%s: no mistake\n", rs->id);
	rc = run_cases(c, word, rs, &st, err);
	fflush(c->out);
	cli_tell(c);
	if (rc && rc != CB_EDATA)
		goto out;
	failed = st.failed > 0;
	if (failed)
		fprintf(c->out, "cases: %d of %d FAIL\n", st.failed, st.cases);
	else
		fprintf(c->out, "cases: %d pass\n", st.cases);
	rc = cb_diags_new(&unheard, 1) ? cb_err_nomem(err) : 0;
	if (!rc && since && load_since(c, since, &was, unheard)) {
		rc = cb_ruleset_diff(&d, was, rs, err);
		if (!rc && !d->n)
			fputs("meaning: as it was in the last good version\n", c->out);
		else if (!rc)
			rc = print_changes(c, d, err);
	}
	if (!rc && c->store) {
		struct cb_err other;
		/* other packs may be broken meanwhile: then this one's own issuer, kinds and days decide */
		if (cb_pack_load_dir(&c->book, c->rules, cb_store_facts(c->store), NULL, unheard, &other) != 0)
			c->book = NULL;
		rc = on_record(c, rs, err);
	}
	if (!rc && failed)
		rc = cb_err_set(err, CB_EDATA, "%d of %d cases failed", st.failed, st.cases);
out:
	cb_diags_free(unheard);
	cb_changes_free(d);
	cb_ruleset_free(was);
	cb_ruleset_free(rs);
	return rc;
}
