/*
 * meetings.c - meetings, assessments, notes, decisions, visits and months in; past revisions kept and read back.
 *
 * A put compares with what is on record: the same again changes nothing. The first change of a meeting within a
 * transaction moves its state (facts, assessments, notes) to meeting_past and makes the next revision; further changes in
 * the same transaction belong to that revision, unless a result was made from it already. A put costs two look-ups by
 * key, one insert or update, and one line of audit when something that was on record changed.
 */
#include "store/store_int.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include "base/alloc.h"
#include "base/arena.h"

#define FIRST_FACT 6 /* columns before the facts in meeting_get */
#define SET_FIRST 5  /* the first fact's parameter in meeting_set */

void cb_meetings_forget(struct cb_store *st)
{
	cb_cursor_close(st->revision.cursor);
	st->revision.cursor = NULL;
	cb_arena_release(&st->revision.arena);
	sqlite3_finalize(st->meeting_get);
	sqlite3_finalize(st->meeting_new);
	sqlite3_finalize(st->meeting_set);
	st->meeting_get = st->meeting_new = st->meeting_set = NULL;
	cb_free(st->meeting_col);
	st->meeting_col = NULL;
	st->nmeeting_col = 0;
}

int cb_meeting_kind_of(const unsigned char *t)
{
	switch (t != NULL ? t[0] : 0) {
	case 'r':
		return CB_REGULAR;
	case 't':
		return CB_THEMATIC;
	case 'c':
		return CB_COMBINED;
	default:
		return -1;
	}
}

int cb_assessor_of(const unsigned char *t)
{
	if (t == NULL)
		return -1;
	return t[0] == 'o' ? CB_OBSERVER : t[0] == 's' && t[1] == 'e' ? CB_SELF : CB_SUPERIOR;
}

/* The statements that name every fact column. */
static int statements(struct cb_store *st, struct cb_err *err)
{
	struct cb_buf get, new, set;
	size_t n = 0;
	int rc = CB_OK;

	if (st->meeting_set != NULL)
		return CB_OK;
	cb_meetings_forget(st);
	st->meeting_col = cb_calloc(st->ncolumn + 1, sizeof(int));
	if (st->meeting_col == NULL)
		return cb_err_nomem(err);
	cb_buf_init(&get);
	cb_buf_init(&new);
	cb_buf_init(&set);
	cb_buf_puts(&get, "SELECT id,rev,txn,topic,unit_id,held_on");
	cb_buf_puts(&new, "INSERT INTO meeting(unit_id,held_on,kind,rev,txn,topic");
	cb_buf_puts(&set, "UPDATE meeting SET rev=?2,txn=?3,topic=?4");
	for (size_t i = 0; i < st->ncolumn; i++) {
		const char *id = cb_facts_at(st->facts, i)->id;

		if (!st->column[i])
			continue;
		st->meeting_col[n++] = (int)i;
		cb_buf_printf(&get, ",\"%s\"", id);
		cb_buf_printf(&new, ",\"%s\"", id);
		cb_buf_printf(&set, ",\"%s\"=?%zu", id, n - 1 + SET_FIRST);
	}
	cb_buf_puts(&get, " FROM meeting WHERE id=?1");
	cb_buf_puts(&new, ") VALUES(?1,?2,?3,1,?4,?5");
	for (size_t i = 0; i < n; i++)
		cb_buf_printf(&new, ",?%zu", i + 6);
	cb_buf_puts(&new, ")");
	cb_buf_puts(&set, " WHERE id=?1");
	if (!cb_buf_ok(&get) || !cb_buf_ok(&new) || !cb_buf_ok(&set))
		rc = cb_err_nomem(err);
	if (rc == CB_OK)
		rc = cb_st_prepare(st, get.s, SQLITE_PREPARE_PERSISTENT, &st->meeting_get, err);
	if (rc == CB_OK)
		rc = cb_st_prepare(st, new.s, SQLITE_PREPARE_PERSISTENT, &st->meeting_new, err);
	if (rc == CB_OK)
		rc = cb_st_prepare(st, set.s, SQLITE_PREPARE_PERSISTENT, &st->meeting_set, err);
	st->nmeeting_col = n;
	cb_buf_release(&get);
	cb_buf_release(&new);
	cb_buf_release(&set);
	if (rc != CB_OK)
		cb_meetings_forget(st);
	return rc;
}

/* meeting_get standing on the row of `id`; *row false when there is none. The caller resets it. */
static int stand_on(struct cb_store *st, int64_t id, bool *row, struct cb_err *err)
{
	int rc = statements(st, err);

	if (rc != CB_OK)
		return rc;
	sqlite3_reset(st->meeting_get);
	sqlite3_bind_int64(st->meeting_get, 1, id);
	return cb_st_row(st, st->meeting_get, row, err);
}

/* {"members":18,...} of the row that meeting_get stands on. */
static void facts_json(struct cb_store *st, struct cb_buf *out)
{
	char sep = '{';

	for (size_t i = 0; i < st->nmeeting_col; i++) {
		if (sqlite3_column_type(st->meeting_get, FIRST_FACT + (int)i) == SQLITE_NULL)
			continue;
		cb_buf_printf(out, "%c\"%s\":%lld", sep, cb_facts_at(st->facts, (size_t)st->meeting_col[i])->id,
			      (long long)sqlite3_column_int64(st->meeting_get, FIRST_FACT + (int)i));
		sep = ',';
	}
	cb_buf_puts(out, sep == '{' ? "{}" : "}");
}

