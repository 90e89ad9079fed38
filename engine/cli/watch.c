/*
 * watch.c - rules watch: check, cases and effect on the record again each time a file of a pack is saved.
 *
 * Files are looked at by name, time, size and number; inotify (or the clock, with --poll and where there is none) only says
 * when to look, so an editor that replaces a file by another is the same as one that writes into it. What is printed for a save
 * is this program run again (`rules watch PACK --once`): a fresh start for every save, and nothing that a pack does can
 * end the watching. The last version without a mistake is kept in a folder of its own, to compare the next one with.
 */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "base/alloc.h"
#include "cli/cli.h"
#include "lua/pack.h"

#define QUIET_MS 120   /* a save is over when nothing more came for so long */
#define POLL_MS 400
#define FILES_MAX 2000

extern char **environ;

struct seen {
	char path[640]; /* below the folder that is watched */
	int64_t sec, nsec, size, number;
	bool there, changed;
};
struct watch {
	struct cli *c;
	char dir[600];          /* the folder */
	const char *pack;       /* the word of the command line; NULL: every pack of the folder */
	char stem[256];         /* PACK: its file's name without .lua */
	bool poll;
	int fd;                 /* inotify; -1 */
	struct seen *file; size_t nfile;
	bool moving;            /* the last look found something other than the one before */
	char kept[64];          /* folder of last good versions; "" before there is one */
};

static bool ends_in_lua(const char *s)
{
	size_t n = strlen(s);

	return n > 4 && strcmp(s + n - 4, ".lua") == 0;
}

/* --- looking ----------------------------------------------------------------------------------------------------- */

static int look_at(struct watch *w, const char *path, const struct stat *st, struct cb_err *err)
{
	struct seen now = {.sec = st->st_mtim.tv_sec, .nsec = st->st_mtim.tv_nsec, .size = st->st_size, .number = (int64_t)st->st_ino, .there = true};
	struct seen *more;

	for (size_t i = 0; i < w->nfile; i++) {
		struct seen *f = &w->file[i];
		if (strcmp(f->path, path) != 0)
			continue;
		if (f->sec != now.sec || f->nsec != now.nsec || f->size != now.size || f->number != now.number)
			f->changed = w->moving = true;
		memcpy(now.path, f->path, sizeof now.path);
		now.changed = f->changed;
		*f = now;
		return 0;
	}
	if (w->nfile == FILES_MAX)
		return cb_err_set(err, CB_ELIMIT, "more than %d files to watch; name a pack", FILES_MAX);
	more = cb_reallocarray(w->file, w->nfile + 1, sizeof *more);
	if (!more)
		return cb_err_nomem(err);
	w->file = more;
	snprintf(now.path, sizeof now.path, "%s", path);
	now.changed = w->moving = true;
	w->file[w->nfile++] = now;
	return 0;
}

static int look_in(struct watch *w, const char *below, int depth, struct cb_err *err)
{
	char path[1300];
	struct dirent *e;
	struct stat st;
	int rc = 0;
	DIR *d;

	snprintf(path, sizeof path, "%s%s%s", w->dir, *below ? "/" : "", below);
	d = opendir(path);
	if (!d)
		return 0; /* gone for the moment: an editor moves things about */
	if (w->fd >= 0)
		inotify_add_watch(w->fd, path, IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ONLYDIR);
	while (!rc && (e = readdir(d))) {
		char name[640];
		if (e->d_name[0] == '.' || snprintf(name, sizeof name, "%s%s%s", below, *below ? "/" : "", e->d_name) >= (int)sizeof name)
			continue;
		snprintf(path, sizeof path, "%s/%s", w->dir, name);
		if (lstat(path, &st) != 0)
			continue;
		if (S_ISREG(st.st_mode) && ends_in_lua(name))
			rc = look_at(w, name, &st, err);
		else if (S_ISDIR(st.st_mode) && (w->pack ? !depth && !strcmp(name, "cases") : depth < 4))
			rc = look_in(w, name, depth + 1, err);
	}
	closedir(d);
	return rc;
}

