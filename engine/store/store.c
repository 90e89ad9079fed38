/*
 * store.c - opening, closing and transactions; how files and SQLite's codes become one plain line.
 *
 * A file is looked at (kind, size, header) before SQLite touches it, so that what is not a record stays as it is. New
 * files are made under a passing name beside their own and get their name when they are whole: no half-made record is
 * ever seen. Every connection has the same settings: rollback journal, full syncs, foreign keys, defensive, no
 * extensions, no mmap, no trust in the schema's functions.
 */
#include "store/store_int.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/alloc.h"

/* --- SQLite's memory ----------------------------------------------------------------------------------------- */

static void *mem_malloc(int n) { return cb_malloc((size_t)n); }
static void mem_free(void *p) { cb_free(p); }
static void *mem_realloc(void *p, int n) { return cb_realloc(p, (size_t)n); }
static int mem_size(void *p) { return p ? (int)cb_alloc_size(p) : 0; }
static int mem_roundup(int n) { return (n + 7) & ~7; }
static int mem_init(void *ctx) { (void)ctx; return SQLITE_OK; }
static void mem_shutdown(void *ctx) { (void)ctx; }

int cb_store_library_init(struct cb_err *err)
{
	static const sqlite3_mem_methods methods = { mem_malloc, mem_free, mem_realloc, mem_size, mem_roundup, mem_init, mem_shutdown, NULL };
	int rc = sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);

	if (rc == SQLITE_MISUSE) /* it runs already: this was called before */
		return CB_OK;
	if (rc == SQLITE_OK)
		rc = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	if (rc == SQLITE_OK)
		rc = sqlite3_config(SQLITE_CONFIG_URI, 0);
	if (rc == SQLITE_OK)
		rc = sqlite3_initialize();
	return rc == SQLITE_OK ? CB_OK : cb_st_map(NULL, "SQLite", rc, "starting", err);
}

/* --- codes --------------------------------------------------------------------------------------------------- */

/* Why the system refused. SQLite forgets it when a commit fails, but the file still knows. */
static int os_errno(sqlite3 *db)
{
	int os = db != NULL ? sqlite3_system_errno(db) : 0;

	if (db != NULL && os == 0)
		sqlite3_file_control(db, "main", SQLITE_FCNTL_LAST_ERRNO, &os);
	return os;
}

int cb_st_map(sqlite3 *db, const char *path, int rc, const char *what, struct cb_err *err)
{
	int ext = db != NULL && (rc & 0xff) == (sqlite3_extended_errcode(db) & 0xff) ? sqlite3_extended_errcode(db) : rc;
	int os = os_errno(db);
	const char *said = db != NULL && (sqlite3_errcode(db) & 0xff) == (rc & 0xff) ? sqlite3_errmsg(db) : sqlite3_errstr(rc);

	switch (rc & 0xff) {
	case SQLITE_NOMEM:
		return cb_err_nomem(err);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return cb_err_set(err, CB_EBUSY, "%s: the record is in use by another program; try again when it has finished", path);
	case SQLITE_INTERRUPT:
		return cb_err_set(err, CB_EINTR, "%s: stopped while %s", path, what);
	case SQLITE_CORRUPT:
		return cb_err_set(err, CB_ECORRUPT, "%s: the record is damaged; restore a backup, or look with `chibo doctor`", path);
	case SQLITE_NOTADB:
		return cb_err_set(err, CB_EFOREIGN, "%s: not a chibo record", path);
	case SQLITE_FULL:
		return cb_err_set(err, CB_EFULL, "%s: no room left on the disk; nothing was changed", path);
	case SQLITE_READONLY:
		if (ext == SQLITE_READONLY_ROLLBACK || ext == SQLITE_READONLY_RECOVERY)
			return cb_err_set(err, CB_EREADONLY, "%s: an interrupted change must be undone first, but the record cannot be written", path);
		return cb_err_set(err, CB_EREADONLY, "%s: the record cannot be written (read-only)", path);
	case SQLITE_CANTOPEN:
		if (os == EACCES || os == EPERM || os == EROFS)
			return cb_err_set(err, CB_EREADONLY, "%s: the record or its folder cannot be written: %s", path, strerror(os));
		return cb_err_set(err, CB_EIO, "%s: cannot be opened while %s%s%s", path, what, os ? ": " : "", os ? strerror(os) : "");
	case SQLITE_IOERR:
		if (ext == SQLITE_IOERR_NOMEM)
			return cb_err_nomem(err);
		if (os == ENOSPC || os == EDQUOT || os == EFBIG)
			return cb_err_set(err, CB_EFULL, "%s: no room left on the disk; nothing was changed", path);
		if (ext == SQLITE_IOERR_SHORT_READ)
			return cb_err_set(err, CB_ECORRUPT, "%s: the record is damaged: it is shorter than it should be", path);
		return cb_err_set(err, CB_EIO, "%s: reading or writing failed while %s%s%s", path, what, os ? ": " : "", os ? strerror(os) : "");
	case SQLITE_CONSTRAINT:
		if (strstr(said, "sealed") != NULL)
			return cb_err_set(err, CB_ESEALED, "%s: the period is sealed", path);
		return cb_err_set(err, CB_EDATA, "%s: refused by the record while %s: %s", path, what, said);
	case SQLITE_AUTH:
		return cb_err_set(err, CB_EUSAGE, "only reading is allowed here");
	case SQLITE_TOOBIG:
		return cb_err_set(err, CB_ELIMIT, "%s: too large for the record while %s", path, what);
	case SQLITE_ERROR:
		return cb_err_set(err, CB_EUSAGE, "%s", said);
	default:
		return cb_err_set(err, CB_EIO, "%s: %s while %s", path, said, what);
	}
}

