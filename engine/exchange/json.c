/*
 * json.c - a scanner over the bytes and a hand-written descent that never recurses; see json.h.
 *
 * The texts of a record stand one after the other in `text`, each with a NUL; the fields keep offsets until the record
 * is whole. A syntax fault is raised by setting `stop` and returning false up to cb_json_next. Each byte is looked at
 * once; a key is compared with the keys before it in its record (at most 512).
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include "base/alloc.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "exchange/json.h"

struct span {
	size_t key, nkey, s, n;
};

struct cb_json {
	struct cb_feed *feed;
	const char *p, *end;
	long line, column;     /* of the next byte */
	bool after_cr;
	bool begun, done;
	bool stop;             /* a fault of syntax in this record */
	int code;              /* reading failed: the code to return */
	struct cb_err *err;    /* of the call that runs */
	struct cb_buf text;
	size_t bytes;          /* of this record's texts, before any is dropped */
	struct cb_json_field field[CB_JSON_FIELDS_MAX];
	struct span span[CB_JSON_FIELDS_MAX];
	char say[256];         /* the fault's words when they are not constant */
	struct cb_json_row row;
};

int cb_json_open(struct cb_json **out, struct cb_feed *feed, struct cb_err *err)
{
	struct cb_json *r = cb_calloc(1, sizeof(*r));
	*out = r;
	if (!r) {
		cb_feed_close(feed);
		return cb_err_nomem(err);
	}
	r->feed = feed;
	r->line = 1, r->column = 1;
	r->row.field = r->field;
	cb_buf_init(&r->text);
	return 0;
}

void cb_json_close(struct cb_json *r)
{
	if (!r)
		return;
	cb_buf_release(&r->text);
	cb_feed_close(r->feed);
	cb_free(r);
}

const struct cb_feed *cb_json_feed(const struct cb_json *r)
{
	return r->feed;
}

/* --- bytes -------------------------------------------------------------------------------------------------- */

/* The next byte without taking it, or -1 at the end (and when reading failed: `code` is set). */
static int look(struct cb_json *r)
{
	if (r->p == r->end) {
		size_t n = 0;
		if (r->code < 0)
			return -1;
		r->code = cb_feed_read(r->feed, &r->p, &n, r->err);
		if (r->code < 0)
			return -1;
		r->end = r->p + n;
		if (n == 0)
			return -1;
	}
	return (unsigned char)*r->p;
}

static void take(struct cb_json *r)
{
	unsigned char c = (unsigned char)*r->p++;
	if (c == '\n' && r->after_cr) {
		r->after_cr = false;
		return;
	}
	r->after_cr = c == '\r';
	if (c == '\n' || c == '\r')
		r->line++, r->column = 1;
	else if ((c & 0xC0) != 0x80)
		r->column++;
}

static int look_past_blanks(struct cb_json *r)
{
	int c;
	while ((c = look(r)) == ' ' || c == '\t' || c == '\n' || c == '\r')
		take(r);
	return c;
}

/* --- faults ------------------------------------------------------------------------------------------------- */

static void fault_at(struct cb_json *r, long line, long column, const char *what, const char *mend)
{
	if (r->row.fault)
		return;
	r->row.fault = what, r->row.mend = mend;
	r->row.fault_line = line, r->row.fault_column = column;
}

/* A fault of syntax at the next byte: it takes the place of a fault of content, because reading ends. */
static bool syntax(struct cb_json *r, const char *what, const char *mend)
{
	if (r->code < 0)
		return false;
	if (!r->stop) {
		r->row.fault = NULL;
		fault_at(r, r->line, r->column, what, mend);
	}
	r->stop = true;
	return false;
}

