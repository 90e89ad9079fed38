/* Exactness, absence, thresholds, gates, rescaling: small rulesets, one behaviour each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include "base/alloc.h"
#include "eval/eval.h"
#include "tests/unit/trees.h"

static struct cb_facts *dict;
static struct cb_ruleset *rs;
static struct cb_eval *ev;
static struct cb_scores out;
static struct cb_fnhost host;
static int calls; /* of it */

/* one meeting: facts by id, judged points by "@item:assessor" */
#define CELLS 64
static int64_t cell[CELLS][CB_BATCH];
static unsigned char have[CELLS][CB_BATCH];
static size_t lanes;

static int setup(void **state)
{
	(void)state;
	cb_arena_init(&trees);
	memset(&host, 0, sizeof(host));
	assert_int_equal(cb_facts_new(&dict, NULL), 0);
	rs = NULL;
	ev = NULL;
	lanes = 0;
	memset(have, 0, sizeof(have));
	memset(cell, 0, sizeof(cell));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	cb_eval_close(ev);
	cb_ruleset_free(rs);
	cb_facts_free(dict);
	cb_arena_release(&trees);
	return 0;
}

static void load(T *t)
{
	struct cb_diags *d;
	struct cb_err e = { 0 };
	struct cb_buf b;

	assert_int_equal(cb_diags_new(&d, 20), 0);
	int rc = cb_ruleset_build(&rs, t, NULL, dict, d, &e);
	cb_buf_init(&b);
	for (size_t i = 0; i < cb_diags_kept(d); i++) {
		cb_diag_line(&b, cb_diags_at(d, i));
		cb_buf_puts(&b, "\n");
	}
	if (rc)
		print_error("%s\n%s", e.msg, b.s);
	cb_buf_release(&b);
	cb_diags_free(d);
	assert_int_equal(rc, 0);
	rs->fn = host;
	assert_int_equal(cb_eval_open(&ev, rs, &e), 0);
}

static void put(const char *name, int64_t v)
{
	for (size_t i = 0; i < rs->ninput; i++) {
		const struct cb_input *in = &rs->input[i];
		char key[100];
		if (in->kind == CB_IN_FACT)
			snprintf(key, sizeof(key), "%s", cb_facts_at(dict, (size_t)in->fact)->id);
		else
			snprintf(key, sizeof(key), "@%s:%s", in->item, cb_assessor_id(in->by));
		if (strcmp(key, name) == 0) {
			cell[i][lanes] = v;
			have[i][lanes] = 1;
			return;
		}
	}
	fail_msg("no input %s", name);
}

static void next(void)
{
	lanes++;
}

static int evaluate(struct cb_err *e)
{
	const int64_t *v[CELLS];
	const unsigned char *h[CELLS];

	for (size_t i = 0; i < CELLS; i++) {
		v[i] = cell[i];
		h[i] = have[i];
	}
	struct cb_batch b = { lanes, v, h };
	return cb_eval_batch(ev, &b, &out, e);
}

static void go(void)
{
	struct cb_err e;

	if (evaluate(&e))
		fail_msg("%s", e.msg);
}

static const char *missing(size_t lane)
{
	static char text[400];
	struct cb_buf b;

	cb_buf_init(&b);
	cb_eval_missing(&b, ev, lane);
	snprintf(text, sizeof(text), "%s", b.s);
	cb_buf_release(&b);
	return text;
}

static T *share(void)
{
	return OP("div", F("present"), OP("sub", F("members"), F("exempt")));
}

static void eight_of_ten_meets_0_8_and_nine_thousandths_less_does_not(void **state)
{
	(void)state;
	load(RULESET(CRIT("a", "100", OP("bands", share(), TAB(TAB(N("0.8"), N("100")), TAB(N("2/3"), N("50"))), N("10")))));
	int64_t at[][3] = { { 8, 10, 0 }, { 7999, 10000, 0 }, { 2, 3, 0 }, { 6666, 10000, 0 }, { 8, 12, 2 }, { 20000, 30000, 0 } };
	for (size_t i = 0; i < 6; i++) {
		put("present", at[i][0]);
		put("members", at[i][1]);
		put("exempt", at[i][2]);
		next();
	}
	go();
	cb_pts want[] = { 100000, 50000, 50000, 10000, 100000, 50000 };
	for (size_t i = 0; i < 6; i++) {
		assert_int_equal(out.points[0][i], want[i]);
		assert_int_equal(out.status[i], CB_ST_RATED);
	}
	assert_int_equal(out.level[0], 0);
	assert_int_equal(out.level[1], 2);
	assert_int_equal(out.level[3], 3);
}

