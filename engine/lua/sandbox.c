/*
 * sandbox.c - the state itself: allocator, fuel, the one door, freezing.
 *
 * Fuel is taken in three ways: the count hook every SB_HOOK instructions, cb_sandbox_charge from C functions, and the
 * allocator, which charges every growing block, because concatenation and rehashing happen inside one instruction.
 * What is left inside one instruction (comparing and hashing strings) is covered by a weight: while a string of n
 * bytes exists, each instruction is charged as if it looked at n bytes.
 *
 * A limit sets `fatal`. From then on the hook fires at every instruction, our pcall passes the error on, and every
 * charge raises again, so that the only way is out.
 */
#include "lua/sandbox_int.h"

#include <assert.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include "base/alloc.h"
#include "base/utf8.h"

const char sb_key_env = 0, sb_key_engine = 0, sb_key_offer = 0, sb_key_globals = 0, sb_key_kept = 0, sb_key_face = 0, sb_key_meta = 0,
	   sb_key_required = 0, sb_key_restore = 0, sb_key_message = 0;

const struct cb_pack_limits cb_pack_limits_default = {
	.fuel_load = 10 * 1000 * 1000,
	.fuel_call = 2 * 1000 * 1000,
	.fuel_run = 1000L * 1000 * 1000,
	.memory = 32 * 1024 * 1024,
	.block = 4 * 1024 * 1024,
	.string = 512 * 1024,
	.answer = 10 * 1000,
};

struct cb_sandbox *cb_sandbox_of(lua_State *L)
{
	return SB_OF(L);
}

lua_State *cb_sandbox_state(struct cb_sandbox *sb)
{
	return sb->L;
}

/* --- where ------------------------------------------------------------------------------------------------- */

/* The innermost frame of pack code; only reads the stack, so the allocator may call it too. */
static bool find_where(lua_State *L, int skip, lua_Debug *ar)
{
	for (int i = 0; lua_getstack(L, i, ar); i++) {
		lua_getinfo(L, "Sl", ar);
		if (ar->source[0] == '@' && ar->currentline > 0 && skip-- == 0)
			return true;
	}
	return false;
}

static void note_where(struct cb_sandbox *sb)
{
	lua_Debug ar;

	if (sb->line || !sb->inside || !find_where(sb->L, 0, &ar))
		return;
	sb->line = ar.currentline;
	snprintf(sb->file, sizeof(sb->file), "%s", ar.source + 1);
	snprintf(sb->short_src, sizeof(sb->short_src), "%s", ar.short_src);
}

int cb_sandbox_line(lua_State *L, int level, const char **file)
{
	lua_Debug ar;

	if (!find_where(L, level, &ar)) {
		if (file)
			*file = NULL;
		return 0;
	}
	if (file)
		*file = ar.source + 1;
	return ar.currentline;
}

/* --- fuel -------------------------------------------------------------------------------------------------- */

static void on_hook(lua_State *L, lua_Debug *ar);

static void set_hook(struct cb_sandbox *sb, int count)
{
	lua_sethook(sb->L, on_hook, LUA_MASKCOUNT | (sb->watch ? LUA_MASKCALL | LUA_MASKRET : 0), count);
}

/* Looking up a key may go through a whole chain of colliding slots, comparing a text through all of it. */
long sb_weight(const struct cb_sandbox *sb)
{
	size_t n = sb->longest;
	long weight = 1 + (long)(sb->nodes / 256);

	if (sb->nul)
		return weight + (n <= 16 ? 0 : 2 * (long)n);
	return weight + (n <= 256 ? 0 : (long)((n - 256) / 64));
}

int sb_stop(lua_State *L, enum sb_fatal why)
{
	struct cb_sandbox *sb = SB_OF(L);

	if (!sb->fatal) {
		sb->fatal = why;
		note_where(sb);
	}
	set_hook(sb, 1);
	lua_pushlightuserdata(L, (void *)&sb_key_env); /* no allocation; nobody gets to see it */
	return lua_error(L);
}

static void burn(lua_State *L, long n)
{
	struct cb_sandbox *sb = SB_OF(L);

	sb->fuel -= n;
	sb->used_up += n;
	if (sb->fatal || sb->fuel < 0)
		sb_stop(L, SB_FUEL);
}

