/* num.c - exact points and ratios, rounding as declared, numbers as Vietnam writes them. */
#include "tests/unit/test.h"
#include <math.h>
#include "base/num.h"

static struct cb_ratio parsed(const char *s)
{
	struct cb_ratio r;

	assert_true(cb_ratio_parse(&r, s, strlen(s)));
	return r;
}

static bool parses(const char *s)
{
	struct cb_ratio r = { 9, 9 };
	bool ok = cb_ratio_parse(&r, s, strlen(s));

	if (!ok)
		assert_int_equal(r.d, 0);
	return ok;
}

static void same(struct cb_ratio r, int64_t n, int64_t d)
{
	assert_int_equal(r.n, n);
	assert_int_equal(r.d, d);
}

static void eight_tenths_meets_0_8_and_two_thirds_meets_itself(void **state)
{
	struct cb_ratio r;

	(void)state;
	assert_true(cb_ratio_from_double(&r, 0.8));
	assert_int_equal(cb_ratio_cmp(cb_ratio_make(8, 10), r), 0);
	assert_int_equal(cb_ratio_cmp(cb_ratio_make(2, 3), cb_ratio_make(4, 6)), 0);
	assert_int_equal(cb_ratio_cmp(cb_ratio_make(2, 3), parsed("0.6666666666666")), 1);
	assert_int_equal(cb_ratio_cmp(cb_ratio_make(-1, 3), cb_ratio_make(1, -4)), -1);
}

static void ratios_compare_exactly_where_doubles_cannot(void **state)
{
	(void)state;
	assert_int_equal(cb_ratio_cmp(cb_ratio_make(INT64_MAX - 1, INT64_MAX), cb_ratio_make(INT64_MAX - 2, INT64_MAX - 1)), 1);
	assert_int_equal(cb_ratio_cmp(cb_ratio_make(INT64_MAX, 1), cb_ratio_make(INT64_MAX - 1, 1)), 1);
}

static void ratios_are_kept_in_lowest_terms(void **state)
{
	(void)state;
	same(cb_ratio_make(6, -4), -3, 2);
	same(cb_ratio_make(0, -7), 0, 1);
	same(cb_ratio_make(3, 0), 0, 0);
	same(cb_ratio_make(INT64_MIN, INT64_MIN), 1, 1);
}

static void arithmetic_is_exact_and_overflow_is_absent(void **state)
{
	struct cb_ratio r, big = cb_ratio_make(INT64_MAX, 1);

	(void)state;
	assert_true(cb_ratio_add(&r, cb_ratio_make(1, 3), cb_ratio_make(1, 6)));
	same(r, 1, 2);
	assert_true(cb_ratio_sub(&r, cb_ratio_make(1, 10), cb_ratio_make(3, 10)));
	same(r, -1, 5);
	assert_true(cb_ratio_mul(&r, cb_ratio_make(2, 3), cb_ratio_make(9, 4)));
	same(r, 3, 2);
	assert_true(cb_ratio_div(&r, cb_ratio_make(1, 2), cb_ratio_make(-3, 4)));
	same(r, -2, 3);
	assert_false(cb_ratio_add(&r, big, cb_ratio_make(1, 1)));
	same(r, 0, 0);
	assert_false(cb_ratio_sub(&r, cb_ratio_make(-INT64_MAX, 1), big));
	assert_false(cb_ratio_mul(&r, big, big));
	assert_true(cb_ratio_mul(&r, cb_ratio_make(INT64_MAX, 7), cb_ratio_make(7, INT64_MAX)));
	same(r, 1, 1);
	assert_true(cb_ratio_add(&r, cb_ratio_make(1, INT64_MAX), cb_ratio_make(1, INT64_MAX)));
	same(r, 2, INT64_MAX);
}

static void dividing_by_zero_or_with_what_is_absent_is_absent(void **state)
{
	struct cb_ratio r, none = { 0, 0 }, one = { 1, 1 }, zero = { 0, 1 };

	(void)state;
	assert_false(cb_ratio_div(&r, one, zero));
	same(r, 0, 0);
	assert_false(cb_ratio_div(&r, none, one));
	assert_false(cb_ratio_add(&r, none, one));
	assert_false(cb_ratio_sub(&r, one, none));
	assert_false(cb_ratio_mul(&r, one, none));
	assert_true(cb_ratio_div(&r, zero, one));
	same(r, 0, 1);
}

static void a_double_is_the_decimal_that_was_written(void **state)
{
	static const struct {
		double x;
		int64_t n, d;
	} t[] = { { 0.65, 13, 20 }, { 0.1, 1, 10 }, { 90, 90, 1 },	 { -2.5, -5, 2 },    { 0, 0, 1 },
		  { 1e15, 1000000000000000, 1 }, { 0.001, 1, 1000 }, { 1e-3, 1, 1000 }, { 79.999, 79999, 1000 } };
	struct cb_ratio r;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		assert_true(cb_ratio_from_double(&r, t[i].x));
		same(r, t[i].n, t[i].d);
	}
}

