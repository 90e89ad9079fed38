/*
 * feed.c - see feed_int.h. A lane costs O(inputs); columns are found by a linear walk at open time only.
 */
#include <string.h>

#include "base/alloc.h"
#include "eval/feed_int.h"

enum { COL_ABSENT = -1, COL_UNIT_KIND = -2, COL_CELL_TYPE = -3, COL_HELD_ON = -4, COL_KIND = -5, COL_LEVEL = -6 };

void cb_columns_release(struct cb_columns *c)
{
	cb_free(c->fact);
	cb_free(c->judged);
	memset(c, 0, sizeof(*c));
}

static int add_fact(struct cb_columns *c, int fact, int *at, struct cb_err *err)
{
	size_t i;

	for (i = 0; i < c->nfact; i++)
		if (c->fact[i] == fact)
			break;
	if (i == c->capfact) {
		size_t cap = c->capfact ? 2 * c->capfact : 32;
		int *p = cb_reallocarray(c->fact, cap, sizeof(*p));

		if (!p)
			return cb_err_nomem(err);
		c->fact = p;
		c->capfact = cap;
	}
	if (i == c->nfact)
		c->fact[c->nfact++] = fact;
	*at = (int)i;
	return 0;
}

static int add_judged(struct cb_columns *c, const char *item, enum cb_assessor by, int *at, struct cb_err *err)
{
	size_t i;

	for (i = 0; i < c->njudged; i++)
		if (c->judged[i].by == by && strcmp(c->judged[i].item, item) == 0)
			break;
	if (i == c->capjudged) {
		size_t cap = c->capjudged ? 2 * c->capjudged : 32;
		struct cb_judged_col *p = cb_reallocarray(c->judged, cap, sizeof(*p));

		if (!p)
			return cb_err_nomem(err);
		c->judged = p;
		c->capjudged = cap;
	}
	if (i == c->njudged)
		c->judged[c->njudged++] = (struct cb_judged_col){ item, by };
	*at = (int)i;
	return 0;
}

void cb_feed_release(struct cb_feed *f)
{
	cb_free(f->column);
	cb_free(f->value);
	cb_free(f->have);
	cb_free(f->pvalue);
	cb_free(f->phave);
	memset(f, 0, sizeof(*f));
}

static int find_fact(struct cb_feed *f, size_t i, const char *id, const struct cb_facts *dict, struct cb_columns *c, struct cb_err *err)
{
	static const struct {
		const char *id;
		int column;
	} OWN[] = { { "unit_kind", COL_UNIT_KIND }, { "cell_type", COL_CELL_TYPE }, { "held_on", COL_HELD_ON }, { "kind", COL_KIND } };
	int at = cb_facts_find(dict, id);

	for (size_t k = 0; k < sizeof(OWN) / sizeof(OWN[0]); k++)
		if (strcmp(id, OWN[k].id) == 0) {
			f->column[i] = OWN[k].column;
			return 0;
		}
	/* A fact that the record has no column for was never reported. */
	return at < 0 ? 0 : add_fact(c, at, &f->column[i], err);
}

int cb_feed_init(struct cb_feed *f, const struct cb_input *input, size_t ninput, const struct cb_facts *from, const struct cb_facts *dict,
		 struct cb_columns *c, struct cb_err *err)
{
	int rc = 0;

	memset(f, 0, sizeof(*f));
	f->input = input;
	f->ninput = ninput;
	f->column = cb_calloc(ninput + 1, sizeof(*f->column));
	f->value = cb_calloc(ninput * CB_BATCH + 1, sizeof(*f->value));
	f->have = cb_calloc(ninput * CB_BATCH + 1, 1);
	f->pvalue = cb_calloc(ninput + 1, sizeof(*f->pvalue));
	f->phave = cb_calloc(ninput + 1, sizeof(*f->phave));
	if (!f->column || !f->value || !f->have || !f->pvalue || !f->phave)
		rc = cb_err_nomem(err);
	for (size_t i = 0; i < ninput && rc == 0; i++) {
		f->pvalue[i] = f->value + i * CB_BATCH;
		f->phave[i] = f->have + i * CB_BATCH;
		f->column[i] = COL_ABSENT;
		switch (input[i].kind) {
		/* The ruleset may have been built with another dictionary than the record's. */
		case CB_IN_FACT: rc = find_fact(f, i, cb_facts_at(from, (size_t)input[i].fact)->id, dict, c, err); break;
		case CB_IN_JUDGED: rc = add_judged(c, input[i].item, input[i].by, &f->column[i], err); break;
		case CB_IN_LEVEL: f->column[i] = COL_LEVEL; break;
		default: break;
		}
	}
	if (rc)
		cb_feed_release(f);
	return rc;
}

bool cb_feed_reads(const struct cb_feed *f)
{
	for (size_t i = 0; i < f->ninput; i++)
		if (f->column[i] >= 0)
			return true;
	return false;
}

/* An input that is no column of the record. */
static void tell(struct cb_feed *f, size_t i, const struct cb_about *about)
{
	int64_t v = 0;
	unsigned char h = 1;

	switch (f->column[i]) {
	case COL_ABSENT: h = 0; break;
	case COL_UNIT_KIND: v = about->unit_kind; break;
	case COL_CELL_TYPE:
		v = about->cell_type;
		h = about->cell_type != CB_CELL_NONE;
		break;
	case COL_HELD_ON: v = about->held_on; break;
	case COL_KIND: v = about->kind; break;
	default:
		h = about->level >= 0;
		v = h ? about->level : 0;
	}
	f->value[i * CB_BATCH + f->n] = v;
	f->have[i * CB_BATCH + f->n] = h;
}

static size_t column_at(const struct cb_feed *f, const struct cb_columns *c, size_t i)
{
	return (size_t)f->column[i] + (f->input[i].kind == CB_IN_JUDGED ? c->nfact : 0);
}

void cb_feed_lane(struct cb_feed *f, const struct cb_columns *c, size_t lane, const int64_t *const *value, const unsigned char *const *have,
		  const struct cb_about *about)
{
	for (size_t i = 0; i < f->ninput; i++) {
		size_t at = i * CB_BATCH + f->n;

		if (f->column[i] < 0) {
			tell(f, i, about);
			continue;
		}
		f->have[at] = have ? have[column_at(f, c, i)][lane] : 0;
		f->value[at] = f->have[at] ? value[column_at(f, c, i)][lane] : 0;
	}
	f->n++;
}

void cb_feed_about(struct cb_feed *f, const struct cb_about *about)
{
	for (size_t i = 0; i < f->ninput; i++)
		if (f->column[i] < 0)
			tell(f, i, about);
	f->n++;
}

void cb_feed_gather(struct cb_feed *f, const struct cb_columns *c, const unsigned short *from, const int64_t *const *value,
		    const unsigned char *const *have)
{
	for (size_t i = 0; i < f->ninput; i++) {
		size_t at;

		if (f->column[i] < 0)
			continue;
		at = column_at(f, c, i);
		if (from == NULL) {
			f->pvalue[i] = value[at];
			f->phave[i] = have[at];
			continue;
		}
		f->pvalue[i] = f->value + i * CB_BATCH;
		f->phave[i] = f->have + i * CB_BATCH;
		for (size_t k = 0; k < f->n; k++) {
			f->value[i * CB_BATCH + k] = value[at][from[k]];
			f->have[i * CB_BATCH + k] = have[at][from[k]];
		}
	}
}
