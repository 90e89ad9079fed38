/*
 * value.c - the readers of cells and their long memory for what arrives instead; see value.h.
 *
 * Each reader tries the one right form first and only then looks for a name for what it saw.
 */
#include <stdio.h>
#include <string.h>
#include "base/utf8.h"
#include "exchange/value.h"

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Length of a Unicode blank at s, 0 when it is none. */
static size_t blank(const char *s, size_t n)
{
	const unsigned char *p = (const unsigned char *)s;
	if (n == 0)
		return 0;
	if (p[0] == ' ' || (p[0] >= 9 && p[0] <= 13))
		return 1;
	if (n >= 2 && p[0] == 0xC2 && p[1] == 0xA0)
		return 2;
	if (n >= 3 && p[0] == 0xE2 && p[1] == 0x80 && ((p[2] >= 0x80 && p[2] <= 0x8A) || p[2] == 0xAF))
		return 3;
	if (n >= 3 && p[0] == 0xE3 && p[1] == 0x80 && p[2] == 0x80)
		return 3;
	return 0;
}

void cb_cell_trim(const char **s, size_t *n)
{
	size_t k;
	while ((k = blank(*s, *n)))
		*s += k, *n -= k;
	for (;;) {
		if (*n >= 1 && (k = blank(*s + *n - 1, 1)))
			*n -= 1;
		else if (*n >= 2 && (k = blank(*s + *n - 2, 2)) == 2)
			*n -= 2;
		else if (*n >= 3 && (k = blank(*s + *n - 3, 3)) == 3)
			*n -= 3;
		else
			return;
	}
}

char *cb_cell_shown(char *dst, size_t cap, const char *s, size_t n)
{
	size_t o = 0, max = 60, len;
	dst[o++] = '"';
	for (size_t i = 0; i < n; i += len) {
		unsigned char c = (unsigned char)s[i];
		len = c < 0x80 ? 1 : c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
		if (i + len > n)
			break;
		if (i + len > max || o + len + 6 > cap) {
			memcpy(dst + o, "…", 3);
			o += 3;
			break;
		}
		if (c < 32 || c == 127)
			dst[o++] = ' ';
		else
			memcpy(dst + o, s + i, len), o += len;
	}
	dst[o++] = '"';
	dst[o] = '\0';
	return dst;
}

static bool fail(struct cb_cell_fault *f, const char *s, size_t n, const char *what, const char *mend)
{
	char shown[96];
	snprintf(f->what, sizeof(f->what), "%s %s", cb_cell_shown(shown, sizeof(shown), s, n), what);
	f->mend = mend;
	return false;
}

static bool has(const char *s, size_t n, const char *part)
{
	return memmem(s, n, part, strlen(part)) != NULL;
}

static bool is_word(const char *s, size_t n, const char *word) /* ASCII, case ignored */
{
	if (n != strlen(word))
		return false;
	for (size_t i = 0; i < n; i++)
		if ((s[i] >= 'A' && s[i] <= 'Z' ? s[i] + 32 : s[i]) != word[i])
			return false;
	return true;
}

/* What a spreadsheet shows instead of a value, whatever the column. */
static bool spreadsheet_fault(const char *s, size_t n, struct cb_cell_fault *f)
{
	size_t hashes = 0;
	while (hashes < n && s[hashes] == '#')
		hashes++;
	if (hashes == n && n > 1)
		return fail(f, s, n, "is what a column shows when it is too narrow", "widen the column and save again"), true;
	if (n > 1 && s[0] == '#' && ((s[1] >= 'A' && s[1] <= 'Z') || (s[1] >= 'a' && s[1] <= 'z')))
		return fail(f, s, n, "is a spreadsheet's error, not a value", "mend the formula and save again"), true;
	if (n > 1 && (s[0] == '=' || s[0] == '@'))
		return fail(f, s, n, "is a formula, not a value", "save the values, not the formulas"), true;
	return false;
}