/* Lists of values are copied within one instruction: at ... (bounded here), at a return (charged here). */
static void on_list(lua_State *L, lua_Debug *ar)
{
	if (ar->event == LUA_HOOKRET) {
		lua_getinfo(L, "r", ar);
		if (ar->ntransfer > 16)
			cb_sandbox_charge(L, ar->ntransfer / 2);
	} else {
		lua_getinfo(L, "u", ar);
		if (ar->isvararg && lua_getlocal(L, ar, -SB_VARARGS_MAX - 1)) {
			lua_pop(L, 1);
			luaL_error(L, "a function got more than %d values through `...`; pass a table", SB_VARARGS_MAX);
		}
	}
}

static void on_hook(lua_State *L, lua_Debug *ar)
{
	struct cb_sandbox *sb = SB_OF(L);
	long n;

	if (ar->event != LUA_HOOKCOUNT) {
		if (!sb->fatal)
			on_list(L, ar);
		return;
	}
	n = SB_HOOK * sb_weight(sb) + sb->pending;
	if (sb->pending > SB_PENDING_MAX)
		set_hook(sb, SB_HOOK);
	sb->pending = 0;
	burn(L, n);
}

void cb_sandbox_charge(lua_State *L, size_t n)
{
	struct cb_sandbox *sb = SB_OF(L);
	long take = n > (size_t)1 << 40 ? (long)1 << 40 : (long)n;

	take += sb->pending;
	sb->pending = 0;
	burn(L, take);
}

void sb_check_string(lua_State *L, size_t n)
{
	if (n > SB_OF(L)->lim.string)
		sb_stop(L, SB_STRING);
}

/* --- memory -------------------------------------------------------------------------------------------------- */

/* A new block of 24 * 2^k bytes is the hash part of a table: filling it takes, with keys that collide, the square of its
   size. (An array of such a size is taken for one; it only costs fuel.) */
static void note_nodes(struct cb_sandbox *sb, size_t nsize)
{
	size_t n = nsize / 24;

	if (nsize % 24 || n < 64 || (n & (n - 1)))
		return;
	if (n > sb->nodes)
		sb->nodes = n;
	sb->pending += (long)(n * n / 512);
}

/* The caps. NULL makes Lua collect everything and ask once more, then raise an error that our pcall passes on. */
static void *sandbox_alloc(void *ud, void *ptr, size_t osize, size_t nsize)
{
	struct cb_sandbox *sb = ud;
	size_t old = ptr ? osize : 0;
	void *p;

	if (!nsize) {
		cb_free(ptr);
		sb->used -= old;
		return NULL;
	}
	if (nsize > old) {
		bool string = !ptr && osize == LUA_TSTRING;

		if (string && nsize > sb->lim.string + 64) {
			if (!sb->fatal)
				sb->fatal = SB_STRING;
			note_where(sb);
			return NULL;
		}
		if (nsize > sb->lim.block) {
			if (!sb->fatal)
				sb->fatal = SB_BLOCK;
			note_where(sb);
			return NULL;
		}
		if (sb->used - old + nsize > sb->lim.memory) {
			/* Each refusal costs a whole collection. */
			sb->pending += (long)(sb->used / 16);
			if (++sb->emergencies > SB_EMERGENCIES_MAX && !sb->fatal)
				sb->fatal = SB_EMERGENCIES;
			note_where(sb);
			return NULL;
		}
		if (string && nsize > sb->longest)
			sb->longest = nsize;
		sb->pending += (long)(nsize / 8);
		if (!ptr && !osize)
			note_nodes(sb, nsize);
		if (sb->pending > SB_PENDING_MAX && sb->inside)
			set_hook(sb, 1);
	}
	p = cb_realloc(ptr, nsize);
	if (!p) {
		if (nsize > old)
			sb->nomem = true;
		return NULL;
	}
	sb->used = sb->used - old + nsize;
	return p;
}

size_t cb_sandbox_memory(const struct cb_sandbox *sb)
{
	return sb->used;
}

long cb_sandbox_fuel_used(const struct cb_sandbox *sb)
{
	return sb->used_up;
}

