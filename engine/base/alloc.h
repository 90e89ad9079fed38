/*
 * alloc.h - the one door to the heap.
 *
 * Everything that chibo itself allocates goes through these functions, also the Lua states (lua_Alloc) and SQLite
 * (SQLITE_CONFIG_MALLOC, installed by cb_store_library_init), so that the allocation sweep of the tests can make
 * the n-th allocation *and all later ones* fail, and see afterwards that cb_alloc_live() is back where it was.
 * malloc, calloc, realloc, free, strdup are banned elsewhere (base/banned.h).
 */
#ifndef CB_BASE_ALLOC_H
#define CB_BASE_ALLOC_H

#include <stddef.h>

void *cb_malloc(size_t n);                          /* NULL when exhausted; n = 0 gives a unique pointer */
void *cb_calloc(size_t n, size_t size);             /* zeroed; NULL also when n * size overflows */
void *cb_realloc(void *p, size_t n);                /* as realloc; the old block stays on failure */
void *cb_reallocarray(void *p, size_t n, size_t size);
void cb_free(void *p);                              /* NULL is fine */
char *cb_strdup(const char *s);                     /* NULL in, NULL out */
char *cb_strndup(const char *s, size_t n);          /* at most n bytes, NUL-terminated */
size_t cb_alloc_size(const void *p);                /* usable size of a live block */

/* --- for the tests: counting and failing ------------------------------------------------------------------- */

/* From now on the n-th allocation (1 = the next) and every later one fails; 0 switches this off. */
void cb_alloc_fail_from(long n);
/* Allocations asked for since the last cb_alloc_fail_from(). */
long cb_alloc_count(void);
/* Blocks that are live now. */
long cb_alloc_live(void);

#endif