static int result_of_rev(struct cb_store *st, int64_t id, int64_t rev, bool *yes, struct cb_err *err)
{
	sqlite3_stmt *q;
	int rc = cb_st_get(st, Q_RESULT_OF_REV, "SELECT 1 FROM result WHERE meeting_id=?1 AND meeting_rev=?2", &q, err);

	if (rc != CB_OK)
		return rc;
	sqlite3_bind_int64(q, 1, id);
	sqlite3_bind_int64(q, 2, rev);
	rc = cb_st_row(st, q, yes, err);
	sqlite3_reset(q);
	return rc;
}

/* Before a change of the row that meeting_get stands on: keeps its state if this transaction has not done so. *rev is
   the revision that the change belongs to. `unit`: what the unit was, NULL: as on record. Leaves meeting_get reset. */
static int keep_past(struct cb_store *st, int64_t id, const struct cb_span_row *unit, int64_t *rev, struct cb_err *err)
{
	int64_t was = sqlite3_column_int64(st->meeting_get, 1), txn = sqlite3_column_int64(st->meeting_get, 2);
	const char *topic = (const char *)sqlite3_column_text(st->meeting_get, 3);
	const struct cb_span_row *span = NULL;
	struct cb_unit_row *u = NULL;
	sqlite3_stmt *q;
	bool used = true;
	int rc = CB_OK;

	*rev = was;
	if (txn == st->txn)
		rc = result_of_rev(st, id, was, &used, err);
	if (rc == CB_OK && used)
		rc = cb_units_get(st, sqlite3_column_int64(st->meeting_get, 4), &u, err);
	if (rc == CB_OK && used) {
		span = unit ? unit : cb_units_span(u, (cb_day)sqlite3_column_int(st->meeting_get, 5));
		cb_buf_clear(&st->scratch);
		facts_json(st, &st->scratch);
		rc = cb_buf_ok(&st->scratch) ? CB_OK : cb_err_nomem(err);
		if (rc == CB_OK)
			rc = cb_st_get(st, Q_PAST_PUT, "INSERT INTO meeting_past(meeting_id,rev,body) VALUES(?1,?2,json_object('topic',?3,'unit_kind',?5,'cell_type',?6,'facts',json(?4),"
						       "'assessments',(SELECT json_group_array(json_array(item,assessor,points)) FROM assessment WHERE meeting_id=?1),"
						       "'notes',(SELECT json_group_array(json_array(item,text)) FROM note WHERE meeting_id=?1)))",
				       &q, err);
		if (rc == CB_OK) {
			sqlite3_bind_int64(q, 1, id);
			sqlite3_bind_int64(q, 2, was);
			cb_st_bind_text(q, 3, topic);
			cb_st_bind_text(q, 4, st->scratch.s);
			cb_st_bind_opt(q, 5, span ? (int64_t)span->kind : -1, -1);
			cb_st_bind_opt(q, 6, span ? (int64_t)span->cell_type : -1, -1);
			rc = cb_st_done(st, q, err);
			*rev = was + 1;
		}
	}
	sqlite3_reset(st->meeting_get);
	return rc;
}

static int set_rev(struct cb_store *st, int64_t id, int64_t rev, struct cb_err *err)
{
	sqlite3_stmt *q;
	int rc = cb_st_get(st, Q_MEETING_REV, "UPDATE meeting SET rev=?2,txn=?3 WHERE id=?1 AND (rev<>?2 OR txn<>?3)", &q, err);

	if (rc != CB_OK)
		return rc;
	sqlite3_bind_int64(q, 1, id);
	sqlite3_bind_int64(q, 2, rev);
	sqlite3_bind_int64(q, 3, st->txn);
	return cb_st_done(st, q, err);
}

int cb_meetings_touch(struct cb_store *st, int64_t unit_id, cb_day from, cb_day to, const struct cb_span_row *was, struct cb_err *err)
{
	int64_t *id = NULL, rev;
	size_t n = 0, cap = 0;
	sqlite3_stmt *q;
	bool row;
	int rc = cb_st_get(st, Q_MEETINGS_OF, "SELECT id FROM meeting WHERE unit_id=?1 AND held_on BETWEEN ?2 AND ?3", &q, err);

	if (rc != CB_OK)
		return rc;
	sqlite3_bind_int64(q, 1, unit_id);
	sqlite3_bind_int64(q, 2, from);
	sqlite3_bind_int64(q, 3, to);
	while ((rc = cb_st_row(st, q, &row, err)) == CB_OK && row) {
		if (n == cap) {
			int64_t *more = cb_reallocarray(id, cap ? cap * 2 : 64, sizeof(*id));

			if (more == NULL) {
				sqlite3_reset(q);
				rc = cb_err_nomem(err);
				goto out;
			}
			id = more;
			cap = cap ? cap * 2 : 64;
		}
		id[n++] = sqlite3_column_int64(q, 0);
	}
	if (rc == CB_OK && n > 0)
		rc = cb_st_txn(st, err);
	for (size_t i = 0; rc == CB_OK && i < n; i++) {
		rc = stand_on(st, id[i], &row, err);
		if (rc == CB_OK && row && was) {
			const struct cb_span_row *now;
			struct cb_unit_row *u;

			rc = cb_units_get(st, unit_id, &u, err);
			now = rc == CB_OK ? cb_units_span(u, (cb_day)sqlite3_column_int(st->meeting_get, 5)) : NULL;
			row = rc == CB_OK && !(now && now->kind == was->kind && now->cell_type == was->cell_type);
		}
		if (rc == CB_OK && row)
			rc = keep_past(st, id[i], was, &rev, err);
		if (rc == CB_OK && row)
			rc = set_rev(st, id[i], rev, err);
	}
out:
	cb_free(id);
	return rc;
}