static void a_threshold_of_80_is_met_by_80_and_missed_by_79_999(void **state)
{
	(void)state;
	T *t = RULESET(CRIT("a", "100", OP0("judged")));
	WITH(t, "levels", TAB(TAB(S("dat"), N("80"), S("Đạt")), TAB(S("khong"), N("0"), S("Không"))));
	load(t);
	put("@a:self", 80000);
	next();
	put("@a:self", 79999);
	next();
	go();
	assert_int_equal(out.level[0], 0);
	assert_int_equal(out.level[1], 1);
	assert_int_equal(out.score_n[1], 79999);
}

static void absent_is_not_zero_and_is_named(void **state)
{
	(void)state;
	load(RULESET(CRIT("a", "50", OP("flag", OP("ge", F("present"), N("3")), N("50"))), CRIT("b", "50", OP("flag", F("minutes_recorded"), N("50")))));
	put("minutes_recorded", 1);
	next();
	go();
	assert_int_equal(out.status[0], CB_ST_MISSING);
	assert_int_equal(out.level[0], -1);
	assert_int_equal(out.score_d[0], 0);
	assert_int_equal(out.state[0][0], CB_CR_MISSING);
	assert_int_equal(out.state[1][0], CB_CR_SCORED);
	assert_string_equal(missing(0), "present");
}

static void division_by_zero_is_absent_and_names_the_divisor(void **state)
{
	(void)state;
	load(RULESET(CRIT("a", "100", OP("flag", OP("ge", share(), N("0.5")), N("100")))));
	put("present", 5);
	put("members", 7);
	put("exempt", 7);
	next();
	put("present", 5); /* a negative divisor turns the sign: 5 / -2 is below one half */
	put("members", 5);
	put("exempt", 7);
	next();
	go();
	assert_int_equal(out.status[0], CB_ST_MISSING);
	assert_string_equal(missing(0), "/members, /exempt");
	assert_int_equal(out.status[1], CB_ST_RATED);
	assert_int_equal(out.points[0][1], 0);
}

static void first_stops_at_the_first_true_branch_and_at_an_unknown_one(void **state)
{
	(void)state;
	load(RULESET(CRIT("a", "100", OP("first", TAB(OP("ge", F("present"), N("10")), N("100")), TAB(F("minutes_recorded"), N("60")), ELSE(N("20"))))));
	put("present", 12); /* minutes_recorded is absent, but is not asked */
	next();
	put("minutes_recorded", 1); /* present comes first and is unknown */
	next();
	put("present", 3);
	put("minutes_recorded", 0);
	next();
	put("present", 3);
	next();
	go();
	assert_int_equal(out.points[0][0], 100000);
	assert_int_equal(out.state[0][1], CB_CR_MISSING);
	assert_string_equal(missing(1), "present");
	assert_int_equal(out.points[0][2], 20000);
	assert_string_equal(missing(3), "minutes_recorded");
	assert_int_equal(cb_eval_branch(ev, rs->criterion[0].score, 0), 0);
	assert_int_equal(cb_eval_branch(ev, rs->criterion[0].score, 1), -1);
	assert_int_equal(cb_eval_branch(ev, rs->criterion[0].score, 2), 2);
}

static void conditions_are_kleene(void **state)
{
	(void)state;
	T *p = F("praise_given"), *c = F("criticism_given");
	load(RULESET(CRIT("any", "25", OP("flag", OP("any", p, c), N("25"))), CRIT("all", "25", OP("flag", OP("all", p, c), N("25"))),
		     CRIT("no", "25", OP("flag", OP("no", c), N("25"))), CRIT("known", "25", OP("flag", OP("known", c), N("25")))));
	put("praise_given", 1);
	next();
	put("praise_given", 0);
	next();
	go();
	assert_int_equal(out.points[0][0], 25000); /* true or unknown */
	assert_int_equal(out.state[1][0], CB_CR_MISSING);
	assert_int_equal(out.state[0][1], CB_CR_MISSING);
	assert_int_equal(out.state[1][1], CB_CR_SCORED); /* false and unknown */
	assert_int_equal(out.points[1][1], 0);
	assert_int_equal(out.state[2][1], CB_CR_MISSING);
	assert_int_equal(out.state[3][1], CB_CR_SCORED);
}

