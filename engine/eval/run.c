/*
 * run.c - see run.h.
 *
 * Meetings come from one cursor in order of id, with the columns that any ruleset of the book may need there. Each
 * batch is split by ruleset, evaluated, and written before the next one is read: the cursor looks up the current
 * result of a row by its key, and only rows behind it are written, so it never sees its own writes.
 * Which ruleset rules is the same for a unit and kind of meeting throughout an era: the days between two changes of
 * any unit or ruleset. It is found once per (unit, era, kind). Memory: O(units * eras), not meetings.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "eval/feed_int.h"
#include "eval/roster_int.h"
#include "eval/run.h"

#define PROGRESS_EVERY 4096
#define REPLAY_LARGE 500 /* results from which replay reads the whole record once instead of each meeting */

/* --- one ruleset at work ------------------------------------------------------------------------------------ */

struct lane_meta {
	int64_t id, rev, unit_id;
	cb_day held_on;
	enum cb_meeting_kind kind;
};

struct worker {
	const struct cb_ruleset *rs;
	struct cb_eval *ev;
	int64_t stored_id;         /* in the record; 0: not put yet */
	bool vouched;
	struct cb_feed feed;       /* lanes gathered from the batch at hand ... */
	struct cb_scores scores;   /* ... and what became of them */
	struct lane_meta *lane;    /* [CB_BATCH] */
	unsigned short from[CB_BATCH]; /* the lane of the batch at hand that each lane comes from */
	char fault[512];               /* the last one that was told ... */
	int64_t nfault;                /* ... and of how many meetings in a row */
};

static void worker_release(struct worker *w)
{
	cb_eval_close(w->ev);
	cb_feed_release(&w->feed);
	cb_free(w->lane);
	memset(w, 0, sizeof(*w));
}

/* Opens the evaluator and adds what it reads to the columns. */
static int worker_open(struct worker *w, const struct cb_ruleset *rs, const struct cb_facts *dict, struct cb_columns *c, struct cb_err *err)
{
	const struct cb_input *input;
	size_t n;
	int rc = cb_eval_open(&w->ev, rs, err);

	w->rs = rs;
	if (rc)
		return rc;
	input = cb_eval_inputs(w->ev, &n);
	rc = cb_feed_init(&w->feed, input, n, rs->dict, dict, c, err);
	if (rc)
		return rc;
	w->lane = cb_calloc(CB_BATCH, sizeof(*w->lane));
	return w->lane ? 0 : cb_err_nomem(err);
}

/* --- which ruleset ------------------------------------------------------------------------------------------ */

struct choice {
	int64_t unit_id; /* 0: empty slot */
	int era;
	unsigned char kind;
	unsigned unit_kind, cell_type;
	int worker;      /* -1: none in force */
	int beside;      /* the worker of opts.beside; -1: it does not rate this kind, or there is none */
};
struct choices {
	cb_day *era; size_t nera; /* first days, rising; era 0 is before all of them */
	struct choice *slot; size_t nslot, used;
};

static int day_order(const void *a, const void *b)
{
	cb_day x = *(const cb_day *)a, y = *(const cb_day *)b;

	return x < y ? -1 : x > y;
}

static int choices_init(struct choices *c, struct cb_store *st, const struct cb_rulebook *book, struct cb_err *err)
{
	struct cb_rows *rows = NULL;
	size_t cap = 0, n = 0, k = book ? cb_rulebook_count(book) : 0;
	bool row;
	int rc;

	memset(c, 0, sizeof(*c));
	rc = cb_rows_open(&rows, st, err, "SELECT valid_from FROM unit_span UNION SELECT valid_to + 1 FROM unit_span ORDER BY 1", "");
	while (rc == 0 && (rc = cb_rows_step(rows, &row, err)) == 0 && row) {
		if (n == cap) {
			cb_day *p = cb_reallocarray(c->era, cap = cap ? 2 * cap : 64, sizeof(*p));

			if (!p) {
				rc = cb_err_nomem(err);
				break;
			}
			c->era = p;
		}
		c->era[n++] = (cb_day)cb_rows_int(rows, 0);
	}
	cb_rows_close(rows);
	if (rc)
		return rc;
	if (k > 0) {
		cb_day *p = cb_reallocarray(c->era, n + 2 * k, sizeof(*p));

		if (!p)
			return cb_err_nomem(err);
		c->era = p;
		for (size_t i = 0; i < k; i++) {
			c->era[n++] = cb_rulebook_at(book, i)->from;
			c->era[n++] = cb_rulebook_at(book, i)->to + 1;
		}
	}
	if (n > 0)
		qsort(c->era, n, sizeof(*c->era), day_order);
	for (size_t i = 0; i < n; i++)
		if (c->nera == 0 || c->era[c->nera - 1] != c->era[i])
			c->era[c->nera++] = c->era[i];
	return 0;
}

static void choices_release(struct choices *c)
{
	cb_free(c->era);
	cb_free(c->slot);
}

/* How many first days are not after `day`. */
static int era_of(const struct choices *c, cb_day day)
{
	size_t lo = 0, hi = c->nera;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (c->era[mid] <= day)
			lo = mid + 1;
		else
			hi = mid;
	}
	return (int)lo;
}

static size_t slot_of(int64_t unit_id, int era, int kind, size_t nslot)
{
	uint64_t h = ((uint64_t)unit_id * 31u + (uint64_t)era) * 4u + (uint64_t)kind;

	h *= UINT64_C(0x9e3779b97f4a7c15);
	return (size_t)(h >> 32) & (nslot - 1);
}

/* The slot of a key, new or old (unit_id 0: new, to be filled); NULL without memory. Moves earlier slots. */
static struct choice *choices_slot(struct choices *c, int64_t unit_id, int era, int kind)
{
	size_t i;

