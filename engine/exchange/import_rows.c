/*
 * import_rows.c - one row of each kind of file: its cells checked together, then put through the store. Units whose
 * parent comes later in the file wait until its end.
 */
#include <stdio.h>
#include <string.h>
#include "base/alloc.h"
#include "base/utf8.h"
#include "exchange/import_int.h"
#include "exchange/value.h"

#define UNIT_ROUNDS 20  /* levels of parents that come later in the file */
#define POINTS_MAX CB_PTS(1000)

static int kind_of(struct cb_imp *m, int missing)
{
	static const struct cb_fact words = { .id = "kind" };
	struct cb_in_cell *c = cb_imp_cell(m, CB_F_KIND);
	char text[64], shown[96];
	int at = cb_facts_find(m->dict, "kind"), w = -1;
	const struct cb_fact *fact = at >= 0 ? cb_facts_at(m->dict, (size_t)at) : &words;
	if (!cb_imp_filled(c))
		return missing;
	if (!cb_imp_json_type_ok(m, c, CB_F_KIND, false))
		return missing;
	if (c->n < sizeof(text)) {
		memcpy(text, c->s, c->n);
		text[c->n] = '\0';
		w = cb_fact_word(fact, text);
	}
	if (w < 0) {
		cb_imp_bad(m, c, CB_F_KIND, "write regular (thường kỳ), thematic (chuyên đề) or combined (kết hợp)", "%s is no kind of meeting",
			 cb_cell_shown(shown, sizeof(shown), c->s, c->n));
		return missing;
	}
	return w;
}

struct check_ctx {
	struct cb_imp *m;
};

static void fact_fault(void *ctx, int fact, const char *what, const char *mend)
{
	struct cb_imp *m = ((struct check_ctx *)ctx)->m;
	int field = CB_F_FACTS + fact;
	struct cb_in_cell *c = cb_imp_cell(m, field);
	struct cb_in_cell copy = *c;
	cb_imp_bad(m, &copy, field, mend, "%s%s", what, c->s ? "" : " (as it is on record)");
}

/* The note of a cell, NFC, in m->note; false when it was told. */
static bool note_of(struct cb_imp *m, struct cb_in_cell *c, const char *name)
{
	struct cb_cell_fault f;
	if (c->broken)
		return false;
	if (c->json && c->type != CB_JSON_TEXT) {
		cb_imp_told(m, c->line, c->col, name, "no text where a note is wanted", "write it in double quotes");
		return false;
	}
	if (!cb_cell_note(&m->note, c->s, c->n, CB_NOTE_CHARS, &f)) {
		cb_imp_told(m, c->line, c->col, name, f.what, f.mend);
		return false;
	}
	if (cb_text_looks_broken(m->note.s, m->note.len))
		cb_imp_warn_broken(m, c, name);
	return true;
}

