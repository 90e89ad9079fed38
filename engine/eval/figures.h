/*
 * figures.h - can this printed percentage come from these counts?
 *
 * Reports in this field mix rounding with truncation and make slips. check says whether rounding (half up) or
 * truncation at the printed number of decimals gives the printed figure; if neither does, what would be right, which
 * single slip (one digit, or two neighbours swapped) in the printed figure, the part or the whole explains it, and
 * which part of this whole comes nearest. Exact integers; no store, no allocation. Cost: O(digits * 10).
 */
#ifndef CB_EVAL_FIGURES_H
#define CB_EVAL_FIGURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"

#define CB_FIGURE_MAX ((int64_t)1000000000000) /* the largest part or whole */
#define CB_FIGURE_DECIMALS 6
#define CB_FIGURE_FIXES 24
#define CB_FIGURE_SAY 1024

enum cb_figure_verdict {
	CB_FIG_EXACT,     /* the division comes out even */
	CB_FIG_BOTH,      /* rounding and truncation agree with it */
	CB_FIG_ROUNDED,   /* only rounding half up gives it */
	CB_FIG_TRUNCATED, /* only truncation gives it */
	CB_FIG_WRONG,     /* neither */
};
const char *cb_figure_verdict_id(enum cb_figure_verdict v); /* "exact", "both", "rounded", "truncated", "wrong" */
const char *cb_figure_verdict_vi(enum cb_figure_verdict v); /* "làm tròn", "cắt bớt", "không thể có" */

/* One way in which the three numbers would agree; only one of them differs from what was printed. */
enum cb_figure_of { CB_FIX_PERCENT, CB_FIX_PART, CB_FIX_WHOLE };
enum cb_figure_how { CB_FIX_DIGIT /* one digit */, CB_FIX_SWAP /* two neighbours swapped */, CB_FIX_NEAR /* the nearest that works */ };
struct cb_figure_fix {
	enum cb_figure_of of;
	enum cb_figure_how how;
	int64_t part, whole;
	int64_t percent;        /* in units of 10^-decimals percent */
	bool rounds, truncates; /* which reading then gives the printed figure */
};

struct cb_figure {
	int64_t part, whole;
	int decimals;           /* as printed: "79,9" has 1 */
	int64_t printed;        /* 799 */
	enum cb_figure_verdict verdict;
	int64_t half_up, down;  /* the right percentage at this number of decimals, both ways: 769, 769 */
	/* Only when WRONG: slips of a digit, then swaps, then the nearest part and whole. */
	struct cb_figure_fix fix[CB_FIGURE_FIXES]; size_t nfix;
	/* Parts of this whole that give the printed figure by either reading, and by both at once; from > to: none. */
	int64_t part_from, part_to, both_from, both_to;
	char say[CB_FIGURE_SAY]; /* one Vietnamese sentence or two: the verdict, and what could explain it */
};
/* `printed` is "79,9", "79.9", "18" or any of these with "%". CB_EUSAGE: no such number, whole < 1, part < 0. */
int cb_figure_check(struct cb_figure *out, int64_t part, int64_t whole, const char *printed, struct cb_err *err);
/* An integer percent in units of 10^-decimals as Vietnam writes it: (769, 1) -> "76,9". */
char *cb_figure_text(char *dst, size_t cap, int64_t percent, int decimals);

/* Do the parts add up to the printed total? If not, the single slip in one part (or the total) that mends it. */
struct cb_figure_sum {
	int64_t sum, printed;
	bool ok;
	int fix_at;             /* the part that one digit or one swap mends; -1: the total; -2: none or several */
	int64_t fix_to;
	char say[CB_FIGURE_SAY];
};
int cb_figure_add(struct cb_figure_sum *out, const int64_t *part, size_t n, int64_t printed, struct cb_err *err);

#endif
