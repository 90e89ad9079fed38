/*
 * text.c - the Vietnamese words of expressions, for officers (text_int.h; cb_node_text_vi of rule.h).
 *
 * Facts speak by their labels, numbers with a decimal comma; a share is compared with percents. Operands get
 * parentheses by the precedence that the table of forms gives. A named expression (label) speaks by its name.
 */
#include "rule/text_int.h"

#include <string.h>
#include "model/unit.h"
#include "rule/forms.h"

static void words(struct cb_buf *out, const struct cb_ruleset *rs, const struct cb_node *n)
{
	if (n->form->text)
		n->form->text(out, rs, n);
}

void cb_node_text_vi(struct cb_buf *out, const struct cb_ruleset *rs, const struct cb_node *n)
{
	if (n)
		words(out, rs, n);
}

static void operand(struct cb_buf *out, const struct cb_ruleset *rs, const struct cb_node *n, int prec)
{
	bool par = n->form->prec < prec;

	if (par)
		cb_buf_putc(out, '(');
	words(out, rs, n);
	if (par)
		cb_buf_putc(out, ')');
}

static void put_ratio(struct cb_buf *out, struct cb_ratio r)
{
	char t[CB_NUM_TEXT];

	if (r.d == 1) {
		cb_buf_puts(out, cb_fmt_int_vi(t, sizeof(t), r.n));
		return;
	}
	cb_fmt_ratio(t, sizeof(t), r);
	for (char *c = t; *c; c++)
		if (*c == '.')
			*c = ',';
	cb_buf_puts(out, t);
}

static void put_percent(struct cb_buf *out, struct cb_ratio r)
{
	struct cb_ratio p;

	if (!cb_ratio_mul(&p, r, (struct cb_ratio){ 100, 1 })) {
		put_ratio(out, r);
		return;
	}
	put_ratio(out, p);
	cb_buf_putc(out, '%');
}

static void put_pts(struct cb_buf *out, cb_pts p)
{
	char t[CB_NUM_TEXT];

	cb_buf_printf(out, "%s điểm", cb_fmt_pts_vi(t, sizeof(t), p));
}

/* The value that something is compared with. */
static void put_compared(struct cb_buf *out, const struct cb_ruleset *rs, const struct cb_node *x, const struct cb_node *y)
{
	char t[16];

	if (!cb_is_const(y)) {
		operand(out, rs, y, 1);
	} else if (y->unit == CB_M_WORD && y->label) {
		cb_buf_printf(out, "«%s»", y->label);
	} else if (x->unit == CB_M_DATE) {
		cb_buf_puts(out, cb_day_vi(t, (cb_day)y->num.n));
	} else if (x->unit == CB_M_SHARE && cb_ratio_cmp(y->num, (struct cb_ratio){ 1, 1 }) <= 0) {
		if (y->num.n && y->num.d % 3 == 0)
			put_ratio(out, y->num);
		else
			put_percent(out, y->num);
	} else {
		put_ratio(out, y->num);
		if (cb_is(x, "fact") && x->ref >= 0) {
			const struct cb_fact *f = cb_facts_at(rs->dict, (size_t)x->ref);
			if (f->unit && *f->unit)
				cb_buf_printf(out, " %s", f->unit);
		} else if (x->unit == CB_M_MINUTES) {
			cb_buf_puts(out, " phút");
		} else if (x->unit == CB_M_DAYS) {
			cb_buf_puts(out, " ngày");
		} else if (x->unit == CB_M_POINTS) {
			cb_buf_puts(out, " điểm");
		}
	}
}

CB_WORDS(fact)
{
	const struct cb_fact *f = cb_facts_at(rs->dict, (size_t)n->ref);

	if (cb_is(n, "known"))
		cb_buf_puts(out, "có báo cáo ");
	cb_buf_puts(out, f->label ? f->label : f->id);
}

