/*
 * fmt.c - see fmt.h.
 *
 * The words of the source go into a list; a first pass finds what belongs together (brackets, and blocks from `if`,
 * `for`, `while`, `do`, `repeat`, `function` to their end), which separators mean nothing, and where one is to be added. A second
 * pass writes: a line break where the author has one, or between two statements of a block of several lines. A line is
 * one tab deeper than the line on which its innermost bracket or block was opened; where it goes on with an item or a
 * statement that began above, than the line where that began.
 */
#include "lua/fmt.h"

#include <stdio.h>
#include <string.h>
#include "base/alloc.h"
#include "lua/lex.h"
#include "lua/pack_int.h"
#include "lua/sandbox.h"

struct word {
	enum cb_lex_type type;
	const char *s;
	size_t n;
	int line, last_line;
	bool starts;    /* begins a statement or an item */
	bool dropped;   /* a separator that means nothing */
	bool comma;     /* a comma is to follow */
	bool unary, attrib, label_end;
	bool opens;     /* a bracket, or the word after which a block's statements begin */
	bool closes;    /* what `opens` opened ends here */
	bool several;   /* a block's first word: its end is on another line */
};
struct text {
	struct word *w;
	size_t n, cap;
	const char *sharp; size_t nsharp; /* a first line that begins with # */
};
struct frame {
	enum { ROOT, BRACE, PAREN, INDEX, BLOCK } kind;
	size_t opener;      /* word */
	bool header;        /* BLOCK: between `if` and `then`, `for` and `do`, `function` and its `)` */
	bool repeat;
	int indent;         /* of the line that it was opened on */
	int item;           /* of the line that its item or statement at hand began on */
};

static bool is(const struct word *w, const char *s)
{
	return w && w->type != CB_LEX_STRING && w->type != CB_LEX_COMMENT && cb_lex_is(w->s, w->n, s);
}

static bool keyword(const struct word *w)
{
	return w->type == CB_LEX_NAME && cb_lex_keyword(w->s, w->n);
}

/* Nothing but a new statement, an operator or a bracket can follow. */
static bool ends_value(const struct word *w)
{
	if (!w)
		return false;
	if (w->type == CB_LEX_NAME)
		return !keyword(w) || is(w, "nil") || is(w, "true") || is(w, "false") || is(w, "end") || is(w, "break");
	return w->type == CB_LEX_NUMBER || w->type == CB_LEX_STRING || is(w, ")") || is(w, "]") || is(w, "}") || is(w, "...") || w->label_end ||
	       (w->attrib && is(w, ">"));
}

static bool may_start(const struct word *w)
{
	static const char *const words[] = { "local", "return", "if", "for", "while", "repeat", "goto", "function", "do", "break", "::" };

	if (w->type == CB_LEX_NAME && !keyword(w))
		return true;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (is(w, words[i]))
			return true;
	return false;
}

/* --- the list of words ------------------------------------------------------------------------------------------- */

static int read_words(struct text *t, const char *text, size_t len)
{
	struct cb_lexer x;

	cb_lex_init(&x, text, len);
	x.comments = true;
	t->sharp = len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3) ? text + 3 : text;
	t->nsharp = (size_t)(x.p - t->sharp);
	for (cb_lex_next(&x); x.type != CB_LEX_END; cb_lex_next(&x)) {
		if (t->n == t->cap) {
			size_t cap = t->cap ? t->cap * 2 : 512;
			struct word *more = cb_reallocarray(t->w, cap, sizeof *more);
			if (!more)
				return CB_ENOMEM;
			t->w = more;
			t->cap = cap;
		}
		t->w[t->n++] = (struct word){ .type = x.type, .s = x.start, .n = x.len, .line = x.tline, .last_line = x.line };
	}
	return 0;
}

/* The next word that is no comment; n at the end. */
static size_t after(const struct text *t, size_t i)
{
	for (i++; i < t->n && t->w[i].type == CB_LEX_COMMENT; i++)
		;
	return i;
}