/* --- the door ------------------------------------------------------------------------------------------------ */

void sb_caught(lua_State *L, int status)
{
	struct cb_sandbox *sb = SB_OF(L);

	if (sb->nomem)
		sb_stop(L, SB_NOMEM);
	if (sb->fatal || status == LUA_ERRMEM)
		sb_stop(L, SB_MEMORY);
	sb->line = 0;
	cb_sandbox_charge(L, (size_t)sb->error_cost);
}

static int on_error(lua_State *L)
{
	note_where(SB_OF(L));
	return 1;
}

char *cb_sandbox_clean(char *dst, size_t cap, const char *s, size_t n)
{
	size_t w = 0;

	for (size_t i = 0; i < n && cap;) {
		unsigned char c = (unsigned char)s[i];
		size_t len = 1;
		int32_t u = c;

		if (c >= 0x80) {
			/* the valid sequence that starts here, if it is one */
			size_t most = n - i < 4 ? n - i : 4, ok = cb_utf8_valid(s + i, most);
			if (ok)
				u = cb_utf8_get(s + i, ok, &len);
			else
				u = '?';
		}
		if (u == '\n' || u == '\r' || u == '\t')
			u = ' ';
		else if (u < 0x20 || (u >= 0x7f && u < 0xa0) || u == 0xad || u == 0x61c || (u >= 0x200b && u <= 0x200f) ||
			 (u >= 0x2028 && u <= 0x202e) || (u >= 0x2060 && u <= 0x206f) || u == 0xfeff || (u >= 0xfff9 && u <= 0xfffd) ||
			 (u >= 0xe0000 && u <= 0xe007f))
			u = '?';
		if (u == ' ' || u == '?') {
			if (w + 1 >= cap)
				break;
			if (u != ' ' || (w && dst[w - 1] != ' '))
				dst[w++] = (char)u;
		} else {
			if (w + len >= cap)
				break;
			memcpy(dst + w, s + i, len);
			w += len;
		}
		i += len;
	}
	while (w && dst[w - 1] == ' ')
		w--;
	if (cap)
		dst[w] = '\0';
	return dst;
}

/* "rules/x.lua:12: " at the head of a message, as Lua writes it with a shortened path: its length, or 0. */
static size_t position_len(const char *msg, const char *src, int *line)
{
	size_t n = strlen(src), i;
	long v = 0;

	if (!n || strncmp(msg, src, n) || msg[n] != ':')
		return 0;
	for (i = n + 1; msg[i] >= '0' && msg[i] <= '9' && v < 1000000; i++)
		v = v * 10 + (msg[i] - '0');
	if (i == n + 1 || msg[i] != ':' || msg[i + 1] != ' ')
		return 0;
	*line = (int)v;
	return i + 2;
}

/* Does it begin with some file's name and line already (an error that came from a required file)? */
static bool has_position(const char *msg)
{
	const char *p = strstr(msg, ".lua:");

	return p && p - msg < 200 && p[5] >= '0' && p[5] <= '9' && !memchr(msg, ' ', (size_t)(p - msg));
}

static int limit_error(struct cb_sandbox *sb, struct cb_err *err)
{
	char where[300] = "";

	if (sb->line)
		snprintf(where, sizeof(where), "%s:%d: ", sb->file, sb->line);
	switch (sb->fatal) {
	case SB_FUEL:
		return cb_err_set(err, CB_ELIMIT,
				  "%sstopped: used up its fuel (%s = %ld, about one Lua instruction each); is there a loop that does not end? if the work "
				  "is honest, raise %s",
				  where, sb->budget_name, sb->budget, sb->budget_name);
	case SB_BLOCK:
		return cb_err_set(err, CB_ELIMIT,
				  "%sstopped: one table or the call stack outgrew its memory (block = %zu bytes); does a function call itself without "
				  "end, or a table grow without end?",
				  where, sb->lim.block);
	case SB_STRING:
		return cb_err_set(err, CB_ELIMIT, "%sstopped: a text outgrew its memory (string = %zu bytes); make shorter texts", where, sb->lim.string);
	case SB_NOMEM:
		return cb_err_set(err, CB_ENOMEM, "%sout of memory", where);
	default:
		return cb_err_set(err, CB_ELIMIT,
				  "%sstopped: used up its memory (memory = %zu bytes for a pack); keep less in tables, or raise memory", where,
				  sb->lim.memory);
	}
}

