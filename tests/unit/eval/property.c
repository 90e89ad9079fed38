/*
 * The compiled program against a second evaluator, slow and plain, that walks the declared trees with exact fractions of
 * 128 bits and Kleene logic: random rulesets, random meetings, no difference.
 *
 * CB_PROPERTY_MEETINGS (default 300000) and CB_PROPERTY_SEED choose how many and which.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "eval/eval.h"
#include "tests/unit/trees.h"

/* --- chance --------------------------------------------------------------------------------------------------- */

static uint64_t seed;

static uint64_t rnd(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed * 0x2545f4914f6cdd1du;
}

static int upto(int n) /* 0..n-1 */
{
	return (int)((rnd() >> 33) % (uint64_t)n);
}

/* --- random rulesets ------------------------------------------------------------------------------------------- */

static const char *const counts[] = { "members", "exempt", "present", "absent_unexcused", "speakers", "opinions", "longest_excused_run",
				      "duration_minutes", "started_late_minutes", "documents_days_before", "weight" };
static const char *const flags[] = { "committee_met", "minutes_recorded", "praise_given", "online" };
static const char *const kinds[] = { "regular", "thematic", "combined" };
static const char *const consts[] = { "0", "1", "2", "3", "5", "10", "0.5", "0.8", "0.9", "0.65", "2/3", "1/3", "1.5", "15", "-1", "0.333", "90", "30" };
#define PICK(list) ((list)[upto((int)(sizeof(list) / sizeof((list)[0])))])

static T *pool_q[32], *pool_c[32];
static int npool_q, npool_c, ncrit, njudged;
static bool crit_check[32]; /* a requirement */
static int crit_counts[32]; /* 0 in the scale, 1 bonus, 2 penalty */
static bool in_gate, asks_known;

static char name_buf[64][16];
static const char *crit_id(int i)
{
	snprintf(name_buf[i], sizeof(name_buf[i]), "c%d", i);
	return name_buf[i];
}

static T *gc(int depth);

static T *gq(int depth)
{
	T *t;

	if (npool_q && upto(4) == 0)
		return pool_q[upto(npool_q)];
	int k = depth <= 0 ? upto(3) : upto(16);
	switch (k) {
	case 0:
	case 1:
		return F(PICK(counts));
	case 2:
		return N(PICK(consts));
	case 3:
		t = OP("add", gq(depth - 1), gq(depth - 1));
		break;
	case 4:
	case 5:
		t = OP("sub", gq(depth - 1), gq(depth - 1));
		break;
	case 6:
		t = OP("mul", gq(depth - 1), gq(depth - 1));
		break;
	case 7:
	case 8:
	case 9: {
		T *d = gq(depth - 1);
		if (d->type == CB_T_NUMBER && d->number.n == 0)
			d = F("members");
		t = OP("div", gq(depth - 1), d);
		break;
	}
	case 10:
		t = OP("neg", gq(depth - 1));
		break;
	case 11:
		t = OP("either", gc(depth - 1), gq(depth - 1), gq(depth - 1));
		break;
	case 12:
		t = OP(upto(2) ? "least" : "greatest", gq(depth - 1), gq(depth - 1), gq(depth - 1));
		break;
	case 13:
		t = OP("count", gc(depth - 1), gc(depth - 1));
		break;
	case 14:
		t = upto(2) ? OP("sub", F("held_on"), F("planned_on")) : OP(upto(2) ? "month_of" : upto(2) ? "weekday_of" : "year_of", F("held_on"));
		break;
	default:
		if (in_gate && upto(2))
			t = OP0("total");
		else if (ncrit) {
			int c = upto(ncrit);
			t = crit_check[c] ? N("7") : OP(upto(4) ? "points_of" : "max_of", S(crit_id(c)));
		} else
			t = OP("first", TAB(gc(depth - 1), gq(depth - 1)), TAB(gc(depth - 1), gq(depth - 1)), ELSE(gq(depth - 1)));
	}
	if (npool_q < 32 && upto(3) == 0)
		pool_q[npool_q++] = t;
	return t;
}

static T *gc(int depth)
{
	static const char *const cmp[] = { "ge", "gt", "le", "lt", "eq", "ne" };
	T *t;

	if (npool_c && upto(5) == 0)
		return pool_c[upto(npool_c)];
	switch (depth <= 0 ? upto(4) : upto(14)) {
	case 0:
		return F(PICK(flags));
	case 1:
	case 4:
	case 5:
	case 6:
	case 7:
		t = OP(PICK(cmp), gq(depth - 1), upto(3) ? N(PICK(consts)) : gq(depth - 1));
		break;
	case 2:
		return upto(2) ? OP(upto(2) ? "eq" : "ne", F("kind"), S(PICK(kinds))) : OP("one_of", F("kind"), TAB(S(PICK(kinds)), S(PICK(kinds))));
	case 3:
		asks_known = true;
		return OP("known", F(upto(2) ? PICK(counts) : PICK(flags)));
	case 8:
		t = upto(2) ? OP("all", gc(depth - 1), gc(depth - 1)) : OP("all", gc(depth - 1), gc(depth - 1), gc(depth - 1));
		break;
	case 9:
		t = upto(2) ? OP("any", gc(depth - 1), gc(depth - 1)) : OP("any", gc(depth - 1), gc(depth - 1), gc(depth - 1));
		break;
	case 10:
		t = OP("no", gc(depth - 1));
		break;
	case 11:
		t = OP("between", gq(depth - 1), N("0.5"), N(upto(2) ? "0.9" : "3"));
		break;
	case 12:
		if (ncrit) {
			int c = upto(ncrit);
			return crit_counts[c] == 2 ? OP("ge", OP("points_of", S(crit_id(c))), N("-2")) : OP(crit_check[c] ? "met" : "full", S(crit_id(c)));
		}
		return F("online");
	default:
		t = OP(upto(2) ? "ge" : "lt", F("held_on"), upto(2) ? S("2024-06-15") : F("planned_on"));
		break;
	}
	if (npool_c < 32 && upto(3) == 0)
		pool_c[npool_c++] = t;
	return t;
}

