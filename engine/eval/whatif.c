/*
 * whatif.c - see whatif.h.
 *
 * cb_run does the work (dry, forced to one ruleset, so meetings come in order of id). What it is compared with comes
 * beside it in the same order: from a second statement over the stored results, or from the other ruleset, evaluated on the
 * same meetings. Nothing is written.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "eval/eval.h"
#include "eval/roster_int.h"
#include "eval/run.h"
#include "eval/whatif.h"
#include "rule/forms.h"

/* A ruleset as the record knows it. */
struct oldset {
	int64_t id;
	cb_pts scale;
	struct oldcrit {
		const char *id, *label;
		cb_pts max;
		enum cb_counts counts;
	} *crit;
	size_t ncrit;
	int *row;            /* per level: row of the table */
	const char **level;  /* ids */
	size_t nlevel;
};

struct work {
	struct cb_store *st;
	const struct cb_whatif_opts *opts;
	struct cb_whatif *out;
	struct cb_roster *roster;
	struct cb_arena *a;
	struct oldset *old; size_t nold;
	const char **old_id;   /* level ids of the rows */
	size_t capmover, capneed, capcause;
	int *unit_table;       /* per unit of the roster: its table; -1: none yet */
	size_t *now; size_t nnow, capnow; /* needs of the meeting at hand */
	struct cb_rows *rows;  /* stored results, in order of meeting */
	int64_t at;            /* meeting of the row at hand; 0: none yet, -1: at the end */
	struct before {        /* what the meeting at hand has so far */
		int64_t meeting;   /* 0: none waits */
		const struct oldset *set; /* NULL: no result */
		int place, row;    /* its level there, -1: none; row of the table */
		int64_t score_n, score_d;
		const char *json;  /* stored points; or */
		const struct cb_scores *scores; size_t lane;
		struct cb_meeting m;
	} before;
	struct cb_buf missing;
	bool oom;
};

enum { MEETING, STATUS, SCORE_N, SCORE_D, LEVEL, RULESET, POINTS };

static const char *keep(struct work *w, const char *s)
{
	char *p = s ? cb_arena_strdup(w->a, s) : NULL;

	w->oom = w->oom || (s && !p);
	return p;
}

/* One more element of a list that grows on the heap; NULL without memory. */
static void *more(void *list, size_t n, size_t *cap, size_t size)
{
	void **p = list, *bigger;

	if (n < *cap)
		return *p;
	bigger = cb_reallocarray(*p, *cap ? 2 * *cap : 16, size);
	if (!bigger)
		return NULL;
	*cap = *cap ? 2 * *cap : 16;
	*p = bigger;
	return bigger;
}

static cb_day first_day(const struct work *w)
{
	return w->opts->period ? w->opts->period->from : CB_DAY_MIN;
}

static cb_day last_day(const struct work *w)
{
	return w->opts->period ? w->opts->period->to : CB_DAY_MAX;
}

/* --- the rulesets of the stored results ------------------------------------------------------------------------ */

static int read_criteria(struct work *w, struct oldset *s, struct cb_err *err)
{
	struct cb_rows *rows = NULL;
	bool row;
	size_t cap = 0;
	int rc = cb_rows_open(&rows, w->st, err, "SELECT id, label, max, counts FROM ruleset_criterion WHERE ruleset_id = ?1 ORDER BY ord", "i", s->id);

	while (rc == 0 && (rc = cb_rows_step(rows, &row, err)) == 0 && row) {
		if (!more(&s->crit, s->ncrit, &cap, sizeof(*s->crit))) {
			rc = cb_err_nomem(err);
			break;
		}
		s->crit[s->ncrit].id = keep(w, cb_rows_text(rows, 0));
		s->crit[s->ncrit].label = keep(w, cb_rows_text(rows, 1));
		s->crit[s->ncrit].max = cb_rows_int(rows, 2);
		s->crit[s->ncrit].counts = (enum cb_counts)cb_rows_int(rows, 3);
		s->scale += s->crit[s->ncrit].counts == CB_COUNTS_SCALE ? s->crit[s->ncrit].max : 0;
		s->ncrit++;
	}
	cb_rows_close(rows);
	return rc;
}

/* One more level of an old ruleset, and its row of the tables: levels of one id share a row. */
static int add_level(struct work *w, struct oldset *s, const char *id, const char *label, size_t *caplevel, size_t *caprow, size_t *capid,
		     struct cb_err *err)
{
	struct cb_whatif *o = w->out;
	size_t i;