	if (2 * (c->used + 1) > c->nslot) {
		size_t n = c->nslot ? 2 * c->nslot : 1024;
		struct choice *p = cb_calloc(n, sizeof(*p));

		if (!p)
			return NULL;
		for (size_t k = 0; k < c->nslot; k++) {
			if (!c->slot[k].unit_id)
				continue;
			i = slot_of(c->slot[k].unit_id, c->slot[k].era, c->slot[k].kind, n);
			while (p[i].unit_id)
				i = (i + 1) & (n - 1);
			p[i] = c->slot[k];
		}
		cb_free(c->slot);
		c->slot = p;
		c->nslot = n;
	}
	i = slot_of(unit_id, era, kind, c->nslot);
	while (c->slot[i].unit_id && (c->slot[i].unit_id != unit_id || c->slot[i].era != era || c->slot[i].kind != kind))
		i = (i + 1) & (c->nslot - 1);
	return &c->slot[i];
}

/* --- a run -------------------------------------------------------------------------------------------------- */

/* Meetings for which no ruleset was in force, told once per top body and kind. */
struct orphan {
	char top[48];
	int kind;
	int64_t n;
	cb_day from, to;
};

struct run {
	struct cb_store *st;
	const struct cb_rulebook *book;
	const struct cb_run_opts *opts;
	struct cb_run_stats *stats;
	struct cb_diags *diags;
	const struct cb_facts *dict;
	struct cb_columns col;
	struct choices choice;
	struct worker *worker; size_t nworker;
	struct orphan *orphan; size_t norphan;
	struct closed { cb_day from, to; } *closed; size_t nclosed;
	struct cb_buf points, missing;
	cb_day from, to;
};

static bool allowed(const struct cb_ruleset *rs, int kind, unsigned unit_kind, unsigned cell_type)
{
	return (rs->for_kinds >> kind & 1) && (rs->for_units == 0 || (rs->for_units >> unit_kind & 1)) &&
	       (rs->for_cells == 0 || (rs->for_cells >> cell_type & 1));
}

/* A ruleset of another body cannot rule here: its issuer is no unit of this record. */
static int may_rule(struct run *r, const struct cb_ruleset *rs, bool *may, struct cb_err *err)
{
	int64_t id;
	int rc;

	*may = rs->from <= r->to && rs->to >= r->from;
	if (!*may || strcmp(rs->issuer, "trung_uong") == 0)
		return 0;
	rc = cb_store_unit_find(r->st, rs->issuer, &id, err);
	if (rc == CB_ENOTFOUND) {
		*may = false;
		rc = 0;
	}
	return rc;
}

static int workers_open(struct run *r, struct cb_err *err)
{
	size_t n = r->opts->force ? 1 + (r->opts->beside != NULL) : cb_rulebook_count(r->book);
	int rc = 0;

	r->worker = cb_calloc(n + 1, sizeof(*r->worker));
	if (!r->worker)
		return cb_err_nomem(err);
	for (size_t i = 0; i < n && rc == 0; i++) {
		const struct cb_ruleset *rs = !r->opts->force ? cb_rulebook_at(r->book, i) : i ? r->opts->beside : r->opts->force;
		bool may = true;

		if (!r->opts->force)
			rc = may_rule(r, rs, &may, err);
		if (rc == 0 && may)
			rc = worker_open(&r->worker[r->nworker++], rs, r->dict, &r->col, err);
	}
	return rc;
}

static int orphan_note(struct run *r, int64_t unit_id, cb_day day, int kind, struct cb_err *err)
{
	const char *const *code;
	const char *top = "?";
	size_t n, i;
	int rc = cb_store_unit_chain(r->st, unit_id, day, &code, &n, err);

	if (rc)
		return rc;
	if (n > 0)
		top = code[n - 1];
	for (i = 0; i < r->norphan; i++)
		if (r->orphan[i].kind == kind && strcmp(r->orphan[i].top, top) == 0)
			break;
	if (i == r->norphan) {
		struct orphan *p = cb_reallocarray(r->orphan, r->norphan + 1, sizeof(*p));

		if (!p)
			return cb_err_nomem(err);
		r->orphan = p;
		p += r->norphan++;
		snprintf(p->top, sizeof(p->top), "%s", top);
		p->kind = kind;
		p->n = 0;
		p->from = p->to = day;
	}
	r->orphan[i].n++;
	if (day < r->orphan[i].from)
		r->orphan[i].from = day;
	if (day > r->orphan[i].to)
		r->orphan[i].to = day;
	return 0;
}

static int choose(struct run *r, const struct cb_rowhead *h, const struct choice **out, struct cb_err *err)
{
	int era = era_of(&r->choice, h->held_on);
	struct choice *c = choices_slot(&r->choice, h->unit_id, era, (int)h->kind);
	struct cb_unit_view u;
	const struct cb_ruleset *rs;
	const char *const *code;
	size_t n;
	int rc;

	if (!c)
		return cb_err_nomem(err);
	*out = c;
	if (c->unit_id)
		return 0;
	rc = cb_store_unit_on(r->st, h->unit_id, h->held_on, &u, err);
	if (rc == 0)
		rc = cb_store_unit_chain(r->st, h->unit_id, h->held_on, &code, &n, err);
	if (rc == CB_ENOTFOUND) {
		/* A meeting on a day on which the unit did not exist: nothing rules it. */
		c->worker = c->beside = -1;
		rc = 0;
		goto done;
	}
	if (rc)
		return rc;
	c->unit_kind = (unsigned)u.kind;
	c->cell_type = (unsigned)u.cell_type;
	if (r->opts->force)
		rs = allowed(r->opts->force, (int)h->kind, c->unit_kind, c->cell_type) ? r->opts->force : NULL;
	else
		rs = cb_rulebook_in_force(r->book, code, n, h->held_on, h->kind, c->unit_kind, c->cell_type);
	c->worker = -1;
	c->beside = r->opts->force && r->opts->beside && allowed(r->opts->beside, (int)h->kind, c->unit_kind, c->cell_type) ? 1 : -1;
	for (size_t i = 0; rs && i < r->nworker; i++)
		if (r->worker[i].rs == rs)
			c->worker = (int)i;
done:
	c->unit_id = h->unit_id;
	c->era = era;
	c->kind = (unsigned char)h->kind;
	r->choice.used++;
	return rc;
}