/* What stands where a value, a comma or a brace is wanted: the usual mistakes by name. `wanted` in words. */
static bool unexpected(struct cb_json *r, const char *wanted)
{
	int c = look(r);
	if (r->code < 0)
		return false;
	if (c < 0) {
		snprintf(r->say, sizeof(r->say), "the file ends where %s is wanted", wanted);
		return syntax(r, r->say, "copy the file again, it seems cut");
	}
	if (c == '\'')
		return syntax(r, "single quotes are not JSON", "write texts and keys in double quotes");
	if (c == '/' || c == '#')
		return syntax(r, "comments are not JSON", "remove the comment");
	if (c == 0xEF || c == 0xE2)
		return syntax(r, "a character that is not JSON (a curly quote or an invisible character?)", "type it again in a plain text editor");
	if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$') {
		char word[24];
		size_t n = 0;
		long line = r->line, column = r->column;
		while (((c = look(r)) >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$') {
			if (n + 1 < sizeof(word))
				word[n++] = (char)c;
			take(r);
		}
		word[n] = '\0';
		if (r->code < 0)
			return false;
		snprintf(r->say, sizeof(r->say), "%s is not JSON: %s is wanted", word, wanted);
		syntax(r, r->say, "write a number, true, false, null, or a text in double quotes");
		r->row.fault_line = line, r->row.fault_column = column;
		return false;
	}
	if (c > 32 && c < 127)
		snprintf(r->say, sizeof(r->say), "'%c' where %s is wanted", c, wanted);
	else
		snprintf(r->say, sizeof(r->say), "byte 0x%02X where %s is wanted", (unsigned)c, wanted);
	return syntax(r, r->say, "mend the JSON there, or save the table as CSV (UTF-8)");
}

/* --- values ------------------------------------------------------------------------------------------------- */

/* Adds to the text that began at `at`; false only when it was dropped for its length. */
static bool keep(struct cb_json *r, size_t at, const char *s, size_t n, long line, long column)
{
	r->bytes += n;
	if (r->text.len - at + n > CB_JSON_TEXT_MAX) {
		fault_at(r, line, column, "the text is too long: at most 32768 bytes are read", "shorten it");
		return false;
	}
	if (r->bytes > CB_JSON_RECORD_MAX) {
		fault_at(r, line, column, "the record is too long: at most 262144 bytes are read", "shorten its texts");
		return false;
	}
	cb_buf_add(&r->text, s, n);
	return true;
}

static bool hex4(struct cb_json *r, unsigned *out)
{
	unsigned v = 0;
	for (int i = 0; i < 4; i++) {
		int c = look(r), digit;
		if (c >= '0' && c <= '9')
			digit = c - '0';
		else if ((c | 32) >= 'a' && (c | 32) <= 'f' && c > 0)
			digit = (c | 32) - 'a' + 10;
		else
			return syntax(r, "\\u wants four hexadecimal digits", "write the character itself");
		v = v << 4 | (unsigned)digit;
		take(r);
	}
	*out = v;
	return true;
}

static size_t put_utf8(char *p, unsigned c)
{
	if (c < 0x80)
		return p[0] = (char)c, 1;
	if (c < 0x800)
		return p[0] = (char)(0xC0 | c >> 6), p[1] = (char)(0x80 | (c & 63)), 2;
	if (c < 0x10000)
		return p[0] = (char)(0xE0 | c >> 12), p[1] = (char)(0x80 | (c >> 6 & 63)), p[2] = (char)(0x80 | (c & 63)), 3;
	return p[0] = (char)(0xF0 | c >> 18), p[1] = (char)(0x80 | (c >> 12 & 63)), p[2] = (char)(0x80 | (c >> 6 & 63)),
	       p[3] = (char)(0x80 | (c & 63)), 4;
}

