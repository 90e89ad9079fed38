/*
 * console.c - the user's Lua state and the host functions that scripts/query.lua and scripts/console.lua call.
 *
 * Rows come through an iterator userdata that owns its statement: made closed, then opened, closed by __gc and __close
 * alike. Answers of verbs are the --json output of the program's own commands, read back in column order.
 */
#include "lua/console.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <math.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/date.h"
#include "base/diag.h"
#include "base/num.h"
#include "base/utf8.h"
#include "lua/console_int.h"
#include "lua/scripts.h"
#include "model/unit.h"
#include "report/table.h"

extern char **environ;

static const char rows_meta[] = "chibo.rows";

/* --- memory, interrupt, errors ------------------------------------------------------------------------------ */

#define self cb_console_of

/* Did somebody ask to stop: cb_console_interrupt, or a signal to the whole program? */
static bool asked(const struct cb_console *c)
{
	return c->stop || (c->o.stopped && c->o.stopped());
}

#define BLOCK_MAX ((size_t)256 << 20) /* a larger text or table is a slip, and takes long to fill */
#define BLOCK_BIG ((size_t)64 << 10)

/* After somebody asked to stop nothing big is handed out: the library's own loops over long texts end there too. */
static void *console_alloc(void *ud, void *p, size_t osize, size_t nsize)
{
	if (nsize == 0) {
		cb_free(p);
		return NULL;
	}
	if (nsize > BLOCK_BIG && nsize > osize && (nsize > BLOCK_MAX || asked(ud)))
		return NULL;
	return cb_realloc(p, nsize);
}

enum { ASK_EVERY = 10000 }; /* instructions */

static void on_count(lua_State *L, lua_Debug *ar)
{
	(void)ar;
	if (asked(self(L))) {
		lua_sethook(L, on_count, LUA_MASKCOUNT, 1); /* from now on at every step: a loop around pcall cannot swallow it */
		luaL_error(L, "%s", "stopped");
	}
}

/* A message without the position of the library's own Lua code: [-0, +0, raises] */
static int fail(lua_State *L, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	lua_pushvfstring(L, fmt, ap);
	va_end(ap);
	return lua_error(L);
}

/* [-0, +0, raises] */
static int raise_err(lua_State *L, const struct cb_err *err)
{
	return fail(L, "%s", err->msg);
}

/* Message handler: an error of any type becomes a text; the user's own line is in it already. */
static int to_message(lua_State *L)
{
	if (lua_type(L, 1) == LUA_TSTRING)
		return 1;
	if (luaL_getmetafield(L, 1, "__tostring") != LUA_TNIL) {
		lua_pop(L, 1);
		luaL_tolstring(L, 1, NULL);
		return 1;
	}
	lua_pushfstring(L, "an error that is a %s", luaL_typename(L, 1));
	return 1;
}

/* The one door into Lua: [-(nargs+1), +nresults or 0, -] */
static int call(struct cb_console *c, int nargs, int nresults, struct cb_err *err)
{
	lua_State *L = c->L;
	int base = lua_gettop(L) - nargs;
	lua_pushcfunction(L, to_message);
	lua_insert(L, base);
	lua_sethook(L, on_count, LUA_MASKCOUNT, ASK_EVERY);
	int rc = lua_pcall(L, nargs, nresults, base);
	lua_remove(L, base);
	if (rc == LUA_OK)
		return CB_OK;
	if (rc == LUA_ERRMEM && !asked(c)) {
		lua_pop(L, 1);
		return cb_err_set(err, CB_ENOMEM, "%s", "out of memory, or a text or table of more than 256 MB");
	}
	const char *s = lua_tostring(L, -1);
	if (asked(c)) {
		cb_err_set(err, CB_EINTR, "%s", "stopped");
	} else {
		struct cb_buf b;
		cb_buf_init(&b);
		cb_text_clean(&b, s ? s : "an error", s ? strlen(s) : 8, 900);
		cb_err_set(err, CB_ERULE, "%s", b.s);
		cb_buf_release(&b);
	}
	lua_pop(L, 1);
	return err->code;
}

/* --- rows --------------------------------------------------------------------------------------------------- */

struct rows_ud {
	struct cb_rows *rows; /* NULL: closed */
};

/* The pointer is taken out before it is closed; closing twice is fine. */
static void shut(struct rows_ud *u)
{
	struct cb_rows *r = u->rows;
	u->rows = NULL;
	cb_rows_close(r);
}

static int rows_close(lua_State *L)
{
	shut(luaL_checkudata(L, 1, rows_meta));
	return 0;
}

/* A prepared statement in a userdata at the top, owned by it: [-0, +1, raises] */
static struct rows_ud *prepare(lua_State *L, const char *sql)
{
	struct cb_err err;
	struct rows_ud *u = lua_newuserdatauv(L, sizeof(*u), 0);
	u->rows = NULL;
	luaL_setmetatable(L, rows_meta);
	if (cb_rows_prepare(&u->rows, self(L)->o.store, &err, sql) < 0)
		raise_err(L, &err);
	return u;
}

/* The list of its column names: [-0, +1, raises] */
static void push_names(lua_State *L, struct rows_ud *u)
{
	int n = cb_rows_columns(u->rows);
	lua_createtable(L, n, 0);
	for (int i = 0; i < n; i++) {
		lua_pushstring(L, cb_rows_name(u->rows, i));
		lua_rawseti(L, -2, i + 1);
	}
}

/* A row as { column = value } and the list of column names (upvalue 2), or nil at the end. */
static int rows_next(lua_State *L)
{
	struct rows_ud *u = lua_touserdata(L, lua_upvalueindex(1));
	struct cb_err err;
	bool more = false;
	if (!u->rows)
		return 0;
	if (asked(self(L)))
		return fail(L, "%s", "stopped");
	if (cb_rows_step(u->rows, &more, &err) < 0) {
		/* At once: a statement that is still open would keep the interrupt in force for the next one. */
		shut(u);
		return raise_err(L, &err);
	}
	if (!more) {
		shut(u);
		return 0;
	}
	int n = cb_rows_columns(u->rows);
	lua_createtable(L, 0, n);
	for (int i = 0; i < n; i++) {
		lua_rawgeti(L, lua_upvalueindex(2), i + 1);
		switch (cb_rows_type(u->rows, i)) {
		case CB_ROW_INT:
			lua_pushinteger(L, (lua_Integer)cb_rows_int(u->rows, i));
			break;
		case CB_ROW_REAL:
			lua_pushnumber(L, cb_rows_real(u->rows, i));
			break;
		case CB_ROW_TEXT:
			lua_pushstring(L, cb_rows_text(u->rows, i));
			break;
		default:
			lua_pushnil(L);
		}
		lua_rawset(L, -3);
	}
	lua_pushvalue(L, lua_upvalueindex(2));
	return 2;
}

