/* What a pack returned as a tree: forms with their lines, sharing, texts, exact numbers, and all that no rule can hold. */
#include "tests/unit/test.h"

#include <stdlib.h>
#include <lua.h>
#include "base/arena.h"
#include "base/diag.h"
#include "lua/build.h"
#include "lua/sandbox.h"
#include "lua/scan.h"

struct made {
	struct cb_arena arena;
	struct cb_diags *diags;
	struct cb_tree *tree;
	struct cb_err err;
	int functions;
};

/* Runs `src` as a pack with the language and makes the tree of what it returned. The code of whatever failed. */
static int make(struct made *m, const char *src)
{
	struct cb_sandbox *sb = NULL;
	struct cb_scan *scan = NULL;
	struct cb_tree_file file = { "p.lua", NULL };
	struct cb_tree_opts opts = { .file = &file, .nfile = 1, .first_handle = 7 };
	int code;

	memset(m, 0, sizeof *m);
	cb_arena_init(&m->arena);
	code = cb_diags_new(&m->diags, 50);
	if (code)
		return code;
	code = cb_scan_new(&scan, src, strlen(src));
	file.scan = scan;
	if (!code)
		code = cb_sandbox_open(&sb, NULL, &m->err);
	if (!code)
		code = cb_lang_open(sb, &m->err);
	if (!code)
		code = cb_sandbox_load(sb, src, strlen(src), "p.lua", &m->err);
	if (!code)
		code = cb_sandbox_call(sb, 0, 1, 0, &m->err);
	if (!code)
		code = cb_lang_tree(&m->tree, &m->functions, sb, &m->arena, &opts, m->diags, &m->err);
	cb_sandbox_close(sb);
	cb_scan_free(scan);
	return code;
}

static void unmake(struct made *m)
{
	cb_diags_free(m->diags);
	cb_arena_release(&m->arena);
}

static void good(struct made *m, const char *src)
{
	int code = make(m, src);
	if (code)
		print_error("%d: %s\n", code, m->err.msg);
	assert_int_equal(code, 0);
	assert_non_null(m->tree);
}

static void fails(const char *src, const char *words)
{
	struct made m;
	int code = make(&m, src);
	assert_int_equal(code, CB_ERULE);
	if (!strstr(m.err.msg, words))
		print_error("wanted: %s\ngot:    %s\n", words, m.err.msg);
	assert_non_null(strstr(m.err.msg, words));
	unmake(&m);
}

static void is_bad(const char *expr, const char *words)
{
	struct made m;
	char src[500];
	snprintf(src, sizeof src, "return ruleset { %s }", expr);
	good(&m, src);
	struct cb_tree *v = m.tree->nitem ? m.tree->item[0] : m.tree->field[0].value;
	if (v->type == CB_T_TABLE && v->nitem)
		for (size_t i = 0; i < v->nitem; i++)
			if (v->item[i]->type == CB_T_BAD) {
				v = v->item[i];
				break;
			}
	if (v->type != CB_T_BAD || !strstr(v->text, words))
		print_error("%s: wanted \"%s\", got \"%s\"\n", expr, words, v->text ? v->text : "");
	assert_int_equal(v->type, CB_T_BAD);
	assert_non_null(strstr(v->text, words));
	assert_int_equal(v->line, 1);
	unmake(&m);
}

