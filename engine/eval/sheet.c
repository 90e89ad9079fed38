/*
 * sheet.c - one meeting of the last batch as the scoring sheet that an officer knows (eval.h).
 *
 * Walks the expressions of each criterion along the branches that were taken, reads the registers that the batch left,
 * and says it in Vietnamese: what was hit with its values, what the next better branch needed, which cap or gate
 * decided, what was missing. Nothing is computed anew, so the sheet cannot disagree with the result. All of it lives in
 * the sheet's arena. Costs O(nodes) for one meeting.
 */
#include <string.h>
#include "base/alloc.h"
#include "eval/eval_int.h"

struct walk {
	struct cb_sheet *s;
	struct cb_sheet_line *line;
	const struct cb_eval *ev;
	const struct cb_ruleset *rs;
	size_t lane;
	unsigned char *seen;
	size_t room; /* of band and next */
	bool oom;
};

static const char *keep(struct walk *w, struct cb_buf *b)
{
	const char *s = cb_buf_ok(b) ? cb_arena_strndup(&w->s->arena, b->s, b->len) : NULL;

	if (!s)
		w->oom = true;
	cb_buf_release(b);
	return s;
}

static void add(struct walk *w, const char **list, size_t *n, struct cb_buf *b)
{
	const char *s = keep(w, b);

	if (s && *n < w->room)
		list[(*n)++] = s;
}

static void put_pts(struct cb_buf *b, cb_pts p)
{
	char t[CB_NUM_TEXT];

	cb_buf_printf(b, "%s điểm", cb_fmt_pts_vi(t, sizeof(t), p));
}

static void put_exact(struct cb_buf *b, struct cb_ratio r)
{
	char t[CB_NUM_TEXT];

	if (r.d == 1) {
		cb_buf_puts(b, cb_fmt_int_vi(t, sizeof(t), r.n));
		return;
	}
	cb_fmt_ratio(t, sizeof(t), r);
	for (char *c = t; *c; c++)
		*c = *c == '.' ? ',' : *c;
	cb_buf_puts(b, t);
}

/* A value as people read it. Rounded only as far as it still stands on its side of `limit` (NULL: no limit). */
static void put_value(struct cb_buf *b, const struct cb_ruleset *rs, const struct cb_node *n, struct cb_ratio v, const struct cb_ratio *limit)
{
	char t[64];

	if (cb_is(n, "fact")) {
		const struct cb_fact *f = cb_facts_at(rs->dict, (size_t)n->ref);
		int64_t raw = f->type == CB_FACT_DECIMAL ? cb_round_div((__int128)v.n * 1000, v.d, CB_ROUND_HALF_UP) : v.n;
		cb_buf_puts(b, cb_fact_text_vi(t, sizeof(t), f, raw));
		return;
	}
	if (n->unit == CB_M_DATE) {
		cb_buf_puts(b, cb_day_vi(t, (cb_day)v.n));
		return;
	}
	bool percent = n->unit == CB_M_SHARE;
	struct cb_ratio x = v, lim = limit ? *limit : (struct cb_ratio){ 0, 0 }, hundred = { 100, 1 };
	if (percent && (!cb_ratio_mul(&x, v, hundred) || (limit && !cb_ratio_mul(&lim, *limit, hundred)))) {
		put_exact(b, v);
		return;
	}
	if (x.d == 1) {
		put_exact(b, x);
	} else {
		int digits = percent ? 1 : 2;
		int64_t scale = percent ? 10 : 100;
		for (; digits < 9; digits++, scale *= 10) {
			struct cb_ratio shown = cb_ratio_make(cb_round_div((__int128)x.n * scale, x.d, CB_ROUND_HALF_UP), scale);
			bool round = shown.d == 1; /* "90,0%" for 89,99% would seem to reach a threshold of another band */
			if (!round && (!limit || cb_ratio_cmp(shown, lim) == cb_ratio_cmp(x, lim)))
				break;
		}
		cb_buf_puts(b, cb_fmt_ratio_vi(t, sizeof(t), x, digits));
	}
	if (percent)
		cb_buf_putc(b, '%');
	else if (n->unit == CB_M_MINUTES)
		cb_buf_puts(b, " phút");
}