/* Every file again; *changed says whether one is new, other or gone. */
static int look(struct watch *w, bool *changed, struct cb_err *err)
{
	int rc;

	for (size_t i = 0; i < w->nfile; i++)
		w->file[i].there = false;
	w->moving = false;
	rc = look_in(w, "", 0, err);
	*changed = false;
	for (size_t i = 0; i < w->nfile; i++) {
		struct seen *f = &w->file[i];
		if (!f->there && f->number) {
			f->number = 0; /* gone; when it comes back it counts as changed */
			f->changed = w->moving = true;
		}
		*changed |= f->changed;
	}
	return rc;
}

/* Until something may have changed; false when the user asked to stop. */
static bool wait_for_change(struct watch *w)
{
	char events[4096];
	struct pollfd p = {.fd = w->fd, .events = POLLIN};
	int n = poll(w->fd >= 0 ? &p : NULL, w->fd >= 0, w->fd >= 0 ? 2000 : POLL_MS);

	while (n > 0 && read(w->fd, events, sizeof events) > 0)
		;
	return !cli_stopped();
}

/* --- a save ------------------------------------------------------------------------------------------------------ */

/* The pack that a file belongs to, as the command line names it: "an_phu/cases/hd42_more.lua" -> "an_phu/hd42.lua". */
static bool pack_of(const struct watch *w, const char *path, char *dst, size_t cap)
{
	const char *cases = strncmp(path, "cases/", 6) == 0 ? path : strstr(path, "/cases/"), *name = strrchr(path, '/');
	char stem[256];
	size_t n;

	name = name ? name + 1 : path;
	if (!cases) {
		snprintf(dst, cap, "%s", path);
		return name[0] != '_';
	}
	/* the longest name that the case file's begins with */
	snprintf(stem, sizeof stem, "%.200s", name);
	n = strlen(stem) - 4;
	for (stem[n] = '\0'; n; n--) {
		char full[1300];
		if (stem[n] && stem[n] != '_' && stem[n] != '-')
			continue;
		stem[n] = '\0';
		snprintf(dst, cap, "%.*s%s%s.lua", (int)(cases - path), path, cases == path ? "" : "/", stem);
		snprintf(full, sizeof full, "%s/%s", w->dir, dst);
		if (access(full, R_OK) == 0)
			return true;
	}
	return false;
}

/* Copies a file; quietly: without the copy there is only nothing to compare with. */
static bool copy(const char *from, const char *to)
{
	FILE *in = fopen(from, "re"), *out = in ? fopen(to, "we") : NULL;
	char buf[8192];
	size_t n;
	bool ok = out != NULL;

	while (ok && (n = fread(buf, 1, sizeof buf, in)) > 0)
		ok = fwrite(buf, 1, n, out) == n;
	ok = ok && !ferror(in);
	if (in)
		fclose(in);
	if (out)
		ok = !fclose(out) && ok;
	return ok;
}

static void kept_name(const struct watch *w, const char *path, char *dst, size_t cap)
{
	size_t n = (size_t)snprintf(dst, cap, "%s/", w->kept);

	/* folder/file.lua stays two names, so that it is a pack of a rules folder to those who load it */
	snprintf(dst + n, cap - n, "%s", path);
}

/* Keeps the pack and the parts beside it as the last version without a mistake. */
static void keep_good(struct watch *w, const char *path)
{
	const char *slash = strrchr(path, '/');
	int folder = slash ? (int)(slash - path) : 0;
	char from[1300], to[1300];

	if (!w->kept[0]) {
		const char *tmp = getenv("TMPDIR");
		if ((size_t)snprintf(w->kept, sizeof w->kept, "%.40s/chibo-XXXXXX", tmp && *tmp && strlen(tmp) <= 40 ? tmp : "/tmp") >= sizeof w->kept ||
		    !mkdtemp(w->kept)) {
			w->kept[0] = '\0';
			return;
		}
	}
	snprintf(to, sizeof to, "%s/%.*s", w->kept, folder, path);
	if (folder)
		(void)mkdir(to, 0700);
	for (size_t i = 0; i < w->nfile; i++) {
		const char *p = w->file[i].path, *name = strrchr(p, '/');
		name = name ? name + 1 : p;
		if (strcmp(p, path) != 0 && !(name[0] == '_' && (name == p ? !folder : (int)(name - p) - 1 == folder && !strncmp(p, path, (size_t)folder))))
			continue;
		snprintf(from, sizeof from, "%s/%s", w->dir, p);
		kept_name(w, p, to, sizeof to);
		(void)copy(from, to);
	}
}