static int row_meeting(struct cb_imp *m)
{
	struct cb_in_known *unit;
	struct cb_cell_fault f;
	cb_day day = CB_DAY_NONE;
	int rc;
	if ((rc = cb_imp_unit(m, &unit)) < 0)
		return rc;
	struct cb_in_cell *c = cb_imp_cell(m, CB_F_DAY);
	if (!c->broken && (!c->s || !c->n))
		cb_imp_empty(m, c, CB_F_DAY);
	bool dated = cb_imp_when(m, CB_F_DAY, &day);
	int kind = kind_of(m, CB_REGULAR);
	if (unit && dated && (rc = cb_imp_check_unit(m, unit, day)) < 0)
		return rc;
	const char *topic = cb_imp_text(m, CB_F_TOPIC, 200);
	struct cb_in_cell *note = cb_imp_cell(m, CB_F_NOTE);
	if (note->s && note->n)
		note_of(m, note, cb_imp_heading(m, CB_F_NOTE));
	for (size_t i = 0; i < m->nfact; i++) {
		int field = CB_F_FACTS + (int)i;
		const struct cb_fact *fact = cb_facts_at(m->dict, i);
		enum cb_date_form form;
		m->have[i] = 0;
		m->value[i] = 0;
		c = cb_imp_cell(m, field);
		if (!c->s || c->broken)
			continue;
		if (c->n == 0) {
			/* who was there is what the record is for: an empty cell is more likely forgotten than meant */
			if (!strcmp(fact->id, "members") || !strcmp(fact->id, "present"))
				cb_imp_empty(m, c, field);
			continue;
		}
		if (c->n == 1 && c->s[0] == '?')
			continue;
		if (fact->type == CB_FACT_DATE) {
			cb_day d;
			if (cb_imp_day(m, field, &d) && !c->broken)
				m->value[i] = d, m->have[i] = 1;
			continue;
		}
		bool number = fact->type != CB_FACT_FLAG && fact->type != CB_FACT_WORD;
		if (fact->type != CB_FACT_FLAG && !cb_imp_json_type_ok(m, c, field, number))
			continue;
		if (cb_cell_fact(&m->value[i], &form, fact, c->s, c->n, &f))
			m->have[i] = 1;
		else
			cb_imp_bad(m, c, field, f.mend, "%s", f.what);
	}
	struct cb_meeting meeting = { .unit_id = unit ? unit->id : 0, .held_on = day, .kind = (enum cb_meeting_kind)kind, .topic = topic,
				      .value = m->value, .have = m->have, .nfact = m->nfact };
	struct check_ctx ctx = { m };
	cb_meeting_check(&meeting, m->dict, fact_fault, &ctx);
	/* what the file has no column for stays as it is on record; an empty cell makes a fact absent */
	meeting.keep_topic = !cb_imp_cell(m, CB_F_TOPIC)->s;
	for (size_t i = 0; i < m->nfact; i++)
		if (!cb_imp_cell(m, CB_F_FACTS + (int)i)->s)
			m->have[i] = CB_HAVE_KEEP;
	if (!m->row_bad) {
		bool any;
		memcpy(m->kept, m->have, m->nfact);
		if ((rc = cb_store_meeting_kept(m->st, &meeting, m->value, m->kept, &any, m->err)) < 0)
			return rc;
		meeting.have = m->kept;
		if (any) /* together with what stays it must make sense too */
			cb_meeting_check(&meeting, m->dict, fact_fault, &ctx);
		meeting.have = m->have;
	}
	if (!m->row_bad) { /* one finding for a bad row that is there again and again */
		int64_t key[3] = { unit->id, day, kind };
		long first;
		char say[120], iso[11];
		if ((rc = cb_imp_seen(m, key, sizeof(key), &first)) < 0)
			return rc;
		if (first) {
			snprintf(say, sizeof(say), "the meeting of %s on %s is there twice", unit->code, cb_day_iso(iso, day));
			cb_imp_same_as(m, say, first);
		}
	}
	if (!cb_imp_writing(m))
		return 0;
	enum cb_put what;
	struct cb_err e;
	if ((rc = cb_store_meeting_put(m->st, &meeting, &what, &e)) < 0)
		return cb_imp_put_failed(m, rc, &e, CB_F_DAY);
	cb_imp_count_put(m, what);
	if (note->s) { /* as with the topic: an empty cell takes the note away, a file without the column leaves it */
		if ((rc = cb_store_note_put(m->st, meeting.id, "", note->n ? m->note.s : NULL, &what, &e)) < 0)
			return cb_imp_put_failed(m, rc, &e, CB_F_NOTE);
		cb_imp_count_put(m, what);
	}
	return 0;
}

/* The meeting that a row speaks of; *id 0 when there is none (told). */
static int meeting_of(struct cb_imp *m, struct cb_in_known **unit, cb_day *day, int64_t *id)
{
	int rc;
	struct cb_err e;
	*id = 0;
	if ((rc = cb_imp_unit(m, unit)) < 0)
		return rc;
	struct cb_in_cell *c = cb_imp_cell(m, CB_F_DAY);
	if (!c->broken && (!c->s || !c->n))
		cb_imp_empty(m, c, CB_F_DAY);
	bool dated = cb_imp_day(m, CB_F_DAY, day);
	int kind = kind_of(m, -1);
	if (*unit && dated && (rc = cb_imp_check_unit(m, *unit, *day)) < 0)
		return rc;
	if (!*unit || !dated || cb_imp_cell(m, CB_F_KIND)->broken || c->broken)
		return 0;
	rc = cb_store_meeting_find(m->st, (*unit)->id, *day, kind, id, &e);
	if (rc == CB_ENOTFOUND || rc == CB_EDATA || rc == CB_EEXIST) {
		char iso[11];
		*id = 0;
		if (rc == CB_ENOTFOUND)
			cb_imp_bad(m, c, CB_F_DAY, "import the meeting first, or correct the unit, the day or the kind", "no meeting of %s on %s%s%s", (*unit)->code,
				 cb_day_iso(iso, *day), kind >= 0 ? " of kind " : "", kind >= 0 ? cb_meeting_kind_id((enum cb_meeting_kind)kind) : "");
		else
			cb_imp_bad(m, c, CB_F_DAY, "name its kind in the column kind", "%s", e.msg);
		return 0;
	}
	return rc < 0 ? (*m->err = e, rc) : 0;
}

