/*
 * baselib.c - the global functions of a pack: assert error ipairs pairs select type rawequal rawlen tonumber tostring
 * pcall xpcall print setmetatable getmetatable require, and the mathematics.
 *
 * They differ from Lua's own where a pack could otherwise hang, spy or see what changes from run to run: pcall lets
 * limits through, pairs goes in sorted order, tostring shows no addresses, metatables are copied when they are set and
 * may hold no __gc, __mode, __close, __metatable, __name.
 */
#include "lua/sandbox_int.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/alloc.h"

/* --- metatables ---------------------------------------------------------------------------------------------- */

static const char *const events[] = { "__index", "__newindex", /* these two first */
				      "__call", "__tostring", "__len", "__eq", "__lt", "__le", "__concat", "__unm", "__add",
				      "__sub", "__mul", "__div", "__mod", "__pow", "__idiv", "__pairs" };
static const char *const refused[] = { "__gc", "__mode", "__close", "__metatable", "__name" };

/* Tables as __index and __newindex become these: Lua itself walks up to 2000 of them in one instruction, for nothing. */
static int index_table(lua_State *L)
{
	cb_sandbox_charge(L, 3);
	lua_settop(L, 2);
	lua_gettable(L, lua_upvalueindex(1));
	return 1;
}

static int newindex_table(lua_State *L)
{
	cb_sandbox_charge(L, 3);
	lua_settop(L, 3);
	lua_settable(L, lua_upvalueindex(1));
	return 0;
}

/* A copy is set, because fields added later to a metatable (__close, __mode) would be obeyed without anyone asking. */
static int b_setmetatable(lua_State *L)
{
	int t = lua_type(L, 2);

	luaL_checktype(L, 1, LUA_TTABLE);
	luaL_argexpected(L, t == LUA_TNIL || t == LUA_TTABLE, 2, "nil or table");
	if (lua_getmetatable(L, 1) && lua_rawgetp(L, -1, &sb_key_meta) == LUA_TNIL) /* the engine's */
		return luaL_error(L, "cannot change a protected metatable");
	lua_settop(L, 2);
	cb_sandbox_charge(L, 30);
	if (t == LUA_TNIL) {
		lua_setmetatable(L, 1);
		return 1;
	}
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		lua_pushstring(L, refused[i]);
		if (lua_rawget(L, 2) != LUA_TNIL)
			return luaL_error(L, "a metatable of a pack may not have '%s'", refused[i]);
		lua_pop(L, 1);
	}
	lua_newtable(L);
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		lua_pushstring(L, events[i]);
		lua_pushvalue(L, -1);
		switch (lua_rawget(L, 2)) {
		case LUA_TNIL:
			lua_pop(L, 2);
			break;
		case LUA_TTABLE:
			if (i < 2) {
				lua_pushcclosure(L, i ? newindex_table : index_table, 1);
				lua_rawset(L, 3);
				break;
			}
			/* fall through */
		default:
			return luaL_error(L, "'%s' of a metatable must be a function", events[i]);
		case LUA_TFUNCTION:
			lua_rawset(L, 3);
		}
	}
	lua_pushvalue(L, 2);
	lua_rawsetp(L, 3, &sb_key_meta);
	lua_setmetatable(L, 1);
	lua_settop(L, 1);
	return 1;
}

static int b_getmetatable(lua_State *L)
{
	luaL_checkany(L, 1);
	if (!lua_getmetatable(L, 1))
		return 0;
	lua_pushstring(L, "__metatable");
	if (lua_rawget(L, -2) != LUA_TNIL)
		return 1;
	lua_pop(L, 1);
	lua_rawgetp(L, -1, &sb_key_meta); /* the pack's own table; nil for one that is the engine's */
	return 1;
}

/* --- text of values ------------------------------------------------------------------------------------------ */

