/* Packs as files: what is shipped loads and passes its cases; every broken pack is told with its line, and mended. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>
#include "base/alloc.h"
#include "lua/cover.h"
#include "lua/pack.h"

#define BROKEN "tests/rules/broken"

static char scratch[] = "/tmp/chibo-pack.XXXXXX";

static char *slurp(const char *path)
{
	FILE *f = fopen(path, "rb");
	static char buf[300000];
	if (!f)
		return NULL;
	size_t n = fread(buf, 1, sizeof buf - 1, f);
	fclose(f);
	buf[n] = '\0';
	return buf;
}

static void put(const char *name, const char *text)
{
	char path[512], *slash;
	snprintf(path, sizeof path, "%s/%s", scratch, name);
	slash = strrchr(path, '/');
	*slash = '\0';
	mkdir(path, 0700);
	*slash = '/';
	FILE *f = fopen(path, "wb");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

/* Loads scratch/name and checks it deeply; the findings are joined into `out`. The code of the load, else of the check. */
static int load(const char *name, struct cb_buf *out, size_t *errors)
{
	struct cb_facts *dict;
	struct cb_diags *d;
	struct cb_ruleset *rs;
	struct cb_err err = { 0 };
	int code;

	assert_int_equal(cb_facts_new(&dict, &err), 0);
	assert_int_equal(cb_diags_new(&d, 100), 0);
	code = cb_pack_load(&rs, scratch, name, dict, NULL, d, &err);
	if (!code) {
		cb_pack_check_names(rs, d);
		code = cb_ruleset_check(rs, d, &err);
	}
	cb_buf_clear(out);
	*errors = cb_diags_count(d, CB_SEV_ERROR);
	for (size_t i = 0; i < cb_diags_kept(d); i++) {
		cb_diag_line(out, cb_diags_at(d, i));
		cb_buf_putc(out, '\n');
	}
	if (code)
		cb_buf_printf(out, "(%s)", err.msg);
	cb_ruleset_free(rs);
	cb_diags_free(d);
	cb_facts_free(dict);
	return code;
}

static void unescape(char *s)
{
	char *w = s;
	for (; *s; s++) {
		if (*s == '\\' && s[1]) {
			s++;
			*w++ = *s == 'n' ? '\n' : *s == 't' ? '\t' : *s;
		} else {
			*w++ = *s;
		}
	}
	*w = '\0';
}

static int is_lua(const struct dirent *e)
{
	size_t n = strlen(e->d_name);
	return n > 4 && !strcmp(e->d_name + n - 4, ".lua");
}

/* Any of "a|b|c" in text. */
static bool has_any(const char *text, const char *words)
{
	char one[200];
	while (*words) {
		size_t n = strcspn(words, "|");
		snprintf(one, sizeof one, "%.*s", (int)n, words);
		if (strstr(text, one))
			return true;
		words += n + (words[n] == '|');
	}
	return false;
}

static void every_broken_pack_is_told_with_its_line_and_loads_once_mended(void **state)
{
	struct dirent **list;
	int n = scandir(BROKEN, &list, is_lua, alphasort), bad = 0;
	struct cb_buf out;
	size_t errors;

	(void)state;
	cb_buf_init(&out);
	assert_true(n >= 40);
	for (int i = 0; i < n; i++) {
		char path[512], words[200], line[40], at[600], *fix, *to, *text;
		snprintf(path, sizeof path, BROKEN "/%s", list[i]->d_name);
		text = slurp(path);
		assert_non_null(text);
		char *copy = strdup(text);
		assert_int_equal(sscanf(copy, "-- %199[^\n]\n-- line: %39[0-9]\n", words, line), 2);
		fix = strstr(copy, "-- fix: ");
		assert_non_null(fix);
		fix += strlen("-- fix: ");
		*strchr(fix, '\n') = '\0';
		to = strstr(fix, " => ");
		assert_non_null(to);
		*to = '\0';
		to += 4;
		unescape(fix);
		unescape(to);

		put("broken/pack.lua", text);
		load("broken/pack.lua", &out, &errors);
		snprintf(at, sizeof at, "%s/broken/pack.lua:%s:", scratch, line);
		bool found = false;
		char *save, *lines = strdup(out.s);
		for (char *l = strtok_r(lines, "\n", &save); l; l = strtok_r(NULL, "\n", &save))
			found |= !strncmp(l, at, strlen(at)) && has_any(l, words);
		free(lines);
		if (!found) {
			print_error("%s: wanted line %s with \"%s\", got:\n%s\n", list[i]->d_name, line, words, out.s);
			bad++;
		}

		if (errors > 2) {
			print_error("%s: one fault is told %zu times:\n%s\n", list[i]->d_name, errors, out.s);
			bad++;
		}

		/* the mend, applied below the head */
		char *body = strstr(text, "\nlocal f = fact"), *where;
		assert_non_null(body);
		where = strstr(body, fix);
		if (!where)
			print_error("%s: the text to mend is not there: %s\n", list[i]->d_name, fix);
		assert_non_null(where);
		struct cb_buf mended;
		cb_buf_init(&mended);
		cb_buf_add(&mended, text, (size_t)(where - text));
		cb_buf_puts(&mended, to);
		cb_buf_puts(&mended, where + strlen(fix));
		put("broken/pack.lua", mended.s);
		if (load("broken/pack.lua", &out, &errors) || errors || out.len) {
			print_error("%s: mended, but:\n%s\n", list[i]->d_name, out.s);
			bad++;
		}
		cb_buf_release(&mended);
		free(copy);
		free(list[i]);
	}
	free(list);
	cb_buf_release(&out);
	assert_int_equal(bad, 0);
}

