/*
 * rule.h - a regulation as data.
 *
 * cb_ruleset_build reads a declared tree, reports every mistake in one run, and leaves plain data: criteria whose
 * points are expression graphs, gates, levels, period rules and ranking. cb_rulebook holds the rulesets of an office
 * and answers which one was in force for a unit on a day. No Lua, no SQLite here.
 *
 * The graph: a cb_node is an instance of a cb_form (forms.h has the one table of all forms, with their argument
 * shapes, checks and code). There are four kinds of node:
 *   QUANTITY  an exact ratio, absent when a fact it needs is absent or a divisor is 0
 *   CONDITION true, false or unknown (Kleene: any{true, unknown} is true; no(unknown) is unknown)
 *   POINTS    thousandths of a point, absent when undecided
 *   LEVEL     an index into the ruleset's levels (period rules and pass/fail ratings)
 *
 * The vocabulary of forms (what scripts/rule.lua offers, and what a tree's `op` may be):
 *   quantities  fact(id) number add sub mul div neg either(c,q,q) least{q..} greatest{q..} count{c..} month_of(date)
 *               year_of(date) weekday_of(date) points_of(criterion) max_of(criterion) total()
 *               over meetings of a period: agg(collection, what, pred|q) with collection "months" | "meetings" and what
 *               "count" | "share" | "mean" | "sum" | "least" | "greatest" | "number" | "missed"
 *   conditions  ge gt le lt eq ne (q,q) · between(q,a,b) both ends included · one_of(word fact, {words}) · all{} any{}
 *               no(c) · known(fact) · a flag fact by itself · full(criterion) met(criterion) · every(collection, pred)
 *               level predicates (inside agg/every): level_ge level_gt level_le level_lt level_eq level_ne (level id)
 *   points      number · first{ {c,p}.., otherwise(p) } · bands(q, { {at_least,p}.. }, else) · bands_below(q, { {at_most,p}.. },
 *               else) · flag(c, p, label) · sum{p..} · capped(p, max) · per(q, each) · deduct(q, each, at_most) ·
 *               either(c,p,p) · lowest{p..} highest{p..} · prorate(ratio, max) · judged{max,label,id} · function
 *               deduct takes off the criterion's max unless it has a field from = points (0 inside a sum)
 *   LEVEL       level id (text) · first{ {c,"tot"}.., otherwise("kha") } · either(c,l,l)
 *   ratio(n,d) is a number; a quantity's first{} / either() / bands() may stand where a number may
 *   rounding    per and prorate of a quantity that is no whole multiple need round = "half_up"|"half_even"|"down"|"up"
 *               (check says so); a Lua function's number is rounded half up to thousandths unless the criterion says
 *               round = ...
 */
#ifndef CB_RULE_RULE_H
#define CB_RULE_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/date.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/num.h"
#include "model/fact.h"
#include "model/meeting.h"
#include "model/source.h"
#include "rule/fnhost.h"
#include "rule/tree.h"

enum cb_kind { CB_QUANTITY, CB_CONDITION, CB_POINTS, CB_LEVEL };

struct cb_form; /* forms.h */
const char *cb_form_name(const struct cb_form *f); /* "bands" */

struct cb_node {
	const struct cb_form *form;
	enum cb_kind kind;
	int id;                  /* 0..ruleset.nnode-1; also its register in the program */
	int line;                /* where it is written */
	const char *file;
	struct cb_node **kid;    /* operands in the form's order; branches are nodes of forms "branch" and "otherwise" */
	size_t nkid;
	struct cb_ratio num;     /* number: value; per/deduct: each; judged/capped: max in points */
	struct cb_ratio num2;    /* deduct: at most; between: upper end is a kid */
	const char *text;        /* fact id, criterion id, level id, judged item ("preparation.2"), agg's what */
	int ref;                 /* resolved: dictionary index of a fact, criterion or level index, word, function handle; -1 if none */
	int aux;                 /* form's own: rounding; agg and every: CB_AGG(collection, what) */
	const char *label;       /* Vietnamese words for print; NULL */
	const char *note;        /* why it reads as it does; NULL */
	/* What it can be: QUANTITY lowest and highest; POINTS the same in thousandths; CONDITION 0 or 1 (both 1: always
	   true); d == 0: unbounded. Absence is not counted. */
	struct cb_ratio lo, hi;
	unsigned char unit;      /* QUANTITY: enum cb_measure */
};