static void drop_kept(struct watch *w)
{
	char path[1300];

	if (!w->kept[0])
		return;
	for (size_t i = 0; i < w->nfile; i++) {
		char *slash;
		kept_name(w, w->file[i].path, path, sizeof path);
		unlink(path);
		slash = strrchr(path, '/');
		*slash = '\0';
		if (strcmp(path, w->kept) != 0)
			rmdir(path);
	}
	rmdir(w->kept);
}

/* Does the pack load? In a dictionary of its own, so that nothing is remembered from one save to the next. */
static bool good(struct watch *w, const char *word)
{
	struct cli alone = *w->c;
	struct cb_ruleset *rs = NULL;
	struct cb_err err;
	int rc;

	alone.store = NULL;
	alone.book = NULL;
	alone.facts = NULL;
	alone.diags = NULL;
	rc = cli_pack(&alone, word, &rs, &err);
	cb_ruleset_free(rs);
	cb_facts_free(alone.facts);
	cb_diags_free(alone.diags);
	return rc == 0;
}

/* One screen: the program again, its findings among its rows. The first of a save begins on an empty one. */
static int screen(struct watch *w, const char *word, const char *path, bool first, struct cb_err *err)
{
	char since[1300];
	const char *argv[16] = {"chibo", "--db", w->c->db, "--rules", w->c->rules, "rules", "watch", word, "--once"};
	size_t n = 9; /* the rest is NULL */
	struct stat st;
	posix_spawn_file_actions_t fa;
	pid_t pid;
	int status, rc;
	char hour[16] = "";
	time_t now = time(NULL);
	struct tm tm;

	if (w->c->no_colour)
		argv[n++] = "--no-color";
	if (w->kept[0]) {
		kept_name(w, path, since, sizeof since);
		if (stat(since, &st) == 0) {
			argv[n++] = "--since";
			argv[n++] = since;
		}
	}
	if (localtime_r(&now, &tm))
		strftime(hour, sizeof hour, "%H:%M:%S ", &tm);
	if (first && w->c->width && isatty(STDOUT_FILENO))
		fputs("\033[H\033[2J", w->c->out);
	fprintf(w->c->out, "== %s%s ==\n", hour, path);
	fflush(w->c->out);
	if (posix_spawn_file_actions_init(&fa) != 0)
		return cb_err_nomem(err);
	rc = posix_spawn_file_actions_adddup2(&fa, STDOUT_FILENO, STDERR_FILENO);
	if (!rc)
		rc = posix_spawn(&pid, "/proc/self/exe", &fa, NULL, (char *const *)argv, environ);
	posix_spawn_file_actions_destroy(&fa);
	if (rc)
		return cb_err_set(err, CB_EIO, "cannot run the program again: %s", strerror(rc));
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!cli_stopped() && WIFSIGNALED(status))
		fprintf(w->c->out, "the check of this version died of signal %d; save again to go on\n", WTERMSIG(status));
	if (!cli_stopped() && good(w, word))
		keep_good(w, path);
	fprintf(w->c->out, "watching; Ctrl-C ends\n");
	return fflush(w->c->out) ? cb_err_set(err, CB_EIO, "cannot write: %s", strerror(errno)) : 0;
}

/* The word by which cli_pack finds a file of the watched folder. */
static void word_of(const struct watch *w, const char *path, char *dst, size_t cap)
{
	if (w->pack)
		snprintf(dst, cap, "%s", w->pack);
	else
		snprintf(dst, cap, "%s", path);
}

