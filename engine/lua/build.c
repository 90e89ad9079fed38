/*
 * build.c - the host side of scripts/rule.lua, and Lua values to cb_tree; see build.h.
 *
 * What a constructor made is remembered beside the table, in two tables of the registry (form; file and line packed in
 * one integer), where no pack can reach it. Constructors are wrapped in a C function, because a C frame, unlike a Lua frame, does not
 * vanish in a tail call: `return ruleset { ... }` keeps its line. The walk is recursive to CB_TREE_DEPTH.
 */
#include "lua/build.h"

#include <assert.h>
#include <lauxlib.h>
#include <lua.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/alloc.h"
#include "base/buf.h"
#include "base/date.h"
#include "base/num.h"
#include "base/utf8.h"
#include "lua/scripts.h"

static const char key_ops = 'o', key_where = 'w', key_files = 'f', key_seen = 's';

#define WHERE_LINES 1000000 /* where = file * WHERE_LINES + line */

/* --- the host functions ----------------------------------------------------------------------------------- */

/* [-0, +0, raises] where the pack stands, packed. */
static lua_Integer here(lua_State *L)
{
	const char *file = NULL;
	int line = cb_sandbox_line(L, 0, &file);
	lua_Integer index;

	if (!file || line <= 0 || line >= WHERE_LINES)
		return 0;
	lua_rawgetp(L, LUA_REGISTRYINDEX, &key_files);
	lua_pushstring(L, file);
	if (lua_rawget(L, -2) == LUA_TNUMBER) {
		index = lua_tointeger(L, -1);
		lua_pop(L, 2);
		return index * WHERE_LINES + line;
	}
	lua_pop(L, 1);
	index = (lua_Integer)lua_rawlen(L, -1) + 1;
	lua_pushstring(L, file);
	lua_pushvalue(L, -1);
	lua_rawseti(L, -3, index);
	lua_pushinteger(L, index);
	lua_rawset(L, -3);
	lua_pop(L, 1);
	return index * WHERE_LINES + line;
}

/* mark(t, op, mt) */
static int host_mark(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TTABLE);
	luaL_checktype(L, 2, LUA_TSTRING);
	lua_settop(L, 3);
	cb_sandbox_charge(L, 20);
	lua_rawgetp(L, LUA_REGISTRYINDEX, &key_ops);
	lua_pushvalue(L, 1);
	lua_pushvalue(L, 2);
	lua_rawset(L, -3);
	lua_rawgetp(L, LUA_REGISTRYINDEX, &key_where);
	lua_pushvalue(L, 1);
	lua_pushinteger(L, here(L));
	lua_rawset(L, -3);
	lua_settop(L, 3);
	if (lua_istable(L, 3))
		lua_setmetatable(L, 1);
	lua_settop(L, 1);
	return 1;
}

static int host_op(lua_State *L)
{
	if (!lua_istable(L, 1)) {
		lua_pushnil(L);
		return 1;
	}
	lua_rawgetp(L, LUA_REGISTRYINDEX, &key_ops);
	lua_pushvalue(L, 1);
	lua_rawget(L, -2);
	return 1;
}

static int wrapped(lua_State *L)
{
	int n = lua_gettop(L);
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_insert(L, 1);
	lua_call(L, n, LUA_MULTRET);
	return lua_gettop(L);
}

static int host_wrap(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TFUNCTION);
	lua_settop(L, 1);
	lua_pushcclosure(L, wrapped, 1);
	return 1;
}

static int host_meta(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TTABLE);
	luaL_checktype(L, 2, LUA_TTABLE);
	lua_settop(L, 2);
	lua_setmetatable(L, 1);
	return 1;
}

static int host_fail(lua_State *L)
{
	const char *file = NULL, *text = luaL_checkstring(L, 1);
	int line = cb_sandbox_line(L, 0, &file);
	if (file && line > 0)
		lua_pushfstring(L, "%s:%d: %s", file, line, text);
	else
		lua_pushstring(L, text);
	return lua_error(L);
}

