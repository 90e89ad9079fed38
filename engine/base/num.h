/*
 * num.h - exact numbers: points in thousandths, ratios, and how Vietnam writes them.
 *
 * Points are int64 thousandths of a point from end to end (88,5 points = 88500). A ratio is an exact fraction with
 * d > 0, always in lowest terms when made by these functions. Comparison goes through 128 bits, so 8/10 meets 0.8
 * and 2/3 meets ratio(2,3). Nothing here uses floating point except cb_ratio_from_double, which takes the shortest
 * decimal that reads back as the same double ("0.65" -> 13/20).
 */
#ifndef CB_BASE_NUM_H
#define CB_BASE_NUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef int64_t cb_pts; /* thousandths of a point */
#define CB_PTS(whole) ((cb_pts)(whole) * 1000)
#define CB_PTS_MAX ((cb_pts)1000000000) /* a million points: the largest that any form may give */

struct cb_ratio {
	int64_t n, d; /* n/d, d > 0; d == 0 means absent */
};

enum cb_round { CB_ROUND_NONE, CB_ROUND_HALF_UP, CB_ROUND_HALF_EVEN, CB_ROUND_DOWN, CB_ROUND_UP };
/* half_up: half away from zero; down: toward zero; up: away from zero. */

struct cb_ratio cb_ratio_make(int64_t n, int64_t d);              /* lowest terms; d == 0 gives absent */
int cb_ratio_cmp(struct cb_ratio a, struct cb_ratio b);           /* -1, 0, 1; both present */
/* Each gives false (and leaves *out absent) when the result does not fit 64 bits or divides by zero. */
bool cb_ratio_add(struct cb_ratio *out, struct cb_ratio a, struct cb_ratio b);
bool cb_ratio_sub(struct cb_ratio *out, struct cb_ratio a, struct cb_ratio b);
bool cb_ratio_mul(struct cb_ratio *out, struct cb_ratio a, struct cb_ratio b);
bool cb_ratio_div(struct cb_ratio *out, struct cb_ratio a, struct cb_ratio b);
bool cb_ratio_from_double(struct cb_ratio *out, double x);        /* false: not finite, or more than 15 digits */
/* "12", "-3.5", "0,65" (comma or point as decimal mark, no thousands marks, no exponent); whole string; false if not. */
bool cb_ratio_parse(struct cb_ratio *out, const char *s, size_t n);

/* n/d as a whole number (NONE cuts, as DOWN does); kept within 64 bits. To round to a multiple of a step, divide by
   the step and multiply the result. d is not 0. */
int64_t cb_round_div(__int128 n, __int128 d, enum cb_round how);
enum cb_round cb_round_find(const char *name);                    /* "half_up", "half_even", "down", "up"; NONE if unknown */
const char *cb_round_name(enum cb_round how);

/* Exact points of a decimal text ("7,5" or "7.5"): false when it is not a decimal, or finer than a thousandth. */
bool cb_pts_parse(cb_pts *out, const char *s, size_t n);
/* Exact thousandths of a ratio of points; false when it is not a whole number of thousandths or too large. */
bool cb_pts_from_ratio(cb_pts *out, struct cb_ratio r);

/* The vi functions write "." for thousands and "," for decimals; each writes at most `cap` bytes, NUL-terminated, returns dst. */
#define CB_NUM_TEXT 48
char *cb_fmt_int_vi(char *dst, size_t cap, int64_t n);                       /* 1.185 */
char *cb_fmt_pts_vi(char *dst, size_t cap, cb_pts p);                        /* 88,5  (no trailing zeros) */
char *cb_fmt_pts(char *dst, size_t cap, cb_pts p);                           /* 88.5  (for CSV, JSON) */
char *cb_fmt_ratio_vi(char *dst, size_t cap, struct cb_ratio r, int decimals); /* half up: 0,797 */
char *cb_fmt_percent_vi(char *dst, size_t cap, int64_t part, int64_t whole, int decimals); /* half up: "79,7" ; whole 0: "–" */
char *cb_fmt_ratio(char *dst, size_t cap, struct cb_ratio r);                /* shortest exact decimal, else "2/3" */

#endif