static int call_failed(struct cb_sandbox *sb, int status, struct cb_err *err)
{
	lua_State *L = sb->L;
	char text[480], number[64];
	const char *msg;
	size_t n, skip;
	int line = sb->line;

	if (!sb->fatal && sb->nomem)
		sb->fatal = SB_NOMEM;
	if (!sb->fatal && status == LUA_ERRMEM)
		sb->fatal = SB_MEMORY;
	if (sb->fatal) {
		lua_pop(L, 1);
		lua_gc(L, LUA_GCCOLLECT, 0);
		return limit_error(sb, err);
	}
	if (lua_istable(L, -1)) { /* an error object of ours or of the pack: its raw message, never its metamethods */
		lua_rawgetp(L, LUA_REGISTRYINDEX, &sb_key_message); /* "message", made when the state was */
		lua_rawget(L, -2);
		if (lua_type(L, -1) == LUA_TSTRING)
			lua_replace(L, -2);
		else
			lua_pop(L, 1);
	}
	switch (lua_type(L, -1)) {
	case LUA_TSTRING:
		msg = lua_tolstring(L, -1, &n);
		break;
	case LUA_TNUMBER:
		if (lua_isinteger(L, -1))
			snprintf(number, sizeof(number), "error value %lld", (long long)lua_tointeger(L, -1));
		else
			snprintf(number, sizeof(number), "error value %.14g", (double)lua_tonumber(L, -1));
		msg = number;
		n = strlen(msg);
		break;
	case LUA_TNIL:
		msg = "error without a message";
		n = strlen(msg);
		break;
	default:
		snprintf(number, sizeof(number), "error with a value of type %s instead of a message", lua_typename(L, lua_type(L, -1)));
		msg = number;
		n = strlen(msg);
	}
	skip = sb->line && strlen(msg) == n ? position_len(msg, sb->short_src, &line) : 0;
	cb_sandbox_clean(text, sizeof(text), msg + skip, n - skip);
	if (n - skip > sizeof(text) - 1) {
		size_t end = strlen(text) > sizeof(text) - 4 ? sizeof(text) - 4 : strlen(text);
		while (end && ((unsigned char)text[end] & 0xc0) == 0x80) /* never in the middle of a letter */
			end--;
		memcpy(text + end, "...", 4);
	}
	lua_pop(L, 1);
	if (sb->line && (skip || !has_position(text)))
		return cb_err_set(err, CB_ERULE, "%s:%d: %s", sb->file, line, text);
	return cb_err_set(err, CB_ERULE, "%s", text);
}

static void begin_call(struct cb_sandbox *sb, long fuel, const char *name, long budget)
{
	sb->fuel = fuel;
	sb->budget_name = name;
	sb->budget = budget;
	sb->pending = 0;
	sb->fatal = SB_FINE;
	sb->nomem = false;
	sb->emergencies = 0;
	sb->line = 0;
	if (sb->frozen) {
		sb->longest = sb->longest_load;
		sb->nodes = sb->nodes_load;
		sb->nul = sb->nul_load;
		sb->pending = (long)sb->nrestore * 4;
	}
	sb->inside = true;
	set_hook(sb, SB_HOOK);
}

static void end_call(struct cb_sandbox *sb)
{
	lua_sethook(sb->L, NULL, 0, 0);
	sb->used_up += sb->pending;
	sb->pending = 0;
	sb->inside = false;
	if (!sb->frozen) {
		sb->longest_load = sb->longest;
		sb->nodes_load = sb->nodes;
		sb->nul_load = sb->nul;
	}
}

int cb_sandbox_call(struct cb_sandbox *sb, int nargs, int nresults, long fuel, struct cb_err *err)
{
	const char *name = sb->frozen ? "fuel_call" : "fuel_load";

	if (fuel <= 0)
		fuel = sb->frozen ? sb->lim.fuel_call : sb->lim.fuel_load;
	return sb_call(sb, nargs, nresults, fuel, name, fuel, err);
}

