/* What is not a record, or not as it should be: one clear line, the right code, the file untouched. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <fcntl.h>
#include <sqlite3.h>

#include "store/store_int.h"
#include "tests/unit/store/scene.h"

static void raw(const char *path, const char *sql)
{
	sqlite3 *db;
	char *said = NULL;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &said) != SQLITE_OK)
		fail_msg("%s", said);
	sqlite3_close(db);
}

static void put_file(const char *path, const void *p, size_t n)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(p, 1, n, f), n);
	fclose(f);
}

static char *get_file(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	char *p = malloc(8 << 20);

	assert_non_null(f);
	*n = fread(p, 1, 8 << 20, f);
	fclose(f);
	return p;
}

/* Opening gives `code` and a message that ends with `said`, in both modes, and neither touches the file. */
static void refused(struct scene *s, const char *path, int code, const char *said)
{
	size_t n, m;
	char *before = get_file(path, &n), *after;

	for (int mode = CB_OPEN_READ; mode <= CB_OPEN_WRITE; mode++) {
		struct cb_store *st = (void *)s;
		int rc = cb_store_open(&st, path, (enum cb_open_mode)mode, &s->err);

		if (rc != code || strstr(s->err.msg, said) == NULL || strncmp(s->err.msg, path, strlen(path)) != 0)
			fail_msg("%d %s", rc, s->err.msg);
		assert_null(st);
		assert_null(strchr(s->err.msg, '\n'));
	}
	after = get_file(path, &m);
	assert_int_equal(n, m);
	assert_memory_equal(before, after, n);
	free(before);
	free(after);
	snprintf(s->said, sizeof(s->said), "%s-journal", path);
	assert_int_equal(access(s->said, F_OK), -1);
}

static void what_is_no_record_is_told_apart(void **state)
{
	struct scene *s = *state;
	struct cb_store *st;

	assert_int_equal(cb_store_open(&st, s->other, CB_OPEN_WRITE, &s->err), CB_ENOTFOUND);
	assert_non_null(strstr(s->err.msg, "no record there; `chibo init` makes one"));
	assert_int_equal(access(s->other, F_OK), -1);
	assert_int_equal(cb_store_open(&st, s->dir, CB_OPEN_WRITE, &s->err), CB_EFOREIGN);
	assert_non_null(strstr(s->err.msg, "a folder, not a chibo record"));
	assert_int_equal(cb_store_open(&st, "/dev/null", CB_OPEN_WRITE, &s->err), CB_EFOREIGN);
	assert_non_null(strstr(s->err.msg, "not a plain file"));
	assert_int_equal(cb_store_create(s->dir, &s->err), CB_EEXIST);
	assert_non_null(strstr(s->err.msg, "there is a folder already"));
	put_file(s->other, "", 0);
	refused(s, s->other, CB_EFOREIGN, "an empty file, not a chibo record");
	put_file(s->other, "unit_code,meeting_date\n", 23);
	refused(s, s->other, CB_EFOREIGN, "not a chibo record");
	unlink(s->other);
	raw(s->other, "CREATE TABLE diary(x); PRAGMA application_id=7;");
	refused(s, s->other, CB_EFOREIGN, "a database of another program, not a chibo record");
}

static void a_newer_record_is_left_alone(void **state)
{
	struct scene *s = *state;
	int from, to;

	cb_store_close(s->st);
	s->st = NULL;
	raw(s->path, "PRAGMA user_version=99");
	refused(s, s->path, CB_ENEWER, "written by a newer chibo (version 99 of the record, this one knows 2); use that one");
	assert_int_equal(cb_store_migrate(s->path, &from, &to, &s->err), CB_ENEWER);
	raw(s->path, "PRAGMA user_version=0");
	refused(s, s->path, CB_ECORRUPT, "the record is damaged: it has no version");
	raw(s->path, "PRAGMA user_version=2; INSERT INTO fact VALUES('moon',998,'flag',0,1,'moon','',NULL,NULL,NULL,0,NULL)");
	refused(s, s->path, CB_ENEWER, "it knows the fact moon");
}

