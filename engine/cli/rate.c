/*
 * rate.c - commands that run rulesets over the record: evaluate, replay, whatif.
 */
#include <inttypes.h>
#include <string.h>
#include "base/alloc.h"
#include "base/num.h"
#include "cli/cli.h"
#include "eval/run.h"
#include "eval/whatif.h"
#include "lua/pack.h"

/* Points that people gave for a line that the ruleset does not have count for nothing: said, since it is most often a slip. */
static int unused_points(struct cli *c, int64_t run, struct cb_err *err)
{
	struct cb_rows *r = NULL;
	bool row = false;
	int rc = cb_rows_open(&r, c->store, err,
			      "SELECT rs.name,a.item,count(*),min(u.code) FROM result r JOIN assessment a ON a.meeting_id=r.meeting_id"
			      " JOIN ruleset rs ON rs.id=r.ruleset_id JOIN meeting m ON m.id=r.meeting_id JOIN unit u ON u.id=m.unit_id"
			      " WHERE r.run_id=?1 AND a.item<>'' AND NOT EXISTS (SELECT 1 FROM ruleset_criterion k WHERE k.ruleset_id=r.ruleset_id"
			      " AND (k.id=a.item OR substr(a.item,1,length(k.id)+1)=k.id||'.')) GROUP BY 1,2 ORDER BY 1,2 LIMIT 20",
			      "i", run);

	while (!rc && !(rc = cb_rows_step(r, &row, err)) && row)
		cli_say(c, "warning: \"%s\" is no line of %s: points given for it count for nothing (%lld times, first for %s)", cb_rows_text(r, 1),
			cb_rows_text(r, 0), (long long)cb_rows_int(r, 2), cb_rows_text(r, 3));
	cb_rows_close(r);
	return rc;
}

int cli_evaluate(struct cli *c, int argc, char **argv, struct cb_err *err)
{
	static const struct cb_column col[] = {
		{"run", "Lần chấm", CB_COL_INT, 0},	 {"seen", "Đã xét", CB_COL_INT, 0},	     {"unchanged", "Không đổi", CB_COL_INT, 0},
		{"evaluated", "Đã chấm", CB_COL_INT, 0}, {"rated", "Có xếp loại", CB_COL_INT, 0},	     {"missing", "Chưa đủ dữ liệu", CB_COL_INT, 0},
		{"invalid", "Số liệu sai", CB_COL_INT, 0}, {"errors", "Lỗi quy định", CB_COL_INT, 0}, {"without_ruleset", "Chưa có quy định", CB_COL_INT, 0},
	};
	struct cb_run_opts o = {.unit = cli_get(c, "unit"), .all = cli_get(c, "all"), .dry = cli_get(c, "dry-run"), .progress = cli_progress, .ctx = c};
	struct cb_run_stats s;
	struct cb_period p;
	struct cb_sink *sink = NULL;
	bool have;
	int rc = cli_get_period(c, &p, &have, err);

	(void)argc;
	(void)argv;
	if (rc)
		return rc;
	o.period = have ? &p : NULL;
	o.today = cb_today();
	rc = cli_store(c, o.dry ? CB_OPEN_READ : CB_OPEN_WRITE, err);
	if (!rc)
		rc = cli_rules(c, err);
	if (rc)
		return rc;
	if (o.unit) {
		int64_t id;
		rc = cli_unit_id(c, o.unit, &id, err);
		if (rc)
			return rc;
	}
	rc = cb_run(&s, c->store, c->book, &o, cli_diags(c), err);
	cli_tell(c);
	if (rc)
		return rc;
	if (o.dry)
		cli_say(c, "dry run: nothing was stored");
	if (s.run_id && (rc = unused_points(c, s.run_id, err)))
		return rc;
	if (s.sealed)
		cli_say(c, "%lld meetings of closed periods keep their results", (long long)s.sealed);
	rc = cli_sink(c, &sink, col, sizeof col / sizeof *col, NULL, err);
	if (!rc)
		rc = cb_sink_row(sink, (struct cb_cell[]){{.null = !s.run_id, .n = s.run_id}, cb_cell_int(s.seen), cb_cell_int(s.unchanged), cb_cell_int(s.evaluated),
							  cb_cell_int(s.rated), cb_cell_int(s.missing), cb_cell_int(s.invalid), cb_cell_int(s.errors),
							  cb_cell_int(s.without_ruleset)}, err);
	if (rc) {
		cb_sink_close(sink, NULL);
		return rc;
	}
	rc = cb_sink_close(sink, err);
	if (!rc && s.invalid + s.errors)
		rc = cb_err_set(err, CB_EDATA, "%" PRId64 " meetings could not be rated for wrong points or a fault of a pack; 'chibo explain' says why",
				s.invalid + s.errors);
	return rc;
}

