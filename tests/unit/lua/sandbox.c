/* sandbox.c - what a pack can see, what stops it and in which words, and that nothing stays behind. */
#include "tests/unit/test.h"

#include <lauxlib.h>
#include <lua.h>
#include <stdlib.h>
#include "base/buf.h"
#include "lua/build.h"
#include "lua/fnhost.h"
#include "lua/sandbox_int.h"
#include "lua/wall.h"

static struct cb_err err;

static struct cb_sandbox *opened(const struct cb_pack_limits *lim)
{
	struct cb_sandbox *sb = NULL;

	assert_int_equal(cb_sandbox_open(&sb, lim, &err), 0);
	return sb;
}

/* Loads and runs text as file t.lua; the code, and err. */
static int run_text(struct cb_sandbox *sb, const char *text)
{
	int rc = cb_sandbox_load(sb, text, strlen(text), "t.lua", &err);

	if (!rc)
		rc = cb_sandbox_call(sb, 0, 1, 0, &err);
	return rc;
}

/* Runs text in a fresh state; what it returned as text, or the error. */
static const char *result(const char *text)
{
	static char out[1200];
	struct cb_sandbox *sb = opened(NULL);
	lua_State *L = cb_sandbox_state(sb);

	if (run_text(sb, text))
		snprintf(out, sizeof(out), "%s", err.msg);
	else
		snprintf(out, sizeof(out), "%s", lua_isnil(L, -1) ? "nil" : lua_isboolean(L, -1) ? lua_toboolean(L, -1) ? "true" : "false" : lua_tostring(L, -1));
	cb_sandbox_close(sb);
	return out;
}

/* --- what a pack can see --------------------------------------------------------------------------------------- */

static void walk(lua_State *L, int seen, struct cb_buf *out, const char *path, int depth);

