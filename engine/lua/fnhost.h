/* fnhost.h - calls a pack's Lua functions for rule and eval: the cb_fnhost of a sandbox. */
#ifndef CB_LUA_FNHOST_H
#define CB_LUA_FNHOST_H

#include "lua/sandbox.h"
#include "rule/fnhost.h"

/* Fills *out; the sandbox (frozen) is owned by it from now on, whatever the return. `path` names the pack in messages. Handles are those of
   cb_sandbox_keep. 0 or CB_ENOMEM. */
int cb_fnhost_make(struct cb_fnhost *out, struct cb_sandbox *sb, const char *path, const struct cb_pack_limits *lim, struct cb_err *err);
/* A new run begins: the budget of all its calls is full again. */
void cb_fnhost_begin_run(struct cb_fnhost *host);


#define CB_FN_NOTE 256       /* a note, with its NUL */
#define CB_FN_RAW_MAX 1e12   /* the largest number that a function may return */
/* The decimal that a finite double below that stands for, when it has at most 15 digits; else the nearest thousandth,
   half away from zero. */
struct cb_ratio cb_fn_exact(double x);

#endif