static void a_form_is_a_tree_with_its_name_operands_and_options(void **state)
{
	struct made m;
	(void)state;
	good(&m, "return flag(fact.minutes_recorded, 2, 'ghi biên bản', { note = 'n' })");
	assert_string_equal(m.tree->op, "flag");
	assert_int_equal(m.tree->nitem, 3);
	assert_string_equal(m.tree->item[0]->op, "fact");
	assert_string_equal(m.tree->item[0]->item[0]->text, "minutes_recorded");
	assert_int_equal(m.tree->item[1]->number.n, 2);
	assert_string_equal(m.tree->item[2]->text, "ghi biên bản");
	assert_string_equal(cb_tree_get(m.tree, "note")->text, "n");
	unmake(&m);

	good(&m, "return mean('score'):down()");
	assert_string_equal(m.tree->op, "key");
	assert_true(cb_tree_get(m.tree, "down")->boolean);
	assert_string_equal(m.tree->item[0]->op, "agg");
	assert_string_equal(m.tree->item[0]->item[0]->text, "months");
	assert_string_equal(m.tree->item[0]->item[1]->text, "mean");
	assert_string_equal(m.tree->item[0]->item[2]->text, "score");
	unmake(&m);

	good(&m, "return months:count(level:eq 'tot'):ge(7)");
	assert_string_equal(m.tree->op, "ge");
	assert_string_equal(m.tree->item[0]->item[2]->op, "level_eq");
	assert_string_equal(m.tree->item[0]->item[2]->item[0]->text, "tot");
	unmake(&m);

	good(&m, "return month_of(fact.held_on):one_of { 3, 6 }");
	assert_string_equal(m.tree->op, "any");
	assert_int_equal(m.tree->nitem, 2);
	assert_string_equal(m.tree->item[1]->op, "eq");
	assert_int_equal(m.tree->item[1]->item[1]->number.n, 6);
	assert_ptr_equal(m.tree->item[0]->item[0], m.tree->item[1]->item[0]);
	unmake(&m);

	good(&m, "return whole 'half_up'");
	assert_string_equal(m.tree->op, "round_total");
	assert_int_equal(m.tree->item[0]->number.n, 1);
	unmake(&m);
}

static void arithmetic_builds_trees_from_both_sides(void **state)
{
	struct made m;
	(void)state;
	good(&m, "local f = fact return 90 - f.duration_minutes / 2 + -f.exempt");
	assert_string_equal(m.tree->op, "add");
	assert_string_equal(m.tree->item[0]->op, "sub");
	assert_int_equal(m.tree->item[0]->item[0]->number.n, 90);
	assert_string_equal(m.tree->item[0]->item[1]->op, "div");
	assert_string_equal(m.tree->item[1]->op, "neg");
	unmake(&m);
}

static void numbers_are_exact(void **state)
{
	struct made m;
	(void)state;
	good(&m, "return ruleset { 0.65, ratio(2, 3), 1e3, day '2025-07-01', -0.0 }");
	assert_int_equal(m.tree->item[0]->number.n, 13);
	assert_int_equal(m.tree->item[0]->number.d, 20);
	assert_int_equal(m.tree->item[1]->type, CB_T_NUMBER);
	assert_int_equal(m.tree->item[1]->number.n, 2);
	assert_int_equal(m.tree->item[1]->number.d, 3);
	assert_int_equal(m.tree->item[2]->number.n, 1000);
	assert_int_equal(m.tree->item[3]->number.n, 20270);
	assert_int_equal(m.tree->item[4]->number.n, 0);
	unmake(&m);
}

static void every_field_knows_its_line(void **state)
{
	struct made m;
	(void)state;
	good(&m, "local f = fact\n"                              /* 1 */
		 "local c = f.a / f.b -- {\n"                    /* 2 */
		 "return ruleset {\n"                            /* 3 */
		 "\tid = 'x', criteria = {\n"                    /* 4 */
		 "\t\tcriterion {\n"                             /* 5 */
		 "\t\t\tid = 'a',\n"                             /* 6 */
		 "\t\t\tmaxx = 5,\n"                             /* 7 */
		 "\t\t\tscore = first {\n"                       /* 8 */
		 "\t\t\t\t{ c:ge(1), 5 },\n"                     /* 9 */
		 "\t\t\t\t{ f.x:ge(1),\n"                        /* 10 */
		 "\t\t\t\t\t4 }, -- }\n"                         /* 11 */
		 "\t\t\t\totherwise(1) },\n"                     /* 12 */
		 "\t\t} },\n"                                    /* 13 */
		 "\teffective = { from = '2025-01-01',\n"        /* 14 */
		 "\t\tto = '2025-12-31' },\n"                    /* 15 */
		 "\tgo = function(m) local a, b = 1, 2 return a end,\n" /* 16 */
		 "\tlast = [[x\n]],\n"                           /* 17 */
		 "\tend_ = 1 }\n");                              /* 19 */
	const struct cb_tree *crit = cb_tree_get(m.tree, "criteria"), *c = crit->item[0], *s = cb_tree_get(c, "score");
	assert_int_equal(m.tree->line, 3);
	assert_int_equal(crit->line, 4);
	assert_int_equal(c->line, 5);
	for (size_t i = 0; i < c->nfield; i++)
		assert_int_equal(c->field[i].line, !strcmp(c->field[i].name, "id") ? 6 : !strcmp(c->field[i].name, "maxx") ? 7 : 8);
	assert_int_equal(s->line, 8);
	assert_int_equal(s->item[0]->line, 9);
	assert_int_equal(s->item[1]->line, 10);
	assert_int_equal(s->item[1]->item[1]->line, 11);
	assert_int_equal(s->item[2]->line, 12);
	assert_int_equal(s->item[0]->item[0]->item[0]->line, 2); /* share, where it was written */
	const struct cb_tree *e = cb_tree_get(m.tree, "effective");
	assert_int_equal(e->field[0].line, 14);
	assert_int_equal(e->field[1].line, 15);
	for (size_t i = 0; i < m.tree->nfield; i++) {
		if (!strcmp(m.tree->field[i].name, "go"))
			assert_int_equal(m.tree->field[i].line, 16);
		if (!strcmp(m.tree->field[i].name, "end_"))
			assert_int_equal(m.tree->field[i].line, 19);
	}
	assert_int_equal(m.functions, 1);
	assert_int_equal(cb_tree_get(m.tree, "go")->function, 7);
	unmake(&m);
}