int cli_replay(struct cli *c, int argc, char **argv, struct cb_err *err)
{
	static const struct cb_column col[] = {
		{"run", "Lần chấm", CB_COL_INT, 0}, {"results", "Kết quả", CB_COL_INT, 0}, {"same", "Như cũ", CB_COL_INT, 0}, {"differ", "Khác", CB_COL_INT, 0},
		{"lost", "Không dựng lại được", CB_COL_INT, 0},
	};
	struct cb_replay_stats s = {0};
	struct cb_sink *sink = NULL;
	struct cb_err later = {0};
	int64_t id;
	int rc = cli_int(argv[0], "run", &id, err), rc2;

	(void)argc;
	if (!rc)
		rc = cli_store(c, CB_OPEN_READ, err);
	if (!rc)
		rc = cb_replay(&s, c->store, id, &cb_pack_stored_loader, cli_diags(c), err);
	cli_tell(c);
	if (rc && rc != CB_EDATA)
		return rc;
	rc2 = cli_sink(c, &sink, col, sizeof col / sizeof *col, NULL, &later);
	if (!rc2)
		rc2 = cb_sink_row(sink, (struct cb_cell[]){cb_cell_int(id), cb_cell_int(s.results), cb_cell_int(s.same), cb_cell_int(s.differ), cb_cell_int(s.lost)},
				  &later);
	if (rc2)
		cb_sink_close(sink, NULL);
	else
		rc2 = cb_sink_close(sink, &later);
	if (rc2) {
		*err = later;
		return rc2;
	}
	if (s.differ || s.lost)
		return cb_err_set(err, CB_EDATA, "run %" PRId64 ": %" PRId64 " results came out differently, %" PRId64 " could not be rebuilt", id, s.differ, s.lost);
	return rc;
}

/* --- whatif -------------------------------------------------------------------------------------------------- */

static void move_table(struct cb_doc *d, const struct cb_whatif *w, const struct cb_move_table *t, const char *id, const char *title)
{
	enum { MAX = 12 };
	struct cb_column col[MAX + 2];
	struct cb_cell cell[MAX + 2];
	size_t n = w->nnew < MAX ? w->nnew : MAX;

	col[0] = (struct cb_column){"stored", "Đang lưu \\ thử", CB_COL_TEXT, 0};
	for (size_t i = 0; i < n; i++)
		col[i + 1] = (struct cb_column){w->new_level[i], w->new_level[i], CB_COL_INT, 0};
	cb_doc_table(d, id, title, col, n + 1);
	for (size_t k = 0; k < w->nold; k++) {
		cell[0] = cb_cell_text(w->old_level[k]);
		for (size_t i = 0; i < n; i++)
			cell[i + 1] = cb_cell_int(t->count[k * w->nnew + i]);
		cb_doc_row(d, cell);
	}
}

static void move_summary(struct cb_doc *d, const char *id, const char *title, const struct cb_move_table *t, size_t n)
{
	static const struct cb_column col[] = {
		{"group", "", CB_COL_TEXT, 0}, {"seen", "Số kỳ", CB_COL_INT, 0}, {"up", "Lên mức", CB_COL_INT, 0},
		{"down", "Xuống mức", CB_COL_INT, 0}, {"same", "Giữ mức", CB_COL_INT, 0}, {"other", "Không so được", CB_COL_INT, 0},
	};

	cb_doc_table(d, id, title, col, sizeof col / sizeof *col);
	for (size_t i = 0; i < n; i++)
		cb_doc_row(d, (struct cb_cell[]){cb_cell_text(*t[i].name ? t[i].name : "Cộng"), cb_cell_int(t[i].seen), cb_cell_int(t[i].up), cb_cell_int(t[i].down),
						 cb_cell_int(t[i].same), cb_cell_int(t[i].other)});
}