/* Digits of other scripts, by name; NULL when there are none. */
static const char *foreign_digits(const char *s, size_t n)
{
	size_t len;
	for (size_t i = 0; i < n; i += len) {
		if ((unsigned char)s[i] < 0x80) {
			len = 1;
			continue;
		}
		int32_t c = cb_utf8_get(s + i, n - i, &len);
		if (len == 0)
			return NULL;
		if (c >= 0xFF10 && c <= 0xFF19)
			return "has full-width digits";
		if ((c >= 0x660 && c <= 0x669) || (c >= 0x6F0 && c <= 0x6F9))
			return "has Arabic digits";
		if ((c >= 0x966 && c <= 0x96F) || (c >= 0xE50 && c <= 0xE59) || (c >= 0xED0 && c <= 0xED9) || (c >= 0x17E0 && c <= 0x17E9))
			return "has digits of another script";
		if (c == 0xB2 || c == 0xB3 || c == 0xB9 || (c >= 0x2070 && c <= 0x2089) || (c >= 0x2460 && c <= 0x249B) || (c >= 0xBC && c <= 0xBE))
			return "has raised, circled or fraction digits";
		if (c == 0x2212 || c == 0x2010 || c == 0x2011 || c == 0x2012)
			return "has a minus or hyphen that is not the one of the keyboard";
	}
	return NULL;
}

/* Groups of three digits after the first one to three, with a mark between: 1.185, 1,185, 1 185, 1'185. */
static bool thousands(const char *s, size_t n)
{
	size_t i = 0, first = 0, groups = 0;
	while (i < n && digit(s[i]))
		i++, first++;
	if (first < 1 || first > 3)
		return false;
	while (i < n) {
		size_t k = blank(s + i, n - i);
		if (!k && (s[i] == '.' || s[i] == ',' || s[i] == '\''))
			k = 1;
		if (!k || i + k + 3 > n || !digit(s[i + k]) || !digit(s[i + k + 1]) || !digit(s[i + k + 2]))
			return false;
		i += k + 3, groups++;
	}
	return groups > 0;
}

static bool all(const char *s, size_t n, const char *set)
{
	for (size_t i = 0; i < n; i++)
		if (!memchr(set, s[i], strlen(set)))
			return false;
	return n > 0;
}

#define MEND_COUNT "write a whole number in digits, such as 28; ? when it is not known"

/* A name for what is not a number; always false. */
static bool number_fault(const char *s, size_t n, bool whole, struct cb_cell_fault *f)
{
	const char *foreign;
	if (spreadsheet_fault(s, n, f))
		return false;
	if (all(s, n, "-") || is_word(s, n, "\xE2\x80\x93") || is_word(s, n, "\xE2\x80\x94") || is_word(s, n, "n/a") || is_word(s, n, "null") ||
	    is_word(s, n, "none"))
		return fail(f, s, n, "is not a number", "write the number; ? when it is not known");
	if (is_word(s, n, "nan") || is_word(s, n, "inf") || is_word(s, n, "-inf") || is_word(s, n, "infinity") || is_word(s, n, "-infinity"))
		return fail(f, s, n, "is not a number that can be counted with", MEND_COUNT);
	if ((foreign = foreign_digits(s, n)))
		return fail(f, s, n, foreign, "type it again with the digits 0 to 9");
	if (s[n - 1] == '%')
		return fail(f, s, n, "is a percentage", "write the number itself, not its share");
	if (whole && thousands(s, n))
		return fail(f, s, n, "may be thousands or a decimal: it is not guessed", "write the digits only, such as 1185");
	if (s[0] == '+' && n > 1 && all(s + 1, n - 1, "0123456789.,"))
		return fail(f, s, n, "has a plus sign", "write the digits only");
	if (s[0] == '\'' || s[0] == '`')
		return fail(f, s, n, "begins with an apostrophe", "remove it");
	if (all(s, n, "0123456789/") && has(s, n, "/"))
		return fail(f, s, n, "holds two numbers", "write those present and all members in two columns");
	if (all(s, n, "0123456789.,-+eE") && (has(s, n, "e") || has(s, n, "E")) && digit(s[0]))
		return fail(f, s, n, "is written with an exponent", "write the number in full");
	if (all(s, n, "0123456789oOlI") && !all(s, n, "oOlI"))
		return fail(f, s, n, "has a letter where a digit should be (O for 0, l or I for 1)", "type it again in digits");
	if (n > 2 && s[0] == '0' && (s[1] | 32) == 'x')
		return fail(f, s, n, "is a hexadecimal number", "write it in ordinary digits");
	if (digit(s[0]) && has(s, n, ":"))
		return fail(f, s, n, "is a time", "write minutes as one number");
	if (digit(s[0]))
		return fail(f, s, n, "has more than a number in it", "write the digits only, without words or units");
	return fail(f, s, n, "is not a number", MEND_COUNT);
}

