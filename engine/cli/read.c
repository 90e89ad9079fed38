/*
 * read.c - commands that read results: rank, explain, compliance, report.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "base/alloc.h"
#include "base/num.h"
#include "base/utf8.h"
#include "cli/cli.h"
#include "eval/compliance.h"
#include "eval/explain.h"
#include "eval/period.h"
#include "lua/pack.h"
#include "report/period.h"
#include "report/sheet.h"

int cli_must_period(struct cli *c, struct cb_period *p, struct cb_err *err)
{
	bool have;
	int rc = cli_get_period(c, p, &have, err);

	if (!rc && !have)
		rc = cb_err_set(err, CB_EUSAGE, "%s: which period? --period 2020-Q1", c->command->name);
	return rc;
}

int cli_unit_option(struct cli *c, const char **unit, struct cb_err *err)
{
	int64_t id;

	*unit = cli_get(c, "unit");
	return *unit ? cli_unit_id(c, *unit, &id, err) : 0;
}

/* --- rank ---------------------------------------------------------------------------------------------------- */

/* Two bodies may both have a "Cụm 1": clusters are told apart by the body above them. */
static int other_body(const struct cb_unit_period *a, const struct cb_unit_period *b)
{
	bool clusters = a->group && a->group == a->cluster && b->group && b->group == b->cluster;

	return clusters ? cb_utf8_order(a->block, b->block) : 0;
}

/* By group, then ruleset (each has its own first place), then place (unranked last), then code. */
static int rank_order(const void *x, const void *y)
{
	const struct cb_unit_period *a = *(const struct cb_unit_period *const *)x, *b = *(const struct cb_unit_period *const *)y;
	int c = cb_utf8_order(a->group, b->group);

	if (!c)
		c = other_body(a, b);
	if (c)
		return c;
	if (a->rank && b->rank && strcmp(a->rs->id, b->rs->id))
		return strcmp(a->rs->id, b->rs->id);
	if (a->rank != b->rank)
		return !a->rank ? 1 : !b->rank ? -1 : a->rank < b->rank ? -1 : 1;
	return strcmp(a->code, b->code);
}

/* Two of the same group that are ranked apart: whose places do not compare is said. */
static void say_apart(struct cli *c, const struct cb_unit_period *a, const struct cb_unit_period *b)
{
	if (a && a->rank && b->rank && a->group && b->group && !strcmp(a->group, b->group) && strcmp(a->rs->id, b->rs->id) && !other_body(a, b))
		cli_say(c, "%s: cells under %s and cells under %s are ranked apart: the points of two rulesets do not compare", a->group, a->rs->id, b->rs->id);
}

/* The group's name, with its body where another one has a cluster of the same name. */
static const char *group_name(struct cb_buf *out, const struct cb_unit_period *const *order, size_t n, size_t at)
{
	const struct cb_unit_period *u = order[at];
	bool twice = false;

	if (!u->group || u->group != u->cluster)
		return u->group;
	for (size_t i = at; i > 0 && !twice && order[i - 1]->group && !strcmp(order[i - 1]->group, u->group); i--)
		twice = other_body(order[i - 1], u) != 0;
	for (size_t i = at + 1; i < n && !twice && order[i]->group && !strcmp(order[i]->group, u->group); i++)
		twice = other_body(order[i], u) != 0;
	cb_buf_clear(out);
	if (!twice || !u->block)
		return u->group;
	cb_buf_printf(out, "%s, %s", u->group, u->block);
	return out->s;
}

/* The values that the ranking went by, in its order: "95,25 · 0,667". They may differ from the other columns: a mean over
   months is not one over meetings. */
static void rank_keys(struct cb_buf *out, const struct cb_unit_period *u)
{
	char t[CB_NUM_TEXT];

	cb_buf_clear(out);
	for (size_t i = 0; u->rank && i < u->rs->nrank; i++) {
		cb_buf_printf(out, "%s%s", i ? " · " : "", u->key[i].d ? cb_fmt_ratio_vi(t, sizeof t, u->key[i], 3) : "–");
	}
}

