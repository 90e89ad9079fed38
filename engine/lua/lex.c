/*
 * lex.c - see lex.h. Line ends are \n, \r, \r\n and \n\r, each counted once, as Lua does.
 */
#include "lua/lex.h"

#include <string.h>

static bool is_name(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c >= '0' && c <= '9');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static void newline(struct cb_lexer *x)
{
	char c = *x->p++;
	if (x->p < x->end && (*x->p == '\n' || *x->p == '\r') && *x->p != c)
		x->p++;
	x->line++;
	x->bol = x->p;
}

/* The level of a long bracket at p: [=*[ ; -1 if there is none. */
static int long_level(const struct cb_lexer *x, const char *p)
{
	int n = 0;
	if (p >= x->end || *p != '[')
		return -1;
	for (p++; p < x->end && *p == '='; p++)
		n++;
	return p < x->end && *p == '[' ? n : -1;
}

static void skip_long(struct cb_lexer *x, int level)
{
	x->p += level + 2;
	while (x->p < x->end) {
		if (*x->p == '\n' || *x->p == '\r') {
			newline(x);
		} else if (*x->p++ == ']') {
			int n = 0;
			const char *q = x->p;
			while (q < x->end && *q == '=' && n < level)
				q++, n++;
			if (n == level && q < x->end && *q == ']') {
				x->p = q + 1;
				return;
			}
		}
	}
}

static void skip_quoted(struct cb_lexer *x)
{
	char quote = *x->p++;
	while (x->p < x->end && *x->p != quote && *x->p != '\n' && *x->p != '\r') {
		if (*x->p == '\\' && x->p + 1 < x->end) {
			x->p++;
			if (*x->p == '\n' || *x->p == '\r') {
				newline(x);
				continue;
			}
			if (*x->p == 'z') {
				x->p++;
				while (x->p < x->end && strchr(" \t\n\r\f\v", *x->p) && *x->p) {
					if (*x->p == '\n' || *x->p == '\r')
						newline(x);
					else
						x->p++;
				}
				continue;
			}
		}
		x->p++;
	}
	if (x->p < x->end && *x->p == quote)
		x->p++;
}

static void skip_number(struct cb_lexer *x)
{
	bool hex = *x->p == '0' && x->p + 1 < x->end && (x->p[1] == 'x' || x->p[1] == 'X');
	for (x->p++; x->p < x->end; x->p++) {
		char c = *x->p;
		if ((c == '+' || c == '-') && strchr(hex ? "pP" : "eE", x->p[-1]))
			continue;
		if (!is_name((unsigned char)c) && !(c == '.' && !(x->p + 1 < x->end && x->p[1] == '.')))
			return;
	}
}

static size_t op_length(const struct cb_lexer *x)
{
	static const char *const ops[] = { "...", "..", "::", "==", "~=", "<=", ">=", "//", "<<", ">>" };
	for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
		size_t n = strlen(ops[i]);
		if ((size_t)(x->end - x->p) >= n && !memcmp(x->p, ops[i], n))
			return n;
	}
	return 1;
}

static bool skip_comment(struct cb_lexer *x)
{
	int level;
	if (!(*x->p == '-' && x->p + 1 < x->end && x->p[1] == '-'))
		return false;
	x->p += 2;
	level = long_level(x, x->p);
	if (level >= 0)
		skip_long(x, level);
	else
		while (x->p < x->end && *x->p != '\n' && *x->p != '\r')
			x->p++;
	return true;
}

void cb_lex_init(struct cb_lexer *x, const char *text, size_t len)
{
	memset(x, 0, sizeof *x);
	x->p = x->bol = text;
	x->end = text + len;
	x->line = 1;
	if (len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3))
		x->p = x->bol = text + 3;
	if (x->p < x->end && *x->p == '#')
		while (x->p < x->end && *x->p != '\n' && *x->p != '\r')
			x->p++;
}

void cb_lex_next(struct cb_lexer *x)
{
	for (;;) {
		while (x->p < x->end && strchr(" \t\f\v\n\r", *x->p) && *x->p) {
			if (*x->p == '\n' || *x->p == '\r')
				newline(x);
			else
				x->p++;
		}
		x->start = x->p;
		x->tline = x->line;
		x->tcol = (int)(x->p - x->bol) + 1;
		x->len = 0;
		if (x->p >= x->end) {
			x->type = CB_LEX_END;
			return;
		}
		if (!skip_comment(x))
			break;
		if (x->comments) {
			x->type = CB_LEX_COMMENT;
			x->len = (size_t)(x->p - x->start);
			return;
		}
	}
	char c = *x->p;
	if (is_digit(c) || (c == '.' && x->p + 1 < x->end && is_digit(x->p[1]))) {
		x->type = CB_LEX_NUMBER;
		skip_number(x);
	} else if (is_name((unsigned char)c)) {
		x->type = CB_LEX_NAME;
		while (x->p < x->end && is_name((unsigned char)*x->p))
			x->p++;
	} else if (c == '"' || c == '\'') {
		x->type = CB_LEX_STRING;
		skip_quoted(x);
	} else if (c == '[' && long_level(x, x->p) >= 0) {
		x->type = CB_LEX_STRING;
		skip_long(x, long_level(x, x->p));
	} else {
		x->type = CB_LEX_OP;
		x->p += op_length(x);
	}
	x->len = (size_t)(x->p - x->start);
}

bool cb_lex_is(const char *s, size_t n, const char *word)
{
	return strlen(word) == n && !memcmp(s, word, n);
}

bool cb_lex_keyword(const char *s, size_t n)
{
	static const char *const words[] = { "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in",
		"local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while" };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (cb_lex_is(s, n, words[i]))
			return true;
	return false;
}
