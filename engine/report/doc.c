/*
 * doc.c - a document as a list of parts, and its five forms. See doc.h.
 *
 * Parts are kept in an arena in the order they were added; each form is one walk over them: O(cells). Tables go through
 * the row sinks, so a table looks the same in a report and from a plain command. Percent bars in the terminal are made
 * of block characters, in HTML of one SVG per chart; Markdown and JSON leave them out, their table holds the numbers.
 */
#include "report/doc.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include "base/alloc.h"
#include "base/arena.h"
#include "base/utf8.h"

enum part_kind { PART_HEADING, PART_PARA, PART_NOTE, PART_TABLE, PART_BARS, PART_SIGN };

struct doc_row {
	struct doc_row *next;
	struct cb_cell *cell; /* texts copied */
	bool total;
};
struct doc_bar {
	struct doc_bar *next;
	const char *label;
	int64_t part[CB_BARS_MAX], whole;
};
struct part {
	struct part *next;
	enum part_kind kind;
	int level;                       /* HEADING */
	const char *text, *text2;        /* SIGN: left, right; TABLE, BARS: title */
	const char *id;                  /* TABLE */
	struct cb_column *col; size_t ncol;
	struct doc_row *row, **last_row;
	const char *series[CB_BARS_MAX]; size_t nseries;
	struct doc_bar *bar, **last_bar;
};
struct meta {
	struct meta *next;
	const char *id, *value;
};
struct cb_doc {
	struct cb_arena arena;
	const char *title, *subtitle;
	struct meta *meta, **last_meta;
	struct part *first, **last, *now; /* now: the newest table or bars */
	bool oom, landscape;
};

static const char *const bar_colour[CB_BARS_MAX] = {"#1b7837", "#7fbf7b", "#fdae61", "#d7301f", "#4575b4", "#91bfdb", "#998ec3", "#777777"};

static const char *keep(struct cb_doc *d, const char *s)
{
	const char *t;

	if (!s)
		return NULL;
	t = cb_arena_strdup(&d->arena, s);
	if (!t)
		d->oom = true;
	return t ? t : "";
}

int cb_doc_new(struct cb_doc **out, const char *title, const char *subtitle, struct cb_err *err)
{
	struct cb_doc *d = cb_calloc(1, sizeof *d);

	*out = NULL;
	if (!d)
		return cb_err_nomem(err);
	cb_arena_init(&d->arena);
	d->last = &d->first;
	d->last_meta = &d->meta;
	d->title = keep(d, title);
	d->subtitle = keep(d, subtitle);
	*out = d;
	return 0;
}

void cb_doc_free(struct cb_doc *d)
{
	if (!d)
		return;
	cb_arena_release(&d->arena);
	cb_free(d);
}

void cb_doc_landscape(struct cb_doc *d)
{
	d->landscape = true;
}

static struct part *add(struct cb_doc *d, enum part_kind kind)
{
	struct part *p = CB_NEW(&d->arena, struct part);

	if (!p) {
		d->oom = true;
		d->now = NULL;
		return NULL;
	}
	p->kind = kind;
	p->last_row = &p->row;
	p->last_bar = &p->bar;
	*d->last = p;
	d->last = &p->next;
	return p;
}

void cb_doc_meta(struct cb_doc *d, const char *id, const char *value)
{
	struct meta *m = CB_NEW(&d->arena, struct meta);

	if (!m) {
		d->oom = true;
		return;
	}
	m->id = keep(d, id);
	m->value = keep(d, value);
	*d->last_meta = m;
	d->last_meta = &m->next;
}

void cb_doc_heading(struct cb_doc *d, int level, const char *text)
{
	struct part *p = add(d, PART_HEADING);

	if (p) {
		p->level = level;
		p->text = keep(d, text);
	}
}

__attribute__((format(printf, 3, 0))) static void add_text(struct cb_doc *d, enum part_kind kind, const char *fmt, va_list ap)
{
	struct part *p = add(d, kind);
	struct cb_buf b;

	cb_buf_init(&b);
	cb_buf_vprintf(&b, fmt, ap);
	if (!cb_buf_ok(&b))
		d->oom = true;
	if (p)
		p->text = keep(d, b.s);
	cb_buf_release(&b);
}

void cb_doc_para(struct cb_doc *d, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_text(d, PART_PARA, fmt, ap);
	va_end(ap);
}

