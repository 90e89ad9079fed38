/* The record: made, opened, refused; units, meetings, results in and out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/unit/store/scene.h"

static void a_new_record_is_private_and_whole(void **state)
{
	struct scene *s = *state;
	struct stat sb;
	mode_t old = umask(0777);

	assert_int_equal(cb_store_create(s->other, &s->err), CB_OK);
	umask(old);
	assert_int_equal(stat(s->other, &sb), 0);
	assert_int_equal(sb.st_mode & 0777, 0600);
	assert_int_equal(cb_store_create(s->other, &s->err), CB_EEXIST);
	assert_non_null(strstr(s->err.msg, "there is a file already"));
}

static void meetings_come_back_as_columns(void **state)
{
	struct scene *s = *state;
	int fact[5] = { cb_fact_core_find("members"), cb_fact_core_find("present"), cb_fact_core_find("held_on"), cb_fact_core_find("kind"),
			cb_fact_core_find("cell_type") };
	struct cb_judged_col judged[] = { { "results", CB_SELF }, { "preparation", CB_SUPERIOR }, { "results", CB_OBSERVER } };
	struct cb_cursor_opts o = { .from = CB_DAY_MIN, .to = CB_DAY_MAX, .fact = fact, .nfact = 5, .judged = judged, .njudged = 3 };
	const int64_t *const *v;
	const unsigned char *const *h;
	const struct cb_rowhead *head;
	struct cb_cursor *c;
	enum cb_put what;
	int64_t a, b;
	size_t n;

	begin(s);
	a = meeting(s, "CB01", "2020-03-05", CB_REGULAR, 20, 18, &what);
	assert_int_equal(what, CB_PUT_NEW);
	b = meeting(s, "CB02", "2020-03-06", CB_COMBINED, 30, -1, &what);
	assess(s, a, "results", CB_OBSERVER, 25000);
	assess(s, a, "preparation", CB_SUPERIOR, 9500);
	assess(s, b, "results", CB_SELF, 30000);
	commit(s);
	assert_int_equal(cb_cursor_open(&c, s->st, &o, &s->err), CB_OK);
	assert_int_equal(cb_cursor_next(c, &n, &head, &v, &h, &s->err), CB_OK);
	assert_int_equal(n, 2);
	assert_int_equal(head[0].id, a);
	assert_int_equal(head[0].rev, 1);
	assert_int_equal(head[0].result_rev, 0);
	assert_int_equal(v[0][0], 20);
	assert_int_equal(v[1][0], 18);
	assert_int_equal(h[1][1], 0);
	assert_int_equal(v[2][0], day("2020-03-05"));
	assert_int_equal(v[3][1], CB_COMBINED);
	assert_int_equal(v[4][0], CB_CELL_OFFICE);
	assert_int_equal(h[4][1], 0);
	assert_int_equal(h[5][0], 0);
	assert_int_equal(v[6][0], 9500);
	assert_int_equal(v[7][0], 25000);
	assert_int_equal(v[5][1], 30000);
	assert_int_equal(h[6][1], 0);
	assert_int_equal(cb_cursor_next(c, &n, &head, &v, &h, &s->err), CB_OK);
	assert_int_equal(n, 0);
	cb_cursor_close(c);
	(void)b;
}

static void a_past_revision_is_rebuilt_with_its_assessments(void **state)
{
	struct scene *s = *state;
	int fact[] = { cb_fact_core_find("members"), cb_fact_core_find("present") };
	struct cb_judged_col judged[] = { { "results", CB_SELF } };
	struct cb_cursor_opts o = { .fact = fact, .nfact = 2, .judged = judged, .njudged = 1 };
	int64_t v[3], id;
	unsigned char h[3];
	enum cb_put what;

	begin(s);
	id = meeting(s, "CB01", "2020-03-05", CB_REGULAR, 20, 18, &what);
	assess(s, id, "results", CB_SELF, 25000);
	commit(s);
	begin(s);
	assert_int_equal(meeting(s, "CB01", "2020-03-05", CB_REGULAR, 20, 18, &what), id);
	assert_int_equal(what, CB_PUT_SAME);
	assert_int_equal(meeting(s, "CB01", "2020-03-05", CB_REGULAR, 21, -1, &what), id);
	assert_int_equal(what, CB_PUT_CHANGED);
	commit(s);
	begin(s);
	assess(s, id, "results", CB_SELF, 26000);
	assess(s, id, "preparation", CB_SELF, 1000);
	commit(s);
	assert_int_equal(number(s, "SELECT rev FROM meeting"), 3);
	assert_int_equal(cb_store_revision(s->st, id, 1, &o, v, h, &s->err), CB_OK);
	assert_int_equal(v[0], 20);
	assert_int_equal(v[1], 18);
	assert_int_equal(v[2], 25000);
	assert_int_equal(cb_store_revision(s->st, id, 2, &o, v, h, &s->err), CB_OK);
	assert_int_equal(v[0], 21);
	assert_int_equal(h[1], 0);
	assert_int_equal(v[2], 25000);
	assert_int_equal(cb_store_revision(s->st, id, 3, &o, v, h, &s->err), CB_OK);
	assert_int_equal(v[2], 26000);
	assert_int_equal(cb_store_revision(s->st, id, 4, &o, v, h, &s->err), CB_ENOTFOUND);
	assert_string_equal(s->err.msg, "revision 4 of meeting 1 was not kept");
	assert_string_equal(text(s, "SELECT was||now FROM audit WHERE was LIKE '%members%'"), "{\"members\":20,\"present\":18}{\"members\":21,\"present\":null}");
}

static void note(struct scene *s, int64_t id, const char *item, const char *text, enum cb_put want)
{
	enum cb_put what;

	good(s, cb_store_note_put(s->st, id, item, text, &what, &s->err));
	assert_int_equal(what, want);
}

static void a_note_is_part_of_the_meetings_state(void **state)
{
	struct scene *s = *state;
	char longer[3 * CB_NOTE_CHARS + 4] = "";
	enum cb_put what;
	int64_t id;

	begin(s);
	id = meeting(s, "CB01", "2020-03-05", CB_REGULAR, 20, 18, &what);
	note(s, id, "results", "chưa xong hai việc", CB_PUT_NEW);
	note(s, id, "", "họp ghép", CB_PUT_NEW);
	commit(s);
	assert_int_equal(number(s, "SELECT rev FROM meeting"), 1);
	begin(s);
	note(s, id, "results", "chưa xong hai việc", CB_PUT_SAME);
	commit(s);
	assert_int_equal(number(s, "SELECT rev FROM meeting"), 1);
	begin(s);
	note(s, id, "results", "chưa xong một việc", CB_PUT_CHANGED);
	note(s, id, "", NULL, CB_PUT_CHANGED);
	note(s, id, "", NULL, CB_PUT_SAME);
	commit(s);
	assert_int_equal(number(s, "SELECT rev FROM meeting"), 2);
	assert_string_equal(text(s, "SELECT json_extract(body,'$.notes') FROM meeting_past WHERE rev=1"), "[[\"\",\"họp ghép\"],[\"results\",\"chưa xong hai việc\"]]");
	assert_string_equal(text(s, "SELECT group_concat(item||'='||text) FROM v_note"), "results=chưa xong một việc");
	assert_string_equal(text(s, "SELECT subject||': '||was||' > '||now FROM audit WHERE what='note' AND now IS NOT NULL"),
			    "CB01 2020-03-05 regular results: chưa xong hai việc > chưa xong một việc");
	assert_string_equal(text(s, "SELECT was FROM audit WHERE what='note' AND now IS NULL"), "họp ghép");
	for (int i = 0; i <= CB_NOTE_CHARS; i++)
		strcat(longer, "ộ");
	begin(s);
	assert_int_equal(cb_store_note_put(s->st, id, "results", longer, &what, &s->err), CB_EDATA);
	assert_string_equal(s->err.msg, "a note of \"results\" must have 1 to 500 characters");
	assert_int_equal(cb_store_note_put(s->st, id, "results", "", &what, &s->err), CB_EDATA);
	longer[3 * CB_NOTE_CHARS] = '\0';
	note(s, id, "results", longer, CB_PUT_CHANGED);
	commit(s);
	healthy(s);
}

static void a_unit_that_moved_is_found_below_the_right_parent(void **state)
{
	struct scene *s = *state;
	struct cb_cursor_opts o = { .from = CB_DAY_MIN, .to = CB_DAY_MAX };
	const char *const *code;
	enum cb_put what;
	int64_t id;
	size_t n;

	begin(s);
	unit(s, "XA", "Phường A", CB_UNIT_COMMUNE, "TINH", "2025-07-01", NULL);
	unit(s, "CB01", "Chi bộ 1", CB_UNIT_BASE_CELL, "KHOI", "2020-01-01", "2025-06-30");
	unit(s, "CB01", "Chi bộ 1", CB_UNIT_BASE_CELL, "XA", "2025-07-01", NULL);
	meeting(s, "CB01", "2025-06-05", CB_REGULAR, 20, 18, &what);
	meeting(s, "CB01", "2025-07-05", CB_REGULAR, 20, 18, &what);
	commit(s);
	assert_int_equal(cb_store_unit_find(s->st, "CB01", &id, &s->err), CB_OK);
	assert_int_equal(cb_store_unit_chain(s->st, id, day("2025-06-30"), &code, &n, &s->err), CB_OK);
	assert_int_equal(n, 3);
	assert_string_equal(code[0], "CB01");
	assert_string_equal(code[1], "KHOI");
	assert_string_equal(code[2], "TINH");
	assert_int_equal(cb_store_unit_chain(s->st, id, day("2025-07-01"), &code, &n, &s->err), CB_OK);
	assert_string_equal(code[1], "XA");
	o.unit = "KHOI";
	assert_int_equal(count(s, &o), 1);
	o.unit = "XA";
	assert_int_equal(count(s, &o), 1);
	o.unit = "TINH";
	assert_int_equal(count(s, &o), 2);
	assert_int_equal(cb_store_unit_chain(s->st, id, day("2019-07-01"), &code, &n, &s->err), CB_ENOTFOUND);
	assert_string_equal(s->err.msg, "unit CB01 did not exist on 2019-07-01");
	assert_string_equal(text(s, "SELECT group_concat(parent_code) FROM (SELECT parent_code FROM v_meeting ORDER BY id)"), "KHOI,XA");
}

static void results_replace_each_other_and_stay(void **state)
{
	struct scene *s = *state;
	int64_t rs, run1, run2, id, id2;
	enum cb_put what;

	begin(s);
	id = meeting(s, "CB01", "2020-03-05", CB_REGULAR, 20, 18, &what);
	id2 = meeting(s, "CB02", "2020-03-05", CB_REGULAR, 20, 18, &what);
	rs = ruleset(s);
	run1 = run_of(s, rs, id, 1, 88500, "kha", id2);
	commit(s);
	begin(s);
	assert_int_equal(ruleset(s), rs);
	run2 = run_of(s, rs, id, 1, 91000, "tot", 0);
	commit(s);
	assert_int_equal(number(s, "SELECT count(*) FROM result_past"), 1);
	assert_string_equal(text(s, "SELECT level||' '||score||' '||official||' '||decided||' '||status FROM v_result WHERE meeting_id=1"), "tot 91.0 tot 0 rated");
	assert_string_equal(text(s, "SELECT group_concat(criterion||':'||coalesce(points,'-')||':'||state,' ') FROM v_result_criterion WHERE meeting_id=1"),
			    "attendance:5000:scored thematic:-:na results:-:missing");
	assert_string_equal(text(s, "SELECT results||' '||rated FROM v_run WHERE id=1"), "2 2");
	begin(s);
	struct cb_decision d = { id, "tot", 18, 20, "kha", "biên bản sơ sài", day("2020-03-10") };
	assert_int_equal(cb_store_decision_put(s->st, &d, &what, &s->err), CB_OK);
	assert_int_equal(what, CB_PUT_NEW);
	assert_int_equal(cb_store_decision_put(s->st, &d, &what, &s->err), CB_OK);
	assert_int_equal(what, CB_PUT_SAME);
	commit(s);
	assert_string_equal(text(s, "SELECT official||decided FROM v_result WHERE meeting_id=1"), "kha1");
	healthy(s);
	(void)run1, (void)run2;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_new_record_is_private_and_whole, setup, teardown),
		cmocka_unit_test_setup_teardown(meetings_come_back_as_columns, setup, teardown),
		cmocka_unit_test_setup_teardown(a_past_revision_is_rebuilt_with_its_assessments, setup, teardown),
		cmocka_unit_test_setup_teardown(a_note_is_part_of_the_meetings_state, setup, teardown),
		cmocka_unit_test_setup_teardown(a_unit_that_moved_is_found_below_the_right_parent, setup, teardown),
		cmocka_unit_test_setup_teardown(results_replace_each_other_and_stay, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
