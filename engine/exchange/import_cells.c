/*
 * import_cells.c - findings about a row, and its cells as values; see import_int.h.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "base/utf8.h"
#include "exchange/import_int.h"
#include "exchange/value.h"

const char *cb_imp_heading(const struct cb_imp *m, int field)
{
	int c = field >= 0 && (size_t)field < m->nfield ? m->cell_column[field] : -1;
	return c >= 0 ? m->column[c].name : cb_field_name(field, m->o->what, m->dict);
}

/* --- findings ----------------------------------------------------------------------------------------------- */

/* Is another finding still kept? Then a search for the nearest name is worth it. */
bool cb_imp_room(const struct cb_imp *m)
{
	return cb_diags_kept(m->diags) == cb_diags_count(m->diags, CB_SEV_ERROR) + cb_diags_count(m->diags, CB_SEV_WARNING) +
						  cb_diags_count(m->diags, CB_SEV_NOTE);
}

void cb_imp_told(struct cb_imp *m, long line, long col, const char *path, const char *what, const char *mend)
{
	char where[160];
	if (m->record && path)
		snprintf(where, sizeof(where), "record %ld, %s", m->record, path);
	else if (m->record)
		snprintf(where, sizeof(where), "record %ld", m->record);
	cb_diags_add(m->diags, &(struct cb_diag){ .severity = CB_SEV_ERROR, .file = m->file, .line = line, .col = col,
						  .path = m->record ? where : path, .what = what, .mend = mend });
	m->row_bad = true;
	if (m->fd >= 0) {
		if (m->row_error.len)
			cb_buf_puts(&m->row_error, " | ");
		if (path)
			cb_buf_printf(&m->row_error, "%s: ", path);
		cb_buf_puts(&m->row_error, what);
	}
}

void cb_imp_bad(struct cb_imp *m, struct cb_in_cell *c, int field, const char *mend, const char *fmt, ...)
{
	char what[600];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	cb_imp_told(m, c && c->s ? c->line : m->row_line, c && c->s ? c->col : m->row_col, cb_imp_heading(m, field), what, mend);
	if (c)
		c->broken = true;
}

/* `unit_code empty`: the words carry the heading themselves. */
void cb_imp_empty(struct cb_imp *m, struct cb_in_cell *c, int field)
{
	char what[160];
	bool cell = c && c->s;
	snprintf(what, sizeof(what), "%s empty", cb_imp_heading(m, field));
	cb_imp_told(m, cell ? c->line : m->row_line, cell ? c->col : m->row_col, NULL, what,
	     field >= CB_F_FACTS ? "write the number; ? when it is not known" : "every row needs it, also below a merged cell");
	if (c)
		c->broken = true;
}

bool cb_imp_filled(const struct cb_in_cell *c)
{
	return c->s && c->n && !c->broken;
}

/* The text of a cell in a form that may enter the record. */
void cb_imp_check_text(struct cb_imp *m, struct cb_in_cell *c, const char *name)
{
	size_t at = 0;
	const char *what = NULL, *mend = NULL;
	char say[160];
	switch (cb_text_check(c->s, c->n, &at)) {
	case CB_TEXT_OK:
		return;
	case CB_TEXT_ENCODING:
		cb_encoding_guess(c->s, c->n, &what, &mend);
		break;
	case CB_TEXT_NUL:
		what = "a NUL character in the cell", mend = "type the cell again, or copy the file again";
		break;
	case CB_TEXT_CONTROL:
		snprintf(say, sizeof(say), "a control character (0x%02X) in the cell", (unsigned char)c->s[at]);
		what = say, mend = "type the cell again";
		break;
	case CB_TEXT_BIDI:
		what = "a direction control character, which turns text around, in the cell", mend = "type the cell again in plain text";
		break;
	case CB_TEXT_ZEROWIDTH:
		what = "an invisible (zero-width) character in the cell", mend = "type the cell again in plain text";
		break;
	}
	cb_imp_told(m, c->line, c->col, name, what, mend);
	c->broken = true;
}

/* --- cells to values ---------------------------------------------------------------------------------------- */

struct cb_in_cell *cb_imp_cell(struct cb_imp *m, int field)
{
	return &m->cell[field];
}

