/*
 * Whatever a tree looks like, building it ends in a ruleset that can be checked, run and explained, or in findings: valid
 * trees are cut up, exchanged and mended at random. (Under MODE=asan this is where memory faults would show.)
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/alloc.h"
#include "rule/forms.h"
#include "rule/rule.h"
#include "tests/unit/trees.h"

static uint64_t seed;

static unsigned upto(unsigned n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)((seed * 0x2545f4914f6cdd1du >> 33) % n);
}

static T *all[4000];
static size_t nall;

static void gather(T *t)
{
	if (nall < sizeof(all) / sizeof(all[0]))
		all[nall++] = t;
	for (size_t i = 0; i < t->nitem; i++)
		gather(t->item[i]);
	for (size_t i = 0; i < t->nfield; i++)
		gather(t->field[i].value);
}

static T *valid(void)
{
	T *share = OP("div", F("present"), OP("sub", F("members"), F("exempt")));
	return WITH(
		RULESET(CRIT("a", "30", OP("bands", share, TAB(TAB(N("0.8"), N("30")), TAB(N("2/3"), N("20"))), N("10")), "label", S("Một"), "article", S("1")),
			CRIT("b", "30", OP("sum", WITH(OP0("judged"), "max", N("10"), "id", S("x")), OP("flag", OP("any", F("online"), OP("eq", F("kind"), S("combined"))), N("10")),
					   OP("capped", WITH(OP("per", share, N("0.5")), "round", S("down")), N("5")), OP("deduct", F("started_late_minutes"), N("0.1"), N("2"))),
			     "applies", OP("between", F("members"), N("3"), N("30")), "otherwise", S("rescale")),
			CRIT("c", "20", FN(1), "needs", TAB(S("speakers"))), WITH(OP0("criterion"), "id", S("d"), "check", OP("one_of", F("kind"), TAB(S("regular")))),
			CRIT("e", "20", OP("first", TAB(OP("ge", OP("points_of", S("a")), N("20")), N("20")), TAB(OP("full", S("a")), N("15")), ELSE(OP("lowest", N("3"), N("4"))))) ),
		"gates", TAB(WITH(OP0("gate"), "level", S("tot"), "needs", TAB(OP("full", S("a")), OP("met", S("d")))), WITH(OP0("gate"), "at_most", S("kha"), "when", OP("lt", OP0("total"), N("80")))),
		"periods", WITH(TAB0(), "year", OP("first", TAB(OP("every", S("months"), OP("level_ge", S("kha"))), S("tot")), ELSE(S("kem"))), "missed_month", S("refuse")),
		"ranking", WITH(TAB0(), "by", TAB(WITH(OP("key", OP("agg", S("months"), S("mean"), share)), "down", B(true))), "within", S("cluster")), "total",
		OP("round_total", N("1"), S("half_up")), "facts", TAB(WITH(TAB0(), "id", S("own_fact"), "type", S("count"), "label", S("bịa"))), "assessors",
		WITH(TAB0(), "order", TAB(S("self"))), "effective", WITH(TAB0(), "from", S("2020-01-01"), "to", S("2021-01-01")), "for_kinds", TAB(S("regular")), "advice",
		WITH(TAB0(), "cost", WITH(TAB0(), "present", N("5"), "b", N("9")), "never", TAB(S("online"))));
}

static void mutate(T *root)
{
	static const char *const words[] = { "", "a", "tot", "full", "months", "score", "mean", "present", "\xc4\x91", "half_up", "x.y", "rescale", "2020-01-01", "kind", "regular" };
	static const char *const numbers[] = { "0", "-1", "1000000000000000000", "0.0001", "1/3", "5", "99999999999" };

	nall = 0;
	gather(root);
	T *t = all[upto((unsigned)nall)], *o = all[upto((unsigned)nall)];
	bool inside = false; /* no circles: a tree is a DAG */
	switch (upto(11)) {
	case 0:
		t->op = upto(4) ? cb_forms[upto((unsigned)cb_nforms)].name : upto(2) ? NULL : "gate";
		break;
	case 1:
		if (t->nitem)
			t->nitem--;
		break;
	case 2:
		if (t->nfield)
			t->nfield--;
		break;
	case 3:
		t->type = (enum cb_tree_type)upto(6);
		if (t->type == CB_T_TEXT && !t->text)
			t->text = "text";
		if (t->type == CB_T_NUMBER && !t->number.d)
			t->number.d = 1;
		break;
	case 4:
		t->type = CB_T_TEXT;
		t->text = words[upto(sizeof(words) / sizeof(words[0]))];
		break;
	case 5:
		t->type = CB_T_NUMBER;
		t->number = num_(numbers[upto(sizeof(numbers) / sizeof(numbers[0]))])->number;
		break;
	case 6:
	case 7:
	case 8:
		nall = 0;
		gather(o);
		for (size_t i = 0; i < nall; i++)
			inside = inside || all[i] == t;
		if (!inside && t->nitem)
			t->item[upto((unsigned)t->nitem)] = o;
		break;
	case 9:
		nall = 0;
		gather(o);
		for (size_t i = 0; i < nall; i++)
			inside = inside || all[i] == t;
		if (!inside && t->nfield)
			t->field[upto((unsigned)t->nfield)].value = o;
		break;
	default:
		if (t->nfield)
			t->field[upto((unsigned)t->nfield)].name = "fields_nobody_knows";
		break;
	}
}

