/*
 * template.c - the form to hand out: the headings of a kind of file, and below them a line that says in Vietnamese what
 * each column wants. Its first cell begins with "# ", by which import knows it.
 */
#include <stdio.h>
#include <string.h>
#include "exchange/columns.h"
#include "exchange/import_int.h"

int cb_import_template(struct cb_buf *out, enum cb_import_what what, const struct cb_facts *dict, const struct cb_ruleset *rs)
{
	const char *name, *wants;
	int field;
	size_t start = out->len;
	struct cb_buf second;
	cb_buf_init(&second);
	cb_buf_puts(&second, "# ");
	for (size_t i = 0; (name = cb_field_at(what, i, &field, &wants)); i++) {
		struct cb_buf cell;
		/* with a ruleset the points stand in one column per item */
		if (rs && what == CB_IMPORT_ASSESSMENTS && field == CB_F_ITEM_ID)
			continue;
		cb_buf_init(&cell);
		cb_buf_puts(&cell, wants);
		if (out->len > start) {
			cb_buf_putc(out, ',');
			cb_buf_putc(&second, ',');
		}
		cb_buf_puts(out, name);
		if (second.len == 2 && cb_buf_ok(&cell)) { /* the first cell carries the mark that import skips the row by */
			cb_buf_clear(&second);
			struct cb_buf marked;
			cb_buf_init(&marked);
			cb_buf_printf(&marked, "# %s", wants);
			cb_imp_csv_cell(&second, ',', marked.s, marked.len);
			cb_buf_release(&marked);
		} else {
			cb_imp_csv_cell(&second, ',', cell.s, cell.len);
		}
		cb_buf_release(&cell);
	}
	for (size_t i = 0; what == CB_IMPORT_MEETINGS && i < cb_facts_count(dict); i++) {
		const struct cb_fact *f = cb_facts_at(dict, i);
		char text[200];
		int n;
		if (f->attribute)
			continue;
		if (rs) { /* only what this ruleset reads */
			bool used = !strcmp(f->id, "members") || !strcmp(f->id, "present");
			for (size_t k = 0; k < rs->ninput && !used; k++)
				used = rs->input[k].kind == CB_IN_FACT && rs->input[k].fact == (int)i;
			if (!used)
				continue;
		}
		cb_buf_printf(out, ",%s", f->id);
		cb_buf_putc(&second, ',');
		if (f->type == CB_FACT_FLAG)
			n = snprintf(text, sizeof(text), "%s: 1 hoặc 0", f->label);
		else if (f->type == CB_FACT_DATE)
			n = snprintf(text, sizeof(text), "%s: dd/mm/yyyy", f->label);
		else if (f->unit && *f->unit)
			n = snprintf(text, sizeof(text), "%s (%s)", f->label, f->unit);
		else
			n = snprintf(text, sizeof(text), "%s", f->label);
		cb_imp_csv_cell(&second, ',', text, n > 0 ? (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1 : 0);
	}
	for (size_t i = 0; rs && what == CB_IMPORT_ASSESSMENTS && i < rs->ninput; i++) {
		const struct cb_input *in = &rs->input[i];
		bool twice = in->kind != CB_IN_JUDGED;
		for (size_t k = 0; k < i && !twice; k++)
			twice = rs->input[k].kind == CB_IN_JUDGED && !strcmp(rs->input[k].item, in->item);
		if (twice)
			continue;
		cb_buf_printf(out, ",points.%s", in->item);
		cb_buf_putc(&second, ',');
		const char *dot = strchr(in->item, '.');
		size_t len = dot ? (size_t)(dot - in->item) : strlen(in->item);
		for (size_t k = 0; k < rs->ncriterion; k++) {
			const struct cb_criterion *c = &rs->criterion[k];
			if (strlen(c->id) == len && !strncmp(c->id, in->item, len) && c->label)
				cb_imp_csv_cell(&second, ',', c->label, strlen(c->label));
		}
	}
	for (size_t i = 0; rs && rs->notes != CB_NOTES_NONE && what == CB_IMPORT_ASSESSMENTS && i < rs->ncriterion; i++) {
		struct cb_buf cell;
		if (!rs->criterion[i].score)
			continue;
		cb_buf_printf(out, ",note.%s", rs->criterion[i].id);
		cb_buf_putc(&second, ',');
		cb_buf_init(&cell);
		cb_buf_printf(&cell, "lý do trừ điểm: %s", rs->criterion[i].label ? rs->criterion[i].label : rs->criterion[i].id);
		cb_imp_csv_cell(&second, ',', cell.s, cell.len);
		cb_buf_release(&cell);
	}
	cb_buf_putc(out, '\n');
	cb_buf_putc(&second, '\n');
	if (cb_buf_ok(&second))
		cb_buf_add(out, second.s, second.len);
	bool ok = cb_buf_ok(&second) && cb_buf_ok(out);
	cb_buf_release(&second);
	return ok ? 0 : CB_ENOMEM;
}
