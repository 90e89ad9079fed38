/*
 * tablib.c - table.concat insert move pack remove sort unpack, charged for what they do.
 *
 * They obey metamethods as Lua's own do, and therefore also work on read-only faces (reading). sort is a stable merge
 * sort: n log n comparisons, whatever the comparison says.
 */
#include "lua/sandbox_int.h"

#include <limits.h>
#include <string.h>

static lua_Integer checked_len(lua_State *L, int idx)
{
	if (lua_type(L, idx) != LUA_TTABLE)
		luaL_checktype(L, idx, LUA_TTABLE);
	return luaL_len(L, idx);
}

static int t_concat(lua_State *L)
{
	lua_Integer last = checked_len(L, 1), i;
	size_t nsep, len;
	const char *sep = luaL_optlstring(L, 2, "", &nsep);
	struct sb_buf b;

	i = luaL_optinteger(L, 3, 1);
	last = luaL_optinteger(L, 4, last);
	lua_settop(L, 4);
	sb_buf_init(&b, L);
	for (; i <= last; i++) {
		const char *s;
		lua_geti(L, 1, i);
		if (!lua_isstring(L, -1))
			return luaL_error(L, "invalid value (%s) at index %I in table for 'concat'", luaL_typename(L, -1), (LUAI_UACINT)i);
		s = lua_tolstring(L, -1, &len);
		cb_sandbox_charge(L, 2 + (len + nsep) / 16);
		sb_buf_add(&b, s, len);
		lua_pop(L, 1);
		if (i < last)
			sb_buf_add(&b, sep, nsep);
		else
			break; /* last may be the largest integer */
	}
	sb_buf_push(&b);
	return 1;
}

static int t_insert(lua_State *L)
{
	lua_Integer e = checked_len(L, 1), pos;

	e = (lua_Integer)((lua_Unsigned)e + 1);
	switch (lua_gettop(L)) {
	case 2:
		pos = e;
		break;
	case 3:
		pos = luaL_checkinteger(L, 2);
		luaL_argcheck(L, (lua_Unsigned)pos - 1u < (lua_Unsigned)e, 2, "position out of bounds");
		for (lua_Integer i = e; i > pos; i--) {
			cb_sandbox_charge(L, 2);
			lua_geti(L, 1, i - 1);
			lua_seti(L, 1, i);
		}
		break;
	default:
		return luaL_error(L, "wrong number of arguments to 'insert'");
	}
	cb_sandbox_charge(L, 5);
	lua_seti(L, 1, pos);
	return 0;
}

static int t_remove(lua_State *L)
{
	lua_Integer size = checked_len(L, 1), pos = luaL_optinteger(L, 2, size);

	if (pos != size)
		luaL_argcheck(L, (lua_Unsigned)pos - 1u <= (lua_Unsigned)size, 1, "position out of bounds");
	cb_sandbox_charge(L, 5);
	lua_geti(L, 1, pos);
	for (; pos < size; pos++) {
		cb_sandbox_charge(L, 2);
		lua_geti(L, 1, pos + 1);
		lua_seti(L, 1, pos);
	}
	lua_pushnil(L);
	lua_seti(L, 1, pos);
	return 1;
}

static int t_move(lua_State *L)
{
	lua_Integer f = luaL_checkinteger(L, 2), e = luaL_checkinteger(L, 3), t = luaL_checkinteger(L, 4);
	int dst = lua_isnoneornil(L, 5) ? 1 : 5;

	luaL_checktype(L, 1, LUA_TTABLE);
	luaL_checktype(L, dst, LUA_TTABLE);
	if (e >= f) {
		lua_Integer n;
		luaL_argcheck(L, f > 0 || e < LUA_MAXINTEGER + f, 3, "too many elements to move");
		n = e - f + 1;
		luaL_argcheck(L, t <= LUA_MAXINTEGER - n + 1, 4, "destination wrap around");
		if (t > e || t <= f || (dst != 1 && !lua_compare(L, 1, dst, LUA_OPEQ))) {
			for (lua_Integer i = 0; i < n; i++) {
				cb_sandbox_charge(L, 2);
				lua_geti(L, 1, f + i);
				lua_seti(L, dst, t + i);
			}
		} else {
			for (lua_Integer i = n - 1; i >= 0; i--) {
				cb_sandbox_charge(L, 2);
				lua_geti(L, 1, f + i);
				lua_seti(L, dst, t + i);
			}
		}
	}
	lua_pushvalue(L, dst);
	return 1;
}

