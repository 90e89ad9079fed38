/* Duties kept and missed. */
#include "tests/unit/eval/office.h"

#include "eval/compliance.h"

static int64_t put(struct cb_store *st, const char *code, const char *on, enum cb_meeting_kind kind, ...)
{
	size_t n = cb_facts_count(cb_store_facts(st));
	int64_t *value = calloc(n, sizeof(*value));
	unsigned char *have = calloc(n, 1);
	struct cb_meeting m = { .unit_id = unit_id(st, code), .held_on = day(on), .kind = kind, .value = value, .have = have, .nfact = n };
	enum cb_put what;
	const char *id;
	va_list ap;

	va_start(ap, kind);
	while ((id = va_arg(ap, const char *)) != NULL) {
		int at = cb_facts_find(cb_store_facts(st), id);

		assert_true(at >= 0);
		value[at] = va_arg(ap, int);
		have[at] = 1;
	}
	va_end(ap);
	OK(cb_store_meeting_put(st, &m, &what, &office_err));
	free(value);
	free(have);
	return m.id;
}

static void month_is(struct cb_store *st, const char *code, const char *month, const char *status, const char *reason)
{
	enum cb_put what;

	OK(cb_store_month_put(st, unit_id(st, code), day(month), status, reason, &what, &office_err));
}

static const struct cb_lapse *lapse(const struct cb_compliance *c, const char *code, enum cb_duty d)
{
	for (size_t i = 0; i < c->nlapse; i++)
		if (c->lapse[i].duty == d && strcmp(c->unit[c->lapse[i].unit].code, code) == 0)
			return &c->lapse[i];
	fail_msg("%s: no lapse of %s", code, cb_duty_id(d));
	return NULL;
}

static void months_and_quarters_without_their_meeting_are_found(void **state)
{
	struct cb_store *st = office_open();
	struct cb_compliance *c;
	struct cb_period p = period("2020-Q1");
	struct cb_compliance_opts o = { .unit = NULL };

	(void)state;
	OK(cb_store_begin(st, &office_err));
	put(st, "a", "2020-01-05", CB_REGULAR, NULL);
	put(st, "a", "2020-02-05", CB_COMBINED, NULL);
	put(st, "a", "2020-03-05", CB_REGULAR, NULL);
	put(st, "b", "2020-01-05", CB_REGULAR, NULL);
	put(st, "b", "2020-02-05", CB_THEMATIC, NULL); /* thematic alone is no regular meeting */
	month_is(st, "b", "2020-02-01", "missed", "mưa lũ");
	month_is(st, "b", "2020-03-01", "exempt", NULL);
	month_is(st, "c", "2020-01-01", "exempt", NULL);
	month_is(st, "c", "2020-02-01", "exempt", NULL);
	month_is(st, "c", "2020-03-01", "postponed", NULL);
	unit_from(st, "e", "Chi bộ E", CB_UNIT_BASE_CELL, "khoi", NULL, "2020-03-10", NULL);
	OK(cb_store_commit(st, &office_err));
	OK(cb_compliance_new(&c, st, &p, &o, &office_err));
	assert_int_equal(c->nunit, 5);
	assert_int_equal(c->total[CB_DUTY_MONTH].due, 3 + 2 + 0 + 3 + 1);
	assert_int_equal(c->total[CB_DUTY_MONTH].lapsed, 0 + 1 + 0 + 3 + 1);
	assert_int_equal(c->total[CB_DUTY_THEMATIC].due, 4);
	assert_int_equal(c->total[CB_DUTY_THEMATIC].lapsed, 2);
	assert_int_equal(c->units_lapsed[CB_DUTY_MONTH], 3);
	assert_string_equal(lapse(c, "b", CB_DUTY_MONTH)->what, "tháng 2/2020 không sinh hoạt");
	assert_string_equal(lapse(c, "b", CB_DUTY_MONTH)->reason, "mưa lũ");
	assert_string_equal(lapse(c, "d", CB_DUTY_THEMATIC)->what, "quý I/2020 không có sinh hoạt chuyên đề");
	assert_int_equal(c->unit[1].exempt, 1);
	assert_int_equal(c->unit[2].exempt, 2);
	assert_int_equal(c->unit[2].postponed, 1);
	assert_int_equal(c->unit[0].lapses, 0);
	for (size_t i = 1; i < c->nlapse; i++)
		assert_true(c->lapse[i - 1].unit <= c->lapse[i].unit);
	cb_compliance_free(c);
	p = period("2020-02");
	OK(cb_compliance_new(&c, st, &p, &o, &office_err));
	assert_int_equal(c->total[CB_DUTY_THEMATIC].due, 0); /* no whole quarter in a month */
	assert_int_equal(c->nunit, 4);
	cb_compliance_free(c);
	office_close(st);
}

