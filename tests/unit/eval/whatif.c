/* The records under another ruleset. */
#include "tests/unit/eval/office.h"

#include "eval/whatif.h"

static const struct law ONE = { .id = "thu.mot", .issuer = "tinh", .from = "2020-01-01" };

/* Attendance alone, and notice days, which nobody has reported. */
static struct cb_ruleset *other(struct cb_store *st, bool notice)
{
	struct law l = { .id = "khac.hai", .issuer = "noi_khac", .from = "2020-01-01", .attendance = 7 };
	tree present = with(nothing("criterion"), "id", txt("attendance"), "max", num(60), "label", txt("Tỷ lệ dự"), "score",
			    OP("bands", OP("div", FACT("present"), FACT("members")), LIST(LIST(frac(9, 10), num(60))), num(0)), NULL);
	tree last = notice ? with(nothing("criterion"), "id", txt("notice"), "max", num(40), "label", txt("Thông báo"), "score",
				  OP("flag", OP("ge", FACT("notice_days"), num(1)), num(40), txt("báo trước")), NULL)
			   : with(nothing("criterion"), "id", txt("speaking"), "max", num(40), "label", txt("Phát biểu"), "score",
				  OP("flag", OP("ge", FACT("speakers"), num(8)), num(40), txt("tám người")), NULL);

	l.criteria = LIST(present, last);
	return build(st, &l);
}

static const struct cb_move_table *table(const struct cb_whatif *w, enum cb_move_by by, const char *name)
{
	for (size_t i = 0; i < w->by[by].n; i++)
		if (strcmp(w->by[by].table[i].name, name) == 0)
			return &w->by[by].table[i];
	fail_msg("no table %s", name);
	return NULL;
}

static void movers_tables_and_causes(void **state)
{
	struct cb_store *st = office_open();
	struct cb_ruleset *rs = build(st, &ONE), *under = other(st, false);
	struct cb_rulebook *book = book_of(&rs, 1);
	struct cb_whatif_opts o = { .under = under };
	struct cb_whatif *w;

	(void)state;
	OK(cb_store_begin(st, &office_err));
	scores(st, "a", "2020-01-05", 100); /* Tốt: stays */
	scores(st, "a", "2020-02-05", 80);  /* Khá -> Trung bình: too few speak */
	scores(st, "c", "2020-02-05", 60);  /* Trung bình: stays */
	scores(st, "d", "2020-02-05", 30);  /* Kém: stays */
	meet(st, "d", "2020-03-05", CB_REGULAR, 20, 18, 60, 8, 1); /* 40 + 0 + 20 = Trung bình -> Tốt */
	scores(st, "d", "2020-04-05", -1);  /* unrated both times */
	OK(cb_store_commit(st, &office_err));
	evaluate(st, book, NULL);
	OK(cb_store_begin(st, &office_err));
	scores(st, "b", "2020-05-05", 100); /* never evaluated */
	OK(cb_store_commit(st, &office_err));
	OK(cb_whatif_new(&w, st, &o, &office_err));
	assert_int_equal(w->nold, 5);
	assert_int_equal(w->nnew, 5);
	assert_string_equal(w->old_level[1], "Khá");
	assert_string_equal(w->new_level[4], "chưa xếp loại");
	assert_int_equal(w->all.seen, 7);
	assert_int_equal(w->all.up, 1);
	assert_int_equal(w->all.down, 1);
	assert_int_equal(w->all.same, 3);
	assert_int_equal(w->all.other, 2);
	assert_int_equal(w->without_result, 1);
	assert_int_equal(w->all.count[0 * 5 + 0], 1);
	assert_int_equal(w->all.count[1 * 5 + 2], 1);
	assert_int_equal(w->all.count[2 * 5 + 0], 1);
	assert_int_equal(w->all.count[4 * 5 + 0], 1); /* b */
	assert_int_equal(w->all.count[4 * 5 + 4], 1); /* d in April */
	assert_int_equal(table(w, CB_BY_CLUSTER, "Cụm 1")->down, 1);
	assert_int_equal(table(w, CB_BY_CLUSTER, "Cụm 2")->up, 1);
	assert_int_equal(table(w, CB_BY_CELL_TYPE, cb_cell_type_vi(CB_CELL_OFFICE))->seen, 7);
	assert_int_equal(w->movers, 2);
	assert_int_equal(w->nmover, 2);
	assert_string_equal(w->mover[0].code, "a");
	assert_false(w->mover[0].up);
	assert_string_equal(w->mover[0].cause, "speaking");
	assert_int_equal(w->mover[0].old_points, 20000);
	assert_int_equal(w->mover[0].new_points, 0);
	assert_int_equal(w->mover[0].old_score.n, 80000);
	assert_int_equal(w->mover[0].new_score.n, 60000);
	assert_string_equal(w->mover[1].code, "d");
	assert_true(w->mover[1].up);
	assert_int_equal(w->mover[1].new_level, 0);
	assert_int_equal(w->ncause, 1); /* duration gained as much; the first of equals is named */
	assert_string_equal(w->cause[0].label, "Phát biểu");
	assert_int_equal(w->cause[0].up, 1);
	assert_int_equal(w->cause[0].down, 1);
	assert_int_equal(w->nneed, 1);
	assert_string_equal(w->need[0].id, "present");
	assert_int_equal(w->need[0].meetings, 1);
	assert_int_equal(ask(st, "SELECT count(*) FROM run"), 1);
	cb_whatif_free(w);
	cb_ruleset_free(under);
	cb_rulebook_free(book);
	office_close(st);
}