void cb_doc_note(struct cb_doc *d, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_text(d, PART_NOTE, fmt, ap);
	va_end(ap);
}

void cb_doc_table(struct cb_doc *d, const char *id, const char *title, const struct cb_column *col, size_t ncol)
{
	struct part *p = add(d, PART_TABLE);

	d->now = p;
	if (!p)
		return;
	p->id = keep(d, id);
	p->text = keep(d, title);
	p->col = CB_NEWV(&d->arena, ncol ? ncol : 1, struct cb_column);
	if (!p->col) {
		d->oom = true;
		return;
	}
	p->ncol = ncol;
	for (size_t i = 0; i < ncol; i++) {
		p->col[i] = col[i];
		p->col[i].id = keep(d, col[i].id);
		p->col[i].title = keep(d, col[i].title);
	}
}

static void add_row(struct cb_doc *d, const struct cb_cell *cell, bool total)
{
	struct part *p = d->now;
	struct doc_row *r;

	if (!p || p->kind != PART_TABLE)
		return;
	r = CB_NEW(&d->arena, struct doc_row);
	if (r)
		r->cell = CB_NEWV(&d->arena, p->ncol ? p->ncol : 1, struct cb_cell);
	if (!r || !r->cell) {
		d->oom = true;
		return;
	}
	for (size_t i = 0; i < p->ncol; i++) {
		r->cell[i] = cell[i];
		r->cell[i].text = keep(d, cell[i].text);
	}
	r->total = total;
	*p->last_row = r;
	p->last_row = &r->next;
}

void cb_doc_row(struct cb_doc *d, const struct cb_cell *cell)
{
	add_row(d, cell, false);
}

void cb_doc_total(struct cb_doc *d, const struct cb_cell *cell)
{
	add_row(d, cell, true);
}

void cb_doc_bars(struct cb_doc *d, const char *title, const char *const *series, size_t nseries)
{
	struct part *p = add(d, PART_BARS);

	d->now = p;
	if (!p)
		return;
	p->text = keep(d, title);
	p->nseries = nseries < CB_BARS_MAX ? nseries : CB_BARS_MAX;
	for (size_t i = 0; i < p->nseries; i++)
		p->series[i] = keep(d, series[i]);
}

void cb_doc_bar(struct cb_doc *d, const char *label, const int64_t *part, int64_t whole)
{
	struct part *p = d->now;
	struct doc_bar *b;

	if (!p || p->kind != PART_BARS)
		return;
	b = CB_NEW(&d->arena, struct doc_bar);
	if (!b) {
		d->oom = true;
		return;
	}
	b->label = keep(d, label);
	b->whole = whole;
	for (size_t i = 0; i < p->nseries; i++)
		b->part[i] = part[i];
	*p->last_bar = b;
	p->last_bar = &b->next;
}

void cb_doc_sign(struct cb_doc *d, const char *left, const char *right)
{
	struct part *p = add(d, PART_SIGN);

	if (p) {
		p->text = keep(d, left);
		p->text2 = keep(d, right);
	}
}

/* --- writing ----------------------------------------------------------------------------------------------- */

/* Sends the text of b on to where o points, and empties it. */
static int send(const struct cb_sink_opts *o, struct cb_buf *b, struct cb_err *err)
{
	if (!cb_buf_ok(b))
		return cb_err_nomem(err);
	if (o->file) {
		errno = 0;
		if (fwrite(b->s, 1, b->len, o->file) != b->len) {
			int e = errno;
			return cb_err_set(err, e == ENOSPC ? CB_EFULL : CB_EIO, "cannot write the output: %s", strerror(e));
		}
	} else {
		cb_buf_add(o->buf, b->s, b->len);
		if (!cb_buf_ok(o->buf))
			return cb_err_nomem(err);
	}
	cb_buf_clear(b);
	return 0;
}

static int write_table(const struct part *p, const struct cb_sink_opts *o, struct cb_err *err)
{
	struct cb_sink *s = NULL;
	int rc = cb_sink_open(&s, p->col, p->ncol, o, err);

	for (const struct doc_row *r = p->row; r && !rc; r = r->next)
		rc = r->total ? cb_sink_total(s, r->cell, err) : cb_sink_row(s, r->cell, err);
	if (rc) {
		cb_sink_close(s, NULL);
		return rc;
	}
	return cb_sink_close(s, err);
}

