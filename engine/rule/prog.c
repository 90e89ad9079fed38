/*
 * prog.c - makes programs (prog.h): registers, folding, sharing, intervals.
 *
 * Every helper is safe to call after memory ran out: `oom` is set, registers that come back are valid numbers, and
 * cb_prog_init reports CB_ENOMEM at the end.
 */
#include "rule/prog.h"

#include <string.h>
#include "base/alloc.h"
#include "rule/forms.h"

#define SAFE ((__int128)1 << 62)
#define BUCKETS 4096

static bool grow(void **v, size_t *cap, size_t n, size_t size)
{
	if (n < *cap)
		return true;
	size_t want = *cap ? *cap * 2 : 64;
	void *q = cb_reallocarray(*v, want, size);
	if (!q)
		return false;
	*v = q;
	*cap = want;
	return true;
}

static int new_ireg(struct cb_prog *p, int64_t lo, int64_t hi)
{
	if (!grow((void **)&p->ireg, &p->capireg, p->nireg, sizeof(*p->ireg))) {
		p->oom = true;
		return 0;
	}
	p->ireg[p->nireg] = (struct cb_ireg){ .lo = lo, .hi = hi };
	return (int)p->nireg++;
}

static int new_breg(struct cb_prog *p)
{
	return p->nb++;
}

static unsigned hash_insn(const struct cb_insn *i)
{
	uint64_t h = 1469598103934665603u;
	const int64_t part[] = { (int64_t)i->op, i->a, i->b, i->c, i->d, i->p, i->k };

	for (size_t j = 0; j < sizeof(part) / sizeof(part[0]); j++) {
		h ^= (uint64_t)part[j];
		h *= 1099511628211u;
		h ^= h >> 29;
	}
	return (unsigned)(h % BUCKETS);
}

/* The same operation on the same registers, made earlier; -1: none. */
static int find(const struct cb_prog *p, const struct cb_insn *i)
{
	for (int at = p->bucket[hash_insn(i)]; at >= 0; at = p->chain[at]) {
		const struct cb_insn *o = &p->insn[at];

		if (o->op == i->op && o->a == i->a && o->b == i->b && o->c == i->c && o->d == i->d && o->p == i->p && o->k == i->k)
			return at;
	}
	return -1;
}

static void push(struct cb_prog *p, const struct cb_insn *i)
{
	if (p->ninsn >= p->capinsn) {
		size_t cap = p->capinsn, cap2 = p->capinsn;
		if (!grow((void **)&p->chain, &cap2, p->ninsn, sizeof(*p->chain)) ||
		    !grow((void **)&p->insn, &cap, p->ninsn, sizeof(*p->insn))) {
			p->oom = true;
			return;
		}
		p->capinsn = cap;
	}
	unsigned h = hash_insn(i);
	p->chain[p->ninsn] = p->bucket[h];
	p->bucket[h] = (int)p->ninsn;
	p->insn[p->ninsn++] = *i;
}

int cb_prog_const(struct cb_prog *p, int64_t k)
{
	for (size_t i = 0; i < p->nireg; i++)
		if (p->ireg[i].constant && p->ireg[i].k == k)
			return (int)i;
	int r = new_ireg(p, k, k);
	if (!p->oom) {
		p->ireg[r].constant = true;
		p->ireg[r].k = k;
	}
	return r;
}

int cb_prog_input(struct cb_prog *p, const struct cb_input *in, int64_t lo, int64_t hi)
{
	for (size_t i = 0; i < p->ninput; i++) {
		const struct cb_input *o = &p->input[i].in;

		if (o->kind != in->kind)
			continue;
		if (in->kind == CB_IN_FACT ? o->fact == in->fact :
		    in->kind == CB_IN_JUDGED ? o->by == in->by && strcmp(o->item, in->item) == 0 :
		    in->kind == CB_IN_LEVEL ? true : o->agg == in->agg)
			return (int)i;
	}
	if (!grow((void **)&p->input, &p->capinput, p->ninput, sizeof(*p->input))) {
		p->oom = true;
		return 0;
	}
	/* an absent value is loaded as 0 (1 for a denominator), so that belongs to the interval */
	int64_t absent = in->kind == CB_IN_AGG_D;
	struct cb_insn i = { .op = CB_OP_LOAD, .a = (int)p->ninput, .k = absent };
	i.dst = new_ireg(p, lo < absent ? lo : absent, hi > absent ? hi : absent);
	i.dstp = new_breg(p);
	p->input[p->ninput] = (struct cb_prog_input){ .in = *in, .lo = lo, .hi = hi, .n = i.dst, .p = i.dstp };
	push(p, &i);
	return (int)p->ninput++;
}

