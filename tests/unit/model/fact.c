/* fact.c - the dictionary: every fact has one name, headings find it, nonsense is refused. */
#include "tests/unit/test.h"
#include "base/date.h"
#include "base/utf8.h"
#include "model/fact.h"
#include "model/meeting.h"
#include "model/unit.h"

static struct cb_facts *dict;

static int make(void **state)
{
	(void)state;
	return cb_facts_new(&dict, NULL);
}

static int drop(void **state)
{
	(void)state;
	cb_facts_free(dict);
	return 0;
}

static const struct cb_fact *fact(const char *id)
{
	int k = cb_facts_find(dict, id);

	if (k < 0)
		fail_msg("no fact %s", id);
	return cb_facts_at(dict, (size_t)k);
}

static void all_core_facts_are_there(void **state)
{
	static const char *const ids[] = { "members", "exempt", "special_duty", "working_away", "present", "absent_excused", "absent_unexcused",
		"longest_excused_run", "required_minutes", "duration_minutes", "started_late_minutes", "planned_on", "held_on", "kind", "online",
		"out_of_hours", "committee_size", "committee_met", "committee_minutes", "notice_days", "superior_notified", "documents_days_before",
		"content_focused", "draft_prepared", "steps_complete", "regular_content", "thematic_content", "praise_given", "criticism_given",
		"speakers", "opinions", "ideology_minutes", "minutes_recorded", "resolution_passed", "tasks_assigned", "tasks_done", "targets_set",
		"targets_met", "reported_days_after", "observer_attended", "unit_kind", "cell_type" };
	size_t i, n = sizeof(ids) / sizeof(ids[0]);

	(void)state;
	assert_int_equal(cb_fact_core_count(), n);
	for (i = 0; i < n; i++) {
		const struct cb_fact *f = fact(ids[i]);
		bool attribute = !strcmp(ids[i], "held_on") || !strcmp(ids[i], "kind") || !strcmp(ids[i], "unit_kind") || !strcmp(ids[i], "cell_type");

		assert_int_equal(f->attribute, attribute);
		assert_true(f->label[0] != '\0');
		assert_non_null(f->unit);
		assert_true(f->min <= f->max);
		assert_null(f->pack);
		assert_int_equal(cb_fact_core_find(ids[i]), cb_facts_find(dict, ids[i]));
	}
	assert_true(fact("members")->fixed && fact("held_on")->fixed && fact("kind")->fixed && fact("unit_kind")->fixed && fact("cell_type")->fixed);
	assert_false(fact("present")->fixed || fact("minutes_recorded")->fixed);
	assert_null(cb_fact_core(n));
	assert_int_equal(cb_fact_core_find("nonsense"), -1);
}

static void every_heading_names_one_fact_only(void **state)
{
	size_t i, n = cb_facts_count(dict);
	const char *const *a;

	(void)state;
	for (i = 0; i < n; i++) {
		const struct cb_fact *f = cb_facts_at(dict, i);

		if (cb_facts_heading(dict, f->id) != (int)i || cb_facts_heading(dict, f->label) != (int)i)
			fail_msg("%s or its label \"%s\" names another fact", f->id, f->label);
		for (a = f->alias; a && *a; a++) {
			char key[100];

			cb_utf8_fold_into(key, sizeof(key), *a, strlen(*a));
			assert_string_equal(key, *a); /* written as a look-up key */
			if (cb_facts_heading(dict, *a) != (int)i)
				fail_msg("\"%s\" of %s names %s", *a, f->id, cb_facts_at(dict, (size_t)cb_facts_heading(dict, *a))->id);
		}
	}
}

