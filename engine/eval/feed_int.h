/*
 * feed_int.h - from the record's columns to a program's inputs, for the files of this folder.
 *
 * cb_columns is the union of what several programs read (one cursor serves them all); cb_feed gathers lanes for one
 * program from such columns. Facts that are no columns (unit_kind, cell_type, held_on, kind, the level of the
 * meeting) come from cb_about. Order: columns_init, feed_init for each program, read, feed_lane, release.
 */
#ifndef CB_EVAL_FEED_INT_H
#define CB_EVAL_FEED_INT_H

#include "eval/eval.h"
#include "rule/rule.h"
#include "store/store.h"

struct cb_columns {
	int *fact; size_t nfact, capfact;
	struct cb_judged_col *judged; size_t njudged, capjudged;
};
void cb_columns_release(struct cb_columns *c);

struct cb_about {
	unsigned unit_kind, cell_type;
	cb_day held_on;
	int kind;
	int level; /* for predicates over the meetings of a period; -1: not rated */
};

struct cb_feed {
	const struct cb_input *input; size_t ninput;
	int *column;             /* per input: index among the facts or among the judged, or one of the codes of feed.c */
	int64_t *value;          /* [ninput][CB_BATCH] */
	unsigned char *have;
	const int64_t **pvalue;  /* [ninput]: what a cb_batch wants */
	const unsigned char **phave;
	size_t n;                /* lanes gathered */
};
/* Adds what the inputs read to `c`. `from` is the dictionary of the ruleset, `dict` the record's. Releases itself on failure. */
int cb_feed_init(struct cb_feed *f, const struct cb_input *input, size_t ninput, const struct cb_facts *from, const struct cb_facts *dict,
		 struct cb_columns *c, struct cb_err *err);
void cb_feed_release(struct cb_feed *f);
/* Does it read any column of the record (and not only what cb_about tells)? */
bool cb_feed_reads(const struct cb_feed *f);
/* Appends one lane; at most CB_BATCH, then the caller sets n to 0. value and have may be NULL: every column is absent. */
void cb_feed_lane(struct cb_feed *f, const struct cb_columns *c, size_t lane, const int64_t *const *value, const unsigned char *const *have,
		  const struct cb_about *about);

/* The same in two steps, cheaper for many lanes: about appends what is no column, and after the last lane gather brings the
   columns in, one after the other: from[i] is the lane that lane i comes from; NULL: they are the same, nothing is copied. */
void cb_feed_about(struct cb_feed *f, const struct cb_about *about);
void cb_feed_gather(struct cb_feed *f, const struct cb_columns *c, const unsigned short *from, const int64_t *const *value,
		    const unsigned char *const *have);

#endif
