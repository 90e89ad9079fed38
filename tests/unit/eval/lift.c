/* What would lift a cell over a period: named cases, and no easier set of steps exists (brute force). */
#include "tests/unit/eval/office.h"

#include "eval/lift.h"
#include "eval/trial.h"

static const struct law ONE = { .id = "thu.mot", .issuer = "tinh", .from = "2020-01-01" };

static struct cb_lifts *lifts(struct cb_store *st, const struct cb_rulebook *book, const char *unit, const char *when)
{
	struct cb_lifts_opts o = { .unit = unit, .words = true, .levers = true };
	struct cb_period p = period(when);
	struct cb_lifts *l;

	OK(cb_lifts_new(&l, st, book, &p, &o, &office_err));
	return l;
}

static struct cb_run_stats run_on(struct cb_store *st, const struct cb_rulebook *book, const char *today)
{
	struct cb_run_opts o = { .today = day(today) };
	struct cb_run_stats s;

	OK(cb_run(&s, st, book, &o, NULL, &office_err));
	return s;
}

/* Quarter: Tốt when every month is at least Khá and two are Tốt, Khá when every month is at least Trung bình. */
static void the_fewest_meetings_are_named(void **state)
{
	struct cb_store *st = office_open();
	struct cb_ruleset *rs = build(st, &ONE);
	struct cb_rulebook *book = book_of(&rs, 1);
	struct cb_lifts *l;

	(void)state;
	OK(cb_store_begin(st, &office_err));
	scores(st, "a", "2020-01-05", 80);
	scores(st, "a", "2020-02-05", 60); /* to Khá: a minute more; to Tốt: speakers too */
	scores(st, "a", "2020-03-05", 80);
	scores(st, "b", "2020-01-05", 100);
	scores(st, "b", "2020-02-05", 100);
	scores(st, "b", "2020-03-05", 80);
	OK(cb_store_commit(st, &office_err));
	evaluate(st, book, NULL);
	l = lifts(st, book, "so", "2020-Q1");
	assert_int_equal(l->nlift, 2);
	assert_int_equal(l->lift[0].level, 1);
	assert_int_equal(l->lift[0].target, 0);
	assert_int_equal(l->lift[0].reached, 0);
	assert_true(l->lift[0].complete);
	assert_int_equal(l->lift[0].nstep, 2);
	/* three changes in any case: in two meetings rather than in three */
	assert_int_equal(l->lift[0].changes, 3);
	assert_int_equal(l->lift[0].step[0].held_on, day("2020-02-05"));
	assert_int_equal(l->lift[0].step[0].to, 0);
	assert_string_equal(l->lift[0].step[0].text, "thời lượng sinh hoạt: từ 89 phút thành 90 phút; số đảng viên phát biểu: từ 7 người thành 10 người");
	assert_int_equal(l->lift[0].step[1].held_on, day("2020-03-05"));
	assert_int_equal(l->lift[0].step[1].to, 0);
	assert_string_equal(l->lift[0].step[1].text, "số đảng viên phát biểu: từ 7 người thành 10 người");
	assert_string_equal(l->lift[0].rule, "mọi tháng đều có (xếp loại Khá trở lên) và số tháng có (xếp loại Tốt) ≥ 2");
	assert_null(l->lift[0].blocked);
	assert_int_equal(l->lift[1].level, 0);
	assert_int_equal(l->lift[1].target, -1);
	/* four meetings are below the top; speakers alone lift each of them */
	assert_int_equal(l->below, 4);
	assert_string_equal(l->criterion[0].id, "speaking");
	assert_int_equal(l->criterion[0].meetings, 4);
	assert_int_equal(l->criterion[0].cells, 2);
	assert_int_equal(l->criterion[0].lifted, 1);
	assert_string_equal(l->criterion[1].id, "duration");
	assert_int_equal(l->criterion[1].meetings, 1);
	assert_int_equal(l->criterion[1].lifted, 0);
	assert_string_equal(l->fact[0].id, "speakers");
	assert_int_equal(l->fact[0].meetings, 4);
	assert_int_equal(l->fact[0].lifted, 1);
	assert_int_equal(l->nfact, 2);
	assert_int_equal(l->ngate, 0);
	cb_lifts_free(l);
	/* a month is as good as its meeting */
	l = lifts(st, book, "a", "2020-02");
	assert_int_equal(l->lift[0].level, 2);
	assert_int_equal(l->lift[0].reached, 1);
	assert_int_equal(l->lift[0].nstep, 1);
	cb_lifts_free(l);
	cb_rulebook_free(book);
	office_close(st);
}