	if (!more(&s->level, s->nlevel, caplevel, sizeof(*s->level)) || !more(&s->row, s->nlevel, caprow, sizeof(*s->row)))
		return cb_err_nomem(err);
	s->level[s->nlevel] = keep(w, id);
	if (w->oom)
		return cb_err_nomem(err);
	for (i = 0; i < o->nold && strcmp(w->old_id[i], s->level[s->nlevel]) != 0; i++)
		;
	if (i == o->nold) {
		size_t cap = *capid;

		if (!more(&w->old_id, i, &cap, sizeof(*w->old_id)) || !more(&o->old_level, i, capid, sizeof(*o->old_level)))
			return cb_err_nomem(err);
		w->old_id[i] = s->level[s->nlevel];
		o->old_level[i] = keep(w, label);
		o->nold++;
	}
	s->row[s->nlevel++] = (int)i;
	return 0;
}

static int read_levels(struct work *w, struct oldset *s, size_t *capid, struct cb_err *err)
{
	struct cb_rows *rows = NULL;
	bool row;
	size_t caplevel = 0, caprow = 0;
	int rc = cb_rows_open(&rows, w->st, err, "SELECT id, label FROM ruleset_level WHERE ruleset_id = ?1 ORDER BY ord", "i", s->id);

	while (rc == 0 && (rc = cb_rows_step(rows, &row, err)) == 0 && row)
		rc = add_level(w, s, cb_rows_text(rows, 0), cb_rows_text(rows, 1), &caplevel, &caprow, capid, err);
	cb_rows_close(rows);
	return rc;
}

/* opts.against as if it were stored. */
static int take_against(struct work *w, size_t *capid, struct cb_err *err)
{
	const struct cb_ruleset *rs = w->opts->against;
	struct oldset *s = w->old = cb_calloc(1, sizeof(*s));
	size_t caplevel = 0, caprow = 0;
	int rc = 0;

	if (!s)
		return cb_err_nomem(err);
	w->nold = 1;
	s->scale = rs->scale;
	s->crit = cb_calloc(rs->ncriterion + 1, sizeof(*s->crit));
	if (!s->crit)
		return cb_err_nomem(err);
	for (; s->ncrit < rs->ncriterion; s->ncrit++) {
		const struct cb_criterion *c = &rs->criterion[s->ncrit];

		s->crit[s->ncrit].id = keep(w, c->id);
		s->crit[s->ncrit].label = keep(w, c->label);
		s->crit[s->ncrit].max = c->max;
		s->crit[s->ncrit].counts = c->counts;
	}
	for (size_t i = 0; i < rs->nlevel && rc == 0; i++)
		rc = add_level(w, s, rs->level[i].id, rs->level[i].label, &caplevel, &caprow, capid, err);
	return rc;
}

static int read_rulesets(struct work *w, struct cb_err *err)
{
	struct cb_whatif *o = w->out;
	struct cb_rows *rows = NULL;
	bool row;
	size_t cap = 0, capid = 0;
	int rc = w->opts->against ? take_against(w, &capid, err) : cb_rows_open(&rows, w->st, err,
			      "SELECT DISTINCT r.ruleset_id FROM result r JOIN meeting m ON m.id = r.meeting_id"
			      " WHERE m.held_on BETWEEN ?1 AND ?2 ORDER BY 1",
			      "ii", (int64_t)first_day(w), (int64_t)last_day(w));

	while (rows && rc == 0 && (rc = cb_rows_step(rows, &row, err)) == 0 && row) {
		struct oldset *s;

		if (!more(&w->old, w->nold, &cap, sizeof(*w->old))) {
			rc = cb_err_nomem(err);
			break;
		}
		s = &w->old[w->nold++];
		memset(s, 0, sizeof(*s));
		s->id = cb_rows_int(rows, 0);
		rc = read_criteria(w, s, err);
		if (rc == 0)
			rc = read_levels(w, s, &capid, err);
	}
	cb_rows_close(rows);
	if (rc == 0 && (!more(&o->old_level, o->nold, &capid, sizeof(*o->old_level)) || w->oom))
		rc = cb_err_nomem(err);
	if (rc == 0)
		o->old_level[o->nold++] = "chưa xếp loại";
	return rc;
}

/* --- tables ---------------------------------------------------------------------------------------------------- */

