/*
 * losses.c - where points are lost: the first half of advise.h.
 *
 * SQL opens the points of each rated result and sums them per unit and criterion; here the sums are put together for
 * the whole and sorted. Cost: one scan of the period's results; memory O(units * criteria).
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "eval/advise.h"
#include "eval/roster_int.h"

struct work {
	struct cb_losses *out;
	struct cb_roster *roster;
	int *of_roster;
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

static int read_meetings(struct work *w, struct cb_store *st, const struct cb_period *p, struct cb_err *err)
{
	struct cb_rows *rows = NULL;
	bool row;
	int rc = cb_rows_open(&rows, st, err,
			      "SELECT m.unit_id, count(*) FROM result r JOIN meeting m ON m.id = r.meeting_id"
			      " WHERE r.status = 0 AND m.held_on BETWEEN ?1 AND ?2 GROUP BY m.unit_id",
			      "ii", (int64_t)p->from, (int64_t)p->to);

	while (rc == 0 && (rc = cb_rows_step(rows, &row, err)) == 0 && row) {
		int at = cb_roster_find(w->roster, cb_rows_int(rows, 0)), unit = at < 0 ? -1 : w->of_roster[at];

		if (unit < 0)
			continue;
		w->out->unit[unit].meetings = cb_rows_int(rows, 1);
		w->out->meetings += cb_rows_int(rows, 1);
	}
	cb_rows_close(rows);
	return rc;
}

static int read_losses(struct work *w, struct cb_store *st, const struct cb_period *p, size_t per_unit, struct cb_err *err)
{
	/* Requirements (max 0) have no points to lose; what does not apply is left out. */
	static const char SQL[] =
		"SELECT m.unit_id, rs.name, c.id, c.label, c.article, c.max, count(*), sum(j.type = 'null' OR j.value < c.max), sum(j.type = 'null'),"
		" sum(c.max), sum(CASE j.type WHEN 'integer' THEN max(c.max - j.value, 0) ELSE c.max END)"
		" FROM result r JOIN meeting m ON m.id = r.meeting_id JOIN ruleset rs ON rs.id = r.ruleset_id JOIN json_each(r.points) j"
		" JOIN ruleset_criterion c ON c.ruleset_id = r.ruleset_id AND c.ord = j.key"
		" WHERE r.status = 0 AND m.held_on BETWEEN ?1 AND ?2 AND c.max > 0 AND j.type IN ('integer', 'null')"
		" GROUP BY m.unit_id, r.ruleset_id, c.ord ORDER BY m.unit_id, r.ruleset_id, c.ord";
	struct cb_losses *l = w->out;
	struct cb_rows *rows = NULL;
	bool row;
	int open = -1, rc = cb_rows_open(&rows, st, err, SQL, "ii", (int64_t)p->from, (int64_t)p->to);

	while (rc == 0 && (rc = cb_rows_step(rows, &row, err)) == 0 && row) {
		int at = cb_roster_find(w->roster, cb_rows_int(rows, 0)), unit = at < 0 ? -1 : w->of_roster[at];
		const char *ruleset = cb_rows_text(rows, 1), *criterion = cb_rows_text(rows, 2);
		struct cb_loss one = { 0 }, *all;

		if (unit < 0 || !ruleset || !criterion)
			continue;
		if (unit != open)
			close_unit(w, open, per_unit);
		open = unit;
		/* Texts are copied once per criterion, not once per unit. */
		all = NULL;
		for (size_t i = 0; i < l->nloss && !all; i++)
			if (strcmp(l->loss[i].criterion, criterion) == 0 && strcmp(l->loss[i].ruleset, ruleset) == 0)
				all = &l->loss[i];
		if (!all) {
			all = find_loss(w, &l->loss, &l->nloss, &w->caploss, keep(w, ruleset), keep(w, criterion));
			if (w->oom || !all) {
				rc = cb_err_nomem(err);
				break;
			}
			all->label = keep(w, cb_rows_text(rows, 3));
			all->article = keep(w, cb_rows_text(rows, 4));
		}
		one.label = all->label;
		one.article = all->article;
		one.max = cb_rows_int(rows, 5);
		one.meetings = cb_rows_int(rows, 6);
		one.short_of = cb_rows_int(rows, 7);
		one.unscored = cb_rows_int(rows, 8);
		one.possible = cb_rows_int(rows, 9);
		one.lost = cb_rows_int(rows, 10);
		add(all, &one);
		add(find_loss(w, &w->one, &w->none, &w->capone, all->ruleset, all->criterion), &one);
		l->unit[unit].possible += one.possible;
		l->unit[unit].lost += one.lost;
		l->possible += one.possible;
		l->lost += one.lost;
		if (w->oom)
			rc = cb_err_nomem(err);
	}
	if (rc == 0)
		close_unit(w, open, per_unit);
	cb_rows_close(rows);
	return rc == 0 && w->oom ? cb_err_nomem(err) : rc;
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
	if (rc == 0)
		rc = read_meetings(&w, st, p, err);
	if (rc == 0)
		rc = read_losses(&w, st, p, opts->per_unit ? opts->per_unit : 3, err);
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
