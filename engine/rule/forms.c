/*
 * forms.c - the one table of forms (forms.h): each entry with what it checks, emits and says.
 *
 * Order of the file: ranges (what a node can be), finish functions, emit functions, Vietnamese texts, and at the end the
 * table. Everything is called by the builder (ruleset.c), by prog.c and by text.c; nothing here keeps state.
 */
#include "rule/forms.h"

#include <string.h>
#include "rule/build_int.h"
#include "rule/text_int.h"

static const struct cb_ratio none = { 0, 0 };

static struct cb_ratio whole(int64_t n)
{
	return (struct cb_ratio){ n, 1 };
}

/* --- ranges: bounds may be absent (d == 0), and then so is what is made of them -------------------------------- */

static struct cb_ratio low(struct cb_ratio a, struct cb_ratio b)
{
	return !a.d || !b.d ? none : cb_ratio_cmp(a, b) <= 0 ? a : b;
}

static struct cb_ratio high(struct cb_ratio a, struct cb_ratio b)
{
	return !a.d || !b.d ? none : cb_ratio_cmp(a, b) >= 0 ? a : b;
}

static void range_hull(struct cb_node *n, const struct cb_node *first, const struct cb_node *second)
{
	n->lo = low(first->lo, second->lo);
	n->hi = high(first->hi, second->hi);
}

static void range_mul(struct cb_node *n, const struct cb_node *x, const struct cb_node *y, bool divide)
{
	struct cb_ratio xs[2] = { x->lo, x->hi }, ys[2] = { y->lo, y->hi }, r;

	n->lo = n->hi = none;
	if (divide && y->lo.d && y->lo.n == 0 && x->lo.d && x->lo.n >= 0) {
		/* a count by a count: not below 0, no upper end but what the smallest divisor, 1/d, gives */
		n->lo = whole(0);
		return;
	}
	if (!x->lo.d || !x->hi.d || !y->lo.d || !y->hi.d)
		return;
	if (divide && y->lo.n <= 0 && y->hi.n >= 0)
		return;
	bool have = false;
	for (int i = 0; i < 2; i++)
		for (int j = 0; j < 2; j++) {
			if (divide ? !cb_ratio_div(&r, xs[i], ys[j]) : !cb_ratio_mul(&r, xs[i], ys[j])) {
				n->lo = n->hi = none;
				return;
			}
			n->lo = have ? low(n->lo, r) : r;
			n->hi = have ? high(n->hi, r) : r;
			have = true;
		}
}

/* What a comparison can be: 1 to 1 always true, 0 to 0 always false. */
static void range_compare(struct cb_node *n, const char *op, const struct cb_node *x, const struct cb_node *y)
{
	bool always = false, never = false;

	if (strcmp(op, "le") == 0 || strcmp(op, "lt") == 0) {
		const struct cb_node *t = x;
		x = y;
		y = t;
		op = op[1] == 'e' ? "ge" : "gt";
	}
	bool apart_over = x->lo.d && y->hi.d, apart_under = x->hi.d && y->lo.d;
	int over = apart_over ? cb_ratio_cmp(x->lo, y->hi) : -1;   /* >= 0: x is never below y */
	int under = apart_under ? cb_ratio_cmp(x->hi, y->lo) : 1; /* <= 0: x is never above y */
	if (strcmp(op, "ge") == 0) {
		always = over >= 0;
		never = under < 0;
	} else if (strcmp(op, "gt") == 0) {
		always = over > 0;
		never = under <= 0;
	} else {
		bool same = cb_is_const(x) && cb_is_const(y) && cb_ratio_cmp(x->num, y->num) == 0;
		bool differ = over > 0 || under < 0;
		always = strcmp(op, "eq") == 0 ? same : differ;
		never = strcmp(op, "eq") == 0 ? differ : same;
	}
	n->lo = whole(always);
	n->hi = whole(!never);
}

static void range_branches(struct cb_node *n)
{
	const struct cb_node *last = n->kid[n->nkid - 1]->kid[0];

	n->lo = last->lo;
	n->hi = last->hi;
	n->unit = last->unit;
	size_t start = cb_is(n, "first") ? 0 : 1;
	for (size_t i = start; i + 1 < n->nkid; i++) {
		const struct cb_node *v = n->kid[i]->kid[1];
		n->lo = low(n->lo, v->lo);
		n->hi = high(n->hi, v->hi);
		if (v->unit != n->unit)
			n->unit = v->unit == CB_M_NUMBER ? n->unit : n->unit == CB_M_NUMBER ? v->unit : CB_M_OTHER;
	}
}

/* --- finish: own checks, references, constants ------------------------------------------------------------------ */

static const struct cb_fact *fact_of(const struct cb_ruleset *rs, const struct cb_node *n)
{
	return cb_facts_at(rs->dict, (size_t)n->ref);
}

static bool finish_fact(struct cb_build *b, const struct cb_tree *t, struct cb_node *n)
{
	int i = cb_facts_find(b->dict, n->text);

	(void)t;
	if (i < 0 && b->bad_facts)
		return false;
	if (i < 0) {
		const char *near = cb_facts_nearest(b->dict, n->text);
		cb_say(b, near ? cb_fmt(b, "did you mean %s?", near) : "declare it under `facts` in the ruleset", "no fact is called %s", n->text);
		return false;
	}
	const struct cb_fact *f = cb_facts_at(b->dict, (size_t)i);
	n->ref = i;
	n->lo = whole(f->min);
	n->hi = whole(f->max);
	switch (f->type) {
	case CB_FACT_COUNT:
		n->unit = CB_M_COUNT;
		break;
	case CB_FACT_MINUTES:
		n->unit = CB_M_MINUTES;
		break;
	case CB_FACT_DAYS:
		n->unit = CB_M_DAYS;
		break;
	case CB_FACT_DATE:
		n->unit = CB_M_DATE;
		break;
	case CB_FACT_WORD:
		n->unit = CB_M_WORD;
		break;
	case CB_FACT_DECIMAL:
		n->unit = CB_M_DECIMAL;
		n->lo = cb_ratio_make(f->min, 1000);
		n->hi = cb_ratio_make(f->max, 1000);
		break;
	case CB_FACT_FLAG:
		break;
	}
	if (n->kind == CB_CONDITION && f->type != CB_FACT_FLAG) {
		cb_say(b, f->type == CB_FACT_WORD ? cb_fmt(b, "compare it: f.%s:eq(\"%s\")", f->id, f->vocab && f->vocab[0] ? f->vocab[0] : "...") :
						     cb_fmt(b, "compare it: f.%s:ge(1), or f.%s:known()", f->id, f->id),
		       "%s is no yes/no fact, so by itself it is not a condition", f->id);
		return false;
	}
	if (n->kind == CB_QUANTITY && f->type == CB_FACT_FLAG) {
		cb_say(b, cb_fmt(b, "write f.%s where a condition is wanted, or either(f.%s, 1, 0) as a number", f->id, f->id),
		       "%s is yes or no, not a number", f->id);
		return false;
	}
	if (n->kind == CB_CONDITION) {
		n->lo = whole(0);
		n->hi = whole(1);
	}
	return true;
}