static void every_shipped_pack_loads_without_a_finding_and_passes_its_cases(void **state)
{
	struct cb_facts *dict;
	struct cb_diags *d;
	struct cb_rulebook *book;
	struct cb_err err = { 0 };

	(void)state;
	assert_int_equal(cb_facts_new(&dict, &err), 0);
	assert_int_equal(cb_diags_new(&d, 100), 0);
	int code = cb_pack_load_dir(&book, "rules", dict, NULL, d, &err);
	if (!code)
		code = cb_rulebook_check(book, d, &err);
	for (size_t i = 0; !code && i < cb_rulebook_count(book); i++) {
		const struct cb_ruleset *rs = cb_rulebook_at(book, i);
		struct cb_case_stats st;
		code = cb_ruleset_check(rs, d, &err);
		if (code)
			break;
		code = cb_pack_test_with(&st, rs, "rules", rs->src[rs->nsrc - 1].path, dict, d, &err);
		if (!code && st.cases == 0)
			print_error("%s has no cases\n", rs->id);
		assert_true(code || st.cases > 0);
	}
	for (size_t i = 0; i < cb_diags_kept(d); i++) {
		struct cb_buf b;
		cb_buf_init(&b);
		cb_diag_line(&b, cb_diags_at(d, i));
		print_error("%s\n", b.s);
		cb_buf_release(&b);
	}
	if (code)
		print_error("%s\n", err.msg);
	assert_int_equal(code, 0);
	assert_int_equal(cb_diags_count(d, CB_SEV_ERROR), 0);
	assert_true(cb_rulebook_count(book) >= 8);
	cb_rulebook_free(book);
	cb_diags_free(d);
	cb_facts_free(dict);
}

static const char BASE[] = "local f = fact\n"
			   "return ruleset { id = \"one.base\", title = \"A\", issuer = \"x\", status = \"reconstructed\", source = \"s\",\n"
			   "effective = { from = \"2024-01-01\" }, for_kinds = { \"regular\" }, criteria = {\n"
			   "criterion { id = \"a\", max = 5, label = \"A\", needs = { \"present\" }, score = function(m) return m.present end },\n"
			   "criterion { id = \"b\", max = 5, label = \"B\", score = flag(f.minutes_recorded, 5) } },\n"
			   "levels = { { \"tot\", 8, \"T\" }, { \"kem\", 0, \"K\" } } }\n";

/* The fragments of the guide stand in this pack. */
static const char FRAME_TOP[] = "local f = fact\nlocal share = f.present / (f.members - f.exempt)\nlocal short = 90 - f.duration_minutes\n"
				"return ruleset { id = \"guide.pack\", title = \"A\", status = \"reconstructed\", source = \"s\",\n";
static const char FRAME_LEVELS[] = "levels = { { \"tot\", 90, \"T\" }, { \"kha\", 70, \"K\" }, { \"trung_binh\", 50, \"B\" }, { \"kem\", 0, \"Y\" } },\n";
static const char FRAME_CRITERIA[] = "criteria = { criterion { id = \"attendance\", max = 50, label = \"A\", score = flag(share:ge(0.9), 50) },\n"
				     "criterion { id = \"discussion\", max = 50, label = \"B\",\n"
				     "applies = f.started_late_minutes:le(5), otherwise = 0, score = judged() } },\n";

