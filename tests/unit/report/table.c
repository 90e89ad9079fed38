/* table.c - rows come out aligned, valid and harmless in every form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "base/alloc.h"
#include "base/date.h"
#include "base/utf8.h"
#include "report/table.h"

static const struct cb_column cols[] = {
	{"code", "Mã", CB_COL_TEXT, 0},          {"name", "Tên", CB_COL_TEXT, 0}, {"score", "Điểm", CB_COL_PTS, 0},
	{"share", "Tỷ lệ", CB_COL_PERCENT, 1}, {"day", "Ngày", CB_COL_DAY, 0},  {"tot", "Tốt", CB_COL_FLAG, 0},
};
enum { NCOL = sizeof cols / sizeof *cols };

static int two_rows(struct cb_sink *s, struct cb_err *err)
{
	cb_day day;
	int rc;

	assert_true(cb_day_make(&day, 2024, 2, 15));
	rc = cb_sink_row(s, (struct cb_cell[NCOL]){cb_cell_text("A"), cb_cell_text("Chi bộ Hòa"), cb_cell_int(88500), cb_cell_percent(945, 1185), cb_cell_int(day),
						  cb_cell_int(1)}, err);
	if (rc)
		return rc;
	/* the same name with combining marks, and a cell that a spreadsheet would run */
	return cb_sink_row(s, (struct cb_cell[NCOL]){cb_cell_text("=1+1"), cb_cell_text("Chi bo\xCC\xA3\xCC\x82 Ho\xCC\x80" "a"), cb_cell_int(7000),
						    cb_cell_percent(0, 0), cb_cell_null(), cb_cell_int(0)}, err);
}

static char *form(enum cb_form_out f, int width)
{
	struct cb_buf b;
	struct cb_sink *s;
	struct cb_err err = {0};

	cb_buf_init(&b);
	assert_int_equal(cb_sink_open(&s, cols, NCOL, &(struct cb_sink_opts){.form = f, .buf = &b, .width = width}, &err), 0);
	assert_int_equal(two_rows(s, &err), 0);
	assert_int_equal(cb_sink_close(s, &err), 0);
	return cb_buf_take(&b);
}

static void terminal_columns_line_up_with_composed_and_combining_marks(void **state)
{
	char *t = form(CB_OUT_TABLE, 0), *p = t;

	(void)state;
	assert_non_null(t);
	/* "88,5" and "7" end in the same column, counted in terminal columns */
	char *a = strstr(t, "88,5"), *b = strstr(t, "   7 "), *la, *lb;
	assert_non_null(a);
	assert_non_null(b);
	for (la = a; la > t && la[-1] != '\n'; la--)
		;
	for (lb = b; lb > t && lb[-1] != '\n'; lb--)
		;
	assert_int_equal(cb_utf8_width(la, (size_t)(a + 4 - la)), cb_utf8_width(lb, (size_t)(b + 4 - lb)));
	assert_non_null(strstr(p, "79,7"));
	assert_non_null(strstr(p, "15/02/2024"));
	cb_free(t);
}

static void no_line_of_a_table_ends_in_blanks(void **state)
{
	char *t = form(CB_OUT_TABLE, 0);

	(void)state;
	assert_null(strstr(t, " \n"));
	cb_free(t);
}

static void a_table_is_wrapped_to_the_terminal_and_loses_nothing(void **state)
{
	struct cb_buf b;
	struct cb_sink *s;
	struct cb_err err = {0};
	static const struct cb_column c[] = {{"n", "Số", CB_COL_INT, 0}, {"note", "Ghi chú", CB_COL_TEXT, 0}};
	const char *words = "một hai ba bốn năm sáu bảy tám chín mười mười một mười hai";

	(void)state;
	cb_buf_init(&b);
	assert_int_equal(cb_sink_open(&s, c, 2, &(struct cb_sink_opts){.form = CB_OUT_TABLE, .buf = &b, .width = 30}, &err), 0);
	assert_int_equal(cb_sink_row(s, (struct cb_cell[]){cb_cell_int(1), cb_cell_text(words)}, &err), 0);
	assert_int_equal(cb_sink_close(s, &err), 0);
	char *all = b.s, *line = all;
	char joined[400] = "";
	size_t len = 0;
	for (int i = 0; (line = strsep(&all, "\n")) && *line; i++) {
		assert_true(cb_utf8_width(line, strlen(line)) <= 30);
		if (i < 2)
			continue;
		line += strspn(line, " 1");
		len += (size_t)snprintf(joined + len, sizeof joined - len, "%s%s", len ? " " : "", line);
	}
	assert_string_equal(joined, words);
	cb_buf_release(&b);
}

