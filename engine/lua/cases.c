/*
 * cases.c - a pack's own cases: facts in, points, level and reasons out; see cb_pack_test in pack.h.
 *
 * A case file is plain Lua that returns a list; it runs in a sandbox of its own without the rule language. Each case
 * becomes one lane of one batch, is evaluated as a meeting is, and what differs from `expect` is one finding with the case's
 * line, its name, every difference, and the sheet that came out.
 */
#include <lua.h>
#include <stdio.h>
#include <string.h>
#include "base/alloc.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/date.h"
#include "eval/eval.h"
#include "eval/trial.h"
#include "lua/build.h"
#include "lua/pack.h"
#include "lua/cases_int.h"
#include "lua/pack_int.h"
#include "lua/sandbox.h"
#include "lua/scan.h"
#include "model/unit.h"

#define DIFF_MAX 700

struct test {
	const struct cb_ruleset *rs;
	struct cb_facts *dict;
	struct cb_eval *ev;
	struct cb_diags *diags;
	struct cb_case_stats *stats;
	struct cb_arena arena;
	const struct cb_case_hook *hook; /* NULL: none */
	/* of the current case */
	const struct cb_tree *at;
	const char *name;
	bool bad;               /* the case itself is wrong */
	int64_t *fact;          /* [dict] */
	unsigned char *have;
	int64_t *value;         /* [ninput] */
	unsigned char *present;
	bool *noted;            /* [ncriterion] */
	bool meeting_noted;
	const int64_t **values;
	const unsigned char **haves;
};

static void wrong(struct test *t, const struct cb_tree *where, const char *path, const char *mend, const char *what)
{
	cb_diags_addf(t->diags, CB_SEV_ERROR, t->at->file, where && where->line ? where->line : t->at->line, 0, path, mend, "case \"%s\": %s",
		      t->name, what);
	t->bad = true;
}

static int line_of(const struct cb_tree *t, const char *name)
{
	for (size_t i = 0; t && i < t->nfield; i++)
		if (!strcmp(t->field[i].name, name))
			return t->field[i].line;
	return 0;
}

/* Unknown names of a table: every one is told, with the nearest. */
static void only(struct test *t, const struct cb_tree *table, const char *path, const char *const *names, size_t n)
{
	for (size_t i = 0; i < table->nfield; i++) {
		bool known = false;
		for (size_t k = 0; k < n; k++)
			known |= !strcmp(names[k], table->field[i].name);
		if (known)
			continue;
		const char *near = cb_nearest(table->field[i].name, names, n);
		char what[200], mend[120];
		snprintf(what, sizeof what, "nothing is called %.60s here", table->field[i].name);
		snprintf(mend, sizeof mend, "did you mean %s?", near ? near : "");
		wrong(t, table->field[i].value, path, near ? mend : NULL, what);
	}
}

/* One fact's value from the case. */
static bool fact_value(struct test *t, const struct cb_fact *f, const struct cb_tree *v, int64_t *out)
{
	char what[300];
	struct cb_err e;

	if (v->type == CB_T_BOOL && f->type == CB_FACT_FLAG) {
		*out = v->boolean;
		return true;
	}
	if (v->type == CB_T_TEXT && f->type == CB_FACT_DATE) {
		cb_day d;
		if (cb_day_parse(&d, v->text, strlen(v->text)) != CB_DATE_BAD) {
			*out = d;
			return true;
		}
	} else if (v->type == CB_T_TEXT && f->type == CB_FACT_WORD) {
		int w = cb_fact_word(f, v->text);
		if (w >= 0) {
			*out = w;
			return true;
		}
	} else if (v->type == CB_T_NUMBER && f->type == CB_FACT_DECIMAL) {
		cb_pts p;
		if (cb_pts_from_ratio(&p, v->number)) {
			*out = p;
			return true;
		}
	} else if (v->type == CB_T_NUMBER && v->number.d == 1 && f->type != CB_FACT_DATE && f->type != CB_FACT_WORD) {
		*out = v->number.n;
		if (!cb_fact_check(f, *out, &e))
			return true;
		snprintf(what, sizeof what, "%s %.200s", f->id, e.msg);
		wrong(t, v, "facts", NULL, what);
		return false;
	}
	snprintf(what, sizeof what, "%s cannot be %s%s%s", f->id, v->type == CB_T_TEXT ? "\"" : "", v->type == CB_T_TEXT ? v->text : "this value",
		 v->type == CB_T_TEXT ? "\"" : "");
	wrong(t, v, "facts",
	      f->type == CB_FACT_FLAG ? "true or false" :
	      f->type == CB_FACT_DATE ? "a date: \"2025-11-05\"" :
	      f->type == CB_FACT_WORD ? "a word of the fact's vocabulary" :
					"a number",
	      what);
	return false;
}

static void set_fact(struct test *t, const char *id, const struct cb_tree *v)
{
	int i = cb_facts_find(t->dict, id);
	if (i < 0) {
		const char *near = cb_facts_nearest(t->dict, id);
		char what[160], mend[80];
		snprintf(what, sizeof what, "no fact is called %.60s", id);
		snprintf(mend, sizeof mend, "did you mean %s?", near ? near : "");
		wrong(t, v, "facts", near ? mend : NULL, what);
		return;
	}
	if (fact_value(t, cb_facts_at(t->dict, (size_t)i), v, &t->fact[i]))
		t->have[i] = 1;
}

static const char *const assessor_ids[] = { "self", "observer", "superior" };

