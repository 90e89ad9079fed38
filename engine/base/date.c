/*
 * date.c - the Gregorian calendar by counting, and periods of it as people write them.
 *
 * Days are counted with the year beginning in March, so that the leap day is the last one. Constant time each.
 */
#include "base/date.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/utf8.h"

static int32_t count_days(int y, int m, int d)
{
	int era, yoe, doy;

	y -= m <= 2;
	era = (y >= 0 ? y : y - 399) / 400;
	yoe = y - era * 400;
	doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static int month_length(int y, int m)
{
	static const unsigned char len[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return m == 2 && ((y % 4 == 0 && y % 100 != 0) || y % 400 == 0) ? 29 : len[m - 1];
}

bool cb_day_make(cb_day *out, int y, int m, int d)
{
	if (y < 1900 || y > 2189 || m < 1 || m > 12 || d < 1 || d > month_length(y, m))
		return false;
	*out = count_days(y, m, d);
	return true;
}

void cb_day_split(cb_day day, int *y, int *m, int *d)
{
	int32_t z = day + 719468;
	int32_t era = (z >= 0 ? z : z - 146096) / 146097;
	int32_t doe = z - era * 146097;
	int32_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int32_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int32_t mp = (5 * doy + 2) / 153;

	*d = doy - (153 * mp + 2) / 5 + 1;
	*m = mp < 10 ? mp + 3 : mp - 9;
	*y = yoe + era * 400 + (*m <= 2);
}

/* Digits, at least `min` and at most `max` of them. */
static bool number(const char **s, const char *end, int min, int max, int *out)
{
	int v = 0, k = 0;

	while (*s < end && k < max && **s >= '0' && **s <= '9') {
		v = v * 10 + (**s - '0');
		(*s)++;
		k++;
	}
	*out = v;
	return k >= min;
}

static bool mark(const char **s, const char *end, char c)
{
	if (*s == end || **s != c)
		return false;
	(*s)++;
	return true;
}

enum cb_date_form cb_day_parse(cb_day *out, const char *s, size_t n)
{
	const char *p = s, *end = s + n;
	int y, m, d;

	if (number(&p, end, 4, 4, &y) && mark(&p, end, '-') && number(&p, end, 2, 2, &m) && mark(&p, end, '-') &&
	    number(&p, end, 2, 2, &d) && p == end)
		return cb_day_make(out, y, m, d) ? CB_DATE_ISO : CB_DATE_BAD;
	p = s;
	if (number(&p, end, 1, 2, &d) && mark(&p, end, '/') && number(&p, end, 1, 2, &m) && mark(&p, end, '/') &&
	    number(&p, end, 4, 4, &y) && p == end)
		return cb_day_make(out, y, m, d) ? CB_DATE_VN : CB_DATE_BAD;
	return CB_DATE_BAD;
}

char *cb_day_iso(char dst[static 11], cb_day day)
{
	int y, m, d;

	if (day < CB_DAY_MIN || day > CB_DAY_MAX) {
		snprintf(dst, 11, "-");
		return dst;
	}
	cb_day_split(day, &y, &m, &d);
	snprintf(dst, 11, "%04u-%02u-%02u", (unsigned)y % 10000, (unsigned)m % 100, (unsigned)d % 100);
	return dst;
}

char *cb_day_vi(char dst[static 11], cb_day day)
{
	int y, m, d;

	if (day < CB_DAY_MIN || day > CB_DAY_MAX) {
		snprintf(dst, 11, "–");
		return dst;
	}
	cb_day_split(day, &y, &m, &d);
	snprintf(dst, 11, "%02u/%02u/%04u", (unsigned)d % 100, (unsigned)m % 100, (unsigned)y % 10000);
	return dst;
}

cb_day cb_today(void)
{
	const char *fixed = getenv("SOURCE_DATE_EPOCH");
	time_t now = time(NULL);
	struct tm tm;
	cb_day day;

	if (fixed && *fixed) {
		char *end;
		long long v = strtoll(fixed, &end, 10);

		if (*end == '\0' && v >= 0 && v / 86400 <= CB_DAY_MAX)
			return (cb_day)(v / 86400);
	}
	memset(&tm, 0, sizeof(tm));
	if (localtime_r(&now, &tm) == NULL || !cb_day_make(&day, tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday))
		return 0;
	return day;
}

/* --- periods ----------------------------------------------------------------------------------------------------- */

static bool months_of(struct cb_period *out, enum cb_period_kind kind, int year, int first, int count)
{
	int last = first + count - 1;

	out->kind = kind;
	out->months = count;
	return cb_day_make(&out->from, year, first, 1) && cb_day_make(&out->to, year, last, month_length(year, last));
}

bool cb_period_make(struct cb_period *out, enum cb_period_kind kind, int year, int nth)
{
	static const struct {
		int count, months;
	} shape[] = {
		[CB_MONTH] = { 12, 1 }, [CB_QUARTER] = { 4, 3 }, [CB_HALF] = { 2, 6 }, [CB_NINE_MONTHS] = { 1, 9 }, [CB_YEAR] = { 1, 12 },
	};

	if (kind > CB_YEAR || nth < 1 || nth > shape[kind].count || year < 1900 || year > 2189)
		return false;
	return months_of(out, kind, year, (nth - 1) * shape[kind].months + 1, shape[kind].months);
}

void cb_month_of(struct cb_period *out, cb_day day)
{
	int y, m, d;

	cb_day_split(day, &y, &m, &d);
	months_of(out, CB_MONTH, y, m, 1);
}

static bool span_make(struct cb_period *out, cb_day from, cb_day to)
{
	int y1, m1, y2, m2, d;

	if (from > to)
		return false;
	cb_day_split(from, &y1, &m1, &d);
	cb_day_split(to, &y2, &m2, &d);
	out->kind = CB_SPAN;
	out->from = from;
	out->to = to;
	out->months = (y2 - y1) * 12 + m2 - m1 + 1;
	return true;
}

void cb_period_before(struct cb_period *out, const struct cb_period *p)
{
	int y, m, d;

	cb_day_split(p->from, &y, &m, &d);
	switch (p->kind) {
	case CB_MONTH:
	case CB_QUARTER:
	case CB_HALF: {
		struct cb_period q = *p;

		m -= p->months;
		if (m < 1) {
			m += 12;
			y--;
		}
		if (!months_of(&q, p->kind, y, m, p->months))
			q = *p;
		*out = q;
		return;
	}
	case CB_NINE_MONTHS:
	case CB_YEAR: {
		struct cb_period q = *p;

		if (!months_of(&q, p->kind, y - 1, 1, p->months))
			q = *p;
		*out = q;
		return;
	}
	case CB_SPAN:
		break;
	}
	/* as many days, ending the day before */
	{
		cb_day to = p->from > CB_DAY_MIN ? p->from - 1 : CB_DAY_MIN;
		cb_day from = p->to - p->from > to - CB_DAY_MIN ? CB_DAY_MIN : to - (p->to - p->from);

		span_make(out, from, to);
	}
}

/* Words of a folded period: numbers, and words that mean a kind or nothing. */
enum word { W_NUMBER, W_QUARTER, W_HALF, W_MONTHS, W_YEAR, W_FIRST, W_LAST, W_NINE, W_BAD };

struct token {
	enum word w;
	int n, digits;
};

static struct token read_token(const char *s, size_t len)
{
	static const struct {
		const char *text;
		enum word w;
	} words[] = {
		{ "quy", W_QUARTER }, { "quarter", W_QUARTER }, { "q", W_QUARTER },  { "h", W_HALF },	    { "half", W_HALF },
		{ "m", W_MONTHS },    { "month", W_MONTHS },	{ "months", W_MONTHS }, { "thang", W_MONTHS }, { "nam", W_YEAR },
		{ "year", W_YEAR },   { "dau", W_FIRST },	{ "first", W_FIRST }, { "cuoi", W_LAST },	    { "last", W_LAST },
		{ "second", W_LAST }, { "nine", W_NINE },
	};
	static const char *const roman[] = { "i", "ii", "iii", "iv" };
	struct token t = { W_BAD, 0, 0 };
	size_t i;

	if (len <= 4 && s[0] >= '0' && s[0] <= '9') {
		for (i = 0; i < len; i++) {
			if (s[i] < '0' || s[i] > '9')
				return t;
			t.n = t.n * 10 + (s[i] - '0');
		}
		t.w = W_NUMBER;
		t.digits = (int)len;
		return t;
	}
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i].text) == len && memcmp(words[i].text, s, len) == 0)
			t.w = words[i].w;
	for (i = 0; i < 4; i++)
		if (strlen(roman[i]) == len && memcmp(roman[i], s, len) == 0) {
			t.w = W_NUMBER;
			t.n = (int)i + 1;
			t.digits = 1;
		}
	return t;
}

