/* period.c - see period.h. */
#include "report/period.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "base/alloc.h"
#include "base/arena.h"
#include "base/utf8.h"
#include "eval/advise.h"
#include "eval/compliance.h"
#include "eval/period.h"
#include "report/scope.h"

enum { LEVELS = CB_BARS_MAX, RULESETS = 64 };

struct tally {
	int64_t meetings, rated, by_level[LEVELS], other; /* other: a level that is none of the columns */
	int64_t missing, invalid, unrated;                /* unrated: never evaluated, or no ruleset in force */
	int64_t decided, changed;                         /* the superior decided; and differently from the score */
	int64_t units, due, held, present, counted;       /* cells, months due and held, attendance */
	int64_t unit_level[LEVELS], unit_none;            /* cells at each level of the period */
};
enum dim { DIM_KIND, DIM_CLUSTER, DIM_TYPE, DIMS };
struct group {
	enum dim dim;
	const char *key, *label;
	struct tally now, before;
};
struct report {
	struct cb_arena arena;
	struct cb_store *st;
	const struct cb_period *p;
	struct cb_period prev;
	struct cb_scope scope;
	const char *level[LEVELS], *level_label[LEVELS]; size_t nlevel;
	/* Levels of rulesets that share none ("Đạt" and "Tốt") are two scales; a percentage is of its own scale's meetings. */
	int scale[LEVELS], nscale, main_scale; /* main: the one with most meetings */
	bool hidden[LEVELS]; /* of a scale on which nothing here was rated */
	struct group *group; size_t ngroup, cap;
	struct { int64_t id, n; } ruled[RULESETS]; size_t nruled; /* rulesets that rated what is counted */
	struct tally all, all_before;
	struct cb_doc *d;
};

static const char *nonempty(const char *s)
{
	return s && *s ? s : NULL;
}

/* --- counting ------------------------------------------------------------------------------------------------ */

/*
 * One more ruleset's level, from its worst to its best: a new one stands before *at, the next worse one (-1: at the end).
 * `scale` is that of the ruleset's levels so far, -1 at its first. 0 or CB_ENOMEM.
 */
static int add_level(struct report *r, const char *id, const char *label, int *scale, int *at, struct cb_err *err)
{
	size_t i = 0;

	while (i < r->nlevel && strcmp(r->level[i], id))
		i++;
	if (i < r->nlevel) { /* known: the two are one scale */
		int old = r->scale[i];
		if (*scale >= 0 && *scale != old)
			for (size_t k = 0; k < r->nlevel; k++)
				if (r->scale[k] == old)
					r->scale[k] = *scale;
		if (*scale < 0)
			*scale = old;
		*at = (int)i;
		return 0;
	}
	if (r->nlevel == LEVELS)
		return 0;
	if (*scale < 0)
		*scale = r->nscale++;
	if (*at >= 0)
		i = (size_t)*at;
	memmove(r->level + i + 1, r->level + i, (r->nlevel - i) * sizeof *r->level);
	memmove(r->level_label + i + 1, r->level_label + i, (r->nlevel - i) * sizeof *r->level_label);
	memmove(r->scale + i + 1, r->scale + i, (r->nlevel - i) * sizeof *r->scale);
	*at = (int)i;
	r->level[i] = cb_arena_strdup(&r->arena, id);
	r->level_label[i] = cb_arena_strdup(&r->arena, label ? label : id);
	r->scale[i] = *scale;
	r->nlevel++;
	return r->level[i] && r->level_label[i] ? 0 : cb_err_nomem(err);
}

/* The rulesets that rated something of the scope in the period or before it. */
static int find_rulesets(struct report *r, int64_t *id, size_t *n, struct cb_err *err)
{
	struct cb_rows *q = NULL;
	bool row;
	int rc = cb_rows_open(&q, r->st, err, r->scope.all ?
			      "select distinct x.ruleset_id, 0, 0 from result x join meeting m on m.id = x.meeting_id where m.held_on between ?1 and ?2"
			      " and x.ruleset_id is not null" :
			      "select x.ruleset_id, m.unit_id, m.held_on from result x join meeting m on m.id = x.meeting_id where m.held_on between ?1 and ?2"
			      " and x.ruleset_id is not null", "ii", (int64_t)r->prev.from, (int64_t)r->p->to);

	while (!rc && !(rc = cb_rows_step(q, &row, err)) && row) {
		int64_t one = cb_rows_int(q, 0);
		size_t i = 0;
		while (i < *n && id[i] != one)
			i++;
		if (i == *n && i < RULESETS && (r->scope.all || cb_scope_has(&r->scope, cb_rows_int(q, 1), cb_rows_int(q, 2))))
			id[(*n)++] = one;
	}
	cb_rows_close(q);
	return rc;
}

/* The levels of those rulesets, best first within each scale. */
static int find_levels(struct report *r, struct cb_err *err)
{
	struct cb_rows *q = NULL;
	int64_t ruleset = -1, rated[RULESETS];
	size_t nrated = 0;
	int scale = -1, at = -1;
	bool row;
	int rc = find_rulesets(r, rated, &nrated, err);

	if (!rc)
		rc = cb_rows_open(&q, r->st, err, "select l.ruleset_id, l.id, l.label from ruleset_level l join ruleset s on s.id = l.ruleset_id"
				  " order by s.valid_from desc, l.ruleset_id, l.ord desc", "");
	while (!rc && !(rc = cb_rows_step(q, &row, err)) && row) {
		size_t i = 0;
		if (cb_rows_int(q, 0) != ruleset)
			scale = at = -1;
		ruleset = cb_rows_int(q, 0);
		while (i < nrated && rated[i] != ruleset)
			i++;
		if (i < nrated)
			rc = add_level(r, cb_rows_text(q, 1), cb_rows_text(q, 2), &scale, &at, err);
	}
	cb_rows_close(q);
	return rc;
}

static int64_t scale_sum(const struct report *r, const int64_t *by_level, int scale)
{
	int64_t sum = 0;

	for (size_t i = 0; i < r->nlevel; i++)
		if (r->scale[i] == scale)
			sum += by_level[i];
	return sum;
}

/* The best level of a scale; -1 when the scale has none (it was merged into another). */
static int best_of(const struct report *r, int scale)
{
	for (size_t i = 0; i < r->nlevel; i++)
		if (r->scale[i] == scale)
			return (int)i;
	return -1;
}

static void find_main_scale(struct report *r)
{
	r->main_scale = r->nlevel ? r->scale[0] : -1;
	for (int k = 0; k < r->nscale; k++)
		if (scale_sum(r, r->all.by_level, k) > scale_sum(r, r->all.by_level, r->main_scale))
			r->main_scale = k;
	for (size_t i = 0; i < r->nlevel; i++)
		r->hidden[i] = r->scale[i] != r->main_scale && !scale_sum(r, r->all.by_level, r->scale[i]) &&
			       !scale_sum(r, r->all_before.by_level, r->scale[i]) && !scale_sum(r, r->all.unit_level, r->scale[i]);
}