static void the_declared_assessor_counts_and_points_out_of_range_are_invalid(void **state)
{
	(void)state;
	T *t = RULESET(CRIT("prep", "10", OP("sum", WITH(OP0("judged"), "max", N("6")), WITH(OP0("judged"), "max", N("4"), "id", S("draft")))),
		       CRIT("rest", "90", OP("flag", F("minutes_recorded"), N("90"))));
	WITH(t, "assessors", WITH(TAB0(), "order", TAB(S("observer"), S("self"))));
	load(t);
	put("minutes_recorded", 1);
	put("@prep.1:self", 6000);
	put("@prep.1:observer", 2500);
	put("@prep.1:superior", 1000); /* not in the order: shown, never counted */
	put("@prep.draft:self", 4000);
	next();
	put("minutes_recorded", 1);
	put("@prep.1:self", 6000);
	put("@prep.draft:observer", 4001);
	next();
	put("minutes_recorded", 1);
	put("@prep.1:self", 6000);
	next();
	go();
	assert_int_equal(out.points[0][0], 6500);
	assert_int_equal(out.status[1], CB_ST_INVALID);
	assert_int_equal(out.state[0][1], CB_CR_INVALID);
	assert_string_equal(cb_eval_message(ev, 1), "cán bộ dự chấm 4,001 điểm mục prep.draft, ngoài khoảng từ 0 đến 4");
	assert_string_equal(missing(2), "@prep.draft");
}

static void what_does_not_apply_is_rescaled_or_granted(void **state)
{
	(void)state;
	T *kind = OP("eq", F("kind"), S("combined"));
	load(RULESET(CRIT("a", "90", OP("flag", F("minutes_recorded"), N("72"))),
		     CRIT("b", "5", OP("flag", F("thematic_content"), N("5")), "applies", kind, "otherwise", S("rescale")),
		     CRIT("c", "5", OP("flag", F("thematic_content"), N("5")), "applies", kind, "otherwise", S("full"))));
	put("minutes_recorded", 1);
	put("kind", 0);
	next();
	put("minutes_recorded", 1);
	put("kind", 2);
	put("thematic_content", 1);
	next();
	put("minutes_recorded", 1);
	next();
	go();
	assert_int_equal(out.state[1][0], CB_CR_NA);
	assert_int_equal(out.points[2][0], 5000);
	/* 77 of 95 is 77 x 100 / 95 of 100 */
	assert_int_equal(out.score_n[0], 1540000);
	assert_int_equal(out.score_d[0], 19);
	assert_int_equal(out.level[0], 1);
	assert_int_equal(out.score_n[1], 82000);
	assert_int_equal(out.score_d[1], 1);
	assert_int_equal(out.status[2], CB_ST_MISSING);
	assert_string_equal(missing(2), "kind");
}

static void gates_hold_a_level_back_and_unknown_ones_matter_only_where_they_could(void **state)
{
	(void)state;
	T *t = RULESET(CRIT("a", "60", OP("flag", F("minutes_recorded"), N("60"))), CRIT("b", "40", OP0("judged")));
	WITH(t, "gates", TAB(WITH(OP0("gate"), "level", S("tot"), "needs", TAB(OP("full", S("b")))),
			     WITH(OP0("gate"), "at_most", S("trung_binh"), "when", OP("no", F("steps_complete")))));
	load(t);
	int64_t row[][3] = { { 1, 40000, 1 }, { 1, 39999, 1 }, { 1, 40000, 0 }, { 1, 40000, -1 }, { 1, 0, -1 }, { 0, 40000, -1 } };
	for (size_t i = 0; i < 6; i++) {
		put("minutes_recorded", row[i][0]);
		put("@b:self", row[i][1]);
		if (row[i][2] >= 0)
			put("steps_complete", row[i][2]);
		next();
	}
	go();
	int want[] = { 0, 1, 2, -1, 2, 3 }, gate[] = { -1, 0, 1, -1, -1, -1 };
	for (size_t i = 0; i < 6; i++) {
		assert_int_equal(out.level[i], want[i]);
		assert_int_equal(out.gate[i], gate[i]);
	}
	assert_int_equal(out.level_by_score[2], 0);
	assert_int_equal(out.status[3], CB_ST_MISSING);
	assert_string_equal(missing(3), "steps_complete");
	assert_int_equal(out.status[4], CB_ST_RATED); /* 60 points are Trung bình already */
}

