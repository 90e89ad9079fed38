/*
 * fnhost.c - calls of a pack's function: facts in, points out.
 *
 * The function gets one read-only table; asking it for a name that was not declared is an error that names the nearest
 * one. What comes back is checked here: a finite number, true, false or nil, and a note of text. The table of a handle
 * is made once, with a closure that holds it, the names of its facts and the function; each call fills it again.
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
	char (*text)[CB_FN_TEXT]; /* [ntext] of the last call */
	size_t ntext;
};

struct one_call {
	struct host *h;
	int handle;
	const struct cb_fnarg *arg;
	size_t narg;
	struct cb_fnresult *out;
	char *text; /* [CB_FN_TEXT] */
};

static const char key_calls = 0; /* registry: handle -> closure of run_one */
enum { UP_INNER = 1, UP_FACE, UP_FUNCTION, UP_NAME };

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

static int run_one(lua_State *L);

/* Makes the closure of a handle: the table of its facts, the face of that, the function, the names. */
static int prepare(lua_State *L)
{
	const struct one_call *c = lua_touserdata(L, 1);

	luaL_checkstack(L, UP_NAME + CB_FN_ARGS + 10, NULL);
	if (lua_rawgetp(L, LUA_REGISTRYINDEX, &key_calls) != LUA_TTABLE) {
		lua_newtable(L);
		lua_pushvalue(L, -1);
		lua_rawsetp(L, LUA_REGISTRYINDEX, &key_calls);
		lua_replace(L, 2);
	}
	lua_createtable(L, 0, (int)c->narg); /* 3 inner */
	lua_createtable(L, 0, 1);            /* its metatable */
	lua_createtable(L, 0, (int)c->narg); /* names */
	for (size_t i = 0; i < c->narg; i++) {
		lua_pushboolean(L, 1);
		lua_setfield(L, -2, c->arg[i].name);
	}
	lua_pushcclosure(L, unknown_fact, 1);
	lua_setfield(L, -2, "__index");
	lua_setmetatable(L, 3);
	lua_pushvalue(L, 3);
	cb_sandbox_readonly(L);
	cb_sandbox_push_kept(L, c->handle);
	for (size_t i = 0; i < c->narg; i++)
		lua_pushstring(L, c->arg[i].name);
	lua_pushcclosure(L, run_one, UP_FUNCTION + (int)c->narg);
	lua_rawseti(L, 2, c->handle + 1);
	return 0;
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

struct cb_ratio cb_fn_exact(double x)
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
	/* 15 digits at most are n / 10^k with n of 15 digits; where that does not read as x, none do: the usual case of a quotient */
	for (int k = 5; k <= 22; k++, scale *= 10) {
		t = nearbyint(x * scale);
		if (fabs(t) < 1e14)
			continue;
		if (t / scale != x)
			goto thousandth;
		break;
	}
	snprintf(text, sizeof(text), "%.14e", x);
	if (strtod(text, NULL) == x && cb_ratio_from_double(&r, x))
		return r;
thousandth:
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
		if (fabs(x) > CB_FN_RAW_MAX)
			return bad_result(L, c, "returned a number beyond 10^12");
		out->type = CB_FN_POINTS;
		out->raw = x;
		out->value = cb_fn_exact(x);
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
		cb_sandbox_clean(c->text, CB_FN_NOTE, s, n);
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
	for (size_t i = 0; i < c->narg; i++) {
		const struct cb_fnarg *a = &c->arg[i];
		lua_pushvalue(L, lua_upvalueindex(UP_NAME + (int)i));
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
		lua_rawset(L, lua_upvalueindex(UP_INNER));
	}
	lua_pushvalue(L, lua_upvalueindex(UP_FUNCTION));
	lua_pushvalue(L, lua_upvalueindex(UP_FACE));
	lua_call(L, 1, 2);
	return take_result(L, c);
}

