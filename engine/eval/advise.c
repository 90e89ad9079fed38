/*
 * advise.c - the smallest changes that lift one meeting: the second half of advise.h.
 *
 * Each fact that may change gets a pool of values around the one it has (all of them where they are few). Walking away
 * from the present value, a candidate is the first value at which any condition or any points of the rules differ from
 * every value nearer by: between two candidates nothing in the rules can tell the values apart, so the thresholds are
 * solved exactly by the rules themselves, whatever form they have. Subsets of facts are then tried by growing effort;
 * facts that stand together in one quantity are tried over their whole pools, others over their candidates. What
 * reaches the target and is a possible meeting (cb_meeting_check) is drawn back towards the present values and kept.
 * Every step is a batch of the evaluator, so each piece of advice is proven.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "eval/advise.h"
#include "eval/eval_int.h"
#include "eval/explain.h"

#define POOL 2048       /* values of one fact that are looked at */
#define CANDIDATES 32   /* of one fact, when several change */
#define DEEP 6          /* the most changes at once */

struct var {
	int input;
	const struct cb_fact *fact; /* NULL: judged */
	const char *label;
	int cost;                   /* as declared */
	int64_t lo, hi;
	bool had;
	int64_t now;
	int64_t *pool; size_t npool; /* nearest first, without the present value */
	int64_t *cand; size_t ncand;
	unsigned char *touch;        /* [ncriterion] */
	bool cut;                    /* candidates were left out */
};

struct search {
	/* of the adviser */
	const struct cb_ruleset *rs;
	struct cb_arena own;
	struct cb_eval *ev;
	const struct cb_input *input; size_t ninput;
	int64_t *value;          /* [ninput][CB_BATCH] */
	unsigned char *have;
	const int64_t **pvalue;
	const unsigned char **phave;
	int64_t *m_value;        /* a meeting in order of the dictionary */
	unsigned char *m_have;
	size_t nfact;
	cb_pts *top;             /* [ncriterion] the most that any change of one or two values gave */
	/* of a meeting */
	const struct cb_advice_opts *opts;
	struct cb_advices *out;
	struct cb_arena *a;      /* of the result */
	struct cb_arena scratch;
	const int64_t *base;
	const unsigned char *base_have;
	struct var *var; size_t nvar;
	unsigned char *tied;     /* [nvar][nvar]: stand together in a quantity */
	size_t base_faults;
	int64_t tries, max_tries;
	bool prune;              /* what a subset can gain is bounded by the criteria that it touches */
	int64_t gain;            /* thousandths still needed */
	int held;                /* a gate that held a meeting with enough points back; -1 */
	int held_at;             /* at this level */
	bool incomplete;
};

/* --- lanes ------------------------------------------------------------------------------------------------------ */

static void lane_base(struct search *s, size_t lane)
{
	for (size_t i = 0; i < s->ninput; i++) {
		s->value[i * CB_BATCH + lane] = s->base[i];
		s->have[i * CB_BATCH + lane] = s->base_have[i];
	}
}

static void lane_set(struct search *s, size_t lane, const struct var *v, int64_t value)
{
	s->value[(size_t)v->input * CB_BATCH + lane] = value;
	s->have[(size_t)v->input * CB_BATCH + lane] = 1;
}

static int evaluate(struct search *s, size_t n, struct cb_scores *scores, struct cb_err *err)
{
	struct cb_batch in = { .n = n, .value = s->pvalue, .have = s->phave };

	s->tries += (int64_t)n;
	return cb_eval_batch(s->ev, &in, scores, err);
}

static void ignore_fault(void *ctx, int fact, const char *what, const char *mend)
{
	(void)ctx;
	(void)fact;
	(void)what;
	(void)mend;
}

/* How many things are wrong with the meeting of a lane. */
static size_t faults(struct search *s, size_t lane)
{
	struct cb_meeting m = { .value = s->m_value, .have = s->m_have, .nfact = s->nfact };

	memset(s->m_have, 0, s->nfact);
	for (size_t i = 0; i < s->ninput; i++)
		if (s->input[i].kind == CB_IN_FACT && s->have[i * CB_BATCH + lane]) {
			s->m_value[s->input[i].fact] = s->value[i * CB_BATCH + lane];
			s->m_have[s->input[i].fact] = 1;
		}
	return cb_meeting_check(&m, s->rs->dict, ignore_fault, NULL);
}

static bool reaches(struct search *s, const struct cb_scores *sc, size_t lane)
{
	return sc->status[lane] == CB_ST_RATED && sc->level[lane] >= 0 && sc->level[lane] <= s->out->target && faults(s, lane) <= s->base_faults;
}

/* What all conditions and points of the rules say in a lane. */
static uint64_t signature(const struct search *s, size_t lane)
{
	uint64_t h = UINT64_C(1469598103934665603);

	for (size_t i = 0; i < s->rs->nnode; i++) {
		const struct cb_node *n = s->rs->node[i];
		struct cb_ratio r;
		int64_t x;

		if (n->kind != CB_CONDITION && n->kind != CB_POINTS)
			continue;
		if (!cb_eval_node(s->ev, n, lane, &r))
			x = INT64_MIN;
		else if (n->kind == CB_POINTS && r.n > s->rs->ceiling) /* nothing above the highest total makes a difference */
			x = s->rs->ceiling;
		else if (n->kind == CB_POINTS && r.n < -s->rs->ceiling)
			x = -s->rs->ceiling;
		else
			x = r.n;
		h = (h ^ (uint64_t)x) * UINT64_C(1099511628211);
		h ^= h >> 29;
	}
	return h;
}

/* --- variables -------------------------------------------------------------------------------------------------- */

