/*
 * import.c - rows to the record; see import.h.
 *
 * A row becomes cells by field (from csv.c by its headings, from json.c by its keys), the cells become values, and the
 * whole row is checked before it is put through the store. Everything happens in one transaction of the store; keys
 * seen in this file are kept on disk (store/seen.h), so that memory stays flat. Units whose parent comes
 * later in the file wait until the end. What is looked up again and again (the unit of a row, whether its name and
 * province fit) is remembered in tables of fixed size.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/alloc.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "exchange/columns.h"
#include "exchange/csv.h"
#include "exchange/import.h"
#include "exchange/json.h"
#include "exchange/value.h"
#include "store/seen.h"

#define SAME_SHOWN 5
#define TITLE_ROWS 20   /* how far below a wrong heading the right one is looked for */
#define CACHE_UNITS 1024
#define UNIT_ROUNDS 20  /* levels of parents that come later in the file */
#define POINTS_MAX CB_PTS(1000)

struct cell {
	const char *s; /* trimmed; NULL: the row has no such cell */
	size_t n;
	long line, col;
	enum cb_json_type type; /* of a CSV cell: TEXT, and `json` is false */
	bool json, broken;      /* broken: already told */
};

struct column {
	const char *name; /* as the file writes it */
	int field;
	const char *item; /* CB_F_ITEM */
};

/* What is known of a unit while an import runs. */
struct known {
	char code[48];
	int64_t id;
	cb_day from, to;    /* days on which `good` holds; from > to: none */
	uint64_t good;      /* hash of the name and province cells that were found right */
	bool cell;          /* holds meetings */
};

struct waiting {
	struct waiting *next;
	struct cb_unit_span span;
	long line;
	const char *reject; /* its row for the file of rejects */
	bool done;
};

struct imp {
	struct cb_store *st;
	const struct cb_import_opts *o;
	const char *file;
	struct cb_diags *diags;
	struct cb_err *err;
	struct cb_facts *dict;
	struct cb_seen *seen;     /* keys of this file's rows */
	struct cb_arena mem;
	struct cb_import_stats stats;

	struct column column[CB_CSV_COLUMNS_MAX];
	size_t ncolumn;
	struct cell *cell;        /* by field; nfield */
	int *cell_column;         /* which column filled it; -1 */
	size_t nfield;
	struct cell item_cell[CB_CSV_COLUMNS_MAX]; /* by column, for CB_F_ITEM */
	int64_t *value;           /* by fact */
	unsigned char *have;
	size_t nfact;

	long row_line, row_col;
	long record;              /* JSON: its number; 0: CSV */
	bool row_bad;
	struct cb_buf row_error;  /* for the file of rejects */
	struct cb_buf text[4];    /* NFC of the row's texts */
	size_t ntext;

	enum cb_date_form form;   /* of this file's days */
	long form_line;
	struct known *known;      /* CACHE_UNITS */
	long same_line[SAME_SHOWN];
	struct waiting *waiting, **waiting_end;

	size_t errors_before;     /* of another file: the collector may serve several */
	bool fatal;               /* the rest of the file could not be read */
	int fd;                   /* the file of rejects; -1 */
	struct cb_buf out;        /* its next bytes */
	int64_t next_progress;
};

static const char *heading_of(const struct imp *m, int field)
{
	int c = field >= 0 && (size_t)field < m->nfield ? m->cell_column[field] : -1;
	return c >= 0 ? m->column[c].name : cb_field_name(field, m->o->what, m->dict);
}

/* --- findings ----------------------------------------------------------------------------------------------- */

static bool room(const struct imp *m) /* is another finding still kept? A search for the nearest name is worth it */
{
	return cb_diags_kept(m->diags) == cb_diags_count(m->diags, CB_SEV_ERROR) + cb_diags_count(m->diags, CB_SEV_WARNING) +
						  cb_diags_count(m->diags, CB_SEV_NOTE);
}

static void told(struct imp *m, long line, long col, const char *path, const char *what, const char *mend)
{
	char where[160];
	if (m->record && path)
		snprintf(where, sizeof(where), "record %ld, %s", m->record, path);
	else if (m->record)
		snprintf(where, sizeof(where), "record %ld", m->record);
	cb_diags_add(m->diags, &(struct cb_diag){ .severity = CB_SEV_ERROR, .file = m->file, .line = line, .col = col,
						  .path = m->record ? where : path, .what = what, .mend = mend });
	m->row_bad = true;
	if (m->fd >= 0) {
		if (m->row_error.len)
			cb_buf_puts(&m->row_error, " | ");
		if (path)
			cb_buf_printf(&m->row_error, "%s: ", path);
		cb_buf_puts(&m->row_error, what);
	}
}

static void bad_cell(struct imp *m, struct cell *c, int field, const char *mend, const char *fmt, ...) __attribute__((format(printf, 5, 6)));
static void bad_cell(struct imp *m, struct cell *c, int field, const char *mend, const char *fmt, ...)
{
	char what[600];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	told(m, c && c->s ? c->line : m->row_line, c && c->s ? c->col : m->row_col, heading_of(m, field), what, mend);
	if (c)
		c->broken = true;
}

/* `unit_code empty`: the words carry the heading themselves. */
static void empty_cell(struct imp *m, struct cell *c, int field)
{
	char what[160];
	bool cell = c && c->s;
	snprintf(what, sizeof(what), "%s empty", heading_of(m, field));
	told(m, cell ? c->line : m->row_line, cell ? c->col : m->row_col, NULL, what,
	     field >= CB_F_FACTS ? "write the number; ? when it is not known" : "every row needs it, also below a merged cell");
	if (c)
		c->broken = true;
}

static bool filled(const struct cell *c)
{
	return c->s && c->n && !c->broken;
}

/* The text of a cell in a form that may enter the record. */
static void check_text(struct imp *m, struct cell *c, const char *name)
{
	size_t at = 0;
	const char *what = NULL, *mend = NULL;
	char say[160];
	switch (cb_text_check(c->s, c->n, &at)) {
	case CB_TEXT_OK:
		return;
	case CB_TEXT_ENCODING:
		cb_encoding_guess(c->s, c->n, &what, &mend);
		break;
	case CB_TEXT_NUL:
		what = "a NUL character in the cell", mend = "type the cell again, or copy the file again";
		break;
	case CB_TEXT_CONTROL:
		snprintf(say, sizeof(say), "a control character (0x%02X) in the cell", (unsigned char)c->s[at]);
		what = say, mend = "type the cell again";
		break;
	case CB_TEXT_BIDI:
		what = "a direction control character, which turns text around, in the cell", mend = "type the cell again in plain text";
		break;
	case CB_TEXT_ZEROWIDTH:
		what = "an invisible (zero-width) character in the cell", mend = "type the cell again in plain text";
		break;
	}
	told(m, c->line, c->col, name, what, mend);
	c->broken = true;
}

/* --- headings ----------------------------------------------------------------------------------------------- */

static bool map_column(struct imp *m, struct column *col, const char *name, size_t n)
{
	const char *item = NULL;
	size_t nitem = 0;
	col->field = cb_field_find(m->o->what, m->dict, name, n, &item, &nitem);
	col->name = cb_arena_strndup(&m->mem, name, n);
	col->item = NULL;
	if (item)
		col->item = cb_arena_strndup(&m->mem, item, nitem);
	return col->name && (!item || col->item);
}

static const char *what_name(enum cb_import_what what)
{
	static const char *const names[] = { "units", "meetings", "assessments", "visits", "months" };
	return names[what];
}

static void unknown_heading(struct imp *m, long line, long col, const char *name)
{
	char shown[96], what[200];
	const char *near = cb_field_nearest(m->o->what, m->dict, name);
	if (near)
		snprintf(what, sizeof(what), "no column of %s is called %s; the nearest is %s", what_name(m->o->what),
			 cb_cell_shown(shown, sizeof(shown), name, strlen(name)), near);
	else
		snprintf(what, sizeof(what), "no column of %s is called %s", what_name(m->o->what), cb_cell_shown(shown, sizeof(shown), name, strlen(name)));
	told(m, line, col, name, what, "rename or remove it; `chibo template` lists the columns");
}

/* The headings as they stand in a row; how many are known, and whether those that every row needs are there. */
static size_t known_headings(struct imp *m, const struct cb_csv_row *row, bool *complete)
{
	size_t hits = 0;
	bool have[CB_F_FACTS] = { false };
	const char *item;
	size_t nitem;
	for (size_t i = 0; i < row->nfield; i++) {
		const char *s = row->field[i].s;
		size_t n = row->field[i].n;
		cb_cell_trim(&s, &n);
		char name[161];
		if (n == 0 || n >= sizeof(name))
			continue;
		memcpy(name, s, n);
		name[n] = '\0';
		int f = cb_field_find(m->o->what, m->dict, name, n, &item, &nitem);
		hits += f != CB_F_UNKNOWN;
		if (f >= 0 && f < CB_F_FACTS)
			have[f] = true;
	}
	*complete = true;
	for (int f = 0; f < CB_F_FACTS; f++)
		if (cb_field_required(f, m->o->what) && !have[f])
			*complete = false;
	return hits;
}

