/*
 * load.c - from a pack's text to functions that remember nothing.
 *
 * load compiles; keep notes a function for later; freeze then walks everything that the kept functions can reach. A
 * table becomes a read-only face over contents that moved away; an upvalue that some code may assign to is noted with
 * its value and set back before every call. So no state passes from one meeting to the next, and poisoned tables stay
 * as they were when the pack had loaded. The walk costs time in proportion to the data, once.
 */
#include "lua/sandbox_int.h"

#include <stdio.h>
#include <string.h>
#include "base/alloc.h"

static void note_assigned(void *ctx, const char *name, size_t n)
{
	struct cb_sandbox *sb = ctx;

	cb_buf_putc(&sb->assigned, '\n');
	cb_buf_add(&sb->assigned, name, n);
}

/* The compiler's words after a failed load, with the whole path instead of a shortened one. */
static int compile_error(lua_State *L, int status, const char *path, struct cb_err *err)
{
	const char *msg = lua_tostring(L, -1), *p;
	char text[400];
	int rc;

	if (status == LUA_ERRMEM) {
		rc = SB_OF(L)->nomem ? cb_err_nomem(err)
				     : cb_err_set(err, CB_ELIMIT, "%s:1: stopped: compiling it used up the memory of a pack (memory = %zu bytes); make the file smaller",
						  path, SB_OF(L)->lim.memory);
		SB_OF(L)->fatal = SB_FINE;
		SB_OF(L)->nomem = false;
	} else {
		/* "short:line: what" */
		p = msg ? strstr(msg, ".lua:") : NULL;
		p = p ? p + 4 : msg ? strchr(msg, ':') : NULL;
		cb_sandbox_clean(text, sizeof(text), p ? p : ":1: cannot be compiled", strlen(p ? p : ":1: cannot be compiled"));
		rc = cb_err_set(err, CB_EDATA, "%s%s", path, text);
	}
	lua_pop(L, 1);
	return rc;
}

/* Chunk names are longer than Lua's copies in messages; sandbox.c puts the whole path back. */
static int compile(struct cb_sandbox *sb, char mark, const char *text, size_t len, const char *path, struct cb_err *err)
{
	char name[300];
	int status;

	if (!lua_checkstack(sb->L, 8))
		return cb_err_nomem(err);
	snprintf(name, sizeof(name), "%c%s", mark, path);
	status = luaL_loadbufferx(sb->L, text, len, name, "t");
	return status ? compile_error(sb->L, status, path, err) : 0;
}

int cb_sandbox_load(struct cb_sandbox *sb, const char *text, size_t len, const char *path, struct cb_err *err)
{
	struct cb_diags *diags = NULL;
	struct sb_words words;
	size_t bom = len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3) ? 3 : 0;
	int rc;

	rc = cb_diags_new(&diags, 1);
	if (rc)
		return cb_err_nomem(err);
	rc = cb_sandbox_check_source(text, len, path, diags);
	if (rc) {
		struct cb_buf line;
		cb_buf_init(&line);
		if (cb_diags_kept(diags))
			cb_diag_line(&line, cb_diags_at(diags, 0));
		rc = cb_buf_ok(&line) && cb_diags_kept(diags) ? cb_err_set(err, CB_EDATA, "%s", line.s) : cb_err_nomem(err);
		cb_buf_release(&line);
	}
	cb_diags_free(diags);
	if (rc)
		return rc;
	rc = sb_words_check(&words, text, len, path, note_assigned, sb, err);
	if (rc)
		return rc;
	if (!cb_buf_ok(&sb->assigned))
		return cb_err_nomem(err);
	sb->nul = sb->nul || words.nul;
	sb->watch = sb->watch || words.lists;
	sb->source_len += len;
	if (words.chain > sb->source_chain)
		sb->source_chain = words.chain;
	/* An error message looks for names of variables through the code, once per access of the chain. */
	sb->error_cost = 200 + (long)(sb->source_len / 8 * (size_t)(sb->source_chain + 1));
	return compile(sb, '@', text + bom, len - bom, path, err);
}