static void missing_may_count_as_zero_or_leave_the_scale(void **state)
{
	(void)state;
	for (int k = 0; k < 2; k++) {
		T *t = RULESET(CRIT("a", "80", OP("flag", F("minutes_recorded"), N("72"))), CRIT("b", "20", OP0("judged")));
		WITH(t, "missing", S(k ? "rescale" : "zero"));
		load(t);
		put("minutes_recorded", 1);
		next();
		go();
		assert_int_equal(out.state[1][0], CB_CR_MISSING);
		assert_int_equal(out.status[0], CB_ST_RATED);
		assert_int_equal(out.score_n[0], k ? 90000 : 72000);
		assert_int_equal(out.level[0], k ? 0 : 1);
		cb_eval_close(ev);
		cb_ruleset_free(rs);
		rs = NULL;
		ev = NULL;
		lanes = 0;
		memset(have, 0, sizeof(have));
	}
}

static void totals_are_rounded_only_where_declared(void **state)
{
	(void)state;
	T *t = RULESET(CRIT("a", "100", OP0("judged")));
	WITH(t, "total", OP("round_total", N("1"), S("half_up")));
	load(t);
	put("@a:self", 89500);
	next();
	put("@a:self", 89499);
	next();
	go();
	assert_int_equal(out.score_n[0], 90000);
	assert_int_equal(out.level[0], 0);
	assert_int_equal(out.score_n[1], 89000);
	assert_int_equal(out.level[1], 1);
}

static void points_to_the_next_level_count_from_the_exact_total(void **state)
{
	static const struct {
		const char *how;
		cb_pts judged, want;
	} row[] = { { "half_up", 89000, 500 },   { "half_up", 89499, 1 },   { "half_even", 88900, 600 }, { "half_even", 69000, 500 },
		    { "down", 89900, 100 },      { "up", 88500, 501 },      { "exact", 89999, 1 },       { "half_up", 89500, -1 } };

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct cb_sheet *s;
		struct cb_err e;
		T *t = RULESET(CRIT("a", "100", OP0("judged")));
		WITH(t, "total", strcmp(row[i].how, "exact") == 0 ? S("exact") : OP("round_total", N("1"), S(row[i].how)));
		load(t);
		lanes = 0;
		memset(have, 0, sizeof(have));
		put("@a:self", row[i].judged);
		next();
		go();
		const int64_t *v[CELLS];
		const unsigned char *h[CELLS];
		for (size_t k = 0; k < CELLS; k++) {
			v[k] = cell[k];
			h[k] = have[k];
		}
		struct cb_batch b = { 1, v, h };
		assert_int_equal(cb_sheet_new(&s, ev, &b, 0, &e), 0);
		assert_int_equal(s->to_next, row[i].want);
		int level = s->level;
		cb_sheet_free(s);
		if (row[i].want > 0) { /* and it is so: just enough, and a thousandth less is not */
			put("@a:self", row[i].judged);
			lanes = 0;
			put("@a:self", row[i].judged + row[i].want);
			next();
			put("@a:self", row[i].judged + row[i].want - 1);
			next();
			go();
			assert_int_equal(out.level[0], level - 1);
			assert_int_equal(out.level[1], level);
		}
		cb_eval_close(ev);
		cb_ruleset_free(rs);
		rs = NULL;
		ev = NULL;
	}
}

