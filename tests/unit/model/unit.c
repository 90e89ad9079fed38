/* unit.c - the words for organisations and the checks of a span. */
#include "tests/unit/test.h"
#include "model/unit.h"

static void kinds_are_found_by_id_and_by_name(void **state)
{
	int k;

	(void)state;
	for (k = 0; k < CB_UNIT_KINDS; k++) {
		assert_int_equal(cb_unit_kind_find(cb_unit_kind_id((enum cb_unit_kind)k)), k);
		assert_int_equal(cb_unit_kind_find(cb_unit_kind_vi((enum cb_unit_kind)k)), k);
	}
	assert_int_equal(cb_unit_kind_find("CHI BỘ CƠ SỞ"), CB_UNIT_BASE_CELL);
	assert_int_equal(cb_unit_kind_find("chi bo truc thuoc"), CB_UNIT_CELL);
	assert_int_equal(cb_unit_kind_find("Phường"), CB_UNIT_COMMUNE);
	assert_int_equal(cb_unit_kind_find("Đảng ủy"), -1);
	assert_int_equal(cb_unit_kind_find(""), -1);
	assert_true(cb_unit_is_cell(CB_UNIT_BASE_CELL) && cb_unit_is_cell(CB_UNIT_CELL));
	assert_false(cb_unit_is_cell(CB_UNIT_BASE_COMMITTEE) || cb_unit_is_cell(CB_UNIT_BLOCK));
}

static void cell_types_are_found_by_id_and_by_name(void **state)
{
	int t;

	(void)state;
	for (t = CB_CELL_NONE + 1; t < CB_CELL_TYPES; t++) {
		assert_int_equal(cb_cell_type_find(cb_cell_type_id((enum cb_cell_type)t)), t);
		assert_int_equal(cb_cell_type_find(cb_cell_type_vi((enum cb_cell_type)t)), t);
	}
	assert_int_equal(cb_cell_type_find("cơ quan"), CB_CELL_OFFICE);
	assert_int_equal(cb_cell_type_find(""), -1);
	assert_int_equal(cb_cell_type_find("hội"), -1);
}

static void codes_are_plain(void **state)
{
	(void)state;
	assert_true(cb_code_ok("HN-001", 6));
	assert_true(cb_code_ok("tuyen_quang.01", 14));
	assert_true(cb_code_ok("1", 1));
	assert_false(cb_code_ok("", 0));
	assert_false(cb_code_ok("-x", 2));
	assert_false(cb_code_ok("a b", 3));
	assert_false(cb_code_ok("Đ1", strlen("Đ1")));
	assert_false(cb_code_ok("a/b", 3));
	assert_false(cb_code_ok("aaaaaaaaaabbbbbbbbbbccccccccccddddddddddx", 41));
}

static struct cb_unit_span good(void)
{
	return (struct cb_unit_span){ .code = "C1", .name = "Chi bộ 1", .kind = CB_UNIT_CELL, .parent = "D1", .members = 12,
				      .official_members = 10, .from = CB_DAY_MIN, .to = CB_DAY_MAX };
}

static void refused(struct cb_unit_span s, const char *want)
{
	struct cb_err e = { 0 };

	assert_int_equal(cb_unit_span_check(&s, &e), CB_EDATA);
	assert_string_equal(e.msg, want);
}

static void a_sound_span_passes(void **state)
{
	struct cb_unit_span s = good();
	struct cb_err e;

	(void)state;
	assert_int_equal(cb_unit_span_check(&s, &e), 0);
	s.parent = s.cluster = NULL;
	s.members = s.official_members = -1;
	s.from = s.to;
	assert_int_equal(cb_unit_span_check(&s, &e), 0);
}

static void a_span_that_is_wrong_names_the_field(void **state)
{
	struct cb_unit_span s;

	(void)state;
	s = good(), s.code = "";
	refused(s, "code: is empty");
	s = good(), s.code = "H\xD0\x9D-1";
	refused(s, "code: character 2 only looks like a Latin letter");
	s = good(), s.code = "a b";
	refused(s, "code: must be 1 to 40 letters (a-z), digits, '.', '_' or '-', and begin with a letter or digit");
	s = good(), s.name = "";
	refused(s, "name: is empty, or begins or ends with a blank");
	s = good(), s.name = "Chi bộ \xE2\x80\xAE" "1";
	refused(s, "name: holds a direction control character");
	s = good(), s.name = "Chi\nbộ";
	refused(s, "name: holds a line break or a tab");
	s = good(), s.parent = "C1";
	refused(s, "parent: a unit cannot stand above itself");
	s = good(), s.kind = CB_UNIT_BLOCK, s.cell_type = CB_CELL_OFFICE;
	refused(s, "cell_type: only a cell has one, and this is khoi");
	s = good(), s.members = -2;
	refused(s, "members: must be 0 to 1000000");
	s = good(), s.official_members = 13;
	refused(s, "official_members: 13 is more than the 12 members");
	s = good(), s.from = 10, s.to = 9;
	refused(s, "valid_to: is before valid_from");
	s = good(), s.to = CB_DAY_MAX + 1;
	refused(s, "valid_to: is outside 1900 to 2189");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_are_found_by_id_and_by_name),
		cmocka_unit_test(cell_types_are_found_by_id_and_by_name),
		cmocka_unit_test(codes_are_plain),
		cmocka_unit_test(a_sound_span_passes),
		cmocka_unit_test(a_span_that_is_wrong_names_the_field),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
