/*
 * check.c - what a ruleset says without meaning it (cb_ruleset_check, cb_ruleset_range of rule.h).
 *
 * Works on the ranges that the builder left on every node and on the regions of a quantity that conditions cut out:
 * branches that an earlier one already takes, conditions that are always or never true, points that the maximum cuts
 * off or never reaches, levels that no total gives, quantities of different measure. Each finding tells what it would
 * do to a meeting and how to mend it. Absent facts are not considered: a branch that only absence could reach is
 * unreachable. Costs O(nodes x branches).
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "base/alloc.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "rule/forms.h"

struct check {
	const struct cb_ruleset *rs;
	struct cb_diags *diags;
	struct cb_buf path;
	unsigned char *seen; /* by node */
	const struct cb_criterion *cr;
	const char *file;
	const char *own; /* the file of the ruleset itself, not of its base; NULL: it has no base */
	size_t errors;
	bool oom;
};

static void say(struct check *c, enum cb_severity sev, const char *file, int line, const char *mend, const char *fmt, ...)
	__attribute__((format(printf, 6, 7)));

static void say(struct check *c, enum cb_severity sev, const char *file, int line, const char *mend, const char *fmt, ...)
{
	struct cb_buf what;
	va_list ap;

	cb_buf_init(&what);
	va_start(ap, fmt);
	cb_buf_vprintf(&what, fmt, ap);
	va_end(ap);
	c->oom = c->oom || !cb_buf_ok(&what) || !cb_buf_ok(&c->path);
	cb_diags_addf(c->diags, sev, file ? file : c->file, line, 0, c->path.len ? c->path.s : NULL, mend, "%s", cb_buf_ok(&what) ? what.s : "");
	cb_buf_release(&what);
	c->errors += sev == CB_SEV_ERROR;
}

static size_t enter(struct check *c, size_t i)
{
	size_t at = c->path.len;

	cb_buf_printf(&c->path, "[%zu]", i);
	return at;
}

static void leave(struct check *c, size_t at)
{
	if (c->path.len > at) {
		c->path.len = at;
		c->path.s[at] = '\0';
	}
}

static const char *pts(char *dst, cb_pts p)
{
	return cb_fmt_pts(dst, CB_NUM_TEXT, p);
}

/* --- regions of a quantity --------------------------------------------------------------------------------------- */

struct end {
	struct cb_ratio at; /* d == 0: without end */
	bool open;          /* `at` itself is outside */
};
struct region {
	struct end lo, hi;
	bool empty;
};

static const struct region everything = { { { 0, 0 }, false }, { { 0, 0 }, false }, false };

/* a is at or before b, as lower ends */
static int cmp_lo(struct end a, struct end b)
{
	if (!a.at.d || !b.at.d)
		return !a.at.d && !b.at.d ? 0 : !a.at.d ? -1 : 1;
	int c = cb_ratio_cmp(a.at, b.at);
	return c ? c : (int)a.open - (int)b.open;
}

static int cmp_hi(struct end a, struct end b)
{
	if (!a.at.d || !b.at.d)
		return !a.at.d && !b.at.d ? 0 : !a.at.d ? 1 : -1;
	int c = cb_ratio_cmp(a.at, b.at);
	return c ? c : (int)b.open - (int)a.open;
}

static bool is_empty(struct region r)
{
	if (r.empty)
		return true;
	if (!r.lo.at.d || !r.hi.at.d)
		return false;
	int c = cb_ratio_cmp(r.lo.at, r.hi.at);
	return c > 0 || (c == 0 && (r.lo.open || r.hi.open));
}

static struct region both(struct region a, struct region b)
{
	struct region r = { cmp_lo(a.lo, b.lo) >= 0 ? a.lo : b.lo, cmp_hi(a.hi, b.hi) <= 0 ? a.hi : b.hi, a.empty || b.empty };

	r.empty = is_empty(r);
	return r;
}

/* Where the comparison of q with a constant holds; false: it is not such a comparison. */
static bool of_compare(const struct cb_node *n, const struct cb_node *q, struct region *r)
{
	*r = everything;
	if (cb_is(n, "between") && n->kid[0] == q && cb_is_const(n->kid[1]) && cb_is_const(n->kid[2])) {
		r->lo.at = n->kid[1]->num;
		r->hi.at = n->kid[2]->num;
		return true;
	}
	if (n->nkid != 2 || n->kid[0] != q || !cb_is_const(n->kid[1]) || n->kid[0]->unit == CB_M_WORD)
		return false;
	struct end e = { n->kid[1]->num, cb_is(n, "gt") || cb_is(n, "lt") };
	if (cb_is(n, "ge") || cb_is(n, "gt"))
		r->lo = e;
	else if (cb_is(n, "le") || cb_is(n, "lt"))
		r->hi = e;
	else if (cb_is(n, "eq"))
		r->lo = r->hi = e;
	else
		return false;
	return true;
}

/* The condition can be true only where q lies in this. */
static struct region needs(const struct cb_node *n, const struct cb_node *q)
{
	struct region r = everything;

	if (of_compare(n, q, &r))
		return r;
	if (cb_is(n, "all"))
		for (size_t i = 0; i < n->nkid; i++)
			r = both(r, needs(n->kid[i], q));
	if (cb_is(n, "any")) {
		bool first = true;
		for (size_t i = 0; i < n->nkid; i++) {
			struct region k = needs(n->kid[i], q);
			if (k.empty)
				continue;
			if (first)
				r = k;
			else {
				r.lo = cmp_lo(k.lo, r.lo) < 0 ? k.lo : r.lo;
				r.hi = cmp_hi(k.hi, r.hi) > 0 ? k.hi : r.hi;
			}
			first = false;
		}
	}
	return r;
}

