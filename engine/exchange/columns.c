/*
 * columns.c - one table of fields, a search through it, and the dictionary behind it; see columns.h.
 *
 * A heading is looked up once per file (once per key of a JSON record), so the search is linear.
 */
#include <string.h>
#include "base/diag.h"
#include "base/utf8.h"
#include "exchange/columns.h"

#define U 1u  /* units */
#define M 2u  /* meetings */
#define A 4u  /* assessments */
#define V 8u  /* visits */
#define P 16u /* months */

static const struct row {
	int field;
	unsigned in, required;
	const char *id;    /* as the template writes it */
	const char *wants; /* Vietnamese: what its cells hold */
	const char *also;  /* other headings as look-up keys, between bars */
} table[] = {
	{ CB_F_CODE, U, U, "code", "mã đơn vị", "|unit|unit code|ma|ma don vi|ma so|ma chi bo|ma to chuc|" },
	{ CB_F_NAME, U, U, "name", "tên đầy đủ", "|unit name|ten|ten don vi|ten day du|ten chi bo|ten to chuc|don vi|" },
	{ CB_F_UNIT_KIND, U, U, "kind", "loại: tinh, khoi, huyen, xa, dang_bo_co_so, dang_bo_bo_phan, chi_bo_co_so, chi_bo_truc_thuoc",
	  "|unit kind|loai|loai don vi|loai to chuc|loai to chuc dang|" },
	{ CB_F_PARENT, U, 0, "parent", "mã cấp trên trực tiếp; trống nếu không có", "|parent code|cap tren|ma cap tren|ma cap tren truc tiep|don vi cap tren|truc thuoc|" },
	{ CB_F_CLUSTER, U, 0, "cluster", "cụm", "|cum|cum thi dua|" },
	{ CB_F_CELL_TYPE, U, 0, "cell_type",
	  "loại hình: thon_to_dan_pho, co_quan, doanh_nghiep_nha_nuoc, doanh_nghiep_tu_nhan, truong_hoc, luc_luong_vu_trang", "|loai hinh|loai hinh chi bo|" },
	{ CB_F_MEMBERS, U, 0, "members", "số đảng viên", "|membership|dang vien|so dang vien|tong so dang vien|dang so|" },
	{ CB_F_OFFICIAL_MEMBERS, U, 0, "official_members", "số đảng viên chính thức", "|official|dang vien chinh thuc|so dang vien chinh thuc|" },
	{ CB_F_FROM, U, 0, "from", "từ ngày; trống: từ trước đến nay", "|valid from|tu ngay|tu|hieu luc tu|" },
	{ CB_F_TO, U, 0, "to", "đến hết ngày; trống: đến nay", "|valid to|den ngay|den het ngay|den|hieu luc den|" },

	{ CB_F_UNIT, M | A | V | P, M | A | V | P, "unit", "mã đơn vị", "|unit code|code|ma|ma don vi|ma so|ma chi bo|ma to chuc|" },
	{ CB_F_UNIT_NAME, M | A | V | P, 0, "unit_name", "tên đơn vị (để đối chiếu)", "|name|ten|ten don vi|ten chi bo|ten to chuc|don vi|chi bo|" },
	{ CB_F_PROVINCE, M | A | V | P, 0, "province", "tỉnh hoặc cấp trên (để đối chiếu)", "|tinh|tinh thanh|tinh thanh pho|thanh pho|dang bo tinh|tinh hoac cap tren|" },
	{ CB_F_DAY, M | A, M | A, "held_on", "ngày sinh hoạt, dd/mm/yyyy",
	  "|meeting date|date|ngay|ngay hop|ngay sinh hoat|ngay sinh hoat chi bo|ngay to chuc|" },
	{ CB_F_DAY, V, V, "visited_on", "ngày dự sinh hoạt, dd/mm/yyyy", "|held on|meeting date|date|ngay|ngay du|ngay du sinh hoat|ngay hop|ngay sinh hoat|" },
	{ CB_F_MONTH, P, P, "month", "tháng: 2024-03 hoặc 03/2024", "|thang|ky|" },
	{ CB_F_STATUS, P, P, "status", "exempt (được miễn), postponed (hoãn) hoặc missed (không họp)", "|trang thai|tinh trang|" },
	{ CB_F_KIND, M | A, 0, "kind", "loại: regular (thường kỳ), thematic (chuyên đề), combined (kết hợp); trống: thường kỳ",
	  "|meeting kind|meeting type|loai|loai sinh hoat|hinh thuc sinh hoat|loai ky sinh hoat|" },
	{ CB_F_TOPIC, M, 0, "topic", "nội dung, chủ đề; tối đa 200 ký tự, không ghi tên người", "|noi dung|chu de|noi dung sinh hoat|noi dung hop|" },
	{ CB_F_ASSESSOR, A, 0, "assessor", "ai chấm: self (chi bộ tự chấm), observer (người dự), superior (cấp trên)", "|nguoi cham|ai cham|cap cham|" },
	{ CB_F_ITEM_ID, A, 0, "item", "mã nội dung chấm; trống: tổng điểm", "|criterion|tieu chi|muc|ma tieu chi|noi dung cham|ma noi dung cham|" },
	{ CB_F_POINTS, A, 0, "points", "điểm, ví dụ 8,5", "|score|diem|so diem|tong diem|" },
	{ CB_F_PROPOSED, A, 0, "proposed", "mức chi ủy đề nghị: tot, kha, trung_binh, kem", "|de nghi|muc de nghi|xep loai de nghi|chi uy de nghi|muc chi uy de nghi|" },
	{ CB_F_VOTES_FOR, A, 0, "votes_for", "số phiếu tán thành", "|phieu tan thanh|tan thanh|so phieu tan thanh|" },
	{ CB_F_VOTES_TOTAL, A, 0, "votes_total", "tổng số phiếu", "|tong so phieu|so phieu|" },
	{ CB_F_OFFICIAL, A, 0, "official", "mức cấp trên quyết định: tot, kha, trung_binh, kem", "|quyet dinh|xep loai|muc cong nhan|cap tren quyet dinh|muc cap tren quyet dinh|official level|" },
	{ CB_F_REASON, A | P, 0, "reason", "lý do", "|ly do|" },
	{ CB_F_NOTE, A, 0, "note", "lý do trừ điểm của mục chấm; cột mục trống: của cả buổi; tối đa 500 ký tự, không ghi tên người, số điện thoại",
	  "|ghi chu|ly do tru diem|ghi chu diem tru|ly do tru diem cua muc cham|" },
	{ CB_F_NOTE, M, 0, "meeting_note", "ghi chú cho cả buổi: lý do trừ điểm; tối đa 500 ký tự, không ghi tên người, số điện thoại",
	  "|ghi chu|ly do tru diem|ghi chu diem tru|ghi chu cho ca buoi|ghi chu cua buoi|" },
	{ CB_F_DECIDED_ON, A, 0, "decided_on", "ngày quyết định", "|ngay quyet dinh|" },
	{ CB_F_IGNORED, U | M | A | V | P, 0, "error", NULL, "|stt|tt|so tt|so thu tu|row|no|" },
};
#define NTABLE (sizeof(table) / sizeof(table[0]))

