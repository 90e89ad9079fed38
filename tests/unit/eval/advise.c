/* The smallest changes that lift a meeting, held against brute force. */
#include "tests/unit/eval/office.h"

#include "eval/advise.h"

static const struct law ONE = { .id = "thu.mot", .issuer = "tinh", .from = "2020-01-01" };

static struct cb_advices *advise(struct cb_store *st, const struct cb_rulebook *book, int64_t meeting, int target)
{
	struct cb_advice_opts o = { .target = target };
	struct cb_advices *a;

	OK(cb_advice_meeting(&a, st, book, NULL, meeting, &o, &office_err));
	return a;
}

static void one_change_is_named_with_its_smallest_value(void **state)
{
	struct cb_store *st = office_open();
	struct cb_ruleset *rs = build(st, &ONE);
	struct cb_rulebook *book = book_of(&rs, 1);
	struct cb_advices *a;
	int64_t khe, few, top;

	(void)state;
	OK(cb_store_begin(st, &office_err));
	few = scores(st, "a", "2020-01-05", 80); /* 7 of 20 speak: half would be 10 */
	khe = scores(st, "a", "2020-02-05", 60); /* 89 minutes */
	top = scores(st, "a", "2020-03-05", 100);
	OK(cb_store_commit(st, &office_err));
	a = advise(st, book, few, -1);
	assert_int_equal(a->level, 1);
	assert_int_equal(a->target, 0);
	assert_true(a->complete);
	assert_true(a->nadvice >= 1);
	assert_int_equal(a->advice[0].nchange, 1);
	assert_string_equal(a->advice[0].text, "số đảng viên phát biểu: từ 7 người thành 10 người");
	assert_int_equal(a->advice[0].level, 0);
	assert_int_equal(a->advice[0].score_n, 100000);
	assert_null(a->blocked);
	cb_advices_free(a);
	a = advise(st, book, khe, -1);
	assert_string_equal(a->advice[0].text, "thời lượng sinh hoạt: từ 89 phút thành 90 phút");
	assert_int_equal(a->advice[0].level, 1);
	cb_advices_free(a);
	a = advise(st, book, khe, 0); /* straight to the top: both */
	assert_int_equal(a->advice[0].nchange, 2);
	assert_int_equal(a->advice[0].level, 0);
	assert_true(a->complete);
	cb_advices_free(a);
	a = advise(st, book, top, -1);
	assert_int_equal(a->target, -1);
	assert_int_equal(a->nadvice, 0);
	assert_null(a->blocked);
	cb_advices_free(a);
	cb_rulebook_free(book);
	office_close(st);
}

static void a_gate_is_named_and_opened(void **state)
{
	struct cb_store *st = office_open();
	struct cb_ruleset *rs = build(st, &ONE);
	struct cb_rulebook *book = book_of(&rs, 1);
	struct cb_advices *a;
	int64_t held, lacking;
	struct cb_advice_opts o = { .target = -1 };

	(void)state;
	OK(cb_store_begin(st, &office_err));
	held = meet(st, "a", "2020-01-05", CB_REGULAR, 20, 20, 90, 10, 0);
	lacking = scores(st, "a", "2020-02-05", -1);
	OK(cb_store_commit(st, &office_err));
	a = advise(st, book, held, -1);
	assert_string_equal(a->blocked, "đủ điểm mức Tốt nhưng bị giữ ở mức Trung bình: Không có biên bản");
	assert_int_equal(a->nadvice, 1);
	assert_string_equal(a->advice[0].text, "ghi biên bản đầy đủ: từ không thành có");
	assert_int_equal(a->advice[0].level, 0);
	cb_advices_free(a);
	a = advise(st, book, lacking, -1);
	assert_int_equal(a->status, CB_ST_MISSING);
	assert_int_equal(a->nadvice, 0);
	assert_string_equal(a->blocked, "chưa đủ dữ liệu để xếp loại, cần báo cáo: số đảng viên có mặt");
	cb_advices_free(a);
	assert_int_equal(cb_advice_meeting(&a, st, book, NULL, 99, &o, &office_err), CB_ENOTFOUND);
	assert_string_equal(office_err.msg, "there is no meeting 99 in this record");
	o.max_changes = 7;
	assert_int_equal(cb_advice_meeting(&a, st, book, NULL, held, &o, &office_err), CB_EUSAGE);
	cb_rulebook_free(book);
	office_close(st);
}