static void subject_of(char *dst, size_t cap, const char *code, cb_day day, enum cb_meeting_kind kind)
{
	char iso[11];

	snprintf(dst, cap, "%s %s %s", code, cb_day_iso(iso, day), cb_meeting_kind_id(kind));
}

static void change(struct cb_buf *out, char sep, const char *id, bool have, int64_t v)
{
	if (have)
		cb_buf_printf(out, "%c\"%s\":%lld", sep, id, (long long)v);
	else
		cb_buf_printf(out, "%c\"%s\":null", sep, id);
}

/* Whether the row that meeting_get stands on differs from m; the changed facts as JSON into was and now. */
static bool differs(struct cb_store *st, const struct cb_meeting *m, struct cb_buf *was, struct cb_buf *now)
{
	const char *topic = (const char *)sqlite3_column_text(st->meeting_get, 3);
	char sep = '{';

	if (!m->keep_topic && ((topic == NULL) != (m->topic == NULL) || (topic != NULL && strcmp(topic, m->topic) != 0))) {
		cb_buf_puts(was, "{\"topic\":true");
		cb_buf_puts(now, "{\"topic\":true");
		sep = ',';
	}
	for (size_t i = 0; i < st->nmeeting_col; i++) {
		size_t f = (size_t)st->meeting_col[i];
		bool had = sqlite3_column_type(st->meeting_get, FIRST_FACT + (int)i) != SQLITE_NULL;
		int64_t v = sqlite3_column_int64(st->meeting_get, FIRST_FACT + (int)i);
		unsigned char have = f < m->nfact ? m->have[f] : CB_HAVE_KEEP;
		const char *id = cb_facts_at(st->facts, f)->id;

		if (have == CB_HAVE_KEEP || (!had && !have) || (had && have && v == m->value[f]))
			continue;
		change(was, sep, id, had, v);
		change(now, sep, id, have, have ? m->value[f] : 0);
		sep = ',';
	}
	if (sep == '{')
		return false;
	cb_buf_putc(was, '}');
	cb_buf_putc(now, '}');
	return true;
}

static int insert(struct cb_store *st, struct cb_meeting *m, struct cb_err *err)
{
	sqlite3_stmt *q = st->meeting_new;
	int rc;

	sqlite3_reset(q);
	sqlite3_bind_int64(q, 1, m->unit_id);
	sqlite3_bind_int64(q, 2, m->held_on);
	cb_st_bind_text(q, 3, cb_meeting_kind_id(m->kind));
	sqlite3_bind_int64(q, 4, st->txn);
	cb_st_bind_text(q, 5, m->topic);
	for (size_t i = 0; i < st->nmeeting_col; i++) {
		size_t f = (size_t)st->meeting_col[i];

		if (f < m->nfact && m->have[f] == 1)
			sqlite3_bind_int64(q, 6 + (int)i, m->value[f]);
		else
			sqlite3_bind_null(q, 6 + (int)i);
	}
	rc = cb_st_done(st, q, err);
	if (rc == CB_OK) {
		m->id = sqlite3_last_insert_rowid(st->db);
		m->rev = 1;
	}
	return rc;
}

static int update(struct cb_store *st, struct cb_meeting *m, struct cb_err *err)
{
	sqlite3_stmt *q = st->meeting_set;
	int64_t rev;
	int rc;

	/* what is kept must be bound too: taken from the row before it is moved */
	sqlite3_reset(q);
	for (size_t i = 0; i < st->nmeeting_col; i++) {
		size_t f = (size_t)st->meeting_col[i];

		if (f >= m->nfact || m->have[f] == CB_HAVE_KEEP)
			sqlite3_bind_value(q, SET_FIRST + (int)i, sqlite3_column_value(st->meeting_get, FIRST_FACT + (int)i));
		else if (m->have[f])
			sqlite3_bind_int64(q, SET_FIRST + (int)i, m->value[f]);
		else
			sqlite3_bind_null(q, SET_FIRST + (int)i);
	}
	if (m->keep_topic)
		sqlite3_bind_value(q, 4, sqlite3_column_value(st->meeting_get, 3));
	else
		cb_st_bind_text(q, 4, m->topic);
	rc = keep_past(st, m->id, NULL, &rev, err);
	if (rc != CB_OK)
		return rc;
	sqlite3_bind_int64(q, 1, m->id);
	sqlite3_bind_int64(q, 2, rev);
	sqlite3_bind_int64(q, 3, st->txn);
	rc = cb_st_done(st, q, err);
	if (rc == CB_OK)
		m->rev = rev;
	return rc;
}

