/*
 * schema.c - the record's SQL, whole.
 *
 * cb_schema_steps[v] takes a file from version v to v + 1; a new record runs them all, `chibo migrate` those that are
 * missing, each time in one transaction. Step 0 is the first version. A step is never edited once it was released:
 * a change is a new step. The columns of facts are not in this text: they follow the fact dictionary, one INTEGER
 * column each with its limits as a CHECK, written by cb_schema_column(); v_meeting is made again whenever one is added.
 *
 * What the tables say
 *   Days are whole days since 1970-01-01; the views show them as ISO text. Points are thousandths. Absent is NULL, never 0.
 *   meta            the record's own counters.
 *   unit, unit_span a unit is a code that never changes; everything else about it holds from a day to a day. name_fold is the
 *                   name without marks and case, for look-ups.
 *   fact            the dictionary: core facts (pack NULL, ord = their place) and those that packs declared (ord from 1000);
 *                   vocab, vocab_vi, alias: one word a line.
 *   meeting         one row for unit, day and kind, as it is now; one column per fact. rev grows once for each transaction that
 *                   changed its facts or assessments (txn is the number of that transaction), and the state before goes,
 *                   with its assessments, as JSON to meeting_past: what a result was made from can always be rebuilt.
 *   assessment      points that people gave, per line of the form; item '' is the whole meeting.
 *   decision        the committee's proposal, the cell's vote, the superior's decision: never mixed with the computed level.
 *   visit           observers' attendance. unit_month: why a month has no meeting.
 *   source          texts of regulations under their SHA-256; ruleset and its lists tell, for plain SQL, what they contain.
 *   run, result     a run and the current result of each meeting; one that is replaced moves to result_past, so every run's
 *                   rows stay, and run.results_sha is the SHA-256 over them in order of meeting.
 *   seal            closed periods: triggers refuse changes to what happened in them; one is taken off only in the
 *                   transaction that has just written why to the audit.
 *   note            why points were taken, per line of the form; item '' is the whole meeting. Part of a meeting's state.
 *   ruleset_notes   the rulesets that want a note for every lost point; v_note_due has each such loss beside its note.
 *   run_signature   whose signature stood over each folder of a ruleset's files when the run was made; in the run's hash.
 *   audit           what changed, from what, to what; triggers refuse to change or delete rows, and a gap in the ids shows.
 */
#include "store/store_int.h"

#include <string.h>

#define DAY(c) c " BETWEEN -25567 AND 80353"
#define ISO(c) "date(" c "*86400,'unixepoch')"
#define SEALED(d) "EXISTS(SELECT 1 FROM seal WHERE " d " BETWEEN valid_from AND valid_to)"
#define SEALED_MEETING(m) SEALED("(SELECT held_on FROM meeting WHERE id=" m ")")
#define REFUSE_SEALED " BEGIN SELECT RAISE(ABORT,'the period is sealed'); END;\n"
#define NO_CHANGE(t) \
	"CREATE TRIGGER " t "_no_update BEFORE UPDATE ON " t " BEGIN SELECT RAISE(ABORT,'" t " is never changed'); END;\n" \
	"CREATE TRIGGER " t "_no_delete BEFORE DELETE ON " t " BEGIN SELECT RAISE(ABORT,'" t " is never deleted'); END;\n"
#define RESULT_COLUMNS \
	"run_id INTEGER NOT NULL REFERENCES run(id),\n" \
	" meeting_rev INTEGER NOT NULL CHECK(meeting_rev>=1),\n" \
	" ruleset_id INTEGER NOT NULL REFERENCES ruleset(id),\n" \
	" semantics INTEGER NOT NULL,\n" \
	" status INTEGER NOT NULL CHECK(status BETWEEN 0 AND 3),\n" \
	" score_n INTEGER NOT NULL,\n" \
	" score_d INTEGER NOT NULL CHECK(score_d>=0),\n" \
	" gate INTEGER CHECK(gate>=0),\n" \
	" level TEXT,\n" \
	" level_by_score TEXT,\n" \
	" points TEXT NOT NULL,\n" \
	" missing TEXT"
/* The unit of a row, as on the day. */
#define UNIT_ON_DAY(u, d) \
	"JOIN unit u ON u.id=" u " LEFT JOIN unit_span s ON s.unit_id=" u " AND s.valid_from<=" d " AND s.valid_to>=" d \
	" LEFT JOIN unit pu ON pu.id=s.parent_id"
#define UNIT_COLUMNS(d) \
	"u.code AS unit_code, s.name AS unit_name, s.kind AS unit_kind, pu.code AS parent_code, " \
	"(SELECT p.name FROM unit_span p WHERE p.unit_id=s.parent_id AND p.valid_from<=" d " ORDER BY p.valid_from DESC LIMIT 1) AS parent_name, " \
	"s.cluster AS cluster, s.cell_type AS cell_type"

