/*
 * results.c - rulesets and their texts, runs, results.
 *
 * A ruleset is kept once per hash, its files once per content. A result is one INSERT; only when the meeting has a
 * current result already, that one is moved to result_past first. A run's hash goes over its results in order of
 * meeting: it is computed while they are written when they come in that order (they do), and read back otherwise.
 */
#include "store/store_int.h"

#include <string.h>
#include "base/alloc.h"

void cb_ruleset_hash_add(struct cb_sha *h, const char *sha, const char *path)
{
	cb_sha_add(h, sha, strlen(sha));
	cb_sha_add(h, " ", 1);
	cb_sha_add(h, path, strlen(path));
	cb_sha_add(h, "\n", 1);
}

static int source_put(struct cb_store *st, const struct cb_source *s, struct cb_err *err)
{
	char sha[CB_SHA_HEX];
	sqlite3_stmt *q;
	bool row;
	int rc;

	cb_sha256_hex(s->text, s->len, sha);
	if (strcmp(sha, s->sha) != 0)
		return cb_err_set(err, CB_EDATA, "%s: its text does not have the hash that goes with it", s->path);
	rc = cb_st_get(st, Q_SOURCE_SAME, "SELECT 1 FROM source WHERE sha256=?1", &q, err);
	if (rc != CB_OK)
		return rc;
	cb_st_bind_text(q, 1, sha);
	rc = cb_st_row(st, q, &row, err);
	sqlite3_reset(q);
	if (rc != CB_OK || row)
		return rc;
	rc = cb_st_get(st, Q_SOURCE_PUT, "INSERT INTO source(sha256,text) VALUES(?1,?2)", &q, err);
	if (rc != CB_OK)
		return rc;
	cb_st_bind_text(q, 1, sha);
	sqlite3_bind_text64(q, 2, s->text, s->len, SQLITE_STATIC, SQLITE_UTF8);
	return cb_st_done(st, q, err);
}

/* Also for a ruleset that was kept before the record knew of notes. */
static int notes_put(struct cb_store *st, int64_t id, const char *notes_for, struct cb_err *err)
{
	sqlite3_stmt *q;
	int rc;

	if (notes_for == NULL)
		return CB_OK;
	rc = cb_st_get(st, Q_RULESET_NOTES, "INSERT INTO ruleset_notes(ruleset_id,one_for) VALUES(?1,?2) ON CONFLICT DO NOTHING", &q, err);
	if (rc != CB_OK)
		return rc;
	sqlite3_bind_int64(q, 1, id);
	cb_st_bind_text(q, 2, notes_for);
	return cb_st_done(st, q, err);
}