#define NAMES_MAX 64
static int host_nearest(lua_State *L)
{
	const char *given = luaL_checkstring(L, 1), *name[NAMES_MAX], *near;
	size_t n = 0;

	luaL_checktype(L, 2, LUA_TTABLE);
	lua_Integer len = (lua_Integer)lua_rawlen(L, 2);
	luaL_checkstack(L, NAMES_MAX, NULL);
	for (lua_Integer i = 1; i <= len && n < NAMES_MAX; i++)
		if (lua_rawgeti(L, 2, i) == LUA_TSTRING)
			name[n++] = lua_tostring(L, -1);
	near = strlen(given) <= 64 ? cb_nearest(given, name, n) : NULL;
	if (near)
		lua_pushstring(L, near);
	else
		lua_pushnil(L);
	return 1;
}

/* number(n, d): { n, d } or nil */
static int host_number(lua_State *L)
{
	int whole_n, whole_d;
	lua_Integer n = lua_tointegerx(L, 1, &whole_n), d = lua_tointegerx(L, 2, &whole_d);
	if (!whole_n || !whole_d || d <= 0 || n > CB_PTS_MAX || n < -CB_PTS_MAX || d > CB_PTS_MAX) {
		lua_pushnil(L);
		return 1;
	}
	lua_createtable(L, 2, 0);
	lua_pushinteger(L, n);
	lua_rawseti(L, -2, 1);
	lua_pushinteger(L, d);
	lua_rawseti(L, -2, 2);
	return 1;
}

static int host_day(lua_State *L)
{
	size_t len;
	const char *s = luaL_checklstring(L, 1, &len);
	cb_day day;
	if (cb_day_parse(&day, s, len) == CB_DATE_BAD)
		lua_pushnil(L);
	else
		lua_pushinteger(L, day);
	return 1;
}

static const luaL_Reg host_functions[] = {
	{ "mark", host_mark }, { "op", host_op }, { "wrap", host_wrap }, { "meta", host_meta }, { "fail", host_fail },
	{ "nearest", host_nearest }, { "number", host_number }, { "day", host_day }, { NULL, NULL },
};

static int open_host(lua_State *L)
{
	static const char *const keys[] = { &key_ops, &key_where, &key_files };
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		lua_newtable(L);
		lua_rawsetp(L, LUA_REGISTRYINDEX, keys[i]);
	}
	lua_newtable(L);
	luaL_setfuncs(L, host_functions, 0);
	return 1;
}

/* The table of names is at 1: offers each, in no order that anyone can see. */
static int offer_names(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TTABLE);
	lua_pushnil(L);
	while (lua_next(L, 1)) {
		if (lua_type(L, -2) != LUA_TSTRING)
			return luaL_error(L, "a name is no text");
		cb_sandbox_offer(L, lua_tostring(L, -2));
	}
	return 0;
}

int cb_lang_open(struct cb_sandbox *sb, struct cb_err *err)
{
	lua_State *L = cb_sandbox_state(sb);
	const struct cb_script *s = cb_scripts;
	int code, top = lua_gettop(L);

	while (s->name && strcmp(s->name, "rule.lua"))
		s++;
	assert(s->name);
	if (!lua_checkstack(L, 8))
		return cb_err_nomem(err);
	code = cb_sandbox_load_engine(sb, s->text, s->len, "scripts/rule.lua", err);
	if (code)
		goto out;
	lua_pushcfunction(L, open_host);
	code = cb_sandbox_call(sb, 0, 1, 0, err);
	if (code)
		goto out;
	code = cb_sandbox_call(sb, 1, 1, 0, err);
	if (code)
		goto out;
	lua_pushcfunction(L, offer_names);
	lua_insert(L, -2);
	code = cb_sandbox_call(sb, 1, 0, 0, err);
out:
	lua_settop(L, top);
	return code;
}

/* --- values to trees ---------------------------------------------------------------------------------------- */

struct walk {
	struct cb_tree *root;
	struct cb_arena *a;
	const struct cb_tree_opts *opts;
	struct cb_diags *diags;
	const char **file;  /* by the index in `where`; 0: the main file */
	const struct cb_scan **scan;
	int nfile;
	int nodes, functions;
	int code;           /* CB_ENOMEM, CB_ELIMIT: give up */
	bool bad;           /* a finding was added */
};

