/* apart.c - see apart.h. */
#include "eval/apart.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/date.h"
#include "eval/eval.h"

#define NUMBERS 256 /* of the rulesets, as far as there are */

struct side {
	const struct cb_ruleset *rs;
	struct cb_eval *ev;
	const int64_t **value;       /* per input of its own, a column of the union's */
	const unsigned char **have;
	struct cb_scores scores;
};

struct apart {
	struct side side[2];
	struct cb_input *in; /* what either reads */
	size_t nin;
	int64_t *value;      /* [nin][CB_BATCH] */
	unsigned char *have;
	int64_t number[NUMBERS];
	size_t nnumber;
	uint64_t seed;
};

static uint64_t next(struct apart *x)
{
	x->seed = x->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return x->seed >> 33;
}

static bool same_input(const struct cb_input *a, const struct cb_input *b)
{
	return a->kind == b->kind && (a->kind == CB_IN_FACT ? a->fact == b->fact : a->by == b->by && strcmp(a->item, b->item) == 0);
}

/* The union's inputs, and each side's columns among them; false without memory. */
static bool join_inputs(struct apart *x)
{
	const struct cb_input *in[2];
	size_t n[2];

	for (int s = 0; s < 2; s++)
		in[s] = cb_eval_inputs(x->side[s].ev, &n[s]);
	x->in = cb_calloc(n[0] + n[1] + 1, sizeof(*x->in));
	x->value = cb_calloc((n[0] + n[1] + 1) * CB_BATCH, sizeof(*x->value));
	x->have = cb_calloc(n[0] + n[1] + 1, CB_BATCH);
	if (!x->in || !x->value || !x->have)
		return false;
	for (int s = 0; s < 2; s++) {
		x->side[s].value = cb_calloc(n[s] + 1, sizeof(*x->side[s].value));
		x->side[s].have = cb_calloc(n[s] + 1, sizeof(*x->side[s].have));
		if (!x->side[s].value || !x->side[s].have)
			return false;
		for (size_t i = 0; i < n[s]; i++) {
			size_t k = 0;
			while (k < x->nin && !same_input(&x->in[k], &in[s][i]))
				k++;
			if (k == x->nin)
				x->in[x->nin++] = in[s][i];
			x->side[s].value[i] = x->value + k * CB_BATCH;
			x->side[s].have[i] = x->have + k * CB_BATCH;
		}
	}
	return true;
}

static void keep_number(struct apart *x, struct cb_ratio r)
{
	if (r.d && x->nnumber < NUMBERS)
		x->number[x->nnumber++] = r.n / r.d;
}

static int64_t pick(struct apart *x, int64_t min, int64_t max, int64_t unit)
{
	int64_t v;

	switch (next(x) % 4) {
	case 0:
		v = min + (int64_t)(next(x) % 4) * unit;
		break;
	case 1:
		v = min + (int64_t)(next(x) % (uint64_t)((max - min > 200 * unit ? 200 * unit : max - min) + 1));
		break;
	default:
		v = (x->nnumber ? x->number[next(x) % x->nnumber] : 0) * unit + (int64_t)(next(x) % 3) - 1;
		break;
	}
	return v < min ? min : v > max ? max : v;
}

static int64_t *column(struct apart *x, const char *id)
{
	for (size_t i = 0; i < x->nin; i++)
		if (x->in[i].kind == CB_IN_FACT && strcmp(cb_facts_at(x->side[0].rs->dict, (size_t)x->in[i].fact)->id, id) == 0)
			return x->value + i * CB_BATCH;
	return NULL;
}

