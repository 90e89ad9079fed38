/*
 * table.h - rows out: one model, many forms.
 *
 * A command declares columns and sends rows; the sink prints them as an aligned terminal table, CSV, JSON, Markdown or
 * an HTML table. Sinks write to a cb_out (a FILE or a buffer) and report a closed pipe or full disk as CB_EIO.
 */
#ifndef CB_REPORT_TABLE_H
#define CB_REPORT_TABLE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/num.h"

enum cb_form_out { CB_OUT_TABLE, CB_OUT_CSV, CB_OUT_JSON, CB_OUT_MARKDOWN, CB_OUT_HTML };
enum cb_col_type { CB_COL_TEXT, CB_COL_INT, CB_COL_PTS, CB_COL_RATIO, CB_COL_PERCENT /* two ints: part, whole; CSV and JSON get both */, CB_COL_DAY, CB_COL_FLAG,
		   CB_COL_RAW /* a number as text, printed as it stands; n != 0: a text after all */ };

struct cb_column {
	const char *id;    /* key in CSV and JSON */
	const char *title; /* Vietnamese heading */
	enum cb_col_type type;
	int decimals;      /* RATIO, PERCENT; TEXT: the widest that it may be where width is short, 0: as it comes */
};
struct cb_cell {
	bool null;
	const char *text;
	int64_t n, d;      /* INT, DAY, FLAG: n; PTS: n thousandths (d > 1: n/d of them); RATIO: n/d; PERCENT: part n of whole d; FLAG with d: a count of flags */
};
struct cb_sink;
struct cb_sink_opts {
	enum cb_form_out form;
	FILE *file;
	struct cb_buf *buf; /* one of both */
	int width;          /* 0: no limit */
	bool colour;
	bool fit;           /* a terminal table that is too wide even when texts are wrapped: a few rows become cards, of many
			       rows the columns that fit are printed and the others named */
	const char *title;
};
int cb_sink_open(struct cb_sink **out, const struct cb_column *col, size_t ncol, const struct cb_sink_opts *o, struct cb_err *err);
int cb_sink_row(struct cb_sink *s, const struct cb_cell *cell, struct cb_err *err);
int cb_sink_total(struct cb_sink *s, const struct cb_cell *cell, struct cb_err *err); /* a row set apart: a line above, bold */
int cb_sink_close(struct cb_sink *s, struct cb_err *err); /* NULL is fine; prints what is held back (alignment), frees; s is gone also on error */

/* Escaping, shared by everything that writes: CSV cells that a spreadsheet would run (= + - @ tab CR, full-width forms)
   get a leading apostrophe; HTML escapes & < > " '; JSON per RFC 8259. */
void cb_esc_csv(struct cb_buf *out, const char *s);
void cb_esc_html(struct cb_buf *out, const char *s);
void cb_esc_json(struct cb_buf *out, const char *s);
void cb_esc_markdown(struct cb_buf *out, const char *s);
/* One cell as a JSON value. */
void cb_cell_json(struct cb_buf *out, const struct cb_column *col, const struct cb_cell *cell);

/* Cells in the order of the columns: cb_cell_text("..."), cb_cell_int(18), ... */
static inline struct cb_cell cb_cell_null(void) { return (struct cb_cell){.null = true}; }
static inline struct cb_cell cb_cell_text(const char *s) { return (struct cb_cell){.null = !s, .text = s}; }
static inline struct cb_cell cb_cell_int(int64_t n) { return (struct cb_cell){.n = n}; }
static inline struct cb_cell cb_cell_pts(int64_t n, int64_t d) { return (struct cb_cell){.null = d == 0, .n = n, .d = d}; }
static inline struct cb_cell cb_cell_ratio(int64_t n, int64_t d) { return (struct cb_cell){.null = d == 0, .n = n, .d = d}; }
static inline struct cb_cell cb_cell_percent(int64_t part, int64_t whole) { return (struct cb_cell){.n = part, .d = whole}; }

#endif
