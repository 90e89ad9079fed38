/*
 * strlib.c - string functions of packs: byte char find format gmatch gsub len lower match rep reverse sub upper, and
 * arithmetic on texts that are numbers.
 *
 * They give what Lua 5.4's give (tests/unit/lua/strlib.c compares them on random input), with three differences: all
 * work is charged as fuel, results have a largest length, and nothing depends on locale or addresses (letters are
 * ASCII, no %p, nan has no sign). No dump, pack, unpack. Scratch memory is userdata, so an error leaves nothing.
 */
#include "lua/sandbox_int.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* --- buffer -------------------------------------------------------------------------------------------------- */

void sb_buf_init(struct sb_buf *b, lua_State *L)
{
	luaL_checkstack(L, 4, NULL);
	b->L = L;
	b->p = b->small;
	b->len = 0;
	b->cap = sizeof(b->small);
	lua_pushnil(L);
	b->slot = lua_gettop(L);
}

char *sb_buf_room(struct sb_buf *b, size_t n)
{
	if (n > b->cap - b->len) {
		size_t cap = b->cap * 2;
		char *p;

		sb_check_string(b->L, n);
		sb_check_string(b->L, b->len + n);
		while (cap < b->len + n)
			cap *= 2;
		p = lua_newuserdatauv(b->L, cap, 0);
		memcpy(p, b->p, b->len);
		b->p = p;
		b->cap = cap;
		lua_replace(b->L, b->slot);
	}
	return b->p + b->len;
}

void sb_buf_add(struct sb_buf *b, const void *p, size_t n)
{
	if (!n)
		return;
	memcpy(sb_buf_room(b, n), p, n);
	b->len += n;
}

static void add_char(struct sb_buf *b, char c)
{
	*sb_buf_room(b, 1) = c;
	b->len++;
}

void sb_buf_push(struct sb_buf *b)
{
	sb_check_string(b->L, b->len);
	lua_pushlstring(b->L, b->p, b->len);
}

/* --- small functions ----------------------------------------------------------------------------------------- */

