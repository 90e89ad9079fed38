/* date.c - days that exist, forms in which people write them, and periods. */
#include "tests/unit/test.h"
#include <stdlib.h>
#include "base/date.h"

static cb_day day(int y, int m, int d)
{
	cb_day out = 0;

	assert_true(cb_day_make(&out, y, m, d));
	return out;
}

static void days_count_from_1970_and_come_apart_again(void **state)
{
	int y, m, d;
	cb_day k;

	(void)state;
	assert_int_equal(day(1970, 1, 1), 0);
	assert_int_equal(day(1969, 12, 31), -1);
	assert_int_equal(day(1900, 1, 1), CB_DAY_MIN);
	assert_int_equal(day(2189, 12, 31), CB_DAY_MAX);
	assert_int_equal(day(2025, 7, 1), 20270);
	for (k = CB_DAY_MIN; k <= CB_DAY_MAX; k++) {
		cb_day_split(k, &y, &m, &d);
		assert_int_equal(day(y, m, d), k);
	}
}

static void days_that_do_not_exist_are_refused(void **state)
{
	static const int bad[][3] = { { 2023, 2, 29 }, { 1900, 2, 29 }, { 2100, 2, 29 }, { 2024, 2, 30 }, { 2024, 4, 31 }, { 2024, 13, 1 },
				      { 2024, 0, 1 },  { 2024, 1, 0 },	{ 2024, 1, 32 }, { 1899, 12, 31 }, { 2190, 1, 1 }, { -5, 1, 1 } };
	cb_day out = 42;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(cb_day_make(&out, bad[i][0], bad[i][1], bad[i][2]));
	assert_int_equal(out, 42);
	assert_true(cb_day_make(&out, 2000, 2, 29));
	assert_true(cb_day_make(&out, 2024, 2, 29));
}

static void both_forms_of_a_date_are_read_and_told_apart(void **state)
{
	cb_day d;

	(void)state;
	assert_int_equal(cb_day_parse(&d, "2024-02-15", 10), CB_DATE_ISO);
	assert_int_equal(d, day(2024, 2, 15));
	assert_int_equal(cb_day_parse(&d, "15/02/2024", 10), CB_DATE_VN);
	assert_int_equal(d, day(2024, 2, 15));
	assert_int_equal(cb_day_parse(&d, "5/2/2024", 8), CB_DATE_VN);
	assert_int_equal(d, day(2024, 2, 5));
}

static void what_is_no_date_is_not_guessed(void **state)
{
	static const char *const bad[] = { "", "43875", "1707955200", "45337.5", "2567-02-15", "15/1 ÂL", "2024-13-01", "15/02/24",
					   "02/15/2024", "2024-2-5", "2024-02-15 ", " 2024-02-15", "2024-02-15T00:00", "29/02/2023",
					   "2024/02/15", "15-02-2024", "15.02.2024", "/02/2024", "########", "2024-02-1५" };
	cb_day d = 7;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (cb_day_parse(&d, bad[i], strlen(bad[i])) != CB_DATE_BAD)
			fail_msg("\"%s\" was read as a day", bad[i]);
	assert_int_equal(d, 7);
}

static void days_are_written_in_both_forms(void **state)
{
	char s[11];

	(void)state;
	assert_string_equal(cb_day_iso(s, day(2024, 2, 5)), "2024-02-05");
	assert_string_equal(cb_day_vi(s, day(2024, 2, 5)), "05/02/2024");
	assert_string_equal(cb_day_iso(s, CB_DAY_NONE), "-");
	assert_string_equal(cb_day_vi(s, CB_DAY_NONE), "–");
}

static void today_honours_source_date_epoch(void **state)
{
	(void)state;
	setenv("SOURCE_DATE_EPOCH", "1735689600", 1);
	assert_int_equal(cb_today(), day(2025, 1, 1));
	setenv("SOURCE_DATE_EPOCH", "nonsense", 1);
	assert_true(cb_today() > day(2020, 1, 1));
	unsetenv("SOURCE_DATE_EPOCH");
}

static void periods_are_read_as_people_write_them(void **state)
{
	static const struct {
		const char *text, *code;
	} t[] = {
		{ "2020-03", "2020-03" },
		{ "2020-Q1", "2020-Q1" },
		{ "2020-q4", "2020-Q4" },
		{ "2020-H1", "2020-H1" },
		{ "2020-9M", "2020-9M" },
		{ "2020", "2020" },
		{ "2020-01-01..2020-03-31", "2020-01-01..2020-03-31" },
		{ "28/10/2025..31/12/2025", "2025-10-28..2025-12-31" },
		{ "Q1 2020", "2020-Q1" },
		{ "quarter 1 2020", "2020-Q1" },
		{ "nine-months 2020", "2020-9M" },
		{ "nine months 2020", "2020-9M" },
		{ "9 months 2020", "2020-9M" },
		{ "half 2 2020", "2020-H2" },
		{ "first half 2020", "2020-H1" },
		{ "second half 2020", "2020-H2" },
		{ "quý 1/2020", "2020-Q1" },
		{ "Quý I/2020", "2020-Q1" },
		{ "QUÝ IV NĂM 2020", "2020-Q4" },
		{ "quy 3 nam 2020", "2020-Q3" },
		{ "qu\x79\xCC\x81 2/2020", "2020-Q2" },
		{ "6 tháng đầu năm 2020", "2020-H1" },
		{ "6 tháng cuối năm 2020", "2020-H2" },
		{ "6 tháng 2020", "2020-H1" },
		{ "9 tháng 2020", "2020-9M" },
		{ "9 tháng đầu năm 2020", "2020-9M" },
		{ "tháng 3/2020", "2020-03" },
		{ "tháng 9/2020", "2020-09" },
		{ "tháng 6/2020", "2020-06" },
		{ "Tháng 12 năm 2020", "2020-12" },
		{ "03/2020", "2020-03" },
		{ "năm 2020", "2020" },
	};
	struct cb_period p;
	char s[40];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		if (!cb_period_parse(&p, t[i].text))
			fail_msg("\"%s\" was not read", t[i].text);
		assert_string_equal(cb_period_code(s, sizeof(s), &p), t[i].code);
	}
}

