/*
 * rules.c - commands about rule packs: rules check, test, show, new, doc, list. They need no record.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/alloc.h"
#include "base/num.h"
#include "base/utf8.h"
#include "cli/cli.h"
#include "lua/cover.h"
#include "lua/pack.h"
#include "rule/forms.h"

int cli_ruleset(struct cli *c, const char *id, const struct cb_ruleset **out, struct cb_err *err)
{
	enum { MAX = 256 };
	const char *names[MAX];
	size_t n = cb_rulebook_count(c->book);

	*out = cb_rulebook_find(c->book, id);
	if (*out)
		return 0;
	if (n > MAX)
		n = MAX;
	for (size_t i = 0; i < n; i++)
		names[i] = cb_rulebook_at(c->book, i)->id;
	return cli_unknown(err, "ruleset", id, names, n);
}

char *cli_pack_path(const struct cli *c, const char *word, char *dst, size_t cap)
{
	size_t n = strlen(c->rules), len = strlen(word);

	while (n && c->rules[n - 1] == '/')
		n--;
	if (!strncmp(word, c->rules, n) && word[n] == '/')
		word += n + 1;
	len = strlen(word);
	if (len > 4 && !strcmp(word + len - 4, ".lua")) {
		snprintf(dst, cap, "%s", word);
	} else {
		char *dot;
		snprintf(dst, cap, "%s.lua", word);
		dot = strchr(dst, '.');
		if (dot && strcmp(dot, ".lua"))
			*dot = '/';
	}
	return dst;
}

bool cli_pack_is_file(const struct cli *c, const char *word)
{
	size_t n = strlen(c->rules), len = strlen(word);

	while (n && c->rules[n - 1] == '/')
		n--;
	return len > 4 && !strcmp(word + len - 4, ".lua") && !(!strncmp(word, c->rules, n) && word[n] == '/') && !access(word, F_OK);
}

/* Neither a pack of the rules folder nor a file. */
static int no_pack(const struct cli *c, const char *word, const char *path, struct cb_err *err)
{
	struct stat st;

	if (!stat(word, &st) && S_ISDIR(st.st_mode))
		return cb_err_set(err, CB_ENOTFOUND, "%.200s is a folder: name one of its files, or give the folder above it as --rules and no pack: all are taken then", word);
	return cb_err_set(err, CB_ENOTFOUND, "no pack %.200s: neither a file from here nor %.200s/%s; 'chibo rules list' names the packs", word, c->rules, path);
}

int cli_pack(struct cli *c, const char *word, struct cb_ruleset **out, struct cb_err *err)
{
	struct cb_facts *dict = cli_facts(c, err);
	char path[512], whole[PATH_MAX], *slash, *above;

	if (!dict)
		return err->code;
	if (!cli_pack_is_file(c, word)) {
		int rc = cb_pack_load(out, c->rules, cli_pack_path(c, word, path, sizeof path), dict, &cb_pack_limits_default, cli_diags(c), err);
		return rc == CB_ENOTFOUND ? no_pack(c, word, path, err) : rc;
	}
	/* folder/file.lua below whatever folder it is in; where the folder has no name here (x.lua, ../x.lua), its own */
	const char *end = strrchr(word, '/');
	if ((!end || end == word || (end[-1] == '.' && (end - word < 2 || end[-2] == '/' || end[-2] == '.'))) && realpath(word, whole))
		word = whole;
	if (snprintf(path, sizeof path, "%s", word) >= (int)sizeof path)
		return cb_err_set(err, CB_EUSAGE, "%.80s...: a path that is too long", path);
	slash = strrchr(path, '/');
	if (!slash)
		return cb_err_set(err, CB_EIO, "%s: cannot be read", path);
	*slash = '\0';
	above = strrchr(path, '/');
	*slash = '/';
	if (!above)
		return cb_pack_load_beside(out, ".", path, c->rules, dict, cli_diags(c), err);
	*above = '\0';
	return cb_pack_load_beside(out, *path ? path : "/", above + 1, c->rules, dict, cli_diags(c), err);
}

/* Is a fact reported by any meeting on record? Its column is there from the first time it was stored. */
static int reported(struct cli *c, const char *fact, bool *any, struct cb_err *err)
{
	struct cb_rows *q = NULL;
	char sql[160];
	int rc = cb_rows_open(&q, c->store, err, "select 1 from pragma_table_info('meeting') where name = ?1", "t", fact);

	if (!rc)
		rc = cb_rows_step(q, any, err);
	cb_rows_close(q);
	if (rc || !*any)
		return rc;
	snprintf(sql, sizeof sql, "select 1 from meeting where \"%.64s\" is not null limit 1", fact);
	rc = cb_rows_open(&q, c->store, err, sql, "");
	if (!rc)
		rc = cb_rows_step(q, any, err);
	cb_rows_close(q);
	return rc;
}

/* What the ruleset reads and nothing ever brings: every meeting would stay unscored there. */
static int check_record(struct cli *c, const struct cb_ruleset *rs, struct cb_err *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < rs->ninput; i++) {
		const struct cb_fact *f = rs->input[i].kind == CB_IN_FACT ? cb_facts_at(rs->dict, (size_t)rs->input[i].fact) : NULL;
		const struct cb_node *at = NULL;
		bool any = true;

		if (!f || f->attribute)
			continue;
		rc = reported(c, f->id, &any, err);
		for (size_t k = 0; !rc && !any && !at && k < rs->nnode; k++)
			if (rs->node[k]->ref == rs->input[i].fact && (!strcmp(rs->node[k]->form->name, "fact") || !strcmp(rs->node[k]->form->name, "known")))
				at = rs->node[k];
		if (!rc && !any)
			cb_diags_addf(cli_diags(c), CB_SEV_WARNING, at ? at->file : rs->id, at ? at->line : 0, 0, NULL,
				      "import it ('chibo template meetings' has its column), or say what a meeting without it gets",
				      "no meeting on record reports %s (%s)", f->id, f->label);
	}
	return rc;
}

static int check_one(struct cli *c, struct cb_sink *s, const struct cb_ruleset *rs, struct cb_err *err)
{
	size_t before = cb_diags_count(cli_diags(c), CB_SEV_ERROR), warned = cb_diags_count(cli_diags(c), CB_SEV_WARNING);
	cb_pts low = 0, high = 0;
	int rc;

	cb_pack_check_names(rs, cli_diags(c));
	rc = cb_ruleset_check(rs, cli_diags(c), err);
	if (rc && rc != CB_EDATA)
		return rc;
	if (c->store && (rc = check_record(c, rs, err)) != 0)
		return rc;
	if (!rs->rating)
		cb_ruleset_range(rs, &low, &high);
	return cb_sink_row(s, (struct cb_cell[]){cb_cell_text(rs->id), cb_cell_text(rs->status), cb_cell_int((int64_t)rs->ncriterion), cb_cell_int(rs->scale),
						 {.null = rs->rating != NULL, .n = low}, {.null = rs->rating != NULL, .n = high},
						 cb_cell_int((int64_t)(cb_diags_count(c->diags, CB_SEV_ERROR) - before)),
						 cb_cell_int((int64_t)(cb_diags_count(c->diags, CB_SEV_WARNING) - warned))}, err);
}