static T *gp(int depth)
{
	static const char *const pts[] = { "0", "1", "2", "3", "5", "0.5", "2.5", "10", "7.125", "-1" };
	static const char *const ids[] = { "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p" };

	switch (depth <= 0 ? upto(5) : upto(16)) {
	case 0:
	case 1:
		return N(PICK(pts));
	case 2:
		return OP("flag", gc(1), N(PICK(pts)));
	case 3:
		if (njudged < 16)
			return WITH(OP0("judged"), "id", S(ids[njudged++]), "max", N(upto(2) ? "3" : "5.5"));
		return N("1");
	case 4:
		return OP("per", gq(1), N(upto(2) ? "0.5" : "1.25"));
	case 5:
	case 6:
		return OP("first", TAB(gc(depth - 1), gp(depth - 1)), TAB(gc(depth - 1), gp(depth - 1)), TAB(gc(depth - 1), gp(depth - 1)), ELSE(gp(depth - 1)));
	case 7:
	case 8:
		return OP("bands", gq(depth), TAB(TAB(N("3"), gp(0)), TAB(N("0.9"), gp(0)), TAB(N("2/3"), gp(0)), TAB(N("0.5"), gp(0))), gp(0));
	case 9:
		return OP("bands_below", gq(depth), TAB(TAB(N("0"), gp(0)), TAB(N("1/3"), gp(0)), TAB(N("10"), gp(0))), gp(0));
	case 10:
		return OP("sum", gp(depth - 1), gp(depth - 1), gp(depth - 1));
	case 11:
		return OP("capped", gp(depth - 1), N("4.5"));
	case 12:
		if (crit_counts[ncrit] == 2)
			return OP("per", gq(depth), N("0.3"));
		return WITH(OP("deduct", gq(depth), N("0.3"), N("2")), "from", N("6"));
	case 13:
		return OP("either", gc(depth - 1), gp(depth - 1), gp(depth - 1));
	case 14:
		return upto(2) ? OP("lowest", gp(depth - 1), gp(depth - 1)) : OP("highest", gp(depth - 1), gp(depth - 1));
	default:
		return OP("prorate", gq(depth), N("8"));
	}
}

static T *random_ruleset(void)
{
	static const char *const missing[] = { "refuse", "refuse", "zero", "rescale" };
	static const char *const rounds[] = { "half_up", "half_even", "down", "up" };
	static const char *const levels[] = { "tot", "kha", "trung_binh", "kem" };
	T *crit[6];

	npool_q = npool_c = ncrit = 0;
	in_gate = asks_known = false;
	bool bonus = false;
	int n = 1 + upto(6);
	for (int i = 0; i < n; i++) {
		njudged = 0;
		T *c = WITH(OP0("criterion"), "id", S(crit_id(i)));
		crit_check[i] = i > 0 && upto(6) == 0;
		crit_counts[i] = crit_check[i] || i == 0 || upto(4) ? 0 : 1 + upto(2);
		bonus |= crit_counts[i] == 1;
		if (crit_counts[i])
			WITH(c, "counts", S(crit_counts[i] == 1 ? "bonus" : "penalty"));
		if (crit_check[i])
			WITH(c, "check", gc(3));
		else
			WITH(c, "max", N(upto(2) ? "10" : "20"), "score", gp(3), "round", S(PICK(rounds)));
		if (upto(4) == 0) {
			WITH(c, "applies", gc(2));
			if (!crit_check[i])
				WITH(c, "otherwise", upto(3) == 0 ? N("4") : S(upto(2) || crit_counts[i] ? "full" : "rescale"));
		}
		crit[i] = c;
		ncrit++;
	}
	T *list = op_(__LINE__, NULL, crit, (size_t)n);
	T *t = WITH(RULESET(crit[0]), "criteria", list, "missing", S(PICK(missing)), "levels",
		    TAB(TAB(S("tot"), N("40")), TAB(S("kha"), N("20.5")), TAB(S("trung_binh"), N("8")), TAB(S("kem"), N("0"))), "facts",
		    TAB(WITH(TAB0(), "id", S("weight"), "type", S("decimal"), "label", S("bịa"), "min", N("-5"), "max", N("100"))));
	if (bonus && upto(2))
		WITH(t, "ceiling", N("125"));
	if (upto(3) == 0)
		WITH(t, "total", OP("round_total", N(upto(2) ? "1" : "0.5"), S(PICK(rounds))));
	if (upto(3) == 0)
		WITH(t, "assessors", WITH(TAB0(), "order", upto(2) ? TAB(S("observer"), S("self")) : TAB(S("self"), S("superior"), S("observer"))));
	in_gate = true;
	npool_q = npool_c = 0; /* what was made in criteria may not know all criteria; fine, but gates shall ask for totals */
	int ng = upto(4);
	T *gate[4];
	for (int i = 0; i < ng; i++)
		gate[i] = upto(2) ? WITH(OP0("gate"), "level", S(levels[upto(3)]), "needs", upto(2) ? TAB(gc(2), gc(1)) : TAB(gc(2))) :
				    WITH(OP0("gate"), "at_most", S(levels[1 + upto(3)]), "when", gc(2));
	if (ng)
		WITH(t, "gates", op_(__LINE__, NULL, gate, (size_t)ng));
	if (upto(6) == 0)
		WITH(t, "rating", OP("first", TAB(gc(2), S("tot")), TAB(gc(2), S("trung_binh")), ELSE(S(PICK(levels)))));
	return t;
}

/* --- the plain evaluator ----------------------------------------------------------------------------------------- */

typedef __int128 I;
struct R {
	bool have;
	I n, d; /* d > 0, lowest terms */
};
enum tri { NO, YES, MAYBE };

static const struct cb_ruleset *rs; /* for the names of inputs only */
static struct cb_facts *dict;
static const struct cb_batch *batch;
static size_t lane;
static bool huge, big; /* beyond 128 bits: no verdict; beyond 64: the program may give up */

struct ref {
	enum cb_crit_state state[32];
	int64_t points[32];
	struct R total;
	enum cb_status status;
	int level, by_score, gate;
};
static struct ref ref;
static T *the_crit[32];
static int ref_missing; /* cb_missing */
static enum cb_assessor order[3];
static int norder;

static I gcd(I a, I b)
{
	a = a < 0 ? -a : a;
	b = b < 0 ? -b : b;
	while (b) {
		I t = a % b;
		a = b;
		b = t;
	}
	return a;
}

