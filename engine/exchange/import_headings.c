/*
 * import_headings.c - the first row names the columns: each is found, doubled ones, unknown ones and missing ones are
 * told, and a heading that stands further down is looked for.
 */
#include <stdio.h>
#include <string.h>
#include "exchange/import_int.h"
#include "exchange/value.h"

#define TITLE_ROWS 20 /* how far below a wrong heading the right one is looked for */

bool cb_imp_map_column(struct cb_imp *m, struct cb_in_column *col, const char *name, size_t n)
{
	const char *item = NULL;
	size_t nitem = 0;
	col->field = cb_field_find(m->o->what, m->dict, name, n, &item, &nitem);
	col->name = cb_arena_strndup(&m->mem, name, n);
	col->item = NULL;
	if (item)
		col->item = cb_arena_strndup(&m->mem, item, nitem);
	return col->name && (!item || col->item);
}

static const char *what_name(enum cb_import_what what)
{
	static const char *const names[] = { "units", "meetings", "assessments", "visits", "months" };
	return names[what];
}

void cb_imp_unknown_heading(struct cb_imp *m, long line, long col, const char *name)
{
	char shown[96], what[200];
	const char *near = cb_field_nearest(m->o->what, m->dict, name);
	if (near)
		snprintf(what, sizeof(what), "no column of %s is called %s; the nearest is %s", what_name(m->o->what),
			 cb_cell_shown(shown, sizeof(shown), name, strlen(name)), near);
	else
		snprintf(what, sizeof(what), "no column of %s is called %s", what_name(m->o->what), cb_cell_shown(shown, sizeof(shown), name, strlen(name)));
	cb_imp_told(m, line, col, name, what, "rename or remove it; `chibo template` lists the columns");
}

/* The headings as they stand in a row; how many are known, and whether those that every row needs are there. */
static size_t known_headings(struct cb_imp *m, const struct cb_csv_row *row, bool *complete)
{
	size_t hits = 0;
	bool have[CB_F_FACTS] = { false };
	const char *item;
	size_t nitem;
	for (size_t i = 0; i < row->nfield; i++) {
		const char *s = row->field[i].s;
		size_t n = row->field[i].n;
		cb_cell_trim(&s, &n);
		char name[161];
		if (n == 0 || n >= sizeof(name))
			continue;
		memcpy(name, s, n);
		name[n] = '\0';
		int f = cb_field_find(m->o->what, m->dict, name, n, &item, &nitem);
		hits += f != CB_F_UNKNOWN;
		if (f >= 0 && f < CB_F_FACTS)
			have[f] = true;
	}
	*complete = true;
	for (int f = 0; f < CB_F_FACTS; f++)
		if (cb_field_required(f, m->o->what) && !have[f])
			*complete = false;
	return hits;
}

bool cb_imp_row_blank(const struct cb_csv_row *row)
{
	for (size_t i = 0; i < row->nfield; i++) {
		const char *s = row->field[i].s;
		size_t n = row->field[i].n;
		cb_cell_trim(&s, &n);
		if (n)
			return false;
	}
	return true;
}

/* A first row that names no column: titles above the heading, or no heading at all. */
static int no_heading(struct cb_imp *m, struct cb_csv *csv, long line)
{
	const struct cb_csv_row *row;
	int rc = 0;
	for (int i = 0; i < TITLE_ROWS && (rc = cb_csv_next(csv, &row, m->err)) > 0; i++) {
		bool complete;
		if (!row->fault && known_headings(m, row, &complete) > 1 && complete) {
			char what[160];
			snprintf(what, sizeof(what), "the first row is not the header: that seems to be line %ld", row->line);
			cb_imp_told(m, line, 1, NULL, what, "remove the rows above the header");
			return 0;
		}
	}
	if (rc < 0)
		return rc;
	char what[300];
	snprintf(what, sizeof(what), "no header: none of the columns of %s are named in the first row", what_name(m->o->what));
	cb_imp_told(m, line, 1, NULL, what, "the first row names the columns; `chibo template` lists them");
	return 0;
}

