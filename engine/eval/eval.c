/*
 * eval.c - runs programs (rule/prog.h) over batches of columns: one loop per operation, over all lanes.
 *
 * open makes the program and its registers, batch fills them from left to right: criteria, total, gates, levels. All
 * registers stay until the next batch, so that explanations can look at any node. Nothing is allocated while a
 * batch runs but notes of functions. A batch costs (operations x lanes); loops are plain so that compilers vectorise.
 */
#ifdef __GNUC__
#ifndef __clang__
#pragma GCC optimize("O3")
#endif
#endif

#include "eval/eval.h"

#include <stdio.h>
#include <string.h>
#include "base/alloc.h"
#include "base/date.h"
#include "eval/eval_int.h"

_Static_assert(CB_BATCH <= CB_FN_LANES, "a batch is one call of a function");
#define LANES for (size_t i = 0; i < n; i++)

/* The loops twice: for any x86-64, and for those with AVX2 (comparing and multiplying 64-bit lanes takes half the
   instructions there); the loader chooses. */
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define CLONES __attribute__((target_clones("avx2", "default")))
#else
#define CLONES
#endif
#ifdef __GNUC__
#define INLINE static inline __attribute__((always_inline)) /* so that they belong to the clones */
#else
#define INLINE static inline
#endif
/* All ones where the byte is not 0: choosing by masks vectorises where a choice does not. */
#define MASK(byte) (-(int64_t)((byte) != 0))

/* --- open ------------------------------------------------------------------------------------------------------- */

static int open_prog(struct cb_eval **out, const struct cb_ruleset *rs, const struct cb_node *const *root, size_t nroot, struct cb_err *err)
{
	struct cb_eval *ev = cb_calloc(1, sizeof(*ev));

	*out = NULL;
	if (!ev)
		return cb_err_nomem(err);
	ev->rs = rs;
	ev->single = root != NULL;
	int rc = cb_prog_init(&ev->prog, rs, root, nroot, err);
	if (rc < 0) {
		cb_free(ev);
		return rc;
	}
	const struct cb_prog *p = &ev->prog;
	size_t nc = ev->single ? 0 : rs->ncriterion, needs = 0;
	bool functions = false;
	ev->input = cb_calloc(p->ninput + 1, sizeof(*ev->input));
	ev->ireg = cb_calloc(p->nireg + 1, CB_BATCH * sizeof(*ev->ireg));
	ev->breg = cb_calloc((size_t)p->nb + 1, CB_BATCH);
	ev->points = cb_calloc(nc + 1, sizeof(*ev->points));
	ev->state = cb_calloc(nc + 1, sizeof(*ev->state));
	ev->points_mem = cb_calloc(nc + 1, CB_BATCH * sizeof(*ev->points_mem));
	ev->state_mem = cb_calloc(nc + 1, CB_BATCH);
	for (size_t i = 0; i < nc; i++) {
		const struct cb_criterion *cr = &rs->criterion[i];
		functions |= cr->is_function;
		if (cr->is_function && cr->nneeds > needs && cr->nneeds <= CB_FN_ARGS)
			needs = cr->nneeds;
	}
	if (functions) {
		ev->arg = cb_calloc(needs + 1, CB_BATCH * sizeof(*ev->arg));
		ev->result = cb_calloc(CB_BATCH, sizeof(*ev->result));
	}
	if (!ev->input || !ev->ireg || !ev->breg || !ev->points || !ev->state || !ev->points_mem || !ev->state_mem ||
	    (functions && (!ev->arg || !ev->result))) {
		cb_eval_close(ev);
		return cb_err_nomem(err);
	}
	for (size_t i = 0; i < p->ninput; i++)
		ev->input[i] = p->input[i].in;
	for (size_t i = 0; i < nc; i++) {
		ev->points[i] = ev->points_mem + i * CB_BATCH;
		ev->state[i] = ev->state_mem + i * CB_BATCH;
	}
	memset(cb_eval_b(ev, CB_B_TRUE), 1, CB_BATCH);
	for (size_t r = 0; r < p->nireg; r++)
		if (p->ireg[r].constant)
			for (size_t i = 0; i < CB_BATCH; i++)
				cb_eval_i(ev, (int)r)[i] = p->ireg[r].k;
	*out = ev;
	return 0;
}

int cb_eval_open(struct cb_eval **out, const struct cb_ruleset *rs, struct cb_err *err)
{
	return open_prog(out, rs, NULL, 0, err);
}

int cb_eval_open_nodes(struct cb_eval **out, const struct cb_ruleset *rs, const struct cb_node *const *root, size_t nroot, struct cb_err *err)
{
	static const struct cb_node *const nothing[1] = { NULL };

	return open_prog(out, rs, root ? root : nothing, root ? nroot : 0, err);
}

const struct cb_input *cb_eval_inputs(const struct cb_eval *ev, size_t *n)
{
	*n = ev->prog.ninput;
	return ev->input;
}

void cb_eval_close(struct cb_eval *ev)
{
	if (!ev)
		return;
	cb_prog_release(&ev->prog);
	cb_free(ev->input);
	cb_free(ev->ireg);
	cb_free(ev->breg);
	cb_free(ev->points);
	cb_free(ev->state);
	cb_free(ev->points_mem);
	cb_free(ev->state_mem);
	cb_free(ev->note);
	cb_free(ev->arg);
	cb_free(ev->result);
	cb_free(ev);
}

/* --- operations ------------------------------------------------------------------------------------------------- */

