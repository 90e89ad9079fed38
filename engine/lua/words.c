/*
 * words.c - what is checked in a pack's source before Lua's compiler sees it.
 *
 * First the characters (cb_sandbox_check_source), then the words: bitwise operators and <close> are refused (Debian's
 * 5.4.4 miscompiles some of the former), and so are the shapes that make the compiler or its error messages work in
 * the square of their length: long chains of accesses, very many goto, and/or chains. One pass, no allocation but the
 * list of assigned names.
 */
#include "lua/lex.h"
#include "lua/sandbox_int.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include "base/utf8.h"

#define DEPTH_MAX 250     /* brackets; Lua itself stops at 200 levels of nesting */
#define GOTO_MAX 1000     /* in a file */
#define LOGIC_MAX 1000    /* and / or in one expression */
#define ELSEIF_MAX 4000   /* in a file */
#define BREAK_MAX 4000
#define LABEL_MAX 1000
#define FIELDS_SEEN 32    /* of a table, for the same name twice */

static void line_col(const char *text, size_t at, long *line, long *col)
{
	*line = 1;
	*col = 1;
	for (size_t i = 0; i < at; i++) {
		if (text[i] == '\n' || (text[i] == '\r' && text[i + 1] != '\n')) {
			++*line;
			*col = 1;
		} else if (((unsigned char)text[i] & 0xc0) != 0x80) {
			++*col;
		}
	}
}

int cb_sandbox_check_source(const char *text, size_t len, const char *path, struct cb_diags *diags)
{
	size_t at = 0, start = len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3) ? 3 : 0;
	long line, col;
	int faults = 0;

	if (len > CB_SOURCE_MAX) {
		cb_diags_addf(diags, CB_SEV_ERROR, path, 1, 0, NULL, "split it with require", "the file has %zu bytes; a pack's file may have %d", len,
			      CB_SOURCE_MAX);
		return CB_EDATA;
	}
	/* the byte order marks of UTF-16 and its zero bytes: one clear word instead of hundreds of findings */
	if (len >= 2 && (!memcmp(text, "\xff\xfe", 2) || !memcmp(text, "\xfe\xff", 2) || !text[0] || !text[1])) {
		cb_diags_addf(diags, CB_SEV_ERROR, path, 1, 1, NULL, "save it as UTF-8", "the file is not UTF-8 text (it looks like UTF-16)");
		return CB_EDATA;
	}
	for (size_t i = start; i < len && faults < 10;) {
		size_t n = len - i, bad;
		enum cb_text_fault fault = CB_TEXT_OK;
		const char *mend = "delete it, or write it as an escape such as \\u{200B}";

		/* carriage returns are line ends; everything else is the common check's business */
		for (bad = 0; bad < n; bad++)
			if (text[i + bad] == '\r')
				break;
		fault = cb_text_check(text + i, bad, &at);
		if (fault == CB_TEXT_OK) {
			i += bad + 1;
			continue;
		}
		line_col(text, i + at, &line, &col);
		if (fault == CB_TEXT_ENCODING)
			mend = "save the file as UTF-8";
		else if (fault == CB_TEXT_NUL)
			mend = "delete it, or write \\0";
		cb_diags_addf(diags, CB_SEV_ERROR, path, line, col, NULL, mend, "a rule file may not hold this: %s", cb_text_fault_name(fault));
		faults++;
		if (fault == CB_TEXT_ENCODING)
			break; /* saved once as UTF-8, all the others are gone as well */
		i += at + 1;
		while (i < len && ((unsigned char)text[i] & 0xc0) == 0x80)
			i++;
	}
	return faults ? CB_EDATA : 0;
}

struct lexer {
	const char *s;
	size_t n, i;
	const char *path;
	struct cb_err *err;
};

static int refuse(struct lexer *x, size_t at, const char *what)
{
	long line, col;

	line_col(x->s, at, &line, &col);
	return cb_err_set(x->err, CB_EDATA, "%s:%ld:%ld: %s", x->path, line, col, what);
}

/* At '[': the number of '=' if a long bracket opens here, else -1. */
static long long_bracket(const struct lexer *x, size_t i)
{
	long level = 0;

	for (i++; i < x->n && x->s[i] == '='; i++)
		level++;
	return i < x->n && x->s[i] == '[' ? level : -1;
}

