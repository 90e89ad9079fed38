/*
 * ruleset.c - a declared tree becomes a ruleset, with all its mistakes told in one run (rule.h).
 *
 * Order: facts, levels, criteria (each sees the ones above it), frame, gates, rating, periods, ranking, and at last the
 * columns that the program reads. What the tree leaves out is copied from the base, expression by expression, so that
 * the base may go afterwards. Costs O(nodes).
 */
#include <string.h>
#include "base/alloc.h"
#include "base/utf8.h"
#include "model/unit.h"
#include "rule/build_int.h"

static bool is_op(const struct cb_tree *t, const char *op)
{
	return t && t->type == CB_T_TABLE && t->op && strcmp(t->op, op) == 0;
}

static const char *type_name(const struct cb_tree *t)
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

static void say_type(struct cb_build *b, const struct cb_tree *t, const char *want, const char *mend)
{
	if (is_op(t, "!bad") && t->nitem && t->item[0]->text)
		cb_say(b, NULL, "%s", t->item[0]->text);
	else
		cb_say(b, mend, "%s, where %s is wanted", type_name(t), want);
}

/* Every field must be one of `names`. */
static void known_fields(struct cb_build *b, const struct cb_tree *t, const char *what, const char *const *names, size_t n)
{
	for (size_t i = 0; i < t->nfield; i++) {
		size_t j = 0;
		while (j < n && strcmp(names[j], t->field[i].name) != 0)
			j++;
		if (j < n)
			continue;
		struct cb_place p = cb_enter_field(b, t, t->field[i].name);
		const char *near = cb_nearest(t->field[i].name, names, n);
		cb_say(b, near ? cb_fmt(b, "did you mean %s?", near) : NULL, "%s has no field %s", what, t->field[i].name);
		cb_leave(b, p);
	}
}

/* A record has no values without names: `{ label = "A", max = 0,5 }` would lose the 5. */
static void only_fields(struct cb_build *b, const struct cb_tree *t, const char *what)
{
	if (!t->nitem)
		return;
	struct cb_place p = cb_enter_item(b, 0, t->item[0]);
	cb_say(b, "write name = value; a number has a decimal point: 0.5", "a value without a name in %s", what);
	cb_leave(b, p);
}

/* A list has no names: `levels = { tot = 90 }` would be read as an empty one. */
static void only_items(struct cb_build *b, const struct cb_tree *t, const char *what, const char *mend)
{
	for (size_t i = 0; i < t->nfield; i++) {
		struct cb_place p = cb_enter_field(b, t, t->field[i].name);
		cb_say(b, mend, "%s is a list, and nothing in it has a name such as %s", what, t->field[i].name);
		cb_leave(b, p);
	}
}

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static bool id_ok(const char *s)
{
	if (*s < 'a' || *s > 'z')
		return false;
	size_t n = strlen(s);
	return n <= CB_FACT_ID_MAX && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == n;
}

/* A text field: a copy, or NULL when it is not there (or wrong, which is told). */
static const char *get_text(struct cb_build *b, const struct cb_tree *t, const char *name)
{
	const struct cb_tree *v = cb_tree_get(t, name);
	const char *s = NULL;

	if (!v)
		return NULL;
	struct cb_place p = cb_enter_field(b, t, name);
	if (v->type != CB_T_TEXT)
		say_type(b, v, "a text", NULL);
	else if (cb_build_text_ok(b, v->text))
		s = cb_build_strdup(b, v->text);
	cb_leave(b, p);
	return s;
}

static const char *get_id(struct cb_build *b, const struct cb_tree *t, const char *name)
{
	const char *s = get_text(b, t, name);

	if (s && !id_ok(s)) {
		struct cb_place p = cb_enter_field(b, t, name);
		cb_say(b, "letters a to z, digits and _, beginning with a letter, at most 40", "\"%s\" cannot be an id", s);
		cb_leave(b, p);
		return NULL;
	}
	return s;
}

/* One of `words` as its index; `otherwise` when the field is not there; -1 when wrong. */
static int get_word(struct cb_build *b, const struct cb_tree *t, const char *name, const char *const *words, size_t n, int otherwise)
{
	const struct cb_tree *v = cb_tree_get(t, name);
	struct cb_buf all;
	int at = -1;

	if (!v)
		return otherwise;
	struct cb_place p = cb_enter_field(b, t, name);
	cb_buf_init(&all);
	for (size_t i = 0; i < n; i++) {
		if (words[i] && *words[i])
			cb_buf_printf(&all, "%s\"%s\"", all.len ? ", " : "one of ", words[i]);
		if (words[i] && v->type == CB_T_TEXT && strcmp(words[i], v->text) == 0)
			at = (int)i;
	}
	if (!cb_buf_ok(&all))
		b->oom = true;
	else if (v->type != CB_T_TEXT)
		say_type(b, v, "a text", all.s);
	else if (at < 0) {
		const char *near = cb_nearest(v->text, words, n);
		cb_say(b, near ? cb_fmt(b, "did you mean \"%s\"?", near) : all.s, "%s cannot be \"%s\"", name, v->text);
	}
	cb_buf_release(&all);
	cb_leave(b, p);
	return at;
}

/* A field that must be a plain table (a list or a record). */
static const struct cb_tree *get_table(struct cb_build *b, const struct cb_tree *t, const char *name)
{
	const struct cb_tree *v = cb_tree_get(t, name);

	if (v && (v->type != CB_T_TABLE || v->op)) {
		struct cb_place p = cb_enter_field(b, t, name);
		say_type(b, v, "a table { ... }", NULL);
		cb_leave(b, p);
		return NULL;
	}
	return v;
}

static unsigned get_mask(struct cb_build *b, const struct cb_tree *t, const char *name, const char *const *words, size_t n, unsigned otherwise)
{
	const struct cb_tree *v = get_table(b, t, name);
	unsigned mask = 0;

	if (!cb_tree_get(t, name) || !v)
		return otherwise;
	struct cb_place f = cb_enter_field(b, t, name);
	if (!v->nitem)
		cb_say(b, NULL, "the list is empty, so the ruleset would be for nobody");
	for (size_t i = 0; i < v->nitem; i++) {
		struct cb_place p = cb_enter_item(b, i, v->item[i]);
		size_t k = 0;
		if (v->item[i]->type != CB_T_TEXT) {
			say_type(b, v->item[i], "a text", NULL);
		} else {
			while (k < n && strcmp(words[k], v->item[i]->text) != 0)
				k++;
			if (k < n && *words[k]) {
				mask |= 1u << k;
			} else {
				const char *near = cb_nearest(v->item[i]->text, words, n);
				struct cb_buf all;
				cb_buf_init(&all);
				for (k = 0; k < n; k++)
					if (*words[k])
						cb_buf_printf(&all, "%s\"%s\"", all.len ? ", " : "one of ", words[k]);
				b->oom |= !cb_buf_ok(&all);
				cb_say(b, near ? cb_fmt(b, "did you mean \"%s\"?", near) : all.s, "%s cannot be \"%s\"", name, v->item[i]->text);
				cb_buf_release(&all);
			}
		}
		cb_leave(b, p);
	}
	cb_leave(b, f);
	return mask;
}

/* --- facts, dates, levels --------------------------------------------------------------------------------------- */

static const char *const *word_list(struct cb_build *b, const struct cb_tree *v, size_t col)
{
	const char **w = CB_NEWV(&b->scratch, v->nitem + 1, const char *);

	if (!w) {
		b->oom = true;
		return NULL;
	}
	for (size_t i = 0; i < v->nitem; i++) {
		const struct cb_tree *o = v->item[i];
		if (o->type == CB_T_TABLE && !o->op && o->nitem > col)
			o = o->item[col];
		else if (o->type == CB_T_TABLE && !o->op && o->nitem)
			o = o->item[0];
		if (o->type != CB_T_TEXT || !cb_build_text_ok(b, o->text)) {
			if (o->type != CB_T_TEXT)
				say_type(b, o, "a text", "words are { \"a\", \"b\" } or { { \"a\", \"label\" }, ... }");
			return NULL;
		}
		w[i] = o->text;
	}
	return w;
}

