/*
 * cover.c - which parts of a pack its cases reach; see cover.h.
 *
 * A table of marks by node id is filled while the cases run; afterwards the expressions are walked once in the order
 * of the pack and every branch, answer, cap, gate, level and period rule becomes one item.
 */
#include "lua/cover.h"

#include <string.h>
#include "base/alloc.h"
#include "base/buf.h"
#include "lua/cases_int.h"
#include "rule/forms.h"

struct mark {
	bool yes, no;   /* a condition was true, false; a cap cut, did not */
	uint64_t taken; /* branches of a choice */
	bool told;
};
struct cover {
	const struct cb_ruleset *rs;
	struct mark *mark;             /* [nnode] */
	bool *gate, *level, *crit_na, *crit_in, *met, *unmet;
	struct cb_cover *out;
	size_t cap;
	bool oom;
};

static void on_meeting(void *ctx, const struct cb_ruleset *rs, const struct cb_eval *ev, const struct cb_batch *in, const struct cb_scores *s)
{
	struct cover *c = ctx;
	struct cb_ratio r, k;

	(void)in;
	for (size_t i = 0; i < rs->nnode; i++) {
		const struct cb_node *n = rs->node[i];
		struct mark *m = &c->mark[n->id];
		if (n->kind == CB_CONDITION && cb_eval_node(ev, n, 0, &r))
			*(r.n ? &m->yes : &m->no) = true;
		if (cb_is_choice(n) || cb_is(n, "either") || cb_is(n, "flag")) {
			int b = cb_eval_branch(ev, n, 0);
			if (b >= 0 && b < 64)
				m->taken |= (uint64_t)1 << b;
		}
		if (cb_is(n, "capped") && cb_eval_node(ev, n, 0, &r) && cb_eval_node(ev, n->kid[0], 0, &k))
			*(cb_ratio_cmp(k, r) > 0 ? &m->yes : &m->no) = true;
	}
	for (size_t i = 0; i < rs->ncriterion; i++) {
		unsigned st = s->state[i][0];
		if (st == CB_CR_NA)
			c->crit_na[i] = true;
		if (st == CB_CR_SCORED) {
			c->crit_in[i] = true;
			*(s->points[i][0] ? &c->met[i] : &c->unmet[i]) = true;
		}
	}
	if (s->gate[0] >= 0)
		c->gate[s->gate[0]] = true;
	if (s->level[0] >= 0)
		c->level[s->level[0]] = true;
}

static void on_node(void *ctx, const struct cb_node *n, struct cb_ratio value)
{
	struct cover *c = ctx;
	if (value.d)
		*(value.n ? &c->mark[n->id].yes : &c->mark[n->id].no) = true;
}

/* --- items -------------------------------------------------------------------------------------------------------- */

static void item(struct cover *c, const struct cb_node *n, int line, const char *file, bool hit, const char *owner,
		 const char *words, const struct cb_node *of)
{
	struct cb_buf text, b;

	if (c->out->nitem == c->cap) {
		size_t cap = c->cap ? c->cap * 2 : 64;
		struct cb_cover_item *more = CB_NEWV(&c->out->arena, cap, struct cb_cover_item);
		if (!more) {
			c->oom = true;
			return;
		}
		if (c->out->nitem)
			memcpy(more, c->out->item, c->out->nitem * sizeof *more);
		c->out->item = more;
		c->cap = cap;
	}
	cb_buf_init(&text);
	cb_buf_init(&b);
	if (of)
		cb_node_text_vi(&text, c->rs, of);
	cb_buf_printf(&b, "%s: %s%s%s", owner, words, of ? " " : "", of ? text.s : "");
	struct cb_cover_item *it = &c->out->item[c->out->nitem];
	it->what = cb_buf_ok(&b) && cb_buf_ok(&text) ? cb_arena_strdup(&c->out->arena, b.s) : NULL;
	it->file = file || n ? cb_arena_strdup(&c->out->arena, file ? file : n->file ? n->file : "") : "";
	it->line = line ? line : n ? n->line : 0;
	it->hit = hit;
	cb_buf_release(&b);
	cb_buf_release(&text);
	if (!it->what || !it->file) {
		c->oom = true;
		return;
	}
	c->out->nitem++;
	c->out->hit += hit;
}

