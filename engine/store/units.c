/*
 * units.c - units and their spans; what a unit was on a day, and who stood above it.
 *
 * Each unit that is asked for is read once, with all its spans, and kept until a unit changes; the way up is kept with
 * the days for which it holds (a few per unit). So the question "who is above this unit on this day", which every
 * meeting asks, is one look-up in a hash table. Memory grows with the units that are asked for, not with meetings.
 */
#include "store/store_int.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include "base/alloc.h"
#include "base/utf8.h"

static void unit_free(struct cb_unit_row *u)
{
	if (u == NULL)
		return;
	for (size_t i = 0; i < u->nspan; i++) {
		cb_free(u->span[i].name);
		cb_free(u->span[i].cluster);
	}
	for (size_t i = 0; i < CB_CHAINS_KEPT; i++)
		cb_free(u->chain[i]);
	cb_free(u->span);
	cb_free(u->code);
	cb_free(u);
}

void cb_units_forget(struct cb_store *st)
{
	for (size_t i = 0; i < st->unit_cap; i++)
		unit_free(st->unit[i]);
	cb_free(st->unit);
	st->unit = NULL;
	st->nunit = st->unit_cap = 0;
}

static size_t slot_of(const struct cb_store *st, int64_t id)
{
	size_t i = (size_t)((uint64_t)id * 0x9e3779b97f4a7c15u >> 20) & (st->unit_cap - 1);

	while (st->unit[i] != NULL && st->unit[i]->id != id)
		i = (i + 1) & (st->unit_cap - 1);
	return i;
}

static bool grow(struct cb_store *st)
{
	size_t old_cap = st->unit_cap;
	struct cb_unit_row **old = st->unit, **p;

	if (st->nunit * 2 < st->unit_cap)
		return true;
	p = cb_calloc(old_cap ? old_cap * 2 : 256, sizeof(struct cb_unit_row *));
	if (p == NULL)
		return false;
	st->unit = p;
	st->unit_cap = old_cap ? old_cap * 2 : 256;
	for (size_t i = 0; i < old_cap; i++)
		if (old[i] != NULL)
			st->unit[slot_of(st, old[i]->id)] = old[i];
	cb_free(old);
	return true;
}

static int read_unit(struct cb_store *st, struct cb_unit_row *u, struct cb_err *err)
{
	sqlite3_stmt *q;
	size_t cap = 0;
	bool row;
	int rc = cb_st_get(st, Q_UNIT_GET, "SELECT code FROM unit WHERE id=?1", &q, err);

	if (rc != CB_OK)
		return rc;
	sqlite3_bind_int64(q, 1, u->id);
	rc = cb_st_row(st, q, &row, err);
	if (rc != CB_OK)
		return rc;
	if (!row)
		return cb_err_set(err, CB_ENOTFOUND, "%s: no unit has the number %lld", st->path, (long long)u->id);
	u->code = cb_strdup((const char *)sqlite3_column_text(q, 0));
	sqlite3_reset(q);
	if (u->code == NULL)
		return cb_err_nomem(err);
	rc = cb_st_get(st, Q_SPAN_LIST, "SELECT valid_from,valid_to,kind,cell_type,parent_id,members,name,cluster FROM unit_span"
					" WHERE unit_id=?1 ORDER BY valid_from", &q, err);
	if (rc != CB_OK)
		return rc;
	sqlite3_bind_int64(q, 1, u->id);
	while ((rc = cb_st_row(st, q, &row, err)) == CB_OK && row) {
		const char *cell = (const char *)sqlite3_column_text(q, 3), *cluster = (const char *)sqlite3_column_text(q, 7);
		const char *word = (const char *)sqlite3_column_text(q, 2);
		struct cb_span_row *s;
		int kind = -1, type = CB_CELL_NONE;

		if (u->nspan == cap) {
			struct cb_span_row *more = cb_reallocarray(u->span, cap ? cap * 2 : 1, sizeof(*more));

			if (more == NULL)
				goto nomem;
			cap = cap ? cap * 2 : 1;
			u->span = more;
		}
		s = &u->span[u->nspan];
		for (int k = 0; word != NULL && kind < 0 && k < CB_UNIT_KINDS; k++)
			if (strcmp(word, cb_unit_kind_id((enum cb_unit_kind)k)) == 0)
				kind = k;
		for (int k = 1; cell != NULL && type == CB_CELL_NONE && k < CB_CELL_TYPES; k++)
			if (strcmp(cell, cb_cell_type_id((enum cb_cell_type)k)) == 0)
				type = k;
		if (kind < 0) {
			sqlite3_reset(q);
			return word == NULL ? cb_err_nomem(err)
					    : cb_err_set(err, CB_ECORRUPT, "%s: the record is damaged: unit %s has no kind", st->path, u->code);
		}
		s->from = (cb_day)sqlite3_column_int(q, 0);
		s->to = (cb_day)sqlite3_column_int(q, 1);
		s->kind = (enum cb_unit_kind)kind;
		s->cell_type = (enum cb_cell_type)type;
		s->parent_id = sqlite3_column_int64(q, 4);
		s->members = sqlite3_column_type(q, 5) == SQLITE_NULL ? -1 : sqlite3_column_int64(q, 5);
		s->name = cb_strdup((const char *)sqlite3_column_text(q, 6));
		s->cluster = cb_strdup(cluster);
		u->nspan++;
		if (s->name == NULL || (cluster != NULL && s->cluster == NULL))
			goto nomem;
	}
	return rc;
nomem:
	sqlite3_reset(q);
	return cb_err_nomem(err);
}

