/* diag.c - findings: one line each, the first ones kept, all of them counted; the nearest name. */
#include "tests/unit/test.h"
#include "base/diag.h"

static void line_is(const struct cb_diag *d, const char *want)
{
	struct cb_buf b;

	cb_buf_init(&b);
	cb_diag_line(&b, d);
	assert_string_equal(b.s, want);
	cb_buf_release(&b);
}

static void a_finding_is_one_line_with_place_fault_and_mend(void **state)
{
	(void)state;
	line_is(&(struct cb_diag){ CB_SEV_ERROR, "a.csv", 3, 6, "attendance", "45 is more than membership 30", "correct one" },
		"a.csv:3:6: attendance: 45 is more than membership 30; correct one");
	line_is(&(struct cb_diag){ CB_SEV_ERROR, "a.csv", 3, 0, NULL, "row cut", NULL }, "a.csv:3: row cut");
	line_is(&(struct cb_diag){ CB_SEV_ERROR, "a.csv", 0, 6, NULL, "empty file", NULL }, "a.csv: empty file");
	line_is(&(struct cb_diag){ CB_SEV_WARNING, NULL, 0, 0, "criteria[2].max", "is 0", NULL }, "warning: criteria[2].max: is 0");
	line_is(&(struct cb_diag){ CB_SEV_NOTE, "q.lua", 9, 0, NULL, "here", "look" }, "q.lua:9: note: here; look");
}

static void the_first_are_kept_and_all_are_counted(void **state)
{
	struct cb_diags *d;
	size_t i;

	(void)state;
	assert_int_equal(cb_diags_new(&d, 20), 0);
	for (i = 0; i < 2000; i++)
		cb_diags_addf(d, CB_SEV_ERROR, "f.csv", (long)i + 2, 1, NULL, NULL, "bad %zu", i);
	cb_diags_addf(d, CB_SEV_WARNING, NULL, 0, 0, NULL, NULL, "late");
	assert_int_equal(cb_diags_kept(d), 20);
	assert_int_equal(cb_diags_count(d, CB_SEV_ERROR), 2000);
	assert_int_equal(cb_diags_count(d, CB_SEV_WARNING), 1);
	assert_int_equal(cb_diags_count(d, CB_SEV_NOTE), 0);
	assert_string_equal(cb_diags_at(d, 19)->what, "bad 19");
	assert_null(cb_diags_at(d, 20));
	cb_diags_free(d);
	cb_diags_free(NULL);
}

static void what_comes_from_a_file_is_cleaned(void **state)
{
	struct cb_diags *d;
	char path[] = "a\x1B[1m", what[] = "x\ny\xE2\x80\xAEz";

	(void)state;
	assert_int_equal(cb_diags_new(&d, 5), 0);
	cb_diags_add(d, &(struct cb_diag){ CB_SEV_ERROR, "f", 1, 1, path, what, NULL });
	path[0] = what[0] = '#'; /* it was copied */
	assert_string_equal(cb_diags_at(d, 0)->path, "a?[1m");
	assert_string_equal(cb_diags_at(d, 0)->what, "x y?z");
	assert_null(cb_diags_at(d, 0)->mend);
	cb_diags_free(d);
}

static int collect(void *ctx)
{
	struct cb_diags *d;
	size_t i;
	int rc = cb_diags_new(&d, 100);

	(void)ctx;
	if (rc)
		return rc;
	for (i = 0; i < 50; i++)
		cb_diags_addf(d, CB_SEV_ERROR, "file.csv", 1, 1, "path", "mend it", "fault %zu", i);
	assert_int_equal(cb_diags_count(d, CB_SEV_ERROR), 50); /* counted even without memory */
	rc = cb_diags_kept(d) == 50 ? 0 : CB_ENOMEM;
	cb_diags_free(d);
	return rc;
}

static void without_memory_findings_are_still_counted(void **state)
{
	(void)state;
	assert_true(sweep(collect, NULL) > 50);
}

static void the_nearest_name_is_offered_and_nothing_far(void **state)
{
	static const char *const names[] = { "members", "present", "absent_excused", "max", "for_kinds", NULL };
	const size_t n = 6;

	(void)state;
	assert_string_equal(cb_nearest("member", names, n), "members");
	assert_string_equal(cb_nearest("MEMBERS", names, n), "members");
	assert_string_equal(cb_nearest("presnet", names, n), "present"); /* neighbours swapped */
	assert_string_equal(cb_nearest("absent_excussed", names, n), "absent_excused");
	assert_null(cb_nearest("mx", names, n)); /* a third of two is nothing */
	assert_string_equal(cb_nearest("mex", names, n), "max");
	assert_string_equal(cb_nearest("forkinds", names, n), "for_kinds");
	assert_null(cb_nearest("topic", names, n));
	assert_null(cb_nearest("", names, n));
	assert_null(cb_nearest(NULL, names, n));
	assert_null(cb_nearest("a_name_that_is_longer_than_sixty_four_bytes_and_so_is_like_no_other_name", names, n));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_finding_is_one_line_with_place_fault_and_mend),
		cmocka_unit_test(the_first_are_kept_and_all_are_counted),
		cmocka_unit_test(what_comes_from_a_file_is_cleaned),
		cmocka_unit_test(without_memory_findings_are_still_counted),
		cmocka_unit_test(the_nearest_name_is_offered_and_nothing_far),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