/* The points that `by` gave for `item` ("preparation.2"), or NULL. judged = { superior = { preparation = { 3, 2 }, ... } } */
static const struct cb_tree *judged(const struct cb_tree *c, enum cb_assessor by, const char *item)
{
	const struct cb_tree *j = cb_tree_get(c, "judged");
	const struct cb_tree *who = j && j->type == CB_T_TABLE ? cb_tree_get(j, assessor_ids[by]) : NULL;
	const char *dot = strchr(item, '.');
	char crit[128];

	if (!who || who->type != CB_T_TABLE)
		return NULL;
	const struct cb_tree *v = cb_tree_get(who, item);
	if (v || !dot || (size_t)(dot - item) >= sizeof crit)
		return v;
	memcpy(crit, item, (size_t)(dot - item));
	crit[dot - item] = '\0';
	v = cb_tree_get(who, crit);
	if (!v || v->type != CB_T_TABLE)
		return NULL;
	for (size_t i = 0; i < v->nitem; i++) {
		char n[24];
		snprintf(n, sizeof n, "%zu", i + 1);
		if (!strcmp(n, dot + 1))
			return v->item[i];
	}
	return cb_tree_get(v, dot + 1);
}

/* discussion = { quality = 3 } or { 3, 2 }: lines that the criterion does not have. */
static void check_judged_lines(struct test *t, const char *criterion, const struct cb_tree *lines)
{
	const char *names[64];
	size_t n = 0, len = strlen(criterion);

	if (lines->type != CB_T_TABLE)
		return;
	for (size_t k = 0; k < t->rs->ninput && n < 64; k++) {
		const struct cb_input *in = &t->rs->input[k];
		if (in->kind == CB_IN_JUDGED && in->by == CB_SELF && !strncmp(in->item, criterion, len) && in->item[len] == '.')
			names[n++] = in->item + len + 1;
	}
	for (size_t i = 0; i < lines->nfield + lines->nitem; i++) {
		char nth[24];
		const char *name = i < lines->nfield ? lines->field[i].name : nth;
		bool known = false;
		snprintf(nth, sizeof nth, "%zu", i - lines->nfield + 1);
		for (size_t k = 0; k < n; k++)
			known |= !strcmp(names[k], name);
		if (known)
			continue;
		const char *near = n ? cb_nearest(name, names, n) : NULL;
		char what[200], mend[160];
		snprintf(what, sizeof what, "criterion %.60s has no judged line %.60s", criterion, name);
		snprintf(mend, sizeof mend, near ? "did you mean %.60s?" : n ? "it has %.60s" : "it is judged as one: %.60s = 3", near ? near : n ? names[0] : criterion);
		wrong(t, i < lines->nfield ? lines->field[i].value : lines->item[i - lines->nfield], "judged", mend, what);
	}
}

/* A kind of meeting that this ruleset never rates. */
static void check_kind(struct test *t, const struct cb_tree *c)
{
	int i = cb_facts_find(t->dict, "kind");
	const struct cb_tree *v = cb_tree_get(c, "kind");
	char what[160];

	if (i < 0 || !t->have[i] || (t->rs->for_kinds & 1u << t->fact[i]))
		return;
	snprintf(what, sizeof what, "the ruleset does not rate %s meetings", cb_meeting_kind_id((enum cb_meeting_kind)t->fact[i]));
	wrong(t, v ? v : c, "kind", v ? "one of for_kinds" : "a case without kind is \"regular\"; name one of for_kinds", what);
}

/* A day on which this ruleset rates nothing. */
static void check_day(struct test *t, const struct cb_tree *c)
{
	int i = cb_facts_find(t->dict, "held_on");
	const struct cb_tree *v = cb_tree_get(c, "held_on");
	char what[120], day[11];

	if (i < 0 || !v || !t->have[i] || (t->fact[i] >= t->rs->from && t->fact[i] <= t->rs->to))
		return;
	snprintf(what, sizeof what, "the ruleset is not in force on %s", cb_day_iso(day, (cb_day)t->fact[i]));
	wrong(t, v, "held_on", "a day within effective", what);
}

/* Names under judged that no item of the ruleset has. */
static void check_judged(struct test *t, const struct cb_tree *c)
{
	const struct cb_tree *j = cb_tree_get(c, "judged");
	if (!j)
		return;
	if (j->type != CB_T_TABLE) {
		wrong(t, j, "judged", "judged = { superior = { preparation = 3 } }", "judged is no table");
		return;
	}
	only(t, j, "judged", assessor_ids, CB_ASSESSORS);
	for (size_t a = 0; a < j->nfield; a++) {
		const struct cb_tree *who = j->field[a].value;
		bool known = false;
		for (size_t k = 0; k < CB_ASSESSORS; k++)
			known |= !strcmp(j->field[a].name, assessor_ids[k]);
		if (!known)
			continue; /* told */
		for (size_t i = 0; who->type == CB_T_TABLE && i < who->nfield; i++) {
			const char *name = who->field[i].name;
			size_t n = strlen(name);
			bool found = false;
			for (size_t k = 0; k < t->rs->ninput; k++) {
				const struct cb_input *in = &t->rs->input[k];
				if (in->kind == CB_IN_JUDGED && (!strcmp(in->item, name) || (!strncmp(in->item, name, n) && in->item[n] == '.')))
					found = true;
			}
			if (found)
				check_judged_lines(t, name, who->field[i].value);
			if (!found) {
				char what[160];
				snprintf(what, sizeof what, "the ruleset has nothing to judge that is called %.60s", name);
				wrong(t, who->field[i].value, "judged", "the criterion's id, or criterion.item", what);
			}
		}
	}
}

