/*
 * whatif.h - the records of a period under another ruleset: who moves up, who moves down, and what caused it.
 *
 * Reads meetings in batches, evaluates them under `under` without storing anything, and compares with the result that
 * is stored (opts.official: with the superior's decision where there is one). Levels are matched by place from the top
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
/* One table of level against level. */
struct cb_move_table {
	const char *name;           /* "" for all; name of the cluster or of the cell type */
	int64_t *count;             /* [nold][nnew], row by row */
	int64_t seen, up, down, same, other; /* other: unrated before or after */
	int64_t lacking;            /* of these, got no level for want of facts */
};
struct cb_need {
	const struct cb_fact *fact; /* NULL: points of an assessor */
	const char *id, *label;     /* of points: "@preparation.2", "điểm chấm nội dung (Chuẩn bị)" */
	int64_t meetings;           /* meetings that got no level for want of it (several facts may be missing in one) */
	int64_t by_cell_type[CB_CELL_TYPES]; /* the same, by enum cb_cell_type */
};
struct cb_whatif {
	struct cb_arena arena;
	const struct cb_ruleset *under;
	const char **old_level, **new_level; size_t nold, nnew; /* labels; the last of each is "chưa xếp loại" */
	struct cb_move_table all;
	struct cb_move_table *cluster; size_t ncluster;     /* in order of name */
	struct cb_move_table *cell_type; size_t ncell_type;
	struct cb_mover *mover; size_t nmover;              /* by unit code and day, at most opts.keep */
	int64_t movers;                                     /* all, also those not kept */
	struct cb_cause { const char *criterion, *label; int64_t up, down; } *cause; size_t ncause; /* most often first */
	struct cb_need *need; size_t nneed;                 /* most often first */
	int64_t without_result;                             /* meetings that were never evaluated: new level only */
};
struct cb_whatif_opts {
	const struct cb_period *period; /* NULL: everything */
	const char *unit;               /* this unit and all below; NULL: all */
	const struct cb_ruleset *under; /* built with the store's dictionary */
	bool official;
	size_t keep;                    /* movers to keep; 0: 1000 */
	int (*progress)(void *ctx, int64_t done, int64_t total);
	void *ctx;
};
int cb_whatif_new(struct cb_whatif **out, struct cb_store *st, const struct cb_whatif_opts *opts, struct cb_err *err);
void cb_whatif_free(struct cb_whatif *w);

#endif