static int64_t distance(const struct var *v, int64_t value)
{
	int64_t d;

	if (v->fact && (v->fact->type == CB_FACT_FLAG || v->fact->type == CB_FACT_WORD))
		return 1;
	d = v->had ? value - v->now : value - v->lo + 1;
	if (d < 0)
		d = -d;
	return !v->fact || v->fact->type == CB_FACT_DECIMAL ? (d + 999) / 1000 : d;
}

static int64_t base_of(const struct search *s, const char *id, int64_t otherwise)
{
	for (size_t i = 0; i < s->ninput; i++)
		if (s->input[i].kind == CB_IN_FACT && s->base_have[i] &&
		    strcmp(cb_facts_at(s->rs->dict, (size_t)s->input[i].fact)->id, id) == 0)
			return s->base[i];
	return otherwise;
}

/* No more people than there are, no more done than was set: keeps pools small; cb_meeting_check has the last word. */
static int64_t upper(const struct search *s, const struct cb_fact *f)
{
	static const char *const OF[][2] = {
		{ "present", "members" },	{ "absent_excused", "members" }, { "absent_unexcused", "members" },
		{ "speakers", "members" },	{ "targets_met", "targets_set" }, { "tasks_done", "tasks_assigned" },
	};

	int64_t max = f->max > f->min || f->max != 0 ? f->max : CB_FACT_VALUE_MAX;

	for (size_t i = 0; i < sizeof(OF) / sizeof(OF[0]); i++)
		if (strcmp(f->id, OF[i][0]) == 0) {
			int64_t most = base_of(s, OF[i][1], max);

			return most < max ? most : max;
		}
	return max;
}

static int add_pool(struct search *s, struct var *v, struct cb_err *err)
{
	int64_t step = v->fact ? 1 : 500, at = v->had ? v->now : v->lo - 1;
	int64_t room = (v->hi - v->lo) / step + 4;
	size_t cap = (size_t)(room < POOL ? room : POOL) + 4;

	v->pool = CB_NEWV(&s->scratch, cap, int64_t);
	if (!v->pool)
		return cb_err_nomem(err);
	/* judged points: half points from 0 on, and exactly what is wanting */
	if (!v->fact && v->had && s->gain > 0 && v->now + s->gain <= v->hi)
		v->pool[v->npool++] = v->now + s->gain;
	for (int64_t d = 1; v->npool + 2 < cap && (at + d * step <= v->hi || at - d * step >= v->lo); d++) {
		if (at + d * step <= v->hi)
			v->pool[v->npool++] = at + d * step;
		if (v->had && at - d * step >= v->lo)
			v->pool[v->npool++] = at - d * step;
	}
	/* the ends, where not everything between was looked at */
	if ((!v->had || v->now != v->hi) && (v->npool == 0 || v->pool[v->npool - 1] < v->hi))
		v->pool[v->npool++] = v->hi;
	return 0;
}

static int add_var(struct search *s, size_t input, const struct cb_node *judged, struct cb_err *err)
{
	struct var *v = &s->var[s->nvar];
	const struct cb_input *in = &s->input[input];

	memset(v, 0, sizeof(*v));
	v->input = (int)input;
	v->cost = cb_ruleset_effort(s->rs, in);
	if (v->cost == 0)
		return 0;
	v->had = s->base_have[input];
	v->now = v->had ? s->base[input] : 0;
	v->touch = CB_NEWV(&s->scratch, s->rs->ncriterion + 1, unsigned char);
	if (!v->touch)
		return cb_err_nomem(err);
	if (in->kind == CB_IN_FACT) {
		v->fact = cb_facts_at(s->rs->dict, (size_t)in->fact);
		v->label = v->fact->label;
		v->lo = v->fact->min;
		v->hi = upper(s, v->fact);
		if (v->fact->type == CB_FACT_FLAG) {
			v->lo = 0;
			v->hi = 1;
		} else if (v->fact->type == CB_FACT_WORD) {
			v->lo = 0;
			for (v->hi = -1; v->fact->vocab && v->fact->vocab[v->hi + 1]; v->hi++)
				;
		}
		for (size_t c = 0; c < s->rs->ncriterion; c++)
			for (size_t k = 0; k < s->rs->criterion[c].nneeds; k++)
				if (s->rs->criterion[c].needs[k] == in->fact)
					v->touch[c] = 1;
	} else {
		v->label = judged && judged->label ? judged->label : NULL;
		v->lo = 0;
		v->hi = judged && judged->num.d ? judged->num.n * 1000 / judged->num.d : 0;
		for (size_t c = 0; c < s->rs->ncriterion; c++) {
			const char *id = s->rs->criterion[c].id;
			size_t n = strlen(id);

			if (strncmp(in->item, id, n) == 0 && (in->item[n] == '\0' || in->item[n] == '.')) {
				v->touch[c] = 1;
				if (!v->label)
					v->label = s->rs->criterion[c].label;
			}
		}
	}
	if (v->hi < v->lo || (v->had && v->lo == v->hi && v->now == v->lo))
		return 0;
	s->nvar++;
	return add_pool(s, v, err);
}

/* The assessor whose points count: the first in the declared order who gave any, else the first who could. */
static bool counts(const struct search *s, size_t input)
{
	const struct cb_input *in = &s->input[input];

	for (int given = 1; given >= 0; given--)
		for (size_t k = 0; k < s->rs->norder; k++)
			for (size_t i = 0; i < s->ninput; i++)
				if (s->input[i].kind == CB_IN_JUDGED && s->input[i].by == s->rs->order[k] &&
				    strcmp(s->input[i].item, in->item) == 0 && (!given || s->base_have[i]))
					return i == input;
	return false;
}