/* Stores the ruleset's text if the record does not have it yet. */
static int put_ruleset(struct run *r, struct worker *w, struct cb_err *err)
{
	const struct cb_ruleset *rs = w->rs;
	struct cb_criterion_info *ci = cb_calloc(rs->ncriterion + 1, sizeof(*ci));
	struct cb_level_info *li = cb_calloc(rs->nlevel + 1, sizeof(*li));
	struct cb_ruleset_info info = { .id = rs->id, .title = rs->title, .issuer = rs->issuer, .status = rs->status, .from = rs->from,
					.to = rs->to, .sha = rs->sha, .src = rs->src, .nsrc = rs->nsrc,
					.notes_for = cb_notes_id(rs->notes) };
	int rc;

	if (!ci || !li) {
		rc = cb_err_nomem(err);
		goto out;
	}
	for (size_t i = 0; i < rs->ncriterion; i++) {
		ci[i].id = rs->criterion[i].id;
		ci[i].label = rs->criterion[i].label;
		ci[i].article = rs->criterion[i].article;
		ci[i].max = rs->criterion[i].max;
		ci[i].counts = (int)rs->criterion[i].counts;
	}
	for (size_t i = 0; i < rs->nlevel; i++) {
		li[i].id = rs->level[i].id;
		li[i].label = rs->level[i].label;
		li[i].at_least = rs->level[i].at_least;
	}
	info.criterion = ci;
	info.ncriterion = rs->ncriterion;
	info.level = li;
	info.nlevel = rs->nlevel;
	rc = cb_store_ruleset_put(r->st, &info, &w->stored_id, err);
out:
	cb_free(ci);
	cb_free(li);
	return rc;
}

/* The points of one lane as the record keeps them; also what replay compares. */
static void points_json(struct cb_buf *b, const struct cb_ruleset *rs, const struct cb_scores *s, size_t lane)
{
	cb_buf_clear(b);
	cb_buf_putc(b, '[');
	for (size_t c = 0; c < rs->ncriterion; c++) {
		if (c > 0)
			cb_buf_putc(b, ',');
		switch (s->state[c][lane]) {
		case CB_CR_SCORED: cb_buf_int(b, s->points[c][lane]); break;
		case CB_CR_MISSING: cb_buf_puts(b, "null"); break;
		case CB_CR_NA: cb_buf_puts(b, "\"na\""); break;
		case CB_CR_INVALID: cb_buf_puts(b, "\"invalid\""); break;
		default: cb_buf_puts(b, "\"error\""); break;
		}
	}
	cb_buf_putc(b, ']');
}

/* Absent facts of one lane, blank-separated. */
static const char *missing_ids(struct cb_buf *b, const struct cb_eval *ev, size_t lane)
{
	size_t to = 0;

	cb_buf_clear(b);
	cb_eval_missing(b, ev, lane);
	if (!cb_buf_ok(b) || b->len == 0)
		return NULL;
	for (size_t i = 0; i < b->len; i++)
		if (b->s[i] != ',')
			b->s[to++] = b->s[i];
	b->s[to] = '\0';
	b->len = to;
	return b->s;
}

static const char *level_id(const struct cb_ruleset *rs, int level)
{
	return level >= 0 ? rs->level[level].id : NULL;
}

#define FAULTS_TOLD 3 /* of meetings in a row that fail for the same reason */

static const char *pack_path(const struct worker *w)
{
	return w->rs->nsrc ? w->rs->src[w->rs->nsrc - 1].path : NULL;
}

/* How many more failed for the reason that was told last: a pack whose functions are not called any more fails them all. */
static void fault_more(struct run *r, struct worker *w)
{
	if (w->nfault > FAULTS_TOLD)
		cb_diags_addf(r->diags, CB_SEV_WARNING, pack_path(w), 0, 0, w->rs->id, NULL, "and %lld more meetings: %s", (long long)(w->nfault - FAULTS_TOLD),
			      w->fault);
	w->nfault = 0;
}

static void fault_note(struct run *r, struct worker *w, const struct lane_meta *m, size_t lane)
{
	const char *why = cb_eval_message(w->ev, lane);
	struct cb_unit_view u = { .code = "?" };
	char day[11];

	if (strlen(why) < sizeof(w->fault)) {
		if (strcmp(w->fault, why) != 0)
			fault_more(r, w);
		snprintf(w->fault, sizeof(w->fault), "%s", why);
		if (++w->nfault > FAULTS_TOLD)
			return;
	} else {
		fault_more(r, w);
	}
	if (cb_store_unit_on(r->st, m->unit_id, m->held_on, &u, NULL))
		u.code = "?";
	cb_diags_addf(r->diags, CB_SEV_WARNING, pack_path(w), 0, 0, w->rs->id, NULL, "%s, %s (%s): %s", u.code, cb_day_iso(day, m->held_on),
		      cb_meeting_kind_id(m->kind), why);
}