static const char version_1[] =
	"CREATE TABLE meta(\n key TEXT PRIMARY KEY,\n value INTEGER NOT NULL\n) STRICT, WITHOUT ROWID;\n"
	"INSERT INTO meta VALUES('txn',0);\n"

	"CREATE TABLE unit(\n id INTEGER PRIMARY KEY,\n code TEXT NOT NULL UNIQUE CHECK(length(code) BETWEEN 1 AND 40)\n) STRICT;\n"
	"CREATE TABLE unit_span(\n"
	" unit_id INTEGER NOT NULL REFERENCES unit(id),\n"
	" valid_from INTEGER NOT NULL CHECK(" DAY("valid_from") "),\n"
	" valid_to INTEGER NOT NULL CHECK(" DAY("valid_to") " AND valid_from<=valid_to),\n"
	" name TEXT NOT NULL CHECK(name<>''),\n"
	" name_fold TEXT NOT NULL,\n"
	" kind TEXT NOT NULL CHECK(kind IN ('trung_uong','tinh','khoi','huyen','xa','dang_bo_co_so','dang_bo_bo_phan','chi_bo_co_so','chi_bo_truc_thuoc')),\n"
	" parent_id INTEGER REFERENCES unit(id) CHECK(parent_id<>unit_id),\n"
	" cluster TEXT CHECK(cluster<>''),\n"
	" cell_type TEXT CHECK(cell_type IN ('thon_to_dan_pho','co_quan','doanh_nghiep_nha_nuoc','doanh_nghiep_tu_nhan','truong_hoc','luc_luong_vu_trang')),\n"
	" members INTEGER CHECK(members BETWEEN 0 AND 10000000),\n"
	" official_members INTEGER CHECK(official_members BETWEEN 0 AND 10000000 AND official_members<=members),\n"
	" PRIMARY KEY(unit_id,valid_from)\n"
	") STRICT, WITHOUT ROWID;\n"
	"CREATE INDEX unit_span_parent ON unit_span(parent_id);\n"
	"CREATE INDEX unit_span_fold ON unit_span(name_fold);\n"

	"CREATE TABLE fact(\n"
	" id TEXT PRIMARY KEY,\n ord INTEGER NOT NULL UNIQUE,\n"
	" type TEXT NOT NULL CHECK(type IN ('count','minutes','days','date','flag','word','decimal')),\n"
	" min INTEGER NOT NULL,\n max INTEGER NOT NULL CHECK(min<=max),\n"
	" label TEXT NOT NULL,\n unit TEXT NOT NULL,\n vocab TEXT,\n vocab_vi TEXT,\n alias TEXT,\n"
	" fixed INTEGER NOT NULL CHECK(fixed IN (0,1)),\n pack TEXT\n"
	") STRICT, WITHOUT ROWID;\n"

	/* the table `meeting` is made here, with the columns of the dictionary: see meeting_table() */
	"\x01"

	"CREATE TABLE meeting_past(\n"
	" meeting_id INTEGER NOT NULL REFERENCES meeting(id),\n rev INTEGER NOT NULL CHECK(rev>=1),\n"
	" body TEXT NOT NULL,\n PRIMARY KEY(meeting_id,rev)\n"
	") STRICT, WITHOUT ROWID;\n"
	"CREATE TABLE assessment(\n"
	" meeting_id INTEGER NOT NULL REFERENCES meeting(id),\n item TEXT NOT NULL CHECK(length(item)<=80),\n"
	" assessor TEXT NOT NULL CHECK(assessor IN ('self','observer','superior')),\n"
	" points INTEGER NOT NULL CHECK(points BETWEEN 0 AND 1000000000),\n"
	" PRIMARY KEY(meeting_id,item,assessor)\n"
	") STRICT, WITHOUT ROWID;\n"
	"CREATE TABLE decision(\n"
	" meeting_id INTEGER PRIMARY KEY REFERENCES meeting(id),\n proposed TEXT,\n"
	" votes_for INTEGER CHECK(votes_for BETWEEN 0 AND 1000000 AND votes_for<=votes_total),\n"
	" votes_total INTEGER CHECK(votes_total BETWEEN 0 AND 1000000),\n"
	" official TEXT,\n reason TEXT,\n decided_on INTEGER CHECK(" DAY("decided_on") ")\n"
	") STRICT;\n"
	"CREATE TABLE visit(\n"
	" unit_id INTEGER NOT NULL REFERENCES unit(id),\n day INTEGER NOT NULL CHECK(" DAY("day") "),\n"
	" meeting_id INTEGER REFERENCES meeting(id),\n PRIMARY KEY(unit_id,day)\n"
	") STRICT, WITHOUT ROWID;\n"
	"CREATE INDEX visit_meeting ON visit(meeting_id) WHERE meeting_id IS NOT NULL;\n"
	"CREATE TABLE unit_month(\n"
	" unit_id INTEGER NOT NULL REFERENCES unit(id),\n month INTEGER NOT NULL CHECK(" DAY("month") "),\n"
	" status TEXT NOT NULL CHECK(status IN ('exempt','postponed','missed')),\n reason TEXT,\n PRIMARY KEY(unit_id,month)\n"
	") STRICT, WITHOUT ROWID;\n"

	"CREATE TABLE source(\n sha256 TEXT PRIMARY KEY CHECK(length(sha256)=64),\n text TEXT NOT NULL\n) STRICT, WITHOUT ROWID;\n"
	"CREATE TABLE ruleset(\n"
	" id INTEGER PRIMARY KEY,\n sha256 TEXT NOT NULL CHECK(length(sha256)=64),\n name TEXT NOT NULL,\n title TEXT,\n issuer TEXT,\n"
	" status TEXT,\n valid_from INTEGER NOT NULL,\n valid_to INTEGER NOT NULL,\n UNIQUE(sha256,name)\n) STRICT;\n"
	"CREATE TABLE ruleset_source(\n"
	" ruleset_id INTEGER NOT NULL REFERENCES ruleset(id),\n ord INTEGER NOT NULL,\n path TEXT NOT NULL,\n"
	" sha256 TEXT NOT NULL REFERENCES source(sha256),\n PRIMARY KEY(ruleset_id,ord)\n) STRICT, WITHOUT ROWID;\n"
	"CREATE TABLE ruleset_criterion(\n"
	" ruleset_id INTEGER NOT NULL REFERENCES ruleset(id),\n ord INTEGER NOT NULL,\n id TEXT NOT NULL,\n label TEXT,\n article TEXT,\n"
	" max INTEGER NOT NULL,\n PRIMARY KEY(ruleset_id,ord)\n) STRICT, WITHOUT ROWID;\n"
	"CREATE TABLE ruleset_level(\n"
	" ruleset_id INTEGER NOT NULL REFERENCES ruleset(id),\n ord INTEGER NOT NULL,\n id TEXT NOT NULL,\n label TEXT,\n"
	" at_least INTEGER NOT NULL,\n PRIMARY KEY(ruleset_id,ord)\n) STRICT, WITHOUT ROWID;\n"

	"CREATE TABLE run(\n"
	" id INTEGER PRIMARY KEY,\n what TEXT NOT NULL,\n today INTEGER NOT NULL,\n version TEXT NOT NULL,\n semantics INTEGER NOT NULL,\n"
	" results INTEGER NOT NULL DEFAULT 0,\n rated INTEGER NOT NULL DEFAULT 0,\n missing INTEGER NOT NULL DEFAULT 0,\n"
	" invalid INTEGER NOT NULL DEFAULT 0,\n errors INTEGER NOT NULL DEFAULT 0,\n results_sha TEXT CHECK(length(results_sha)=64)\n) STRICT;\n"
	"CREATE TABLE result(\n meeting_id INTEGER PRIMARY KEY REFERENCES meeting(id),\n " RESULT_COLUMNS "\n) STRICT;\n"
	"CREATE TABLE result_past(\n meeting_id INTEGER NOT NULL REFERENCES meeting(id),\n " RESULT_COLUMNS ",\n"
	" PRIMARY KEY(meeting_id,run_id)\n) STRICT, WITHOUT ROWID;\n"

	"CREATE TABLE seal(\n"
	" period TEXT PRIMARY KEY,\n valid_from INTEGER NOT NULL CHECK(" DAY("valid_from") "),\n"
	" valid_to INTEGER NOT NULL CHECK(" DAY("valid_to") " AND valid_from<=valid_to),\n sealed_on INTEGER\n) STRICT, WITHOUT ROWID;\n"
	"CREATE TABLE audit(\n"
	" id INTEGER PRIMARY KEY AUTOINCREMENT,\n day INTEGER,\n actor TEXT,\n what TEXT NOT NULL,\n subject TEXT NOT NULL,\n"
	" was TEXT,\n now TEXT\n) STRICT;\n"

	NO_CHANGE("audit")
	NO_CHANGE("source")
	NO_CHANGE("seal")
	NO_CHANGE("meeting_past")
	"CREATE TRIGGER meeting_seal_new BEFORE INSERT ON meeting WHEN " SEALED("NEW.held_on") REFUSE_SEALED
	"CREATE TRIGGER meeting_seal_change BEFORE UPDATE ON meeting WHEN " SEALED("OLD.held_on") " OR " SEALED("NEW.held_on") REFUSE_SEALED
	"CREATE TRIGGER meeting_seal_delete BEFORE DELETE ON meeting WHEN " SEALED("OLD.held_on") REFUSE_SEALED
	"CREATE TRIGGER assessment_seal_new BEFORE INSERT ON assessment WHEN " SEALED_MEETING("NEW.meeting_id") REFUSE_SEALED
	"CREATE TRIGGER assessment_seal_change BEFORE UPDATE ON assessment WHEN " SEALED_MEETING("OLD.meeting_id") " OR " SEALED_MEETING("NEW.meeting_id") REFUSE_SEALED
	"CREATE TRIGGER assessment_seal_delete BEFORE DELETE ON assessment WHEN " SEALED_MEETING("OLD.meeting_id") REFUSE_SEALED
	"CREATE TRIGGER decision_seal_new BEFORE INSERT ON decision WHEN " SEALED_MEETING("NEW.meeting_id") REFUSE_SEALED
	"CREATE TRIGGER decision_seal_change BEFORE UPDATE ON decision WHEN " SEALED_MEETING("OLD.meeting_id") " OR " SEALED_MEETING("NEW.meeting_id") REFUSE_SEALED
	"CREATE TRIGGER decision_seal_delete BEFORE DELETE ON decision WHEN " SEALED_MEETING("OLD.meeting_id") REFUSE_SEALED

	"CREATE VIEW v_unit AS SELECT u.id AS id, u.code AS code, s.name AS name, s.kind AS kind, p.code AS parent_code,"
	" (SELECT n.name FROM unit_span n WHERE n.unit_id=s.parent_id AND n.valid_from<=s.valid_to ORDER BY n.valid_from DESC LIMIT 1) AS parent_name,"
	" s.cluster AS cluster, s.cell_type AS cell_type, s.members AS members, " ISO("s.valid_from") " AS valid_from, " ISO("s.valid_to") " AS valid_to,"
	" s.official_members AS official_members"
	" FROM unit u JOIN unit_span s ON s.unit_id=u.id LEFT JOIN unit p ON p.id=s.parent_id;\n"
	"CREATE VIEW v_result AS SELECT r.meeting_id AS meeting_id, m.unit_id AS unit_id, " UNIT_COLUMNS("m.held_on") ","
	" " ISO("m.held_on") " AS held_on, strftime('%Y-%m',m.held_on*86400,'unixepoch') AS month, m.kind AS kind, rs.name AS ruleset, r.ruleset_id AS ruleset_id,"
	" CASE r.status WHEN 0 THEN 'rated' WHEN 1 THEN 'missing' WHEN 2 THEN 'invalid' ELSE 'error' END AS status,"
	" CASE WHEN r.score_d>0 THEN r.score_n/(1000.0*r.score_d) END AS score, r.score_n AS score_n, r.score_d AS score_d,"
	" r.level AS level, r.level_by_score AS level_by_score, coalesce(d.official,r.level) AS official, d.official IS NOT NULL AS decided,"
	" r.gate AS gate, r.missing AS missing, r.run_id AS run_id, r.meeting_rev AS meeting_rev, r.semantics AS semantics"
	" FROM result r JOIN meeting m ON m.id=r.meeting_id JOIN ruleset rs ON rs.id=r.ruleset_id " UNIT_ON_DAY("m.unit_id", "m.held_on")
	" LEFT JOIN decision d ON d.meeting_id=r.meeting_id;\n"
	"CREATE VIEW v_result_criterion AS SELECT r.meeting_id AS meeting_id, rs.name AS ruleset, c.ord AS ord, c.id AS criterion, c.label AS label,"
	" c.article AS article, c.max AS max, CASE j.type WHEN 'integer' THEN j.value END AS points,"
	" CASE j.type WHEN 'integer' THEN 'scored' WHEN 'null' THEN 'missing' ELSE j.value END AS state"
	" FROM result r JOIN ruleset rs ON rs.id=r.ruleset_id JOIN json_each(r.points) j"
	" JOIN ruleset_criterion c ON c.ruleset_id=r.ruleset_id AND c.ord=j.key;\n"
	"CREATE VIEW v_assessment AS SELECT a.meeting_id AS meeting_id, u.code AS unit_code, " ISO("m.held_on") " AS held_on, m.kind AS kind,"
	" a.item AS item, a.assessor AS assessor, a.points AS points"
	" FROM assessment a JOIN meeting m ON m.id=a.meeting_id JOIN unit u ON u.id=m.unit_id;\n"
	"CREATE VIEW v_decision AS SELECT d.meeting_id AS meeting_id, u.code AS unit_code, " ISO("m.held_on") " AS held_on, m.kind AS kind,"
	" d.proposed AS proposed, d.votes_for AS votes_for, d.votes_total AS votes_total, d.official AS official, d.reason AS reason,"
	" " ISO("d.decided_on") " AS decided_on FROM decision d JOIN meeting m ON m.id=d.meeting_id JOIN unit u ON u.id=m.unit_id;\n"
	"CREATE VIEW v_visit AS SELECT v.unit_id AS unit_id, " UNIT_COLUMNS("v.day") ", " ISO("v.day") " AS day,"
	" strftime('%Y-%m',v.day*86400,'unixepoch') AS month, v.meeting_id AS meeting_id FROM visit v " UNIT_ON_DAY("v.unit_id", "v.day") ";\n"
	"CREATE VIEW v_month AS SELECT v.unit_id AS unit_id, u.code AS unit_code, strftime('%Y-%m',v.month*86400,'unixepoch') AS month,"
	" v.status AS status, v.reason AS reason FROM unit_month v JOIN unit u ON u.id=v.unit_id;\n"
	"CREATE VIEW v_run AS SELECT id, what, " ISO("today") " AS today, version, semantics, results, rated, missing, invalid, errors, results_sha FROM run;\n"
	"CREATE VIEW v_ruleset AS SELECT id, sha256, name, title, issuer, status, " ISO("valid_from") " AS valid_from, " ISO("valid_to") " AS valid_to,"
	" (SELECT count(*) FROM ruleset_criterion c WHERE c.ruleset_id=ruleset.id) AS criteria,"
	" (SELECT sum(max) FROM ruleset_criterion c WHERE c.ruleset_id=ruleset.id) AS max FROM ruleset;\n"
	"CREATE VIEW v_fact AS SELECT id, ord, type, min, max, label, unit, replace(vocab,char(10),' ') AS vocab, pack FROM fact;\n"
	"CREATE VIEW v_seal AS SELECT period, " ISO("valid_from") " AS valid_from, " ISO("valid_to") " AS valid_to, " ISO("sealed_on") " AS sealed_on FROM seal;\n"
	"CREATE VIEW v_audit AS SELECT id, " ISO("day") " AS day, actor, what, subject, was, now FROM audit;\n";