static struct R make(I n, I d)
{
	struct R r = { false, 0, 1 };
	if (d == 0)
		return r;
	I g = gcd(n, d);
	r = (struct R){ true, d < 0 ? -(n / g) : n / g, d < 0 ? -(d / g) : d / g };
	if (r.n > INT64_MAX || r.n < -(I)INT64_MAX || r.d > INT64_MAX)
		big = true;
	return r;
}

static I mul(I a, I b)
{
	I r;
	if (__builtin_mul_overflow(a, b, &r)) {
		huge = true;
		return 0;
	}
	return r;
}

static I add(I a, I b)
{
	I r;
	if (__builtin_add_overflow(a, b, &r)) {
		huge = true;
		return 0;
	}
	return r;
}

static int cmp(struct R a, struct R b)
{
	I l = mul(a.n, b.d), r = mul(b.n, a.d);
	return l < r ? -1 : l > r;
}

static bool input(enum cb_input_kind kind, const char *id, enum cb_assessor by, int64_t *v)
{
	for (size_t i = 0; i < rs->ninput; i++) {
		const struct cb_input *in = &rs->input[i];
		if (in->kind != kind)
			continue;
		if (kind == CB_IN_FACT ? strcmp(cb_facts_at(dict, (size_t)in->fact)->id, id) != 0 : in->by != by || strcmp(in->item, id) != 0)
			continue;
		*v = batch->value[i][lane];
		return batch->have[i][lane];
	}
	return false; /* folded away: nothing depends on it, but then it is absent or not for both */
}

static bool is(T *t, const char *op)
{
	return t->op && strcmp(t->op, op) == 0;
}

static struct R q(T *t);
static int crit_index(const char *id)
{
	return atoi(id + 1);
}

static enum tri c(T *t)
{
	int64_t v;

	if (is(t, "fact"))
		return !input(CB_IN_FACT, t->item[0]->text, 0, &v) ? MAYBE : v ? YES : NO;
	if (is(t, "known"))
		return input(CB_IN_FACT, t->item[0]->item[0]->text, 0, &v) ? YES : NO;
	if (is(t, "all") || is(t, "any")) {
		enum tri stop = is(t, "any") ? YES : NO, out = is(t, "any") ? NO : YES;
		for (size_t i = 0; i < t->nitem; i++) {
			enum tri k = c(t->item[i]);
			if (k == stop)
				return stop;
			if (k == MAYBE)
				out = MAYBE;
		}
		return out;
	}
	if (is(t, "no")) {
		enum tri k = c(t->item[0]);
		return k == MAYBE ? MAYBE : k == YES ? NO : YES;
	}
	if (is(t, "one_of")) {
		if (!input(CB_IN_FACT, "kind", 0, &v))
			return MAYBE;
		for (size_t i = 0; i < t->item[1]->nitem; i++)
			if (strcmp(kinds[v], t->item[1]->item[i]->text) == 0)
				return YES;
		return NO;
	}
	if (is(t, "full") || is(t, "met")) {
		int k = crit_index(t->item[0]->text);
		T *cr = the_crit[k], *na = cb_tree_get(cr, "otherwise"), *max = cb_tree_get(cr, "max");
		if (ref.state[k] == CB_CR_NA)
			return !max || na->type == CB_T_TEXT ? YES : NO; /* 4 points are never full marks here */
		if (ref.state[k] == CB_CR_MISSING)
			return ref_missing == CB_MISSING_ZERO ? NO : MAYBE;
		if (ref.state[k] != CB_CR_SCORED)
			return MAYBE;
		return ref.points[k] >= (max ? (int64_t)max->number.n * 1000 : 1) ? YES : NO;
	}
	if (is(t, "between")) {
		struct R x = q(t->item[0]), a = q(t->item[1]), b = q(t->item[2]);
		return !x.have ? MAYBE : cmp(x, a) >= 0 && cmp(x, b) <= 0 ? YES : NO;
	}
	struct R x, y;
	if (t->item[1]->type == CB_T_TEXT) { /* a word or a day */
		int64_t w = 0;
		const char *id = t->item[0]->item[0]->text, *text = t->item[1]->text;
		cb_day d;
		if (!input(CB_IN_FACT, id, 0, &w))
			return MAYBE;
		x = make(w, 1);
		if (strcmp(id, "kind") == 0) {
			int k = 0;
			while (strcmp(kinds[k], text) != 0)
				k++;
			y = make(k, 1);
		} else {
			cb_day_parse(&d, text, strlen(text));
			y = make(d, 1);
		}
	} else {
		x = q(t->item[0]);
		y = q(t->item[1]);
	}
	if (!x.have || !y.have)
		return MAYBE;
	int k = cmp(x, y);
	bool r = is(t, "ge") ? k >= 0 : is(t, "gt") ? k > 0 : is(t, "le") ? k <= 0 : is(t, "lt") ? k < 0 : is(t, "eq") ? k == 0 : k != 0;
	return r ? YES : NO;
}

static struct R q(T *t)
{
	struct R none = { false, 0, 1 }, x, y;
	int64_t v;

