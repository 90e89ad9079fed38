/*
 * compile.c - libFuzzer over the expression compiler: bytes grow a declared tree (mostly well-shaped, sometimes not), which
 * is built, checked, said in words, compiled, run over lanes of facts and explained. `make fuzz`.
 *
 * What must hold: findings exactly when it is refused; points within 0..max, totals within 0..scale, a level exactly when
 * RATED; a sheet for each lane; no memory stays.
 */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/alloc.h"
#include "eval/eval.h"
#include "rule/forms.h"
#include "tests/unit/trees.h"

#define LANES 9

static const uint8_t *in, *end;
static unsigned where;   /* in a ruleset: CB_AT_* */
static unsigned njudged;
static bool earlier;     /* there is a criterion to refer to */

static unsigned upto(unsigned n)
{
	return in < end ? *in++ % n : 0;
}

static bool one_in(unsigned n)
{
	return upto(n) == 1; /* not when the bytes have run out */
}

static const char *word(void)
{
	static const char *const words[] = { "a", "b", "c", "d", "tot", "kha", "trung_binh", "kem", "months", "meetings", "count", "share", "mean", "sum",
					     "least", "greatest", "number", "missed", "score", "regular", "thematic", "combined", "half_up", "half_even",
					     "up", "down", "none", "rescale", "full", "points", "2024-02-29", "self", "superior", "preparation.2", "", "\xc4\x91" };
	return words[upto(sizeof(words) / sizeof(*words))];
}

static const char *number(void)
{
	static const char *const likely[] = { "1", "2", "5", "10", "30", "0.5", "0.9", "2/3" };
	static const char *const numbers[] = { "0", "1", "2", "3", "5", "10", "30", "-1", "0.5", "0.1", "0.333", "2/3", "1/7", "0.9", "100", "1000",
					       "0.0001", "1000000", "99999999999", "1000000000000000000", "-1000000000000000000", "1/999999999" };
	if (!one_in(12))
		return likely[upto(8)];
	return numbers[upto(sizeof(numbers) / sizeof(*numbers))];
}

static T *fact(unsigned kind)
{
	static const char *const number[] = { "members", "present", "exempt", "speakers", "notice_days", "started_late_minutes", "absent_unexcused", "opinions" };
	static const char *const flag[] = { "online", "minutes_recorded", "draft_prepared", "content_focused" };
	static const char *const other[] = { "kind", "held_on", "planned_on", "no_such_fact" };

	if (one_in(40))
		return F(other[upto(4)]);
	return F(kind == CB_K_C ? flag[upto(4)] : number[upto(8)]);
}

static T *points(void)
{
	static const char *const likely[] = { "1", "2", "5", "10", "0.5", "0", "30", "0.25" };
	return N(one_in(32) ? number() : likely[upto(8)]);
}

static T *judged(void)
{
	char id[16];

	snprintf(id, sizeof(id), "j%u", one_in(32) ? 1 : ++njudged);
	return WITH(OP0("judged"), "max", points(), "id", S(id), "label", S("x"));
}

static T *grow(unsigned kind, int depth);

/* One operand for a letter of a shape (forms.h). */
static T *operand(char c, unsigned kind, int depth)
{
	T *t;

	switch (c) {
	case 'q': return grow(CB_K_Q, depth);
	case 'c': return grow(CB_K_C, depth);
	case 'p': return grow(CB_K_P, depth);
	case 'l': return S(word());
	case '=': return grow(kind, depth);
	case 'n': return kind == CB_K_P ? points() : N(number());
	case 's': return S(one_in(8) ? word() : "a");
	case 'v': return !one_in(8) ? N(number()) : upto(2) ? S(word()) : grow(CB_K_Q, depth);
	case 'w': return upto(2) ? TAB(S(word()), S(word())) : TAB(S("regular"));
	case 'b':
	case 'z':
		t = cb_tree_table(&trees, NULL, 1 + upto(4), 0);
		for (size_t i = 0; i + 1 < t->nitem; i++)
			t->item[i] = TAB(c == 'b' ? grow(CB_K_C, depth) : N(number()), grow(kind, depth));
		t->item[t->nitem - 1] = c == 'b' ? ELSE(grow(kind, depth)) : TAB(N(number()), grow(kind, depth));
		return at_(t, 1);
	default: return grow(1u << upto(4), depth);
	}
}

