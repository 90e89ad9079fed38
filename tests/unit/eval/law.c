/*
 * Period rules and ranking keys against a second evaluator, slow and plain, that walks the declared trees over its own
 * notes of what was put into the record: random months (missed, exempt, postponed, unrated, several meetings, thematic ones,
 * decisions), cells that begin, end and move, two rulesets in the year, random rules. And against trial.c, which runs the
 * cases of packs. CB_PROPERTY_SEED chooses others.
 */
#include "tests/unit/eval/office.h"

#include "eval/period.h"
#include "eval/trial.h"

static uint64_t seed;

static int upto(int n) /* 0..n-1 */
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (int)((seed * 0x2545f4914f6cdd1du >> 33) % (uint64_t)n);
}
#define PICK(list) ((list)[upto((int)(sizeof(list) / sizeof((list)[0])))])

/* --- notes of the record ---------------------------------------------------------------------------------------- */

#define CELLS 40
#define YEAR_DAYS 366 /* 2020 */
enum { MISSING_LEVEL = -1 };

struct met {
	int on;              /* day of the year, 0.. */
	bool thematic;
	int level;           /* official; -1 */
	int score;           /* -1: none */
	int present;         /* of 20; -1: not reported */
};
struct cell {
	char code[8];
	int from, to;        /* days of the year that it lived */
	int moved;           /* first day elsewhere; YEAR_DAYS: never */
	struct met met[40]; int nmet;
	char month[12];      /* 'm' missed, 'e' exempt, 'p' postponed as the record says; 0: nothing said */
};
static struct cell cells[CELLS];
static cb_day first_day;
static int horizon;

static int month_of_day(int d)
{
	static const int end[] = { 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335, 366 };
	int m = 0;

	while (d >= end[m])
		m++;
	return m;
}
static int month_start(int m)
{
	int d = 0;

	while (month_of_day(d) < m)
		d++;
	return d;
}

/* --- random rules ------------------------------------------------------------------------------------------------- */

static const char *const LEVELS[] = { "tot", "kha", "trung_binh", "kem" };
static bool asks_facts, asks_meetings;

static tree inner_condition(int depth)
{
	static const char *const op[] = { "level_ge", "level_gt", "level_le", "level_lt", "level_eq", "level_ne" };

	switch (depth > 0 ? upto(8) : upto(4)) {
	case 4:
		asks_facts = true;
		return OP("ge", OP("div", FACT("present"), FACT("members")), frac(1 + upto(20), 20));
	case 5: return OP("any", inner_condition(depth - 1), inner_condition(depth - 1));
	case 6: return OP("all", inner_condition(depth - 1), inner_condition(depth - 1));
	case 7: return OP("no", inner_condition(depth - 1));
	default: return OP(PICK(op), txt(PICK(LEVELS)));
	}
}

static tree inner_quantity(void)
{
	if (upto(2))
		return txt("score");
	asks_facts = true;
	return upto(2) ? FACT("present") : OP("div", FACT("present"), FACT("members"));
}

static tree collection(void)
{
	if (upto(3))
		return txt("months");
	asks_meetings = true;
	return txt("meetings");
}

static tree quantity(int depth)
{
	static const char *const over[] = { "mean", "sum", "least", "greatest" };

	switch (depth > 0 ? upto(9) : upto(6)) {
	case 0: return OP("agg", txt("months"), txt("missed"));
	case 1: return OP("agg", collection(), txt("number"));
	case 2: return OP("agg", collection(), txt("count"), inner_condition(2));
	case 3: return OP("agg", collection(), txt("share"), inner_condition(2));
	case 4:
	case 5: return OP("agg", collection(), txt(PICK(over)), inner_quantity());
	case 6: return OP("add", OP("agg", collection(), txt("count"), inner_condition(1)), OP("agg", txt("months"), txt("missed")));
	case 7: return OP("div", OP("agg", collection(), txt("count"), inner_condition(1)), OP("agg", collection(), txt("number")));
	default: return OP(upto(2) ? "least" : "greatest", OP("agg", collection(), txt("count"), inner_condition(1)), num(1 + upto(5)));
	}
}