/* Cuts at blanks and between digits and letters: "q1" is two tokens, "9m" too. */
static size_t tokenize(struct token *t, size_t max, const char *s)
{
	size_t n = 0;

	while (*s) {
		const char *start;
		bool digit;

		if (*s == ' ') {
			s++;
			continue;
		}
		digit = *s >= '0' && *s <= '9';
		for (start = s; *s && *s != ' ' && (*s >= '0' && *s <= '9') == digit; s++)
			;
		if (n == max)
			return max + 1;
		t[n++] = read_token(start, (size_t)(s - start));
	}
	return n;
}

bool cb_period_parse(struct cb_period *out, const char *s)
{
	enum { MAX = 8 };
	struct token t[MAX];
	const char *dots = strstr(s, "..");
	char folded[64];
	int year = -1, number_ = -1, numbers = 0;
	bool quarter = false, half = false, months = false, first = false, last = false, nine = false, year_word = false;
	size_t i, n;

	if (dots) {
		cb_day from, to;

		return cb_day_parse(&from, s, (size_t)(dots - s)) != CB_DATE_BAD &&
		       cb_day_parse(&to, dots + 2, strlen(dots + 2)) != CB_DATE_BAD && span_make(out, from, to);
	}
	if (cb_utf8_fold_into(folded, sizeof(folded), s, strlen(s)) >= sizeof(folded))
		return false;
	n = tokenize(t, MAX, folded);
	if (n == 0 || n > MAX)
		return false;
	for (i = 0; i < n; i++) {
		switch (t[i].w) {
		case W_NUMBER:
			if (t[i].digits == 4 && year < 0)
				year = t[i].n;
			else if (t[i].digits <= 2 && ++numbers == 1)
				number_ = t[i].n;
			else
				return false;
			break;
		case W_QUARTER:
			quarter = true;
			break;
		case W_HALF:
			half = true;
			break;
		case W_MONTHS:
			months = true;
			/* "tháng 9" is a month, "9 tháng" is nine of them */
			if (i > 0 && t[i - 1].w == W_NUMBER && t[i - 1].digits < 4) {
				if (number_ != 9 && number_ != 6)
					return false;
				nine = nine || number_ == 9;
				half = half || number_ == 6;
			}
			break;
		case W_YEAR:
			year_word = true;
			break;
		case W_FIRST:
			first = true;
			break;
		case W_LAST:
			last = true;
			break;
		case W_NINE:
			nine = true;
			break;
		case W_BAD:
			return false;
		}
	}
	if (year < 0 || (first && last) || quarter + half + nine > 1)
		return false;
	if (half && months) /* 6 tháng đầu năm, 6 tháng cuối năm */
		return number_ == 6 && (first || last || n == 3) && cb_period_make(out, CB_HALF, year, last ? 2 : 1);
	if (half)
		return numbers == (first || last ? 0 : 1) && cb_period_make(out, CB_HALF, year, first ? 1 : last ? 2 : number_);
	if (nine)
		return months && !last && (numbers == 0 || number_ == 9) && cb_period_make(out, CB_NINE_MONTHS, year, 1);
	if (first || last)
		return false;
	if (quarter)
		return !months && cb_period_make(out, CB_QUARTER, year, number_);
	if (numbers == 1) /* 2020-03, 03/2020, tháng 3/2020 ("năm" may stand before the year) */
		return (months || n == 2) && cb_period_make(out, CB_MONTH, year, number_);
	return !months && n == (year_word ? 2 : 1) && cb_period_make(out, CB_YEAR, year, 1);
}