#define REGIONS 128
/* Where q alone makes the condition true: adds regions. */
static void grants(const struct cb_node *n, const struct cb_node *q, struct region *list, size_t *count)
{
	struct region r;

	if (of_compare(n, q, &r)) {
		if (*count < REGIONS)
			list[(*count)++] = r;
	} else if (cb_is(n, "any")) {
		for (size_t i = 0; i < n->nkid; i++)
			grants(n->kid[i], q, list, count);
	} else if (cb_is(n, "all") && n->nkid) {
		struct region all = everything;
		for (size_t i = 0; i < n->nkid; i++) {
			if (!of_compare(n->kid[i], q, &r))
				return;
			all = both(all, r);
		}
		if (!all.empty && *count < REGIONS)
			list[(*count)++] = all;
	} else if (cb_is(n, "no")) { /* beside a one-sided comparison lies the other side */
		if (of_compare(n->kid[0], q, &r) && !(r.lo.at.d && r.hi.at.d) && *count < REGIONS) {
			struct region o = everything;
			if (r.lo.at.d)
				o.hi = (struct end){ r.lo.at, !r.lo.open };
			else
				o.lo = (struct end){ r.hi.at, !r.hi.open };
			list[(*count)++] = o;
		}
	}
}

static bool covered(struct region r, const struct region *list, size_t count)
{
	if (is_empty(r))
		return false;
	/* push the lower end up while some region holds it */
	for (size_t round = 0; round <= count; round++) {
		bool moved = false;
		for (size_t i = 0; i < count; i++) {
			if (cmp_lo(list[i].lo, r.lo) > 0 || is_empty(list[i]))
				continue;
			if (cmp_hi(list[i].hi, r.hi) >= 0)
				return true;
			/* list[i] ends inside r: what is left begins there */
			struct end next = { list[i].hi.at, !list[i].hi.open };
			if (list[i].hi.at.d && cmp_lo(next, r.lo) > 0) {
				r.lo = next;
				moved = true;
			}
		}
		if (!moved)
			return false;
	}
	return false;
}

/* The quantities that a condition compares with constants. */
static void quantities(const struct cb_node *n, const struct cb_node **list, size_t *count)
{
	struct region r;

	if (n->nkid && n->kid[0]->kind == CB_QUANTITY && of_compare(n, n->kid[0], &r)) {
		for (size_t i = 0; i < *count; i++)
			if (list[i] == n->kid[0])
				return;
		if (*count < REGIONS)
			list[(*count)++] = n->kid[0];
	} else if (cb_is(n, "all") || cb_is(n, "any") || cb_is(n, "no")) {
		for (size_t i = 0; i < n->nkid; i++)
			quantities(n->kid[i], list, count);
	}
}

/* A value inside, for an example. */
static bool inside(struct region r, struct cb_ratio *out)
{
	struct cb_ratio sum, one = { 1, 1 };

	if (r.lo.at.d && !r.lo.open)
		*out = r.lo.at;
	else if (r.hi.at.d && !r.hi.open)
		*out = r.hi.at;
	else if (r.lo.at.d && r.hi.at.d)
		return cb_ratio_add(&sum, r.lo.at, r.hi.at) && cb_ratio_div(out, sum, (struct cb_ratio){ 2, 1 });
	else if (r.lo.at.d)
		return cb_ratio_add(out, r.lo.at, one);
	else if (r.hi.at.d)
		return cb_ratio_sub(out, r.hi.at, one);
	else
		*out = (struct cb_ratio){ 0, 1 };
	return true;
}

/* Is branch i taken by nobody, because those before it take everything that could get there? */
static bool shadowed(const struct cb_node *n, size_t start, size_t i, const struct cb_node **by, struct cb_ratio *example, size_t *taker)
{
	const struct cb_node *q[REGIONS];
	struct region list[REGIONS];
	size_t nq = 0;

	for (size_t j = start; j < i; j++)
		if (n->kid[j]->kid[0] == n->kid[i]->kid[0]) {
			*by = NULL;
			return true;
		}
	quantities(n->kid[i]->kid[0], q, &nq);
	for (size_t k = 0; k < nq; k++) {
		struct region bounds = everything, r;
		size_t count = 0;
		bounds.lo.at = q[k]->lo;
		bounds.hi.at = q[k]->hi;
		r = both(needs(n->kid[i]->kid[0], q[k]), bounds);
		for (size_t j = start; j < i; j++)
			grants(n->kid[j]->kid[0], q[k], list, &count);
		if (covered(r, list, count)) {
			*by = q[k];
			*example = (struct cb_ratio){ 0, 0 };
			if (inside(r, example))
				for (size_t j = i; j-- > start;) { /* the first branch that takes the example */
					struct region at = { { *example, false }, { *example, false }, false };
					count = 0;
					grants(n->kid[j]->kid[0], q[k], list, &count);
					if (covered(at, list, count))
						*taker = j - start + 1;
				}
			return true;
		}
	}
	return false;
}

/* --- expressions --------------------------------------------------------------------------------------------------- */

static const char *measure_name(unsigned char m)
{
	static const char *const name[] = { "a plain number", "a count", "minutes", "days", "a date", "a word", "a decimal", "a share", "points", "" };

	return name[m];
}

/* Do two measures stand beside each other? */
static bool agree(unsigned char a, unsigned char b)
{
	return a == b || a == CB_M_NUMBER || b == CB_M_NUMBER || a == CB_M_OTHER || b == CB_M_OTHER || a == CB_M_DECIMAL || b == CB_M_DECIMAL;
}

static bool compares(const struct cb_node *n)
{
	return cb_is(n, "ge") || cb_is(n, "gt") || cb_is(n, "le") || cb_is(n, "lt") || cb_is(n, "eq") || cb_is(n, "ne") || cb_is(n, "between");
}