/* host.iterate(sql, params) -> iterator, nil, nil, closing value */
static int host_iterate(lua_State *L)
{
	const char *sql = luaL_checkstring(L, 1);
	struct cb_err err;
	luaL_checktype(L, 2, LUA_TTABLE);
	lua_settop(L, 2);
	struct rows_ud *u = prepare(L, sql); /* 3 */
	lua_Integer n = luaL_len(L, 2);
	for (int i = 1; i <= n; i++) {
		int rc;
		switch (lua_rawgeti(L, 2, i)) {
		case LUA_TNUMBER:
			rc = lua_isinteger(L, -1) ? cb_rows_bind_int(u->rows, i, (int64_t)lua_tointeger(L, -1), &err)
						  : cb_rows_bind_real(u->rows, i, lua_tonumber(L, -1), &err);
			break;
		case LUA_TSTRING:
			rc = cb_rows_bind_text(u->rows, i, lua_tostring(L, -1), &err);
			break;
		case LUA_TBOOLEAN:
			rc = cb_rows_bind_int(u->rows, i, lua_toboolean(L, -1), &err);
			break;
		default:
			return fail(L, "parameter %d is a %s; numbers and texts can be bound", i, luaL_typename(L, -1));
		}
		if (rc < 0)
			return raise_err(L, &err);
		lua_pop(L, 1);
	}
	lua_pushvalue(L, 3);
	push_names(L, u);
	lua_pushcclosure(L, rows_next, 2);
	lua_pushnil(L);
	lua_pushnil(L);
	lua_pushvalue(L, 3);
	return 4;
}

/* host.columns(sql) -> names, without running it */
static int host_columns(lua_State *L)
{
	struct rows_ud *u = prepare(L, luaL_checkstring(L, 1));
	push_names(L, u);
	shut(u);
	return 1;
}

/* --- text --------------------------------------------------------------------------------------------------- */

/* Appends through a userdata so that a raise between leaves nothing behind: [-0, +1, raises] */
static int buf_gc(lua_State *L)
{
	cb_buf_release(lua_touserdata(L, 1));
	return 0;
}

static struct cb_buf *new_buf(lua_State *L)
{
	struct cb_buf *b = lua_newuserdatauv(L, sizeof(*b), 0);
	cb_buf_init(b);
	if (luaL_newmetatable(L, "chibo.buf")) {
		lua_pushcfunction(L, buf_gc);
		lua_setfield(L, -2, "__gc");
	}
	lua_setmetatable(L, -2);
	return b;
}

static int push_buf(lua_State *L, struct cb_buf *b)
{
	if (!cb_buf_ok(b))
		return fail(L, "%s", "out of memory");
	lua_pushlstring(L, b->s, b->len);
	return 1;
}

static int host_fold(lua_State *L)
{
	size_t n;
	const char *s = luaL_checklstring(L, 1, &n);
	struct cb_buf *b = new_buf(L);
	if (cb_utf8_valid(s, n) == n)
		cb_utf8_fold(b, s, n);
	return push_buf(L, b);
}

static int host_sort_key(lua_State *L)
{
	size_t n;
	const char *s = luaL_checklstring(L, 1, &n);
	struct cb_buf *b = new_buf(L);
	if (cb_utf8_valid(s, n) == n)
		cb_utf8_sort_key(b, s, n);
	return push_buf(L, b);
}

static int host_width(lua_State *L)
{
	size_t n;
	const char *s = luaL_checklstring(L, 1, &n);
	lua_pushinteger(L, (lua_Integer)(cb_utf8_valid(s, n) == n ? cb_utf8_width(s, n) : n));
	return 1;
}

/* host.pad(text, columns): cut or filled to the width */
static int host_pad(lua_State *L)
{
	size_t n;
	const char *s = luaL_checklstring(L, 1, &n);
	size_t cols = (size_t)luaL_checkinteger(L, 2);
	luaL_Buffer b;
	size_t keep = cb_utf8_fit(s, n, cols);
	luaL_buffinit(L, &b);
	luaL_addlstring(&b, s, keep);
	for (size_t w = cb_utf8_width(s, keep); w < cols; w++)
		luaL_addchar(&b, ' ');
	luaL_pushresult(&b);
	return 1;
}

/* Is it the name of a number that names a thing and counts nothing: ids, revisions, years? Those have no thousands. */
static bool names_a_thing(const char *name)
{
	static const char *const whole[] = { "id", "rev", "revision", "meeting", "run", "year", "score_n", "score_d" };
	size_t n = strlen(name);
	for (size_t i = 0; i < sizeof(whole) / sizeof(*whole); i++) {
		if (strcmp(name, whole[i]) == 0)
			return true;
	}
	return (n > 3 && strcmp(name + n - 3, "_id") == 0) || (n > 4 && strcmp(name + n - 4, "_rev") == 0);
}

/* host.number(x, name|nil): a number as Vietnam writes it: 1.185 ; 79,7 ; at most three decimals; an id as it stands */
static int host_number(lua_State *L)
{
	char t[CB_NUM_TEXT];
	if (lua_isinteger(L, 1)) {
		if (lua_isstring(L, 2) && names_a_thing(lua_tostring(L, 2))) {
			lua_pushfstring(L, "%I", (LUAI_UACINT)lua_tointeger(L, 1));
			return 1;
		}
		lua_pushstring(L, cb_fmt_int_vi(t, sizeof(t), (int64_t)lua_tointeger(L, 1)));
		return 1;
	}
	lua_Number x = luaL_checknumber(L, 1);
	if (!(x > -1e12 && x < 1e12)) {
		luaL_tolstring(L, 1, NULL);
		return 1;
	}
	lua_pushstring(L, cb_fmt_pts_vi(t, sizeof(t), (cb_pts)(x * 1000 + (x < 0 ? -0.5 : 0.5))));
	return 1;
}