int cli_rules_check(struct cli *c, int argc, char **argv, struct cb_err *err)
{
	static const struct cb_column col[] = {
		{"ruleset", "Quy định", CB_COL_TEXT, 0}, {"status", "Nguồn", CB_COL_TEXT, 0}, {"criteria", "Tiêu chí", CB_COL_INT, 0},
		{"scale", "Thang điểm", CB_COL_PTS, 0}, {"lowest", "Thấp nhất", CB_COL_PTS, 0}, {"highest", "Cao nhất", CB_COL_PTS, 0},
		{"errors", "Lỗi", CB_COL_INT, 0},	 {"warnings", "Cảnh báo", CB_COL_INT, 0},
	};
	struct cb_facts *dict = cli_facts(c, err);
	struct cb_sink *s = NULL;
	size_t errors;
	int rc = 0, bad = 0;

	if (!dict)
		return err->code;
	if (cli_get(c, "record"))
		rc = cli_store(c, CB_OPEN_READ, err);
	if (!rc)
		rc = cli_sink(c, &s, col, sizeof col / sizeof *col, NULL, err);
	if (!rc && !argc) {
		bad = cb_pack_load_dir(&c->book, c->rules, dict, &cb_pack_limits_default, cli_diags(c), err);
		if (bad && bad != CB_EDATA)
			rc = bad;
		for (size_t i = 0; !rc && c->book && i < cb_rulebook_count(c->book); i++)
			rc = check_one(c, s, cb_rulebook_at(c->book, i), err);
		if (!rc && c->book) {
			rc = cb_rulebook_check(c->book, cli_diags(c), err);
			if (rc == CB_EDATA) {
				bad = rc;
				rc = 0;
			}
		}
	}
	for (int i = 0; !rc && i < argc; i++) {
		struct cb_ruleset *rs = NULL;
		int r2 = cli_pack(c, argv[i], &rs, err);
		if (r2 == CB_EDATA)
			bad = r2;
		else if (r2)
			rc = r2;
		else
			rc = check_one(c, s, rs, err);
		cb_ruleset_free(rs);
	}
	if (rc)
		cb_sink_close(s, NULL);
	else
		rc = cb_sink_close(s, err);
	errors = c->diags ? cb_diags_count(c->diags, CB_SEV_ERROR) : 0;
	cli_tell(c);
	if (!rc && (bad || errors))
		rc = cb_err_set(err, CB_EDATA, errors == 1 ? "1 mistake in the rules" : "%zu mistakes in the rules", errors);
	return rc;
}

/* Is the line that of the pack itself, not of its base or a part? */
static bool is_own(const char *file, const char *path)
{
	size_t n = strlen(file), m = strlen(path);

	return n >= m && !strcmp(file + n - m, path);
}

/* --coverage, --mutate: what the cases do not reach or notice becomes findings. */
static int cover_one(struct cli *c, const char *at, struct cb_facts *dict, struct cb_cell *cell, int64_t *left, struct cb_err *err)
{
	struct cb_diags *unheard; /* failing cases were told already */
	struct cb_cover *cover = NULL;
	struct cb_mutation *m = NULL;
	int rc = cb_diags_new(&unheard, 1) ? cb_err_nomem(err) : 0;

	if (!rc && cli_get(c, "coverage")) {
		rc = cb_pack_cover(&cover, c->rules, at, dict, unheard, err);
		for (size_t i = 0; !rc && i < cover->nitem; i++)
			if (!cover->item[i].hit) {
				bool own = is_own(cover->item[i].file, at);
				cb_diags_addf(cli_diags(c), CB_SEV_WARNING, cover->item[i].file, cover->item[i].line, 0, NULL, "add a case", "no case%s%s reaches %s",
					      own ? "" : " of ", own ? "" : at, cover->item[i].what);
				++*left;
			}
		if (!rc) {
			cell[0] = cb_cell_int((int64_t)cover->hit);
			cell[1] = cb_cell_int((int64_t)cover->nitem);
		}
	}
	if (!rc && cli_get(c, "mutate")) {
		rc = cb_pack_mutate(&m, c->rules, at, dict, unheard, err);
		for (size_t i = 0; !rc && i < m->nmutant; i++)
			if (m->mutant[i].fate == CB_MUTANT_SURVIVED) {
				char mend[300];
				snprintf(mend, sizeof mend, "add a case on each side%s%.250s", m->mutant[i].example ? "; one that notices: " : "",
					 m->mutant[i].example ? m->mutant[i].example : "");
				cb_diags_addf(cli_diags(c), CB_SEV_WARNING, m->mutant[i].file, m->mutant[i].line, 0, NULL, mend, "no case notices when %s",
					      m->mutant[i].what);
				++*left;
			}
		if (!rc) {
			cell[2] = cb_cell_int((int64_t)(m->nmutant - m->same));
			cell[3] = cb_cell_int((int64_t)m->survived);
		} else if (rc == CB_EDATA) {
			rc = 0; /* cases fail on the pack as it is: told */
			cli_say(c, "%s: no changes tried while its cases fail", at);
		}
	}
	cb_cover_free(cover);
	cb_mutation_free(m);
	cb_diags_free(unheard);
	return rc;
}

/* --boundaries: the missing cases as a file, on standard output. */
static int boundaries(struct cli *c, int argc, char **argv, struct cb_err *err)
{
	struct cb_facts *dict = cli_facts(c, err);
	char path[512];
	struct cb_buf out;
	size_t n = 0;
	int rc;

	if (!dict)
		return err->code;
	if (argc != 1)
		return cb_err_set(err, CB_EUSAGE, "--boundaries takes one pack");
	cb_buf_init(&out);
	rc = cb_pack_boundaries(&out, &n, c->rules, cli_pack_path(c, argv[0], path, sizeof path), dict, cli_diags(c), err);
	cli_tell(c);
	if (!rc)
		fprintf(c->out, "-- Written by rules test --boundaries: what the pack gives today on both sides of its thresholds. None of it is a test\n"
				"-- before a person has worked it out by hand and taken confirmed = false away.\nreturn {\n%s}\n", out.s);
	if (!rc)
		cli_say(c, "%zu case%s to confirm", n, n == 1 ? "" : "s");
	cb_buf_release(&out);
	return rc;
}