static int begin_run(struct run *r, struct cb_err *err)
{
	char what[160], code[64];
	struct cb_run_info info = { .today = r->opts->today, .version = CB_VERSION };

	snprintf(what, sizeof(what), "evaluate%s%s%s%s%s", r->opts->period ? " " : "",
		 r->opts->period ? cb_period_code(code, sizeof(code), r->opts->period) : "", r->opts->unit ? " unit=" : "",
		 r->opts->unit ? r->opts->unit : "", r->opts->all ? " all" : "");
	info.what = what;
	return cb_store_run_begin(r->st, &info, &r->stats->run_id, err);
}

/* Asks once whose signatures stand over the ruleset's files and keeps the answer with the run. */
static int vouch(struct run *r, struct worker *w, struct cb_err *err)
{
	const struct cb_signed_by *by = NULL;
	size_t n = 0;
	int rc = r->opts->vouch(r->opts->ctx, w->rs, &by, &n, err);

	w->vouched = true;
	if (rc > 0)
		r->stats->refused++;
	if (rc || r->opts->dry)
		return rc < 0 ? rc : 0;
	if (!r->stats->run_id)
		rc = begin_run(r, err);
	for (size_t i = 0; !rc && i < n; i++)
		rc = cb_store_run_signature(r->st, r->stats->run_id, w->stored_id, &by[i], err);
	return rc;
}

/* Writes (or reports) one evaluated lane. */
static int finish(struct run *r, struct worker *w, size_t k, struct cb_err *err)
{
	const struct lane_meta *m = &w->lane[k];
	const struct cb_scores *s = &w->scores;
	struct cb_result res = { .meeting_id = m->id, .meeting_rev = m->rev, .ruleset_id = w->stored_id, .status = s->status[k],
				 .score_n = s->score_n[k], .score_d = s->score_d[k], .level = level_id(w->rs, s->level[k]),
				 .level_by_score = level_id(w->rs, s->level_by_score[k]), .gate = s->gate[k] };
	int rc = 0;

	r->stats->evaluated++;
	switch (s->status[k]) {
	case CB_ST_RATED: r->stats->rated++; break;
	case CB_ST_MISSING: r->stats->missing++; break;
	case CB_ST_INVALID: r->stats->invalid++; break;
	default: r->stats->errors++; break;
	}
	if ((s->status[k] == CB_ST_INVALID || s->status[k] == CB_ST_ERROR) && r->diags)
		fault_note(r, w, m, k);
	if (r->opts->dry) {
		struct cb_meeting mm = { .id = m->id, .rev = m->rev, .unit_id = m->unit_id, .held_on = m->held_on, .kind = m->kind };

		if (r->opts->each && (rc = r->opts->each(r->opts->ctx, &mm, w->rs, w->ev, s, k, err)) > 0)
			rc = cb_err_set(err, CB_EINTR, "stopped");
		return rc;
	}
	if (!r->stats->run_id && (rc = begin_run(r, err)) != 0)
		return rc;
	res.run_id = r->stats->run_id;
	points_json(&r->points, w->rs, s, k);
	res.points = r->points.s;
	res.missing = s->status[k] == CB_ST_RATED ? NULL : missing_ids(&r->missing, w->ev, k);
	if (!cb_buf_ok(&r->points) || !cb_buf_ok(&r->missing))
		return cb_err_nomem(err);
	return cb_store_result_put(r->st, &res, err);
}

static int read_seals(struct run *r, struct cb_err *err)
{
	struct cb_rows *rows = NULL;
	bool row;
	int rc = cb_rows_open(&rows, r->st, err, "SELECT valid_from, valid_to FROM seal", "");

	while (rc == 0 && (rc = cb_rows_step(rows, &row, err)) == 0 && row) {
		struct closed *p = cb_reallocarray(r->closed, r->nclosed + 1, sizeof(*p));

		if (!p) {
			rc = cb_err_nomem(err);
			break;
		}
		r->closed = p;
		r->closed[r->nclosed++] = (struct closed){ (cb_day)cb_rows_int(rows, 0), (cb_day)cb_rows_int(rows, 1) };
	}
	cb_rows_close(rows);
	return rc;
}

static bool sealed(const struct run *r, cb_day day)
{
	for (size_t i = 0; i < r->nclosed; i++)
		if (r->closed[i].from <= day && day <= r->closed[i].to)
			return true;
	return false;
}

/* One meeting of the batch at hand becomes the worker's next lane. */
static void put_lane(struct worker *w, const struct cb_rowhead *h, size_t k, const struct choice *c, size_t *place)
{
	*place = w->feed.n;
	w->lane[w->feed.n] = (struct lane_meta){ h->id, h->rev, h->unit_id, h->held_on, h->kind };
	w->from[w->feed.n] = (unsigned short)k;
	cb_feed_about(&w->feed, &(struct cb_about){ c->unit_kind, c->cell_type, h->held_on, (int)h->kind, -1 });
}

static int one_batch(struct run *r, size_t n, const struct cb_rowhead *head, const int64_t *const *value, const unsigned char *const *have,
		     struct cb_err *err)
{
	int who[CB_BATCH][2]; /* the workers of each lane: the one beside and its own; -1: nothing to do */
	size_t place[CB_BATCH][2];
	int rc = 0;