/* "Trung bình" -> trung_binh: the id of a level in a pack. */
static const char *level_of(struct cb_imp *m, int field)
{
	struct cb_in_cell *c = cb_imp_cell(m, field);
	char key[48], shown[96];
	if (!cb_imp_filled(c) || !cb_imp_json_type_ok(m, c, field, false))
		return NULL;
	size_t n = cb_utf8_fold_into(key, sizeof(key), c->s, c->n);
	bool ok = n > 0 && n <= 40 && key[0] >= 'a' && key[0] <= 'z';
	for (size_t i = 0; i < n && ok; i++) {
		if (key[i] == ' ')
			key[i] = '_';
		ok = (key[i] >= 'a' && key[i] <= 'z') || (key[i] >= '0' && key[i] <= '9') || key[i] == '_';
	}
	if (!ok || (n == 1 && key[0] == 'x')) {
		cb_imp_bad(m, c, field, "write the level's id or name: tot, kha, trung_binh, kem", "%s is not a level",
			 cb_cell_shown(shown, sizeof(shown), c->s, c->n));
		return NULL;
	}
	struct cb_buf *b = &m->text[m->ntext < 3 ? m->ntext++ : 3];
	cb_buf_clear(b);
	cb_buf_add(b, key, n);
	return cb_buf_ok(b) ? b->s : NULL;
}

static bool item_ok(const char *s, size_t n)
{
	if (n == 0 || n > 80)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!((s[i] >= 'a' && s[i] <= 'z') || (s[i] >= '0' && s[i] <= '9') || s[i] == '_' || s[i] == '.'))
			return false;
	return s[0] >= 'a' && s[0] <= 'z';
}

static int put_points(struct cb_imp *m, int64_t meeting, int by, const char *item, struct cb_in_cell *c, int field, const char *name)
{
	struct cb_cell_fault f;
	cb_pts points;
	long first;
	int rc;
	struct cb_err e;
	enum cb_put what;
	char key[128], say[200];
	if (c->json && c->type != CB_JSON_NUMBER) {
		cb_imp_told(m, c->line, c->col, name, c->type == CB_JSON_TEXT ? "a text where a number is wanted" : "no number", "write the points as a number, without quotes");
		return 0;
	}
	if (!cb_cell_points(&points, c->s, c->n, 0, POINTS_MAX, &f)) {
		cb_imp_told(m, c->line, c->col, name, f.what, f.mend);
		return 0;
	}
	if (!meeting || by < 0)
		return 0;
	int n = snprintf(key, sizeof(key), "a%lld/%d/%s", (long long)meeting, by, item);
	if ((rc = cb_imp_seen(m, key, (size_t)n, &first)) < 0)
		return rc;
	if (first) {
		snprintf(say, sizeof(say), "points of %s by %s are there twice", *item ? item : "the total", cb_assessor_id((enum cb_assessor)by));
		cb_imp_same_as(m, say, first);
		return 0;
	}
	if (!cb_imp_writing(m))
		return 0;
	struct cb_assessment a = { .meeting_id = meeting, .by = (enum cb_assessor)by, .item = item, .points = points };
	if ((rc = cb_store_assessment_put(m->st, &a, &what, &e)) < 0)
		return cb_imp_put_failed(m, rc, &e, field);
	cb_imp_count_put(m, what);
	return 0;
}

/* A note of an item, "": of the whole meeting. The same words again say nothing new. */
static int put_note(struct cb_imp *m, int64_t meeting, const char *item, struct cb_in_cell *c, const char *name)
{
	char key[128], say[200];
	long first;
	int64_t again;
	int rc;
	struct cb_err e;
	enum cb_put what;
	if (!note_of(m, c, name) || !meeting)
		return 0;
	if (!cb_buf_ok(&m->note))
		return cb_err_nomem(m->err);
	int n = snprintf(key, sizeof(key), "w%lld/%s/%llx", (long long)meeting, item,
			 (unsigned long long)cb_imp_mix(0xcbf29ce484222325u, m->note.s, m->note.len));
	if ((rc = cb_seen_put(m->seen, key, (size_t)n, m->row_line, &again, m->err)) < 0)
		return rc;
	n = snprintf(key, sizeof(key), "n%lld/%s", (long long)meeting, item);
	if ((rc = cb_imp_seen(m, key, (size_t)n, &first)) < 0)
		return rc;
	if (first && !again) {
		snprintf(say, sizeof(say), "another note of %s stands on line %ld", *item ? item : "the whole meeting", first);
		cb_imp_told(m, c->line, c->col, name, say, "keep one of the two, or write both in one cell");
		return 0;
	}
	if (!cb_imp_writing(m))
		return 0;
	if ((rc = cb_store_note_put(m->st, meeting, item, m->note.s, &what, &e)) < 0)
		return cb_imp_put_failed(m, rc, &e, CB_F_NOTE);
	cb_imp_count_put(m, what);
	return 0;
}