static void a_truncated_or_overwritten_record_is_damaged(void **state)
{
	struct scene *s = *state;
	size_t n;
	char *all;

	cb_store_close(s->st);
	s->st = NULL;
	all = get_file(s->path, &n);
	put_file(s->other, all, 60);
	refused(s, s->other, CB_ECORRUPT, "only its first 60 bytes are left");
	put_file(s->other, all, n / 2);
	refused(s, s->other, CB_ECORRUPT, "the record is damaged");
	put_file(s->other, all, 4096);
	refused(s, s->other, CB_ECORRUPT, "the record is damaged");
	memset(all + 100, 0xa5, 3000); /* the schema's first page */
	put_file(s->other, all, n);
	refused(s, s->other, CB_ECORRUPT, "the record is damaged");
	free(all);
}

static void random_overwrites_never_crash_and_never_pass_for_another_error(void **state)
{
	struct scene *s = *state;
	unsigned seed = 12345;
	enum cb_put what;
	int64_t id, rs;
	size_t n;
	char *all;
	int told = 0;

	begin(s);
	for (int i = 0; i < 200; i++) {
		char iso[11];

		id = meeting(s, "CB01", cb_day_iso(iso, 18300 + i), CB_REGULAR, 20, 18, &what);
		assess(s, id, "results", CB_SELF, 1000);
	}
	rs = ruleset(s);
	for (int i = 0; i < 50; i++)
		run_of(s, rs, id - i, 1, 88500, "kha", 0);
	commit(s);
	cb_store_close(s->st);
	s->st = NULL;
	all = get_file(s->path, &n);
	for (int turn = 0; turn < 150; turn++) {
		char *copy = malloc(n);
		struct cb_store *st;
		struct cb_diags *d;
		int rc;

		memcpy(copy, all, n);
		seed = seed * 1103515245u + 12345u;
		for (size_t at = 100 + seed % (n - 400), k = 0; k < 64; k++)
			copy[at + k] = (char)(seed >> (k % 24));
		put_file(s->other, copy, n);
		free(copy);
		rc = cb_store_open(&st, s->other, CB_OPEN_READ, &s->err);
		if (rc == CB_OK) {
			assert_int_equal(cb_diags_new(&d, 10), 0);
			rc = cb_store_doctor(st, d, &s->err);
			if (rc == CB_EDATA || rc == CB_ECORRUPT)
				assert_true(cb_diags_count(d, CB_SEV_ERROR) > 0);
			cb_diags_free(d);
		}
		told += rc != CB_OK;
		if (rc != CB_OK && rc != CB_ECORRUPT && rc != CB_EDATA && rc != CB_EOLD && rc != CB_ENEWER && rc != CB_EIO)
			fail_msg("turn %d: %d %s", turn, rc, s->err.msg);
		cb_store_close(st);
	}
	assert_true(told > 30); /* most of a small file is free space, and no hash covers the facts of meetings */
	free(all);
}

static void a_read_only_record_can_be_read_but_not_written(void **state)
{
	struct scene *s = *state;
	struct cb_store *st;

	cb_store_close(s->st);
	s->st = NULL;
	assert_int_equal(chmod(s->path, 0400), 0);
	assert_int_equal(cb_store_open(&st, s->path, CB_OPEN_WRITE, &s->err), CB_EREADONLY);
	assert_non_null(strstr(s->err.msg, "the record cannot be written (read-only)"));
	assert_int_equal(cb_store_open(&s->st, s->path, CB_OPEN_READ, &s->err), CB_OK);
	assert_int_equal(number(s, "SELECT count(*) FROM unit"), 4);
	assert_int_equal(cb_store_begin(s->st, &s->err), CB_EREADONLY);
	assert_non_null(strstr(s->err.msg, "opened for reading only"));
}

static void names_that_sqlite_reads_as_something_else_are_plain_files(void **state)
{
	struct scene *s = *state;
	char was[256];

	assert_non_null(getcwd(was, sizeof(was)));
	assert_int_equal(chdir(s->dir), 0);
	good(s, cb_store_create(":memory:", &s->err));
	good(s, cb_store_create("file:x?mode=memory", &s->err));
	assert_int_equal(access(":memory:", F_OK), 0);
	assert_int_equal(access("file:x?mode=memory", F_OK), 0);
	cb_store_close(s->st);
	good(s, cb_store_open(&s->st, "file:x?mode=memory", CB_OPEN_WRITE, &s->err));
	assert_string_equal(cb_store_path(s->st), "file:x?mode=memory");
	assert_int_equal(chdir(was), 0);
}

