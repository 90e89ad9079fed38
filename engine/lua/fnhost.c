/*
 * fnhost.c - one call of a pack's function: facts in, points out.
 *
 * The function gets one read-only table; asking it for a name that was not declared is an error that names the nearest
 * one. What comes back is checked here: a finite number, true, false or nil, and a note of text. The table of a handle
 * is made once and filled at each call, so a call costs about a microsecond beside the function itself.
 */
#include "lua/fnhost.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/alloc.h"
#include "lua/sandbox_int.h"

struct host {
	struct cb_sandbox *sb;
	struct cb_pack_limits lim;
	long run_left;
	char path[256];
};

struct one_call {
	struct host *h;
	int handle;
	const struct cb_fnarg *arg;
	size_t narg;
	struct cb_fnresult *out;
};

static const char key_args = 0; /* registry: handle -> { face, inner, names } */

/* __index of the facts: reached for a fact that was not reported (nil) and for a name that is none. */
static int unknown_fact(lua_State *L)
{
	const char *name;

	lua_pushvalue(L, 2);
	if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL || lua_type(L, 2) != LUA_TSTRING)
		return 0;
	name = lua_tostring(L, 2);
	/* the nearest of the declared names */
	{
		const char *names[64], *near;
		size_t n = 0;
		for (lua_pushnil(L); lua_next(L, lua_upvalueindex(1)); lua_pop(L, 1))
			if (n < 64)
				names[n++] = lua_tostring(L, -2);
		near = strlen(name) <= 60 ? cb_nearest(name, names, n) : NULL;
		if (near)
			return luaL_error(L, "'%s' is not among the facts that this criterion needs; did you mean '%s'?", name, near);
	}
	return luaL_error(L, "'%s' is not among the facts that this criterion needs; add it to needs", name);
}

/* [-0, +2] The inner table of a handle's facts and its face. */
static void push_args(lua_State *L, const struct one_call *c)
{
	int top = lua_gettop(L);

	if (lua_rawgetp(L, LUA_REGISTRYINDEX, &key_args) != LUA_TTABLE) {
		lua_pop(L, 1);
		lua_newtable(L);
		lua_pushvalue(L, -1);
		lua_rawsetp(L, LUA_REGISTRYINDEX, &key_args);
	}
	if (lua_rawgeti(L, top + 1, c->handle + 1) != LUA_TTABLE) {
		lua_pop(L, 1);
		lua_createtable(L, 2, 0);
		lua_createtable(L, 0, (int)c->narg); /* inner */
		lua_createtable(L, 0, 1);            /* its metatable */
		lua_createtable(L, 0, (int)c->narg); /* names */
		for (size_t i = 0; i < c->narg; i++) {
			lua_pushboolean(L, 1);
			lua_setfield(L, -2, c->arg[i].name);
		}
		lua_pushcclosure(L, unknown_fact, 1);
		lua_setfield(L, -2, "__index");
		lua_setmetatable(L, -2);
		lua_pushvalue(L, -1);
		lua_rawseti(L, -3, 1);
		cb_sandbox_readonly(L);
		lua_rawseti(L, -2, 2);
		lua_pushvalue(L, -1);
		lua_rawseti(L, top + 1, c->handle + 1);
	}
	lua_rawgeti(L, -1, 1);
	lua_rawgeti(L, -2, 2);
	lua_replace(L, top + 1);
	lua_replace(L, top + 2);
	lua_settop(L, top + 2);
	lua_insert(L, top + 1);
}

static int defined_at(lua_State *L, int handle)
{
	lua_Debug ar;

	cb_sandbox_push_kept(L, handle);
	if (!lua_isfunction(L, -1)) {
		lua_pop(L, 1);
		return 0;
	}
	lua_getinfo(L, ">S", &ar);
	return ar.linedefined;
}

static int bad_result(lua_State *L, const struct one_call *c, const char *what)
{
	return luaL_error(L, "%s:%d: the function %s", c->h->path, defined_at(L, c->handle), what);
}

/* The decimal that a double stands for, when it has at most 15 digits; else the nearest thousandth, half away from zero. */
static struct cb_ratio exact(double x)
{
	struct cb_ratio r;
	char text[40];
	double scale = 1, t;

	/* few decimals, the usual case: n / 10^k with n below 10^15 is the only such decimal that reads as x */
	for (int k = 0; k <= 4; k++, scale *= 10) {
		t = nearbyint(x * scale);
		if (fabs(t) < 1e15 && t / scale == x)
			return cb_ratio_make((int64_t)t, (int64_t)scale);
	}
	snprintf(text, sizeof(text), "%.14e", x);
	if (strtod(text, NULL) == x && cb_ratio_from_double(&r, x))
		return r;
	t = floor(fabs(x) * 1000 + 0.5);
	return cb_ratio_make((int64_t)(x < 0 ? -t : t), 1000);
}