static int table_init(struct work *w, struct cb_move_table *t, const char *name, struct cb_err *err)
{
	memset(t, 0, sizeof(*t));
	t->name = keep(w, name);
	t->count = CB_NEWV(w->a, w->out->nold * w->out->nnew, int64_t);
	return t->name && t->count ? 0 : cb_err_nomem(err);
}

static int table_of(struct work *w, struct cb_move_group *g, const char *name, struct cb_move_table **out, struct cb_err *err)
{
	int rc = 0;
	size_t i;

	for (i = 0; i < g->n; i++)
		if (strcmp(g->table[i].name, name) == 0)
			break;
	if (i == g->n) {
		if (!more(&g->table, g->n, &g->cap, sizeof(*g->table)))
			return cb_err_nomem(err);
		rc = table_init(w, &g->table[i], name, err);
		if (rc == 0)
			g->n++;
	}
	*out = &g->table[i];
	return rc;
}

/* Units are many: their tables are found by their place in the roster. */
static int unit_table(struct work *w, int unit, struct cb_move_table **out, struct cb_err *err)
{
	struct cb_move_group *g = &w->out->by[CB_BY_UNIT];
	int rc = 0;

	if (unit < 0)
		return table_of(w, g, "", out, err);
	if (!w->unit_table) {
		w->unit_table = cb_calloc(w->roster->nunit + 1, sizeof(*w->unit_table));
		if (!w->unit_table)
			return cb_err_nomem(err);
		for (size_t i = 0; i < w->roster->nunit; i++)
			w->unit_table[i] = -1;
	}
	if (w->unit_table[unit] < 0) {
		if (!more(&g->table, g->n, &g->cap, sizeof(*g->table)))
			return cb_err_nomem(err);
		rc = table_init(w, &g->table[g->n], w->roster->unit[unit].code, err);
		if (rc)
			return rc;
		w->unit_table[unit] = (int)g->n++;
	}
	*out = &g->table[w->unit_table[unit]];
	return 0;
}

enum move { MOVE_SAME, MOVE_UP, MOVE_DOWN, MOVE_OTHER };

static int count(struct work *w, struct cb_move_table *t, int from, int to, enum move m, bool lacking, struct cb_err *err)
{
	t->lacking += lacking;
	t->count[(size_t)from * w->out->nnew + (size_t)to]++;
	t->seen++;
	t->up += m == MOVE_UP;
	t->down += m == MOVE_DOWN;
	t->same += m == MOVE_SAME;
	t->other += m == MOVE_OTHER;
	for (size_t i = 0; i < w->nnow; i++) {
		if (w->now[i] >= t->nlack) {
			size_t n = w->now[i] + 8;
			int64_t *bigger = cb_reallocarray(t->lack, n, sizeof(*bigger));

			if (!bigger)
				return cb_err_nomem(err);
			memset(bigger + t->nlack, 0, (n - t->nlack) * sizeof(*bigger));
			t->lack = bigger;
			t->nlack = n;
		}
		t->lack[w->now[i]]++;
	}
	return 0;
}

/* The meeting at hand in every table that it belongs to. */
static int tally(struct work *w, const struct cb_meeting *m, int to, enum move move, bool lacking, struct cb_err *err)
{
	int unit = cb_roster_find(w->roster, m->unit_id), from = w->before.row;
	const struct cb_roster_span *span = unit < 0 ? NULL : cb_roster_on(w->roster, unit, m->held_on);
	const char *name[CB_MOVE_BYS] = {
		[CB_BY_CLUSTER] = unit < 0 ? NULL : cb_roster_cluster(w->roster, unit, m->held_on),
		[CB_BY_CELL_TYPE] = span ? cb_cell_type_vi((enum cb_cell_type)span->cell_type) : NULL,
		[CB_BY_UNIT_KIND] = span ? cb_unit_kind_vi((enum cb_unit_kind)span->kind) : NULL,
		[CB_BY_KIND] = cb_meeting_kind_vi(m->kind),
	};
	int rc = count(w, &w->out->all, from, to, move, lacking, err);

	for (int by = 0; by < CB_MOVE_BYS && rc == 0; by++) {
		struct cb_move_table *t;

		if (by != CB_BY_CLUSTER && by != CB_BY_CELL_TYPE && !(w->opts->by >> by & 1))
			continue;
		rc = by == CB_BY_UNIT ? unit_table(w, unit, &t, err) : table_of(w, &w->out->by[by], name[by] ? name[by] : "", &t, err);
		if (rc == 0)
			rc = count(w, t, from, to, move, lacking, err);
	}
	return rc;
}