int cb_store_meeting_put(struct cb_store *st, struct cb_meeting *m, enum cb_put *what, struct cb_err *err)
{
	struct cb_unit_row *u;
	struct cb_buf was, now;
	char subject[80], iso[11];
	sqlite3_stmt *q;
	bool row;
	int rc = cb_st_writing(st, err);

	if (rc == CB_OK)
		rc = cb_units_get(st, m->unit_id, &u, err);
	if (rc == CB_OK && cb_units_span(u, m->held_on) == NULL)
		rc = cb_err_set(err, CB_EDATA, "unit %s did not exist on %s", u->code, cb_day_iso(iso, m->held_on));
	if (rc == CB_OK && (unsigned)m->kind >= CB_MEETING_KINDS)
		rc = cb_err_set(err, CB_EDATA, "unit %s, %s: there is no such kind of meeting", u->code, cb_day_iso(iso, m->held_on));
	for (size_t i = 0; rc == CB_OK && i < m->nfact; i++)
		if (m->have[i] == 1)
			rc = cb_facts_column_need(st, (int)i, err);
	if (rc == CB_OK)
		rc = statements(st, err);
	if (rc == CB_OK)
		rc = cb_st_get(st, Q_MEETING_FIND, "SELECT id FROM meeting WHERE unit_id=?1 AND held_on=?2 AND kind=?3", &q, err);
	if (rc != CB_OK)
		return rc;
	sqlite3_bind_int64(q, 1, m->unit_id);
	sqlite3_bind_int64(q, 2, m->held_on);
	cb_st_bind_text(q, 3, cb_meeting_kind_id(m->kind));
	rc = cb_st_row(st, q, &row, err);
	if (rc != CB_OK)
		return rc;
	m->id = row ? sqlite3_column_int64(q, 0) : 0;
	sqlite3_reset(q);
	subject_of(subject, sizeof(subject), u->code, m->held_on, m->kind);
	if (!row) {
		*what = CB_PUT_NEW;
		rc = cb_st_sealed(st, m->held_on, err);
		if (rc == CB_OK)
			rc = cb_st_txn(st, err);
		if (rc == CB_OK)
			rc = insert(st, m, err);
		return rc == CB_OK ? cb_st_audit(st, "meeting", subject, NULL, NULL, err) : rc;
	}
	rc = stand_on(st, m->id, &row, err);
	if (rc != CB_OK)
		return rc;
	if (!row)
		return cb_err_set(err, CB_ECORRUPT, "%s: the record is damaged: an index names a meeting that is not there", st->path);
	cb_buf_init(&was);
	cb_buf_init(&now);
	m->rev = sqlite3_column_int64(st->meeting_get, 1);
	*what = differs(st, m, &was, &now) ? CB_PUT_CHANGED : CB_PUT_SAME;
	if (*what == CB_PUT_CHANGED) {
		rc = cb_st_sealed(st, m->held_on, err);
		if (rc == CB_OK)
			rc = cb_st_txn(st, err);
		if (rc == CB_OK && (!cb_buf_ok(&was) || !cb_buf_ok(&now)))
			rc = cb_err_nomem(err);
		if (rc == CB_OK)
			rc = update(st, m, err);
		if (rc == CB_OK)
			rc = cb_st_audit(st, "meeting", subject, was.s, now.s, err);
	}
	if (st->meeting_get != NULL)
		sqlite3_reset(st->meeting_get);
	cb_buf_release(&was);
	cb_buf_release(&now);
	return rc;
}

int cb_store_meeting_kept(struct cb_store *st, const struct cb_meeting *m, int64_t *value, unsigned char *have, bool *any, struct cb_err *err)
{
	sqlite3_stmt *q;
	bool row;
	int64_t id;
	int rc = cb_st_get(st, Q_MEETING_FIND, "SELECT id FROM meeting WHERE unit_id=?1 AND held_on=?2 AND kind=?3", &q, err);

	*any = false;
	if (rc != CB_OK)
		return rc;
	sqlite3_bind_int64(q, 1, m->unit_id);
	sqlite3_bind_int64(q, 2, m->held_on);
	cb_st_bind_text(q, 3, cb_meeting_kind_id(m->kind));
	rc = cb_st_row(st, q, &row, err);
	if (rc != CB_OK || !row)
		goto out;
	id = sqlite3_column_int64(q, 0);
	sqlite3_reset(q);
	rc = stand_on(st, id, &row, err);
	for (size_t i = 0; rc == CB_OK && row && i < st->nmeeting_col; i++) {
		size_t f = (size_t)st->meeting_col[i];

		if (f >= m->nfact || have[f] != CB_HAVE_KEEP || sqlite3_column_type(st->meeting_get, FIRST_FACT + (int)i) == SQLITE_NULL)
			continue;
		value[f] = sqlite3_column_int64(st->meeting_get, FIRST_FACT + (int)i);
		have[f] = 1;
		*any = true;
	}
	if (st->meeting_get != NULL)
		sqlite3_reset(st->meeting_get);
out:
	for (size_t f = 0; f < m->nfact; f++)
		if (have[f] == CB_HAVE_KEEP)
			have[f] = 0;
	return rc;
}

int cb_store_meeting_find(struct cb_store *st, int64_t unit_id, cb_day day, int kind, int64_t *id, struct cb_err *err)
{
	char iso[11];
	sqlite3_stmt *q;
	bool row;
	int n = 0;
	int rc = cb_st_get(st, Q_MEETING_HEAD, "SELECT id,kind FROM meeting WHERE unit_id=?1 AND held_on=?2", &q, err);

	if (rc != CB_OK)
		return rc;
	sqlite3_bind_int64(q, 1, unit_id);
	sqlite3_bind_int64(q, 2, day);
	while ((rc = cb_st_row(st, q, &row, err)) == CB_OK && row) {
		if (kind >= 0 && cb_meeting_kind_of(sqlite3_column_text(q, 1)) != kind)
			continue;
		*id = sqlite3_column_int64(q, 0);
		n++;
	}
	if (rc != CB_OK)
		return rc;
	if (n == 0)
		return cb_err_set(err, CB_ENOTFOUND, "no %s%smeeting on %s", kind >= 0 ? cb_meeting_kind_id((enum cb_meeting_kind)kind) : "",
				  kind >= 0 ? " " : "", cb_day_iso(iso, day));
	if (n > 1)
		return cb_err_set(err, CB_EDATA, "%d meetings on %s: say which kind", n, cb_day_iso(iso, day));
	return CB_OK;
}

