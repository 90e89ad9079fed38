/*
 * import.c - a file into the record; see import.h.
 *
 * A row becomes cells by field (from csv.c by its headings, from json.c by its keys), import_rows.c makes values of
 * them and puts them through the store. Everything happens in one transaction of the store; keys seen in this file are
 * kept on disk (store/seen.h), so that memory stays flat.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/alloc.h"
#include "base/utf8.h"
#include "exchange/import_int.h"
#include "exchange/value.h"

/* --- rows in ------------------------------------------------------------------------------------------------ */

static void begin_row(struct cb_imp *m, long line, long col)
{
	m->row_line = line, m->row_col = col;
	m->row_bad = false;
	m->put = 0;
	m->ntext = 0;
	cb_buf_clear(&m->row_error);
	memset(m->cell, 0, m->nfield * sizeof(m->cell[0]));
}

static int tick(struct cb_imp *m, const struct cb_feed *feed)
{
	if (!m->o->progress || m->stats.rows < m->next_progress)
		return 0;
	m->next_progress = m->stats.rows + 1000;
	if (m->o->progress(m->o->ctx, m->stats.rows, cb_feed_taken(feed), cb_feed_total(feed)))
		return cb_err_set(m->err, CB_EINTR, "stopped; nothing was kept");
	return 0;
}

static void wrong_length(struct cb_imp *m, const struct cb_csv_row *row, char sep)
{
	char what[300];
	static const char others[] = ",;\t";
	const char *hint = "";
	if (row->nfield == 1)
		for (size_t i = 0; i < sizeof(others) - 1 && !*hint; i++)
			if (others[i] != sep && memchr(row->field[0].s, others[i], row->field[0].n))
				hint = "; it has another separator than the header";
	snprintf(what, sizeof(what), "%zu field%s, where the header has %zu%s", row->nfield, row->nfield == 1 ? "" : "s", m->ncolumn, hint);
	cb_imp_told(m, row->line, (long)(row->nfield < m->ncolumn ? row->nfield : m->ncolumn + 1), NULL, what,
	     *hint ? "use one separator in the whole file" :
	     row->nfield < m->ncolumn ? "complete the row; if it is the last one, the file may have been cut" :
	     "put a cell that holds a separator in quotes");
}

/* Files put one after the other: the header stands among the rows. */
static bool header_again(const struct cb_imp *m, const struct cb_csv_row *row)
{
	size_t same = 0;
	for (size_t i = 0; i < m->ncolumn; i++) {
		const char *s = row->field[i].s;
		size_t n = row->field[i].n;
		cb_cell_trim(&s, &n);
		same += n > 0 && strlen(m->column[i].name) == n && !memcmp(m->column[i].name, s, n);
	}
	return same >= 2 && same * 2 >= m->ncolumn;
}

