/*
 * advise.h - where points are lost, and what would lift a meeting.
 *
 * losses sums stored results: per criterion what was lost over the rated meetings (applicable maximum less points),
 * for a unit and all below it, a cluster or everything; and the largest losses of each cell. advice searches the rules
 * of one meeting for the smallest changes of facts that reach a better level: candidate values come from the
 * comparisons in which a fact stands, combinations are tried by growing effort (what the ruleset declares that each
 * change costs, else 1), then number of changes, and every piece is proven by evaluating it. Facts that are fixed (member
 * counts, dates) and what the ruleset never wants advised are not touched.
 */
#ifndef CB_EVAL_ADVISE_H
#define CB_EVAL_ADVISE_H

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/num.h"
#include "eval/eval.h"
#include "rule/rule.h"
#include "store/store.h"

/* --- losses ------------------------------------------------------------------------------------------------ */

struct cb_loss {
	const char *ruleset;       /* its id */
	const char *criterion, *label, *article; /* article NULL: none */
	cb_pts max;
	int64_t meetings;          /* rated meetings to which it applied */
	int64_t short_of;          /* of these, without full marks */
	int64_t unscored;          /* rated meetings in which it was not scored for want of facts (counted as lost: max) */
	cb_pts possible, lost;     /* sums */
};
struct cb_unit_loss {
	int64_t unit_id;
	const char *code, *name, *cluster, *parent; /* parent: name */
	unsigned kind, cell_type;
	int64_t meetings;
	cb_pts possible, lost;
	struct cb_loss *loss; size_t nloss; /* largest first, at most opts.per_unit */
};
struct cb_losses {
	struct cb_arena arena;
	int64_t meetings;          /* rated ones */
	cb_pts possible, lost;
	struct cb_loss *loss; size_t nloss;           /* largest loss first; ties by ruleset and id */
	struct cb_unit_loss *unit; size_t nunit;      /* largest loss per meeting first; ties by code */
};
struct cb_losses_opts {
	const char *unit;          /* this unit and all below; NULL: all */
	const char *cluster;       /* only this cluster; NULL: all */
	size_t per_unit;           /* 0: 3 */
};
int cb_losses_new(struct cb_losses **out, struct cb_store *st, const struct cb_period *p, const struct cb_losses_opts *opts, struct cb_err *err);
void cb_losses_free(struct cb_losses *l);

/* --- advice for one meeting -------------------------------------------------------------------------------- */

struct cb_change {
	int input;                 /* index in rs->input */
	const struct cb_fact *fact; /* NULL: points of a judged line */
	const char *label;         /* of the fact or of the judged line */
	bool had;                  /* false: it was not reported */
	int64_t from, to;
	const char *text;          /* Vietnamese: "số đảng viên phát biểu: từ 4 lên 9" */
};
struct cb_advice {
	struct cb_change *change; size_t nchange;
	int effort;                /* the declared costs of the changes; without any: how many there are */
	int64_t moved;             /* how far the values move */
	int level;                 /* reached; index in rs->level */
	int64_t score_n, score_d;  /* thousandths, after the change */
	const char *text;          /* all changes in one sentence */
};
struct cb_advices {
	struct cb_arena arena;
	const struct cb_ruleset *rs;
	enum cb_status status;     /* of the meeting as it is */
	int level;                 /* -1: not rated */
	int target;                /* the level aimed at; -1: it is at the top */
	int64_t score_n, score_d;
	struct cb_advice *advice; size_t nadvice; /* least effort first, then fewest changes, then least moved */
	bool complete;             /* the whole space up to max_changes was tried: no easier change exists */
	const char *blocked;       /* why points alone do not help (gate, missing facts, fixed facts); Vietnamese; NULL */
};
struct cb_advice_opts {
	int target;                /* index of a level; -1: the next better one */
	int max_changes;           /* 0: 3 */
	size_t max_found;          /* 0: 5 */
	int64_t max_tries;         /* evaluations; 0: 200.000 */
	bool no_judged;            /* points of assessors stay as they are */
	bool quick;                /* no words on what stops where nothing helps */
};
/* `value` and `have` are one lane in the order of rs->input. */
int cb_advice_new(struct cb_advices **out, const struct cb_ruleset *rs, const int64_t *value, const unsigned char *have,
		  const struct cb_advice_opts *opts, struct cb_err *err);
/* For many meetings of one ruleset (rs must stay): the program is made once. free with cb_adviser_close */
struct cb_adviser;
int cb_adviser_open(struct cb_adviser **out, const struct cb_ruleset *rs, struct cb_err *err);
void cb_adviser_close(struct cb_adviser *ad);
int cb_adviser_run(struct cb_advices **out, struct cb_adviser *ad, const int64_t *value, const unsigned char *have,
		   const struct cb_advice_opts *opts, struct cb_err *err);
/* What the meeting would be with full points in one criterion and nothing else changed, gates and all: level (-1: none) and
   score in thousandths (d 0: none) for each; without: the meeting as it is. */
struct cb_supposed {
	int level;
	struct cb_ratio score;
	int by_score, gate;        /* the level before the gates, and the gate that holds it back; -1 */
};
int cb_adviser_full(struct cb_supposed *without, struct cb_supposed *full /* [ncriterion] */, struct cb_adviser *ad, const int64_t *value,
		    const unsigned char *have, struct cb_err *err);
/* What a gate (-1: unknown which) is called: its label, else its article, else plain words. Vietnamese. */
const char *cb_gate_words(const struct cb_ruleset *rs, int gate);
/* cb_advice_new for a stored meeting; rs NULL: the one of the book that is in force for it. rs and book stay until free. */
int cb_advice_meeting(struct cb_advices **out, struct cb_store *st, const struct cb_rulebook *book, const struct cb_ruleset *rs,
		      int64_t meeting_id, const struct cb_advice_opts *opts, struct cb_err *err);
void cb_advices_free(struct cb_advices *a);

#endif