static void amounts_are_capped_rounded_and_deducted(void **state)
{
	(void)state;
	load(RULESET(CRIT("per", "5", OP("per", F("opinions"), N("0.5"))), CRIT("ded", "5", OP("deduct", F("started_late_minutes"), N("0.1"), N("2"))),
		     CRIT("pro", "30", WITH(OP("prorate", share(), N("30")), "round", S("half_up"))),
		     CRIT("cap", "60", OP("sum", OP("capped", OP("per", F("speakers"), N("1")), N("10")), OP("flag", F("minutes_recorded"), N("55"))))));
	int64_t v[][7] = { { 7, 15, 7, 9, 0, 4, 1 }, { 11, 99, 2, 3, 0, 12, 1 } };
	const char *name[] = { "opinions", "started_late_minutes", "present", "members", "exempt", "speakers", "minutes_recorded" };
	for (size_t i = 0; i < 2; i++) {
		for (size_t k = 0; k < 7; k++)
			put(name[k], v[i][k]);
		next();
	}
	go();
	cb_pts want[2][4] = { { 3500, 3500, 23333, 59000 }, { 5000, 3000, 20000, 60000 } };
	for (size_t i = 0; i < 2; i++)
		for (size_t c = 0; c < 4; c++)
			assert_int_equal(out.points[c][i], want[i][c]);
}

static void requirements_are_rated_by_declared_conditions(void **state)
{
	(void)state;
	T *t = WITH(RULESET(WITH(OP0("criterion"), "id", S("a"), "check", OP("gt", share(), N("0.85"))),
			    WITH(OP0("criterion"), "id", S("b"), "check", F("minutes_recorded"))),
		    "levels", TAB(WITH(TAB(S("dat")), "label", S("Đạt")), WITH(TAB(S("khong_dat")), "label", S("Không đạt"))), "rating",
		    OP("first", TAB(OP("all", OP("met", S("a")), OP("met", S("b"))), S("dat")), ELSE(S("khong_dat"))));
	load(t);
	int64_t row[][2] = { { 9, 1 }, { 9, 0 }, { 8, 1 } };
	for (size_t i = 0; i < 3; i++) {
		put("present", row[i][0]);
		put("members", 10);
		put("exempt", 0);
		put("minutes_recorded", row[i][1]);
		next();
	}
	put("minutes_recorded", 0); /* the rest is unknown, but one is enough not to pass */
	next();
	put("minutes_recorded", 1);
	next();
	go();
	int want[] = { 0, 1, 1, 1, -1 };
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(out.level[i], want[i]);
	assert_int_equal(out.points[0][0], 1);
	assert_int_equal(out.score_d[0], 0);
	assert_string_equal(missing(4), "present, members, exempt");
}

static void fake_one(int handle, const struct cb_fnarg *arg, size_t narg, struct cb_fnresult *res)
{
	*res = (struct cb_fnresult){ .code = CB_ERULE, .text = "wrong arguments" };
	if (handle == 9)
		*res = (struct cb_fnresult){ .code = CB_ELIMIT, .text = "t.lua:3: the budget of 1000 steps is used up" };
	if (handle == 9 || narg != 2 || strcmp(arg[0].name, "speakers") != 0 || !arg[1].flag)
		return;
	res->code = 0;
	res->type = arg[0].value.n == 0 ? CB_FN_FALSE : arg[0].value.n == 99 ? CB_FN_TRUE : arg[0].value.n == 98 ? CB_FN_ABSENT : CB_FN_POINTS;
	res->value = (struct cb_ratio){ arg[0].value.n * 10, 3 };
	res->text = "note";
}

static int fake_call(void *ctx, int handle, const struct cb_fnarg *arg, size_t narg, size_t n, struct cb_fnresult *res, struct cb_err *e)
{
	(void)ctx;
	calls++;
	if (handle == 7)
		return cb_err_set(e, CB_EIO, "no process to be had");
	for (size_t i = 0; i < n; i++)
		fake_one(handle, arg + i * narg, narg, &res[i]);
	return 0;
}

static void a_function_scores_where_its_needs_are_there(void **state)
{
	(void)state;
	host.call = fake_call;
	load(RULESET(CRIT("f", "50", FN(1), "needs", TAB(S("speakers"), S("online"))), CRIT("g", "50", OP("flag", F("minutes_recorded"), N("50")))));
	int64_t speakers[] = { 2, 0, 16, 99, 98 };
	for (size_t i = 0; i < 5; i++) {
		put("speakers", speakers[i]);
		put("online", 1);
		put("minutes_recorded", 1);
		next();
	}
	put("speakers", 2);
	put("minutes_recorded", 1);
	next();
	go();
	assert_int_equal(out.points[0][0], 6667);
	assert_int_equal(out.points[0][1], 0);
	assert_int_equal(out.state[0][1], CB_CR_SCORED);
	assert_int_equal(out.status[2], CB_ST_ERROR);
	assert_string_equal(cb_eval_message(ev, 2), "criterion f: the function returned 160/3, outside 0 to 50");
	assert_string_equal(cb_eval_message(ev, 3), "criterion f: the function returned true, not points");
	assert_int_equal(out.status[4], CB_ST_MISSING);
	assert_int_equal(out.status[5], CB_ST_MISSING);
	assert_string_equal(missing(5), "online");
}

