/* repl.h - the console on a terminal: lines, history, completion, Ctrl-C. */
#ifndef CB_CLI_REPL_H
#define CB_CLI_REPL_H

#include "base/err.h"
#include "lua/console.h"

/* Reads from the terminal (or a pipe, without prompts) until the end. Returns 0, or a cb_code when the output is gone. */
int cb_repl(struct cb_console *c, bool interactive, struct cb_err *err);

/* Shows on stderr the line of the text that the message is about, with a mark under the word; the message without its place. */
const char *cb_repl_place(const struct cb_err *err, const char *text);

#endif