static int row_assessment(struct cb_imp *m)
{
	struct cb_in_known *unit;
	cb_day day = CB_DAY_NONE;
	int64_t meeting;
	char text[96], shown[96], key[64];
	int rc, by = -1;
	if ((rc = meeting_of(m, &unit, &day, &meeting)) < 0)
		return rc;
	struct cb_in_cell *who = cb_imp_cell(m, CB_F_ASSESSOR), *points = cb_imp_cell(m, CB_F_POINTS), *item = cb_imp_cell(m, CB_F_ITEM_ID);
	if (cb_imp_filled(who) && cb_imp_json_type_ok(m, who, CB_F_ASSESSOR, false)) {
		if (who->n < sizeof(text)) {
			memcpy(text, who->s, who->n);
			text[who->n] = '\0';
			by = cb_assessor_find(text);
		}
		if (by < 0)
			cb_imp_bad(m, who, CB_F_ASSESSOR, "write self (chi bộ tự chấm), observer (người dự) or superior (cấp trên)", "%s is no assessor",
				 cb_cell_shown(shown, sizeof(shown), who->s, who->n));
	}
	struct cb_in_cell *note = cb_imp_cell(m, CB_F_NOTE);
	size_t given = 0;
	bool any_points = points->s && points->n, any_note = note->s && note->n;
	for (size_t i = 0; i < m->ncolumn; i++) {
		bool filled = m->item_cell[i].s && m->item_cell[i].n;
		any_points = any_points || (m->column[i].field == CB_F_ITEM && filled);
		any_note = any_note || (m->column[i].field == CB_F_ITEM_NOTE && filled);
	}
	if (any_points && !who->broken && !cb_imp_filled(who))
		cb_imp_empty(m, who, CB_F_ASSESSOR);
	if (cb_imp_filled(who) && !any_points && !any_note && !points->broken)
		cb_imp_empty(m, points, CB_F_POINTS);
	if (cb_imp_filled(item) && !any_points && !any_note && !points->broken)
		cb_imp_empty(m, points, CB_F_POINTS);
	const char *id = "";
	if (cb_imp_filled(points) || cb_imp_filled(note)) {
		if (cb_imp_filled(item) && cb_imp_json_type_ok(m, item, CB_F_ITEM_ID, false)) {
			if (!item_ok(item->s, item->n)) {
				cb_imp_bad(m, item, CB_F_ITEM_ID, "write the id of the criterion as the pack has it, such as preparation.2; leave it empty for the total",
					 "%s is no id of an item", cb_cell_shown(shown, sizeof(shown), item->s, item->n));
			} else {
				memcpy(text, item->s, item->n < sizeof(text) ? item->n : sizeof(text) - 1);
				text[item->n < sizeof(text) ? item->n : sizeof(text) - 1] = '\0';
				id = text;
			}
		}
	}
	if (cb_imp_filled(points) && (rc = put_points(m, item->broken ? 0 : meeting, by, id, points, CB_F_POINTS, cb_imp_heading(m, CB_F_POINTS))) < 0)
		return rc;
	if (cb_imp_filled(note) && (rc = put_note(m, item->broken ? 0 : meeting, id, note, cb_imp_heading(m, CB_F_NOTE))) < 0)
		return rc;
	given += cb_imp_filled(points) || points->broken || any_note;
	for (size_t i = 0; i < m->ncolumn; i++) {
		struct cb_in_cell *c = &m->item_cell[i];
		bool of_note = m->column[i].field == CB_F_ITEM_NOTE;
		if ((m->column[i].field != CB_F_ITEM && !of_note) || !c->s || !c->n)
			continue;
		given++;
		if (c->broken || (!of_note && c->n == 1 && c->s[0] == '?'))
			continue;
		if (!item_ok(m->column[i].item, strlen(m->column[i].item))) {
			cb_imp_told(m, c->line, c->col, m->column[i].name, "the heading names no item",
				    of_note ? "write note. and the id of the criterion, such as note.preparation" :
					      "write points. and the id of the criterion, such as points.preparation.2");
			continue;
		}
		if (of_note) {
			if ((rc = put_note(m, meeting, m->column[i].item, c, m->column[i].name)) < 0)
				return rc;
			continue;
		}
		if ((rc = put_points(m, meeting, by, m->column[i].item, c, CB_F_UNIT, m->column[i].name)) < 0)
			return rc;
	}
	struct cb_decision d = { .meeting_id = meeting, .votes_for = -1, .votes_total = -1, .decided_on = CB_DAY_NONE };
	d.proposed = level_of(m, CB_F_PROPOSED);
	d.official = level_of(m, CB_F_OFFICIAL);
	d.reason = cb_imp_text(m, CB_F_REASON, 500);
	cb_imp_count(m, CB_F_VOTES_FOR, &d.votes_for);
	cb_imp_count(m, CB_F_VOTES_TOTAL, &d.votes_total);
	cb_imp_decided_on(m, meeting ? day : CB_DAY_NONE, &d.decided_on);
	if ((rc = cb_imp_levels(m, meeting, unit, day, &d)) < 0)
		return rc;
	bool decides = false;
	static const int fields[] = { CB_F_PROPOSED, CB_F_OFFICIAL, CB_F_REASON, CB_F_VOTES_FOR, CB_F_VOTES_TOTAL, CB_F_DECIDED_ON };
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		decides = decides || (cb_imp_cell(m, fields[i])->s && cb_imp_cell(m, fields[i])->n);
	if (d.votes_for >= 0 && d.votes_total >= 0 && d.votes_for > d.votes_total)
		cb_imp_bad(m, cb_imp_cell(m, CB_F_VOTES_FOR), CB_F_VOTES_FOR, "correct one of the two counts", "%lld votes for, of %lld in all", (long long)d.votes_for,
			 (long long)d.votes_total);
	if (!given && !decides) {
		if (!m->row_bad)
			cb_imp_told(m, m->row_line, 0, NULL, "the row gives neither points nor a note nor a decision", "fill in points, a note, or one of proposed, official, votes_for");
		return 0;
	}
	if (!decides || !meeting)
		return 0;
	if (m->row_bad)
		return 0;
	/* each piece once: the cell's row gives the vote, the superior's the decision; a piece said again in the same words
	   (a list with a row per item repeats it) says nothing new */
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		struct cb_in_cell *c = cb_imp_cell(m, fields[i]);
		long first;
		int64_t again;
		char say[120];
		if (!cb_imp_filled(c))
			continue;
		int n = snprintf(key, sizeof(key), "d%lld/%zu/%llx", (long long)meeting, i, (unsigned long long)cb_imp_mix(0xcbf29ce484222325u, c->s, c->n));
		if ((rc = cb_seen_put(m->seen, key, (size_t)n, m->row_line, &again, m->err)) < 0)
			return rc;
		n = snprintf(key, sizeof(key), "d%lld/%zu", (long long)meeting, i);
		if ((rc = cb_imp_seen(m, key, (size_t)n, &first)) < 0)
			return rc;
		if (first && !again) {
			snprintf(say, sizeof(say), "says something else of this meeting than line %ld", first);
			cb_imp_told(m, c->line, c->col, cb_imp_heading(m, fields[i]), say, "keep one of the two");
		}
	}
	if (!cb_imp_writing(m))
		return 0;
	enum cb_put what;
	struct cb_err e;
	if ((rc = cb_store_decision_put(m->st, &d, &what, &e)) < 0)
		return cb_imp_put_failed(m, rc, &e, CB_F_OFFICIAL);
	cb_imp_count_put(m, what);
	return 0;
}

