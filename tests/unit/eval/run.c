/* Evaluating a record, evaluating it again, replaying what was stored, dying in the middle. */
#include "tests/unit/eval/office.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

static const struct law ONE = { .id = "thu.mot", .issuer = "tinh", .from = "2020-01-01" };

static struct cb_rulebook *one_book(struct cb_store *st)
{
	struct cb_ruleset *rs = build(st, &ONE);

	return book_of(&rs, 1);
}

static void every_meeting_gets_its_score_level_and_points(void **state)
{
	struct cb_store *st = office_open();
	struct cb_rulebook *book = one_book(st);
	struct cb_run_stats s;

	(void)state;
	OK(cb_store_begin(st, &office_err));
	scores(st, "a", "2020-01-05", 100);
	scores(st, "a", "2020-02-05", 80);
	scores(st, "b", "2020-01-05", 60);
	scores(st, "c", "2020-01-05", 30);
	scores(st, "d", "2020-01-05", -1);
	meet(st, "d", "2020-02-05", CB_REGULAR, 20, 20, 90, 10, 0); /* 100 points, no minutes */
	OK(cb_store_commit(st, &office_err));
	s = evaluate(st, book, NULL);
	assert_int_equal(s.seen, 6);
	assert_int_equal(s.evaluated, 6);
	assert_int_equal(s.rated, 5);
	assert_int_equal(s.missing, 1);
	assert_int_equal(s.unchanged, 0);
	assert_true(s.run_id > 0);
	assert_string_equal(ask_text(st, "SELECT group_concat(x, ' ') FROM (SELECT unit_code || '=' || coalesce(level, '-') || ':' || coalesce(score, '-') AS x"
					 " FROM v_result ORDER BY meeting_id)"),
			    "a=tot:100.0 a=kha:80.0 b=trung_binh:60.0 c=kem:30.0 d=-:- d=trung_binh:100.0");
	assert_string_equal(ask_text(st, "SELECT missing FROM result WHERE status = 1"), "present");
	assert_string_equal(ask_text(st, "SELECT points FROM result ORDER BY meeting_id LIMIT 1"), "[40000,20000,40000]");
	assert_string_equal(ask_text(st, "SELECT points FROM result WHERE status = 1"), "[null,20000,null]");
	assert_string_equal(ask_text(st, "SELECT level_by_score || gate FROM result WHERE gate IS NOT NULL"), "tot0");
	assert_int_equal(ask(st, "SELECT results FROM run"), 6);
	assert_int_equal(ask(st, "SELECT rated FROM run"), 5);
	cb_rulebook_free(book);
	office_close(st);
}

static void the_same_again_evaluates_nothing(void **state)
{
	struct cb_store *st = office_open();
	struct cb_rulebook *book = one_book(st);
	struct cb_run_stats s;
	struct cb_run_opts all = { .all = true, .today = 1 };

	(void)state;
	OK(cb_store_begin(st, &office_err));
	scores(st, "a", "2020-01-05", 100);
	scores(st, "b", "2020-01-05", 60);
	OK(cb_store_commit(st, &office_err));
	evaluate(st, book, NULL);
	s = evaluate(st, book, NULL);
	assert_int_equal(s.unchanged, 2);
	assert_int_equal(s.evaluated, 0);
	assert_int_equal(s.run_id, 0);
	assert_int_equal(ask(st, "SELECT count(*) FROM run"), 1);
	OK(cb_store_begin(st, &office_err));
	scores(st, "b", "2020-01-05", 80);
	OK(cb_store_commit(st, &office_err));
	s = evaluate(st, book, NULL);
	assert_int_equal(s.unchanged, 1);
	assert_int_equal(s.evaluated, 1);
	assert_string_equal(ask_text(st, "SELECT level FROM v_result WHERE unit_code = 'b'"), "kha");
	assert_string_equal(ask_text(st, "SELECT level FROM result_past"), "trung_binh");
	OK(cb_run(&s, st, book, &all, NULL, &office_err));
	assert_int_equal(s.evaluated, 2);
	cb_rulebook_free(book);
	office_close(st);
}