/* Where a value stands. */
struct place {
	int file, line;
	int group, entry; /* of the file's scan */
};

static struct cb_tree *value(struct walk *w, lua_State *L, struct place at, int depth);

static struct cb_tree *nomem(struct walk *w)
{
	w->code = CB_ENOMEM;
	return NULL;
}

static struct cb_tree *node(struct walk *w, enum cb_tree_type type, struct place at)
{
	if (++w->nodes > CB_TREE_NODES) {
		w->code = CB_ELIMIT;
		return NULL;
	}
	struct cb_tree *t = CB_NEW(w->a, struct cb_tree);
	if (!t)
		return nomem(w);
	t->type = type;
	t->file = w->file[at.file];
	t->line = at.line;
	return t;
}

static struct cb_tree *bad(struct walk *w, struct place at, const char *text)
{
	struct cb_tree *t = node(w, CB_T_BAD, at);
	if (!t)
		return NULL;
	t->text = cb_arena_strdup(w->a, text);
	return t->text ? t : nomem(w);
}

static struct cb_tree *text(struct walk *w, struct place at, const char *s, size_t n)
{
	size_t where;
	if (n > CB_TREE_TEXT)
		return bad(w, at, "a text of more than 4000 bytes");
	enum cb_text_fault fault = cb_text_check(s, n, &where);
	if (fault != CB_TEXT_OK) {
		char *msg = cb_arena_printf(w->a, "a text with %s at byte %zu", cb_text_fault_name(fault), where + 1);
		return msg ? bad(w, at, msg) : nomem(w);
	}
	struct cb_tree *t = node(w, CB_T_TEXT, at);
	if (!t)
		return NULL;
	struct cb_buf b;
	cb_buf_init(&b);
	cb_utf8_nfc(&b, s, n);
	if (cb_buf_ok(&b))
		for (size_t i = 0; i < b.len; i++)
			if (b.s[i] == '\n' || b.s[i] == '\t' || b.s[i] == '\r')
				b.s[i] = ' ';
	t->text = cb_buf_ok(&b) ? cb_arena_strndup(w->a, b.s, b.len) : NULL;
	cb_buf_release(&b);
	return t->text ? t : nomem(w);
}

static struct cb_tree *number(struct walk *w, lua_State *L, struct place at)
{
	struct cb_ratio r;
	if (lua_isinteger(L, -1)) {
		r = cb_ratio_make(lua_tointeger(L, -1), 1);
	} else {
		double x = lua_tonumber(L, -1);
		if (!isfinite(x))
			return bad(w, at, "a number that is not finite (0/0, 1/0, math.huge)");
		if (!cb_ratio_from_double(&r, x))
			return bad(w, at, "a number of more digits than can be kept exactly; write ratio(2, 3) for fractions");
	}
	struct cb_tree *t = node(w, CB_T_NUMBER, at);
	if (t)
		t->number = r;
	return t;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct cb_tree_field *)a)->name, ((const struct cb_tree_field *)b)->name);
}

static const struct cb_scan *scan_of(const struct walk *w, int file)
{
	return w->scan[file];
}

