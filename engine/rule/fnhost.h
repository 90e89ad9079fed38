/*
 * fnhost.h - how `rule` and `eval` reach the Lua functions of a pack without knowing Lua.
 *
 * engine/lua fills this struct for each loaded pack; tests fill it with a C fake. A call is for many meetings at once,
 * because it may have to cross into another process.
 */
#ifndef CB_RULE_FNHOST_H
#define CB_RULE_FNHOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "base/num.h"

#define CB_FN_ARGS 64  /* arguments of one function */
#define CB_FN_LANES 512 /* meetings of one call */
#define CB_FN_TEXT 1024 /* a note or a message, with its NUL */

struct cb_fnarg {
	const char *name; /* a fact id ("speakers"), or of a ranking key: "mean_score", "months", "code", ... */
	struct cb_ratio value;
	const char *word; /* for facts of a vocabulary and texts, else NULL */
	bool have;
	bool flag;        /* a yes/no fact: value is 0 or 1 and should arrive as a boolean */
};

struct cb_fnresult {
	enum { CB_FN_POINTS, CB_FN_ABSENT, CB_FN_TRUE, CB_FN_FALSE } type; /* false counts as 0 points */
	int code;              /* 0, or the function failed: CB_ELIMIT for a budget, CB_ERULE for the pack's own error or a result that is no number */
	struct cb_ratio value; /* POINTS: exact decimal of the number that was returned */
	double raw;            /* the number itself */
	const char *text;      /* the note, or why it failed (file:line: what): cleaned, "" if none; lives until the host's next call */
};

struct cb_fnhost {
	void *ctx;
	/* Calls function `handle` n times (1..CB_FN_LANES), each with one table of narg arguments: arg[i * narg + k], whose names and
	   their order are the same throughout; fills out[n]. Not 0: nothing can be called at all (CB_ENOMEM, CB_EIO). Never longjmps. */
	int (*call)(void *ctx, int handle, const struct cb_fnarg *arg, size_t narg, size_t n, struct cb_fnresult *out, struct cb_err *err);
	void (*free)(void *ctx); /* closes the pack's state */
};

/* One call; a failure of the function is an error like any other. */
static inline int cb_fn_call(const struct cb_fnhost *host, int handle, const struct cb_fnarg *arg, size_t narg, struct cb_fnresult *out, struct cb_err *err)
{
	int rc = host->call(host->ctx, handle, arg, narg, 1, out, err);

	return rc ? rc : out->code ? cb_err_set(err, out->code, "%s", out->text) : 0;
}

#endif
