/*
 * backup.c - a copy of the record while it is in use.
 *
 * SQLite's own backup copies page by page in steps and starts again by itself when another program writes in between;
 * the copy gets its name only when it is whole. Cost: one pass over the file; waits a few seconds for a busy record.
 */
#include "store/store_int.h"

#include "base/alloc.h"

#define PAGES_A_STEP 1024
#define BUSY_STEPS 50

int cb_store_backup(struct cb_store *st, const char *to, struct cb_err *err)
{
	sqlite3 *copy = NULL;
	sqlite3_backup *b = NULL;
	char *temp = NULL, *name = NULL;
	int rc, sql = SQLITE_OK, busy = 0;

	rc = cb_st_new_file(to, &temp, err);
	if (rc != CB_OK)
		return rc;
	name = cb_st_sql_path(temp);
	if (name == NULL) {
		rc = cb_err_nomem(err);
		goto out;
	}
	sql = sqlite3_open_v2(name, &copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
	if (sql == SQLITE_OK)
		sql = sqlite3_exec(copy, "PRAGMA synchronous=FULL", NULL, NULL, NULL);
	if (sql == SQLITE_OK) {
		b = sqlite3_backup_init(copy, "main", st->db, "main");
		if (b == NULL)
			sql = sqlite3_errcode(copy);
	}
	while (sql == SQLITE_OK) {
		sql = sqlite3_backup_step(b, PAGES_A_STEP);
		if ((sql == SQLITE_BUSY || sql == SQLITE_LOCKED) && ++busy < BUSY_STEPS) {
			sqlite3_sleep(50);
			sql = SQLITE_OK;
		}
	}
	if (b != NULL) {
		int end = sqlite3_backup_finish(b);

		if (sql == SQLITE_DONE)
			sql = end;
	}
	if (sql != SQLITE_OK)
		rc = cb_st_map(copy, to, sql, "copying the record", err);
out:
	sqlite3_close(copy);
	if (rc == CB_OK)
		rc = cb_st_name_file(temp, to, err);
	if (rc != CB_OK)
		cb_st_drop_file(temp);
	cb_free(name);
	cb_free(temp);
	return rc;
}