static bool compares(const struct cb_node *n)
{
	static const char *const op[] = { "ge", "gt", "le", "lt", "eq", "ne" };

	for (size_t i = 0; i < 6; i++)
		if (cb_is(n, op[i]))
			return true;
	return false;
}

/* A condition with the value that it looked at: "tỷ lệ = 94,4% ≥ 90%". */
static void put_condition(struct walk *w, struct cb_buf *b, const struct cb_node *c)
{
	struct cb_ratio v, k;

	if (compares(c) && !cb_is_const(c->kid[0]) && cb_eval_node(w->ev, c->kid[0], w->lane, &v)) {
		struct cb_buf all, left;
		bool have = cb_eval_node(w->ev, c->kid[1], w->lane, &k);
		cb_buf_init(&all);
		cb_buf_init(&left);
		/* the words begin with those of the left side (perhaps in parentheses): the value goes between */
		cb_node_text_vi(&all, w->rs, c);
		cb_node_text_vi(&left, w->rs, c->kid[0]);
		size_t cut = left.len;
		if (all.len && all.s[0] == '(' && (!left.len || left.s[0] != '('))
			cut += 2;
		if (cut > all.len)
			cut = all.len;
		cb_buf_add(b, all.s, cut);
		if (c->kid[0]->unit != CB_M_WORD || !cb_is(c, "eq")) {
			cb_buf_puts(b, " = ");
			put_value(b, w->rs, c->kid[0], v, have ? &k : NULL);
		}
		cb_buf_puts(b, all.s + cut);
		w->oom = w->oom || !cb_buf_ok(&all) || !cb_buf_ok(&left);
		cb_buf_release(&all);
		cb_buf_release(&left);
		return;
	}
	if (cb_is(c, "all") || cb_is(c, "any")) {
		/* of any: those that hold; of all: every one, with its value */
		bool any = cb_is(c, "any"), first = true;
		for (size_t i = 0; i < c->nkid; i++) {
			if (any && !(cb_eval_node(w->ev, c->kid[i], w->lane, &v) && v.n))
				continue;
			if (!first)
				cb_buf_puts(b, any ? "; " : " và ");
			put_condition(w, b, c->kid[i]);
			first = false;
		}
		if (!first)
			return;
	}
	cb_node_text_vi(b, w->rs, c);
}

static bool value(struct walk *w, const struct cb_node *n, cb_pts *out)
{
	struct cb_ratio r;

	if (!cb_eval_node(w->ev, n, w->lane, &r))
		return false;
	*out = r.n;
	return true;
}

static bool plain(const struct cb_node *n)
{
	return cb_is_const(n);
}

/* What made a condition false: "loại sinh hoạt: thường kỳ", "số đảng viên có mặt = 2 người". */
static void put_refuted(struct walk *w, struct cb_buf *b, const struct cb_node *c)
{
	struct cb_ratio v, k;

	if (compares(c) && cb_eval_node(w->ev, c->kid[0], w->lane, &v) && cb_eval_node(w->ev, c->kid[1], w->lane, &k)) {
		cb_node_text_vi(b, w->rs, c->kid[0]);
		cb_buf_puts(b, c->kid[0]->unit == CB_M_WORD ? ": " : " = ");
		put_value(b, w->rs, c->kid[0], v, &k);
		return;
	}
	cb_buf_puts(b, "không (");
	cb_node_text_vi(b, w->rs, c);
	cb_buf_putc(b, ')');
}

/* Will walking it print its points on lines of their own? Then the branch above does not print them too: what stands on
   the sheet adds up. */
