/* csv.c - the reader of separated text: its forms, its line numbers, its faults. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "base/alloc.h"
#include "base/buf.h"
#include "exchange/csv.h"

/* The rows of a text as one string: fields between bars, "@line" before a row, "!column@line what" for a fault. */
static char *dump(const void *p, size_t n, struct cb_err *err)
{
	struct cb_feed *feed;
	struct cb_csv *csv;
	const struct cb_csv_row *row;
	struct cb_buf b;
	int rc;
	cb_buf_init(&b);
	err->code = 0, err->msg[0] = '\0';
	if (cb_feed_open_bytes(&feed, p, n, err) < 0 || cb_csv_open(&csv, feed, err) < 0)
		return cb_buf_take(&b);
	while ((rc = cb_csv_next(csv, &row, err)) > 0) {
		cb_buf_printf(&b, "@%ld", row->line);
		for (size_t i = 0; i < row->nfield; i++) {
			cb_buf_putc(&b, '|');
			cb_buf_add(&b, row->field[i].s, row->field[i].n < 40 ? row->field[i].n : 40);
		}
		if (row->fault)
			cb_buf_printf(&b, "!%zu@%ld %.24s", row->fault_column, row->fault_line, row->fault);
	}
	cb_csv_close(csv);
	return cb_buf_take(&b);
}

static void expect(const char *text, size_t n, const char *want)
{
	struct cb_err err;
	long live = cb_alloc_live();
	char *got = dump(text, n, &err);
	assert_int_equal(err.code, 0);
	assert_string_equal(got, want);
	cb_free(got);
	assert_int_equal(cb_alloc_live(), live);
}
#define EXPECT(text, want) expect(text, sizeof(text) - 1, want)

static void plain_rows_have_their_lines(void **state)
{
	(void)state;
	EXPECT("a,b\n1,2\n3,4\n", "@1|a|b@2|1|2@3|3|4");
	EXPECT("a,b\r\n1,2\r\n", "@1|a|b@2|1|2");
	EXPECT("a,b\r1,2\r3,4", "@1|a|b@2|1|2@3|3|4");
	EXPECT("a,b\n1,2", "@1|a|b@2|1|2");
	EXPECT("a,b\n\n1,\n", "@1|a|b@2|@3|1|");
	EXPECT("a", "@1|a");
}

static void quotes_keep_separators_line_ends_and_quotes(void **state)
{
	(void)state;
	EXPECT("a,b\n\"x, y\",\"say \"\"hi\"\"\"\n", "@1|a|b@2|x, y|say \"hi\"");
	EXPECT("a,b\n\"one\ntwo\r\nthree\rfour\",2\n5,6\n", "@1|a|b@2|one\ntwo\nthree\nfour|2@6|5|6");
	EXPECT("a,b\n\"\",\"\"\n", "@1|a|b@2||");
}

static void the_separator_is_found(void **state)
{
	(void)state;
	EXPECT("a;b;c,d\n1;2;3\n", "@1|a|b|c,d@2|1|2|3");
	EXPECT("a\tb\n1,5\t2\n", "@1|a|b@2|1,5|2");
	EXPECT("a|b\n1|2\n", "@1|a|b@2|1|2");
	EXPECT("title\n\"x;y\";b\n1;2\n", "@1|title@2|x;y|b@3|1|2");
	EXPECT("sep=;\na;b,c\n1;2\n", "@2|a|b,c@3|1|2");
	EXPECT("SEP=\t\r\na\tb\n", "@2|a|b");
	EXPECT("\"sep=;\"\na;b\n", "@2|a|b");
	EXPECT("sep=a,b\n1,2\n", "@1|sep=a|b@2|1|2");
	struct cb_err err;
	char *got = dump("sep=!\na!b\n", 10, &err);
	assert_int_equal(err.code, CB_EDATA);
	assert_non_null(strstr(err.msg, "sep="));
	cb_free(got);
}

