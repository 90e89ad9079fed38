/*
 * losses.c - where points are lost: the first half of advise.h.
 *
 * One scan of the period's rated results in any order; the points of each are read from their stored array and added
 * up per unit, ruleset and criterion, then put together and sorted. Memory O(units * criteria), whatever the number of
 * meetings.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "eval/advise.h"
#include "eval/roster_int.h"

/* A ruleset as the record knows it. */
struct law {
	int64_t id;
	const char *name;
	struct crit {
		const char *id, *label, *article;
		cb_pts max;
		enum cb_counts counts;
	} *crit;
	size_t ncrit, capcrit;
};
/* What one unit lost under one ruleset. */
struct sum {
	struct sum *next;
	const struct law *law;
	struct {
		int64_t meetings, short_of, unscored;
		cb_pts possible, lost;
	} of[]; /* [law->ncrit] */
};
struct work {
	struct cb_losses *out;
	struct cb_roster *roster;
	int *of_roster;
	struct law **law; size_t nlaw, caplaw; /* apart, so that they stay where they are */
	struct sum **sum;    /* [nunit] */
	size_t caploss;
	struct cb_loss *one; /* losses of the unit at hand */
	size_t none, capone;
	bool oom;
};

static const char *keep(struct work *w, const char *s)
{
	char *p = s ? cb_arena_strdup(&w->out->arena, s) : NULL;

	w->oom = w->oom || (s && !p);
	return p;
}

static int find_units(struct work *w, struct cb_store *st, const struct cb_period *p, const struct cb_losses_opts *opts, struct cb_err *err)
{
	struct cb_losses *l = w->out;
	int top, rc = cb_roster_scope(w->roster, st, opts->unit, &top, err);

	if (rc)
		return rc;
	w->of_roster = cb_calloc(w->roster->nunit + 1, sizeof(*w->of_roster));
	l->unit = CB_NEWV(&l->arena, w->roster->nunit + 1, struct cb_unit_loss);
	if (!w->of_roster || !l->unit)
		return cb_err_nomem(err);
	for (int i = 0; i < (int)w->roster->nunit; i++) {
		cb_day last = cb_roster_last(w->roster, i, p->from, p->to);
		const struct cb_roster_span *s = last == CB_DAY_NONE ? NULL : cb_roster_on(w->roster, i, last);
		const struct cb_roster_span *parent;
		const char *cluster = s ? cb_roster_cluster(w->roster, i, last) : NULL;
		struct cb_unit_loss *u;

		w->of_roster[i] = -1;
		if (!s || (top >= 0 && !cb_roster_within(w->roster, i, top, last)))
			continue;
		if (opts->cluster && (!cluster || strcmp(cluster, opts->cluster) != 0))
			continue;
		w->of_roster[i] = (int)l->nunit;
		u = &l->unit[l->nunit++];
		parent = s->parent >= 0 ? cb_roster_on(w->roster, s->parent, last) : NULL;
		u->unit_id = w->roster->unit[i].id;
		u->code = keep(w, w->roster->unit[i].code);
		u->name = keep(w, s->name);
		u->parent = keep(w, parent ? parent->name : NULL);
		u->cluster = keep(w, cluster);
		u->kind = s->kind;
		u->cell_type = s->cell_type;
	}
	return w->oom ? cb_err_nomem(err) : 0;
}

/* The place of a criterion in a list, made when it is new. */
static struct cb_loss *find_loss(struct work *w, struct cb_loss **list, size_t *n, size_t *cap, const char *ruleset, const char *criterion)
{
	struct cb_loss *l;

	for (size_t i = 0; i < *n; i++)
		if (strcmp((*list)[i].criterion, criterion) == 0 && strcmp((*list)[i].ruleset, ruleset) == 0)
			return &(*list)[i];
	if (*n == *cap) {
		size_t more = *cap ? 2 * *cap : 32;

		l = cb_reallocarray(*list, more, sizeof(*l));
		if (!l) {
			w->oom = true;
			return NULL;
		}
		*list = l;
		*cap = more;
	}
	l = &(*list)[(*n)++];
	memset(l, 0, sizeof(*l));
	l->ruleset = ruleset;
	l->criterion = criterion;
	return l;
}

static void add(struct cb_loss *to, const struct cb_loss *from)
{
	if (!to)
		return;
	to->label = from->label;
	to->article = from->article;
	to->max = from->max;
	to->meetings += from->meetings;
	to->short_of += from->short_of;
	to->unscored += from->unscored;
	to->possible += from->possible;
	to->lost += from->lost;
}

static int loss_order(const void *a, const void *b)
{
	const struct cb_loss *x = a, *y = b;

	if (x->lost != y->lost)
		return x->lost > y->lost ? -1 : 1;
	if (strcmp(x->ruleset, y->ruleset) != 0)
		return strcmp(x->ruleset, y->ruleset);
	return strcmp(x->criterion, y->criterion);
}