static T *grow(unsigned kind, int depth)
{
	const struct cb_form *f = NULL;
	T *item[40];
	size_t n = 0;

	if (depth <= 0 || upto(4) == 0)
		switch (kind) {
		case CB_K_Q: return upto(3) ? fact(kind) : N(number());
		case CB_K_C: return one_in(64) ? B(upto(2)) : fact(kind);
		case CB_K_P: return upto(4) ? points() : judged();
		default: return S(upto(2) ? "tot" : upto(2) ? "kem" : word());
		}
	if (one_in(60)) /* what does not belong there */
		return upto(2) ? FN((int)upto(3)) : TAB(S(word()), N(number()));
	if (one_in(16))
		where = CB_AT_ALL;
	for (unsigned i = upto((unsigned)cb_nforms), k = 0; k < cb_nforms && !f; k++)
		if ((cb_forms[(i + k) % cb_nforms].kinds & kind) && (cb_forms[(i + k) % cb_nforms].where & where))
			f = &cb_forms[(i + k) % cb_nforms];
	if (!f)
		return S(word());
	if (!strcmp(f->name, "fact"))
		return fact(kind);
	if (!strncmp(f->name, "level_", 6))
		return OP(f->name, S(one_in(8) ? word() : "kha"));
	if (!strcmp(f->name, "judged"))
		return judged();
	if (f->shape && f->shape[0] == 's' && !f->shape[1] && strncmp(f->name, "level_", 6) && strcmp(f->name, "fact") && !earlier)
		return fact(kind);
	if (!strcmp(f->name, "agg") || !strcmp(f->name, "every")) {
		static const char *const what[] = { "count", "share", "mean", "sum", "least", "greatest", "number", "missed" };
		unsigned was = where, w = upto(8);
		T *kid;

		where = CB_AT_MEETING;
		kid = w < 2 || f->kinds == CB_K_C ? grow(CB_K_C, depth - 1) : upto(2) ? grow(CB_K_Q, depth - 1) : S("score");
		where = was;
		if (f->kinds == CB_K_C)
			return OP("every", S(upto(2) ? "months" : "meetings"), kid);
		return w > 5 ? OP("agg", S("months"), S(what[w])) : OP("agg", S(upto(2) ? "months" : "meetings"), S(what[w]), kid);
	}
	if (!strcmp(f->name, "known"))
		return OP("known", fact(CB_K_Q));
	for (const char *s = f->shape ? f->shape : ""; *s && n < 30; s++) {
		unsigned times = s[1] == '*' ? 1 + upto(4) : s[1] == '?' ? upto(2) : 1;

		if (*s == 'b') { /* branches are the operands themselves */
			T *list = operand('b', kind, depth - 1);
			for (size_t i = 0; i < list->nitem; i++)
				item[n++] = list->item[i];
		} else if (*s != ' ' && *s != '*' && *s != '?') {
			while (times--)
				item[n++] = operand(*s, kind, depth - 1);
		}
	}
	return op_(1, f->name, item, n);
}

/* An expression for a place of the ruleset. */
static T *at_place(unsigned place, unsigned kind, int depth)
{
	where = place;
	earlier = earlier || place != CB_AT_CRITERION;
	return grow(kind, depth);
}

static T *criterion(const char *id)
{
	bool check = one_in(8);
	T *t = WITH(OP0("criterion"), "id", S(id), "label", S("x"), check ? "check" : "score", at_place(CB_AT_CRITERION, check ? CB_K_C : CB_K_P, 4));

	if (!check)
		t = WITH(t, "max", N(one_in(32) ? number() : "30"));
	if (one_in(4))
		t = WITH(t, "applies", at_place(CB_AT_CRITERION, CB_K_C, 3), "otherwise", upto(4) ? S(upto(2) ? "full" : "rescale") : N(number()));
	earlier = true;
	return t;
}

static T *ruleset(void)
{
	T *a, *b, *c, *t;

	njudged = 0;
	earlier = false;
	a = criterion("a");
	b = criterion("b"); /* in this order: what is read of the bytes */
	c = criterion("c");
	t = upto(2) ? RULESET(a) : RULESET(a, b, c);

	if (one_in(3))
		t = WITH(t, "gates", TAB(WITH(OP0("gate"), "level", S("tot"), "needs", TAB(at_place(CB_AT_GATE, CB_K_C, 3))),
					 WITH(OP0("gate"), "at_most", S("kha"), "when", at_place(CB_AT_GATE, CB_K_C, 3))));
	if (one_in(4))
		t = WITH(t, "periods", WITH(TAB0(), "year", at_place(CB_AT_PERIOD, CB_K_L, 4)));
	if (one_in(4))
		t = WITH(t, "ranking", WITH(TAB0(), "by", TAB(WITH(OP("key", at_place(CB_AT_PERIOD, CB_K_Q, 3)), "down", B(true)))));
	if (one_in(4))
		t = WITH(t, "total", OP("round_total", N(one_in(3) ? number() : "1"), S(one_in(4) ? word() : "half_up")));
	if (one_in(5))
		t = WITH(t, "missing", S(upto(2) ? "zero" : "rescale"));
	return t;
}

