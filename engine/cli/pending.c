/*
 * pending.c - stands in for functions whose rooms are still being written; the Makefile leaves each out as soon as
 * its real one is there. To be removed with the last of them.
 */
#include "eval/advise.h"
#include "eval/period.h"
#include "rule/rule.h"

#ifdef CB_PENDING_PERIODS
int cb_periods_new(struct cb_periods **out, struct cb_store *st, const struct cb_rulebook *book, const struct cb_period *p,
		   const struct cb_period_opts *opts, struct cb_err *err)
{
	(void)st, (void)book, (void)p, (void)opts;
	*out = NULL;
	return cb_err_set(err, CB_ERULE, "periods are not built yet");
}
void cb_periods_free(struct cb_periods *p)
{
	(void)p;
}
#endif
#ifdef CB_PENDING_ADVICE
int cb_advice_meeting(struct cb_advices **out, struct cb_store *st, const struct cb_rulebook *book, const struct cb_ruleset *rs,
		      int64_t meeting_id, const struct cb_advice_opts *opts, struct cb_err *err)
{
	(void)st, (void)book, (void)rs, (void)meeting_id, (void)opts;
	*out = NULL;
	return cb_err_set(err, CB_ERULE, "advice is not built yet");
}
void cb_advices_free(struct cb_advices *a)
{
	(void)a;
}
#endif
#ifdef CB_PENDING_CHECK
int cb_ruleset_check(const struct cb_ruleset *rs, struct cb_diags *diags, struct cb_err *err)
{
	(void)rs, (void)diags, (void)err;
	return 0;
}
void cb_ruleset_range(const struct cb_ruleset *rs, cb_pts *lowest, cb_pts *highest)
{
	*lowest = 0;
	*highest = rs->scale;
}
#endif
typedef int cb_pending_nothing;
