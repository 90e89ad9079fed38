/* value.c - what a cell may be, and what is said of the rest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "exchange/value.h"

static void count_is(const char *s, int64_t want)
{
	struct cb_cell_fault f;
	int64_t v = -99;
	if (!cb_cell_count(&v, s, strlen(s), 0, 1000000, &f))
		fail_msg("%s: %s", s, f.what);
	assert_int_equal(v, want);
}

static void no_count(const char *s, const char *words)
{
	struct cb_cell_fault f = { .what = "" };
	int64_t v;
	if (cb_cell_count(&v, s, strlen(s), 0, 1000000, &f))
		fail_msg("%s is taken as %lld", s, (long long)v);
	if (!strstr(f.what, words) || !f.mend)
		fail_msg("no \"%s\" in: %s", words, f.what);
}

static void a_count_is_plain_digits(void **state)
{
	(void)state;
	count_is("0", 0);
	count_is("28", 28);
	count_is("007", 7);
	count_is("1000000", 1000000);
	count_is("28.0", 28);
	count_is("28,0", 28);
	count_is("28.00", 28);
}

static void thousands_are_never_guessed(void **state)
{
	(void)state;
	no_count("1.185", "not guessed");
	no_count("1,185", "not guessed");
	no_count("1 185", "not guessed");
	no_count("1\xC2\xA0" "185", "not guessed");
	no_count("1\xE2\x80\xAF" "185", "not guessed");
	no_count("1'185", "not guessed");
	no_count("28.000", "not guessed");
	no_count("1.234.567", "not guessed");
}

static void what_is_no_count_is_told_by_name(void **state)
{
	(void)state;
	no_count("-1", "is negative");
	no_count("-0", "zero with a minus");
	no_count("+28", "plus sign");
	no_count("4294967326", "too large");
	no_count("99999999999999999999", "too large");
	no_count("99999999999999999999999999999999999999", "too large");
	no_count("1000001", "too large");
	no_count("3E1", "\"3E1\" is written with an exponent");
	no_count("1e400", "1e400");
	no_count("3O", "letter where a digit should be");
	no_count("l2", "letter where a digit should be");
	no_count("NaN", "NaN");
	no_count("inf", "inf");
	no_count("-", "is not a number");
	no_count("–", "is not a number");
	no_count("N/A", "is not a number");
	no_count("93%", "percentage");
	no_count("28 người", "more than a number");
	no_count("hai mươi", "is not a number");
	no_count("28.5", "not a whole number");
	no_count("28,5", "not a whole number");
	no_count("18/18", "two numbers");
	no_count("########", "too narrow");
	no_count("#DIV/0!", "spreadsheet's error");
	no_count("#N/A", "spreadsheet's error");
	no_count("=A1+1", "formula");
	no_count("'28", "apostrophe");
	no_count("0x1F", "hexadecimal");
	no_count("1:30", "time");
	no_count("\xEF\xBC\x92\xEF\xBC\x98", "full-width");
	no_count("٢٨", "Arabic digits");
	no_count("२८", "another script");
	no_count("2²", "raised");
	no_count("−5", "minus or hyphen");
	no_count(".", "is not a number");
	no_count("1,2,3", "more than a number");
	no_count("true", "is not a number");
}

static void day_is(const char *s, const char *want, enum cb_date_form want_form)
{
	struct cb_cell_fault f;
	enum cb_date_form form;
	cb_day d;
	char iso[11];
	if (!cb_cell_day(&d, &form, s, strlen(s), &f))
		fail_msg("%s: %s", s, f.what);
	assert_string_equal(cb_day_iso(iso, d), want);
	assert_int_equal(form, want_form);
}

static void no_day(const char *s, const char *words)
{
	struct cb_cell_fault f = { .what = "" };
	enum cb_date_form form;
	cb_day d;
	if (cb_cell_day(&d, &form, s, strlen(s), &f))
		fail_msg("%s is taken as a day", s);
	if (!strstr(f.what, words) || !f.mend)
		fail_msg("no \"%s\" in: %s", words, f.what);
	assert_non_null(strstr(f.what, "\""));
}

static void a_day_is_iso_or_vietnamese(void **state)
{
	(void)state;
	day_is("2024-02-15", "2024-02-15", CB_DATE_ISO);
	day_is("15/02/2024", "2024-02-15", CB_DATE_VN);
	day_is("5/2/2024", "2024-02-05", CB_DATE_VN);
	day_is("29/02/2024", "2024-02-29", CB_DATE_VN);
}

static void what_is_no_day_is_told_by_name(void **state)
{
	(void)state;
	no_day("43875", "day number");
	no_day("45337.5", "day and time as a number");
	no_day("1707955200", "seconds");
	no_day("1707955200000", "seconds");
	no_day("20240215", "without marks");
	no_day("2024", "is a number, not a day");
	no_day("2567-02-15", "Buddhist");
	no_day("15/02/2567", "Buddhist");
	no_day("15/1 ÂL", "lunar");
	no_day("15/01/2024 âm lịch", "lunar");
	no_day("2024-13-01", "no such month");
	no_day("02/15/2024", "mm/dd");
	no_day("15/02/24", "two digits");
	no_day("31/02/2024", "calendar does not have");
	no_day("2023-02-29", "calendar does not have");
	no_day("00/01/2024", "calendar does not have");
	no_day("15/00/2024", "no such month");
	no_day("2024/02/15", "another form");
	no_day("15-02-2024", "another form");
	no_day("15.02.2024", "another form");
	no_day("2024-2-5", "another form");
	no_day("2024-02-15 08:00", "time of day");
	no_day("2024-02-15T00:00:00", "time of day");
	no_day("########", "too narrow");
	no_day("15 tháng 2 năm 2024", "is not a day");
	no_day("Feb 15, 2024", "is not a day");
	no_day("0202-02-15", "year that cannot be");
	no_day("15/02/1024", "year that cannot be");
	no_day("２０２４-02-15", "full-width");
	no_day("hôm qua", "is not a day");
	no_day("2024-02-15x", "is not a day");
	no_day("-1", "is not a day");
}

static void flags_are_yes_or_no(void **state)
{
	(void)state;
	static const char *const yes[] = { "1", "x", "X", "có", "Có", "true", "TRUE", "yes", "đúng", "✓" };
	static const char *const no[] = { "0", "không", "Không", "false", "no", "sai", "chưa" };
	static const char *const neither[] = { "2", "-", "có lẽ", "10", "#REF!", "o" };
	struct cb_cell_fault f;
	int64_t v;
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
		assert_true(cb_cell_flag(&v, yes[i], strlen(yes[i]), &f));
		assert_int_equal(v, 1);
	}
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++) {
		assert_true(cb_cell_flag(&v, no[i], strlen(no[i]), &f));
		assert_int_equal(v, 0);
	}
	for (size_t i = 0; i < sizeof(neither) / sizeof(neither[0]); i++)
		assert_false(cb_cell_flag(&v, neither[i], strlen(neither[i]), &f));
}

static void points_are(const char *s, cb_pts want)
{
	struct cb_cell_fault f;
	cb_pts v;
	if (!cb_cell_points(&v, s, strlen(s), 0, CB_PTS(1000), &f))
		fail_msg("%s: %s", s, f.what);
	assert_int_equal(v, want);
}

static void no_points(const char *s, const char *words)
{
	struct cb_cell_fault f = { .what = "" };
	cb_pts v;
	if (cb_cell_points(&v, s, strlen(s), 0, CB_PTS(1000), &f))
		fail_msg("%s is taken as points", s);
	if (!strstr(f.what, words))
		fail_msg("no \"%s\" in: %s", words, f.what);
}

static void points_have_one_decimal_mark(void **state)
{
	(void)state;
	points_are("8", 8000);
	points_are("8,5", 8500);
	points_are("8.5", 8500);
	points_are("0,125", 125);
	points_are("100", 100000);
	no_points("8,5555", "thousandths");
	no_points("1.185,5", "thousandths");
	no_points("8,", "more than a number");
	no_points(",5", "is not a number");
	no_points("-1", "too small");
	no_points("-0", "minus sign");
	no_points("1001", "too large");
	no_points("99999999999999999999", "too large");
	no_points("8,5 điểm", "more than a number");
	no_points("8e1", "exponent");
	no_points("85%", "percentage");
	no_points("+8", "plus sign");
	no_points("NaN", "NaN");
}

static void blanks_of_every_kind_are_trimmed(void **state)
{
	(void)state;
	const char *s = " \t\xC2\xA0\xE3\x80\x80 28 \xE2\x80\xAF\xC2\xA0\t";
	size_t n = strlen(s);
	cb_cell_trim(&s, &n);
	assert_int_equal(n, 2);
	assert_memory_equal(s, "28", 2);
	s = " \xC2\xA0 ", n = 4;
	cb_cell_trim(&s, &n);
	assert_int_equal(n, 0);
	s = "à", n = 2; /* its last byte is that of a no-break space */
	cb_cell_trim(&s, &n);
	assert_int_equal(n, 2);
}