static const char version_2[] =
	"CREATE TABLE note(\n"
	" meeting_id INTEGER NOT NULL REFERENCES meeting(id),\n item TEXT NOT NULL CHECK(length(item)<=80),\n"
	" text TEXT NOT NULL CHECK(length(text) BETWEEN 1 AND 500),\n PRIMARY KEY(meeting_id,item)\n"
	") STRICT, WITHOUT ROWID;\n"
	"CREATE TRIGGER note_seal_new BEFORE INSERT ON note WHEN " SEALED_MEETING("NEW.meeting_id") REFUSE_SEALED
	"CREATE TRIGGER note_seal_change BEFORE UPDATE ON note WHEN " SEALED_MEETING("OLD.meeting_id") " OR " SEALED_MEETING("NEW.meeting_id") REFUSE_SEALED
	"CREATE TRIGGER note_seal_delete BEFORE DELETE ON note WHEN " SEALED_MEETING("OLD.meeting_id") REFUSE_SEALED
	"CREATE VIEW v_note AS SELECT n.meeting_id AS meeting_id, u.code AS unit_code, " ISO("m.held_on") " AS held_on, m.kind AS kind,"
	" n.item AS item, n.text AS text FROM note n JOIN meeting m ON m.id=n.meeting_id JOIN unit u ON u.id=m.unit_id;\n"
	"CREATE TABLE ruleset_notes(\n"
	" ruleset_id INTEGER PRIMARY KEY REFERENCES ruleset(id),\n one_for TEXT NOT NULL CHECK(one_for IN ('criterion','meeting'))\n"
	") STRICT;\n"

	/* what a person types is looked up at once among 100.000 units */
	"CREATE INDEX unit_span_cluster ON unit_span(cluster) WHERE cluster IS NOT NULL;\n"
	"CREATE INDEX unit_span_top ON unit_span(kind) WHERE kind IN ('tinh','khoi');\n"

	"CREATE TABLE run_signature(\n"
	" run_id INTEGER NOT NULL REFERENCES run(id),\n ruleset_id INTEGER NOT NULL REFERENCES ruleset(id),\n"
	" folder TEXT NOT NULL,\n state TEXT NOT NULL CHECK(state IN ('trusted','unknown','unsigned','broken')),\n signer TEXT,\n key TEXT,\n"
	" PRIMARY KEY(run_id,ruleset_id,folder)\n"
	") STRICT, WITHOUT ROWID;\n"
	NO_CHANGE("run_signature")
	"CREATE VIEW v_run_signature AS SELECT s.run_id AS run_id, r.name AS ruleset, r.sha256 AS sha256, s.folder AS folder, s.state AS state, s.signer AS signer, s.key AS key"
	" FROM run_signature s JOIN ruleset r ON r.id=s.ruleset_id;\n"

	"ALTER TABLE ruleset_criterion ADD COLUMN counts INTEGER NOT NULL DEFAULT 0 CHECK(counts BETWEEN 0 AND 2);\n"
	"DROP VIEW v_result_criterion;\n"
	"CREATE VIEW v_result_criterion AS SELECT r.meeting_id AS meeting_id, rs.name AS ruleset, c.ord AS ord, c.id AS criterion, c.label AS label,"
	" c.article AS article, CASE c.counts WHEN 0 THEN 'scale' WHEN 1 THEN 'bonus' ELSE 'penalty' END AS counts, c.max AS max,"
	" CASE j.type WHEN 'integer' THEN j.value END AS points,"
	" CASE WHEN j.type='integer' THEN CASE c.counts WHEN 0 THEN c.max-j.value WHEN 1 THEN 0 ELSE -j.value END END AS lost,"
	" CASE j.type WHEN 'integer' THEN 'scored' WHEN 'null' THEN 'missing' ELSE j.value END AS state"
	" FROM result r JOIN ruleset rs ON rs.id=r.ruleset_id JOIN json_each(r.points) j"
	" JOIN ruleset_criterion c ON c.ruleset_id=r.ruleset_id AND c.ord=j.key;\n"
	"CREATE VIEW v_note_due AS SELECT r.meeting_id AS meeting_id, m.unit_id AS unit_id, m.held_on AS day, c.ord AS ord, c.id AS criterion,"
	" c.label AS label, CASE c.counts WHEN 0 THEN c.max-j.value WHEN 1 THEN 0 ELSE -j.value END AS lost, (SELECT group_concat(n.text,'; ') FROM note n WHERE n.meeting_id=r.meeting_id AND"
	" (n.item=c.id OR substr(n.item,1,length(c.id)+1)=c.id||'.' OR (n.item='' AND q.one_for='meeting'))) AS note"
	" FROM ruleset_notes q JOIN result r ON r.ruleset_id=q.ruleset_id JOIN meeting m ON m.id=r.meeting_id JOIN json_each(r.points) j"
	" JOIN ruleset_criterion c ON c.ruleset_id=r.ruleset_id AND c.ord=j.key WHERE j.type='integer' AND lost>0;\n"
	"DROP VIEW v_ruleset;\n"
	"CREATE VIEW v_ruleset AS SELECT id, sha256, name, title, issuer, status, " ISO("valid_from") " AS valid_from, " ISO("valid_to") " AS valid_to,"
	" (SELECT count(*) FROM ruleset_criterion c WHERE c.ruleset_id=ruleset.id) AS criteria,"
	" (SELECT sum(max) FROM ruleset_criterion c WHERE c.ruleset_id=ruleset.id AND c.counts=0) AS max FROM ruleset;\n"

	"DROP TRIGGER seal_no_delete;\n"
	"CREATE TRIGGER seal_no_delete BEFORE DELETE ON seal WHEN NOT EXISTS(SELECT 1 FROM audit WHERE id=(SELECT max(id) FROM audit)"
	" AND what='unseal' AND subject=OLD.period) BEGIN SELECT RAISE(ABORT,'a seal is only taken off by `chibo unseal`, with a reason'); END;\n";

