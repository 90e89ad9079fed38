/* Months become quarters and years, units are ranked. */
#include "tests/unit/eval/office.h"

#include "eval/period.h"

static const struct law ONE = { .id = "thu.mot", .issuer = "tinh", .from = "2020-01-01" };

static struct cb_periods *periods(struct cb_store *st, const struct cb_rulebook *book, const char *when, bool rank)
{
	struct cb_period p = period(when);
	struct cb_period_opts o = { .within = -1, .rank = rank };
	struct cb_periods *out;

	OK(cb_periods_new(&out, st, book, &p, &o, &office_err));
	return out;
}

static const struct cb_unit_period *find(const struct cb_periods *p, const char *code)
{
	for (size_t i = 0; i < p->nunit; i++)
		if (strcmp(p->unit[i].code, code) == 0)
			return &p->unit[i];
	fail_msg("no unit %s", code);
	return NULL;
}

static const char *level(const struct cb_unit_period *u)
{
	return u->level < 0 ? "-" : u->rs->level[u->level].id;
}

static void month_is(struct cb_store *st, const char *code, const char *month, const char *status)
{
	enum cb_put what;

	OK(cb_store_month_put(st, unit_id(st, code), day(month), status, "lý do ví dụ", &what, &office_err));
}

static void decide(struct cb_store *st, int64_t meeting, const char *official)
{
	struct cb_decision d = { .meeting_id = meeting, .votes_for = -1, .votes_total = -1, .official = official, .decided_on = CB_DAY_NONE };
	enum cb_put what;

	OK(cb_store_decision_put(st, &d, &what, &office_err));
}

static void months(struct cb_store *st, const char *code, int from, int n, const int *score)
{
	for (int i = 0; i < n; i++) {
		char on[16];

		snprintf(on, sizeof(on), "2020-%02d-05", from + i);
		if (score[i])
			scores(st, code, on, score[i]);
	}
}
#define MONTHS(st, code, from, ...) \
	months((st), (code), (from), (int)(sizeof((int[]){ __VA_ARGS__ }) / sizeof(int)), (int[]){ __VA_ARGS__ })

static void a_quarter_comes_from_its_months(void **state)
{
	struct cb_store *st = office_open();
	struct cb_ruleset *rs = build(st, &ONE);
	struct cb_rulebook *book = book_of(&rs, 1);
	struct cb_periods *p;
	const struct cb_unit_period *u;

	(void)state;
	OK(cb_store_begin(st, &office_err));
	MONTHS(st, "a", 1, 100, 100, 80);
	MONTHS(st, "b", 1, 100, 80, 60);
	MONTHS(st, "c", 1, 100, 0, 100); /* February missed: counts as Kém */
	MONTHS(st, "d", 1, 100, 0, 100);
	month_is(st, "d", "2020-02-01", "exempt");
	meet(st, "a", "2020-02-20", CB_THEMATIC, 20, 10, 90, 10, 1);
	OK(cb_store_commit(st, &office_err));
	evaluate(st, book, NULL);
	p = periods(st, book, "2020-Q1", false);
	assert_int_equal(p->nunit, 4);
	u = find(p, "a");
	assert_string_equal(level(u), "tot");
	assert_int_equal(u->months_due, 3);
	assert_int_equal(u->months_held, 3);
	assert_int_equal(u->meetings, 4);
	assert_int_equal(u->thematic, 1);
	assert_int_equal(u->rated, 3);
	assert_int_equal(u->unrated, 1);
	assert_int_equal(u->by_level[0], 2);
	assert_int_equal(u->by_level[1], 1);
	assert_int_equal(u->present, 70);
	assert_int_equal(u->counted, 80);
	assert_int_equal(u->mean_score.n, 280000);
	assert_int_equal(u->mean_score.d, 3);
	assert_non_null(strstr(u->why, "tháng"));
	assert_string_equal(u->cluster, "Cụm 1");
	assert_string_equal(u->block, "Đảng bộ Khối (ví dụ)");
	assert_string_equal(u->province, "Đảng bộ tỉnh (ví dụ)");
	assert_string_equal(u->parent, "Đảng bộ Sở (ví dụ)");
	assert_string_equal(level(find(p, "b")), "kha");
	u = find(p, "c");
	assert_string_equal(level(u), "trung_binh");
	assert_int_equal(u->months_missed, 1);
	assert_non_null(strstr(u->why, "1 tháng không sinh hoạt tính là Kém"));
	u = find(p, "d");
	assert_string_equal(level(u), "tot");
	assert_int_equal(u->months_due, 2);
	assert_int_equal(u->months_missed, 0);
	cb_periods_free(p);
	cb_rulebook_free(book);
	office_close(st);
}

