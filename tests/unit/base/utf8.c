/* utf8.c - text as it arrives: faults, composed and decomposed forms, keys, widths, guesses. */
#include "tests/unit/test.h"
#include "base/utf8.h"

/* "Thanh Hóa" and "Đảng" with combining marks */
#define NFD_HOA "Thanh Ho\xCC\x81\x61"
#define NFD_DANG "\xC4\x90\x61\xCC\x89ng"

static enum cb_text_fault fault_of(const char *s, size_t n, size_t *at)
{
	return cb_text_check(s, n, at);
}

static void text_that_may_not_enter_is_named_with_its_place(void **state)
{
	static const struct {
		const char *s;
		size_t n;
		enum cb_text_fault f;
		size_t at;
	} t[] = {
		{ "Chi bộ 1\tb\nc", 14, CB_TEXT_OK, 14 },
		{ "Chi b\xE1\xBB,x", 9, CB_TEXT_ENCODING, 5 },
		{ "a\xED\xA0\x80z", 5, CB_TEXT_ENCODING, 1 }, /* surrogate */
		{ "\xC0\xAF", 2, CB_TEXT_ENCODING, 0 },	      /* overlong */
		{ "\xF4\x90\x80\x80", 4, CB_TEXT_ENCODING, 0 }, /* above 10FFFF */
		{ "ab\0c", 4, CB_TEXT_NUL, 2 },
		{ "a\x1B[31m", 6, CB_TEXT_CONTROL, 1 },
		{ "a\rb", 3, CB_TEXT_CONTROL, 1 },
		{ "a\x7F", 2, CB_TEXT_CONTROL, 1 },
		{ "a\xC2\x85", 3, CB_TEXT_CONTROL, 1 },
		{ "a\xE2\x80\xA8", 4, CB_TEXT_CONTROL, 1 },
		{ "a\xEF\xBF\xBE", 4, CB_TEXT_CONTROL, 1 },
		{ "Chi bộ \xE2\x80\xAE" "1", 13, CB_TEXT_BIDI, 9 },
		{ "\xE2\x80\x8F", 3, CB_TEXT_BIDI, 0 },
		{ "a\xE2\x81\xA6", 4, CB_TEXT_BIDI, 1 },
		{ "a\xE2\x80\x8B", 4, CB_TEXT_ZEROWIDTH, 1 },
		{ "a\xEF\xBB\xBF", 4, CB_TEXT_ZEROWIDTH, 1 },
		{ "a\xC2\xAD", 3, CB_TEXT_ZEROWIDTH, 1 },
		{ "a\xF3\xA0\x81\x81", 5, CB_TEXT_ZEROWIDTH, 1 },
	};
	size_t i, at;

	(void)state;
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		at = 999;
		if (fault_of(t[i].s, t[i].n, &at) != t[i].f || at != t[i].at)
			fail_msg("case %zu: %s at %zu", i, cb_text_fault_name(fault_of(t[i].s, t[i].n, NULL)), at);
	}
	assert_string_equal(cb_text_fault_name(CB_TEXT_ENCODING), "wrong encoding (not UTF-8)");
	assert_string_equal(cb_text_fault_name(CB_TEXT_BIDI), "direction control character");
	assert_string_equal(cb_text_fault_name(CB_TEXT_NUL), "NUL byte");
}

static void the_longest_valid_prefix_is_found(void **state)
{
	size_t len;

	(void)state;
	assert_int_equal(cb_utf8_valid("Hà Nội", strlen("Hà Nội")), strlen("Hà Nội"));
	assert_int_equal(cb_utf8_valid("Hà N\xE1\xBB", 7), 5);
	assert_int_equal(cb_utf8_valid("\xF0\x9F\x98\x80", 4), 4);
	assert_int_equal(cb_utf8_valid("\xF0\x9F\x98", 3), 0);
	assert_int_equal(cb_utf8_valid("", 0), 0);
	assert_int_equal(cb_utf8_get("ộ", 3, &len), 0x1ED9);
	assert_int_equal(len, 3);
}

