/*
 * figures.c - `chibo figures`: can a printed percentage come from the counts beside it?
 *
 * Reads a CSV with columns part, whole and printed_percent (source and what are shown when they are there), or three
 * words on the command line. A figure that neither rounding nor truncation gives is a finding: exit code 1.
 */
#include <inttypes.h>
#include <string.h>
#include "base/alloc.h"
#include "base/num.h"
#include "base/utf8.h"
#include "cli/cli.h"
#include "eval/figures.h"
#include "exchange/csv.h"

enum { COL_SOURCE, COL_WHAT, COL_PART, COL_WHOLE, COL_PRINTED, COLS };

/* A count as people write it: "1185" or "1.185". */
static bool parse_count(int64_t *out, const char *s, size_t n)
{
	int64_t v = 0;
	size_t run = 0;
	bool dotted = false;

	if (!n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '.') {
			if (!run || run > 3 || (dotted && run != 3))
				return false;
			dotted = true;
			run = 0;
		} else if (s[i] >= '0' && s[i] <= '9') {
			v = v * 10 + (s[i] - '0');
			run++;
			if (v > CB_FIGURE_MAX)
				return false;
		} else {
			return false;
		}
	}
	*out = v;
	return !dotted || run == 3;
}

static int print_one(struct cb_sink *s, const char *source, const char *what, const char *printed, const struct cb_figure *f, struct cb_err *err)
{
	char right[32];

	cb_figure_text(right, sizeof right, f->half_up, f->decimals);
	return cb_sink_row(s, (struct cb_cell[]){cb_cell_text(source), cb_cell_text(what), cb_cell_int(f->part), cb_cell_int(f->whole), cb_cell_text(printed),
						 cb_cell_text(right), cb_cell_text(cb_figure_verdict_id(f->verdict)), cb_cell_text(f->say)}, err);
}

static int find_columns(const struct cb_csv_row *row, int at[COLS], const char *path, struct cb_err *err)
{
	static const char *const names[COLS][4] = {
		{"source", "nguon", NULL}, {"what", "noi dung", NULL}, {"part", "tu so", NULL}, {"whole", "mau so", "tong so", NULL},
		{"printed percent", "printed", "ty le", NULL},
	};
	struct cb_buf b;

	for (int k = 0; k < COLS; k++)
		at[k] = -1;
	cb_buf_init(&b);
	for (size_t i = 0; i < row->nfield; i++) {
		cb_buf_clear(&b);
		if (!cb_utf8_fold(&b, row->field[i].s, row->field[i].n)) {
			cb_buf_release(&b);
			return cb_err_nomem(err);
		}
		for (size_t j = 0; j < b.len; j++)
			if (b.s[j] == '_')
				b.s[j] = ' ';
		for (int k = 0; k < COLS; k++)
			for (int j = 0; names[k][j]; j++)
				if (!strcmp(b.s, names[k][j]) && at[k] < 0)
					at[k] = (int)i;
	}
	cb_buf_release(&b);
	if (at[COL_PART] < 0 || at[COL_WHOLE] < 0 || at[COL_PRINTED] < 0)
		return cb_err_set(err, CB_EDATA, "%s:1: wants the columns part, whole and printed_percent", path);
	return 0;
}

static int copy_field(struct cb_buf *b, const struct cb_csv_row *row, int at)
{
	cb_buf_clear(b);
	if (at >= 0 && (size_t)at < row->nfield)
		cb_text_clean(b, row->field[at].s, row->field[at].n, 400);
	return cb_buf_ok(b) ? 0 : -1;
}