static int rows_csv(struct cb_imp *m, struct cb_csv *csv)
{
	const struct cb_csv_row *row;
	char sep = cb_csv_separator(csv);
	bool headed = false, first = true;
	int rc = cb_imp_read_headings(m, csv);
	if (rc < 0 || cb_diags_count(m->diags, CB_SEV_ERROR) > m->errors_before)
		return rc;
	while ((rc = cb_csv_next(csv, &row, m->err)) > 0) {
		if (!row->fault && cb_imp_row_blank(row))
			continue;
		/* the second row of our own template says what each column wants */
		if (first && !row->fault && row->field[0].n > 1 && row->field[0].s[0] == '#' && row->field[0].s[1] == ' ')
			continue;
		first = false;
		begin_row(m, row->line, 1);
		m->stats.rows++;
		size_t n = row->nfield;
		while (n > m->ncolumn && row->field[n - 1].n == 0)
			n--; /* empty cells beyond the last column */
		if (row->fault) {
			cb_imp_told(m, row->fault_line, (long)row->fault_column,
			     row->fault_column <= m->ncolumn && m->column[row->fault_column - 1].name[0] ? m->column[row->fault_column - 1].name : NULL, row->fault,
			     row->mend);
		} else if (n != m->ncolumn) {
			wrong_length(m, row, sep);
		} else if (header_again(m, row)) {
			cb_imp_told(m, row->line, 0, NULL, "the header stands here again", "remove the row, or import the files one by one");
		} else {
			for (size_t i = 0; i < n; i++) {
				const struct cb_in_column *col = &m->column[i];
				struct cb_in_cell c = { .s = row->field[i].s, .n = row->field[i].n, .line = row->field[i].line, .col = (long)i + 1, .type = CB_JSON_TEXT };
				if (col->field == CB_F_IGNORED)
					continue;
				cb_cell_trim(&c.s, &c.n);
				if (c.n > 1 && c.s[0] == '\'' && cb_text_runs(c.s + 1, c.n - 1))
					c.s++, c.n--; /* export put it there, so that a spreadsheet does not run the cell */
				if (c.n)
					cb_imp_check_text(m, &c, col->name);
				if (col->field == CB_F_UNKNOWN) {
					if (c.n && !c.broken)
						cb_imp_told(m, c.line, c.col, NULL, "a cell in a column without a heading", "name the column, or empty it");
				} else if (col->field == CB_F_ITEM || col->field == CB_F_ITEM_NOTE) {
					m->item_cell[i] = c;
				} else {
					m->cell[col->field] = c;
				}
			}
			if ((rc = cb_imp_row(m)) < 0)
				return rc;
		}
		if (m->row_bad) {
			m->stats.bad++;
			if (m->fd >= 0) {
				if (!headed)
					cb_imp_reject_heading_csv(m, sep);
				headed = true;
				cb_imp_reject_row_csv(m, sep, row);
				if (m->out.len > 65536 && (rc = cb_imp_reject_flush(m)) < 0)
					return rc;
			}
		}
		if ((rc = tick(m, cb_csv_feed(csv))) < 0)
			return rc;
	}
	return rc;
}

/* The column of a JSON key: keys come in the same order in record after record. */
static int json_column(struct cb_imp *m, const struct cb_json_field *f, size_t guess, struct cb_in_column **out)
{
	*out = NULL;
	for (size_t k = 0; k < m->ncolumn; k++) {
		struct cb_in_column *col = &m->column[(guess + k) % m->ncolumn];
		if (strlen(col->name) == f->nkey && !memcmp(col->name, f->key, f->nkey)) {
			*out = col;
			return 0;
		}
	}
	if (m->ncolumn == CB_CSV_COLUMNS_MAX)
		return 0;
	if (!cb_imp_map_column(m, &m->column[m->ncolumn], f->key, f->nkey))
		return cb_err_nomem(m->err);
	*out = &m->column[m->ncolumn++];
	return 0;
}

static int record_json(struct cb_imp *m, const struct cb_json_row *row)
{
	int rc;
	for (size_t i = 0; i < m->nfield; i++)
		m->cell_column[i] = -1;
	memset(m->item_cell, 0, m->ncolumn * sizeof(m->item_cell[0]));
	for (size_t i = 0; i < row->nfield; i++) {
		const struct cb_json_field *f = &row->field[i];
		struct cb_in_cell key = { .s = f->key, .n = f->nkey, .line = f->line, .col = f->column };
		struct cb_in_column *col;
		if (f->nkey > 160 || f->nkey == 0) {
			cb_imp_told(m, f->line, f->column, NULL, f->nkey ? "a key is too long" : "a key is empty", "`chibo template` lists the fields");
			continue;
		}
		cb_imp_check_text(m, &key, NULL);
		if (key.broken)
			continue;
		if ((rc = json_column(m, f, i, &col)) < 0)
			return rc;
		if (!col || col->field == CB_F_UNKNOWN) {
			cb_imp_unknown_heading(m, f->line, f->column, f->key);
			continue;
		}
		struct cb_in_cell c = { .s = f->s, .n = f->type == CB_JSON_NULL ? 0 : f->n, .line = f->line, .col = f->column, .type = f->type, .json = true };
		if (col->field == CB_F_IGNORED)
			continue;
		if (c.type == CB_JSON_TEXT)
			cb_cell_trim(&c.s, &c.n);
		if (c.type == CB_JSON_NUMBER && memchr(c.s, '.', c.n) && !memchr(c.s, 'e', c.n) && !memchr(c.s, 'E', c.n)) {
			/* in JSON the point is never a thousands mark: 28.000 is 28 */
			while (c.s[c.n - 1] == '0')
				c.n--;
			if (c.s[c.n - 1] == '.')
				c.n--;
		}
		if (c.n && c.type == CB_JSON_TEXT)
			cb_imp_check_text(m, &c, col->name);
		if (col->field == CB_F_ITEM || col->field == CB_F_ITEM_NOTE) {
			m->item_cell[col - m->column] = c;
			continue;
		}
		if (m->cell_column[col->field] >= 0) {
			char what[300];
			snprintf(what, sizeof(what), "%.100s says the same thing as %.100s", col->name, m->column[m->cell_column[col->field]].name);
			cb_imp_told(m, f->line, f->column, col->name, what, "keep one of them");
			continue;
		}
		m->cell[col->field] = c;
		m->cell_column[col->field] = (int)(col - m->column);
	}
	return cb_imp_row(m);
}

