/*
 * build.c - turns one declared expression into nodes (build_int.h).
 *
 * cb_build_node checks kinds, places and shapes from the table of forms, descends, lets the form finish the node, and
 * keeps it: equal quantities and conditions become one node. Depth is bounded, memory is the ruleset's arena; every
 * mistake is a finding with file, line and field path, and building goes on beside it.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "base/alloc.h"
#include "base/utf8.h"
#include "rule/build_int.h"

#define BUCKETS 8192

struct memo {
	const struct cb_tree *t;
	enum cb_kind kind;
	unsigned at;
	int crit;
	enum cb_round round;
	struct cb_node *n; /* NULL: its mistakes were told */
};

/* --- findings --------------------------------------------------------------------------------------------------- */

__attribute__((format(printf, 4, 0))) static void finding(struct cb_build *b, enum cb_severity sev, const char *mend, const char *fmt, va_list ap)
{
	struct cb_buf what;

	cb_buf_init(&what);
	cb_buf_vprintf(&what, fmt, ap);
	if (!cb_buf_ok(&what))
		b->oom = true;
	if (sev == CB_SEV_ERROR)
		b->errors++;
	cb_diags_addf(b->diags, sev, b->file, b->line, 0, b->path.len ? b->path.s : NULL, mend, "%s", cb_buf_ok(&what) ? what.s : "out of memory");
	cb_buf_release(&what);
}

void cb_say(struct cb_build *b, const char *mend, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	finding(b, CB_SEV_ERROR, mend, fmt, ap);
	va_end(ap);
}

void cb_warn(struct cb_build *b, const char *mend, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	finding(b, CB_SEV_WARNING, mend, fmt, ap);
	va_end(ap);
}

const char *cb_fmt(struct cb_build *b, const char *fmt, ...)
{
	char text[700];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	const char *s = cb_arena_strdup(&b->scratch, text);
	if (!s)
		b->oom = true;
	return s ? s : "";
}

struct cb_place cb_enter_item(struct cb_build *b, size_t i, const struct cb_tree *t)
{
	struct cb_place p = { b->path.len, b->file, b->line };

	cb_buf_printf(&b->path, "[%zu]", i + 1);
	if (t && t->file)
		b->file = t->file;
	if (t && t->line > 0)
		b->line = t->line;
	return p;
}

struct cb_place cb_enter_field(struct cb_build *b, const struct cb_tree *parent, const char *name)
{
	struct cb_place p = { b->path.len, b->file, b->line };

	cb_buf_printf(&b->path, "%s%s", b->path.len ? "." : "", name);
	for (size_t i = 0; i < parent->nfield; i++) {
		const struct cb_tree_field *f = &parent->field[i];
		if (strcmp(f->name, name) != 0)
			continue;
		if (f->value && f->value->type == CB_T_TABLE && f->value->file)
			b->file = f->value->file;
		if (f->line > 0)
			b->line = f->line;
		else if (f->value && f->value->line > 0)
			b->line = f->value->line;
	}
	return p;
}

void cb_leave(struct cb_build *b, struct cb_place p)
{
	if (b->path.len > p.len) {
		b->path.len = p.len;
		b->path.s[p.len] = '\0';
	}
	b->file = p.file;
	b->line = p.line;
}

/* --- small pieces ----------------------------------------------------------------------------------------------- */

char *cb_build_strdup(struct cb_build *b, const char *s)
{
	char *t = s ? cb_arena_strdup(&b->rs->arena, s) : NULL;

	if (s && !t)
		b->oom = true;
	return t;
}

bool cb_build_text_ok(struct cb_build *b, const char *s)
{
	size_t chars = 0, at;

	for (const char *c = s; *c; c++)
		chars += ((unsigned char)*c & 0xc0) != 0x80;
	if (chars > CB_TEXT_MAX) {
		cb_say(b, "shorten it", "a text of %zu characters; at most %d are kept", chars, CB_TEXT_MAX);
		return false;
	}
	enum cb_text_fault f = cb_text_check(s, strlen(s), &at);
	if (f != CB_TEXT_OK) {
		cb_say(b, "type the text anew", "the text has %s", cb_text_fault_name(f));
		return false;
	}
	return true;
}

bool cb_build_pts(struct cb_build *b, struct cb_ratio r, cb_pts *out, const char *what)
{
	char num[CB_NUM_TEXT];

	if (cb_pts_from_ratio(out, r))
		return true;
	cb_fmt_ratio(num, sizeof(num), r);
	if (cb_ratio_cmp(r, (struct cb_ratio){ 1000000, 1 }) > 0 || cb_ratio_cmp(r, (struct cb_ratio){ -1000000, 1 }) < 0)
		cb_say(b, "points go up to 1000000", "%s: %s is too large", what, num);
	else
		cb_say(b, "points have at most three decimals", "%s: %s is no whole number of thousandths of a point", what, num);
	return false;
}

