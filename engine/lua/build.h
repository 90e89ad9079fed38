/*
 * build.h - the words of the rule language in a pack's state, and what a pack returned as a cb_tree.
 *
 * open puts the constructors of scripts/rule.lua into the state; after the pack ran, tree turns the value on the top
 * of the stack into plain data. Knows no form: a constructor's table becomes a tree with its name as `op`, its
 * file and line; the same table becomes the same tree. What no rule can hold (nan, a hole in a list, a library's
 * function, a text that is not clean) becomes CB_T_BAD with words for the checker to tell, so that nothing stops at the first
 * fault. Cost: O(size of the value).
 */
#ifndef CB_LUA_BUILD_H
#define CB_LUA_BUILD_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/err.h"
#include "lua/sandbox.h"
#include "lua/scan.h"
#include "rule/tree.h"

#define CB_TREE_DEPTH 200
#define CB_TREE_NODES 50000
#define CB_TREE_ITEMS 5000  /* of one table */
#define CB_TREE_TEXT 4000   /* bytes of one text */

/* A file of the pack as messages name it, and where its tables are written (scan may be NULL). */
struct cb_tree_file {
	const char *path;
	const struct cb_scan *scan;
};

/* Offers the constructors to packs of this state; call once, before the pack is loaded. */
int cb_lang_open(struct cb_sandbox *sb, struct cb_err *err);

struct cb_tree_opts {
	const struct cb_tree_file *file; /* file[0] is the main one */
	size_t nfile;
	int first_handle;                /* the handle of the first function that is kept */
};
/*
 * [-1, +0] Turns the value on the top of sb's stack into a tree; memory is the arena's, functions are kept in sb
 * (cb_sandbox_keep) with handles from first_handle. *nfunctions counts them. 0; CB_ENOMEM; CB_ELIMIT when the value is too
 * large; CB_EDATA when a finding was added and there is no tree.
 */
int cb_lang_tree(struct cb_tree **out, int *nfunctions, struct cb_sandbox *sb, struct cb_arena *a, const struct cb_tree_opts *opts,
		 struct cb_diags *diags, struct cb_err *err);
/* The text field `name` of the table on the top, "" if there is none; raw, before anything is judged. [-0, +0] */
void cb_lang_peek(char *dst, size_t cap, struct cb_sandbox *sb, const char *name);

#endif