/* Items and fields of the table at the top into t. False: give up. */
static bool contents(struct walk *w, lua_State *L, struct cb_tree *t, struct place at, int depth)
{
	const struct cb_scan *scan = scan_of(w, at.file);
	lua_Integer most = 0;
	size_t nitem = 0, nfield = 0, nodd = 0;

	lua_pushnil(L);
	while (lua_next(L, -2)) {
		lua_pop(L, 1);
		if (lua_isinteger(L, -1) && lua_tointeger(L, -1) >= 1) {
			nitem++;
			if (lua_tointeger(L, -1) > most)
				most = lua_tointeger(L, -1);
		} else if (lua_type(L, -1) == LUA_TSTRING) {
			nfield++;
		} else {
			nodd++;
		}
		if (nitem + nfield + nodd > CB_TREE_ITEMS) {
			w->code = CB_ELIMIT;
			return false;
		}
	}
	if (nodd) {
		cb_diags_addf(w->diags, CB_SEV_ERROR, t->file, t->line, 0, t->op, "use names (field = ...) or a plain list",
			      "a table with a key that is neither a name nor a position");
		w->bad = true;
	}
	if (most > CB_TREE_ITEMS) {
		cb_diags_addf(w->diags, CB_SEV_ERROR, t->file, t->line, 0, t->op, "write a plain list { a, b, c }",
			      "a list with an item at position %lld", (long long)most);
		w->bad = true;
		most = 0;
	}
	t->item = CB_NEWV(w->a, most ? (size_t)most : 1, struct cb_tree *);
	t->field = CB_NEWV(w->a, nfield ? nfield : 1, struct cb_tree_field);
	if (!t->item || !t->field)
		return nomem(w) != NULL;
	size_t written = scan ? cb_scan_items(scan, at.group) : 0;
	size_t skip = (size_t)most > written ? (size_t)most - written : 0; /* q:ge(3): the first item stands before the brackets */
	for (lua_Integer i = 1; i <= most; i++) {
		struct place p = at;
		p.entry = scan && (size_t)i > skip ? cb_scan_item(scan, at.group, (size_t)i - 1 - skip) : -1;
		if (scan && cb_scan_line(scan, p.entry))
			p.line = cb_scan_line(scan, p.entry);
		if (lua_rawgeti(L, -1, i) == LUA_TNIL) {
			char *msg = cb_arena_printf(w->a, "value %lld of the list is nothing (nil): a misspelt name?", (long long)i);
			t->item[i - 1] = msg ? bad(w, p, msg) : nomem(w);
		} else {
			t->item[i - 1] = value(w, L, p, depth + 1);
		}
		lua_pop(L, 1);
		if (!t->item[i - 1])
			return false;
		t->nitem = (size_t)i;
	}
	lua_pushnil(L);
	while (lua_next(L, -2)) {
		if (lua_type(L, -2) == LUA_TSTRING) {
			size_t len;
			const char *name = lua_tolstring(L, -2, &len);
			struct place p = at;
			p.entry = scan && len < 48 ? cb_scan_field(scan, at.group, name) : -1;
			if (scan && cb_scan_line(scan, p.entry))
				p.line = cb_scan_line(scan, p.entry);
			size_t fault;
			if (len > 100 || cb_text_check(name, len, &fault) != CB_TEXT_OK) {
				cb_diags_addf(w->diags, CB_SEV_ERROR, t->file, p.line, 0, t->op, "names are letters a to z, digits and _",
					      "a field whose name is no plain text");
				w->bad = true;
			} else {
				struct cb_tree_field *f = &t->field[t->nfield];
				f->name = cb_arena_strndup(w->a, name, len);
				f->line = p.line;
				f->value = f->name ? value(w, L, p, depth + 1) : nomem(w);
				if (!f->value)
					return false;
				t->nfield++;
			}
		}
		lua_pop(L, 1);
	}
	qsort(t->field, t->nfield, sizeof *t->field, by_name);
	return true;
}

static struct cb_tree *table(struct walk *w, lua_State *L, struct place at, int depth)
{
	/* the same table is the same tree; one that is still being read contains itself */
	lua_rawgetp(L, LUA_REGISTRYINDEX, &key_seen);
	lua_pushvalue(L, -2);
	if (lua_rawget(L, -2) == LUA_TLIGHTUSERDATA) {
		struct cb_tree *t = lua_touserdata(L, -1);
		lua_pop(L, 2);
		if (t->type == CB_T_BAD && !t->text)
			return bad(w, at, "a table that contains itself");
		return t;
	}
	lua_pop(L, 2);

