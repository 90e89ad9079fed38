/* explain.c - see explain.h. */
#include "eval/explain.h"

#include <stdio.h>
#include <string.h>
#include "base/alloc.h"
#include "base/buf.h"

static const char *keep(struct cb_explained *x, struct cb_rows *r, int col, bool *oom)
{
	const char *s = cb_rows_text(r, col), *t;

	if (!s)
		return NULL;
	t = cb_arena_strdup(&x->arena, s);
	if (!t)
		*oom = true;
	return t;
}

int cb_explain_lane(struct cb_store *st, const struct cb_ruleset *rs, int64_t meeting_id, unsigned unit_kind, unsigned cell_type,
		    int64_t *value, unsigned char *have, struct cb_err *err)
{
	const struct cb_facts *dict = cb_store_facts(st);
	struct cb_cursor_opts o = {.from = CB_DAY_MIN, .to = CB_DAY_MAX, .meeting_id = meeting_id};
	struct cb_judged_col *judged = NULL;
	struct cb_cursor *cur = NULL;
	const struct cb_rowhead *head;
	const int64_t *const *v;
	const unsigned char *const *h;
	int *fact = NULL, *from = NULL; /* from: the input of each column */
	size_t nf = 0, nj = 0, n, max = rs->ninput ? rs->ninput : 1;
	int rc;

	memset(value, 0, sizeof *value * rs->ninput);
	memset(have, 0, rs->ninput);
	fact = cb_reallocarray(NULL, max, sizeof *fact);
	from = cb_reallocarray(NULL, max, sizeof *from);
	judged = cb_calloc(max, sizeof *judged);
	if (!fact || !from || !judged) {
		rc = cb_err_nomem(err);
		goto out;
	}
	for (size_t i = 0; i < rs->ninput; i++) {
		const struct cb_input *in = &rs->input[i];
		if (in->kind == CB_IN_FACT) {
			const char *id = cb_facts_at(rs->dict, (size_t)in->fact)->id;
			int at = cb_facts_find(dict, id);
			if (!strcmp(id, "unit_kind") || !strcmp(id, "cell_type")) {
				value[i] = id[0] == 'u' ? unit_kind : cell_type;
				have[i] = 1;
			} else if (at >= 0) {
				from[nf] = (int)i;
				fact[nf++] = at;
			}
		}
	}
	for (size_t i = 0; i < rs->ninput; i++)
		if (rs->input[i].kind == CB_IN_JUDGED) {
			from[nf + nj] = (int)i;
			judged[nj++] = (struct cb_judged_col){rs->input[i].item, rs->input[i].by};
		}
	o.fact = fact;
	o.nfact = nf;
	o.judged = judged;
	o.njudged = nj;
	rc = cb_cursor_open(&cur, st, &o, err);
	if (!rc)
		rc = cb_cursor_next(cur, &n, &head, &v, &h, err);
	if (!rc && n == 0)
		rc = cb_err_set(err, CB_ENOTFOUND, "no meeting %lld on record", (long long)meeting_id);
	for (size_t i = 0; !rc && i < nf + nj; i++) {
		value[from[i]] = v[i][0];
		have[from[i]] = h[i][0];
	}
out:
	cb_cursor_close(cur);
	cb_free(judged);
	cb_free(from);
	cb_free(fact);
	return rc;
}