static int find_vars(struct search *s, struct cb_err *err)
{
	int rc = 0;

	s->var = CB_NEWV(&s->scratch, s->ninput + 1, struct var);
	if (!s->var)
		return cb_err_nomem(err);
	for (size_t i = 0; i < s->ninput && rc == 0; i++) {
		if (s->input[i].kind == CB_IN_FACT) {
			const struct cb_fact *f = cb_facts_at(s->rs->dict, (size_t)s->input[i].fact);

			if (!f->fixed && f->type != CB_FACT_DATE)
				rc = add_var(s, i, NULL, err);
		} else if (s->input[i].kind == CB_IN_JUDGED && !s->opts->no_judged && counts(s, i)) {
			const struct cb_node *judged = cb_judged_find(s->rs, s->input[i].item);

			if (judged)
				rc = add_var(s, i, judged, err);
		}
	}
	/* the easy ones first: effort then grows with the subsets (stable, there are few) */
	for (size_t i = 1; i < s->nvar; i++)
		for (size_t k = i; k > 0 && s->var[k - 1].cost > s->var[k].cost; k--) {
			struct var v = s->var[k];

			s->var[k] = s->var[k - 1];
			s->var[k - 1] = v;
		}
	return rc;
}

/* Which variables stand together in one quantity, or are handed to one function. */
static int find_ties(struct search *s, struct cb_err *err)
{
	const struct cb_ruleset *rs = s->rs;
	unsigned char *dep = CB_NEWV(&s->scratch, rs->nnode * s->nvar + 1, unsigned char);

	s->tied = CB_NEWV(&s->scratch, s->nvar * s->nvar + 1, unsigned char);
	if (!dep || !s->tied)
		return cb_err_nomem(err);
	for (size_t i = 0; i < rs->nnode; i++) {
		const struct cb_node *n = rs->node[i];
		unsigned char *d = dep + (size_t)n->id * s->nvar;

		for (size_t k = 0; k < n->nkid; k++)
			for (size_t v = 0; v < s->nvar; v++)
				d[v] |= dep[(size_t)n->kid[k]->id * s->nvar + v];
		for (size_t v = 0; v < s->nvar && cb_is(n, "fact"); v++)
			if (s->var[v].fact && s->input[s->var[v].input].fact == n->ref)
				d[v] = 1;
		if (n->kind != CB_QUANTITY)
			continue;
		for (size_t x = 0; x < s->nvar; x++)
			for (size_t y = 0; y < s->nvar; y++)
				if (x != y && d[x] && d[y])
					s->tied[x * s->nvar + y] = 1;
	}
	for (size_t c = 0; c < rs->ncriterion; c++)
		for (size_t x = 0; x < s->nvar && rs->criterion[c].is_function; x++)
			for (size_t y = 0; y < s->nvar; y++)
				if (x != y && s->var[x].touch[c] && s->var[y].touch[c])
					s->tied[x * s->nvar + y] = 1;
	return 0;
}

/* What the tried meetings show of why none may reach the target. */
static void watch(struct search *s, const struct cb_scores *sc, size_t n)
{
	for (size_t c = 0; c < s->rs->ncriterion; c++)
		for (size_t k = 0; k < n; k++)
			if (sc->state[c][k] == CB_CR_SCORED && sc->points[c][k] > s->top[c])
				s->top[c] = sc->points[c][k];
	for (size_t k = 0; k < n; k++)
		if (sc->status[k] == CB_ST_RATED && sc->gate[k] >= 0 && sc->level_by_score[k] <= s->out->target && sc->level[k] > s->out->target) {
			s->held = sc->gate[k];
			s->held_at = sc->level[k];
		}
}

/* The first value of each kind that the rules can tell apart. `with` (NULL: none) is another variable, set to `value`. */
static int find_candidates(struct search *s, struct var *v, const struct var *with, int64_t value, uint64_t **seen, size_t *nseen, size_t *capseen,
			   struct cb_err *err)
{
	struct cb_scores sc;
	size_t first = v->ncand;
	int rc;

	lane_base(s, 0);
	if (with)
		lane_set(s, 0, with, value);
	rc = evaluate(s, 1, &sc, err);
	if (rc)
		return rc;
	*nseen = 0;
	for (size_t i = 0; rc == 0 && i <= v->npool; i += CB_BATCH) {
		size_t n = v->npool - i < CB_BATCH ? v->npool - i : CB_BATCH;
		uint64_t base = 0;

		if (i == 0)
			base = signature(s, 0);
		if (*nseen == 0) {
			if (*capseen == 0) {
				*seen = CB_NEWV(&s->scratch, POOL + 16, uint64_t);
				if (!*seen)
					return cb_err_nomem(err);
				*capseen = POOL + 16;
			}
			(*seen)[(*nseen)++] = base;
		}
		if (n == 0)
			break;
		for (size_t k = 0; k < n; k++) {
			lane_base(s, k);
			if (with)
				lane_set(s, k, with, value);
			lane_set(s, k, v, v->pool[i + k]);
		}
		rc = evaluate(s, n, &sc, err);
		if (rc == 0)
			watch(s, &sc, n);
		for (size_t k = 0; rc == 0 && k < n; k++) {
			uint64_t h = signature(s, k);
			bool known = false, there = false;

			for (size_t x = 0; x < *nseen && !known; x++)
				known = (*seen)[x] == h;
			if (known || *nseen == *capseen)
				continue;
			(*seen)[(*nseen)++] = h;
			for (size_t x = 0; x < first && !there; x++)
				there = v->cand[x] == v->pool[i + k];
			if (!there && v->ncand < v->npool)
				v->cand[v->ncand++] = v->pool[i + k];
		}
	}
	return rc;
}

static int candidate_order(const void *a, const void *b, void *ctx)
{
	const struct var *v = ctx;
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b, dx = distance(v, x), dy = distance(v, y);

	return dx != dy ? (dx < dy ? -1 : 1) : x < y ? -1 : x > y;
}

