/* scene.h - a scratch record with a province, a block and two cells; short ways to put things in. All of it is invented. */
#ifndef CB_TESTS_STORE_SCENE_H
#define CB_TESTS_STORE_SCENE_H

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "store/store.h"

struct scene {
	struct cb_store *st;
	struct cb_err err;
	char dir[64], path[96], other[96];
	char said[4096];
	int64_t rev; /* of the meeting that was put last */
};

static inline cb_day day(const char *iso)
{
	cb_day d = 0;

	assert_int_equal(cb_day_parse(&d, iso, strlen(iso)), CB_DATE_ISO);
	return d;
}
static inline void good(struct scene *s, int rc)
{
	if (rc != CB_OK)
		fail_msg("%d: %s", rc, s->err.msg);
}
static inline void begin(struct scene *s) { good(s, cb_store_begin(s->st, &s->err)); }
static inline void commit(struct scene *s) { good(s, cb_store_commit(s->st, &s->err)); }

static inline int try_unit(struct scene *s, const char *code, const char *name, enum cb_unit_kind kind, const char *parent, const char *from, const char *to)
{
	struct cb_unit_span u = { .code = code, .name = name, .kind = kind, .parent = parent, .cell_type = strcmp(code, "CB01") ? CB_CELL_NONE : CB_CELL_OFFICE,
				  .members = 20, .official_members = -1, .from = day(from), .to = to ? day(to) : CB_DAY_MAX };
	enum cb_put what;

	return cb_store_unit_put(s->st, &u, &what, &s->err);
}
static inline void unit(struct scene *s, const char *code, const char *name, enum cb_unit_kind kind, const char *parent, const char *from, const char *to)
{
	good(s, try_unit(s, code, name, kind, parent, from, to));
}

/* members and present; -1: absent. Returns the store's code. */
static inline int try_meeting(struct scene *s, const char *code, const char *on, enum cb_meeting_kind kind, int64_t members, int64_t present, int64_t *id,
			      enum cb_put *what)
{
	struct cb_meeting m = { .held_on = day(on), .kind = kind };
	int64_t value[200] = { 0 };
	unsigned char have[200] = { 0 };
	int im = cb_fact_core_find("members"), ip = cb_fact_core_find("present"), rc;

	good(s, cb_store_unit_find(s->st, code, &m.unit_id, &s->err));
	value[im] = members;
	have[im] = members >= 0;
	value[ip] = present;
	have[ip] = present >= 0;
	m.value = value;
	m.have = have;
	m.nfact = cb_fact_core_count();
	rc = cb_store_meeting_put(s->st, &m, what, &s->err);
	*id = m.id;
	s->rev = m.rev;
	return rc;
}
static inline int64_t meeting(struct scene *s, const char *code, const char *on, enum cb_meeting_kind kind, int64_t members, int64_t present, enum cb_put *what)
{
	int64_t id;

	good(s, try_meeting(s, code, on, kind, members, present, &id, what));
	return id;
}
static inline void assess(struct scene *s, int64_t id, const char *item, enum cb_assessor by, cb_pts points)
{
	struct cb_assessment a = { id, by, item, points };
	enum cb_put what;

	good(s, cb_store_assessment_put(s->st, &a, &what, &s->err));
}

/* First column of the first row; "" when there is none. */
static inline const char *text(struct scene *s, const char *sql)
{
	struct cb_rows *r;
	bool row;

	good(s, cb_rows_open(&r, s->st, &s->err, sql, ""));
	good(s, cb_rows_step(r, &row, &s->err));
	snprintf(s->said, sizeof(s->said), "%s", row && cb_rows_text(r, 0) ? cb_rows_text(r, 0) : "");
	cb_rows_close(r);
	return s->said;
}
static inline int64_t number(struct scene *s, const char *sql)
{
	return strtoll(text(s, sql), NULL, 10);
}
static inline int64_t count(struct scene *s, const struct cb_cursor_opts *o)
{
	const int64_t *const *v;
	const unsigned char *const *h;
	const struct cb_rowhead *head;
	struct cb_cursor *c;
	int64_t all = 0;
	size_t n;

	good(s, cb_cursor_open(&c, s->st, o, &s->err));
	do {
		good(s, cb_cursor_next(c, &n, &head, &v, &h, &s->err));
		all += (int64_t)n;
	} while (n > 0);
	cb_cursor_close(c);
	return all;
}

