/*
 * csv.c - one state machine over the bytes; see csv.h.
 *
 * The bytes of a row's fields stand one after the other in `text`, each with a NUL; the fields keep offsets until the
 * row is whole, because the buffer may move. Each byte is looked at once.
 */
#include <string.h>
#include "base/alloc.h"
#include "base/buf.h"
#include "exchange/csv.h"

enum state { FIELD_START, PLAIN, QUOTED, QUOTE_IN_QUOTED };

struct span {
	size_t at, n;
};

struct cb_csv {
	struct cb_feed *feed;
	const char *p, *end;    /* what is left of the chunk */
	char sep;
	long line;              /* of the next byte */
	bool after_cr;          /* a LF that comes now belongs to the CR before */
	bool done;
	struct cb_buf text;
	struct cb_csv_field field[CB_CSV_COLUMNS_MAX];
	struct span span[CB_CSV_COLUMNS_MAX];
	size_t nfield;          /* fields begun, also those beyond the limit */
	size_t bytes;           /* of this row, before any is dropped */
	struct cb_csv_row row;
};

static const char separators[] = { ',', ';', '\t', '|' };

/* Takes a first line `sep=;`; *found tells whether there was one. */
static int take_sep_line(struct cb_csv *r, bool *found, struct cb_err *err)
{
	const char *p = r->p;
	size_t n = (size_t)(r->end - p), i = 0;
	bool quoted = n > 0 && p[0] == '"';
	*found = false;
	i += quoted;
	if (n < i + 5 || (p[i] | 32) != 's' || (p[i + 1] | 32) != 'e' || (p[i + 2] | 32) != 'p' || p[i + 3] != '=')
		return 0;
	char sep = p[i + 4];
	i += 5;
	if (quoted && i < n && p[i] == '"')
		i++;
	if (i < n && p[i] != '\r' && p[i] != '\n')
		return 0; /* a heading that begins with sep= */
	if (!memchr(separators, sep, sizeof(separators)))
		return cb_err_set(err, CB_EDATA, "the first line, sep=, names a separator that is not read; use sep=; or sep=, or a tab");
	if (i < n && p[i] == '\r')
		i++;
	if (i < n && p[i] == '\n')
		i++;
	r->p += i;
	r->line = 2;
	r->sep = sep;
	*found = true;
	return 0;
}

/* The separator that the first line with any of them has most of, quotes respected. */
static char detect(const char *p, size_t n)
{
	size_t count[sizeof(separators)] = { 0 };
	bool quoted = false;
	for (size_t i = 0; i < n; i++) {
		if (p[i] == '"') {
			quoted = !quoted;
		} else if (!quoted && (p[i] == '\n' || p[i] == '\r')) {
			for (size_t k = 0; k < sizeof(separators); k++)
				if (count[k])
					goto out;
		} else if (!quoted) {
			const char *hit = memchr(separators, p[i], sizeof(separators));
			if (hit)
				count[hit - separators]++;
		}
	}
out:;
	size_t best = 0;
	for (size_t k = 1; k < sizeof(separators); k++)
		if (count[k] > count[best])
			best = k;
	return separators[best];
}

int cb_csv_open(struct cb_csv **out, struct cb_feed *feed, struct cb_err *err)
{
	*out = NULL;
	int rc;
	size_t n;
	bool found = false;
	struct cb_csv *r = cb_calloc(1, sizeof(*r));
	if (!r) {
		cb_feed_close(feed);
		return cb_err_nomem(err);
	}
	r->feed = feed;
	r->line = 1;
	cb_buf_init(&r->text);
	if ((rc = cb_feed_read(feed, &r->p, &n, err)) < 0)
		goto out;
	r->end = r->p + n;
	if ((rc = take_sep_line(r, &found, err)) < 0)
		goto out;
	if (!found)
		r->sep = detect(r->p, (size_t)(r->end - r->p));
out:
	if (rc < 0)
		cb_csv_close(r);
	else
		*out = r;
	return rc;
}

void cb_csv_close(struct cb_csv *r)
{
	if (!r)
		return;
	cb_buf_release(&r->text);
	cb_feed_close(r->feed);
	cb_free(r);
}

char cb_csv_separator(const struct cb_csv *r)
{
	return r->sep;
}

const struct cb_feed *cb_csv_feed(const struct cb_csv *r)
{
	return r->feed;
}

static void fault_at(struct cb_csv *r, long line, const char *what, const char *mend)
{
	if (r->row.fault)
		return; /* the first one of a row explains the others */
	r->row.fault = what;
	r->row.mend = mend;
	r->row.fault_line = line;
	r->row.fault_column = r->nfield ? r->nfield : 1;
}