int cli_rules_test(struct cli *c, int argc, char **argv, struct cb_err *err)
{
	if (cli_get(c, "boundaries"))
		return boundaries(c, argc, argv, err);
	if (cli_get(c, "watch")) {
		if (argc > 1 || cli_get(c, "coverage") || cli_get(c, "mutate") || cli_get(c, "cases"))
			return cb_err_set(err, CB_EUSAGE, "--watch takes one pack or none, and no other option of rules test");
		return cli_rules_watch(c, argc, argv, err);
	}

	static const struct cb_column col[] = {
		{"ruleset", "Quy định", CB_COL_TEXT, 0}, {"cases", "Trường hợp", CB_COL_INT, 0}, {"failed", "Sai", CB_COL_INT, 0},
		{"reached", "Đã thử", CB_COL_INT, 0}, {"parts", "Trên", CB_COL_INT, 0}, {"mutants", "Biến thể", CB_COL_INT, 0},
		{"unnoticed", "Không phát hiện", CB_COL_INT, 0},
	};
	bool more = cli_get(c, "coverage") || cli_get(c, "mutate");
	const char *of = cli_get(c, "cases");
	struct cb_facts *dict = cli_facts(c, err);
	struct cb_sink *s = NULL;
	int64_t cases = 0, failed = 0, left = 0;
	char path[512];
	size_t n;
	int rc;

	if (!dict)
		return err->code;
	rc = argc ? 0 : cli_rules(c, err);
	if (!rc)
		rc = cli_sink(c, &s, col, more ? 7 : 3, NULL, err);
	n = argc ? (size_t)argc : !rc ? cb_rulebook_count(c->book) : 0;
	for (size_t i = 0; !rc && i < n; i++) {
		const struct cb_ruleset *rs = argc ? NULL : cb_rulebook_at(c->book, i);
		struct cb_case_stats st = {0};
		struct cb_cell cell[7];
		const char *at = rs ? rs->src[rs->nsrc - 1].path : cli_pack_path(c, argv[i], path, sizeof path);
		if (of || (!rs && cli_pack_is_file(c, argv[i]))) {
			struct cb_ruleset *file = NULL;
			rc = cli_pack(c, rs ? rs->id : argv[i], &file, err);
			if (!rc)
				rc = cb_pack_test_with(&st, file, c->rules, of ? cli_pack_path(c, of, path, sizeof path) : at, dict, cli_diags(c), err);
			cb_ruleset_free(file);
		} else {
			rc = cb_pack_test(&st, c->rules, at, dict, cli_diags(c), err);
		}
		if (rc == CB_EDATA && st.cases)
			rc = 0;
		cases += st.cases;
		failed += st.failed;
		if (st.unconfirmed)
			cli_say(c, "%s: %d case%s to confirm, not run", at, st.unconfirmed, st.unconfirmed == 1 ? "" : "s");
		cell[0] = cb_cell_text(rs ? rs->id : argv[i]);
		cell[1] = cb_cell_int(st.cases);
		cell[2] = cb_cell_int(st.failed);
		for (size_t k = 3; k < 7; k++)
			cell[k] = cb_cell_null();
		if (!rc && more)
			rc = cover_one(c, at, dict, cell + 3, &left, err);
		if (!rc)
			rc = cb_sink_row(s, cell, err);
	}
	if (rc)
		cb_sink_close(s, NULL);
	else
		rc = cb_sink_close(s, err);
	cli_tell(c);
	if (!rc && failed)
		rc = cb_err_set(err, CB_EDATA, "%" PRId64 " of %" PRId64 " cases failed", failed, cases);
	if (!rc && left)
		rc = cb_err_set(err, CB_EDATA, "%" PRId64 " part%s or change%s of the rules that no case shows", left, left == 1 ? "" : "s", left == 1 ? "" : "s");
	return rc;
}

/* --- rules new ------------------------------------------------------------------------------------------------ */

/* %1 id, %2 title, %3 issuer, %4 from: placeholders of the pack that people start from */
static const char new_pack[] =
	"-- %2\n"
	"--\n"
	"-- Say here: transcribed from what, or reconstructed from what; which choices were made where the text has holes.\n"
	"-- How to write on: rules/README.md. Then: chibo rules check %1; chibo rules test %1\n"
	"local f = fact\n"
	"local share = f.present / (f.members - f.exempt) -- name a quantity once, use it often\n"
	"local short = 90 - f.duration_minutes\n"
	"\n"
	"return ruleset {\n"
	"\tid = \"%1\",\n"
	"\ttitle = \"%2\",\n"
	"\tissuer = \"%3\",\n"
	"\tstatus = \"reconstructed\", -- \"transcribed\" once it is the text's own\n"
	"\tsource = \"mẫu để bắt đầu, chưa theo văn bản nào\",\n"
	"\teffective = { from = \"%4\" },\n"
	"\n"
	"\tcriteria = {\n"
	"\t\tcriterion {\n"
	"\t\t\tid = \"duration\", max = 20, article = \"1\", label = \"Thời lượng\",\n"
	"\t\t\tscore = first { { short:le(0), 20 }, { short:le(15), 10 }, otherwise(0) },\n"
	"\t\t},\n"
	"\t\tcriterion {\n"
	"\t\t\tid = \"attendance\", max = 40, article = \"2\", label = \"Tỷ lệ đảng viên dự\",\n"
	"\t\t\tscore = bands(share, { { 0.9, 40 }, { 0.75, 20 } }, 0),\n"
	"\t\t},\n"
	"\t\tcriterion { id = \"minutes\", max = 20, article = \"3\", label = \"Biên bản\", score = flag(f.minutes_recorded, 20) },\n"
	"\t\tcriterion { id = \"discussion\", max = 20, article = \"4\", label = \"Chất lượng thảo luận\", score = judged() },\n"
	"\t},\n"
	"\n"
	"\tlevels = { { \"tot\", 90, \"Tốt\" }, { \"kha\", 70, \"Khá\" }, { \"trung_binh\", 50, \"Trung bình\" }, { \"kem\", 0, \"Kém\" } },\n"
	"}\n";
static const char new_cases[] =
	"-- Worked out by hand: facts in, points and level out. Without a fault 20 + 40 + 20 + 20 = 100.\n"
	"local function case(name, changes, discussion, expect)\n"
	"\tlocal facts = { members = 100, exempt = 0, present = 95, duration_minutes = 90, minutes_recorded = true }\n"
	"\tfor id, v in pairs(changes) do facts[id] = v end\n"
	"\treturn { name = name, facts = facts, judged = { superior = { discussion = discussion } }, expect = expect }\n"
	"end\n"
	"\n"
	"return {\n"
	"\tcase(\"đủ điểm\", {}, 20, {\n"
	"\t\ttotal = 100, level = \"tot\", points = { duration = 20, attendance = 40, minutes = 20, discussion = 20 },\n"
	"\t}),\n"
	"\tcase(\"thiếu 1 phút\", { duration_minutes = 89 }, 20, { total = 90, level = \"tot\", points = { duration = 10 } }),\n"
	"\tcase(\"thiếu đúng 15 phút\", { duration_minutes = 75 }, 19, { total = 89, level = \"kha\", points = { duration = 10 } }),\n"
	"\tcase(\"thiếu 16 phút\", { duration_minutes = 74 }, 10, { total = 70, level = \"kha\", points = { duration = 0 } }),\n"
	"\tcase(\"90/100 dự, hai người được miễn\", { members = 102, exempt = 2, present = 90 }, 20, { points = { attendance = 40 } }),\n"
	"\tcase(\"89/100 dự\", { present = 89 }, 20, { points = { attendance = 20 } }),\n"
	"\tcase(\"75/100 dự, không biên bản\", { present = 75, minutes_recorded = false }, 10,\n"
	"\t\t{ total = 50, level = \"trung_binh\", points = { attendance = 20, minutes = 0 } }),\n"
	"\tcase(\"74/100 dự\", { present = 74 }, 9, { total = 49, level = \"kem\", points = { attendance = 0 } }),\n"
	"\tcase(\"69 là Trung bình\", { duration_minutes = 60 }, 9, { total = 69, level = \"trung_binh\" }),\n"
	"\tcase(\"chưa ai chấm thảo luận\", {}, nil, { status = \"missing\", level = false, points = { discussion = \"missing\" } }),\n"
	"}\n";