/* --- integers ------------------------------------------------------------------------------------------------- */

struct iv {
	__int128 lo, hi;
};

static struct iv iv_of(const struct cb_prog *p, int r)
{
	return (struct iv){ p->ireg[r].lo, p->ireg[r].hi };
}

static struct iv iv_op(enum cb_opcode op, struct iv a, struct iv b)
{
	struct iv r = a;

	switch (op) {
	case CB_OP_ADD:
		r = (struct iv){ a.lo + b.lo, a.hi + b.hi };
		break;
	case CB_OP_SUB:
		r = (struct iv){ a.lo - b.hi, a.hi - b.lo };
		break;
	case CB_OP_MUL: {
		__int128 v[4] = { a.lo * b.lo, a.lo * b.hi, a.hi * b.lo, a.hi * b.hi };
		r = (struct iv){ v[0], v[0] };
		for (int i = 1; i < 4; i++) {
			r.lo = v[i] < r.lo ? v[i] : r.lo;
			r.hi = v[i] > r.hi ? v[i] : r.hi;
		}
		break;
	}
	case CB_OP_MIN:
		r = (struct iv){ a.lo < b.lo ? a.lo : b.lo, a.hi < b.hi ? a.hi : b.hi };
		break;
	case CB_OP_MAX:
		r = (struct iv){ a.lo > b.lo ? a.lo : b.lo, a.hi > b.hi ? a.hi : b.hi };
		break;
	default: /* SEL: either */
		r = (struct iv){ a.lo < b.lo ? a.lo : b.lo, a.hi > b.hi ? a.hi : b.hi };
		break;
	}
	return r;
}

/* Products of intervals within SAFE fit 128 bits; anything wider stays out of the plain operations. */
static bool iv_safe(struct iv a)
{
	return a.lo > -SAFE && a.hi < SAFE;
}

static bool safe2(const struct cb_prog *p, enum cb_opcode op, int a, int b)
{
	struct iv x = iv_of(p, a), y = iv_of(p, b);

	return iv_safe(x) && iv_safe(y) && iv_safe(iv_op(op, x, y));
}

int cb_prog_i(struct cb_prog *p, enum cb_opcode op, int a, int b)
{
	const struct cb_ireg *x = &p->ireg[a], *y = &p->ireg[b];
	struct iv r = iv_op(op, iv_of(p, a), iv_of(p, b));

	if (p->oom)
		return 0;
	if (x->constant && y->constant)
		return cb_prog_const(p, (int64_t)(op == CB_OP_ADD ? (__int128)x->k + y->k :
						  op == CB_OP_SUB ? (__int128)x->k - y->k :
						  op == CB_OP_MUL ? (__int128)x->k * y->k :
						  op == CB_OP_MIN ? (x->k < y->k ? x->k : y->k) :
								    (x->k > y->k ? x->k : y->k)));
	if (op == CB_OP_MUL && ((x->constant && x->k == 0) || (y->constant && y->k == 0)))
		return cb_prog_const(p, 0);
	if (op == CB_OP_MUL && x->constant && x->k == 1)
		return b;
	if (op == CB_OP_MUL && y->constant && y->k == 1)
		return a;
	if ((op == CB_OP_ADD || op == CB_OP_SUB) && y->constant && y->k == 0)
		return a;
	if (op == CB_OP_ADD && x->constant && x->k == 0)
		return b;
	if (op == CB_OP_MIN && (a == b || x->hi <= y->lo))
		return a;
	if (op == CB_OP_MIN && y->hi <= x->lo)
		return b;
	if (op == CB_OP_MAX && (a == b || x->lo >= y->hi))
		return a;
	if (op == CB_OP_MAX && y->lo >= x->hi)
		return b;
	if (op != CB_OP_SUB && a > b) { /* one order for what commutes */
		int t = a;
		a = b;
		b = t;
	}
	struct cb_insn i = { .op = op, .a = a, .b = b };
	int at = find(p, &i);
	if (at >= 0)
		return p->insn[at].dst;
	i.dst = new_ireg(p, (int64_t)r.lo, (int64_t)r.hi);
	push(p, &i);
	return i.dst;
}

