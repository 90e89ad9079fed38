/* rules fmt: one layout, nothing lost, and what is laid out stays as it is. */
#include "tests/unit/test.h"

#include <dirent.h>
#include <stdlib.h>
#include "lua/fmt.h"
#include "lua/lex.h"

static char *slurp(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	char *s = malloc(1 << 20);

	assert_non_null(f);
	*len = fread(s, 1, (1 << 20) - 1, f);
	s[*len] = '\0';
	fclose(f);
	return s;
}

static void becomes(const char *text, const char *want)
{
	struct cb_buf out;
	struct cb_err err;

	cb_buf_init(&out);
	assert_int_equal(cb_fmt_text(&out, text, strlen(text), &err), 0);
	assert_string_equal(out.s, want);
	assert_true(cb_fmt_same(text, strlen(text), out.s, out.len));
	cb_buf_clear(&out);
	assert_int_equal(cb_fmt_text(&out, want, strlen(want), &err), 0);
	assert_string_equal(out.s, want);
	cb_buf_release(&out);
}

static void blanks_between_words_are_made_alike(void **state)
{
	(void)state;
	becomes("local  f=fact", "local f = fact\n");
	becomes("x={1,2;3,}", "x = { 1, 2; 3 }\n");
	becomes("x={ }", "x = {}\n");
	becomes("a = f . x : ge ( 3 )", "a = f.x:ge(3)\n");
	becomes("a=-b- -c^2..d..\"x\"", "a = -b - -c ^ 2 .. d .. \"x\"\n");
	becomes("a=- -b", "a = - -b\n");
	becomes("a=not(b)and#c>1", "a = not (b) and #c > 1\n");
	becomes("full\"x\" criterion{id='y'}", "full \"x\"\ncriterion { id = 'y' }\n");
	becomes("a[ 1 ][b]=t[ [[x]] ]", "a[1][b] = t[ [[x]]]\n");
	becomes("return function (m) return m.a,... end", "return function(m) return m.a, ... end\n");
	becomes("local a<const>,b = 1,a < b", "local a <const>, b = 1, a < b\n");
	becomes("goto x ::x:: f()", "goto x\n::x::\nf()\n");
	becomes("level:ge\"kha\":down()", "level:ge \"kha\":down()\n");
	becomes("x = 1e-5+0x1p-3+.5", "x = 1e-5 + 0x1p-3 + .5\n");
	becomes("x = mean\"score\"\n:down()", "x = mean \"score\"\n\t:down()\n");
}

static void the_author_breaks_lines_and_tabs_say_how_deep(void **state)
{
	(void)state;
	becomes("return ruleset{\nid='x',\n  criteria={\n criterion{id='a',\nmax=5}\n}}\n",
		"return ruleset {\n\tid = 'x',\n\tcriteria = {\n\t\tcriterion { id = 'a',\n\t\t\tmax = 5 },\n\t} }\n");
	becomes("x = sum {\n1,\n2}", "x = sum {\n\t1,\n\t2 }\n");
	becomes("x = either(a,\n5,\n{\n1\n})", "x = either(a,\n\t5,\n\t{\n\t\t1,\n\t})\n");
	becomes("x = a +\nb\ny = 1", "x = a +\n\tb\ny = 1\n");
	becomes("f({\n1,\n}, {\n2,\n})", "f({\n\t1,\n}, {\n\t2,\n})\n");
	becomes("f(a ..\nb,\nc..\nd)", "f(a ..\n\tb,\n\tc ..\n\t\td)\n");
	becomes("if a\nand b then\nc()\nelseif d\nthen\ne()\nelse\ng()\nend", "if a\n\tand b then\n\tc()\nelseif d\nthen\n\te()\nelse\n\tg()\nend\n");
	becomes("for _,x in ipairs{\n1,\n} do\nf(x)\nend", "for _, x in ipairs {\n\t1,\n} do\n\tf(x)\nend\n");
	becomes("repeat\nlocal x=f()\nuntil x\n==1", "repeat\n\tlocal x = f()\nuntil x\n\t== 1\n");
	becomes("score = function(m)\nreturn 1\nend", "score = function(m)\n\treturn 1\nend\n");
	becomes("f(function()\na()\nend, 1)", "f(function()\n\ta()\nend, 1)\n");
}

static void one_statement_stands_on_a_line_but_for_blocks_of_one_line(void **state)
{
	(void)state;
	becomes("local a = 1; local b = 2 f()", "local a = 1\nlocal b = 2\nf()\n");
	becomes("a = b; (f or g)()", "a = b;\n(f or g)()\n");
	becomes("for k in pairs(t) do a(k) b(k) end", "for k in pairs(t) do a(k) b(k) end\n");
	becomes("for k in pairs(t) do a(k); b(k)\nend", "for k in pairs(t) do a(k)\n\tb(k)\nend\n");
	becomes("if a then b() else c() end return 1", "if a then b() else c() end\nreturn 1\n");
	becomes("while a do break end do local x end", "while a do break end\ndo local x end\n");
}

