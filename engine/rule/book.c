/*
 * book.c - the rulesets of an office, and which one was in force (rule.h).
 *
 * A list; questions go through it one by one, for there are a few dozen rulesets. The nearest issuing body above the
 * unit that has a ruleset for the day, the kind of meeting and the kind of unit decides; among several of one
 * body the most particular (named unit kinds, then named cell types) wins, then the later one.
 */
#include <string.h>
#include "base/alloc.h"
#include "model/unit.h"
#include "rule/rule.h"

#define CENTRAL "trung_uong"

struct cb_rulebook {
	struct cb_ruleset **rs;
	bool *used; /* [cap]: was an answer */
	size_t n, cap;
};

int cb_rulebook_new(struct cb_rulebook **out, struct cb_err *err)
{
	*out = cb_calloc(1, sizeof(**out));
	return *out ? 0 : cb_err_nomem(err);
}

void cb_rulebook_free(struct cb_rulebook *b)
{
	if (!b)
		return;
	for (size_t i = 0; i < b->n; i++)
		cb_ruleset_free(b->rs[i]);
	cb_free(b->rs);
	cb_free(b->used);
	cb_free(b);
}

int cb_rulebook_take(struct cb_rulebook *b, struct cb_ruleset *rs, struct cb_err *err)
{
	if (cb_rulebook_find(b, rs->id))
		return cb_err_set(err, CB_EEXIST, "two rulesets are called %s", rs->id);
	if (b->n == b->cap) {
		size_t cap = b->cap ? b->cap * 2 : 16;
		struct cb_ruleset **v = cb_reallocarray(b->rs, cap, sizeof(*v));
		if (!v)
			return cb_err_nomem(err);
		b->rs = v;
		bool *u = cb_reallocarray(b->used, cap, sizeof(*u));
		if (!u)
			return cb_err_nomem(err);
		b->used = u;
		b->cap = cap;
	}
	b->used[b->n] = false;
	b->rs[b->n++] = rs;
	return 0;
}

size_t cb_rulebook_count(const struct cb_rulebook *b)
{
	return b->n;
}

struct cb_ruleset *cb_rulebook_at(const struct cb_rulebook *b, size_t i)
{
	return i < b->n ? b->rs[i] : NULL;
}

bool cb_rulebook_used(const struct cb_rulebook *b, size_t i)
{
	return i < b->n && b->used[i];
}

struct cb_ruleset *cb_rulebook_find(const struct cb_rulebook *b, const char *id)
{
	for (size_t i = 0; id && i < b->n; i++)
		if (strcmp(b->rs[i]->id, id) == 0)
			return b->rs[i];
	return NULL;
}

static bool covers(unsigned mask, unsigned value)
{
	return mask == 0 || (value < 32 && (mask >> value & 1));
}

/* How particular: named unit kinds outrank named cell types. */
static int particular(const struct cb_ruleset *rs)
{
	return (rs->for_units ? 2 : 0) + (rs->for_cells ? 1 : 0);
}

static struct cb_ruleset *of_issuer(const struct cb_rulebook *b, const char *issuer, cb_day day, enum cb_meeting_kind kind, unsigned unit_kind,
				    unsigned cell_type)
{
	struct cb_ruleset *best = NULL;
	size_t at = 0;

	for (size_t i = 0; i < b->n; i++) {
		struct cb_ruleset *rs = b->rs[i];
		if (!rs->issuer || strcmp(rs->issuer, issuer) != 0 || day < rs->from || day > rs->to || !(rs->for_kinds >> kind & 1) ||
		    !covers(rs->for_units, unit_kind) || !covers(rs->for_cells, cell_type))
			continue;
		if (!best || particular(rs) > particular(best) || (particular(rs) == particular(best) && rs->from > best->from)) {
			best = rs;
			at = i;
		}
	}
	if (best)
		b->used[at] = true;
	return best;
}

struct cb_ruleset *cb_rulebook_in_force(const struct cb_rulebook *b, const char *const *issuer, size_t n, cb_day day, enum cb_meeting_kind kind,
					unsigned unit_kind, unsigned cell_type)
{
	for (size_t i = 0; i < n; i++) {
		struct cb_ruleset *rs = issuer[i] ? of_issuer(b, issuer[i], day, kind, unit_kind, cell_type) : NULL;
		if (rs)
			return rs;
	}
	return of_issuer(b, CENTRAL, day, kind, unit_kind, cell_type);
}