static bool tells_itself(const struct cb_node *n)
{
	return !plain(n) && !cb_is(n, "judged") && !cb_is(n, "function");
}

/* What is worth more than the branch that was taken. */
static void put_next(struct walk *w, const struct cb_node *n, size_t start, size_t taken, cb_pts got)
{
	struct cb_sheet_line *l = w->line;
	cb_pts p;

	for (size_t i = taken; i-- > start;) {
		const struct cb_node *br = n->kid[i];
		if (!value(w, br->kid[1], &p) || p <= got)
			continue;
		struct cb_buf b;
		cb_buf_init(&b);
		cb_buf_puts(&b, "cần ");
		cb_node_text_vi(&b, w->rs, br->kid[0]);
		cb_buf_puts(&b, ": ");
		put_pts(&b, p);
		add(w, l->next, &l->nnext, &b);
		return;
	}
	/* an early branch took it down: what would follow without it */
	for (size_t i = taken + 1; i < n->nkid; i++) {
		const struct cb_node *br = n->kid[i];
		struct cb_ratio r;
		if (br->nkid == 2) {
			if (!cb_eval_node(w->ev, br->kid[0], w->lane, &r))
				return;
			if (!r.n)
				continue;
		}
		if (!value(w, br->kid[br->nkid - 1], &p) || p <= got)
			return;
		struct cb_buf b;
		cb_buf_init(&b);
		cb_buf_puts(&b, "nếu không có (");
		cb_node_text_vi(&b, w->rs, n->kid[taken]->kid[0]);
		cb_buf_puts(&b, "): ");
		put_pts(&b, p);
		add(w, l->next, &l->nnext, &b);
		return;
	}
}

static void walk(struct walk *w, const struct cb_node *n);

static void walk_choice(struct walk *w, const struct cb_node *n)
{
	struct cb_sheet_line *l = w->line;
	size_t start = cb_is(n, "first") ? 0 : 1;
	int k = cb_eval_branch(w->ev, n, w->lane);
	struct cb_ratio v;
	cb_pts p;

	if (k < 0)
		return;
	const struct cb_node *br = n->kid[start + (size_t)k], *val = br->kid[br->nkid - 1];
	struct cb_buf b;
	cb_buf_init(&b);
	if (br->label)
		cb_buf_printf(&b, "%s: ", br->label);
	if (br->nkid == 2) {
		put_condition(w, &b, br->kid[0]);
	} else if (start && cb_eval_node(w->ev, n->kid[0], w->lane, &v)) {
		cb_node_text_vi(&b, w->rs, n->kid[0]);
		cb_buf_puts(&b, " = ");
		put_value(&b, w->rs, n->kid[0], v, &n->kid[n->nkid - 2]->kid[0]->kid[1]->num);
		cb_buf_puts(&b, cb_is(n, "bands") ? ", dưới mọi mức" : ", trên mọi mức");
	} else {
		cb_buf_puts(&b, "các trường hợp còn lại");
	}
	bool have = value(w, val, &p);
	if (have && !tells_itself(val)) {
		cb_buf_puts(&b, ": ");
		put_pts(&b, p);
	}
	add(w, l->band, &l->nband, &b);
	if (have)
		put_next(w, n, start, start + (size_t)k, p);
	if (!plain(val))
		walk(w, val);
}

