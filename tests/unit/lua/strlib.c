/*
 * strlib.c - the string, table and base functions of packs against Lua's own, on random subjects, patterns and formats.
 *
 * Each case is a function name and arguments as Lua source; both states run it protected and print what came of it as
 * one text, which must be equal. 100000 cases in a normal run; STRLIB_CASES=1000000 for more, STRLIB_SEED for others.
 */
#include "tests/unit/test.h"

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdlib.h>
#include "base/buf.h"
#include "lua/sandbox.h"

/* Values as text: types, strings byte by byte, floats exactly; position prefixes of messages are cut off. */
static const char show[] = "local function show(...)\n"
			   "  local out = {}\n"
			   "  for i = 1, select('#', ...) do\n"
			   "    local v = (select(i, ...))\n"
			   "    local t = type(v)\n"
			   "    if t == 'number' and v ~= v then out[i] = 'nan'\n"
			   "    elseif t == 'string' then out[i] = 's:' .. v\n"
			   "    else out[i] = t .. ':' .. tostring(v) end\n"
			   "  end\n"
			   "  return table.concat(out, '\\1')\n"
			   "end\n"
			   "return function(f)\n"
			   "  local function done(ok, ...)\n"
			   "    if ok then return show(...) end\n"
			   "    local e = ...\n"
			   "    return 'error ' .. tostring(e)\n"
			   "  end\n"
			   "  return done(pcall(f))\n"
			   "end\n";

static unsigned long long state;

static unsigned rnd(unsigned n)
{
	state = state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (unsigned)((state >> 33) % n);
}

static const char *pick(const char *const *list, unsigned n)
{
	return list[rnd(n)];
}

/* A Lua literal of bytes that tend to match each other. */
static void put_literal(struct cb_buf *b, const char *s, size_t n)
{
	cb_buf_putc(b, '"');
	for (size_t i = 0; i < n; i++)
		cb_buf_printf(b, "\\%03d", (unsigned char)s[i]);
	cb_buf_putc(b, '"');
}

static void put_subject(struct cb_buf *b)
{
	static const char soup[] = "aaabbcAB01 .,-%()[]^$\0\n\tz\303\241\377_";
	char s[40];
	size_t n = rnd(3) ? rnd(12) : rnd(40);
	unsigned span = rnd(2) ? 6 : (unsigned)sizeof(soup) - 1;

	for (size_t i = 0; i < n; i++)
		s[i] = soup[rnd(span)];
	put_literal(b, s, n);
}

static void add_item(char *s, size_t *n)
{
	static const char *const item[] = { "a", "b", "A", ".", "%a", "%d", "%s", "%w", "%x", "%p", "%l", "%u", "%c", "%g", "%A", "%D", "%S", "%W", "%P",
					    "[ab]", "[^a]", "[a-c]", "[%a_]", "[^%s]", "[]]", "[^]]", "[a-]", "[%-a]", "[%]]", "%.", "%%", "0", " ", "%bab",
					    "%b()", "%f[a]", "%f[%w]", "%f[^a]", "%1", "%2", "%0", "()", "$", "^", "-", "[", "]", "%", "(", ")", "[a", "[%",
					    "%b", "%f", "%z", "%q", "\303", "[\200-\377]", "%" };
	const char *t = item[rnd(rnd(8) ? 45 : (unsigned)(sizeof(item) / sizeof(item[0])))];
	size_t len = strlen(t);

	if (*n + len + 2 > 60)
		return;
	memcpy(s + *n, t, len);
	*n += len;
	if (rnd(3) == 0)
		s[(*n)++] = "*+-?"[rnd(4)];
}

static void put_pattern(struct cb_buf *b)
{
	char s[64];
	size_t n = 0, k = rnd(6);

	if (rnd(6) == 0)
		s[n++] = '^';
	for (size_t i = 0; i < k; i++) {
		bool group = rnd(4) == 0;
		if (group)
			s[n++] = '(';
		add_item(s, &n);
		if (group) {
			if (rnd(3) == 0)
				add_item(s, &n);
			s[n++] = ')';
		}
	}
	if (rnd(8) == 0)
		s[n++] = '$';
	if (rnd(40) == 0)
		s[n++] = '\0';
	put_literal(b, s, n);
}