/* What a quantity counts: minutes are not compared with people. */
enum cb_measure {
	CB_M_NUMBER, /* a plain number: goes with everything */
	CB_M_COUNT, CB_M_MINUTES, CB_M_DAYS, CB_M_DATE, CB_M_WORD, CB_M_DECIMAL,
	CB_M_SHARE,  /* one count by another */
	CB_M_POINTS,
	CB_M_OTHER   /* products and the like: nothing is claimed */
};

/* agg and every: kid[0] is the predicate (count, share, every) or the quantity of a meeting (mean, sum, least, greatest);
   without a kid these four are of the meeting's score in points ("score"); number and missed have no kid. */
enum cb_agg_of { CB_OF_MONTHS, CB_OF_MEETINGS };
enum cb_agg_what {
	CB_AGG_EVERY, CB_AGG_COUNT, CB_AGG_SHARE, CB_AGG_MEAN, CB_AGG_SUM, CB_AGG_LEAST, CB_AGG_GREATEST,
	CB_AGG_NUMBER, CB_AGG_MISSED
};
#define CB_AGG(of, what) ((of) * 16 + (what))
#define CB_AGG_OF(node) ((enum cb_agg_of)((node)->aux / 16))
#define CB_AGG_WHAT(node) ((enum cb_agg_what)((node)->aux % 16))

/* A column that the program reads. */
enum cb_input_kind {
	CB_IN_FACT,   /* of the meeting */
	CB_IN_JUDGED, /* an assessor's points of an item */
	CB_IN_LEVEL,  /* index of the meeting's official level (predicates inside agg and every) */
	CB_IN_AGG,    /* a number over the meetings of a period (period rules, ranking): its numerator ... */
	CB_IN_AGG_D,  /* ... and, always the next column, its denominator (> 0). every: 0 or 1 over 1 */
};
struct cb_input {
	enum cb_input_kind kind;
	int fact;               /* FACT: index in the dictionary that the ruleset was built with */
	const char *item;       /* JUDGED: "preparation.2" */
	enum cb_assessor by;    /* JUDGED */
	const struct cb_node *agg; /* AGG, AGG_D */
};

enum cb_na { CB_NA_FULL, CB_NA_RESCALE, CB_NA_POINTS };
/* Where a criterion's points go: into the scale (its max is part of it), on top of the total, or off it. A penalty's
   points are 0 or below in every score, sheet and result, so that they simply add up; its max is the most that goes off. */
enum cb_counts { CB_COUNTS_SCALE, CB_COUNTS_BONUS, CB_COUNTS_PENALTY };
enum cb_missing { CB_MISSING_REFUSE, CB_MISSING_ZERO, CB_MISSING_RESCALE };

struct cb_criterion {
	const char *id, *label, *group, *article; /* article NULL: none was to hand */
	const char *note;
	const char *part_of;      /* id of the frame's criterion that this one is a piece of; NULL */
	cb_pts max;               /* 0 for a requirement (pass/fail, `check =`) */
	enum cb_counts counts;
	struct cb_node *score;    /* POINTS; NULL for a requirement */
	struct cb_node *check;    /* CONDITION of a requirement; NULL otherwise */
	struct cb_node *applies;  /* CONDITION; NULL: always */
	enum cb_na na;            /* what a meeting gets where it does not apply */
	cb_pts na_points;
	bool is_function;         /* the Lua way out: score is a node of form "function" with declared needs */
	enum cb_round round;      /* function results; default half_up */
	const int *needs;         /* dictionary indexes of every fact that it reads */
	size_t nneeds;
	int line;
};

struct cb_level_def {
	const char *id, *label, *note;
	cb_pts at_least; /* of the total; ignored when the ruleset has `rating` */
	const char *file; /* where it is written */
	int line;
};

struct cb_gate {
	const char *label, *article, *note;
	int level;             /* demotes from this level (and better ones) to the next one down; or -1 */
	int at_most;           /* caps at this level; or -1 */
	struct cb_node *needs; /* level gate: all must hold */
	struct cb_node *when;  /* at_most gate: applies when true */
	int line;
};

enum cb_missed { CB_MISSED_IGNORED, CB_MISSED_AS_WORST, CB_MISSED_REFUSE };

struct cb_period_rule {
	struct cb_node *level; /* LEVEL, over aggregates; NULL: this ruleset rates no such period */
	int line;
};

