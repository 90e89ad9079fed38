/*
 * mutate.c - small changes of a pack, and whether its cases notice; see cover.h.
 *
 * The declared tree is changed in place at one spot, built, checked, run against the cases and put back. A tree that is
 * used several times is changed once, everywhere it is used. Facts, days in force, kinds and the ranking are left alone:
 * no case can show them.
 */
#include "lua/cover.h"

#include <stdio.h>
#include <string.h>
#include "base/alloc.h"
#include "base/buf.h"
#include "eval/apart.h"
#include "lua/cases_int.h"
#include "lua/pack_int.h"
#include "rule/forms.h"

#define SEEN_SLOTS (1u << 17) /* above twice CB_TREE_NODES */

enum kind { K_QUANTITY, K_CONDITION, K_POINTS, K_LEVEL };

struct mutate {
	struct cb_pack_kept *kept;
	const struct cb_ruleset *rs;
	struct cb_facts *dict;
	struct cb_cases *cases;
	struct cb_mutation *out;
	struct cb_err *err;
	struct cb_buf path;
	const struct cb_tree **seen;
	struct cb_arena scratch;
	size_t cap, findings; /* of the pack as it is */
	bool months, closed;  /* in a comparison of a share of months; by ge or lt */
	int code;
};

/* --- one mutant ------------------------------------------------------------------------------------------------- */

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static bool same_ratio(struct cb_ratio a, struct cb_ratio b)
{
	return a.d == b.d && (!a.d || a.n == b.n);
}

static bool same_node(const struct cb_node *a, const struct cb_node *b)
{
	if (!a || !b)
		return a == b;
	if (a->form != b->form || a->kind != b->kind || a->nkid != b->nkid || a->ref != b->ref || a->aux != b->aux ||
	    !same_ratio(a->num, b->num) || !same_ratio(a->num2, b->num2) || !same_text(a->text, b->text) || a->id != b->id)
		return false;
	for (size_t i = 0; i < a->nkid; i++)
		if (a->kid[i]->id != b->kid[i]->id)
			return false;
	return true;
}

/* Built alike: no meeting can tell them apart. */
static bool same_ruleset(const struct cb_ruleset *a, const struct cb_ruleset *b)
{
	if (a->nnode != b->nnode || a->ncriterion != b->ncriterion || a->ngate != b->ngate || a->nlevel != b->nlevel || a->missing != b->missing ||
	    a->total_round != b->total_round || a->ceiling != b->ceiling || a->total_step != b->total_step || a->missed_month != b->missed_month || a->norder != b->norder ||
	    memcmp(a->order, b->order, sizeof a->order) || !same_node(a->rating, b->rating))
		return false;
	for (size_t i = 0; i < a->nnode; i++)
		if (!same_node(a->node[i], b->node[i]))
			return false;
	for (size_t i = 0; i < a->ncriterion; i++) {
		const struct cb_criterion *x = &a->criterion[i], *y = &b->criterion[i];
		if (x->max != y->max || x->counts != y->counts || x->na != y->na || x->na_points != y->na_points || x->round != y->round || !same_node(x->score, y->score) ||
		    !same_node(x->check, y->check) || !same_node(x->applies, y->applies))
			return false;
	}
	for (size_t i = 0; i < a->ngate; i++)
		if (a->gate[i].level != b->gate[i].level || a->gate[i].at_most != b->gate[i].at_most || !same_node(a->gate[i].needs, b->gate[i].needs) ||
		    !same_node(a->gate[i].when, b->gate[i].when))
			return false;
	for (size_t i = 0; i < a->nlevel; i++)
		if (a->level[i].at_least != b->level[i].at_least || !same_text(a->level[i].id, b->level[i].id))
			return false;
	for (int i = CB_QUARTER; i <= CB_YEAR; i++)
		if (!same_node(a->period[i].level, b->period[i].level))
			return false;
	return true;
}