static int level_index(const struct report *r, const char *id)
{
	for (size_t i = 0; id && i < r->nlevel; i++)
		if (!strcmp(r->level[i], id))
			return (int)i;
	return -1;
}

static const char *label_of(const struct report *r, const char *id)
{
	int i = level_index(r, id);

	return i >= 0 ? r->level_label[i] : id;
}

/* The group of a dimension; made when it is new. NULL without memory. */
static struct group *group_of(struct report *r, enum dim dim, const char *key, const char *label)
{
	struct group *g;

	for (size_t i = 0; i < r->ngroup; i++)
		if (r->group[i].dim == dim && !strcmp(r->group[i].key, key))
			return &r->group[i];
	if (r->ngroup == r->cap) {
		size_t cap = r->cap ? 2 * r->cap : 32;
		struct group *p = cb_reallocarray(r->group, cap, sizeof *p);
		if (!p)
			return NULL;
		r->group = p;
		r->cap = cap;
	}
	g = &r->group[r->ngroup];
	memset(g, 0, sizeof *g);
	g->dim = dim;
	g->key = cb_arena_strdup(&r->arena, key);
	g->label = cb_arena_strdup(&r->arena, label);
	if (!g->key || !g->label)
		return NULL;
	r->ngroup++;
	return g;
}

/* The three groups that a cell stands in. */
static int groups_of(struct report *r, const char *kind, const char *cluster, const char *type, size_t at[DIMS], struct cb_err *err)
{
	struct group *g;
	int k = kind ? cb_unit_kind_find(kind) : -1, t = type ? cb_cell_type_find(type) : -1;

	for (int i = 0; i < DIMS; i++)
		at[i] = SIZE_MAX;
	if (k >= 0) {
		g = group_of(r, DIM_KIND, cb_unit_kind_id((enum cb_unit_kind)k), cb_unit_kind_vi((enum cb_unit_kind)k));
		if (!g)
			return cb_err_nomem(err);
		at[DIM_KIND] = (size_t)(g - r->group);
	}
	/* what says nothing has a group of its own (key ""), so that every table adds up */
	g = group_of(r, DIM_CLUSTER, nonempty(cluster) ? cluster : "", nonempty(cluster) ? cluster : "không ghi cụm");
	if (!g)
		return cb_err_nomem(err);
	at[DIM_CLUSTER] = (size_t)(g - r->group);
	g = group_of(r, DIM_TYPE, t > 0 ? cb_cell_type_id((enum cb_cell_type)t) : "", t > 0 ? cb_cell_type_vi((enum cb_cell_type)t) : "không ghi loại hình");
	if (!g)
		return cb_err_nomem(err);
	at[DIM_TYPE] = (size_t)(g - r->group);
	return 0;
}

static void count(const struct report *r, struct tally *t, const char *status, const char *level, const char *official, bool decided)
{
	t->meetings++;
	if (decided) {
		t->decided++;
		if (!level || !official || strcmp(level, official))
			t->changed++;
	}
	if (official) {
		int i = level_index(r, official);
		t->rated++;
		if (i >= 0)
			t->by_level[i]++;
		else
			t->other++;
	} else if (!status) {
		t->unrated++;
	} else if (!strcmp(status, "missing")) {
		t->missing++;
	} else {
		t->invalid++;
	}
}

static void note_ruleset(struct report *r, int64_t id)
{
	for (size_t i = 0; i < r->nruled; i++)
		if (r->ruled[i].id == id) {
			r->ruled[i].n++;
			return;
		}
	if (r->nruled < RULESETS) {
		r->ruled[r->nruled].id = id;
		r->ruled[r->nruled++].n = 1;
	}
}

/* One pass over the meetings of a period. */
static int count_period(struct report *r, const struct cb_period *p, bool before, struct cb_err *err)
{
	struct cb_rows *q = NULL;
	bool row;
	int rc = cb_rows_open(&q, r->st, err,
			      "select m.unit_id, m.held_on, v.unit_kind, v.cluster, v.cell_type, v.status, v.level, v.official, v.decided, v.ruleset_id"
			      " from meeting m join v_result v on v.meeting_id = m.id where m.held_on between ?1 and ?2"
			      " union all"
			      " select m.unit_id, m.held_on, w.unit_kind, w.cluster, w.cell_type, null, null, null, 0, null"
			      " from meeting m join v_meeting w on w.id = m.id where m.held_on between ?1 and ?2"
			      " and not exists (select 1 from result x where x.meeting_id = m.id)", "ii", (int64_t)p->from, (int64_t)p->to);

	while (!rc && !(rc = cb_rows_step(q, &row, err)) && row) {
		const char *status = cb_rows_text(q, 5), *level = cb_rows_text(q, 6), *official = cb_rows_text(q, 7);
		bool decided = cb_rows_int(q, 8) != 0;
		size_t at[DIMS];
		if (!cb_scope_has(&r->scope, cb_rows_int(q, 0), cb_rows_int(q, 1)))
			continue;
		rc = groups_of(r, cb_rows_text(q, 2), cb_rows_text(q, 3), cb_rows_text(q, 4), at, err);
		if (rc)
			break;
		if (!before && status)
			note_ruleset(r, cb_rows_int(q, 9));
		count(r, before ? &r->all_before : &r->all, status, level, official, decided);
		for (int i = 0; i < DIMS; i++)
			if (at[i] != SIZE_MAX)
				count(r, before ? &r->group[at[i]].before : &r->group[at[i]].now, status, level, official, decided);
	}
	cb_rows_close(q);
	return rc;
}

static void count_unit(const struct report *r, struct tally *t, const struct cb_unit_period *u)
{
	int i = u->rs && u->level >= 0 ? level_index(r, u->rs->level[u->level].id) : -1;

	t->units++;
	t->due += u->months_due;
	t->held += u->months_held;
	t->present += u->present;
	t->counted += u->counted;
	if (i >= 0)
		t->unit_level[i]++;
	else
		t->unit_none++;
}