static tree condition(int depth)
{
	static const char *const cmp[] = { "ge", "gt", "le", "lt", "eq", "ne" };

	switch (depth > 0 ? upto(8) : upto(5)) {
	case 0:
	case 1: return OP("every", collection(), inner_condition(2));
	case 5: return OP("any", condition(depth - 1), condition(depth - 1));
	case 6: return OP("all", condition(depth - 1), condition(depth - 1));
	case 7: return OP("no", condition(depth - 1));
	default: return OP(PICK(cmp), quantity(1), upto(3) ? num(upto(8)) : frac(1 + upto(8), 3));
	}
}

static tree rule(void)
{
	return OP("first", LIST(condition(2), txt("tot")), LIST(condition(2), txt("kha")), LIST(condition(1), txt("trung_binh")), OP("otherwise", txt("kem")));
}

/* --- the plain evaluator ------------------------------------------------------------------------------------------ */

struct R { bool have; int64_t n, d; };
enum tri { NO, YES, MAYBE };

/* What one rule looks at. */
struct scene {
	const struct met *month[12]; int nmonth; /* NULL: missed and counted as the worst level */
	const struct met *meeting[40]; int nmeeting;
	int missed;
};

static struct R r_(int64_t n, int64_t d)
{
	struct cb_ratio r = cb_ratio_make(n, d);

	return (struct R){ true, r.n, r.d };
}
static const struct R nil = { false, 0, 1 };
static int r_cmp(struct R a, struct R b)
{
	__int128 x = (__int128)a.n * b.d, y = (__int128)b.n * a.d;

	return x < y ? -1 : x > y;
}
static struct R r_add(struct R a, struct R b) { return r_(a.n * b.d + b.n * a.d, a.d * b.d); }

static bool is(tree t, const char *op) { return t->op && strcmp(t->op, op) == 0; }

static int level_index(const char *id)
{
	int i = 0;

	while (strcmp(LEVELS[i], id) != 0)
		i++;
	return i;
}

static bool compared(const char *op, int c)
{
	return strcmp(op, "ge") == 0 ? c >= 0 : strcmp(op, "gt") == 0 ? c > 0 : strcmp(op, "le") == 0 ? c <= 0 : strcmp(op, "lt") == 0 ? c < 0 :
	       strcmp(op, "eq") == 0 ? c == 0 : c != 0;
}

static struct R plain_q(const struct scene *s, const struct met *m, tree t);

static enum tri plain_c(const struct scene *s, const struct met *m, tree t)
{
	if (is(t, "no")) {
		enum tri k = plain_c(s, m, t->item[0]);
		return k == MAYBE ? MAYBE : k == YES ? NO : YES;
	}
	if (is(t, "any") || is(t, "all")) {
		enum tri decides = is(t, "any") ? YES : NO, k = decides == YES ? NO : YES;
		for (size_t i = 0; i < t->nitem; i++) {
			enum tri x = plain_c(s, m, t->item[i]);
			if (x == decides)
				return decides;
			k = x == MAYBE ? MAYBE : k;
		}
		return k;
	}
	if (t->op && strncmp(t->op, "level_", 6) == 0) { /* better is greater */
		int level = m ? m->level : 3;
		return level < 0 ? MAYBE : compared(t->op + 6, level_index(t->item[0]->text) - level) ? YES : NO;
	}
	if (is(t, "every")) {
		bool months = strcmp(t->item[0]->text, "months") == 0, maybe = false;
		int n = months ? s->nmonth : s->nmeeting;
		for (int i = 0; i < n; i++) {
			enum tri x = plain_c(s, months ? s->month[i] : s->meeting[i], t->item[1]);
			if (x == NO)
				return NO;
			maybe = maybe || x == MAYBE;
		}
		return maybe || n == 0 ? MAYBE : YES;
	}
	struct R a = plain_q(s, m, t->item[0]), b = plain_q(s, m, t->item[1]);
	return !a.have || !b.have ? MAYBE : compared(t->op, r_cmp(a, b)) ? YES : NO;
}