int cb_st_fail(struct cb_store *st, int rc, const char *what, struct cb_err *err)
{
	int code = cb_st_map(st->db, st->path, rc, what, err);

	/* SQLite rolls back by itself after some faults: then the transaction is gone for us too. */
	if (st->in_txn && sqlite3_get_autocommit(st->db))
		cb_store_rollback(st);
	return code;
}

/* --- statements ---------------------------------------------------------------------------------------------- */

int cb_st_prepare(struct cb_store *st, const char *sql, unsigned flags, sqlite3_stmt **out, struct cb_err *err)
{
	int rc = sqlite3_prepare_v3(st->db, sql, -1, flags, out, NULL);

	return rc == SQLITE_OK ? CB_OK : cb_st_fail(st, rc, "preparing a statement", err);
}

int cb_st_get(struct cb_store *st, enum cb_q slot, const char *sql, sqlite3_stmt **out, struct cb_err *err)
{
	int rc = CB_OK;

	if (st->q[slot] != NULL)
		sqlite3_reset(st->q[slot]);
	else
		rc = cb_st_prepare(st, sql, SQLITE_PREPARE_PERSISTENT, &st->q[slot], err);
	*out = st->q[slot];
	return rc;
}

int cb_st_row(struct cb_store *st, sqlite3_stmt *q, bool *row, struct cb_err *err)
{
	int rc = sqlite3_step(q);

	*row = rc == SQLITE_ROW;
	if (rc == SQLITE_ROW)
		return CB_OK;
	rc = sqlite3_reset(q);
	return rc == SQLITE_OK ? CB_OK : cb_st_fail(st, rc, "reading", err);
}

int cb_st_done(struct cb_store *st, sqlite3_stmt *q, struct cb_err *err)
{
	int rc;

	while ((rc = sqlite3_step(q)) == SQLITE_ROW)
		;
	rc = sqlite3_reset(q);
	return rc == SQLITE_OK ? CB_OK : cb_st_fail(st, rc, "writing", err);
}