static int whatif_doc(struct cb_doc **out, const struct cb_whatif *w, struct cb_err *err)
{
	static const struct cb_column causes[] = {
		{"criterion", "Tiêu chí", CB_COL_TEXT, 0}, {"up", "Làm lên mức", CB_COL_INT, 0}, {"down", "Làm xuống mức", CB_COL_INT, 0},
	};
	static const struct cb_column needs[] = {{"fact", "Số liệu thiếu", CB_COL_TEXT, 0}, {"meetings", "Số kỳ", CB_COL_INT, 0}};
	static const struct cb_column movers[] = {
		{"meeting", "Kỳ", CB_COL_INT, 0},    {"code", "Mã", CB_COL_TEXT, 0},	  {"name", "Chi bộ", CB_COL_TEXT, 0}, {"cluster", "Cụm", CB_COL_TEXT, 0},
		{"cell_type", "Loại hình", CB_COL_TEXT, 0}, {"held_on", "Ngày", CB_COL_DAY, 0},
		{"from", "Từ", CB_COL_TEXT, 0},	     {"to", "Thành", CB_COL_TEXT, 0},	  {"old_score", "Điểm cũ", CB_COL_PTS, 0}, {"new_score", "Điểm mới", CB_COL_PTS, 0},
		{"cause", "Do tiêu chí", CB_COL_TEXT, 0},
	};
	char t[CB_NUM_TEXT];
	int rc = cb_doc_new(out, "NẾU CHẤM THEO QUY ĐỊNH KHÁC", w->under->title ? w->under->title : w->under->id, err);

	if (rc)
		return rc;
	cb_doc_meta(*out, "under", w->under->id);
	move_summary(*out, "moves", "", &w->all, 1);
	move_table(*out, w, &w->all, "levels", "Mức đang lưu (dòng) và mức khi thử (cột)");
	if (w->ncluster)
		move_summary(*out, "by_cluster", "Theo cụm", w->cluster, w->ncluster);
	if (w->ncell_type)
		move_summary(*out, "by_cell_type", "Theo loại hình", w->cell_type, w->ncell_type);
	if (w->ncause) {
		cb_doc_table(*out, "causes", "Tiêu chí làm đổi mức", causes, 3);
		for (size_t i = 0; i < w->ncause; i++)
			cb_doc_row(*out, (struct cb_cell[]){cb_cell_text(w->cause[i].label ? w->cause[i].label : "điều kiện khống chế hoặc ngưỡng"),
							    cb_cell_int(w->cause[i].up), cb_cell_int(w->cause[i].down)});
	}
	if (w->nneed) {
		cb_doc_table(*out, "needs", "Chưa đủ dữ liệu để thử", needs, 2);
		for (size_t i = 0; i < w->nneed; i++)
			cb_doc_row(*out, (struct cb_cell[]){cb_cell_text(w->need[i].label ? w->need[i].label : w->need[i].id), cb_cell_int(w->need[i].meetings)});
	}
	if (w->nmover) {
		cb_doc_table(*out, "movers", "Kỳ sinh hoạt đổi mức", movers, sizeof movers / sizeof *movers);
		for (size_t i = 0; i < w->nmover; i++) {
			const struct cb_mover *m = &w->mover[i];
			cb_doc_row(*out, (struct cb_cell[]){cb_cell_int(m->meeting_id), cb_cell_text(m->code), cb_cell_text(m->name), cb_cell_text(m->cluster),
							    cb_cell_text(cb_cell_type_vi((enum cb_cell_type)m->cell_type)), cb_cell_int(m->held_on),
							    cb_cell_text(w->old_level[m->old_level]), cb_cell_text(w->new_level[m->new_level]),
							    cb_cell_pts(m->old_score.n, m->old_score.d), cb_cell_pts(m->new_score.n, m->new_score.d),
							    cb_cell_text(m->cause_label)});
		}
	}
	if (w->movers > (int64_t)w->nmover)
		cb_doc_note(*out, "Còn %s kỳ đổi mức không in ở đây (--keep N).", cb_fmt_int_vi(t, sizeof t, w->movers - (int64_t)w->nmover));
	if (w->without_result)
		cb_doc_note(*out, "%s kỳ chưa được chấm lần nào.", cb_fmt_int_vi(t, sizeof t, w->without_result));
	return 0;
}

int cli_whatif(struct cli *c, int argc, char **argv, struct cb_err *err)
{
	struct cb_whatif_opts o = {.unit = cli_get(c, "unit"), .official = cli_get(c, "official"), .progress = cli_progress, .ctx = c};
	struct cb_whatif *w = NULL;
	struct cb_doc *d = NULL;
	struct cb_ruleset *edited = NULL;
	const char *set[CLI_GIVEN_MAX], *s;
	size_t nset = 0;
	struct cb_period p;
	int64_t keep;
	bool have;
	int at = 0, rc = cli_get_period(c, &p, &have, err);

	(void)argc;
	while ((s = cli_each(c, "set", &at)))
		set[nset++] = s;
	if (!rc)
		rc = cli_get_int(c, "keep", 1, 1000000, 20, &keep, err);
	if (!rc)
		rc = cli_store(c, CB_OPEN_READ, err);
	if (!rc && cli_pack_is_file(c, argv[0])) {
		if (nset)
			rc = cb_err_set(err, CB_EUSAGE, "--set changes a pack of the rules folder; in %s write the number itself", argv[0]);
		if (!rc)
			rc = cli_pack(c, argv[0], &edited, err);
		cli_tell(c);
		o.under = edited;
	} else if (!rc) {
		rc = cli_rules(c, err);
		if (!rc)
			rc = cli_ruleset(c, argv[0], &o.under, err);
	}
	if (!rc && nset) {
		rc = cb_pack_load_edited(&edited, c->rules, o.under->src[o.under->nsrc - 1].path, set, nset, cb_store_facts(c->store), cli_diags(c),
					 err);
		o.under = edited;
	}
	if (rc)
		return rc;
	o.period = have ? &p : NULL;
	o.keep = (size_t)keep;
	rc = cb_whatif_new(&w, c->store, &o, err);
	if (!rc)
		rc = whatif_doc(&d, w, err);
	if (!rc)
		rc = cli_doc(c, d, err);
	cb_doc_free(d);
	cb_whatif_free(w);
	cb_ruleset_free(edited);
	return rc;
}