const struct cb_step cb_schema_steps[] = {
	{ version_1, "the first version" },
	{ version_2, "notes on deductions, who signed the rules of a run, seals that can be taken off" },
};
const size_t cb_schema_nsteps = sizeof(cb_schema_steps) / sizeof(cb_schema_steps[0]);
_Static_assert(sizeof(cb_schema_steps) / sizeof(cb_schema_steps[0]) == CB_SCHEMA_VERSION, "one step per version");

/* What two facts say together; the same as cb_meeting_check() says in words. */
static const struct {
	const char *fact[4];
	const char *check;
} together[] = {
	{ { "present", "members" }, "present<=members" },
	{ { "exempt", "members" }, "exempt<=members" },
	{ { "special_duty", "members" }, "special_duty<=members" },
	{ { "working_away", "members" }, "working_away<=members" },
	{ { "present", "absent_excused", "absent_unexcused", "members" },
	  "present+coalesce(absent_excused,0)+coalesce(absent_unexcused,0)<=members" },
	{ { "speakers", "present" }, "speakers<=present" },
	{ { "tasks_done", "tasks_assigned" }, "tasks_done<=tasks_assigned" },
	{ { "targets_met", "targets_set" }, "targets_met<=targets_set" },
};

static const char *const type_name[] = { "count", "minutes", "days", "date", "flag", "word", "decimal" };

