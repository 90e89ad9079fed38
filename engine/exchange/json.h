/*
 * json.h - a streaming reader of a JSON list of flat records, strict, with line and column of every value.
 *
 * jansson keeps no positions, holds the whole document, and stops at the first number beyond 64 bits; here each
 * record is read by itself, its values as text, and faults say what an officer can mend. The tests compare what is
 * accepted with jansson's verdict. open, then next until it gives 0, close. A fault of content (a key twice, a text
 * too long) marks the record and reading goes on; a fault of syntax ends the file (`last` is set).
 */
#ifndef CB_EXCHANGE_JSON_H
#define CB_EXCHANGE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include "base/err.h"
#include "exchange/feed.h"

#define CB_JSON_TEXT_MAX 32768    /* bytes of one text */
#define CB_JSON_NUMBER_MAX 64     /* bytes of one number */
#define CB_JSON_RECORD_MAX 262144 /* bytes of one record's keys and values */
#define CB_JSON_FIELDS_MAX 512
#define CB_JSON_DEPTH_MAX 32      /* of what stands inside a field, where it does not belong anyway */

enum cb_json_type { CB_JSON_NULL, CB_JSON_TRUE, CB_JSON_FALSE, CB_JSON_NUMBER, CB_JSON_TEXT, CB_JSON_NESTED };

struct cb_json;

struct cb_json_field {
	const char *key; /* decoded, NUL-terminated */
	size_t nkey;
	enum cb_json_type type;
	const char *s;   /* TEXT: decoded; NUMBER: as written; else the word ("null", "true", "[...]") */
	size_t n;
	long line, column; /* of the value; columns count characters, from 1 */
};

struct cb_json_row {
	long line, column;   /* of the record's brace */
	long record;         /* 1, 2, ... */
	size_t nfield;
	const struct cb_json_field *field;
	const char *fault;   /* NULL: none; borrowed as the row is */
	const char *mend;
	long fault_line, fault_column;
	bool last;           /* a fault of syntax: nothing after it was read */
};

int cb_json_open(struct cb_json **out, struct cb_feed *feed, struct cb_err *err); /* takes the feed also when it fails */
void cb_json_close(struct cb_json *r);
/* 1: a record (borrowed until the next call), 0: the end, else a negative code. */
int cb_json_next(struct cb_json *r, const struct cb_json_row **row, struct cb_err *err);
const struct cb_feed *cb_json_feed(const struct cb_json *r);

#endif