	const char *op = NULL;
	lua_rawgetp(L, LUA_REGISTRYINDEX, &key_ops);
	lua_pushvalue(L, -2);
	if (lua_rawget(L, -2) == LUA_TSTRING)
		op = lua_tostring(L, -1); /* stays alive: a key of the registry's table holds it */
	lua_pop(L, 2);
	if (op) {
		lua_rawgetp(L, LUA_REGISTRYINDEX, &key_where);
		lua_pushvalue(L, -2);
		lua_rawget(L, -2);
		lua_Integer where = lua_tointeger(L, -1);
		lua_pop(L, 2);
		if (where) {
			int file = (int)(where / WHERE_LINES), line = (int)(where % WHERE_LINES);
			bool same = file == at.file || (file < w->nfile && at.file < w->nfile && w->file[file] == w->file[at.file]);
			const struct cb_scan *scan = file < w->nfile ? scan_of(w, file) : NULL;
			at.group = scan ? cb_scan_call(scan, line, op, same ? at.group : -1, at.entry) : -1;
			at.file = file < w->nfile ? file : 0;
			at.line = line;
			at.entry = -1;
		} else {
			at.group = at.entry = -1;
		}
	} else {
		const struct cb_scan *scan = scan_of(w, at.file);
		at.group = !scan ? -1 : depth ? cb_scan_value(scan, at.entry) : cb_scan_last(scan);
		if (!depth && cb_scan_group_line(scan, at.group))
			at.line = cb_scan_group_line(scan, at.group);
		at.entry = -1;
	}
	if (op && !strcmp(op, "!bad")) {
		lua_rawgeti(L, -1, 1);
		struct cb_tree *t = bad(w, at, lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "no value of a rule");
		lua_pop(L, 1);
		return t;
	}
	if (op && !strcmp(op, "number")) {
		struct cb_tree *t = node(w, CB_T_NUMBER, at);
		lua_rawgeti(L, -1, 1);
		lua_rawgeti(L, -2, 2);
		if (t)
			t->number = cb_ratio_make(lua_tointeger(L, -2), lua_tointeger(L, -1));
		lua_pop(L, 2);
		return t;
	}
	if (!op && lua_getmetatable(L, -1)) {
		lua_pop(L, 1);
		return bad(w, at, "a table that is no data (fact without a name? a library? a metatable?)");
	}
	if (depth >= CB_TREE_DEPTH) {
		w->code = CB_ELIMIT;
		return NULL;
	}
	struct cb_tree *t = node(w, CB_T_BAD, at); /* BAD without a text: being read */
	if (!t)
		return NULL;
	if (op) {
		t->op = cb_arena_strdup(w->a, op);
		if (!t->op)
			return nomem(w);
	}
	lua_rawgetp(L, LUA_REGISTRYINDEX, &key_seen);
	lua_pushvalue(L, -2);
	lua_pushlightuserdata(L, t);
	lua_rawset(L, -3);
	lua_pop(L, 1);
	if (!contents(w, L, t, at, depth))
		return NULL;
	t->type = CB_T_TABLE;
	return t;
}

/* The value at the top of the stack; leaves it there. NULL: give up (w->code). */
static struct cb_tree *value(struct walk *w, lua_State *L, struct place at, int depth)
{
	struct cb_tree *t;
	luaL_checkstack(L, 8, "a value nested too deep");
	cb_sandbox_charge(L, 10);
	switch (lua_type(L, -1)) {
	case LUA_TNIL:
		return bad(w, at, "nothing (nil)");
	case LUA_TBOOLEAN:
		t = node(w, CB_T_BOOL, at);
		if (t)
			t->boolean = lua_toboolean(L, -1);
		return t;
	case LUA_TNUMBER:
		return number(w, L, at);
	case LUA_TSTRING: {
		size_t n;
		const char *s = lua_tolstring(L, -1, &n);
		return text(w, at, s, n);
	}
	case LUA_TTABLE:
		return table(w, L, at, depth);
	case LUA_TFUNCTION:
		if (lua_iscfunction(L, -1))
			return bad(w, at, "a function of the language or a library, not called: write judged(), or function(m) ... end around it");
		t = node(w, CB_T_FUNCTION, at);
		if (t) {
			lua_pushvalue(L, -1);
			t->function = w->opts->first_handle + cb_sandbox_keep(L);
			w->functions++;
		}
		return t;
	default:
		return bad(w, at, "a value that no rule can hold");
	}
}