/* No meeting of the record has more of the first than of the second (see cb_meeting_check). */
static void bind_together(struct apart *x)
{
	static const char *const pair[][2] = { { "exempt", "members" }, { "special_duty", "members" }, { "working_away", "members" }, { "present", "members" },
					       { "speakers", "present" }, { "tasks_done", "tasks_assigned" }, { "targets_met", "targets_set" } };
	int64_t *members = column(x, "members"), *present = column(x, "present");
	int64_t *absent[2] = { column(x, "absent_excused"), column(x, "absent_unexcused") };

	for (size_t p = 0; p < sizeof(pair) / sizeof(pair[0]); p++) {
		int64_t *a = column(x, pair[p][0]), *b = column(x, pair[p][1]);
		for (size_t i = 0; a && b && i < CB_BATCH; i++) {
			if (p > 2 && next(x) % 2) /* shares near the whole, where most bands lie */
				a[i] = b[i] - (int64_t)(next(x) % (uint64_t)(b[i] / 2 + 1));
			a[i] = a[i] > b[i] ? b[i] : a[i];
		}
	}
	for (size_t i = 0; members && present && i < CB_BATCH; i++) {
		int64_t left = members[i] - present[i];
		for (int k = 0; k < 2; k++)
			if (absent[k]) {
				absent[k][i] = absent[k][i] > left ? left : absent[k][i];
				left -= absent[k][i];
			}
	}
}

/* The most that people may give for an item. */
static cb_pts judged_max(const struct apart *x, const char *item)
{
	for (int s = 0; s < 2; s++) {
		const struct cb_node *n = cb_judged_find(x->side[s].rs, item);
		cb_pts max;
		if (n && cb_pts_from_ratio(&max, n->num))
			return max;
	}
	return CB_PTS(100);
}

/* Half of the meetings report everything, and good ones are more frequent: levels and gates turn at the top. */
static void make_meetings(struct apart *x)
{
	for (size_t k = 0; k < x->nin; k++) {
		const struct cb_fact *f = x->in[k].kind == CB_IN_FACT ? cb_facts_at(x->side[0].rs->dict, (size_t)x->in[k].fact) : NULL;
		cb_pts max = f ? 0 : judged_max(x, x->in[k].item);
		int64_t words = 0;

		while (f && f->type == CB_FACT_WORD && f->vocab && f->vocab[words])
			words++;
		for (size_t i = 0; i < CB_BATCH; i++) {
			int64_t *v = &x->value[k * CB_BATCH + i];
			x->have[k * CB_BATCH + i] = i % 2 || next(x) % 16 != 0 || (f && f->attribute);
			if (!f)
				*v = next(x) % 2 ? max : next(x) % 32 == 0 ? max + 1 : next(x) % 2 ? pick(x, 0, max, 1000) : (int64_t)(next(x) % (uint64_t)(max + 1));
			else if (f->type == CB_FACT_FLAG)
				*v = next(x) % 4 != 0;
			else if (f->type == CB_FACT_WORD)
				*v = words ? (int64_t)(next(x) % (uint64_t)words) : 0;
			else if (f->type == CB_FACT_DATE)
				*v = (x->side[0].rs->from > 0 ? x->side[0].rs->from : 18262) + (int64_t)(next(x) % 800);
			else
				*v = pick(x, f->min, f->max > f->min ? f->max : CB_FACT_VALUE_MAX, f->type == CB_FACT_DECIMAL ? 1000 : 1);
			if (strcmp(f ? f->id : "", "kind") == 0)
				while (x->side[0].rs->for_kinds && !(x->side[0].rs->for_kinds & 1u << *v))
					*v = (*v + 1) % CB_MEETING_KINDS;
		}
	}
	bind_together(x);
}

static int run(struct apart *x, size_t n, struct cb_err *err)
{
	int rc = 0;

	for (int s = 0; s < 2 && !rc; s++) {
		struct cb_batch in = { n, x->side[s].value, x->side[s].have };
		rc = cb_eval_batch(x->side[s].ev, &in, &x->side[s].scores, err);
	}
	return rc;
}

static bool differ(const struct apart *x, size_t i)
{
	const struct cb_scores *a = &x->side[0].scores, *b = &x->side[1].scores;

	if (a->status[i] == CB_ST_INVALID && b->status[i] == CB_ST_INVALID)
		return false; /* points that nobody could have given */
	if (a->status[i] != b->status[i] || a->score_n[i] != b->score_n[i] || a->score_d[i] != b->score_d[i] || a->level[i] != b->level[i] ||
	    a->level_by_score[i] != b->level_by_score[i] || a->gate[i] != b->gate[i])
		return true;
	for (size_t c = 0; c < x->side[0].rs->ncriterion; c++)
		if (a->points[c][i] != b->points[c][i] || a->state[c][i] != b->state[c][i])
			return true;
	return false;
}