static int write_new(const char *path, const char *text, const char *const *value, struct cb_err *err)
{
	FILE *f = fopen(path, "wxe");
	bool ok;

	if (!f)
		return errno == EEXIST ? cb_err_set(err, CB_EEXIST, "%s is there already", path) : cb_err_set(err, CB_EIO, "%s: %s", path, strerror(errno));
	for (const char *p = text; *p; p++)
		if (*p == '%')
			fputs(value[*++p - '1'], f);
		else
			fputc(*p, f);
	ok = !ferror(f);
	ok = !fclose(f) && ok;
	return ok ? 0 : cb_err_set(err, CB_EIO, "%s: cannot be written", path);
}

/* The four answers of rules new; each says what is wrong with a text, NULL when it will do. */
static const char *bad_id(const char *id)
{
	const char *dot = strchr(id, '.');

	if (!dot || strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789_.") != strlen(id) || strchr(dot + 1, '.') || dot == id || !dot[1] || strlen(id) > 80 ||
	    !(id[0] >= 'a' && id[0] <= 'z') || !(dot[1] >= 'a' && dot[1] <= 'z'))
		return "a pack is named folder.file in a to z, 0 to 9 and _, such as phuong_mau.hd42";
	return NULL;
}

static const char *bad_text(const char *s)
{
	size_t at;

	if (strchr(s, '"') || strchr(s, '\\') || cb_text_check(s, strlen(s), &at) != CB_TEXT_OK)
		return "a title has no quotation marks and no control characters";
	return NULL;
}

static const char *bad_code(const char *s)
{
	return cb_code_ok(s, strlen(s)) ? NULL : "the code of a unit has letters, digits, points, _ and -";
}

static const char *bad_day(const char *s)
{
	cb_day day;

	return cb_day_parse(&day, s, strlen(s)) <= CB_DATE_BAD ? "write a day as 01/11/2025 or 2025-11-01" : NULL;
}

/* Asks on the terminal until the answer will do; an empty one means `otherwise`. */
static int ask(char *dst, size_t cap, const char *what, const char *otherwise, const char *(*bad)(const char *), struct cb_err *err)
{
	for (;;) {
		const char *why;
		size_t n;

		fprintf(stderr, otherwise ? "%s [%s]: " : "%s: ", what, otherwise);
		if (!fgets(dst, (int)cap, stdin))
			return cb_err_set(err, cli_stopped() ? CB_EINTR : CB_EUSAGE, "stopped; nothing was written");
		for (n = strlen(dst); n && strchr(" \t\r\n", dst[n - 1]); n--)
			dst[n - 1] = '\0';
		if (!*dst && otherwise)
			snprintf(dst, cap, "%s", otherwise);
		why = bad(dst);
		if (!why)
			return 0;
		fprintf(stderr, "%s\n", why);
	}
}

int cli_rules_new(struct cli *c, int argc, char **argv, struct cb_err *err)
{
	static const struct {
		const char *option, *what;
		const char *(*bad)(const char *);
	} part[] = {{"title", "name of the regulation", bad_text}, {"issuer", "code of the unit that issued it", bad_code}, {"from", "first day in force", bad_day}};
	char id[200], answer[3][400], iso[11], folder[512], path[600], cases[600];
	bool talk = isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
	const char *dot, *why;
	cb_day day;
	int rc = 0;

	if (argc)
		snprintf(id, sizeof id, "%s", argv[0]);
	else if (!talk)
		return cb_err_set(err, CB_EUSAGE, "rules new: wants ID, such as phuong_mau.hd42");
	else
		rc = ask(id, sizeof id, "id of the pack, folder.file", NULL, bad_id, err);
	if (rc)
		return rc;
	why = argc && strlen(argv[0]) > 80 ? bad_id("") : bad_id(id);
	if (why)
		return cb_err_set(err, CB_EUSAGE, "%s", why);
	dot = strchr(id, '.');
	for (int i = 0; i < 3; i++) {
		const char *given = cli_get(c, part[i].option);
		char otherwise[200];
		/* most often the folder has the issuing body's code */
		if (i == 1)
			snprintf(otherwise, sizeof otherwise, "%.*s", (int)(dot - id), id);
		else
			snprintf(otherwise, sizeof otherwise, "%s", i == 0 ? id : "28/10/2025");
		if (!given && talk)
			rc = ask(answer[i], sizeof answer[i], part[i].what, otherwise, part[i].bad, err);
		else
			snprintf(answer[i], sizeof answer[i], "%s", given ? given : otherwise);
		if (rc)
			return rc;
		why = given && strlen(given) >= sizeof answer[i] ? "is too long" : part[i].bad(answer[i]);
		if (why)
			return cb_err_set(err, CB_EUSAGE, "--%s %.60s: %s", part[i].option, answer[i], why);
	}
	cb_day_parse(&day, answer[2], strlen(answer[2]));
	const char *value[] = {id, answer[0], answer[1], cb_day_iso(iso, day)};
	snprintf(folder, sizeof folder, "%.400s/%.*s", c->rules, (int)(dot - id), id);
	rc = mkdir(folder, 0777) && errno != EEXIST ? cb_err_set(err, CB_EIO, "%s: %s", folder, strerror(errno)) : 0;
	snprintf(path, sizeof path, "%s/%s.lua", folder, dot + 1);
	if (!rc)
		rc = write_new(path, new_pack, value, err);
	snprintf(cases, sizeof cases, "%s/cases", folder);
	if (!rc && mkdir(cases, 0777) && errno != EEXIST)
		rc = cb_err_set(err, CB_EIO, "%s: %s", cases, strerror(errno));
	snprintf(cases, sizeof cases, "%s/cases/%s.lua", folder, dot + 1);
	if (!rc)
		rc = write_new(cases, new_cases, value, err);
	if (!rc)
		fprintf(c->out, "%s\n%s\n", path, cases);
	if (!rc && talk)
		fprintf(stderr, "next: chibo rules check %s; chibo rules test %s\n", id, id);
	return rc;
}