static struct R plain_agg(const struct scene *s, tree t)
{
	bool months = strcmp(t->item[0]->text, "months") == 0;
	const char *what = t->item[1]->text;
	int n = months ? s->nmonth : s->nmeeting, yes = 0, absent = 0, valued = 0;
	struct R sum = r_(0, 1), least = nil, greatest = nil;

	if (strcmp(what, "missed") == 0)
		return r_(s->missed, 1);
	if (strcmp(what, "number") == 0)
		return r_(n, 1);
	for (int i = 0; i < n; i++) {
		const struct met *m = months ? s->month[i] : s->meeting[i];
		tree of = t->item[2];
		if (strcmp(what, "count") == 0 || strcmp(what, "share") == 0) {
			enum tri k = plain_c(s, m, of);
			absent += k == MAYBE;
			yes += k == YES;
			continue;
		}
		struct R v = of->type == CB_T_TEXT ? (m && m->score >= 0 ? r_(m->score, 1) : nil) : plain_q(s, m, of);
		if (!v.have) {
			absent++;
			continue;
		}
		sum = r_add(sum, v);
		if (!valued || r_cmp(v, least) < 0)
			least = v;
		if (!valued || r_cmp(v, greatest) > 0)
			greatest = v;
		valued++;
	}
	if (strcmp(what, "count") == 0)
		return absent ? nil : r_(yes, 1);
	if (strcmp(what, "share") == 0)
		return absent || n == 0 ? nil : r_(yes, n);
	if (strcmp(what, "sum") == 0)
		return absent ? nil : sum;
	if (strcmp(what, "mean") == 0)
		return valued ? r_(sum.n, sum.d * valued) : nil;
	return strcmp(what, "least") == 0 ? least : greatest;
}

static struct R plain_q(const struct scene *s, const struct met *m, tree t)
{
	if (t->type == CB_T_NUMBER)
		return r_(t->number.n, t->number.d);
	if (is(t, "fact")) {
		if (!m)
			return nil;
		return strcmp(t->item[0]->text, "members") == 0 ? r_(20, 1) : m->present >= 0 ? r_(m->present, 1) : nil;
	}
	if (is(t, "agg"))
		return plain_agg(s, t);
	struct R a = plain_q(s, m, t->item[0]), b = plain_q(s, m, t->item[1]);
	if (!a.have || !b.have)
		return nil;
	if (is(t, "add"))
		return r_add(a, b);
	if (is(t, "div"))
		return b.n == 0 ? nil : r_(a.n * b.d, a.d * b.n);
	return (r_cmp(a, b) < 0) == is(t, "least") ? a : b;
}

static int plain_rule(const struct scene *s, tree t)
{
	for (size_t i = 0; i + 1 < t->nitem; i++) {
		enum tri k = plain_c(s, NULL, t->item[i]->item[0]);
		if (k == MAYBE)
			return -1;
		if (k == YES)
			return level_index(t->item[i]->item[1]->text);
	}
	return level_index(t->item[t->nitem - 1]->item[0]->text);
}

/* --- one record against both -------------------------------------------------------------------------------------- */

struct world {
	tree rule[3][CB_YEAR + 1], key[3][2];
	int missed[3]; /* 0 ignored, 1 counts as the worst, 2 refuse */
	bool plain[3][CB_YEAR + 1]; /* asks neither facts nor single meetings: trial.c can say the same */
};
static struct world world;