static inline int try_ruleset(struct scene *s, int64_t *id)
{
	struct cb_source src[2] = { { .path = "thu/a.lua", .text = "return 1\n", .len = 9 }, { .path = "thu/b.lua", .text = "return 2\n", .len = 9 } };
	struct cb_criterion_info crit[] = { { "attendance", "Tỷ lệ dự", "2", 5000, 0 }, { "thematic", "Chuyên đề", NULL, 5000, 0 }, { "results", "Kết quả", "7", 30000, 0 } };
	struct cb_level_info level[] = { { "tot", "Tốt", 90000 }, { "kha", "Khá", 70000 } };
	struct cb_ruleset_info rs = { .id = "thu.a", .title = "Quy định thử", .issuer = "TINH", .status = "invented", .from = day("2020-01-01"),
				      .to = CB_DAY_MAX, .src = src, .nsrc = 2, .criterion = crit, .ncriterion = 3, .level = level, .nlevel = 2 };
	char sha[CB_SHA_HEX];
	struct cb_sha h;

	cb_sha_init(&h);
	for (int i = 0; i < 2; i++) {
		char line[128];

		cb_sha256_hex(src[i].text, src[i].len, src[i].sha);
		snprintf(line, sizeof(line), "%s %s\n", src[i].sha, src[i].path);
		cb_sha_add(&h, line, strlen(line));
	}
	cb_sha_hex(&h, sha);
	rs.sha = sha;
	return cb_store_ruleset_put(s->st, &rs, id, &s->err);
}
static inline int64_t ruleset(struct scene *s)
{
	int64_t id;

	good(s, try_ruleset(s, &id));
	return id;
}

/* One run with a result for one or two meetings. */
static inline int try_run(struct scene *s, int64_t rs, int64_t meeting_id, int64_t rev, int64_t score, const char *level, int64_t another, int64_t *run)
{
	struct cb_run_info info = { "evaluate 2020-Q1", day("2020-04-01"), "0.1.0" };
	struct cb_result r = { .meeting_id = meeting_id, .meeting_rev = rev, .ruleset_id = rs, .score_n = score, .score_d = 1, .level = level,
			       .level_by_score = level, .gate = -1, .points = "[5000,\"na\",null]" };
	int rc = cb_store_run_begin(s->st, &info, run, &s->err);

	r.run_id = *run;
	if (rc == CB_OK)
		rc = cb_store_result_put(s->st, &r, &s->err);
	r.meeting_id = another;
	if (rc == CB_OK && another)
		rc = cb_store_result_put(s->st, &r, &s->err);
	return rc == CB_OK ? cb_store_run_end(s->st, *run, &s->err) : rc;
}
static inline int64_t run_of(struct scene *s, int64_t rs, int64_t meeting_id, int64_t rev, int64_t score, const char *level, int64_t another)
{
	int64_t run;

	good(s, try_run(s, rs, meeting_id, rev, score, level, another, &run));
	return run;
}

static inline void healthy(struct scene *s)
{
	struct cb_diags *d;
	struct cb_buf b;
	int rc;

	assert_int_equal(cb_diags_new(&d, 20), 0);
	rc = cb_store_doctor(s->st, d, &s->err);
	cb_buf_init(&b);
	for (size_t i = 0; i < cb_diags_kept(d); i++) {
		cb_diag_line(&b, cb_diags_at(d, i));
		cb_buf_putc(&b, '\n');
	}
	if (rc != CB_OK)
		fail_msg("doctor: %s\n%s", s->err.msg, b.s);
	cb_buf_release(&b);
	cb_diags_free(d);
}

static inline int setup(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));

	good(s, cb_store_library_init(&s->err));
	strcpy(s->dir, "/tmp/chibo-store.XXXXXX");
	assert_non_null(mkdtemp(s->dir));
	snprintf(s->path, sizeof(s->path), "%s/a.db", s->dir);
	snprintf(s->other, sizeof(s->other), "%s/b.db", s->dir);
	good(s, cb_store_create(s->path, &s->err));
	good(s, cb_store_open(&s->st, s->path, CB_OPEN_WRITE, &s->err));
	begin(s);
	unit(s, "TINH", "Đảng bộ tỉnh Thử", CB_UNIT_PROVINCE, NULL, "1990-01-01", NULL);
	unit(s, "KHOI", "Đảng bộ Khối", CB_UNIT_BLOCK, "TINH", "1990-01-01", NULL);
	unit(s, "CB01", "Chi bộ 1", CB_UNIT_BASE_CELL, "KHOI", "2020-01-01", NULL);
	unit(s, "CB02", "Chi bộ 2", CB_UNIT_BASE_CELL, "KHOI", "2020-01-01", NULL);
	commit(s);
	*state = s;
	return 0;
}
static inline int teardown(void **state)
{
	struct scene *s = *state;
	char cmd[160];

	cb_store_close(s->st);
	snprintf(cmd, sizeof(cmd), "rm -rf %s", s->dir);
	if (system(cmd) != 0)
		return 1;
	free(s);
	return 0;
}

#endif