static void the_functions_of_a_batch_are_one_call_each(void **state)
{
	static const int points[] = { 0, 3333, 6667, 10000 };

	(void)state;
	host.call = fake_call;
	load(RULESET(CRIT("f", "50", FN(1), "needs", TAB(S("speakers"), S("online"))), CRIT("g", "50", FN(2), "needs", TAB(S("speakers"), S("online")))));
	for (size_t i = 0; i < 40; i++) {
		put("speakers", (int64_t)i % 4);
		if (i % 3)
			put("online", 1);
		next();
	}
	calls = 0;
	go();
	assert_int_equal(calls, 2);
	for (size_t i = 0; i < 40; i++) {
		assert_int_equal(out.state[0][i], i % 3 ? CB_CR_SCORED : CB_CR_MISSING);
		assert_int_equal(out.points[1][i], i % 3 ? points[i % 4] : 0);
	}
}

static void a_host_that_cannot_call_at_all_ends_the_batch(void **state)
{
	struct cb_err e;

	(void)state;
	host.call = fake_call;
	load(RULESET(CRIT("f", "100", FN(7), "needs", TAB(S("speakers"), S("online")))));
	put("speakers", 2);
	put("online", 1);
	next();
	assert_int_equal(evaluate(&e), CB_EIO);
	assert_string_equal(e.msg, "no process to be had");
}

static void a_function_that_breaks_its_budget_is_an_error_of_that_meeting(void **state)
{
	(void)state;
	host.call = fake_call;
	load(RULESET(CRIT("f", "100", FN(9), "needs", TAB(S("speakers"), S("online")))));
	put("speakers", 2);
	put("online", 1);
	next();
	next();
	go();
	assert_int_equal(out.status[0], CB_ST_ERROR);
	assert_string_equal(cb_eval_message(ev, 0), "t.lua:3: the budget of 1000 steps is used up");
	assert_int_equal(out.status[1], CB_ST_MISSING);
}

static void a_value_outside_its_limits_spoils_its_meeting_only(void **state)
{
	(void)state;
	load(RULESET(CRIT("a", "100", OP("flag", OP("ge", F("present"), N("3")), N("100")))));
	put("present", INT64_MAX);
	next();
	put("present", 3);
	next();
	go();
	assert_int_equal(out.status[0], CB_ST_INVALID);
	assert_string_equal(cb_eval_message(ev, 0), "một số liệu nằm ngoài giới hạn của nó");
	assert_int_equal(out.status[1], CB_ST_RATED);
}

static void numbers_too_large_for_exactness_are_told(void **state)
{
	(void)state;
	T *big = F("members");
	for (int i = 0; i < 3; i++)
		big = OP("mul", big, big); /* members to the 8th */
	load(RULESET(CRIT("a", "100", OP("flag", OP("ge", OP("mul", big, F("present")), N("3")), N("100")))));
	put("members", 1000000);
	put("present", 1);
	next();
	put("members", 100);
	put("present", 1);
	next();
	go();
	assert_int_equal(out.status[0], CB_ST_INVALID);
	assert_string_equal(cb_eval_message(ev, 0), "một số quá lớn, không tính đúng được");
	assert_int_equal(out.status[1], CB_ST_RATED);
	assert_int_equal(out.points[0][1], 100000);
}