static void a_double_without_a_short_decimal_is_refused(void **state)
{
	struct cb_ratio r;

	(void)state;
	assert_false(cb_ratio_from_double(&r, 2.0 / 3));
	assert_false(cb_ratio_from_double(&r, (double)NAN));
	assert_false(cb_ratio_from_double(&r, (double)INFINITY));
	assert_false(cb_ratio_from_double(&r, 1e300));
	assert_false(cb_ratio_from_double(&r, 1e-30));
	assert_false(cb_ratio_from_double(&r, 9007199254740993.0));
}

static void decimals_are_read_with_comma_or_point_and_nothing_else(void **state)
{
	static const char *const bad[] = { "", "-", "+1", ".5", "5.", "5,", "1e3", "1.2.3", "1,2,3", " 1", "1 ", "0x10", "inf", "nan",
					   "३", "1/2", "99999999999999999999", "1.185.000" };
	size_t i;

	(void)state;
	same(parsed("12"), 12, 1);
	same(parsed("-3.5"), -7, 2);
	same(parsed("0,65"), 13, 20);
	same(parsed("007"), 7, 1);
	same(parsed("0,000"), 0, 1);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (parses(bad[i]))
			fail_msg("\"%s\" was read as a number", bad[i]);
}

static void rounding_goes_the_way_that_was_declared(void **state)
{
	/* n/d, then NONE, half up, half even, down, up */
	static const int t[][7] = {
		{ 895, 10, 89, 90, 90, 89, 90 },     { 885, 10, 88, 89, 88, 88, 89 },     { 894, 10, 89, 89, 89, 89, 90 },
		{ -895, 10, -89, -90, -90, -89, -90 }, { -885, 10, -88, -89, -88, -88, -89 }, { 890, 10, 89, 89, 89, 89, 89 },
		{ 1, 3, 0, 0, 0, 0, 1 },	       { 2, 3, 0, 1, 1, 0, 1 },		  { 5, -10, 0, -1, 0, 0, -1 },
	};
	size_t i;
	int how;

	(void)state;
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		for (how = CB_ROUND_NONE; how <= CB_ROUND_UP; how++)
			assert_int_equal(cb_round_div(t[i][0], t[i][1], (enum cb_round)how), t[i][2 + how]);
	assert_int_equal(cb_round_div((__int128)INT64_MAX * 4, 2, CB_ROUND_DOWN), INT64_MAX);
	assert_int_equal(cb_round_div((__int128)INT64_MAX * -4, 2, CB_ROUND_DOWN), INT64_MIN);
}

static void ways_of_rounding_are_found_by_name(void **state)
{
	(void)state;
	assert_int_equal(cb_round_find("half_up"), CB_ROUND_HALF_UP);
	assert_int_equal(cb_round_find("half_even"), CB_ROUND_HALF_EVEN);
	assert_int_equal(cb_round_find("down"), CB_ROUND_DOWN);
	assert_int_equal(cb_round_find("up"), CB_ROUND_UP);
	assert_int_equal(cb_round_find("none"), CB_ROUND_NONE);
	assert_int_equal(cb_round_find("sideways"), CB_ROUND_NONE);
	assert_int_equal(cb_round_find(NULL), CB_ROUND_NONE);
	assert_string_equal(cb_round_name(CB_ROUND_HALF_EVEN), "half_even");
}

static void points_are_whole_thousandths_or_refused(void **state)
{
	cb_pts p = -1;

	(void)state;
	assert_true(cb_pts_parse(&p, "7,5", 3));
	assert_int_equal(p, 7500);
	assert_true(cb_pts_parse(&p, "79.999", 6));
	assert_int_equal(p, 79999);
	assert_true(cb_pts_parse(&p, "7.5000", 6));
	assert_int_equal(p, 7500);
	assert_false(cb_pts_parse(&p, "79.9999", 7));
	assert_false(cb_pts_parse(&p, "bảy", strlen("bảy")));
	assert_false(cb_pts_parse(&p, "1000001", 7));
	assert_true(cb_pts_parse(&p, "1000000", 7));
	assert_int_equal(p, CB_PTS_MAX);
	assert_true(cb_pts_from_ratio(&p, cb_ratio_make(1, 8)));
	assert_int_equal(p, 125);
	assert_false(cb_pts_from_ratio(&p, cb_ratio_make(1, 3)));
	assert_false(cb_pts_from_ratio(&p, cb_ratio_make(1, 0)));
	assert_false(cb_pts_from_ratio(&p, cb_ratio_make(INT64_MAX, 1)));
}