static void set_inputs(struct test *t, const struct cb_tree *c)
{
	for (size_t i = 0; i < t->rs->ninput; i++) {
		const struct cb_input *in = &t->rs->input[i];
		t->value[i] = 0;
		t->present[i] = 0;
		if (in->kind == CB_IN_FACT) {
			t->value[i] = t->have[in->fact] ? t->fact[in->fact] : 0;
			t->present[i] = t->have[in->fact];
		} else if (in->kind == CB_IN_JUDGED) {
			const struct cb_tree *v = judged(c, in->by, in->item);
			cb_pts p;
			if (!v)
				continue;
			if (v->type != CB_T_NUMBER || !cb_pts_from_ratio(&p, v->number)) {
				char what[120];
				snprintf(what, sizeof what, "judged points of %.60s are no number of points", in->item);
				wrong(t, v, "judged", NULL, what);
				continue;
			}
			t->value[i] = p;
			t->present[i] = 1;
		}
	}
}

/* notes = { duration = "muộn vì mưa", meeting = "..." }: which lines have one. */
static void set_notes(struct test *t, const struct cb_tree *c)
{
	const struct cb_tree *notes = cb_tree_get(c, "notes");
	const char *names[257];
	size_t n = 0;

	t->meeting_noted = false;
	memset(t->noted, 0, t->rs->ncriterion * sizeof(*t->noted));
	if (!notes)
		return;
	if (notes->type != CB_T_TABLE || notes->nitem) {
		wrong(t, notes, "notes", "notes = { attendance = \"why points were taken\" }", "notes is no table of criteria");
		return;
	}
	for (; n < t->rs->ncriterion && n < 256; n++)
		names[n] = t->rs->criterion[n].id;
	names[n++] = "meeting";
	for (size_t i = 0; i < notes->nfield; i++) {
		const char *name = notes->field[i].name;
		const struct cb_tree *v = notes->field[i].value;
		bool found = false;
		for (size_t k = 0; k < t->rs->ncriterion; k++)
			if (cb_note_is_of(t->rs->criterion[k].id, name))
				found = t->noted[k] = true;
		if (!found && !strcmp(name, "meeting"))
			found = t->meeting_noted = true;
		if (!found) {
			const char *near = cb_nearest(name, names, n);
			char what[160], mend[120];
			snprintf(what, sizeof what, "a note of %.60s, which is no criterion", name);
			snprintf(mend, sizeof mend, near ? "did you mean %.60s?" : "the criterion's id, or meeting%.0s", near ? near : "");
			wrong(t, v, "notes", mend, what);
		} else if (v->type != CB_T_TEXT || !*v->text) {
			wrong(t, v, "notes", "attendance = \"why points were taken\"", "a note is a text");
		}
	}
}

static bool unit_value(struct test *t, const struct cb_tree *c, const char *name)
{
	const struct cb_tree *v = cb_tree_get(c, name);
	if (v)
		set_fact(t, name, v);
	return v != NULL;
}

/* --- what came out, against what was expected --------------------------------------------------------------------- */

static void differ(struct cb_buf *b, const char *what, const char *expected, const char *got)
{
	cb_buf_printf(b, "%s%s: expected %s, got %s", b->len ? "; " : "", what, expected, got);
}

static const char *status_id(unsigned st)
{
	static const char *const ids[] = { "rated", "missing", "invalid", "error" };
	return st < 4 ? ids[st] : "?";
}

static bool status_known(const struct cb_tree *v)
{
	for (unsigned st = 0; v->type == CB_T_TEXT && st < 4; st++)
		if (!strcmp(status_id(st), v->text))
			return true;
	return false;
}

static const char *state_id(unsigned st)
{
	static const char *const ids[] = { "scored", "missing", "na", "invalid", "error" };
	return st < 5 ? ids[st] : "?";
}

static void total_text(char *dst, size_t cap, int64_t n, int64_t d)
{
	if (d == 0)
		snprintf(dst, cap, "no total");
	else
		cb_fmt_ratio(dst, cap, cb_ratio_make(n, d > INT64_MAX / 1000 ? d : d * 1000));
}

static void compare_level(struct test *t, struct cb_buf *b, const struct cb_tree *e, const char *field, int level)
{
	const struct cb_tree *v = cb_tree_get(e, field);
	const char *got = level >= 0 ? t->rs->level[level].id : "none";
	if (!v)
		return;
	if (v->type == CB_T_TEXT) {
		if (strcmp(v->text, "none") && cb_level_find(t->rs, v->text) < 0) {
			char what[160];
			snprintf(what, sizeof what, "expects level \"%.60s\", which the ruleset does not have", v->text);
			wrong(t, v, "expect", NULL, what);
		} else if (strcmp(v->text, got)) {
			differ(b, field, v->text, got);
		}
	} else if (!(v->type == CB_T_BOOL && !v->boolean)) {
		wrong(t, v, "expect", "a level's id, or false for none", "the expected level is no text");
	} else if (level >= 0) {
		differ(b, field, "none", got);
	}
}

