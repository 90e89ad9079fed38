/* reports.c - the reports over a record: what they count, and that running out of memory is told and leaves nothing. */
#include "tests/unit/eval/office.h"

#include <jansson.h>
#include "eval/explain.h"
#include "report/period.h"
#include "report/sheet.h"
#include "report/visits.h"

static const struct law ONE = { .id = "thu.mot", .issuer = "tinh", .from = "2020-01-01" };

/* a: Tốt, Khá; b: Trung bình; c: Kém; d: not rated, and 100 points held back for want of minutes. */
static struct cb_rulebook *fill(struct cb_store *st)
{
	struct cb_ruleset *rs = build(st, &ONE);
	struct cb_rulebook *book = book_of(&rs, 1);

	OK(cb_store_begin(st, &office_err));
	scores(st, "a", "2020-01-05", 100);
	scores(st, "a", "2020-02-05", 80);
	scores(st, "b", "2020-01-05", 60);
	scores(st, "c", "2020-01-05", 30);
	scores(st, "d", "2020-01-05", -1);
	meet(st, "d", "2020-02-05", CB_REGULAR, 20, 20, 90, 10, 0);
	OK(cb_store_commit(st, &office_err));
	evaluate(st, book, NULL);
	return book;
}

static json_t *as_json(const struct cb_doc *d)
{
	struct cb_buf b;
	json_t *j;

	cb_buf_init(&b);
	OK(cb_doc_write(d, &(struct cb_sink_opts){ .form = CB_OUT_JSON, .buf = &b }, &office_err));
	j = json_loads(b.s, 0, NULL);
	assert_non_null(j);
	cb_buf_release(&b);
	return j;
}

static json_int_t at(json_t *j, const char *table, size_t row, const char *column)
{
	json_t *v = json_object_get(json_array_get(json_object_get(j, table), row), column);

	assert_true(json_is_integer(v));
	return json_integer_value(v);
}

static void the_summary_counts_kinds_apart_and_what_has_no_level(void **state)
{
	struct cb_store *st = office_open();
	struct cb_rulebook *book = fill(st);
	struct cb_period p = period("2020-Q1");
	struct cb_doc *d;
	json_t *j;

	(void)state;
	OK(cb_report_period(&d, st, book, &p, NULL, &office_err));
	j = as_json(d);
	assert_int_equal(json_array_size(json_object_get(j, "by_kind")), 3); /* grass-roots cells, cells, the sum */
	assert_int_equal(at(j, "by_kind", 0, "meetings"), 3);
	assert_int_equal(at(j, "by_kind", 0, "rated"), 2);
	assert_int_equal(at(j, "by_kind", 0, "no_level"), 1);
	assert_int_equal(at(j, "by_kind", 0, "trung_binh"), 1); /* held back: 100 points without minutes */
	assert_int_equal(at(j, "by_kind", 0, "kem"), 1);
	assert_int_equal(at(j, "by_kind", 1, "tot"), 1);
	assert_int_equal(at(j, "by_kind", 1, "kha"), 1);
	assert_int_equal(at(j, "by_kind", 2, "meetings"), 6);
	json_decref(j);
	cb_doc_free(d);
	OK(cb_report_period(&d, st, book, &p, "so", &office_err));
	j = as_json(d);
	assert_int_equal(json_array_size(json_object_get(j, "by_kind")), 2); /* only cells, and the sum */
	assert_int_equal(at(j, "by_kind", 1, "meetings"), 3);
	json_decref(j);
	cb_doc_free(d);
	cb_rulebook_free(book);
	office_close(st);
}

static void a_unit_that_is_not_on_record_is_told(void **state)
{
	struct cb_store *st = office_open();
	struct cb_rulebook *book = fill(st);
	struct cb_period p = period("2020-01");
	struct cb_doc *d;

	(void)state;
	assert_int_equal(cb_report_period(&d, st, book, &p, "zz", &office_err), CB_ENOTFOUND);
	assert_int_equal(cb_report_list(&d, st, &p, "zz", &office_err), CB_ENOTFOUND);
	cb_rulebook_free(book);
	office_close(st);
}

