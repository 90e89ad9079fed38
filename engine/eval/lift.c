/*
 * lift.c - see lift.h.
 *
 * Each meeting below the top has options: the least advice for every better level. Month by month the choices are combined;
 * sets of choices from which the period's rule gets the same values are one state, of which the cheapest stays, so that
 * rules over levels leave some hundreds of states where there are millions of sets. These are evaluated from the cheapest
 * on until one reaches the target. Rules that look at scores or facts, or that do not rise with every level, get the values
 * of the changed meetings too, but other advice might serve them better: then nothing is said of the least.
 */
#include "eval/lift.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "eval/explain.h"
#include "eval/period_int.h"
#include "rule/forms.h"

#define MONTHS 12     /* of the longest period that is rated */
#define CHOICES 64    /* of one month */
#define STATES 4096   /* kept after a month */
#define SINGLES 64    /* facts that alone lift a meeting */

/* What a meeting could have been. */
struct option {
	int level;               /* of the unit's ruleset */
	struct cb_ratio score;
	struct cb_ratio *v;      /* what the period's rule sees; [nkid] */
	int effort, nchange;
	int64_t moved;
	const char *text;
};
/* A meeting that is rated below the top. */
struct below {
	int row;
	struct option *option; size_t noption; /* rising effort and better levels */
	const struct cb_ruleset *rs;           /* of the meeting */
	struct option *full;                   /* [rs->ncriterion] v NULL: full points there reach no better level */
	struct single {
		const char *key, *label;
		struct option to;
	} *single; size_t nsingle;
	int gate;                              /* that holds it back; -1 */
	struct option free;                    /* without that gate */
	const char *why;                       /* what stops it; NULL */
	bool complete;
};
/* One supposition: a meeting as an option, or a month (row -1) as held at a level. */
struct pick {
	int row, month;
	int level;
	struct cb_ratio score;
	const struct cb_ratio *v;
};
struct saved {
	int level, status;
	struct cb_ratio score;
};
struct lifter {
	struct cb_lifts *out;
	const struct cb_lifts_opts *opts;
	struct cb_pwork w;
	struct {
		const struct cb_ruleset *rs;
		struct cb_adviser *ad;
	} *adviser; size_t nadviser;
	size_t capcrit, capfact, capgate;
	/* of the unit at hand */
	struct cb_arena scratch;
	size_t unit;
	const struct cb_plaw *law;
	struct below *below; size_t nbelow;
	/* what is supposed now */
	struct saved saved[MONTHS * CHOICES];
	struct cb_ratio *saved_v;
};

static int adviser_of(struct lifter *x, const struct cb_ruleset *rs, struct cb_adviser **out, struct cb_err *err)
{
	void *p;
	int rc;

	for (size_t i = 0; i < x->nadviser; i++)
		if (x->adviser[i].rs == rs) {
			*out = x->adviser[i].ad;
			return 0;
		}
	p = cb_reallocarray(x->adviser, x->nadviser + 1, sizeof(*x->adviser));
	if (!p)
		return cb_err_nomem(err);
	x->adviser = p;
	rc = cb_adviser_open(out, rs, err);
	if (rc)
		return rc;
	x->adviser[x->nadviser].rs = rs;
	x->adviser[x->nadviser++].ad = *out;
	return 0;
}

/* --- suppositions ----------------------------------------------------------------------------------------------- */

static void put(struct lifter *x, const struct pick *pick, size_t n, bool on)
{
	struct cb_pwork *w = &x->w;
	size_t nkid = x->law->law.nkid;

	for (size_t i = 0; i < n; i++) {
		struct cb_prow *r = pick[i].row < 0 ? NULL : &w->row[pick[i].row];
		struct cb_ratio *v = r && nkid ? x->law->v + (size_t)r->local * nkid : NULL;
		struct saved *s = &x->saved[i];

		if (!r) {
			w->month[x->unit * (size_t)w->months + (size_t)pick[i].month].as = on ? pick[i].level : -1;
			continue;
		}
		if (on) {
			*s = (struct saved){ r->level, r->status, r->score };
			r->level = pick[i].level;
			r->status = CB_ST_RATED;
			r->score = pick[i].score;
			if (v) {
				memcpy(x->saved_v + i * nkid, v, nkid * sizeof(*v));
				memcpy(v, pick[i].v, nkid * sizeof(*v));
			}
		} else {
			r->level = s->level;
			r->status = s->status;
			r->score = s->score;
			if (v)
				memcpy(v, x->saved_v + i * nkid, nkid * sizeof(*v));
		}
	}
	for (size_t i = 0; i < n; i++)
		if (pick[i].row >= 0)
			cb_pwork_stand(w, x->unit, w->row[pick[i].row].month);
}

struct picks {
	struct lifter *x;
	const struct pick *pick;
	size_t n;
};

static void suppose_picks(void *ctx, size_t i, bool on)
{
	struct picks *p = ctx;

	(void)i;
	put(p->x, p->pick, p->n, on);
}

/* The level of the period with these picks. */
static int level_with(struct lifter *x, const struct pick *pick, size_t n, int *level, struct cb_err *err)
{
	struct picks p = { x, pick, n };

	return cb_pwork_levels(&x->w, x->unit, 1, suppose_picks, &p, level, err);
}

static struct pick as_option(const struct below *b, const struct option *o)
{
	return (struct pick){ .row = b->row, .level = o->level, .score = o->score, .v = o->v };
}

/* --- options ------------------------------------------------------------------------------------------------------ */

/* A level of the meeting's ruleset in the unit's; -1: it has none of that name. */
static int unit_level(const struct lifter *x, const struct cb_ruleset *rs, int level)
{
	return rs == x->law->rs || level < 0 ? level : cb_level_find(x->law->rs, rs->level[level].id);
}

