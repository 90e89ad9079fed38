/* meeting.c - what the facts of a meeting must say together. */
#include "tests/unit/test.h"
#include "model/meeting.h"

#define MAX 64

struct case_ {
	struct cb_facts *dict;
	int64_t value[MAX];
	unsigned char have[MAX];
	char told[1000];
};

static void note(void *ctx, int fact, const char *what, const char *mend)
{
	struct case_ *c = ctx;
	size_t n = strlen(c->told);

	snprintf(c->told + n, sizeof(c->told) - n, "%s: %s%s%s\n", cb_facts_at(c->dict, (size_t)fact)->id, what, mend ? "; " : "", mend ? mend : "");
}

static void set(struct case_ *c, const char *id, int64_t v)
{
	int k = cb_facts_find(c->dict, id);

	assert_true(k >= 0);
	c->value[k] = v;
	c->have[k] = 1;
}

static int make(void **state)
{
	struct case_ *c = cb_calloc(1, sizeof(*c));

	*state = c;
	return c ? cb_facts_new(&c->dict, NULL) : -1;
}

static int drop(void **state)
{
	struct case_ *c = *state;

	cb_facts_free(c->dict);
	cb_free(c);
	return 0;
}

static void faults(struct case_ *c, size_t n, const char *told)
{
	struct cb_meeting m = { .value = c->value, .have = c->have, .nfact = cb_facts_count(c->dict) };

	c->told[0] = '\0';
	assert_int_equal(cb_meeting_check(&m, c->dict, note, c), n);
	assert_string_equal(c->told, told);
}

static void a_meeting_that_reports_nothing_has_no_fault(void **state)
{
	faults(*state, 0, "");
}

static void a_sound_meeting_has_no_fault(void **state)
{
	struct case_ *c = *state;

	set(c, "members", 30);
	set(c, "exempt", 2);
	set(c, "present", 28);
	set(c, "absent_excused", 2);
	set(c, "absent_unexcused", 0);
	set(c, "speakers", 28);
	set(c, "targets_set", 4);
	set(c, "targets_met", 4);
	faults(c, 0, "");
}

static void more_people_than_members_is_a_fault(void **state)
{
	struct case_ *c = *state;

	set(c, "members", 30);
	set(c, "present", 45);
	faults(c, 1, "present: 45 is more than members 30; correct one of the two counts\n");
}

static void present_and_absent_together_are_at_most_the_members(void **state)
{
	struct case_ *c = *state;

	set(c, "members", 30);
	set(c, "present", 28);
	set(c, "absent_excused", 2);
	set(c, "absent_unexcused", 1);
	faults(c, 1, "absent_unexcused: present 28 + absent_excused 2 + absent_unexcused 1 are more than members 30; count nobody twice\n");
}

static void all_faults_are_told_at_once(void **state)
{
	struct case_ *c = *state;

	set(c, "members", 10);
	set(c, "exempt", 11);
	set(c, "present", 9);
	set(c, "speakers", 10);
	set(c, "tasks_assigned", 2);
	set(c, "tasks_done", 3);
	set(c, "targets_set", 1);
	set(c, "targets_met", 2);
	set(c, "duration_minutes", 60);
	set(c, "ideology_minutes", 61);
	set(c, "committee_met", 0);
	set(c, "committee_minutes", 1);
	faults(c, 6,
	       "exempt: 11 is more than members 10; correct one of the two counts\n"
	       "speakers: 10 is more than present 9; count each speaker once\n"
	       "targets_met: 2 is more than targets_set 1; correct one of the two counts\n"
	       "tasks_done: 3 is more than tasks_assigned 2; correct one of the two counts\n"
	       "ideology_minutes: 61 is more than duration_minutes 60; correct one of the two durations\n"
	       "committee_minutes: minutes of a committee meeting that was not held; set committee_met to 1, or committee_minutes to 0\n");
}

static void a_value_outside_its_limits_is_a_fault(void **state)
{
	struct case_ *c = *state;

	set(c, "present", -1);
	faults(c, 1, "present: -1 must be 0 to 1.000.000\n");
}

static void assessors_are_found_by_id_and_by_name(void **state)
{
	int a;

	(void)state;
	for (a = 0; a < CB_ASSESSORS; a++) {
		assert_int_equal(cb_assessor_find(cb_assessor_id((enum cb_assessor)a)), a);
		assert_int_equal(cb_assessor_find(cb_assessor_vi((enum cb_assessor)a)), a);
	}
	assert_int_equal(cb_assessor_find("Cấp trên"), CB_SUPERIOR);
	assert_int_equal(cb_assessor_find("somebody"), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_meeting_that_reports_nothing_has_no_fault, make, drop),
		cmocka_unit_test_setup_teardown(a_sound_meeting_has_no_fault, make, drop),
		cmocka_unit_test_setup_teardown(more_people_than_members_is_a_fault, make, drop),
		cmocka_unit_test_setup_teardown(present_and_absent_together_are_at_most_the_members, make, drop),
		cmocka_unit_test_setup_teardown(all_faults_are_told_at_once, make, drop),
		cmocka_unit_test_setup_teardown(a_value_outside_its_limits_is_a_fault, make, drop),
		cmocka_unit_test(assessors_are_found_by_id_and_by_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