static void put_int(struct cb_buf *b)
{
	static const char *const odd[] = { "0", "1", "-1", "2", "-2", "3", "5", "-5", "10", "100", "-100", "math.maxinteger", "math.mininteger",
					   "2^31", "1.0", "1.5", "'3'", "'x'", "nil", "-0.0", "1e300", "'y'" };

	if (rnd(2))
		cb_buf_printf(b, "%d", (int)rnd(20) - 6);
	else
		cb_buf_puts(b, pick(odd, sizeof(odd) / sizeof(odd[0])));
}

static void put_number(struct cb_buf *b)
{
	static const char *const odd[] = { "0.1", "1/3", "-1/3", "1e15", "1e16", "1e100", "-1e-5", "1/0", "-1/0", "0.0", "-0.0", "123456789", "2^53",
					   "2^63", "math.pi", "1e308", "5e-324", "'10'", "'0x10'", "' 7 '", "'7,5'", "0x7fffffffffffffff", "true" };

	if (rnd(2))
		put_int(b);
	else
		cb_buf_puts(b, pick(odd, sizeof(odd) / sizeof(odd[0])));
}

static void put_format(struct cb_buf *b)
{
	static const char *const flag[] = { "", "", "", "-", "+", " ", "#", "0", "-+", "+0", "#0", "00", "--" };
	static const char *const width[] = { "", "", "", "1", "5", "10", "20", "99", "100", "5.", "5.3", ".0", ".2", ".14", ".20", ".99", ".100", "10.10" };
	char s[200];
	size_t n = 0;
	int k = (int)rnd(4);

	n += (size_t)snprintf(s + n, sizeof(s) - n, "x");
	for (int i = 0; i < k; i++)
		n += (size_t)snprintf(s + n, sizeof(s) - n, "%s%%%s%s%c", rnd(2) ? "" : "a", pick(flag, 13), pick(width, 18),
				      "diouxXaAeEfgGcsqsdsqFnb%"[rnd(rnd(6) ? 22 : 24)]);
	put_literal(b, s, n);
}

static void put_value(struct cb_buf *b)
{
	switch (rnd(6)) {
	case 0: cb_buf_puts(b, rnd(2) ? "nil" : rnd(2) ? "true" : "false"); break;
	case 1: put_subject(b); break;
	default: put_number(b);
	}
}

static void put_replacement(struct cb_buf *b)
{
	static const char *const fixed[] = { "\"\"", "\"x\"", "\"%0\"", "\"%1\"", "\"<%0>\"", "\"%1%2\"", "\"%%\"", "\"%x\"", "\"%\"", "\"%9\"", "7", "1.5",
					     "{}", "{a=1,b=false,[1]='one',[2]='two',ab='AB'}", "function(a) return a end", "function() end",
					     "function(a, b) return b end", "function() return {} end", "function() return 7 end", "function(...) return select('#', ...) end",
					     "string.upper", "nil", "true" };

	cb_buf_puts(b, pick(fixed, sizeof(fixed) / sizeof(fixed[0])));
}

static void put_comma(struct cb_buf *b)
{
	cb_buf_puts(b, ", ");
}

