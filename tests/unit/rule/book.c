/* Which ruleset was in force, and where two of them meet or leave a hole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>
#include "base/alloc.h"
#include "model/unit.h"
#include "rule/rule.h"
#include "tests/unit/trees.h"

static struct cb_facts *dict;
static struct cb_rulebook *book;
static struct cb_diags *diags;

static int setup(void **state)
{
	(void)state;
	cb_arena_init(&trees);
	return cb_facts_new(&dict, NULL) || cb_rulebook_new(&book, NULL) || cb_diags_new(&diags, 20);
}

static int teardown(void **state)
{
	(void)state;
	cb_rulebook_free(book);
	cb_diags_free(diags);
	cb_facts_free(dict);
	cb_arena_release(&trees);
	return 0;
}

static T *of(const char *id, const char *issuer, const char *from, const char *to)
{
	T *days = WITH(TAB0(), "from", S(from));
	if (to)
		WITH(days, "to", S(to));
	return WITH(RULESET(CRIT("a", "100", OP0("judged"))), "id", S(id), "issuer", S(issuer), "effective", days);
}

static int take(T *t)
{
	struct cb_ruleset *rs;
	struct cb_err e;

	assert_int_equal(cb_ruleset_build(&rs, t, NULL, dict, diags, &e), 0);
	int rc = cb_rulebook_take(book, rs, &e);
	if (rc)
		cb_ruleset_free(rs);
	return rc;
}

static const char *on(const char *day, enum cb_meeting_kind kind, unsigned unit_kind, unsigned cell, const char *const *issuer, size_t n)
{
	cb_day d;

	assert_int_equal(cb_day_parse(&d, day, strlen(day)), CB_DATE_ISO);
	const struct cb_ruleset *rs = cb_rulebook_in_force(book, issuer, n, d, kind, unit_kind, cell);
	return rs ? rs->id : "none";
}

static void the_nearest_body_with_a_ruleset_on_that_day_decides(void **state)
{
	(void)state;
	take(of("tw.cu", "trung_uong", "2018-07-06", "2025-10-27"));
	take(of("tw.moi", "trung_uong", "2025-10-28", NULL));
	take(of("tinh.rieng", "tinh_a", "2020-01-01", "2025-06-30"));
	const char *above[] = { "chi_bo_1", "xa_b", "tinh_a" };
	assert_string_equal(on("2019-05-01", CB_REGULAR, CB_UNIT_CELL, 0, above, 3), "tw.cu");
	assert_string_equal(on("2020-01-01", CB_REGULAR, CB_UNIT_CELL, 0, above, 3), "tinh.rieng");
	assert_string_equal(on("2025-06-30", CB_REGULAR, CB_UNIT_CELL, 0, above, 3), "tinh.rieng");
	assert_string_equal(on("2025-07-01", CB_REGULAR, CB_UNIT_CELL, 0, above, 3), "tw.cu");
	assert_string_equal(on("2025-10-28", CB_REGULAR, CB_UNIT_CELL, 0, above, 2), "tw.moi");
	assert_string_equal(on("2018-07-05", CB_REGULAR, CB_UNIT_CELL, 0, above, 3), "none");
}

static void kinds_of_meetings_units_and_cells_choose_the_table(void **state)
{
	(void)state;
	take(WITH(of("t.thuong_ky", "tinh_a", "2023-01-01", NULL), "for_kinds", TAB(S("regular"), S("combined"))));
	take(WITH(of("t.chuyen_de", "tinh_a", "2023-01-01", NULL), "for_kinds", TAB(S("thematic"))));
	take(WITH(of("t.co_so", "tinh_a", "2023-01-01", NULL), "for_kinds", TAB(S("regular")), "for_units", TAB(S("chi_bo_co_so"))));
	take(WITH(of("t.doanh_nghiep", "tinh_a", "2023-01-01", NULL), "for_kinds", TAB(S("regular")), "for_cells", TAB(S("doanh_nghiep_tu_nhan"))));
	const char *above[] = { "tinh_a" };
	assert_string_equal(on("2024-01-01", CB_REGULAR, CB_UNIT_CELL, CB_CELL_OFFICE, above, 1), "t.thuong_ky");
	assert_string_equal(on("2024-01-01", CB_THEMATIC, CB_UNIT_CELL, CB_CELL_OFFICE, above, 1), "t.chuyen_de");
	assert_string_equal(on("2024-01-01", CB_REGULAR, CB_UNIT_BASE_CELL, CB_CELL_OFFICE, above, 1), "t.co_so");
	assert_string_equal(on("2024-01-01", CB_REGULAR, CB_UNIT_CELL, CB_CELL_PRIVATE, above, 1), "t.doanh_nghiep");
	assert_int_equal(cb_rulebook_check(book, diags, NULL), 0); /* the particular ones stand before the general one */
	assert_int_equal(cb_diags_kept(diags), 0);
}

static void two_rulesets_for_the_same_meetings_are_an_error(void **state)
{
	struct cb_err e;

	(void)state;
	take(of("a.mot", "tinh_a", "2023-01-01", "2024-06-30"));
	take(of("a.hai", "tinh_a", "2024-06-30", NULL));
	take(of("b.mot", "tinh_b", "2023-01-01", NULL));
	assert_int_equal(cb_rulebook_check(book, diags, &e), CB_EDATA);
	assert_int_equal(cb_diags_count(diags, CB_SEV_ERROR), 1);
	assert_string_equal(cb_diags_at(diags, 0)->what, "a.mot and a.hai of tinh_a both hold from 2024-06-30 to 2024-06-30 for the same meetings");
}

static void a_hole_in_time_is_told(void **state)
{
	(void)state;
	take(of("a.mot", "tinh_a", "2023-01-01", "2024-05-31"));
	take(of("a.hai", "tinh_a", "2024-07-01", NULL));
	assert_int_equal(cb_rulebook_check(book, diags, NULL), 0);
	assert_int_equal(cb_diags_count(diags, CB_SEV_WARNING), 1);
	assert_string_equal(cb_diags_at(diags, 0)->what, "after a.mot ends on 2024-05-31 nothing of tinh_a holds until 2024-07-01");
}

static void an_id_stands_once(void **state)
{
	(void)state;
	assert_int_equal(take(of("a.mot", "tinh_a", "2023-01-01", NULL)), 0);
	assert_int_equal(take(of("a.mot", "tinh_b", "2023-01-01", NULL)), CB_EEXIST);
	assert_int_equal(cb_rulebook_count(book), 1);
	assert_non_null(cb_rulebook_find(book, "a.mot"));
	assert_null(cb_rulebook_find(book, "a.hai"));
	assert_null(cb_rulebook_at(book, 1));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(the_nearest_body_with_a_ruleset_on_that_day_decides), CASE(kinds_of_meetings_units_and_cells_choose_the_table),
		CASE(two_rulesets_for_the_same_meetings_are_an_error),     CASE(a_hole_in_time_is_told),
		CASE(an_id_stands_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