static int value_of(struct lifter *x, const struct cb_prow *row, struct option *o, const struct cb_advice *a, struct cb_err *err)
{
	int fact[8];
	int64_t to[8];
	size_t n = 0;

	o->v = CB_NEWV(&x->scratch, x->law->law.nkid + 1, struct cb_ratio);
	if (!o->v)
		return cb_err_nomem(err);
	for (size_t i = 0; a && i < a->nchange && n < 8; i++)
		if (a->change[i].fact) {
			fact[n] = cb_facts_find(cb_store_facts(x->w.st), a->change[i].fact->id);
			to[n++] = a->change[i].to;
		}
	return cb_pwork_value(&x->w, row, o->level, fact, to, n, o->v, err);
}

static int to_option(struct lifter *x, const struct cb_prow *row, const struct cb_ruleset *rs, const struct cb_advice *a, struct option *o,
		     struct cb_err *err)
{
	*o = (struct option){ .level = unit_level(x, rs, a->level), .score = cb_ratio_make(a->score_n, a->score_d), .effort = a->effort,
			      .nchange = (int)a->nchange, .moved = a->moved };
	o->text = cb_arena_strdup(&x->out->arena, a->text);
	if (!o->text)
		return cb_err_nomem(err);
	return value_of(x, row, o, a, err);
}

/* The least advice for every better level. */
static int find_options(struct lifter *x, struct below *b, struct cb_adviser *ad, const int64_t *value, const unsigned char *have, int now,
			struct cb_err *err)
{
	const struct cb_prow *row = &x->w.row[b->row];
	int rc = 0;

	b->option = CB_NEWV(&x->scratch, (size_t)now + 1, struct option);
	if (!b->option)
		return cb_err_nomem(err);
	if (!b->single)
		b->complete = true;
	for (int target = now - 1, more = 1; target >= 0 && rc == 0 && more; target--) {
		struct cb_advice_opts o = { .target = target, .max_changes = x->opts->max_changes ? x->opts->max_changes : 3, .max_found = 1,
					    .no_judged = x->opts->no_judged, .quick = !x->opts->words };
		struct cb_advices *a;

		/* single changes were looked for already */
		if (target == now - 1 && b->single && o.max_changes == 1 && !x->opts->words) {
			more = b->nsingle > 0 || !b->complete;
			if (b->nsingle > 0)
				b->option[b->noption++] = b->single[0].to;
			continue;
		}
		rc = cb_adviser_run(&a, ad, value, have, &o, err);
		if (rc)
			break;
		more = a->nadvice > 0 || !a->complete; /* what does not reach this level reaches none above it */
		b->complete = b->complete && a->complete;
		if (a->nadvice > 0) {
			rc = to_option(x, row, b->rs, &a->advice[0], &b->option[b->noption], err);
			/* the same advice may reach further than it was asked to */
			if (rc == 0 && b->option[b->noption].level >= 0 && b->option[b->noption].level < row->level &&
			    (b->noption == 0 || b->option[b->noption].level < b->option[b->noption - 1].level))
				b->noption++;
		} else if (a->blocked && !b->why) {
			b->why = cb_arena_strdup(&x->out->arena, a->blocked);
			rc = b->why ? 0 : cb_err_nomem(err);
		}
		cb_advices_free(a);
	}
	return rc;
}

/* What full points in one criterion, changes of one fact, and the points without a gate would do. */
static int find_levers(struct lifter *x, struct below *b, struct cb_adviser *ad, const int64_t *value, const unsigned char *have,
		       const struct cb_supposed *was, const struct cb_supposed *full, struct cb_err *err)
{
	const struct cb_prow *row = &x->w.row[b->row];
	struct cb_advice_opts o = { .target = was->level - 1, .max_changes = 1, .max_found = SINGLES, .no_judged = x->opts->no_judged, .quick = true };
	struct cb_advices *a = NULL;
	int rc = 0;

	b->full = CB_NEWV(&x->scratch, b->rs->ncriterion + 1, struct option);
	if (!b->full)
		return cb_err_nomem(err);
	for (size_t c = 0; c < b->rs->ncriterion && rc == 0; c++) {
		struct option *f = &b->full[c];

		*f = (struct option){ .level = unit_level(x, b->rs, full[c].level), .score = full[c].score };
		if (full[c].level >= 0 && full[c].level < was->level && f->level >= 0)
			rc = value_of(x, row, f, NULL, err);
	}
	b->free = (struct option){ .level = unit_level(x, b->rs, was->by_score), .score = was->score };
	b->gate = b->free.level >= 0 ? was->gate : -1;
	if (rc == 0 && b->gate >= 0)
		rc = value_of(x, row, &b->free, NULL, err);
	if (rc == 0)
		rc = cb_adviser_run(&a, ad, value, have, &o, err);
	if (rc)
		return rc;
	b->complete = a->complete;
	b->single = CB_NEWV(&x->scratch, a->nadvice + 1, struct single);
	rc = b->single ? 0 : cb_err_nomem(err);
	for (size_t i = 0; i < a->nadvice && rc == 0; i++) {
		const struct cb_change *c = &a->advice[i].change[0];
		struct single *s = &b->single[b->nsingle++];

		s->key = cb_arena_strdup(&x->scratch, c->fact ? c->fact->id : b->rs->input[c->input].item);
		s->label = c->label ? cb_arena_strdup(&x->scratch, c->label) : s->key;
		if (!s->key || !s->label)
			rc = cb_err_nomem(err);
		else
			rc = to_option(x, row, b->rs, &a->advice[i], &s->to, err);
	}
	cb_advices_free(a);
	return rc;
}

