/*
 * arena.h - memory that is given back all at once.
 *
 * A ruleset, a tree, a sheet of an explanation: many small pieces with one owner. init, alloc any number of times,
 * release. Blocks never move. Not thread safe. Allocation costs O(1); release O(number of chunks).
 */
#ifndef CB_BASE_ARENA_H
#define CB_BASE_ARENA_H

#include <stddef.h>

struct cb_arena {
	struct cb_arena_chunk *chunk; /* newest first */
	size_t used;                  /* bytes handed out, for reports */
};

void cb_arena_init(struct cb_arena *a);
void cb_arena_release(struct cb_arena *a);

/* Zeroed, aligned for any type; NULL when memory is exhausted (the arena stays valid). */
void *cb_arena_alloc(struct cb_arena *a, size_t n);
void *cb_arena_array(struct cb_arena *a, size_t n, size_t size); /* NULL on overflow too */
char *cb_arena_strdup(struct cb_arena *a, const char *s);
char *cb_arena_strndup(struct cb_arena *a, const char *s, size_t n);
char *cb_arena_printf(struct cb_arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#define CB_NEW(a, type) ((type *)cb_arena_alloc((a), sizeof(type)))
#define CB_NEWV(a, n, type) ((type *)cb_arena_array((a), (n), sizeof(type)))

#endif