static void a_unit_that_moved_counts_below_its_parent_of_that_day(void **state)
{
	struct cb_store *st = office_open();
	struct cb_rulebook *book;
	struct cb_period jan = period("2020-01"), feb = period("2020-02");
	struct cb_doc *d;
	json_t *j;

	(void)state;
	OK(cb_store_begin(st, &office_err));
	unit_from(st, "e", "Chi bộ E", CB_UNIT_CELL, "so", NULL, "2019-01-01", "2020-01-31");
	unit_from(st, "so2", "Đảng bộ Sở hai (ví dụ)", CB_UNIT_BASE_COMMITTEE, "khoi", "Cụm 2", NULL, NULL);
	unit_from(st, "e", "Chi bộ E", CB_UNIT_CELL, "so2", NULL, "2020-02-01", NULL);
	scores(st, "e", "2020-01-06", 100);
	scores(st, "e", "2020-02-06", 80);
	OK(cb_store_commit(st, &office_err));
	book = fill(st);
	OK(cb_report_list(&d, st, &jan, "so2", &office_err));
	j = as_json(d);
	assert_int_equal(json_array_size(json_object_get(j, "list")), 1); /* only the sum: e was elsewhere */
	json_decref(j);
	cb_doc_free(d);
	OK(cb_report_list(&d, st, &feb, "so2", &office_err));
	j = as_json(d);
	assert_int_equal(json_array_size(json_object_get(j, "list")), 2);
	json_decref(j);
	cb_doc_free(d);
	cb_rulebook_free(book);
	office_close(st);
}

static void the_sheet_adds_up_to_what_is_stored(void **state)
{
	struct cb_store *st = office_open();
	struct cb_rulebook *book = fill(st);

	(void)state;
	for (int64_t id = 1; id <= 6; id++) {
		struct cb_explained *x;
		cb_pts sum = 0;

		OK(cb_explain_open(&x, st, book, NULL, id, &office_err));
		assert_false(x->differs);
		assert_false(x->stale);
		for (size_t i = 0; i < x->sheet->nline; i++)
			sum += x->sheet->line[i].state == CB_CR_SCORED ? x->sheet->line[i].points : 0;
		assert_int_equal(sum, x->sheet->sum);
		if (x->sheet->status == CB_ST_RATED)
			assert_int_equal(sum, x->stored_n);
		cb_explain_close(x);
	}
	assert_int_equal(cb_explain_open(&(struct cb_explained *){ NULL }, st, book, NULL, 99, &office_err), CB_ENOTFOUND);
	assert_string_equal(office_err.msg, "no meeting 99 on record");
	cb_rulebook_free(book);
	office_close(st);
}

/* Everything that reads the record, from opening it to the printed text. */
static int all_of_it(int which, struct cb_rulebook **book, struct cb_buf *b, struct cb_err *err)
{
	struct cb_store *st = NULL;
	struct cb_doc *d = NULL;
	struct cb_explained *x = NULL;
	struct cb_period q = period("2020-Q1"), m = period("2020-01");
	int rc = cb_store_open(&st, office_path, CB_OPEN_READ, err);

	if (!rc && which == 0)
		rc = cb_report_period(&d, st, *book, &q, "khoi", err);
	else if (!rc && which == 1)
		rc = cb_report_list(&d, st, &m, NULL, err);
	else if (!rc && which == 2)
		rc = cb_report_visits(&d, st, &q, &(struct cb_visits_opts){ .unit = NULL }, err);
	else if (!rc) {
		rc = cb_explain_open(&x, st, *book, NULL, 6, err);
		if (!rc)
			rc = cb_sheet_json(b, x, err);
		if (!rc)
			rc = cb_sheet_doc(&d, x, err);
	}
	if (!rc)
		rc = cb_doc_write(d, &(struct cb_sink_opts){ .form = CB_OUT_HTML, .buf = b }, err);
	cb_doc_free(d);
	cb_explain_close(x);
	cb_store_close(st);
	return rc;
}

static void running_out_of_memory_anywhere_is_told_and_leaves_nothing(void **state)
{
	struct cb_store *st = office_open();
	struct cb_rulebook *book = fill(st);

	(void)state;
	for (int which = 0; which < 4; which++) {
		int rc = CB_ENOMEM;

		/* every early one, then ever wider steps: the last are many and alike */
		for (long n = 1; rc; n += 1 + n / 24) {
			long live = cb_alloc_live();
			struct cb_err err = { 0 };
			struct cb_buf b;

			assert_true(n < 1000000);
			cb_buf_init(&b);
			cb_alloc_fail_from(n);
			rc = all_of_it(which, &book, &b, &err);
			cb_alloc_fail_from(0);
			if (rc)
				assert_int_equal(rc, CB_ENOMEM);
			cb_buf_release(&b);
			assert_int_equal(cb_alloc_live(), live);
		}
	}
	cb_rulebook_free(book);
	office_close(st);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_summary_counts_kinds_apart_and_what_has_no_level),
		cmocka_unit_test(a_unit_that_is_not_on_record_is_told),
		cmocka_unit_test(a_unit_that_moved_counts_below_its_parent_of_that_day),
		cmocka_unit_test(the_sheet_adds_up_to_what_is_stored),
		cmocka_unit_test(running_out_of_memory_anywhere_is_told_and_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