/* Builds the tree as it is now and says what becomes of it. */
static int judge(struct mutate *m, enum cb_mutant_fate *fate, const char **example)
{
	struct cb_diags *d;
	struct cb_ruleset *rs = NULL;
	struct cb_case_stats st;
	struct cb_case_hook hook = { .stop = true };
	int code;

	if (cb_diags_new(&d, 1))
		return cb_err_nomem(m->err);
	code = cb_ruleset_build(&rs, m->kept->tree, m->kept->base, m->dict, d, m->err);
	*fate = CB_MUTANT_REFUSED;
	if (code == CB_EDATA)
		code = 0;
	if (code || !rs)
		goto out;
	rs->fn = m->rs->fn;
	if (same_ruleset(rs, m->rs)) {
		*fate = CB_MUTANT_SAME;
		goto out;
	}
	code = cb_cases_run(&st, m->cases, rs, m->dict, &hook, d, m->err);
	if (code == CB_EDATA)
		code = 0;
	if (code)
		goto out;
	*fate = st.failed ? CB_MUTANT_KILLED : CB_MUTANT_SURVIVED;
	if (!st.failed) { /* would the checker have told it? */
		struct cb_diags *told;
		if (cb_diags_new(&told, 1)) {
			code = cb_err_nomem(m->err);
			goto out;
		}
		code = cb_ruleset_check(rs, told, m->err);
		if (code == CB_EDATA)
			code = 0;
		if (cb_diags_count(told, CB_SEV_ERROR) + cb_diags_count(told, CB_SEV_WARNING) > m->findings)
			*fate = CB_MUTANT_REFUSED;
		cb_diags_free(told);
	}
	if (!code && *fate == CB_MUTANT_SURVIVED && strncmp(m->path.s, "periods", 7) != 0) {
		struct cb_buf b;
		enum cb_apart apart;
		cb_buf_init(&b);
		code = cb_apart(&apart, &b, m->rs, rs, m->err);
		if (!code && apart == CB_APART_NONE)
			*fate = CB_MUTANT_SAME;
		if (!code && apart == CB_APART_FOUND && b.len && !(*example = cb_arena_strdup(&m->out->arena, b.s)))
			code = cb_err_nomem(m->err);
		cb_buf_release(&b);
	}
out:
	if (rs)
		memset(&rs->fn, 0, sizeof rs->fn);
	cb_ruleset_free(rs);
	cb_diags_free(d);
	return code;
}

