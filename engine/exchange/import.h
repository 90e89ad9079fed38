/*
 * import.h - files in: CSV and JSON to the record, every bad cell told, all or nothing.
 *
 * The readers (csv.h, json.h) deliver records with the line and column of every field; import.c maps headings to
 * fields (English ids, Vietnamese labels, aliases; case and marks ignored), checks values against the fact dictionary,
 * and writes through the store in one transaction. Memory does not grow with the number of rows.
 */
#ifndef CB_EXCHANGE_IMPORT_H
#define CB_EXCHANGE_IMPORT_H

#include <stdbool.h>
#include <stdint.h>
#include "base/diag.h"
#include "base/err.h"
#include "rule/rule.h"
#include "store/store.h"

enum cb_import_what { CB_IMPORT_UNITS, CB_IMPORT_MEETINGS, CB_IMPORT_ASSESSMENTS, CB_IMPORT_VISITS, CB_IMPORT_MONTHS };

#define CB_IMPORT_AHEAD 366       /* days after today */
#define CB_IMPORT_BACK (40 * 366) /* days before it */
struct cb_import_opts {
	enum cb_import_what what;
	bool dry_run;          /* check everything, keep nothing */
	cb_day today;          /* a meeting, visit or month more than CB_IMPORT_AHEAD days after it or CB_IMPORT_BACK before, and a decision
				  after it, is a slip; 0: days are not compared */
	const struct cb_rulebook *book; /* the levels of decisions are those of the ruleset in force; NULL: any level */
	const char *rejects;   /* keep good rows, write bad ones (with a column "error") to this new file; NULL: all or nothing */
	int (*progress)(void *ctx, int64_t rows, int64_t bytes, int64_t total_bytes); /* nonzero stops; NULL: none */
	void *ctx;
};
struct cb_import_stats { int64_t rows, added, changed, same, bad; };

/* Opens its own transaction. CB_EDATA when rows are bad (then, without `rejects`, nothing was kept). */
int cb_import_file(struct cb_import_stats *out, struct cb_store *st, const char *path, const struct cb_import_opts *opts,
		   struct cb_diags *diags, struct cb_err *err);

/* Heading and one line that says what each column wants, as CSV; for `chibo template`. With rulesets: the facts that any of
   them reads, a column for each item that people judge. */
int cb_import_template(struct cb_buf *out, enum cb_import_what what, const struct cb_facts *dict, const struct cb_ruleset *const *rs,
		       size_t nrs);

#endif
