/*
 * store.h - the office's whole record in one SQLite file. The only room that includes sqlite3.h.
 *
 * Order of calls: cb_store_library_init once, open (or create), any number of calls, close. A store is used by one
 * thread. Writes happen between begin and commit; rollback (or close, or a crash) leaves the record as it was before
 * begin. The journal is the rollback journal, synchronous = FULL. Every function maps SQLite's codes to cb_code with
 * one plain line: locked, damaged, foreign, newer, read-only, full.
 */
#ifndef CB_STORE_STORE_H
#define CB_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/date.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/hash.h"
#include "model/fact.h"
#include "model/meeting.h"
#include "model/unit.h"
#include "base/arena.h"
#include "model/source.h"

struct cb_store;

enum cb_open_mode { CB_OPEN_READ, CB_OPEN_WRITE };
int cb_store_library_init(struct cb_err *err); /* routes SQLite's memory through base/alloc.h; once, before any open */
int cb_store_create(const char *path, struct cb_err *err); /* new file, mode 0600, newest schema; CB_EEXIST if there is one */
int cb_store_open(struct cb_store **out, const char *path, enum cb_open_mode mode, struct cb_err *err);
void cb_store_close(struct cb_store *st); /* rolls back what is open; NULL is fine */
int cb_store_migrate(const char *path, int *from, int *to, struct cb_err *err);
int cb_store_backup(struct cb_store *st, const char *to, struct cb_err *err); /* while in use; CB_EEXIST when `to` is there */
/* Integrity, foreign keys, orphans, hashes of rulesets and runs, results without facts. Findings; CB_EDATA if any. */
int cb_store_doctor(struct cb_store *st, struct cb_diags *diags, struct cb_err *err);
const char *cb_store_path(const struct cb_store *st);
/* Makes the statement that is running now stop with CB_EINTR; safe from a signal handler. */
void cb_store_interrupt(struct cb_store *st);

int cb_store_begin(struct cb_store *st, struct cb_err *err);
int cb_store_commit(struct cb_store *st, struct cb_err *err);
void cb_store_rollback(struct cb_store *st);

/* Who changes the record from now on (the command, never a person) and on which day; written into the audit. */
int cb_store_actor(struct cb_store *st, const char *who, cb_day today, struct cb_err *err);
/* Closes a period: from then on what happened in it is refused with CB_ESEALED. Within begin/commit. */
enum cb_put { CB_PUT_NEW, CB_PUT_CHANGED, CB_PUT_SAME };
int cb_store_seal(struct cb_store *st, const struct cb_period *p, enum cb_put *what, struct cb_err *err);
/* Takes exactly this period's seal off, the reason (UTF-8) into the audit. CB_ENOTFOUND when it has none of its own; other seals
   that hold some of its days stay. Within begin/commit. */
int cb_store_unseal(struct cb_store *st, const struct cb_period *p, const char *reason, struct cb_err *err);

/* The dictionary: core facts and those that packs declared (persisted, with a typed column each). Borrowed. */
struct cb_facts *cb_store_facts(struct cb_store *st);
int cb_store_fact_declare(struct cb_store *st, const struct cb_fact *fact, struct cb_err *err); /* within begin/commit */

/* --- units ------------------------------------------------------------------------------------------------- */

/* A span with the same code and `from` is replaced; overlapping another one is CB_EDATA. The parent must exist. Where the
   kind or the cell type changes, the unit's meetings of those days get a new revision. */
int cb_store_unit_put(struct cb_store *st, const struct cb_unit_span *s, enum cb_put *what, struct cb_err *err);
int cb_store_unit_find(struct cb_store *st, const char *code, int64_t *id, struct cb_err *err); /* CB_ENOTFOUND */
/* As it was on a day; strings borrowed until the next call of this function. CB_ENOTFOUND when it did not exist then. */
struct cb_unit_view { int64_t id; const char *code, *name, *cluster; enum cb_unit_kind kind; enum cb_cell_type cell_type; int64_t parent_id, members; cb_day from, to; };
int cb_store_unit_on(struct cb_store *st, int64_t unit_id, cb_day day, struct cb_unit_view *out, struct cb_err *err);
/* Codes from the unit upwards on a day, nearest first; at most 16; borrowed until the next call. Cached: O(1) amortised. */
int cb_store_unit_chain(struct cb_store *st, int64_t unit_id, cb_day day, const char *const **code, size_t *n, struct cb_err *err);
/* Nearest code by spelling, and one whose folded name equals `name`; for messages; NULL if none; borrowed until next call. */
const char *cb_store_unit_nearest(struct cb_store *st, const char *code);