	for (size_t k = 0; k < n; k++) {
		const struct choice *c = NULL;
		struct worker *w;

		who[k][0] = who[k][1] = -1;
		r->stats->seen++;
		if (!r->opts->dry && head[k].result_rev && sealed(r, head[k].held_on)) {
			r->stats->sealed++;
			continue;
		}
		rc = choose(r, &head[k], &c, err);
		if (rc)
			return rc;
		if (c->beside >= 0 && !r->stats->refused)
			put_lane(&r->worker[c->beside], &head[k], k, c, &place[k][0]);
		who[k][0] = c->beside;
		if (c->worker < 0) {
			r->stats->without_ruleset++;
			rc = r->opts->force ? 0 : orphan_note(r, head[k].unit_id, head[k].held_on, (int)head[k].kind, err);
			if (rc && rc != CB_ENOTFOUND)
				return rc;
			continue;
		}
		w = &r->worker[c->worker];
		if (!r->opts->dry && !w->stored_id && (rc = put_ruleset(r, w, err)) != 0)
			return rc;
		if (!r->opts->dry && !r->opts->all && head[k].result_rev == head[k].rev && head[k].result_ruleset == w->stored_id &&
		    head[k].result_semver == CB_SEMANTICS) {
			r->stats->unchanged++;
			continue;
		}
		if (r->opts->vouch && !w->vouched && (rc = vouch(r, w, err)) != 0)
			return rc;
		if (r->stats->refused)
			continue;
		who[k][1] = c->worker;
		put_lane(w, &head[k], k, c, &place[k][1]);
	}
	for (size_t i = 0; i < r->nworker && !r->stats->refused; i++) {
		struct worker *w = &r->worker[i];
		struct cb_batch in = { .n = w->feed.n, .value = w->feed.pvalue, .have = w->feed.phave };

		/* all of the batch under one ruleset: the record's columns are used where they are */
		cb_feed_gather(&w->feed, &r->col, in.n == n ? NULL : w->from, value, have);
		if (in.n > 0)
			rc = cb_eval_batch(w->ev, &in, &w->scores, err);
		w->feed.n = 0;
		if (rc)
			return rc;
	}
	/* Written in order of meeting: the hash over a run's results is made in that order. */
	for (size_t k = 0; k < n && rc == 0 && !r->stats->refused; k++)
		for (int i = 0; i < 2 && rc == 0; i++)
			if (who[k][i] >= 0)
				rc = finish(r, &r->worker[who[k][i]], place[k][i], err);
	return rc;
}

static int count_meetings(struct run *r, int64_t *total, struct cb_err *err)
{
	struct cb_rows *rows;
	bool row;
	int rc;

	*total = 0; /* unknown */
	if (!r->opts->progress || r->opts->unit)
		return 0;
	rc = cb_rows_open(&rows, r->st, err, "SELECT count(*) FROM meeting WHERE held_on BETWEEN ?1 AND ?2", "ii", (int64_t)r->from, (int64_t)r->to);
	if (rc)
		return rc;
	rc = cb_rows_step(rows, &row, err);
	if (rc == 0 && row)
		*total = cb_rows_int(rows, 0);
	cb_rows_close(rows);
	return rc;
}

/* A pack's own facts become columns of the record before anything reads them. */
static int declare_facts(struct run *r, struct cb_err *err)
{
	int rc = 0;

	for (size_t i = 0; i < r->nworker && rc == 0; i++)
		for (size_t k = 0; k < r->worker[i].feed.ninput && rc == 0; k++) {
			const struct cb_input *in = &r->worker[i].feed.input[k];
			const struct cb_fact *f = in->kind == CB_IN_FACT ? cb_facts_at(r->worker[i].rs->dict, (size_t)in->fact) : NULL;

			if (f && f->pack)
				rc = cb_store_fact_declare(r->st, f, err);
		}
	return rc;
}

static int read_all(struct run *r, struct cb_err *err)
{
	struct cb_cursor_opts co = { .from = r->from, .to = r->to, .unit = r->opts->unit, .fact = r->col.fact, .nfact = r->col.nfact,
				     .judged = r->col.judged, .njudged = r->col.njudged };
	struct cb_cursor *cur = NULL;
	const struct cb_rowhead *head;
	const int64_t *const *value;
	const unsigned char *const *have;
	int64_t total, told = 0;
	size_t n;
	int rc = count_meetings(r, &total, err);

	if (rc == 0)
		rc = cb_cursor_open(&cur, r->st, &co, err);
	while (rc == 0 && (rc = cb_cursor_next(cur, &n, &head, &value, &have, err)) == 0 && n > 0) {
		rc = one_batch(r, n, head, value, have, err);
		if (rc == 0 && r->opts->progress && r->stats->seen - told >= PROGRESS_EVERY) {
			told = r->stats->seen;
			if (r->opts->progress(r->opts->ctx, told, total))
				rc = cb_err_set(err, CB_EINTR, "stopped after %lld meetings", (long long)told);
		}
	}
	cb_cursor_close(cur);
	if (rc == 0 && r->opts->progress && r->opts->progress(r->opts->ctx, r->stats->seen, r->stats->seen))
		rc = cb_err_set(err, CB_EINTR, "stopped after %lld meetings", (long long)r->stats->seen);
	return rc;
}

int cb_run(struct cb_run_stats *out, struct cb_store *st, const struct cb_rulebook *book, const struct cb_run_opts *opts,
	   struct cb_diags *diags, struct cb_err *err)
{
	struct run r = { .st = st, .book = book, .opts = opts, .stats = out, .diags = diags, .dict = cb_store_facts(st),
			 .from = opts->period ? opts->period->from : CB_DAY_MIN, .to = opts->period ? opts->period->to : CB_DAY_MAX };
	bool begun = false;
	int rc;

