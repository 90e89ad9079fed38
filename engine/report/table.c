/*
 * table.c - one model of rows, five forms.
 *
 * open writes the head (CSV, JSON, Markdown, HTML stream row by row: O(1) memory); the terminal table is held back
 * until close, because its columns can only be aligned when every cell is known: O(cells) memory, O(cells) time.
 * Width is counted in terminal columns (cb_utf8_width), so composed and combining Vietnamese both line up; a cell that
 * is too wide for the terminal is wrapped at blanks, never cut: an officer must not lose half of a reason.
 * A failed write is kept and reported by every later call; nothing is written after it.
 */
#include "report/table.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include "base/alloc.h"
#include "base/arena.h"
#include "base/date.h"
#include "base/utf8.h"

#define MIN_WRAP 12 /* a text column is never squeezed below this */

struct row {
	struct row *next;
	const char **cell; /* [ncol] text as it will be printed */
	bool total;
};

struct cb_sink {
	struct cb_arena arena;
	const struct cb_column *col;
	size_t ncol;
	struct cb_sink_opts o;
	struct cb_buf line;
	size_t rows;
	struct row *first, **last; /* TABLE: held back */
	int fault;                 /* cb_code of the first failure */
	char why[160];
};

/* --- escaping ---------------------------------------------------------------------------------------------- */

void cb_esc_csv(struct cb_buf *out, const char *s)
{
	bool guard = cb_text_runs(s, strlen(s)), quote = guard || strpbrk(s, ",\"\r\n") || *s == ' ' || (*s && s[strlen(s) - 1] == ' ');

	if (quote)
		cb_buf_putc(out, '"');
	if (guard)
		cb_buf_putc(out, '\'');
	for (; *s; s++) {
		if (*s == '"')
			cb_buf_putc(out, '"');
		cb_buf_putc(out, *s);
	}
	if (quote)
		cb_buf_putc(out, '"');
}

void cb_esc_html(struct cb_buf *out, const char *s)
{
	for (; *s; s++) {
		switch (*s) {
		case '&': cb_buf_puts(out, "&amp;"); break;
		case '<': cb_buf_puts(out, "&lt;"); break;
		case '>': cb_buf_puts(out, "&gt;"); break;
		case '"': cb_buf_puts(out, "&quot;"); break;
		case '\'': cb_buf_puts(out, "&#39;"); break;
		default:
			/* control bytes are no characters of HTML */
			cb_buf_putc(out, (unsigned char)*s < 0x20 && *s != '\n' && *s != '\t' ? ' ' : *s);
		}
	}
}

void cb_esc_json(struct cb_buf *out, const char *s)
{
	cb_buf_putc(out, '"');
	for (; *s; s++) {
		switch (*s) {
		case '"': cb_buf_puts(out, "\\\""); break;
		case '\\': cb_buf_puts(out, "\\\\"); break;
		case '\n': cb_buf_puts(out, "\\n"); break;
		case '\r': cb_buf_puts(out, "\\r"); break;
		case '\t': cb_buf_puts(out, "\\t"); break;
		default:
			if ((unsigned char)*s < 0x20 || *s == 0x7f)
				cb_buf_printf(out, "\\u%04x", (unsigned char)*s);
			else
				cb_buf_putc(out, *s);
		}
	}
	cb_buf_putc(out, '"');
}

void cb_esc_markdown(struct cb_buf *out, const char *s)
{
	for (; *s; s++) {
		switch (*s) {
		case '\n': cb_buf_puts(out, "<br>"); break; /* a cell must stay on one line */
		case '\r': case '\t': cb_buf_putc(out, ' '); break;
		case '<': cb_buf_puts(out, "&lt;"); break;
		case '&': cb_buf_puts(out, "&amp;"); break;
		case '\\': case '`': case '*': case '_': case '[': case ']': case '|': case '~':
			cb_buf_putc(out, '\\');
			cb_buf_putc(out, *s);
			break;
		default:
			cb_buf_putc(out, *s);
		}
	}
}

/* --- cells as text ----------------------------------------------------------------------------------------- */