static void fixed_facts_and_impossible_meetings_are_never_advised(void **state)
{
	struct cb_store *st = office_open();
	struct law l = ONE;
	struct cb_ruleset *rs;
	struct cb_rulebook *book;
	struct cb_advices *a;
	int64_t small;

	(void)state;
	/* all points for a cell of thirty: nobody can be told to have more members */
	l.criteria = LIST(with(nothing("criterion"), "id", txt("size"), "max", num(100), "label", txt("Quy mô"), "score",
			       OP("flag", OP("ge", FACT("members"), num(30)), num(100), txt("đông")), NULL));
	rs = build(st, &l);
	book = book_of(&rs, 1);
	OK(cb_store_begin(st, &office_err));
	small = meet(st, "a", "2020-01-05", CB_REGULAR, 20, 20, 90, 10, 1);
	OK(cb_store_commit(st, &office_err));
	a = advise(st, book, small, -1);
	assert_int_equal(a->nadvice, 0);
	assert_true(a->complete);
	assert_string_equal(a->blocked, "không có thay đổi nào của đến 3 số liệu đưa được lên mức Trung bình; không nâng được đến tối đa: Quy mô (0/100)");
	cb_advices_free(a);
	cb_rulebook_free(book);
	/* thirty speakers in a cell of twenty */
	l.criteria = LIST(with(nothing("criterion"), "id", txt("voices"), "max", num(100), "label", txt("Phát biểu"), "score",
			       OP("flag", OP("all", OP("ge", FACT("speakers"), num(30)), OP("ge", FACT("members"), num(1)),
					     OP("ge", FACT("present"), num(0))), num(100), txt("đông")), NULL));
	rs = build(st, &l);
	book = book_of(&rs, 1);
	a = advise(st, book, small, -1);
	assert_int_equal(a->nadvice, 0);
	cb_advices_free(a);
	cb_rulebook_free(book);
	office_close(st);
}

static void a_gate_that_nothing_opens_is_named(void **state)
{
	struct cb_store *st = office_open();
	struct law l = ONE;
	struct cb_ruleset *rs;
	struct cb_rulebook *book;
	struct cb_advices *a;
	int64_t small;

	(void)state;
	l.gates = LIST(with(nothing("gate"), "at_most", txt("kha"), "when", OP("lt", FACT("members"), num(30)), "label", txt("Dưới 30 đảng viên"), NULL));
	rs = build(st, &l);
	book = book_of(&rs, 1);
	OK(cb_store_begin(st, &office_err));
	small = scores(st, "a", "2020-01-05", 80); /* more speakers would give 100 points */
	OK(cb_store_commit(st, &office_err));
	a = advise(st, book, small, -1);
	assert_int_equal(a->nadvice, 0);
	assert_true(a->complete);
	assert_string_equal(a->blocked, "không có thay đổi nào của đến 3 số liệu đưa được lên mức Tốt; dù đủ điểm vẫn bị giữ ở mức Khá: Dưới 30 đảng viên");
	cb_advices_free(a);
	cb_rulebook_free(book);
	office_close(st);
}

static void what_the_pack_declares_is_counted(void **state)
{
	struct cb_store *st = office_open();
	struct law l = ONE;
	struct cb_ruleset *rs;
	struct cb_rulebook *book;
	struct cb_advices *a;
	int64_t low;

	(void)state;
	/* 30 points: half the cell is there, one spoke. Khá: 15 present, or more speakers; Tốt: both. */
	l.advice = with(nothing(NULL), "cost", with(nothing(NULL), "speakers", num(5), NULL), NULL);
	rs = build(st, &l);
	book = book_of(&rs, 1);
	OK(cb_store_begin(st, &office_err));
	low = scores(st, "a", "2020-01-05", 30);
	OK(cb_store_commit(st, &office_err));
	a = advise(st, book, low, -1);
	assert_int_equal(a->nadvice, 2);
	assert_string_equal(a->advice[0].text, "số đảng viên có mặt: từ 10 người thành 15 người");
	assert_int_equal(a->advice[0].effort, 1);
	assert_string_equal(a->advice[1].text, "số đảng viên phát biểu: từ 1 người thành 3 người");
	assert_int_equal(a->advice[1].effort, 5);
	cb_advices_free(a);
	cb_rulebook_free(book);
	l.advice = with(nothing(NULL), "cost", with(nothing(NULL), "present", num(9), "speakers", num(5), NULL), "never", LIST(txt("present")), NULL);
	assert_null(build_with(cb_store_facts(st), &l, true)); /* named twice */
	l.advice = with(nothing(NULL), "never", LIST(FACT("present")), NULL);
	rs = build(st, &l);
	book = book_of(&rs, 1);
	a = advise(st, book, low, 0);
	assert_int_equal(a->nadvice, 0);
	assert_string_equal(a->blocked, "không có thay đổi nào của đến 3 số liệu đưa được lên mức Tốt; không nâng được đến tối đa: Tỷ lệ dự (10/40)");
	cb_advices_free(a);
	cb_rulebook_free(book);
	office_close(st);
}