static int look_at(struct lifter *x, int at, bool options, struct cb_err *err)
{
	struct cb_prow *row = &x->w.row[at];
	struct cb_pwork *w = &x->w;
	int roster = w->unit[x->unit].roster, rc = 0;
	const struct cb_roster_span *s = cb_roster_on(w->roster, roster, row->held_on);
	struct below *b = &x->below[x->nbelow];
	const char *code[CB_ROSTER_DEEP];
	struct cb_supposed *full, was;
	struct cb_adviser *ad;
	unsigned char *have;
	int64_t *value;
	size_t n;

	if (!s || row->status != CB_ST_RATED || row->level <= 0)
		return 0;
	x->out->below++;
	if (row->decided)
		return 0;
	n = cb_roster_chain(w->roster, roster, row->held_on, code);
	*b = (struct below){ .row = at, .gate = -1 };
	b->rs = cb_rulebook_in_force(w->book, code, n, row->held_on, (enum cb_meeting_kind)row->kind, s->kind, s->cell_type);
	if (!b->rs)
		return 0;
	rc = adviser_of(x, b->rs, &ad, err);
	if (rc)
		return rc;
	value = CB_NEWV(&x->scratch, b->rs->ninput + 1, int64_t);
	have = CB_NEWV(&x->scratch, b->rs->ninput + 1, unsigned char);
	full = CB_NEWV(&x->scratch, b->rs->ncriterion + 1, struct cb_supposed);
	if (!value || !have || !full)
		return cb_err_nomem(err);
	rc = cb_explain_lane(w->st, b->rs, row->id, s->kind, s->cell_type, value, have, err);
	if (rc == 0)
		rc = cb_adviser_full(&was, full, ad, value, have, err);
	/* a result that was made with other rules or facts than those of now says nothing of what is wanting */
	if (rc || was.level <= 0 || unit_level(x, b->rs, was.level) != row->level)
		return rc;
	x->nbelow++;
	if (x->opts->levers)
		rc = find_levers(x, b, ad, value, have, &was, full, err);
	if (rc == 0 && options)
		rc = find_options(x, b, ad, value, have, was.level, err);
	return rc;
}

/* --- the least set of steps ---------------------------------------------------------------------------------------- */

struct cost {
	int effort, meetings, changes;
	int64_t moved;
};
struct state {
	unsigned short key[MONTHS]; /* classes of what the period's rule got from the months so far, rising */
	struct cost cost;
	int prev, choice;
};
struct choice {
	int option[CHOICES];        /* per meeting of the month: its option, -1: as it is */
	struct cost cost;
	unsigned short class;
};
struct item {
	int month;
	struct below *of[CHOICES];
	size_t n;
	struct choice *choice; size_t nchoice;
	struct state *state; size_t nstate; /* after this month */
};
struct plan {
	struct lifter *x;
	struct item item[MONTHS];
	size_t nitem;
	char **class; size_t nclass, capclass; /* interned: what the rule gets */
	size_t *classlen;
	bool cut;
	/* of a state that is supposed */
	struct pick pick[MONTHS * CHOICES];
	size_t npick;
};

static int cost_order(struct cost a, struct cost b)
{
	if (a.effort != b.effort)
		return a.effort < b.effort ? -1 : 1;
	if (a.meetings != b.meetings)
		return a.meetings < b.meetings ? -1 : 1;
	if (a.changes != b.changes)
		return a.changes < b.changes ? -1 : 1;
	return a.moved < b.moved ? -1 : a.moved > b.moved;
}

static int by_key(const void *a, const void *b)
{
	const struct state *x = a, *y = b;
	int c = memcmp(x->key, y->key, sizeof(x->key));

	if (c == 0)
		c = cost_order(x->cost, y->cost);
	if (c == 0)
		c = x->prev != y->prev ? (x->prev < y->prev ? -1 : 1) : x->choice < y->choice ? -1 : x->choice > y->choice;
	return c;
}

static int by_cost(const void *a, const void *b)
{
	const struct state *x = a, *y = b;
	int c = cost_order(x->cost, y->cost);

	return c ? c : by_key(a, b);
}

/* Is it the same whatever the meetings were? */
static bool steady(const struct cb_node *n)
{
	if (cb_is(n, "every") || (cb_is(n, "agg") && CB_AGG_WHAT(n) != CB_AGG_NUMBER && CB_AGG_WHAT(n) != CB_AGG_MISSED))
		return false;
	for (size_t i = 0; i < n->nkid; i++)
		if (!steady(n->kid[i]))
			return false;
	return true;
}

static void add_item(struct cb_buf *b, const struct cb_plaw *l, const struct cb_prow *row, bool score)
{
	struct cb_law_item it = cb_pwork_item(l, row);

	for (size_t i = 0; i < l->law.nkid; i++)
		cb_buf_printf(b, "%lld/%lld ", (long long)it.v[i].n, (long long)it.v[i].d);
	if (score)
		cb_buf_printf(b, "%lld/%lld;", (long long)it.score.n, (long long)it.score.d);
}

/* What the period's rule gets from a month as it stands now, as a class. */
static int class_of(struct plan *p, int month, unsigned short *class, struct cb_err *err)
{
	struct lifter *x = p->x;
	const struct cb_plaw *l = x->law;
	const struct cb_pmonth *m = &x->w.month[x->unit * (size_t)x->w.months + (size_t)month];
	bool score = false, meetings = false;
	struct cb_buf b;
	int rc = 0;

	cb_buf_init(&b);
	for (size_t i = 0; i < l->law.nin; i++)
		if (l->law.in[i].kind == CB_IN_AGG) {
			score = score || (l->law.in[i].agg->nkid == 0 && !steady(l->law.in[i].agg));
			meetings = meetings || CB_AGG_OF(l->law.in[i].agg) == CB_OF_MEETINGS;
		}
	if (m->row >= 0 && x->w.p->kind == CB_MONTH)
		cb_buf_printf(&b, "%d", x->w.row[m->row].level);
	else if (m->row >= 0)
		add_item(&b, l, &x->w.row[m->row], score);
	for (int k = x->w.unit[x->unit].first; k >= 0 && meetings; k = x->w.row[k].next)
		if (x->w.row[k].month == month)
			add_item(&b, l, &x->w.row[k], score);
	if (!cb_buf_ok(&b)) {
		rc = cb_err_nomem(err);
		goto out;
	}
	for (size_t i = 0; i < p->nclass; i++)
		if (strcmp(p->class[i], b.s) == 0) {
			*class = (unsigned short)(i + 1);
			goto out;
		}
	if (p->nclass == p->capclass) {
		size_t cap = p->capclass ? 2 * p->capclass : 16;
		char **q = cb_reallocarray(p->class, cap, sizeof(*q));

		if (!q) {
			rc = cb_err_nomem(err);
			goto out;
		}
		p->class = q;
		p->capclass = cap;
	}
	p->class[p->nclass] = cb_arena_strdup(&x->scratch, b.s);
	if (!p->class[p->nclass])
		rc = cb_err_nomem(err);
	else
		*class = (unsigned short)++p->nclass; /* 0 is: no month yet */
out:
	cb_buf_release(&b);
	return rc;
}