int cb_imp_read_headings(struct cb_imp *m, struct cb_csv *csv)
{
	const struct cb_csv_row *row;
	int rc;
	do {
		if ((rc = cb_csv_next(csv, &row, m->err)) < 0)
			return rc;
		if (rc == 0) {
			cb_imp_told(m, 1, 0, NULL, "the file is empty", "save the table again and look whether it has rows");
			return 0;
		}
	} while (!row->fault && cb_imp_row_blank(row));
	m->row_line = row->line;
	if (row->fault) {
		cb_imp_told(m, row->fault_line, (long)row->fault_column, NULL, row->fault, row->mend);
		return 0;
	}
	bool complete;
	if (known_headings(m, row, &complete) == 0) {
		bool broken = false;
		for (size_t i = 0; i < row->nfield; i++) {
			struct cb_in_cell c = { .s = row->field[i].s, .n = row->field[i].n, .line = row->field[i].line, .col = (long)i + 1 };
			cb_imp_check_text(m, &c, NULL);
			broken = broken || c.broken;
		}
		return broken ? 0 : no_heading(m, csv, row->line);
	}
	if (!complete && known_headings(m, row, &complete) <= 1 && row->nfield > 2) {
		/* one word of a title may look like a heading */
		size_t named = 0;
		for (size_t i = 0; i < row->nfield; i++)
			named += row->field[i].n > 0;
		if (named <= 2)
			return no_heading(m, csv, row->line);
	}
	bool broken = false;
	m->ncolumn = row->nfield;
	for (size_t i = 0; i < row->nfield; i++) {
		struct cb_in_column *col = &m->column[i];
		struct cb_in_cell c = { .s = row->field[i].s, .n = row->field[i].n, .line = row->field[i].line, .col = (long)i + 1 };
		cb_cell_trim(&c.s, &c.n);
		if (c.n == 0) {
			*col = (struct cb_in_column){ "", CB_F_UNKNOWN, NULL };
			continue;
		}
		if (c.n > 160) {
			cb_imp_told(m, c.line, c.col, NULL, "the heading is too long", "the first row names the columns; `chibo template` lists them");
			*col = (struct cb_in_column){ "", CB_F_UNKNOWN, NULL };
			continue;
		}
		char shown[170];
		cb_imp_check_text(m, &c, NULL);
		if (c.broken) {
			broken = true;
			*col = (struct cb_in_column){ "", CB_F_UNKNOWN, NULL };
			continue;
		}
		memcpy(shown, c.s, c.n);
		shown[c.n] = '\0';
		if (!cb_imp_map_column(m, col, shown, c.n))
			return cb_err_nomem(m->err);
		if (col->field == CB_F_UNKNOWN) {
			cb_imp_unknown_heading(m, c.line, c.col, col->name);
			continue;
		}
		for (size_t k = 0; k < i; k++) {
			bool same = m->column[k].field == col->field && col->field != CB_F_IGNORED &&
				    ((col->field != CB_F_ITEM && col->field != CB_F_ITEM_NOTE) || !strcmp(col->item, m->column[k].item));
			if (same) {
				char what[300];
				snprintf(what, sizeof(what), "column %zu (%.100s) says the same thing as column %zu", i + 1, col->name, k + 1);
				cb_imp_told(m, c.line, c.col, col->name, what, "keep one of them");
				break;
			}
		}
		if (col->field >= 0 && m->cell_column[col->field] < 0)
			m->cell_column[col->field] = (int)i;
	}
	for (int f = 0; f < CB_F_FACTS && !broken; f++) { /* a broken heading may be the one that is missing */
		if (cb_field_required(f, m->o->what) && m->cell_column[f] < 0) {
			char what[160];
			snprintf(what, sizeof(what), "the header has no column %s", cb_field_name(f, m->o->what, m->dict));
			cb_imp_told(m, row->line, 0, NULL, what, "add it; `chibo template` lists the columns");
		}
	}
	return 0;
}