/* n/d with a fixed count of decimals, half up, decimal point: "79.7". */
static void decimal(struct cb_buf *out, int64_t n, int64_t d, int decimals)
{
	int64_t step = 1, v;
	bool minus;

	for (int i = 0; i < decimals; i++)
		step *= 10;
	v = cb_round_div((__int128)n * step, d, CB_ROUND_HALF_UP);
	minus = v < 0;
	if (minus)
		v = -v;
	if (decimals)
		cb_buf_printf(out, "%s%" PRId64 ".%0*" PRId64, minus ? "-" : "", v / step, decimals, v % step);
	else
		cb_buf_printf(out, "%s%" PRId64, minus ? "-" : "", v);
}

/* Points of a cell; a rescaled total (d > 1) is no whole number of thousandths and is shown to two decimals, half up. */
static cb_pts cell_pts(const struct cb_cell *c)
{
	return c->d > 1 ? cb_round_div(c->n, (__int128)c->d * 10, CB_ROUND_HALF_UP) * 10 : c->n;
}

/* As people read it; nothing for a null cell. */
static void text_vi(struct cb_buf *out, const struct cb_column *col, const struct cb_cell *c)
{
	char t[CB_NUM_TEXT], day[11];

	if (c->null)
		return;
	switch (col->type) {
	case CB_COL_TEXT:
	case CB_COL_RAW:
		cb_buf_puts(out, c->text ? c->text : "");
		break;
	case CB_COL_INT:
		cb_buf_puts(out, cb_fmt_int_vi(t, sizeof t, c->n));
		break;
	case CB_COL_PTS:
		cb_buf_puts(out, cb_fmt_pts_vi(t, sizeof t, cell_pts(c)));
		break;
	case CB_COL_RATIO:
		if (c->d)
			cb_buf_puts(out, cb_fmt_ratio_vi(t, sizeof t, cb_ratio_make(c->n, c->d), col->decimals));
		break;
	case CB_COL_PERCENT:
		cb_buf_puts(out, cb_fmt_percent_vi(t, sizeof t, c->n, c->d, col->decimals));
		break;
	case CB_COL_DAY:
		cb_buf_puts(out, cb_day_vi(day, (cb_day)c->n));
		break;
	case CB_COL_FLAG:
		if (c->d) /* the total row of a column of x's */
			cb_buf_puts(out, cb_fmt_int_vi(t, sizeof t, c->n));
		else
			cb_buf_puts(out, c->n ? "x" : "");
		break;
	}
}

static bool is_number(enum cb_col_type t)
{
	return t == CB_COL_INT || t == CB_COL_PTS || t == CB_COL_RATIO || t == CB_COL_PERCENT || t == CB_COL_RAW;
}

/* --- writing ----------------------------------------------------------------------------------------------- */

static int sink_fail(struct cb_sink *s, struct cb_err *err, int code, const char *why)
{
	s->fault = code;
	snprintf(s->why, sizeof s->why, "%s", why);
	return cb_err_set(err, code, "%s", s->why);
}

/* Sends s->line on and empties it. */
static int flush_line(struct cb_sink *s, struct cb_err *err)
{
	if (s->fault)
		return cb_err_set(err, s->fault, "%s", s->why);
	if (!cb_buf_ok(&s->line)) {
		cb_err_nomem(err);
		return sink_fail(s, err, CB_ENOMEM, "out of memory");
	}
	if (s->o.file) {
		errno = 0;
		if (fwrite(s->line.s, 1, s->line.len, s->o.file) != s->line.len) {
			int e = errno;
			char why[160];
			snprintf(why, sizeof why, "cannot write the output: %s", strerror(e));
			return sink_fail(s, err, e == ENOSPC ? CB_EFULL : CB_EIO, why);
		}
	} else {
		cb_buf_add(s->o.buf, s->line.s, s->line.len);
		if (!cb_buf_ok(s->o.buf))
			return sink_fail(s, err, CB_ENOMEM, "out of memory");
	}
	cb_buf_clear(&s->line);
	return 0;
}

static void pad(struct cb_buf *b, size_t n)
{
	while (n--)
		cb_buf_putc(b, ' ');
}