static int all_candidates(struct search *s, struct cb_err *err)
{
	uint64_t *seen = NULL;
	size_t nseen = 0, capseen = 0;
	int rc = 0;

	for (size_t i = 0; i < s->nvar && rc == 0; i++) {
		struct var *v = &s->var[i];

		v->cand = CB_NEWV(&s->scratch, v->npool + 1, int64_t);
		rc = v->cand ? find_candidates(s, v, NULL, 0, &seen, &nseen, &capseen, err) : cb_err_nomem(err);
	}
	/* What is tied shifts thresholds: look again with the other at each of its own candidates. */
	for (size_t i = 0; i < s->nvar; i++)
		for (size_t k = 0; k < s->nvar && rc == 0; k++) {
			size_t n = s->var[k].ncand < 8 ? s->var[k].ncand : 8;

			if (!s->tied[i * s->nvar + k])
				continue;
			for (size_t x = 0; x < n && rc == 0; x++)
				rc = find_candidates(s, &s->var[i], &s->var[k], s->var[k].cand[x], &seen, &nseen, &capseen, err);
		}
	for (size_t i = 0; i < s->nvar && rc == 0; i++) {
		struct var *v = &s->var[i];

		qsort_r(v->cand, v->ncand, sizeof(*v->cand), candidate_order, v);
		if (v->ncand > CANDIDATES) {
			/* the nearest, and the two ends */
			v->cand[CANDIDATES - 2] = v->cand[v->ncand - 2];
			v->cand[CANDIDATES - 1] = v->cand[v->ncand - 1];
			v->ncand = CANDIDATES;
			v->cut = true;
		}
	}
	return rc;
}

/* --- subsets ---------------------------------------------------------------------------------------------------- */

struct combo {
	size_t var[DEEP];
	int64_t value[DEEP];
	size_t n;
	int effort;
	int64_t moved;
};

static int64_t moved(const struct search *s, const struct combo *c)
{
	int64_t sum = 0;

	for (size_t i = 0; i < c->n; i++)
		sum += distance(&s->var[c->var[i]], c->value[i]);
	return sum;
}

static void lane_combo(struct search *s, size_t lane, const struct combo *c)
{
	lane_base(s, lane);
	for (size_t i = 0; i < c->n; i++)
		lane_set(s, lane, &s->var[c->var[i]], c->value[i]);
}

/* The nearest values of each variable in turn that still reach the target. */
static int draw_back(struct search *s, struct combo *c, struct cb_err *err)
{
	struct cb_scores sc;
	int rc = 0;

	for (size_t i = 0; i < c->n && rc == 0; i++) {
		const struct var *v = &s->var[c->var[i]];
		int64_t now = distance(v, c->value[i]);
		bool done = false;

		for (size_t k = 0; k < v->npool && !done && rc == 0; k += CB_BATCH) {
			struct combo at[1] = { *c };
			size_t n = 0;

			for (; n < CB_BATCH && k + n < v->npool; n++) {
				at->value[i] = v->pool[k + n];
				lane_combo(s, n, at);
			}
			rc = evaluate(s, n, &sc, err);
			for (size_t x = 0; x < n && rc == 0 && !done; x++) {
				if (distance(v, v->pool[k + x]) >= now)
					continue; /* judged pools begin with the exact need, so distances need not rise */
				if (reaches(s, &sc, x)) {
					int64_t d = distance(v, v->pool[k + x]);

					now = d;
					c->value[i] = v->pool[k + x];
				}
			}
			done = n < CB_BATCH;
		}
	}
	c->moved = moved(s, c);
	return rc;
}

/* Can the subset gain what is wanting at all? */
static bool promising(const struct search *s, const size_t *var, size_t n, const int64_t *room)
{
	int64_t sum = 0;

	if (!s->prune || s->gain <= 0)
		return true;
	for (size_t c = 0; c < s->rs->ncriterion; c++) {
		bool touched = false;

		for (size_t i = 0; i < n; i++)
			touched = touched || s->var[var[i]].touch[c];
		if (touched)
			sum += room[c];
	}
	return sum >= s->gain;
}

/* All values of one subset; *best has the nearest that reaches (n 0: none). */
static int try_subset(struct search *s, const size_t *var, size_t n, struct combo *best, struct cb_err *err)
{
	const int64_t *list[DEEP];
	size_t len[DEEP], at[DEEP] = { 0 }, lanes = 0;
	struct combo batch[CB_BATCH];
	double whole = 1;
	bool tied = false, more = true;
	int rc = 0;

	best->n = 0;
	for (size_t i = 0; i < n; i++) {
		const struct var *v = &s->var[var[i]];
		bool mine = false;

		for (size_t k = 0; k < n; k++)
			mine = mine || s->tied[var[i] * s->nvar + var[k]];
		tied = tied || mine;
		list[i] = mine || n == 1 ? v->pool : v->cand;
		len[i] = mine || n == 1 ? v->npool : v->ncand;
		whole *= (double)len[i];
	}
	if (tied && whole > 65536) {
		for (size_t i = 0; i < n; i++) {
			list[i] = s->var[var[i]].cand;
			len[i] = s->var[var[i]].ncand;
		}
		s->incomplete = true;
	}
	for (size_t i = 0; i < n; i++) {
		if (len[i] == 0)
			return 0;
		if (n > 1 && list[i] == s->var[var[i]].cand && s->var[var[i]].cut)
			s->incomplete = true;
	}
	while (more && rc == 0) {
		struct cb_scores sc;
		struct combo c = { .n = n };
		size_t i;

		for (i = 0; i < n; i++) {
			c.var[i] = var[i];
			c.value[i] = list[i][at[i]];
		}
		c.moved = moved(s, &c);
		if (best->n == 0 || c.moved < best->moved) {
			lane_combo(s, lanes, &c);
			batch[lanes++] = c;
		}
		for (i = n; i-- > 0;) {
			if (++at[i] < len[i])
				break;
			at[i] = 0;
		}
		more = i < n; /* i wrapped below 0: all were tried */
		if (lanes < CB_BATCH && more)
			continue;
		rc = lanes ? evaluate(s, lanes, &sc, err) : 0;
		if (rc == 0 && lanes)
			watch(s, &sc, lanes);
		for (size_t k = 0; k < lanes && rc == 0; k++)
			if ((best->n == 0 || batch[k].moved < best->moved) && reaches(s, &sc, k))
				*best = batch[k];
		lanes = 0;
		if (s->tries > s->max_tries) {
			s->incomplete = s->incomplete || more;
			more = false;
		}
	}
	return rc;
}