int cli_rank(struct cli *c, int argc, char **argv, struct cb_err *err)
{
	static const struct cb_column col[] = {
		{"group", "Trong", CB_COL_TEXT, 0},	 {"rank", "Hạng", CB_COL_INT, 0},  {"tied", "Đồng hạng", CB_COL_FLAG, 0}, {"of", "Trên", CB_COL_INT, 0},
		{"code", "Mã", CB_COL_TEXT, 0},	 {"name", "Chi bộ", CB_COL_TEXT, 0}, {"level", "Xếp loại kỳ", CB_COL_TEXT, 0},
		{"mean_score", "Điểm BQ", CB_COL_RATIO, 2},	 {"top", "Mức cao nhất", CB_COL_PERCENT, 1}, {"attendance", "% dự", CB_COL_PERCENT, 1},
		{"months", "Tháng họp", CB_COL_INT, 0}, {"keys", "Xếp theo", CB_COL_TEXT, 0}, {"why", "Lý do", CB_COL_TEXT, 0},
	};
	static const char *const within[] = {"all", "parent", "cluster", "block", "province"};
	struct cb_period_opts o = {.within = -1, .rank = true};
	const char *w = cli_get(c, "within");
	const struct cb_unit_period **order = NULL;
	struct cb_periods *ps = NULL;
	struct cb_sink *s = NULL;
	struct cb_buf keys, name;
	struct cb_period p;
	int64_t top;
	int rc = cli_must_period(c, &p, err);

	(void)argc;
	(void)argv;
	cb_buf_init(&keys);
	cb_buf_init(&name);
	if (!rc)
		rc = cli_get_int(c, "top", 1, 1000000, 0, &top, err);
	for (int i = 0; !rc && w && i < 5; i++)
		if (!strcmp(w, within[i]))
			o.within = i;
	if (!rc && w && o.within < 0)
		rc = cli_unknown(err, "group", w, within, 5);
	if (!rc)
		rc = cli_store(c, CB_OPEN_READ, err);
	if (!rc)
		rc = cli_unit_option(c, &o.unit, err);
	if (!rc)
		rc = cli_rules(c, err);
	if (!rc)
		rc = cb_periods_new(&ps, c->store, c->book, &p, &o, err);
	if (!rc)
		rc = cli_vouch_used(c, err);
	if (rc)
		goto out;
	order = cb_reallocarray(NULL, ps->nunit + 1, sizeof *order);
	if (!order) {
		rc = cb_err_nomem(err);
		goto out;
	}
	for (size_t i = 0; i < ps->nunit; i++)
		order[i] = &ps->unit[i];
	if (ps->nunit)
		qsort(order, ps->nunit, sizeof *order, rank_order);
	rc = cli_sink(c, &s, col, sizeof col / sizeof *col, NULL, err);
	for (size_t i = 0; !rc && i < ps->nunit; i++) {
		const struct cb_unit_period *u = order[i];
		say_apart(c, i ? order[i - 1] : NULL, u);
		if (top && (!u->rank || u->rank > top))
			continue;
		rank_keys(&keys, u);
		const char *group = group_name(&name, order, ps->nunit, i);
		if (!cb_buf_ok(&keys) || !cb_buf_ok(&name)) {
			rc = cb_err_nomem(err);
			break;
		}
		rc = cb_sink_row(s, (struct cb_cell[]){cb_cell_text(group), {.null = !u->rank, .n = u->rank}, cb_cell_int(u->tied), {.null = !u->rank, .n = u->of},
						       cb_cell_text(u->code), cb_cell_text(u->name),
						       cb_cell_text(u->rs && u->level >= 0 ? u->rs->level[u->level].label : NULL),
						       cb_cell_ratio(u->mean_score.n, u->mean_score.d ? u->mean_score.d * 1000 : 0),
						       {.null = !u->rated, .n = u->by_level[0], .d = u->rated}, {.null = !u->counted, .n = u->present, .d = u->counted},
						       cb_cell_int(u->months_held), cb_cell_text(keys.len ? keys.s : NULL), cb_cell_text(u->apart ? u->apart : u->why)}, err);
	}
	if (rc)
		cb_sink_close(s, NULL);
	else
		rc = cb_sink_close(s, err);
out:
	cb_buf_release(&keys);
	cb_buf_release(&name);
	cb_free(order);
	cb_periods_free(ps);
	return rc;
}