/* Whether a separator in front of word i means nothing to Lua: what follows cannot be taken for a part of what was before. */
static bool safe_without(const struct text *t, size_t i)
{
	return i >= t->n || t->w[i].type == CB_LEX_NAME || is(&t->w[i], ";") || is(&t->w[i], "::");
}

static int open_frame(struct frame **stack, size_t *depth, size_t *cap, int kind, size_t opener)
{
	if (*depth == *cap) {
		struct frame *more = cb_reallocarray(*stack, *cap ? *cap * 2 : 64, sizeof *more);
		if (!more)
			return CB_ENOMEM;
		*stack = more;
		*cap = *cap ? *cap * 2 : 64;
	}
	memset(&(*stack)[*depth], 0, sizeof **stack);
	(*stack)[*depth].kind = kind;
	(*stack)[(*depth)++].opener = opener;
	return 0;
}

/*
 * One step over word i: pops and pushes frames. CB_EDATA when nothing fits. Both passes call it, so that they agree on
 * what stands in what.
 */
static int step(struct text *t, struct frame **stack, size_t *depth, size_t *cap, size_t i, const struct word *prev)
{
	struct word *w = &t->w[i];
	struct frame *f = &(*stack)[*depth - 1];
	int rc = 0;

	if (is(w, "{") || is(w, "(") || is(w, "[")) {
		w->opens = true;
		return open_frame(stack, depth, cap, is(w, "{") ? BRACE : is(w, "(") ? PAREN : INDEX, i);
	}
	if (is(w, "}") || is(w, ")") || is(w, "]")) {
		if (f->kind != (is(w, "}") ? BRACE : is(w, ")") ? PAREN : INDEX))
			return CB_EDATA;
		w->closes = true;
		--*depth;
		f = &(*stack)[*depth - 1];
		if (is(w, ")") && f->kind == BLOCK && f->header && is(&t->w[f->opener], "function")) {
			f->header = false;
			w->opens = true; /* the body begins */
		}
		return 0;
	}
	if (!keyword(w) || (prev && (is(prev, ".") || is(prev, ":"))))
		return 0;
	if (is(w, "if") || is(w, "for") || is(w, "while") || is(w, "function") || is(w, "repeat") || (is(w, "do") && !(f->kind == BLOCK && f->header))) {
		rc = open_frame(stack, depth, cap, BLOCK, i);
		if (!rc) {
			f = &(*stack)[*depth - 1];
			f->repeat = is(w, "repeat");
			f->header = !f->repeat && !is(w, "do");
			w->opens = !f->header;
		}
	} else if (is(w, "then") || is(w, "do")) {
		if (f->kind != BLOCK || !f->header)
			return CB_EDATA;
		f->header = false;
		w->opens = w->closes = true; /* a line may begin with it: as deep as its if */
	} else if (is(w, "elseif") || is(w, "else")) {
		if (f->kind != BLOCK || f->header || !is(&t->w[f->opener], "if"))
			return CB_EDATA;
		f->header = is(w, "elseif");
		w->opens = !f->header;
		w->closes = true;
	} else if (is(w, "end") || is(w, "until")) {
		if (f->kind != BLOCK || f->header || f->repeat != is(w, "until"))
			return CB_EDATA;
		w->closes = true;
		t->w[f->opener].several = t->w[f->opener].line != w->line;
		--*depth;
	}
	return 0;
}

