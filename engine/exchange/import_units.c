/*
 * import_units.c - the unit that a row speaks of, keys that a file holds once, and what the record answered.
 */
#include <stdio.h>
#include <string.h>
#include "base/utf8.h"
#include "exchange/import_int.h"
#include "exchange/value.h"

uint64_t cb_imp_mix(uint64_t h, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)s[i]) * 0x100000001b3u;
	return (h ^ 0xFF) * 0x100000001b3u;
}

/* The place of a code in the table of known units, and what was there before forgotten if it was another's. */
static struct cb_in_known *known_slot(struct cb_imp *m, const char *code, size_t n)
{
	struct cb_in_known *k = &m->known[cb_imp_mix(0xcbf29ce484222325u, code, n) % CB_IMP_KNOWN];
	if (strncmp(k->code, code, n) || k->code[n]) {
		memset(k, 0, sizeof(*k));
		memcpy(k->code, code, n);
		k->from = 1, k->to = 0;
	}
	return k;
}

/* What stands before the name proper: "Đảng bộ tỉnh Thanh Hóa" is Thanh Hóa. */
static const char *bare_name(const char *folded)
{
	static const char *const before[] = { "dang bo ", "dang uy ", "ban chap hanh ", "tinh uy ", "thanh uy ", "tinh ", "thanh pho ", "tp " };
	for (bool again = true; again;) {
		again = false;
		for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
			size_t n = strlen(before[i]);
			if (!strncmp(folded, before[i], n) && folded[n])
				folded += n, again = true;
		}
	}
	return folded;
}

static bool names_body(const char *folded_cell, const struct cb_unit_view *u)
{
	char name[256], code[64];
	if (cb_utf8_fold_into(name, sizeof(name), u->name, strlen(u->name)) < sizeof(name) &&
	    (!strcmp(folded_cell, name) || !strcmp(bare_name(folded_cell), bare_name(name))))
		return true;
	return cb_utf8_fold_into(code, sizeof(code), u->code, strlen(u->code)) < sizeof(code) && !strcmp(folded_cell, code);
}

/*
 * unit_name and province against the record on the day. What was right once is remembered with the days on which
 * it stays so, because every row of a unit repeats it.
 */
int cb_imp_check_unit(struct cb_imp *m, struct cb_in_known *k, cb_day day)
{
	struct cb_in_cell *name = cb_imp_cell(m, CB_F_UNIT_NAME), *province = cb_imp_cell(m, CB_F_PROVINCE);
	struct cb_unit_view u;
	struct cb_err e;
	uint64_t hash = cb_imp_mix(0x9e3779b97f4a7c15u, cb_imp_filled(name) ? name->s : "", cb_imp_filled(name) ? name->n : 0);
	hash = cb_imp_mix(hash, cb_imp_filled(province) ? province->s : "", cb_imp_filled(province) ? province->n : 0);
	if (k->from <= day && day <= k->to && k->good == hash && k->cell)
		return 0;
	int rc = cb_store_unit_on(m->st, k->id, day, &u, &e);
	if (rc == CB_ENOTFOUND) {
		struct cb_in_cell *c = cb_imp_cell(m, m->o->what == CB_IMPORT_MONTHS ? CB_F_MONTH : CB_F_DAY);
		cb_imp_bad(m, c, m->o->what == CB_IMPORT_MONTHS ? CB_F_MONTH : CB_F_DAY, "correct the day, or import the unit with the days on which it existed",
			 "unit %s did not exist on that day", k->code);
		return 0;
	}
	if (rc < 0)
		return *m->err = e, rc;
	cb_day from = u.from, to = u.to;
	bool good = true;
	if (!cb_unit_is_cell(u.kind) && m->o->what == CB_IMPORT_MEETINGS) {
		cb_imp_bad(m, cb_imp_cell(m, CB_F_UNIT), CB_F_UNIT, "write the code of the cell (chi bộ) that met", "%s is no cell: it is %s (%s)", k->code,
			 cb_unit_kind_vi(u.kind), cb_unit_kind_id(u.kind));
		return 0;
	}
	char cell[256];
	if (cb_imp_filled(name)) {
		char is[256], shown[96];
		if (!cb_imp_json_type_ok(m, name, CB_F_UNIT_NAME, false)) {
			good = false;
		} else if (cb_utf8_fold_into(cell, sizeof(cell), name->s, name->n) >= sizeof(cell) ||
			   cb_utf8_fold_into(is, sizeof(is), u.name, strlen(u.name)) >= sizeof(is) || strcmp(cell, is)) {
			good = false;
			cb_imp_bad(m, name, CB_F_UNIT_NAME, "correct the code or the name; the column may also be left out", "%s is not the name of %s: that is \"%s\"%s",
				 cb_cell_shown(shown, sizeof(shown), name->s, name->n), k->code, u.name,
				 cb_text_looks_broken(name->s, name->n) ? "; looks like broken text (UTF-8 that was read as another encoding)" : "");
		}
	}
	if (cb_imp_filled(province)) {
		char shown[96];
		bool found = false;
		if (!cb_imp_json_type_ok(m, province, CB_F_PROVINCE, false))
			return 0;
		size_t len = cb_utf8_fold_into(cell, sizeof(cell), province->s, province->n);
		for (int64_t up = u.parent_id; len > 0 && len < sizeof(cell) && up && !found;) {
			struct cb_unit_view above;
			if ((rc = cb_store_unit_on(m->st, up, day, &above, &e)) < 0) {
				if (rc == CB_ENOTFOUND)
					break;
				return *m->err = e, rc;
			}
			found = names_body(cell, &above);
			from = above.from > from ? above.from : from, to = above.to < to ? above.to : to;
			up = above.parent_id;
		}
		if (!found) {
			good = false;
			cb_imp_bad(m, province, CB_F_PROVINCE, "correct the code or the province; the column may also be left out",
				 "unknown province %s: no body above %s is called so%s", cb_cell_shown(shown, sizeof(shown), province->s, province->n), k->code,
				 cb_text_looks_broken(province->s, province->n) ? "; looks like broken text (UTF-8 that was read as another encoding)" : "");
		}
	}
	if (good)
		k->good = hash, k->from = from, k->to = to, k->cell = true;
	return 0;
}