static void a_changed_ruleset_rates_again_and_the_old_result_replays(void **state)
{
	struct cb_store *st = office_open();
	struct cb_rulebook *book = one_book(st);
	struct law harder = ONE;
	struct cb_ruleset *rs;
	struct cb_run_stats s;

	(void)state;
	OK(cb_store_begin(st, &office_err));
	meet(st, "a", "2020-01-05", CB_REGULAR, 20, 16, 90, 8, 1); /* 30 + 20 + 40 */
	OK(cb_store_commit(st, &office_err));
	evaluate(st, book, NULL);
	assert_string_equal(ask_text(st, "SELECT level || score FROM v_result"), "tot90.0");
	cb_rulebook_free(book);
	harder.criteria = LIST(with(nothing("criterion"), "id", txt("attendance"), "max", num(100), "label", txt("Tỷ lệ dự"), "score",
				    OP("bands", OP("div", FACT("present"), FACT("members")), LIST(LIST(frac(9, 10), num(100))), num(50)), NULL));
	harder.attendance = 100;
	rs = build(st, &harder);
	book = book_of(&rs, 1);
	s = evaluate(st, book, NULL);
	assert_int_equal(s.evaluated, 1);
	assert_string_equal(ask_text(st, "SELECT level || score FROM v_result"), "trung_binh50.0");
	assert_int_equal(ask(st, "SELECT count(*) FROM result_past"), 1);
	assert_int_equal(ask(st, "SELECT count(*) FROM ruleset"), 2);
	cb_rulebook_free(book);
	office_close(st);
}

/* Loads "rulesets" whose text is "id maximum". */
struct shelf {
	struct cb_store *st;
	bool broken;
	int loads;
};

static int shelf_load(void *ctx, struct cb_ruleset **out, const struct cb_source *src, size_t nsrc, struct cb_facts *dict, struct cb_diags *diags,
		      struct cb_err *err)
{
	struct shelf *s = ctx;
	struct law l = ONE;
	char id[64];
	long long max;

	(void)dict;
	(void)diags;
	s->loads++;
	if (s->broken || nsrc != 1 || sscanf(src[0].text, "%63s %lld", id, &max) != 2)
		return cb_err_set(err, CB_EDATA, "no such words any more");
	l.id = cb_arena_strdup(&office_arena, id);
	l.attendance = max;
	*out = build(s->st, &l);
	return 0;
}

static void results_replay_from_stored_text_and_stored_facts(void **state)
{
	struct cb_store *st = office_open();
	struct cb_rulebook *book = one_book(st);
	struct shelf shelf = { .st = st };
	struct cb_pack_loader loader = { &shelf, shelf_load };
	struct cb_replay_stats r;
	struct cb_run_stats first, second;
	struct cb_diags *diags;

	(void)state;
	OK(cb_diags_new(&diags, 20));
	OK(cb_store_begin(st, &office_err));
	for (int m = 1; m <= 9; m++) {
		static const int WHAT[] = { 100, 80, 60, 30, -1 };
		char on[16];

		snprintf(on, sizeof(on), "2020-%02d-05", m);
		scores(st, "a", on, WHAT[m % 5]);
	}
	OK(cb_store_commit(st, &office_err));
	first = evaluate(st, book, NULL);
	OK(cb_store_begin(st, &office_err));
	scores(st, "a", "2020-03-05", 100); /* was 30 */
	scores(st, "a", "2020-04-05", 30);  /* was missing */
	OK(cb_store_commit(st, &office_err));
	second = evaluate(st, book, NULL);
	assert_int_equal(second.evaluated, 2);
	OK(cb_replay(&r, st, first.run_id, &loader, diags, &office_err));
	assert_int_equal(r.results, 9);
	assert_int_equal(r.same, 9);
	assert_int_equal(r.differ + r.lost, 0);
	assert_int_equal(shelf.loads, 1);
	OK(cb_replay(&r, st, second.run_id, &loader, diags, &office_err));
	assert_int_equal(r.same, 2);
	assert_int_equal(cb_diags_count(diags, CB_SEV_ERROR), 0);
	assert_int_equal(cb_replay(&r, st, 99, &loader, diags, &office_err), CB_ENOTFOUND);
	assert_string_equal(office_err.msg, "there is no run 99 in this record");
	shelf.broken = true;
	OK(cb_replay(&r, st, first.run_id, &loader, diags, &office_err));
	assert_int_equal(r.lost, 9);
	assert_int_equal(r.same, 0);
	assert_non_null(strstr(cb_diags_at(diags, 0)->what, "does not load any more: no such words any more"));
	cb_diags_free(diags);
	cb_rulebook_free(book);
	office_close(st);
}