static void every_example_of_the_guide_loads(void **state)
{
	char *text = strdup(slurp("rules/README.md")), *p = text;
	struct cb_buf out, pack;
	size_t errors;
	int blocks = 0, bad = 0;

	(void)state;
	cb_buf_init(&out);
	cb_buf_init(&pack);
	put("central/hd42.lua", slurp("rules/central/hd42.lua"));
	while ((p = strstr(p, "```lua "))) {
		char *info = p + 7, *body = strchr(info, '\n') + 1, *end = strstr(body, "```"), name[200] = "guide/pack.lua";
		assert_non_null(end);
		body[-1] = *end = '\0';
		cb_buf_clear(&pack);
		if (!strcmp(info, "criteria")) {
			int max = 0;
			assert_int_equal(sscanf(strstr(body, "max ="), "max = %d", &max), 1);
			cb_buf_printf(&pack, "%sissuer = \"x\", effective = { from = \"2025-01-01\" },\n%scriteria = {\n%scriterion { id = \"rest\", "
				      "max = %d, label = \"R\", score = judged() } } }\n", FRAME_TOP, FRAME_LEVELS, body, 100 - max);
		} else if (!strcmp(info, "fields")) {
			cb_buf_printf(&pack, "%s%s%s%s%s%s}\n", FRAME_TOP, strstr(body, "issuer =") ? "" : "issuer = \"x\", ",
				      strstr(body, "effective =") ? "" : "effective = { from = \"2025-01-01\" },\n", FRAME_LEVELS, FRAME_CRITERIA, body);
		} else if (!strncmp(info, "file=", 5)) {
			snprintf(name, sizeof name, "%s", info + 5);
			cb_buf_puts(&pack, body);
		} else {
			assert_string_equal(info, "pack");
			cb_buf_puts(&pack, body);
		}
		put(name, pack.s);
		blocks++;
		if (!strstr(name, "cases/") && (load(name, &out, &errors) || errors)) {
			print_error("the guide's example:\n%s\n%s\n", body, out.s);
			bad++;
		}
		p = end + 1;
	}
	free(text);
	cb_buf_release(&pack);
	cb_buf_release(&out);
	assert_int_equal(bad, 0);
	assert_true(blocks > 25);

	/* and its packs pass the cases beside them */
	static const struct { const char *path; int cases; } tested[] = { { "phuong_mau/hd42.lua", 2 }, { "xa_mau/hd42.lua", 1 }, { "tinh_mau/chuyen_de.lua", 1 } };
	struct cb_facts *dict;
	struct cb_diags *d;
	struct cb_case_stats st;
	struct cb_err err = { 0 };
	assert_int_equal(cb_facts_new(&dict, &err), 0);
	assert_int_equal(cb_diags_new(&d, 20), 0);
	for (size_t k = 0; k < sizeof tested / sizeof *tested; k++) {
		int code = cb_pack_test(&st, scratch, tested[k].path, dict, d, &err);
		for (size_t i = 0; i < cb_diags_kept(d); i++)
			print_error("%s\n", cb_diags_at(d, i)->what);
		assert_int_equal(code, 0);
		assert_int_equal(st.cases, tested[k].cases);
	}
	cb_diags_free(d);
	cb_facts_free(dict);
}

static void the_guide_lists_every_fact(void **state)
{
	char *text = strdup(slurp("rules/README.md")), row[100];
	(void)state;
	for (size_t i = 0; i < cb_fact_core_count(); i++) {
		snprintf(row, sizeof row, "| `%s` | ", cb_fact_core(i)->id);
		if (!strstr(text, row))
			print_error("missing in rules/README.md: %s\n", row);
		assert_non_null(strstr(text, row));
	}
	free(text);
}

