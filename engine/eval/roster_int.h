/*
 * roster_int.h - all units of the record in memory, for the files of this folder that work on a whole period.
 *
 * new reads every span once; the rest are look-ups. Memory O(spans).
 */
#ifndef CB_EVAL_ROSTER_INT_H
#define CB_EVAL_ROSTER_INT_H

#include "base/arena.h"
#include "base/date.h"
#include "model/unit.h"
#include "store/store.h"

struct cb_roster_span {
	cb_day from, to;
	const char *name, *cluster; /* cluster NULL: none said */
	unsigned kind, cell_type;
	int parent;                 /* index of a unit; -1: a root */
};
struct cb_roster_unit {
	int64_t id;
	const char *code;
	struct cb_roster_span *span; size_t nspan; /* rising */
};
struct cb_roster {
	struct cb_arena arena;
	struct cb_roster_unit *unit; size_t nunit; /* in order of code */
	int *by_id;                                /* indexes in order of id */
	/* How far the record goes: the day of the last run or of the newest meeting. A month that had not ended by then is
	   not missed yet. CB_DAY_MAX while nothing was ever evaluated. */
	cb_day horizon;
};
int cb_roster_new(struct cb_roster **out, struct cb_store *st, struct cb_err *err);
void cb_roster_free(struct cb_roster *r);
int cb_roster_find(const struct cb_roster *r, int64_t id);         /* index or -1 */
int cb_roster_code(const struct cb_roster *r, const char *code);   /* index or -1 */
const struct cb_roster_span *cb_roster_on(const struct cb_roster *r, int unit, cb_day day); /* NULL: it did not exist */
/* The last day of [from, to] on which it existed; CB_DAY_NONE: on none. */
cb_day cb_roster_last(const struct cb_roster *r, int unit, cb_day from, cb_day to);
bool cb_roster_lived(const struct cb_roster *r, int unit, cb_day from, cb_day to);
/* The nearest unit (itself included) whose kind is in the mask of enum cb_unit_kind on that day; -1: none. */
int cb_roster_above(const struct cb_roster *r, int unit, cb_day day, unsigned kinds);
/* The nearest cluster that is said for it or for a body above it; NULL. */
const char *cb_roster_cluster(const struct cb_roster *r, int unit, cb_day day);
bool cb_roster_within(const struct cb_roster *r, int unit, int top, cb_day day); /* itself or below */
/* Codes from the unit upwards, nearest first; returns how many. */
#define CB_ROSTER_DEEP 16
size_t cb_roster_chain(const struct cb_roster *r, int unit, cb_day day, const char *code[static CB_ROSTER_DEEP]);

/* `unit` of an option: its index, -1 for NULL. CB_ENOTFOUND with the nearest code. */
int cb_roster_scope(const struct cb_roster *r, struct cb_store *st, const char *unit, int *top, struct cb_err *err);
/* The index of a text id of enum cb_meeting_kind, CB_REGULAR when unknown. */
int cb_kind_of(const char *id);
/* Months since year 0 of a day, for differences. */
int cb_month_number(cb_day day);

#endif