static void what_is_not_rated_leaves_the_quarter_open(void **state)
{
	struct cb_store *st = office_open();
	struct cb_ruleset *rs = build(st, &ONE);
	struct cb_rulebook *book = book_of(&rs, 1);
	struct cb_periods *p;

	(void)state;
	OK(cb_store_begin(st, &office_err));
	MONTHS(st, "a", 1, 100, -1, 100);
	MONTHS(st, "b", 1, -1, 30, -1); /* already Kém: no unrated month can mend it, so "every" is decided */
	OK(cb_store_commit(st, &office_err));
	evaluate(st, book, NULL);
	p = periods(st, book, "2020-Q1", false);
	assert_string_equal(level(find(p, "a")), "-");
	assert_string_equal(find(p, "a")->why, "chưa đủ dữ liệu: tháng 2/2020 chưa xếp loại");
	assert_string_equal(level(find(p, "b")), "trung_binh");
	assert_int_equal(find(p, "c")->months_missed, 3);
	cb_periods_free(p);
	p = periods(st, book, "2020-9M", false);
	assert_string_equal(level(find(p, "a")), "-");
	assert_string_equal(find(p, "a")->why, "thu.mot không xếp loại kỳ này (9 tháng đầu năm 2020)");
	cb_periods_free(p);
	p = periods(st, book, "2020-02", false);
	assert_string_equal(level(find(p, "b")), "kem");
	assert_string_equal(level(find(p, "a")), "-");
	assert_string_equal(find(p, "a")->why, "chưa đủ dữ liệu");
	cb_periods_free(p);
	cb_rulebook_free(book);
	office_close(st);
}

static void the_superiors_decision_counts(void **state)
{
	struct cb_store *st = office_open();
	struct cb_ruleset *rs = build(st, &ONE);
	struct cb_rulebook *book = book_of(&rs, 1);
	struct cb_periods *p;

	(void)state;
	OK(cb_store_begin(st, &office_err));
	MONTHS(st, "a", 1, 100, 100, 100);
	MONTHS(st, "b", 1, 100, 100, 0);
	decide(st, ask(st, "SELECT min(id) FROM meeting"), "trung_binh");
	decide(st, scores(st, "b", "2020-03-05", 100), "xuat_sac");
	OK(cb_store_commit(st, &office_err));
	evaluate(st, book, NULL);
	p = periods(st, book, "2020-Q1", false);
	assert_string_equal(level(find(p, "a")), "kha");
	assert_string_equal(level(find(p, "b")), "-");
	assert_string_equal(find(p, "b")->why, "mức \"xuat_sac\" của buổi sinh hoạt ngày 05/03/2020 không có trong thu.mot");
	cb_periods_free(p);
	cb_rulebook_free(book);
	office_close(st);
}

