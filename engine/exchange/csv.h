/*
 * csv.h - a streaming reader of separated text (RFC 4180), with physical line numbers and a reason for every fault.
 *
 * The separator is comma, semicolon, tab or bar: what an Excel line "sep=;" says, else what the first line with any of
 * them has most of. Lines end in LF, CRLF or CR. open, then next until it gives 0, close. A row whose form is wrong
 * comes out with `fault` set and is resumed at its end, so that all faults are found in one run. Memory is bounded by
 * the limits below, whatever the file.
 */
#ifndef CB_EXCHANGE_CSV_H
#define CB_EXCHANGE_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include "base/err.h"
#include "exchange/feed.h"

#define CB_CSV_FIELD_MAX 32768   /* bytes; a spreadsheet cell holds at most 32,767 characters */
#define CB_CSV_RECORD_MAX 262144 /* bytes of one row */
#define CB_CSV_COLUMNS_MAX 512

struct cb_csv;

struct cb_csv_field {
	const char *s; /* NUL-terminated after n bytes, which may hold NULs; not yet checked to be UTF-8 */
	size_t n;
	long line;     /* where the field begins */
	bool quoted;
};

struct cb_csv_row {
	long line;           /* where the row begins */
	size_t nfield;
	const struct cb_csv_field *field;
	const char *fault;   /* what is wrong with its form, NULL: nothing */
	const char *mend;    /* how to mend it */
	long fault_line;
	size_t fault_column; /* 1 = the first field */
};

/* Takes the feed also when it fails. */
int cb_csv_open(struct cb_csv **out, struct cb_feed *feed, struct cb_err *err);
void cb_csv_close(struct cb_csv *r); /* closes the feed too; NULL is fine */
/* 1: a row (borrowed until the next call), 0: the end, else a negative code. Blank lines come as one empty field. */
int cb_csv_next(struct cb_csv *r, const struct cb_csv_row **row, struct cb_err *err);
char cb_csv_separator(const struct cb_csv *r);
const struct cb_feed *cb_csv_feed(const struct cb_csv *r);

#endif
