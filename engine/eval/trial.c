/*
 * trial.c - see trial.h: months become the meetings of one unit, law.c does the rest.
 */
#include "eval/trial.h"

#include "base/alloc.h"
#include "eval/law_int.h"
#include "rule/forms.h"

struct visit {
	const struct cb_eval *ev;
	void (*seen)(void *ctx, const struct cb_node *n, struct cb_ratio value);
	void *ctx;
};

/* Tells what decided: of a choice the conditions up to the branch that was taken, and that branch. */
static void visit(const struct visit *v, const struct cb_node *n)
{
	struct cb_ratio r, yes = { 1, 1 };

	v->seen(v->ctx, n, cb_eval_node(v->ev, n, 0, &r) ? r : (struct cb_ratio){ 0, 0 });
	if (cb_is(n, "agg") || cb_is(n, "every"))
		return; /* inside are the months */
	if (cb_is_choice(n)) {
		int taken = cb_eval_branch(v->ev, n, 0);

		for (size_t i = cb_is(n, "first") ? 0 : 1, b = 0; i < n->nkid; i++, b++) {
			const struct cb_node *k = n->kid[i];

			if (k->nkid > 1)
				visit(v, k->kid[0]);
			if (taken != (int)b)
				continue;
			visit(v, k->kid[k->nkid - 1]);
			v->seen(v->ctx, k, yes);
			return;
		}
		return;
	}
	if (cb_is(n, "either")) {
		visit(v, n->kid[0]);
		if (cb_eval_node(v->ev, n->kid[0], 0, &r))
			visit(v, n->kid[r.n ? 1 : 2]);
		return;
	}
	for (size_t i = 0; i < n->nkid; i++)
		visit(v, n->kid[i]);
}

int cb_trial_period(int *level, const struct cb_ruleset *rs, enum cb_period_kind kind, const struct cb_trial_month *month, size_t n,
		    void (*seen)(void *ctx, const struct cb_node *n, struct cb_ratio value), void *ctx, struct cb_err *err)
{
	struct cb_law law;
	struct cb_law_unit unit = { 0 };
	struct cb_law_item *item = cb_calloc(n + 1, sizeof(*item));
	struct cb_ratio *v = NULL;
	int rc = cb_law_open(&law, rs, kind, false, err);

	*level = -1;
	if (rc == 0 && !law.period)
		goto out;
	if (rc == 0)
		v = cb_calloc(n * law.nkid + 1, sizeof(*v));
	if (rc == 0 && (!item || !v))
		rc = cb_err_nomem(err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct cb_ratio *of = v + unit.nmonth * law.nkid;

		unit.missed += month[i].level == CB_TRIAL_MISSED;
		if (month[i].level == CB_TRIAL_MISSED || month[i].level == CB_TRIAL_EXEMPT)
			continue;
		rc = cb_law_meeting(&law, month[i].level, of, err);
		item[unit.nmonth++] = (struct cb_law_item){ month[i].score, of };
	}
	unit.month = unit.meeting = item;
	unit.nmeeting = unit.nmonth;
	if (rc == 0) {
		cb_law_lane(&law, 0, &unit);
		rc = cb_law_run(&law, 1, err);
	}
	if (rc == 0)
		*level = cb_law_level(&law, 0, unit.missed);
	if (rc == 0 && seen)
		visit(&(struct visit){ law.outer, seen, ctx }, law.period);
out:
	cb_law_close(&law);
	cb_free(item);
	cb_free(v);
	return rc;
}