static void missed_months_follow_the_declared_policy(void **state)
{
	struct cb_store *st = office_open();
	struct law l = ONE;
	struct cb_ruleset *rs;
	struct cb_rulebook *book;
	struct cb_periods *p;

	(void)state;
	OK(cb_store_begin(st, &office_err));
	MONTHS(st, "a", 1, 100, 0, 100);
	MONTHS(st, "b", 1, 100, 100, 0);
	month_is(st, "b", "2020-03-01", "postponed");
	MONTHS(st, "c", 1, 100, 100, 0);
	month_is(st, "c", "2020-03-01", "missed");
	OK(cb_store_commit(st, &office_err));
	l.periods = with(nothing(NULL), "quarter", usual_period(), "missed_month", txt("ignored"), NULL);
	rs = build(st, &l);
	book = book_of(&rs, 1);
	evaluate(st, book, NULL);
	p = periods(st, book, "2020-Q1", false);
	assert_string_equal(level(find(p, "a")), "tot");
	assert_int_equal(find(p, "a")->months_missed, 1);
	cb_periods_free(p);
	cb_rulebook_free(book);
	l.periods = with(nothing(NULL), "quarter", usual_period(), "missed_month", txt("refuse"), NULL);
	rs = build(st, &l);
	book = book_of(&rs, 1);
	p = periods(st, book, "2020-Q1", false);
	assert_string_equal(level(find(p, "a")), "-");
	assert_string_equal(find(p, "a")->why, "không xếp loại: không sinh hoạt tháng 2/2020");
	assert_string_equal(level(find(p, "b")), "tot");
	assert_string_equal(find(p, "c")->why, "không xếp loại: không sinh hoạt tháng 3/2020");
	cb_periods_free(p);
	cb_rulebook_free(book);
	office_close(st);
}

static void a_year_crosses_rulesets_and_a_cell_moves(void **state)
{
	struct cb_store *st = office_open();
	struct law old = { .id = "cu.mot", .issuer = "tinh", .from = "2020-01-01", .to = "2020-06-30" };
	struct law now = { .id = "moi.mot", .issuer = "tinh", .from = "2020-07-01", .attendance = 40 };
	struct law there = { .id = "noi.moi", .issuer = "tinh_moi", .from = "2020-07-01" };
	struct cb_ruleset *rs[3];
	struct cb_rulebook *book;
	struct cb_periods *p;
	const struct cb_unit_period *u;

	(void)state;
	there.periods = with(nothing(NULL), "year",
			     OP("first", LIST(OP("ge", OP("agg", txt("months"), txt("count"), OP("level_eq", txt("tot"))), num(7)), txt("tot")),
				OP("otherwise", txt("kha"))),
			     "missed_month", txt("ignored"), NULL);
	OK(cb_store_begin(st, &office_err));
	unit_from(st, "tinh_moi", "Đảng bộ tỉnh mới (ví dụ)", CB_UNIT_PROVINCE, NULL, NULL, "2020-07-01", NULL);
	unit_from(st, "e", "Chi bộ E", CB_UNIT_BASE_CELL, "khoi", NULL, "2020-03-15", "2020-06-30");
	unit_from(st, "e", "Chi bộ E", CB_UNIT_BASE_CELL, "tinh_moi", NULL, "2020-07-01", NULL);
	unit_from(st, "g", "Chi bộ G", CB_UNIT_BASE_CELL, "khoi", NULL, "2020-01-01", "2020-04-10");
	MONTHS(st, "a", 1, 100, 100, 80, 80, 80, 80, 80, 80, 80, 80, 80, 80);
	for (int m = 3; m <= 12; m++) {
		char on[16];

		snprintf(on, sizeof(on), "2020-%02d-20", m);
		if (m != 5)
			scores(st, "e", on, m < 10 ? 100 : 60);
	}
	OK(cb_store_commit(st, &office_err));
	rs[0] = build(st, &old);
	rs[1] = build(st, &now);
	rs[2] = build(st, &there);
	book = book_of(rs, 3);
	evaluate(st, book, NULL);
	p = periods(st, book, "2020", false);
	u = find(p, "a");
	assert_string_equal(u->rs->id, "moi.mot");
	assert_string_equal(level(u), "tot"); /* January and February were Tốt under the old table */
	u = find(p, "e");
	assert_string_equal(u->rs->id, "noi.moi");
	assert_int_equal(u->months_due, 10);
	assert_int_equal(u->months_held, 9);
	assert_int_equal(u->by_level[0], 6);
	assert_string_equal(level(u), "kha");
	assert_string_equal(u->province, "Đảng bộ tỉnh mới (ví dụ)");
	u = find(p, "g");
	assert_string_equal(u->rs->id, "cu.mot"); /* of the last day that it lived */
	assert_int_equal(u->months_due, 4);
	cb_periods_free(p);
	cb_rulebook_free(book);
	office_close(st);
}

