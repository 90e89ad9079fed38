/*
 * unit.c - the words for units and the checks of one span.
 */
#include "model/unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

#define NAME_MAX_BYTES 400
#define MEMBERS_MAX 1000000

static const struct {
	const char *id, *vi;
} kinds[CB_UNIT_KINDS] = {
	[CB_UNIT_CENTRAL] = { "trung_uong", "Trung ương" },
	[CB_UNIT_PROVINCE] = { "tinh", "Đảng bộ tỉnh, thành phố" },
	[CB_UNIT_BLOCK] = { "khoi", "Đảng bộ Khối" },
	[CB_UNIT_DISTRICT] = { "huyen", "Đảng bộ huyện" },
	[CB_UNIT_COMMUNE] = { "xa", "Đảng bộ xã, phường" },
	[CB_UNIT_BASE_COMMITTEE] = { "dang_bo_co_so", "Đảng bộ cơ sở" },
	[CB_UNIT_PART_COMMITTEE] = { "dang_bo_bo_phan", "Đảng bộ bộ phận" },
	[CB_UNIT_BASE_CELL] = { "chi_bo_co_so", "Chi bộ cơ sở" },
	[CB_UNIT_CELL] = { "chi_bo_truc_thuoc", "Chi bộ trực thuộc" },
};

static const struct {
	const char *id, *vi;
} cells[CB_CELL_TYPES] = {
	[CB_CELL_NONE] = { "", "" },
	[CB_CELL_HAMLET] = { "thon_to_dan_pho", "Thôn, tổ dân phố" },
	[CB_CELL_OFFICE] = { "co_quan", "Cơ quan, đơn vị sự nghiệp" },
	[CB_CELL_STATE] = { "doanh_nghiep_nha_nuoc", "Doanh nghiệp nhà nước" },
	[CB_CELL_PRIVATE] = { "doanh_nghiep_tu_nhan", "Doanh nghiệp tư nhân" },
	[CB_CELL_SCHOOL] = { "truong_hoc", "Trường học" },
	[CB_CELL_ARMED] = { "luc_luong_vu_trang", "Lực lượng vũ trang" },
};

/* Other words that lists use, as look-up keys. */
struct synonym {
	const char *word;
	int value;
};

static const struct synonym kind_words[] = {
	{ "central", CB_UNIT_CENTRAL },
	{ "province", CB_UNIT_PROVINCE },
	{ "thanh pho", CB_UNIT_PROVINCE },
	{ "dang bo tinh", CB_UNIT_PROVINCE },
	{ "dang bo thanh pho", CB_UNIT_PROVINCE },
	{ "tinh uy", CB_UNIT_PROVINCE },
	{ "block", CB_UNIT_BLOCK },
	{ "dang uy khoi", CB_UNIT_BLOCK },
	{ "district", CB_UNIT_DISTRICT },
	{ "huyen uy", CB_UNIT_DISTRICT },
	{ "commune", CB_UNIT_COMMUNE },
	{ "ward", CB_UNIT_COMMUNE },
	{ "phuong", CB_UNIT_COMMUNE },
	{ "xa phuong", CB_UNIT_COMMUNE },
	{ "dang bo xa", CB_UNIT_COMMUNE },
	{ "dang bo phuong", CB_UNIT_COMMUNE },
	{ "base committee", CB_UNIT_BASE_COMMITTEE },
	{ "base cell", CB_UNIT_BASE_CELL },
	{ "cell", CB_UNIT_CELL },
};

static const struct synonym cell_words[] = {
	{ "thon", CB_CELL_HAMLET },
	{ "to dan pho", CB_CELL_HAMLET },
	{ "hamlet", CB_CELL_HAMLET },
	{ "khu dan cu", CB_CELL_HAMLET },
	{ "office", CB_CELL_OFFICE },
	{ "don vi su nghiep", CB_CELL_OFFICE },
	{ "hanh chinh su nghiep", CB_CELL_OFFICE },
	{ "dnnn", CB_CELL_STATE },
	{ "state enterprise", CB_CELL_STATE },
	{ "dntn", CB_CELL_PRIVATE },
	{ "private enterprise", CB_CELL_PRIVATE },
	{ "doanh nghiep ngoai nha nuoc", CB_CELL_PRIVATE },
	{ "school", CB_CELL_SCHOOL },
	{ "truong", CB_CELL_SCHOOL },
	{ "armed forces", CB_CELL_ARMED },
};

static int find_synonym(const struct synonym *t, size_t n, const char *key)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(t[i].word, key) == 0)
			return t[i].value;
	return -1;
}

const char *cb_unit_kind_id(enum cb_unit_kind k)
{
	return (unsigned)k < CB_UNIT_KINDS ? kinds[k].id : "";
}

const char *cb_unit_kind_vi(enum cb_unit_kind k)
{
	return (unsigned)k < CB_UNIT_KINDS ? kinds[k].vi : "";
}

int cb_unit_kind_find(const char *word)
{
	char key[64];
	size_t n = cb_utf8_fold_into(key, sizeof(key), word, strlen(word));
	int k;

	if (n == 0 || n >= sizeof(key))
		return -1;
	for (k = 0; k < CB_UNIT_KINDS; k++)
		if (cb_fold_equal(kinds[k].id, key) || cb_fold_equal(kinds[k].vi, key))
			return k;
	return find_synonym(kind_words, sizeof(kind_words) / sizeof(kind_words[0]), key);
}

