/*
 * doctor.c - is the record what it was?
 *
 * SQLite's own checks find broken pages; the hashes find what was changed behind chibo's back: the texts of regulations, the
 * results of each run. The rest are questions that the schema cannot ask: overlapping spans, meetings of units that did
 * not exist on that day, results whose facts were not kept, a gap in the audit, a trigger that was dropped. One pass over
 * the results for all runs; memory grows with the number of runs and units.
 */
#include "store/store_int.h"

#include <string.h>
#include "base/alloc.h"

struct checkup {
	struct cb_store *st;
	struct cb_diags *d;
	size_t found;
};

static void found(struct checkup *c, const char *mend, const char *what, const char *detail)
{
	c->found++;
	cb_diags_addf(c->d, CB_SEV_ERROR, c->st->path, 0, 0, NULL, mend, "%s%s%s", what, detail && detail[0] ? ": " : "", detail ? detail : "");
}

/* A question whose rows are faults: the first column is the detail. */
static int ask(struct checkup *c, const char *sql, const char *what, const char *mend, struct cb_err *err)
{
	sqlite3_stmt *q = NULL;
	bool row;
	int rc = cb_st_prepare(c->st, sql, 0, &q, err);

	while (rc == CB_OK && (rc = cb_st_row(c->st, q, &row, err)) == CB_OK && row) {
		const char *s = (const char *)sqlite3_column_text(q, 0);

		if (s == NULL || strcmp(s, "ok") != 0)
			found(c, mend, what, s);
	}
	sqlite3_finalize(q);
	return rc;
}

static const struct {
	const char *sql, *what, *mend;
} question[] = {
	{ "PRAGMA integrity_check(50)", "the file is damaged", "restore a backup" },
	{ "SELECT \"table\"||', row '||coalesce(rowid,'?')||' points at '||parent FROM pragma_foreign_key_check", "a row points at nothing",
	  "restore a backup" },
	{ "SELECT u.code||' from '||date(a.valid_from*86400,'unixepoch') FROM unit_span a JOIN unit_span b ON b.unit_id=a.unit_id AND"
	  " b.valid_from>a.valid_from AND b.valid_from<=a.valid_to JOIN unit u ON u.id=a.unit_id", "two spans of a unit overlap",
	  "import the unit again with the right days" },
	{ "SELECT code FROM unit WHERE NOT EXISTS(SELECT 1 FROM unit_span s WHERE s.unit_id=unit.id)", "a unit of which nothing is known",
	  "import the unit again" },
	{ "SELECT u.code||' on '||date(m.held_on*86400,'unixepoch') FROM meeting m JOIN unit u ON u.id=m.unit_id WHERE NOT EXISTS"
	  "(SELECT 1 FROM unit_span s WHERE s.unit_id=m.unit_id AND m.held_on BETWEEN s.valid_from AND s.valid_to) LIMIT 1000",
	  "a meeting of a unit that did not exist on that day", "import the unit's days again" },
	{ "SELECT u.code||' on '||date(m.held_on*86400,'unixepoch')||': '||d.official FROM decision d JOIN meeting m ON m.id=d.meeting_id"
	  " JOIN unit u ON u.id=m.unit_id JOIN result r ON r.meeting_id=m.id WHERE d.official IS NOT NULL AND NOT EXISTS"
	  " (SELECT 1 FROM ruleset_level l WHERE l.ruleset_id=r.ruleset_id AND l.id=d.official) LIMIT 1000",
	  "an official level that the ruleset of the meeting does not have", "import the decision again with a level of that ruleset" },
	{ "WITH RECURSIVE up(root,id,day,n) AS (SELECT unit_id,parent_id,valid_from,1 FROM unit_span WHERE parent_id IS NOT NULL UNION ALL"
	  " SELECT up.root,s.parent_id,up.day,n+1 FROM up JOIN unit_span s ON s.unit_id=up.id AND up.day BETWEEN s.valid_from AND s.valid_to"
	  " WHERE s.parent_id IS NOT NULL AND n<17) SELECT DISTINCT code FROM up JOIN unit u ON u.id=up.root WHERE n>=17",
	  "units above each other in a ring", "import them again with the right parents" },
	{ "SELECT 'meeting '||r.meeting_id||', revision '||r.meeting_rev FROM result r JOIN meeting m ON m.id=r.meeting_id WHERE r.meeting_rev<>m.rev"
	  " AND NOT EXISTS(SELECT 1 FROM meeting_past p WHERE p.meeting_id=r.meeting_id AND p.rev=r.meeting_rev) LIMIT 1000",
	  "a result whose facts were not kept", "restore a backup, or evaluate again" },
	{ "SELECT 'meeting '||r.meeting_id||', revision '||r.meeting_rev FROM result_past r JOIN meeting m ON m.id=r.meeting_id WHERE r.meeting_rev<>m.rev"
	  " AND NOT EXISTS(SELECT 1 FROM meeting_past p WHERE p.meeting_id=r.meeting_id AND p.rev=r.meeting_rev) LIMIT 1000",
	  "a former result whose facts were not kept", "restore a backup" },
	{ "SELECT ((SELECT seq FROM sqlite_sequence WHERE name='audit')-count(*))||' of them' FROM audit HAVING count(*)<>coalesce((SELECT seq FROM"
	  " sqlite_sequence WHERE name='audit'),0)", "lines of the audit are gone", "restore a backup" },
	{ "SELECT 'run '||id||', '||what FROM run WHERE results_sha IS NULL", "a run that was never finished", "restore a backup" },
};