/* What changed belongs to these packs; each has its screen. */
static int saved(struct watch *w, struct cb_err *err)
{
	char done[40][600], pack[600], word[700];
	size_t ndone = 0;
	int rc = 0;

	/* a part belongs to every pack of its folder */
	for (size_t i = 0; !w->pack && i < w->nfile; i++) {
		const char *slash = strrchr(w->file[i].path, '/');
		size_t folder = slash ? (size_t)(slash + 1 - w->file[i].path) : 0;
		if (!w->file[i].changed || w->file[i].path[folder] != '_')
			continue;
		for (size_t k = 0; k < w->nfile; k++)
			w->file[k].changed |= !strncmp(w->file[k].path, w->file[i].path, folder) && !strchr(w->file[k].path + folder, '/');
	}
	for (size_t i = 0; !rc && i < w->nfile && !cli_stopped(); i++) {
		struct seen *f = &w->file[i];
		size_t k = 0;
		bool mine;

		if (!f->changed)
			continue;
		f->changed = false;
		mine = pack_of(w, f->path, pack, sizeof pack);
		if (w->pack) { /* its own file, its cases, and parts beside it */
			char own[300];
			snprintf(own, sizeof own, "%s.lua", w->stem);
			if (mine && strcmp(pack, own) != 0)
				continue;
			snprintf(pack, sizeof pack, "%s", own);
		} else if (!mine) {
			continue;
		}
		while (k < ndone && strcmp(done[k], pack) != 0)
			k++;
		if (k < ndone || ndone == 40)
			continue;
		snprintf(done[ndone++], sizeof done[0], "%s", pack);
		word_of(w, pack, word, sizeof word);
		rc = screen(w, word, pack, ndone == 1, err);
	}
	return rc;
}

int cli_rules_watch(struct cli *c, int argc, char **argv, struct cb_err *err)
{
	struct watch w = {.c = c, .pack = argc ? argv[0] : NULL, .poll = cli_get(c, "poll"), .fd = -1};
	char path[600], word[700], *slash;
	bool changed;
	int rc = 0;

	if (cli_get(c, "once")) {
		if (argc != 1)
			return cb_err_set(err, CB_EUSAGE, "--once takes one pack");
		return cli_rules_effect(c, argv[0], cli_get(c, "since"), err);
	}
	if (c->output)
		return cb_err_set(err, CB_EUSAGE, "rules watch prints to the terminal; --output is for one screen: --once");
	if (!w.pack) {
		snprintf(w.dir, sizeof w.dir, "%s", c->rules);
	} else {
		if (cli_pack_is_file(c, w.pack))
			snprintf(path, sizeof path, "%s", w.pack);
		else {
			char below[512];
			snprintf(path, sizeof path, "%.80s/%.500s", c->rules, cli_pack_path(c, w.pack, below, sizeof below));
		}
		if (access(path, R_OK) != 0) {
			const struct cb_ruleset *rs;
			rc = cli_rules(c, err);
			if (!rc)
				rc = cli_ruleset(c, w.pack, &rs, err);
			return rc ? rc : cb_err_set(err, CB_ENOTFOUND, "%s: %s", path, strerror(ENOENT));
		}
		slash = strrchr(path, '/');
		snprintf(w.stem, sizeof w.stem, "%.*s", (int)strlen(slash + 1) - 4, slash + 1);
		*slash = '\0';
		snprintf(w.dir, sizeof w.dir, "%s", *path ? path : "/");
	}
	if (!w.poll)
		w.fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	rc = look(&w, &changed, err);
	for (size_t i = 0; i < w.nfile; i++)
		w.file[i].changed = false;
	if (!rc && !w.nfile)
		rc = cb_err_set(err, CB_ENOTFOUND, "%s: no pack to watch", w.dir);
	/* what is there now is the first version to compare with */
	for (size_t i = 0; !rc && i < w.nfile; i++) {
		char pack[600];
		if (!pack_of(&w, w.file[i].path, pack, sizeof pack) || strcmp(pack, w.file[i].path) != 0)
			continue;
		if (w.pack && (strncmp(pack, w.stem, strlen(w.stem)) != 0 || strcmp(pack + strlen(w.stem), ".lua") != 0))
			continue;
		word_of(&w, pack, word, sizeof word);
		if (good(&w, word))
			keep_good(&w, pack);
		else
			cli_say(c, "%s has mistakes as it is; 'chibo rules check' tells them", pack);
	}
	if (!rc) {
		fprintf(c->out, "watching %s; Ctrl-C ends\n", w.pack ? w.pack : c->rules);
		if (access(c->db, F_OK) != 0)
			fprintf(c->out, "%s: there is no record, so no effect on it is shown\n", c->db);
		fflush(c->out);
	}
	while (!rc && wait_for_change(&w)) {
		/* until the files rest: an editor may empty a file before it writes, or write several */
		while (!(rc = look(&w, &changed, err)) && w.moving && !cli_stopped())
			poll(NULL, 0, QUIET_MS);
		if (!rc && changed)
			rc = saved(&w, err);
	}
	drop_kept(&w);
	if (w.fd >= 0)
		close(w.fd);
	cb_free(w.file);
	return rc;
}