INLINE void run_load(struct cb_eval *ev, const struct cb_insn *op, const struct cb_batch *in, size_t n)
{
	const struct cb_prog_input *pi = &ev->prog.input[op->a];
	const int64_t *restrict v = in->value[op->a];
	const unsigned char *restrict h = in->have[op->a];
	int64_t *restrict d = cb_eval_i(ev, op->dst);
	unsigned char *restrict p = cb_eval_b(ev, op->dstp);
	const int64_t lo = pi->lo, hi = pi->hi, absent = op->k;
	const uint64_t width = (uint64_t)hi - (uint64_t)lo;
	uint64_t bad = 0;

	LANES p[i] = h[i] != 0;
	LANES {
		int64_t there = MASK(h[i]);
		uint64_t from_lo = (uint64_t)((v[i] & there) | (lo & ~there)) - (uint64_t)lo;
		bad |= from_lo > width;
		d[i] = (v[i] & there) | (absent & ~there);
	}
	if (!bad)
		return;
	LANES
		if (p[i] && (v[i] < lo || v[i] > hi)) { /* keep the interval true: the rest is computed as if it were absent */
			ev->spoilt[i] |= 1;
			p[i] = 0;
			d[i] = absent;
		}
	ev->any_bad = true;
}

static void run_ratio(struct cb_eval *ev, const struct cb_insn *op, size_t n)
{
	const int64_t *an = cb_eval_i(ev, op->a), *ad = cb_eval_i(ev, op->b), *bn = cb_eval_i(ev, op->c), *bd = cb_eval_i(ev, op->d);
	const unsigned char *p = cb_eval_b(ev, op->p);
	int64_t *rn = cb_eval_i(ev, op->dst), *rd = cb_eval_i(ev, op->dst2);
	unsigned char *rp = cb_eval_b(ev, op->dstp);

	LANES {
		struct cb_ratio r = { 0, 1 };
		bool there = p[i], zero = false, ok = true;
		if (there) {
			struct cb_ratio a = { an[i], ad[i] }, b = { bn[i], bd[i] };
			switch (op->op) {
			case CB_OP_RADD:
				ok = cb_ratio_add(&r, a, b);
				break;
			case CB_OP_RSUB:
				ok = cb_ratio_sub(&r, a, b);
				break;
			case CB_OP_RMUL:
				ok = cb_ratio_mul(&r, a, b);
				break;
			default:
				zero = b.n == 0;
				ok = zero || cb_ratio_div(&r, a, b);
				break;
			}
			if (!ok) {
				ev->spoilt[i] |= 2;
				ev->any_large = true;
			}
			if (!ok || zero)
				r = (struct cb_ratio){ 0, 1 };
		}
		rn[i] = r.n;
		rd[i] = r.d;
		rp[i] = there && ok && !zero;
	}
}

static void run_round(struct cb_eval *ev, const struct cb_insn *op, size_t n)
{
	const int64_t *a = cb_eval_i(ev, op->a), *b = cb_eval_i(ev, op->b);
	const unsigned char *p = cb_eval_b(ev, op->p);
	int64_t *d = cb_eval_i(ev, op->dst);

	LANES {
		int64_t v = p[i] && b[i] > 0 ? cb_round_div(a[i], b[i], (enum cb_round)op->k) : 0;
		d[i] = v > CB_PTS_MAX ? CB_PTS_MAX : v < -CB_PTS_MAX ? -CB_PTS_MAX : v;
	}
}

static void run_datepart(struct cb_eval *ev, const struct cb_insn *op, size_t n)
{
	const int64_t *a = cb_eval_i(ev, op->a);
	int64_t *d = cb_eval_i(ev, op->dst);

	LANES {
		int y, m, day;
		if (op->k == 2) { /* 1970-01-01 was a Thursday */
			d[i] = ((a[i] + 3) % 7 + 7) % 7 + 1;
			continue;
		}
		cb_day_split((cb_day)a[i], &y, &m, &day);
		d[i] = op->k ? y : m;
	}
}

static int add_note(struct cb_eval *ev, size_t lane, int crit, bool failed, const char *text)
{
	if (ev->nnote == ev->capnote) {
		size_t cap = ev->capnote ? ev->capnote * 2 : 16;
		struct cb_lane_note *v = cb_reallocarray(ev->note, cap, sizeof(*v));
		if (!v)
			return -1;
		ev->note = v;
		ev->capnote = cap;
	}
	struct cb_lane_note *t = &ev->note[ev->nnote++];
	t->lane = lane;
	t->crit = crit;
	t->failed = failed;
	size_t len = strlen(text);
	if (len >= sizeof(t->text))
		for (len = sizeof(t->text) - 1; len && ((unsigned char)text[len] & 0xc0) == 0x80; len--) /* no half character */
			;
	memcpy(t->text, text, len);
	t->text[len] = '\0';
	return 0;
}

static int fail_lane(struct cb_eval *ev, int c, size_t lane, const char *msg, struct cb_err *err)
{
	ev->state[c][lane] = CB_CR_ERROR;
	return add_note(ev, lane, c, true, msg) < 0 ? cb_err_nomem(err) : 0;
}