static int from_file(struct cli *c, struct cb_sink *s, const char *path, int64_t *wrong, struct cb_err *err)
{
	struct cb_feed *feed = NULL;
	struct cb_csv *csv = NULL;
	const struct cb_csv_row *row;
	struct cb_buf t[COLS];
	int at[COLS], rc, got;

	for (int i = 0; i < COLS; i++)
		cb_buf_init(&t[i]);
	rc = cb_feed_open(&feed, path, err);
	if (!rc)
		rc = cb_csv_open(&csv, feed, err);
	if (!rc) {
		got = cb_csv_next(csv, &row, err);
		rc = got < 0 ? got : got == 0 ? cb_err_set(err, CB_EDATA, "%s: the file is empty", path) : find_columns(row, at, path, err);
	}
	while (!rc && (got = cb_csv_next(csv, &row, err)) != 0) {
		struct cb_figure f;
		struct cb_err why = {0};
		int64_t part, whole;
		if (got < 0) {
			rc = got;
			break;
		}
		if (row->nfield == 1 && row->field[0].n == 0)
			continue;
		if (row->fault) {
			cb_diags_addf(cli_diags(c), CB_SEV_ERROR, path, row->fault_line, (long)row->fault_column, NULL, row->mend, "%s", row->fault);
			continue;
		}
		for (int i = 0; i < COLS; i++)
			if (copy_field(&t[i], row, at[i])) {
				rc = cb_err_nomem(err);
				break;
			}
		if (rc)
			break;
		if (!parse_count(&part, t[COL_PART].s, t[COL_PART].len) || !parse_count(&whole, t[COL_WHOLE].s, t[COL_WHOLE].len)) {
			bool first = !parse_count(&part, t[COL_PART].s, t[COL_PART].len);
			cb_diags_addf(cli_diags(c), CB_SEV_ERROR, path, row->line, at[first ? COL_PART : COL_WHOLE] + 1, NULL, "write a whole number", "'%s' is no count",
				      t[first ? COL_PART : COL_WHOLE].s);
			continue;
		}
		if (cb_figure_check(&f, part, whole, t[COL_PRINTED].s, &why)) {
			cb_diags_addf(cli_diags(c), CB_SEV_ERROR, path, row->line, at[COL_PRINTED] + 1, NULL, NULL, "%s", why.msg);
			continue;
		}
		*wrong += f.verdict == CB_FIG_WRONG;
		rc = print_one(s, at[COL_SOURCE] >= 0 ? t[COL_SOURCE].s : NULL, at[COL_WHAT] >= 0 ? t[COL_WHAT].s : NULL, t[COL_PRINTED].s, &f, err);
	}
	if (csv)
		cb_csv_close(csv);
	for (int i = 0; i < COLS; i++)
		cb_buf_release(&t[i]);
	return rc;
}

int cli_figures(struct cli *c, int argc, char **argv, struct cb_err *err)
{
	static const struct cb_column col[] = {
		{"source", "Nguồn", CB_COL_TEXT, 0}, {"what", "Nội dung", CB_COL_TEXT, 0},   {"part", "Tử số", CB_COL_INT, 0},   {"whole", "Mẫu số", CB_COL_INT, 0},
		{"printed", "Đã in", CB_COL_TEXT, 0},     {"right", "Làm tròn đúng", CB_COL_TEXT, 0}, {"verdict", "Kết luận", CB_COL_TEXT, 0}, {"say", "Nhận xét", CB_COL_TEXT, 0},
	};
	struct cb_sink *s = NULL;
	struct cb_figure f;
	int64_t wrong = 0, part, whole;
	size_t bad;
	int rc = 0;

	if (argc == 3) {
		if (!parse_count(&part, argv[0], strlen(argv[0])) || !parse_count(&whole, argv[1], strlen(argv[1])))
			return cb_err_set(err, CB_EUSAGE, "figures: PART and WHOLE are whole numbers: chibo figures 945 1.185 79,8");
		rc = cb_figure_check(&f, part, whole, argv[2], err);
		if (rc)
			return rc;
	} else if (argc == 2) {
		return cb_err_set(err, CB_EUSAGE, "figures: wants a FILE, or PART WHOLE PERCENT: chibo figures 945 1.185 79,8");
	}
	rc = cli_sink(c, &s, argc == 3 ? col + 2 : col, sizeof col / sizeof *col - (argc == 3 ? 2 : 0), NULL, err);
	if (!rc && argc == 3) {
		char right[32];
		wrong = f.verdict == CB_FIG_WRONG;
		cb_figure_text(right, sizeof right, f.half_up, f.decimals);
		rc = cb_sink_row(s, (struct cb_cell[]){cb_cell_int(f.part), cb_cell_int(f.whole), cb_cell_text(argv[2]), cb_cell_text(right),
						       cb_cell_text(cb_figure_verdict_id(f.verdict)), cb_cell_text(f.say)}, err);
	} else if (!rc) {
		rc = from_file(c, s, argv[0], &wrong, err);
	}
	if (rc)
		cb_sink_close(s, NULL);
	else
		rc = cb_sink_close(s, err);
	bad = c->diags ? cb_diags_count(c->diags, CB_SEV_ERROR) : 0;
	cli_tell(c);
	if (!rc && bad)
		return cb_err_set(err, CB_EDATA, "%s: %zu rows could not be read", argv[0], bad);
	if (!rc && wrong)
		return cb_err_set(err, CB_EDATA, wrong == 1 ? "1 printed figure cannot come from its counts" : "%" PRId64 " printed figures cannot come from their counts",
				  wrong);
	return rc;
}
