/*
 * meeting.h - a meeting, what people gave it, and how it was decided.
 *
 * A meeting is identified by unit, day and kind (its natural key). Its facts are one int64 and one presence byte
 * each, in the order of the fact dictionary. Assessments are points that people gave (per line of the form, or in
 * total); the cell's vote and the superior's official decision stand beside them and never overwrite them.
 * There are no names of people here, and no field that could hold one.
 */
#ifndef CB_MODEL_MEETING_H
#define CB_MODEL_MEETING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/date.h"
#include "base/err.h"
#include "base/num.h"
#include "model/fact.h"

enum cb_meeting_kind { CB_REGULAR, CB_THEMATIC, CB_COMBINED, CB_MEETING_KINDS };
const char *cb_meeting_kind_id(enum cb_meeting_kind k); /* "regular" */
const char *cb_meeting_kind_vi(enum cb_meeting_kind k); /* "thường kỳ" */

enum cb_assessor { CB_SELF, CB_OBSERVER, CB_SUPERIOR, CB_ASSESSORS };
const char *cb_assessor_id(enum cb_assessor a); /* "self" */
const char *cb_assessor_vi(enum cb_assessor a); /* "chi bộ tự chấm" */
int cb_assessor_find(const char *word);         /* id or Vietnamese, folded; -1 */

struct cb_meeting {
	int64_t id;       /* 0: not stored yet */
	int64_t rev;      /* 1, 2, ... : grows with every change of facts or assessments */
	int64_t unit_id;
	cb_day held_on;
	enum cb_meeting_kind kind;
	const char *topic;         /* what it was about, NULL: none; at most 200 characters */
	bool keep_topic;           /* on record already: its topic stays, whatever `topic` says */
	const int64_t *value;      /* [nfact] */
	const unsigned char *have; /* [nfact] 0 or 1 */
	size_t nfact;
};

/* Checks each fact and what they say together (present <= members, present + absent <= members, exempt <= members,
   speakers <= present, targets_met and tasks_done against what was set). Every fault is one call of `report` with the
   fact's index. Returns the number of faults. */
size_t cb_meeting_check(const struct cb_meeting *m, const struct cb_facts *dict,
			void (*report)(void *ctx, int fact, const char *what, const char *mend), void *ctx);

/* Points of one line of the form ("preparation", "preparation.2"), or of the whole meeting (item ""). */
struct cb_assessment {
	int64_t meeting_id;
	enum cb_assessor by;
	const char *item;
	cb_pts points;
};

/* The cell's vote on the proposed level and the superior's decision. Level ids are the ruleset's ("tot"). */
struct cb_decision {
	int64_t meeting_id;
	const char *proposed;           /* by the cell committee; NULL */
	int64_t votes_for, votes_total; /* -1: not said */
	const char *official;           /* NULL: not decided yet */
	const char *reason;             /* why it differs; NULL */
	cb_day decided_on;              /* CB_DAY_NONE */
};

#endif
