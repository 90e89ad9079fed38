/*
 * fact.c - the core dictionary, and dictionaries with what packs declared on top.
 *
 * Aliases are written as look-up keys (lower case, no marks, blanks for punctuation). Look-ups go through the list
 * one by one: there are some forty facts.
 */
#include "model/fact.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/date.h"
#include "base/diag.h"
#include "base/num.h"
#include "base/utf8.h"
#include "model/meeting.h"
#include "model/unit.h"

#define LIST(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define PEOPLE 0, CB_FACT_VALUE_MAX
#define DAY_LONG 0, 1440
#define FLAG(id_, label_, ...) \
	{ .id = (id_), .type = CB_FACT_FLAG, .min = 0, .max = 1, .label = (label_), .unit = "", .alias = LIST(__VA_ARGS__) }
#define FACT(id_, type_, min_, max_, label_, unit_, fixed_, ...) \
	{ .id = (id_), .type = (type_), .min = (min_), .max = (max_), .label = (label_), .unit = (unit_), .fixed = (fixed_), \
	  .alias = LIST(__VA_ARGS__) }
/* FACT expands its limits from one argument */
#define NUMBER(id_, type_, limits_, label_, unit_, fixed_, ...) FACT_(id_, type_, limits_, label_, unit_, fixed_, __VA_ARGS__)
#define FACT_(...) FACT(__VA_ARGS__)