/* --- explain ------------------------------------------------------------------------------------------------- */

int cli_find_meeting(struct cli *c, int argc, char **argv, int64_t *id, struct cb_err *err)
{
	const char *kind_word = argc > 2 ? argv[2] : NULL;
	char day_text[11];
	int64_t unit;
	cb_day day;
	int rc, kind = -1;

	if (argc == 1) {
		if (strspn(argv[0], "0123456789") != strlen(argv[0]))
			return cb_err_set(err, CB_EUSAGE, "%s: wants the number of a meeting, or a unit and a day: chibo %s TQ-001 2020-03-15", c->command->name,
					  c->command->name);
		return cli_int(argv[0], "meeting", id, err);
	}
	if (cb_day_parse(&day, argv[1], strlen(argv[1])) == CB_DATE_BAD)
		return cb_err_set(err, CB_EUSAGE, "'%.40s' is no day; write 2020-03-15 or 15/03/2020", argv[1]);
	if (kind_word) {
		const char *names[CB_MEETING_KINDS];
		for (int k = 0; k < CB_MEETING_KINDS; k++) {
			names[k] = cb_meeting_kind_id((enum cb_meeting_kind)k);
			if (!strcmp(kind_word, names[k]))
				kind = k;
		}
		if (kind < 0)
			return cli_unknown(err, "kind of meeting", kind_word, names, CB_MEETING_KINDS);
	}
	rc = cli_unit_id(c, argv[0], &unit, err);
	if (rc)
		return rc;
	rc = cb_store_meeting_find(c->store, unit, day, kind, id, err);
	if (rc == CB_ENOTFOUND)
		cb_err_set(err, CB_ENOTFOUND, "%s held no %s%smeeting on %s", argv[0], kind_word ? kind_word : "", kind_word ? " " : "",
			   cb_day_iso(day_text, day));
	return rc;
}

int cli_explain(struct cli *c, int argc, char **argv, struct cb_err *err)
{
	struct cb_explained *x = NULL;
	struct cb_doc *d = NULL;
	struct cb_buf b;
	int64_t id;
	int rc = cli_store(c, CB_OPEN_READ, err);

	cb_buf_init(&b);
	if (!rc)
		rc = cli_find_meeting(c, argc, argv, &id, err);
	if (!rc)
		rc = cli_rules(c, err);
	if (!rc)
		rc = cb_explain_open(&x, c->store, c->book, &cb_pack_stored_loader, id, err);
	if (!rc)
		rc = cli_vouch_used(c, err);
	if (rc)
		goto out;
	if (c->form == CB_OUT_JSON) {
		rc = cb_sheet_json(&b, x, err);
		if (!rc)
			fwrite(b.s, 1, b.len, c->out);
	} else if (c->form == CB_OUT_CSV) {
		rc = cb_sheet_rows(x, &(struct cb_sink_opts){.form = CB_OUT_CSV, .file = c->out}, err);
	} else {
		rc = cb_sheet_doc(&d, x, err);
		if (!rc)
			rc = cli_doc(c, d, err);
	}
out:
	cb_buf_release(&b);
	cb_doc_free(d);
	cb_explain_close(x);
	return rc;
}

/* --- compliance ---------------------------------------------------------------------------------------------- */