static bool constant(const struct cb_node *n)
{
	return n->lo.d && n->hi.d && n->lo.n == n->hi.n;
}

/* True and false of a condition, of its operands where it joins several. */
static void condition(struct cover *c, const struct cb_node *n, const char *owner)
{
	struct mark *m = &c->mark[n->id];
	if (m->told)
		return;
	m->told = true;
	if (cb_is(n, "all") || cb_is(n, "any") || cb_is(n, "no")) {
		for (size_t i = 0; i < n->nkid; i++)
			condition(c, n->kid[i], owner);
		return;
	}
	if (constant(n))
		return;
	item(c, n, 0, NULL, m->yes, owner, "true:", n);
	item(c, n, 0, NULL, m->no, owner, "false:", n);
}

static void expression(struct cover *c, const struct cb_node *n, const char *owner, bool period)
{
	struct mark *m = &c->mark[n->id];

	if (n->kind == CB_CONDITION) {
		condition(c, n, owner);
		return;
	}
	if (m->told)
		return;
	m->told = true;
	if (cb_is_choice(n)) {
		size_t start = cb_is(n, "first") ? 0 : 1;
		for (size_t i = start; i < n->nkid; i++) {
			const struct cb_node *k = n->kid[i];
			bool last = k->nkid == 1;
			bool hit = period ? c->mark[k->id].yes : i - start < 64 && (m->taken >> (i - start) & 1);
			item(c, k, 0, NULL, hit, owner, last ? "branch otherwise" : "branch", last ? NULL : k->kid[0]);
			if (!last && (cb_is(k->kid[0], "all") || cb_is(k->kid[0], "any")))
				condition(c, k->kid[0], owner);
			expression(c, k->kid[k->nkid - 1], owner, period);
		}
		return;
	}
	if (cb_is(n, "either") || cb_is(n, "flag")) {
		item(c, n, 0, NULL, period ? c->mark[n->kid[0]->id].yes : m->taken & 1, owner, "yes:", n->kid[0]);
		item(c, n, 0, NULL, period ? c->mark[n->kid[0]->id].no : m->taken >> 1 & 1, owner, "no:", n->kid[0]);
		if (cb_is(n->kid[0], "all") || cb_is(n->kid[0], "any"))
			condition(c, n->kid[0], owner);
		for (size_t i = 1; i < n->nkid; i++)
			expression(c, n->kid[i], owner, period);
		return;
	}
	if (cb_is(n, "capped"))
		item(c, n, 0, NULL, m->yes, owner, "the cap cuts:", n);
	for (size_t i = 0; i < n->nkid; i++)
		if (n->kid[i]->kind != CB_QUANTITY || cb_is(n->kid[i], "either") || cb_is_choice(n->kid[i]))
			expression(c, n->kid[i], owner, period);
		else if (n->kid[i]->nkid)
			expression(c, n->kid[i], owner, period);
}