/* --- meetings ---------------------------------------------------------------------------------------------- */

/* Insert or update by (unit, day, kind); keeps the old state in meeting_past when something changed (once per transaction).
   m->id and rev are set. A fact that is absent becomes absent; have = CB_HAVE_KEEP, or an index past nfact, leaves it as it is.
   A fact that has no column yet gets one. CB_EDATA when the unit did not exist on that day. */
#define CB_HAVE_KEEP 2
int cb_store_meeting_put(struct cb_store *st, struct cb_meeting *m, enum cb_put *what, struct cb_err *err);
/* What a put of m would leave: have[f] = CB_HAVE_KEEP becomes what is on record for (unit, day, kind), 1 or 0. *any: something was. */
int cb_store_meeting_kept(struct cb_store *st, const struct cb_meeting *m, int64_t *value, unsigned char *have, bool *any, struct cb_err *err);
int cb_store_meeting_find(struct cb_store *st, int64_t unit_id, cb_day day, int kind /* -1: the only one that day */, int64_t *id,
			  struct cb_err *err);
int cb_store_assessment_put(struct cb_store *st, const struct cb_assessment *a, enum cb_put *what, struct cb_err *err);
/* Why points were taken: of one line of the form ("preparation", "preparation.2") or of the whole meeting (item ""). At most
   CB_NOTE_CHARS characters; NULL takes the note away. */
#define CB_NOTE_CHARS 500
int cb_store_note_put(struct cb_store *st, int64_t meeting_id, const char *item, const char *text, enum cb_put *what, struct cb_err *err);
/* What the decision leaves open (NULL, -1, CB_DAY_NONE) stays as it is on record: the cell's vote and the superior's word
   come in separate rows. */
int cb_store_decision_put(struct cb_store *st, const struct cb_decision *d, enum cb_put *what, struct cb_err *err);
int cb_store_visit_put(struct cb_store *st, int64_t unit_id, cb_day day, int64_t meeting_id /* 0 */, enum cb_put *what, struct cb_err *err);
/* Why a month has no meeting: "exempt", "postponed", "missed". */
int cb_store_month_put(struct cb_store *st, int64_t unit_id, cb_day month, const char *status, const char *reason, enum cb_put *what,
		       struct cb_err *err);

/* --- columns out ------------------------------------------------------------------------------------------- */

/* Reads meetings in order of id, in batches of CB_BATCH. `facts` are dictionary indexes, `judged` are (item, assessor). */
struct cb_judged_col { const char *item; enum cb_assessor by; };
struct cb_cursor_opts {
	cb_day from, to;          /* held_on, both included */
	const char *unit;         /* this unit and all below it on the day of the meeting; NULL: all */
	int64_t meeting_id;       /* only this one; 0: all */
	const int *fact; size_t nfact;
	const struct cb_judged_col *judged; size_t njudged;
};
struct cb_cursor;
struct cb_rowhead { /* per lane */
	int64_t id, rev, unit_id;
	cb_day held_on;
	enum cb_meeting_kind kind;
	int64_t result_rev, result_ruleset; /* of the current result; 0: none */
	int result_semver;
};
int cb_cursor_open(struct cb_cursor **out, struct cb_store *st, const struct cb_cursor_opts *o, struct cb_err *err);
/* *n = lanes (0 at the end). Columns: first the facts, then the judged, in the order asked for. Borrowed until next. */
int cb_cursor_next(struct cb_cursor *c, size_t *n, const struct cb_rowhead **head, const int64_t *const **value,
		   const unsigned char *const **have, struct cb_err *err);