CB_WORDS(number)
{
	cb_pts p = 0;
	char t[16];

	if (n->kind == CB_LEVEL) {
		cb_buf_puts(out, n->ref >= 0 && (size_t)n->ref < rs->nlevel ? rs->level[n->ref].label : n->text);
	} else if (n->kind == CB_POINTS) {
		cb_pts_from_ratio(&p, n->num);
		put_pts(out, p);
	} else if (n->unit == CB_M_WORD && n->label) {
		cb_buf_printf(out, "«%s»", n->label);
	} else if (n->unit == CB_M_DATE) {
		cb_buf_puts(out, cb_day_vi(t, (cb_day)n->num.n));
	} else {
		put_ratio(out, n->num);
	}
}

CB_WORDS(arith)
{
	const char *op = n->form->name;

	if (strcmp(op, "neg") == 0) {
		cb_buf_puts(out, "−");
		operand(out, rs, n->kid[0], 2);
		return;
	}
	bool sum = n->form->prec == 1;
	operand(out, rs, n->kid[0], sum ? 1 : 2);
	cb_buf_puts(out, op[0] == 'a' ? " + " : op[0] == 's' ? " − " : op[0] == 'm' ? " × " : " / ");
	operand(out, rs, n->kid[1], op[0] == 'a' ? 1 : op[0] == 'm' ? 2 : op[0] == 's' ? 2 : 3);
}

CB_WORDS(list)
{
	static const struct {
		const char *form, *words;
	} name[] = { { "least", "giá trị nhỏ nhất của" }, { "greatest", "giá trị lớn nhất của" }, { "count", "số điều đạt trong" },
		     { "sum", "tổng của" }, { "lowest", "điểm thấp nhất trong" }, { "highest", "điểm cao nhất trong" } };

	for (size_t i = 0; i < sizeof(name) / sizeof(name[0]); i++)
		if (cb_is(n, name[i].form))
			cb_buf_printf(out, "%s (", name[i].words);
	for (size_t i = 0; i < n->nkid; i++) {
		if (i)
			cb_buf_puts(out, "; ");
		words(out, rs, n->kid[i]);
	}
	cb_buf_putc(out, ')');
}

CB_WORDS(date)
{
	cb_buf_puts(out, n->aux == 0 ? "tháng của " : n->aux == 1 ? "năm của " : "thứ trong tuần của ");
	operand(out, rs, n->kid[0], 3);
}

CB_WORDS(criterion)
{
	if (cb_is(n, "total")) {
		cb_buf_puts(out, "tổng điểm");
		return;
	}
	const struct cb_criterion *c = &rs->criterion[n->ref];
	cb_buf_printf(out, "%s «%s»", cb_is(n, "full") ? "đạt điểm tối đa" : cb_is(n, "met") ? "đạt yêu cầu" : cb_is(n, "max_of") ? "điểm tối đa của" : "điểm",
		      c->label);
}

CB_WORDS(agg)
{
	static const char *const verb[] = { "mọi %s đều có", "số %s có", "tỷ lệ %s có", "trung bình các %s của", "tổng các %s của", "nhỏ nhất trong các %s của",
					    "lớn nhất trong các %s của", "số %s có sinh hoạt", "số %s không sinh hoạt" };
	const char *of = CB_AGG_OF(n) == CB_OF_MONTHS ? "tháng" : "buổi sinh hoạt", *v = verb[CB_AGG_WHAT(n)];

	/* the verbs hold one %s each */
	const char *at = strstr(v, "%s");
	cb_buf_add(out, v, (size_t)(at - v));
	cb_buf_puts(out, of);
	cb_buf_puts(out, at + 2);
	if (CB_AGG_WHAT(n) >= CB_AGG_NUMBER)
		return;
	cb_buf_putc(out, ' ');
	if (n->nkid)
		operand(out, rs, n->kid[0], 1);
	else
		cb_buf_puts(out, "điểm");
}

