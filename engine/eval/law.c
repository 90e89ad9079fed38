/*
 * law.c - see law_int.h. What is absent in a month is left out of mean, least and greatest; sum, count, share and every
 * are undecided when a month that matters is. A lane costs O(aggregates * meetings of the unit).
 */
#include "eval/law_int.h"

#include <string.h>
#include "base/alloc.h"
#include "rule/forms.h"

static struct cb_ratio millionths(struct cb_ratio r)
{
	return cb_ratio_make(cb_round_div((__int128)r.n * 1000000, r.d, CB_ROUND_HALF_UP), 1000000);
}

void cb_law_add(struct cb_ratio *sum, struct cb_ratio r)
{
	struct cb_ratio s;

	if (!cb_ratio_add(&s, *sum, r) && !cb_ratio_add(&s, millionths(*sum), millionths(r)))
		s = *sum; /* only beyond 9 * 10^12: no number of a meeting comes near */
	*sum = s;
}

struct cb_ratio cb_law_divided(struct cb_ratio sum, int64_t n)
{
	struct cb_ratio r;

	if (n == 0)
		return (struct cb_ratio){ 0, 0 };
	if (!cb_ratio_div(&r, sum, cb_ratio_make(n, 1)) && !cb_ratio_div(&r, millionths(sum), cb_ratio_make(n, 1)))
		r = (struct cb_ratio){ 0, 0 };
	return r;
}

/* The outer program, its columns, and what stands inside its aggregates. */
static int open_outer(struct cb_law *l, const struct cb_node *const *root, size_t nroot, struct cb_err *err)
{
	int rc = cb_eval_open_nodes(&l->outer, l->rs, root, nroot, err);

	if (rc)
		return rc;
	l->in = cb_eval_inputs(l->outer, &l->nin);
	l->kid = cb_calloc(l->nin + 1, sizeof(*l->kid));
	l->kid_of = cb_calloc(l->nin + 1, sizeof(*l->kid_of));
	l->value = cb_calloc(l->nin * CB_BATCH + 1, sizeof(*l->value));
	l->have = cb_calloc(l->nin * CB_BATCH + 1, 1);
	l->pvalue = cb_calloc(l->nin + 1, sizeof(*l->pvalue));
	l->phave = cb_calloc(l->nin + 1, sizeof(*l->phave));
	if (!l->kid || !l->kid_of || !l->value || !l->have || !l->pvalue || !l->phave)
		return cb_err_nomem(err);
	for (size_t i = 0; i < l->nin; i++) {
		const struct cb_node *kid = l->in[i].agg && l->in[i].agg->nkid > 0 ? l->in[i].agg->kid[0] : NULL;
		size_t k;

		l->pvalue[i] = l->value + i * CB_BATCH;
		l->phave[i] = l->have + i * CB_BATCH;
		l->kid_of[i] = -1;
		if (!kid)
			continue;
		for (k = 0; k < l->nkid && l->kid[k] != kid; k++)
			;
		if (k == l->nkid)
			l->kid[l->nkid++] = kid;
		l->kid_of[i] = (int)k;
	}
	return 0;
}

int cb_law_open(struct cb_law *l, const struct cb_ruleset *rs, enum cb_period_kind kind, bool rank, struct cb_err *err)
{
	const struct cb_node **root = cb_calloc(rs->nrank + 1, sizeof(*root));
	size_t nroot = 0;
	int rc = 0;

	memset(l, 0, sizeof(*l));
	l->rs = rs;
	if (!root)
		return cb_err_nomem(err);
	if (kind >= CB_QUARTER && kind <= CB_YEAR)
		l->period = rs->period[kind].level;
	if (l->period)
		root[nroot++] = l->period;
	for (size_t i = 0; rank && i < rs->nrank; i++)
		if (!cb_is(rs->rank[i].value, "function"))
			root[nroot++] = rs->rank[i].value;
	if (nroot)
		rc = open_outer(l, root, nroot, err);
	cb_free(root);
	if (rc || !l->nkid)
		return rc;
	rc = cb_eval_open_nodes(&l->inner, rs, l->kid, l->nkid, err);
	if (rc || rs->missed_month != CB_MISSED_AS_WORST)
		return rc;
	l->missed = cb_calloc(l->nkid, sizeof(*l->missed));
	return l->missed ? cb_law_meeting(l, (int)rs->nlevel - 1, l->missed, err) : cb_err_nomem(err);
}

void cb_law_close(struct cb_law *l)
{
	cb_eval_close(l->outer);
	cb_eval_close(l->inner);
	cb_free(l->kid);
	cb_free(l->kid_of);
	cb_free(l->missed);
	cb_free(l->value);
	cb_free(l->have);
	cb_free(l->pvalue);
	cb_free(l->phave);
	memset(l, 0, sizeof(*l));
}

