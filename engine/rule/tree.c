/*
 * tree.c - builders of declared trees (tree.h). Everything lives in the caller's arena; nothing here judges content.
 */
#include "rule/tree.h"

#include <string.h>

static struct cb_tree *make(struct cb_arena *a, enum cb_tree_type type)
{
	struct cb_tree *t = CB_NEW(a, struct cb_tree);

	if (t)
		t->type = type;
	return t;
}

struct cb_tree *cb_tree_bool(struct cb_arena *a, bool b)
{
	struct cb_tree *t = make(a, CB_T_BOOL);

	if (t)
		t->boolean = b;
	return t;
}

struct cb_tree *cb_tree_number(struct cb_arena *a, struct cb_ratio r)
{
	struct cb_tree *t = make(a, CB_T_NUMBER);

	if (t)
		t->number = r;
	return t;
}

struct cb_tree *cb_tree_text(struct cb_arena *a, const char *s)
{
	struct cb_tree *t = make(a, CB_T_TEXT);

	if (!t)
		return NULL;
	t->text = cb_arena_strdup(a, s);
	return t->text ? t : NULL;
}

struct cb_tree *cb_tree_function(struct cb_arena *a, int handle)
{
	struct cb_tree *t = make(a, CB_T_FUNCTION);

	if (t)
		t->function = handle;
	return t;
}

struct cb_tree *cb_tree_table(struct cb_arena *a, const char *op, size_t nitem, size_t nfield)
{
	struct cb_tree *t = make(a, CB_T_TABLE);

	if (!t)
		return NULL;
	if (op && !(t->op = cb_arena_strdup(a, op)))
		return NULL;
	if (nitem && !(t->item = CB_NEWV(a, nitem, struct cb_tree *)))
		return NULL;
	if (nfield && !(t->field = CB_NEWV(a, nfield, struct cb_tree_field)))
		return NULL;
	t->nitem = nitem;
	t->nfield = nfield;
	return t;
}

struct cb_tree *cb_tree_get(const struct cb_tree *t, const char *name)
{
	/* a dozen fields at most: a scan needs no order to be right */
	for (size_t i = 0; i < t->nfield; i++)
		if (t->field[i].name && strcmp(t->field[i].name, name) == 0)
			return t->field[i].value;
	return NULL;
}
