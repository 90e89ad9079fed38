/*
 * import_rejects.c - the bad rows, written to a new file in the separator they came with, the reason first; from JSON,
 * as a table with every field. The file comes back through import: the column "error" is ignored there.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include "exchange/import_int.h"

void cb_imp_csv_cell(struct cb_buf *b, char sep, const char *s, size_t n)
{
	bool quote = false;
	for (size_t i = 0; i < n && !quote; i++)
		quote = s[i] == sep || s[i] == '"' || s[i] == '\n' || s[i] == '\r';
	if (!quote && n > 0 && (s[0] == ' ' || s[n - 1] == ' '))
		quote = true;
	if (!quote) {
		cb_buf_add(b, s, n);
		return;
	}
	cb_buf_putc(b, '"');
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '"')
			cb_buf_putc(b, '"');
		cb_buf_putc(b, s[i]);
	}
	cb_buf_putc(b, '"');
}

int cb_imp_reject_flush(struct cb_imp *m)
{
	size_t at = 0;
	if (!cb_buf_ok(&m->out))
		return cb_err_nomem(m->err);
	while (at < m->out.len) {
		ssize_t n = write(m->fd, m->out.s + at, m->out.len - at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return cb_err_set(m->err, errno == ENOSPC ? CB_EFULL : CB_EIO, "%s: writing failed: %s", m->o->rejects, strerror(errno));
		at += (size_t)n;
	}
	cb_buf_clear(&m->out);
	return 0;
}

int cb_imp_reject_open(struct cb_imp *m)
{
	if (!m->o->rejects || m->o->dry_run)
		return 0;
	m->fd = open(m->o->rejects, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (m->fd < 0)
		return cb_err_set(m->err, errno == EEXIST ? CB_EEXIST : CB_EIO, "%s: %s", m->o->rejects,
				  errno == EEXIST ? "exists already; rejects go to a new file" : strerror(errno));
	return 0;
}

/* The heading of a JSON file's rejects: every field of the kind, by id. */
void cb_imp_reject_heading_json(struct cb_imp *m)
{
	const char *wants, *name;
	int field;
	cb_buf_puts(&m->out, "error");
	for (size_t i = 0; (name = cb_field_at(m->o->what, i, &field, &wants)); i++)
		cb_buf_printf(&m->out, ",%s", name);
	for (size_t i = 0; m->o->what == CB_IMPORT_MEETINGS && i < m->nfact; i++)
		if (!cb_facts_at(m->dict, i)->attribute)
			cb_buf_printf(&m->out, ",%s", cb_facts_at(m->dict, i)->id);
	cb_buf_putc(&m->out, '\n');
}

void cb_imp_reject_row_json(struct cb_imp *m)
{
	const char *wants;
	int field;
	cb_imp_csv_cell(&m->out, ',', m->row_error.s, m->row_error.len);
	for (size_t i = 0; cb_field_at(m->o->what, i, &field, &wants); i++) {
		cb_buf_putc(&m->out, ',');
		if (m->cell[field].s)
			cb_imp_csv_cell(&m->out, ',', m->cell[field].s, m->cell[field].n);
	}
	for (size_t i = 0; m->o->what == CB_IMPORT_MEETINGS && i < m->nfact; i++) {
		if (cb_facts_at(m->dict, i)->attribute)
			continue;
		cb_buf_putc(&m->out, ',');
		if (m->cell[CB_F_FACTS + i].s)
			cb_imp_csv_cell(&m->out, ',', m->cell[CB_F_FACTS + i].s, m->cell[CB_F_FACTS + i].n);
	}
	cb_buf_putc(&m->out, '\n');
}

void cb_imp_reject_row_csv(struct cb_imp *m, char sep, const struct cb_csv_row *row)
{
	cb_imp_csv_cell(&m->out, sep, m->row_error.s, m->row_error.len);
	for (size_t i = 0; i < row->nfield; i++) {
		if (i < m->ncolumn && m->column[i].field == CB_F_IGNORED)
			continue;
		cb_buf_putc(&m->out, sep);
		cb_imp_csv_cell(&m->out, sep, row->field[i].s, row->field[i].n);
	}
	cb_buf_putc(&m->out, '\n');
}

void cb_imp_reject_heading_csv(struct cb_imp *m, char sep)
{
	cb_buf_puts(&m->out, "error");
	for (size_t i = 0; i < m->ncolumn; i++) {
		if (m->column[i].field == CB_F_IGNORED)
			continue;
		cb_buf_putc(&m->out, sep);
		cb_imp_csv_cell(&m->out, sep, m->column[i].name, strlen(m->column[i].name));
	}
	cb_buf_putc(&m->out, '\n');
}