/* What hangs on a meeting needs its day (for the seals) and its name (for the audit). */
static int head_of(struct cb_store *st, int64_t meeting_id, char *subject, size_t cap, struct cb_err *err)
{
	struct cb_unit_row *u;
	sqlite3_stmt *q;
	int64_t unit_id;
	cb_day day;
	int kind, rc;
	bool row;

	rc = cb_st_get(st, Q_MEETING_BUMP, "SELECT unit_id,held_on,kind FROM meeting WHERE id=?1", &q, err);
	if (rc != CB_OK)
		return rc;
	sqlite3_bind_int64(q, 1, meeting_id);
	rc = cb_st_row(st, q, &row, err);
	if (rc != CB_OK)
		return rc;
	if (!row)
		return cb_err_set(err, CB_ENOTFOUND, "no meeting has the number %lld", (long long)meeting_id);
	unit_id = sqlite3_column_int64(q, 0);
	day = (cb_day)sqlite3_column_int(q, 1);
	kind = cb_meeting_kind_of(sqlite3_column_text(q, 2));
	sqlite3_reset(q);
	rc = cb_units_get(st, unit_id, &u, err);
	if (rc != CB_OK)
		return rc;
	subject_of(subject, cap, u->code, day, (enum cb_meeting_kind)(kind < 0 ? 0 : kind));
	return cb_st_sealed(st, day, err);
}

int cb_store_assessment_put(struct cb_store *st, const struct cb_assessment *a, enum cb_put *what, struct cb_err *err)
{
	char subject[200], was[32], now[32];
	int64_t old = -1, rev;
	sqlite3_stmt *q;
	bool row;
	int rc = cb_st_writing(st, err);

	if (rc == CB_OK && ((unsigned)a->by >= CB_ASSESSORS || a->points < 0 || a->points > CB_PTS_MAX || strlen(a->item) > 80))
		rc = cb_err_set(err, CB_EDATA, "an assessment of \"%.80s\" must be 0 to 1.000.000 points of a known assessor", a->item);
	if (rc == CB_OK)
		rc = cb_st_get(st, Q_ASSESSMENT_GET, "SELECT points FROM assessment WHERE meeting_id=?1 AND item=?2 AND assessor=?3", &q, err);
	if (rc != CB_OK)
		return rc;
	sqlite3_bind_int64(q, 1, a->meeting_id);
	cb_st_bind_text(q, 2, a->item);
	cb_st_bind_text(q, 3, cb_assessor_id(a->by));
	rc = cb_st_row(st, q, &row, err);
	if (rc == CB_OK && row) {
		old = sqlite3_column_int64(q, 0);
		sqlite3_reset(q);
	}
	if (rc != CB_OK || old == a->points) {
		*what = CB_PUT_SAME;
		return rc;
	}
	*what = old < 0 ? CB_PUT_NEW : CB_PUT_CHANGED;
	rc = head_of(st, a->meeting_id, subject, sizeof(subject), err);
	if (rc == CB_OK)
		rc = cb_st_txn(st, err);
	if (rc == CB_OK)
		rc = stand_on(st, a->meeting_id, &row, err);
	if (rc != CB_OK)
		return rc;
	rc = keep_past(st, a->meeting_id, NULL, &rev, err);
	if (rc == CB_OK)
		rc = cb_st_get(st, Q_ASSESSMENT_PUT, "INSERT INTO assessment(meeting_id,item,assessor,points) VALUES(?1,?2,?3,?4)"
						     " ON CONFLICT DO UPDATE SET points=excluded.points", &q, err);
	if (rc != CB_OK)
		return rc;
	sqlite3_bind_int64(q, 1, a->meeting_id);
	cb_st_bind_text(q, 2, a->item);
	cb_st_bind_text(q, 3, cb_assessor_id(a->by));
	sqlite3_bind_int64(q, 4, a->points);
	rc = cb_st_done(st, q, err);
	if (rc == CB_OK)
		rc = set_rev(st, a->meeting_id, rev, err);
	if (rc != CB_OK || old < 0)
		return rc;
	snprintf(subject + strlen(subject), sizeof(subject) - strlen(subject), " %s/%.80s", cb_assessor_id(a->by), a->item);
	snprintf(was, sizeof(was), "%lld", (long long)old);
	snprintf(now, sizeof(now), "%lld", (long long)a->points);
	return cb_st_audit(st, "assessment", subject, was, now, err);
}

