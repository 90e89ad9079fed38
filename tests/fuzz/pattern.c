/* pattern.c - libFuzzer over the pattern functions of packs: they never crash, stop in time, and give what Lua's give. `make fuzz`. */
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lua/sandbox.h"

static const char code[] = "local op, s, p, r = ...\n"
			   "local function show(...)\n"
			   "  local t = {}\n"
			   "  for i = 1, select('#', ...) do local v = (select(i, ...)) t[i] = type(v) .. ':' .. tostring(v) end\n"
			   "  return table.concat(t, '|')\n"
			   "end\n"
			   "local function run()\n"
			   "  if op == 0 then return show(string.find(s, p)) end\n"
			   "  if op == 1 then return show(string.match(s, p, 2)) end\n"
			   "  if op == 2 then return show(string.gsub(s, p, r)) end\n"
			   "  if op == 3 then return show(string.gsub(s, p, function(a, b) if b then return b end end)) end\n"
			   "  if op == 4 then local n, t = 0, {} for a, b in string.gmatch(s, p) do n = n + 1 t[n] = show(a, b) end return table.concat(t, ';') end\n"
			   "  if op == 5 then return show(string.format(p, s, #s, r)) end\n"
			   "  return show(string.gsub(s, p, { a = 'A', [1] = 'one' }, 3))\n"
			   "end\n"
			   "local ok, v = pcall(run)\n"
			   "return ok and v or 'error ' .. tostring(v)\n";

static int push(lua_State *L, const uint8_t *d, size_t n)
{
	const uint8_t *p = d + 1, *s, *r, *end = d + n;

	s = memchr(p, '\n', (size_t)(end - p));
	s = s ? s : end;
	r = s < end ? memchr(s + 1, '\n', (size_t)(end - s - 1)) : end;
	r = r ? r : end;
	lua_pushinteger(L, d[0] % 7);
	lua_pushlstring(L, s < end ? (const char *)s + 1 : "", s < end ? (size_t)(r - s - 1) : 0);
	lua_pushlstring(L, (const char *)p, (size_t)(s - p));
	lua_pushlstring(L, r < end ? (const char *)r + 1 : "", r < end ? (size_t)(end - r - 1) : 0);
	return 4;
}

int LLVMFuzzerTestOneInput(const uint8_t *d, size_t n)
{
	static lua_State *stock;
	static struct cb_sandbox *sb;
	static int uses;
	struct cb_err err;
	const char *a, *b;
	size_t na, nb;

	if (n < 2 || n > 400)
		return 0;
	if (!stock) {
		stock = luaL_newstate();
		luaL_openlibs(stock);
	}
	if (uses++ % 200 == 0) {
		cb_sandbox_close(sb);
		if (cb_sandbox_open(&sb, NULL, &err))
			abort();
	}
	if (cb_sandbox_load(sb, code, sizeof(code) - 1, "t.lua", &err))
		abort();
	if (cb_sandbox_call(sb, push(cb_sandbox_state(sb), d, n), 1, 300000, &err))
		return 0; /* a limit: Lua's own would not end */
	if (luaL_loadbufferx(stock, code, sizeof(code) - 1, "@t.lua", "t") || lua_pcall(stock, push(stock, d, n), 1, 0))
		abort();
	a = lua_tolstring(cb_sandbox_state(sb), -1, &na);
	b = lua_tolstring(stock, -1, &nb);
	/* deliberate: no sign of nan, no addresses (%p) */
	if ((na != nb || memcmp(a, b, na)) && !memmem(b, nb, "nan", 3) && !(!strncmp(a, "error ", 6) && strstr(a, "p' to 'format'"))) {
		fprintf(stderr, "ours: %s\nlua:  %s\n", a, b);
		abort();
	}
	lua_settop(stock, 0);
	lua_settop(cb_sandbox_state(sb), 0);
	return 0;
}
