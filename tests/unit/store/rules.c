/* What the record refuses, what it remembers, and what the doctor finds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <sqlite3.h>

#include "store/store_int.h"
#include "tests/unit/store/scene.h"

/* Behind chibo's back, as any program could. */
static int behind(struct scene *s, const char *sql)
{
	sqlite3 *db;
	int rc;

	assert_int_equal(sqlite3_open(s->path, &db), SQLITE_OK);
	sqlite3_exec(db, "PRAGMA foreign_keys=ON", NULL, NULL, NULL);
	rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
	snprintf(s->said, sizeof(s->said), "%s", sqlite3_errmsg(db));
	sqlite3_close(db);
	return rc;
}

/* The doctor's first finding; "" when all is well. */
static const char *finding(struct scene *s)
{
	struct cb_diags *d;
	struct cb_buf b;
	int rc;

	assert_int_equal(cb_diags_new(&d, 20), 0);
	rc = cb_store_doctor(s->st, d, &s->err);
	cb_buf_init(&b);
	if (cb_diags_kept(d) > 0)
		cb_diag_line(&b, cb_diags_at(d, 0));
	snprintf(s->said, sizeof(s->said), "%s", b.s);
	assert_int_equal(rc, cb_diags_kept(d) ? CB_EDATA : CB_OK);
	cb_buf_release(&b);
	cb_diags_free(d);
	return s->said;
}

static void record_with_results(struct scene *s)
{
	enum cb_put what;
	int64_t id, id2, rs;

	begin(s);
	id = meeting(s, "CB01", "2020-03-05", CB_REGULAR, 20, 18, &what);
	id2 = meeting(s, "CB02", "2020-03-05", CB_REGULAR, 20, 18, &what);
	rs = ruleset(s);
	run_of(s, rs, id, 1, 88500, "kha", id2);
	commit(s);
	begin(s);
	run_of(s, rs, id, 1, 91000, "tot", 0);
	commit(s);
	assert_string_equal(finding(s), "");
}