static void period_rules_run_over_numbers_of_meetings(void **state)
{
	(void)state;
	T *t = WITH(RULESET(CRIT("a", "100", OP0("judged"))), "periods",
		    WITH(TAB0(), "year",
			 OP("first", TAB(OP("all", OP("every", S("months"), OP("level_ge", S("kha"))),
					    OP("ge", OP("agg", S("months"), S("count"), OP("level_eq", S("tot"))), N("7"))),
					 S("tot")),
			    TAB(OP("every", S("months"), OP("level_ge", S("trung_binh"))), S("kha")), ELSE(S("trung_binh"))),
			 "missed_month", S("counts_as_kem")),
		    "ranking", WITH(TAB0(), "within", S("cluster"), "by", TAB(WITH(OP("key", OP("agg", S("months"), S("mean"), S("score"))), "down", B(true)))));
	load(t);
	assert_int_equal(rs->missed_month, CB_MISSED_AS_WORST);
	assert_int_equal(rs->ninput, CB_ASSESSORS); /* nothing of the period */
	struct cb_eval *pe, *me;
	struct cb_err e;
	const struct cb_node *root[] = { rs->period[CB_YEAR].level, rs->rank[0].value };
	assert_int_equal(cb_eval_open_nodes(&pe, rs, root, 2, &e), 0);
	size_t n;
	const struct cb_input *in = cb_eval_inputs(pe, &n);
	assert_int_equal(n, 8); /* two every, one count, one mean: numerator and denominator each */
	int64_t v[8][4] = { { 0 } };
	unsigned char h[8][4];
	memset(h, 1, sizeof(h));
	/* lanes: all good; only 6 Tốt; a month below Khá; unknown */
	for (size_t i = 0; i < n; i++)
		for (size_t l = 0; l < 4; l++) {
			const struct cb_node *a = in[i].agg;
			if (in[i].kind == CB_IN_AGG_D) {
				v[i][l] = CB_AGG_WHAT(a) == CB_AGG_MEAN ? 12 : 1;
				assert_ptr_equal(in[i - 1].agg, a);
			} else if (CB_AGG_WHAT(a) == CB_AGG_EVERY) {
				bool kha = strcmp(a->kid[0]->text, "kha") == 0;
				v[i][l] = !(kha && l == 2);
				h[i][l] = !(kha && l == 3);
			} else {
				v[i][l] = CB_AGG_WHAT(a) == CB_AGG_MEAN ? 1033 : l == 1 ? 6 : 7;
			}
		}
	const int64_t *vp[8];
	const unsigned char *hp[8];
	for (size_t i = 0; i < 8; i++) {
		vp[i] = v[i];
		hp[i] = h[i];
	}
	struct cb_batch b = { 4, vp, hp };
	assert_int_equal(cb_eval_batch(pe, &b, NULL, &e), 0);
	struct cb_ratio r;
	int64_t want[] = { 0, 1, 1 };
	for (size_t l = 0; l < 3; l++) {
		assert_true(cb_eval_node(pe, root[0], l, &r));
		assert_int_equal(r.n, want[l]);
	}
	assert_false(cb_eval_node(pe, root[0], 3, &r));
	assert_int_equal(cb_eval_branch(pe, root[0], 1), 1);
	assert_true(cb_eval_node(pe, root[1], 0, &r));
	assert_int_equal(r.n, 1033);
	assert_int_equal(r.d, 12);
	cb_eval_close(pe);
	/* what stands inside count: a level of one month */
	const struct cb_node *pred = NULL;
	for (size_t i = 0; i < rs->nnode; i++)
		if (strcmp(cb_form_name(rs->node[i]->form), "level_eq") == 0)
			pred = rs->node[i];
	assert_int_equal(cb_eval_open_nodes(&me, rs, &pred, 1, &e), 0);
	in = cb_eval_inputs(me, &n);
	assert_int_equal(n, 1);
	assert_int_equal(in[0].kind, CB_IN_LEVEL);
	int64_t level[] = { 0, 1 };
	unsigned char there[] = { 1, 1 };
	vp[0] = level;
	hp[0] = there;
	b.n = 2;
	assert_int_equal(cb_eval_batch(me, &b, NULL, &e), 0);
	assert_true(cb_eval_node(me, pred, 0, &r) && r.n == 1);
	assert_true(cb_eval_node(me, pred, 1, &r) && r.n == 0);
	cb_eval_close(me);
}