/* The meeting and its unit on that day. */
static int read_meeting(struct cb_explained *x, struct cb_store *st, int64_t *unit_id, unsigned *unit_kind, unsigned *cell_type, struct cb_err *err)
{
	struct cb_rows *r = NULL;
	bool row, oom = false;
	int rc = cb_rows_open(&r, st, err,
			      "select m.rev, m.held_on, m.kind, m.topic, m.unit_id, v.unit_code, v.unit_name, v.parent_name, v.cluster, v.unit_kind, v.cell_type"
			      " from meeting m join v_meeting v on v.id = m.id where m.id = ?1", "i", x->meeting_id);

	if (!rc)
		rc = cb_rows_step(r, &row, err);
	if (!rc && !row)
		rc = cb_err_set(err, CB_ENOTFOUND, "no meeting %lld on record", (long long)x->meeting_id);
	if (!rc) {
		const char *kind = cb_rows_text(r, 2), *uk = cb_rows_text(r, 9), *ct = cb_rows_text(r, 10);
		x->rev = cb_rows_int(r, 0);
		x->held_on = (cb_day)cb_rows_int(r, 1);
		for (int k = 0; k < CB_MEETING_KINDS; k++)
			if (kind && !strcmp(kind, cb_meeting_kind_id((enum cb_meeting_kind)k)))
				x->kind = (enum cb_meeting_kind)k;
		x->topic = keep(x, r, 3, &oom);
		*unit_id = cb_rows_int(r, 4);
		x->code = keep(x, r, 5, &oom);
		x->name = keep(x, r, 6, &oom);
		x->parent = keep(x, r, 7, &oom);
		x->cluster = keep(x, r, 8, &oom);
		*unit_kind = uk ? (unsigned)cb_unit_kind_find(uk) : CB_UNIT_CELL;
		*cell_type = ct && cb_cell_type_find(ct) > 0 ? (unsigned)cb_cell_type_find(ct) : CB_CELL_NONE;
		x->unit_kind = cb_unit_kind_vi((enum cb_unit_kind)*unit_kind);
		x->cell_type = *cell_type ? cb_cell_type_vi((enum cb_cell_type)*cell_type) : NULL;
		if (oom)
			rc = cb_err_nomem(err);
	}
	cb_rows_close(r);
	return rc;
}

static int read_result(struct cb_explained *x, struct cb_store *st, int64_t *ruleset_id, char sha[static CB_SHA_HEX], char *name, size_t cap,
		       struct cb_err *err)
{
	struct cb_rows *r = NULL;
	bool row = false, oom = false;
	int rc = cb_rows_open(&r, st, err,
			      "select v.run_id, v.meeting_rev, v.level, v.score_n, v.score_d, v.ruleset_id, s.sha256, s.name,"
			      " (select state from run_signature g where g.run_id = v.run_id and g.ruleset_id = v.ruleset_id"
			      "  order by instr('broken unsigned unknown trusted', state) limit 1),"
			      " (select group_concat(signer, '; ') from (select distinct signer from run_signature g where g.run_id = v.run_id"
			      "  and g.ruleset_id = v.ruleset_id and signer is not null order by 1))"
			      " from v_result v join ruleset s on s.id = v.ruleset_id where v.meeting_id = ?1", "i", x->meeting_id);

	*ruleset_id = 0;
	if (!rc)
		rc = cb_rows_step(r, &row, err);
	if (!rc && row) {
		const char *s = cb_rows_text(r, 6), *id = cb_rows_text(r, 7);
		x->run_id = cb_rows_int(r, 0);
		x->result_rev = cb_rows_int(r, 1);
		x->stored_level = keep(x, r, 2, &oom);
		x->stored_n = cb_rows_int(r, 3);
		x->stored_d = cb_rows_null(r, 4) ? 0 : cb_rows_int(r, 4);
		*ruleset_id = cb_rows_int(r, 5);
		x->signatures = keep(x, r, 8, &oom);
		x->signed_by = keep(x, r, 9, &oom);
		snprintf(sha, CB_SHA_HEX, "%s", s ? s : "");
		snprintf(name, cap, "%s", id ? id : "");
		if (oom)
			rc = cb_err_nomem(err);
	}
	cb_rows_close(r);
	return rc;
}

static int read_decision(struct cb_explained *x, struct cb_store *st, struct cb_err *err)
{
	struct cb_rows *r = NULL;
	bool row = false, oom = false;
	int rc = cb_rows_open(&r, st, err, "select proposed, votes_for, votes_total, official, reason, decided_on from decision where meeting_id = ?1", "i",
			      x->meeting_id);

	x->votes_for = x->votes_total = -1;
	x->decided_on = CB_DAY_NONE;
	if (!rc)
		rc = cb_rows_step(r, &row, err);
	if (!rc && row) {
		x->proposed = keep(x, r, 0, &oom);
		if (!cb_rows_null(r, 1))
			x->votes_for = cb_rows_int(r, 1);
		if (!cb_rows_null(r, 2))
			x->votes_total = cb_rows_int(r, 2);
		x->official = keep(x, r, 3, &oom);
		x->reason = keep(x, r, 4, &oom);
		if (!cb_rows_null(r, 5))
			x->decided_on = (cb_day)cb_rows_int(r, 5);
		if (oom)
			rc = cb_err_nomem(err);
	}
	cb_rows_close(r);
	return rc;
}