static void what_a_meeting_reports_is_held_against_each_duty(void **state)
{
	struct cb_store *st = office_open();
	struct cb_compliance *c;
	struct cb_period p = period("2020-01");
	struct cb_compliance_opts o = { .unit = "so" };
	int64_t id;

	(void)state;
	OK(cb_store_begin(st, &office_err));
	id = put(st, "a", "2020-01-07", CB_REGULAR, "members", 25, "exempt", 5, "present", 14, "planned_on", (int)day("2020-01-05"),
		 "started_late_minutes", 15, "duration_minutes", 80, "required_minutes", 90, "minutes_recorded", 0, "documents_days_before", 0,
		 "reported_days_after", 5, NULL);
	put(st, "b", "2020-01-05", CB_REGULAR, "members", 20, "present", 15, "planned_on", (int)day("2020-01-05"), "started_late_minutes", 0,
	    "duration_minutes", 90, "required_minutes", 90, "minutes_recorded", 1, "documents_days_before", 1, "reported_days_after", 2, NULL);
	put(st, "c", "2020-01-05", CB_REGULAR, NULL);
	OK(cb_store_commit(st, &office_err));
	OK(cb_compliance_new(&c, st, &p, &o, &office_err));
	assert_int_equal(c->nunit, 2);
	assert_string_equal(lapse(c, "a", CB_DUTY_ATTENDANCE)->what, "dự 14/20 = 70,0%, dưới 75%");
	assert_int_equal(lapse(c, "a", CB_DUTY_ATTENDANCE)->meeting_id, id);
	assert_int_equal(lapse(c, "a", CB_DUTY_ATTENDANCE)->n, 14);
	assert_int_equal(lapse(c, "a", CB_DUTY_ATTENDANCE)->d, 20);
	assert_string_equal(lapse(c, "a", CB_DUTY_PLANNED)->what, "đăng ký ngày 05/01/2020, sinh hoạt ngày 07/01/2020 (muộn 2 ngày)");
	assert_string_equal(lapse(c, "a", CB_DUTY_ON_TIME)->what, "bắt đầu muộn 15 phút");
	assert_string_equal(lapse(c, "a", CB_DUTY_DURATION)->what, "80 phút, yêu cầu 90 phút");
	assert_string_equal(lapse(c, "a", CB_DUTY_MINUTES)->what, "không ghi biên bản đầy đủ");
	assert_string_equal(lapse(c, "a", CB_DUTY_DOCUMENTS)->what, "gửi tài liệu trong ngày sinh hoạt");
	assert_string_equal(lapse(c, "a", CB_DUTY_REPORT)->what, "báo cáo sau 5 ngày (hạn 2 ngày)");
	assert_int_equal(c->nlapse, 7);
	assert_int_equal(c->unit[1].lapses, 0); /* exactly 75%, exactly 90 minutes, exactly two days */
	assert_int_equal(c->unit[0].present, 14);
	assert_int_equal(c->unit[0].counted, 20);
	cb_compliance_free(c);
	o.unit = "c";
	OK(cb_compliance_new(&c, st, &p, &o, &office_err));
	assert_int_equal(c->nlapse, 0); /* what was not reported is no lapse */
	assert_int_equal(c->total[CB_DUTY_MINUTES].unsaid, 1);
	assert_int_equal(c->total[CB_DUTY_MINUTES].due, 1);
	assert_int_equal(c->total[CB_DUTY_MINUTES].lapsed, 0);
	cb_compliance_free(c);
	o.unit = NULL;
	o.duties = 1u << CB_DUTY_ATTENDANCE;
	o.share = cb_ratio_make(95, 100);
	OK(cb_compliance_new(&c, st, &p, &o, &office_err));
	assert_int_equal(c->nlapse, 2);
	assert_string_equal(c->lapse[1].what, "dự 15/20 = 75,0%, dưới 95%");
	cb_compliance_free(c);
	assert_int_equal(cb_duty_find("attendance"), CB_DUTY_ATTENDANCE);
	assert_int_equal(cb_duty_find("x"), -1);
	office_close(st);
}

static void running_out_of_memory_is_told(void **state)
{
	struct cb_store *st = office_open();
	struct cb_compliance *c;
	struct cb_period p = period("2020-Q1");
	struct cb_compliance_opts o = { .unit = NULL };
	int rc = -1;

	(void)state;
	OK(cb_store_begin(st, &office_err));
	put(st, "a", "2020-01-05", CB_REGULAR, "members", 20, "present", 1, NULL);
	OK(cb_store_commit(st, &office_err));
	for (long n = 1; rc; n++) {
		cb_alloc_fail_from(n);
		rc = cb_compliance_new(&c, st, &p, &o, &office_err);
		cb_alloc_fail_from(0);
		assert_true(rc == 0 || rc == CB_ENOMEM);
		assert_true(n < 100000);
	}
	cb_compliance_free(c);
	office_close(st);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(months_and_quarters_without_their_meeting_are_found),
		cmocka_unit_test(what_a_meeting_reports_is_held_against_each_duty),
		cmocka_unit_test(running_out_of_memory_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