int cb_store_ruleset_put(struct cb_store *st, const struct cb_ruleset_info *rs, int64_t *id, struct cb_err *err)
{
	sqlite3_stmt *q;
	bool row;
	int rc = cb_st_writing(st, err);

	if (rc == CB_OK)
		rc = cb_st_get(st, Q_RULESET_FIND, "SELECT id FROM ruleset WHERE sha256=?1 AND name=?2", &q, err);
	if (rc != CB_OK)
		return rc;
	cb_st_bind_text(q, 1, rs->sha);
	cb_st_bind_text(q, 2, rs->id);
	rc = cb_st_row(st, q, &row, err);
	if (rc == CB_OK && row) {
		*id = sqlite3_column_int64(q, 0);
		sqlite3_reset(q);
	}
	if (rc != CB_OK || row)
		return rc == CB_OK ? notes_put(st, *id, rs->notes_for, err) : rc;
	rc = cb_st_get(st, Q_RULESET_PUT, "INSERT INTO ruleset(sha256,name,title,issuer,status,valid_from,valid_to) VALUES(?1,?2,?3,?4,?5,?6,?7)", &q, err);
	if (rc != CB_OK)
		return rc;
	cb_st_bind_text(q, 1, rs->sha);
	cb_st_bind_text(q, 2, rs->id);
	cb_st_bind_text(q, 3, rs->title);
	cb_st_bind_text(q, 4, rs->issuer);
	cb_st_bind_text(q, 5, rs->status);
	sqlite3_bind_int64(q, 6, rs->from);
	sqlite3_bind_int64(q, 7, rs->to);
	rc = cb_st_done(st, q, err);
	*id = sqlite3_last_insert_rowid(st->db);
	for (size_t i = 0; rc == CB_OK && i < rs->nsrc; i++) {
		rc = source_put(st, &rs->src[i], err);
		if (rc == CB_OK)
			rc = cb_st_get(st, Q_RULESET_SOURCE, "INSERT INTO ruleset_source(ruleset_id,ord,path,sha256) VALUES(?1,?2,?3,?4)", &q, err);
		if (rc != CB_OK)
			break;
		sqlite3_bind_int64(q, 1, *id);
		sqlite3_bind_int64(q, 2, (int64_t)i);
		cb_st_bind_text(q, 3, rs->src[i].path);
		cb_st_bind_text(q, 4, rs->src[i].sha);
		rc = cb_st_done(st, q, err);
	}
	for (size_t i = 0; rc == CB_OK && i < rs->ncriterion; i++) {
		rc = cb_st_get(st, Q_RULESET_CRITERION, "INSERT INTO ruleset_criterion(ruleset_id,ord,id,label,article,max,counts) VALUES(?1,?2,?3,?4,?5,?6,?7)", &q, err);
		if (rc != CB_OK)
			break;
		sqlite3_bind_int64(q, 1, *id);
		sqlite3_bind_int64(q, 2, (int64_t)i);
		cb_st_bind_text(q, 3, rs->criterion[i].id);
		cb_st_bind_text(q, 4, rs->criterion[i].label);
		cb_st_bind_text(q, 5, rs->criterion[i].article);
		sqlite3_bind_int64(q, 6, rs->criterion[i].max);
		sqlite3_bind_int(q, 7, rs->criterion[i].counts);
		rc = cb_st_done(st, q, err);
	}
	for (size_t i = 0; rc == CB_OK && i < rs->nlevel; i++) {
		rc = cb_st_get(st, Q_RULESET_LEVEL, "INSERT INTO ruleset_level(ruleset_id,ord,id,label,at_least) VALUES(?1,?2,?3,?4,?5)", &q, err);
		if (rc != CB_OK)
			break;
		sqlite3_bind_int64(q, 1, *id);
		sqlite3_bind_int64(q, 2, (int64_t)i);
		cb_st_bind_text(q, 3, rs->level[i].id);
		cb_st_bind_text(q, 4, rs->level[i].label);
		sqlite3_bind_int64(q, 5, rs->level[i].at_least);
		rc = cb_st_done(st, q, err);
	}
	return rc == CB_OK ? notes_put(st, *id, rs->notes_for, err) : rc;
}