static void collect(struct cover *c)
{
	static const char *const period[] = { [CB_QUARTER] = "quarter", [CB_HALF] = "half", [CB_NINE_MONTHS] = "nine_months", [CB_YEAR] = "year" };
	const struct cb_ruleset *rs = c->rs;
	char owner[80];

	for (size_t i = 0; i < rs->ncriterion && !c->oom; i++) {
		const struct cb_criterion *k = &rs->criterion[i];
		if (k->applies) {
			item(c, k->applies, 0, NULL, c->crit_in[i], k->id, "applies:", k->applies);
			item(c, k->applies, 0, NULL, c->crit_na[i], k->id, "does not apply:", k->applies);
		}
		if (k->check) {
			item(c, k->check, 0, NULL, c->met[i], k->id, "met:", k->check);
			item(c, k->check, 0, NULL, c->unmet[i], k->id, "not met:", k->check);
			if (cb_is(k->check, "all") || cb_is(k->check, "any"))
				condition(c, k->check, k->id);
		} else {
			item(c, k->score, k->line, k->score->file, c->crit_in[i], k->id, "scored", NULL);
			expression(c, k->score, k->id, false);
		}
	}
	for (size_t i = 0; i < rs->ngate && !c->oom; i++) {
		const struct cb_gate *g = &rs->gate[i];
		const struct cb_node *n = g->needs ? g->needs : g->when;
		item(c, n, g->line, n->file, c->gate[i], "gate", g->level >= 0 ? "holds back, for want of:" : "holds back:", n);
		condition(c, n, "gate");
	}
	if (rs->rating)
		expression(c, rs->rating, "rating", false);
	for (size_t i = 0; i < rs->nlevel && !c->oom; i++)
		item(c, NULL, rs->level[i].line, rs->level[i].file, c->level[i], "level", rs->level[i].id, NULL);
	/* months are those of regular meetings: the period rules that a table for thematic ones has from its base are not asked */
	for (int p = CB_QUARTER; p <= CB_YEAR && !c->oom && rs->for_kinds != 1u << CB_THEMATIC; p++)
		if (rs->period[p].level) {
			memcpy(owner, period[p], strlen(period[p]) + 1);
			expression(c, rs->period[p].level, owner, true);
		}
}

int cb_pack_cover(struct cb_cover **out, const char *dir, const char *path, struct cb_facts *dict, struct cb_diags *diags, struct cb_err *err)
{
	struct cb_ruleset *rs = NULL;
	struct cb_cases *cases = NULL;
	struct cb_arena scratch;
	struct cover c = { 0 };
	struct cb_case_hook hook = { .ctx = &c, .meeting = on_meeting, .node = on_node };
	int code;

	*out = NULL;
	cb_arena_init(&scratch);
	code = cb_pack_load(&rs, dir, path, dict, NULL, diags, err);
	if (code)
		goto out;
	code = cb_cases_load(&cases, dir, path, diags, err);
	if (code)
		goto out;
	c.rs = rs;
	c.mark = CB_NEWV(&scratch, rs->nnode + 1, struct mark);
	c.gate = CB_NEWV(&scratch, rs->ngate + 1, bool);
	c.level = CB_NEWV(&scratch, rs->nlevel + 1, bool);
	c.crit_na = CB_NEWV(&scratch, rs->ncriterion + 1, bool);
	c.crit_in = CB_NEWV(&scratch, rs->ncriterion + 1, bool);
	c.met = CB_NEWV(&scratch, rs->ncriterion + 1, bool);
	c.unmet = CB_NEWV(&scratch, rs->ncriterion + 1, bool);
	c.out = cb_calloc(1, sizeof *c.out);
	if (!c.mark || !c.gate || !c.level || !c.crit_na || !c.crit_in || !c.met || !c.unmet || !c.out) {
		code = cb_err_nomem(err);
		goto out;
	}
	cb_arena_init(&c.out->arena);
	code = cb_cases_run(&c.out->cases, cases, rs, dict, &hook, diags, err);
	if (code && code != CB_EDATA)
		goto out;
	code = 0;
	collect(&c);
	if (c.oom) {
		code = cb_err_nomem(err);
		goto out;
	}
	*out = c.out;
	c.out = NULL;
out:
	cb_cover_free(c.out);
	cb_cases_free(cases);
	cb_ruleset_free(rs);
	cb_arena_release(&scratch);
	return code;
}

void cb_cover_free(struct cb_cover *c)
{
	if (!c)
		return;
	cb_arena_release(&c->arena);
	cb_free(c);
}
