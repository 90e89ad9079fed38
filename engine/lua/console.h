/*
 * console.h - the engine behind `chibo repl`, `chibo run` and `chibo query`: a Lua state for the user's own code.
 *
 * Unlike a pack's state this one has the whole of Lua's string, table, math and utf8 libraries and no budget; but it
 * has no io, no os.execute, no load from disk, and its SQL goes through a read-only statement. What a verb writes, it
 * writes by running the program's own command. Order: open, any number of eval / file / complete, close. Not thread
 * safe; only cb_console_interrupt may be called from a signal handler.
 */
#ifndef CB_LUA_CONSOLE_H
#define CB_LUA_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include "base/buf.h"
#include "base/err.h"
#include "rule/rule.h"
#include "store/store.h"

struct cb_console_opts {
	struct cb_store *store;   /* opened for reading; borrowed */
	const char *rules_dir;    /* for the ids of rulesets */
	FILE *out;                /* where printing goes; borrowed */
	bool colour;
	int width;                /* terminal columns; 0: no limit */
	bool (*stopped)(void);    /* a signal asks the program to end; asked now and then; NULL: never */
	/* Runs `chibo ARG...` with its standard output in *out and its talk in *talk; returns its exit code. */
	int (*command)(void *ctx, int argc, const char *const *argv, struct cb_buf *out, struct cb_buf *talk);
	void *ctx;
	/* What a person asked for at a prompt goes to page_begin's stream (NULL: straight to out) until page_end, which says
	   whether the reader left before the end. Both NULL: never. */
	FILE *(*page_begin)(void *ctx);
	bool (*page_end)(void *ctx);
};

struct cb_console;
int cb_console_open(struct cb_console **out, const struct cb_console_opts *opts, struct cb_err *err);
void cb_console_close(struct cb_console *c);
/*
 * Runs one chunk; when it is an expression its values are printed and the last one becomes `_`. *incomplete (may be
 * NULL) is set when more lines are needed: then nothing ran and 0 is returned. CB_ERULE: the user's mistake, in err.
 * CB_EINTR after an interrupt; CB_EIO when the output is gone.
 */
int cb_console_eval(struct cb_console *c, const char *text, size_t len, const char *chunk, bool *incomplete, struct cb_err *err);
/* A script with its arguments in `arg` and `...`; a first line #! is skipped. *code: what the script returned, when it
   returned a whole number, else 0. */
int cb_console_file(struct cb_console *c, const char *path, int argc, char **argv, int *code, struct cb_err *err);
/* Candidates for the text before the cursor: *from is where the word starts. The list and its strings belong to the
   caller (cb_free each, then the list); it ends with NULL. */
int cb_console_complete(struct cb_console *c, const char *line, size_t len, size_t *from, char ***list, struct cb_err *err);
/* The terminal was resized. */
void cb_console_width(struct cb_console *c, int width);
/* Stops what runs now within a few thousand instructions; async-signal-safe. */
void cb_console_interrupt(struct cb_console *c);

#endif
