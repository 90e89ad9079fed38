/*
 * utf8.c - text from outside, on utf8proc: checks, NFC, look-up and sort keys, widths.
 *
 * utf8proc's own allocating calls are not used, so that memory stays behind base/alloc. Every function is linear in
 * the text.
 */
#include "base/utf8.h"

#include <string.h>
#include <utf8proc.h>

#include "base/alloc.h"

size_t cb_utf8_valid(const char *s, size_t n)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t i = 0;

	while (i < n) {
		unsigned c = p[i];
		size_t len, k;
		uint32_t cp;

		if (c < 0x80) {
			i++;
			continue;
		}
		if (c < 0xC2 || c > 0xF4)
			return i;
		len = c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
		if (n - i < len)
			return i;
		cp = c & (0x7Fu >> len);
		for (k = 1; k < len; k++) {
			if ((p[i + k] & 0xC0) != 0x80)
				return i;
			cp = cp << 6 | (p[i + k] & 0x3Fu);
		}
		if ((len == 3 && (cp < 0x800 || (cp >= 0xD800 && cp <= 0xDFFF))) || (len == 4 && (cp < 0x10000 || cp > 0x10FFFF)))
			return i;
		i += len;
	}
	return n;
}

int32_t cb_utf8_get(const char *s, size_t n, size_t *len)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t want = p[0] < 0x80 ? 1 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4, k;
	int32_t cp = want == 1 ? p[0] : p[0] & (0x7F >> want);

	if (want > n) {
		*len = 1;
		return 0xFFFD;
	}
	for (k = 1; k < want; k++)
		cp = cp << 6 | (p[k] & 0x3F);
	*len = want;
	return cp;
}

/* As get, but steps over bytes that are no UTF-8 one by one and gives -1 for them. */
static int32_t step(const char *s, size_t n, size_t *len)
{
	unsigned char c = (unsigned char)s[0];
	size_t want = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;

	if (want > n || cb_utf8_valid(s, want) != want) {
		*len = 1;
		return -1;
	}
	return cb_utf8_get(s, n, len);
}

