/*
 * trial.c - a plain tree walk over a period rule; see trial.h. Conditions are 0 or 1, levels their index; absent has d == 0.
 */
#include "eval/trial.h"

#include <string.h>
#include "rule/forms.h"

struct walk {
	const struct cb_ruleset *rs;
	const struct cb_trial_month *month;
	size_t n;
	int level;             /* of the month that an agg looks at, -1 outside */
	struct cb_ratio score;
	void (*seen)(void *ctx, const struct cb_node *n, struct cb_ratio value);
	void *ctx;
};

static const struct cb_ratio none = { 0, 0 };

static struct cb_ratio truth(bool b)
{
	return (struct cb_ratio){ b, 1 };
}

static struct cb_ratio value(struct walk *w, const struct cb_node *n);

static struct cb_ratio aggregate(struct walk *w, const struct cb_node *n)
{
	enum cb_agg_what what = CB_AGG_WHAT(n);
	struct cb_ratio sum = { 0, 1 }, least = none, greatest = none, r;
	int64_t all = 0, yes = 0, no = 0, absent = 0, valued = 0, missed = 0;

	for (size_t i = 0; i < w->n; i++)
		missed += w->month[i].level == CB_TRIAL_MISSED;
	if (what == CB_AGG_MISSED)
		return (struct cb_ratio){ missed, 1 };
	for (size_t i = 0; i < w->n; i++) {
		const struct cb_trial_month *m = &w->month[i];
		bool gone = m->level == CB_TRIAL_MISSED;
		if (m->level == CB_TRIAL_EXEMPT || (gone && (w->rs->missed_month != CB_MISSED_AS_WORST || CB_AGG_OF(n) != CB_OF_MONTHS)))
			continue;
		w->level = gone ? (int)w->rs->nlevel - 1 : m->level;
		w->score = gone ? none : m->score;
		r = n->nkid ? value(w, n->kid[0]) : w->score;
		all++;
		if (!r.d) {
			absent++;
			continue;
		}
		*(r.n ? &yes : &no) += 1;
		if (!valued || cb_ratio_cmp(r, least) < 0)
			least = r;
		if (!valued || cb_ratio_cmp(r, greatest) > 0)
			greatest = r;
		if (!cb_ratio_add(&sum, sum, r))
			return none;
		valued++;
	}
	w->level = -1;
	switch (what) {
	case CB_AGG_NUMBER: return (struct cb_ratio){ all, 1 };
	case CB_AGG_EVERY: return no ? truth(false) : absent || !all ? none : truth(true);
	case CB_AGG_COUNT: return absent ? none : (struct cb_ratio){ yes, 1 };
	case CB_AGG_SHARE: return absent ? none : cb_ratio_make(yes, all);
	case CB_AGG_SUM: return absent ? none : sum;
	case CB_AGG_LEAST: return valued ? least : none;
	case CB_AGG_GREATEST: return valued ? greatest : none;
	case CB_AGG_MEAN: return valued && cb_ratio_div(&r, sum, (struct cb_ratio){ valued, 1 }) ? r : none;
	default: return none;
	}
}

static struct cb_ratio compare(const char *op, struct cb_ratio a, struct cb_ratio b)
{
	if (!a.d || !b.d)
		return none;
	int c = cb_ratio_cmp(a, b);
	return truth(!strcmp(op, "ge") ? c >= 0 : !strcmp(op, "gt") ? c > 0 : !strcmp(op, "le") ? c <= 0 : !strcmp(op, "lt") ? c < 0 :
		     !strcmp(op, "eq") ? c == 0 : c != 0);
}

/* Kleene's and (`no` decides) or or. */
static struct cb_ratio logic(struct walk *w, const struct cb_node *n, bool any)
{
	bool unknown = false;
	for (size_t i = 0; i < n->nkid; i++) {
		struct cb_ratio r = value(w, n->kid[i]);
		if (!r.d)
			unknown = true;
		else if ((r.n != 0) == any)
			return truth(any);
	}
	return unknown ? none : truth(!any);
}

static struct cb_ratio compute(struct walk *w, const struct cb_node *n);

static struct cb_ratio value(struct walk *w, const struct cb_node *n)
{
	struct cb_ratio r = compute(w, n);
	if (w->seen)
		w->seen(w->ctx, n, r);
	return r;
}

