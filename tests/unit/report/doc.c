/* doc.c - a document says the same in every form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include <jansson.h>
#include "base/alloc.h"
#include "report/doc.h"

static int make(struct cb_doc **out, struct cb_err *err)
{
	static const struct cb_column col[] = {{"level", "Mức", CB_COL_TEXT, 0}, {"share", "Tỷ lệ", CB_COL_PERCENT, 1}};
	static const char *const series[] = {"Tốt", "Còn lại"};
	int rc = cb_doc_new(out, "Báo cáo <thử>", "Quý I/2020", err);

	if (rc)
		return rc;
	cb_doc_meta(*out, "period", "2020-Q1");
	cb_doc_heading(*out, 2, "1. Xếp loại");
	cb_doc_para(*out, "Đoạn %d", 1);
	cb_doc_note(*out, "chú ý & đọc");
	cb_doc_table(*out, "levels", "", col, 2);
	cb_doc_row(*out, (struct cb_cell[]){cb_cell_text("Tốt"), cb_cell_percent(945, 1185)});
	cb_doc_total(*out, (struct cb_cell[]){cb_cell_text("Cộng"), cb_cell_percent(1185, 1185)});
	cb_doc_bars(*out, "Biểu đồ", series, 2);
	cb_doc_bar(*out, "Chi bộ cơ sở", (int64_t[]){945, 240}, 1185);
	cb_doc_sign(*out, "Người lập", "Bí thư");
	return 0;
}

static char *form(enum cb_form_out f)
{
	struct cb_doc *d;
	struct cb_err err = {0};
	struct cb_buf b;

	cb_buf_init(&b);
	assert_int_equal(make(&d, &err), 0);
	assert_int_equal(cb_doc_write(d, &(struct cb_sink_opts){.form = f, .buf = &b}, &err), 0);
	cb_doc_free(d);
	return cb_buf_take(&b);
}

static void the_page_fetches_nothing_and_escapes_everything(void **state)
{
	char *t = form(CB_OUT_HTML);

	(void)state;
	assert_non_null(strstr(t, "<h1>Báo cáo &lt;thử&gt;</h1>"));
	assert_non_null(strstr(t, "chú ý &amp; đọc"));
	assert_non_null(strstr(t, "@page{size:A4;margin:15mm}"));
	assert_non_null(strstr(t, "<svg role=\"img\""));
	assert_non_null(strstr(t, "79,7%"));
	assert_non_null(strstr(t, "<tr class=\"total\">"));
	assert_null(strstr(t, "src="));
	assert_null(strstr(t, "href="));
	cb_free(t);
}

static void json_holds_every_table_under_its_name(void **state)
{
	char *t = form(CB_OUT_JSON);
	json_t *j = json_loads(t, 0, NULL), *rows;

	(void)state;
	assert_non_null(j);
	assert_string_equal(json_string_value(json_object_get(j, "period")), "2020-Q1");
	rows = json_object_get(j, "levels");
	assert_int_equal(json_array_size(rows), 2);
	assert_int_equal(json_integer_value(json_object_get(json_object_get(json_array_get(rows, 0), "share"), "part")), 945);
	assert_true(json_is_true(json_object_get(json_array_get(rows, 1), "total")));
	assert_string_equal(json_string_value(json_array_get(json_object_get(j, "notes"), 0)), "chú ý & đọc");
	json_decref(j);
	cb_free(t);
}

static void csv_is_one_long_table(void **state)
{
	char *t = form(CB_OUT_CSV);

	(void)state;
	assert_string_equal(t, "section,row,column,value\nhead,1,period,2020-Q1\nlevels,1,level,Tốt\nlevels,1,share,945/1185\n"
			       "levels,2,level,Cộng\nlevels,2,share,1185/1185\n");
	cb_free(t);
}

static void the_terminal_shows_bars_and_marks_notes(void **state)
{
	char *t = form(CB_OUT_TABLE);

	(void)state;
	assert_non_null(strstr(t, "! chú ý & đọc\n"));
	assert_non_null(strstr(t, "Chi bộ cơ sở  ███"));
	assert_null(strstr(t, " \n"));
	cb_free(t);
}

static void markdown_has_headings_and_tables(void **state)
{
	char *t = form(CB_OUT_MARKDOWN);

	(void)state;
	assert_non_null(strstr(t, "# Báo cáo &lt;thử>\n"));
	assert_non_null(strstr(t, "\n## 1. Xếp loại\n"));
	assert_non_null(strstr(t, "| Tốt | 79,7 |\n"));
	cb_free(t);
}

static void every_failed_allocation_of_a_document_is_told(void **state)
{
	static const enum cb_form_out forms[] = {CB_OUT_TABLE, CB_OUT_CSV, CB_OUT_JSON, CB_OUT_MARKDOWN, CB_OUT_HTML};

	(void)state;
	for (size_t f = 0; f < sizeof forms / sizeof *forms; f++) {
		long live = cb_alloc_live();
		int rc = CB_ENOMEM;
		for (long n = 1; rc; n++) {
			struct cb_doc *d = NULL;
			struct cb_err err = {0};
			struct cb_buf b;
			assert_true(n < 2000);
			cb_buf_init(&b);
			cb_alloc_fail_from(n);
			rc = make(&d, &err);
			if (!rc)
				rc = cb_doc_write(d, &(struct cb_sink_opts){.form = forms[f], .buf = &b}, &err);
			cb_alloc_fail_from(0);
			if (rc)
				assert_int_equal(rc, CB_ENOMEM);
			cb_doc_free(d);
			cb_buf_release(&b);
			assert_int_equal(cb_alloc_live(), live);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_page_fetches_nothing_and_escapes_everything),
		cmocka_unit_test(json_holds_every_table_under_its_name),
		cmocka_unit_test(csv_is_one_long_table),
		cmocka_unit_test(the_terminal_shows_bars_and_marks_notes),
		cmocka_unit_test(markdown_has_headings_and_tables),
		cmocka_unit_test(every_failed_allocation_of_a_document_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
