/*
 * export.c - the record out as files. What import knows leaves under the headings and in the forms that import reads, so that
 * a new record made of the files is the same; tests/cli/export.sh holds it to that.
 */
#include <string.h>
#include "base/alloc.h"
#include "cli/cli.h"

/* Days are ISO; a span without a beginning or an end has empty cells; points are whole where they are. */
#define POINTS "CASE WHEN points % 1000 = 0 THEN points / 1000 ELSE points / 1000.0 END"
#define IN_PERIOD "(?1 IS NULL OR held_on BETWEEN ?1 AND ?2)"

static const struct {
	const char *name, *sql; /* NULL: meetings, whose columns follow the dictionary */
} what[] = {
	{"results", "SELECT meeting_id, unit_code, unit_name, unit_kind, parent_code, parent_name, cluster, cell_type, held_on, kind, ruleset, status, score,"
		    " level, level_by_score, official, decided, run_id FROM v_result WHERE " IN_PERIOD " ORDER BY meeting_id"},
	{"criteria", "SELECT c.meeting_id, r.unit_code, r.held_on, r.kind, c.ruleset, c.criterion, c.label, c.article, c.max / 1000.0 AS max,"
		     " c.points / 1000.0 AS points, c.state FROM v_result_criterion c JOIN v_result r ON r.meeting_id = c.meeting_id"
		     " WHERE (?1 IS NULL OR r.held_on BETWEEN ?1 AND ?2) ORDER BY c.meeting_id, c.ord"},
	{"units", "SELECT code, name, kind, parent_code AS parent, cluster, cell_type, members, official_members, nullif(valid_from, '1900-01-01') AS \"from\","
		  " nullif(valid_to, '2189-12-31') AS \"to\" FROM v_unit WHERE (?1 IS NULL OR (valid_from <= ?2 AND valid_to >= ?1)) ORDER BY code, valid_from"},
	{"meetings", NULL},
	{"assessments",
	 "SELECT unit, held_on, kind, assessor, item, points, note, proposed, votes_for, votes_total, official, reason, decided_on FROM ("
	 "SELECT meeting_id, 0 AS part, unit_code AS unit, held_on, kind, assessor, item, " POINTS " AS points, NULL AS note, NULL AS proposed,"
	 " NULL AS votes_for, NULL AS votes_total, NULL AS official, NULL AS reason, NULL AS decided_on FROM v_assessment WHERE " IN_PERIOD
	 " UNION ALL SELECT meeting_id, 1, unit_code, held_on, kind, NULL, item, NULL, text, NULL, NULL, NULL, NULL, NULL, NULL FROM v_note WHERE " IN_PERIOD
	 " UNION ALL SELECT meeting_id, 2, unit_code, held_on, kind, NULL, NULL, NULL, NULL, proposed, votes_for, votes_total, official, reason, decided_on"
	 " FROM v_decision WHERE " IN_PERIOD ") ORDER BY meeting_id, part, item, assessor"},
	{"visits", "SELECT unit_code AS unit, day AS visited_on FROM v_visit WHERE (?1 IS NULL OR day BETWEEN ?1 AND ?2) ORDER BY day, unit_code"},
	{"months", "SELECT unit_code AS unit, month, status, reason FROM v_month WHERE (?1 IS NULL OR month BETWEEN substr(?1, 1, 7) AND substr(?2, 1, 7))"
		   " ORDER BY month, unit_code"},
};
enum { WHATS = sizeof what / sizeof *what };

/* v_meeting has a column for each fact that ever had one. members and present may not be empty in a file: ? is not known. */
static int meetings(struct cli *c, struct cb_rows **out, struct cb_err *err)
{
	struct cb_facts *dict = cb_store_facts(c->store);
	struct cb_rows *r = NULL;
	struct cb_buf sql;
	int rc = cb_rows_open(&r, c->store, err, "SELECT * FROM v_meeting", "");

	cb_buf_init(&sql);
	cb_buf_puts(&sql, "SELECT unit_code AS unit, held_on, kind, topic");
	for (int i = 0; !rc && i < cb_rows_columns(r); i++) {
		const char *id = cb_rows_name(r, i);
		int at = cb_facts_find(dict, id);
		if (at < 0 || cb_facts_at(dict, (size_t)at)->attribute)
			continue;
		if (!strcmp(id, "members") || !strcmp(id, "present"))
			cb_buf_printf(&sql, ", coalesce(%s, '?') AS %s", id, id);
		else
			cb_buf_printf(&sql, ", \"%s\"", id);
	}
	cb_rows_close(r);
	cb_buf_puts(&sql, " FROM v_meeting WHERE " IN_PERIOD " ORDER BY id");
	if (!rc)
		rc = cb_buf_ok(&sql) ? cb_rows_prepare(out, c->store, err, sql.s) : cb_err_nomem(err);
	cb_buf_release(&sql);
	return rc;
}

int cli_export(struct cli *c, int argc, char **argv, struct cb_err *err)
{
	const char *names[WHATS];
	struct cb_rows *r = NULL;
	struct cb_period p;
	char from[11], to[11];
	bool have;
	size_t i, at = WHATS;
	int rc = cli_get_period(c, &p, &have, err);

	(void)argc;
	if (rc)
		return rc;
	for (i = 0; i < WHATS; i++) {
		names[i] = what[i].name;
		if (!strcmp(argv[0], what[i].name))
			at = i;
	}
	if (at == WHATS)
		return cli_unknown(err, "export", argv[0], names, WHATS);
	if (c->form == CB_OUT_TABLE)
		c->form = CB_OUT_CSV;
	if (cli_get(c, "bom") && c->form != CB_OUT_CSV)
		return cb_err_set(err, CB_EUSAGE, "--bom is for CSV");
	rc = cli_store(c, CB_OPEN_READ, err);
	if (!rc)
		rc = what[at].sql ? cb_rows_prepare(&r, c->store, err, what[at].sql) : meetings(c, &r, err);
	if (!rc)
		rc = cb_rows_bind_text(r, 1, have ? cb_day_iso(from, p.from) : NULL, err);
	if (!rc)
		rc = cb_rows_bind_text(r, 2, have ? cb_day_iso(to, p.to) : NULL, err);
	if (!rc && cli_get(c, "bom"))
		fputs("\xEF\xBB\xBF", c->out);
	if (!rc)
		rc = cli_rows(c, r, err);
	cb_rows_close(r);
	return rc;
}
