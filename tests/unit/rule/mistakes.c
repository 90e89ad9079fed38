/* Every mistake of a declared ruleset is told with its path, the nearest name and how to mend it; all in one run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include "base/alloc.h"
#include "rule/rule.h"
#include "tests/unit/trees.h"

static struct cb_facts *dict;
static char said[20000];

static int setup(void **state)
{
	(void)state;
	cb_arena_init(&trees);
	return cb_facts_new(&dict, NULL);
}

static int teardown(void **state)
{
	(void)state;
	cb_facts_free(dict);
	cb_arena_release(&trees);
	return 0;
}

/* Builds and checks; all findings, one a line, without the file. Returns the number of errors. */
static size_t judge_on(T *t, const struct cb_ruleset *base)
{
	struct cb_diags *d;
	struct cb_ruleset *rs = NULL;
	struct cb_err e = { 0 };
	struct cb_buf b;

	assert_int_equal(cb_diags_new(&d, 100), 0);
	int rc = cb_ruleset_build(&rs, t, base, dict, d, &e);
	if (rc == 0)
		rc = cb_ruleset_check(rs, d, &e);
	size_t errors = cb_diags_count(d, CB_SEV_ERROR);
	if ((rc != 0) != (errors != 0))
		print_error("code %d with %zu errors: %s\n", rc, errors, e.msg);
	assert_true((rc != 0) == (errors != 0));
	cb_ruleset_free(rs);
	cb_buf_init(&b);
	for (size_t i = 0; i < cb_diags_kept(d); i++) {
		struct cb_diag g = *cb_diags_at(d, i);
		assert_true(g.file == NULL || strcmp(g.file, "t.lua") == 0);
		g.file = NULL;
		cb_diag_line(&b, &g);
		cb_buf_putc(&b, '\n');
	}
	snprintf(said, sizeof(said), "%s", b.s);
	cb_buf_release(&b);
	cb_diags_free(d);
	return errors;
}

static size_t judge(T *t)
{
	return judge_on(t, NULL);
}

/* Exactly this one error. */
static void one_(int line, T *t, const char *want)
{
	size_t n = judge(t);

	if (n != 1 || !strstr(said, want)) {
		print_error("line %d: %zu errors; wanted\n%s\ngot\n%s", line, n, want, said);
		fail();
	}
}
#define ONE(t, want) one_(__LINE__, (t), (want))

static T *score(T *p)
{
	return RULESET(CRIT("a", "100", p, "article", S("1")));
}
static T *cond(T *c)
{
	return score(OP("flag", c, N("100")));
}
static T *share(void)
{
	return OP("div", F("present"), F("members"));
}

static void a_right_ruleset_has_no_findings(void **state)
{
	(void)state;
	assert_int_equal(judge(cond(OP("ge", F("present"), N("3")))), 0);
	assert_string_equal(said, "");
}

static void names_that_do_not_exist_get_the_nearest(void **state)
{
	(void)state;
	ONE(cond(OP("ge", F("pressent"), N("3"))), "criteria[1].score[1][1]: no fact is called pressent; did you mean present?");
	ONE(cond(OP("gee", F("present"), N("3"))), "no form is called gee; did you mean ge?");
	ONE(WITH(score(OP0("judged")), "gatess", TAB0()), "gatess: a ruleset has no field gatess; did you mean gates?");
	ONE(RULESET(CRIT("a", "100", OP0("judged"), "lable", S("x"))), "criteria[1].lable: a criterion has no field lable; did you mean label?");
	ONE(score(WITH(OP0("judged"), "mx", N("3"))), "criteria[1].score.mx: judged has no field mx");
	ONE(cond(OP("eq", F("kind"), S("combinde"))), "criteria[1].score[1][2]: kind is never \"combinde\"; did you mean \"combined\"?");
	ONE(WITH(score(OP0("judged")), "missing", S("refus")), "missing: missing cannot be \"refus\"; did you mean \"refuse\"?");
	ONE(WITH(score(OP0("judged")), "gates", TAB(WITH(OP0("gate"), "level", S("tott"), "needs", TAB(OP("full", S("a")))))),
	    "gates[1].level: level cannot be \"tott\"; did you mean \"tot\"?");
	ONE(WITH(RULESET(CRIT("attendance", "100", OP0("judged"))), "gates", TAB(WITH(OP0("gate"), "level", S("tot"), "needs", TAB(OP("full", S("atendance")))))),
	    "gates[1].needs[1]: no criterion is called \"atendance\"; did you mean \"attendance\"?");
	ONE(WITH(score(OP0("judged")), "periods", WITH(TAB0(), "year", OP("first", TAB(OP("every", S("months"), OP("level_ge", S("kah"))), S("tot")), ELSE(S("kem"))))),
	    "periods.year[1][1][2]: no level is called \"kah\"; did you mean \"kha\"?");
	ONE(WITH(score(OP0("judged")), "for_kinds", TAB(S("reguler"))), "for_kinds[1]: for_kinds cannot be \"reguler\"; did you mean \"regular\"?");
}