static void rule_of(struct cb_buf *b, size_t n)
{
	while (n--)
		cb_buf_puts(b, "─");
}

static void csv_head(struct cb_sink *s)
{
	for (size_t i = 0; i < s->ncol; i++) {
		const struct cb_column *c = &s->col[i];
		if (i)
			cb_buf_putc(&s->line, ',');
		cb_esc_csv(&s->line, c->id);
		if (c->type == CB_COL_PERCENT)
			cb_buf_printf(&s->line, ",%s_part,%s_whole", c->id, c->id);
	}
	cb_buf_putc(&s->line, '\n');
}

static void markdown_head(struct cb_sink *s)
{
	if (s->o.title) {
		cb_buf_puts(&s->line, "**");
		cb_esc_markdown(&s->line, s->o.title);
		cb_buf_puts(&s->line, "**\n\n");
	}
	for (size_t i = 0; i < s->ncol; i++) {
		cb_buf_puts(&s->line, i ? " | " : "| ");
		cb_esc_markdown(&s->line, s->col[i].title);
	}
	cb_buf_puts(&s->line, " |\n");
	for (size_t i = 0; i < s->ncol; i++)
		cb_buf_puts(&s->line, is_number(s->col[i].type) ? "| ---: " : s->col[i].type == CB_COL_FLAG ? "| :---: " : "| --- ");
	cb_buf_puts(&s->line, "|\n");
}

static void html_head(struct cb_sink *s)
{
	cb_buf_puts(&s->line, "<table>\n");
	if (s->o.title) {
		cb_buf_puts(&s->line, "<caption>");
		cb_esc_html(&s->line, s->o.title);
		cb_buf_puts(&s->line, "</caption>\n");
	}
	cb_buf_puts(&s->line, "<thead><tr>");
	for (size_t i = 0; i < s->ncol; i++) {
		cb_buf_puts(&s->line, is_number(s->col[i].type) ? "<th class=\"n\">" : s->col[i].type == CB_COL_FLAG ? "<th class=\"f\">" : "<th>");
		cb_esc_html(&s->line, s->col[i].title);
		cb_buf_puts(&s->line, "</th>");
	}
	cb_buf_puts(&s->line, "</tr></thead>\n<tbody>\n");
}

int cb_sink_open(struct cb_sink **out, const struct cb_column *col, size_t ncol, const struct cb_sink_opts *o, struct cb_err *err)
{
	struct cb_sink *s;
	int rc;

	*out = NULL;
	s = cb_calloc(1, sizeof *s);
	if (!s)
		return cb_err_nomem(err);
	cb_arena_init(&s->arena);
	cb_buf_init(&s->line);
	s->col = col;
	s->ncol = ncol;
	s->o = *o;
	s->last = &s->first;
	switch (o->form) {
	case CB_OUT_TABLE: break;
	case CB_OUT_CSV: csv_head(s); break;
	case CB_OUT_JSON: cb_buf_puts(&s->line, "["); break;
	case CB_OUT_MARKDOWN: markdown_head(s); break;
	case CB_OUT_HTML: html_head(s); break;
	}
	rc = flush_line(s, err);
	if (rc) {
		cb_buf_release(&s->line);
		cb_arena_release(&s->arena);
		cb_free(s);
		return rc;
	}
	*out = s;
	return 0;
}

static void csv_cell(struct cb_buf *b, const struct cb_column *col, const struct cb_cell *c)
{
	char t[CB_NUM_TEXT], day[11];

	if (c->null) {
		if (col->type == CB_COL_PERCENT)
			cb_buf_puts(b, ",,");
		return;
	}
	switch (col->type) {
	case CB_COL_TEXT: cb_esc_csv(b, c->text ? c->text : ""); break;
	case CB_COL_RAW:
		if (c->n)
			cb_esc_csv(b, c->text ? c->text : "");
		else
			cb_buf_puts(b, c->text ? c->text : "");
		break;
	case CB_COL_INT: case CB_COL_FLAG: cb_buf_printf(b, "%" PRId64, c->n); break;
	case CB_COL_PTS: cb_buf_puts(b, cb_fmt_pts(t, sizeof t, cell_pts(c))); break;
	case CB_COL_RATIO: if (c->d) decimal(b, c->n, c->d, col->decimals); break;
	case CB_COL_PERCENT:
		if (c->d)
			decimal(b, c->n * 100, c->d, col->decimals);
		cb_buf_printf(b, ",%" PRId64 ",%" PRId64, c->n, c->d);
		break;
	case CB_COL_DAY: cb_buf_puts(b, cb_day_iso(day, (cb_day)c->n)); break;
	}
}

