/*
 * cursor.c - meetings as columns, in batches, in order of id.
 *
 * The meeting table is read window by window of ids, with only the columns that were asked for: an aggregate, cb_lane(),
 * takes each row straight into the lanes, which is a good deal cheaper than stepping through rows. Judged points come from
 * a statement that walks the assessments beside it (both are in order of id, so this is a merge); the unit's attributes and
 * the question "is it below this unit" come from the cache of units. Nothing is sorted, nothing grows with the number of
 * meetings. One meeting, or those of few units, are found by index and stepped through.
 */
#include "store/store_int.h"

#include <assert.h>
#include <string.h>
#include "base/alloc.h"

#define BATCH 512      /* lanes; CB_BATCH of the evaluator */
#define BY_INDEX 64    /* up to so many units are found by index */
#define STEPS_AHEAD 64 /* assessments passed over before seeking */

#define HEAD 8       /* columns of the head */
#define ARGS_MAX 120 /* SQLite's functions take 127 */

enum special { COLUMN, HELD_ON, KIND, UNIT_KIND, CELL_TYPE, ABSENT };

struct judged {
	const char *item;
	const char *by; /* id: the record's order is by these texts */
	size_t col;
};

struct cb_cursor {
	struct cb_store *st;
	sqlite3_stmt *q, *aq;
	sqlite3_stmt *hold; /* windows: stands on a row, so that all windows see the same record */
	size_t nfact, ncol;
	enum special *how;     /* [nfact] */
	size_t *col, ncolumn;  /* which fact each column after the head is */
	struct judged *judged; /* [njudged] in the record's order */
	size_t njudged;
	bool windows, on_assessment, no_more, units_needed, done; /* no_more: assessments from here on */
	int64_t root;      /* 0: all */
	int64_t last, end; /* windows: ids up to last are done, none is after end */
	size_t lane;       /* filled */
	int fault;         /* of a row that could not be taken */
	struct cb_rowhead head[BATCH];
	int64_t *value;
	unsigned char *have;
	const int64_t **vcol;
	const unsigned char **hcol;
};

static int judged_order(const char *item_a, const char *by_a, const char *item_b, const char *by_b)
{
	int c = strcmp(item_a, item_b);

	return c ? c : strcmp(by_a, by_b);
}

static void judged_sort(struct judged *j, size_t n)
{
	for (size_t i = 1; i < n; i++)
		for (size_t k = i; k > 0 && judged_order(j[k - 1].item, j[k - 1].by, j[k].item, j[k].by) > 0; k--) {
			struct judged t = j[k];

			j[k] = j[k - 1];
			j[k - 1] = t;
		}
}

/* Units that are ever below `root`, as a JSON list when they are few; *few false otherwise. */
static int below(struct cb_store *st, int64_t root, struct cb_buf *list, bool *few, struct cb_err *err)
{
	static const char sql[] = "WITH RECURSIVE b(id) AS (VALUES(?1) UNION SELECT s.unit_id FROM b JOIN unit_span s ON s.parent_id=b.id)"
				  " SELECT id FROM b LIMIT ?2";
	sqlite3_stmt *q = NULL;
	size_t n = 0;
	bool row;
	int rc = cb_st_prepare(st, sql, 0, &q, err);

	if (rc == CB_OK) {
		sqlite3_bind_int64(q, 1, root);
		sqlite3_bind_int(q, 2, BY_INDEX + 1);
	}
	while (rc == CB_OK && (rc = cb_st_row(st, q, &row, err)) == CB_OK && row)
		cb_buf_printf(list, "%c%lld", n++ ? ',' : '[', (long long)sqlite3_column_int64(q, 0));
	cb_buf_putc(list, ']');
	*few = n <= BY_INDEX;
	sqlite3_finalize(q);
	if (rc == CB_OK && !cb_buf_ok(list))
		rc = cb_err_nomem(err);
	return rc;
}