static void every_connection_has_the_settings_that_keep_the_record_safe(void **state)
{
	struct scene *s = *state;
	struct { const char *pragma; int64_t want; } p[] = {
		{ "PRAGMA foreign_keys", 1 }, { "PRAGMA synchronous", 2 }, { "PRAGMA cell_size_check", 1 }, { "PRAGMA mmap_size", 0 },
		{ "PRAGMA trusted_schema", 0 }, { "PRAGMA user_version", CB_SCHEMA_VERSION }, { "PRAGMA application_id", 0x43484942 },
	};
	sqlite3_stmt *q;
	int on;

	for (size_t i = 0; i < sizeof(p) / sizeof(p[0]); i++) {
		assert_int_equal(sqlite3_prepare_v2(s->st->db, p[i].pragma, -1, &q, NULL), SQLITE_OK);
		if (sqlite3_step(q) == SQLITE_ROW)
			assert_int_equal(sqlite3_column_int64(q, 0), p[i].want);
		sqlite3_finalize(q);
	}
	sqlite3_db_config(s->st->db, SQLITE_DBCONFIG_DEFENSIVE, -1, &on);
	assert_int_equal(on, 1);
	sqlite3_db_config(s->st->db, SQLITE_DBCONFIG_DQS_DML, -1, &on);
	assert_int_equal(on, 0);
	sqlite3_db_config(s->st->db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, -1, &on);
	assert_int_equal(on, 0);
	assert_string_equal(text(s, "SELECT count(*) FROM sqlite_schema WHERE type='table' AND name NOT LIKE 'sqlite_%' AND sql NOT LIKE '%STRICT%'"), "0");
}

/* --- migrations ----------------------------------------------------------------------------------------------- */

static void a_record_of_the_newest_version_needs_nothing(void **state)
{
	struct scene *s = *state;
	int from = 0, to = 0;

	cb_store_close(s->st);
	s->st = NULL;
	good(s, cb_store_migrate(s->path, &from, &to, &s->err));
	assert_int_equal(from, CB_SCHEMA_VERSION);
	assert_int_equal(to, CB_SCHEMA_VERSION);
	good(s, cb_store_open(&s->st, s->path, CB_OPEN_WRITE, &s->err));
	assert_int_equal(number(s, "SELECT count(*) FROM unit"), 4);
	healthy(s);
}

/* A record as version 1 left it: `healthy` holds the migrated schema's text against that of a new record. */
static void a_record_of_version_1_is_brought_up_and_loses_nothing(void **state)
{
	struct scene *s = *state;
	struct cb_store *st;
	enum cb_put what;
	int from = 0, to = 0;

	begin(s);
	meeting(s, "CB01", "2020-03-05", CB_REGULAR, 20, 18, &what);
	commit(s);
	cb_store_close(s->st);
	s->st = NULL;
	raw(s->path, "DROP INDEX unit_span_cluster; DROP INDEX unit_span_top; DROP VIEW v_note_due; DROP TABLE ruleset_notes; DROP VIEW v_note; DROP TABLE note; DROP VIEW v_run_signature; DROP TABLE run_signature;"
		     "DROP VIEW v_result_criterion; DROP VIEW v_ruleset; ALTER TABLE ruleset_criterion DROP COLUMN counts;"
		     "CREATE VIEW v_result_criterion AS SELECT 1; CREATE VIEW v_ruleset AS SELECT 1; DROP TRIGGER seal_no_delete;"
		     "CREATE TRIGGER seal_no_delete BEFORE DELETE ON seal BEGIN SELECT RAISE(ABORT,'seal is never deleted'); END; PRAGMA user_version=1");
	assert_int_equal(cb_store_open(&st, s->path, CB_OPEN_READ, &s->err), CB_EOLD);
	assert_non_null(strstr(s->err.msg, "version 1 of the record; `chibo migrate` brings it to"));
	good(s, cb_store_migrate(s->path, &from, &to, &s->err));
	assert_int_equal(from, 1);
	assert_int_equal(to, CB_SCHEMA_VERSION);
	good(s, cb_store_open(&s->st, s->path, CB_OPEN_WRITE, &s->err));
	assert_string_equal(text(s, "SELECT members||' '||present FROM v_meeting"), "20 18");
	assert_int_equal(number(s, "SELECT count(*) FROM v_note"), 0);
	healthy(s);
}