static int take_result(lua_State *L, const struct one_call *c)
{
	struct cb_fnresult *out = c->out;
	char text[200];
	double x;

	switch (lua_type(L, -2)) {
	case LUA_TNIL:
		out->type = CB_FN_ABSENT;
		break;
	case LUA_TBOOLEAN:
		out->type = lua_toboolean(L, -2) ? CB_FN_TRUE : CB_FN_FALSE;
		break;
	case LUA_TNUMBER:
		x = lua_tonumber(L, -2);
		if (!isfinite(x))
			return bad_result(L, c, isnan(x) ? "returned nan (0/0); points are a finite number" : "returned an infinite number; is there a division by zero?");
		if (fabs(x) > 1e12)
			return bad_result(L, c, "returned a number beyond 10^12");
		out->type = CB_FN_POINTS;
		out->raw = x;
		out->value = exact(x);
		break;
	case LUA_TSTRING: {
		size_t n;
		const char *s = lua_tolstring(L, -2, &n);
		char shown[60];
		cb_sandbox_clean(shown, sizeof(shown), s, n);
		snprintf(text, sizeof(text), "returned the text \"%s\"; points are a number, without quotes", shown);
		return bad_result(L, c, text);
	}
	default:
		snprintf(text, sizeof(text), "returned a %s; points are a number", luaL_typename(L, -2));
		return bad_result(L, c, text);
	}
	switch (lua_type(L, -1)) {
	case LUA_TNIL:
		break;
	case LUA_TSTRING: {
		size_t n;
		const char *s = lua_tolstring(L, -1, &n);
		cb_sandbox_clean(out->note, sizeof(out->note), s, n);
		break;
	}
	case LUA_TNUMBER:
		return bad_result(L, c, "returned two numbers; was a decimal comma meant? write 7.5, not 7,5");
	default:
		snprintf(text, sizeof(text), "returned a %s as its note; a note is a text", luaL_typename(L, -1));
		return bad_result(L, c, text);
	}
	return 0;
}

static int run_one(lua_State *L)
{
	const struct one_call *c = lua_touserdata(L, 1);

	luaL_checkstack(L, 20, NULL);
	push_args(L, c); /* 2 inner, 3 face */
	for (size_t i = 0; i < c->narg; i++) {
		const struct cb_fnarg *a = &c->arg[i];
		lua_pushstring(L, a->name);
		if (!a->have)
			lua_pushnil(L);
		else if (a->word)
			lua_pushstring(L, a->word);
		else if (a->flag) /* 0 would be true in Lua */
			lua_pushboolean(L, a->value.n != 0);
		else if (a->value.d == 1)
			lua_pushinteger(L, a->value.n);
		else
			lua_pushnumber(L, (double)a->value.n / (double)a->value.d);
		lua_rawset(L, 2);
	}
	cb_sandbox_push_kept(L, c->handle);
	lua_pushvalue(L, 3);
	lua_call(L, 1, 2);
	return take_result(L, c);
}

static int host_call(void *ctx, int handle, const struct cb_fnarg *arg, size_t narg, struct cb_fnresult *out, struct cb_err *err)
{
	struct host *h = ctx;
	struct one_call c = { h, handle, arg, narg, out };
	bool by_run = h->run_left < h->lim.fuel_call;
	long before = cb_sandbox_fuel_used(h->sb);
	int rc;

	memset(out, 0, sizeof(*out));
	if (h->run_left <= 0)
		return cb_err_set(err, CB_ELIMIT,
				  "%s: stopped: its functions used up the fuel of this run (fuel_run = %ld, about one Lua instruction each); make them cheaper, or "
				  "raise fuel_run",
				  h->path, h->lim.fuel_run);
	if (!lua_checkstack(h->sb->L, 8))
		return cb_err_nomem(err);
	lua_pushcfunction(h->sb->L, run_one);
	lua_pushlightuserdata(h->sb->L, &c);
	rc = sb_call(h->sb, 1, 0, by_run ? h->run_left : h->lim.fuel_call, by_run ? "fuel_run" : "fuel_call",
		     by_run ? h->lim.fuel_run : h->lim.fuel_call, err);
	h->run_left -= cb_sandbox_fuel_used(h->sb) - before + 64;
	if (rc && !strstr(err->msg, ".lua:"))
		cb_err_prefix(err, "%s", h->path);
	return rc;
}

static void host_free(void *ctx)
{
	struct host *h = ctx;

	if (!h)
		return;
	cb_sandbox_close(h->sb);
	cb_free(h);
}

int cb_fnhost_make(struct cb_fnhost *out, struct cb_sandbox *sb, const char *path, const struct cb_pack_limits *lim, struct cb_err *err)
{
	struct host *h = cb_calloc(1, sizeof(*h));

	memset(out, 0, sizeof(*out));
	if (!h) {
		cb_sandbox_close(sb);
		return cb_err_nomem(err);
	}
	h->sb = sb;
	h->lim = lim ? *lim : cb_pack_limits_default;
	h->run_left = h->lim.fuel_run;
	snprintf(h->path, sizeof(h->path), "%s", path);
	out->ctx = h;
	out->call = host_call;
	out->free = host_free;
	return 0;
}

void cb_fnhost_begin_run(struct cb_fnhost *host)
{
	if (host->ctx && host->call == host_call) {
		struct host *h = host->ctx;
		h->run_left = h->lim.fuel_run;
	}
}