int cb_store_ruleset_sources(struct cb_store *st, int64_t id, struct cb_arena *a, struct cb_source **src, size_t *n, struct cb_err *err)
{
	static const char sql[] = "SELECT rs.path,rs.sha256,s.text,r.sha256 FROM ruleset r JOIN ruleset_source rs ON rs.ruleset_id=r.id"
				  " JOIN source s ON s.sha256=rs.sha256 WHERE r.id=?1 ORDER BY rs.ord";
	char sha[CB_SHA_HEX], whole[CB_SHA_HEX] = "";
	struct cb_sha all;
	sqlite3_stmt *q;
	size_t cap = 0;
	bool row;
	int rc = cb_st_get(st, Q_RULESET_SOURCES, sql, &q, err);

	*src = NULL;
	*n = 0;
	if (rc != CB_OK)
		return rc;
	sqlite3_bind_int64(q, 1, id);
	cb_sha_init(&all);
	while ((rc = cb_st_row(st, q, &row, err)) == CB_OK && row) {
		const char *path = (const char *)sqlite3_column_text(q, 0), *said = (const char *)sqlite3_column_text(q, 1);
		const char *text = (const char *)sqlite3_column_text(q, 2), *of_all = (const char *)sqlite3_column_text(q, 3);
		size_t len = (size_t)sqlite3_column_bytes(q, 2);
		struct cb_source *s;

		if (path == NULL || said == NULL || text == NULL || of_all == NULL)
			goto nomem;
		cb_sha256_hex(text, len, sha);
		if (strcmp(sha, said) != 0) {
			rc = cb_err_set(err, CB_ECORRUPT, "%s: the stored text of %s is not what it was: its hash differs", st->path, path);
			sqlite3_reset(q);
			return rc;
		}
		if (*n == cap) {
			s = CB_NEWV(a, cap ? cap * 2 : 4, struct cb_source);
			if (s == NULL)
				goto nomem;
			if (*n > 0)
				memcpy(s, *src, *n * sizeof(*s));
			*src = s;
			cap = cap ? cap * 2 : 4;
		}
		s = &(*src)[*n];
		s->path = cb_arena_strdup(a, path);
		s->text = cb_arena_strndup(a, text, len);
		s->len = len;
		memcpy(s->sha, sha, sizeof(sha));
		if (s->path == NULL || s->text == NULL)
			goto nomem;
		cb_ruleset_hash_add(&all, sha, path);
		memcpy(whole, of_all, strlen(of_all) < CB_SHA_HEX ? strlen(of_all) + 1 : CB_SHA_HEX - 1);
		(*n)++;
	}
	if (rc != CB_OK)
		return rc;
	if (*n == 0)
		return cb_err_set(err, CB_ENOTFOUND, "%s: no text is kept of ruleset %lld", st->path, (long long)id);
	cb_sha_hex(&all, sha);
	if (strcmp(sha, whole) != 0)
		return cb_err_set(err, CB_ECORRUPT, "%s: the list of files of ruleset %lld is not what it was: its hash differs", st->path, (long long)id);
	return CB_OK;
nomem:
	sqlite3_reset(q);
	return cb_err_nomem(err);
}

/* --- the hash over results ------------------------------------------------------------------------------------ */

static void add_int(struct cb_buf *b, int64_t v)
{
	uint64_t u = ((uint64_t)v << 1) ^ (uint64_t)(v >> 63);
	unsigned char byte[10];
	size_t n = 0;

	while (u >= 0x80) {
		byte[n++] = (unsigned char)(u | 0x80);
		u >>= 7;
	}
	byte[n++] = (unsigned char)u;
	cb_buf_add(b, byte, n);
}

static void add_text(struct cb_buf *b, const char *s)
{
	size_t n = s ? strlen(s) : 0;

	add_int(b, s ? (int64_t)n : -1);
	cb_buf_add(b, s ? s : "", n);
}

bool cb_result_hash(struct cb_sha *h, struct cb_buf *b, const struct cb_result_row *r)
{
	cb_buf_clear(b);
	add_int(b, r->meeting_id);
	add_int(b, r->rev);
	add_int(b, r->ruleset_id);
	add_int(b, r->semantics);
	add_int(b, r->status);
	add_int(b, r->score_n);
	add_int(b, r->score_d);
	add_int(b, r->gate);
	add_text(b, r->level);
	add_text(b, r->level_by_score);
	add_text(b, r->points);
	add_text(b, r->missing);
	if (!cb_buf_ok(b))
		return false;
	cb_sha_add(h, b->s, b->len);
	return true;
}

void cb_result_read(sqlite3_stmt *q, int i, struct cb_result_row *r)
{
	r->meeting_id = sqlite3_column_int64(q, i);
	r->rev = sqlite3_column_int64(q, i + 1);
	r->ruleset_id = sqlite3_column_int64(q, i + 2);
	r->semantics = sqlite3_column_int64(q, i + 3);
	r->status = sqlite3_column_int64(q, i + 4);
	r->score_n = sqlite3_column_int64(q, i + 5);
	r->score_d = sqlite3_column_int64(q, i + 6);
	r->gate = sqlite3_column_type(q, i + 7) == SQLITE_NULL ? -1 : sqlite3_column_int64(q, i + 7);
	r->level = (const char *)sqlite3_column_text(q, i + 8);
	r->level_by_score = (const char *)sqlite3_column_text(q, i + 9);
	r->points = (const char *)sqlite3_column_text(q, i + 10);
	r->missing = (const char *)sqlite3_column_text(q, i + 11);
}