static void facts_that_the_record_lacks_are_told(void **state)
{
	struct cb_store *st = office_open();
	struct cb_ruleset *rs = build(st, &ONE), *under = other(st, true);
	struct cb_rulebook *book = book_of(&rs, 1);
	struct cb_whatif_opts o = { .under = under };
	struct cb_whatif *w;

	(void)state;
	OK(cb_store_begin(st, &office_err));
	scores(st, "a", "2020-01-05", 100);
	scores(st, "a", "2020-02-05", -1);
	OK(cb_store_commit(st, &office_err));
	evaluate(st, book, NULL);
	OK(cb_whatif_new(&w, st, &o, &office_err));
	assert_int_equal(w->all.other, 2);
	assert_int_equal(w->movers, 0);
	assert_int_equal(w->nneed, 2);
	assert_string_equal(w->need[0].id, "notice_days");
	assert_int_equal(w->need[0].meetings, 2);
	assert_string_equal(w->need[0].label, "số ngày thông báo trước");
	assert_string_equal(w->need[1].id, "present");
	assert_int_equal(w->all.lack[0], 2);
	assert_int_equal(w->all.lack[1], 1);
	assert_int_equal(table(w, CB_BY_CELL_TYPE, cb_cell_type_vi(CB_CELL_OFFICE))->lack[1], 1);
	assert_int_equal(table(w, CB_BY_CLUSTER, "Cụm 1")->lack[0], 2);
	assert_int_equal(w->all.lacking, 2);
	assert_int_equal(table(w, CB_BY_CLUSTER, "Cụm 1")->lacking, 2);
	cb_whatif_free(w);
	cb_ruleset_free(under);
	cb_rulebook_free(book);
	office_close(st);
}

static void the_official_level_may_be_what_is_compared(void **state)
{
	struct cb_store *st = office_open();
	struct cb_ruleset *rs = build(st, &ONE);
	struct cb_rulebook *book = book_of(&rs, 1);
	struct cb_whatif_opts o = { .under = rs };
	struct cb_decision d = { .official = "kha", .votes_for = -1, .votes_total = -1, .decided_on = CB_DAY_NONE };
	struct cb_whatif *w;
	enum cb_put what;

	(void)state;
	OK(cb_store_begin(st, &office_err));
	d.meeting_id = scores(st, "a", "2020-01-05", 100);
	OK(cb_store_decision_put(st, &d, &what, &office_err));
	OK(cb_store_commit(st, &office_err));
	evaluate(st, book, NULL);
	OK(cb_whatif_new(&w, st, &o, &office_err));
	assert_int_equal(w->all.same, 1);
	cb_whatif_free(w);
	o.official = true;
	OK(cb_whatif_new(&w, st, &o, &office_err));
	assert_int_equal(w->all.up, 1);
	assert_null(w->mover[0].cause); /* nothing was scored otherwise */
	cb_whatif_free(w);
	cb_rulebook_free(book);
	office_close(st);
}

