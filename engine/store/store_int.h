/* store_int.h - what the files of this folder share: the open store, its statements, and how SQLite's codes become ours. */
#ifndef CB_STORE_STORE_INT_H
#define CB_STORE_STORE_INT_H

#include <sqlite3.h>
#include "base/buf.h"
#include "base/hash.h"
#include "store/store.h"

#define CB_APPLICATION_ID 0x43484942 /* "CHIB" */
#define CB_SCHEMA_VERSION 2
#define CB_BUSY_MS 2000
#define CB_COLUMNS_MAX 600 /* of meeting: core and declared facts together stay below it */

/* Statements that are prepared once and kept. */
enum cb_q {
	Q_BEGIN, Q_ROLLBACK, Q_COMMIT, Q_DATA_VERSION, Q_TXN_GET, Q_TXN_SET, Q_AUDIT, Q_FACT_ADD, Q_SEALED,
	Q_UNIT_FIND, Q_UNIT_NEW, Q_UNIT_GET, Q_SPAN_LIST, Q_SPAN_SAME, Q_SPAN_OVERLAP, Q_SPAN_PUT, Q_UNIT_FOLDED, Q_UNIT_CODES,
	Q_MEETING_HEAD, Q_MEETING_AFTER, Q_MEETING_FIND, Q_MEETING_BUMP, Q_PAST_PUT, Q_PAST_GET, Q_PAST_UNIT, Q_MEETING_REV, Q_MEETINGS_OF, Q_PAST_JUDGED,
	Q_ASSESSMENT_GET, Q_ASSESSMENT_PUT, Q_NOTE_GET, Q_NOTE_PUT, Q_NOTE_DELETE, Q_RULESET_NOTES, Q_DECISION_GET, Q_DECISION_PUT, Q_VISIT_GET, Q_VISIT_PUT, Q_MONTH_GET, Q_MONTH_PUT,
	Q_RESULT_OF_REV, Q_SOURCE_PUT, Q_SOURCE_SAME, Q_RULESET_FIND, Q_RULESET_PUT, Q_RULESET_SOURCE, Q_RULESET_CRITERION, Q_RULESET_LEVEL,
	Q_RULESET_SOURCES, Q_RUN_PUT, Q_RUN_END, Q_RUN_SIGNED, Q_RUN_SIGNATURES, Q_RUN_ROWS, Q_RESULT_PUT, Q_RESULT_MOVE, Q_RESULT_SET, Q_SEAL_PUT, Q_SEAL_GET, Q_SEAL_DELETE, Q_COUNT
};

/* One unit as the cache keeps it. Entries never move while the cache lives. */
struct cb_span_row {
	cb_day from, to;
	enum cb_unit_kind kind;
	enum cb_cell_type cell_type;
	int64_t parent_id, members;
	char *name, *cluster;
};
/* Days that a span lost in this transaction, with what the unit was on them: another span may take them yet. */
struct cb_cut {
	int64_t unit_id;
	struct cb_span_row was; /* names are not kept */
};
#define CB_CHAIN_MAX 16
struct cb_chain {
	cb_day from, to; /* every span on the way up holds all these days */
	size_t n;
	const int64_t *id;
	const char **code; /* of the units above: they live as long as this */
};
#define CB_CHAINS_KEPT 4
struct cb_unit_row {
	int64_t id;
	char *code;
	struct cb_span_row *span;
	size_t nspan;
	struct cb_chain *chain[CB_CHAINS_KEPT];
	size_t next_chain;
};

/* Running hash and counts of the run that is being written. */
struct cb_run_now {
	int64_t id, last_meeting, results, status[4];
	bool replacing; /* the last result took another's place */
	bool ordered; /* results came in order of meeting, each once: the running hash is the hash */
	struct cb_sha sha;
};

struct cb_store {
	sqlite3 *db;
	char *path;
	enum cb_open_mode mode;
	bool in_txn, reading; /* reading: the authorizer lets nothing but reads through */
	int64_t data_version;
	int64_t txn; /* number of this transaction; 0 until something changed in it */
	char *actor;
	cb_day actor_day;
	sqlite3_stmt *q[Q_COUNT];
	struct cb_facts *facts;
	unsigned char *column; /* [ncolumn] by dictionary index: the fact has a column in the file */
	size_t ncolumn;
	sqlite3_stmt *meeting_get, *meeting_new, *meeting_set; /* name every column; made again when one is added */
	int *meeting_col; /* dictionary index of each fact column in these */
	size_t nmeeting_col;
	struct cb_unit_row **unit; /* open addressing by id */
	size_t nunit, unit_cap;
	char *nearest;
	struct { /* what cb_store_revision() was asked for last: replay asks for the same columns again and again */
		struct cb_arena arena;
		struct cb_cursor_opts opts;
		struct cb_cursor *cursor; /* NULL: none */
	} revision;
	struct cb_cursor *lanes_of; /* whose lanes cb_lane() fills just now */
	struct cb_run_now run;
	struct cb_buf scratch;
	struct cb_cut *cut; size_t ncut, ccut;
};