/* Runs inside the door: index 1 the value, 2 the walk. */
static int walk_value(lua_State *L)
{
	struct walk *w = lua_touserdata(L, 2);
	lua_settop(L, 1);
	lua_newtable(L);
	lua_rawsetp(L, LUA_REGISTRYINDEX, &key_seen);

	lua_rawgetp(L, LUA_REGISTRYINDEX, &key_files);
	if (lua_istable(L, -1)) { /* without the language (cases) nothing is marked */
		w->nfile = (int)lua_rawlen(L, -1) + 1;
		w->file = CB_NEWV(w->a, w->nfile, const char *);
		w->scan = CB_NEWV(w->a, w->nfile, const struct cb_scan *);
		if (!w->file || !w->scan) {
			w->code = CB_ENOMEM;
			return 0;
		}
		for (int i = 1; i < w->nfile; i++) {
			lua_rawgeti(L, -1, i);
			const char *name = lua_tostring(L, -1);
			for (size_t k = 0; k < w->opts->nfile; k++)
				if (!strcmp(name, w->opts->file[k].path)) {
					w->file[i] = w->file[i] ? w->file[i] : cb_arena_strdup(w->a, w->opts->file[k].path);
					w->scan[i] = w->opts->file[k].scan;
				}
			if (!w->file[i])
				w->file[i] = cb_arena_strdup(w->a, name);
			if (!w->file[i]) {
				w->code = CB_ENOMEM;
				return 0;
			}
			lua_pop(L, 1);
		}
	} else {
		w->nfile = 1;
		w->file = CB_NEWV(w->a, 1, const char *);
		w->scan = CB_NEWV(w->a, 1, const struct cb_scan *);
		if (!w->file || !w->scan) {
			w->code = CB_ENOMEM;
			return 0;
		}
	}
	lua_pop(L, 1);
	w->file[0] = w->opts->nfile ? cb_arena_strdup(w->a, w->opts->file[0].path) : "";
	w->scan[0] = w->opts->nfile ? w->opts->file[0].scan : NULL;
	if (!w->file[0]) {
		w->code = CB_ENOMEM;
		return 0;
	}
	struct place at = { .file = 0, .line = 1, .group = -1, .entry = -1 };
	if (!lua_isnil(L, 1)) {
		lua_settop(L, 1);
		w->root = value(w, L, at, 0);
	}
	lua_pushnil(L);
	lua_rawsetp(L, LUA_REGISTRYINDEX, &key_seen);
	return 0;
}

int cb_lang_tree(struct cb_tree **out, int *nfunctions, struct cb_sandbox *sb, struct cb_arena *a, const struct cb_tree_opts *opts,
		 struct cb_diags *diags, struct cb_err *err)
{
	lua_State *L = cb_sandbox_state(sb);
	struct walk w = { .a = a, .opts = opts, .diags = diags };
	int code;

	*out = NULL;
	*nfunctions = 0;
	if (!lua_checkstack(L, 8)) {
		lua_pop(L, 1);
		return cb_err_nomem(err);
	}
	lua_pushcfunction(L, walk_value);
	lua_insert(L, -2);
	lua_pushlightuserdata(L, &w);
	code = cb_sandbox_call(sb, 2, 0, 0, err);
	if (code)
		return code;
	if (w.code == CB_ENOMEM)
		return cb_err_nomem(err);
	if (w.code)
		return cb_err_set(err, w.code, "%s: the value that it returns is too large (more than %d values, lists of %d, or nested deeper than %d)",
				  opts->nfile ? opts->file[0].path : "", CB_TREE_NODES, CB_TREE_ITEMS, CB_TREE_DEPTH);
	if (w.bad)
		return cb_err_set(err, CB_EDATA, "a value that is no data");
	*out = w.root;
	*nfunctions = w.functions;
	return 0;
}

void cb_lang_peek(char *dst, size_t cap, struct cb_sandbox *sb, const char *name)
{
	lua_State *L = cb_sandbox_state(sb);
	dst[0] = '\0';
	if (!lua_istable(L, -1) || !lua_checkstack(L, 4))
		return;
	/* no call and no new string, hence nothing that could raise: the keys are compared one by one */
	lua_pushnil(L);
	while (lua_next(L, -2)) {
		if (lua_type(L, -2) == LUA_TSTRING && lua_type(L, -1) == LUA_TSTRING && !strcmp(lua_tostring(L, -2), name)) {
			size_t n;
			const char *s = lua_tolstring(L, -1, &n);
			if (n < cap && strlen(s) == n)
				memcpy(dst, s, n + 1);
			lua_pop(L, 2);
			return;
		}
		lua_pop(L, 1);
	}
}