	if (t->type == CB_T_NUMBER)
		return make(t->number.n, t->number.d);
	if (is(t, "fact")) {
		if (!input(CB_IN_FACT, t->item[0]->text, 0, &v))
			return none;
		return make(v, strcmp(t->item[0]->text, "weight") == 0 ? 1000 : 1);
	}
	if (is(t, "either")) {
		enum tri k = c(t->item[0]);
		return k == MAYBE ? none : q(t->item[k == YES ? 1 : 2]);
	}
	if (is(t, "first")) {
		for (size_t i = 0; i + 1 < t->nitem; i++) {
			enum tri k = c(t->item[i]->item[0]);
			if (k == MAYBE)
				return none;
			if (k == YES)
				return q(t->item[i]->item[1]);
		}
		return q(t->item[t->nitem - 1]->item[0]);
	}
	if (is(t, "count")) {
		int n = 0, maybe = 0;
		for (size_t i = 0; i < t->nitem; i++) {
			enum tri k = c(t->item[i]);
			maybe += k == MAYBE;
			n += k == YES;
		}
		return maybe ? none : make(n, 1);
	}
	if (is(t, "month_of") || is(t, "year_of") || is(t, "weekday_of")) {
		int yy, mm, dd;
		if (!input(CB_IN_FACT, "held_on", 0, &v))
			return none;
		cb_day_split((cb_day)v, &yy, &mm, &dd);
		if (is(t, "weekday_of")) { /* Zeller, Monday first */
			int m2 = mm < 3 ? mm + 12 : mm, y2 = mm < 3 ? yy - 1 : yy;
			int h = (dd + 13 * (m2 + 1) / 5 + y2 + y2 / 4 - y2 / 100 + y2 / 400) % 7; /* 0 Saturday */
			return make((h + 5) % 7 + 1, 1);
		}
		return make(is(t, "month_of") ? mm : yy, 1);
	}
	if (is(t, "max_of"))
		return make(cb_tree_get(the_crit[crit_index(t->item[0]->text)], "max")->number.n, 1);
	if (is(t, "points_of")) {
		int k = crit_index(t->item[0]->text);
		T *na = cb_tree_get(the_crit[k], "otherwise");
		bool out = na && na->type == CB_T_TEXT && strcmp(na->text, "rescale") == 0;
		if (ref.state[k] == CB_CR_SCORED || (ref.state[k] == CB_CR_NA && !out))
			return make(ref.points[k], 1000);
		return ref.state[k] == CB_CR_MISSING && ref_missing == CB_MISSING_ZERO ? make(0, 1) : none;
	}
	if (is(t, "total")) {
		if (!ref.total.have)
			return none;
		return make(ref.total.n, mul(ref.total.d, 1000));
	}
	x = q(t->item[0]);
	if (is(t, "neg"))
		return x.have ? make(-x.n, x.d) : none;
	if (is(t, "least") || is(t, "greatest")) {
		bool all = x.have;
		for (size_t i = 1; i < t->nitem; i++) {
			y = q(t->item[i]);
			all = all && y.have;
			if (!all)
				continue;
			if (is(t, "least") ? cmp(y, x) < 0 : cmp(y, x) > 0)
				x = y;
		}
		return all ? x : none;
	}
	y = q(t->item[1]);
	if (!x.have || !y.have)
		return none;
	if (is(t, "mul"))
		return make(mul(x.n, y.n), mul(x.d, y.d));
	if (is(t, "div"))
		return y.n == 0 ? none : make(mul(x.n, y.d), mul(x.d, y.n));
	return make(add(mul(x.n, y.d), is(t, "add") ? mul(y.n, x.d) : -mul(y.n, x.d)), mul(x.d, y.d));
}

/* n/d to a whole number, schoolbook */
static I rounded(I n, I d, const char *how)
{
	bool neg = n < 0;
	I a = neg ? -n : n, w = a / d, rest = a % d;
	if (strcmp(how, "half_up") == 0)
		w += rest * 2 >= d;
	else if (strcmp(how, "half_even") == 0)
		w += rest * 2 > d || (rest * 2 == d && w % 2);
	else if (strcmp(how, "up") == 0)
		w += rest > 0;
	return neg ? -w : w;
}

#define LIMIT ((I)1000000000)
static I between(I v, I lo, I hi)
{
	return v < lo ? lo : v > hi ? hi : v;
}

static const char *cur_id, *cur_round;

static bool p(T *t, I *out)
{
	I v;

	*out = 0;
	if (t->type == CB_T_NUMBER) {
		*out = (I)t->number.n * 1000 / t->number.d;
		return true;
	}
	if (is(t, "flag") || is(t, "either")) {
		enum tri k = c(t->item[0]);
		if (k == MAYBE)
			return false;
		if (k == NO && is(t, "flag"))
			return true;
		return p(t->item[k == YES ? 1 : 2], out);
	}
	if (is(t, "first")) {
		for (size_t i = 0; i + 1 < t->nitem; i++) {
			enum tri k = c(t->item[i]->item[0]);
			if (k != NO)
				return k == YES && p(t->item[i]->item[1], out);
		}
		return p(t->item[t->nitem - 1]->item[0], out);
	}
	if (is(t, "bands") || is(t, "bands_below")) {
		struct R x = q(t->item[0]);
		if (!x.have)
			return false;
		for (size_t i = 0; i < t->item[1]->nitem; i++) {
			T *b = t->item[1]->item[i];
			int k = cmp(x, make(b->item[0]->number.n, b->item[0]->number.d));
			if (is(t, "bands") ? k >= 0 : k <= 0)
				return p(b->item[1], out);
		}
		return p(t->item[2], out);
	}
	if (is(t, "sum")) {
		bool all = true;
		for (size_t i = 0; i < t->nitem; i++) {
			all = p(t->item[i], &v) && all;
			*out += v;
		}
		*out = between(*out, -LIMIT, LIMIT);
		return all;
	}
	if (is(t, "lowest") || is(t, "highest")) {
		bool all = true;
		for (size_t i = 0; i < t->nitem; i++) {
			all = p(t->item[i], &v) && all;
			if (i == 0 || (is(t, "lowest") ? v < *out : v > *out))
				*out = v;
		}
		return all;
	}
	if (is(t, "capped")) {
		if (!p(t->item[0], &v))
			return false;
		*out = v < 4500 ? v : 4500;
		return true;
	}
	if (is(t, "judged")) {
		char item[32];
		int64_t x;
		I max = (I)cb_tree_get(t, "max")->number.n * 1000 / cb_tree_get(t, "max")->number.d;
		snprintf(item, sizeof(item), "%s.%s", cur_id, cb_tree_get(t, "id")->text);
		for (int i = 0; i < norder; i++)
			if (input(CB_IN_JUDGED, item, order[i], &x)) {
				*out = between(x, 0, max);
				return true;
			}
		return false;
	}
	struct R x = q(t->item[0]); /* per, deduct, prorate */
	if (!x.have)
		return false;
	x = make(mul(mul(x.n, t->item[1]->number.n), 1000), mul(x.d, t->item[1]->number.d));
	v = between(rounded(x.n, x.d, cur_round), -LIMIT, LIMIT);
	*out = is(t, "per") ? v : is(t, "prorate") ? between(v, 0, 8000) : 6000 - between(v, 0, 2000);
	return true;
}

/* Any judged item whose counted points are out of range. */
static bool bad_judged(T *t)
{
	if (t->type != CB_T_TABLE)
		return false;
	if (is(t, "judged")) {
		char item[32];
		int64_t x;
		snprintf(item, sizeof(item), "%s.%s", cur_id, cb_tree_get(t, "id")->text);
		I max = (I)cb_tree_get(t, "max")->number.n * 1000 / cb_tree_get(t, "max")->number.d;
		for (int i = 0; i < norder; i++)
			if (input(CB_IN_JUDGED, item, order[i], &x))
				return x < 0 || x > max;
		return false;
	}
	for (size_t i = 0; i < t->nitem; i++)
		if (bad_judged(t->item[i]))
			return true;
	return false;
}