static void the_cases_of_shipped_packs_reach_everything_and_notice_every_change(void **state)
{
	struct cb_facts *dict;
	struct cb_diags *d;
	struct cb_rulebook *book;
	struct cb_err err = { 0 };
	size_t bad = 0, all = 0;

	(void)state;
	assert_int_equal(cb_facts_new(&dict, &err), 0);
	assert_int_equal(cb_diags_new(&d, 100), 0);
	assert_int_equal(cb_pack_load_dir(&book, "rules", dict, NULL, d, &err), 0);
	for (size_t i = 0; i < cb_rulebook_count(book); i++) {
		const struct cb_ruleset *rs = cb_rulebook_at(book, i);
		const char *path = rs->src[rs->nsrc - 1].path;
		struct cb_cover *c;
		struct cb_mutation *m;
		assert_int_equal(cb_pack_cover(&c, "rules", path, dict, d, &err), 0);
		assert_true(c->nitem > 10);
		for (size_t k = 0; k < c->nitem; k++)
			if (!c->item[k].hit) {
				print_error("not reached: %s:%d: %s\n", c->item[k].file, c->item[k].line, c->item[k].what);
				bad++;
			}
		cb_cover_free(c);
		assert_int_equal(cb_pack_mutate(&m, "rules", path, dict, d, &err), 0);
		assert_true(m->nmutant > 10);
		assert_int_equal(m->nmutant, m->killed + m->refused + m->same + m->survived);
		for (size_t k = 0; k < m->nmutant; k++)
			if (m->mutant[k].fate == CB_MUTANT_SURVIVED) {
				print_error("not noticed: %s:%d: %s\n", m->mutant[k].file, m->mutant[k].line, m->mutant[k].what);
				bad++;
			}
		all += m->nmutant;
		cb_mutation_free(m);
	}
	assert_int_equal(bad, 0);
	assert_true(all > 500);
	cb_rulebook_free(book);
	cb_diags_free(d);
	cb_facts_free(dict);
}

static const char WEAK[] = "local f = fact\n"
			   "return ruleset { id = \"weak.pack\", title = \"A\", issuer = \"x\", status = \"reconstructed\", source = \"s\",\n"
			   "effective = { from = \"2024-01-01\" }, for_kinds = { \"regular\" }, criteria = {\n"
			   "criterion { id = \"a\", max = 60, label = \"A\", note = \"n\",\n"
			   "score = first { { f.present:ge(10), 60 },\n"
			   "{ f.present:ge(5), 30 }, otherwise(0) } },\n"
			   "criterion { id = \"b\", max = 40, label = \"B\", note = \"n\", score = flag(f.minutes_recorded, 40) } },\n"
			   "levels = { { \"tot\", 80, \"T\" }, { \"kem\", 0, \"K\" } } }\n";

/* What the cases of the weak pack leave out, as lines of text. */
static void weak(const char *cases, struct cb_buf *missed, struct cb_buf *survived)
{
	struct cb_facts *dict;
	struct cb_diags *d;
	struct cb_err err = { 0 };
	struct cb_cover *c;
	struct cb_mutation *m;
	char dir[600];

	put("weak/pack.lua", WEAK);
	snprintf(dir, sizeof dir, "%s/weak/cases", scratch);
	mkdir(dir, 0700);
	put("weak/cases/pack.lua", cases);
	assert_int_equal(cb_facts_new(&dict, &err), 0);
	assert_int_equal(cb_diags_new(&d, 100), 0);
	assert_int_equal(cb_pack_cover(&c, scratch, "weak/pack.lua", dict, d, &err), 0);
	for (size_t i = 0; i < c->nitem; i++)
		if (!c->item[i].hit)
			cb_buf_printf(missed, "%d %s\n", c->item[i].line, c->item[i].what);
	cb_cover_free(c);
	assert_int_equal(cb_pack_mutate(&m, scratch, "weak/pack.lua", dict, d, &err), 0);
	for (size_t i = 0; i < m->nmutant; i++)
		if (m->mutant[i].fate == CB_MUTANT_SURVIVED)
			cb_buf_printf(survived, "%d %s\n", m->mutant[i].line, m->mutant[i].what);
	cb_mutation_free(m);
	cb_diags_free(d);
	cb_facts_free(dict);
}

static void cases_that_are_too_few_are_shown_by_what_they_do_not_reach(void **state)
{
	struct cb_buf missed, survived;

	(void)state;
	cb_buf_init(&missed);
	cb_buf_init(&survived);
	weak("return { { name = 'x', facts = { present = 12, minutes_recorded = true }, expect = { total = 100, level = 'tot' } } }\n", &missed,
	     &survived);
	assert_non_null(strstr(missed.s, "6 a: branch số đảng viên có mặt ≥ 5"));
	assert_non_null(strstr(missed.s, "6 a: branch otherwise"));
	assert_non_null(strstr(missed.s, "7 b: no: ghi biên bản đầy đủ"));
	assert_non_null(strstr(missed.s, "level: kem"));
	assert_non_null(strstr(survived.s, "5 a.score[1][1]: ge becomes gt"));
	assert_non_null(strstr(survived.s, "5 a.score[1][1][2]: 10 becomes 11"));
	assert_non_null(strstr(survived.s, "6 a.score: branch 2 is left out"));
	assert_null(strstr(survived.s, "60 becomes"));
	cb_buf_clear(&missed);
	cb_buf_clear(&survived);
	weak("local function c(name, present, recorded, total, level)\n"
	     "return { name = name, facts = { present = present, minutes_recorded = recorded }, expect = { total = total, level = level } } end\n"
	     "return { c('a', 10, true, 100, 'tot'), c('b', 9, true, 70, 'kem'), c('c', 5, true, 70, 'kem'), c('d', 4, true, 40, 'kem'),\n"
	     "c('e', 10, false, 60, 'kem') }\n", &missed, &survived);
	assert_string_equal(missed.s, "");
	/* no total lies between 70 and 100: the threshold 80 may as well be 79 or 81, and no case could tell */
	assert_string_equal(survived.s, "");
	cb_buf_release(&missed);
	cb_buf_release(&survived);
}

