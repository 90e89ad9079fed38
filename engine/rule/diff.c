/*
 * diff.c - two rulesets side by side; see diff.h.
 *
 * Criteria and levels are matched by id, gates and branches by what they say. Expressions are compared as text in words;
 * where both are built alike, only the part that differs is told.
 */
#include "rule/diff.h"

#include <stdio.h>
#include <string.h>
#include "base/alloc.h"
#include "rule/forms.h"

struct diff {
	struct cb_changes *out;
	const struct cb_ruleset *was, *now;
	size_t cap;
	bool oom;
};

static const char *keep(struct diff *d, const char *s)
{
	char *p = s ? cb_arena_strdup(&d->out->arena, s) : NULL;
	d->oom |= s && !p;
	return p;
}

static void say(struct diff *d, const char *what, const char *was, const char *now, int line_was, int line_now)
{
	struct cb_changes *o = d->out;
	if (d->oom || (was && now && !strcmp(was, now)) || (!was && !now))
		return;
	if (o->n == d->cap) {
		size_t cap = d->cap ? d->cap * 2 : 32;
		struct cb_change *more = CB_NEWV(&o->arena, cap, struct cb_change);
		if (!more) {
			d->oom = true;
			return;
		}
		if (o->n)
			memcpy(more, o->change, o->n * sizeof *more);
		o->change = more;
		d->cap = cap;
	}
	o->change[o->n++] = (struct cb_change){ keep(d, what), keep(d, was), keep(d, now), line_was, line_now };
}

/* The words of an expression; in the arena. */
static const char *words(struct diff *d, const struct cb_ruleset *rs, const struct cb_node *n)
{
	struct cb_buf b;
	const char *s;
	if (!n)
		return NULL;
	cb_buf_init(&b);
	cb_node_text_vi(&b, rs, n);
	d->oom |= !cb_buf_ok(&b);
	s = keep(d, b.s);
	cb_buf_release(&b);
	return s ? s : "";
}

/* A part of a choice, with what it gives. */
static const char *branch_words(struct diff *d, const struct cb_ruleset *rs, const struct cb_node *k)
{
	const char *value = words(d, rs, k->kid[k->nkid - 1]);
	char *s = k->nkid > 1 ? cb_arena_printf(&d->out->arena, "%s: %s", words(d, rs, k->kid[0]), value) :
				cb_arena_printf(&d->out->arena, "còn lại: %s", value);
	d->oom |= !s;
	return s ? s : "";
}

static int line_of(const struct cb_node *n)
{
	return n ? n->line : 0;
}

static void parts(struct diff *d, const char *what, const struct cb_node *a, size_t a0, const struct cb_node *b, size_t b0)
{
	/* those that only one side has, in order; pairs that stand at the same place are told as one change */
	size_t na = a->nkid - a0, nb = b->nkid - b0;
	bool choice = cb_is_choice(a);
	for (size_t i = 0; i < na || i < nb; i++) {
		const struct cb_node *x = i < na ? a->kid[a0 + i] : NULL, *y = i < nb ? b->kid[b0 + i] : NULL;
		const char *was = !x ? NULL : choice ? branch_words(d, d->was, x) : words(d, d->was, x);
		const char *now = !y ? NULL : choice ? branch_words(d, d->now, y) : words(d, d->now, y);
		say(d, what, was, now, line_of(x), line_of(y));
	}
}

static void expression(struct diff *d, const char *what, const struct cb_node *a, const struct cb_node *b)
{
	const char *was = words(d, d->was, a), *now = words(d, d->now, b);
	if (d->oom || (!was && !now) || (was && now && !strcmp(was, now)))
		return;
	if (!a || !b || a->form != b->form) {
		say(d, what, was, now, line_of(a), line_of(b));
		return;
	}
	if (cb_is_choice(a)) {
		size_t start = cb_is(a, "first") ? 0 : 1;
		if (start && strcmp(words(d, d->was, a->kid[0]), words(d, d->now, b->kid[0])))
			say(d, what, words(d, d->was, a->kid[0]), words(d, d->now, b->kid[0]), a->line, b->line);
		parts(d, what, a, start, b, start);
	} else if (cb_is(a, "sum") && a->nkid == b->nkid) {
		for (size_t i = 0; i < a->nkid; i++)
			expression(d, what, a->kid[i], b->kid[i]);
	} else if (cb_is(a, "sum")) {
		parts(d, what, a, 0, b, 0);
	} else {
		say(d, what, was, now, a->line, b->line);
	}
}