static const struct cb_fact core[] = {
	/* who */
	FACT("members", CB_FACT_COUNT, 1, CB_FACT_VALUE_MAX, "tổng số đảng viên", "người", true, "membership", "dang vien",
	     "so dang vien", "member count", "dang so"),
	NUMBER("exempt", CB_FACT_COUNT, PEOPLE, "số đảng viên được miễn sinh hoạt", "người", true, "mien sinh hoat", "exempted",
	       "so mien sinh hoat", "duoc mien sinh hoat"),
	NUMBER("special_duty", CB_FACT_COUNT, PEOPLE, "số đảng viên làm nhiệm vụ đặc biệt", "người", true, "nhiem vu dac biet",
	       "lam nhiem vu dac biet"),
	NUMBER("working_away", CB_FACT_COUNT, PEOPLE, "số đảng viên đi làm ăn xa", "người", true, "di lam an xa", "lam an xa",
	       "cong tac xa", "away"),
	NUMBER("present", CB_FACT_COUNT, PEOPLE, "số đảng viên có mặt", "người", false, "attendance", "du hop", "co mat",
	       "so du hop", "so co mat", "dang vien co mat", "dang vien du hop", "so dang vien du hop", "attended"),
	NUMBER("absent_excused", CB_FACT_COUNT, PEOPLE, "số đảng viên vắng có lý do", "người", false, "vang co ly do",
	       "so vang co ly do", "absent with reason"),
	NUMBER("absent_unexcused", CB_FACT_COUNT, PEOPLE, "số đảng viên vắng không lý do", "người", false, "vang khong ly do",
	       "so vang khong ly do", "vang khong co ly do", "absent without reason"),
	FACT("longest_excused_run", CB_FACT_COUNT, 0, 366, "số lần vắng có lý do liên tiếp nhiều nhất trong năm", "lần", false,
	     "vang lien tiep", "so lan vang lien tiep"),
	/* when */
	NUMBER("required_minutes", CB_FACT_MINUTES, DAY_LONG, "thời lượng yêu cầu", "phút", true, "thoi luong quy dinh",
	       "so phut yeu cau"),
	NUMBER("duration_minutes", CB_FACT_MINUTES, DAY_LONG, "thời lượng sinh hoạt", "phút", false, "thoi luong", "duration",
	       "so phut", "thoi gian sinh hoat", "so phut sinh hoat"),
	NUMBER("started_late_minutes", CB_FACT_MINUTES, DAY_LONG, "số phút bắt đầu muộn", "phút", false, "bat dau muon",
	       "muon", "late minutes"),
	FACT("planned_on", CB_FACT_DATE, CB_DAY_MIN, CB_DAY_MAX, "ngày đăng ký sinh hoạt", "", true, "ngay dang ky",
	     "ngay du kien", "planned date"),
	{ .id = "held_on", .type = CB_FACT_DATE, .min = CB_DAY_MIN, .max = CB_DAY_MAX, .label = "ngày sinh hoạt", .unit = "",
	  .fixed = true, .attribute = true,
	  .alias = LIST("meeting date", "ngay hop", "ngay", "date", "ngay sinh hoat chi bo", "ngay to chuc") },
	{ .id = "kind", .type = CB_FACT_WORD, .min = 0, .max = CB_MEETING_KINDS - 1, .label = "loại sinh hoạt", .unit = "",
	  .fixed = true, .attribute = true, .vocab = LIST("regular", "thematic", "combined"),
	  .vocab_vi = LIST("thường kỳ", "chuyên đề", "thường kỳ kết hợp chuyên đề"),
	  .alias = LIST("meeting kind", "meeting type", "loai", "hinh thuc sinh hoat", "loai ky sinh hoat") },
	FLAG("online", "sinh hoạt trực tuyến", "truc tuyen"),
	FLAG("out_of_hours", "sinh hoạt ngoài giờ", "ngoai gio", "ngoai gio lam viec"),
	/* before */
	NUMBER("committee_size", CB_FACT_COUNT, PEOPLE, "số chi ủy viên", "người", true, "so luong chi uy", "chi uy vien",
	       "chi uy"),
	FLAG("committee_met", "chi ủy họp trước", "chi uy hop", "hop chi uy", "committee meeting"),
	FLAG("committee_minutes", "có biên bản họp chi ủy", "bien ban chi uy", "bien ban hop chi uy"),
	FACT("notice_days", CB_FACT_DAYS, 0, 366, "số ngày thông báo trước", "ngày", false, "thong bao truoc", "notice"),
	FLAG("superior_notified", "đã báo cáo cấp ủy cấp trên", "bao cao cap tren", "thong bao cap tren"),
	FACT("documents_days_before", CB_FACT_DAYS, -31, 366, "số ngày gửi tài liệu trước buổi sinh hoạt", "ngày", false,
	     "gui tai lieu truoc", "so ngay gui tai lieu", "documents sent before"),
	FLAG("content_focused", "nội dung có trọng tâm", "trong tam", "noi dung trong tam"),
	FLAG("draft_prepared", "có chuẩn bị dự thảo", "du thao", "du thao nghi quyet", "draft"),
	/* during */
	FLAG("steps_complete", "đủ các bước theo quy trình", "du cac buoc", "dung trinh tu", "du trinh tu"),
	FLAG("regular_content", "đủ nội dung sinh hoạt thường kỳ", "noi dung thuong ky"),
	FLAG("thematic_content", "có nội dung chuyên đề", "noi dung chuyen de"),
	FLAG("praise_given", "có biểu dương", "bieu duong", "khen"),
	FLAG("criticism_given", "có nhắc nhở, phê bình", "nhac nho", "phe binh", "tu phe binh va phe binh"),
	NUMBER("speakers", CB_FACT_COUNT, PEOPLE, "số đảng viên phát biểu", "người", false, "phat bieu", "so phat bieu",
	       "so nguoi phat bieu"),
	NUMBER("opinions", CB_FACT_COUNT, PEOPLE, "số lượt ý kiến", "ý kiến", false, "y kien", "so y kien", "luot phat bieu"),
	NUMBER("ideology_minutes", CB_FACT_MINUTES, DAY_LONG, "thời gian đánh giá tư tưởng, phê bình", "phút", false,
	       "tu tuong", "so phut tu tuong"),
	FLAG("minutes_recorded", "ghi biên bản đầy đủ", "minutes", "bien ban", "co bien ban", "so bien ban", "ghi bien ban"),
	/* after */
	FLAG("resolution_passed", "ra nghị quyết, kết luận", "nghi quyet", "ra nghi quyet", "resolution"),
	NUMBER("tasks_assigned", CB_FACT_COUNT, PEOPLE, "số nhiệm vụ đã giao", "nhiệm vụ", true, "nhiem vu giao",
	       "so nhiem vu giao", "so nhiem vu"),
	NUMBER("tasks_done", CB_FACT_COUNT, PEOPLE, "số nhiệm vụ hoàn thành", "nhiệm vụ", false, "nhiem vu hoan thanh",
	       "hoan thanh nhiem vu"),
	NUMBER("targets_set", CB_FACT_COUNT, PEOPLE, "số chỉ tiêu đề ra", "chỉ tiêu", true, "chi tieu de ra", "so chi tieu",
	       "chi tieu"),
	NUMBER("targets_met", CB_FACT_COUNT, PEOPLE, "số chỉ tiêu đạt", "chỉ tiêu", false, "chi tieu dat", "dat chi tieu"),
	FACT("reported_days_after", CB_FACT_DAYS, 0, 366, "số ngày gửi báo cáo sau buổi sinh hoạt", "ngày", false, "bao cao sau",
	     "so ngay bao cao"),
	{ .id = "observer_attended", .type = CB_FACT_FLAG, .min = 0, .max = 1, .label = "cấp trên có dự", .unit = "",
	  .fixed = true, .alias = LIST("cap tren du", "can bo du", "observer") },
	/* of the unit, on the day */
	{ .id = "unit_kind", .type = CB_FACT_WORD, .min = 0, .max = CB_UNIT_KINDS - 1, .label = "loại tổ chức đảng", .unit = "",
	  .fixed = true, .attribute = true,
	  .vocab = LIST("trung_uong", "tinh", "khoi", "huyen", "xa", "dang_bo_co_so", "dang_bo_bo_phan", "chi_bo_co_so",
			"chi_bo_truc_thuoc"),
	  .vocab_vi = LIST("Trung ương", "Đảng bộ tỉnh, thành phố", "Đảng bộ Khối", "Đảng bộ huyện", "Đảng bộ xã, phường",
			   "Đảng bộ cơ sở", "Đảng bộ bộ phận", "Chi bộ cơ sở", "Chi bộ trực thuộc") },
	{ .id = "cell_type", .type = CB_FACT_WORD, .min = 0, .max = CB_CELL_TYPES - 1, .label = "loại hình chi bộ", .unit = "",
	  .fixed = true, .attribute = true,
	  .vocab = LIST("", "thon_to_dan_pho", "co_quan", "doanh_nghiep_nha_nuoc", "doanh_nghiep_tu_nhan", "truong_hoc",
			"luc_luong_vu_trang"),
	  .vocab_vi = LIST("", "Thôn, tổ dân phố", "Cơ quan, đơn vị sự nghiệp", "Doanh nghiệp nhà nước", "Doanh nghiệp tư nhân",
			   "Trường học", "Lực lượng vũ trang"),
	  .alias = LIST("loai hinh") },
};
#define NCORE (sizeof(core) / sizeof(core[0]))