static int unit_order(const void *a, const void *b)
{
	const struct cb_unit_loss *x = a, *y = b;
	__int128 l = (__int128)x->lost * y->meetings, r = (__int128)y->lost * x->meetings;

	if (l != r)
		return l > r ? -1 : 1;
	return strcmp(x->code, y->code);
}

/* The largest losses of the unit whose rows have just ended. */
static void close_unit(struct work *w, int unit, size_t per_unit)
{
	struct cb_unit_loss *u;

	if (unit < 0 || w->none == 0)
		return;
	u = &w->out->unit[unit];
	qsort(w->one, w->none, sizeof(*w->one), loss_order);
	while (u->nloss < w->none && u->nloss < per_unit && w->one[u->nloss].lost > 0)
		u->nloss++;
	u->loss = CB_NEWV(&w->out->arena, u->nloss + 1, struct cb_loss);
	if (u->loss)
		memcpy(u->loss, w->one, u->nloss * sizeof(*u->loss));
	else
		w->oom = true;
	w->none = 0;
}

/* One more element of a list on the heap; false without memory. */
static bool more(void *list, size_t n, size_t *cap, size_t size)
{
	void **p = list, *bigger;

	if (n < *cap)
		return true;
	bigger = cb_reallocarray(*p, *cap ? 2 * *cap : 16, size);
	if (!bigger)
		return false;
	*cap = *cap ? 2 * *cap : 16;
	*p = bigger;
	return true;
}

static int read_law(struct work *w, struct cb_store *st, struct law *l, struct cb_err *err)
{
	struct cb_rows *rows = NULL;
	bool row;
	int rc = cb_rows_open(&rows, st, err,
			      "SELECT c.id, c.label, c.article, c.max, r.name, c.counts FROM ruleset r JOIN ruleset_criterion c ON c.ruleset_id = r.id"
			      " WHERE r.id = ?1 ORDER BY c.ord",
			      "i", l->id);

	while (rc == 0 && (rc = cb_rows_step(rows, &row, err)) == 0 && row) {
		if (!more(&l->crit, l->ncrit, &l->capcrit, sizeof(*l->crit))) {
			rc = cb_err_nomem(err);
			break;
		}
		l->crit[l->ncrit++] = (struct crit){ keep(w, cb_rows_text(rows, 0)), keep(w, cb_rows_text(rows, 1)),
						     keep(w, cb_rows_text(rows, 2)), cb_rows_int(rows, 3), (enum cb_counts)cb_rows_int(rows, 5) };
		if (!l->name)
			l->name = keep(w, cb_rows_text(rows, 4));
	}
	cb_rows_close(rows);
	return rc == 0 && w->oom ? cb_err_nomem(err) : rc;
}

static int law_of(struct work *w, struct cb_store *st, int64_t id, struct law **out, struct cb_err *err)
{
	struct law *l;

	for (size_t i = 0; i < w->nlaw; i++)
		if (w->law[i]->id == id) {
			*out = w->law[i];
			return 0;
		}
	if (!more(&w->law, w->nlaw, &w->caplaw, sizeof(*w->law)) || !(l = CB_NEW(&w->out->arena, struct law)))
		return cb_err_nomem(err);
	w->law[w->nlaw++] = *out = l;
	l->id = id;
	return read_law(w, st, l, err);
}

static struct sum *sum_of(struct work *w, int unit, const struct law *l)
{
	struct sum *s;

	for (s = w->sum[unit]; s; s = s->next)
		if (s->law == l)
			return s;
	s = cb_calloc(1, sizeof(*s) + l->ncrit * sizeof(s->of[0]));
	if (s) {
		s->law = l;
		s->next = w->sum[unit];
		w->sum[unit] = s;
	}
	return s;
}

/* Adds up one stored array of points: numbers, null (not scored), "na" (did not apply). */
static void add_points(struct sum *s, const char *p)
{
	if (*p == '[')
		p++;
	for (size_t c = 0; c < s->law->ncrit && *p && *p != ']'; c++) {
		cb_pts max = s->law->crit[c].max, v = 0, lost;
		bool minus = *p == '-', number, none = *p == 'n';

		p += minus;
		number = *p >= '0' && *p <= '9';
		for (; *p >= '0' && *p <= '9'; p++)
			v = v * 10 + (*p - '0');
		while (*p && *p != ',' && *p != ']')
			p++;
		p += *p == ',';
		/* Requirements (max 0) and bonuses have no points to lose; what did not apply is left out. */
		if (max == 0 || s->law->crit[c].counts == CB_COUNTS_BONUS || (!number && !none))
			continue;
		lost = none ? max : cb_points_lost(s->law->crit[c].counts, max, minus ? -v : v);
		lost = lost < 0 ? 0 : lost;
		s->of[c].meetings++;
		s->of[c].short_of += lost > 0;
		s->of[c].unscored += none;
		s->of[c].possible += max;
		s->of[c].lost += lost;
	}
}