int cli_rules_doc(struct cli *c, int argc, char **argv, struct cb_err *err)
{
	static const char *const type[] = {"count", "minutes", "days", "date", "flag", "word", "decimal"};
	static const struct cb_column col[] = {{"fact", "Mã", CB_COL_TEXT, 0}, {"type", "Loại", CB_COL_TEXT, 0}, {"label", "Tên", CB_COL_TEXT, 0},
					       {"unit", "Đơn vị", CB_COL_TEXT, 0}, {"words", "Giá trị", CB_COL_TEXT, 0}, {"pack", "Của", CB_COL_TEXT, 0},
					       {"used_by", "Dùng trong", CB_COL_TEXT, 0}};
	struct cb_facts *dict = cli_facts(c, err);
	struct cb_sink *s = NULL;
	struct cb_buf words, used;
	int rc = dict ? cli_rules(c, err) : err->code;

	(void)argc;
	(void)argv;
	cb_buf_init(&words);
	cb_buf_init(&used);
	if (!rc)
		rc = cli_sink(c, &s, col, sizeof col / sizeof *col, NULL, err);
	for (size_t i = 0; !rc && i < cb_facts_count(dict); i++) {
		const struct cb_fact *f = cb_facts_at(dict, i);
		cb_buf_clear(&words);
		cb_buf_clear(&used);
		for (size_t k = 0; f->vocab && f->vocab[k]; k++)
			if (f->vocab[k][0])
				cb_buf_printf(&words, "%s%s", words.len ? " " : "", f->vocab[k]);
		for (size_t b = 0; b < cb_rulebook_count(c->book); b++) {
			const struct cb_ruleset *rs = cb_rulebook_at(c->book, b);
			for (size_t k = 0; k < rs->ninput; k++)
				if (rs->input[k].kind == CB_IN_FACT && rs->input[k].fact == (int)i) {
					cb_buf_printf(&used, "%s%s", used.len ? " " : "", rs->id);
					break;
				}
		}
		rc = !cb_buf_ok(&words) || !cb_buf_ok(&used) ? cb_err_nomem(err) :
			cb_sink_row(s, (struct cb_cell[]){cb_cell_text(f->id), cb_cell_text(type[f->type]), cb_cell_text(f->label), cb_cell_text(f->unit),
							  cb_cell_text(words.len ? words.s : NULL), cb_cell_text(f->pack), cb_cell_text(used.len ? used.s : NULL)}, err);
	}
	if (s && rc)
		cb_sink_close(s, NULL);
	else if (s)
		rc = cb_sink_close(s, err);
	cb_buf_release(&words);
	cb_buf_release(&used);
	return rc;
}

int cli_rules_list(struct cli *c, int argc, char **argv, struct cb_err *err)
{
	static const struct cb_column col[] = {
		{"ruleset", "Quy định", CB_COL_TEXT, 0}, {"title", "Tên", CB_COL_TEXT, 0},	 {"issuer", "Ban hành", CB_COL_TEXT, 0}, {"status", "Nguồn", CB_COL_TEXT, 0},
		{"from", "Từ ngày", CB_COL_DAY, 0},	 {"to", "Đến ngày", CB_COL_DAY, 0}, {"criteria", "Tiêu chí", CB_COL_INT, 0}, {"scale", "Tổng điểm", CB_COL_PTS, 0},
		{"sha256", "SHA-256", CB_COL_TEXT, 0},
	};
	struct cb_sink *s = NULL;
	int rc = cli_rules(c, err);

	(void)argc;
	(void)argv;
	if (!rc)
		rc = cli_sink(c, &s, col, sizeof col / sizeof *col, NULL, err);
	for (size_t i = 0; !rc && i < cb_rulebook_count(c->book); i++) {
		const struct cb_ruleset *rs = cb_rulebook_at(c->book, i);
		char sha[13];
		snprintf(sha, sizeof sha, "%.12s", rs->sha);
		rc = cb_sink_row(s, (struct cb_cell[]){cb_cell_text(rs->id), cb_cell_text(rs->title), cb_cell_text(rs->issuer), cb_cell_text(rs->status),
						       {.null = rs->from <= CB_DAY_MIN, .n = rs->from}, {.null = rs->to >= CB_DAY_MAX, .n = rs->to},
						       cb_cell_int((int64_t)rs->ncriterion), {.null = !rs->scale, .n = rs->scale},
						       cb_cell_text(c->form == CB_OUT_TABLE ? sha : rs->sha)}, err);
	}
	if (rc) {
		cb_sink_close(s, NULL);
		return rc;
	}
	return cb_sink_close(s, err);
}

/* Notes of the lines of an expression, each once. */
static void line_notes(struct cb_buf *t, const struct cb_node *n, bool *seen)
{
	if (!n || seen[n->id])
		return;
	seen[n->id] = true;
	if (n->note)
		cb_buf_printf(t, "\nGhi chú: %s", n->note);
	for (size_t i = 0; i < n->nkid; i++)
		line_notes(t, n->kid[i], seen);
}

/* One line of it. What a label stands for is said too: the form has the label, the reader may want the condition. */
static void how_line(struct cb_buf *t, const struct cb_ruleset *rs, const struct cb_node *n)
{
	cb_node_text_vi(t, rs, n);
	if (n && cb_is(n, "flag") && n->label) {
		cb_buf_puts(t, " (khi ");
		cb_node_text_vi(t, rs, n->kid[0]);
		cb_buf_putc(t, ')');
	}
}

/* How a criterion is scored: parts and branches of the outermost form on lines of their own. */
static void how(struct cb_buf *t, const struct cb_ruleset *rs, const struct cb_criterion *k)
{
	const struct cb_node *n = k->score ? k->score : k->check;
	size_t start = n && cb_is(n, "first") ? 0 : 1;
	char p[CB_NUM_TEXT];

	if (k->applies) {
		cb_buf_puts(t, "chỉ áp dụng khi ");
		cb_node_text_vi(t, rs, k->applies);
		if (k->na == CB_NA_POINTS)
			cb_buf_printf(t, ", nếu không: %s điểm\n", cb_fmt_pts_vi(p, sizeof p, k->na_points));
		else
			cb_buf_puts(t, k->na == CB_NA_RESCALE ? ", nếu không: tính lại trên phần còn lại\n" : k->score ? ", nếu không: điểm tối đa\n" :
				       ", nếu không: coi là đạt\n");
	}
	if (k->counts != CB_COUNTS_SCALE)
		cb_buf_puts(t, k->counts == CB_COUNTS_BONUS ? "điểm cộng vào tổng điểm: " : "điểm trừ vào tổng điểm: ");
	if (n && (cb_is_choice(n) || cb_is(n, "sum"))) {
		for (size_t i = cb_is(n, "sum") ? 0 : start; i < n->nkid; i++) {
			cb_buf_puts(t, i > (cb_is(n, "sum") ? 0 : start) ? "\n" : "");
			cb_buf_puts(t, cb_is(n, "sum") ? "– " : "");
			how_line(t, rs, n->kid[i]);
		}
	} else {
		how_line(t, rs, n);
	}
	if (k->is_function) {
		for (size_t i = 0; i < k->nneeds; i++)
			cb_buf_printf(t, "%s%s", i ? ", " : " từ: ", cb_facts_at(rs->dict, (size_t)k->needs[i])->label);
	}
}