/* A paragraph wrapped at `width` columns (0: as it is), every line after the first indented by `hang`. */
static void put_wrapped(struct cb_buf *b, const char *s, int width, int hang)
{
	size_t room = width > 20 ? (size_t)width - (size_t)hang : 0;

	for (bool first = true; *s; first = false) {
		size_t n = strlen(s), cut = n;
		if (room && cb_utf8_width(s, n) > room) {
			size_t fit = cb_utf8_fit(s, n, room);
			for (cut = fit; cut > 0 && s[cut] != ' '; cut--)
				;
			if (!cut)
				cut = fit ? fit : n;
		}
		if (!first)
			cb_buf_printf(b, "%*s", hang, "");
		cb_buf_add(b, s, cut);
		cb_buf_putc(b, '\n');
		s += cut;
		while (*s == ' ')
			s++;
	}
}

static void put_bars(struct cb_buf *b, const struct part *p, int width)
{
	static const char *const block[CB_BARS_MAX] = {"█", "▓", "▒", "░", "#", "=", "-", "."};
	size_t label = 0;
	int cols = 50;

	for (const struct doc_bar *r = p->bar; r; r = r->next) {
		size_t w = cb_utf8_width(r->label, strlen(r->label));
		if (w > label)
			label = w;
	}
	if (label > 40)
		label = 40;
	if (width && width < (int)label + cols + 4)
		cols = width - (int)label - 4 > 10 ? width - (int)label - 4 : 10;
	cb_buf_printf(b, "%s   ", p->text);
	for (size_t i = 0; i < p->nseries; i++)
		cb_buf_printf(b, "%s %s  ", block[i], p->series[i]);
	while (b->len && b->s[b->len - 1] == ' ')
		b->s[--b->len] = 0;
	cb_buf_putc(b, '\n');
	for (const struct doc_bar *r = p->bar; r; r = r->next) {
		size_t n = cb_utf8_fit(r->label, strlen(r->label), label), w = cb_utf8_width(r->label, n);
		int64_t sum = 0, drawn = 0;
		cb_buf_add(b, r->label, n);
		cb_buf_printf(b, "%*s  ", (int)(label - w), "");
		for (size_t i = 0; i < p->nseries && r->whole > 0; i++) {
			/* ends are rounded, not lengths: the parts always fill the whole */
			int64_t end;
			sum += r->part[i];
			end = cb_round_div((__int128)sum * cols, r->whole, CB_ROUND_HALF_UP);
			for (; drawn < end; drawn++)
				cb_buf_puts(b, block[i]);
		}
		while (b->len && b->s[b->len - 1] == ' ')
			b->s[--b->len] = 0;
		cb_buf_putc(b, '\n');
	}
}

static int write_terminal(const struct cb_doc *d, const struct cb_sink_opts *o, struct cb_buf *b, struct cb_err *err)
{
	const char *on = o->colour ? "\033[1m" : "", *off = o->colour ? "\033[0m" : "";
	struct cb_sink_opts to = *o;
	int rc = 0;

	cb_buf_printf(b, "%s%s%s\n", on, d->title, off);
	if (d->subtitle)
		put_wrapped(b, d->subtitle, o->width, 0);
	for (const struct part *p = d->first; p && !rc; p = p->next) {
		if (p->kind == PART_PARA || p->kind == PART_NOTE) {
			if (p->kind == PART_NOTE)
				cb_buf_puts(b, "! ");
			put_wrapped(b, p->text, o->width, p->kind == PART_NOTE ? 2 : 0);
			continue;
		}
		cb_buf_putc(b, '\n');
		switch (p->kind) {
		case PART_HEADING:
			cb_buf_printf(b, "%s%s%s\n", on, p->text, off);
			break;
		case PART_TABLE:
			rc = send(o, b, err);
			to.title = p->text && *p->text ? p->text : NULL;
			if (!rc)
				rc = write_table(p, &to, err);
			break;
		case PART_BARS:
			put_bars(b, p, o->width);
			break;
		case PART_SIGN:
			cb_buf_printf(b, "%s\n%s\n", p->text, p->text2);
			break;
		default:
			break;
		}
	}
	return rc ? rc : send(o, b, err);
}