static void nonsense_is_refused_by_the_record_itself(void **state)
{
	struct scene *s = *state;
	static const char *const bad[] = {
		"INSERT INTO meeting(unit_id,held_on,kind,rev,txn,members,present) VALUES(3,18000,'regular',1,0,10,11)",
		"INSERT INTO meeting(unit_id,held_on,kind,rev,txn,members) VALUES(3,18000,'regular',1,0,-1)",
		"INSERT INTO meeting(unit_id,held_on,kind,rev,txn,members) VALUES(3,18000,'regular',1,0,'many')",
		"INSERT INTO meeting(unit_id,held_on,kind,rev,txn,minutes_recorded) VALUES(3,18000,'regular',1,0,2)",
		"INSERT INTO meeting(unit_id,held_on,kind,rev,txn,present,speakers) VALUES(3,18000,'regular',1,0,10,11)",
		"INSERT INTO meeting(unit_id,held_on,kind,rev,txn,tasks_assigned,tasks_done) VALUES(3,18000,'regular',1,0,10,11)",
		"INSERT INTO meeting(unit_id,held_on,kind,rev,txn) VALUES(3,900000,'regular',1,0)",
		"INSERT INTO meeting(unit_id,held_on,kind,rev,txn) VALUES(3,18000,'party',1,0)",
		"INSERT INTO meeting(unit_id,held_on,kind,rev,txn) VALUES(77,18000,'regular',1,0)",
		"INSERT INTO unit_span(unit_id,valid_from,valid_to,name,name_fold,kind) VALUES(3,10,9,'x','x','tinh')",
		"INSERT INTO unit_span(unit_id,valid_from,valid_to,name,name_fold,kind) VALUES(3,10,11,'x','x','club')",
		"INSERT INTO unit_span(unit_id,valid_from,valid_to,name,name_fold,kind,parent_id) VALUES(3,10,11,'x','x','tinh',3)",
		"INSERT INTO unit_span(unit_id,valid_from,valid_to,name,name_fold,kind,members,official_members) VALUES(3,10,11,'x','x','tinh',3,4)",
		"INSERT INTO unit(code) VALUES('CB01')",
		"INSERT INTO unit(code) VALUES('')",
		"UPDATE audit SET what='x'",
		"DELETE FROM audit",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (behind(s, bad[i]) == SQLITE_OK)
			fail_msg("accepted: %s", bad[i]);
	assert_string_equal(s->said, "audit is never deleted");
	assert_int_equal(number(s, "SELECT count(*) FROM meeting"), 0);
}

static void a_refused_meeting_says_why_and_the_next_one_goes_in(void **state)
{
	struct scene *s = *state;
	enum cb_put what;
	int64_t id;

	assert_int_equal(try_meeting(s, "CB01", "2020-03-05", CB_REGULAR, 10, 8, &id, &what), CB_EUSAGE);
	assert_non_null(strstr(s->err.msg, "no transaction is open"));
	begin(s);
	assert_int_equal(try_meeting(s, "CB01", "2020-03-05", CB_REGULAR, 10, 11, &id, &what), CB_EDATA);
	assert_non_null(strstr(s->err.msg, "refused by the record while writing: CHECK constraint failed: present<=members"));
	assert_int_equal(try_meeting(s, "CB01", "2019-03-05", CB_REGULAR, 10, 8, &id, &what), CB_EDATA);
	assert_string_equal(s->err.msg, "unit CB01 did not exist on 2019-03-05");
	meeting(s, "CB01", "2020-03-05", CB_REGULAR, 10, 8, &what);
	commit(s);
	assert_int_equal(number(s, "SELECT count(*) FROM meeting"), 1);
	healthy(s);
}

static void units_refuse_overlaps_rings_and_unknown_parents_and_keep_nothing_of_it(void **state)
{
	struct scene *s = *state;
	const char *near;

	begin(s);
	assert_int_equal(try_unit(s, "CB01", "Chi bộ 1", CB_UNIT_BASE_CELL, "KHOI", "2021-01-01", NULL), CB_EDATA);
	assert_string_equal(s->err.msg, "unit CB01: these days overlap with what is on record from 2020-01-01 to 2189-12-31");
	assert_int_equal(try_unit(s, "CB05", "Chi bộ 5", CB_UNIT_BASE_CELL, "KHOII", "2021-01-01", NULL), CB_ENOTFOUND);
	assert_string_equal(s->err.msg, "unit CB05: no unit has the code KHOII, which should be above it");
	near = cb_store_unit_nearest(s->st, "KHOII");
	assert_string_equal(near, "KHOI");
	assert_string_equal(cb_store_unit_nearest(s->st, "dang bo khoi"), "KHOI");
	assert_null(cb_store_unit_nearest(s->st, "something else"));
	assert_int_equal(try_unit(s, "TINH", "Đảng bộ tỉnh Thử", CB_UNIT_PROVINCE, "KHOI", "1990-01-01", NULL), CB_EDATA);
	assert_non_null(strstr(s->err.msg, "or they stand in a ring"));
	commit(s);
	assert_int_equal(number(s, "SELECT count(*) FROM unit"), 4);
	assert_int_equal(number(s, "SELECT count(*) FROM unit_span WHERE parent_id IS NULL"), 1);
	healthy(s);
}

static void the_same_unit_again_changes_nothing_and_a_change_is_in_the_audit(void **state)
{
	struct scene *s = *state;
	struct cb_unit_span u = { .code = "CB02", .name = "Chi bộ 2", .kind = CB_UNIT_BASE_CELL, .parent = "KHOI", .members = 20, .official_members = -1,
				  .from = day("2020-01-01"), .to = CB_DAY_MAX };
	enum cb_put what;

	begin(s);
	good(s, cb_store_actor(s->st, "import units", day("2020-02-02"), &s->err));
	good(s, cb_store_unit_put(s->st, &u, &what, &s->err));
	assert_int_equal(what, CB_PUT_SAME);
	u.members = 21;
	good(s, cb_store_unit_put(s->st, &u, &what, &s->err));
	assert_int_equal(what, CB_PUT_CHANGED);
	commit(s);
	assert_string_equal(text(s, "SELECT day||' '||actor||' '||subject||' '||json_extract(was,'$.members')||'-'||json_extract(now,'$.members') FROM v_audit"
				    " WHERE was IS NOT NULL"),
			    "2020-02-02 import units CB02 2020-01-01 20-21");
}

static void a_unit_of_another_kind_makes_new_revisions_of_its_meetings(void **state)
{
	struct scene *s = *state;
	int fact[] = { cb_fact_core_find("unit_kind"), cb_fact_core_find("cell_type"), cb_fact_core_find("members") };
	struct cb_cursor_opts o = { .fact = fact, .nfact = 3 };
	struct cb_unit_span u = { .code = "CB01", .name = "Chi bộ 1", .kind = CB_UNIT_CELL, .parent = "KHOI", .cell_type = CB_CELL_STATE, .members = 20,
				  .official_members = -1, .from = day("2020-01-01"), .to = CB_DAY_MAX };
	unsigned kind = 99, cell = 99;
	unsigned char h[3];
	enum cb_put what;
	int64_t v[3], id;

	begin(s);
	id = meeting(s, "CB01", "2020-03-05", CB_REGULAR, 20, 18, &what);
	meeting(s, "CB02", "2020-03-05", CB_REGULAR, 20, 18, &what);
	commit(s);
	begin(s);
	good(s, cb_store_unit_put(s->st, &u, &what, &s->err));
	commit(s);
	assert_string_equal(text(s, "SELECT group_concat(rev) FROM (SELECT rev FROM meeting ORDER BY id)"), "2,1");
	good(s, cb_store_revision(s->st, id, 1, &o, v, h, &s->err));
	assert_int_equal(v[0], CB_UNIT_BASE_CELL);
	assert_int_equal(v[1], CB_CELL_OFFICE);
	assert_int_equal(v[2], 20);
	good(s, cb_store_revision(s->st, id, 2, &o, v, h, &s->err));
	assert_int_equal(v[0], CB_UNIT_CELL);
	assert_int_equal(v[1], CB_CELL_STATE);
	good(s, cb_store_revision_unit(s->st, id, 1, &kind, &cell, &s->err));
	assert_int_equal(kind, CB_UNIT_BASE_CELL);
	assert_int_equal(cell, CB_CELL_OFFICE);
	kind = 99;
	good(s, cb_store_revision_unit(s->st, id, 2, &kind, &cell, &s->err));
	assert_int_equal(kind, 99);
	u.members = 30; /* another number of members is no other kind of unit */
	begin(s);
	good(s, cb_store_unit_put(s->st, &u, &what, &s->err));
	commit(s);
	assert_int_equal(number(s, "SELECT max(rev) FROM meeting"), 2);
	healthy(s);
}

static void a_sealed_period_refuses_every_change(void **state)
{
	struct scene *s = *state;
	struct cb_assessment a = { .by = CB_SELF, .item = "results", .points = 5000 };
	struct cb_decision d = { .proposed = "tot", .votes_for = -1, .votes_total = -1, .decided_on = CB_DAY_NONE };
	struct cb_period p;
	enum cb_put what;
	int64_t id;

	begin(s);
	id = meeting(s, "CB01", "2020-03-05", CB_REGULAR, 20, 18, &what);
	assert_true(cb_period_parse(&p, "2020-Q1"));
	good(s, cb_store_seal(s->st, &p, &what, &s->err));
	assert_int_equal(what, CB_PUT_NEW);
	good(s, cb_store_seal(s->st, &p, &what, &s->err));
	assert_int_equal(what, CB_PUT_SAME);
	a.meeting_id = d.meeting_id = id;
	assert_int_equal(try_meeting(s, "CB01", "2020-03-05", CB_REGULAR, 20, 17, &id, &what), CB_ESEALED);
	assert_non_null(strstr(s->err.msg, "2020-Q1 is sealed: nothing about 2020-03-05 can be changed"));
	assert_int_equal(try_meeting(s, "CB01", "2020-03-31", CB_REGULAR, 20, 17, &id, &what), CB_ESEALED);
	assert_int_equal(cb_store_assessment_put(s->st, &a, &what, &s->err), CB_ESEALED);
	assert_int_equal(cb_store_decision_put(s->st, &d, &what, &s->err), CB_ESEALED);
	assert_int_equal(cb_store_note_put(s->st, d.meeting_id, "results", "vì sao", &what, &s->err), CB_ESEALED);
	good(s, cb_store_note_put(s->st, d.meeting_id, "results", NULL, &what, &s->err)); /* nothing was there: no change */
	assert_int_equal(what, CB_PUT_SAME);
	good(s, try_meeting(s, "CB01", "2020-03-05", CB_REGULAR, 20, 18, &id, &what)); /* the same again is no change */
	assert_int_equal(what, CB_PUT_SAME);
	meeting(s, "CB01", "2020-04-01", CB_REGULAR, 20, 18, &what);
	commit(s);
	assert_int_not_equal(behind(s, "UPDATE meeting SET present=1 WHERE id=1"), SQLITE_OK);
	assert_string_equal(s->said, "the period is sealed");
	assert_int_not_equal(behind(s, "INSERT INTO assessment VALUES(1,'results','self',1)"), SQLITE_OK);
	assert_int_not_equal(behind(s, "INSERT INTO note VALUES(1,'results','x')"), SQLITE_OK);
	assert_int_not_equal(behind(s, "DELETE FROM seal"), SQLITE_OK);
	assert_string_equal(text(s, "SELECT period||valid_to FROM v_seal"), "2020-Q12020-03-31");
}

static void a_seal_is_taken_off_with_a_reason_and_only_that_one(void **state)
{
	struct scene *s = *state;
	struct cb_period month, quarter;
	enum cb_put what;
	int64_t id;

	assert_true(cb_period_parse(&month, "2020-03"));
	assert_true(cb_period_parse(&quarter, "2020-Q1"));
	begin(s);
	meeting(s, "CB01", "2020-03-05", CB_REGULAR, 20, 18, &what);
	good(s, cb_store_seal(s->st, &month, &what, &s->err));
	good(s, cb_store_seal(s->st, &quarter, &what, &s->err));
	commit(s);
	begin(s);
	good(s, cb_store_unseal(s->st, &month, "nhập nhầm", &s->err));
	assert_int_equal(cb_store_unseal(s->st, &month, "lần nữa", &s->err), CB_ENOTFOUND);
	assert_string_equal(s->err.msg, "2020-03 has no seal of its own");
	assert_int_equal(try_meeting(s, "CB01", "2020-03-05", CB_REGULAR, 20, 17, &id, &what), CB_ESEALED); /* the quarter's holds */
	good(s, cb_store_unseal(s->st, &quarter, "nhập nhầm", &s->err));
	good(s, try_meeting(s, "CB01", "2020-03-05", CB_REGULAR, 20, 17, &id, &what));
	good(s, cb_store_seal(s->st, &quarter, &what, &s->err));
	assert_int_equal(what, CB_PUT_NEW);
	commit(s);
	assert_string_equal(text(s, "SELECT group_concat(what||' '||subject||' '||coalesce(now,'-')) FROM (SELECT * FROM audit WHERE what LIKE '%seal' ORDER BY id)"),
			    "seal 2020-03 -,seal 2020-Q1 -,unseal 2020-03 nhập nhầm,unseal 2020-Q1 nhập nhầm,seal 2020-Q1 -");
	/* an audit row of another period opens nothing */
	assert_int_not_equal(behind(s, "INSERT INTO audit(what,subject) VALUES('unseal','2020-03'); DELETE FROM seal"), SQLITE_OK);
	assert_string_equal(s->said, "a seal is only taken off by `chibo unseal`, with a reason");
	healthy(s);
}

static void a_declared_fact_becomes_a_typed_column(void **state)
{
	struct scene *s = *state;
	static const char *const vocab[] = { "hall", "o'ther", NULL }, *const vi[] = { "hội trường", "nơi khác", NULL };
	struct cb_fact f = { .id = "venue", .type = CB_FACT_WORD, .min = 0, .max = 1, .label = "nơi họp", .unit = "", .vocab = vocab, .vocab_vi = vi, .pack = "thu.a" };
	struct cb_fact clash = { .id = "topic", .type = CB_FACT_COUNT, .min = 0, .max = 5, .label = "x", .unit = "", .pack = "thu.a" };
	struct cb_meeting m = { .held_on = day("2020-03-05"), .kind = CB_REGULAR };
	int64_t value[200] = { 0 }, rev1[1];
	unsigned char have[200] = { 0 }, h1[1];
	enum cb_put what;
	int i;

	begin(s);
	assert_int_equal(cb_store_fact_declare(s->st, &clash, &s->err), CB_EDATA);
	assert_string_equal(s->err.msg, "fact topic: the record uses this name itself; choose another");
	good(s, cb_store_fact_declare(s->st, &f, &s->err));
	good(s, cb_store_fact_declare(s->st, &f, &s->err));
	i = cb_facts_find(cb_store_facts(s->st), "venue");
	assert_true(i >= (int)cb_fact_core_count());
	value[i] = 1;
	have[i] = 1;
	m.value = value;
	m.have = have;
	m.nfact = (size_t)i + 1;
	good(s, cb_store_unit_find(s->st, "CB01", &m.unit_id, &s->err));
	good(s, cb_store_meeting_put(s->st, &m, &what, &s->err));
	commit(s);
	assert_string_equal(text(s, "SELECT venue FROM v_meeting"), "o'ther");
	assert_string_equal(text(s, "SELECT vocab||' '||pack FROM v_fact WHERE id='venue'"), "hall o'ther thu.a");
	assert_int_not_equal(behind(s, "UPDATE meeting SET venue=2"), SQLITE_OK);
	cb_store_close(s->st);
	good(s, cb_store_open(&s->st, s->path, CB_OPEN_WRITE, &s->err));
	i = cb_facts_find(cb_store_facts(s->st), "venue");
	assert_int_equal(cb_fact_word(cb_facts_at(cb_store_facts(s->st), (size_t)i), "nơi khác"), 1);
	struct cb_cursor_opts o = { .fact = &i, .nfact = 1 };
	good(s, cb_store_revision(s->st, m.id, 1, &o, rev1, h1, &s->err));
	assert_int_equal(rev1[0], 1);
	assert_int_equal(h1[0], 1);
	healthy(s);
}

static void a_fact_can_be_left_as_it_is(void **state)
{
	struct scene *s = *state;
	struct cb_meeting m = { .held_on = day("2020-03-05"), .kind = CB_REGULAR };
	int64_t value[200] = { 0 };
	unsigned char have[200];
	enum cb_put what;

	begin(s);
	meeting(s, "CB01", "2020-03-05", CB_REGULAR, 20, 18, &what);
	commit(s);
	memset(have, CB_HAVE_KEEP, sizeof(have));
	value[cb_fact_core_find("speakers")] = 9;
	have[cb_fact_core_find("speakers")] = 1;
	m.value = value;
	m.have = have;
	m.nfact = cb_fact_core_count();
	good(s, cb_store_unit_find(s->st, "CB01", &m.unit_id, &s->err));
	begin(s);
	good(s, cb_store_meeting_put(s->st, &m, &what, &s->err));
	assert_int_equal(what, CB_PUT_CHANGED);
	good(s, cb_store_meeting_put(s->st, &m, &what, &s->err));
	assert_int_equal(what, CB_PUT_SAME);
	commit(s);
	assert_string_equal(text(s, "SELECT members||' '||present||' '||speakers||' '||rev FROM meeting"), "20 18 9 2");
}

static void queries_can_only_read(void **state)
{
	struct scene *s = *state;
	static const char *const bad[] = {
		"DELETE FROM unit", "INSERT INTO unit(code) VALUES('X')", "CREATE TABLE x(y)", "DROP TABLE unit", "PRAGMA user_version=7", "PRAGMA user_version",
		"ATTACH '/tmp/x' AS x", "VACUUM", "BEGIN", "SELECT load_extension('x')", "SELECT 1; DELETE FROM unit", "", "WITH a AS (SELECT 1) DELETE FROM unit",
		"SELECT * FROM nowhere", "SELECT \"a\"", "REINDEX", "ANALYZE", "SELECT randomblob(100000000)",
	};
	struct cb_rows *r;
	bool row;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (cb_rows_open(&r, s->st, &s->err, bad[i], "") != CB_EUSAGE)
			fail_msg("%s: %s", bad[i], s->err.msg);
	assert_int_equal(cb_rows_open(&r, s->st, &s->err, "DELETE FROM unit", ""), CB_EUSAGE);
	assert_string_equal(s->err.msg, "only reading is allowed here");
	assert_int_equal(cb_rows_open(&r, s->st, &s->err, "SELECT * FROM nowhere", ""), CB_EUSAGE);
	assert_string_equal(s->err.msg, "no such table: nowhere");
	good(s, cb_rows_open(&r, s->st, &s->err, "WITH RECURSIVE n(i) AS (VALUES(?1) UNION ALL SELECT i+1 FROM n WHERE i<3) SELECT i, ?2, i/2.0, NULL AS gone FROM n;", "it",
			     (int64_t)2, "chữ"));
	good(s, cb_rows_step(r, &row, &s->err));
	assert_true(row);
	assert_int_equal(cb_rows_columns(r), 4);
	assert_string_equal(cb_rows_name(r, 3), "gone");
	assert_int_equal(cb_rows_type(r, 0), CB_ROW_INT);
	assert_int_equal(cb_rows_type(r, 1), CB_ROW_TEXT);
	assert_int_equal(cb_rows_type(r, 2), CB_ROW_REAL);
	assert_true(cb_rows_null(r, 3));
	assert_int_equal(cb_rows_int(r, 0), 2);
	assert_string_equal(cb_rows_text(r, 1), "chữ");
	assert_true(cb_rows_real(r, 2) == 1.0);
	assert_int_equal(cb_rows_bind_int(r, 1, 1, &s->err), CB_EUSAGE);
	assert_non_null(strstr(s->err.msg, "bound before the first step"));
	cb_rows_close(r);
	good(s, cb_rows_prepare(&r, s->st, &s->err, "SELECT ?1"));
	assert_int_equal(cb_rows_bind_int(r, 2, 1, &s->err), CB_EUSAGE);
	assert_string_equal(s->err.msg, "the query has no parameter ?2");
	cb_rows_close(r);
	assert_int_equal(number(s, "SELECT count(*) FROM unit"), 4);
	assert_int_equal(number(s, "SELECT count(*)>20 FROM pragma_table_info('v_meeting')"), 1);
}

static void a_long_query_can_be_stopped(void **state)
{
	struct scene *s = *state;
	struct cb_rows *r, *other;
	bool row;

	good(s, cb_rows_open(&other, s->st, &s->err, "SELECT 1 UNION ALL SELECT 2", ""));
	good(s, cb_rows_step(other, &row, &s->err)); /* something runs, so the stop holds */
	good(s, cb_rows_open(&r, s->st, &s->err, "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n) SELECT count(*) FROM n", ""));
	cb_store_interrupt(s->st);
	assert_int_equal(cb_rows_step(r, &row, &s->err), CB_EINTR);
	assert_non_null(strstr(s->err.msg, "stopped while reading"));
	cb_rows_close(r);
	cb_rows_close(other);
	assert_int_equal(number(s, "SELECT count(*) FROM unit"), 4);
}

static void the_doctor_finds_what_was_changed_behind_our_back(void **state)
{
	struct scene *s = *state;
	static const struct { const char *sql, *said, *undo; } t[] = {
		{ "UPDATE result SET score_n=99000 WHERE meeting_id=2", "the results of run 1 were changed after it; restore a backup, or evaluate again with --all",
		  "UPDATE result SET score_n=88500 WHERE meeting_id=2" },
		{ "UPDATE result_past SET level='tot'", "the results of run 1 were changed after it", "UPDATE result_past SET level='kha'" },
		{ "UPDATE run SET rated=1 WHERE id=1", "the results of run 1 were changed after it", "UPDATE run SET rated=2 WHERE id=1" },
		{ "DROP TRIGGER source_no_update; UPDATE source SET text=replace(text,'1','9')", "a part of the schema is gone: trigger source_no_update", "" },
		{ "CREATE TRIGGER source_no_update BEFORE UPDATE ON source BEGIN SELECT RAISE(ABORT,'source is never changed'); END",
		  "the stored text of thu/a.lua is not what it was: its hash differs", "" },
	};

	record_with_results(s);
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		assert_int_equal(behind(s, t[i].sql), SQLITE_OK);
		if (strstr(finding(s), t[i].said) == NULL)
			fail_msg("%zu: %s", i, s->said);
		if (t[i].undo[0]) {
			assert_int_equal(behind(s, t[i].undo), SQLITE_OK);
			assert_string_equal(finding(s), "");
		}
	}
}