static void the_same_table_is_the_same_tree(void **state)
{
	struct made m;
	(void)state;
	good(&m, "local s = fact.a / fact.b return ruleset { s:ge(1), s:ge(2) }");
	assert_ptr_equal(m.tree->item[0]->item[0], m.tree->item[1]->item[0]);
	unmake(&m);
}

static void what_no_rule_can_hold_is_kept_as_words(void **state)
{
	(void)state;
	is_bad("x = 0/0", "not finite");
	is_bad("x = math.huge", "not finite");
	is_bad("x = judged", "not called");
	is_bad("x = fact", "no data");
	is_bad("x = math", "no data");
	is_bad("x = { 1, nil, 3 }", "value 2 of the list is nothing (nil)");
	is_bad("x = all { fact.a, nobody, fact.b }", "value 2 of the list is nothing (nil)");
	is_bad("x = flag(nobody, 2)", "value 1 of flag is nothing (nil)");
	is_bad("x = flag(fact.a)", "flag needs 2 values, not 1");
	is_bad("x = either(fact.a, 1, 2, 3)", "either takes 3 values, not 4");
	is_bad("x = ratio(1, 0)", "ratio takes two whole numbers");
	is_bad("x = day '31/02/2025'", "day takes a date");
	is_bad("x = sum(5)", "sum takes a list");
	is_bad("x = gate(1)", "gate takes named fields");
	is_bad("x = string.rep('a', 5000)", "more than 4000 bytes");
	is_bad("x = 'a\\0b'", "NUL");
	is_bad("x = 'a\\u{202E}b'", "at byte 2");
}

static void lua_operators_are_refused_with_what_to_write(void **state)
{
	(void)state;
	fails("local f = fact\nreturn f.present >= 3", "p.lua:2: f.present >= 3 is Lua's own comparison and cannot build a rule: write f.present:ge(3)");
	fails("return 3 > fact.present", "write f.present:lt(3)");
	fails("return fact.a < fact.b", "write f.a:lt(f.b)");
	fails("return fact.a == fact.b", "write f.a:eq(f.b)");
	fails("return fact.a .. 'x'", ".. cannot build a rule");
	fails("return #fact.a", "# cannot build a rule");
	fails("return fact.a // 2", "// cannot build a rule");
	fails("return fact.a(1)", "a call of an expression cannot build a rule");
	fails("return fact.a:gte(1)", "has no method gte");
	fails("return months:evry(level:ge 'a')", "did you mean :every?");
	fails("fact.a = 1", "facts are reported");
	fails("local c = flag(fact.a, 1) c.x = 1", "cannot be changed");
	fails("return level.ge 'a'", "with a colon");
}

static void a_table_that_contains_itself_is_told(void **state)
{
	struct made m;
	(void)state;
	good(&m, "local t = {} t[1] = t return ruleset { x = t }");
	assert_int_equal(cb_tree_get(m.tree, "x")->item[0]->type, CB_T_BAD);
	assert_string_equal(cb_tree_get(m.tree, "x")->item[0]->text, "a table that contains itself");
	unmake(&m);
}