static int sources(struct checkup *c, struct cb_err *err)
{
	sqlite3_stmt *q = NULL;
	struct cb_arena a;
	bool row;
	int rc;

	rc = cb_st_prepare(c->st, "SELECT id,name FROM ruleset ORDER BY id", 0, &q, err);
	while (rc == CB_OK && (rc = cb_st_row(c->st, q, &row, err)) == CB_OK && row) {
		struct cb_source *src;
		struct cb_err e = { 0 };
		size_t n;
		int one;

		cb_arena_init(&a);
		one = cb_store_ruleset_sources(c->st, sqlite3_column_int64(q, 0), &a, &src, &n, &e);
		cb_arena_release(&a);
		if (one == CB_ECORRUPT || one == CB_ENOTFOUND) {
			found(c, "restore a backup", "a ruleset's text was changed", e.msg);
		} else if (one != CB_OK) {
			rc = cb_err_set(err, one, "%s", e.msg);
		}
	}
	sqlite3_finalize(q);
	return rc;
}

struct tally {
	int64_t id, results, status[4], said[5];
	struct cb_sha sha;
	char kept[CB_SHA_HEX];
};

static struct tally *tally_find(struct tally *t, size_t n, int64_t id)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (t[mid].id < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < n && t[lo].id == id ? &t[lo] : NULL;
}

#define HASHED "meeting_id,meeting_rev,ruleset_id,semantics,status,score_n,score_d,gate,level,level_by_score,points,missing,run_id"

/* Every run's hash and counts again. Current and past results are walked side by side in order of meeting. */
static int runs(struct checkup *c, struct cb_err *err)
{
	struct cb_store *st = c->st;
	sqlite3_stmt *q = NULL;
	struct tally *t = NULL;
	size_t n = 0, cap = 0;
	char hex[CB_SHA_HEX];
	bool row;
	int rc = cb_st_prepare(st, "SELECT id,what,today,version,semantics,results,rated,missing,invalid,errors,coalesce(results_sha,'') FROM run ORDER BY id",
			       0, &q, err);

	while (rc == CB_OK && (rc = cb_st_row(st, q, &row, err)) == CB_OK && row) {
		const char *what = (const char *)sqlite3_column_text(q, 1), *version = (const char *)sqlite3_column_text(q, 3);
		const char *kept = (const char *)sqlite3_column_text(q, 10);

		if (n == cap) {
			struct tally *more = cb_reallocarray(t, cap ? cap * 2 : 16, sizeof(*t));

			if (more == NULL) {
				rc = cb_err_nomem(err);
				break;
			}
			t = more;
			cap = cap ? cap * 2 : 16;
		}
		if (what == NULL || version == NULL || kept == NULL) {
			rc = cb_err_nomem(err);
			break;
		}
		memset(&t[n], 0, sizeof(t[n]));
		t[n].id = sqlite3_column_int64(q, 0);
		for (int i = 0; i < 5; i++)
			t[n].said[i] = sqlite3_column_int64(q, 5 + i);
		if (strlen(kept) < CB_SHA_HEX)
			memcpy(t[n].kept, kept, strlen(kept) + 1);
		cb_run_hash_start(&t[n].sha, what, sqlite3_column_int64(q, 2), version, sqlite3_column_int64(q, 4));
		n++;
	}
	sqlite3_finalize(q);
	q = NULL;
	if (rc == CB_OK)
		rc = cb_st_prepare(st, "SELECT " HASHED " FROM result UNION ALL SELECT " HASHED " FROM result_past ORDER BY meeting_id", 0, &q, err);
	while (rc == CB_OK && (rc = cb_st_row(st, q, &row, err)) == CB_OK && row) {
		struct tally *run = tally_find(t, n, sqlite3_column_int64(q, 12));
		struct cb_result_row r;

		if (run == NULL)
			continue; /* told by the foreign keys */
		cb_result_read(q, 0, &r);
		run->results++;
		run->status[r.status & 3]++;
		if (!cb_result_hash(&run->sha, &st->scratch, &r))
			rc = cb_err_nomem(err);
	}
	sqlite3_finalize(q);
	for (size_t i = 0; rc == CB_OK && i < n; i++) {
		rc = cb_run_hash_signatures(st, t[i].id, &t[i].sha, err);
		if (rc != CB_OK)
			break;
		cb_sha_hex(&t[i].sha, hex);
		if (strcmp(hex, t[i].kept) != 0 || t[i].results != t[i].said[0] || memcmp(t[i].status, &t[i].said[1], sizeof(t[i].status)) != 0) {
			c->found++;
			cb_diags_addf(c->d, CB_SEV_ERROR, st->path, 0, 0, NULL, "restore a backup, or evaluate again with --all",
				      "the results of run %lld were changed after it", (long long)t[i].id);
		}
	}
	cb_free(t);
	return rc;
}

