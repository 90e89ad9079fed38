/*
 * seen.c - one table in a nameless database; see seen.h. Journal and syncs are off: nobody reads it after a crash.
 */
#include "store/seen.h"

#include <sqlite3.h>

#include "base/alloc.h"

struct cb_seen {
	sqlite3 *db;
	sqlite3_stmt *put, *get;
};

static int fail(struct cb_seen *s, int rc, struct cb_err *err)
{
	rc &= 0xFF;
	if (rc == SQLITE_NOMEM)
		return cb_err_nomem(err);
	return cb_err_set(err, rc == SQLITE_FULL ? CB_EFULL : CB_EIO, "a passing file for the keys of the rows: %s",
			  s->db ? sqlite3_errmsg(s->db) : sqlite3_errstr(rc));
}

int cb_seen_open(struct cb_seen **out, struct cb_err *err)
{
	struct cb_seen *s = cb_calloc(1, sizeof(*s));
	int rc;

	*out = NULL;
	if (s == NULL)
		return cb_err_nomem(err);
	rc = sqlite3_open_v2("", &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(s->db,
				  "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-1024;"
				  "CREATE TABLE seen(key BLOB PRIMARY KEY, line INTEGER NOT NULL) STRICT, WITHOUT ROWID; BEGIN",
				  NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(s->db, "INSERT OR IGNORE INTO seen VALUES(?1,?2)", -1, &s->put, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(s->db, "SELECT line FROM seen WHERE key=?1", -1, &s->get, NULL);
	if (rc != SQLITE_OK) {
		rc = fail(s, rc, err);
		cb_seen_close(s);
		return rc;
	}
	*out = s;
	return CB_OK;
}

void cb_seen_close(struct cb_seen *s)
{
	if (s == NULL)
		return;
	sqlite3_finalize(s->put);
	sqlite3_finalize(s->get);
	sqlite3_close(s->db);
	cb_free(s);
}

int cb_seen_put(struct cb_seen *s, const void *key, size_t n, int64_t line, int64_t *first, struct cb_err *err)
{
	int rc;

	*first = 0;
	if (line > 0) {
		rc = sqlite3_bind_blob(s->put, 1, key, (int)n, SQLITE_STATIC);
		if (rc == SQLITE_OK)
			rc = sqlite3_bind_int64(s->put, 2, line);
		if (rc == SQLITE_OK)
			rc = sqlite3_step(s->put);
		sqlite3_reset(s->put);
		sqlite3_clear_bindings(s->put);
		if (rc != SQLITE_DONE)
			return fail(s, rc, err);
		if (sqlite3_changes(s->db) > 0)
			return CB_OK;
	}
	rc = sqlite3_bind_blob(s->get, 1, key, (int)n, SQLITE_STATIC);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(s->get);
	if (rc == SQLITE_ROW)
		*first = sqlite3_column_int64(s->get, 0);
	sqlite3_reset(s->get);
	sqlite3_clear_bindings(s->get);
	return rc == SQLITE_ROW || (rc == SQLITE_DONE && line <= 0) ? CB_OK : fail(s, rc, err);
}