static bool finish_known(struct cb_build *b, const struct cb_tree *t, struct cb_node *n)
{
	/* the operand may be any fact, a flag too: it is not built as a value */
	const struct cb_tree *f = t->nitem ? t->item[0] : NULL;

	if (!f || f->type != CB_T_TABLE || !f->op || strcmp(f->op, "fact") != 0 || f->nitem < 1 || f->item[0]->type != CB_T_TEXT) {
		cb_say(b, "write f.present:known()", "known is asked of a fact");
		return false;
	}
	int i = cb_facts_find(b->dict, f->item[0]->text);
	if (i < 0 && b->bad_facts)
		return false;
	if (i < 0) {
		const char *near = cb_facts_nearest(b->dict, f->item[0]->text);
		cb_say(b, near ? cb_fmt(b, "did you mean %s?", near) : NULL, "no fact is called %s", f->item[0]->text);
		return false;
	}
	n->text = cb_facts_at(b->dict, (size_t)i)->id;
	n->ref = i;
	n->lo = whole(0);
	n->hi = whole(1);
	return true;
}

static bool no_words(struct cb_build *b, const struct cb_node *n)
{
	for (size_t i = 0; i < n->nkid; i++)
		if (n->kid[i]->unit == CB_M_WORD) {
			cb_say(b, cb_fmt(b, "words are only compared: f.%s:eq(\"...\"), f.%s:one_of { ... }", n->kid[i]->text, n->kid[i]->text),
			       "%s is a word, not a number", n->kid[i]->text);
			return false;
		}
	return true;
}

static unsigned char unit_sum(const struct cb_node *x, const struct cb_node *y, bool minus)
{
	if (x->unit == CB_M_DATE || y->unit == CB_M_DATE)
		return x->unit == y->unit ? (minus ? CB_M_DAYS : CB_M_OTHER) : CB_M_DATE;
	if (x->unit == y->unit || y->unit == CB_M_NUMBER)
		return x->unit;
	return x->unit == CB_M_NUMBER ? y->unit : CB_M_OTHER;
}

static bool finish_arith(struct cb_build *b, const struct cb_tree *t, struct cb_node *n)
{
	const struct cb_node *x = n->kid[0], *y = n->nkid > 1 ? n->kid[1] : NULL;
	const char *op = n->form->name;
	struct cb_ratio r;

	(void)t;
	if (!no_words(b, n))
		return false;
	n->lo = n->hi = none;
	if (strcmp(op, "add") == 0) {
		n->unit = unit_sum(x, y, false);
		n->lo = cb_ratio_add(&r, x->lo, y->lo) ? r : none;
		n->hi = cb_ratio_add(&r, x->hi, y->hi) ? r : none;
	} else if (strcmp(op, "sub") == 0) {
		n->unit = unit_sum(x, y, true);
		n->lo = cb_ratio_sub(&r, x->lo, y->hi) ? r : none;
		n->hi = cb_ratio_sub(&r, x->hi, y->lo) ? r : none;
	} else if (strcmp(op, "neg") == 0) {
		n->unit = x->unit;
		n->lo = cb_ratio_sub(&r, whole(0), x->hi) ? r : none;
		n->hi = cb_ratio_sub(&r, whole(0), x->lo) ? r : none;
	} else if (strcmp(op, "mul") == 0) {
		n->unit = y->unit == CB_M_NUMBER ? x->unit : x->unit == CB_M_NUMBER ? y->unit : CB_M_OTHER;
		range_mul(n, x, y, false);
	} else {
		if (cb_is_const(y) && y->num.n == 0) {
			cb_say(b, NULL, "this divides by 0, so it would always be absent");
			return false;
		}
		n->unit = y->unit == CB_M_NUMBER ? x->unit : x->unit == y->unit ? CB_M_SHARE : CB_M_OTHER;
		range_mul(n, x, y, true);
	}
	return true;
}

static bool finish_pick(struct cb_build *b, const struct cb_tree *t, struct cb_node *n) /* least, greatest, lowest, highest */
{
	bool up = n->form->name[0] == 'g' || n->form->name[0] == 'h';

	(void)t;
	if (n->kind == CB_QUANTITY && !no_words(b, n))
		return false;
	n->lo = n->kid[0]->lo;
	n->hi = n->kid[0]->hi;
	n->unit = n->kid[0]->unit;
	for (size_t i = 1; i < n->nkid; i++) {
		n->lo = up ? high(n->lo, n->kid[i]->lo) : low(n->lo, n->kid[i]->lo);
		n->hi = up ? high(n->hi, n->kid[i]->hi) : low(n->hi, n->kid[i]->hi);
		if (n->unit == CB_M_NUMBER)
			n->unit = n->kid[i]->unit;
	}
	return true;
}

static bool finish_count(struct cb_build *b, const struct cb_tree *t, struct cb_node *n)
{
	int64_t lo = 0, hi = 0;

	(void)b;
	(void)t;
	for (size_t i = 0; i < n->nkid; i++) {
		lo += n->kid[i]->lo.n;
		hi += n->kid[i]->hi.n;
	}
	n->lo = whole(lo);
	n->hi = whole(hi);
	n->unit = CB_M_NUMBER;
	return true;
}

static bool finish_date(struct cb_build *b, const struct cb_tree *t, struct cb_node *n)
{
	(void)t;
	if (n->kid[0]->unit != CB_M_DATE) {
		cb_say(b, "write month_of(f.held_on)", "%s is asked of a day", n->form->name);
		return false;
	}
	n->unit = CB_M_NUMBER;
	n->aux = n->form->name[0] == 'm' ? 0 : n->form->name[0] == 'y' ? 1 : 2;
	n->lo = whole(n->aux == 1 ? 1900 : 1);
	n->hi = whole(n->aux == 0 ? 12 : n->aux == 1 ? 2189 : 7);
	return true;
}

static const char *near_criterion(const struct cb_build *b, const char *id)
{
	const char *names[CB_CRITERIA_MAX];
	size_t n = 0;

	for (; n < b->rs->ncriterion && n < CB_CRITERIA_MAX; n++)
		names[n] = b->rs->criterion[n].id;
	return cb_nearest(id, names, n);
}

static bool finish_criterion(struct cb_build *b, const struct cb_tree *t, struct cb_node *n) /* points_of max_of full met */
{
	int c = cb_criterion_find(b->rs, n->text);

	(void)t;
	if (c < 0 && b->unknown && !b->rs->ncriterion)
		return false; /* `criteria` itself is misspelt: told */
	if (c < 0) {
		const char *near = near_criterion(b, n->text);
		cb_say(b, near ? cb_fmt(b, "did you mean \"%s\"?", near) : NULL, "no criterion is called \"%s\"%s", n->text,
		       b->at == CB_AT_CRITERION ? " above this one (only earlier criteria can be referred to)" : "");
		return false;
	}
	const struct cb_criterion *cr = &b->rs->criterion[c];
	n->ref = c;
	const bool off = n->kind == CB_QUANTITY && cr->counts == CB_COUNTS_PENALTY;
	n->lo = off && strcmp(n->form->name, "points_of") == 0 ? cb_ratio_make(-cr->max, 1000) : whole(0);
	n->hi = n->kind == CB_CONDITION ? whole(1) : off && strcmp(n->form->name, "points_of") == 0 ? whole(0) : cb_ratio_make(cr->max, 1000);
	if (strcmp(n->form->name, "full") == 0 && cr->counts == CB_COUNTS_PENALTY) {
		cb_say(b, cb_fmt(b, "write (points_of \"%s\"):eq(0) for none taken off", n->text), "nobody has full marks in %s: it is a penalty", n->text);
		return false;
	}
	if (strcmp(n->form->name, "max_of") == 0) {
		n->lo = n->hi;
		n->num = n->hi;
	}
	if (n->kind == CB_QUANTITY)
		n->unit = CB_M_POINTS;
	bool requirement = cr->check != NULL;
	if (strcmp(n->form->name, "met") == 0 ? !requirement : requirement) {
		cb_say(b, requirement ? cb_fmt(b, "write met \"%s\"", n->text) : cb_fmt(b, "write full \"%s\" or points_of \"%s\"", n->text, n->text),
		       requirement ? "criterion \"%s\" is a requirement without points" : "criterion \"%s\" has points, it is not a requirement",
		       n->text);
		return false;
	}
	return true;
}