/* Attendance, duty and the period's level come unit by unit. */
static int count_units(struct report *r, const struct cb_rulebook *book, const char *unit, struct cb_err *err)
{
	struct cb_periods *ps = NULL;
	int rc = cb_periods_new(&ps, r->st, book, r->p, &(struct cb_period_opts){.unit = unit, .within = -1}, err);

	for (size_t i = 0; !rc && i < ps->nunit; i++) {
		const struct cb_unit_period *u = &ps->unit[i];
		size_t at[DIMS];
		rc = groups_of(r, cb_unit_kind_id((enum cb_unit_kind)u->kind), u->cluster, u->cell_type ? cb_cell_type_id((enum cb_cell_type)u->cell_type) : NULL,
			       at, err);
		if (rc)
			break;
		count_unit(r, &r->all, u);
		for (int k = 0; k < DIMS; k++)
			if (at[k] != SIZE_MAX)
				count_unit(r, &r->group[at[k]].now, u);
	}
	cb_periods_free(ps);
	return rc;
}

static int by_label(const void *a, const void *b)
{
	const struct group *x = a, *y = b;
	int c;

	if (x->dim != y->dim)
		return x->dim < y->dim ? -1 : 1;
	if (!*x->key != !*y->key)
		return !*x->key ? 1 : -1;
	if (x->dim == DIM_KIND) /* grass-roots cells first, as the forms have it */
		return cb_unit_kind_find(x->key) - cb_unit_kind_find(y->key);
	if (x->dim == DIM_TYPE)
		return cb_cell_type_find(x->key) - cb_cell_type_find(y->key);
	c = cb_utf8_order(x->label, y->label);
	return c ? c : strcmp(x->key, y->key);
}

/* --- the parts of the summary -------------------------------------------------------------------------------- */

#define COLS_MAX (6 + 2 * LEVELS)

/* A row of counts and percentages; cells in the order of level_columns(). */
static void level_row(const struct report *r, const char *label, const struct tally *t, bool total)
{
	struct cb_cell c[COLS_MAX];
	size_t n = 0;

	c[n++] = cb_cell_text(label);
	c[n++] = cb_cell_int(t->units);
	c[n++] = cb_cell_int(t->meetings);
	c[n++] = cb_cell_int(t->rated);
	for (size_t i = 0; i < r->nlevel; i++) {
		if (r->hidden[i])
			continue;
		c[n++] = cb_cell_int(t->by_level[i]);
		c[n++] = cb_cell_percent(t->by_level[i], scale_sum(r, t->by_level, r->scale[i]));
	}
	c[n++] = cb_cell_int(t->meetings - t->rated);
	if (total)
		cb_doc_total(r->d, c);
	else
		cb_doc_row(r->d, c);
}

static void level_table(struct report *r, const char *id, const char *title, const char *what, enum dim dim, bool total)
{
	struct cb_column col[COLS_MAX];
	char name[LEVELS][80];
	size_t n = 0;

	col[n++] = (struct cb_column){"group", what, CB_COL_TEXT, 0};
	col[n++] = (struct cb_column){"cells", "Chi bộ", CB_COL_INT, 0};
	col[n++] = (struct cb_column){"meetings", "Số buổi", CB_COL_INT, 0};
	col[n++] = (struct cb_column){"rated", "Xếp loại", CB_COL_INT, 0};
	for (size_t i = 0; i < r->nlevel; i++) {
		if (r->hidden[i])
			continue;
		snprintf(name[i], sizeof name[i], "%s_percent", r->level[i]);
		col[n++] = (struct cb_column){r->level[i], r->level_label[i], CB_COL_INT, 0};
		col[n++] = (struct cb_column){name[i], "%", CB_COL_PERCENT, 1};
	}
	col[n++] = (struct cb_column){"no_level", "Chưa xếp loại", CB_COL_INT, 0};
	cb_doc_table(r->d, id, title, col, n);
	for (size_t i = 0; i < r->ngroup; i++)
		if (r->group[i].dim == dim && (r->group[i].now.meetings || r->group[i].now.units))
			level_row(r, r->group[i].label, &r->group[i].now, false);
	if (total)
		level_row(r, "Cộng", &r->all, true);
}

static bool has_dim(const struct report *r, enum dim dim)
{
	for (size_t i = 0; i < r->ngroup; i++)
		if (r->group[i].dim == dim && *r->group[i].key && r->group[i].now.meetings)
			return true;
	return false;
}

static void sentence(struct report *r, const char *label, const struct tally *t)
{
	char a[CB_NUM_TEXT], b[CB_NUM_TEXT], c[CB_NUM_TEXT];

	for (int k = 0; k < r->nscale; k++) {
		int best = best_of(r, k);
		int64_t whole = scale_sum(r, t->by_level, k);
		if (best >= 0 && whole)
			cb_doc_para(r->d, "%s: %s/%s kỳ sinh hoạt xếp loại %s = %s%%.", label, cb_fmt_int_vi(a, sizeof a, t->by_level[best]),
				    cb_fmt_int_vi(b, sizeof b, whole), r->level_label[best], cb_fmt_percent_vi(c, sizeof c, t->by_level[best], whole, 1));
	}
}

static void bar(const struct report *r, const char *label, const struct tally *t)
{
	int64_t part[LEVELS];
	size_t n = 0;

	for (size_t i = 0; i < r->nlevel; i++)
		if (r->scale[i] == r->main_scale)
			part[n++] = t->by_level[i];
	if (scale_sum(r, t->by_level, r->main_scale))
		cb_doc_bar(r->d, label, part, scale_sum(r, t->by_level, r->main_scale));
}

static void bars(struct report *r)
{
	const char *series[LEVELS];
	size_t n = 0;

	for (size_t i = 0; i < r->nlevel; i++)
		if (r->scale[i] == r->main_scale)
			series[n++] = r->level_label[i];
	cb_doc_bars(r->d, "Tỷ lệ kỳ sinh hoạt theo mức xếp loại", series, n);
	for (size_t i = 0; i < r->ngroup; i++)
		if (r->group[i].dim == DIM_KIND)
			bar(r, r->group[i].label, &r->group[i].now);
	bar(r, "Cộng", &r->all);
}

/* 79,7 - 75,2: in percentage points, of the exact shares, half up to one decimal. */
static struct cb_cell share_diff(int64_t a, int64_t of_a, int64_t b, int64_t of_b)
{
	struct cb_ratio x = cb_ratio_make(a, of_a), y = cb_ratio_make(b, of_b), z;

	if (!of_a || !of_b || !cb_ratio_sub(&z, x, y) || !cb_ratio_mul(&z, z, (struct cb_ratio){100, 1}))
		return cb_cell_null();
	return cb_cell_ratio(z.n, z.d);
}