/* --- the parts of a ruleset --------------------------------------------------------------------------------------- */

static void points(struct diff *d, const char *what, cb_pts was, cb_pts now, int line_was, int line_now)
{
	char a[CB_NUM_TEXT], b[CB_NUM_TEXT];
	if (was != now)
		say(d, what, cb_fmt_pts_vi(a, sizeof a, was), cb_fmt_pts_vi(b, sizeof b, now), line_was, line_now);
}

static void na_words(char *dst, size_t cap, const struct cb_criterion *c)
{
	char n[CB_NUM_TEXT];
	if (!c->applies)
		dst[0] = '\0';
	else if (c->na == CB_NA_POINTS)
		snprintf(dst, cap, "%s điểm", cb_fmt_pts_vi(n, sizeof n, c->na_points));
	else
		snprintf(dst, cap, "%s", c->na == CB_NA_FULL ? "điểm tối đa" : "tính lại trên phần còn lại");
}

static void criteria(struct diff *d)
{
	static const char *const counts[] = { "thang điểm", "điểm cộng vào tổng", "điểm trừ vào tổng" };
	char what[200], a[CB_NUM_TEXT + 200], b[CB_NUM_TEXT + 200], n[CB_NUM_TEXT];

	for (size_t i = 0; i < d->was->ncriterion; i++) {
		const struct cb_criterion *x = &d->was->criterion[i];
		int k = cb_criterion_find(d->now, x->id);
		if (k < 0) {
			snprintf(what, sizeof what, "%.60s: tiêu chí", x->id);
			snprintf(a, sizeof a, "%.180s (%s)", x->label ? x->label : x->id, cb_fmt_pts_vi(n, sizeof n, x->max));
			say(d, what, a, NULL, x->line, 0);
			continue;
		}
		const struct cb_criterion *y = &d->now->criterion[k];
		snprintf(what, sizeof what, "%.60s: tên", x->id);
		say(d, what, x->label, y->label, x->line, y->line);
		snprintf(what, sizeof what, "%.60s: điểm tối đa", x->id);
		points(d, what, x->max, y->max, x->line, y->line);
		snprintf(what, sizeof what, "%.60s: tính vào", x->id);
		say(d, what, counts[x->counts], counts[y->counts], x->line, y->line);
		snprintf(what, sizeof what, "%.60s: điều", x->id);
		say(d, what, x->article, y->article, x->line, y->line);
		snprintf(what, sizeof what, "%.60s: cách chấm", x->id);
		expression(d, what, x->score ? x->score : x->check, y->score ? y->score : y->check);
		snprintf(what, sizeof what, "%.60s: chỉ áp dụng khi", x->id);
		expression(d, what, x->applies, y->applies);
		snprintf(what, sizeof what, "%.60s: khi không áp dụng", x->id);
		na_words(a, sizeof a, x);
		na_words(b, sizeof b, y);
		if (x->applies && y->applies)
			say(d, what, a, b, x->line, y->line);
	}
	for (size_t i = 0; i < d->now->ncriterion; i++) {
		const struct cb_criterion *y = &d->now->criterion[i];
		if (cb_criterion_find(d->was, y->id) >= 0)
			continue;
		snprintf(what, sizeof what, "%.60s: tiêu chí", y->id);
		snprintf(b, sizeof b, "%.180s (%s)", y->label ? y->label : y->id, cb_fmt_pts_vi(n, sizeof n, y->max));
		say(d, what, NULL, b, 0, y->line);
	}
}

static void levels(struct diff *d)
{
	char what[200], n[CB_NUM_TEXT];

	for (size_t i = 0; i < d->was->nlevel; i++) {
		const struct cb_level_def *x = &d->was->level[i];
		int k = cb_level_find(d->now, x->id);
		snprintf(what, sizeof what, "mức %.60s", x->id);
		if (k < 0)
			say(d, what, cb_fmt_pts_vi(n, sizeof n, x->at_least), NULL, x->line, 0);
		else if (!d->was->rating && !d->now->rating)
			points(d, what, x->at_least, d->now->level[k].at_least, x->line, d->now->level[k].line);
		if (k >= 0)
			say(d, what, x->label, d->now->level[k].label, x->line, d->now->level[k].line);
	}
	for (size_t i = 0; i < d->now->nlevel; i++)
		if (cb_level_find(d->was, d->now->level[i].id) < 0) {
			snprintf(what, sizeof what, "mức %.60s", d->now->level[i].id);
			say(d, what, NULL, cb_fmt_pts_vi(n, sizeof n, d->now->level[i].at_least), 0, d->now->level[i].line);
		}
}

