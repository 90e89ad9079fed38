/*
 * figures.c - see figures.h.
 *
 * A figure p with k decimals stands for the whole number P = p * 10^k. Rounding half up gives it when
 * floor((200 * 10^k * part + whole) / (2 * whole)) = P, truncation when floor(100 * 10^k * part / whole) = P; with
 * part and whole below 10^12 and k at most 6 everything fits 128 bits. Slips are tried digit by digit.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "eval/figures.h"

static const struct {
	const char *id, *vi;
} VERDICT[] = {
	[CB_FIG_EXACT] = { "exact", "đúng, chia hết" },
	[CB_FIG_BOTH] = { "both", "đúng" },
	[CB_FIG_ROUNDED] = { "rounded", "làm tròn" },
	[CB_FIG_TRUNCATED] = { "truncated", "cắt bớt" },
	[CB_FIG_WRONG] = { "wrong", "không thể có" },
};

const char *cb_figure_verdict_id(enum cb_figure_verdict v)
{
	return VERDICT[v].id;
}

const char *cb_figure_verdict_vi(enum cb_figure_verdict v)
{
	return VERDICT[v].vi;
}

static int64_t power10(int k)
{
	int64_t p = 1;

	while (k-- > 0)
		p *= 10;
	return p;
}

/* Appends to a fixed text; what does not fit is cut at a character boundary. */
static void say(char *dst, size_t cap, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static void say(char *dst, size_t cap, const char *fmt, ...)
{
	size_t len = strlen(dst);
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(dst + len, cap - len, fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < cap - len)
		return;
	len = cap - 1;
	while (len > 0 && ((unsigned char)dst[len - 1] & 0xc0) == 0x80)
		len--;
	if (len > 0 && ((unsigned char)dst[len - 1] & 0x80))
		len--;
	dst[len] = '\0';
}

/* The digits of v >= 0 with leading zeros up to `least` (at most 19); returns how many. */
static int digits_of(int64_t v, int least, char out[24])
{
	int n = 1;

	for (int64_t rest = v / 10; rest > 0; rest /= 10)
		n++;
	if (n < least)
		n = least;
	out[n] = '\0';
	for (int i = n - 1; i >= 0; i--, v /= 10)
		out[i] = (char)('0' + v % 10);
	return n;
}

char *cb_figure_text(char *dst, size_t cap, int64_t percent, int decimals)
{
	char whole[CB_NUM_TEXT], after[24];
	int64_t p = power10(decimals);

	cb_fmt_int_vi(whole, sizeof(whole), percent / p);
	digits_of(percent % p, decimals, after);
	if (decimals > 0)
		snprintf(dst, cap, "%s,%s", whole, after);
	else
		snprintf(dst, cap, "%s", whole);
	return dst;
}

/* "79,9", " 79.9 %": the number in units of 10^-decimals. */
static bool read_percent(const char *s, int64_t *value, int *decimals)
{
	int64_t v = 0;
	int digits = 0, after = -1;

	while (*s == ' ')
		s++;
	for (; (*s >= '0' && *s <= '9') || *s == ',' || *s == '.'; s++) {
		if (*s == ',' || *s == '.') {
			if (after >= 0 || digits == 0)
				return false;
			after = 0;
			continue;
		}
		if (++digits > 12)
			return false;
		v = v * 10 + (*s - '0');
		if (after >= 0)
			after++;
	}
	while (*s == ' ')
		s++;
	if (*s == '%')
		s++;
	while (*s == ' ')
		s++;
	if (*s || digits == 0 || after == 0 || after > CB_FIGURE_DECIMALS)
		return false;
	*value = v;
	*decimals = after < 0 ? 0 : after;
	return true;
}

static int64_t truncated(int64_t part, int64_t whole, int decimals)
{
	return (int64_t)((__int128)part * 100 * power10(decimals) / whole);
}

static int64_t rounded(int64_t part, int64_t whole, int decimals)
{
	return (int64_t)(((__int128)part * 200 * power10(decimals) + whole) / ((__int128)2 * whole));
}

static int64_t value_of(const char *digit, int n)
{
	int64_t v = 0;

	for (int i = 0; i < n; i++)
		v = v * 10 + (digit[i] - '0');
	return v;
}

/*
 * Calls `each` with every number that one wrong digit, or two swapped neighbours, could have turned into `from`.
 * `least` is the number of digits with leading zeros (a percentage below 1). Numbers keep their length.
 */
static void slips(int64_t from, int least, enum cb_figure_how how, void (*each)(void *ctx, int64_t to), void *ctx)
{
	char digit[24];
	int n = digits_of(from, least, digit);

	for (int i = 0; i < n; i++) {
		char was = digit[i];

		if (how == CB_FIX_SWAP) {
			if (i + 1 == n || digit[i + 1] == was || (i == 0 && digit[1] == '0' && n > least))
				continue;
			digit[i] = digit[i + 1];
			digit[i + 1] = was;
			each(ctx, value_of(digit, n));
			digit[i + 1] = digit[i];
			digit[i] = was;
			continue;
		}
		for (char c = '0'; c <= '9'; c++) {
			if (c == was || (i == 0 && c == '0' && n > least && n > 1))
				continue;
			digit[i] = c;
			each(ctx, value_of(digit, n));
		}
		digit[i] = was;
	}
}

struct search {
	struct cb_figure *f;
	enum cb_figure_of of;
	enum cb_figure_how how;
};

static void keep(struct cb_figure *f, enum cb_figure_of of, enum cb_figure_how how, int64_t part, int64_t whole, int64_t percent)
{
	struct cb_figure_fix *x;

	if (f->nfix == CB_FIGURE_FIXES)
		return;
	for (size_t i = 0; i < f->nfix; i++)
		if (f->fix[i].part == part && f->fix[i].whole == whole && f->fix[i].percent == percent)
			return;
	x = &f->fix[f->nfix++];
	x->of = of;
	x->how = how;
	x->part = part;
	x->whole = whole;
	x->percent = percent;
	x->rounds = rounded(part, whole, f->decimals) == percent;
	x->truncates = truncated(part, whole, f->decimals) == percent;
}

static void try_one(void *ctx, int64_t to)
{
	struct search *s = ctx;
	struct cb_figure *f = s->f;
	int64_t part = f->part, whole = f->whole, percent = f->printed;

	switch (s->of) {
	case CB_FIX_PERCENT: percent = to; break;
	case CB_FIX_PART: part = to; break;
	case CB_FIX_WHOLE: whole = to; break;
	}
	/* A part above its whole would only trade one impossible figure for another. */
	if (whole < 1 || part > whole)
		return;
	if (rounded(part, whole, f->decimals) == percent || truncated(part, whole, f->decimals) == percent)
		keep(f, s->of, s->how, part, whole, percent);
}

static __int128 up_div(__int128 n, __int128 d)
{
	return (n + d - 1) / d;
}

static void nearest(struct cb_figure *f)
{
	__int128 unit = (__int128)100 * power10(f->decimals), p = f->printed, w = f->whole, a = f->part;
	/* part reads as P when rounding: (2P-1) * whole <= 2 * unit * part < (2P+1) * whole; cut: P * whole <= unit * part < (P+1) * whole */
	__int128 lo = p == 0 ? 0 : up_div((2 * p - 1) * w, 2 * unit), hi = up_div((p + 1) * w, unit) - 1;
	__int128 blo = up_div(p * w, unit), bhi = up_div((2 * p + 1) * w, 2 * unit) - 1;

	f->part_from = (int64_t)lo;
	f->part_to = (int64_t)hi;
	f->both_from = (int64_t)blo;
	f->both_to = (int64_t)bhi;
	/* The two ranges overlap, so together they have no hole. */
	if (lo <= hi && lo <= w)
		keep(f, CB_FIX_PART, CB_FIX_NEAR, (int64_t)(a < lo ? lo : hi < w ? hi : w), f->whole, f->printed);
	/* whole reads as P: unit * part / (P+1) < whole <= 2 * unit * part / (2P-1) */
	if (p > 0 && a > 0) {
		__int128 wlo = unit * a / (p + 1) + 1, whi = 2 * unit * a / (2 * p - 1), near;

		if (wlo < a)
			wlo = a;
		near = w < wlo ? wlo : w > whi ? whi : w;
		if (wlo <= whi && near <= CB_FIGURE_MAX)
			keep(f, CB_FIX_WHOLE, CB_FIX_NEAR, f->part, (int64_t)near, f->printed);
	}
}

static void explain(struct cb_figure *f)
{
	char part[CB_NUM_TEXT], whole[CB_NUM_TEXT], printed[CB_NUM_TEXT], up[CB_NUM_TEXT], down[CB_NUM_TEXT], more[CB_NUM_TEXT];
	char a[CB_NUM_TEXT], b[CB_NUM_TEXT];
	char *s = f->say;
	size_t cap = sizeof(f->say), shown = 0;

	cb_fmt_int_vi(part, sizeof(part), f->part);
	cb_fmt_int_vi(whole, sizeof(whole), f->whole);
	cb_figure_text(printed, sizeof(printed), f->printed, f->decimals);
	cb_figure_text(up, sizeof(up), f->half_up, f->decimals);
	cb_figure_text(down, sizeof(down), f->down, f->decimals);
	s[0] = '\0';
	switch (f->verdict) {
	case CB_FIG_EXACT:
		say(s, cap, "%s/%s = %s%%: đúng, chia hết.", part, whole, printed);
		return;
	case CB_FIG_BOTH:
		say(s, cap, "%s/%s = %s%%: đúng, làm tròn hay cắt bớt đều được số này.", part, whole, printed);
		return;
	case CB_FIG_ROUNDED:
		say(s, cap, "%s/%s = %s%%: đúng khi làm tròn (cắt bớt thì được %s).", part, whole, printed, down);
		return;
	case CB_FIG_TRUNCATED:
		say(s, cap, "%s/%s = %s%%: số đã cắt bớt; làm tròn thì được %s.", part, whole, printed, up);
		return;
	case CB_FIG_WRONG:
		break;
	}
	cb_figure_text(more, sizeof(more), truncated(f->part, f->whole, f->decimals + 2), f->decimals + 2);
	say(s, cap, "%s/%s = %s…%%", part, whole, more);
	if (f->half_up == f->down)
		say(s, cap, ": làm tròn hay cắt bớt đều là %s, không thể là %s.", up, printed);
	else
		say(s, cap, ": làm tròn là %s, cắt bớt là %s, không thể là %s.", up, down, printed);
	if (f->part > f->whole)
		say(s, cap, " Tử số lớn hơn mẫu số.");
	for (size_t i = 0; i < f->nfix; i++) {
		const struct cb_figure_fix *x = &f->fix[i];
		const char *slip = x->how == CB_FIX_SWAP ? "đảo hai chữ số" : "nhầm một chữ số";

		if (x->how == CB_FIX_NEAR || shown == 4)
			continue;
		say(s, cap, "%s", shown++ == 0 ? " Có thể: " : "; ");
		switch (x->of) {
		case CB_FIX_PERCENT:
			say(s, cap, "tỷ lệ in %s, đúng là %s%%", slip, cb_figure_text(a, sizeof(a), x->percent, f->decimals));
			break;
		case CB_FIX_PART:
			say(s, cap, "tử số %s, đúng là %s", slip, cb_fmt_int_vi(a, sizeof(a), x->part));
			break;
		case CB_FIX_WHOLE:
			say(s, cap, "mẫu số %s hoặc là mẫu số khác, đúng là %s", slip, cb_fmt_int_vi(a, sizeof(a), x->whole));
			break;
		}
	}
	if (shown > 0)
		say(s, cap, ".");
	if (f->part_from > f->part_to || f->part_from > f->whole) {
		say(s, cap, " Với mẫu số %s không tử số nào cho %s%%.", whole, printed);
	} else {
		int64_t to = f->part_to > f->whole ? f->whole : f->part_to;

		if (f->part_from == to)
			say(s, cap, " Với mẫu số %s, %s%% cần tử số %s", whole, printed, cb_fmt_int_vi(a, sizeof(a), to));
		else
			say(s, cap, " Với mẫu số %s, %s%% cần tử số từ %s đến %s", whole, printed,
			    cb_fmt_int_vi(a, sizeof(a), f->part_from), cb_fmt_int_vi(b, sizeof(b), to));
		if (f->part_from < to && f->both_from == f->both_to)
			say(s, cap, " (%s đúng theo cả hai cách)", cb_fmt_int_vi(a, sizeof(a), f->both_from));
		else if (f->part_from < to && f->both_from < f->both_to && (f->both_from > f->part_from || f->both_to < to))
			say(s, cap, " (%s đến %s đúng theo cả hai cách)", cb_fmt_int_vi(a, sizeof(a), f->both_from),
			    cb_fmt_int_vi(b, sizeof(b), f->both_to));
		say(s, cap, ".");
	}
}

int cb_figure_check(struct cb_figure *out, int64_t part, int64_t whole, const char *printed, struct cb_err *err)
{
	static const enum cb_figure_of OF[] = { CB_FIX_PERCENT, CB_FIX_PART, CB_FIX_WHOLE };
	struct search s = { .f = out };
	__int128 scaled;

	memset(out, 0, sizeof(*out));
	if (part < 0 || part > CB_FIGURE_MAX)
		return cb_err_set(err, CB_EUSAGE, "part %lld is not a count from 0 to 10^12", (long long)part);
	if (whole < 1 || whole > CB_FIGURE_MAX)
		return cb_err_set(err, CB_EUSAGE, "whole %lld is not a count from 1 to 10^12", (long long)whole);
	out->part = part;
	out->whole = whole;
	if (!read_percent(printed, &out->printed, &out->decimals))
		return cb_err_set(err, CB_EUSAGE, "\"%.40s\" is not a percentage such as 79,9 (at most %d decimals, no thousands marks)", printed,
				  CB_FIGURE_DECIMALS);
	scaled = (__int128)part * 100 * power10(out->decimals);
	if (scaled / whole > INT64_MAX / 2)
		return cb_err_set(err, CB_EUSAGE, "%lld of %lld is too large for a percentage", (long long)part, (long long)whole);
	out->half_up = rounded(part, whole, out->decimals);
	out->down = truncated(part, whole, out->decimals);
	if (out->printed == out->down && scaled % whole == 0)
		out->verdict = CB_FIG_EXACT;
	else if (out->printed == out->half_up && out->printed == out->down)
		out->verdict = CB_FIG_BOTH;
	else if (out->printed == out->half_up)
		out->verdict = CB_FIG_ROUNDED;
	else if (out->printed == out->down)
		out->verdict = CB_FIG_TRUNCATED;
	else
		out->verdict = CB_FIG_WRONG;
	out->part_from = out->both_from = 1;
	if (out->verdict == CB_FIG_WRONG) {
		for (int how = CB_FIX_DIGIT; how <= CB_FIX_SWAP; how++)
			for (size_t i = 0; i < sizeof(OF) / sizeof(OF[0]); i++) {
				s.how = (enum cb_figure_how)how;
				s.of = OF[i];
				slips(s.of == CB_FIX_PERCENT ? out->printed : s.of == CB_FIX_PART ? part : whole,
				      s.of == CB_FIX_PERCENT ? out->decimals + 1 : 1, s.how, try_one, &s);
			}
		nearest(out);
	}
	explain(out);
	return 0;
}

struct add_search {
	struct cb_figure_sum *out;
	int at;        /* the part that is varied; -1: the total */
	int64_t want;  /* what it would have to be */
	int found;
};

static void try_add(void *ctx, int64_t to)
{
	struct add_search *s = ctx;

	if (to != s->want)
		return;
	s->found++;
	s->out->fix_at = s->at;
	s->out->fix_to = to;
}

int cb_figure_add(struct cb_figure_sum *out, const int64_t *part, size_t n, int64_t printed, struct cb_err *err)
{
	struct add_search s = { .out = out };
	char a[CB_NUM_TEXT], b[CB_NUM_TEXT];
	char *t = out->say;
	size_t cap = sizeof(out->say);

	memset(out, 0, sizeof(*out));
	out->fix_at = -2;
	out->printed = printed;
	if (n == 0 || n > 1000)
		return cb_err_set(err, CB_EUSAGE, "a sum needs 1 to 1000 parts, not %zu", n);
	for (size_t i = 0; i < n; i++) {
		if (part[i] < 0 || part[i] > CB_FIGURE_MAX)
			return cb_err_set(err, CB_EUSAGE, "part %zu is not a count from 0 to 10^12", i + 1);
		out->sum += part[i];
	}
	if (printed < 0 || printed > CB_FIGURE_MAX * 1000)
		return cb_err_set(err, CB_EUSAGE, "the total is not a count");
	for (size_t i = 0; i < n && i < 12; i++)
		say(t, cap, "%s%s", i ? " + " : "", cb_fmt_int_vi(a, sizeof(a), part[i]));
	if (n > 12)
		say(t, cap, " + …");
	say(t, cap, " = %s", cb_fmt_int_vi(a, sizeof(a), out->sum));
	out->ok = out->sum == printed;
	if (out->ok) {
		say(t, cap, ": đúng.");
		return 0;
	}
	say(t, cap, ", không phải %s (%s %s).", cb_fmt_int_vi(a, sizeof(a), printed), out->sum < printed ? "thiếu" : "thừa",
	    cb_fmt_int_vi(b, sizeof(b), out->sum < printed ? printed - out->sum : out->sum - printed));
	for (int i = -1; i < (int)n; i++) {
		int64_t was = i < 0 ? printed : part[i];

		s.at = i;
		s.want = i < 0 ? out->sum : part[i] + (printed - out->sum);
		if (s.want < 0)
			continue;
		for (int how = CB_FIX_DIGIT; how <= CB_FIX_SWAP; how++) {
			int before = s.found;

			slips(was, 1, (enum cb_figure_how)how, try_add, &s);
			if (s.found == before)
				continue;
			say(t, cap, "%s%s %s %s, đúng là %s", before ? "; " : " Có thể: ", i < 0 ? "tổng" : "số hạng",
			    cb_fmt_int_vi(a, sizeof(a), was), how == CB_FIX_SWAP ? "đảo hai chữ số" : "nhầm một chữ số",
			    cb_fmt_int_vi(b, sizeof(b), s.want));
			break; /* 12 -> 21 is both a swap and no single digit; never count one mending twice */
		}
	}
	if (s.found > 0)
		say(t, cap, ".");
	if (s.found != 1) {
		out->fix_at = -2;
		out->fix_to = 0;
	}
	return 0;
}
