/*
 * csv.c - any bytes through the reader of separated text and every reader of cells.
 *
 * What must hold: lines never go back, fields end in NUL and keep the limits, a fault has a place inside its row; and
 * rows without a fault, written out again in quotes, read as the same fields.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "base/alloc.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "exchange/csv.h"
#include "exchange/value.h"

static void cells(const char *s, size_t n)
{
	struct cb_cell_fault f;
	enum cb_date_form form;
	int64_t v;
	cb_day day;
	cb_pts pts;
	const char *what, *mend;
	cb_cell_trim(&s, &n);
	if (n == 0)
		return;
	if (cb_text_check(s, n, NULL) != CB_TEXT_OK) {
		cb_encoding_guess(s, n, &what, &mend);
		assert(what && mend);
		return;
	}
	if (cb_cell_count(&v, s, n, 0, 1000000, &f))
		assert(v >= 0 && v <= 1000000);
	else
		assert(f.mend && cb_utf8_valid(f.what, strlen(f.what)) == strlen(f.what));
	if (cb_cell_day(&day, &form, s, n, &f))
		assert(form != CB_DATE_BAD);
	else
		assert(f.mend && cb_utf8_valid(f.what, strlen(f.what)) == strlen(f.what));
	if (cb_cell_flag(&v, s, n, &f))
		assert(v == 0 || v == 1);
	if (cb_cell_points(&pts, s, n, 0, CB_PTS(1000), &f))
		assert(pts >= 0 && pts <= CB_PTS(1000));
}

/* Reads everything; fields go to `out` in quotes, one row a line. False when any row has a fault. */
static bool read_all(const void *p, size_t n, struct cb_buf *out, char *sep)
{
	struct cb_feed *feed;
	struct cb_csv *csv;
	const struct cb_csv_row *row;
	struct cb_err err;
	long line = 0;
	bool clean = true;
	int rc;
	if (cb_feed_open_bytes(&feed, p, n, &err) < 0 || cb_csv_open(&csv, feed, &err) < 0)
		return false;
	*sep = cb_csv_separator(csv);
	while ((rc = cb_csv_next(csv, &row, &err)) > 0) {
		assert(row->line > line);
		line = row->line;
		assert(row->nfield >= 1 && row->nfield <= CB_CSV_COLUMNS_MAX);
		if (row->fault) {
			assert(row->mend && row->fault_line >= row->line && row->fault_column >= 1);
			clean = false;
		}
		for (size_t i = 0; i < row->nfield; i++) {
			const struct cb_csv_field *f = &row->field[i];
			assert(f->s[f->n] == '\0' && f->n <= CB_CSV_FIELD_MAX && f->line >= row->line);
			cells(f->s, f->n);
			if (i)
				cb_buf_putc(out, *sep);
			cb_buf_putc(out, '"');
			for (size_t k = 0; k < f->n; k++) {
				if (f->s[k] == '"')
					cb_buf_putc(out, '"');
				cb_buf_putc(out, f->s[k]);
			}
			cb_buf_putc(out, '"');
		}
		cb_buf_putc(out, '\n');
	}
	assert(rc == 0);
	cb_csv_close(csv);
	return clean;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cb_buf once, twice;
	char sep, sep2;
	cb_buf_init(&once);
	cb_buf_init(&twice);
	if (read_all(data, size, &once, &sep) && once.len) {
		struct cb_buf again;
		cb_buf_init(&again);
		cb_buf_printf(&again, "sep=%c\n", sep);
		cb_buf_add(&again, once.s, once.len);
		if (read_all(again.s, again.len, &twice, &sep2)) {
			assert(sep2 == sep);
			assert(once.len == twice.len && !memcmp(once.s, twice.s, once.len));
		}
		cb_buf_release(&again);
	}
	cb_buf_release(&once);
	cb_buf_release(&twice);
	assert(cb_alloc_live() == 0);
	return 0;
}