/* A JSON value of the wrong type for its field, told. */
bool cb_imp_json_type_ok(struct cb_imp *m, struct cb_in_cell *c, int field, bool number)
{
	if (!c->json || c->type == CB_JSON_NULL)
		return true;
	char shown[96];
	cb_cell_shown(shown, sizeof(shown), c->s, c->n);
	if (c->type == CB_JSON_NESTED)
		return true; /* told by the reader */
	if (number && c->type == CB_JSON_TEXT && c->n == 1 && c->s[0] == '?')
		return true; /* not known: there is no number for it */
	if (number && c->type == CB_JSON_TEXT)
		return cb_imp_bad(m, c, field, "write the number without quotes", "%s is a text where a number is wanted", shown), false;
	if (number && c->type != CB_JSON_NUMBER)
		return cb_imp_bad(m, c, field, "write a number", "%s where a number is wanted", shown), false;
	if (!number && c->type != CB_JSON_TEXT)
		return cb_imp_bad(m, c, field, "write it in double quotes", "%s where a text is wanted", shown), false;
	return true;
}

static const char broken_what[] = "looks like broken text: the encoding was mistaken once, or characters were lost";
static const char broken_mend[] = "type it again, or convert the text to Unicode and save as CSV (UTF-8)";

/* Told once a file: a topic or a note may hold a foreign word that only looks so. */
void cb_imp_warn_broken(struct cb_imp *m, const struct cb_in_cell *c, const char *name)
{
	if (!m->warned_broken)
		cb_diags_add(m->diags, &(struct cb_diag){ .severity = CB_SEV_WARNING, .file = m->file, .line = c->line, .col = c->col, .path = name,
							  .what = broken_what, .mend = broken_mend });
	m->warned_broken = true;
}

/* NFC of a cell, alive until the next row; NULL when it is empty (or memory is exhausted: checked at the row's end). */
const char *cb_imp_text(struct cb_imp *m, int field, size_t max_chars)
{
	struct cb_in_cell *c = cb_imp_cell(m, field);
	if (!cb_imp_filled(c) || !cb_imp_json_type_ok(m, c, field, false))
		return NULL;
	struct cb_buf *b = &m->text[m->ntext < 3 ? m->ntext++ : 3];
	cb_buf_clear(b);
	cb_utf8_nfc(b, c->s, c->n);
	size_t chars = 0;
	for (size_t i = 0; i < b->len; i++)
		chars += (b->s[i] & 0xC0) != 0x80;
	if (cb_text_looks_broken(b->s, b->len)) {
		if (m->o->what == CB_IMPORT_UNITS) { /* a name enters the record for good */
			cb_imp_bad(m, c, field, broken_mend, "%s", broken_what);
			return NULL;
		}
		cb_imp_warn_broken(m, c, cb_imp_heading(m, field));
	}
	if (chars > max_chars) {
		cb_imp_bad(m, c, field, "shorten it", "too long: %zu characters, at most %zu are kept", chars, max_chars);
		return NULL;
	}
	return cb_buf_ok(b) ? b->s : NULL;
}

bool cb_imp_day(struct cb_imp *m, int field, cb_day *out)
{
	struct cb_in_cell *c = cb_imp_cell(m, field);
	struct cb_cell_fault f;
	enum cb_date_form form;
	if (!cb_imp_filled(c))
		return false;
	if (c->json && c->type != CB_JSON_TEXT && c->type != CB_JSON_NUMBER)
		return cb_imp_json_type_ok(m, c, field, false);
	if (!cb_cell_day(out, &form, c->s, c->n, &f)) {
		cb_imp_bad(m, c, field, f.mend, "%s", f.what);
		return false;
	}
	if (m->form == CB_DATE_BAD) {
		m->form = form;
		m->form_line = c->line;
	} else if (m->form != form) {
		char shown[96];
		cb_imp_bad(m, c, field, "one date form per file: write all days as yyyy-mm-dd, or all as dd/mm/yyyy",
			 "%s is in another date form than line %ld", cb_cell_shown(shown, sizeof(shown), c->s, c->n),
			 m->form_line);
	}
	return true; /* its day is known all the same: a row that is there twice is told too */
}

bool cb_imp_count(struct cb_imp *m, int field, int64_t *out)
{
	struct cb_in_cell *c = cb_imp_cell(m, field);
	struct cb_cell_fault f;
	if (!cb_imp_filled(c) || (c->n == 1 && c->s[0] == '?') || !cb_imp_json_type_ok(m, c, field, true))
		return false;
	if (cb_cell_count(out, c->s, c->n, 0, CB_FACT_VALUE_MAX, &f))
		return true;
	cb_imp_bad(m, c, field, f.mend, "%s", f.what);
	return false;
}