static int rows_json(struct cb_imp *m, struct cb_json *json)
{
	const struct cb_json_row *row;
	bool headed = false;
	int rc;
	while ((rc = cb_json_next(json, &row, m->err)) > 0) {
		begin_row(m, row->line, row->column);
		m->record = row->record;
		if (row->fault) {
			if (row->record)
				m->stats.rows++;
			cb_imp_told(m, row->fault_line, row->fault_column, NULL, row->fault, row->mend);
			m->fatal = m->fatal || row->last;
		} else {
			m->stats.rows++;
			if ((rc = record_json(m, row)) < 0)
				return rc;
		}
		if (m->row_bad) {
			m->stats.bad++;
			if (m->fd >= 0 && row->record) {
				if (!headed)
					cb_imp_reject_heading_json(m);
				headed = true;
				cb_imp_reject_row_json(m);
				if (m->out.len > 65536 && (rc = cb_imp_reject_flush(m)) < 0)
					return rc;
			}
		}
		if ((rc = tick(m, cb_json_feed(json))) < 0)
			return rc;
	}
	return rc;
}

static bool ends_json(const char *path)
{
	size_t n = strlen(path);
	static const char end[] = ".json";
	if (n < 5)
		return false;
	for (size_t i = 0; i < 5; i++)
		if ((path[n - 5 + i] | (end[i] == '.' ? 0 : 32)) != end[i])
			return false;
	return true;
}

static void say_same(struct cb_imp *m, bool json)
{
	char what[160];
	if (m->stats.rows == 0) {
		cb_diags_add(m->diags, &(struct cb_diag){ .severity = CB_SEV_WARNING, .file = m->file, .line = 1,
							  .what = json ? "no rows: the list is empty" : "no rows below the header",
							  .mend = "look whether the table was saved whole" });
		return;
	}
	if (m->stats.same == 0)
		return;
	if (m->stats.added == 0 && m->stats.changed == 0) {
		snprintf(what, sizeof(what), "all %lld rows were already imported; nothing changed", (long long)m->stats.rows);
		cb_diags_add(m->diags, &(struct cb_diag){ .severity = CB_SEV_NOTE, .file = m->file, .what = what });
		return;
	}
	for (int64_t i = 0; i < m->stats.same && i < CB_IMP_SAME_SHOWN; i++)
		cb_diags_add(m->diags, &(struct cb_diag){ .severity = CB_SEV_WARNING, .file = m->file, .line = m->same_line[i],
							  .what = "already imported; this row changes nothing" });
	if (m->stats.same > CB_IMP_SAME_SHOWN) {
		snprintf(what, sizeof(what), "%lld rows in all were already imported", (long long)m->stats.same);
		cb_diags_add(m->diags, &(struct cb_diag){ .severity = CB_SEV_NOTE, .file = m->file, .what = what });
	}
}

