/* memory.c - alloc, arena, buf, err, hash: what everything else stands on. */
#include "tests/unit/test.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/hash.h"

static void live_blocks_are_counted(void **state)
{
	long before = cb_alloc_live();
	void *a = cb_malloc(0), *b = cb_calloc(3, 7), *c = cb_strdup("xyz"), *d = cb_strndup("xyz", 2);

	(void)state;
	assert_true(a && b && c && d);
	assert_int_equal(cb_alloc_live(), before + 4);
	assert_string_equal(d, "xy");
	assert_true(cb_alloc_size(c) >= 4);
	c = cb_realloc(c, 5000);
	assert_string_equal(c, "xyz");
	assert_int_equal(cb_alloc_live(), before + 4);
	cb_free(a);
	cb_free(b);
	cb_free(c);
	cb_free(d);
	cb_free(NULL);
	assert_int_equal(cb_alloc_live(), before);
	assert_null(cb_strdup(NULL));
	assert_int_equal(cb_alloc_size(NULL), 0);
}

static void sizes_that_overflow_are_refused(void **state)
{
	volatile size_t huge = SIZE_MAX / 2; /* so that the compiler does not judge it */

	(void)state;
	assert_null(cb_malloc(SIZE_MAX - huge / 2));
	assert_null(cb_calloc(huge, 4));
	assert_null(cb_reallocarray(NULL, huge, 4));
}

static void from_the_nth_on_every_allocation_fails(void **state)
{
	void *a, *b, *c, *d;

	(void)state;
	cb_alloc_fail_from(2);
	a = cb_malloc(100);
	b = cb_malloc(1);
	c = cb_calloc(1, 1);
	d = cb_realloc(a, 100000);
	assert_non_null(a);
	assert_null(b);
	assert_null(c);
	assert_null(d);
	assert_int_equal(cb_alloc_count(), 4);
	a = cb_realloc(a, 10);
	cb_alloc_fail_from(0);
	assert_non_null(a); /* shrinking cannot fail */
	cb_free(a);
}

static void an_arena_gives_zeroed_aligned_memory_and_takes_it_all_back(void **state)
{
	long before = cb_alloc_live();
	struct cb_arena a;
	unsigned char *p;
	size_t i, j, n;

	(void)state;
	cb_arena_init(&a);
	for (i = 0; i < 300; i++) {
		n = i * i % 9001;
		p = cb_arena_alloc(&a, n);
		assert_non_null(p);
		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		for (j = 0; j < n; j++)
			assert_int_equal(p[j], 0);
		memset(p, 0xAA, n);
	}
	assert_string_equal(cb_arena_strdup(&a, "Đảng"), "Đảng");
	assert_string_equal(cb_arena_strndup(&a, "abcdef", 3), "abc");
	assert_string_equal(cb_arena_printf(&a, "%s-%d", "x", 7), "x-7");
	assert_null(cb_arena_strdup(&a, NULL));
	assert_null(cb_arena_array(&a, SIZE_MAX / 2, 3));
	assert_non_null(CB_NEWV(&a, 10, int));
	assert_true(a.used > 300);
	cb_arena_release(&a);
	assert_int_equal(cb_alloc_live(), before);
	cb_arena_release(&a);
}

static void a_buffer_grows_and_is_always_a_string(void **state)
{
	struct cb_buf b;
	char *s;
	int i;

	(void)state;
	cb_buf_init(&b);
	assert_string_equal(b.s, "");
	cb_buf_puts(&b, "");
	cb_buf_add(&b, "a\0b", 3);
	assert_int_equal(b.len, 3);
	cb_buf_clear(&b);
	cb_buf_int(&b, INT64_MIN);
	cb_buf_int(&b, 0);
	cb_buf_int(&b, 10500);
	cb_buf_int(&b, INT64_MAX);
	assert_string_equal(b.s, "-92233720368547758080105009223372036854775807");
	cb_buf_clear(&b);
	assert_string_equal(b.s, "");
	for (i = 0; i < 1000; i++)
		cb_buf_printf(&b, "%d,", i % 10);
	cb_buf_putc(&b, '.');
	assert_int_equal(b.len, 2001);
	assert_int_equal(strlen(b.s), 2001);
	assert_true(cb_buf_ok(&b));
	s = cb_buf_take(&b);
	assert_non_null(s);
	assert_string_equal(b.s, "");
	cb_free(s);
	s = cb_buf_take(&b);
	assert_string_equal(s, "");
	cb_free(s);
	cb_buf_release(&b);
}