size_t cb_fact_core_count(void)
{
	return NCORE;
}

const struct cb_fact *cb_fact_core(size_t i)
{
	return i < NCORE ? &core[i] : NULL;
}

int cb_fact_core_find(const char *id)
{
	size_t i;

	for (i = 0; i < NCORE; i++)
		if (strcmp(core[i].id, id) == 0)
			return (int)i;
	return -1;
}

static const char *const type_ids[] = {
	[CB_FACT_COUNT] = "count", [CB_FACT_MINUTES] = "minutes", [CB_FACT_DAYS] = "days",	 [CB_FACT_DATE] = "date",
	[CB_FACT_FLAG] = "flag",   [CB_FACT_WORD] = "word",	  [CB_FACT_DECIMAL] = "decimal",
};

const char *cb_fact_type_id(enum cb_fact_type t)
{
	return type_ids[t];
}

int cb_fact_type_find(const char *id)
{
	size_t i;

	for (i = 0; i < sizeof(type_ids) / sizeof(type_ids[0]); i++)
		if (strcmp(type_ids[i], id) == 0)
			return (int)i;
	return -1;
}

/* --- dictionaries ------------------------------------------------------------------------------------------------ */

struct cb_facts {
	struct cb_arena mem;
	struct cb_fact **extra; /* those that packs declared */
	size_t n, cap;
};