static bool contains(const size_t *set, size_t n, const struct combo *c)
{
	for (size_t i = 0; i < c->n; i++) {
		bool in = false;

		for (size_t k = 0; k < n; k++)
			in = in || set[k] == c->var[i];
		if (!in)
			return false;
	}
	return true;
}

static int combo_order(const void *a, const void *b)
{
	const struct combo *x = a, *y = b;

	if (x->effort != y->effort)
		return x->effort < y->effort ? -1 : 1;
	if (x->n != y->n)
		return x->n < y->n ? -1 : 1;
	if (x->moved != y->moved)
		return x->moved < y->moved ? -1 : 1;
	for (size_t i = 0; i < x->n && i < y->n; i++)
		if (x->var[i] != y->var[i])
			return x->var[i] < y->var[i] ? -1 : 1;
	return 0;
}

/*
 * The next subset of n variables, in order, whose costs add up to `effort`; `set` holds the last one (fresh: none yet).
 * Costs rise with the index, so what a rest can cost lies between its first and its last variables.
 */
static bool next_subset(const struct search *s, size_t *set, size_t n, int effort, bool fresh)
{
	size_t at = fresh ? 0 : n - 1;
	int sum = 0;

	if (n > s->nvar)
		return false;
	if (fresh)
		set[0] = 0;
	else
		set[at]++;
	for (size_t i = 0; i < at; i++)
		sum += s->var[set[i]].cost;
	for (;;) {
		size_t rest = n - at; /* to choose from set[at] on */
		int low = sum, high = sum;

		if (set[at] + rest <= s->nvar) {
			for (size_t i = 0; i < rest; i++) {
				low += s->var[set[at] + i].cost;
				high += i == 0 ? s->var[set[at]].cost : s->var[s->nvar - i].cost;
			}
		}
		if (set[at] + rest > s->nvar || low > effort) { /* later ones cost no less */
			if (at == 0)
				return false;
			at--;
			sum -= s->var[set[at]].cost;
			set[at]++;
		} else if (high < effort) {
			set[at]++;
		} else if (rest == 1) {
			return true;
		} else {
			sum += s->var[set[at]].cost;
			set[at + 1] = set[at] + 1;
			at++;
		}
	}
}

/* One subset, unless something found already does it with less; what reaches joins *found. */
static int look_at(struct search *s, const size_t *set, size_t n, int effort, const int64_t *room, struct combo **found, size_t *nfound, size_t *cap,
		   struct cb_err *err)
{
	struct combo best = { .n = 0 };
	int rc;

	for (size_t k = 0; k < *nfound; k++)
		if ((*found)[k].n < n && contains(set, n, &(*found)[k]))
			return 0;
	if (!promising(s, set, n, room))
		return 0;
	rc = try_subset(s, set, n, &best, err);
	if (rc == 0 && best.n > 0)
		rc = draw_back(s, &best, err);
	if (rc || best.n == 0)
		return rc;
	best.effort = effort;
	if (*nfound == *cap) {
		struct combo *p = cb_reallocarray(*found, *cap ? 2 * *cap : 16, sizeof(*p));

		if (!p)
			return cb_err_nomem(err);
		*found = p;
		*cap = *cap ? 2 * *cap : 16;
	}
	(*found)[(*nfound)++] = best;
	return 0;
}

static int search_all(struct search *s, const int64_t *room, int deep, struct combo **found, size_t *nfound, struct cb_err *err)
{
	size_t want = s->opts->max_found ? s->opts->max_found : 5, cap = 0, most = (size_t)deep < s->nvar ? (size_t)deep : s->nvar;
	int rc = 0, dearest = 0;

	for (size_t i = 0; i < most; i++)
		dearest += s->var[s->nvar - 1 - i].cost;
	for (int effort = 1; effort <= dearest && rc == 0; effort++)
		for (size_t n = 1; n <= most && rc == 0; n++) {
			size_t set[DEEP];
			bool fresh = true;

			if (*nfound >= want)
				goto out;
			for (; rc == 0 && next_subset(s, set, n, effort, fresh); fresh = false) {
				if (s->tries > s->max_tries) {
					s->incomplete = true;
					goto out;
				}
				rc = look_at(s, set, n, effort, room, found, nfound, &cap, err);
			}
		}
out:
	if (*nfound > 0)
		qsort(*found, *nfound, sizeof(**found), combo_order);
	if (*nfound > want)
		*nfound = want;
	return rc;
}

/* --- words ------------------------------------------------------------------------------------------------------ */

static const char *words(struct search *s, const struct var *v, int64_t to)
{
	char a[128], b[128];

	if (v->fact) {
		cb_fact_text_vi(b, sizeof(b), v->fact, to);
		if (!v->had)
			return cb_arena_printf(s->a, "%s: chưa báo cáo, cần %s", v->label, b);
		cb_fact_text_vi(a, sizeof(a), v->fact, v->now);
		return cb_arena_printf(s->a, "%s: từ %s thành %s", v->label, a, b);
	}
	cb_fmt_pts_vi(b, sizeof(b), to);
	if (!v->had)
		return cb_arena_printf(s->a, "điểm chấm \"%s\": chưa chấm, cần %s", v->label ? v->label : "", b);
	cb_fmt_pts_vi(a, sizeof(a), v->now);
	return cb_arena_printf(s->a, "điểm chấm \"%s\": từ %s lên %s", v->label ? v->label : "", a, b);
}

