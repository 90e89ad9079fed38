/*
 * import.c - commands that bring files in: import, template.
 */
#include <inttypes.h>
#include <string.h>
#include "base/alloc.h"
#include "base/num.h"
#include "cli/cli.h"
#include "exchange/import.h"

static const char *const kinds[] = {"units", "meetings", "assessments", "visits", "months"};
enum { KINDS = sizeof kinds / sizeof *kinds };

static int what_of(const char *word, enum cb_import_what *out, struct cb_err *err)
{
	for (int i = 0; i < KINDS; i++)
		if (!strcmp(word, kinds[i])) {
			*out = (enum cb_import_what)i;
			return 0;
		}
	return cli_unknown(err, "kind of file", word, kinds, KINDS);
}

static int progress(void *ctx, int64_t rows, int64_t bytes, int64_t total)
{
	(void)rows;
	return cli_progress(ctx, bytes, total);
}

/* The packs, where they can be read: one that is wrong stops no import, only what needs it is left out. */
static int packs(struct cli *c, const char *without, bool *have, struct cb_err *err)
{
	int rc = cli_rules(c, err);

	*have = !rc;
	if (!rc || rc == CB_ENOMEM || rc == CB_EINTR)
		return rc;
	cli_say(c, "warning: %s; %s", err->msg, without);
	err->msg[0] = 0;
	return 0;
}

/* Facts that packs declare become columns, so that a file may bring them. */
static int declare_pack_facts(struct cli *c, struct cb_err *err)
{
	struct cb_facts *dict;
	bool have;
	int rc = packs(c, "facts that only packs know are not read", &have, err);

	if (rc || !have)
		return rc;
	dict = cb_store_facts(c->store);
	rc = cb_store_begin(c->store, err);
	if (rc)
		return rc;
	for (size_t i = 0; !rc && i < cb_facts_count(dict); i++)
		if (cb_facts_at(dict, i)->pack)
			rc = cb_store_fact_declare(c->store, cb_facts_at(dict, i), err);
	if (!rc)
		rc = cb_store_commit(c->store, err);
	if (rc)
		cb_store_rollback(c->store);
	return rc;
}

int cli_import(struct cli *c, int argc, char **argv, struct cb_err *err)
{
	static const struct cb_column col[] = {
		{"file", "Tệp", CB_COL_TEXT, 0},	  {"rows", "Dòng", CB_COL_INT, 0}, {"added", "Thêm", CB_COL_INT, 0}, {"changed", "Sửa", CB_COL_INT, 0},
		{"same", "Như cũ", CB_COL_INT, 0}, {"bad", "Sai", CB_COL_INT, 0},	  {"kept", "Đã lưu", CB_COL_FLAG, 0},
	};
	struct cb_import_opts o = {.dry_run = cli_get(c, "dry-run") != NULL, .rejects = cli_get(c, "rejects"), .today = cb_today(), .progress = progress, .ctx = c};
	struct cb_import_stats s = {0};
	struct cb_sink *sink = NULL;
	struct cb_err later = {0};
	bool have;
	int64_t shown = 20; /* a file that is wrong throughout says so in a screenful */
	int rc = what_of(argv[0], &o.what, err);

	(void)argc;
	if (!rc)
		rc = cli_store(c, CB_OPEN_WRITE, err);
	if (!rc && cli_get(c, "findings"))
		rc = cli_int(cli_get(c, "findings"), "count of findings", &shown, err);
	if (!rc && o.what == CB_IMPORT_MEETINGS)
		rc = declare_pack_facts(c, err);
	if (!rc && o.what == CB_IMPORT_ASSESSMENTS) {
		rc = packs(c, "levels of decisions are not compared with the rules", &have, err);
		o.book = have ? c->book : NULL;
	}
	if (rc)
		return rc;
	cb_diags_free(c->diags);
	if (cb_diags_new(&c->diags, shown < 0 ? 0 : (size_t)shown) < 0)
		return cb_err_nomem(err);
	rc = cb_import_file(&s, c->store, argv[1], &o, cli_diags(c), err);
	cli_tell(c);
	if (rc && rc != CB_EDATA)
		return rc;
	if (c->form != CB_OUT_TABLE) {
		bool kept = !o.dry_run && (!rc || o.rejects);
		int rc2 = cli_sink(c, &sink, col, sizeof col / sizeof *col, NULL, &later);
		if (!rc2)
			rc2 = cb_sink_row(sink, (struct cb_cell[]){cb_cell_text(argv[1]), cb_cell_int(s.rows), cb_cell_int(s.added), cb_cell_int(s.changed),
								   cb_cell_int(s.same), cb_cell_int(s.bad), cb_cell_int(kept)}, &later);
		if (rc2)
			cb_sink_close(sink, NULL);
		else
			rc2 = cb_sink_close(sink, &later);
		if (rc2) {
			*err = later;
			return rc2;
		}
	} else if (!rc || o.rejects) {
		char a[CB_NUM_TEXT], b[CB_NUM_TEXT], d[CB_NUM_TEXT], e[CB_NUM_TEXT];
		cli_say(c, "%s: %s row%s read, %s new, %s changed, %s as before%s", argv[1], cb_fmt_int_vi(a, sizeof a, s.rows), s.rows == 1 ? "" : "s", cb_fmt_int_vi(b, sizeof b, s.added),
			cb_fmt_int_vi(d, sizeof d, s.changed), cb_fmt_int_vi(e, sizeof e, s.same), o.dry_run ? "; dry run: nothing was kept" : "");
	}
	if (rc == CB_EDATA && o.rejects && !o.dry_run && s.added + s.changed + s.same > 0)
		return cb_err_set(err, CB_EDATA, "%s: %" PRId64 " bad rows were written to %s, the good ones were kept", argv[1], s.bad, o.rejects);
	if (rc == CB_EDATA && !o.rejects && s.bad && s.bad < s.rows)
		cli_say(c, "bad rows: %" PRId64 "; --rejects FILE keeps the good ones and writes these out", s.bad);
	return rc;
}