/* What the function of criterion c gave for one lane. */
static int take_result(struct cb_eval *ev, int c, size_t lane, const struct cb_fnresult *res, struct cb_err *err)
{
	const struct cb_criterion *cr = &ev->rs->criterion[c];
	struct cb_ratio top = cb_ratio_make(cr->max, 1000);
	char num[CB_NUM_TEXT], max[CB_NUM_TEXT], msg[300];

	if (res->code)
		return fail_lane(ev, c, lane, res->text, err);
	switch (res->type) {
	case CB_FN_ABSENT:
		break;
	case CB_FN_FALSE:
		ev->state[c][lane] = CB_CR_SCORED;
		break;
	case CB_FN_TRUE:
		snprintf(msg, sizeof(msg), "criterion %s: the function returned true, not points", cr->id);
		return fail_lane(ev, c, lane, msg, err);
	case CB_FN_POINTS:
		if (res->value.d == 0 || res->value.n < 0 || cb_ratio_cmp(res->value, top) > 0) {
			snprintf(msg, sizeof(msg), "criterion %s: the function returned %s, outside 0 to %s", cr->id,
				 res->value.d ? cb_fmt_ratio(num, sizeof(num), res->value) : "no number", cb_fmt_pts(max, sizeof(max), cr->max));
			return fail_lane(ev, c, lane, msg, err);
		}
		ev->points[c][lane] = cb_round_div((__int128)res->value.n * 1000, res->value.d, cr->round);
		ev->state[c][lane] = CB_CR_SCORED;
		break;
	}
	return res->text[0] && add_note(ev, lane, c, false, res->text) < 0 ? cb_err_nomem(err) : 0;
}

/* The function of criterion c for those lanes that have all it needs, in one call; `lane` are the candidates. */
static int call_function(struct cb_eval *ev, int c, const unsigned short *lane, size_t n, struct cb_err *err)
{
	const struct cb_ruleset *rs = ev->rs;
	const struct cb_criterion *cr = &rs->criterion[c];
	const struct cb_prog_crit *pc = &ev->prog.crit[c];
	const char *why = cr->nneeds > CB_FN_ARGS ? "a function can need at most 64 facts" : !rs->fn.call ? "the pack's functions are not loaded" : NULL;
	unsigned short called[CB_BATCH];
	size_t ncalled = 0;
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++) {
		bool all = true;
		for (size_t k = 0; k < cr->nneeds && all; k++)
			all = cb_eval_b(ev, ev->prog.input[pc->need[k]].p)[lane[i]];
		if (all && why)
			rc = fail_lane(ev, c, lane[i], why, err);
		else if (all)
			called[ncalled++] = lane[i];
	}
	if (rc || !ncalled)
		return rc;
	for (size_t k = 0; k < cr->nneeds; k++) {
		const struct cb_fact *f = cb_facts_at(rs->dict, (size_t)cr->needs[k]);
		const int64_t *value = cb_eval_i(ev, ev->prog.input[pc->need[k]].n);
		struct cb_fnarg *arg = ev->arg + k;
		for (size_t i = 0; i < ncalled; i++, arg += cr->nneeds) {
			int64_t v = value[called[i]];
			*arg = (struct cb_fnarg){ .name = f->id, .have = true, .value = { v, 1 }, .flag = f->type == CB_FACT_FLAG };
			if (f->type == CB_FACT_DECIMAL)
				arg->value = cb_ratio_make(v, 1000);
			if (f->type == CB_FACT_WORD)
				arg->word = f->vocab[v];
		}
	}
	rc = rs->fn.call(rs->fn.ctx, cr->score->ref, ev->arg, cr->nneeds, ncalled, ev->result, err);
	for (size_t i = 0; i < ncalled && rc == 0; i++)
		rc = take_result(ev, c, called[i], &ev->result[i], err);
	return rc;
}

INLINE void settle_points(struct cb_eval *ev, int c, size_t n)
{
	const struct cb_criterion *cr = &ev->rs->criterion[c];
	const struct cb_prog_crit *pc = &ev->prog.crit[c];
	const unsigned char *restrict at = cb_eval_b(ev, pc->at), *restrict af = cb_eval_b(ev, pc->af);
	const unsigned char *restrict inv = cb_eval_b(ev, pc->invalid), *restrict p = cb_eval_b(ev, pc->score.p);
	const int64_t *restrict v = cb_eval_i(ev, pc->score.n);
	cb_pts *restrict pts = ev->points[c];
	unsigned char *restrict st = ev->state[c];
	const bool off = cr->counts == CB_COUNTS_PENALTY;
	const cb_pts max = cr->max, na = cr->na == CB_NA_FULL ? cr->max : cr->na == CB_NA_POINTS ? cr->na_points : 0;

	LANES {
		unsigned char s = p[i] ? CB_CR_SCORED : CB_CR_MISSING;
		s = inv[i] ? CB_CR_INVALID : s;
		s = at[i] ? s : CB_CR_MISSING;
		st[i] = af[i] ? CB_CR_NA : s;
	}
	LANES {
		int64_t x = v[i] > max ? max : v[i];
		x = x < 0 ? 0 : x;
		pts[i] = (x & MASK(st[i] == CB_CR_SCORED)) | (na & MASK(st[i] == CB_CR_NA));
	}
	if (off)
		LANES pts[i] = -pts[i];
}

/* Suppose the criterion had its full points (of a penalty: nothing off), where it applies. */
static void settle_full(struct cb_eval *ev, int c, size_t n)
{
	const struct cb_criterion *cr = &ev->rs->criterion[c];

	LANES
		if (ev->full[i] == c && (ev->state[c][i] == CB_CR_SCORED || ev->state[c][i] == CB_CR_MISSING)) {
			ev->state[c][i] = CB_CR_SCORED;
			ev->points[c][i] = cr->check ? 1 : cr->counts == CB_COUNTS_PENALTY ? 0 : cr->max;
		}
}

