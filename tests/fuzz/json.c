/*
 * json.c - any bytes through the reader of record lists, with jansson as the judge.
 *
 * What must hold: positions never go back, texts end in NUL and keep the limits, a fault has a place; a list of flat
 * records is accepted here exactly when jansson accepts it (which refuses numbers beyond 64 bits, and texts that are
 * not UTF-8: those are told further up).
 */
#include <assert.h>
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "base/alloc.h"
#include "base/utf8.h"
#include "exchange/json.h"

static bool flat(json_t *j)
{
	if (!json_is_array(j))
		return false;
	for (size_t i = 0; i < json_array_size(j); i++) {
		json_t *o = json_array_get(j, i), *v;
		const char *key;
		if (!json_is_object(o) || json_object_size(o) > 500)
			return false;
		json_object_foreach(o, key, v)
			if (json_is_array(v) || json_is_object(v))
				return false;
	}
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cb_feed *feed;
	struct cb_json *json;
	const struct cb_json_row *row;
	struct cb_err err;
	long line = 0, column = 0;
	bool clean = true, long_number = false;
	int rc;
	if (cb_feed_open_bytes(&feed, data, size, &err) < 0)
		return 0;
	assert(cb_json_open(&json, feed, &err) == 0);
	while ((rc = cb_json_next(json, &row, &err)) > 0) {
		if (row->fault) {
			assert(row->mend && row->fault_line >= 1 && row->fault_column >= 1);
			long_number = long_number || strstr(row->fault, "too large");
			clean = false;
		}
		assert(row->line > line || (row->line == line && row->column >= column));
		line = row->line, column = row->column;
		for (size_t i = 0; i < row->nfield; i++) {
			const struct cb_json_field *f = &row->field[i];
			assert(f->key[f->nkey] == '\0' && f->s[f->n] == '\0' && f->n <= CB_JSON_TEXT_MAX);
			assert(f->line >= row->line && f->column >= 1);
		}
	}
	assert(rc == 0);
	cb_json_close(json);
	assert(cb_alloc_live() == 0);

	bool marked = size >= 2 && ((data[0] == 0xFF && data[1] == 0xFE) || (data[0] == 0xFE && data[1] == 0xFF));
	const char *p = (const char *)data;
	size_t n = size;
	if (n >= 3 && !memcmp(p, "\xEF\xBB\xBF", 3))
		p += 3, n -= 3;
	if (marked || long_number || n > 20000 || cb_utf8_valid(p, n) != n)
		return 0;
	if (memchr(p, '\0', n)) { /* never JSON; jansson takes one behind a number */
		assert(!clean);
		return 0;
	}
	json_error_t e;
	json_t *j = json_loadb(p, n, JSON_REJECT_DUPLICATES, &e);
	if (j)
		assert(clean == flat(j));
	else if (json_error_code(&e) != json_error_numeric_overflow && json_error_code(&e) != json_error_stack_overflow)
		assert(!clean);
	json_decref(j);
	return 0;
}
