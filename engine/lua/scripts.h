/* scripts.h - the Lua library of scripts/, embedded as text at build time (chunk names "@scripts/rule.lua"). */
#ifndef CB_LUA_SCRIPTS_H
#define CB_LUA_SCRIPTS_H

#include <stddef.h>

struct cb_script {
	const char *name; /* "rule.lua" */
	const char *text;
	size_t len;
};
extern const struct cb_script cb_scripts[]; /* ends with name NULL */

#endif