char *cb_period_code(char *dst, size_t cap, const struct cb_period *p)
{
	char from[11], to[11];
	int y, m, d;

	cb_day_split(p->from, &y, &m, &d);
	switch (p->kind) {
	case CB_MONTH:
		snprintf(dst, cap, "%04d-%02d", y, m);
		break;
	case CB_QUARTER:
		snprintf(dst, cap, "%04d-Q%d", y, (m - 1) / 3 + 1);
		break;
	case CB_HALF:
		snprintf(dst, cap, "%04d-H%d", y, m > 6 ? 2 : 1);
		break;
	case CB_NINE_MONTHS:
		snprintf(dst, cap, "%04d-9M", y);
		break;
	case CB_YEAR:
		snprintf(dst, cap, "%04d", y);
		break;
	case CB_SPAN:
		snprintf(dst, cap, "%s..%s", cb_day_iso(from, p->from), cb_day_iso(to, p->to));
		break;
	}
	return dst;
}

char *cb_period_vi(char *dst, size_t cap, const struct cb_period *p)
{
	static const char *const roman[] = { "I", "II", "III", "IV" };
	char from[11], to[11];
	int y, m, d;

	cb_day_split(p->from, &y, &m, &d);
	switch (p->kind) {
	case CB_MONTH:
		snprintf(dst, cap, "Tháng %d/%04d", m, y);
		break;
	case CB_QUARTER:
		snprintf(dst, cap, "Quý %s/%04d", roman[(m - 1) / 3], y);
		break;
	case CB_HALF:
		snprintf(dst, cap, "6 tháng %s năm %04d", m > 6 ? "cuối" : "đầu", y);
		break;
	case CB_NINE_MONTHS:
		snprintf(dst, cap, "9 tháng đầu năm %04d", y);
		break;
	case CB_YEAR:
		snprintf(dst, cap, "Năm %04d", y);
		break;
	case CB_SPAN:
		snprintf(dst, cap, "Từ %s đến %s", cb_day_vi(from, p->from), cb_day_vi(to, p->to));
		break;
	}
	return dst;
}
