/*
 * eval.h - runs a ruleset over columns of facts.
 *
 * open compiles the ruleset once; batch evaluates up to CB_BATCH meetings, one loop per operation over all lanes.
 * Where the columns come from is the caller's business (store cursors, tests, later a block cache). Declarative
 * criteria never leave C; a function criterion is one call for all lanes of a batch through the ruleset's fnhost.
 *
 * What a result means:
 * - A criterion that applies is SCORED (points cut to 0..max), MISSING (something it needed was absent), INVALID (counted
 *   judged points outside 0..their max) or ERROR (its function failed). One that does not apply is NA and gets what
 *   `otherwise` says; with "rescale" neither its points nor its max count. Unknown whether it applies: MISSING.
 * - The total is the sum of points over the sum of the maxima that count, on the ruleset's scale; exact, then rounded as
 *   declared. MISSING criteria: refuse - there is no total; zero - 0 of max; rescale - as if they did not apply. When
 *   nothing counts there is no total. Requirements (check) are no part of it.
 * - The level by score is the first whose threshold the total meets, or what `rating` says. A gate lowers it: level
 *   gates, whose needs are not all true, to the one below theirs; at_most gates to theirs; the lowest wins. A gate that may
 *   or may not fire makes the meeting MISSING only where it would lower the level further.
 * - full() and met() are true of what does not apply (unless `otherwise` grants fewer points than max), unknown of
 *   what is undecided; under missing = zero the undecided is not full and not met.
 * - ERROR outranks INVALID, INVALID outranks MISSING; neither has a total or a level.
 */
#ifndef CB_EVAL_EVAL_H
#define CB_EVAL_EVAL_H

#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/num.h"
#include "rule/rule.h"

#define CB_BATCH 512

/*
 * The program's inputs, in the order of cb_eval_inputs() (= rs->input after cb_eval_open): value[i][lane],
 * have[i][lane] (0/1). Borrowed for the call. Values are in stored units: a decimal fact in thousandths, a date as a
 * day, a word as its index, judged points in thousandths. A value outside the fact's limits makes the lane INVALID.
 */
struct cb_batch {
	size_t n; /* 1..CB_BATCH */
	const int64_t *const *value;
	const unsigned char *const *have;
};

enum cb_status {
	CB_ST_RATED,   /* has a level */
	CB_ST_MISSING, /* "chưa đủ dữ liệu": a needed fact is absent */
	CB_ST_INVALID, /* judged points outside 0..max, a number that grew too large */
	CB_ST_ERROR,   /* the pack's function failed or broke its budget */
};
enum cb_crit_state { CB_CR_SCORED, CB_CR_MISSING, CB_CR_NA, CB_CR_INVALID, CB_CR_ERROR };

/* Results of a batch; all memory belongs to the evaluator and holds until its next batch. */
struct cb_scores {
	const unsigned char *status;     /* [lane] enum cb_status */
	const int64_t *score_n;          /* [lane] total = score_n / score_d thousandths; exact */
	const int64_t *score_d;          /* [lane] 1 unless something was rescaled; 0: no total */
	const int *level;                /* [lane] index or -1 */
	const int *level_by_score;       /* [lane] before the gates; -1 */
	const int *gate;                 /* [lane] the gate that decided, or -1 */
	const cb_pts *const *points;     /* [criterion][lane] */
	const unsigned char *const *state; /* [criterion][lane] enum cb_crit_state; a met requirement is SCORED with 1 point-thousandth */
};

struct cb_eval;
int cb_eval_open(struct cb_eval **out, const struct cb_ruleset *rs, struct cb_err *err); /* rs borrowed until close */
/*
 * A program for some nodes of the ruleset alone: a period rule, ranking keys (inputs AGG, AGG_D), or what stands inside
 * an agg (inputs FACT, LEVEL). There are no criteria in it: batch's `out` may be NULL; read roots with cb_eval_node().
 */