int cb_units_get(struct cb_store *st, int64_t id, struct cb_unit_row **out, struct cb_err *err)
{
	struct cb_unit_row *u;
	size_t i;
	int rc;

	*out = NULL;
	if (!grow(st))
		return cb_err_nomem(err);
	i = slot_of(st, id);
	if (st->unit[i] != NULL) {
		*out = st->unit[i];
		return CB_OK;
	}
	u = cb_calloc(1, sizeof(*u));
	if (u == NULL)
		return cb_err_nomem(err);
	u->id = id;
	rc = read_unit(st, u, err);
	if (rc != CB_OK) {
		unit_free(u);
		return rc;
	}
	st->unit[i] = u;
	st->nunit++;
	*out = u;
	return CB_OK;
}

const struct cb_span_row *cb_units_span(const struct cb_unit_row *u, cb_day day)
{
	for (size_t i = 0; i < u->nspan; i++)
		if (u->span[i].from <= day && day <= u->span[i].to)
			return &u->span[i];
	return NULL;
}

int cb_units_chain(struct cb_store *st, struct cb_unit_row *u, cb_day day, const struct cb_chain **out, struct cb_err *err)
{
	struct cb_chain *c, made = { .from = CB_DAY_MIN, .to = CB_DAY_MAX };
	const char *code[CB_CHAIN_MAX];
	int64_t id[CB_CHAIN_MAX];
	struct cb_unit_row *up = u;
	const struct cb_span_row *s;

	for (size_t i = 0; i < CB_CHAINS_KEPT && u->chain[i] != NULL; i++)
		if (u->chain[i]->from <= day && day <= u->chain[i]->to) {
			*out = u->chain[i];
			return CB_OK;
		}
	*out = NULL;
	for (;;) {
		s = cb_units_span(up, day);
		if (s == NULL && up == u) {
			char iso[11];

			return cb_err_set(err, CB_ENOTFOUND, "unit %s did not exist on %s", u->code, cb_day_iso(iso, day));
		}
		if (s == NULL) { /* above it nothing is known on this day: the days until something is */
			for (size_t i = 0; i < up->nspan; i++) {
				if (up->span[i].to < day && up->span[i].to + 1 > made.from)
					made.from = up->span[i].to + 1;
				if (up->span[i].from > day && up->span[i].from - 1 < made.to)
					made.to = up->span[i].from - 1;
			}
			break;
		}
		if (made.n == CB_CHAIN_MAX)
			return cb_err_set(err, CB_EDATA, "unit %s: more than %d units above it, or they stand in a ring", u->code, CB_CHAIN_MAX);
		id[made.n] = up->id;
		code[made.n++] = up->code;
		made.from = s->from > made.from ? s->from : made.from;
		made.to = s->to < made.to ? s->to : made.to;
		if (s->parent_id == 0)
			break;
		int rc = cb_units_get(st, s->parent_id, &up, err);

		if (rc != CB_OK)
			return rc;
	}
	c = cb_malloc(sizeof(*c) + made.n * (sizeof(*made.id) + sizeof(*made.code)));
	if (c == NULL)
		return cb_err_nomem(err);
	*c = made;
	c->id = memcpy(c + 1, id, made.n * sizeof(*id));
	c->code = memcpy((char *)(c + 1) + made.n * sizeof(*id), code, made.n * sizeof(*code));
	cb_free(u->chain[u->next_chain]);
	u->chain[u->next_chain] = c;
	u->next_chain = (u->next_chain + 1) % CB_CHAINS_KEPT;
	*out = c;
	return CB_OK;
}

