/* Printed percentages against the counts they were printed with. The fifteen rows are public figures. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "eval/figures.h"

static struct cb_figure check(int64_t part, int64_t whole, const char *printed)
{
	struct cb_figure f;
	struct cb_err err;

	assert_int_equal(cb_figure_check(&f, part, whole, printed, &err), 0);
	return f;
}

static const struct cb_figure_fix *fix(const struct cb_figure *f, enum cb_figure_of of, enum cb_figure_how how, int64_t to)
{
	for (size_t i = 0; i < f->nfix; i++) {
		const struct cb_figure_fix *x = &f->fix[i];

		if (x->of == of && x->how == how && to == (of == CB_FIX_PERCENT ? x->percent : of == CB_FIX_PART ? x->part : x->whole))
			return x;
	}
	return NULL;
}

static void the_fifteen_printed_figures_get_their_verdicts(void **state)
{
	static const struct {
		int64_t part, whole;
		const char *printed;
		enum cb_figure_verdict want;
	} ROW[] = {
		{ 945, 1185, "79,8", CB_FIG_WRONG },
		{ 3162, 4110, "79,9", CB_FIG_WRONG },
		{ 17310, 17851, "96,9", CB_FIG_TRUNCATED },
		{ 171, 388, "44,1", CB_FIG_ROUNDED },
		{ 36, 200, "18", CB_FIG_EXACT },
		{ 124, 253, "49", CB_FIG_BOTH },
		{ 392, 547, "71,66", CB_FIG_BOTH },
		{ 439, 709, "62,62", CB_FIG_WRONG },
		{ 23, 49, "46,9", CB_FIG_BOTH },
		{ 16, 49, "32,6", CB_FIG_TRUNCATED },
		{ 10, 49, "20,4", CB_FIG_BOTH },
		{ 48597, 57597, "84", CB_FIG_BOTH },
		{ 159, 1447, "10,99", CB_FIG_ROUNDED },
		{ 85, 779, "10,91", CB_FIG_BOTH },
		{ 74, 668, "11,08", CB_FIG_ROUNDED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ROW) / sizeof(ROW[0]); i++) {
		struct cb_figure f = check(ROW[i].part, ROW[i].whole, ROW[i].printed);

		if (f.verdict != ROW[i].want)
			fail_msg("row %zu: %s", i + 1, f.say);
	}
}

static void a_slip_of_6_for_9_is_found(void **state)
{
	struct cb_figure f = check(3162, 4110, "79,9");

	(void)state;
	assert_int_equal(f.half_up, 769);
	assert_int_equal(f.down, 769);
	assert_non_null(fix(&f, CB_FIX_PERCENT, CB_FIX_DIGIT, 769));
	assert_int_equal(f.part_from, 3282);
	assert_int_equal(f.part_to, 3287);
	assert_true(f.part_from <= 3285 && 3285 <= f.part_to);
	assert_string_equal(f.say, "3.162/4.110 = 76,934…%: làm tròn hay cắt bớt đều là 76,9, không thể là 79,9. "
				   "Có thể: tỷ lệ in nhầm một chữ số, đúng là 76,9%. "
				   "Với mẫu số 4.110, 79,9% cần tử số từ 3.282 đến 3.287 (3.284 đến 3.285 đúng theo cả hai cách).");
}

static void tuyen_quang_79_8_is_one_step_too_high(void **state)
{
	struct cb_figure f = check(945, 1185, "79,8");

	(void)state;
	assert_int_equal(f.half_up, 797);
	assert_non_null(fix(&f, CB_FIX_PERCENT, CB_FIX_DIGIT, 797));
	assert_non_null(fix(&f, CB_FIX_PART, CB_FIX_DIGIT, 946));
	assert_int_equal(f.part_from, 946);
	assert_non_null(strstr(f.say, "không thể là 79,8"));
}

static void another_denominator_is_found(void **state)
{
	struct cb_figure f = check(439, 709, "62,62");
	const struct cb_figure_fix *x = fix(&f, CB_FIX_WHOLE, CB_FIX_DIGIT, 701);

	(void)state;
	assert_int_equal(f.half_up, 6192);
	assert_int_equal(f.down, 6191);
	assert_non_null(x);
	assert_true(x->rounds && x->truncates);
	assert_non_null(strstr(f.say, "mẫu số nhầm một chữ số hoặc là mẫu số khác, đúng là 701"));
}

static void a_truncated_figure_says_what_rounding_gives(void **state)
{
	struct cb_figure f = check(17310, 17851, "96,9");

	(void)state;
	assert_int_equal(f.half_up, 970);
	assert_string_equal(f.say, "17.310/17.851 = 96,9%: số đã cắt bớt; làm tròn thì được 97,0.");
	f = check(16, 49, "32,6%");
	assert_string_equal(f.say, "16/49 = 32,6%: số đã cắt bớt; làm tròn thì được 32,7.");
}

static void half_goes_up_and_never_to_even(void **state)
{
	(void)state;
	assert_int_equal(check(1, 8, "12,5").verdict, CB_FIG_EXACT);
	assert_int_equal(check(1, 8, "13").verdict, CB_FIG_ROUNDED);
	assert_int_equal(check(1, 8, "12").verdict, CB_FIG_TRUNCATED);
	assert_int_equal(check(1, 16, "6,2").verdict, CB_FIG_TRUNCATED);
	assert_int_equal(check(1, 16, "6,3").verdict, CB_FIG_ROUNDED);
}

static void a_point_is_a_decimal_mark_too(void **state)
{
	(void)state;
	assert_int_equal(check(1, 3, "33.3 %").verdict, CB_FIG_BOTH);
	assert_int_equal(check(0, 3, "0").verdict, CB_FIG_EXACT);
	assert_int_equal(check(3, 3, "100").verdict, CB_FIG_EXACT);
	assert_int_equal(check(1, 3, "33,30").verdict, CB_FIG_WRONG);
}

static void two_swapped_neighbours_are_found(void **state)
{
	struct cb_figure f = check(351, 1000, "53,1");

	(void)state;
	assert_non_null(fix(&f, CB_FIX_PERCENT, CB_FIX_SWAP, 351));
	assert_non_null(fix(&f, CB_FIX_PART, CB_FIX_SWAP, 531));
}

/* The other way round: every fix that is offered must give the printed figure, and every slip that works be offered. */
static void every_fix_is_true_and_no_single_digit_is_forgotten(void **state)
{
	(void)state;
	for (int64_t whole = 1; whole <= 60; whole++)
		for (int64_t part = 0; part <= whole; part++)
			for (int p = 0; p <= 100; p += 7) {
				char text[8];
				struct cb_figure f;
				int64_t found = 0;

				text[0] = (char)('0' + p / 100);
				text[1] = (char)('0' + p / 10 % 10);
				text[2] = (char)('0' + p % 10);
				text[3] = '\0';
				f = check(part, whole, text);
				if (f.verdict != CB_FIG_WRONG) {
					assert_int_equal(f.nfix, 0);
					assert_true(p == part * 100 / whole || p == (part * 200 + whole) / (2 * whole));
					continue;
				}
				for (size_t i = 0; i < f.nfix; i++) {
					const struct cb_figure_fix *x = &f.fix[i];

					assert_true(x->percent == x->part * 100 / x->whole ||
						    x->percent == (x->part * 200 + x->whole) / (2 * x->whole));
					assert_true((x->part != part) + (x->whole != whole) + (x->percent != p) == 1);
				}
				for (int64_t a = 0; a <= whole; a++) {
					bool gives = p == a * 100 / whole || p == (a * 200 + whole) / (2 * whole);

					assert_int_equal(gives, f.part_from <= a && a <= f.part_to);
					found += gives;
				}
				assert_true(found == 0 || f.part_from <= f.part_to);
				/* one digit of a two-digit part */
				for (int64_t d = 0; part >= 10 && d < 10; d++) {
					int64_t a = part / 10 * 10 + d;

					if (a != part && a <= whole && (p == a * 100 / whole || p == (a * 200 + whole) / (2 * whole)))
						assert_true(f.nfix == CB_FIGURE_FIXES || fix(&f, CB_FIX_PART, CB_FIX_DIGIT, a));
				}
			}
}

