/*
 * trees.h - declared trees by hand, compactly, as engine/lua would leave them: OP("ge", F("present"), N("3")).
 *
 * All live in one arena, `trees`; a test inits and releases it. WITH(t, "name", value, ...) adds fields. Lines are
 * those of the C source, so messages can be tested.
 */
#ifndef CB_TESTS_TREES_H
#define CB_TESTS_TREES_H

#include <stdarg.h>
#include <string.h>
#include "rule/tree.h"

static struct cb_arena trees;
typedef struct cb_tree T;

static inline T *at_(T *t, int line)
{
	t->file = "t.lua";
	t->line = line;
	return t;
}

static inline T *op_(int line, const char *op, T **item, size_t n)
{
	T *t = cb_tree_table(&trees, op, n, 0);
	for (size_t i = 0; i < n; i++)
		t->item[i] = item[i];
	return at_(t, line);
}

static inline T *num_(const char *s)
{
	struct cb_ratio r = { 0, 0 };
	const char *slash = strchr(s, '/');
	if (slash) { /* ratio(2, 3) */
		struct cb_ratio n, d;
		cb_ratio_parse(&n, s, (size_t)(slash - s));
		cb_ratio_parse(&d, slash + 1, strlen(slash + 1));
		cb_ratio_div(&r, n, d);
	} else {
		cb_ratio_parse(&r, s, strlen(s));
	}
	return cb_tree_number(&trees, r);
}

static inline T *with_(T *t, ...) /* name, value, ..., NULL; keeps fields sorted by name */
{
	va_list ap;
	const char *name;

	va_start(ap, t);
	while ((name = va_arg(ap, const char *)) != NULL) {
		T *v = va_arg(ap, T *);
		struct cb_tree_field *f = cb_arena_array(&trees, t->nfield + 1, sizeof(*f));
		size_t k = 0;
		while (k < t->nfield && strcmp(t->field[k].name, name) < 0) {
			f[k] = t->field[k];
			k++;
		}
		size_t rest = k;
		f[k] = (struct cb_tree_field){ name, v && v->line ? v->line : t->line, v };
		if (rest < t->nfield && strcmp(t->field[rest].name, name) == 0) /* replaced */
			rest++;
		size_t m = k + 1;
		while (rest < t->nfield)
			f[m++] = t->field[rest++];
		t->field = f;
		t->nfield = m;
	}
	va_end(ap);
	return t;
}

#define LIST_(...) (T *[]){ __VA_ARGS__ }, sizeof((T *[]){ __VA_ARGS__ }) / sizeof(T *)
#define OP(name, ...) op_(__LINE__, (name), LIST_(__VA_ARGS__))
#define OP0(name) op_(__LINE__, (name), NULL, 0)
#define TAB(...) op_(__LINE__, NULL, LIST_(__VA_ARGS__))
#define TAB0() op_(__LINE__, NULL, NULL, 0)
#define WITH(t, ...) with_((t), __VA_ARGS__, (const char *)NULL)
#define N(text) num_(text)
#define S(text) cb_tree_text(&trees, (text))
#define B(b) cb_tree_bool(&trees, (b))
#define FN(handle) cb_tree_function(&trees, (handle))
#define F(id) OP("fact", S(id))
#define ELSE(v) OP("otherwise", (v))
#define CRIT(id, max, score, ...) WITH(OP0("criterion"), "id", S(id), "max", N(max), "score", (score), ##__VA_ARGS__)
#define LEVELS4() \
	TAB(TAB(S("tot"), N("90"), S("Tốt")), TAB(S("kha"), N("70"), S("Khá")), TAB(S("trung_binh"), N("50"), S("Trung bình")), \
	    TAB(S("kem"), N("0"), S("Kém")))
/* a whole ruleset around some criteria */
#define RULESET(...) \
	WITH(OP0("ruleset"), "id", S("thu.nghiem"), "title", S("Quy định thử nghiệm"), "issuer", S("tinh_thu"), "status", S("reconstructed"), \
	     "effective", WITH(TAB0(), "from", S("2020-01-01")), "levels", LEVELS4(), "criteria", TAB(__VA_ARGS__))

#endif