static void declare_fact(struct cb_build *b, const struct cb_tree *t)
{
	static const char *const fields[] = { "id", "type", "label", "unit", "min", "max", "vocab", "alias" };
	static const char *const types[] = { "count", "minutes", "days", "date", "flag", "word", "decimal" };
	static const struct {
		int64_t min, max;
	} limit[] = { { 0, CB_FACT_VALUE_MAX }, { 0, 1440 }, { -366, 366 }, { CB_DAY_MIN, CB_DAY_MAX }, { 0, 1 }, { 0, 0 }, { 0, 1000000000 } };
	struct cb_err e;

	if (t->type != CB_T_TABLE || t->op) {
		say_type(b, t, "a fact { id = ..., type = ..., label = ... }", NULL);
		return;
	}
	size_t before = b->errors;
	known_fields(b, t, "a fact", fields, COUNT(fields));
	only_fields(b, t, "a fact");
	struct cb_fact f = { .pack = b->rs->id };
	f.id = get_id(b, t, "id");
	f.label = get_text(b, t, "label");
	f.unit = get_text(b, t, "unit");
	int type = get_word(b, t, "type", types, COUNT(types), -2);
	if (!f.id && b->errors == before)
		cb_say(b, "add id = \"...\"", "a fact has no id");
	if (type == -2)
		cb_say(b, "add type = \"count\" (or minutes, days, date, flag, word, decimal)", "fact %s has no type", f.id ? f.id : "");
	if (!f.label && b->errors == before)
		cb_say(b, "add label = \"...\", the Vietnamese words of the form", "fact %s has no label", f.id);
	if (b->errors > before || b->oom)
		return;
	f.type = (enum cb_fact_type)type;
	if (!f.unit)
		f.unit = "";
	f.min = limit[type].min;
	f.max = limit[type].max;
	const char *const ends[] = { "min", "max" };
	for (int i = 0; i < 2; i++) {
		const struct cb_tree *v = cb_tree_get(t, ends[i]);
		struct cb_ratio r;
		if (!v)
			continue;
		struct cb_place p = cb_enter_field(b, t, ends[i]);
		if (cb_build_const(b, v, &r)) {
			int64_t k = f.type == CB_FACT_DECIMAL ? 1000 : 1;
			cb_pts m = 0;
			if (f.type == CB_FACT_WORD || f.type == CB_FACT_FLAG || f.type == CB_FACT_DATE)
				cb_say(b, "leave it out", "a %s has no %s", types[type], ends[i]);
			else if (!cb_pts_from_ratio(&m, r) || (k == 1 && m % 1000))
				cb_say(b, NULL, "%s is no whole number that a fact can hold", ends[i]);
			else
				*(i ? &f.max : &f.min) = k == 1 ? m / 1000 : m;
		}
		cb_leave(b, p);
	}
	if (f.min > f.max)
		cb_say(b, NULL, "min of fact %s is greater than its max", f.id);
	const struct cb_tree *v = get_table(b, t, "vocab");
	if (f.type == CB_FACT_WORD) {
		if (!v || !v->nitem) {
			cb_say(b, "add vocab = { \"a\", \"b\" }", "fact %s is a word, but has no vocab", f.id);
		} else {
			f.vocab = word_list(b, v, 0);
			f.vocab_vi = word_list(b, v, 1);
			f.max = (int64_t)v->nitem - 1;
			for (size_t i = 1; f.vocab && i < v->nitem; i++)
				for (size_t k = 0; k < i; k++)
					if (strcmp(f.vocab[i], f.vocab[k]) == 0)
						cb_say(b, "give each its own", "fact %s has the word \"%s\" twice", f.id, f.vocab[i]);
			for (size_t i = 0; f.vocab && i < v->nitem; i++)
				if (!id_ok(f.vocab[i]))
					cb_say(b, "letters a to z, digits and _", "\"%s\" cannot be a word of fact %s", f.vocab[i], f.id);
		}
	} else if (v) {
		cb_say(b, "type = \"word\"", "fact %s has a vocab but is no word", f.id);
	}
	if ((v = get_table(b, t, "alias")))
		f.alias = word_list(b, v, 0);
	if (b->errors > before || b->oom)
		return;
	int rc = cb_facts_declare(b->dict, &f, &e);
	if (rc == CB_ENOMEM)
		b->oom = true;
	else if (rc < 0)
		cb_say(b, "choose another id", "%s", e.msg);
}

static cb_day get_day(struct cb_build *b, const struct cb_tree *t, const char *name, cb_day otherwise)
{
	const struct cb_tree *v = cb_tree_get(t, name);
	cb_day d = otherwise;

	if (!v)
		return otherwise;
	struct cb_place p = cb_enter_field(b, t, name);
	if (v->type != CB_T_TEXT)
		say_type(b, v, "a day in quotation marks", "write it as \"2025-10-28\"");
	else if (cb_day_parse(&d, v->text, strlen(v->text)) != CB_DATE_ISO)
		cb_say(b, "write it as \"2025-10-28\"", "\"%s\" is no day", v->text);
	cb_leave(b, p);
	return d;
}

static void read_levels(struct cb_build *b, const struct cb_tree *t, bool rating)
{
	static const char *const fields[] = { "label", "note" };
	struct cb_ruleset *rs = b->rs;
	const struct cb_tree *v = get_table(b, t, "levels");

	if (!cb_tree_get(t, "levels")) {
		if (!b->base) {
			if (!b->unknown)
				cb_say(b, "add levels = { { \"tot\", 90, \"Tốt\" }, ... }, the best first", "the ruleset has no levels");
			b->bad_levels = true;
			return;
		}
		rs->nlevel = b->base->nlevel;
		rs->level = CB_NEWV(&rs->arena, rs->nlevel + 1, struct cb_level_def);
		for (size_t i = 0; rs->level && i < rs->nlevel; i++) {
			rs->level[i] = b->base->level[i];
			rs->level[i].id = cb_build_strdup(b, b->base->level[i].id);
			rs->level[i].file = cb_build_strdup(b, b->base->level[i].file);
			rs->level[i].label = cb_build_strdup(b, b->base->level[i].label);
			rs->level[i].note = cb_build_strdup(b, b->base->level[i].note);
		}
		b->oom |= !rs->level;
		return;
	}
	if (!v)
		return;
	size_t errors = b->errors;
	struct cb_place f = cb_enter_field(b, t, "levels");
	only_items(b, v, "levels", "write { \"tot\", 90, \"Tốt\" }");
	if (!v->nitem || v->nitem > CB_LEVELS_MAX)
		cb_say(b, NULL, "%zu levels; 1 to %d are possible", v->nitem, CB_LEVELS_MAX);
	rs->level = CB_NEWV(&rs->arena, CB_LEVELS_MAX, struct cb_level_def);
	b->oom |= !rs->level;
	for (size_t i = 0; rs->level && i < v->nitem && i < CB_LEVELS_MAX; i++) {
		const struct cb_tree *l = v->item[i];
		struct cb_level_def *d = &rs->level[rs->nlevel];
		struct cb_place p = cb_enter_item(b, i, l);
		if (l->type != CB_T_TABLE || l->op || !l->nitem || l->item[0]->type != CB_T_TEXT) {
			say_type(b, l, "a level { \"tot\", 90, \"Tốt\" }", l->type == CB_T_TABLE ? NULL : "give each level its own { }");
			cb_leave(b, p);
			if (l->type == CB_T_TABLE)
				continue;
			break; /* its own values come next */
		}
		known_fields(b, l, "a level", fields, COUNT(fields));
		*d = (struct cb_level_def){ .line = b->line, .file = cb_build_strdup(b, b->file) };
		if (!id_ok(l->item[0]->text))
			cb_say(b, "letters a to z, digits and _, beginning with a letter", "\"%s\" cannot be the id of a level", l->item[0]->text);
		d->id = cb_build_strdup(b, l->item[0]->text);
		d->label = get_text(b, l, "label");
		d->note = get_text(b, l, "note");
		const struct cb_tree *num = NULL;
		size_t before = b->errors;
		for (size_t j = 1; j < l->nitem; j++) {
			if (b->errors > before)
				break; /* one finding a level */
			if (l->item[j]->type == CB_T_TEXT && j + 1 == l->nitem && !d->label) {
				if (cb_build_text_ok(b, l->item[j]->text))
					d->label = cb_build_strdup(b, l->item[j]->text);
			} else if (j == 1 && l->item[j]->type == CB_T_NUMBER) {
				num = l->item[j];
			} else {
				cb_say(b, "write { \"tot\", 90, \"Tốt\" }", "value %zu of level %s is %s", j + 1, d->id ? d->id : "", type_name(l->item[j]));
			}
		}
		if (!d->label)
			d->label = d->id;
		if (num && !cb_build_pts(b, num->number, &d->at_least, "the threshold"))
			num = NULL;
		else if (!num && !rating && i + 1 < v->nitem && b->errors == before)
			cb_say(b, "write { \"tot\", 90, \"Tốt\" }", "level %s has no threshold", d->id ? d->id : "");
		if (num && d->at_least < 0)
			cb_say(b, "totals are never below 0", "the threshold of level %s is negative", d->id ? d->id : "");
		for (size_t j = 0; j < rs->nlevel; j++)
			if (d->id && rs->level[j].id && strcmp(rs->level[j].id, d->id) == 0)
				cb_say(b, "give each its own id", "two levels are called \"%s\"", d->id);
		if (!rating && num && rs->nlevel && b->errors == errors && d->at_least >= rs->level[rs->nlevel - 1].at_least)
			cb_say(b, "write the best level first, each with a lower threshold than the one before",
			       "level %s begins at no fewer points than level %s before it, so nobody can get it", d->id ? d->id : "", rs->level[rs->nlevel - 1].id);
		if (!rating && i + 1 == v->nitem && num && d->at_least != 0) {
			char at[CB_NUM_TEXT];
			cb_say(b, cb_fmt(b, "let it begin at 0: { \"%s\", 0, ... }", d->id), "a total below %s points is in no level",
			       cb_fmt_pts(at, sizeof(at), d->at_least));
		}
		rs->nlevel++;
		cb_leave(b, p);
	}
	b->bad_levels = b->errors > errors;
	cb_leave(b, f);
}

/* --- copying from the base -------------------------------------------------------------------------------------- */

struct clone {
	struct cb_build *b;
	struct cb_node **to; /* by id of the base's node */
};

static struct cb_node *clone(struct clone *c, const struct cb_node *n)
{
	struct cb_build *b = c->b;

	if (!n || b->oom)
		return NULL;
	if (c->to[n->id])
		return c->to[n->id];
	struct cb_node *m = CB_NEW(&b->rs->arena, struct cb_node);
	if (!m) {
		b->oom = true;
		return NULL;
	}
	*m = *n;
	m->kid = CB_NEWV(&b->rs->arena, n->nkid + 1, struct cb_node *);
	if (!m->kid) {
		b->oom = true;
		return NULL;
	}
	for (size_t i = 0; i < n->nkid; i++)
		if (!(m->kid[i] = clone(c, n->kid[i])))
			return NULL;
	m->text = cb_build_strdup(b, n->text);
	m->label = cb_build_strdup(b, n->label);
	m->note = cb_build_strdup(b, n->note);
	m->file = cb_build_strdup(b, n->file);
	if (cb_is(n, "fact") || cb_is(n, "known")) {
		m->ref = cb_facts_find(b->dict, n->text);
	} else if (cb_is(n, "points_of") || cb_is(n, "max_of") || cb_is(n, "full") || cb_is(n, "met")) {
		m->ref = cb_criterion_find(b->rs, n->text);
		if (m->ref >= 0 && n->kind == CB_QUANTITY) {
			m->hi = cb_ratio_make(b->rs->criterion[m->ref].max, 1000);
			if (cb_is(n, "max_of"))
				m->lo = m->num = m->hi;
		}
		if (m->ref < 0)
			cb_say(b, "write it anew in this pack", "what is taken from the base asks for criterion \"%s\", which is not here", n->text);
	} else if (strncmp(n->form->name, "level_", 6) == 0 || n->kind == CB_LEVEL) {
		if (n->text) {
			m->ref = cb_level_find(b->rs, n->text);
			if (m->ref < 0 && !b->bad_levels)
				cb_say(b, "write it anew in this pack", "what is taken from the base asks for level \"%s\", which is not here", n->text);
			else if (m->ref >= 0 && n->kind == CB_LEVEL)
				m->lo = m->hi = (struct cb_ratio){ m->ref, 1 };
		}
	}
	return b->oom ? NULL : (c->to[n->id] = cb_build_keep(b, m));
}