static bool is_upper(int c) { return c >= 'A' && c <= 'Z'; }
static bool is_lower(int c) { return c >= 'a' && c <= 'z'; }
static bool is_alpha(int c) { return is_upper(c) || is_lower(c); }
static bool is_digit(int c) { return c >= '0' && c <= '9'; }
static bool is_space(int c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
static bool is_cntrl(int c) { return c < 32 || c == 127; }
static bool is_graph(int c) { return c > 32 && c < 127; }
static bool is_punct(int c) { return is_graph(c) && !is_alpha(c) && !is_digit(c); }
static bool is_hex(int c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/* Where a relative start and end stand in a text of n bytes: 1.., and ..n. */
static size_t from_start(lua_Integer pos, size_t n)
{
	if (pos > 0)
		return (size_t)pos;
	if (pos == 0 || pos < -(lua_Integer)n)
		return 1;
	return n + (size_t)pos + 1;
}

static size_t to_end(lua_Integer pos, size_t n)
{
	if (pos > (lua_Integer)n)
		return n;
	if (pos >= 0)
		return (size_t)pos;
	return pos < -(lua_Integer)n ? 0 : n + (size_t)pos + 1;
}

static int s_len(lua_State *L)
{
	size_t n;

	luaL_checklstring(L, 1, &n);
	lua_pushinteger(L, (lua_Integer)n);
	return 1;
}

static int s_sub(lua_State *L)
{
	size_t n, from, to;
	const char *s = luaL_checklstring(L, 1, &n);

	from = from_start(luaL_checkinteger(L, 2), n);
	to = to_end(luaL_optinteger(L, 3, -1), n);
	cb_sandbox_charge(L, 2);
	if (from <= to)
		lua_pushlstring(L, s + from - 1, to - from + 1);
	else
		lua_pushliteral(L, "");
	return 1;
}

static int mapped(lua_State *L, int kind)
{
	size_t n;
	const char *s = luaL_checklstring(L, 1, &n);
	char *p;

	cb_sandbox_charge(L, 2 + n / 8);
	p = lua_newuserdatauv(L, n + 1, 0);
	for (size_t i = 0; i < n; i++) {
		char c = s[i];
		if (kind == 'u')
			p[i] = is_lower((unsigned char)c) ? (char)(c - 32) : c;
		else if (kind == 'l')
			p[i] = is_upper((unsigned char)c) ? (char)(c + 32) : c;
		else
			p[n - 1 - i] = c;
	}
	lua_pushlstring(L, p, n);
	return 1;
}

static int s_upper(lua_State *L) { return mapped(L, 'u'); }
static int s_lower(lua_State *L) { return mapped(L, 'l'); }
static int s_reverse(lua_State *L) { return mapped(L, 'r'); }

static int s_rep(lua_State *L)
{
	size_t n, nsep, total;
	const char *s = luaL_checklstring(L, 1, &n), *sep;
	lua_Integer times = luaL_checkinteger(L, 2);
	char *p, *w;

	sep = luaL_optlstring(L, 3, "", &nsep);
	if (times <= 0 || n + nsep == 0) {
		lua_pushliteral(L, "");
		return 1;
	}
	if ((lua_Unsigned)times > (SB_OF(L)->lim.string + nsep) / (n + nsep) + 1)
		return sb_stop(L, SB_STRING);
	total = (size_t)times * n + (size_t)(times - 1) * nsep;
	sb_check_string(L, total);
	cb_sandbox_charge(L, 2 + (size_t)times + total / 16);
	w = p = lua_newuserdatauv(L, total + 1, 0);
	while (times-- > 0) {
		memcpy(w, s, n);
		w += n;
		if (times > 0) {
			memcpy(w, sep, nsep);
			w += nsep;
		}
	}
	lua_pushlstring(L, p, total);
	return 1;
}

static int s_byte(lua_State *L)
{
	size_t n, from, to;
	const char *s = luaL_checklstring(L, 1, &n);
	lua_Integer i = luaL_optinteger(L, 2, 1);

	from = from_start(i, n);
	to = to_end(luaL_optinteger(L, 3, i), n);
	if (from > to)
		return 0;
	cb_sandbox_charge(L, 1 + (to - from));
	luaL_checkstack(L, (int)(to - from + 1), "string slice too long");
	for (size_t k = from; k <= to; k++)
		lua_pushinteger(L, (unsigned char)s[k - 1]);
	return (int)(to - from + 1);
}

static int s_char(lua_State *L)
{
	int n = lua_gettop(L);
	char *p;

	cb_sandbox_charge(L, 1 + (size_t)n);
	p = lua_newuserdatauv(L, (size_t)n + 1, 0);
	for (int i = 1; i <= n; i++) {
		lua_Unsigned c = (lua_Unsigned)luaL_checkinteger(L, i);
		luaL_argcheck(L, c <= UCHAR_MAX, i, "value out of range");
		if (!c)
			SB_OF(L)->nul = true;
		p[i - 1] = (char)c;
	}
	lua_pushlstring(L, p, (size_t)n);
	return 1;
}

/* --- patterns ------------------------------------------------------------------------------------------------ */

#define DEPTH_MAX 200
#define CAPTURES_MAX 32
#define OPEN ((ptrdiff_t)-1)     /* a capture that is still open */
#define POSITION ((ptrdiff_t)-2) /* () */

struct matcher {
	lua_State *L;
	const char *text, *text_end;
	const char *pat_end;
	int depth;
	unsigned steps; /* not yet charged */
	int ncap;
	struct { const char *from; ptrdiff_t len; } cap[CAPTURES_MAX];
};

static void work(struct matcher *m, unsigned n)
{
	m->steps += n;
	if (m->steps >= 256) {
		unsigned take = m->steps;
		m->steps = 0;
		cb_sandbox_charge(m->L, take);
	}
}

static const char *match(struct matcher *m, const char *s, const char *p);

/* Where the single item at p ends: after a letter, a %class, a [set]. */
static const char *item_end(struct matcher *m, const char *p)
{
	char c = *p++;

	if (c == '%') {
		if (p == m->pat_end)
			luaL_error(m->L, "malformed pattern (ends with '%%')");
		return p + 1;
	}
	if (c != '[')
		return p;
	if (p < m->pat_end && *p == '^')
		p++;
	do { /* the first ']' is a member */
		if (p == m->pat_end)
			luaL_error(m->L, "malformed pattern (missing ']')");
		work(m, 1);
		if (*p++ == '%') {
			if (p == m->pat_end)
				luaL_error(m->L, "malformed pattern (missing ']')");
			p++;
		}
	} while (p == m->pat_end || *p != ']');
	return p + 1;
}

static bool in_class(int c, int class)
{
	bool yes;

	switch (class | 32) {
	case 'a': yes = is_alpha(c); break;
	case 'c': yes = is_cntrl(c); break;
	case 'd': yes = is_digit(c); break;
	case 'g': yes = is_graph(c); break;
	case 'l': yes = is_lower(c); break;
	case 'p': yes = is_punct(c); break;
	case 's': yes = is_space(c); break;
	case 'u': yes = is_upper(c); break;
	case 'w': yes = is_alpha(c) || is_digit(c); break;
	case 'x': yes = is_hex(c); break;
	case 'z': yes = c == 0; break; /* of Lua 5.1, still there */
	default: return class == c;
	}
	if (!is_alpha(class))
		return class == c; /* |32 made a letter of something else */
	return is_upper(class) ? !yes : yes;
}

/* p at '[', end at its ']' */
static bool in_set(struct matcher *m, int c, const char *p, const char *end)
{
	bool in = true;

	p++;
	if (*p == '^') {
		in = false;
		p++;
	}
	for (; p < end; p++) {
		work(m, 1);
		if (*p == '%') {
			p++;
			if (in_class(c, (unsigned char)*p))
				return in;
		} else if (p + 2 < end && p[1] == '-') {
			if ((unsigned char)p[0] <= c && c <= (unsigned char)p[2])
				return in;
			p += 2;
		} else if ((unsigned char)*p == c) {
			return in;
		}
	}
	return !in;
}

static bool single(struct matcher *m, const char *s, const char *p, const char *end)
{
	int c;

	if (s >= m->text_end)
		return false;
	work(m, 1);
	c = (unsigned char)*s;
	switch (*p) {
	case '.': return true;
	case '%': return in_class(c, (unsigned char)p[1]);
	case '[': return in_set(m, c, p, end - 1);
	default: return (unsigned char)*p == c;
	}
}

static const char *balance(struct matcher *m, const char *s, const char *p)
{
	int open, close, level = 1;

	if (p >= m->pat_end - 1)
		luaL_error(m->L, "malformed pattern (missing arguments to '%%b')");
	if (s >= m->text_end || *s != *p)
		return NULL;
	open = *p;
	close = p[1];
	while (++s < m->text_end) {
		work(m, 1);
		if (*s == close) {
			if (--level == 0)
				return s + 1;
		} else if (*s == open) {
			level++;
		}
	}
	return NULL;
}

static const char *greedy(struct matcher *m, const char *s, const char *p, const char *end)
{
	ptrdiff_t n = 0;

	while (single(m, s + n, p, end))
		n++;
	for (; n >= 0; n--) {
		const char *r = match(m, s + n, end + 1);
		if (r)
			return r;
	}
	return NULL;
}

static const char *lazy(struct matcher *m, const char *s, const char *p, const char *end)
{
	for (;;) {
		const char *r = match(m, s, end + 1);
		if (r)
			return r;
		if (!single(m, s, p, end))
			return NULL;
		s++;
	}
}

static const char *open_capture(struct matcher *m, const char *s, const char *p, ptrdiff_t what)
{
	const char *r;

	if (m->ncap >= CAPTURES_MAX)
		luaL_error(m->L, "too many captures");
	m->cap[m->ncap].from = s;
	m->cap[m->ncap].len = what;
	m->ncap++;
	r = match(m, s, p);
	if (!r)
		m->ncap--;
	return r;
}

static const char *close_capture(struct matcher *m, const char *s, const char *p)
{
	int i = m->ncap - 1;
	const char *r;

	while (i >= 0 && m->cap[i].len != OPEN)
		i--;
	if (i < 0)
		luaL_error(m->L, "invalid pattern capture");
	m->cap[i].len = s - m->cap[i].from;
	r = match(m, s, p);
	if (!r)
		m->cap[i].len = OPEN;
	return r;
}

static const char *back_reference(struct matcher *m, const char *s, int digit)
{
	int i = digit - '1';
	size_t n;

	if (i < 0 || i >= m->ncap || m->cap[i].len == OPEN)
		luaL_error(m->L, "invalid capture index %%%d", i + 1);
	/* a position capture compares as a text of (size_t)-2 bytes: it never fits */
	if (m->cap[i].len < 0)
		return NULL;
	n = (size_t)m->cap[i].len;
	work(m, (unsigned)(n / 16));
	if ((size_t)(m->text_end - s) >= n && !memcmp(m->cap[i].from, s, n))
		return s + n;
	return NULL;
}

static const char *match_here(struct matcher *m, const char *s, const char *p)
{
	while (p != m->pat_end) {
		const char *end;

		work(m, 1);
		switch (*p) {
		case '(':
			return p + 1 < m->pat_end && p[1] == ')' ? open_capture(m, s, p + 2, POSITION) : open_capture(m, s, p + 1, OPEN);
		case ')':
			return close_capture(m, s, p + 1);
		case '$':
			if (p + 1 == m->pat_end)
				return s == m->text_end ? s : NULL;
			break;
		case '%':
			if (p + 1 == m->pat_end)
				break;
			if (p[1] == 'b') {
				s = balance(m, s, p + 2);
				if (!s)
					return NULL;
				p += 4;
				continue;
			}
			if (p[1] == 'f') {
				int before, here;
				p += 2;
				if (p == m->pat_end || *p != '[')
					luaL_error(m->L, "missing '[' after '%%f' in pattern");
				end = item_end(m, p);
				before = s == m->text ? 0 : (unsigned char)s[-1];
				here = s == m->text_end ? 0 : (unsigned char)*s;
				if (in_set(m, before, p, end - 1) || !in_set(m, here, p, end - 1))
					return NULL;
				p = end;
				continue;
			}
			if (is_digit((unsigned char)p[1])) {
				s = back_reference(m, s, (unsigned char)p[1]);
				if (!s)
					return NULL;
				p += 2;
				continue;
			}
			break;
		default:
			break;
		}
		end = item_end(m, p);
		switch (end < m->pat_end ? *end : 0) {
		case '?':
			if (single(m, s, p, end)) {
				const char *r = match(m, s + 1, end + 1);
				if (r)
					return r;
			}
			p = end + 1;
			break;
		case '+':
			return single(m, s, p, end) ? greedy(m, s + 1, p, end) : NULL;
		case '*':
			return greedy(m, s, p, end);
		case '-':
			return lazy(m, s, p, end);
		default:
			if (!single(m, s, p, end))
				return NULL;
			s++;
			p = end;
		}
	}
	return s;
}

static const char *match(struct matcher *m, const char *s, const char *p)
{
	const char *r;

	if (m->depth-- == 0)
		luaL_error(m->L, "pattern too complex");
	r = match_here(m, s, p);
	m->depth++;
	return r;
}

static void begin(struct matcher *m, lua_State *L, const char *s, size_t n, const char *p, size_t np)
{
	m->L = L;
	m->text = s;
	m->text_end = s + n;
	m->pat_end = p + np;
	m->steps = 0;
}

static const char *try_at(struct matcher *m, const char *s, const char *p)
{
	m->ncap = 0;
	m->depth = DEPTH_MAX;
	work(m, 1);
	return match(m, s, p);
}

static void finish(struct matcher *m)
{
	unsigned take = m->steps;

	m->steps = 0;
	cb_sandbox_charge(m->L, take);
}

/* Capture i of a match from s to e (without captures the whole match is the first): its bytes, or a position pushed
   when it returns CAP_POSITION. */
static ptrdiff_t capture(struct matcher *m, int i, const char *s, const char *e, const char **from)
{
	if (i >= m->ncap) {
		if (i != 0)
			luaL_error(m->L, "invalid capture index %%%d", i + 1);
		*from = s;
		return e - s;
	}
	*from = m->cap[i].from;
	if (m->cap[i].len == OPEN)
		luaL_error(m->L, "unfinished capture");
	if (m->cap[i].len == POSITION)
		lua_pushinteger(m->L, m->cap[i].from - m->text + 1);
	return m->cap[i].len;
}

static void push_capture(struct matcher *m, int i, const char *s, const char *e)
{
	const char *from;
	ptrdiff_t n = capture(m, i, s, e, &from);

	if (n != POSITION)
		lua_pushlstring(m->L, from, (size_t)n);
}

/* whole: also without captures something is pushed */
static int push_captures(struct matcher *m, const char *s, const char *e, bool whole)
{
	int n = m->ncap == 0 && whole ? 1 : m->ncap;

	luaL_checkstack(m->L, n, "too many captures");
	for (int i = 0; i < n; i++)
		push_capture(m, i, s, e);
	return n;
}

static int find_or_match(lua_State *L, bool find)
{
	size_t n, np, init;
	const char *s = luaL_checklstring(L, 1, &n), *p = luaL_checklstring(L, 2, &np);
	struct matcher m;
	bool anchored;

	init = from_start(luaL_optinteger(L, 3, 1), n) - 1;
	cb_sandbox_charge(L, 5);
	if (init > n) {
		lua_pushnil(L);
		return 1;
	}
	if (find) {
		bool plain = lua_toboolean(L, 4);
		if (!plain) {
			plain = true;
			for (size_t i = 0; i < np && plain; i++)
				plain = p[i] == '\0' || !strchr("^$*+?.([%-", p[i]);
			cb_sandbox_charge(L, np / 4);
		}
		if (plain) {
			const char *at;
			cb_sandbox_charge(L, (n - init) / 8 + np / 2);
			at = np ? memmem(s + init, n - init, p, np) : s + init;
			if (!at) {
				lua_pushnil(L);
				return 1;
			}
			lua_pushinteger(L, at - s + 1);
			lua_pushinteger(L, at - s + (lua_Integer)np);
			return 2;
		}
	}
	anchored = np > 0 && *p == '^';
	begin(&m, L, s, n, p, np);
	if (anchored)
		p++;
	for (const char *at = s + init;; at++) {
		const char *e = try_at(&m, at, p);
		if (e) {
			finish(&m);
			if (find) {
				lua_pushinteger(L, at - s + 1);
				lua_pushinteger(L, e - s);
				return push_captures(&m, NULL, NULL, false) + 2;
			}
			return push_captures(&m, at, e, true);
		}
		if (anchored || at == m.text_end)
			break;
	}
	finish(&m);
	lua_pushnil(L);
	return 1;
}

static int s_find(lua_State *L) { return find_or_match(L, true); }
static int s_match(lua_State *L) { return find_or_match(L, false); }

/* Upvalues: text, pattern, next offset, end of the last match (offset, -1 at first). */
static int gmatch_step(lua_State *L)
{
	size_t n, np;
	const char *s = lua_tolstring(L, lua_upvalueindex(1), &n), *p = lua_tolstring(L, lua_upvalueindex(2), &np);
	lua_Integer at = lua_tointeger(L, lua_upvalueindex(3)), last = lua_tointeger(L, lua_upvalueindex(4));
	struct matcher m;

	cb_sandbox_charge(L, 5);
	begin(&m, L, s, n, p, np);
	for (; at <= (lua_Integer)n; at++) {
		const char *e = try_at(&m, s + at, p);
		if (e && e - s != last) {
			finish(&m);
			lua_pushinteger(L, e - s);
			lua_pushvalue(L, -1);
			lua_replace(L, lua_upvalueindex(3));
			lua_replace(L, lua_upvalueindex(4));
			return push_captures(&m, s + at, e, true);
		}
	}
	finish(&m);
	lua_pushinteger(L, at);
	lua_replace(L, lua_upvalueindex(3));
	return 0;
}

static int s_gmatch(lua_State *L)
{
	size_t n, init;

	luaL_checklstring(L, 1, &n);
	luaL_checkstring(L, 2);
	init = from_start(luaL_optinteger(L, 3, 1), n) - 1;
	cb_sandbox_charge(L, 5);
	lua_settop(L, 2);
	lua_pushinteger(L, (lua_Integer)(init > n ? n + 1 : init));
	lua_pushinteger(L, -1);
	lua_pushcclosure(L, gmatch_step, 4);
	return 1;
}

static void add_replacement_text(struct matcher *m, struct sb_buf *b, const char *s, const char *e)
{
	size_t n;
	const char *r = lua_tolstring(m->L, 3, &n);

	work(m, (unsigned)(n / 8));
	for (size_t i = 0; i < n; i++) {
		const char *from;
		ptrdiff_t len;

		if (r[i] != '%') {
			add_char(b, r[i]);
			continue;
		}
		i++;
		if (i < n && r[i] == '%') {
			add_char(b, '%');
		} else if (i < n && r[i] == '0') {
			work(m, (unsigned)((e - s) / 16));
			sb_buf_add(b, s, (size_t)(e - s));
		} else if (i < n && is_digit((unsigned char)r[i])) {
			if (r[i] - '1' >= m->ncap && r[i] != '1')
				luaL_error(m->L, "invalid capture index %%%d", r[i] - '0');
			len = capture(m, r[i] - '1', s, e, &from);
			if (len == POSITION) {
				const char *t = sb_tostring(m->L, -1, &n);
				sb_buf_add(b, t, n);
				lua_pop(m->L, 2);
				lua_tolstring(m->L, 3, &n);
			} else {
				work(m, (unsigned)(len / 16));
				sb_buf_add(b, from, (size_t)len);
			}
		} else {
			luaL_error(m->L, "invalid use of '%c' in replacement string", '%');
		}
	}
}

/* Whether the text changed. */
static bool add_value(struct matcher *m, struct sb_buf *b, const char *s, const char *e, int type)
{
	lua_State *L = m->L;
	size_t n;
	const char *t;

	switch (type) {
	case LUA_TFUNCTION:
		lua_pushvalue(L, 3);
		lua_call(L, push_captures(m, s, e, true), 1);
		break;
	case LUA_TTABLE:
		push_capture(m, 0, s, e);
		lua_gettable(L, 3);
		break;
	default:
		add_replacement_text(m, b, s, e);
		return true;
	}
	if (!lua_toboolean(L, -1)) {
		lua_pop(L, 1);
		sb_buf_add(b, s, (size_t)(e - s));
		return false;
	}
	if (!lua_isstring(L, -1))
		luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
	t = sb_tostring(L, -1, &n);
	work(m, (unsigned)(n / 16));
	sb_buf_add(b, t, n);
	lua_pop(L, 2);
	return true;
}

static int s_gsub(lua_State *L)
{
	size_t n, np;
	const char *s = luaL_checklstring(L, 1, &n), *p = luaL_checklstring(L, 2, &np), *last = NULL;
	int type = lua_type(L, 3);
	lua_Integer most = luaL_optinteger(L, 4, (lua_Integer)n + 1), count = 0;
	bool anchored = np > 0 && *p == '^', changed = false;
	struct matcher m;
	struct sb_buf b;

	luaL_argexpected(L, type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TFUNCTION || type == LUA_TTABLE, 3,
			 "string/function/table");
	lua_settop(L, 3);
	if (type == LUA_TNUMBER) {
		sb_tostring(L, 3, NULL);
		lua_replace(L, 3);
	}
	cb_sandbox_charge(L, 10 + n / 16);
	begin(&m, L, s, n, p, np);
	if (anchored)
		p++;
	sb_buf_init(&b, L);
	while (count < most) {
		const char *e = try_at(&m, s, p);
		if (e && e != last) {
			count++;
			work(&m, 8);
			changed = add_value(&m, &b, s, e, type) || changed;
			s = last = e;
		} else if (s < m.text_end) {
			add_char(&b, *s++);
		} else {
			break;
		}
		if (anchored)
			break;
	}
	finish(&m);
	if (changed) {
		sb_buf_add(&b, s, (size_t)(m.text_end - s));
		sb_buf_push(&b);
	} else {
		lua_pushvalue(L, 1);
	}
	lua_pushinteger(L, count);
	return 2;
}

/* --- format -------------------------------------------------------------------------------------------------- */

struct spec {
	char text[32]; /* "%-05.2" and room for a length and the letter */
	size_t len;
	bool modified; /* has flags, a width or a precision */
	bool precision;
};

/* Reads flags, width and precision; i at the letter after. */
static void read_spec(lua_State *L, struct spec *sp, const char *f, size_t n, size_t *i)
{
	size_t from = *i, k = *i;

	while (k < n && f[k] && strchr("-+#0 123456789.", f[k]))
		k++;
	if (k - from >= 21)
		luaL_error(L, "invalid format (too long)");
	sp->text[0] = '%';
	memcpy(sp->text + 1, f + from, k - from);
	sp->len = 1 + k - from;
	sp->modified = k > from;
	*i = k;
}

/* May this letter have these? flags that are allowed; whether a precision is. */
static void check_spec(lua_State *L, struct spec *sp, char letter, const char *flags, bool precision)
{
	const char *p = sp->text + 1, *end = sp->text + sp->len;

	while (p < end && strchr(flags, *p))
		p++;
	if (p < end && *p != '0') {
		for (int k = 0; k < 2 && p < end && is_digit((unsigned char)*p); k++)
			p++;
		sp->precision = false;
		if (p < end && *p == '.' && precision) {
			sp->precision = true;
			p++;
			for (int k = 0; k < 2 && p < end && is_digit((unsigned char)*p); k++)
				p++;
		}
	}
	if (p != end) {
		sp->text[sp->len] = letter;
		sp->text[sp->len + 1] = '\0';
		luaL_error(L, "invalid conversion specification: '%s'", sp->text);
	}
}

static void put_letter(struct spec *sp, const char *length, char letter)
{
	size_t n = strlen(length);

	memcpy(sp->text + sp->len, length, n);
	sp->text[sp->len + n] = letter;
	sp->text[sp->len + n + 1] = '\0';
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* the format was checked above */
static void add_integer(struct sb_buf *b, struct spec *sp, char letter, lua_Integer v)
{
	put_letter(sp, "ll", letter);
	b->len += (size_t)snprintf(sb_buf_room(b, 128), 128, sp->text, (long long)v);
}

static void add_float(struct sb_buf *b, struct spec *sp, char letter, lua_Number x)
{
	put_letter(sp, "", letter);
	if (isnan(x))
		x = NAN; /* its sign depends on the machine */
	b->len += (size_t)snprintf(sb_buf_room(b, 512), 512, sp->text, x);
}

static void add_text(struct sb_buf *b, struct spec *sp, const char *s)
{
	put_letter(sp, "", 's');
	b->len += (size_t)snprintf(sb_buf_room(b, 512), 512, sp->text, s);
}

static void add_byte(struct sb_buf *b, struct spec *sp, int c)
{
	char *room = sb_buf_room(b, 128);
	int n;

	put_letter(sp, "", 'c');
	n = snprintf(room, 128, sp->text, c);
	b->len += (size_t)n;
	if (!c)
		SB_OF(b->L)->nul = true;
}
#pragma GCC diagnostic pop

static void add_quoted(lua_State *L, struct sb_buf *b, int arg)
{
	char text[64];
	size_t n;
	const char *s;

	switch (lua_type(L, arg)) {
	case LUA_TSTRING:
		s = lua_tolstring(L, arg, &n);
		cb_sandbox_charge(L, n / 2);
		add_char(b, '"');
		for (size_t i = 0; i < n; i++) {
			unsigned char c = (unsigned char)s[i];
			if (c == '"' || c == '\\' || c == '\n') {
				add_char(b, '\\');
				add_char(b, (char)c);
			} else if (is_cntrl(c)) {
				int len = snprintf(text, sizeof(text), i + 1 < n && is_digit((unsigned char)s[i + 1]) ? "\\%03d" : "\\%d", c);
				sb_buf_add(b, text, (size_t)len);
			} else {
				add_char(b, (char)c);
			}
		}
		add_char(b, '"');
		return;
	case LUA_TNUMBER:
		if (lua_isinteger(L, arg)) {
			lua_Integer v = lua_tointeger(L, arg);
			snprintf(text, sizeof(text), v == LUA_MININTEGER ? "0x%llx" : "%lld", (long long)v);
		} else {
			lua_Number x = lua_tonumber(L, arg);
			if (isnan(x))
				memcpy(text, "(0/0)", 6);
			else if (isinf(x))
				snprintf(text, sizeof(text), "%s", x > 0 ? "1e9999" : "-1e9999");
			else
				snprintf(text, sizeof(text), "%a", x);
		}
		sb_buf_add(b, text, strlen(text));
		return;
	case LUA_TNIL:
	case LUA_TBOOLEAN:
		s = sb_tostring(L, arg, &n);
		sb_buf_add(b, s, n);
		lua_pop(L, 1);
		return;
	default:
		luaL_argerror(L, arg, "value has no literal form");
		return;
	}
}

static int s_format(lua_State *L)
{
	int top = lua_gettop(L), arg = 1;
	size_t n, len;
	const char *f = luaL_checklstring(L, 1, &n), *s;
	struct sb_buf b;

	sb_buf_init(&b, L);
	cb_sandbox_charge(L, 5 + n / 4);
	for (size_t i = 0; i < n;) {
		struct spec sp = { .precision = false };
		char c;

		if (f[i] != '%') {
			add_char(&b, f[i++]);
			continue;
		}
		if (++i < n && f[i] == '%') {
			add_char(&b, f[i++]);
			continue;
		}
		if (++arg > top)
			luaL_argerror(L, arg, "no value");
		read_spec(L, &sp, f, n, &i);
		c = i < n ? f[i] : '\0';
		i++;
		cb_sandbox_charge(L, 40);
		switch (c) {
		case 'c':
			check_spec(L, &sp, c, "-", false);
			add_byte(&b, &sp, (int)luaL_checkinteger(L, arg));
			break;
		case 'd':
		case 'i':
		case 'u':
		case 'o':
		case 'x':
		case 'X': {
			lua_Integer v = luaL_checkinteger(L, arg);
			check_spec(L, &sp, c, c == 'd' || c == 'i' ? "-+0 " : c == 'u' ? "-0" : "-#0", true);
			add_integer(&b, &sp, c, v);
			break;
		}
		case 'a':
		case 'A':
			check_spec(L, &sp, c, "-+#0 ", true);
			add_float(&b, &sp, c, luaL_checknumber(L, arg));
			break;
		case 'f':
		case 'e':
		case 'E':
		case 'g':
		case 'G': {
			lua_Number x = luaL_checknumber(L, arg);
			check_spec(L, &sp, c, "-+#0 ", true);
			add_float(&b, &sp, c, x);
			break;
		}
		case 'q':
			if (sp.modified)
				return luaL_error(L, "specifier '%%q' cannot have modifiers");
			add_quoted(L, &b, arg);
			break;
		case 's':
			s = sb_tostring(L, arg, &len);
			if (!sp.modified) {
				cb_sandbox_charge(L, len / 16);
				sb_buf_add(&b, s, len);
			} else {
				luaL_argcheck(L, len == strlen(s), arg, "string contains zeros");
				check_spec(L, &sp, c, "-", true);
				cb_sandbox_charge(L, len / 16);
				if (!sp.precision && len >= 100)
					sb_buf_add(&b, s, len); /* longer than any width */
				else
					add_text(&b, &sp, s);
			}
			lua_pop(L, 1);
			break;
		default:
			sp.text[sp.len] = c;
			sp.text[sp.len + 1] = '\0';
			return luaL_error(L, "invalid conversion '%s' to 'format'", sp.text);
		}
	}
	sb_buf_push(&b);
	return 1;
}

/* --- arithmetic on texts ----------------------------------------------------------------------------------------- */

static bool to_number(lua_State *L, int idx)
{
	size_t n;
	const char *s;

	if (lua_type(L, idx) == LUA_TNUMBER) {
		lua_pushvalue(L, idx);
		return true;
	}
	s = lua_tolstring(L, idx, &n);
	cb_sandbox_charge(L, n);
	return s && lua_stringtonumber(L, s) == n + 1;
}

static int arithmetic(lua_State *L, int op, const char *event)
{
	if (to_number(L, 1) && to_number(L, 2)) {
		lua_arith(L, op);
		return 1;
	}
	lua_settop(L, 2);
	if (lua_type(L, 2) == LUA_TSTRING || !luaL_getmetafield(L, 2, event))
		return luaL_error(L, "attempt to %s a '%s' with a '%s'", event + 2, luaL_typename(L, 1), luaL_typename(L, 2));
	lua_insert(L, -3);
	lua_call(L, 2, 1);
	return 1;
}

static int a_add(lua_State *L) { return arithmetic(L, LUA_OPADD, "__add"); }
static int a_sub(lua_State *L) { return arithmetic(L, LUA_OPSUB, "__sub"); }
static int a_mul(lua_State *L) { return arithmetic(L, LUA_OPMUL, "__mul"); }
static int a_mod(lua_State *L) { return arithmetic(L, LUA_OPMOD, "__mod"); }
static int a_pow(lua_State *L) { return arithmetic(L, LUA_OPPOW, "__pow"); }
static int a_div(lua_State *L) { return arithmetic(L, LUA_OPDIV, "__div"); }
static int a_idiv(lua_State *L) { return arithmetic(L, LUA_OPIDIV, "__idiv"); }

static int a_unm(lua_State *L)
{
	if (!to_number(L, 1))
		return luaL_error(L, "attempt to unm a 'string' with a 'string'");
	lua_arith(L, LUA_OPUNM);
	return 1;
}

static const luaL_Reg events[] = {
	{ "__add", a_add },   { "__sub", a_sub }, { "__mul", a_mul },   { "__mod", a_mod }, { "__pow", a_pow },
	{ "__div", a_div },   { "__idiv", a_idiv }, { "__unm", a_unm }, { NULL, NULL },
};

void sb_string_metatable(lua_State *L)
{
	lua_pushliteral(L, "");
	luaL_newlib(L, events);
	lua_pushvalue(L, -3);
	lua_setfield(L, -2, "__index");
	lua_pushboolean(L, 0);
	lua_setfield(L, -2, "__metatable");
	lua_setmetatable(L, -2);
	lua_pop(L, 2);
}

static const luaL_Reg functions[] = {
	{ "byte", s_byte },     { "char", s_char }, { "find", s_find },   { "format", s_format }, { "gmatch", s_gmatch },
	{ "gsub", s_gsub },     { "len", s_len },   { "lower", s_lower }, { "match", s_match },   { "rep", s_rep },
	{ "reverse", s_reverse }, { "sub", s_sub }, { "upper", s_upper }, { NULL, NULL },
};

int sb_open_string(lua_State *L)
{
	luaL_newlib(L, functions);
	return 1;
}
