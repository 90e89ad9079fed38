/*
 * diag.c - the findings of one run: the first ones kept whole, all of them counted; and the nearest name.
 */
#include "base/diag.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/utf8.h"

#define SEVERITIES (CB_SEV_NOTE + 1)
#define TEXT_MAX 1000 /* bytes of one part of a finding; a longer one is cut with "…" */

struct cb_diags {
	struct cb_arena mem;
	struct cb_diag *at;
	size_t n, cap, keep;
	size_t count[SEVERITIES];
};

int cb_diags_new(struct cb_diags **out, size_t keep)
{
	struct cb_diags *d = cb_calloc(1, sizeof(*d));

	*out = d;
	if (d == NULL)
		return CB_ENOMEM;
	cb_arena_init(&d->mem);
	d->keep = keep;
	return CB_OK;
}

void cb_diags_free(struct cb_diags *d)
{
	if (d == NULL)
		return;
	cb_arena_release(&d->mem);
	cb_free(d->at);
	cb_free(d);
}

static bool copy(struct cb_arena *mem, const char **dst, const char *s)
{
	struct cb_buf b;
	bool ok;

	*dst = NULL;
	if (s == NULL)
		return true;
	cb_buf_init(&b);
	cb_text_clean(&b, s, strlen(s), TEXT_MAX);
	ok = cb_buf_ok(&b) && (*dst = cb_arena_strndup(mem, b.s, b.len)) != NULL;
	cb_buf_release(&b);
	return ok;
}

void cb_diags_add(struct cb_diags *d, const struct cb_diag *diag)
{
	struct cb_diag one = *diag;

	d->count[diag->severity]++;
	if (d->n >= d->keep)
		return;
	if (d->n == d->cap) {
		size_t cap = d->cap ? d->cap * 2 : 16;
		struct cb_diag *at = cb_reallocarray(d->at, cap, sizeof(*at));

		if (at == NULL)
			return;
		d->at = at;
		d->cap = cap;
	}
	if (copy(&d->mem, &one.file, diag->file) && copy(&d->mem, &one.path, diag->path) &&
	    copy(&d->mem, &one.what, diag->what ? diag->what : "") && copy(&d->mem, &one.mend, diag->mend))
		d->at[d->n++] = one;
}

void cb_diags_addf(struct cb_diags *d, enum cb_severity sev, const char *file, long line, long col, const char *path,
		   const char *mend, const char *fmt, ...)
{
	struct cb_diag one = { sev, file, line, col, path, NULL, mend };
	struct cb_buf what;
	va_list ap;

	cb_buf_init(&what);
	if (d->n < d->keep) {
		va_start(ap, fmt);
		cb_buf_vprintf(&what, fmt, ap);
		va_end(ap);
	}
	if (cb_buf_ok(&what)) {
		one.what = what.s;
		cb_diags_add(d, &one);
	} else {
		d->count[sev]++;
	}
	cb_buf_release(&what);
}

size_t cb_diags_kept(const struct cb_diags *d)
{
	return d->n;
}

const struct cb_diag *cb_diags_at(const struct cb_diags *d, size_t i)
{
	return i < d->n ? &d->at[i] : NULL;
}

size_t cb_diags_count(const struct cb_diags *d, enum cb_severity sev)
{
	return d->count[sev];
}

void cb_diag_line(struct cb_buf *out, const struct cb_diag *diag)
{
	if (diag->file) {
		cb_buf_puts(out, diag->file);
		if (diag->line > 0)
			cb_buf_printf(out, ":%ld", diag->line);
		if (diag->line > 0 && diag->col > 0)
			cb_buf_printf(out, ":%ld", diag->col);
		cb_buf_puts(out, ": ");
	}
	if (diag->severity != CB_SEV_ERROR)
		cb_buf_puts(out, diag->severity == CB_SEV_WARNING ? "warning: " : "note: ");
	if (diag->path)
		cb_buf_printf(out, "%s: ", diag->path);
	cb_buf_puts(out, diag->what);
	if (diag->mend)
		cb_buf_printf(out, "; %s", diag->mend);
}

#define NAME_MAX_NEAR 64

/* Edit distance with swaps of neighbours (optimal string alignment), case ignored. */
static size_t distance(const char *a, size_t na, const char *b, size_t nb)
{
	unsigned char row[3][NAME_MAX_NEAR + 1];
	unsigned char *prev2 = row[0], *prev = row[1], *cur = row[2], *t;
	size_t i, j;

	for (j = 0; j <= nb; j++)
		prev[j] = (unsigned char)j;
	memset(prev2, 0, NAME_MAX_NEAR + 1);
	for (i = 1; i <= na; i++) {
		cur[0] = (unsigned char)i;
		for (j = 1; j <= nb; j++) {
			int ca = tolower((unsigned char)a[i - 1]), cb = tolower((unsigned char)b[j - 1]);
			unsigned best = prev[j - 1] + (ca != cb);

			if (prev[j] + 1u < best)
				best = prev[j] + 1u;
			if (cur[j - 1] + 1u < best)
				best = cur[j - 1] + 1u;
			if (i > 1 && j > 1 && ca == tolower((unsigned char)b[j - 2]) &&
			    cb == tolower((unsigned char)a[i - 2]) && prev2[j - 2] + 1u < best)
				best = prev2[j - 2] + 1u;
			cur[j] = (unsigned char)best;
		}
		t = prev2;
		prev2 = prev;
		prev = cur;
		cur = t;
	}
	return prev[nb];
}

const char *cb_nearest(const char *given, const char *const *names, size_t n)
{
	const char *best = NULL;
	size_t len, i, d, nearest = SIZE_MAX;

	if (given == NULL || (len = strlen(given)) == 0 || len > NAME_MAX_NEAR)
		return NULL;
	for (i = 0; i < n; i++) {
		size_t m = names[i] ? strlen(names[i]) : 0;

		if (m == 0 || m > NAME_MAX_NEAR)
			continue;
		d = distance(given, len, names[i], m);
		if (d <= len / 3 && d < nearest) {
			nearest = d;
			best = names[i];
		}
	}
	return best;
}
