/*
 * date.h - days and periods; there is no clock here except cb_today().
 *
 * A day is an int32 count since 1970-01-01 (proleptic Gregorian). CB_DAY_MIN / CB_DAY_MAX stand for "always been"
 * and "until further notice"; a span [from, to] includes both ends.
 */
#ifndef CB_BASE_DATE_H
#define CB_BASE_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef int32_t cb_day;
#define CB_DAY_MIN ((cb_day)-25567) /* 1900-01-01 */
#define CB_DAY_MAX ((cb_day)80353)  /* 2189-12-31 */
#define CB_DAY_NONE ((cb_day)INT32_MIN)

bool cb_day_make(cb_day *out, int y, int m, int d); /* false: no such day, or outside MIN..MAX */
void cb_day_split(cb_day day, int *y, int *m, int *d);
/* "2024-02-15" or "15/02/2024" (d/m/yyyy allowed): whole string. */
enum cb_date_form { CB_DATE_BAD, CB_DATE_ISO, CB_DATE_VN };
enum cb_date_form cb_day_parse(cb_day *out, const char *s, size_t n);
char *cb_day_iso(char dst[static 11], cb_day day); /* 2024-02-15 */
char *cb_day_vi(char dst[static 11], cb_day day);  /* 15/02/2024 */
cb_day cb_today(void);                             /* honours SOURCE_DATE_EPOCH; only cli calls it */

enum cb_period_kind { CB_MONTH, CB_QUARTER, CB_HALF, CB_NINE_MONTHS, CB_YEAR, CB_SPAN };

struct cb_period {
	enum cb_period_kind kind;
	cb_day from, to; /* both included */
	int months;      /* calendar months touched */
};

/* "2020-03", "2020-Q1", "2020-H1", "2020-9M", "2020", "2020-01-01..2020-03-31"; also "Q1 2020", "quarter 1 2020",
   "nine-months 2020", "quý 1/2020", "6 tháng đầu năm 2020", "9 tháng 2020", "tháng 3/2020", "năm 2020". */
bool cb_period_parse(struct cb_period *out, const char *s);
bool cb_period_make(struct cb_period *out, enum cb_period_kind kind, int year, int nth);
void cb_period_before(struct cb_period *out, const struct cb_period *p); /* the same kind, just before; nine months: the same of last year */
char *cb_period_code(char *dst, size_t cap, const struct cb_period *p);  /* 2020-Q1 */
char *cb_period_vi(char *dst, size_t cap, const struct cb_period *p);    /* Quý I/2020, 6 tháng đầu năm 2020, 9 tháng đầu năm 2020 */
void cb_month_of(struct cb_period *out, cb_day day);

#endif