/* The schema beside a new one: a dropped trigger or a changed view shows. `meeting` and v_meeting follow the dictionary. */
static int schema(struct checkup *c, struct cb_err *err)
{
	static const char list[] = "SELECT type||' '||name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT IN ('meeting','v_meeting')"
				   " AND name NOT LIKE 'sqlite_%' ORDER BY type,name";
	struct cb_store fresh = { .path = c->st->path, .mode = CB_OPEN_WRITE, .actor_day = CB_DAY_NONE };
	sqlite3_stmt *a = NULL, *b = NULL;
	bool on_a = false, on_b = false;
	int sql, rc;

	sql = sqlite3_open_v2(":memory:", &fresh.db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
	cb_buf_init(&fresh.scratch);
	rc = sql == SQLITE_OK ? cb_schema_upgrade(&fresh, cb_schema_steps, cb_schema_nsteps, 0, err) : cb_st_map(fresh.db, c->st->path, sql, "checking", err);
	if (rc == CB_OK)
		rc = cb_st_prepare(c->st, list, 0, &a, err);
	if (rc == CB_OK)
		rc = cb_st_prepare(&fresh, list, 0, &b, err);
	if (rc == CB_OK)
		rc = cb_st_row(c->st, a, &on_a, err);
	if (rc == CB_OK)
		rc = cb_st_row(&fresh, b, &on_b, err);
	while (rc == CB_OK && (on_a || on_b)) {
		const char *na = on_a ? (const char *)sqlite3_column_text(a, 0) : NULL, *nb = on_b ? (const char *)sqlite3_column_text(b, 0) : NULL;
		const char *sa = on_a ? (const char *)sqlite3_column_text(a, 1) : NULL, *sb = on_b ? (const char *)sqlite3_column_text(b, 1) : NULL;
		int order = !on_a ? 1 : !on_b ? -1 : na && nb ? strcmp(na, nb) : 0;

		if ((on_a && (!na || !sa)) || (on_b && (!nb || !sb))) {
			rc = cb_err_nomem(err);
			break;
		}
		if (order < 0)
			found(c, "restore a backup, or remove it", "the schema has something that chibo did not make", na);
		else if (order > 0)
			found(c, "restore a backup", "a part of the schema is gone", nb);
		else if (strcmp(sa, sb) != 0)
			found(c, "restore a backup", "a part of the schema was changed", na);
		if (order <= 0)
			rc = cb_st_row(c->st, a, &on_a, err);
		if (rc == CB_OK && order >= 0)
			rc = cb_st_row(&fresh, b, &on_b, err);
	}
	sqlite3_finalize(a);
	sqlite3_finalize(b);
	cb_meetings_forget(&fresh);
	sqlite3_close_v2(fresh.db);
	cb_facts_free(fresh.facts);
	cb_free(fresh.column);
	cb_buf_release(&fresh.scratch);
	return rc;
}

int cb_store_doctor(struct cb_store *st, struct cb_diags *diags, struct cb_err *err)
{
	struct checkup c = { .st = st, .d = diags };
	int rc = CB_OK;

	for (size_t i = 0; rc == CB_OK && i < sizeof(question) / sizeof(question[0]); i++)
		rc = ask(&c, question[i].sql, question[i].what, question[i].mend, err);
	if (rc == CB_OK)
		rc = schema(&c, err);
	if (rc == CB_OK)
		rc = sources(&c, err);
	if (rc == CB_OK)
		rc = runs(&c, err);
	if (rc == CB_ECORRUPT) { /* too damaged to be read to the end: that is a finding too */
		found(&c, "restore a backup", "the file cannot be read to its end", NULL);
		return rc;
	}
	if (rc == CB_OK && c.found > 0)
		rc = cb_err_set(err, CB_EDATA, "%s: %zu finding%s", st->path, c.found, c.found == 1 ? "" : "s");
	return rc;
}