static void judged_points_are_raised_where_they_fall_short(void **state)
{
	struct cb_store *st = office_open();
	struct law l = ONE;
	struct cb_ruleset *rs;
	struct cb_advices *a;
	struct cb_advice_opts o = { .target = -1 };
	int64_t value[16] = { 0 };
	unsigned char have[16] = { 0 };

	(void)state;
	l.gates = LIST(with(nothing("gate"), "at_most", txt("trung_binh"), "when", OP("lt", OP("points_of", txt("a")), num(10)), "label",
			    txt("Chuẩn bị kém"), NULL));
	l.criteria = LIST(with(nothing("criterion"), "id", txt("a"), "max", num(40), "label", txt("Chuẩn bị"), "score",
			       with(nothing("judged"), "max", num(40), "label", txt("chuẩn bị"), NULL), NULL),
			  with(nothing("criterion"), "id", txt("b"), "max", num(60), "label", txt("Tổ chức"), "score",
			       with(nothing("judged"), "max", num(60), "label", txt("tổ chức"), NULL), NULL));
	rs = build(st, &l);
	assert_true(rs->ninput <= 16);
	for (size_t i = 0; i < rs->ninput; i++)
		if (rs->input[i].kind == CB_IN_JUDGED && rs->input[i].by == CB_OBSERVER) {
			have[i] = 1;
			value[i] = rs->input[i].item[0] == 'a' ? 30500 : 55000; /* 85,5: Khá */
		}
	OK(cb_advice_new(&a, rs, value, have, &o, &office_err));
	assert_int_equal(a->level, 1);
	assert_true(a->nadvice >= 2);
	assert_int_equal(a->advice[0].nchange, 1);
	assert_string_equal(a->advice[0].text, "điểm chấm \"chuẩn bị\": từ 30,5 lên 35");
	assert_int_equal(a->advice[0].score_n, 90000);
	assert_string_equal(a->advice[1].text, "điểm chấm \"tổ chức\": từ 55 lên 59,5");
	cb_advices_free(a);
	o.no_judged = true;
	OK(cb_advice_new(&a, rs, value, have, &o, &office_err));
	assert_int_equal(a->nadvice, 0);
	cb_advices_free(a);
	cb_ruleset_free(rs);
	office_close(st);
}

/* --- brute force ------------------------------------------------------------------------------------------------ */

#define NX 5
#define TOP 4 /* each fact is 0..TOP */

static unsigned seed;
static int64_t rnd(int64_t n)
{
	seed = seed * 1103515245u + 12345u;
	return (int64_t)(seed >> 8) % n;
}

static tree fact_x(void)
{
	static const char *const ID[NX] = { "x0", "x1", "x2", "x3", "x4" };

	return FACT(ID[rnd(NX)]);
}

static tree quantity(int deep)
{
	switch (deep > 0 ? rnd(6) : 0) {
	case 1: return OP("div", fact_x(), OP("add", fact_x(), num(1)));
	case 2: return OP("add", fact_x(), fact_x());
	case 3: return OP("sub", fact_x(), fact_x());
	case 4: return OP("either", OP("ge", fact_x(), num(2)), fact_x(), num(1));
	default: return fact_x();
	}
}

static tree condition(int deep)
{
	static const char *const CMP[] = { "ge", "gt", "le", "lt", "eq", "ne" };

	switch (deep > 0 ? rnd(6) : 0) {
	case 1: return OP("all", condition(deep - 1), condition(deep - 1));
	case 2: return OP("any", condition(deep - 1), condition(deep - 1));
	case 3: return OP("no", condition(deep - 1));
	default: return OP(CMP[rnd(6)], quantity(1), num(1 + rnd(TOP)));
	}
}

static tree points(int deep)
{
	switch (deep > 0 ? rnd(8) : rnd(3)) {
	case 0: return OP("flag", condition(1), num(25), txt("đủ"));
	case 1: return OP("bands", quantity(1), LIST(LIST(num(3), num(25)), LIST(num(1), num(5 + rnd(15)))), num(rnd(5)));
	case 2: return OP("first", LIST(condition(1), num(20 + rnd(6))), LIST(condition(1), num(rnd(25))), OP("otherwise", num(rnd(10))));
	case 3: return OP("lowest", points(deep - 1), points(deep - 1));
	case 4: return OP("highest", points(deep - 1), points(deep - 1));
	case 5: return OP("capped", OP("sum", points(deep - 1), OP("per", fact_x(), num(3))), num(25));
	case 6: return OP("either", condition(1), points(deep - 1), points(deep - 1));
	default: return OP("capped", OP("per", fact_x(), num(6 + rnd(4))), num(25));
	}
}