int sb_call(struct cb_sandbox *sb, int nargs, int nresults, long fuel, const char *name, long budget, struct cb_err *err)
{
	lua_State *L = sb->L;
	int base = lua_gettop(L) - nargs, status, rc = 0;

	assert(!sb->inside && base > 0);
	if (!lua_checkstack(L, 8)) {
		lua_settop(L, base - 1);
		return cb_err_nomem(err);
	}
	lua_pushcfunction(L, on_error);
	lua_insert(L, base);
	begin_call(sb, fuel, name, budget);
	if (sb->frozen)
		sb_restore(L); /* allocates nothing */
	status = lua_pcall(L, nargs, nresults, base);
	end_call(sb);
	if (status != LUA_OK) {
		sb->used_up += sb->error_cost;
		rc = call_failed(sb, status, err);
	} else if (sb->fatal) { /* cannot be: a limit always ends in an error */
		lua_settop(L, base);
		rc = limit_error(sb, err);
	}
	lua_remove(L, base);
	return rc;
}

int cb_sandbox_cpcall(struct cb_sandbox *sb, int (*f)(lua_State *), void *ud, struct cb_err *err)
{
	if (!lua_checkstack(sb->L, 8))
		return cb_err_nomem(err);
	lua_pushcfunction(sb->L, f);
	lua_pushlightuserdata(sb->L, ud);
	return cb_sandbox_call(sb, 1, 0, LONG_MAX / 4, err);
}

/* --- open and close ------------------------------------------------------------------------------------------ */

static int refuse_write(lua_State *L)
{
	return luaL_error(L, "this table is read-only");
}

static int face_len(lua_State *L)
{
	lua_settop(L, 1);
	if (sb_face(L, 1))
		lua_pushinteger(L, (lua_Integer)lua_rawlen(L, -1));
	else
		lua_pushinteger(L, 0);
	return 1;
}

bool sb_face(lua_State *L, int idx)
{
	if (lua_type(L, idx) != LUA_TTABLE || !lua_getmetatable(L, idx))
		return false;
	if (lua_rawgetp(L, -1, &sb_key_face) != LUA_TTABLE) {
		lua_pop(L, 2);
		return false;
	}
	lua_remove(L, -2);
	return true;
}

void sb_face_metatable(lua_State *L, int idx)
{
	idx = lua_absindex(L, idx);
	lua_createtable(L, 0, 6);
	lua_pushvalue(L, idx);
	lua_setfield(L, -2, "__index");
	lua_pushcfunction(L, refuse_write);
	lua_setfield(L, -2, "__newindex");
	lua_pushcfunction(L, face_len);
	lua_setfield(L, -2, "__len");
	lua_pushboolean(L, 0);
	lua_setfield(L, -2, "__metatable");
	lua_pushvalue(L, idx);
	lua_rawsetp(L, -2, &sb_key_face);
}

void cb_sandbox_readonly(lua_State *L)
{
	lua_newtable(L);
	sb_face_metatable(L, -2);
	lua_setmetatable(L, -2);
	lua_remove(L, -2);
}

static const struct { const char *name, *why; } not_offered[] = {
	{ "_G", "write the name itself" },
	{ "collectgarbage", "memory is looked after" },
	{ "coroutine", "packs have no coroutines" },
	{ "debug", "packs cannot look into the engine" },
	{ "dofile", "packs read no files; use require for a file of the pack" },
	{ "io", "packs read and write no files" },
	{ "load", "a pack's code is what stands in its files" },
	{ "loadfile", "packs read no files; use require for a file of the pack" },
	{ "loadstring", "a pack's code is what stands in its files" },
	{ "module", "return a table and use require" },
	{ "next", "use pairs" },
	{ "os", "packs have no clock, files or processes: the same facts give the same points" },
	{ "package", "use require for a file of the pack" },
	{ "rawget", "index the table" },
	{ "rawset", "assign to the table" },
	{ "setfenv", "it is of Lua 5.1" },
	{ "unpack", "use table.unpack" },
	{ "utf8", "texts are compared whole" },
	{ "warn", "use print" },
};