static void begin_field(struct cb_csv *r)
{
	r->nfield++;
	if (r->nfield > CB_CSV_COLUMNS_MAX) {
		fault_at(r, r->line, "too many columns: at most 512 are read", "keep the columns that the template names");
		return;
	}
	struct cb_csv_field *f = &r->field[r->nfield - 1];
	f->line = r->line;
	f->quoted = false;
	r->span[r->nfield - 1] = (struct span){ r->text.len, 0 };
}

static void end_field(struct cb_csv *r)
{
	if (r->nfield <= CB_CSV_COLUMNS_MAX)
		cb_buf_putc(&r->text, '\0');
}

static void add(struct cb_csv *r, const char *s, size_t n)
{
	if (r->nfield > CB_CSV_COLUMNS_MAX)
		return;
	struct span *span = &r->span[r->nfield - 1];
	r->bytes += n;
	if (span->n + n > CB_CSV_FIELD_MAX) {
		fault_at(r, r->field[r->nfield - 1].line, "the cell is too long: at most 32768 bytes are read",
			 "shorten the text, and look for a quote that is not closed");
		return;
	}
	if (r->bytes > CB_CSV_RECORD_MAX) {
		fault_at(r, r->row.line, "the row is too long: at most 262144 bytes are read",
			 "shorten its cells, and look for a quote that is not closed");
		return;
	}
	cb_buf_add(&r->text, s, n);
	span->n += n;
}

static int more(struct cb_csv *r, struct cb_err *err)
{
	size_t n;
	int rc = cb_feed_read(r->feed, &r->p, &n, err);
	if (rc < 0)
		return rc;
	r->end = r->p + n;
	return n > 0;
}

#define MEND_QUOTE "put the whole cell in quotes and double the quotes inside it"

int cb_csv_next(struct cb_csv *r, const struct cb_csv_row **row, struct cb_err *err)
{
	enum state state = FIELD_START;
	bool any = false;
	int rc;
	if (r->done)
		return 0;
	cb_buf_clear(&r->text);
	r->nfield = 0;
	r->bytes = 0;
	r->row = (struct cb_csv_row){ .field = r->field };
	for (;;) {
		if (r->p == r->end) {
			if ((rc = more(r, err)) < 0)
				return rc;
			if (rc == 0) {
				r->done = true;
				if (!any)
					return 0;
				if (state == QUOTED)
					fault_at(r, r->nfield <= CB_CSV_COLUMNS_MAX ? r->field[r->nfield - 1].line : r->row.line,
						 "quote not closed: the cell that begins here runs to the end of the file",
						 "close the quote, or copy the file again if it was cut");
				break;
			}
		}
		char c = *r->p;
		if (r->after_cr) {
			r->after_cr = false;
			if (c == '\n') {
				r->p++;
				continue;
			}
		}
		if (!any) {
			any = true;
			r->row.line = r->line;
			begin_field(r);
		}
		if (state == QUOTED) {
			if (c == '"') {
				state = QUOTE_IN_QUOTED;
				r->p++;
			} else if (c == '\r' || c == '\n') { /* any line end inside a cell becomes LF */
				r->after_cr = c == '\r';
				r->line++;
				r->p++;
				add(r, "\n", 1);
			} else {
				const char *from = r->p;
				while (r->p < r->end && *r->p != '"' && *r->p != '\r' && *r->p != '\n')
					r->p++;
				add(r, from, (size_t)(r->p - from));
			}
			continue;
		}
		if (c == r->sep) {
			end_field(r);
			begin_field(r);
			state = FIELD_START;
			r->p++;
		} else if (c == '\r' || c == '\n') {
			r->after_cr = c == '\r';
			r->line++;
			r->p++;
			break;
		} else if (c == '"') {
			r->p++;
			if (state == FIELD_START) {
				state = QUOTED;
				if (r->nfield <= CB_CSV_COLUMNS_MAX)
					r->field[r->nfield - 1].quoted = true;
			} else if (state == QUOTE_IN_QUOTED) {
				state = QUOTED;
				add(r, "\"", 1);
			} else {
				fault_at(r, r->line, "a quote inside a cell that does not begin with one", MEND_QUOTE);
				add(r, "\"", 1);
			}
		} else {
			if (state == QUOTE_IN_QUOTED)
				fault_at(r, r->line, "text after the closing quote of a cell", MEND_QUOTE);
			state = PLAIN;
			const char *from = r->p;
			while (r->p < r->end && *r->p != r->sep && *r->p != '"' && *r->p != '\r' && *r->p != '\n')
				r->p++;
			add(r, from, (size_t)(r->p - from));
		}
	}
	end_field(r);
	if (!cb_buf_ok(&r->text))
		return cb_err_nomem(err);
	r->row.nfield = r->nfield < CB_CSV_COLUMNS_MAX ? r->nfield : CB_CSV_COLUMNS_MAX;
	for (size_t i = 0; i < r->row.nfield; i++) {
		r->field[i].s = r->text.s + r->span[i].at;
		r->field[i].n = r->span[i].n;
	}
	*row = &r->row;
	return 1;
}