static char *fitted(size_t rows)
{
	static const struct cb_column c[] = {{"a", "First", CB_COL_TEXT, 0}, {"b", "Second", CB_COL_TEXT, 0}, {"c", "Third", CB_COL_TEXT, 0},
					     {"d", "Fourth", CB_COL_INT, 0}, {"e", "Fifth", CB_COL_TEXT, 0}};
	struct cb_buf b;
	struct cb_sink *s;
	struct cb_err err = {0};

	cb_buf_init(&b);
	assert_int_equal(cb_sink_open(&s, c, 5, &(struct cb_sink_opts){.form = CB_OUT_TABLE, .buf = &b, .width = 40, .fit = true}, &err), 0);
	for (size_t i = 0; i < rows; i++)
		assert_int_equal(cb_sink_row(s, (struct cb_cell[]){cb_cell_text("Chi bộ số một của Đảng bộ xã Mẫu"), cb_cell_text("Đảng bộ xã"),
								   cb_cell_text("a third text that is long"), cb_cell_int(7), cb_cell_null()}, &err), 0);
	assert_int_equal(cb_sink_close(s, &err), 0);
	return cb_buf_take(&b);
}

static void many_rows_that_are_too_wide_keep_the_columns_that_fit_and_name_the_others(void **state)
{
	char *t = fitted(4);

	(void)state;
	assert_string_equal(t, "First                         Second\n"
			       "────────────────────────────  ──────────\n"
			       "Chi bộ số một của Đảng bộ x…  Đảng bộ xã\n"
			       "Chi bộ số một của Đảng bộ x…  Đảng bộ xã\n"
			       "Chi bộ số một của Đảng bộ x…  Đảng bộ xã\n"
			       "Chi bộ số một của Đảng bộ x…  Đảng bộ xã\n"
			       "... and 3 more columns: Third\n"
			       "    Fourth Fifth\n");
	cb_free(t);
}

static void a_few_rows_that_are_too_wide_become_cards(void **state)
{
	char *t = fitted(2);
	const char *one = "First   Chi bộ số một của Đảng bộ xã Mẫu\n"
			  "Second  Đảng bộ xã\n"
			  "Third   a third text that is long\n"
			  "Fourth  7\n";
	char both[512];

	(void)state;
	snprintf(both, sizeof both, "%s\n%s", one, one);
	assert_string_equal(t, both);
	cb_free(t);
}

static void csv_never_starts_a_cell_that_a_spreadsheet_would_run(void **state)
{
	static const char *const bad[] = {"=1+1", "+1", "-1+2", "@SUM(1)", "\tx", "\r=1", " =1", "\xC2\xA0=1", "\xEF\xBC\x9D" "1", "\xEF\xBC\x8B" "1", "\xEF\xBC\x8D" "1", "\xEF\xBC\xA0" "1", "'=1"};
	struct cb_buf b;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		cb_buf_init(&b);
		cb_esc_csv(&b, bad[i]);
		assert_memory_equal(b.s, "\"'", 2);
		cb_buf_release(&b);
	}
	cb_buf_init(&b);
	cb_esc_csv(&b, "a \"b\", c");
	assert_string_equal(b.s, "\"a \"\"b\"\", c\"");
	cb_buf_clear(&b);
	cb_esc_csv(&b, "Chi bộ 1 - thôn 2");
	assert_string_equal(b.s, "Chi bộ 1 - thôn 2");
	cb_buf_release(&b);
}

static void csv_gives_a_percentage_with_both_its_numbers(void **state)
{
	char *t = form(CB_OUT_CSV, 0);

	(void)state;
	assert_string_equal(t, "code,name,score,share,share_part,share_whole,day,tot\n"
			       "A,Chi bộ Hòa,88.5,79.7,945,1185,2024-02-15,1\n"
			       "\"'=1+1\",Chi bo\xCC\xA3\xCC\x82 Ho\xCC\x80" "a,7,,0,0,,0\n");
	cb_free(t);
}

static void json_is_an_array_of_objects(void **state)
{
	char *t = form(CB_OUT_JSON, 0);

	(void)state;
	assert_string_equal(t, "[\n  {\"code\": \"A\", \"name\": \"Chi bộ Hòa\", \"score\": 88.5, \"share\": {\"part\": 945, \"whole\": 1185, \"percent\": 79.7}, "
			       "\"day\": \"2024-02-15\", \"tot\": true},\n"
			       "  {\"code\": \"=1+1\", \"name\": \"Chi bo\xCC\xA3\xCC\x82 Ho\xCC\x80" "a\", \"score\": 7, "
			       "\"share\": {\"part\": 0, \"whole\": 0, \"percent\": null}, \"day\": null, \"tot\": false}\n]\n");
	cb_free(t);
}

static void json_without_rows_is_an_empty_array(void **state)
{
	struct cb_buf b;
	struct cb_sink *s;
	struct cb_err err;

	(void)state;
	cb_buf_init(&b);
	assert_int_equal(cb_sink_open(&s, cols, NCOL, &(struct cb_sink_opts){.form = CB_OUT_JSON, .buf = &b}, &err), 0);
	assert_int_equal(cb_sink_close(s, &err), 0);
	assert_string_equal(b.s, "[]\n");
	cb_buf_release(&b);
}

