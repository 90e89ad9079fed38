/*
 * pack.c - a file, or a folder of files, becomes rulesets; see pack.h.
 *
 * One pack: read its text; a sandbox of its own with the language's words; run; the value becomes a tree; if it names
 * a base, that pack is loaded first, the same way; the rule room builds; sources and their hash are kept. A derived pack
 * that inherits Lua functions owns its base's function host too, whose handles come before its own. Where texts come
 * from (the disk, the record) is one function.
 */
#include "lua/pack.h"
#include "rule/edit.h"

#include <assert.h>
#include <lua.h>
#include <stdio.h>
#include <string.h>
#include "base/alloc.h"
#include "base/arena.h"
#include "base/utf8.h"
#include "lua/build.h"
#include "lua/cases_int.h"
#include "lua/fnhost.h"
#include "lua/pack_int.h"
#include "lua/sandbox.h"
#include "lua/scan.h"
#include "lua/wall.h"

#define FILES_MAX 32 /* of one pack, with its parts */
#define BASES_MAX 8  /* bases above each other */
#define PATH_MAX_ 512

/* Where texts come from: the rules folder, or a list of sources. */
struct origin {
	const char *dir; /* NULL: from src */
	const char *alt; /* where what is not in dir is looked for; NULL: nowhere */
	const struct cb_source *src;
	size_t nsrc;
	const char *const *set; /* what-if: "path=value", applied to the tree of the pack itself */
	size_t nset;
};

struct file {
	char path[PATH_MAX_];  /* below the rules folder */
	char shown[PATH_MAX_]; /* as messages print it */
	char *text;
	size_t len;
	struct cb_scan *scan;
};

/* One pack that is being loaded. */
struct load {
	const struct origin *from;
	struct cb_facts *dict;
	const struct cb_pack_limits *lim;
	struct cb_diags *diags;
	bool strict;                       /* the id must be the path's */
	bool quiet;                        /* a base tells its mistakes under its own name */
	struct file file[FILES_MAX];       /* the main file first */
	size_t nfile;
	struct load *above;                /* the pack whose base this one is */
	bool circle;                       /* its bases lead back to it */
};

/* A function host over two: the base's handles come first. */
struct chain {
	struct cb_fnhost base, own;
	int nbase;
};

static int chain_call(void *ctx, int handle, const struct cb_fnarg *arg, size_t narg, size_t n, struct cb_fnresult *out, struct cb_err *err)
{
	struct chain *c = ctx;
	struct cb_fnhost *h = handle < c->nbase ? &c->base : &c->own;
	return h->call(h->ctx, handle < c->nbase ? handle : handle - c->nbase, arg, narg, n, out, err);
}

static void host_free(struct cb_fnhost *h)
{
	if (h->free)
		h->free(h->ctx);
	memset(h, 0, sizeof *h);
}

static void chain_free(void *ctx)
{
	struct chain *c = ctx;
	host_free(&c->base);
	host_free(&c->own);
	cb_free(c);
}

static void begin_run(struct cb_fnhost *h)
{
	if (!h->call)
		return;
	if (cb_wall_is(h)) {
		cb_wall_begin_run(h);
		begin_run(cb_wall_inner(h));
	} else if (h->call == chain_call) {
		struct chain *c = h->ctx;
		begin_run(&c->base);
		begin_run(&c->own);
	} else {
		cb_fnhost_begin_run(h);
	}
}

void cb_pack_begin_run(struct cb_ruleset *rs)
{
	begin_run(&rs->fn);
}

/* --- texts -------------------------------------------------------------------------------------------------- */

static int fetch(char **text, size_t *len, const struct origin *from, const char *path, struct cb_err *err)
{
	if (from->dir) {
		int code = cb_pack_read(text, len, from->dir, path, err);
		return code == CB_ENOTFOUND && from->alt ? cb_pack_read(text, len, from->alt, path, err) : code;
	}
	for (size_t i = 0; i < from->nsrc; i++)
		if (!strcmp(from->src[i].path, path)) {
			*text = cb_malloc(from->src[i].len + 1);
			if (!*text)
				return cb_err_nomem(err);
			memcpy(*text, from->src[i].text, from->src[i].len);
			(*text)[from->src[i].len] = '\0';
			*len = from->src[i].len;
			return 0;
		}
	return cb_err_set(err, CB_ENOTFOUND, "%s: not among the stored files of this ruleset", path);
}

