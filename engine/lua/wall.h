/*
 * wall.h - the second wall: runs the functions of a pack in a child process that can only compute.
 *
 * Takes a function host and gives one that looks the same. The child is forked at the first call, so a ruleset whose
 * functions nobody calls costs nothing; it serves every later call of that ruleset, and no other ruleset's, until the
 * host is freed or the next run begins. Facts go over in memory that both see, a batch at a time.
 *
 * What comes back is believed no more than a file from a stranger. A child that dies, says nothing in time or answers
 * what no function gives is killed, and every call of that ruleset in this run is an error of the function that says so.
 * Only one that somebody else killed (memory ran out, an administrator) is no fault of the pack: the call fails as a
 * whole (CB_EIO), so that nothing is stored.
 */
#ifndef CB_LUA_WALL_H
#define CB_LUA_WALL_H

#include "base/diag.h"
#include "lua/pack.h"
#include "rule/fnhost.h"

/* Fills *out; `inner` is owned by it from now on, whatever the return. `path` is the pack's file and `id` the ruleset, for
   messages. 0 or CB_ENOMEM. */
int cb_wall_make(struct cb_fnhost *out, struct cb_fnhost inner, const char *path, const char *id, const struct cb_pack_limits *lim, struct cb_err *err);
/* Is it one of these? */
bool cb_wall_is(const struct cb_fnhost *host);
struct cb_fnhost *cb_wall_inner(const struct cb_fnhost *host);
/* A new run begins: the next call starts a new child. */
void cb_wall_begin_run(struct cb_fnhost *host);
/* A warning, where this kernel lacks a part of the wall. */
void cb_wall_tell(struct cb_diags *diags, const char *path);

/* For tests: which parts (CB_CONFINE_*) are left out; the child, 0 when there is none. */
void cb_wall_without(struct cb_fnhost *host, int parts);
long cb_wall_child(const struct cb_fnhost *host);

#endif
