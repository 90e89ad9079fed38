/*
 * record.c - commands about the record itself: init, doctor, backup, migrate, seal, unseal, audit, runs, sql.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include "base/alloc.h"
#include "base/num.h"
#include "base/utf8.h"
#include "cli/cli.h"
#include "exchange/value.h"

int cli_init(struct cli *c, int argc, char **argv, struct cb_err *err)
{
	int rc = cb_store_create(c->db, err);

	(void)argc;
	(void)argv;
	if (!rc)
		cli_say(c, "made %s, an empty record", c->db);
	else if (rc == CB_EEXIST)
		cb_err_set(err, CB_EEXIST, "%s is there already; nothing was changed", c->db);
	return rc;
}

int cli_doctor(struct cli *c, int argc, char **argv, struct cb_err *err)
{
	int rc = cli_store(c, CB_OPEN_READ, err);

	(void)argc;
	(void)argv;
	if (rc)
		return rc;
	rc = cb_store_doctor(c->store, cli_diags(c), err);
	if (rc == CB_EDATA) {
		cli_tell(c);
		return cb_err_set(err, CB_EDATA, "%s: the record has faults; restore the last backup, or tell who keeps chibo", c->db);
	}
	if (!rc) {
		cli_tell(c);
		fprintf(c->out, "%s: all is well\n", c->db);
	}
	return rc;
}

int cli_backup(struct cli *c, int argc, char **argv, struct cb_err *err)
{
	int rc = cli_store(c, CB_OPEN_READ, err);

	(void)argc;
	if (!rc)
		rc = cb_store_backup(c->store, argv[0], err);
	if (!rc)
		cli_say(c, "copied %s to %s", c->db, argv[0]);
	return rc;
}

int cli_migrate(struct cli *c, int argc, char **argv, struct cb_err *err)
{
	int from, to, rc = cb_store_migrate(c->db, &from, &to, err);

	(void)argc;
	(void)argv;
	if (rc)
		return rc;
	if (from == to)
		cli_say(c, "%s is at schema %d already", c->db, to);
	else
		cli_say(c, "moved %s from schema %d to %d", c->db, from, to);
	return 0;
}

/* The other seals that hold some days of the period, as " (2020-Q1, 2020)"; nothing when there are none. */
static int other_seals(struct cli *c, const struct cb_period *p, const char *own, struct cb_buf *out, struct cb_err *err)
{
	struct cb_rows *r = NULL;
	char from[11], to[11];
	bool row, any = false;
	int rc = cb_rows_open(&r, c->store, err, "select period from v_seal where valid_from <= ?2 and valid_to >= ?1 and period <> ?3 order by 1", "ttt",
			      cb_day_iso(from, p->from), cb_day_iso(to, p->to), own);

	while (!rc && !(rc = cb_rows_step(r, &row, err)) && row) {
		cb_buf_printf(out, "%s%s", any ? ", " : " (", cb_rows_text(r, 0));
		any = true;
	}
	if (any)
		cb_buf_puts(out, ")");
	cb_rows_close(r);
	return rc ? rc : cb_buf_ok(out) ? 0 : cb_err_nomem(err);
}

int cli_seal(struct cli *c, int argc, char **argv, struct cb_err *err)
{
	struct cb_period p;
	enum cb_put what;
	char code[32], day[11];
	int rc = cli_period(&p, argv[0], err);

	(void)argc;
	if (rc)
		return rc;
	cb_period_code(code, sizeof code, &p);
	if (p.to >= cb_today() && !cli_get(c, "force"))
		return cb_err_set(err, CB_EUSAGE, "%s has not ended: its last day is %s; --force closes it all the same", code, cb_day_iso(day, p.to));
	rc = cli_store(c, CB_OPEN_WRITE, err);
	if (!rc)
		rc = cb_store_begin(c->store, err);
	if (rc)
		return rc;
	rc = cb_store_seal(c->store, &p, &what, err);
	if (!rc)
		rc = cb_store_commit(c->store, err);
	if (rc) {
		cb_store_rollback(c->store);
		return rc;
	}
	cli_say(c, what == CB_PUT_SAME ? "%s was closed already" : "%s is closed: its meetings and points can no longer change", code);
	return 0;
}