struct cb_rank_key {
	const char *label, *note;
	struct cb_node *value; /* QUANTITY over aggregates (agg may hold a quantity of the meeting), or function */
	bool down;             /* larger is better */
};
enum cb_within { CB_WITHIN_ALL, CB_WITHIN_PARENT, CB_WITHIN_CLUSTER, CB_WITHIN_BLOCK, CB_WITHIN_PROVINCE };
enum cb_ties { CB_TIES_SHARED /* 1 1 3 */, CB_TIES_DENSE /* 1 1 2 */, CB_TIES_ORDER /* by code: 1 2 3 */ };

/* How hard something is to change, for advice. */
struct cb_effort {
	const char *name; /* a fact, a judged item ("preparation.2"), or a criterion: all its judged items */
	int cost;         /* 1..CB_EFFORT_MAX; 0: never */
};
#define CB_EFFORT_MAX 100

enum cb_notes {
	CB_NOTES_NONE,
	CB_NOTES_CRITERION, /* one for each criterion that lost points */
	CB_NOTES_MEETING    /* one for the whole meeting is enough */
};
const char *cb_notes_id(enum cb_notes n); /* "criterion", "meeting"; NULL: none is needed */
/* Is a note of this item ("preparation", "preparation.2") one of the criterion? */
bool cb_note_is_of(const char *criterion, const char *item);

struct cb_ruleset {
	struct cb_arena arena;
	const char *id;       /* "tuyen_quang.qd19" */
	const char *title;    /* Vietnamese name of the regulation */
	const char *issuer;   /* unit code of the issuing body; "trung_uong" stands above every unit */
	const char *status;   /* "transcribed" | "reconstructed" */
	const char *source;   /* from what */
	const char *base;     /* id of the base pack; NULL */
	bool frame;           /* its criteria are pieces of the base's, and add up to them */
	const char *note;     /* for the reader; NULL */
	cb_day from, to;      /* in force, both included */
	const char *from_file; int from_line; /* where the pack says it; NULL, 0: its base does */
	unsigned for_kinds;   /* bit mask of cb_meeting_kind */
	unsigned for_units;   /* bit mask of cb_unit_kind; 0: every cell */
	unsigned for_cells;   /* bit mask of cb_cell_type; 0: every type */
	const struct cb_facts *dict; /* borrowed */

	struct cb_criterion *criterion; size_t ncriterion;
	struct cb_level_def *level; size_t nlevel; /* best first */
	struct cb_gate *gate; size_t ngate;
	struct cb_node *rating;          /* LEVEL over met()/full()/points_of(): pass/fail; NULL: by thresholds */
	cb_pts scale;                    /* sum of the maxima that count in it */
	cb_pts ceiling;                  /* no total is above it: the scale, unless the ruleset says more */
	bool off_scale;                  /* some criterion is a bonus or a penalty */
	enum cb_missing missing;
	enum cb_round total_round;       /* NONE: exact */
	cb_pts total_step;               /* 1000 for whole points */
	enum cb_assessor order[CB_ASSESSORS]; size_t norder; /* whose judged points count, best first */
	enum cb_notes notes;             /* does every lost point need a note? */
	enum cb_missed missed_month;
	struct cb_period_rule period[5]; /* by cb_period_kind; MONTH unused */
	struct cb_rank_key *rank; size_t nrank;
	enum cb_within rank_within;
	const char *rank_note;
	enum cb_ties rank_ties;
	bool rank_beside;                /* units with unrated months are ranked beside the others by what is known; false: apart */
	struct cb_effort *effort; size_t neffort; /* what was declared; everything else costs 1 */

	struct cb_node **node; size_t nnode;     /* all, operands before users */
	struct cb_input *input; size_t ninput;   /* what rating a meeting reads (not what only periods and ranking read) */
	struct cb_source *src; size_t nsrc;      /* the pack's files: base first, main file last */
	char sha[CB_SHA_HEX];                    /* of the list "sha path\n" of its files */
	struct cb_fnhost fn;                     /* fn.call NULL: no functions; owned, freed with the ruleset */
};

/*
 * Builds from a tree whose op is "ruleset". `base` is the built base ruleset or NULL (fields that the tree leaves out
 * are taken from it). Takes nothing but copies what it keeps, so the tree's arena may go afterwards. Findings go to
 * `diags`; CB_EDATA when any is an error. free with cb_ruleset_free.
 */
