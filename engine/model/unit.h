/*
 * unit.h - party organisations; everything about them holds from a day to a day.
 *
 * A unit is a code that never changes plus spans: in each, its name, kind, parent, cluster, cell type and member
 * count. Spans of a unit do not overlap. The mergers of 01/7/2025 are two spans with different parents.
 */
#ifndef CB_MODEL_UNIT_H
#define CB_MODEL_UNIT_H

#include <stdbool.h>
#include <stdint.h>
#include "base/date.h"
#include "base/err.h"

enum cb_unit_kind {
	CB_UNIT_CENTRAL,        /* trung_uong: above everything, even when no row says so */
	CB_UNIT_PROVINCE,       /* tinh: Đảng bộ tỉnh, thành phố */
	CB_UNIT_BLOCK,          /* khoi: Đảng bộ Khối (until early 2025) */
	CB_UNIT_DISTRICT,       /* huyen (until 01/7/2025) */
	CB_UNIT_COMMUNE,        /* xa: xã, phường (since 01/7/2025 directly under the province) */
	CB_UNIT_BASE_COMMITTEE, /* dang_bo_co_so */
	CB_UNIT_PART_COMMITTEE, /* dang_bo_bo_phan */
	CB_UNIT_BASE_CELL,      /* chi_bo_co_so */
	CB_UNIT_CELL,           /* chi_bo_truc_thuoc */
	CB_UNIT_KINDS
};

enum cb_cell_type {
	CB_CELL_NONE,    /* not a cell, or not said */
	CB_CELL_HAMLET,  /* thon_to_dan_pho */
	CB_CELL_OFFICE,  /* co_quan: administrative and public-service office */
	CB_CELL_STATE,   /* doanh_nghiep_nha_nuoc */
	CB_CELL_PRIVATE, /* doanh_nghiep_tu_nhan: private and foreign */
	CB_CELL_SCHOOL,  /* truong_hoc */
	CB_CELL_ARMED,   /* luc_luong_vu_trang */
	CB_CELL_TYPES
};

const char *cb_unit_kind_id(enum cb_unit_kind k); /* "chi_bo_co_so" */
const char *cb_unit_kind_vi(enum cb_unit_kind k); /* "Chi bộ cơ sở" */
int cb_unit_kind_find(const char *word);          /* id or Vietnamese, folded; -1 */
bool cb_unit_is_cell(enum cb_unit_kind k);        /* holds meetings */
const char *cb_cell_type_id(enum cb_cell_type t);
const char *cb_cell_type_vi(enum cb_cell_type t);
int cb_cell_type_find(const char *word);

/* One span as it comes in; strings borrowed from the caller. */
struct cb_unit_span {
	const char *code;    /* [A-Za-z0-9][A-Za-z0-9._-]*, at most 40 bytes */
	const char *name;    /* NFC */
	enum cb_unit_kind kind;
	const char *parent;  /* code, NULL for a root */
	const char *cluster; /* cụm, NULL: none */
	enum cb_cell_type cell_type;
	int64_t members;     /* -1: not said */
	int64_t official_members; /* đảng viên chính thức; -1: not said */
	cb_day from, to;
};
/* 0 or CB_EDATA with what is wrong, naming the field. */
int cb_unit_span_check(const struct cb_unit_span *s, struct cb_err *err);
bool cb_code_ok(const char *s, size_t n);

#endif
