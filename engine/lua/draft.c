/*
 * draft.c - packs in the console: what a pack declared becomes tables that scripts/pack.lua changes and writes out again.
 *
 * Packs run in their sandbox as always; only the tree that they left comes here. Drafts that are not saved yet are
 * files of a scratch folder, so that the program's own commands can check, test and try them.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/date.h"
#include "base/diag.h"
#include "lua/console_int.h"
#include "lua/pack_int.h"

/* --- a tree as tables ---------------------------------------------------------------------------------------- */

struct loaded {
	struct cb_ruleset *rs;
	struct cb_pack_kept kept;
	struct cb_diags *diags;
};

static int loaded_gc(lua_State *L)
{
	struct loaded *l = lua_touserdata(L, 1);
	cb_ruleset_free(l->rs);
	cb_pack_kept_release(&l->kept);
	cb_diags_free(l->diags);
	memset(l, 0, sizeof(*l));
	return 0;
}

/*
 * Pushes a value; make(table, op, line) is at 2, what was pushed before (tree -> table) at 3: a quantity that is named
 * once and used often stays one table. [-0, +1, raises]
 */
static void push_tree(lua_State *L, const struct cb_tree *t)
{
	int64_t ten = 1;

	luaL_checkstack(L, 8, "the pack is nested too deep");
	switch (t->type) {
	case CB_T_BOOL:
		lua_pushboolean(L, t->boolean);
		return;
	case CB_T_NUMBER:
		while (ten < 1000000000 && ten % t->number.d)
			ten *= 10;
		if (t->number.d == 1) {
			lua_pushinteger(L, (lua_Integer)t->number.n);
			return;
		}
		if (ten % t->number.d == 0) {
			lua_pushnumber(L, (lua_Number)t->number.n / (lua_Number)t->number.d);
			return;
		}
		lua_pushvalue(L, 2);
		lua_createtable(L, 2, 0);
		lua_pushinteger(L, (lua_Integer)t->number.n);
		lua_rawseti(L, -2, 1);
		lua_pushinteger(L, (lua_Integer)t->number.d);
		lua_rawseti(L, -2, 2);
		lua_pushliteral(L, "number");
		lua_pushinteger(L, t->line);
		lua_call(L, 3, 1);
		return;
	case CB_T_TEXT:
		lua_pushstring(L, t->text);
		return;
	case CB_T_TABLE:
		if (lua_rawgetp(L, 3, t) == LUA_TTABLE)
			return;
		lua_pop(L, 1);
		lua_pushvalue(L, 2);
		lua_createtable(L, (int)t->nitem, (int)t->nfield);
		for (size_t i = 0; i < t->nitem; i++) {
			push_tree(L, t->item[i]);
			lua_rawseti(L, -2, (lua_Integer)i + 1);
		}
		for (size_t i = 0; i < t->nfield; i++) {
			push_tree(L, t->field[i].value);
			lua_setfield(L, -2, t->field[i].name);
		}
		lua_pushstring(L, t->op); /* NULL: nil */
		lua_pushinteger(L, t->line);
		lua_call(L, 3, 1);
		lua_pushvalue(L, -1);
		lua_rawsetp(L, 3, t);
		return;
	case CB_T_FUNCTION:
		lua_pushvalue(L, 2);
		lua_newtable(L);
		lua_pushliteral(L, "function");
		lua_pushinteger(L, t->line);
		lua_call(L, 3, 1);
		return;
	case CB_T_BAD:
		luaL_error(L, "%s", t->text);
	}
}

/* host.pack_tree(path below the rules folder, make) -> the ruleset as tables, the text of its file */
static int pack_tree(lua_State *L)
{
	struct cb_console *c = cb_console_of(L);
	const char *path = luaL_checkstring(L, 1);
	struct cb_err err;
	luaL_checktype(L, 2, LUA_TFUNCTION);
	lua_settop(L, 2);
	lua_newtable(L); /* 3 */
	struct loaded *l = lua_newuserdatauv(L, sizeof(*l), 0);
	memset(l, 0, sizeof(*l));
	if (luaL_newmetatable(L, "chibo.loaded")) {
		lua_pushcfunction(L, loaded_gc);
		lua_setfield(L, -2, "__gc");
	}
	lua_setmetatable(L, -2);
	if (cb_diags_new(&l->diags, 100) < 0)
		return luaL_error(L, "%s", "out of memory");
	if (cb_pack_load_kept(&l->rs, &l->kept, c->o.rules_dir, path, cb_store_facts(c->o.store), l->diags, &err) < 0)
		return luaL_error(L, "%s: 'chibo rules check' tells the mistakes", err.msg);
	push_tree(L, l->kept.tree);
	const struct cb_source *src = &l->rs->src[l->rs->nsrc - 1];
	lua_pushlstring(L, src->text, src->len);
	return 2;
}

/* host.day(text) -> a day as a number, or nil; host.day_text(number) -> text */
static int day(lua_State *L)
{
	size_t n;
	const char *s = luaL_checklstring(L, 1, &n);
	cb_day d;
	if (cb_day_parse(&d, s, n) == CB_DATE_BAD)
		return 0;
	lua_pushinteger(L, d);
	return 1;
}

