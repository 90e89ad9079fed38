/*
 * num.c - exact arithmetic in 64 bits with 128 between, and numbers as text.
 *
 * Every operation on ratios reduces its result; what still does not fit is absent (d == 0), never wrapped.
 */
#include "base/num.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct cb_ratio absent = { 0, 0 };

static unsigned __int128 gcd(unsigned __int128 a, unsigned __int128 b)
{
	while (b) {
		unsigned __int128 t = a % b;
		a = b;
		b = t;
	}
	return a;
}

/* n/d in lowest terms, if it fits. */
static bool reduce(struct cb_ratio *out, __int128 n, __int128 d)
{
	unsigned __int128 un, ud, g;
	bool neg;

	*out = absent;
	if (d == 0)
		return false;
	neg = (n < 0) != (d < 0);
	un = n < 0 ? -(unsigned __int128)n : (unsigned __int128)n;
	ud = d < 0 ? -(unsigned __int128)d : (unsigned __int128)d;
	g = gcd(un, ud);
	un /= g;
	ud /= g;
	if (un > INT64_MAX || ud > INT64_MAX)
		return false;
	out->n = neg ? -(int64_t)un : (int64_t)un;
	out->d = (int64_t)ud;
	return true;
}

struct cb_ratio cb_ratio_make(int64_t n, int64_t d)
{
	struct cb_ratio r;

	reduce(&r, n, d);
	return r;
}

int cb_ratio_cmp(struct cb_ratio a, struct cb_ratio b)
{
	__int128 l = (__int128)a.n * b.d, r = (__int128)b.n * a.d;

	return l < r ? -1 : l > r;
}

bool cb_ratio_add(struct cb_ratio *out, struct cb_ratio a, struct cb_ratio b)
{
	int64_t g, rest;
	__int128 n;

	*out = absent;
	if (a.d == 0 || b.d == 0)
		return false;
	/* Over the least common denominator, so that the sum of the two products stays below 2^127. */
	g = (int64_t)gcd((unsigned __int128)a.d, (unsigned __int128)b.d);
	rest = b.d / g;
	n = (__int128)a.n * rest + (__int128)b.n * (a.d / g);
	return reduce(out, n, (__int128)a.d * rest);
}

bool cb_ratio_sub(struct cb_ratio *out, struct cb_ratio a, struct cb_ratio b)
{
	int64_t g, rest;
	__int128 n;

	*out = absent;
	if (a.d == 0 || b.d == 0)
		return false;
	g = (int64_t)gcd((unsigned __int128)a.d, (unsigned __int128)b.d);
	rest = b.d / g;
	n = (__int128)a.n * rest - (__int128)b.n * (a.d / g);
	return reduce(out, n, (__int128)a.d * rest);
}

bool cb_ratio_mul(struct cb_ratio *out, struct cb_ratio a, struct cb_ratio b)
{
	*out = absent;
	if (a.d == 0 || b.d == 0)
		return false;
	return reduce(out, (__int128)a.n * b.n, (__int128)a.d * b.d);
}

bool cb_ratio_div(struct cb_ratio *out, struct cb_ratio a, struct cb_ratio b)
{
	*out = absent;
	if (a.d == 0 || b.d == 0 || b.n == 0)
		return false;
	return reduce(out, (__int128)a.n * b.d, (__int128)a.d * b.n);
}

/* Digits, and behind a decimal mark more digits: n / 10^scale. */
static bool decimal(__int128 *out, int *scale, const char *s, size_t n)
{
	const __int128 limit = (__int128)1000000000000000000 * 1000000000000000000; /* 10^36 */
	bool neg = false, mark = false;
	__int128 v = 0;
	int sc = 0;
	size_t i = 0;

	if (n && (s[0] == '-')) {
		neg = true;
		i = 1;
	}
	if (i == n || s[i] < '0' || s[i] > '9')
		return false;
	for (; i < n; i++) {
		if ((s[i] == '.' || s[i] == ',') && !mark) {
			mark = true;
			if (i + 1 == n)
				return false;
			continue;
		}
		if (s[i] < '0' || s[i] > '9')
			return false;
		v = v * 10 + (s[i] - '0');
		sc += mark;
		if (v >= limit || sc > 36)
			return false;
	}
	*out = neg ? -v : v;
	*scale = sc;
	return true;
}

static __int128 ten_to(int k)
{
	__int128 d = 1;

	while (k-- > 0)
		d *= 10;
	return d;
}

bool cb_ratio_parse(struct cb_ratio *out, const char *s, size_t n)
{
	__int128 v;
	int scale;

	*out = absent;
	return decimal(&v, &scale, s, n) && reduce(out, v, ten_to(scale));
}

bool cb_ratio_from_double(struct cb_ratio *out, double x)
{
	char text[40];
	char *e;
	int prec, exp;
	__int128 v;
	int scale;

	*out = absent;
	if (!isfinite(x))
		return false;
	for (prec = 0; prec < 15; prec++) {
		snprintf(text, sizeof(text), "%.*e", prec, x);
		if (strtod(text, NULL) == x)
			break;
	}
	if (prec == 15)
		return false;
	e = strchr(text, 'e');
	exp = (int)strtol(e + 1, NULL, 10);
	if (!decimal(&v, &scale, text, (size_t)(e - text)))
		return false;
	exp -= scale;
	if (v == 0) {
		out->d = 1;
		return true;
	}
	if (exp > 18 || exp < -36)
		return false;
	return exp >= 0 ? reduce(out, v * ten_to(exp), 1) : reduce(out, v, ten_to(-exp));
}