static void about(struct cb_doc *d, const char *what, const char *value)
{
	if (value && *value)
		cb_doc_row(d, (struct cb_cell[]){cb_cell_text(what), cb_cell_text(value)});
}

/* What holds for the whole ruleset, as a table of its own: so it is in every form. */
static void show_head(struct cb_doc *d, const struct cb_ruleset *rs, struct cb_buf *t)
{
	static const struct cb_column col[] = {{"what", "Mục", CB_COL_TEXT, 0}, {"value", "Nội dung", CB_COL_TEXT, 0}};
	static const char *const rounding[] = {
		[CB_ROUND_HALF_UP] = "làm tròn (từ nửa trở lên thì làm tròn lên)",
		[CB_ROUND_HALF_EVEN] = "làm tròn (đúng nửa thì về số chẵn)",
		[CB_ROUND_DOWN] = "làm tròn xuống",
		[CB_ROUND_UP] = "làm tròn lên",
	};
	char a[11], b[11], n[CB_NUM_TEXT];

	cb_doc_table(d, "about", "", col, 2);
	about(d, "Mã", rs->id);
	about(d, "Ban hành", rs->issuer);
	cb_buf_clear(t);
	cb_buf_printf(t, "%s – %s", rs->from <= CB_DAY_MIN ? "…" : cb_day_vi(a, rs->from), rs->to >= CB_DAY_MAX ? "…" : cb_day_vi(b, rs->to));
	about(d, "Hiệu lực", t->s);
	about(d, "Văn bản", rs->status && !strcmp(rs->status, "reconstructed") ? "dựng lại, chưa có toàn văn" : "chép từ văn bản");
	about(d, "Nguồn", rs->source);
	cb_buf_clear(t);
	if (rs->base)
		cb_buf_printf(t, rs->frame ? "%s, chia lại điểm từng phần trong khung của quy định đó" : "%s", rs->base);
	about(d, "Dựa trên", t->s);
	cb_buf_clear(t);
	cb_kinds_vi(t, rs->for_kinds);
	about(d, "Loại sinh hoạt", t->s);
	cb_buf_clear(t);
	cb_units_vi(t, rs->for_units);
	about(d, "Loại tổ chức", t->s);
	cb_buf_clear(t);
	cb_cells_vi(t, rs->for_cells);
	about(d, "Loại hình chi bộ", t->s);
	cb_buf_clear(t);
	for (size_t i = 0; i < rs->norder; i++)
		cb_buf_printf(t, "%s%s", i ? ", rồi " : "", cb_assessor_vi(rs->order[i]));
	about(d, "Điểm chấm lấy của", t->s);
	about(d, "Thiếu số liệu", cb_missing_vi(rs->missing));
	cb_buf_clear(t);
	if (!rs->rating && rs->total_round != CB_ROUND_NONE)
		cb_buf_printf(t, "%s đến %s điểm trước khi xếp loại", rounding[rs->total_round], cb_fmt_pts_vi(n, sizeof n, rs->total_step));
	about(d, "Tổng điểm", t->s);
	cb_buf_clear(t);
	if (rs->off_scale)
		cb_buf_printf(t, "từ 0 đến %s", cb_fmt_pts_vi(n, sizeof n, rs->ceiling));
	about(d, "Tổng điểm sau khi cộng, trừ", t->s);
	about(d, "Điểm trừ", rs->notes == CB_NOTES_NONE ? NULL :
	      rs->notes == CB_NOTES_MEETING ? "phải ghi rõ lý do: ít nhất một ghi chú cho cả buổi, hoặc ghi chú của từng tiêu chí bị trừ điểm"
					    : "phải ghi rõ lý do: mỗi tiêu chí bị trừ điểm phải có ghi chú");
	about(d, "Ghi chú", rs->note);
}

static void show_ranking(struct cb_doc *d, const struct cb_ruleset *rs, struct cb_buf *t)
{
	static const struct cb_column col[] = {{"key", "Xếp hạng theo", CB_COL_TEXT, 0}, {"first", "Đứng trước", CB_COL_TEXT, 0}, {"note", "Ghi chú", CB_COL_TEXT, 0}};
	static const struct cb_column rule[] = {{"what", "Cách xếp hạng", CB_COL_TEXT, 0}, {"value", "Nội dung", CB_COL_TEXT, 0}};

	if (!rs->nrank)
		return;
	cb_doc_table(d, "ranking", "Xếp hạng", col, 3);
	for (size_t i = 0; i < rs->nrank; i++) {
		const struct cb_rank_key *k = &rs->rank[i];
		cb_buf_clear(t);
		if (k->label)
			cb_buf_puts(t, k->label);
		else
			cb_node_text_vi(t, rs, k->value);
		cb_doc_row(d, (struct cb_cell[]){cb_cell_text(t->s), cb_cell_text(k->down ? "lớn hơn" : "nhỏ hơn"), cb_cell_text(k->note)});
	}
	cb_doc_table(d, "ranking_rules", "", rule, 2);
	cb_doc_row(d, (struct cb_cell[]){cb_cell_text("xếp hạng trong"), cb_cell_text(cb_within_vi(rs->rank_within))});
	cb_doc_row(d, (struct cb_cell[]){cb_cell_text("bằng nhau"), cb_cell_text(cb_ties_vi(rs->rank_ties))});
	cb_doc_row(d, (struct cb_cell[]){cb_cell_text("đơn vị có tháng chưa xếp loại"),
					 cb_cell_text(rs->rank_beside ? "xếp chung theo số liệu đã có" : "để riêng, không xếp")});
	if (rs->rank_note)
		cb_doc_row(d, (struct cb_cell[]){cb_cell_text("ghi chú"), cb_cell_text(rs->rank_note)});
}

/* Facts that this pack (or its base) adds to what every pack may ask for. */
static void show_facts(struct cb_doc *d, const struct cb_ruleset *rs, struct cb_buf *t)
{
	static const struct cb_column col[] = {{"fact", "Mã", CB_COL_TEXT, 0}, {"label", "Số liệu riêng của quy định", CB_COL_TEXT, 0}, {"unit", "Đơn vị", CB_COL_TEXT, 0},
					       {"words", "Giá trị", CB_COL_TEXT, 0}};
	bool any = false;

	for (size_t i = 0; i < cb_facts_count(rs->dict); i++) {
		const struct cb_fact *f = cb_facts_at(rs->dict, i);
		bool mine = f->pack && (!strcmp(f->pack, rs->id) || (rs->base && !strcmp(f->pack, rs->base)));
		for (size_t k = 0; f->pack && !mine && k < rs->ninput; k++)
			mine = rs->input[k].kind == CB_IN_FACT && rs->input[k].fact == (int)i;
		if (!mine)
			continue;
		if (!any)
			cb_doc_table(d, "facts", "Số liệu riêng", col, 4);
		any = true;
		cb_buf_clear(t);
		for (size_t k = 0; f->vocab && f->vocab[k]; k++)
			if (f->vocab[k][0])
				cb_buf_printf(t, "%s%s", t->len ? ", " : "", f->vocab_vi && f->vocab_vi[k] ? f->vocab_vi[k] : f->vocab[k]);
		cb_doc_row(d, (struct cb_cell[]){cb_cell_text(f->id), cb_cell_text(f->label), cb_cell_text(f->unit), cb_cell_text(t->len ? t->s : NULL)});
	}
}

