/* Memory exhausted at every place: an error each time, nothing leaked, the record as it was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/unit/store/scene.h"

/* Each opens, works, closes; returns the first code that is not 0. No assertion inside. */
typedef int work(struct scene *s, struct cb_store **st);

static int reopened(struct scene *s, struct cb_store **st, work *w)
{
	int rc = cb_store_open(st, s->path, CB_OPEN_WRITE, &s->err);

	if (rc == CB_OK)
		rc = w(s, st);
	cb_store_close(*st);
	*st = NULL;
	return rc;
}

static int open_only(struct scene *s, struct cb_store **st)
{
	(void)s, (void)st;
	return CB_OK;
}

static int write_all(struct scene *s, struct cb_store **st)
{
	int64_t value[200] = { 0 }, rs, run, id1 = 0, id2;
	unsigned char have[200] = { 0 };
	struct cb_meeting m = { .held_on = 18322, .kind = CB_REGULAR, .topic = "học nghị quyết", .value = value, .have = have, .nfact = cb_fact_core_count() };
	struct cb_unit_span u = { .code = "CB03", .name = "Chi bộ 3", .kind = CB_UNIT_CELL, .parent = "KHOI", .cluster = "Cụm 1", .members = 5,
				  .official_members = 4, .from = 18000, .to = CB_DAY_MAX };
	struct cb_assessment a = { .by = CB_SELF, .item = "results", .points = 5000 };
	struct cb_fact f = { .id = "guests", .type = CB_FACT_COUNT, .min = 0, .max = 50, .label = "khách mời", .unit = "người", .pack = "thu.a" };
	struct cb_store *own = s->st;
	struct cb_period y2019;
	enum cb_put what;
	int rc = cb_period_make(&y2019, CB_YEAR, 2019, 1) ? cb_store_begin(*st, &s->err) : CB_EUSAGE;

	s->st = *st;
	if (rc == CB_OK)
		rc = cb_store_actor(*st, "import meetings", 18400, &s->err);
	if (rc == CB_OK)
		rc = cb_store_unit_put(*st, &u, &what, &s->err);
	if (rc == CB_OK)
		rc = cb_store_fact_declare(*st, &f, &s->err);
	if (rc == CB_OK)
		rc = cb_store_unit_find(*st, "CB01", &m.unit_id, &s->err);
	value[0] = 20;
	have[0] = 1;
	if (rc == CB_OK)
		rc = cb_store_meeting_put(*st, &m, &what, &s->err);
	id1 = m.id;
	value[0] = 21;
	if (rc == CB_OK)
		rc = cb_store_meeting_put(*st, &m, &what, &s->err);
	a.meeting_id = id1;
	if (rc == CB_OK)
		rc = cb_store_assessment_put(*st, &a, &what, &s->err);
	for (int i = 0; rc == CB_OK && i < 2; i++)
		rc = cb_store_note_put(*st, id1, "results", i ? "chưa xong" : "chưa làm", &what, &s->err);
	if (rc == CB_OK)
		rc = try_ruleset(s, &rs);
	if (rc == CB_OK)
		rc = try_run(s, rs, id1, 1, 88500, "kha", 0, &run);
	value[0] = 22;
	if (rc == CB_OK)
		rc = cb_store_meeting_put(*st, &m, &what, &s->err);
	if (rc == CB_OK)
		rc = try_run(s, rs, id1, 2, 88500, "kha", 0, &run);
	m.held_on++;
	if (rc == CB_OK)
		rc = cb_store_meeting_put(*st, &m, &what, &s->err);
	id2 = m.id;
	if (rc == CB_OK) {
		struct cb_decision d = { id2, "tot", 10, 12, "kha", "lý do", 18330 };

		rc = cb_store_decision_put(*st, &d, &what, &s->err);
	}
	if (rc == CB_OK)
		rc = cb_store_visit_put(*st, m.unit_id, m.held_on, id2, &what, &s->err);
	if (rc == CB_OK)
		rc = cb_store_month_put(*st, m.unit_id, 18400, "missed", "bão", &what, &s->err);
	if (rc == CB_OK)
		rc = cb_store_seal(*st, &y2019, &what, &s->err);
	if (rc == CB_OK)
		rc = cb_store_unseal(*st, &y2019, "nhầm năm", &s->err);
	if (rc == CB_OK)
		rc = cb_store_commit(*st, &s->err);
	s->st = own;
	return rc;
}