	memset(out, 0, sizeof(*out));
	cb_buf_init(&r.points);
	cb_buf_init(&r.missing);
	if (opts->force && !opts->dry)
		return cb_err_set(err, CB_EUSAGE, "a ruleset can be forced only in a run that stores nothing");
	if (!opts->dry) {
		rc = cb_store_begin(st, err);
		if (rc)
			goto out;
		begun = true;
	}
	rc = choices_init(&r.choice, st, opts->force ? NULL : book, err);
	if (rc == 0)
		rc = read_seals(&r, err);
	if (rc == 0)
		rc = workers_open(&r, err);
	if (rc == 0 && !opts->dry)
		rc = declare_facts(&r, err);
	if (rc == 0)
		rc = read_all(&r, err);
	for (size_t i = 0; rc == 0 && i < r.nworker; i++)
		fault_more(&r, &r.worker[i]);
	if (rc == 0 && out->refused)
		rc = cb_err_set(err, CB_EDATA, "nothing was stored: %lld ruleset%s refused", (long long)out->refused, out->refused == 1 ? " was" : "s were");
	if (rc == 0 && out->run_id)
		rc = cb_store_run_end(st, out->run_id, err);
	if (rc == 0 && begun)
		rc = cb_store_commit(st, err);
	for (size_t i = 0; rc == 0 && diags && i < r.norphan; i++) {
		char from[11], to[11];

		cb_diags_addf(diags, CB_SEV_NOTE, NULL, 0, 0, NULL, "add a pack for that body, or widen its effective days",
			      "%lld %s meetings under %s (%s to %s) had no ruleset in force", (long long)r.orphan[i].n,
			      cb_meeting_kind_id((enum cb_meeting_kind)r.orphan[i].kind), r.orphan[i].top, cb_day_iso(from, r.orphan[i].from),
			      cb_day_iso(to, r.orphan[i].to));
	}
out:
	if (rc && begun) {
		cb_store_rollback(st);
		out->run_id = 0;
	}
	for (size_t i = 0; i < r.nworker; i++)
		worker_release(&r.worker[i]);
	cb_free(r.worker);
	cb_free(r.orphan);
	cb_free(r.closed);
	choices_release(&r.choice);
	cb_columns_release(&r.col);
	cb_buf_release(&r.points);
	cb_buf_release(&r.missing);
	return rc;
}

/* --- replay ------------------------------------------------------------------------------------------------- */

struct old_result {
	int64_t meeting_id, rev;
	char code[44];
	struct cb_about about;
	int status, gate, semantics;
	int64_t score_n, score_d;
	char *level, *level_by_score, *points, *missing; /* arena */
};

struct replay {
	struct cb_store *st;
	struct cb_replay_stats *stats;
	struct cb_diags *diags;
	int64_t run_id;
	struct worker w;
	struct cb_columns col;
	struct cb_ruleset *rs;
	struct cb_arena arena;      /* of the rows at hand */
	struct old_result *old; size_t n;
	int64_t *value;             /* one lane of the record's columns ... */
	unsigned char *have;
	const int64_t **pvalue;     /* ... and pointers to each */
	const unsigned char **phave;
	/* A large run: meetings that have not changed since are read in one go, in order of id like the results. */
	bool large;
	struct cb_cursor *cur;
	const struct cb_rowhead *head;
	const int64_t *const *cvalue;
	const unsigned char *const *chave;
	size_t cn, ci;
	struct cb_buf points, missing;
};

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static void lost(struct replay *r, const struct old_result *o, const char *why)
{
	char day[11];

	r->stats->lost++;
	cb_diags_addf(r->diags, CB_SEV_ERROR, NULL, 0, 0, o->code, NULL, "meeting %lld of %s: %s", (long long)o->meeting_id,
		      cb_day_iso(day, o->about.held_on), why);
}

static void compare(struct replay *r, const struct old_result *o, const struct cb_scores *s, size_t k)
{
	const char *what = NULL, *miss = NULL;
	char was[160], now[160], day[11];

	points_json(&r->points, r->rs, s, k);
	if (s->status[k] != CB_ST_RATED)
		miss = missing_ids(&r->missing, r->w.ev, k);
	was[0] = now[0] = '\0';
	if (o->status != s->status[k]) {
		what = "status";
		snprintf(was, sizeof(was), "%d", o->status);
		snprintf(now, sizeof(now), "%d", s->status[k]);
	} else if (!same_text(o->level, level_id(r->rs, s->level[k]))) {
		what = "level";
		snprintf(was, sizeof(was), "%s", o->level ? o->level : "none");
		snprintf(now, sizeof(now), "%s", s->level[k] >= 0 ? level_id(r->rs, s->level[k]) : "none");
	} else if (o->score_n != s->score_n[k] || o->score_d != s->score_d[k]) {
		what = "score";
		snprintf(was, sizeof(was), "%lld/%lld thousandths", (long long)o->score_n, (long long)o->score_d);
		snprintf(now, sizeof(now), "%lld/%lld", (long long)s->score_n[k], (long long)s->score_d[k]);
	} else if (!same_text(o->points, r->points.s)) {
		what = "points";
		snprintf(was, sizeof(was), "%s", o->points ? o->points : "none");
		snprintf(now, sizeof(now), "%s", r->points.s);
	} else if (!same_text(o->level_by_score, level_id(r->rs, s->level_by_score[k])) || o->gate != s->gate[k]) {
		what = "gate";
		snprintf(was, sizeof(was), "%d", o->gate);
		snprintf(now, sizeof(now), "%d", s->gate[k]);
	} else if (!same_text(o->missing, miss)) {
		what = "missing facts";
		snprintf(was, sizeof(was), "%s", o->missing ? o->missing : "none");
		snprintf(now, sizeof(now), "%s", miss ? miss : "none");
	}
	if (!what) {
		r->stats->same++;
		return;
	}
	r->stats->differ++;
	cb_diags_addf(r->diags, CB_SEV_ERROR, NULL, 0, 0, o->code,
		      o->semantics == CB_SEMANTICS ? NULL : "the meaning of evaluation has changed since then",
		      "meeting %lld of %s: %s was %s, is %s (result of semantics %d, this program has %d)", (long long)o->meeting_id,
		      cb_day_iso(day, o->about.held_on), what, was, now, o->semantics, CB_SEMANTICS);
}

