/*
 * prog.h - a ruleset as a flat program of operations over columns.
 *
 * Forms (forms.c) emit operations through the helpers below; engine/eval runs them, one loop per operation over all
 * lanes of a batch. There are two register files: I (int64 lanes) and B (byte lanes, 0 or 1). Each I register knows
 * the interval that its lanes can hold; while that stays within +-2^62 the plain vector operations are used, else
 * the R operations, which work lane by lane in lowest terms, through 128 bits, and report overflow. Constants fold, and
 * the same operation on the same registers is made once. Divisions are pushed up: a quantity is n/d with d > 0 wherever
 * it is present, and d is the constant 1 while nothing was divided.
 *
 * Order: init, criteria with their CRIT, TOTAL, gates and rating; or single nodes. Costs O(1) per operation made.
 */
#ifndef CB_RULE_PROG_H
#define CB_RULE_PROG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "rule/rule.h"

enum cb_opcode {
	/* I dst <- I a, I b (c: B) */
	CB_OP_LOAD,     /* I dst, B dstp <- input a; a value outside lo..hi of the input spoils the lane */
	CB_OP_ADD, CB_OP_SUB, CB_OP_MUL, CB_OP_MIN, CB_OP_MAX,
	CB_OP_SEL,      /* I dst <- c ? a : b */
	CB_OP_INT,      /* I dst <- B a as 0 or 1 */
	CB_OP_DATEPART, /* I dst <- k: 0 month, 1 year, 2 weekday (1 Monday .. 7 Sunday) of day a */
	/* B dst <- */
	CB_OP_GE, CB_OP_GT, CB_OP_EQ, /* I a, I b */
	CB_OP_AND, CB_OP_OR, CB_OP_ANDN, /* B a, B b; ANDN: a and not b */
	/* exact ratios: I dst / I dst2, B dstp <- a/b op c/d where B p */
	CB_OP_RADD, CB_OP_RSUB, CB_OP_RMUL, CB_OP_RDIV,
	CB_OP_RGE, CB_OP_RGT, CB_OP_REQ, /* B dst <- a/b ? c/d where p */
	CB_OP_ROUND,    /* I dst <- a/b rounded to a whole number as k says, within +-CB_PTS_MAX, where p */
	/* about criteria: k is the criterion */
	CB_OP_CRIT,     /* settle criterion k */
	CB_OP_TOTAL,    /* settle the total */
	CB_OP_POINTS_OF, /* I dst, B dstp */
	CB_OP_FULL, CB_OP_MET, /* B dst (true), B dst2 (false) */
	CB_OP_SCORE,    /* I dst / I dst2, B dstp <- the total in thousandths */
};

struct cb_insn {
	enum cb_opcode op;
	int dst, dst2, dstp;
	int a, b, c, d, p;
	int64_t k;
};

struct cb_ireg {
	bool constant;
	int64_t k;
	int64_t lo, hi;
};

/* B registers that always are: */
#define CB_B_FALSE 0
#define CB_B_TRUE 1

/* What a node became. QUANTITY n/d where p; POINTS and LEVEL n where p; CONDITION true where t, false where f. */
struct cb_val {
	int n, d, p;
	int t, f;
};

struct cb_prog_input {
	struct cb_input in;
	int64_t lo, hi; /* limits of a value that is there */
	int n, p;       /* registers */
};

struct cb_prog_crit {
	struct cb_val score, check;
	int at, af;     /* applies: true, false */
	int invalid;    /* B: judged points outside 0..max */
	const int *need; /* inputs of a function, in the order of criterion->needs */
};

struct cb_prog {
	const struct cb_ruleset *rs;
	struct cb_insn *insn;
	size_t ninsn, capinsn;
	struct cb_ireg *ireg;
	size_t nireg, capireg;
	int nb;                       /* B registers */
	struct cb_prog_input *input;
	size_t ninput, capinput;
	struct cb_val *val;           /* [rs->nnode] */
	unsigned char *done;          /* [rs->nnode] */
	struct cb_prog_crit *crit;    /* [rs->ncriterion]; NULL in a program of nodes */
	struct cb_val *gate;          /* [rs->ngate] condition under which it fires: t fires, f does not */
	struct cb_val rating;
	int cur;                      /* criterion being made, -1 */
	int *bucket;                  /* operations by hash */
	int *chain;                   /* [capinsn] */
	struct cb_arena arena;
	bool oom;
};

/* The whole ruleset, or n single nodes. */
int cb_prog_init(struct cb_prog *p, const struct cb_ruleset *rs, const struct cb_node *const *root, size_t nroot, struct cb_err *err);
void cb_prog_release(struct cb_prog *p);

/* --- for forms: what an emit function may use ------------------------------------------------------------------ */

struct cb_val cb_prog_node(struct cb_prog *p, const struct cb_node *n); /* the node's registers, made at first use */
int cb_prog_const(struct cb_prog *p, int64_t k);
int cb_prog_input(struct cb_prog *p, const struct cb_input *in, int64_t lo, int64_t hi); /* index into p->input */
int cb_prog_i(struct cb_prog *p, enum cb_opcode op, int a, int b);  /* ADD SUB MUL MIN MAX on registers known to be safe */
int cb_prog_sel(struct cb_prog *p, int c, int a, int b);
int cb_prog_and(struct cb_prog *p, int a, int b);
int cb_prog_or(struct cb_prog *p, int a, int b);
int cb_prog_andn(struct cb_prog *p, int a, int b);
int cb_prog_cmp(struct cb_prog *p, enum cb_opcode op, int a, int b); /* GE GT EQ on I registers */
int cb_prog_int(struct cb_prog *p, int b);
int cb_prog_datepart(struct cb_prog *p, int day, int64_t which);
struct cb_val cb_prog_crit_value(struct cb_prog *p, enum cb_opcode op, int crit); /* POINTS_OF FULL MET SCORE */

/* exact quantities */
struct cb_val cb_q_const(struct cb_prog *p, struct cb_ratio r);
struct cb_val cb_q_add(struct cb_prog *p, struct cb_val a, struct cb_val b);
struct cb_val cb_q_sub(struct cb_prog *p, struct cb_val a, struct cb_val b);
struct cb_val cb_q_mul(struct cb_prog *p, struct cb_val a, struct cb_val b);
struct cb_val cb_q_div(struct cb_prog *p, struct cb_val a, struct cb_val b);
int cb_q_cmp(struct cb_prog *p, enum cb_opcode op, struct cb_val a, struct cb_val b); /* B; says nothing where one is absent */
struct cb_val cb_q_sel(struct cb_prog *p, int c, struct cb_val a, struct cb_val b);
/* rounded to whole numbers (thousandths of a point) within +-CB_PTS_MAX */
struct cb_val cb_q_round(struct cb_prog *p, struct cb_val a, enum cb_round how);
struct cb_val cb_cond(struct cb_prog *p, int known, int truth); /* true where known and truth, false where known and not */

#endif