static const char *note_refused(const char *s)
{
	static struct cb_cell_fault f;
	struct cb_buf b;
	cb_buf_init(&b);
	bool ok = cb_cell_note(&b, s, strlen(s), 500, &f);
	cb_buf_release(&b);
	return ok ? NULL : f.what;
}

static void a_note_is_cleaned(void **state)
{
	(void)state;
	struct cb_cell_fault f;
	struct cb_buf b;
	cb_buf_init(&b);
	static const char raw[] = "muo\xCC\xA3\xCC\x82n\n 10\xC2\xA0\t phút"; /* decomposed, with a line end and a no-break space */
	assert_true(cb_cell_note(&b, raw, strlen(raw), 500, &f));
	assert_string_equal(b.s, "muộn 10 phút");
	assert_true(cb_cell_note(&b, "áá", strlen("áá"), 2, &f)); /* characters, not bytes */
	assert_false(cb_cell_note(&b, "ááx", strlen("ááx"), 2, &f));
	cb_buf_release(&b);
}

static void numbers_and_addresses_of_people_are_refused(void **state)
{
	(void)state;
	static const char *const phone[] = { "gọi 0912345678", "0912 345 678", "0912.345.678", "091-234-5678", "+84 912 345 678", "lúc 8 0912 345 678", "0912 345 678 15 phút",
					     "02838221234" };
	static const char *const plain[] = { "trừ 10 điểm ngày 05.11.2025", "05-11-2025, 06-11-2025", "1.185.000.000 đồng", "muộn 15 phút, 08h30", "14/20 = 70,0%",
					     "theo Hướng dẫn 42-HD/BTCTW", "000", "mục 3.1.2", "a @ b", "" };
	for (size_t i = 0; i < sizeof(phone) / sizeof(phone[0]); i++)
		if (!note_refused(phone[i]) || !strstr(note_refused(phone[i]), "telephone"))
			fail_msg("\"%s\" got through", phone[i]);
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		if (note_refused(plain[i]))
			fail_msg("\"%s\": %s", plain[i], note_refused(plain[i]));
	assert_non_null(strstr(note_refused("số 123456789"), "an identity number"));
	assert_non_null(strstr(note_refused("viết cho an.phu@tinh.vn"), "an address of mail"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_count_is_plain_digits),
		cmocka_unit_test(thousands_are_never_guessed),
		cmocka_unit_test(what_is_no_count_is_told_by_name),
		cmocka_unit_test(a_day_is_iso_or_vietnamese),
		cmocka_unit_test(what_is_no_day_is_told_by_name),
		cmocka_unit_test(flags_are_yes_or_no),
		cmocka_unit_test(points_have_one_decimal_mark),
		cmocka_unit_test(blanks_of_every_kind_are_trimmed),
		cmocka_unit_test(a_note_is_cleaned),
		cmocka_unit_test(numbers_and_addresses_of_people_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