static void compare_points(struct test *t, struct cb_buf *b, const struct cb_tree *points, const struct cb_scores *s)
{
	for (size_t i = 0; i < points->nfield; i++) {
		const char *id = points->field[i].name;
		const struct cb_tree *v = points->field[i].value;
		int c = cb_criterion_find(t->rs, id);
		char want[CB_NUM_TEXT], got[CB_NUM_TEXT];
		cb_pts p;
		if (c < 0) {
			const char *names[256], *near;
			size_t n = 0;
			for (; n < t->rs->ncriterion && n < 256; n++)
				names[n] = t->rs->criterion[n].id;
			near = cb_nearest(id, names, n);
			char what[160], mend[80];
			snprintf(what, sizeof what, "no criterion is called %.60s", id);
			snprintf(mend, sizeof mend, "did you mean %.60s?", near ? near : "");
			wrong(t, v, "expect.points", near ? mend : NULL, what);
			continue;
		}
		unsigned state = s->state[c][0];
		bool counts = state == CB_CR_SCORED || state == CB_CR_NA;
		if (t->rs->criterion[c].check && counts)
			snprintf(got, sizeof got, "%s", state == CB_CR_NA ? "na" : s->points[c][0] ? "true" : "false");
		else if (counts)
			cb_fmt_pts(got, sizeof got, s->points[c][0]);
		else
			snprintf(got, sizeof got, "%s", state_id(state));
		if (v->type == CB_T_TEXT && *v->text >= '0' && *v->text <= '9') {
			wrong(t, v, "expect.points", "a number stands without quotation marks", "expected points are a text");
		} else if (v->type == CB_T_TEXT) {
			if (strcmp(v->text, state_id(state)))
				differ(b, id, v->text, got);
		} else if (v->type == CB_T_BOOL) {
			snprintf(want, sizeof want, "%s", v->boolean ? "true" : "false");
			if (strcmp(want, got))
				differ(b, id, want, got);
		} else if (v->type == CB_T_NUMBER && cb_pts_from_ratio(&p, v->number)) {
			cb_fmt_pts(want, sizeof want, p);
			if (!counts || s->points[c][0] != p)
				differ(b, id, want, got);
		} else {
			wrong(t, v, "expect.points", "a number, true or false for a requirement, \"missing\" or \"na\"", "expected points are no number");
		}
	}
}

/* `got` is a list "present, @preparation.2, /members" */
static void compare_missing(struct test *t, struct cb_buf *b, const struct cb_tree *v, const char *got)
{
	for (size_t i = 0; v->type == CB_T_TABLE && i < v->nitem; i++) {
		if (v->item[i]->type != CB_T_TEXT) {
			wrong(t, v->item[i], "expect.missing", "a list of fact ids", "expected missing facts are no list of names");
			continue;
		}
		const char *id = v->item[i]->text;
		size_t n = strlen(id);
		bool found = false;
		for (const char *p = got; *p && !found;) {
			size_t len = strcspn(p, ",");
			found = len == n && !strncmp(p, id, n);
			p += len + strspn(p + len, ", ");
		}
		if (!found)
			differ(b, "missing", id, *got ? got : "nothing missing");
	}
	if (v->type != CB_T_TABLE)
		wrong(t, v, "expect.missing", "missing = { \"present\" }", "expected missing facts are no list");
	else if (!v->nitem && *got)
		differ(b, "missing", "nothing", got);
}

/* unnoted = { "duration" }: these lines, and no others, lack the note that the ruleset wants. */
static void compare_unnoted(struct test *t, struct cb_buf *b, const struct cb_tree *v, const struct cb_scores *s)
{
	struct cb_buf want, got;

	cb_buf_init(&want);
	cb_buf_init(&got);
	if (v->type != CB_T_TABLE || v->nfield)
		wrong(t, v, "expect.unnoted", "unnoted = { \"attendance\" }, or {} for none", "lines without their note are no list");
	for (size_t i = 0; v->type == CB_T_TABLE && i < v->nitem; i++)
		if (v->item[i]->type != CB_T_TEXT || cb_criterion_find(t->rs, v->item[i]->text) < 0)
			wrong(t, v->item[i], "expect.unnoted", "the criterion's id", "expects a note of something that is no criterion");
	for (size_t c = 0; c < t->rs->ncriterion; c++) {
		const struct cb_criterion *k = &t->rs->criterion[c];
		bool lost = k->score && s->state[c][0] == CB_CR_SCORED && cb_points_lost(k->counts, k->max, s->points[c][0]) > 0, asked = false;
		if (lost && t->rs->notes != CB_NOTES_NONE && !t->noted[c] && !(t->rs->notes == CB_NOTES_MEETING && t->meeting_noted))
			cb_buf_printf(&got, "%s%s", got.len ? ", " : "", k->id);
		for (size_t i = 0; v->type == CB_T_TABLE && i < v->nitem; i++)
			asked = asked || (v->item[i]->type == CB_T_TEXT && !strcmp(v->item[i]->text, k->id));
		if (asked)
			cb_buf_printf(&want, "%s%s", want.len ? ", " : "", k->id);
	}
	if (strcmp(want.s, got.s))
		differ(b, "without their note", want.len ? want.s : "none", got.len ? got.s : "none");
	cb_buf_release(&want);
	cb_buf_release(&got);
}

static void the_sheet(struct cb_buf *b, const struct test *t, const struct cb_scores *s)
{
	char n[CB_NUM_TEXT];
	cb_buf_puts(b, "the sheet:");
	for (size_t c = 0; c < t->rs->ncriterion; c++) {
		unsigned state = s->state[c][0];
		if (t->rs->criterion[c].check)
			cb_buf_printf(b, "%s %s %s", c ? "," : "", t->rs->criterion[c].id,
				      state == CB_CR_SCORED ? s->points[c][0] ? "met" : "not met" : state_id(state));
		else if (state == CB_CR_SCORED || state == CB_CR_NA)
			cb_buf_printf(b, "%s %s %s%s", c ? "," : "", t->rs->criterion[c].id, cb_fmt_pts(n, sizeof n, s->points[c][0]),
				      state == CB_CR_NA ? " (na)" : "");
		else
			cb_buf_printf(b, "%s %s %s", c ? "," : "", t->rs->criterion[c].id, state_id(state));
	}
	total_text(n, sizeof n, s->score_n[0], s->score_d[0]);
	cb_buf_printf(b, "; total %s, level %s", n, s->level[0] >= 0 ? t->rs->level[s->level[0]].id : "none");
}