static void a_share_rounds_once_to_its_step(void **state)
{
	struct cb_facts *dict;
	struct cb_diags *d;
	struct cb_case_stats st;
	struct cb_err err = { 0 };
	char dir[600];

	(void)state;
	put("step/pack.lua", "local f = fact\n"
			     "return ruleset { id = \"step.pack\", title = \"A\", issuer = \"x\", status = \"reconstructed\", source = \"s\",\n"
			     "effective = { from = \"2024-01-01\" }, criteria = {\n"
			     "criterion { id = \"a\", max = 15, label = \"A\", score = prorate(f.present / f.members, 15, { round = \"half_up\", step = 0.5 }) },\n"
			     "criterion { id = \"b\", max = 85, label = \"B\", score = capped(per(f.opinions / 3, 2, { round = \"down\", step = 1 }), 85) } },\n"
			     "levels = { { \"tot\", 80, \"T\" }, { \"kem\", 0, \"K\" } } }\n");
	snprintf(dir, sizeof dir, "%s/step/cases", scratch);
	mkdir(dir, 0700);
	/* 15 * 29/60 = 7.25: half up to 7.5. 15 * 0.4833 = 7.2495 is below 7.25, though its thousandths round to it: 7 */
	put("step/cases/pack.lua", "local function c(p, m, o, a, b) return { name = p .. '/' .. m, facts = { present = p, members = m, opinions = o },\n"
				   "expect = { points = { a = a, b = b } } } end\n"
				   "return { c(29, 60, 3, 7.5, 2), c(4833, 10000, 4, 7, 2), c(60, 60, 5, 15, 3), c(0, 60, 0, 0, 0), c(1, 60, 1000000, 0.5, 85) }\n");
	assert_int_equal(cb_facts_new(&dict, &err), 0);
	assert_int_equal(cb_diags_new(&d, 20), 0);
	int code = cb_pack_test(&st, scratch, "step/pack.lua", dict, d, &err);
	for (size_t i = 0; i < cb_diags_kept(d); i++)
		print_error("%s\n", cb_diags_at(d, i)->what);
	assert_int_equal(code, 0);
	assert_int_equal(st.cases, 5);
	cb_diags_free(d);
	cb_facts_free(dict);
}

static void a_failing_case_is_told_with_its_line_and_the_sheet(void **state)
{
	struct cb_facts *dict;
	struct cb_diags *d;
	struct cb_case_stats st;
	struct cb_err err = { 0 };

	(void)state;
	put("one/base.lua", BASE);
	put("one/cases/base.lua", "x");
	char dir[600];
	snprintf(dir, sizeof dir, "%s/one/cases", scratch);
	mkdir(dir, 0700);
	put("one/cases/base.lua", "return {\n"
				  "{ name = 'right', facts = { present = 4, minutes_recorded = true }, expect = { total = 9, level = 'tot' } },\n"
				  "{ name = 'wrong', facts = { present = 3, minutes_recorded = true },\n"
				  "  expect = { total = 9, level = 'tot', points = { a = 3 } } },\n"
				  "{ name = 'typo', facts = { presnt = 3 }, expect = { total = 9 } },\n"
				  "{ name = 'empty', facts = { present = 3 }, expect = { } },\n"
				  "{ name = 'absent', facts = { minutes_recorded = true }, expect = { status = 'missing', missing = { 'present' } } },\n"
				  "{ name = 'fails', facts = { present = 9, minutes_recorded = true }, expect = { status = 'error', level = false } },\n"
				  "}\n");
	assert_int_equal(cb_facts_new(&dict, &err), 0);
	assert_int_equal(cb_diags_new(&d, 20), 0);
	assert_int_equal(cb_pack_test(&st, scratch, "one/base.lua", dict, d, &err), CB_EDATA);
	if (cb_diags_kept(d) != 3)
		for (size_t i = 0; i < cb_diags_kept(d); i++)
			print_error("%s\n", cb_diags_at(d, i)->what);
	assert_int_equal(st.cases, 6);
	assert_int_equal(st.failed, 3);
	assert_int_equal(cb_diags_kept(d), 3);
	assert_int_equal(cb_diags_at(d, 0)->line, 4);
	assert_non_null(strstr(cb_diags_at(d, 0)->what, "case \"wrong\": total: expected 9, got 8"));
	assert_non_null(strstr(cb_diags_at(d, 0)->mend, "a 3, b 5; total 8, level tot"));
	assert_int_equal(cb_diags_at(d, 1)->line, 5);
	assert_non_null(strstr(cb_diags_at(d, 1)->what, "no fact is called presnt"));
	assert_int_equal(cb_diags_at(d, 2)->line, 6);
	cb_diags_free(d);
	cb_facts_free(dict);
}

