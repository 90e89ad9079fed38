/*
 * import_int.h - what the files of an import share: its state, findings about the row at hand, cells as values.
 *
 * Only for engine/exchange/import*.c and template.c. A finding marks the row (row_bad) and, when a file of rejects is
 * written, becomes part of its reason.
 */
#ifndef CB_EXCHANGE_IMPORT_INT_H
#define CB_EXCHANGE_IMPORT_INT_H

#include "base/arena.h"
#include "base/buf.h"
#include "exchange/columns.h"
#include "exchange/csv.h"
#include "exchange/import.h"
#include "exchange/json.h"
#include "store/seen.h"

#define CB_IMP_SAME_SHOWN 5
#define CB_IMP_KNOWN 1024

struct cb_in_cell {
	const char *s; /* trimmed; NULL: the row has no such cell */
	size_t n;
	long line, col;
	enum cb_json_type type; /* of a CSV cell: TEXT, and `json` is false */
	bool json, broken;      /* broken: already told */
};

struct cb_in_column {
	const char *name; /* as the file writes it */
	int field;
	const char *item; /* CB_F_ITEM, CB_F_ITEM_NOTE */
};

/* What is known of a unit while an import runs. */
struct cb_in_known {
	char code[48];
	int64_t id;
	cb_day from, to;    /* days on which `good` holds; from > to: none */
	uint64_t good;      /* hash of the name and province cells that were found right */
	bool cell;          /* holds meetings */
};

struct cb_in_waiting {
	struct cb_in_waiting *next;
	struct cb_unit_span span;
	long line;
	const char *reject; /* its row for the file of rejects */
	bool done;
};

struct cb_imp {
	struct cb_store *st;
	const struct cb_import_opts *o;
	const char *file;
	struct cb_diags *diags;
	struct cb_err *err;
	struct cb_facts *dict;
	struct cb_seen *seen;     /* keys of this file's rows */
	struct cb_arena mem;
	struct cb_import_stats stats;

	struct cb_in_column column[CB_CSV_COLUMNS_MAX];
	size_t ncolumn;
	struct cb_in_cell *cell;        /* by field; nfield */
	int *cell_column;         /* which column filled it; -1 */
	size_t nfield;
	struct cb_in_cell item_cell[CB_CSV_COLUMNS_MAX]; /* by column, for CB_F_ITEM and CB_F_ITEM_NOTE */
	int64_t *value;           /* by fact */
	unsigned char *have, *kept; /* kept: together with what stays on record */
	size_t nfact;

	long row_line, row_col;
	long record;              /* JSON: its number; 0: CSV */
	bool row_bad;
	int put;                  /* what the row did to the record; 0: nothing yet */
	struct cb_buf row_error;  /* for the file of rejects */
	struct cb_buf text[4];    /* NFC of the row's texts */
	size_t ntext;
	struct cb_buf note;       /* the note at hand */

	bool warned_broken, warned_ahead; /* one warning a file */
	enum cb_date_form form;   /* of this file's days */
	long form_line;
	struct cb_in_known *known;      /* CB_IMP_KNOWN */
	long same_line[CB_IMP_SAME_SHOWN];
	struct cb_in_waiting *waiting, **waiting_end;

	size_t errors_before;     /* of another file: the collector may serve several */
	bool fatal;               /* the rest of the file could not be read */
	int fd;                   /* the file of rejects; -1 */
	struct cb_buf out;        /* its next bytes */
	int64_t next_progress;
};

/* import_cells.c */
const char *cb_imp_heading(const struct cb_imp *m, int field);
bool cb_imp_room(const struct cb_imp *m);
void cb_imp_told(struct cb_imp *m, long line, long col, const char *path, const char *what, const char *mend);
void cb_imp_bad(struct cb_imp *m, struct cb_in_cell *c, int field, const char *mend, const char *fmt, ...) __attribute__((format(printf, 5, 6)));
void cb_imp_empty(struct cb_imp *m, struct cb_in_cell *c, int field);
bool cb_imp_filled(const struct cb_in_cell *c);
void cb_imp_check_text(struct cb_imp *m, struct cb_in_cell *c, const char *name);
struct cb_in_cell *cb_imp_cell(struct cb_imp *m, int field);
bool cb_imp_json_type_ok(struct cb_imp *m, struct cb_in_cell *c, int field, bool number);
void cb_imp_warn_broken(struct cb_imp *m, const struct cb_in_cell *c, const char *name);
const char *cb_imp_text(struct cb_imp *m, int field, size_t max_chars);
bool cb_imp_day(struct cb_imp *m, int field, cb_day *out);
bool cb_imp_count(struct cb_imp *m, int field, int64_t *out);

/* import_headings.c */
bool cb_imp_map_column(struct cb_imp *m, struct cb_in_column *col, const char *name, size_t n);
void cb_imp_unknown_heading(struct cb_imp *m, long line, long col, const char *name);
bool cb_imp_row_blank(const struct cb_csv_row *row);
int cb_imp_read_headings(struct cb_imp *m, struct cb_csv *csv);

/* import_rejects.c */
void cb_imp_csv_cell(struct cb_buf *b, char sep, const char *s, size_t n);
int cb_imp_reject_flush(struct cb_imp *m);
int cb_imp_reject_open(struct cb_imp *m);
void cb_imp_reject_heading_json(struct cb_imp *m);
void cb_imp_reject_row_json(struct cb_imp *m);
void cb_imp_reject_row_csv(struct cb_imp *m, char sep, const struct cb_csv_row *row);
void cb_imp_reject_heading_csv(struct cb_imp *m, char sep);

/* import_units.c */
uint64_t cb_imp_mix(uint64_t h, const char *s, size_t n);
int cb_imp_check_unit(struct cb_imp *m, struct cb_in_known *k, cb_day day);
int cb_imp_unit(struct cb_imp *m, struct cb_in_known **out);
int cb_imp_seen(struct cb_imp *m, const void *key, size_t n, long *first);
void cb_imp_same_as(struct cb_imp *m, const char *what, long first);
void cb_imp_count_put(struct cb_imp *m, enum cb_put what);
void cb_imp_count_row(struct cb_imp *m);
int cb_imp_put_failed(struct cb_imp *m, int rc, const struct cb_err *e, int field);
bool cb_imp_writing(const struct cb_imp *m);

/* import_checks.c */
bool cb_imp_near_today(struct cb_imp *m, int field, cb_day day); /* no slip of the year */
bool cb_imp_when(struct cb_imp *m, int field, cb_day *out); /* a day on which something happened: also warns of one to come */
void cb_imp_decided_on(struct cb_imp *m, cb_day held_on, cb_day *out); /* held_on CB_DAY_NONE: not known */
/* The levels of a decision are those of the ruleset in force; meeting 0: not known. */
int cb_imp_levels(struct cb_imp *m, int64_t meeting, const struct cb_in_known *unit, cb_day day, const struct cb_decision *d);

/* import_rows.c */
int cb_imp_settle(struct cb_imp *m);
int cb_imp_row(struct cb_imp *m);

#endif