static bool finish_total(struct cb_build *b, const struct cb_tree *t, struct cb_node *n)
{
	(void)t;
	n->unit = CB_M_POINTS;
	n->lo = whole(0);
	n->hi = cb_ratio_make(b->rs->ceiling, 1000);
	return true;
}

static bool finish_compare(struct cb_build *b, const struct cb_tree *t, struct cb_node *n)
{
	const char *op = n->form->name;

	(void)t;
	if (n->kid[0]->unit == CB_M_WORD && op[0] != 'e' && op[0] != 'n') {
		cb_say(b, cb_fmt(b, "write f.%s:eq(\"...\") or :one_of { ... }", n->kid[0]->text ? n->kid[0]->text : "kind"), "words have no order");
		return false;
	}
	range_compare(n, op, n->kid[0], n->kid[1]);
	return true;
}

static bool finish_between(struct cb_build *b, const struct cb_tree *t, struct cb_node *n)
{
	struct cb_node ge = { 0 }, le = { 0 };

	(void)t;
	if (!no_words(b, n))
		return false;
	if (cb_is_const(n->kid[1]) && cb_is_const(n->kid[2]) && cb_ratio_cmp(n->kid[1]->num, n->kid[2]->num) > 0) {
		cb_say(b, "put the smaller end first", "between runs from the larger end to the smaller, so nothing lies in it");
		return false;
	}
	range_compare(&ge, "ge", n->kid[0], n->kid[1]);
	range_compare(&le, "le", n->kid[0], n->kid[2]);
	n->lo = low(ge.lo, le.lo);
	n->hi = low(ge.hi, le.hi);
	return true;
}

static bool finish_one_of(struct cb_build *b, const struct cb_tree *t, struct cb_node *n)
{
	(void)b;
	(void)t;
	n->lo = whole(0);
	n->hi = whole(1);
	return true;
}

static bool finish_logic(struct cb_build *b, const struct cb_tree *t, struct cb_node *n)
{
	bool any = n->form->name[1] == 'n';

	(void)b;
	(void)t;
	n->lo = whole(!any);
	n->hi = whole(!any);
	for (size_t i = 0; i < n->nkid; i++) {
		n->lo = any ? high(n->lo, n->kid[i]->lo) : low(n->lo, n->kid[i]->lo);
		n->hi = any ? high(n->hi, n->kid[i]->hi) : low(n->hi, n->kid[i]->hi);
	}
	return true;
}

static bool finish_no(struct cb_build *b, const struct cb_tree *t, struct cb_node *n)
{
	(void)b;
	(void)t;
	n->lo = whole(!n->kid[0]->hi.n);
	n->hi = whole(!n->kid[0]->lo.n);
	return true;
}

static bool finish_choice(struct cb_build *b, const struct cb_tree *t, struct cb_node *n)
{
	(void)b;
	(void)t;
	range_branches(n);
	return true;
}

static bool finish_bands(struct cb_build *b, const struct cb_tree *t, struct cb_node *n)
{
	bool below = strcmp(n->form->name, "bands_below") == 0;

	(void)t;
	for (size_t i = 2; i + 1 < n->nkid; i++) {
		const struct cb_node *x = n->kid[i - 1]->kid[0]->kid[1], *y = n->kid[i]->kid[0]->kid[1];
		int cmp = cb_ratio_cmp(x->num, y->num);
		if (below ? cmp >= 0 : cmp <= 0) {
			cb_say(b, below ? "write the limits from the smallest to the largest" : "write the thresholds from the largest to the smallest",
			       "band %zu can never be reached: band %zu already takes everything that would get there", i, i - 1);
			return false;
		}
	}
	range_branches(n);
	return true;
}

static bool finish_either(struct cb_build *b, const struct cb_tree *t, struct cb_node *n)
{
	(void)t;
	if (n->kind == CB_QUANTITY && !no_words(b, n))
		return false;
	range_hull(n, n->kid[1], n->kid[2]);
	n->unit = n->kid[1]->unit == CB_M_NUMBER ? n->kid[2]->unit : n->kid[1]->unit;
	return true;
}

static bool finish_flag(struct cb_build *b, const struct cb_tree *t, struct cb_node *n)
{
	struct cb_node zero = { .lo = whole(0), .hi = whole(0) };

	(void)b;
	(void)t;
	range_hull(n, n->kid[1], &zero);
	return true;
}

static bool finish_sum(struct cb_build *b, const struct cb_tree *t, struct cb_node *n)
{
	struct cb_ratio r;

	(void)b;
	(void)t;
	n->lo = n->hi = whole(0);
	for (size_t i = 0; i < n->nkid; i++) {
		n->lo = cb_ratio_add(&r, n->lo, n->kid[i]->lo) ? r : none;
		n->hi = cb_ratio_add(&r, n->hi, n->kid[i]->hi) ? r : none;
	}
	return true;
}

static bool positive(struct cb_build *b, struct cb_ratio r, const char *what)
{
	cb_pts p;

	if (!cb_build_pts(b, r, &p, what))
		return false;
	if (p <= 0) {
		cb_say(b, NULL, "%s must be above 0", what);
		return false;
	}
	return true;
}

static bool finish_capped(struct cb_build *b, const struct cb_tree *t, struct cb_node *n)
{
	struct cb_node cap = { 0 };

	(void)t;
	if (!positive(b, n->num, "the cap"))
		return false;
	cap.hi = cap.lo = cb_ratio_make(n->num.n * 1000, n->num.d);
	n->lo = low(n->kid[0]->lo, cap.lo);
	n->hi = n->kid[0]->hi.d ? low(n->kid[0]->hi, cap.hi) : cap.hi;
	return true;
}

/* The quantity times `each` points: is it always a whole number of thousandths? */
static bool is_whole(const struct cb_node *q, struct cb_ratio each)
{
	switch (q->unit) {
	case CB_M_COUNT:
	case CB_M_MINUTES:
	case CB_M_DAYS:
		break;
	default:
		if (!cb_is(q, "count") && !cb_is(q, "fact") && !cb_is(q, "month_of") && !cb_is(q, "weekday_of"))
			return false;
	}
	/* sums and differences of whole facts are whole; anything divided is not known to be */
	if (cb_is(q, "add") || cb_is(q, "sub") || cb_is(q, "neg") || cb_is(q, "least") || cb_is(q, "greatest")) {
		for (size_t i = 0; i < q->nkid; i++)
			if (cb_is_const(q->kid[i]) ? q->kid[i]->num.d != 1 : !is_whole(q->kid[i], each))
				return false;
		return true;
	}
	if (cb_is(q, "either")) {
		for (size_t i = 1; i < q->nkid; i++)
			if (cb_is_const(q->kid[i]) ? q->kid[i]->num.d != 1 : !is_whole(q->kid[i], each))
				return false;
		return true;
	}
	if (q->unit == CB_M_DECIMAL)
		return false;
	return cb_is(q, "fact") || cb_is(q, "count") || cb_is(q, "month_of") || cb_is(q, "weekday_of");
}

