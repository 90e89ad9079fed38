/*
 * rate.c - commands that run rulesets over the record: evaluate, replay.
 */
#include <inttypes.h>
#include <string.h>
#include "base/alloc.h"
#include "base/num.h"
#include "cli/cli.h"
#include "eval/run.h"
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

/* Lost points that want a note and have none, and notes that stand under no line of the ruleset. */
static int missing_notes(struct cli *c, int64_t run, struct cb_err *err)
{
	struct cb_rows *r = NULL;
	bool row = false;
	int rc = cb_rows_open(&r, c->store, err,
			      "SELECT rs.name,n.item,count(*),min(u.code) FROM result r JOIN note n ON n.meeting_id=r.meeting_id"
			      " JOIN ruleset rs ON rs.id=r.ruleset_id JOIN meeting m ON m.id=r.meeting_id JOIN unit u ON u.id=m.unit_id"
			      " WHERE r.run_id=?1 AND n.item<>'' AND NOT EXISTS (SELECT 1 FROM ruleset_criterion k WHERE k.ruleset_id=r.ruleset_id"
			      " AND (k.id=n.item OR substr(n.item,1,length(k.id)+1)=k.id||'.')) GROUP BY 1,2 ORDER BY 1,2 LIMIT 20",
			      "i", run);

	while (!rc && !(rc = cb_rows_step(r, &row, err)) && row)
		cli_say(c, "warning: \"%s\" is no line of %s: a note on it explains no lost point (%lld times, first for %s)", cb_rows_text(r, 1),
			cb_rows_text(r, 0), (long long)cb_rows_int(r, 2), cb_rows_text(r, 3));
	cb_rows_close(r);
	r = NULL;
	if (!rc)
		rc = cb_rows_open(&r, c->store, err,
				  "SELECT rs.name,count(DISTINCT d.meeting_id),count(*) FROM v_note_due d JOIN result r ON r.meeting_id=d.meeting_id"
				  " JOIN ruleset rs ON rs.id=r.ruleset_id WHERE r.run_id=?1 AND d.note IS NULL GROUP BY 1 ORDER BY 1", "i", run);
	while (!rc && !(rc = cb_rows_step(r, &row, err)) && row)
		cli_say(c, "warning: %s wants a note for every lost point: %lld meeting%s lack%s it, on %lld line%s; 'chibo compliance --duty notes' lists them",
			cb_rows_text(r, 0), (long long)cb_rows_int(r, 1), cb_rows_int(r, 1) == 1 ? "" : "s", cb_rows_int(r, 1) == 1 ? "s" : "",
			(long long)cb_rows_int(r, 2), cb_rows_int(r, 2) == 1 ? "" : "s");
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
	struct cb_run_opts o = {.unit = cli_get(c, "unit"), .all = cli_get(c, "all"), .dry = cli_get(c, "dry-run"), .progress = cli_progress, .vouch = cli_vouch,
				.ctx = c};
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
	if (s.run_id && ((rc = unused_points(c, s.run_id, err)) || (rc = missing_notes(c, s.run_id, err))))
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

/* Who had signed, on the day of the run. */
static int tell_signers(struct cli *c, int64_t run, struct cb_err *err)
{
	struct cb_rows *r = NULL;
	bool row = false;
	int rc = cb_rows_open(&r, c->store, err, "SELECT ruleset,folder,state,signer,key FROM v_run_signature WHERE run_id=?1"
			      " AND EXISTS (SELECT 1 FROM run_signature WHERE run_id=?1 AND state<>'unsigned') ORDER BY ruleset,folder", "i", run);

	while (!rc && !(rc = cb_rows_step(r, &row, err)) && row) {
		if (cb_rows_null(r, 3))
			cli_say(c, "%s: folder %s was %s", cb_rows_text(r, 0), cb_rows_text(r, 1), cb_rows_text(r, 2));
		else
			cli_say(c, "%s: folder %s was signed by \"%s\" (%s, key %.16s...)", cb_rows_text(r, 0), cb_rows_text(r, 1), cb_rows_text(r, 3),
				cb_rows_text(r, 2), cb_rows_text(r, 4));
	}
	cb_rows_close(r);
	return rc;
}

int cli_replay(struct cli *c, int argc, char **argv, struct cb_err *err)
{
	static const struct cb_column col[] = {
		{"run", "Lần chấm", CB_COL_INT, 0}, {"results", "Kết quả", CB_COL_INT, 0}, {"same", "Như cũ", CB_COL_INT, 0}, {"differ", "Khác", CB_COL_INT, 0},
		{"lost", "Không dựng lại được", CB_COL_INT, 0}, {"signatures", "Chữ ký", CB_COL_TEXT, 0},
	};
	struct cb_rows *weakest = NULL;
	bool row = false;
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
	rc2 = tell_signers(c, id, &later);
	if (!rc2)
		rc2 = cb_rows_open(&weakest, c->store, &later, "SELECT state FROM v_run_signature WHERE run_id=?1 ORDER BY " CLI_WEAKEST " LIMIT 1", "i", id);
	if (!rc2)
		rc2 = cb_rows_step(weakest, &row, &later);
	if (!rc2)
		rc2 = cli_sink(c, &sink, col, sizeof col / sizeof *col, NULL, &later);
	if (!rc2)
		rc2 = cb_sink_row(sink, (struct cb_cell[]){cb_cell_int(id), cb_cell_int(s.results), cb_cell_int(s.same), cb_cell_int(s.differ), cb_cell_int(s.lost),
							   cb_cell_text(row ? cb_rows_text(weakest, 0) : NULL)}, &later);
	cb_rows_close(weakest);
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