static void skip_long(struct lexer *x, long level)
{
	x->i += (size_t)level + 2;
	for (; x->i < x->n; x->i++) {
		if (x->s[x->i] == ']') {
			size_t j = x->i + 1;
			long k = 0;
			while (j < x->n && x->s[j] == '=' && k < level) {
				j++;
				k++;
			}
			if (k == level && j < x->n && x->s[j] == ']') {
				x->i = j + 1;
				return;
			}
		}
	}
}

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool hex(char c)
{
	return digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* A quoted string; notices escapes that make a NUL: \0 \00 \000 \x00 \u{0..}. */
static void skip_quoted(struct lexer *x, struct sb_words *out)
{
	char quote = x->s[x->i++];

	while (x->i < x->n && x->s[x->i] != quote && x->s[x->i] != '\n' && x->s[x->i] != '\r') {
		if (x->s[x->i++] != '\\' || x->i >= x->n)
			continue;
		char c = x->s[x->i];
		if (digit(c)) {
			int v = 0, k;
			for (k = 0; k < 3 && x->i < x->n && digit(x->s[x->i]); k++)
				v = v * 10 + (x->s[x->i++] - '0');
			if (!v)
				out->nul = true;
		} else if (c == 'x') {
			if (x->i + 2 < x->n && x->s[x->i + 1] == '0' && x->s[x->i + 2] == '0')
				out->nul = true;
			x->i++;
		} else if (c == 'u') {
			size_t j = x->i + 1;
			bool zero = j < x->n && x->s[j] == '{';
			for (j++; zero && j < x->n && hex(x->s[j]); j++)
				if (x->s[j] != '0')
					zero = false;
			if (zero)
				out->nul = true;
			x->i++;
		} else if (c == 'z') {
			for (x->i++; x->i < x->n && strchr(" \f\n\r\t\v", x->s[x->i]) && x->s[x->i]; x->i++)
				;
		} else if (c == '\r' && x->i + 1 < x->n && x->s[x->i + 1] == '\n') {
			x->i += 2;
		} else {
			x->i++;
		}
	}
	if (x->i < x->n)
		x->i++;
}

static const char *non_ascii(const char *s, size_t n)
{
	if (n >= 3 && !memcmp(s, "\xe2\x80", 2) && (unsigned char)s[2] >= 0x98 && (unsigned char)s[2] <= 0x9f)
		return "a curly quote; Lua wants straight ones: \" or '";
	if (n >= 2 && !memcmp(s, "\xc2\xa0", 2))
		return "a no-break space, as word processors and web pages write it; delete it and type an ordinary blank";
	if (n >= 3 && !memcmp(s, "\xe2\x80", 2) && (unsigned char)s[2] >= 0x90 && (unsigned char)s[2] <= 0x95)
		return "a dash; minus is -, and a comment begins with --";
	if (n >= 3 && !memcmp(s, "\xe2\x89", 2) && (unsigned char)s[2] >= 0xa0 && (unsigned char)s[2] <= 0xa5)
		return "a sign that Lua does not know; write x:ge(3) for at least, x:le(3) for at most, x:ne(3) for not equal";
	if (n >= 2 && (!memcmp(s, "\xc3\x97", 2) || !memcmp(s, "\xc3\xb7", 2)))
		return "a sign that Lua does not know; write * and /";
	if (n >= 3 && !memcmp(s, "\xef\xbc", 2))
		return "a full-width character; write digits and signs in their plain form";
	return "letters with marks may stand only in texts and comments; a name is made of a-z, A-Z, 0-9 and _";
}

/* One level of brackets. */
struct level {
	int chain, logic;
	bool call;           /* the bracket holds the arguments of a call */
	bool returning;      /* within `return` of this level */
	bool comma;          /* ... after its first comma */
	bool brace;          /* the bracket is a table's */
	size_t nfield;
	int block;           /* blocks open at this level of brackets */
	int fn;              /* the block that `return function` opened; 0: none */
	struct { const char *s; size_t n; } field[FIELDS_SEEN]; /* of a table: its last fields; must be last */
};

/* The character that comes next, blanks skipped; 0 at the end. */
static char after_blanks(const struct lexer *x)
{
	size_t i = x->i;

	while (i < x->n && (x->s[i] == ' ' || x->s[i] == '\t'))
		i++;
	return i < x->n ? x->s[i] : 0;
}

static bool first_of_line(const struct lexer *x, size_t i)
{
	while (i > 0 && (x->s[i - 1] == ' ' || x->s[i - 1] == '\t'))
		i--;
	return i == 0 || x->s[i - 1] == '\n' || x->s[i - 1] == '\r';
}

int sb_words_check(struct sb_words *out, const char *text, size_t len, const char *path, void (*assigned)(void *ctx, const char *name, size_t n),
		   void *ctx, struct cb_err *err)
{
	struct lexer x = { text, len, 0, path, err };
	struct level at[DEPTH_MAX];
	bool after_fn = false;       /* just behind the end of such a function */
	int depth = 0, gotos = 0, elseifs = 0, breaks = 0, labels = 0;
	int attrib = 0;              /* < after a name; then the word close */
	bool can_suffix = false;     /* the last word ended a value, so that . [ ( go on with it */
	const char *name = NULL;     /* the last word, if it was a name that may be assigned to */
	size_t nname = 0;
	bool leads = false;          /* ... and stood first in its field: behind { , or ; */
	char was = 0, last = 0;      /* first characters of the last two words */
	char before = 0;             /* '.' or ':' before a name; 'f' after the word function; 'l' after local */

	memset(out, 0, sizeof(*out));
	memset(&at[0], 0, offsetof(struct level, field));
	if (len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3))
		x.i = 3;
	while (x.i < len) {
		char c = text[x.i], d = x.i + 1 < len ? text[x.i + 1] : 0;
		size_t start = x.i;

		if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v') {
			x.i++;
			continue;
		}
		if (c == '-' && d == '-') {
			x.i += 2;
			long level = x.i < len && text[x.i] == '[' ? long_bracket(&x, x.i) : -1;
			if (level >= 0)
				skip_long(&x, level);
			else
				while (x.i < len && text[x.i] != '\n' && text[x.i] != '\r')
					x.i++;
			continue;
		}
		was = last;
		last = c;
		if (letter(c)) {
			while (x.i < len && (letter(text[x.i]) || digit(text[x.i])))
				x.i++;
			const char *w = text + start;
			size_t n = x.i - start;

			attrib = attrib == 1 && cb_lex_is(w, n, "close") ? 2 : 0;
			if (before == '.' || before == ':') {
				before = 0;
				name = NULL;
				can_suffix = true;
				continue;
			}
			if (cb_lex_keyword(w, n)) {
				can_suffix = cb_lex_is(w, n, "end");
				name = NULL;
				if (!can_suffix)
					at[depth].chain = 0;
				if (cb_lex_is(w, n, "and") || cb_lex_is(w, n, "or")) {
					if (++at[depth].logic > LOGIC_MAX)
						return refuse(&x, start, "an expression of more than 1000 `and` and `or`; split it");
				} else if (!cb_lex_is(w, n, "not") && !cb_lex_is(w, n, "true") && !cb_lex_is(w, n, "false") && !cb_lex_is(w, n, "nil")) {
					at[depth].logic = 0;
				}
				if (cb_lex_is(w, n, "return"))
					at[depth].returning = true, at[depth].comma = false;
				else if (cb_lex_is(w, n, "end") || cb_lex_is(w, n, "else") || cb_lex_is(w, n, "elseif") || cb_lex_is(w, n, "until"))
					at[depth].returning = false;
				if (cb_lex_is(w, n, "goto") && ++gotos > GOTO_MAX)
					return refuse(&x, start, "more than 1000 goto in a file");
				if (cb_lex_is(w, n, "elseif") && ++elseifs > ELSEIF_MAX)
					return refuse(&x, start, "more than 4000 elseif in a file; use a table");
				if (cb_lex_is(w, n, "break") && ++breaks > BREAK_MAX)
					return refuse(&x, start, "more than 4000 break in a file");
				before = cb_lex_is(w, n, "function") ? 'f' : 0;
				after_fn = false;
				if (before || cb_lex_is(w, n, "if") || cb_lex_is(w, n, "do") || cb_lex_is(w, n, "repeat"))
					at[depth].block++;
				if (before && at[depth].returning) { /* its `end` will be taken for the end of the return */
					if (at[depth].comma || at[depth].fn)
						out->lists = true;
					else
						at[depth].fn = at[depth].block;
				}
				if (cb_lex_is(w, n, "end") || cb_lex_is(w, n, "until")) {
					if (at[depth].fn && at[depth].fn == at[depth].block) {
						at[depth].fn = 0;
						after_fn = true;
					}
					at[depth].block--;
				}
				continue;
			}
			if (before == 'f')
				assigned(ctx, w, n); /* function name() */
			before = 0;
			at[depth].chain = 0;
			name = w;
			nname = n;
			leads = was == '{' || was == ',' || was == ';';
			can_suffix = true;
			continue;
		}
		if (digit(c) || (c == '.' && digit(d))) {
			bool hexa = c == '0' && (d == 'x' || d == 'X');
			x.i++;
			while (x.i < len) {
				char e = text[x.i];
				if ((e == '+' || e == '-') && text[x.i - 1] && strchr(hexa ? "pP" : "eE", text[x.i - 1]))
					x.i++;
				else if (letter(e) || digit(e) || e == '.')
					x.i++;
				else
					break;
			}
			name = NULL;
			before = 0;
			attrib = 0;
			can_suffix = false;
			continue;
		}
		if (c == '"' || c == '\'' || (c == '[' && long_bracket(&x, x.i) >= 0)) {
			if (can_suffix && at[depth].returning && at[depth].comma)
				out->lists = true; /* return a, f"text" */
			if (c == '[')
				skip_long(&x, long_bracket(&x, x.i));
			else
				skip_quoted(&x, out);
			name = NULL;
			before = 0;
			attrib = 0;
			can_suffix = true;
			continue;
		}
		x.i++;
		switch (c) {
		case '.':
			if (d == '.') { /* .. or ... */
				x.i++;
				if (x.i < len && text[x.i] == '.') {
					x.i++;
					out->lists = true;
				}
				at[depth].chain = 0;
				can_suffix = false;
				break;
			}
			/* fall through */
		case ':':
			if (c == ':' && d == ':') {
				if (++labels > 2 * LABEL_MAX)
					return refuse(&x, start, "more than 1000 labels in a file");
				x.i++;
				at[depth].chain = 0;
				can_suffix = false;
				break;
			}
			if (c == ':' && after_blanks(&x) && strchr("\"'{}0123456789-", after_blanks(&x)))
				return refuse(&x, start, "a field is written with =, not with a colon: id = \"...\"");
			if (++at[depth].chain > SB_CHAIN_MAX)
				return refuse(&x, start, "more than 200 accesses (.name, [key]) in one expression; use a local for a part of it");
			if (at[depth].chain > out->chain)
				out->chain = at[depth].chain;
			before = c;
			break;
		case '[':
			if (can_suffix && ++at[depth].chain > SB_CHAIN_MAX)
				return refuse(&x, start, "more than 200 accesses (.name, [key]) in one expression; use a local for a part of it");
			/* fall through */
		case '(':
		case '{':
			if (!can_suffix && c != '[')
				at[depth].chain = 0;
			if (at[depth].chain > out->chain)
				out->chain = at[depth].chain;
			if (depth + 1 >= DEPTH_MAX)
				return refuse(&x, start, "brackets nested more than 250 deep");
			memset(&at[++depth], 0, offsetof(struct level, field));
			at[depth].call = can_suffix && c != '[';
			at[depth].brace = c == '{';
			can_suffix = false;
			before = 0;
			break;
		case ')':
		case ']':
		case '}':
			if (depth > 0) {
				at[depth - 1].chain += at[depth].chain;
				if (at[depth].call && at[depth - 1].returning && at[depth - 1].comma)
					out->lists = true; /* return a, f(b) */
				depth--;
				if (at[depth].chain > SB_CHAIN_MAX)
					return refuse(&x, start, "more than 200 accesses (.name, [key]) in one expression; use a local for a part of it");
				if (at[depth].chain > out->chain)
					out->chain = at[depth].chain;
			}
			can_suffix = true;
			break;
		case '&':
		case '|':
			return refuse(&x, start, c == '&' ? "bitwise operators such as & are not offered to packs; conditions are joined with `and` or all{}"
							  : "bitwise operators such as | are not offered to packs; conditions are joined with `or` or any{}");
		case '~':
			if (d != '=')
				return refuse(&x, start, "the bitwise operator ~ is not offered to packs; \"not equal\" is ~=, \"not\" is `not` or no()");
			x.i++;
			at[depth].chain = 0;
			can_suffix = false;
			break;
		case '<':
		case '>':
			if (d == c)
				return refuse(&x, start, "bitwise shifts (<< and >>) are not offered to packs");
			if (c == '>' && attrib == 2)
				return refuse(&x, start, "<close> is not offered to packs");
			attrib = c == '<' && name ? 1 : 0;
			if (d == '=')
				x.i++;
			at[depth].chain = 0;
			can_suffix = false;
			break;
		case '=':
		case ',':
			at[depth].chain = 0;
			can_suffix = false;
			if (c == '=' && d == '=') {
				x.i++;
				break;
			}
			if (c == '=' && d == '>')
				return refuse(&x, start, "=> is not Lua: a field is written id = \"...\", and \"at least\" is x:ge(3)");
			if (c == '=' && name && leads && at[depth].brace && at[depth].block == 0) {
				struct level *l = &at[depth];
				for (size_t k = 0; k < l->nfield && k < FIELDS_SEEN; k++)
					if (l->field[k].n == nname && memcmp(l->field[k].s, name, nname) == 0) {
						char what[160];
						snprintf(what, sizeof(what), "%.*s stands twice in this table, and only the last one would count; take one of them out", (int)(nname < 60 ? nname : 60), name);
						return refuse(&x, (size_t)(name - text), what);
					}
				l->field[l->nfield % FIELDS_SEEN].s = name;
				l->field[l->nfield++ % FIELDS_SEEN].n = nname;
			}
			if (name)
				assigned(ctx, name, nname);
			at[depth].logic = 0;
			if (c == ',') {
				at[depth].comma = true;
				if (after_fn)
					out->lists = true; /* return function() ... end, f() */
			}
			break;
		case ';':
			at[depth].chain = 0;
			at[depth].logic = 0;
			can_suffix = false;
			break;
		default: /* arithmetic, # */
			if ((unsigned char)c >= 0x80)
				return refuse(&x, start, non_ascii(text + start, len - start));
			if (((c == '/' && d == '/') || c == '#') && (was == 0 || was == '{' || was == ',') && first_of_line(&x, start) && after_blanks(&x) != '(' &&
			    (c == '/' || after_blanks(&x) != text[x.i]))
				return refuse(&x, start, "a comment begins with -- in Lua");
			if (c == '%' && strchr(",)}\n", after_blanks(&x)))
				return refuse(&x, start, "% is not \"percent\" in Lua: write 0.9 for 90%");
			if (c == '/' && d == '/')
				x.i++;
			at[depth].chain = 0;
			can_suffix = false;
		}
		if (c != '.' && c != ':')
			before = 0;
		if (c != '<')
			attrib = 0;
		after_fn = false;
		name = NULL;
	}
	return 0;
}