/* host.nearest(name, list) -> the nearest or nil */
static int host_nearest(lua_State *L)
{
	const char *given = luaL_checkstring(L, 1);
	luaL_checktype(L, 2, LUA_TTABLE);
	lua_Integer n = luaL_len(L, 2);
	const char **names = lua_newuserdatauv(L, sizeof(*names) * (size_t)(n + 1), 0);
	size_t k = 0;
	for (lua_Integer i = 1; i <= n; i++) {
		if (lua_rawgeti(L, 2, i) == LUA_TSTRING)
			names[k++] = lua_tostring(L, -1); /* stays in the table */
		lua_pop(L, 1);
	}
	lua_pushstring(L, cb_nearest(given, names, k));
	return 1;
}

static int host_period(lua_State *L)
{
	struct cb_period p;
	char code[32], d[11];
	if (!cb_period_parse(&p, luaL_checkstring(L, 1)))
		return 0;
	lua_createtable(L, 0, 3);
	lua_pushstring(L, cb_day_iso(d, p.from));
	lua_setfield(L, -2, "from");
	lua_pushstring(L, cb_day_iso(d, p.to));
	lua_setfield(L, -2, "to");
	lua_pushstring(L, cb_period_code(code, sizeof(code), &p));
	lua_setfield(L, -2, "code");
	return 1;
}

static int host_label(lua_State *L)
{
	const char *id = luaL_checkstring(L, 1);
	struct cb_facts *dict = cb_store_facts(self(L)->o.store);
	int i = cb_facts_find(dict, id);
	lua_pushstring(L, i >= 0 ? cb_facts_at(dict, (size_t)i)->label : id);
	return 1;
}

/* host.cell_types(), host.unit_kinds() -> their ids: the same in every record */
static int host_cell_types(lua_State *L)
{
	lua_newtable(L);
	for (int i = CB_CELL_NONE + 1; i < CB_CELL_TYPES; i++) {
		lua_pushstring(L, cb_cell_type_id((enum cb_cell_type)i));
		lua_rawseti(L, -2, (lua_Integer)luaL_len(L, -2) + 1);
	}
	return 1;
}

static int host_unit_kinds(lua_State *L)
{
	lua_newtable(L);
	for (int i = 0; i < CB_UNIT_KINDS; i++) {
		lua_pushstring(L, cb_unit_kind_id((enum cb_unit_kind)i));
		lua_rawseti(L, -2, (lua_Integer)luaL_len(L, -2) + 1);
	}
	return 1;
}

static int host_write(lua_State *L)
{
	size_t n;
	const char *s = luaL_checklstring(L, 1, &n);
	struct cb_console *c = self(L);
	struct cb_buf *b = new_buf(L);
	const char *line = s;
	/* Line by line: control bytes never reach the terminal. */
	while (line < s + n) {
		const char *nl = memchr(line, '\n', (size_t)(s + n - line));
		size_t len = nl ? (size_t)(nl - line) : (size_t)(s + n - line);
		while (len > 0) {
			const char *tab = memchr(line, '\t', len);
			size_t part = tab ? (size_t)(tab - line) : len;
			cb_text_clean(b, line, part, part + 1);
			line += part;
			len -= part;
			if (tab) {
				cb_buf_putc(b, '\t');
				line++;
				len--;
			}
		}
		if (nl) {
			cb_buf_putc(b, '\n');
			line++;
		}
	}
	if (!cb_buf_ok(b))
		return fail(L, "%s", "out of memory");
	if (fwrite(b->s, 1, b->len, c->o.out) != b->len || fflush(c->o.out) != 0)
		return fail(L, "cannot write: %s", strerror(errno));
	return 0;
}

/* host.pager(on): long answers go through the pager, or not */
static int host_pager(lua_State *L)
{
	self(L)->unpaged = !lua_toboolean(L, 1);
	return 0;
}

static int host_term_width(lua_State *L)
{
	int w = self(L)->o.width;
	if (w <= 0)
		return 0;
	lua_pushinteger(L, w);
	return 1;
}

/* --- out ---------------------------------------------------------------------------------------------------- */

struct emit_ud {
	struct cb_sink *sink;
	FILE *file;
	struct cb_column *col;
	struct cb_cell *cell;
	char (*text)[64]; /* numbers as text, one a column */
	bool people; /* thousandths are enough */
};

static int emit_gc(lua_State *L)
{
	struct emit_ud *u = lua_touserdata(L, 1);
	struct cb_err err;
	struct cb_sink *s = u->sink;
	FILE *f = u->file;
	u->sink = NULL;
	u->file = NULL;
	if (s)
		cb_sink_close(s, &err);
	if (f)
		fclose(f);
	cb_free(u->col);
	cb_free(u->cell);
	cb_free(u->text);
	u->col = NULL;
	u->cell = NULL;
	u->text = NULL;
	return 0;
}

#define PART 5000 /* rows of one terminal table; longer answers go out in parts, so memory does not grow */
#define PEEK 64 /* rows that are looked at before the table begins */

/* What a column holds, by the rows in the table at 8: numbers only when nothing else was seen. */
static enum cb_col_type column_type(lua_State *L, const char *id, lua_Integer rows, bool people)
{
	bool ints = false, reals = false, flags = false, others = false;
	for (lua_Integer i = 1; i <= rows; i++) {
		lua_rawgeti(L, 8, i);
		int t = lua_getfield(L, -1, id);
		if (t == LUA_TNUMBER) {
			if (lua_isinteger(L, -1))
				ints = true;
			else
				reals = true;
		} else if (t == LUA_TBOOLEAN) {
			flags = true;
		} else if (t != LUA_TNIL) {
			others = true;
		}
		lua_pop(L, 2);
	}
	if (others || (flags && (ints || reals)))
		return CB_COL_TEXT;
	if (reals)
		return people ? CB_COL_PTS : CB_COL_RATIO;
	if (ints)
		return names_a_thing(id) ? CB_COL_RAW : CB_COL_INT;
	return flags ? CB_COL_FLAG : CB_COL_TEXT;
}