const char *sb_tostring(lua_State *L, int idx, size_t *len)
{
	char text[64];

	idx = lua_absindex(L, idx);
	switch (lua_type(L, idx)) {
	case LUA_TSTRING:
		lua_pushvalue(L, idx);
		break;
	case LUA_TNUMBER:
		if (lua_isinteger(L, idx)) {
			snprintf(text, sizeof(text), "%lld", (long long)lua_tointeger(L, idx));
		} else {
			double x = lua_tonumber(L, idx);
			if (isnan(x)) {
				memcpy(text, "nan", 4); /* its sign depends on the machine */
			} else {
				snprintf(text, sizeof(text), "%.14g", x);
				if (!text[strspn(text, "-0123456789")])
					memcpy(text + strlen(text), ".0", 3);
			}
		}
		lua_pushstring(L, text);
		break;
	case LUA_TNIL:
		lua_pushliteral(L, "nil");
		break;
	case LUA_TBOOLEAN:
		lua_pushstring(L, lua_toboolean(L, idx) ? "true" : "false");
		break;
	default:
		if (luaL_getmetafield(L, idx, "__tostring") != LUA_TNIL) {
			lua_pushvalue(L, idx);
			lua_call(L, 1, 1);
			if (!lua_isstring(L, -1))
				luaL_error(L, "'__tostring' must return a string");
		} else if (luaL_getmetafield(L, idx, "__name") != LUA_TNIL) { /* of the engine's own objects */
			if (lua_type(L, -1) != LUA_TSTRING) {
				lua_pop(L, 1);
				lua_pushstring(L, luaL_typename(L, idx));
			}
		} else {
			lua_pushstring(L, luaL_typename(L, idx));
		}
	}
	return lua_tolstring(L, -1, len);
}

static int b_tostring(lua_State *L)
{
	luaL_checkany(L, 1);
	cb_sandbox_charge(L, 20);
	sb_tostring(L, 1, NULL);
	return 1;
}

static int b_tonumber(lua_State *L)
{
	size_t n;
	const char *s;

	if (lua_isnoneornil(L, 2)) {
		if (lua_type(L, 1) == LUA_TNUMBER) {
			lua_settop(L, 1);
			return 1;
		}
		s = lua_tolstring(L, 1, &n);
		if (s) {
			cb_sandbox_charge(L, 10 + n);
			if (lua_stringtonumber(L, s) == n + 1)
				return 1;
		}
		luaL_checkany(L, 1);
	} else {
		lua_Integer base = luaL_checkinteger(L, 2), v = 0;
		lua_Unsigned u = 0;
		size_t i = 0, from;
		bool neg = false;

		luaL_checktype(L, 1, LUA_TSTRING);
		s = lua_tolstring(L, 1, &n);
		luaL_argcheck(L, base >= 2 && base <= 36, 2, "base out of range");
		cb_sandbox_charge(L, 10 + n);
		while (i < n && strchr(" \f\n\r\t\v", s[i]) && s[i])
			i++;
		if (i < n && (s[i] == '-' || s[i] == '+'))
			neg = s[i++] == '-';
		from = i;
		for (; i < n; i++) {
			char c = s[i];
			int d = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'z' ? c - 'a' + 10 : c >= 'A' && c <= 'Z' ? c - 'A' + 10 : 99;
			if (d >= base)
				break;
			u = u * (lua_Unsigned)base + (lua_Unsigned)d;
		}
		if (i > from) {
			while (i < n && s[i] && strchr(" \f\n\r\t\v", s[i]))
				i++;
			if (i == n) {
				v = (lua_Integer)(neg ? 0u - u : u);
				lua_pushinteger(L, v);
				return 1;
			}
		}
	}
	lua_pushnil(L);
	return 1;
}