/* The first pass: what starts, opens and closes, and the separators. */
static int mark(struct text *t)
{
	struct frame *stack = NULL;
	size_t depth = 0, cap = 0, prev_at = 0;
	struct word *prev = NULL, *before = NULL; /* the last two that are no comments */
	int rc = open_frame(&stack, &depth, &cap, ROOT, 0);

	for (size_t i = 0; !rc && i < t->n; i++) {
		struct word *w = &t->w[i];
		const struct frame *f = &stack[depth - 1];
		bool block = f->kind == ROOT || (f->kind == BLOCK && !f->header);

		if (w->type == CB_LEX_COMMENT)
			continue;
		w->label_end = is(w, "::") && prev && prev->type == CB_LEX_NAME && is(before, "::") && !before->label_end;
		w->unary = is(w, "#") || ((is(w, "-") || is(w, "~")) && !ends_value(prev));
		if (block)
			w->starts = !prev || prev->opens || is(prev, ";") || (ends_value(prev) && may_start(w) && !w->label_end);
		else if (f->kind != BLOCK)
			w->starts = prev_at == f->opener || is(prev, ",") || is(prev, ";");
		/* local x <const> */
		if (is(w, "<") && prev && prev->type == CB_LEX_NAME && i + 2 < t->n && t->w[i + 1].type == CB_LEX_NAME && is(&t->w[i + 2], ">") &&
		    (is(before, "local") || is(before, ",")) && block)
			w->attrib = t->w[i + 2].attrib = true;
		if (is(w, "}") && prev && !is(prev, "{")) {
			bool comma = is(prev, ",") || is(prev, ";");
			const struct word *last = comma ? before : prev;
			if (w->line == last->last_line)
				prev->dropped = comma;
			else
				prev->comma = !comma;
		}
		if (is(w, ";") && block)
			w->dropped = safe_without(t, after(t, i));
		rc = step(t, &stack, &depth, &cap, i, prev);
		before = prev;
		prev = w;
		prev_at = i;
	}
	if (!rc && depth != 1)
		rc = CB_EDATA;
	cb_free(stack);
	return rc;
}

/* --- writing ----------------------------------------------------------------------------------------------------- */

/* The word itself, with line ends as \n; comments without blanks at their end. */
static void put_word(struct cb_buf *out, const struct word *w)
{
	const char *p = w->s, *end = w->s + w->n;

	if (w->type == CB_LEX_COMMENT)
		while (end > p && strchr(" \t\r\n\f\v", end[-1]))
			end--;
	while (p < end) {
		if (*p == '\r' || *p == '\n') {
			char c = *p++;
			if (p < end && (*p == '\r' || *p == '\n') && *p != c)
				p++;
			cb_buf_putc(out, '\n');
		} else {
			cb_buf_putc(out, *p++);
		}
	}
}

/* Whether a blank stands between two words of one line. */
static bool gap(const struct word *a, const struct word *b)
{
	bool value = ends_value(a) && !is(a, "end") && !is(a, "break");

	if (a->type == CB_LEX_COMMENT || b->type == CB_LEX_COMMENT)
		return true;
	if (is(b, ",") || is(b, ";") || is(b, ")") || is(b, "]"))
		return false;
	if (is(a, "(") || is(a, "["))
		return is(a, "[") && b->type == CB_LEX_STRING && b->s[0] == '[';
	if (is(a, "{"))
		return !is(b, "}");
	if (is(b, "}"))
		return true;
	if (is(a, ".") || is(a, ":") || is(b, ".") || is(b, ":"))
		return false;
	if (is(a, "::") || is(b, "::"))
		return is(a, "::") ? a->label_end : !b->label_end;
	if (a->unary)
		return b->unary && is(a, "-") && is(b, "-");
	if (a->attrib || b->attrib)
		return is(a, ">") || is(b, "<");
	if (is(b, "("))
		return !(value || is(a, "function") || is(a, "end"));
	if (is(b, "["))
		return !value;
	return true;
}