static void odd_keys_and_too_much_are_errors(void **state)
{
	struct made m;
	(void)state;
	assert_int_equal(make(&m, "return ruleset { x = { [true] = 1 } }"), CB_EDATA);
	assert_int_equal(cb_diags_kept(m.diags), 1);
	assert_string_equal(cb_diags_at(m.diags, 0)->what, "a table with a key that is neither a name nor a position");
	unmake(&m);
	assert_int_equal(make(&m, "return ruleset { x = { [2^40] = 1 } }"), CB_EDATA);
	unmake(&m);
	assert_int_equal(make(&m, "local t = {} for i = 1, 6000 do t[i] = i end return ruleset { x = t }"), CB_ELIMIT);
	unmake(&m);
	assert_int_equal(make(&m, "local t = {} for i = 1, 300 do t = { t } end return ruleset { x = t }"), CB_ELIMIT);
	unmake(&m);
}

static void decomposed_letters_become_composed_and_lines_become_blanks(void **state)
{
	struct made m;
	(void)state;
	good(&m, "return ruleset { x = 'To\xcc\x82\xcc\x81t\\nKha\xcc\x81' }");
	assert_string_equal(cb_tree_get(m.tree, "x")->text, "T\xe1\xbb\x91t Kh\xc3\xa1");
	unmake(&m);
}

static void and_or_not_outside_functions_are_found(void **state)
{
	static const char src[] = "local x = a and b -- and\nlocal f = function(m) return m.a and m.b end\nlocal s = ' or '\nlocal y = not x\n";
	struct cb_scan *s;
	int line, col;
	(void)state;
	assert_int_equal(cb_scan_new(&s, src, sizeof src - 1), 0);
	assert_string_equal(cb_scan_word(s, 0, &line, &col), "and");
	assert_int_equal(line, 1);
	assert_int_equal(col, 13);
	assert_string_equal(cb_scan_word(s, 1, &line, &col), "not");
	assert_int_equal(line, 4);
	assert_null(cb_scan_word(s, 2, &line, &col));
	cb_scan_free(s);
}

static void the_scanner_survives_any_bytes(void **state)
{
	static const char bits[] = "{}()[]=,;\"'\\-\n\r \t#functionendifdo--[[]]==123.e..:::az";
	unsigned seed = 1;
	(void)state;
	for (int round = 0; round < 3000; round++) {
		char text[120];
		struct cb_scan *s;
		size_t n = 0;
		while (n < sizeof text) {
			seed = seed * 1103515245u + 12345u;
			text[n++] = bits[(seed >> 16) % (sizeof bits - 1)];
		}
		assert_int_equal(cb_scan_new(&s, text, n), 0);
		for (int line = 0; line < 5; line++) {
			int g = cb_scan_call(s, line, "f", -1, -1);
			cb_scan_value(s, cb_scan_item(s, g, 0));
			cb_scan_field(s, g, "a");
		}
		cb_scan_last(s);
		cb_scan_free(s);
	}
}

static int one_make(void *ctx)
{
	struct made m;
	int code = make(&m, ctx);
	unmake(&m);
	return code == CB_ELIMIT ? CB_ENOMEM : code;
}

static void failed_allocations_are_errors_and_leak_nothing(void **state)
{
	(void)state;
	assert_true(sweep(one_make, (void *)"local f = fact return ruleset { id = 'ô', x = flag(f.a:ge(0.5), 1), f = function(m) return m.a end }") > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_form_is_a_tree_with_its_name_operands_and_options),
		cmocka_unit_test(arithmetic_builds_trees_from_both_sides),
		cmocka_unit_test(numbers_are_exact),
		cmocka_unit_test(every_field_knows_its_line),
		cmocka_unit_test(the_same_table_is_the_same_tree),
		cmocka_unit_test(what_no_rule_can_hold_is_kept_as_words),
		cmocka_unit_test(lua_operators_are_refused_with_what_to_write),
		cmocka_unit_test(a_table_that_contains_itself_is_told),
		cmocka_unit_test(odd_keys_and_too_much_are_errors),
		cmocka_unit_test(decomposed_letters_become_composed_and_lines_become_blanks),
		cmocka_unit_test(and_or_not_outside_functions_are_found),
		cmocka_unit_test(the_scanner_survives_any_bytes),
		cmocka_unit_test(failed_allocations_are_errors_and_leak_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