static int b_print(lua_State *L)
{
	struct cb_sandbox *sb = SB_OF(L);
	int n = lua_gettop(L);
	char line[300];
	size_t w = 0, len;

	cb_sandbox_charge(L, 100);
	for (int i = 1; i <= n; i++) {
		const char *s = sb_tostring(L, i, &len);
		if (i > 1 && w + 1 < sizeof(line))
			line[w++] = ' ';
		if (w < sizeof(line)) {
			cb_sandbox_clean(line + w, sizeof(line) - w, s, len);
			w += strlen(line + w);
		}
		lua_pop(L, 1);
	}
	if (sb->nprinted + w + 2 > sizeof(sb->printed)) {
		/* drop the oldest lines */
		char *cut = memchr(sb->printed + sb->nprinted / 2, '\n', sb->nprinted - sb->nprinted / 2);
		size_t from = cut ? (size_t)(cut + 1 - sb->printed) : sb->nprinted;
		memmove(sb->printed, sb->printed + from, sb->nprinted - from);
		sb->nprinted -= from;
	}
	memcpy(sb->printed + sb->nprinted, line, w);
	sb->nprinted += w;
	sb->printed[sb->nprinted++] = '\n';
	sb->printed[sb->nprinted] = '\0';
	return 0;
}

const char *cb_sandbox_printed(const struct cb_sandbox *sb)
{
	return sb->printed;
}

void cb_sandbox_printed_clear(struct cb_sandbox *sb)
{
	sb->nprinted = 0;
	sb->printed[0] = '\0';
}

/* --- errors -------------------------------------------------------------------------------------------------- */

static int b_error(lua_State *L)
{
	int level = (int)luaL_optinteger(L, 2, 1);

	lua_settop(L, 1);
	if (lua_type(L, 1) == LUA_TSTRING && level > 0 && level < 200) {
		luaL_where(L, level);
		lua_pushvalue(L, 1);
		lua_concat(L, 2);
	}
	return lua_error(L);
}

static int b_assert(lua_State *L)
{
	if (lua_toboolean(L, 1))
		return lua_gettop(L);
	luaL_checkany(L, 1);
	if (lua_gettop(L) == 1)
		return luaL_error(L, "assertion failed!");
	lua_settop(L, 2);
	return lua_error(L);
}

static int b_pcall(lua_State *L)
{
	int status;

	luaL_checkany(L, 1);
	cb_sandbox_charge(L, 20);
	status = lua_pcall(L, lua_gettop(L) - 1, LUA_MULTRET, 0);
	if (status != LUA_OK)
		sb_caught(L, status);
	cb_sandbox_charge(L, (size_t)lua_gettop(L));
	luaL_checkstack(L, 1, NULL);
	lua_pushboolean(L, status == LUA_OK);
	lua_insert(L, 1);
	return lua_gettop(L);
}

/* The handler runs after the stack has unwound: Lua runs handlers with the hook switched off. */
static int b_xpcall(lua_State *L)
{
	int status;

	luaL_checktype(L, 2, LUA_TFUNCTION);
	cb_sandbox_charge(L, 20);
	lua_pushvalue(L, 1);
	lua_insert(L, 3); /* f, handler, f, arguments */
	status = lua_pcall(L, lua_gettop(L) - 3, LUA_MULTRET, 0);
	if (status != LUA_OK) {
		sb_caught(L, status);
		lua_settop(L, 3);
		lua_pushvalue(L, 2);
		lua_insert(L, 3);
		status = lua_pcall(L, 1, 1, 0);
		if (status != LUA_OK)
			sb_caught(L, status);
		lua_pushboolean(L, 0);
		lua_insert(L, 3);
		return 2;
	}
	cb_sandbox_charge(L, (size_t)lua_gettop(L));
	luaL_checkstack(L, 1, NULL);
	lua_pushboolean(L, 1);
	lua_replace(L, 2);
	return lua_gettop(L) - 1;
}

/* --- going through tables ------------------------------------------------------------------------------------ */

static int ipairs_step(lua_State *L)
{
	lua_Integer i = luaL_checkinteger(L, 2);

	i = (lua_Integer)((lua_Unsigned)i + 1);
	lua_pushinteger(L, i);
	return lua_geti(L, 1, i) == LUA_TNIL ? 1 : 2;
}

static int b_ipairs(lua_State *L)
{
	luaL_checkany(L, 1);
	lua_pushcfunction(L, ipairs_step);
	lua_pushvalue(L, 1);
	lua_pushinteger(L, 0);
	return 3;
}

struct key {
	enum { KEY_INT, KEY_FLOAT, KEY_STRING, KEY_FALSE, KEY_TRUE } type;
	union {
		lua_Integer i;
		lua_Number x;
		struct { const char *s; size_t len; } s;
	} u;
};