/* Points that people gave for the meeting as a whole. */
static int read_totals(struct cb_explained *x, struct cb_store *st, struct cb_err *err)
{
	struct cb_rows *r = NULL;
	bool row = false;
	int rc = cb_rows_open(&r, st, err, "select assessor, points from assessment where meeting_id = ?1 and item = ''", "i", x->meeting_id);

	while (!rc && !(rc = cb_rows_step(r, &row, err)) && row) {
		int by = cb_assessor_find(cb_rows_text(r, 0));
		if (by >= 0) {
			x->has_total[by] = true;
			x->total[by] = cb_rows_int(r, 1);
		}
	}
	cb_rows_close(r);
	return rc;
}

/* `line`: whose note it is, NULL: of nothing that the sheet has. A judged line has its label before the note. */
static void join(struct cb_buf *b, const struct cb_sheet_line *line, const char *item, const char *text)
{
	const char *name = line && !strcmp(line->criterion->id, item) ? NULL : item;

	for (size_t i = 0; name && line && i < line->njudged; i++)
		if (!strcmp(line->judged[i].item, item) && line->judged[i].label)
			name = line->judged[i].label;
	cb_buf_puts(b, b->len ? "; " : "");
	if (name)
		cb_buf_printf(b, "%s: ", name);
	cb_buf_puts(b, text);
}

static int keep_joined(struct cb_explained *x, struct cb_buf *b, const char **to, struct cb_err *err)
{
	if (!cb_buf_ok(b) || (b->len && !(*to = cb_arena_strdup(&x->arena, b->s))))
		return cb_err_nomem(err);
	return 0;
}

/* Every note beside the line that it is of, and the lines that lack theirs. After the sheet. */
static int read_notes(struct cb_explained *x, struct cb_store *st, struct cb_err *err)
{
	size_t n = x->sheet->nline;
	struct cb_buf *line = cb_calloc(n + 1, sizeof *line); /* the last one: notes of no line */
	struct cb_rows *r = NULL;
	bool row = false, oom = false;
	int rc;

	x->line_note = CB_NEWV(&x->arena, n + 1, const char *);
	x->line_lacks = CB_NEWV(&x->arena, n + 1, bool);
	if (!line || !x->line_note || !x->line_lacks) {
		cb_free(line);
		return cb_err_nomem(err);
	}
	for (size_t i = 0; i <= n; i++)
		cb_buf_init(&line[i]);
	rc = cb_rows_open(&r, st, err, "select item, text from note where meeting_id = ?1 order by item", "i", x->meeting_id);
	while (!rc && !(rc = cb_rows_step(r, &row, err)) && row) {
		const char *item = cb_rows_text(r, 0);
		size_t i = 0;
		if (!item || !cb_rows_text(r, 1) || !*item) {
			x->meeting_note = keep(x, r, 1, &oom);
			continue;
		}
		while (i < n && !cb_note_is_of(x->sheet->line[i].criterion->id, item))
			i++;
		join(&line[i], i < n ? &x->sheet->line[i] : NULL, item, cb_rows_text(r, 1));
	}
	cb_rows_close(r);
	if (!rc && oom)
		rc = cb_err_nomem(err);
	for (size_t i = 0; i < n && !rc; i++) {
		const struct cb_sheet_line *l = &x->sheet->line[i];
		bool lost = l->state == CB_CR_SCORED && l->criterion->score && cb_points_lost(l->criterion->counts, l->criterion->max, l->points) > 0;
		rc = keep_joined(x, &line[i], &x->line_note[i], err);
		x->line_lacks[i] = lost && x->rs->notes != CB_NOTES_NONE && !x->line_note[i] && !(x->rs->notes == CB_NOTES_MEETING && x->meeting_note);
		x->nlack += x->line_lacks[i];
	}
	if (!rc)
		rc = keep_joined(x, &line[n], &x->stray_notes, err);
	for (size_t i = 0; i <= n; i++)
		cb_buf_release(&line[i]);
	cb_free(line);
	return rc;
}

