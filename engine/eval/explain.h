/*
 * explain.h - one stored meeting as the scoring sheet: its facts, its points, its result and who decided what.
 *
 * open reads the meeting, chooses the ruleset (that of its current result, loaded again from the stored text where the
 * pack on disk has changed since; else the one in force that day), evaluates it and makes the sheet. Everything is
 * owned by the explanation until close; the store and the book must stay.
 */
#ifndef CB_EVAL_EXPLAIN_H
#define CB_EVAL_EXPLAIN_H

#include "eval/run.h"

struct cb_explained {
	struct cb_arena arena;
	const struct cb_ruleset *rs;
	struct cb_sheet *sheet;
	/* the meeting */
	int64_t meeting_id, rev;
	const char *code, *name, *parent, *cluster, *topic; /* parent, cluster, topic: NULL where there is none */
	const char *unit_kind, *cell_type;  /* Vietnamese; cell_type NULL: none */
	cb_day held_on;
	enum cb_meeting_kind kind;
	/* the stored result; run_id 0: there is none */
	int64_t run_id, result_rev;
	const char *stored_level;   /* id; NULL: none */
	int64_t stored_n, stored_d; /* thousandths; d 0: no total */
	const char *signatures, *signed_by; /* of the run: the weakest state of its ruleset's folders, the signers; NULL: none kept, none */
	bool stale;                 /* the meeting changed after it was rated */
	bool old_rules;             /* the sheet stands under the stored text, which is not the text on disk now */
	bool differs;               /* neither stale nor the same as the stored result: doctor's business */
	/* the cell's vote and the superior's decision */
	const char *proposed, *official, *reason; /* level ids; NULL: not said */
	int64_t votes_for, votes_total;           /* -1: not said */
	cb_day decided_on;                        /* CB_DAY_NONE */
	bool has_total[CB_ASSESSORS];             /* points given for the meeting as a whole */
	cb_pts total[CB_ASSESSORS];
	/* why points were taken, as people wrote it */
	const char **line_note;     /* [sheet->nline] of the criterion; NULL: none */
	bool *line_lacks;           /* [sheet->nline] it lost points, and the note that the ruleset wants is not there */
	size_t nlack;
	const char *meeting_note;   /* of the whole meeting; NULL */
	const char *stray_notes;    /* of items that the ruleset does not have: "duraton: ..."; NULL */
	/* owned */
	struct cb_eval *ev;
	struct cb_ruleset *own_rs;
};

/* CB_ENOTFOUND when there is no such meeting, or no ruleset was in force for it. `loader` NULL: stored texts are not loaded. */
int cb_explain_open(struct cb_explained **out, struct cb_store *st, const struct cb_rulebook *book, const struct cb_pack_loader *loader,
		    int64_t meeting_id, struct cb_err *err);
void cb_explain_close(struct cb_explained *x);

/* Reads a stored meeting as one lane in the order of rs->input: value[ninput], have[ninput]. */
int cb_explain_lane(struct cb_store *st, const struct cb_ruleset *rs, int64_t meeting_id, unsigned unit_kind, unsigned cell_type,
		    int64_t *value, unsigned char *have, struct cb_err *err);

#endif
