/*
 * diag.h - findings: one clear line per fault, all of them in one run.
 *
 * A collector keeps the first `keep` findings and counts the rest. A finding says where (file, line, column or field
 * path), what, and how to mend it; cb_diag_line() writes "file:line:column: path: what; mend". Used by import, by
 * the rule checker and by the case runner. Text is copied and cleaned of control bytes.
 */
#ifndef CB_BASE_DIAG_H
#define CB_BASE_DIAG_H

#include <stddef.h>
#include "base/buf.h"

enum cb_severity { CB_SEV_ERROR, CB_SEV_WARNING, CB_SEV_NOTE };

struct cb_diag {
	enum cb_severity severity;
	const char *file; /* NULL: none */
	long line, col;   /* 1-based; 0: none */
	const char *path; /* field path such as criteria[2].score, or a column name; NULL: none */
	const char *what; /* the fault */
	const char *mend; /* how to mend it; NULL: none */
};

struct cb_diags;

int cb_diags_new(struct cb_diags **out, size_t keep); /* 0 or CB_ENOMEM; free with cb_diags_free */
void cb_diags_free(struct cb_diags *d);
/* Adds one; never fails (without memory the finding is only counted). Strings are copied. */
void cb_diags_add(struct cb_diags *d, const struct cb_diag *diag);
/* The same from formatted parts; `mend` is a plain string or NULL. */
void cb_diags_addf(struct cb_diags *d, enum cb_severity sev, const char *file, long line, long col, const char *path,
		   const char *mend, const char *fmt, ...) __attribute__((format(printf, 8, 9)));
size_t cb_diags_kept(const struct cb_diags *d);
const struct cb_diag *cb_diags_at(const struct cb_diags *d, size_t i); /* borrowed until free */
size_t cb_diags_count(const struct cb_diags *d, enum cb_severity sev);  /* all, also those not kept */
void cb_diag_line(struct cb_buf *out, const struct cb_diag *diag);      /* no newline */

/* The nearest of n names to `given` (edit distance, at most a third of its length); NULL when none is near. */
const char *cb_nearest(const char *given, const char *const *names, size_t n);

#endif