static void reference(T *t)
{
	static const char *const level_ids[] = { "tot", "kha", "trung_binh", "kem" };
	static const I at_least[] = { 40000, 20500, 8000, 0 };
	T *list = cb_tree_get(t, "criteria"), *total = cb_tree_get(t, "total"), *gates = cb_tree_get(t, "gates"), *rating = cb_tree_get(t, "rating");
	const char *miss = cb_tree_get(t, "missing")->text;
	I sum = 0, app = 0, scale = 0, off = 0;
	bool extras = false;
	bool lacks = false, invalid = false;

	memset(&ref, 0, sizeof(ref));
	huge = big = false;
	ref_missing = strcmp(miss, "refuse") == 0 ? CB_MISSING_REFUSE : strcmp(miss, "zero") == 0 ? CB_MISSING_ZERO : CB_MISSING_RESCALE;
	for (size_t i = 0; i < list->nitem; i++) {
		T *cr = list->item[i], *applies = cb_tree_get(cr, "applies"), *na = cb_tree_get(cr, "otherwise"), *score = cb_tree_get(cr, "score");
		enum tri ap = applies ? c(applies) : YES;
		I v = 0;
		the_crit[i] = cr;
		ref.state[i] = ap == NO ? CB_CR_NA : CB_CR_MISSING;
		if (!score) {
			if (ap == YES) {
				enum tri k = c(cb_tree_get(cr, "check"));
				if (k != MAYBE)
					ref.state[i] = CB_CR_SCORED;
				ref.points[i] = k == YES;
			}
			continue;
		}
		I max = (I)cb_tree_get(cr, "max")->number.n * 1000;
		bool out = na && na->type == CB_T_TEXT && strcmp(na->text, "rescale") == 0;
		cur_id = cb_tree_get(cr, "id")->text;
		cur_round = cb_tree_get(cr, "round")->text;
		const char *goes = cb_tree_get(cr, "counts") ? cb_tree_get(cr, "counts")->text : "scale";
		bool in_scale = strcmp(goes, "scale") == 0;
		extras |= !in_scale;
		if (in_scale)
			scale += max;
		if (ap == NO) {
			v = na->type == CB_T_NUMBER ? 4000 : out ? 0 : max;
		} else if (ap == YES) {
			if (bad_judged(score)) {
				ref.state[i] = CB_CR_INVALID;
				invalid = true;
			} else if (p(score, &v)) {
				ref.state[i] = CB_CR_SCORED;
				v = between(v, 0, max);
			} else {
				v = 0;
			}
		}
		if (strcmp(goes, "penalty") == 0)
			v = -v;
		ref.points[i] = (int64_t)v;
		lacks = lacks || ref.state[i] == CB_CR_MISSING || ref.state[i] == CB_CR_INVALID;
		if (!in_scale) {
			off += v;
			continue;
		}
		sum += v;
		if (ref.state[i] == CB_CR_SCORED || (ref.state[i] == CB_CR_NA && !out) || (ref.state[i] == CB_CR_MISSING && ref_missing == CB_MISSING_ZERO))
			app += max;
	}
	if (app && !(lacks && ref_missing == CB_MISSING_REFUSE)) {
		I most = cb_tree_get(t, "ceiling") ? 125000 : scale, all = sum * scale + off * app;
		if (extras)
			all = between(all, 0, most * app);
		ref.total = make(all, app);
		if (total) {
			I step = (I)total->item[0]->number.n * 1000 / total->item[0]->number.d;
			ref.total = make(rounded(ref.total.n, ref.total.d * step, total->item[1]->text) * step, 1);
		}
	}
	ref.level = ref.by_score = ref.gate = -1;
	ref.status = CB_ST_MISSING;
	if (ref.total.have) {
		if (rating) {
			const char *id = rating->item[2]->item[0]->text;
			for (int i = 0; i < 2; i++) {
				enum tri k = c(rating->item[i]->item[0]);
				if (k == MAYBE)
					id = NULL;
				if (k == YES)
					id = rating->item[i]->item[1]->text;
				if (k != NO)
					break;
			}
			for (int i = 0; id && i < 4; i++)
				if (strcmp(level_ids[i], id) == 0)
					ref.by_score = i;
		} else {
			for (int i = 3; i >= 0; i--)
				if (ref.total.n >= at_least[i] * ref.total.d)
					ref.by_score = i;
		}
	}
	if (ref.by_score >= 0) {
		/* all gates that fire; then those that might */
		int level = ref.by_score, cap[4];
		enum tri fires[4];
		size_t ng = gates ? gates->nitem : 0;
		bool unknown = false;
		for (size_t g = 0; g < ng; g++) {
			T *lv = cb_tree_get(gates->item[g], "level"), *needs = cb_tree_get(gates->item[g], "needs");
			const char *id = lv ? lv->text : cb_tree_get(gates->item[g], "at_most")->text;
			for (int i = 0; i < 4; i++)
				if (strcmp(level_ids[i], id) == 0)
					cap[g] = i + (lv != NULL);
			if (lv) {
				enum tri k = YES;
				for (size_t i = 0; i < needs->nitem; i++) {
					enum tri m = c(needs->item[i]);
					k = m == NO || k == NO ? NO : m == MAYBE ? MAYBE : k;
				}
				fires[g] = k == YES ? NO : k == NO ? YES : MAYBE;
			} else {
				fires[g] = c(cb_tree_get(gates->item[g], "when"));
			}
			if (fires[g] == YES && cap[g] > level) {
				level = cap[g];
				ref.gate = (int)g;
			}
		}
		for (size_t g = 0; g < ng; g++)
			unknown = unknown || (fires[g] == MAYBE && cap[g] > level);
		if (unknown)
			ref.gate = -1;
		else {
			ref.level = level;
			ref.status = CB_ST_RATED;
		}
	}
	if (invalid)
		ref.status = CB_ST_INVALID;
}

/* --- one ruleset, one batch --------------------------------------------------------------------------------------- */

