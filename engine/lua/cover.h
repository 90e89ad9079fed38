/*
 * cover.h - what the cases of a pack show: every branch, bonus, cap, gate, level and period rule that they reach
 * (cover), and which small changes of the pack they would not notice (mutate).
 *
 * Cover runs the cases once and looks at the nodes. Mutate changes the declared tree at one place (a threshold by its
 * smallest step, "at least" into "more than", a number, a branch, an operand, a gate, an exemption left out ...), builds
 * it again and runs the cases until one fails: O(mutants * cases). What the builder or the checker refuses, or what builds
 * the same ruleset, counts as no mutant.
 */
#ifndef CB_LUA_COVER_H
#define CB_LUA_COVER_H

#include "base/arena.h"
#include "base/buf.h"
#include "lua/pack.h"

struct cb_cover_item {
	const char *file;
	int line;
	const char *what; /* attendance: branch 2, "tỷ lệ ≥ 90%" */
	bool hit;
};
struct cb_cover {
	struct cb_arena arena;
	struct cb_cover_item *item; /* in order of the pack */
	size_t nitem, hit;
	struct cb_case_stats cases;
};
/* Failing cases are findings, but no error here: cover says what they reach all the same. free with cb_cover_free. */
int cb_pack_cover(struct cb_cover **out, const char *dir, const char *path, struct cb_facts *dict, struct cb_diags *diags, struct cb_err *err);
void cb_cover_free(struct cb_cover *c);

enum cb_mutant_fate {
	CB_MUTANT_KILLED,   /* a case noticed */
	CB_MUTANT_REFUSED,  /* the pack no longer loads, or check tells it */
	CB_MUTANT_SAME,     /* builds a ruleset that cannot behave otherwise, or that no meeting of thousands tells apart (eval/apart.h) */
	CB_MUTANT_SURVIVED, /* no case notices */
};
struct cb_mutant {
	const char *file;
	int line;
	const char *what;   /* "criteria[2].score[1][1]: 0.9 becomes 0.91" */
	enum cb_mutant_fate fate;
	const char *example; /* SURVIVED: a meeting that would notice, "present = 3, members = 10"; NULL: none was looked for */
};
struct cb_mutation {
	struct cb_arena arena;
	struct cb_mutant *mutant;
	size_t nmutant, killed, refused, same, survived;
	struct cb_case_stats cases;
};
/* CB_EDATA when the cases fail on the pack as it is. free with cb_mutation_free. */
int cb_pack_mutate(struct cb_mutation **out, const char *dir, const char *path, struct cb_facts *dict, struct cb_diags *diags,
		   struct cb_err *err);
void cb_mutation_free(struct cb_mutation *m);

/*
 * The cases that are missing on both sides of every threshold, as text for a case file: from the best case that there is,
 * one fact is moved to where the comparison turns. What the pack gives is written as expected, and each is marked
 * confirmed = false until a person has looked: such cases are not run. *n counts them. Appends to out.
 */
int cb_pack_boundaries(struct cb_buf *out, size_t *n, const char *dir, const char *path, struct cb_facts *dict, struct cb_diags *diags,
		       struct cb_err *err);

#endif
