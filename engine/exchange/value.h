/*
 * value.h - one cell to one value; when it is not one, what it looks like and how to mend it.
 *
 * Nothing is guessed: a count is plain digits, a day is yyyy-mm-dd or dd/mm/yyyy, points have one decimal mark. What
 * people and spreadsheets write instead (1.185, 28 người, 3O, 43875, 02/15/2024, #N/A, full-width digits) is refused
 * by name. Cells are trimmed, valid UTF-8, not empty. Nothing is allocated but in the buffer of a note.
 */
#ifndef CB_EXCHANGE_VALUE_H
#define CB_EXCHANGE_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/date.h"
#include "base/num.h"
#include "model/fact.h"

struct cb_cell_fault {
	char what[256];   /* the cell and what is wrong with it */
	const char *mend; /* constant */
};

/* Blanks off both ends: also no-break, ideographic and the other Unicode spaces. */
void cb_cell_trim(const char **s, size_t *n);
/* A whole number min..max. */
bool cb_cell_count(int64_t *out, const char *s, size_t n, int64_t min, int64_t max, struct cb_cell_fault *f);
bool cb_cell_day(cb_day *out, enum cb_date_form *form, const char *s, size_t n, struct cb_cell_fault *f);
/* 1 0 x có không true false yes no đúng sai đã chưa */
bool cb_cell_flag(int64_t *out, const char *s, size_t n, struct cb_cell_fault *f);
/* Points or another decimal in thousandths, min..max. */
bool cb_cell_points(cb_pts *out, const char *s, size_t n, cb_pts min, cb_pts max, struct cb_cell_fault *f);
/* By the fact's type; *form is set for a date. */
bool cb_cell_fact(int64_t *out, enum cb_date_form *form, const struct cb_fact *fact, const char *s, size_t n, struct cb_cell_fault *f);
/* A note that may enter the record: NFC, runs of blanks and line ends one space, at most max_chars, nothing that looks like a
   telephone number, an identity number or an address of mail. Into `out`, emptied before; memory shows in cb_buf_ok. */
bool cb_cell_note(struct cb_buf *out, const char *s, size_t n, size_t max_chars, struct cb_cell_fault *f);
/* The cell for a message: in quotes, cut, control bytes replaced. */
char *cb_cell_shown(char *dst, size_t cap, const char *s, size_t n);

#endif