static int imp_init(struct cb_imp *m)
{
	m->nfact = cb_facts_count(m->dict);
	m->nfield = CB_F_FACTS + m->nfact;
	m->cell = CB_NEWV(&m->mem, m->nfield, struct cb_in_cell);
	m->cell_column = CB_NEWV(&m->mem, m->nfield, int);
	m->value = CB_NEWV(&m->mem, m->nfact, int64_t);
	m->have = CB_NEWV(&m->mem, m->nfact, unsigned char);
	m->kept = CB_NEWV(&m->mem, m->nfact, unsigned char);
	m->known = CB_NEWV(&m->mem, CB_IMP_KNOWN, struct cb_in_known);
	if (!m->cell || !m->cell_column || !m->value || !m->have || !m->kept || !m->known)
		return cb_err_nomem(m->err);
	for (size_t i = 0; i < m->nfield; i++)
		m->cell_column[i] = -1;
	return 0;
}

/* What the units of the file say together with those on record: told, and nothing is kept. Two columns a row. */
static int sensible_units(struct cb_imp *m)
{
	static const struct {
		const char *sql, *what, *mend; /* `what` has two %s */
	} question[] = {
		{ "SELECT u.code, date(m.held_on*86400,'unixepoch') FROM meeting m JOIN unit u ON u.id=m.unit_id WHERE NOT EXISTS"
		  " (SELECT 1 FROM unit_span s WHERE s.unit_id=m.unit_id AND m.held_on BETWEEN s.valid_from AND s.valid_to) ORDER BY 1,2 LIMIT 1000",
		  "the meeting of %s on %s is on record, and by this file the unit did not exist on that day", "mend from and to of the unit" },
		{ "SELECT DISTINCT u.code, v.code FROM unit_span p JOIN unit_span s ON s.parent_id=p.unit_id AND s.valid_from<=p.valid_to AND"
		  " s.valid_to>=p.valid_from JOIN unit u ON u.id=s.unit_id JOIN unit v ON v.id=p.unit_id"
		  " WHERE p.kind IN ('chi_bo_co_so','chi_bo_truc_thuoc') ORDER BY 1 LIMIT 1000",
		  "%s stands under %s, which is a cell in those days", "give it the committee above as its parent, or mend the kind" },
		{ "SELECT min(code), max(code) FROM unit GROUP BY lower(code) HAVING count(*)>1 ORDER BY 1 LIMIT 1000",
		  "the codes %s and %s differ only in case", "write the same unit with the same code" },
	};
	for (size_t i = 0; i < sizeof(question) / sizeof(question[0]); i++) {
		struct cb_rows *r = NULL;
		bool row = false;
		int rc = cb_rows_open(&r, m->st, m->err, question[i].sql, "");
		while (rc == CB_OK && (rc = cb_rows_step(r, &row, m->err)) == CB_OK && row) {
			struct cb_buf say;
			cb_buf_init(&say);
			const char *at = question[i].what;
			for (int col = 0; col < 2; col++) {
				const char *gap = strstr(at, "%s");
				cb_buf_add(&say, at, (size_t)(gap - at));
				cb_buf_puts(&say, cb_rows_text(r, col));
				at = gap + 2;
			}
			cb_buf_puts(&say, at);
			cb_imp_told(m, 0, 0, NULL, cb_buf_ok(&say) ? say.s : question[i].mend, question[i].mend);
			cb_buf_release(&say);
			m->fatal = true;
		}
		cb_rows_close(r);
		if (rc < 0)
			return rc;
	}
	return CB_OK;
}