static void walk_either(struct walk *w, const struct cb_node *n)
{
	struct cb_sheet_line *l = w->line;
	int k = cb_eval_branch(w->ev, n, w->lane);
	bool flag = cb_is(n, "flag");
	cb_pts p = 0, other = 0;
	struct cb_buf b;

	if (k < 0)
		return;
	const struct cb_node *val = k == 0 ? n->kid[1] : flag ? NULL : n->kid[2];
	bool have = val ? value(w, val, &p) : true;
	cb_buf_init(&b);
	if (flag) {
		if (n->label)
			cb_buf_puts(&b, n->label);
		else
			cb_node_text_vi(&b, w->rs, n->kid[0]);
		cb_buf_puts(&b, k == 0 ? ": đạt" : ": không đạt");
	} else if (k == 1) {
		put_refuted(w, &b, n->kid[0]);
	} else {
		put_condition(w, &b, n->kid[0]);
	}
	if (have && !(val && tells_itself(val))) {
		cb_buf_puts(&b, flag ? ", " : ": ");
		put_pts(&b, p);
	}
	add(w, l->band, &l->nband, &b);
	const struct cb_node *alt = k == 1 ? n->kid[1] : flag ? NULL : n->kid[2];
	if (have && alt && value(w, alt, &other) && other > p) {
		cb_buf_init(&b);
		cb_buf_puts(&b, k == 1 ? "cần " : "nếu không có (");
		cb_node_text_vi(&b, w->rs, n->kid[0]);
		cb_buf_puts(&b, k == 1 ? ": " : "): ");
		put_pts(&b, other);
		add(w, l->next, &l->nnext, &b);
	}
	if (val && !plain(val))
		walk(w, val);
}

static void walk_amount(struct walk *w, const struct cb_node *n)
{
	struct cb_sheet_line *l = w->line;
	struct cb_ratio v;
	cb_pts p, each = 0;
	struct cb_buf b;

	if (!value(w, n, &p) || !cb_eval_node(w->ev, n->kid[0], w->lane, &v))
		return;
	cb_pts_from_ratio(&each, n->num);
	cb_buf_init(&b);
	cb_node_text_vi(&b, w->rs, n->kid[0]);
	cb_buf_puts(&b, " = ");
	put_value(&b, w->rs, n->kid[0], v, NULL);
	cb_buf_puts(&b, cb_is(n, "deduct") ? ", trừ " : " × ");
	put_pts(&b, cb_is(n, "deduct") ? n->ref - p : each);
	cb_buf_puts(&b, cb_is(n, "deduct") ? ": còn " : ": ");
	put_pts(&b, p);
	add(w, l->band, &l->nband, &b);
}

static void walk(struct walk *w, const struct cb_node *n)
{
	cb_pts p, cap = 0;

	if (w->seen[n->id])
		return;
	w->seen[n->id] = 1;
	if (cb_is_choice(n)) {
		walk_choice(w, n);
	} else if (cb_is(n, "either") || cb_is(n, "flag")) {
		walk_either(w, n);
	} else if (cb_is(n, "per") || cb_is(n, "deduct") || cb_is(n, "prorate")) {
		walk_amount(w, n);
	} else if (!cb_is(n, "judged") && !cb_is(n, "function")) {
		for (size_t i = 0; i < n->nkid; i++)
			if (n->kid[i]->kind == CB_POINTS)
				walk(w, n->kid[i]);
		if (cb_is(n, "capped") && value(w, n->kid[0], &p) && cb_pts_from_ratio(&cap, n->num) && p > cap && !w->line->capped) {
			struct cb_buf b;
			cb_buf_init(&b);
			put_pts(&b, p);
			cb_buf_puts(&b, ", chỉ tính tối đa ");
			put_pts(&b, cap);
			w->line->capped = keep(w, &b);
		}
	}
}

static size_t count_judged(const struct cb_node *n, unsigned char *seen)
{
	size_t k = cb_is(n, "judged");

	if (seen[n->id])
		return 0;
	seen[n->id] = 1;
	for (size_t i = 0; i < n->nkid; i++)
		k += count_judged(n->kid[i], seen);
	return k;
}

