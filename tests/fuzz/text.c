/* text.c - libFuzzer over base/utf8, base/date and base/num: what is promised of any bytes. `make fuzz`. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "base/alloc.h"
#include "base/date.h"
#include "base/num.h"
#include "base/utf8.h"
#include "model/fact.h"
#include "model/meeting.h"
#include "model/unit.h"

#define MUST(x) do { if (!(x)) __builtin_trap(); } while (0)

static void text(const char *s, size_t n)
{
	struct cb_buf a, b;
	size_t at = 0, valid = cb_utf8_valid(s, n), w, max;
	enum cb_text_fault f = cb_text_check(s, n, &at);

	MUST(valid <= n && at <= n);
	MUST(f == CB_TEXT_OK ? at == n && valid == n : at < n);
	MUST(f != CB_TEXT_ENCODING || at == valid);
	cb_buf_init(&a);
	cb_buf_init(&b);
	MUST(cb_utf8_nfc(&a, s, n));
	if (valid == n)
		MUST(cb_utf8_valid(a.s, a.len) == a.len);
	MUST(cb_utf8_nfc(&b, a.s, a.len) && a.len == b.len && memcmp(a.s, b.s, a.len) == 0);
	if (valid == n) { /* both forms sort and fold alike */
		struct cb_buf c;

		cb_buf_clear(&b);
		cb_buf_init(&c);
		MUST(cb_utf8_sort_key(&b, s, n) && cb_utf8_sort_key(&c, a.s, a.len));
		MUST(b.len == c.len && memcmp(b.s, c.s, b.len) == 0);
		cb_buf_release(&c);
	}
	cb_buf_clear(&a);
	cb_buf_clear(&b);
	MUST(cb_utf8_fold(&a, s, n));
	MUST(cb_utf8_valid(a.s, a.len) == a.len);
	MUST(a.len == 0 || (a.s[0] != ' ' && a.s[a.len - 1] != ' '));
	MUST(cb_utf8_fold(&b, a.s, a.len) && a.len == b.len && memcmp(a.s, b.s, a.len) == 0);
	MUST(cb_utf8_fold_into(NULL, 0, s, n) == a.len);
	w = cb_utf8_width(s, n);
	for (max = 0; max < 6; max++) {
		size_t fit = cb_utf8_fit(s, n, max);

		MUST(fit <= n && cb_utf8_width(s, fit) <= max);
		MUST(w > max || fit == n);
	}
	for (max = 0; max < n + 8; max += 1 + n / 8) {
		size_t bad;

		cb_buf_clear(&b);
		cb_text_clean(&b, s, n, max);
		MUST(b.len <= max && cb_text_check(b.s, b.len, &bad) == CB_TEXT_OK);
	}
	cb_text_looks_broken(s, n);
	if (cb_text_lookalike(s, n, &at))
		MUST(at < n);
	cb_buf_release(&a);
	cb_buf_release(&b);
}

static void words(const char *s, size_t n)
{
	struct cb_period p, q;
	struct cb_ratio r, again;
	char code[64], out[CB_NUM_TEXT];
	cb_day d, e;
	cb_pts pts;

	if (cb_day_parse(&d, s, n) != CB_DATE_BAD) {
		MUST(cb_day_parse(&e, cb_day_iso(code, d), 10) == CB_DATE_ISO && e == d);
		MUST(cb_day_parse(&e, cb_day_vi(code, d), 10) == CB_DATE_VN && e == d);
	}
	if (cb_period_parse(&p, s)) {
		MUST(p.from <= p.to && p.months >= 1);
		MUST(cb_period_parse(&q, cb_period_code(code, sizeof(code), &p)));
		MUST(q.kind == p.kind && q.from == p.from && q.to == p.to && q.months == p.months);
		cb_period_before(&q, &p);
		MUST(q.kind == p.kind && q.from <= q.to && (q.to < p.from || p.from == CB_DAY_MIN || q.from <= p.from));
	}
	if (cb_ratio_parse(&r, s, n)) {
		MUST(r.d > 0);
		cb_fmt_ratio(out, sizeof(out), r);
		if (strchr(out, '/') == NULL)
			MUST(cb_ratio_parse(&again, out, strlen(out)) && cb_ratio_cmp(r, again) == 0);
	}
	if (cb_pts_parse(&pts, s, n)) {
		cb_pts back;

		cb_fmt_pts(out, sizeof(out), pts);
		MUST(cb_pts_parse(&back, out, strlen(out)) && back == pts);
	}
	cb_unit_kind_find(s);
	cb_cell_type_find(s);
	cb_assessor_find(s);
	cb_round_find(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	long live = cb_alloc_live();
	char *whole = cb_malloc(size + 1);

	MUST(whole);
	memcpy(whole, data, size);
	whole[size] = '\0';
	text(whole, size);
	words(whole, strlen(whole));
	cb_free(whole);
	MUST(cb_alloc_live() == live);
	return 0;
}