/* The facts of a result from the cursor; *found false: the meeting has changed since, or there is no cursor. */
static int replay_current(struct replay *r, const struct old_result *o, bool *found, struct cb_err *err)
{
	int rc = 0;

	*found = false;
	while (r->cur && rc == 0 && (r->ci == r->cn || r->head[r->ci].id < o->meeting_id)) {
		if (r->ci < r->cn) {
			r->ci++;
			continue;
		}
		r->ci = 0;
		rc = cb_cursor_next(r->cur, &r->cn, &r->head, &r->cvalue, &r->chave, err);
		if (rc == 0 && r->cn == 0) {
			cb_cursor_close(r->cur);
			r->cur = NULL;
		}
	}
	if (rc || !r->cur || r->head[r->ci].id != o->meeting_id || r->head[r->ci].rev != o->rev)
		return rc;
	*found = true;
	return 0;
}

/* Rebuilds the facts of the rows at hand, evaluates them together, compares each. */
static int replay_flush(struct replay *r, struct cb_err *err)
{
	struct cb_cursor_opts co = { .fact = r->col.fact, .nfact = r->col.nfact, .judged = r->col.judged, .njudged = r->col.njudged,
				     .from = CB_DAY_MIN, .to = CB_DAY_MAX };
	struct cb_batch in = { .value = r->w.feed.pvalue, .have = r->w.feed.phave };
	struct cb_scores s;
	size_t at[CB_BATCH];
	int rc = 0;

	r->w.feed.n = 0;
	for (size_t i = 0; i < r->n && rc == 0; i++) {
		const struct old_result *o = &r->old[i];
		bool found;

		rc = replay_current(r, o, &found, err);
		if (rc)
			break;
		if (found) {
			at[r->w.feed.n] = i;
			cb_feed_lane(&r->w.feed, &r->col, r->ci, r->cvalue, r->chave, &o->about);
			continue;
		}
		co.meeting_id = o->meeting_id;
		rc = cb_store_revision(r->st, o->meeting_id, o->rev, &co, r->value, r->have, err);
		if (rc == CB_ENOTFOUND) {
			lost(r, o, "this revision of its facts was not kept");
			rc = 0;
		} else if (rc == 0) {
			at[r->w.feed.n] = i;
			cb_feed_lane(&r->w.feed, &r->col, 0, r->pvalue, r->phave, &o->about);
		}
	}
	in.n = r->w.feed.n;
	if (rc == 0 && in.n > 0)
		rc = cb_eval_batch(r->w.ev, &in, &s, err);
	for (size_t k = 0; rc == 0 && k < in.n; k++)
		compare(r, &r->old[at[k]], &s, k);
	if (rc == 0 && (!cb_buf_ok(&r->points) || !cb_buf_ok(&r->missing)))
		rc = cb_err_nomem(err);
	r->n = 0;
	cb_arena_release(&r->arena);
	cb_arena_init(&r->arena);
	return rc;
}

static void replay_close(struct replay *r)
{
	worker_release(&r->w);
	cb_columns_release(&r->col);
	cb_free(r->value);
	cb_free(r->have);
	cb_free(r->pvalue);
	cb_free(r->phave);
	r->value = NULL;
	r->have = NULL;
	r->pvalue = NULL;
	r->phave = NULL;
	cb_cursor_close(r->cur);
	r->cur = NULL;
	r->cn = r->ci = 0;
	cb_ruleset_free(r->rs);
	r->rs = NULL;
}

/* The ruleset as it was, from its stored text; rs stays NULL when the text cannot be turned into a ruleset any more. */
static int replay_open(struct replay *r, int64_t ruleset_id, const struct cb_pack_loader *loader, struct cb_err *err)
{
	struct cb_arena a;
	struct cb_source *src;
	struct cb_facts *dict = cb_store_facts(r->st);
	size_t nsrc, n;
	int rc;

	replay_close(r);
	cb_arena_init(&a);
	rc = cb_store_ruleset_sources(r->st, ruleset_id, &a, &src, &nsrc, err);
	if (rc == 0) {
		rc = loader->load(loader->ctx, &r->rs, src, nsrc, dict, r->diags, err);
		if (rc == CB_EDATA || rc == CB_ERULE || rc == CB_ELIMIT) {
			cb_diags_addf(r->diags, CB_SEV_ERROR, nsrc ? src[nsrc - 1].path : NULL, 0, 0, NULL, NULL,
				      "the stored text of ruleset %lld does not load any more: %s", (long long)ruleset_id, err->msg);
			r->rs = NULL;
			rc = 0;
		}
	}
	if (rc == 0 && r->rs) {
		rc = worker_open(&r->w, r->rs, dict, &r->col, err);
		n = r->col.nfact + r->col.njudged;
		if (rc == 0) {
			r->value = cb_calloc(n + 1, sizeof(*r->value));
			r->have = cb_calloc(n + 1, 1);
			r->pvalue = cb_calloc(n + 1, sizeof(*r->pvalue));
			r->phave = cb_calloc(n + 1, sizeof(*r->phave));
			if (!r->value || !r->have || !r->pvalue || !r->phave)
				rc = cb_err_nomem(err);
		}
		for (size_t i = 0; rc == 0 && i < n; i++) {
			r->pvalue[i] = &r->value[i];
			r->phave[i] = &r->have[i];
		}
		if (rc == 0 && r->large) {
			struct cb_cursor_opts co = { .fact = r->col.fact, .nfact = r->col.nfact, .judged = r->col.judged,
						     .njudged = r->col.njudged, .from = CB_DAY_MIN, .to = CB_DAY_MAX };

			rc = cb_cursor_open(&r->cur, r->st, &co, err);
		}
	}
	cb_arena_release(&a);
	return rc;
}

