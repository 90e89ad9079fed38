/*
 * fmt.h - the layout of a pack's or a case file's text, in the style of the shipped ones.
 *
 * The author's line breaks stay; what is made alike are tabs, blanks between words, blank lines (one at most), the comma
 * after the last item of a table of several lines, one statement a line, line ends (\n) and the end of the file. Comments
 * stay as they are. Formatting what is formatted changes nothing. O(length of the text).
 */
#ifndef CB_LUA_FMT_H
#define CB_LUA_FMT_H

#include <stdbool.h>
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"

/* Appends the laid out text. CB_EDATA when brackets or blocks do not match: nothing was appended. Needs no correct Lua beyond that. */
int cb_fmt_text(struct cb_buf *out, const char *text, size_t len, struct cb_err *err);
/* Whether two texts have the same words and comments in the same order; separators that mean nothing do not count. */
bool cb_fmt_same(const char *a, size_t alen, const char *b, size_t blen);
/*
 * The same for a file as it is on disk: `dir`/`path` is read as packs are, checked and compiled (not run), laid out, and the
 * result held against the original. *changed says whether it differs byte for byte. CB_EDATA with a finding that
 * names file, line and column when the file is not correct Lua; `out` is then empty.
 */
int cb_fmt_file(struct cb_buf *out, bool *changed, const char *dir, const char *path, struct cb_diags *diags, struct cb_err *err);
/* The same with the text at hand; `shown` is how messages name it. */
int cb_fmt_source(struct cb_buf *out, bool *changed, const char *text, size_t len, const char *shown, struct cb_diags *diags, struct cb_err *err);
/* Calls `each` with the path below `dir` of every *.lua in `folder` and the folders in it (also cases and parts), in order of
   name, until it gives nonzero. */
int cb_fmt_walk(const char *dir, const char *folder, int (*each)(void *ctx, const char *path, struct cb_err *err), void *ctx, struct cb_err *err);

#endif