static void a_rule_that_does_not_rise_with_levels_claims_nothing(void **state)
{
	struct cb_store *st = office_open();
	struct law l1 = ONE;
	tree odd[] = {
		OP("ge", OP("agg", txt("months"), txt("count"), OP("level_eq", txt("kha"))), num(2)),
		OP("no", OP("every", txt("months"), OP("level_ge", txt("tot")))),
		OP("ge", OP("agg", txt("months"), txt("mean"), txt("score")), num(85)),
	};

	(void)state;
	OK(cb_store_begin(st, &office_err));
	scores(st, "a", "2020-01-05", 80);
	scores(st, "a", "2020-02-05", 60);
	OK(cb_store_commit(st, &office_err));
	for (size_t i = 0; i < 3; i++) {
		struct cb_ruleset *rs;
		struct cb_rulebook *book;
		struct cb_lifts *l;

		l1.periods = with(nothing(NULL), "quarter", OP("first", LIST(OP("all", odd[i], OP("every", txt("months"), OP("level_ge", txt("kha")))), txt("tot")), OP("otherwise", txt("kha"))),
				  "missed_month", txt("ignored"), NULL);
		rs = build(st, &l1);
		book = book_of(&rs, 1);
		evaluate(st, book, "2020");
		l = lifts(st, book, "a", "2020-Q1");
		assert_int_equal(l->lift[0].level, 1);
		assert_int_equal(l->lift[0].reached, 0); /* found and proven all the same */
		assert_int_equal(l->lift[0].nstep, 1);
		assert_false(l->lift[0].complete);
		cb_lifts_free(l);
		cb_rulebook_free(book);
	}
	office_close(st);
}

static void what_stops_a_cell_is_named(void **state)
{
	struct cb_store *st = office_open();
	struct law l1 = ONE;
	struct cb_ruleset *rs;
	struct cb_rulebook *book;
	struct cb_lifts *l;
	struct cb_decision d = { .official = "trung_binh", .reason = "thử", .votes_for = -1, .votes_total = -1, .decided_on = CB_DAY_NONE };
	enum cb_put what;
	int64_t id;

	(void)state;
	l1.gates = LIST(with(nothing("gate"), "at_most", txt("trung_binh"), "when", OP("lt", FACT("members"), num(10)), "label", txt("Quá ít đảng viên"),
			     NULL));
	rs = build(st, &l1);
	book = book_of(&rs, 1);
	OK(cb_store_begin(st, &office_err));
	scores(st, "a", "2020-01-05", 100); /* none in February */
	scores(st, "a", "2020-03-05", 100);
	scores(st, "b", "2020-01-05", 100);
	scores(st, "b", "2020-02-05", 100);
	id = scores(st, "b", "2020-03-05", 100);
	d.meeting_id = id;
	OK(cb_store_decision_put(st, &d, &what, &office_err));
	scores(st, "c", "2020-01-05", 100);
	scores(st, "c", "2020-02-05", 100);
	meet(st, "c", "2020-03-05", CB_REGULAR, 9, 9, 90, 9, 1);
	scores(st, "d", "2020-01-05", 100);
	scores(st, "d", "2020-02-05", -1);
	scores(st, "d", "2020-03-05", 100);
	OK(cb_store_commit(st, &office_err));
	evaluate(st, book, NULL);
	l = lifts(st, book, NULL, "2020-Q1");
	assert_int_equal(l->nlift, 4);
	assert_int_equal(l->lift[0].level, 2); /* a missed month is Kém: no month may be */
	assert_int_equal(l->lift[0].reached, -1);
	assert_true(l->lift[0].complete);
	assert_string_equal(l->lift[0].blocked, "không sinh hoạt tháng 2/2020, tính là Kém");
	assert_int_equal(l->lift[1].level, 1);
	assert_string_equal(l->lift[1].blocked, "mức do cấp trên quyết định, số liệu không đổi được: buổi ngày 05/03/2020");
	assert_int_equal(l->lift[2].level, 1);
	assert_string_equal(l->lift[2].blocked, "buổi ngày 05/03/2020 (Trung bình) không lên được (đủ điểm mức Tốt nhưng bị giữ ở mức Trung bình: Quá ít "
						"đảng viên; không có thay đổi nào của đến 3 số liệu đưa được lên mức Khá)");
	assert_int_equal(l->ngate, 1);
	assert_string_equal(l->gate[0].label, "Quá ít đảng viên");
	assert_int_equal(l->gate[0].meetings, 1);
	assert_int_equal(l->gate[0].lifted, 1);
	assert_int_equal(l->lift[3].level, -1);
	assert_string_equal(l->lift[3].blocked, "chưa đủ dữ liệu: tháng 2/2020 chưa xếp loại");
	cb_lifts_free(l);
	cb_rulebook_free(book);
	office_close(st);
}

