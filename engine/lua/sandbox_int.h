/* sandbox_int.h - what the files of the sandbox share; nobody else in engine/lua needs it. */
#ifndef CB_LUA_SANDBOX_INT_H
#define CB_LUA_SANDBOX_INT_H

#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>
#include "base/buf.h"
#include "lua/sandbox.h"

enum sb_fatal { SB_FINE, SB_FUEL, SB_MEMORY, SB_BLOCK, SB_STRING, SB_EMERGENCIES, SB_NOMEM };

struct cb_sandbox {
	lua_State *L;
	struct cb_pack_limits lim;
	/* memory */
	size_t used;           /* bytes of the state */
	size_t longest;        /* longest string that was made since the call began, or while loading */
	size_t longest_load;   /* ... while loading: what a later call starts from */
	size_t nodes;          /* slots of the largest hash part of a table, in the same way */
	size_t nodes_load;
	bool nul, nul_load;    /* some string may hold a NUL: comparing such strings is slow */
	int emergencies;       /* collections forced by the cap, in this call */
	bool nomem;            /* the system itself had no memory */
	/* fuel */
	long fuel;             /* left of this call */
	long budget;           /* what it began with */
	long pending;          /* charged by allocations, not yet taken */
	long used_up;          /* since open */
	const char *budget_name;
	bool inside;           /* a call is under way */
	enum sb_fatal fatal;   /* a limit was hit: nothing may catch it */
	/* where it happened: noted at the first raise, before the stack unwinds */
	int line;
	char file[256];
	char short_src[LUA_IDSIZE];
	/* cost of one error message: Lua looks for variable names through the code */
	long error_cost;
	size_t source_len;
	int source_chain;
	/* loading */
	bool watch;            /* the code passes lists of values on: calls and returns are looked at too */
	bool frozen;
	cb_sandbox_read_fn read;
	void *read_ctx;
	int nkept;
	struct cb_buf assigned; /* names that some code may assign to, each between newlines */
	size_t nrestore;       /* upvalues to set back before a call */
	char printed[4096];
	size_t nprinted;
};

#define SB_HOOK 256            /* instructions between two looks at the fuel */
#define SB_EMERGENCIES_MAX 16
#define SB_PENDING_MAX 16384   /* beyond this the next instruction looks */
#define SB_CHAIN_MAX 200
#define SB_VARARGS_MAX 500

#define SB_OF(L) (*(struct cb_sandbox **)lua_getextraspace(L))

/* Keys in the registry and in metatables: addresses of these. */
extern const char sb_key_env, sb_key_engine, sb_key_offer, sb_key_globals, sb_key_kept, sb_key_face, sb_key_meta, sb_key_required,
	sb_key_restore, sb_key_message;

/* [raises, always] Stops the pack for good. */
int sb_stop(lua_State *L, enum sb_fatal why);
/* [raises] Stops when a string of n bytes would be longer than allowed. */
void sb_check_string(lua_State *L, size_t n);
/* What an instruction may cost that handles the longest string there is. */
long sb_weight(const struct cb_sandbox *sb);
/* [raises] After a failed lua_pcall: goes on unwinding when a limit was hit, else charges for the message. */
void sb_caught(lua_State *L, int status);
/* [raises] Sets the noted upvalues back: the state that every call starts from. */
void sb_restore(lua_State *L);
/* [-0, +1] A metatable for a read-only face over the table at idx. */
void sb_face_metatable(lua_State *L, int idx);
/* [-0, +1|0] The contents behind a read-only face at idx; false and nothing pushed if it is none. */
bool sb_face(lua_State *L, int idx);
/* [-0, +1, raises] Text of the value at idx as tostring gives it: no addresses. */
const char *sb_tostring(lua_State *L, int idx, size_t *len);

/* cb_sandbox_call with the name and the whole amount of the budget that `fuel` is what is left of. */
int sb_call(struct cb_sandbox *sb, int nargs, int nresults, long fuel, const char *name, long budget, struct cb_err *err);

/* [-0, +1] Each pushes its library as a plain table. */
int sb_open_base(lua_State *L);
int sb_open_string(lua_State *L);
int sb_open_table(lua_State *L);
int sb_open_math(lua_State *L);
/* [-0, +1] The metatable of strings' arithmetic is in here. */
void sb_string_metatable(lua_State *L); /* [-1 string library, +0] */

/* lexer */
struct sb_words {
	int chain;   /* longest chain of accesses */
	bool nul;    /* an escape makes a NUL */
	bool lists;  /* ... or a return of several values of which the last is a call */
};
/* Looks at the words of a source; calls `assigned` for every name that may be the target of an assignment. */
int sb_words_check(struct sb_words *out, const char *text, size_t len, const char *path, void (*assigned)(void *ctx, const char *name, size_t len),
		   void *ctx, struct cb_err *err);

/* A growing string in a userdata, so that an error leaves nothing behind. Occupies one stack slot. */
struct sb_buf {
	lua_State *L;
	char *p;
	size_t len, cap;
	int slot;
	char small[256];
};
void sb_buf_init(struct sb_buf *b, lua_State *L); /* [-0, +1] */
char *sb_buf_room(struct sb_buf *b, size_t n);    /* [raises] n bytes at the end; add to len after writing */
void sb_buf_add(struct sb_buf *b, const void *p, size_t n); /* [raises] */
void sb_buf_push(struct sb_buf *b);               /* [-0, +1, raises] */

#endif