/* [-0, +1 on success] */
static int push_closure(const struct one_call *c, struct cb_err *err)
{
	lua_State *L = c->h->sb->L;

	for (int turn = 0; turn < 2; turn++) {
		if (lua_rawgetp(L, LUA_REGISTRYINDEX, &key_calls) == LUA_TTABLE) {
			if (lua_rawgeti(L, -1, c->handle + 1) == LUA_TFUNCTION) {
				lua_replace(L, -2);
				return 0;
			}
			lua_pop(L, 1);
		}
		lua_pop(L, 1);
		int rc = turn ? CB_ENOMEM : cb_sandbox_cpcall(c->h->sb, prepare, (void *)(uintptr_t)c, err);
		if (rc)
			return rc;
	}
	return cb_err_nomem(err);
}

/* One call with the closure at the top of the stack. CB_ENOMEM of the system is the only error; the rest is in *out. */
static int call_one(struct one_call *c, struct cb_err *err)
{
	struct host *h = c->h;
	lua_State *L = h->sb->L;
	bool by_run = h->run_left < h->lim.fuel_call;
	long before = cb_sandbox_fuel_used(h->sb);
	int rc;

	c->text[0] = '\0';
	*c->out = (struct cb_fnresult){ .type = CB_FN_ABSENT, .text = c->text };
	if (h->run_left <= 0) {
		snprintf(c->text, CB_FN_TEXT,
			 "%s: stopped: its functions used up the fuel of this run (fuel_run = %ld, about one Lua instruction each); make them cheaper, or "
			 "raise fuel_run",
			 h->path, h->lim.fuel_run);
		return c->out->code = CB_ELIMIT, 0;
	}
	lua_pushvalue(L, -1);
	lua_pushlightuserdata(L, c);
	rc = sb_call(h->sb, 1, 0, by_run ? h->run_left : h->lim.fuel_call, by_run ? "fuel_run" : "fuel_call",
		     by_run ? h->lim.fuel_run : h->lim.fuel_call, err);
	h->run_left -= cb_sandbox_fuel_used(h->sb) - before + 64;
	if (!rc)
		return 0;
	if (!strstr(err->msg, ".lua:"))
		cb_err_prefix(err, "%s", h->path);
	if (rc == CB_ENOMEM)
		return rc;
	snprintf(c->text, CB_FN_TEXT, "%s", err->msg);
	c->out->code = rc;
	return 0;
}

static int host_call(void *ctx, int handle, const struct cb_fnarg *arg, size_t narg, size_t n, struct cb_fnresult *out, struct cb_err *err)
{
	struct host *h = ctx;
	struct one_call c = { .h = h, .handle = handle, .arg = arg, .narg = narg, .out = out };
	int rc;

	if (n > h->ntext) {
		void *p = cb_reallocarray(h->text, n, sizeof(*h->text));
		if (!p)
			return cb_err_nomem(err);
		h->text = p;
		h->ntext = n;
	}
	if (!lua_checkstack(h->sb->L, 12))
		return cb_err_nomem(err);
	rc = push_closure(&c, err);
	if (rc && rc != CB_ENOMEM) { /* a pack that filled its memory while it was loaded */
		cb_err_prefix(err, "%s", h->path);
		snprintf(h->text[0], CB_FN_TEXT, "%s", err->msg);
		for (size_t i = 0; i < n; i++)
			out[i] = (struct cb_fnresult){ .type = CB_FN_ABSENT, .code = rc, .text = h->text[0] };
		return 0;
	}
	if (rc)
		return rc;
	for (size_t i = 0; i < n && !rc; i++, c.arg += narg, c.out++) {
		c.text = h->text[i];
		rc = call_one(&c, err);
	}
	lua_pop(h->sb->L, 1);
	return rc;
}

static void host_free(void *ctx)
{
	struct host *h = ctx;

	if (!h)
		return;
	cb_sandbox_close(h->sb);
	cb_free(h->text);
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