static void nfc(const char *in, const char *want)
{
	struct cb_buf b;

	cb_buf_init(&b);
	assert_true(cb_utf8_nfc(&b, in, strlen(in)));
	assert_string_equal(b.s, want);
	cb_buf_release(&b);
}

static void decomposed_text_becomes_composed(void **state)
{
	char *in = cb_malloc(4001), *want = cb_malloc(4001);
	size_t i;

	(void)state;
	nfc("plain", "plain");
	nfc(NFD_HOA, "Thanh Hóa");
	nfc(NFD_DANG, "Đảng");
	nfc("Đảng", "Đảng");
	nfc("o\xCC\xA3\xCC\x82", "ộ");	/* dot below, then circumflex */
	nfc("o\xCC\x82\xCC\xA3", "ộ"); /* the other way round */
	nfc("", "");
	assert_true(in && want);
	in[0] = want[0] = '\0';
	for (i = 0; i < 1000; i++) { /* longer than the memory on the stack */
		memcpy(in + i * 3, "a\xCC\x81", 4);
		memcpy(want + i * 2, "\xC3\xA1", 3);
	}
	nfc(in, want);
	cb_free(in);
	cb_free(want);
}

static void fold(const char *in, const char *want)
{
	struct cb_buf b;
	char s[80];

	cb_buf_init(&b);
	assert_true(cb_utf8_fold(&b, in, strlen(in)));
	assert_string_equal(b.s, want);
	assert_int_equal(cb_utf8_fold_into(s, sizeof(s), in, strlen(in)), strlen(want));
	assert_string_equal(s, want);
	cb_buf_release(&b);
}

static void look_up_keys_ignore_case_marks_and_punctuation(void **state)
{
	(void)state;
	fold("Thanh Hóa", "thanh hoa");
	fold(NFD_HOA, "thanh hoa");
	fold("ĐẢNG BỘ", "dang bo");
	fold(NFD_DANG, "dang");
	fold("Ðảng", "dang"); /* eth for đ */
	fold("  Mã  đơn-vị: ", "ma don vi");
	fold("UNIT_CODE", "unit code");
	fold("Ngày họp (dd/mm)", "ngay hop dd mm");
	fold("nghĩa ở ưu ẵ ỷ", "nghia o uu a y");
	fold("ﬁn", "fin");
	fold("", "");
	fold("...", "");
	fold("a\xFF\x62", "a b");
	assert_true(cb_fold_equal("Tuyên Quang", "TUYEN  QUANG"));
	assert_false(cb_fold_equal("Tuyên Quang", "Tuyên Quan"));
}

static void a_key_that_does_not_fit_says_so(void **state)
{
	char s[5] = "zzzz";

	(void)state;
	assert_int_equal(cb_utf8_fold_into(s, sizeof(s), "abcd", 4), 4);
	assert_string_equal(s, "abcd");
	assert_int_equal(cb_utf8_fold_into(s, sizeof(s), "abcde", 5), 5);
	assert_string_equal(s, "");
}

static int order(const char *a, const char *b)
{
	struct cb_buf ka, kb;
	size_t n;
	int c;

	cb_buf_init(&ka);
	cb_buf_init(&kb);
	assert_true(cb_utf8_sort_key(&ka, a, strlen(a)) && cb_utf8_sort_key(&kb, b, strlen(b)));
	n = ka.len < kb.len ? ka.len : kb.len;
	c = memcmp(ka.s, kb.s, n);
	if (c == 0)
		c = (ka.len > kb.len) - (ka.len < kb.len);
	cb_buf_release(&ka);
	cb_buf_release(&kb);
	return c;
}

