/* What changed in meaning between two packs, in words. */
#include "tests/unit/test.h"

#include <stdlib.h>
#include "lua/pack.h"
#include "rule/diff.h"

static const char PACK[] =
	"local f = fact\n"
	"return ruleset { id = \"p\", title = \"A\", issuer = \"x\", status = \"reconstructed\", source = \"s\",\n"
	"effective = { from = \"2024-01-01\" }, for_kinds = { \"regular\" }, criteria = {\n"
	"criterion { id = \"a\", max = 60, label = \"A\", note = \"n\", score = first { { f.present:ge(10), 60 }, { f.present:ge(5), 30 }, otherwise(0) } },\n"
	"criterion { id = \"b\", max = 40, label = \"B\", note = \"n\", score = sum { flag(f.minutes_recorded, 30), flag(f.draft_prepared, 10) } } },\n"
	"levels = { { \"tot\", 80, \"T\" }, { \"kem\", 0, \"K\" } },\n"
	"gates = { gate { level = \"tot\", needs = { full \"a\" } } },\n"
	"periods = { year = first { { months:every(level:ge \"tot\"), \"tot\" }, otherwise \"kem\" }, missed_month = \"ignored\" } }\n";

static struct cb_ruleset *build(struct cb_facts *dict, const char *text)
{
	struct cb_source src = { .path = "p.lua", .text = text, .len = strlen(text) };
	struct cb_ruleset *rs = NULL;
	struct cb_diags *d;
	struct cb_err err = { 0 };

	assert_int_equal(cb_diags_new(&d, 10), 0);
	int code = cb_pack_load_sources(&rs, &src, 1, dict, NULL, d, &err);
	if (code)
		print_error("%s: %s\n", err.msg, cb_diags_kept(d) ? cb_diags_at(d, 0)->what : "");
	assert_int_equal(code, 0);
	cb_diags_free(d);
	return rs;
}

/* The changes when `from` is written as `to`, one per line. */
static char *changes(const char *from, const char *to)
{
	static char all[4000];
	char text[4000];
	struct cb_facts *dict;
	struct cb_changes *c;
	struct cb_err err = { 0 };
	const char *at = strstr(PACK, from);
	size_t n = 0;

	assert_non_null(at);
	snprintf(text, sizeof text, "%.*s%s%s", (int)(at - PACK), PACK, to, at + strlen(from));
	assert_int_equal(cb_facts_new(&dict, &err), 0);
	struct cb_ruleset *a = build(dict, PACK), *b = build(dict, text);
	assert_int_equal(cb_ruleset_diff(&c, a, b, &err), 0);
	all[0] = '\0';
	for (size_t i = 0; i < c->n; i++)
		n += (size_t)snprintf(all + n, sizeof all - n, "%s | %s | %s\n", c->change[i].what, c->change[i].was ? c->change[i].was : "",
				      c->change[i].now ? c->change[i].now : "");
	cb_changes_free(c);
	cb_ruleset_free(a);
	cb_ruleset_free(b);
	cb_facts_free(dict);
	return all;
}

static void the_same_meaning_is_no_change(void **state)
{
	(void)state;
	assert_string_equal(changes("local f = fact\n", "local f = fact -- a comment\n\n"), "");
	assert_string_equal(changes("f.present:ge(10)", "f.present:ge(20 / 2)"), "");
}

static void a_threshold_is_told_as_its_branch(void **state)
{
	(void)state;
	assert_string_equal(changes("f.present:ge(5), 30", "f.present:ge(6), 30"),
			    "a: cách chấm | số đảng viên có mặt ≥ 5 người: 30 điểm | số đảng viên có mặt ≥ 6 người: 30 điểm\n");
	assert_string_equal(changes("flag(f.draft_prepared, 10)", "flag(f.content_focused, 10)"),
			    "b: cách chấm | có chuẩn bị dự thảo: 10 điểm | nội dung có trọng tâm: 10 điểm\n");
}

static void levels_gates_days_and_periods_are_told(void **state)
{
	(void)state;
	assert_string_equal(changes("\"tot\", 80", "\"tot\", 85"), "mức tot | 80 | 85\n");
	assert_string_equal(changes("from = \"2024-01-01\"", "from = \"2024-07-01\""), "hiệu lực | 01/01/2024 – … | 01/07/2024 – …\n");
	assert_non_null(strstr(changes("needs = { full \"a\" }", "needs = { full \"b\" }"), "khống chế | T cần:"));
	assert_non_null(strstr(changes("level:ge \"tot\"), \"tot\"", "level:eq \"tot\"), \"tot\""), "xếp loại năm | "));
	assert_string_equal(changes("missed_month = \"ignored\"", "missed_month = \"refuse\""), "tháng không sinh hoạt | không tính | không xếp loại\n");
	assert_string_equal(changes("effective =", "advice = { cost = { present = 5 }, never = { \"draft_prepared\" } }, effective ="),
			    "tư vấn: độ khó của present | 1 | 5\ntư vấn: độ khó của draft_prepared | 1 | không tư vấn\n");
	assert_string_equal(changes("effective =", "total = whole \"half_up\", effective ="), "tổng điểm | không làm tròn | làm tròn đến 1 điểm, nửa lên\n");
}

static void a_criterion_that_comes_or_goes_is_told_with_its_maximum(void **state)
{
	(void)state;
	assert_string_equal(changes("id = \"b\", max = 40, label = \"B\"", "id = \"c\", max = 40, label = \"C\""),
			    "b: tiêu chí | B (40) | \nc: tiêu chí |  | C (40)\n");
	assert_string_equal(changes("max = 40, label = \"B\"", "max = 50, label = \"B\""), "b: điểm tối đa | 40 | 50\ntổng điểm tối đa | 100 | 110\n");
}

static int one_diff(void *ctx)
{
	struct cb_ruleset **rs = ctx;
	struct cb_changes *c;
	struct cb_err err;
	int code = cb_ruleset_diff(&c, rs[0], rs[1], &err);
	if (!code)
		cb_changes_free(c);
	return code;
}

static void failed_allocations_are_errors_and_leak_nothing(void **state)
{
	struct cb_facts *dict;
	struct cb_err err = { 0 };
	char text[4000];

	(void)state;
	assert_int_equal(cb_facts_new(&dict, &err), 0);
	snprintf(text, sizeof text, "%s", PACK);
	memcpy(strstr(text, "ge(10)"), "gt(11)", 6);
	memcpy(strstr(text, "\"tot\", 80"), "\"tot\", 70", 9);
	struct cb_ruleset *rs[2] = { build(dict, PACK), build(dict, text) };
	assert_true(sweep(one_diff, rs) > 5);
	cb_ruleset_free(rs[0]);
	cb_ruleset_free(rs[1]);
	cb_facts_free(dict);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_meaning_is_no_change),
		cmocka_unit_test(a_threshold_is_told_as_its_branch),
		cmocka_unit_test(levels_gates_days_and_periods_are_told),
		cmocka_unit_test(a_criterion_that_comes_or_goes_is_told_with_its_maximum),
		cmocka_unit_test(failed_allocations_are_errors_and_leak_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
