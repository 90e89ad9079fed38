/* The scoring sheet: what it says, and that it adds up. */
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
static int64_t cell[64][1];
static unsigned char have[64][1];

static int setup(void **state)
{
	(void)state;
	cb_arena_init(&trees);
	assert_int_equal(cb_facts_new(&dict, NULL), 0);
	T *counted = OP("sub", F("members"), F("exempt")), *share = OP("div", F("present"), counted);
	T *required = OP("either", OP("ge", F("members"), N("30")), N("120"), N("90"));
	T *brief = OP("sub", required, F("duration_minutes"));
	T *t = RULESET(
		CRIT("duration", "5", OP("first", TAB(OP("le", brief, N("0")), N("5")), TAB(OP("le", brief, N("15")), N("4")), ELSE(N("1"))), "label",
		     S("Thời gian")),
		CRIT("attendance", "5",
		     OP("sum", OP("first", TAB(OP("any", OP("gt", F("absent_unexcused"), N("0")), OP("lt", share, N("0.65"))), N("1")),
				  TAB(OP("ge", share, N("0.9")), N("4")), TAB(OP("ge", share, N("0.75")), N("3")), ELSE(N("2"))),
			OP("flag", OP("le", F("longest_excused_run"), N("3")), N("1"), S("không vắng quá 3 lần liên tiếp"))),
		     "label", S("Tỷ lệ dự")),
		CRIT("prep", "10", OP("sum", WITH(OP0("judged"), "max", N("8"), "label", S("nội dung")), OP("per", F("opinions"), N("0.5"))), "label", S("Chuẩn bị")),
		CRIT("thematic", "10", OP("flag", F("thematic_content"), N("10")), "applies", OP("eq", F("kind"), S("combined")), "otherwise", S("rescale"), "label",
		     S("Chuyên đề")),
		CRIT("results", "70", OP("bands", OP("div", F("targets_met"), F("targets_set")), TAB(TAB(N("0.9"), N("70")), TAB(N("0.8"), N("60"))), N("10")),
		     "label", S("Kết quả")));
	WITH(t, "gates", TAB(WITH(OP0("gate"), "level", S("tot"), "needs", TAB(OP("full", S("attendance"))), "article", S("III.1"))));
	struct cb_diags *d;
	struct cb_err e = { 0 };
	assert_int_equal(cb_diags_new(&d, 5), 0);
	int rc = cb_ruleset_build(&rs, t, NULL, dict, d, &e);
	if (rc)
		print_error("%s: %s\n", e.msg, cb_diags_kept(d) ? cb_diags_at(d, 0)->what : "");
	cb_diags_free(d);
	assert_int_equal(rc, 0);
	assert_int_equal(cb_eval_open(&ev, rs, &e), 0);
	memset(have, 0, sizeof(have));
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

static void put(const char *id, int64_t v)
{
	for (size_t i = 0; i < rs->ninput; i++)
		if (rs->input[i].kind == CB_IN_FACT ? strcmp(cb_facts_at(dict, (size_t)rs->input[i].fact)->id, id) == 0 :
						      id[0] == '@' && strcmp(cb_assessor_id(rs->input[i].by), id + 1) == 0) {
			cell[i][0] = v;
			have[i][0] = v >= 0;
			return;
		}
	fail_msg("no input %s", id);
}

static void usual(void)
{
	put("members", 20);
	put("exempt", 2);
	put("present", 17);
	put("duration_minutes", 80);
	put("absent_unexcused", 0);
	put("longest_excused_run", 4);
	put("opinions", 9);
	put("@self", 8000);
	put("@observer", 6500);
	put("kind", 0);
	put("thematic_content", -1);
	put("targets_met", 9);
	put("targets_set", 10);
}

static int make(struct cb_sheet **s, struct cb_err *e)
{
	const int64_t *v[64];
	const unsigned char *h[64];
	for (size_t i = 0; i < 64; i++) {
		v[i] = cell[i];
		h[i] = have[i];
	}
	struct cb_batch b = { 1, v, h };
	int rc = cb_eval_batch(ev, &b, NULL, e);
	return rc ? rc : cb_sheet_new(s, ev, &b, 0, e);
}

static void the_sheet_tells_bands_values_caps_and_what_the_next_one_needs(void **state)
{
	struct cb_sheet *s;
	struct cb_err e;

	(void)state;
	usual();
	assert_int_equal(make(&s, &e), 0);
	assert_int_equal(s->nline, 5);
	assert_string_equal(s->line[0].band[0], "(120 nếu tổng số đảng viên ≥ 30 người, nếu không thì 90) − thời lượng sinh hoạt = 10 phút ≤ 15 phút: 4 điểm");
	assert_string_equal(s->line[0].next[0], "cần (120 nếu tổng số đảng viên ≥ 30 người, nếu không thì 90) − thời lượng sinh hoạt ≤ 0 phút: 5 điểm");
	assert_string_equal(s->line[1].band[0],
			    "số đảng viên có mặt / (tổng số đảng viên − số đảng viên được miễn sinh hoạt) = 94,4% ≥ 90%: 4 điểm");
	assert_string_equal(s->line[1].band[1], "không vắng quá 3 lần liên tiếp: không đạt, 0 điểm");
	assert_int_equal(s->line[1].nnext, 1);
	assert_int_equal(s->line[1].nfact, 5);
	assert_string_equal(s->line[2].band[0], "số lượt ý kiến = 9 ý kiến × 0,5 điểm: 4,5 điểm");
	assert_string_equal(s->line[2].capped, "11 điểm, chỉ tính tối đa 10 điểm");
	assert_int_equal(s->line[2].njudged, 1);
	assert_string_equal(s->line[2].judged[0].item, "prep");
	assert_int_equal(s->line[2].judged[0].counted, CB_OBSERVER);
	assert_true(s->line[2].judged[0].have[CB_SELF]);
	assert_int_equal(s->line[2].judged[0].points[CB_SELF], 8000);
	assert_int_equal(s->line[3].state, CB_CR_NA);
	assert_string_equal(s->line[3].band[0], "không áp dụng (chỉ khi loại sinh hoạt là «thường kỳ kết hợp chuyên đề»): không tính vào thang điểm");
	assert_string_equal(s->line[4].band[0], "số chỉ tiêu đạt / số chỉ tiêu đề ra = 90% ≥ 90%: 70 điểm");
	/* 4 + 4 + 10 + 70 = 88 of 90: 97,778 of 100 */
	assert_int_equal(s->sum, 88000);
	assert_string_equal(s->total_note, "quy đổi từ thang 90 điểm sang thang 100 điểm: 97,778");
	assert_int_equal(s->level_by_score, 0);
	assert_int_equal(s->level, 1);
	assert_string_equal(s->gate_text, "(mục III.1) không xếp trên Khá, vì không có: đạt điểm tối đa «Tỷ lệ dự»");
	assert_int_equal(s->to_next, 0);
	cb_sheet_free(s);
}

static void rounding_for_print_never_contradicts_the_band(void **state)
{
	struct cb_sheet *s;
	struct cb_err e;

	(void)state;
	usual();
	put("targets_set", 10000);
	put("targets_met", 8999);
	assert_int_equal(make(&s, &e), 0);
	assert_string_equal(s->line[4].band[0], "số chỉ tiêu đạt / số chỉ tiêu đề ra = 89,99% ≥ 80%: 60 điểm");
	assert_string_equal(s->line[4].next[0], "cần số chỉ tiêu đạt / số chỉ tiêu đề ra ≥ 90%: 70 điểm");
	cb_sheet_free(s);
	put("targets_met", 7999);
	assert_int_equal(make(&s, &e), 0);
	assert_string_equal(s->line[4].band[0], "số chỉ tiêu đạt / số chỉ tiêu đề ra = 79,99%, dưới mọi mức: 10 điểm");
	cb_sheet_free(s);
}

static void an_early_branch_that_took_points_away_is_named(void **state)
{
	struct cb_sheet *s;
	struct cb_err e;

	(void)state;
	usual();
	put("absent_unexcused", 1);
	assert_int_equal(make(&s, &e), 0);
	assert_string_equal(s->line[1].band[0], "số đảng viên vắng không lý do = 1 người > 0 người: 1 điểm");
	assert_true(strncmp(s->line[1].next[0], "nếu không có (số đảng viên vắng không lý do > 0 người", 50) == 0);
	cb_sheet_free(s);
}

static void what_is_missing_is_said_in_words(void **state)
{
	struct cb_sheet *s;
	struct cb_err e;

	(void)state;
	usual();
	put("present", -1);
	put("@self", -1);
	put("@observer", -1);
	put("targets_set", 0);
	assert_int_equal(make(&s, &e), 0);
	assert_int_equal(s->status, CB_ST_MISSING);
	assert_string_equal(s->line[1].missing, "số đảng viên có mặt (present)");
	assert_string_equal(s->missing, "số đảng viên có mặt (present), điểm chấm nội dung (prep), số chia bằng 0: số chỉ tiêu đề ra (targets_set)");
	assert_int_equal(s->level, -1);
	assert_int_equal(s->to_next, -1);
	cb_sheet_free(s);
}

static void invalid_points_are_told_with_assessor_and_item(void **state)
{
	struct cb_sheet *s;
	struct cb_err e;

	(void)state;
	usual();
	put("@observer", 8500);
	assert_int_equal(make(&s, &e), 0);
	assert_int_equal(s->status, CB_ST_INVALID);
	assert_string_equal(s->message, "cán bộ dự chấm 8,5 điểm mục nội dung, ngoài khoảng từ 0 đến 8");
	cb_sheet_free(s);
}

static void a_sheet_survives_running_out_of_memory(void **state)
{
	struct cb_err e;

	(void)state;
	usual();
	long live = cb_alloc_live();
	for (long k = 1;; k++) {
		struct cb_sheet *s = NULL;
		cb_alloc_fail_from(k);
		int rc = make(&s, &e);
		cb_alloc_fail_from(0);
		cb_sheet_free(s);
		assert_int_equal(cb_alloc_live(), live);
		if (!rc)
			break;
		assert_int_equal(rc, CB_ENOMEM);
		assert_true(k < 10000);
	}
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(the_sheet_tells_bands_values_caps_and_what_the_next_one_needs),
		CASE(rounding_for_print_never_contradicts_the_band),
		CASE(an_early_branch_that_took_points_away_is_named),
		CASE(what_is_missing_is_said_in_words),
		CASE(invalid_points_are_told_with_assessor_and_item),
		CASE(a_sheet_survives_running_out_of_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