static void a_run_keeps_who_had_signed_and_a_change_of_it_is_found(void **state)
{
	struct scene *s = *state;
	struct cb_signed_by own = { .folder = "thu", .state = "trusted", .signer = "Đảng ủy thử", .key = "ab" }, base = { .folder = "goc", .state = "unsigned" };
	struct cb_run_info info = { "evaluate", day("2020-04-01"), "0.1.0" };
	struct cb_result r = { .score_n = 88500, .score_d = 1, .level = "kha", .level_by_score = "kha", .gate = -1, .points = "[1]", .meeting_rev = 1 };
	enum cb_put what;

	begin(s);
	r.meeting_id = meeting(s, "CB01", "2020-03-05", CB_REGULAR, 20, 18, &what);
	r.ruleset_id = ruleset(s);
	assert_int_equal(cb_store_run_signature(s->st, 7, r.ruleset_id, &own, &s->err), CB_EUSAGE);
	assert_non_null(strstr(s->err.msg, "run 7 is not being written"));
	good(s, cb_store_run_begin(s->st, &info, &r.run_id, &s->err));
	good(s, cb_store_run_signature(s->st, r.run_id, r.ruleset_id, &own, &s->err));
	good(s, cb_store_run_signature(s->st, r.run_id, r.ruleset_id, &base, &s->err));
	good(s, cb_store_result_put(s->st, &r, &s->err));
	good(s, cb_store_run_end(s->st, r.run_id, &s->err));
	commit(s);
	healthy(s);
	assert_string_equal(text(s, "SELECT group_concat(ruleset||' '||folder||' '||state||' '||coalesce(signer||' '||key,'-'), ', ') FROM v_run_signature"),
			    "thu.a goc unsigned -, thu.a thu trusted Đảng ủy thử ab");
	assert_int_not_equal(behind(s, "UPDATE run_signature SET state='trusted'"), SQLITE_OK);
	assert_string_equal(s->said, "run_signature is never changed");
	assert_int_not_equal(behind(s, "INSERT INTO run_signature SELECT run_id,ruleset_id,'x','sure',NULL,NULL FROM run_signature"), SQLITE_OK);
	assert_int_equal(behind(s, "INSERT INTO run_signature SELECT run_id,ruleset_id,'x',state,signer,key FROM run_signature LIMIT 1"), SQLITE_OK);
	assert_non_null(strstr(finding(s), "the results of run 1 were changed after it"));
}