static int run_meeting(struct test *t, const struct cb_tree *c, const struct cb_tree *e, struct cb_err *err)
{
	static const char *const fields[] = { "total", "level", "level_by_score", "status", "points", "missing", "gate", "unnoted" };
	struct cb_batch in = { .n = 1, .value = t->values, .have = t->haves };
	struct cb_scores s;
	struct cb_buf b;
	const struct cb_tree *v;
	char got[CB_NUM_TEXT + 16], want[CB_NUM_TEXT];
	int code;

	only(t, e, "expect", fields, sizeof fields / sizeof *fields);
	if (!e->nfield)
		wrong(t, e, "expect", "expect = { total = 90, level = \"tot\" }", "expects nothing, so it could not fail");
	if (t->bad)
		return 0;
	code = cb_eval_batch(t->ev, &in, &s, err);
	if (code)
		return code;
	if (t->hook && t->hook->meeting)
		t->hook->meeting(t->hook->ctx, t->rs, t->ev, &in, &s);
	cb_buf_init(&b);
	const char *st = status_id(s.status[0]);
	v = cb_tree_get(e, "status");
	if (v && !status_known(v)) {
		wrong(t, v, "expect", "\"rated\", \"missing\", \"invalid\" or \"error\"", "the expected status is none that there is");
	} else if (v) {
		if (strcmp(v->text, st))
			differ(&b, "status", v->text, st);
	} else if (!cb_tree_get(e, "missing") && s.status[0] != CB_ST_RATED && !cb_tree_get(e, "points") && !cb_tree_get(e, "level")) {
		differ(&b, "status", "rated", st);
	}
	v = cb_tree_get(e, "total");
	if (v) {
		struct cb_ratio r;
		struct cb_tree exact;
		long long num, den;
		if (v->type == CB_T_TEXT && sscanf(v->text, "%lld/%lld", &num, &den) == 2 && den > 0) { /* "9000/95" */
			exact = *v;
			exact.type = CB_T_NUMBER;
			exact.number = cb_ratio_make(num, den);
			v = &exact;
		}
		total_text(got, sizeof got, s.score_n[0], s.score_d[0]);
		if (v->type == CB_T_BOOL && !v->boolean) {
			if (s.score_d[0])
				differ(&b, "total", "none", got);
		} else if (v->type != CB_T_NUMBER || !cb_ratio_mul(&r, v->number, (struct cb_ratio){ 1000, 1 })) {
			wrong(t, v, "expect", "a number, a fraction \"9000/95\", or false for none", "the expected total is no number");
		} else if (!s.score_d[0] || cb_ratio_cmp(r, cb_ratio_make(s.score_n[0], s.score_d[0]))) {
			differ(&b, "total", cb_fmt_ratio(want, sizeof want, v->number), got);
		}
	}
	compare_level(t, &b, e, "level", s.level[0]);
	compare_level(t, &b, e, "level_by_score", s.level_by_score[0]);
	v = cb_tree_get(e, "unnoted");
	if (v)
		compare_unnoted(t, &b, v, &s);
	v = cb_tree_get(e, "gate");
	if (v) {
		const char *label = s.gate[0] >= 0 ? t->rs->gate[s.gate[0]].label : NULL;
		char num[16];
		snprintf(num, sizeof num, "%d", s.gate[0] + 1);
		if (v->type == CB_T_BOOL && !v->boolean) {
			if (s.gate[0] >= 0)
				differ(&b, "gate", "none", label ? label : num);
		} else if (v->type == CB_T_TEXT) {
			if (!label || strcmp(label, v->text))
				differ(&b, "gate", v->text, s.gate[0] < 0 ? "none" : label ? label : num);
		} else if (v->type == CB_T_NUMBER) {
			if (v->number.d != 1 || v->number.n != s.gate[0] + 1)
				differ(&b, "gate", cb_fmt_ratio(want, sizeof want, v->number), s.gate[0] < 0 ? "none" : num);
		} else {
			wrong(t, v, "expect", "the gate's number or label, or false for none", "the expected gate is no number");
		}
	}
	v = cb_tree_get(e, "points");
	if (v && v->type == CB_T_TABLE)
		compare_points(t, &b, v, &s);
	else if (v)
		wrong(t, v, "expect", "points = { attendance = 5 }", "expected points are no table");
	v = cb_tree_get(e, "missing");
	if (v) {
		struct cb_buf got_missing;
		cb_buf_init(&got_missing);
		cb_eval_missing(&got_missing, t->ev, 0);
		if (s.status[0] != CB_ST_MISSING && v->nitem)
			differ(&b, "status", "missing", st);
		compare_missing(t, &b, v, got_missing.s);
		cb_buf_release(&got_missing);
	}
	if (!cb_buf_ok(&b)) {
		code = cb_err_nomem(err);
		goto out;
	}
	if (b.len && !t->bad) {
		struct cb_buf m;
		const char *msg = cb_eval_message(t->ev, 0);
		cb_buf_init(&m);
		if (s.status[0] == CB_ST_ERROR || s.status[0] == CB_ST_INVALID)
			cb_buf_printf(&b, " (%s)", msg);
		the_sheet(&m, t, &s);
		int line = line_of(c, "expect");
		cb_diags_addf(t->diags, CB_SEV_ERROR, c->file, line ? line : c->line, 0, NULL, m.s, "case \"%s\": %s", t->name, b.s);
		cb_buf_release(&m);
		t->bad = true;
	}
out:
	cb_buf_release(&b);
	return code;
}