static void units_are_ranked_with_ties_within_their_cluster(void **state)
{
	struct cb_store *st = office_open();
	struct law l = ONE;
	struct cb_ruleset *rs;
	struct cb_rulebook *book;
	struct cb_periods *p;
	struct cb_period year = period("2020-Q1");
	struct cb_period_opts o = { .within = CB_WITHIN_PROVINCE, .rank = true };

	(void)state;
	OK(cb_store_begin(st, &office_err));
	unit_from(st, "f", "Chi bộ F", CB_UNIT_BASE_CELL, "khoi", "Cụm 1", NULL, NULL);
	MONTHS(st, "a", 1, 100, 80);
	MONTHS(st, "b", 1, 80, 100);
	MONTHS(st, "c", 1, 60, 60);
	MONTHS(st, "d", 1, 30, 30);
	OK(cb_store_commit(st, &office_err));
	rs = build(st, &l);
	book = book_of(&rs, 1);
	evaluate(st, book, NULL);
	p = periods(st, book, "2020-Q1", true);
	assert_int_equal(find(p, "a")->rank, 1);
	assert_int_equal(find(p, "b")->rank, 1);
	assert_true(find(p, "a")->tied && find(p, "b")->tied);
	assert_int_equal(find(p, "c")->rank, 3);
	assert_int_equal(find(p, "c")->of, 4); /* f missed every month: its share of Tốt is known, 0 */
	assert_false(find(p, "c")->tied);
	assert_string_equal(find(p, "c")->group, "Cụm 1");
	assert_int_equal(find(p, "d")->rank, 1);
	assert_int_equal(find(p, "d")->of, 1);
	assert_string_equal(find(p, "d")->group, "Cụm 2");
	assert_int_equal(find(p, "f")->rank, 4);
	assert_int_equal(find(p, "f")->key[0].d, 0);
	/* mean score in points, share of Tốt over three months (one missed), mean attendance */
	assert_int_equal(find(p, "a")->key[0].n, 90);
	assert_int_equal(find(p, "a")->key[1].n, 1);
	assert_int_equal(find(p, "a")->key[1].d, 3);
	assert_int_equal(find(p, "a")->key[2].n, 1);
	cb_periods_free(p);
	OK(cb_periods_new(&p, st, book, &year, &o, &office_err));
	assert_int_equal(find(p, "d")->rank, 4);
	assert_int_equal(find(p, "d")->of, 5);
	cb_periods_free(p);
	o.unit = "so";
	OK(cb_periods_new(&p, st, book, &year, &o, &office_err));
	assert_int_equal(p->nunit, 2);
	cb_periods_free(p);
	o.unit = "soo";
	assert_int_equal(cb_periods_new(&p, st, book, &year, &o, &office_err), CB_ENOTFOUND);
	assert_non_null(strstr(office_err.msg, "there is no unit \"soo\""));
	cb_rulebook_free(book);
	l.ranking = usual_ranking("cluster", "dense");
	rs = build(st, &l);
	book = book_of(&rs, 1);
	p = periods(st, book, "2020-Q1", true);
	assert_int_equal(find(p, "c")->rank, 2);
	cb_periods_free(p);
	cb_rulebook_free(book);
	l.ranking = usual_ranking("cluster", "order");
	rs = build(st, &l);
	book = book_of(&rs, 1);
	p = periods(st, book, "2020-Q1", true);
	assert_int_equal(find(p, "a")->rank, 1);
	assert_int_equal(find(p, "b")->rank, 2);
	assert_true(find(p, "b")->tied);
	cb_periods_free(p);
	cb_rulebook_free(book);
	office_close(st);
}