static void garbage_ends_in_findings_or_in_a_ruleset(void **state)
{
	const char *env = getenv("CB_GARBAGE");
	size_t rounds = env ? strtoul(env, NULL, 10) : 10000, built = 0, refused = 0;

	(void)state;
	for (size_t k = 0; k < rounds; k++) {
		struct cb_facts *dict;
		struct cb_diags *d;
		struct cb_ruleset *base = NULL, *rs = NULL;
		struct cb_err e = { 0 };
		struct cb_buf b;

		seed = k * 0x9e3779b97f4a7c15u + 88172645463325252u;
		cb_arena_init(&trees);
		assert_int_equal(cb_facts_new(&dict, NULL), 0);
		assert_int_equal(cb_diags_new(&d, 30), 0);
		if (k % 5 == 0)
			assert_int_equal(cb_ruleset_build(&base, valid(), NULL, dict, d, &e), 0);
		T *t = valid();
		for (unsigned m = upto(5); m-- > 0;)
			mutate(t);
		int rc = cb_ruleset_build(&rs, t, base, dict, d, &e);
		if ((rc == 0) != (cb_diags_count(d, CB_SEV_ERROR) == 0))
			fail_msg("round %zu: code %d, %zu errors", k, rc, cb_diags_count(d, CB_SEV_ERROR));
		if (rc == 0) {
			cb_pts lo, hi;
			built++;
			rc = cb_ruleset_check(rs, d, &e);
			assert_true(rc == 0 || rc == CB_EDATA);
			cb_ruleset_range(rs, &lo, &hi);
			if (lo > hi || lo < 0)
				fail_msg("round %zu: range %lld to %lld", k, (long long)lo, (long long)hi);
			cb_buf_init(&b);
			for (size_t i = 0; i < rs->nnode; i++)
				cb_node_text_vi(&b, rs, rs->node[i]);
			assert_true(cb_buf_ok(&b));
			cb_buf_release(&b);
		} else {
			refused++;
			assert_int_equal(rc, CB_EDATA);
			for (size_t i = 0; i < cb_diags_kept(d); i++)
				assert_true(cb_diags_at(d, i)->what[0] != '\0');
		}
		cb_ruleset_free(rs);
		cb_ruleset_free(base);
		cb_diags_free(d);
		cb_facts_free(dict);
		cb_arena_release(&trees);
	}
	print_message("%zu built, %zu refused\n", built, refused);
	assert_true(built > rounds / 20 && refused > rounds / 20);
}

/* Memory that runs out anywhere: inheritance, checks, the book. */
static void nothing_leaks_when_memory_runs_out(void **state)
{
	struct cb_facts *dict;

	(void)state;
	cb_arena_init(&trees);
	assert_int_equal(cb_facts_new(&dict, NULL), 0);
	T *t = valid(), *o = WITH(OP0("ruleset"), "id", S("khac.ban"), "effective", WITH(TAB0(), "from", S("2021-01-02")), "override", TAB(CRIT("b", "30", OP0("judged"))));
	struct cb_diags *warm;
	struct cb_ruleset *w;
	assert_int_equal(cb_diags_new(&warm, 5), 0); /* the dictionary keeps what was declared */
	assert_int_equal(cb_ruleset_build(&w, t, NULL, dict, warm, NULL), 0);
	cb_ruleset_free(w);
	cb_diags_free(warm);
	long live = cb_alloc_live();
	for (long k = 1;; k++) {
		struct cb_diags *d = NULL;
		struct cb_rulebook *book = NULL;
		struct cb_ruleset *a = NULL, *b = NULL;
		struct cb_err e = { 0 };
		const struct cb_source src[] = { { .path = "a.lua", .text = "text", .len = 4 } };
		cb_alloc_fail_from(k);
		int rc = cb_diags_new(&d, 10);
		if (!rc)
			rc = cb_rulebook_new(&book, &e);
		if (!rc)
			rc = cb_ruleset_build(&a, t, NULL, dict, d, &e);
		if (!rc)
			rc = cb_ruleset_set_sources(a, src, 1, &e);
		if (!rc)
			rc = cb_ruleset_build(&b, o, a, dict, d, &e);
		if (!rc)
			rc = cb_ruleset_check(b, d, &e);
		if (!rc && !(rc = cb_rulebook_take(book, a, &e)))
			a = NULL;
		if (!rc && !(rc = cb_rulebook_take(book, b, &e)))
			b = NULL;
		if (!rc)
			rc = cb_rulebook_check(book, d, &e);
		cb_ruleset_free(a);
		cb_ruleset_free(b);
		cb_rulebook_free(book);
		cb_diags_free(d);
		cb_alloc_fail_from(0);
		assert_int_equal(cb_alloc_live(), live);
		if (!rc)
			break;
		if (rc != CB_ENOMEM)
			fail_msg("allocation %ld: code %d: %s", k, rc, e.msg);
		assert_true(k < 100000);
	}
	cb_facts_free(dict);
	cb_arena_release(&trees);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(garbage_ends_in_findings_or_in_a_ruleset), cmocka_unit_test(nothing_leaks_when_memory_runs_out) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