bool cb_cell_count(int64_t *out, const char *s, size_t n, int64_t min, int64_t max, struct cb_cell_fault *f)
{
	int64_t v = 0;
	bool negative = n > 1 && s[0] == '-', large = false;
	size_t i = negative, whole = n;
	/* 28.0 and 28,0 are 28 to the last bit; 28.000 may be twenty-eight thousand */
	if (n > 2 && s[n - 1] == '0' && (s[n - 2] == '.' || s[n - 2] == ','))
		whole = n - 2;
	else if (n > 3 && s[n - 1] == '0' && s[n - 2] == '0' && (s[n - 3] == '.' || s[n - 3] == ','))
		whole = n - 3;
	for (; i < whole && digit(s[i]); i++) {
		if (v > (INT64_MAX - 9) / 10)
			large = true;
		else
			v = v * 10 + (s[i] - '0');
	}
	if (i < whole || whole == (size_t)negative) {
		size_t marks = 0;
		for (i = negative; i < n && (digit(s[i]) || s[i] == '.' || s[i] == ','); i++)
			marks += !digit(s[i]);
		if (i == n && marks == 1 && digit(s[negative]) && digit(s[n - 1]) && !thousands(s, n))
			return fail(f, s, n, "is not a whole number", MEND_COUNT);
		return number_fault(s, n, true, f);
	}
	if (negative && v == 0 && !large)
		return fail(f, s, n, "is zero with a minus sign", "write 0");
	if (negative)
		v = -v;
	if (v < min && min == 0)
		return fail(f, s, n, "is negative", "a count is 0 or more");
	if (large || v > max) {
		char shown[96], limit[CB_NUM_TEXT];
		snprintf(f->what, sizeof(f->what), "%s is too large: at most %s", cb_cell_shown(shown, sizeof(shown), s, n),
			 cb_fmt_int_vi(limit, sizeof(limit), max));
		f->mend = "look for a slip of typing, or two numbers in one cell";
		return false;
	}
	if (v < min) {
		char shown[96], limit[CB_NUM_TEXT];
		snprintf(f->what, sizeof(f->what), "%s is too small: at least %s", cb_cell_shown(shown, sizeof(shown), s, n),
			 cb_fmt_int_vi(limit, sizeof(limit), min));
		f->mend = "look for a slip of typing";
		return false;
	}
	*out = v;
	return true;
}

#define MEND_DAY "write 2024-02-15 or 15/02/2024, one date form per file"

/* Three numbers between one kind of mark; digits gives how many each had. */
static bool three(const char *s, size_t n, char *mark, int v[static 3], int digits[static 3])
{
	int k = 0;
	*mark = 0;
	memset(v, 0, 3 * sizeof(v[0]));
	memset(digits, 0, 3 * sizeof(digits[0]));
	for (size_t i = 0; i < n; i++) {
		if (digit(s[i])) {
			if (++digits[k] > 4)
				return false;
			v[k] = v[k] * 10 + (s[i] - '0');
		} else {
			if ((*mark && s[i] != *mark) || !memchr("-/. ", s[i], 4) || !digits[k] || ++k > 2)
				return false;
			*mark = s[i];
		}
	}
	return k == 2 && digits[2] > 0;
}