/* Only whole numbers come out: facts that are counted, and sums of such. */
static bool is_whole(const struct cb_node *n)
{
	if (cb_is_const(n))
		return n->num.d == 1;
	if (n->unit != CB_M_COUNT && n->unit != CB_M_MINUTES && n->unit != CB_M_DAYS)
		return false;
	if (cb_is(n, "add") || cb_is(n, "sub") || cb_is(n, "neg") || cb_is(n, "least") || cb_is(n, "greatest")) {
		for (size_t i = 0; i < n->nkid; i++)
			if (!is_whole(n->kid[i]))
				return false;
		return true;
	}
	return cb_is(n, "fact") || cb_is(n, "count") || (cb_is(n, "agg") && (CB_AGG_WHAT(n) == CB_AGG_COUNT || CB_AGG_WHAT(n) == CB_AGG_NUMBER ||
									    CB_AGG_WHAT(n) == CB_AGG_MISSED));
}

/* Facts that are a part of another one. */
static const char *const part_of[][2] = { { "present", "members" }, { "exempt", "members" }, { "special_duty", "members" }, { "working_away", "members" },
					  { "absent_excused", "members" }, { "absent_unexcused", "members" }, { "speakers", "present" },
					  { "tasks_done", "tasks_assigned" }, { "targets_met", "targets_set" } };

static const char *whole_of(const struct cb_node *n)
{
	for (size_t i = 0; cb_is(n, "fact") && i < sizeof(part_of) / sizeof(part_of[0]); i++)
		if (strcmp(n->text, part_of[i][0]) == 0)
			return part_of[i][1];
	return NULL;
}

static bool mentions(const struct cb_node *n, const char *fact)
{
	if (cb_is(n, "fact") && strcmp(n->text, fact) == 0)
		return true;
	for (size_t i = 0; i < n->nkid; i++)
		if (mentions(n->kid[i], fact))
			return true;
	return false;
}

/* A constant that cannot stand beside this quantity: told. */
static bool odd_constant(struct check *c, const struct cb_node *x, const struct cb_node *y, const char *file, int line)
{
	char num[CB_NUM_TEXT];
	struct cb_ratio v = y->num, one = { 1, 1 };
	bool below_one = v.n > 0 && cb_ratio_cmp(v, one) < 0;

	cb_fmt_ratio(num, sizeof(num), v);
	/* day "..." is a plain number of days too, but no regulation speaks of a day before 1980: 15, 12 and 2025 are no days */
	if (x->unit == CB_M_DATE && y->unit == CB_M_NUMBER && cb_ratio_cmp(v, (struct cb_ratio){ 3652, 1 }) < 0) {
		say(c, CB_SEV_ERROR, file, line, "write day \"2025-07-01\", or compare month_of(...), the days between two dates: a - b", "a date is compared with the number %s", num);
	} else if (x->unit == CB_M_SHARE && cb_is(x, "div") && cb_is(x->kid[0], "fact") && whole_of(x->kid[0]) && cb_ratio_cmp(v, one) > 0) {
		say(c, CB_SEV_ERROR, file, line, "all of them are 1: write 0.9 for 90%", "a share of %s is compared with %s: 18 of 20 is 0.9, so no meeting would get near it",
		    whole_of(x->kid[0]), num);
	} else if (is_whole(x) && v.d != 1) {
		if (below_one)
			say(c, CB_SEV_ERROR, file, line, "compare a share, such as (f.present / (f.members - f.exempt)):ge(0.9)",
			    "%s compared with %s, which looks like a share: 1 would be enough", measure_name(x->unit), num);
		else if (x->unit == CB_M_MINUTES && cb_ratio_cmp(v, (struct cb_ratio){ 10, 1 }) < 0)
			say(c, CB_SEV_ERROR, file, line, "an hour and a half is 90", "minutes are compared with %s, which looks like hours: a meeting of 2 minutes would pass", num);
		else
			say(c, CB_SEV_WARNING, file, line, "write the whole number that is meant", "%s compared with %s, but always whole", measure_name(x->unit), num);
	} else if (x->unit == CB_M_POINTS && below_one) {
		say(c, CB_SEV_WARNING, file, line, "write the points, such as 90", "points are compared with %s, which looks like a share: a score of 1 of 100 would be enough", num);
	} else {
		return false;
	}
	return true;
}

/* 67 where 0.67 is meant: told by itself, and not as a condition that is never true. */
static bool percent_for_share(const struct cb_node *x, const struct cb_node *y)
{
	return x->unit == CB_M_SHARE && cb_is_const(y) && cb_ratio_cmp(y->num, (struct cb_ratio){ 10, 1 }) >= 0 &&
	       cb_ratio_cmp(y->num, (struct cb_ratio){ 100, 1 }) <= 0;
}

static void check_measures(struct check *c, const struct cb_node *n, const char *file, int line)
{
	char num[CB_NUM_TEXT], frac[CB_NUM_TEXT];

	for (size_t i = 1; i < n->nkid; i++) {
		const struct cb_node *x = n->kid[0], *y = n->kid[i];
		if (percent_for_share(x, y)) {
			cb_fmt_ratio(num, sizeof(num), y->num);
			cb_fmt_ratio(frac, sizeof(frac), cb_ratio_make(y->num.n, y->num.d * 100));
			char mend[200];
			snprintf(mend, sizeof(mend), "write %s for %s%%", frac, num);
			say(c, CB_SEV_ERROR, file, line, mend, "a share is compared with %s: 18 of 20 is 0.9, so no meeting would get near it", num);
		} else if (cb_is_const(y) && odd_constant(c, x, y, file, line)) {
			;
		} else if (!agree(x->unit, y->unit)) {
			say(c, CB_SEV_ERROR, file, line, "compare like with like", "%s compared with %s", measure_name(x->unit), measure_name(y->unit));
		}
	}
}

static void check_node(struct check *c, const struct cb_node *n);

static void check_kid(struct check *c, const struct cb_node *n, size_t i, size_t item)
{
	size_t at = enter(c, item);

	check_node(c, n->kid[i]);
	leave(c, at);
}