static unsigned bit(enum cb_import_what what)
{
	static const unsigned bits[] = { [CB_IMPORT_UNITS] = U, [CB_IMPORT_MEETINGS] = M, [CB_IMPORT_ASSESSMENTS] = A, [CB_IMPORT_VISITS] = V, [CB_IMPORT_MONTHS] = P };
	return bits[what];
}

#define KEY_MAX 160

static bool key_of(char key[static KEY_MAX], const char *s, size_t n)
{
	size_t len = cb_utf8_fold_into(key, KEY_MAX, s, n);
	return len > 0 && len < KEY_MAX;
}

static bool same_key(const char *key, const char *s)
{
	char other[KEY_MAX];
	return s && key_of(other, s, strlen(s)) && !strcmp(key, other);
}

static bool among(const char *list, const char *key)
{
	size_t n = strlen(key);
	for (const char *p = list; (p = strstr(p, key)); p++)
		if (p > list && p[-1] == '|' && p[n] == '|')
			return true;
	return false;
}

int cb_field_find(enum cb_import_what what, const struct cb_facts *dict, const char *heading, size_t n, const char **item, size_t *nitem)
{
	char key[KEY_MAX];
	unsigned in = bit(what);
	int fact;
	if (what == CB_IMPORT_ASSESSMENTS && n > 7 && !strncmp(heading, "points.", 7)) {
		*item = heading + 7, *nitem = n - 7;
		return CB_F_ITEM;
	}
	if (what == CB_IMPORT_ASSESSMENTS && n > 5 && !strncmp(heading, "note.", 5)) {
		*item = heading + 5, *nitem = n - 5;
		return CB_F_ITEM_NOTE;
	}
	if (!key_of(key, heading, n))
		return CB_F_UNKNOWN;
	for (size_t i = 0; i < NTABLE; i++)
		if ((table[i].in & in) && same_key(key, table[i].id))
			return table[i].field;
	if (what == CB_IMPORT_MEETINGS && (fact = cb_facts_find(dict, heading)) >= 0 && !cb_facts_at(dict, (size_t)fact)->attribute)
		return CB_F_FACTS + fact;
	for (size_t i = 0; i < NTABLE; i++)
		if ((table[i].in & in) && among(table[i].also, key))
			return table[i].field;
	if (what == CB_IMPORT_MEETINGS && (fact = cb_facts_heading(dict, heading)) >= 0 && !cb_facts_at(dict, (size_t)fact)->attribute)
		return CB_F_FACTS + fact;
	return CB_F_UNKNOWN;
}

