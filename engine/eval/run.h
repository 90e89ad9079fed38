/*
 * run.h - the main job over the record: which ruleset for which meeting, evaluate what is new or changed, keep results.
 *
 * The only place where store, rulebook and evaluator meet. Everything happens in one transaction: a run is wholly
 * there or wholly absent.
 */
#ifndef CB_EVAL_RUN_H
#define CB_EVAL_RUN_H

#include "base/date.h"
#include "eval/eval.h"
#include "rule/rule.h"
#include "store/store.h"

struct cb_run_opts {
	const struct cb_period *period; /* NULL: everything on record */
	const char *unit;               /* code: this unit and all below it; NULL: all */
	bool all;                       /* also what is unchanged */
	bool dry;                       /* compute and count, store nothing */
	const struct cb_ruleset *force; /* rate everything under this ruleset (what-if; only with dry); NULL */
	const struct cb_ruleset *beside; /* with force: each meeting under this one too; `each` hears of it first; NULL */
	cb_day today;                   /* written into the run */
	/* called every few thousand meetings; return nonzero to stop (CB_EINTR). NULL: none */
	int (*progress)(void *ctx, int64_t done, int64_t total);
	/* dry: called for each meeting; m has no facts (nfact 0), lane counts in s and ev. Nonzero stops (CB_EINTR, or a
	   negative code with *err set). NULL: none */
	int (*each)(void *ctx, const struct cb_meeting *m, const struct cb_ruleset *rs, const struct cb_eval *ev, const struct cb_scores *s,
		    size_t lane, struct cb_err *err);
	/* Called once for each ruleset that is about to rate a meeting: whose signatures stand over its files, kept with the run
	   (*by is borrowed until the next call). 1 refuses it: the run then only asks about the other rulesets, and ends in
	   CB_EDATA with nothing stored. Negative: a code, with *err. NULL: nothing is asked or kept */
	int (*vouch)(void *ctx, const struct cb_ruleset *rs, const struct cb_signed_by **by, size_t *n, struct cb_err *err);
	void *ctx;
};
struct cb_run_stats {
	int64_t seen, unchanged, evaluated, rated, missing, invalid, errors, without_ruleset;
	int64_t sealed;  /* in a closed period: their results stay as they are, whatever became of the rules */
	int64_t refused; /* rulesets that `vouch` refused */
	int64_t run_id; /* 0: nothing was stored */
};
int cb_run(struct cb_run_stats *out, struct cb_store *st, const struct cb_rulebook *book, const struct cb_run_opts *opts,
	   struct cb_diags *diags, struct cb_err *err);

/* Explains one stored meeting under the ruleset of its current result (or the one in force). The sheet needs `ev` and
   the ruleset to stay. `load` turns stored sources into a ruleset again (engine/lua fills it). */
struct cb_pack_loader {
	void *ctx;
	int (*load)(void *ctx, struct cb_ruleset **out, const struct cb_source *src, size_t nsrc, struct cb_facts *dict, struct cb_diags *diags,
		    struct cb_err *err);
};

/* Evaluates again every stored result (current and superseded) of a run from the stored text and the stored revision
   of the facts, and compares. Differences are findings. */
struct cb_replay_stats { int64_t results, same, differ, lost, older /* made when evaluation meant something else: also told */; };
int cb_replay(struct cb_replay_stats *out, struct cb_store *st, int64_t run_id, const struct cb_pack_loader *loader,
	      struct cb_diags *diags, struct cb_err *err);

#endif