static bool row_blank(const struct cb_csv_row *row)
{
	for (size_t i = 0; i < row->nfield; i++) {
		const char *s = row->field[i].s;
		size_t n = row->field[i].n;
		cb_cell_trim(&s, &n);
		if (n)
			return false;
	}
	return true;
}

/* A first row that names no column: titles above the heading, or no heading at all. */
static int no_heading(struct imp *m, struct cb_csv *csv, long line)
{
	const struct cb_csv_row *row;
	int rc = 0;
	for (int i = 0; i < TITLE_ROWS && (rc = cb_csv_next(csv, &row, m->err)) > 0; i++) {
		bool complete;
		if (!row->fault && known_headings(m, row, &complete) > 1 && complete) {
			char what[160];
			snprintf(what, sizeof(what), "the first row is not the header: that seems to be line %ld", row->line);
			told(m, line, 1, NULL, what, "remove the rows above the header");
			return 0;
		}
	}
	if (rc < 0)
		return rc;
	char what[300];
	snprintf(what, sizeof(what), "no header: none of the columns of %s are named in the first row", what_name(m->o->what));
	told(m, line, 1, NULL, what, "the first row names the columns; `chibo template` lists them");
	return 0;
}

static int read_headings(struct imp *m, struct cb_csv *csv)
{
	const struct cb_csv_row *row;
	int rc;
	do {
		if ((rc = cb_csv_next(csv, &row, m->err)) < 0)
			return rc;
		if (rc == 0) {
			told(m, 1, 0, NULL, "the file is empty", "save the table again and look whether it has rows");
			return 0;
		}
	} while (!row->fault && row_blank(row));
	m->row_line = row->line;
	if (row->fault) {
		told(m, row->fault_line, (long)row->fault_column, NULL, row->fault, row->mend);
		return 0;
	}
	bool complete;
	if (known_headings(m, row, &complete) == 0)
		return no_heading(m, csv, row->line);
	if (!complete && known_headings(m, row, &complete) <= 1 && row->nfield > 2) {
		/* one word of a title may look like a heading */
		size_t named = 0;
		for (size_t i = 0; i < row->nfield; i++)
			named += row->field[i].n > 0;
		if (named <= 2)
			return no_heading(m, csv, row->line);
	}
	m->ncolumn = row->nfield;
	for (size_t i = 0; i < row->nfield; i++) {
		struct column *col = &m->column[i];
		struct cell c = { .s = row->field[i].s, .n = row->field[i].n, .line = row->field[i].line, .col = (long)i + 1 };
		cb_cell_trim(&c.s, &c.n);
		if (c.n == 0) {
			*col = (struct column){ "", CB_F_UNKNOWN, NULL };
			continue;
		}
		if (c.n > 160) {
			told(m, c.line, c.col, NULL, "the heading is too long", "the first row names the columns; `chibo template` lists them");
			*col = (struct column){ "", CB_F_UNKNOWN, NULL };
			continue;
		}
		char shown[170];
		check_text(m, &c, NULL);
		if (c.broken) {
			*col = (struct column){ "", CB_F_UNKNOWN, NULL };
			continue;
		}
		memcpy(shown, c.s, c.n);
		shown[c.n] = '\0';
		if (!map_column(m, col, shown, c.n))
			return cb_err_nomem(m->err);
		if (col->field == CB_F_UNKNOWN) {
			unknown_heading(m, c.line, c.col, col->name);
			continue;
		}
		for (size_t k = 0; k < i; k++) {
			bool same = m->column[k].field == col->field && col->field != CB_F_IGNORED &&
				    (col->field != CB_F_ITEM || !strcmp(col->item, m->column[k].item));
			if (same) {
				char what[300];
				snprintf(what, sizeof(what), "column %zu (%.100s) says the same thing as column %zu", i + 1, col->name, k + 1);
				told(m, c.line, c.col, col->name, what, "keep one of them");
				break;
			}
		}
		if (col->field >= 0 && m->cell_column[col->field] < 0)
			m->cell_column[col->field] = (int)i;
	}
	for (int f = 0; f < CB_F_FACTS; f++) {
		if (cb_field_required(f, m->o->what) && m->cell_column[f] < 0) {
			char what[160];
			snprintf(what, sizeof(what), "the header has no column %s", cb_field_name(f, m->o->what, m->dict));
			told(m, row->line, 0, NULL, what, "add it; `chibo template` lists the columns");
		}
	}
	return 0;
}

/* --- the file of rejects ------------------------------------------------------------------------------------ */

static void csv_cell(struct cb_buf *b, char sep, const char *s, size_t n)
{
	bool quote = false;
	for (size_t i = 0; i < n && !quote; i++)
		quote = s[i] == sep || s[i] == '"' || s[i] == '\n' || s[i] == '\r';
	if (!quote && n > 0 && (s[0] == ' ' || s[n - 1] == ' '))
		quote = true;
	if (!quote) {
		cb_buf_add(b, s, n);
		return;
	}
	cb_buf_putc(b, '"');
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '"')
			cb_buf_putc(b, '"');
		cb_buf_putc(b, s[i]);
	}
	cb_buf_putc(b, '"');
}

static int reject_flush(struct imp *m)
{
	size_t at = 0;
	if (!cb_buf_ok(&m->out))
		return cb_err_nomem(m->err);
	while (at < m->out.len) {
		ssize_t n = write(m->fd, m->out.s + at, m->out.len - at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return cb_err_set(m->err, errno == ENOSPC ? CB_EFULL : CB_EIO, "%s: writing failed: %s", m->o->rejects, strerror(errno));
		at += (size_t)n;
	}
	cb_buf_clear(&m->out);
	return 0;
}

static int reject_open(struct imp *m)
{
	if (!m->o->rejects || m->o->dry_run)
		return 0;
	m->fd = open(m->o->rejects, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (m->fd < 0)
		return cb_err_set(m->err, errno == EEXIST ? CB_EEXIST : CB_EIO, "%s: %s", m->o->rejects,
				  errno == EEXIST ? "exists already; rejects go to a new file" : strerror(errno));
	return 0;
}

/* The heading of a JSON file's rejects: every field of the kind, by id. */
static void reject_heading_json(struct imp *m)
{
	const char *wants, *name;
	int field;
	cb_buf_puts(&m->out, "error");
	for (size_t i = 0; (name = cb_field_at(m->o->what, i, &field, &wants)); i++)
		cb_buf_printf(&m->out, ",%s", name);
	for (size_t i = 0; m->o->what == CB_IMPORT_MEETINGS && i < m->nfact; i++)
		if (!cb_facts_at(m->dict, i)->attribute)
			cb_buf_printf(&m->out, ",%s", cb_facts_at(m->dict, i)->id);
	cb_buf_putc(&m->out, '\n');
}

static void reject_row_json(struct imp *m)
{
	const char *wants;
	int field;
	csv_cell(&m->out, ',', m->row_error.s, m->row_error.len);
	for (size_t i = 0; cb_field_at(m->o->what, i, &field, &wants); i++) {
		cb_buf_putc(&m->out, ',');
		if (m->cell[field].s)
			csv_cell(&m->out, ',', m->cell[field].s, m->cell[field].n);
	}
	for (size_t i = 0; m->o->what == CB_IMPORT_MEETINGS && i < m->nfact; i++) {
		if (cb_facts_at(m->dict, i)->attribute)
			continue;
		cb_buf_putc(&m->out, ',');
		if (m->cell[CB_F_FACTS + i].s)
			csv_cell(&m->out, ',', m->cell[CB_F_FACTS + i].s, m->cell[CB_F_FACTS + i].n);
	}
	cb_buf_putc(&m->out, '\n');
}

static void reject_row_csv(struct imp *m, char sep, const struct cb_csv_row *row)
{
	csv_cell(&m->out, sep, m->row_error.s, m->row_error.len);
	for (size_t i = 0, c = 0; i < row->nfield; i++) {
		if (i < m->ncolumn && m->column[i].field == CB_F_IGNORED && c++ < CB_CSV_COLUMNS_MAX)
			continue;
		cb_buf_putc(&m->out, sep);
		csv_cell(&m->out, sep, row->field[i].s, row->field[i].n);
	}
	cb_buf_putc(&m->out, '\n');
}

static void reject_heading_csv(struct imp *m, char sep)
{
	cb_buf_puts(&m->out, "error");
	for (size_t i = 0; i < m->ncolumn; i++) {
		if (m->column[i].field == CB_F_IGNORED)
			continue;
		cb_buf_putc(&m->out, sep);
		csv_cell(&m->out, sep, m->column[i].name, strlen(m->column[i].name));
	}
	cb_buf_putc(&m->out, '\n');
}

/* --- cells to values ---------------------------------------------------------------------------------------- */

static struct cell *cell_of(struct imp *m, int field)
{
	return &m->cell[field];
}

/* A JSON value of the wrong type for its field, told. */
static bool json_type_ok(struct imp *m, struct cell *c, int field, bool number)
{
	if (!c->json || c->type == CB_JSON_NULL)
		return true;
	char shown[96];
	cb_cell_shown(shown, sizeof(shown), c->s, c->n);
	if (c->type == CB_JSON_NESTED)
		return true; /* told by the reader */
	if (number && c->type == CB_JSON_TEXT && c->n == 1 && c->s[0] == '?')
		return true; /* not known: there is no number for it */
	if (number && c->type == CB_JSON_TEXT)
		return bad_cell(m, c, field, "write the number without quotes", "%s is a text where a number is wanted", shown), false;
	if (number && c->type != CB_JSON_NUMBER)
		return bad_cell(m, c, field, "write a number", "%s where a number is wanted", shown), false;
	if (!number && c->type != CB_JSON_TEXT)
		return bad_cell(m, c, field, "write it in double quotes", "%s where a text is wanted", shown), false;
	return true;
}

/* NFC of a cell, alive until the next row; NULL when it is empty (or memory is exhausted: checked at the row's end). */
static const char *text_of(struct imp *m, int field, size_t max_chars)
{
	struct cell *c = cell_of(m, field);
	if (!filled(c) || !json_type_ok(m, c, field, false))
		return NULL;
	struct cb_buf *b = &m->text[m->ntext < 3 ? m->ntext++ : 3];
	cb_buf_clear(b);
	cb_utf8_nfc(b, c->s, c->n);
	size_t chars = 0;
	for (size_t i = 0; i < b->len; i++)
		chars += (b->s[i] & 0xC0) != 0x80;
	if (chars > max_chars) {
		bad_cell(m, c, field, "shorten it", "too long: %zu characters, at most %zu are kept", chars, max_chars);
		return NULL;
	}
	return cb_buf_ok(b) ? b->s : NULL;
}

static bool day_of(struct imp *m, int field, cb_day *out)
{
	struct cell *c = cell_of(m, field);
	struct cb_cell_fault f;
	enum cb_date_form form;
	if (!filled(c))
		return false;
	if (c->json && c->type != CB_JSON_TEXT && c->type != CB_JSON_NUMBER)
		return json_type_ok(m, c, field, false);
	if (!cb_cell_day(out, &form, c->s, c->n, &f)) {
		bad_cell(m, c, field, f.mend, "%s", f.what);
		return false;
	}
	if (m->form == CB_DATE_BAD) {
		m->form = form;
		m->form_line = c->line;
	} else if (m->form != form) {
		char shown[96];
		bad_cell(m, c, field, "one date form per file: write all days as yyyy-mm-dd, or all as dd/mm/yyyy",
			 "%s is in another date form than line %ld; one date form per file", cb_cell_shown(shown, sizeof(shown), c->s, c->n),
			 m->form_line);
	}
	return true; /* its day is known all the same: a row that is there twice is told too */
}

static bool count_of(struct imp *m, int field, int64_t *out)
{
	struct cell *c = cell_of(m, field);
	struct cb_cell_fault f;
	if (!filled(c) || (c->n == 1 && c->s[0] == '?') || !json_type_ok(m, c, field, true))
		return false;
	if (cb_cell_count(out, c->s, c->n, 0, CB_FACT_VALUE_MAX, &f))
		return true;
	bad_cell(m, c, field, f.mend, "%s", f.what);
	return false;
}

/* --- units that rows speak of ------------------------------------------------------------------------------- */

static uint64_t mix(uint64_t h, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)s[i]) * 0x100000001b3u;
	return (h ^ 0xFF) * 0x100000001b3u;
}