static void the_doctor_finds_what_does_not_fit_together(void **state)
{
	struct scene *s = *state;
	static const struct { const char *sql, *said; } t[] = {
		{ "UPDATE meeting SET rev=7 WHERE id=2", "a result whose facts were not kept: meeting 2, revision 1; restore a backup, or evaluate again" },
		{ "UPDATE meeting SET rev=1 WHERE id=2; UPDATE unit_span SET valid_from=18500 WHERE unit_id=4", "a meeting of a unit that did not exist on that day: CB02 on 2020-03-05" },
		{ "UPDATE unit_span SET valid_from=18262 WHERE unit_id=4; INSERT INTO unit_span SELECT unit_id,valid_from+9,valid_to,name,name_fold,kind,parent_id,cluster,"
		  "cell_type,members,official_members FROM unit_span WHERE unit_id=4", "two spans of a unit overlap: CB02 from 2020-01-01" },
		{ "DELETE FROM unit_span WHERE unit_id=4 AND valid_from=18271; UPDATE unit_span SET parent_id=3 WHERE unit_id=2", "units above each other in a ring: CB01" },
		{ "UPDATE unit_span SET parent_id=1 WHERE unit_id=2; DROP TRIGGER audit_no_delete; DELETE FROM audit WHERE id=2", "lines of the audit are gone: 1 of them" },
		{ "PRAGMA foreign_keys=OFF; DELETE FROM run WHERE id=1", "a row points at nothing: result" },
	};

	record_with_results(s);
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		assert_int_equal(behind(s, t[i].sql), SQLITE_OK);
		if (strstr(finding(s), t[i].said) == NULL)
			fail_msg("%zu: %s", i, s->said);
	}
}