static void a_plain_boolean_is_told_how_to_compare(void **state)
{
	(void)state;
	ONE(cond(B(true)), "criteria[1].score[1]: plain true, where a condition is wanted: Lua compared two values when the pack was read; write f.x:ge(3) for f.x >= 3");
}

static void kinds_are_not_mixed(void **state)
{
	(void)state;
	ONE(cond(F("present")), "present is no yes/no fact, so by itself it is not a condition; compare it: f.present:ge(1), or f.present:known()");
	ONE(cond(OP("ge", F("minutes_recorded"), N("1"))), "minutes_recorded is yes or no, not a number; write f.minutes_recorded where a condition is wanted");
	ONE(score(OP("bands", F("present"), TAB(TAB(OP("either", F("online"), N("3"), N("5")), N("100"))), N("0"))),
	    "either, where a plain number is wanted; write the number; what depends on something is compared in first {");
	ONE(score(F("present")), "fact is a quantity, where points is wanted; points for each are per(x, 0.5)");
	ONE(score(F("minutes_recorded")), "fact is a quantity, where points is wanted");
	ONE(score(OP("sum", OP("ge", F("present"), N("3")))), "criteria[1].score[1]: ge is a condition, where points is wanted; points for a condition are flag(condition, 2)");
	ONE(cond(OP("ge", OP0("judged"), N("3"))), "judged is points, where a quantity is wanted; the points of a criterion are points_of \"id\"");
	ONE(cond(N("3")), "a number, where a condition is wanted; a condition compares: f.x:ge(3)");
	ONE(cond(S("yes")), "the text \"yes\", where a condition is wanted");
	ONE(cond(TAB(F("committee_met"))), "a plain table, where a condition is wanted; join conditions with all { } or any { }");
	ONE(score(OP("sum", FN(1))), "a function, where points is wanted: only a whole criterion can be a function");
	ONE(cond(OP("ge", F("kind"), S("combined"))), "words have no order; write f.kind:eq(\"...\")");
	ONE(cond(OP("eq", F("present"), S("five"))), "compared with a text, \"five\", but this is a number");
	ONE(cond(OP("ge", OP("add", F("kind"), N("1")), N("2"))), "kind is a word, not a number");
	ONE(score(OP("sum", OP0("total"))), "total is a quantity, where points is wanted");
	ONE(cond(OP("ge", OP0("total"), N("3"))), "total cannot stand here; it stands in `gates` and `rating`");
	ONE(cond(OP("every", S("months"), OP("level_ge", S("kha")))), "every cannot stand here; it stands in `periods` and `ranking`");
	ONE(WITH(score(OP0("judged")), "periods", WITH(TAB0(), "year", OP("first", TAB(OP("ge", F("present"), N("1")), S("tot")), ELSE(S("kem"))))),
	    "fact present cannot stand here; a period has many meetings");
}

static void choices_end_and_bands_descend(void **state)
{
	(void)state;
	T *c = OP("ge", F("present"), N("3"));
	ONE(score(OP("first", TAB(c, N("100")))), "criteria[1].score[1]: nothing says what holds when no branch does; end with otherwise(0)");
	ONE(score(OP("first", ELSE(N("1")), TAB(c, N("100")), ELSE(N("1")))), "criteria[1].score[1]: otherwise stands before other branches");
	ONE(score(OP("first", TAB(c), ELSE(N("100")))), "criteria[1].score[1]: a plain table with 1 value, where a branch is wanted; write { condition, value }");
	ONE(score(OP("bands", share(), TAB(TAB(N("0.5"), N("50")), TAB(N("0.9"), N("100"))), N("0"))), "band 2 can never be reached: band 1 already takes");
	ONE(score(OP("bands_below", F("started_late_minutes"), TAB(TAB(N("10"), N("50")), TAB(N("5"), N("100"))), N("0"))),
	    "band 2 can never be reached: band 1 already takes everything that would get there; write the limits from the smallest to the largest");
	ONE(score(OP("bands", share(), TAB(TAB(N("0.5"), N("50"))))), "bands has too few values; as in bands(share");
	ONE(cond(OP("ge", F("present"), N("3"), N("4"))), "ge has too many values");
	ONE(cond(OP("between", F("present"), N("9"), N("4"))), "between runs from the larger end to the smaller");
	ONE(cond(OP("ge", OP("div", F("present"), N("0")), N("4"))), "this divides by 0");
}