/* The place of a code in the table of known units, and what was there before forgotten if it was another's. */
static struct known *known_slot(struct imp *m, const char *code, size_t n)
{
	struct known *k = &m->known[mix(0xcbf29ce484222325u, code, n) % CACHE_UNITS];
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
static int check_unit_cells(struct imp *m, struct known *k, cb_day day)
{
	struct cell *name = cell_of(m, CB_F_UNIT_NAME), *province = cell_of(m, CB_F_PROVINCE);
	struct cb_unit_view u;
	struct cb_err e;
	uint64_t hash = mix(0x9e3779b97f4a7c15u, filled(name) ? name->s : "", filled(name) ? name->n : 0);
	hash = mix(hash, filled(province) ? province->s : "", filled(province) ? province->n : 0);
	if (k->from <= day && day <= k->to && k->good == hash && k->cell)
		return 0;
	int rc = cb_store_unit_on(m->st, k->id, day, &u, &e);
	if (rc == CB_ENOTFOUND) {
		struct cell *c = cell_of(m, m->o->what == CB_IMPORT_MONTHS ? CB_F_MONTH : CB_F_DAY);
		bad_cell(m, c, m->o->what == CB_IMPORT_MONTHS ? CB_F_MONTH : CB_F_DAY, "correct the day, or import the unit with the days on which it existed",
			 "unit %s did not exist on that day", k->code);
		return 0;
	}
	if (rc < 0)
		return *m->err = e, rc;
	cb_day from = u.from, to = u.to;
	bool good = true;
	if (!cb_unit_is_cell(u.kind) && m->o->what == CB_IMPORT_MEETINGS) {
		bad_cell(m, cell_of(m, CB_F_UNIT), CB_F_UNIT, "write the code of the cell (chi bộ) that met", "%s is no cell: it is %s (%s)", k->code,
			 cb_unit_kind_vi(u.kind), cb_unit_kind_id(u.kind));
		return 0;
	}
	char cell[256];
	if (filled(name)) {
		char is[256], shown[96];
		if (!json_type_ok(m, name, CB_F_UNIT_NAME, false)) {
			good = false;
		} else if (cb_utf8_fold_into(cell, sizeof(cell), name->s, name->n) >= sizeof(cell) ||
			   cb_utf8_fold_into(is, sizeof(is), u.name, strlen(u.name)) >= sizeof(is) || strcmp(cell, is)) {
			good = false;
			bad_cell(m, name, CB_F_UNIT_NAME, "correct the code or the name; the column may also be left out", "%s is not the name of %s: that is \"%s\"%s",
				 cb_cell_shown(shown, sizeof(shown), name->s, name->n), k->code, u.name,
				 cb_text_looks_broken(name->s, name->n) ? "; looks like broken text (UTF-8 that was read as another encoding)" : "");
		}
	}
	if (filled(province)) {
		char shown[96];
		bool found = false;
		if (!json_type_ok(m, province, CB_F_PROVINCE, false))
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
			bad_cell(m, province, CB_F_PROVINCE, "correct the code or the province; the column may also be left out",
				 "unknown province %s: no body above %s is called so%s", cb_cell_shown(shown, sizeof(shown), province->s, province->n), k->code,
				 cb_text_looks_broken(province->s, province->n) ? "; looks like broken text (UTF-8 that was read as another encoding)" : "");
		}
	}
	if (good)
		k->good = hash, k->from = from, k->to = to, k->cell = true;
	return 0;
}

/* The unit of a row; *out is NULL when the cell is bad (told). */
static int unit_of(struct imp *m, struct known **out)
{
	struct cell *c = cell_of(m, CB_F_UNIT);
	struct cb_err e;
	char shown[96];
	size_t at;
	*out = NULL;
	if (c->broken)
		return 0;
	if (!c->s || !c->n)
		return empty_cell(m, c, CB_F_UNIT), 0;
	if (!json_type_ok(m, c, CB_F_UNIT, false))
		return 0;
	cb_cell_shown(shown, sizeof(shown), c->s, c->n);
	if (!cb_code_ok(c->s, c->n)) {
		int32_t alike = cb_text_lookalike(c->s, c->n, &at);
		if (alike)
			bad_cell(m, c, CB_F_UNIT, "type the code again on a Latin keyboard", "%s has a look-alike of a Latin letter or digit (U+%04X)", shown,
				 (unsigned)alike);
		else
			bad_cell(m, c, CB_F_UNIT, "write the unit's code as in the units file", "%s is not a unit code", shown);
		return 0;
	}
	struct known *k = known_slot(m, c->s, c->n);
	if (!k->id) {
		int rc = cb_store_unit_find(m->st, k->code, &k->id, &e);
		if (rc == CB_ENOTFOUND) {
			const char *near = room(m) ? cb_store_unit_nearest(m->st, k->code) : NULL;
			k->id = 0;
			if (near)
				bad_cell(m, c, CB_F_UNIT, "correct the code, or import the unit first", "no unit %s; the nearest is %s", shown, near);
			else
				bad_cell(m, c, CB_F_UNIT, "correct the code, or import the unit first", "no unit %s", shown);
			return 0;
		}
		if (rc < 0)
			return *m->err = e, rc;
	}
	*out = k;
	return 0;
}

/* A key that this file holds once: the line that had it first, or 0. */
static int seen(struct imp *m, const void *key, size_t n, long *first)
{
	int64_t line = 0;
	int rc = cb_seen_put(m->seen, key, n, m->row_line, &line, m->err);
	*first = (long)line;
	return rc;
}

static void same_as(struct imp *m, const char *what, long first)
{
	char say[300];
	snprintf(say, sizeof(say), "%.200s: same as line %ld", what, first);
	told(m, m->row_line, 0, NULL, say, "keep one of the two rows");
}

