/*
 * doc.h - a document of headings, paragraphs, tables and bars, printed for the terminal, as Markdown, HTML, JSON or CSV.
 *
 * new, add parts in the order they are read, write any number of times, free. Adding never fails: without memory the
 * document remembers it and write says so. Everything is copied. HTML is one self-contained page that prints on A4
 * (inline style and SVG, nothing fetched); JSON is one object with a key per part; CSV is one long table of
 * section, row, column, value, because a document has several tables.
 */
#ifndef CB_REPORT_DOC_H
#define CB_REPORT_DOC_H

#include "report/table.h"

struct cb_doc;
int cb_doc_new(struct cb_doc **out, const char *title, const char *subtitle /* NULL */, struct cb_err *err);
void cb_doc_free(struct cb_doc *d);

/* A named value of the head ("period": "2020-Q1"); only JSON and CSV print it. */
void cb_doc_meta(struct cb_doc *d, const char *id, const char *value);
/* level 2 or 3 */
void cb_doc_heading(struct cb_doc *d, int level, const char *text);
void cb_doc_para(struct cb_doc *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* A line that the reader must not miss: printed with a mark; JSON collects these under "notes". */
void cb_doc_note(struct cb_doc *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* A table; rows go to the newest one. `id` is its key in JSON and its section in CSV. `total`: a row set apart. */
void cb_doc_table(struct cb_doc *d, const char *id, const char *title, const struct cb_column *col, size_t ncol);
void cb_doc_row(struct cb_doc *d, const struct cb_cell *cell);
void cb_doc_total(struct cb_doc *d, const struct cb_cell *cell);
/* Stacked bars: one bar per row, its parts in the order of `series`; a bar is as long as the sum of its parts' share. */
#define CB_BARS_MAX 8
void cb_doc_bars(struct cb_doc *d, const char *title, const char *const *series, size_t nseries);
void cb_doc_bar(struct cb_doc *d, const char *label, const int64_t *part, int64_t whole);
/* One line for the signature block of printed forms. */
void cb_doc_sign(struct cb_doc *d, const char *left, const char *right);

/* `landscape` turns the printed page. */
void cb_doc_landscape(struct cb_doc *d);
int cb_doc_write(const struct cb_doc *d, const struct cb_sink_opts *o, struct cb_err *err);

#endif