/* The same scene as the first, never evaluated: both rulesets are. */
static void another_ruleset_may_be_what_is_compared(void **state)
{
	struct cb_store *st = office_open();
	struct law elsewhere = ONE, later = ONE;
	struct cb_ruleset *rs = build(st, &ONE), *under = other(st, false), *of_district, *of_march;
	struct cb_whatif_opts o = { .under = under, .against = rs, .by = 1 << CB_BY_UNIT | 1 << CB_BY_KIND | 1 << CB_BY_UNIT_KIND };
	struct cb_whatif *w;

	(void)state;
	elsewhere.issuer = "noi_khac";
	later.from = "2020-03-01";
	of_district = build(st, &elsewhere);
	of_march = build(st, &later);
	OK(cb_store_begin(st, &office_err));
	scores(st, "a", "2020-01-05", 100);
	scores(st, "a", "2020-02-05", 80);
	scores(st, "c", "2020-02-05", 60);
	scores(st, "d", "2020-02-05", 30);
	meet(st, "d", "2020-03-05", CB_REGULAR, 20, 18, 60, 8, 1);
	scores(st, "d", "2020-04-05", -1);
	scores(st, "b", "2020-05-05", 100);
	OK(cb_store_commit(st, &office_err));
	OK(cb_whatif_new(&w, st, &o, &office_err));
	assert_int_equal(w->nold, 5);
	assert_string_equal(w->old_level[1], "Khá");
	assert_int_equal(w->all.seen, 7);
	assert_int_equal(w->all.up, 1);
	assert_int_equal(w->all.down, 1);
	assert_int_equal(w->all.same, 4);
	assert_int_equal(w->all.other, 1);
	assert_int_equal(w->without_result, 0);
	assert_int_equal(w->not_rated, 0);
	assert_int_equal(w->all.count[1 * 5 + 2], 1);
	assert_int_equal(w->all.count[2 * 5 + 0], 1);
	assert_int_equal(w->nmover, 2);
	assert_string_equal(w->mover[0].cause, "speaking");
	assert_int_equal(w->mover[0].old_points, 20000);
	assert_int_equal(w->mover[0].old_score.n, 80000);
	assert_int_equal(w->mover[0].new_score.n, 60000);
	assert_int_equal(w->by[CB_BY_UNIT].n, 4);
	assert_string_equal(w->by[CB_BY_UNIT].table[3].name, "d");
	assert_int_equal(table(w, CB_BY_UNIT, "d")->seen, 3);
	assert_int_equal(table(w, CB_BY_UNIT, "d")->up, 1);
	assert_int_equal(table(w, CB_BY_UNIT, "d")->lack[0], 1);
	assert_int_equal(table(w, CB_BY_UNIT, "a")->down, 1);
	assert_int_equal(table(w, CB_BY_UNIT, "a")->lack[0], 0);
	assert_int_equal(table(w, CB_BY_KIND, "thường kỳ")->seen, 7);
	assert_int_equal(w->by[CB_BY_UNIT_KIND].n, 2);
	assert_int_equal(ask(st, "SELECT count(*) FROM run"), 0);
	cb_whatif_free(w);
	/* a body that is not above these units rates nothing here */
	o.against = of_district;
	OK(cb_whatif_new(&w, st, &o, &office_err));
	assert_int_equal(w->all.seen, 0);
	cb_whatif_free(w);
	/* its days count */
	o.against = of_march;
	OK(cb_whatif_new(&w, st, &o, &office_err));
	assert_int_equal(w->all.seen, 3);
	cb_whatif_free(w);
	/* but in a rulebook, the place that its id has there does */
	struct cb_rulebook *book = book_of(&rs, 1);
	o.book = book;
	OK(cb_whatif_new(&w, st, &o, &office_err));
	assert_int_equal(w->all.seen, 7);
	cb_whatif_free(w);
	cb_rulebook_free(book);
	cb_ruleset_free(under);
	cb_ruleset_free(of_district);
	cb_ruleset_free(of_march);
	office_close(st);
}

