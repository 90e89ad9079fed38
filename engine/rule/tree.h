/*
 * tree.h - what a pack declared, before anyone has judged it: plain data, the seam between Lua and the rule room.
 *
 * engine/lua turns the value that a pack returned into a cb_tree and knows nothing of forms; engine/rule reads the
 * tree and knows nothing of Lua; a test builds trees by hand. A table made by a constructor (first{...}) has `op` =
 * the form's name; a plain table has op NULL. The same Lua table becomes the same cb_tree (a DAG, never a cycle), so
 * an expression that was named once and used often is computed once. All memory is the arena's.
 */
#ifndef CB_RULE_TREE_H
#define CB_RULE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include "base/arena.h"
#include "base/num.h"

enum cb_tree_type {
	CB_T_BOOL,
	CB_T_NUMBER, /* exact: the shortest decimal of the Lua number */
	CB_T_TEXT,   /* valid UTF-8, NFC, no control bytes */
	CB_T_TABLE,  /* items [1..n] and fields by name; op when a constructor made it */
	CB_T_FUNCTION,
	CB_T_BAD     /* a value that no rule can hold (nan, a coroutine, a too long text): text says what */
};

struct cb_tree;
struct cb_tree_field {
	const char *name;
	int line; /* where the field is written, 0 if unknown */
	struct cb_tree *value;
};

struct cb_tree {
	enum cb_tree_type type;
	const char *file; /* path as messages print it; shared */
	int line;         /* where the constructor was called or the table written; 0 if unknown */
	const char *op;   /* TABLE: form name, or NULL */
	bool boolean;
	struct cb_ratio number;
	const char *text;
	int function;     /* FUNCTION: handle for cb_fnhost.call */
	struct cb_tree **item;
	size_t nitem;
	struct cb_tree_field *field; /* sorted by name */
	size_t nfield;
};

/* Builders; NULL when memory is exhausted. */
struct cb_tree *cb_tree_bool(struct cb_arena *a, bool b);
struct cb_tree *cb_tree_number(struct cb_arena *a, struct cb_ratio r);
struct cb_tree *cb_tree_text(struct cb_arena *a, const char *s);
struct cb_tree *cb_tree_function(struct cb_arena *a, int handle);
struct cb_tree *cb_tree_table(struct cb_arena *a, const char *op, size_t nitem, size_t nfield);
/* The value of a field, or NULL. */
struct cb_tree *cb_tree_get(const struct cb_tree *t, const char *name);

#endif