void cb_run_hash_start(struct cb_sha *h, const char *what, int64_t today, const char *version, int64_t semantics)
{
	int64_t n[2] = { today, semantics };
	unsigned char byte[16];

	for (int i = 0; i < 16; i++) /* the same on every machine */
		byte[i] = (unsigned char)((uint64_t)n[i / 8] >> (i % 8 * 8));
	cb_sha_init(h);
	cb_sha_add(h, what, strlen(what) + 1);
	cb_sha_add(h, version, strlen(version) + 1);
	cb_sha_add(h, byte, sizeof(byte));
}

/* --- runs ----------------------------------------------------------------------------------------------------- */

int cb_store_run_begin(struct cb_store *st, const struct cb_run_info *info, int64_t *run_id, struct cb_err *err)
{
	sqlite3_stmt *q;
	int rc = cb_st_writing(st, err);

	if (rc == CB_OK && st->run.id != 0)
		rc = cb_err_set(err, CB_EUSAGE, "%s: a run is being written already", st->path);
	if (rc == CB_OK)
		rc = cb_st_get(st, Q_RUN_PUT, "INSERT INTO run(what,today,version,semantics) VALUES(?1,?2,?3,?4)", &q, err);
	if (rc != CB_OK)
		return rc;
	cb_st_bind_text(q, 1, info->what);
	sqlite3_bind_int64(q, 2, info->today);
	cb_st_bind_text(q, 3, info->version);
	sqlite3_bind_int64(q, 4, CB_SEMANTICS);
	rc = cb_st_done(st, q, err);
	if (rc != CB_OK)
		return rc;
	memset(&st->run, 0, sizeof(st->run));
	st->run.id = *run_id = sqlite3_last_insert_rowid(st->db);
	st->run.ordered = true;
	cb_run_hash_start(&st->run.sha, info->what, info->today, info->version, CB_SEMANTICS);
	return CB_OK;
}

#define HASHED "meeting_id,meeting_rev,ruleset_id,semantics,status,score_n,score_d,gate,level,level_by_score,points,missing"

/* Hash and counts from the rows themselves: results did not come in order of meeting. */
static int read_back(struct cb_store *st, struct cb_err *err)
{
	struct cb_result_row r;
	sqlite3_stmt *q;
	bool row;
	int rc = cb_st_get(st, Q_RUN_ROWS, "SELECT what,today,version,semantics FROM run WHERE id=?1", &q, err);

	if (rc != CB_OK)
		return rc;
	sqlite3_bind_int64(q, 1, st->run.id);
	rc = cb_st_row(st, q, &row, err);
	if (rc != CB_OK || !row)
		return rc;
	if (sqlite3_column_text(q, 0) == NULL || sqlite3_column_text(q, 2) == NULL) {
		sqlite3_reset(q);
		return cb_err_nomem(err);
	}
	cb_run_hash_start(&st->run.sha, (const char *)sqlite3_column_text(q, 0), sqlite3_column_int64(q, 1), (const char *)sqlite3_column_text(q, 2),
			  sqlite3_column_int64(q, 3));
	sqlite3_reset(q);
	memset(st->run.status, 0, sizeof(st->run.status));
	st->run.results = 0;
	q = NULL;
	rc = cb_st_prepare(st, "SELECT " HASHED " FROM result WHERE run_id=?1 ORDER BY meeting_id", 0, &q, err);
	if (rc == CB_OK)
		sqlite3_bind_int64(q, 1, st->run.id);
	while (rc == CB_OK && (rc = cb_st_row(st, q, &row, err)) == CB_OK && row) {
		cb_result_read(q, 0, &r);
		st->run.results++;
		st->run.status[r.status & 3]++;
		if (!cb_result_hash(&st->run.sha, &st->scratch, &r))
			rc = cb_err_nomem(err);
	}
	sqlite3_finalize(q);
	return rc;
}