static void names_sort_in_vietnamese_order(void **state)
{
	static const char *const sorted[] = { "", "1a", "2", "02", "12", "a", "A", "à", "ả", "ã", "á", "ạ", "an", "ăn", "ân", "bo", "cà", "cá",
					      "Cụm 2", "Cụm 10", "Cụm 10a", "Cụm 11", "da",
					      "đa", "Đà Lạt", "em", "êm", "Hoà An", "hoa lan", "lam", "Lâm Đồng", "ma", "mà", "mả", "mã", "má", "mạ",
					      "mai", "ong", "ông", "ơn", "phu", "phư", "thanh", "Thành", "Thanh Hóa", "Tuyên Quang", "um", "ưm", "y", "ý" };
	size_t i, j, n = sizeof(sorted) / sizeof(sorted[0]);

	(void)state;
	for (i = 0; i < n; i++)
		for (j = 0; j < n; j++) {
			int c = order(sorted[i], sorted[j]);

			if ((c > 0) - (c < 0) != (i > j) - (i < j))
				fail_msg("\"%s\" against \"%s\" gives %d", sorted[i], sorted[j], c);
		}
	assert_int_equal(order(NFD_HOA, "Thanh Hóa"), 0);
}

static void widths_count_columns(void **state)
{
	(void)state;
	assert_int_equal(cb_utf8_width("Thanh Hóa", strlen("Thanh Hóa")), 9);
	assert_int_equal(cb_utf8_width(NFD_HOA, strlen(NFD_HOA)), 9);
	assert_int_equal(cb_utf8_width("漢字", 6), 4);
	assert_int_equal(cb_utf8_width("", 0), 0);
	assert_int_equal(cb_utf8_width("a\xFF", 2), 2);
}

static void a_cut_keeps_letters_and_their_marks_together(void **state)
{
	(void)state;
	assert_int_equal(cb_utf8_fit(NFD_HOA, strlen(NFD_HOA), 8), 10); /* "Thanh Hó" */
	assert_int_equal(cb_utf8_fit(NFD_HOA, strlen(NFD_HOA), 7), 7);
	assert_int_equal(cb_utf8_fit(NFD_HOA, strlen(NFD_HOA), 99), strlen(NFD_HOA));
	assert_int_equal(cb_utf8_fit("漢字", 6, 3), 3);
	assert_int_equal(cb_utf8_fit("漢字", 6, 1), 0);
	assert_int_equal(cb_utf8_fit("abc", 3, 0), 0);
}

static void clean(const char *in, size_t n, size_t max, const char *want)
{
	struct cb_buf b;

	cb_buf_init(&b);
	cb_text_clean(&b, in, n, max);
	assert_string_equal(b.s, want);
	assert_true(b.len <= max);
	cb_buf_release(&b);
}

static void text_for_a_terminal_is_harmless_and_short(void **state)
{
	(void)state;
	clean("a\x1B[2J\0b", 7, 80, "a?[2J?b");
	clean("a\xE2\x80\xAE" "b", 5, 80, "a?b");
	clean("a\nb\tc", 5, 80, "a b c");
	clean("a\xFF\xFE" "b", 4, 80, "a??b");
	clean("Hà Nội", strlen("Hà Nội"), 80, "Hà Nội");
	clean("abcdefgh", 8, 8, "abcdefgh");
	clean("abcdefghi", 9, 8, "abcde…");
	clean("ộộộộ", 12, 9, "ộộ…");
	clean("ộộộ", 9, 9, "ộộộ");
	clean("abc", 3, 2, "");
}

static void broken_text_is_recognised(void **state)
{
	static const char *const broken[] = {
		"HÃ\xC2\xA0 Ná»™i",		       /* UTF-8 read as Windows-1252 */
		"Ä\x90áº£ng",			       /* a lone byte among it: not UTF-8 at all */
		"Ä\xC2\x90áº£ng",		       /* Đảng */
		"sinh hoáº¡t",			       /* hoạt */
		"thÆ°á»\x9Dng",			       /* invalid */
		"Ä‘á»“ng",			       /* đồng */
		"HĂ\xC2\xA0 Ná»™i",		       /* the same as Windows-1258 */
		"Chi b\xEF\xBF\xBD 1",		       /* U+FFFD */
		"Sinh ho?t th??ng k?",		       /* lost in a code page */
		"Chi b\xE9 1,H\xB5 N\xE9i",	       /* TCVN3 bytes */
		"Sinh ho\xC2\xB9t th\xC2\xAD\xC3\xAAng k\xC3\xBA", /* TCVN3 as Latin-1 */
		"Haø Noäi",			       /* VNI */
	};
	static const char *const sound[] = { "Hà Nội", "Chi bộ 1", NFD_HOA, NFD_DANG, "ĐẢNG ỦY KHỐI", "Sinh hoạt thường kỳ", "“ĐÃ” – họp", "Có họp?",
					     "25 °C, 30 m²", "«Tốt»", "ASCII only", "", "á», à", "Ngã Ba", "50% – 60%", "Ai phát biểu? Không ai" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(broken) / sizeof(broken[0]); i++)
		if (!cb_text_looks_broken(broken[i], strlen(broken[i])))
			fail_msg("\"%s\" passes for sound", broken[i]);
	for (i = 0; i < sizeof(sound) / sizeof(sound[0]); i++)
		if (cb_text_looks_broken(sound[i], strlen(sound[i])))
			fail_msg("\"%s\" passes for broken", sound[i]);
}

