/*
 * walls.c - what the walls around a pack cost: three typical function criteria, called through the sandbox and in plain Lua.
 *
 * Both build the table of facts anew for each call and check the result. Prints milliseconds of each and their ratio.
 */
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "lua/fnhost.h"

static const char *const text[3] = {
	"return function(m) return m.present > 0 and math.min(5, 10 * m.speakers / m.present) or 0 end",
	"return function(m)\n"
	"  local share = m.present / (m.members - m.exempt)\n"
	"  if share >= 0.9 then return 5 elseif share >= 0.75 then return 4 elseif share >= 0.5 then return 2 end\n"
	"  return 0, 'dự họp ' .. m.present .. '/' .. m.members\n"
	"end",
	"local weight = { 3, 2, 1 }\n"
	"return function(m)\n"
	"  local sum = 0\n"
	"  for i, w in ipairs(weight) do sum = sum + w * (m['part' .. i] or 0) end\n"
	"  return math.floor(sum * 10 + 0.5) / 10\n"
	"end",
};

static struct cb_fnarg fact[] = {
	{ .name = "present", .have = true, .value = { 18, 1 } }, { .name = "speakers", .have = true, .value = { 4, 1 } },
	{ .name = "members", .have = true, .value = { 24, 1 } }, { .name = "exempt", .have = true, .value = { 2, 1 } },
	{ .name = "part1", .have = true, .value = { 1, 1 } }, { .name = "part2", .have = true, .value = { 1, 2 } },
	{ .name = "part3" },
};
enum { FACTS = sizeof(fact) / sizeof(fact[0]) };

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int keep(lua_State *L)
{
	lua_settop(L, 1);
	cb_sandbox_keep(L);
	return 0;
}

static double walled(int which, long calls, double *sum)
{
	struct cb_pack_limits lim = cb_pack_limits_default;
	struct cb_sandbox *sb = NULL;
	struct cb_fnhost h = { 0 };
	struct cb_fnresult r;
	struct cb_err err;
	double t;

	lim.fuel_run = 1L << 60;
	if (cb_sandbox_open(&sb, &lim, &err) || cb_sandbox_load(sb, text[which], strlen(text[which]), "t.lua", &err))
		abort();
	lua_pushcfunction(cb_sandbox_state(sb), keep);
	lua_insert(cb_sandbox_state(sb), -2);
	if (cb_sandbox_call(sb, 0, 1, 0, &err) || cb_sandbox_call(sb, 1, 0, 0, &err) || cb_sandbox_freeze(sb, &err) || cb_fnhost_make(&h, sb, "t.lua", &lim, &err))
		abort();
	t = now();
	for (long i = 0; i < calls; i++) {
		fact[0].value.n = i % 25;
		if (h.call(h.ctx, 0, fact, FACTS, &r, &err))
			abort();
		*sum += r.raw;
	}
	t = now() - t;
	h.free(h.ctx);
	return t;
}

static double plain(int which, long calls, double *sum)
{
	lua_State *L = luaL_newstate();
	double t;

	luaL_openlibs(L);
	if (luaL_loadstring(L, text[which]) || lua_pcall(L, 0, 1, 0))
		abort();
	t = now();
	for (long i = 0; i < calls; i++) {
		fact[0].value.n = i % 25;
		lua_pushvalue(L, 1);
		lua_createtable(L, 0, FACTS);
		for (int k = 0; k < FACTS; k++) {
			if (!fact[k].have)
				continue;
			if (fact[k].value.d == 1)
				lua_pushinteger(L, fact[k].value.n);
			else
				lua_pushnumber(L, (double)fact[k].value.n / (double)fact[k].value.d);
			lua_setfield(L, -2, fact[k].name);
		}
		if (lua_pcall(L, 1, 2, 0))
			abort();
		if (!lua_isnumber(L, -2))
			abort();
		*sum += lua_tonumber(L, -2);
		if (lua_isstring(L, -1))
			*sum += (double)lua_rawlen(L, -1) * 0;
		lua_settop(L, 1);
	}
	t = now() - t;
	lua_close(L);
	return t;
}

int main(int argc, char **argv)
{
	long calls = argc > 1 ? atol(argv[1]) : 300000;
	double a = 0, b = 0, sa = 0, sb = 0;

	for (int turn = 0; turn < 3; turn++) {
		double ta = 0, tb = 0;
		sa = sb = 0;
		for (int i = 0; i < 3; i++) {
			tb += plain(i, calls, &sb);
			ta += walled(i, calls, &sa);
		}
		a = turn && a < ta ? a : ta;
		b = turn && b < tb ? b : tb;
	}
	if (sa != sb) {
		fprintf(stderr, "walls: the two do not agree: %g %g\n", sa, sb);
		return 1;
	}
	printf("functions of packs: %.0f ns a call in the sandbox, %.0f ns in plain Lua: %.2f x\n", a * 1e6 / (3.0 * (double)calls), b * 1e6 / (3.0 * (double)calls), a / b);
	return 0;
}