/* One row into the next lane, from wherever its values are. */
#define TAKE(c, INT, TEXT, ABSENT_AT) \
	do { \
		size_t lane_ = (c)->lane; \
		struct cb_rowhead *h_ = &(c)->head[lane_]; \
		const unsigned char *text_ = TEXT(4); \
		int kind_ = cb_meeting_kind_of(text_); \
		h_->id = INT(0); \
		h_->rev = INT(1); \
		h_->unit_id = INT(2); \
		h_->held_on = (cb_day)INT(3); \
		h_->kind = (enum cb_meeting_kind)(kind_ < 0 ? 0 : kind_); \
		h_->result_rev = INT(5); \
		h_->result_ruleset = INT(6); \
		h_->result_semver = (int)INT(7); \
		if (kind_ < 0) \
			(c)->fault = text_ == NULL ? CB_ENOMEM : CB_ECORRUPT; \
		for (size_t k_ = 0; k_ < (c)->ncolumn; k_++) { \
			int64_t v_ = INT(HEAD + (int)k_); \
			size_t at_ = (c)->col[k_] * BATCH + lane_; \
			(c)->value[at_] = v_; \
			(c)->have[at_] = v_ != 0 || !(ABSENT_AT(HEAD + (int)k_)); \
		} \
		(c)->lane++; \
	} while (0)

static void take_row(struct cb_cursor *c)
{
#define INT_OF(i) sqlite3_column_int64(c->q, i)
#define TEXT_OF(i) sqlite3_column_text(c->q, i)
#define NULL_AT(i) (sqlite3_column_type(c->q, i) == SQLITE_NULL)
	TAKE(c, INT_OF, TEXT_OF, NULL_AT);
#undef INT_OF
#undef TEXT_OF
#undef NULL_AT
}

void cb_cursor_lane(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	struct cb_cursor *c = ((struct cb_store *)sqlite3_user_data(ctx))->lanes_of;

	if (c == NULL || c->lane == BATCH || (size_t)argc != HEAD + c->ncolumn) {
		sqlite3_result_error(ctx, "cb_lane() is not for queries", -1);
		return;
	}
#define INT_OF(i) sqlite3_value_int64(argv[i])
#define TEXT_OF(i) sqlite3_value_text(argv[i])
#define NULL_AT(i) (sqlite3_value_type(argv[i]) == SQLITE_NULL)
	TAKE(c, INT_OF, TEXT_OF, NULL_AT);
#undef INT_OF
#undef TEXT_OF
#undef NULL_AT
}

void cb_cursor_lane_end(sqlite3_context *ctx)
{
	sqlite3_result_null(ctx);
}

/* SELECT of what is needed, and which fact each column is. */
static void select_text(struct cb_cursor *c, const struct cb_cursor_opts *o, bool by_index, struct cb_buf *sql)
{
	c->ncolumn = 0;
	for (size_t i = 0; i < o->nfact; i++) {
		const char *id = cb_facts_at(c->st->facts, (size_t)o->fact[i])->id;

		if (strcmp(id, "held_on") == 0) {
			c->how[i] = HELD_ON;
		} else if (strcmp(id, "kind") == 0) {
			c->how[i] = KIND;
		} else if (strcmp(id, "unit_kind") == 0) {
			c->how[i] = UNIT_KIND;
			c->units_needed = true;
		} else if (strcmp(id, "cell_type") == 0) {
			c->how[i] = CELL_TYPE;
			c->units_needed = true;
		} else if (!cb_facts_has_column(c->st, o->fact[i])) {
			c->how[i] = ABSENT;
		} else {
			c->how[i] = COLUMN;
			c->col[c->ncolumn++] = i;
		}
	}
	c->windows = o->meeting_id == 0 && !by_index && HEAD + c->ncolumn <= ARGS_MAX;
	cb_buf_puts(sql, c->windows ? "SELECT cb_lane(" : "SELECT ");
	cb_buf_puts(sql, "m.id,m.rev,m.unit_id,m.held_on,m.kind,r.meeting_rev,r.ruleset_id,r.semantics");
	for (size_t k = 0; k < c->ncolumn; k++)
		cb_buf_printf(sql, ",m.\"%s\"", cb_facts_at(c->st->facts, (size_t)o->fact[c->col[k]])->id);
	/* NOT INDEXED: by rowid, which is the order that is promised */
	cb_buf_printf(sql, "%s FROM meeting m%s LEFT JOIN result r ON r.meeting_id=m.id WHERE 1", c->windows ? ")" : "", by_index ? "" : " NOT INDEXED");
	if (c->windows)
		cb_buf_puts(sql, " AND m.id>?5 AND m.id<=?6");
	/* the unary plus keeps the planner from an index that would have to be sorted */
	if (o->from > CB_DAY_MIN)
		cb_buf_puts(sql, " AND +m.held_on>=?1");
	if (o->to < CB_DAY_MAX)
		cb_buf_puts(sql, " AND +m.held_on<=?2");
	if (o->meeting_id != 0)
		cb_buf_puts(sql, " AND m.id=?3");
	else if (by_index)
		cb_buf_puts(sql, " AND m.unit_id IN (SELECT value FROM json_each(?4))");
	if (!c->windows)
		cb_buf_puts(sql, " ORDER BY m.id");
}