static int show_doc(struct cb_doc **out, const struct cb_ruleset *rs, struct cb_err *err)
{
	static const struct cb_column crit[] = {
		{"no", "TT", CB_COL_INT, 0}, {"criterion", "Mã", CB_COL_TEXT, 0}, {"label", "Tiêu chí", CB_COL_TEXT, 0}, {"article", "Điều", CB_COL_TEXT, 0},
		{"max", "Tối đa", CB_COL_PTS, 0}, {"how", "Cách chấm", CB_COL_TEXT, 0},
	};
	static const struct cb_column lev[] = {{"level", "Mã", CB_COL_TEXT, 0}, {"label", "Mức", CB_COL_TEXT, 0}, {"at_least", "Từ", CB_COL_PTS, 0},
					       {"note", "Ghi chú", CB_COL_TEXT, 0}};
	static const struct cb_column gat[] = {{"label", "Điều kiện khống chế", CB_COL_TEXT, 0}, {"article", "Điều", CB_COL_TEXT, 0}, {"level", "Mức", CB_COL_TEXT, 0},
					       {"rule", "Nội dung", CB_COL_TEXT, 0}};
	static const struct cb_column rat[] = {{"rule", "Cách xếp loại", CB_COL_TEXT, 0}};
	static const struct cb_column per[] = {{"period", "Kỳ", CB_COL_TEXT, 0}, {"rule", "Cách xếp loại", CB_COL_TEXT, 0}};
	static const char *const period_vi[] = {"tháng", "quý", "6 tháng", "9 tháng", "năm"};
	static const struct cb_column adv[] = {{"name", "Mã", CB_COL_TEXT, 0}, {"label", "Số liệu, dòng chấm", CB_COL_TEXT, 0}, {"cost", "Độ khó", CB_COL_INT, 0},
					       {"never", "", CB_COL_TEXT, 0}};
	struct cb_buf t;
	bool any = false, noted = false, *seen = cb_calloc(rs->nnode + 1, sizeof *seen);
	int rc = seen ? cb_doc_new(out, rs->title ? rs->title : rs->id, NULL, err) : cb_err_nomem(err);

	if (rc) {
		cb_free(seen);
		return rc;
	}
	cb_buf_init(&t);
	cb_doc_meta(*out, "ruleset", rs->id);
	cb_doc_meta(*out, "issuer", rs->issuer);
	cb_doc_meta(*out, "status", rs->status);
	cb_doc_meta(*out, "base", rs->base);
	cb_doc_meta(*out, "sha256", rs->sha);
	if (rs->status && !strcmp(rs->status, "reconstructed"))
		cb_doc_note(*out, "Bản dựng lại, chưa có toàn văn%s%s", rs->source ? ": " : "", rs->source ? rs->source : "");
	show_head(*out, rs, &t);
	cb_doc_table(*out, "criteria", "Tiêu chí", crit, sizeof crit / sizeof *crit);
	for (size_t i = 0; i < rs->ncriterion; i++) {
		const struct cb_criterion *k = &rs->criterion[i];
		cb_buf_clear(&t);
		how(&t, rs, k);
		if (k->note)
			cb_buf_printf(&t, "\nGhi chú: %s", k->note);
		memset(seen, 0, rs->nnode + 1);
		line_notes(&t, k->applies, seen);
		line_notes(&t, k->score ? k->score : k->check, seen);
		if (k->group)
			cb_buf_printf(&t, "\nNhóm: %s", k->group);
		if (k->part_of)
			cb_buf_printf(&t, "\nThuộc phần «%s» của khung", k->part_of);
		cb_doc_row(*out, (struct cb_cell[]){cb_cell_int((int64_t)i + 1), cb_cell_text(k->id), cb_cell_text(k->label), cb_cell_text(k->article),
						    {.null = !k->score, .n = k->max}, cb_cell_text(t.s)});
	}
	if (rs->scale)
		cb_doc_total(*out, (struct cb_cell[]){cb_cell_null(), cb_cell_null(), cb_cell_text("Cộng"), cb_cell_null(), cb_cell_int(rs->scale), cb_cell_null()});
	for (size_t i = 0; i < rs->nlevel; i++)
		noted |= rs->level[i].note != NULL;
	cb_doc_table(*out, "levels", "Mức xếp loại", lev, noted ? 4 : 3);
	for (size_t i = 0; i < rs->nlevel; i++)
		cb_doc_row(*out, (struct cb_cell[]){cb_cell_text(rs->level[i].id), cb_cell_text(rs->level[i].label),
						    {.null = rs->rating != NULL, .n = rs->level[i].at_least}, cb_cell_text(rs->level[i].note)});
	if (rs->rating) {
		cb_doc_table(*out, "rating", "", rat, 1);
		cb_buf_clear(&t);
		cb_node_text_vi(&t, rs, rs->rating);
		cb_doc_row(*out, (struct cb_cell[]){cb_cell_text(t.s)});
	}
	if (rs->ngate) {
		cb_doc_table(*out, "gates", "", gat, sizeof gat / sizeof *gat);
		for (size_t i = 0; i < rs->ngate; i++) {
			const struct cb_gate *g = &rs->gate[i];
			cb_buf_clear(&t);
			cb_buf_puts(&t, g->needs ? "phải có: " : "khống chế khi: ");
			cb_node_text_vi(&t, rs, g->needs ? g->needs : g->when);
			if (g->note)
				cb_buf_printf(&t, "\nGhi chú: %s", g->note);
			cb_doc_row(*out, (struct cb_cell[]){cb_cell_text(g->label), cb_cell_text(g->article),
							    cb_cell_text(g->level >= 0 ? rs->level[g->level].label : g->at_most >= 0 ? rs->level[g->at_most].label : NULL),
							    cb_cell_text(t.s)});
		}
	}
	for (int i = 1; i < 5; i++) {
		if (!rs->period[i].level)
			continue;
		if (!any)
			cb_doc_table(*out, "periods", "Xếp loại quý, 6 tháng, 9 tháng, năm", per, 2);
		any = true;
		cb_buf_clear(&t);
		cb_node_text_vi(&t, rs, rs->period[i].level);
		cb_doc_row(*out, (struct cb_cell[]){cb_cell_text(period_vi[i]), cb_cell_text(t.s)});
	}
	if (any)
		cb_doc_row(*out, (struct cb_cell[]){cb_cell_text("tháng không họp"), cb_cell_text(cb_missed_vi(rs->missed_month))});
	show_ranking(*out, rs, &t);
	show_facts(*out, rs, &t);
	if (rs->neffort)
		cb_doc_table(*out, "advice", "Độ khó khi tư vấn (không ghi: 1)", adv, sizeof adv / sizeof *adv);
	for (size_t i = 0; i < rs->neffort; i++) {
		const struct cb_effort *e = &rs->effort[i];
		int fact = cb_facts_find(rs->dict, e->name), at = cb_criterion_find(rs, e->name);
		const char *label = fact >= 0 ? cb_facts_at(rs->dict, (size_t)fact)->label : at >= 0 ? rs->criterion[at].label : NULL;
		const struct cb_node *judged = cb_judged_find(rs, e->name);
		if (!label && judged)
			label = judged->label;
		cb_doc_row(*out, (struct cb_cell[]){cb_cell_text(e->name), cb_cell_text(label), {.null = !e->cost, .n = e->cost},
						    cb_cell_text(e->cost ? NULL : "không tư vấn thay đổi")});
	}
	if (!cb_buf_ok(&t))
		rc = cb_err_nomem(err);
	cb_free(seen);
	cb_buf_release(&t);
	return rc;
}