int cb_prog_sel(struct cb_prog *p, int c, int a, int b)
{
	if (p->oom)
		return 0;
	if (a == b || c == CB_B_TRUE)
		return a;
	if (c == CB_B_FALSE)
		return b;
	struct iv r = iv_op(CB_OP_SEL, iv_of(p, a), iv_of(p, b));
	struct cb_insn i = { .op = CB_OP_SEL, .a = a, .b = b, .c = c };
	int at = find(p, &i);
	if (at >= 0)
		return p->insn[at].dst;
	i.dst = new_ireg(p, (int64_t)r.lo, (int64_t)r.hi);
	push(p, &i);
	return i.dst;
}

static int unary(struct cb_prog *p, enum cb_opcode op, int a, int64_t k, int64_t lo, int64_t hi)
{
	struct cb_insn i = { .op = op, .a = a, .k = k };
	int at = p->oom ? -1 : find(p, &i);

	if (at >= 0)
		return p->insn[at].dst;
	i.dst = new_ireg(p, lo, hi);
	push(p, &i);
	return i.dst;
}

int cb_prog_int(struct cb_prog *p, int b)
{
	if (b == CB_B_FALSE || b == CB_B_TRUE)
		return cb_prog_const(p, b == CB_B_TRUE);
	return unary(p, CB_OP_INT, b, 0, 0, 1);
}

int cb_prog_datepart(struct cb_prog *p, int day, int64_t which)
{
	return unary(p, CB_OP_DATEPART, day, which, 0, which == 1 ? 9999 : 12);
}

/* --- bytes ---------------------------------------------------------------------------------------------------- */

static int bytes(struct cb_prog *p, enum cb_opcode op, int a, int b)
{
	struct cb_insn i = { .op = op, .a = a, .b = b };
	int at = p->oom ? -1 : find(p, &i);

	if (at >= 0)
		return p->insn[at].dst;
	i.dst = new_breg(p);
	push(p, &i);
	return i.dst;
}

int cb_prog_and(struct cb_prog *p, int a, int b)
{
	if (a == b || b == CB_B_TRUE || a == CB_B_FALSE)
		return a;
	if (a == CB_B_TRUE || b == CB_B_FALSE)
		return b;
	return a < b ? bytes(p, CB_OP_AND, a, b) : bytes(p, CB_OP_AND, b, a);
}

int cb_prog_or(struct cb_prog *p, int a, int b)
{
	if (a == b || b == CB_B_FALSE || a == CB_B_TRUE)
		return a;
	if (a == CB_B_FALSE || b == CB_B_TRUE)
		return b;
	return a < b ? bytes(p, CB_OP_OR, a, b) : bytes(p, CB_OP_OR, b, a);
}

int cb_prog_andn(struct cb_prog *p, int a, int b)
{
	if (a == b || a == CB_B_FALSE || b == CB_B_TRUE)
		return CB_B_FALSE;
	if (b == CB_B_FALSE)
		return a;
	return bytes(p, CB_OP_ANDN, a, b);
}

int cb_prog_cmp(struct cb_prog *p, enum cb_opcode op, int a, int b)
{
	const struct cb_ireg *x = &p->ireg[a], *y = &p->ireg[b];

	if (p->oom)
		return CB_B_FALSE;
	if (a == b)
		return op == CB_OP_GT ? CB_B_FALSE : CB_B_TRUE;
	if (op == CB_OP_GE && x->lo >= y->hi)
		return CB_B_TRUE;
	if (op == CB_OP_GE && x->hi < y->lo)
		return CB_B_FALSE;
	if (op == CB_OP_GT && x->lo > y->hi)
		return CB_B_TRUE;
	if (op == CB_OP_GT && x->hi <= y->lo)
		return CB_B_FALSE;
	if (op == CB_OP_EQ && (x->hi < y->lo || y->hi < x->lo))
		return CB_B_FALSE;
	if (op == CB_OP_EQ && x->constant && y->constant && x->k == y->k)
		return CB_B_TRUE;
	return bytes(p, op, a, b);
}

/* --- quantities ----------------------------------------------------------------------------------------------- */