bool cb_cell_day(cb_day *out, enum cb_date_form *form, const char *s, size_t n, struct cb_cell_fault *f)
{
	char mark;
	int v[3], len[3];
	const char *foreign;
	if (n <= 10 && (*form = cb_day_parse(out, s, n)) != CB_DATE_BAD) {
		int y, m, d;
		cb_day_split(*out, &y, &m, &d);
		if (y >= 1930 && y < 2100) /* the party was founded in 1930 */
			return true;
		return fail(f, s, n, "is a year that cannot be", MEND_DAY);
	}
	*form = CB_DATE_BAD;
	if (spreadsheet_fault(s, n, f))
		return false;
	if ((foreign = foreign_digits(s, n)))
		return fail(f, s, n, foreign, "type the day again with the digits 0 to 9");
	if (all(s, n, "0123456789")) {
		if (n == 8)
			return fail(f, s, n, "is a day without marks", MEND_DAY);
		if (n == 10 || n == 13)
			return fail(f, s, n, "looks like a computer's count of seconds", MEND_DAY);
		if (n == 5)
			return fail(f, s, n, "is a spreadsheet's day number (there are two systems, 1900 and 1904)",
				    "format the column as a date, yyyy-mm-dd, and save again");
		return fail(f, s, n, "is a number, not a day", MEND_DAY);
	}
	if (all(s, n, "0123456789.,") && n >= 5 && digit(s[4]) && !three(s, n, &mark, v, len))
		return fail(f, s, n, "is a spreadsheet's day and time as a number", "format the column as a date, yyyy-mm-dd, and save again");
	if (has(s, n, "ÂL") || has(s, n, "âl") || has(s, n, "AL") || has(s, n, "âm lịch") || has(s, n, "Âm lịch"))
		return fail(f, s, n, "is a day of the lunar calendar", "write the day of the solar calendar: 15/02/2024");
	if (three(s, n, &mark, v, len)) {
		bool year_first = len[0] == 4;
		int y = year_first ? v[0] : v[2], m = v[1], d = year_first ? v[2] : v[0];
		if (len[0] <= 2 && len[1] <= 2 && len[2] == 2)
			return fail(f, s, n, "has a year of two digits", "write the year in four digits: 15/02/2024");
		if (!year_first && len[2] != 4)
			return fail(f, s, n, "has no year of four digits", MEND_DAY);
		if (y >= 2443 && y <= 2643)
			return fail(f, s, n, "has a Buddhist year", "write the year of the common calendar: 2024, not 2567");
		if (y < 1930 || y >= 2100)
			return fail(f, s, n, "has a year that cannot be", MEND_DAY);
		if (m > 12 && d <= 12 && d > 0 && m <= 31)
			return fail(f, s, n, year_first ? "has no such month: are month and day the wrong way round?" : "has no such month: it looks like mm/dd/yyyy",
				    year_first ? "write 2024-02-15: year-month-day" : "write dd/mm/yyyy: the day first");
		if (m < 1 || m > 12)
			return fail(f, s, n, "has no such month", MEND_DAY);
		if (d < 1 || d > 31 || (mark == (year_first ? '-' : '/') && (!year_first || (len[1] == 2 && len[2] == 2))))
			return fail(f, s, n, "is a day that the calendar does not have", MEND_DAY);
		return fail(f, s, n, "is a day in another form", MEND_DAY);
	}
	if (n > 10 && digit(s[0]) && has(s, n, ":"))
		return fail(f, s, n, "has a time of day in it", "write the day alone");
	return fail(f, s, n, "is not a day", MEND_DAY);
}