/* The meeting of lane i, without what it does not need to differ; it becomes lane 0. */
static int tell(struct apart *x, size_t i, struct cb_buf *example, struct cb_err *err)
{
	char text[96], num[CB_NUM_TEXT];
	const char *sep = "";
	int rc = 0;

	for (size_t k = 0; k < x->nin; k++) {
		x->value[k * CB_BATCH] = x->value[k * CB_BATCH + i];
		x->have[k * CB_BATCH] = x->have[k * CB_BATCH + i];
	}
	for (size_t k = 0; k < x->nin && !rc; k++) {
		bool attribute = x->in[k].kind == CB_IN_FACT && cb_facts_at(x->side[0].rs->dict, (size_t)x->in[k].fact)->attribute;
		if (attribute || !x->have[k * CB_BATCH])
			continue;
		x->have[k * CB_BATCH] = 0;
		rc = run(x, 1, err);
		x->have[k * CB_BATCH] = !rc && !differ(x, 0);
	}
	for (size_t k = 0; k < x->nin && !rc; k++) {
		int64_t v = x->value[k * CB_BATCH];
		if (!x->have[k * CB_BATCH])
			continue;
		if (x->in[k].kind != CB_IN_FACT) {
			cb_buf_printf(example, "%s%s: %s = %s", sep, cb_assessor_id(x->in[k].by), x->in[k].item, cb_fmt_pts(num, sizeof num, v));
		} else {
			const struct cb_fact *f = cb_facts_at(x->side[0].rs->dict, (size_t)x->in[k].fact);
			cb_buf_printf(example, "%s%s = %s", sep, f->id,
				      f->type == CB_FACT_WORD && f->vocab ? f->vocab[v] : f->type == CB_FACT_FLAG ? (v ? "true" : "false") :
				      f->type == CB_FACT_DATE ? cb_day_iso(text, (cb_day)v) : f->type == CB_FACT_DECIMAL ? cb_fmt_pts(num, sizeof num, v) :
				      (snprintf(text, sizeof text, "%lld", (long long)v), text));
		}
		sep = ", ";
	}
	return rc;
}

int cb_apart(enum cb_apart *out, struct cb_buf *example, const struct cb_ruleset *a, const struct cb_ruleset *b, struct cb_err *err)
{
	struct apart x = { .side = { { .rs = a }, { .rs = b } }, .seed = 20251028 };
	int rc = 0;

	*out = CB_APART_UNTRIED;
	if (a->ncriterion != b->ncriterion || a->dict != b->dict)
		return 0;
	for (size_t c = 0; c < a->ncriterion; c++)
		if (a->criterion[c].is_function || strcmp(a->criterion[c].id, b->criterion[c].id) != 0)
			return 0;
	for (int s = 0; s < 2 && !rc; s++) {
		const struct cb_ruleset *rs = x.side[s].rs;
		for (size_t i = 0; i < rs->nnode; i++) {
			keep_number(&x, rs->node[i]->num);
			keep_number(&x, rs->node[i]->num2);
		}
		rc = cb_eval_open(&x.side[s].ev, rs, err);
	}
	if (!rc && !join_inputs(&x))
		rc = cb_err_nomem(err);
	*out = rc ? CB_APART_UNTRIED : CB_APART_NONE;
	for (size_t done = 0; !rc && *out == CB_APART_NONE && done < CB_APART_MEETINGS; done += CB_BATCH) {
		make_meetings(&x);
		rc = run(&x, CB_BATCH, err);
		for (size_t i = 0; i < CB_BATCH && !rc; i++)
			if (differ(&x, i)) {
				*out = CB_APART_FOUND;
				rc = tell(&x, i, example, err);
				break;
			}
	}
	for (int s = 0; s < 2; s++) {
		cb_eval_close(x.side[s].ev);
		cb_free(x.side[s].value);
		cb_free(x.side[s].have);
	}
	cb_free(x.in);
	cb_free(x.value);
	cb_free(x.have);
	return rc;
}
