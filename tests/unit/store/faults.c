/* The disk fails at the n-th write, sync, truncation or deletion, once or from then on: the record is as before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <sqlite3.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "tests/unit/store/scene.h"

/* A VFS over the usual one. */
static struct {
	long count, fail_at; /* 0: never */
	int code;
	bool on; /* and all later ones */
} disk;
static sqlite3_vfs *below, shim;
static sqlite3_io_methods methods;
static const sqlite3_io_methods *real_methods;

struct shim_file {
	sqlite3_file base;
	sqlite3_file *real;
};

static bool broken(void)
{
	disk.count++;
	return disk.fail_at > 0 && (disk.count == disk.fail_at || (disk.on && disk.count > disk.fail_at));
}
static sqlite3_file *real(sqlite3_file *f) { return ((struct shim_file *)f)->real; }
static int x_close(sqlite3_file *f)
{
	int rc = real(f)->pMethods ? real(f)->pMethods->xClose(real(f)) : SQLITE_OK;

	free(real(f));
	return rc;
}
static int x_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at) { return real(f)->pMethods->xRead(real(f), p, n, at); }
static int x_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
	if (broken()) {
		if (n > 8) /* half of it arrived */
			real(f)->pMethods->xWrite(real(f), p, n / 2, at);
		return disk.code;
	}
	return real(f)->pMethods->xWrite(real(f), p, n, at);
}
static int x_truncate(sqlite3_file *f, sqlite3_int64 n) { return broken() ? SQLITE_IOERR_TRUNCATE : real(f)->pMethods->xTruncate(real(f), n); }
static int x_sync(sqlite3_file *f, int flags) { return broken() ? SQLITE_IOERR_FSYNC : real(f)->pMethods->xSync(real(f), flags); }
static int x_size(sqlite3_file *f, sqlite3_int64 *n) { return real(f)->pMethods->xFileSize(real(f), n); }
static int x_lock(sqlite3_file *f, int l) { return real(f)->pMethods->xLock(real(f), l); }
static int x_unlock(sqlite3_file *f, int l) { return real(f)->pMethods->xUnlock(real(f), l); }
static int x_reserved(sqlite3_file *f, int *out) { return real(f)->pMethods->xCheckReservedLock(real(f), out); }
static int x_control(sqlite3_file *f, int op, void *arg) { return real(f)->pMethods->xFileControl(real(f), op, arg); }
static int x_sector(sqlite3_file *f) { return real(f)->pMethods->xSectorSize(real(f)); }
static int x_device(sqlite3_file *f) { return real(f)->pMethods->xDeviceCharacteristics(real(f)); }
static int x_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *out)
{
	struct shim_file *s = (struct shim_file *)f;
	int rc;

	(void)v;
	s->base.pMethods = NULL;
	if ((flags & SQLITE_OPEN_MAIN_JOURNAL) && broken())
		return SQLITE_CANTOPEN;
	s->real = calloc(1, (size_t)below->szOsFile);
	rc = below->xOpen(below, name, s->real, flags, out);
	if (s->real->pMethods == NULL) {
		free(s->real);
		return rc;
	}
	real_methods = s->real->pMethods;
	s->base.pMethods = &methods;
	return rc;
}
static int x_delete(sqlite3_vfs *v, const char *name, int sync)
{
	(void)v;
	return broken() ? SQLITE_IOERR_DELETE : below->xDelete(below, name, sync);
}

static void shim_on(void)
{
	if (shim.zName != NULL)
		return;
	below = sqlite3_vfs_find(NULL);
	shim = *below;
	shim.zName = "failing";
	shim.szOsFile = sizeof(struct shim_file);
	shim.xOpen = x_open;
	shim.xDelete = x_delete;
	methods = (sqlite3_io_methods){ .iVersion = 1, .xClose = x_close, .xRead = x_read, .xWrite = x_write, .xTruncate = x_truncate, .xSync = x_sync,
					.xFileSize = x_size, .xLock = x_lock, .xUnlock = x_unlock, .xCheckReservedLock = x_reserved,
					.xFileControl = x_control, .xSectorSize = x_sector, .xDeviceCharacteristics = x_device };
	assert_int_equal(sqlite3_vfs_register(&shim, 1), SQLITE_OK);
}

static const char *state_of(struct scene *s)
{
	return text(s, "SELECT (SELECT value FROM meta)||' '||(SELECT count(*) FROM meeting)||' '||(SELECT coalesce(sum(rev),0) FROM meeting)||' '||"
		       "(SELECT count(*) FROM assessment)||' '||(SELECT count(*) FROM result)||' '||(SELECT count(*) FROM result_past)||' '||"
		       "(SELECT count(*) FROM run)||' '||(SELECT count(*) FROM audit)||' '||(SELECT count(*) FROM fact)");
}