int cb_st_exec(struct cb_store *st, const char *sql, struct cb_err *err)
{
	int rc = sqlite3_exec(st->db, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? CB_OK : cb_st_fail(st, rc, "writing", err);
}

void cb_st_bind_text(sqlite3_stmt *q, int i, const char *s)
{
	if (s != NULL)
		sqlite3_bind_text(q, i, s, -1, SQLITE_STATIC);
	else
		sqlite3_bind_null(q, i);
}

void cb_st_bind_opt(sqlite3_stmt *q, int i, int64_t v, int64_t none)
{
	if (v != none)
		sqlite3_bind_int64(q, i, v);
	else
		sqlite3_bind_null(q, i);
}

/* --- files --------------------------------------------------------------------------------------------------- */

char *cb_st_sql_path(const char *path)
{
	size_t n = strlen(path) + 3;
	char *s = cb_malloc(n);

	if (s != NULL)
		snprintf(s, n, "%s%s", path[0] == '/' ? "" : "./", path);
	return s;
}

int cb_st_check_file(const char *path, bool write, struct cb_err *err)
{
	unsigned char head[100];
	struct stat sb;
	size_t got = 0;
	int fd, code = CB_OK;

	if (stat(path, &sb) != 0) {
		if (errno == ENOENT || errno == ENOTDIR)
			return cb_err_set(err, CB_ENOTFOUND, "%s: no record there; `chibo init` makes one", path);
		return cb_err_set(err, CB_EIO, "%s: %s", path, strerror(errno));
	}
	if (S_ISDIR(sb.st_mode))
		return cb_err_set(err, CB_EFOREIGN, "%s: a folder, not a chibo record", path);
	if (!S_ISREG(sb.st_mode))
		return cb_err_set(err, CB_EFOREIGN, "%s: not a plain file, so not a chibo record", path);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return cb_err_set(err, CB_EIO, "%s: cannot be read: %s", path, strerror(errno));
	while (got < sizeof(head)) {
		ssize_t n = read(fd, head + got, sizeof(head) - got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			code = cb_err_set(err, CB_EIO, "%s: cannot be read: %s", path, strerror(errno));
		if (n <= 0)
			break;
		got += (size_t)n;
	}
	close(fd);
	if (code != CB_OK)
		return code;
	if (got == 0)
		return cb_err_set(err, CB_EFOREIGN, "%s: an empty file, not a chibo record", path);
	if (got < 16 || memcmp(head, "SQLite format 3", 16) != 0)
		return cb_err_set(err, CB_EFOREIGN, "%s: not a chibo record", path);
	if (got < sizeof(head))
		return cb_err_set(err, CB_ECORRUPT, "%s: the record is damaged: only its first %zu bytes are left", path, got);
	if (((unsigned)head[68] << 24 | (unsigned)head[69] << 16 | (unsigned)head[70] << 8 | head[71]) != CB_APPLICATION_ID)
		return cb_err_set(err, CB_EFOREIGN, "%s: a database of another program, not a chibo record", path);
	/* Also for root, who may write everything: a file without any permission to write was meant to stay as it is. */
	if (write && ((sb.st_mode & 0222) == 0 || access(path, W_OK) != 0))
		return cb_err_set(err, CB_EREADONLY, "%s: the record cannot be written (read-only)", path);
	return CB_OK;
}

int cb_st_new_file(const char *path, char **temp, struct cb_err *err)
{
	size_t n = strlen(path) + 32;
	struct stat sb;
	int fd;

	*temp = NULL;
	if (lstat(path, &sb) == 0)
		return cb_err_set(err, CB_EEXIST, "%s: there is %s already", path, S_ISDIR(sb.st_mode) ? "a folder" : "a file");
	*temp = cb_malloc(n);
	if (*temp == NULL)
		return cb_err_nomem(err);
	snprintf(*temp, n, "%s.new-%ld", path, (long)getpid());
	unlink(*temp); /* left by a process of this number that was killed */
	fd = open(*temp, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 || fchmod(fd, 0600) != 0) {
		int e = errno, code = e == EACCES || e == EPERM || e == EROFS ? CB_EREADONLY : e == ENOSPC || e == EDQUOT ? CB_EFULL : CB_EIO;

		cb_err_set(err, code, "%s: cannot be made: %s", path, strerror(e));
		if (fd >= 0) {
			close(fd);
			unlink(*temp);
		}
		cb_free(*temp);
		*temp = NULL;
		return code;
	}
	close(fd);
	return CB_OK;
}

int cb_st_name_file(const char *temp, const char *path, struct cb_err *err)
{
	char *dir, *slash;
	int fd, rc = renameat2(AT_FDCWD, temp, AT_FDCWD, path, RENAME_NOREPLACE);

	if (rc != 0 && (errno == EINVAL || errno == ENOSYS)) { /* a file system without it */
		rc = link(temp, path);
		if (rc == 0)
			unlink(temp);
	}
	if (rc != 0 && errno == EEXIST)
		return cb_err_set(err, CB_EEXIST, "%s: there is a file already", path);
	if (rc != 0)
		return cb_err_set(err, CB_EIO, "%s: cannot be made: %s", path, strerror(errno));
	dir = cb_st_sql_path(path); /* the name is safe when the folder is on disk */
	if (dir != NULL && (slash = strrchr(dir, '/')) != NULL) {
		slash[1] = '\0';
		fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd >= 0) {
			fsync(fd);
			close(fd);
		}
	}
	cb_free(dir);
	return CB_OK;
}

void cb_st_drop_file(const char *temp)
{
	size_t n = strlen(temp) + 16;
	char *journal = cb_malloc(n);

	unlink(temp);
	if (journal != NULL) {
		snprintf(journal, n, "%s-journal", temp);
		unlink(journal);
	}
	cb_free(journal);
}

int cb_st_open_file(sqlite3 **out, const char *path, bool write, struct cb_err *err)
{
	static const struct { int id, value; } limit[] = {
		{ SQLITE_LIMIT_LENGTH, 64 << 20 }, { SQLITE_LIMIT_SQL_LENGTH, 1 << 20 }, { SQLITE_LIMIT_COLUMN, 1000 },
		{ SQLITE_LIMIT_EXPR_DEPTH, 500 }, { SQLITE_LIMIT_COMPOUND_SELECT, 100 }, { SQLITE_LIMIT_ATTACHED, 0 },
		{ SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000 }, { SQLITE_LIMIT_TRIGGER_DEPTH, 8 }, { SQLITE_LIMIT_WORKER_THREADS, 0 },
	};
	static const char settings[] =
		"PRAGMA foreign_keys=ON; PRAGMA synchronous=FULL; PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA cache_size=-65536;"
		"PRAGMA temp_store=MEMORY; PRAGMA recursive_triggers=OFF;";
	sqlite3 *db = NULL;
	char *name = cb_st_sql_path(path);
	int rc, code = CB_OK;

	*out = NULL;
	if (name == NULL)
		return cb_err_nomem(err);
	/* Also for reading: a journal that was left over must be played back first. query_only keeps readers from writing. */
	rc = sqlite3_open_v2(name, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
	cb_free(name);
	if (rc == SQLITE_OK) {
		for (size_t i = 0; i < sizeof(limit) / sizeof(limit[0]); i++)
			sqlite3_limit(db, limit[i].id, limit[i].value);
		sqlite3_busy_timeout(db, CB_BUSY_MS);
		sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
		sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
		sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
		sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
		sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
		rc = sqlite3_exec(db, settings, NULL, NULL, NULL);
	}
	if (rc == SQLITE_OK) /* the first read: a journal is played back here, damage of the schema is found */
		rc = sqlite3_exec(db, "SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL);
	if (rc == SQLITE_OK && write && sqlite3_db_readonly(db, "main") == 1)
		rc = SQLITE_READONLY;
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, write ? "PRAGMA journal_mode=DELETE" : "PRAGMA query_only=ON", NULL, NULL, NULL);
	if (rc != SQLITE_OK) {
		code = rc == SQLITE_ERROR ? cb_err_set(err, CB_ECORRUPT, "%s: the record is damaged: %s", path, sqlite3_errmsg(db))
					  : cb_st_map(db, path, rc, "opening", err);
		sqlite3_close_v2(db);
		return code;
	}
	*out = db;
	return CB_OK;
}

/* --- open and close ------------------------------------------------------------------------------------------- */

/* While `reading`, nothing but reading passes, and of the functions none that reaches outside. */
static int authorize(void *ctx, int action, const char *a, const char *b, const char *c, const char *d)
{
	static const char *const barred[] = { "load_extension", "readfile", "writefile", "edit", "fts3_tokenizer", "zeroblob", "randomblob", "cb_lane" };
	const struct cb_store *st = ctx;

	(void)c, (void)d;
	if (!st->reading)
		return SQLITE_OK;
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_READ:
	case SQLITE_RECURSIVE:
		return SQLITE_OK;
	case SQLITE_PRAGMA: /* as pragma_table_info(): what columns there are */
		return a != NULL && (sqlite3_stricmp(a, "table_info") == 0 || sqlite3_stricmp(a, "table_xinfo") == 0) ? SQLITE_OK : SQLITE_DENY;
	case SQLITE_FUNCTION:
		for (size_t i = 0; i < sizeof(barred) / sizeof(barred[0]); i++)
			if (b != NULL && sqlite3_stricmp(b, barred[i]) == 0)
				return SQLITE_DENY;
		return SQLITE_OK;
	default:
		return SQLITE_DENY;
	}
}

static int pragma_int(struct cb_store *st, const char *sql, int64_t *out, struct cb_err *err)
{
	sqlite3_stmt *q = NULL;
	bool row = false;
	int rc = cb_st_prepare(st, sql, 0, &q, err);

	if (rc == CB_OK)
		rc = cb_st_row(st, q, &row, err);
	*out = row ? sqlite3_column_int64(q, 0) : 0;
	sqlite3_finalize(q);
	return rc;
}

/* A store over a file whose header was checked; no facts yet. */
static int store_new(struct cb_store **out, const char *path, const char *shown, enum cb_open_mode mode, struct cb_err *err)
{
	struct cb_store *st = cb_calloc(1, sizeof(*st));
	int rc;

	*out = NULL;
	if (st == NULL)
		return cb_err_nomem(err);
	cb_buf_init(&st->scratch);
	st->mode = mode;
	st->actor_day = CB_DAY_NONE;
	st->path = cb_strdup(shown);
	rc = st->path ? cb_st_open_file(&st->db, path, mode == CB_OPEN_WRITE, err) : cb_err_nomem(err);
	if (rc != CB_OK) {
		cb_store_close(st);
		return rc;
	}
	/* A table-valued function declares its columns when it is first used, which the authorizer would refuse. */
	if ((rc = sqlite3_exec(st->db, "SELECT 1 FROM json_each('[]')", NULL, NULL, NULL)) != SQLITE_OK) {
		rc = cb_st_fail(st, rc, "opening", err);
		cb_store_close(st);
		return rc;
	}
	sqlite3_set_authorizer(st->db, authorize, st);
	if (sqlite3_create_function_v2(st->db, "cb_lane", -1, SQLITE_UTF8 | SQLITE_DIRECTONLY, st, NULL, cb_cursor_lane, cb_cursor_lane_end, NULL) != SQLITE_OK) {
		cb_store_close(st);
		return cb_err_nomem(err);
	}
	*out = st;
	return CB_OK;
}

int cb_store_create(const char *path, struct cb_err *err)
{
	struct cb_store *st = NULL;
	char *temp = NULL;
	int rc = cb_st_new_file(path, &temp, err);

	if (rc == CB_OK)
		rc = store_new(&st, temp, path, CB_OPEN_WRITE, err);
	if (rc == CB_OK)
		rc = cb_schema_upgrade(st, cb_schema_steps, cb_schema_nsteps, 0, err);
	cb_store_close(st);
	if (rc == CB_OK)
		rc = cb_st_name_file(temp, path, err);
	if (rc != CB_OK && temp != NULL)
		cb_st_drop_file(temp);
	cb_free(temp);
	return rc;
}

int cb_store_open(struct cb_store **out, const char *path, enum cb_open_mode mode, struct cb_err *err)
{
	struct cb_store *st = NULL;
	int64_t version;
	int rc = cb_st_check_file(path, mode == CB_OPEN_WRITE, err);

	*out = NULL;
	if (rc == CB_OK)
		rc = store_new(&st, path, path, mode, err);
	if (rc == CB_OK)
		rc = pragma_int(st, "PRAGMA user_version", &version, err);
	if (rc == CB_OK && version > CB_SCHEMA_VERSION)
		rc = cb_err_set(err, CB_ENEWER, "%s: written by a newer chibo (version %lld of the record, this one knows %d); use that one", path,
				(long long)version, CB_SCHEMA_VERSION);
	if (rc == CB_OK && version < 1)
		rc = cb_err_set(err, CB_ECORRUPT, "%s: the record is damaged: it has no version", path);
	if (rc == CB_OK && version < CB_SCHEMA_VERSION)
		rc = cb_err_set(err, CB_EOLD, "%s: version %lld of the record; `chibo migrate` brings it to %d", path, (long long)version, CB_SCHEMA_VERSION);
	if (rc == CB_OK)
		rc = pragma_int(st, "PRAGMA data_version", &st->data_version, err);
	if (rc == CB_OK)
		rc = cb_facts_load(st, err);
	for (size_t i = 0; rc == CB_OK && i < cb_fact_core_count(); i++)
		if (!cb_schema_own_column(cb_fact_core(i)->id) && !st->column[i])
			rc = cb_err_set(err, CB_EOLD, "%s: the record has no column for %s yet; `chibo migrate` adds it", path, cb_fact_core(i)->id);
	if (rc != CB_OK) {
		cb_store_close(st);
		return rc;
	}
	*out = st;
	return CB_OK;
}

void cb_store_close(struct cb_store *st)
{
	if (st == NULL)
		return;
	cb_store_rollback(st);
	cb_units_forget(st);
	cb_meetings_forget(st);
	for (int i = 0; i < Q_COUNT; i++)
		sqlite3_finalize(st->q[i]);
	sqlite3_close_v2(st->db);
	cb_facts_free(st->facts);
	cb_free(st->column);
	cb_free(st->nearest);
	cb_free(st->cut);
	cb_free(st->actor);
	cb_buf_release(&st->scratch);
	cb_free(st->path);
	cb_free(st);
}

int cb_store_migrate(const char *path, int *from, int *to, struct cb_err *err)
{
	struct cb_store *st = NULL;
	int64_t version = 0;
	int rc = cb_st_check_file(path, true, err);

	if (rc == CB_OK)
		rc = store_new(&st, path, path, CB_OPEN_WRITE, err);
	if (rc == CB_OK)
		rc = pragma_int(st, "PRAGMA user_version", &version, err);
	if (rc == CB_OK && version > CB_SCHEMA_VERSION)
		rc = cb_err_set(err, CB_ENEWER, "%s: written by a newer chibo (version %lld of the record, this one knows %d); use that one", path,
				(long long)version, CB_SCHEMA_VERSION);
	if (rc == CB_OK && version < 1)
		rc = cb_err_set(err, CB_ECORRUPT, "%s: the record is damaged: it has no version", path);
	if (rc == CB_OK)
		rc = cb_schema_upgrade(st, cb_schema_steps, cb_schema_nsteps, (int)version, err);
	cb_store_close(st);
	if (rc == CB_OK && from != NULL)
		*from = (int)version;
	if (rc == CB_OK && to != NULL)
		*to = CB_SCHEMA_VERSION;
	return rc;
}

const char *cb_store_path(const struct cb_store *st)
{
	return st->path;
}

void cb_store_interrupt(struct cb_store *st)
{
	sqlite3_interrupt(st->db);
}

/* --- transactions --------------------------------------------------------------------------------------------- */

int cb_st_fresh(struct cb_store *st, struct cb_err *err)
{
	sqlite3_stmt *q;
	bool row;
	int64_t v;
	int rc = cb_st_get(st, Q_DATA_VERSION, "PRAGMA data_version", &q, err);

	if (rc == CB_OK)
		rc = cb_st_row(st, q, &row, err);
	if (rc != CB_OK)
		return rc;
	v = row ? sqlite3_column_int64(q, 0) : 0;
	sqlite3_reset(q);
	if (v == st->data_version)
		return CB_OK;
	/* another program changed the record: what was remembered may be stale */
	cb_units_forget(st);
	rc = cb_facts_load(st, err);
	if (rc == CB_OK)
		st->data_version = v;
	return rc;
}

int cb_store_begin(struct cb_store *st, struct cb_err *err)
{
	sqlite3_stmt *q;
	int rc;

	if (st->in_txn)
		return cb_err_set(err, CB_EUSAGE, "%s: a transaction is open already", st->path);
	if (st->mode != CB_OPEN_WRITE)
		return cb_err_set(err, CB_EREADONLY, "%s: the record was opened for reading only", st->path);
	/* Made before it is needed: undoing must not fail for want of memory. */
	rc = cb_st_get(st, Q_ROLLBACK, "ROLLBACK", &q, err);
	if (rc == CB_OK)
		rc = cb_st_get(st, Q_BEGIN, "BEGIN IMMEDIATE", &q, err);
	if (rc == CB_OK)
		rc = cb_st_done(st, q, err);
	if (rc != CB_OK)
		return rc;
	st->in_txn = true;
	st->txn = 0;
	st->run.id = 0;
	rc = cb_st_fresh(st, err);
	if (rc != CB_OK)
		cb_store_rollback(st);
	return rc;
}

int cb_store_commit(struct cb_store *st, struct cb_err *err)
{
	sqlite3_stmt *q;
	int rc;

	if (!st->in_txn)
		return cb_err_set(err, CB_EUSAGE, "%s: no transaction is open", st->path);
	rc = cb_units_settle(st, err);
	if (rc == CB_OK)
		rc = cb_st_get(st, Q_COMMIT, "COMMIT", &q, err);
	if (rc == CB_OK)
		rc = cb_st_done(st, q, err);
	if (rc == CB_OK)
		st->in_txn = false;
	return rc;
}

void cb_store_rollback(struct cb_store *st)
{
	if (!st->in_txn)
		return;
	st->in_txn = false;
	if (!sqlite3_get_autocommit(st->db)) {
		sqlite3_step(st->q[Q_ROLLBACK]);
		sqlite3_reset(st->q[Q_ROLLBACK]);
	}
	st->run.id = 0;
	st->ncut = 0;
	cb_units_forget(st);
	cb_facts_columns(st, NULL);
}

int cb_st_writing(struct cb_store *st, struct cb_err *err)
{
	if (st->in_txn)
		return CB_OK;
	if (st->mode != CB_OPEN_WRITE)
		return cb_err_set(err, CB_EREADONLY, "%s: the record was opened for reading only", st->path);
	return cb_err_set(err, CB_EUSAGE, "%s: no transaction is open", st->path);
}

int cb_st_txn(struct cb_store *st, struct cb_err *err)
{
	sqlite3_stmt *q;
	bool row;
	int rc;

	if (st->txn != 0)
		return CB_OK;
	rc = cb_st_get(st, Q_TXN_SET, "UPDATE meta SET value=value+1 WHERE key='txn'", &q, err);
	if (rc == CB_OK)
		rc = cb_st_done(st, q, err);
	if (rc == CB_OK)
		rc = cb_st_get(st, Q_TXN_GET, "SELECT value FROM meta WHERE key='txn'", &q, err);
	if (rc == CB_OK)
		rc = cb_st_row(st, q, &row, err);
	if (rc != CB_OK)
		return rc;
	if (!row)
		return cb_err_set(err, CB_ECORRUPT, "%s: the record is damaged: its counter is gone", st->path);
	st->txn = sqlite3_column_int64(q, 0);
	sqlite3_reset(q);
	return CB_OK;
}

/* --- audit and seals ------------------------------------------------------------------------------------------ */

int cb_store_actor(struct cb_store *st, const char *who, cb_day today, struct cb_err *err)
{
	char *s = cb_strdup(who);

	if (s == NULL && who != NULL)
		return cb_err_nomem(err);
	cb_free(st->actor);
	st->actor = s;
	st->actor_day = today;
	return CB_OK;
}

int cb_st_audit(struct cb_store *st, const char *what, const char *subject, const char *was, const char *now, struct cb_err *err)
{
	sqlite3_stmt *q;
	int rc = cb_st_get(st, Q_AUDIT, "INSERT INTO audit(day,actor,what,subject,was,now) VALUES(?1,?2,?3,?4,?5,?6)", &q, err);

	if (rc != CB_OK)
		return rc;
	cb_st_bind_opt(q, 1, st->actor_day, CB_DAY_NONE);
	cb_st_bind_text(q, 2, st->actor);
	cb_st_bind_text(q, 3, what);
	cb_st_bind_text(q, 4, subject);
	cb_st_bind_text(q, 5, was);
	cb_st_bind_text(q, 6, now);
	return cb_st_done(st, q, err);
}

int cb_st_sealed(struct cb_store *st, cb_day day, struct cb_err *err)
{
	char iso[11];
	sqlite3_stmt *q;
	bool row;
	int rc = cb_st_get(st, Q_SEALED, "SELECT period FROM seal WHERE ?1 BETWEEN valid_from AND valid_to ORDER BY period LIMIT 1", &q, err);

	if (rc != CB_OK)
		return rc;
	sqlite3_bind_int64(q, 1, day);
	rc = cb_st_row(st, q, &row, err);
	if (rc == CB_OK && row) {
		rc = cb_err_set(err, CB_ESEALED, "%s: %s is sealed: nothing about %s can be changed", st->path, sqlite3_column_text(q, 0),
				cb_day_iso(iso, day));
		sqlite3_reset(q);
	}
	return rc;
}

int cb_store_seal(struct cb_store *st, const struct cb_period *p, enum cb_put *what, struct cb_err *err)
{
	char code[48];
	sqlite3_stmt *q;
	int rc = cb_st_writing(st, err);

	if (rc == CB_OK)
		rc = cb_st_get(st, Q_SEAL_PUT, "INSERT OR IGNORE INTO seal(period,valid_from,valid_to,sealed_on) VALUES(?1,?2,?3,?4)", &q, err);
	if (rc != CB_OK)
		return rc;
	cb_period_code(code, sizeof(code), p);
	cb_st_bind_text(q, 1, code);
	sqlite3_bind_int64(q, 2, p->from);
	sqlite3_bind_int64(q, 3, p->to);
	cb_st_bind_opt(q, 4, st->actor_day, CB_DAY_NONE);
	rc = cb_st_done(st, q, err);
	if (rc != CB_OK)
		return rc;
	*what = sqlite3_changes(st->db) > 0 ? CB_PUT_NEW : CB_PUT_SAME;
	return *what == CB_PUT_NEW ? cb_st_audit(st, "seal", code, NULL, NULL, err) : CB_OK;
}

int cb_store_unseal(struct cb_store *st, const struct cb_period *p, const char *reason, struct cb_err *err)
{
	char code[48], sealed_on[11] = "";
	sqlite3_stmt *q;
	bool row;
	int rc = cb_st_writing(st, err);

	cb_period_code(code, sizeof(code), p);
	if (rc == CB_OK)
		rc = cb_st_get(st, Q_SEAL_GET, "SELECT sealed_on FROM seal WHERE period=?1", &q, err);
	if (rc != CB_OK)
		return rc;
	cb_st_bind_text(q, 1, code);
	rc = cb_st_row(st, q, &row, err);
	if (rc != CB_OK)
		return rc;
	if (row && sqlite3_column_type(q, 0) != SQLITE_NULL)
		cb_day_iso(sealed_on, (cb_day)sqlite3_column_int64(q, 0));
	sqlite3_reset(q);
	if (!row)
		return cb_err_set(err, CB_ENOTFOUND, "%s has no seal of its own", code);
	/* the trigger lets a seal go only right after this row */
	rc = cb_st_audit(st, "unseal", code, sealed_on[0] ? sealed_on : NULL, reason, err);
	if (rc == CB_OK)
		rc = cb_st_get(st, Q_SEAL_DELETE, "DELETE FROM seal WHERE period=?1", &q, err);
	if (rc != CB_OK)
		return rc;
	cb_st_bind_text(q, 1, code);
	return cb_st_done(st, q, err);
}