/* The ruleset of the stored result: from the book when its text is still the same, else from the stored text. */
static int choose(struct cb_explained *x, struct cb_store *st, const struct cb_rulebook *book, const struct cb_pack_loader *loader, int64_t unit_id,
		  unsigned unit_kind, unsigned cell_type, struct cb_err *err)
{
	char sha[CB_SHA_HEX] = "", name[128] = "", day[11];
	const char *const *chain;
	struct cb_source *src;
	struct cb_diags *diags = NULL;
	int64_t ruleset_id;
	size_t n;
	int rc = read_result(x, st, &ruleset_id, sha, name, sizeof name, err);

	if (rc)
		return rc;
	if (ruleset_id) {
		const struct cb_ruleset *now = cb_rulebook_find(book, name);
		if (now && !strcmp(now->sha, sha)) {
			x->rs = now;
			return 0;
		}
		if (loader) {
			x->old_rules = true;
			rc = cb_diags_new(&diags, 1);
			if (rc)
				return cb_err_nomem(err);
			rc = cb_store_ruleset_sources(st, ruleset_id, &x->arena, &src, &n, err);
			if (!rc)
				rc = loader->load(loader->ctx, &x->own_rs, src, n, cb_store_facts(st), diags, err);
			cb_diags_free(diags);
			x->rs = x->own_rs;
			return rc;
		}
	}
	rc = cb_store_unit_chain(st, unit_id, x->held_on, &chain, &n, err);
	if (rc)
		return rc;
	x->rs = cb_rulebook_in_force(book, chain, n, x->held_on, x->kind, unit_kind, cell_type);
	if (!x->rs)
		return cb_err_set(err, CB_ENOTFOUND, "no ruleset was in force for %s (%s meeting) on %s; 'chibo rules list' shows what there is", x->code,
				  cb_meeting_kind_id(x->kind), cb_day_iso(day, x->held_on));
	return 0;
}

int cb_explain_open(struct cb_explained **out, struct cb_store *st, const struct cb_rulebook *book, const struct cb_pack_loader *loader,
		    int64_t meeting_id, struct cb_err *err)
{
	struct cb_explained *x = cb_calloc(1, sizeof *x);
	struct cb_scores scores;
	unsigned unit_kind = 0, cell_type = 0;
	int64_t unit_id = 0, *value = NULL;
	unsigned char *have = NULL;
	const int64_t **pv = NULL;
	const unsigned char **ph = NULL;
	struct cb_batch in;
	int rc;

	*out = NULL;
	if (!x)
		return cb_err_nomem(err);
	cb_arena_init(&x->arena);
	x->meeting_id = meeting_id;
	rc = read_meeting(x, st, &unit_id, &unit_kind, &cell_type, err);
	if (!rc)
		rc = read_decision(x, st, err);
	if (!rc)
		rc = read_totals(x, st, err);
	if (!rc)
		rc = choose(x, st, book, loader, unit_id, unit_kind, cell_type, err);
	if (rc)
		goto out;
	value = CB_NEWV(&x->arena, x->rs->ninput + 1, int64_t);
	have = CB_NEWV(&x->arena, x->rs->ninput + 1, unsigned char);
	pv = CB_NEWV(&x->arena, x->rs->ninput + 1, const int64_t *);
	ph = CB_NEWV(&x->arena, x->rs->ninput + 1, const unsigned char *);
	if (!value || !have || !pv || !ph) {
		rc = cb_err_nomem(err);
		goto out;
	}
	rc = cb_explain_lane(st, x->rs, meeting_id, unit_kind, cell_type, value, have, err);
	if (rc)
		goto out;
	for (size_t i = 0; i < x->rs->ninput; i++) {
		pv[i] = &value[i];
		ph[i] = &have[i];
	}
	in = (struct cb_batch){.n = 1, .value = pv, .have = ph};
	rc = cb_eval_open(&x->ev, x->rs, err);
	if (!rc)
		rc = cb_eval_batch(x->ev, &in, &scores, err);
	if (!rc)
		rc = cb_sheet_new(&x->sheet, x->ev, &in, 0, err);
	if (!rc)
		rc = read_notes(x, st, err);
	if (rc)
		goto out;
	if (x->run_id) {
		const char *level = x->sheet->level >= 0 ? x->rs->level[x->sheet->level].id : NULL;
		bool same_level = level && x->stored_level ? !strcmp(level, x->stored_level) : !level && !x->stored_level;
		x->stale = x->rev != x->result_rev;
		x->differs = !x->stale && !(same_level && x->stored_d == x->sheet->score_d && (!x->stored_d || x->stored_n == x->sheet->score_n));
	}
out:
	if (rc) {
		cb_explain_close(x);
		return rc;
	}
	*out = x;
	return 0;
}

void cb_explain_close(struct cb_explained *x)
{
	if (!x)
		return;
	cb_sheet_free(x->sheet);
	cb_eval_close(x->ev);
	cb_ruleset_free(x->own_rs);
	cb_arena_release(&x->arena);
	cb_free(x);
}