int cb_store_note_put(struct cb_store *st, int64_t meeting_id, const char *item, const char *text, enum cb_put *what, struct cb_err *err)
{
	char subject[200], *was = NULL;
	int64_t rev;
	size_t chars = 0;
	sqlite3_stmt *q;
	bool row;
	int rc = cb_st_writing(st, err);

	for (const char *p = text; p != NULL && *p != '\0'; p++)
		chars += ((unsigned char)*p & 0xC0) != 0x80;
	if (rc == CB_OK && (strlen(item) > 80 || chars > CB_NOTE_CHARS || (text != NULL && chars == 0)))
		rc = cb_err_set(err, CB_EDATA, "a note of \"%.80s\" must have 1 to %d characters", item, CB_NOTE_CHARS);
	if (rc == CB_OK)
		rc = cb_st_get(st, Q_NOTE_GET, "SELECT text FROM note WHERE meeting_id=?1 AND item=?2", &q, err);
	if (rc != CB_OK)
		return rc;
	sqlite3_bind_int64(q, 1, meeting_id);
	cb_st_bind_text(q, 2, item);
	rc = cb_st_row(st, q, &row, err);
	if (rc != CB_OK)
		return rc;
	*what = !row && text ? CB_PUT_NEW : CB_PUT_CHANGED;
	if (row) {
		const char *s = (const char *)sqlite3_column_text(q, 0);

		was = cb_strdup(s ? s : "");
		sqlite3_reset(q);
		if (was == NULL)
			return cb_err_nomem(err);
	}
	if (was && text ? strcmp(was, text) == 0 : !was && !text) {
		*what = CB_PUT_SAME;
		goto out;
	}
	rc = head_of(st, meeting_id, subject, sizeof(subject), err);
	if (rc == CB_OK)
		rc = cb_st_txn(st, err);
	if (rc == CB_OK)
		rc = stand_on(st, meeting_id, &row, err);
	if (rc == CB_OK)
		rc = keep_past(st, meeting_id, NULL, &rev, err);
	if (rc == CB_OK)
		rc = text ? cb_st_get(st, Q_NOTE_PUT, "INSERT INTO note(meeting_id,item,text) VALUES(?1,?2,?3)"
						      " ON CONFLICT DO UPDATE SET text=excluded.text", &q, err)
			  : cb_st_get(st, Q_NOTE_DELETE, "DELETE FROM note WHERE meeting_id=?1 AND item=?2", &q, err);
	if (rc != CB_OK)
		goto out;
	sqlite3_bind_int64(q, 1, meeting_id);
	cb_st_bind_text(q, 2, item);
	if (text != NULL)
		cb_st_bind_text(q, 3, text);
	rc = cb_st_done(st, q, err);
	if (rc == CB_OK)
		rc = set_rev(st, meeting_id, rev, err);
	if (rc == CB_OK && was) {
		snprintf(subject + strlen(subject), sizeof(subject) - strlen(subject), " %.80s", item);
		rc = cb_st_audit(st, "note", subject, was, text, err);
	}
out:
	cb_free(was);
	return rc;
}

int cb_store_decision_put(struct cb_store *st, const struct cb_decision *d, enum cb_put *what, struct cb_err *err)
{
	static const char get[] = "SELECT json_object('proposed',proposed,'votes_for',votes_for,'votes_total',votes_total,'official',official,"
				  "'reason',reason,'decided_on',date(decided_on*86400,'unixepoch')) FROM decision WHERE meeting_id=?1";
	char subject[80], *was = NULL, *now = NULL;
	sqlite3_stmt *q;
	bool row;
	int rc = cb_st_writing(st, err);

	if (rc == CB_OK && (d->votes_for > d->votes_total || d->votes_for < -1 || d->votes_total < -1))
		rc = cb_err_set(err, CB_EDATA, "%lld votes for, of %lld votes: that cannot be", (long long)d->votes_for, (long long)d->votes_total);
	if (rc == CB_OK)
		rc = head_of(st, d->meeting_id, subject, sizeof(subject), err);
	for (int turn = 0; rc == CB_OK && turn < 2; turn++) {
		rc = cb_st_get(st, Q_DECISION_GET, get, &q, err);
		if (rc != CB_OK)
			break;
		sqlite3_bind_int64(q, 1, d->meeting_id);
		rc = cb_st_row(st, q, &row, err);
		if (rc == CB_OK && row) {
			char *s = cb_strdup((const char *)sqlite3_column_text(q, 0));

			sqlite3_reset(q);
			*(turn == 0 ? &was : &now) = s;
			if (s == NULL)
				rc = cb_err_nomem(err);
		}
		if (rc == CB_OK && turn == 0) {
			rc = cb_st_get(st, Q_DECISION_PUT, "INSERT INTO decision(meeting_id,proposed,votes_for,votes_total,official,reason,decided_on)"
							   " VALUES(?1,?2,?3,?4,?5,?6,?7) ON CONFLICT DO UPDATE SET proposed=coalesce(excluded.proposed,proposed),"
							   "votes_for=coalesce(excluded.votes_for,votes_for),votes_total=coalesce(excluded.votes_total,votes_total),"
							   "official=coalesce(excluded.official,official),reason=coalesce(excluded.reason,reason),"
							   "decided_on=coalesce(excluded.decided_on,decided_on)", &q, err);
			if (rc != CB_OK)
				break;
			sqlite3_bind_int64(q, 1, d->meeting_id);
			cb_st_bind_text(q, 2, d->proposed);
			cb_st_bind_opt(q, 3, d->votes_for, -1);
			cb_st_bind_opt(q, 4, d->votes_total, -1);
			cb_st_bind_text(q, 5, d->official);
			cb_st_bind_text(q, 6, d->reason);
			cb_st_bind_opt(q, 7, d->decided_on, CB_DAY_NONE);
			rc = cb_st_done(st, q, err);
		}
	}
	if (rc == CB_OK) {
		*what = was == NULL ? CB_PUT_NEW : now != NULL && strcmp(was, now) == 0 ? CB_PUT_SAME : CB_PUT_CHANGED;
		if (*what != CB_PUT_SAME)
			rc = cb_st_audit(st, "decision", subject, was, now, err);
	}
	cb_free(was);
	cb_free(now);
	return rc;
}

