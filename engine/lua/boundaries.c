/*
 * boundaries.c - cases on both sides of every threshold; see cover.h.
 *
 * For each comparison of a criterion and each number that it reads, the best case's facts are evaluated with that number
 * at every value up to SPAN, a batch at a time; where the comparison turns lie the two cases. Those that a case has
 * already, and facts that contradict each other, are left out.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "base/alloc.h"
#include "base/buf.h"
#include "lua/cases_int.h"
#include "lua/cover.h"
#include "model/meeting.h"
#include "model/unit.h"
#include "rule/forms.h"

#define SPAN 1024
#define KEEP_MAX 4096 /* cases that are compared */

struct lane {
	int64_t *value;
	unsigned char *have;
};
struct bounds {
	const struct cb_ruleset *rs;
	struct cb_facts *dict;
	struct cb_eval *ev;
	struct cb_arena arena;
	struct lane kept[KEEP_MAX];
	size_t nkept;
	struct lane best;
	struct cb_ratio best_total;
	bool have_best, oom;
	/* the batch: one row of lanes per input */
	int64_t *value;
	unsigned char *have;
	const int64_t **values;
	const unsigned char **haves;
	bool *reads; /* inputs that the comparison depends on */
	int64_t *fact;
	unsigned char *fact_have;
	struct cb_buf *out;
	size_t n;
};

static void on_meeting(void *ctx, const struct cb_ruleset *rs, const struct cb_eval *ev, const struct cb_batch *in, const struct cb_scores *s)
{
	struct bounds *b = ctx;
	struct lane l = { CB_NEWV(&b->arena, rs->ninput + 1, int64_t), CB_NEWV(&b->arena, rs->ninput + 1, unsigned char) };

	(void)ev;
	if (!l.value || !l.have) {
		b->oom = true;
		return;
	}
	for (size_t i = 0; i < rs->ninput; i++) {
		l.value[i] = in->value[i][0];
		l.have[i] = in->have[i][0];
	}
	if (b->nkept < KEEP_MAX)
		b->kept[b->nkept++] = l;
	if (s->status[0] != CB_ST_RATED)
		return;
	struct cb_ratio total = s->score_d[0] ? cb_ratio_make(s->score_n[0], s->score_d[0]) : cb_ratio_make(-s->level[0], 1);
	if (!b->have_best || cb_ratio_cmp(total, b->best_total) > 0) {
		b->best = l;
		b->best_total = total;
		b->have_best = true;
	}
}

static void depends(struct bounds *b, const struct cb_node *n)
{
	if (cb_is(n, "fact"))
		for (size_t i = 0; i < b->rs->ninput; i++)
			if (b->rs->input[i].kind == CB_IN_FACT && b->rs->input[i].fact == n->ref)
				b->reads[i] = true;
	for (size_t i = 0; i < n->nkid; i++)
		depends(b, n->kid[i]);
}

static void contradiction(void *ctx, int fact, const char *what, const char *mend)
{
	(void)fact;
	(void)what;
	(void)mend;
	*(bool *)ctx = true;
}

/* Could a meeting report these facts? */
static bool possible(struct bounds *b, const struct lane *l)
{
	size_t nfact = cb_facts_count(b->dict);
	struct cb_meeting m = { .kind = CB_REGULAR, .held_on = 18322, .value = b->fact, .have = b->fact_have, .nfact = nfact };
	bool bad = false;

	memset(b->fact_have, 0, nfact);
	for (size_t i = 0; i < b->rs->ninput; i++)
		if (b->rs->input[i].kind == CB_IN_FACT && l->have[i]) {
			b->fact[b->rs->input[i].fact] = l->value[i];
			b->fact_have[b->rs->input[i].fact] = 1;
		}
	cb_meeting_check(&m, b->dict, contradiction, &bad);
	return !bad;
}

