/* Whom to commend: each list by its definition, places shared. */
#include "tests/unit/eval/office.h"

#include "report/commend.h"

static const struct law ONE = { .id = "thu.mot", .issuer = "tinh", .from = "2019-01-01" };

static void judge(struct cb_store *st, int64_t meeting, enum cb_assessor by, int64_t points)
{
	struct cb_assessment a = { .meeting_id = meeting, .by = by, .item = "", .points = CB_PTS(points) };
	enum cb_put what;

	OK(cb_store_assessment_put(st, &a, &what, &office_err));
}

/* CSV: section, row, column, value; the values of one section and column, in order. */
static const char *column(struct cb_store *st, const struct cb_rulebook *book, const char *when, const char *cluster, size_t top, const char *section,
			  const char *name)
{
	static char out[1000];
	struct cb_commend_opts o = { .unit = NULL, .cluster = cluster, .top = top };
	struct cb_period p = period(when);
	struct cb_doc *d;
	struct cb_buf b;

	OK(cb_report_commend(&d, st, book, &p, &o, &office_err));
	cb_buf_init(&b);
	OK(cb_doc_write(d, &(struct cb_sink_opts){ .form = CB_OUT_CSV, .buf = &b }, &office_err));
	cb_doc_free(d);
	out[0] = '\0';
	for (char *line = b.s; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
		char s[64], row[64], c[64], v[200];

		if (sscanf(line, "%63[^,],%63[^,],%63[^,],%199[^\r\n]", s, row, c, v) == 4 && !strcmp(s, section) && !strcmp(c, name)) {
			strcat(out, *out ? " " : "");
			strcat(out, v);
		}
	}
	cb_buf_release(&b);
	return out;
}

static struct cb_rulebook *fill(struct cb_store *st)
{
	struct cb_ruleset *rs = build(st, &ONE);
	struct cb_rulebook *book = book_of(&rs, 1);
	int64_t id;
	enum cb_put what;

	OK(cb_store_begin(st, &office_err));
	/* a: at the best level from November on; in March an observer gave as much as the cell itself */
	scores(st, "a", "2019-10-05", 80);
	for (int m = 11; m <= 15; m++) {
		char on[24];

		snprintf(on, sizeof(on), "%d-%02d-05", m > 12 ? 2020 : 2019, m > 12 ? m - 12 : m);
		id = scores(st, "a", on, 100);
	}
	judge(st, id, CB_SELF, 98);
	judge(st, id, CB_OBSERVER, 98);
	/* b: as good, but an observer gave less than the cell itself */
	scores(st, "b", "2020-01-05", 100);
	scores(st, "b", "2020-02-05", 100);
	id = scores(st, "b", "2020-03-05", 100);
	judge(st, id, CB_SELF, 98);
	judge(st, id, CB_OBSERVER, 97);
	/* c: rises from 60 to 100 */
	scores(st, "c", "2020-01-05", 60);
	scores(st, "c", "2020-02-05", 30);
	scores(st, "c", "2020-03-05", 100);
	/* d: no meeting in February, which was exempt; rises from 80 to 100 */
	scores(st, "d", "2020-01-05", 80);
	scores(st, "d", "2020-03-05", 100);
	OK(cb_store_month_put(st, unit_id(st, "d"), day("2020-02-01"), "exempt", NULL, &what, &office_err));
	OK(cb_store_commit(st, &office_err));
	evaluate(st, book, NULL);
	return book;
}