static void a_table_of_several_lines_ends_with_a_comma(void **state)
{
	(void)state;
	becomes("x = {\n1,\n2 -- two\n}", "x = {\n\t1,\n\t2, -- two\n}\n");
	becomes("x = {\n1;\n2;\n}", "x = {\n\t1;\n\t2;\n}\n");
	becomes("x = { a, }", "x = { a }\n");
	becomes("x = { f() --[[ all ]] }", "x = { f() --[[ all ]] }\n");
}

static void comments_and_groups_of_lines_stay(void **state)
{
	(void)state;
	becomes("-- head  \n\n\n\nlocal a    -- why\t\n--last", "-- head\n\nlocal a -- why\n--last\n");
	becomes("x = {\n\n-- first\n\n\n1,\n-- end\n\n}", "x = {\n\t-- first\n\n\t1,\n\t-- end\n}\n");
	becomes("if a then\n-- nothing\nelse\n-- more\nb()\n-- done\nend", "if a then\n\t-- nothing\nelse\n\t-- more\n\tb()\n\t-- done\nend\n");
	becomes("x = --[[ one ]] 1 --[==[ two\n  lines ]==]\ny = 2", "x = --[[ one ]] 1 --[==[ two\n  lines ]==]\ny = 2\n");
	becomes("#!/usr/bin/env chibo\nlocal a", "#!/usr/bin/env chibo\nlocal a\n");
	becomes("-- only a comment", "-- only a comment\n");
	becomes("\n\n", "");
	becomes("", "");
}

static void files_of_other_systems_become_plain_ones(void **state)
{
	(void)state;
	becomes("\xef\xbb\xbflocal a = 1\r\n\r\n-- b  \r\nlocal c = [[x\r\ny]]\r\n", "local a = 1\n\n-- b\nlocal c = [[x\ny]]\n");
	becomes("local a = 1\rlocal s = \"x\\\r\ny\"\r", "local a = 1\nlocal s = \"x\\\ny\"\n");
}

static void what_differs_in_a_word_is_not_the_same(void **state)
{
	static const char *const pair[][2] = {
		{ "a = 1", "a = 2" }, { "a = 1", "a = 1 b = 2" }, { "a = 'x'", "a = \"x\"" }, { "-- a\nx = 1", "-- b\nx = 1" }, { "-- a\nx = 1", "x = 1" },
		{ "x = { 1, 2 }", "x = { 1 2 }" }, { "x = 1; (f)()", "x = 1 (f)()" }, { "x = a - -b", "x = a --b" }, { "x = [[ a]]", "x = [[a]]" },
		{ "f(a, b)", "f(a b)" }, { "x = { a; { b } }", "x = { a { b } }" }, { "x = ab", "x = a b" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof pair / sizeof *pair; i++)
		if (cb_fmt_same(pair[i][0], strlen(pair[i][0]), pair[i][1], strlen(pair[i][1])))
			fail_msg("\"%s\" passes for \"%s\"", pair[i][1], pair[i][0]);
}

static void brackets_that_do_not_match_are_refused(void **state)
{
	static const char *const wrong[] = { "x = {", "x = }", "f(]", "if a then", "end", "repeat end", "if a else end end", "for x until", "function f( end" };
	struct cb_buf out;
	struct cb_err err;

	(void)state;
	cb_buf_init(&out);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		assert_int_equal(cb_fmt_text(&out, wrong[i], strlen(wrong[i]), &err), CB_EDATA);
		assert_string_equal(err.msg, "brackets or blocks do not match");
	}
	assert_int_equal(out.len, 0);
	cb_buf_release(&out);
}

/* --- files ---------------------------------------------------------------------------------------------------------- */

static uint64_t seed = 20251028;

static unsigned any(unsigned n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % n;
}

static void blank(struct cb_buf *b, unsigned least)
{
	for (unsigned n = least + any(4); n; n--)
		cb_buf_putc(b, any(3) ? ' ' : '\t');
}

