/* Several programs at once, programs that are killed, a journal that was left over, a copy while in use. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <signal.h>
#include <sys/wait.h>

#include "store/store_int.h"
#include "tests/unit/store/scene.h"

#define EACH 40 /* meetings and results of one transaction */

static void one_writer_at_a_time_and_the_other_is_told(void **state)
{
	struct scene *s = *state;
	struct cb_store *two;
	struct cb_err err;
	enum cb_put what;

	good(s, cb_store_open(&two, s->path, CB_OPEN_WRITE, &err));
	begin(s);
	meeting(s, "CB01", "2020-03-05", CB_REGULAR, 20, 18, &what);
	assert_int_equal(cb_store_begin(two, &err), CB_EBUSY);
	assert_non_null(strstr(err.msg, "a.db: the record is in use by another program; try again when it has finished"));
	commit(s);
	good(s, cb_store_begin(two, &s->err));
	good(s, cb_store_commit(two, &s->err));
	cb_store_close(two);
	healthy(s);
}

static void a_reader_sees_the_record_as_it_is_and_holds_up_the_commit_only_while_it_reads(void **state)
{
	struct scene *s = *state;
	struct cb_store *two;
	struct cb_rows *r;
	struct cb_err err;
	enum cb_put what;
	bool row;

	good(s, cb_store_open(&two, s->path, CB_OPEN_READ, &err));
	begin(s);
	meeting(s, "CB01", "2020-03-05", CB_REGULAR, 20, 18, &what);
	good(s, cb_rows_open(&r, two, &s->err, "SELECT count(*) FROM meeting UNION ALL SELECT 5", ""));
	good(s, cb_rows_step(r, &row, &s->err));
	assert_int_equal(cb_rows_int(r, 0), 0);
	assert_int_equal(cb_store_commit(s->st, &s->err), CB_EBUSY); /* the transaction stays open: it may be tried again */
	cb_rows_close(r);
	commit(s);
	cb_store_close(two);
	assert_int_equal(number(s, "SELECT count(*) FROM meeting"), 1);
}

static void what_another_program_changed_is_seen_by_the_next_transaction(void **state)
{
	struct scene *s = *state;
	struct scene other = *s;
	const char *const *code;
	int64_t id;
	size_t n;

	good(s, cb_store_unit_find(s->st, "CB01", &id, &s->err));
	good(s, cb_store_unit_chain(s->st, id, day("2020-05-01"), &code, &n, &s->err));
	assert_string_equal(code[1], "KHOI");
	good(s, cb_store_open(&other.st, s->path, CB_OPEN_WRITE, &s->err));
	begin(&other);
	unit(&other, "CB01", "Chi bộ 1", CB_UNIT_BASE_CELL, "TINH", "2020-01-01", NULL);
	commit(&other);
	cb_store_close(other.st);
	begin(s);
	good(s, cb_store_unit_chain(s->st, id, day("2020-05-01"), &code, &n, &s->err));
	assert_string_equal(code[1], "TINH");
	commit(s);
}

static void killer_child(struct scene *s)
{
	int next = 18300;

	if (cb_store_open(&s->st, s->path, CB_OPEN_WRITE, &s->err) != CB_OK)
		_exit(3);
	next += (int)number(s, "SELECT count(*) FROM meeting");
	for (;;) {
		int64_t id, rs, run;
		struct cb_run_info info = { "evaluate", 18400, "0.1.0" };
		enum cb_put what;
		int rc = cb_store_begin(s->st, &s->err);

		if (rc == CB_OK)
			rc = try_ruleset(s, &rs);
		if (rc == CB_OK)
			rc = cb_store_run_begin(s->st, &info, &run, &s->err);
		for (int i = 0; rc == CB_OK && i < EACH; i++) {
			struct cb_result r = { .meeting_rev = 1, .run_id = run, .ruleset_id = rs, .score_n = 88500, .score_d = 1, .level = "kha",
					       .gate = -1, .points = "[]" };
			char iso[11];

			rc = try_meeting(s, "CB01", cb_day_iso(iso, next++), CB_REGULAR, 20, 18, &id, &what);
			r.meeting_id = id;
			r.meeting_rev = s->rev;
			if (rc == CB_OK)
				rc = cb_store_result_put(s->st, &r, &s->err);
		}
		if (rc == CB_OK)
			rc = cb_store_run_end(s->st, run, &s->err);
		if (rc == CB_OK)
			rc = cb_store_commit(s->st, &s->err);
		if (rc != CB_OK)
			_exit(4);
	}
}

static void a_kill_at_any_moment_leaves_whole_transactions(void **state)
{
	struct scene *s = *state;
	unsigned seed = 99, span = 12000; /* microseconds; grows where the machine is slow, so that some turns get through */
	int64_t before = 0, moved = 0;

	cb_store_close(s->st);
	s->st = NULL;
	for (int turn = 0; turn < 50; turn++) {
		pid_t pid = fork();
		int status;

		if (pid == 0)
			killer_child(s);
		seed = seed * 1103515245u + 12345u;
		usleep(1500 + seed % span);
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		good(s, cb_store_open(&s->st, s->path, CB_OPEN_READ, &s->err));
		int64_t n = number(s, "SELECT count(*) FROM meeting");

		assert_int_equal(n % EACH, 0);
		assert_int_equal(number(s, "SELECT count(*) FROM result"), n);
		assert_int_equal(number(s, "SELECT count(*) FROM run") * EACH, n);
		moved += n > before;
		if (n == before && span < 1000000)
			span *= 2;
		before = n;
		healthy(s);
		cb_store_close(s->st);
		s->st = NULL;
	}
	assert_true(moved > 5); /* else it was killed before it could do anything */
}