static void months_to_come_are_told_what_they_must_bring(void **state)
{
	struct cb_store *st = office_open();
	struct cb_ruleset *rs = build(st, &ONE);
	struct cb_rulebook *book = book_of(&rs, 1);
	struct cb_lifts *l;

	(void)state;
	OK(cb_store_begin(st, &office_err));
	scores(st, "a", "2020-01-05", 100);
	scores(st, "b", "2020-01-05", 30);
	OK(cb_store_commit(st, &office_err));
	run_on(st, book, "2020-01-31");
	l = lifts(st, book, "so", "2020-Q1");
	assert_int_equal(l->lift[0].later, 2);
	assert_int_equal(l->lift[0].level, 0); /* it can still be */
	assert_int_equal(l->lift[0].target, -1);
	assert_int_equal(l->lift[0].nneed, 3);
	assert_string_equal(l->lift[0].need[0], "Tốt: cần ít nhất 1 tháng Tốt, 1 tháng Khá trở lên");
	assert_string_equal(l->lift[0].need[1], "Khá: cần ít nhất 2 tháng Trung bình trở lên");
	assert_string_equal(l->lift[0].need[2], "Trung bình: đã chắc nếu các tháng còn lại đều sinh hoạt");
	assert_int_equal(l->lift[1].level, 2); /* a month is Kém */
	assert_int_equal(l->lift[1].nneed, 3);
	assert_string_equal(l->lift[1].need[0], "Tốt: không còn đạt được");
	assert_string_equal(l->lift[1].need[1], "Khá: không còn đạt được");
	assert_int_equal(l->lift[1].nstep, 1); /* were January at least Trung bình, it could be Khá, and more */
	assert_int_equal(l->lift[1].changes, 1);
	cb_lifts_free(l);
	cb_rulebook_free(book);
	office_close(st);
}

/* --- brute force ------------------------------------------------------------------------------------------------ */

#define NF 4 /* yes/no facts */
static const char *const FLAG[NF] = { "committee_met", "draft_prepared", "steps_complete", "praise_given" };

static unsigned seed;
static int64_t rnd(int64_t n)
{
	seed = seed * 1103515245u + 12345u;
	return (int64_t)(seed >> 8) % n;
}

static tree flag_condition(int deep)
{
	tree f = FACT(FLAG[rnd(NF)]);

	switch (deep > 0 ? rnd(5) : 0) {
	case 1: return OP("all", flag_condition(deep - 1), flag_condition(deep - 1));
	case 2: return OP("any", flag_condition(deep - 1), flag_condition(deep - 1));
	case 3: return OP("no", f);
	default: return f;
	}
}

