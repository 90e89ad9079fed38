/*
 * meeting.c - words for kinds of meeting and for assessors; what the facts of a meeting must say together.
 */
#include "model/meeting.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

static const struct {
	const char *id, *vi;
} kinds[CB_MEETING_KINDS] = {
	[CB_REGULAR] = { "regular", "thường kỳ" },
	[CB_THEMATIC] = { "thematic", "chuyên đề" },
	[CB_COMBINED] = { "combined", "thường kỳ kết hợp chuyên đề" },
};

static const struct {
	const char *id, *vi;
} assessors[CB_ASSESSORS] = {
	[CB_SELF] = { "self", "chi bộ tự chấm" },
	[CB_OBSERVER] = { "observer", "cán bộ dự chấm" },
	[CB_SUPERIOR] = { "superior", "cấp trên chấm" },
};

const char *cb_meeting_kind_id(enum cb_meeting_kind k)
{
	return (unsigned)k < CB_MEETING_KINDS ? kinds[k].id : "";
}

const char *cb_meeting_kind_vi(enum cb_meeting_kind k)
{
	return (unsigned)k < CB_MEETING_KINDS ? kinds[k].vi : "";
}

const char *cb_assessor_id(enum cb_assessor a)
{
	return (unsigned)a < CB_ASSESSORS ? assessors[a].id : "";
}

const char *cb_assessor_vi(enum cb_assessor a)
{
	return (unsigned)a < CB_ASSESSORS ? assessors[a].vi : "";
}

int cb_assessor_find(const char *word)
{
	static const struct {
		const char *key;
		enum cb_assessor a;
	} also[] = {
		{ "chi bo", CB_SELF },	     { "tu cham", CB_SELF },	  { "tu danh gia", CB_SELF }, { "chi bo cham", CB_SELF },
		{ "can bo du", CB_OBSERVER }, { "nguoi du", CB_OBSERVER }, { "can bo", CB_OBSERVER }, { "cap tren", CB_SUPERIOR },
		{ "cap uy cap tren", CB_SUPERIOR },
	};
	size_t i;
	int a;

	for (a = 0; a < CB_ASSESSORS; a++)
		if (cb_fold_equal(assessors[a].id, word) || cb_fold_equal(assessors[a].vi, word))
			return a;
	for (i = 0; i < sizeof(also) / sizeof(also[0]); i++)
		if (cb_fold_equal(also[i].key, word))
			return (int)also[i].a;
	return -1;
}

/* The facts of one meeting by id. */
struct view {
	const struct cb_meeting *m;
	const struct cb_facts *dict;
	void (*report)(void *ctx, int fact, const char *what, const char *mend);
	void *ctx;
	size_t faults;
};

/* Core facts have the same index in every dictionary. */
static bool get(const struct view *v, const char *id, int *at, int64_t *value)
{
	*at = cb_fact_core_find(id);
	if (*at < 0 || (size_t)*at >= v->m->nfact || !v->m->have[*at])
		return false;
	*value = v->m->value[*at];
	return true;
}

static void fault(struct view *v, int fact, const char *what, const char *mend)
{
	v->faults++;
	v->report(v->ctx, fact, what, mend);
}

static void at_most(struct view *v, const char *part, const char *whole, const char *mend)
{
	int64_t p, w;
	char what[160];
	int pi, wi;

	if (!get(v, part, &pi, &p) || !get(v, whole, &wi, &w) || p <= w)
		return;
	snprintf(what, sizeof(what), "%lld is more than %s %lld", (long long)p, whole, (long long)w);
	fault(v, pi, what, mend);
}

/* Several that together may not exceed one; told at the last of them that is there. */
static void together(struct view *v, const char *const *parts, const char *whole, const char *mend)
{
	int64_t sum = 0, x, w;
	char what[200];
	int at, last = -1, wi;
	size_t n = 0, used = 0;

	if (!get(v, whole, &wi, &w))
		return;
	for (; *parts; parts++) {
		int k;

		if (!get(v, *parts, &at, &x))
			continue;
		k = snprintf(what + used, sizeof(what) - used, "%s%s %lld", n ? " + " : "", *parts, (long long)x);
		if (k > 0 && (size_t)k < sizeof(what) - used)
			used += (size_t)k;
		sum += x;
		last = at;
		n++;
		if (x > w) /* told already, one by one */
			return;
	}
	if (n < 2 || sum <= w)
		return;
	snprintf(what + used, sizeof(what) - used, " are more than %s %lld", whole, (long long)w);
	fault(v, last, what, mend);
}

size_t cb_meeting_check(const struct cb_meeting *m, const struct cb_facts *dict,
			void (*report)(void *ctx, int fact, const char *what, const char *mend), void *ctx)
{
	static const char *const heads[] = { "present", "absent_excused", "absent_unexcused", NULL };
	static const char *const outside[] = { "exempt", "special_duty", NULL };
	struct view v = { m, dict, report, ctx, 0 };
	int64_t met, minutes;
	size_t i;
	int at, at2;

	for (i = 0; i < m->nfact; i++) {
		const struct cb_fact *f = cb_facts_at(dict, i);
		struct cb_err err;
		char what[200];

		if (f == NULL || !m->have[i] || cb_fact_check(f, m->value[i], &err) == 0)
			continue;
		snprintf(what, sizeof(what), "%lld %.150s", (long long)m->value[i], err.msg);
		fault(&v, (int)i, what, NULL);
	}
	at_most(&v, "exempt", "members", "correct one of the two counts");
	at_most(&v, "special_duty", "members", "correct one of the two counts");
	at_most(&v, "working_away", "members", "correct one of the two counts");
	at_most(&v, "committee_size", "members", "correct one of the two counts");
	at_most(&v, "present", "members", "correct one of the two counts");
	at_most(&v, "absent_excused", "members", "correct one of the two counts");
	at_most(&v, "absent_unexcused", "members", "correct one of the two counts");
	together(&v, outside, "members", "count nobody twice");
	together(&v, heads, "members", "count nobody twice");
	at_most(&v, "speakers", "present", "count each speaker once");
	at_most(&v, "targets_met", "targets_set", "correct one of the two counts");
	at_most(&v, "tasks_done", "tasks_assigned", "correct one of the two counts");
	at_most(&v, "ideology_minutes", "duration_minutes", "correct one of the two durations");
	if (get(&v, "committee_minutes", &at, &minutes) && minutes && get(&v, "committee_met", &at2, &met) && !met)
		fault(&v, at, "minutes of a committee meeting that was not held", "set committee_met to 1, or committee_minutes to 0");
	return v.faults;
}