static int cmp_int_float(lua_Integer i, lua_Number x)
{
	if (x >= 9223372036854775808.0)
		return -1;
	if (x < -9223372036854775808.0)
		return 1;
	lua_Integer f = (lua_Integer)floor(x);
	if (i != f)
		return i < f ? -1 : 1;
	return x > floor(x) ? -1 : 0;
}

static int key_compare(const void *pa, const void *pb)
{
	const struct key *a = pa, *b = pb;
	int ra = a->type <= KEY_FLOAT ? 0 : (int)a->type, rb = b->type <= KEY_FLOAT ? 0 : (int)b->type;

	if (ra != rb)
		return ra < rb ? -1 : 1;
	if (ra == 0) {
		if (a->type == KEY_INT && b->type == KEY_INT)
			return a->u.i < b->u.i ? -1 : a->u.i > b->u.i;
		if (a->type == KEY_INT)
			return cmp_int_float(a->u.i, b->u.x);
		if (b->type == KEY_INT)
			return -cmp_int_float(b->u.i, a->u.x);
		return a->u.x < b->u.x ? -1 : a->u.x > b->u.x;
	}
	if (a->type == KEY_STRING) {
		size_t n = a->u.s.len < b->u.s.len ? a->u.s.len : b->u.s.len;
		int c = memcmp(a->u.s.s, b->u.s.s, n);
		return c ? c : a->u.s.len < b->u.s.len ? -1 : a->u.s.len > b->u.s.len;
	}
	return 0;
}

/* Upvalues: table, keys in order (a table, anchors the strings too), next position. */
static int pairs_step(lua_State *L)
{
	lua_Integer i = lua_tointeger(L, lua_upvalueindex(3));

	for (;; i++) {
		if (lua_rawgeti(L, lua_upvalueindex(2), i) == LUA_TNIL) {
			lua_pushinteger(L, i);
			lua_replace(L, lua_upvalueindex(3));
			return 1;
		}
		lua_pushvalue(L, -1);
		if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) {
			lua_pushinteger(L, i + 1);
			lua_replace(L, lua_upvalueindex(3));
			return 2;
		}
		lua_pop(L, 2);
		cb_sandbox_charge(L, 2);
	}
}