int cb_store_visit_put(struct cb_store *st, int64_t unit_id, cb_day day, int64_t meeting_id, enum cb_put *what, struct cb_err *err)
{
	struct cb_unit_row *u;
	sqlite3_stmt *q;
	bool row;
	int rc = cb_st_writing(st, err);

	if (rc == CB_OK)
		rc = cb_units_get(st, unit_id, &u, err);
	if (rc == CB_OK)
		rc = cb_st_sealed(st, day, err);
	if (rc == CB_OK)
		rc = cb_st_get(st, Q_VISIT_GET, "SELECT coalesce(meeting_id,0) FROM visit WHERE unit_id=?1 AND day=?2", &q, err);
	if (rc != CB_OK)
		return rc;
	sqlite3_bind_int64(q, 1, unit_id);
	sqlite3_bind_int64(q, 2, day);
	rc = cb_st_row(st, q, &row, err);
	if (rc != CB_OK)
		return rc;
	*what = !row ? CB_PUT_NEW : meeting_id == 0 || sqlite3_column_int64(q, 0) == meeting_id ? CB_PUT_SAME : CB_PUT_CHANGED;
	sqlite3_reset(q);
	if (*what == CB_PUT_SAME)
		return CB_OK;
	rc = cb_st_get(st, Q_VISIT_PUT, "INSERT INTO visit(unit_id,day,meeting_id) VALUES(?1,?2,?3) ON CONFLICT DO UPDATE SET meeting_id=excluded.meeting_id", &q, err);
	if (rc != CB_OK)
		return rc;
	sqlite3_bind_int64(q, 1, unit_id);
	sqlite3_bind_int64(q, 2, day);
	cb_st_bind_opt(q, 3, meeting_id, 0);
	return cb_st_done(st, q, err);
}

int cb_store_month_put(struct cb_store *st, int64_t unit_id, cb_day month, const char *status, const char *reason, enum cb_put *what, struct cb_err *err)
{
	char subject[80], iso[11];
	struct cb_unit_row *u;
	struct cb_period p;
	sqlite3_stmt *q;
	bool row;
	int rc = cb_st_writing(st, err);

	if (rc == CB_OK && strcmp(status, "exempt") != 0 && strcmp(status, "postponed") != 0 && strcmp(status, "missed") != 0)
		rc = cb_err_set(err, CB_EDATA, "\"%.40s\": a month without a meeting is exempt, postponed or missed", status);
	cb_month_of(&p, month);
	if (rc == CB_OK)
		rc = cb_units_get(st, unit_id, &u, err);
	if (rc == CB_OK) { /* now: a failure below may end the transaction, and with it what is known of units */
		snprintf(subject, sizeof(subject), "%s %.7s", u->code, cb_day_iso(iso, p.from));
		rc = cb_st_sealed(st, p.from, err);
	}
	if (rc == CB_OK)
		rc = cb_st_get(st, Q_MONTH_GET, "SELECT status=?3 AND reason IS ?4 FROM unit_month WHERE unit_id=?1 AND month=?2", &q, err);
	if (rc != CB_OK)
		return rc;
	sqlite3_bind_int64(q, 1, unit_id);
	sqlite3_bind_int64(q, 2, p.from);
	cb_st_bind_text(q, 3, status);
	cb_st_bind_text(q, 4, reason);
	rc = cb_st_row(st, q, &row, err);
	if (rc != CB_OK)
		return rc;
	*what = !row ? CB_PUT_NEW : sqlite3_column_int(q, 0) ? CB_PUT_SAME : CB_PUT_CHANGED;
	sqlite3_reset(q);
	if (*what == CB_PUT_SAME)
		return CB_OK;
	rc = cb_st_get(st, Q_MONTH_PUT, "INSERT INTO unit_month(unit_id,month,status,reason) VALUES(?1,?2,?3,?4)"
					" ON CONFLICT DO UPDATE SET status=excluded.status,reason=excluded.reason", &q, err);
	if (rc != CB_OK)
		return rc;
	sqlite3_bind_int64(q, 1, unit_id);
	sqlite3_bind_int64(q, 2, p.from);
	cb_st_bind_text(q, 3, status);
	cb_st_bind_text(q, 4, reason);
	rc = cb_st_done(st, q, err);
	return rc == CB_OK ? cb_st_audit(st, "month", subject, NULL, NULL, err) : rc;
}

/* --- past revisions ------------------------------------------------------------------------------------------- */

static int past_facts(struct cb_store *st, int64_t id, int64_t rev, const struct cb_cursor_opts *o, int64_t *value, unsigned char *have,
		      struct cb_err *err)
{
	sqlite3_stmt *q;
	bool row;
	int rc = cb_st_get(st, Q_PAST_JUDGED, "SELECT 0,f.key,f.value,NULL FROM meeting_past p,json_each(p.body,'$.facts') f WHERE p.meeting_id=?1 AND p.rev=?2"
					      " UNION ALL SELECT 1,json_extract(a.value,'$[0]'),json_extract(a.value,'$[2]'),json_extract(a.value,'$[1]')"
					      " FROM meeting_past p,json_each(p.body,'$.assessments') a WHERE p.meeting_id=?1 AND p.rev=?2"
					      " UNION ALL SELECT 0,'unit_kind',json_extract(body,'$.unit_kind'),NULL FROM meeting_past WHERE meeting_id=?1 AND rev=?2"
					      " UNION ALL SELECT 0,'cell_type',nullif(json_extract(body,'$.cell_type'),0),NULL FROM meeting_past WHERE meeting_id=?1 AND rev=?2",
			   &q, err);

	if (rc != CB_OK)
		return rc;
	sqlite3_bind_int64(q, 1, id);
	sqlite3_bind_int64(q, 2, rev);
	while ((rc = cb_st_row(st, q, &row, err)) == CB_OK && row) {
		const char *key = (const char *)sqlite3_column_text(q, 1);
		int by = cb_assessor_of(sqlite3_column_text(q, 3));

		if (key == NULL) {
			sqlite3_reset(q);
			return cb_err_nomem(err);
		}
		for (size_t i = 0; sqlite3_column_int(q, 0) == 0 && i < o->nfact; i++)
			if (strcmp(cb_facts_at(st->facts, (size_t)o->fact[i])->id, key) == 0) {
				value[i] = sqlite3_column_int64(q, 2);
				have[i] = sqlite3_column_type(q, 2) != SQLITE_NULL;
			}
		for (size_t i = 0; sqlite3_column_int(q, 0) == 1 && i < o->njudged; i++)
			if ((int)o->judged[i].by == by && strcmp(o->judged[i].item, key) == 0) {
				value[o->nfact + i] = sqlite3_column_int64(q, 2);
				have[o->nfact + i] = 1;
			}
	}
	return rc;
}