static void count_put(struct imp *m, enum cb_put what)
{
	if (what == CB_PUT_NEW) {
		m->stats.added++;
	} else if (what == CB_PUT_CHANGED) {
		m->stats.changed++;
	} else {
		if (m->stats.same < SAME_SHOWN)
			m->same_line[m->stats.same] = m->row_line;
		m->stats.same++;
	}
}

/* What the store says of one row becomes a finding; anything else ends the import. */
static int put_failed(struct imp *m, int rc, const struct cb_err *e, int field)
{
	if (rc != CB_EDATA && rc != CB_ENOTFOUND && rc != CB_EEXIST && rc != CB_ESEALED)
		return *m->err = *e, rc;
	bad_cell(m, field >= 0 ? cell_of(m, field) : NULL, field >= 0 ? field : CB_F_UNIT, NULL, "%s", e->msg);
	return 0;
}

/* After the first bad row nothing will be kept: reading goes on for the findings alone. */
static bool writing(const struct imp *m)
{
	return !m->row_bad && (m->o->rejects || m->stats.bad == 0);
}

/* --- rows, by kind of file ---------------------------------------------------------------------------------- */

static int kind_of(struct imp *m, int missing)
{
	static const struct cb_fact words = { .id = "kind" };
	struct cell *c = cell_of(m, CB_F_KIND);
	char text[64], shown[96];
	int at = cb_facts_find(m->dict, "kind"), w = -1;
	const struct cb_fact *fact = at >= 0 ? cb_facts_at(m->dict, (size_t)at) : &words;
	if (!filled(c))
		return missing;
	if (!json_type_ok(m, c, CB_F_KIND, false))
		return missing;
	if (c->n < sizeof(text)) {
		memcpy(text, c->s, c->n);
		text[c->n] = '\0';
		w = cb_fact_word(fact, text);
	}
	if (w < 0) {
		bad_cell(m, c, CB_F_KIND, "write regular (thường kỳ), thematic (chuyên đề) or combined (kết hợp)", "%s is no kind of meeting",
			 cb_cell_shown(shown, sizeof(shown), c->s, c->n));
		return missing;
	}
	return w;
}

struct check_ctx {
	struct imp *m;
};

static void fact_fault(void *ctx, int fact, const char *what, const char *mend)
{
	struct imp *m = ((struct check_ctx *)ctx)->m;
	int field = CB_F_FACTS + fact;
	struct cell *c = cell_of(m, field);
	struct cell copy = *c;
	bad_cell(m, &copy, field, mend, "%s", what);
}

static int row_meeting(struct imp *m)
{
	struct known *unit;
	struct cb_cell_fault f;
	cb_day day = CB_DAY_NONE;
	int rc;
	if ((rc = unit_of(m, &unit)) < 0)
		return rc;
	struct cell *c = cell_of(m, CB_F_DAY);
	if (!c->broken && (!c->s || !c->n))
		empty_cell(m, c, CB_F_DAY);
	bool dated = day_of(m, CB_F_DAY, &day);
	int kind = kind_of(m, CB_REGULAR);
	if (unit && dated && (rc = check_unit_cells(m, unit, day)) < 0)
		return rc;
	const char *topic = text_of(m, CB_F_TOPIC, 200);
	for (size_t i = 0; i < m->nfact; i++) {
		int field = CB_F_FACTS + (int)i;
		const struct cb_fact *fact = cb_facts_at(m->dict, i);
		enum cb_date_form form;
		m->have[i] = 0;
		m->value[i] = 0;
		c = cell_of(m, field);
		if (!c->s || c->broken)
			continue;
		if (c->n == 0) {
			/* who was there is what the record is for: an empty cell is more likely forgotten than meant */
			if (!strcmp(fact->id, "members") || !strcmp(fact->id, "present"))
				empty_cell(m, c, field);
			continue;
		}
		if (c->n == 1 && c->s[0] == '?')
			continue;
		if (fact->type == CB_FACT_DATE) {
			cb_day d;
			if (day_of(m, field, &d) && !c->broken)
				m->value[i] = d, m->have[i] = 1;
			continue;
		}
		bool number = fact->type != CB_FACT_FLAG && fact->type != CB_FACT_WORD;
		if (fact->type != CB_FACT_FLAG && !json_type_ok(m, c, field, number))
			continue;
		if (cb_cell_fact(&m->value[i], &form, fact, c->s, c->n, &f))
			m->have[i] = 1;
		else
			bad_cell(m, c, field, f.mend, "%s", f.what);
	}
	struct cb_meeting meeting = { .unit_id = unit ? unit->id : 0, .held_on = day, .kind = (enum cb_meeting_kind)kind, .topic = topic,
				      .value = m->value, .have = m->have, .nfact = m->nfact };
	struct check_ctx ctx = { m };
	cb_meeting_check(&meeting, m->dict, fact_fault, &ctx);
	if (!m->row_bad) { /* one finding for a bad row that is there again and again */
		int64_t key[3] = { unit->id, day, kind };
		long first;
		char say[120], iso[11];
		if ((rc = seen(m, key, sizeof(key), &first)) < 0)
			return rc;
		if (first) {
			snprintf(say, sizeof(say), "the meeting of %s on %s is there twice", unit->code, cb_day_iso(iso, day));
			same_as(m, say, first);
		}
	}
	if (!writing(m))
		return 0;
	/* what the file has no column for stays as it is on record; an empty cell makes a fact absent */
	meeting.keep_topic = !cell_of(m, CB_F_TOPIC)->s;
	for (size_t i = 0; i < m->nfact; i++)
		if (!cell_of(m, CB_F_FACTS + (int)i)->s)
			m->have[i] = CB_HAVE_KEEP;
	enum cb_put what;
	struct cb_err e;
	if ((rc = cb_store_meeting_put(m->st, &meeting, &what, &e)) < 0)
		return put_failed(m, rc, &e, CB_F_DAY);
	count_put(m, what);
	return 0;
}

/* The meeting that a row speaks of; *id 0 when there is none (told). */
static int meeting_of(struct imp *m, struct known **unit, cb_day *day, int64_t *id)
{
	int rc;
	struct cb_err e;
	*id = 0;
	if ((rc = unit_of(m, unit)) < 0)
		return rc;
	struct cell *c = cell_of(m, CB_F_DAY);
	if (!c->broken && (!c->s || !c->n))
		empty_cell(m, c, CB_F_DAY);
	bool dated = day_of(m, CB_F_DAY, day);
	int kind = kind_of(m, -1);
	if (*unit && dated && (rc = check_unit_cells(m, *unit, *day)) < 0)
		return rc;
	if (!*unit || !dated || cell_of(m, CB_F_KIND)->broken || c->broken)
		return 0;
	rc = cb_store_meeting_find(m->st, (*unit)->id, *day, kind, id, &e);
	if (rc == CB_ENOTFOUND || rc == CB_EDATA || rc == CB_EEXIST) {
		char iso[11];
		*id = 0;
		if (rc == CB_ENOTFOUND)
			bad_cell(m, c, CB_F_DAY, "import the meeting first, or correct the unit, the day or the kind", "no meeting of %s on %s%s%s", (*unit)->code,
				 cb_day_iso(iso, *day), kind >= 0 ? " of kind " : "", kind >= 0 ? cb_meeting_kind_id((enum cb_meeting_kind)kind) : "");
		else
			bad_cell(m, c, CB_F_DAY, "name its kind in the column kind", "%s", e.msg);
		return 0;
	}
	return rc < 0 ? (*m->err = e, rc) : 0;
}

