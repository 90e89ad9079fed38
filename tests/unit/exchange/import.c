/* import.c - files into a record: what comes in, what is told, and that bad files leave nothing. All data is invented. */
#include "tests/unit/test.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "exchange/import.h"

static char dir[] = "/tmp/chibo-import.XXXXXX";

struct fix {
	struct cb_store *st;
	char file[64], json[64], rejects[64];
	struct cb_import_stats stats;
	struct cb_err err;
	struct cb_buf told; /* findings of the last import, a line each */
};

static void write_file(const char *path, const char *text, size_t n)
{
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

static int64_t number(struct fix *x, const char *sql)
{
	struct cb_rows *r;
	bool row;
	int64_t v = -1;
	assert_int_equal(cb_rows_open(&r, x->st, &x->err, sql, ""), 0);
	assert_int_equal(cb_rows_step(r, &row, &x->err), 0);
	if (row && !cb_rows_null(r, 0))
		v = cb_rows_int(r, 0);
	cb_rows_close(r);
	return v;
}

static void text_is(struct fix *x, const char *sql, const char *want)
{
	struct cb_rows *r;
	bool row;
	assert_int_equal(cb_rows_open(&r, x->st, &x->err, sql, ""), 0);
	assert_int_equal(cb_rows_step(r, &row, &x->err), 0);
	assert_true(row);
	if (want)
		assert_string_equal(cb_rows_text(r, 0), want);
	else
		assert_true(cb_rows_null(r, 0));
	cb_rows_close(r);
}

static int import_opts(struct fix *x, const char *path, const struct cb_import_opts *o)
{
	struct cb_diags *d;
	assert_int_equal(cb_diags_new(&d, 20), 0);
	x->err.msg[0] = '\0';
	int rc = cb_import_file(&x->stats, x->st, path, o, d, &x->err);
	cb_buf_clear(&x->told);
	for (size_t i = 0; i < cb_diags_kept(d); i++) {
		cb_diag_line(&x->told, cb_diags_at(d, i));
		cb_buf_putc(&x->told, '\n');
	}
	cb_diags_free(d);
	return rc;
}

static int import(struct fix *x, enum cb_import_what what, const char *text)
{
	struct cb_import_opts o = { .what = what };
	const char *path = text[0] == '[' ? x->json : x->file;
	write_file(path, text, strlen(text));
	return import_opts(x, path, &o);
}

static void good(struct fix *x, enum cb_import_what what, const char *text)
{
	if (import(x, what, text) != 0)
		fail_msg("%s\n%s", x->err.msg, x->told.s);
}

static void bad(struct fix *x, enum cb_import_what what, const char *text, const char *words)
{
	int64_t before = number(x, "SELECT count(*) FROM meeting") + number(x, "SELECT count(*) FROM unit") + number(x, "SELECT count(*) FROM assessment");
	int rc = import(x, what, text);
	if (rc != CB_EDATA)
		fail_msg("code %d for %s\n%s", rc, text, x->told.s);
	if (!strstr(x->told.s, words))
		fail_msg("no \"%s\" in:\n%s", words, x->told.s);
	assert_int_equal(x->stats.added, 0);
	assert_int_equal(before, number(x, "SELECT count(*) FROM meeting") + number(x, "SELECT count(*) FROM unit") + number(x, "SELECT count(*) FROM assessment"));
}

static const char units[] = "code,name,kind,parent,cluster,cell_type,members,official_members,from,to\n"
			    "C1,Chi bộ 1,chi_bo_truc_thuoc,D1,Cụm 1,co_quan,30,28,,\n"
			    "C2,Chi bộ 2,Chi bộ trực thuộc,D1,,,,,01/01/2020,31/12/2024\n"
			    "C2,Chi bộ 2 mới,chi_bo_truc_thuoc,T1,,,,,01/01/2025,\n"
			    "D1,Đảng bộ xã A,xa,T1,,,,,,\n"
			    "T1,Đảng bộ tỉnh Hà Nội,tinh,,,,,,,\n";
static const char meetings[] = "unit,held_on,kind,members,present,minutes_recorded,topic\n"
			       "C1,2024-01-15,regular,30,28,1,x\n"
			       "C1,2024-01-20,thematic,30,27,,\n"
			       "C2,2024-01-15,,25,25,không,\n";

static int setup(void **state)
{
	struct fix *x = calloc(1, sizeof(*x));
	char db[64];
	static int n;
	cb_buf_init(&x->told);
	cb_buf_puts(&x->told, "");
	snprintf(x->file, sizeof(x->file), "%s/f.csv", dir);
	snprintf(x->json, sizeof(x->json), "%s/f.json", dir);
	snprintf(x->rejects, sizeof(x->rejects), "%s/r%d.csv", dir, n);
	snprintf(db, sizeof(db), "%s/%d.db", dir, n++);
	if (cb_store_create(db, &x->err) < 0 || cb_store_open(&x->st, db, CB_OPEN_WRITE, &x->err) < 0) {
		fprintf(stderr, "%s\n", x->err.msg);
		return -1;
	}
	*state = x;
	return 0;
}

static int with_units(void **state)
{
	if (setup(state) < 0)
		return -1;
	good(*state, CB_IMPORT_UNITS, units);
	return 0;
}

static int with_meetings(void **state)
{
	if (with_units(state) < 0)
		return -1;
	good(*state, CB_IMPORT_MEETINGS, meetings);
	return 0;
}

static int teardown(void **state)
{
	struct fix *x = *state;
	cb_store_close(x->st);
	cb_buf_release(&x->told);
	free(x);
	return 0;
}

static void units_come_in_before_their_parents_and_with_their_spans(void **state)
{
	struct fix *x = *state;
	good(x, CB_IMPORT_UNITS, units);
	assert_int_equal(x->stats.rows, 5);
	assert_int_equal(x->stats.added, 5);
	assert_int_equal(number(x, "SELECT count(*) FROM unit"), 4);
	assert_int_equal(number(x, "SELECT count(*) FROM unit_span"), 5);
	assert_int_equal(number(x, "SELECT members FROM v_unit WHERE code='C1'"), 30);
	text_is(x, "SELECT parent_code FROM v_unit WHERE code='C2' AND valid_from='2025-01-01'", "T1");
	text_is(x, "SELECT cell_type FROM v_unit WHERE code='C1'", "co_quan");
	good(x, CB_IMPORT_UNITS, units);
	assert_int_equal(x->stats.same, 5);
	assert_non_null(strstr(x->told.s, "all 5 rows were already imported; nothing changed"));
}

static void bad_units_are_told(void **state)
{
	struct fix *x = *state;
	bad(x, CB_IMPORT_UNITS, "code,name,kind\nA B,x,xa\n", "f.csv:2:1: code: \"A B\" cannot be a code");
	bad(x, CB_IMPORT_UNITS, "code,name,kind\nА1,x,xa\n", "look-alike");
	bad(x, CB_IMPORT_UNITS, "code,name,kind\nA1,x,làng\n", "f.csv:2:3: kind: \"làng\" is no kind of unit; write one of trung_uong");
	bad(x, CB_IMPORT_UNITS, "code,name,kind\nA1,,xa\n", "f.csv:2:2: name empty");
	bad(x, CB_IMPORT_UNITS, "code,name,kind,parent\nA1,x,xa,B9\n", "f.csv:2: parent B9 of unit A1 is neither on record nor in this file");
	bad(x, CB_IMPORT_UNITS, "code,name,kind,parent\nA1,x,xa,A1\n", "cannot stand above itself");
	bad(x, CB_IMPORT_UNITS, "code,name,kind,parent\nA1,x,xa,A2\nA2,y,xa,A1\n", "round in a circle");
	bad(x, CB_IMPORT_UNITS, "code,name,kind\nA1,Chi bá»™ 1,xa\n", "f.csv:2:2: name: looks like broken text");
	bad(x, CB_IMPORT_UNITS, "code,name,kind\nA1,x,xa\nA1,y,xa\n", "f.csv:3: the unit is there twice with the same first day: same as line 2");
	bad(x, CB_IMPORT_UNITS, "code,name,kind,from,to\nA1,x,xa,01/01/2020,31/12/2019\n", "before");
	bad(x, CB_IMPORT_UNITS, "code,name,kind,from\nA1,x,xa,2020-01-01\nA2,y,xa,02/01/2020\n", "one date form per file");
	bad(x, CB_IMPORT_UNITS, "code,name,kind,members,official_members\nA1,x,chi_bo_co_so,10,11\n", "official_members");
	bad(x, CB_IMPORT_UNITS, "code,name,kind,cell_type\nA1,x,chi_bo_co_so,nhà máy\n", "is no type of cell");
	bad(x, CB_IMPORT_UNITS, "code,name\nA1,x\n", "f.csv:1: the header has no column kind");
	/* one mistake, one finding: the cells below a bad row are not told again */
	bad(x, CB_IMPORT_UNITS, "code,name,kind,parent\nA1,x,làng,\nA2,y,xa,A1\nA3,z,xa,A2\n", "no kind of unit");
	assert_null(strstr(x->told.s, "parent"));
	assert_non_null(strstr(x->err.msg, "1 error; nothing was kept"));
}

static void meetings_come_in_and_absent_is_absent(void **state)
{
	struct fix *x = *state;
	good(x, CB_IMPORT_MEETINGS, meetings);
	assert_int_equal(x->stats.added, 3);
	assert_int_equal(number(x, "SELECT minutes_recorded FROM v_meeting WHERE unit_code='C2'"), 0);
	assert_int_equal(number(x, "SELECT minutes_recorded IS NULL FROM v_meeting WHERE kind='thematic'"), 1);
	assert_int_equal(number(x, "SELECT speakers IS NULL FROM v_meeting WHERE unit_code='C2'"), 1);
	text_is(x, "SELECT topic FROM v_meeting WHERE unit_code='C2'", NULL);
	text_is(x, "SELECT parent_code FROM v_meeting WHERE unit_code='C2'", "D1");
}

static void what_a_later_file_does_not_speak_of_stays(void **state)
{
	struct fix *x = *state;
	good(x, CB_IMPORT_MEETINGS, "unit,held_on,speakers\nC1,2024-01-15,12\n");
	assert_int_equal(x->stats.changed, 1);
	assert_int_equal(number(x, "SELECT present FROM v_meeting WHERE unit_code='C1' AND kind='regular'"), 28);
	assert_int_equal(number(x, "SELECT speakers FROM v_meeting WHERE unit_code='C1' AND kind='regular'"), 12);
	text_is(x, "SELECT topic FROM v_meeting WHERE unit_code='C1' AND kind='regular'", "x");
	good(x, CB_IMPORT_MEETINGS, "unit,held_on,topic\nC1,2024-01-15,\n");
	text_is(x, "SELECT topic FROM v_meeting WHERE unit_code='C1' AND kind='regular'", NULL);
	bad(x, CB_IMPORT_MEETINGS, "unit,held_on,speakers\nC1,2024-01-15,29\n", "f.csv:2:3: speakers:"); /* 28 were present, as on record */
	bad(x, CB_IMPORT_MEETINGS, "unit,held_on,members\nC1,2024-01-15,27\n", "present: 28 is more than members 27 (as it is on record)");
	good(x, CB_IMPORT_MEETINGS, "unit,held_on,speakers\nC1,2024-01-15,\n");
	assert_int_equal(number(x, "SELECT speakers IS NULL FROM v_meeting WHERE unit_code='C1' AND kind='regular'"), 1);
	good(x, CB_IMPORT_MEETINGS, "[{\"unit\":\"C1\",\"held_on\":\"2024-01-15\",\"speakers\":5}]");
	good(x, CB_IMPORT_MEETINGS, "[{\"unit\":\"C1\",\"held_on\":\"2024-01-15\",\"opinions\":7}]");
	assert_int_equal(number(x, "SELECT speakers+opinions FROM v_meeting WHERE unit_code='C1' AND kind='regular'"), 12);
	good(x, CB_IMPORT_MEETINGS, "[{\"unit\":\"C1\",\"held_on\":\"2024-01-15\",\"speakers\":null}]");
	assert_int_equal(number(x, "SELECT speakers IS NULL FROM v_meeting WHERE unit_code='C1' AND kind='regular'"), 1);
}

static void bad_meetings_are_told_all_of_them(void **state)
{
	struct fix *x = *state;
	bad(x, CB_IMPORT_MEETINGS, "unit,held_on,members,present\nC9,2024-02-15,30,x\nC1,2024-13-15,30,28\n", "f.csv:2:1: unit: no unit \"C9\"");
	assert_non_null(strstr(x->told.s, "f.csv:2:4: present: \"x\" is not a number"));
	assert_non_null(strstr(x->told.s, "f.csv:3:2: held_on: \"2024-13-15\" has no such month"));
	assert_int_equal(x->stats.rows, 2);
	assert_int_equal(x->stats.bad, 2);
	bad(x, CB_IMPORT_MEETINGS, "unit,held_on\nC2,2019-12-31\n", "unit C2 did not exist on that day");
	bad(x, CB_IMPORT_MEETINGS, "unit,held_on\nD1,2024-02-15\n", "D1 is no cell: it is");
	bad(x, CB_IMPORT_MEETINGS, "unit,held_on,present,speakers\nC1,2024-02-15,10,11\n", "f.csv:2:4: speakers:");
	bad(x, CB_IMPORT_MEETINGS, "unit,held_on,province\nC1,2024-02-15,Hải Phòng\n", "unknown province");
	good(x, CB_IMPORT_MEETINGS, "unit,held_on,province,unit_name\nC1,2024-02-15,Tỉnh Hà Nội,CHI BỘ 1\nC1,2024-03-15,Xã A,chi bo 1\nC1,2024-04-15,T1,\n");
}

static void a_name_and_a_province_hold_on_their_day(void **state)
{
	struct fix *x = *state;
	good(x, CB_IMPORT_MEETINGS, "unit,held_on,unit_name,province\nC2,2024-12-31,Chi bộ 2,Xã A\nC2,2025-01-01,Chi bộ 2 mới,Hà Nội\n");
	bad(x, CB_IMPORT_MEETINGS, "unit,held_on,unit_name,province\nC2,2024-11-30,Chi bộ 2,Xã A\nC2,2025-02-01,Chi bộ 2,Hà Nội\n",
	    "f.csv:3:3: unit_name: \"Chi bộ 2\" is not the name of C2: that is \"Chi bộ 2 mới\"");
	bad(x, CB_IMPORT_MEETINGS, "unit,held_on,unit_name,province\nC2,2025-02-01,Chi bộ 2 mới,Xã A\n", "unknown province \"Xã A\"");
}

static void assessments_and_decisions_come_in(void **state)
{
	struct fix *x = *state;
	static const char text[] = "unit;held_on;kind;assessor;item;points;proposed;votes_for;votes_total;official;reason\n"
				   "C1;15/01/2024;;self;;88,5;;;;;\n"
				   "C1;15/01/2024;regular;Cấp trên;preparation.2;7,25;;;;;\n"
				   "C1;15/01/2024;;;;;Tốt;20;28;Trung bình;thiếu biên bản\n"
				   "C2;15/01/2024;;observer;preparation;4;;;;kha;\n";
	good(x, CB_IMPORT_ASSESSMENTS, text);
	assert_int_equal(x->stats.rows, 4);
	assert_int_equal(number(x, "SELECT count(*) FROM assessment"), 3);
	assert_int_equal(number(x, "SELECT points FROM assessment WHERE item=''"), 88500);
	assert_int_equal(number(x, "SELECT points FROM assessment WHERE item='preparation.2' AND assessor='superior'"), 7250);
	assert_int_equal(number(x, "SELECT count(*) FROM decision"), 2);
	text_is(x, "SELECT official FROM decision WHERE votes_for=20", "trung_binh");
	good(x, CB_IMPORT_ASSESSMENTS, text);
	assert_int_equal(x->stats.added + x->stats.changed, 0);
	/* the vote in the cell's row, the decision in the superior's: one decision */
	static const char pieces[] = "unit,held_on,kind,assessor,points,proposed,votes_for,votes_total,official\n"
				     "C1,2024-01-20,thematic,self,90,tot,4,4,\n"
				     "C1,2024-01-20,thematic,observer,89,tot,,,\n"
				     "C1,2024-01-20,thematic,superior,80,,,,kha\n";
	good(x, CB_IMPORT_ASSESSMENTS, pieces);
	assert_int_equal(x->stats.added, 3); /* rows, not points */
	text_is(x, "SELECT proposed||votes_for||official FROM decision WHERE votes_total=4", "tot4kha");
	good(x, CB_IMPORT_ASSESSMENTS, pieces);
	assert_int_equal(x->stats.added + x->stats.changed, 0);
	good(x, CB_IMPORT_ASSESSMENTS, "unit,held_on,kind,assessor,points.preparation,points.results\nC1,2024-01-15,regular,observer,8.5,27\n");
	assert_int_equal(number(x, "SELECT points FROM assessment WHERE item='results'"), 27000);
}

static void bad_assessments_are_told(void **state)
{
	struct fix *x = *state;
	static const char head[] = "unit,held_on,kind,assessor,item,points,votes_for,votes_total,official\n";
	char text[400];
#define ROW(row, words) (snprintf(text, sizeof(text), "%s%s\n", head, row), bad(x, CB_IMPORT_ASSESSMENTS, text, words))
	ROW("C1,2024-01-16,,self,,88,,,", "no meeting of C1 on 2024-01-16");
	ROW("C1,2024-01-15,thematic,self,,88,,,", "of kind thematic");
	ROW("C1,2024-01-15,,mẹ,,88,,,", "is no assessor");
	ROW("C1,2024-01-15,,,,88,,,", "assessor empty");
	ROW("C1,2024-01-15,,self,,,,,", "points empty");
	ROW("C1,2024-01-15,,self,,\"88,5555\",,,", "thousandths");
	ROW("C1,2024-01-15,,self,,-1,,,", "too small");
	ROW("C1,2024-01-15,,self,Chuẩn bị,8,,,", "is no id of an item");
	ROW("C1,2024-01-15,,,,,21,20,", "votes for, of 20");
	ROW("C1,2024-01-15,,,,,,,x", "is not a level");
	ROW("C1,2024-01-15,,,,,,,", "neither points nor a note nor a decision");
	ROW("C1,2024-01-15,,self,,88,,,\nC1,2024-01-15,,self,,89,,,", "same as line 2");
	ROW("C1,2024-01-15,,,,,1,2,\nC1,2024-01-15,,,,,2,2,", "f.csv:3:7: votes_for: says something else of this meeting than line 2");
	ROW("C9,2024-01-15,,self,,88,,,", "no unit \"C9\"");
	bad(x, CB_IMPORT_ASSESSMENTS, "[{\"unit\":\"C1\",\"held_on\":\"2024-01-15\",\"assessor\":\"self\",\"points\":\"88\"}]", "a text where a number is wanted");
	good(x, CB_IMPORT_MEETINGS, "unit,held_on,kind\nC1,2024-01-15,thematic\n");
	ROW("C1,2024-01-15,,self,,88,,,", "kind");
#undef ROW
}

static void visits_and_months_come_in(void **state)
{
	struct fix *x = *state;
	good(x, CB_IMPORT_VISITS, "unit,visited_on\nC1,15/01/2024\nC2,16/01/2024\n");
	assert_int_equal(number(x, "SELECT count(*) FROM visit"), 2);
	assert_int_equal(number(x, "SELECT count(*) FROM visit WHERE meeting_id IS NOT NULL"), 1);
	good(x, CB_IMPORT_MONTHS, "unit,month,status,reason\nC1,2024-02,hoãn,bão lụt\nC2,02/2024,exempt,\nC1,tháng 3/2024,không họp,\n");
	assert_int_equal(number(x, "SELECT count(*) FROM unit_month"), 3);
	good(x, CB_IMPORT_MONTHS, "unit,month,status,reason\nC1,2024-02,hoãn,bão lụt\n");
	assert_int_equal(x->stats.same, 1);
	bad(x, CB_IMPORT_MONTHS, "unit,month,status\nC1,2024,missed\n", "f.csv:2:2: month: \"2024\" is not a month");
	bad(x, CB_IMPORT_MONTHS, "unit,month,status\nC1,2024-02,quên\n", "does not say why");
	bad(x, CB_IMPORT_MONTHS, "unit,month,status\nC1,2024-02,missed\nC1,02/2024,exempt\n", "same as line 2");
	bad(x, CB_IMPORT_VISITS, "unit,visited_on\nC1,15/01/2024\nC1,15/01/2024\n", "the visit is there twice");
}

static void a_dry_run_counts_and_keeps_nothing(void **state)
{
	struct fix *x = *state;
	struct cb_import_opts o = { .what = CB_IMPORT_MEETINGS, .dry_run = true };
	write_file(x->file, meetings, sizeof(meetings) - 1);
	assert_int_equal(import_opts(x, x->file, &o), 0);
	assert_int_equal(x->stats.added, 3);
	assert_int_equal(number(x, "SELECT count(*) FROM meeting"), 0);
}

static char *slurp(const char *path)
{
	static char text[4096];
	FILE *f = fopen(path, "r");
	if (!f)
		return NULL;
	size_t n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	fclose(f);
	return text;
}

static void rejects_keep_the_good_rows_and_come_back_mended(void **state)
{
	struct fix *x = *state;
	struct cb_import_opts o = { .what = CB_IMPORT_MEETINGS, .rejects = x->rejects };
	static const char text[] = "STT,unit,held_on,topic,present\n1,C1,2024-05-01,\"a, \"\"b\"\"\",3\n2,C1,2024-05-02,\"c, \"\"d\"\"\",x\n3,C1,2024-05-03,e\n";
	write_file(x->file, text, sizeof(text) - 1);
	assert_int_equal(import_opts(x, x->file, &o), CB_EDATA);
	assert_int_equal(x->stats.added, 1);
	assert_int_equal(x->stats.bad, 2);
	assert_int_equal(number(x, "SELECT count(*) FROM meeting"), 1);
	assert_string_equal(slurp(x->rejects), "error,unit,held_on,topic,present\n"
					       "\"present: \"\"x\"\" is not a number\",C1,2024-05-02,\"c, \"\"d\"\"\",x\n"
					       "\"4 fields, where the header has 5\",C1,2024-05-03,e\n");
	assert_int_equal(import_opts(x, x->file, &o), CB_EEXIST);
	good(x, CB_IMPORT_MEETINGS, "error,unit,held_on,topic,present\n\"present: \"\"x\"\"\",C1,2024-05-02,\"c, \"\"d\"\"\",7\n");
	assert_int_equal(number(x, "SELECT count(*) FROM meeting"), 2);
	/* none bad: no file */
	unlink(x->rejects);
	write_file(x->file, meetings, sizeof(meetings) - 1);
	assert_int_equal(import_opts(x, x->file, &o), 0);
	assert_null(slurp(x->rejects));
	/* JSON comes out as a table with every field */
	static const char json[] = "[{\"unit\":\"C1\",\"held_on\":\"2024-06-01\",\"topic\":\"a\\nb\",\"present\":-1},{\"unit\":\"C1\",\"held_on\":\"2024-06-02\"}]";
	write_file(x->json, json, sizeof(json) - 1);
	assert_int_equal(import_opts(x, x->json, &o), CB_EDATA);
	assert_int_equal(x->stats.added, 1);
	const char *r = slurp(x->rejects);
	assert_non_null(r);
	assert_non_null(strstr(r, "error,unit,unit_name,"));
	assert_non_null(strstr(r, "is negative"));
	assert_non_null(strstr(r, ",C1,"));
	/* a file that cannot be read to its end is not kept by halves */
	unlink(x->rejects);
	static const char cut[] = "[{\"unit\":\"C1\",\"held_on\":\"2024-07-01\"},{\"unit\":\"C1\",";
	write_file(x->json, cut, sizeof(cut) - 1);
	assert_int_equal(import_opts(x, x->json, &o), CB_EDATA);
	assert_int_equal(number(x, "SELECT count(*) FROM meeting WHERE held_on=(SELECT max(held_on) FROM meeting) AND held_on>=19905"), 0);
	assert_null(slurp(x->rejects));
}

static int stop_at(void *ctx, int64_t rows, int64_t bytes, int64_t total)
{
	int *calls = ctx;
	(void)bytes;
	(void)total;
	++*calls;
	return rows >= 2000;
}

static void progress_is_told_and_may_stop_it(void **state)
{
	struct fix *x = *state;
	int calls = 0;
	struct cb_import_opts o = { .what = CB_IMPORT_MEETINGS, .progress = stop_at, .ctx = &calls };
	struct cb_buf b;
	cb_buf_init(&b);
	cb_buf_puts(&b, "unit,held_on\n");
	for (int i = 0; i < 3000; i++)
		cb_buf_printf(&b, "C1,%04d-%02d-%02d\n", 2010 + i / 300, i % 300 / 25 + 1, i % 25 + 1);
	write_file(x->file, b.s, b.len);
	assert_int_equal(import_opts(x, x->file, &o), CB_EINTR);
	assert_true(calls >= 2);
	assert_int_equal(number(x, "SELECT count(*) FROM meeting"), 0);
	cb_buf_release(&b);
}

static void findings_are_capped_and_counted(void **state)
{
	struct fix *x = *state;
	struct cb_buf b;
	cb_buf_init(&b);
	cb_buf_puts(&b, "unit,held_on,present\n");
	for (int i = 0; i < 500; i++)
		cb_buf_puts(&b, "C1,2024-01-15,x\n");
	bad(x, CB_IMPORT_MEETINGS, b.s, "f.csv:21:3");
	assert_null(strstr(x->told.s, "f.csv:22:3"));
	assert_non_null(strstr(x->err.msg, "500 errors, first 20 shown; nothing was kept"));
	cb_buf_release(&b);
}

static void a_template_comes_back_in(void **state)
{
	struct fix *x = *state;
	static const enum cb_import_what kinds[] = { CB_IMPORT_UNITS, CB_IMPORT_MEETINGS, CB_IMPORT_ASSESSMENTS, CB_IMPORT_VISITS, CB_IMPORT_MONTHS };
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct cb_buf b;
		cb_buf_init(&b);
		assert_int_equal(cb_import_template(&b, kinds[i], cb_store_facts(x->st), NULL, 0), 0);
		good(x, kinds[i], b.s);
		assert_int_equal(x->stats.rows, 0);
		assert_non_null(strstr(x->told.s, "no rows"));
		cb_buf_release(&b);
	}
}