static void points_are_thousandths_and_rounding_is_declared(void **state)
{
	(void)state;
	ONE(score(OP("flag", F("minutes_recorded"), N("1.2345"))), "points: 1.2345 is no whole number of thousandths of a point; points have at most three decimals");
	ONE(score(OP("flag", F("minutes_recorded"), N("2000000"))), "points: 2000000 is too large");
	ONE(score(OP("prorate", share(), N("100"))), "prorate can give fractions of a thousandth, and nothing says how they are rounded");
	ONE(score(WITH(OP("per", share(), N("100")), "round", S("halfup"))), "round = \"halfup\" is no way to round");
	ONE(RULESET(CRIT("a", "0", OP0("judged"))), "criteria[1].max: max must be above 0");
	ONE(RULESET(CRIT("a", "-5", OP0("judged"))), "criteria[1].max: max must be above 0");
	ONE(WITH(score(OP0("judged")), "total", OP("round_total", N("1"), S("nearest"))), "total: \"nearest\" is no way to round; one of half_up, half_even, down, up");
	assert_int_equal(judge(score(OP("per", F("opinions"), N("0.5")))), 0);
	assert_int_equal(judge(RULESET(CRIT("a", "100", OP("prorate", share(), N("100")), "round", S("half_up")))), 0);
}

static void criteria_say_what_they_must(void **state)
{
	(void)state;
	T *j = OP0("judged");
	ONE(RULESET(CRIT("a", "50", j), CRIT("a", "50", OP0("judged"))), "criteria[2]: two criteria are called \"a\"");
	ONE(RULESET(CRIT("A b", "100", j)), "criteria[1].id: \"A b\" cannot be an id");
	ONE(RULESET(WITH(OP0("criterion"), "max", N("100"), "score", j)), "criteria[1]: the criterion has no id; add id");
	ONE(RULESET(WITH(OP0("criterion"), "id", S("a"), "score", j)), "criteria[1]: criterion a has no max");
	ONE(RULESET(WITH(OP0("criterion"), "id", S("a"), "max", N("100"))), "criterion a has neither score nor check");
	ONE(RULESET(CRIT("a", "100", j, "applies", F("online"))), "nothing says what a meeting gets where criterion a does not apply; add otherwise");
	ONE(RULESET(CRIT("a", "100", j, "otherwise", S("full"))), "criteria[1].otherwise: otherwise without applies is never used");
	ONE(RULESET(CRIT("a", "100", j, "applies", F("online"), "otherwise", S("half"))), "criteria[1].otherwise: a text, where \"full\", \"rescale\" or points is wanted");
	ONE(RULESET(CRIT("a", "100", FN(1))), "the function does not say which facts it needs; add needs");
	ONE(RULESET(CRIT("a", "100", FN(1), "needs", TAB(S("speekers")))), "criteria[1].needs[1]: no fact is called speekers; did you mean speakers?");
	ONE(RULESET(WITH(OP0("criterion"), "id", S("a"), "max", N("5"), "check", F("online")), CRIT("b", "100", j)), "a requirement is met or not met; it has no points");
	ONE(RULESET(WITH(OP0("criterion"), "id", S("a"), "check", F("online"))), "no criterion has points, and no rating says how requirements become a level");
	ONE(RULESET(CRIT("a", "50", OP("sum", WITH(OP0("judged"), "id", S("x")), WITH(OP0("judged"), "id", S("x")))), CRIT("b", "50", OP0("judged"))),
	    "criteria[1].score[2]: two judged items are called \"a.x\"; give each its own id");
	ONE(RULESET(CRIT("a", "50", OP("flag", OP("full", S("b")), N("50"))), CRIT("b", "50", OP0("judged"))),
	    "no criterion is called \"b\" above this one (only earlier criteria can be referred to)");
}

