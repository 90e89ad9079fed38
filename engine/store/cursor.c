/*
 * cursor.c - meetings as columns, in batches, in order of id.
 *
 * One statement walks the meeting table and names only the columns that were asked for; judged points come from a second
 * statement that walks the assessments beside it (both are in order of id, so this is a merge); the unit's attributes and
 * the question "is it below this unit" come from the cache of units. Nothing is sorted, nothing grows with the number
 * of meetings. When few units are below the one asked for, their meetings are found by index instead.
 */
#include "store/store_int.h"

#include <assert.h>
#include <string.h>
#include "base/alloc.h"

#define BATCH 512      /* lanes; CB_BATCH of the evaluator */
#define BY_INDEX 64    /* up to so many units are found by index */
#define STEPS_AHEAD 64 /* assessments passed over before seeking */

enum special { COLUMN, HELD_ON, KIND, UNIT_KIND, CELL_TYPE, ABSENT };

struct judged {
	const char *item;
	const char *by; /* id: the record's order is by these texts */
	size_t col;
};

struct cb_cursor {
	struct cb_store *st;
	sqlite3_stmt *q, *aq;
	size_t nfact, ncol;
	enum special *how; /* [nfact] */
	int *at;           /* [nfact] column of q */
	struct judged *judged; /* [njudged] in the record's order */
	size_t njudged;
	bool on_assessment, no_more, units_needed, done; /* no_more: assessments from here on */
	int64_t root; /* 0: all */
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

/* SELECT of what is needed, and where each fact stands in it. */
static void select_text(struct cb_cursor *c, const struct cb_cursor_opts *o, bool by_index, struct cb_buf *sql)
{
	int at = 8;

	cb_buf_puts(sql, "SELECT m.id,m.rev,m.unit_id,m.held_on,m.kind,r.meeting_rev,r.ruleset_id,r.semantics");
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
			c->at[i] = at++;
			cb_buf_printf(sql, ",m.\"%s\"", id);
		}
	}
	cb_buf_puts(sql, " FROM meeting m LEFT JOIN result r ON r.meeting_id=m.id WHERE 1");
	/* the unary plus keeps the planner from an index that would have to be sorted */
	if (o->from > CB_DAY_MIN)
		cb_buf_puts(sql, " AND +m.held_on>=?1");
	if (o->to < CB_DAY_MAX)
		cb_buf_puts(sql, " AND +m.held_on<=?2");
	if (o->meeting_id != 0)
		cb_buf_puts(sql, " AND m.id=?3");
	else if (by_index)
		cb_buf_puts(sql, " AND m.unit_id IN (SELECT value FROM json_each(?4))");
	cb_buf_puts(sql, " ORDER BY m.id");
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
	c->at = cb_calloc(o->nfact + 1, sizeof(*c->at));
	c->judged = cb_calloc(o->njudged + 1, sizeof(*c->judged));
	c->value = cb_calloc((c->ncol + 1) * BATCH, sizeof(*c->value));
	c->have = cb_calloc((c->ncol + 1) * BATCH, 1);
	c->vcol = cb_calloc(c->ncol + 1, sizeof(*c->vcol));
	c->hcol = cb_calloc(c->ncol + 1, sizeof(*c->hcol));
	if (!c->how || !c->at || !c->judged || !c->value || !c->have || !c->vcol || !c->hcol) {
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
	cb_free(c->how);
	cb_free(c->at);
	cb_free(c->judged);
	cb_free(c->value);
	cb_free(c->have);
	cb_free(c->vcol);
	cb_free(c->hcol);
	cb_free(c);
}

/* The assessments of one meeting into its lane. */
static int judged_lane(struct cb_cursor *c, int64_t id, size_t lane, struct cb_err *err)
{
	size_t j = 0;
	int rc = CB_OK, ahead = 0;

	for (size_t i = 0; i < c->njudged; i++)
		c->have[(c->nfact + i) * BATCH + lane] = 0;
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

int cb_cursor_next(struct cb_cursor *c, size_t *n, const struct cb_rowhead **head, const int64_t *const **value, const unsigned char *const **have,
		   struct cb_err *err)
{
	size_t lane = 0;
	int rc = CB_OK;

	*n = 0;
	while (lane < BATCH && !c->done) {
		struct cb_rowhead *h = &c->head[lane];
		const struct cb_span_row *span = NULL;
		struct cb_unit_row *u;
		int kind, step = sqlite3_step(c->q);

		if (step == SQLITE_DONE) {
			c->done = true;
			sqlite3_reset(c->q); /* lets go of the record as soon as it can */
			break;
		}
		if (step != SQLITE_ROW)
			return cb_st_fail(c->st, sqlite3_reset(c->q), "reading meetings", err);
		h->id = sqlite3_column_int64(c->q, 0);
		h->rev = sqlite3_column_int64(c->q, 1);
		h->unit_id = sqlite3_column_int64(c->q, 2);
		h->held_on = (cb_day)sqlite3_column_int(c->q, 3);
		kind = cb_meeting_kind_of(sqlite3_column_text(c->q, 4));
		if (kind < 0)
			return cb_err_set(err, CB_ECORRUPT, "%s: the record is damaged: meeting %lld has no kind", c->st->path, (long long)h->id);
		h->kind = (enum cb_meeting_kind)kind;
		h->result_rev = sqlite3_column_int64(c->q, 5);
		h->result_ruleset = sqlite3_column_int64(c->q, 6);
		h->result_semver = sqlite3_column_int(c->q, 7);
		if (c->root != 0 || c->units_needed) {
			rc = cb_units_get(c->st, h->unit_id, &u, err);
			if (rc != CB_OK)
				return rc;
			span = cb_units_span(u, h->held_on);
		}
		if (c->root != 0) {
			const struct cb_chain *chain;
			bool is_below = h->unit_id == c->root;

			if (!is_below && span != NULL) {
				rc = cb_units_chain(c->st, u, h->held_on, &chain, err);
				if (rc != CB_OK)
					return rc;
				for (size_t i = 0; i < chain->n && !is_below; i++)
					is_below = chain->id[i] == c->root;
			}
			if (!is_below)
				continue;
		}
		for (size_t i = 0; i < c->nfact; i++) {
			int64_t *v = &c->value[i * BATCH + lane];
			unsigned char *has = &c->have[i * BATCH + lane];

			*has = 1;
			switch (c->how[i]) {
			case COLUMN:
				*v = sqlite3_column_int64(c->q, c->at[i]);
				*has = *v != 0 || sqlite3_column_type(c->q, c->at[i]) != SQLITE_NULL;
				break;
			case HELD_ON:
				*v = h->held_on;
				break;
			case KIND:
				*v = h->kind;
				break;
			case UNIT_KIND:
				*v = span ? (int64_t)span->kind : 0;
				*has = span != NULL;
				break;
			case CELL_TYPE:
				*v = span ? (int64_t)span->cell_type : 0;
				*has = span != NULL && span->cell_type != CB_CELL_NONE;
				break;
			case ABSENT:
				*v = 0;
				*has = 0;
			}
		}
		if (c->njudged > 0) {
			rc = judged_lane(c, h->id, lane, err);
			if (rc != CB_OK)
				return rc;
		}
		lane++;
	}
	*n = lane;
	*head = c->head;
	*value = c->vcol;
	*have = c->hcol;
	return CB_OK;
}