/* --- public --------------------------------------------------------------------------------------------------- */

int cb_store_unit_find(struct cb_store *st, const char *code, int64_t *id, struct cb_err *err)
{
	sqlite3_stmt *q;
	bool row;
	int rc = cb_st_get(st, Q_UNIT_FIND, "SELECT id FROM unit WHERE code=?1", &q, err);

	if (rc != CB_OK)
		return rc;
	cb_st_bind_text(q, 1, code);
	rc = cb_st_row(st, q, &row, err);
	if (rc == CB_OK && !row)
		return cb_err_set(err, CB_ENOTFOUND, "no unit has the code %s", code);
	if (rc == CB_OK) {
		*id = sqlite3_column_int64(q, 0);
		sqlite3_reset(q);
	}
	return rc;
}

int cb_store_unit_on(struct cb_store *st, int64_t unit_id, cb_day day, struct cb_unit_view *out, struct cb_err *err)
{
	const struct cb_span_row *s;
	struct cb_unit_row *u;
	char iso[11];
	int rc = cb_units_get(st, unit_id, &u, err);

	if (rc != CB_OK)
		return rc;
	s = cb_units_span(u, day);
	if (s == NULL)
		return cb_err_set(err, CB_ENOTFOUND, "unit %s did not exist on %s", u->code, cb_day_iso(iso, day));
	*out = (struct cb_unit_view){ .id = u->id, .code = u->code, .name = s->name, .cluster = s->cluster, .kind = s->kind,
				      .cell_type = s->cell_type, .parent_id = s->parent_id, .members = s->members, .from = s->from, .to = s->to };
	return CB_OK;
}

int cb_store_unit_chain(struct cb_store *st, int64_t unit_id, cb_day day, const char *const **code, size_t *n, struct cb_err *err)
{
	const struct cb_chain *c = NULL;
	struct cb_unit_row *u;
	int rc = cb_units_get(st, unit_id, &u, err);

	if (rc == CB_OK)
		rc = cb_units_chain(st, u, day, &c, err);
	*code = c ? c->code : NULL;
	*n = c ? c->n : 0;
	return rc;
}

const char *cb_store_unit_nearest(struct cb_store *st, const char *code)
{
	struct cb_err ignored;
	struct cb_arena a;
	struct cb_buf fold;
	const char **name = NULL, *found = NULL;
	size_t n = 0, cap = 0;
	sqlite3_stmt *q;
	bool row = false;

	cb_free(st->nearest);
	st->nearest = NULL;
	cb_arena_init(&a);
	cb_buf_init(&fold);
	if (!cb_utf8_fold(&fold, code, strlen(code)) || !cb_buf_ok(&fold))
		goto out;
	if (cb_st_get(st, Q_UNIT_FOLDED, "SELECT u.code FROM unit_span s JOIN unit u ON u.id=s.unit_id WHERE s.name_fold=?1 LIMIT 1", &q, &ignored) != CB_OK)
		goto out;
	cb_st_bind_text(q, 1, fold.s);
	if (cb_st_row(st, q, &row, &ignored) == CB_OK && row) {
		st->nearest = cb_strdup((const char *)sqlite3_column_text(q, 0));
		sqlite3_reset(q);
		goto out;
	}
	if (cb_st_get(st, Q_UNIT_CODES, "SELECT code FROM unit WHERE length(code) BETWEEN ?1 AND ?2 LIMIT 20000", &q, &ignored) != CB_OK)
		goto out;
	sqlite3_bind_int64(q, 1, (int64_t)(strlen(code) - strlen(code) / 3));
	sqlite3_bind_int64(q, 2, (int64_t)(strlen(code) + strlen(code) / 3 + 1));
	while (cb_st_row(st, q, &row, &ignored) == CB_OK && row) {
		if (n == cap) {
			const char **more = cb_reallocarray(name, cap ? cap * 2 : 64, sizeof(*name));

			if (more == NULL)
				break;
			name = more;
			cap = cap ? cap * 2 : 64;
		}
		name[n] = cb_arena_strdup(&a, (const char *)sqlite3_column_text(q, 0));
		if (name[n] == NULL)
			break;
		n++;
	}
	sqlite3_reset(q);
	found = cb_nearest(code, name, n);
	st->nearest = cb_strdup(found);
out:
	cb_free(name);
	cb_buf_release(&fold);
	cb_arena_release(&a);
	return st->nearest;
}