int cb_eval_open_nodes(struct cb_eval **out, const struct cb_ruleset *rs, const struct cb_node *const *root, size_t nroot,
		       struct cb_err *err);
const struct cb_input *cb_eval_inputs(const struct cb_eval *ev, size_t *n);
void cb_eval_close(struct cb_eval *ev);
int cb_eval_batch(struct cb_eval *ev, const struct cb_batch *in, struct cb_scores *out, struct cb_err *err);

/* The value of any node in the last batch (explanations, coverage): false if absent or not computed.
   POINTS: thousandths / 1; CONDITION: 0 or 1; LEVEL: index. */
bool cb_eval_node(const struct cb_eval *ev, const struct cb_node *n, size_t lane, struct cb_ratio *out);
/* first, bands, either: the index of the branch that was taken (the last one: otherwise), -1 when undecided. */
int cb_eval_branch(const struct cb_eval *ev, const struct cb_node *n, size_t lane);
/*
 * What the lane lacked where it stayed undecided: ids separated by ", ", each once: facts ("present"), judged items
 * ("@preparation.2"), divisors that were 0 ("/members", "/0" where no fact is in it), criteria that were asked for points
 * and have none ("#thematic": not applicable, or invalid). Only absences that mattered. Appends; nothing when RATED.
 */
void cb_eval_missing(struct cb_buf *out, const struct cb_eval *ev, size_t lane);
/* The same for one criterion that is MISSING, and for one node. */
void cb_eval_criterion_missing(struct cb_buf *out, const struct cb_eval *ev, int criterion, size_t lane);
void cb_eval_node_missing(struct cb_buf *out, const struct cb_eval *ev, const struct cb_node *n, size_t lane);
/* The first message of the last batch for a lane that is INVALID or ERROR; "" if none. */
const char *cb_eval_message(const struct cb_eval *ev, size_t lane);

/* --- one meeting, explained ------------------------------------------------------------------------------- */

struct cb_sheet_fact { const struct cb_fact *fact; bool have; int64_t value; };
struct cb_sheet_judged { const char *item, *label; cb_pts max; bool have[CB_ASSESSORS]; cb_pts points[CB_ASSESSORS]; int counted; /* assessor or -1 */ };

struct cb_sheet_line {
	const struct cb_criterion *criterion;
	enum cb_crit_state state;
	cb_pts points;
	struct cb_sheet_fact *fact; size_t nfact;        /* every fact that it reads */
	struct cb_sheet_judged *judged; size_t njudged;
	const char **band; size_t nband;                 /* Vietnamese: each branch that was hit, "tỷ lệ = 94,4% ≥ 90%: 4 điểm" */
	const char **next; size_t nnext;                 /* what the next better branch needed */
	const char *missing;                             /* which facts are absent: labels, ids; NULL */
	const char *capped;                              /* words when a cap cut the points; NULL */
	const char *note;                                /* of the pack or its function; NULL */
};

struct cb_sheet {
	struct cb_arena arena;
	const struct cb_ruleset *rs;
	enum cb_status status;
	struct cb_sheet_line *line; size_t nline;
	int64_t score_n, score_d;
	cb_pts sum;               /* of the lines' points; equals the total unless rescaled or rounded */
	const char *total_note;   /* how sum became total (rescaled from 95, whole points half up); NULL */
	int level, level_by_score, gate;
	const char *gate_text;    /* why the level was held back; NULL */
	const char *missing;      /* all absent facts that were needed, "present (số có mặt), ..." ; NULL */
	const char *message;      /* INVALID, ERROR */
	/* to the next level up: points still needed on the exact total (whole points half up: 0,5 from 89 to 90); 0 where only a gate holds the level; -1 at the top or unrated */
	cb_pts to_next;
};
/* Explains lane `lane` of the last batch. free with cb_sheet_free. */
int cb_sheet_new(struct cb_sheet **out, struct cb_eval *ev, const struct cb_batch *in, size_t lane, struct cb_err *err);
void cb_sheet_free(struct cb_sheet *s);

#endif