struct cb_node *cb_build_new(struct cb_build *b, const struct cb_form *form, enum cb_kind kind, size_t nkid)
{
	struct cb_node *n = CB_NEW(&b->rs->arena, struct cb_node);

	if (!n || (nkid && !(n->kid = CB_NEWV(&b->rs->arena, nkid, struct cb_node *)))) {
		b->oom = true;
		return NULL;
	}
	n->form = form;
	n->kind = kind;
	n->nkid = nkid;
	n->ref = -1;
	n->line = b->line;
	n->file = b->file;
	return n;
}

static uint64_t mix(uint64_t h, uint64_t v)
{
	h ^= v + 0x9e3779b97f4a7c15u + (h << 6) + (h >> 2);
	return h * 0xff51afd7ed558ccdu;
}

static uint64_t mix_text(uint64_t h, const char *s)
{
	for (; s && *s; s++)
		h = mix(h, (unsigned char)*s);
	return mix(h, 1);
}

/* Points keep their own line, for messages; quantities and conditions are shared wherever they are written. */
static bool by_line(const struct cb_node *n)
{
	return n->kind == CB_POINTS || n->kind == CB_LEVEL || cb_is(n, "branch") || cb_is(n, "otherwise");
}

static uint64_t hash_node(const struct cb_node *n)
{
	uint64_t h = (uintptr_t)n->form;

	h = mix(h, n->kind);
	for (size_t i = 0; i < n->nkid; i++)
		h = mix(h, (uint64_t)n->kid[i]->id + 1);
	h = mix(mix(h, (uint64_t)n->num.n), (uint64_t)n->num.d);
	h = mix(mix(h, (uint64_t)n->num2.n), (uint64_t)n->num2.d);
	h = mix(mix(h, (uint64_t)(int64_t)n->ref), (uint64_t)n->aux);
	h = mix(h, n->unit);
	h = mix_text(mix_text(mix_text(h, n->text), n->label), n->note);
	return by_line(n) ? mix_text(mix(h, (uint64_t)n->line), n->file) : h;
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_node(const struct cb_node *a, const struct cb_node *b)
{
	if (a->form != b->form || a->kind != b->kind || a->nkid != b->nkid || a->num.n != b->num.n || a->num.d != b->num.d ||
	    a->num2.n != b->num2.n || a->num2.d != b->num2.d || a->ref != b->ref || a->aux != b->aux || a->unit != b->unit ||
	    !same_text(a->text, b->text) || !same_text(a->label, b->label) || !same_text(a->note, b->note))
		return false;
	if (by_line(a) && (a->line != b->line || !same_text(a->file, b->file)))
		return false;
	for (size_t i = 0; i < a->nkid; i++)
		if (a->kid[i] != b->kid[i])
			return false;
	return true;
}

struct cb_node *cb_build_keep(struct cb_build *b, struct cb_node *n)
{
	struct cb_ruleset *rs = b->rs;

	if (!n)
		return NULL;
	unsigned h = (unsigned)(hash_node(n) % BUCKETS);
	if (!cb_is(n, "judged") && !cb_is(n, "function"))
		for (int i = b->bucket[h]; i >= 0; i = b->chain[i])
			if (same_node(rs->node[i], n))
				return rs->node[i];
	if (rs->nnode >= CB_NODES_MAX) {
		if (!b->full)
			cb_say(b, "name an expression once with local and use it often", "the ruleset has more than %d expressions", CB_NODES_MAX);
		b->full = true;
		return NULL;
	}
	if (rs->nnode == b->capnode) {
		size_t cap = b->capnode ? b->capnode * 2 : 128;
		struct cb_node **node = cb_reallocarray(rs->node, cap, sizeof(*node));
		if (node)
			rs->node = node;
		int *chain = cb_reallocarray(b->chain, cap, sizeof(*chain));
		if (chain)
			b->chain = chain;
		if (!node || !chain) {
			b->oom = true;
			return NULL;
		}
		b->capnode = cap;
	}
	n->id = (int)rs->nnode;
	b->chain[rs->nnode] = b->bucket[h];
	b->bucket[h] = n->id;
	rs->node[rs->nnode++] = n;
	return n;
}

struct cb_node *cb_build_number(struct cb_build *b, struct cb_ratio r, enum cb_measure m)
{
	struct cb_node *n = cb_build_new(b, cb_form_find("number"), CB_QUANTITY, 0);

	if (!n)
		return NULL;
	n->num = n->lo = n->hi = r;
	n->unit = (unsigned char)m;
	return cb_build_keep(b, n);
}

int cb_build_start(struct cb_build *b)
{
	cb_arena_init(&b->scratch);
	cb_buf_init(&b->path);
	b->bucket = cb_reallocarray(NULL, BUCKETS, sizeof(*b->bucket));
	if (!b->bucket)
		return -1;
	for (size_t i = 0; i < BUCKETS; i++)
		b->bucket[i] = -1;
	return 0;
}

void cb_build_end(struct cb_build *b)
{
	cb_arena_release(&b->scratch);
	cb_buf_release(&b->path);
	cb_free(b->memo);
	cb_free(b->bucket);
	cb_free(b->chain);
}

/* --- the memo: which node a tree became ------------------------------------------------------------------------- */

static size_t memo_slot(const struct cb_build *b, const struct cb_tree *t, enum cb_kind kind)
{
	uint64_t h = mix(mix(mix((uintptr_t)t, kind), b->at), (uint64_t)b->crit + 2);

	for (size_t i = (size_t)(h % b->capmemo);; i = (i + 1) % b->capmemo) {
		const struct memo *m = &b->memo[i];
		if (!m->t || (m->t == t && m->kind == kind && m->at == b->at && m->crit == b->crit && m->round == b->round))
			return i;
	}
}

static void memo_put(struct cb_build *b, const struct cb_tree *t, enum cb_kind kind, struct cb_node *n)
{
	if ((b->nmemo + 1) * 2 > b->capmemo) {
		struct memo *old = b->memo;
		size_t ocap = b->capmemo, cap = ocap ? ocap * 2 : 256;
		struct memo *m = cb_calloc(cap, sizeof(*m));
		if (!m) {
			b->oom = true;
			return;
		}
		unsigned at = b->at;
		int crit = b->crit;
		enum cb_round round = b->round;
		b->memo = m;
		b->capmemo = cap;
		for (size_t i = 0; i < ocap; i++)
			if (old[i].t) {
				b->at = old[i].at;
				b->crit = old[i].crit;
				b->round = old[i].round;
				b->memo[memo_slot(b, old[i].t, old[i].kind)] = old[i];
			}
		b->at = at;
		b->crit = crit;
		b->round = round;
		cb_free(old);
	}
	struct memo *m = &b->memo[memo_slot(b, t, kind)];
	if (!m->t)
		b->nmemo++;
	*m = (struct memo){ t, kind, b->at, b->crit, b->round, n };
}

/* --- one expression --------------------------------------------------------------------------------------------- */

static const char *const kind_names[] = { "a quantity", "a condition", "points", "a level" };

static const char *what_is(const struct cb_tree *t)
{
	switch (t->type) {
	case CB_T_BOOL:
		return t->boolean ? "true" : "false";
	case CB_T_NUMBER:
		return "a number";
	case CB_T_TEXT:
		return "a text";
	case CB_T_FUNCTION:
		return "a function";
	case CB_T_TABLE:
		return t->op ? t->op : "a plain table";
	default:
		return t->text ? t->text : "something that no rule can hold";
	}
}

static const char *kind_mend(enum cb_kind want, unsigned got)
{
	if (want == CB_CONDITION && got & CB_K_Q)
		return "compare it: x:ge(3)";
	if (want == CB_POINTS && got & CB_K_Q)
		return "points for each are per(x, 0.5), points off for each deduct(x, 0.5, most); a share of a maximum is prorate(x, max)";
	if (want == CB_POINTS && got & CB_K_C)
		return "points for a condition are flag(condition, 2)";
	if (want == CB_QUANTITY && got & CB_K_C)
		return "write either(condition, 1, 0), or count { condition, ... }";
	if (want == CB_QUANTITY && got & CB_K_P)
		return "the points of a criterion are points_of \"id\"";
	if (want == CB_LEVEL)
		return "a level is the id of one of `levels`, as a text";
	return NULL;
}

static struct cb_node *make_number(struct cb_build *b, struct cb_ratio r, enum cb_kind kind)
{
	cb_pts p;

	if (kind == CB_QUANTITY)
		return cb_build_number(b, r, CB_M_NUMBER);
	if (kind != CB_POINTS) {
		cb_say(b, kind == CB_CONDITION ? "a condition compares: f.x:ge(3)" : kind_mend(kind, 0), "a number, where %s is wanted", kind_names[kind]);
		return NULL;
	}
	if (!cb_build_pts(b, r, &p, "points"))
		return NULL;
	struct cb_node *n = cb_build_new(b, cb_form_find("number"), CB_POINTS, 0);
	if (!n)
		return NULL;
	n->num = r;
	n->lo = n->hi = (struct cb_ratio){ p, 1 };
	return cb_build_keep(b, n);
}

static struct cb_node *make_level(struct cb_build *b, const struct cb_tree *t)
{
	struct cb_node *n = cb_build_new(b, cb_form_find("number"), CB_LEVEL, 0);

	if (!n)
		return NULL;
	n->ref = cb_level_find(b->rs, t->text);
	n->text = cb_build_strdup(b, t->text);
	if (n->ref < 0 && b->bad_levels)
		return NULL;
	if (n->ref < 0) {
		const char *names[CB_LEVELS_MAX];
		size_t k = 0;
		for (; k < b->rs->nlevel; k++)
			names[k] = b->rs->level[k].id;
		const char *near = cb_nearest(t->text, names, k);
		cb_say(b, near ? cb_fmt(b, "did you mean \"%s\"?", near) : "use an id of `levels`", "no level is called \"%s\"", t->text);
		return NULL;
	}
	n->lo = n->hi = (struct cb_ratio){ n->ref, 1 };
	return cb_build_keep(b, n);
}

static bool is_op(const struct cb_tree *t, const char *op)
{
	return t && t->type == CB_T_TABLE && t->op && strcmp(t->op, op) == 0;
}

/* What could not be read as a value at all says itself what is wrong: "capped needs 2 values, not 1". */
static bool is_told(const struct cb_tree *t)
{
	return t->type != CB_T_BOOL && t->type != CB_T_NUMBER && t->type != CB_T_TEXT && t->type != CB_T_FUNCTION && t->type != CB_T_TABLE && t->text;
}

bool cb_build_const(struct cb_build *b, const struct cb_tree *t, struct cb_ratio *out)
{
	*out = (struct cb_ratio){ 0, 0 };
	if (t && t->type == CB_T_NUMBER) {
		*out = t->number;
	} else if (is_op(t, "number") || is_op(t, "ratio")) { /* ratio(2, 3) */
		struct cb_ratio d = { 1, 1 };
		if (t->nitem >= 1 && t->item[0]->type == CB_T_NUMBER && (t->nitem < 2 || t->item[1]->type == CB_T_NUMBER)) {
			if (t->nitem > 1)
				d = t->item[1]->number;
			cb_ratio_div(out, t->item[0]->number, d);
		}
	} else if (is_op(t, "neg") && t->nitem == 1) {
		struct cb_ratio r;
		if (!cb_build_const(b, t->item[0], &r))
			return false;
		*out = (struct cb_ratio){ -r.n, r.d };
	} else if (is_op(t, "!bad")) {
		cb_say(b, NULL, "%s", t->nitem && t->item[0]->text ? t->item[0]->text : "a bad value");
		return false;
	} else if (t && is_told(t)) {
		cb_say(b, NULL, "%s", t->text);
		return false;
	}
	if (out->d == 0) {
		cb_say(b, t && t->op ? "write the number; what depends on something is compared in first { { q:ge(...), points }, ..., otherwise(points) }" : NULL,
		       "%s, where a plain number is wanted", t ? what_is(t) : "nothing");
		return false;
	}
	return true;
}

/* label and note stand on every form; options are the form's own */
static bool check_fields(struct cb_build *b, const struct cb_form *f, const struct cb_tree *t)
{
	const char *names[8];
	size_t n = 0;
	bool ok = true;

	names[n++] = "label";
	names[n++] = "note";
	for (size_t i = 0; i < sizeof(f->option) / sizeof(f->option[0]) && f->option[i].name; i++)
		names[n++] = f->option[i].name;
	for (size_t i = 0; i < t->nfield; i++) {
		const char *name = t->field[i].name;
		char type = 's';
		bool known = strcmp(name, "label") == 0 || strcmp(name, "note") == 0;
		for (size_t j = 0; j < sizeof(f->option) / sizeof(f->option[0]) && f->option[j].name; j++)
			if (strcmp(f->option[j].name, name) == 0) {
				known = true;
				type = f->option[j].type;
			}
		struct cb_place p = cb_enter_field(b, t, name);
		const struct cb_tree *v = t->field[i].value;
		if (!known) {
			const char *near = cb_nearest(name, names, n);
			cb_say(b, near ? cb_fmt(b, "did you mean %s?", near) : cb_fmt(b, "as in %s", f->example), "%s has no field %s", f->name, name);
			ok = false;
		} else if (type == 's' ? v->type != CB_T_TEXT : v->type != CB_T_NUMBER) {
			cb_say(b, NULL, "%s, where a %s is wanted", what_is(v), type == 's' ? "text" : "number");
			ok = false;
		} else if (type == 's' && !cb_build_text_ok(b, v->text)) {
			ok = false;
		}
		cb_leave(b, p);
	}
	for (size_t i = 0; i < sizeof(f->option) / sizeof(f->option[0]) && f->option[i].name; i++)
		if (f->option[i].required && !cb_tree_get(t, f->option[i].name)) {
			cb_say(b, cb_fmt(b, "as in %s", f->example), "%s needs %s", f->name, f->option[i].name);
			ok = false;
		}
	return ok;
}

static void take_words(struct cb_build *b, struct cb_node *n, const struct cb_tree *t)
{
	const struct cb_tree *label = cb_tree_get(t, "label"), *note = cb_tree_get(t, "note");

	if (label && label->type == CB_T_TEXT)
		n->label = cb_build_strdup(b, label->text);
	if (note && note->type == CB_T_TEXT)
		n->note = cb_build_strdup(b, note->text);
}

/* { condition, value } or otherwise(value) */
static struct cb_node *make_branch(struct cb_build *b, const struct cb_tree *t, enum cb_kind kind, bool last, bool ended)
{
	static const struct cb_form plain = { .name = "a branch", .example = "{ f.present:ge(3), 5 }" };

	if (last && !is_op(t, "otherwise")) {
		if (!ended) /* one that stands too early was told */
			cb_say(b, kind == CB_LEVEL ? "end with otherwise \"...\"" : "end with otherwise(0)", "nothing says what holds when no branch does");
		return NULL;
	}
	if (!last && is_op(t, "otherwise")) {
		cb_say(b, "move it to the end", "otherwise stands before other branches, so they can never be reached");
		return NULL;
	}
	if (is_op(t, "!bad")) {
		cb_say(b, NULL, "%s", t->nitem && t->item[0]->text ? t->item[0]->text : "a bad value");
		return NULL;
	}
	size_t want = last ? 1 : 2;
	if (t->type != CB_T_TABLE || (!last && t->op) || t->nitem != want) {
		cb_say(b, last ? "write otherwise(0)" : "write { condition, value }", "%s with %zu value%s, where a branch is wanted", what_is(t),
		       t->type == CB_T_TABLE ? t->nitem : 0, t->type == CB_T_TABLE && t->nitem == 1 ? "" : "s");
		return NULL;
	}
	bool ok = check_fields(b, &plain, t);
	struct cb_node *n = cb_build_new(b, cb_form_find(last ? "otherwise" : "branch"), kind, want);
	if (!n)
		return NULL;
	for (size_t i = 0; i < want; i++) {
		struct cb_place p = cb_enter_item(b, i, t->item[i]);
		n->kid[i] = cb_build_node(b, t->item[i], i + 1 == want ? kind : CB_CONDITION);
		ok = ok && n->kid[i];
		cb_leave(b, p);
	}
	if (!ok)
		return NULL;
	take_words(b, n, t);
	n->lo = n->kid[want - 1]->lo;
	n->hi = n->kid[want - 1]->hi;
	n->unit = n->kid[want - 1]->unit;
	return cb_build_keep(b, n);
}

/* { at_least, value } of bands: a branch whose condition compares the quantity */
static struct cb_node *make_band(struct cb_build *b, const struct cb_tree *t, struct cb_node *q, bool below, enum cb_kind kind)
{
	static const struct cb_form plain = { .name = "a band", .example = "{ 0.9, 30 }" };
	const struct cb_form *cmp = cb_form_find(below ? "le" : "ge");
	struct cb_ratio at;

	if (t->type != CB_T_TABLE || t->op || t->nitem != 2) {
		cb_say(b, below ? "write { at most, points }" : "write { at least, points }", "%s, where a band is wanted", what_is(t));
		return NULL;
	}
	bool ok = check_fields(b, &plain, t);
	struct cb_place p = cb_enter_item(b, 0, t->item[0]);
	ok = cb_build_const(b, t->item[0], &at) && ok;
	cb_leave(b, p);
	p = cb_enter_item(b, 1, t->item[1]);
	struct cb_node *v = cb_build_node(b, t->item[1], kind);
	cb_leave(b, p);
	struct cb_node *n = cb_build_new(b, cb_form_find("branch"), kind, 2), *c = cb_build_new(b, cmp, CB_CONDITION, 2);
	if (!ok || !v || !n || !c || !q)
		return NULL;
	c->kid[0] = q;
	c->kid[1] = cb_build_number(b, at, CB_M_NUMBER);
	if (!c->kid[1] || !cmp->finish(b, t, c) || !(c = cb_build_keep(b, c)))
		return NULL;
	n->kid[0] = c;
	n->kid[1] = v;
	n->lo = v->lo;
	n->hi = v->hi;
	n->unit = v->unit;
	take_words(b, n, t);
	return cb_build_keep(b, n);
}

static const struct cb_fact *word_fact(const struct cb_build *b, const struct cb_node *n)
{
	return n && n->unit == CB_M_WORD && n->ref >= 0 && cb_is(n, "fact") ? cb_facts_at(b->dict, (size_t)n->ref) : NULL;
}

static struct cb_node *make_word(struct cb_build *b, const struct cb_tree *t, const struct cb_fact *f)
{
	if (t->type != CB_T_TEXT) {
		cb_say(b, f->vocab && f->vocab[0] ? cb_fmt(b, "one of its words, such as \"%s\"", f->vocab[0]) : NULL,
		       "%s is compared with %s; it is a word", f->id, what_is(t));
		return NULL;
	}
	size_t k = 0;
	while (f->vocab[k] && strcmp(f->vocab[k], t->text) != 0)
		k++;
	if (!f->vocab[k] || !*t->text) {
		size_t n = 0;
		struct cb_buf all;
		cb_buf_init(&all);
		for (; f->vocab[n]; n++)
			cb_buf_printf(&all, "%s%s", all.len ? ", " : "", f->vocab[n]);
		const char *near = cb_nearest(t->text, f->vocab, n);
		cb_say(b, near ? cb_fmt(b, "did you mean \"%s\"?", near) : cb_fmt(b, "its words are: %s", all.s), "%s is never \"%s\"", f->id, t->text);
		cb_buf_release(&all);
		return NULL;
	}
	struct cb_node *n = cb_build_new(b, cb_form_find("number"), CB_QUANTITY, 0);
	if (!n)
		return NULL;
	n->num = n->lo = n->hi = (struct cb_ratio){ (int64_t)k, 1 };
	n->unit = CB_M_WORD;
	n->text = cb_build_strdup(b, t->text);
	n->label = cb_build_strdup(b, f->vocab_vi && f->vocab_vi[k] ? f->vocab_vi[k] : t->text);
	return cb_build_keep(b, n);
}

/* What operand 1 is compared with. */
static struct cb_node *make_compared(struct cb_build *b, const struct cb_tree *t, const struct cb_node *x)
{
	const struct cb_fact *f = word_fact(b, x);

	if (f && !(t->type == CB_T_TABLE && t->op))
		return make_word(b, t, f);
	if (x && x->unit == CB_M_DATE && t->type == CB_T_TEXT) {
		cb_day d;
		if (cb_day_parse(&d, t->text, strlen(t->text)) == CB_DATE_BAD) {
			cb_say(b, "write it as \"2025-07-01\"", "\"%s\" is no day", t->text);
			return NULL;
		}
		return cb_build_number(b, (struct cb_ratio){ d, 1 }, CB_M_DATE);
	}
	if (!x && t->type == CB_T_TEXT)
		return NULL; /* what is wrong with operand 1 was told; nobody knows what this text is compared with */
	if (x && t->type == CB_T_TEXT) {
		cb_say(b, *t->text >= '0' && *t->text <= '9' ? "a number stands without quotation marks, and 90% is 0.9" :
							       "words are compared only with facts that are words, such as f.kind", "compared with a text, \"%s\", but this is a number", t->text);
		return NULL;
	}
	struct cb_node *y = cb_build_node(b, t, CB_QUANTITY);
	if (x && y && (f != NULL) != (y->unit == CB_M_WORD)) {
		cb_say(b, "compare a word with one of its words", "a word is compared with a number");
		return NULL;
	}
	return y;
}

static struct cb_node *make_form(struct cb_build *b, const struct cb_form *f, const struct cb_tree *t, enum cb_kind kind)
{
	bool ok = check_fields(b, f, t), ended = false;
	size_t room = t->nitem + 2, nkid = 0, i = 0;
	const char *text = NULL, *words = NULL;
	struct cb_ratio num[2] = { { 0, 0 }, { 0, 0 } };
	int nnum = 0;

	for (size_t j = 0; j < t->nitem; j++)
		if (t->item[j]->type == CB_T_TABLE && !t->item[j]->op)
			room += t->item[j]->nitem;
	struct cb_node **kid = CB_NEWV(&b->scratch, room, struct cb_node *);
	if (!kid) {
		b->oom = true;
		return NULL;
	}
	for (const char *s = f->shape; *s && *s != '!'; s++) {
		if (*s == ' ' || *s == '?' || *s == '*')
			continue;
		bool optional = s[1] == '?', many = s[1] == '*';
		size_t upto = many || *s == 'b' ? t->nitem : i + 1;
		if (i >= t->nitem && optional)
			continue;
		if (i >= t->nitem) {
			cb_say(b, cb_fmt(b, "as in %s", f->example), "%s has too few values", f->name);
			return NULL;
		}
		for (; i < upto; i++) {
			const struct cb_tree *o = t->item[i];
			struct cb_node *k = NULL;
			struct cb_place p = cb_enter_item(b, i, o);
			bool node = true;
			switch (*s) {
			case 'q':
				k = cb_build_node(b, o, CB_QUANTITY);
				break;
			case 'c':
				k = cb_build_node(b, o, CB_CONDITION);
				break;
			case 'p':
				k = cb_build_node(b, o, CB_POINTS);
				break;
			case 'l':
				k = cb_build_node(b, o, CB_LEVEL);
				break;
			case '=':
				k = cb_build_node(b, o, kind);
				if (k && *f->shape == 'q') { /* bands: the value when no band is reached */
					struct cb_node *other = cb_build_new(b, cb_form_find("otherwise"), kind, 1);
					if (other) {
						other->kid[0] = k;
						other->lo = k->lo;
						other->hi = k->hi;
						other->unit = k->unit;
					}
					k = cb_build_keep(b, other);
				}
				break;
			case 'v':
				k = make_compared(b, o, kid[0]);
				break;
			case 'b':
				k = make_branch(b, o, kind, i + 1 == t->nitem, ended);
				ended |= is_op(o, "otherwise");
				break;
			case 'z':
			case 'w':
				node = false;
				if (o->type != CB_T_TABLE || o->op || !o->nitem) {
					cb_say(b, cb_fmt(b, "as in %s", f->example), "%s, where a list is wanted", what_is(o));
					ok = false;
					break;
				}
				for (size_t j = 0; j < o->nitem; j++) {
					struct cb_place q = cb_enter_item(b, j, o->item[j]);
					const struct cb_fact *wf = word_fact(b, kid[0]);
					if (*s == 'z')
						k = make_band(b, o->item[j], kid[0], strcmp(f->name, "bands_below") == 0, kind);
					else if (wf)
						k = make_word(b, o->item[j], wf);
					else if (kid[0] && o->item[j]->type == CB_T_TEXT)
						cb_say(b, "one_of { 1, 2, 3 } for a number", "a word, but this is a number");
					else
						k = cb_build_node(b, o->item[j], CB_QUANTITY);
					ok = ok && k;
					kid[nkid++] = k;
					k = NULL;
					cb_leave(b, q);
				}
				break;
			case 'n':
				node = false;
				ok = cb_build_const(b, o, &num[nnum++ & 1]) && ok;
				break;
			case 's':
				node = false;
				if (is_op(o, "!bad"))
					cb_say(b, NULL, "%s", o->nitem && o->item[0]->text ? o->item[0]->text : "a bad value");
				else if (o->type != CB_T_TEXT)
					cb_say(b, cb_fmt(b, "as in %s", f->example), "%s, where a text is wanted", what_is(o));
				else if (cb_build_text_ok(b, o->text)) {
					if (optional)
						words = o->text;
					else
						text = o->text;
					cb_leave(b, p);
					continue;
				}
				ok = false;
				break;
			default:
				break;
			}
			if (node) {
				kid[nkid++] = k;
				ok = ok && k;
			}
			cb_leave(b, p);
			/* a plain value of the wrong kind: the values stand in another order, and all that follow would be told as well */
			if (node && !k && !many && *s != 'b' && (o->type == CB_T_NUMBER || o->type == CB_T_TEXT))
				return NULL;
		}
	}
	if (*f->shape != '!' && i < t->nitem) {
		cb_say(b, cb_fmt(b, "as in %s", f->example), "%s has too many values", f->name);
		ok = false;
	}
	if (!ok || b->oom)
		return NULL;
	struct cb_node *n = cb_build_new(b, f, kind, nkid ? nkid : *f->shape == '!');
	if (!n)
		return NULL;
	for (size_t j = 0; j < nkid; j++)
		n->kid[j] = kid[j];
	n->nkid = nkid;
	n->num = num[0];
	n->num2 = num[1];
	n->text = cb_build_strdup(b, text);
	take_words(b, n, t);
	if (words)
		n->label = cb_build_strdup(b, words);
	if (b->oom || (f->finish && !f->finish(b, t, n)))
		return NULL;
	return b->oom ? NULL : cb_build_keep(b, n);
}

/* Words that stand elsewhere in a ruleset. */
static const char *misplaced(const char *op)
{
	static const struct {
		const char *op, *where;
	} word[] = {
		{ "otherwise", "otherwise is the last branch of first { ... }" },
		{ "key", ":down() and :up() make ranking keys, for ranking.by" },
		{ "gate", "a gate stands in `gates`" },
		{ "criterion", "a criterion stands in `criteria`" },
		{ "ruleset", "a ruleset is what the pack returns" },
		{ "collection", "ask it something: months:count(level:eq \"tot\")" },
		{ "level", "ask it something: level:ge \"kha\", inside months:every(...) or months:count(...)" },
		{ "round_total", "whole and round_to stand in `total`" },
	};

	for (size_t i = 0; i < sizeof(word) / sizeof(word[0]); i++)
		if (strcmp(word[i].op, op) == 0)
			return word[i].where;
	return NULL;
}

static const char *place_mend(const struct cb_form *f, unsigned at)
{
	if (at == CB_AT_PERIOD && f->where & CB_AT_MEETING)
		return "a period has many meetings: months:count(...), months:every(...), mean(...)";
	if (f->where == CB_AT_PERIOD)
		return "it stands in `periods` and `ranking`";
	if (f->where == CB_AT_MEETING)
		return "it stands inside months:every(...), months:count(...) or months:share(...)";
	if (f->where == CB_AT_GATE)
		return "it stands in `gates` and `rating`, when all criteria are settled";
	if (f->where == CB_AT_CRITERION)
		return "it stands in the score of a criterion";
	return NULL;
}

static struct cb_node *make_node(struct cb_build *b, const struct cb_tree *t, enum cb_kind kind)
{
	struct cb_ratio r;

	switch (t->type) {
	case CB_T_BOOL:
		if (kind == CB_CONDITION)
			cb_say(b, "write f.x:ge(3) for f.x >= 3, f.x:eq(3) for f.x == 3, and all { }, any { }, no( ) for and, or, not",
			       "plain %s, where a condition is wanted: Lua compared two values when the pack was read", what_is(t));
		else
			cb_say(b, NULL, "%s, where %s is wanted", what_is(t), kind_names[kind]);
		return NULL;
	case CB_T_NUMBER:
		return make_number(b, t->number, kind);
	case CB_T_TEXT:
		if (kind == CB_LEVEL)
			return make_level(b, t);
		cb_say(b, kind == CB_QUANTITY ? "a fact is f.name, without quotation marks" : NULL, "the text \"%s\", where %s is wanted", t->text, kind_names[kind]);
		return NULL;
	case CB_T_FUNCTION:
		cb_say(b, "use a form here, or make the whole score of a criterion a function", "a function, where %s is wanted: only a whole criterion can be a function",
		       kind_names[kind]);
		return NULL;
	case CB_T_BAD:
		cb_say(b, NULL, "%s", what_is(t));
		return NULL;
	case CB_T_TABLE:
		break;
	}
	if (!t->op) {
		cb_say(b, kind == CB_CONDITION ? "join conditions with all { } or any { }" : kind == CB_POINTS ? "add points with sum { }, choose with first { }" :
			  kind == CB_LEVEL ? "write first { { condition, \"tot\" }, ..., otherwise \"kha\" }" : NULL,
		       "a plain table, where %s is wanted", kind_names[kind]);
		return NULL;
	}
	if (strcmp(t->op, "number") == 0 || strcmp(t->op, "ratio") == 0)
		return cb_build_const(b, t, &r) ? make_number(b, r, kind) : NULL;
	if (strcmp(t->op, "!bad") == 0) {
		cb_say(b, NULL, "%s", t->nitem && t->item[0]->type == CB_T_TEXT ? t->item[0]->text : "a bad value");
		return NULL;
	}
	if (misplaced(t->op)) {
		cb_say(b, misplaced(t->op), "%s cannot stand here, where %s is wanted", t->op, kind_names[kind]);
		return NULL;
	}
	const struct cb_form *f = cb_form_find(t->op);
	if (!f || !f->shape) {
		const char *names[128];
		size_t n = 0;
		for (size_t i = 0; i < cb_nforms && n < 128; i++)
			if (cb_forms[i].shape)
				names[n++] = cb_forms[i].name;
		const char *near = cb_nearest(t->op, names, n);
		cb_say(b, near ? cb_fmt(b, "did you mean %s?", near) : NULL, "no form is called %s", t->op);
		return NULL;
	}
	if (!(f->kinds & 1u << kind)) {
		cb_say(b, kind_mend(kind, f->kinds), "%s is %s, where %s is wanted", f->name,
		       f->kinds & CB_K_Q ? "a quantity" : f->kinds & CB_K_C ? "a condition" : "points", kind_names[kind]);
		return NULL;
	}
	if (!(f->where & b->at)) {
		cb_say(b, place_mend(f, b->at), "%s%s%s cannot stand here", f->name, strcmp(f->name, "fact") == 0 && t->nitem ? " " : "",
		       strcmp(f->name, "fact") == 0 && t->nitem && t->item[0]->text ? t->item[0]->text : "");
		return NULL;
	}
	return make_form(b, f, t, kind);
}

struct cb_node *cb_build_node(struct cb_build *b, const struct cb_tree *t, enum cb_kind kind)
{
	if (b->oom || b->full)
		return NULL;
	if (b->depth >= CB_DEPTH_MAX) {
		cb_say(b, "name its parts with local; lists such as sum { } and all { } take many values side by side",
		       "expressions stand more than %d deep in one another", CB_DEPTH_MAX);
		return NULL;
	}
	if (b->capmemo) {
		const struct memo *m = &b->memo[memo_slot(b, t, kind)];
		if (m->t)
			return m->n;
	}
	const char *file = b->file;
	int line = b->line;
	if (t->file)
		b->file = t->file;
	if (t->line > 0)
		b->line = t->line;
	b->depth++;
	struct cb_node *n = make_node(b, t, kind);
	b->depth--;
	b->file = file;
	b->line = line;
	memo_put(b, t, kind, n);
	return n;
}