static void take_judged(struct walk *w, const struct cb_node *n, unsigned char *seen)
{
	if (seen[n->id])
		return;
	seen[n->id] = 1;
	if (cb_is(n, "judged")) {
		struct cb_sheet_judged *j = &w->line->judged[w->line->njudged++];
		j->item = cb_arena_strdup(&w->s->arena, n->text);
		j->label = n->label ? cb_arena_strdup(&w->s->arena, n->label) : NULL;
		w->oom = w->oom || !j->item || (n->label && !j->label);
		cb_pts_from_ratio(&j->max, n->num);
		j->counted = -1;
		for (int a = 0; a < CB_ASSESSORS; a++) {
			struct cb_input in = { .kind = CB_IN_JUDGED, .item = n->text, .by = (enum cb_assessor)a };
			j->have[a] = cb_eval_input(w->ev, &in, w->lane, &j->points[a]);
		}
		for (size_t i = w->rs->norder; i-- > 0;)
			if (j->have[w->rs->order[i]])
				j->counted = (int)w->rs->order[i];
	}
	for (size_t i = 0; i < n->nkid; i++)
		take_judged(w, n->kid[i], seen);
}

/* "present, @prep.1, /members" becomes words. */
static const char *missing_words(struct walk *w, struct cb_buf *ids)
{
	struct cb_buf b;

	if (!cb_buf_ok(ids))
		w->oom = true;
	if (!ids->len || w->oom) {
		cb_buf_release(ids);
		return NULL;
	}
	cb_buf_init(&b);
	for (const char *s = ids->s; *s;) {
		size_t len = strcspn(s, ",");
		char id[160] = "";
		bool mark = *s == '@' || *s == '/' || *s == '#';
		memcpy(id, s + mark, len - mark < sizeof(id) - 1 ? len - mark : sizeof(id) - 1);
		if (b.len)
			cb_buf_puts(&b, ", ");
		int f = *s == '@' || *s == '#' ? -1 : cb_facts_find(w->rs->dict, id), cr = *s == '#' ? cb_criterion_find(w->rs, id) : -1;
		const char *label = f >= 0 ? cb_facts_at(w->rs->dict, (size_t)f)->label : NULL;
		const struct cb_node *judged = *s == '@' ? cb_judged_find(w->rs, id) : NULL;
		if (judged)
			label = judged->label;
		if (*s == '#')
			cb_buf_printf(&b, "điểm của tiêu chí «%s»", cr >= 0 ? w->rs->criterion[cr].label : id);
		else if (strcmp(id, "0") == 0)
			cb_buf_puts(&b, "số chia bằng 0");
		else if (*s == '@')
			cb_buf_printf(&b, "điểm chấm %s%s%s%s", label ? label : id, label ? " (" : "", label ? id : "", label ? ")" : "");
		else
			cb_buf_printf(&b, "%s%s (%s)", *s == '/' ? "số chia bằng 0: " : "", label ? label : id, id);
		s += len;
		s += strspn(s, ", ");
	}
	cb_buf_release(ids);
	return keep(w, &b);
}