static void before_row(const struct report *r, const char *label, const struct tally *now, const struct tally *old, bool total)
{
	int best = best_of(r, r->main_scale);
	int64_t x = now->by_level[best], y = old->by_level[best];
	int64_t of_x = scale_sum(r, now->by_level, r->main_scale), of_y = scale_sum(r, old->by_level, r->main_scale);
	struct cb_cell c[] = {
		cb_cell_text(label), cb_cell_percent(x, of_x), cb_cell_percent(y, of_y), share_diff(x, of_x, y, of_y), cb_cell_int(now->meetings),
		cb_cell_int(old->meetings),
	};

	c[1].null = !of_x;
	c[2].null = !of_y;
	if (total)
		cb_doc_total(r->d, c);
	else
		cb_doc_row(r->d, c);
}

static void before_table(struct report *r)
{
	char now[64], old[64], t1[96], t2[96], m1[96], m2[96];
	struct cb_column col[] = {
		{"group", "", CB_COL_TEXT, 0},	   {"now", t1, CB_COL_PERCENT, 1}, {"before", t2, CB_COL_PERCENT, 1}, {"change", "Tăng giảm", CB_COL_RATIO, 1},
		{"meetings", m1, CB_COL_INT, 0}, {"meetings_before", m2, CB_COL_INT, 0},
	};

	cb_period_vi(now, sizeof now, r->p);
	cb_period_vi(old, sizeof old, &r->prev);
	if (!r->all_before.meetings) {
		cb_doc_para(r->d, "%s không có số liệu để so sánh.", old);
		return;
	}
	snprintf(t1, sizeof t1, "%% %s %s", r->level_label[best_of(r, r->main_scale)], now);
	snprintf(t2, sizeof t2, "%% %s %s", r->level_label[best_of(r, r->main_scale)], old);
	snprintf(m1, sizeof m1, "Số buổi %s", now);
	snprintf(m2, sizeof m2, "Số buổi %s", old);
	cb_doc_table(r->d, "against_before", "", col, sizeof col / sizeof *col);
	for (size_t i = 0; i < r->ngroup; i++)
		if (r->group[i].dim == DIM_KIND)
			before_row(r, r->group[i].label, &r->group[i].now, &r->group[i].before, false);
	before_row(r, "Cộng", &r->all, &r->all_before, true);
}

static void unit_level_row(const struct report *r, const char *label, const struct tally *t, bool total)
{
	struct cb_cell c[COLS_MAX];
	size_t n = 0;

	c[n++] = cb_cell_text(label);
	c[n++] = cb_cell_int(t->units);
	for (size_t i = 0; i < r->nlevel; i++) {
		if (r->hidden[i])
			continue;
		c[n++] = cb_cell_int(t->unit_level[i]);
		c[n++] = cb_cell_percent(t->unit_level[i], scale_sum(r, t->unit_level, r->scale[i]));
	}
	c[n++] = cb_cell_int(t->unit_none);
	if (total)
		cb_doc_total(r->d, c);
	else
		cb_doc_row(r->d, c);
}

static void unit_levels(struct report *r)
{
	struct cb_column col[COLS_MAX];
	char name[LEVELS][80];
	size_t n = 0;

	col[n++] = (struct cb_column){"group", "", CB_COL_TEXT, 0};
	col[n++] = (struct cb_column){"cells", "Chi bộ", CB_COL_INT, 0};
	for (size_t i = 0; i < r->nlevel; i++) {
		if (r->hidden[i])
			continue;
		snprintf(name[i], sizeof name[i], "%s_percent", r->level[i]);
		col[n++] = (struct cb_column){r->level[i], r->level_label[i], CB_COL_INT, 0};
		col[n++] = (struct cb_column){name[i], "%", CB_COL_PERCENT, 1};
	}
	col[n++] = (struct cb_column){"no_level", "Chưa xếp loại", CB_COL_INT, 0};
	cb_doc_table(r->d, "cells_by_level", "", col, n);
	for (size_t i = 0; i < r->ngroup; i++)
		if (r->group[i].dim == DIM_KIND && r->group[i].now.units)
			unit_level_row(r, r->group[i].label, &r->group[i].now, false);
	unit_level_row(r, "Cộng", &r->all, true);
}

static void attendance_row(const struct report *r, const char *label, const struct tally *t, bool total)
{
	struct cb_cell c[] = {cb_cell_text(label), cb_cell_int(t->due), cb_cell_int(t->held), cb_cell_percent(t->held, t->due), cb_cell_int(t->present),
			      cb_cell_int(t->counted), cb_cell_percent(t->present, t->counted)};

	if (total)
		cb_doc_total(r->d, c);
	else
		cb_doc_row(r->d, c);
}

static void attendance(struct report *r)
{
	static const struct cb_column col[] = {
		{"group", "", CB_COL_TEXT, 0},	      {"due", "Tháng phải họp", CB_COL_INT, 0},	  {"held", "Đã họp", CB_COL_INT, 0},
		{"held_percent", "%", CB_COL_PERCENT, 1}, {"present", "Lượt dự", CB_COL_INT, 0}, {"counted", "Phải dự", CB_COL_INT, 0},
		{"attendance", "% dự", CB_COL_PERCENT, 1},
	};

	cb_doc_table(r->d, "attendance", "", col, sizeof col / sizeof *col);
	for (int dim = 0; dim < DIMS; dim++)
		for (size_t i = 0; i < r->ngroup; i++)
			if (r->group[i].dim == (enum dim)dim && *r->group[i].key && r->group[i].now.units)
				attendance_row(r, r->group[i].label, &r->group[i].now, false);
	attendance_row(r, "Cộng", &r->all, true);
}

static int duties(struct report *r, const char *unit, struct cb_err *err)
{
	static const struct cb_column col[] = {
		{"duty", "Chế độ", CB_COL_TEXT, 0},	{"due", "Phải thực hiện", CB_COL_INT, 0}, {"kept", "Thực hiện", CB_COL_INT, 0},
		{"lapsed", "Không đạt", CB_COL_INT, 0}, {"unsaid", "Không báo cáo", CB_COL_INT, 0},   {"cells", "Chi bộ vi phạm", CB_COL_INT, 0},
	};
	struct cb_compliance *c = NULL;
	int rc = cb_compliance_new(&c, r->st, r->p, &(struct cb_compliance_opts){.unit = unit}, err);

	if (!rc) {
		cb_doc_table(r->d, "duties", "", col, sizeof col / sizeof *col);
		for (int i = 0; i < CB_DUTIES; i++) {
			const struct cb_duty_count *t = &c->total[i];
			if (!t->due)
				continue;
			cb_doc_row(r->d, (struct cb_cell[]){cb_cell_text(cb_duty_vi((enum cb_duty)i)), cb_cell_int(t->due), cb_cell_int(t->due - t->lapsed - t->unsaid),
							    cb_cell_int(t->lapsed), cb_cell_int(t->unsaid), cb_cell_int(c->units_lapsed[i])});
		}
	}
	cb_compliance_free(c);
	return rc;
}