/* {"name":..., ...} of the span that starts on a day, for the audit; NULL in *json when there is none. */
static int span_json(struct cb_store *st, int64_t unit_id, cb_day from, char **json, struct cb_err *err)
{
	sqlite3_stmt *q;
	bool row;
	int rc = cb_st_get(st, Q_SPAN_SAME, "SELECT json_object('to',date(valid_to*86400,'unixepoch'),'name',name,'kind',kind,"
					    "'parent',(SELECT code FROM unit WHERE id=parent_id),'cluster',cluster,'cell_type',cell_type,"
					    "'members',members,'official_members',official_members) FROM unit_span WHERE unit_id=?1 AND valid_from=?2",
			   &q, err);

	*json = NULL;
	if (rc != CB_OK)
		return rc;
	sqlite3_bind_int64(q, 1, unit_id);
	sqlite3_bind_int64(q, 2, from);
	rc = cb_st_row(st, q, &row, err);
	if (rc == CB_OK && row) {
		*json = cb_strdup((const char *)sqlite3_column_text(q, 0));
		sqlite3_reset(q);
		if (*json == NULL)
			rc = cb_err_nomem(err);
	}
	return rc;
}

static int overlap_check(struct cb_store *st, const struct cb_unit_span *s, int64_t id, struct cb_err *err)
{
	char a[11], b[11];
	sqlite3_stmt *q;
	bool row;
	int rc = cb_st_get(st, Q_SPAN_OVERLAP, "SELECT valid_from,valid_to FROM unit_span WHERE unit_id=?1 AND valid_from<>?2 AND valid_from<=?3 AND valid_to>=?2",
			   &q, err);

	if (rc != CB_OK)
		return rc;
	sqlite3_bind_int64(q, 1, id);
	sqlite3_bind_int64(q, 2, s->from);
	sqlite3_bind_int64(q, 3, s->to);
	rc = cb_st_row(st, q, &row, err);
	if (rc == CB_OK && row) {
		rc = cb_err_set(err, CB_EDATA, "unit %s: these days overlap with what is on record from %s to %s", s->code,
				cb_day_iso(a, (cb_day)sqlite3_column_int(q, 0)), cb_day_iso(b, (cb_day)sqlite3_column_int(q, 1)));
		sqlite3_reset(q);
	}
	return rc;
}

/* Facts that rules may read change with the unit: its meetings on these days are no longer what they were rated as. */
static int touch(struct cb_store *st, const struct cb_unit_span *s, int64_t id, struct cb_err *err)
{
	const struct cb_span_row *old;
	struct cb_unit_row *u;
	int rc = cb_units_get(st, id, &u, err);

	if (rc != CB_OK)
		return rc;
	old = cb_units_span(u, s->from);
	if (old == NULL)
		return CB_OK;
	if (s->to < old->to) {
		if (st->ncut == st->ccut) {
			size_t cap = st->ccut ? st->ccut * 2 : 16;
			struct cb_cut *more = cb_reallocarray(st->cut, cap, sizeof(*more));

			if (more == NULL)
				return cb_err_nomem(err);
			st->cut = more;
			st->ccut = cap;
		}
		st->cut[st->ncut++] = (struct cb_cut){ id, { .from = s->to + 1, .to = old->to, .kind = old->kind, .cell_type = old->cell_type } };
	}
	if (old->kind == s->kind && old->cell_type == s->cell_type)
		return CB_OK;
	return cb_meetings_touch(st, id, s->from, old->to < s->to ? old->to : s->to, NULL, err);
}

int cb_units_settle(struct cb_store *st, struct cb_err *err)
{
	int rc = CB_OK;

	for (size_t i = 0; rc == CB_OK && i < st->ncut; i++)
		rc = cb_meetings_touch(st, st->cut[i].unit_id, st->cut[i].was.from, st->cut[i].was.to, &st->cut[i].was, err);
	if (rc == CB_OK)
		st->ncut = 0;
	return rc;
}