/* months = { "tot", false, { "kha", 82.5 } } against expect = { year = "tot" } */
static int run_months(struct test *t, const struct cb_tree *c, const struct cb_tree *months, const struct cb_tree *e, struct cb_err *err)
{
	static const char *const fields[] = { "quarter", "half", "nine_months", "year" };
	static const enum cb_period_kind kinds[] = { CB_QUARTER, CB_HALF, CB_NINE_MONTHS, CB_YEAR };
	static const size_t lengths[] = { 3, 6, 9, 12 };
	struct cb_trial_month m[12];
	char what[200];
	struct cb_buf b;
	bool unknown = false; /* some period came out without a level */
	int level, code = 0;

	only(t, e, "expect", fields, 4);
	if (!e->nfield)
		wrong(t, e, "expect", "expect = { year = \"tot\" }", "expects nothing, so it could not fail");
	if (months->type != CB_T_TABLE || months->nfield || months->nitem > 12) {
		wrong(t, months, "months", "months = { \"tot\", \"kha\", false }", "months is no list of at most 12 levels");
		return 0;
	}
	for (size_t i = 0; i < months->nitem; i++) {
		const struct cb_tree *v = months->item[i];
		m[i] = (struct cb_trial_month){ CB_TRIAL_UNRATED, { 0, 0 } };
		if (v->type == CB_T_TABLE && v->nitem == 2 && v->item[1]->type == CB_T_NUMBER) {
			m[i].score = v->item[1]->number;
			v = v->item[0];
		}
		if (v->type == CB_T_BOOL && !v->boolean) {
			m[i].level = CB_TRIAL_MISSED;
		} else if (v->type == CB_T_TEXT && !strcmp(v->text, "exempt")) {
			m[i].level = CB_TRIAL_EXEMPT;
		} else if (v->type == CB_T_TEXT && strcmp(v->text, "unrated")) {
			m[i].level = cb_level_find(t->rs, v->text);
			if (m[i].level < 0) {
				snprintf(what, sizeof what, "month %zu has level \"%.60s\", which the ruleset does not have", i + 1, v->text);
				wrong(t, v, "months", NULL, what);
			}
		} else if (v->type != CB_T_TEXT) {
			wrong(t, v, "months", "a level's id, { \"tot\", 92.5 }, false for a missed month, \"exempt\" or \"unrated\"", "a month is no level");
		}
	}
	if (t->bad)
		return 0;
	cb_buf_init(&b);
	for (size_t k = 0; k < 4; k++) {
		const struct cb_tree *v = cb_tree_get(e, fields[k]);
		if (!v)
			continue;
		if (months->nitem != lengths[k]) {
			snprintf(what, sizeof what, "a %s has %zu months, here are %zu", fields[k], lengths[k], months->nitem);
			wrong(t, months, "months", NULL, what);
			break;
		}
		code = cb_trial_period(&level, t->rs, kinds[k], m, months->nitem, t->hook ? t->hook->node : NULL, t->hook ? t->hook->ctx : NULL, err);
		if (code)
			break;
		unknown |= level < 0;
		compare_level(t, &b, e, fields[k], level);
	}
	if (!code && b.len && !t->bad) {
		int line = line_of(c, "expect");
		bool bare = false; /* a level without its score: mean "score" is not known then */
		for (size_t i = 0; i < months->nitem; i++)
			bare |= m[i].level >= 0 && !m[i].score.d;
		cb_diags_addf(t->diags, CB_SEV_ERROR, c->file, line ? line : c->line, 0, NULL,
			      unknown && bare ? "where the rule asks for the score, give it with the level: { \"tot\", 92.5 }" : NULL, "case \"%s\": %s", t->name, b.s);
		t->bad = true;
	}
	cb_buf_release(&b);
	return code;
}