static int write_text(struct cb_buf *out, struct text *t)
{
	struct frame *stack = NULL;
	size_t depth = 0, cap = 0;
	const struct word *prev = NULL, *last = NULL; /* without comments; with them */
	int rc = open_frame(&stack, &depth, &cap, ROOT, 0), indent = 0;

	if (t->nsharp) {
		cb_buf_add(out, t->sharp, t->nsharp);
		cb_buf_putc(out, '\n');
	}
	for (size_t i = 0; !rc && i < t->n; i++) {
		struct word *w = &t->w[i];
		size_t k = w->type == CB_LEX_COMMENT ? after(t, i - 1) : i; /* the word that says how deep a comment stands */
		const struct word *by = k < t->n ? &t->w[k] : NULL;
		const struct frame *f = &stack[depth - 1];
		bool block = f->kind == ROOT || (f->kind == BLOCK && !f->header), line;

		if (!w->dropped) {
			line = !last || w->line > last->last_line ||
			       (w->starts && block && w->type != CB_LEX_COMMENT && prev && !prev->opens && last->type != CB_LEX_COMMENT && !w->closes &&
				(f->kind == ROOT || t->w[f->opener].several));
			if (line) {
				indent = f->kind == ROOT ? 0 : f->indent + 1;
				if (w == by && w->closes)
					indent = f->indent;
				else if (by && !by->closes && !by->starts && !(f->kind == BLOCK && f->header))
					indent = f->item + 1;
				if (last) {
					cb_buf_putc(out, '\n');
					if (w->line > last->last_line + 1 && !last->opens && !(w == by && w->closes))
						cb_buf_putc(out, '\n');
				}
				for (int n = 0; n < indent; n++)
					cb_buf_putc(out, '\t');
			} else if (gap(last, w)) {
				cb_buf_putc(out, ' ');
			}
			put_word(out, w);
			if (w->comma)
				cb_buf_putc(out, ',');
			last = w;
		}
		if (w->type != CB_LEX_COMMENT) {
			size_t was = depth;
			if (w->starts)
				stack[depth - 1].item = indent;
			rc = step(t, &stack, &depth, &cap, i, prev);
			if (!rc && depth > was)
				stack[depth - 1].indent = indent;
			prev = w;
		}
	}
	if (last)
		cb_buf_putc(out, '\n');
	cb_free(stack);
	return rc;
}

int cb_fmt_text(struct cb_buf *out, const char *text, size_t len, struct cb_err *err)
{
	struct text t = { 0 };
	int rc = read_words(&t, text, len);

	if (!rc)
		rc = mark(&t);
	if (!rc)
		rc = write_text(out, &t);
	if (rc == CB_EDATA)
		rc = cb_err_set(err, CB_EDATA, "brackets or blocks do not match");
	else if (rc || !cb_buf_ok(out))
		rc = cb_err_nomem(err);
	cb_free(t.w);
	return rc;
}

/* --- the same meaning -------------------------------------------------------------------------------------------- */

/* The next word that counts: a separator before a bracket's end, and one that cannot join two statements, do not. */
static void next_meaning(struct cb_lexer *x)
{
	for (;;) {
		cb_lex_next(x);
		if (x->type != CB_LEX_OP || !(cb_lex_is(x->start, x->len, ",") || cb_lex_is(x->start, x->len, ";")))
			return;
		struct cb_lexer y = *x;
		y.comments = false;
		cb_lex_next(&y);
		if (y.type == CB_LEX_OP && cb_lex_is(y.start, y.len, "}"))
			continue;
		if (*x->start == ';' && (y.type == CB_LEX_END || y.type == CB_LEX_NAME || (y.type == CB_LEX_OP && (*y.start == ';' || cb_lex_is(y.start, y.len, "::")))))
			continue;
		return;
	}
}

/* A word's end without blanks; the line ends within are compared by same_word. */
static size_t trimmed(const struct cb_lexer *x)
{
	size_t n = x->len;
	while (x->type == CB_LEX_COMMENT && n && strchr(" \t\r\n\f\v", x->start[n - 1]))
		n--;
	return n;
}

static size_t one(const char *s, size_t i, size_t n, char *c)
{
	*c = s[i];
	if (s[i] != '\r' && s[i] != '\n')
		return i + 1;
	*c = '\n';
	return i + 1 < n && (s[i + 1] == '\r' || s[i + 1] == '\n') && s[i + 1] != s[i] ? i + 2 : i + 1;
}