static int t_pack(lua_State *L)
{
	int n = lua_gettop(L);

	cb_sandbox_charge(L, (size_t)n);
	lua_createtable(L, n, 1);
	lua_insert(L, 1);
	for (int i = n; i >= 1; i--)
		lua_seti(L, 1, i);
	lua_pushinteger(L, n);
	lua_setfield(L, 1, "n");
	return 1;
}

static int t_unpack(lua_State *L)
{
	lua_Integer i = luaL_optinteger(L, 2, 1);
	lua_Integer e = lua_isnoneornil(L, 3) ? luaL_len(L, 1) : luaL_checkinteger(L, 3);
	lua_Unsigned n;

	if (i > e)
		return 0;
	n = (lua_Unsigned)e - (lua_Unsigned)i;
	if (n >= (lua_Unsigned)INT_MAX || n >= 1000000)
		return luaL_error(L, "too many results to unpack");
	cb_sandbox_charge(L, (size_t)n + 1);
	if (!lua_checkstack(L, (int)++n))
		return SB_OF(L)->fatal ? sb_stop(L, SB_BLOCK) : luaL_error(L, "too many results to unpack");
	for (; i < e; i++)
		lua_geti(L, 1, i);
	lua_geti(L, 1, e);
	return (int)n;
}

/* Is the value at a less than the value at b? Both are stack indexes. */
static bool less(lua_State *L, int a, int b)
{
	bool yes;

	cb_sandbox_charge(L, (size_t)(5 + sb_weight(SB_OF(L))));
	if (lua_isnil(L, 2))
		return lua_compare(L, a, b, LUA_OPLT);
	lua_pushvalue(L, 2);
	lua_pushvalue(L, a);
	lua_pushvalue(L, b);
	lua_call(L, 2, 1);
	yes = lua_toboolean(L, -1);
	lua_pop(L, 1);
	return yes;
}

static int t_sort(lua_State *L)
{
	lua_Integer n = checked_len(L, 1);
	int from = 3, to = 4;

	if (n < 2)
		return 0;
	luaL_argcheck(L, n < INT_MAX, 1, "array too big");
	if (!lua_isnoneornil(L, 2))
		luaL_checktype(L, 2, LUA_TFUNCTION);
	lua_settop(L, 2);
	cb_sandbox_charge(L, (size_t)n);
	lua_createtable(L, n < 1 << 18 ? (int)n : 0, 0); /* 3 */
	lua_createtable(L, n < 1 << 18 ? (int)n : 0, 0); /* 4 */
	for (lua_Integer i = 1; i <= n; i++) {
		cb_sandbox_charge(L, 2);
		lua_geti(L, 1, i);
		lua_rawseti(L, 3, i);
	}
	for (lua_Integer width = 1; width < n; width *= 2) {
		for (lua_Integer lo = 1; lo <= n; lo += 2 * width) {
			lua_Integer mid = lo + width <= n + 1 ? lo + width : n + 1, hi = lo + 2 * width <= n + 1 ? lo + 2 * width : n + 1;
			lua_Integer a = lo, b = mid, w = lo;
			bool asked = false;

			while (a < mid && b < hi) {
				lua_rawgeti(L, from, a); /* 5 */
				lua_rawgeti(L, from, b); /* 6 */
				if (less(L, 6, 5)) {
					if (!asked && less(L, 5, 6))
						return luaL_error(L, "invalid order function for sorting");
					asked = true;
					lua_rawseti(L, to, w++);
					lua_pop(L, 1);
					b++;
				} else {
					lua_pop(L, 1);
					lua_rawseti(L, to, w++);
					a++;
				}
			}
			cb_sandbox_charge(L, (size_t)(hi - lo));
			for (; a < mid; a++, w++) {
				lua_rawgeti(L, from, a);
				lua_rawseti(L, to, w);
			}
			for (; b < hi; b++, w++) {
				lua_rawgeti(L, from, b);
				lua_rawseti(L, to, w);
			}
		}
		from = 7 - from;
		to = 7 - to;
	}
	for (lua_Integer i = 1; i <= n; i++) {
		cb_sandbox_charge(L, 2);
		lua_rawgeti(L, from, i);
		lua_seti(L, 1, i);
	}
	return 0;
}

static const luaL_Reg functions[] = {
	{ "concat", t_concat },
	{ "insert", t_insert },
	{ "move", t_move },
	{ "pack", t_pack },
	{ "remove", t_remove },
	{ "sort", t_sort },
	{ "unpack", t_unpack },
	{ NULL, NULL },
};

int sb_open_table(lua_State *L)
{
	luaL_newlib(L, functions);
	return 1;
}