static int run_case(struct test *t, const struct cb_tree *c, size_t nth, struct cb_err *err)
{
	static const char *const fields[] = { "name", "kind", "held_on", "unit_kind", "cell_type", "facts", "judged", "notes", "expect", "months", "note",
					      "confirmed" };
	char number[32];
	const struct cb_tree *v, *e;
	int code = 0;

	t->at = c;
	t->bad = false;
	snprintf(number, sizeof number, "number %zu", nth);
	t->name = number;
	v = c->type == CB_T_TABLE ? cb_tree_get(c, "confirmed") : NULL;
	if (v && v->type == CB_T_BOOL && !v->boolean) { /* written by rules test --boundaries, not yet looked at */
		t->stats->unconfirmed++;
		return 0;
	}
	t->stats->cases++;
	if (c->type != CB_T_TABLE) {
		wrong(t, c, NULL, "{ name = \"...\", facts = { ... }, expect = { ... } }", "is no table");
		goto done;
	}
	v = cb_tree_get(c, "name");
	if (v && v->type == CB_T_TEXT)
		t->name = v->text;
	else
		wrong(t, c, NULL, "name = \"what it shows\"", "has no name");
	only(t, c, NULL, fields, sizeof fields / sizeof *fields);
	if (c->nitem)
		wrong(t, c->item[0], NULL, "write name = ..., facts = { ... }, expect = { ... }", "has values without names");
	e = cb_tree_get(c, "expect");
	if (!e || e->type != CB_T_TABLE) {
		wrong(t, e ? e : c, NULL, "expect = { total = 90, level = \"tot\" }", "expects nothing, so it could not fail");
		goto done;
	}
	v = cb_tree_get(c, "months");
	if (v) {
		if (cb_tree_get(c, "facts") || cb_tree_get(c, "judged") || cb_tree_get(c, "notes"))
			wrong(t, v, "months", "make two cases of it", "has months of a period, and facts of one meeting");
		code = run_months(t, c, v, e, err);
		goto done;
	}
	memset(t->have, 0, cb_facts_count(t->dict));
	if (!unit_value(t, c, "kind")) {
		int i = cb_facts_find(t->dict, "kind");
		if (i >= 0) {
			t->fact[i] = CB_REGULAR;
			t->have[i] = 1;
		}
	}
	unit_value(t, c, "held_on");
	unit_value(t, c, "unit_kind");
	unit_value(t, c, "cell_type");
	v = cb_tree_get(c, "facts");
	if (v && v->type != CB_T_TABLE)
		wrong(t, v, NULL, "facts = { members = 18 }", "facts are no table");
	if (v && v->type == CB_T_TABLE && v->nitem)
		wrong(t, v->item[0], "facts", "is it a decimal comma? write hours = 10.5, and every fact with its name",
		      "a value without a name among the facts");
	for (size_t i = 0; v && v->type == CB_T_TABLE && i < v->nfield; i++)
		set_fact(t, v->field[i].name, v->field[i].value);
	check_kind(t, c);
	check_day(t, c);
	check_judged(t, c);
	set_notes(t, c);
	set_inputs(t, c);
	if (!t->bad)
		code = run_meeting(t, c, e, err);
done:
	t->stats->failed += t->bad;
	return code;
}

/* --- files ---------------------------------------------------------------------------------------------------- */

struct cb_cases {
	struct cb_arena arena;
	struct cb_tree **list; /* one a file */
	size_t nlist, clist, ncase;
	int broken;            /* files that could not be read as cases */
};

/* One file as a tree; what is wrong with it is a finding. */
static int read_file(struct cb_cases *c, const char *dir, const char *path, struct cb_diags *diags, struct cb_err *err)
{
	char shown[512], *text = NULL;
	size_t len;
	struct cb_scan *scan = NULL;
	struct cb_sandbox *sb = NULL;
	struct cb_tree *list = NULL;
	struct cb_tree_file file = { shown, NULL };
	struct cb_tree_opts opts = { .file = &file, .nfile = 1 };
	int nfn, code;

	cb_pack_display(shown, sizeof shown, dir, path);
	code = cb_pack_read(&text, &len, dir, path, err);
	if (code)
		return code;
	if (cb_scan_new(&scan, text, len)) {
		code = cb_err_nomem(err);
		goto out;
	}
	file.scan = scan;
	if (cb_sandbox_check_source(text, len, shown, diags)) {
		c->broken++;
		goto out;
	}
	code = cb_sandbox_open(&sb, NULL, err);
	if (code)
		goto out;
	code = cb_sandbox_load(sb, text, len, shown, err);
	if (!code)
		code = cb_sandbox_call(sb, 0, 1, cb_pack_limits_default.fuel_load, err);
	if (!code)
		code = cb_lang_tree(&list, &nfn, sb, &c->arena, &opts, diags, err);
	if (code == CB_ERULE || code == CB_ELIMIT || code == CB_EDATA) {
		cb_pack_tell(diags, shown, err);
		c->broken++;
		code = 0;
		goto out;
	}
	if (code)
		goto out;
	if (!list || list->type != CB_T_TABLE || !list->nitem || list->nfield) {
		cb_diags_addf(diags, CB_SEV_ERROR, shown, list ? list->line : 1, 0, NULL, "return { { name = ..., facts = ..., expect = ... }, ... }",
			      "a case file returns a list of cases");
		c->broken++;
		goto out;
	}
	if (c->nlist == c->clist) {
		struct cb_tree **more = CB_NEWV(&c->arena, c->clist ? c->clist * 2 : 8, struct cb_tree *);
		if (!more) {
			code = cb_err_nomem(err);
			goto out;
		}
		if (c->nlist)
			memcpy(more, c->list, c->nlist * sizeof *more);
		c->list = more;
		c->clist = c->clist ? c->clist * 2 : 8;
	}
	c->list[c->nlist++] = list;
	c->ncase += list->nitem;
out:
	cb_sandbox_close(sb);
	cb_scan_free(scan);
	cb_free(text);
	return code;
}

bool cb_cases_belong(const char *file, const char *stem)
{
	size_t n = strlen(stem);
	return !strncmp(file, stem, n) && (file[n] == '.' || file[n] == '_' || file[n] == '-');
}

void cb_cases_free(struct cb_cases *c)
{
	if (!c)
		return;
	cb_arena_release(&c->arena);
	cb_free(c);
}

size_t cb_cases_count(const struct cb_cases *c)
{
	return c->ncase;
}

int cb_pack_cases(const char *dir, const char *path, int (*each)(void *ctx, const char *path, struct cb_err *err), void *ctx, struct cb_err *err)
{
	char folder[512], stem[256], **list = NULL;
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	size_t n = 0;
	int code;

	snprintf(folder, sizeof folder, "%.*scases", slash ? (int)(slash + 1 - path) : 0, path);
	snprintf(stem, sizeof stem, "%.*s", (int)(strlen(name) > 4 ? strlen(name) - 4 : strlen(name)), name);
	code = cb_pack_list(&list, &n, dir, folder, err);
	if (code == CB_ENOTFOUND || code == CB_EIO)
		code = 0; /* no cases: the caller sees none */
	for (size_t i = 0; !code && i < n; i++) {
		char below[512];
		size_t len = strlen(list[i]);
		if (!cb_cases_belong(list[i], stem) || len < 5 || strcmp(list[i] + len - 4, ".lua"))
			continue;
		if (snprintf(below, sizeof below, "%s/%s", folder, list[i]) < (int)sizeof below)
			code = each(ctx, below, err);
	}
	cb_pack_list_free(list, n);
	return code;
}