static void json_escapes_quotes_and_control_bytes(void **state)
{
	struct cb_buf b;

	(void)state;
	cb_buf_init(&b);
	cb_esc_json(&b, "a\"b\\c\n\x01\x1b");
	assert_string_equal(b.s, "\"a\\\"b\\\\c\\n\\u0001\\u001b\"");
	cb_buf_release(&b);
}

static void html_escapes_what_could_be_markup(void **state)
{
	struct cb_buf b;

	(void)state;
	cb_buf_init(&b);
	cb_esc_html(&b, "<script>alert('x')</script>&\"");
	assert_string_equal(b.s, "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&quot;");
	cb_buf_release(&b);
}

static void markdown_keeps_a_pipe_inside_its_cell(void **state)
{
	struct cb_buf b;

	(void)state;
	cb_buf_init(&b);
	cb_esc_markdown(&b, "a|b\n*c*<i>");
	assert_string_equal(b.s, "a\\|b<br>\\*c\\*&lt;i>");
	cb_buf_release(&b);
}

static void escape_codes_in_the_record_do_not_reach_the_terminal(void **state)
{
	struct cb_buf b;
	struct cb_sink *s;
	struct cb_err err = {0};
	static const struct cb_column c[] = {{"t", "T", CB_COL_TEXT, 0}};

	(void)state;
	cb_buf_init(&b);
	assert_int_equal(cb_sink_open(&s, c, 1, &(struct cb_sink_opts){.form = CB_OUT_TABLE, .buf = &b}, &err), 0);
	assert_int_equal(cb_sink_row(s, (struct cb_cell[]){cb_cell_text("a\033[2Jb")}, &err), 0);
	assert_int_equal(cb_sink_close(s, &err), 0);
	assert_null(strchr(b.s, '\033'));
	cb_buf_release(&b);
}

static void a_full_device_is_told_and_nothing_is_lost(void **state)
{
	FILE *full = fopen("/dev/full", "w");
	struct cb_sink *s;
	struct cb_err err = {0};
	int rc;

	(void)state;
	if (!full)
		skip();
	setvbuf(full, NULL, _IONBF, 0);
	rc = cb_sink_open(&s, cols, NCOL, &(struct cb_sink_opts){.form = CB_OUT_CSV, .file = full}, &err);
	assert_int_equal(rc, CB_EFULL);
	assert_string_equal(err.msg, "cannot write the output: No space left on device");
	assert_null(s);
	fclose(full);
}

static void every_failed_allocation_is_reported_and_leaves_nothing(void **state)
{
	static const enum cb_form_out forms[] = {CB_OUT_TABLE, CB_OUT_CSV, CB_OUT_JSON, CB_OUT_MARKDOWN, CB_OUT_HTML};

	(void)state;
	for (size_t f = 0; f < sizeof forms / sizeof *forms; f++) {
		long live = cb_alloc_live();
		int rc = CB_ENOMEM;
		for (long n = 1; rc; n++) {
			struct cb_buf b;
			struct cb_sink *s = NULL;
			struct cb_err err = {0};
			assert_true(n < 1000);
			cb_buf_init(&b);
			cb_alloc_fail_from(n);
			rc = cb_sink_open(&s, cols, NCOL, &(struct cb_sink_opts){.form = forms[f], .buf = &b}, &err);
			if (!rc)
				rc = two_rows(s, &err);
			if (rc)
				cb_sink_close(s, NULL);
			else
				rc = cb_sink_close(s, &err);
			cb_alloc_fail_from(0);
			if (rc)
				assert_int_equal(rc, CB_ENOMEM);
			cb_buf_release(&b);
			assert_int_equal(cb_alloc_live(), live);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(terminal_columns_line_up_with_composed_and_combining_marks),
		cmocka_unit_test(no_line_of_a_table_ends_in_blanks),
		cmocka_unit_test(a_table_is_wrapped_to_the_terminal_and_loses_nothing),
		cmocka_unit_test(csv_never_starts_a_cell_that_a_spreadsheet_would_run),
		cmocka_unit_test(csv_gives_a_percentage_with_both_its_numbers),
		cmocka_unit_test(json_is_an_array_of_objects),
		cmocka_unit_test(json_without_rows_is_an_empty_array),
		cmocka_unit_test(json_escapes_quotes_and_control_bytes),
		cmocka_unit_test(html_escapes_what_could_be_markup),
		cmocka_unit_test(markdown_keeps_a_pipe_inside_its_cell),
		cmocka_unit_test(many_rows_that_are_too_wide_keep_the_columns_that_fit_and_name_the_others),
		cmocka_unit_test(a_few_rows_that_are_too_wide_become_cards),
		cmocka_unit_test(escape_codes_in_the_record_do_not_reach_the_terminal),
		cmocka_unit_test(a_full_device_is_told_and_nothing_is_lost),
		cmocka_unit_test(every_failed_allocation_is_reported_and_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