static bool same_columns(const struct cb_cursor_opts *a, const struct cb_cursor_opts *b)
{
	if (a->nfact != b->nfact || a->njudged != b->njudged || (a->nfact > 0 && memcmp(a->fact, b->fact, a->nfact * sizeof(*a->fact)) != 0))
		return false;
	for (size_t i = 0; i < a->njudged; i++)
		if (a->judged[i].by != b->judged[i].by || strcmp(a->judged[i].item, b->judged[i].item) != 0)
			return false;
	return true;
}

/* A cursor over these columns of one meeting; kept, with copies of what it was opened with. */
static int revision_cursor(struct cb_store *st, const struct cb_cursor_opts *o, int64_t meeting_id, struct cb_err *err)
{
	struct cb_cursor_opts *keep = &st->revision.opts;
	struct cb_judged_col *judged;
	struct cb_arena *a = &st->revision.arena;
	int *fact, rc;

	if (st->revision.cursor != NULL && same_columns(keep, o)) {
		cb_cursor_again(st->revision.cursor, meeting_id);
		return CB_OK;
	}
	cb_cursor_close(st->revision.cursor);
	st->revision.cursor = NULL;
	cb_arena_release(a);
	cb_arena_init(a);
	fact = CB_NEWV(a, o->nfact + 1, int);
	judged = CB_NEWV(a, o->njudged + 1, struct cb_judged_col);
	if (fact == NULL || judged == NULL)
		return cb_err_nomem(err);
	if (o->nfact > 0)
		memcpy(fact, o->fact, o->nfact * sizeof(*fact));
	for (size_t i = 0; i < o->njudged; i++) {
		judged[i].by = o->judged[i].by;
		judged[i].item = cb_arena_strdup(a, o->judged[i].item);
		if (judged[i].item == NULL)
			return cb_err_nomem(err);
	}
	*keep = (struct cb_cursor_opts){ .from = CB_DAY_MIN, .to = CB_DAY_MAX, .meeting_id = meeting_id, .fact = fact, .nfact = o->nfact,
					 .judged = judged, .njudged = o->njudged };
	rc = cb_cursor_open(&st->revision.cursor, st, keep, err);
	return rc;
}

int cb_store_revision(struct cb_store *st, int64_t meeting_id, int64_t rev, const struct cb_cursor_opts *o, int64_t *value, unsigned char *have,
		      struct cb_err *err)
{
	const struct cb_rowhead *head;
	const unsigned char *const *h;
	const int64_t *const *v;
	sqlite3_stmt *q;
	size_t n = 0;
	bool row;
	int rc;

	rc = revision_cursor(st, o, meeting_id, err);
	if (rc == CB_OK)
		rc = cb_cursor_next(st->revision.cursor, &n, &head, &v, &h, err);
	if (rc == CB_OK && n == 0)
		rc = cb_err_set(err, CB_ENOTFOUND, "no meeting has the number %lld", (long long)meeting_id);
	for (size_t i = 0; rc == CB_OK && i < o->nfact + o->njudged; i++) {
		value[i] = v[i][0];
		have[i] = h[i][0];
	}
	if (rc != CB_OK || head[0].rev == rev)
		return rc;
	rc = cb_st_get(st, Q_PAST_GET, "SELECT 1 FROM meeting_past WHERE meeting_id=?1 AND rev=?2", &q, err);
	if (rc != CB_OK)
		return rc;
	sqlite3_bind_int64(q, 1, meeting_id);
	sqlite3_bind_int64(q, 2, rev);
	rc = cb_st_row(st, q, &row, err);
	sqlite3_reset(q);
	if (rc == CB_OK && !row)
		rc = cb_err_set(err, CB_ENOTFOUND, "revision %lld of meeting %lld was not kept", (long long)rev, (long long)meeting_id);
	if (rc != CB_OK)
		return rc;
	/* the day and the kind are of the meeting itself and do not change with its revisions */
	for (size_t i = 0; i < o->nfact + o->njudged; i++)
		if (i >= o->nfact || cb_schema_own_column(cb_facts_at(st->facts, (size_t)o->fact[i])->id) != 1) {
			value[i] = 0;
			have[i] = 0;
		}
	return past_facts(st, meeting_id, rev, o, value, have, err);
}

int cb_store_revision_unit(struct cb_store *st, int64_t meeting_id, int64_t rev, unsigned *kind, unsigned *cell_type, struct cb_err *err)
{
	sqlite3_stmt *q;
	bool row;
	int rc = cb_st_get(st, Q_PAST_UNIT, "SELECT json_extract(body,'$.unit_kind'),json_extract(body,'$.cell_type') FROM meeting_past"
					    " WHERE meeting_id=?1 AND rev=?2", &q, err);

	if (rc != CB_OK)
		return rc;
	sqlite3_bind_int64(q, 1, meeting_id);
	sqlite3_bind_int64(q, 2, rev);
	rc = cb_st_row(st, q, &row, err);
	if (rc != CB_OK || !row)
		return rc;
	if (sqlite3_column_type(q, 0) != SQLITE_NULL) {
		*kind = (unsigned)sqlite3_column_int(q, 0);
		*cell_type = (unsigned)sqlite3_column_int(q, 1);
	}
	sqlite3_reset(q);
	return CB_OK;
}
