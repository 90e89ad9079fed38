/*
 * edit.c - edit.h. Works on the tree, so that what comes out is checked like anything that an author wrote.
 */
#include "rule/edit.h"

#include <string.h>

#include "base/diag.h"

#define NAMES_MAX 256

static int unknown(struct cb_err *err, const char *what, const char *given, const char *const *names, size_t n)
{
	const char *near = cb_nearest(given, names, n);
	return cb_err_set(err, CB_EUSAGE, "--set: the pack has no %s \"%.60s\"%s%s%s", what, given, near ? "; nearest is \"" : "", near ? near : "",
			  near ? "\"" : "");
}

static int put_field(struct cb_tree *t, struct cb_arena *a, const char *name, struct cb_tree *value, struct cb_err *err)
{
	for (size_t i = 0; i < t->nfield; i++) {
		if (strcmp(t->field[i].name, name) == 0) {
			t->field[i].value = value;
			return 0;
		}
	}
	struct cb_tree_field *f = CB_NEWV(a, t->nfield + 1, struct cb_tree_field);
	if (!f)
		return cb_err_nomem(err);
	size_t at = 0; /* fields stay sorted by name */
	while (at < t->nfield && strcmp(t->field[at].name, name) < 0)
		at++;
	if (at)
		memcpy(f, t->field, at * sizeof(*f));
	if (t->nfield > at)
		memcpy(f + at + 1, t->field + at, (t->nfield - at) * sizeof(*f));
	f[at] = (struct cb_tree_field){ .name = name, .line = t->line, .value = value };
	t->field = f;
	t->nfield++;
	return 0;
}

/* A level by its id: a plain table { "tot", 90, "Tốt" } or one with fields. */
static int set_level(struct cb_tree *rs, struct cb_arena *a, const char *id, struct cb_tree *value, struct cb_err *err)
{
	struct cb_tree *list = cb_tree_get(rs, "levels");
	const char *names[NAMES_MAX];
	size_t n = 0;
	for (size_t i = 0; list && i < list->nitem && n < NAMES_MAX; i++) {
		struct cb_tree *level = list->item[i];
		struct cb_tree *name = level->type == CB_T_TABLE && level->nitem > 0 ? level->item[0] : NULL;
		if (!name || name->type != CB_T_TEXT)
			continue;
		names[n++] = name->text;
		if (strcmp(name->text, id) != 0)
			continue;
		if (level->nitem > 1) {
			level->item[1] = value;
			return 0;
		}
		return put_field(level, a, "at_least", value, err);
	}
	return unknown(err, "level", id, names, n);
}

static int set_criterion(struct cb_tree *rs, struct cb_arena *a, const char *id, const char *field, struct cb_tree *value,
			 struct cb_err *err)
{
	static const char *const where[] = { "criteria", "override" };
	const char *names[NAMES_MAX];
	size_t n = 0;
	for (size_t w = 0; w < 2; w++) {
		struct cb_tree *list = cb_tree_get(rs, where[w]);
		for (size_t i = 0; list && i < list->nitem + list->nfield; i++) {
			struct cb_tree *c = i < list->nitem ? list->item[i] : list->field[i - list->nitem].value;
			struct cb_tree *name = c->type == CB_T_TABLE ? cb_tree_get(c, "id") : NULL;
			if (!name || name->type != CB_T_TEXT)
				continue;
			if (strcmp(name->text, id) == 0)
				return put_field(c, a, field, value, err);
			if (n < NAMES_MAX)
				names[n++] = name->text;
		}
	}
	return unknown(err, "criterion of its own", id, names, n);
}

int cb_tree_edit(struct cb_tree *rs, struct cb_arena *a, const char *set, struct cb_err *err)
{
	const char *eq = strchr(set, '=');
	if (!eq || eq == set || !eq[1])
		return cb_err_set(err, CB_EUSAGE, "--set takes path=value, such as attendance.max=15 or levels.tot=85, not \"%.60s\"", set);
	char *path = cb_arena_strndup(a, set, (size_t)(eq - set));
	struct cb_ratio r;
	struct cb_tree *value = cb_ratio_parse(&r, eq + 1, strlen(eq + 1)) ? cb_tree_number(a, r)
			      : strcmp(eq + 1, "true") == 0		   ? cb_tree_bool(a, true)
			      : strcmp(eq + 1, "false") == 0		   ? cb_tree_bool(a, false)
									   : cb_tree_text(a, eq + 1);
	if (!path || !value)
		return cb_err_nomem(err);
	value->file = "--set";
	char *dot = strchr(path, '.');
	if (!dot)
		return put_field(rs, a, path, value, err);
	*dot = '\0';
	if (strcmp(path, "levels") == 0)
		return set_level(rs, a, dot + 1, value, err);
	return set_criterion(rs, a, path, dot + 1, value, err);
}