static void a_journal_that_was_left_over_is_played_back_even_by_a_reader(void **state)
{
	struct scene *s = *state;
	char journal[128];
	int status;
	pid_t pid;

	snprintf(journal, sizeof(journal), "%s-journal", s->path);
	cb_store_close(s->st);
	s->st = NULL;
	pid = fork();
	if (pid == 0) { /* spills a small cache into the file, then dies: the journal is hot */
		int64_t id;
		enum cb_put what;
		struct stat sb;

		if (cb_store_open(&s->st, s->path, CB_OPEN_WRITE, &s->err) != CB_OK || cb_store_begin(s->st, &s->err) != CB_OK)
			_exit(1);
		for (int i = 0; i < 60000; i++) {
			char code[16], iso[11];
			struct cb_unit_span u = { .code = code, .name = "Chi bộ dài tên để chóng đầy bộ nhớ, tên này là bịa ra", .kind = CB_UNIT_CELL, .parent = "KHOI",
						  .members = 20, .official_members = -1, .from = 18000, .to = CB_DAY_MAX };
			int rc;

			snprintf(code, sizeof(code), "U%d", i);
			if (i % 200 == 0)
				rc = cb_store_unit_put(s->st, &u, &what, &s->err);
			else
				rc = try_meeting(s, i % 2 ? "CB01" : "CB02", cb_day_iso(iso, 18300 + i / 2), CB_REGULAR, 20, 18, &id, &what);
			if (rc != CB_OK)
				_exit(2);
			if (i % 1000 == 0)
				sqlite3_exec(s->st->db, "PRAGMA cache_size=50", NULL, NULL, NULL);
			if (i > 2000 && stat(s->path, &sb) == 0 && sb.st_size > 400000)
				kill(getpid(), SIGKILL);
		}
		_exit(5);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(access(journal, F_OK), 0);
	good(s, cb_store_open(&s->st, s->path, CB_OPEN_READ, &s->err));
	assert_int_equal(access(journal, F_OK), -1);
	assert_int_equal(number(s, "SELECT count(*) FROM meeting"), 0);
	assert_int_equal(number(s, "SELECT count(*) FROM unit"), 4);
	healthy(s);
}

static void a_backup_is_whole_private_and_never_takes_a_files_place(void **state)
{
	struct scene *s = *state;
	struct stat sb;
	enum cb_put what;

	begin(s);
	meeting(s, "CB01", "2020-03-05", CB_REGULAR, 20, 18, &what);
	commit(s);
	good(s, cb_store_backup(s->st, s->other, &s->err));
	assert_int_equal(stat(s->other, &sb), 0);
	assert_int_equal(sb.st_mode & 0777, 0600);
	assert_int_equal(cb_store_backup(s->st, s->other, &s->err), CB_EEXIST);
	assert_non_null(strstr(s->err.msg, "b.db: there is a file already"));
	assert_int_equal(cb_store_backup(s->st, "/nowhere/at/all.db", &s->err), CB_EIO);
	assert_string_equal(s->err.msg, "/nowhere/at/all.db: cannot be made: No such file or directory");
	cb_store_close(s->st);
	good(s, cb_store_open(&s->st, s->other, CB_OPEN_WRITE, &s->err));
	assert_int_equal(number(s, "SELECT count(*) FROM v_meeting"), 1);
	healthy(s);
}

static void a_rollback_takes_everything_back(void **state)
{
	struct scene *s = *state;
	struct cb_fact f = { .id = "guests", .type = CB_FACT_COUNT, .min = 0, .max = 50, .label = "khách mời", .unit = "người", .pack = "thu.a" };
	enum cb_put what;

	begin(s);
	good(s, cb_store_fact_declare(s->st, &f, &s->err));
	unit(s, "CB09", "Chi bộ 9", CB_UNIT_CELL, "KHOI", "2020-01-01", NULL);
	meeting(s, "CB09", "2020-03-05", CB_REGULAR, 20, 18, &what);
	cb_store_rollback(s->st);
	assert_int_equal(number(s, "SELECT count(*) FROM meeting"), 0);
	assert_int_equal(number(s, "SELECT count(*) FROM fact WHERE id='guests'"), 0);
	assert_int_equal(cb_store_commit(s->st, &s->err), CB_EUSAGE);
	begin(s);
	meeting(s, "CB01", "2020-03-05", CB_REGULAR, 20, 18, &what);
	good(s, cb_store_fact_declare(s->st, &f, &s->err)); /* the dictionary still knew it; the file gets it now */
	commit(s);
	assert_int_equal(number(s, "SELECT count(guests) FROM v_meeting"), 0);
	healthy(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_rollback_takes_everything_back, setup, teardown),
		cmocka_unit_test_setup_teardown(one_writer_at_a_time_and_the_other_is_told, setup, teardown),
		cmocka_unit_test_setup_teardown(a_reader_sees_the_record_as_it_is_and_holds_up_the_commit_only_while_it_reads, setup, teardown),
		cmocka_unit_test_setup_teardown(what_another_program_changed_is_seen_by_the_next_transaction, setup, teardown),
		cmocka_unit_test_setup_teardown(a_kill_at_any_moment_leaves_whole_transactions, setup, teardown),
		cmocka_unit_test_setup_teardown(a_journal_that_was_left_over_is_played_back_even_by_a_reader, setup, teardown),
		cmocka_unit_test_setup_teardown(a_backup_is_whole_private_and_never_takes_a_files_place, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