INLINE int settle(struct cb_eval *ev, int c, size_t n, struct cb_err *err)
{
	const struct cb_ruleset *rs = ev->rs;
	const struct cb_criterion *cr = &rs->criterion[c];
	const struct cb_prog_crit *pc = &ev->prog.crit[c];
	cb_pts *pts = ev->points[c];
	unsigned char *st = ev->state[c];

	if (cr->check) {
		const unsigned char *at = cb_eval_b(ev, pc->at), *af = cb_eval_b(ev, pc->af);
		const unsigned char *t = cb_eval_b(ev, pc->check.t), *f = cb_eval_b(ev, pc->check.f);
		LANES {
			st[i] = af[i] ? CB_CR_NA : !at[i] || !(t[i] | f[i]) ? CB_CR_MISSING : CB_CR_SCORED;
			pts[i] = st[i] == CB_CR_SCORED && t[i];
		}
		if (ev->full)
			settle_full(ev, c, n);
		return 0;
	}
	if (cr->is_function) {
		const unsigned char *at = cb_eval_b(ev, pc->at), *af = cb_eval_b(ev, pc->af);
		unsigned short lane[CB_BATCH];
		size_t nlane = 0;
		LANES {
			st[i] = af[i] ? CB_CR_NA : CB_CR_MISSING;
			pts[i] = !af[i] ? 0 : cr->na == CB_NA_FULL ? cr->max : cr->na == CB_NA_POINTS ? cr->na_points : 0;
			if (at[i] && !(ev->spoilt[i] & 1))
				lane[nlane++] = (unsigned short)i;
		}
		int rc = nlane ? call_function(ev, c, lane, nlane, err) : 0;
		if (rc < 0)
			return rc;
		if (cr->counts == CB_COUNTS_PENALTY)
			LANES pts[i] = -pts[i];
	} else {
		settle_points(ev, c, n);
	}
	if (ev->full)
		settle_full(ev, c, n);
	/* what it adds to the sum, and to the maximum that applies */
	const cb_pts max = cr->max;
	const bool na_out = cr->na == CB_NA_RESCALE, zero = rs->missing == CB_MISSING_ZERO;
	int64_t *restrict sum = cr->counts == CB_COUNTS_SCALE ? ev->sum : ev->off, *restrict app = ev->applicable;
	unsigned char *restrict lacks = ev->lacks;
	const cb_pts *restrict cp = ev->points[c];
	const unsigned char *restrict cs = ev->state[c];
	unsigned char there[CB_BATCH];
	LANES {
		unsigned char known = (cs[i] == CB_CR_SCORED) | (cs[i] == CB_CR_NA);
		lacks[i] |= known ^ 1;
		there[i] = (cs[i] == CB_CR_SCORED) | ((cs[i] == CB_CR_NA) & !na_out) | ((cs[i] == CB_CR_MISSING) & zero);
	}
	LANES sum[i] += cp[i];
	if (cr->counts == CB_COUNTS_SCALE)
		LANES app[i] += max & MASK(there[i]);
	return 0;
}

static int64_t gcd(int64_t a, int64_t b)
{
	while (b) {
		int64_t t = a % b;
		a = b;
		b = t;
	}
	return a;
}

static void settle_total(struct cb_eval *ev, size_t n)
{
	const struct cb_ruleset *rs = ev->rs;
	const cb_pts scale = rs->scale;

	LANES {
		bool none = (rs->missing == CB_MISSING_REFUSE && ev->lacks[i]) || ev->applicable[i] == 0;
		ev->score_n[i] = none ? 0 : ev->sum[i];
		ev->score_d[i] = !none;
		if (none || ev->applicable[i] == scale)
			continue;
		int64_t num = ev->sum[i] * scale, g = gcd(num, ev->applicable[i]); /* both at most 10^9 */
		ev->score_n[i] = g ? num / g : 0;
		ev->score_d[i] = g ? ev->applicable[i] / g : 1;
	}
	if (rs->off_scale)
		LANES {
			int64_t d = ev->score_d[i], s = ev->score_n[i] + ev->off[i] * d, top = rs->ceiling * d; /* each at most 10^18 */
			s = s > top ? top : s < 0 ? 0 : s;
			ev->score_n[i] = s;
			if (s == 0 || s == top) { /* in lowest terms */
				ev->score_n[i] = s ? rs->ceiling : 0;
				ev->score_d[i] = d != 0;
			}
		}
	if (rs->total_round != CB_ROUND_NONE)
		LANES
			if (ev->score_d[i]) {
				ev->score_n[i] = cb_round_div(ev->score_n[i], (__int128)ev->score_d[i] * rs->total_step, rs->total_round) * rs->total_step;
				ev->score_d[i] = 1;
			}
}

static void run_points_of(struct cb_eval *ev, const struct cb_insn *op, size_t n)
{
	const struct cb_criterion *cr = &ev->rs->criterion[op->k];
	int64_t *d = cb_eval_i(ev, op->dst);
	unsigned char *p = cb_eval_b(ev, op->dstp);
	bool zero = ev->rs->missing == CB_MISSING_ZERO;

	LANES {
		unsigned char s = ev->state[op->k][i];
		d[i] = ev->points[op->k][i];
		p[i] = s == CB_CR_SCORED || (s == CB_CR_NA && cr->na != CB_NA_RESCALE) || (s == CB_CR_MISSING && zero);
	}
}

/* What does not apply cannot hold a meeting back: it counts as full and as met, unless fewer points were declared. */
static void run_full(struct cb_eval *ev, const struct cb_insn *op, size_t n)
{
	const struct cb_criterion *cr = &ev->rs->criterion[op->k];
	unsigned char *t = cb_eval_b(ev, op->dst), *f = cb_eval_b(ev, op->dst2);
	bool zero = ev->rs->missing == CB_MISSING_ZERO;
	cb_pts want = cr->check ? 1 : cr->max;

	LANES {
		unsigned char s = ev->state[op->k][i];
		bool known = s == CB_CR_SCORED || s == CB_CR_NA || (s == CB_CR_MISSING && zero);
		bool good = s == CB_CR_NA ? cr->check || cr->na != CB_NA_POINTS || cr->na_points >= cr->max : ev->points[op->k][i] >= want;
		t[i] = known && good;
		f[i] = known && !good;
	}
}