static int row_visit(struct cb_imp *m)
{
	struct cb_in_known *unit;
	cb_day day = CB_DAY_NONE;
	int rc;
	struct cb_err e;
	if ((rc = cb_imp_unit(m, &unit)) < 0)
		return rc;
	struct cb_in_cell *c = cb_imp_cell(m, CB_F_DAY);
	if (!c->broken && (!c->s || !c->n))
		cb_imp_empty(m, c, CB_F_DAY);
	bool dated = cb_imp_when(m, CB_F_DAY, &day);
	if (unit && dated && (rc = cb_imp_check_unit(m, unit, day)) < 0)
		return rc;
	if (!unit || !dated || m->row_bad)
		return 0;
	int64_t key[2] = { unit->id, day }, meeting = 0;
	long first;
	if ((rc = cb_imp_seen(m, key, sizeof(key), &first)) < 0)
		return rc;
	if (first)
		cb_imp_same_as(m, "the visit is there twice", first);
	if (!cb_imp_writing(m))
		return 0;
	rc = cb_store_meeting_find(m->st, unit->id, day, -1, &meeting, &e);
	if (rc == CB_ENOTFOUND || rc == CB_EDATA || rc == CB_EEXIST)
		meeting = 0; /* none on record yet, or two: the visit stands for the day */
	else if (rc < 0)
		return *m->err = e, rc;
	enum cb_put what;
	if ((rc = cb_store_visit_put(m->st, unit->id, day, meeting, &what, &e)) < 0)
		return cb_imp_put_failed(m, rc, &e, CB_F_DAY);
	cb_imp_count_put(m, what);
	return 0;
}