static const char *gate_words(struct diff *d, const struct cb_ruleset *rs, const struct cb_gate *g)
{
	int l = g->level >= 0 ? g->level : g->at_most;
	char *s = cb_arena_printf(&d->out->arena, g->level >= 0 ? "%s cần: %s" : "nhiều nhất %s khi: %s",
				  l >= 0 && rs->level[l].label ? rs->level[l].label : l >= 0 ? rs->level[l].id : "", words(d, rs, g->needs ? g->needs : g->when));
	d->oom |= !s;
	return s ? s : "";
}

static void gates(struct diff *d)
{
	for (int side = 0; side < 2; side++) {
		const struct cb_ruleset *rs = side ? d->now : d->was, *other = side ? d->was : d->now;
		for (size_t i = 0; i < rs->ngate && !d->oom; i++) {
			const char *mine = gate_words(d, rs, &rs->gate[i]);
			bool there = false;
			for (size_t k = 0; k < other->ngate; k++)
				there |= !strcmp(mine, gate_words(d, other, &other->gate[k]));
			if (!there)
				say(d, "khống chế", side ? NULL : mine, side ? mine : NULL, side ? 0 : rs->gate[i].line, side ? rs->gate[i].line : 0);
		}
	}
}

static const char *days(struct diff *d, const struct cb_ruleset *rs)
{
	char a[11], b[11];
	char *s = cb_arena_printf(&d->out->arena, "%s – %s", rs->from <= CB_DAY_MIN ? "…" : cb_day_vi(a, rs->from),
				  rs->to >= CB_DAY_MAX ? "…" : cb_day_vi(b, rs->to));
	d->oom |= !s;
	return s ? s : "";
}

static const char *mask(struct diff *d, unsigned bits, void (*put)(struct cb_buf *out, unsigned bits))
{
	struct cb_buf b;
	const char *s;
	cb_buf_init(&b);
	put(&b, bits);
	d->oom |= !cb_buf_ok(&b);
	s = keep(d, b.s);
	cb_buf_release(&b);
	return s ? s : "";
}

static const char *total_words(struct diff *d, const struct cb_ruleset *rs)
{
	static const char *const how[] = { "", "nửa lên", "nửa về số chẵn", "xuống", "lên" };
	char n[CB_NUM_TEXT], *s;
	if (rs->total_round == CB_ROUND_NONE)
		return "không làm tròn";
	s = cb_arena_printf(&d->out->arena, "làm tròn đến %s điểm, %s", cb_fmt_pts_vi(n, sizeof n, rs->total_step), how[rs->total_round]);
	d->oom |= !s;
	return s ? s : "";
}

static const char *order_words(struct diff *d, const struct cb_ruleset *rs)
{
	struct cb_buf b;
	const char *s;
	cb_buf_init(&b);
	for (size_t i = 0; i < rs->norder; i++)
		cb_buf_printf(&b, "%s%s", i ? ", " : "", cb_assessor_vi(rs->order[i]));
	d->oom |= !cb_buf_ok(&b);
	s = keep(d, b.s);
	cb_buf_release(&b);
	return s ? s : "";
}

static void ranking(struct diff *d)
{
	static const char *const unrated[] = { "để riêng, không xếp hạng", "xếp chung theo số đã có" };
	const struct cb_ruleset *a = d->was, *b = d->now;
	if (a->nrank && b->nrank) {
		say(d, "xếp hạng: trong", cb_within_vi(a->rank_within), cb_within_vi(b->rank_within), 0, 0);
		say(d, "xếp hạng: bằng nhau", cb_ties_vi(a->rank_ties), cb_ties_vi(b->rank_ties), 0, 0);
		say(d, "xếp hạng: còn tháng chưa xếp loại", unrated[a->rank_beside], unrated[b->rank_beside], 0, 0);
	}
	for (size_t i = 0; i < a->nrank || i < b->nrank; i++) {
		char *was = NULL, *now = NULL;
		if (i < a->nrank)
			was = cb_arena_printf(&d->out->arena, "%s, %s", words(d, a, a->rank[i].value), a->rank[i].down ? "lớn trước" : "nhỏ trước");
		if (i < b->nrank)
			now = cb_arena_printf(&d->out->arena, "%s, %s", words(d, b, b->rank[i].value), b->rank[i].down ? "lớn trước" : "nhỏ trước");
		say(d, "xếp hạng: theo", was, now, i < a->nrank ? line_of(a->rank[i].value) : 0, i < b->nrank ? line_of(b->rank[i].value) : 0);
	}
}

