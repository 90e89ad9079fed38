/*
 * fnhost.h - how `rule` and `eval` reach the Lua functions of a pack without knowing Lua.
 *
 * engine/lua fills this struct for each loaded pack; tests fill it with a C fake.
 */
#ifndef CB_RULE_FNHOST_H
#define CB_RULE_FNHOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "base/num.h"

struct cb_fnarg {
	const char *name; /* a fact id ("speakers"), or of a ranking key: "mean_score", "months", "code", ... */
	bool have;
	struct cb_ratio value;
	bool flag;        /* a yes/no fact: value is 0 or 1 and should arrive as a boolean */
	const char *word; /* for facts of a vocabulary and texts, else NULL */
};

struct cb_fnresult {
	enum { CB_FN_POINTS, CB_FN_ABSENT, CB_FN_TRUE, CB_FN_FALSE } type; /* false counts as 0 points */
	struct cb_ratio value; /* POINTS: exact decimal of the number that was returned */
	double raw;            /* the number itself */
	char note[256];        /* optional second result, cleaned; "" if none */
};

struct cb_fnhost {
	void *ctx;
	/* Calls function `handle` with one table of the arguments. 0; CB_ELIMIT for a budget; CB_ERULE for the pack's own
	   error or a result that is no number (message: file:line: what). Never longjmps. */
	int (*call)(void *ctx, int handle, const struct cb_fnarg *arg, size_t narg, struct cb_fnresult *out, struct cb_err *err);
	void (*free)(void *ctx); /* closes the pack's state */
};

#endif