static void a_pack_on_a_base_keeps_the_functions_of_both(void **state)
{
	struct cb_facts *dict;
	struct cb_diags *d;
	struct cb_ruleset *rs;
	struct cb_err err = { 0 };

	(void)state;
	put("one/base.lua", BASE);
	put("one/own.lua", "return ruleset { id = \"one.own\", title = \"B\", base = \"one.base\", issuer = \"y\", override = {\n"
			   "criterion { id = \"b\", max = 5, label = \"B\", needs = { \"speakers\" }, score = function(m) return m.speakers / 2 end } } }\n");
	assert_int_equal(cb_facts_new(&dict, &err), 0);
	assert_int_equal(cb_diags_new(&d, 100), 0);
	int code = cb_pack_load(&rs, scratch, "one/own.lua", dict, NULL, d, &err);
	if (code && cb_diags_kept(d))
		print_error("%s\n", cb_diags_at(d, 0)->what);
	assert_int_equal(code, 0);
	assert_int_equal(rs->nsrc, 2);
	assert_string_equal(rs->src[0].path, "one/base.lua");
	assert_string_equal(rs->src[1].path, "one/own.lua");

	struct cb_fnarg present = { .name = "present", .have = true, .value = { 3, 1 } }, speakers = { .name = "speakers", .have = true, .value = { 5, 1 } };
	struct cb_fnresult r;
	assert_int_equal(cb_fn_call(&rs->fn, rs->criterion[0].score->ref, &present, 1, &r, &err), 0);
	assert_int_equal(r.value.n, 3);
	assert_int_equal(cb_fn_call(&rs->fn, rs->criterion[1].score->ref, &speakers, 1, &r, &err), 0);
	assert_int_equal(r.value.n * 2, r.value.d * 5);
	cb_ruleset_free(rs);

	/* and the same again from what was stored, without the disk */
	struct cb_source src[2] = { { .path = "one/base.lua" }, { .path = "one/own.lua" } };
	char path[600];
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof path, "%s/%s", scratch, src[i].path);
		src[i].text = strdup(slurp(path));
		src[i].len = strlen(src[i].text);
	}
	assert_int_equal(cb_pack_load_sources(&rs, src, 2, dict, NULL, d, &err), 0);
	assert_string_equal(rs->id, "one.own");
	cb_ruleset_free(rs);
	assert_int_equal(cb_pack_load_sources(&rs, src + 1, 1, dict, NULL, d, &err), CB_EDATA);
	for (int i = 0; i < 2; i++)
		free((char *)src[i].text);
	cb_diags_free(d);
	cb_facts_free(dict);
}

static void a_part_is_required_once_and_becomes_a_source(void **state)
{
	struct cb_facts *dict;
	struct cb_diags *d;
	struct cb_ruleset *rs;
	struct cb_err err = { 0 };

	(void)state;
	put("parts/_levels.lua", "return { { \"tot\", 8, \"T\" }, { \"kem\", 0, \"K\" } }\n");
	put("parts/main.lua", "local f = fact\nlocal l = require \"_levels\"\n"
			      "return ruleset { id = \"parts.main\", title = \"A\", issuer = \"x\", status = \"reconstructed\", source = \"s\",\n"
			      "effective = { from = \"2024-01-01\" }, for_kinds = { \"regular\" }, criteria = {\n"
			      "criterion { id = \"b\", max = 10, label = \"B\", score = flag(f.minutes_recorded, 10) } }, levels = l }\n");
	assert_int_equal(cb_facts_new(&dict, &err), 0);
	assert_int_equal(cb_diags_new(&d, 100), 0);
	int code = cb_pack_load(&rs, scratch, "parts/main.lua", dict, NULL, d, &err);
	if (code && cb_diags_kept(d))
		print_error("%s\n", cb_diags_at(d, 0)->what);
	assert_int_equal(code, 0);
	assert_int_equal(rs->nsrc, 2);
	assert_string_equal(rs->src[0].path, "parts/_levels.lua");
	assert_string_equal(rs->src[1].path, "parts/main.lua");
	assert_int_equal(strlen(rs->sha), 64);
	cb_ruleset_free(rs);
	cb_diags_free(d);
	cb_facts_free(dict);
}

