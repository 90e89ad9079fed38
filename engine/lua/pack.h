/*
 * pack.h - loads rule packs: a folder of Lua files becomes rulesets as data.
 *
 * Each pack gets a Lua state of its own with an environment built from nothing and budgets of fuel and memory that it
 * cannot catch (sandbox.h). The file is checked before it is compiled (regular file below the rules folder, size,
 * UTF-8, no control, bidi or zero-width characters, text only). What it returned becomes a cb_tree, then a cb_ruleset
 * whose fnhost keeps the state alive if the pack has functions; they run in a child process (wall.h).
 */
#ifndef CB_LUA_PACK_H
#define CB_LUA_PACK_H

#include "base/diag.h"
#include "base/err.h"
#include "eval/run.h"
#include "rule/rule.h"

struct cb_pack_limits {
	long fuel_load;    /* VM instructions and charged work while the file loads */
	long fuel_call;    /* per call of a function */
	long fuel_run;     /* all calls of one run */
	size_t memory;     /* bytes per state */
	size_t block;      /* bytes per block */
	size_t string;     /* bytes per string */
	long answer;       /* milliseconds that the process of a pack's functions may be silent, beyond what fuel explains */
};
extern const struct cb_pack_limits cb_pack_limits_default;

/* One file: `dir` is the rules folder, `path` below it. Its base packs are loaded from `dir` too. */
int cb_pack_load(struct cb_ruleset **out, const char *dir, const char *path, struct cb_facts *dict, const struct cb_pack_limits *lim,
		 struct cb_diags *diags, struct cb_err *err);
/* Warnings for locals that hide a word of the rule language or are declared twice; beside cb_ruleset_check. */
void cb_pack_check_names(const struct cb_ruleset *rs, struct cb_diags *diags);
/* A file that is not in the rules folder: what it is based on is looked for in `dir`, then in the rules folder. */
int cb_pack_load_beside(struct cb_ruleset **out, const char *dir, const char *path, const char *rules, struct cb_facts *dict,
			struct cb_diags *diags, struct cb_err *err);
/* The same with numbers changed for a what-if (rule/edit.h): each `set` is "path=value". Such a ruleset is never stored. */
int cb_pack_load_edited(struct cb_ruleset **out, const char *dir, const char *path, const char *const *set, size_t nset,
			struct cb_facts *dict, struct cb_diags *diags, struct cb_err *err);
/* From stored sources (replay): nothing is read from disk. */
int cb_pack_load_sources(struct cb_ruleset **out, const struct cb_source *src, size_t nsrc, struct cb_facts *dict,
			 const struct cb_pack_limits *lim, struct cb_diags *diags, struct cb_err *err);
/* Every *.lua below dir (not in cases/, not parts that begin with _), in sorted order; all mistakes of all packs in one
   run. Says nothing about overlaps in time: cb_rulebook_check does. */
int cb_pack_load_dir(struct cb_rulebook **out, const char *dir, struct cb_facts *dict, const struct cb_pack_limits *lim,
		     struct cb_diags *diags, struct cb_err *err);
extern const struct cb_pack_loader cb_pack_stored_loader; /* for cb_replay */
/* A new run begins: the budget of all calls of its functions is full again. */
void cb_pack_begin_run(struct cb_ruleset *rs);

/* Calls `each` with the path below `dir` of every file of a pack's cases, in order of name, until it gives nonzero. */
int cb_pack_cases(const char *dir, const char *path, int (*each)(void *ctx, const char *path, struct cb_err *err), void *ctx, struct cb_err *err);
/* The pack's own cases: cases/<name>*.lua beside the file return a list of { name=, facts={}, judged={self={},..}, expect={...} }. */
struct cb_case_stats { int cases, failed, unconfirmed; }; /* unconfirmed (confirmed = false) are not run and not among cases */
/* The same with a ruleset that is loaded already (whatif, mutate). 0 cases is no error. */
int cb_pack_test_with(struct cb_case_stats *out, const struct cb_ruleset *rs, const char *dir, const char *path, struct cb_facts *dict,
		      struct cb_diags *diags, struct cb_err *err);
int cb_pack_test(struct cb_case_stats *out, const char *dir, const char *path, struct cb_facts *dict, struct cb_diags *diags,
		 struct cb_err *err);

#endif