static void a_buffer_without_memory_stays_a_string_and_remembers(void **state)
{
	struct cb_buf b;

	(void)state;
	cb_buf_init(&b);
	cb_buf_puts(&b, "kept");
	cb_alloc_fail_from(1);
	cb_buf_printf(&b, "%0500d", 1);
	cb_buf_puts(&b, "x");
	cb_alloc_fail_from(0);
	assert_false(cb_buf_ok(&b));
	assert_string_equal(b.s, "kept");
	cb_buf_puts(&b, "still nothing");
	assert_string_equal(b.s, "kept");
	assert_null(cb_buf_take(&b));
	assert_true(cb_buf_ok(&b));
	cb_buf_release(&b);
}

static int arena_and_buf(void *ctx)
{
	struct cb_arena a;
	struct cb_buf b;
	int rc, i;

	(void)ctx;
	cb_arena_init(&a);
	cb_buf_init(&b);
	for (i = 0; i < 20; i++) {
		cb_arena_alloc(&a, 3000);
		cb_buf_printf(&b, "%0100d", i);
	}
	rc = cb_buf_ok(&b) && cb_arena_alloc(&a, 20000) ? 0 : CB_ENOMEM;
	cb_buf_release(&b);
	cb_arena_release(&a);
	return rc;
}

static void arenas_and_buffers_survive_the_sweep(void **state)
{
	(void)state;
	assert_true(sweep(arena_and_buf, NULL) > 5);
}

static void an_error_is_one_line_with_its_code(void **state)
{
	struct cb_err e;

	(void)state;
	assert_int_equal(cb_err_set(&e, CB_EIO, "cannot read %s\nat all", "x"), CB_EIO);
	assert_string_equal(e.msg, "cannot read x at all");
	cb_err_set(&e, CB_EIO, "%.3s|%.5s|\033[31m\t\x7f", "aộ", "aộb"); /* a precision cuts bytes, not letters */
	assert_string_equal(e.msg, "a|aộb|?[31m ?");
	cb_err_set(&e, CB_EIO, "cannot read %s\nat all", "x");
	assert_int_equal(cb_err_prefix(&e, "unit %d", 7), CB_EIO);
	assert_string_equal(e.msg, "unit 7: cannot read x at all");
	assert_int_equal(cb_err_set(NULL, CB_EBUSY, "x"), CB_EBUSY);
	assert_int_equal(cb_err_nomem(&e), CB_ENOMEM);
	assert_string_equal(e.msg, "out of memory");
	assert_string_equal(cb_code_name(CB_ECORRUPT), "damaged record");
	assert_string_equal(cb_code_name(-99), "unknown error");
}

static void a_long_error_is_cut_between_characters(void **state)
{
	struct cb_err e;
	char text[2000];
	size_t shift, i;

	(void)state;
	for (shift = 0; shift < 3; shift++) {
		memset(text, 'x', shift);
		for (i = shift; i + 3 < sizeof(text); i += 3)
			memcpy(text + i, "ộ", 3);
		text[i] = '\0';
		cb_err_set(&e, CB_EDATA, "%s", text);
		assert_int_equal(strlen(e.msg), 1023 - (1023 - shift) % 3);
		cb_err_prefix(&e, "%s", "ab");
		assert_true((strlen(e.msg) - 4 - shift) % 3 == 0);
		cb_err_prefix(&e, "%s", text);
		assert_true((strlen(e.msg) - shift) % 3 == 0);
	}
}

static void sha_256_is_the_standard_one(void **state)
{
	char hex[CB_SHA_HEX];
	struct cb_sha h;

	(void)state;
	cb_sha256_hex("", 0, hex);
	assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	cb_sha256_hex("abc", 3, hex);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	cb_sha_init(&h);
	cb_sha_add(&h, "a", 1);
	cb_sha_add(&h, "", 0);
	cb_sha_add(&h, "bc", 2);
	cb_sha_hex(&h, hex);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(live_blocks_are_counted),
		cmocka_unit_test(sizes_that_overflow_are_refused),
		cmocka_unit_test(from_the_nth_on_every_allocation_fails),
		cmocka_unit_test(an_arena_gives_zeroed_aligned_memory_and_takes_it_all_back),
		cmocka_unit_test(a_buffer_grows_and_is_always_a_string),
		cmocka_unit_test(a_buffer_without_memory_stays_a_string_and_remembers),
		cmocka_unit_test(arenas_and_buffers_survive_the_sweep),
		cmocka_unit_test(an_error_is_one_line_with_its_code),
		cmocka_unit_test(a_long_error_is_cut_between_characters),
		cmocka_unit_test(sha_256_is_the_standard_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