/* aux: how to round; per, deduct, prorate */
static bool rounding(struct cb_build *b, const struct cb_tree *t, struct cb_node *n, struct cb_ratio each)
{
	const struct cb_tree *r = cb_tree_get(t, "round");
	cb_pts p;

	n->aux = b->round;
	if (r) {
		n->aux = cb_round_find(r->text);
		if (n->aux == CB_ROUND_NONE) {
			cb_say(b, "one of half_up, half_even, down, up", "round = \"%s\" is no way to round", r->text);
			return false;
		}
	}
	/* step: a multiple of so many points, rounded once from the exact value; kept as thousandths in ref */
	const struct cb_tree *step = cb_tree_get(t, "step");
	n->ref = 1;
	if (step) {
		if (!positive(b, step->number, "step") || !cb_pts_from_ratio(&p, step->number))
			return false;
		n->ref = (int)p;
	}
	if (n->aux == CB_ROUND_NONE && (step || !(is_whole(n->kid[0], each) && cb_pts_from_ratio(&p, each)))) {
		cb_say(b, "add { round = \"half_up\" } (or half_even, down, up) as the last value, or round = to the criterion",
		       "%s can give fractions of a thousandth, and nothing says how they are rounded", n->form->name);
		return false;
	}
	return true;
}

static bool finish_per(struct cb_build *b, const struct cb_tree *t, struct cb_node *n)
{
	struct cb_node each = { .lo = n->num, .hi = n->num };

	if (!no_words(b, n) || !rounding(b, t, n, n->num))
		return false;
	range_mul(n, n->kid[0], &each, false);
	struct cb_ratio r, k = whole(1000), top = whole(CB_PTS_MAX), bottom = whole(-CB_PTS_MAX);
	n->lo = cb_ratio_mul(&r, n->lo, k) && cb_ratio_cmp(r, bottom) > 0 ? r : bottom;
	n->hi = cb_ratio_mul(&r, n->hi, k) && cb_ratio_cmp(r, top) < 0 ? r : top;
	n->lo = whole(cb_round_div(n->lo.n, n->lo.d, (enum cb_round)n->aux)); /* rounding keeps the order */
	n->hi = whole(cb_round_div(n->hi.n, n->hi.d, (enum cb_round)n->aux));
	if (n->kid[0]->lo.d && n->kid[0]->lo.n >= 0 && n->num.n >= 0)
		n->lo = cb_ratio_cmp(n->lo, whole(0)) < 0 ? whole(0) : n->lo;
	n->unit = CB_M_NUMBER;
	return true;
}

static bool finish_deduct(struct cb_build *b, const struct cb_tree *t, struct cb_node *n)
{
	const struct cb_tree *from = cb_tree_get(t, "from");
	cb_pts most, start = b->crit_max;

	if (!no_words(b, n) || !rounding(b, t, n, n->num))
		return false;
	if (b->at == CB_AT_CRITERION && b->crit_counts == CB_COUNTS_PENALTY) {
		cb_say(b, "write capped(per(quantity, each), most): what a penalty comes to is what goes off the total",
		       "deduct starts from full marks, and criterion %s is a penalty", b->crit_id);
		return false;
	}
	if (n->num.n <= 0) {
		cb_say(b, "write how many points go off for each, as a positive number", "deduct takes %s points off for each",
		       n->num.n ? "negative" : "no");
		return false;
	}
	if (!n->num2.d)
		n->num2 = cb_ratio_make(b->crit_max, 1000);
	if (!positive(b, n->num2, "the most that is deducted") || !cb_pts_from_ratio(&most, n->num2))
		return false;
	if (from && !cb_build_pts(b, from->number, &start, "from"))
		return false;
	n->ref = (int)start; /* thousandths, at most CB_PTS_MAX */
	n->hi = whole(start);
	n->lo = whole(start - most);
	return true;
}

static bool finish_prorate(struct cb_build *b, const struct cb_tree *t, struct cb_node *n)
{
	if (!no_words(b, n) || !positive(b, n->num, "the maximum") || !rounding(b, t, n, n->num))
		return false;
	n->lo = whole(0);
	n->hi = cb_ratio_make(n->num.n * 1000, n->num.d);
	return true;
}

static bool finish_judged(struct cb_build *b, const struct cb_tree *t, struct cb_node *n)
{
	const struct cb_tree *id = cb_tree_get(t, "id"), *max = cb_tree_get(t, "max"), *label = cb_tree_get(t, "label");

	if (t->nitem) {
		cb_say(b, "write judged { max = 3, label = \"...\" }", "judged has named fields");
		return false;
	}
	n->num = max ? max->number : cb_ratio_make(b->crit_max, 1000);
	if (!positive(b, n->num, "max"))
		return false;
	n->lo = whole(0);
	n->hi = cb_ratio_make(n->num.n * 1000, n->num.d);
	n->label = label ? cb_build_strdup(b, label->text) : NULL;
	b->njudged++;
	if (id) {
		for (const char *s = id->text; *s; s++)
			if (!((*s >= 'a' && *s <= 'z') || (*s >= '0' && *s <= '9' && s > id->text) || (*s == '_' && s > id->text))) {
				cb_say(b, "letters a to z, digits and _, beginning with a letter", "\"%s\" cannot be the id of a judged item", id->text);
				return false;
			}
		n->text = cb_build_strdup(b, cb_fmt(b, "%s.%s", b->crit_id, id->text));
	} else {
		/* renamed to the bare criterion when it stays the only one; see ruleset.c */
		n->text = cb_build_strdup(b, cb_fmt(b, "%s.%d", b->crit_id, b->njudged));
	}
	for (size_t i = 0; n->text && i < b->rs->nnode; i++)
		if (cb_is(b->rs->node[i], "judged") && strcmp(b->rs->node[i]->text, n->text) == 0) {
			cb_say(b, "give each its own id", "two judged items are called \"%s\"", n->text);
			return false;
		}
	return true;
}

/* --- over the meetings of a period ------------------------------------------------------------------------------ */

static const char *const agg_names[] = { "every", "count", "share", "mean", "sum", "least", "greatest", "number", "missed" };

static bool finish_agg(struct cb_build *b, const struct cb_tree *t, struct cb_node *n)
{
	bool every = strcmp(n->form->name, "every") == 0;
	size_t at = every ? 1 : 2; /* the operand */
	int of = -1, what = every ? CB_AGG_EVERY : -1;

	for (size_t i = 0; i < at; i++)
		if (t->nitem <= i || t->item[i]->type != CB_T_TEXT) {
			cb_say(b, "write months:count(level:eq \"tot\")", "%s needs a collection (months or meetings) and what to count", n->form->name);
			return false;
		}
	of = strcmp(t->item[0]->text, "months") == 0 ? CB_OF_MONTHS : strcmp(t->item[0]->text, "meetings") == 0 ? CB_OF_MEETINGS : -1;
	if (of < 0) {
		cb_say(b, "months or meetings", "no collection is called \"%s\"", t->item[0]->text);
		return false;
	}
	if (!every) {
		for (int i = CB_AGG_COUNT; i <= CB_AGG_MISSED; i++)
			if (strcmp(t->item[1]->text, agg_names[i]) == 0)
				what = i;
		if (what < 0) {
			const char *near = cb_nearest(t->item[1]->text, agg_names + 1, CB_AGG_MISSED);
			cb_say(b, near ? cb_fmt(b, "did you mean %s?", near) : "count, share, mean, sum, least, greatest, number, missed",
			       "a collection has no \"%s\"", t->item[1]->text);
			return false;
		}
	}
	n->aux = CB_AGG(of, what);
	n->text = agg_names[what];
	bool operand = what != CB_AGG_NUMBER && what != CB_AGG_MISSED;
	if (t->nitem > at + operand || t->nitem < at + operand) {
		cb_say(b, NULL, "%s of %s takes %s", agg_names[what], t->item[0]->text, operand ? "one operand" : "no operand");
		return false;
	}
	n->nkid = 0;
	n->lo = n->hi = none;
	if (operand) {
		const struct cb_tree *o = t->item[at];
		bool cond = what <= CB_AGG_SHARE;
		bool score = !cond && o->type == CB_T_TEXT;
		if (score && strcmp(o->text, "score") != 0) {
			cb_say(b, "\"score\", or a quantity such as f.present / f.members", "no %s of \"%s\"", agg_names[what], o->text);
			return false;
		}
		if (!score) {
			unsigned outer = b->at;
			struct cb_place p = cb_enter_item(b, at, o);
			b->at = CB_AT_MEETING;
			n->kid[0] = cb_build_node(b, o, cond ? CB_CONDITION : CB_QUANTITY);
			b->at = outer;
			cb_leave(b, p);
			if (!n->kid[0])
				return false;
			n->nkid = 1;
			if (!no_words(b, n))
				return false;
		}
		n->unit = score ? CB_M_POINTS : cond ? CB_M_COUNT : n->kid[0]->unit;
		if (!score && !cond && what != CB_AGG_SUM) {
			n->lo = n->kid[0]->lo;
			n->hi = n->kid[0]->hi;
		}
	} else {
		n->unit = CB_M_COUNT;
	}
	if (what == CB_AGG_SHARE) {
		n->unit = CB_M_SHARE;
		n->lo = whole(0);
		n->hi = whole(1);
	} else if (what == CB_AGG_COUNT || what == CB_AGG_NUMBER || what == CB_AGG_MISSED) {
		n->lo = whole(0);
	} else if (what == CB_AGG_EVERY) {
		n->lo = whole(0);
		n->hi = whole(1);
	}
	return true;
}