static int read_all(struct scene *s, struct cb_store **st)
{
	int fact[] = { 0, 1, cb_fact_core_find("unit_kind"), cb_fact_core_find("kind") };
	struct cb_judged_col judged[] = { { "results", CB_SELF } };
	struct cb_cursor_opts o = { .from = CB_DAY_MIN, .to = CB_DAY_MAX, .unit = "TINH", .fact = fact, .nfact = 4, .judged = judged, .njudged = 1 };
	const int64_t *const *v;
	const unsigned char *const *h;
	const struct cb_rowhead *head;
	struct cb_cursor *c = NULL;
	struct cb_source *src;
	struct cb_rows *r = NULL;
	struct cb_arena arena;
	int64_t value[5];
	unsigned char have[5];
	size_t n;
	bool row;
	int rc = cb_cursor_open(&c, *st, &o, &s->err);

	cb_arena_init(&arena);
	if (rc == CB_OK)
		rc = cb_cursor_next(c, &n, &head, &v, &h, &s->err);
	cb_cursor_close(c);
	if (rc == CB_OK)
		rc = cb_store_revision(*st, 1, 1, &o, value, have, &s->err);
	if (rc == CB_OK)
		rc = cb_store_ruleset_sources(*st, 1, &arena, &src, &n, &s->err);
	if (rc == CB_OK)
		rc = cb_rows_open(&r, *st, &s->err, "SELECT * FROM v_result WHERE meeting_id=?1 AND level=?2", "it", (int64_t)1, "kha");
	while (rc == CB_OK && (rc = cb_rows_step(r, &row, &s->err)) == CB_OK && row)
		;
	cb_rows_close(r);
	cb_store_unit_nearest(*st, "CB1");
	cb_arena_release(&arena);
	return rc;
}

static int doctor(struct scene *s, struct cb_store **st)
{
	struct cb_diags *d = NULL;
	int rc = cb_diags_new(&d, 10);

	if (rc == CB_OK)
		rc = cb_store_doctor(*st, d, &s->err);
	cb_diags_free(d);
	return rc;
}

static int backup(struct scene *s, struct cb_store **st)
{
	return cb_store_backup(*st, s->other, &s->err);
}

static int create(struct scene *s)
{
	return cb_store_create(s->other, &s->err);
}

static int migrate(struct scene *s)
{
	int from, to;

	return cb_store_migrate(s->path, &from, &to, &s->err);
}

static int files_in(const char *dir)
{
	char cmd[160];
	FILE *p;
	int n = -1;

	snprintf(cmd, sizeof(cmd), "ls %s | wc -l", dir);
	p = popen(cmd, "r");
	assert_non_null(p);
	assert_int_equal(fscanf(p, "%d", &n), 1);
	pclose(p);
	return n;
}

/* Every place up to the 300th, then every hundredth part further (each takes a whole turn of work); CB_SWEEP=all: every one.
   Returns how many places there were. */
static long sweep(struct scene *s, work *w, int (*alone)(struct scene *))
{
	bool all = getenv("CB_SWEEP") != NULL;
	struct cb_store *st = NULL;
	long n;

	for (n = 1; n < 100000; n += n < 300 || all ? 1 : n / 100) {
		long live = cb_alloc_live();
		int rc;

		s->err.msg[0] = '\0';
		cb_alloc_fail_from(n);
		rc = alone ? alone(s) : reopened(s, &st, w);
		cb_alloc_fail_from(0);
		if (cb_alloc_live() != live)
			fail_msg("allocation %ld: %ld blocks live, %ld before (%d %s)", n, cb_alloc_live(), live, rc, s->err.msg);
		if (rc == CB_OK)
			break;
		if (rc != CB_ENOMEM)
			fail_msg("allocation %ld: %d, %s", n, rc, s->err.msg);
	}
	assert_true(n < 100000);
	return n;
}

static void out_of_memory_is_an_error_everywhere(void **state)
{
	struct scene *s = *state;
	char before[4096];

	cb_store_close(s->st);
	s->st = NULL;
	assert_true(sweep(s, open_only, NULL) > 10);
	good(s, cb_store_open(&s->st, s->path, CB_OPEN_READ, &s->err));
	snprintf(before, sizeof(before), "%s", text(s, "SELECT (SELECT count(*) FROM audit)||' '||(SELECT value FROM meta)"));
	cb_store_close(s->st);
	s->st = NULL;
	/* the last turn of the sweep succeeds: until then nothing may have been kept */
	assert_true(sweep(s, write_all, NULL) > 100);
	good(s, cb_store_open(&s->st, s->path, CB_OPEN_READ, &s->err));
	assert_int_equal(number(s, "SELECT count(*) FROM meeting"), 2);
	assert_int_equal(number(s, "SELECT value FROM meta WHERE key='txn'"), 1);
	assert_int_equal(number(s, "SELECT count(*) FROM result_past"), 1);
	healthy(s);
	cb_store_close(s->st);
	s->st = NULL;
	assert_true(sweep(s, read_all, NULL) > 50);
	assert_true(sweep(s, doctor, NULL) > 50);
	assert_true(sweep(s, backup, NULL) > 10);
	assert_int_equal(files_in(s->dir), 2);
	assert_int_equal(unlink(s->other), 0);
	assert_true(sweep(s, NULL, create) > 10);
	assert_int_equal(files_in(s->dir), 2);
	assert_true(sweep(s, NULL, migrate) > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(out_of_memory_is_an_error_everywhere, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