static int write_advice(struct search *s, const struct combo *found, size_t nfound, struct cb_err *err)
{
	struct cb_advices *o = s->out;
	struct cb_scores sc;
	int rc = 0;

	o->advice = CB_NEWV(s->a, nfound + 1, struct cb_advice);
	if (!o->advice)
		return cb_err_nomem(err);
	for (size_t i = 0; i < nfound && rc == 0; i++) {
		struct cb_advice *x = &o->advice[o->nadvice];
		struct cb_buf text;

		lane_combo(s, 0, &found[i]);
		rc = evaluate(s, 1, &sc, err);
		if (rc)
			break;
		x->change = CB_NEWV(s->a, found[i].n, struct cb_change);
		if (!x->change)
			return cb_err_nomem(err);
		x->effort = found[i].effort;
		x->moved = found[i].moved;
		x->level = sc.level[0];
		x->score_n = sc.score_n[0];
		x->score_d = sc.score_d[0];
		cb_buf_init(&text);
		for (size_t k = 0; k < found[i].n; k++) {
			const struct var *v = &s->var[found[i].var[k]];
			struct cb_change *c = &x->change[x->nchange++];

			c->input = v->input;
			c->fact = v->fact;
			c->label = v->label;
			c->had = v->had;
			c->from = v->now;
			c->to = found[i].value[k];
			c->text = words(s, v, c->to);
			cb_buf_printf(&text, "%s%s", k ? "; " : "", c->text ? c->text : "");
			if (!c->text)
				rc = CB_ENOMEM;
		}
		x->text = cb_buf_ok(&text) ? cb_arena_strdup(s->a, text.s) : NULL;
		cb_buf_release(&text);
		if (rc || !x->text)
			return cb_err_nomem(err);
		o->nadvice++;
	}
	return rc;
}

const char *cb_gate_words(const struct cb_ruleset *rs, int gate)
{
	if (gate < 0)
		return "điều kiện khống chế mức";
	if (rs->gate[gate].label)
		return rs->gate[gate].label;
	return rs->gate[gate].article ? rs->gate[gate].article : "điều kiện khống chế mức";
}

/* The criteria that are short of their maximum whatever value of theirs is changed. */
static void cannot_rise(struct search *s, const struct cb_scores *sc, struct cb_buf *b)
{
	const struct cb_ruleset *rs = s->rs;
	char got[CB_NUM_TEXT], max[CB_NUM_TEXT];
	int n = 0;

	for (size_t c = 0; c < rs->ncriterion; c++) {
		const struct cb_criterion *k = &rs->criterion[c];
		cb_pts now = sc->state[c][0] == CB_CR_SCORED ? sc->points[c][0] : 0, best = k->counts == CB_COUNTS_PENALTY ? 0 : k->max;

		if (k->max == 0 || sc->state[c][0] == CB_CR_NA || now == best || s->top[c] == best)
			continue;
		cb_buf_printf(b, "%s%s (%s/%s)", n++ ? ", " : "; không nâng được đến tối đa: ", k->label,
			      cb_fmt_pts_vi(got, sizeof(got), s->top[c] > now ? s->top[c] : now), cb_fmt_pts_vi(max, sizeof(max), best));
	}
}

static int explain_block(struct search *s, const struct cb_scores *sc, int deep, struct cb_err *err)
{
	struct cb_advices *o = s->out;
	const struct cb_ruleset *rs = s->rs;
	struct cb_buf b;
	int rc = 0;

	cb_buf_init(&b);
	if (o->status == CB_ST_MISSING) {
		struct cb_buf ids;
		char *p;

		cb_buf_init(&ids);
		cb_eval_missing(&ids, s->ev, 0);
		cb_buf_puts(&b, "chưa đủ dữ liệu để xếp loại, cần báo cáo: ");
		for (p = ids.s; cb_buf_ok(&ids) && *p;) {
			size_t n = strcspn(p, ",");
			char id[64];
			int f;

			snprintf(id, sizeof(id), "%.*s", n < 60 ? (int)n : 60, p);
			f = cb_facts_find(rs->dict, id[0] == '/' ? id + 1 : id);
			cb_buf_printf(&b, "%s%s", p == ids.s ? "" : ", ", f >= 0 ? cb_facts_at(rs->dict, (size_t)f)->label : id[0] == '@' ? "điểm chấm" : id);
			p += n;
			while (*p == ',' || *p == ' ')
				p++;
		}
		if (!cb_buf_ok(&ids))
			b.oom = true;
		cb_buf_release(&ids);
	} else if (o->status != CB_ST_RATED) {
		cb_buf_puts(&b, cb_eval_message(s->ev, 0));
	} else if (sc->level_by_score[0] >= 0 && sc->level_by_score[0] < o->level) {
		cb_buf_printf(&b, "đủ điểm mức %s nhưng bị giữ ở mức %s: %s", rs->level[sc->level_by_score[0]].label, rs->level[o->level].label,
			      cb_gate_words(rs, sc->gate[0]));
	}
	if (o->status == CB_ST_RATED && o->target >= 0 && o->nadvice == 0) {
		if (b.len)
			cb_buf_puts(&b, "; ");
		if (o->complete)
			cb_buf_printf(&b, "không có thay đổi nào của đến %d số liệu đưa được lên mức %s", deep, rs->level[o->target].label);
		else
			cb_buf_printf(&b, "chưa tìm thấy thay đổi nào của đến %d số liệu đưa được lên mức %s", deep, rs->level[o->target].label);
		if (s->held >= 0 && sc->level_by_score[0] >= o->level)
			cb_buf_printf(&b, "; dù đủ điểm vẫn bị giữ ở mức %s: %s", rs->level[s->held_at].label, cb_gate_words(rs, s->held));
		else if (s->held < 0)
			cannot_rise(s, sc, &b);
	}
	if (!cb_buf_ok(&b))
		rc = cb_err_nomem(err);
	else if (b.len > 0 && !(o->blocked = cb_arena_strdup(s->a, b.s)))
		rc = cb_err_nomem(err);
	cb_buf_release(&b);
	return rc;
}

