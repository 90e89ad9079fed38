/* json.c - the reader of record lists: positions, faults of content, faults of syntax; jansson agrees. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include <jansson.h>
#include "base/alloc.h"
#include "base/buf.h"
#include "exchange/json.h"

/* "1@line:column key=type:text ..." for records, "!line:column what" for faults, "." at a clean end. */
static char *dump(const void *p, size_t n)
{
	struct cb_feed *feed;
	struct cb_json *json;
	const struct cb_json_row *row;
	struct cb_err err = { 0 };
	struct cb_buf b;
	bool bad = false;
	int rc;
	cb_buf_init(&b);
	if (cb_feed_open_bytes(&feed, p, n, &err) < 0) {
		cb_buf_puts(&b, err.msg);
		return cb_buf_take(&b);
	}
	assert_int_equal(cb_json_open(&json, feed, &err), 0);
	while ((rc = cb_json_next(json, &row, &err)) > 0) {
		if (row->fault)
			cb_buf_printf(&b, "!%ld:%ld %s", row->fault_line, row->fault_column, row->fault);
		else
			cb_buf_printf(&b, "%ld@%ld:%ld", row->record, row->line, row->column);
		bad = bad || row->fault;
		for (size_t i = 0; i < row->nfield && !row->fault; i++)
			cb_buf_printf(&b, " %s@%ld:%ld=%c:%s", row->field[i].key, row->field[i].line, row->field[i].column, "0tfnsx"[row->field[i].type],
				      row->field[i].s);
		cb_buf_putc(&b, ';');
	}
	assert_int_equal(rc, 0);
	if (!bad)
		cb_buf_putc(&b, '.');
	cb_json_close(json);
	return cb_buf_take(&b);
}

static void expect(const char *text, size_t n, const char *want, bool part)
{
	long live = cb_alloc_live();
	char *got = dump(text, n);
	if (part ? !strstr(got, want) : strcmp(got, want) != 0)
		fail_msg("%s\n  wanted %s\n  got    %s", text, want, got);
	cb_free(got);
	assert_int_equal(cb_alloc_live(), live);
}
#define EXPECT(text, want) expect(text, sizeof(text) - 1, want, false)
#define TELLS(text, want) expect(text, sizeof(text) - 1, want, true)

static void records_come_with_positions(void **state)
{
	(void)state;
	EXPECT("[{\"a\": 1, \"b\": \"x\"},\n {\"a\":true,\"b\":null}]", "1@1:2 a@1:8=n:1 b@1:16=s:x;2@2:2 a@2:7=t:true b@2:16=0:null;.");
	EXPECT("[]", ".");
	EXPECT(" [ { } ] \n", "1@1:4;.");
	EXPECT("\xEF\xBB\xBF[{\"a\":false}]", "1@1:2 a@1:7=f:false;.");
	EXPECT("[{\"Chi bộ\": -1.50, \"z\":0}]", "1@1:2 Chi bộ@1:13=n:-1.50 z@1:24=n:0;.");
}

static void escapes_become_text(void **state)
{
	(void)state;
	EXPECT("[{\"a\":\"\\\"\\\\\\/\\u1ed9\\ud83d\\ude00\"}]", "1@1:2 a@1:7=s:\"\\/ộ\xF0\x9F\x98\x80;.");
	EXPECT("[{\"a\":\"x\\ty\\n\"}]", "1@1:2 a@1:7=s:x\ty\n;.");
}

static void faults_of_content_leave_the_next_record_readable(void **state)
{
	(void)state;
	EXPECT("[{\"a\":1,\"a\":2},{\"b\":3}]", "!1:9 a stands twice in the record;2@1:16 b@1:21=n:3;");
	EXPECT("[{\"a\":1,\"\\u0061\":2},{\"b\":3}]", "!1:9 a stands twice in the record;2@1:21 b@1:26=n:3;");
	TELLS("[{\"a\":\"x\\u0000\"},{\"b\":3}]", "NUL");
	TELLS("[{\"a\":\"\\ud800\"},{\"b\":3}]", "surrogate");
	TELLS("[{\"a\":\"\\ud800\"},{\"b\":3}]", "2@");
	TELLS("[{\"a\":\"\\ud800\\n\"},{\"b\":3}]", "surrogate");
	TELLS("[{\"a\":\"\\ud800\\u0041\"},{\"b\":3}]", "surrogate");
	TELLS("[{\"a\":\"\\udc00\"},{\"b\":3}]", "surrogate");
	TELLS("[{\"a\":{\"x\":[1,{}]}},{\"b\":3}]", "!1:7 a: a list or an object inside a record;2@");
}