static void stored_sources_come_back_whole_and_tampering_is_told(void **state)
{
	struct scene *s = *state;
	struct cb_source *src;
	struct cb_arena a;
	size_t n;

	record_with_results(s);
	cb_arena_init(&a);
	good(s, cb_store_ruleset_sources(s->st, 1, &a, &src, &n, &s->err));
	assert_int_equal(n, 2);
	assert_string_equal(src[1].path, "thu/b.lua");
	assert_string_equal(src[1].text, "return 2\n");
	assert_int_equal(src[1].len, 9);
	assert_int_equal(cb_store_ruleset_sources(s->st, 2, &a, &src, &n, &s->err), CB_ENOTFOUND);
	assert_int_equal(behind(s, "UPDATE ruleset_source SET path='thu/c.lua' WHERE ord=1"), SQLITE_OK);
	assert_int_equal(cb_store_ruleset_sources(s->st, 1, &a, &src, &n, &s->err), CB_ECORRUPT);
	assert_non_null(strstr(s->err.msg, "the list of files of ruleset 1 is not what it was"));
	cb_arena_release(&a);
}

static void results_out_of_order_and_twice_in_a_run_are_hashed_as_they_are_in_the_end(void **state)
{
	struct scene *s = *state;
	struct cb_run_info info = { "evaluate", 18400, "0.1.0" };
	struct cb_result r = { .meeting_rev = 1, .score_n = 88500, .score_d = 1, .level = "kha", .gate = 0, .points = "[1]", .missing = "present" };
	enum cb_put what;
	int64_t a, b;

	begin(s);
	a = meeting(s, "CB01", "2020-03-05", CB_REGULAR, 20, 18, &what);
	b = meeting(s, "CB02", "2020-03-05", CB_REGULAR, 20, 18, &what);
	r.ruleset_id = ruleset(s);
	good(s, cb_store_run_begin(s->st, &info, &r.run_id, &s->err));
	r.meeting_id = b;
	good(s, cb_store_result_put(s->st, &r, &s->err));
	r.meeting_id = a;
	good(s, cb_store_result_put(s->st, &r, &s->err));
	r.status = 1;
	r.level = NULL;
	r.score_d = 0;
	good(s, cb_store_result_put(s->st, &r, &s->err));
	r.run_id++;
	assert_int_equal(cb_store_result_put(s->st, &r, &s->err), CB_EUSAGE);
	good(s, cb_store_run_end(s->st, r.run_id - 1, &s->err));
	commit(s);
	assert_string_equal(text(s, "SELECT results||' '||rated||' '||missing FROM run"), "2 1 1");
	assert_string_equal(text(s, "SELECT status||coalesce(score,'-')||missing||gate FROM v_result WHERE meeting_id=1"), "missing-present0");
	healthy(s);
}