bool cb_unit_is_cell(enum cb_unit_kind k)
{
	return k == CB_UNIT_BASE_CELL || k == CB_UNIT_CELL;
}

const char *cb_cell_type_id(enum cb_cell_type t)
{
	return (unsigned)t < CB_CELL_TYPES ? cells[t].id : "";
}

const char *cb_cell_type_vi(enum cb_cell_type t)
{
	return (unsigned)t < CB_CELL_TYPES ? cells[t].vi : "";
}

int cb_cell_type_find(const char *word)
{
	char key[64];
	size_t n = cb_utf8_fold_into(key, sizeof(key), word, strlen(word));
	int t;

	if (n == 0 || n >= sizeof(key))
		return -1;
	for (t = CB_CELL_NONE + 1; t < CB_CELL_TYPES; t++)
		if (cb_fold_equal(cells[t].id, key) || cb_fold_equal(cells[t].vi, key))
			return t;
	return find_synonym(cell_words, sizeof(cell_words) / sizeof(cell_words[0]), key);
}

bool cb_code_ok(const char *s, size_t n)
{
	size_t i;

	if (n == 0 || n > 40)
		return false;
	for (i = 0; i < n; i++) {
		bool alnum = (s[i] >= '0' && s[i] <= '9') || (s[i] >= 'A' && s[i] <= 'Z') || (s[i] >= 'a' && s[i] <= 'z');

		if (!alnum && (i == 0 || (s[i] != '.' && s[i] != '_' && s[i] != '-')))
			return false;
	}
	return true;
}

static int check_text(const char *field, const char *s, struct cb_err *err)
{
	size_t n = strlen(s);
	enum cb_text_fault f = cb_text_check(s, n, NULL);

	if (f != CB_TEXT_OK)
		return cb_err_set(err, CB_EDATA, "%s: holds a %s", field, cb_text_fault_name(f));
	if (memchr(s, '\n', n) || memchr(s, '\t', n))
		return cb_err_set(err, CB_EDATA, "%s: holds a line break or a tab", field);
	if (n == 0 || s[0] == ' ' || s[n - 1] == ' ')
		return cb_err_set(err, CB_EDATA, "%s: is empty, or begins or ends with a blank", field);
	if (n > NAME_MAX_BYTES)
		return cb_err_set(err, CB_EDATA, "%s: is longer than %d bytes", field, NAME_MAX_BYTES);
	return CB_OK;
}

static int check_code(const char *field, const char *s, struct cb_err *err)
{
	size_t at;

	if (cb_code_ok(s, strlen(s)))
		return CB_OK;
	if (s[0] == '\0')
		return cb_err_set(err, CB_EDATA, "%s: is empty", field);
	if (cb_text_lookalike(s, strlen(s), &at))
		return cb_err_set(err, CB_EDATA, "%s: character %zu only looks like a Latin letter", field, cb_utf8_width(s, at) + 1);
	return cb_err_set(err, CB_EDATA, "%s: must be 1 to 40 letters (a-z), digits, '.', '_' or '-', and begin with a letter or digit",
			  field);
}

static int check_members(const char *field, int64_t n, struct cb_err *err)
{
	if (n < -1 || n > MEMBERS_MAX)
		return cb_err_set(err, CB_EDATA, "%s: must be 0 to %d", field, MEMBERS_MAX);
	return CB_OK;
}

int cb_unit_span_check(const struct cb_unit_span *s, struct cb_err *err)
{
	int rc;

	if ((rc = check_code("code", s->code, err)) != 0 || (rc = check_text("name", s->name, err)) != 0)
		return rc;
	if ((unsigned)s->kind >= CB_UNIT_KINDS)
		return cb_err_set(err, CB_EDATA, "kind: is none of the kinds of unit");
	if (s->parent) {
		if ((rc = check_code("parent", s->parent, err)) != 0)
			return rc;
		if (strcmp(s->parent, s->code) == 0)
			return cb_err_set(err, CB_EDATA, "parent: a unit cannot stand above itself");
	}
	if (s->cluster && (rc = check_text("cluster", s->cluster, err)) != 0)
		return rc;
	if ((unsigned)s->cell_type >= CB_CELL_TYPES)
		return cb_err_set(err, CB_EDATA, "cell_type: is none of the types of cell");
	if (s->cell_type != CB_CELL_NONE && !cb_unit_is_cell(s->kind))
		return cb_err_set(err, CB_EDATA, "cell_type: only a cell has one, and this is %s", cb_unit_kind_id(s->kind));
	if ((rc = check_members("members", s->members, err)) != 0 ||
	    (rc = check_members("official_members", s->official_members, err)) != 0)
		return rc;
	if (s->members >= 0 && s->official_members > s->members)
		return cb_err_set(err, CB_EDATA, "official_members: %lld is more than the %lld members", (long long)s->official_members,
				  (long long)s->members);
	if (s->from < CB_DAY_MIN || s->to > CB_DAY_MAX)
		return cb_err_set(err, CB_EDATA, "%s: is outside 1900 to 2189", s->from < CB_DAY_MIN ? "valid_from" : "valid_to");
	if (s->from > s->to)
		return cb_err_set(err, CB_EDATA, "valid_to: is before valid_from");
	return CB_OK;
}