static bool finish_level_is(struct cb_build *b, const struct cb_tree *t, struct cb_node *n)
{
	int l = cb_level_find(b->rs, n->text);

	(void)t;
	if (l < 0 && b->bad_levels)
		return false;
	if (l < 0) {
		const char *names[64];
		size_t k = 0;
		for (; k < b->rs->nlevel && k < 64; k++)
			names[k] = b->rs->level[k].id;
		const char *near = cb_nearest(n->text, names, k);
		cb_say(b, near ? cb_fmt(b, "did you mean \"%s\"?", near) : "use an id of `levels`", "no level is called \"%s\"", n->text);
		return false;
	}
	n->ref = l;
	n->lo = whole(0);
	n->hi = whole(1);
	return true;
}

/* --- emit ------------------------------------------------------------------------------------------------------- */

static int one(struct cb_prog *p)
{
	return cb_prog_const(p, 1);
}

static struct cb_val emit_fact(struct cb_prog *p, const struct cb_node *n)
{
	const struct cb_fact *f = fact_of(p->rs, n);
	struct cb_input in = { .kind = CB_IN_FACT, .fact = n->ref };
	int i = cb_prog_input(p, &in, f->min, f->max);
	struct cb_val v = { 0 };

	if (p->oom)
		return v;
	if (cb_is(n, "known")) {
		v.t = p->input[i].p;
		v.f = cb_prog_andn(p, CB_B_TRUE, v.t);
		return v;
	}
	if (n->kind == CB_CONDITION) /* absent lanes are loaded as 0, so true implies present */
		return cb_cond(p, p->input[i].p, cb_prog_cmp(p, CB_OP_GT, p->input[i].n, cb_prog_const(p, 0)));
	v.n = p->input[i].n;
	v.p = p->input[i].p;
	v.d = cb_prog_const(p, f->type == CB_FACT_DECIMAL ? 1000 : 1);
	return v;
}

static struct cb_val emit_number(struct cb_prog *p, const struct cb_node *n)
{
	if (n->kind == CB_POINTS || n->kind == CB_LEVEL) {
		struct cb_val v = { .p = CB_B_TRUE };
		cb_pts k = n->ref;
		if (n->kind == CB_POINTS)
			cb_pts_from_ratio(&k, n->num);
		v.n = cb_prog_const(p, k);
		v.d = one(p);
		return v;
	}
	return cb_q_const(p, n->num);
}

static struct cb_val emit_arith(struct cb_prog *p, const struct cb_node *n)
{
	struct cb_val x = cb_prog_node(p, n->kid[0]);

	if (strcmp(n->form->name, "neg") == 0)
		return cb_q_sub(p, cb_q_const(p, whole(0)), x);
	struct cb_val y = cb_prog_node(p, n->kid[1]);
	switch (n->form->name[0]) {
	case 'a':
		return cb_q_add(p, x, y);
	case 's':
		return cb_q_sub(p, x, y);
	case 'm':
		return cb_q_mul(p, x, y);
	default:
		return cb_q_div(p, x, y);
	}
}

static struct cb_val emit_pick(struct cb_prog *p, const struct cb_node *n)
{
	bool up = n->form->name[0] == 'g' || n->form->name[0] == 'h';
	struct cb_val v = cb_prog_node(p, n->kid[0]);

	for (size_t i = 1; i < n->nkid; i++) {
		struct cb_val w = cb_prog_node(p, n->kid[i]), r;
		if (n->kind == CB_POINTS) {
			r = v;
			r.n = cb_prog_i(p, up ? CB_OP_MAX : CB_OP_MIN, v.n, w.n);
		} else {
			r = cb_q_sel(p, up ? cb_q_cmp(p, CB_OP_GE, v, w) : cb_q_cmp(p, CB_OP_GE, w, v), v, w);
		}
		r.p = cb_prog_and(p, v.p, w.p);
		v = r;
	}
	return v;
}

static struct cb_val emit_count(struct cb_prog *p, const struct cb_node *n)
{
	struct cb_val v = { .p = CB_B_TRUE };

	v.n = cb_prog_const(p, 0);
	v.d = one(p);
	for (size_t i = 0; i < n->nkid; i++) {
		struct cb_val c = cb_prog_node(p, n->kid[i]);
		v.n = cb_prog_i(p, CB_OP_ADD, v.n, cb_prog_int(p, c.t));
		v.p = cb_prog_and(p, v.p, cb_prog_or(p, c.t, c.f));
	}
	return v;
}

static struct cb_val emit_date(struct cb_prog *p, const struct cb_node *n)
{
	struct cb_val v = cb_prog_node(p, n->kid[0]);

	v.n = cb_prog_datepart(p, v.n, n->aux);
	return v;
}

static struct cb_val emit_criterion_value(struct cb_prog *p, const struct cb_node *n)
{
	const char *op = n->form->name;

	if (strcmp(op, "max_of") == 0)
		return cb_q_const(p, n->num);
	struct cb_val v = cb_prog_crit_value(p, op[0] == 'f' ? CB_OP_FULL : op[0] == 'm' ? CB_OP_MET : op[0] == 't' ? CB_OP_SCORE : CB_OP_POINTS_OF,
					     op[0] == 't' ? 0 : n->ref);
	return n->kind == CB_QUANTITY ? cb_q_mul(p, v, cb_q_const(p, (struct cb_ratio){ 1, 1000 })) : v;
}

static struct cb_val compare(struct cb_prog *p, const char *op, struct cb_val x, struct cb_val y)
{
	struct cb_val v;
	int known = cb_prog_and(p, x.p, y.p);