struct cb_val cb_q_const(struct cb_prog *p, struct cb_ratio r)
{
	struct cb_val v = { .p = CB_B_TRUE };

	v.n = cb_prog_const(p, r.n);
	v.d = cb_prog_const(p, r.d);
	return v;
}

/* Lane by lane, in lowest terms, with overflow told. */
static struct cb_val slow(struct cb_prog *p, enum cb_opcode op, struct cb_val a, struct cb_val b)
{
	struct cb_val v = { 0 };
	struct cb_insn i = { .op = op, .a = a.n, .b = a.d, .c = b.n, .d = b.d };

	i.p = cb_prog_and(p, a.p, b.p);
	int at = p->oom ? -1 : find(p, &i);
	if (at < 0) {
		i.dst = new_ireg(p, INT64_MIN, INT64_MAX);
		i.dst2 = new_ireg(p, 0, INT64_MAX);
		i.dstp = new_breg(p);
		push(p, &i);
	} else {
		i = p->insn[at];
	}
	v.n = i.dst;
	v.d = i.dst2;
	v.p = i.dstp;
	return v;
}

static struct cb_val q_addsub(struct cb_prog *p, enum cb_opcode op, struct cb_val a, struct cb_val b)
{
	struct cb_val v = { 0 };

	if (p->oom)
		return v;
	v.p = cb_prog_and(p, a.p, b.p);
	if (a.d == b.d) {
		if (!safe2(p, op, a.n, b.n))
			return slow(p, op == CB_OP_ADD ? CB_OP_RADD : CB_OP_RSUB, a, b);
		v.n = cb_prog_i(p, op, a.n, b.n);
		v.d = a.d;
		return v;
	}
	struct iv an = iv_of(p, a.n), ad = iv_of(p, a.d), bn = iv_of(p, b.n), bd = iv_of(p, b.d);
	if (!safe2(p, CB_OP_MUL, a.n, b.d) || !safe2(p, CB_OP_MUL, b.n, a.d) || !safe2(p, CB_OP_MUL, a.d, b.d) ||
	    !iv_safe(iv_op(op, iv_op(CB_OP_MUL, an, bd), iv_op(CB_OP_MUL, bn, ad))))
		return slow(p, op == CB_OP_ADD ? CB_OP_RADD : CB_OP_RSUB, a, b);
	v.n = cb_prog_i(p, op, cb_prog_i(p, CB_OP_MUL, a.n, b.d), cb_prog_i(p, CB_OP_MUL, b.n, a.d));
	v.d = cb_prog_i(p, CB_OP_MUL, a.d, b.d);
	return v;
}

struct cb_val cb_q_add(struct cb_prog *p, struct cb_val a, struct cb_val b)
{
	return q_addsub(p, CB_OP_ADD, a, b);
}

struct cb_val cb_q_sub(struct cb_prog *p, struct cb_val a, struct cb_val b)
{
	return q_addsub(p, CB_OP_SUB, a, b);
}

struct cb_val cb_q_mul(struct cb_prog *p, struct cb_val a, struct cb_val b)
{
	struct cb_val v = { 0 };

	if (p->oom)
		return v;
	if (!safe2(p, CB_OP_MUL, a.n, b.n) || !safe2(p, CB_OP_MUL, a.d, b.d))
		return slow(p, CB_OP_RMUL, a, b);
	v.n = cb_prog_i(p, CB_OP_MUL, a.n, b.n);
	v.d = cb_prog_i(p, CB_OP_MUL, a.d, b.d);
	v.p = cb_prog_and(p, a.p, b.p);
	return v;
}

struct cb_val cb_q_div(struct cb_prog *p, struct cb_val a, struct cb_val b)
{
	struct cb_val v = { 0 };

	if (p->oom)
		return v;
	if (!safe2(p, CB_OP_MUL, a.n, b.d) || !safe2(p, CB_OP_MUL, a.d, b.n))
		return slow(p, CB_OP_RDIV, a, b);
	int zero = cb_prog_const(p, 0);
	v.n = cb_prog_i(p, CB_OP_MUL, a.n, b.d);
	v.d = cb_prog_i(p, CB_OP_MUL, a.d, b.n);
	v.p = cb_prog_andn(p, cb_prog_and(p, a.p, b.p), cb_prog_cmp(p, CB_OP_EQ, b.n, zero));
	if (!p->oom && p->ireg[b.n].lo < 0) { /* keep d > 0 */
		int neg = cb_prog_cmp(p, CB_OP_GT, zero, v.d);
		v.n = cb_prog_sel(p, neg, cb_prog_i(p, CB_OP_SUB, zero, v.n), v.n);
		v.d = cb_prog_i(p, CB_OP_MAX, v.d, cb_prog_i(p, CB_OP_SUB, zero, v.d));
	}
	return v;
}