static int b_pairs(lua_State *L)
{
	size_t n = 0, cap = 0, longest = 0, i = 0, steps = 1;
	struct key *key, *sorted;

	luaL_checkany(L, 1);
	if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
		lua_pushvalue(L, 1);
		lua_call(L, 1, 3);
		return 3;
	}
	luaL_checktype(L, 1, LUA_TTABLE);
	lua_settop(L, 1);
	if (!sb_face(L, 1))
		lua_pushvalue(L, 1); /* 2: what is gone through */
	for (lua_pushnil(L); lua_next(L, 2); lua_pop(L, 1)) {
		if (!(n & 255))
			cb_sandbox_charge(L, 512);
		n++;
	}
	cap = n ? n : 1;
	key = lua_newuserdatauv(L, cap * sizeof(*key), 0); /* 3 */
	sorted = lua_newuserdatauv(L, cap * sizeof(*key), 0); /* 4 */
	lua_createtable(L, n < 1 << 20 ? (int)n : 0, 0); /* 5 */
	for (lua_pushnil(L); lua_next(L, 2); i++) {
		struct key *k = &key[i];
		lua_pop(L, 1);
		switch (lua_type(L, -1)) {
		case LUA_TNUMBER:
			if (lua_isinteger(L, -1)) {
				k->type = KEY_INT;
				k->u.i = lua_tointeger(L, -1);
			} else {
				k->type = KEY_FLOAT;
				k->u.x = lua_tonumber(L, -1);
			}
			break;
		case LUA_TSTRING:
			k->type = KEY_STRING;
			k->u.s.s = lua_tolstring(L, -1, &k->u.s.len); /* a string already: the key stays as it is */
			if (k->u.s.len > longest)
				longest = k->u.s.len;
			break;
		case LUA_TBOOLEAN:
			k->type = lua_toboolean(L, -1) ? KEY_TRUE : KEY_FALSE;
			break;
		default:
			return luaL_error(L, "pairs: a key of type %s has no order; use numbers, texts or booleans as keys", luaL_typename(L, -1));
		}
	}
	while ((size_t)1 << steps < n)
		steps++;
	cb_sandbox_charge(L, n * (2 + steps * (1 + longest / 32)));
	/* merge sort, bottom up; array parts come in order already */
	for (i = 1; i < n && key_compare(&key[i - 1], &key[i]) <= 0; i++)
		;
	if (i < n) {
		for (size_t width = 1; width < n; width *= 2) {
			struct key *swap;
			for (size_t lo = 0; lo < n; lo += 2 * width) {
				size_t mid = lo + width < n ? lo + width : n, hi = lo + 2 * width < n ? lo + 2 * width : n, a = lo, b = mid, w = lo;
				while (a < mid || b < hi)
					sorted[w++] = b >= hi || (a < mid && key_compare(&key[a], &key[b]) <= 0) ? key[a++] : key[b++];
			}
			swap = key;
			key = sorted;
			sorted = swap;
		}
	}
	/* The strings are alive: they are keys of the table, and nothing of the pack runs before they are stored. */
	for (i = 0; i < n; i++) {
		const struct key *k = &key[i];
		if (k->type == KEY_INT)
			lua_pushinteger(L, k->u.i);
		else if (k->type == KEY_FLOAT)
			lua_pushnumber(L, k->u.x);
		else if (k->type == KEY_STRING)
			lua_pushlstring(L, k->u.s.s, k->u.s.len);
		else
			lua_pushboolean(L, k->type == KEY_TRUE);
		lua_rawseti(L, 5, (lua_Integer)i + 1);
	}
	lua_pushvalue(L, 2);
	lua_pushvalue(L, 5);
	lua_pushinteger(L, 1);
	lua_pushcclosure(L, pairs_step, 3);
	lua_pushvalue(L, 1);
	lua_pushnil(L);
	return 3;
}

static int b_select(lua_State *L)
{
	int n = lua_gettop(L);
	lua_Integer i;

	if (lua_type(L, 1) == LUA_TSTRING && *lua_tostring(L, 1) == '#') {
		lua_pushinteger(L, n - 1);
		return 1;
	}
	i = luaL_checkinteger(L, 1);
	if (i < 0)
		i = n + i;
	else if (i > n)
		i = n;
	luaL_argcheck(L, i >= 1, 1, "index out of range");
	cb_sandbox_charge(L, (size_t)(n - i) / 4);
	return n - (int)i;
}

static int b_type(lua_State *L)
{
	luaL_argcheck(L, lua_type(L, 1) != LUA_TNONE, 1, "value expected");
	lua_pushstring(L, luaL_typename(L, 1));
	return 1;
}

static int b_rawequal(lua_State *L)
{
	luaL_checkany(L, 1);
	luaL_checkany(L, 2);
	cb_sandbox_charge(L, (size_t)sb_weight(SB_OF(L)));
	lua_pushboolean(L, lua_rawequal(L, 1, 2));
	return 1;
}

static int b_rawlen(lua_State *L)
{
	luaL_argexpected(L, lua_type(L, 1) == LUA_TTABLE || lua_type(L, 1) == LUA_TSTRING, 1, "table or string");
	lua_settop(L, 1);
	if (sb_face(L, 1))
		lua_replace(L, 1);
	lua_pushinteger(L, (lua_Integer)lua_rawlen(L, 1));
	return 1;
}

/* --- require ------------------------------------------------------------------------------------------------- */

struct required {
	char *text;
	size_t len;
	char path[256];
	char msg[600];
};

static bool good_name(const char *s, size_t n)
{
	bool start = true;

	if (!n || n > 100)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '.' && !start)
			start = true;
		else if ((s[i] >= 'a' && s[i] <= 'z') || (s[i] >= 'A' && s[i] <= 'Z') || s[i] == '_' || (!start && s[i] >= '0' && s[i] <= '9'))
			start = false;
		else
			return false;
	}
	return !start;
}

