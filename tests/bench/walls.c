/*
 * walls.c - what the walls around a pack cost: three typical function criteria, called in plain Lua, through the sandbox,
 * and through the sandbox in a process of its own.
 *
 * All get the facts anew for each call and check the result; the walled ones get them in batches, as the evaluator does.
 * Prints nanoseconds of processor time a call, of both processes where there are two (they take turns, so this is also
 * how long it takes), the best of some turns, and the ratios.
 */
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "lua/fnhost.h"
#include "lua/wall.h"

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

/* Milliseconds of processor time of this process, and of the child of a wall while there is one. */
static double now(const struct cb_fnhost *wall)
{
	struct timespec t, u = { 0, 0 };
	clockid_t id;

	if (wall && cb_wall_child(wall) && clock_getcpuclockid((pid_t)cb_wall_child(wall), &id) == 0)
		clock_gettime(id, &u);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)(t.tv_sec + u.tv_sec) * 1e3 + (double)(t.tv_nsec + u.tv_nsec) / 1e6;
}

static int keep(lua_State *L)
{
	lua_settop(L, 1);
	cb_sandbox_keep(L);
	return 0;
}

/* The arguments of a batch, as eval writes them. */
static void fill(struct cb_fnarg *arg, long first)
{
	for (long i = 0; i < CB_FN_LANES; i++, arg += FACTS) {
		for (int k = 0; k < FACTS; k++)
			arg[k] = fact[k];
		arg[0].value.n = (first + i) % 25;
	}
}

static double walled(int which, long calls, bool second, double *sum)
{
	static struct cb_fnarg arg[CB_FN_LANES * FACTS];
	static struct cb_fnresult r[CB_FN_LANES];
	struct cb_pack_limits lim = cb_pack_limits_default;
	struct cb_sandbox *sb = NULL;
	struct cb_fnhost h = { 0 }, inner;
	struct cb_err err;
	double t;

	lim.fuel_run = 1L << 60;
	if (cb_sandbox_open(&sb, &lim, &err) || cb_sandbox_load(sb, text[which], strlen(text[which]), "t.lua", &err))
		abort();
	lua_pushcfunction(cb_sandbox_state(sb), keep);
	lua_insert(cb_sandbox_state(sb), -2);
	if (cb_sandbox_call(sb, 0, 1, 0, &err) || cb_sandbox_call(sb, 1, 0, 0, &err) || cb_sandbox_freeze(sb, &err) || cb_fnhost_make(&h, sb, "t.lua", &lim, &err))
		abort();
	inner = h;
	if (second && cb_wall_make(&h, inner, "t.lua", "t", &lim, &err))
		abort();
	t = now(NULL);
	for (long i = 0; i < calls; i += CB_FN_LANES) {
		size_t n = calls - i < CB_FN_LANES ? (size_t)(calls - i) : CB_FN_LANES;
		fill(arg, i);
		if (h.call(h.ctx, 0, arg, FACTS, n, r, &err))
			abort();
		for (size_t k = 0; k < n; k++) {
			if (r[k].code)
				abort();
			*sum += r[k].raw;
		}
	}
	t = now(second ? &h : NULL) - t;
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
	t = now(NULL);
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
	t = now(NULL) - t;
	lua_close(L);
	return t;
}

static double less(int turn, double best, double t)
{
	return turn && best < t ? best : t;
}

int main(int argc, char **argv)
{
	long calls = argc > 1 ? atol(argv[1]) : 100000;
	double lua = 0, one = 0, two = 0, all = 3.0 * (double)calls, s[3];

	for (int turn = 0; turn < 7; turn++) {
		double t[3] = { 0 };
		memset(s, 0, sizeof(s));
		for (int i = 0; i < 3; i++) {
			t[0] += plain(i, calls, &s[0]);
			t[1] += walled(i, calls, false, &s[1]);
			t[2] += walled(i, calls, true, &s[2]);
		}
		lua = less(turn, lua, t[0]);
		one = less(turn, one, t[1]);
		two = less(turn, two, t[2]);
	}
	if (s[0] != s[1] || s[0] != s[2]) {
		fprintf(stderr, "walls: they do not agree: %g %g %g\n", s[0], s[1], s[2]);
		return 1;
	}
	printf("functions of packs: %.0f ns a call in plain Lua, %.0f in the sandbox (%.2f x), %.0f with the process around it (%.2f x)\n", lua * 1e6 / all,
	       one * 1e6 / all, one / lua, two * 1e6 / all, two / lua);
	return 0;
}