static bool escape(struct cb_json *r, size_t at, long line, long column)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	take(r);
	int c = look(r);
	const char *hit = c > 0 ? memchr(from, c, sizeof(from) - 1) : NULL;
	if (hit) {
		take(r);
		keep(r, at, &to[hit - from], 1, line, column);
		return true;
	}
	if (c != 'u')
		return c < 0 ? unexpected(r, "the rest of a text") : syntax(r, "an escape that JSON does not know", "double the backslash");
	take(r);
	unsigned v, low;
	char utf8[4];
	if (!hex4(r, &v))
		return false;
	if (v == 0) {
		fault_at(r, line, column, "a NUL character (\\u0000) in a text", "remove it");
		return true;
	}
	if (v >= 0xDC00 && v < 0xE000) {
		fault_at(r, line, column, "a lone surrogate (half a character) in a text", "write the character itself");
		return true;
	}
	while (v >= 0xD800 && v < 0xDC00) {
		if (look(r) != '\\') {
			fault_at(r, line, column, "a lone surrogate (half a character) in a text", "write the character itself");
			return r->code == 0;
		}
		take(r);
		if (look(r) != 'u') { /* another escape follows: put its backslash back in effect */
			fault_at(r, line, column, "a lone surrogate (half a character) in a text", "write the character itself");
			hit = (c = look(r)) > 0 ? memchr(from, c, sizeof(from) - 1) : NULL;
			if (!hit)
				return c < 0 ? unexpected(r, "the rest of a text") : syntax(r, "an escape that JSON does not know", "double the backslash");
			take(r);
			return true;
		}
		take(r);
		if (!hex4(r, &low))
			return false;
		if (low >= 0xDC00 && low < 0xE000) {
			v = 0x10000 + ((v - 0xD800) << 10) + (low - 0xDC00);
			break;
		}
		fault_at(r, line, column, "a lone surrogate (half a character) in a text", "write the character itself");
		v = low;
		if (v == 0)
			return true;
	}
	keep(r, at, utf8, put_utf8(utf8, v), line, column);
	return true;
}

/* A text, its opening quote being next. Left in `text` from *at on, *n bytes and a NUL. */
static bool text(struct cb_json *r, size_t *at, size_t *n)
{
	long line = r->line, column = r->column;
	*at = r->text.len;
	take(r);
	for (;;) {
		int c = look(r);
		if (c < 0) {
			if (r->code < 0)
				return false;
			syntax(r, "quote not closed: the text that begins here runs to the end of the file", "close the quote, or copy the file again if it was cut");
			r->row.fault_line = line, r->row.fault_column = column;
			return false;
		}
		if (c == '"')
			break;
		if (c == '\\') {
			if (!escape(r, *at, line, column))
				return false;
			continue;
		}
		if (c < 32)
			return c == '\n' || c == '\r' ? syntax(r, "a raw line end (a control character) in a text", "write \\n, or close the quote") :
			       c == 0 ? syntax(r, "a NUL byte in a text", "remove it") :
					syntax(r, "a raw control character in a text", "write \\t for a tab, and remove others");
		const char *from = r->p;
		size_t chars = 0;
		while (r->p < r->end && (unsigned char)*r->p >= 32 && *r->p != '"' && *r->p != '\\') {
			chars += (*r->p & 0xC0) != 0x80;
			r->p++;
		}
		r->after_cr = false;
		r->column += (long)chars;
		keep(r, *at, from, (size_t)(r->p - from), line, column);
	}
	take(r);
	*n = r->text.len - *at;
	cb_buf_putc(&r->text, '\0');
	return true;
}

