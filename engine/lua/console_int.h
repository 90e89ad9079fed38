/* console_int.h - what console.c and draft.c share: the console behind a state. */
#ifndef CB_LUA_CONSOLE_INT_H
#define CB_LUA_CONSOLE_INT_H

#include <lauxlib.h>
#include <lua.h>
#include <signal.h>

#include "lua/console.h"

struct cb_console {
	lua_State *L;
	struct cb_console_opts o;
	volatile sig_atomic_t stop;
	int module;   /* registry reference of what console.lua returned */
	bool unpaged; /* pager(false) */
	char *scratch; /* folder of drafts that were not saved; NULL: none was made */
};

static inline struct cb_console *cb_console_of(lua_State *L)
{
	return *(struct cb_console **)lua_getextraspace(L);
}

/* Functions of the host for scripts/pack.lua (draft.c). */
extern const luaL_Reg cb_draft_functions[];
void cb_draft_clean(struct cb_console *c); /* removes the scratch folder */

#endif