static bool known_case(const struct bounds *b, const struct lane *l)
{
	for (size_t c = 0; c < b->nkept; c++) {
		bool same = true;
		for (size_t i = 0; same && i < b->rs->ninput; i++)
			same = !b->reads[i] || (b->kept[c].have[i] == l->have[i] && (!l->have[i] || b->kept[c].value[i] == l->value[i]));
		if (same)
			return true;
	}
	return false;
}

static void put_value(struct cb_buf *out, const struct cb_fact *f, int64_t v)
{
	char day[11], n[CB_NUM_TEXT];
	if (f->type == CB_FACT_FLAG)
		cb_buf_puts(out, v ? "true" : "false");
	else if (f->type == CB_FACT_DATE)
		cb_buf_printf(out, "\"%s\"", cb_day_iso(day, (cb_day)v));
	else if (f->type == CB_FACT_WORD)
		cb_buf_printf(out, "\"%s\"", f->vocab[v]);
	else if (f->type == CB_FACT_DECIMAL)
		cb_buf_puts(out, cb_fmt_pts(n, sizeof n, v));
	else
		cb_buf_printf(out, "%" PRId64, v);
}

/* The case as text; its lane was evaluated just now. */
static void write_case(struct bounds *b, const struct cb_criterion *cr, const struct cb_node *cond, const struct lane *l,
		       const struct cb_fact *moved, const struct cb_scores *s, size_t lane)
{
	const struct cb_ruleset *rs = b->rs;
	struct cb_buf *o = b->out, words;
	char n[CB_NUM_TEXT];
	int c = cb_criterion_find(rs, cr->id);

	cb_buf_init(&words);
	cb_node_text_vi(&words, rs, cond);
	cb_buf_printf(o, "\t{\n\t\tname = \"%s: %s = ", cr->id, moved->id);
	for (size_t i = 0; i < rs->ninput; i++)
		if (rs->input[i].kind == CB_IN_FACT && cb_facts_at(b->dict, (size_t)rs->input[i].fact) == moved)
			cb_buf_printf(o, "%" PRId64, l->value[i]);
	cb_buf_printf(o, "\", confirmed = false, -- %s\n", words.s);
	b->oom |= !cb_buf_ok(&words);
	cb_buf_release(&words);
	for (size_t i = 0; i < rs->ninput; i++) {
		const struct cb_fact *f = rs->input[i].kind == CB_IN_FACT ? cb_facts_at(b->dict, (size_t)rs->input[i].fact) : NULL;
		if (f && f->attribute && l->have[i]) {
			cb_buf_printf(o, "\t\t%s = ", f->id);
			put_value(o, f, l->value[i]);
			cb_buf_puts(o, ",\n");
		}
	}
	cb_buf_puts(o, "\t\tfacts = {");
	for (size_t i = 0; i < rs->ninput; i++) {
		const struct cb_fact *f = rs->input[i].kind == CB_IN_FACT ? cb_facts_at(b->dict, (size_t)rs->input[i].fact) : NULL;
		if (f && !f->attribute && l->have[i]) {
			cb_buf_printf(o, " %s = ", f->id);
			put_value(o, f, l->value[i]);
			cb_buf_puts(o, ",");
		}
	}
	cb_buf_puts(o, " },\n");
	bool any = false;
	for (size_t a = 0; a < CB_ASSESSORS; a++) {
		bool his = false;
		for (size_t i = 0; i < rs->ninput; i++) {
			if (rs->input[i].kind != CB_IN_JUDGED || (size_t)rs->input[i].by != a || !l->have[i])
				continue;
			if (!any)
				cb_buf_puts(o, "\t\tjudged = {");
			if (!his)
				cb_buf_printf(o, " %s = {", cb_assessor_id((enum cb_assessor)a));
			cb_buf_printf(o, " [\"%s\"] = %s,", rs->input[i].item, cb_fmt_pts(n, sizeof n, l->value[i]));
			any = his = true;
		}
		if (his)
			cb_buf_puts(o, " },");
	}
	if (any)
		cb_buf_puts(o, " },\n");
	cb_buf_puts(o, "\t\texpect = { ");
	if (s->score_d[lane]) {
		struct cb_ratio t = cb_ratio_make(s->score_n[lane], s->score_d[lane] > INT64_MAX / 1000 ? s->score_d[lane] : s->score_d[lane] * 1000);
		cb_fmt_ratio(n, sizeof n, t);
		cb_buf_printf(o, strchr(n, '/') ? "total = \"%s\", " : "total = %s, ", n);
	}
	if (s->level[lane] >= 0)
		cb_buf_printf(o, "level = \"%s\"", rs->level[s->level[lane]].id);
	else
		cb_buf_puts(o, "level = false");
	if (cr->check)
		cb_buf_printf(o, ", points = { %s = %s }", cr->id, s->points[c][lane] ? "true" : "false");
	else if (s->state[c][lane] == CB_CR_SCORED)
		cb_buf_printf(o, ", points = { %s = %s }", cr->id, cb_fmt_pts(n, sizeof n, s->points[c][lane]));
	cb_buf_puts(o, " },\n\t},\n");
	b->n++;
}