static void run_score(struct cb_eval *ev, const struct cb_insn *op, size_t n)
{
	int64_t *num = cb_eval_i(ev, op->dst), *den = cb_eval_i(ev, op->dst2);
	unsigned char *p = cb_eval_b(ev, op->dstp);

	LANES {
		p[i] = ev->score_d[i] > 0;
		num[i] = ev->score_n[i];
		den[i] = p[i] ? ev->score_d[i] : 1;
	}
}

#define BINARY(expr) \
	do { \
		const int64_t *restrict a = cb_eval_i(ev, op->a), *restrict b = cb_eval_i(ev, op->b); \
		int64_t *restrict d = cb_eval_i(ev, op->dst); \
		LANES d[i] = (expr); \
	} while (0)
#define COMPARE(expr) \
	do { \
		const int64_t *restrict a = cb_eval_i(ev, op->a), *restrict b = cb_eval_i(ev, op->b); \
		unsigned char *restrict d = cb_eval_b(ev, op->dst); \
		LANES d[i] = (expr); \
	} while (0)
#define BYTES(expr) \
	do { \
		const unsigned char *restrict a = cb_eval_b(ev, op->a), *restrict b = cb_eval_b(ev, op->b); \
		unsigned char *restrict d = cb_eval_b(ev, op->dst); \
		LANES d[i] = (unsigned char)(expr); \
	} while (0)
#define CROSS(sign) \
	do { \
		const int64_t *an = cb_eval_i(ev, op->a), *ad = cb_eval_i(ev, op->b), *bn = cb_eval_i(ev, op->c), *bd = cb_eval_i(ev, op->d); \
		unsigned char *d = cb_eval_b(ev, op->dst); \
		LANES d[i] = (__int128)an[i] * bd[i] sign(__int128) bn[i] * ad[i]; \
	} while (0)

CLONES static int run(struct cb_eval *ev, const struct cb_batch *in, struct cb_err *err)
{
	const size_t n = in->n;
	int rc;

	for (size_t k = 0; k < ev->prog.ninsn; k++) {
		const struct cb_insn *op = &ev->prog.insn[k];
		switch (op->op) {
		case CB_OP_LOAD:
			run_load(ev, op, in, n);
			break;
		case CB_OP_ADD:
			BINARY(a[i] + b[i]);
			break;
		case CB_OP_SUB:
			BINARY(a[i] - b[i]);
			break;
		case CB_OP_MUL:
			BINARY(a[i] * b[i]);
			break;
		case CB_OP_MIN:
			BINARY(a[i] < b[i] ? a[i] : b[i]);
			break;
		case CB_OP_MAX:
			BINARY(a[i] > b[i] ? a[i] : b[i]);
			break;
		case CB_OP_SEL: {
			const unsigned char *restrict c = cb_eval_b(ev, op->c);
			BINARY((a[i] & MASK(c[i])) | (b[i] & ~MASK(c[i])));
			break;
		}
		case CB_OP_INT: {
			const unsigned char *restrict a = cb_eval_b(ev, op->a);
			int64_t *restrict d = cb_eval_i(ev, op->dst);
			LANES d[i] = a[i];
			break;
		}
		case CB_OP_DATEPART:
			run_datepart(ev, op, n);
			break;
		case CB_OP_GE:
			COMPARE(a[i] >= b[i]);
			break;
		case CB_OP_GT:
			COMPARE(a[i] > b[i]);
			break;
		case CB_OP_EQ:
			COMPARE(a[i] == b[i]);
			break;
		case CB_OP_AND:
			BYTES(a[i] & b[i]);
			break;
		case CB_OP_OR:
			BYTES(a[i] | b[i]);
			break;
		case CB_OP_ANDN:
			BYTES(a[i] & (b[i] ^ 1));
			break;
		case CB_OP_RADD:
		case CB_OP_RSUB:
		case CB_OP_RMUL:
		case CB_OP_RDIV:
			run_ratio(ev, op, n);
			break;
		case CB_OP_RGE:
			CROSS(>=);
			break;
		case CB_OP_RGT:
			CROSS(>);
			break;
		case CB_OP_REQ:
			CROSS(==);
			break;
		case CB_OP_ROUND:
			run_round(ev, op, n);
			break;
		case CB_OP_CRIT:
			if ((rc = settle(ev, (int)op->k, n, err)) < 0)
				return rc;
			break;
		case CB_OP_TOTAL:
			settle_total(ev, n);
			break;
		case CB_OP_POINTS_OF:
			run_points_of(ev, op, n);
			break;
		case CB_OP_FULL:
		case CB_OP_MET:
			run_full(ev, op, n);
			break;
		case CB_OP_SCORE:
			run_score(ev, op, n);
			break;
		}
	}
	return 0;
}

/* --- levels ----------------------------------------------------------------------------------------------------- */

static bool too_large(const struct cb_eval *ev, size_t lane);

/* The level after the gates; a gate that may or may not fire matters only where it could lower the level further. */
static int through_gates(const struct cb_eval *ev, size_t i, int level, int *gate, bool *unknown)
{
	const struct cb_ruleset *rs = ev->rs;
	int out = level;

	*gate = -1;
	*unknown = false;
	for (size_t g = 0; g < rs->ngate; g++) {
		int cap = rs->gate[g].needs ? rs->gate[g].level + 1 : rs->gate[g].at_most;
		if (cap > out && cb_eval_b(ev, ev->prog.gate[g].t)[i]) {
			out = cap;
			*gate = (int)g;
		}
	}
	for (size_t g = 0; g < rs->ngate; g++) {
		int cap = rs->gate[g].needs ? rs->gate[g].level + 1 : rs->gate[g].at_most;
		const struct cb_val *v = &ev->prog.gate[g];
		if (cap > out && !cb_eval_b(ev, v->t)[i] && !cb_eval_b(ev, v->f)[i])
			*unknown = true;
	}
	return out;
}