/* --- criteria --------------------------------------------------------------------------------------------------- */

static void collect(const struct cb_node *n, unsigned char *seen, unsigned char *fact)
{
	if (!n || seen[n->id])
		return;
	seen[n->id] = 1;
	if ((cb_is(n, "fact") || cb_is(n, "known")) && n->ref >= 0)
		fact[n->ref] = 1;
	for (size_t i = 0; i < n->nkid; i++)
		collect(n->kid[i], seen, fact);
}

/* needs: every fact that the criterion reads; for a function, in the order that it declared. */
static void find_needs(struct cb_build *b, struct cb_criterion *c)
{
	size_t nf = cb_facts_count(b->dict), n = 0;
	unsigned char *seen = cb_arena_alloc(&b->scratch, b->rs->nnode + 1), *fact = cb_arena_alloc(&b->scratch, nf + 1);

	if (!seen || !fact) {
		b->oom = true;
		return;
	}
	if (c->is_function)
		return;
	collect(c->score, seen, fact);
	collect(c->check, seen, fact);
	collect(c->applies, seen, fact);
	int *needs = CB_NEWV(&b->rs->arena, nf + 1, int);
	if (!needs) {
		b->oom = true;
		return;
	}
	for (size_t i = 0; i < nf; i++)
		if (fact[i])
			needs[n++] = (int)i;
	c->needs = needs;
	c->nneeds = n;
}

static void read_needs(struct cb_build *b, const struct cb_tree *t, struct cb_criterion *c)
{
	const struct cb_tree *v = get_table(b, t, "needs");

	if (!cb_tree_get(t, "needs")) {
		if (c->is_function)
			cb_say(b, "add needs = { \"speakers\", \"present\" }: it gets these, and is not asked where one is absent",
			       "the function does not say which facts it needs");
		return;
	}
	if (!v)
		return;
	struct cb_place f = cb_enter_field(b, t, "needs");
	int *needs = CB_NEWV(&b->rs->arena, v->nitem + 1, int);
	b->oom |= !needs;
	if (!c->is_function)
		cb_say(b, "leave it out: a declared score shows by itself what it needs", "needs stands only beside a function");
	for (size_t i = 0; needs && i < v->nitem; i++) {
		struct cb_place p = cb_enter_item(b, i, v->item[i]);
		const struct cb_tree *o = v->item[i];
		const char *id = o->type == CB_T_TEXT ? o->text : is_op(o, "fact") && o->nitem && o->item[0]->type == CB_T_TEXT ? o->item[0]->text : NULL;
		int k = id ? cb_facts_find(b->dict, id) : -1;
		if (!id) {
			say_type(b, o, "the name of a fact", "needs = { \"speakers\", \"present\" }");
		} else if (k < 0) {
			const char *near = cb_facts_nearest(b->dict, id);
			cb_say(b, near ? cb_fmt(b, "did you mean %s?", near) : NULL, "no fact is called %s", id);
		} else {
			needs[c->nneeds++] = k;
		}
		cb_leave(b, p);
	}
	c->needs = needs;
	cb_leave(b, f);
}

static bool read_criterion(struct cb_build *b, const struct cb_tree *t, struct cb_criterion *c)
{
	static const char *const fields[] = { "id", "max", "article", "label", "group", "score", "applies", "otherwise", "needs", "note", "check",
					      "round", "part_of", "counts" };
	static const char *const rounds[] = { "", "half_up", "half_even", "down", "up" };
	struct cb_ruleset *rs = b->rs;
	size_t before = b->errors;

	*c = (struct cb_criterion){ .line = b->line };
	if (!is_op(t, "criterion")) {
		say_type(b, t, "criterion { ... }", "write criterion { id = ..., max = ..., score = ... }");
		return false;
	}
	size_t unknown = b->errors;
	known_fields(b, t, "a criterion", fields, COUNT(fields));
	unknown = b->errors - unknown; /* a misspelt field was told: what it would have been is not missed again */
	c->id = get_id(b, t, "id");
	if (!c->id && !cb_tree_get(t, "id"))
		cb_say(b, "add id = \"...\"", "the criterion has no id");
	c->label = get_text(b, t, "label");
	c->group = get_text(b, t, "group");
	c->article = get_text(b, t, "article");
	c->note = get_text(b, t, "note");
	c->part_of = get_text(b, t, "part_of");
	if (!c->label)
		c->label = c->id;
	int round = get_word(b, t, "round", rounds, COUNT(rounds), CB_ROUND_NONE);
	c->round = round > 0 ? (enum cb_round)round : CB_ROUND_NONE;
	int counts = get_word(b, t, "counts", cb_counts_name, COUNT(cb_counts_name), CB_COUNTS_SCALE);
	c->counts = counts > 0 ? (enum cb_counts)counts : CB_COUNTS_SCALE;
	if (c->counts != CB_COUNTS_SCALE && cb_tree_get(t, "check") && !cb_tree_get(t, "score"))
		cb_say(b, "leave counts out, or write score = flag(condition, points)", "a requirement is met or not met; it has no points that count");
	if (c->counts != CB_COUNTS_SCALE && c->part_of)
		cb_say(b, "leave part_of out: a frame is about the scale", "criterion %s is a %s, which is part of no scale", c->id ? c->id : "?", cb_counts_name[c->counts]);

	const struct cb_tree *max = cb_tree_get(t, "max"), *score = cb_tree_get(t, "score"), *check = cb_tree_get(t, "check");
	const struct cb_tree *applies = cb_tree_get(t, "applies"), *na = cb_tree_get(t, "otherwise");
	const char *id = c->id ? c->id : "?";
	if (!score == !check && (score || !unknown))
		cb_say(b, score ? "keep score (points) or check (a requirement that is met or not)" : "add score = ... (points), or check = a condition (a requirement)",
		       score ? "criterion %s has both score and check" : "criterion %s has neither score nor check", id);
	if (max) {
		struct cb_place p = cb_enter_field(b, t, "max");
		struct cb_ratio r;
		if (check && !score)
			cb_say(b, "leave max out, or write score = flag(condition, max)", "a requirement is met or not met; it has no points");
		else if (cb_build_const(b, max, &r) && cb_build_pts(b, r, &c->max, "max") && c->max <= 0)
			cb_say(b, NULL, "max must be above 0");
		cb_leave(b, p);
	} else if (score && !unknown) {
		cb_say(b, "add max = the most points that it gives", "criterion %s has no max", id);
	}
	/* the expressions */
	b->crit = (int)rs->ncriterion;
	b->crit_id = id;
	b->crit_max = c->max > 0 ? c->max : 1000;
	b->crit_counts = c->counts;
	b->round = c->round;
	b->njudged = 0;
	b->at = CB_AT_CRITERION;
	if (applies) {
		struct cb_place p = cb_enter_field(b, t, "applies");
		c->applies = cb_build_node(b, applies, CB_CONDITION);
		cb_leave(b, p);
		if (!na && score && !unknown)
			cb_say(b, c->counts != CB_COUNTS_SCALE ? "add otherwise = 0" : "add otherwise = \"full\" (full marks), \"rescale\" (its points leave the scale) or a number of points",
			       "nothing says what a meeting gets where criterion %s does not apply", id);
	}
	if (na) {
		struct cb_place p = cb_enter_field(b, t, "otherwise");
		if (!applies && unknown) {
			;
		} else if (!applies) {
			cb_say(b, "add applies = a condition, or leave otherwise out", "otherwise without applies is never used");
		} else if (na->type == CB_T_TEXT && strcmp(na->text, "full") == 0) {
			c->na = CB_NA_FULL;
		} else if (na->type == CB_T_TEXT && strcmp(na->text, "rescale") == 0) {
			c->na = CB_NA_RESCALE;
			if (c->counts != CB_COUNTS_SCALE)
				cb_say(b, "write otherwise = 0", "a %s is not part of the scale that would be rescaled", cb_counts_name[c->counts]);
		} else if (na->type == CB_T_NUMBER) {
			c->na = CB_NA_POINTS;
			if (cb_build_pts(b, na->number, &c->na_points, "otherwise") && (c->na_points < 0 || c->na_points > c->max))
				cb_say(b, NULL, "otherwise must be 0 to max");
		} else {
			say_type(b, na, "\"full\", \"rescale\" or points", NULL);
		}
		cb_leave(b, p);
	}
	if (score) {
		struct cb_place p = cb_enter_field(b, t, "score");
		if (score->type == CB_T_FUNCTION) {
			struct cb_node *n = cb_build_new(b, cb_form_find("function"), CB_POINTS, 0);
			c->is_function = true;
			if (n) {
				n->ref = score->function;
				n->lo = (struct cb_ratio){ 0, 1 };
				n->hi = (struct cb_ratio){ c->max, 1 };
				c->score = cb_build_keep(b, n);
			}
		} else {
			c->score = cb_build_node(b, score, CB_POINTS);
		}
		cb_leave(b, p);
	}
	if (check) {
		struct cb_place p = cb_enter_field(b, t, "check");
		c->check = cb_build_node(b, check, CB_CONDITION);
		cb_leave(b, p);
	}
	read_needs(b, t, c);
	if (c->is_function && c->round == CB_ROUND_NONE)
		c->round = CB_ROUND_HALF_UP;
	if (b->njudged == 1) { /* the only judged item of a criterion is called like the criterion */
		for (size_t i = 0; i < rs->nnode; i++) {
			struct cb_node *n = rs->node[i];
			size_t len = strlen(id);
			if (cb_is(n, "judged") && n->text && strncmp(n->text, id, len) == 0 && strcmp(n->text + len, ".1") == 0)
				n->text = cb_build_strdup(b, id);
		}
	}
	for (size_t i = 0; c->id && i < rs->ncriterion; i++)
		if (strcmp(rs->criterion[i].id, c->id) == 0)
			cb_say(b, "give each its own id", "two criteria are called \"%s\" (the other one on line %d)", c->id, rs->criterion[i].line);
	b->crit = -1;
	b->round = CB_ROUND_NONE;
	return b->errors == before && !b->oom && c->id;
}