void cb_cell_json(struct cb_buf *b, const struct cb_column *col, const struct cb_cell *c)
{
	char t[CB_NUM_TEXT], day[11];

	if (c->null || (col->type == CB_COL_TEXT && !c->text) || (col->type == CB_COL_RATIO && !c->d)) {
		cb_buf_puts(b, "null");
		return;
	}
	switch (col->type) {
	case CB_COL_TEXT: cb_esc_json(b, c->text); break;
	case CB_COL_RAW:
		if (c->n || !c->text)
			cb_esc_json(b, c->text ? c->text : "");
		else
			cb_buf_puts(b, strstr(c->text, "Inf") || strstr(c->text, "nan") ? "null" : c->text);
		break;
	case CB_COL_INT: cb_buf_printf(b, "%" PRId64, c->n); break;
	case CB_COL_FLAG:
		if (c->d)
			cb_buf_printf(b, "%" PRId64, c->n);
		else
			cb_buf_puts(b, c->n ? "true" : "false");
		break;
	case CB_COL_PTS: cb_buf_puts(b, cb_fmt_pts(t, sizeof t, cell_pts(c))); break;
	case CB_COL_RATIO: decimal(b, c->n, c->d, col->decimals); break;
	case CB_COL_PERCENT:
		cb_buf_printf(b, "{\"part\": %" PRId64 ", \"whole\": %" PRId64 ", \"percent\": ", c->n, c->d);
		if (c->d)
			decimal(b, c->n * 100, c->d, col->decimals);
		else
			cb_buf_puts(b, "null");
		cb_buf_putc(b, '}');
		break;
	case CB_COL_DAY: cb_buf_printf(b, "\"%s\"", cb_day_iso(day, (cb_day)c->n)); break;
	}
}

/* Keeps a row of the terminal table until the widths are known. */
static int hold(struct cb_sink *s, const struct cb_cell *cell, bool total, struct cb_err *err)
{
	struct row *r = CB_NEW(&s->arena, struct row);
	struct cb_buf raw;

	if (r)
		r->cell = CB_NEWV(&s->arena, s->ncol, const char *);
	if (!r || !r->cell)
		return sink_fail(s, err, CB_ENOMEM, "out of memory");
	cb_buf_init(&raw);
	for (size_t i = 0; i < s->ncol; i++) {
		cb_buf_clear(&raw);
		cb_buf_clear(&s->line);
		text_vi(&raw, &s->col[i], &cell[i]);
		/* what stands in the record may not drive the terminal; lines of a cell stay lines */
		for (const char *p = raw.s; cb_buf_ok(&raw) && *p;) {
			size_t n = strcspn(p, "\n");
			cb_text_clean(&s->line, p, n, 4000);
			p += n;
			if (*p == '\n') {
				cb_buf_putc(&s->line, '\n');
				p++;
			}
		}
		if (!cb_buf_ok(&s->line) || !cb_buf_ok(&raw) || !(r->cell[i] = cb_arena_strdup(&s->arena, s->line.s))) {
			cb_buf_release(&raw);
			return sink_fail(s, err, CB_ENOMEM, "out of memory");
		}
	}
	cb_buf_release(&raw);
	cb_buf_clear(&s->line);
	r->total = total;
	*s->last = r;
	s->last = &r->next;
	return 0;
}