static void each_list_keeps_its_definition(void **state)
{
	struct cb_store *st = office_open();
	struct cb_rulebook *book = fill(st);
	enum cb_put what;

	(void)state;
	assert_string_equal(column(st, book, "2020-Q1", NULL, 0, "kept", "code"), "a");
	assert_string_equal(column(st, book, "2020-Q1", NULL, 0, "kept", "full"), "3");
	assert_string_equal(column(st, book, "2020-Q1", NULL, 0, "kept", "confirmed"), "1");
	/* January against March */
	assert_string_equal(column(st, book, "2020-Q1", NULL, 0, "risen", "code"), "c d");
	assert_string_equal(column(st, book, "2020-Q1", NULL, 0, "risen", "rise"), "40.00 20.00");
	assert_string_equal(column(st, book, "2020-Q1", NULL, 1, "risen", "code"), "c");
	assert_string_equal(column(st, book, "2020-Q1", "Cụm 2", 0, "risen", "code"), "d");
	/* back to November; b has three */
	assert_string_equal(column(st, book, "2020-Q1", NULL, 0, "runs", "code"), "a b");
	assert_string_equal(column(st, book, "2020-Q1", NULL, 0, "runs", "months"), "5 3");
	assert_string_equal(column(st, book, "2020-Q1", NULL, 0, "runs", "since"), "2019-11-01 2020-01-01");
	/* a month: against the month before */
	assert_string_equal(column(st, book, "2020-03", NULL, 0, "risen", "code"), "c");
	assert_string_equal(column(st, book, "2020-03", NULL, 0, "risen", "rise"), "70.00");
	/* an exempt month does not break a run, and is no month of it */
	OK(cb_store_begin(st, &office_err));
	scores(st, "d", "2019-12-05", 100);
	scores(st, "d", "2020-01-06", 100); /* a second meeting: the month is no better than the other */
	OK(cb_store_commit(st, &office_err));
	evaluate(st, book, NULL);
	assert_string_equal(column(st, book, "2020-Q1", NULL, 0, "runs", "code"), "a b");
	OK(cb_store_begin(st, &office_err));
	OK(cb_store_month_put(st, unit_id(st, "b"), day("2020-04-01"), "postponed", NULL, &what, &office_err));
	scores(st, "b", "2020-05-05", 100);
	scores(st, "b", "2020-06-05", 100);
	OK(cb_store_commit(st, &office_err));
	evaluate(st, book, NULL);
	assert_string_equal(column(st, book, "2020-Q2", NULL, 0, "runs", "code"), "b");
	assert_string_equal(column(st, book, "2020-Q2", NULL, 0, "runs", "months"), "5");
	cb_rulebook_free(book);
	office_close(st);
}

static void equals_share_a_place(void **state)
{
	struct cb_store *st = office_open();
	struct cb_ruleset *rs = build(st, &ONE);
	struct cb_rulebook *book = book_of(&rs, 1);

	(void)state;
	OK(cb_store_begin(st, &office_err));
	for (const char *u = "abc"; *u; u++) {
		char code[2] = { *u, 0 };

		scores(st, code, "2020-01-05", *u == 'c' ? 80 : 60);
		scores(st, code, "2020-02-05", 100);
	}
	OK(cb_store_commit(st, &office_err));
	evaluate(st, book, NULL);
	assert_string_equal(column(st, book, "2020-02", NULL, 1, "risen", "code"), "a b");
	assert_string_equal(column(st, book, "2020-02", NULL, 1, "risen", "rank"), "1 1");
	assert_string_equal(column(st, book, "2020-02", NULL, 3, "risen", "rank"), "1 1 3");
	assert_string_equal(column(st, book, "2020-02", NULL, 2, "risen", "rank"), "1 1");
	cb_rulebook_free(book);
	office_close(st);
}

static void running_out_of_memory_is_told(void **state)
{
	struct cb_store *st = office_open();
	struct cb_rulebook *book = fill(st);
	struct cb_period p = period("2020-Q1");
	int rc = -1;

	(void)state;
	for (long n = 1; rc; n += n < 200 ? 1 : 5) {
		struct cb_doc *d = NULL;
		struct cb_buf b;

		cb_buf_init(&b);
		cb_alloc_fail_from(n);
		rc = cb_report_commend(&d, st, book, &p, &(struct cb_commend_opts){ .unit = NULL }, &office_err);
		if (!rc)
			rc = cb_doc_write(d, &(struct cb_sink_opts){ .form = CB_OUT_JSON, .buf = &b }, &office_err);
		cb_alloc_fail_from(0);
		cb_doc_free(d);
		cb_buf_release(&b);
		assert_true(rc == 0 || rc == CB_ENOMEM);
		assert_true(n < 1000000);
	}
	cb_rulebook_free(book);
	office_close(st);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_list_keeps_its_definition),
		cmocka_unit_test(equals_share_a_place),
		cmocka_unit_test(running_out_of_memory_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