/*
 * host.emit(form, names|nil, iterator, path|nil, title|nil) -> text (form other than "table", no path), or the number
 * of rows. The types of the columns are those of the first
 * rows.
 */
static int host_emit(lua_State *L)
{
	static const char *const forms[] = { "table", "csv", "json", "markdown", "html", NULL };
	static const enum cb_form_out code[] = { CB_OUT_TABLE, CB_OUT_CSV, CB_OUT_JSON, CB_OUT_MARKDOWN, CB_OUT_HTML };
	struct cb_console *c = self(L);
	int form = luaL_checkoption(L, 1, NULL, forms);
	const char *path = luaL_optstring(L, 4, NULL);
	const char *title = luaL_optstring(L, 5, NULL);
	struct cb_err err;
	lua_Integer count = 0;
	lua_settop(L, 5);
	struct cb_buf *b = new_buf(L);                           /* 6 */
	struct emit_ud *u = lua_newuserdatauv(L, sizeof(*u), 0); /* 7 */
	memset(u, 0, sizeof(*u));
	if (luaL_newmetatable(L, "chibo.emit")) {
		lua_pushcfunction(L, emit_gc);
		lua_setfield(L, -2, "__gc");
	}
	lua_setmetatable(L, 7);
	u->people = code[form] != CB_OUT_CSV && code[form] != CB_OUT_JSON;
	/* 8: the first rows, kept until the types of their columns are known; 9: names or nil */
	lua_createtable(L, 16, 0);
	lua_pushnil(L);
	lua_Integer peeked = 0;
	bool ended = false;
	while (peeked < PEEK) {
		lua_pushvalue(L, 3);
		lua_call(L, 0, 2);
		if (lua_isnil(L, 10)) {
			lua_settop(L, 9);
			ended = true;
			break;
		}
		lua_replace(L, 9);
		lua_rawseti(L, 8, ++peeked);
	}
	if (lua_isnil(L, 2)) {
		if (lua_istable(L, 9)) {
			lua_pushvalue(L, 9);
			lua_replace(L, 2);
		} else {
			lua_newtable(L); /* no row said what the columns are */
			lua_replace(L, 2);
		}
	}
	if (form == 0 && peeked == 0) {
		fputs("(no rows)\n", c->o.out);
		lua_pushinteger(L, 0);
		return 1;
	}
	int ncol = (int)luaL_len(L, 2);
	u->col = cb_calloc((size_t)ncol + 1, sizeof(*u->col));
	u->cell = cb_calloc((size_t)ncol + 1, sizeof(*u->cell));
	u->text = cb_calloc((size_t)ncol + 1, sizeof(*u->text));
	if (!u->col || !u->cell || !u->text)
		return fail(L, "%s", "out of memory");
	for (int i = 0; i < ncol; i++) {
		lua_rawgeti(L, 2, i + 1);
		u->col[i].id = lua_tostring(L, -1); /* stays in the table of names */
		u->col[i].title = u->col[i].id;
		lua_pop(L, 1);
		u->col[i].type = column_type(L, u->col[i].id, peeked, u->people);
		if (u->col[i].type != CB_COL_TEXT) /* of a text it would be how wide it may be */
			u->col[i].decimals = 6;
	}
	if (path) {
		/* A new file only: a slip of the console must not cost anyone a file. */
		int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
		if (fd < 0)
			return fail(L, "%s: %s", path, errno == EEXIST ? "there already; choose another name" : strerror(errno));
		u->file = fdopen(fd, "w");
		if (!u->file) {
			close(fd);
			return fail(L, "%s: %s", path, strerror(errno));
		}
	}
	struct cb_sink_opts so = { .form = code[form], .width = form == 0 ? c->o.width : 0, .colour = form == 0 && c->o.colour,
				   .fit = true, .title = title };
	if (path)
		so.file = u->file;
	else if (form == 0)
		so.file = c->o.out;
	else
		so.buf = b;
	if (cb_sink_open(&u->sink, u->col, (size_t)ncol, &so, &err) < 0)
		return raise_err(L, &err);
	for (lua_Integer at = 1;; at++) {
		if (form == 0 && count > 0 && count % PART == 0) { /* a terminal table is held back to be aligned: in parts */
			struct cb_sink *part = u->sink;
			u->sink = NULL;
			if (cb_sink_close(part, &err) < 0 || cb_sink_open(&u->sink, u->col, (size_t)ncol, &so, &err) < 0)
				return raise_err(L, &err);
		}
		lua_settop(L, 9);
		if (at <= peeked) {
			lua_rawgeti(L, 8, at);
		} else if (ended) {
			break;
		} else {
			lua_pushvalue(L, 3);
			lua_call(L, 0, 1);
			if (lua_isnil(L, 10))
				break;
		}
		if (asked(c))
			return fail(L, "%s", "stopped");
		for (int i = 0; i < ncol; i++) {
			struct cb_cell *cell = &u->cell[i];
			memset(cell, 0, sizeof(*cell));
			int t = lua_getfield(L, 10, u->col[i].id);
			cell->null = t == LUA_TNIL;
			switch (u->col[i].type) {
			case CB_COL_INT:
				if (lua_isinteger(L, -1))
					cell->n = (int64_t)lua_tointeger(L, -1);
				else
					cell->null = true;
				break;
			case CB_COL_PTS:
			case CB_COL_RATIO: {
				double x = lua_tonumber(L, -1), scale = u->people ? 1e3 : 1e6;
				cell->null = cell->null || !(x > -1e12 && x < 1e12);
				if (!cell->null)
					cell->n = (int64_t)llround(x * scale);
				cell->d = u->people ? 1 : 1000000;
				break;
			}
			case CB_COL_FLAG:
				cell->n = lua_toboolean(L, -1);
				break;
			case CB_COL_RAW:
				cell->null = !lua_isinteger(L, -1);
				if (!cell->null)
					snprintf(u->text[i], sizeof(u->text[i]), "%lld", (long long)lua_tointeger(L, -1));
				cell->text = u->text[i];
				break;
			default:
				if (t == LUA_TSTRING) {
					cell->text = lua_tostring(L, -1); /* stays in the row */
				} else if (t == LUA_TNUMBER) {
					if (lua_isinteger(L, -1))
						snprintf(u->text[i], sizeof(u->text[i]), "%lld", (long long)lua_tointeger(L, -1));
					else
						snprintf(u->text[i], sizeof(u->text[i]), "%.15g", lua_tonumber(L, -1));
					cell->text = u->text[i];
				} else if (t == LUA_TBOOLEAN) {
					cell->text = lua_toboolean(L, -1) ? "true" : "false";
				} else {
					cell->null = true;
				}
			}
			lua_pop(L, 1);
		}
		if (cb_sink_row(u->sink, u->cell, &err) < 0)
			return raise_err(L, &err);
		count++;
	}
	struct cb_sink *s = u->sink;
	u->sink = NULL;
	if (cb_sink_close(s, &err) < 0)
		return raise_err(L, &err);
	if (u->file) {
		FILE *f = u->file;
		u->file = NULL;
		if (fclose(f) != 0)
			return fail(L, "%s: %s", path, strerror(errno));
	}
	if (form != 0 && !path)
		return push_buf(L, b);
	lua_pushinteger(L, count);
	return 1;
}