static void pick_choice(struct plan *p, const struct item *t, const struct choice *c)
{
	for (size_t i = 0; i < t->n; i++)
		if (c->option[i] >= 0)
			p->pick[p->npick++] = as_option(t->of[i], &t->of[i]->option[c->option[i]]);
}

/* Every way the meetings of one month could have been. */
static int find_choices(struct plan *p, struct item *t, struct cb_err *err)
{
	int at[CHOICES];
	bool more = true;
	int rc = 0;

	t->choice = CB_NEWV(&p->x->scratch, CHOICES, struct choice);
	if (!t->choice)
		return cb_err_nomem(err);
	for (size_t i = 0; i < t->n; i++)
		at[i] = -1;
	while (more && rc == 0) {
		struct choice *c = &t->choice[t->nchoice];
		size_t i;

		if (t->nchoice == CHOICES) {
			p->cut = true;
			break;
		}
		*c = (struct choice){ .class = 0 };
		for (i = 0; i < t->n; i++) {
			const struct option *o = at[i] < 0 ? NULL : &t->of[i]->option[at[i]];

			c->option[i] = at[i];
			if (o) {
				c->cost.effort += o->effort;
				c->cost.meetings++;
				c->cost.changes += o->nchange;
				c->cost.moved += o->moved;
			}
		}
		p->npick = 0;
		pick_choice(p, t, c);
		put(p->x, p->pick, p->npick, true);
		rc = class_of(p, t->month, &c->class, err);
		put(p->x, p->pick, p->npick, false);
		t->nchoice++;
		for (i = 0; i < t->n; i++) {
			if (++at[i] < (int)t->of[i]->noption)
				break;
			at[i] = -1;
		}
		more = i < t->n;
	}
	return rc;
}

static int advance(struct plan *p, size_t which, struct cb_err *err)
{
	struct item *t = &p->item[which];
	static const struct state start = { .prev = -1 };
	const struct state *from = which ? p->item[which - 1].state : &start;
	size_t nfrom = which ? p->item[which - 1].nstate : 1, n = 0;
	struct state *s = CB_NEWV(&p->x->scratch, nfrom * t->nchoice + 1, struct state);

	if (!s)
		return cb_err_nomem(err);
	for (size_t i = 0; i < nfrom; i++)
		for (size_t c = 0; c < t->nchoice; c++) {
			struct state *y = &s[n++];
			size_t k;

			*y = from[i];
			y->prev = (int)i;
			y->choice = (int)c;
			y->cost.effort += t->choice[c].cost.effort;
			y->cost.meetings += t->choice[c].cost.meetings;
			y->cost.changes += t->choice[c].cost.changes;
			y->cost.moved += t->choice[c].cost.moved;
			for (k = which; k > 0 && y->key[k - 1] > t->choice[c].class; k--)
				y->key[k] = y->key[k - 1];
			y->key[k] = t->choice[c].class;
		}
	qsort(s, n, sizeof(*s), by_key);
	t->nstate = 0;
	for (size_t i = 0; i < n; i++)
		if (i == 0 || memcmp(s[i].key, s[i - 1].key, sizeof(s[i].key)) != 0)
			s[t->nstate++] = s[i];
	if (t->nstate > STATES) {
		qsort(s, t->nstate, sizeof(*s), by_cost);
		t->nstate = STATES;
		p->cut = true;
	}
	t->state = s;
	return 0;
}

static void pick_state(struct plan *p, size_t i)
{
	p->npick = 0;
	for (size_t k = p->nitem; k-- > 0;) {
		const struct state *s = &p->item[k].state[i];

		pick_choice(p, &p->item[k], &p->item[k].choice[s->choice]);
		i = (size_t)s->prev;
	}
}

static void suppose_state(void *ctx, size_t i, bool on)
{
	struct plan *p = ctx;

	if (on)
		pick_state(p, i);
	put(p->x, p->pick, p->npick, on);
}

static int step_order(const void *a, const void *b)
{
	const struct cb_lift_step *x = a, *y = b;

	if (x->held_on != y->held_on)
		return x->held_on < y->held_on ? -1 : 1;
	return x->meeting_id < y->meeting_id ? -1 : x->meeting_id > y->meeting_id;
}

/* Takes the found state as the steps. */
static int take(struct plan *p, size_t i, struct cb_lift *out, struct cb_err *err)
{
	out->step = CB_NEWV(&p->x->out->arena, MONTHS * CHOICES, struct cb_lift_step);
	if (!out->step)
		return cb_err_nomem(err);
	for (size_t k = p->nitem; k-- > 0;) {
		const struct item *t = &p->item[k];
		const struct choice *c = &t->choice[t->state[i].choice];

		for (size_t m = 0; m < t->n; m++) {
			const struct cb_prow *row = &p->x->w.row[t->of[m]->row];
			const struct option *o = c->option[m] < 0 ? NULL : &t->of[m]->option[c->option[m]];

			if (!o)
				continue;
			out->step[out->nstep++] = (struct cb_lift_step){ .meeting_id = row->id, .held_on = row->held_on, .kind = row->kind, .from = row->level,
									 .to = o->level, .effort = o->effort, .nchange = o->nchange, .text = o->text };
			out->effort += o->effort;
			out->changes += o->nchange;
		}
		i = (size_t)t->state[i].prev;
	}
	qsort(out->step, out->nstep, sizeof(*out->step), step_order);
	return 0;
}

/* Does it look at nothing but levels, and only rise (become true, become more, become a better level) with them? Then the least
   advice for each better level is all that matters. */
