/* Where points are lost. */
#include "tests/unit/eval/office.h"

#include "eval/advise.h"

static const struct law ONE = { .id = "thu.mot", .issuer = "tinh", .from = "2020-01-01" };

static void losses_are_summed_and_the_largest_come_first(void **state)
{
	struct cb_store *st = office_open();
	struct cb_ruleset *rs = build(st, &ONE);
	struct cb_rulebook *book = book_of(&rs, 1);
	struct cb_losses *l;
	struct cb_period p = period("2020-Q1");
	struct cb_losses_opts o = { .unit = NULL };

	(void)state;
	OK(cb_store_begin(st, &office_err));
	scores(st, "a", "2020-01-05", 100);
	scores(st, "a", "2020-02-05", 80); /* speaking -20 */
	scores(st, "b", "2020-01-05", 60); /* speaking -20, duration -20 */
	scores(st, "b", "2020-02-05", -1); /* not rated: does not count */
	scores(st, "d", "2020-01-05", 30); /* attendance -30, speaking -40 */
	scores(st, "d", "2020-04-05", 30); /* outside */
	OK(cb_store_commit(st, &office_err));
	evaluate(st, book, NULL);
	OK(cb_losses_new(&l, st, &p, &o, &office_err));
	assert_int_equal(l->meetings, 4);
	assert_int_equal(l->possible, 400000);
	assert_int_equal(l->lost, 130000);
	assert_int_equal(l->nloss, 3);
	assert_string_equal(l->loss[0].criterion, "speaking");
	assert_string_equal(l->loss[0].label, "Phát biểu");
	assert_string_equal(l->loss[0].article, "3");
	assert_int_equal(l->loss[0].lost, 80000);
	assert_int_equal(l->loss[0].short_of, 3);
	assert_int_equal(l->loss[0].meetings, 4);
	assert_string_equal(l->loss[1].criterion, "attendance");
	assert_int_equal(l->loss[1].lost, 30000);
	assert_string_equal(l->loss[2].criterion, "duration");
	assert_int_equal(l->nunit, 3);
	assert_string_equal(l->unit[0].code, "d");
	assert_string_equal(l->unit[0].loss[0].criterion, "speaking");
	assert_int_equal(l->unit[0].nloss, 2);
	assert_string_equal(l->unit[1].code, "b");
	assert_int_equal(l->unit[1].meetings, 1);
	assert_string_equal(l->unit[1].loss[0].criterion, "duration"); /* equal losses: by id */
	assert_string_equal(l->unit[2].code, "a");
	assert_int_equal(l->unit[2].nloss, 1);
	cb_losses_free(l);
	o.cluster = "Cụm 2";
	OK(cb_losses_new(&l, st, &p, &o, &office_err));
	assert_int_equal(l->nunit, 1);
	assert_int_equal(l->lost, 70000);
	cb_losses_free(l);
	o.cluster = NULL;
	o.unit = "so";
	o.per_unit = 1;
	OK(cb_losses_new(&l, st, &p, &o, &office_err));
	assert_int_equal(l->lost, 60000);
	assert_int_equal(l->unit[0].nloss, 1);
	cb_losses_free(l);
	cb_rulebook_free(book);
	office_close(st);
}

static void running_out_of_memory_is_told(void **state)
{
	struct cb_store *st = office_open();
	struct cb_ruleset *rs = build(st, &ONE);
	struct cb_rulebook *book = book_of(&rs, 1);
	struct cb_losses *l;
	struct cb_period p = period("2020-Q1");
	struct cb_losses_opts o = { .unit = NULL };
	int rc = -1;

	(void)state;
	OK(cb_store_begin(st, &office_err));
	scores(st, "a", "2020-02-05", 80);
	scores(st, "b", "2020-02-05", 60);
	OK(cb_store_commit(st, &office_err));
	evaluate(st, book, NULL);
	for (long n = 1; rc; n++) {
		cb_alloc_fail_from(n);
		rc = cb_losses_new(&l, st, &p, &o, &office_err);
		cb_alloc_fail_from(0);
		assert_true(rc == 0 || rc == CB_ENOMEM);
		assert_true(n < 100000);
	}
	assert_int_equal(l->lost, 60000);
	cb_losses_free(l);
	cb_rulebook_free(book);
	office_close(st);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(losses_are_summed_and_the_largest_come_first),
		cmocka_unit_test(running_out_of_memory_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