static int day_text(lua_State *L)
{
	char t[11];
	lua_pushstring(L, cb_day_iso(t, (cb_day)luaL_checkinteger(L, 1)));
	return 1;
}

/* host.is_date(fact): is it a day? */
static int is_date(lua_State *L)
{
	struct cb_facts *dict = cb_store_facts(cb_console_of(L)->o.store);
	int i = cb_facts_find(dict, luaL_checkstring(L, 1));
	lua_pushboolean(L, i >= 0 && cb_facts_at(dict, (size_t)i)->type == CB_FACT_DATE);
	return 1;
}

/* --- files --------------------------------------------------------------------------------------------------- */

/* Without the place in the library's own code, which luaL_error would put before it. */
static int cannot_write(lua_State *L, const char *path, int e)
{
	lua_pushfstring(L, "%s: %s", path, e == EEXIST ? "there already; choose another name" : strerror(e));
	return lua_error(L);
}

static int write_file(lua_State *L, const char *path, int flags, mode_t mode, const char *text, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, mode);
	if (fd < 0)
		return cannot_write(L, path, errno);
	while (n > 0) {
		ssize_t k = write(fd, text, n);
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0) {
			int e = errno;
			close(fd);
			return cannot_write(L, path, e);
		}
		text += k;
		n -= (size_t)k;
	}
	if (close(fd) < 0)
		return cannot_write(L, path, errno);
	return 0;
}

/* host.save(path, text): a new file, its folder too when that is not there */
static int save(lua_State *L)
{
	size_t n;
	const char *path = luaL_checkstring(L, 1), *text = luaL_checklstring(L, 2, &n), *slash = strrchr(path, '/');
	if (slash && slash > path) {
		lua_pushlstring(L, path, (size_t)(slash - path));
		if (mkdir(lua_tostring(L, -1), 0777) < 0 && errno != EEXIST)
			return luaL_error(L, "%s: %s", lua_tostring(L, -1), strerror(errno));
	}
	write_file(L, path, O_EXCL, 0644, text, n);
	lua_pushnil(L); /* the list of rulesets is read anew */
	lua_setfield(L, LUA_REGISTRYINDEX, "chibo.ruleset_ids");
	return 0;
}

/* host.write_new(path, text): a new file with what the record says, as tables are written */
static int write_new(lua_State *L)
{
	size_t n;
	const char *path = luaL_checkstring(L, 1), *text = luaL_checklstring(L, 2, &n);
	return write_file(L, path, O_EXCL, 0640, text, n);
}

/* host.rules_dir() */
static int rules_dir(lua_State *L)
{
	lua_pushstring(L, cb_console_of(L)->o.rules_dir);
	return 1;
}

/* host.scratch(folder, file, text) -> path of a file of the scratch folder that commands can read */
static int scratch(lua_State *L)
{
	struct cb_console *c = cb_console_of(L);
	size_t n;
	const char *folder = luaL_checkstring(L, 1), *file = luaL_checkstring(L, 2), *text = luaL_checklstring(L, 3, &n), *tmp = getenv("TMPDIR");
	if (!c->scratch) {
		lua_pushfstring(L, "%s/chibo-draft.XXXXXX", tmp && *tmp == '/' ? tmp : "/tmp");
		char *made = cb_strdup(lua_tostring(L, -1));
		if (!made || !mkdtemp(made)) {
			int e = errno;
			cb_free(made);
			return luaL_error(L, "cannot make a folder for drafts: %s", strerror(e));
		}
		c->scratch = made;
	}
	lua_pushfstring(L, "%s/%s", c->scratch, folder);
	if (mkdir(lua_tostring(L, -1), 0700) < 0 && errno != EEXIST)
		return luaL_error(L, "%s: %s", lua_tostring(L, -1), strerror(errno));
	lua_pushfstring(L, "%s/%s/%s.lua", c->scratch, folder, file);
	write_file(L, lua_tostring(L, -1), O_TRUNC | O_NOFOLLOW, 0644, text, n);
	return 1;
}

static void remove_below(int dir, int depth)
{
	DIR *d = fdopendir(dir);
	struct dirent *e;
	if (!d) {
		close(dir);
		return;
	}
	while ((e = readdir(d))) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (unlinkat(dirfd(d), e->d_name, 0) == 0 || depth == 0)
			continue;
		int sub = openat(dirfd(d), e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (sub >= 0)
			remove_below(sub, depth - 1);
		unlinkat(dirfd(d), e->d_name, AT_REMOVEDIR);
	}
	closedir(d);
}

void cb_draft_clean(struct cb_console *c)
{
	if (!c->scratch)
		return;
	int dir = open(c->scratch, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir >= 0)
		remove_below(dir, 1);
	rmdir(c->scratch);
	cb_free(c->scratch);
	c->scratch = NULL;
}

const luaL_Reg cb_draft_functions[] = {
	{ "pack_tree", pack_tree }, { "day", day }, { "day_text", day_text }, { "is_date", is_date },
	{ "save", save },	    { "write_new", write_new }, { "scratch", scratch }, { "rules_dir", rules_dir }, { NULL, NULL },
};