/* --- all together ------------------------------------------------------------------------------------------------ */

/* What each criterion could still give, and whether that bounds the total. */
static int64_t *rooms(struct search *s, const struct cb_scores *sc)
{
	const struct cb_ruleset *rs = s->rs;
	int64_t *room = CB_NEWV(&s->scratch, rs->ncriterion + 1, int64_t);

	s->prune = !rs->rating && rs->missing != CB_MISSING_RESCALE && sc->score_d[0] == 1;
	for (size_t c = 0; room && c < rs->ncriterion; c++) {
		const struct cb_criterion *k = &rs->criterion[c];
		int64_t got = 0;

		if (k->applies && k->na == CB_NA_RESCALE)
			s->prune = false;
		if (sc->state[c][0] == CB_CR_SCORED)
			got = sc->points[c][0];
		else if (sc->state[c][0] == CB_CR_NA)
			got = (k->na == CB_NA_FULL ? k->max : k->na_points) * (k->counts == CB_COUNTS_PENALTY ? -1 : 1);
		room[c] = k->counts == CB_COUNTS_PENALTY ? -got : k->max - got;
	}
	s->gain = 0;
	if (s->prune && s->out->target >= 0) {
		s->gain = rs->level[s->out->target].at_least - sc->score_n[0];
		if (rs->total_round != CB_ROUND_NONE)
			s->gain -= rs->total_step;
	}
	return room;
}

struct cb_adviser {
	struct search s;
};

int cb_adviser_open(struct cb_adviser **out, const struct cb_ruleset *rs, struct cb_err *err)
{
	struct cb_adviser *ad = cb_calloc(1, sizeof(*ad));
	struct search *s;
	int rc;

	*out = NULL;
	if (!ad)
		return cb_err_nomem(err);
	s = &ad->s;
	s->rs = rs;
	cb_arena_init(&s->own);
	rc = cb_eval_open(&s->ev, rs, err);
	if (rc) {
		cb_adviser_close(ad);
		return rc;
	}
	s->input = cb_eval_inputs(s->ev, &s->ninput);
	s->nfact = cb_facts_count(rs->dict);
	s->value = CB_NEWV(&s->own, s->ninput * CB_BATCH + 1, int64_t);
	s->have = CB_NEWV(&s->own, s->ninput * CB_BATCH + 1, unsigned char);
	s->pvalue = CB_NEWV(&s->own, s->ninput + 1, const int64_t *);
	s->phave = CB_NEWV(&s->own, s->ninput + 1, const unsigned char *);
	s->m_value = CB_NEWV(&s->own, s->nfact + 1, int64_t);
	s->m_have = CB_NEWV(&s->own, s->nfact + 1, unsigned char);
	s->top = CB_NEWV(&s->own, rs->ncriterion + 1, cb_pts);
	if (!s->top || !s->value || !s->have || !s->pvalue || !s->phave || !s->m_value || !s->m_have) {
		cb_adviser_close(ad);
		return cb_err_nomem(err);
	}
	for (size_t i = 0; i < s->ninput; i++) {
		s->pvalue[i] = s->value + i * CB_BATCH;
		s->phave[i] = s->have + i * CB_BATCH;
	}
	*out = ad;
	return 0;
}

void cb_adviser_close(struct cb_adviser *ad)
{
	if (!ad)
		return;
	cb_eval_close(ad->s.ev);
	cb_arena_release(&ad->s.own);
	cb_free(ad);
}

/* The meeting as it is, in lane 0; sets the target. */
static int look(struct search *s, struct cb_scores *sc, struct cb_err *err)
{
	struct cb_advices *o = s->out;
	int rc;

	lane_base(s, 0);
	rc = evaluate(s, 1, sc, err);
	if (rc)
		return rc;
	o->status = sc->status[0];
	o->level = sc->level[0];
	o->score_n = sc->score_n[0];
	o->score_d = sc->score_d[0];
	o->target = -1;
	if (sc->status[0] == CB_ST_RATED && sc->level[0] > 0) {
		o->target = s->opts->target >= 0 ? s->opts->target : sc->level[0] - 1;
		if (o->target >= sc->level[0])
			o->target = -1; /* it is there already */
	}
	s->base_faults = faults(s, 0);
	return 0;
}