static void fill_line(struct walk *w, int c, const struct cb_batch *in)
{
	struct cb_sheet_line *l = w->line;
	const struct cb_criterion *cr = l->criterion;
	const struct cb_eval *ev = w->ev;
	struct cb_buf b;

	l->state = (enum cb_crit_state)ev->state[c][w->lane];
	l->points = ev->points[c][w->lane];
	l->fact = CB_NEWV(&w->s->arena, cr->nneeds + 1, struct cb_sheet_fact);
	const struct cb_node *root = cr->score ? cr->score : cr->check;
	memset(w->seen, 0, w->rs->nnode);
	size_t nj = count_judged(root, w->seen);
	l->judged = CB_NEWV(&w->s->arena, nj + 1, struct cb_sheet_judged);
	w->room = w->rs->nnode;
	if (w->room > 200)
		w->room = 200;
	l->band = CB_NEWV(&w->s->arena, w->room + 1, const char *);
	l->next = CB_NEWV(&w->s->arena, w->room + 1, const char *);
	if (!l->fact || !l->judged || !l->band || !l->next) {
		w->oom = true;
		return;
	}
	for (size_t i = 0; i < cr->nneeds; i++) {
		struct cb_sheet_fact *f = &l->fact[l->nfact++];
		f->fact = cb_facts_at(w->rs->dict, (size_t)cr->needs[i]);
		for (size_t k = 0; k < ev->prog.ninput; k++)
			if (ev->input[k].kind == CB_IN_FACT && ev->input[k].fact == cr->needs[i]) {
				f->have = in->have[k][w->lane];
				f->value = f->have ? in->value[k][w->lane] : 0;
			}
	}
	memset(w->seen, 0, w->rs->nnode);
	take_judged(w, root, w->seen);
	if (l->state == CB_CR_SCORED) {
		memset(w->seen, 0, w->rs->nnode);
		if (cr->check) {
			cb_buf_init(&b);
			put_condition(w, &b, cr->check);
			cb_buf_puts(&b, l->points ? ": đạt" : ": không đạt");
			add(w, l->band, &l->nband, &b);
		} else {
			walk(w, cr->score);
			if (cr->counts == CB_COUNTS_PENALTY)
				l->nnext = 0; /* more of a penalty is no better branch */
		}
		struct cb_ratio raw;
		if (!cr->check && !cr->is_function && cb_eval_node(ev, cr->score, w->lane, &raw) && (raw.n = cr->counts == CB_COUNTS_PENALTY ? -raw.n : raw.n) != l->points) {
			cb_buf_init(&b);
			if (cr->counts == CB_COUNTS_PENALTY && raw.n > 0) {
				cb_buf_puts(&b, "dưới 0 điểm: không trừ");
			} else {
				put_pts(&b, raw.n);
				cb_buf_puts(&b, (cr->counts == CB_COUNTS_PENALTY ? raw.n < l->points : raw.n > l->points) ? ", chỉ tính tối đa " : ", tính là ");
				put_pts(&b, l->points);
			}
			l->capped = keep(w, &b);
		}
	} else if (l->state == CB_CR_NA) {
		cb_buf_init(&b);
		cb_buf_puts(&b, "không áp dụng (chỉ khi ");
		cb_node_text_vi(&b, w->rs, cr->applies);
		cb_buf_puts(&b, cr->check ? ")" : cr->na == CB_NA_FULL ? "): tính điểm tối đa" : cr->na == CB_NA_RESCALE ? "): không tính vào thang điểm" : "): tính điểm đã định");
		add(w, l->band, &l->nband, &b);
	} else if (l->state == CB_CR_MISSING) {
		cb_buf_init(&b);
		cb_eval_criterion_missing(&b, ev, c, w->lane);
		l->missing = missing_words(w, &b);
	}
	const struct cb_lane_note *note = cb_eval_note(ev, w->lane, c);
	const char *text = note ? note->text : cr->note;
	if (text && !(l->note = cb_arena_strdup(&w->s->arena, text)))
		w->oom = true;
}