/* One ruleset of the loaded rules as the document that `make` makes of it. */
static int print_ruleset(struct cli *c, const char *id, int (*make)(struct cb_doc **, const struct cb_ruleset *, struct cb_err *),
			 struct cb_err *err)
{
	const struct cb_ruleset *rs = NULL;
	struct cb_ruleset *file = NULL;
	struct cb_doc *d = NULL;
	int rc;

	if (cli_pack_is_file(c, id)) {
		rc = cli_pack(c, id, &file, err);
		cli_tell(c);
		rs = file;
	} else {
		rc = cli_rules(c, err);
		if (!rc)
			rc = cli_ruleset(c, id, &rs, err);
	}
	if (!rc)
		rc = make(&d, rs, err);
	if (!rc)
		rc = cli_doc(c, d, err);
	cb_doc_free(d);
	cb_ruleset_free(file);
	return rc;
}

int cli_rules_show(struct cli *c, int argc, char **argv, struct cb_err *err)
{
	(void)argc;
	return print_ruleset(c, argv[0], show_doc, err);
}

/* The judged lines of a criterion ("preparation.content"), in the order of the form; each once. */
static void form_lines(struct cb_doc *d, const struct cb_node *n, bool *seen)
{
	if (!n || seen[n->id])
		return;
	seen[n->id] = true;
	if (!strcmp(n->form->name, "judged") && n->label) {
		char t[CB_NUM_TEXT];
		struct cb_buf b;
		cb_buf_init(&b);
		cb_buf_printf(&b, "– %s%s%s", n->label, n->num.d ? ": tối đa " : "", n->num.d ? cb_fmt_ratio_vi(t, sizeof t, n->num, n->num.d == 1 ? 0 : 2) : "");
		cb_doc_row(d, (struct cb_cell[]){cb_cell_null(), cb_cell_text(b.s), cb_cell_null(), cb_cell_null(), cb_cell_null(), cb_cell_null(), cb_cell_null(),
						 cb_cell_null()});
		cb_buf_release(&b);
	}
	for (size_t i = 0; i < n->nkid; i++)
		form_lines(d, n->kid[i], seen);
}

static int form_doc(struct cb_doc **out, const struct cb_ruleset *rs, struct cb_err *err)
{
	static const struct cb_column col[] = {
		{"no", "TT", CB_COL_INT, 0},	 {"label", "Tiêu chí", CB_COL_TEXT, 44}, {"article", "Điều", CB_COL_TEXT, 0},	{"max", "Tối đa", CB_COL_PTS, 0},
		{"self", "Chi bộ tự chấm", CB_COL_PTS, 0}, {"observer", "Người dự chấm", CB_COL_PTS, 0}, {"superior", "Cấp trên chấm", CB_COL_PTS, 0},
		{"note", "Lý do trừ điểm", CB_COL_TEXT, 0},
	};
	bool *seen = cb_calloc(rs->nnode + 1, sizeof *seen);
	struct cb_buf b;
	int rc;

	if (!seen)
		return cb_err_nomem(err);
	rc = cb_doc_new(out, "PHIẾU CHẤM ĐIỂM SINH HOẠT CHI BỘ", rs->title, err);
	if (rc) {
		cb_free(seen);
		return rc;
	}
	cb_doc_meta(*out, "ruleset", rs->id);
	if (rs->status && !strcmp(rs->status, "reconstructed"))
		cb_doc_note(*out, "Phiếu theo bản dựng lại, chưa có toàn văn quy định.");
	cb_buf_init(&b);
	for (int i = 0; i < CB_MEETING_KINDS; i++)
		if (rs->for_kinds >> i & 1)
			cb_buf_printf(&b, "%s%s ☐", b.len ? "  " : "", cb_meeting_kind_vi((enum cb_meeting_kind)i));
	cb_doc_para(*out, "Chi bộ: ………………………………………………… Mã: ……………… Ngày họp: ……/……/……… Loại: %s", b.s);
	cb_buf_release(&b);
	cb_doc_para(*out, "Đảng viên: ……… Miễn sinh hoạt: ……… Có mặt: ……… Vắng có lý do: ……… Vắng không lý do: ……… Thời lượng: ……… phút");
	cb_doc_table(*out, "criteria", "", col, sizeof col / sizeof *col);
	cb_buf_init(&b);
	for (size_t i = 0; i < rs->ncriterion; i++) {
		const struct cb_criterion *k = &rs->criterion[i];
		cb_buf_clear(&b);
		cb_buf_printf(&b, "%s%s", k->label, k->counts == CB_COUNTS_BONUS ? " (cộng vào tổng điểm)" : k->counts == CB_COUNTS_PENALTY ? " (trừ vào tổng điểm)" : "");
		cb_doc_row(*out, (struct cb_cell[]){cb_cell_int((int64_t)i + 1), cb_cell_text(b.s), cb_cell_text(k->article), {.null = !k->score, .n = k->max},
						    cb_cell_null(), cb_cell_null(), cb_cell_null(), cb_cell_null()});
		form_lines(*out, k->score, seen);
	}
	if (rs->scale)
		cb_doc_total(*out, (struct cb_cell[]){cb_cell_null(), cb_cell_text("Cộng"), cb_cell_null(), cb_cell_int(rs->scale), cb_cell_null(), cb_cell_null(),
						      cb_cell_null(), cb_cell_null()});
	cb_buf_clear(&b);
	for (size_t i = 0; i < rs->nlevel; i++)
		cb_buf_printf(&b, "%s%s ☐", i ? "   " : "", rs->level[i].label);
	cb_doc_para(*out, "Chi bộ biểu quyết: ………/……… Mức đề nghị: %s", b.s);
	cb_doc_para(*out, "Cấp trên quyết định: %s Lý do: …………………………………………", b.s);
	cb_buf_release(&b);
	cb_doc_sign(*out, "THƯ KÝ", "T/M CHI ỦY");
	cb_free(seen);
	return 0;
}

int cli_rules_form(struct cli *c, int argc, char **argv, struct cb_err *err)
{
	(void)argc;
	return print_ruleset(c, argv[0], form_doc, err);
}