static int duty_mask(struct cli *c, unsigned *mask, struct cb_err *err)
{
	const char *names[CB_DUTIES], *word;
	int at = 0;

	*mask = 0;
	for (int i = 0; i < CB_DUTIES; i++)
		names[i] = cb_duty_id((enum cb_duty)i);
	while ((word = cli_each(c, "duty", &at))) {
		int i = cb_duty_find(word);
		if (i < 0)
			return cli_unknown(err, "duty", word, names, CB_DUTIES);
		*mask |= 1u << i;
	}
	return 0;
}

static int compliance_doc(struct cb_doc **out, const struct cb_compliance *k, const struct cb_period *p, struct cb_err *err)
{
	static const struct cb_column sum[] = {
		{"duty", "Chế độ", CB_COL_TEXT, 0},	{"due", "Phải thực hiện", CB_COL_INT, 0},   {"kept", "Thực hiện", CB_COL_INT, 0},
		{"lapsed", "Không đạt", CB_COL_INT, 0}, {"unsaid", "Không báo cáo", CB_COL_INT, 0}, {"cells", "Chi bộ vi phạm", CB_COL_INT, 0},
	};
	static const struct cb_column lapse[] = {
		{"code", "Mã", CB_COL_TEXT, 0},	       {"name", "Chi bộ", CB_COL_TEXT, 0}, {"parent", "Thuộc", CB_COL_TEXT, 0}, {"cluster", "Cụm", CB_COL_TEXT, 0},
		{"duty", "Chế độ", CB_COL_TEXT, 0}, {"what", "Nội dung", CB_COL_TEXT, 0}, {"meeting", "Buổi số", CB_COL_INT, 0}, {"reason", "Lý do", CB_COL_TEXT, 0},
	};
	char name[64], code[32];
	int rc = cb_doc_new(out, "THỰC HIỆN CHẾ ĐỘ SINH HOẠT", cb_period_vi(name, sizeof name, p), err);

	if (rc)
		return rc;
	cb_doc_meta(*out, "period", cb_period_code(code, sizeof code, p));
	cb_doc_table(*out, "duties", "", sum, sizeof sum / sizeof *sum);
	for (int i = 0; i < CB_DUTIES; i++) {
		const struct cb_duty_count *t = &k->total[i];
		if (t->due)
			cb_doc_row(*out, (struct cb_cell[]){cb_cell_text(cb_duty_vi((enum cb_duty)i)), cb_cell_int(t->due), cb_cell_int(t->due - t->lapsed - t->unsaid),
							    cb_cell_int(t->lapsed), cb_cell_int(t->unsaid), cb_cell_int(k->units_lapsed[i])});
	}
	cb_doc_table(*out, "lapses", k->nlapse ? "Các trường hợp không đạt" : "Không có trường hợp nào không đạt", lapse, sizeof lapse / sizeof *lapse);
	for (size_t i = 0; i < k->nlapse; i++) {
		const struct cb_lapse *l = &k->lapse[i];
		const struct cb_unit_duty *u = &k->unit[l->unit];
		cb_doc_row(*out, (struct cb_cell[]){cb_cell_text(u->code), cb_cell_text(u->name), cb_cell_text(u->parent), cb_cell_text(u->cluster),
						    cb_cell_text(cb_duty_vi(l->duty)), cb_cell_text(l->what), {.null = !l->meeting_id, .n = l->meeting_id},
						    cb_cell_text(l->reason)});
	}
	return 0;
}