static void copy_criterion(struct cb_build *b, struct clone *cl, const struct cb_criterion *from, struct cb_criterion *c)
{
	*c = *from;
	c->id = cb_build_strdup(b, from->id);
	c->label = cb_build_strdup(b, from->label);
	c->group = cb_build_strdup(b, from->group);
	c->article = cb_build_strdup(b, from->article);
	c->note = cb_build_strdup(b, from->note);
	c->part_of = cb_build_strdup(b, from->part_of);
	c->applies = clone(cl, from->applies);
	c->score = clone(cl, from->score);
	c->check = clone(cl, from->check);
	if (from->is_function) {
		int *needs = CB_NEWV(&b->rs->arena, from->nneeds + 1, int);
		for (size_t i = 0; needs && i < from->nneeds; i++)
			needs[i] = cb_facts_find(b->dict, cb_facts_at(b->base->dict, (size_t)from->needs[i])->id);
		c->needs = needs;
		b->oom |= !needs;
	}
}

/* A criterion joins even when it had mistakes, so that references to it are not told as further ones. */
static void add_criterion(struct cb_build *b, struct cb_criterion *c)
{
	struct cb_ruleset *rs = b->rs;

	if (!c->id)
		return;
	find_needs(b, c);
	if (!c->check && c->counts == CB_COUNTS_SCALE)
		rs->scale += c->max > 0 ? c->max : 0;
	rs->off_scale |= c->counts != CB_COUNTS_SCALE;
	rs->criterion[rs->ncriterion++] = *c;
}

static void read_criteria(struct cb_build *b, const struct cb_tree *t, struct clone *cl)
{
	struct cb_ruleset *rs = b->rs;
	const struct cb_tree *own = get_table(b, t, "criteria"), *over = get_table(b, t, "override");
	size_t n = (own ? own->nitem : b->base ? b->base->ncriterion : 0);
	struct cb_criterion c;

	if (!cb_tree_get(t, "criteria") && !b->base) {
		if (!b->unknown)
			cb_say(b, "add criteria = { criterion { ... }, ... }", "the ruleset has no criteria");
		return;
	}
	if (n == 0 || n > CB_CRITERIA_MAX) {
		struct cb_place f = cb_enter_field(b, t, "criteria");
		if (own || !cb_tree_get(t, "criteria"))
			cb_say(b, NULL, "%zu criteria; 1 to %d are possible", n, CB_CRITERIA_MAX);
		cb_leave(b, f);
		return;
	}
	rs->criterion = CB_NEWV(&rs->arena, n, struct cb_criterion);
	if (!rs->criterion) {
		b->oom = true;
		return;
	}
	if (own) {
		struct cb_place f = cb_enter_field(b, t, "criteria");
		only_items(b, own, "criteria", "write criterion { id = \"...\", ... } without a name before it");
		for (size_t i = 0; i < own->nitem && !b->oom; i++) {
			struct cb_place p = cb_enter_item(b, i, own->item[i]);
			read_criterion(b, own->item[i], &c);
			add_criterion(b, &c);
			cb_leave(b, p);
		}
		cb_leave(b, f);
		if (over) {
			f = cb_enter_field(b, t, "override");
			cb_say(b, "put everything into criteria, or leave criteria out", "override replaces criteria of the base, but `criteria` already replaces them all");
			cb_leave(b, f);
		}
		return;
	}
	unsigned char *used = cb_arena_alloc(&b->scratch, over ? over->nitem + 1 : 1);
	if (!used) {
		b->oom = true;
		return;
	}
	for (size_t i = 0; i < b->base->ncriterion && !b->oom; i++) {
		const struct cb_criterion *from = &b->base->criterion[i];
		size_t k = 0;
		for (; over && k < over->nitem; k++) {
			const struct cb_tree *id = over->item[k]->type == CB_T_TABLE ? cb_tree_get(over->item[k], "id") : NULL;
			if (id && id->type == CB_T_TEXT && strcmp(id->text, from->id) == 0)
				break;
		}
		if (over && k < over->nitem) {
			struct cb_place f = cb_enter_field(b, t, "override");
			struct cb_place p = cb_enter_item(b, k, over->item[k]);
			used[k] = 1;
			read_criterion(b, over->item[k], &c);
			cb_leave(b, p);
			cb_leave(b, f);
		} else {
			b->crit = (int)rs->ncriterion;
			copy_criterion(b, cl, from, &c);
			b->crit = -1;
		}
		if (!b->oom)
			add_criterion(b, &c);
	}
	for (size_t k = 0; over && k < over->nitem && !b->oom; k++)
		if (!used[k]) {
			struct cb_place f = cb_enter_field(b, t, "override");
			struct cb_place p = cb_enter_item(b, k, over->item[k]);
			const struct cb_tree *id = over->item[k]->type == CB_T_TABLE ? cb_tree_get(over->item[k], "id") : NULL;
			const char *names[CB_CRITERIA_MAX];
			for (size_t i = 0; i < b->base->ncriterion; i++)
				names[i] = b->base->criterion[i].id;
			const char *near = id && id->type == CB_T_TEXT ? cb_nearest(id->text, names, b->base->ncriterion) : NULL;
			cb_say(b, near ? cb_fmt(b, "did you mean \"%s\"?", near) : "only criteria of the base can be replaced",
			       "the base %s has no criterion \"%s\"", b->base->id, id && id->type == CB_T_TEXT ? id->text : "");
			cb_leave(b, p);
			cb_leave(b, f);
		}
}

/* The local table splits each line of the frame anew: the pieces must add up to it. */
static void check_frame(struct cb_build *b, const struct cb_tree *t)
{
	const struct cb_ruleset *rs = b->rs, *base = b->base;
	const struct cb_tree *v = cb_tree_get(t, "frame");
	char sum_text[CB_NUM_TEXT], max_text[CB_NUM_TEXT];

	if (!v) {
		for (size_t i = 0; i < rs->ncriterion; i++) {
			const struct cb_criterion *c = &rs->criterion[i];
			int of = base ? cb_criterion_find(base, c->id) : -1;
			if (!c->part_of || (base && cb_criterion_find(base, c->part_of) >= 0))
				continue;
			if (of >= 0 && base->criterion[of].part_of && strcmp(c->part_of, base->criterion[of].part_of) == 0)
				continue; /* as in the base, which has the frame */
			struct cb_place f = cb_enter_field(b, t, "criteria");
			b->line = c->line;
			cb_say(b, "add frame = the id of the base", "criterion %s is part_of \"%s\", but the ruleset has no frame", c->id, c->part_of);
			cb_leave(b, f);
		}
		return;
	}
	struct cb_place f = cb_enter_field(b, t, "frame");
	if (v->type != CB_T_TEXT) {
		say_type(b, v, "the id of the base", NULL);
	} else if (!base || strcmp(base->id, v->text) != 0) {
		cb_say(b, cb_fmt(b, "add base = \"%s\"", v->text), "frame \"%s\" is not the base of this ruleset", v->text);
	} else {
		const char *names[CB_CRITERIA_MAX];
		for (size_t i = 0; i < base->ncriterion; i++)
			names[i] = base->criterion[i].id;
		for (size_t i = 0; i < rs->ncriterion; i++) {
			const struct cb_criterion *c = &rs->criterion[i];
			const char *of = c->part_of ? c->part_of : c->id;
			if (c->counts == CB_COUNTS_SCALE && cb_criterion_find(base, of) < 0) {
				const char *near = cb_nearest(of, names, base->ncriterion);
				int line = b->line;
				b->line = c->line;
				cb_say(b, near ? cb_fmt(b, "did you mean part_of = \"%s\"?", near) : "add part_of = a criterion of the frame",
				       "criterion %s belongs to no criterion of the frame %s%s%s", c->id, base->id, c->part_of ? ": there is no " : "",
				       c->part_of ? c->part_of : "");
				b->line = line;
			}
		}
		for (size_t k = 0; k < base->ncriterion; k++) {
			cb_pts sum = 0;
			if (base->criterion[k].counts != CB_COUNTS_SCALE)
				continue;
			for (size_t i = 0; i < rs->ncriterion; i++) {
				const struct cb_criterion *c = &rs->criterion[i];
				if (c->counts == CB_COUNTS_SCALE && strcmp(c->part_of ? c->part_of : c->id, base->criterion[k].id) == 0)
					sum += c->max;
			}
			if (sum != base->criterion[k].max)
				cb_say(b, "make the maxima of its parts add up", "the parts of \"%s\" add up to %s points; the frame %s gives it %s", base->criterion[k].id,
				       cb_fmt_pts(sum_text, sizeof(sum_text), sum), base->id, cb_fmt_pts(max_text, sizeof(max_text), base->criterion[k].max));
		}
	}
	cb_leave(b, f);
}

/* --- gates, rating, periods, ranking ------------------------------------------------------------------------------ */