static bool meet(unsigned a, unsigned b)
{
	return a == 0 || b == 0 || (a & b);
}

static void where(const struct cb_ruleset *rs, const char **file, long *line)
{
	*file = rs->nnode ? rs->node[rs->nnode - 1]->file : NULL;
	*line = rs->from_line;
	if (rs->from_file)
		*file = rs->from_file;
	if (!*file && rs->nsrc)
		*file = rs->src[rs->nsrc - 1].path;
}

/* A year's rule stands in the ruleset for regular meetings, and knows levels of thematic ones by their ids. */
static void thematic_levels(const struct cb_rulebook *b, const struct cb_ruleset *x, struct cb_diags *diags)
{
	bool asks = false;
	const char *file;
	long line;

	for (int k = CB_QUARTER; k <= CB_YEAR; k++)
		asks = asks || x->period[k].level;
	for (size_t j = 0; j < b->n && asks && x->for_kinds != 1u << CB_THEMATIC; j++) {
		const struct cb_ruleset *y = b->rs[j];
		if (y == x || y->for_kinds != 1u << CB_THEMATIC || !x->issuer || !y->issuer || strcmp(x->issuer, y->issuer) != 0 || x->from > y->to ||
		    y->from > x->to || !meet(x->for_units, y->for_units) || !meet(x->for_cells, y->for_cells))
			continue;
		for (size_t i = 0; i < y->nlevel; i++)
			if (cb_level_find(x, y->level[i].id) < 0) {
				where(y, &file, &line);
				cb_diags_addf(diags, CB_SEV_WARNING, y->level[i].file ? y->level[i].file : file, y->level[i].line, 0, "levels",
					      "give both tables the same levels: base = the other one, without levels of its own",
					      "a thematic meeting that is %s under %s is at no level that the year's rule of %s knows", y->level[i].id, y->id, x->id);
				break;
			}
	}
}

int cb_rulebook_check(const struct cb_rulebook *b, struct cb_diags *diags, struct cb_err *err)
{
	size_t errors = 0;
	char from[11], to[11];
	const char *file;
	long line;

	for (size_t i = 0; i < b->n; i++) {
		const struct cb_ruleset *x = b->rs[i];
		cb_day next = CB_DAY_MAX;
		bool covered = x->to >= CB_DAY_MAX, later = false;
		for (size_t j = 0; j < b->n; j++) {
			const struct cb_ruleset *y = b->rs[j];
			if (i == j || !x->issuer || !y->issuer || strcmp(x->issuer, y->issuer) != 0 || !(x->for_kinds & y->for_kinds) ||
			    !meet(x->for_units, y->for_units) || !meet(x->for_cells, y->for_cells))
				continue;
			if (j > i && x->from <= y->to && y->from <= x->to && particular(x) == particular(y)) {
				cb_day d = x->from > y->from ? x->from : y->from;
				cb_day e = x->to < y->to ? x->to : y->to;
				where(y, &file, &line);
				cb_diags_addf(diags, CB_SEV_ERROR, file, line, 0, "effective", "end one on the day before the other begins",
					      "%s and %s of %s both hold from %s to %s for the same meetings", x->id, y->id, x->issuer, cb_day_iso(from, d),
					      e >= CB_DAY_MAX ? "further notice" : cb_day_iso(to, e));
				errors++;
			}
			if (y->from <= x->to + (x->to < CB_DAY_MAX) && y->to > x->to)
				covered = true;
			if (y->from > x->to) {
				later = true;
				next = y->from < next ? y->from : next;
			}
		}
		thematic_levels(b, x, diags);
		if (!covered && later) {
			where(x, &file, &line);
			cb_diags_addf(diags, CB_SEV_WARNING, file, line, 0, "effective", "let one hold until the day before the next begins",
				      "after %s ends on %s nothing of %s holds until %s", x->id, cb_day_iso(from, x->to), x->issuer, cb_day_iso(to, next));
		}
	}
	return errors ? cb_err_set(err, CB_EDATA, "%zu overlap%s between rulesets", errors, errors == 1 ? "" : "s") : 0;
}