bool cb_cell_flag(int64_t *out, const char *s, size_t n, struct cb_cell_fault *f)
{
	static const char *const yes[] = { "1", "x", "co", "true", "yes", "y", "dung", "da", "roi", NULL };
	static const char *const no[] = { "0", "khong", "false", "no", "n", "sai", "chua", NULL };
	char folded[24];
	if (n == 1 && (s[0] == '0' || s[0] == '1'))
		return *out = s[0] - '0', true;
	size_t len = cb_utf8_fold_into(folded, sizeof(folded), s, n);
	if (len > 0 && len < sizeof(folded)) {
		for (size_t i = 0; yes[i]; i++)
			if (!strcmp(folded, yes[i]))
				return *out = 1, true;
		for (size_t i = 0; no[i]; i++)
			if (!strcmp(folded, no[i]))
				return *out = 0, true;
	}
	if ((n == 3 && !memcmp(s, "\xE2\x9C\x93", 3)) || (n == 3 && !memcmp(s, "\xE2\x9C\x94", 3)))
		return *out = 1, true;
	if (spreadsheet_fault(s, n, f))
		return false;
	return fail(f, s, n, "is neither yes nor no", "write 1 or 0, có or không, x for yes");
}

bool cb_cell_points(cb_pts *out, const char *s, size_t n, cb_pts min, cb_pts max, struct cb_cell_fault *f)
{
	cb_pts v;
	size_t digits = 0;
	for (size_t i = 0; i < n; i++)
		digits += (size_t)digit(s[i]);
	if (s[0] == '+' || s[0] == '.' || s[0] == ',' || !digit(s[n - 1]) || !cb_pts_parse(&v, s, n)) {
		if (all(s, n, "0123456789") || (digits > 15 && all(s, n, "0123456789.,-")))
			return fail(f, s, n, "is too large", "look for a slip of typing");
		if (digits > 0 && all(s, n, "0123456789.,-") && digit(s[n - 1]))
			return fail(f, s, n, "is not a number of points in thousandths", "write it with one decimal mark and at most three decimals: 8,5");
		return number_fault(s, n, false, f);
	}
	if (s[0] == '-' && v == 0)
		return fail(f, s, n, "is zero with a minus sign", "write 0");
	if (v < min || v > max) {
		char shown[96], a[CB_NUM_TEXT], b[CB_NUM_TEXT];
		snprintf(f->what, sizeof(f->what), "%s is %s: %s to %s", cb_cell_shown(shown, sizeof(shown), s, n), v < min ? "too small" : "too large",
			 cb_fmt_pts_vi(a, sizeof(a), min), cb_fmt_pts_vi(b, sizeof(b), max));
		f->mend = "look for a slip of typing";
		return false;
	}
	*out = v;
	return true;
}

bool cb_cell_fact(int64_t *out, enum cb_date_form *form, const struct cb_fact *fact, const char *s, size_t n, struct cb_cell_fault *f)
{
	cb_day day;
	int word;
	switch (fact->type) {
	case CB_FACT_COUNT:
	case CB_FACT_MINUTES:
	case CB_FACT_DAYS:
		return cb_cell_count(out, s, n, fact->min, fact->max, f);
	case CB_FACT_DATE:
		if (!cb_cell_day(&day, form, s, n, f))
			return false;
		*out = day;
		return true;
	case CB_FACT_FLAG:
		return cb_cell_flag(out, s, n, f);
	case CB_FACT_DECIMAL:
		return cb_cell_points(out, s, n, fact->min, fact->max, f);
	case CB_FACT_WORD:
		break;
	}
	char text[64];
	if (n < sizeof(text)) {
		memcpy(text, s, n);
		text[n] = '\0';
		if ((word = cb_fact_word(fact, text)) >= 0)
			return *out = word, true;
	}
	char shown[96];
	int len = snprintf(f->what, sizeof(f->what), "%s is not one of its words:", cb_cell_shown(shown, sizeof(shown), s, n));
	for (size_t i = 0; fact->vocab && fact->vocab[i] && len > 0 && (size_t)len < sizeof(f->what) - 1; i++)
		len += snprintf(f->what + len, sizeof(f->what) - (size_t)len, "%s %s", i ? "," : "", fact->vocab[i]);
	f->mend = "write one of them";
	return false;
}