static tree month_condition(int deep)
{
	static const char *const LEVEL[] = { "tot", "kha", "trung_binh" };
	tree p = rnd(4) ? OP("level_ge", txt(LEVEL[rnd(3)])) : OP("level_eq", txt("tot"));

	switch (rnd(deep > 0 ? 6 : 4)) {
	case 0: return OP("every", txt("months"), p);
	case 1: return OP("ge", OP("agg", txt("months"), txt("count"), p), num(1 + rnd(3)));
	case 2: return OP("ge", OP("agg", txt(rnd(2) ? "months" : "meetings"), txt("share"), p), frac(1 + rnd(3), 3));
	case 3: return OP("lt", OP("agg", txt("months"), txt("missed")), num(1 + rnd(2)));
	case 4: return OP("any", month_condition(deep - 1), month_condition(deep - 1));
	default: return OP("all", month_condition(deep - 1), month_condition(deep - 1));
	}
}

static tree random_period(void)
{
	static const char *const MISSED[] = { "ignored", "counts_as_worst", "refuse" };

	return with(nothing(NULL), "quarter",
		    OP("first", LIST(month_condition(1), txt("tot")), LIST(month_condition(1), txt("kha")), LIST(month_condition(1), txt("trung_binh")),
		       OP("otherwise", txt("kem"))),
		    "missed_month", txt(MISSED[rnd(3)]), NULL);
}

static struct cb_ruleset *random_law(struct cb_store *st, int cost[NF])
{
	struct law l = { .id = "thu.ngau_nhien", .issuer = "tinh", .from = "2020-01-01" };
	struct cb_ruleset *rs;

	do {
		static const char *const ID[] = { "a", "b", "c" };
		tree c[3];

		for (int i = 0; i < 3; i++)
			c[i] = with(nothing("criterion"), "id", txt(ID[i]), "max", num(i ? 30 : 40), "label", txt(ID[i]), "score",
				    OP("first", LIST(flag_condition(1), num(i ? 30 : 40)), LIST(flag_condition(1), num(10 + rnd(20))),
				       OP("otherwise", num(rnd(10)))), NULL);
		l.criteria = op_(NULL, 3, c);
		l.gates = LIST(with(nothing("gate"), "at_most", txt("kha"), "when", flag_condition(1), "label", txt("cửa"), NULL));
		l.periods = random_period();
		for (int i = 0; i < NF; i++)
			cost[i] = rnd(2) ? 1 : (int)(1 + rnd(4));
		l.advice = with(nothing(NULL), "cost",
				with(nothing(NULL), FLAG[0], num(cost[0]), FLAG[1], num(cost[1]), FLAG[2], num(cost[2]), FLAG[3], num(cost[3]), NULL), NULL);
		rs = build_with(cb_store_facts(st), &l, true);
	} while (!rs);
	return rs;
}

static void meet_flags(struct cb_store *st, const char *code, const char *on, unsigned bits)
{
	size_t n = cb_facts_count(cb_store_facts(st));
	int64_t *value = calloc(n, sizeof(*value));
	unsigned char *have = calloc(n, 1);
	struct cb_meeting m = { .unit_id = unit_id(st, code), .held_on = day(on), .kind = CB_REGULAR, .value = value, .have = have, .nfact = n };
	enum cb_put what;

	for (int i = 0; i < NF; i++) {
		int at = cb_facts_find(cb_store_facts(st), FLAG[i]);

		value[at] = bits >> i & 1;
		have[at] = 1;
	}
	OK(cb_store_meeting_put(st, &m, &what, &office_err));
	free(value);
	free(have);
}