static int get_level(struct cb_build *b, const struct cb_tree *t, const char *name)
{
	const char *names[CB_LEVELS_MAX];

	for (size_t i = 0; i < b->rs->nlevel; i++)
		names[i] = b->rs->level[i].id;
	if (b->bad_levels && cb_tree_get(t, name))
		return -1;
	return get_word(b, t, name, names, b->rs->nlevel, -2);
}

/* One condition, or a list of conditions that must all hold. */
static struct cb_node *get_conditions(struct cb_build *b, const struct cb_tree *t, const char *name)
{
	const struct cb_tree *v = cb_tree_get(t, name);
	struct cb_node *n = NULL;

	if (!v)
		return NULL;
	struct cb_place f = cb_enter_field(b, t, name);
	if (v->type == CB_T_TABLE && !v->op && v->nitem) {
		struct cb_node *all = cb_build_new(b, cb_form_find("all"), CB_CONDITION, v->nitem);
		bool ok = all != NULL;
		for (size_t i = 0; all && i < v->nitem; i++) {
			struct cb_place p = cb_enter_item(b, i, v->item[i]);
			all->kid[i] = cb_build_node(b, v->item[i], CB_CONDITION);
			ok = ok && all->kid[i];
			cb_leave(b, p);
		}
		if (ok && v->nitem == 1)
			n = all->kid[0];
		else if (ok && all->form->finish(b, v, all))
			n = cb_build_keep(b, all);
	} else {
		n = cb_build_node(b, v, CB_CONDITION);
	}
	cb_leave(b, f);
	return n;
}

static void read_gate(struct cb_build *b, const struct cb_tree *t, struct cb_gate *g)
{
	static const char *const fields[] = { "level", "at_most", "needs", "when", "label", "article", "note" };

	*g = (struct cb_gate){ .level = -1, .at_most = -1, .line = b->line };
	if (!is_op(t, "gate")) {
		say_type(b, t, "gate { ... }", NULL);
		return;
	}
	known_fields(b, t, "a gate", fields, COUNT(fields));
	g->label = get_text(b, t, "label");
	g->article = get_text(b, t, "article");
	g->note = get_text(b, t, "note");
	int level = get_level(b, t, "level"), at_most = get_level(b, t, "at_most");
	g->level = level >= 0 ? level : -1;
	g->at_most = at_most >= 0 ? at_most : -1;
	if ((level == -2) == (at_most == -2)) {
		cb_say(b, "gate { level = \"tot\", needs = { ... } } or gate { at_most = \"kha\", when = condition }",
		       level == -2 ? "the gate names neither level nor at_most" : "the gate names both level and at_most");
		return;
	}
	bool cap = level == -2;
	if (cb_tree_get(t, cap ? "needs" : "when"))
		cb_say(b, cap ? "at_most goes with when" : "level goes with needs", "a gate with %s has no %s", cap ? "at_most" : "level", cap ? "needs" : "when");
	else if (!cb_tree_get(t, cap ? "when" : "needs"))
		cb_say(b, cap ? "add when = a condition" : "add needs = { full \"...\" }", "the gate has no %s", cap ? "when" : "needs");
	else if (cap)
		g->when = get_conditions(b, t, "when");
	else
		g->needs = get_conditions(b, t, "needs");
	if (!cap && level >= 0 && level + 1 == (int)b->rs->nlevel)
		cb_say(b, "name a better level", "\"%s\" is the lowest level: there is none below it to go down to", b->rs->level[level].id);
}

static void read_gates(struct cb_build *b, const struct cb_tree *t, struct clone *cl)
{
	struct cb_ruleset *rs = b->rs;
	const struct cb_tree *v = get_table(b, t, "gates");

	b->at = CB_AT_GATE;
	if (!cb_tree_get(t, "gates")) {
		if (!b->base || !b->base->ngate)
			return;
		rs->gate = CB_NEWV(&rs->arena, b->base->ngate, struct cb_gate);
		for (size_t i = 0; rs->gate && i < b->base->ngate; i++) {
			const struct cb_gate *from = &b->base->gate[i];
			struct cb_gate *g = &rs->gate[i];
			*g = *from;
			g->label = cb_build_strdup(b, from->label);
			g->article = cb_build_strdup(b, from->article);
			g->note = cb_build_strdup(b, from->note);
			g->needs = clone(cl, from->needs);
			g->when = clone(cl, from->when);
			g->level = from->level < 0 ? -1 : cb_level_find(rs, b->base->level[from->level].id);
			g->at_most = from->at_most < 0 ? -1 : cb_level_find(rs, b->base->level[from->at_most].id);
			if (g->level < 0 && g->at_most < 0)
				cb_say(b, "write gates anew in this pack", "a gate taken from the base names a level that is not here");
		}
		rs->ngate = rs->gate ? b->base->ngate : 0;
		b->oom |= !rs->gate;
		return;
	}
	if (!v)
		return;
	struct cb_place f = cb_enter_field(b, t, "gates");
	if (v->nitem > CB_CRITERIA_MAX)
		cb_say(b, NULL, "%zu gates; at most %d are possible", v->nitem, CB_CRITERIA_MAX);
	rs->gate = CB_NEWV(&rs->arena, v->nitem + 1, struct cb_gate);
	b->oom |= !rs->gate;
	for (size_t i = 0; rs->gate && i < v->nitem && i < CB_CRITERIA_MAX; i++) {
		struct cb_place p = cb_enter_item(b, i, v->item[i]);
		read_gate(b, v->item[i], &rs->gate[rs->ngate++]);
		cb_leave(b, p);
	}
	cb_leave(b, f);
}

static void read_periods(struct cb_build *b, const struct cb_tree *t, struct clone *cl)
{
	static const char *const names[] = { [CB_QUARTER] = "quarter", [CB_HALF] = "half", [CB_NINE_MONTHS] = "nine_months", [CB_YEAR] = "year" };
	static const char *const fields[] = { "quarter", "half", "nine_months", "year", "missed_month" };
	static const char *const missed[] = { "ignored", "counts_as_worst", "refuse", "counts_as_kem" };
	struct cb_ruleset *rs = b->rs;
	const struct cb_tree *v = get_table(b, t, "periods");

	b->at = CB_AT_PERIOD;
	if (!cb_tree_get(t, "periods")) {
		if (!b->base)
			return;
		rs->missed_month = b->base->missed_month;
		for (int i = CB_QUARTER; i <= CB_YEAR; i++) {
			rs->period[i].level = clone(cl, b->base->period[i].level);
			rs->period[i].line = b->base->period[i].line;
		}
		return;
	}
	if (!v)
		return;
	struct cb_place f = cb_enter_field(b, t, "periods");
	known_fields(b, v, "periods", fields, COUNT(fields));
	only_fields(b, v, "periods");
	int m = get_word(b, v, "missed_month", missed, COUNT(missed), 0);
	rs->missed_month = m == 2 ? CB_MISSED_REFUSE : m == 1 || m == 3 ? CB_MISSED_AS_WORST : CB_MISSED_IGNORED;
	for (int i = CB_QUARTER; i <= CB_YEAR; i++) {
		const struct cb_tree *r = cb_tree_get(v, names[i]);
		if (!r)
			continue;
		struct cb_place p = cb_enter_field(b, v, names[i]);
		rs->period[i].line = b->line;
		rs->period[i].level = cb_build_node(b, r, CB_LEVEL);
		cb_leave(b, p);
	}
	cb_leave(b, f);
}

static void read_rank_key(struct cb_build *b, const struct cb_tree *t, struct cb_rank_key *k)
{
	static const char *const fields[] = { "label", "down", "note" };

	*k = (struct cb_rank_key){ .down = true };
	const struct cb_tree *value = t;
	if (t->type == CB_T_TABLE && t->op && strcmp(t->op, "key") != 0 && strcmp(t->op, "!bad") != 0 && !cb_tree_get(t, "down"))
		cb_say(b, "add :down() (the largest is first) or :up() (the smallest is first)", "the ranking key does not say which end is first");
	if (is_op(t, "key") || (t->type == CB_T_TABLE && !t->op)) {
		known_fields(b, t, "a ranking key", fields, COUNT(fields));
		const struct cb_tree *down = cb_tree_get(t, "down");
		if (down && down->type != CB_T_BOOL)
			say_type(b, down, "true or false", NULL);
		else if (down)
			k->down = down->boolean;
		k->label = get_text(b, t, "label");
		k->note = get_text(b, t, "note");
		if (t->nitem != 1) {
			cb_say(b, "write mean \"score\":down()", "a ranking key has one quantity, here are %zu", t->nitem);
			return;
		}
		value = t->item[0];
	}
	if (value->type == CB_T_FUNCTION) {
		struct cb_node *n = cb_build_new(b, cb_form_find("function"), CB_QUANTITY, 0);
		if (n) {
			n->ref = value->function;
			k->value = cb_build_keep(b, n);
		}
	} else {
		k->value = cb_build_node(b, value, CB_QUANTITY);
	}
}