static struct cb_ratio compute(struct walk *w, const struct cb_node *n)
{
	const char *op = n->form->name;
	struct cb_ratio a, b, r = none;

	if (!strcmp(op, "number"))
		return n->kind == CB_LEVEL ? (struct cb_ratio){ n->ref, 1 } : n->num;
	if (!strcmp(op, "agg") || !strcmp(op, "every"))
		return aggregate(w, n);
	if (!strncmp(op, "level_", 6)) /* levels are counted from the best */
		return w->level < 0 ? none : compare(op + 6, (struct cb_ratio){ -w->level, 1 }, (struct cb_ratio){ -n->ref, 1 });
	if (!strcmp(op, "all") || !strcmp(op, "any"))
		return logic(w, n, op[1] == 'n');
	if (!strcmp(op, "no")) {
		a = value(w, n->kid[0]);
		return a.d ? truth(!a.n) : none;
	}
	if (!strcmp(op, "either")) {
		a = value(w, n->kid[0]);
		return a.d ? value(w, n->kid[a.n ? 1 : 2]) : none;
	}
	if (cb_is_choice(n)) {
		for (size_t i = strcmp(op, "first") ? 1 : 0; i < n->nkid; i++) {
			const struct cb_node *k = n->kid[i];
			bool last = cb_is(k, "otherwise");
			a = last ? truth(true) : value(w, k->kid[0]);
			if (!a.d)
				return none;
			if (!a.n)
				continue;
			r = value(w, k->kid[last ? 0 : 1]);
			if (w->seen) /* the branch that was taken */
				w->seen(w->ctx, k, truth(true));
			return r;
		}
		return none;
	}
	if (!strcmp(op, "least") || !strcmp(op, "greatest") || !strcmp(op, "count")) {
		r = op[0] == 'c' ? (struct cb_ratio){ 0, 1 } : value(w, n->kid[0]);
		for (size_t i = op[0] == 'c' ? 0 : 1; i < n->nkid; i++) {
			a = value(w, n->kid[i]);
			if (!a.d || !r.d)
				return none;
			if (op[0] == 'c')
				r.n += a.n != 0;
			else if ((cb_ratio_cmp(a, r) < 0) == (op[0] == 'l'))
				r = a;
		}
		return r;
	}
	if (!strcmp(op, "neg") && n->nkid == 1) {
		a = value(w, n->kid[0]);
		return a.d && cb_ratio_sub(&r, (struct cb_ratio){ 0, 1 }, a) ? r : none;
	}
	if (n->nkid < 2)
		return none; /* a fact of a meeting */
	a = value(w, n->kid[0]);
	b = value(w, n->kid[1]);
	if (!strcmp(op, "between")) {
		r = value(w, n->kid[2]);
		struct cb_ratio lo = compare("ge", a, b), hi = compare("le", a, r);
		return (lo.d && !lo.n) || (hi.d && !hi.n) ? truth(false) : lo.d && hi.d ? truth(true) : none;
	}
	if (n->kind == CB_CONDITION)
		return compare(op, a, b);
	if (!a.d || !b.d)
		return none;
	bool ok = !strcmp(op, "add") ? cb_ratio_add(&r, a, b) : !strcmp(op, "sub") ? cb_ratio_sub(&r, a, b) :
		  !strcmp(op, "mul") ? cb_ratio_mul(&r, a, b) : !strcmp(op, "div") && cb_ratio_div(&r, a, b);
	return ok ? r : none;
}

int cb_trial_period(const struct cb_ruleset *rs, enum cb_period_kind kind, const struct cb_trial_month *month, size_t n,
		    void (*seen)(void *ctx, const struct cb_node *n, struct cb_ratio value), void *ctx)
{
	struct walk w = { .rs = rs, .month = month, .n = n, .level = -1, .score = none, .seen = seen, .ctx = ctx };

	if (kind < CB_QUARTER || kind > CB_YEAR || !rs->period[kind].level)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (month[i].level == CB_TRIAL_MISSED && rs->missed_month == CB_MISSED_REFUSE)
			return -1;
	struct cb_ratio r = value(&w, rs->period[kind].level);
	return r.d ? (int)r.n : -1;
}