/* Small numbers, limits of the fact and what is beyond them. */
static void fill(int64_t *v, unsigned char *have, const struct cb_facts *dict, const struct cb_input *p)
{
	const struct cb_fact *f = p->kind == CB_IN_FACT ? cb_facts_at(dict, (size_t)p->fact) : NULL;

	for (int k = 0; k < LANES; k++) {
		unsigned b = upto(256);

		have[k] = b % 8 != 0;
		v[k] = !f ? (int64_t)(b / 8) * 500 : b % 8 == 1 ? f->max : b % 8 == 2 ? f->min : b % 8 == 3 ? INT64_MAX : f->min + b / 8;
		if (p->kind == CB_IN_AGG_D)
			v[k] = 1 + b / 8;
	}
}

static void rate(const struct cb_ruleset *rs, const struct cb_facts *dict)
{
	static int64_t value[200][CB_BATCH];
	static unsigned char have[200][CB_BATCH];
	const int64_t *pv[200];
	const unsigned char *ph[200];
	struct cb_batch batch = { .n = LANES, .value = pv, .have = ph };
	const struct cb_input *input;
	struct cb_eval *ev = NULL;
	struct cb_scores s;
	struct cb_err err;
	size_t n;
	int rc = cb_eval_open(&ev, rs, &err);

	if (rc) {
		assert(rc == CB_ELIMIT || rc == CB_EDATA);
		return;
	}
	input = cb_eval_inputs(ev, &n);
	for (size_t i = 0; i < n && i < 200; i++) {
		pv[i] = value[i];
		ph[i] = have[i];
		fill(value[i], have[i], dict, &input[i]);
	}
	if (n <= 200) {
		assert(cb_eval_batch(ev, &batch, &s, &err) == 0);
		for (size_t k = 0; k < LANES; k++) {
			struct cb_sheet *sheet;
			for (size_t c = 0; c < rs->ncriterion; c++)
				if (s.state[c][k] == CB_CR_SCORED)
					assert(s.points[c][k] >= 0 && (s.points[c][k] <= rs->criterion[c].max || rs->criterion[c].check));
			assert(s.score_d[k] >= 0 && s.score_n[k] >= 0 && (__int128)s.score_n[k] <= ((__int128)rs->scale + rs->total_step) * (s.score_d[k] ? s.score_d[k] : 1));
			assert(s.status[k] <= CB_ST_ERROR && (s.status[k] == CB_ST_RATED) == (s.level[k] >= 0) && s.level[k] < (int)rs->nlevel);
			assert(cb_sheet_new(&sheet, ev, &batch, k, &err) == 0 && sheet->nline == rs->ncriterion);
			cb_sheet_free(sheet);
		}
	}
	cb_eval_close(ev);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cb_facts *dict;
	struct cb_diags *d;
	struct cb_ruleset *rs = NULL;
	struct cb_err err = { 0 };
	struct cb_buf b;
	cb_pts lo, hi;
	int rc;

	in = data;
	end = data + size;
	cb_arena_init(&trees);
	assert(cb_facts_new(&dict, &err) == 0 && cb_diags_new(&d, 30) == 0);
	rc = cb_ruleset_build(&rs, ruleset(), NULL, dict, d, &err);
	assert(rc == 0 || rc == CB_EDATA);
	assert((rc == 0) == (cb_diags_count(d, CB_SEV_ERROR) == 0));
	for (size_t i = 0; i < cb_diags_kept(d); i++)
		assert(cb_diags_at(d, i)->what[0]);
	if (!rc) {
		rc = cb_ruleset_check(rs, d, &err);
		assert(rc == 0 || rc == CB_EDATA);
		cb_ruleset_range(rs, &lo, &hi);
		assert(0 <= lo && lo <= hi);
		cb_buf_init(&b);
		for (size_t i = 0; i < rs->nnode; i++)
			cb_node_text_vi(&b, rs, rs->node[i]);
		assert(cb_buf_ok(&b));
		cb_buf_release(&b);
		rate(rs, dict);
	}
	cb_ruleset_free(rs);
	cb_diags_free(d);
	cb_facts_free(dict);
	cb_arena_release(&trees);
	assert(cb_alloc_live() == 0);
	return 0;
}