int cb_ruleset_build(struct cb_ruleset **out, const struct cb_tree *tree, const struct cb_ruleset *base, struct cb_facts *dict,
		     struct cb_diags *diags, struct cb_err *err);
void cb_ruleset_free(struct cb_ruleset *rs);
/* Copies the pack's files (base first) into the ruleset and sets rs->sha; called by the loader after build. */
int cb_ruleset_set_sources(struct cb_ruleset *rs, const struct cb_source *src, size_t nsrc, struct cb_err *err);
int cb_criterion_find(const struct cb_ruleset *rs, const char *id); /* index or -1 */
extern const char *const cb_counts_name[3]; /* "scale", "bonus", "penalty" */
/* What a meeting with these points lost there; a bonus that was not earned is no loss. */
static inline cb_pts cb_points_lost(enum cb_counts counts, cb_pts max, cb_pts points)
{
	return counts == CB_COUNTS_SCALE ? max - points : counts == CB_COUNTS_PENALTY ? -points : 0;
}
int cb_level_find(const struct cb_ruleset *rs, const char *id);
const struct cb_node *cb_judged_find(const struct cb_ruleset *rs, const char *item); /* of an item ("preparation.2"); NULL */
/* What changing a fact or a judged item costs: as declared, else 1; 0: never to be advised (the caller looks at cb_fact.fixed). */
int cb_ruleset_effort(const struct cb_ruleset *rs, const struct cb_input *in);

/* The Vietnamese words of what a ruleset declares beside expressions: "chưa đủ dữ liệu thì ..." */
const char *cb_missing_vi(enum cb_missing m);
const char *cb_missed_vi(enum cb_missed m);
const char *cb_within_vi(enum cb_within w);
const char *cb_ties_vi(enum cb_ties t);
/* "thường kỳ, chuyên đề" of a bit mask; 0: "tất cả". Appends. */
void cb_kinds_vi(struct cb_buf *out, unsigned for_kinds);
void cb_units_vi(struct cb_buf *out, unsigned for_units);
void cb_cells_vi(struct cb_buf *out, unsigned for_cells);
/* The Vietnamese words of an expression: "số có mặt / (đảng viên − miễn sinh hoạt) ≥ 90%". Appends. */
void cb_node_text_vi(struct cb_buf *out, const struct cb_ruleset *rs, const struct cb_node *n);

/* Deeper checks on a built ruleset (unreachable branches, sums against the base's frame, levels nobody can reach,
   holes between whole-number levels ...). Adds findings; 0, or CB_EDATA when one is an error. */
int cb_ruleset_check(const struct cb_ruleset *rs, struct cb_diags *diags, struct cb_err *err);
/* Lowest and highest total that facts can give. */
void cb_ruleset_range(const struct cb_ruleset *rs, cb_pts *lowest, cb_pts *highest);

/* --- the rulebook ---------------------------------------------------------------------------------------- */

struct cb_rulebook;
int cb_rulebook_new(struct cb_rulebook **out, struct cb_err *err);
void cb_rulebook_free(struct cb_rulebook *b); /* frees the rulesets it took */
int cb_rulebook_take(struct cb_rulebook *b, struct cb_ruleset *rs, struct cb_err *err);
size_t cb_rulebook_count(const struct cb_rulebook *b);
struct cb_ruleset *cb_rulebook_at(const struct cb_rulebook *b, size_t i);
struct cb_ruleset *cb_rulebook_find(const struct cb_rulebook *b, const char *id);
/* Two rulesets of one issuer for the same kind, unit kind and day are an error; a hole in time a warning. */
int cb_rulebook_check(const struct cb_rulebook *b, struct cb_diags *diags, struct cb_err *err);
/*
 * The ruleset in force: `issuer[0..n-1]` are the codes of the unit and of the bodies above it on that day, nearest
 * first ("trung_uong" is added by itself). NULL: none is in force.
 */
struct cb_ruleset *cb_rulebook_in_force(const struct cb_rulebook *b, const char *const *issuer, size_t n, cb_day day,
					enum cb_meeting_kind kind, unsigned unit_kind, unsigned cell_type);
bool cb_rulebook_used(const struct cb_rulebook *b, size_t i); /* was cb_rulebook_at(b, i) ever in force in an answer? */

#endif