/* The level of a meeting with each of the 16 combinations. */
static void all_levels(const struct cb_ruleset *rs, int level[1 << NF])
{
	static int64_t value[NF][CB_BATCH];
	static unsigned char have[NF][CB_BATCH];
	const int64_t *pv[NF];
	const unsigned char *ph[NF];
	struct cb_batch in = { 1 << NF, pv, ph };
	struct cb_eval *ev;
	struct cb_scores sc;

	OK(cb_eval_open(&ev, rs, &office_err));
	memset(have, 1, sizeof(have));
	for (size_t i = 0; i < rs->ninput; i++) {
		int f = 0;

		while (strcmp(FLAG[f], cb_facts_at(rs->dict, (size_t)rs->input[i].fact)->id) != 0)
			f++;
		for (unsigned bits = 0; bits < 1 << NF; bits++)
			value[i][bits] = bits >> f & 1;
		pv[i] = value[i];
		ph[i] = have[i];
	}
	OK(cb_eval_batch(ev, &in, &sc, &office_err));
	for (int b = 0; b < 1 << NF; b++)
		level[b] = sc.level[b];
	cb_eval_close(ev);
}

static int trial(const struct cb_ruleset *rs, const struct cb_trial_month *month)
{
	int level;

	OK(cb_trial_period(&level, rs, CB_QUARTER, month, 3, NULL, NULL, &office_err));
	return level;
}

struct best {
	int effort, meetings, changes;
};

/* Every way that the three months could have been: -1 is a month without a meeting. */
static struct best brute(const struct cb_ruleset *rs, const int level[1 << NF], const int cost[NF], const int bits[3], int target)
{
	struct best best = { 999, 0, 0 };
	int known[216]; /* what the rule gives three months: missed, or at one of the levels */

	for (int i = 0; i < 216; i++) {
		struct cb_trial_month month[3];
		int part[3] = { i / 36, i / 6 % 6, i % 6 };

		for (int m = 0; m < 3; m++)
			month[m] = (struct cb_trial_month){ .level = part[m] == 5 ? CB_TRIAL_MISSED : part[m] };
		known[i] = part[0] == 4 || part[1] == 4 || part[2] == 4 ? -1 : trial(rs, month);
	}
	for (unsigned code = 0; code < 1u << (3 * NF); code++) {
		struct best b = { 0, 0, 0 };
		int states[3];
		bool ok = true;
		int got;

		for (int m = 0; m < 3; m++) {
			unsigned to = code >> (m * NF) & 15, moved = bits[m] < 0 ? to : to ^ (unsigned)bits[m];
			int n = 0;

			states[m] = bits[m] < 0 ? 5 : level[to];
			ok = ok && !(bits[m] < 0 && to);
			for (int f = 0; f < NF; f++)
				if (moved >> f & 1) {
					n++;
					b.effort += cost[f];
				}
			ok = ok && n <= 3;
			b.changes += n;
			b.meetings += n > 0;
		}
		if (!ok || b.effort > best.effort)
			continue;
		got = known[states[0] * 36 + states[1] * 6 + states[2]];
		if (got >= 0 && got <= target &&
		    (b.effort < best.effort || b.meetings < best.meetings || (b.meetings == best.meetings && b.changes < best.changes)))
			best = b;
	}
	return best;
}