static void read_ranking(struct cb_build *b, const struct cb_tree *t, struct clone *cl)
{
	static const char *const fields[] = { "within", "by", "ties", "unrated", "note" };
	static const char *const within[] = { "all", "parent", "cluster", "block", "province" };
	static const char *const ties[] = { "shared", "dense", "order" };
	static const char *const unrated[] = { "apart", "beside" };
	struct cb_ruleset *rs = b->rs;
	const struct cb_tree *v = get_table(b, t, "ranking");

	b->at = CB_AT_PERIOD;
	if (!cb_tree_get(t, "ranking")) {
		if (!b->base)
			return;
		rs->rank_within = b->base->rank_within;
		rs->rank_ties = b->base->rank_ties;
		rs->rank_beside = b->base->rank_beside;
		rs->rank_note = cb_build_strdup(b, b->base->rank_note);
		rs->rank = CB_NEWV(&rs->arena, b->base->nrank + 1, struct cb_rank_key);
		b->oom |= !rs->rank;
		for (size_t i = 0; rs->rank && i < b->base->nrank; i++) {
			rs->rank[i] = b->base->rank[i];
			rs->rank[i].label = cb_build_strdup(b, b->base->rank[i].label);
			rs->rank[i].note = cb_build_strdup(b, b->base->rank[i].note);
			rs->rank[i].value = clone(cl, b->base->rank[i].value);
			rs->nrank++;
		}
		return;
	}
	if (!v)
		return;
	struct cb_place f = cb_enter_field(b, t, "ranking");
	known_fields(b, v, "ranking", fields, COUNT(fields));
	only_fields(b, v, "ranking");
	int w = get_word(b, v, "within", within, COUNT(within), CB_WITHIN_ALL), e = get_word(b, v, "ties", ties, COUNT(ties), CB_TIES_SHARED);
	rs->rank_within = w > 0 ? (enum cb_within)w : CB_WITHIN_ALL;
	rs->rank_ties = e > 0 ? (enum cb_ties)e : CB_TIES_SHARED;
	rs->rank_beside = get_word(b, v, "unrated", unrated, COUNT(unrated), 0) == 1;
	rs->rank_note = get_text(b, v, "note");
	const struct cb_tree *by = get_table(b, v, "by");
	if (!cb_tree_get(v, "by"))
		cb_say(b, "add by = { mean \"score\":down() }", "ranking does not say by what");
	if (by) {
		struct cb_place g = cb_enter_field(b, v, "by");
		if (!by->nitem || by->nitem > 16)
			cb_say(b, NULL, "%zu ranking keys; 1 to 16 are possible", by->nitem);
		rs->rank = CB_NEWV(&rs->arena, by->nitem + 1, struct cb_rank_key);
		b->oom |= !rs->rank;
		for (size_t i = 0; rs->rank && i < by->nitem && i < 16; i++) {
			struct cb_place p = cb_enter_item(b, i, by->item[i]);
			read_rank_key(b, by->item[i], &rs->rank[rs->nrank++]);
			cb_leave(b, p);
		}
		cb_leave(b, g);
	}
	cb_leave(b, f);
}

/* Bonuses lift a total up to here; without them there is nothing above the scale. */
static void read_ceiling(struct cb_build *b, const struct cb_tree *t)
{
	struct cb_ruleset *rs = b->rs;
	const struct cb_tree *v = cb_tree_get(t, "ceiling");
	char a[CB_NUM_TEXT];
	struct cb_ratio r;

	rs->ceiling = rs->scale;
	if (!v) {
		if (b->base && b->base->ceiling > b->base->scale && b->base->ceiling > rs->scale)
			rs->ceiling = b->base->ceiling;
		return;
	}
	struct cb_place p = cb_enter_field(b, t, "ceiling");
	bool bonus = false;
	for (size_t i = 0; i < rs->ncriterion; i++)
		bonus |= rs->criterion[i].counts == CB_COUNTS_BONUS;
	if (!bonus)
		cb_say(b, "leave it out, or write counts = \"bonus\" in the criterion that adds to the total", "no criterion lifts a total above the scale");
	else if (cb_build_const(b, v, &r) && cb_build_pts(b, r, &rs->ceiling, "ceiling") && (rs->ceiling < rs->scale || rs->ceiling > CB_PTS_MAX))
		cb_say(b, "the highest total that bonuses can reach", "a ceiling is at least the scale, which is %s points", cb_fmt_pts(a, sizeof a, rs->scale));
	cb_leave(b, p);
}

static void read_total(struct cb_build *b, const struct cb_tree *t)
{
	struct cb_ruleset *rs = b->rs;
	const struct cb_tree *v = cb_tree_get(t, "total");
	struct cb_ratio step;

	rs->total_step = b->base ? b->base->total_step : 0;
	rs->total_round = b->base ? b->base->total_round : CB_ROUND_NONE;
	if (!v)
		return;
	struct cb_place p = cb_enter_field(b, t, "total");
	if (v->type == CB_T_TEXT && strcmp(v->text, "exact") == 0) {
		rs->total_round = CB_ROUND_NONE;
	} else if (!is_op(v, "round_total") || v->nitem != 2) {
		say_type(b, v, "whole(...) or round_to(...)", "total = whole \"half_up\", or leave it out: totals are exact");
	} else if (cb_build_const(b, v->item[0], &step) && cb_build_pts(b, step, &rs->total_step, "the step")) {
		if (rs->total_step <= 0)
			cb_say(b, NULL, "the step must be above 0");
		if (v->item[1]->type != CB_T_TEXT)
			say_type(b, v->item[1], "half_up, half_even, down or up", NULL);
		else if (!(rs->total_round = cb_round_find(v->item[1]->text)))
			cb_say(b, "one of half_up, half_even, down, up", "\"%s\" is no way to round", v->item[1]->text);
	}
	cb_leave(b, p);
}

static void read_assessors(struct cb_build *b, const struct cb_tree *t)
{
	static const char *const fields[] = { "order" };
	static const char *const note_fields[] = { "required_for", "one_for" };
	static const char *const required[] = { "none", "deductions" };
	static const char *const one_for[] = { NULL, "criterion", "meeting" };
	struct cb_ruleset *rs = b->rs;
	const struct cb_tree *v = get_table(b, t, "assessors");

	if (b->base) {
		rs->norder = b->base->norder;
		memcpy(rs->order, b->base->order, sizeof(rs->order));
		rs->notes = b->base->notes;
	} else {
		rs->norder = 3;
		rs->order[0] = CB_SUPERIOR;
		rs->order[1] = CB_OBSERVER;
		rs->order[2] = CB_SELF;
	}
	if (v) {
		const char *names[CB_ASSESSORS];
		struct cb_place f = cb_enter_field(b, t, "assessors");
		known_fields(b, v, "assessors", fields, COUNT(fields));
		for (int i = 0; i < CB_ASSESSORS; i++)
			names[i] = cb_assessor_id((enum cb_assessor)i);
		const struct cb_tree *o = get_table(b, v, "order");
		if (!cb_tree_get(v, "order"))
			cb_say(b, "add order = { \"superior\", \"observer\", \"self\" }", "assessors does not say in which order they count");
		rs->norder = o ? 0 : rs->norder;
		struct cb_place g = cb_enter_field(b, v, "order");
		for (size_t i = 0; o && i < o->nitem; i++) {
			struct cb_place p = cb_enter_item(b, i, o->item[i]);
			int k = -1;
			for (int j = 0; o->item[i]->type == CB_T_TEXT && j < CB_ASSESSORS; j++)
				if (strcmp(names[j], o->item[i]->text) == 0)
					k = j;
			bool twice = false;
			for (size_t j = 0; j < rs->norder; j++)
				twice = twice || (int)rs->order[j] == k;
			if (o->item[i]->type != CB_T_TEXT)
				say_type(b, o->item[i], "an assessor", "one of self, observer, superior");
			else if (k < 0)
				cb_say(b, "one of self, observer, superior", "no assessor is called \"%s\"", o->item[i]->text);
			else if (twice)
				cb_say(b, "name each once", "\"%s\" stands twice in the order", names[k]);
			else
				rs->order[rs->norder++] = (enum cb_assessor)k;
			cb_leave(b, p);
		}
		if (o && !o->nitem)
			cb_say(b, "name at least one", "nobody's points would count");
		cb_leave(b, g);
		cb_leave(b, f);
	}
	v = get_table(b, t, "notes");
	if (v) {
		struct cb_place f = cb_enter_field(b, t, "notes");
		known_fields(b, v, "notes", note_fields, COUNT(note_fields));
		only_fields(b, v, "notes");
		if (get_word(b, v, "required_for", required, COUNT(required), rs->notes != CB_NOTES_NONE) == 1)
			rs->notes = get_word(b, v, "one_for", one_for, COUNT(one_for), rs->notes ? (int)rs->notes : CB_NOTES_CRITERION) == CB_NOTES_MEETING
					    ? CB_NOTES_MEETING : CB_NOTES_CRITERION;
		else if (cb_tree_get(v, "one_for"))
			cb_say(b, "add required_for = \"deductions\"", "notes says for what one note is enough, but not that notes are required");
		else
			rs->notes = CB_NOTES_NONE;
		cb_leave(b, f);
	}
}

/* --- advice ------------------------------------------------------------------------------------------------------- */

/* Is `item` the judged item `name`, or one of the criterion `name`? */
static bool judged_as(const char *item, const char *name)
{
	size_t n = strlen(name);

	return strncmp(item, name, n) == 0 && (item[n] == '\0' || item[n] == '.');
}

static bool has_judged(const struct cb_ruleset *rs, const char *name)
{
	for (size_t i = 0; i < rs->nnode; i++)
		if (cb_is(rs->node[i], "judged") && rs->node[i]->text && judged_as(rs->node[i]->text, name))
			return true;
	return false;
}

static bool reads_fact(const struct cb_ruleset *rs, int fact)
{
	for (size_t i = 0; i < rs->nnode; i++)
		if ((cb_is(rs->node[i], "fact") || cb_is(rs->node[i], "known")) && rs->node[i]->ref == fact)
			return true;
	for (size_t c = 0; c < rs->ncriterion; c++)
		for (size_t k = 0; k < rs->criterion[c].nneeds; k++)
			if (rs->criterion[c].needs[k] == fact)
				return true;
	return false;
}

static void keep_effort(struct cb_build *b, const char *name, int cost)
{
	char *s = cb_build_strdup(b, name);

	if (s)
		b->rs->effort[b->rs->neffort++] = (struct cb_effort){ s, cost };
}

