/*
 * fmt.c - rules fmt: packs and cases in one layout.
 *
 * A file is written beside its place and moved there, with its mode; a file that is as it should be is not touched.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/alloc.h"
#include "cli/cli.h"
#include "lua/fmt.h"
#include "lua/pack.h"
#include "lua/sandbox.h"

struct job {
	struct cli *c;
	const char *dir; /* files are named below it */
	bool check;
	size_t changed, bad;
};

static int replace(const char *path, const struct cb_buf *text, struct cb_err *err)
{
	char part[1200];
	struct stat st;
	int fd = -1, e = 0;

	if (lstat(path, &st) || snprintf(part, sizeof part, "%s.XXXXXX", path) >= (int)sizeof part)
		return cb_err_set(err, CB_EIO, "%s: cannot be written: %s", path, strerror(errno));
	fd = mkstemp(part);
	if (fd < 0)
		return cb_err_set(err, CB_EIO, "%s: cannot be written: %s", path, strerror(errno));
	for (size_t done = 0; !e && done < text->len;) {
		ssize_t n = write(fd, text->s + done, text->len - done);
		if (n < 0 && errno != EINTR)
			e = errno;
		else if (n > 0)
			done += (size_t)n;
	}
	if (!e && (fchmod(fd, st.st_mode & 07777) || fsync(fd)))
		e = errno;
	if (close(fd) && !e)
		e = errno;
	if (!e && rename(part, path))
		e = errno;
	if (!e)
		return 0;
	unlink(part);
	return cb_err_set(err, e == ENOSPC ? CB_EFULL : CB_EIO, "%s: cannot be written: %s", path, strerror(e));
}

static int fmt_one(void *ctx, const char *path, struct cb_err *err)
{
	struct job *j = ctx;
	struct cb_buf out;
	bool changed = false;
	char shown[1100];
	int rc;

	cb_buf_init(&out);
	rc = cb_fmt_file(&out, &changed, j->dir, path, cli_diags(j->c), err);
	if (!strcmp(j->dir, "."))
		snprintf(shown, sizeof shown, "%s", path);
	else
		snprintf(shown, sizeof shown, "%s%s%s", j->dir, j->dir[strlen(j->dir) - 1] == '/' ? "" : "/", path);
	if (rc == CB_EDATA) { /* told; the others go on */
		j->bad++;
		rc = 0;
	} else if (!rc && changed) {
		if (!j->check)
			rc = replace(shown, &out, err);
		if (!rc) {
			fprintf(j->c->out, "%s\n", shown);
			j->changed++;
		}
	}
	cb_buf_release(&out);
	return rc;
}

/* A pack by its id or path below the rules folder: the file and cases/NAME.lua, cases/NAME_*.lua. */
static int fmt_pack(struct job *j, const char *path, struct cb_err *err)
{
	int rc = fmt_one(j, path, err);

	return rc ? rc : cb_pack_cases(j->dir, path, fmt_one, j, err);
}

static int from_stdin(struct job *j, struct cb_err *err)
{
	char *text = cb_malloc(CB_SOURCE_MAX + 2);
	struct cb_buf out;
	bool changed = false;
	size_t n;
	int rc;

	if (!text)
		return cb_err_nomem(err);
	cb_buf_init(&out);
	n = fread(text, 1, CB_SOURCE_MAX + 1, stdin);
	text[n] = '\0';
	rc = ferror(stdin) ? cb_err_set(err, CB_EIO, "standard input cannot be read") :
	     cb_fmt_source(&out, &changed, text, n, "stdin", cli_diags(j->c), err);
	if (rc == CB_EDATA) {
		j->bad++;
		rc = 0;
	} else if (!rc && j->check && changed) {
		fputs("stdin\n", j->c->out);
		j->changed++;
	} else if (!rc && !j->check) {
		fwrite(out.s, 1, out.len, j->c->out);
	}
	cb_buf_release(&out);
	cb_free(text);
	return rc;
}

/* What one word of the command line names. */
static int fmt_word(struct job *j, const char *word, struct cb_err *err)
{
	char path[1024], *slash;
	struct stat st;
	size_t n = strlen(word);

	j->dir = j->c->rules;
	if (!strcmp(word, "-"))
		return from_stdin(j, err);
	cli_pack_path(j->c, word, path, sizeof path);
	if (n < 512 && stat(word, &st) == 0) {
		if (S_ISDIR(st.st_mode)) {
			j->dir = word;
			return cb_fmt_walk(word, "", fmt_one, j, err);
		}
		snprintf(path, sizeof path, "%s", word);
		slash = strrchr(path, '/');
		if (!slash) {
			j->dir = ".";
			return fmt_one(j, word, err);
		}
		j->dir = slash == path ? "/" : path;
		*slash = '\0';
		return fmt_one(j, slash + 1, err);
	}
	/* below the rules folder: a folder, or a pack */
	if (!strpbrk(word, "./")) {
		char below[1600];
		snprintf(below, sizeof below, "%.1000s/%.500s", j->c->rules, word);
		if (stat(below, &st) == 0 && S_ISDIR(st.st_mode))
			return cb_fmt_walk(j->dir, word, fmt_one, j, err);
	}
	return fmt_pack(j, path, err);
}

int cli_rules_fmt(struct cli *c, int argc, char **argv, struct cb_err *err)
{
	struct job j = {.c = c, .dir = c->rules, .check = cli_get(c, "check")};
	int rc = argc ? 0 : cb_fmt_walk(c->rules, "", fmt_one, &j, err);

	for (int i = 0; !rc && i < argc; i++)
		rc = fmt_word(&j, argv[i], err);
	cli_tell(c);
	if (!rc && j.bad)
		rc = cb_err_set(err, CB_EDATA, j.bad == 1 ? "1 file is not correct Lua and was left as it is" : "%zu files are not correct Lua and were left as they are", j.bad);
	if (!rc && j.check && j.changed)
		rc = cb_err_set(err, CB_EDATA, j.changed == 1 ? "1 file would change: chibo rules fmt" : "%zu files would change: chibo rules fmt", j.changed);
	return rc;
}