static void a_core_fact_that_came_later_gets_its_column(void **state)
{
	struct scene *s = *state;
	struct cb_store *st;
	enum cb_put what;
	int from, to;

	begin(s);
	meeting(s, "CB01", "2020-03-05", CB_REGULAR, 20, 18, &what);
	commit(s);
	cb_store_close(s->st);
	s->st = NULL;
	raw(s->path, "DROP VIEW v_meeting; ALTER TABLE meeting DROP COLUMN observer_attended; DELETE FROM fact WHERE id='observer_attended'");
	assert_int_equal(cb_store_open(&st, s->path, CB_OPEN_READ, &s->err), CB_EOLD);
	assert_non_null(strstr(s->err.msg, "no column for observer_attended yet; `chibo migrate` adds it"));
	good(s, cb_store_migrate(s->path, &from, &to, &s->err));
	good(s, cb_store_open(&s->st, s->path, CB_OPEN_WRITE, &s->err));
	assert_string_equal(text(s, "SELECT members||' '||present||' '||(observer_attended IS NULL) FROM v_meeting"), "20 18 1");
	healthy(s);
}

static void steps_run_in_order_and_a_failing_one_leaves_the_record_as_it_was(void **state)
{
	struct scene *s = *state;
	struct cb_step good_steps[] = { cb_schema_steps[0], cb_schema_steps[1], { "ALTER TABLE visit ADD COLUMN note TEXT;", "a note" }, { "CREATE TABLE more(x INTEGER) STRICT;", "more" } };
	struct cb_step bad_steps[] = { cb_schema_steps[0], cb_schema_steps[1], { "ALTER TABLE visit ADD COLUMN note TEXT;", "a note" }, { "CREATE TABLE visit(x);", "fails" } };

	assert_true(cb_schema_upgrade(s->st, bad_steps, 4, 2, &s->err) != CB_OK);
	assert_int_equal(number(s, "SELECT count(*) FROM pragma_table_info('visit') WHERE name='note'"), 0);
	good(s, cb_schema_upgrade(s->st, good_steps, 4, 2, &s->err));
	assert_int_equal(number(s, "SELECT count(*) FROM pragma_table_info('visit') WHERE name='note'"), 1);
	assert_int_equal(number(s, "SELECT count(*) FROM more"), 0);
	assert_int_equal(number(s, "SELECT count(*) FROM unit"), 4);
	cb_store_close(s->st);
	s->st = NULL;
	refused(s, s->path, CB_ENEWER, "version 4 of the record");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_no_record_is_told_apart, setup, teardown),
		cmocka_unit_test_setup_teardown(a_newer_record_is_left_alone, setup, teardown),
		cmocka_unit_test_setup_teardown(a_truncated_or_overwritten_record_is_damaged, setup, teardown),
		cmocka_unit_test_setup_teardown(random_overwrites_never_crash_and_never_pass_for_another_error, setup, teardown),
		cmocka_unit_test_setup_teardown(a_read_only_record_can_be_read_but_not_written, setup, teardown),
		cmocka_unit_test_setup_teardown(names_that_sqlite_reads_as_something_else_are_plain_files, setup, teardown),
		cmocka_unit_test_setup_teardown(every_connection_has_the_settings_that_keep_the_record_safe, setup, teardown),
		cmocka_unit_test_setup_teardown(a_record_of_the_newest_version_needs_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(a_record_of_version_1_is_brought_up_and_loses_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(a_core_fact_that_came_later_gets_its_column, setup, teardown),
		cmocka_unit_test_setup_teardown(steps_run_in_order_and_a_failing_one_leaves_the_record_as_it_was, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