int cb_adviser_run(struct cb_advices **out, struct cb_adviser *ad, const int64_t *value, const unsigned char *have,
		   const struct cb_advice_opts *opts, struct cb_err *err)
{
	struct search *s = &ad->s;
	const struct cb_ruleset *rs = s->rs;
	int deep = opts->max_changes ? opts->max_changes : 3, rc;
	struct combo *found = NULL;
	size_t nfound = 0;
	struct cb_scores sc;
	int64_t *room;

	*out = NULL;
	if (deep < 1 || deep > DEEP)
		return cb_err_set(err, CB_EUSAGE, "advice changes 1 to %d facts at once, not %d", DEEP, deep);
	if (opts->target >= (int)rs->nlevel)
		return cb_err_set(err, CB_EUSAGE, "%s has no level %d", rs->id, opts->target);
	s->opts = opts;
	s->base = value;
	s->base_have = have;
	s->nvar = 0;
	s->tries = 0;
	s->max_tries = opts->max_tries ? opts->max_tries : 200000;
	s->incomplete = false;
	s->held = -1;
	for (size_t c = 0; c < rs->ncriterion; c++)
		s->top[c] = INT64_MIN;
	s->out = cb_calloc(1, sizeof(*s->out));
	if (!s->out)
		return cb_err_nomem(err);
	cb_arena_init(&s->out->arena);
	cb_arena_init(&s->scratch);
	s->a = &s->out->arena;
	s->out->rs = rs;
	rc = look(s, &sc, err);
	if (rc)
		goto out;
	room = rooms(s, &sc);
	rc = room ? 0 : cb_err_nomem(err);
	if (rc == 0 && s->out->target >= 0) {
		rc = find_vars(s, err);
		/* one change at a time is tried over whole pools */
		if (rc == 0 && !(opts->quick && deep == 1)) {
			rc = find_ties(s, err);
			if (rc == 0)
				rc = all_candidates(s, err);
		} else if (rc == 0) {
			s->tied = CB_NEWV(&s->scratch, s->nvar * s->nvar + 1, unsigned char);
			rc = s->tied ? 0 : cb_err_nomem(err);
		}
		s->tries = 0;
		if (rc == 0)
			rc = search_all(s, room, deep, &found, &nfound, err);
		s->out->complete = !s->incomplete;
		if (rc == 0)
			rc = write_advice(s, found, nfound, err);
		lane_base(s, 0);
		if (rc == 0)
			rc = evaluate(s, 1, &sc, err);
	}
	if (rc == 0 && !opts->quick)
		rc = explain_block(s, &sc, deep, err);
out:
	cb_free(found);
	cb_arena_release(&s->scratch);
	if (rc)
		cb_advices_free(s->out);
	else
		*out = s->out;
	s->out = NULL;
	return rc;
}

int cb_advice_new(struct cb_advices **out, const struct cb_ruleset *rs, const int64_t *value, const unsigned char *have,
		  const struct cb_advice_opts *opts, struct cb_err *err)
{
	struct cb_adviser *ad;
	int rc = cb_adviser_open(&ad, rs, err);

	*out = NULL;
	if (rc == 0)
		rc = cb_adviser_run(out, ad, value, have, opts, err);
	cb_adviser_close(ad);
	return rc;
}

int cb_adviser_full(struct cb_supposed *without, struct cb_supposed *full, struct cb_adviser *ad, const int64_t *value, const unsigned char *have,
		    struct cb_err *err)
{
	struct search *s = &ad->s;
	int which[CB_BATCH], rc = 0;
	size_t want = s->rs->ncriterion + 1; /* fits: a ruleset has at most 200 criteria */
	struct cb_scores sc;

	s->base = value;
	s->base_have = have;
	for (size_t k = 0; k < want; k++) {
		lane_base(s, k);
		which[k] = (int)k - 1;
	}
	s->ev->full = which;
	rc = evaluate(s, want, &sc, err);
	s->ev->full = NULL;
	for (size_t k = 0; rc == 0 && k < want; k++) {
		struct cb_supposed *x = k ? &full[k - 1] : without;

		x->level = sc.status[k] == CB_ST_RATED ? sc.level[k] : -1;
		x->by_score = sc.level_by_score[k];
		x->gate = x->level > x->by_score ? sc.gate[k] : -1;
		x->score = sc.score_d[k] ? cb_ratio_make(sc.score_n[k], sc.score_d[k]) : (struct cb_ratio){ 0, 0 };
	}
	return rc;
}

int cb_advice_meeting(struct cb_advices **out, struct cb_store *st, const struct cb_rulebook *book, const struct cb_ruleset *rs,
		      int64_t meeting_id, const struct cb_advice_opts *opts, struct cb_err *err)
{
	struct cb_rows *rows = NULL;
	struct cb_unit_view u;
	const char *const *code;
	int64_t *value = NULL, unit = 0;
	unsigned char *have = NULL;
	cb_day day = 0;
	int kind = CB_REGULAR, rc;
	bool row;
	size_t n;

	*out = NULL;
	rc = cb_rows_open(&rows, st, err, "SELECT unit_id, held_on, kind FROM meeting WHERE id = ?1", "i", meeting_id);
	if (rc == 0)
		rc = cb_rows_step(rows, &row, err);
	if (rc == 0 && !row)
		rc = cb_err_set(err, CB_ENOTFOUND, "there is no meeting %lld in this record", (long long)meeting_id);
	if (rc == 0) {
		const char *k = cb_rows_text(rows, 2);

		unit = cb_rows_int(rows, 0);
		day = (cb_day)cb_rows_int(rows, 1);
		for (int i = 0; k && i < CB_MEETING_KINDS; i++)
			if (strcmp(k, cb_meeting_kind_id((enum cb_meeting_kind)i)) == 0)
				kind = i;
	}
	cb_rows_close(rows);
	if (rc == 0)
		rc = cb_store_unit_on(st, unit, day, &u, err);
	if (rc == 0 && !rs) {
		unsigned unit_kind = u.kind, cell_type = u.cell_type;

		rc = cb_store_unit_chain(st, unit, day, &code, &n, err);
		if (rc == 0)
			rs = cb_rulebook_in_force(book, code, n, day, (enum cb_meeting_kind)kind, unit_kind, cell_type);
		if (rc == 0 && !rs)
			rc = cb_err_set(err, CB_ENOTFOUND, "no ruleset was in force for meeting %lld", (long long)meeting_id);
	}
	if (rc)
		return rc;
	value = cb_calloc(rs->ninput + 1, sizeof(*value));
	have = cb_calloc(rs->ninput + 1, 1);
	if (!value || !have)
		rc = cb_err_nomem(err);
	if (rc == 0)
		rc = cb_explain_lane(st, rs, meeting_id, u.kind, u.cell_type, value, have, err);
	if (rc == 0)
		rc = cb_advice_new(out, rs, value, have, opts, err);
	cb_free(value);
	cb_free(have);
	return rc;
}

void cb_advices_free(struct cb_advices *a)
{
	if (!a)
		return;
	cb_arena_release(&a->arena);
	cb_free(a);
}