static void headings_are_found_as_lists_write_them(void **state)
{
	static const char *const t[][2] = {
		{ "membership", "members" },   { "ATTENDANCE", "present" }, { "minutes", "minutes_recorded" }, { "meeting_date", "held_on" },
		{ "Đảng viên", "members" },    { "Dự họp", "present" },	    { "Biên bản", "minutes_recorded" }, { "Ngày họp", "held_on" },
		{ "Số đảng viên có mặt", "present" }, { "vắng có lý do", "absent_excused" }, { "Vắng không lý do", "absent_unexcused" },
		{ "duration-minutes", "duration_minutes" }, { "So\xCC\x82\xCC\x81 pha\xCC\x81t bie\xCC\x82\xCC\x89u", "speakers" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		int k = cb_facts_heading(dict, t[i][0]);

		assert_true(k >= 0);
		assert_string_equal(cb_facts_at(dict, (size_t)k)->id, t[i][1]);
	}
	assert_int_equal(cb_facts_heading(dict, "note"), -1);
	assert_int_equal(cb_facts_heading(dict, ""), -1);
	assert_int_equal(cb_facts_heading(dict, "unit_name"), -1);
	assert_int_equal(cb_facts_heading(dict, "topic"), -1);
	assert_int_equal(cb_facts_heading(dict, "unit_code"), -1);
}

static void the_words_of_units_and_meetings_are_the_same_everywhere(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < CB_UNIT_KINDS; i++) {
		assert_string_equal(fact("unit_kind")->vocab[i], cb_unit_kind_id((enum cb_unit_kind)i));
		assert_string_equal(fact("unit_kind")->vocab_vi[i], cb_unit_kind_vi((enum cb_unit_kind)i));
	}
	assert_null(fact("unit_kind")->vocab[i]);
	for (i = 0; i < CB_CELL_TYPES; i++) {
		assert_string_equal(fact("cell_type")->vocab[i], cb_cell_type_id((enum cb_cell_type)i));
		assert_string_equal(fact("cell_type")->vocab_vi[i], cb_cell_type_vi((enum cb_cell_type)i));
	}
	assert_null(fact("cell_type")->vocab[i]);
	for (i = 0; i < CB_MEETING_KINDS; i++) {
		assert_string_equal(fact("kind")->vocab[i], cb_meeting_kind_id((enum cb_meeting_kind)i));
		assert_string_equal(fact("kind")->vocab_vi[i], cb_meeting_kind_vi((enum cb_meeting_kind)i));
	}
	assert_int_equal(cb_fact_word(fact("kind"), "Chuyên đề"), CB_THEMATIC);
	assert_int_equal(cb_fact_word(fact("kind"), "REGULAR"), CB_REGULAR);
	assert_int_equal(cb_fact_word(fact("kind"), "weekly"), -1);
	assert_int_equal(cb_fact_word(fact("cell_type"), ""), -1);
	assert_int_equal(cb_fact_word(fact("members"), "1"), -1);
}

static void values_are_written_as_people_read_them(void **state)
{
	char s[80];
	cb_day d;

	(void)state;
	assert_string_equal(cb_fact_text_vi(s, sizeof(s), fact("duration_minutes"), 90), "90 phút");
	assert_string_equal(cb_fact_text_vi(s, sizeof(s), fact("members"), 1185), "1.185 người");
	assert_string_equal(cb_fact_text_vi(s, sizeof(s), fact("minutes_recorded"), 1), "có");
	assert_string_equal(cb_fact_text_vi(s, sizeof(s), fact("minutes_recorded"), 0), "không");
	assert_string_equal(cb_fact_text_vi(s, sizeof(s), fact("kind"), CB_REGULAR), "thường kỳ");
	assert_string_equal(cb_fact_text_vi(s, sizeof(s), fact("kind"), 99), "?");
	assert_true(cb_day_make(&d, 2024, 2, 15));
	assert_string_equal(cb_fact_text_vi(s, sizeof(s), fact("planned_on"), d), "15/02/2024");
	assert_string_equal(cb_fact_text_vi(s, sizeof(s), fact("documents_days_before"), -2), "-2 ngày");
}

static void limits_are_told_in_words(void **state)
{
	struct cb_err e;

	(void)state;
	assert_int_equal(cb_fact_check(fact("present"), 28, &e), 0);
	assert_int_equal(cb_fact_check(fact("present"), 0, &e), 0);
	assert_int_equal(cb_fact_check(fact("present"), -1, &e), CB_EDATA);
	assert_string_equal(e.msg, "must be 0 to 1.000.000");
	assert_int_equal(cb_fact_check(fact("members"), 0, &e), CB_EDATA);
	assert_string_equal(e.msg, "must be 1 to 1.000.000");
	assert_int_equal(cb_fact_check(fact("members"), 4294967326, &e), CB_EDATA);
	assert_int_equal(cb_fact_check(fact("online"), 2, &e), CB_EDATA);
	assert_string_equal(e.msg, "must be 0 or 1");
	assert_int_equal(cb_fact_check(fact("kind"), 3, &e), CB_EDATA);
	assert_string_equal(e.msg, "is none of the words of kind");
	assert_int_equal(cb_fact_check(fact("planned_on"), 999999, &e), CB_EDATA);
	assert_string_equal(e.msg, "must be 01/01/1900 to 31/12/2189");
}