static bool same_word(const struct cb_lexer *x, const struct cb_lexer *y)
{
	size_t n = trimmed(x), m = trimmed(y), i = 0, k = 0;
	char c, d;

	if (x->type != y->type)
		return false;
	while (i < n && k < m) {
		i = one(x->start, i, n, &c);
		k = one(y->start, k, m, &d);
		if (c != d)
			return false;
	}
	return i >= n && k >= m;
}

bool cb_fmt_same(const char *a, size_t alen, const char *b, size_t blen)
{
	struct cb_lexer x, y;

	cb_lex_init(&x, a, alen);
	cb_lex_init(&y, b, blen);
	x.comments = y.comments = true;
	do {
		next_meaning(&x);
		next_meaning(&y);
		if (!same_word(&x, &y))
			return false;
	} while (x.type != CB_LEX_END);
	return true;
}

/* --- files --------------------------------------------------------------------------------------------------------- */

/* Compiles without running. */
static int compiles(const char *text, size_t len, const char *shown, struct cb_err *err)
{
	struct cb_sandbox *sb = NULL;
	int rc = cb_sandbox_open(&sb, NULL, err);

	if (!rc)
		rc = cb_sandbox_load(sb, text, len, shown, err);
	cb_sandbox_close(sb);
	return rc;
}

int cb_fmt_source(struct cb_buf *out, bool *changed, const char *text, size_t len, const char *shown, struct cb_diags *diags, struct cb_err *err)
{
	size_t start = out->len;
	int rc = cb_sandbox_check_source(text, len, shown, diags);

	*changed = false;
	if (rc)
		return cb_err_set(err, CB_EDATA, "%s: is left as it is", shown);
	rc = compiles(text, len, shown, err);
	if (rc == CB_EDATA)
		cb_pack_tell(diags, shown, err);
	if (!rc)
		rc = cb_fmt_text(out, text, len, err);
	if (rc)
		return rc;
	if (!cb_fmt_same(text, len, out->s + start, out->len - start) || compiles(out->s + start, out->len - start, shown, err))
		return cb_err_set(err, CB_ERULE, "%s: is left as it is: laid out it would not say the same; please report this file", shown);
	*changed = out->len - start != len || memcmp(out->s + start, text, len) != 0;
	return 0;
}

int cb_fmt_file(struct cb_buf *out, bool *changed, const char *dir, const char *path, struct cb_diags *diags, struct cb_err *err)
{
	char *text = NULL, shown[600];
	size_t len = 0;
	int rc = cb_pack_read(&text, &len, dir, path, err);

	cb_pack_display(shown, sizeof shown, dir, path);
	if (!rc)
		rc = cb_fmt_source(out, changed, text, len, shown, diags, err);
	cb_free(text);
	return rc;
}

int cb_fmt_walk(const char *dir, const char *folder, int (*each)(void *ctx, const char *path, struct cb_err *err), void *ctx, struct cb_err *err)
{
	char **list, path[512];
	size_t n;
	int rc = cb_pack_list(&list, &n, dir, folder, err);

	for (size_t i = 0; !rc && i < n; i++) {
		size_t len = strlen(list[i]);
		if ((size_t)snprintf(path, sizeof path, "%s%s%s", folder, *folder ? "/" : "", list[i]) >= sizeof path)
			rc = cb_err_set(err, CB_ELIMIT, "%.100s: the path is too long", list[i]);
		else if (len > 4 && !strcmp(list[i] + len - 4, ".lua"))
			rc = each(ctx, path, err);
		else if (strlen(folder) < 256 && !cb_pack_is_text_copy(list[i]))
			rc = cb_fmt_walk(dir, path, each, ctx, err);
	}
	cb_pack_list_free(list, n);
	return rc;
}