static void attempt(struct mutate *m, const struct cb_tree *t, int line, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
static void attempt(struct mutate *m, const struct cb_tree *t, int line, const char *fmt, ...)
{
	struct cb_mutation *o = m->out;
	struct cb_buf b;
	va_list ap;

	if (m->code)
		return;
	if (o->nmutant == m->cap) {
		size_t cap = m->cap ? m->cap * 2 : 256;
		struct cb_mutant *more = CB_NEWV(&o->arena, cap, struct cb_mutant);
		if (!more) {
			m->code = cb_err_nomem(m->err);
			return;
		}
		if (o->nmutant)
			memcpy(more, o->mutant, o->nmutant * sizeof *more);
		o->mutant = more;
		m->cap = cap;
	}
	struct cb_mutant *u = &o->mutant[o->nmutant];
	cb_buf_init(&b);
	cb_buf_printf(&b, "%s: ", m->path.s);
	va_start(ap, fmt);
	cb_buf_vprintf(&b, fmt, ap);
	va_end(ap);
	u->what = cb_buf_ok(&b) ? cb_arena_strdup(&o->arena, b.s) : NULL;
	u->file = cb_arena_strdup(&o->arena, t->file ? t->file : "");
	u->line = line ? line : t->line;
	cb_buf_release(&b);
	if (!u->what || !u->file) {
		m->code = cb_err_nomem(m->err);
		return;
	}
	u->example = NULL;
	m->code = judge(m, &u->fate, &u->example);
	if (m->code)
		return;
	o->nmutant++;
	o->killed += u->fate == CB_MUTANT_KILLED;
	o->refused += u->fate == CB_MUTANT_REFUSED;
	o->same += u->fate == CB_MUTANT_SAME;
	o->survived += u->fate == CB_MUTANT_SURVIVED;
}

/* --- changes ---------------------------------------------------------------------------------------------------- */

static bool is(const struct cb_tree *t, const char *op)
{
	return t->type == CB_T_TABLE && t->op && !strcmp(t->op, op);
}

/* Enters t once; a tree that is shared is changed where it is met first. */
static bool first_time(struct mutate *m, const struct cb_tree *t)
{
	size_t i = ((uintptr_t)t >> 4) * 2654435761u % SEEN_SLOTS;
	while (m->seen[i]) {
		if (m->seen[i] == t)
			return false;
		i = (i + 1) % SEEN_SLOTS;
	}
	m->seen[i] = t;
	return true;
}

static size_t enter(struct mutate *m, const char *name, size_t index)
{
	size_t len = m->path.len;
	if (name)
		cb_buf_printf(&m->path, "%s%s", len ? "." : "", name);
	else
		cb_buf_printf(&m->path, "[%zu]", index + 1);
	return len;
}

static void leave(struct mutate *m, size_t len)
{
	if (m->path.len > len) {
		m->path.len = len;
		m->path.s[len] = '\0';
	}
}

/* Twelve months at the most: does any share k/n lie where the two thresholds differ? `closed`: ge, lt; else gt, le. */
static bool share_between(struct cb_ratio a, struct cb_ratio b, bool closed)
{
	struct cb_ratio lo = cb_ratio_cmp(a, b) < 0 ? a : b, hi = cb_ratio_cmp(a, b) < 0 ? b : a;
	for (int n = 1; n <= 12; n++)
		for (int k = 0; k <= n; k++) {
			int x = cb_ratio_cmp((struct cb_ratio){ k, n }, lo), y = cb_ratio_cmp((struct cb_ratio){ k, n }, hi);
			if (closed ? x >= 0 && y < 0 : x > 0 && y <= 0)
				return true;
		}
	return false;
}

static void shift(struct mutate *m, struct cb_tree *t, struct cb_ratio step, bool floor)
{
	struct cb_ratio old = t->number, r;
	char a[CB_NUM_TEXT], b[CB_NUM_TEXT];

	for (int k = 0; k < 2; k++) {
		if (!(k ? cb_ratio_sub(&r, old, step) : cb_ratio_add(&r, old, step)) || (floor && r.n < 0))
			continue;
		if (m->months && !share_between(old, r, m->closed))
			continue;
		t->number = r;
		attempt(m, t, 0, "%s becomes %s", cb_fmt_ratio(a, sizeof a, old), cb_fmt_ratio(b, sizeof b, r));
		t->number = old;
	}
}

static void drop_item(struct mutate *m, struct cb_tree *t, size_t i, const char *what)
{
	struct cb_tree *gone = t->item[i];
	size_t n = t->nitem - i - 1;

	memmove(&t->item[i], &t->item[i + 1], n * sizeof *t->item);
	t->nitem--;
	attempt(m, gone, 0, "%s %zu is left out", what, i + 1);
	memmove(&t->item[i + 1], &t->item[i], n * sizeof *t->item);
	t->item[i] = gone;
	t->nitem++;
}

static void drop_field(struct mutate *m, struct cb_tree *t, const char *name, const char *also)
{
	struct cb_tree_field *all = t->field, *kept = CB_NEWV(&m->scratch, t->nfield + 1, struct cb_tree_field);
	size_t n = t->nfield, k = 0;
	int line = 0;

	if (!kept) {
		m->code = cb_err_nomem(m->err);
		return;
	}
	for (size_t i = 0; i < n; i++)
		if (!strcmp(all[i].name, name))
			line = all[i].line;
		else if (!also || strcmp(all[i].name, also))
			kept[k++] = all[i];
	t->field = kept;
	t->nfield = k;
	attempt(m, t, line, "%s is left out", name);
	t->field = all;
	t->nfield = n;
}

static void become(struct mutate *m, struct cb_tree *t, const struct cb_tree *other, const char *what)
{
	struct cb_tree old = *t;
	*t = *other;
	attempt(m, &old, 0, "%s", what);
	*t = old;
}

static void words(struct mutate *m, struct cb_tree *t, const char *const *list, size_t n)
{
	const char *old = t->text;
	for (size_t i = 0; i < n && t->type == CB_T_TEXT; i++)
		if (strcmp(list[i], old)) {
			t->text = list[i];
			attempt(m, t, 0, "\"%s\" becomes \"%s\"", old, list[i]);
			t->text = old;
		}
}

static void levels_of(struct mutate *m, struct cb_tree *t)
{
	int l = t->type == CB_T_TEXT ? cb_level_find(m->rs, t->text) : -1;
	const char *near[2];
	size_t n = 0;
	if (l > 0)
		near[n++] = m->rs->level[l - 1].id;
	if (l >= 0 && l + 1 < (int)m->rs->nlevel)
		near[n++] = m->rs->level[l + 1].id;
	words(m, t, near, n);
}

static void expression(struct mutate *m, struct cb_tree *t, enum kind k);

static void child(struct mutate *m, struct cb_tree *t, size_t i, enum kind k)
{
	if (i >= t->nitem)
		return;
	size_t len = enter(m, NULL, i);
	expression(m, t->item[i], k);
	leave(m, len);
}

static void branches(struct mutate *m, struct cb_tree *t, enum kind of, enum kind k, const char *what)
{
	for (size_t i = 0; i < t->nitem; i++) {
		struct cb_tree *b = t->item[i];
		if (is(b, "otherwise")) {
			size_t len = enter(m, NULL, i);
			child(m, b, 0, k);
			leave(m, len);
			continue;
		}
		if (b->type != CB_T_TABLE || b->nitem != 2)
			continue;
		drop_item(m, t, i, what);
		size_t len = enter(m, NULL, i);
		child(m, b, 0, of);
		child(m, b, 1, k);
		leave(m, len);
	}
}

/* "exactly the best level" and "the best or better" are one. */
static bool alike(const struct mutate *m, const struct cb_tree *t, const char *other)
{
	int l = t->nitem && t->item[0]->type == CB_T_TEXT ? cb_level_find(m->rs, t->item[0]->text) : -1;
	return l == 0 && !strcmp(t->op, "level_eq") && !strcmp(other, "level_ge");
}

static void expression(struct mutate *m, struct cb_tree *t, enum kind k)
{
	static const char *const flips[][2] = {
		{ "ge", "gt" }, { "gt", "ge" }, { "le", "lt" }, { "lt", "le" }, { "eq", "ne" }, { "ne", "eq" }, { "level_ge", "level_gt" },
		{ "level_gt", "level_ge" }, { "level_le", "level_lt" }, { "level_lt", "level_le" }, { "level_eq", "level_ge" }, { "level_eq", "level_le" }, { "level_ne", "level_lt" },
		{ "all", "any" }, { "any", "all" }, { "add", "sub" }, { "sub", "add" }, { "least", "greatest" }, { "greatest", "least" },
		{ "lowest", "highest" }, { "highest", "lowest" },
	};
	static const struct cb_ratio one = { 1, 1 }, hundredth = { 1, 100 };

	if (m->code || !first_time(m, t))
		return;
	if (t->type == CB_T_NUMBER) {
		shift(m, t, t->number.d == 1 ? one : hundredth, k == K_POINTS);
		return;
	}
	if (t->type == CB_T_TEXT && k == K_LEVEL) {
		levels_of(m, t);
		return;
	}
	if (t->type != CB_T_TABLE || !t->op)
		return;
	const char *op = t->op;
	for (size_t i = 0; i < sizeof flips / sizeof *flips; i++)
		if (!strcmp(op, flips[i][0]) && !alike(m, t, flips[i][1]) && !(t->nitem < 2 && (!strcmp(op, "all") || !strcmp(op, "any")))) {
			t->op = flips[i][1];
			attempt(m, t, 0, "%s becomes %s", op, t->op);
			t->op = op;
		}
	bool compares = strlen(op) == 2 && strchr("gl", op[0]) && strchr("et", op[1]);
	if (compares && t->nitem == 2 && is(t->item[0], "agg") && t->item[0]->nitem > 2 && !strcmp(t->item[0]->item[1]->text, "share") &&
	    !strcmp(t->item[0]->item[0]->text, "months")) {
		child(m, t, 0, K_QUANTITY);
		m->months = true;
		m->closed = !strcmp(op, "ge") || !strcmp(op, "lt");
		child(m, t, 1, K_QUANTITY);
		m->months = false;
		return;
	}
	if (!strncmp(op, "level_", 6)) {
		if (t->nitem)
			levels_of(m, t->item[0]);
	} else if (is(t, "fact") || is(t, "full") || is(t, "met") || is(t, "points_of") || is(t, "max_of") || is(t, "known")) {
		return;
	} else if (is(t, "first")) {
		branches(m, t, K_CONDITION, k, "branch");
	} else if (is(t, "bands") || is(t, "bands_below")) {
		child(m, t, 0, K_QUANTITY);
		if (t->nitem > 1 && t->item[1]->type == CB_T_TABLE) {
			size_t len = enter(m, NULL, 1);
			branches(m, t->item[1], K_QUANTITY, k, "band");
			leave(m, len);
		}
		child(m, t, 2, k);
	} else if (is(t, "flag") || is(t, "either")) {
		child(m, t, 0, K_CONDITION);
		child(m, t, 1, k);
		if (is(t, "either"))
			child(m, t, 2, k);
		if (t->nitem > 1 && t->item[1]->type != CB_T_NUMBER)
			become(m, t, t->item[1], "always given");
	} else if (is(t, "capped")) {
		child(m, t, 0, k);
		child(m, t, 1, K_POINTS);
		if (t->nitem)
			become(m, t, t->item[0], "the cap is left out");
	} else if (is(t, "per") || is(t, "deduct") || is(t, "prorate")) {
		child(m, t, 0, K_QUANTITY);
		child(m, t, 1, K_POINTS);
		child(m, t, 2, K_POINTS);
	} else if (is(t, "judged")) {
		struct cb_tree *max = cb_tree_get(t, "max");
		if (max)
			expression(m, max, K_POINTS);
	} else if (is(t, "no")) {
		if (t->nitem)
			become(m, t, t->item[0], "no is left out");
		child(m, t, 0, K_CONDITION);
	} else if (is(t, "agg") || is(t, "every")) {
		for (size_t i = 1; i < t->nitem; i++)
			if (t->item[i]->type == CB_T_TABLE)
				child(m, t, i, K_CONDITION);
	} else {
		bool list = is(t, "sum") || is(t, "all") || is(t, "any") || is(t, "lowest") || is(t, "highest") || is(t, "least") ||
			    is(t, "greatest") || is(t, "count");
		enum kind of = is(t, "all") || is(t, "any") || is(t, "count") ? K_CONDITION : list && k == K_POINTS ? K_POINTS : K_QUANTITY;
		for (size_t i = 0; i < t->nitem; i++) {
			if (list && t->nitem > 1)
				drop_item(m, t, i, "operand");
			child(m, t, i, of);
		}
	}
}

static void field(struct mutate *m, struct cb_tree *t, const char *name, enum kind k)
{
	struct cb_tree *v = cb_tree_get(t, name);
	if (!v)
		return;
	size_t len = enter(m, name, 0);
	expression(m, v, k);
	leave(m, len);
}

static void criteria(struct mutate *m, struct cb_tree *list)
{
	static const char *const na[] = { "full", "rescale" };
	for (size_t i = 0; list && i < list->nitem; i++) {
		struct cb_tree *c = list->item[i], *id = cb_tree_get(c, "id"), *v;
		size_t len = enter(m, id && id->type == CB_T_TEXT ? id->text : NULL, i);
		if (is(c, "criterion") && first_time(m, c)) {
			field(m, c, "max", K_POINTS);
			field(m, c, "score", K_POINTS);
			field(m, c, "check", K_CONDITION);
			field(m, c, "applies", K_CONDITION);
			v = cb_tree_get(c, "otherwise");
			if (v) {
				size_t inner = enter(m, "otherwise", 0);
				if (v->type == CB_T_TEXT)
					words(m, v, na, 2);
				else
					expression(m, v, K_POINTS);
				leave(m, inner);
				drop_field(m, c, "applies", "otherwise");
			}
		}
		leave(m, len);
	}
}

static void gates(struct mutate *m, struct cb_tree *list)
{
	if (!list)
		return;
	size_t outer = enter(m, "gates", 0);
	for (size_t i = 0; i < list->nitem; i++) {
		struct cb_tree *g = list->item[i], *needs = cb_tree_get(g, "needs");
		drop_item(m, list, i, "gate");
		size_t len = enter(m, NULL, i);
		field(m, g, "level", K_LEVEL);
		field(m, g, "at_most", K_LEVEL);
		field(m, g, "when", K_CONDITION);
		if (needs && needs->type == CB_T_TABLE && !needs->op)
			for (size_t k = 0; k < needs->nitem; k++) {
				if (needs->nitem > 1)
					drop_item(m, needs, k, "need");
				child(m, needs, k, K_CONDITION);
			}
		else
			field(m, g, "needs", K_CONDITION);
		leave(m, len);
	}
	leave(m, outer);
}

static void everything(struct mutate *m)
{
	static const char *const missed[] = { "ignored", "counts_as_worst", "refuse" };
	static const char *const rounds[] = { "half_up", "half_even", "down", "up" };
	static const char *const absent[] = { "refuse", "zero", "rescale" };
	struct cb_tree *t = m->kept->tree, *v, *p;

	criteria(m, cb_tree_get(t, "criteria"));
	criteria(m, cb_tree_get(t, "override"));
	gates(m, cb_tree_get(t, "gates"));
	v = cb_tree_get(t, "levels");
	for (size_t i = 0; v && i < v->nitem; i++)
		if (v->item[i]->nitem > 1) {
			size_t len = enter(m, "levels", 0);
			enter(m, NULL, i);
			child(m, v->item[i], 1, K_POINTS);
			leave(m, len);
		}
	field(m, t, "rating", K_LEVEL);
	v = cb_tree_get(t, "total");
	if (v && is(v, "round_total") && v->nitem == 2) {
		size_t len = enter(m, "total", 0);
		words(m, v->item[1], rounds, 4);
		leave(m, len);
		drop_field(m, t, "total", NULL);
	}
	v = cb_tree_get(t, "missing");
	if (v) {
		size_t len = enter(m, "missing", 0);
		words(m, v, absent, m->rs->scale ? 3 : 2); /* without points there is nothing to rescale */
		leave(m, len);
	}
	v = cb_tree_get(t, "assessors");
	v = v ? cb_tree_get(v, "order") : NULL;
	for (size_t i = 0; v && i + 1 < v->nitem; i++) {
		struct cb_tree *a = v->item[i];
		size_t len = enter(m, "assessors", 0);
		v->item[i] = v->item[i + 1];
		v->item[i + 1] = a;
		attempt(m, v, 0, "%zu and %zu change places", i + 1, i + 2);
		v->item[i + 1] = v->item[i];
		v->item[i] = a;
		leave(m, len);
	}
	p = cb_tree_get(t, "periods");
	if (p) {
		static const char *const names[] = { "quarter", "half", "nine_months", "year" };
		size_t len = enter(m, "periods", 0);
		for (size_t i = 0; i < 4; i++)
			field(m, p, names[i], K_LEVEL);
		v = cb_tree_get(p, "missed_month");
		if (v) {
			enter(m, "missed_month", 0);
			words(m, v, missed, 3);
		}
		leave(m, len);
	}
}

int cb_pack_mutate(struct cb_mutation **out, const char *dir, const char *path, struct cb_facts *dict, struct cb_diags *diags,
		   struct cb_err *err)
{
	struct cb_pack_kept kept = { 0 };
	struct cb_ruleset *rs = NULL;
	struct mutate m = { .kept = &kept, .dict = dict, .err = err };
	struct cb_diags *told = NULL;
	int code;

	*out = NULL;
	cb_buf_init(&m.path);
	cb_arena_init(&m.scratch);
	code = cb_pack_load_kept(&rs, &kept, dir, path, dict, diags, err);
	if (code)
		goto out;
	m.rs = rs;
	code = cb_cases_load(&m.cases, dir, path, diags, err);
	if (code)
		goto out;
	m.out = cb_calloc(1, sizeof *m.out);
	m.seen = cb_calloc(SEEN_SLOTS, sizeof *m.seen);
	if (!m.out || !m.seen || cb_diags_new(&told, 1)) {
		code = cb_err_nomem(err);
		goto out;
	}
	cb_arena_init(&m.out->arena);
	code = cb_cases_run(&m.out->cases, m.cases, rs, dict, NULL, diags, err);
	if (code)
		goto out;
	code = cb_ruleset_check(rs, told, err);
	if (code && code != CB_EDATA)
		goto out;
	m.findings = cb_diags_count(told, CB_SEV_ERROR) + cb_diags_count(told, CB_SEV_WARNING);
	everything(&m);
	code = m.code ? m.code : cb_buf_ok(&m.path) ? 0 : cb_err_nomem(err);
	if (code)
		goto out;
	*out = m.out;
	m.out = NULL;
out:
	cb_mutation_free(m.out);
	cb_diags_free(told);
	cb_free(m.seen);
	cb_buf_release(&m.path);
	cb_arena_release(&m.scratch);
	cb_cases_free(m.cases);
	cb_ruleset_free(rs);
	cb_pack_kept_release(&kept);
	return code;
}

void cb_mutation_free(struct cb_mutation *m)
{
	if (!m)
		return;
	cb_arena_release(&m->arena);
	cb_free(m);
}
