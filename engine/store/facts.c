/*
 * facts.c - the dictionary of an open record: core facts, and those that packs declared, each with a typed column.
 *
 * Loaded once at opening. A fact may be in the dictionary before it has a column (a pack was loaded but nothing was
 * stored): reading it gives "absent", storing a value of it makes the column within the same transaction.
 */
#include "store/store_int.h"

#include <string.h>
#include "base/alloc.h"
#include "base/arena.h"

static int type_find(const char *name)
{
	static const char *const type[] = { "count", "minutes", "days", "date", "flag", "word", "decimal" };

	for (int i = 0; name != NULL && i < 7; i++)
		if (strcmp(name, type[i]) == 0)
			return i;
	return -1;
}

/* "a\nb" -> { "a", "b", NULL }; NULL stays NULL. false: no memory. */
static bool split(struct cb_arena *a, const char *text, const char *const **out)
{
	const char **w;
	size_t n = 1, i = 0;
	char *s;

	*out = NULL;
	if (text == NULL)
		return true;
	for (const char *p = text; *p != '\0'; p++)
		n += *p == '\n';
	w = CB_NEWV(a, n + 1, const char *);
	s = cb_arena_strdup(a, text);
	if (w == NULL || s == NULL)
		return false;
	for (char *p = s; *s != '\0' && p != NULL;) {
		w[i++] = p;
		p = strchr(p, '\n');
		if (p != NULL)
			*p++ = '\0';
	}
	*out = w;
	return true;
}

int cb_facts_columns(struct cb_store *st, struct cb_err *err)
{
	size_t n = st->facts ? cb_facts_count(st->facts) : 0;
	unsigned char *column;
	sqlite3_stmt *q = NULL;
	bool row;
	int rc;

	cb_meetings_forget(st);
	if (st->facts == NULL)
		return CB_OK;
	if (st->column != NULL)
		memset(st->column, 0, st->ncolumn); /* whatever fails below: no column is believed that is not there */
	column = cb_calloc(n + 1, 1);
	if (column == NULL)
		return cb_err_nomem(err);
	cb_free(st->column);
	st->column = column;
	st->ncolumn = n;
	rc = cb_st_prepare(st, "SELECT name FROM pragma_table_info('meeting') WHERE cid>=7", 0, &q, err);
	while (rc == CB_OK && (rc = cb_st_row(st, q, &row, err)) == CB_OK && row) {
		const char *name = (const char *)sqlite3_column_text(q, 0);
		int i = name ? cb_facts_find(st->facts, name) : -1;

		if (name == NULL)
			rc = cb_err_nomem(err);
		else if (i >= 0)
			st->column[i] = 1;
	}
	sqlite3_finalize(q);
	return rc;
}

int cb_facts_load(struct cb_store *st, struct cb_err *err)
{
	static const char sql[] = "SELECT id,type,min,max,label,unit,vocab,vocab_vi,alias,fixed,pack FROM fact ORDER BY ord";
	struct cb_arena a;
	sqlite3_stmt *q = NULL;
	bool row;
	int rc = CB_OK;

	cb_arena_init(&a);
	if (st->facts == NULL) /* else: what is there stays, borrowed pointers into it hold; new facts are added */
		rc = cb_facts_new(&st->facts, err);
	if (rc == CB_OK)
		rc = cb_st_prepare(st, sql, 0, &q, err);
	while (rc == CB_OK && (rc = cb_st_row(st, q, &row, err)) == CB_OK && row) {
		struct cb_fact f = { 0 };
		const char *text[7];
		int type;

		for (int i = 0; i < 7; i++) {
			static const int col[] = { 0, 4, 5, 6, 7, 8, 10 };

			text[i] = (const char *)sqlite3_column_text(q, col[i]);
			if (text[i] == NULL && sqlite3_column_type(q, col[i]) != SQLITE_NULL)
				rc = cb_err_nomem(err);
		}
		type = type_find((const char *)sqlite3_column_text(q, 1));
		f.id = text[0];
		f.label = text[1];
		f.unit = text[2];
		f.pack = text[6];
		if (rc != CB_OK)
			break;
		if (type < 0 || f.id == NULL) {
			rc = cb_err_set(err, CB_ECORRUPT, "%s: the record is damaged: its dictionary of facts cannot be read", st->path);
			break;
		}
		if (f.pack == NULL) {
			if (cb_fact_core_find(f.id) < 0)
				rc = cb_err_set(err, CB_ENEWER, "%s: written by a newer chibo (it knows the fact %s); use that one", st->path, f.id);
			continue;
		}
		f.type = (enum cb_fact_type)type;
		f.min = sqlite3_column_int64(q, 2);
		f.max = sqlite3_column_int64(q, 3);
		f.fixed = sqlite3_column_int(q, 9) != 0;
		if (!split(&a, text[3], &f.vocab) || !split(&a, text[4], &f.vocab_vi) || !split(&a, text[5], &f.alias))
			rc = cb_err_nomem(err);
		else
			rc = cb_facts_declare(st->facts, &f, err);
	}
	sqlite3_finalize(q);
	cb_arena_release(&a);
	if (rc == CB_OK)
		rc = cb_facts_columns(st, err);
	return rc;
}