static void levels_gates_and_dates_are_sound(void **state)
{
	(void)state;
	T *j = OP0("judged");
	ONE(WITH(score(j), "levels", TAB(TAB(S("kha"), N("70"), S("Khá")), TAB(S("tot"), N("90"), S("Tốt")), TAB(S("kem"), N("0"), S("Kém")))),
	    "levels[2]: level tot begins at no fewer points than level kha before it, so nobody can get it");
	ONE(WITH(score(j), "levels", TAB(TAB(S("tot"), N("90"), S("Tốt")), TAB(S("kem"), N("50"), S("Kém")))), "levels[2]: a total below 50 points is in no level");
	ONE(WITH(score(j), "levels", TAB(TAB(S("tot"), N("90")), TAB(S("tot"), N("0")))), "two levels are called \"tot\"");
	ONE(WITH(score(j), "gates", TAB(WITH(OP0("gate"), "level", S("kem"), "needs", TAB(OP("full", S("a")))))), "gates[1]: \"kem\" is the lowest level");
	ONE(WITH(score(j), "gates", TAB(WITH(OP0("gate"), "at_most", S("kha")))), "gates[1]: the gate has no when");
	ONE(WITH(score(j), "gates", TAB(WITH(OP0("gate"), "at_most", S("kha"), "level", S("tot"), "when", F("online")))), "the gate names both level and at_most");
	ONE(WITH(score(j), "effective", WITH(TAB0(), "from", S("2025-02-30"))), "effective.from: \"2025-02-30\" is no day; write it as \"2025-10-28\"");
	ONE(WITH(score(j), "effective", WITH(TAB0(), "from", S("2025-02-03"), "to", S("2024-01-01"))), "effective: it ends before it begins");
	ONE(WITH(score(j), "id", S("Bad Id")), "id: \"Bad Id\" cannot be the id of a ruleset");
	ONE(WITH(score(j), "issuer", N("3")), "issuer: a number, where a text is wanted");
	ONE(WITH(score(j), "assessors", WITH(TAB0(), "order", TAB(S("self"), S("self")))), "assessors.order[2]: \"self\" stands twice");
	ONE(WITH(score(j), "ranking", WITH(TAB0(), "by", TAB(OP("agg", S("months"), S("mean"), S("score"))))), "ranking.by[1]: the ranking key does not say which end is first");
	ONE(WITH(score(j), "ranking", WITH(TAB0(), "by", TAB(WITH(OP("key", OP("agg", S("months"), S("mean"), S("scoer"))), "down", B(true))))), "no mean of \"scoer\"");
	ONE(TAB(N("1")), "a plain table, where ruleset { ... } is wanted; end the pack with return ruleset { ... }");
}

static void facts_can_be_declared_and_are_checked(void **state)
{
	(void)state;
	T *fact = WITH(TAB0(), "id", S("own_songs"), "type", S("count"), "label", S("số bài hát (bịa)"), "max", N("50"));
	T *word = WITH(TAB0(), "id", S("own_place"), "type", S("word"), "label", S("nơi họp (bịa)"), "vocab", TAB(TAB(S("hall"), S("hội trường")), TAB(S("home"), S("nhà"))));
	assert_int_equal(judge(WITH(cond(OP("all", OP("ge", F("own_songs"), N("3")), OP("eq", F("own_place"), S("hall")))), "facts", TAB(fact, word))), 0);
	ONE(WITH(score(OP0("judged")), "facts", TAB(WITH(TAB0(), "id", S("own_dance"), "type", S("counts"), "label", S("x")))),
	    "facts[1].type: type cannot be \"counts\"; did you mean \"count\"?");
}

static T *advice(T *cost, T *never)
{
	T *a = TAB0();
	T *r = score(OP("sum", OP("flag", OP("ge", F("present"), N("3")), N("50")), OP("flag", F("online"), N("20")),
			WITH(OP0("judged"), "max", N("30"), "id", S("talk"))));

	if (cost)
		a = never ? WITH(a, "cost", cost, "never", never) : WITH(a, "cost", cost);
	else
		a = WITH(a, "never", never);
	return WITH(r, "advice", a);
}