/* Takes a text into the load: checked, scanned. The text stays the load's. */
static int add_file(struct load *ld, const char *path, struct cb_err *err)
{
	struct file *f = &ld->file[ld->nfile];
	int code;

	if (ld->nfile == FILES_MAX)
		return cb_err_set(err, CB_ELIMIT, "%s: a pack of more than %d files", path, FILES_MAX);
	memset(f, 0, sizeof *f);
	if (snprintf(f->path, sizeof f->path, "%s", path) >= (int)sizeof f->path)
		return cb_err_set(err, CB_ELIMIT, "%.80s...: a path that is too long", path);
	cb_pack_display(f->shown, sizeof f->shown, ld->from->dir ? ld->from->dir : "", path);
	code = fetch(&f->text, &f->len, ld->from, path, err);
	if (code)
		return code;
	ld->nfile++;
	if (cb_scan_new(&f->scan, f->text, f->len))
		return cb_err_nomem(err);
	return 0;
}

static void release_files(struct load *ld)
{
	for (size_t i = 0; i < ld->nfile; i++) {
		cb_free(ld->file[i].text);
		cb_scan_free(ld->file[i].scan);
	}
	ld->nfile = 0;
}

/* Lua's own and, or, not outside functions drop conditions silently: always a mistake in a pack. */
static bool tell_words(struct load *ld, const struct file *f)
{
	static const char *const mend[] = { "write all { a, b }", "write any { a, b }", "write no(a)" };
	const char *word;
	int line, col;
	size_t i;

	for (i = 0; (word = cb_scan_word(f->scan, i, &line, &col)); i++)
		cb_diags_addf(ld->diags, CB_SEV_ERROR, f->shown, line, col, NULL, mend[word[0] == 'a' ? 0 : word[0] == 'o' ? 1 : 2],
			      "Lua's own `%s` cannot build a rule: it would drop a condition without a word", word);
	return i > 0;
}

/* require "_parts": a file beside the main one whose name begins with "_". */
static int read_part(void *ctx, const char *name, char **text, size_t *len, char *path, size_t pathcap, struct cb_err *err)
{
	struct load *ld = ctx;
	char below[PATH_MAX_];
	const char *slash = strrchr(ld->file[0].path, '/');
	int code;

	if (name[0] != '_' || strchr(name, '.') || strlen(name) > 60)
		return cb_err_set(err, CB_ENOTFOUND, "require \"%.60s\": a pack may require parts of its own folder whose names begin with _, "
				  "such as require \"_common\"", name);
	snprintf(below, sizeof below, "%.*s%s.lua", slash ? (int)(slash + 1 - ld->file[0].path) : 0, ld->file[0].path, name);
	code = add_file(ld, below, err);
	if (code)
		return code;
	struct file *f = &ld->file[ld->nfile - 1];
	*text = cb_malloc(f->len + 1);
	if (!*text)
		return cb_err_nomem(err);
	memcpy(*text, f->text, f->len + 1);
	*len = f->len;
	snprintf(path, pathcap, "%s", f->shown);
	return 0;
}

/* --- one pack ----------------------------------------------------------------------------------------------- */

/* "tuyen_quang/qd19.lua" -> "tuyen_quang.qd19" */
static void id_of(char *dst, size_t cap, const char *path)
{
	size_t n = strlen(path), i;
	n = n > 4 && !strcmp(path + n - 4, ".lua") ? n - 4 : n;
	for (i = 0; i < n && i + 1 < cap; i++)
		dst[i] = path[i] == '/' ? '.' : path[i];
	dst[i] = '\0';
}

static bool path_of(char *dst, size_t cap, const char *id)
{
	size_t n = strlen(id);
	if (!n || n + 5 > cap)
		return false;
	for (size_t i = 0; i <= n; i++) {
		char c = id[i];
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || (c == '.' && i && i < n - 1) || c == '\0'))
			return false;
		dst[i] = c == '.' ? '/' : c;
	}
	memcpy(dst + n, ".lua", 5);
	return true;
}