static tree own_facts(void)
{
	tree f[NX];
	static const char *const ID[NX] = { "x0", "x1", "x2", "x3", "x4" };

	for (int i = 0; i < NX; i++)
		f[i] = with(nothing(NULL), "id", txt(ID[i]), "type", txt("count"), "label", txt(ID[i]), "min", num(0), "max", num(TOP), NULL);
	return op_(NULL, NX, f);
}

/* What changing x0 .. x4 costs under the declarations below; 0: never. */
static const int COST[3][NX] = { { 3, 1, 2, 1, 0 }, { 1, 5, 1, 2, 1 }, { 2, 2, 2, 3, 3 } };

static tree declared(int which)
{
	tree all[] = {
		with(nothing(NULL), "cost", with(nothing(NULL), "x0", num(3), "x2", num(2), NULL), "never", LIST(txt("x4")), NULL),
		with(nothing(NULL), "cost", with(nothing(NULL), "x1", num(5), "x3", num(2), NULL), NULL),
		with(nothing(NULL), "cost",
		     with(nothing(NULL), "x0", num(2), "x1", num(2), "x2", num(2), "x3", num(3), "x4", num(3), NULL), NULL),
	};

	return all[which];
}

static struct cb_ruleset *random_ruleset(struct cb_facts *dict, int costs)
{
	static const char *const ID[] = { "a", "b", "c", "d" };
	struct law l = { .id = "thu.ngau_nhien", .issuer = "tinh", .from = "2020-01-01" };
	struct cb_ruleset *rs;

	do {
		tree c[4];

		for (int i = 0; i < 4; i++)
			c[i] = with(nothing("criterion"), "id", txt(ID[i]), "max", num(25), "label", txt(ID[i]), "score", points(2), NULL);
		l.criteria = op_(NULL, 4, c);
		l.gates = LIST(with(nothing("gate"), "at_most", txt("trung_binh"), "when", condition(1), "label", txt("cửa"), NULL));
		l.facts = own_facts();
		l.advice = costs < 0 ? NULL : declared(costs);
		rs = build_with(dict, &l, true);
	} while (!rs);
	return rs;
}

/* The least effort, then the fewest changes, then the least movement, of all 5^5 meetings with at most 3 changes. cost[i] is
   of input i; 0: never. */
static void brute(const struct cb_ruleset *rs, const int64_t *base, const int *cost, int target, int *effort, int *changes, int64_t *movement)
{
	static int64_t value[NX][CB_BATCH];
	static unsigned char have[NX][CB_BATCH];
	const int64_t *pv[NX];
	const unsigned char *ph[NX];
	struct cb_eval *ev;
	struct cb_scores sc;
	size_t n = 0, total = 1, nin = rs->ninput;

	OK(cb_eval_open(&ev, rs, &office_err));
	memset(have, 1, sizeof(have));
	for (size_t i = 0; i < nin; i++) {
		pv[i] = value[i];
		ph[i] = have[i];
		total *= TOP + 1;
	}
	*effort = *changes = 99;
	*movement = 0;
	for (size_t code = 0; code < total; code++) {
		size_t c = code;

		for (size_t i = 0; i < nin; i++, c /= TOP + 1)
			value[i][n] = (int64_t)(c % (TOP + 1));
		if (++n < CB_BATCH && code + 1 < total)
			continue;
		struct cb_batch in = { n, pv, ph };

		OK(cb_eval_batch(ev, &in, &sc, &office_err));
		for (size_t k = 0; k < n; k++) {
			int d = 0, e = 0;
			int64_t m = 0;
			bool never = false;

			if (sc.status[k] != CB_ST_RATED || sc.level[k] < 0 || sc.level[k] > target)
				continue;
			for (size_t i = 0; i < nin; i++) {
				d += value[i][k] != base[i];
				e += value[i][k] != base[i] ? cost[i] : 0;
				never = never || (value[i][k] != base[i] && cost[i] == 0);
				m += value[i][k] > base[i] ? value[i][k] - base[i] : base[i] - value[i][k];
			}
			if (never || d > 3)
				continue;
			if (e < *effort || (e == *effort && (d < *changes || (d == *changes && m < *movement)))) {
				*effort = e;
				*changes = d;
				*movement = m;
			}
		}
		n = 0;
	}
	cb_eval_close(ev);
}