static void what_the_other_ruleset_does_not_rate_is_counted_apart(void **state)
{
	struct cb_store *st = office_open();
	struct law all = ONE, regular = { .id = "khac.hai", .issuer = "noi_khac", .from = "2020-01-01" };
	struct cb_ruleset *rs, *under;
	struct cb_whatif_opts o = { .by = 1 << CB_BY_KIND };
	struct cb_whatif *w;

	(void)state;
	all.kinds = LIST(txt("regular"), txt("thematic"));
	regular.kinds = LIST(txt("regular"));
	rs = build(st, &all);
	under = build(st, &regular);
	o.under = under;
	o.against = rs;
	OK(cb_store_begin(st, &office_err));
	meet(st, "a", "2020-01-05", CB_REGULAR, 20, 20, 90, 20, 1);
	meet(st, "a", "2020-01-15", CB_THEMATIC, 20, 20, 90, 20, 1);
	meet(st, "b", "2020-02-15", CB_THEMATIC, 20, 20, 90, 20, 1);
	OK(cb_store_commit(st, &office_err));
	OK(cb_whatif_new(&w, st, &o, &office_err));
	assert_int_equal(w->all.seen, 3);
	assert_int_equal(w->all.same, 1);
	assert_int_equal(w->all.other, 2);
	assert_int_equal(w->not_rated, 2);
	assert_int_equal(w->all.count[0 * 5 + 4], 2);
	assert_int_equal(table(w, CB_BY_KIND, "chuyên đề")->other, 2);
	cb_whatif_free(w);
	/* and what only the other rates is no matter of this comparison */
	o.under = rs;
	o.against = under;
	OK(cb_whatif_new(&w, st, &o, &office_err));
	assert_int_equal(w->all.seen, 0); /* issued elsewhere */
	cb_whatif_free(w);
	cb_ruleset_free(rs);
	cb_ruleset_free(under);
	office_close(st);
}

static void running_out_of_memory_is_told(void **state)
{
	struct cb_store *st = office_open();
	struct cb_ruleset *rs = build(st, &ONE), *under = other(st, true);
	struct cb_rulebook *book = book_of(&rs, 1);
	struct cb_whatif_opts o = { .under = under };
	struct cb_whatif *w;
	int rc = -1;

	(void)state;
	OK(cb_store_begin(st, &office_err));
	scores(st, "a", "2020-01-05", 100);
	OK(cb_store_commit(st, &office_err));
	evaluate(st, book, NULL);
	for (int turn = 0; turn < 2; turn++) {
		o.against = turn ? rs : NULL;
		o.by = turn ? 1 << CB_BY_UNIT : 0;
		rc = -1;
		for (long n = 1; rc; n += n < 300 ? 1 : 5) {
			cb_alloc_fail_from(n);
			rc = cb_whatif_new(&w, st, &o, &office_err);
			cb_alloc_fail_from(0);
			assert_true(rc == 0 || rc == CB_ENOMEM);
			assert_true(n < 100000);
		}
		cb_whatif_free(w);
	}
	cb_ruleset_free(under);
	cb_rulebook_free(book);
	office_close(st);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(movers_tables_and_causes),
		cmocka_unit_test(facts_that_the_record_lacks_are_told),
		cmocka_unit_test(the_official_level_may_be_what_is_compared),
		cmocka_unit_test(another_ruleset_may_be_what_is_compared),
		cmocka_unit_test(what_the_other_ruleset_does_not_rate_is_counted_apart),
		cmocka_unit_test(running_out_of_memory_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
