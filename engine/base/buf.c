/*
 * buf.c - doubling string. Appending costs O(1) a byte over time.
 */
#include "base/buf.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

/* What an empty buffer points at. Nobody writes there: cap is 0, and every append grows first. */
static const char empty[1] = "";

void cb_buf_init(struct cb_buf *b)
{
	b->s = (char *)(uintptr_t)empty;
	b->len = b->cap = 0;
	b->oom = false;
}

void cb_buf_release(struct cb_buf *b)
{
	if (b->cap)
		cb_free(b->s);
	cb_buf_init(b);
}

void cb_buf_clear(struct cb_buf *b)
{
	b->len = 0;
	b->oom = false;
	if (b->cap)
		b->s[0] = '\0';
}

bool cb_buf_ok(const struct cb_buf *b)
{
	return !b->oom;
}

/* Room for n more bytes and the NUL. */
static bool grow(struct cb_buf *b, size_t n)
{
	size_t cap = b->cap;
	char *s;

	if (b->oom)
		return false;
	if (n < cap - b->len && cap)
		return true;
	if (n > PTRDIFF_MAX / 2 - b->len - 1) {
		b->oom = true;
		return false;
	}
	cap = cap ? cap * 2 : 64;
	if (cap < b->len + n + 1)
		cap = b->len + n + 1;
	s = cb_realloc(b->cap ? b->s : NULL, cap);
	if (s == NULL) {
		b->oom = true;
		return false;
	}
	b->s = s;
	b->cap = cap;
	b->s[b->len] = '\0';
	return true;
}

char *cb_buf_take(struct cb_buf *b)
{
	char *s = NULL;

	if (!b->oom && grow(b, 0)) {
		s = b->s;
		cb_buf_init(b);
		return s;
	}
	cb_buf_release(b);
	return NULL;
}

void cb_buf_add(struct cb_buf *b, const void *p, size_t n)
{
	if (n == 0 || !grow(b, n))
		return;
	memcpy(b->s + b->len, p, n);
	b->len += n;
	b->s[b->len] = '\0';
}

void cb_buf_puts(struct cb_buf *b, const char *s)
{
	cb_buf_add(b, s, strlen(s));
}

void cb_buf_putc(struct cb_buf *b, char c)
{
	cb_buf_add(b, &c, 1);
}

void cb_buf_int(struct cb_buf *b, int64_t v)
{
	uint64_t u = v < 0 ? -(uint64_t)v : (uint64_t)v;
	char digit[24];
	size_t at = sizeof(digit);

	do {
		digit[--at] = (char)('0' + u % 10);
		u /= 10;
	} while (u > 0);
	if (v < 0)
		digit[--at] = '-';
	cb_buf_add(b, digit + at, sizeof(digit) - at);
}

void cb_buf_vprintf(struct cb_buf *b, const char *fmt, va_list ap)
{
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	if (n < 0)
		b->oom = true;
	else if (n > 0 && grow(b, (size_t)n)) {
		vsnprintf(b->s + b->len, (size_t)n + 1, fmt, again);
		b->len += (size_t)n;
	}
	va_end(again);
}

void cb_buf_printf(struct cb_buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	cb_buf_vprintf(b, fmt, ap);
	va_end(ap);
}
