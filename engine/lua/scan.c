/*
 * scan.c - a stack of brackets over the words of lex.h; see scan.h.
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
#include "lua/lex.h"

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

/* The lexer's word with a copy that ends with NUL: cut; "" for strings. */
struct reader {
	struct cb_lexer x;
	char text[NAME_MAX_];
};
struct frame {
	enum { F_GROUP, F_INDEX, F_BLOCK, F_REPEAT } kind;
	bool function;
	int group, entry; /* GROUP: the current entry, -1 before its first token */
	int state;        /* GROUP: 0 at the entry's start, 1 after a name, 2 in the value's first token, 3 later */
	char key[NAME_MAX_];
};

static void next(struct reader *r)
{
	cb_lex_next(&r->x);
	size_t n = r->x.type == CB_LEX_STRING ? 0 : r->x.len < sizeof r->text ? r->x.len : sizeof r->text - 1;
	memcpy(r->text, r->x.start, n);
	r->text[n] = '\0';
}

static bool is_keyword(const char *s)
{
	return cb_lex_keyword(s, strlen(s));
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
	struct reader x;
	struct frame stack[FRAME_MAX];
	size_t depth = 1;
	char before[NAME_MAX_] = ""; /* the token before, when it is a name that may be called */
	int before_line = 0;         /* where the expression began that it ends: f.x:ge( counts from f */

	memset(&stack[0], 0, sizeof stack[0]);
	stack[0].kind = F_BLOCK;
	stack[0].group = stack[0].entry = -1;
	cb_lex_init(&x.x, text, len);
	for (next(&x); x.x.type != CB_LEX_END; next(&x)) {
		struct frame *f = &stack[depth - 1];
		bool closes = x.x.type == CB_LEX_OP && strchr("})]", x.text[0]) && x.text[0];
		bool opens_table = x.x.type == CB_LEX_OP && x.text[0] == '{';
		bool plain = false; /* this `{` is the beginning of an entry's value */

		/* entries of the innermost group */
		if (f->kind == F_GROUP && !closes) {
			bool comma = x.x.type == CB_LEX_OP && (x.text[0] == ',' || x.text[0] == ';');
			if (comma) {
				f->entry = -1;
				f->state = 0;
			} else if (f->entry < 0) {
				f->entry = add_entry(s, f->group, x.x.tline);
				if (f->entry < 0)
					return CB_ENOMEM;
				f->key[0] = '\0';
				if (s->group[f->group].open == '{' && x.x.type == CB_LEX_NAME && !is_keyword(x.text)) {
					memcpy(f->key, x.text, sizeof f->key);
					f->state = 1;
				} else {
					plain = opens_table;
					f->state = 3;
				}
			} else if ((f->state == 1 || f->state == 4) && x.x.type == CB_LEX_OP && !strcmp(x.text, "=")) {
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

		if (x.x.type == CB_LEX_NAME && is_keyword(x.text)) {
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
						s->word[s->nword++] = (struct word){ x.x.tline, x.x.tcol, bare[i] };
			}
			before[0] = '\0';
			before_line = 0;
			continue;
		}
		if (x.x.type == CB_LEX_OP && (x.text[0] == '{' || x.text[0] == '(' || x.text[0] == '[')) {
			if (depth == FRAME_MAX)
				return 0;
			struct frame g = { .kind = F_INDEX, .group = -1, .entry = -1 };
			if (x.text[0] != '[') {
				g.kind = F_GROUP;
				g.group = add_group(s, before[0] && before_line ? before_line : x.x.tline, x.text[0], before, f);
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
		if (x.x.type == CB_LEX_NAME) {
			if (!before_line || before[0]) /* a name after a name begins a statement */
				before_line = x.x.tline;
			memcpy(before, x.text, sizeof before);
		} else if (x.x.type == CB_LEX_OP && (x.text[0] == '.' || x.text[0] == ':')) {
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