static void a_link_below_the_folder_is_not_followed(void **state)
{
	struct cb_buf out;
	size_t errors;
	char link_path[600];

	(void)state;
	cb_buf_init(&out);
	put("links/real.lua", BASE);
	snprintf(link_path, sizeof link_path, "%s/links/other.lua", scratch);
	assert_int_equal(symlink("real.lua", link_path), 0);
	assert_int_equal(load("links/other.lua", &out, &errors), CB_EIO);
	assert_non_null(strstr(out.s, "is a link"));
	assert_int_equal(load("links/../links/real.lua", &out, &errors), CB_ENOTFOUND);
	cb_buf_release(&out);
}

static void mistakes_of_all_packs_of_a_folder_come_in_one_run(void **state)
{
	struct cb_facts *dict;
	struct cb_diags *d;
	struct cb_rulebook *book;
	struct cb_err err = { 0 };
	char dir[600], text[2000];
	bool first = false, second = false;

	(void)state;
	snprintf(text, sizeof text, "%s", BASE);
	memcpy(strstr(text, "one.base"), "aaa.base", 8);
	put("all/readme.txt", "no pack");
	snprintf(dir, sizeof dir, "%s/all", scratch);
	put("all/_skip.lua", "syntax error here");
	snprintf(dir, sizeof dir, "%s/all/aaa", scratch);
	mkdir(dir, 0700);
	snprintf(dir, sizeof dir, "%s/all/bbb", scratch);
	mkdir(dir, 0700);
	put("all/aaa/base.lua", text);
	put("all/aaa/wrong.lua", "return ruleset { id = \"aaa.wrong\" }\n");
	put("all/bbb/wrong.lua", "return ruleset { id = \"ccc.wrong\", base = \"aaa.base\", titel = \"x\" }\n");
	snprintf(dir, sizeof dir, "%s/all", scratch);
	assert_int_equal(cb_facts_new(&dict, &err), 0);
	assert_int_equal(cb_diags_new(&d, 100), 0);
	assert_int_equal(cb_pack_load_dir(&book, dir, dict, NULL, d, &err), CB_EDATA);
	assert_null(book);
	for (size_t i = 0; i < cb_diags_kept(d); i++) {
		const struct cb_diag *x = cb_diags_at(d, i);
		first |= strstr(x->file, "aaa/wrong.lua") != NULL;
		second |= strstr(x->file, "bbb/wrong.lua") && x->line == 1 && strstr(x->what, "titel");
		assert_null(strstr(x->file, "_skip"));
	}
	assert_true(first && second);
	cb_diags_free(d);
	cb_facts_free(dict);
}

static void a_failed_allocation_anywhere_in_a_load_is_an_error_and_leaks_nothing(void **state)
{
	struct cb_facts *dict;
	struct cb_diags *d;
	struct cb_ruleset *rs;
	struct cb_err err = { 0 };

	(void)state;
	put("one/base.lua", BASE);
	put("one/own.lua", "return ruleset { id = \"one.own\", title = \"B\", base = \"one.base\", issuer = \"y\" }\n");
	assert_int_equal(cb_facts_new(&dict, &err), 0);
	assert_int_equal(cb_diags_new(&d, 100), 0);
	assert_int_equal(cb_pack_load(&rs, scratch, "one/own.lua", dict, NULL, d, &err), 0);
	cb_ruleset_free(rs);
	cb_diags_free(d);
	for (long n = 1;; n += n < 300 ? 1 : 7) {
		long live = cb_alloc_live();
		if (cb_diags_new(&d, 100))
			continue;
		cb_alloc_fail_from(n);
		int code = cb_pack_load(&rs, scratch, "one/own.lua", dict, NULL, d, &err);
		bool hit = cb_alloc_count() >= n;
		cb_alloc_fail_from(0);
		if (!code)
			cb_ruleset_free(rs);
		else
			assert_null(rs);
		cb_diags_free(d);
		assert_int_equal(cb_alloc_live(), live);
		if (!hit) {
			assert_int_equal(code, 0);
			break;
		}
		if (code != CB_ENOMEM && code != CB_ELIMIT)
			print_error("allocation %ld: code %d, %s\n", n, code, err.msg);
		assert_true(code == CB_ENOMEM || code == CB_ELIMIT);
	}
	cb_facts_free(dict);
}