static bool number(struct cb_json *r, size_t *at, size_t *n)
{
	long line = r->line, column = r->column;
	size_t digits = 0, kept = 0;
	char tok[CB_JSON_NUMBER_MAX];
	const char *wrong = NULL;
	enum { SIGN, INT, DOT, FRACTION, EXP, EXP_SIGN, EXP_DIGITS } at_state = SIGN;
	bool zero = false;
	for (int c; (c = look(r)) >= 0; take(r)) {
		bool is_digit = c >= '0' && c <= '9';
		if (!is_digit && c != '-' && c != '+' && c != '.' && (c | 32) != 'e' && !((c | 32) >= 'a' && (c | 32) <= 'z') && c != '_')
			break;
		if (kept < sizeof(tok))
			tok[kept] = (char)c;
		kept++;
		if (wrong)
			continue;
		switch (at_state) {
		case SIGN:
			if (is_digit)
				at_state = INT, zero = c == '0', digits = 1;
			else if (c != '-' || kept > 1)
				wrong = "is not a number";
			break;
		case INT:
			if (is_digit)
				wrong = zero ? "begins with 0, which JSON forbids" : NULL, digits++;
			else if (c == '.')
				at_state = DOT;
			else if ((c | 32) == 'e')
				at_state = EXP;
			else
				wrong = "is not a number";
			break;
		case DOT:
		case FRACTION:
			if (is_digit)
				at_state = FRACTION;
			else if ((c | 32) == 'e' && at_state == FRACTION)
				at_state = EXP;
			else
				wrong = "is not a number";
			break;
		case EXP:
			if (is_digit)
				at_state = EXP_DIGITS;
			else if (c == '+' || c == '-')
				at_state = EXP_SIGN;
			else
				wrong = "is not a number";
			break;
		case EXP_SIGN:
		case EXP_DIGITS:
			if (is_digit)
				at_state = EXP_DIGITS;
			else
				wrong = "is not a number";
			break;
		}
	}
	if (r->code < 0)
		return false;
	if (!wrong && at_state != INT && at_state != FRACTION && at_state != EXP_DIGITS)
		wrong = "is cut off";
	size_t shown = kept < sizeof(tok) ? kept : sizeof(tok);
	if (wrong) {
		snprintf(r->say, sizeof(r->say), "%.*s%s %s", (int)shown, tok, kept > shown ? "..." : "", wrong);
		syntax(r, r->say, "write the number in digits, without quotes");
		r->row.fault_line = line, r->row.fault_column = column;
		return false;
	}
	*at = r->text.len;
	if (kept > sizeof(tok)) {
		if (!r->row.fault)
			snprintf(r->say, sizeof(r->say), "%.12s...: the number is too large (%zu characters)", tok, kept);
		fault_at(r, line, column, r->say, "write the number itself, in few digits");
		shown = 12;
	}
	cb_buf_add(&r->text, tok, shown);
	*n = shown;
	cb_buf_putc(&r->text, '\0');
	return true;
}