static void what_is_no_percentage_is_refused(void **state)
{
	static const char *const BAD[] = { "", "abc", "7,", ",5", "1.234,5", "79,9%%", "-1", "1e3", "0,1234567", "1234567890123" };
	struct cb_figure f;
	struct cb_err err;

	(void)state;
	for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++)
		assert_int_equal(cb_figure_check(&f, 1, 2, BAD[i], &err), CB_EUSAGE);
	assert_string_equal(err.msg, "\"1234567890123\" is not a percentage such as 79,9 (at most 6 decimals, no thousands marks)");
	assert_int_equal(cb_figure_check(&f, 1, 0, "5", &err), CB_EUSAGE);
	assert_string_equal(err.msg, "whole 0 is not a count from 1 to 10^12");
	assert_int_equal(cb_figure_check(&f, -1, 5, "5", &err), CB_EUSAGE);
	assert_int_equal(cb_figure_check(&f, CB_FIGURE_MAX, 1, "5,000000", &err), CB_EUSAGE);
	assert_int_equal(cb_figure_check(&f, CB_FIGURE_MAX, CB_FIGURE_MAX, "100", &err), 0);
}

static void sums_are_checked(void **state)
{
	static const int64_t PART[] = { 171, 36, 124 };
	struct cb_figure_sum s;
	struct cb_err err;

	(void)state;
	assert_int_equal(cb_figure_add(&s, PART, 3, 331, &err), 0);
	assert_true(s.ok);
	assert_string_equal(s.say, "171 + 36 + 124 = 331: đúng.");
	assert_int_equal(cb_figure_add(&s, PART, 3, 313, &err), 0);
	assert_false(s.ok);
	assert_int_equal(s.fix_at, -1);
	assert_int_equal(s.fix_to, 331);
	assert_string_equal(s.say, "171 + 36 + 124 = 331, không phải 313 (thừa 18). Có thể: tổng 313 đảo hai chữ số, đúng là 331.");
	assert_int_equal(cb_figure_add(&s, PART, 0, 5, &err), CB_EUSAGE);
	assert_string_equal(err.msg, "a sum needs 1 to 1000 parts, not 0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_fifteen_printed_figures_get_their_verdicts),
		cmocka_unit_test(a_slip_of_6_for_9_is_found),
		cmocka_unit_test(tuyen_quang_79_8_is_one_step_too_high),
		cmocka_unit_test(another_denominator_is_found),
		cmocka_unit_test(a_truncated_figure_says_what_rounding_gives),
		cmocka_unit_test(half_goes_up_and_never_to_even),
		cmocka_unit_test(a_point_is_a_decimal_mark_too),
		cmocka_unit_test(two_swapped_neighbours_are_found),
		cmocka_unit_test(every_fix_is_true_and_no_single_digit_is_forgotten),
		cmocka_unit_test(what_is_no_percentage_is_refused),
		cmocka_unit_test(sums_are_checked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