/* The unit of a row; *out is NULL when the cell is bad (told). */
int cb_imp_unit(struct cb_imp *m, struct cb_in_known **out)
{
	struct cb_in_cell *c = cb_imp_cell(m, CB_F_UNIT);
	struct cb_err e;
	char shown[96];
	size_t at;
	*out = NULL;
	if (c->broken)
		return 0;
	if (!c->s || !c->n)
		return cb_imp_empty(m, c, CB_F_UNIT), 0;
	if (!cb_imp_json_type_ok(m, c, CB_F_UNIT, false))
		return 0;
	cb_cell_shown(shown, sizeof(shown), c->s, c->n);
	if (!cb_code_ok(c->s, c->n)) {
		static const char *const totals[] = { "cong", "tong", "tong cong", "tong so", "total", "cong chung" };
		int32_t alike = cb_text_lookalike(c->s, c->n, &at);
		char key[24];
		bool total = false;
		if (cb_utf8_fold_into(key, sizeof(key), c->s, c->n) < sizeof(key))
			for (size_t i = 0; i < sizeof(totals) / sizeof(totals[0]); i++)
				total = total || !strcmp(key, totals[i]);
		if (total)
			cb_imp_bad(m, c, CB_F_UNIT, "remove the row: totals are computed", "%s looks like a row of totals", shown);
		else if (alike)
			cb_imp_bad(m, c, CB_F_UNIT, "type the code again on a Latin keyboard", "%s has a look-alike of a Latin letter or digit (U+%04X)", shown,
				 (unsigned)alike);
		else
			cb_imp_bad(m, c, CB_F_UNIT, "write the unit's code as in the units file", "%s is not a unit code", shown);
		return 0;
	}
	struct cb_in_known *k = known_slot(m, c->s, c->n);
	if (!k->id) {
		int rc = cb_store_unit_find(m->st, k->code, &k->id, &e);
		if (rc == CB_ENOTFOUND) {
			const char *near = cb_imp_room(m) ? cb_store_unit_nearest(m->st, k->code) : NULL;
			k->id = 0;
			if (near)
				cb_imp_bad(m, c, CB_F_UNIT, "correct the code, or import the unit first", "no unit %s; the nearest is %s", shown, near);
			else
				cb_imp_bad(m, c, CB_F_UNIT, "correct the code, or import the unit first", "no unit %s", shown);
			return 0;
		}
		if (rc < 0)
			return *m->err = e, rc;
	}
	*out = k;
	return 0;
}

/* A key that this file holds once: the line that had it first, or 0. */
int cb_imp_seen(struct cb_imp *m, const void *key, size_t n, long *first)
{
	int64_t line = 0;
	int rc = cb_seen_put(m->seen, key, n, m->row_line, &line, m->err);
	*first = (long)line;
	return rc;
}

void cb_imp_same_as(struct cb_imp *m, const char *what, long first)
{
	char say[300];
	snprintf(say, sizeof(say), "%.200s: same as line %ld", what, first);
	cb_imp_told(m, m->row_line, 0, NULL, say, "keep one of the two rows");
}

/* A row of assessments may put several things: it is new when any of them is, the same when all are. */
void cb_imp_count_put(struct cb_imp *m, enum cb_put what)
{
	static const int weight[] = { [CB_PUT_NEW] = 3, [CB_PUT_CHANGED] = 2, [CB_PUT_SAME] = 1 };
	if (weight[what] > m->put)
		m->put = weight[what];
}

void cb_imp_count_row(struct cb_imp *m)
{
	if (m->put == 3) {
		m->stats.added++;
	} else if (m->put == 2) {
		m->stats.changed++;
	} else if (m->put == 1) {
		if (m->stats.same < CB_IMP_SAME_SHOWN)
			m->same_line[m->stats.same] = m->row_line;
		m->stats.same++;
	}
	m->put = 0;
}

/* What the store says of one row becomes a finding, without the record's path; anything else ends the import. */
int cb_imp_put_failed(struct cb_imp *m, int rc, const struct cb_err *e, int field)
{
	const char *said = e->msg, *path = cb_store_path(m->st);
	size_t n = strlen(path);
	if (rc != CB_EDATA && rc != CB_ENOTFOUND && rc != CB_EEXIST && rc != CB_ESEALED)
		return *m->err = *e, rc;
	if (!strncmp(said, path, n) && !strncmp(said + n, ": ", 2))
		said += n + 2;
	cb_imp_bad(m, field >= 0 ? cb_imp_cell(m, field) : NULL, field >= 0 ? field : CB_F_UNIT,
		   rc == CB_ESEALED ? "leave the row out; `chibo unseal` opens a period again" : NULL, "%s", said);
	return 0;
}

/* After the first bad row nothing will be kept: reading goes on for the findings alone. */
bool cb_imp_writing(const struct cb_imp *m)
{
	return !m->row_bad && (m->o->rejects || m->stats.bad == 0);
}