static int keep_sources(struct cb_ruleset *rs, struct load *ld, const struct cb_ruleset *base, struct cb_err *err)
{
	size_t nbase = base ? base->nsrc : 0, n = nbase + ld->nfile;
	struct cb_source *src = cb_calloc(n, sizeof *src);
	int code;

	if (!src)
		return cb_err_nomem(err);
	/* base files, then parts, then the main file */
	for (size_t i = 0; i < n; i++) {
		if (i < nbase) {
			src[i] = base->src[i];
		} else {
			const struct file *f = &ld->file[(i - nbase + 1) % ld->nfile];
			src[i] = (struct cb_source){ .path = f->path, .text = f->text, .len = f->len };
		}
	}
	code = cb_ruleset_set_sources(rs, src, n, err);
	cb_free(src);
	return code;
}

/* A budget's or the pack's own failure is a finding; memory and the disk are not. */
static int tell(struct load *ld, int code, struct cb_err *err)
{
	if (code != CB_ERULE && code != CB_ELIMIT && code != CB_EDATA)
		return code;
	const char *file = ld->file[0].shown;
	for (size_t i = 0; i < ld->nfile; i++) {
		size_t n = strlen(ld->file[i].shown);
		if (!strncmp(err->msg, ld->file[i].shown, n) && err->msg[n] == ':')
			file = ld->file[i].shown;
	}
	cb_pack_tell(ld->diags, file, err);
	return cb_err_set(err, CB_EDATA, "%s has mistakes", ld->file[0].shown);
}

static int load_one(struct cb_ruleset **out, int *nfn, const struct origin *from, const char *path, struct cb_facts *dict,
		    const struct cb_pack_limits *lim, struct cb_diags *diags, bool strict, bool quiet, struct load *above, struct cb_pack_kept *kept,
		    struct cb_err *err);

/* Loads the base `id` of ld. */
static int load_base(struct cb_ruleset **out, int *nfn, struct load *ld, const char *id, int line, struct cb_err *err)
{
	char path[PATH_MAX_];
	int depth = 0;

	if (!path_of(path, sizeof path, id)) {
		cb_diags_addf(ld->diags, CB_SEV_ERROR, ld->file[0].shown, line, 0, "base", "name a pack as folder.file: base = \"central.hd42\"",
			      "base \"%.60s\" is no name of a pack", id);
		return CB_EDATA;
	}
	for (struct load *l = ld; l; l = l->above, depth++)
		if (!strcmp(l->file[0].path, path) || depth == BASES_MAX) {
			for (struct load *k = ld; k; k = k == l ? NULL : k->above)
				k->circle = true;
			cb_diags_addf(ld->diags, CB_SEV_ERROR, ld->file[0].shown, line, 0, "base", "end the circle: one pack must stand alone",
				      "base \"%s\" leads back to this pack", id);
			return CB_EDATA;
		}
	struct cb_diags *unheard = NULL;
	if (ld->quiet && cb_diags_new(&unheard, 1))
		return cb_err_nomem(err);
	int code = load_one(out, nfn, ld->from, path, ld->dict, ld->lim, unheard ? unheard : ld->diags, true, ld->quiet, ld, NULL, err);
	cb_diags_free(unheard);
	if (code == CB_EDATA && unheard && ld->circle)
		cb_diags_addf(ld->diags, CB_SEV_ERROR, ld->file[0].shown, line, 0, "base", "end the circle: one pack must stand alone",
			      "base \"%s\" leads back to this pack", id);
	else if (code == CB_EDATA && unheard)
		cb_diags_addf(ld->diags, CB_SEV_ERROR, ld->file[0].shown, line, 0, "base", NULL, "its base \"%s\" has mistakes, told there", id);
	if (code == CB_ENOTFOUND) {
		cb_diags_addf(ld->diags, CB_SEV_ERROR, ld->file[0].shown, line, 0, "base",
			      "a base is another file of the rules folder: central/hd42.lua is \"central.hd42\"", "base \"%s\": there is no such pack (%s)", id,
			      path);
		return CB_EDATA;
	}
	return code;
}

