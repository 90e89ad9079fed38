/*
 * import_checks.c - what a row says against the calendar and against the rules: days that must be slips of the year, levels
 * that the ruleset in force does not have, decisions before their meeting.
 */
#include <stdio.h>
#include <string.h>
#include "exchange/import_int.h"

bool cb_imp_near_today(struct cb_imp *m, int field, cb_day day)
{
	char iso[11], now[11];
	cb_day today = m->o->today;
	if (!today || (day <= today + CB_IMPORT_AHEAD && day >= today - CB_IMPORT_BACK))
		return true;
	cb_imp_bad(m, cb_imp_cell(m, field), field, "correct the year", "%s is more than %s today (%s)", cb_day_iso(iso, day),
		   day > today ? "a year after" : "40 years before", cb_day_iso(now, today));
	return false;
}

bool cb_imp_when(struct cb_imp *m, int field, cb_day *out)
{
	const struct cb_in_cell *c = cb_imp_cell(m, field);
	char what[120], iso[11], now[11];
	if (!cb_imp_day(m, field, out) || !cb_imp_near_today(m, field, *out))
		return false;
	if (m->o->today && *out > m->o->today && !m->warned_ahead) {
		snprintf(what, sizeof(what), "%s is after today (%s)", cb_day_iso(iso, *out), cb_day_iso(now, m->o->today));
		cb_diags_add(m->diags, &(struct cb_diag){ .severity = CB_SEV_WARNING, .file = m->file, .line = c->line, .col = c->col,
							  .path = cb_imp_heading(m, field), .what = what,
							  .mend = "correct the day, or the clock of this computer; told once a file" });
		m->warned_ahead = true;
	}
	return true;
}

void cb_imp_decided_on(struct cb_imp *m, cb_day held_on, cb_day *out)
{
	struct cb_in_cell *c = cb_imp_cell(m, CB_F_DECIDED_ON);
	char iso[11], other[11];
	if (!cb_imp_day(m, CB_F_DECIDED_ON, out) || c->broken)
		return;
	if (held_on != CB_DAY_NONE && *out < held_on)
		cb_imp_bad(m, c, CB_F_DECIDED_ON, "correct one of the two days", "decided on %s, before the meeting (%s)", cb_day_iso(iso, *out),
			   cb_day_iso(other, held_on));
	else if (m->o->today && *out > m->o->today)
		cb_imp_bad(m, c, CB_F_DECIDED_ON, "correct the day, or the clock of this computer", "decided on %s, which is after today (%s)",
			   cb_day_iso(iso, *out), cb_day_iso(other, m->o->today));
}

/* *rs NULL: no rules were given, or none is in force for the meeting. */
static int law_of(struct cb_imp *m, int64_t meeting, int64_t unit, cb_day day, const struct cb_ruleset **rs)
{
	const char *const *code;
	struct cb_unit_view u;
	struct cb_rows *r = NULL;
	struct cb_err e;
	bool row = false;
	size_t n;
	int kind = CB_REGULAR, rc;
	*rs = NULL;
	if (!m->o->book)
		return 0;
	rc = cb_rows_open(&r, m->st, m->err, "SELECT kind FROM meeting WHERE id=?1", "i", meeting);
	if (rc == 0)
		rc = cb_rows_step(r, &row, m->err);
	for (int k = 0; rc == 0 && row && k < CB_MEETING_KINDS; k++)
		if (!strcmp(cb_rows_text(r, 0), cb_meeting_kind_id((enum cb_meeting_kind)k)))
			kind = k;
	cb_rows_close(r);
	if (rc < 0)
		return rc;
	rc = cb_store_unit_on(m->st, unit, day, &u, &e);
	if (rc == 0)
		rc = cb_store_unit_chain(m->st, unit, day, &code, &n, &e);
	if (rc == CB_ENOTFOUND)
		return 0;
	if (rc < 0)
		return *m->err = e, rc;
	*rs = cb_rulebook_in_force(m->o->book, code, n, day, (enum cb_meeting_kind)kind, (unsigned)u.kind, (unsigned)u.cell_type);
	return 0;
}

int cb_imp_levels(struct cb_imp *m, int64_t meeting, const struct cb_in_known *unit, cb_day day, const struct cb_decision *d)
{
	const struct { const char *level; int field; } said[] = { { d->proposed, CB_F_PROPOSED }, { d->official, CB_F_OFFICIAL } };
	const struct cb_ruleset *rs;
	char iso[11], mend[300] = "write one of";
	int rc;
	if (!meeting || (!d->proposed && !d->official))
		return 0;
	if ((rc = law_of(m, meeting, unit->id, day, &rs)) < 0 || !rs)
		return rc;
	for (size_t i = 0; i < rs->nlevel; i++) {
		size_t len = strlen(mend);
		snprintf(mend + len, sizeof(mend) - len, "%s %s", i ? "," : "", rs->level[i].id);
	}
	for (size_t i = 0; i < 2; i++)
		if (said[i].level && cb_level_find(rs, said[i].level) < 0)
			cb_imp_bad(m, cb_imp_cell(m, said[i].field), said[i].field, mend, "%s is no level of %s, which is in force for %s on %s",
				   said[i].level, rs->id, unit->code, cb_day_iso(iso, day));
	return 0;
}