static void check_condition_range(struct check *c, const struct cb_node *n, const char *file, int line)
{
	char lo[CB_NUM_TEXT], hi[CB_NUM_TEXT];

	if (n->lo.n == n->hi.n && compares(n) && !(n->nkid > 1 && percent_for_share(n->kid[0], n->kid[1]))) {
		const struct cb_node *q = n->kid[0];
		bool ends = q->lo.d && q->hi.d;
		struct cb_buf words;
		cb_buf_init(&words);
		if (ends)
			cb_buf_printf(&words, ": the left side runs from %s to %s", cb_fmt_ratio(lo, sizeof(lo), q->lo), cb_fmt_ratio(hi, sizeof(hi), q->hi));
		else if (q->lo.d)
			cb_buf_printf(&words, ": the left side is never below %s", cb_fmt_ratio(lo, sizeof(lo), q->lo));
		else if (q->hi.d)
			cb_buf_printf(&words, ": the left side is never above %s", cb_fmt_ratio(hi, sizeof(hi), q->hi));
		c->oom = c->oom || !cb_buf_ok(&words);
		say(c, CB_SEV_ERROR, file, line, "mend the threshold, or leave the condition out", "this condition is %s true%s", n->lo.n ? "always" : "never",
		    words.s);
		cb_buf_release(&words);
	}
}

static bool denies(const struct cb_node *a, const struct cb_node *b)
{
	return (cb_is(a, "no") && a->kid[0] == b) || (cb_is(b, "no") && b->kid[0] == a);
}

/* Two words of one fact. */
static bool other_word(const struct cb_node *a, const struct cb_node *b)
{
	return cb_is(a, "eq") && cb_is(b, "eq") && a->kid[0] == b->kid[0] && a->kid[0]->unit == CB_M_WORD && cb_is_const(a->kid[1]) &&
	       cb_is_const(b->kid[1]) && cb_ratio_cmp(a->kid[1]->num, b->kid[1]->num) != 0;
}

/* Operands of all { } that cannot hold together, of any { } of which one always holds. */
static void check_together(struct check *c, const struct cb_node *n)
{
	const struct cb_node *q[REGIONS];
	struct region list[REGIONS];
	bool all = cb_is(n, "all");
	size_t nq = 0;
	struct cb_buf words;

	cb_buf_init(&words);
	for (size_t i = 0; i < n->nkid && !words.len; i++)
		for (size_t j = 0; j < i && !words.len; j++)
			if (denies(n->kid[i], n->kid[j]))
				cb_buf_printf(&words, all ? "operand %zu is the contrary of operand %zu" : "one of operands %zu and %zu holds for every meeting", j + 1, i + 1);
			else if (all && other_word(n->kid[i], n->kid[j]))
				cb_buf_printf(&words, "%s cannot be two words at once", n->kid[i]->kid[0]->text);
	quantities(n, q, &nq);
	for (size_t k = 0; k < nq && !words.len; k++) {
		struct region bounds = everything;
		size_t count = 0;
		bounds.lo.at = q[k]->lo;
		bounds.hi.at = q[k]->hi;
		if (all ? !is_empty(needs(n, q[k])) && !needs(n, q[k]).empty : (grants(n, q[k], list, &count), !covered(bounds, list, count)))
			continue;
		for (size_t i = 0; i < n->nkid; i++) /* a single operand is told where it stands */
			if (compares(n->kid[i]) && n->kid[i]->lo.n == n->kid[i]->hi.n)
				goto out;
		cb_node_text_vi(&words, c->rs, q[k]);
		cb_buf_puts(&words, all ? " cannot lie in all of these ranges" : " lies in one of these ranges, whatever it is");
	}
	if (words.len)
		say(c, CB_SEV_ERROR, n->file, n->line, all ? "write any { } if one of them is enough, or mend a threshold" : "write all { } if all of them are wanted, or mend a threshold",
		    "this condition is %s true: %s", all ? "never" : "always", words.s);
out:
	c->oom = c->oom || !cb_buf_ok(&words);
	cb_buf_release(&words);
}

/* Written in the ruleset itself, not taken from its base: messages name files from the rules folder's own path on. */
static bool own_file(const struct check *c, const char *file)
{
	size_t n = file ? strlen(file) : 0, m = c->own ? strlen(c->own) : 0;

	return n >= m && (m == 0 || strcmp(file + n - m, c->own) == 0);
}

/* kind:eq("thematic") in a ruleset for other kinds. */
static void check_for(struct check *c, const struct cb_node *n, int line)
{
	static const char *const name[] = { "kind", "unit_kind", "cell_type" }, *const field[] = { "for_kinds", "for_units", "for_cells" };
	const unsigned mask[] = { c->rs->for_kinds, c->rs->for_units, c->rs->for_cells };

	if (!n || !cb_is(n, "eq") || !cb_is(n->kid[0], "fact") || !cb_is_const(n->kid[1]))
		return;
	for (int i = 0; i < 3; i++) {
		int64_t word = n->kid[1]->num.n;
		if (strcmp(n->kid[0]->text, name[i]) != 0 || !mask[i] || word < 0 || word > 31 || !own_file(c, n->file))
			continue;
		if (!(mask[i] >> word & 1))
			say(c, CB_SEV_ERROR, n->file, line, "mend it, or name the word there too", "this condition is never true: %s leaves \"%s\" out, so no such meeting comes here",
			    field[i], n->kid[1]->text);
		else if (mask[i] == 1u << word)
			say(c, CB_SEV_ERROR, n->file, line, "leave the condition out", "this condition is always true: by %s every meeting here is \"%s\"", field[i], n->kid[1]->text);
	}
}