static int row_month(struct cb_imp *m)
{
	static const struct {
		const char *word, *status;
	} words[] = {
		{ "exempt", "exempt" }, { "mien", "exempt" }, { "duoc mien", "exempt" }, { "mien sinh hoat", "exempt" }, { "postponed", "postponed" },
		{ "hoan", "postponed" }, { "lui", "postponed" }, { "hoan sinh hoat", "postponed" }, { "missed", "missed" }, { "khong hop", "missed" },
		{ "khong sinh hoat", "missed" }, { "bo", "missed" }, { "bo sinh hoat", "missed" },
	};
	struct cb_in_known *unit;
	struct cb_period period = { 0 };
	char text[64], shown[96];
	const char *status = NULL;
	bool dated = false;
	int rc;
	if ((rc = cb_imp_unit(m, &unit)) < 0)
		return rc;
	struct cb_in_cell *c = cb_imp_cell(m, CB_F_MONTH);
	if (!c->broken && (!c->s || !c->n))
		cb_imp_empty(m, c, CB_F_MONTH);
	if (cb_imp_filled(c) && cb_imp_json_type_ok(m, c, CB_F_MONTH, false)) {
		if (c->n < sizeof(text)) {
			memcpy(text, c->s, c->n);
			text[c->n] = '\0';
			dated = cb_period_parse(&period, text) && period.kind == CB_MONTH;
		}
		if (!dated)
			cb_imp_bad(m, c, CB_F_MONTH, "write 2024-03 or 03/2024", "%s is not a month", cb_cell_shown(shown, sizeof(shown), c->s, c->n));
		else
			dated = cb_imp_near_today(m, CB_F_MONTH, period.from);
	}
	c = cb_imp_cell(m, CB_F_STATUS);
	if (!c->broken && (!c->s || !c->n))
		cb_imp_empty(m, c, CB_F_STATUS);
	if (cb_imp_filled(c) && cb_imp_json_type_ok(m, c, CB_F_STATUS, false)) {
		size_t n = cb_utf8_fold_into(text, sizeof(text), c->s, c->n);
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]) && n < sizeof(text); i++)
			if (!strcmp(text, words[i].word))
				status = words[i].status;
		if (!status)
			cb_imp_bad(m, c, CB_F_STATUS, "write exempt (được miễn), postponed (hoãn) or missed (không họp)", "%s does not say why there was no meeting",
				 cb_cell_shown(shown, sizeof(shown), c->s, c->n));
	}
	const char *reason = cb_imp_text(m, CB_F_REASON, 500);
	if (unit && dated && (rc = cb_imp_check_unit(m, unit, period.to)) < 0)
		return rc;
	if (!unit || !dated || m->row_bad)
		return 0;
	int64_t key[2] = { unit->id, period.from };
	long first;
	if ((rc = cb_imp_seen(m, key, sizeof(key), &first)) < 0)
		return rc;
	if (first)
		cb_imp_same_as(m, "the month is there twice", first);
	if (!cb_imp_writing(m))
		return 0;
	enum cb_put what;
	struct cb_err e;
	if ((rc = cb_store_month_put(m->st, unit->id, period.from, status, reason, &what, &e)) < 0)
		return cb_imp_put_failed(m, rc, &e, CB_F_MONTH);
	cb_imp_count_put(m, what);
	return 0;
}

/* A code cell of a units file, kept until the end of the row; NULL when empty or bad. */
static const char *code_of(struct cb_imp *m, int field, char dst[static 48])
{
	struct cb_in_cell *c = cb_imp_cell(m, field);
	char shown[96];
	if (!cb_imp_filled(c) || !cb_imp_json_type_ok(m, c, field, false))
		return NULL;
	if (!cb_code_ok(c->s, c->n)) {
		int32_t alike = cb_text_lookalike(c->s, c->n, NULL);
		cb_cell_shown(shown, sizeof(shown), c->s, c->n);
		if (alike)
			cb_imp_bad(m, c, field, "type the code again on a Latin keyboard", "%s has a look-alike of a Latin letter or digit (U+%04X)", shown, (unsigned)alike);
		else
			cb_imp_bad(m, c, field, "a code is letters, digits, dot, dash and underscore, at most 40", "%s cannot be a code", shown);
		return NULL;
	}
	memcpy(dst, c->s, c->n);
	dst[c->n] = '\0';
	return dst;
}