static int put_row(struct cb_sink *s, const struct cb_cell *cell, bool total, struct cb_err *err)
{
	struct cb_buf *b = &s->line, t;

	if (s->fault)
		return cb_err_set(err, s->fault, "%s", s->why);
	s->rows++;
	switch (s->o.form) {
	case CB_OUT_TABLE:
		return hold(s, cell, total, err);
	case CB_OUT_CSV:
		for (size_t i = 0; i < s->ncol; i++) {
			if (i)
				cb_buf_putc(b, ',');
			csv_cell(b, &s->col[i], &cell[i]);
		}
		cb_buf_putc(b, '\n');
		break;
	case CB_OUT_JSON:
		cb_buf_puts(b, s->rows == 1 ? "\n  {" : ",\n  {");
		for (size_t i = 0; i < s->ncol; i++) {
			if (i)
				cb_buf_puts(b, ", ");
			cb_esc_json(b, s->col[i].id);
			cb_buf_puts(b, ": ");
			cb_cell_json(b, &s->col[i], &cell[i]);
		}
		cb_buf_putc(b, '}');
		break;
	case CB_OUT_MARKDOWN:
	case CB_OUT_HTML:
		cb_buf_init(&t);
		cb_buf_puts(b, s->o.form == CB_OUT_HTML ? (total ? "<tr class=\"total\">" : "<tr>") : "|");
		for (size_t i = 0; i < s->ncol; i++) {
			cb_buf_clear(&t);
			text_vi(&t, &s->col[i], &cell[i]);
			if (!cb_buf_ok(&t))
				b->oom = true;
			else if (s->o.form == CB_OUT_HTML) {
				cb_buf_puts(b, is_number(s->col[i].type) ? "<td class=\"n\">" : s->col[i].type == CB_COL_FLAG ? "<td class=\"f\">" : "<td>");
				cb_esc_html(b, t.s);
				cb_buf_puts(b, "</td>");
			} else {
				cb_buf_putc(b, ' ');
				cb_esc_markdown(b, t.s);
				cb_buf_puts(b, " |");
			}
		}
		cb_buf_puts(b, s->o.form == CB_OUT_HTML ? "</tr>\n" : "\n");
		cb_buf_release(&t);
		break;
	}
	return flush_line(s, err);
}

int cb_sink_row(struct cb_sink *s, const struct cb_cell *cell, struct cb_err *err)
{
	return put_row(s, cell, false, err);
}

int cb_sink_total(struct cb_sink *s, const struct cb_cell *cell, struct cb_err *err)
{
	return put_row(s, cell, true, err);
}

/* --- the terminal table ------------------------------------------------------------------------------------ */

/* Bytes of s that go on the next line of a cell `cols` wide: up to the last blank that fits, else whole clusters. */
static size_t wrap_at(const char *s, size_t cols, size_t *skip)
{
	size_t n = strlen(s), nl = strcspn(s, "\n"), fit, cut;

	*skip = 0;
	if (nl < n && cb_utf8_width(s, nl) <= cols) {
		*skip = 1;
		return nl;
	}
	if (cb_utf8_width(s, n) <= cols)
		return n;
	fit = cb_utf8_fit(s, n, cols);
	if (fit == 0)
		fit = n; /* a cluster wider than the column: better crooked than endless */
	for (cut = fit; cut > 0 && s[cut] != ' '; cut--)
		;
	if (cut == 0)
		return fit;
	*skip = 1;
	return cut;
}

static void cells_line(struct cb_sink *s, const char **cell, const size_t *width, bool bold)
{
	bool more = true;

	while (more) {
		size_t owed = 0; /* blanks before the next text; never printed at the end of a line */
		more = false;
		for (size_t i = 0; i < s->ncol; i++) {
			size_t skip, n = wrap_at(cell[i], width[i], &skip), w = cb_utf8_width(cell[i], n);
			size_t gap = width[i] > w ? width[i] - w : 0, left = 0;
			if (is_number(s->col[i].type))
				left = gap;
			else if (s->col[i].type == CB_COL_FLAG)
				left = gap / 2;
			if (i)
				owed += 2;
			owed += left;
			if (n) {
				pad(&s->line, owed);
				owed = 0;
				if (bold)
					cb_buf_puts(&s->line, "\033[1m");
				cb_buf_add(&s->line, cell[i], n);
				if (bold)
					cb_buf_puts(&s->line, "\033[0m");
			}
			owed += gap - left;
			cell[i] += n + skip;
			if (*cell[i])
				more = true;
		}
		cb_buf_putc(&s->line, '\n');
	}
}