/* Holds the record still while windows are read, and finds where they begin and end. */
static int windows_open(struct cb_cursor *c, struct cb_err *err)
{
	bool row = false;
	int rc = cb_st_prepare(c->st, "SELECT (SELECT min(id) FROM meeting),(SELECT max(id) FROM meeting) UNION ALL SELECT 1,2", 0, &c->hold, err);

	if (rc == CB_OK)
		rc = cb_st_row(c->st, c->hold, &row, err);
	if (rc != CB_OK)
		return rc;
	c->done = sqlite3_column_type(c->hold, 0) == SQLITE_NULL;
	c->last = c->done ? 0 : sqlite3_column_int64(c->hold, 0) - 1;
	c->end = sqlite3_column_int64(c->hold, 1);
	return CB_OK;
}

int cb_cursor_open(struct cb_cursor **out, struct cb_store *st, const struct cb_cursor_opts *o, struct cb_err *err)
{
	struct cb_cursor *c = cb_calloc(1, sizeof(*c));
	struct cb_buf sql, list;
	bool few = false;
	int rc = CB_OK;

	*out = NULL;
	if (c == NULL)
		return cb_err_nomem(err);
	cb_buf_init(&sql);
	cb_buf_init(&list);
	c->st = st;
	c->nfact = o->nfact;
	c->njudged = o->njudged;
	c->ncol = o->nfact + o->njudged;
	c->how = cb_calloc(o->nfact + 1, sizeof(*c->how));
	c->col = cb_calloc(o->nfact + 1, sizeof(*c->col));
	c->judged = cb_calloc(o->njudged + 1, sizeof(*c->judged));
	c->value = cb_calloc((c->ncol + 1) * BATCH, sizeof(*c->value));
	c->have = cb_calloc((c->ncol + 1) * BATCH, 1);
	c->vcol = cb_calloc(c->ncol + 1, sizeof(*c->vcol));
	c->hcol = cb_calloc(c->ncol + 1, sizeof(*c->hcol));
	if (!c->how || !c->col || !c->judged || !c->value || !c->have || !c->vcol || !c->hcol) {
		rc = cb_err_nomem(err);
		goto out;
	}
	for (size_t i = 0; i < c->ncol; i++) {
		c->vcol[i] = c->value + i * BATCH;
		c->hcol[i] = c->have + i * BATCH;
	}
	for (size_t i = 0; i < o->njudged; i++)
		c->judged[i] = (struct judged){ .item = o->judged[i].item, .by = cb_assessor_id(o->judged[i].by), .col = o->nfact + i };
	judged_sort(c->judged, c->njudged);
	if (!st->in_txn)
		rc = cb_st_fresh(st, err);
	if (rc == CB_OK && o->unit != NULL) {
		rc = cb_store_unit_find(st, o->unit, &c->root, err);
		if (rc == CB_OK && o->meeting_id == 0)
			rc = below(st, c->root, &list, &few, err);
	}
	if (rc != CB_OK)
		goto out;
	select_text(c, o, few, &sql);
	rc = cb_buf_ok(&sql) ? cb_st_prepare(st, sql.s, 0, &c->q, err) : cb_err_nomem(err);
	if (rc != CB_OK)
		goto out;
	if (o->from > CB_DAY_MIN)
		sqlite3_bind_int(c->q, 1, o->from);
	if (o->to < CB_DAY_MAX)
		sqlite3_bind_int(c->q, 2, o->to);
	if (o->meeting_id != 0)
		sqlite3_bind_int64(c->q, 3, o->meeting_id);
	else if (few && sqlite3_bind_text(c->q, 4, list.s, (int)list.len, SQLITE_TRANSIENT) != SQLITE_OK)
		rc = cb_err_nomem(err);
	if (rc == CB_OK && c->windows)
		rc = windows_open(c, err);
	if (rc == CB_OK && c->njudged > 0)
		rc = cb_st_prepare(st, "SELECT meeting_id,item,assessor,points FROM assessment WHERE meeting_id>=?1 ORDER BY meeting_id,item,assessor", 0,
				   &c->aq, err);
out:
	cb_buf_release(&sql);
	cb_buf_release(&list);
	if (rc != CB_OK) {
		cb_cursor_close(c);
		return rc;
	}
	*out = c;
	return CB_OK;
}