static const struct met *stands(const struct cell *c, int month, int from, int to)
{
	const struct met *best = NULL;

	for (int i = 0; i < c->nmet; i++) {
		const struct met *m = &c->met[i];
		if (m->thematic || month_of_day(m->on) != month || m->on < from || m->on > to)
			continue;
		/* the lowest level; one without a level only where there is nothing else */
		if (!best || (best->level < 0 && m->level >= 0) || (m->level >= 0 && m->level > best->level))
			best = m;
	}
	return best;
}

/* The law that rules the cell on a day: 0 until June and 1 from July in the old province, 2 in the new one. */
static int law_on(const struct cell *c, int on)
{
	return on >= c->moved ? 2 : on < month_start(6) ? 0 : 1;
}

static long levels_seen, unrated_seen, trials, keys_seen, refused;

static void check_cell(const struct cb_unit_period *u, const struct cell *c, const struct cb_ruleset *const *rs, const struct cb_period *p)
{
	int from = p->from - first_day, to = p->to - first_day;
	int law = law_on(c, c->to < to ? c->to : to), want;
	struct scene s = { .nmonth = 0 };
	struct cb_trial_month trial[12];
	int ntrial = 0, level = -1;

	for (int m = month_of_day(from); m <= month_of_day(to); m++) {
		int start = month_start(m), end = m == 11 ? YEAR_DAYS - 1 : month_start(m + 1) - 1;
		const struct met *x = stands(c, m, from, to);
		if (c->to < start || c->from > end)
			continue;
		if (x) {
			s.month[s.nmonth++] = x;
			trial[ntrial++] = (struct cb_trial_month){ x->level < 0 ? CB_TRIAL_UNRATED : x->level,
								   x->score < 0 ? (struct cb_ratio){ 0, 0 } : cb_ratio_make(x->score, 1) };
		} else if (c->month[m] == 'e' || c->month[m] == 'p') {
			trial[ntrial++] = (struct cb_trial_month){ CB_TRIAL_EXEMPT, { 0, 0 } };
		} else if (end <= horizon) {
			s.missed++;
			if (world.missed[law] == 1)
				s.month[s.nmonth++] = NULL;
			trial[ntrial++] = (struct cb_trial_month){ CB_TRIAL_MISSED, { 0, 0 } };
		}
	}
	for (int i = 0; i < c->nmet; i++)
		if (c->met[i].on >= from && c->met[i].on <= to)
			s.meeting[s.nmeeting++] = &c->met[i];
	assert_ptr_equal(u->rs, rs[law]);
	assert_int_equal(u->months_missed, s.missed);
	want = world.missed[law] == 2 && s.missed ? -1 : plain_rule(&s, world.rule[law][p->kind]);
	refused += world.missed[law] == 2 && s.missed;
	if (u->level != want)
		fail_msg("%s in %d..%d under %s: %d, the plain evaluator says %d (%s)", c->code, from, to, u->rs->id, u->level, want, u->why);
	*(want < 0 ? &unrated_seen : &levels_seen) += 1;
	if (world.plain[law][p->kind]) {
		OK(cb_trial_period(&level, rs[law], p->kind, trial, (size_t)ntrial, NULL, NULL, &office_err));
		assert_int_equal(level, want);
		trials++;
	}
	for (int k = 0; k < 2; k++) {
		struct R r = plain_q(&s, NULL, world.key[law][k]);
		if (r.have != (u->key[k].d != 0) || (r.have && (r.n != u->key[k].n || r.d != u->key[k].d)))
			fail_msg("%s in %d..%d under %s, key %d: %lld/%lld, the plain evaluator says %lld/%lld", c->code, from, to, u->rs->id, k,
				 (long long)u->key[k].n, (long long)u->key[k].d, (long long)r.n, r.have ? (long long)r.d : 0LL);
		keys_seen += r.have;
	}
}

static void iso(char dst[static 16], int d)
{
	char s[11];

	snprintf(dst, 16, "%s", cb_day_iso(s, first_day + d));
}