/* Bands whose points go up and down again, or give a smaller share more. */
static void check_order(struct check *c, const struct cb_node *n)
{
	bool up = false, down = false;
	char a[CB_NUM_TEXT], b[CB_NUM_TEXT];

	if (n->kind != CB_POINTS)
		return;
	for (size_t i = 1; i + 1 < n->nkid; i++) {
		const struct cb_node *x = n->kid[i]->kid[n->kid[i]->nkid - 1], *y = n->kid[i + 1]->kid[n->kid[i + 1]->nkid - 1];
		if (!cb_is_const(x) || !cb_is_const(y))
			return;
		up = up || cb_ratio_cmp(x->num, y->num) < 0;
		down = down || cb_ratio_cmp(x->num, y->num) > 0;
	}
	const struct cb_node *q = n->kid[0];
	const char *of = cb_is(q, "div") && cb_is(q->kid[0], "fact") ? whole_of(q->kid[0]) : NULL;
	if (up && down)
		say(c, CB_SEV_WARNING, n->file, n->line, "look whether two bands have each other's points", "the points of the bands go up and down again");
	else if (up && of && cb_is(n, "bands") && strncmp(q->kid[0]->text, "absent", 6) != 0 && cb_is_const(n->kid[1]->kid[0]->kid[1])) {
		cb_fmt_ratio(a, sizeof(a), n->kid[1]->kid[0]->kid[1]->num);
		cb_fmt_ratio(b, sizeof(b), n->kid[1]->kid[1]->num);
		say(c, CB_SEV_WARNING, n->file, n->line, "look whether the bands have each other's points", "who reaches the share %s gets %s points, and who does not gets more", a, b);
	}
}

/* Choices: branches in their order. */
static void check_choice(struct check *c, const struct cb_node *n)
{
	size_t start = cb_is(n, "first") ? 0 : 1;
	bool taken = false, told = false;

	for (size_t i = start; i < n->nkid; i++) {
		const struct cb_node *br = n->kid[i];
		bool other = br->nkid == 1;
		size_t at = c->path.len;
		if (!start)
			enter(c, i + 1);
		else if (other)
			enter(c, 3);
		else
			cb_buf_printf(&c->path, "[2][%zu]", i);
		const struct cb_node *by = NULL;
		struct cb_ratio example = { 0, 0 };
		size_t taker = 0;
		if (taken && !told) {
			told = true;
			say(c, CB_SEV_ERROR, br->file, br->line, "take it out, or mend the condition above", "this branch is never reached: one above it is always true");
		} else if (!taken && !other && br->kid[0]->hi.n && shadowed(n, start, i, &by, &example, &taker)) {
			struct cb_buf words;
			cb_buf_init(&words);
			if (by) {
				char num[CB_NUM_TEXT];
				cb_node_text_vi(&words, c->rs, by);
				if (example.d && taker)
					cb_buf_printf(&words, "; %s, for example, goes to branch %zu", cb_fmt_ratio(num, sizeof(num), example), taker);
			}
			c->oom = c->oom || !cb_buf_ok(&words);
			say(c, CB_SEV_ERROR, br->file, br->line, "put the stricter condition first", "this branch is never reached: %s%s%s",
			    by ? "the branches above it already take every meeting that would (by " : "its condition already stands above it", by ? words.s : "",
			    by ? ")" : "");
			cb_buf_release(&words);
		}
		if (!other) {
			check_for(c, br->kid[0], br->line);
			if (br->kid[0]->lo.n)
				taken = true;
			else if (!br->kid[0]->hi.n && !compares(br->kid[0]))
				say(c, CB_SEV_ERROR, br->file, br->line, "mend its condition", "this branch is never reached: its condition is never true");
			if (compares(br->kid[0]) && !c->seen[br->kid[0]->id]) { /* at the branch's own line */
				c->seen[br->kid[0]->id] = 1;
				size_t in = enter(c, 1);
				check_measures(c, br->kid[0], br->file, br->line);
				check_condition_range(c, br->kid[0], br->file, br->line);
				leave(c, in);
				for (size_t k = 0; k < br->kid[0]->nkid; k++)
					check_node(c, br->kid[0]->kid[k]);
			} else {
				check_kid(c, br, 0, 1);
			}
		}
		check_kid(c, br, br->nkid - 1, br->nkid);
		leave(c, at);
	}
}

static void check_value(struct check *c, const struct cb_node *n)
{
	char a[CB_NUM_TEXT], m[CB_NUM_TEXT];

	if (!c->cr || c->cr->max <= 0 || n->kind != CB_POINTS)
		return;
	cb_pts max = c->cr->max, p = 0;
	if (cb_is_const(n) && cb_pts_from_ratio(&p, n->num) && p > max)
		say(c, CB_SEV_ERROR, n->file, n->line, "lower the points, or raise max", "%s points are given here, but the criterion's max is %s: the rest would be cut off",
		    pts(a, p), pts(m, max));
	if ((cb_is(n, "judged") || cb_is(n, "capped") || cb_is(n, "prorate")) && cb_pts_from_ratio(&p, n->num) && p > max)
		say(c, CB_SEV_ERROR, n->file, n->line, "lower it, or raise the criterion's max", "%s gives up to %s points, but the criterion's max is %s", n->form->name,
		    pts(a, p), pts(m, max));
}