/* "Trung bình" -> trung_binh: the id of a level in a pack. */
static const char *level_of(struct imp *m, int field)
{
	struct cell *c = cell_of(m, field);
	char key[48], shown[96];
	if (!filled(c) || !json_type_ok(m, c, field, false))
		return NULL;
	size_t n = cb_utf8_fold_into(key, sizeof(key), c->s, c->n);
	bool ok = n > 0 && n <= 40 && key[0] >= 'a' && key[0] <= 'z';
	for (size_t i = 0; i < n && ok; i++) {
		if (key[i] == ' ')
			key[i] = '_';
		ok = (key[i] >= 'a' && key[i] <= 'z') || (key[i] >= '0' && key[i] <= '9') || key[i] == '_';
	}
	if (!ok || (n == 1 && key[0] == 'x')) {
		bad_cell(m, c, field, "write the level's id or name: tot, kha, trung_binh, kem", "%s is not a level",
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

static int put_points(struct imp *m, int64_t meeting, int by, const char *item, struct cell *c, int field, const char *name)
{
	struct cb_cell_fault f;
	cb_pts points;
	long first;
	int rc;
	struct cb_err e;
	enum cb_put what;
	char key[128], say[200];
	if (c->json && c->type != CB_JSON_NUMBER) {
		told(m, c->line, c->col, name, c->type == CB_JSON_TEXT ? "a text where a number is wanted" : "no number", "write the points as a number, without quotes");
		return 0;
	}
	if (!cb_cell_points(&points, c->s, c->n, 0, POINTS_MAX, &f)) {
		told(m, c->line, c->col, name, f.what, f.mend);
		return 0;
	}
	if (!meeting || by < 0)
		return 0;
	int n = snprintf(key, sizeof(key), "a%lld/%d/%s", (long long)meeting, by, item);
	if ((rc = seen(m, key, (size_t)n, &first)) < 0)
		return rc;
	if (first) {
		snprintf(say, sizeof(say), "points of %s by %s are there twice", *item ? item : "the total", cb_assessor_id((enum cb_assessor)by));
		same_as(m, say, first);
		return 0;
	}
	if (!writing(m))
		return 0;
	struct cb_assessment a = { .meeting_id = meeting, .by = (enum cb_assessor)by, .item = item, .points = points };
	if ((rc = cb_store_assessment_put(m->st, &a, &what, &e)) < 0)
		return put_failed(m, rc, &e, field);
	count_put(m, what);
	return 0;
}

static int row_assessment(struct imp *m)
{
	struct known *unit;
	cb_day day = CB_DAY_NONE;
	int64_t meeting;
	char text[64], shown[96], key[64];
	int rc, by = -1;
	if ((rc = meeting_of(m, &unit, &day, &meeting)) < 0)
		return rc;
	struct cell *who = cell_of(m, CB_F_ASSESSOR), *points = cell_of(m, CB_F_POINTS), *item = cell_of(m, CB_F_ITEM_ID);
	if (filled(who) && json_type_ok(m, who, CB_F_ASSESSOR, false)) {
		if (who->n < sizeof(text)) {
			memcpy(text, who->s, who->n);
			text[who->n] = '\0';
			by = cb_assessor_find(text);
		}
		if (by < 0)
			bad_cell(m, who, CB_F_ASSESSOR, "write self (chi bộ tự chấm), observer (người dự) or superior (cấp trên)", "%s is no assessor",
				 cb_cell_shown(shown, sizeof(shown), who->s, who->n));
	}
	size_t given = 0;
	bool any_points = points->s && points->n;
	for (size_t i = 0; i < m->ncolumn; i++)
		any_points = any_points || (m->column[i].field == CB_F_ITEM && m->item_cell[i].s && m->item_cell[i].n);
	if (any_points && !who->broken && !filled(who))
		empty_cell(m, who, CB_F_ASSESSOR);
	if (filled(who) && !any_points && !points->broken)
		empty_cell(m, points, CB_F_POINTS);
	if (filled(item) && !any_points)
		empty_cell(m, points, CB_F_POINTS);
	if (filled(points)) {
		const char *id = "";
		if (filled(item) && json_type_ok(m, item, CB_F_ITEM_ID, false)) {
			if (!item_ok(item->s, item->n)) {
				bad_cell(m, item, CB_F_ITEM_ID, "write the id of the criterion as the pack has it, such as preparation.2; leave it empty for the total",
					 "%s is no id of an item", cb_cell_shown(shown, sizeof(shown), item->s, item->n));
			} else {
				memcpy(text, item->s, item->n < sizeof(text) ? item->n : sizeof(text) - 1);
				text[item->n < sizeof(text) ? item->n : sizeof(text) - 1] = '\0';
				id = text;
			}
		}
		if ((rc = put_points(m, item->broken ? 0 : meeting, by, id, points, CB_F_POINTS, heading_of(m, CB_F_POINTS))) < 0)
			return rc;
		given++;
	} else if (points->broken) {
		given++;
	}
	for (size_t i = 0; i < m->ncolumn; i++) {
		struct cell *c = &m->item_cell[i];
		if (m->column[i].field != CB_F_ITEM || !c->s || !c->n)
			continue;
		given++;
		if (c->broken || (c->n == 1 && c->s[0] == '?'))
			continue;
		if (!item_ok(m->column[i].item, strlen(m->column[i].item))) {
			told(m, c->line, c->col, m->column[i].name, "the heading names no item", "write points. and the id of the criterion, such as points.preparation.2");
			continue;
		}
		if ((rc = put_points(m, meeting, by, m->column[i].item, c, CB_F_UNIT, m->column[i].name)) < 0)
			return rc;
	}
	struct cb_decision d = { .meeting_id = meeting, .votes_for = -1, .votes_total = -1, .decided_on = CB_DAY_NONE };
	d.proposed = level_of(m, CB_F_PROPOSED);
	d.official = level_of(m, CB_F_OFFICIAL);
	d.reason = text_of(m, CB_F_REASON, 500);
	count_of(m, CB_F_VOTES_FOR, &d.votes_for);
	count_of(m, CB_F_VOTES_TOTAL, &d.votes_total);
	day_of(m, CB_F_DECIDED_ON, &d.decided_on);
	bool decides = false;
	static const int fields[] = { CB_F_PROPOSED, CB_F_OFFICIAL, CB_F_REASON, CB_F_VOTES_FOR, CB_F_VOTES_TOTAL, CB_F_DECIDED_ON };
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		decides = decides || (cell_of(m, fields[i])->s && cell_of(m, fields[i])->n);
	if (d.votes_for >= 0 && d.votes_total >= 0 && d.votes_for > d.votes_total)
		bad_cell(m, cell_of(m, CB_F_VOTES_FOR), CB_F_VOTES_FOR, "correct one of the two counts", "%lld votes for, of %lld in all", (long long)d.votes_for,
			 (long long)d.votes_total);
	if (!given && !decides) {
		if (!m->row_bad)
			told(m, m->row_line, 0, NULL, "the row gives neither points nor a decision", "fill in points, or one of proposed, official, votes_for");
		return 0;
	}
	if (!decides || !meeting)
		return 0;
	if (m->row_bad)
		return 0;
	/* each piece once: the cell's row gives the vote, the superior's the decision; a piece said again in the same words
	   (a list with a row per item repeats it) says nothing new */
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		struct cell *c = cell_of(m, fields[i]);
		long first;
		int64_t again;
		char say[120];
		if (!filled(c))
			continue;
		int n = snprintf(key, sizeof(key), "d%lld/%zu/%llx", (long long)meeting, i, (unsigned long long)mix(0xcbf29ce484222325u, c->s, c->n));
		if ((rc = cb_seen_put(m->seen, key, (size_t)n, m->row_line, &again, m->err)) < 0)
			return rc;
		n = snprintf(key, sizeof(key), "d%lld/%zu", (long long)meeting, i);
		if ((rc = seen(m, key, (size_t)n, &first)) < 0)
			return rc;
		if (first && !again) {
			snprintf(say, sizeof(say), "says something else of this meeting than line %ld", first);
			told(m, c->line, c->col, heading_of(m, fields[i]), say, "keep one of the two");
		}
	}
	if (!writing(m))
		return 0;
	enum cb_put what;
	struct cb_err e;
	if ((rc = cb_store_decision_put(m->st, &d, &what, &e)) < 0)
		return put_failed(m, rc, &e, CB_F_OFFICIAL);
	count_put(m, what);
	return 0;
}

static int row_visit(struct imp *m)
{
	struct known *unit;
	cb_day day = CB_DAY_NONE;
	int rc;
	struct cb_err e;
	if ((rc = unit_of(m, &unit)) < 0)
		return rc;
	struct cell *c = cell_of(m, CB_F_DAY);
	if (!c->broken && (!c->s || !c->n))
		empty_cell(m, c, CB_F_DAY);
	bool dated = day_of(m, CB_F_DAY, &day);
	if (unit && dated && (rc = check_unit_cells(m, unit, day)) < 0)
		return rc;
	if (!unit || !dated || m->row_bad)
		return 0;
	int64_t key[2] = { unit->id, day }, meeting = 0;
	long first;
	if ((rc = seen(m, key, sizeof(key), &first)) < 0)
		return rc;
	if (first)
		same_as(m, "the visit is there twice", first);
	if (!writing(m))
		return 0;
	rc = cb_store_meeting_find(m->st, unit->id, day, -1, &meeting, &e);
	if (rc == CB_ENOTFOUND || rc == CB_EDATA || rc == CB_EEXIST)
		meeting = 0; /* none on record yet, or two: the visit stands for the day */
	else if (rc < 0)
		return *m->err = e, rc;
	enum cb_put what;
	if ((rc = cb_store_visit_put(m->st, unit->id, day, meeting, &what, &e)) < 0)
		return put_failed(m, rc, &e, CB_F_DAY);
	count_put(m, what);
	return 0;
}

static int row_month(struct imp *m)
{
	static const struct {
		const char *word, *status;
	} words[] = {
		{ "exempt", "exempt" }, { "mien", "exempt" }, { "duoc mien", "exempt" }, { "mien sinh hoat", "exempt" }, { "postponed", "postponed" },
		{ "hoan", "postponed" }, { "lui", "postponed" }, { "hoan sinh hoat", "postponed" }, { "missed", "missed" }, { "khong hop", "missed" },
		{ "khong sinh hoat", "missed" }, { "bo", "missed" }, { "bo sinh hoat", "missed" },
	};
	struct known *unit;
	struct cb_period period = { 0 };
	char text[64], shown[96];
	const char *status = NULL;
	bool dated = false;
	int rc;
	if ((rc = unit_of(m, &unit)) < 0)
		return rc;
	struct cell *c = cell_of(m, CB_F_MONTH);
	if (!c->broken && (!c->s || !c->n))
		empty_cell(m, c, CB_F_MONTH);
	if (filled(c) && json_type_ok(m, c, CB_F_MONTH, false)) {
		if (c->n < sizeof(text)) {
			memcpy(text, c->s, c->n);
			text[c->n] = '\0';
			dated = cb_period_parse(&period, text) && period.kind == CB_MONTH;
		}
		if (!dated)
			bad_cell(m, c, CB_F_MONTH, "write 2024-03 or 03/2024", "%s is not a month", cb_cell_shown(shown, sizeof(shown), c->s, c->n));
	}
	c = cell_of(m, CB_F_STATUS);
	if (!c->broken && (!c->s || !c->n))
		empty_cell(m, c, CB_F_STATUS);
	if (filled(c) && json_type_ok(m, c, CB_F_STATUS, false)) {
		size_t n = cb_utf8_fold_into(text, sizeof(text), c->s, c->n);
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]) && n < sizeof(text); i++)
			if (!strcmp(text, words[i].word))
				status = words[i].status;
		if (!status)
			bad_cell(m, c, CB_F_STATUS, "write exempt (được miễn), postponed (hoãn) or missed (không họp)", "%s does not say why there was no meeting",
				 cb_cell_shown(shown, sizeof(shown), c->s, c->n));
	}
	const char *reason = text_of(m, CB_F_REASON, 500);
	if (unit && dated && (rc = check_unit_cells(m, unit, period.to)) < 0)
		return rc;
	if (!unit || !dated || m->row_bad)
		return 0;
	int64_t key[2] = { unit->id, period.from };
	long first;
	if ((rc = seen(m, key, sizeof(key), &first)) < 0)
		return rc;
	if (first)
		same_as(m, "the month is there twice", first);
	if (!writing(m))
		return 0;
	enum cb_put what;
	struct cb_err e;
	if ((rc = cb_store_month_put(m->st, unit->id, period.from, status, reason, &what, &e)) < 0)
		return put_failed(m, rc, &e, CB_F_MONTH);
	count_put(m, what);
	return 0;
}

