/*
 * test.h - what unit tests share: cmocka with its headers, and the allocation sweep.
 *
 * cmocka's asserts jump: never use them inside a function that Lua or SQLite calls.
 */
#ifndef CB_TESTS_UNIT_TEST_H
#define CB_TESTS_UNIT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/err.h"

/*
 * Runs `f` with its first, second, ... allocation (and all later ones) failing until it gives 0. Until then it must
 * give CB_ENOMEM; each time as many blocks are live after as before. Returns how many times it failed.
 */
static inline long sweep(int (*f)(void *ctx), void *ctx)
{
	long n, live;
	int rc;

	for (n = 1;; n++) {
		live = cb_alloc_live();
		cb_alloc_fail_from(n);
		rc = f(ctx);
		cb_alloc_fail_from(0);
		assert_int_equal(cb_alloc_live(), live);
		if (rc == 0)
			return n - 1;
		assert_int_equal(rc, CB_ENOMEM);
		assert_true(n < 100000);
	}
}

#endif