static const char *effort_words(struct diff *d, const struct cb_ruleset *rs, const char *name)
{
	for (size_t i = 0; i < rs->neffort; i++)
		if (strcmp(rs->effort[i].name, name) == 0)
			return rs->effort[i].cost ? cb_arena_printf(&d->out->arena, "%d", rs->effort[i].cost) : "không tư vấn";
	return "1";
}

/* What is said of the same name, and of what only one of the two names. */
static void advice(struct diff *d)
{
	const struct cb_ruleset *const of[] = { d->was, d->now };

	for (int k = 0; k < 2; k++)
		for (size_t i = 0; i < of[k]->neffort; i++) {
			const char *name = of[k]->effort[i].name;
			bool told = false;
			for (size_t j = 0; k && j < d->was->neffort && !told; j++)
				told = strcmp(d->was->effort[j].name, name) == 0;
			const char *what = cb_arena_printf(&d->out->arena, "tư vấn: độ khó của %s", name);
			const char *was = effort_words(d, d->was, name), *now = effort_words(d, d->now, name);
			d->oom |= !what || !was || !now;
			if (!told)
				say(d, what, was, now, 0, 0);
		}
}

int cb_ruleset_diff(struct cb_changes **out, const struct cb_ruleset *was, const struct cb_ruleset *now, struct cb_err *err)
{
	static const char *const period[] = { [CB_QUARTER] = "xếp loại quý", [CB_HALF] = "xếp loại 6 tháng", [CB_NINE_MONTHS] = "xếp loại 9 tháng",
					      [CB_YEAR] = "xếp loại năm" };
	static const char *const notes[] = { "không bắt buộc", "mỗi tiêu chí bị trừ điểm một ghi chú", "bắt buộc, một ghi chú cho cả buổi là đủ" };
	struct diff d = { .was = was, .now = now };

	*out = NULL;
	d.out = cb_calloc(1, sizeof *d.out);
	if (!d.out)
		return cb_err_nomem(err);
	cb_arena_init(&d.out->arena);
	say(&d, "tên", was->title, now->title, 0, 0);
	say(&d, "ban hành", was->issuer, now->issuer, 0, 0);
	say(&d, "hiệu lực", days(&d, was), days(&d, now), 0, 0);
	say(&d, "loại sinh hoạt", mask(&d, was->for_kinds, cb_kinds_vi), mask(&d, now->for_kinds, cb_kinds_vi), 0, 0);
	say(&d, "loại tổ chức", mask(&d, was->for_units, cb_units_vi), mask(&d, now->for_units, cb_units_vi), 0, 0);
	say(&d, "loại hình chi bộ", mask(&d, was->for_cells, cb_cells_vi), mask(&d, now->for_cells, cb_cells_vi), 0, 0);
	say(&d, "thiếu dữ liệu", cb_missing_vi(was->missing), cb_missing_vi(now->missing), 0, 0);
	say(&d, "người chấm, theo thứ tự", order_words(&d, was), order_words(&d, now), 0, 0);
	say(&d, "ghi chú điểm trừ", notes[was->notes], notes[now->notes], 0, 0);
	criteria(&d);
	points(&d, "tổng điểm tối đa", was->scale, now->scale, 0, 0);
	if (was->ceiling != was->scale || now->ceiling != now->scale)
		points(&d, "tổng điểm cao nhất, kể cả điểm cộng", was->ceiling, now->ceiling, 0, 0);
	say(&d, "tổng điểm", total_words(&d, was), total_words(&d, now), 0, 0);
	levels(&d);
	gates(&d);
	expression(&d, "xếp loại", was->rating, now->rating);
	for (int i = CB_QUARTER; i <= CB_YEAR; i++)
		expression(&d, period[i], was->period[i].level, now->period[i].level);
	say(&d, "tháng không sinh hoạt", cb_missed_vi(was->missed_month), cb_missed_vi(now->missed_month), 0, 0);
	ranking(&d);
	advice(&d);
	if (d.oom) {
		cb_changes_free(d.out);
		return cb_err_nomem(err);
	}
	*out = d.out;
	return 0;
}

void cb_changes_free(struct cb_changes *c)
{
	if (!c)
		return;
	cb_arena_release(&c->arena);
	cb_free(c);
}