int64_t cb_round_div(__int128 n, __int128 d, enum cb_round how)
{
	unsigned __int128 un = n < 0 ? -(unsigned __int128)n : (unsigned __int128)n;
	unsigned __int128 ud = d < 0 ? -(unsigned __int128)d : (unsigned __int128)d;
	unsigned __int128 q = un / ud, r = un % ud;
	bool neg = (n < 0) != (d < 0);

	switch (how) {
	case CB_ROUND_HALF_UP:
		q += r >= ud - r;
		break;
	case CB_ROUND_HALF_EVEN:
		q += r > ud - r || (r == ud - r && (q & 1));
		break;
	case CB_ROUND_UP:
		q += r > 0;
		break;
	case CB_ROUND_NONE:
	case CB_ROUND_DOWN:
		break;
	}
	if (q > INT64_MAX)
		return neg ? INT64_MIN : INT64_MAX;
	return neg ? -(int64_t)q : (int64_t)q;
}

static const char *const round_names[] = {
	[CB_ROUND_NONE] = "none",
	[CB_ROUND_HALF_UP] = "half_up",
	[CB_ROUND_HALF_EVEN] = "half_even",
	[CB_ROUND_DOWN] = "down",
	[CB_ROUND_UP] = "up",
};

enum cb_round cb_round_find(const char *name)
{
	int i;

	for (i = CB_ROUND_HALF_UP; name && i <= CB_ROUND_UP; i++)
		if (strcmp(name, round_names[i]) == 0)
			return (enum cb_round)i;
	return CB_ROUND_NONE;
}

const char *cb_round_name(enum cb_round how)
{
	return round_names[how];
}

bool cb_pts_from_ratio(cb_pts *out, struct cb_ratio r)
{
	__int128 v;

	if (r.d == 0)
		return false;
	v = (__int128)r.n * 1000;
	if (v % r.d != 0)
		return false;
	v /= r.d;
	if (v > CB_PTS_MAX || v < -CB_PTS_MAX)
		return false;
	*out = (cb_pts)v;
	return true;
}

bool cb_pts_parse(cb_pts *out, const char *s, size_t n)
{
	struct cb_ratio r;

	return cb_ratio_parse(&r, s, n) && cb_pts_from_ratio(out, r);
}

/* v / 10^decimals as text: `group` between thousands (0: none), `mark` before decimals; trims zeros at the end if asked. */
static char *write_decimal(char *dst, size_t cap, __int128 v, int decimals, char group, char mark, bool trim)
{
	char tmp[96];
	size_t i = sizeof(tmp), len;
	unsigned __int128 u = v < 0 ? -(unsigned __int128)v : (unsigned __int128)v;
	bool shown = !trim;
	int k;

	tmp[--i] = '\0';
	for (k = 0; k < decimals; k++, u /= 10) {
		char c = (char)('0' + (int)(u % 10));

		if (c != '0')
			shown = true;
		if (shown)
			tmp[--i] = c;
	}
	if (decimals > 0 && shown)
		tmp[--i] = mark;
	k = 0;
	do {
		if (group && k && k % 3 == 0)
			tmp[--i] = group;
		tmp[--i] = (char)('0' + (int)(u % 10));
		u /= 10;
		k++;
	} while (u);
	if (v < 0)
		tmp[--i] = '-';
	if (cap == 0)
		return dst;
	len = sizeof(tmp) - 1 - i;
	if (len > cap - 1)
		len = cap - 1;
	memcpy(dst, tmp + i, len);
	dst[len] = '\0';
	return dst;
}

static char *dash(char *dst, size_t cap)
{
	if (cap)
		snprintf(dst, cap, "%s", cap > 3 ? "–" : "-");
	return dst;
}

char *cb_fmt_int_vi(char *dst, size_t cap, int64_t n)
{
	return write_decimal(dst, cap, n, 0, '.', ',', false);
}

char *cb_fmt_pts_vi(char *dst, size_t cap, cb_pts p)
{
	return write_decimal(dst, cap, p, 3, '.', ',', true);
}

char *cb_fmt_pts(char *dst, size_t cap, cb_pts p)
{
	return write_decimal(dst, cap, p, 3, 0, '.', true);
}

static int decimals_in_range(int decimals)
{
	return decimals < 0 ? 0 : decimals > 9 ? 9 : decimals;
}

char *cb_fmt_ratio_vi(char *dst, size_t cap, struct cb_ratio r, int decimals)
{
	if (r.d == 0)
		return dash(dst, cap);
	decimals = decimals_in_range(decimals);
	return write_decimal(dst, cap, cb_round_div((__int128)r.n * ten_to(decimals), r.d, CB_ROUND_HALF_UP), decimals, '.',
			     ',', false);
}

char *cb_fmt_percent_vi(char *dst, size_t cap, int64_t part, int64_t whole, int decimals)
{
	if (whole == 0)
		return dash(dst, cap);
	decimals = decimals_in_range(decimals);
	return write_decimal(dst, cap, cb_round_div((__int128)part * ten_to(decimals + 2), whole, CB_ROUND_HALF_UP),
			     decimals, '.', ',', false);
}

char *cb_fmt_ratio(char *dst, size_t cap, struct cb_ratio r)
{
	int64_t d = r.d;
	int twos = 0, fives = 0, k;

	if (r.d == 0) {
		if (cap)
			dst[0] = '\0';
		return dst;
	}
	for (; d % 2 == 0; d /= 2)
		twos++;
	for (; d % 5 == 0; d /= 5)
		fives++;
	k = twos > fives ? twos : fives;
	if (d == 1 && k <= 18)
		return write_decimal(dst, cap, (__int128)r.n * (ten_to(k) / r.d), k, 0, '.', true);
	snprintf(dst, cap, "%lld/%lld", (long long)r.n, (long long)r.d);
	return dst;
}