/* which: of the declarations; -1: nothing is declared, each change costs 1. */
static void held_against_brute_force(int which, int rounds)
{
	struct cb_facts *dict;
	int tried = 0, none = 0, many = 0, dearer = 0;

	cb_arena_init(&office_arena);
	OK(cb_facts_new(&dict, &office_err));
	for (int round = 0; round < rounds; round++) {
		struct cb_ruleset *rs = random_ruleset(dict, which);
		int cost[NX] = { 0 };

		for (size_t i = 0; i < rs->ninput; i++)
			cost[i] = which < 0 ? 1 : COST[which][cb_facts_at(dict, (size_t)rs->input[i].fact)->id[1] - '0'];
		for (int m = 0; m < 12; m++) {
			int64_t base[NX], movement;
			unsigned char have[NX];
			struct cb_advice_opts o = { .target = -1, .max_changes = 3, .max_found = 1, .max_tries = 10000000 };
			struct cb_advices *a;
			int changes, effort;

			for (int i = 0; i < NX; i++) {
				base[i] = rnd(TOP + 1);
				have[i] = 1;
			}
			OK(cb_advice_new(&a, rs, base, have, &o, &office_err));
			if (a->target >= 0) {
				tried++;
				brute(rs, base, cost, a->target, &effort, &changes, &movement);
				if (changes > 3) {
					none++;
					assert_int_equal(a->nadvice, 0);
				} else {
					many += changes > 1;
					dearer += effort > changes;
					if (a->nadvice == 0 || a->advice[0].effort != effort || (int)a->advice[0].nchange != changes ||
					    a->advice[0].moved != movement) {
						fail_msg("round %d, meeting %d: %d changes for %d moving %d, advised %d for %d moving %d (complete %d)",
							 round, m, changes, effort, (int)movement, a->nadvice ? (int)a->advice[0].nchange : 0,
							 a->nadvice ? a->advice[0].effort : 0, a->nadvice ? (int)a->advice[0].moved : 0, a->complete);
					}
				}
				assert_true(a->complete);
			}
			cb_advices_free(a);
		}
		cb_ruleset_free(rs);
	}
	assert_true(tried > 3 * rounds);
	assert_true(many > rounds / 3);
	assert_true(which < 0 ? dearer == 0 : dearer > rounds);
	print_message("%d meetings, %d need more than one change, %d an effort, %d cannot be lifted\n", tried, many, dearer, none);
	cb_facts_free(dict);
	cb_arena_release(&office_arena);
}

static void no_smaller_change_exists(void **state)
{
	(void)state;
	seed = 20;
	held_against_brute_force(-1, 150);
}

static void no_easier_change_exists(void **state)
{
	(void)state;
	seed = 21;
	for (int which = 0; which < 3; which++)
		held_against_brute_force(which, 60);
}

static void running_out_of_memory_is_told(void **state)
{
	struct cb_store *st = office_open();
	struct cb_ruleset *rs = build(st, &ONE);
	struct cb_rulebook *book = book_of(&rs, 1);
	struct cb_advice_opts o = { .target = -1 };
	struct cb_advices *a;
	int64_t id;
	int rc = -1;

	(void)state;
	OK(cb_store_begin(st, &office_err));
	id = scores(st, "a", "2020-02-05", 60);
	OK(cb_store_commit(st, &office_err));
	for (long n = 1; rc; n++) {
		cb_alloc_fail_from(n);
		rc = cb_advice_meeting(&a, st, book, NULL, id, &o, &office_err);
		cb_alloc_fail_from(0);
		assert_true(rc == 0 || rc == CB_ENOMEM);
		assert_true(n < 100000);
	}
	cb_advices_free(a);
	cb_rulebook_free(book);
	office_close(st);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_change_is_named_with_its_smallest_value),
		cmocka_unit_test(a_gate_is_named_and_opened),
		cmocka_unit_test(fixed_facts_and_impossible_meetings_are_never_advised),
		cmocka_unit_test(a_gate_that_nothing_opens_is_named),
		cmocka_unit_test(what_the_pack_declares_is_counted),
		cmocka_unit_test(judged_points_are_raised_where_they_fall_short),
		cmocka_unit_test(no_smaller_change_exists),
		cmocka_unit_test(no_easier_change_exists),
		cmocka_unit_test(running_out_of_memory_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