int cli_unseal(struct cli *c, int argc, char **argv, struct cb_err *err)
{
	enum { LONGEST = 500 };
	const char *reason = cli_get(c, "reason");
	struct cb_period p;
	struct cb_buf text, others;
	size_t at, chars = 0, len = reason ? strlen(reason) : 0;
	char code[32];
	int rc = cli_period(&p, argv[0], err);

	(void)argc;
	if (rc)
		return rc;
	if (reason)
		cb_cell_trim(&reason, &len);
	if (!len)
		return cb_err_set(err, CB_EUSAGE, "why is %s opened again? --reason TEXT is kept in the audit", argv[0]);
	if (cb_text_check(reason, len, &at) != CB_TEXT_OK)
		return cb_err_set(err, CB_EUSAGE, "--reason is no plain UTF-8 text: look at its character %zu", at + 1);
	cb_period_code(code, sizeof code, &p);
	cb_buf_init(&text);
	cb_buf_init(&others);
	cb_utf8_nfc(&text, reason, len);
	for (size_t i = 0; i < text.len; i++)
		chars += (text.s[i] & 0xC0) != 0x80;
	if (!cb_buf_ok(&text))
		rc = cb_err_nomem(err);
	else if (chars > LONGEST)
		rc = cb_err_set(err, CB_EUSAGE, "--reason has %zu characters; at most %d are kept", chars, LONGEST);
	if (!rc)
		rc = cli_store(c, CB_OPEN_WRITE, err);
	if (!rc)
		rc = other_seals(c, &p, code, &others, err);
	if (!rc)
		rc = cb_store_begin(c->store, err);
	if (!rc) {
		rc = cb_store_unseal(c->store, &p, text.s, err);
		if (!rc)
			rc = cb_store_commit(c->store, err);
		else if (rc == CB_ENOTFOUND && others.len)
			cb_err_set(err, CB_ENOTFOUND, "%s has no seal of its own; other seals hold its days%s: unseal those", code, others.s);
		if (rc)
			cb_store_rollback(c->store);
	}
	if (!rc && others.len)
		cli_say(c, "the seal of %s is off; some of its days stay closed by other seals%s", code, others.s);
	else if (!rc)
		cli_say(c, "%s is open again; seal it when what was wrong is mended", code);
	cb_buf_release(&text);
	cb_buf_release(&others);
	return rc;
}

int cli_audit(struct cli *c, int argc, char **argv, struct cb_err *err)
{
	static const struct cb_column col[] = {
		{"id", "Số", CB_COL_INT, 0},	    {"day", "Ngày", CB_COL_TEXT, 0},	{"actor", "Lệnh", CB_COL_TEXT, 0}, {"what", "Việc", CB_COL_TEXT, 0},
		{"subject", "Đối tượng", CB_COL_TEXT, 0}, {"was", "Trước", CB_COL_TEXT, 0}, {"now", "Sau", CB_COL_TEXT, 0},
	};
	struct cb_rows *r = NULL;
	int64_t last, n;
	int rc = cli_get_int(c, "last", 1, INT32_MAX, 50, &last, err);

	(void)argc;
	(void)argv;
	if (!rc)
		rc = cli_store(c, CB_OPEN_READ, err);
	if (!rc)
		rc = cb_rows_open(&r, c->store, err,
				  "select id, day, actor, what, subject, was, now from (select * from v_audit order by id desc limit ?1) order by id", "i", last);
	if (!rc)
		rc = cli_query(c, col, sizeof col / sizeof *col, NULL, r, &n, err);
	cb_rows_close(r);
	return rc;
}