static void fill(struct cb_store *st, int years);

static void a_large_run_replays_changed_and_unchanged_meetings(void **state)
{
	struct cb_store *st = office_open();
	struct cb_rulebook *book = one_book(st);
	struct shelf shelf = { .st = st };
	struct cb_pack_loader loader = { &shelf, shelf_load };
	struct cb_replay_stats r;
	struct cb_diags *diags;

	(void)state;
	OK(cb_diags_new(&diags, 20));
	fill(st, 25);
	evaluate(st, book, NULL);
	OK(cb_store_begin(st, &office_err));
	for (int m = 1; m <= 12; m++) {
		char on[16];

		snprintf(on, sizeof(on), "2030-%02d-05", m);
		scores(st, "a", on, 30);
	}
	OK(cb_store_commit(st, &office_err));
	evaluate(st, book, NULL);
	OK(cb_replay(&r, st, 1, &loader, diags, &office_err));
	assert_int_equal(r.results, 25 * 48);
	assert_int_equal(r.same, 25 * 48);
	cb_diags_free(diags);
	cb_rulebook_free(book);
	office_close(st);
}

static void a_result_that_was_tampered_with_does_not_replay(void **state)
{
	struct cb_store *st = office_open();
	struct cb_rulebook *book = one_book(st);
	struct shelf shelf = { .st = st };
	struct cb_pack_loader loader = { &shelf, shelf_load };
	struct cb_replay_stats r;
	struct cb_run_info info = { "tampering", 1, "0" };
	struct cb_result res = { .status = CB_ST_RATED, .score_n = 99000, .score_d = 1, .level = "tot", .level_by_score = "tot", .gate = -1,
				 .points = "[40000,20000,40000]", .meeting_rev = 1 };
	struct cb_diags *diags;

	(void)state;
	OK(cb_diags_new(&diags, 20));
	OK(cb_store_begin(st, &office_err));
	res.meeting_id = scores(st, "a", "2020-01-05", 100);
	OK(cb_store_commit(st, &office_err));
	evaluate(st, book, NULL);
	res.ruleset_id = ask(st, "SELECT ruleset_id FROM result");
	OK(cb_store_begin(st, &office_err));
	OK(cb_store_run_begin(st, &info, &res.run_id, &office_err));
	OK(cb_store_result_put(st, &res, &office_err));
	OK(cb_store_run_end(st, res.run_id, &office_err));
	OK(cb_store_commit(st, &office_err));
	OK(cb_replay(&r, st, res.run_id, &loader, diags, &office_err));
	assert_int_equal(r.differ, 1);
	assert_string_equal(cb_diags_at(diags, 0)->what, "meeting 1 of 2020-01-05: score was 99000/1 thousandths, is 100000/1 (result of semantics 1,"
							  " this program has 1)");
	cb_diags_free(diags);
	cb_rulebook_free(book);
	office_close(st);
}