int cb_import_file(struct cb_import_stats *out, struct cb_store *st, const char *path, const struct cb_import_opts *opts,
		   struct cb_diags *diags, struct cb_err *err)
{
	struct cb_err own;
	struct cb_feed *feed = NULL;
	struct cb_csv *csv = NULL;
	struct cb_json *json = NULL;
	bool open = false;
	int rc;
	memset(out, 0, sizeof(*out));
	struct cb_imp *m = diags ? cb_calloc(1, sizeof(*m)) : NULL; /* no collector: memory ran out when it was made */
	if (!m)
		return cb_err_nomem(err);
	m->st = st, m->o = opts, m->file = path, m->diags = diags, m->err = err ? err : &own, m->dict = cb_store_facts(st);
	m->fd = -1, m->form = CB_DATE_BAD, m->waiting_end = &m->waiting;
	m->errors_before = cb_diags_count(diags, CB_SEV_ERROR);
	cb_arena_init(&m->mem);
	cb_buf_init(&m->row_error);
	cb_buf_init(&m->out);
	for (size_t i = 0; i < 4; i++)
		cb_buf_init(&m->text[i]);
	cb_buf_init(&m->note);
	if ((rc = imp_init(m)) < 0)
		goto out;
	if ((rc = cb_feed_open(&feed, path, m->err)) < 0) {
		if (rc == CB_EDATA) {
			char what[sizeof(m->err->msg)], *mend;
			memcpy(what, m->err->msg, sizeof(what));
			if ((mend = strstr(what, "; ")))
				*mend = '\0', mend += 2;
			cb_imp_told(m, 1, 0, NULL, what, mend);
		} else {
			cb_err_prefix(m->err, "%s", path);
		}
		goto out;
	}
	if (ends_json(path) || cb_feed_looks_json(feed))
		rc = cb_json_open(&json, feed, m->err);
	else
		rc = cb_csv_open(&csv, feed, m->err);
	if (rc == CB_EDATA)
		cb_imp_told(m, 1, 0, NULL, m->err->msg, NULL);
	if (rc < 0 || (rc = cb_imp_reject_open(m)) < 0)
		goto out;
	if ((rc = cb_seen_open(&m->seen, m->err)) < 0 || (rc = cb_store_begin(st, m->err)) < 0)
		goto out;
	open = true;
	rc = json ? rows_json(m, json) : rows_csv(m, csv);
	if (rc < 0)
		goto out;
	if (opts->what == CB_IMPORT_UNITS && ((rc = cb_imp_settle(m)) < 0 || (rc = sensible_units(m)) < 0))
		goto out;
	/* a wrong header leaves no good rows; what could not be read to its end is not kept by halves */
	if ((cb_diags_count(diags, CB_SEV_ERROR) > m->errors_before && m->stats.bad == 0) || m->fatal || (m->stats.bad && !opts->rejects)) {
		rc = CB_EDATA;
		goto out;
	}
	say_same(m, json != NULL);
	if (m->fd >= 0) {
		if ((rc = cb_imp_reject_flush(m)) < 0)
			goto out;
		if (fsync(m->fd) < 0 && errno != EINVAL && errno != EROFS) {
			rc = cb_err_set(m->err, errno == ENOSPC ? CB_EFULL : CB_EIO, "%s: writing failed: %s", opts->rejects, strerror(errno));
			goto out;
		}
	}
	if (opts->dry_run)
		cb_store_rollback(st), open = false;
	else if ((rc = cb_store_commit(st, m->err)) < 0)
		goto out;
	open = false;
	if (m->stats.bad)
		rc = CB_EDATA;
out:
	if (open)
		cb_store_rollback(st);
	if (m->fd >= 0) {
		bool keep = (rc == 0 || rc == CB_EDATA) && m->stats.bad > 0 && !open;
		close(m->fd);
		if (!keep)
			unlink(opts->rejects);
	}
	if (rc == CB_EDATA) {
		size_t errors = cb_diags_count(diags, CB_SEV_ERROR) - m->errors_before, kept = cb_diags_kept(diags);
		bool some = opts->rejects && m->stats.bad && !opts->dry_run && !open;
		const char *end = some ? "the bad rows are in the file of rejects" : "nothing was kept";
		if (kept < cb_diags_count(diags, CB_SEV_ERROR))
			cb_err_set(err, CB_EDATA, "%s: %zu errors, first %zu shown; %s", path, errors, kept, end);
		else
			cb_err_set(err, CB_EDATA, "%s: %zu error%s; %s", path, errors, errors == 1 ? "" : "s", end);
	}
	*out = m->stats;
	if (rc < 0 && !(rc == CB_EDATA && opts->rejects))
		out->added = out->changed = 0;
	cb_csv_close(csv);
	cb_json_close(json);
	cb_seen_close(m->seen);
	cb_arena_release(&m->mem);
	cb_buf_release(&m->row_error);
	cb_buf_release(&m->out);
	for (size_t i = 0; i < 4; i++)
		cb_buf_release(&m->text[i]);
	cb_buf_release(&m->note);
	cb_free(m);
	return rc;
}