int cb_sandbox_load_engine(struct cb_sandbox *sb, const char *text, size_t len, const char *path, struct cb_err *err)
{
	int rc = compile(sb, '=', text, len, path, err);

	if (rc)
		return rc;
	lua_rawgetp(sb->L, LUA_REGISTRYINDEX, &sb_key_engine);
	if (!lua_setupvalue(sb->L, -2, 1))
		lua_pop(sb->L, 1);
	return 0;
}

/* --- kept functions ------------------------------------------------------------------------------------------ */

int cb_sandbox_keep(lua_State *L)
{
	struct cb_sandbox *sb = SB_OF(L);

	luaL_checktype(L, -1, LUA_TFUNCTION);
	lua_rawgetp(L, LUA_REGISTRYINDEX, &sb_key_kept);
	lua_insert(L, -2);
	lua_rawseti(L, -2, sb->nkept + 1);
	lua_pop(L, 1);
	return sb->nkept++;
}

void cb_sandbox_push_kept(lua_State *L, int handle)
{
	lua_rawgetp(L, LUA_REGISTRYINDEX, &sb_key_kept);
	lua_rawgeti(L, -1, handle + 1);
	lua_remove(L, -2);
}

/* --- freezing ------------------------------------------------------------------------------------------------ */

/* Stack of freeze: 1 ud, 2 seen (value -> true), 3 todo (array), 4 restore (array of function, index, value),
   5 upvalues noted already (id -> true), 6 names that are assigned to (name -> true). */
enum { SEEN = 2, TODO = 3, RESTORE = 4, NOTED = 5, NAMES = 6 };

static void push_names(lua_State *L, const struct cb_buf *b)
{
	const char *p = b->s, *end = b->s + b->len;

	lua_newtable(L);
	while (p < end) {
		const char *stop;
		p++;
		stop = memchr(p, '\n', (size_t)(end - p));
		if (!stop)
			stop = end;
		lua_pushlstring(L, p, (size_t)(stop - p));
		lua_pushboolean(L, 1);
		lua_rawset(L, -3);
		p = stop;
	}
}

static bool is_assigned(lua_State *L, const char *name)
{
	bool yes;

	lua_pushstring(L, name);
	yes = lua_rawget(L, NAMES) != LUA_TNIL;
	lua_pop(L, 1);
	return yes;
}

/* [-1, +0] Something that can be reached: to be looked at once. */
static void reach(lua_State *L)
{
	int t = lua_type(L, -1);

	if (t == LUA_TTABLE || (t == LUA_TFUNCTION && !lua_iscfunction(L, -1))) {
		lua_pushvalue(L, -1);
		if (lua_rawget(L, SEEN) == LUA_TNIL) {
			lua_pop(L, 1);
			lua_pushvalue(L, -1);
			lua_pushboolean(L, 1);
			lua_rawset(L, SEEN);
			lua_pushvalue(L, -1);
			lua_rawseti(L, TODO, (lua_Integer)lua_rawlen(L, TODO) + 1);
		} else {
			lua_pop(L, 1);
		}
	}
	lua_pop(L, 1);
}

static void freeze_function(lua_State *L, struct cb_sandbox *sb)
{
	int f = lua_gettop(L);
	const char *name;

	for (int i = 1; (name = lua_getupvalue(L, f, i)); i++) {
		if (is_assigned(L, name)) {
			lua_rawgetp(L, NOTED, lua_upvalueid(L, f, i));
			if (lua_isnil(L, -1)) {
				lua_Integer n = (lua_Integer)lua_rawlen(L, RESTORE);
				lua_pushboolean(L, 1);
				lua_rawsetp(L, NOTED, lua_upvalueid(L, f, i));
				lua_pushvalue(L, f);
				lua_rawseti(L, RESTORE, n + 1);
				lua_pushinteger(L, i);
				lua_rawseti(L, RESTORE, n + 2);
				lua_pushvalue(L, f + 1);
				if (lua_isnil(L, -1)) { /* nil would end the array */
					lua_pop(L, 1);
					lua_pushlightuserdata(L, (void *)&sb_key_restore);
				}
				lua_rawseti(L, RESTORE, n + 3);
				sb->nrestore++;
			}
			lua_settop(L, f + 1);
		}
		reach(L);
	}
}