static void costs_of_changes_are_checked(void **state)
{
	(void)state;
	assert_int_equal(judge(advice(WITH(TAB0(), "present", N("5"), "a", N("9")), TAB(F("online")))), 0);
	assert_string_equal(said, "");
	assert_int_equal(judge(advice(WITH(TAB0(), "a.talk", N("100")), NULL)), 0);
	ONE(advice(WITH(TAB0(), "presnt", N("5")), NULL), "advice.cost.presnt: no fact and no judged line is called presnt; did you mean present?");
	ONE(advice(WITH(TAB0(), "present", N("-1")), NULL),
	    "advice.cost.present: a cost is a whole number from 1 to 100; 1 is what costs least; what must not be advised goes to never");
	ONE(advice(WITH(TAB0(), "present", N("1.5")), NULL), "advice.cost.present: a cost is a whole number from 1 to 100");
	ONE(advice(WITH(TAB0(), "present", S("dear")), NULL), "advice.cost.present: a text, where");
	ONE(advice(WITH(TAB0(), "members", N("5")), NULL), "advice.cost.members: advice never changes members; leave it out");
	ONE(advice(TAB(N("5")), NULL), "advice.cost: a cost without the name of what it is of; write cost = { present = 5 }");
	ONE(advice(NULL, TAB(S("online"), S("online"))), "advice.never[2]: online is named twice; name it once");
	ONE(advice(WITH(TAB0(), "online", N("2")), TAB(S("online"))), "advice.never[1]: online is named twice");
	ONE(advice(NULL, TAB(N("3"))), "advice.never[1]: a number, where the name of a fact or of a judged line is wanted");
	ONE(advice(NULL, WITH(TAB0(), "online", B(true))), "advice.never: never is a list of names; write never = { \"online\" }");
	ONE(WITH(RULESET(CRIT("a", "100", OP("flag", F("online"), N("100")))), "advice", WITH(TAB0(), "cost", WITH(TAB0(), "a", N("2")))),
	    "advice.cost.a: nobody judges points of criterion a; name the facts that it reads");
	ONE(WITH(score(OP0("judged")), "advice", WITH(TAB0(), "costs", TAB0())), "advice.costs: advice has no field costs; did you mean cost?");
	assert_int_equal(judge(advice(WITH(TAB0(), "opinions", N("5")), NULL)), 0);
	assert_string_equal(said, "warning: advice.cost.opinions: nothing in this ruleset asks for opinions, so advice never comes to it; leave it out\n");
}

static int effort(const struct cb_ruleset *rs, const char *name)
{
	for (size_t i = 0; i < rs->ninput; i++) {
		const struct cb_input *in = &rs->input[i];

		if (strcmp(in->kind == CB_IN_FACT ? cb_facts_at(rs->dict, (size_t)in->fact)->id : in->item, name) == 0)
			return cb_ruleset_effort(rs, in);
	}
	fail_msg("nothing reads %s", name);
	return -1;
}

static void costs_are_taken_from_the_base_where_they_are_left_out(void **state)
{
	struct cb_diags *d;
	struct cb_ruleset *base, *same, *own;
	struct cb_err e;

	(void)state;
	assert_int_equal(cb_diags_new(&d, 100), 0);
	assert_int_equal(cb_ruleset_build(&base, advice(WITH(TAB0(), "present", N("5"), "a", N("9")), TAB(F("online"))), NULL, dict, d, &e), 0);
	assert_int_equal(cb_ruleset_build(&same, WITH(OP0("ruleset"), "id", S("thu.con")), base, dict, d, &e), 0);
	assert_int_equal(cb_ruleset_build(&own,
					  WITH(OP0("ruleset"), "id", S("thu.con"), "advice", WITH(TAB0(), "cost", WITH(TAB0(), "a.talk", N("2")))),
					  base, dict, d, &e), 0);
	cb_ruleset_free(base);
	assert_int_equal(effort(same, "present"), 5);
	assert_int_equal(effort(same, "a.talk"), 9);
	assert_int_equal(effort(same, "online"), 0);
	assert_int_equal(effort(own, "present"), 1);
	assert_int_equal(effort(own, "a.talk"), 2);
	assert_int_equal(effort(own, "online"), 0);
	cb_ruleset_free(same);
	cb_ruleset_free(own);
	cb_diags_free(d);
}

static void all_mistakes_come_in_one_run(void **state)
{
	(void)state;
	T *t = RULESET(CRIT("a", "50", OP("flag", OP("ge", F("pressent"), N("3")), N("50"))), CRIT("b", "50", OP("flag", B(false), N("50"))),
		       CRIT("b", "50", OP0("judged"), "lable", S("x")));
	WITH(t, "missing", S("nothing"), "gates", TAB(WITH(OP0("gate"), "level", S("best"), "needs", TAB(OP("full", S("c"))))));
	assert_int_equal(judge(t), 7);
}