static int put(struct cb_store *st, const struct cb_unit_span *s, enum cb_put *what, struct cb_err *err)
{
	const struct cb_chain *chain;
	struct cb_unit_row *row;
	struct cb_buf fold;
	char *was = NULL, *now = NULL, subject[64], iso[11];
	int64_t id = 0, parent = 0;
	sqlite3_stmt *q;
	bool known = false;
	int rc = cb_unit_span_check(s, err);

	cb_buf_init(&fold);
	if (rc == CB_OK && s->parent != NULL) {
		rc = cb_store_unit_find(st, s->parent, &parent, err);
		if (rc == CB_ENOTFOUND)
			rc = cb_err_set(err, CB_ENOTFOUND, "unit %s: no unit has the code %s, which should be above it", s->code, s->parent);
	}
	if (rc == CB_OK && s->parent != NULL && strcmp(s->parent, s->code) == 0)
		rc = cb_err_set(err, CB_EDATA, "unit %s: a unit cannot stand above itself", s->code);
	if (rc != CB_OK)
		goto out;
	rc = cb_store_unit_find(st, s->code, &id, err);
	if (rc == CB_ENOTFOUND) {
		rc = cb_st_get(st, Q_UNIT_NEW, "INSERT INTO unit(code) VALUES(?1)", &q, err);
		if (rc == CB_OK) {
			cb_st_bind_text(q, 1, s->code);
			rc = cb_st_done(st, q, err);
			id = sqlite3_last_insert_rowid(st->db);
		}
	} else if (rc == CB_OK) {
		known = true;
		rc = overlap_check(st, s, id, err);
		if (rc == CB_OK)
			rc = span_json(st, id, s->from, &was, err);
		if (rc == CB_OK && was != NULL)
			rc = touch(st, s, id, err);
	}
	if (rc != CB_OK)
		goto out;
	if (!cb_utf8_fold(&fold, s->name, strlen(s->name)) || !cb_buf_ok(&fold)) {
		rc = cb_err_nomem(err);
		goto out;
	}
	rc = cb_st_get(st, Q_SPAN_PUT, "INSERT INTO unit_span(unit_id,valid_from,valid_to,name,name_fold,kind,parent_id,cluster,cell_type,members,official_members)"
				       " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11) ON CONFLICT DO UPDATE SET valid_to=excluded.valid_to,name=excluded.name,"
				       "name_fold=excluded.name_fold,kind=excluded.kind,parent_id=excluded.parent_id,cluster=excluded.cluster,"
				       "cell_type=excluded.cell_type,members=excluded.members,official_members=excluded.official_members",
		       &q, err);
	if (rc != CB_OK)
		goto out;
	sqlite3_bind_int64(q, 1, id);
	sqlite3_bind_int64(q, 2, s->from);
	sqlite3_bind_int64(q, 3, s->to);
	cb_st_bind_text(q, 4, s->name);
	cb_st_bind_text(q, 5, fold.s);
	cb_st_bind_text(q, 6, cb_unit_kind_id(s->kind));
	cb_st_bind_opt(q, 7, parent, 0);
	cb_st_bind_text(q, 8, s->cluster && s->cluster[0] ? s->cluster : NULL);
	cb_st_bind_text(q, 9, s->cell_type != CB_CELL_NONE ? cb_cell_type_id(s->cell_type) : NULL);
	cb_st_bind_opt(q, 10, s->members, -1);
	cb_st_bind_opt(q, 11, s->official_members, -1);
	rc = cb_st_done(st, q, err);
	if (rc == CB_OK)
		rc = span_json(st, id, s->from, &now, err);
	if (rc != CB_OK)
		goto out;
	*what = was == NULL ? CB_PUT_NEW : strcmp(was, now) == 0 ? CB_PUT_SAME : CB_PUT_CHANGED;
	if (*what == CB_PUT_SAME)
		goto out;
	cb_units_forget(st);
	if (parent != 0 && known) { /* a ring would make every question about it fail; on both ends of the span */
		rc = cb_units_get(st, id, &row, err);
		if (rc == CB_OK)
			rc = cb_units_chain(st, row, s->from, &chain, err);
		if (rc == CB_OK)
			rc = cb_units_chain(st, row, s->to, &chain, err);
		if (rc != CB_OK)
			goto out;
	}
	snprintf(subject, sizeof(subject), "%s %s", s->code, cb_day_iso(iso, s->from));
	rc = cb_st_audit(st, "unit", subject, was, now, err);
out:
	cb_free(was);
	cb_free(now);
	cb_buf_release(&fold);
	return rc;
}

int cb_store_unit_put(struct cb_store *st, const struct cb_unit_span *s, enum cb_put *what, struct cb_err *err)
{
	int64_t txn = st->txn;
	int rc = cb_st_writing(st, err);

	if (rc == CB_OK)
		rc = cb_st_exec(st, "SAVEPOINT unit_put", err);
	if (rc != CB_OK)
		return rc;
	rc = put(st, s, what, err);
	if (rc != CB_OK && st->in_txn) { /* a refused unit leaves nothing behind, also when the caller goes on */
		sqlite3_exec(st->db, "ROLLBACK TO unit_put", NULL, NULL, NULL);
		st->txn = txn; /* its number, if it was given one just now, went back too */
		cb_units_forget(st);
	}
	if (st->in_txn)
		sqlite3_exec(st->db, "RELEASE unit_put", NULL, NULL, NULL);
	return rc;
}
