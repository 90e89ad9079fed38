/* cases_int.h - the cases of a pack, read once and run against many rulesets: for cover.c and mutate.c. */
#ifndef CB_LUA_CASES_INT_H
#define CB_LUA_CASES_INT_H

#include "eval/eval.h"
#include "lua/pack.h"

struct cb_cases;
/* What is wrong with the files is told in diags. No file: no case, no error. free with cb_cases_free. */
int cb_cases_load(struct cb_cases **out, const char *dir, const char *path, struct cb_diags *diags, struct cb_err *err);
void cb_cases_free(struct cb_cases *c);
size_t cb_cases_count(const struct cb_cases *c);

/* Is this file of the folder cases one of the pack stem.lua? "hd42.lua" and "hd42_more.lua" are of hd42. */
bool cb_cases_belong(const char *file, const char *stem);

struct cb_case_hook {
	void *ctx;
	bool stop; /* at the first case that fails */
	void (*meeting)(void *ctx, const struct cb_ruleset *rs, const struct cb_eval *ev, const struct cb_batch *in,
			const struct cb_scores *s); /* NULL: none */
	void (*node)(void *ctx, const struct cb_node *n, struct cb_ratio value); /* of period rules; NULL: none */
};
/* Findings for every case that fails; CB_EDATA then. `hook` may be NULL. */
int cb_cases_run(struct cb_case_stats *out, const struct cb_cases *c, const struct cb_ruleset *rs, struct cb_facts *dict,
		 const struct cb_case_hook *hook, struct cb_diags *diags, struct cb_err *err);

#endif
