/*
 * arena.c - chunks in a list; the newest serves.
 *
 * A chunk holds at least CHUNK bytes; a larger request gets a chunk of its own, put behind the newest so that the
 * room left there stays in use. Everything is zeroed when the chunk is made and handed out once, so alloc clears nothing.
 */
#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

#define CHUNK 8000

struct cb_arena_chunk {
	struct cb_arena_chunk *next;
	size_t cap, used;
	alignas(max_align_t) char mem[];
};

void cb_arena_init(struct cb_arena *a)
{
	a->chunk = NULL;
	a->used = 0;
}

void cb_arena_release(struct cb_arena *a)
{
	struct cb_arena_chunk *c = a->chunk, *next;

	for (; c; c = next) {
		next = c->next;
		cb_free(c);
	}
	cb_arena_init(a);
}

void *cb_arena_alloc(struct cb_arena *a, size_t n)
{
	struct cb_arena_chunk *c = a->chunk;
	const size_t align = alignof(max_align_t);
	size_t cap;
	void *p;

	if (n > PTRDIFF_MAX - 2 * sizeof(*c) - align)
		return NULL;
	n = (n + align - 1) / align * align;
	if (n == 0)
		n = align;
	if (c == NULL || c->cap - c->used < n) {
		cap = n > CHUNK ? n : CHUNK;
		c = cb_calloc(1, offsetof(struct cb_arena_chunk, mem) + cap);
		if (c == NULL)
			return NULL;
		c->cap = cap;
		if (n > CHUNK / 2 && a->chunk) {
			c->next = a->chunk->next;
			a->chunk->next = c;
		} else {
			c->next = a->chunk;
			a->chunk = c;
		}
	}
	p = c->mem + c->used;
	c->used += n;
	a->used += n;
	return p;
}

void *cb_arena_array(struct cb_arena *a, size_t n, size_t size)
{
	if (size && n > PTRDIFF_MAX / size)
		return NULL;
	return cb_arena_alloc(a, n * size);
}

char *cb_arena_strndup(struct cb_arena *a, const char *s, size_t n)
{
	char *p;

	if (s == NULL)
		return NULL;
	n = strnlen(s, n);
	p = cb_arena_alloc(a, n + 1);
	if (p)
		memcpy(p, s, n);
	return p;
}

char *cb_arena_strdup(struct cb_arena *a, const char *s)
{
	return s ? cb_arena_strndup(a, s, strlen(s)) : NULL;
}

char *cb_arena_printf(struct cb_arena *a, const char *fmt, ...)
{
	va_list ap;
	char *p;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		return NULL;
	p = cb_arena_alloc(a, (size_t)n + 1);
	if (p == NULL)
		return NULL;
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return p;
}