/* Moves input k from the best case through all its values; writes the two cases at the first turn. */
static int turn(struct bounds *b, const struct cb_criterion *cr, const struct cb_node *cond, size_t k, bool *found, struct cb_err *err)
{
	const struct cb_fact *f = cb_facts_at(b->dict, (size_t)b->rs->input[k].fact);
	int64_t lo = f->min > -SPAN ? f->min : -SPAN, hi = f->max < lo + 2 * SPAN ? f->max : lo + 2 * SPAN;
	struct lane l = { CB_NEWV(&b->arena, b->rs->ninput + 1, int64_t), CB_NEWV(&b->arena, b->rs->ninput + 1, unsigned char) };
	struct cb_batch in = { .value = b->values, .have = b->haves };
	int last = -1;

	if (!l.value || !l.have)
		return cb_err_nomem(err);
	for (int64_t from = lo; from <= hi && !*found; from += CB_BATCH - 1) { /* batches overlap by one lane */
		struct cb_scores s;
		in.n = (size_t)(hi - from + 1 < CB_BATCH ? hi - from + 1 : CB_BATCH);
		for (size_t i = 0; i < b->rs->ninput; i++)
			for (size_t j = 0; j < in.n; j++) {
				b->value[i * CB_BATCH + j] = i == k ? from + (int64_t)j : b->best.value[i];
				b->have[i * CB_BATCH + j] = i == k ? 1 : b->best.have[i];
			}
		int code = cb_eval_batch(b->ev, &in, &s, err);
		if (code)
			return code;
		last = -1;
		for (size_t j = 0; j < in.n && !*found; j++) {
			struct cb_ratio r;
			memcpy(l.value, b->best.value, b->rs->ninput * sizeof *l.value);
			memcpy(l.have, b->best.have, b->rs->ninput);
			l.value[k] = from + (int64_t)j;
			l.have[k] = 1;
			if (!cb_eval_node(b->ev, cond, j, &r) || !possible(b, &l)) {
				last = -1;
				continue;
			}
			if (last >= 0 && last != (r.n != 0)) {
				*found = true;
				for (int side = 0; side < 2; side++) {
					l.value[k] = from + (int64_t)j - 1 + side;
					if (!known_case(b, &l))
						write_case(b, cr, cond, &l, f, &s, j - 1 + (size_t)side);
				}
			}
			last = r.n != 0;
		}
	}
	return 0;
}