/* --- the program's own commands ------------------------------------------------------------------------------ */

/* Runs words (table at 1); its output and talk stay in buffers on the stack: [-0, +n, raises] */
static struct cb_buf *start_words(lua_State *L, struct cb_buf **talk, int *rc)
{
	struct cb_console *c = self(L);
	luaL_checktype(L, 1, LUA_TTABLE);
	int n = (int)luaL_len(L, 1);
	const char **argv = lua_newuserdatauv(L, sizeof(*argv) * (size_t)(n + 1), 0);
	for (int i = 0; i < n; i++) {
		lua_rawgeti(L, 1, i + 1);
		argv[i] = luaL_checkstring(L, -1); /* stays in the table */
		lua_pop(L, 1);
	}
	argv[n] = NULL;
	*talk = new_buf(L);
	struct cb_buf *out = new_buf(L);
	if (!c->o.command)
		fail(L, "%s", "commands are not to be had here");
	if (asked(c))
		fail(L, "%s", "stopped");
	*rc = c->o.command(c->o.ctx, n, argv, out, *talk);
	if (asked(c))
		fail(L, "%s", "stopped");
	if (!cb_buf_ok(out) || !cb_buf_ok(*talk))
		fail(L, "%s", "out of memory");
	while ((*talk)->len > 0 && (*talk)->s[(*talk)->len - 1] == '\n')
		(*talk)->s[--(*talk)->len] = '\0';
	return out;
}

/* The same; exit codes above 1 raise (1: findings, the rows are there, or they are all there is to say). */
static struct cb_buf *run_words(lua_State *L)
{
	struct cb_buf *talk;
	int rc;
	struct cb_buf *out = start_words(L, &talk, &rc);
	if (rc > 1 || (rc == 1 && out->len == 0))
		fail(L, "%s", !talk->len ? "the command failed" : strncmp(talk->s, "chibo: ", 7) == 0 ? talk->s + 7 : talk->s);
	return out;
}

static int host_command_text(lua_State *L)
{
	struct cb_buf *out = run_words(L);
	lua_pushlstring(L, out->s, out->len);
	return 1;
}

static void push_json(lua_State *L, const json_t *j)
{
	switch (json_typeof(j)) {
	case JSON_INTEGER:
		lua_pushinteger(L, (lua_Integer)json_integer_value(j));
		break;
	case JSON_REAL:
		lua_pushnumber(L, json_real_value(j));
		break;
	case JSON_STRING:
		lua_pushlstring(L, json_string_value(j), json_string_length(j));
		break;
	case JSON_TRUE:
	case JSON_FALSE:
		lua_pushboolean(L, json_is_true(j));
		break;
	default:
		lua_pushnil(L);
	}
}

static int json_gc(lua_State *L)
{
	json_t **j = lua_touserdata(L, 1);
	json_decref(*j);
	*j = NULL;
	return 0;
}

/* An array of objects as names, rows: [-0, +2, raises] */
static void push_rows(lua_State *L, const json_t *array)
{
	luaL_checkstack(L, 12, NULL);
	lua_createtable(L, 8, 0);
	int names = lua_gettop(L);
	lua_createtable(L, (int)json_array_size(array), 0);
	int list = names + 1, known = names + 2;
	lua_newtable(L); /* names that are known */
	size_t i;
	json_t *row;
	lua_Integer nnames = 0;
	json_array_foreach (array, i, row) {
		lua_createtable(L, 0, (int)json_object_size(row));
		if (!json_is_object(row)) { /* a list of texts (notes) is one column */
			lua_pushliteral(L, "value");
			lua_rawseti(L, names, 1);
			push_json(L, row);
			lua_setfield(L, -2, "value");
		}
		const char *key;
		json_t *v;
		json_object_foreach (row, key, v) { /* in the order of the text */
			if (lua_getfield(L, known, key) == LUA_TNIL) {
				lua_pushboolean(L, 1);
				lua_setfield(L, known, key);
				lua_pushstring(L, key);
				lua_rawseti(L, names, ++nnames);
			}
			lua_pop(L, 1);
			/* A percentage is { part, whole, percent }. */
			push_json(L, json_is_object(v) && json_object_get(v, "percent") ? json_object_get(v, "percent") : v);
			lua_setfield(L, -2, key);
		}
		lua_rawseti(L, list, (lua_Integer)i + 1);
	}
	lua_settop(L, list);
}

/* host.command_rows(words) -> names, rows for a list; for a document { section = { names, rows }, field = value }, nil */
static int host_command_rows(lua_State *L)
{
	struct cb_buf *out = run_words(L);
	json_error_t je;
	json_t **j = lua_newuserdatauv(L, sizeof(json_t *), 0);
	*j = NULL;
	if (luaL_newmetatable(L, "chibo.json")) {
		lua_pushcfunction(L, json_gc);
		lua_setfield(L, -2, "__gc");
	}
	lua_setmetatable(L, -2);
	*j = json_loadb(out->s, out->len, 0, &je);
	if (json_is_array(*j)) {
		push_rows(L, *j);
		return 2;
	}
	if (!json_is_object(*j))
		return fail(L, "%s", "the command gave no rows");
	lua_newtable(L);
	int doc = lua_gettop(L);
	const char *key;
	json_t *v;
	json_object_foreach (*j, key, v) {
		if (json_is_array(v)) {
			lua_createtable(L, 2, 0);
			push_rows(L, v);
			lua_rawseti(L, -3, 2);
			lua_rawseti(L, -2, 1);
		} else {
			push_json(L, v);
		}
		lua_setfield(L, doc, key);
	}
	return 1;
}