int cb_store_run_signature(struct cb_store *st, int64_t run_id, int64_t ruleset_id, const struct cb_signed_by *s, struct cb_err *err)
{
	sqlite3_stmt *q;
	int rc = cb_st_writing(st, err);

	if (rc == CB_OK && (st->run.id == 0 || st->run.id != run_id))
		rc = cb_err_set(err, CB_EUSAGE, "%s: run %lld is not being written", st->path, (long long)run_id);
	if (rc == CB_OK)
		rc = cb_st_get(st, Q_RUN_SIGNED, "INSERT INTO run_signature(run_id,ruleset_id,folder,state,signer,key) VALUES(?1,?2,?3,?4,?5,?6)", &q, err);
	if (rc != CB_OK)
		return rc;
	sqlite3_bind_int64(q, 1, run_id);
	sqlite3_bind_int64(q, 2, ruleset_id);
	cb_st_bind_text(q, 3, s->folder);
	cb_st_bind_text(q, 4, s->state);
	cb_st_bind_text(q, 5, s->signer);
	cb_st_bind_text(q, 6, s->key);
	return cb_st_done(st, q, err);
}

int cb_run_hash_signatures(struct cb_store *st, int64_t run_id, struct cb_sha *h, struct cb_err *err)
{
	sqlite3_stmt *q;
	bool row;
	int rc = cb_st_get(st, Q_RUN_SIGNATURES, "SELECT ruleset_id,folder,state,signer,key FROM run_signature WHERE run_id=?1 ORDER BY ruleset_id,folder", &q, err);

	if (rc != CB_OK)
		return rc;
	sqlite3_bind_int64(q, 1, run_id);
	while ((rc = cb_st_row(st, q, &row, err)) == CB_OK && row) {
		cb_buf_clear(&st->scratch);
		add_int(&st->scratch, sqlite3_column_int64(q, 0));
		for (int i = 1; i < 5; i++)
			add_text(&st->scratch, (const char *)sqlite3_column_text(q, i));
		if (!cb_buf_ok(&st->scratch)) {
			sqlite3_reset(q);
			return cb_err_nomem(err);
		}
		cb_sha_add(h, st->scratch.s, st->scratch.len);
	}
	return rc;
}

int cb_store_run_end(struct cb_store *st, int64_t run_id, struct cb_err *err)
{
	char hex[CB_SHA_HEX];
	sqlite3_stmt *q;
	int rc = cb_st_writing(st, err);

	if (rc == CB_OK && st->run.id != run_id)
		rc = cb_err_set(err, CB_EUSAGE, "%s: run %lld is not being written", st->path, (long long)run_id);
	if (rc == CB_OK && !st->run.ordered)
		rc = read_back(st, err);
	if (rc == CB_OK)
		rc = cb_run_hash_signatures(st, run_id, &st->run.sha, err);
	if (rc == CB_OK)
		rc = cb_st_get(st, Q_RUN_END, "UPDATE run SET results=?2,rated=?3,missing=?4,invalid=?5,errors=?6,results_sha=?7 WHERE id=?1", &q, err);
	if (rc != CB_OK)
		return rc;
	cb_sha_hex(&st->run.sha, hex);
	sqlite3_bind_int64(q, 1, run_id);
	sqlite3_bind_int64(q, 2, st->run.results);
	for (int i = 0; i < 4; i++)
		sqlite3_bind_int64(q, 3 + i, st->run.status[i]);
	cb_st_bind_text(q, 7, hex);
	st->run.id = 0;
	return cb_st_done(st, q, err);
}

static void bind_result(sqlite3_stmt *q, const struct cb_result *r)
{
	sqlite3_bind_int64(q, 1, r->meeting_id);
	sqlite3_bind_int64(q, 2, r->run_id);
	sqlite3_bind_int64(q, 3, r->meeting_rev);
	sqlite3_bind_int64(q, 4, r->ruleset_id);
	sqlite3_bind_int64(q, 5, CB_SEMANTICS);
	sqlite3_bind_int64(q, 6, r->status);
	sqlite3_bind_int64(q, 7, r->score_n);
	sqlite3_bind_int64(q, 8, r->score_d);
	cb_st_bind_opt(q, 9, r->gate, -1);
	cb_st_bind_text(q, 10, r->level);
	cb_st_bind_text(q, 11, r->level_by_score);
	cb_st_bind_text(q, 12, r->points);
	cb_st_bind_text(q, 13, r->missing);
}