static void fill_total(struct walk *w)
{
	struct cb_sheet *s = w->s;
	const struct cb_ruleset *rs = w->rs;
	int64_t app = w->ev->applicable[w->lane], sum = w->ev->sum[w->lane];
	struct cb_buf b;
	char t[CB_NUM_TEXT];

	if (!s->score_d)
		return;
	int64_t off = w->ev->off[w->lane];
	bool rescaled = app != rs->scale;
	struct cb_ratio scaled = cb_ratio_make(rescaled ? sum * rs->scale : sum, rescaled ? app : 1), shown = cb_ratio_make(s->score_n, s->score_d);
	struct cb_ratio exact = scaled, top = cb_ratio_make(rs->ceiling, 1), zero = cb_ratio_make(0, 1);
	const char *held = NULL;
	if (off && !cb_ratio_add(&exact, scaled, cb_ratio_make(off, 1)))
		return;
	if (rs->off_scale && cb_ratio_cmp(exact, top) > 0) {
		held = "không quá";
		exact = top;
	} else if (rs->off_scale && cb_ratio_cmp(exact, zero) < 0) {
		held = "không dưới";
		exact = zero;
	}
	bool rounded = cb_ratio_cmp(exact, shown) != 0;
	if (!rescaled && !rounded && !off)
		return;
	cb_buf_init(&b);
	if (rescaled) {
		cb_buf_printf(&b, "quy đổi từ thang %s điểm", cb_fmt_pts_vi(t, sizeof(t), app));
		cb_buf_printf(&b, " sang thang %s điểm: ", cb_fmt_pts_vi(t, sizeof(t), rs->scale));
		struct cb_ratio points = { 0, 0 };
		if (cb_ratio_mul(&points, scaled, (struct cb_ratio){ 1, 1000 }))
			cb_buf_puts(&b, points.d == 1 ? cb_fmt_int_vi(t, sizeof(t), points.n) : cb_fmt_ratio_vi(t, sizeof(t), points, 3));
	}
	if (off) {
		cb_buf_printf(&b, "%strong thang %s", rescaled ? "; " : "", cb_fmt_pts_vi(t, sizeof(t), sum));
		cb_pts by[3] = { 0 };
		for (size_t c = 0; c < rs->ncriterion; c++)
			by[rs->criterion[c].counts] += rs->criterion[c].check ? 0 : w->ev->points[c][w->lane];
		if (by[CB_COUNTS_BONUS])
			cb_buf_printf(&b, ", cộng %s", cb_fmt_pts_vi(t, sizeof(t), by[CB_COUNTS_BONUS]));
		if (by[CB_COUNTS_PENALTY])
			cb_buf_printf(&b, ", trừ %s", cb_fmt_pts_vi(t, sizeof(t), -by[CB_COUNTS_PENALTY]));
		if (held)
			cb_buf_printf(&b, ", %s %s", held, cb_fmt_pts_vi(t, sizeof(t), exact.n ? rs->ceiling : 0));
	}
	if (rounded) {
		static const char *const how[] = { "", "từ nửa trở lên thì làm tròn lên", "làm tròn nửa về số chẵn", "làm tròn xuống", "làm tròn lên" };
		cb_buf_printf(&b, "%s%s đến %s điểm: ", rescaled || off ? "; " : "", how[rs->total_round], cb_fmt_pts_vi(t, sizeof(t), rs->total_step));
		if (!rescaled && !off)
			cb_buf_printf(&b, "%s → ", cb_fmt_pts_vi(t, sizeof(t), sum));
		cb_buf_puts(&b, cb_fmt_pts_vi(t, sizeof(t), s->score_n));
	}
	s->total_note = keep(w, &b);
}

static void fill_gate(struct walk *w)
{
	struct cb_sheet *s = w->s;
	const struct cb_ruleset *rs = w->rs;
	struct cb_ratio r;
	struct cb_buf b;

	if (s->gate < 0)
		return;
	const struct cb_gate *g = &rs->gate[s->gate];
	cb_buf_init(&b);
	if (g->label)
		cb_buf_puts(&b, g->label);
	if (g->article)
		cb_buf_printf(&b, "%s(mục %s)", g->label ? " " : "", g->article);
	cb_buf_puts(&b, g->label ? ": " : g->article ? " " : "");
	cb_buf_printf(&b, "không xếp trên %s, vì ", rs->level[s->level].label);
	if (g->when) {
		put_condition(w, &b, g->when);
	} else {
		bool all = cb_is(g->needs, "all"), first = true;
		cb_buf_puts(&b, "không có: ");
		for (size_t i = 0; i < (all ? g->needs->nkid : 1); i++) {
			const struct cb_node *c = all ? g->needs->kid[i] : g->needs;
			if (cb_eval_node(w->ev, c, w->lane, &r) && r.n)
				continue;
			if (!first)
				cb_buf_puts(&b, "; ");
			cb_node_text_vi(&b, rs, c);
			first = false;
		}
	}
	s->gate_text = keep(w, &b);
}