struct sweep_ctx {
	struct fix *x;
	enum cb_import_what what;
	const char *path;
	long n; /* the allocation of the import that fails; opening a store has a sweep of its own in store/sweep.c */
	long step, begin;
};

static int open_to_fail(struct cb_store **st, struct sweep_ctx *s)
{
	char db[64];
	struct cb_err err;
	cb_alloc_fail_from(0);
	snprintf(db, sizeof(db), "%s/sweep.db", dir);
	int rc = cb_store_open(st, db, CB_OPEN_WRITE, &err);
	cb_alloc_fail_from(s->n += s->step);
	return rc;
}

static int sweep_import(void *ctx)
{
	struct sweep_ctx *s = ctx;
	struct cb_import_opts o = { .what = s->what };
	struct cb_import_stats stats;
	struct cb_diags *d;
	struct cb_err err;
	struct cb_store *st;
	int rc = open_to_fail(&st, s);
	if (rc < 0)
		return rc;
	rc = cb_diags_new(&d, 20);
	if (rc == 0)
		rc = cb_import_file(&stats, st, s->path, &o, d, &err);
	if (rc == 0 && cb_diags_count(d, CB_SEV_ERROR))
		rc = CB_EDATA;
	cb_diags_free(d);
	cb_store_close(st);
	return rc;
}