static void check_node(struct check *c, const struct cb_node *n)
{
	if (cb_is_const(n)) {
		check_value(c, n);
		return;
	}
	if (c->seen[n->id])
		return;
	c->seen[n->id] = 1;
	check_value(c, n);
	if (cb_is_choice(n)) {
		if (!cb_is(n, "first")) {
			check_kid(c, n, 0, 1);
			check_order(c, n);
		}
		check_choice(c, n);
		return;
	}
	if (cb_is(n, "all") || cb_is(n, "any"))
		check_together(c, n);
	if (cb_is(n, "div") && whole_of(n->kid[1]) && mentions(n->kid[0], whole_of(n->kid[1])) && !mentions(n->kid[0], n->kid[1]->text))
		say(c, CB_SEV_WARNING, n->file, n->line, "the part stands before the /, the whole behind it", "%s is divided by %s, a part of it: nearly every meeting comes to more than 1",
		    whole_of(n->kid[1]), n->kid[1]->text);
	if (cb_is(n, "prorate") && (n->kid[0]->unit == CB_M_COUNT || n->kid[0]->unit == CB_M_MINUTES || n->kid[0]->unit == CB_M_DAYS || n->kid[0]->unit == CB_M_DATE))
		say(c, CB_SEV_ERROR, n->file, n->line, "divide by the whole: f.present / f.members; so many points each are per(f.opinions, 0.5)",
		    "prorate takes a share, not %s: 2 would already give more than everything", measure_name(n->kid[0]->unit));
	if (cb_is(n, "deduct") && n->num2.d && cb_ratio_cmp(n->num, n->num2) > 0)
		say(c, CB_SEV_ERROR, n->file, n->line, "deduct(quantity, points for each, points at most)", "each takes more points than may be taken in all: are the two numbers exchanged?");
	if (compares(n)) {
		check_measures(c, n, n->file, n->line);
		check_condition_range(c, n, n->file, n->line);
	}
	if ((cb_is(n, "add") || cb_is(n, "sub")) && n->unit == CB_M_OTHER && !agree(n->kid[0]->unit, n->kid[1]->unit))
		say(c, CB_SEV_WARNING, n->file, n->line, "compute with like things", "%s %s %s", measure_name(n->kid[0]->unit), cb_is(n, "add") ? "plus" : "minus",
		    measure_name(n->kid[1]->unit));
	for (size_t i = 0; i < n->nkid; i++) {
		bool condition = n->kid[i]->kind == CB_CONDITION && compares(n->kid[i]) && n->kind == CB_POINTS && !c->seen[n->kid[i]->id];
		if (condition) { /* a flag's comparison is told at the flag's own line */
			size_t at = enter(c, i + 1);
			c->seen[n->kid[i]->id] = 1;
			check_measures(c, n->kid[i], n->file, n->line);
			check_condition_range(c, n->kid[i], n->file, n->line);
			for (size_t k = 0; k < n->kid[i]->nkid; k++)
				check_node(c, n->kid[i]->kid[k]);
			leave(c, at);
		} else {
			check_kid(c, n, i, i + 1);
		}
	}
}

/* Does the expression give parts of a point, of itself (not because an assessor may)? */
static bool fractional(const struct cb_node *n, unsigned char *seen)
{
	cb_pts p;

	if (seen[n->id])
		return false;
	seen[n->id] = 1;
	if (n->kind == CB_POINTS && cb_is_const(n))
		return cb_pts_from_ratio(&p, n->num) && p % 1000;
	if (cb_is(n, "per") || cb_is(n, "deduct") || cb_is(n, "prorate"))
		return cb_is(n, "prorate") || n->num.d != 1;
	if (cb_is(n, "function"))
		return true;
	for (size_t i = 0; i < n->nkid; i++)
		if (fractional(n->kid[i], seen))
			return true;
	return false;
}

/* --- criteria and levels ------------------------------------------------------------------------------------------- */

static cb_pts clamp(struct cb_ratio r, cb_pts max, cb_pts without)
{
	if (!r.d)
		return without;
	int64_t v = cb_round_div(r.n, r.d, CB_ROUND_HALF_UP);
	return v < 0 ? 0 : v > max ? max : v;
}

static void ends(const struct cb_criterion *cr, cb_pts *lo, cb_pts *hi)
{
	*lo = clamp(cr->score->lo, cr->max, 0);
	*hi = clamp(cr->score->hi, cr->max, cr->max);
	if (cr->applies && cr->na != CB_NA_RESCALE) {
		cb_pts na = cr->na == CB_NA_FULL ? cr->max : cr->na_points;
		*lo = na < *lo ? na : *lo;
		*hi = na > *hi ? na : *hi;
	}
	if (cr->counts == CB_COUNTS_PENALTY) {
		cb_pts most = *hi;
		*hi = -*lo;
		*lo = -most;
	}
}

void cb_ruleset_range(const struct cb_ruleset *rs, cb_pts *lowest, cb_pts *highest)
{
	*lowest = *highest = 0;
	for (int up = 0; up < 2; up++) {
		/* What always counts, then criteria that may leave the scale, while leaving makes the total more extreme: a
		   total is sum / max of what applies, so each stays out exactly if its own share is on the other side. */
		__int128 sum = 0, max = 0;
		cb_pts off = 0;
		bool out[256] = { false };
		for (size_t i = 0; i < rs->ncriterion; i++) {
			const struct cb_criterion *cr = &rs->criterion[i];
			cb_pts lo, hi;
			if (cr->check)
				continue;
			ends(cr, &lo, &hi);
			if (cr->counts != CB_COUNTS_SCALE) {
				off += up ? hi : lo;
				continue;
			}
			sum += up ? hi : lo;
			max += cr->max;
		}
		for (bool moved = true; moved;) {
			moved = false;
			for (size_t i = 0; i < rs->ncriterion && i < 256; i++) {
				const struct cb_criterion *cr = &rs->criterion[i];
				cb_pts lo, hi;
				if (cr->check || out[i] || cr->counts != CB_COUNTS_SCALE || !cr->applies || cr->na != CB_NA_RESCALE || max <= cr->max)
					continue;
				ends(cr, &lo, &hi);
				__int128 v = up ? hi : lo;
				/* (sum - v) / (max - m) against sum / max */
				__int128 l = (sum - v) * max, r = sum * (max - cr->max);
				if (up ? l > r : l < r) {
					out[i] = moved = true;
					sum -= v;
					max -= cr->max;
				}
			}
		}
		cb_pts total = max > 0 ? (cb_pts)cb_round_div(sum * rs->scale, max, up ? CB_ROUND_UP : CB_ROUND_DOWN) : 0;
		total = total + off > rs->ceiling ? rs->ceiling : total + off < 0 ? 0 : total + off;
		if (rs->total_round != CB_ROUND_NONE && rs->total_step > 0)
			total = cb_round_div(total, rs->total_step, rs->total_round) * rs->total_step;
		*(up ? highest : lowest) = total;
	}
}