/* --- one meeting ----------------------------------------------------------------------------------------------- */

static const struct oldset *oldset(const struct work *w, int64_t id)
{
	for (size_t i = 0; i < w->nold; i++)
		if (w->old[i].id == id)
			return &w->old[i];
	return NULL;
}

/* The k-th element of the stored array of points; false when it is no number. */
static bool stored_points(const char *json, size_t k, cb_pts *out)
{
	long long v = 0;
	bool minus = false;

	if (!json || *json != '[')
		return false;
	for (json++; k > 0 && *json; json++)
		k -= *json == ',';
	if (*json == '-') {
		minus = true;
		json++;
	}
	if (*json < '0' || *json > '9')
		return false;
	for (; *json >= '0' && *json <= '9'; json++)
		v = v * 10 + (*json - '0');
	*out = minus ? -v : v;
	return true;
}

/* The points of the old ruleset's k-th criterion for the meeting at hand; false when it was not scored. */
static bool old_points(const struct work *w, size_t k, cb_pts *out)
{
	const struct before *b = &w->before;

	if (!b->scores)
		return stored_points(b->json, k, out);
	*out = b->scores->state[k][b->lane] == CB_CR_SCORED ? b->scores->points[k][b->lane] : 0;
	return b->scores->state[k][b->lane] == CB_CR_SCORED;
}

/* What of the whole scale a criterion cost: (max - points) / scale, of a bonus or penalty -points / scale; 0 where it was
   not scored. */
static struct cb_ratio lost(bool scored, cb_pts points, cb_pts max, enum cb_counts counts, cb_pts scale)
{
	return scored && scale > 0 ? cb_ratio_make((counts == CB_COUNTS_SCALE ? max : 0) - points, scale) : (struct cb_ratio){ 0, 1 };
}

struct cause {
	const char *id, *label;
	cb_pts old_points, old_max, new_points, new_max;
	struct cb_ratio by; /* how much more was lost, in the direction of the move */
};

static void better_cause(struct cause *best, const struct cause *c)
{
	if (cb_ratio_cmp(c->by, (struct cb_ratio){ 0, 1 }) > 0 && (!best->id || cb_ratio_cmp(c->by, best->by) > 0))
		*best = *c;
}

static struct cause find_cause(struct work *w, const struct oldset *o, const struct cb_scores *s, size_t lane, bool up)
{
	const struct cb_ruleset *rs = w->opts->under;
	struct cause best = { 0 };

	for (size_t k = 0; k < rs->ncriterion + o->ncrit; k++) {
		bool isnew = k < rs->ncriterion;
		size_t in_old, in_new = isnew ? k : rs->ncriterion;
		struct cause c = { .id = isnew ? rs->criterion[k].id : o->crit[k - rs->ncriterion].id };
		bool had = false, has = false;
		enum cb_counts old_counts = CB_COUNTS_SCALE, new_counts = CB_COUNTS_SCALE;
		struct cb_ratio a, b;

		if (isnew) {
			for (in_old = 0; in_old < o->ncrit && strcmp(o->crit[in_old].id, c.id) != 0; in_old++)
				;
		} else {
			in_old = k - rs->ncriterion;
			if (cb_criterion_find(rs, c.id) >= 0)
				continue; /* was compared already */
		}
		if (in_old < o->ncrit) {
			c.label = o->crit[in_old].label;
			c.old_max = o->crit[in_old].max;
			old_counts = o->crit[in_old].counts;
			had = old_points(w, in_old, &c.old_points);
		}
		if (in_new < rs->ncriterion) {
			c.label = rs->criterion[in_new].label;
			c.new_max = rs->criterion[in_new].max;
			new_counts = rs->criterion[in_new].counts;
			has = s->state[in_new][lane] == CB_CR_SCORED;
			c.new_points = has ? s->points[in_new][lane] : 0;
		}
		a = lost(had, c.old_points, c.old_max, old_counts, o->scale);
		b = lost(has, c.new_points, c.new_max, new_counts, rs->scale);
		if (!cb_ratio_sub(&c.by, up ? a : b, up ? b : a))
			continue;
		better_cause(&best, &c);
	}
	return best;
}

