/*
 * utf8.h - text that arrives from outside: validity, NFC, folding, width, Vietnamese order.
 *
 * Built on utf8proc. All lengths are bytes. Functions that make text append to a cb_buf.
 */
#ifndef CB_BASE_UTF8_H
#define CB_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"

/* Length of the longest valid prefix; equal to n when all is valid. Surrogates and overlong forms are invalid. */
size_t cb_utf8_valid(const char *s, size_t n);
/* Code point at s (valid UTF-8, n > 0); its length in *len. */
int32_t cb_utf8_get(const char *s, size_t n, size_t *len);

/* Why a text may not enter the record. */
enum cb_text_fault {
	CB_TEXT_OK,
	CB_TEXT_ENCODING, /* not UTF-8 */
	CB_TEXT_NUL,
	CB_TEXT_CONTROL,  /* a control character other than tab or newline */
	CB_TEXT_BIDI,     /* direction control characters */
	CB_TEXT_ZEROWIDTH /* zero-width characters, BOM inside, soft hyphen */
};
/* The first fault and the byte where it stands. */
enum cb_text_fault cb_text_check(const char *s, size_t n, size_t *at);
const char *cb_text_fault_name(enum cb_text_fault f);

bool cb_utf8_nfc(struct cb_buf *out, const char *s, size_t n); /* appends; false when memory is exhausted */
/* Look-up key: NFD, marks dropped, đ -> d, case folded, runs of blanks and punctuation to one space, trimmed:
   "Thanh Hóa" -> "thanh hoa". */
bool cb_utf8_fold(struct cb_buf *out, const char *s, size_t n);
/* The same into memory of a fixed size, without allocating. Returns the key's length; when that is not below cap, the
   key did not fit and dst is "". */
size_t cb_utf8_fold_into(char *dst, size_t cap, const char *s, size_t n);
bool cb_fold_equal(const char *a, const char *b); /* the same look-up key; false beyond 255 bytes */
/* Sort key in Vietnamese order (letters a ă â b c d đ e ê ..., tones second, case third; numbers by value, so that
   Cụm 2 < Cụm 10); compare with memcmp, the shorter first. */
bool cb_utf8_sort_key(struct cb_buf *out, const char *s, size_t n);
/* Order of two names for people: Vietnamese order, runs of digits by their value (Cụm 2 before Cụm 10). NULL is least.
   Without memory it falls back to the order of bytes. */
int cb_utf8_order(const char *a, const char *b);
size_t cb_utf8_width(const char *s, size_t n); /* terminal columns; combining marks 0 */
/* Bytes of s that fit in `cols` columns, whole grapheme clusters only. */
size_t cb_utf8_fit(const char *s, size_t n, size_t cols);
/* UTF-8 that was read as CP1252 or CP1258 and saved again, TCVN3 or VNI bytes: a guess for messages only. */
bool cb_text_looks_broken(const char *s, size_t n);
/* Latin look-alikes from Cyrillic or Greek, full-width forms: the first one, or 0. */
int32_t cb_text_lookalike(const char *s, size_t n, size_t *at);
/* Would a spreadsheet run a cell with this text (= + - @, also behind blanks or full-width; behind apostrophes)? Such a text
   leaves as CSV behind an apostrophe, which import takes off again. */
bool cb_text_runs(const char *s, size_t n);
/* For a message or a terminal: control bytes and bad bytes become '?', cut to max bytes with "…". */
void cb_text_clean(struct cb_buf *out, const char *s, size_t n, size_t max);

#endif