	if (strcmp(op, "ge") == 0 || strcmp(op, "gt") == 0)
		return cb_cond(p, known, cb_q_cmp(p, op[1] == 'e' ? CB_OP_GE : CB_OP_GT, x, y));
	if (strcmp(op, "le") == 0 || strcmp(op, "lt") == 0)
		return cb_cond(p, known, cb_q_cmp(p, op[1] == 'e' ? CB_OP_GE : CB_OP_GT, y, x));
	v = cb_cond(p, known, cb_q_cmp(p, CB_OP_EQ, x, y));
	if (op[0] == 'n') {
		int t = v.t;
		v.t = v.f;
		v.f = t;
	}
	return v;
}

static struct cb_val emit_compare(struct cb_prog *p, const struct cb_node *n)
{
	return compare(p, n->form->name, cb_prog_node(p, n->kid[0]), cb_prog_node(p, n->kid[1]));
}

/* Kleene: and is true where all are, false where one is; or the other way round. */
static struct cb_val logic(struct cb_prog *p, bool any, struct cb_val x, struct cb_val y)
{
	struct cb_val v = { 0 };

	v.t = any ? cb_prog_or(p, x.t, y.t) : cb_prog_and(p, x.t, y.t);
	v.f = any ? cb_prog_and(p, x.f, y.f) : cb_prog_or(p, x.f, y.f);
	return v;
}

static struct cb_val emit_between(struct cb_prog *p, const struct cb_node *n)
{
	struct cb_val x = cb_prog_node(p, n->kid[0]);

	return logic(p, false, compare(p, "ge", x, cb_prog_node(p, n->kid[1])), compare(p, "le", x, cb_prog_node(p, n->kid[2])));
}

static struct cb_val emit_one_of(struct cb_prog *p, const struct cb_node *n)
{
	struct cb_val x = cb_prog_node(p, n->kid[0]), v = compare(p, "eq", x, cb_prog_node(p, n->kid[1]));

	for (size_t i = 2; i < n->nkid; i++)
		v = logic(p, true, v, compare(p, "eq", x, cb_prog_node(p, n->kid[i])));
	return v;
}

static struct cb_val emit_logic(struct cb_prog *p, const struct cb_node *n)
{
	struct cb_val v = cb_prog_node(p, n->kid[0]);

	for (size_t i = 1; i < n->nkid; i++)
		v = logic(p, n->form->name[1] == 'n', v, cb_prog_node(p, n->kid[i]));
	return v;
}

static struct cb_val emit_no(struct cb_prog *p, const struct cb_node *n)
{
	struct cb_val v = cb_prog_node(p, n->kid[0]);
	int t = v.t;

	v.t = v.f;
	v.f = t;
	return v;
}

/* Where c is true `yes`, where false `no`, where unknown absent. */
static struct cb_val choose(struct cb_prog *p, struct cb_val c, struct cb_val yes, struct cb_val no)
{
	struct cb_val v = cb_q_sel(p, c.t, yes, no);

	v.p = cb_prog_or(p, cb_prog_and(p, c.t, yes.p), cb_prog_and(p, c.f, no.p));
	return v;
}

static struct cb_val emit_choice(struct cb_prog *p, const struct cb_node *n)
{
	size_t start = cb_is(n, "first") ? 0 : 1;
	struct cb_val v = cb_prog_node(p, n->kid[n->nkid - 1]->kid[0]);

	for (size_t i = n->nkid - 1; i-- > start;)
		v = choose(p, cb_prog_node(p, n->kid[i]->kid[0]), cb_prog_node(p, n->kid[i]->kid[1]), v);
	return v;
}

static struct cb_val emit_branch(struct cb_prog *p, const struct cb_node *n) /* its value, for explanations */
{
	return cb_prog_node(p, n->kid[n->nkid - 1]);
}

static struct cb_val emit_either(struct cb_prog *p, const struct cb_node *n)
{
	struct cb_val yes = cb_prog_node(p, n->kid[1]), no = { .p = CB_B_TRUE };

	if (n->nkid > 2) {
		no = cb_prog_node(p, n->kid[2]);
	} else { /* flag */
		no.n = cb_prog_const(p, 0);
		no.d = one(p);
	}
	return choose(p, cb_prog_node(p, n->kid[0]), yes, no);
}

static struct cb_val emit_sum(struct cb_prog *p, const struct cb_node *n)
{
	struct cb_val v = cb_prog_node(p, n->kid[0]);

	for (size_t i = 1; i < n->nkid; i++) {
		struct cb_val w = cb_prog_node(p, n->kid[i]);
		v.n = cb_prog_i(p, CB_OP_ADD, v.n, w.n);
		v.p = cb_prog_and(p, v.p, w.p);
	}
	/* no form gives more than CB_PTS_MAX: a sum of sums stays far inside 64 bits */
	v.n = cb_prog_i(p, CB_OP_MAX, cb_prog_i(p, CB_OP_MIN, v.n, cb_prog_const(p, CB_PTS_MAX)), cb_prog_const(p, -CB_PTS_MAX));
	return v;
}

static struct cb_val emit_capped(struct cb_prog *p, const struct cb_node *n)
{
	struct cb_val v = cb_prog_node(p, n->kid[0]);
	cb_pts cap = 0;

	cb_pts_from_ratio(&cap, n->num);
	v.n = cb_prog_i(p, CB_OP_MIN, v.n, cb_prog_const(p, cap));
	return v;
}

/* each * 1000 may need 128 bits only for absurd constants, which cb_build_pts and shapes keep out */
static struct cb_val times(struct cb_prog *p, struct cb_val q, struct cb_ratio each, int how, int step)
{
	struct cb_ratio thousandths;

	if (!cb_ratio_mul(&thousandths, each, cb_ratio_make(1000, step)))
		thousandths = each;
	struct cb_val v = cb_q_round(p, cb_q_mul(p, q, cb_q_const(p, thousandths)), how == CB_ROUND_NONE ? CB_ROUND_HALF_UP : (enum cb_round)how);
	if (step > 1) {
		/* both at most CB_PTS_MAX: the product fits, and larger ones are cut as every form's points are */
		v.n = cb_prog_i(p, CB_OP_MUL, v.n, cb_prog_const(p, step));
		v.n = cb_prog_i(p, CB_OP_MAX, cb_prog_i(p, CB_OP_MIN, v.n, cb_prog_const(p, CB_PTS_MAX)), cb_prog_const(p, -CB_PTS_MAX));
	}
	return v;
}

static struct cb_val emit_per(struct cb_prog *p, const struct cb_node *n)
{
	return times(p, cb_prog_node(p, n->kid[0]), n->num, n->aux, n->ref);
}

static int clamp(struct cb_prog *p, int r, cb_pts hi)
{
	return cb_prog_i(p, CB_OP_MAX, cb_prog_i(p, CB_OP_MIN, r, cb_prog_const(p, hi)), cb_prog_const(p, 0));
}

static struct cb_val emit_deduct(struct cb_prog *p, const struct cb_node *n)
{
	struct cb_val v = times(p, cb_prog_node(p, n->kid[0]), n->num, n->aux, 1);
	cb_pts most = 0;

	cb_pts_from_ratio(&most, n->num2);
	v.n = cb_prog_i(p, CB_OP_SUB, cb_prog_const(p, n->ref), clamp(p, v.n, most));
	return v;
}

static struct cb_val emit_prorate(struct cb_prog *p, const struct cb_node *n)
{
	struct cb_val v = times(p, cb_prog_node(p, n->kid[0]), n->num, n->aux, n->ref);
	cb_pts max = 0;

	cb_pts_from_ratio(&max, n->num);
	v.n = clamp(p, v.n, max);
	return v;
}

static struct cb_val emit_judged(struct cb_prog *p, const struct cb_node *n)
{
	const struct cb_ruleset *rs = p->rs;
	struct cb_val v = { .p = CB_B_FALSE };
	cb_pts max = 0;