static int replay_keep(struct replay *r, struct cb_rows *rows, struct cb_err *err)
{
	struct old_result *o = &r->old[r->n];
	struct cb_unit_view u = { .code = "?" };
	const char *text[4];
	char **to[4] = { &o->level, &o->level_by_score, &o->points, &o->missing };
	int64_t unit_id = cb_rows_int(rows, 10);
	int rc;

	memset(o, 0, sizeof(*o));
	o->meeting_id = cb_rows_int(rows, 1);
	o->rev = cb_rows_int(rows, 2);
	o->status = (int)cb_rows_int(rows, 3);
	o->score_n = cb_rows_int(rows, 4);
	o->score_d = cb_rows_int(rows, 5);
	o->gate = cb_rows_null(rows, 8) ? -1 : (int)cb_rows_int(rows, 8);
	o->about.held_on = (cb_day)cb_rows_int(rows, 11);
	o->semantics = (int)cb_rows_int(rows, 13);
	o->about.kind = cb_kind_of(cb_rows_text(rows, 14));
	for (int i = 0; i < 4; i++) {
		static const int COL[] = { 6, 7, 9, 12 };

		text[i] = cb_rows_text(rows, COL[i]);
		if (text[i] && !(*to[i] = cb_arena_strdup(&r->arena, text[i])))
			return cb_err_nomem(err);
	}
	rc = cb_store_unit_on(r->st, unit_id, o->about.held_on, &u, err);
	if (rc && rc != CB_ENOTFOUND)
		return rc;
	snprintf(o->code, sizeof(o->code), "%s", rc ? "?" : u.code);
	o->about.unit_kind = rc ? CB_UNIT_CELL : (unsigned)u.kind;
	o->about.cell_type = rc ? CB_CELL_NONE : (unsigned)u.cell_type;
	rc = cb_store_revision_unit(r->st, o->meeting_id, o->rev, &o->about.unit_kind, &o->about.cell_type, err);
	if (rc)
		return rc;
	r->n++;
	r->stats->results++;
	r->stats->older += o->semantics != CB_SEMANTICS;
	return 0;
}

int cb_replay(struct cb_replay_stats *out, struct cb_store *st, int64_t run_id, const struct cb_pack_loader *loader,
	      struct cb_diags *diags, struct cb_err *err)
{
	static const char SQL[] =
		"SELECT x.ruleset_id, x.meeting_id, x.meeting_rev, x.status, x.score_n, x.score_d, x.level, x.level_by_score, x.gate, x.points,"
		" m.unit_id, m.held_on, x.missing, x.semantics, m.kind FROM"
		" (SELECT ruleset_id, meeting_id, meeting_rev, run_id, status, score_n, score_d, level, level_by_score, gate, points, missing,"
		"  semantics FROM result WHERE run_id = ?1"
		"  UNION ALL"
		"  SELECT ruleset_id, meeting_id, meeting_rev, run_id, status, score_n, score_d, level, level_by_score, gate, points, missing,"
		"  semantics FROM result_past WHERE run_id = ?1) AS x"
		" JOIN meeting m ON m.id = x.meeting_id ORDER BY 1, 2, 3";
	struct replay r = { .st = st, .stats = out, .diags = diags, .run_id = run_id };
	struct cb_rows *rows = NULL;
	int64_t open = 0;
	bool row;
	int rc;

	memset(out, 0, sizeof(*out));
	cb_arena_init(&r.arena);
	cb_buf_init(&r.points);
	cb_buf_init(&r.missing);
	r.old = cb_calloc(CB_BATCH, sizeof(*r.old));
	if (!r.old) {
		rc = cb_err_nomem(err);
		goto out;
	}
	rc = cb_rows_open(&rows, st, err, "SELECT results FROM run WHERE id = ?1", "i", run_id);
	if (rc == 0)
		rc = cb_rows_step(rows, &row, err);
	if (rc == 0 && row)
		r.large = cb_rows_int(rows, 0) > REPLAY_LARGE;
	cb_rows_close(rows);
	rows = NULL;
	if (rc == 0 && !row)
		rc = cb_err_set(err, CB_ENOTFOUND, "there is no run %lld in this record", (long long)run_id);
	if (rc == 0)
		rc = cb_rows_open(&rows, st, err, SQL, "i", run_id);
	while (rc == 0 && (rc = cb_rows_step(rows, &row, err)) == 0 && row) {
		if (open != cb_rows_int(rows, 0) || r.n == CB_BATCH) {
			if (r.rs)
				rc = replay_flush(&r, err);
			if (rc == 0 && open != cb_rows_int(rows, 0)) {
				open = cb_rows_int(rows, 0);
				rc = replay_open(&r, open, loader, err);
			}
			if (rc)
				break;
		}
		rc = replay_keep(&r, rows, err);
		if (rc == 0 && !r.rs)
			lost(&r, &r.old[--r.n], "its ruleset does not load");
	}
	if (rc == 0 && r.rs)
		rc = replay_flush(&r, err);
	if (rc == 0 && out->older)
		cb_diags_addf(diags, CB_SEV_NOTE, NULL, 0, 0, NULL, NULL,
			      "%lld of %lld results of run %lld were made by a program whose evaluation meant something else (this one has semantics %d)",
			      (long long)out->older, (long long)out->results, (long long)run_id, CB_SEMANTICS);
out:
	cb_rows_close(rows);
	replay_close(&r);
	cb_free(r.old);
	cb_arena_release(&r.arena);
	cb_buf_release(&r.points);
	cb_buf_release(&r.missing);
	return rc;
}