static int walk(struct bounds *b, const struct cb_criterion *cr, const struct cb_node *n, bool *seen, struct cb_err *err)
{
	static const char *const compares[] = { "ge", "gt", "le", "lt", "eq", "ne", "between" };
	int code = 0;

	if (seen[n->id])
		return 0;
	seen[n->id] = true;
	for (size_t i = 0; i < sizeof compares / sizeof *compares; i++)
		if (cb_is(n, compares[i])) {
			bool found = false;
			memset(b->reads, 0, b->rs->ninput);
			depends(b, n);
			/* what a cell can change comes first, then member counts and the like */
			for (int fixed = 0; fixed < 2 && !found; fixed++)
				for (size_t k = 0; k < b->rs->ninput && !found && !code; k++) {
					const struct cb_fact *f = b->reads[k] ? cb_facts_at(b->dict, (size_t)b->rs->input[k].fact) : NULL;
					if (f && !f->attribute && f->fixed == (fixed != 0) &&
					    (f->type == CB_FACT_COUNT || f->type == CB_FACT_MINUTES || f->type == CB_FACT_DAYS))
						code = turn(b, cr, n, k, &found, err);
				}
			return code;
		}
	for (size_t i = 0; i < n->nkid && !code; i++)
		code = walk(b, cr, n->kid[i], seen, err);
	return code;
}

int cb_pack_boundaries(struct cb_buf *out, size_t *n, const char *dir, const char *path, struct cb_facts *dict, struct cb_diags *diags,
		       struct cb_err *err)
{
	struct bounds *b = cb_calloc(1, sizeof *b);
	struct cb_ruleset *rs = NULL;
	struct cb_cases *cases = NULL;
	struct cb_case_stats st;
	struct cb_case_hook hook = { .ctx = b, .meeting = on_meeting };
	bool *seen;
	int code;

	*n = 0;
	if (!b)
		return cb_err_nomem(err);
	cb_arena_init(&b->arena);
	code = cb_pack_load(&rs, dir, path, dict, NULL, diags, err);
	if (code)
		goto out;
	*b = (struct bounds){ .rs = rs, .dict = dict, .out = out, .arena = b->arena };
	code = cb_cases_load(&cases, dir, path, diags, err);
	if (!code)
		code = cb_cases_run(&st, cases, rs, dict, &hook, diags, err);
	if (code)
		goto out;
	if (!b->have_best) {
		code = cb_err_set(err, CB_EDATA, "%s: write one case that is rated first: the others are made from it", path);
		goto out;
	}
	size_t ni = rs->ninput + 1, nf = cb_facts_count(dict) + 1;
	b->value = CB_NEWV(&b->arena, ni * CB_BATCH, int64_t);
	b->have = CB_NEWV(&b->arena, ni * CB_BATCH, unsigned char);
	b->values = CB_NEWV(&b->arena, ni, const int64_t *);
	b->haves = CB_NEWV(&b->arena, ni, const unsigned char *);
	b->reads = CB_NEWV(&b->arena, ni, bool);
	b->fact = CB_NEWV(&b->arena, nf, int64_t);
	b->fact_have = CB_NEWV(&b->arena, nf, unsigned char);
	seen = CB_NEWV(&b->arena, rs->nnode + 1, bool);
	if (b->oom || !b->value || !b->have || !b->values || !b->haves || !b->reads || !b->fact || !b->fact_have || !seen) {
		code = cb_err_nomem(err);
		goto out;
	}
	for (size_t i = 0; i < rs->ninput; i++) {
		b->values[i] = b->value + i * CB_BATCH;
		b->haves[i] = b->have + i * CB_BATCH;
	}
	code = cb_eval_open(&b->ev, rs, err);
	for (size_t i = 0; i < rs->ncriterion && !code; i++) {
		const struct cb_criterion *cr = &rs->criterion[i];
		if (cr->applies)
			code = walk(b, cr, cr->applies, seen, err);
		if (!code && !cr->is_function)
			code = walk(b, cr, cr->check ? cr->check : cr->score, seen, err);
	}
	if (!code && (b->oom || !cb_buf_ok(out)))
		code = cb_err_nomem(err);
	*n = b->n;
out:
	cb_eval_close(b->ev);
	cb_cases_free(cases);
	cb_ruleset_free(rs);
	cb_arena_release(&b->arena);
	cb_free(b);
	return code;
}