struct loading {
	struct cb_cases *c;
	const char *dir;
	struct cb_diags *diags;
};

static int load_one(void *ctx, const char *path, struct cb_err *err)
{
	struct loading *l = ctx;

	return read_file(l->c, l->dir, path, l->diags, err);
}

int cb_cases_load(struct cb_cases **out, const char *dir, const char *path, struct cb_diags *diags, struct cb_err *err)
{
	struct cb_cases *c = cb_calloc(1, sizeof *c);
	struct loading l = { c, dir, diags };
	int code;

	*out = NULL;
	if (!c)
		return cb_err_nomem(err);
	cb_arena_init(&c->arena);
	code = cb_pack_cases(dir, path, load_one, &l, err);
	if (code) {
		cb_cases_free(c);
		return code;
	}
	*out = c;
	return 0;
}

/* Two cases of one name: a failing one could not be told from the other. */
static void same_names(struct test *t, const struct cb_cases *c)
{
	for (size_t f = 0; f < c->nlist; f++)
		for (size_t i = 1; i < c->list[f]->nitem; i++) {
			const struct cb_tree *a = c->list[f]->item[i], *x = a->type == CB_T_TABLE ? cb_tree_get(a, "name") : NULL;
			for (size_t k = 0; x && x->type == CB_T_TEXT && k < i; k++) {
				const struct cb_tree *b = c->list[f]->item[k], *y = b->type == CB_T_TABLE ? cb_tree_get(b, "name") : NULL;
				if (!y || y->type != CB_T_TEXT || strcmp(x->text, y->text))
					continue;
				cb_diags_addf(t->diags, CB_SEV_WARNING, a->file, x->line ? x->line : a->line, 0, "name", "give each its own name",
					      "two cases are called \"%.80s\", the other in line %d", x->text, y->line ? y->line : b->line);
				break;
			}
		}
}

int cb_cases_run(struct cb_case_stats *out, const struct cb_cases *c, const struct cb_ruleset *rs, struct cb_facts *dict,
		 const struct cb_case_hook *hook, struct cb_diags *diags, struct cb_err *err)
{
	struct test t = { .rs = rs, .dict = dict, .diags = diags, .stats = out, .hook = hook };
	size_t nfact = cb_facts_count(dict);
	int code = 0;

	*out = (struct cb_case_stats){ .failed = c->broken };
	if (!c->nlist)
		return c->broken ? cb_err_set(err, CB_EDATA, "the cases cannot be read") : 0;
	cb_arena_init(&t.arena);
	t.fact = CB_NEWV(&t.arena, nfact, int64_t);
	t.have = CB_NEWV(&t.arena, nfact, unsigned char);
	t.value = CB_NEWV(&t.arena, rs->ninput + 1, int64_t);
	t.present = CB_NEWV(&t.arena, rs->ninput + 1, unsigned char);
	t.values = CB_NEWV(&t.arena, rs->ninput + 1, const int64_t *);
	t.haves = CB_NEWV(&t.arena, rs->ninput + 1, const unsigned char *);
	t.noted = CB_NEWV(&t.arena, rs->ncriterion + 1, bool);
	if (!t.noted || !t.fact || !t.have || !t.value || !t.present || !t.values || !t.haves) {
		code = cb_err_nomem(err);
		goto out;
	}
	for (size_t i = 0; i < rs->ninput; i++) {
		t.values[i] = &t.value[i];
		t.haves[i] = &t.present[i];
	}
	same_names(&t, c);
	code = cb_eval_open(&t.ev, rs, err);
	for (size_t f = 0; !code && f < c->nlist; f++)
		for (size_t i = 0; !code && i < c->list[f]->nitem; i++) {
			code = run_case(&t, c->list[f]->item[i], i + 1, err);
			if (hook && hook->stop && out->failed)
				goto out;
		}
	if (!code && out->failed)
		code = cb_err_set(err, CB_EDATA, "%d of %d cases fail", out->failed, out->cases);
out:
	cb_eval_close(t.ev);
	cb_arena_release(&t.arena);
	return code;
}

int cb_pack_test_with(struct cb_case_stats *out, const struct cb_ruleset *rs, const char *dir, const char *path, struct cb_facts *dict,
		      struct cb_diags *diags, struct cb_err *err)
{
	struct cb_cases *c;
	int code;

	*out = (struct cb_case_stats){ 0 };
	code = cb_cases_load(&c, dir, path, diags, err);
	if (code)
		return code;
	code = cb_cases_run(out, c, rs, dict, NULL, diags, err);
	cb_cases_free(c);
	return code;
}

int cb_pack_test(struct cb_case_stats *out, const char *dir, const char *path, struct cb_facts *dict, struct cb_diags *diags,
		 struct cb_err *err)
{
	struct cb_ruleset *rs;
	int code;

	*out = (struct cb_case_stats){ 0 };
	code = cb_pack_load(&rs, dir, path, dict, NULL, diags, err);
	if (code)
		return code;
	code = cb_pack_test_with(out, rs, dir, path, dict, diags, err);
	cb_ruleset_free(rs);
	return code;
}