static void a_cell_with_an_unrated_month_stands_apart_unless_the_ruleset_ranks_it_beside(void **state)
{
	struct cb_store *st = office_open();
	struct law l = ONE;
	struct cb_ruleset *rs = build(st, &l);
	struct cb_rulebook *book = book_of(&rs, 1);
	struct cb_periods *p;

	(void)state;
	OK(cb_store_begin(st, &office_err));
	MONTHS(st, "a", 1, 100, -1, 100); /* the mean of what is known is the best of all */
	MONTHS(st, "b", 1, 100, 80, 100);
	MONTHS(st, "c", 1, 80, 0, 80);    /* missed, not unrated */
	meet(st, "b", "2020-01-20", CB_THEMATIC, 20, 20, 90, 10, 1); /* has no table, and is no month */
	OK(cb_store_commit(st, &office_err));
	evaluate(st, book, NULL);
	p = periods(st, book, "2020-Q1", true);
	assert_int_equal(find(p, "b")->rank, 1);
	assert_int_equal(find(p, "b")->of, 2);
	assert_int_equal(find(p, "c")->rank, 2);
	assert_int_equal(find(p, "a")->rank, 0);
	assert_string_equal(find(p, "a")->group, "Cụm 1");
	assert_string_equal(find(p, "a")->apart, "chưa xếp hạng, chưa đủ dữ liệu: tháng 2/2020 chưa xếp loại");
	assert_null(find(p, "b")->apart);
	cb_periods_free(p);
	cb_rulebook_free(book);
	l.ranking = with(usual_ranking("cluster", "shared"), "unrated", txt("beside"), "within", txt("cluster"), "by",
			 LIST(with(OP("key", OP("agg", txt("months"), txt("mean"), txt("score"))), "down", yes(true), NULL)), NULL);
	rs = build(st, &l);
	book = book_of(&rs, 1);
	p = periods(st, book, "2020-Q1", true);
	assert_int_equal(find(p, "a")->rank, 1);
	assert_int_equal(find(p, "a")->of, 3);
	assert_null(find(p, "a")->apart);
	cb_periods_free(p);
	cb_rulebook_free(book);
	office_close(st);
}

static void a_month_that_is_not_over_is_not_missed(void **state)
{
	struct cb_store *st = office_open();
	struct cb_ruleset *rs = build(st, &ONE);
	struct cb_rulebook *book = book_of(&rs, 1);
	struct cb_run_opts o = { .today = day("2020-03-20") };
	struct cb_run_stats s;
	struct cb_periods *p;
	const struct cb_unit_period *u;

	(void)state;
	OK(cb_store_begin(st, &office_err));
	MONTHS(st, "a", 1, 100, 100);
	MONTHS(st, "b", 1, 100, 0, 100);
	OK(cb_store_commit(st, &office_err));
	OK(cb_run(&s, st, book, &o, NULL, &office_err));
	p = periods(st, book, "2020", false);
	u = find(p, "a");
	assert_int_equal(u->months_due, 2);
	assert_int_equal(u->months_missed, 0);
	assert_string_equal(level(u), "tot");
	assert_non_null(strstr(u->why, "; còn 10 tháng chưa đến"));
	u = find(p, "b");
	assert_int_equal(u->months_due, 3);
	assert_int_equal(u->months_missed, 1);
	cb_periods_free(p);
	o.today = day("2020-03-31");
	o.all = true;
	OK(cb_run(&s, st, book, &o, NULL, &office_err));
	p = periods(st, book, "2020-03", false);
	assert_int_equal(find(p, "a")->months_missed, 1);
	cb_periods_free(p);
	cb_rulebook_free(book);
	office_close(st);
}

struct fake { int calls; bool fail; };

/* Rank by how many months were Tốt, minus those missed. */
static int fake_call(void *ctx, int handle, const struct cb_fnarg *arg, size_t narg, size_t n, struct cb_fnresult *out, struct cb_err *err)
{
	struct fake *f = ctx;
	int64_t tot = 0, missed = 0;
	bool code = false;

	(void)err;
	f->calls++;
	*out = (struct cb_fnresult){ .text = "" };
	if (f->fail || handle != 5 || n != 1) {
		out->code = CB_ERULE;
		out->text = "thu/thu.lua:9: no";
		return 0;
	}
	for (size_t i = 0; i < narg; i++) {
		if (strcmp(arg[i].name, "level_tot") == 0)
			tot = arg[i].value.n;
		if (strcmp(arg[i].name, "months_missed") == 0)
			missed = arg[i].value.n;
		code = code || (strcmp(arg[i].name, "code") == 0 && arg[i].word);
	}
	out->type = code && tot + missed > 0 ? CB_FN_POINTS : CB_FN_ABSENT;
	out->value = cb_ratio_make(tot - missed, 1);
	return 0;
}