static int sweep_rejects(void *ctx)
{
	struct sweep_ctx *s = ctx;
	struct cb_import_opts o = { .what = CB_IMPORT_MEETINGS, .rejects = s->x->rejects };
	struct cb_import_stats stats;
	struct cb_diags *d;
	struct cb_err err;
	struct cb_store *st;
	int rc = open_to_fail(&st, s);
	if (rc < 0)
		return rc;
	rc = cb_diags_new(&d, 20);
	if (rc == 0)
		rc = cb_import_file(&stats, st, s->path, &o, d, &err);
	if (rc == CB_EDATA && stats.bad == 1 && stats.same + stats.added + stats.changed == 1)
		rc = 0;
	else if (rc == CB_ENOMEM && access(s->x->rejects, F_OK) == 0)
		rc = CB_EEXIST; /* half a file of rejects must not stay */
	cb_diags_free(d);
	cb_store_close(st);
	return rc;
}

/* An import makes thousands of allocations, nearly all while SQLite prepares statements: every 11th fails, each kind of
   import beginning elsewhere; SLOW=1 fails every one. */
static long swept(int (*f)(void *), struct sweep_ctx *s)
{
	s->step = getenv("SLOW") ? 1 : 11;
	s->n = 1 - s->step + s->begin++ % s->step;
	return sweep(f, s);
}