static void rule_line(struct cb_sink *s, const size_t *width)
{
	for (size_t i = 0; i < s->ncol; i++) {
		if (i)
			pad(&s->line, 2);
		rule_of(&s->line, width[i]);
	}
	cb_buf_putc(&s->line, '\n');
}

#define FEW_ROWS 3  /* that are read better one under the other */
#define FIT_WRAP 14 /* columns of a text that is wrapped beside many others */

/* Each row as lines "title  value"; what is absent is left out. */
static int cards_out(struct cb_sink *s, struct cb_err *err)
{
	size_t wide = 0, k = 0;
	int rc = 0;

	for (size_t i = 0; i < s->ncol; i++) {
		size_t w = cb_utf8_width(s->col[i].title, strlen(s->col[i].title));
		if (w > wide)
			wide = w;
	}
	for (struct row *r = s->first; r && !rc; r = r->next) {
		if (k++)
			cb_buf_putc(&s->line, '\n');
		for (size_t i = 0; i < s->ncol; i++) {
			size_t left = s->o.width > (int)wide + 20 ? (size_t)s->o.width - wide - 2 : 20;
			const char *v = r->cell[i];
			if (!*v)
				continue;
			cb_buf_puts(&s->line, s->col[i].title);
			pad(&s->line, wide - cb_utf8_width(s->col[i].title, strlen(s->col[i].title)) + 2);
			while (*v) {
				size_t skip, n = wrap_at(v, left, &skip);
				cb_buf_add(&s->line, v, n);
				cb_buf_putc(&s->line, '\n');
				v += n + skip;
				if (*v)
					pad(&s->line, wide + 2);
			}
		}
		rc = flush_line(s, err);
	}
	return rc;
}

/* A text that is wider than its column ends in "…"; false: out of memory. */
static bool shorten(struct cb_sink *s, const char **text, size_t width)
{
	size_t n = strlen(*text), nl = strcspn(*text, "\n"), keep;
	char *t;

	if (nl == n && cb_utf8_width(*text, n) <= width)
		return true;
	keep = cb_utf8_fit(*text, nl, width - 1);
	t = cb_arena_alloc(&s->arena, keep + sizeof("…"));
	if (!t)
		return false;
	memcpy(t, *text, keep);
	memcpy(t + keep, "…", sizeof("…"));
	*text = t;
	return true;
}

/* How many columns fit, side by side, when wide texts are wrapped. */
static size_t that_fit(const struct cb_sink *s, const size_t *width)
{
	size_t sum = 0, n = 0;

	for (; n < s->ncol; n++) {
		size_t head = cb_utf8_width(s->col[n].title, strlen(s->col[n].title)), w = width[n];
		if (s->col[n].type == CB_COL_TEXT && w > FIT_WRAP)
			w = head > FIT_WRAP ? head : FIT_WRAP;
		sum += w + (n ? 2 : 0);
		if (sum > (size_t)s->o.width)
			break;
	}
	return n ? n : 1;
}