static void faults_of_syntax_end_the_file_by_name(void **state)
{
	(void)state;
	TELLS("[{\"a\":NaN}]", "!1:7 NaN is not JSON");
	TELLS("[{\"a\":-Infinity}]", "-Infinity is not a number");
	TELLS("[{\"a\":True}]", "True is not JSON");
	TELLS("[{\"a\":nul}]", "nul is not JSON");
	TELLS("[{\"a\":028}]", "!1:7 028 begins with 0");
	TELLS("[{\"a\":-}]", "- is cut off");
	TELLS("[{\"a\":28\0\r}]", "byte 0x00 where a comma or } is wanted");
	TELLS("[{\"a\":1.}]", "1. is cut off");
	TELLS("[{\"a\":1e}]", "1e is cut off");
	TELLS("[{\"a\":+1}]", "'+' where a value is wanted");
	TELLS("[{\"a\":.5}]", "'.' where a value is wanted");
	TELLS("[{\"a\":0x1F}]", "0x1F");
	TELLS("[{\"a\":1,}]", "trailing comma");
	TELLS("[{\"a\":1},]", "trailing comma");
	TELLS("[{'a':1}]", "single quotes");
	TELLS("[{a:1}]", "a is not JSON: a key in double quotes is wanted");
	TELLS("[{\"a\":1} {\"a\":2}]", "'{' where a comma or ] is wanted");
	TELLS("[{\"a\" 1}]", "a colon");
	TELLS("[{\"a\":\"x\ny\"}]", "control character");
	TELLS("[{\"a\":\"x\ty\"}]", "control character");
	TELLS("[{\"a\":\"\\x41\"}]", "escape");
	TELLS("[{\"a\":\"\\u00g1\"}]", "four hexadecimal digits");
	TELLS("[{\"a\":1}] x", "after the end of the list");
	TELLS("[{\"a\":1}][]", "after the end of the list");
	TELLS("[{\"a\":1}", "the file ends where a comma or ] is wanted");
	TELLS("[{\"a\":\"x", "!1:7 quote not closed");
	TELLS("[{\"a\":1 // x\n}]", "comments are not JSON");
	TELLS("[ /* x */ {\"a\":1}]", "comments are not JSON");
	TELLS("{\"a\":1}", "list");
	TELLS("42", "list");
	TELLS("\"x\"", "list");
	TELLS("[1]", "no record");
	TELLS("[[{\"a\":1}]]", "no record");
	TELLS("", "empty");
	TELLS("  \n ", "empty");
	TELLS("[{\"a\":\xE2\x80\x9Cx\xE2\x80\x9D}]", "curly quote");
}

static void limits_are_told(void **state)
{
	(void)state;
	struct cb_buf b;
	cb_buf_init(&b);
	cb_buf_puts(&b, "[{\"a\":\"");
	for (int i = 0; i < 1000000; i++)
		cb_buf_putc(&b, 'x');
	cb_buf_puts(&b, "\"},{\"b\":");
	for (int i = 0; i < 100000; i++)
		cb_buf_putc(&b, '1');
	cb_buf_puts(&b, "},{\"c\":1}]");
	char *got = dump(b.s, b.len);
	assert_non_null(strstr(got, "!1:7 a: the text is too long"));
	assert_non_null(strstr(got, "b: 111111111111...: the number is too large"));
	assert_non_null(strstr(got, "3@"));
	cb_free(got);
	cb_buf_clear(&b);
	cb_buf_puts(&b, "[{\"a\":");
	for (int i = 0; i < 100000; i++)
		cb_buf_putc(&b, '[');
	got = dump(b.s, b.len);
	assert_non_null(strstr(got, "nested too deep"));
	cb_free(got);
	cb_buf_release(&b);
}

/* Whether the whole text is accepted, here and by jansson (which reads any list of objects). */
static void agrees_with_jansson(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"[]", "[{}]", "[{\"a\":1}]", "[{\"a\":-0}]", "[{\"a\":1.5e3}]", "[{\"a\":1E+2}]", "[{\"a\":00}]", "[{\"a\":-01}]", "[{\"a\":1.2.3}]",
		"[{\"a\":tru}]", "[{\"a\":truee}]", "[{\"a\":\"\\u12\"}]", "[{\"a\":\"\\b\\f\\r\"}]", "[{\"a\":1}}", "[{\"a\":1]", "[{\"a\"}]", "[{\"a\":}]",
		"[{,}]", "[,]", "[{}{}]", "[{},{}]", "[{} ,\t{}\r\n]", "[{\"\":1}]", "[{\"a\":1,\"a\":1}]", "[{\"a\":\"\\ud83d\\ude00\"}]", "[{\"a\":\"\\ude00\"}]",
		"[{\"a\":\"\\ud83d\"}]", "[{\"a\":\"\\u0000\"}]", "]", "[", "[{", "[{\"", "[{\"a", "[{\"a\"", "[{\"a\":", "[{\"a\":1,", "[{\"a\":\"\x7f\"}]",
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		json_t *j = json_loads(texts[i], JSON_REJECT_DUPLICATES, NULL);
		char *got = dump(texts[i], strlen(texts[i]));
		bool ours = got[strlen(got) - 1] == '.';
		if (ours != (j != NULL))
			fail_msg("%s: jansson %s, here %s", texts[i], j ? "accepts" : "refuses", got);
		json_decref(j);
		cb_free(got);
	}
}

static void running_out_of_memory_is_an_error_at_every_allocation(void **state)
{
	(void)state;
	static const char text[] = "[{\"a\":\"a long text that makes the buffer grow beyond what it began with, and then some more\",\"b\":[1]},{\"a\":1}]";
	long live = cb_alloc_live();
	for (long n = 1; n < 100; n++) {
		struct cb_feed *feed;
		struct cb_json *json = NULL;
		const struct cb_json_row *row;
		struct cb_err err = { 0 };
		cb_alloc_fail_from(n);
		int rc = cb_feed_open_bytes(&feed, text, sizeof(text) - 1, &err);
		if (rc == 0)
			rc = cb_json_open(&json, feed, &err);
		while (rc == 0 && (rc = cb_json_next(json, &row, &err)) > 0)
			rc = 0;
		cb_json_close(json);
		cb_alloc_fail_from(0);
		assert_int_equal(cb_alloc_live(), live);
		if (rc == 0) {
			assert_true(n > 3);
			return;
		}
		assert_int_equal(rc, CB_ENOMEM);
	}
	fail_msg("never succeeded");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_come_with_positions),
		cmocka_unit_test(escapes_become_text),
		cmocka_unit_test(faults_of_content_leave_the_next_record_readable),
		cmocka_unit_test(faults_of_syntax_end_the_file_by_name),
		cmocka_unit_test(limits_are_told),
		cmocka_unit_test(agrees_with_jansson),
		cmocka_unit_test(running_out_of_memory_is_an_error_at_every_allocation),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
