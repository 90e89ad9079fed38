/*
 * scan.c - a lexer and a stack of brackets; see scan.h.
 *
 * Frames are groups `{` and `(`, index brackets, and blocks (function, if, do, repeat). Commas count only in the
 * innermost frame when it is a group, so that `local a, b` in a function inside a table does not look like an item.
 * Groups are kept in the order in which they open, hence sorted by line.
 */
#include "lua/scan.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>
#include "base/alloc.h"
#include "base/err.h"

#define NAME_MAX_ 48
#define FRAME_MAX 400 /* deeper nesting is not followed */
#define WORD_MAX_ 32
#define LOOK_MAX 256  /* groups of one line that a look-up visits */

struct group {
	int line;
	char open;              /* '{' or '(' */
	char name[NAME_MAX_];   /* what is called; "" for a plain table */
	int parent, entry;      /* the group and entry that it stands in; -1 */
	int first, last;        /* entries */
};
struct entry {
	int line;
	char name[NAME_MAX_]; /* "" for an item */
	int value;            /* group of a plain table that is the whole value's beginning; -1 */
	int next;
};
struct word {
	int line, col;
	const char *text;
};
struct cb_scan {
	struct group *group; size_t ngroup, cgroup;
	struct entry *entry; size_t nentry, centry;
	struct word word[WORD_MAX_]; size_t nword;
};

enum token { T_END, T_NAME, T_NUMBER, T_STRING, T_OP };
struct lexer {
	const char *p, *end, *bol;
	int line;
	enum token type;
	int tline, tcol;
	char text[NAME_MAX_]; /* the token, cut; strings without their quotes */
};
struct frame {
	enum { F_GROUP, F_INDEX, F_BLOCK, F_REPEAT } kind;
	bool function;
	int group, entry; /* GROUP: the current entry, -1 before its first token */
	int state;        /* GROUP: 0 at the entry's start, 1 after a name, 2 in the value's first token, 3 later */
	char key[NAME_MAX_];
};

static bool is_name(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c >= '0' && c <= '9');
}

static void newline(struct lexer *x)
{
	char c = *x->p++;
	if (x->p < x->end && (*x->p == '\n' || *x->p == '\r') && *x->p != c)
		x->p++;
	x->line++;
	x->bol = x->p;
}

/* The level of a long bracket at p: [=*[ ; -1 if there is none. */
static int long_level(const struct lexer *x, const char *p)
{
	int n = 0;
	if (p >= x->end || *p != '[')
		return -1;
	for (p++; p < x->end && *p == '='; p++)
		n++;
	return p < x->end && *p == '[' ? n : -1;
}

static void skip_long(struct lexer *x, int level)
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

static void keep(struct lexer *x, const char *s, size_t n)
{
	if (n >= sizeof x->text)
		n = sizeof x->text - 1;
	memcpy(x->text, s, n);
	x->text[n] = '\0';
}