struct cb_facts *cb_store_facts(struct cb_store *st)
{
	return st->facts;
}

static bool column_grow(struct cb_store *st)
{
	size_t n = cb_facts_count(st->facts);
	unsigned char *p;

	if (n <= st->ncolumn)
		return true;
	p = cb_realloc(st->column, n + 1);
	if (p == NULL)
		return false;
	memset(p + st->ncolumn, 0, n + 1 - st->ncolumn);
	st->column = p;
	st->ncolumn = n;
	return true;
}

int cb_facts_column_need(struct cb_store *st, int fact, struct cb_err *err)
{
	const struct cb_fact *f = cb_facts_at(st->facts, (size_t)fact);
	struct cb_buf b;
	sqlite3_stmt *q = NULL;
	size_t have = 0;
	int rc;

	if (cb_facts_has_column(st, fact) || cb_schema_own_column(f->id))
		return CB_OK;
	rc = cb_st_writing(st, err);
	if (rc != CB_OK)
		return rc;
	if (cb_schema_reserved(f->id))
		return cb_err_set(err, CB_EDATA, "fact %s: the record uses this name itself; choose another", f->id);
	for (size_t i = 0; i < st->ncolumn; i++)
		have += st->column[i];
	if (have >= CB_COLUMNS_MAX)
		return cb_err_set(err, CB_ELIMIT, "fact %s: the record holds %d facts already, the most that it can", f->id, CB_COLUMNS_MAX);
	if (!column_grow(st))
		return cb_err_nomem(err);
	cb_buf_init(&b);
	cb_meetings_forget(st);
	rc = cb_st_prepare(st, "INSERT OR IGNORE INTO fact(id,ord,type,min,max,label,unit,vocab,vocab_vi,alias,fixed,pack)"
			       " VALUES(?1,(SELECT max(999,coalesce(max(ord),0))+1 FROM fact)+?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,coalesce(?12,''))",
			   0, &q, err);
	if (rc == CB_OK && cb_schema_fact_row(q, f, 0, &b) != SQLITE_OK)
		rc = cb_err_nomem(err);
	if (rc == CB_OK)
		rc = cb_st_done(st, q, err);
	sqlite3_finalize(q);
	if (rc == CB_OK) {
		cb_buf_clear(&b);
		cb_buf_puts(&b, "ALTER TABLE meeting ADD COLUMN ");
		cb_schema_column(&b, f);
		cb_buf_puts(&b, ";\n");
		st->column[fact] = 1;
		cb_schema_view(&b, st->facts, st->column);
		st->column[fact] = 0;
		rc = cb_buf_ok(&b) ? cb_st_exec(st, b.s, err) : cb_err_nomem(err);
	}
	if (rc == CB_OK)
		st->column[fact] = 1;
	cb_buf_release(&b);
	return rc;
}

int cb_store_fact_declare(struct cb_store *st, const struct cb_fact *fact, struct cb_err *err)
{
	int rc = cb_st_writing(st, err);

	if (rc == CB_OK && cb_schema_reserved(fact->id))
		rc = cb_err_set(err, CB_EDATA, "fact %s: the record uses this name itself; choose another", fact->id);
	if (rc == CB_OK)
		rc = cb_facts_declare(st->facts, fact, err);
	if (rc == CB_OK && !column_grow(st))
		rc = cb_err_nomem(err);
	return rc == CB_OK ? cb_facts_column_need(st, cb_facts_find(st->facts, fact->id), err) : rc;
}