static int word_of(struct cb_imp *m, int field, int (*find)(const char *), const char *(*id)(int), int count, const char *what)
{
	struct cb_in_cell *c = cb_imp_cell(m, field);
	char text[128], shown[96], mend[400];
	int w = -1;
	if (!cb_imp_filled(c) || !cb_imp_json_type_ok(m, c, field, false))
		return -1;
	if (c->n < sizeof(text)) {
		memcpy(text, c->s, c->n);
		text[c->n] = '\0';
		w = find(text);
	}
	if (w >= 0)
		return w;
	size_t len = (size_t)snprintf(mend, sizeof(mend), "write one of");
	for (int i = 0; i < count && len < sizeof(mend); i++)
		if (*id(i))
			len += (size_t)snprintf(mend + len, sizeof(mend) - len, " %s", id(i));
	cb_imp_bad(m, c, field, mend, "%s is no %s", cb_cell_shown(shown, sizeof(shown), c->s, c->n), what);
	return -1;
}

static const char *unit_kind_id(int k)
{
	return cb_unit_kind_id((enum cb_unit_kind)k);
}

static const char *cell_type_id(int t)
{
	return cb_cell_type_id((enum cb_cell_type)t);
}

/* A span whose parent is not there yet is kept for the end of the file. */
static int wait_for_parent(struct cb_imp *m, const struct cb_unit_span *s)
{
	struct cb_in_waiting *w = CB_NEW(&m->mem, struct cb_in_waiting);
	if (!w)
		return cb_err_nomem(m->err);
	w->span = *s;
	w->line = m->row_line;
	w->span.code = cb_arena_strdup(&m->mem, s->code);
	w->span.name = cb_arena_strdup(&m->mem, s->name);
	w->span.parent = cb_arena_strdup(&m->mem, s->parent);
	w->span.cluster = s->cluster ? cb_arena_strdup(&m->mem, s->cluster) : NULL;
	if (!w->span.code || !w->span.name || !w->span.parent || (s->cluster && !w->span.cluster))
		return cb_err_nomem(m->err);
	*m->waiting_end = w;
	m->waiting_end = &w->next;
	return 0;
}

static int row_unit(struct cb_imp *m)
{
	static const int required[] = { CB_F_CODE, CB_F_NAME, CB_F_UNIT_KIND };
	char code[48], parent[48];
	struct cb_unit_span s = { .members = -1, .official_members = -1, .from = CB_DAY_MIN, .to = CB_DAY_MAX };
	struct cb_err e;
	int rc, w;
	for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++) {
		struct cb_in_cell *c = cb_imp_cell(m, required[i]);
		if (!c->broken && (!c->s || !c->n))
			cb_imp_empty(m, c, required[i]);
	}
	s.code = code_of(m, CB_F_CODE, code);
	s.parent = code_of(m, CB_F_PARENT, parent);
	s.name = cb_imp_text(m, CB_F_NAME, 200);
	s.cluster = cb_imp_text(m, CB_F_CLUSTER, 100);
	w = word_of(m, CB_F_UNIT_KIND, cb_unit_kind_find, unit_kind_id, CB_UNIT_KINDS, "kind of unit");
	s.kind = w < 0 ? CB_UNIT_CELL : (enum cb_unit_kind)w;
	w = word_of(m, CB_F_CELL_TYPE, cb_cell_type_find, cell_type_id, CB_CELL_TYPES, "type of cell");
	s.cell_type = w < 0 ? CB_CELL_NONE : (enum cb_cell_type)w;
	cb_imp_count(m, CB_F_MEMBERS, &s.members);
	cb_imp_count(m, CB_F_OFFICIAL_MEMBERS, &s.official_members);
	cb_imp_day(m, CB_F_FROM, &s.from);
	cb_imp_day(m, CB_F_TO, &s.to);
	if (s.code) {
		char key[80];
		long first;
		int n = snprintf(key, sizeof(key), "s%s/%d", s.code, (int)s.from);
		if ((rc = cb_imp_seen(m, key, (size_t)n, &first)) < 0)
			return rc;
		if (first)
			cb_imp_same_as(m, "the unit is there twice with the same first day", first);
		n = snprintf(key, sizeof(key), "c%s", s.code);
		if ((rc = cb_imp_seen(m, key, (size_t)n, &first)) < 0)
			return rc;
	}
	if (m->row_bad)
		return 0;
	if (!cb_buf_ok(&m->text[0]) || !s.code || !s.name)
		return cb_err_nomem(m->err);
	if (cb_unit_span_check(&s, &e) < 0) {
		/* "valid_to: is before valid_from" is about the column of the last days */
		static const struct { const char *said; int field; } about[] = {
			{ "name: ", CB_F_NAME }, { "kind: ", CB_F_UNIT_KIND }, { "parent: ", CB_F_PARENT }, { "cluster: ", CB_F_CLUSTER },
			{ "cell_type: ", CB_F_CELL_TYPE }, { "members: ", CB_F_MEMBERS }, { "official_members: ", CB_F_OFFICIAL_MEMBERS },
			{ "valid_from: ", CB_F_FROM }, { "valid_to: ", CB_F_TO }, { "code: ", CB_F_CODE },
		};
		int field = CB_F_CODE;
		const char *said = e.msg;
		for (size_t i = 0; i < sizeof(about) / sizeof(about[0]); i++)
			if (!strncmp(e.msg, about[i].said, strlen(about[i].said)))
				field = about[i].field, said = e.msg + strlen(about[i].said);
		cb_imp_bad(m, cb_imp_cell(m, field), field, NULL, "%s", said);
		return 0;
	}
	/* units are put also after a bad row, so that those below them find them; the transaction goes back all the same */
	int64_t id;
	if (s.parent) {
		rc = cb_store_unit_find(m->st, s.parent, &id, &e);
		if (rc == CB_ENOTFOUND)
			return wait_for_parent(m, &s);
		if (rc < 0)
			return *m->err = e, rc;
	}
	enum cb_put what;
	if ((rc = cb_store_unit_put(m->st, &s, &what, &e)) < 0)
		return cb_imp_put_failed(m, rc, &e, CB_F_CODE);
	cb_imp_count_put(m, what);
	return 0;
}

