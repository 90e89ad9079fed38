/*
 * seen.h - a set of keys with the line where each came first, for rows that a file holds twice.
 *
 * It lives in a nameless file of SQLite's (gone when closed), with a small cache, so memory does not grow with the
 * number of keys; it stands apart from the record and its transactions. open, put any number of times, close.
 */
#ifndef CB_STORE_SEEN_H
#define CB_STORE_SEEN_H

#include <stddef.h>
#include <stdint.h>
#include "base/err.h"

struct cb_seen;

int cb_seen_open(struct cb_seen **out, struct cb_err *err);
void cb_seen_close(struct cb_seen *s); /* NULL is fine */
/* *first is the line that the key was put with before, 0 when it is new: then `line` is kept, unless it is 0. */
int cb_seen_put(struct cb_seen *s, const void *key, size_t n, int64_t line, int64_t *first, struct cb_err *err);

#endif