/* One call. */
static void make_case(struct cb_buf *b)
{
	cb_buf_clear(b);
	cb_buf_puts(b, "return function() ");
	switch (rnd(22)) {
	case 0:
	case 1:
		cb_buf_puts(b, "return string.find(");
		put_subject(b), put_comma(b), put_pattern(b);
		if (rnd(3) == 0) {
			put_comma(b), put_int(b);
			if (rnd(2))
				cb_buf_puts(b, ", true");
		}
		cb_buf_puts(b, ")");
		break;
	case 2:
	case 3:
	case 4:
		cb_buf_puts(b, "return string.match(");
		put_subject(b), put_comma(b), put_pattern(b);
		if (rnd(4) == 0)
			put_comma(b), put_int(b);
		cb_buf_puts(b, ")");
		break;
	case 5:
	case 6:
		cb_buf_puts(b, "local t = {} for a, b in string.gmatch(");
		put_subject(b), put_comma(b), put_pattern(b);
		if (rnd(4) == 0)
			put_comma(b), put_int(b);
		cb_buf_puts(b, ") do t[#t + 1] = tostring(a) .. '/' .. tostring(b) end return table.concat(t, ';')");
		break;
	case 7:
	case 8:
	case 9:
		cb_buf_puts(b, "return string.gsub(");
		put_subject(b), put_comma(b), put_pattern(b), put_comma(b), put_replacement(b);
		if (rnd(4) == 0)
			put_comma(b), put_int(b);
		cb_buf_puts(b, ")");
		break;
	case 10:
	case 11:
	case 12:
		cb_buf_puts(b, "return string.format(");
		put_format(b);
		for (int i = (int)rnd(4); i > 0; i--)
			put_comma(b), put_value(b);
		cb_buf_puts(b, ")");
		break;
	case 13:
		cb_buf_printf(b, "return string.%s(", rnd(2) ? "sub" : "byte");
		put_subject(b), put_comma(b), put_int(b);
		if (rnd(2))
			put_comma(b), put_int(b);
		cb_buf_puts(b, ")");
		break;
	case 14:
		cb_buf_puts(b, "return string.rep(");
		put_subject(b);
		cb_buf_printf(b, ", %d", (int)rnd(12) - 3);
		if (rnd(2))
			put_comma(b), put_subject(b);
		cb_buf_puts(b, ")");
		break;
	case 15: {
		static const char *const name[] = { "upper", "lower", "reverse", "len" };
		cb_buf_printf(b, "return string.%s(", pick(name, 4));
		if (rnd(8))
			put_subject(b);
		else
			put_value(b);
		cb_buf_puts(b, ")");
		break;
	}
	case 16:
		cb_buf_puts(b, "return string.char(");
		for (int i = (int)rnd(5); i > 0; i--) {
			put_int(b);
			if (i > 1)
				put_comma(b);
		}
		cb_buf_puts(b, ")");
		break;
	case 17:
		cb_buf_puts(b, "return tonumber(");
		if (rnd(2)) {
			static const char *const text[] = { "'ff'", "'-7f'", "' 10 '", "'z'", "''", "'1e1'", "'0x1p4'", "'1 2'", "'9999999999999999999'", "'1010'", "'inf'", "'nan'",
							    "'0x'", "'1e'", "'+5'", "'- 5'", "'5.'", "'.5'", "'0x.8'" };
			cb_buf_puts(b, pick(text, 19));
			if (rnd(2))
				cb_buf_printf(b, ", %d", (int)rnd(40));
		} else {
			put_value(b);
		}
		cb_buf_puts(b, ")");
		break;
	case 18:
		cb_buf_puts(b, "return tostring(");
		put_value(b);
		cb_buf_puts(b, ")");
		break;
	case 19: {
		static const char *const op[] = { "+", "-", "*", "/", "//", "%", "^", "..", "<", "==" };
		cb_buf_puts(b, "local a, b = ");
		put_value(b), put_comma(b), put_value(b);
		cb_buf_printf(b, " return a %s b", pick(op, 10));
		break;
	}
	case 20: {
		static const char *const what[] = { "table.concat(t, ', ', %d, %d)", "table.unpack(t, %d, %d)", "table.concat(table.move(t, 1, 3, %d), '-')",
						    "table.remove(t, %d)", "(function() table.insert(t, %d, 'n') return table.concat(t, '|') end)()",
						    "(function() table.sort(t) return table.concat(t, '|') end)()",
						    "(function() table.sort(t, function(a, b) return a > b end) return table.concat(t, '|') end)()",
						    "select(%d, table.unpack(t))", "#table.pack(table.unpack(t))" };
		cb_buf_puts(b, "local t = {");
		for (int i = (int)rnd(8); i > 0; i--)
			cb_buf_printf(b, "%d, ", (int)rnd(9));
		cb_buf_puts(b, "} return ");
		const char *w = pick(what, 9);
		for (; *w; w++) {
			if (w[0] == '%' && w[1] == 'd') {
				cb_buf_printf(b, "%d", (int)rnd(8) - 1);
				w++;
			} else {
				cb_buf_putc(b, *w);
			}
		}
		break;
	}
	default:
		cb_buf_puts(b, "return ('x'):rep(3):");
		cb_buf_printf(b, "%s(", rnd(2) ? "find" : "match");
		put_pattern(b);
		cb_buf_puts(b, ")");
	}
	cb_buf_puts(b, " end");
}