void cb_cursor_close(struct cb_cursor *c)
{
	if (c == NULL)
		return;
	sqlite3_finalize(c->q);
	sqlite3_finalize(c->aq);
	sqlite3_finalize(c->hold);
	cb_free(c->how);
	cb_free(c->col);
	cb_free(c->judged);
	cb_free(c->value);
	cb_free(c->have);
	cb_free(c->vcol);
	cb_free(c->hcol);
	cb_free(c);
}

void cb_cursor_again(struct cb_cursor *c, int64_t meeting_id)
{
	assert(!c->windows);
	sqlite3_reset(c->q);
	sqlite3_reset(c->aq);
	sqlite3_bind_int64(c->q, 3, meeting_id);
	c->on_assessment = c->no_more = c->done = false;
	c->fault = 0;
}

/* The assessments of one meeting into its lane. */
static int judged_lane(struct cb_cursor *c, int64_t id, size_t lane, struct cb_err *err)
{
	size_t j = 0;
	int rc = CB_OK, ahead = 0;

	for (size_t i = 0; i < c->njudged; i++) {
		c->value[(c->nfact + i) * BATCH + lane] = 0;
		c->have[(c->nfact + i) * BATCH + lane] = 0;
	}
	while (!c->no_more) {
		const char *item, *by;
		int64_t at;
		int order = 1;

		if (!c->on_assessment) {
			sqlite3_reset(c->aq);
			sqlite3_bind_int64(c->aq, 1, id);
			rc = cb_st_row(c->st, c->aq, &c->on_assessment, err);
			c->no_more = !c->on_assessment;
			if (rc != CB_OK || c->no_more)
				return rc;
		}
		at = sqlite3_column_int64(c->aq, 0);
		if (at > id)
			return CB_OK;
		if (at == id) {
			item = (const char *)sqlite3_column_text(c->aq, 1);
			by = (const char *)sqlite3_column_text(c->aq, 2);
			if (item == NULL || by == NULL)
				return cb_err_nomem(err);
			while (j < c->njudged && (order = judged_order(c->judged[j].item, c->judged[j].by, item, by)) < 0)
				j++;
			for (size_t k = j; k < c->njudged && order == 0; k++) {
				if (judged_order(c->judged[k].item, c->judged[k].by, item, by) != 0)
					break;
				c->value[c->judged[k].col * BATCH + lane] = sqlite3_column_int64(c->aq, 3);
				c->have[c->judged[k].col * BATCH + lane] = 1;
			}
		} else if (++ahead > STEPS_AHEAD) {
			c->on_assessment = false; /* far behind: seek */
			continue;
		}
		rc = cb_st_row(c->st, c->aq, &c->on_assessment, err);
		c->no_more = !c->on_assessment;
		if (rc != CB_OK || c->no_more)
			return rc;
	}
	return rc;
}

/* A lane to another place (one between was not wanted). */
static void move_lane(struct cb_cursor *c, size_t from, size_t to)
{
	c->head[to] = c->head[from];
	for (size_t i = 0; i < c->nfact; i++) {
		c->value[i * BATCH + to] = c->value[i * BATCH + from];
		c->have[i * BATCH + to] = c->have[i * BATCH + from];
	}
}