enum { LAWS = 16 };

/* The rulesets in force for the unit on the day: for every kind of meeting, and where it is no cell, for every kind and type of
   cell that may be below it. */
static int laws_of(struct cli *c, const char *code, const char *on, const struct cb_ruleset **rs, size_t *n, struct cb_err *err)
{
	const char *const *chain;
	struct cb_unit_view u;
	size_t nchain;
	int64_t id;
	cb_day day = cb_today();
	char iso[11];
	int rc = cli_unit_id(c, code, &id, err);

	if (!rc && on && cb_day_parse(&day, on, strlen(on)) == CB_DATE_BAD)
		rc = cb_err_set(err, CB_EUSAGE, "--on '%.40s': write 2025-11-01 or 01/11/2025", on);
	if (!rc)
		rc = cb_store_unit_on(c->store, id, day, &u, err);
	if (rc == CB_ENOTFOUND && id)
		return cb_err_set(err, rc, "%s did not exist on %s; --on DAY names another", code, cb_day_iso(iso, day));
	if (!rc)
		rc = cb_store_unit_chain(c->store, id, day, &chain, &nchain, err);
	if (!rc)
		rc = cli_rules(c, err);
	if (rc)
		return rc;
	for (int kind = CB_REGULAR; kind < CB_MEETING_KINDS; kind++)
		for (unsigned unit = 0; unit < CB_UNIT_KINDS; unit++)
			for (unsigned type = 0; type < CB_CELL_TYPES; type++) {
				const struct cb_ruleset *found;
				size_t i = 0;
				if (!cb_unit_is_cell((enum cb_unit_kind)unit) || (cb_unit_is_cell(u.kind) && (unit != (unsigned)u.kind || type != (unsigned)u.cell_type)))
					continue;
				found = cb_rulebook_in_force(c->book, chain, nchain, day, (enum cb_meeting_kind)kind, unit, type);
				while (i < *n && rs[i] != found)
					i++;
				if (found && i == *n && *n < LAWS)
					rs[(*n)++] = found;
			}
	if (!*n)
		return cb_err_set(err, CB_ENOTFOUND, "no ruleset is in force for %s on %s; 'chibo rules list' shows those there are", code, cb_day_iso(iso, day));
	for (size_t i = 0; i < *n; i++)
		cli_say(c, "by %s, in force on %s", rs[i]->id, cb_day_iso(iso, day));
	return 0;
}

int cli_template(struct cli *c, int argc, char **argv, struct cb_err *err)
{
	const char *id = cli_get(c, "ruleset"), *unit = cli_get(c, "unit"), *on = cli_get(c, "on");
	const struct cb_ruleset *rs[LAWS] = {NULL};
	enum cb_import_what what = CB_IMPORT_MEETINGS;
	struct cb_buf b;
	size_t n = 0;
	int rc = what_of(argv[0], &what, err);

	(void)argc;
	if (!rc && id && unit)
		rc = cb_err_set(err, CB_EUSAGE, "--ruleset or --unit: one of them says which rules");
	if (!rc && on && !unit)
		rc = cb_err_set(err, CB_EUSAGE, "--on wants --unit CODE: whose rules?");
	if (!rc && unit)
		rc = cli_store(c, CB_OPEN_READ, err);
	if (!rc && !cli_facts(c, err))
		rc = err->code;
	if (!rc && unit)
		rc = laws_of(c, unit, on, rs, &n, err);
	if (!rc && id)
		rc = cli_rules(c, err);
	if (!rc && id) {
		rc = cli_ruleset(c, id, &rs[0], err);
		n = 1;
	}
	if (rc)
		return rc;
	cb_buf_init(&b);
	rc = cb_import_template(&b, what, cli_facts(c, err), rs, n);
	if (rc)
		rc = cb_err_set(err, rc, "cannot make the template");
	else if (!cb_buf_ok(&b))
		rc = cb_err_nomem(err);
	else
		fwrite(b.s, 1, b.len, c->out);
	cb_buf_release(&b);
	return rc;
}