int cb_schema_own_column(const char *id)
{
	if (strcmp(id, "held_on") == 0 || strcmp(id, "kind") == 0)
		return 1;
	return strcmp(id, "unit_kind") == 0 || strcmp(id, "cell_type") == 0 ? 2 : 0;
}

bool cb_schema_reserved(const char *id)
{
	static const char *const word[] = { "id", "unit_id", "topic", "rev", "txn", "rowid", "oid", "unit_code", "unit_name", "parent_code",
					    "parent_name", "cluster", "month" };

	for (size_t i = 0; i < sizeof(word) / sizeof(word[0]); i++)
		if (strcmp(id, word[i]) == 0)
			return true;
	return false;
}

static size_t words(const char *const *w)
{
	size_t n = 0;

	while (w != NULL && w[n] != NULL)
		n++;
	return n;
}

/* The limits that the column gets, in stored units. */
static void limits(const struct cb_fact *f, int64_t *min, int64_t *max)
{
	*min = f->min;
	*max = f->max;
	switch (f->type) {
	case CB_FACT_FLAG:
		*min = 0;
		*max = 1;
		break;
	case CB_FACT_DATE:
		*min = CB_DAY_MIN;
		*max = CB_DAY_MAX;
		break;
	case CB_FACT_WORD:
		*min = 0;
		*max = words(f->vocab) ? (int64_t)words(f->vocab) - 1 : 0;
		break;
	default:
		if (*max <= *min && *max == 0)
			*max = CB_FACT_VALUE_MAX;
	}
}

