/*
 * office.h - for the tests of this folder: a record in a temporary file, and rulesets made from hand-built trees.
 * All units, meetings and regulations here are invented.
 */
#ifndef CB_TESTS_OFFICE_H
#define CB_TESTS_OFFICE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "eval/eval.h"
#include "eval/run.h"
#include "rule/rule.h"
#include "store/store.h"

#define OK(call) \
	do { \
		int rc_ = (call); \
		if (rc_) \
			fail_msg("%s: %d %s", #call, rc_, office_err.msg); \
	} while (0)

static struct cb_err office_err;
static struct cb_arena office_arena; /* trees and fake sources */
static char office_dir[64], office_path[96];
static long office_live; /* blocks before the record was opened: as many must be left when it is closed */

/* --- trees ----------------------------------------------------------------------------------------------------- */

typedef struct cb_tree *tree;

static inline tree at_line(tree t)
{
	assert_non_null(t);
	t->file = "thu/thu.lua";
	t->line = 1;
	return t;
}

static inline tree num(int64_t n) { return at_line(cb_tree_number(&office_arena, cb_ratio_make(n, 1))); }
static inline tree frac(int64_t n, int64_t d) { return at_line(cb_tree_number(&office_arena, cb_ratio_make(n, d))); }
static inline tree txt(const char *s) { return at_line(cb_tree_text(&office_arena, s)); }
static inline tree yes(bool b) { return at_line(cb_tree_bool(&office_arena, b)); }
static inline tree fun(int handle) { return at_line(cb_tree_function(&office_arena, handle)); }

static inline tree op_(const char *name, size_t n, tree *item)
{
	tree t = at_line(cb_tree_table(&office_arena, name, n, 0));

	for (size_t i = 0; i < n; i++)
		t->item[i] = item[i];
	return t;
}
#define OP(name, ...) op_(name, sizeof((tree[]){ __VA_ARGS__ }) / sizeof(tree), (tree[]){ __VA_ARGS__ })
#define LIST(...) OP(NULL, __VA_ARGS__)
#define FACT(id) OP("fact", txt(id))

static inline int field_order(const void *a, const void *b)
{
	return strcmp(((const struct cb_tree_field *)a)->name, ((const struct cb_tree_field *)b)->name);
}

/* with(t, "max", num(5), "id", txt("x"), NULL): a table with these fields and the items of t. */
static inline tree with(tree t, ...)
{
	va_list ap;
	size_t n = 0;
	tree r;

	va_start(ap, t);
	while (va_arg(ap, const char *))
		n += va_arg(ap, tree) != NULL;
	va_end(ap);
	r = at_line(cb_tree_table(&office_arena, t->op, t->nitem, n + 1));
	r->nfield = n;
	for (size_t i = 0; i < t->nitem; i++)
		r->item[i] = t->item[i];
	va_start(ap, t);
	for (size_t i = 0; i < n;) {
		r->field[i].name = va_arg(ap, const char *);
		r->field[i].value = va_arg(ap, tree);
		r->field[i].line = 1;
		i += r->field[i].value != NULL; /* a field without a value is left out */
	}
	va_end(ap);
	qsort(r->field, n, sizeof(*r->field), field_order);
	return r;
}
static inline tree nothing(const char *op) { return at_line(cb_tree_table(&office_arena, op, 0, 0)); }

static inline tree level_def(const char *id, int64_t at_least, const char *label) { return LIST(txt(id), num(at_least), txt(label)); }

/* --- a ruleset ------------------------------------------------------------------------------------------------- */

struct law {
	const char *id, *issuer, *from, *to;
	int64_t attendance;  /* maximum of the first band: 40 */
	tree criteria, periods, ranking, gates, kinds, missing; /* NULL: the usual ones */
	tree facts, advice;  /* the ruleset's own; NULL: none */
	struct cb_fnhost fn; /* for function nodes */
};

/* attendance 40 (>= 90%: 40, >= 75%: 30, else 10), duration 20 (>= 90 minutes), speaking 40 (half: 40, 30%: 20). */
static inline tree usual_criteria(int64_t attendance)
{
	tree share = OP("div", FACT("present"), OP("sub", FACT("members"), FACT("exempt")));

	return LIST(
		with(nothing("criterion"), "id", txt("attendance"), "max", num(attendance), "label", txt("Tỷ lệ dự"), "score",
		     OP("bands", share, LIST(LIST(frac(9, 10), num(attendance)), LIST(frac(3, 4), num(30))), num(10)), NULL),
		with(nothing("criterion"), "id", txt("duration"), "max", num(20), "label", txt("Thời lượng"), "score",
		     OP("flag", OP("ge", FACT("duration_minutes"), num(90)), num(20), txt("đủ 90 phút")), NULL),
		with(nothing("criterion"), "id", txt("speaking"), "max", num(40), "label", txt("Phát biểu"), "article", txt("3"), "score",
		     OP("bands", OP("div", FACT("speakers"), FACT("present")), LIST(LIST(frac(1, 2), num(40)), LIST(frac(3, 10), num(20))), num(0)),
		     NULL));
}

static inline tree usual_period(void)
{
	return OP("first",
		  LIST(OP("all", OP("every", txt("months"), OP("level_ge", txt("kha"))),
			  OP("ge", OP("agg", txt("months"), txt("count"), OP("level_eq", txt("tot"))), num(2))),
		       txt("tot")),
		  LIST(OP("every", txt("months"), OP("level_ge", txt("trung_binh"))), txt("kha")), OP("otherwise", txt("trung_binh")));
}

static inline tree usual_ranking(const char *within, const char *ties)
{
	return with(nothing(NULL), "within", txt(within), "ties", txt(ties), "by",
		    LIST(with(OP("key", OP("agg", txt("months"), txt("mean"), txt("score"))), "down", yes(true), NULL),
			 with(OP("key", OP("agg", txt("months"), txt("share"), OP("level_eq", txt("tot")))), "down", yes(true), NULL),
			 with(OP("key", OP("agg", txt("months"), txt("mean"), OP("div", FACT("present"), FACT("members")))), "down", yes(true), NULL)),
		    NULL);
}

/* NULL with CB_EDATA when `quiet` and the ruleset has mistakes. */
static inline struct cb_ruleset *build_with(struct cb_facts *dict, const struct law *l, bool quiet)
{
	struct cb_ruleset *rs = NULL;
	struct cb_diags *diags;
	struct cb_source *src = CB_NEW(&office_arena, struct cb_source);
	tree period = l->periods ? l->periods
				 : with(nothing(NULL), "quarter", usual_period(), "half", usual_period(), "year", usual_period(), "missed_month",
					txt("counts_as_worst"), NULL);
	tree effective = l->to ? with(nothing(NULL), "from", txt(l->from), "to", txt(l->to), NULL) : with(nothing(NULL), "from", txt(l->from), NULL);
	tree t = with(nothing("ruleset"), "id", txt(l->id), "title", txt(l->id), "issuer", txt(l->issuer), "status", txt("reconstructed"), "source",
		      txt("invented for tests"), "effective", effective, "criteria",
		      l->criteria ? l->criteria : usual_criteria(l->attendance ? l->attendance : 40), "levels",
		      LIST(level_def("tot", 90, "Tốt"), level_def("kha", 70, "Khá"), level_def("trung_binh", 50, "Trung bình"),
			   level_def("kem", 0, "Kém")),
		      "gates",
		      l->gates ? l->gates
			       : LIST(with(nothing("gate"), "at_most", txt("trung_binh"), "when", OP("no", FACT("minutes_recorded")), "label",
					   txt("Không có biên bản"), NULL)),
		      "for_kinds", l->kinds ? l->kinds : LIST(txt("regular"), txt("combined")), "periods", period, "ranking",
		      l->ranking ? l->ranking : usual_ranking("cluster", "shared"), "missing", l->missing ? l->missing : txt("refuse"), "facts",
		      l->facts, "advice", l->advice, NULL);
	int rc;

	OK(cb_diags_new(&diags, 50));
	rc = cb_ruleset_build(&rs, t, NULL, dict, diags, &office_err);
	for (size_t i = 0; rc && !quiet && i < cb_diags_kept(diags); i++) {
		struct cb_buf b;

		cb_buf_init(&b);
		cb_diag_line(&b, cb_diags_at(diags, i));
		print_error("%s\n", b.s);
		cb_buf_release(&b);
	}
	cb_diags_free(diags);
	if (rc && quiet)
		return NULL;
	if (rc)
		fail_msg("ruleset %s: %s", l->id, office_err.msg);
	/* the "text" names the attendance maximum, so that different rulesets have different hashes */
	memset(src, 0, sizeof(*src));
	src->path = "thu/thu.lua";
	src->text = cb_arena_printf(&office_arena, "%s %lld", l->id, (long long)(l->attendance ? l->attendance : 40));
	src->len = strlen(src->text);
	cb_sha256_hex(src->text, src->len, src->sha);
	OK(cb_ruleset_set_sources(rs, src, 1, &office_err));
	rs->fn = l->fn;
	return rs;
}

static inline struct cb_ruleset *build(struct cb_store *st, const struct law *l)
{
	return build_with(cb_store_facts(st), l, false);
}

/* --- the record ------------------------------------------------------------------------------------------------ */

static inline cb_day day(const char *iso)
{
	cb_day d;

	assert_int_equal(cb_day_parse(&d, iso, strlen(iso)), CB_DATE_ISO);
	return d;
}

static inline void unit_from(struct cb_store *st, const char *code, const char *name, enum cb_unit_kind kind, const char *parent, const char *cluster,
			     const char *from, const char *to)
{
	struct cb_unit_span s = { .code = code, .name = name, .kind = kind, .parent = parent, .cluster = cluster, .members = -1,
				  .official_members = -1, .from = from ? day(from) : CB_DAY_MIN, .to = to ? day(to) : CB_DAY_MAX,
				  .cell_type = cb_unit_is_cell(kind) ? CB_CELL_OFFICE : CB_CELL_NONE };
	enum cb_put what;

	OK(cb_store_unit_put(st, &s, &what, &office_err));
}

static inline int64_t unit_id(struct cb_store *st, const char *code)
{
	int64_t id;

	OK(cb_store_unit_find(st, code, &id, &office_err));
	return id;
}

/* A meeting with the facts that the usual criteria read; a negative number is not reported. */
static inline int64_t meet(struct cb_store *st, const char *code, const char *on, enum cb_meeting_kind kind, int64_t members, int64_t present,
			   int64_t minutes, int64_t speakers, int64_t recorded)
{
	static const char *const ID[] = { "members", "exempt", "present", "duration_minutes", "speakers", "minutes_recorded" };
	int64_t given[] = { members, 0, present, minutes, speakers, recorded };
	size_t n = cb_facts_count(cb_store_facts(st));
	int64_t *value = calloc(n, sizeof(*value));
	unsigned char *have = calloc(n, 1);
	struct cb_meeting m = { .unit_id = unit_id(st, code), .held_on = day(on), .kind = kind, .value = value, .have = have, .nfact = n };
	enum cb_put what;

	for (size_t i = 0; i < 6; i++) {
		int at = cb_facts_find(cb_store_facts(st), ID[i]);

		assert_true(at >= 0);
		if (given[i] >= 0) {
			value[at] = given[i];
			have[at] = 1;
		}
	}
	OK(cb_store_meeting_put(st, &m, &what, &office_err));
	free(value);
	free(have);
	return m.id;
}

/* Meetings by what they earn: 100, 80 (few speak), 60 (short, few speak), 30 (10 + 20 + 0), -1 (attendance not reported). */
static inline int64_t scores(struct cb_store *st, const char *code, const char *on, int score)
{
	switch (score) {
	case 100: return meet(st, code, on, CB_REGULAR, 20, 20, 90, 10, 1);
	case 80: return meet(st, code, on, CB_REGULAR, 20, 20, 90, 7, 1);
	case 60: return meet(st, code, on, CB_REGULAR, 20, 20, 89, 7, 1);
	case 30: return meet(st, code, on, CB_REGULAR, 20, 10, 90, 1, 1);
	case -1: return meet(st, code, on, CB_REGULAR, 20, -1, 90, 10, 1);
	}
	fail_msg("no such meeting: %d", score);
	return 0;
}

/* tinh > khoi (cụm 1, cụm 2) > co_so > cells. */
static inline struct cb_store *office_open(void)
{
	struct cb_store *st;

	OK(cb_store_library_init(&office_err));
	office_live = cb_alloc_live();
	cb_arena_init(&office_arena);
	snprintf(office_dir, sizeof(office_dir), "/tmp/chibo-eval.XXXXXX");
	assert_non_null(mkdtemp(office_dir));
	snprintf(office_path, sizeof(office_path), "%s/a.db", office_dir);
	OK(cb_store_create(office_path, &office_err));
	OK(cb_store_open(&st, office_path, CB_OPEN_WRITE, &office_err));
	OK(cb_store_begin(st, &office_err));
	unit_from(st, "tinh", "Đảng bộ tỉnh (ví dụ)", CB_UNIT_PROVINCE, NULL, NULL, NULL, NULL);
	unit_from(st, "khoi", "Đảng bộ Khối (ví dụ)", CB_UNIT_BLOCK, "tinh", NULL, NULL, NULL);
	unit_from(st, "so", "Đảng bộ Sở (ví dụ)", CB_UNIT_BASE_COMMITTEE, "khoi", "Cụm 1", NULL, NULL);
	unit_from(st, "a", "Chi bộ A", CB_UNIT_CELL, "so", NULL, NULL, NULL);
	unit_from(st, "b", "Chi bộ B", CB_UNIT_CELL, "so", NULL, NULL, NULL);
	unit_from(st, "c", "Chi bộ C", CB_UNIT_BASE_CELL, "khoi", "Cụm 1", NULL, NULL);
	unit_from(st, "d", "Chi bộ D", CB_UNIT_BASE_CELL, "khoi", "Cụm 2", NULL, NULL);
	OK(cb_store_commit(st, &office_err));
	return st;
}

static inline void office_close(struct cb_store *st)
{
	static const char *const END[] = { "", "-journal", "-wal", "-shm" };

	cb_store_close(st);
	for (size_t i = 0; i < 4; i++) {
		char p[128];

		snprintf(p, sizeof(p), "%s%s", office_path, END[i]);
		unlink(p);
	}
	rmdir(office_dir);
	cb_arena_release(&office_arena);
	assert_int_equal(cb_alloc_live(), office_live);
}

static inline struct cb_rulebook *book_of(struct cb_ruleset **rs, size_t n)
{
	struct cb_rulebook *b;

	OK(cb_rulebook_new(&b, &office_err));
	for (size_t i = 0; i < n; i++)
		OK(cb_rulebook_take(b, rs[i], &office_err));
	return b;
}

/* One number, or text in a static place, from the record. */
static inline int64_t ask(struct cb_store *st, const char *sql)
{
	struct cb_rows *r;
	bool row;
	int64_t v;

	OK(cb_rows_open(&r, st, &office_err, sql, ""));
	OK(cb_rows_step(r, &row, &office_err));
	assert_true(row);
	v = cb_rows_int(r, 0);
	cb_rows_close(r);
	return v;
}

static inline const char *ask_text(struct cb_store *st, const char *sql)
{
	static char text[512];
	struct cb_rows *r;
	bool row;

	OK(cb_rows_open(&r, st, &office_err, sql, ""));
	OK(cb_rows_step(r, &row, &office_err));
	snprintf(text, sizeof(text), "%s", row && cb_rows_text(r, 0) ? cb_rows_text(r, 0) : "NULL");
	cb_rows_close(r);
	return text;
}

static inline struct cb_period period(const char *s)
{
	struct cb_period p;

	assert_true(cb_period_parse(&p, s));
	return p;
}

static inline struct cb_run_stats evaluate(struct cb_store *st, const struct cb_rulebook *book, const char *when)
{
	struct cb_period p;
	struct cb_run_opts o = { .today = day("2020-12-31") };
	struct cb_run_stats s;

	if (when) {
		p = period(when);
		o.period = &p;
	}
	OK(cb_run(&s, st, book, &o, NULL, &office_err));
	return s;
}

#endif
