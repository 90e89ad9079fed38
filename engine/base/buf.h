/*
 * buf.h - a growing byte string that remembers running out of memory.
 *
 * Appending never returns an error: after a failed growth `oom` is set and later appends do nothing; the one who
 * uses the result checks cb_buf_ok() once. `s` is always NUL-terminated (an empty buffer points at a static "").
 */
#ifndef CB_BASE_BUF_H
#define CB_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cb_buf {
	char *s;
	size_t len, cap;
	bool oom;
};

void cb_buf_init(struct cb_buf *b);
void cb_buf_release(struct cb_buf *b);
void cb_buf_clear(struct cb_buf *b); /* length 0, memory kept */
bool cb_buf_ok(const struct cb_buf *b);
char *cb_buf_take(struct cb_buf *b); /* the string, owned by the caller (cb_free); NULL if oom; the buffer is empty after */

void cb_buf_add(struct cb_buf *b, const void *p, size_t n);
void cb_buf_puts(struct cb_buf *b, const char *s);
void cb_buf_putc(struct cb_buf *b, char c);
void cb_buf_int(struct cb_buf *b, int64_t v); /* in decimal; many times cheaper than printf */
void cb_buf_printf(struct cb_buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void cb_buf_vprintf(struct cb_buf *b, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));

#endif