static int note_cause(struct work *w, const char *id, const char *label, bool up, struct cb_err *err)
{
	struct cb_whatif *o = w->out;
	size_t i;

	for (i = 0; i < o->ncause; i++)
		if (id && o->cause[i].criterion ? strcmp(o->cause[i].criterion, id) == 0
						: id == o->cause[i].criterion && strcmp(o->cause[i].label, label) == 0)
			break;
	if (i == o->ncause) {
		if (!more(&o->cause, i, &w->capcause, sizeof(*o->cause)))
			return cb_err_nomem(err);
		memset(&o->cause[i], 0, sizeof(o->cause[i]));
		o->cause[i].criterion = id;
		o->cause[i].label = label;
		o->ncause++;
	}
	if (up)
		o->cause[i].up++;
	else
		o->cause[i].down++;
	return 0;
}

/* "@preparation.2": the judged line's own words and its criterion's. */
static const char *judged_label(struct work *w, const char *item)
{
	const struct cb_ruleset *rs = w->opts->under;
	const struct cb_node *judged = cb_judged_find(rs, item);
	const char *line = judged ? judged->label : NULL, *criterion = NULL, *s;

	for (size_t c = 0; c < rs->ncriterion && !criterion; c++) {
		size_t n = strlen(rs->criterion[c].id);

		if (strncmp(item, rs->criterion[c].id, n) == 0 && (item[n] == '\0' || item[n] == '.'))
			criterion = rs->criterion[c].label;
	}
	if (line && criterion && strcmp(line, criterion) != 0)
		s = cb_arena_printf(w->a, "điểm chấm %s (%s)", line, criterion);
	else
		s = cb_arena_printf(w->a, "điểm chấm %s", line ? line : criterion ? criterion : item);
	w->oom = w->oom || !s;
	return s;
}

/* What the meeting at hand lacked: into the list of needs, and into w->now. */
static int note_needs(struct work *w, const struct cb_eval *ev, size_t lane, struct cb_err *err)
{
	struct cb_whatif *o = w->out;
	char *p;

	cb_buf_clear(&w->missing);
	cb_eval_missing(&w->missing, ev, lane);
	if (!cb_buf_ok(&w->missing))
		return cb_err_nomem(err);
	for (p = w->missing.s; *p;) {
		char *end = p + strcspn(p, ",");
		bool last = *end == '\0';
		size_t i;

		if (!last)
			*end = '\0';
		for (i = 0; i < o->nneed && strcmp(o->need[i].id, p) != 0; i++)
			;
		/* "/members": it was reported, as 0 */
		if (*p && *p != '/') {
			if (i == o->nneed) {
				const struct cb_facts *dict = w->opts->under->dict;
				int f = cb_facts_find(dict, p);

				if (!more(&o->need, i, &w->capneed, sizeof(*o->need)))
					return cb_err_nomem(err);
				memset(&o->need[i], 0, sizeof(o->need[i]));
				o->need[i].order = i;
				o->need[i].fact = f >= 0 ? cb_facts_at(dict, (size_t)f) : NULL;
				o->need[i].id = keep(w, p);
				o->need[i].label = f >= 0 ? o->need[i].fact->label : judged_label(w, p[0] == '@' ? p + 1 : p);
				if (w->oom)
					return cb_err_nomem(err);
				o->nneed++;
			}
			o->need[i].meetings++;
			if (!more(&w->now, w->nnow, &w->capnow, sizeof(*w->now)))
				return cb_err_nomem(err);
			w->now[w->nnow++] = i;
		}
		p = last ? end : end + 1;
		while (*p == ' ')
			p++;
	}
	return 0;
}

/* Walks the stored results up to this meeting; *has says whether it has one. */
static int find_stored(struct work *w, int64_t meeting, bool *has, struct cb_err *err)
{
	while (w->at >= 0 && w->at < meeting) {
		bool row;
		int rc = cb_rows_step(w->rows, &row, err);

		if (rc)
			return rc;
		w->at = row ? cb_rows_int(w->rows, MEETING) : -1;
	}
	*has = w->at == meeting;
	return 0;
}

/* What is stored for this meeting becomes what it had before. */
static int before_stored(struct work *w, const struct cb_meeting *m, struct cb_err *err)
{
	struct before *b = &w->before;
	const char *id;
	bool has;
	int rc = find_stored(w, m->id, &has, err);

	*b = (struct before){ .meeting = m->id, .place = -1, .row = (int)w->out->nold - 1 };
	if (rc)
		return rc;
	if (!has) {
		w->out->without_result++;
		return 0;
	}
	b->set = oldset(w, cb_rows_int(w->rows, RULESET));
	b->score_n = cb_rows_int(w->rows, SCORE_N);
	b->score_d = cb_rows_int(w->rows, SCORE_D);
	b->json = cb_rows_text(w->rows, POINTS);
	id = cb_rows_null(w->rows, LEVEL) ? NULL : cb_rows_text(w->rows, LEVEL);
	for (size_t i = 0; id && b->set && i < b->set->nlevel; i++)
		if (strcmp(b->set->level[i], id) == 0)
			b->place = (int)i;
	if (b->place >= 0)
		b->row = b->set->row[b->place];
	return 0;
}