static void running_out_of_memory_keeps_nothing(void **state)
{
	struct fix *x = *state;
	char db[64];
	struct cb_err err;
	static const char json[] = "[{\"unit\":\"C1\",\"unit_name\":\"Chi bộ 1\",\"held_on\":\"2024-06-01\",\"topic\":\"a\\nb\",\"present\":1}]";
	snprintf(db, sizeof(db), "%s/sweep.db", dir);
	assert_int_equal(cb_store_create(db, &err), 0);
	struct sweep_ctx s = { .x = x, .what = CB_IMPORT_UNITS, .path = x->file };
	write_file(x->file, units, sizeof(units) - 1);
	assert_true(swept(sweep_import, &s) > 20);
	s.what = CB_IMPORT_MEETINGS;
	write_file(x->file, meetings, sizeof(meetings) - 1);
	assert_true(swept(sweep_import, &s) > 20);
	s.path = x->json;
	write_file(x->json, json, sizeof(json) - 1);
	assert_true(swept(sweep_import, &s) > 20);
	static const struct {
		enum cb_import_what what;
		const char *text;
	} others[] = {
		{ CB_IMPORT_ASSESSMENTS, "unit,held_on,kind,assessor,points,points.a.1,official,reason,note.a\nC1,2024-01-15,regular,self,88,7,kha,x,y\n" },
		{ CB_IMPORT_VISITS, "unit,visited_on\nC1,2024-01-15\n" },
		{ CB_IMPORT_MONTHS, "unit,month,status,reason\nC1,2024-02,missed,x\n" },
	};
	s.path = x->file;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		s.what = others[i].what;
		write_file(x->file, others[i].text, strlen(others[i].text));
		assert_true(swept(sweep_import, &s) > 20);
	}
	static const char mixed[] = "unit,held_on,topic,present\nC1,2024-01-15,\"a, b\",3\nC1,2024-05-02,c,x\n";
	write_file(x->file, mixed, sizeof(mixed) - 1);
	assert_true(swept(sweep_rejects, &s) > 20);
	struct cb_store *st;
	struct cb_rows *r;
	bool row;
	assert_int_equal(cb_store_open(&st, db, CB_OPEN_READ, &err), 0);
	assert_int_equal(cb_rows_open(&r, st, &err, "SELECT (SELECT count(*) FROM unit), (SELECT count(*) FROM meeting)", ""), 0);
	assert_int_equal(cb_rows_step(r, &row, &err), 0);
	assert_int_equal(cb_rows_int(r, 0), 4);
	assert_int_equal(cb_rows_int(r, 1), 4);
	cb_rows_close(r);
	cb_store_close(st);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(units_come_in_before_their_parents_and_with_their_spans, setup, teardown),
		cmocka_unit_test_setup_teardown(bad_units_are_told, setup, teardown),
		cmocka_unit_test_setup_teardown(meetings_come_in_and_absent_is_absent, with_units, teardown),
		cmocka_unit_test_setup_teardown(what_a_later_file_does_not_speak_of_stays, with_meetings, teardown),
		cmocka_unit_test_setup_teardown(bad_meetings_are_told_all_of_them, with_units, teardown),
		cmocka_unit_test_setup_teardown(a_name_and_a_province_hold_on_their_day, with_units, teardown),
		cmocka_unit_test_setup_teardown(assessments_and_decisions_come_in, with_meetings, teardown),
		cmocka_unit_test_setup_teardown(bad_assessments_are_told, with_meetings, teardown),
		cmocka_unit_test_setup_teardown(visits_and_months_come_in, with_meetings, teardown),
		cmocka_unit_test_setup_teardown(a_dry_run_counts_and_keeps_nothing, with_units, teardown),
		cmocka_unit_test_setup_teardown(rejects_keep_the_good_rows_and_come_back_mended, with_units, teardown),
		cmocka_unit_test_setup_teardown(progress_is_told_and_may_stop_it, with_units, teardown),
		cmocka_unit_test_setup_teardown(findings_are_capped_and_counted, with_units, teardown),
		cmocka_unit_test_setup_teardown(a_template_comes_back_in, with_units, teardown),
		cmocka_unit_test_setup_teardown(running_out_of_memory_keeps_nothing, setup, teardown),
	};
	struct cb_err err;
	if (cb_store_library_init(&err) < 0 || !mkdtemp(dir))
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	char cmd[80];
	snprintf(cmd, sizeof(cmd), "rm -rf %s", dir);
	return system(cmd) != 0 || failed;
}