int cb_facts_new(struct cb_facts **out, struct cb_err *err)
{
	struct cb_facts *f = cb_calloc(1, sizeof(*f));

	*out = f;
	if (f == NULL)
		return cb_err_nomem(err);
	cb_arena_init(&f->mem);
	return CB_OK;
}

void cb_facts_free(struct cb_facts *f)
{
	if (f == NULL)
		return;
	cb_arena_release(&f->mem);
	cb_free(f->extra);
	cb_free(f);
}

size_t cb_facts_count(const struct cb_facts *f)
{
	return NCORE + f->n;
}

const struct cb_fact *cb_facts_at(const struct cb_facts *f, size_t i)
{
	if (i < NCORE)
		return &core[i];
	return i - NCORE < f->n ? f->extra[i - NCORE] : NULL;
}

int cb_facts_find(const struct cb_facts *f, const char *id)
{
	int k = cb_fact_core_find(id);
	size_t i;

	for (i = 0; k < 0 && i < f->n; i++)
		if (strcmp(f->extra[i]->id, id) == 0)
			k = (int)(NCORE + i);
	return k;
}

static bool id_ok(const char *id)
{
	size_t i;

	for (i = 0; id[i]; i++)
		if (!((id[i] >= 'a' && id[i] <= 'z') || (i && ((id[i] >= '0' && id[i] <= '9') || id[i] == '_'))))
			return false;
	return i > 0 && i <= CB_FACT_ID_MAX;
}

static size_t list_count(const char *const *list)
{
	size_t n = 0;

	while (list && list[n])
		n++;
	return n;
}

static bool list_copy(struct cb_arena *mem, const char *const **out, const char *const *list)
{
	size_t n = list_count(list), i;
	const char **copy;

	*out = NULL;
	if (list == NULL)
		return true;
	copy = CB_NEWV(mem, n + 1, const char *);
	if (copy == NULL)
		return false;
	for (i = 0; i < n; i++)
		if ((copy[i] = cb_arena_strdup(mem, list[i])) == NULL)
			return false;
	*out = copy;
	return true;
}

static bool same_list(const char *const *a, const char *const *b)
{
	size_t n = list_count(a), i;

	if (n != list_count(b))
		return false;
	for (i = 0; i < n; i++)
		if (strcmp(a[i], b[i]) != 0)
			return false;
	return true;
}