/* A code cell of a units file, kept until the end of the row; NULL when empty or bad. */
static const char *code_of(struct imp *m, int field, char dst[static 48])
{
	struct cell *c = cell_of(m, field);
	char shown[96];
	if (!filled(c) || !json_type_ok(m, c, field, false))
		return NULL;
	if (!cb_code_ok(c->s, c->n)) {
		int32_t alike = cb_text_lookalike(c->s, c->n, NULL);
		cb_cell_shown(shown, sizeof(shown), c->s, c->n);
		if (alike)
			bad_cell(m, c, field, "type the code again on a Latin keyboard", "%s has a look-alike of a Latin letter or digit (U+%04X)", shown, (unsigned)alike);
		else
			bad_cell(m, c, field, "a code is letters, digits, dot, dash and underscore, at most 40", "%s cannot be a code", shown);
		return NULL;
	}
	memcpy(dst, c->s, c->n);
	dst[c->n] = '\0';
	return dst;
}

static int word_of(struct imp *m, int field, int (*find)(const char *), const char *(*id)(int), int count, const char *what)
{
	struct cell *c = cell_of(m, field);
	char text[128], shown[96], mend[400];
	int w = -1;
	if (!filled(c) || !json_type_ok(m, c, field, false))
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
	bad_cell(m, c, field, mend, "%s is no %s", cb_cell_shown(shown, sizeof(shown), c->s, c->n), what);
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
static int wait_for_parent(struct imp *m, const struct cb_unit_span *s)
{
	struct waiting *w = CB_NEW(&m->mem, struct waiting);
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

static int row_unit(struct imp *m)
{
	static const int required[] = { CB_F_CODE, CB_F_NAME, CB_F_UNIT_KIND };
	char code[48], parent[48];
	struct cb_unit_span s = { .members = -1, .official_members = -1, .from = CB_DAY_MIN, .to = CB_DAY_MAX };
	struct cb_err e;
	int rc, w;
	for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++) {
		struct cell *c = cell_of(m, required[i]);
		if (!c->broken && (!c->s || !c->n))
			empty_cell(m, c, required[i]);
	}
	s.code = code_of(m, CB_F_CODE, code);
	s.parent = code_of(m, CB_F_PARENT, parent);
	s.name = text_of(m, CB_F_NAME, 200);
	s.cluster = text_of(m, CB_F_CLUSTER, 100);
	w = word_of(m, CB_F_UNIT_KIND, cb_unit_kind_find, unit_kind_id, CB_UNIT_KINDS, "kind of unit");
	s.kind = w < 0 ? CB_UNIT_CELL : (enum cb_unit_kind)w;
	w = word_of(m, CB_F_CELL_TYPE, cb_cell_type_find, cell_type_id, CB_CELL_TYPES, "type of cell");
	s.cell_type = w < 0 ? CB_CELL_NONE : (enum cb_cell_type)w;
	count_of(m, CB_F_MEMBERS, &s.members);
	count_of(m, CB_F_OFFICIAL_MEMBERS, &s.official_members);
	day_of(m, CB_F_FROM, &s.from);
	day_of(m, CB_F_TO, &s.to);
	if (s.code) {
		char key[80];
		long first;
		int n = snprintf(key, sizeof(key), "s%s/%d", s.code, (int)s.from);
		if ((rc = seen(m, key, (size_t)n, &first)) < 0)
			return rc;
		if (first)
			same_as(m, "the unit is there twice with the same first day", first);
		n = snprintf(key, sizeof(key), "c%s", s.code);
		if ((rc = seen(m, key, (size_t)n, &first)) < 0)
			return rc;
	}
	if (m->row_bad)
		return 0;
	if (!cb_buf_ok(&m->text[0]) || !s.code || !s.name)
		return cb_err_nomem(m->err);
	if (cb_unit_span_check(&s, &e) < 0) {
		bad_cell(m, cell_of(m, CB_F_CODE), CB_F_CODE, NULL, "%s", e.msg);
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
		return put_failed(m, rc, &e, CB_F_CODE);
	count_put(m, what);
	return 0;
}

/* Units that waited for their parents: round after round, as long as some find theirs. */
static int settle_waiting(struct imp *m)
{
	struct cb_err e;
	int rc;
	bool moved = m->waiting != NULL;
	m->record = 0;
	for (int round = 0; moved && round < UNIT_ROUNDS; round++) {
		moved = false;
		for (struct waiting *w = m->waiting; w; w = w->next) {
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
				told(m, w->line, 0, NULL, e.msg, NULL);
				m->stats.bad++;
			} else {
				count_put(m, what);
			}
		}
	}
	struct waiting *left = NULL;
	for (struct waiting *w = m->waiting; w; w = w->next) {
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
			told(m, w->line, 0, NULL, what, "mend that row");
			continue;
		}
		const char *near = room(m) ? cb_store_unit_nearest(m->st, w->span.parent) : NULL;
		snprintf(what, sizeof(what), "parent %s of unit %s is neither on record nor in this file%s%s", w->span.parent, w->span.code,
			 near ? "; the nearest is " : "", near ? near : "");
		told(m, w->line, 0, NULL, what, "add the parent, or correct its code");
	}
	if (left && cb_diags_count(m->diags, CB_SEV_ERROR) == m->errors_before) {
		m->row_line = left->line;
		told(m, left->line, 0, NULL, "the parents of these units go round in a circle, or up more than 20 levels", "give each unit the one directly above it");
	}
	return 0;
}

/* --- rows in ------------------------------------------------------------------------------------------------ */

static void begin_row(struct imp *m, long line, long col)
{
	m->row_line = line, m->row_col = col;
	m->row_bad = false;
	m->ntext = 0;
	cb_buf_clear(&m->row_error);
	memset(m->cell, 0, m->nfield * sizeof(m->cell[0]));
}

static int do_row(struct imp *m)
{
	int (*const row[])(struct imp *) = { [CB_IMPORT_UNITS] = row_unit, [CB_IMPORT_MEETINGS] = row_meeting, [CB_IMPORT_ASSESSMENTS] = row_assessment,
					     [CB_IMPORT_VISITS] = row_visit, [CB_IMPORT_MONTHS] = row_month };
	int rc = row[m->o->what](m);
	for (size_t i = 0; rc == 0 && i < 4; i++)
		if (!cb_buf_ok(&m->text[i]))
			rc = cb_err_nomem(m->err);
	return rc;
}

static int tick(struct imp *m, const struct cb_feed *feed)
{
	if (!m->o->progress || m->stats.rows < m->next_progress)
		return 0;
	m->next_progress = m->stats.rows + 1000;
	if (m->o->progress(m->o->ctx, m->stats.rows, cb_feed_taken(feed), cb_feed_total(feed)))
		return cb_err_set(m->err, CB_EINTR, "stopped; nothing was kept");
	return 0;
}

