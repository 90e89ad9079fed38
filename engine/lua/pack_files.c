/*
 * pack_files.c - files of packs, read so that a link or a device below the rules folder cannot lead elsewhere.
 *
 * Each component of a path is opened from the one above with O_NOFOLLOW; the rules folder itself may be a link.
 */
#include "lua/pack_int.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/alloc.h"
#include "lua/sandbox.h"
#include "rule/forms.h"

void cb_pack_display(char *dst, size_t cap, const char *dir, const char *path)
{
	size_t n = strlen(dir);
	while (n > 1 && dir[n - 1] == '/')
		n--;
	if (!n || (n == 1 && dir[0] == '.'))
		snprintf(dst, cap, "%s", path);
	else
		snprintf(dst, cap, "%.*s/%s", (int)n, dir, path);
}

static int failed(const char *dir, const char *path, struct cb_err *err)
{
	char shown[600];
	int e = errno;
	cb_pack_display(shown, sizeof shown, dir, path);
	if (e == ENOENT)
		return cb_err_set(err, CB_ENOTFOUND, "%s: no such file", shown);
	if (e == ELOOP || e == ENOTDIR)
		return cb_err_set(err, CB_EIO, "%s: is a link or leads through one; packs are plain files below the rules folder", shown);
	return cb_err_set(err, CB_EIO, "%s: cannot be read: %s", shown, strerror(e));
}