int cli_compliance(struct cli *c, int argc, char **argv, struct cb_err *err)
{
	struct cb_compliance_opts o = {0};
	const char *share = cli_get(c, "share");
	struct cb_compliance *k = NULL;
	struct cb_doc *d = NULL;
	struct cb_period p;
	int64_t days;
	int rc = cli_must_period(c, &p, err);

	(void)argc;
	(void)argv;
	if (!rc)
		rc = cli_get_int(c, "report-days", 1, 60, 2, &days, err);
	if (!rc && share) {
		struct cb_ratio percent;
		char text[16];
		snprintf(text, sizeof text, "%.*s", (int)strcspn(share, "%"), share);
		if (!cb_ratio_parse(&percent, text, strlen(text)) || percent.n <= 0 || cb_ratio_cmp(percent, (struct cb_ratio){100, 1}) > 0 ||
		    !cb_ratio_div(&o.share, percent, (struct cb_ratio){100, 1}))
			rc = cb_err_set(err, CB_EUSAGE, "--share '%.20s': a percentage such as 75", share);
	}
	if (!rc)
		rc = duty_mask(c, &o.duties, err);
	if (!rc)
		rc = cli_store(c, CB_OPEN_READ, err);
	if (!rc)
		rc = cli_unit_option(c, &o.unit, err);
	if (rc)
		return rc;
	o.report_days = (int)days;
	rc = cb_compliance_new(&k, c->store, &p, &o, err);
	if (!rc)
		rc = compliance_doc(&d, k, &p, err);
	if (!rc)
		rc = cli_doc(c, d, err);
	cb_doc_free(d);
	cb_compliance_free(k);
	return rc;
}

/* --- report -------------------------------------------------------------------------------------------------- */

/* "quarter 2020-Q1", "quarter 1 2020", "nine-months 2020": the words after the kind, joined. */
static int report_period(struct cb_period *out, enum cb_period_kind kind, const char *name, int argc, char **argv, struct cb_err *err)
{
	char text[80], with[100];
	size_t n = 0;

	text[0] = 0;
	for (int i = 0; i < argc; i++)
		n += (size_t)snprintf(text + n, n < sizeof text ? sizeof text - n : 0, "%s%s", i ? " " : "", argv[i]);
	if (n >= sizeof text)
		return cb_err_set(err, CB_EUSAGE, "report: too many words");
	snprintf(with, sizeof with, "%s %s", name, text);
	if (argc > 1 && cb_period_parse(out, with) && out->kind == kind)
		return 0;
	if (cb_period_parse(out, text)) {
		if (out->kind == kind)
			return 0;
		if (out->kind == CB_YEAR && kind == CB_NINE_MONTHS && cb_period_parse(out, with))
			return 0;
		return cb_err_set(err, CB_EUSAGE, "report %s: '%s' is no %s; write %s", name, text, name,
				  kind == CB_MONTH ? "2020-03" : kind == CB_QUARTER ? "2020-Q1" : kind == CB_HALF ? "2020-H1" : kind == CB_NINE_MONTHS ? "2020-9M"
				  : "2020");
	}
	if (cb_period_parse(out, with) && out->kind == kind)
		return 0;
	return cli_period(out, text, err);
}

int cli_report(struct cli *c, int argc, char **argv, struct cb_err *err)
{
	static const char *const names[] = {"month", "quarter", "half", "nine-months", "year"};
	static const enum cb_period_kind kinds[] = {CB_MONTH, CB_QUARTER, CB_HALF, CB_NINE_MONTHS, CB_YEAR};
	const char *unit;
	struct cb_doc *d = NULL;
	struct cb_period p;
	size_t i;
	int rc;

	for (i = 0; i < 5 && strcmp(argv[0], names[i]); i++)
		;
	if (i == 5)
		return cli_unknown(err, "report", argv[0], names, 5);
	if (cli_get(c, "list") && kinds[i] != CB_MONTH)
		return cb_err_set(err, CB_EUSAGE, "report: --list is for a month");
	rc = report_period(&p, kinds[i], names[i], argc - 1, argv + 1, err);
	if (!rc)
		rc = cli_store(c, CB_OPEN_READ, err);
	if (!rc)
		rc = cli_unit_option(c, &unit, err);
	if (rc)
		return rc;
	if (cli_get(c, "list")) {
		rc = cb_report_list(&d, c->store, &p, unit, err);
	} else {
		rc = cli_rules(c, err);
		if (!rc)
			rc = cb_report_period(&d, c->store, c->book, &p, unit, err);
		if (!rc)
			rc = cli_vouch_used(c, err);
	}
	if (!rc)
		rc = cli_doc(c, d, err);
	cb_doc_free(d);
	return rc;
}