/* The same words with other blanks, other blank lines where there was one, other line ends. */
static void respace(struct cb_buf *b, const char *text, size_t len)
{
	const char *eol = any(2) ? "\r\n" : "\n", *last = text;
	struct cb_lexer x;

	if (any(2))
		cb_buf_puts(b, "\xef\xbb\xbf");
	cb_lex_init(&x, text, len);
	x.comments = true;
	for (cb_lex_next(&x); ; cb_lex_next(&x)) {
		int lines = 0;
		for (const char *p = last; p < x.start; p++)
			lines += *p == '\n';
		if (!lines) {
			blank(b, x.start > last);
		} else {
			blank(b, 0);
			for (int n = lines > 1 ? 2 + (int)any(3) : 1; n; n--) {
				cb_buf_puts(b, eol);
				blank(b, 0);
			}
		}
		cb_buf_add(b, x.start, x.len);
		last = x.start + x.len;
		if (x.type == CB_LEX_END)
			break;
	}
}

static int respaced;

static int respaced_comes_back(void *ctx, const char *path, struct cb_err *err)
{
	struct cb_buf wild, out;
	char full[600];
	size_t len;
	char *text;

	(void)ctx;
	snprintf(full, sizeof full, "rules/%s", path);
	text = slurp(full, &len);
	cb_buf_init(&wild);
	cb_buf_init(&out);
	for (int turn = 0; turn < 20; turn++) {
		cb_buf_clear(&wild);
		cb_buf_clear(&out);
		if (turn)
			respace(&wild, text, len);
		else
			cb_buf_add(&wild, text, len);
		assert_int_equal(cb_fmt_text(&out, wild.s, wild.len, err), 0);
		if (out.len != len || memcmp(out.s, text, len))
			fail_msg("%s does not come back", path);
		assert_true(cb_fmt_same(wild.s, wild.len, text, len));
	}
	cb_buf_release(&wild);
	cb_buf_release(&out);
	free(text);
	respaced++;
	return 0;
}

static void every_shipped_file_comes_back_from_any_spacing(void **state)
{
	struct cb_err err;

	(void)state;
	assert_int_equal(cb_fmt_walk("rules", "", respaced_comes_back, NULL, &err), 0);
	assert_true(respaced >= 16);
}

/* Good and bad Lua: what can be laid out keeps its words, and stays as it is the second time. */
static int stays(const char *folder)
{
	DIR *d = opendir(folder);
	struct dirent *e;
	int n = 0;

	assert_non_null(d);
	while ((e = readdir(d))) {
		char path[600];
		struct cb_buf one, two;
		struct cb_err err;
		size_t len;
		char *text;

		if (!strstr(e->d_name, ".lua"))
			continue;
		snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
		text = slurp(path, &len);
		cb_buf_init(&one);
		cb_buf_init(&two);
		if (cb_fmt_text(&one, text, len, &err) == 0) {
			if (!cb_fmt_same(text, len, one.s, one.len))
				fail_msg("%s lost something", path);
			assert_int_equal(cb_fmt_text(&two, one.s, one.len, &err), 0);
			if (one.len != two.len || memcmp(one.s, two.s, one.len))
				fail_msg("%s changes again", path);
			n++;
		}
		cb_buf_release(&one);
		cb_buf_release(&two);
		free(text);
	}
	closedir(d);
	return n;
}

static void laying_out_twice_changes_nothing(void **state)
{
	(void)state;
	assert_true(stays("tests/lua/corpus") > 100);
	assert_true(stays("tests/lua/attacks") > 10);
	assert_true(stays("tests/rules/broken") > 40);
	assert_true(stays("scripts") > 3);
	assert_true(stays("examples") > 0);
}

static const char *sample = "local a = { 1,\n2 }\nif a then f(function() return {} end) end\n";

static int laid_out(void *ctx)
{
	struct cb_buf out;
	struct cb_err err;
	int rc;

	(void)ctx;
	cb_buf_init(&out);
	rc = cb_fmt_text(&out, sample, strlen(sample), &err);
	cb_buf_release(&out);
	return rc;
}

static void without_memory_it_says_so_and_leaves_nothing(void **state)
{
	(void)state;
	assert_true(sweep(laid_out, NULL) >= 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blanks_between_words_are_made_alike),
		cmocka_unit_test(the_author_breaks_lines_and_tabs_say_how_deep),
		cmocka_unit_test(one_statement_stands_on_a_line_but_for_blocks_of_one_line),
		cmocka_unit_test(a_table_of_several_lines_ends_with_a_comma),
		cmocka_unit_test(comments_and_groups_of_lines_stay),
		cmocka_unit_test(files_of_other_systems_become_plain_ones),
		cmocka_unit_test(what_differs_in_a_word_is_not_the_same),
		cmocka_unit_test(brackets_that_do_not_match_are_refused),
		cmocka_unit_test(every_shipped_file_comes_back_from_any_spacing),
		cmocka_unit_test(laying_out_twice_changes_nothing),
		cmocka_unit_test(without_memory_it_says_so_and_leaves_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