static void fill_cell(struct cb_store *st, struct cell *c, int nth)
{
	static const int score[] = { 100, 100, 80, 80, 60, 30, -1 };
	static const char *const status[] = { "missed", "exempt", "postponed" };
	char from[16], to[16];
	enum cb_put what;

	memset(c, 0, sizeof(*c));
	snprintf(c->code, sizeof(c->code), "z%02d", nth);
	c->from = upto(3) ? 0 : upto(200);
	c->to = upto(3) ? YEAR_DAYS - 1 : c->from + upto(YEAR_DAYS - c->from);
	c->moved = upto(3) ? YEAR_DAYS : month_start(6) + upto(60);
	if (c->moved <= c->from || c->moved > c->to)
		c->moved = YEAR_DAYS;
	iso(from, c->from);
	iso(to, c->moved < YEAR_DAYS ? c->moved - 1 : c->to);
	unit_from(st, c->code, c->code, CB_UNIT_BASE_CELL, "khoi", NULL, from, to);
	if (c->moved < YEAR_DAYS) {
		iso(from, c->moved);
		iso(to, c->to);
		unit_from(st, c->code, c->code, CB_UNIT_BASE_CELL, "tinh_moi", NULL, from, to);
	}
	for (int m = 0; m < 12; m++) {
		int start = month_start(m), end = m == 11 ? YEAR_DAYS - 1 : month_start(m + 1) - 1, n = upto(6);
		struct cb_period month;

		start = start < c->from ? c->from : start;
		end = end > c->to ? c->to : end;
		if (start > end)
			continue;
		if (upto(4) == 0) {
			int k = upto(3);
			cb_month_of(&month, first_day + start);
			OK(cb_store_month_put(st, unit_id(st, c->code), month.from, status[k], "ví dụ", &what, &office_err));
			c->month[m] = status[k][0];
		}
		n = n == 0 ? 0 : n == 5 ? 2 : 1;
		for (int i = 0; i < n && start + i <= end && start + i <= horizon; i++) {
			struct met *x = &c->met[c->nmet++];
			int sc = PICK(score);
			char on[16];
			int64_t id;

			*x = (struct met){ .on = start + i, .thematic = upto(8) == 0, .score = sc, .present = sc == 30 ? 10 : sc < 0 ? -1 : 20 };
			x->level = sc == 100 ? 0 : sc == 80 ? 1 : sc == 60 ? 2 : sc == 30 ? 3 : -1;
			iso(on, x->on);
			id = meet(st, c->code, on, x->thematic ? CB_THEMATIC : upto(5) ? CB_REGULAR : CB_COMBINED, 20, x->present, sc == 60 ? 89 : 90,
				  sc == 100 || sc < 0 ? 10 : sc == 30 ? 1 : 7, 1);
			if (x->thematic) /* no table for these */
				x->level = x->score = -1;
			if (upto(10) == 0) {
				struct cb_decision d = { .meeting_id = id, .votes_for = -1, .votes_total = -1, .decided_on = CB_DAY_NONE };
				x->level = upto(4);
				d.official = LEVELS[x->level];
				OK(cb_store_decision_put(st, &d, &what, &office_err));
			}
		}
	}
}

static const char *const POLICY[] = { "ignored", "counts_as_worst", "refuse" };

static struct cb_ruleset *random_law(struct cb_store *st, struct law l, int nth)
{
	world.missed[nth] = upto(3);
	for (int k = CB_QUARTER; k <= CB_YEAR; k++) {
		asks_facts = asks_meetings = false;
		world.rule[nth][k] = rule();
		world.plain[nth][k] = !asks_facts && !asks_meetings;
	}
	for (int k = 0; k < 2; k++)
		world.key[nth][k] = quantity(1);
	l.periods = with(nothing(NULL), "quarter", world.rule[nth][CB_QUARTER], "half", world.rule[nth][CB_HALF], "nine_months",
			 world.rule[nth][CB_NINE_MONTHS], "year", world.rule[nth][CB_YEAR], "missed_month", txt(POLICY[world.missed[nth]]), NULL);
	l.ranking = with(nothing(NULL), "within", txt("all"), "by",
			 LIST(with(OP("key", world.key[nth][0]), "down", yes(true), NULL), with(OP("key", world.key[nth][1]), "down", yes(false), NULL)), NULL);
	return build(st, &l);
}