static void each_month_is_scored_by_the_ruleset_in_force_there_on_that_day(void **state)
{
	struct cb_store *st = office_open();
	struct law old = { .id = "cu.mot", .issuer = "khoi", .from = "2020-01-01", .to = "2020-06-30" };
	struct law moved = { .id = "moi.hai", .issuer = "tinh_moi", .from = "2020-01-01", .attendance = 40 };
	struct law late = { .id = "tinh.ba", .issuer = "tinh", .from = "2020-07-01" };
	struct cb_ruleset *rs[3];
	struct cb_rulebook *book;
	struct cb_run_stats s;
	struct cb_diags *diags;
	struct cb_run_opts o = { .today = 1 };

	(void)state;
	OK(cb_diags_new(&diags, 20));
	OK(cb_store_begin(st, &office_err));
	unit_from(st, "tinh_moi", "Đảng bộ tỉnh mới (ví dụ)", CB_UNIT_PROVINCE, NULL, NULL, "2020-07-01", NULL);
	unit_from(st, "e", "Chi bộ E", CB_UNIT_BASE_CELL, "khoi", NULL, NULL, "2020-06-30");
	unit_from(st, "e", "Chi bộ E", CB_UNIT_BASE_CELL, "tinh_moi", NULL, "2020-07-01", NULL);
	for (int m = 5; m <= 8; m++) {
		char on[16];

		snprintf(on, sizeof(on), "2020-%02d-05", m);
		scores(st, "e", on, 100);
		scores(st, "a", on, 100);
	}
	meet(st, "a", "2020-05-20", CB_THEMATIC, 20, 20, 90, 10, 1);
	OK(cb_store_commit(st, &office_err));
	rs[0] = build(st, &old);
	rs[1] = build(st, &moved);
	rs[2] = build(st, &late);
	book = book_of(rs, 3);
	OK(cb_run(&s, st, book, &o, diags, &office_err));
	assert_int_equal(s.rated, 8);
	assert_int_equal(s.without_ruleset, 1);
	assert_string_equal(ask_text(st, "SELECT group_concat(x, ' ') FROM (SELECT unit_code || month || ruleset AS x FROM v_result ORDER BY unit_code, month)"),
			    "a2020-05cu.mot a2020-06cu.mot a2020-07tinh.ba a2020-08tinh.ba "
			    "e2020-05cu.mot e2020-06cu.mot e2020-07moi.hai e2020-08moi.hai");
	assert_int_equal(cb_diags_kept(diags), 1);
	assert_int_equal(cb_diags_at(diags, 0)->severity, CB_SEV_NOTE);
	assert_string_equal(cb_diags_at(diags, 0)->what, "1 thematic meetings under tinh (2020-05-20 to 2020-05-20) had no ruleset in force");
	cb_diags_free(diags);
	cb_rulebook_free(book);
	office_close(st);
}

struct asked {
	char ids[100];
	const char *refuse; /* an id */
};

static int vouch(void *ctx, const struct cb_ruleset *rs, const struct cb_signed_by **by, size_t *n, struct cb_err *err)
{
	static const struct cb_signed_by one = { .folder = "thu", .state = "unknown", .signer = "ai đó", .key = "00" };
	struct asked *a = ctx;
	size_t len = strlen(a->ids);

	(void)err;
	snprintf(a->ids + len, sizeof(a->ids) - len, "%s%s", len ? " " : "", rs->id);
	*by = &one;
	*n = 1;
	return a->refuse && strstr(a->refuse, rs->id) != NULL;
}