static int b_require(lua_State *L)
{
	struct cb_sandbox *sb = SB_OF(L);
	size_t n;
	const char *name = luaL_checklstring(L, 1, &n);
	struct required *r;
	struct cb_err err;
	int rc;

	if (sb->frozen)
		return luaL_error(L, "require works while the pack loads, not while meetings are rated; write it at the top of the file");
	if (!sb->read)
		return luaL_error(L, "require is not offered here");
	if (!good_name(name, n) || strlen(name) != n)
		return luaL_error(L, "require: a name is made of letters, digits, _ and dots, such as \"common.bands\"");
	cb_sandbox_charge(L, 1000);
	lua_settop(L, 1);
	lua_rawgetp(L, LUA_REGISTRYINDEX, &sb_key_required);
	lua_pushvalue(L, 1);
	if (lua_rawget(L, 2) != LUA_TNIL) {
		if (lua_islightuserdata(L, -1))
			return luaL_error(L, "require: \"%s\" requires itself", name);
		return 1;
	}
	lua_pop(L, 1);
	r = lua_newuserdatauv(L, sizeof(*r), 0); /* 3 */
	memset(r, 0, sizeof(*r));
	rc = sb->read(sb->read_ctx, name, &r->text, &r->len, r->path, sizeof(r->path), &err);
	if (rc) {
		cb_free(r->text);
		return luaL_error(L, "require \"%s\": %s", name, err.msg);
	}
	/* From here to cb_free nothing raises: cb_sandbox_load works in protected mode. */
	rc = cb_sandbox_load(sb, r->text, r->len, r->path, &err);
	cb_free(r->text);
	r->text = NULL;
	if (rc == CB_ENOMEM)
		return sb_stop(L, SB_NOMEM);
	if (rc) {
		lua_pushstring(L, err.msg);
		return lua_error(L);
	}
	lua_pushvalue(L, 1);
	lua_pushlightuserdata(L, sb);
	lua_rawset(L, 2);
	lua_call(L, 0, 1);
	if (lua_isnil(L, -1)) {
		lua_pop(L, 1);
		lua_pushboolean(L, 1);
	}
	lua_pushvalue(L, 1);
	lua_pushvalue(L, -2);
	lua_rawset(L, 2);
	return 1;
}

void cb_sandbox_set_require(struct cb_sandbox *sb, cb_sandbox_read_fn read, void *ctx)
{
	sb->read = read;
	sb->read_ctx = ctx;
}

/* --- libraries ----------------------------------------------------------------------------------------------- */

static const luaL_Reg base[] = {
	{ "assert", b_assert },
	{ "error", b_error },
	{ "getmetatable", b_getmetatable },
	{ "ipairs", b_ipairs },
	{ "pairs", b_pairs },
	{ "pcall", b_pcall },
	{ "print", b_print },
	{ "rawequal", b_rawequal },
	{ "rawlen", b_rawlen },
	{ "require", b_require },
	{ "select", b_select },
	{ "setmetatable", b_setmetatable },
	{ "tonumber", b_tonumber },
	{ "tostring", b_tostring },
	{ "type", b_type },
	{ "xpcall", b_xpcall },
	{ NULL, NULL },
};

int sb_open_base(lua_State *L)
{
	luaL_newlib(L, base);
	return 1;
}

int sb_open_math(lua_State *L)
{
	static const char *const name[] = { "abs", "acos", "asin", "atan", "ceil", "cos", "deg", "exp", "floor", "fmod", "huge", "log", "max", "maxinteger",
					    "min", "mininteger", "modf", "pi", "rad", "sin", "sqrt", "tan", "tointeger", "type", "ult" };

	lua_newtable(L);
	lua_pushcfunction(L, luaopen_math);
	lua_call(L, 0, 1);
	for (size_t i = 0; i < sizeof(name) / sizeof(name[0]); i++) {
		lua_getfield(L, -1, name[i]);
		lua_setfield(L, -3, name[i]);
	}
	lua_pop(L, 1);
	return 1;
}
