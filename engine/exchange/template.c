/*
 * template.c - the form to hand out: the headings of a kind of file, and below them a line that says in Vietnamese what
 * each column wants. Its first cell begins with "# ", by which import knows it.
 */
#include <stdio.h>
#include <string.h>
#include "exchange/columns.h"
#include "exchange/import_int.h"
#include "rule/forms.h"

/* What these rulesets read, and who was there. */
static bool used(const struct cb_ruleset *const *rs, size_t nrs, const char *id, int fact)
{
	bool yes = !strcmp(id, "members") || !strcmp(id, "present");
	for (size_t r = 0; r < nrs; r++)
		for (size_t k = 0; k < rs[r]->ninput && !yes; k++)
			yes = rs[r]->input[k].kind == CB_IN_FACT && rs[r]->input[k].fact == fact;
	return yes;
}

/* One column per item that people judge, each once however many rulesets have it. */
static void judged_columns(struct cb_buf *out, struct cb_buf *second, const struct cb_ruleset *const *rs, size_t nth)
{
	for (size_t i = 0; i < rs[nth]->ninput; i++) {
		const struct cb_input *in = &rs[nth]->input[i];
		bool twice = in->kind != CB_IN_JUDGED;
		for (size_t r = 0; r <= nth; r++)
			for (size_t k = 0; k < (r < nth ? rs[r]->ninput : i) && !twice; k++)
				twice = rs[r]->input[k].kind == CB_IN_JUDGED && !strcmp(rs[r]->input[k].item, in->item);
		if (twice)
			continue;
		cb_buf_printf(out, ",points.%s", in->item);
		cb_buf_putc(second, ',');
		const char *dot = strchr(in->item, '.');
		size_t len = dot ? (size_t)(dot - in->item) : strlen(in->item);
		/* where a criterion has several, the line's own label tells them apart */
		const struct cb_node *line = dot ? cb_judged_find(rs[nth], in->item) : NULL;
		for (size_t k = 0; k < rs[nth]->ncriterion; k++) {
			const struct cb_criterion *c = &rs[nth]->criterion[k];
			struct cb_buf cell;
			if (strlen(c->id) != len || strncmp(c->id, in->item, len) || !c->label)
				continue;
			cb_buf_init(&cell);
			cb_buf_printf(&cell, "%s%s%s", c->label, line && line->label ? ": " : "", line && line->label ? line->label : "");
			cb_imp_csv_cell(second, ',', cell.s, cell.len);
			cb_buf_release(&cell);
		}
	}
}

static void note_columns(struct cb_buf *out, struct cb_buf *second, const struct cb_ruleset *const *rs, size_t nth)
{
	for (size_t i = 0; rs[nth]->notes != CB_NOTES_NONE && i < rs[nth]->ncriterion; i++) {
		const struct cb_criterion *c = &rs[nth]->criterion[i];
		struct cb_buf cell;
		bool twice = !c->score;
		for (size_t r = 0; r < nth && !twice; r++) {
			int at = rs[r]->notes == CB_NOTES_NONE ? -1 : cb_criterion_find(rs[r], c->id);
			twice = at >= 0 && rs[r]->criterion[at].score;
		}
		if (twice)
			continue;
		cb_buf_printf(out, ",note.%s", c->id);
		cb_buf_putc(second, ',');
		cb_buf_init(&cell);
		cb_buf_printf(&cell, "lý do trừ điểm: %s", c->label ? c->label : c->id);
		cb_imp_csv_cell(second, ',', cell.s, cell.len);
		cb_buf_release(&cell);
	}
}

/* What the column wants; with rulesets the levels are theirs, each once. */
static void put_wants(struct cb_buf *out, enum cb_import_what what, int field, const char *wants, const struct cb_ruleset *const *rs, size_t nrs)
{
	const char *colon = strchr(wants, ':');
	bool any = false;

	if (!nrs || !colon || what != CB_IMPORT_ASSESSMENTS || (field != CB_F_PROPOSED && field != CB_F_OFFICIAL)) {
		cb_buf_puts(out, wants);
		return;
	}
	cb_buf_add(out, wants, (size_t)(colon - wants));
	for (size_t r = 0; r < nrs; r++)
		for (size_t i = 0; i < rs[r]->nlevel; i++) {
			bool twice = false;
			for (size_t k = 0; k < r; k++)
				twice |= cb_level_find(rs[k], rs[r]->level[i].id) >= 0;
			if (twice)
				continue;
			cb_buf_printf(out, "%s%s", any ? ", " : ": ", rs[r]->level[i].id);
			any = true;
		}
}

int cb_import_template(struct cb_buf *out, enum cb_import_what what, const struct cb_facts *dict,
		       const struct cb_ruleset *const *rs, size_t nrs)
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
		if (nrs && what == CB_IMPORT_ASSESSMENTS && field == CB_F_ITEM_ID)
			continue;
		cb_buf_init(&cell);
		put_wants(&cell, what, field, wants, rs, nrs);
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
		struct cb_buf text;
		if (f->attribute)
			continue;
		if (nrs && !used(rs, nrs, f->id, (int)i))
			continue;
		cb_buf_printf(out, ",%s", f->id);
		cb_buf_putc(&second, ',');
		cb_buf_init(&text);
		cb_buf_puts(&text, f->label);
		if (f->type == CB_FACT_FLAG)
			cb_buf_puts(&text, ": 1 hoặc 0");
		else if (f->type == CB_FACT_DATE)
			cb_buf_puts(&text, ": dd/mm/yyyy");
		else if (f->unit && *f->unit)
			cb_buf_printf(&text, " (%s)", f->unit);
		for (int64_t k = 0; f->type == CB_FACT_WORD && f->vocab && k <= f->max; k++)
			cb_buf_printf(&text, "%s%s%s%s%s", k ? ", " : ": ", f->vocab[k], f->vocab_vi && f->vocab_vi[k] ? " (" : "",
				      f->vocab_vi && f->vocab_vi[k] ? f->vocab_vi[k] : "", f->vocab_vi && f->vocab_vi[k] ? ")" : "");
		cb_imp_csv_cell(&second, ',', text.s, text.len);
		cb_buf_release(&text);
	}
	for (size_t r = 0; r < nrs && what == CB_IMPORT_ASSESSMENTS; r++)
		judged_columns(out, &second, rs, r);
	for (size_t r = 0; r < nrs && what == CB_IMPORT_ASSESSMENTS; r++)
		note_columns(out, &second, rs, r);
	cb_buf_putc(out, '\n');
	cb_buf_putc(&second, '\n');
	if (cb_buf_ok(&second))
		cb_buf_add(out, second.s, second.len);
	bool ok = cb_buf_ok(&second) && cb_buf_ok(out);
	cb_buf_release(&second);
	return ok ? 0 : CB_ENOMEM;
}