static void numbers_are_written_as_vietnam_writes_them(void **state)
{
	char s[CB_NUM_TEXT];

	(void)state;
	assert_string_equal(cb_fmt_int_vi(s, sizeof(s), 1185), "1.185");
	assert_string_equal(cb_fmt_int_vi(s, sizeof(s), -1000000), "-1.000.000");
	assert_string_equal(cb_fmt_int_vi(s, sizeof(s), 999), "999");
	assert_string_equal(cb_fmt_int_vi(s, sizeof(s), INT64_MIN), "-9.223.372.036.854.775.808");
	assert_string_equal(cb_fmt_pts_vi(s, sizeof(s), 88500), "88,5");
	assert_string_equal(cb_fmt_pts_vi(s, sizeof(s), 90000), "90");
	assert_string_equal(cb_fmt_pts_vi(s, sizeof(s), 1234567), "1.234,567");
	assert_string_equal(cb_fmt_pts_vi(s, sizeof(s), -5), "-0,005");
	assert_string_equal(cb_fmt_pts(s, sizeof(s), 1088500), "1088.5");
	assert_string_equal(cb_fmt_pts(s, sizeof(s), 0), "0");
}

static void percentages_round_half_up_and_name_no_share_of_nothing(void **state)
{
	char s[CB_NUM_TEXT];

	(void)state;
	assert_string_equal(cb_fmt_percent_vi(s, sizeof(s), 945, 1185, 1), "79,7");
	assert_string_equal(cb_fmt_percent_vi(s, sizeof(s), 3162, 4110, 1), "76,9");
	assert_string_equal(cb_fmt_percent_vi(s, sizeof(s), 1, 8, 1), "12,5");
	assert_string_equal(cb_fmt_percent_vi(s, sizeof(s), 1, 8, 0), "13");
	assert_string_equal(cb_fmt_percent_vi(s, sizeof(s), 1, 16, 1), "6,3");
	assert_string_equal(cb_fmt_percent_vi(s, sizeof(s), -1, 3, 2), "-33,33");
	assert_string_equal(cb_fmt_percent_vi(s, sizeof(s), 0, 0, 1), "–");
	assert_string_equal(cb_fmt_percent_vi(s, sizeof(s), 12, 1, 0), "1.200");
}

static void ratios_are_written_exactly_where_a_decimal_exists(void **state)
{
	char s[CB_NUM_TEXT];

	(void)state;
	assert_string_equal(cb_fmt_ratio(s, sizeof(s), cb_ratio_make(13, 20)), "0.65");
	assert_string_equal(cb_fmt_ratio(s, sizeof(s), cb_ratio_make(2, 3)), "2/3");
	assert_string_equal(cb_fmt_ratio(s, sizeof(s), cb_ratio_make(-1, 8)), "-0.125");
	assert_string_equal(cb_fmt_ratio(s, sizeof(s), cb_ratio_make(90, 1)), "90");
	assert_string_equal(cb_fmt_ratio(s, sizeof(s), cb_ratio_make(1, 0)), "");
	assert_string_equal(cb_fmt_ratio_vi(s, sizeof(s), cb_ratio_make(945, 1185), 3), "0,797");
	assert_string_equal(cb_fmt_ratio_vi(s, sizeof(s), cb_ratio_make(1, 0), 3), "–");
	assert_string_equal(cb_fmt_ratio_vi(s, sizeof(s), cb_ratio_make(-1, 3), 2), "-0,33");
}

static void text_is_cut_to_the_room_there_is(void **state)
{
	char s[6];

	(void)state;
	assert_string_equal(cb_fmt_int_vi(s, 4, 123456), "123");
	assert_string_equal(cb_fmt_int_vi(s, 1, 5), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(eight_tenths_meets_0_8_and_two_thirds_meets_itself),
		cmocka_unit_test(ratios_compare_exactly_where_doubles_cannot),
		cmocka_unit_test(ratios_are_kept_in_lowest_terms),
		cmocka_unit_test(arithmetic_is_exact_and_overflow_is_absent),
		cmocka_unit_test(dividing_by_zero_or_with_what_is_absent_is_absent),
		cmocka_unit_test(a_double_is_the_decimal_that_was_written),
		cmocka_unit_test(a_double_without_a_short_decimal_is_refused),
		cmocka_unit_test(decimals_are_read_with_comma_or_point_and_nothing_else),
		cmocka_unit_test(rounding_goes_the_way_that_was_declared),
		cmocka_unit_test(ways_of_rounding_are_found_by_name),
		cmocka_unit_test(points_are_whole_thousandths_or_refused),
		cmocka_unit_test(numbers_are_written_as_vietnam_writes_them),
		cmocka_unit_test(percentages_round_half_up_and_name_no_share_of_nothing),
		cmocka_unit_test(ratios_are_written_exactly_where_a_decimal_exists),
		cmocka_unit_test(text_is_cut_to_the_room_there_is),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