static void a_pack_may_add_facts_but_not_change_them(void **state)
{
	struct cb_err e;
	const char *words[] = { "low", "high", NULL }, *others[] = { "low", "top", NULL };
	char id[] = "visitors";
	struct cb_fact v = { .id = id, .type = CB_FACT_COUNT, .min = 0, .max = 50, .label = "khách mời", .unit = "người", .pack = "x.y" };
	struct cb_fact w = { .id = "mood", .type = CB_FACT_WORD, .min = 0, .max = 1, .label = "mức", .vocab = words, .pack = "x.y" };
	size_t n = cb_facts_count(dict);

	(void)state;
	assert_int_equal(cb_facts_declare(dict, &v, &e), 0);
	assert_int_equal(cb_facts_declare(dict, &v, &e), 0); /* once more changes nothing */
	assert_int_equal(cb_facts_count(dict), n + 1);
	id[0] = 'X'; /* it was copied */
	assert_int_equal(cb_facts_find(dict, "visitors"), (int)n);
	assert_string_equal(cb_facts_at(dict, n)->pack, "x.y");
	assert_int_equal(cb_facts_heading(dict, "Khách mời"), (int)n);
	id[0] = 'v';
	v.type = CB_FACT_FLAG;
	assert_int_equal(cb_facts_declare(dict, &v, &e), CB_EEXIST);
	assert_string_equal(e.msg, "fact visitors: is a count already in x.y, not a flag");
	v.id = "members";
	assert_int_equal(cb_facts_declare(dict, &v, &e), CB_EEXIST);
	assert_string_equal(e.msg, "fact members: is a count already, not a flag");
	assert_int_equal(cb_facts_declare(dict, &w, &e), 0);
	w.vocab = others;
	assert_int_equal(cb_facts_declare(dict, &w, &e), CB_EEXIST);
	assert_int_equal(cb_facts_count(dict), n + 2);
	assert_string_equal(cb_facts_nearest(dict, "visitor"), "visitors");
	assert_string_equal(cb_facts_nearest(dict, "presence"), "present");
	assert_null(cb_facts_nearest(dict, "zzzzzzzz"));
}

static void refused(struct cb_fact f, const char *what)
{
	struct cb_err e = { 0 };

	assert_int_equal(cb_facts_declare(dict, &f, &e), CB_EDATA);
	if (strstr(e.msg, what) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", e.msg, what);
}

static void a_declaration_that_makes_no_sense_is_refused(void **state)
{
	const char *words[] = { "a", NULL };

	(void)state;
	refused((struct cb_fact){ .id = "Bad", .label = "x" }, "an id is 1 to 40 of a-z");
	refused((struct cb_fact){ .id = "", .label = "x" }, "an id is");
	refused((struct cb_fact){ .id = "1x", .label = "x" }, "begins with a letter");
	refused((struct cb_fact){ .id = "a_name_that_is_quite_a_bit_longer_than_forty", .label = "x" }, "an id is");
	refused((struct cb_fact){ .id = "x" }, "has no label");
	refused((struct cb_fact){ .id = "x", .label = "a\xE2\x80\xAE" }, "not plain text");
	refused((struct cb_fact){ .id = "x", .label = "x", .min = 2, .max = 1 }, "min is above max");
	refused((struct cb_fact){ .id = "x", .label = "x", .max = 1000001 }, "beyond a million");
	refused((struct cb_fact){ .id = "x", .label = "x", .type = CB_FACT_WORD }, "lists its words");
	refused((struct cb_fact){ .id = "x", .label = "x", .type = CB_FACT_WORD, .vocab = words, .max = 1 }, "lists its words");
}

static int declare_many(void *ctx)
{
	const char *words[] = { "a", "b", NULL };
	struct cb_facts *d;
	char id[20];
	int rc, i;

	(void)ctx;
	rc = cb_facts_new(&d, NULL);
	for (i = 0; rc == 0 && i < 20; i++) {
		struct cb_fact f = { .id = id, .type = CB_FACT_WORD, .max = 1, .label = "nhãn", .vocab = words, .vocab_vi = words, .alias = words };

		snprintf(id, sizeof(id), "declared_%d", i);
		rc = cb_facts_declare(d, &f, NULL);
	}
	cb_facts_free(d);
	return rc;
}

static void declaring_survives_the_sweep(void **state)
{
	(void)state;
	assert_true(sweep(declare_many, NULL) >= 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(all_core_facts_are_there, make, drop),
		cmocka_unit_test_setup_teardown(every_heading_names_one_fact_only, make, drop),
		cmocka_unit_test_setup_teardown(headings_are_found_as_lists_write_them, make, drop),
		cmocka_unit_test_setup_teardown(the_words_of_units_and_meetings_are_the_same_everywhere, make, drop),
		cmocka_unit_test_setup_teardown(values_are_written_as_people_read_them, make, drop),
		cmocka_unit_test_setup_teardown(limits_are_told_in_words, make, drop),
		cmocka_unit_test_setup_teardown(a_pack_may_add_facts_but_not_change_them, make, drop),
		cmocka_unit_test_setup_teardown(a_declaration_that_makes_no_sense_is_refused, make, drop),
		cmocka_unit_test(declaring_survives_the_sweep),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