static void deep_nesting_and_many_nodes_end_in_a_message(void **state)
{
	(void)state;
	T *c = F("online");
	for (int i = 0; i < 5000; i++)
		c = OP("no", c);
	ONE(cond(c), "expressions stand more than 200 deep in one another");
	/* a shared tree of 2^100 paths is 100 nodes */
	T *p = OP("flag", F("online"), N("1"));
	for (int i = 0; i < 100; i++)
		p = OP("sum", p, p);
	judge(score(p));
	char huge[2000];
	memset(huge, 'x', sizeof(huge));
	huge[sizeof(huge) - 1] = '\0';
	ONE(WITH(score(OP0("judged")), "title", S(huge)), "title: a text of 1999 characters; at most 500 are kept");
}

static void branches_that_nobody_reaches_are_found(void **state)
{
	(void)state;
	T *s = share();
	ONE(score(OP("first", TAB(OP("ge", s, N("0.75")), N("80")), TAB(OP("ge", s, N("0.9")), N("100")), ELSE(N("0")))),
	    "criteria[1].score[2]: this branch is never reached: the branches above it already take every meeting that would "
	    "(by số đảng viên có mặt / tổng số đảng viên; 0.9, for example, goes to branch 1)");
	ONE(score(OP("first", TAB(OP("any", F("online"), OP("ge", s, N("0.5"))), N("80")), TAB(OP("all", F("out_of_hours"), OP("gt", s, N("0.5"))), N("100")), ELSE(N("0")))),
	    "criteria[1].score[2]: this branch is never reached");
	ONE(score(OP("first", TAB(OP("lt", s, N("0.5")), N("1")), TAB(OP("ge", s, N("0.75")), N("80")), TAB(OP("between", s, N("0.5"), N("0.75")), N("60")),
		     TAB(OP("gt", s, N("0.6")), N("100")), ELSE(N("0")))),
	    "criteria[1].score[4]: this branch is never reached");
	assert_int_equal(judge(score(OP("first", TAB(OP("lt", s, N("0.5")), N("1")), TAB(OP("gt", s, N("0.5")), N("100")), TAB(OP("eq", s, N("0.5")), N("7")), ELSE(N("0"))))), 0);
	assert_int_equal(judge(score(OP("first", TAB(OP("all", F("online"), OP("ge", s, N("0.5"))), N("100")), TAB(OP("ge", s, N("0.7")), N("50")), ELSE(N("0"))))), 0);
	ONE(score(OP("first", TAB(F("online"), N("100")), TAB(F("online"), N("50")), ELSE(N("0")))), "this branch is never reached: its condition already stands above it");
}

static void conditions_that_never_change_are_found(void **state)
{
	(void)state;
	ONE(cond(OP("ge", F("present"), N("0"))), "criteria[1].score[1]: this condition is always true: the left side runs from 0 to 1000000");
	ONE(cond(OP("le", F("duration_minutes"), N("-1"))), "this condition is never true");
	assert_int_equal(judge(score(OP("first", TAB(OP("ge", F("present"), N("0")), N("100")), TAB(F("online"), N("50")), ELSE(N("0"))))), 2);
	assert_non_null(strstr(said, "criteria[1].score[1][1]: this condition is always true"));
	assert_non_null(strstr(said, "criteria[1].score[2]: this branch is never reached: one above it is always true"));
}

static void measures_are_kept_apart(void **state)
{
	(void)state;
	ONE(cond(OP("ge", share(), N("90"))), "a share is compared with 90: 18 of 20 is 0.9, so no meeting would get near it; write 0.9 for 90%");
	ONE(cond(OP("ge", F("duration_minutes"), F("present"))), "minutes compared with a count; compare like with like");
	assert_int_equal(judge(cond(OP("ge", OP("div", F("opinions"), F("present")), N("2")))), 0);
}

static void points_that_do_not_fit_the_maximum_are_found(void **state)
{
	(void)state;
	ONE(score(OP("flag", F("online"), N("90"))), "criterion a gives at most 90 of its 100 points: nobody can get full marks");
	ONE(RULESET(CRIT("a", "10", OP("flag", F("online"), N("12"))), CRIT("b", "90", OP0("judged"))),
	    "criteria[1].score[2]: 12 points are given here, but the criterion's max is 10");
	ONE(WITH(RULESET(CRIT("a", "80", OP0("judged"))), "levels", LEVELS4()), "levels[1]: nobody can get tot: it begins at 90 points, and no meeting gets more than 80");
	assert_int_equal(judge(RULESET(CRIT("a", "100", OP("sum", WITH(OP0("judged"), "max", N("100")), OP("flag", F("online"), N("5")))))), 0);
	assert_non_null(strstr(said, "note: criteria[1].score: the parts of criterion a add up to 105 points; what is above its max of 100 is cut off"));
	assert_int_equal(judge(score(OP("bands", share(), TAB(TAB(N("0.9"), N("100"))), N("60.5")))), 0);
	assert_non_null(strstr(said, "total: totals can have parts of a point: 89.5 counts as kha, because totals are exact; where the regulation counts whole points"));
	assert_non_null(strstr(said, "nobody can fall to kem: even the lowest total, 60.5 points, is trung_binh"));
}