static void wrong_length(struct imp *m, const struct cb_csv_row *row, char sep)
{
	char what[300];
	static const char others[] = ",;\t";
	const char *hint = "";
	if (row->nfield == 1)
		for (size_t i = 0; i < sizeof(others) - 1 && !*hint; i++)
			if (others[i] != sep && memchr(row->field[0].s, others[i], row->field[0].n))
				hint = "; it has another separator than the header";
	snprintf(what, sizeof(what), "%zu fields, where the header has %zu%s", row->nfield, m->ncolumn, hint);
	told(m, row->line, (long)(row->nfield < m->ncolumn ? row->nfield : m->ncolumn + 1), NULL, what,
	     *hint ? "use one separator in the whole file" :
	     row->nfield < m->ncolumn ? "complete the row; if it is the last one, the file may have been cut" :
	     "put a cell that holds a separator in quotes");
}

static int rows_csv(struct imp *m, struct cb_csv *csv)
{
	const struct cb_csv_row *row;
	char sep = cb_csv_separator(csv);
	bool headed = false, first = true;
	int rc = read_headings(m, csv);
	if (rc < 0 || cb_diags_count(m->diags, CB_SEV_ERROR) > m->errors_before)
		return rc;
	while ((rc = cb_csv_next(csv, &row, m->err)) > 0) {
		if (!row->fault && row_blank(row))
			continue;
		/* the second row of our own template says what each column wants */
		if (first && !row->fault && row->field[0].n > 1 && row->field[0].s[0] == '#' && row->field[0].s[1] == ' ')
			continue;
		first = false;
		begin_row(m, row->line, 1);
		m->stats.rows++;
		size_t n = row->nfield;
		while (n > m->ncolumn && row->field[n - 1].n == 0)
			n--; /* empty cells beyond the last column */
		if (row->fault) {
			told(m, row->fault_line, (long)row->fault_column,
			     row->fault_column <= m->ncolumn && m->column[row->fault_column - 1].name[0] ? m->column[row->fault_column - 1].name : NULL, row->fault,
			     row->mend);
		} else if (n != m->ncolumn) {
			wrong_length(m, row, sep);
		} else {
			for (size_t i = 0; i < n; i++) {
				const struct column *col = &m->column[i];
				struct cell c = { .s = row->field[i].s, .n = row->field[i].n, .line = row->field[i].line, .col = (long)i + 1, .type = CB_JSON_TEXT };
				if (col->field == CB_F_IGNORED)
					continue;
				cb_cell_trim(&c.s, &c.n);
				if (c.n)
					check_text(m, &c, col->name);
				if (col->field == CB_F_UNKNOWN) {
					if (c.n && !c.broken)
						told(m, c.line, c.col, NULL, "a cell in a column without a heading", "name the column, or empty it");
				} else if (col->field == CB_F_ITEM) {
					m->item_cell[i] = c;
				} else {
					m->cell[col->field] = c;
				}
			}
			if ((rc = do_row(m)) < 0)
				return rc;
		}
		if (m->row_bad) {
			m->stats.bad++;
			if (m->fd >= 0) {
				if (!headed)
					reject_heading_csv(m, sep);
				headed = true;
				reject_row_csv(m, sep, row);
				if (m->out.len > 65536 && (rc = reject_flush(m)) < 0)
					return rc;
			}
		}
		if ((rc = tick(m, cb_csv_feed(csv))) < 0)
			return rc;
	}
	return rc;
}

/* The column of a JSON key: keys come in the same order in record after record. */
static int json_column(struct imp *m, const struct cb_json_field *f, size_t guess, struct column **out)
{
	*out = NULL;
	for (size_t k = 0; k < m->ncolumn; k++) {
		struct column *col = &m->column[(guess + k) % m->ncolumn];
		if (strlen(col->name) == f->nkey && !memcmp(col->name, f->key, f->nkey)) {
			*out = col;
			return 0;
		}
	}
	if (m->ncolumn == CB_CSV_COLUMNS_MAX)
		return 0;
	if (!map_column(m, &m->column[m->ncolumn], f->key, f->nkey))
		return cb_err_nomem(m->err);
	*out = &m->column[m->ncolumn++];
	return 0;
}

static int record_json(struct imp *m, const struct cb_json_row *row)
{
	int rc;
	for (size_t i = 0; i < m->nfield; i++)
		m->cell_column[i] = -1;
	memset(m->item_cell, 0, m->ncolumn * sizeof(m->item_cell[0]));
	for (size_t i = 0; i < row->nfield; i++) {
		const struct cb_json_field *f = &row->field[i];
		struct cell key = { .s = f->key, .n = f->nkey, .line = f->line, .col = f->column };
		struct column *col;
		if (f->nkey > 160 || f->nkey == 0) {
			told(m, f->line, f->column, NULL, f->nkey ? "a key is too long" : "a key is empty", "`chibo template` lists the fields");
			continue;
		}
		check_text(m, &key, NULL);
		if (key.broken)
			continue;
		if ((rc = json_column(m, f, i, &col)) < 0)
			return rc;
		if (!col || col->field == CB_F_UNKNOWN) {
			unknown_heading(m, f->line, f->column, f->key);
			continue;
		}
		struct cell c = { .s = f->s, .n = f->type == CB_JSON_NULL ? 0 : f->n, .line = f->line, .col = f->column, .type = f->type, .json = true };
		if (col->field == CB_F_IGNORED)
			continue;
		if (c.type == CB_JSON_TEXT)
			cb_cell_trim(&c.s, &c.n);
		if (c.n && c.type == CB_JSON_TEXT)
			check_text(m, &c, col->name);
		if (col->field == CB_F_ITEM) {
			m->item_cell[col - m->column] = c;
			continue;
		}
		if (m->cell_column[col->field] >= 0) {
			char what[300];
			snprintf(what, sizeof(what), "%.100s says the same thing as %.100s", col->name, m->column[m->cell_column[col->field]].name);
			told(m, f->line, f->column, col->name, what, "keep one of them");
			continue;
		}
		m->cell[col->field] = c;
		m->cell_column[col->field] = (int)(col - m->column);
	}
	return do_row(m);
}

static int rows_json(struct imp *m, struct cb_json *json)
{
	const struct cb_json_row *row;
	bool headed = false;
	int rc;
	while ((rc = cb_json_next(json, &row, m->err)) > 0) {
		begin_row(m, row->line, row->column);
		m->record = row->record;
		if (row->fault) {
			if (row->record)
				m->stats.rows++;
			told(m, row->fault_line, row->fault_column, NULL, row->fault, row->mend);
			m->fatal = m->fatal || row->last;
		} else {
			m->stats.rows++;
			if ((rc = record_json(m, row)) < 0)
				return rc;
		}
		if (m->row_bad) {
			m->stats.bad++;
			if (m->fd >= 0 && row->record) {
				if (!headed)
					reject_heading_json(m);
				headed = true;
				reject_row_json(m);
				if (m->out.len > 65536 && (rc = reject_flush(m)) < 0)
					return rc;
			}
		}
		if ((rc = tick(m, cb_json_feed(json))) < 0)
			return rc;
	}
	return rc;
}

static bool ends_json(const char *path)
{
	size_t n = strlen(path);
	static const char end[] = ".json";
	if (n < 5)
		return false;
	for (size_t i = 0; i < 5; i++)
		if ((path[n - 5 + i] | (end[i] == '.' ? 0 : 32)) != end[i])
			return false;
	return true;
}

static void say_same(struct imp *m)
{
	char what[160];
	if (m->stats.rows == 0) {
		cb_diags_add(m->diags, &(struct cb_diag){ .severity = CB_SEV_WARNING, .file = m->file, .line = 1, .what = "no rows below the header",
							  .mend = "look whether the table was saved whole" });
		return;
	}
	if (m->stats.same == 0)
		return;
	if (m->stats.added == 0 && m->stats.changed == 0) {
		snprintf(what, sizeof(what), "all %lld rows were already imported; nothing changed", (long long)m->stats.rows);
		cb_diags_add(m->diags, &(struct cb_diag){ .severity = CB_SEV_NOTE, .file = m->file, .what = what });
		return;
	}
	for (int64_t i = 0; i < m->stats.same && i < SAME_SHOWN; i++)
		cb_diags_add(m->diags, &(struct cb_diag){ .severity = CB_SEV_WARNING, .file = m->file, .line = m->same_line[i],
							  .what = "already imported; this row changes nothing" });
	if (m->stats.same > SAME_SHOWN) {
		snprintf(what, sizeof(what), "%lld rows in all were already imported", (long long)m->stats.same);
		cb_diags_add(m->diags, &(struct cb_diag){ .severity = CB_SEV_NOTE, .file = m->file, .what = what });
	}
}

static int imp_init(struct imp *m)
{
	m->nfact = cb_facts_count(m->dict);
	m->nfield = CB_F_FACTS + m->nfact;
	m->cell = CB_NEWV(&m->mem, m->nfield, struct cell);
	m->cell_column = CB_NEWV(&m->mem, m->nfield, int);
	m->value = CB_NEWV(&m->mem, m->nfact, int64_t);
	m->have = CB_NEWV(&m->mem, m->nfact, unsigned char);
	m->known = CB_NEWV(&m->mem, CACHE_UNITS, struct known);
	if (!m->cell || !m->cell_column || !m->value || !m->have || !m->known)
		return cb_err_nomem(m->err);
	for (size_t i = 0; i < m->nfield; i++)
		m->cell_column[i] = -1;
	return 0;
}