static void what_is_about_to_rate_is_vouched_for_or_nothing_is_stored(void **state)
{
	struct cb_store *st = office_open();
	struct law first = { .id = "cu.mot", .issuer = "khoi", .from = "2020-01-01", .to = "2020-06-30" };
	struct law second = { .id = "moi.hai", .issuer = "khoi", .from = "2020-07-01", .to = "2020-12-31" };
	struct law never = { .id = "sau.ba", .issuer = "khoi", .from = "2021-01-01" };
	struct asked a = { .refuse = "cu.mot moi.hai" };
	struct cb_run_opts o = { .today = 1, .vouch = vouch, .ctx = &a };
	struct cb_ruleset *rs[3];
	struct cb_rulebook *book;
	struct cb_run_stats s;

	(void)state;
	OK(cb_store_begin(st, &office_err));
	for (int m = 5; m <= 8; m++) {
		char on[16];

		snprintf(on, sizeof(on), "2020-%02d-05", m);
		scores(st, "a", on, 100);
	}
	OK(cb_store_commit(st, &office_err));
	rs[0] = build(st, &first);
	rs[1] = build(st, &second);
	rs[2] = build(st, &never);
	book = book_of(rs, 3);
	assert_int_equal(cb_run(&s, st, book, &o, NULL, &office_err), CB_EDATA);
	assert_string_equal(office_err.msg, "nothing was stored: 2 rulesets were refused");
	assert_string_equal(a.ids, "cu.mot moi.hai"); /* each once, and not the one that rates nothing */
	assert_int_equal(s.run_id, 0);
	assert_int_equal(ask(st, "SELECT (SELECT count(*) FROM run) + (SELECT count(*) FROM ruleset) + (SELECT count(*) FROM run_signature)"), 0);
	o.dry = true;
	assert_int_equal(cb_run(&s, st, book, &o, NULL, &office_err), CB_EDATA);
	o.dry = false;
	a = (struct asked){ .refuse = NULL };
	OK(cb_run(&s, st, book, &o, NULL, &office_err));
	assert_int_equal(s.rated, 4);
	assert_string_equal(ask_text(st, "SELECT group_concat(ruleset || folder || state || signer || key, ' ') FROM v_run_signature"),
			    "cu.motthuunknownai đó00 moi.haithuunknownai đó00");
	a.ids[0] = '\0';
	OK(cb_run(&s, st, book, &o, NULL, &office_err));
	assert_int_equal(s.unchanged, 4);
	assert_string_equal(a.ids, "");
	assert_true(cb_rulebook_used(book, 0) && cb_rulebook_used(book, 1) && !cb_rulebook_used(book, 2) && !cb_rulebook_used(book, 3));
	cb_rulebook_free(book);
	office_close(st);
}

static void a_period_and_a_unit_narrow_the_run(void **state)
{
	struct cb_store *st = office_open();
	struct cb_rulebook *book = one_book(st);
	struct cb_period q = period("2020-Q1");
	struct cb_run_opts o = { .period = &q, .unit = "so", .today = 1 };
	struct cb_run_stats s;

	(void)state;
	OK(cb_store_begin(st, &office_err));
	scores(st, "a", "2020-03-31", 100);
	scores(st, "a", "2020-04-01", 100);
	scores(st, "d", "2020-03-31", 100);
	OK(cb_store_commit(st, &office_err));
	OK(cb_run(&s, st, book, &o, NULL, &office_err));
	assert_int_equal(s.evaluated, 1);
	assert_string_equal(ask_text(st, "SELECT what FROM run"), "evaluate 2020-Q1 unit=so");
	o.unit = "nowhere";
	assert_int_equal(cb_run(&s, st, book, &o, NULL, &office_err), CB_ENOTFOUND);
	cb_rulebook_free(book);
	office_close(st);
}

static int count_each(void *ctx, const struct cb_meeting *m, const struct cb_ruleset *rs, const struct cb_eval *ev, const struct cb_scores *s, size_t lane,
		      struct cb_err *err)
{
	int64_t *sum = ctx;

	(void)m;
	(void)rs;
	(void)ev;
	(void)err;
	*sum += s->score_d[lane] ? s->score_n[lane] / s->score_d[lane] : 0;
	return 0;
}

static void a_dry_run_stores_nothing_and_can_force_a_ruleset(void **state)
{
	struct cb_store *st = office_open();
	struct law other = { .id = "khac.mot", .issuer = "noi_khac", .from = "1990-01-01", .to = "1990-12-31" };
	struct cb_ruleset *rs = build(st, &other);
	int64_t sum = 0;
	struct cb_run_opts o = { .dry = true, .force = rs, .each = count_each, .ctx = &sum, .today = 1 };
	struct cb_run_stats s;

	(void)state;
	OK(cb_store_begin(st, &office_err));
	scores(st, "a", "2020-03-31", 100);
	scores(st, "b", "2020-03-31", 60);
	meet(st, "b", "2020-04-01", CB_THEMATIC, 20, 20, 90, 10, 1);
	OK(cb_store_commit(st, &office_err));
	OK(cb_run(&s, st, NULL, &o, NULL, &office_err));
	assert_int_equal(s.evaluated, 2);
	assert_int_equal(s.without_ruleset, 1); /* a table for regular meetings does not rate a thematic one */
	assert_int_equal(sum, 160000);
	assert_int_equal(ask(st, "SELECT count(*) FROM result"), 0);
	o.dry = false;
	assert_int_equal(cb_run(&s, st, NULL, &o, NULL, &office_err), CB_EUSAGE);
	assert_string_equal(office_err.msg, "a ruleset can be forced only in a run that stores nothing");
	cb_ruleset_free(rs);
	office_close(st);
}