static void the_range_of_totals_counts_what_may_not_apply(void **state)
{
	struct cb_diags *d;
	struct cb_ruleset *rs;
	struct cb_err e;
	cb_pts lo, hi;

	(void)state;
	assert_int_equal(cb_diags_new(&d, 10), 0);
	T *t = RULESET(CRIT("a", "60", OP("bands", share(), TAB(TAB(N("0.9"), N("60"))), N("30"))),
		       CRIT("b", "40", OP("flag", F("praise_given"), N("40")), "applies", F("online"), "otherwise", S("rescale")));
	assert_int_equal(cb_ruleset_build(&rs, t, NULL, dict, d, &e), 0);
	cb_ruleset_range(rs, &lo, &hi);
	assert_int_equal(lo, 30000); /* without b 30 of 60 would be 50 */
	assert_int_equal(hi, 100000);
	cb_ruleset_free(rs);
	cb_diags_free(d);
}

static void a_local_table_splits_the_frame_anew(void **state)
{
	struct cb_diags *d;
	struct cb_ruleset *base;
	struct cb_err e;

	(void)state;
	T *b = WITH(RULESET(CRIT("prep", "10", OP("flag", OP("ge", F("present"), N("3")), N("10")), "article", S("3")), CRIT("rest", "90", OP0("judged"), "label", S("Còn lại"))), "gates",
		    TAB(WITH(OP0("gate"), "level", S("tot"), "needs", TAB(OP("full", S("prep"))))), "id", S("khung.chung"));
	assert_int_equal(cb_diags_new(&d, 10), 0);
	assert_int_equal(cb_ruleset_build(&base, b, NULL, dict, d, &e), 0);

	/* only what changes is written; the rest is the base's */
	T *t = WITH(OP0("ruleset"), "id", S("xa.rieng"), "issuer", S("xa_thu"), "base", S("khung.chung"), "override",
		    TAB(CRIT("prep", "10", OP("flag", OP("ge", F("present"), N("5")), N("10")))));
	struct cb_ruleset *rs;
	assert_int_equal(cb_ruleset_build(&rs, t, base, dict, d, &e), 0);
	assert_int_equal(rs->ncriterion, 2);
	assert_string_equal(rs->criterion[1].label, "Còn lại");
	assert_int_equal(rs->ngate, 1);
	assert_int_equal(rs->gate[0].needs->ref, 0);
	assert_int_equal(rs->nlevel, 4);
	assert_int_equal(rs->criterion[0].score->kid[0]->kid[1]->num.n, 5);
	assert_int_equal(rs->ninput, 4);
	cb_ruleset_free(rs);

	T *wrong = WITH(OP0("ruleset"), "id", S("xa.rieng"), "base", S("khung.chung"), "override", TAB(CRIT("perp", "10", OP0("judged"))));
	assert_int_equal(judge_on(wrong, base), 1);
	assert_non_null(strstr(said, "override[1]: the base khung.chung has no criterion \"perp\"; did you mean \"prep\"?"));

	T *split = WITH(OP0("ruleset"), "id", S("xa.rieng"), "base", S("khung.chung"), "frame", S("khung.chung"), "gates", TAB0(), "criteria",
			TAB(CRIT("one", "6", OP0("judged"), "part_of", S("prep"), "note", S("x")), CRIT("two", "3", OP0("judged"), "part_of", S("prep"), "note", S("x")),
			    CRIT("rest", "91", OP0("judged"), "note", S("x"))));
	assert_int_equal(judge_on(split, base), 2);
	assert_non_null(strstr(said, "frame: the parts of \"prep\" add up to 9 points; the frame khung.chung gives it 10; make the maxima of its parts add up"));
	cb_ruleset_free(base);
	cb_diags_free(d);
}