static bool rises(const struct cb_node *n)
{
	if (cb_is(n, "level_ge") || cb_is(n, "level_gt"))
		return true;
	if (cb_is(n, "level_eq"))
		return n->ref == 0;
	if (steady(n) && !cb_is(n, "fact") && !cb_is(n, "known") && strncmp(cb_form_name(n->form), "level_", 6) != 0 &&
	    (n->kind != CB_LEVEL || n->nkid == 0))
		return true;
	if (cb_is(n, "ge") || cb_is(n, "gt"))
		return rises(n->kid[0]) && steady(n->kid[1]);
	if (cb_is(n, "le") || cb_is(n, "lt"))
		return steady(n->kid[0]) && rises(n->kid[1]);
	if (cb_is(n, "agg") && (n->nkid == 0 || (CB_AGG_WHAT(n) != CB_AGG_COUNT && CB_AGG_WHAT(n) != CB_AGG_SHARE)))
		return false;
	if (cb_is(n, "first"))
		for (size_t i = 0, best = 0; i < n->nkid; i++) {
			const struct cb_node *level = n->kid[i]->kid[n->kid[i]->nkid - 1];

			if (!cb_is(level, "number") || (size_t)level->ref < best)
				return false;
			best = (size_t)level->ref;
		}
	else if (!cb_is(n, "all") && !cb_is(n, "any") && !cb_is(n, "every") && !cb_is(n, "agg") && !cb_is(n, "branch") && !cb_is(n, "otherwise"))
		return false;
	for (size_t i = 0; i < n->nkid; i++)
		if (!rises(n->kid[i]))
			return false;
	return true;
}

static int find_steps(struct lifter *x, struct cb_lift *out, struct cb_err *err)
{
	struct plan *p = cb_calloc(1, sizeof(*p));
	struct item *last = NULL;
	int *level = NULL, rc = 0;

	if (!p)
		return cb_err_nomem(err);
	p->x = x;
	out->complete = !x->law->law.period || rises(x->law->law.period);
	for (int m = 0; m < x->w.months && m < MONTHS; m++) {
		struct item *t = &p->item[p->nitem];

		t->month = m;
		for (size_t i = 0; i < x->nbelow; i++) {
			if (x->w.row[x->below[i].row].month != m)
				continue;
			out->complete = out->complete && x->below[i].complete;
			if (x->below[i].noption > 0 && t->n == CHOICES)
				p->cut = true;
			else if (x->below[i].noption > 0)
				t->of[t->n++] = &x->below[i];
		}
		p->nitem += t->n > 0;
	}
	for (size_t i = 0; i < p->nitem && rc == 0; i++) {
		rc = find_choices(p, &p->item[i], err);
		if (rc == 0)
			rc = advance(p, i, err);
	}
	last = p->nitem ? &p->item[p->nitem - 1] : NULL;
	if (rc == 0 && last) {
		qsort(last->state, last->nstate, sizeof(*last->state), by_cost);
		level = cb_calloc(last->nstate, sizeof(*level));
		rc = level ? cb_pwork_levels(&x->w, x->unit, last->nstate, suppose_state, p, level, err) : cb_err_nomem(err);
		for (size_t i = 0; rc == 0 && i < last->nstate && out->reached < 0; i++)
			if (level[i] >= 0 && level[i] <= out->target) {
				out->reached = level[i];
				rc = take(p, i, out, err);
			}
	}
	out->complete = out->complete && !p->cut;
	cb_free(level);
	cb_free(p->class);
	cb_free(p);
	return rc;
}

/* --- why not ------------------------------------------------------------------------------------------------------ */

static void month_name(const struct lifter *x, int month, char *dst, size_t cap)
{
	int n = x->w.first_month + month;

	snprintf(dst, cap, "%d/%d", n % 12 + 1, n / 12);
}

/* Supposes that rows of some sort were at the top. sort: 0 rated ones, 1 decided otherwise, 2 not rated. */
static int at_top(struct lifter *x, int sort, struct pick *pick, size_t *n, struct cb_err *err)
{
	int rc = 0;

	for (int i = x->w.unit[x->unit].first; i >= 0 && rc == 0 && *n < MONTHS * CHOICES; i = x->w.row[i].next) {
		const struct cb_prow *r = &x->w.row[i];
		struct option o = { .level = 0, .score = r->score };

		if (r->level == 0 || sort != (r->level < 0 ? 2 : r->decided ? 1 : 0))
			continue;
		rc = value_of(x, r, &o, NULL, err);
		pick[(*n)++] = (struct pick){ .row = i, .level = 0, .score = o.score, .v = o.v };
	}
	return rc;
}

static void list_rows(struct lifter *x, struct cb_buf *b, int sort)
{
	char day[11];
	int n = 0;

	for (int i = x->w.unit[x->unit].first; i >= 0; i = x->w.row[i].next) {
		const struct cb_prow *r = &x->w.row[i];

		if (r->level != 0 && sort == (r->level < 0 ? 2 : r->decided ? 1 : 0))
			cb_buf_printf(b, "%s%s", n++ ? ", " : "", cb_day_vi(day, r->held_on));
	}
}

/* The meetings that no advice brings to the top. */
static void stuck_rows(struct lifter *x, struct cb_buf *b)
{
	const struct cb_ruleset *rs = x->law->rs;
	char day[11];
	int n = 0;

	for (int i = x->w.unit[x->unit].first; i >= 0; i = x->w.row[i].next) {
		const struct cb_prow *r = &x->w.row[i];
		const struct below *at = NULL;

		for (size_t k = 0; k < x->nbelow; k++)
			if (x->below[k].row == i)
				at = &x->below[k];
		if (r->level <= 0 || r->decided || (at && at->noption > 0 && at->option[at->noption - 1].level == 0))
			continue;
		if (at && at->noption > 0)
			cb_buf_printf(b, "%sbuổi ngày %s chỉ lên được đến %s", n++ ? "; " : "", cb_day_vi(day, r->held_on),
				      rs->level[at->option[at->noption - 1].level].label);
		else
			cb_buf_printf(b, "%sbuổi ngày %s (%s) không lên được", n++ ? "; " : "", cb_day_vi(day, r->held_on), rs->level[r->level].label);
		if (at && at->why)
			cb_buf_printf(b, " (%s)", at->why);
		else if (!at)
			cb_buf_puts(b, " (kết quả đang lưu khác quy định hoặc số liệu hiện nay: chấm lại)");
	}
}