/* A transaction that touches most tables; the first code that is not 0. */
static int work(struct scene *s, int turn)
{
	int64_t id = 0, id2 = 0, rs = 0, run;
	struct cb_fact f = { .id = "guests", .type = CB_FACT_COUNT, .min = 0, .max = 50, .label = "khách mời", .unit = "người", .pack = "thu.a" };
	struct cb_assessment a = { .by = CB_SELF, .item = "results", .points = 5000 + turn };
	enum cb_put what;
	int rc = cb_store_begin(s->st, &s->err);

	if (rc == CB_OK)
		rc = cb_store_fact_declare(s->st, &f, &s->err);
	if (rc == CB_OK)
		rc = try_meeting(s, "CB01", "2020-03-05", CB_REGULAR, 20 + turn, 18, &id, &what);
	if (rc == CB_OK)
		rc = try_meeting(s, "CB02", "2020-03-05", CB_REGULAR, 500, 10 + turn, &id2, &what);
	a.meeting_id = id;
	if (rc == CB_OK)
		rc = cb_store_assessment_put(s->st, &a, &what, &s->err);
	if (rc == CB_OK)
		rc = try_ruleset(s, &rs);
	if (rc == CB_OK)
		rc = try_run(s, rs, id, s->rev, 88500, "kha", id2, &run);
	if (rc == CB_OK)
		rc = cb_store_commit(s->st, &s->err);
	if (rc != CB_OK)
		cb_store_rollback(s->st);
	return rc;
}

static void reopen(struct scene *s)
{
	cb_store_close(s->st);
	s->st = NULL;
	good(s, cb_store_open(&s->st, s->path, CB_OPEN_WRITE, &s->err));
}

static void every_fault_of_the_disk_leaves_the_record_whole(void **state)
{
	struct scene *s = *state;
	static const int codes[] = { SQLITE_IOERR_WRITE, SQLITE_FULL };
	int turn = 0;

	shim_on();
	reopen(s);
	good(s, work(s, turn++));
	for (int kind = 0; kind < 4; kind++) {
		long n = 0;

		for (bool hit = true; hit; turn++) {
			char before[4096], after[4096];
			int rc;

			snprintf(before, sizeof(before), "%s", state_of(s));
			disk.count = 0;
			disk.fail_at = ++n;
			disk.code = codes[kind & 1];
			disk.on = kind >= 2;
			rc = work(s, turn);
			hit = disk.count >= disk.fail_at;
			if (rc != CB_OK && rc != CB_EIO && rc != CB_EFULL)
				fail_msg("fault %ld: %d %s", n, rc, s->err.msg);
			if (rc == CB_EFULL)
				assert_non_null(strstr(s->err.msg, "no room left on the disk; nothing was changed"));
			/* the program ends here, with the disk still broken; the next one finds it mended */
			cb_store_close(s->st);
			s->st = NULL;
			disk.fail_at = 0;
			good(s, cb_store_open(&s->st, s->path, CB_OPEN_WRITE, &s->err));
			snprintf(after, sizeof(after), "%s", state_of(s));
			if (rc != CB_OK && strcmp(before, after) != 0)
				fail_msg("fault %ld of kind %d: %s became %s", n, kind, before, after);
			if (rc == CB_OK)
				assert_string_not_equal(before, after);
			healthy(s);
		}
		assert_true(n > 8);
	}
}

static void a_full_disk_says_so_and_leaves_no_half_made_record(void **state)
{
	struct scene *s = *state;
	char new_file[128];

	shim_on();
	snprintf(new_file, sizeof(new_file), "%s/new.db", s->dir);
	for (long n = 1;; n++) {
		int rc;

		disk.count = 0;
		disk.fail_at = n;
		disk.code = SQLITE_FULL;
		disk.on = true;
		rc = cb_store_create(new_file, &s->err);
		disk.fail_at = 0;
		if (rc == CB_OK)
			break;
		assert_true(rc == CB_EFULL || rc == CB_EIO);
		assert_int_equal(access(new_file, F_OK), -1);
		snprintf(s->said, sizeof(s->said), "ls %s | grep -q new", s->dir);
		assert_int_not_equal(system(s->said), 0);
		assert_null(strstr(s->err.msg, ".new-")); /* speaks of the name that was asked for */
	}
	assert_int_equal(access(new_file, F_OK), 0);
}

static void a_limit_on_file_size_is_a_full_disk(void **state)
{
	struct scene *s = *state;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		struct rlimit small = { 60000, 60000 };
		int64_t rs, run, id;
		enum cb_put what;
		int rc = CB_OK;

		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &small);
		if (cb_store_begin(s->st, &s->err) != CB_OK)
			_exit(1);
		for (int i = 0; rc == CB_OK && i < 2000; i++) {
			char iso[11];

			rc = try_meeting(s, "CB01", cb_day_iso(iso, 18300 + i), CB_REGULAR, 20, 18, &id, &what);
		}
		if (rc == CB_OK)
			rc = try_ruleset(s, &rs);
		if (rc == CB_OK)
			rc = try_run(s, rs, id, 1, 88500, "kha", 0, &run);
		if (rc == CB_OK)
			rc = cb_store_commit(s->st, &s->err);
		_exit(rc == CB_EFULL && strstr(s->err.msg, "no room left") ? 0 : 2);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	reopen(s);
	assert_int_equal(number(s, "SELECT count(*) FROM meeting"), 0);
	healthy(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_limit_on_file_size_is_a_full_disk, setup, teardown),
		cmocka_unit_test_setup_teardown(every_fault_of_the_disk_leaves_the_record_whole, setup, teardown),
		cmocka_unit_test_setup_teardown(a_full_disk_says_so_and_leaves_no_half_made_record, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