/* host.ruleset_ids(): folder.file of every pack below the rules folder is what `rules list` says */
static int host_ruleset_ids(lua_State *L)
{
	lua_settop(L, 0);
	if (lua_getfield(L, LUA_REGISTRYINDEX, "chibo.ruleset_ids") == LUA_TTABLE)
		return 1;
	lua_settop(L, 0);
	lua_createtable(L, 3, 0);
	lua_pushliteral(L, "rules");
	lua_rawseti(L, 1, 1);
	lua_pushliteral(L, "list");
	lua_rawseti(L, 1, 2);
	lua_pushliteral(L, "--json");
	lua_rawseti(L, 1, 3);
	if (host_command_rows(L) != 2)
		return fail(L, "%s", "the rules cannot be listed");
	lua_Integer n = luaL_len(L, -1);
	lua_createtable(L, (int)n, 0);
	for (lua_Integer i = 1; i <= n; i++) {
		lua_rawgeti(L, -2, i);
		lua_getfield(L, -1, "ruleset");
		lua_rawseti(L, -3, i);
		lua_pop(L, 1);
	}
	lua_pushvalue(L, -1);
	lua_setfield(L, LUA_REGISTRYINDEX, "chibo.ruleset_ids");
	return 1;
}

/* host.command_findings(words) -> output, talk, exit code: also when the command finds something wrong */
static int host_command_findings(lua_State *L)
{
	struct cb_buf *talk;
	int rc;
	struct cb_buf *out = start_words(L, &talk, &rc);
	lua_pushlstring(L, out->s, out->len);
	lua_pushlstring(L, talk->s, talk->len);
	lua_pushinteger(L, rc);
	return 3;
}