static int why_not(struct lifter *x, struct cb_lift *out, struct cb_err *err)
{
	const struct cb_ruleset *rs = x->law->rs;
	struct pick *pick = CB_NEWV(&x->scratch, MONTHS * CHOICES + MONTHS, struct pick);
	struct cb_buf b;
	size_t n = 0;
	int level = -1, rc = pick ? 0 : cb_err_nomem(err);
	char name[24];

	cb_buf_init(&b);
	for (int sort = 0; sort < 4 && rc == 0; sort++) {
		if (sort < 2) {
			rc = at_top(x, sort, pick, &n, err);
		} else if (sort == 2) {
			for (int k = 0; k < x->w.months && n < MONTHS * CHOICES; k++)
				if (x->w.month[x->unit * (size_t)x->w.months + (size_t)k].state == CB_PM_MISSED)
					pick[n++] = (struct pick){ .row = -1, .month = k, .level = 0 };
		} else {
			rc = at_top(x, 2, pick, &n, err);
		}
		if (rc == 0)
			rc = level_with(x, pick, n, &level, err);
		if (rc || level < 0 || level > out->target)
			continue;
		switch (sort) {
		case 0: stuck_rows(x, &b); break;
		case 1:
			cb_buf_puts(&b, "mức do cấp trên quyết định, số liệu không đổi được: buổi ngày ");
			list_rows(x, &b, 1);
			break;
		case 2:
			cb_buf_puts(&b, "không sinh hoạt tháng ");
			for (size_t i = 0, told = 0; i < n; i++)
				if (pick[i].row < 0) {
					month_name(x, pick[i].month, name, sizeof(name));
					cb_buf_printf(&b, "%s%s", told++ ? ", " : "", name);
				}
			cb_buf_puts(&b, rs->missed_month == CB_MISSED_AS_WORST ? ", tính là " : rs->missed_month == CB_MISSED_REFUSE ? ", kỳ không được xếp loại" : "");
			if (rs->missed_month == CB_MISSED_AS_WORST)
				cb_buf_puts(&b, rs->level[rs->nlevel - 1].label);
			break;
		default:
			cb_buf_puts(&b, "chưa xếp loại được buổi ngày ");
			list_rows(x, &b, 2);
		}
		break;
	}
	if (rc == 0 && b.len == 0)
		cb_buf_puts(&b, "quy định của kỳ không cho mức này dù mọi buổi đều ở mức cao nhất");
	if (rc == 0)
		out->blocked = cb_buf_ok(&b) ? cb_arena_strdup(&x->out->arena, b.s) : NULL;
	if (rc == 0 && !out->blocked)
		rc = cb_err_nomem(err);
	cb_buf_release(&b);
	return rc;
}

/* The conditions under which the rule of the period gives the target or better. */
static int rule_words(struct lifter *x, struct cb_lift *out, struct cb_err *err)
{
	const struct cb_node *n = x->law->law.period;
	struct cb_buf b;
	int rc = 0;

	if (!n || !cb_is(n, "first"))
		return 0;
	cb_buf_init(&b);
	/* the branches of the target; where there are none, of the levels above it */
	for (int level = out->target; level >= 0 && b.len == 0; level--)
		for (size_t i = 0; i < n->nkid; i++) {
			const struct cb_node *k = n->kid[i];

			if (k->nkid < 2 || !cb_is(k->kid[1], "number") || k->kid[1]->ref != level)
				continue;
			cb_buf_puts(&b, b.len ? "; hoặc " : "");
			cb_node_text_vi(&b, x->law->rs, k->kid[0]);
		}
	if (!cb_buf_ok(&b) || (b.len && !(out->rule = cb_arena_strdup(&x->out->arena, b.s))))
		rc = cb_err_nomem(err);
	cb_buf_release(&b);
	return rc;
}

/* --- months to come --------------------------------------------------------------------------------------------- */

struct future {
	struct lifter *x;
	int month[MONTHS]; int n;
	int (*level)[MONTHS]; /* [ways][n] rising: the level of each month */
	size_t ways;
};

static void suppose_future(void *ctx, size_t i, bool on)
{
	struct future *f = ctx;

	for (int k = 0; k < f->n; k++)
		f->x->w.month[f->x->unit * (size_t)f->x->w.months + (size_t)f->month[k]].as = on ? f->level[i][k] : 0;
}

/* Fewest months at the best level first, then at the next. */
static int by_demand(const void *a, const void *b)
{
	const int *x = a, *y = b;

	for (int k = 0; k < MONTHS; k++) /* rising: the first that is lower (better) demands more */
		if (x[k] != y[k])
			return x[k] > y[k] ? -1 : 1;
	return 0;
}

static int say_need(struct lifter *x, struct cb_lift *out, const struct future *f, const int *level, int reached, struct cb_err *err)
{
	const struct cb_ruleset *rs = x->law->rs;
	struct cb_buf b;
	int n = 0, rc = 0;

	cb_buf_init(&b);
	cb_buf_printf(&b, "%s: ", rs->level[reached].label);
	if (!level)
		cb_buf_puts(&b, "không còn đạt được");
	for (int k = 0, same; level && k < f->n; k += same) {
		for (same = 1; k + same < f->n && level[k + same] == level[k]; same++)
			;
		if (level[k] + 1 < (int)rs->nlevel) {
			cb_buf_printf(&b, "%s%d tháng %s", n++ ? ", " : "cần ít nhất ", same, rs->level[level[k]].label);
			if (level[k] > 0)
				cb_buf_puts(&b, " trở lên");
		}
	}
	if (level && !n)
		cb_buf_puts(&b, "đã chắc nếu các tháng còn lại đều sinh hoạt");
	out->need[out->nneed] = cb_buf_ok(&b) ? cb_arena_strdup(&x->out->arena, b.s) : NULL;
	if (!out->need[out->nneed++])
		rc = cb_err_nomem(err);
	cb_buf_release(&b);
	return rc;
}

