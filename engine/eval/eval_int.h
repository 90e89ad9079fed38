/* eval_int.h - the evaluator's insides, shared by eval.c (runs programs) and sheet.c (explains lanes). */
#ifndef CB_EVAL_EVAL_INT_H
#define CB_EVAL_EVAL_INT_H

#include "eval/eval.h"
#include "rule/forms.h"
#include "rule/prog.h"

/* What a lane said: the pack's function failed, or gave a note. */
struct cb_lane_note {
	size_t lane;
	int crit;
	bool failed;
	char text[400];
};

struct cb_eval {
	const struct cb_ruleset *rs;
	struct cb_prog prog;
	struct cb_input *input; /* of the program, in order */
	int64_t *ireg;          /* [nireg][CB_BATCH] */
	unsigned char *breg;    /* [nb][CB_BATCH] */
	size_t n;               /* lanes of the last batch */
	bool single;            /* nodes only */
	/* spoilt lanes: 1 a value outside its limits, 2 a number that grew too large */
	unsigned char spoilt[CB_BATCH];
	bool any_bad, any_large;
	/* per criterion */
	cb_pts **points;
	unsigned char **state;
	cb_pts *points_mem;
	unsigned char *state_mem;
	/* totals */
	int64_t score_n[CB_BATCH], score_d[CB_BATCH];
	int64_t sum[CB_BATCH], applicable[CB_BATCH]; /* points in the scale, and the maximum that applied */
	int64_t off[CB_BATCH];                       /* bonuses and penalties, where rs->off_scale */
	unsigned char lacks[CB_BATCH]; /* a criterion with points is undecided */
	unsigned char status[CB_BATCH];
	int level[CB_BATCH], level_by_score[CB_BATCH], gate[CB_BATCH];
	const int *full;               /* [lane] the criterion that is supposed to have its full points; NULL: none */
	struct cb_lane_note *note;
	size_t nnote, capnote;
	/* one call of a function criterion */
	struct cb_fnarg *arg;       /* [lane][need] */
	struct cb_fnresult *result; /* [lane] */
	char message[512]; /* of the last cb_eval_message() */
};

static inline int64_t *cb_eval_i(const struct cb_eval *ev, int r)
{
	return ev->ireg + (size_t)r * CB_BATCH;
}
static inline unsigned char *cb_eval_b(const struct cb_eval *ev, int r)
{
	return ev->breg + (size_t)r * CB_BATCH;
}
/* An input's value in the last batch. */
bool cb_eval_input(const struct cb_eval *ev, const struct cb_input *in, size_t lane, int64_t *value);
const struct cb_lane_note *cb_eval_note(const struct cb_eval *ev, size_t lane, int crit);

#endif