static int read_results(struct work *w, struct cb_store *st, const struct cb_period *p, struct cb_err *err)
{
	struct cb_rows *rows = NULL;
	struct law *l = NULL;
	bool row;
	int rc = cb_rows_open(&rows, st, err,
			      "SELECT m.unit_id, r.ruleset_id, r.points FROM result r"
			      " JOIN meeting m ON m.id = r.meeting_id WHERE r.status = 0 AND m.held_on BETWEEN ?1 AND ?2",
			      "ii", (int64_t)p->from, (int64_t)p->to);

	while (rc == 0 && (rc = cb_rows_step(rows, &row, err)) == 0 && row) {
		int at = cb_roster_find(w->roster, cb_rows_int(rows, 0)), unit = at < 0 ? -1 : w->of_roster[at];
		const char *points = cb_rows_text(rows, 2);
		struct sum *s;

		if (unit < 0 || !points)
			continue;
		w->out->unit[unit].meetings++;
		w->out->meetings++;
		if (!l || l->id != cb_rows_int(rows, 1))
			rc = law_of(w, st, cb_rows_int(rows, 1), &l, err);
		s = rc == 0 ? sum_of(w, unit, l) : NULL;
		if (s)
			add_points(s, points);
		else if (rc == 0)
			rc = cb_err_nomem(err);
	}
	cb_rows_close(rows);
	return rc;
}

static int gather(struct work *w, size_t per_unit, struct cb_err *err)
{
	struct cb_losses *o = w->out;

	for (size_t i = 0; i < o->nunit; i++) {
		for (struct sum *s = w->sum[i]; s; s = s->next)
			for (size_t c = 0; c < s->law->ncrit; c++) {
				const struct crit *k = &s->law->crit[c];
				struct cb_loss one = { .label = k->label, .article = k->article, .max = k->max, .meetings = s->of[c].meetings,
						       .short_of = s->of[c].short_of, .unscored = s->of[c].unscored,
						       .possible = s->of[c].possible, .lost = s->of[c].lost };

				if (one.meetings == 0)
					continue;
				add(find_loss(w, &o->loss, &o->nloss, &w->caploss, s->law->name, k->id), &one);
				add(find_loss(w, &w->one, &w->none, &w->capone, s->law->name, k->id), &one);
				o->unit[i].possible += one.possible;
				o->unit[i].lost += one.lost;
				o->possible += one.possible;
				o->lost += one.lost;
			}
		close_unit(w, (int)i, per_unit);
	}
	return w->oom ? cb_err_nomem(err) : 0;
}

int cb_losses_new(struct cb_losses **out, struct cb_store *st, const struct cb_period *p, const struct cb_losses_opts *opts, struct cb_err *err)
{
	struct work w = { 0 };
	struct cb_losses *l;
	size_t n = 0;
	int rc;

	*out = NULL;
	l = w.out = cb_calloc(1, sizeof(*l));
	if (!l)
		return cb_err_nomem(err);
	cb_arena_init(&l->arena);
	rc = cb_roster_new(&w.roster, st, err);
	if (rc == 0)
		rc = find_units(&w, st, p, opts, err);
	if (rc == 0 && !(w.sum = cb_calloc(l->nunit + 1, sizeof(*w.sum))))
		rc = cb_err_nomem(err);
	if (rc == 0)
		rc = read_results(&w, st, p, err);
	if (rc == 0)
		rc = gather(&w, opts->per_unit ? opts->per_unit : 3, err);
	for (size_t i = 0; w.sum && i < l->nunit; i++)
		for (struct sum *x = w.sum[i], *next; x; x = next) {
			next = x->next;
			cb_free(x);
		}
	if (rc == 0) {
		/* only units that held a rated meeting have something to say */
		for (size_t i = 0; i < l->nunit; i++)
			if (l->unit[i].meetings > 0)
				l->unit[n++] = l->unit[i];
		l->nunit = n;
		if (n > 0)
			qsort(l->unit, n, sizeof(*l->unit), unit_order);
		if (l->nloss > 0)
			qsort(l->loss, l->nloss, sizeof(*l->loss), loss_order);
	}
	cb_roster_free(w.roster);
	cb_free(w.of_roster);
	cb_free(w.one);
	cb_free(w.sum);
	for (size_t i = 0; i < w.nlaw; i++)
		cb_free(w.law[i]->crit);
	cb_free(w.law);
	if (rc)
		cb_losses_free(l);
	else
		*out = l;
	return rc;
}

void cb_losses_free(struct cb_losses *l)
{
	if (!l)
		return;
	cb_free(l->loss);
	cb_arena_release(&l->arena);
	cb_free(l);
}