static void dump(T *t, int depth)
{
	char num[CB_NUM_TEXT];

	if (t->type == CB_T_NUMBER)
		print_error("%s", cb_fmt_ratio(num, sizeof(num), t->number));
	else if (t->type == CB_T_TEXT)
		print_error("\"%s\"", t->text);
	else {
		print_error("%s{", t->op ? t->op : "");
		for (size_t i = 0; i < t->nitem; i++) {
			dump(t->item[i], depth + 1);
			print_error(" ");
		}
		for (size_t i = 0; i < t->nfield; i++) {
			print_error("%s%s=", depth < 2 ? "\n  " : "", t->field[i].name);
			dump(t->field[i].value, depth + 1);
			print_error(" ");
		}
		print_error("}");
	}
}

#define INPUTS 400
static int64_t value[INPUTS][CB_BATCH];
static unsigned char have[INPUTS][CB_BATCH];

static void random_facts(void)
{
	for (size_t i = 0; i < rs->ninput; i++) {
		const struct cb_input *in = &rs->input[i];
		int often = 3 + upto(30); /* absent one time in so many */
		for (size_t l = 0; l < CB_BATCH; l++) {
			have[i][l] = upto(often) != 0;
			if (in->kind == CB_IN_JUDGED) {
				value[i][l] = upto(40) == 0 ? upto(7000) - 500 : 500 * upto(7);
				have[i][l] = upto(2);
				if (value[i][l] > 3000 && upto(3))
					value[i][l] = 3000;
				continue;
			}
			const struct cb_fact *f = cb_facts_at(dict, (size_t)in->fact);
			switch (f->type) {
			case CB_FACT_FLAG:
				value[i][l] = upto(2);
				break;
			case CB_FACT_WORD:
				value[i][l] = upto(3);
				break;
			case CB_FACT_DATE:
				value[i][l] = 19800 + upto(400);
				break;
			case CB_FACT_DECIMAL:
				value[i][l] = upto(4) ? 250 * upto(20) - 1000 : upto(100000);
				break;
			default:
				value[i][l] = upto(12) == 0 ? upto(100000) : upto(5) == 0 ? upto(100) : upto(11);
				if (value[i][l] < f->min)
					value[i][l] = f->min;
				if (value[i][l] > f->max)
					value[i][l] = f->max;
			}
		}
	}
}

static size_t compared, without, too_large, rated;

static bool check_lane(T *t, const struct cb_scores *s, const struct cb_eval *ev, size_t ncr)
{
	const char *what = NULL;
	int k = -1;

	reference(t);
	if (huge) {
		without++;
		return true;
	}
	const char *msg = cb_eval_message(ev, lane);
	if (s->status[lane] == CB_ST_INVALID && strstr(msg, "too large")) {
		too_large++;
		if (big)
			return true;
		what = "the program gave up where numbers fit";
	}
	for (size_t i = 0; !what && i < ncr; i++)
		if (s->state[i][lane] != ref.state[i] || s->points[i][lane] != ref.points[i]) {
			if (big) { /* a number did not fit: not lower, but undecided */
				too_large++;
				return true;
			}
			what = "a criterion differs";
			k = (int)i;
		}
	if (!what && s->status[lane] != ref.status)
		what = "the status differs";
	if (!what && ref.status <= CB_ST_MISSING) {
		bool total = s->score_d[lane] > 0;
		if (total != ref.total.have || (total && (I)s->score_n[lane] * ref.total.d != ref.total.n * s->score_d[lane]))
			what = "the total differs";
		else if (s->level[lane] != ref.level || s->level_by_score[lane] != ref.by_score || s->gate[lane] != ref.gate)
			what = "the level or the gate differs";
	}
	compared++;
	rated += ref.status == CB_ST_RATED;
	if (!what)
		return true;
	if (big) {
		too_large++;
		return true;
	}
	print_error("%s (criterion %d): program state %d points %lld status %d total %lld/%lld level %d by %d gate %d; plain state %d points %lld status %d total "
		    "%lld/%lld level %d by %d gate %d\n",
		    what, k, k < 0 ? -1 : s->state[k][lane], k < 0 ? 0 : (long long)s->points[k][lane], s->status[lane], (long long)s->score_n[lane],
		    (long long)s->score_d[lane], s->level[lane], s->level_by_score[lane], s->gate[lane], k < 0 ? -1 : (int)ref.state[k],
		    k < 0 ? 0 : (long long)ref.points[k], ref.status, (long long)ref.total.n, (long long)ref.total.d, ref.level, ref.by_score, ref.gate);
	for (size_t i = 0; i < rs->ninput; i++) {
		const struct cb_input *in = &rs->input[i];
		print_error("%s%s=%lld%s ", in->kind == CB_IN_FACT ? cb_facts_at(dict, (size_t)in->fact)->id : in->item,
			    in->kind == CB_IN_FACT ? "" : cb_assessor_id(in->by), (long long)value[i][lane], have[i][lane] ? "" : "(absent)");
	}
	print_error("\n");
	dump(t, 0);
	print_error("\n");
	return false;
}

static bool same_input(const struct cb_input *a, const struct cb_input *b)
{
	return a->kind == b->kind && (a->kind == CB_IN_FACT ? a->fact == b->fact : a->by == b->by && strcmp(a->item, b->item) == 0);
}

/* A ruleset that takes everything from its base gives the same results, whatever order its columns have. */
static void check_heir(const struct cb_ruleset *r, const struct cb_scores *s, struct cb_diags *d)
{
	const int64_t *vp[INPUTS];
	const unsigned char *hp[INPUTS];
	struct cb_ruleset *heir;
	struct cb_eval *ev;
	struct cb_scores o;
	struct cb_err e;

	assert_int_equal(cb_ruleset_build(&heir, WITH(OP0("ruleset"), "id", S("thu.ke_thua")), r, dict, d, &e), 0);
	assert_int_equal(heir->ninput, r->ninput);
	for (size_t i = 0; i < heir->ninput; i++) {
		size_t k = 0;
		while (k < r->ninput && !same_input(&r->input[k], &heir->input[i]))
			k++;
		assert_true(k < r->ninput);
		vp[i] = value[k];
		hp[i] = have[k];
	}
	assert_int_equal(cb_eval_open(&ev, heir, &e), 0);
	struct cb_batch b = { CB_BATCH, vp, hp };
	assert_int_equal(cb_eval_batch(ev, &b, &o, &e), 0);
	for (size_t l = 0; l < CB_BATCH; l++)
		assert_true(o.status[l] == s->status[l] && o.level[l] == s->level[l] && o.score_n[l] == s->score_n[l] && o.score_d[l] == s->score_d[l] &&
			    o.gate[l] == s->gate[l]);
	for (size_t c = 0; c < r->ncriterion; c++)
		assert_memory_equal(o.points[c], s->points[c], CB_BATCH * sizeof(cb_pts));
	cb_eval_close(ev);
	cb_ruleset_free(heir);
}