void cb_schema_column(struct cb_buf *out, const struct cb_fact *f)
{
	int64_t min, max;

	limits(f, &min, &max);
	cb_buf_printf(out, "\"%s\" INTEGER CHECK(\"%s\" BETWEEN %lld AND %lld)", f->id, f->id, (long long)min, (long long)max);
}

static void meeting_table(struct cb_buf *out)
{
	cb_buf_puts(out, "CREATE TABLE meeting(\n id INTEGER PRIMARY KEY,\n unit_id INTEGER NOT NULL REFERENCES unit(id),\n"
			 " held_on INTEGER NOT NULL CHECK(" DAY("held_on") "),\n"
			 " kind TEXT NOT NULL CHECK(kind IN ('regular','thematic','combined')),\n"
			 " rev INTEGER NOT NULL CHECK(rev>=1),\n txn INTEGER NOT NULL,\n"
			 " topic TEXT CHECK(length(topic) BETWEEN 1 AND 200)");
	for (size_t i = 0; i < cb_fact_core_count(); i++) {
		if (cb_schema_own_column(cb_fact_core(i)->id))
			continue;
		cb_buf_puts(out, ",\n ");
		cb_schema_column(out, cb_fact_core(i));
	}
	for (size_t i = 0; i < sizeof(together) / sizeof(together[0]); i++) {
		bool all = true;

		for (size_t k = 0; k < 4 && together[i].fact[k] != NULL; k++)
			all = all && cb_fact_core_find(together[i].fact[k]) >= 0;
		if (all)
			cb_buf_printf(out, ",\n CHECK(%s)", together[i].check);
	}
	cb_buf_puts(out, ",\n UNIQUE(unit_id,held_on,kind)\n) STRICT;\n");
}