/* __index of the names that are offered: reached only when a name is nowhere. */
static int unknown_name(lua_State *L)
{
	const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : NULL;

	if (!name)
		return 0;
	for (size_t i = 0; i < sizeof(not_offered) / sizeof(not_offered[0]); i++)
		if (!strcmp(name, not_offered[i].name))
			return luaL_error(L, "'%s' is not offered to packs: %s", name, not_offered[i].why);
	return 0;
}

/* __newindex of the pack's environment. */
static int write_global(lua_State *L)
{
	struct cb_sandbox *sb = SB_OF(L);
	size_t n = 0;
	const char *given = lua_type(L, 2) == LUA_TSTRING ? lua_tolstring(L, 2, &n) : NULL;
	char name[60];

	cb_sandbox_clean(name, sizeof(name), given, n);
	if (sb->frozen)
		return luaL_error(L, "'%s' is a global, and globals are read-only while meetings are rated; write `local %s`", name, name);
	lua_rawgetp(L, LUA_REGISTRYINDEX, &sb_key_offer);
	lua_pushvalue(L, 2);
	if (lua_rawget(L, -2) != LUA_TNIL)
		return luaL_error(L, "'%s' belongs to the language and cannot be replaced", name);
	lua_rawgetp(L, LUA_REGISTRYINDEX, &sb_key_globals);
	lua_pushvalue(L, 2);
	lua_pushvalue(L, 3);
	lua_rawset(L, -3);
	return 0;
}

void cb_sandbox_push_engine_env(lua_State *L)
{
	lua_rawgetp(L, LUA_REGISTRYINDEX, &sb_key_engine);
}

void cb_sandbox_offer(lua_State *L, const char *name)
{
	lua_rawgetp(L, LUA_REGISTRYINDEX, &sb_key_offer);
	lua_insert(L, -2);
	lua_setfield(L, -2, name);
	lua_pop(L, 1);
}

static int engine_setmetatable(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TTABLE);
	lua_settop(L, 2);
	lua_setmetatable(L, 1);
	return 1;
}

static int engine_getmetatable(lua_State *L)
{
	return lua_getmetatable(L, 1) ? 1 : 0;
}

static int engine_next(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TTABLE);
	lua_settop(L, 2);
	return lua_next(L, 1) ? 2 : 0;
}

static int engine_rawget(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TTABLE);
	lua_settop(L, 2);
	lua_rawget(L, 1);
	return 1;
}

static int engine_rawset(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TTABLE);
	lua_settop(L, 3);
	lua_rawset(L, 1);
	return 1;
}

/* sandbox.line([level]) -> line, file */
static int engine_line(lua_State *L)
{
	const char *file;
	int line = cb_sandbox_line(L, (int)luaL_optinteger(L, 1, 0), &file);

	lua_pushinteger(L, line);
	if (file)
		lua_pushstring(L, file);
	else
		lua_pushnil(L);
	return 2;
}

static int engine_readonly(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TTABLE);
	lua_settop(L, 1);
	cb_sandbox_readonly(L);
	return 1;
}

static int engine_offer(lua_State *L)
{
	const char *name = luaL_checkstring(L, 1);

	lua_settop(L, 2);
	cb_sandbox_offer(L, name);
	return 0;
}

static const luaL_Reg engine_names[] = {
	{ "setmetatable", engine_setmetatable },
	{ "getmetatable", engine_getmetatable },
	{ "next", engine_next },
	{ "rawget", engine_rawget },
	{ "rawset", engine_rawset },
	{ NULL, NULL },
};
static const luaL_Reg engine_sandbox[] = {
	{ "line", engine_line },         /* ([level]) -> line, file of the pack's code that is running */
	{ "readonly", engine_readonly }, /* (table) -> a read-only face of it */
	{ "offer", engine_offer },       /* (name, value) gives packs a global */
	{ NULL, NULL },
};