int cb_q_cmp(struct cb_prog *p, enum cb_opcode op, struct cb_val a, struct cb_val b)
{
	if (p->oom)
		return CB_B_FALSE;
	if (a.d == b.d)
		return cb_prog_cmp(p, op, a.n, b.n);
	if (safe2(p, CB_OP_MUL, a.n, b.d) && safe2(p, CB_OP_MUL, b.n, a.d))
		return cb_prog_cmp(p, op, cb_prog_i(p, CB_OP_MUL, a.n, b.d), cb_prog_i(p, CB_OP_MUL, b.n, a.d));
	struct cb_insn i = { .op = op == CB_OP_GE ? CB_OP_RGE : op == CB_OP_GT ? CB_OP_RGT : CB_OP_REQ,
			     .a = a.n, .b = a.d, .c = b.n, .d = b.d };
	int at = find(p, &i);
	if (at >= 0)
		return p->insn[at].dst;
	i.dst = new_breg(p);
	push(p, &i);
	return i.dst;
}

struct cb_val cb_q_sel(struct cb_prog *p, int c, struct cb_val a, struct cb_val b)
{
	struct cb_val v = { 0 };

	v.n = cb_prog_sel(p, c, a.n, b.n);
	v.d = cb_prog_sel(p, c, a.d, b.d);
	return v;
}

struct cb_val cb_q_round(struct cb_prog *p, struct cb_val a, enum cb_round how)
{
	struct cb_val v = { .p = a.p };

	if (p->oom)
		return v;
	v.d = cb_prog_const(p, 1);
	if (a.d == v.d) {
		v.n = cb_prog_i(p, CB_OP_MAX, cb_prog_i(p, CB_OP_MIN, a.n, cb_prog_const(p, CB_PTS_MAX)), cb_prog_const(p, -CB_PTS_MAX));
		return v;
	}
	struct cb_insn i = { .op = CB_OP_ROUND, .a = a.n, .b = a.d, .p = a.p, .k = how };
	int at = find(p, &i);
	if (at < 0) {
		i.dst = new_ireg(p, -CB_PTS_MAX, CB_PTS_MAX);
		push(p, &i);
	} else {
		i = p->insn[at];
	}
	v.n = i.dst;
	return v;
}

struct cb_val cb_cond(struct cb_prog *p, int known, int truth)
{
	struct cb_val v = { 0 };

	v.t = cb_prog_and(p, known, truth);
	v.f = cb_prog_andn(p, known, truth);
	return v;
}

struct cb_val cb_prog_crit_value(struct cb_prog *p, enum cb_opcode op, int crit)
{
	struct cb_insn i = { .op = op, .k = crit };
	struct cb_val v = { 0 };
	int at = p->oom ? -1 : find(p, &i);

	if (at >= 0) {
		i = p->insn[at];
	} else if (op == CB_OP_FULL || op == CB_OP_MET) {
		i.dst = new_breg(p);
		i.dst2 = new_breg(p);
		push(p, &i);
	} else {
		const bool off = op == CB_OP_POINTS_OF && p->rs->criterion[crit].counts == CB_COUNTS_PENALTY;
		i.dst = new_ireg(p, off ? -CB_PTS_MAX : 0, op == CB_OP_SCORE ? CB_PTS_MAX * CB_PTS_MAX : off ? 0 : CB_PTS_MAX);
		i.dst2 = op == CB_OP_SCORE ? new_ireg(p, 0, CB_PTS_MAX) : cb_prog_const(p, 1);
		i.dstp = new_breg(p);
		push(p, &i);
	}
	if (op == CB_OP_FULL || op == CB_OP_MET) {
		v.t = i.dst;
		v.f = i.dst2;
	} else {
		v.n = i.dst;
		v.d = i.dst2;
		v.p = i.dstp;
	}
	return v;
}