static void every_period_of_every_cell_is_what_the_plain_evaluator_says(void **state)
{
	static const char *const when[] = { "2020-Q1", "2020-Q2", "2020-Q3", "2020-Q4", "2020-H1", "2020-H2", "2020-9M", "2020" };
	const char *first = getenv("CB_PROPERTY_SEED");
	uint64_t start = first ? strtoull(first, NULL, 10) : 20200301;

	(void)state;
	for (uint64_t round = 0; round < 12; round++) {
		struct cb_store *st = office_open();
		struct cb_ruleset *rs[3];
		struct cb_rulebook *book;
		struct cb_run_opts o = { .today = 0 };
		struct cb_run_stats stats;

		seed = (start + round) * 0x9e3779b97f4a7c15u | 1;
		first_day = day("2020-01-01");
		for (int i = 0; i < 8; i++)
			upto(2); /* neighbouring seeds begin alike */
		horizon = upto(3) ? YEAR_DAYS - 1 : 150 + upto(200);
		o.today = first_day + horizon;
		OK(cb_store_begin(st, &office_err));
		unit_from(st, "tinh_moi", "Đảng bộ tỉnh mới (ví dụ)", CB_UNIT_PROVINCE, NULL, NULL, NULL, NULL);
		for (int i = 0; i < CELLS; i++)
			fill_cell(st, &cells[i], i);
		OK(cb_store_commit(st, &office_err));
		for (int again = 0; again < 12; again++) {
			rs[0] = random_law(st, (struct law){ .id = "cu.mot", .issuer = "tinh", .from = "2020-01-01", .to = "2020-06-30" }, 0);
			rs[1] = random_law(st, (struct law){ .id = "moi.mot", .issuer = "tinh", .from = "2020-07-01" }, 1);
			rs[2] = random_law(st, (struct law){ .id = "noi.moi", .issuer = "tinh_moi", .from = "2020-01-01" }, 2);
			book = book_of(rs, 3);
			if (again == 0)
				OK(cb_run(&stats, st, book, &o, NULL, &office_err));
			for (size_t w = 0; w < sizeof(when) / sizeof(when[0]); w++) {
				struct cb_period p = period(when[w]);
				struct cb_period_opts po = { .within = -1, .rank = true };
				struct cb_periods *all;
				int lived = 0;

				OK(cb_periods_new(&all, st, book, &p, &po, &office_err));
				for (size_t i = 0; i < all->nunit; i++)
					for (int k = 0; k < CELLS; k++)
						if (strcmp(all->unit[i].code, cells[k].code) == 0) {
							check_cell(&all->unit[i], &cells[k], (const struct cb_ruleset *const *)rs, &p);
							lived++;
						}
				for (int k = 0; k < CELLS; k++)
					lived -= cells[k].from <= p.to - first_day && cells[k].to >= p.from - first_day;
				assert_int_equal(lived, 0);
				cb_periods_free(all);
			}
			cb_rulebook_free(book);
		}
		office_close(st);
	}
	print_message("%ld levels, %ld times none (%ld refused for a missed month), %ld ranking keys; %ld the same as a case\n", levels_seen, unrated_seen,
		      refused, keys_seen, trials);
	assert_true(levels_seen > 10000 && unrated_seen > 3000 && refused > 500 && keys_seen > 20000 && trials > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_period_of_every_cell_is_what_the_plain_evaluator_says),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