static bool is_bidi(int32_t c)
{
	return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

static bool is_zero_width(int32_t c)
{
	return c == 0x00AD || c == 0x034F || c == 0x115F || c == 0x1160 || c == 0x17B4 || c == 0x17B5 ||
	       (c >= 0x180B && c <= 0x180E) || (c >= 0x200B && c <= 0x200D) || (c >= 0x2060 && c <= 0x2065) || c == 0x3164 ||
	       (c >= 0xFE00 && c <= 0xFE0F) || c == 0xFEFF || c == 0xFFA0 || (c >= 0xE0000 && c <= 0xE0FFF);
}

static bool is_control(int32_t c)
{
	return (c < 0x20 && c != '\t' && c != '\n') || (c >= 0x7F && c <= 0x9F) || c == 0x2028 || c == 0x2029 ||
	       (c >= 0x206A && c <= 0x206F) || (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xFDD0 && c <= 0xFDEF) ||
	       (c & 0xFFFE) == 0xFFFE;
}

enum cb_text_fault cb_text_check(const char *s, size_t n, size_t *at)
{
	size_t i, len;
	enum cb_text_fault f = CB_TEXT_OK;

	for (i = 0; i < n; i += len) {
		int32_t c = (unsigned char)s[i];

		len = 1;
		if (c >= 0x20 && c < 0x7F)
			continue;
		c = step(s + i, n - i, &len);
		if (c < 0)
			f = CB_TEXT_ENCODING;
		else if (c == 0)
			f = CB_TEXT_NUL;
		else if (is_control(c))
			f = CB_TEXT_CONTROL;
		else if (is_bidi(c))
			f = CB_TEXT_BIDI;
		else if (is_zero_width(c))
			f = CB_TEXT_ZEROWIDTH;
		if (f != CB_TEXT_OK)
			break;
	}
	if (at)
		*at = i;
	return f;
}

const char *cb_text_fault_name(enum cb_text_fault f)
{
	switch (f) {
	case CB_TEXT_OK:
		return "no fault";
	case CB_TEXT_ENCODING:
		return "wrong encoding (not UTF-8)";
	case CB_TEXT_NUL:
		return "NUL byte";
	case CB_TEXT_CONTROL:
		return "control character";
	case CB_TEXT_BIDI:
		return "direction control character";
	case CB_TEXT_ZEROWIDTH:
		return "invisible zero-width character";
	}
	return "unknown fault";
}

/* Only letters that are composed already, as nearly all Vietnamese text is: nothing there can join or move. */
static bool is_composed(const char *s, size_t n)
{
	size_t i, len;

	for (i = 0; i < n; i += len) {
		int32_t c = (unsigned char)s[i];

		len = 1;
		if (c < 0x80)
			continue;
		c = step(s + i, n - i, &len);
		if (c < 0 || !(c < 0x300 || (c >= 0x1E00 && c <= 0x1EFF) || (c >= 0x2010 && c <= 0x2027)))
			return false;
	}
	return true;
}

bool cb_utf8_nfc(struct cb_buf *out, const char *s, size_t n)
{
	const utf8proc_option_t opt = UTF8PROC_STABLE | UTF8PROC_COMPOSE;
	utf8proc_int32_t small[256], *cp = small;
	utf8proc_ssize_t m;
	size_t cap = sizeof(small) / sizeof(small[0]);

	if (is_composed(s, n) || n > PTRDIFF_MAX / 64) {
		cb_buf_add(out, s, n);
		return cb_buf_ok(out);
	}
	m = utf8proc_decompose((const utf8proc_uint8_t *)s, (utf8proc_ssize_t)n, cp, (utf8proc_ssize_t)cap, opt);
	if (m >= 0 && (size_t)m >= cap) { /* one more than m: reencode adds a NUL */
		cap = (size_t)m + 1;
		cp = cb_reallocarray(NULL, cap, sizeof(*cp));
		if (cp == NULL) {
			out->oom = true;
			return false;
		}
		m = utf8proc_decompose((const utf8proc_uint8_t *)s, (utf8proc_ssize_t)n, cp, (utf8proc_ssize_t)cap, opt);
	}
	if (m >= 0)
		m = utf8proc_reencode(cp, m, opt);
	if (m >= 0)
		cb_buf_add(out, cp, (size_t)m);
	else
		cb_buf_add(out, s, n); /* not UTF-8: as it was */
	if (cp != small)
		cb_free(cp);
	return cb_buf_ok(out);
}

/* The letters, marks apart, that one code point is made of. At most PARTS. */
#define PARTS 32
static size_t parts(int32_t c, utf8proc_int32_t out[PARTS], utf8proc_option_t opt)
{
	int last = 0;
	utf8proc_ssize_t m;

	if (c < 0x80) {
		out[0] = (opt & UTF8PROC_CASEFOLD) && c >= 'A' && c <= 'Z' ? c + 32 : c;
		return 1;
	}
	m = utf8proc_decompose_char(c, out, PARTS, opt, &last);
	if (m < 0 || m > PARTS) {
		out[0] = c;
		return 1;
	}
	return (size_t)m;
}

static bool is_mark(int32_t c)
{
	utf8proc_category_t k;

	if (c < 0x300)
		return false;
	k = utf8proc_category(c);
	return k == UTF8PROC_CATEGORY_MN || k == UTF8PROC_CATEGORY_MC || k == UTF8PROC_CATEGORY_ME;
}

static bool is_blank_or_punct(int32_t c)
{
	utf8proc_category_t k;

	if (c < 0x80) {
		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
			return false;
		return !strchr("$+<=>^`|~", c) || c == 0;
	}
	k = utf8proc_category(c);
	return (k >= UTF8PROC_CATEGORY_PC && k <= UTF8PROC_CATEGORY_PO) || k == UTF8PROC_CATEGORY_ZS ||
	       k == UTF8PROC_CATEGORY_ZL || k == UTF8PROC_CATEGORY_ZP || k == UTF8PROC_CATEGORY_CC ||
	       k == UTF8PROC_CATEGORY_CF;
}

/* Where folded bytes go: a buffer that grows, or memory of a fixed size. */
struct sink {
	struct cb_buf *buf;
	char *dst;
	size_t cap, len;
};

static void put(struct sink *k, const void *p, size_t n)
{
	if (k->buf)
		cb_buf_add(k->buf, p, n);
	else if (k->len + n < k->cap)
		memcpy(k->dst + k->len, p, n);
	k->len += n;
}

static void fold(struct sink *k, const char *s, size_t n)
{
	const utf8proc_option_t opt = UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD;
	utf8proc_int32_t p[PARTS];
	bool gap = false;
	size_t i, j, m, len;

	for (i = 0; i < n; i += len) {
		int32_t c = step(s + i, n - i, &len);

		if (c < 0 || is_blank_or_punct(c)) {
			gap = true;
			continue;
		}
		m = parts(c, p, opt);
		for (j = 0; j < m; j++) {
			utf8proc_uint8_t enc[4];
			utf8proc_ssize_t e;

			if (is_mark(p[j]))
				continue;
			if (is_blank_or_punct(p[j])) {
				gap = true;
				continue;
			}
			if (p[j] == 0x111 || p[j] == 0xF0 || p[j] == 0x256) /* đ, and eth typed for it */
				p[j] = 'd';
			if (gap && k->len)
				put(k, " ", 1);
			gap = false;
			e = utf8proc_encode_char(p[j], enc);
			put(k, enc, (size_t)e);
		}
	}
}

bool cb_utf8_fold(struct cb_buf *out, const char *s, size_t n)
{
	struct sink k = { out, NULL, 0, 0 };

	fold(&k, s, n);
	return cb_buf_ok(out);
}

size_t cb_utf8_fold_into(char *dst, size_t cap, const char *s, size_t n)
{
	struct sink k = { NULL, dst, cap, 0 };

	fold(&k, s, n);
	if (cap)
		dst[k.len < cap ? k.len : 0] = '\0';
	return k.len;
}

bool cb_fold_equal(const char *a, const char *b)
{
	char fa[256], fb[256];
	size_t la = cb_utf8_fold_into(fa, sizeof(fa), a, strlen(a)), lb = cb_utf8_fold_into(fb, sizeof(fb), b, strlen(b));

	return la == lb && la < sizeof(fa) && memcmp(fa, fb, la) == 0;
}

/* --- Vietnamese order ------------------------------------------------------------------------------------------ */

/*
 * A key is three strings with 01 between: what each character is, its tone, its case. A letter is one byte (0x30 and
 * up, in the order of the alphabet with f j w z at their Latin places), a blank 0x10; a number is 0x20, how many digits
 * it has without zeros in front, and these, so that Cụm 2 comes before Cụm 10; anything else is a class byte and its
 * code point.
 */
#define BREVE 0x306
#define CIRCUMFLEX 0x302
#define HORN 0x31B

static unsigned char letter_weight(int32_t base, int32_t shape)
{
	static const struct {
		int32_t base, shape;
	} order[] = {
		{ 'a', 0 }, { 'a', BREVE }, { 'a', CIRCUMFLEX }, { 'b', 0 }, { 'c', 0 }, { 'd', 0 }, { 0x111, 0 },
		{ 'e', 0 }, { 'e', CIRCUMFLEX }, { 'f', 0 }, { 'g', 0 }, { 'h', 0 }, { 'i', 0 }, { 'j', 0 }, { 'k', 0 },
		{ 'l', 0 }, { 'm', 0 }, { 'n', 0 }, { 'o', 0 }, { 'o', CIRCUMFLEX }, { 'o', HORN }, { 'p', 0 },
		{ 'q', 0 }, { 'r', 0 }, { 's', 0 }, { 't', 0 }, { 'u', 0 }, { 'u', HORN }, { 'v', 0 }, { 'w', 0 },
		{ 'x', 0 }, { 'y', 0 }, { 'z', 0 },
	};
	size_t i;

	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (order[i].base == base && order[i].shape == shape)
			return (unsigned char)(0x30 + i);
	return 0;
}

/* ngang, huyền, hỏi, ngã, sắc, nặng; then what other languages put on letters. */
static unsigned char tone_weight(int32_t mark)
{
	switch (mark) {
	case 0:
		return 2;
	case 0x300:
		return 3;
	case 0x309:
		return 4;
	case 0x303:
		return 5;
	case 0x301:
		return 6;
	case 0x323:
		return 7;
	}
	return 8;
}

/* Code points of s, decomposed in canonical order, with memory of their own when they are many. */
static utf8proc_int32_t *decomposed(const char *s, size_t n, utf8proc_int32_t *small, size_t nsmall, size_t *count)
{
	utf8proc_int32_t *cp = small;
	const utf8proc_option_t opt = UTF8PROC_STABLE | UTF8PROC_DECOMPOSE;
	utf8proc_ssize_t m;

	m = utf8proc_decompose((const utf8proc_uint8_t *)s, (utf8proc_ssize_t)n, cp, (utf8proc_ssize_t)nsmall, opt);
	if (m > 0 && (size_t)m > nsmall) {
		cp = cb_reallocarray(NULL, (size_t)m, sizeof(*cp));
		if (cp == NULL)
			return NULL;
		m = utf8proc_decompose((const utf8proc_uint8_t *)s, (utf8proc_ssize_t)n, cp, m, opt);
	}
	*count = m < 0 ? 0 : (size_t)m;
	return cp;
}

static bool is_digit(int32_t c)
{
	return c >= '0' && c <= '9';
}

/* The number that begins at p. */
static void put_number(struct cb_buf *out, const utf8proc_int32_t *p, size_t n)
{
	size_t first = 0, len;

	while (first + 1 < n && p[first] == '0' && is_digit(p[first + 1]))
		first++;
	for (len = 0; first + len < n && is_digit(p[first + len]); len++)
		;
	cb_buf_putc(out, 0x20);
	cb_buf_putc(out, (char)(len < 250 ? len + 2 : 252)); /* beyond, by what follows: still the same for the same text */
	for (; len; len--, first++)
		cb_buf_putc(out, (char)p[first]);
}

bool cb_utf8_sort_key(struct cb_buf *out, const char *s, size_t n)
{
	utf8proc_int32_t small[256], *cp;
	size_t count, i, j;
	int level;

	n = cb_utf8_valid(s, n);
	cp = decomposed(s, n, small, sizeof(small) / sizeof(small[0]), &count);
	if (cp == NULL) {
		out->oom = true;
		return false;
	}
	for (level = 0; level < 3; level++) {
		if (level)
			cb_buf_putc(out, 1);
		for (i = 0; i < count; i = j) {
			int32_t c = cp[i], low = utf8proc_tolower(c), shape = 0, tone = 0;
			unsigned char w = 0;

			for (j = i + 1; j < count && is_mark(cp[j]); j++) {
				if (cp[j] == BREVE || cp[j] == CIRCUMFLEX || cp[j] == HORN)
					shape = cp[j];
				else
					tone = cp[j];
			}
			if ((low >= 'a' && low <= 'z') || low == 0x111) {
				w = letter_weight(low, shape);
				if (w == 0) {
					w = letter_weight(low, 0);
					tone = shape;
				}
			} else if (is_digit(c)) {
				if (level == 0 && (i == 0 || !is_digit(cp[i - 1])))
					put_number(out, cp + i, count - i);
				if (level == 0)
					continue;
			} else if (c == ' ' || c == '\t' || c == '\n' || c == 0xA0) {
				w = 0x10;
			}
			if (level == 1) {
				cb_buf_putc(out, (char)tone_weight(tone));
			} else if (level == 2) {
				cb_buf_putc(out, low == c ? 2 : 3);
			} else if (w) {
				cb_buf_putc(out, (char)w);
			} else {
				char other[4] = { (char)(is_blank_or_punct(c) ? 0x11 : c < 0x80 ? 0x12 : 0x7F), (char)(c >> 16), (char)(c >> 8),
						  (char)c };
				cb_buf_add(out, other, sizeof(other));
			}
		}
	}
	if (cp != small)
		cb_free(cp);
	return cb_buf_ok(out);
}

/* --- columns --------------------------------------------------------------------------------------------------- */

static size_t char_width(int32_t c)
{
	int w;

	if (c < 0)
		return 1;
	w = utf8proc_charwidth(c);
	return w < 0 ? 0 : (size_t)w;
}

size_t cb_utf8_width(const char *s, size_t n)
{
	size_t i, len, w = 0;

	for (i = 0; i < n; i += len)
		w += char_width(step(s + i, n - i, &len));
	return w;
}

size_t cb_utf8_fit(const char *s, size_t n, size_t cols)
{
	size_t i, len, w = 0, end = 0;
	utf8proc_int32_t state = 0;
	int32_t prev = 0, c;

	/* `end` is the last place between clusters up to which everything fits. */
	for (i = 0; i < n; i += len) {
		c = step(s + i, n - i, &len);
		if (i == 0 || c < 0 || prev < 0 || utf8proc_grapheme_break_stateful(prev, c, &state))
			end = i;
		w += char_width(c);
		if (w > cols)
			return end;
		prev = c;
	}
	return n;
}

bool cb_text_runs(const char *s, size_t n)
{
	static const char *const wide[] = { "\xEF\xBC\x9D" /* = */, "\xEF\xBC\x8B" /* + */, "\xEF\xBC\x8D" /* - */, "\xEF\xBC\xA0" /* @ */ };
	const char *end = s + n;

	while (s < end && *s == '\'')
		s++;
	if (s < end && (*s == '\t' || *s == '\r' || *s == '\n'))
		return true;
	while (s < end && (*s == ' ' || (end - s > 1 && !memcmp(s, "\xC2\xA0", 2))))
		s += *s == ' ' ? 1 : 2;
	if (s < end && memchr("=+-@\t\r", *s, 6))
		return true;
	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
		if (end - s >= 3 && !memcmp(s, wide[i], 3))
			return true;
	return false;
}

void cb_text_clean(struct cb_buf *out, const char *s, size_t n, size_t max)
{
	size_t start = out->len, i, len, keep = max, kept = out->len;
	bool cut = false;

	for (i = 0; i < n; i += len) {
		int32_t c = step(s + i, n - i, &len);
		size_t room = out->len - start;
		bool bad = c < 0x20 || is_control(c) || is_bidi(c) || is_zero_width(c);

		if (!cb_buf_ok(out))
			return;
		if (room + (bad ? 1 : len) > keep) {
			cut = true;
			break;
		}
		if (bad)
			cb_buf_putc(out, c == '\t' || c == '\n' ? ' ' : '?');
		else
			cb_buf_add(out, s + i, len);
		if (out->len - start + 3 <= max) /* "…" is three bytes */
			kept = out->len;
	}
	if (cut && cb_buf_ok(out) && out->cap) {
		out->len = kept;
		out->s[kept] = '\0';
		if (max >= 3)
			cb_buf_puts(out, "…");
	}
}

/* --- guesses for messages --------------------------------------------------------------------------------------- */

/* The byte that Windows-1252 or Windows-1258 wrote for c, or -1. */
static int windows_byte(int32_t c)
{
	static const int32_t high[32] = {
		0x20AC, 0x81, 0x201A, 0x192, 0x201E, 0x2026, 0x2020, 0x2021, 0x2C6, 0x2030, 0x160, 0x2039, 0x152, 0x8D, 0x17D, 0x8F,
		0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x2DC, 0x2122, 0x161, 0x203A, 0x153, 0x9D, 0x17E, 0x178,
	};
	int i;

	if (c == 0x102) /* Ă stands at C3 in Windows-1258 */
		return 0xC3;
	if (c >= 0x80 && c <= 0xFF)
		return c;
	for (i = 0; i < 32; i++)
		if (high[i] == c)
			return 0x80 + i;
	return -1;
}

static bool is_vietnamese(int32_t c)
{
	return (c >= 0xC0 && c <= 0xFF) || c == 0x102 || c == 0x103 || c == 0x110 || c == 0x111 || c == 0x128 || c == 0x129 ||
	       c == 0x168 || c == 0x169 || c == 0x1A0 || c == 0x1A1 || c == 0x1AF || c == 0x1B0 || (c >= 0x300 && c <= 0x323) ||
	       (c >= 0x1EA0 && c <= 0x1EF9);
}

static bool is_latin(int32_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool cb_text_looks_broken(const char *s, size_t n)
{
	int32_t a = 0, b = 0, c; /* the two before c */
	size_t i, len;

	if (cb_utf8_valid(s, n) != n)
		return true;
	for (i = 0; i < n; i += len, a = b, b = c) {
		int wa, wb, wc;

		c = step(s + i, n - i, &len);
		if (c == 0xFFFD)
			return true;
		if (c < 0x80 && b < 0x80) {
			if (b == '?' && is_latin(a) && is_latin(c) && c >= 'a') /* "Sinh ho?t" */
				return true;
			continue;
		}
		wa = windows_byte(a);
		wb = windows_byte(b);
		wc = windows_byte(c);
		/* UTF-8 of two or three bytes, each of which became a character */
		if (wa >= 0xE1 && wa <= 0xE2 && wb >= 0x80 && wb < 0xC0 && wc >= 0x80 && wc < 0xC0 &&
		    (is_vietnamese((wa & 15) << 12 | (wb & 63) << 6 | (wc & 63)) || wa == 0xE2))
			return true;
		if (wb >= 0xC3 && wb <= 0xC6 && wc >= 0x80 && wc < 0xC0 && is_vietnamese((wb & 31) << 6 | (wc & 63)) &&
		    (wb != 0xC3 || wc >= 0xA0))
			return true;
		/* TCVN3 (.VnTime): a sign stands where a marked vowel belongs */
		if (is_latin(b) && (c == 0xB5 || c == 0xB8 || c == 0xB9 || c == 0xB6 || c == 0xA8))
			return true;
		if (is_latin(c) && c >= 'a' &&
		    (b == 0xB5 || b == 0xB8 || b == 0xB9 || b == 0xB6 || b == 0xA8 || b == 0xAD || b == 0xAE || b == 0xAC || b == 0xA9))
			return true;
		/* VNI: the mark is a letter of its own behind the vowel */
		if ((b == 'a' || b == 'e' || b == 'o' || b == 'u' || b == 'A' || b == 'E' || b == 'O' || b == 'U') &&
		    (c == 0xF8 || c == 0xFB || c == 0xEF || c == 0xE4 || c == 0xE5 || c == 0xF6 || c == 0xFC || c == 0xD8 ||
		     c == 0xDB || c == 0xCF || c == 0xC4 || c == 0xC5 || c == 0xD6 || c == 0xDC))
			return true;
	}
	return false;
}

int32_t cb_text_lookalike(const char *s, size_t n, size_t *at)
{
	static const int32_t alike[] = {
		0xD0, 0xF0, 0x131, 0x189, 0x251, 0x261, 0x1C0, /* eth for Đ, dotless i, script a and g, click */
		/* Greek */
		0x391, 0x392, 0x395, 0x396, 0x397, 0x399, 0x39A, 0x39C, 0x39D, 0x39F, 0x3A1, 0x3A4, 0x3A5, 0x3A7, 0x3B1, 0x3B9,
		0x3BA, 0x3BD, 0x3BF, 0x3C1, 0x3C5, 0x3F2, 0x3F3, 0x3F9,
		/* Cyrillic */
		0x405, 0x406, 0x408, 0x410, 0x412, 0x415, 0x417, 0x41A, 0x41C, 0x41D, 0x41E, 0x420, 0x421, 0x422, 0x423, 0x425,
		0x42C, 0x430, 0x435, 0x43E, 0x440, 0x441, 0x443, 0x445, 0x455, 0x456, 0x458, 0x475, 0x4AE, 0x4AF, 0x4BB, 0x4C0,
		0x4CF, 0x501, 0x51B, 0x51D,
		/* Armenian, letter-like */
		0x555, 0x578, 0x57D, 0x585, 0x212A, 0x212B,
	};
	size_t i, k, len;

	for (i = 0; i < n; i += len) {
		int32_t c = (unsigned char)s[i];
		bool hit = false;

		len = 1;
		if (c < 0x80)
			continue;
		c = step(s + i, n - i, &len);
		for (k = 0; k < sizeof(alike) / sizeof(alike[0]) && !hit; k++)
			hit = alike[k] == c;
		hit = hit || (c >= 0xFF01 && c <= 0xFF5E) || (c >= 0x1D400 && c <= 0x1D7FF) || (c >= 0x2160 && c <= 0x217F);
		if (hit) {
			if (at)
				*at = i;
			return c;
		}
	}
	return 0;
}

static int key_order(const char *a, size_t na, const char *b, size_t nb)
{
	struct cb_buf ka, kb;
	size_t n;
	int c;

	cb_buf_init(&ka);
	cb_buf_init(&kb);
	if (cb_utf8_sort_key(&ka, a, na) && cb_utf8_sort_key(&kb, b, nb)) {
		n = ka.len < kb.len ? ka.len : kb.len;
		c = memcmp(ka.s, kb.s, n);
		if (!c)
			c = ka.len < kb.len ? -1 : ka.len > kb.len;
	} else {
		n = na < nb ? na : nb;
		c = memcmp(a, b, n);
		if (!c)
			c = na < nb ? -1 : na > nb;
	}
	cb_buf_release(&ka);
	cb_buf_release(&kb);
	return c;
}

int cb_utf8_order(const char *a, const char *b)
{
	static const char digits[] = "0123456789";

	if (!a || !b)
		return (a != NULL) - (b != NULL);
	for (;;) {
		size_t na = strcspn(a, digits), nb = strcspn(b, digits);
		int c = key_order(a, na, b, nb);
		if (c)
			return c;
		a += na;
		b += nb;
		if (!*a || !*b)
			return (*a != 0) - (*b != 0);
		a += strspn(a, "0");
		b += strspn(b, "0");
		na = strspn(a, digits);
		nb = strspn(b, digits);
		if (na != nb)
			return na < nb ? -1 : 1;
		c = memcmp(a, b, na);
		if (c)
			return c;
		a += na;
		b += nb;
	}
}
