/*
 * lex.h - the words of a Lua source, one after the other: what scan.h and fmt.h read.
 *
 * init, then next until CB_LEX_END. Never fails: what is unfinished ends with the text. Comments are handed out only
 * when asked for. A byte order mark and a first line that begins with # are skipped. O(length of the source).
 */
#ifndef CB_LUA_LEX_H
#define CB_LUA_LEX_H

#include <stdbool.h>
#include <stddef.h>

enum cb_lex_type { CB_LEX_END, CB_LEX_NAME, CB_LEX_NUMBER, CB_LEX_STRING, CB_LEX_OP, CB_LEX_COMMENT };

struct cb_lexer {
	const char *p, *end, *bol; /* next byte, end of the text, beginning of the line */
	int line;
	bool comments;             /* hand out comments too */
	/* the word at hand: keywords are names; strings with their quotes */
	enum cb_lex_type type;
	const char *start;
	size_t len;
	int tline, tcol;           /* where it begins, from 1 */
};

void cb_lex_init(struct cb_lexer *x, const char *text, size_t len);
void cb_lex_next(struct cb_lexer *x);
bool cb_lex_is(const char *s, size_t n, const char *word); /* n bytes at s are this word */
bool cb_lex_keyword(const char *s, size_t n);

#endif