/* Units that waited for their parents: round after round, as long as some find theirs. */
int cb_imp_settle(struct cb_imp *m)
{
	struct cb_err e;
	int rc;
	bool moved = m->waiting != NULL;
	m->record = 0;
	for (int round = 0; moved && round < UNIT_ROUNDS; round++) {
		moved = false;
		for (struct cb_in_waiting *w = m->waiting; w; w = w->next) {
			int64_t id;
			enum cb_put what;
			if (w->done)
				continue;
			rc = cb_store_unit_find(m->st, w->span.parent, &id, &e);
			if (rc == CB_ENOTFOUND)
				continue;
			if (rc < 0)
				return *m->err = e, rc;
			moved = w->done = true;
			m->row_line = w->line, m->row_bad = false;
			if ((rc = cb_store_unit_put(m->st, &w->span, &what, &e)) < 0) {
				if (rc != CB_EDATA && rc != CB_ENOTFOUND && rc != CB_EEXIST && rc != CB_ESEALED)
					return *m->err = e, rc;
				cb_imp_told(m, w->line, 0, NULL, e.msg, NULL);
				m->stats.bad++;
			} else {
				cb_imp_count_put(m, what);
				cb_imp_count_row(m);
			}
		}
	}
	struct cb_in_waiting *left = NULL;
	for (struct cb_in_waiting *w = m->waiting; w; w = w->next) {
		char what[300];
		if (w->done)
			continue;
		left = left ? left : w;
		char key[80];
		long first;
		m->row_line = w->line, m->row_bad = false;
		int n = snprintf(key, sizeof(key), "c%s", w->span.parent);
		int64_t there;
		if ((rc = cb_seen_put(m->seen, key, (size_t)n, 0, &there, m->err)) < 0)
			return rc;
		first = (long)there;
		m->stats.bad++;
		if (first) {
			/* its row is in the file, and bad, or waits itself: told there; one mistake, one finding */
			if (!m->o->rejects)
				continue;
			snprintf(what, sizeof(what), "parent %s of unit %s, on line %ld, was not kept", w->span.parent, w->span.code, first);
			cb_imp_told(m, w->line, 0, NULL, what, "mend that row");
			continue;
		}
		const char *near = cb_imp_room(m) ? cb_store_unit_nearest(m->st, w->span.parent) : NULL;
		snprintf(what, sizeof(what), "parent %s of unit %s is neither on record nor in this file%s%s", w->span.parent, w->span.code,
			 near ? "; the nearest is " : "", near ? near : "");
		cb_imp_told(m, w->line, 0, NULL, what, "add the parent, or correct its code");
	}
	if (left && cb_diags_count(m->diags, CB_SEV_ERROR) == m->errors_before) {
		m->row_line = left->line;
		cb_imp_told(m, left->line, 0, NULL, "the parents of these units go round in a circle, or up more than 20 levels", "give each unit the one directly above it");
	}
	return 0;
}

int cb_imp_row(struct cb_imp *m)
{
	int (*const row[])(struct cb_imp *) = { [CB_IMPORT_UNITS] = row_unit, [CB_IMPORT_MEETINGS] = row_meeting, [CB_IMPORT_ASSESSMENTS] = row_assessment,
					     [CB_IMPORT_VISITS] = row_visit, [CB_IMPORT_MONTHS] = row_month };
	int rc = row[m->o->what](m);
	for (size_t i = 0; rc == 0 && i < 4; i++)
		if (!cb_buf_ok(&m->text[i]) || !cb_buf_ok(&m->note))
			rc = cb_err_nomem(m->err);
	if (rc == 0)
		cb_imp_count_row(m);
	return rc;
}