static void marks_and_utf16_are_understood(void **state)
{
	(void)state;
	EXPECT("\xEF\xBB\xBF" "a,b\n1,2\n", "@1|a|b@2|1|2");
	EXPECT("\xFF\xFE" "a\0,\0\xD9\x1E\n\0" "1\0,\0" "\x3D\xD8\x00\xDE\n\0", "@1|a|\xE1\xBB\x99@2|1|\xF0\x9F\x98\x80");
	EXPECT("\xFE\xFF" "\0a\0,\0b\0\n", "@1|a|b");
	/* half a surrogate pair comes out as bytes that are not UTF-8, for the one above to tell with its line */
	EXPECT("\xFF\xFE" "a\0,\0\x00\xD8", "@1|a|\xED\xA0\x80");
}

static void a_fault_has_its_line_and_column_and_the_next_row_is_read(void **state)
{
	(void)state;
	EXPECT("a,b\n\"x\"y,2\n3,4\n", "@1|a|b@2|xy|2!1@2 text after the closing q@3|3|4");
	EXPECT("a,b\n1,x\"y\n3,4\n", "@1|a|b@2|1|x\"y!2@2 a quote inside a cell th@3|3|4");
	EXPECT("a,b\n1, \"y\"\n", "@1|a|b@2|1| \"y\"!2@2 a quote inside a cell th");
	EXPECT("a,b\n1,\"open\n3,4\n", "@1|a|b@2|1|open\n3,4\n!2@2 quote not closed: the ce");
	EXPECT("a,b\n1,\"one\ntwo\",\"open", "@1|a|b@2|1|one\ntwo|open!3@3 quote not closed: the ce");
}

static void limits_are_told_and_do_not_end_the_file(void **state)
{
	(void)state;
	size_t n = 0, cap = 400000;
	char *big = cb_malloc(cap);
	n += (size_t)sprintf(big, "a,b\n1,");
	memset(big + n, 'x', CB_CSV_FIELD_MAX + 1);
	n += CB_CSV_FIELD_MAX + 1;
	n += (size_t)sprintf(big + n, "\n3,4\n");
	struct cb_err err;
	char *got = dump(big, n, &err);
	assert_non_null(strstr(got, "!2@2 the cell is too long"));
	assert_non_null(strstr(got, "@3|3|4"));
	cb_free(got);
	n = (size_t)sprintf(big, "a,b\n");
	for (int i = 0; i < 600; i++)
		big[n++] = ',';
	n += (size_t)sprintf(big + n, "\n3,4\n");
	got = dump(big, n, &err);
	assert_non_null(strstr(got, "!513@2 too many columns"));
	assert_non_null(strstr(got, "@3|3|4"));
	cb_free(got);
	n = (size_t)sprintf(big, "a,b\n");
	for (int i = 0; i < 10; i++) {
		memset(big + n, 'x', 30000);
		n += 30000;
		big[n++] = ',';
	}
	n += (size_t)sprintf(big + n, "\n3,4\n");
	got = dump(big, n, &err);
	assert_non_null(strstr(got, "@2 the row is too long"));
	assert_non_null(strstr(got, "@3|3|4"));
	cb_free(got);
	cb_free(big);
}

static void line_ends_and_quotes_may_fall_between_chunks(void **state)
{
	(void)state;
	/* a row of 16 bytes with a quoted CRLF, repeated across three chunks: every offset is a chunk's end once */
	struct cb_buf b;
	cb_buf_init(&b);
	cb_buf_puts(&b, "a,b\r\n");
	for (int shift = 0; shift < 16; shift++)
		cb_buf_putc(&b, 'z');
	cb_buf_puts(&b, ",\r\n");
	size_t rows = 13000;
	for (size_t i = 0; i < rows; i++)
		cb_buf_puts(&b, "\"1\r\n\"\"2\",\"3\"\r\n");
	struct cb_feed *feed;
	struct cb_csv *csv;
	const struct cb_csv_row *row;
	struct cb_err err;
	assert_int_equal(cb_feed_open_bytes(&feed, b.s, b.len, &err), 0);
	assert_int_equal(cb_csv_open(&csv, feed, &err), 0);
	size_t n = 0;
	while (cb_csv_next(csv, &row, &err) > 0) {
		assert_null(row->fault);
		assert_int_equal(row->nfield, 2);
		if (n >= 2) {
			assert_string_equal(row->field[0].s, "1\n\"2");
			assert_string_equal(row->field[1].s, "3");
			assert_int_equal(row->line, 3 + (long)(n - 2) * 2);
		}
		n++;
	}
	assert_int_equal(n, rows + 2);
	cb_csv_close(csv);
	cb_buf_release(&b);
}