static int visits(struct report *r, struct cb_err *err)
{
	struct cb_rows *q = NULL;
	int64_t n = 0, cells = 0, last = -1;
	char a[CB_NUM_TEXT], b[CB_NUM_TEXT];
	bool row;
	int rc = cb_rows_open(&q, r->st, err, "select unit_id, day from visit where day between ?1 and ?2 order by unit_id", "ii", (int64_t)r->p->from,
			      (int64_t)r->p->to);

	while (!rc && !(rc = cb_rows_step(q, &row, err)) && row) {
		int64_t id = cb_rows_int(q, 0);
		if (!cb_scope_has(&r->scope, id, cb_rows_int(q, 1)))
			continue;
		n++;
		if (id != last)
			cells++;
		last = id;
	}
	cb_rows_close(q);
	if (!rc)
		cb_doc_para(r->d, "Cấp trên dự sinh hoạt %s lượt tại %s đơn vị.", cb_fmt_int_vi(a, sizeof a, n), cb_fmt_int_vi(b, sizeof b, cells));
	return rc;
}

/* Who scored higher than whom, line by line of the form where two of them scored the same line. */
static int disagreement(struct report *r, struct cb_err *err)
{
	static const struct cb_column col[] = {
		{"pair", "Hai bên chấm", CB_COL_TEXT, 0}, {"compared", "Số lần so được", CB_COL_INT, 0}, {"higher", "Bên trước cao hơn", CB_COL_INT, 0},
		{"lower", "Bên trước thấp hơn", CB_COL_INT, 0}, {"mean_gap", "Lệch bình quân", CB_COL_RATIO, 2}, {"largest", "Lệch lớn nhất", CB_COL_PTS, 0},
	};
	struct cb_rows *q = NULL;
	struct { int64_t n, higher, lower, sum, largest; } pair[CB_ASSESSORS][CB_ASSESSORS];
	char a[CB_NUM_TEXT], b[CB_NUM_TEXT];
	bool row, any = false;
	int rc = cb_rows_open(&q, r->st, err,
			      "select m.unit_id, m.held_on, x.assessor, y.assessor, x.points, y.points from meeting m"
			      " join assessment x on x.meeting_id = m.id join assessment y on y.meeting_id = m.id and y.item = x.item and y.assessor > x.assessor"
			      " where m.held_on between ?1 and ?2", "ii", (int64_t)r->p->from, (int64_t)r->p->to);

	memset(pair, 0, sizeof pair);
	while (!rc && !(rc = cb_rows_step(q, &row, err)) && row) {
		int x, y;
		int64_t gap;
		if (!cb_scope_has(&r->scope, cb_rows_int(q, 0), cb_rows_int(q, 1)))
			continue;
		x = cb_assessor_find(cb_rows_text(q, 2));
		y = cb_assessor_find(cb_rows_text(q, 3));
		if (x < 0 || y < 0)
			continue;
		gap = cb_rows_int(q, 4) - cb_rows_int(q, 5);
		if (x > y) {
			int t = x;
			x = y;
			y = t;
			gap = -gap;
		}
		pair[x][y].n++;
		pair[x][y].higher += gap > 0;
		pair[x][y].lower += gap < 0;
		gap = gap < 0 ? -gap : gap;
		pair[x][y].sum += gap;
		if (gap > pair[x][y].largest)
			pair[x][y].largest = gap;
		any = true;
	}
	cb_rows_close(q);
	if (rc)
		return rc;
	cb_doc_para(r->d, "Cấp trên đã quyết định %s kỳ; khác với mức chấm: %s kỳ.", cb_fmt_int_vi(a, sizeof a, r->all.decided),
		    cb_fmt_int_vi(b, sizeof b, r->all.changed));
	if (!any)
		return 0;
	cb_doc_table(r->d, "disagreement", "", col, sizeof col / sizeof *col);
	for (int x = 0; x < CB_ASSESSORS; x++)
		for (int y = x + 1; y < CB_ASSESSORS; y++)
			if (pair[x][y].n) {
				char name[160];
				snprintf(name, sizeof name, "%s – %s", cb_assessor_vi((enum cb_assessor)x), cb_assessor_vi((enum cb_assessor)y));
				cb_doc_row(r->d, (struct cb_cell[]){cb_cell_text(name), cb_cell_int(pair[x][y].n), cb_cell_int(pair[x][y].higher),
								    cb_cell_int(pair[x][y].lower), cb_cell_ratio(pair[x][y].sum, pair[x][y].n * 1000),
								    cb_cell_int(pair[x][y].largest)});
			}
	return 0;
}

static int losses(struct report *r, const char *unit, struct cb_err *err)
{
	static const struct cb_column col[] = {
		{"criterion", "Tiêu chí", CB_COL_TEXT, 0},	 {"ruleset", "Quy định", CB_COL_TEXT, 0},    {"max", "Tối đa", CB_COL_PTS, 0},
		{"short_of", "Buổi mất điểm", CB_COL_INT, 0}, {"meetings", "Số buổi", CB_COL_INT, 0}, {"points", "Điểm mất", CB_COL_PTS, 0}, {"lost", "% điểm mất", CB_COL_PERCENT, 1},
	};
	struct cb_losses *l = NULL;
	int rc = cb_losses_new(&l, r->st, r->p, &(struct cb_losses_opts){.unit = unit}, err);

	if (!rc) {
		cb_doc_table(r->d, "losses", "", col, sizeof col / sizeof *col);
		for (size_t i = 0; i < l->nloss && i < 10; i++) {
			const struct cb_loss *x = &l->loss[i];
			if (x->lost <= 0)
				break;
			cb_doc_row(r->d, (struct cb_cell[]){cb_cell_text(x->label), cb_cell_text(x->ruleset), cb_cell_int(x->max), cb_cell_int(x->short_of),
							    cb_cell_int(x->meetings), cb_cell_int(x->lost), cb_cell_percent(x->lost, x->possible)});
		}
	}
	cb_losses_free(l);
	return rc;
}

