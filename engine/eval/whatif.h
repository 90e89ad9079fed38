/*
 * whatif.h - the records of a period under another ruleset: who moves up, who moves down, and what caused it.
 *
 * Reads meetings in batches, evaluates them under `under` without storing anything, and compares with the result that
 * is stored (opts.official: with the superior's decision where there is one), or, with opts.against, with what another
 * ruleset gives for the meetings that it would rate. Levels are matched by place from the top
 * when both rulesets have the same number of levels, else by id; what cannot be compared counts as "other", never as a
 * move. Memory: the tables and the movers that are kept.
 */
#ifndef CB_EVAL_WHATIF_H
#define CB_EVAL_WHATIF_H

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/num.h"
#include "rule/rule.h"
#include "store/store.h"

struct cb_mover {
	int64_t meeting_id, unit_id;
	const char *code, *name, *cluster;
	unsigned cell_type, unit_kind;
	cb_day held_on;
	unsigned kind;              /* of the meeting */
	int old_level, new_level;   /* row and column of the table */
	bool up;
	struct cb_ratio old_score, new_score; /* thousandths */
	const char *cause, *cause_label;      /* criterion with the largest change of its share lost; NULL: a gate or the levels */
	cb_pts old_points, old_max, new_points, new_max; /* of that criterion; old_max 0: the old ruleset has none of that name */
};
/* Groups of meetings; cluster and cell type are always counted, the others when they are asked for. */
enum cb_move_by { CB_BY_CLUSTER, CB_BY_CELL_TYPE, CB_BY_UNIT, CB_BY_UNIT_KIND, CB_BY_KIND /* of the meeting */, CB_MOVE_BYS };
/* One table of level against level. */
struct cb_move_table {
	const char *name;           /* "" for all, and where it is not known; in Vietnamese; of a unit its code */
	int64_t *count;             /* [nold][nnew], row by row */
	int64_t seen, up, down, same, other; /* other: unrated before or after */
	int64_t lacking;            /* of these, got no level for want of facts */
	int64_t *lack;              /* [nneed]: for want of which */
	size_t nlack;               /* private */
};
struct cb_need {
	const struct cb_fact *fact; /* NULL: points of an assessor */
	const char *id, *label;     /* of points: "@preparation.2", "điểm chấm nội dung (Chuẩn bị)" */
	int64_t meetings;           /* meetings that got no level for want of it (several facts may be missing in one) */
	size_t order;               /* private */
};
struct cb_whatif {
	struct cb_arena arena;
	const struct cb_ruleset *under;
	const char **old_level, **new_level; size_t nold, nnew; /* labels; the last of each is "chưa xếp loại" */
	struct cb_move_table all;
	struct cb_move_group {
		struct cb_move_table *table; size_t n; /* in order of name */
		size_t cap;                            /* private */
	} by[CB_MOVE_BYS];
	struct cb_mover *mover; size_t nmover;              /* by unit code and day, at most opts.keep */
	int64_t movers;                                     /* all, also those not kept */
	struct cb_cause { const char *criterion, *label; int64_t up, down; } *cause; size_t ncause; /* most often first */
	struct cb_need *need; size_t nneed;                 /* most often first */
	int64_t without_result;                             /* meetings that were never evaluated: new level only */
	int64_t not_rated;                                  /* against: kinds that `under` does not rate; among `other` */
};
struct cb_whatif_opts {
	const struct cb_period *period; /* NULL: everything */
	const char *unit;               /* this unit and all below; NULL: all */
	const struct cb_ruleset *under; /* built with the store's dictionary */
	bool official;
	/*
	 * Compare with this ruleset, evaluated too, instead of with what is stored: for the meetings for which it is in force
	 * when it takes the place of the one of its id in `book` (NULL: its own issuer, kinds and days decide). NULL: none.
	 */
	const struct cb_ruleset *against;
	const struct cb_rulebook *book;
	unsigned by;                    /* mask of 1 << enum cb_move_by to count beside cluster and cell type */
	size_t keep;                    /* movers to keep; 0: 1000 */
	int (*progress)(void *ctx, int64_t done, int64_t total);
	void *ctx;
};
int cb_whatif_new(struct cb_whatif **out, struct cb_store *st, const struct cb_whatif_opts *opts, struct cb_err *err);
void cb_whatif_free(struct cb_whatif *w);

#endif