/* Opens dir, then path component by component. -1: errno says why. */
static int open_below(const char *dir, const char *path, int last_flags)
{
	int fd = open(*dir ? dir : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	while (fd >= 0 && *path) {
		char name[256];
		const char *slash = strchr(path, '/');
		size_t n = slash ? (size_t)(slash - path) : strlen(path);
		int next;
		if (n >= sizeof name || n == 0 || (path[0] == '.' && (n == 1 || (n == 2 && path[1] == '.')))) {
			close(fd);
			errno = ENOENT;
			return -1;
		}
		memcpy(name, path, n);
		name[n] = '\0';
		path += n + (slash ? 1 : 0);
		next = openat(fd, name, *path ? O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC : last_flags);
		int e = errno;
		close(fd);
		errno = e;
		fd = next;
	}
	return fd;
}

int cb_pack_read(char **text, size_t *len, const char *dir, const char *path, struct cb_err *err)
{
	char shown[600], *buf = NULL;
	size_t n = 0;
	struct stat st;
	int fd, code = 0;

	*text = NULL;
	*len = 0;
	cb_pack_display(shown, sizeof shown, dir, path);
	fd = open_below(dir, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return failed(dir, path, err);
	if (fstat(fd, &st) < 0) {
		code = failed(dir, path, err);
		goto out;
	}
	if (!S_ISREG(st.st_mode)) {
		code = cb_err_set(err, CB_EIO, "%s: is no regular file", shown);
		goto out;
	}
	if (st.st_size > CB_SOURCE_MAX) {
		code = cb_err_set(err, CB_ELIMIT, "%s: %lld bytes; a file of a pack may have %d: split it, parts begin with _", shown,
				  (long long)st.st_size, CB_SOURCE_MAX);
		goto out;
	}
	buf = cb_malloc(CB_SOURCE_MAX + 2);
	if (!buf) {
		code = cb_err_nomem(err);
		goto out;
	}
	for (;;) {
		ssize_t got = read(fd, buf + n, CB_SOURCE_MAX + 1 - n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			code = failed(dir, path, err);
			goto out;
		}
		if (got == 0)
			break;
		n += (size_t)got;
		if (n > CB_SOURCE_MAX) {
			code = cb_err_set(err, CB_ELIMIT, "%s: grew beyond %d bytes", shown, CB_SOURCE_MAX);
			goto out;
		}
	}
	buf[n] = '\0';
	char *fit = cb_realloc(buf, n + 1);
	*text = fit ? fit : buf;
	*len = n;
	buf = NULL;
out:
	cb_free(buf);
	close(fd);
	return code;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void cb_pack_list_free(char **list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		cb_free(list[i]);
	cb_free(list);
}

bool cb_pack_is_text_copy(const char *name)
{
	size_t n = strlen(name);

	return n > 8 && !strcmp(name + n - 8, ".lua.txt");
}

int cb_pack_list(char ***out, size_t *n, const char *dir, const char *folder, struct cb_err *err)
{
	char **list = NULL;
	size_t count = 0, cap = 0;
	int fd = open_below(dir, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *e;

	*out = NULL;
	*n = 0;
	if (!d) {
		int code = failed(dir, folder, err);
		if (fd >= 0)
			close(fd);
		return code;
	}
	while ((e = readdir(d))) {
		size_t len = strlen(e->d_name);
		if (e->d_name[0] == '.')
			continue;
		if (!(len > 4 && !strcmp(e->d_name + len - 4, ".lua")) && !cb_pack_is_text_copy(e->d_name) && e->d_type != DT_DIR && e->d_type != DT_UNKNOWN)
			continue;
		if (count == cap) {
			char **more = cb_reallocarray(list, cap ? cap * 2 : 16, sizeof *list);
			if (!more)
				goto nomem;
			list = more;
			cap = cap ? cap * 2 : 16;
		}
		list[count] = cb_strdup(e->d_name);
		if (!list[count])
			goto nomem;
		count++;
	}
	closedir(d);
	if (count)
		qsort(list, count, sizeof *list, by_text);
	*out = list;
	*n = count;
	return 0;
nomem:
	closedir(d);
	cb_pack_list_free(list, count);
	return cb_err_nomem(err);
}

/* The words of the rule language. */
static size_t words(const char **names, size_t cap)
{
	static const char *const others[] = { "fact", "ruleset", "criterion", "gate", "whole", "round_to", "ratio", "day", "months", "meetings", "mean",
					      "level", "full", "met" };
	size_t n = 0;

	for (size_t i = 0; i < cb_nforms && n < cap; i++)
		names[n++] = cb_forms[i].name;
	for (size_t i = 0; i < sizeof others / sizeof *others && n < cap; i++)
		names[n++] = others[i];
	return n;
}

bool cb_pack_is_word(const char *name)
{
	/* forms that are methods or made by operators: nobody writes them as words */
	static const char *const unwritten[] = { "number", "add", "sub", "mul", "div", "neg", "agg", "every", "ge", "gt", "le", "lt", "eq", "ne", "between", "one_of",
						 "known", "branch", "function", "level_ge", "level_gt", "level_le", "level_lt", "level_eq", "level_ne" };
	const char *names[160];
	size_t n = words(names, 160);

	for (size_t i = 0; i < sizeof unwritten / sizeof *unwritten; i++)
		if (!strcmp(unwritten[i], name))
			return false;
	for (size_t i = 0; i < n; i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

void cb_pack_check_names(const struct cb_ruleset *rs, struct cb_diags *diags)
{
	const struct cb_source *own = rs->nsrc ? &rs->src[rs->nsrc - 1] : NULL;
	const char *shown = own ? own->path : NULL;

	/* as the other findings name it: with the way to the rules folder before it */
	for (size_t i = 0; own && i < rs->nnode; i++) {
		size_t n = rs->node[i]->file ? strlen(rs->node[i]->file) : 0, m = strlen(own->path);
		if (n >= m && !strcmp(rs->node[i]->file + n - m, own->path))
			shown = rs->node[i]->file;
	}
	if (own)
		cb_sandbox_check_locals(own->text, own->len, shown, cb_pack_is_word, diags);
}

/* "attempt to call a nil value (global 'bandz')": the word of the language that was meant, in dst; NULL: none is near. */
static const char *meant(char *dst, size_t cap, const char *msg)
{
	if (strstr(msg, "index a nil value (local 'f')"))
		return "f is nothing: the line above is local f = fact";

	const char *names[160], *p = strstr(msg, "nil value (global '"), *near;
	char word[64];
	size_t n;

	if (!p || sscanf(p, "nil value (global '%63[A-Za-z0-9_]'", word) != 1)
		return NULL;
	n = words(names, 160);
	near = cb_nearest(word, names, n);
	if (near)
		snprintf(dst, cap, "did you mean %s?", near);
	else
		snprintf(dst, cap, "nothing is called %s here: a misspelt local?", word);
	return dst;
}

/* How to mend what Lua's parser says, as those read it who never saw Lua; NULL: it is none of its messages. */
static const char *syntax_mend(const char *msg)
{
	static const struct {
		const char *says, *near, *mend;
	} known[] = {
		{ " near ", " near 'if'", "a choice is first { { condition, points }, ..., otherwise(points) }, either(condition, a, b) or flag(condition, points)" },
		{ " near ", " near 'else'", "what holds when no branch does is otherwise(points)" },
		{ "unfinished string", "", "a text ends on its own line, with the quotation mark that it began with" },
		{ "malformed number", "", "a number is written 1000000 or 0.5: no signs between thousands, one decimal point, no unit behind it" },
		{ " expected", " near ';'", "values stand side by side with commas, not semicolons" },
		{ "')' expected", " near '='", "fields with names stand in braces: gate { level = \"tot\", ... }" },
		{ "'}' expected", " near '='", "is a comma missing before this field? a comparison is f.kind:eq(\"combined\")" },
		{ "syntax error", " near ", "look just before this place: a misspelt word, such as local?" },
		{ "<eof>' expected", "", "the ruleset is closed already: one bracket too many somewhere above" },
		{ "<eof> expected", "", "the ruleset is closed already: one bracket too many somewhere above" },
		{ "function arguments expected", "", "a text stands in quotation marks, what is computed in round brackets: level:ge \"tot\", f.present:ge(3)" },
		{ " expected", " near 'half_", "a text stands in quotation marks: whole \"half_up\"" },
		{ "' expected", " near ", "look just before this place: is a comma or a bracket missing?" },
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strstr(msg, known[i].says) && strstr(msg, known[i].near))
			return known[i].mend;
	return NULL;
}

void cb_pack_tell(struct cb_diags *diags, const char *file, const struct cb_err *err)
{
	size_t n = strlen(file);
	const char *p = err->msg;
	long line = 0, col = 0;

	if (n && !strncmp(p, file, n) && p[n] == ':') {
		char *end;
		p += n + 1;
		long v = strtol(p, &end, 10);
		if (end > p && *end == ':') {
			line = v;
			p = end + 1;
			v = strtol(p, &end, 10);
			if (end > p && *end == ':') {
				col = v;
				p = end + 1;
			}
		}
		while (*p == ' ')
			p++;
	}
	char word[120];
	const char *mend = syntax_mend(p);
	if (!mend)
		mend = meant(word, sizeof word, p);
	cb_diags_addf(diags, CB_SEV_ERROR, file, line, col, NULL, mend, "%s", p);
}