/* host.rule_file(id) -> path of a pack's file, or nil */
static int host_rule_file(lua_State *L)
{
	const char *id = luaL_checkstring(L, 1);
	struct cb_buf *b = new_buf(L);
	if (strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789_.") != strlen(id))
		return 0;
	cb_buf_printf(b, "%s/", self(L)->o.rules_dir);
	for (const char *s = id; *s; s++)
		cb_buf_putc(b, *s == '.' ? '/' : *s);
	cb_buf_puts(b, ".lua");
	if (!cb_buf_ok(b))
		return fail(L, "%s", "out of memory");
	return access(b->s, R_OK) == 0 ? push_buf(L, b) : 0;
}

/* host.stamp(path) -> a text that changes when the file does, or nil */
static int host_stamp(lua_State *L)
{
	struct stat st;
	if (stat(luaL_checkstring(L, 1), &st) < 0)
		return 0;
	lua_pushfstring(L, "%I.%I.%I", (LUAI_UACINT)st.st_mtim.tv_sec, (LUAI_UACINT)st.st_mtim.tv_nsec, (LUAI_UACINT)st.st_size);
	return 1;
}

/* host.wait(): a fifth of a second; raises when Ctrl-C came */
static int host_wait(lua_State *L)
{
	struct timespec t = { .tv_nsec = 200000000 };
	nanosleep(&t, NULL);
	return asked(self(L)) ? fail(L, "%s", "stopped") : 0;
}

/* host.editor(path): $VISUAL or $EDITOR on the terminal, until it ends */
static int host_editor(lua_State *L)
{
	const char *path = luaL_checkstring(L, 1), *editor = getenv("VISUAL");
	if (!editor || !*editor)
		editor = getenv("EDITOR");
	if (!editor || !*editor)
		editor = "vi";
	/* The user's own variable, by the user's own shell, as git and psql do; the path is an argument, never pasted. */
	lua_pushfstring(L, "%s \"$1\"", editor);
	const char *argv[] = { "sh", "-c", lua_tostring(L, -1), "sh", path, NULL };
	pid_t pid;
	int st, rc = posix_spawn(&pid, "/bin/sh", NULL, NULL, (char *const *)argv, environ);
	if (rc != 0)
		return fail(L, "cannot run %s: %s", editor, strerror(rc));
	while (waitpid(pid, &st, 0) < 0 && errno == EINTR)
		;
	if (!WIFEXITED(st) || WEXITSTATUS(st) != 0)
		return fail(L, "%s ended with an error; set EDITOR to the editor of your choice", editor);
	return 0;
}

/* --- the library ---------------------------------------------------------------------------------------------- */

static const luaL_Reg host_functions[] = {
	{ "iterate", host_iterate },
	{ "columns", host_columns },
	{ "fold", host_fold },
	{ "sort_key", host_sort_key },
	{ "width", host_width },
	{ "pad", host_pad },
	{ "number", host_number },
	{ "nearest", host_nearest },
	{ "period", host_period },
	{ "label", host_label },
	{ "cell_types", host_cell_types },
	{ "unit_kinds", host_unit_kinds },
	{ "write", host_write },
	{ "pager", host_pager },
	{ "term_width", host_term_width },
	{ "emit", host_emit },
	{ "command_text", host_command_text },
	{ "command_rows", host_command_rows },
	{ "ruleset_ids", host_ruleset_ids },
	{ "rule_file", host_rule_file },
	{ "stamp", host_stamp },
	{ "wait", host_wait },
	{ "editor", host_editor },
	{ "command_findings", host_command_findings },
	{ NULL, NULL },
};

static const struct cb_script *script(const char *name)
{
	for (const struct cb_script *s = cb_scripts; s->name; s++) {
		if (strcmp(s->name, name) == 0)
			return s;
	}
	return NULL;
}

/* [-0, +1, raises] */
static void load_script(lua_State *L, const char *name)
{
	const struct cb_script *s = script(name);
	if (!s)
		fail(L, "the script %s is not in the program", name);
	lua_pushfstring(L, "@scripts/%s", name);
	if (luaL_loadbufferx(L, s->text, s->len, lua_tostring(L, -1), "t") != LUA_OK)
		lua_error(L);
	lua_remove(L, -2);
}

static const luaL_Reg libs[] = {
	{ LUA_GNAME, luaopen_base },
	{ LUA_STRLIBNAME, luaopen_string },
	{ LUA_TABLIBNAME, luaopen_table },
	{ LUA_MATHLIBNAME, luaopen_math },
	{ LUA_UTF8LIBNAME, luaopen_utf8 },
	{ LUA_COLIBNAME, luaopen_coroutine },
	{ LUA_OSLIBNAME, luaopen_os }, /* console.lua hands on clock, date, time, getenv only */
};

static int open_all(lua_State *L)
{
	for (size_t i = 0; i < sizeof(libs) / sizeof(libs[0]); i++) {
		luaL_requiref(L, libs[i].name, libs[i].func, 1);
		lua_pop(L, 1);
	}
	luaL_newmetatable(L, rows_meta);
	lua_pushcfunction(L, rows_close);
	lua_setfield(L, -2, "__gc");
	lua_pushcfunction(L, rows_close);
	lua_setfield(L, -2, "__close");
	lua_pop(L, 1);

	load_script(L, "console.lua");
	load_script(L, "query.lua");
	lua_call(L, 0, 1);
	luaL_newlib(L, host_functions);
	luaL_setfuncs(L, cb_draft_functions, 0);
	load_script(L, "host.lua");
	lua_pushvalue(L, -2);
	lua_call(L, 1, 0);
	load_script(L, "pack.lua");
	load_script(L, "rule.lua");
	load_script(L, "annotations.lua");
	lua_call(L, 5, 1);
	lua_getfield(L, -1, "start");
	static const char *const annotated[] = { "query.lua", "console.lua", "pack.lua", "rule.lua" };
	lua_newtable(L);
	for (size_t i = 0; i < sizeof(annotated) / sizeof(annotated[0]); i++) {
		lua_pushstring(L, script(annotated[i])->text);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	lua_call(L, 1, 0);
	self(L)->module = luaL_ref(L, LUA_REGISTRYINDEX);
	return 0;
}

int cb_console_open(struct cb_console **out, const struct cb_console_opts *opts, struct cb_err *err)
{
	int rc;
	struct cb_console *c = cb_calloc(1, sizeof(*c));
	*out = NULL;
	if (!c)
		return cb_err_nomem(err);
	c->o = *opts;
	c->L = lua_newstate(console_alloc, c);
	if (!c->L) {
		cb_free(c);
		return cb_err_nomem(err);
	}
	*(struct cb_console **)lua_getextraspace(c->L) = c;
	lua_pushcfunction(c->L, open_all);
	rc = call(c, 0, 0, err);
	if (rc < 0) {
		cb_console_close(c);
		return rc;
	}
	*out = c;
	return CB_OK;
}

void cb_console_close(struct cb_console *c)
{
	if (!c)
		return;
	lua_close(c->L);
	cb_draft_clean(c);
	cb_free(c);
}

/* [-0, +1, -] the user's environment */
static void push_env(struct cb_console *c)
{
	lua_rawgeti(c->L, LUA_REGISTRYINDEX, c->module);
	lua_getfield(c->L, -1, "env");
	lua_remove(c->L, -2);
}

/* Does the text read as a statement (a keyword first, or an assignment)? Then the statement's error is the one to tell. */
static bool is_statement(const char *s, size_t n)
{
	static const char *const words[] = { "local", "if", "for", "while", "do", "function", "return", "repeat", "goto", "break" };
	size_t i = strspn(s, " \t\n"), k = i;
	while (k < n && (s[k] == '_' || (s[k] >= '0' && s[k] <= '9') || ((s[k] | 32) >= 'a' && (s[k] | 32) <= 'z')))
		k++;
	for (size_t w = 0; w < sizeof(words) / sizeof(words[0]); w++) {
		if (strlen(words[w]) == k - i && memcmp(words[w], s + i, k - i) == 0)
			return true;
	}
	while (k < n && (s[k] == ' ' || s[k] == '\t'))
		k++;
	return k > i && k < n && s[k] == '=' && s[k + 1] != '=';
}

static bool is_incomplete(const char *msg)
{
	size_t n = msg ? strlen(msg) : 0;
	return n >= 5 && strcmp(msg + n - 5, "<eof>") == 0;
}

/* Prints every value above `base` and keeps the last as `_`: a C function so that raises stay inside the door. */
static int print_values(lua_State *L)
{
	struct cb_console *c = self(L);
	int n = lua_gettop(L);
	if (n == 0)
		return 0;
	lua_rawgeti(L, LUA_REGISTRYINDEX, c->module);
	lua_getfield(L, -1, "env");
	lua_pushvalue(L, n);
	lua_setfield(L, -2, "_");
	lua_settop(L, n);
	for (int i = 1; i <= n; i++) {
		lua_rawgeti(L, LUA_REGISTRYINDEX, c->module);
		lua_getfield(L, -1, "print_value");
		lua_pushvalue(L, i);
		lua_call(L, 1, 0);
		lua_pop(L, 1);
	}
	return 0;
}

/* A function of console.lua that takes a text: its answer replaces the message in err when it gives one (want true). [-0, +0, -] */
static int through(struct cb_console *c, const char *name, const char *text, size_t len, bool want, struct cb_err *err)
{
	lua_State *L = c->L;
	struct cb_err later;
	lua_rawgeti(L, LUA_REGISTRYINDEX, c->module);
	lua_getfield(L, -1, name);
	lua_remove(L, -2);
	lua_pushlstring(L, text, len);
	if (!want)
		return call(c, 1, 0, err);
	if (call(c, 1, 1, &later) == CB_OK) {
		if (lua_isstring(L, -1))
			cb_err_set(err, err->code, "%s", lua_tostring(L, -1));
		lua_pop(L, 1);
	}
	return err->code;
}

/* What a person is told of a mistake. */
static int mended(struct cb_console *c, int rc, struct cb_err *err)
{
	char msg[sizeof(err->msg)];
	if (rc != CB_ERULE)
		return rc;
	memcpy(msg, err->msg, sizeof(msg));
	return through(c, "mend", msg, strlen(msg), true, err);
}

/* print_values below its arguments, through the pager where there is one: [-(nargs+1), +0, -] */
static int show(struct cb_console *c, int nargs, struct cb_err *err)
{
	FILE *out = c->o.out, *paged = c->o.page_begin && !c->unpaged ? c->o.page_begin(c->o.ctx) : NULL;
	if (!paged)
		return call(c, nargs, 0, err);
	c->o.out = paged;
	int rc = call(c, nargs, 0, err);
	c->o.out = out;
	return c->o.page_end(c->o.ctx) && rc == CB_ERULE ? CB_OK : rc; /* who leaves has seen enough: no fault */
}

int cb_console_eval(struct cb_console *c, const char *text, size_t len, const char *chunk, bool *incomplete, struct cb_err *err)
{
	lua_State *L = c->L;
	int rc, top = lua_gettop(L);
	struct cb_buf b;
	c->stop = 0;
	if (incomplete)
		*incomplete = false;
	/* First as an expression; when that does not compile, as statements. */
	cb_buf_init(&b);
	cb_buf_puts(&b, "return ");
	cb_buf_add(&b, text, len);
	if (!cb_buf_ok(&b)) {
		cb_buf_release(&b);
		return cb_err_nomem(err);
	}
	int st = luaL_loadbufferx(L, b.s, b.len, chunk, "t");
	bool expr_incomplete = st == LUA_ERRSYNTAX && is_incomplete(lua_tostring(L, -1));
	struct cb_err expr_err;
	cb_err_set(&expr_err, CB_ERULE, "%s", st != LUA_OK && lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "");
	cb_buf_release(&b);
	if (st != LUA_OK) {
		lua_settop(L, top);
		st = luaL_loadbufferx(L, text, len, chunk, "t");
		if (st == LUA_ERRSYNTAX && incomplete && (is_incomplete(lua_tostring(L, -1)) || (expr_incomplete && len > 0))) {
			*incomplete = true;
			lua_settop(L, top);
			return CB_OK;
		}
	}
	if (st == LUA_ERRMEM) {
		lua_settop(L, top);
		return cb_err_nomem(err);
	}
	if (st != LUA_OK) {
		cb_err_set(err, CB_ERULE, "%s", is_statement(text, len) ? lua_tostring(L, -1) : expr_err.msg);
		lua_settop(L, top);
		return err->code;
	}
	push_env(c);
	lua_setupvalue(L, -2, 1);
	rc = through(c, "check_text", text, len, false, err);
	if (rc == CB_OK)
		rc = call(c, 0, LUA_MULTRET, err);
	if (rc == CB_OK) {
		lua_pushcfunction(L, print_values);
		lua_insert(L, top + 1);
		rc = show(c, lua_gettop(L) - top - 1, err);
	}
	rc = mended(c, rc, err);
	lua_settop(L, top);
	/* Iterators that were left half way hold a read lock on the record: let go of them now. */
	lua_gc(L, LUA_GCCOLLECT);
	return rc;
}

int cb_console_file(struct cb_console *c, const char *path, int argc, char **argv, int *code, struct cb_err *err)
{
	lua_State *L = c->L;
	int rc, top = lua_gettop(L);
	c->stop = 0;
	*code = 0;
	int st = luaL_loadfilex(L, path, "t"); /* skips a first line that starts with # */
	if (st != LUA_OK) {
		const char *m = lua_tostring(L, -1);
		rc = cb_err_set(err, st == LUA_ERRFILE ? CB_EIO : CB_ERULE, "%s", m ? m : "cannot be read");
		lua_settop(L, top);
		return rc;
	}
	push_env(c);
	lua_createtable(L, argc, 1);
	lua_pushstring(L, path);
	lua_rawseti(L, -2, 0);
	for (int i = 0; i < argc; i++) {
		lua_pushstring(L, argv[i]);
		lua_rawseti(L, -2, i + 1);
	}
	lua_setfield(L, -2, "arg");
	lua_setupvalue(L, -2, 1);
	if (!lua_checkstack(L, argc + 5))
		return lua_settop(L, top), cb_err_nomem(err);
	for (int i = 0; i < argc; i++)
		lua_pushstring(L, argv[i]);
	rc = mended(c, call(c, argc, 1, err), err);
	if (rc == CB_OK && lua_isinteger(L, -1))
		*code = (int)(lua_tointeger(L, -1) & 255);
	else if (rc == CB_OK && lua_isboolean(L, -1))
		*code = !lua_toboolean(L, -1);
	lua_settop(L, top);
	return rc;
}

int cb_console_complete(struct cb_console *c, const char *line, size_t len, size_t *from, char ***list, struct cb_err *err)
{
	lua_State *L = c->L;
	int top = lua_gettop(L);
	*list = NULL;
	*from = 0;
	c->stop = 0;
	lua_rawgeti(L, LUA_REGISTRYINDEX, c->module);
	lua_getfield(L, -1, "complete");
	lua_pushlstring(L, line, len);
	int rc = call(c, 1, 2, err);
	if (rc == CB_OK && lua_istable(L, -1)) {
		size_t n = (size_t)lua_rawlen(L, -1);
		char **v = cb_calloc(n + 1, sizeof(*v));
		if (!v)
			rc = cb_err_nomem(err);
		for (size_t i = 0; rc == CB_OK && i < n; i++) {
			lua_rawgeti(L, -1, (lua_Integer)i + 1);
			v[i] = cb_strdup(lua_tostring(L, -1));
			if (!v[i])
				rc = cb_err_nomem(err);
			lua_pop(L, 1);
		}
		*from = (size_t)lua_tointeger(L, -2) - 1;
		if (rc == CB_OK) {
			*list = v;
		} else if (v) {
			for (size_t i = 0; i < n; i++)
				cb_free(v[i]);
			cb_free(v);
		}
	}
	lua_settop(L, top);
	return rc;
}

void cb_console_width(struct cb_console *c, int width)
{
	c->o.width = width;
}

void cb_console_interrupt(struct cb_console *c)
{
	c->stop = 1;
	cb_store_interrupt(c->o.store);
}