struct cb_val cb_prog_node(struct cb_prog *p, const struct cb_node *n)
{
	if (p->oom)
		return (struct cb_val){ 0 };
	if (!p->done[n->id]) {
		p->val[n->id] = n->form->emit(p, n);
		p->done[n->id] = 1;
	}
	return p->val[n->id];
}

/* --- the whole ------------------------------------------------------------------------------------------------- */

static void emit_criterion(struct cb_prog *p, int c)
{
	const struct cb_criterion *cr = &p->rs->criterion[c];
	struct cb_prog_crit *pc = &p->crit[c];

	p->cur = c;
	pc->at = CB_B_TRUE;
	pc->af = pc->invalid = CB_B_FALSE;
	if (cr->applies) {
		struct cb_val v = cb_prog_node(p, cr->applies);
		pc->at = v.t;
		pc->af = v.f;
	}
	if (cr->is_function) {
		int *need = CB_NEWV(&p->arena, cr->nneeds + 1, int);
		if (!need) {
			p->oom = true;
			return;
		}
		for (size_t i = 0; i < cr->nneeds; i++) {
			const struct cb_fact *f = cb_facts_at(p->rs->dict, (size_t)cr->needs[i]);
			struct cb_input in = { .kind = CB_IN_FACT, .fact = cr->needs[i] };
			need[i] = cb_prog_input(p, &in, f->min, f->max);
		}
		pc->need = need;
	} else if (cr->score) {
		pc->score = cb_prog_node(p, cr->score);
	} else {
		pc->check = cb_prog_node(p, cr->check);
	}
	struct cb_insn i = { .op = CB_OP_CRIT, .k = c };
	push(p, &i);
	p->cur = -1;
}

static void emit_ruleset(struct cb_prog *p)
{
	const struct cb_ruleset *rs = p->rs;

	p->crit = CB_NEWV(&p->arena, rs->ncriterion + 1, struct cb_prog_crit);
	p->gate = CB_NEWV(&p->arena, rs->ngate + 1, struct cb_val);
	if (!p->crit || !p->gate) {
		p->oom = true;
		return;
	}
	for (size_t c = 0; c < rs->ncriterion && !p->oom; c++)
		emit_criterion(p, (int)c);
	struct cb_insn i = { .op = CB_OP_TOTAL };
	push(p, &i);
	for (size_t g = 0; g < rs->ngate && !p->oom; g++) {
		struct cb_val v = cb_prog_node(p, rs->gate[g].needs ? rs->gate[g].needs : rs->gate[g].when);
		if (rs->gate[g].needs) { /* fires where its needs are not all true */
			int t = v.t;
			v.t = v.f;
			v.f = t;
		}
		p->gate[g] = v;
	}
	if (rs->rating)
		p->rating = cb_prog_node(p, rs->rating);
}

int cb_prog_init(struct cb_prog *p, const struct cb_ruleset *rs, const struct cb_node *const *root, size_t nroot, struct cb_err *err)
{
	*p = (struct cb_prog){ .rs = rs, .nb = 2, .cur = -1 };
	cb_arena_init(&p->arena);
	p->bucket = cb_reallocarray(NULL, BUCKETS, sizeof(*p->bucket));
	p->val = cb_calloc(rs->nnode + 1, sizeof(*p->val));
	p->done = cb_calloc(rs->nnode + 1, 1);
	if (!p->bucket || !p->val || !p->done) {
		p->oom = true;
	} else {
		for (size_t i = 0; i < BUCKETS; i++)
			p->bucket[i] = -1;
		new_ireg(p, 0, 0); /* register 0: the constant 0 */
		if (!p->oom)
			p->ireg[0].constant = true;
		if (root)
			for (size_t i = 0; i < nroot && !p->oom; i++)
				cb_prog_node(p, root[i]);
		else if (!p->oom)
			emit_ruleset(p);
	}
	if (p->oom) {
		cb_prog_release(p);
		return cb_err_nomem(err);
	}
	return 0;
}

void cb_prog_release(struct cb_prog *p)
{
	cb_free(p->insn);
	cb_free(p->chain);
	cb_free(p->ireg);
	cb_free(p->input);
	cb_free(p->bucket);
	cb_free(p->val);
	cb_free(p->done);
	cb_arena_release(&p->arena);
	*p = (struct cb_prog){ 0 };
}