/* The current result to result_past, unless it is of this run, and the new one in its place. *there false: there was none. */
static int replace(struct cb_store *st, const struct cb_result *r, bool *there, struct cb_err *err)
{
	sqlite3_stmt *q;
	int rc = cb_st_get(st, Q_RESULT_MOVE, "INSERT INTO result_past SELECT * FROM result WHERE meeting_id=?1 AND run_id<>?2", &q, err);
	bool moved = false;

	if (rc != CB_OK)
		return rc;
	sqlite3_bind_int64(q, 1, r->meeting_id);
	sqlite3_bind_int64(q, 2, r->run_id);
	rc = cb_st_done(st, q, err);
	moved = sqlite3_changes(st->db) > 0;
	if (rc == CB_OK)
		rc = cb_st_get(st, Q_RESULT_SET, "UPDATE result SET run_id=?2,meeting_rev=?3,ruleset_id=?4,semantics=?5,status=?6,score_n=?7,score_d=?8,"
						 "gate=?9,level=?10,level_by_score=?11,points=?12,missing=?13 WHERE meeting_id=?1", &q, err);
	if (rc != CB_OK)
		return rc;
	bind_result(q, r);
	rc = cb_st_done(st, q, err);
	*there = rc == CB_OK && sqlite3_changes(st->db) > 0;
	if (*there && !moved)
		st->run.ordered = false; /* a second result in this run: the hash is read back at its end */
	return rc;
}

/* One INSERT. *there: the meeting has a current result already, and nothing was done. */
static int insert(struct cb_store *st, const struct cb_result *r, bool *there, struct cb_err *err)
{
	sqlite3_stmt *q;
	int sql, rc = cb_st_get(st, Q_RESULT_PUT, "INSERT INTO result(meeting_id,run_id,meeting_rev,ruleset_id,semantics,status,score_n,score_d,gate,level,"
						  "level_by_score,points,missing) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13)", &q, err);

	*there = false;
	if (rc != CB_OK)
		return rc;
	bind_result(q, r);
	sqlite3_step(q);
	sql = sqlite3_reset(q);
	*there = sql == SQLITE_CONSTRAINT_PRIMARYKEY || sql == SQLITE_CONSTRAINT_ROWID;
	return sql == SQLITE_OK || *there ? CB_OK : cb_st_fail(st, sql, "keeping a result", err);
}

int cb_store_result_put(struct cb_store *st, const struct cb_result *r, struct cb_err *err)
{
	struct cb_result_row row = { r->meeting_id, r->meeting_rev, r->ruleset_id, CB_SEMANTICS, r->status, r->score_n, r->score_d, r->gate,
				     r->level, r->level_by_score, r->points, r->missing };
	bool there = false;
	int rc = cb_st_writing(st, err);

	if (rc == CB_OK && (st->run.id == 0 || st->run.id != r->run_id))
		rc = cb_err_set(err, CB_EUSAGE, "%s: run %lld is not being written", st->path, (long long)r->run_id);
	if (rc == CB_OK && ((unsigned)r->status > 3 || r->points == NULL))
		rc = cb_err_set(err, CB_EDATA, "meeting %lld: its result has no status or no points", (long long)r->meeting_id);
	if (rc == CB_OK && st->run.replacing) /* results tend to be all new or all replaced: begin with what the last one was */
		rc = replace(st, r, &there, err);
	if (rc == CB_OK && !there) {
		rc = insert(st, r, &there, err);
		if (rc == CB_OK && there)
			rc = replace(st, r, &there, err);
	}
	if (rc != CB_OK)
		return rc;
	st->run.replacing = there;
	if (r->meeting_id <= st->run.last_meeting)
		st->run.ordered = false;
	st->run.last_meeting = r->meeting_id;
	st->run.results++;
	st->run.status[r->status]++;
	if (st->run.ordered && !cb_result_hash(&st->run.sha, &st->scratch, &row))
		return cb_err_nomem(err);
	return CB_OK;
}