	cb_pts_from_ratio(&max, n->num);
	v.d = one(p);
	v.n = cb_prog_const(p, 0);
	for (size_t i = 0; i < CB_ASSESSORS && !p->oom; i++) /* every assessor is read: the sheet shows how far they are apart */
		cb_prog_input(p, &(struct cb_input){ .kind = CB_IN_JUDGED, .item = n->text, .by = (enum cb_assessor)i }, INT64_MIN / 4, INT64_MAX / 4);
	for (size_t i = rs->norder; i-- > 0 && !p->oom;) {
		struct cb_input in = { .kind = CB_IN_JUDGED, .item = n->text, .by = rs->order[i] };
		int k = cb_prog_input(p, &in, INT64_MIN / 4, INT64_MAX / 4);
		v.n = cb_prog_sel(p, p->input[k].p, p->input[k].n, v.n);
		v.p = cb_prog_or(p, p->input[k].p, v.p);
	}
	if (p->oom)
		return v;
	if (p->cur >= 0) {
		int bad = cb_prog_or(p, cb_prog_cmp(p, CB_OP_GT, v.n, cb_prog_const(p, max)), cb_prog_cmp(p, CB_OP_GT, cb_prog_const(p, 0), v.n));
		p->crit[p->cur].invalid = cb_prog_or(p, p->crit[p->cur].invalid, cb_prog_and(p, v.p, bad));
	}
	v.n = clamp(p, v.n, max);
	return v;
}

static struct cb_val emit_function(struct cb_prog *p, const struct cb_node *n)
{
	struct cb_val v = { .p = CB_B_FALSE }; /* called by the criterion, lane by lane */

	(void)n;
	v.n = cb_prog_const(p, 0);
	v.d = one(p);
	return v;
}

static struct cb_val emit_agg(struct cb_prog *p, const struct cb_node *n)
{
	struct cb_input in = { .kind = CB_IN_AGG, .agg = n };
	int i = cb_prog_input(p, &in, INT64_MIN, INT64_MAX);
	struct cb_val v = { 0 };

	in.kind = CB_IN_AGG_D;
	int j = cb_prog_input(p, &in, 1, INT64_MAX);
	if (p->oom)
		return v;
	if (n->kind == CB_CONDITION)
		return cb_cond(p, p->input[i].p, cb_prog_cmp(p, CB_OP_GT, p->input[i].n, cb_prog_const(p, 0)));
	v.n = p->input[i].n;
	v.d = p->input[j].n;
	v.p = cb_prog_and(p, p->input[i].p, p->input[j].p);
	return v;
}

static struct cb_val emit_level_is(struct cb_prog *p, const struct cb_node *n)
{
	struct cb_input in = { .kind = CB_IN_LEVEL };
	int i = cb_prog_input(p, &in, 0, (int64_t)p->rs->nlevel - 1);
	struct cb_val l = { 0 }, k = cb_q_const(p, whole(n->ref));

	if (p->oom)
		return l;
	l.n = p->input[i].n;
	l.p = p->input[i].p;
	l.d = one(p);
	/* levels are counted from the best: "at least kha" is an index that is not greater */
	const char *op = n->form->name + strlen("level_");
	if (op[0] == 'g' || op[0] == 'l')
		return compare(p, op, k, l);
	return compare(p, op, l, k);
}





/* --- the table -------------------------------------------------------------------------------------------------- */

#define CMP(name_, ex_) \
	{ .name = (name_), .kinds = CB_K_C, .where = CB_AT_ALL, .shape = "q v", .example = (ex_), .finish = finish_compare, \
	  .emit = emit_compare, .text = cb_words_compare }
#define ARITH(name_, ex_, prec_) \
	{ .name = (name_), .kinds = CB_K_Q, .where = CB_AT_ALL, .shape = "q q", .example = (ex_), .prec = (prec_), \
	  .finish = finish_arith, .emit = emit_arith, .text = cb_words_arith }
#define OF(name_, kind_, where_, ex_) \
	{ .name = (name_), .kinds = (kind_), .where = (where_), .shape = "s", .example = (ex_), .prec = 3, .finish = finish_criterion, \
	  .emit = emit_criterion_value, .text = cb_words_criterion }
#define DATE(name_, ex_) \
	{ .name = (name_), .kinds = CB_K_Q, .where = CB_AT_ALL, .shape = "q", .example = (ex_), .prec = 3, .finish = finish_date, \
	  .emit = emit_date, .text = cb_words_date }
#define LEVEL_IS(name_) \
	{ .name = (name_), .kinds = CB_K_C, .where = CB_AT_MEETING, .shape = "s", .example = "level:ge \"kha\"", \
	  .finish = finish_level_is, .emit = emit_level_is, .text = cb_words_level_is }
#define POINTS_AT (CB_AT_CRITERION)