static void add_effort(struct cb_build *b, const char *name, int cost)
{
	struct cb_ruleset *rs = b->rs;
	int k = cb_facts_find(b->dict, name);

	if (k >= 0) {
		const struct cb_fact *f = cb_facts_at(b->dict, (size_t)k);
		if (f->fixed || f->type == CB_FACT_DATE) {
			cb_say(b, "leave it out", "advice never changes %s", name);
			return;
		}
		if (!reads_fact(rs, k))
			cb_warn(b, "leave it out", "nothing in this ruleset asks for %s, so advice never comes to it", name);
	} else if (!has_judged(rs, name)) {
		const char *near = cb_facts_nearest(b->dict, name);
		if (cb_criterion_find(rs, name) >= 0)
			cb_say(b, "name the facts that it reads", "nobody judges points of criterion %s", name);
		else
			cb_say(b, near ? cb_fmt(b, "did you mean %s?", near) : NULL, "no fact and no judged line is called %s", name);
		return;
	}
	for (size_t i = 0; i < rs->neffort; i++)
		if (strcmp(rs->effort[i].name, name) == 0) {
			cb_say(b, "name it once", "%s is named twice", name);
			return;
		}
	keep_effort(b, name, cost);
}

/* advice = { cost = { present = 5, results = 10 }, never = { "online" } } */
static void read_advice(struct cb_build *b, const struct cb_tree *t)
{
	static const char *const fields[] = { "cost", "never", "note" };
	struct cb_ruleset *rs = b->rs;
	const struct cb_tree *v = get_table(b, t, "advice"), *cost = NULL, *never = NULL;

	if (cb_tree_get(t, "advice") && !v)
		return;
	struct cb_place f = cb_enter_field(b, t, "advice");
	if (v) {
		known_fields(b, v, "advice", fields, COUNT(fields));
		only_fields(b, v, "advice");
		get_text(b, v, "note");
		cost = get_table(b, v, "cost");
		never = get_table(b, v, "never");
	}
	rs->effort = CB_NEWV(&rs->arena, (cost ? cost->nfield : 0) + (never ? never->nitem : 0) + (b->base ? b->base->neffort : 0) + 1,
			     struct cb_effort);
	b->oom |= !rs->effort;
	if (rs->effort && cost) {
		struct cb_place g = cb_enter_field(b, v, "cost");
		if (cost->nitem)
			cb_say(b, "write cost = { present = 5 }", "a cost without the name of what it is of");
		for (size_t i = 0; i < cost->nfield; i++) {
			struct cb_place p = cb_enter_field(b, cost, cost->field[i].name);
			struct cb_ratio r;
			if (cb_build_const(b, cost->field[i].value, &r)) {
				if (r.d != 1 || r.n < 1 || r.n > CB_EFFORT_MAX)
					cb_say(b, "1 is what costs least; what must not be advised goes to never", "a cost is a whole number from 1 to %d",
					       CB_EFFORT_MAX);
				else
					add_effort(b, cost->field[i].name, (int)r.n);
			}
			cb_leave(b, p);
		}
		cb_leave(b, g);
	}
	if (rs->effort && never) {
		struct cb_place g = cb_enter_field(b, v, "never");
		if (never->nfield)
			cb_say(b, "write never = { \"online\" }", "never is a list of names");
		for (size_t i = 0; i < never->nitem; i++) {
			const struct cb_tree *o = never->item[i];
			struct cb_place p = cb_enter_item(b, i, o);
			const char *id = o->type == CB_T_TEXT ? o->text : is_op(o, "fact") && o->nitem && o->item[0]->type == CB_T_TEXT ? o->item[0]->text : NULL;
			if (id)
				add_effort(b, id, 0);
			else
				say_type(b, o, "the name of a fact or of a judged line", "never = { \"online\" }");
			cb_leave(b, p);
		}
		cb_leave(b, g);
	}
	/* what is left out is the base's, as far as it is here */
	for (size_t i = 0; rs->effort && b->base && i < b->base->neffort; i++) {
		const struct cb_effort *e = &b->base->effort[i];
		size_t k = 0;
		while (k < rs->neffort && strcmp(rs->effort[k].name, e->name) != 0)
			k++;
		if (!(e->cost ? cost : never) && k == rs->neffort && (cb_facts_find(b->dict, e->name) >= 0 || has_judged(rs, e->name)))
			keep_effort(b, e->name, e->cost);
	}
	cb_leave(b, f);
}

int cb_ruleset_effort(const struct cb_ruleset *rs, const struct cb_input *in)
{
	const char *name = in->kind == CB_IN_FACT ? cb_facts_at(rs->dict, (size_t)in->fact)->id : in->item;
	int cost = 1;

	for (size_t i = 0; i < rs->neffort; i++) {
		if (strcmp(rs->effort[i].name, name) == 0)
			return rs->effort[i].cost;
		if (in->kind == CB_IN_JUDGED && judged_as(name, rs->effort[i].name))
			cost = rs->effort[i].cost;
	}
	return cost;
}

/* --- the ruleset -------------------------------------------------------------------------------------------------- */

/* Facts of its own that nothing reads, and such that all packs have anyway. */
static void check_facts(struct cb_build *b, const struct cb_tree *t, const struct cb_tree *facts)
{
	if (!facts || b->errors)
		return;
	struct cb_place f = cb_enter_field(b, t, "facts");
	for (size_t i = 0; i < facts->nitem; i++) {
		struct cb_place p = cb_enter_item(b, i, facts->item[i]);
		const struct cb_tree *id = cb_tree_get(facts->item[i], "id");
		int at = id && id->type == CB_T_TEXT ? cb_facts_find(b->dict, id->text) : -1;
		bool read = false;
		for (size_t k = 0; k < b->rs->nnode && !read; k++)
			read = cb_is(b->rs->node[k], "fact") && b->rs->node[k]->ref == at;
		for (size_t k = 0; k < b->rs->ncriterion; k++)
			for (size_t j = 0; j < b->rs->criterion[k].nneeds; j++)
				read = read || b->rs->criterion[k].needs[j] == at;
		if (at >= 0 && cb_fact_core_find(id->text) >= 0)
			cb_warn(b, "leave it out of facts", "%s is a fact that all packs have already", id->text);
		else if (at >= 0 && !read)
			cb_warn(b, "use it in a criterion, or leave it out", "nothing reads the fact %s: cells would be asked for it in vain", id->text);
		cb_leave(b, p);
	}
	cb_leave(b, f);
}

/* folder.file: parts of [a-z][a-z0-9_]* joined by points */
static bool pack_id_ok(const char *s)
{
	if (strlen(s) > 100)
		return false;
	for (bool start = true; *s; s++) {
		if (start ? !(*s >= 'a' && *s <= 'z') : !((*s >= 'a' && *s <= 'z') || (*s >= '0' && *s <= '9') || *s == '_' || *s == '.'))
			return false;
		start = *s == '.';
		if (start && !s[1])
			return false;
	}
	return true;
}

static const char *base_text(struct cb_build *b, const struct cb_tree *t, const char *name, const char *from)
{
	const char *s = get_text(b, t, name);

	return s || cb_tree_get(t, name) ? s : cb_build_strdup(b, from);
}

static void read_head(struct cb_build *b, const struct cb_tree *t)
{
	static const char *const states[] = { "transcribed", "reconstructed" };
	static const char *const missing[] = { "refuse", "zero", "rescale" };
	static const char *const dates[] = { "from", "to" };
	struct cb_ruleset *rs = b->rs;
	const struct cb_ruleset *base = b->base;
	const char *kinds[CB_MEETING_KINDS], *units[CB_UNIT_KINDS], *cells[CB_CELL_TYPES];

	rs->title = base_text(b, t, "title", base ? base->title : NULL);
	rs->issuer = base_text(b, t, "issuer", base ? base->issuer : NULL);
	rs->source = base_text(b, t, "source", base ? base->source : NULL);
	rs->base = get_text(b, t, "base");
	if (cb_tree_get(t, "base") && rs->base && !base)
		cb_say(b, NULL, "the base %s is not here", rs->base);
	int st = get_word(b, t, "status", states, COUNT(states), -2);
	rs->status = st >= 0 ? states[st] : base && st == -2 && base->status ? cb_build_strdup(b, base->status) : NULL;
	if (!rs->issuer && !cb_tree_get(t, "issuer") && !b->unknown)
		cb_say(b, "add issuer = the code of the body that issued it (\"trung_uong\" for all)", "the ruleset has no issuer");
	else if (rs->issuer && !cb_code_ok(rs->issuer, strlen(rs->issuer)))
{
		struct cb_place p = cb_enter_field(b, t, "issuer");
		cb_say(b, "letters, digits, points, _ and -", "\"%s\" cannot be the code of a unit", rs->issuer);
		cb_leave(b, p);
	}
	if (st == -2 && !rs->status && !b->unknown)
		cb_say(b, "add status = \"transcribed\" (from the text) or \"reconstructed\" (from what, in source)", "the ruleset does not say what it rests on");
	if (!rs->title)
		rs->title = rs->id;

	rs->from = base ? base->from : CB_DAY_MIN;
	rs->to = base ? base->to : CB_DAY_MAX;
	const struct cb_tree *e = get_table(b, t, "effective");
	if (e) {
		struct cb_place f = cb_enter_field(b, t, "effective");
		size_t before = b->errors;
		known_fields(b, e, "effective", dates, COUNT(dates));
		if (!cb_tree_get(e, "from") && b->errors == before)
			cb_say(b, "write effective = { from = \"2025-10-28\" }", "effective does not say from when the ruleset holds");
		rs->from_file = cb_build_strdup(b, b->file);
		rs->from_line = b->line;
		rs->from = get_day(b, e, "from", CB_DAY_MIN);
		rs->to = get_day(b, e, "to", CB_DAY_MAX);
		if (b->errors == before && rs->from > rs->to)
			cb_say(b, NULL, "it ends before it begins, so it is never in force");
		cb_leave(b, f);
	} else if (!base && !cb_tree_get(t, "effective") && !b->unknown) {
		cb_say(b, "add effective = { from = \"2025-10-28\" }", "the ruleset does not say from when it holds");
	}
	for (int i = 0; i < CB_MEETING_KINDS; i++)
		kinds[i] = cb_meeting_kind_id((enum cb_meeting_kind)i);
	for (int i = 0; i < CB_UNIT_KINDS; i++)
		units[i] = cb_unit_kind_id((enum cb_unit_kind)i);
	for (int i = 0; i < CB_CELL_TYPES; i++)
		cells[i] = cb_cell_type_id((enum cb_cell_type)i);
	rs->for_kinds = get_mask(b, t, "for_kinds", kinds, CB_MEETING_KINDS, base ? base->for_kinds : (1u << CB_MEETING_KINDS) - 1);
	rs->for_units = get_mask(b, t, "for_units", units, CB_UNIT_KINDS, base ? base->for_units : 0);
	rs->for_cells = get_mask(b, t, "for_cells", cells, CB_CELL_TYPES, base ? base->for_cells : 0);
	int m = get_word(b, t, "missing", missing, COUNT(missing), base ? (int)base->missing : CB_MISSING_REFUSE);
	rs->missing = m >= 0 ? (enum cb_missing)m : CB_MISSING_REFUSE;
}