static void check_criterion(struct check *c, size_t i)
{
	const struct cb_ruleset *rs = c->rs;
	const struct cb_criterion *cr = &rs->criterion[i];
	char a[CB_NUM_TEXT], m[CB_NUM_TEXT];
	const struct cb_node *root = cr->score ? cr->score : cr->check;
	size_t at = c->path.len;

	c->cr = cr;
	cb_buf_printf(&c->path, "criteria[%zu]", i + 1);
	size_t in = c->path.len;
	if (cr->applies) {
		cb_buf_puts(&c->path, ".applies");
		check_node(c, cr->applies);
		if (cr->applies->lo.n == cr->applies->hi.n && !compares(cr->applies))
			say(c, CB_SEV_ERROR, root->file, cr->line, "mend the condition, or leave applies out", "criterion %s %s applies", cr->id,
			    cr->applies->lo.n ? "always" : "never");
		leave(c, in);
	}
	if (cr->applies) {
		cb_buf_puts(&c->path, ".applies");
		check_for(c, cr->applies, cr->applies->line);
		leave(c, in);
	}
	cb_buf_puts(&c->path, cr->score ? ".score" : ".check");
	memset(c->seen, 0, rs->nnode);
	check_node(c, root);
	if (cr->score && !cr->is_function) {
		struct cb_ratio lo = cr->score->lo, hi = cr->score->hi;
		if (cr->counts == CB_COUNTS_PENALTY && hi.d && hi.n <= 0) {
			say(c, CB_SEV_ERROR, root->file, cr->line, "write what is taken off as points above 0: per(x, 0.5), not per(x, -0.5)",
			    "penalty %s never takes anything off: its points are %s", cr->id, lo.d && lo.n < 0 ? "below 0, and a penalty is subtracted already" : "0");
			lo = (struct cb_ratio){ 0, 0 };
		} else if (hi.d && cb_ratio_cmp(hi, (struct cb_ratio){ cr->max, 1 }) < 0)
			say(c, CB_SEV_ERROR, root->file, cr->line, "raise the best branch, or lower max", "criterion %s gives at most %s of its %s points: nobody can get full marks",
			    cr->id, pts(a, clamp(hi, cr->max, 0)), pts(m, cr->max));
		else if (hi.d && cb_is(cr->score, "sum") && cb_ratio_cmp(hi, (struct cb_ratio){ cr->max, 1 }) > 0)
			say(c, CB_SEV_NOTE, root->file, cr->line, NULL, "the parts of criterion %s add up to %s points; what is above its max of %s is cut off", cr->id,
			    pts(a, cb_round_div(hi.n, hi.d, CB_ROUND_DOWN)), pts(m, cr->max));
		if (lo.d && lo.n < 0 && cb_ratio_cmp(lo, (struct cb_ratio){ -cr->max, 1 }) < 0)
			say(c, CB_SEV_NOTE, root->file, cr->line, NULL, "criterion %s can go far below 0 points; below 0 counts as 0", cr->id);
		else if (lo.d && lo.n < 0)
			say(c, CB_SEV_NOTE, root->file, cr->line, NULL, "criterion %s can go down to %s points; below 0 counts as 0", cr->id,
			    pts(a, cb_round_div(lo.n, lo.d, CB_ROUND_UP)));
		if (lo.d && hi.d && cb_ratio_cmp(lo, hi) == 0)
			say(c, CB_SEV_WARNING, root->file, cr->line, NULL, "criterion %s gives every meeting the same %s points", cr->id,
			    pts(a, clamp(hi, cr->max, 0)));
	}
	leave(c, in);
	if (!cr->article && !cr->note && rs->status && strcmp(rs->status, "transcribed") == 0) {
		cb_buf_puts(&c->path, ".article");
		say(c, CB_SEV_WARNING, root->file, cr->line, "add article = \"...\", or note = why there is none", "criterion %s names no article of the regulation", cr->id);
	}
	for (size_t k = 0; k < i && cr->label; k++)
		if (rs->criterion[k].label && cb_fold_equal(cr->label, rs->criterion[k].label) && (!cr->group || !rs->criterion[k].group || strcmp(cr->group, rs->criterion[k].group) == 0)) {
			cb_buf_puts(&c->path, ".label");
			say(c, CB_SEV_WARNING, root->file, cr->line, "give each its own label", "criteria %s and %s are both labelled \"%s\": on the sheet nobody can tell them apart",
			    rs->criterion[k].id, cr->id, cr->label);
			break;
		}
	leave(c, at);
	c->cr = NULL;
}

static void check_levels(struct check *c)
{
	const struct cb_ruleset *rs = c->rs;
	cb_pts lowest, highest;
	char a[CB_NUM_TEXT], b[CB_NUM_TEXT];
	size_t at = c->path.len;

	if (rs->rating || !rs->nlevel || rs->scale == 0)
		return;
	cb_ruleset_range(rs, &lowest, &highest);
	for (size_t i = 0; i < rs->nlevel; i++) {
		const struct cb_level_def *l = &rs->level[i];
		bool by_gate = false;
		for (size_t g = 0; g < rs->ngate; g++)
			by_gate = by_gate || rs->gate[g].at_most == (int)i || rs->gate[g].level == (int)i - 1;
		cb_buf_printf(&c->path, "levels[%zu]", i + 1);
		if (l->at_least > highest)
			say(c, CB_SEV_ERROR, l->file, l->line, "lower the threshold, or mend the maxima of the criteria",
			    "nobody can get %s: it begins at %s points, and no meeting gets more than %s", l->id, pts(a, l->at_least), pts(b, highest));
		else if (i > 0 && lowest >= rs->level[i - 1].at_least && !by_gate)
			say(c, CB_SEV_WARNING, l->file, l->line, NULL, "nobody can fall to %s: even the lowest total, %s points, is %s", l->id, pts(a, lowest), rs->level[i - 1].id);
		leave(c, at);
	}
	/* a table of 100 that does not add up */
	if (rs->scale != CB_PTS(100) && rs->level[0].at_least >= CB_PTS(80) && rs->level[0].at_least <= CB_PTS(100)) {
		cb_buf_puts(&c->path, "criteria");
		say(c, CB_SEV_WARNING, rs->level[0].file, rs->level[0].line, "check the maxima", "the maxima add up to %s, while the levels look like a scale of 100", pts(a, rs->scale));
		leave(c, at);
	}
	/* whole thresholds, broken totals: where does 89,5 belong? */
	bool whole = true, broken = false;
	for (size_t i = 0; i < rs->nlevel; i++)
		whole = whole && rs->level[i].at_least % 1000 == 0;
	memset(c->seen, 0, rs->nnode);
	for (size_t i = 0; i < rs->ncriterion; i++)
		if (rs->criterion[i].score)
			broken = fractional(rs->criterion[i].score, c->seen) || broken;
	if (whole && broken && rs->total_round == CB_ROUND_NONE && rs->nlevel > 1) {
		cb_buf_puts(&c->path, "total");
		say(c, CB_SEV_NOTE, rs->level[0].file, rs->level[0].line, "where the regulation counts whole points, add total = whole \"half_up\" (or \"down\")",
		    "totals can have parts of a point: %s counts as %s, because totals are exact", pts(a, rs->level[0].at_least - 500), rs->level[1].id);
		leave(c, at);
	}
}