static int write_markdown(const struct cb_doc *d, const struct cb_sink_opts *o, struct cb_buf *b, struct cb_err *err)
{
	struct cb_sink_opts to = *o;
	int rc = 0;

	cb_buf_puts(b, "# ");
	cb_esc_markdown(b, d->title);
	cb_buf_putc(b, '\n');
	if (d->subtitle) {
		cb_buf_putc(b, '\n');
		cb_esc_markdown(b, d->subtitle);
		cb_buf_putc(b, '\n');
	}
	for (const struct part *p = d->first; p && !rc; p = p->next) {
		if (p->kind == PART_BARS)
			continue;
		cb_buf_putc(b, '\n');
		switch (p->kind) {
		case PART_HEADING:
			cb_buf_puts(b, p->level <= 2 ? "## " : "### ");
			cb_esc_markdown(b, p->text);
			cb_buf_putc(b, '\n');
			break;
		case PART_NOTE:
			cb_buf_puts(b, "> ");
			/* fall through */
		case PART_PARA:
			cb_esc_markdown(b, p->text);
			cb_buf_putc(b, '\n');
			break;
		case PART_TABLE:
			rc = send(o, b, err);
			to.title = p->text && *p->text ? p->text : NULL;
			if (!rc)
				rc = write_table(p, &to, err);
			break;
		case PART_SIGN:
			cb_esc_markdown(b, p->text);
			cb_buf_puts(b, "\n\n");
			cb_esc_markdown(b, p->text2);
			cb_buf_putc(b, '\n');
			break;
		default:
			break;
		}
	}
	return rc ? rc : send(o, b, err);
}

static const char page_style[] =
	"body{font:13px/1.35 'Times New Roman','Liberation Serif',serif;margin:1.5em auto;max-width:60em;padding:0 1em;color:#000}\n"
	"h1{font-size:1.35em;text-align:center;margin:.3em 0}h2{font-size:1.15em;margin:1.1em 0 .3em}h3{font-size:1em;margin:.9em 0 .2em}\n"
	"p.sub{text-align:center;margin:.1em 0 1em}p{margin:.3em 0}p.note{border-left:3px solid #b00;padding-left:.6em}\n"
	"table{border-collapse:collapse;width:100%;margin:.5em 0}caption{text-align:left;font-weight:bold;padding:.2em 0}\n"
	"th,td{border:1px solid #555;padding:.15em .4em;vertical-align:top;text-align:left;white-space:pre-line}th{background:#eee}\n"
	".n{text-align:right;white-space:nowrap}.f{text-align:center}tr.total td{font-weight:bold}\n"
	"table.sign{margin-top:2em}table.sign td{border:0;text-align:center;width:50%;font-weight:bold}\n"
	"svg{display:block;margin:.5em 0;max-width:100%}svg text{font:12px 'Times New Roman','Liberation Serif',serif}\n"
	"@media print{body{margin:0;max-width:none;padding:0;font-size:11pt}thead{display:table-header-group}tr,svg{break-inside:avoid}\n"
	"h2,h3,caption{break-after:avoid}th{background:#eee;-webkit-print-color-adjust:exact;print-color-adjust:exact}}\n";

