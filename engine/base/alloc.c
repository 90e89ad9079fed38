/*
 * alloc.c - malloc and its family, counted, and able to fail on demand.
 *
 * The counters are the only state of the library that outlives a call: they are atomic, and cost two additions an
 * allocation. Shrinking a block never fails (Lua and SQLite count on it): when the switch is on and the block is
 * large enough already, it stays where it is.
 */
#include "base/alloc.h"

#include <malloc.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static struct {
	atomic_long count, fail_from, live;
} heap;

static bool refused(void)
{
	long n = atomic_fetch_add_explicit(&heap.count, 1, memory_order_relaxed) + 1;
	long from = atomic_load_explicit(&heap.fail_from, memory_order_relaxed);

	return from > 0 && n >= from;
}

static void *born(void *p)
{
	if (p != NULL)
		atomic_fetch_add_explicit(&heap.live, 1, memory_order_relaxed);
	return p;
}

void *cb_malloc(size_t n)
{
	if (refused() || n > PTRDIFF_MAX)
		return NULL;
	return born(malloc(n ? n : 1));
}

void *cb_calloc(size_t n, size_t size)
{
	if (refused() || (size && n > PTRDIFF_MAX / size))
		return NULL;
	return born(n && size ? calloc(n, size) : calloc(1, 1));
}

void *cb_realloc(void *p, size_t n)
{
	if (p == NULL)
		return cb_malloc(n);
	if (n == 0)
		n = 1;
	if (n > PTRDIFF_MAX)
		return NULL;
	if (n <= malloc_usable_size(p)) {
		void *q = realloc(p, n);
		return q ? q : p;
	}
	return refused() ? NULL : realloc(p, n);
}

void *cb_reallocarray(void *p, size_t n, size_t size)
{
	if (size && n > PTRDIFF_MAX / size)
		return NULL;
	return cb_realloc(p, n * size);
}

void cb_free(void *p)
{
	if (p == NULL)
		return;
	atomic_fetch_sub_explicit(&heap.live, 1, memory_order_relaxed);
	free(p);
}

char *cb_strdup(const char *s)
{
	return s ? cb_strndup(s, strlen(s)) : NULL;
}

char *cb_strndup(const char *s, size_t n)
{
	char *p;

	if (s == NULL)
		return NULL;
	n = strnlen(s, n);
	p = cb_malloc(n + 1);
	if (p == NULL)
		return NULL;
	memcpy(p, s, n);
	p[n] = '\0';
	return p;
}

size_t cb_alloc_size(const void *p)
{
	return p ? malloc_usable_size((void *)(uintptr_t)p) : 0;
}

void cb_alloc_fail_from(long n)
{
	atomic_store(&heap.count, 0);
	atomic_store(&heap.fail_from, n);
}

long cb_alloc_count(void)
{
	return atomic_load(&heap.count);
}

long cb_alloc_live(void)
{
	return atomic_load(&heap.live);
}