int cb_law_meeting(struct cb_law *l, int level, struct cb_ratio *v, struct cb_err *err)
{
	size_t nin;
	const struct cb_input *in = l->inner ? cb_eval_inputs(l->inner, &nin) : NULL;
	int64_t value[2] = { 0, level };
	unsigned char have[2] = { 0, level >= 0 };
	const int64_t **pvalue;
	const unsigned char **phave;
	int rc;

	if (!in)
		return 0;
	pvalue = cb_calloc(nin + 1, sizeof(*pvalue));
	phave = cb_calloc(nin + 1, sizeof(*phave));
	for (size_t i = 0; pvalue && phave && i < nin; i++) {
		pvalue[i] = &value[in[i].kind == CB_IN_LEVEL];
		phave[i] = &have[in[i].kind == CB_IN_LEVEL];
	}
	rc = pvalue && phave ? cb_eval_batch(l->inner, &(struct cb_batch){ 1, pvalue, phave }, NULL, err) : cb_err_nomem(err);
	for (size_t k = 0; rc == 0 && k < l->nkid; k++)
		if (!cb_eval_node(l->inner, l->kid[k], 0, &v[k]))
			v[k] = (struct cb_ratio){ 0, 0 };
	cb_free(pvalue);
	cb_free(phave);
	return rc;
}

/* What one agg has seen so far. */
struct tally {
	int64_t n, yes, no, absent, valued;
	struct cb_ratio sum, least, greatest;
};

static void tally_add(struct tally *t, struct cb_ratio v)
{
	t->n++;
	if (!v.d) {
		t->absent++;
		return;
	}
	if (v.n)
		t->yes++;
	else
		t->no++;
	if (t->valued == 0 || cb_ratio_cmp(v, t->least) < 0)
		t->least = v;
	if (t->valued == 0 || cb_ratio_cmp(v, t->greatest) > 0)
		t->greatest = v;
	cb_law_add(&t->sum, v);
	t->valued++;
}

static struct cb_ratio aggregate(const struct cb_law *l, const struct cb_law_unit *u, const struct cb_node *agg, int kid)
{
	bool months = CB_AGG_OF(agg) == CB_OF_MONTHS;
	const struct cb_law_item *item = months ? u->month : u->meeting;
	size_t n = months ? u->nmonth : u->nmeeting;
	struct tally t = { .sum = { 0, 1 } };
	struct cb_ratio none = { 0, 0 };

	for (size_t i = 0; i < n; i++)
		tally_add(&t, kid >= 0 ? item[i].v[kid] : item[i].score);
	for (int i = 0; months && l->rs->missed_month == CB_MISSED_AS_WORST && i < u->missed; i++)
		tally_add(&t, kid >= 0 ? l->missed[kid] : none);
	switch (CB_AGG_WHAT(agg)) {
	case CB_AGG_MISSED: return cb_ratio_make(u->missed, 1);
	case CB_AGG_NUMBER: return cb_ratio_make(t.n, 1);
	/* Nothing to look at is no proof that every month was good. */
	case CB_AGG_EVERY: return t.no ? cb_ratio_make(0, 1) : t.absent || t.n == 0 ? none : cb_ratio_make(1, 1);
	case CB_AGG_COUNT: return t.absent ? none : cb_ratio_make(t.yes, 1);
	case CB_AGG_SHARE: return t.absent || t.n == 0 ? none : cb_ratio_make(t.yes, t.n);
	case CB_AGG_MEAN: return cb_law_divided(t.sum, t.valued);
	case CB_AGG_SUM: return t.absent ? none : t.sum;
	case CB_AGG_LEAST: return t.valued ? t.least : none;
	case CB_AGG_GREATEST: return t.valued ? t.greatest : none;
	default: return none;
	}
}

void cb_law_lane(struct cb_law *l, size_t lane, const struct cb_law_unit *u)
{
	for (size_t i = 0; i < l->nin; i++) {
		struct cb_ratio r;

		if (l->in[i].kind != CB_IN_AGG)
			continue;
		r = aggregate(l, u, l->in[i].agg, l->kid_of[i]);
		l->value[i * CB_BATCH + lane] = r.d ? r.n : 0;
		l->have[i * CB_BATCH + lane] = r.d != 0;
		/* the denominator is the next column */
		if (i + 1 < l->nin && l->in[i + 1].kind == CB_IN_AGG_D) {
			l->value[(i + 1) * CB_BATCH + lane] = r.d ? r.d : 1;
			l->have[(i + 1) * CB_BATCH + lane] = r.d != 0;
		}
	}
}

int cb_law_run(struct cb_law *l, size_t n, struct cb_err *err)
{
	return l->outer ? cb_eval_batch(l->outer, &(struct cb_batch){ n, l->pvalue, l->phave }, NULL, err) : 0;
}

int cb_law_level(const struct cb_law *l, size_t lane, int missed)
{
	struct cb_ratio r;

	if (!l->period || (l->rs->missed_month == CB_MISSED_REFUSE && missed > 0) || !cb_eval_node(l->outer, l->period, lane, &r))
		return -1;
	return r.n >= 0 && r.n < (int64_t)l->rs->nlevel ? (int)r.n : -1;
}