static int find_needs(struct lifter *x, struct cb_lift *out, const struct future *months, struct cb_err *err)
{
	const struct cb_ruleset *rs = x->law->rs;
	int at[MONTHS] = { 0 }, top = (int)rs->nlevel - 1, *got = NULL, rc = 0;
	struct future f = *months;
	size_t cap = 1;

	/* multisets of n levels: C(n + nlevel - 1, n) */
	for (int i = 1; i <= f.n; i++)
		cap = cap * (rs->nlevel - 1 + (size_t)i) / (size_t)i;
	out->need = CB_NEWV(&x->out->arena, rs->nlevel, const char *);
	f.level = cb_calloc(cap, sizeof(*f.level));
	got = cb_calloc(cap, sizeof(*got));
	if (!out->need || !f.level || !got)
		rc = cb_err_nomem(err);
	for (bool more = rc == 0; more;) {
		int k;

		memcpy(f.level[f.ways++], at, sizeof(at));
		for (k = f.n - 1; k >= 0 && at[k] == top; k--)
			;
		more = k >= 0 && f.ways < cap;
		if (more) {
			at[k]++;
			for (int j = k + 1; j < f.n; j++)
				at[j] = at[k];
		}
	}
	if (rc == 0) {
		qsort(f.level, f.ways, sizeof(*f.level), by_demand);
		rc = cb_pwork_levels(&x->w, x->unit, f.ways, suppose_future, &f, got, err);
	}
	/* the levels that the rule gives at all, down to the one that is there whatever comes */
	for (int level = 0; level <= top && rc == 0; level++) {
		const int *least = NULL;
		bool told;

		for (size_t i = 0; i < f.ways && !least; i++)
			if (got[i] >= 0 && got[i] <= level)
				least = f.level[i];
		told = level > 0 && least && got[(size_t)(least - f.level[0]) / MONTHS] < level; /* the rule gives no such level */
		if (!told)
			rc = say_need(x, out, &f, least, level, err);
		if (least && least[0] == top)
			break;
	}
	cb_free(f.level);
	cb_free(got);
	return rc;
}

/* --- levers ------------------------------------------------------------------------------------------------------- */

enum lever_of { CRITERION, FACT, GATE };

static struct cb_lever *lever(struct lifter *x, enum lever_of of, const char *ruleset, const char *id, const char *label)
{
	struct cb_lever **list = of == FACT ? &x->out->fact : of == GATE ? &x->out->gate : &x->out->criterion, *l;
	size_t *n = of == FACT ? &x->out->nfact : of == GATE ? &x->out->ngate : &x->out->ncriterion;
	size_t *cap = of == FACT ? &x->capfact : of == GATE ? &x->capgate : &x->capcrit;

	for (size_t i = 0; i < *n; i++)
		if (strcmp((*list)[i].id, id) == 0 && (!ruleset || strcmp((*list)[i].ruleset, ruleset) == 0))
			return &(*list)[i];
	if (*n == *cap) {
		l = cb_reallocarray(*list, *cap ? 2 * *cap : 32, sizeof(*l));
		if (!l)
			return NULL;
		*list = l;
		*cap = *cap ? 2 * *cap : 32;
	}
	l = &(*list)[*n];
	*l = (struct cb_lever){ .ruleset = ruleset, .id = cb_arena_strdup(&x->out->arena, id), .label = cb_arena_strdup(&x->out->arena, label) };
	if (!l->id || !l->label)
		return NULL;
	(*n)++;
	return l;
}

/* The cell with all these meetings lifted. */
static int pull(struct lifter *x, struct cb_lever *l, const struct pick *pick, size_t n, int now, struct cb_err *err)
{
	int level = -1, rc = 0;

	if (!l)
		return cb_err_nomem(err);
	l->meetings += (int64_t)n;
	l->cells++;
	if (now > 0 && n <= MONTHS * CHOICES)
		rc = level_with(x, pick, n, &level, err);
	l->lifted += rc == 0 && level >= 0 && level < now;
	return rc;
}

static int pull_levers(struct lifter *x, int now, struct cb_err *err)
{
	struct pick *pick = CB_NEWV(&x->scratch, x->nbelow + 1, struct pick);
	int rc = pick ? 0 : cb_err_nomem(err);

	/* a criterion of the meetings' rulesets: gathered at the first meeting that it lifts */
	for (size_t i = 0; i < x->nbelow && rc == 0; i++)
		for (size_t c = 0; c < x->below[i].rs->ncriterion && rc == 0; c++) {
			const struct cb_ruleset *rs = x->below[i].rs;
			size_t n = 0;
			bool first = x->below[i].full[c].v != NULL;

			for (size_t k = 0; k < x->nbelow && first; k++) {
				if (x->below[k].rs != rs || !x->below[k].full[c].v)
					continue;
				first = k >= i;
				pick[n++] = as_option(&x->below[k], &x->below[k].full[c]);
			}
			if (first)
				rc = pull(x, lever(x, CRITERION, rs->id, rs->criterion[c].id, rs->criterion[c].label), pick, n, now, err);
		}
	for (size_t i = 0; i < x->nbelow && rc == 0; i++)
		for (size_t f = 0; f < x->below[i].nsingle && rc == 0; f++) {
			const struct single *s = &x->below[i].single[f];
			bool first = true;
			size_t n = 0;

			for (size_t k = 0; k < x->nbelow && first; k++)
				for (size_t g = 0; g < x->below[k].nsingle; g++)
					if (strcmp(x->below[k].single[g].key, s->key) == 0) {
						first = k >= i;
						pick[n++] = as_option(&x->below[k], &x->below[k].single[g].to);
						break;
					}
			if (first)
				rc = pull(x, lever(x, FACT, NULL, s->key, s->label), pick, n, now, err);
		}
	for (size_t i = 0; i < x->nbelow && rc == 0; i++) {
		const struct below *b = &x->below[i];
		bool first = b->gate >= 0;
		char id[24];
		size_t n = 0;

		for (size_t k = 0; k < x->nbelow && first; k++)
			if (x->below[k].rs == b->rs && x->below[k].gate == b->gate) {
				first = k >= i;
				pick[n++] = as_option(&x->below[k], &x->below[k].free);
			}
		if (!first)
			continue;
		snprintf(id, sizeof(id), "%d", b->gate + 1);
		rc = pull(x, lever(x, GATE, b->rs->id, id, cb_gate_words(b->rs, b->gate)), pick, n, now, err);
	}
	return rc;
}