/* Which texts ruled, so that nobody mistakes a reconstruction for the regulation. */
static int rulesets(struct report *r, struct cb_err *err)
{
	struct cb_rows *q = NULL;
	char from[11], to[11], n[CB_NUM_TEXT];
	bool row;
	int rc = 0;

	cb_doc_para(r->d, "Kỳ báo cáo: từ %s đến %s. Số liệu lấy từ các kỳ sinh hoạt đã ghi; tỷ lệ tính trên số kỳ được xếp loại, từ nửa trở lên thì làm tròn lên.",
		    cb_day_vi(from, r->p->from), cb_day_vi(to, r->p->to));
	for (size_t i = 0; i < r->nruled && !rc; i++) {
		rc = cb_rows_open(&q, r->st, err, "select name, title, status from ruleset where id = ?1", "i", r->ruled[i].id);
		if (!rc)
			rc = cb_rows_step(q, &row, err);
		if (!rc && row) {
			const char *status = cb_rows_text(q, 2), *title = cb_rows_text(q, 1);
			cb_fmt_int_vi(n, sizeof n, r->ruled[i].n);
			if (status && !strcmp(status, "reconstructed"))
				cb_doc_note(r->d, "%s kỳ chấm theo %s (%s): bản dựng lại, chưa có toàn văn quy định.", n, title ? title : "", cb_rows_text(q, 0));
			else
				cb_doc_para(r->d, "%s kỳ chấm theo %s (%s).", n, title ? title : "", cb_rows_text(q, 0));
		}
		cb_rows_close(q);
		q = NULL;
	}
	return rc;
}

static void gaps(struct report *r)
{
	char a[CB_NUM_TEXT];

	if (r->all.missing)
		cb_doc_note(r->d, "%s kỳ chưa đủ dữ liệu để xếp loại.", cb_fmt_int_vi(a, sizeof a, r->all.missing));
	if (r->all.invalid)
		cb_doc_note(r->d, "%s kỳ có số liệu không hợp lệ.", cb_fmt_int_vi(a, sizeof a, r->all.invalid));
	if (r->all.unrated)
		cb_doc_note(r->d, "%s kỳ chưa được chấm: chạy 'chibo evaluate', hoặc chưa có quy định hiệu lực.", cb_fmt_int_vi(a, sizeof a, r->all.unrated));
	if (r->nscale > 1 && scale_sum(r, r->all.by_level, r->main_scale) < r->all.rated - r->all.other)
		cb_doc_note(r->d, "Trong kỳ có hơn một thang xếp loại: tỷ lệ mỗi mức tính trên số kỳ chấm theo thang của mức ấy.");
	if (r->all.other)
		cb_doc_note(r->d, "%s kỳ ở mức không có trong bảng này.", cb_fmt_int_vi(a, sizeof a, r->all.other));
}

static void release(struct report *r)
{
	cb_free(r->group);
	cb_scope_close(&r->scope);
	cb_arena_release(&r->arena);
}

int cb_report_period(struct cb_doc **out, struct cb_store *st, const struct cb_rulebook *book, const struct cb_period *p, const char *unit,
		     struct cb_err *err)
{
	struct report r = {.st = st, .p = p};
	char name[64], code[64], title[160];
	int rc, no = 0;
	char h[200];

	*out = NULL;
	cb_arena_init(&r.arena);
	cb_period_before(&r.prev, p);
	rc = cb_scope_open(&r.scope, st, unit, p->to, err);
	if (!rc)
		rc = find_levels(&r, err);
	if (!rc)
		rc = count_period(&r, p, false, err);
	if (!rc)
		rc = count_period(&r, &r.prev, true, err);
	if (!rc)
		rc = count_units(&r, book, unit, err);
	if (rc)
		goto out;
	find_main_scale(&r);
	if (r.ngroup)
		qsort(r.group, r.ngroup, sizeof *r.group, by_label);
	cb_period_vi(name, sizeof name, p);
	snprintf(title, sizeof title, "BÁO CÁO CHẤT LƯỢNG SINH HOẠT CHI BỘ – %s", name);
	rc = cb_doc_new(&r.d, title, r.scope.name ? r.scope.name : "Toàn bộ hồ sơ", err);
	if (rc)
		goto out;
	cb_doc_meta(r.d, "period", cb_period_code(code, sizeof code, p));
	cb_doc_meta(r.d, "unit", unit);
	rc = rulesets(&r, err);
	gaps(&r);
#define HEADING(text) (snprintf(h, sizeof h, "%d. %s", ++no, text), cb_doc_heading(r.d, 2, h))
	HEADING("Xếp loại các kỳ sinh hoạt");
	for (size_t i = 0; i < r.ngroup; i++)
		if (r.group[i].dim == DIM_KIND)
			sentence(&r, r.group[i].label, &r.group[i].now);
	sentence(&r, "Cộng", &r.all);
	level_table(&r, "by_kind", "", "Loại chi bộ", DIM_KIND, true);
	if (r.nlevel && r.all.rated)
		bars(&r);
	if (r.nlevel) {
		HEADING("So với kỳ trước");
		before_table(&r);
	}
	if (has_dim(&r, DIM_CLUSTER)) {
		HEADING("Theo cụm");
		level_table(&r, "by_cluster", "", "Cụm", DIM_CLUSTER, true);
	}
	if (has_dim(&r, DIM_TYPE)) {
		HEADING("Theo loại hình chi bộ");
		level_table(&r, "by_cell_type", "", "Loại hình", DIM_TYPE, true);
	}
	if (p->kind != CB_MONTH && p->kind != CB_SPAN && r.nlevel) {
		snprintf(title, sizeof title, "Xếp loại chi bộ %s", name);
		HEADING(title);
		unit_levels(&r);
	}
	HEADING("Chế độ sinh hoạt và tỷ lệ dự");
	attendance(&r);
	if (!rc)
		rc = duties(&r, unit, err);
	HEADING("Cấp trên dự sinh hoạt, chênh lệch giữa các bên chấm");
	if (!rc)
		rc = visits(&r, err);
	if (!rc)
		rc = disagreement(&r, err);
	HEADING("Tiêu chí mất điểm nhiều nhất");
	if (!rc)
		rc = losses(&r, unit, err);
#undef HEADING
out:
	release(&r);
	if (rc)
		cb_doc_free(r.d);
	else
		*out = r.d;
	return rc;
}

/* --- the monthly list ---------------------------------------------------------------------------------------- */

struct list_row {
	int64_t meeting_id, unit_id, held_on; /* meeting_id 0: no meeting */
	const char *code, *name, *official, *level, *by_score, *kind, *status, *missing;
	bool have_present, have_members;
	int64_t present, members, score_n, score_d;
	const char *said; /* the note of the whole meeting; NULL */
	struct cb_buf note;
};

static int by_meeting(const void *a, const void *b)
{
	const struct list_row *x = a, *y = b;

	return x->meeting_id < y->meeting_id ? -1 : x->meeting_id > y->meeting_id;
}

static int by_code(const void *a, const void *b)
{
	const struct list_row *x = a, *y = b;
	int c = strcmp(x->code, y->code);

	return c ? c : x->held_on < y->held_on ? -1 : x->held_on > y->held_on;
}

struct list {
	struct report r;
	struct list_row *row; size_t n, cap;
	bool oom;
};