static int field_line(const struct cb_tree *t, const char *name)
{
	for (size_t i = 0; t && i < t->nfield; i++)
		if (!strcmp(t->field[i].name, name))
			return t->field[i].line ? t->field[i].line : t->line;
	return t ? t->line : 0;
}

static int load_one(struct cb_ruleset **out, int *nfn, const struct origin *from, const char *path, struct cb_facts *dict,
		    const struct cb_pack_limits *lim, struct cb_diags *diags, bool strict, bool quiet, struct load *above, struct cb_pack_kept *kept,
		    struct cb_err *err)
{
	struct load *ld = cb_calloc(1, sizeof *ld);
	struct cb_sandbox *sb = NULL;
	struct cb_ruleset *base = NULL, *rs = NULL;
	struct cb_fnhost own = { 0 };
	struct cb_arena arena;
	struct cb_tree *tree = NULL;
	char base_id[128], id[PATH_MAX_];
	int code, nbase = 0, nown = 0, base_line = 0;
	bool bad = false;
	size_t errors = cb_diags_count(diags, CB_SEV_ERROR);

	*out = NULL;
	*nfn = 0;
	cb_arena_init(&arena);
	if (!ld)
		return cb_err_nomem(err);
	*ld = (struct load){ .from = from, .dict = dict, .lim = lim ? lim : &cb_pack_limits_default, .diags = diags, .strict = strict,
			     .quiet = quiet, .above = above };
	code = add_file(ld, path, err);
	if (code)
		goto out;
	struct file *main_file = &ld->file[0];
	if (cb_sandbox_check_source(main_file->text, main_file->len, main_file->shown, diags)) {
		code = cb_err_set(err, CB_EDATA, "%s has mistakes", main_file->shown);
		goto out;
	}
	code = cb_sandbox_open(&sb, ld->lim, err);
	if (code)
		goto out;
	code = cb_lang_open(sb, err);
	if (code)
		goto out;
	cb_sandbox_set_require(sb, read_part, ld);
	code = cb_sandbox_load(sb, main_file->text, main_file->len, main_file->shown, err);
	if (!code)
		code = cb_sandbox_call(sb, 0, 1, ld->lim->fuel_load, err);
	for (size_t i = 0; i < ld->nfile; i++)
		bad |= tell_words(ld, &ld->file[i]);
	if (code) {
		code = tell(ld, code, err);
		/* a hidden word may be the reason; in a pack that loads, `rules check` tells */
		cb_sandbox_check_locals(main_file->text, main_file->len, main_file->shown, cb_pack_is_word, diags);
		goto out;
	}
	cb_lang_peek(base_id, sizeof base_id, sb, "base");
	if (base_id[0]) {
		/* the tree comes later (its handles follow the base's), so the line is looked up in the source */
		int group = cb_scan_call(main_file->scan, 0, "ruleset", -1, -1);
		base_line = cb_scan_line(main_file->scan, cb_scan_field(main_file->scan, group, "base"));
		code = load_base(&base, &nbase, ld, base_id, base_line, err);
		if (code && code != CB_EDATA)
			goto out;
		if (code)
			bad = true; /* go on without it, to tell the pack's own mistakes as well */
	}
	struct cb_tree_file *files = CB_NEWV(&arena, ld->nfile, struct cb_tree_file);
	if (!files) {
		code = cb_err_nomem(err);
		goto out;
	}
	for (size_t i = 0; i < ld->nfile; i++)
		files[i] = (struct cb_tree_file){ ld->file[i].shown, ld->file[i].scan };
	struct cb_tree_opts opts = { .file = files, .nfile = ld->nfile, .first_handle = nbase };
	code = cb_lang_tree(&tree, &nown, sb, &arena, &opts, diags, err);
	if (code) {
		code = tell(ld, code, err);
		goto out;
	}
	if (!tree || tree->type != CB_T_TABLE || !tree->op || strcmp(tree->op, "ruleset")) {
		/* `ruleset { ... }` without return, or cases in a folder that is not called cases */
		int group = tree ? -1 : cb_scan_call(main_file->scan, 0, "ruleset", -1, -1), line = cb_scan_group_line(main_file->scan, group);
		bool cases = tree && tree->type == CB_T_TABLE && !tree->op && tree->nitem && tree->item[0]->type == CB_T_TABLE && cb_tree_get(tree->item[0], "expect");
		cb_diags_addf(diags, CB_SEV_ERROR, main_file->shown, tree ? tree->line : line ? line : 1, 0, NULL,
			      cases ? "these are cases: they stand in the folder cases beside their pack" :
			      line ? "write return before ruleset { ... }" :
				     "end the file with return ruleset { id = \"...\", ... }",
			      tree ? "a pack returns a ruleset, not %s" : "the file returns nothing%s",
			      !tree ? "" : tree->type == CB_T_TABLE && tree->op ? tree->op : tree->type == CB_T_TABLE ? "a plain table" : "a single value");
		code = cb_err_set(err, CB_EDATA, "%s has mistakes", main_file->shown);
		goto out;
	}
	/* functions must not change once the pack is loaded, whoever calls them */
	if (nown) {
		code = cb_sandbox_freeze(sb, err);
		if (code)
			goto out;
		struct cb_sandbox *gone = sb;
		sb = NULL;
		code = cb_fnhost_make(&own, gone, main_file->shown, ld->lim, err);
		if (code)
			goto out;
	} else {
		cb_sandbox_close(sb);
		sb = NULL;
	}
	for (size_t i = 0; !above && i < from->nset; i++) {
		code = cb_tree_edit(tree, &arena, from->set[i], err);
		if (code)
			goto out;
	}
	if (base_id[0] && !base) /* building without the base would only tell what is missing because of it */
		goto judge;
	code = cb_ruleset_build(&rs, tree, base, dict, diags, err);
	if (code && code != CB_EDATA)
		goto out;
	id_of(id, sizeof id, path);
	const struct cb_tree *given = cb_tree_get(tree, "id");
	if (given && given->type == CB_T_TEXT && strcmp(given->text, id) && (above || !from->alt))
		cb_diags_addf(diags, strict ? CB_SEV_ERROR : CB_SEV_WARNING, main_file->shown, field_line(tree, "id"), 0, "id",
			      id[strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789_.")] ? "rename the folder or the file: a to z, 0 to 9 and _ are possible" :
			      !strchr(id, '.') ? "put the file into a folder, one for each issuing body: the id is folder.file" :
						 "the id is folder.file: others find the pack by it",
			      "id \"%.100s\" in the file of \"%s\"", given->text, id);
judge:
	if (bad || code || cb_diags_count(diags, CB_SEV_ERROR) > errors) {
		code = cb_err_set(err, CB_EDATA, "%s has mistakes", main_file->shown);
		goto out;
	}
	code = keep_sources(rs, ld, base, err);
	if (code)
		goto out;
	if (nbase) {
		struct chain *c = cb_calloc(1, sizeof *c);
		if (!c) {
			code = cb_err_nomem(err);
			goto out;
		}
		*c = (struct chain){ .base = base->fn, .own = own, .nbase = nbase };
		memset(&base->fn, 0, sizeof base->fn);
		rs->fn = (struct cb_fnhost){ c, chain_call, chain_free };
	} else {
		rs->fn = own;
	}
	memset(&own, 0, sizeof own);
	*nfn = nbase + nown;
	if (*nfn && !above) {
		struct cb_fnhost inner = rs->fn;
		code = cb_wall_make(&rs->fn, inner, main_file->shown, rs->id, ld->lim, err);
		if (code)
			goto out;
		cb_wall_tell(diags, main_file->shown);
	}
	*out = rs;
	rs = NULL;
	if (kept) {
		*kept = (struct cb_pack_kept){ .arena = arena, .tree = tree, .base = base };
		base = NULL;
		cb_arena_init(&arena);
	}
out:
	host_free(&own);
	cb_ruleset_free(rs);
	cb_ruleset_free(base);
	cb_sandbox_close(sb);
	cb_arena_release(&arena);
	release_files(ld);
	cb_free(ld);
	return code;
}

int cb_pack_load(struct cb_ruleset **out, const char *dir, const char *path, struct cb_facts *dict, const struct cb_pack_limits *lim,
		 struct cb_diags *diags, struct cb_err *err)
{
	struct origin from = { .dir = dir };
	int nfn;
	return load_one(out, &nfn, &from, path, dict, lim, diags, false, false, NULL, NULL, err);
}

int cb_pack_load_beside(struct cb_ruleset **out, const char *dir, const char *path, const char *rules, struct cb_facts *dict,
			struct cb_diags *diags, struct cb_err *err)
{
	struct origin from = { .dir = dir, .alt = rules };
	int nfn;
	return load_one(out, &nfn, &from, path, dict, NULL, diags, false, false, NULL, NULL, err);
}

int cb_pack_load_kept(struct cb_ruleset **out, struct cb_pack_kept *kept, const char *dir, const char *path, struct cb_facts *dict,
		      struct cb_diags *diags, struct cb_err *err)
{
	struct origin from = { .dir = dir };
	int nfn;
	memset(kept, 0, sizeof *kept);
	return load_one(out, &nfn, &from, path, dict, NULL, diags, false, false, NULL, kept, err);
}

void cb_pack_kept_release(struct cb_pack_kept *kept)
{
	cb_ruleset_free(kept->base);
	cb_arena_release(&kept->arena);
	memset(kept, 0, sizeof *kept);
}

int cb_pack_load_edited(struct cb_ruleset **out, const char *dir, const char *path, const char *const *set, size_t nset,
			struct cb_facts *dict, struct cb_diags *diags, struct cb_err *err)
{
	struct origin from = { .dir = dir, .set = set, .nset = nset };
	int nfn;
	return load_one(out, &nfn, &from, path, dict, NULL, diags, false, false, NULL, NULL, err);
}

int cb_pack_load_sources(struct cb_ruleset **out, const struct cb_source *src, size_t nsrc, struct cb_facts *dict,
			 const struct cb_pack_limits *lim, struct cb_diags *diags, struct cb_err *err)
{
	struct origin from = { .src = src, .nsrc = nsrc };
	int nfn;
	*out = NULL;
	if (!nsrc)
		return cb_err_set(err, CB_ENOTFOUND, "the ruleset has no stored files");
	return load_one(out, &nfn, &from, src[nsrc - 1].path, dict, lim, diags, false, false, NULL, NULL, err);
}

static int load_stored(void *ctx, struct cb_ruleset **out, const struct cb_source *src, size_t nsrc, struct cb_facts *dict,
		       struct cb_diags *diags, struct cb_err *err)
{
	(void)ctx;
	return cb_pack_load_sources(out, src, nsrc, dict, NULL, diags, err);
}

const struct cb_pack_loader cb_pack_stored_loader = { NULL, load_stored };

/* --- a folder ----------------------------------------------------------------------------------------------- */

struct folder {
	struct cb_rulebook *book;
	const char *dir;
	struct cb_facts *dict;
	const struct cb_pack_limits *lim;
	struct cb_diags *diags;
	bool bad;
	size_t packs;
};

static int load_folder(struct folder *fo, const char *below, int depth, struct cb_err *err);

static int load_entry(struct folder *fo, const char *path, const char *name, int depth, struct cb_err *err)
{
	struct origin from = { .dir = fo->dir };
	struct cb_ruleset *rs = NULL;
	size_t n = strlen(name);
	int code, nfn;

	if (cb_pack_is_text_copy(name)) {
		char shown[PATH_MAX_];
		cb_pack_display(shown, sizeof shown, fo->dir, path);
		cb_diags_addf(fo->diags, CB_SEV_WARNING, shown, 0, 0, NULL, "take .txt off its name", "is not read: the name of a pack ends in .lua");
		return 0;
	}
	if (!(n > 4 && !strcmp(name + n - 4, ".lua")))
		return !strcmp(name, "cases") || depth >= 4 ? 0 : load_folder(fo, path, depth + 1, err);
	if (name[0] == '_')
		return 0;
	fo->packs++;
	code = load_one(&rs, &nfn, &from, path, fo->dict, fo->lim, fo->diags, true, true, NULL, NULL, err);
	if (code == CB_EDATA) {
		fo->bad = true;
		return 0;
	}
	if (code == CB_EIO || code == CB_ELIMIT || code == CB_ENOTFOUND) {
		char shown[PATH_MAX_];
		cb_pack_display(shown, sizeof shown, fo->dir, path);
		cb_pack_tell(fo->diags, shown, err);
		fo->bad = true;
		return 0;
	}
	if (!code)
		code = cb_rulebook_take(fo->book, rs, err);
	else
		return code;
	if (code == CB_EEXIST || code == CB_EDATA) {
		char shown[PATH_MAX_];
		cb_pack_display(shown, sizeof shown, fo->dir, path);
		cb_pack_tell(fo->diags, shown, err);
		fo->bad = true;
		cb_ruleset_free(rs);
		return 0;
	}
	if (code)
		cb_ruleset_free(rs);
	return code;
}

/* Files of the folder `cases` that belong to none of the packs in `pack`: they would never be run. */
static int lost_cases(struct folder *fo, const char *below, char *const *pack, size_t npack, struct cb_err *err)
{
	char path[PATH_MAX_], shown[PATH_MAX_], **list = NULL;
	size_t n = 0;

	if (snprintf(path, sizeof path, "%s%scases", below, *below ? "/" : "") >= (int)sizeof path)
		return 0;
	int code = cb_pack_list(&list, &n, fo->dir, path, err);
	for (size_t i = 0; !code && i < n; i++) {
		char file[PATH_MAX_ + 256];
		size_t len = strlen(list[i]);
		bool text = cb_pack_is_text_copy(list[i]), known = list[i][0] == '_' || (!text && (len < 5 || strcmp(list[i] + len - 4, ".lua")));
		for (size_t k = 0; !text && !known && k < npack; k++) {
			char stem[256];
			size_t m = strlen(pack[k]);
			if (m < 5 || strcmp(pack[k] + m - 4, ".lua") || m - 4 >= sizeof stem)
				continue;
			memcpy(stem, pack[k], m - 4);
			stem[m - 4] = '\0';
			known = cb_cases_belong(list[i], stem);
		}
		if (known)
			continue;
		snprintf(file, sizeof file, "%s/%s", path, list[i]);
		cb_pack_display(shown, sizeof shown, fo->dir, file);
		cb_diags_addf(fo->diags, CB_SEV_WARNING, shown, 0, 0, NULL,
			      text ? "take .txt off its name" : "cases of hd42.lua are cases/hd42.lua or cases/hd42_more.lua",
			      text ? "is not read: the name of a case file ends in .lua" : "belongs to no pack beside this folder, so its cases are never run");
	}
	cb_pack_list_free(list, n);
	return code == CB_ENOMEM ? code : 0;
}

static int load_folder(struct folder *fo, const char *below, int depth, struct cb_err *err)
{
	char **list = NULL;
	size_t n = 0;
	int code = cb_pack_list(&list, &n, fo->dir, below, err);

	if (code == CB_EIO && depth) { /* a link, or no folder after all */
		return 0;
	}
	for (size_t i = 0; !code && i < n; i++) {
		char path[PATH_MAX_];
		if (snprintf(path, sizeof path, "%s%s%s", below, *below ? "/" : "", list[i]) < (int)sizeof path)
			code = load_entry(fo, path, list[i], depth, err);
		if (!code && !strcmp(list[i], "cases"))
			code = lost_cases(fo, below, list, n, err);
	}
	cb_pack_list_free(list, n);
	return code;
}

int cb_pack_load_dir(struct cb_rulebook **out, const char *dir, struct cb_facts *dict, const struct cb_pack_limits *lim,
		     struct cb_diags *diags, struct cb_err *err)
{
	struct folder fo = { .dir = dir, .dict = dict, .lim = lim, .diags = diags };
	int code = cb_rulebook_new(&fo.book, err);

	*out = NULL;
	if (code)
		return code;
	code = load_folder(&fo, "", 0, err);
	if (!code && fo.bad)
		code = cb_err_set(err, CB_EDATA, "packs in %s have mistakes", dir);
	if (!code && !fo.packs)
		code = cb_err_set(err, CB_ENOTFOUND, "%s: no rule pack (*.lua) below this folder", dir);
	if (code) {
		cb_rulebook_free(fo.book);
		return code;
	}
	*out = fo.book;
	return 0;
}
