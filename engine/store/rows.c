/*
 * rows.c - reading with SQL: statements that can only read.
 *
 * The authorizer lets SELECT, reading of columns and plain functions through, nothing else; the statement must be one, and
 * SQLite must call it read-only. Values are borrowed until the next step. open binds by a string of types; prepare, bind
 * and step do the same in steps.
 */
#include "store/store_int.h"

#include <stdarg.h>
#include <string.h>
#include "base/alloc.h"

struct cb_rows {
	struct cb_store *st;
	sqlite3_stmt *q;
};

static bool blank(const char *s)
{
	while (*s == ' ' || *s == '\t' || *s == '\n' || *s == '\r' || *s == ';')
		s++;
	return *s == '\0';
}

int cb_rows_prepare(struct cb_rows **out, struct cb_store *st, struct cb_err *err, const char *sql)
{
	struct cb_rows *r = cb_calloc(1, sizeof(*r));
	const char *tail = "";
	int rc;

	*out = NULL;
	if (r == NULL)
		return cb_err_nomem(err);
	r->st = st;
	st->reading = true;
	rc = sqlite3_prepare_v2(st->db, sql, -1, &r->q, &tail);
	st->reading = false;
	if (rc != SQLITE_OK)
		rc = cb_st_fail(st, rc, "preparing a query", err);
	else if (r->q == NULL)
		rc = cb_err_set(err, CB_EUSAGE, "there is no statement in the query");
	else if (!blank(tail))
		rc = cb_err_set(err, CB_EUSAGE, "one statement at a time: \"%.40s\" follows", tail);
	else if (!sqlite3_stmt_readonly(r->q))
		rc = cb_err_set(err, CB_EUSAGE, "only reading is allowed here");
	if (rc != CB_OK) {
		cb_rows_close(r);
		return rc;
	}
	*out = r;
	return CB_OK;
}

int cb_rows_open(struct cb_rows **out, struct cb_store *st, struct cb_err *err, const char *sql, const char *types, ...)
{
	int rc = cb_rows_prepare(out, st, err, sql);
	va_list ap;

	if (rc != CB_OK)
		return rc;
	va_start(ap, types);
	for (int i = 0; rc == CB_OK && types != NULL && types[i] != '\0'; i++) {
		if (types[i] == 'i')
			rc = cb_rows_bind_int(*out, i + 1, va_arg(ap, int64_t), err);
		else
			rc = cb_rows_bind_text(*out, i + 1, va_arg(ap, const char *), err);
	}
	va_end(ap);
	if (rc != CB_OK) {
		cb_rows_close(*out);
		*out = NULL;
	}
	return rc;
}

static int bound(struct cb_rows *r, int rc, int i, struct cb_err *err)
{
	if (rc == SQLITE_RANGE)
		return cb_err_set(err, CB_EUSAGE, "the query has no parameter ?%d", i);
	if (rc == SQLITE_MISUSE)
		return cb_err_set(err, CB_EUSAGE, "the query runs already: its values are bound before the first step");
	return rc == SQLITE_OK ? CB_OK : cb_st_fail(r->st, rc, "binding a value", err);
}

int cb_rows_bind_int(struct cb_rows *r, int i, int64_t v, struct cb_err *err)
{
	return bound(r, sqlite3_bind_int64(r->q, i, v), i, err);
}

int cb_rows_bind_real(struct cb_rows *r, int i, double v, struct cb_err *err)
{
	return bound(r, sqlite3_bind_double(r->q, i, v), i, err);
}

int cb_rows_bind_text(struct cb_rows *r, int i, const char *v, struct cb_err *err)
{
	return bound(r, v ? sqlite3_bind_text(r->q, i, v, -1, SQLITE_TRANSIENT) : sqlite3_bind_null(r->q, i), i, err);
}

int cb_rows_step(struct cb_rows *r, bool *row, struct cb_err *err)
{
	int rc;

	r->st->reading = true; /* it may be prepared again when the schema changed */
	rc = sqlite3_step(r->q);
	r->st->reading = false;
	*row = rc == SQLITE_ROW;
	if (rc == SQLITE_ROW)
		return CB_OK;
	rc = sqlite3_reset(r->q);
	return rc == SQLITE_OK ? CB_OK : cb_st_fail(r->st, rc, "reading", err);
}

enum cb_row_type cb_rows_type(struct cb_rows *r, int col)
{
	switch (sqlite3_column_type(r->q, col)) {
	case SQLITE_INTEGER:
		return CB_ROW_INT;
	case SQLITE_FLOAT:
		return CB_ROW_REAL;
	case SQLITE_NULL:
		return CB_ROW_NULL;
	default:
		return CB_ROW_TEXT;
	}
}

int64_t cb_rows_int(struct cb_rows *r, int col)
{
	return sqlite3_column_int64(r->q, col);
}

double cb_rows_real(struct cb_rows *r, int col)
{
	return sqlite3_column_double(r->q, col);
}

const char *cb_rows_text(struct cb_rows *r, int col)
{
	return (const char *)sqlite3_column_text(r->q, col);
}

bool cb_rows_null(struct cb_rows *r, int col)
{
	return sqlite3_column_type(r->q, col) == SQLITE_NULL;
}

int cb_rows_columns(struct cb_rows *r)
{
	return sqlite3_column_count(r->q);
}

const char *cb_rows_name(struct cb_rows *r, int col)
{
	return sqlite3_column_name(r->q, col);
}

void cb_rows_close(struct cb_rows *r)
{
	if (r == NULL)
		return;
	sqlite3_finalize(r->q);
	cb_free(r);
}