/* The columns are those of the program itself. */
static int find_inputs(struct cb_build *b, struct cb_err *err)
{
	struct cb_ruleset *rs = b->rs;
	struct cb_prog p;
	int rc = cb_prog_init(&p, rs, NULL, 0, err);

	if (rc < 0)
		return rc;
	rs->input = CB_NEWV(&rs->arena, p.ninput + 1, struct cb_input);
	rs->ninput = p.ninput;
	for (size_t i = 0; rs->input && i < p.ninput; i++)
		rs->input[i] = p.input[i].in;
	cb_prog_release(&p);
	return rs->input ? 0 : cb_err_nomem(err);
}

static void read_all(struct cb_build *b, const struct cb_tree *t)
{
	static const char *const fields[] = { "id", "title", "issuer", "base", "status", "source", "effective", "for_kinds", "for_units", "for_cells",
					      "facts", "criteria", "override", "frame", "assessors", "notes", "missing", "total", "ceiling", "levels",
					      "gates", "rating", "periods", "ranking", "advice", "note" };
	struct cb_ruleset *rs = b->rs;
	struct clone cl = { .b = b };

	if (b->base && !(cl.to = CB_NEWV(&b->scratch, b->base->nnode + 1, struct cb_node *))) {
		b->oom = true;
		return;
	}
	known_fields(b, t, "a ruleset", fields, COUNT(fields));
	b->unknown = b->errors > 0;
	rs->id = get_text(b, t, "id");
	if (!cb_tree_get(t, "id"))
		cb_say(b, "add id = \"folder.file\"", "the ruleset has no id");
	else if (rs->id && !pack_id_ok(rs->id)) {
		struct cb_place p = cb_enter_field(b, t, "id");
		cb_say(b, "folder.file, in a to z, 0 to 9 and _", "\"%s\" cannot be the id of a ruleset", rs->id);
		cb_leave(b, p);
	}
	rs->note = get_text(b, t, "note");
	rs->frame = cb_tree_get(t, "frame") != NULL;
	if (!rs->id)
		rs->id = "?";
	read_head(b, t);
	size_t before = b->errors;
	const struct cb_tree *facts = get_table(b, t, "facts");
	if (facts) {
		struct cb_place f = cb_enter_field(b, t, "facts");
		only_items(b, facts, "facts", "write { id = \"hours\", type = \"decimal\", label = \"số giờ\" }");
		for (size_t i = 0; i < facts->nitem; i++) {
			struct cb_place p = cb_enter_item(b, i, facts->item[i]);
			declare_fact(b, facts->item[i]);
			cb_leave(b, p);
		}
		cb_leave(b, f);
	}
	b->bad_facts = b->errors > before;
	const struct cb_tree *rating = cb_tree_get(t, "rating");
	read_levels(b, t, rating || (b->base && b->base->rating));
	read_assessors(b, t);
	read_total(b, t);
	read_criteria(b, t, &cl);
	cb_pts all = 0;
	for (size_t i = 0; i < rs->ncriterion; i++)
		all += rs->criterion[i].max;
	if (all > CB_PTS_MAX)
		cb_say(b, NULL, "the maxima add up to more than a million points");
	read_ceiling(b, t);
	check_frame(b, t);
	read_gates(b, t, &cl);
	b->at = CB_AT_GATE;
	if (rating) {
		struct cb_place p = cb_enter_field(b, t, "rating");
		rs->rating = cb_build_node(b, rating, CB_LEVEL);
		cb_leave(b, p);
	} else if (b->base && b->base->rating) {
		rs->rating = clone(&cl, b->base->rating);
	} else if (rs->ncriterion && rs->scale == 0 && !b->errors) {
		cb_say(b, "add rating = first { { all { met \"...\" }, \"dat\" }, otherwise \"khong_dat\" }",
		       "no criterion has points, and no rating says how requirements become a level");
	}
	read_periods(b, t, &cl);
	read_ranking(b, t, &cl);
	read_advice(b, t);
	check_facts(b, t, facts);
}

int cb_ruleset_build(struct cb_ruleset **out, const struct cb_tree *tree, const struct cb_ruleset *base, struct cb_facts *dict,
		     struct cb_diags *diags, struct cb_err *err)
{
	struct cb_build b = { .base = base, .dict = dict, .diags = diags, .crit = -1, .crit_max = 1000 };
	struct cb_ruleset *rs = cb_calloc(1, sizeof(*rs));
	int rc = CB_EDATA;

	*out = NULL;
	if (!rs)
		return cb_err_nomem(err);
	cb_arena_init(&rs->arena);
	rs->dict = dict;
	b.rs = rs;
	if (cb_build_start(&b) < 0) {
		rc = cb_err_nomem(err);
		goto out;
	}
	b.file = tree->file ? cb_build_strdup(&b, tree->file) : NULL;
	b.line = tree->line;
	if (!is_op(tree, "ruleset")) {
		say_type(&b, tree, "ruleset { ... }", "end the pack with return ruleset { ... }");
		rc = b.oom ? cb_err_nomem(err) : cb_err_set(err, CB_EDATA, "%s: it does not return a ruleset", b.file ? b.file : "pack");
		goto out;
	}
	read_all(&b, tree);
	if (b.oom || !cb_buf_ok(&b.path)) {
		rc = cb_err_nomem(err);
		goto out;
	}
	if (b.errors) {
		rc = cb_err_set(err, CB_EDATA, "%s: %zu mistake%s in the ruleset", b.file ? b.file : rs->id, b.errors, b.errors == 1 ? "" : "s");
		goto out;
	}
	/* files were the tree's */
	for (size_t i = 0; i < rs->nnode; i++)
		if (rs->node[i]->file && !(rs->node[i]->file = i && rs->node[i - 1]->file && strcmp(rs->node[i - 1]->file, rs->node[i]->file) == 0 ?
								     rs->node[i - 1]->file : cb_build_strdup(&b, rs->node[i]->file))) {
			rc = cb_err_nomem(err);
			goto out;
		}
	rc = find_inputs(&b, err);
out:
	cb_build_end(&b);
	if (rc < 0) {
		cb_ruleset_free(rs);
		return rc;
	}
	*out = rs;
	return 0;
}

void cb_ruleset_free(struct cb_ruleset *rs)
{
	if (!rs)
		return;
	if (rs->fn.free)
		rs->fn.free(rs->fn.ctx);
	cb_free(rs->node);
	cb_arena_release(&rs->arena);
	cb_free(rs);
}

int cb_ruleset_set_sources(struct cb_ruleset *rs, const struct cb_source *src, size_t nsrc, struct cb_err *err)
{
	struct cb_source *to = CB_NEWV(&rs->arena, nsrc + 1, struct cb_source);
	struct cb_sha h;

	if (!to)
		return cb_err_nomem(err);
	cb_sha_init(&h);
	for (size_t i = 0; i < nsrc; i++) {
		to[i] = src[i];
		to[i].path = cb_arena_strdup(&rs->arena, src[i].path);
		to[i].text = cb_arena_strndup(&rs->arena, src[i].text, src[i].len);
		to[i].issuer = cb_arena_strdup(&rs->arena, src[i].issuer ? src[i].issuer : rs->issuer ? rs->issuer : "");
		if (!to[i].path || !to[i].text || !to[i].issuer)
			return cb_err_nomem(err);
		cb_sha256_hex(src[i].text, src[i].len, to[i].sha);
		cb_sha_add(&h, to[i].sha, strlen(to[i].sha));
		cb_sha_add(&h, " ", 1);
		cb_sha_add(&h, to[i].path, strlen(to[i].path));
		cb_sha_add(&h, "\n", 1);
	}
	cb_sha_hex(&h, rs->sha);
	rs->src = to;
	rs->nsrc = nsrc;
	return 0;
}

const char *const cb_counts_name[3] = { "scale", "bonus", "penalty" };

const char *cb_notes_id(enum cb_notes n)
{
	return n == CB_NOTES_CRITERION ? "criterion" : n == CB_NOTES_MEETING ? "meeting" : NULL;
}

bool cb_note_is_of(const char *criterion, const char *item)
{
	size_t n = strlen(criterion);

	return strncmp(item, criterion, n) == 0 && (item[n] == '\0' || item[n] == '.');
}

const struct cb_node *cb_judged_find(const struct cb_ruleset *rs, const char *item)
{
	for (size_t i = 0; i < rs->nnode; i++)
		if (cb_is(rs->node[i], "judged") && rs->node[i]->text && strcmp(rs->node[i]->text, item) == 0)
			return rs->node[i];
	return NULL;
}

int cb_criterion_find(const struct cb_ruleset *rs, const char *id)
{
	for (size_t i = 0; id && i < rs->ncriterion; i++)
		if (strcmp(rs->criterion[i].id, id) == 0)
			return (int)i;
	return -1;
}

int cb_level_find(const struct cb_ruleset *rs, const char *id)
{
	for (size_t i = 0; id && i < rs->nlevel; i++)
		if (rs->level[i].id && strcmp(rs->level[i].id, id) == 0)
			return (int)i;
	return -1;
}