static void months_and_visits_are_kept_once(void **state)
{
	struct scene *s = *state;
	enum cb_put what;

	begin(s);
	good(s, cb_store_month_put(s->st, 3, day("2020-05-17"), "missed", "bão", &what, &s->err));
	assert_int_equal(what, CB_PUT_NEW);
	good(s, cb_store_month_put(s->st, 3, day("2020-05-01"), "missed", "bão", &what, &s->err));
	assert_int_equal(what, CB_PUT_SAME);
	good(s, cb_store_month_put(s->st, 3, day("2020-05-01"), "exempt", NULL, &what, &s->err));
	assert_int_equal(what, CB_PUT_CHANGED);
	assert_int_equal(cb_store_month_put(s->st, 3, day("2020-05-01"), "holiday", NULL, &what, &s->err), CB_EDATA);
	assert_string_equal(s->err.msg, "\"holiday\": a month without a meeting is exempt, postponed or missed");
	good(s, cb_store_visit_put(s->st, 3, day("2020-05-05"), 0, &what, &s->err));
	assert_int_equal(what, CB_PUT_NEW);
	good(s, cb_store_visit_put(s->st, 3, day("2020-05-05"), 0, &what, &s->err));
	assert_int_equal(what, CB_PUT_SAME);
	commit(s);
	assert_string_equal(text(s, "SELECT unit_code||month||status FROM v_month"), "CB012020-05exempt");
	assert_string_equal(text(s, "SELECT unit_code||parent_code||day FROM v_visit"), "CB01KHOI2020-05-05");
}