void cb_cursor_close(struct cb_cursor *c);
/* A past revision as one lane (replay): the same columns. CB_ENOTFOUND when it was not kept. */
int cb_store_revision(struct cb_store *st, int64_t meeting_id, int64_t rev, const struct cb_cursor_opts *o, int64_t *value,
		      unsigned char *have, struct cb_err *err);

/* The unit's attributes as they were at a past revision; left as they are when it is the current one or says nothing. */
int cb_store_revision_unit(struct cb_store *st, int64_t meeting_id, int64_t rev, unsigned *kind, unsigned *cell_type, struct cb_err *err);

/* --- rulesets, runs, results ------------------------------------------------------------------------------- */

/* Keeps a ruleset's sources under its sha (again the same: the same id). */
int cb_store_ruleset_put(struct cb_store *st, const struct cb_ruleset_info *rs, int64_t *id, struct cb_err *err);
/* The stored sources, allocated in `a`, checked against their hashes (CB_ECORRUPT). */
int cb_store_ruleset_sources(struct cb_store *st, int64_t id, struct cb_arena *a, struct cb_source **src, size_t *n, struct cb_err *err);

#define CB_SEMANTICS 1 /* grows when the meaning of evaluation changes; kept with each result */

struct cb_run_info { const char *what; /* "evaluate 2020-Q1" */ cb_day today; const char *version; };
int cb_store_run_begin(struct cb_store *st, const struct cb_run_info *info, int64_t *run_id, struct cb_err *err);
int cb_store_run_end(struct cb_store *st, int64_t run_id, struct cb_err *err); /* writes counts and the hash over its results */

/* Keeps with the run that is being written whose signature stood over a folder of the ruleset's files. */
int cb_store_run_signature(struct cb_store *st, int64_t run_id, int64_t ruleset_id, const struct cb_signed_by *s, struct cb_err *err);

struct cb_result {
	int64_t meeting_id, meeting_rev, run_id, ruleset_id;
	int status;               /* enum cb_status */
	int64_t score_n, score_d; /* thousandths; d 0: no total */
	const char *level;        /* id, NULL: none */
	const char *level_by_score; /* before gates; NULL */
	int gate;                 /* index or -1 */
	const char *points;       /* JSON array in criterion order: thousandths, null (missing), "na", "invalid", "error" */
	const char *missing;      /* ids of absent facts that were needed, blank-separated; NULL */
};
/* Becomes the meeting's current result; the one before moves to result_past. */
int cb_store_result_put(struct cb_store *st, const struct cb_result *r, struct cb_err *err);

/* --- reading with SQL -------------------------------------------------------------------------------------- */

/* A read-only statement (constant text, ?1.. bound in order by `types`: 'i' int64_t, 't' const char * (NULL allowed)).
   Anything but reading is refused by the authorizer. Columns are borrowed until the next step. */
struct cb_rows;
int cb_rows_open(struct cb_rows **out, struct cb_store *st, struct cb_err *err, const char *sql, const char *types, ...);
/* The same in steps, for statements that are made at run time: prepare, bind ?i (1-based), step. */
int cb_rows_prepare(struct cb_rows **out, struct cb_store *st, struct cb_err *err, const char *sql);
int cb_rows_bind_int(struct cb_rows *r, int i, int64_t v, struct cb_err *err);
int cb_rows_bind_real(struct cb_rows *r, int i, double v, struct cb_err *err);
int cb_rows_bind_text(struct cb_rows *r, int i, const char *v, struct cb_err *err); /* copied; NULL binds NULL */
int cb_rows_step(struct cb_rows *r, bool *row, struct cb_err *err);
enum cb_row_type { CB_ROW_NULL, CB_ROW_INT, CB_ROW_REAL, CB_ROW_TEXT };
enum cb_row_type cb_rows_type(struct cb_rows *r, int col);
int64_t cb_rows_int(struct cb_rows *r, int col);
double cb_rows_real(struct cb_rows *r, int col);
const char *cb_rows_text(struct cb_rows *r, int col); /* NULL for SQL NULL */
bool cb_rows_null(struct cb_rows *r, int col);
int cb_rows_columns(struct cb_rows *r);
const char *cb_rows_name(struct cb_rows *r, int col);
void cb_rows_close(struct cb_rows *r);

#endif