static int lever_order(const void *a, const void *b)
{
	const struct cb_lever *x = a, *y = b;

	if (x->lifted != y->lifted)
		return x->lifted > y->lifted ? -1 : 1;
	if (x->meetings != y->meetings)
		return x->meetings > y->meetings ? -1 : 1;
	if (x->ruleset && strcmp(x->ruleset, y->ruleset) != 0)
		return strcmp(x->ruleset, y->ruleset);
	return strcmp(x->id, y->id);
}

/* --- all together --------------------------------------------------------------------------------------------------- */

static int one_unit(struct lifter *x, size_t unit, struct cb_err *err)
{
	struct cb_unit_period *u = &x->w.out->unit[unit];
	struct cb_lift *out = &x->out->lift[x->out->nlift];
	struct future f = { .x = x };
	size_t rows = 0;
	int rc;

	*out = (struct cb_lift){ .unit = u, .level = -1, .target = -1, .reached = -1 };
	x->out->nlift++;
	if (x->w.unit[unit].law < 0) {
		out->blocked = u->why;
		return 0;
	}
	x->unit = unit;
	x->law = &x->w.law[x->w.unit[unit].law];
	x->nbelow = 0;
	for (int i = x->w.unit[unit].first; i >= 0; i = x->w.row[i].next)
		rows++;
	x->below = CB_NEWV(&x->scratch, rows + 1, struct below);
	x->saved_v = CB_NEWV(&x->scratch, (size_t)MONTHS * CHOICES * x->law->law.nkid + 1, struct cb_ratio);
	if (!x->below || !x->saved_v)
		return cb_err_nomem(err);
	/* months to come are supposed to be at the top from here on */
	for (int k = 0; k < x->w.months && f.n < MONTHS; k++)
		if (x->w.month[unit * (size_t)x->w.months + (size_t)k].state == CB_PM_LATER) {
			f.month[f.n++] = k;
			x->w.month[unit * (size_t)x->w.months + (size_t)k].as = 0;
		}
	out->later = f.n;
	rc = level_with(x, NULL, 0, &out->level, err);
	if (rc == 0 && out->level > 0)
		out->target = out->level - 1;
	if (out->level < 0)
		out->blocked = u->why;
	if (rc == 0 && f.n && x->opts->words && x->law->law.period)
		rc = find_needs(x, out, &f, err);
	if (rc || (out->target < 0 && !x->opts->levers))
		return rc;
	for (int i = x->w.unit[unit].first; i >= 0 && rc == 0; i = x->w.row[i].next)
		rc = look_at(x, i, out->target >= 0, err);
	if (rc == 0 && out->target >= 0)
		rc = find_steps(x, out, err);
	if (rc == 0 && out->target >= 0)
		rc = rule_words(x, out, err);
	if (rc == 0 && out->target >= 0 && out->reached < 0)
		rc = why_not(x, out, err);
	if (rc == 0 && x->opts->levers)
		rc = pull_levers(x, out->level, err);
	return rc;
}

int cb_lifts_new(struct cb_lifts **out, struct cb_store *st, const struct cb_rulebook *book, const struct cb_period *p,
		 const struct cb_lifts_opts *opts, struct cb_err *err)
{
	struct cb_period_opts po = { .unit = opts->unit, .within = -1 };
	struct lifter *x = cb_calloc(1, sizeof(*x));
	struct cb_lifts *l;
	int rc;

	*out = NULL;
	l = cb_calloc(1, sizeof(*l));
	if (!x || !l) {
		cb_free(x);
		cb_free(l);
		return cb_err_nomem(err);
	}
	cb_arena_init(&l->arena);
	x->out = l;
	x->opts = opts;
	x->w = (struct cb_pwork){ .st = st, .book = book, .p = p, .opts = &po };
	rc = cb_pwork_open(&x->w, err);
	if (rc == 0 && !(l->lift = CB_NEWV(&l->arena, x->w.nunit + 1, struct cb_lift)))
		rc = cb_err_nomem(err);
	for (size_t i = 0; i < x->w.nunit && rc == 0; i++) {
		const char *cluster = x->w.out->unit[i].cluster;

		if (opts->cluster && (!cluster || strcmp(cluster, opts->cluster) != 0))
			continue;
		cb_arena_init(&x->scratch);
		rc = one_unit(x, i, err);
		cb_arena_release(&x->scratch);
		if (rc == 0 && opts->progress && opts->progress(opts->ctx, (int64_t)i + 1, (int64_t)x->w.nunit))
			rc = cb_err_set(err, CB_EINTR, "stopped");
	}
	if (rc == 0) {
		if (l->ncriterion)
			qsort(l->criterion, l->ncriterion, sizeof(*l->criterion), lever_order);
		if (l->nfact)
			qsort(l->fact, l->nfact, sizeof(*l->fact), lever_order);
		if (l->ngate)
			qsort(l->gate, l->ngate, sizeof(*l->gate), lever_order);
	}
	l->periods = x->w.out;
	x->w.out = NULL;
	for (size_t i = 0; i < x->nadviser; i++)
		cb_adviser_close(x->adviser[i].ad);
	cb_free(x->adviser);
	cb_pwork_close(&x->w);
	cb_free(x);
	if (rc)
		cb_lifts_free(l);
	else
		*out = l;
	return rc;
}

void cb_lifts_free(struct cb_lifts *l)
{
	if (!l)
		return;
	cb_free(l->criterion);
	cb_free(l->fact);
	cb_free(l->gate);
	cb_periods_free(l->periods);
	cb_arena_release(&l->arena);
	cb_free(l);
}