CB_WORDS(compare)
{
	static const struct {
		const char *form, *sign;
	} sign[] = { { "ge", "≥" }, { "gt", ">" }, { "le", "≤" }, { "lt", "<" }, { "eq", "=" }, { "ne", "≠" } };

	operand(out, rs, n->kid[0], 1);
	for (size_t i = 0; i < sizeof(sign) / sizeof(sign[0]); i++)
		if (cb_is(n, sign[i].form)) {
			bool word = n->kid[1]->unit == CB_M_WORD;
			cb_buf_printf(out, " %s ", word ? (sign[i].sign[0] == '=' ? "là" : "không phải") : sign[i].sign);
		}
	put_compared(out, rs, n->kid[0], n->kid[1]);
}

CB_WORDS(between)
{
	operand(out, rs, n->kid[0], 1);
	cb_buf_puts(out, " từ ");
	put_compared(out, rs, n->kid[0], n->kid[1]);
	cb_buf_puts(out, " đến ");
	put_compared(out, rs, n->kid[0], n->kid[2]);
}

CB_WORDS(one_of)
{
	operand(out, rs, n->kid[0], 1);
	cb_buf_puts(out, " là ");
	for (size_t i = 1; i < n->nkid; i++) {
		if (i > 1)
			cb_buf_puts(out, i + 1 == n->nkid ? " hoặc " : ", ");
		put_compared(out, rs, n->kid[0], n->kid[i]);
	}
}

CB_WORDS(logic)
{
	bool any = cb_is(n, "any");

	for (size_t i = 0; i < n->nkid; i++) {
		bool par = cb_is(n->kid[i], "any") || (any && cb_is(n->kid[i], "all"));
		if (i)
			cb_buf_puts(out, any ? " hoặc " : " và ");
		if (par)
			cb_buf_putc(out, '(');
		words(out, rs, n->kid[i]);
		if (par)
			cb_buf_putc(out, ')');
	}
}

CB_WORDS(no)
{
	cb_buf_puts(out, "không (");
	words(out, rs, n->kid[0]);
	cb_buf_putc(out, ')');
}

CB_WORDS(level_is)
{
	const char *op = n->form->name + strlen("level_"), *label = rs->level[n->ref].label;

	if (strcmp(op, "ge") == 0)
		cb_buf_printf(out, "xếp loại %s trở lên", label);
	else if (strcmp(op, "le") == 0)
		cb_buf_printf(out, "xếp loại %s trở xuống", label);
	else
		cb_buf_printf(out, "xếp loại %s%s", op[0] == 'g' ? "trên " : op[0] == 'l' ? "dưới " : op[0] == 'n' ? "không phải " : "", label);
}

CB_WORDS(branch)
{
	if (cb_is(n, "otherwise")) {
		cb_buf_puts(out, "còn lại: ");
	} else {
		cb_buf_puts(out, "nếu ");
		words(out, rs, n->kid[0]);
		cb_buf_puts(out, ": ");
	}
	words(out, rs, n->kid[n->nkid - 1]);
}

CB_WORDS(choice)
{
	size_t start = cb_is(n, "first") ? 0 : 1;

	for (size_t i = start; i < n->nkid; i++) {
		if (i > start)
			cb_buf_puts(out, "; ");
		words(out, rs, n->kid[i]);
	}
}

/* A choice within a choice stands in brackets: it has conditions of its own. */
static void inner(struct cb_buf *out, const struct cb_ruleset *rs, const struct cb_node *n)
{
	bool own = cb_is_choice(n) || cb_is(n, "either");

	cb_buf_puts(out, own ? "(" : "");
	words(out, rs, n);
	cb_buf_puts(out, own ? ")" : "");
}

CB_WORDS(either)
{
	inner(out, rs, n->kid[1]);
	cb_buf_puts(out, " nếu ");
	words(out, rs, n->kid[0]);
	cb_buf_puts(out, ", nếu không thì ");
	inner(out, rs, n->kid[2]);
}

CB_WORDS(flag)
{
	if (n->label)
		cb_buf_puts(out, n->label);
	else
		words(out, rs, n->kid[0]);
	cb_buf_puts(out, ": ");
	words(out, rs, n->kid[1]);
}

static void put_step(struct cb_buf *out, const struct cb_node *n)
{
	if (n->ref > 1) {
		cb_buf_puts(out, ", làm tròn đến ");
		put_pts(out, n->ref);
	}
}