static void a_closed_period_keeps_its_results(void **state)
{
	struct cb_store *st = office_open();
	struct cb_rulebook *book = one_book(st);
	struct cb_period q = period("2020-Q1");
	struct law harder = ONE;
	struct cb_ruleset *rs;
	struct cb_run_stats s;
	struct cb_run_opts all = { .all = true, .today = 1 };
	enum cb_put what;

	(void)state;
	OK(cb_store_begin(st, &office_err));
	scores(st, "a", "2020-03-31", 100);
	scores(st, "a", "2020-04-01", 100);
	OK(cb_store_commit(st, &office_err));
	evaluate(st, book, NULL);
	cb_rulebook_free(book);
	OK(cb_store_begin(st, &office_err));
	OK(cb_store_seal(st, &q, &what, &office_err));
	OK(cb_store_commit(st, &office_err));
	harder.attendance = 39; /* another text */
	harder.criteria = usual_criteria(40);
	rs = build(st, &harder);
	book = book_of(&rs, 1);
	OK(cb_run(&s, st, book, &all, NULL, &office_err));
	assert_int_equal(s.sealed, 1);
	assert_int_equal(s.evaluated, 1);
	assert_int_equal(ask(st, "SELECT run_id FROM result ORDER BY meeting_id LIMIT 1"), 1);
	assert_int_equal(ask(st, "SELECT max(run_id) FROM result"), 2);
	cb_rulebook_free(book);
	office_close(st);
}

/* --- many meetings ------------------------------------------------------------------------------------------------ */

static void fill(struct cb_store *st, int years)
{
	static const int WHAT[] = { 100, 80, 60, 30, -1, 100, 80 };

	OK(cb_store_begin(st, &office_err));
	for (int y = 0; y < years; y++)
		for (int m = 1; m <= 12; m++)
			for (int u = 0; u < 4; u++) {
				char on[16], code[2] = { (char)('a' + u), 0 };

				snprintf(on, sizeof(on), "%04d-%02d-%02d", 2020 + y, m, 5 + u);
				scores(st, code, on, WHAT[(y * 48 + m * 4 + u) % 7]);
			}
	OK(cb_store_commit(st, &office_err));
}

struct stop { int64_t at, calls; };

static int stop_at(void *ctx, int64_t done, int64_t total)
{
	struct stop *s = ctx;

	(void)total;
	s->calls++;
	return done >= s->at;
}

static void stopping_leaves_the_record_as_it_was(void **state)
{
	struct cb_store *st = office_open();
	struct cb_rulebook *book = one_book(st);
	struct stop stop = { .at = 1 };
	struct cb_run_opts o = { .progress = stop_at, .ctx = &stop, .today = 1 };
	struct cb_run_stats s;

	(void)state;
	fill(st, 1);
	assert_int_equal(cb_run(&s, st, book, &o, NULL, &office_err), CB_EINTR);
	assert_int_equal(s.run_id, 0);
	assert_int_equal(ask(st, "SELECT count(*) FROM result"), 0);
	assert_int_equal(ask(st, "SELECT count(*) FROM run"), 0);
	stop.at = INT64_MAX;
	OK(cb_run(&s, st, book, &o, NULL, &office_err));
	assert_int_equal(s.evaluated, 48);
	cb_rulebook_free(book);
	office_close(st);
}

