/*
 * feed.h - the bytes of a file as UTF-8, a chunk at a time, or one line that says why it is not text.
 *
 * open looks at the beginning: zip (.xlsx), OLE (old .xls, or a protected workbook), HTML, PDF, gzip, SQLite and other
 * binary data are refused with how to mend it; a UTF-8 byte order mark is dropped; UTF-16 with a byte order mark
 * (Excel's "Unicode text") is converted as it is read, a lone surrogate passing on as an invalid sequence that the
 * reader above reports with its line. Then peek and read until *n is 0. Memory: two chunks.
 */
#ifndef CB_EXCHANGE_FEED_H
#define CB_EXCHANGE_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"

#ifndef CB_FEED_CHUNK /* the fuzzers make it small, so that everything falls between chunks */
#define CB_FEED_CHUNK 65536
#endif

struct cb_feed;

/* CB_ENOTFOUND or CB_EIO when it cannot be read, CB_EDATA when it is not text: *err says what and how to mend it. */
int cb_feed_open(struct cb_feed **out, const char *path, struct cb_err *err);
/* The same over bytes that the caller keeps until close. */
int cb_feed_open_bytes(struct cb_feed **out, const void *p, size_t n, struct cb_err *err);
void cb_feed_close(struct cb_feed *f); /* NULL is fine */

/* What comes next, without taking it; *n is 0 only at the end. Borrowed until the next read. */
int cb_feed_peek(struct cb_feed *f, const char **p, size_t *n, struct cb_err *err);
/* Takes what peek shows. */
int cb_feed_read(struct cb_feed *f, const char **p, size_t *n, struct cb_err *err);

bool cb_feed_looks_json(struct cb_feed *f); /* the first byte that is not blank is [ or { */
int64_t cb_feed_taken(const struct cb_feed *f); /* bytes of the file read so far */
int64_t cb_feed_total(const struct cb_feed *f); /* size of the file; 0 when unknown (a pipe) */

/* Words for a cell that is not UTF-8, for a finding: what it looks like, and how to mend it (constant texts). */
void cb_encoding_guess(const char *s, size_t n, const char **what, const char **mend);

#endif