CB_WORDS(amount)
{
	cb_pts p = 0, q = 0;

	cb_pts_from_ratio(&p, n->num);
	if (n->num2.d)
		cb_pts_from_ratio(&q, n->num2);
	if (cb_is(n, "capped")) {
		words(out, rs, n->kid[0]);
		cb_buf_puts(out, ", tối đa ");
		put_pts(out, p);
	} else if (cb_is(n, "per")) {
		cb_buf_puts(out, p < 0 ? "trừ " : "");
		put_pts(out, p < 0 ? -p : p);
		cb_buf_puts(out, " × ");
		operand(out, rs, n->kid[0], 2);
		put_step(out, n);
	} else if (cb_is(n, "deduct")) {
		put_pts(out, n->ref);
		cb_buf_puts(out, " trừ ");
		put_pts(out, p);
		cb_buf_puts(out, " × ");
		operand(out, rs, n->kid[0], 2);
		cb_buf_puts(out, ", trừ tối đa ");
		put_pts(out, q);
	} else { /* prorate */
		put_pts(out, p);
		cb_buf_puts(out, " × ");
		operand(out, rs, n->kid[0], 3);
		put_step(out, n);
	}
}

CB_WORDS(judged)
{
	cb_pts max = 0;
	char t[CB_NUM_TEXT];

	(void)rs;
	cb_pts_from_ratio(&max, n->num);
	cb_buf_printf(out, "chấm %s%s0–%s điểm", n->label ? n->label : "", n->label ? ": " : "", cb_fmt_pts_vi(t, sizeof(t), max));
}

CB_WORDS(function)
{
	(void)rs;
	(void)n;
	cb_buf_puts(out, "tính theo hàm của quy định");
}

/* --- what is declared beside expressions --------------------------------------------------------------------------- */

const char *cb_missing_vi(enum cb_missing m)
{
	return m == CB_MISSING_REFUSE ? "không xếp loại" : m == CB_MISSING_ZERO ? "0 điểm" : "tính lại trên phần còn lại";
}

const char *cb_missed_vi(enum cb_missed m)
{
	return m == CB_MISSED_IGNORED ? "không tính" : m == CB_MISSED_AS_WORST ? "tính là mức thấp nhất" : "không xếp loại";
}

const char *cb_within_vi(enum cb_within w)
{
	static const char *const words[] = { "toàn bộ", "cấp trên trực tiếp", "cụm", "khối", "tỉnh" };

	return words[w];
}

const char *cb_ties_vi(enum cb_ties t)
{
	return t == CB_TIES_SHARED ? "đồng hạng 1 1 3" : t == CB_TIES_DENSE ? "đồng hạng 1 1 2" : "theo mã";
}

static void mask_vi(struct cb_buf *out, unsigned bits, int n, const char *(*name)(int))
{
	size_t start = out->len;

	if (!bits) {
		cb_buf_puts(out, "tất cả");
		return;
	}
	for (int i = 0; i < n; i++)
		if (bits >> i & 1)
			cb_buf_printf(out, "%s%s", out->len > start ? ", " : "", name(i));
}

static const char *kind_name(int i)
{
	return cb_meeting_kind_vi((enum cb_meeting_kind)i);
}

static const char *unit_name(int i)
{
	return cb_unit_kind_vi((enum cb_unit_kind)i);
}

static const char *cell_name(int i)
{
	return cb_cell_type_vi((enum cb_cell_type)i);
}

void cb_kinds_vi(struct cb_buf *out, unsigned for_kinds)
{
	mask_vi(out, for_kinds, CB_MEETING_KINDS, kind_name);
}

void cb_units_vi(struct cb_buf *out, unsigned for_units)
{
	mask_vi(out, for_units, CB_UNIT_KINDS, unit_name);
}

void cb_cells_vi(struct cb_buf *out, unsigned for_cells)
{
	mask_vi(out, for_cells, CB_CELL_TYPES, cell_name);
}