static const struct row *row_of(int field, enum cb_import_what what)
{
	for (size_t i = 0; i < NTABLE; i++)
		if ((table[i].in & bit(what)) && table[i].field == field)
			return &table[i];
	return NULL;
}

const char *cb_field_name(int field, enum cb_import_what what, const struct cb_facts *dict)
{
	const struct row *r = row_of(field, what);
	if (r)
		return r->id;
	return field >= CB_F_FACTS ? cb_facts_at(dict, (size_t)(field - CB_F_FACTS))->id : "?";
}

bool cb_field_required(int field, enum cb_import_what what)
{
	const struct row *r = row_of(field, what);
	return r && (r->required & bit(what));
}

struct near {
	const char *key[1024]; /* look-up keys, and the id that each stands for */
	const char *id[1024];
	size_t n;
	char pool[16384];
	size_t used;
};

static void near_add(struct near *w, const char *key, size_t n, const char *id)
{
	if (w->n == 1024 || w->used + n + 1 > sizeof(w->pool))
		return;
	char *p = w->pool + w->used;
	size_t len = cb_utf8_fold_into(p, sizeof(w->pool) - w->used, key, n);
	if (len == 0 || len >= sizeof(w->pool) - w->used)
		return;
	w->used += len + 1;
	w->key[w->n] = p, w->id[w->n++] = id;
}

const char *cb_field_nearest(enum cb_import_what what, const struct cb_facts *dict, const char *heading)
{
	char given[KEY_MAX];
	struct near w = { .n = 0 };
	if (!key_of(given, heading, strlen(heading)))
		return NULL;
	for (size_t i = 0; i < NTABLE; i++) {
		if (!(table[i].in & bit(what)) || table[i].field == CB_F_IGNORED)
			continue;
		near_add(&w, table[i].id, strlen(table[i].id), table[i].id);
		for (const char *p = table[i].also + 1, *bar; (bar = strchr(p, '|')); p = bar + 1)
			near_add(&w, p, (size_t)(bar - p), table[i].id);
	}
	for (size_t i = 0; what == CB_IMPORT_MEETINGS && i < cb_facts_count(dict); i++) {
		const struct cb_fact *f = cb_facts_at(dict, i);
		if (f->attribute)
			continue;
		near_add(&w, f->id, strlen(f->id), f->id);
		near_add(&w, f->label, strlen(f->label), f->id);
		for (size_t k = 0; f->alias && f->alias[k]; k++)
			near_add(&w, f->alias[k], strlen(f->alias[k]), f->id);
	}
	const char *best = cb_nearest(given, w.key, w.n);
	for (size_t i = 0; best && i < w.n; i++)
		if (w.key[i] == best)
			return w.id[i];
	return NULL;
}

const char *cb_field_at(enum cb_import_what what, size_t i, int *field, const char **wants)
{
	for (size_t k = 0; k < NTABLE; k++) {
		if (!(table[k].in & bit(what)) || table[k].field == CB_F_IGNORED)
			continue;
		if (i-- == 0) {
			*field = table[k].field, *wants = table[k].wants;
			return table[k].id;
		}
	}
	return NULL;
}