/* Whether opts.against is what rates this meeting. */
static bool in_force(const struct work *w, const struct cb_meeting *m)
{
	const struct cb_ruleset *a = w->opts->against, *rs = w->opts->book ? cb_rulebook_find(w->opts->book, a->id) : NULL;
	int unit = cb_roster_find(w->roster, m->unit_id);
	const struct cb_roster_span *span = unit < 0 ? NULL : cb_roster_on(w->roster, unit, m->held_on);
	const char *code[CB_ROSTER_DEEP];
	size_t n;

	if (!span)
		return false;
	n = cb_roster_chain(w->roster, unit, m->held_on, code);
	if (rs)
		return cb_rulebook_in_force(w->opts->book, code, n, m->held_on, m->kind, span->kind, span->cell_type) == rs;
	if (m->held_on < a->from || m->held_on > a->to)
		return false; /* its kinds were looked at by the run */
	for (size_t i = 0; i < n; i++)
		if (strcmp(code[i], a->issuer) == 0)
			return true;
	return strcmp(a->issuer, "trung_uong") == 0;
}

/* A meeting that opts.against rates and opts.under does not: nothing more was heard of it. */
static int flush(struct work *w, struct cb_err *err)
{
	int rc = 0;

	if (w->opts->against && w->before.meeting) {
		w->out->not_rated++;
		w->nnow = 0;
		rc = tally(w, &w->before.m, (int)w->out->nnew - 1, MOVE_OTHER, false, err);
	}
	w->before.meeting = 0;
	return rc;
}

static int keep_mover(struct work *w, const struct cb_meeting *m, const struct cb_scores *s, size_t lane, int to, bool up, const struct cause *cause,
		      struct cb_err *err)
{
	struct cb_whatif *o = w->out;
	int unit = cb_roster_find(w->roster, m->unit_id);
	const struct cb_roster_span *span = unit < 0 ? NULL : cb_roster_on(w->roster, unit, m->held_on);
	struct cb_mover *x;

	if (!more(&o->mover, o->nmover, &w->capmover, sizeof(*o->mover)))
		return cb_err_nomem(err);
	x = &o->mover[o->nmover];
	memset(x, 0, sizeof(*x));
	x->meeting_id = m->id;
	x->unit_id = m->unit_id;
	x->code = unit < 0 ? "?" : keep(w, w->roster->unit[unit].code);
	x->name = keep(w, span ? span->name : "?");
	x->cluster = unit < 0 ? NULL : keep(w, cb_roster_cluster(w->roster, unit, m->held_on));
	x->cell_type = span ? span->cell_type : CB_CELL_NONE;
	x->unit_kind = span ? span->kind : CB_UNIT_CELL;
	x->held_on = m->held_on;
	x->kind = (unsigned)m->kind;
	x->old_level = w->before.row;
	x->new_level = to;
	x->up = up;
	if (w->before.score_d > 0)
		x->old_score = cb_ratio_make(w->before.score_n, w->before.score_d);
	if (s->score_d[lane] > 0)
		x->new_score = cb_ratio_make(s->score_n[lane], s->score_d[lane]);
	x->cause = cause->id;
	x->cause_label = cause->label;
	x->old_points = cause->old_points;
	x->old_max = cause->old_max;
	x->new_points = cause->new_points;
	x->new_max = cause->new_max;
	o->nmover++;
	return w->oom ? cb_err_nomem(err) : 0;
}