/* Maps SQLite's code and errno to ours with one line; `what` is what was being done ("reading meetings"). */
int cb_st_fail(struct cb_store *st, int rc, const char *what, struct cb_err *err);
int cb_st_map(sqlite3 *db, const char *path, int rc, const char *what, struct cb_err *err);
/* The kept statement, reset and unbound. */
int cb_st_get(struct cb_store *st, enum cb_q slot, const char *sql, sqlite3_stmt **out, struct cb_err *err);
int cb_st_prepare(struct cb_store *st, const char *sql, unsigned flags, sqlite3_stmt **out, struct cb_err *err);
/* Steps once: *row says whether there is a row; when there is none the statement is reset. */
int cb_st_row(struct cb_store *st, sqlite3_stmt *q, bool *row, struct cb_err *err);
int cb_st_done(struct cb_store *st, sqlite3_stmt *q, struct cb_err *err); /* steps to the end, resets */
int cb_st_exec(struct cb_store *st, const char *sql, struct cb_err *err);
int cb_st_writing(struct cb_store *st, struct cb_err *err); /* a transaction is open, or the code that says why not */
int cb_st_txn(struct cb_store *st, struct cb_err *err); /* gives this transaction its number; st->txn is set after */
int cb_st_audit(struct cb_store *st, const char *what, const char *subject, const char *was, const char *now, struct cb_err *err);
int cb_st_sealed(struct cb_store *st, cb_day day, struct cb_err *err); /* CB_ESEALED when a sealed period holds the day */
void cb_st_bind_text(sqlite3_stmt *q, int i, const char *s); /* NULL binds NULL; the text is borrowed until reset */
void cb_st_bind_opt(sqlite3_stmt *q, int i, int64_t v, int64_t none);
int cb_st_fresh(struct cb_store *st, struct cb_err *err); /* forgets what another program may have changed */
char *cb_st_sql_path(const char *path); /* "./" before relative names, so that ":memory:" is a file like any other */
int cb_st_open_file(sqlite3 **out, const char *path, bool write, struct cb_err *err); /* settings as every connection has them */
int cb_st_check_file(const char *path, bool write, struct cb_err *err); /* before SQLite touches it */
int cb_st_new_file(const char *path, char **temp, struct cb_err *err); /* exclusive, 0600, under a passing name beside `path` */
int cb_st_name_file(const char *temp, const char *path, struct cb_err *err); /* gives it its name; CB_EEXIST */
void cb_st_drop_file(const char *temp);

/* schema.c */
struct cb_step {
	const char *sql;
	const char *why;
};
extern const struct cb_step cb_schema_steps[];
extern const size_t cb_schema_nsteps;
/* Runs steps from version `from` to nsteps in one transaction, brings the core facts' columns up to date, rebuilds the views. */
int cb_schema_upgrade(struct cb_store *st, const struct cb_step *step, size_t nsteps, int from, struct cb_err *err);
int cb_schema_own_column(const char *fact_id); /* 1: meeting's own column, 2: from the unit's span, 0: a fact column */
bool cb_schema_reserved(const char *fact_id); /* names that v_meeting uses itself */
void cb_schema_column(struct cb_buf *out, const struct cb_fact *f);
int cb_schema_fact_row(sqlite3_stmt *q, const struct cb_fact *f, int64_t ord, struct cb_buf *scratch);
extern const char cb_schema_fact_insert[];
/* The text of v_meeting for these columns. */
void cb_schema_view(struct cb_buf *out, const struct cb_facts *facts, const unsigned char *column);

/* facts.c */
int cb_facts_load(struct cb_store *st, struct cb_err *err);
int cb_facts_columns(struct cb_store *st, struct cb_err *err); /* reads again which columns there are (after a rollback) */
int cb_facts_column_need(struct cb_store *st, int fact, struct cb_err *err); /* makes the column if it is not there */
static inline bool cb_facts_has_column(const struct cb_store *st, int fact)
{
	return fact >= 0 && (size_t)fact < st->ncolumn && st->column[fact];
}

/* units.c */
void cb_units_forget(struct cb_store *st);
int cb_units_settle(struct cb_store *st, struct cb_err *err); /* before the commit: meetings on days that a span lost */
int cb_units_get(struct cb_store *st, int64_t id, struct cb_unit_row **out, struct cb_err *err); /* CB_ENOTFOUND */
const struct cb_span_row *cb_units_span(const struct cb_unit_row *u, cb_day day);                /* NULL: none */
int cb_units_chain(struct cb_store *st, struct cb_unit_row *u, cb_day day, const struct cb_chain **out, struct cb_err *err);

/* meetings.c */
void cb_meetings_forget(struct cb_store *st); /* the statements that name every column */
/* The unit's kind or cell type on these days is about to change: what its meetings were rated by is kept, they get a new revision.
   `was`: they have changed already, from this; meetings for which it is the same now are left alone. NULL: not yet. */
int cb_meetings_touch(struct cb_store *st, int64_t unit_id, cb_day from, cb_day to, const struct cb_span_row *was, struct cb_err *err);
int cb_meeting_kind_of(const unsigned char *text);
int cb_assessor_of(const unsigned char *text);

/* cursor.c: the aggregate cb_lane() */
void cb_cursor_lane(sqlite3_context *ctx, int argc, sqlite3_value **argv);
void cb_cursor_lane_end(sqlite3_context *ctx);
void cb_cursor_again(struct cb_cursor *c, int64_t meeting_id); /* opened for one meeting: now for another */

/* results.c */
struct cb_result_row { /* what the hash covers, in this order */
	int64_t meeting_id, rev, ruleset_id, semantics, status, score_n, score_d, gate;
	const char *level, *level_by_score, *points, *missing;
};
bool cb_result_hash(struct cb_sha *h, struct cb_buf *scratch, const struct cb_result_row *r);
void cb_result_read(sqlite3_stmt *q, int first, struct cb_result_row *r); /* columns in the order of the struct */
void cb_run_hash_start(struct cb_sha *h, const char *what, int64_t today, const char *version, int64_t semantics);
/* After its results: whose signatures the run keeps. Runs of before there were any have none, and their hash stays. */
int cb_run_hash_signatures(struct cb_store *st, int64_t run_id, struct cb_sha *h, struct cb_err *err);
/* The hash of a ruleset's list of files. */
void cb_ruleset_hash_add(struct cb_sha *h, const char *sha, const char *path);

#endif