void cb_schema_view(struct cb_buf *out, const struct cb_facts *facts, const unsigned char *column)
{
	cb_buf_puts(out, "DROP VIEW IF EXISTS v_meeting;\n"
			 "CREATE VIEW v_meeting AS SELECT m.id AS id, " UNIT_COLUMNS("m.held_on") ", " ISO("m.held_on") " AS held_on,"
			 " strftime('%Y-%m',m.held_on*86400,'unixepoch') AS month, m.kind AS kind, m.topic AS topic, m.rev AS rev");
	for (size_t i = 0; i < cb_facts_count(facts); i++) {
		const struct cb_fact *f = cb_facts_at(facts, i);

		if (!column[i])
			continue;
		cb_buf_puts(out, ",\n ");
		if (f->type == CB_FACT_DATE) {
			cb_buf_printf(out, "date(m.\"%s\"*86400,'unixepoch')", f->id);
		} else if (f->type == CB_FACT_DECIMAL) {
			cb_buf_printf(out, "m.\"%s\"/1000.0", f->id);
		} else if (f->type == CB_FACT_WORD && words(f->vocab)) {
			cb_buf_printf(out, "CASE m.\"%s\"", f->id);
			for (size_t k = 0; k < words(f->vocab); k++) {
				cb_buf_printf(out, " WHEN %zu THEN '", k);
				for (const char *p = f->vocab[k]; *p != '\0'; p++) {
					if (*p == '\'')
						cb_buf_putc(out, '\'');
					cb_buf_putc(out, *p);
				}
				cb_buf_putc(out, '\'');
			}
			cb_buf_puts(out, " END");
		} else {
			cb_buf_printf(out, "m.\"%s\"", f->id);
		}
		cb_buf_printf(out, " AS \"%s\"", f->id);
	}
	cb_buf_puts(out, " FROM meeting m " UNIT_ON_DAY("m.unit_id", "m.held_on") ";\n");
}

const char cb_schema_fact_insert[] =
	"INSERT INTO fact(id,ord,type,min,max,label,unit,vocab,vocab_vi,alias,fixed,pack) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12)";

static void lines(struct cb_buf *b, const char *const *w)
{
	cb_buf_clear(b);
	for (size_t i = 0; w != NULL && w[i] != NULL; i++) {
		if (i > 0)
			cb_buf_putc(b, '\n');
		cb_buf_puts(b, w[i]);
	}
}