/* Points from the exact total to the first one that is counted as `at_least` (rounding may lift it there). */
static cb_pts still_needed(const struct walk *w, cb_pts at_least)
{
	const struct cb_ruleset *rs = w->rs;
	__int128 n = w->ev->sum[w->lane], d = 1;
	cb_pts from = at_least, step = rs->total_step;

	if (w->ev->applicable[w->lane] != rs->scale) {
		n *= rs->scale;
		d = w->ev->applicable[w->lane];
	}
	n += (__int128)w->ev->off[w->lane] * d;
	if (rs->total_round != CB_ROUND_NONE && step > 0) {
		cb_pts up = (at_least + step - 1) / step * step; /* the first multiple that is enough */
		cb_pts half = up - step / 2;                     /* half a step below it, or the thousandth above that */
		switch (rs->total_round) {
		case CB_ROUND_HALF_UP:
			from = half;
			break;
		case CB_ROUND_HALF_EVEN: /* a half goes to the even multiple */
			from = step % 2 == 0 && up / step % 2 ? half + 1 : half;
			break;
		case CB_ROUND_UP:
			from = up - step + 1;
			break;
		default:
			from = up;
			break;
		}
	}
	cb_pts need = (cb_pts)cb_round_div((__int128)from * d - n, d, CB_ROUND_UP);
	return need > 0 ? need : 0;
}

int cb_sheet_new(struct cb_sheet **out, struct cb_eval *ev, const struct cb_batch *in, size_t lane, struct cb_err *err)
{
	const struct cb_ruleset *rs = ev->rs;
	struct cb_sheet *s = cb_calloc(1, sizeof(*s));

	*out = NULL;
	if (!s)
		return cb_err_nomem(err);
	cb_arena_init(&s->arena);
	struct walk w = { .s = s, .ev = ev, .rs = rs, .lane = lane };
	w.seen = cb_calloc(rs->nnode + 1, 1);
	s->rs = rs;
	s->line = CB_NEWV(&s->arena, rs->ncriterion + 1, struct cb_sheet_line);
	if (ev->single || lane >= ev->n) {
		cb_free(w.seen);
		cb_sheet_free(s);
		return cb_err_set(err, CB_EUSAGE, "there is no meeting %zu in the last batch", lane);
	}
	if (!w.seen || !s->line)
		w.oom = true;
	s->status = (enum cb_status)ev->status[lane];
	s->score_n = ev->score_n[lane];
	s->score_d = ev->score_d[lane];
	s->level = ev->level[lane];
	s->level_by_score = ev->level_by_score[lane];
	s->gate = ev->gate[lane];
	s->to_next = -1;
	for (size_t c = 0; c < rs->ncriterion && !w.oom; c++) {
		w.line = &s->line[s->nline++];
		w.line->criterion = &rs->criterion[c];
		fill_line(&w, (int)c, in);
		if (!rs->criterion[c].check)
			s->sum += w.line->points;
	}
	if (!w.oom) {
		struct cb_buf b;
		fill_total(&w);
		fill_gate(&w);
		cb_buf_init(&b);
		cb_eval_missing(&b, ev, lane);
		s->missing = missing_words(&w, &b);
		const char *m = cb_eval_message(ev, lane);
		if (s->status > CB_ST_MISSING && *m && !(s->message = cb_arena_strdup(&s->arena, m)))
			w.oom = true;
	}
	if (s->level > s->level_by_score)
		s->to_next = 0; /* the points are there: a gate holds it */
	else if (s->level > 0 && !rs->rating && s->score_d)
		s->to_next = still_needed(&w, rs->level[s->level - 1].at_least);
	cb_free(w.seen);
	if (w.oom) {
		cb_sheet_free(s);
		return cb_err_nomem(err);
	}
	*out = s;
	return 0;
}

void cb_sheet_free(struct cb_sheet *s)
{
	if (!s)
		return;
	cb_arena_release(&s->arena);
	cb_free(s);
}
