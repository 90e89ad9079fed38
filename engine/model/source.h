/*
 * source.h - the text of a regulation as it is kept: files and their hashes, and what the record says about a ruleset.
 */
#ifndef CB_MODEL_SOURCE_H
#define CB_MODEL_SOURCE_H

#include <stddef.h>
#include "base/date.h"
#include "base/hash.h"
#include "base/num.h"

/* One file of a pack. */
struct cb_source {
	const char *path; /* below the rules folder: "tuyen_quang/qd19.lua" */
	const char *text;
	size_t len;
	char sha[CB_SHA_HEX];
	const char *issuer; /* whose regulation the file is part of: a base's files are its own issuer's; NULL: of the record */
};

/* Whose signature stood over one folder of the files that a ruleset is made of. */
struct cb_signed_by {
	const char *folder; /* below the rules folder; "." is the rules folder itself */
	const char *state;  /* trusted, unknown (key), unsigned, broken */
	const char *signer, *key; /* NULL: unsigned, or no signature that could be read */
};

/* What the record keeps of a ruleset beside its sources, so that SQL alone can read results. */
struct cb_ruleset_info {
	const char *id, *title, *issuer, *status;
	cb_day from, to;
	const char *sha; /* of the list "sha path\n" of its files */
	const struct cb_source *src;
	size_t nsrc;
	struct cb_criterion_info { const char *id, *label, *article; cb_pts max; int counts; /* enum cb_counts of the rules: 0 in the scale, 1 bonus, 2 penalty */ } const *criterion;
	size_t ncriterion;
	struct cb_level_info { const char *id, *label; cb_pts at_least; } const *level; /* best first */
	size_t nlevel;
	const char *notes_for; /* every lost point needs a note, one for each "criterion" or "meeting"; NULL: none is needed */
};

#endif