/* Binds one row of `fact`. SQLITE_NOMEM when the words do not fit in memory. */
int cb_schema_fact_row(sqlite3_stmt *q, const struct cb_fact *f, int64_t ord, struct cb_buf *b)
{
	const char *const *list[] = { f->vocab, f->vocab_vi, f->alias };
	int64_t min, max;

	limits(f, &min, &max);
	sqlite3_bind_text(q, 1, f->id, -1, SQLITE_STATIC);
	sqlite3_bind_int64(q, 2, ord);
	sqlite3_bind_text(q, 3, type_name[f->type], -1, SQLITE_STATIC);
	sqlite3_bind_int64(q, 4, min);
	sqlite3_bind_int64(q, 5, max);
	sqlite3_bind_text(q, 6, f->label ? f->label : f->id, -1, SQLITE_STATIC);
	sqlite3_bind_text(q, 7, f->unit ? f->unit : "", -1, SQLITE_STATIC);
	for (int i = 0; i < 3; i++) {
		lines(b, list[i]);
		if (!cb_buf_ok(b))
			return SQLITE_NOMEM;
		if (list[i] == NULL)
			sqlite3_bind_null(q, 8 + i);
		else if (sqlite3_bind_text(q, 8 + i, b->s, (int)b->len, SQLITE_TRANSIENT) != SQLITE_OK)
			return SQLITE_NOMEM;
	}
	sqlite3_bind_int(q, 11, f->fixed);
	if (f->pack != NULL)
		sqlite3_bind_text(q, 12, f->pack, -1, SQLITE_STATIC);
	else
		sqlite3_bind_null(q, 12);
	return SQLITE_OK;
}

/* Columns and rows for core facts that the file does not have yet. */
static int core_facts(sqlite3 *db, struct cb_buf *b)
{
	sqlite3_stmt *has = NULL, *add = NULL;
	struct cb_buf words_of;
	int rc;

	cb_buf_init(&words_of);
	rc = sqlite3_prepare_v2(db, "SELECT 1 FROM pragma_table_info('meeting') WHERE name=?1", -1, &has, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(db, "INSERT OR REPLACE INTO fact(id,ord,type,min,max,label,unit,vocab,vocab_vi,alias,fixed,pack)"
					    " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12)", -1, &add, NULL);
	for (size_t i = 0; rc == SQLITE_OK && i < cb_fact_core_count(); i++) {
		const struct cb_fact *f = cb_fact_core(i);

		rc = cb_schema_fact_row(add, f, (int64_t)i, &words_of);
		if (rc == SQLITE_OK)
			sqlite3_step(add);
		if (rc == SQLITE_OK)
			rc = sqlite3_reset(add);
		if (rc != SQLITE_OK || cb_schema_own_column(f->id))
			continue;
		sqlite3_bind_text(has, 1, f->id, -1, SQLITE_STATIC);
		rc = sqlite3_step(has);
		sqlite3_reset(has);
		if (rc == SQLITE_DONE) {
			cb_buf_clear(b);
			cb_buf_puts(b, "ALTER TABLE meeting ADD COLUMN ");
			cb_schema_column(b, f);
			rc = cb_buf_ok(b) ? sqlite3_exec(db, b->s, NULL, NULL, NULL) : SQLITE_NOMEM;
		} else if (rc == SQLITE_ROW) {
			rc = SQLITE_OK;
		}
	}
	sqlite3_finalize(has);
	sqlite3_finalize(add);
	cb_buf_release(&words_of);
	return rc;
}

int cb_schema_upgrade(struct cb_store *st, const struct cb_step *step, size_t nsteps, int from, struct cb_err *err)
{
	sqlite3 *db = st->db;
	struct cb_buf b;
	int rc, code = CB_OK;

	cb_buf_init(&b);
	rc = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
	for (size_t v = (size_t)from; rc == SQLITE_OK && v < nsteps; v++) {
		const char *mark = strchr(step[v].sql, '\x01');

		cb_buf_clear(&b);
		if (mark != NULL) {
			cb_buf_add(&b, step[v].sql, (size_t)(mark - step[v].sql));
			meeting_table(&b);
			cb_buf_puts(&b, mark + 1);
		} else {
			cb_buf_puts(&b, step[v].sql);
		}
		rc = cb_buf_ok(&b) ? sqlite3_exec(db, b.s, NULL, NULL, NULL) : SQLITE_NOMEM;
	}
	if (rc == SQLITE_OK)
		rc = core_facts(db, &b);
	if (rc == SQLITE_OK)
		code = cb_facts_load(st, err);
	if (rc == SQLITE_OK && code == CB_OK) {
		cb_buf_clear(&b);
		cb_schema_view(&b, st->facts, st->column);
		rc = cb_buf_ok(&b) ? sqlite3_exec(db, b.s, NULL, NULL, NULL) : SQLITE_NOMEM;
	}
	if (rc == SQLITE_OK && code == CB_OK) {
		cb_buf_clear(&b);
		cb_buf_printf(&b, "PRAGMA application_id=%d; PRAGMA user_version=%zu;", CB_APPLICATION_ID, nsteps);
		rc = cb_buf_ok(&b) ? sqlite3_exec(db, b.s, NULL, NULL, NULL) : SQLITE_NOMEM;
	}
	if (rc == SQLITE_OK && code == CB_OK)
		rc = sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	if (rc != SQLITE_OK)
		code = cb_st_fail(st, rc, "bringing the schema up to date", err);
	if (code != CB_OK && !sqlite3_get_autocommit(db))
		sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	cb_buf_release(&b);
	return code;
}