static void letters_that_only_look_latin_are_found(void **state)
{
	size_t at = 9;

	(void)state;
	assert_int_equal(cb_text_lookalike("\xD0\x9D" "N-002", 7, &at), 0x41D);
	assert_int_equal(at, 0);
	assert_int_equal(cb_text_lookalike("H\xCE\x9D-1", 5, &at), 0x39D);
	assert_int_equal(at, 1);
	assert_int_equal(cb_text_lookalike("ＨＮ", 6, &at), 0xFF28);
	assert_int_equal(cb_text_lookalike("Ðảng", strlen("Ðảng"), &at), 0xD0); /* eth */
	assert_int_equal(cb_text_lookalike("Đảng bộ ưu tú", strlen("Đảng bộ ưu tú"), &at), 0);
	assert_int_equal(cb_text_lookalike("HN-001", 6, &at), 0);
}

static int all_that_allocate(void *ctx)
{
	struct cb_buf b;
	char text[1200];
	int rc;

	(void)ctx;
	memset(text, 'a', sizeof(text));
	memcpy(text, "a\xCC\x81", 3);
	cb_buf_init(&b);
	cb_utf8_nfc(&b, text, sizeof(text));
	cb_utf8_fold(&b, text, sizeof(text));
	cb_utf8_sort_key(&b, text, sizeof(text));
	cb_text_clean(&b, text, sizeof(text), 1000);
	rc = cb_buf_ok(&b) ? 0 : CB_ENOMEM;
	cb_buf_release(&b);
	return rc;
}

static void no_memory_is_told_and_nothing_leaks(void **state)
{
	(void)state;
	assert_true(sweep(all_that_allocate, NULL) >= 3);
}

static void names_stand_in_vietnamese_order_and_numbers_by_their_value(void **state)
{
	static const char *const order[] = { "", "Ánh", "Bình", "Cụm 1", "Cụm 2", "Cụm 02b", "Cụm 10", "Cụm 10a", "Dân", "Đa" };

	(void)state;
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		for (size_t k = 0; k < sizeof(order) / sizeof(order[0]); k++) {
			int c = cb_utf8_order(order[i], order[k]);

			assert_int_equal((c > 0) - (c < 0), (i > k) - (i < k));
		}
	assert_true(cb_utf8_order(NULL, "a") < 0);
	assert_int_equal(cb_utf8_order(NULL, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_that_may_not_enter_is_named_with_its_place),
		cmocka_unit_test(the_longest_valid_prefix_is_found),
		cmocka_unit_test(decomposed_text_becomes_composed),
		cmocka_unit_test(look_up_keys_ignore_case_marks_and_punctuation),
		cmocka_unit_test(a_key_that_does_not_fit_says_so),
		cmocka_unit_test(names_sort_in_vietnamese_order),
		cmocka_unit_test(widths_count_columns),
		cmocka_unit_test(a_cut_keeps_letters_and_their_marks_together),
		cmocka_unit_test(text_for_a_terminal_is_harmless_and_short),
		cmocka_unit_test(broken_text_is_recognised),
		cmocka_unit_test(letters_that_only_look_latin_are_found),
		cmocka_unit_test(no_memory_is_told_and_nothing_leaks),
		cmocka_unit_test(names_stand_in_vietnamese_order_and_numbers_by_their_value),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
