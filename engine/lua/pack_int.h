/* pack_int.h - what pack.c and cases.c share: reading files below the rules folder. */
#ifndef CB_LUA_PACK_INT_H
#define CB_LUA_PACK_INT_H

#include <stddef.h>
#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "rule/rule.h"
#include "rule/tree.h"

/* Reads dir/path: every component must be a real folder or regular file (no links below dir), at most CB_SOURCE_MAX
   bytes. *text is the caller's (cb_free). CB_ENOTFOUND, CB_EIO, CB_ELIMIT, CB_ENOMEM. */
int cb_pack_read(char **text, size_t *len, const char *dir, const char *path, struct cb_err *err);
/* "dir/path" as messages print it. */
void cb_pack_display(char *dst, size_t cap, const char *dir, const char *path);
/* A finding from "file:line: what" or "file:line:col: what". */
bool cb_pack_is_word(const char *name); /* first, flag, fact ...: a word that packs write */
void cb_pack_tell(struct cb_diags *diags, const char *file, const struct cb_err *err);
/* Names of dir/folder in sorted order: those that end in .lua or .lua.txt, and folders. cb_pack_list_free. */
int cb_pack_list(char ***out, size_t *n, const char *dir, const char *folder, struct cb_err *err);
bool cb_pack_is_text_copy(const char *name); /* "hd42.lua.txt": what editors make of it that know only .txt */
void cb_pack_list_free(char **list, size_t n);

/* A pack with the tree that it declared and its base, to build it again with changes. */
struct cb_pack_kept {
	struct cb_arena arena;
	struct cb_tree *tree;
	struct cb_ruleset *base; /* NULL: none */
};
int cb_pack_load_kept(struct cb_ruleset **out, struct cb_pack_kept *kept, const char *dir, const char *path, struct cb_facts *dict,
		      struct cb_diags *diags, struct cb_err *err);
void cb_pack_kept_release(struct cb_pack_kept *kept); /* after the ruleset */

#endif