static int table_out(struct cb_sink *s, struct cb_err *err)
{
	size_t *width = CB_NEWV(&s->arena, s->ncol ? s->ncol : 1, size_t), sum = 0;
	const char **head = CB_NEWV(&s->arena, s->ncol ? s->ncol : 1, const char *);
	int rc;

	if (!width || !head)
		return sink_fail(s, err, CB_ENOMEM, "out of memory");
	for (size_t i = 0; i < s->ncol; i++) {
		width[i] = cb_utf8_width(s->col[i].title, strlen(s->col[i].title));
		head[i] = s->col[i].title;
		for (const struct row *r = s->first; r; r = r->next)
			for (const char *p = r->cell[i]; *p;) { /* a cell may hold several lines */
				size_t n = strcspn(p, "\n"), w = cb_utf8_width(p, n);
				if (w > width[i])
					width[i] = w;
				p += n + (p[n] == '\n');
			}
		sum += width[i] + (i ? 2 : 0);
	}
	size_t all = s->ncol, fit = s->o.fit && s->o.width > 0 && sum > (size_t)s->o.width ? that_fit(s, width) : all;
	if (fit < all) {
		size_t rows = 0;
		for (const struct row *r = s->first; r && rows <= FEW_ROWS; r = r->next)
			rows++;
		if (rows <= FEW_ROWS)
			return cards_out(s, err);
		for (size_t i = fit; i < all; i++)
			sum -= width[i] + 2;
		s->ncol = fit;
	}
	/* too wide: columns that said how wide they may be go first, then the widest text gives way */
	for (size_t i = 0; i < s->ncol && s->o.width > 0 && sum > (size_t)s->o.width; i++)
		if (s->col[i].type == CB_COL_TEXT && s->col[i].decimals > 0 && width[i] > (size_t)s->col[i].decimals) {
			sum -= width[i] - (size_t)s->col[i].decimals;
			width[i] = (size_t)s->col[i].decimals;
		}
	while (s->o.width > 0 && sum > (size_t)s->o.width) {
		size_t at = s->ncol, cut;
		for (size_t i = 0; i < s->ncol; i++)
			if (s->col[i].type == CB_COL_TEXT && width[i] > MIN_WRAP && (at == s->ncol || width[i] > width[at]))
				at = i;
		if (at == s->ncol)
			break;
		cut = sum - (size_t)s->o.width;
		if (cut > 1)
			cut = cut / 2; /* in steps, so that two wide columns share */
		if (cut > width[at] - MIN_WRAP)
			cut = width[at] - MIN_WRAP;
		width[at] -= cut;
		sum -= cut;
	}
	if (s->o.title)
		cb_buf_printf(&s->line, s->o.colour ? "\033[1m%s\033[0m\n" : "%s\n", s->o.title);
	cells_line(s, head, width, s->o.colour);
	rule_line(s, width);
	rc = flush_line(s, err);
	for (struct row *r = s->first; r && !rc; r = r->next) {
		if (r->total)
			rule_line(s, width);
		for (size_t i = 0; fit < all && i < fit; i++) /* an overview: a line a row; a card shows the whole text */
			if (!shorten(s, &r->cell[i], width[i]))
				return sink_fail(s, err, CB_ENOMEM, "out of memory");
		cells_line(s, r->cell, width, r->total && s->o.colour);
		rc = flush_line(s, err);
	}
	s->ncol = all;
	if (fit < all && !rc) {
		cb_buf_printf(&s->line, "... and %zu more column%s:", all - fit, all - fit == 1 ? "" : "s");
		for (size_t i = fit, at = 30; i < all; i++) {
			size_t w = cb_utf8_width(s->col[i].title, strlen(s->col[i].title));
			if (at + w + 1 > (size_t)s->o.width) {
				cb_buf_puts(&s->line, "\n   ");
				at = 3;
			}
			cb_buf_printf(&s->line, " %s", s->col[i].title);
			at += w + 1;
		}
		cb_buf_putc(&s->line, '\n');
		rc = flush_line(s, err);
	}
	return rc;
}

int cb_sink_close(struct cb_sink *s, struct cb_err *err)
{
	int rc = 0;

	if (!s)
		return 0;
	if (s->fault) {
		rc = cb_err_set(err, s->fault, "%s", s->why);
	} else {
		switch (s->o.form) {
		case CB_OUT_TABLE: rc = table_out(s, err); break;
		case CB_OUT_CSV: break;
		case CB_OUT_JSON: cb_buf_puts(&s->line, s->rows ? "\n]\n" : "]\n"); rc = flush_line(s, err); break;
		case CB_OUT_MARKDOWN: break;
		case CB_OUT_HTML: cb_buf_puts(&s->line, "</tbody></table>\n"); rc = flush_line(s, err); break;
		}
	}
	cb_buf_release(&s->line);
	cb_arena_release(&s->arena);
	cb_free(s);
	return rc;
}