static void html_bars(struct cb_buf *b, const struct part *p)
{
	enum { LABEL = 230, BAR = 400, STEP = 22 };
	int rows = 0, y = 26, x = 0;
	char t[CB_NUM_TEXT];

	for (const struct doc_bar *r = p->bar; r; r = r->next)
		rows++;
	cb_buf_printf(b, "<svg role=\"img\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" xmlns=\"http://www.w3.org/2000/svg\">\n<title>",
		      LABEL + BAR + 60, rows * STEP + 30, LABEL + BAR + 60, rows * STEP + 30);
	cb_esc_html(b, p->text);
	cb_buf_puts(b, "</title>\n");
	for (size_t i = 0; i < p->nseries; i++) {
		cb_buf_printf(b, "<rect x=\"%d\" y=\"4\" width=\"11\" height=\"11\" fill=\"%s\"/><text x=\"%d\" y=\"14\">", LABEL + x, bar_colour[i],
			      LABEL + x + 15);
		cb_esc_html(b, p->series[i]);
		cb_buf_puts(b, "</text>\n");
		x += 30 + 7 * (int)cb_utf8_width(p->series[i], strlen(p->series[i]));
	}
	for (const struct doc_bar *r = p->bar; r; r = r->next, y += STEP) {
		int64_t sum = 0, at = 0;
		size_t n = cb_utf8_fit(r->label, strlen(r->label), 36);
		char cut[200];
		snprintf(cut, sizeof cut, "%.*s%s", (int)(n < 190 ? n : 190), r->label, r->label[n] ? "…" : "");
		cb_buf_printf(b, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">", LABEL - 8, y + 13);
		cb_esc_html(b, cut);
		cb_buf_puts(b, "</text>");
		for (size_t i = 0; i < p->nseries && r->whole > 0; i++) {
			int64_t end;
			sum += r->part[i];
			end = cb_round_div((__int128)sum * BAR, r->whole, CB_ROUND_HALF_UP);
			if (end <= at)
				continue;
			cb_buf_printf(b, "<rect x=\"%" PRId64 "\" y=\"%d\" width=\"%" PRId64 "\" height=\"17\" fill=\"%s\"><title>", LABEL + at, y, end - at,
				      bar_colour[i]);
			cb_esc_html(b, p->series[i]);
			cb_buf_printf(b, ": %s%%</title></rect>", cb_fmt_percent_vi(t, sizeof t, r->part[i], r->whole, 1));
			at = end;
		}
		if (r->whole > 0)
			cb_buf_printf(b, "<text x=\"%d\" y=\"%d\">%s%%</text>", LABEL + BAR + 6, y + 13, cb_fmt_percent_vi(t, sizeof t, r->part[0], r->whole, 1));
		cb_buf_putc(b, '\n');
	}
	cb_buf_puts(b, "</svg>\n");
}