static void no_easier_set_of_steps_exists(void **state)
{
	static const char *const UNIT[] = { "a", "b", "c", "d" };
	struct cb_store *st = office_open();
	int tried = 0, several = 0, none = 0;

	(void)state;
	seed = 7;
	OK(cb_store_begin(st, &office_err));
	meet_flags(st, "a", "2100-01-05", 0); /* so that every month below has ended */
	OK(cb_store_commit(st, &office_err));
	for (int round = 0; round < 40; round++) {
		int cost[NF], level[1 << NF], bits[4][4][3], year = 2021 + round;
		struct cb_ruleset *rs = random_law(st, cost);
		struct cb_rulebook *book = book_of(&rs, 1);
		char when[24];

		all_levels(rs, level);
		OK(cb_store_begin(st, &office_err));
		for (int u = 0; u < 4; u++)
			for (int m = 0; m < 12; m++) {
				int *b = &bits[u][m / 3][m % 3];

				*b = rnd(8) == 0 ? -1 : (int)rnd(1 << NF);
				snprintf(when, sizeof(when), "%d-%02d-05", year, m + 1);
				if (*b >= 0)
					meet_flags(st, UNIT[u], when, (unsigned)*b);
			}
		OK(cb_store_commit(st, &office_err));
		snprintf(when, sizeof(when), "%d", year);
		evaluate(st, book, when);
		for (int q = 0; q < 4; q++) {
			struct cb_lifts *l;

			snprintf(when, sizeof(when), "%d-Q%d", year, q + 1);
			l = lifts(st, book, NULL, when);
			assert_int_equal(l->nlift, 4);
			for (int u = 0; u < 4; u++) {
				const struct cb_lift *x = &l->lift[u];
				struct cb_trial_month month[3];
				struct best b;

				for (int m = 0; m < 3; m++)
					month[m] = (struct cb_trial_month){ .level = bits[u][q][m] < 0 ? CB_TRIAL_MISSED : level[bits[u][q][m]] };
				assert_int_equal(x->level, trial(rs, month));
				if (x->target < 0)
					continue;
				tried++;
				assert_true(x->complete);
				b = brute(rs, level, cost, bits[u][q], x->target);
				if (b.effort == 999) {
					none++;
					assert_int_equal(x->reached, -1);
					assert_non_null(x->blocked);
					continue;
				}
				several += b.meetings > 1;
				if (x->reached < 0 || x->effort != b.effort || (int)x->nstep != b.meetings || x->changes != b.changes)
					fail_msg("%s, %s: effort %d, %d meetings, %d changes; advised %d, %d, %d", UNIT[u], when, b.effort, b.meetings, b.changes,
						 x->effort, (int)x->nstep, x->changes);
				/* and the steps are what they say */
				for (size_t k = 0; k < x->nstep; k++)
					for (int m = 0; m < 3; m++) {
						char on[24];

						snprintf(on, sizeof(on), "%d-%02d-05", year, 3 * q + m + 1);
						if (x->step[k].held_on == day(on))
							month[m].level = x->step[k].to;
					}
				assert_int_equal(x->reached, trial(rs, month));
			}
			cb_lifts_free(l);
		}
		cb_rulebook_free(book);
	}
	print_message("%d cells below the top, %d need several meetings, %d cannot be lifted\n", tried, several, none);
	assert_true(tried > 200 && several > 20 && none > 20);
	office_close(st);
}

static void running_out_of_memory_is_told(void **state)
{
	struct cb_store *st = office_open();
	struct cb_ruleset *rs = build(st, &ONE);
	struct cb_rulebook *book = book_of(&rs, 1);
	struct cb_lifts_opts o = { .unit = "so", .words = true, .levers = true, .max_changes = 2 };
	struct cb_period p = period("2020-Q1");
	struct cb_lifts *l;
	int rc = -1;

	(void)state;
	OK(cb_store_begin(st, &office_err));
	scores(st, "a", "2020-01-05", 80);
	scores(st, "a", "2020-02-05", 60);
	scores(st, "b", "2020-01-05", 100);
	OK(cb_store_commit(st, &office_err));
	run_on(st, book, "2020-02-29");
	for (long n = 1; rc; n += n < 300 ? 1 : 7) {
		cb_alloc_fail_from(n);
		rc = cb_lifts_new(&l, st, book, &p, &o, &office_err);
		cb_alloc_fail_from(0);
		assert_true(rc == 0 || rc == CB_ENOMEM);
		assert_true(n < 1000000);
	}
	cb_lifts_free(l);
	cb_rulebook_free(book);
	office_close(st);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_fewest_meetings_are_named),
		cmocka_unit_test(a_rule_that_does_not_rise_with_levels_claims_nothing),
		cmocka_unit_test(what_stops_a_cell_is_named),
		cmocka_unit_test(months_to_come_are_told_what_they_must_bring),
		cmocka_unit_test(no_easier_set_of_steps_exists),
		cmocka_unit_test(running_out_of_memory_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