static void rate(struct cb_eval *ev, size_t n)
{
	const struct cb_ruleset *rs = ev->rs;

	LANES {
		int by = -1;
		bool unknown;
		ev->level[i] = ev->level_by_score[i] = ev->gate[i] = -1;
		ev->status[i] = CB_ST_MISSING;
		bool scored = ev->score_d[i] > 0 || rs->scale == 0;
		if (rs->rating) {
			if (scored && cb_eval_b(ev, ev->prog.rating.p)[i])
				by = (int)cb_eval_i(ev, ev->prog.rating.n)[i];
		} else if (ev->score_d[i] > 0) {
			int64_t d = ev->score_d[i], s = ev->score_n[i];
			for (by = 0; by + 1 < (int)rs->nlevel && s < rs->level[by].at_least * d;)
				by++;
		}
		if (by < 0)
			continue;
		ev->level_by_score[i] = by;
		int level = through_gates(ev, i, by, &ev->gate[i], &unknown);
		if (unknown) {
			ev->gate[i] = -1;
			continue;
		}
		ev->level[i] = level;
		ev->status[i] = CB_ST_RATED;
	}
	/* people's and packs' faults outrank what is missing */
	for (size_t c = 0; c < rs->ncriterion; c++) {
		const unsigned char *st = ev->state[c];
		bool any = false;
		LANES any |= st[i] >= CB_CR_INVALID;
		if (!any)
			continue;
		LANES
			if (st[i] == CB_CR_ERROR)
				ev->status[i] = CB_ST_ERROR;
			else if (st[i] == CB_CR_INVALID && ev->status[i] != CB_ST_ERROR)
				ev->status[i] = CB_ST_INVALID;
	}
	if (ev->any_bad || ev->any_large)
		LANES
			if (ev->status[i] < CB_ST_INVALID && ((ev->spoilt[i] & 1) || (ev->spoilt[i] && too_large(ev, i))))
				ev->status[i] = CB_ST_INVALID;
	LANES
		if (ev->status[i] > CB_ST_MISSING) {
			ev->level[i] = ev->level_by_score[i] = ev->gate[i] = -1;
			ev->score_n[i] = ev->score_d[i] = 0;
		}
}

int cb_eval_batch(struct cb_eval *ev, const struct cb_batch *in, struct cb_scores *out, struct cb_err *err)
{
	if (in->n == 0 || in->n > CB_BATCH)
		return cb_err_set(err, CB_EUSAGE, "a batch holds 1 to %d meetings, not %zu", CB_BATCH, in->n);
	ev->n = in->n;
	ev->nnote = 0;
	ev->any_bad = ev->any_large = false;
	memset(ev->spoilt, 0, sizeof(ev->spoilt));
	memset(ev->sum, 0, sizeof(ev->sum));
	memset(ev->applicable, 0, sizeof(ev->applicable));
	memset(ev->off, 0, sizeof(ev->off));
	memset(ev->lacks, 0, sizeof(ev->lacks));
	int rc = run(ev, in, err);
	if (rc < 0)
		return rc;
	if (!ev->single)
		rate(ev, in->n);
	if (out)
		*out = (struct cb_scores){ .status = ev->status, .score_n = ev->score_n, .score_d = ev->score_d, .level = ev->level,
					   .level_by_score = ev->level_by_score, .gate = ev->gate, .points = (const cb_pts *const *)ev->points,
					   .state = (const unsigned char *const *)ev->state };
	return 0;
}

/* --- looking at lanes ------------------------------------------------------------------------------------------- */

bool cb_eval_node(const struct cb_eval *ev, const struct cb_node *n, size_t lane, struct cb_ratio *out)
{
	*out = (struct cb_ratio){ 0, 0 };
	if (!n || lane >= ev->n || !ev->prog.done[n->id])
		return false;
	const struct cb_val *v = &ev->prog.val[n->id];
	if (n->kind == CB_CONDITION) {
		bool t = cb_eval_b(ev, v->t)[lane], f = cb_eval_b(ev, v->f)[lane];
		if (!t && !f)
			return false;
		*out = (struct cb_ratio){ t, 1 };
		return true;
	}
	if (!cb_eval_b(ev, v->p)[lane])
		return false;
	int64_t num = cb_eval_i(ev, v->n)[lane], den = n->kind == CB_QUANTITY ? cb_eval_i(ev, v->d)[lane] : 1;
	*out = cb_ratio_make(num, den);
	return out->d > 0;
}

int cb_eval_branch(const struct cb_eval *ev, const struct cb_node *n, size_t lane)
{
	struct cb_ratio r;
	size_t start = cb_is_choice(n) && !cb_is(n, "first") ? 1 : 0;

	if (cb_is_choice(n)) {
		for (size_t k = start; k + 1 < n->nkid; k++) {
			if (!cb_eval_node(ev, n->kid[k]->kid[0], lane, &r))
				return -1;
			if (r.n)
				return (int)(k - start);
		}
		return (int)(n->nkid - 1 - start);
	}
	if (cb_is(n, "either") || cb_is(n, "flag"))
		return cb_eval_node(ev, n->kid[0], lane, &r) ? !r.n : -1;
	return -1;
}