static size_t completed;
static T *the_tree;

/* What a meeting without a total is said to lack is all that matters: reporting everything else leaves it without. */
static void check_missing(struct cb_eval *ev, const struct cb_scores *s, const struct cb_batch *b)
{
	static unsigned char lacking[CB_BATCH];
	static char lacked[CB_BATCH][200];
	struct cb_scores o;
	struct cb_err e;

	if (rs->missing != CB_MISSING_REFUSE || asks_known)
		return;
	for (size_t l = 0; l < CB_BATCH; l++) {
		struct cb_buf text;
		lacking[l] = s->status[l] == CB_ST_MISSING && s->score_d[l] == 0;
		if (!lacking[l])
			continue;
		cb_buf_init(&text);
		cb_eval_missing(&text, ev, l);
		snprintf(lacked[l], sizeof(lacked[l]), "%s", text.s);
		if (strchr(text.s, '#') || !text.len) /* nothing applied, or a criterion that does not apply was asked */
			lacking[l] = 0;
		for (size_t i = 0; lacking[l] && i < rs->ninput; i++) {
			const struct cb_input *in = &rs->input[i];
			char id[64], *at;
			snprintf(id, sizeof(id), "%s%s", in->kind == CB_IN_FACT ? "" : "@", in->kind == CB_IN_FACT ? cb_facts_at(dict, (size_t)in->fact)->id : in->item);
			for (at = text.s; (at = strstr(at, id)) != NULL; at++)
				if ((at == text.s || at[-1] == ' ') && (at[strlen(id)] == ',' || !at[strlen(id)]))
					break;
			bool judged = false; /* another assessor's points would change what is there */
			for (size_t k = 0; in->kind == CB_IN_JUDGED && k < rs->ninput; k++)
				judged = judged || (rs->input[k].kind == CB_IN_JUDGED && have[k][l] && strcmp(rs->input[k].item, in->item) == 0);
			if (!at && !judged)
				have[i][l] = 1;
		}
		cb_buf_release(&text);
	}
	assert_int_equal(cb_eval_batch(ev, b, &o, &e), 0);
	for (size_t l = 0; l < CB_BATCH; l++)
		if (lacking[l]) {
			completed++;
			if (o.status[l] == CB_ST_RATED) {
				print_error("lane %zu is rated though what it lacked is still absent: %s\n", l, lacked[l]);
				dump(the_tree, 0);
				fail();
			}
		}
}

/* What the builder and the checker say of lowest and highest holds for every value. */
static void check_ranges(const struct cb_eval *ev, const struct cb_scores *s)
{
	cb_pts lo, hi;
	struct cb_ratio v;

	for (size_t i = 0; i < rs->nnode; i++) {
		const struct cb_node *n = rs->node[i];
		for (size_t l = 0; l < CB_BATCH; l += 5)
			if (cb_eval_node(ev, n, l, &v) && n->kind != CB_LEVEL)
				if ((n->lo.d && cb_ratio_cmp(v, n->lo) < 0) || (n->hi.d && cb_ratio_cmp(v, n->hi) > 0))
					fail_msg("%s on line %d is %lld/%lld, outside %lld/%lld to %lld/%lld", cb_form_name(n->form), n->line, (long long)v.n, (long long)v.d,
						 (long long)n->lo.n, (long long)n->lo.d, (long long)n->hi.n, (long long)n->hi.d);
	}
	cb_ruleset_range(rs, &lo, &hi);
	for (size_t l = 0; l < CB_BATCH && rs->missing == CB_MISSING_REFUSE; l++)
		if (s->score_d[l] > 0 && ((I)s->score_n[l] < (I)lo * s->score_d[l] || (I)s->score_n[l] > (I)hi * s->score_d[l]))
			fail_msg("a total of %lld/%lld, outside %lld to %lld", (long long)s->score_n[l], (long long)s->score_d[l], (long long)lo, (long long)hi);
}

static T *simple_condition(T **q, int nq, int depth)
{
	static const char *const cmp[] = { "ge", "gt", "le", "lt", "eq", "ne" };
	static const char *const at[] = { "0", "1", "2", "3", "4", "5" };

	switch (depth > 0 ? upto(9) : upto(6)) {
	case 6:
		return OP("any", simple_condition(q, nq, depth - 1), simple_condition(q, nq, depth - 1));
	case 7:
		return OP("all", simple_condition(q, nq, depth - 1), simple_condition(q, nq, depth - 1));
	case 8:
		return OP("no", simple_condition(q, nq, depth - 1));
	case 5:
		return OP("between", q[upto(nq)], N(at[upto(3)]), N(at[3 + upto(3)]));
	case 4:
		return F(PICK(flags));
	default:
		return OP(PICK(cmp), q[upto(nq)], N(PICK(at)));
	}
}