static int check_new(const struct cb_fact *fact, struct cb_err *err)
{
	const int64_t widest = fact->type == CB_FACT_DECIMAL ? (int64_t)CB_FACT_VALUE_MAX * 1000 : CB_FACT_VALUE_MAX;

	if (!id_ok(fact->id))
		return cb_err_set(err, CB_EDATA, "fact %.60s: an id is 1 to %d of a-z, 0-9 and _, and begins with a letter", fact->id,
				  CB_FACT_ID_MAX);
	if (fact->label == NULL || fact->label[0] == '\0')
		return cb_err_set(err, CB_EDATA, "fact %s: has no label", fact->id);
	if (cb_text_check(fact->label, strlen(fact->label), NULL) != CB_TEXT_OK)
		return cb_err_set(err, CB_EDATA, "fact %s: the label is not plain text", fact->id);
	if (fact->min > fact->max)
		return cb_err_set(err, CB_EDATA, "fact %s: min is above max", fact->id);
	if (fact->type != CB_FACT_DATE && (fact->min < -widest || fact->max > widest))
		return cb_err_set(err, CB_EDATA, "fact %s: limits go beyond a million", fact->id);
	if (fact->type == CB_FACT_WORD && (list_count(fact->vocab) == 0 || (size_t)fact->max >= list_count(fact->vocab) || fact->min < 0))
		return cb_err_set(err, CB_EDATA, "fact %s: a word fact lists its words", fact->id);
	if (fact->vocab_vi && list_count(fact->vocab_vi) != list_count(fact->vocab))
		return cb_err_set(err, CB_EDATA, "fact %s: as many Vietnamese words as words", fact->id);
	return CB_OK;
}

int cb_facts_declare(struct cb_facts *f, const struct cb_fact *fact, struct cb_err *err)
{
	struct cb_fact *one;
	int at = cb_facts_find(f, fact->id), rc;

	if (at >= 0) {
		const struct cb_fact *old = cb_facts_at(f, (size_t)at);

		if (old->type != fact->type)
			return cb_err_set(err, CB_EEXIST, "fact %s: is a %s already%s%s, not a %s", fact->id, type_ids[old->type],
					  old->pack ? " in " : "", old->pack ? old->pack : "", type_ids[fact->type]);
		if (fact->type == CB_FACT_WORD && !same_list(old->vocab, fact->vocab))
			return cb_err_set(err, CB_EEXIST, "fact %s: has other words already%s%s", fact->id, old->pack ? " in " : "",
					  old->pack ? old->pack : "");
		return CB_OK;
	}
	if ((rc = check_new(fact, err)) != 0)
		return rc;
	if (f->n == f->cap) {
		size_t cap = f->cap ? f->cap * 2 : 8;
		struct cb_fact **extra = cb_reallocarray(f->extra, cap, sizeof(*extra));

		if (extra == NULL)
			return cb_err_nomem(err);
		f->extra = extra;
		f->cap = cap;
	}
	one = CB_NEW(&f->mem, struct cb_fact);
	if (one == NULL)
		return cb_err_nomem(err);
	*one = *fact;
	one->id = cb_arena_strdup(&f->mem, fact->id);
	one->label = cb_arena_strdup(&f->mem, fact->label);
	one->unit = cb_arena_strdup(&f->mem, fact->unit ? fact->unit : "");
	one->pack = cb_arena_strdup(&f->mem, fact->pack);
	if (one->id == NULL || one->label == NULL || one->unit == NULL || (fact->pack && one->pack == NULL) ||
	    !list_copy(&f->mem, &one->vocab, fact->vocab) || !list_copy(&f->mem, &one->vocab_vi, fact->vocab_vi) ||
	    !list_copy(&f->mem, &one->alias, fact->alias))
		return cb_err_nomem(err);
	f->extra[f->n++] = one;
	return CB_OK;
}

const char *cb_facts_nearest(const struct cb_facts *f, const char *id)
{
	const char *names[NCORE], *best = NULL, *rival;
	size_t i;

	for (i = 0; i < NCORE; i++)
		names[i] = core[i].id;
	best = cb_nearest(id, names, NCORE);
	for (i = 0; i < f->n; i++) {
		const char *pair[2] = { best, f->extra[i]->id };

		rival = cb_nearest(id, best ? pair : pair + 1, best ? 2 : 1);
		if (rival)
			best = rival;
	}
	return best;
}

static bool names(const struct cb_fact *fact, const char *key)
{
	const char *const *a;

	if (cb_fold_equal(fact->id, key) || cb_fold_equal(fact->label, key))
		return true;
	for (a = fact->alias; a && *a; a++)
		if (cb_fold_equal(*a, key))
			return true;
	return false;
}