int cb_import_file(struct cb_import_stats *out, struct cb_store *st, const char *path, const struct cb_import_opts *opts,
		   struct cb_diags *diags, struct cb_err *err)
{
	struct cb_err own;
	struct cb_feed *feed = NULL;
	struct cb_csv *csv = NULL;
	struct cb_json *json = NULL;
	bool open = false;
	int rc;
	memset(out, 0, sizeof(*out));
	struct imp *m = diags ? cb_calloc(1, sizeof(*m)) : NULL; /* no collector: memory ran out when it was made */
	if (!m)
		return cb_err_nomem(err);
	m->st = st, m->o = opts, m->file = path, m->diags = diags, m->err = err ? err : &own, m->dict = cb_store_facts(st);
	m->fd = -1, m->form = CB_DATE_BAD, m->waiting_end = &m->waiting;
	m->errors_before = cb_diags_count(diags, CB_SEV_ERROR);
	cb_arena_init(&m->mem);
	cb_buf_init(&m->row_error);
	cb_buf_init(&m->out);
	for (size_t i = 0; i < 4; i++)
		cb_buf_init(&m->text[i]);
	if ((rc = imp_init(m)) < 0)
		goto out;
	if ((rc = cb_feed_open(&feed, path, m->err)) < 0) {
		if (rc == CB_EDATA) {
			char what[sizeof(m->err->msg)], *mend;
			memcpy(what, m->err->msg, sizeof(what));
			if ((mend = strstr(what, "; ")))
				*mend = '\0', mend += 2;
			told(m, 1, 0, NULL, what, mend);
		} else {
			cb_err_prefix(m->err, "%s", path);
		}
		goto out;
	}
	if (ends_json(path) || cb_feed_looks_json(feed))
		rc = cb_json_open(&json, feed, m->err);
	else
		rc = cb_csv_open(&csv, feed, m->err);
	if (rc == CB_EDATA)
		told(m, 1, 0, NULL, m->err->msg, NULL);
	if (rc < 0 || (rc = reject_open(m)) < 0)
		goto out;
	if ((rc = cb_seen_open(&m->seen, m->err)) < 0 || (rc = cb_store_begin(st, m->err)) < 0)
		goto out;
	open = true;
	rc = json ? rows_json(m, json) : rows_csv(m, csv);
	if (rc < 0)
		goto out;
	if (opts->what == CB_IMPORT_UNITS && (rc = settle_waiting(m)) < 0)
		goto out;
	/* a wrong header leaves no good rows; what could not be read to its end is not kept by halves */
	if ((cb_diags_count(diags, CB_SEV_ERROR) > m->errors_before && m->stats.bad == 0) || m->fatal || (m->stats.bad && !opts->rejects)) {
		rc = CB_EDATA;
		goto out;
	}
	say_same(m);
	if (m->fd >= 0) {
		if ((rc = reject_flush(m)) < 0)
			goto out;
		if (fsync(m->fd) < 0 && errno != EINVAL && errno != EROFS) {
			rc = cb_err_set(m->err, errno == ENOSPC ? CB_EFULL : CB_EIO, "%s: writing failed: %s", opts->rejects, strerror(errno));
			goto out;
		}
	}
	if (opts->dry_run)
		cb_store_rollback(st), open = false;
	else if ((rc = cb_store_commit(st, m->err)) < 0)
		goto out;
	open = false;
	if (m->stats.bad)
		rc = CB_EDATA;
out:
	if (open)
		cb_store_rollback(st);
	if (m->fd >= 0) {
		bool keep = (rc == 0 || rc == CB_EDATA) && m->stats.bad > 0 && !open;
		close(m->fd);
		if (!keep)
			unlink(opts->rejects);
	}
	if (rc == CB_EDATA) {
		size_t errors = cb_diags_count(diags, CB_SEV_ERROR) - m->errors_before, kept = cb_diags_kept(diags);
		bool some = opts->rejects && m->stats.bad && !opts->dry_run && !open;
		const char *end = some ? "the bad rows are in the file of rejects" : "nothing was kept";
		if (kept < cb_diags_count(diags, CB_SEV_ERROR))
			cb_err_set(err, CB_EDATA, "%s: %zu errors, first %zu shown; %s", path, errors, kept, end);
		else
			cb_err_set(err, CB_EDATA, "%s: %zu error%s; %s", path, errors, errors == 1 ? "" : "s", end);
	}
	*out = m->stats;
	if (rc < 0 && !(rc == CB_EDATA && opts->rejects))
		out->added = out->changed = 0;
	cb_csv_close(csv);
	cb_json_close(json);
	cb_seen_close(m->seen);
	cb_arena_release(&m->mem);
	cb_buf_release(&m->row_error);
	cb_buf_release(&m->out);
	for (size_t i = 0; i < 4; i++)
		cb_buf_release(&m->text[i]);
	cb_free(m);
	return rc;
}

/* --- the template ------------------------------------------------------------------------------------------- */

int cb_import_template(struct cb_buf *out, enum cb_import_what what, const struct cb_facts *dict, const struct cb_ruleset *rs)
{
	const char *name, *wants;
	int field;
	size_t start = out->len;
	struct cb_buf second;
	cb_buf_init(&second);
	cb_buf_puts(&second, "# ");
	for (size_t i = 0; (name = cb_field_at(what, i, &field, &wants)); i++) {
		struct cb_buf cell;
		/* with a ruleset the points stand in one column per item */
		if (rs && what == CB_IMPORT_ASSESSMENTS && field == CB_F_ITEM_ID)
			continue;
		cb_buf_init(&cell);
		cb_buf_puts(&cell, wants);
		if (out->len > start) {
			cb_buf_putc(out, ',');
			cb_buf_putc(&second, ',');
		}
		cb_buf_puts(out, name);
		if (second.len == 2 && cb_buf_ok(&cell)) { /* the first cell carries the mark that import skips the row by */
			cb_buf_clear(&second);
			struct cb_buf marked;
			cb_buf_init(&marked);
			cb_buf_printf(&marked, "# %s", wants);
			csv_cell(&second, ',', marked.s, marked.len);
			cb_buf_release(&marked);
		} else {
			csv_cell(&second, ',', cell.s, cell.len);
		}
		cb_buf_release(&cell);
	}
	for (size_t i = 0; what == CB_IMPORT_MEETINGS && i < cb_facts_count(dict); i++) {
		const struct cb_fact *f = cb_facts_at(dict, i);
		char text[200];
		int n;
		if (f->attribute)
			continue;
		if (rs) { /* only what this ruleset reads */
			bool used = !strcmp(f->id, "members") || !strcmp(f->id, "present");
			for (size_t k = 0; k < rs->ninput && !used; k++)
				used = rs->input[k].kind == CB_IN_FACT && rs->input[k].fact == (int)i;
			if (!used)
				continue;
		}
		cb_buf_printf(out, ",%s", f->id);
		cb_buf_putc(&second, ',');
		if (f->type == CB_FACT_FLAG)
			n = snprintf(text, sizeof(text), "%s: 1 hoặc 0", f->label);
		else if (f->type == CB_FACT_DATE)
			n = snprintf(text, sizeof(text), "%s: dd/mm/yyyy", f->label);
		else if (f->unit && *f->unit)
			n = snprintf(text, sizeof(text), "%s (%s)", f->label, f->unit);
		else
			n = snprintf(text, sizeof(text), "%s", f->label);
		csv_cell(&second, ',', text, n > 0 ? (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1 : 0);
	}
	for (size_t i = 0; rs && what == CB_IMPORT_ASSESSMENTS && i < rs->ninput; i++) {
		const struct cb_input *in = &rs->input[i];
		bool twice = in->kind != CB_IN_JUDGED;
		for (size_t k = 0; k < i && !twice; k++)
			twice = rs->input[k].kind == CB_IN_JUDGED && !strcmp(rs->input[k].item, in->item);
		if (twice)
			continue;
		cb_buf_printf(out, ",points.%s", in->item);
		cb_buf_putc(&second, ',');
		const char *dot = strchr(in->item, '.');
		size_t len = dot ? (size_t)(dot - in->item) : strlen(in->item);
		for (size_t k = 0; k < rs->ncriterion; k++) {
			const struct cb_criterion *c = &rs->criterion[k];
			if (strlen(c->id) == len && !strncmp(c->id, in->item, len) && c->label)
				csv_cell(&second, ',', c->label, strlen(c->label));
		}
	}
	cb_buf_putc(out, '\n');
	cb_buf_putc(&second, '\n');
	if (cb_buf_ok(&second))
		cb_buf_add(out, second.s, second.len);
	bool ok = cb_buf_ok(&second) && cb_buf_ok(out);
	cb_buf_release(&second);
	return ok ? 0 : CB_ENOMEM;
}