static void no_meeting_ever_takes_a_branch_that_the_checker_calls_unreachable(void **state)
{
	size_t told = 0, taken = 0;
	struct cb_err e;

	(void)state;
	for (uint64_t k = 0; k < 1500; k++) {
		struct cb_diags *d;
		struct cb_ruleset *r;
		struct cb_eval *ev;
		const int64_t *vp[INPUTS];
		const unsigned char *hp[INPUTS];
		bool dead[8] = { false };

		seed = (k + 5) * 0x9e3779b97f4a7c15u | 1;
		rnd();
		cb_arena_init(&trees);
		assert_int_equal(cb_facts_new(&dict, NULL), 0);
		assert_int_equal(cb_diags_new(&d, 50), 0);
		T *q1 = F("present"), *q2 = OP("div", F("speakers"), N("2")), *qs[] = { q1, q2 };
		T *t = OP("first", TAB(simple_condition(qs, 2, 1), N("100")), TAB(simple_condition(qs, 2, 1), N("90")), TAB(simple_condition(qs, 2, 2), N("80")),
			  TAB(simple_condition(qs, 2, 1), N("70")), TAB(simple_condition(qs, 2, 1), N("60")), ELSE(N("0")));
		assert_int_equal(cb_ruleset_build(&r, RULESET(CRIT("c0", "100", t)), NULL, dict, d, &e), 0);
		rs = r;
		cb_ruleset_check(r, d, &e);
		for (size_t i = 0; i < cb_diags_kept(d); i++) {
			const struct cb_diag *g = cb_diags_at(d, i);
			int at;
			if (strstr(g->what, "never reached") && sscanf(g->path, "criteria[1].score[%d]", &at) == 1) {
				dead[at - 1] = true;
				told++;
			}
		}
		assert_int_equal(cb_eval_open(&ev, r, &e), 0);
		for (size_t i = 0; i < r->ninput; i++) {
			const struct cb_fact *f = cb_facts_at(dict, (size_t)r->input[i].fact);
			for (size_t l = 0; l < CB_BATCH; l++) {
				have[i][l] = 1;
				value[i][l] = upto(f->type == CB_FACT_FLAG ? 2 : strcmp(f->id, "speakers") == 0 ? 14 : 8);
			}
			vp[i] = value[i];
			hp[i] = have[i];
		}
		struct cb_batch b = { CB_BATCH, vp, hp };
		assert_int_equal(cb_eval_batch(ev, &b, NULL, &e), 0);
		for (size_t l = 0; l < CB_BATCH; l++) {
			int br = cb_eval_branch(ev, r->criterion[0].score, l);
			assert_in_range(br, 0, 5);
			taken++;
			if (dead[br]) {
				print_error("ruleset %llu: branch %d was taken\n", (unsigned long long)k, br + 1);
				dump(t, 2);
				fail();
			}
		}
		cb_eval_close(ev);
		cb_ruleset_free(r);
		cb_diags_free(d);
		cb_facts_free(dict);
		cb_arena_release(&trees);
	}
	print_message("%zu unreachable branches told, %zu meetings took another\n", told, taken);
	assert_true(told > 200);
}

static void the_program_and_the_plain_evaluator_agree_on_every_meeting(void **state)
{
	const char *env = getenv("CB_PROPERTY_MEETINGS"), *first = getenv("CB_PROPERTY_SEED");
	size_t want = env ? strtoul(env, NULL, 10) : 300000, rulesets = 0;
	uint64_t start = first ? strtoull(first, NULL, 10) : 20200301;
	const int64_t *vp[INPUTS];
	const unsigned char *hp[INPUTS];
	struct cb_err e = { 0 };

	(void)state;
	for (size_t i = 0; i < INPUTS; i++) {
		vp[i] = value[i];
		hp[i] = have[i];
	}
	for (uint64_t k = 0; compared < want; k++) {
		struct cb_diags *d;
		struct cb_ruleset *r;
		struct cb_eval *ev;
		struct cb_scores s;
		struct cb_sheet *sheet;

		seed = (start + k) * 0x9e3779b97f4a7c15u | 1;
		rnd();
		cb_arena_init(&trees);
		assert_int_equal(cb_facts_new(&dict, NULL), 0);
		assert_int_equal(cb_diags_new(&d, 5), 0);
		T *t = random_ruleset();
		if (cb_ruleset_build(&r, t, NULL, dict, d, &e)) {
			print_error("seed %llu: %s: %s: %s\n", (unsigned long long)(start + k), e.msg, cb_diags_at(d, 0)->path, cb_diags_at(d, 0)->what);
			dump(t, 0);
			fail();
		}
		rs = r;
		assert_true(r->ninput <= INPUTS);
		norder = (int)r->norder;
		memcpy(order, r->order, sizeof(order));
		assert_int_equal(cb_eval_open(&ev, r, &e), 0);
		random_facts();
		struct cb_batch b = { CB_BATCH, vp, hp };
		batch = &b;
		assert_int_equal(cb_eval_batch(ev, &b, &s, &e), 0);
		for (lane = 0; lane < CB_BATCH; lane++)
			if (!check_lane(t, &s, ev, r->ncriterion)) {
				print_error("seed %llu, lane %zu\n", (unsigned long long)(start + k), lane);
				fail();
			}
		/* and the sheet adds up to what was rated */
		for (size_t l = 0; l < 4; l++) {
			assert_int_equal(cb_sheet_new(&sheet, ev, &b, l, &e), 0);
			cb_pts sum = 0;
			for (size_t i = 0; i < sheet->nline; i++) {
				assert_int_equal(sheet->line[i].points, s.points[i][l]);
				sum += sheet->line[i].criterion->check ? 0 : sheet->line[i].points;
				if (sheet->line[i].state == CB_CR_MISSING && sheet->status != CB_ST_INVALID)
					assert_non_null(sheet->line[i].missing);
			}
			assert_int_equal(sheet->sum, sum);
			assert_true(sheet->score_d == 0 || sheet->total_note || sum == sheet->score_n);
			if (sheet->status == CB_ST_MISSING && sheet->score_d == 0 && !sheet->missing)
				for (size_t i = 0; i < sheet->nline; i++) /* only when nothing applies at all */
					assert_true(sheet->line[i].state == CB_CR_NA || sheet->line[i].criterion->check || sheet->line[i].criterion->counts != CB_COUNTS_SCALE ||
						    r->missing != CB_MISSING_REFUSE);
			cb_sheet_free(sheet);
		}
		check_ranges(ev, &s);
		if (k % 8 == 0)
			check_heir(r, &s, d);
		the_tree = t;
		check_missing(ev, &s, &b);
		cb_eval_close(ev);
		cb_ruleset_free(r);
		cb_diags_free(d);
		cb_facts_free(dict);
		cb_arena_release(&trees);
		rulesets++;
	}
	print_message("%zu rulesets, %zu meetings compared, %zu rated, %zu too large for 64 bits, %zu beyond 128 bits\n", rulesets, compared, rated, too_large,
		      without);
	print_message("%zu meetings stayed unrated when all but what they lacked was reported\n", completed);
	assert_true(completed > compared / 1000);
	assert_true(rated > compared / 10);
	assert_true(too_large + without < compared / 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_program_and_the_plain_evaluator_agree_on_every_meeting),
		cmocka_unit_test(no_meeting_ever_takes_a_branch_that_the_checker_calls_unreachable),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