/* --- names that hide others ----------------------------------------------------------------------------------------- */

#define LOCALS_SEEN 200

void cb_sandbox_check_locals(const char *text, size_t len, const char *path, bool (*is_word)(const char *name), struct cb_diags *diags)
{
	struct cb_lexer x;
	struct { const char *s; size_t n; long line; } seen[LOCALS_SEEN];
	size_t nseen = 0;
	int blocks = 0, brackets = 0;
	bool naming = false; /* behind local */

	cb_lex_init(&x, text, len);
	for (cb_lex_next(&x); x.type != CB_LEX_END; cb_lex_next(&x)) {
		const char *w = x.start, c = *w;
		size_t n = x.len;

		if (x.type == CB_LEX_NAME) {
			char name[64];
			if (cb_lex_is(w, n, "function") || cb_lex_is(w, n, "if") || cb_lex_is(w, n, "do") || cb_lex_is(w, n, "repeat"))
				blocks++;
			else if (cb_lex_is(w, n, "end") || cb_lex_is(w, n, "until"))
				blocks--;
			if (cb_lex_is(w, n, "local") || (naming && cb_lex_is(w, n, "function"))) {
				naming = blocks <= (cb_lex_is(w, n, "function") ? 1 : 0) && brackets == 0;
				continue;
			}
			if (!naming || cb_lex_keyword(w, n) || n >= sizeof(name)) {
				naming = false;
				continue;
			}
			long line, col;
			memcpy(name, w, n);
			name[n] = '\0';
			line_col(text, (size_t)(w - text), &line, &col);
			if (is_word(name))
				cb_diags_addf(diags, CB_SEV_WARNING, path, line, col, NULL, "give it another name", "the local %s hides a word of the rule language: below this line %s means the local", name, name);
			for (size_t k = 0; k < nseen; k++)
				if (seen[k].n == n && memcmp(seen[k].s, w, n) == 0) {
					cb_diags_addf(diags, CB_SEV_WARNING, path, line, col, NULL, "give one of them another name",
						      "%s is declared a second time (first on line %ld): what stands below this line uses the second", name, seen[k].line);
					break;
				}
			if (nseen < LOCALS_SEEN) {
				seen[nseen].s = w;
				seen[nseen].n = n;
				seen[nseen++].line = line;
			}
		} else {
			if (x.type == CB_LEX_OP && n == 1)
				brackets += c == '(' || c == '{' || c == '[' ? 1 : c == ')' || c == '}' || c == ']' ? -1 : 0;
			if (c != ',')
				naming = false;
		}
	}
}