static void what_is_no_period_is_refused(void **state)
{
	static const char *const bad[] = { "", "20", "2020-13", "2020-00", "2020-Q5", "2020-Q0", "2020-H3", "Q1", "tháng 3", "quý 1", "3 tháng 2020",
					   "2020-3M", "quý I tháng 2 2020", "2020 2021", "2020-Q1-2", "2020-04-01..2020-03-31", "2020-01-01..",
					   "..2020-01-01", "9 tháng cuối năm 2020", "1899", "2190", "tuần 3/2020", "2020-Q1 x", "2020-02-30",
					   "đầu năm 2020", "12345" };
	struct cb_period p;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (cb_period_parse(&p, bad[i]))
			fail_msg("\"%s\" was read as a period", bad[i]);
}

static void check_ends(const char *text, cb_day from, cb_day to, int months, const char *vi)
{
	struct cb_period p, again;
	char s[60];

	assert_true(cb_period_parse(&p, text));
	assert_int_equal(p.from, from);
	assert_int_equal(p.to, to);
	assert_int_equal(p.months, months);
	assert_string_equal(cb_period_vi(s, sizeof(s), &p), vi);
	if (p.kind != CB_SPAN) {
		assert_true(cb_period_parse(&again, s)); /* what is printed can be typed */
		assert_int_equal(again.kind, p.kind);
		assert_int_equal(again.from, p.from);
		assert_int_equal(again.to, p.to);
	}
}

static void periods_know_their_ends_and_their_names(void **state)
{
	(void)state;
	check_ends("2020-02", day(2020, 2, 1), day(2020, 2, 29), 1, "Tháng 2/2020");
	check_ends("2021-02", day(2021, 2, 1), day(2021, 2, 28), 1, "Tháng 2/2021");
	check_ends("2020-Q1", day(2020, 1, 1), day(2020, 3, 31), 3, "Quý I/2020");
	check_ends("2020-Q4", day(2020, 10, 1), day(2020, 12, 31), 3, "Quý IV/2020");
	check_ends("2020-H1", day(2020, 1, 1), day(2020, 6, 30), 6, "6 tháng đầu năm 2020");
	check_ends("2020-H2", day(2020, 7, 1), day(2020, 12, 31), 6, "6 tháng cuối năm 2020");
	check_ends("2020-9M", day(2020, 1, 1), day(2020, 9, 30), 9, "9 tháng đầu năm 2020");
	check_ends("2020", day(2020, 1, 1), day(2020, 12, 31), 12, "Năm 2020");
	check_ends("2019-12-15..2020-02-01", day(2019, 12, 15), day(2020, 2, 1), 3, "Từ 15/12/2019 đến 01/02/2020");
}

static void the_period_before_is_of_the_same_kind(void **state)
{
	static const char *const t[][2] = { { "2020-01", "2019-12" }, { "2020-Q1", "2019-Q4" },	 { "2020-Q3", "2020-Q2" },
					    { "2020-H1", "2019-H2" }, { "2020-9M", "2019-9M" }, { "2020", "2019" },
					    { "2020-02-01..2020-02-10", "2020-01-22..2020-01-31" } };
	struct cb_period p;
	char s[40];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		assert_true(cb_period_parse(&p, t[i][0]));
		cb_period_before(&p, &p);
		assert_string_equal(cb_period_code(s, sizeof(s), &p), t[i][1]);
	}
}

static void a_day_lies_in_its_month(void **state)
{
	struct cb_period p;

	(void)state;
	cb_month_of(&p, day(2024, 2, 29));
	assert_int_equal(p.kind, CB_MONTH);
	assert_int_equal(p.from, day(2024, 2, 1));
	assert_int_equal(p.to, day(2024, 2, 29));
	assert_false(cb_period_make(&p, CB_SPAN, 2020, 1));
	assert_false(cb_period_make(&p, CB_MONTH, 2020, 13));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(days_count_from_1970_and_come_apart_again),
		cmocka_unit_test(days_that_do_not_exist_are_refused),
		cmocka_unit_test(both_forms_of_a_date_are_read_and_told_apart),
		cmocka_unit_test(what_is_no_date_is_not_guessed),
		cmocka_unit_test(days_are_written_in_both_forms),
		cmocka_unit_test(today_honours_source_date_epoch),
		cmocka_unit_test(periods_are_read_as_people_write_them),
		cmocka_unit_test(what_is_no_period_is_refused),
		cmocka_unit_test(periods_know_their_ends_and_their_names),
		cmocka_unit_test(the_period_before_is_of_the_same_kind),
		cmocka_unit_test(a_day_lies_in_its_month),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