int cli_runs(struct cli *c, int argc, char **argv, struct cb_err *err)
{
	static const struct cb_column col[] = {
		{"id", "Lần", CB_COL_INT, 0},	     {"what", "Việc", CB_COL_TEXT, 0},	     {"today", "Ngày", CB_COL_TEXT, 0},
		{"results", "Kết quả", CB_COL_INT, 0}, {"rated", "Xếp loại", CB_COL_INT, 0}, {"missing", "Thiếu", CB_COL_INT, 0},
		{"invalid", "Sai", CB_COL_INT, 0},   {"errors", "Lỗi", CB_COL_INT, 0},	     {"version", "Bản", CB_COL_TEXT, 0},
		{"signed_by", "Người ký", CB_COL_TEXT, 0}, {"signatures", "Chữ ký", CB_COL_TEXT, 0}, {"results_sha", "SHA-256", CB_COL_TEXT, 0},
	};
	struct cb_rows *r = NULL;
	int64_t n;
	int rc = cli_store(c, CB_OPEN_READ, err);

	(void)argc;
	(void)argv;
	if (!rc)
		rc = cb_rows_open(&r, c->store, err, "select id, what, today, results, rated, missing, invalid, errors, version,"
				  " (select group_concat(signer, '; ') from (select distinct signer from v_run_signature where run_id = v.id and signer is not null order by 1)),"
				  " (select state from v_run_signature where run_id = v.id order by " CLI_WEAKEST " limit 1),"
				  " results_sha from v_run v order by id", "");
	if (!rc)
		rc = cli_query(c, col, sizeof col / sizeof *col, NULL, r, &n, err);
	cb_rows_close(r);
	return rc;
}

int cli_rows(struct cli *c, struct cb_rows *r, struct cb_err *err)
{
	int n = cb_rows_columns(r), rc = 0;
	struct cb_column *col = cb_calloc((size_t)n + 1, sizeof *col);
	struct cb_cell *cell = cb_calloc((size_t)n + 1, sizeof *cell);
	struct cb_sink *s = NULL;
	bool row = false;

	if (!col || !cell)
		rc = cb_err_nomem(err);
	/* a column of numbers is aligned as such: the first row tells */
	if (!rc)
		rc = cb_rows_step(r, &row, err);
	for (int i = 0; !rc && i < n; i++) {
		col[i] = (struct cb_column){cb_rows_name(r, i), cb_rows_name(r, i), CB_COL_TEXT, 0};
		/* where nothing is aligned each value is what it is: a number is one in JSON also below an empty cell */
		if (c->form == CB_OUT_JSON || (row && (cb_rows_type(r, i) == CB_ROW_INT || cb_rows_type(r, i) == CB_ROW_REAL)))
			col[i].type = CB_COL_RAW;
	}
	if (!rc)
		rc = cli_sink(c, &s, col, (size_t)n, NULL, err);
	while (!rc && row) {
		for (int i = 0; i < n; i++) {
			cell[i] = (struct cb_cell){.null = cb_rows_null(r, i), .text = cb_rows_text(r, i)};
			cell[i].n = cb_rows_type(r, i) == CB_ROW_TEXT; /* RAW: text is quoted in JSON */
		}
		rc = cb_sink_row(s, cell, err);
		if (!rc)
			rc = cb_rows_step(r, &row, err);
	}
	if (rc)
		cb_sink_close(s, NULL);
	else
		rc = cb_sink_close(s, err);
	cb_free(col);
	cb_free(cell);
	return rc;
}

int cli_sql(struct cli *c, int argc, char **argv, struct cb_err *err)
{
	struct cb_rows *r = NULL;
	int rc = cli_store(c, CB_OPEN_READ, err);

	(void)argc;
	if (rc)
		return rc;
	rc = cb_rows_prepare(&r, c->store, err, argv[0]);
	if (!rc)
		rc = cli_rows(c, r, err);
	cb_rows_close(r);
	return rc;
}