/* What lanes from `first` on still need: whether they are wanted at all, and what is not a column of the table. */
static int complete(struct cb_cursor *c, size_t first, struct cb_err *err)
{
	size_t to = first;
	int rc;

	if (c->fault == CB_ENOMEM)
		return cb_err_nomem(err);
	if (c->fault != 0)
		return cb_err_set(err, c->fault, "%s: the record is damaged: a meeting has no kind", c->st->path);
	for (size_t lane = first; lane < c->lane && (c->root != 0 || c->units_needed); lane++) {
		const struct cb_span_row *span;
		const struct cb_chain *chain;
		struct cb_unit_row *u;
		bool wanted = c->root == 0 || c->head[lane].unit_id == c->root;

		rc = cb_units_get(c->st, c->head[lane].unit_id, &u, err);
		if (rc != CB_OK)
			return rc;
		span = cb_units_span(u, c->head[lane].held_on);
		if (!wanted && span != NULL) {
			rc = cb_units_chain(c->st, u, c->head[lane].held_on, &chain, err);
			if (rc != CB_OK)
				return rc;
			for (size_t i = 0; i < chain->n && !wanted; i++)
				wanted = chain->id[i] == c->root;
		}
		if (!wanted)
			continue;
		if (to != lane)
			move_lane(c, lane, to);
		for (size_t i = 0; i < c->nfact && c->units_needed; i++) {
			if (c->how[i] == UNIT_KIND) {
				c->value[i * BATCH + to] = span ? (int64_t)span->kind : 0;
				c->have[i * BATCH + to] = span != NULL;
			} else if (c->how[i] == CELL_TYPE) {
				c->value[i * BATCH + to] = span ? (int64_t)span->cell_type : 0;
				c->have[i * BATCH + to] = span != NULL && span->cell_type != CB_CELL_NONE;
			}
		}
		to++;
	}
	if (c->root != 0 || c->units_needed)
		c->lane = to;
	for (size_t i = 0; i < c->nfact; i++)
		for (size_t lane = first; lane < c->lane && (c->how[i] == HELD_ON || c->how[i] == KIND); lane++) {
			c->value[i * BATCH + lane] = c->how[i] == KIND ? (int64_t)c->head[lane].kind : c->head[lane].held_on;
			c->have[i * BATCH + lane] = 1;
		}
	for (size_t lane = first; lane < c->lane && c->njudged > 0; lane++) {
		rc = judged_lane(c, c->head[lane].id, lane, err);
		if (rc != CB_OK)
			return rc;
	}
	return CB_OK;
}

/* The next window into the lanes that are free. */
static int window(struct cb_cursor *c, struct cb_err *err)
{
	int64_t to = c->last + (int64_t)(BATCH - c->lane);
	size_t first = c->lane;
	sqlite3_stmt *q = NULL;
	bool row;
	int step, rc;

	if (c->last >= c->end) {
		c->done = true;
		return CB_OK;
	}
	sqlite3_bind_int64(c->q, 5, c->last);
	sqlite3_bind_int64(c->q, 6, to);
	c->st->lanes_of = c;
	sqlite3_step(c->q);
	c->st->lanes_of = NULL;
	step = sqlite3_reset(c->q);
	if (step != SQLITE_OK)
		return cb_st_fail(c->st, step, "reading meetings", err);
	c->last = to;
	rc = complete(c, first, err);
	if (rc != CB_OK || c->lane > first || c->last >= c->end)
		return rc;
	/* nothing in this window: filtered out, or a gap in the ids, which may be wide */
	rc = cb_st_get(c->st, Q_MEETING_AFTER, "SELECT min(id) FROM meeting WHERE id>?1", &q, err);
	if (rc != CB_OK)
		return rc;
	sqlite3_bind_int64(q, 1, c->last);
	rc = cb_st_row(c->st, q, &row, err);
	if (rc == CB_OK && row) {
		c->last = sqlite3_column_int64(q, 0) - 1;
		sqlite3_reset(q);
	}
	return rc;
}

int cb_cursor_next(struct cb_cursor *c, size_t *n, const struct cb_rowhead **head, const int64_t *const **value, const unsigned char *const **have,
		   struct cb_err *err)
{
	int rc = CB_OK;

	*n = 0;
	c->lane = 0;
	while (rc == CB_OK && c->windows && c->lane < BATCH / 4 * 3 && !c->done)
		rc = window(c, err);
	while (rc == CB_OK && !c->windows && c->lane < BATCH && !c->done) {
		int step = sqlite3_step(c->q);

		if (step == SQLITE_ROW) {
			take_row(c);
			rc = complete(c, c->lane - 1, err);
		} else {
			c->done = true;
			step = sqlite3_reset(c->q);
			if (step != SQLITE_OK)
				rc = cb_st_fail(c->st, step, "reading meetings", err);
		}
	}
	if (rc != CB_OK)
		return rc;
	if (c->done) { /* lets go of the record as soon as it can */
		sqlite3_reset(c->hold);
		sqlite3_reset(c->aq);
	}
	*n = c->lane;
	*head = c->head;
	*value = c->vcol;
	*have = c->hcol;
	return CB_OK;
}
