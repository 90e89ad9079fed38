/*
 * diff.h - what changed in meaning between two rulesets: criteria, maxima, thresholds, conditions, levels, gates, days,
 * periods, ranking. Not lines of text: a pack that was only rewritten shows nothing. Words are Vietnamese, as on the form.
 * Cost: O(criteria + nodes), and the texts of what differs.
 */
#ifndef CB_RULE_DIFF_H
#define CB_RULE_DIFF_H

#include "base/arena.h"
#include "rule/rule.h"

struct cb_change {
	const char *what;      /* "attendance: điểm tối đa" */
	const char *was, *now; /* NULL: there is none */
	int line_was, line_now; /* in the packs; 0: unknown */
};
struct cb_changes {
	struct cb_arena arena;
	struct cb_change *change;
	size_t n;
};
int cb_ruleset_diff(struct cb_changes **out, const struct cb_ruleset *was, const struct cb_ruleset *now, struct cb_err *err);
void cb_changes_free(struct cb_changes *c);

#endif
