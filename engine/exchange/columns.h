/*
 * columns.h - which heading means which field: English ids, Vietnamese labels and other common words, compared
 * without case, marks and punctuation (unit_code = Unit Code; "Ngày họp" = ngay hop).
 *
 * A field is a small number: those of enum cb_field, then CB_F_FACTS + index in the fact dictionary, then
 * CB_F_ITEM for a column of points of one line of the form ("points.preparation.2"), CB_F_ITEM_NOTE for one of notes ("note.preparation").
 */
#ifndef CB_EXCHANGE_COLUMNS_H
#define CB_EXCHANGE_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include "exchange/import.h"
#include "model/fact.h"

enum cb_field {
	CB_F_IGNORED, /* row numbers (STT), and the column "error" of a file of rejects */
	/* meetings, assessments, visits, months */
	CB_F_UNIT, CB_F_UNIT_NAME, CB_F_PROVINCE, CB_F_DAY, CB_F_KIND, CB_F_TOPIC,
	CB_F_ASSESSOR, CB_F_ITEM_ID, CB_F_POINTS, CB_F_PROPOSED, CB_F_VOTES_FOR, CB_F_VOTES_TOTAL, CB_F_OFFICIAL, CB_F_REASON, CB_F_DECIDED_ON,
	CB_F_MONTH, CB_F_STATUS, CB_F_NOTE,
	/* units */
	CB_F_CODE, CB_F_NAME, CB_F_UNIT_KIND, CB_F_PARENT, CB_F_CLUSTER, CB_F_CELL_TYPE, CB_F_MEMBERS, CB_F_OFFICIAL_MEMBERS, CB_F_FROM, CB_F_TO,
	CB_F_FACTS
};
#define CB_F_UNKNOWN (-1)
#define CB_F_ITEM (-2) /* *item points at its id inside the heading */
#define CB_F_ITEM_NOTE (-3)

/* The field of a heading in files of this kind. */
int cb_field_find(enum cb_import_what what, const struct cb_facts *dict, const char *heading, size_t n, const char **item, size_t *nitem);
const char *cb_field_name(int field, enum cb_import_what what, const struct cb_facts *dict); /* "held_on" */
bool cb_field_required(int field, enum cb_import_what what); /* a row without it says nothing */
/* The nearest known heading, or NULL. */
const char *cb_field_nearest(enum cb_import_what what, const struct cb_facts *dict, const char *heading);
/* For the template: the i-th field of such a file in the usual order, and what its cells hold; NULL after the last. */
const char *cb_field_at(enum cb_import_what what, size_t i, int *field, const char **wants);

#endif