static int setup(lua_State *L)
{
	static const struct { const char *name; int (*open)(lua_State *); } lib[] = {
		{ "string", sb_open_string }, { "table", sb_open_table }, { "math", sb_open_math },
	};
	int base, engine, offer, env;

	luaL_checkstack(L, 40, NULL);
	lua_newtable(L);
	lua_setfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE); /* empty: names of C functions are looked up in it */
	lua_pushstring(L, "message");
	lua_rawsetp(L, LUA_REGISTRYINDEX, &sb_key_message);
	lua_newtable(L);
	lua_rawsetp(L, LUA_REGISTRYINDEX, &sb_key_kept);
	lua_newtable(L);
	lua_rawsetp(L, LUA_REGISTRYINDEX, &sb_key_required);

	sb_open_base(L);
	base = lua_gettop(L);
	lua_newtable(L);
	engine = lua_gettop(L);
	lua_newtable(L);
	offer = lua_gettop(L);
	for (lua_pushnil(L); lua_next(L, base); lua_pop(L, 1)) {
		lua_pushvalue(L, -2);
		lua_pushvalue(L, -2);
		lua_settable(L, engine);
		lua_pushvalue(L, -2);
		lua_pushvalue(L, -2);
		lua_settable(L, offer);
	}
	for (size_t i = 0; i < sizeof(lib) / sizeof(lib[0]); i++) {
		lib[i].open(L);
		lua_pushvalue(L, -1);
		lua_setfield(L, engine, lib[i].name);
		if (i == 0) {
			lua_pushvalue(L, -1);
			sb_string_metatable(L);
		}
		cb_sandbox_readonly(L);
		lua_setfield(L, offer, lib[i].name);
	}
	lua_settop(L, offer);
	lua_pushvalue(L, engine);
	luaL_setfuncs(L, engine_names, 0);
	lua_pop(L, 1);
	lua_newtable(L);
	luaL_setfuncs(L, engine_sandbox, 0);
	lua_setfield(L, engine, "sandbox");

	/* env -> the pack's own globals -> what is offered -> unknown_name */
	lua_createtable(L, 0, 1);
	lua_pushcfunction(L, unknown_name);
	lua_setfield(L, -2, "__index");
	lua_setmetatable(L, offer);
	lua_newtable(L); /* globals */
	lua_createtable(L, 0, 1);
	lua_pushvalue(L, offer);
	lua_setfield(L, -2, "__index");
	lua_setmetatable(L, -2);
	lua_pushvalue(L, -1);
	lua_rawsetp(L, LUA_REGISTRYINDEX, &sb_key_globals);
	lua_newtable(L);
	env = lua_gettop(L);
	lua_createtable(L, 0, 4);
	lua_pushvalue(L, env - 1);
	lua_setfield(L, -2, "__index");
	lua_pushcfunction(L, write_global);
	lua_setfield(L, -2, "__newindex");
	lua_pushboolean(L, 0);
	lua_setfield(L, -2, "__metatable");
	lua_setmetatable(L, env);
	lua_pushvalue(L, env);
	lua_rawsetp(L, LUA_REGISTRYINDEX, &sb_key_env);
	lua_pushvalue(L, env);
	lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
	lua_pushvalue(L, engine);
	lua_rawsetp(L, LUA_REGISTRYINDEX, &sb_key_engine);
	lua_pushvalue(L, offer);
	lua_rawsetp(L, LUA_REGISTRYINDEX, &sb_key_offer);
	return 0;
}

int cb_sandbox_open(struct cb_sandbox **out, const struct cb_pack_limits *lim, struct cb_err *err)
{
	struct cb_sandbox *sb = cb_calloc(1, sizeof(*sb));
	int rc;

	*out = NULL;
	if (!sb)
		return cb_err_nomem(err);
	sb->lim = lim ? *lim : cb_pack_limits_default;
	sb->L = lua_newstate(sandbox_alloc, sb);
	if (!sb->L) {
		cb_free(sb);
		return cb_err_nomem(err);
	}
	SB_OF(sb->L) = sb;
	cb_buf_init(&sb->assigned);
	sb->error_cost = 200;
	rc = cb_sandbox_cpcall(sb, setup, NULL, err);
	if (rc) {
		cb_sandbox_close(sb);
		return rc;
	}
	*out = sb;
	return 0;
}

void cb_sandbox_close(struct cb_sandbox *sb)
{
	if (!sb)
		return;
	lua_sethook(sb->L, NULL, 0, 0);
	sb->inside = false;
	lua_close(sb->L);
	assert(sb->used == 0);
	cb_buf_release(&sb->assigned);
	cb_free(sb);
}