const struct cb_form cb_forms[] = {
	/* quantities */
	{ .name = "fact", .kinds = CB_K_Q | CB_K_C, .where = CB_AT_CRITERION | CB_AT_GATE | CB_AT_MEETING, .shape = "s", .example = "f.present",
	  .prec = 3, .finish = finish_fact, .emit = emit_fact, .text = cb_words_fact },
	{ .name = "number", .kinds = CB_K_Q | CB_K_P | CB_K_L, .where = CB_AT_ALL, .example = "ratio(2, 3)", .prec = 3, .emit = emit_number,
	  .text = cb_words_number },
	ARITH("add", "f.present + f.absent_excused", 1),
	ARITH("sub", "f.members - f.exempt", 1),
	ARITH("mul", "f.speakers * 10", 2),
	ARITH("div", "f.present / f.members", 2),
	{ .name = "neg", .kinds = CB_K_Q, .where = CB_AT_ALL, .shape = "q", .example = "-f.notice_days", .prec = 2, .finish = finish_arith,
	  .emit = emit_arith, .text = cb_words_arith },
	{ .name = "least", .kinds = CB_K_Q, .where = CB_AT_ALL, .shape = "q*", .example = "least { f.speakers, 10 }", .prec = 3,
	  .finish = finish_pick, .emit = emit_pick, .text = cb_words_list },
	{ .name = "greatest", .kinds = CB_K_Q, .where = CB_AT_ALL, .shape = "q*", .example = "greatest { f.targets_set, 1 }", .prec = 3,
	  .finish = finish_pick, .emit = emit_pick, .text = cb_words_list },
	{ .name = "count", .kinds = CB_K_Q, .where = CB_AT_ALL, .shape = "c*", .example = "count { f.draft_prepared, f.content_focused }",
	  .prec = 3, .finish = finish_count, .emit = emit_count, .text = cb_words_list },
	DATE("month_of", "month_of(f.held_on)"),
	DATE("year_of", "year_of(f.held_on)"),
	DATE("weekday_of", "weekday_of(f.held_on)"),
	OF("points_of", CB_K_Q, CB_AT_CRITERION | CB_AT_GATE, "points_of \"attendance\""),
	OF("max_of", CB_K_Q, CB_AT_CRITERION | CB_AT_GATE, "max_of \"attendance\""),
	{ .name = "total", .kinds = CB_K_Q, .where = CB_AT_GATE, .shape = "", .example = "total()", .prec = 3, .finish = finish_total,
	  .emit = emit_criterion_value, .text = cb_words_criterion },
	{ .name = "agg", .kinds = CB_K_Q, .where = CB_AT_PERIOD, .shape = "!", .example = "months:count(level:eq \"tot\")", .prec = 3,
	  .finish = finish_agg, .emit = emit_agg, .text = cb_words_agg },
	/* conditions */
	CMP("ge", "f.present:ge(3)"),
	CMP("gt", "f.present:gt(3)"),
	CMP("le", "f.started_late_minutes:le(15)"),
	CMP("lt", "share:lt(0.65)"),
	CMP("eq", "f.kind:eq(\"combined\")"),
	CMP("ne", "f.kind:ne(\"thematic\")"),
	{ .name = "between", .kinds = CB_K_C, .where = CB_AT_ALL, .shape = "q q q", .example = "f.ideology_minutes:between(15, 30)",
	  .finish = finish_between, .emit = emit_between, .text = cb_words_between },
	{ .name = "one_of", .kinds = CB_K_C, .where = CB_AT_ALL, .shape = "q w", .example = "f.kind:one_of { \"regular\", \"combined\" }",
	  .finish = finish_one_of, .emit = emit_one_of, .text = cb_words_one_of },
	{ .name = "all", .kinds = CB_K_C, .where = CB_AT_ALL, .shape = "c*", .example = "all { f.committee_met, f.committee_minutes }",
	  .finish = finish_logic, .emit = emit_logic, .text = cb_words_logic },
	{ .name = "any", .kinds = CB_K_C, .where = CB_AT_ALL, .shape = "c*", .example = "any { f.committee_met, f.committee_size:eq(0) }",
	  .finish = finish_logic, .emit = emit_logic, .text = cb_words_logic },
	{ .name = "no", .kinds = CB_K_C, .where = CB_AT_ALL, .shape = "c", .example = "no(f.minutes_recorded)", .prec = 3, .finish = finish_no,
	  .emit = emit_no, .text = cb_words_no },
	{ .name = "known", .kinds = CB_K_C, .where = CB_AT_CRITERION | CB_AT_GATE | CB_AT_MEETING, .shape = "!", .example = "f.planned_on:known()",
	  .prec = 3, .finish = finish_known, .emit = emit_fact, .text = cb_words_fact },
	OF("full", CB_K_C, CB_AT_CRITERION | CB_AT_GATE, "full \"attendance\""),
	OF("met", CB_K_C, CB_AT_CRITERION | CB_AT_GATE, "met \"minutes\""),
	{ .name = "every", .kinds = CB_K_C, .where = CB_AT_PERIOD, .shape = "!", .example = "months:every(level:ge \"kha\")", .prec = 3,
	  .finish = finish_agg, .emit = emit_agg, .text = cb_words_agg },
	LEVEL_IS("level_ge"), LEVEL_IS("level_gt"), LEVEL_IS("level_le"), LEVEL_IS("level_lt"), LEVEL_IS("level_eq"), LEVEL_IS("level_ne"),
	/* points, and choices of any kind */
	{ .name = "first", .kinds = CB_K_P | CB_K_Q | CB_K_L, .where = CB_AT_ALL, .shape = "b", .example = "first { { cond, 5 }, otherwise(1) }",
	  .finish = finish_choice, .emit = emit_choice, .text = cb_words_choice },
	{ .name = "branch", .kinds = CB_K_P | CB_K_Q | CB_K_L, .where = 0, .emit = emit_branch, .text = cb_words_branch },
	{ .name = "otherwise", .kinds = CB_K_P | CB_K_Q | CB_K_L, .where = 0, .emit = emit_branch, .text = cb_words_branch },
	{ .name = "either", .kinds = CB_K_P | CB_K_Q | CB_K_L, .where = CB_AT_ALL, .shape = "c = =", .example = "either(f.members:ge(30), 120, 90)",
	  .finish = finish_either, .emit = emit_either, .text = cb_words_either },
	{ .name = "bands", .kinds = CB_K_P | CB_K_Q, .where = CB_AT_ALL, .shape = "q z =", .example = "bands(share, { {0.9, 30}, {0.8, 27} }, 10)",
	  .finish = finish_bands, .emit = emit_choice, .text = cb_words_choice },
	{ .name = "bands_below", .kinds = CB_K_P | CB_K_Q, .where = CB_AT_ALL, .shape = "q z =",
	  .example = "bands_below(f.started_late_minutes, { {0, 5}, {10, 3} }, 1)", .finish = finish_bands, .emit = emit_choice, .text = cb_words_choice },
	{ .name = "flag", .kinds = CB_K_P, .where = POINTS_AT, .shape = "c p s?", .example = "flag(f.minutes_recorded, 2, \"ghi biên bản\")",
	  .finish = finish_flag, .emit = emit_either, .text = cb_words_flag },
	{ .name = "sum", .kinds = CB_K_P, .where = POINTS_AT, .shape = "p*", .example = "sum { flag(f.draft_prepared, 1), judged { max = 3 } }",
	  .finish = finish_sum, .emit = emit_sum, .text = cb_words_list },
	{ .name = "capped", .kinds = CB_K_P, .where = POINTS_AT, .shape = "p n", .example = "capped(per(f.opinions, 0.5), 3)",
	  .finish = finish_capped, .emit = emit_capped, .text = cb_words_amount },
	{ .name = "per", .kinds = CB_K_P, .where = POINTS_AT, .shape = "q n", .example = "per(f.opinions, 0.5)",
	  .option = { { "round", 's', false }, { "step", 'n', false } },
	  .finish = finish_per, .emit = emit_per, .text = cb_words_amount },
	{ .name = "deduct", .kinds = CB_K_P, .where = POINTS_AT, .shape = "q n n?", .example = "deduct(f.started_late_minutes, 0.1, 2)",
	  .option = { { "round", 's', false }, { "from", 'n', false } }, .finish = finish_deduct, .emit = emit_deduct, .text = cb_words_amount },
	{ .name = "lowest", .kinds = CB_K_P, .where = POINTS_AT, .shape = "p*", .example = "lowest { a, b }", .finish = finish_pick,
	  .emit = emit_pick, .text = cb_words_list },
	{ .name = "highest", .kinds = CB_K_P, .where = POINTS_AT, .shape = "p*", .example = "highest { a, b }", .finish = finish_pick,
	  .emit = emit_pick, .text = cb_words_list },
	{ .name = "prorate", .kinds = CB_K_P, .where = POINTS_AT, .shape = "q n", .example = "prorate(share, 30, { round = \"half_up\" })",
	  .option = { { "round", 's', false }, { "step", 'n', false } }, .finish = finish_prorate, .emit = emit_prorate, .text = cb_words_amount },
	{ .name = "judged", .kinds = CB_K_P, .where = POINTS_AT, .shape = "!", .example = "judged { max = 3, label = \"nội dung\" }",
	  .option = { { "max", 'n', false }, { "id", 's', false } }, .finish = finish_judged, .emit = emit_judged, .text = cb_words_judged },
	{ .name = "function", .kinds = CB_K_P | CB_K_Q, .where = 0, .prec = 3, .emit = emit_function, .text = cb_words_function },
};
const size_t cb_nforms = sizeof(cb_forms) / sizeof(cb_forms[0]);

const struct cb_form *cb_form_find(const char *name)
{
	for (size_t i = 0; i < cb_nforms; i++)
		if (strcmp(cb_forms[i].name, name) == 0)
			return &cb_forms[i];
	return NULL;
}

const char *cb_form_name(const struct cb_form *f)
{
	return f->name;
}

bool cb_is(const struct cb_node *n, const char *name)
{
	return n->form && strcmp(n->form->name, name) == 0;
}

bool cb_is_const(const struct cb_node *n)
{
	return cb_is(n, "number");
}

bool cb_is_choice(const struct cb_node *n)
{
	return cb_is(n, "first") || cb_is(n, "bands") || cb_is(n, "bands_below");
}