int cb_facts_heading(const struct cb_facts *f, const char *heading)
{
	char key[256];
	size_t n = cb_utf8_fold_into(key, sizeof(key), heading, strlen(heading)), i;

	if (n == 0 || n >= sizeof(key))
		return -1;
	for (i = 0; i < cb_facts_count(f); i++)
		if (names(cb_facts_at(f, i), key))
			return (int)i;
	return -1;
}

/* --- one value ---------------------------------------------------------------------------------------------------- */

int cb_fact_word(const struct cb_fact *fact, const char *word)
{
	size_t i;

	if (word[0] == '\0')
		return -1;
	for (i = 0; fact->vocab && fact->vocab[i]; i++)
		if (cb_fold_equal(fact->vocab[i], word))
			return (int)i;
	for (i = 0; fact->vocab_vi && fact->vocab_vi[i]; i++)
		if (cb_fold_equal(fact->vocab_vi[i], word))
			return (int)i;
	return -1;
}

static const char *word_vi(const struct cb_fact *fact, int64_t value)
{
	const char *const *list = fact->vocab_vi ? fact->vocab_vi : fact->vocab;

	return value >= 0 && (size_t)value < list_count(list) ? list[value] : "?";
}

char *cb_fact_text_vi(char *dst, size_t cap, const struct cb_fact *fact, int64_t value)
{
	char num[CB_NUM_TEXT], day[11];
	bool unit = fact->unit && fact->unit[0];

	switch (fact->type) {
	case CB_FACT_FLAG:
		snprintf(dst, cap, "%s", value ? "có" : "không");
		break;
	case CB_FACT_WORD:
		snprintf(dst, cap, "%s", word_vi(fact, value));
		break;
	case CB_FACT_DATE:
		snprintf(dst, cap, "%s", cb_day_vi(day, value < CB_DAY_MIN || value > CB_DAY_MAX ? CB_DAY_NONE : (cb_day)value));
		break;
	case CB_FACT_DECIMAL:
		snprintf(dst, cap, "%s%s%s", cb_fmt_pts_vi(num, sizeof(num), value), unit ? " " : "", unit ? fact->unit : "");
		break;
	case CB_FACT_COUNT:
	case CB_FACT_MINUTES:
	case CB_FACT_DAYS:
		snprintf(dst, cap, "%s%s%s", cb_fmt_int_vi(num, sizeof(num), value), unit ? " " : "", unit ? fact->unit : "");
		break;
	}
	return dst;
}

int cb_fact_check(const struct cb_fact *fact, int64_t value, struct cb_err *err)
{
	char lo[CB_NUM_TEXT], hi[CB_NUM_TEXT], d1[11], d2[11];

	if (value >= fact->min && value <= fact->max)
		return CB_OK;
	switch (fact->type) {
	case CB_FACT_FLAG:
		return cb_err_set(err, CB_EDATA, "must be 0 or 1");
	case CB_FACT_WORD:
		return cb_err_set(err, CB_EDATA, "is none of the words of %s", fact->id);
	case CB_FACT_DATE:
		return cb_err_set(err, CB_EDATA, "must be %s to %s", cb_day_vi(d1, (cb_day)fact->min), cb_day_vi(d2, (cb_day)fact->max));
	case CB_FACT_DECIMAL:
		return cb_err_set(err, CB_EDATA, "must be %s to %s", cb_fmt_pts_vi(lo, sizeof(lo), fact->min),
				  cb_fmt_pts_vi(hi, sizeof(hi), fact->max));
	case CB_FACT_COUNT:
	case CB_FACT_MINUTES:
	case CB_FACT_DAYS:
		break;
	}
	return cb_err_set(err, CB_EDATA, "must be %s to %s", cb_fmt_int_vi(lo, sizeof(lo), fact->min),
			  cb_fmt_int_vi(hi, sizeof(hi), fact->max));
}
