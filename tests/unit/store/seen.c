/* seen.c - keys that come twice, many of them, in little memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "base/alloc.h"
#include "store/seen.h"
#include "store/store.h"

static void a_key_tells_its_first_line(void **state)
{
	struct cb_seen *s;
	int64_t first = -1;
	(void)state;
	assert_int_equal(cb_seen_open(&s, NULL), 0);
	assert_int_equal(cb_seen_put(s, "a", 1, 2, &first, NULL), 0);
	assert_int_equal(first, 0);
	assert_int_equal(cb_seen_put(s, "b", 1, 3, &first, NULL), 0);
	assert_int_equal(first, 0);
	assert_int_equal(cb_seen_put(s, "a", 1, 9, &first, NULL), 0);
	assert_int_equal(first, 2);
	assert_int_equal(cb_seen_put(s, "a\0", 2, 10, &first, NULL), 0);
	assert_int_equal(first, 0);
	cb_seen_close(s);
}

static void half_a_million_keys_are_kept_apart(void **state)
{
	struct cb_seen *s;
	int64_t first;
	(void)state;
	assert_int_equal(cb_seen_open(&s, NULL), 0);
	for (int64_t i = 0; i < 500000; i++) {
		int64_t key[2] = { (int64_t)((uint64_t)i * 2654435761u % 1000003), i };
		assert_int_equal(cb_seen_put(s, key, sizeof(key), i + 1, &first, NULL), 0);
		assert_int_equal(first, 0);
	}
	int64_t key[2] = { (int64_t)((uint64_t)77777 * 2654435761u % 1000003), 77777 };
	assert_int_equal(cb_seen_put(s, key, sizeof(key), 1, &first, NULL), 0);
	assert_int_equal(first, 77778);
	cb_seen_close(s);
}

static void running_out_of_memory_is_an_error_at_every_allocation(void **state)
{
	long live = cb_alloc_live();
	(void)state;
	for (long n = 1; n < 2000; n++) {
		struct cb_seen *s = NULL;
		struct cb_err err = { 0 };
		int64_t first;
		cb_alloc_fail_from(n);
		int rc = cb_seen_open(&s, &err);
		for (int64_t i = 0; i < 300 && rc == 0; i++)
			rc = cb_seen_put(s, &i, sizeof(i), i + 1, &first, &err);
		cb_seen_close(s);
		cb_alloc_fail_from(0);
		assert_int_equal(cb_alloc_live(), live);
		if (rc == 0) {
			assert_true(n > 1);
			return;
		}
		if (rc != CB_ENOMEM)
			fail_msg("allocation %ld: %d %s", n, rc, err.msg);
	}
	fail_msg("never succeeded");
}

static int setup(void **state)
{
	struct cb_seen *s;
	(void)state;
	/* SQLite takes what it keeps for good before anything is counted */
	if (cb_store_library_init(NULL) < 0 || cb_seen_open(&s, NULL) < 0)
		return -1;
	cb_seen_close(s);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_tells_its_first_line),
		cmocka_unit_test(half_a_million_keys_are_kept_apart),
		cmocka_unit_test(running_out_of_memory_is_an_error_at_every_allocation),
	};
	return cmocka_run_group_tests(tests, setup, NULL);
}