static void refused(const char *p, size_t n, const char *words)
{
	struct cb_feed *feed;
	struct cb_err err = { 0 };
	int rc = cb_feed_open_bytes(&feed, p, n, &err);
	assert_int_equal(rc, CB_EDATA);
	assert_null(feed);
	if (!strstr(err.msg, words))
		fail_msg("no \"%s\" in: %s", words, err.msg);
}
#define REFUSED(p, words) refused(p, sizeof(p) - 1, words)

static void what_is_not_text_is_refused_by_name(void **state)
{
	(void)state;
	REFUSED("", "empty");
	REFUSED("\xEF\xBB\xBF", "empty");
	REFUSED("\xFF\xFE", "empty");
	REFUSED("PK\3\4xxxx", "save as CSV (UTF-8)");
	REFUSED("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "old or protected");
	REFUSED("<html><table>", "HTML");
	REFUSED("  \r\n<!DOCTYPE HTML>", "HTML");
	REFUSED("<?xml version=\"1.0\"?>", "XML");
	REFUSED("MIME-Version: 1.0\r\n", "web archive");
	REFUSED("%PDF-1.4", "PDF");
	REFUSED("\x1F\x8B\x08", "unpack");
	REFUSED("SQLite format 3", "database");
	REFUSED("\xFF\xFE\0\0a\0\0\0", "UTF-32");
	REFUSED("a\0,\0b\0\n\0001\0,\0002\0\n\0", "UTF-16");
	REFUSED("\1\2\3\4\5\6\7\xFF\xFE\0\0", "binary");
	struct cb_feed *feed;
	struct cb_err err = { 0 };
	assert_int_equal(cb_feed_open(&feed, "/nonexistent/x.csv", &err), CB_ENOTFOUND);
	assert_int_equal(cb_feed_open(&feed, "/tmp", &err), CB_EUSAGE);
	assert_non_null(strstr(err.msg, "folder"));
}

static void running_out_of_memory_is_an_error_at_every_allocation(void **state)
{
	(void)state;
	static const char text[] = "\xFF\xFE" "a\0,\0b\0\n\0" "1\0,\0\"\0x\0\"\0\n\0";
	long live = cb_alloc_live();
	for (long n = 1; n < 100; n++) {
		struct cb_feed *feed;
		struct cb_csv *csv = NULL;
		const struct cb_csv_row *row;
		struct cb_err err = { 0 };
		cb_alloc_fail_from(n);
		int rc = cb_feed_open_bytes(&feed, text, sizeof(text) - 1, &err);
		if (rc == 0)
			rc = cb_csv_open(&csv, feed, &err);
		while (rc == 0 && (rc = cb_csv_next(csv, &row, &err)) > 0)
			rc = 0;
		cb_csv_close(csv);
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
		cmocka_unit_test(plain_rows_have_their_lines),
		cmocka_unit_test(quotes_keep_separators_line_ends_and_quotes),
		cmocka_unit_test(the_separator_is_found),
		cmocka_unit_test(marks_and_utf16_are_understood),
		cmocka_unit_test(a_fault_has_its_line_and_column_and_the_next_row_is_read),
		cmocka_unit_test(limits_are_told_and_do_not_end_the_file),
		cmocka_unit_test(line_ends_and_quotes_may_fall_between_chunks),
		cmocka_unit_test(what_is_not_text_is_refused_by_name),
		cmocka_unit_test(running_out_of_memory_is_an_error_at_every_allocation),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