/* The meeting at hand under opts.under, with w->before in place. */
static int compare(struct work *w, const struct cb_meeting *m, const struct cb_eval *ev, const struct cb_scores *s, size_t lane, struct cb_err *err)
{
	struct cb_whatif *o = w->out;
	const struct cb_ruleset *rs = w->opts->under;
	const struct oldset *old = w->before.set;
	int to = s->level[lane] >= 0 ? s->level[lane] : (int)o->nnew - 1, rc = 0;
	bool lacking = s->status[lane] == CB_ST_MISSING;
	enum move move = MOVE_OTHER;
	struct cause cause;

	if (w->before.place >= 0) {
		/* The same number of levels: by place; else by id. */
		int mine = old->nlevel == rs->nlevel ? w->before.place : cb_level_find(rs, old->level[w->before.place]);

		if (mine >= 0 && s->level[lane] >= 0)
			move = mine == s->level[lane] ? MOVE_SAME : s->level[lane] < mine ? MOVE_UP : MOVE_DOWN;
	}
	w->nnow = 0;
	if (lacking)
		rc = note_needs(w, ev, lane, err);
	if (rc == 0)
		rc = tally(w, m, to, move, lacking, err);
	if (rc || (move != MOVE_UP && move != MOVE_DOWN))
		return rc;
	o->movers++;
	cause = find_cause(w, old, s, lane, move == MOVE_UP);
	if (s->gate[lane] >= 0 && s->level[lane] != s->level_by_score[lane] && move == MOVE_DOWN) {
		cause.id = NULL;
		cause.label = rs->gate[s->gate[lane]].label ? rs->gate[s->gate[lane]].label : "điều kiện khống chế mức";
	} else if (!cause.id) {
		cause.label = "ngưỡng hoặc điều kiện xếp loại khác";
	} else {
		/* an old criterion's id belongs to this run's memory, a new one's to the ruleset: both outlast us */
		cause.label = cause.label ? cause.label : cause.id;
	}
	rc = note_cause(w, cause.id, cause.label, move == MOVE_UP, err);
	if (rc || o->nmover >= (w->opts->keep ? w->opts->keep : 1000))
		return rc;
	return keep_mover(w, m, s, lane, to, move == MOVE_UP, &cause, err);
}

static int each(void *ctx, const struct cb_meeting *m, const struct cb_ruleset *rs, const struct cb_eval *ev, const struct cb_scores *s, size_t lane,
		struct cb_err *err)
{
	struct work *w = ctx;
	int rc;

	if (w->opts->against && rs == w->opts->against) {
		rc = flush(w, err);
		if (rc == 0 && in_force(w, m)) {
			int place = s->level[lane];

			w->before = (struct before){ .meeting = m->id, .set = w->old, .place = place,
						     .row = place >= 0 ? w->old->row[place] : (int)w->out->nold - 1, .score_n = s->score_n[lane],
						     .score_d = s->score_d[lane], .scores = s, .lane = lane, .m = *m };
		}
		return rc;
	}
	if (!w->opts->against)
		rc = before_stored(w, m, err);
	else
		rc = w->before.meeting == m->id ? 0 : flush(w, err);
	if (rc == 0 && w->before.meeting == m->id)
		rc = compare(w, m, ev, s, lane, err);
	w->before.meeting = 0;
	return rc;
}

/* --- all together ------------------------------------------------------------------------------------------------ */

static int progress(void *ctx, int64_t done, int64_t total)
{
	struct work *w = ctx;

	return w->opts->progress(w->opts->ctx, done, total);
}

static int mover_order(const void *a, const void *b)
{
	const struct cb_mover *x = a, *y = b;
	int c = strcmp(x->code, y->code);

	if (c == 0)
		c = x->held_on < y->held_on ? -1 : x->held_on > y->held_on;
	return c ? c : x->meeting_id < y->meeting_id ? -1 : x->meeting_id > y->meeting_id;
}

static int table_order(const void *a, const void *b)
{
	const struct cb_move_table *x = a, *y = b;

	return cb_utf8_order(x->name, y->name);
}

static int cause_order(const void *a, const void *b)
{
	const struct cb_cause *x = a, *y = b;
	int64_t n = x->up + x->down, m = y->up + y->down;

	return n != m ? (n > m ? -1 : 1) : strcmp(x->label, y->label);
}

static int need_order(const void *a, const void *b)
{
	const struct cb_need *x = a, *y = b;

	return x->meetings != y->meetings ? (x->meetings > y->meetings ? -1 : 1) : strcmp(x->id, y->id);
}

/* The table's counts in the order of the sorted needs. */
static int order_needs(struct cb_whatif *o, struct cb_move_table *t, struct cb_err *err)
{
	int64_t *lack = cb_calloc(o->nneed + 1, sizeof(*lack));

	if (!lack)
		return cb_err_nomem(err);
	for (size_t i = 0; i < o->nneed; i++)
		lack[i] = o->need[i].order < t->nlack ? t->lack[o->need[i].order] : 0;
	cb_free(t->lack);
	t->lack = lack;
	t->nlack = o->nneed;
	return 0;
}