/* Moves the contents behind a face, in place: whoever holds the table now holds the face. */
static void freeze_table(lua_State *L)
{
	int t = lua_gettop(L), inner, meta;

	if (lua_getmetatable(L, t)) {
		if (lua_rawgetp(L, -1, &sb_key_meta) == LUA_TNIL) { /* the engine's: libraries, environments, what constructors made */
			lua_settop(L, t);
			return;
		}
		lua_pop(L, 1);
	} else {
		lua_pushnil(L);
	}
	meta = t + 1;
	lua_newtable(L);
	inner = lua_gettop(L);
	for (lua_pushnil(L); lua_next(L, t);) {
		lua_pushvalue(L, -1);
		reach(L);
		lua_pushvalue(L, -2);
		reach(L);
		lua_pushvalue(L, -2);
		lua_insert(L, -2);
		lua_rawset(L, inner);
	}
	for (lua_pushnil(L); lua_next(L, inner);) {
		lua_pop(L, 1);
		lua_pushvalue(L, -1);
		lua_pushnil(L);
		lua_rawset(L, t);
	}
	sb_face_metatable(L, inner);
	if (!lua_isnil(L, meta)) {
		/* what the pack's metatable says goes on to hold: operators here, __index one step further */
		for (lua_pushnil(L); lua_next(L, meta);) {
			lua_pushvalue(L, -1);
			reach(L);
			if (lua_type(L, -2) == LUA_TSTRING && (!strcmp(lua_tostring(L, -2), "__index") || !strcmp(lua_tostring(L, -2), "__newindex"))) {
				lua_pop(L, 1);
				continue;
			}
			lua_pushvalue(L, -2);
			lua_insert(L, -2);
			lua_rawset(L, inner + 1);
		}
		lua_pushvalue(L, meta);
		lua_setmetatable(L, inner);
	}
	lua_pushvalue(L, inner + 1);
	lua_setmetatable(L, t);
	lua_settop(L, t);
}

static int freeze(lua_State *L)
{
	struct cb_sandbox *sb = SB_OF(L);

	lua_settop(L, 1);
	for (int i = SEEN; i <= NOTED; i++)
		lua_newtable(L);
	push_names(L, &sb->assigned);
	lua_rawgetp(L, LUA_REGISTRYINDEX, &sb_key_globals);
	for (lua_pushnil(L); lua_next(L, NAMES + 1);)
		reach(L);
	for (int i = 0; i < sb->nkept; i++) {
		cb_sandbox_push_kept(L, i);
		reach(L);
	}
	for (lua_Integer i = 1; lua_rawgeti(L, TODO, i) != LUA_TNIL; i++) {
		if (lua_isfunction(L, -1))
			freeze_function(L, sb);
		else
			freeze_table(L);
		lua_settop(L, NAMES + 1);
	}
	lua_pushvalue(L, RESTORE);
	lua_rawsetp(L, LUA_REGISTRYINDEX, &sb_key_restore);
	return 0;
}

int cb_sandbox_freeze(struct cb_sandbox *sb, struct cb_err *err)
{
	int rc = sb->frozen ? 0 : cb_sandbox_cpcall(sb, freeze, NULL, err);

	if (!rc)
		sb->frozen = true;
	return rc;
}

void sb_restore(lua_State *L)
{
	struct cb_sandbox *sb = SB_OF(L);
	int top = lua_gettop(L);

	if (!sb->nrestore)
		return;
	lua_rawgetp(L, LUA_REGISTRYINDEX, &sb_key_restore);
	for (size_t k = 0; k < sb->nrestore; k++) {
		lua_Integer n = (lua_Integer)k * 3;
		int i;
		lua_rawgeti(L, top + 1, n + 1);
		lua_rawgeti(L, top + 1, n + 2);
		i = (int)lua_tointeger(L, -1);
		lua_pop(L, 1);
		if (lua_rawgeti(L, top + 1, n + 3) == LUA_TLIGHTUSERDATA) {
			lua_pop(L, 1);
			lua_pushnil(L);
		}
		lua_setupvalue(L, top + 2, i);
		lua_settop(L, top + 1);
	}
	lua_settop(L, top);
}