static void a_meeting_is_found_by_its_day_and_kind(void **state)
{
	struct scene *s = *state;
	enum cb_put what;
	int64_t id, found;

	begin(s);
	id = meeting(s, "CB01", "2020-03-05", CB_REGULAR, 20, 18, &what);
	good(s, cb_store_meeting_find(s->st, 3, day("2020-03-05"), -1, &found, &s->err));
	assert_int_equal(found, id);
	id = meeting(s, "CB01", "2020-03-05", CB_THEMATIC, 20, 18, &what);
	assert_int_equal(cb_store_meeting_find(s->st, 3, day("2020-03-05"), -1, &found, &s->err), CB_EDATA);
	assert_string_equal(s->err.msg, "2 meetings on 2020-03-05: say which kind");
	good(s, cb_store_meeting_find(s->st, 3, day("2020-03-05"), CB_THEMATIC, &found, &s->err));
	assert_int_equal(found, id);
	assert_int_equal(cb_store_meeting_find(s->st, 3, day("2020-03-05"), CB_COMBINED, &found, &s->err), CB_ENOTFOUND);
	assert_string_equal(s->err.msg, "no combined meeting on 2020-03-05");
	commit(s);
}

static void wide_gaps_between_ids_are_stepped_over(void **state)
{
	struct scene *s = *state;
	struct cb_cursor_opts o = { .from = CB_DAY_MIN, .to = CB_DAY_MAX };

	assert_int_equal(count(s, &o), 0);
	assert_int_equal(behind(s, "INSERT INTO meeting(id,unit_id,held_on,kind,rev,txn) VALUES(-9000000000,3,18300,'regular',1,0),(5,3,18301,'regular',1,0),"
				   "(600,3,18302,'regular',1,0),(4000000000000000000,3,18303,'regular',1,0)"), SQLITE_OK);
	assert_int_equal(count(s, &o), 4);
	o.from = 18302;
	assert_int_equal(count(s, &o), 2);
}