static struct list_row *list_add(struct list *l)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? 2 * l->cap : 64;
		struct list_row *p = cb_reallocarray(l->row, cap, sizeof *p);
		if (!p)
			return NULL;
		l->row = p;
		l->cap = cap;
	}
	memset(&l->row[l->n], 0, sizeof *l->row);
	cb_buf_init(&l->row[l->n].note);
	return &l->row[l->n++];
}

static const char *copy(struct list *l, const char *s)
{
	const char *t;

	if (!s)
		return NULL;
	t = cb_arena_strdup(&l->r.arena, s);
	if (!t)
		l->oom = true;
	return t;
}

static int list_meetings(struct list *l, struct cb_err *err)
{
	struct cb_rows *q = NULL;
	bool row;
	int rc = cb_rows_open(&q, l->r.st, err,
			      "select m.id, m.unit_id, m.held_on, w.unit_code, w.unit_name, m.kind, m.present, m.members, v.status, v.official, v.score_n, v.score_d,"
			      " x.missing, v.level, v.level_by_score, (select n.text from note n where n.meeting_id = m.id and n.item = '') from meeting m join v_meeting w on w.id = m.id left join v_result v on v.meeting_id = m.id"
			      " left join result x on x.meeting_id = m.id where m.held_on between ?1 and ?2 order by m.id", "ii", (int64_t)l->r.p->from,
			      (int64_t)l->r.p->to);

	while (!rc && !(rc = cb_rows_step(q, &row, err)) && row) {
		struct list_row *x;
		if (!cb_scope_has(&l->r.scope, cb_rows_int(q, 1), cb_rows_int(q, 2)))
			continue;
		x = list_add(l);
		if (!x) {
			rc = cb_err_nomem(err);
			break;
		}
		x->meeting_id = cb_rows_int(q, 0);
		x->unit_id = cb_rows_int(q, 1);
		x->held_on = cb_rows_int(q, 2);
		x->code = copy(l, cb_rows_text(q, 3));
		x->name = copy(l, cb_rows_text(q, 4));
		x->kind = copy(l, cb_rows_text(q, 5));
		x->have_present = !cb_rows_null(q, 6);
		x->present = cb_rows_int(q, 6);
		x->have_members = !cb_rows_null(q, 7);
		x->members = cb_rows_int(q, 7);
		x->status = copy(l, cb_rows_text(q, 8));
		x->official = copy(l, cb_rows_text(q, 9));
		x->score_n = cb_rows_int(q, 10);
		x->score_d = cb_rows_null(q, 11) ? 0 : cb_rows_int(q, 11);
		x->missing = copy(l, cb_rows_text(q, 12));
		x->level = copy(l, cb_rows_text(q, 13));
		x->by_score = copy(l, cb_rows_text(q, 14));
		x->said = copy(l, cb_rows_text(q, 15));
		if (l->oom)
			rc = cb_err_nomem(err);
	}
	cb_rows_close(q);
	return rc;
}

/* The note of every lost point; rows are in order of meeting. */
static int list_notes(struct list *l, struct cb_err *err)
{
	struct cb_rows *q = NULL;
	char t[CB_NUM_TEXT];
	bool row;
	int rc = cb_rows_open(&q, l->r.st, err,
			      "select c.meeting_id, c.label, c.lost, c.state, q.one_for is not null, (select group_concat(n.text, '; ') from note n where"
			      " n.meeting_id = m.id and (n.item = c.criterion or substr(n.item, 1, length(c.criterion) + 1) = c.criterion || '.')),"
			      " q.one_for = 'meeting' and exists (select 1 from note n where n.meeting_id = m.id and n.item = '')"
			      " from meeting m join v_result_criterion c on c.meeting_id = m.id join result r on r.meeting_id = m.id"
			      " left join ruleset_notes q on q.ruleset_id = r.ruleset_id"
			      " where m.held_on between ?1 and ?2 order by c.meeting_id, c.ord", "ii", (int64_t)l->r.p->from, (int64_t)l->r.p->to);

	while (!rc && !(rc = cb_rows_step(q, &row, err)) && row) {
		struct list_row key = {.meeting_id = cb_rows_int(q, 0)}, *x;
		const char *state = cb_rows_text(q, 3), *label = cb_rows_text(q, 1);
		int64_t lost = cb_rows_int(q, 2);
		x = l->n ? bsearch(&key, l->row, l->n, sizeof key, by_meeting) : NULL;
		if (!x || !state || strcmp(state, "scored") || lost <= 0)
			continue;
		cb_buf_printf(&x->note, "%s−%s %s", x->note.len ? "; " : "", cb_fmt_pts_vi(t, sizeof t, lost), label ? label : "");
		if (cb_rows_text(q, 5))
			cb_buf_printf(&x->note, ": %s", cb_rows_text(q, 5));
		else if (cb_rows_int(q, 4) && !cb_rows_int(q, 6))
			cb_buf_puts(&x->note, " (thiếu ghi chú)");
		if (!cb_buf_ok(&x->note))
			rc = cb_err_nomem(err);
	}
	cb_rows_close(q);
	return rc;
}

/* Cells that held no meeting in the month stand in the list too. */
static int list_absent(struct list *l, const char *unit, struct cb_err *err)
{
	struct cb_compliance *c = NULL;
	int rc = cb_compliance_new(&c, l->r.st, l->r.p, &(struct cb_compliance_opts){.unit = unit, .duties = 1u << CB_DUTY_MONTH}, err);

	for (size_t i = 0; !rc && i < c->nlapse; i++) {
		const struct cb_lapse *x = &c->lapse[i];
		struct list_row *row;
		if (x->duty != CB_DUTY_MONTH)
			continue;
		row = list_add(l);
		if (!row) {
			rc = cb_err_nomem(err);
			break;
		}
		row->unit_id = c->unit[x->unit].unit_id;
		row->code = copy(l, c->unit[x->unit].code);
		row->name = copy(l, c->unit[x->unit].name);
		cb_buf_printf(&row->note, "không sinh hoạt thường kỳ trong tháng%s%s", x->reason ? ": " : "", x->reason ? x->reason : "");
		if (l->oom || !cb_buf_ok(&row->note))
			rc = cb_err_nomem(err);
	}
	cb_compliance_free(c);
	return rc;
}