static void points_of_earlier_criteria_and_the_total_can_be_asked(void **state)
{
	(void)state;
	T *t = RULESET(CRIT("a", "50", OP0("judged")), CRIT("b", "50", OP("flag", OP("ge", OP("points_of", S("a")), OP("div", OP("max_of", S("a")), N("2"))), N("50"))));
	WITH(t, "gates", TAB(WITH(OP0("gate"), "at_most", S("kha"), "when", OP("lt", OP0("total"), N("95")))));
	load(t);
	cb_pts a[] = { 25000, 24999, 45000, 44999 };
	for (size_t i = 0; i < 4; i++) {
		put("@a:self", a[i]);
		next();
	}
	go();
	assert_int_equal(out.points[1][0], 50000);
	assert_int_equal(out.points[1][1], 0);
	assert_int_equal(out.level[2], 0);
	assert_int_equal(out.level[3], 1);
	assert_int_equal(out.gate[3], 0); /* 94,999 is Tốt by score, held at Khá by the gate */
}

static void nothing_leaks_when_memory_runs_out_at_any_point(void **state)
{
	(void)state;
	host.call = fake_call;
	T *t = WITH(RULESET(CRIT("a", "50", OP("bands", share(), TAB(TAB(N("0.8"), N("50")), TAB(N("0.5"), N("20"))), N("10"))),
			    CRIT("b", "10", OP0("judged")), CRIT("f", "40", FN(1), "needs", TAB(S("speakers"), S("online")))),
		    "gates", TAB(WITH(OP0("gate"), "level", S("tot"), "needs", TAB(OP("full", S("a"))))), "periods",
		    WITH(TAB0(), "year", OP("first", TAB(OP("every", S("months"), OP("level_ge", S("kha"))), S("tot")), ELSE(S("kha")))));
	long live = cb_alloc_live();
	for (long k = 1;; k++) {
		struct cb_diags *d = NULL;
		struct cb_ruleset *r = NULL;
		struct cb_eval *e = NULL;
		struct cb_err err = { 0 };
		cb_alloc_fail_from(k);
		int rc = cb_diags_new(&d, 10);
		if (rc == 0)
			rc = cb_ruleset_build(&r, t, NULL, dict, d, &err);
		if (rc == 0) {
			r->fn = host;
			rc = cb_eval_open(&e, r, &err);
		}
		if (rc == 0) {
			const int64_t *v[CELLS];
			const unsigned char *h[CELLS];
			for (size_t i = 0; i < CELLS; i++) {
				for (size_t l = 0; l < 3; l++) {
					cell[i][l] = 1;
					have[i][l] = 1;
				}
				v[i] = cell[i];
				h[i] = have[i];
			}
			struct cb_batch b = { 3, v, h };
			rc = cb_eval_batch(e, &b, &out, &err);
		}
		cb_eval_close(e);
		cb_ruleset_free(r);
		cb_diags_free(d);
		cb_alloc_fail_from(0);
		assert_int_equal(cb_alloc_live(), live);
		if (rc == 0)
			break;
		assert_int_equal(rc, CB_ENOMEM);
		assert_true(k < 100000);
	}
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(eight_of_ten_meets_0_8_and_nine_thousandths_less_does_not),
		CASE(a_threshold_of_80_is_met_by_80_and_missed_by_79_999),
		CASE(absent_is_not_zero_and_is_named),
		CASE(division_by_zero_is_absent_and_names_the_divisor),
		CASE(first_stops_at_the_first_true_branch_and_at_an_unknown_one),
		CASE(conditions_are_kleene),
		CASE(the_declared_assessor_counts_and_points_out_of_range_are_invalid),
		CASE(what_does_not_apply_is_rescaled_or_granted),
		CASE(gates_hold_a_level_back_and_unknown_ones_matter_only_where_they_could),
		CASE(missing_may_count_as_zero_or_leave_the_scale),
		CASE(totals_are_rounded_only_where_declared),
		CASE(points_to_the_next_level_count_from_the_exact_total),
		CASE(amounts_are_capped_rounded_and_deducted),
		CASE(requirements_are_rated_by_declared_conditions),
		CASE(a_function_scores_where_its_needs_are_there),
		CASE(the_functions_of_a_batch_are_one_call_each),
		CASE(a_host_that_cannot_call_at_all_ends_the_batch),
		CASE(a_function_that_breaks_its_budget_is_an_error_of_that_meeting),
		CASE(a_value_outside_its_limits_spoils_its_meeting_only),
		CASE(numbers_too_large_for_exactness_are_told),
		CASE(period_rules_run_over_numbers_of_meetings),
		CASE(points_of_earlier_criteria_and_the_total_can_be_asked),
		CASE(nothing_leaks_when_memory_runs_out_at_any_point),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
