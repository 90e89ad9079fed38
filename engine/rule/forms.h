/*
 * forms.h - the one table of forms: everything that may stand in a rule's expression.
 *
 * A form is an entry of cb_forms (forms.c): what it may stand for, where, the shape of its operands, and three small
 * functions: finish (own checks, constants, what it can be at least and at most), emit (operations over columns,
 * from prog.h) and text (Vietnamese words). The builder checks shapes generically, so a form that composes
 * existing operations is one entry there, one constructor in scripts/rule.lua, and tests.
 *
 * Shapes, one token per operand: q quantity, c condition, p points, l level, = the kind that the form itself stands for
 * here; n a constant number, s a text, v a value to compare operand 1 with (quantity; a word or a day in text when
 * operand 1 is one); b branches { c, = } ending in otherwise(=), z bands { n, = }. A token followed by ? may be left out,
 * by * may be repeated (at least once).
 */
#ifndef CB_RULE_FORMS_H
#define CB_RULE_FORMS_H

#include <stdbool.h>
#include <stddef.h>
#include "base/buf.h"
#include "rule/prog.h"
#include "rule/rule.h"

#define CB_K_Q (1u << CB_QUANTITY)
#define CB_K_C (1u << CB_CONDITION)
#define CB_K_P (1u << CB_POINTS)
#define CB_K_L (1u << CB_LEVEL)

/* Where in a ruleset a form makes sense. */
#define CB_AT_CRITERION 1u /* score, check, applies */
#define CB_AT_GATE 2u      /* gates and rating: criteria and the total are settled */
#define CB_AT_PERIOD 4u    /* period rules and ranking keys: numbers over meetings only */
#define CB_AT_MEETING 8u   /* inside agg and every: one meeting of the period */
#define CB_AT_ALL 15u

struct cb_build; /* build_int.h */

struct cb_option {
	const char *name;
	char type;     /* n number, s text */
	bool required;
};

struct cb_form {
	const char *name;
	unsigned kinds; /* CB_K_* */
	unsigned where; /* CB_AT_* */
	const char *shape;
	const char *example; /* for messages: "f.present:ge(3)" */
	int prec;            /* of its text: 3 stands alone, 2 product, 1 sum, 0 needs parentheses */
	struct cb_option option[4];
	/* Own checks after the operands are built; false when a finding was added. NULL: none. */
	bool (*finish)(struct cb_build *b, const struct cb_tree *t, struct cb_node *n);
	struct cb_val (*emit)(struct cb_prog *p, const struct cb_node *n);
	void (*text)(struct cb_buf *out, const struct cb_ruleset *rs, const struct cb_node *n);
};

extern const struct cb_form cb_forms[];
extern const size_t cb_nforms;
const struct cb_form *cb_form_find(const char *name); /* NULL: no such form */

/* Is `n` of this form? */
bool cb_is(const struct cb_node *n, const char *name);
/* A quantity that is a constant number. */
bool cb_is_const(const struct cb_node *n);
/* first, bands, bands_below: kids are nodes of form "branch" (condition, value) and, last, "otherwise" (value). */
bool cb_is_choice(const struct cb_node *n);

#endif
