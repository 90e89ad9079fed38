/*
 * sandbox.h - one Lua state per pack, built from nothing, that cannot hang, flood, spy or remember.
 *
 * open; then per file: check_source + load (pushes the compiled chunk) + call; freeze; then call its functions any
 * number of times; close. Nothing here longjmps out: every entry of C into Lua goes through cb_sandbox_call (one
 * door). Three budgets stop a pack and cannot be caught by it: fuel (VM instructions, plus a charge by every C
 * function and every allocation for the work done), memory (state, block, string), source size. The same script gets
 * the same verdict on every machine; no clock is read.
 *
 * Two environments live in a state. The pack's: read-only libraries, no way to load, read or write anything. The
 * engine's, for the scripts that are built in: raw access, never reachable from a pack's code.
 */
#ifndef CB_LUA_SANDBOX_H
#define CB_LUA_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include "base/diag.h"
#include "base/err.h"
#include "lua/pack.h"

struct lua_State;
struct cb_sandbox;

#define CB_SOURCE_MAX (256 * 1024) /* bytes of one file of a pack */

int cb_sandbox_open(struct cb_sandbox **out, const struct cb_pack_limits *lim, struct cb_err *err); /* lim NULL: defaults */
void cb_sandbox_close(struct cb_sandbox *sb); /* NULL is fine */
struct lua_State *cb_sandbox_state(struct cb_sandbox *sb); /* for engine/lua only; protected by the door only inside a call */
struct cb_sandbox *cb_sandbox_of(struct lua_State *L);

/* --- source -------------------------------------------------------------------------------------------------- */

/* Size, UTF-8, no NUL, control, bidi or zero-width characters; one BOM may stand first. Every fault is a finding
   (file:line:col). 0, or CB_EDATA when there was one. */
/* Warnings for locals of the file itself that hide a word (is_word) or are declared twice. */
void cb_sandbox_check_locals(const char *text, size_t len, const char *path, bool (*is_word)(const char *name), struct cb_diags *diags);
int cb_sandbox_check_source(const char *text, size_t len, const char *path, struct cb_diags *diags);
/*
 * Compiles a pack's file: the checks above, a look at its words (bitwise operators, <close>, chains of more than 200
 * accesses are refused), then Lua's compiler, text only. Pushes the function, [-0, +1]. CB_EDATA: file:line[:col]:
 * what. `path` is how messages name the file.
 */
int cb_sandbox_load(struct cb_sandbox *sb, const char *text, size_t len, const char *path, struct cb_err *err);
/* The same for a script of the engine ("scripts/rule.lua"): no checks, the engine's environment. [-0, +1] */
int cb_sandbox_load_engine(struct cb_sandbox *sb, const char *text, size_t len, const char *path, struct cb_err *err);

/*
 * Gives packs a `require` for files of their own, while they load. `read` finds "name" (letters, digits, _ and dots)
 * and sets the text (cb_malloc'd, the sandbox frees it) and the path for messages. Every file is run once, a cycle is an error.
 */
typedef int (*cb_sandbox_read_fn)(void *ctx, const char *name, char **text, size_t *len, char *path, size_t pathcap, struct cb_err *err);
void cb_sandbox_set_require(struct cb_sandbox *sb, cb_sandbox_read_fn read, void *ctx);

/* --- the door ------------------------------------------------------------------------------------------------ */

/*
 * Calls the function below `nargs` arguments; [-(nargs+1), +nresults], on failure [-(nargs+1), +0]. nresults may be
 * LUA_MULTRET. `fuel` <= 0: no budget of its own (the load budget applies). 0; CB_ELIMIT: a budget, and the message
 * says which, where, and what to change; CB_ERULE: the code failed ("file:line: one clean line"); CB_ENOMEM.
 */
int cb_sandbox_call(struct cb_sandbox *sb, int nargs, int nresults, long fuel, struct cb_err *err);
/* The same for a C function that builds or reads Lua values: runs f(L) with `ud` as light userdata at index 1. */
int cb_sandbox_cpcall(struct cb_sandbox *sb, int (*f)(struct lua_State *L), void *ud, struct cb_err *err);
/* After loading: globals and every table that the pack's functions can reach become read-only, `require` ends, and
   the values of their upvalues are noted, so that each later call starts from the same state. */
int cb_sandbox_freeze(struct cb_sandbox *sb, struct cb_err *err);

/* --- for C functions that packs may call -------------------------------------------------------------------------- */

/* [raises] Takes n units of fuel (about one VM instruction each, 5 ns). Call it before the work. */
void cb_sandbox_charge(struct lua_State *L, size_t n);
/* Where the pack stands: the innermost Lua frame that is no engine script. `level` counts such frames from 0. Line 0
   and *file NULL when there is none. *file lives as long as the function. */
int cb_sandbox_line(struct lua_State *L, int level, const char **file);

/* [-0, +1] The engine's environment (a plain table: put bindings here before loading the scripts). */
void cb_sandbox_push_engine_env(struct lua_State *L);
/* [-1, +0] Offers the value at the top to packs as a global that they cannot replace. */
void cb_sandbox_offer(struct lua_State *L, const char *name);
/* [-1, +0] Keeps a function of the pack for later calls: a handle from 0. */
int cb_sandbox_keep(struct lua_State *L);
/* [-0, +1] */
void cb_sandbox_push_kept(struct lua_State *L, int handle);
/* [-1, +0] Hides the contents of the table at the top behind a read-only face; [+1] that face. The table itself must
   not be reachable otherwise. `pairs`, `ipairs`, `#` and table.* work on the face. */
void cb_sandbox_readonly(struct lua_State *L);

/* --- what the pack printed, for `rules check` and explain: the last few kB, cleaned, one line each; "" if nothing --- */
const char *cb_sandbox_printed(const struct cb_sandbox *sb);
void cb_sandbox_printed_clear(struct cb_sandbox *sb);

/* Fuel that was used since open; for bench and the budget report. */
long cb_sandbox_fuel_used(const struct cb_sandbox *sb);
size_t cb_sandbox_memory(const struct cb_sandbox *sb);

/* One line without control, bidi or zero-width characters, at most cap-1 bytes, cut at a character; returns dst. */
char *cb_sandbox_clean(char *dst, size_t cap, const char *s, size_t n);

#endif