bool cb_eval_input(const struct cb_eval *ev, const struct cb_input *in, size_t lane, int64_t *value)
{
	for (size_t i = 0; i < ev->prog.ninput; i++) {
		const struct cb_prog_input *p = &ev->prog.input[i];
		if (p->in.kind != in->kind || (in->kind == CB_IN_FACT && p->in.fact != in->fact) ||
		    (in->kind == CB_IN_JUDGED && (p->in.by != in->by || strcmp(p->in.item, in->item) != 0)))
			continue;
		*value = cb_eval_i(ev, p->n)[lane];
		return cb_eval_b(ev, p->p)[lane];
	}
	return false;
}

const struct cb_lane_note *cb_eval_note(const struct cb_eval *ev, size_t lane, int crit)
{
	for (size_t i = 0; i < ev->nnote; i++)
		if (ev->note[i].lane == lane && ev->note[i].crit == crit)
			return &ev->note[i];
	return NULL;
}

/* The first judged item below n whose counted points are out of range. */
static const struct cb_node *bad_item(const struct cb_eval *ev, const struct cb_node *n, size_t lane, enum cb_assessor *by, cb_pts *points)
{
	if (cb_is(n, "judged")) {
		for (size_t i = 0; i < ev->rs->norder; i++) {
			struct cb_input in = { .kind = CB_IN_JUDGED, .item = n->text, .by = ev->rs->order[i] };
			if (!cb_eval_input(ev, &in, lane, points))
				continue;
			*by = in.by;
			cb_pts max = 0;
			cb_pts_from_ratio(&max, n->num);
			return *points < 0 || *points > max ? n : NULL;
		}
		return NULL;
	}
	for (size_t i = 0; i < n->nkid; i++) {
		const struct cb_node *m = bad_item(ev, n->kid[i], lane, by, points);
		if (m)
			return m;
	}
	return NULL;
}

const char *cb_eval_message(const struct cb_eval *cev, size_t lane)
{
	struct cb_eval *ev = (struct cb_eval *)cev; /* the text's room is in the evaluator; nothing else changes */
	const struct cb_ruleset *rs = ev->rs;
	char num[CB_NUM_TEXT], max[CB_NUM_TEXT];

	ev->message[0] = '\0';
	if (lane >= ev->n)
		return ev->message;
	for (size_t i = 0; i < ev->nnote; i++)
		if (ev->note[i].lane == lane && ev->note[i].failed) {
			snprintf(ev->message, sizeof(ev->message), "%s", ev->note[i].text);
			return ev->message;
		}
	for (size_t c = 0; !ev->single && c < rs->ncriterion; c++) {
		enum cb_assessor by;
		cb_pts points, top = 0;
		if (ev->state[c][lane] != CB_CR_INVALID)
			continue;
		const struct cb_node *n = bad_item(ev, rs->criterion[c].score, lane, &by, &points);
		if (!n)
			continue;
		cb_pts_from_ratio(&top, n->num);
		snprintf(ev->message, sizeof(ev->message), "%s %s điểm mục %s, ngoài khoảng từ 0 đến %s", cb_assessor_vi(by),
			 cb_fmt_pts_vi(num, sizeof(num), points), n->label ? n->label : n->text, cb_fmt_pts_vi(max, sizeof(max), top));
		return ev->message;
	}
	if (ev->spoilt[lane] & 1)
		snprintf(ev->message, sizeof(ev->message), "một số liệu nằm ngoài giới hạn của nó");
	else if (ev->spoilt[lane] & 2)
		snprintf(ev->message, sizeof(ev->message), "một số quá lớn, không tính đúng được");
	return ev->message;
}

/* --- what was missing ------------------------------------------------------------------------------------------- */

struct lack {
	struct cb_buf *out;
	size_t start;
	unsigned char *seen; /* by node id; NULL when there was no memory: then everything is looked at again */
	bool large;          /* a number that grew too large is among the causes */
};

static void lack_add(struct lack *l, const char *mark, const char *id)
{
	char word[120];
	size_t len;

	if (!l->out) /* only `large` is asked */
		return;
	snprintf(word, sizeof(word), "%s%s", mark, id);
	len = strlen(word);
	for (const char *s = l->out->len ? l->out->s + l->start : ""; (s = strstr(s, word)) != NULL; s += len)
		if ((s == l->out->s + l->start || s[-1] == ' ') && (s[len] == '\0' || s[len] == ','))
			return;
	cb_buf_printf(l->out, "%s%s", l->out->len > l->start ? ", " : "", word);
}

static void lack_facts(struct lack *l, const struct cb_node *n, const char *mark)
{
	if (cb_is(n, "fact"))
		lack_add(l, mark, n->text);
	for (size_t i = 0; i < n->nkid; i++)
		lack_facts(l, n->kid[i], mark);
}

static void lack_criterion(struct lack *l, const struct cb_eval *ev, int c, size_t lane);