static int list_print(struct list *l, struct cb_err *err)
{
	struct cb_column col[8 + LEVELS];
	struct cb_cell cell[8 + LEVELS];
	int64_t total[LEVELS] = {0}, present = 0, members = 0;
	struct report *r = &l->r;
	char part[64];
	size_t n = 0;

	col[n++] = (struct cb_column){"no", "TT", CB_COL_INT, 0};
	col[n++] = (struct cb_column){"code", "Mã", CB_COL_TEXT, 0};
	col[n++] = (struct cb_column){"name", "Chi bộ", CB_COL_TEXT, 0};
	col[n++] = (struct cb_column){"attendance", "Dự/tổng số", CB_COL_TEXT, 0};
	col[n++] = (struct cb_column){"held_on", "Ngày họp", CB_COL_DAY, 0};
	col[n++] = (struct cb_column){"points", "Điểm", CB_COL_PTS, 0};
	for (size_t i = 0; i < l->n; i++)
		if (level_index(r, l->row[i].official) >= 0)
			r->all.by_level[level_index(r, l->row[i].official)]++;
	find_main_scale(r);
	for (size_t i = 0; i < r->nlevel; i++)
		if (!r->hidden[i])
			col[n++] = (struct cb_column){r->level[i], r->level_label[i], CB_COL_FLAG, 0};
	col[n++] = (struct cb_column){"note", "Ghi chú", CB_COL_TEXT, 0};
	cb_doc_table(r->d, "list", "", col, n);
	for (size_t i = 0; i < l->n; i++) {
		struct list_row *x = &l->row[i];
		int level = level_index(r, x->official);
		n = 0;
		if (x->have_present && x->have_members)
			snprintf(part, sizeof part, "%" PRId64 "/%" PRId64, x->present, x->members);
		else if (x->have_present)
			snprintf(part, sizeof part, "%" PRId64 "/?", x->present);
		else
			part[0] = 0;
		if (x->meeting_id && !x->official) {
			struct cb_buf b;
			cb_buf_init(&b);
			if (!x->status)
				cb_buf_puts(&b, "chưa chấm");
			else if (!strcmp(x->status, "missing"))
				cb_buf_printf(&b, "chưa đủ dữ liệu%s%s", x->missing ? ": " : "", x->missing ? x->missing : "");
			else
				cb_buf_puts(&b, "số liệu không hợp lệ");
			if (x->note.len)
				cb_buf_printf(&b, "; %s", x->note.s);
			if (!cb_buf_ok(&b)) {
				cb_buf_release(&b);
				return cb_err_nomem(err);
			}
			cb_buf_release(&x->note);
			x->note = b;
		}
		if (x->level && x->by_score && strcmp(x->level, x->by_score))
			cb_buf_printf(&x->note, "%sđủ điểm mức %s nhưng bị khống chế", x->note.len ? "; " : "", label_of(r, x->by_score));
		if (x->official && x->level && strcmp(x->official, x->level))
			cb_buf_printf(&x->note, "%smức chấm %s, cấp trên quyết định khác", x->note.len ? "; " : "", label_of(r, x->level));
		if (x->said)
			cb_buf_printf(&x->note, "%s%s", x->note.len ? "; " : "", x->said);
		if (!cb_buf_ok(&x->note))
			return cb_err_nomem(err);
		if (x->kind && strcmp(x->kind, "regular")) {
			struct cb_buf b;
			cb_buf_init(&b);
			cb_buf_printf(&b, "%s%s%s", !strcmp(x->kind, "thematic") ? "chuyên đề" : "thường kỳ kết hợp chuyên đề", x->note.len ? "; " : "", x->note.s);
			if (!cb_buf_ok(&b)) {
				cb_buf_release(&b);
				return cb_err_nomem(err);
			}
			cb_buf_release(&x->note);
			x->note = b;
		}
		cell[n++] = cb_cell_int((int64_t)i + 1);
		cell[n++] = cb_cell_text(x->code);
		cell[n++] = cb_cell_text(x->name);
		cell[n++] = cb_cell_text(part[0] ? part : NULL);
		cell[n++] = (struct cb_cell){.null = !x->meeting_id, .n = x->held_on};
		cell[n++] = cb_cell_pts(x->score_n, x->score_d);
		for (size_t k = 0; k < r->nlevel; k++)
			if (!r->hidden[k])
				cell[n++] = cb_cell_int(level == (int)k);
		if (level >= 0)
			total[level]++;
		cell[n++] = cb_cell_text(x->note.len ? x->note.s : NULL);
		if (x->have_present && x->have_members) {
			present += x->present;
			members += x->members;
		}
		cb_doc_row(r->d, cell);
	}
	/* the total row counts the x's: a text table of its own would lose the alignment, so counts stand in INT cells */
	n = 0;
	cell[n++] = cb_cell_null();
	cell[n++] = cb_cell_null();
	cell[n++] = cb_cell_text("Cộng");
	snprintf(part, sizeof part, "%" PRId64 "/%" PRId64, present, members);
	cell[n++] = cb_cell_text(part);
	cell[n++] = cb_cell_null();
	cell[n++] = cb_cell_null();
	for (size_t k = 0; k < r->nlevel; k++)
		if (!r->hidden[k])
			cell[n++] = (struct cb_cell){.n = total[k], .d = 1}; /* FLAG with d: a count */
	cell[n++] = cb_cell_null();
	cb_doc_total(r->d, cell);
	return 0;
}

int cb_report_list(struct cb_doc **out, struct cb_store *st, const struct cb_period *month, const char *unit, struct cb_err *err)
{
	struct list l = {.r = {.st = st, .p = month, .prev = *month}};
	char title[160], code[32];
	int y, m, d, rc;

	*out = NULL;
	cb_arena_init(&l.r.arena);
	rc = cb_scope_open(&l.r.scope, st, unit, month->to, err);
	if (!rc)
		rc = find_levels(&l.r, err);
	if (!rc)
		rc = list_meetings(&l, err);
	if (!rc)
		rc = list_notes(&l, err);
	if (!rc)
		rc = list_absent(&l, unit, err);
	if (rc)
		goto out;
	if (l.n)
		qsort(l.row, l.n, sizeof *l.row, by_code);
	cb_day_split(month->from, &y, &m, &d);
	snprintf(title, sizeof title, "DANH SÁCH CHẤM ĐIỂM, XẾP LOẠI SINH HOẠT CHI BỘ THÁNG %d/%d", m, y);
	rc = cb_doc_new(&l.r.d, title, l.r.scope.name ? l.r.scope.name : "Toàn bộ hồ sơ", err);
	if (rc)
		goto out;
	cb_doc_landscape(l.r.d);
	cb_doc_meta(l.r.d, "period", cb_period_code(code, sizeof code, month));
	cb_doc_meta(l.r.d, "unit", unit);
	rc = list_print(&l, err);
	if (!rc)
		cb_doc_sign(l.r.d, "NGƯỜI LẬP BIỂU", "T/M CẤP ỦY");
out:
	for (size_t i = 0; i < l.n; i++)
		cb_buf_release(&l.row[i].note);
	cb_free(l.row);
	release(&l.r);
	if (rc)
		cb_doc_free(l.r.d);
	else
		*out = l.r.d;
	return rc;
}