static int tools(int which, struct cb_facts *dict)
{
	struct cb_diags *d;
	struct cb_cover *c;
	struct cb_mutation *m;
	struct cb_case_stats st;
	struct cb_buf out;
	struct cb_err err = { 0 };
	size_t n;
	int code;

	if (cb_diags_new(&d, 10))
		return CB_ENOMEM;
	if (which == 0) {
		code = cb_pack_cover(&c, scratch, "weak/pack.lua", dict, d, &err);
		if (!code)
			cb_cover_free(c);
	} else if (which == 1) {
		code = cb_pack_mutate(&m, scratch, "weak/pack.lua", dict, d, &err);
		if (!code)
			cb_mutation_free(m);
	} else if (which == 2) {
		cb_buf_init(&out);
		code = cb_pack_boundaries(&out, &n, scratch, "weak/pack.lua", dict, d, &err);
		cb_buf_release(&out);
	} else {
		code = cb_pack_test(&st, scratch, "weak/pack.lua", dict, d, &err);
	}
	cb_diags_free(d);
	return code;
}

static void failed_allocations_in_the_tools_are_errors_and_leak_nothing(void **state)
{
	struct cb_facts *dict;
	struct cb_err err = { 0 };
	char dir[600];

	(void)state;
	put("weak/pack.lua", WEAK);
	snprintf(dir, sizeof dir, "%s/weak/cases", scratch);
	mkdir(dir, 0700);
	put("weak/cases/pack.lua", "return { { name = 'x', facts = { present = 12, minutes_recorded = true }, expect = { total = 100, level = 'tot' } } }\n");
	assert_int_equal(cb_facts_new(&dict, &err), 0);
	for (int which = 0; which < 4; which++) {
		assert_int_equal(tools(which, dict), 0); /* facts are declared, folders known */
		for (long n = 1;; n += 1 + n / 40) {
			long live = cb_alloc_live();
			cb_alloc_fail_from(n);
			int code = tools(which, dict);
			bool hit = cb_alloc_count() >= n;
			cb_alloc_fail_from(0);
			assert_int_equal(cb_alloc_live(), live);
			if (!hit) {
				assert_int_equal(code, 0);
				break;
			}
			if (code != CB_ENOMEM && code != CB_ELIMIT)
				print_error("tool %d, allocation %ld: code %d\n", which, n, code);
			assert_true(code == CB_ENOMEM || code == CB_ELIMIT);
		}
	}
	cb_facts_free(dict);
}

static int set_up(void **state)
{
	(void)state;
	return mkdtemp(scratch) ? 0 : -1;
}

static int tear_down(void **state)
{
	char cmd[100];
	(void)state;
	snprintf(cmd, sizeof cmd, "rm -rf '%s'", scratch);
	return system(cmd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_broken_pack_is_told_with_its_line_and_loads_once_mended),
		cmocka_unit_test(every_shipped_pack_loads_without_a_finding_and_passes_its_cases),
		cmocka_unit_test(every_example_of_the_guide_loads),
		cmocka_unit_test(the_guide_lists_every_fact),
		cmocka_unit_test(the_cases_of_shipped_packs_reach_everything_and_notice_every_change),
		cmocka_unit_test(cases_that_are_too_few_are_shown_by_what_they_do_not_reach),
		cmocka_unit_test(a_share_rounds_once_to_its_step),
		cmocka_unit_test(a_failing_case_is_told_with_its_line_and_the_sheet),
		cmocka_unit_test(a_pack_on_a_base_keeps_the_functions_of_both),
		cmocka_unit_test(a_part_is_required_once_and_becomes_a_source),
		cmocka_unit_test(a_link_below_the_folder_is_not_followed),
		cmocka_unit_test(mistakes_of_all_packs_of_a_folder_come_in_one_run),
		cmocka_unit_test(failed_allocations_in_the_tools_are_errors_and_leak_nothing),
		cmocka_unit_test(a_failed_allocation_anywhere_in_a_load_is_an_error_and_leaks_nothing),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