/* Descends only where something undecided decided. */
static void lack_node(struct lack *l, const struct cb_eval *ev, const struct cb_node *n, size_t lane)
{
	struct cb_ratio r;

	if (!n || cb_eval_node(ev, n, lane, &r) || (l->seen && l->seen[n->id]))
		return;
	if (l->seen)
		l->seen[n->id] = 1;
	if (cb_is(n, "fact")) {
		lack_add(l, "", n->text);
	} else if (cb_is(n, "judged")) {
		lack_add(l, "@", n->text);
	} else if (cb_is(n, "points_of") || cb_is(n, "full") || cb_is(n, "met")) {
		if (!ev->single && ev->state[n->ref][lane] == CB_CR_MISSING)
			lack_criterion(l, ev, n->ref, lane);
		else
			lack_add(l, "#", n->text); /* it has no points to ask for */
	} else if (cb_is(n, "total")) {
		for (size_t c = 0; !ev->single && c < ev->rs->ncriterion; c++)
			if (!ev->rs->criterion[c].check)
				lack_criterion(l, ev, (int)c, lane);
	} else if (cb_is_choice(n) || cb_is(n, "either") || cb_is(n, "flag")) {
		int k = cb_eval_branch(ev, n, lane);
		size_t start = cb_is(n, "bands") || cb_is(n, "bands_below");
		if (!cb_is_choice(n)) {
			lack_node(l, ev, k < 0 ? n->kid[0] : n->kid[1 + k < (int)n->nkid ? 1 + k : 1], lane);
		} else if (k >= 0) {
			const struct cb_node *b = n->kid[start + (size_t)k];
			lack_node(l, ev, b->kid[b->nkid - 1], lane);
		} else {
			for (size_t i = start; i + 1 < n->nkid; i++)
				if (!cb_eval_node(ev, n->kid[i]->kid[0], lane, &r)) {
					lack_node(l, ev, n->kid[i]->kid[0], lane);
					break;
				}
		}
	} else {
		if (cb_is(n, "div") && cb_eval_node(ev, n->kid[1], lane, &r) && r.n == 0) {
			size_t before = l->out ? l->out->len : 0;
			lack_facts(l, n->kid[1], "/");
			if (l->out && l->out->len == before)
				lack_add(l, "/", "0");
			return;
		}
		bool all = n->nkid > 0;
		for (size_t i = 0; i < n->nkid; i++)
			all = cb_eval_node(ev, n->kid[i], lane, &r) && all;
		l->large = l->large || all; /* everything was there, and yet it could not be computed */
		for (size_t i = 0; i < n->nkid; i++)
			lack_node(l, ev, n->kid[i], lane);
	}
}

static void lack_criterion(struct lack *l, const struct cb_eval *ev, int c, size_t lane)
{
	const struct cb_criterion *cr = &ev->rs->criterion[c];
	int64_t v;
	struct cb_ratio r;

	if (ev->state[c][lane] != CB_CR_MISSING)
		return;
	if (cr->applies && !cb_eval_node(ev, cr->applies, lane, &r)) {
		lack_node(l, ev, cr->applies, lane);
		return;
	}
	if (cr->is_function) {
		for (size_t i = 0; i < cr->nneeds; i++) {
			struct cb_input in = { .kind = CB_IN_FACT, .fact = cr->needs[i] };
			if (!cb_eval_input(ev, &in, lane, &v))
				lack_add(l, "", cb_facts_at(ev->rs->dict, (size_t)cr->needs[i])->id);
		}
		return;
	}
	lack_node(l, ev, cr->score ? cr->score : cr->check, lane);
}

static void lack_begin(struct lack *l, struct cb_buf *out, const struct cb_eval *ev)
{
	l->out = out;
	l->start = out ? out->len : 0;
	l->large = false;
	l->seen = cb_calloc(ev->rs->nnode + 1, 1);
}

void cb_eval_node_missing(struct cb_buf *out, const struct cb_eval *ev, const struct cb_node *n, size_t lane)
{
	struct lack l;

	if (lane >= ev->n)
		return;
	lack_begin(&l, out, ev);
	lack_node(&l, ev, n, lane);
	cb_free(l.seen);
}

void cb_eval_criterion_missing(struct cb_buf *out, const struct cb_eval *ev, int criterion, size_t lane)
{
	struct lack l;

	if (ev->single || lane >= ev->n)
		return;
	lack_begin(&l, out, ev);
	lack_criterion(&l, ev, criterion, lane);
	cb_free(l.seen);
}

/* What kept the lane from a level. */
static void lack_lane(struct lack *l, const struct cb_eval *ev, size_t lane)
{
	const struct cb_ruleset *rs = ev->rs;
	int gate;
	bool unknown;

	if (ev->score_d[lane] == 0 && rs->scale > 0)
		for (size_t c = 0; c < rs->ncriterion; c++)
			if (!rs->criterion[c].check)
				lack_criterion(l, ev, (int)c, lane);
	if (rs->rating)
		lack_node(l, ev, rs->rating, lane);
	if (ev->level_by_score[lane] >= 0) {
		int level = through_gates(ev, lane, ev->level_by_score[lane], &gate, &unknown);
		for (size_t g = 0; g < rs->ngate; g++) {
			int cap = rs->gate[g].needs ? rs->gate[g].level + 1 : rs->gate[g].at_most;
			if (cap > level)
				lack_node(l, ev, rs->gate[g].needs ? rs->gate[g].needs : rs->gate[g].when, lane);
		}
	}
}

/* Did a number that grew too large leave something undecided? That is no missing fact, which might count as zero. */
static bool too_large(const struct cb_eval *ev, size_t lane)
{
	struct lack l;

	lack_begin(&l, NULL, ev);
	for (size_t c = 0; c < ev->rs->ncriterion && !l.large; c++)
		if (!ev->rs->criterion[c].check)
			lack_criterion(&l, ev, (int)c, lane);
	if (ev->status[lane] == CB_ST_MISSING && !l.large)
		lack_lane(&l, ev, lane);
	cb_free(l.seen);
	return l.large;
}

void cb_eval_missing(struct cb_buf *out, const struct cb_eval *ev, size_t lane)
{
	struct lack l;

	if (ev->single || lane >= ev->n || ev->status[lane] != CB_ST_MISSING)
		return;
	lack_begin(&l, out, ev);
	lack_lane(&l, ev, lane);
	cb_free(l.seen);
}