static void a_copy_of_the_base_outlives_it(void **state)
{
	struct cb_diags *d;
	struct cb_ruleset *base, *rs;
	struct cb_err e;
	struct cb_buf b;

	(void)state;
	assert_int_equal(cb_diags_new(&d, 10), 0);
	assert_int_equal(cb_ruleset_build(&base, cond(OP("ge", share(), N("0.9"))), NULL, dict, d, &e), 0);
	assert_int_equal(cb_ruleset_build(&rs, WITH(OP0("ruleset"), "id", S("xa.rieng")), base, dict, d, &e), 0);
	cb_ruleset_free(base);
	cb_buf_init(&b);
	cb_node_text_vi(&b, rs, rs->criterion[0].score);
	assert_string_equal(b.s, "số đảng viên có mặt / tổng số đảng viên ≥ 90%: 100 điểm");
	cb_buf_release(&b);
	cb_ruleset_free(rs);
	cb_diags_free(d);
}

static void expressions_read_in_vietnamese(void **state)
{
	struct {
		T *t;
		const char *want;
	} one[] = {
		{ cond(OP("ge", OP("div", F("present"), OP("sub", F("members"), F("exempt"))), N("0.855"))),
		  "số đảng viên có mặt / (tổng số đảng viên − số đảng viên được miễn sinh hoạt) ≥ 85,5%: 100 điểm" },
		{ cond(OP("all", OP("eq", F("kind"), S("combined")), OP("any", F("committee_met"), OP("eq", F("committee_size"), N("0"))))),
		  "loại sinh hoạt là «thường kỳ kết hợp chuyên đề» và (chi ủy họp trước hoặc số chi ủy viên = 0 người): 100 điểm" },
		{ cond(OP("no", F("minutes_recorded"))), "không (ghi biên bản đầy đủ): 100 điểm" },
		{ cond(OP("between", F("ideology_minutes"), N("15"), N("30"))), "thời gian đánh giá tư tưởng, phê bình từ 15 phút đến 30 phút: 100 điểm" },
		{ cond(OP("ge", F("held_on"), S("2025-07-01"))), "ngày sinh hoạt ≥ 01/07/2025: 100 điểm" },
		{ score(OP("deduct", F("started_late_minutes"), N("0.1"), N("2"))), "100 điểm trừ 0,1 điểm × số phút bắt đầu muộn, trừ tối đa 2 điểm" },
		{ score(OP("first", TAB(OP("ge", share(), N("2/3")), N("100")), ELSE(N("0")))),
		  "nếu số đảng viên có mặt / tổng số đảng viên ≥ 2/3: 100 điểm; còn lại: 0 điểm" },
		{ score(WITH(OP0("judged"), "label", S("nội dung"))), "chấm nội dung: 0–100 điểm" },
	};
	struct cb_diags *d;
	struct cb_err e;

	(void)state;
	assert_int_equal(cb_diags_new(&d, 10), 0);
	for (size_t i = 0; i < sizeof(one) / sizeof(one[0]); i++) {
		struct cb_ruleset *rs;
		struct cb_buf b;
		assert_int_equal(cb_ruleset_build(&rs, one[i].t, NULL, dict, d, &e), 0);
		cb_buf_init(&b);
		cb_node_text_vi(&b, rs, rs->criterion[0].score);
		assert_string_equal(b.s, one[i].want);
		cb_buf_release(&b);
		cb_ruleset_free(rs);
	}
	cb_diags_free(d);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_right_ruleset_has_no_findings),
		CASE(names_that_do_not_exist_get_the_nearest),
		CASE(a_plain_boolean_is_told_how_to_compare),
		CASE(kinds_are_not_mixed),
		CASE(choices_end_and_bands_descend),
		CASE(points_are_thousandths_and_rounding_is_declared),
		CASE(criteria_say_what_they_must),
		CASE(levels_gates_and_dates_are_sound),
		CASE(facts_can_be_declared_and_are_checked),
		CASE(costs_of_changes_are_checked),
		CASE(costs_are_taken_from_the_base_where_they_are_left_out),
		CASE(all_mistakes_come_in_one_run),
		CASE(deep_nesting_and_many_nodes_end_in_a_message),
		CASE(branches_that_nobody_reaches_are_found),
		CASE(conditions_that_never_change_are_found),
		CASE(measures_are_kept_apart),
		CASE(points_that_do_not_fit_the_maximum_are_found),
		CASE(the_range_of_totals_counts_what_may_not_apply),
		CASE(a_local_table_splits_the_frame_anew),
		CASE(a_copy_of_the_base_outlives_it),
		CASE(expressions_read_in_vietnamese),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
