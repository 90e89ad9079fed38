/*
 * fact.h - the fact dictionary: every number that a meeting may report.
 *
 * A fact is a whole number (or a flag 0/1, a day, a word of a fixed vocabulary, or a decimal in thousandths) that is
 * present or absent; absent is not zero. The core facts are shared by all packs (source: the criteria of HD 12/2018,
 * HD 42/2025 and the ward forms under it); a pack may declare its own, which live beside them under the same rules
 * and become typed columns of the record. Ids are ASCII [a-z][a-z0-9_]*, at most 40 bytes.
 */
#ifndef CB_MODEL_FACT_H
#define CB_MODEL_FACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"

enum cb_fact_type {
	CB_FACT_COUNT,   /* people, times, pieces: 0..max */
	CB_FACT_MINUTES, /* 0..max */
	CB_FACT_DAYS,    /* days before or after; may be negative where min says so */
	CB_FACT_DATE,    /* a cb_day */
	CB_FACT_FLAG,    /* 0 or 1 */
	CB_FACT_WORD,    /* index into vocab */
	CB_FACT_DECIMAL, /* thousandths */
};

#define CB_FACT_ID_MAX 40
#define CB_FACT_VALUE_MAX 1000000 /* the largest count that a meeting may report */

struct cb_fact {
	const char *id;
	enum cb_fact_type type;
	int64_t min, max;          /* both allowed; in stored units */
	const char *label;         /* Vietnamese: "số đảng viên có mặt" */
	const char *unit;          /* Vietnamese unit word for print: "phút", "người", "" */
	const char *const *vocab;  /* WORD: ids, NULL-terminated: "regular", "thematic", "combined" */
	const char *const *vocab_vi;
	const char *const *alias;  /* other headings that name this column (folded), NULL-terminated; may be NULL */
	bool fixed;                /* advice never proposes to change it (member counts, dates, kinds of unit) */
	const char *pack;          /* NULL for core facts, else the id of the pack that declared it */
	bool attribute;            /* no column of its own: the meeting's day and kind, its unit's kind and cell type */
};

/* The core dictionary, in a fixed order that the schema follows. */
size_t cb_fact_core_count(void);
const struct cb_fact *cb_fact_core(size_t i);
int cb_fact_core_find(const char *id); /* index or -1 */

const char *cb_fact_type_id(enum cb_fact_type t); /* "count" */
int cb_fact_type_find(const char *id);            /* -1 */

/* A dictionary: core facts first (same indexes), then declared ones. Borrowed facts live as long as the dictionary. */
struct cb_facts;
int cb_facts_new(struct cb_facts **out, struct cb_err *err);
void cb_facts_free(struct cb_facts *f);
/* Copies *fact. The same id with the same type is fine (no-op); another type is CB_EEXIST. Returns 0 or negative. */
int cb_facts_declare(struct cb_facts *f, const struct cb_fact *fact, struct cb_err *err);
size_t cb_facts_count(const struct cb_facts *f);
const struct cb_fact *cb_facts_at(const struct cb_facts *f, size_t i);
int cb_facts_find(const struct cb_facts *f, const char *id);              /* index or -1 */
const char *cb_facts_nearest(const struct cb_facts *f, const char *id);   /* NULL when none is near */
/* The fact that a heading names: its id, label or an alias, as look-up keys (case, marks and punctuation ignored); -1. */
int cb_facts_heading(const struct cb_facts *f, const char *heading);
int cb_fact_word(const struct cb_fact *fact, const char *word);           /* index in vocab or vocab_vi (folded), or -1 */
/* "18", "90 phút", "có", "thường kỳ", "15/02/2024": as people read it. */
char *cb_fact_text_vi(char *dst, size_t cap, const struct cb_fact *fact, int64_t value);

/* A plain check of one value against type and limits; 0 or CB_EDATA with words such as "must be 0 to 1.000.000". */
int cb_fact_check(const struct cb_fact *fact, int64_t value, struct cb_err *err);

#endif