static int write_html(const struct cb_doc *d, const struct cb_sink_opts *o, struct cb_buf *b, struct cb_err *err)
{
	struct cb_sink_opts to = *o;
	int rc = 0;

	cb_buf_puts(b, "<!DOCTYPE html>\n<html lang=\"vi\">\n<head>\n<meta charset=\"utf-8\">\n"
		    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<title>");
	cb_esc_html(b, d->title);
	cb_buf_printf(b, "</title>\n<style>\n@page{size:A4%s;margin:15mm}\n%s</style>\n</head>\n<body>\n<h1>", d->landscape ? " landscape" : "", page_style);
	cb_esc_html(b, d->title);
	cb_buf_puts(b, "</h1>\n");
	if (d->subtitle) {
		cb_buf_puts(b, "<p class=\"sub\">");
		cb_esc_html(b, d->subtitle);
		cb_buf_puts(b, "</p>\n");
	}
	for (const struct part *p = d->first; p && !rc; p = p->next) {
		switch (p->kind) {
		case PART_HEADING:
			cb_buf_printf(b, "<h%d>", p->level);
			cb_esc_html(b, p->text);
			cb_buf_printf(b, "</h%d>\n", p->level);
			break;
		case PART_PARA:
		case PART_NOTE:
			cb_buf_puts(b, p->kind == PART_NOTE ? "<p class=\"note\">" : "<p>");
			cb_esc_html(b, p->text);
			cb_buf_puts(b, "</p>\n");
			break;
		case PART_TABLE:
			rc = send(o, b, err);
			to.title = p->text && *p->text ? p->text : NULL;
			if (!rc)
				rc = write_table(p, &to, err);
			break;
		case PART_BARS:
			html_bars(b, p);
			break;
		case PART_SIGN:
			cb_buf_puts(b, "<table class=\"sign\"><tr><td>");
			cb_esc_html(b, p->text);
			cb_buf_puts(b, "</td><td>");
			cb_esc_html(b, p->text2);
			cb_buf_puts(b, "</td></tr></table>\n");
			break;
		}
	}
	cb_buf_puts(b, "</body>\n</html>\n");
	return rc ? rc : send(o, b, err);
}

static int write_json(const struct cb_doc *d, const struct cb_sink_opts *o, struct cb_buf *b, struct cb_err *err)
{
	bool any = false;

	cb_buf_puts(b, "{\n  \"title\": ");
	cb_esc_json(b, d->title);
	if (d->subtitle) {
		cb_buf_puts(b, ",\n  \"subtitle\": ");
		cb_esc_json(b, d->subtitle);
	}
	for (const struct meta *m = d->meta; m; m = m->next) {
		cb_buf_puts(b, ",\n  ");
		cb_esc_json(b, m->id);
		cb_buf_puts(b, ": ");
		if (m->value)
			cb_esc_json(b, m->value);
		else
			cb_buf_puts(b, "null");
	}
	for (const struct part *p = d->first; p; p = p->next) {
		if (p->kind != PART_TABLE)
			continue;
		cb_buf_puts(b, ",\n  ");
		cb_esc_json(b, p->id);
		cb_buf_puts(b, ": [");
		for (const struct doc_row *r = p->row; r; r = r->next) {
			cb_buf_puts(b, r == p->row ? "\n    {" : ",\n    {");
			for (size_t i = 0; i < p->ncol; i++) {
				if (i)
					cb_buf_puts(b, ", ");
				cb_esc_json(b, p->col[i].id);
				cb_buf_puts(b, ": ");
				cb_cell_json(b, &p->col[i], &r->cell[i]);
			}
			if (r->total)
				cb_buf_puts(b, ", \"total\": true");
			cb_buf_putc(b, '}');
		}
		cb_buf_puts(b, p->row ? "\n  ]" : "]");
	}
	cb_buf_puts(b, ",\n  \"notes\": [");
	for (const struct part *p = d->first; p; p = p->next)
		if (p->kind == PART_NOTE) {
			cb_buf_puts(b, any ? ",\n    " : "\n    ");
			cb_esc_json(b, p->text);
			any = true;
		}
	cb_buf_puts(b, any ? "\n  ]\n}\n" : "]\n}\n");
	return send(o, b, err);
}

static int write_csv(const struct cb_doc *d, const struct cb_sink_opts *o, struct cb_buf *b, struct cb_err *err)
{
	static const struct cb_column col[] = {
		{"section", "section", CB_COL_TEXT, 0}, {"row", "row", CB_COL_INT, 0}, {"column", "column", CB_COL_TEXT, 0}, {"value", "value", CB_COL_TEXT, 0},
	};
	struct cb_sink *s = NULL;
	int rc = cb_sink_open(&s, col, 4, o, err);

	for (const struct meta *m = d->meta; m && !rc; m = m->next)
		rc = cb_sink_row(s, (struct cb_cell[]){cb_cell_text("head"), cb_cell_int(1), cb_cell_text(m->id), cb_cell_text(m->value)}, err);
	for (const struct part *p = d->first; p && !rc; p = p->next) {
		int64_t n = 0;
		if (p->kind != PART_TABLE)
			continue;
		for (const struct doc_row *r = p->row; r && !rc; r = r->next) {
			n++;
			for (size_t i = 0; i < p->ncol && !rc; i++) {
				const struct cb_cell *c = &r->cell[i];
				struct cb_cell v = cb_cell_null();
				cb_buf_clear(b);
				if (!c->null && p->col[i].type == CB_COL_PERCENT) {
					cb_buf_printf(b, "%" PRId64 "/%" PRId64, c->n, c->d);
					v = cb_cell_text(b->s);
				} else if (!c->null && p->col[i].type == CB_COL_TEXT) {
					v = *c;
				} else if (!c->null) {
					cb_cell_json(b, &p->col[i], c);
					v = cb_cell_text(b->s);
					if (b->len > 1 && b->s[0] == '"') { /* a day: without its quotes */
						b->s[b->len - 1] = 0;
						v.text++;
					}
				}
				if (!cb_buf_ok(b))
					rc = cb_err_nomem(err);
				else
					rc = cb_sink_row(s, (struct cb_cell[]){cb_cell_text(p->id), cb_cell_int(n), cb_cell_text(p->col[i].id), v}, err);
			}
		}
	}
	if (rc) {
		cb_sink_close(s, NULL);
		return rc;
	}
	return cb_sink_close(s, err);
}

int cb_doc_write(const struct cb_doc *d, const struct cb_sink_opts *o, struct cb_err *err)
{
	struct cb_buf b;
	int rc;

	if (d->oom)
		return cb_err_nomem(err);
	cb_buf_init(&b);
	switch (o->form) {
	case CB_OUT_MARKDOWN: rc = write_markdown(d, o, &b, err); break;
	case CB_OUT_HTML: rc = write_html(d, o, &b, err); break;
	case CB_OUT_JSON: rc = write_json(d, o, &b, err); break;
	case CB_OUT_CSV: rc = write_csv(d, o, &b, err); break;
	default: rc = write_terminal(d, o, &b, err); break;
	}
	cb_buf_release(&b);
	return rc;
}