static void next(struct lexer *x)
{
	for (;;) {
		if (x->p >= x->end) {
			x->type = T_END;
			x->text[0] = '\0';
			x->tline = x->line;
			return;
		}
		unsigned char c = (unsigned char)*x->p;
		if (c == '\n' || c == '\r') {
			newline(x);
		} else if (c == ' ' || c == '\t' || c == '\f' || c == '\v') {
			x->p++;
		} else if (c == '-' && x->p + 1 < x->end && x->p[1] == '-') {
			x->p += 2;
			int level = long_level(x, x->p);
			if (level >= 0)
				skip_long(x, level);
			else
				while (x->p < x->end && *x->p != '\n' && *x->p != '\r')
					x->p++;
		} else {
			break;
		}
	}
	const char *start = x->p;
	unsigned char c = (unsigned char)*x->p;
	x->tline = x->line;
	x->tcol = (int)(x->p - x->bol) + 1;
	if (c >= '0' && c <= '9') {
		x->type = T_NUMBER;
		while (x->p < x->end && (is_name((unsigned char)*x->p) || (*x->p == '.' && !(x->p + 1 < x->end && x->p[1] == '.'))))
			x->p++;
	} else if (is_name(c)) {
		x->type = T_NAME;
		while (x->p < x->end && is_name((unsigned char)*x->p))
			x->p++;
	} else if (c == '"' || c == '\'') {
		x->type = T_STRING;
		for (x->p++; x->p < x->end && *x->p != (char)c && *x->p != '\n' && *x->p != '\r';) {
			if (*x->p == '\\' && x->p + 1 < x->end) {
				x->p++;
				if (*x->p == '\n' || *x->p == '\r') {
					newline(x);
					continue;
				}
				if (*x->p == 'z') {
					x->p++;
					while (x->p < x->end && (*x->p == ' ' || *x->p == '\t' || *x->p == '\n' || *x->p == '\r')) {
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
		keep(x, start + 1, (size_t)(x->p - start) - 1);
		if (x->p < x->end && *x->p == (char)c)
			x->p++;
		return;
	} else if (c == '[' && long_level(x, x->p) >= 0) {
		x->type = T_STRING;
		skip_long(x, long_level(x, x->p));
		x->text[0] = '\0';
		return;
	} else {
		x->type = T_OP;
		x->p++;
		if (x->p < x->end && *x->p == '=' && strchr("=~<>", c))
			x->p++;
	}
	keep(x, start, (size_t)(x->p - start));
}

static bool is_keyword(const char *s)
{
	static const char *const words[] = { "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in",
		"local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while" };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (!strcmp(s, words[i]))
			return true;
	return false;
}

static int add_group(struct cb_scan *s, int line, char open, const char *name, const struct frame *in)
{
	if (s->ngroup == s->cgroup) {
		size_t n = s->cgroup ? s->cgroup * 2 : 64;
		struct group *g = cb_reallocarray(s->group, n, sizeof *g);
		if (!g)
			return -1;
		s->group = g;
		s->cgroup = n;
	}
	struct group *g = &s->group[s->ngroup];
	memset(g, 0, sizeof *g);
	g->line = line;
	g->open = open;
	memcpy(g->name, name, strlen(name) + 1);
	g->parent = in && in->kind == F_GROUP ? in->group : -1;
	g->entry = in && in->kind == F_GROUP ? in->entry : -1;
	g->first = g->last = -1;
	return (int)s->ngroup++;
}

static int add_entry(struct cb_scan *s, int group, int line)
{
	if (s->nentry == s->centry) {
		size_t n = s->centry ? s->centry * 2 : 128;
		struct entry *e = cb_reallocarray(s->entry, n, sizeof *e);
		if (!e)
			return -1;
		s->entry = e;
		s->centry = n;
	}
	struct entry *e = &s->entry[s->nentry];
	memset(e, 0, sizeof *e);
	e->line = line;
	e->value = e->next = -1;
	struct group *g = &s->group[group];
	if (g->last >= 0)
		s->entry[g->last].next = (int)s->nentry;
	else
		g->first = (int)s->nentry;
	g->last = (int)s->nentry;
	return (int)s->nentry++;
}

static int scan(struct cb_scan *s, const char *text, size_t len)
{
	struct lexer x = { .p = text, .end = text + len, .bol = text, .line = 1 };
	struct frame stack[FRAME_MAX];
	size_t depth = 1;
	char before[NAME_MAX_] = ""; /* the token before, when it is a name that may be called */
	int before_line = 0;         /* where the expression began that it ends: f.x:ge( counts from f */

	memset(&stack[0], 0, sizeof stack[0]);
	stack[0].kind = F_BLOCK;
	stack[0].group = stack[0].entry = -1;
	if (len && text[0] == '#')
		while (x.p < x.end && *x.p != '\n' && *x.p != '\r')
			x.p++;
	for (next(&x); x.type != T_END; next(&x)) {
		struct frame *f = &stack[depth - 1];
		bool closes = x.type == T_OP && strchr("})]", x.text[0]) && x.text[0];
		bool opens_table = x.type == T_OP && x.text[0] == '{';
		bool plain = false; /* this `{` is the beginning of an entry's value */

		/* entries of the innermost group */
		if (f->kind == F_GROUP && !closes) {
			bool comma = x.type == T_OP && (x.text[0] == ',' || x.text[0] == ';');
			if (comma) {
				f->entry = -1;
				f->state = 0;
			} else if (f->entry < 0) {
				f->entry = add_entry(s, f->group, x.tline);
				if (f->entry < 0)
					return CB_ENOMEM;
				f->key[0] = '\0';
				if (s->group[f->group].open == '{' && x.type == T_NAME && !is_keyword(x.text)) {
					memcpy(f->key, x.text, sizeof f->key);
					f->state = 1;
				} else {
					plain = opens_table;
					f->state = 3;
				}
			} else if ((f->state == 1 || f->state == 4) && x.type == T_OP && !strcmp(x.text, "=")) {
				memcpy(s->entry[f->entry].name, f->key, sizeof f->key);
				f->state = 2;
			} else {
				plain = opens_table && f->state == 2;
				f->state = 3;
			}
		}
		bool function = false;
		for (size_t i = 0; i < depth; i++)
			function |= stack[i].function;

		if (x.type == T_NAME && is_keyword(x.text)) {
			bool opens = !strcmp(x.text, "function") || !strcmp(x.text, "if") || !strcmp(x.text, "do");
			if (opens || !strcmp(x.text, "repeat")) {
				if (depth == FRAME_MAX)
					return 0;
				struct frame b = { .kind = opens ? F_BLOCK : F_REPEAT, .function = x.text[0] == 'f', .group = -1, .entry = -1 };
				stack[depth++] = b;
			} else if ((!strcmp(x.text, "end") && f->kind == F_BLOCK) || (!strcmp(x.text, "until") && f->kind == F_REPEAT)) {
				if (depth > 1)
					depth--;
			} else if (!function && s->nword < WORD_MAX_) {
				static const char *const bare[] = { "and", "or", "not" };
				for (size_t i = 0; i < 3; i++)
					if (!strcmp(x.text, bare[i]))
						s->word[s->nword++] = (struct word){ x.tline, x.tcol, bare[i] };
			}
			before[0] = '\0';
			before_line = 0;
			continue;
		}
		if (x.type == T_OP && (x.text[0] == '{' || x.text[0] == '(' || x.text[0] == '[')) {
			if (depth == FRAME_MAX)
				return 0;
			struct frame g = { .kind = F_INDEX, .group = -1, .entry = -1 };
			if (x.text[0] != '[') {
				g.kind = F_GROUP;
				g.group = add_group(s, before[0] && before_line ? before_line : x.tline, x.text[0], before, f);
				if (g.group < 0)
					return CB_ENOMEM;
				if (plain)
					s->entry[f->entry].value = g.group;
			}
			stack[depth++] = g;
		} else if (closes) {
			if (depth > 1 && (f->kind == F_GROUP || f->kind == F_INDEX))
				depth--;
		}
		/* what may be called next, and where the chain began */
		if (x.type == T_NAME) {
			if (!before_line)
				before_line = x.tline;
			memcpy(before, x.text, sizeof before);
		} else if (x.type == T_OP && (x.text[0] == '.' || x.text[0] == ':')) {
			before[0] = '\0';
		} else if (closes && x.text[0] != '}') {
			before[0] = '\0'; /* (a):ge(b): the chain goes on, its first line is lost to the bracket's own */
			before_line = 0;
		} else {
			before[0] = '\0';
			before_line = 0;
		}
	}
	return 0;
}

int cb_scan_new(struct cb_scan **out, const char *text, size_t len)
{
	struct cb_scan *s = cb_calloc(1, sizeof *s);
	*out = NULL;
	if (!s)
		return CB_ENOMEM;
	int code = scan(s, text, len);
	if (code) {
		cb_scan_free(s);
		return code;
	}
	*out = s;
	return 0;
}

void cb_scan_free(struct cb_scan *s)
{
	if (!s)
		return;
	cb_free(s->group);
	cb_free(s->entry);
	cb_free(s);
}

/* Whether group g stands, at whatever depth, in that entry. */
static bool inside(const struct cb_scan *s, int g, int within, int entry)
{
	for (int depth = 0; g >= 0 && depth < FRAME_MAX; depth++) {
		const struct group *p = &s->group[g];
		if (p->parent == within)
			return entry < 0 || p->entry == entry;
		g = p->parent;
	}
	return false;
}

int cb_scan_call(const struct cb_scan *s, int line, const char *op, int within, int entry)
{
	size_t lo = 0, hi = s->ngroup;
	int best = -1, score = 0, tables = 0, table = -1;

	/* Lines of calls may run back a little (a chain counts from its first name), so begin a few lines early. */
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		if (s->group[mid].line < line - 16)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (!line)
		lo = 0;
	for (size_t i = lo, seen = 0; i < s->ngroup && (!line || s->group[i].line <= line + 16) && seen < LOOK_MAX; i++) {
		const struct group *g = &s->group[i];
		if (line ? g->line != line : strcmp(g->name, op) != 0)
			continue;
		seen++;
		int points = !strcmp(g->name, op) ? 2 : 0;
		if (points && within >= 0 && inside(s, (int)i, within, entry))
			points++;
		if (points > score) {
			score = points;
			best = (int)i;
		}
		if (g->open == '{') {
			tables++;
			table = (int)i;
		}
	}
	if (best < 0 && tables == 1)
		best = table; /* an alias: local c = criterion */
	if (best >= 0 && s->group[best].open == '(') {
		int only = s->group[best].first;
		if (only >= 0 && s->entry[only].next < 0 && s->entry[only].value >= 0)
			best = s->entry[only].value;
	}
	return best;
}

int cb_scan_last(const struct cb_scan *s)
{
	for (size_t i = s->ngroup; i-- > 0;)
		if (s->group[i].parent < 0 && s->group[i].open == '{' && !s->group[i].name[0])
			return (int)i;
	return -1;
}

int cb_scan_group_line(const struct cb_scan *s, int group)
{
	return s && group >= 0 ? s->group[group].line : 0;
}

int cb_scan_field(const struct cb_scan *s, int group, const char *name)
{
	int found = -1;
	if (group < 0)
		return -1;
	for (int e = s->group[group].first; e >= 0; e = s->entry[e].next)
		if (s->entry[e].name[0] && !strcmp(s->entry[e].name, name))
			found = e; /* the last one wins, as in Lua */
	return found;
}

int cb_scan_item(const struct cb_scan *s, int group, size_t i)
{
	if (group < 0)
		return -1;
	for (int e = s->group[group].first; e >= 0; e = s->entry[e].next)
		if (!s->entry[e].name[0] && i-- == 0)
			return e;
	return -1;
}

size_t cb_scan_items(const struct cb_scan *s, int group)
{
	size_t n = 0;
	if (group < 0)
		return 0;
	for (int e = s->group[group].first; e >= 0; e = s->entry[e].next)
		n += !s->entry[e].name[0];
	return n;
}

int cb_scan_line(const struct cb_scan *s, int entry)
{
	return entry < 0 ? 0 : s->entry[entry].line;
}

int cb_scan_value(const struct cb_scan *s, int entry)
{
	return entry < 0 ? -1 : s->entry[entry].value;
}

const char *cb_scan_word(const struct cb_scan *s, size_t i, int *line, int *col)
{
	if (i >= s->nword)
		return NULL;
	*line = s->word[i].line;
	*col = s->word[i].col;
	return s->word[i].text;
}