/* [-0, +0] The fields of the table at idx and of the tables behind its __index; `names` (a table) takes name -> value. */
static void gather(lua_State *L, int idx, int names)
{
	idx = lua_absindex(L, idx);
	for (lua_pushnil(L); lua_next(L, idx); lua_pop(L, 1)) {
		lua_pushvalue(L, -2);
		if (lua_rawget(L, names) == LUA_TNIL) {
			lua_pushvalue(L, -3);
			lua_pushvalue(L, -3);
			lua_rawset(L, names);
		}
		lua_pop(L, 1);
	}
	if (lua_getmetatable(L, idx)) {
		lua_pushliteral(L, "__index");
		if (lua_rawget(L, -2) == LUA_TTABLE)
			gather(L, -1, names);
		lua_pop(L, 2);
	}
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void walk(lua_State *L, int seen, struct cb_buf *out, const char *path, int depth)
{
	int v = lua_gettop(L), type = lua_type(L, v);

	luaL_checkstack(L, 20, NULL);
	cb_buf_printf(out, "%s: %s", path, luaL_typename(L, v));
	if (type == LUA_TNUMBER || type == LUA_TBOOLEAN)
		cb_buf_puts(out, " value");
	if (type == LUA_TTABLE || type == LUA_TFUNCTION || type == LUA_TUSERDATA) {
		lua_pushvalue(L, v);
		if (lua_rawget(L, seen) != LUA_TNIL) {
			cb_buf_printf(out, " (is %s)\n", lua_tostring(L, -1));
			lua_settop(L, v);
			return;
		}
		lua_settop(L, v);
		lua_pushvalue(L, v);
		lua_pushstring(L, path);
		lua_rawset(L, seen);
	}
	cb_buf_putc(out, '\n');
	if (type == LUA_TTABLE && depth < 6) {
		char *name[500];
		size_t n = 0;
		lua_newtable(L);
		gather(L, v, v + 1);
		for (lua_pushnil(L); lua_next(L, v + 1); lua_pop(L, 1)) {
			if (lua_type(L, -2) == LUA_TLIGHTUSERDATA)
				continue; /* no pack can write such a key */
			assert_true(n < 500);
			lua_pushvalue(L, -2);
			name[n++] = cb_strdup(lua_tostring(L, -1));
			lua_pop(L, 1);
		}
		qsort(name, n, sizeof(name[0]), by_name);
		for (size_t i = 0; i < n; i++) {
			char sub[300];
			snprintf(sub, sizeof(sub), "%s.%s", path, name[i]);
			if (name[i][0] >= '0' && name[i][0] <= '9')
				lua_rawgeti(L, v + 1, atol(name[i]));
			else
				lua_getfield(L, v + 1, name[i]);
			walk(L, seen, out, sub, depth + 1);
			lua_settop(L, v + 1);
			cb_free(name[i]);
		}
		lua_settop(L, v);
	}
	if (lua_getmetatable(L, v)) { /* what the pack's own getmetatable gives, and whether it may be changed */
		lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
		lua_getfield(L, -1, "getmetatable");
		lua_pushvalue(L, v);
		lua_call(L, 1, 1);
		cb_buf_printf(out, "%s <metatable>: %s\n", path, lua_istable(L, -1) ? "VISIBLE" : "hidden");
		if (type == LUA_TTABLE) {
			lua_getfield(L, v + 2, "setmetatable");
			lua_pushvalue(L, v);
			lua_pushnil(L);
			if (lua_pcall(L, 2, 0, 0) == LUA_OK)
				cb_buf_printf(out, "%s <metatable>: CHANGEABLE\n", path);
		}
		lua_settop(L, v);
	}
}

static void every_value_that_a_pack_can_reach_is_on_the_list(void **unused)
{
	struct cb_sandbox *sb = opened(NULL);
	lua_State *L = cb_sandbox_state(sb);
	struct cb_buf out;
	static char want[64 * 1024];
	FILE *f = fopen("tests/lua/env.txt", "rb");
	size_t n = f ? fread(want, 1, sizeof(want) - 1, f) : 0;

	(void)unused;
	if (f)
		fclose(f);
	want[n] = '\0';
	assert_int_equal(cb_lang_open(sb, &err), 0);
	cb_buf_init(&out);
	lua_settop(L, 0);
	lua_newtable(L);
	lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
	assert_int_equal(lua_type(L, -1), LUA_TTABLE);
	walk(L, 1, &out, "_ENV", 0);
	lua_settop(L, 1);
	lua_pushliteral(L, "");
	walk(L, 1, &out, "\"\"", 0);
	lua_settop(L, 0);
	if (strcmp(out.s, want)) {
		f = fopen("/tmp/chibo-env.txt", "wb");
		if (f) {
			fwrite(out.s, 1, out.len, f);
			fclose(f);
		}
		print_message("what a pack can reach differs from tests/lua/env.txt; now in /tmp/chibo-env.txt\n");
	}
	assert_string_equal(out.s, want);
	cb_buf_release(&out);
	cb_sandbox_close(sb);
}

static void no_number_has_a_metatable_and_texts_hide_theirs(void **unused)
{
	(void)unused;
	assert_string_equal(result("return getmetatable('')"), "false");
	assert_string_equal(result("return getmetatable(1)"), "nil");
	assert_string_equal(result("return getmetatable(print)"), "nil");
	assert_string_equal(result("return getmetatable(nil)"), "nil");
	assert_string_equal(result("return getmetatable(_ENV)"), "false");
	assert_string_equal(result("return getmetatable(string)"), "false");
}

static void names_that_are_not_offered_say_what_to_do_instead(void **unused)
{
	(void)unused;
	assert_string_equal(result("return next({})"), "t.lua:1: 'next' is not offered to packs: use pairs");
	assert_string_equal(result("return os.time()"),
			    "t.lua:1: 'os' is not offered to packs: packs have no clock, files or processes: the same facts give the same points");
	assert_string_equal(result("\n\nreturn unpack {}"), "t.lua:3: 'unpack' is not offered to packs: use table.unpack");
	assert_string_equal(result("return whatever"), "nil");
}

static void globals_belong_to_the_file_while_it_loads_and_are_fixed_afterwards(void **unused)
{
	(void)unused;
	assert_string_equal(result("x = 5 return x"), "5");
	assert_string_equal(result("pairs = 5"), "t.lua:1: 'pairs' belongs to the language and cannot be replaced");
	assert_string_equal(result("string.rep = 5"), "t.lua:1: this table is read-only");
	assert_string_equal(result("local s = string s.x = 5"), "t.lua:1: this table is read-only");
	assert_string_equal(result("return rawlen(table.pack(1, 2))"), "2");
}

/* --- what stops it ------------------------------------------------------------------------------------------- */

static void each_budget_says_which_it_is_where_and_what_to_change(void **unused)
{
	const struct cb_pack_limits small = { .fuel_load = 200000, .fuel_call = 5000, .fuel_run = 20000, .memory = 300 * 1024, .block = 64 * 1024, .string = 4096 };
	struct cb_sandbox *sb = opened(&small);

	(void)unused;
	assert_int_equal(run_text(sb, "\nwhile true do end"), CB_ELIMIT);
	assert_string_equal(err.msg, "t.lua:2: stopped: used up its fuel (fuel_load = 200000, about one Lua instruction each); is there a loop that does not "
				     "end? if the work is honest, raise fuel_load");
	assert_int_equal(run_text(sb, "local t = {} for i = 1, 1e5 do\nt[i] = i end"), CB_ELIMIT);
	assert_string_equal(err.msg, "t.lua:2: stopped: one table or the call stack outgrew its memory (block = 65536 bytes); does a function call itself "
				     "without end, or a table grow without end?");
	assert_int_equal(run_text(sb, "\n\nlocal s = ('x'):rep(5000)"), CB_ELIMIT);
	assert_string_equal(err.msg, "t.lua:3: stopped: a text outgrew its memory (string = 4096 bytes); make shorter texts");
	assert_int_equal(run_text(sb, "local s = 'x' for i = 1, 20 do\ns = s .. s end"), CB_ELIMIT);
	assert_string_equal(err.msg, "t.lua:2: stopped: a text outgrew its memory (string = 4096 bytes); make shorter texts");
	cb_sandbox_close(sb);
	struct cb_pack_limits roomy = cb_pack_limits_default;
	roomy.memory = 300 * 1024;
	sb = opened(&roomy);
	assert_int_equal(run_text(sb, "local t = {} for i = 1, 1e5 do t[i] = {} end"), CB_ELIMIT);
	assert_string_equal(err.msg, "t.lua:1: stopped: used up its memory (memory = 307200 bytes for a pack); keep less in tables, or raise memory");
	/* the state can go on afterwards */
	assert_int_equal(run_text(sb, "return 7"), 0);
	cb_sandbox_close(sb);
}

static void errors_made_of_anything_become_one_clean_line(void **unused)
{
	(void)unused;
	assert_string_equal(result("error('plain')"), "t.lua:1: plain");
	assert_string_equal(result("error('plain', 0)"), "t.lua:1: plain");
	assert_string_equal(result("local function f() error('of the caller', 2) end\nf()"), "t.lua:2: of the caller");
	assert_string_equal(result("error { message = 'a\\nb' }"), "t.lua:1: a b");
	assert_string_equal(result("error {}"), "t.lua:1: error with a value of type table instead of a message");
	assert_string_equal(result("error(print)"), "t.lua:1: error with a value of type function instead of a message");
	assert_string_equal(result("error(42)"), "t.lua:1: error value 42");
	assert_string_equal(result("error()"), "t.lua:1: error without a message");
	assert_string_equal(result("error('\\27[2Jx\\r\\ny\\u{202E}z\\u{200B}\\255')"), "t.lua:1: ?[2Jx y?z??");
	assert_string_equal(result("error(setmetatable({}, { __tostring = function() return 'secret' end }))"),
			    "t.lua:1: error with a value of type table instead of a message");
	assert_true(strlen(result("error(('x'):rep(100000))")) < 520);
}

static void long_file_names_stand_whole_in_messages(void **unused)
{
	struct cb_sandbox *sb = opened(NULL);
	const char *path = "rules/a_province_with_a_very_long_name_indeed/a_regulation_with_a_very_long_name_too.lua", *text = "local x\nlocal y = x.z";

	(void)unused;
	assert_int_equal(cb_sandbox_load(sb, text, strlen(text), path, &err), 0);
	assert_int_equal(cb_sandbox_call(sb, 0, 0, 0, &err), CB_ERULE);
	assert_string_equal(err.msg, "rules/a_province_with_a_very_long_name_indeed/a_regulation_with_a_very_long_name_too.lua:2: attempt to index a nil value "
				     "(local 'x')");
	assert_int_equal(cb_sandbox_load(sb, "x = = 1", 7, path, &err), CB_EDATA);
	assert_string_equal(err.msg, "rules/a_province_with_a_very_long_name_indeed/a_regulation_with_a_very_long_name_too.lua:1: unexpected symbol near '='");
	cb_sandbox_close(sb);
}

static void limits_pass_through_pcall_and_every_handler(void **unused)
{
	static const char *const text[] = {
		"while true do pcall(function() while true do end end) end",
		"xpcall(function() while true do end end, function() while true do end end)",
		"local o = setmetatable({}, { __index = function() while true do end end }) while true do pcall(function() return o.x end) end",
		"local o = setmetatable({}, { __tostring = function() while true do end end }) while true do pcall(tostring, o) end",
		"while true do pcall(table.sort, { 3, 2, 1 }, function() while true do end end) end",
		"while true do pcall(string.gsub, 'xx', 'x', function() while true do end end) end",
		"while true do pcall(string.find, ('a'):rep(3000), ('a*'):rep(12) .. 'b') end",
		"while true do xpcall(error, function() while true do end end) end",
		"local function f(n) if n > 0 then pcall(f, n - 1) end while true do end end f(150)",
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++) {
		struct cb_sandbox *sb = opened(NULL);
		if (run_text(sb, text[i]) != CB_ELIMIT)
			fail_msg("%s: %d", text[i], err.code);
		assert_non_null(strstr(err.msg, "used up its fuel (fuel_load"));
		assert_true(cb_sandbox_fuel_used(sb) < cb_pack_limits_default.fuel_load + 2000000);
		cb_sandbox_close(sb);
	}
}

static void the_same_text_uses_the_same_fuel_in_every_state(void **unused)
{
	static const char text[] = "local t = {} for i = 1, 500 do t['k' .. i] = { i } end local n = 0 for k, v in pairs(t) do n = n + #k + v[1] end "
				   "for w in ('a b c'):rep(50):gmatch('%a') do n = n + 1 end table.sort(t) return n";
	long used = 0;

	(void)unused;
	for (int i = 0; i < 5; i++) {
		struct cb_sandbox *sb = opened(NULL);
		long before = cb_sandbox_fuel_used(sb);
		assert_int_equal(run_text(sb, text), 0);
		if (i)
			assert_int_equal(cb_sandbox_fuel_used(sb) - before, used);
		used = cb_sandbox_fuel_used(sb) - before;
		cb_sandbox_close(sb);
	}
	assert_true(used > 5000);
}

/* --- source ---------------------------------------------------------------------------------------------------- */

static const char *refusal(const char *text, size_t len)
{
	struct cb_sandbox *sb = opened(NULL);
	int rc = cb_sandbox_load(sb, text, len, "t.lua", &err);

	cb_sandbox_close(sb);
	return rc == CB_EDATA ? err.msg : rc ? "another code" : "loaded";
}
#define REFUSAL(s) refusal(s, sizeof(s) - 1)

static void a_source_is_refused_with_line_and_column(void **unused)
{
	(void)unused;
	assert_string_equal(REFUSAL("return 1"), "loaded");
	assert_string_equal(REFUSAL("\xef\xbb\xbfreturn 1"), "loaded");
	assert_string_equal(REFUSAL("return 'tiếng Việt' -- chú thích\r\n"), "loaded");
	assert_string_equal(REFUSAL("a = 1\nb = '\0'"), "t.lua:2:6: a rule file may not hold this: NUL byte; delete it, or write \\0");
	assert_string_equal(REFUSAL("-- é\n-- \xe2\x80\xae"),
			    "t.lua:2:4: a rule file may not hold this: direction control character; delete it, or write it as an escape such as \\u{200B}");
	assert_string_equal(REFUSAL("x = '\x1b'"),
			    "t.lua:1:6: a rule file may not hold this: control character; delete it, or write it as an escape such as \\u{200B}");
	assert_non_null(strstr(REFUSAL("x = 'a\xff'"), "t.lua:1:7: a rule file may not hold this: "));
	assert_string_equal(REFUSAL("\xff\xfex\0"), "t.lua:1:1: the file is not UTF-8 text (it looks like UTF-16); save it as UTF-8");
	assert_string_equal(REFUSAL("\x1bLua"),
			    "t.lua:1:1: a rule file may not hold this: control character; delete it, or write it as an escape such as \\u{200B}");
	assert_string_equal(REFUSAL("local điểm = 1"),
			    "t.lua:1:7: letters with marks may stand only in texts and comments; a name is made of a-z, A-Z, 0-9 and _");
	assert_string_equal(REFUSAL("x = “a”"), "t.lua:1:5: a curly quote; Lua wants straight ones: \" or '");
	assert_string_equal(REFUSAL("x = １０"), "t.lua:1:5: a full-width character; write digits and signs in their plain form");
}

static void words_that_no_pack_needs_are_refused(void **unused)
{
	(void)unused;
	assert_string_equal(REFUSAL("x = 1 & 2"), "t.lua:1:7: bitwise operators such as & are not offered to packs; conditions are joined with `and` or all{}");
	assert_string_equal(REFUSAL("x = 1 | 2"), "t.lua:1:7: bitwise operators such as | are not offered to packs; conditions are joined with `or` or any{}");
	assert_string_equal(REFUSAL("x = 1 << 2"), "t.lua:1:7: bitwise shifts (<< and >>) are not offered to packs");
	assert_string_equal(REFUSAL("x = ~1"),
			    "t.lua:1:5: the bitwise operator ~ is not offered to packs; \"not equal\" is ~=, \"not\" is `not` or no()");
	assert_string_equal(REFUSAL("local c <close> = nil"), "t.lua:1:15: <close> is not offered to packs");
	assert_string_equal(REFUSAL("local c < --[[x]]close\n> = nil"), "t.lua:2:1: <close> is not offered to packs");
	assert_string_equal(REFUSAL("local c <const> = 1 return c ~= 2, '& | ~ <<', [[ & ]] -- &\n--[==[ | ]==]"), "loaded");
	assert_string_equal(REFUSAL("for i = 1, 2 do goto next ::next:: end return 1 < 2, 2 > 1, 1 <= 2, 1 // 2"), "loaded");
}

static void long_chains_of_accesses_are_refused_however_they_are_written(void **unused)
{
	char text[8000];
	int n;

	(void)unused;
	n = snprintf(text, sizeof(text), "return a");
	for (int i = 0; i < 201; i++)
		n += snprintf(text + n, sizeof(text) - (size_t)n, ".a");
	assert_string_equal(refusal(text, (size_t)n), "t.lua:1:409: more than 200 accesses (.name, [key]) in one expression; use a local for a part of it");
	assert_string_equal(refusal(text, (size_t)n - 2), "loaded");
	n = snprintf(text, sizeof(text), "return (((a");
	for (int i = 0; i < 201; i++)
		n += snprintf(text + n, sizeof(text) - (size_t)n, "%s[1]", i == 90 || i == 150 ? ")" : "");
	n += snprintf(text + n, sizeof(text) - (size_t)n, ")");
	assert_non_null(strstr(refusal(text, (size_t)n), "more than 200 accesses"));
	/* a list of many short ones is no chain */
	n = snprintf(text, sizeof(text), "return {");
	for (int i = 0; i < 500; i++)
		n += snprintf(text + n, sizeof(text) - (size_t)n, "a.b.c,");
	n += snprintf(text + n, sizeof(text) - (size_t)n, "}");
	assert_string_equal(refusal(text, (size_t)n), "loaded");
}

/* --- nothing stays -------------------------------------------------------------------------------------------- */

static int keep_top(lua_State *L)
{
	lua_settop(L, 1);
	cb_sandbox_keep(L);
	return 0;
}

/* A frozen state whose function 0 is what text returned. */
static struct cb_sandbox *frozen(const char *text)
{
	struct cb_sandbox *sb = opened(NULL);
	lua_State *L = cb_sandbox_state(sb);

	if (run_text(sb, text))
		fail_msg("%s", err.msg);
	lua_pushcfunction(L, keep_top);
	lua_insert(L, -2);
	assert_int_equal(cb_sandbox_call(sb, 1, 0, 0, &err), 0);
	assert_int_equal(cb_sandbox_freeze(sb, &err), 0);
	return sb;
}

static const char *call_kept(struct cb_sandbox *sb)
{
	static char out[300];
	lua_State *L = cb_sandbox_state(sb);

	cb_sandbox_push_kept(L, 0);
	if (cb_sandbox_call(sb, 0, 1, 0, &err))
		return err.msg;
	snprintf(out, sizeof(out), "%s", lua_isnil(L, -1) ? "nil" : lua_tostring(L, -1));
	lua_pop(L, 1);
	return out;
}

static void every_call_starts_from_the_same_state(void **unused)
{
	static const struct { const char *text, *each; } t[] = {
		{ "local n = 0 return function() n = n + 1 return n end", "1" },
		{ "local a, b = 1, 2 return function() a, b = b, a return a end", "2" },
		{ "local n local function bump() n = (n or 0) + 1 end return function() bump() bump() return n end", "2" },
		{ "local f local function g() return 1 end function f() return g() end return function() local r = f() f = function() return 9 end return r end", "1" },
		{ "local t = { 1, 2, 3, k = { x = 4 } } return function() return #t + t.k.x + select('#', table.unpack(t)) end", "10" },
		{ "local t = { 5, 6 } return function() local s = 0 for i, v in ipairs(t) do s = s + v end for k, v in pairs(t) do s = s + v end return s end", "22" },
		{ "local C = {} C.__index = C function C.get(o) return o.v end local o = setmetatable({ v = 3 }, C) return function() return o:get() end", "3" },
		{ "local o = setmetatable({}, { __index = function(_, k) return k end, __call = function(_, x) return x end }) return function() return o(o.q) end", "q" },
		{ "N = 4 return function() return N end", "4" },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct cb_sandbox *sb = frozen(t[i].text);
		for (int k = 0; k < 3; k++)
			assert_string_equal(call_kept(sb), t[i].each);
		cb_sandbox_close(sb);
	}
}

static void what_a_function_captured_is_read_only(void **unused)
{
	static const char *const text[] = {
		"local t = {} return function() t.x = 1 end",
		"local t = { x = { y = 1 } } return function() t.x.y = 2 end",
		"local t = { 1 } return function() table.insert(t, 2) end",
		"local t = { 2, 1 } return function() table.sort(t) end",
		"T = {} return function() T.x = 1 end",
		"local t = {} local function f() t[1] = 1 end return function() f() end",
		"local k = {} local t = { [k] = 1 } return function() k.x = 1 end",
		"local mt = { __index = {} } local o = setmetatable({}, mt) return function() mt.__index.x = 1 end",
		"local mt = { __index = {} } local o = setmetatable({}, mt) return function() getmetatable(o).__len = print end",
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++) {
		struct cb_sandbox *sb = frozen(text[i]);
		const char *got = call_kept(sb);
		if (!strstr(got, "read-only") && !strstr(got, "index a boolean"))
			fail_msg("%s: %s", text[i], got);
		cb_sandbox_close(sb);
	}
	struct cb_sandbox *sb = frozen("return function() x = 1 end");
	assert_string_equal(call_kept(sb), "t.lua:1: 'x' is a global, and globals are read-only while meetings are rated; write `local x`");
	cb_sandbox_close(sb);
}

/* --- require --------------------------------------------------------------------------------------------------- */

static int read_part(void *ctx, const char *name, char **text, size_t *len, char *path, size_t cap, struct cb_err *e)
{
	static const char *const part[][2] = {
		{ "bands", "return { top = 5 }" }, { "ring", "return require 'ring'" }, { "broken", "\nreturn nil + 1" }, { "sub.part", "return 7" },
		{ "badword", "return 1 & 2" }, { "nothing", "" },
	};

	++*(int *)ctx;
	for (size_t i = 0; i < sizeof(part) / sizeof(part[0]); i++)
		if (!strcmp(part[i][0], name)) {
			*text = cb_strdup(part[i][1]);
			if (!*text)
				return cb_err_nomem(e);
			*len = strlen(*text);
			snprintf(path, cap, "rules/%s.lua", name);
			return 0;
		}
	return cb_err_set(e, CB_ENOTFOUND, "no such file");
}

static void require_runs_a_file_of_the_pack_once_and_checks_it(void **unused)
{
	static const struct { const char *text, *gives; int reads; } t[] = {
		{ "return require('bands').top + require('bands').top", "10", 1 },
		{ "return require 'sub.part'", "7", 1 },
		{ "return require 'nothing'", "true", 1 },
		{ "return require 'ring'", "rules/ring.lua:1: require: \"ring\" requires itself", 1 },
		{ "return require 'broken'", "rules/broken.lua:2: attempt to perform arithmetic on a nil value", 1 },
		{ "return require 'badword'", "rules/badword.lua:1:10: bitwise operators such as & are not offered to packs; conditions are joined with `and` or all{}", 1 },
		{ "return require 'absent'", "t.lua:1: require \"absent\": no such file", 1 },
		{ "return require '../etc/passwd'", "t.lua:1: require: a name is made of letters, digits, _ and dots, such as \"common.bands\"", 0 },
		{ "return require '/etc/passwd'", "t.lua:1: require: a name is made of letters, digits, _ and dots, such as \"common.bands\"", 0 },
		{ "return require 'a..b'", "t.lua:1: require: a name is made of letters, digits, _ and dots, such as \"common.bands\"", 0 },
		{ "return require 'bands\\0x'", "t.lua:1: require: a name is made of letters, digits, _ and dots, such as \"common.bands\"", 0 },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct cb_sandbox *sb = opened(NULL);
		lua_State *L = cb_sandbox_state(sb);
		int reads = 0;
		cb_sandbox_set_require(sb, read_part, &reads);
		if (run_text(sb, t[i].text))
			assert_string_equal(err.msg, t[i].gives);
		else
			assert_string_equal(lua_isboolean(L, -1) ? "true" : lua_tostring(L, -1), t[i].gives);
		assert_int_equal(reads, t[i].reads);
		cb_sandbox_close(sb);
	}
}

/* --- functions of rules ----------------------------------------------------------------------------------------- */

static const struct cb_fnarg facts[] = {
	{ .name = "present", .have = true, .value = { 18, 1 } },
	{ .name = "members", .have = true, .value = { 24, 1 } },
	{ .name = "share", .have = true, .value = { 3, 4 } },
	{ .name = "kind", .have = true, .word = "combined" },
	{ .name = "visits" },
	{ .name = "late", .have = true, .flag = true, .value = { 0, 1 } },
};

static int host_of(struct cb_fnhost *h, const char *text, const struct cb_pack_limits *lim)
{
	return cb_fnhost_make(h, frozen(text), "t.lua", lim, &err);
}

static void words_of_call(char *out, size_t cap, const struct cb_fnhost *h)
{
	struct cb_fnresult r;

	if (cb_fn_call(h, 0, facts, 6, &r, &err))
		snprintf(out, cap, "%s", err.msg);
	else if (r.type == CB_FN_POINTS)
		snprintf(out, cap, "%lld/%lld%s%s", (long long)r.value.n, (long long)r.value.d, r.text[0] ? " " : "", r.text);
	else
		snprintf(out, cap, "%s", r.type == CB_FN_ABSENT ? "absent" : r.type == CB_FN_TRUE ? "true" : "false");
}

/* What a function text gives: points as n/d and its note, or the error; the same in a process of its own. */
static const char *given(const char *text)
{
	static char out[1200];
	char walled[1200];
	struct cb_fnhost h, inner;

	assert_int_equal(host_of(&inner, text, NULL), 0);
	words_of_call(out, sizeof(out), &inner);
	inner.free(inner.ctx);
	assert_int_equal(host_of(&inner, text, NULL), 0);
	assert_int_equal(cb_wall_make(&h, inner, "t.lua", "t", NULL, &err), 0);
	words_of_call(walled, sizeof(walled), &h);
	h.free(h.ctx);
	assert_string_equal(walled, out);
	return out;
}

static void a_function_gets_its_facts_and_gives_points(void **unused)
{
	(void)unused;
	assert_string_equal(given("return function(m) return m.present / m.members end"), "3/4");
	assert_string_equal(given("return function(m) return m.share * 8 end"), "6/1");
	assert_string_equal(given("return function(m) return m.kind == 'combined' and 5 end"), "5/1");
	assert_string_equal(given("return function(m) return m.visits == nil and 1 or 2 end"), "1/1");
	assert_string_equal(given("return function(m) return 0.1 + 0.2 end"), "3/10");
	assert_string_equal(given("return function(m) return 10 / 3 end"), "3333/1000");
	assert_string_equal(given("return function(m) return 2 / 3, 'hai phần ba\\n\\27[2J' end"), "667/1000 hai phần ba ?[2J");
	assert_string_equal(given("return function(m) return -2 / 3 end"), "-667/1000");
	assert_string_equal(given("return function(m) return nil end"), "absent");
	assert_string_equal(given("return function(m) return m.present > 100 end"), "false");
	assert_string_equal(given("return function(m) return true end"), "true");
	assert_string_equal(given("return function(m) return m.late == false and 3 or 4 end"), "3/1");
}

static void a_result_that_is_no_number_is_told_with_the_line(void **unused)
{
	(void)unused;
	assert_string_equal(given("return function(m) return '7,5' end"), "t.lua:1: the function returned the text \"7,5\"; points are a number, without quotes");
	assert_string_equal(given("\nreturn function(m) return {} end"), "t.lua:2: the function returned a table; points are a number");
	assert_string_equal(given("return function(m) return 0 / 0 end"), "t.lua:1: the function returned nan (0/0); points are a finite number");
	assert_string_equal(given("return function(m) return 1 / 0 end"), "t.lua:1: the function returned an infinite number; is there a division by zero?");
	assert_string_equal(given("return function(m) return 7,5 end"), "t.lua:1: the function returned two numbers; was a decimal comma meant? write 7.5, not 7,5");
	assert_string_equal(given("return function(m) return 7, {} end"), "t.lua:1: the function returned a table as its note; a note is a text");
	assert_string_equal(given("return function(m) return 1e300 end"), "t.lua:1: the function returned a number beyond 10^12");
	assert_string_equal(given("return function(m) return m.presnt end"),
			    "t.lua:1: 'presnt' is not among the facts that this criterion needs; did you mean 'present'?");
	assert_string_equal(given("return function(m) return m.weather end"), "t.lua:1: 'weather' is not among the facts that this criterion needs; add it to needs");
	assert_string_equal(given("return function(m) m.present = 30 return 1 end"), "t.lua:1: this table is read-only");
	assert_string_equal(given("return function(m) return 5 + m.visits end"), "t.lua:1: attempt to perform arithmetic on a nil value (field 'visits')");
}

static void facts_of_one_meeting_do_not_reach_the_next(void **unused)
{
	struct cb_fnhost h;
	struct cb_fnresult r;
	struct cb_fnarg a[2] = { { .name = "present", .have = true, .value = { 5, 1 } }, { .name = "late", .have = true, .value = { 1, 1 } } };

	(void)unused;
	assert_int_equal(host_of(&h, "local kept return function(m) if kept then return 99 end kept = m return m.present + (m.late or 0) end", NULL), 0);
	assert_int_equal(cb_fn_call(&h, 0, a, 2, &r, &err), 0);
	assert_int_equal(r.value.n, 6);
	a[0].value.n = 7;
	a[1].have = false;
	assert_int_equal(cb_fn_call(&h, 0, a, 2, &r, &err), 0);
	assert_int_equal(r.value.n, 7);
	h.free(h.ctx);
}

static void a_run_has_a_budget_of_its_own(void **unused)
{
	struct cb_pack_limits lim = cb_pack_limits_default;
	struct cb_fnhost h;
	struct cb_fnresult r;
	int calls = 0, rc = 0;

	(void)unused;
	lim.fuel_run = 100000;
	assert_int_equal(host_of(&h, "return function(m) local n = 0 for i = 1, 2000 do n = n + i end return 1 end", &lim), 0);
	while (!rc && calls < 1000) {
		rc = cb_fn_call(&h, 0, facts, 6, &r, &err);
		calls++;
	}
	assert_int_equal(rc, CB_ELIMIT);
	assert_in_range(calls, 10, 60);
	assert_non_null(strstr(err.msg, "fuel_run = 100000"));
	assert_int_equal(cb_fn_call(&h, 0, facts, 6, &r, &err), CB_ELIMIT);
	cb_fnhost_begin_run(&h);
	assert_int_equal(cb_fn_call(&h, 0, facts, 6, &r, &err), 0);
	h.free(h.ctx);
}

static void a_limit_in_one_call_leaves_the_next_as_it_was(void **unused)
{
	struct cb_fnhost h;
	struct cb_fnresult r;
	struct cb_fnarg a = { .name = "bad", .have = true, .value = { 1, 1 } };

	(void)unused;
	assert_int_equal(host_of(&h,
				 "local hoard = {} return function(m) if m.bad == 1 then while true do end elseif m.bad == 2 then local t = {} for i = 1, 1e9 do t[i] = {} "
				 "end elseif m.bad == 3 then return ('x'):rep(1e6) end return #hoard + 4 end",
				 NULL),
			 0);
	for (int i = 0; i < 8; i++) {
		int rc;
		a.value.n = i % 4;
		rc = cb_fn_call(&h, 0, &a, 1, &r, &err);
		assert_int_equal(rc, i % 4 ? CB_ELIMIT : 0);
		if (!rc)
			assert_int_equal(r.value.n, 4);
	}
	h.free(h.ctx);
}

/* Whatever room the load leaves, a call ends as a result or as the pack's own error. */
static void a_pack_that_fills_its_memory_while_loading_fails_alone(void **unused)
{
	struct cb_pack_limits lim = cb_pack_limits_default;
	struct cb_fnhost h;
	struct cb_fnresult r[2];
	struct cb_fnarg two[12]; /* meetings */
	struct cb_sandbox *sb;
	int limits = 0, results = 0;

	(void)unused;
	for (int i = 0; i < 12; i++)
		two[i] = facts[i % 6];
	for (size_t room = 0; room < 6000; room += 40) {
		sb = frozen("return function(m) return 1 end");
		lua_gc(cb_sandbox_state(sb), LUA_GCCOLLECT, 0);
		sb->lim.memory = lim.memory = cb_sandbox_memory(sb) + room;
		assert_int_equal(cb_fnhost_make(&h, sb, "t.lua", &lim, &err), 0);
		assert_int_equal(h.call(h.ctx, 0, two, 6, 2, r, &err), 0);
		if (r[1].code && strncmp(r[1].text, "t.lua", 5) != 0)
			fail_msg("%s", r[1].text);
		limits += r[1].code == CB_ELIMIT;
		results += r[1].code == 0;
		h.free(h.ctx);
	}
	assert_true(limits > 1);
	assert_true(results > 1);
}

static void what_is_printed_is_kept_clean_and_short(void **unused)
{
	struct cb_sandbox *sb = opened(NULL);

	(void)unused;
	assert_int_equal(run_text(sb, "print('a', 1, nil, {}, 'x\\ny\\27')"), 0);
	assert_string_equal(cb_sandbox_printed(sb), "a 1 nil table x y?\n");
	assert_int_equal(run_text(sb, "for i = 1, 5000 do print(i, ('z'):rep(500)) end"), 0);
	assert_true(strlen(cb_sandbox_printed(sb)) < 4096);
	assert_non_null(strstr(cb_sandbox_printed(sb), "\n5000 zzz"));
	cb_sandbox_printed_clear(sb);
	assert_string_equal(cb_sandbox_printed(sb), "");
	cb_sandbox_close(sb);
}

/* --- memory of the machine ------------------------------------------------------------------------------------- */

static int whole_life(void *ctx)
{
	static const char text[] = "local t = { 3, 1, 2 } table.sort(t) local s = ('a,b'):gsub(',', ';') for k in pairs { a = 1, b = 2 } do s = s .. k end "
				   "return function(m) local ok = pcall(error, 'x') return m.present + #t, s .. tostring(m.members) end";
	struct cb_sandbox *sb = NULL;
	struct cb_fnhost h = { 0 };
	struct cb_fnresult r;
	lua_State *L;
	int rc;

	(void)ctx;
	rc = cb_sandbox_open(&sb, NULL, &err);
	if (rc)
		return rc;
	L = cb_sandbox_state(sb);
	rc = cb_sandbox_load(sb, text, sizeof(text) - 1, "t.lua", &err);
	if (!rc)
		rc = cb_sandbox_call(sb, 0, 1, 0, &err);
	if (!rc) {
		lua_pushcfunction(L, keep_top);
		lua_insert(L, -2);
		rc = cb_sandbox_call(sb, 1, 0, 0, &err);
	}
	if (!rc)
		rc = cb_sandbox_freeze(sb, &err);
	if (rc) {
		cb_sandbox_close(sb);
		return rc;
	}
	rc = cb_fnhost_make(&h, sb, "t.lua", NULL, &err);
	if (!rc)
		rc = cb_fn_call(&h, 0, facts, 6, &r, &err);
	if (h.free)
		h.free(h.ctx);
	return rc;
}

static void running_out_of_memory_anywhere_is_an_error_and_leaves_nothing(void **unused)
{
	(void)unused;
	assert_true(sweep(whole_life, NULL) > 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_value_that_a_pack_can_reach_is_on_the_list),
		cmocka_unit_test(no_number_has_a_metatable_and_texts_hide_theirs),
		cmocka_unit_test(names_that_are_not_offered_say_what_to_do_instead),
		cmocka_unit_test(globals_belong_to_the_file_while_it_loads_and_are_fixed_afterwards),
		cmocka_unit_test(each_budget_says_which_it_is_where_and_what_to_change),
		cmocka_unit_test(errors_made_of_anything_become_one_clean_line),
		cmocka_unit_test(long_file_names_stand_whole_in_messages),
		cmocka_unit_test(limits_pass_through_pcall_and_every_handler),
		cmocka_unit_test(the_same_text_uses_the_same_fuel_in_every_state),
		cmocka_unit_test(a_source_is_refused_with_line_and_column),
		cmocka_unit_test(words_that_no_pack_needs_are_refused),
		cmocka_unit_test(long_chains_of_accesses_are_refused_however_they_are_written),
		cmocka_unit_test(every_call_starts_from_the_same_state),
		cmocka_unit_test(what_a_function_captured_is_read_only),
		cmocka_unit_test(require_runs_a_file_of_the_pack_once_and_checks_it),
		cmocka_unit_test(a_function_gets_its_facts_and_gives_points),
		cmocka_unit_test(a_result_that_is_no_number_is_told_with_the_line),
		cmocka_unit_test(facts_of_one_meeting_do_not_reach_the_next),
		cmocka_unit_test(a_run_has_a_budget_of_its_own),
		cmocka_unit_test(a_limit_in_one_call_leaves_the_next_as_it_was),
		cmocka_unit_test(a_pack_that_fills_its_memory_while_loading_fails_alone),
		cmocka_unit_test(what_is_printed_is_kept_clean_and_short),
		cmocka_unit_test(running_out_of_memory_anywhere_is_an_error_and_leaves_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