#define SORT(list, n, by) ((n) > 0 ? qsort((list), (n), sizeof(*(list)), (by)) : (void)0)

int cb_whatif_new(struct cb_whatif **out, struct cb_store *st, const struct cb_whatif_opts *opts, struct cb_err *err)
{
	static const char COMPUTED[] =
		"SELECT r.meeting_id, r.status, r.score_n, r.score_d, r.level, r.ruleset_id, r.points FROM result r"
		" JOIN meeting m ON m.id = r.meeting_id WHERE m.held_on BETWEEN ?1 AND ?2 ORDER BY r.meeting_id";
	static const char OFFICIAL[] =
		"SELECT r.meeting_id, r.status, r.score_n, r.score_d, coalesce(d.official, r.level), r.ruleset_id, r.points FROM result r"
		" JOIN meeting m ON m.id = r.meeting_id LEFT JOIN decision d ON d.meeting_id = r.meeting_id"
		" WHERE m.held_on BETWEEN ?1 AND ?2 ORDER BY r.meeting_id";
	struct work w = { .st = st, .opts = opts };
	struct cb_run_opts ro = { .period = opts->period, .unit = opts->unit, .dry = true, .all = true, .force = opts->under, .beside = opts->against,
				  .progress = opts->progress ? progress : NULL, .each = each };
	struct cb_run_stats stats;
	struct cb_whatif *o;
	int rc;

	*out = NULL;
	o = w.out = cb_calloc(1, sizeof(*o));
	if (!o)
		return cb_err_nomem(err);
	cb_arena_init(&o->arena);
	w.a = &o->arena;
	cb_buf_init(&w.missing);
	o->under = opts->under;
	o->new_level = CB_NEWV(w.a, opts->under->nlevel + 1, const char *);
	rc = o->new_level ? cb_roster_new(&w.roster, st, err) : cb_err_nomem(err);
	if (rc == 0) {
		for (size_t i = 0; i < opts->under->nlevel; i++)
			o->new_level[o->nnew++] = opts->under->level[i].label;
		o->new_level[o->nnew++] = "chưa xếp loại";
		rc = read_rulesets(&w, err);
	}
	if (rc == 0)
		rc = table_init(&w, &o->all, "", err);
	if (rc == 0 && !opts->against)
		rc = cb_rows_open(&w.rows, st, err, opts->official ? OFFICIAL : COMPUTED, "ii", (int64_t)first_day(&w), (int64_t)last_day(&w));
	ro.ctx = &w;
	if (rc == 0)
		rc = cb_run(&stats, st, NULL, &ro, NULL, err);
	if (rc == 0)
		rc = flush(&w, err);
	if (rc == 0) {
		SORT(o->mover, o->nmover, mover_order);
		SORT(o->cause, o->ncause, cause_order);
		SORT(o->need, o->nneed, need_order);
		rc = order_needs(o, &o->all, err);
		for (int by = 0; by < CB_MOVE_BYS && rc == 0; by++) {
			SORT(o->by[by].table, o->by[by].n, table_order);
			for (size_t i = 0; i < o->by[by].n && rc == 0; i++)
				rc = order_needs(o, &o->by[by].table[i], err);
		}
	}
	cb_free(w.now);
	cb_free(w.unit_table);
	cb_rows_close(w.rows);
	cb_buf_release(&w.missing);
	cb_roster_free(w.roster);
	for (size_t i = 0; i < w.nold; i++) {
		cb_free(w.old[i].crit);
		cb_free(w.old[i].row);
		cb_free(w.old[i].level);
	}
	cb_free(w.old);
	cb_free(w.old_id);
	if (rc)
		cb_whatif_free(o);
	else
		*out = o;
	return rc;
}

void cb_whatif_free(struct cb_whatif *w)
{
	if (!w)
		return;
	cb_free(w->old_level);
	cb_free(w->all.lack);
	for (int by = 0; by < CB_MOVE_BYS; by++) {
		for (size_t i = 0; i < w->by[by].n; i++)
			cb_free(w->by[by].table[i].lack);
		cb_free(w->by[by].table);
	}
	cb_free(w->mover);
	cb_free(w->cause);
	cb_free(w->need);
	cb_arena_release(&w->arena);
	cb_free(w);
}