static void running_out_of_memory_is_an_error_and_loses_nothing(void **state)
{
	struct cb_store *st = office_open();
	struct cb_rulebook *book = one_book(st);
	struct cb_run_opts o = { .today = 1, .all = true };
	struct cb_run_stats s;
	long n;
	int rc = CB_ENOMEM;

	(void)state;
	fill(st, 1);
	evaluate(st, book, NULL);
	for (n = 1; rc != 0; n += n < 400 ? 1 : 37) {
		int64_t runs;

		cb_alloc_fail_from(n);
		rc = cb_run(&s, st, book, &o, NULL, &office_err);
		cb_alloc_fail_from(0);
		if (rc && rc != CB_ENOMEM)
			fail_msg("allocation %ld: %d %s", n, rc, office_err.msg);
		runs = ask(st, "SELECT count(*) FROM run");
		assert_int_equal(runs, rc ? 1 : 2);
		assert_true(n < 100000);
		if (rc)
			assert_string_equal(office_err.msg, "out of memory");
	}
	assert_true(n > 50);
	assert_int_equal(ask(st, "SELECT count(*) FROM result"), 48);
	cb_rulebook_free(book);
	office_close(st);
}

static void an_evaluate_that_is_killed_is_wholly_there_or_absent(void **state)
{
	struct cb_store *st = office_open();
	struct cb_rulebook *book = one_book(st);
	struct cb_diags *diags;
	int there = 0, absent = 0;
	unsigned seed = 7;
	struct timespec t0, t1;
	long whole_us;

	(void)state;
	fill(st, 20);
	clock_gettime(CLOCK_MONOTONIC, &t0);
	evaluate(st, book, NULL);
	clock_gettime(CLOCK_MONOTONIC, &t1);
	whole_us = (t1.tv_sec - t0.tv_sec) * 1000000 + (t1.tv_nsec - t0.tv_nsec) / 1000;
	for (int i = 0; i < 50; i++) {
		int64_t runs = ask(st, "SELECT count(*) FROM run"), now;
		struct timespec wait;
		long us;
		pid_t pid;
		int status;

		cb_store_close(st);
		pid = fork();
		assert_true(pid >= 0);
		if (pid == 0) {
			struct cb_run_opts o = { .all = true, .today = 1 };
			struct cb_run_stats s;
			struct cb_err e;

			if (cb_store_open(&st, office_path, CB_OPEN_WRITE, &e))
				_exit(1);
			_exit(cb_run(&s, st, book, &o, NULL, &e) ? 1 : 0);
		}
		us = (long)(rand_r(&seed) % (unsigned)(whole_us * 3 / 2 + 1));
		wait = (struct timespec){ us / 1000000, us % 1000000 * 1000 };
		nanosleep(&wait, NULL);
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
		OK(cb_store_open(&st, office_path, CB_OPEN_WRITE, &office_err));
		now = ask(st, "SELECT count(*) FROM run");
		assert_true(now == runs || now == runs + 1);
		assert_int_equal(ask(st, "SELECT count(*) FROM result"), 960);
		assert_int_equal(ask(st, "SELECT count(DISTINCT run_id) FROM result"), 1);
		assert_int_equal(ask(st, "SELECT max(run_id) FROM result"), now);
		if (now == runs)
			absent++;
		else
			there++;
	}
	assert_true(absent > 0);
	OK(cb_diags_new(&diags, 20));
	OK(cb_store_doctor(st, diags, &office_err));
	cb_diags_free(diags);
	cb_rulebook_free(book);
	office_close(st);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_meeting_gets_its_score_level_and_points),
		cmocka_unit_test(the_same_again_evaluates_nothing),
		cmocka_unit_test(a_changed_ruleset_rates_again_and_the_old_result_replays),
		cmocka_unit_test(results_replay_from_stored_text_and_stored_facts),
		cmocka_unit_test(a_large_run_replays_changed_and_unchanged_meetings),
		cmocka_unit_test(a_result_that_was_tampered_with_does_not_replay),
		cmocka_unit_test(each_month_is_scored_by_the_ruleset_in_force_there_on_that_day),
		cmocka_unit_test(a_period_and_a_unit_narrow_the_run),
		cmocka_unit_test(a_dry_run_stores_nothing_and_can_force_a_ruleset),
		cmocka_unit_test(what_is_about_to_rate_is_vouched_for_or_nothing_is_stored),
		cmocka_unit_test(a_closed_period_keeps_its_results),
		cmocka_unit_test(stopping_leaves_the_record_as_it_was),
		cmocka_unit_test(running_out_of_memory_is_an_error_and_loses_nothing),
		cmocka_unit_test(an_evaluate_that_is_killed_is_wholly_there_or_absent),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