/* --- notes ---------------------------------------------------------------------------------------------------- */

#define GROUPS 8 /* of digits, one blank, point or hyphen between two: longer than any telephone number */

/* What the run of digits at s is; NULL: a number like another. *len: how far it was read. */
static const char *personal_number(const char *s, size_t n, size_t *len)
{
	size_t at[GROUPS], size[GROUPS], k = 0, i = 0;
	bool abroad = s[0] == '+';

	if (abroad)
		i++;
	while (k < GROUPS && i < n && digit(s[i])) {
		at[k] = i;
		while (i < n && digit(s[i]))
			i++;
		size[k] = i - at[k];
		k++;
		if (i + 1 < n && (s[i] == ' ' || s[i] == '.' || s[i] == '-') && digit(s[i + 1]))
			i++;
		else
			break;
	}
	*len = i > 0 ? i : 1;
	for (size_t a = 0; a < k; a++) {
		size_t all = 0;

		if (size[a] >= 9)
			return s[at[a]] == '0' || (a == 0 && abroad) ? "a telephone or identity number" : "an identity number";
		if (!(s[at[a]] == '0' && size[a] >= 3) && !(a == 0 && abroad))
			continue;
		for (size_t b = a; b < k && (b == a || (size[b] >= 2 && size[b] <= 4)); b++) {
			all += size[b];
			if (all == 10 || all == 11)
				return "a telephone number";
		}
	}
	return NULL;
}

static bool word_char(char c)
{
	return digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
}

static const char *personal(const char *s, size_t n)
{
	for (size_t i = 0; i < n;) {
		size_t len = 1, dot;
		const char *what = NULL;

		if (digit(s[i]) || (s[i] == '+' && i + 1 < n && digit(s[i + 1]))) {
			what = personal_number(s + i, n - i, &len);
		} else if (s[i] == '@' && i > 0 && word_char(s[i - 1])) {
			for (dot = i + 1; dot < n && word_char(s[dot]); dot++)
				;
			if (dot > i + 1 && dot + 1 < n && s[dot] == '.' && word_char(s[dot + 1]))
				what = "an address of mail";
		}
		if (what)
			return what;
		i += len;
	}
	return NULL;
}

bool cb_cell_note(struct cb_buf *out, const char *s, size_t n, size_t max_chars, struct cb_cell_fault *f)
{
	size_t chars = 0, o = 0, len;
	const char *what;

	cb_buf_clear(out);
	cb_utf8_nfc(out, s, n);
	if (!cb_buf_ok(out) || out->len == 0)
		return true;
	for (size_t i = 0; i < out->len; i += len) {
		size_t gap = blank(out->s + i, out->len - i);

		len = gap ? gap : 1;
		if (gap && o > 0 && out->s[o - 1] != ' ')
			out->s[o++] = ' ';
		else if (!gap)
			out->s[o++] = out->s[i];
	}
	while (o > 0 && out->s[o - 1] == ' ')
		o--;
	out->s[out->len = o] = '\0';
	for (size_t i = 0; i < o; i++)
		chars += ((unsigned char)out->s[i] & 0xC0) != 0x80;
	if (chars > max_chars) {
		snprintf(f->what, sizeof(f->what), "too long: %zu characters, at most %zu are kept", chars, max_chars);
		f->mend = "shorten it";
		return false;
	}
	what = personal(out->s, o);
	if (what) {
		snprintf(f->what, sizeof(f->what), "holds what looks like %s; nothing about persons is kept", what);
		f->mend = "take it out: a note says why points were taken, without names and numbers of people";
		return false;
	}
	return true;
}