static void check_gates(struct check *c)
{
	const struct cb_ruleset *rs = c->rs;
	size_t at = c->path.len;

	for (size_t g = 0; g < rs->ngate; g++) {
		const struct cb_node *n = rs->gate[g].needs ? rs->gate[g].needs : rs->gate[g].when;
		cb_buf_printf(&c->path, "gates[%zu].%s", g + 1, rs->gate[g].needs ? "needs" : "when");
		check_node(c, n);
		check_for(c, n, rs->gate[g].line);
		if (rs->gate[g].at_most == 0 && own_file(c, n->file))
			say(c, CB_SEV_ERROR, n->file, rs->gate[g].line, "name the best level that is still open: at_most = \"...\"", "this gate never holds anything back: \"%s\" is the best level there is",
			    rs->level[0].id);
		if (n->lo.n == n->hi.n && !compares(n))
			say(c, CB_SEV_ERROR, n->file, rs->gate[g].line, "mend its condition", "this gate %s", (n->lo.n != 0) == (rs->gate[g].when != NULL) ?
			    "holds every meeting back" : "never holds anything back");
		leave(c, at);
	}
}

/* More months than the period has. */
static void check_months(struct check *c, const struct cb_node *n, int months)
{
	const struct cb_node *q = n->nkid ? n->kid[0] : NULL;

	if (compares(n) && cb_is(q, "agg") && CB_AGG_OF(q) == CB_OF_MONTHS && q->unit == CB_M_COUNT && cb_is_const(n->kid[1]) && CB_AGG_WHAT(q) != CB_AGG_SUM &&
	    CB_AGG_WHAT(q) != CB_AGG_MEAN && CB_AGG_WHAT(q) != CB_AGG_LEAST && CB_AGG_WHAT(q) != CB_AGG_GREATEST) {
		char num[CB_NUM_TEXT];
		int at = cb_ratio_cmp(n->kid[1]->num, (struct cb_ratio){ months, 1 });
		cb_fmt_ratio(num, sizeof(num), n->kid[1]->num);
		if (at > 0 || (at == 0 && cb_is(n, "gt")))
			say(c, CB_SEV_ERROR, n->file, n->line, "mend the number", "months are compared with %s, but this period has only %d", num, months);
	}
	for (size_t i = 0; i < n->nkid; i++)
		check_months(c, n->kid[i], months);
}

static void check_periods(struct check *c)
{
	static const int months[] = { [CB_QUARTER] = 3, [CB_HALF] = 6, [CB_NINE_MONTHS] = 9, [CB_YEAR] = 12 };
	static const char *const name[] = { [CB_QUARTER] = "quarter", [CB_HALF] = "half", [CB_NINE_MONTHS] = "nine_months", [CB_YEAR] = "year" };
	const struct cb_ruleset *rs = c->rs;
	size_t at = c->path.len;

	for (int i = CB_QUARTER; i <= CB_YEAR; i++)
		if (rs->period[i].level) {
			cb_buf_printf(&c->path, "periods.%s", name[i]);
			check_node(c, rs->period[i].level);
			check_months(c, rs->period[i].level, months[i]);
			if (rs->for_kinds == 1u << CB_THEMATIC && own_file(c, rs->period[i].level->file))
				say(c, CB_SEV_WARNING, rs->period[i].level->file, rs->period[i].line, "put it into the ruleset for regular meetings",
				    "this rule is never asked: the ruleset for regular meetings decides the %s", name[i]);
			leave(c, at);
		}
	for (size_t i = 0; i < rs->nrank; i++) {
		cb_buf_printf(&c->path, "ranking.by[%zu]", i + 1);
		check_node(c, rs->rank[i].value);
		leave(c, at);
	}
}

int cb_ruleset_check(const struct cb_ruleset *rs, struct cb_diags *diags, struct cb_err *err)
{
	struct check c = { .rs = rs, .diags = diags };

	c.seen = cb_calloc(rs->nnode + 1, 1);
	if (!c.seen)
		return cb_err_nomem(err);
	cb_buf_init(&c.path);
	for (size_t i = 0; i < rs->nnode && !c.file; i++)
		c.file = rs->node[i]->file;
	if (rs->base && rs->nsrc)
		c.own = rs->src[rs->nsrc - 1].path;
	for (size_t i = 0; i < rs->ncriterion; i++)
		check_criterion(&c, i);
	check_levels(&c);
	memset(c.seen, 0, rs->nnode);
	check_gates(&c);
	if (rs->rating) {
		cb_buf_puts(&c.path, "rating");
		check_node(&c, rs->rating);
		leave(&c, 0);
	}
	memset(c.seen, 0, rs->nnode);
	check_periods(&c);
	cb_buf_release(&c.path);
	cb_free(c.seen);
	if (c.oom)
		return cb_err_nomem(err);
	return c.errors ? cb_err_set(err, CB_EDATA, "%s: %zu mistake%s", rs->id, c.errors, c.errors == 1 ? "" : "s") : 0;
}
