/*
 * build_int.h - the builder's insides, shared by forms.c and ruleset.c.
 *
 * A builder walks a declared tree once, keeps the field path for messages, and makes nodes: the same cb_tree becomes the
 * same node, and so do equal quantities and conditions written twice. Findings never stop it; a node that could
 * not be made is NULL.
 */
#ifndef CB_RULE_BUILD_INT_H
#define CB_RULE_BUILD_INT_H

#include "rule/forms.h"

#define CB_DEPTH_MAX 200
#define CB_NODES_MAX 20000
#define CB_CRITERIA_MAX 200
#define CB_TEXT_MAX 500 /* characters */
#define CB_LEVELS_MAX 8 /* as many as summaries have columns */

struct cb_build {
	struct cb_ruleset *rs;
	const struct cb_ruleset *base;
	struct cb_facts *dict;
	struct cb_diags *diags;
	struct cb_arena scratch;
	struct cb_buf path;
	const char *file;
	int line;
	unsigned at;         /* CB_AT_* */
	int crit;            /* criterion being built, -1 */
	cb_pts crit_max;
	enum cb_counts crit_counts;
	const char *crit_id;
	enum cb_round round; /* the criterion's */
	int njudged;         /* judged items made in this criterion */
	int depth;
	size_t capnode;
	struct memo *memo;   /* tree -> node */
	size_t nmemo, capmemo;
	int *bucket;         /* node ids by hash */
	int *chain;
	size_t errors;
	bool unknown;        /* a field that no one knows was told: a required one may be misspelt, and is not missed again */
	bool bad_facts;      /* told; an unknown fact may be one of them, and is not told again */
	bool bad_levels;     /* told; what asks for one of them is not told again */
	bool oom, full;      /* memory, CB_NODES_MAX */
};

int cb_build_start(struct cb_build *b); /* -1: no memory; cb_build_end in any case */
void cb_build_end(struct cb_build *b);

/* Where messages point: enter a field or an item of a tree, leave again. */
struct cb_place {
	size_t len;
	const char *file;
	int line;
};
struct cb_place cb_enter_item(struct cb_build *b, size_t i, const struct cb_tree *t);
struct cb_place cb_enter_field(struct cb_build *b, const struct cb_tree *parent, const char *name);
void cb_leave(struct cb_build *b, struct cb_place p);

/* A finding at the current place; `mend` may be NULL. */
void cb_say(struct cb_build *b, const char *mend, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void cb_warn(struct cb_build *b, const char *mend, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* A text in the builder's scratch memory, for mends. Never NULL. */
const char *cb_fmt(struct cb_build *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Makes `kind` from a tree; NULL when findings were added. */
struct cb_node *cb_build_node(struct cb_build *b, const struct cb_tree *t, enum cb_kind kind);
/* A constant quantity. */
struct cb_node *cb_build_number(struct cb_build *b, struct cb_ratio r, enum cb_measure m);
/* The node as it will stay: an equal one that exists already, or this one. NULL: memory or too many. */
struct cb_node *cb_build_keep(struct cb_build *b, struct cb_node *n);
struct cb_node *cb_build_new(struct cb_build *b, const struct cb_form *form, enum cb_kind kind, size_t nkid);
bool cb_build_const(struct cb_build *b, const struct cb_tree *t, struct cb_ratio *out); /* finding when it is no plain number */
bool cb_build_text_ok(struct cb_build *b, const char *s);                               /* finding when too long or unclean */
char *cb_build_strdup(struct cb_build *b, const char *s); /* into the ruleset's arena */
bool cb_build_pts(struct cb_build *b, struct cb_ratio r, cb_pts *out, const char *what); /* finding when it is no thousandth */

#endif