/* The cursor must give the same whether it goes by index or by the whole table. */
static void a_subtree_of_many_units_is_the_same_as_one_by_one(void **state)
{
	struct scene *s = *state;
	struct cb_cursor_opts o = { .from = CB_DAY_MIN, .to = CB_DAY_MAX };
	enum cb_put what;
	int64_t sum = 0;

	begin(s);
	for (int i = 0; i < 150; i++) {
		char code[16];

		snprintf(code, sizeof(code), "X%03d", i);
		unit(s, code, "Chi bộ", CB_UNIT_CELL, i % 3 ? "KHOI" : "TINH", "2020-01-01", i % 5 ? NULL : "2020-06-30");
		for (int k = 0; k < 7; k++) {
			char iso[11];

			meeting(s, code, cb_day_iso(iso, day("2020-01-05") + k * 25), CB_REGULAR, 20, 18, &what);
		}
	}
	commit(s);
	o.unit = "KHOI"; /* more than the index way takes */
	assert_int_equal(count(s, &o), 700);
	o.from = day("2020-02-01");
	o.to = day("2020-03-31");
	for (int i = 0; i < 150; i++)
		if (i % 3) {
			char code[16];

			snprintf(code, sizeof(code), "X%03d", i);
			o.unit = code;
			sum += count(s, &o);
		}
	o.unit = "KHOI";
	assert_int_equal(count(s, &o), sum);
	assert_true(sum > 0);
	o.unit = "TINH";
	o.from = CB_DAY_MIN;
	o.to = CB_DAY_MAX;
	assert_int_equal(count(s, &o), 1050); /* three full batches: two of 512 and a rest */
	o.unit = "NONE";
	struct cb_cursor *c;
	assert_int_equal(cb_cursor_open(&c, s->st, &o, &s->err), CB_ENOTFOUND);
	assert_null(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nonsense_is_refused_by_the_record_itself, setup, teardown),
		cmocka_unit_test_setup_teardown(a_refused_meeting_says_why_and_the_next_one_goes_in, setup, teardown),
		cmocka_unit_test_setup_teardown(units_refuse_overlaps_rings_and_unknown_parents_and_keep_nothing_of_it, setup, teardown),
		cmocka_unit_test_setup_teardown(the_same_unit_again_changes_nothing_and_a_change_is_in_the_audit, setup, teardown),
		cmocka_unit_test_setup_teardown(a_unit_of_another_kind_makes_new_revisions_of_its_meetings, setup, teardown),
		cmocka_unit_test_setup_teardown(a_sealed_period_refuses_every_change, setup, teardown),
		cmocka_unit_test_setup_teardown(a_seal_is_taken_off_with_a_reason_and_only_that_one, setup, teardown),
		cmocka_unit_test_setup_teardown(a_declared_fact_becomes_a_typed_column, setup, teardown),
		cmocka_unit_test_setup_teardown(a_fact_can_be_left_as_it_is, setup, teardown),
		cmocka_unit_test_setup_teardown(queries_can_only_read, setup, teardown),
		cmocka_unit_test_setup_teardown(a_long_query_can_be_stopped, setup, teardown),
		cmocka_unit_test_setup_teardown(the_doctor_finds_what_was_changed_behind_our_back, setup, teardown),
		cmocka_unit_test_setup_teardown(a_run_keeps_who_had_signed_and_a_change_of_it_is_found, setup, teardown),
		cmocka_unit_test_setup_teardown(the_doctor_finds_what_does_not_fit_together, setup, teardown),
		cmocka_unit_test_setup_teardown(stored_sources_come_back_whole_and_tampering_is_told, setup, teardown),
		cmocka_unit_test_setup_teardown(results_out_of_order_and_twice_in_a_run_are_hashed_as_they_are_in_the_end, setup, teardown),
		cmocka_unit_test_setup_teardown(months_and_visits_are_kept_once, setup, teardown),
		cmocka_unit_test_setup_teardown(a_meeting_is_found_by_its_day_and_kind, setup, teardown),
		cmocka_unit_test_setup_teardown(wide_gaps_between_ids_are_stepped_over, setup, teardown),
		cmocka_unit_test_setup_teardown(a_subtree_of_many_units_is_the_same_as_one_by_one, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