static bool word(struct cb_json *r, const char *w, size_t *at, size_t *n)
{
	/* the whole word decides: nul, nulls and True are told as they stand */
	char got[8];
	size_t k = 0;
	long line = r->line, column = r->column;
	int c;
	while (((c = look(r)) >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_') {
		if (k + 1 < sizeof(got))
			got[k] = (char)c;
		k++;
		take(r);
	}
	if (r->code < 0)
		return false;
	if (k != strlen(w) || memcmp(got, w, k)) {
		snprintf(r->say, sizeof(r->say), "%.*s is not JSON: a value is wanted", (int)(k < sizeof(got) ? k : sizeof(got) - 1), got);
		syntax(r, r->say, "write a number, true, false, null, or a text in double quotes");
		r->row.fault_line = line, r->row.fault_column = column;
		return false;
	}
	*at = r->text.len;
	*n = k;
	cb_buf_add(&r->text, w, k + 1);
	return true;
}

static bool nested(struct cb_json *r);

static bool value(struct cb_json *r, enum cb_json_type *type, size_t *at, size_t *n)
{
	int c = look_past_blanks(r);
	switch (c) {
	case '"':
		*type = CB_JSON_TEXT;
		return text(r, at, n);
	case 't':
		*type = CB_JSON_TRUE;
		return word(r, "true", at, n);
	case 'f':
		*type = CB_JSON_FALSE;
		return word(r, "false", at, n);
	case 'n':
		*type = CB_JSON_NULL;
		return word(r, "null", at, n);
	case '[':
	case '{':
		*type = CB_JSON_NESTED;
		*at = r->text.len;
		*n = 5;
		cb_buf_add(&r->text, c == '[' ? "[...]" : "{...}", 6);
		return nested(r);
	}
	if (c == '-' || (c >= '0' && c <= '9')) {
		*type = CB_JSON_NUMBER;
		return number(r, at, n);
	}
	return unexpected(r, "a value");
}

/* Reads over a list or an object where a plain value belongs: syntax is still checked, nothing is kept. */
static bool nested(struct cb_json *r)
{
	uint64_t objects = 0; /* bit d: what is open at depth d is an object */
	int depth = 0, c;
	enum { VALUE, FIRST, NEXT } want = VALUE;
	long line = r->line, column = r->column;
	size_t kept = r->text.len, at, n;
	enum cb_json_type type;
	fault_at(r, line, column, "a list or an object inside a record", "give each field one plain value");
	for (;;) {
		if (!cb_buf_ok(&r->text))
			return r->code = cb_err_nomem(r->err), false;
		if (kept < r->text.len)
			r->text.len = kept, r->text.s[kept] = '\0';
		r->bytes = 0;
		c = look_past_blanks(r);
		bool object = depth > 0 && (objects >> depth & 1);
		if (want == FIRST && c == (object ? '}' : ']')) {
			take(r);
			if (--depth == 0)
				return true;
			want = NEXT;
			continue;
		}
		if (want == NEXT) {
			if (c == ',') {
				take(r);
				want = VALUE;
				if ((c = look_past_blanks(r)) == '}' || c == ']')
					return syntax(r, "a comma after the last one (trailing comma)", "remove the comma");
			} else if (c == (object ? '}' : ']')) {
				take(r);
				if (--depth == 0)
					return true;
			} else {
				return unexpected(r, object ? "a comma or }" : "a comma or ]");
			}
			continue;
		}
		if (object) {
			if (c != '"')
				return unexpected(r, "a key in double quotes");
			if (!text(r, &at, &n))
				return false;
			if (look_past_blanks(r) != ':')
				return unexpected(r, "a colon");
			take(r);
			c = look_past_blanks(r);
		}
		if (c == '[' || c == '{') {
			if (++depth > CB_JSON_DEPTH_MAX)
				return syntax(r, "lists and objects are nested too deep", "a file is a list of flat records");
			objects = c == '{' ? objects | UINT64_C(1) << depth : objects & ~(UINT64_C(1) << depth);
			take(r);
			want = FIRST;
		} else {
			if (!value(r, &type, &at, &n))
				return false;
			want = NEXT;
		}
	}
}

/* --- records ------------------------------------------------------------------------------------------------ */

/* Puts the key before the words of a fault in its value. */
static bool name_fault(struct cb_json *r, const struct span *s)
{
	char what[160];
	struct cb_buf shown;
	snprintf(what, sizeof(what), "%s", r->row.fault);
	cb_buf_init(&shown);
	cb_text_clean(&shown, r->text.s + s->key, s->nkey, 60);
	bool ok = cb_buf_ok(&shown);
	if (ok)
		snprintf(r->say, sizeof(r->say), "%s: %s", shown.s, what), r->row.fault = r->say;
	else
		r->code = cb_err_nomem(r->err);
	cb_buf_release(&shown);
	return ok;
}

static bool record(struct cb_json *r)
{
	r->row.line = r->line, r->row.column = r->column;
	r->row.record++;
	take(r); /* { */
	int c = look_past_blanks(r);
	if (c == '}') {
		take(r);
		return true;
	}
	for (;;) {
		struct span s;
		struct cb_json_field f = { 0 };
		if ((c = look_past_blanks(r)) != '"')
			return c == '}' && r->row.nfield ? syntax(r, "a comma after the last one (trailing comma)", "remove the comma") :
			       unexpected(r, "a key in double quotes");
		long key_line = r->line, key_column = r->column;
		if (!text(r, &s.key, &s.nkey))
			return false;
		if (look_past_blanks(r) != ':')
			return unexpected(r, "a colon");
		take(r);
		look_past_blanks(r);
		f.line = r->line, f.column = r->column;
		bool good = !r->row.fault;
		if (!value(r, &f.type, &s.s, &s.n))
			return false;
		if (!cb_buf_ok(&r->text))
			return r->code = cb_err_nomem(r->err), false;
		if (good && r->row.fault && !name_fault(r, &s))
			return false;
		for (size_t i = 0; i < r->row.nfield; i++) {
			if (r->span[i].nkey == s.nkey && !memcmp(r->text.s + r->span[i].key, r->text.s + s.key, s.nkey) && !r->row.fault) {
				struct cb_buf shown;
				cb_buf_init(&shown);
				cb_text_clean(&shown, r->text.s + s.key, s.nkey, 60);
				snprintf(r->say, sizeof(r->say), "%s stands twice in the record", cb_buf_ok(&shown) ? shown.s : "a key");
				cb_buf_release(&shown);
				fault_at(r, key_line, key_column, r->say, "remove one of them");
			}
		}
		if (r->row.nfield < CB_JSON_FIELDS_MAX) {
			r->field[r->row.nfield] = f;
			r->span[r->row.nfield++] = s;
		} else {
			fault_at(r, key_line, key_column, "too many fields: at most 512 are read", "keep the fields that the template names");
		}
		c = look_past_blanks(r);
		if (c == '}') {
			take(r);
			return true;
		}
		if (c != ',')
			return unexpected(r, "a comma or }");
		take(r);
	}
}

#define MEND_LIST "write a list of records: [ { ... }, { ... } ]"

/* Up to the brace of the next record; 1 when there is one, 0 at the end of the list, -1 with a fault of syntax. */
static int to_record(struct cb_json *r)
{
	int c = look_past_blanks(r);
	if (!r->begun) {
		r->begun = true;
		if (c < 0)
			return syntax(r, "the file is empty", MEND_LIST), -1;
		if (c == '{')
			return syntax(r, "a single object, where a list of records is wanted", "put it between [ and ]"), -1;
		if (c != '[')
			return syntax(r, "not a list of records", MEND_LIST), -1;
		take(r);
		c = look_past_blanks(r);
		if (c == ']')
			goto end;
	} else {
		if (c == ']')
			goto end;
		if (c != ',')
			return unexpected(r, "a comma or ]"), -1;
		take(r);
		c = look_past_blanks(r);
		if (c == ']')
			return syntax(r, "a comma after the last record (trailing comma)", "remove the comma"), -1;
	}
	if (c != '{')
		return c < 0 || c == '/' || c == '#' || c == '\'' ? unexpected(r, "a record { ... }") :
		       syntax(r, "a list of records holds something that is no record", MEND_LIST), -1;
	return 1;
end:
	take(r);
	if (look_past_blanks(r) >= 0)
		return syntax(r, "something stands after the end of the list", "remove it"), -1;
	r->done = true;
	return 0;
}

int cb_json_next(struct cb_json *r, const struct cb_json_row **row, struct cb_err *err)
{
	if (r->done)
		return 0;
	r->err = err;
	r->stop = false;
	cb_buf_clear(&r->text);
	r->bytes = 0;
	r->row = (struct cb_json_row){ .field = r->field, .record = r->row.record };
	int rc = to_record(r);
	if (rc == 1)
		record(r);
	else if (rc < 0 && r->row.line == 0)
		r->row.line = r->line, r->row.column = r->column;
	if (r->code < 0)
		return r->code;
	if (rc == 0)
		return 0;
	if (!cb_buf_ok(&r->text))
		return cb_err_nomem(err);
	if (r->stop)
		r->done = true, r->row.last = true;
	for (size_t i = 0; i < r->row.nfield; i++) {
		const struct span *s = &r->span[i];
		r->field[i].key = r->text.s + s->key, r->field[i].nkey = s->nkey;
		r->field[i].s = r->text.s + s->s, r->field[i].n = s->n;
	}
	*row = &r->row;
	return 1;
}