static void a_function_may_be_a_ranking_key(void **state)
{
	struct cb_store *st = office_open();
	struct fake fake = { 0 };
	struct law l = ONE;
	struct cb_ruleset *rs;
	struct cb_rulebook *book;
	struct cb_periods *p;
	struct cb_period q = period("2020-Q1");
	struct cb_period_opts o = { .within = -1, .rank = true };

	(void)state;
	l.fn = (struct cb_fnhost){ &fake, fake_call, NULL };
	l.ranking = with(nothing(NULL), "within", txt("all"), "by", LIST(with(OP("key", fun(5)), "down", yes(true), NULL)), NULL);
	OK(cb_store_begin(st, &office_err));
	MONTHS(st, "a", 1, 100, 100, 60);
	MONTHS(st, "b", 1, 100, 100, 100);
	MONTHS(st, "c", 1, 100);
	MONTHS(st, "d", 1, 60, 60, 60);
	OK(cb_store_commit(st, &office_err));
	rs = build(st, &l);
	book = book_of(&rs, 1);
	evaluate(st, book, NULL);
	p = periods(st, book, "2020-Q1", true);
	assert_int_equal(fake.calls, 4);
	assert_int_equal(find(p, "b")->rank, 1);
	assert_int_equal(find(p, "a")->rank, 2);
	assert_int_equal(find(p, "c")->rank, 3);
	assert_int_equal(find(p, "c")->key[0].n, -1);
	assert_int_equal(find(p, "d")->rank, 0); /* the function said nothing about it */
	assert_string_equal(find(p, "b")->group, "tất cả");
	cb_periods_free(p);
	fake.fail = true;
	assert_int_equal(cb_periods_new(&p, st, book, &q, &o, &office_err), CB_ERULE);
	assert_string_equal(office_err.msg, "thu/thu.lua:9: no");
	cb_rulebook_free(book);
	office_close(st);
}

static void running_out_of_memory_is_told(void **state)
{
	struct cb_store *st = office_open();
	struct cb_ruleset *rs = build(st, &ONE);
	struct cb_rulebook *book = book_of(&rs, 1);
	struct cb_period q = period("2020-Q1");
	struct cb_period_opts o = { .within = -1, .rank = true };
	struct cb_periods *p;
	int rc = -1;

	(void)state;
	OK(cb_store_begin(st, &office_err));
	MONTHS(st, "a", 1, 100, 100, 60);
	MONTHS(st, "b", 1, 100, 0, 100);
	OK(cb_store_commit(st, &office_err));
	evaluate(st, book, NULL);
	for (long n = 1; rc; n += n < 300 ? 1 : 7) {
		cb_alloc_fail_from(n);
		rc = cb_periods_new(&p, st, book, &q, &o, &office_err);
		cb_alloc_fail_from(0);
		if (rc && rc != CB_ENOMEM)
			fail_msg("allocation %ld: %d %s", n, rc, office_err.msg);
		assert_true(n < 100000);
	}
	assert_string_equal(level(find(p, "a")), "kha");
	cb_periods_free(p);
	cb_rulebook_free(book);
	office_close(st);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_quarter_comes_from_its_months),
		cmocka_unit_test(what_is_not_rated_leaves_the_quarter_open),
		cmocka_unit_test(the_superiors_decision_counts),
		cmocka_unit_test(missed_months_follow_the_declared_policy),
		cmocka_unit_test(a_year_crosses_rulesets_and_a_cell_moves),
		cmocka_unit_test(units_are_ranked_with_ties_within_their_cluster),
		cmocka_unit_test(a_cell_with_an_unrated_month_stands_apart_unless_the_ruleset_ranks_it_beside),
		cmocka_unit_test(a_month_that_is_not_over_is_not_missed),
		cmocka_unit_test(a_function_may_be_a_ranking_key),
		cmocka_unit_test(running_out_of_memory_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