/* What our words differ in on purpose. */
static bool same_meaning(const char *a, const char *b)
{
	if (!strcmp(a, b))
		return true;
	return !strncmp(a, "s:table: 0x", 11) && !strcmp(b, "s:table"); /* no addresses */
}

static char *run_stock(lua_State *L, const char *text)
{
	char *out;

	lua_pushvalue(L, 1);
	if (luaL_loadbufferx(L, text, strlen(text), "=t.lua", "t") || lua_pcall(L, 0, 1, 0) || lua_pcall(L, 1, 1, 0)) {
		out = cb_strdup(lua_tostring(L, -1));
	} else {
		size_t n;
		const char *s = lua_tolstring(L, -1, &n);
		char *copy = cb_malloc(n + 1);
		for (size_t i = 0; i <= n; i++)
			copy[i] = s[i] || i == n ? s[i] : '\2';
		out = copy;
	}
	lua_settop(L, 1);
	return out;
}

static char *run_ours(struct cb_sandbox *sb, const char *text)
{
	lua_State *L = cb_sandbox_state(sb);
	struct cb_err err;
	char *out = NULL;
	int rc;

	lua_pushvalue(L, 1);
	rc = cb_sandbox_load(sb, text, strlen(text), "t.lua", &err);
	if (!rc)
		rc = cb_sandbox_call(sb, 0, 1, 0, &err);
	if (!rc)
		rc = cb_sandbox_call(sb, 1, 1, 0, &err);
	if (rc) {
		out = cb_strdup(err.msg);
	} else {
		size_t n;
		const char *s = lua_tolstring(L, -1, &n);
		out = cb_malloc(n + 1);
		for (size_t i = 0; i <= n; i++)
			out[i] = s[i] || i == n ? s[i] : '\2';
	}
	lua_settop(L, 1);
	return out;
}

static void functions_give_what_luas_own_give_on_random_input(void **unused)
{
	long cases = getenv("STRLIB_CASES") ? atol(getenv("STRLIB_CASES")) : 100000, differ = 0;
	struct cb_sandbox *sb = NULL;
	struct cb_err err;
	struct cb_buf text;
	lua_State *L = luaL_newstate();

	(void)unused;
	state = getenv("STRLIB_SEED") ? strtoull(getenv("STRLIB_SEED"), NULL, 10) : 20240229;
	luaL_openlibs(L);
	assert_int_equal(luaL_dostring(L, show), 0);
	cb_buf_init(&text);
	for (long i = 0; i < cases; i++) {
		char *want, *got;
		if (i % 2000 == 0) {
			cb_sandbox_close(sb);
			assert_int_equal(cb_sandbox_open(&sb, NULL, &err), 0);
			assert_int_equal(cb_sandbox_load(sb, show, sizeof(show) - 1, "show.lua", &err), 0);
			assert_int_equal(cb_sandbox_call(sb, 0, 1, 0, &err), 0);
		}
		make_case(&text);
		want = run_stock(L, text.s);
		got = run_ours(sb, text.s);
		if (!same_meaning(want, got) && differ++ < 20)
			printf("case %ld: %s\n  lua:  %s\n  ours: %s\n", i, text.s, want, got);
		cb_free(want);
		cb_free(got);
	}
	cb_sandbox_close(sb);
	lua_close(L);
	cb_buf_release(&text);
	assert_int_equal(differ, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions_give_what_luas_own_give_on_random_input),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
