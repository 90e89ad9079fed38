/*
 * run.c - one run of the program: signals, output, the record and the rules, and how it ends.
 *
 * begin installs the handlers and opens the output; end closes everything in the right order, prints the last words
 * and gives the exit code. A closed pipe ends quietly: nobody is there to read more. --output is written beside its
 * place and moved there at the end, so that a failed run never leaves half a report; nobody else may read it before.
 */
#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "base/alloc.h"
#include "base/num.h"
#include "base/utf8.h"
#include "lua/pack.h"

/* A handler can be reached in no other way than through static memory. */
static volatile sig_atomic_t stop_signal;
static volatile sig_atomic_t stop_second; /* of the monotonic clock, when it was asked first */
static struct cb_store *volatile running;

static void on_signal(int sig)
{
	struct cb_store *st = running;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	/* Asked again later: at once. Not so for one request that arrives twice, as timeout(1) and shells send it to a
	   process and to its group. */
	if (stop_signal && (sig_atomic_t)now.tv_sec - stop_second < 2)
		return;
	if (stop_signal) {
		signal(sig, SIG_DFL);
		raise(sig);
		return;
	}
	stop_signal = sig;
	stop_second = (sig_atomic_t)now.tv_sec;
	if (st)
		cb_store_interrupt(st);
}

bool cli_stopped(void)
{
	return stop_signal != 0;
}

int cli_exit_code(int code)
{
	if (code > 0) /* a script's own */
		return code;
	switch (code) {
	case CB_OK: return 0;
	case CB_EDATA: return 1;
	case CB_EUSAGE: return 2;
	default: return 3;
	}
}

static char *temp_name(const char *path, char *dst, size_t cap)
{
	snprintf(dst, cap, "%s.part", path);
	return dst;
}

/* A new file that nobody else may read until it is whole. */
static FILE *private_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");

	if (fd >= 0 && !f)
		close(fd);
	return f;
}

int cli_begin(struct cli *c, struct cb_err *err)
{
	static const int asked[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction sa;
	char part[4096];

	memset(&sa, 0, sizeof sa);
	sa.sa_handler = on_signal;
	sigemptyset(&sa.sa_mask);
	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
		struct sigaction old;
		/* nohup and background jobs ignore some on purpose */
		if (sigaction(asked[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(asked[i], &sa, NULL);
	}
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_DFL); /* ignored, it would take away how a child of ours ended */
	signal(SIGXFSZ, SIG_IGN); /* a file size limit is an error of the write, not a death */
	c->out = stdout;
	if (c->output) {
		struct stat to, record, name;
		if (strlen(c->output) > sizeof part - 6)
			return cb_err_set(err, CB_EUSAGE, "--output: the path is too long");
		bool there = stat(c->output, &to) == 0;
		if (there && stat(c->db, &record) == 0 && to.st_dev == record.st_dev && to.st_ino == record.st_ino)
			return cb_err_set(err, CB_EUSAGE, "--output %s is the record itself; name another file", c->output);
		/* A device, a pipe or a link (/dev/stdout is one) is written to; only a plain file is replaced as a whole. */
		c->in_place = lstat(c->output, &name) == 0 && !S_ISREG(name.st_mode);
		if (c->in_place)
			c->out = fopen(c->output, "w");
		else
			c->out = private_file(temp_name(c->output, part, sizeof part));
		if (!c->out && !c->in_place && errno == EEXIST && unlink(part) == 0)
			c->out = private_file(part);
		mode_t mask = umask(0);
		umask(mask);
		c->mode = there ? to.st_mode & 0777 : 0640 & ~mask;
		if (!c->out)
			return cb_err_set(err, CB_EIO, "cannot write %s: %s", c->output, strerror(errno));
	} else if (isatty(STDOUT_FILENO)) {
		const char *term = getenv("TERM"), *no = getenv("NO_COLOR");
		struct winsize w;
		c->colour = !c->no_colour && !(no && *no) && term && strcmp(term, "dumb");
		if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col >= 40)
			c->width = w.ws_col;
	} else {
		const char *columns = getenv("COLUMNS"); /* for who sends tables through a pager or into a log */
		long n = columns ? strtol(columns, NULL, 10) : 0;
		c->width = n >= 40 && n <= 1000 ? (int)n : 0;
	}
	return cb_store_library_init(err);
}

/* Has the reader of our standard output gone? */
static bool pipe_closed(void)
{
	struct pollfd p = {.fd = STDOUT_FILENO, .events = POLLOUT};

	return poll(&p, 1, 0) == 1 && (p.revents & POLLERR);
}

/* Flushes and closes the data; a failure of it becomes the run's own. */
static int finish_output(struct cli *c, int code, struct cb_err *err)
{
	char part[4096];
	int rc = code, e = 0;

	if (!c->out)
		return code;
	errno = 0;
	if (fflush(c->out) || ferror(c->out))
		e = errno ? errno : EIO;
	if (c->out == stdout) {
		if (!e && fclose(stdout))
			e = errno;
	} else {
		if (!e && !c->in_place && fchmod(fileno(c->out), c->mode))
			e = errno;
		if (!e && fsync(fileno(c->out)) && errno != EINVAL)
			e = errno;
		if (fclose(c->out) && !e)
			e = errno;
		temp_name(c->output, part, sizeof part);
		if (c->in_place)
			; /* what was written is out already */
		else if (e || (code && code != CB_EDATA))
			unlink(part);
		else if (rename(part, c->output))
			e = errno;
	}
	c->out = NULL;
	if (e && (!code || code == CB_EDATA))
		rc = cb_err_set(err, e == ENOSPC ? CB_EFULL : CB_EIO, "cannot write %s: %s", c->output ? c->output : "standard output", strerror(e));
	return rc;
}

int cli_end(struct cli *c, int code, struct cb_err *err)
{
	bool to_pipe = c->out == stdout, closed;

	if (c->progress_shown)
		fputs("\r\033[K", stderr);
	cli_tell(c);
	running = NULL;
	cb_store_close(c->store);
	cb_rulebook_free(c->book);
	cb_facts_free(c->facts);
	cb_diags_free(c->diags);
	cb_free(c->signed_by);
	closed = to_pipe && pipe_closed();
	code = finish_output(c, code, err);
	if ((code == CB_EIO || code == CB_OK) && closed && !stop_signal)
		return 0;
	if (stop_signal && code) {
		fprintf(stderr, "chibo: stopped; the record is as it was before\n");
		return 128 + stop_signal;
	}
	if (code && err->msg[0])
		fprintf(stderr, "chibo: %s\n", err->msg);
	return cli_exit_code(code);
}

/* --- the record and the rules -------------------------------------------------------------------------------- */

int cli_store(struct cli *c, enum cb_open_mode mode, struct cb_err *err)
{
	int rc = cb_store_open(&c->store, c->db, mode, err);

	if (!rc)
		running = c->store;
	if (!rc && mode == CB_OPEN_WRITE)
		rc = cb_store_actor(c->store, c->command->name, cb_today(), err);
	if (rc == CB_ENOTFOUND)
		cb_err_set(err, CB_ENOTFOUND, "%s: there is no record; 'chibo --db %s init' makes one", c->db, c->db);
	return rc;
}

struct cb_facts *cli_facts(struct cli *c, struct cb_err *err)
{
	if (c->store)
		return cb_store_facts(c->store);
	if (!c->facts && cb_facts_new(&c->facts, err))
		return NULL;
	return c->facts;
}

int cli_rules(struct cli *c, struct cb_err *err)
{
	struct cb_facts *dict = cli_facts(c, err);
	int rc;

	if (!dict)
		return err->code;
	rc = cb_pack_load_dir(&c->book, c->rules, dict, &cb_pack_limits_default, cli_diags(c), err);
	if (rc && rc != CB_EDATA)
		return rc;
	if (!rc)
		rc = cb_rulebook_check(c->book, cli_diags(c), err);
	if (rc)
		cli_tell(c);
	return rc;
}

int cli_unit_id(struct cli *c, const char *code, int64_t *id, struct cb_err *err)
{
	const char *near;
	int rc = cb_store_unit_find(c->store, code, id, err);

	if (rc != CB_ENOTFOUND)
		return rc;
	near = cb_store_unit_nearest(c->store, code);
	if (near)
		return cb_err_set(err, CB_ENOTFOUND, "no unit '%.60s' on record; did you mean '%s'?", code, near);
	return cb_err_set(err, CB_ENOTFOUND, "no unit '%.60s' on record", code);
}

/* --- talk ---------------------------------------------------------------------------------------------------- */

void cli_say(const struct cli *c, const char *fmt, ...)
{
	va_list ap;

	if (c->quiet)
		return;
	if (c->progress_shown)
		fputs("\r\033[K", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

struct cb_diags *cli_diags(struct cli *c)
{
	if (!c->diags)
		(void)cb_diags_new(&c->diags, 1000); /* without memory: NULL, which adds nothing */
	return c->diags;
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

/* A base's warnings and notes come again with each pack that stands on it. */
static bool said_before(const struct cb_diags *diags, size_t i)
{
	const struct cb_diag *d = cb_diags_at(diags, i);

	for (size_t k = 0; k < i; k++) {
		const struct cb_diag *o = cb_diags_at(diags, k);
		if (o->severity == d->severity && o->line == d->line && o->col == d->col && same_text(o->file, d->file) && same_text(o->path, d->path) &&
		    same_text(o->what, d->what))
			return true;
	}
	return false;
}

void cli_tell(struct cli *c)
{
	struct cb_buf b;
	size_t kept, all = 0;

	if (!c->diags)
		return;
	if (c->progress_shown) {
		fputs("\r\033[K", stderr);
		c->progress_shown = false;
	}
	kept = cb_diags_kept(c->diags);
	for (int s = CB_SEV_ERROR; s <= CB_SEV_NOTE; s++)
		all += cb_diags_count(c->diags, (enum cb_severity)s);
	cb_buf_init(&b);
	for (size_t i = 0; i < kept; i++) {
		const struct cb_diag *d = cb_diags_at(c->diags, i);
		if (d->severity != CB_SEV_ERROR && (c->quiet || said_before(c->diags, i)))
			continue;
		cb_buf_clear(&b);
		cb_diag_line(&b, d);
		fprintf(stderr, "%s\n", b.s); /* says warning or note itself */
	}
	if (all > kept)
		fprintf(stderr, "... and %zu more\n", all - kept);
	cb_buf_release(&b);
	cb_diags_free(c->diags);
	c->diags = NULL;
}

int cli_progress(void *ctx, int64_t done, int64_t total)
{
	struct cli *c = ctx;
	char a[CB_NUM_TEXT], b[CB_NUM_TEXT];

	if (stop_signal)
		return 1;
	if (c->quiet || !isatty(STDERR_FILENO))
		return 0;
	if (total > 0)
		fprintf(stderr, "\r%s of %s (%d%%)\033[K", cb_fmt_int_vi(a, sizeof a, done), cb_fmt_int_vi(b, sizeof b, total), (int)(done * 100 / total));
	else
		fprintf(stderr, "\r%s\033[K", cb_fmt_int_vi(a, sizeof a, done));
	fflush(stderr);
	c->progress_shown = true;
	return 0;
}

/* --- data ---------------------------------------------------------------------------------------------------- */

int cli_sink(struct cli *c, struct cb_sink **out, const struct cb_column *col, size_t ncol, const char *title, struct cb_err *err)
{
	return cb_sink_open(out, col, ncol, &(struct cb_sink_opts){.form = c->form, .file = c->out, .width = c->width, .colour = c->colour, .title = title},
			    err);
}

int cli_doc(struct cli *c, const struct cb_doc *d, struct cb_err *err)
{
	/* a document is for reading: in a file or a pipe it keeps to a page's width too; nothing is cut, only wrapped */
	return cb_doc_write(d, &(struct cb_sink_opts){.form = c->form, .file = c->out, .width = c->width ? c->width : 132, .colour = c->colour}, err);
}

int cli_query(struct cli *c, const struct cb_column *col, size_t ncol, const char *title, struct cb_rows *rows, int64_t *n, struct cb_err *err)
{
	enum { MAX = 96 };
	struct cb_cell cell[MAX];
	struct cb_sink *s = NULL;
	bool row;
	int rc;

	*n = 0;
	if (ncol > MAX)
		return cb_err_set(err, CB_ELIMIT, "more than %d columns", MAX);
	rc = cli_sink(c, &s, col, ncol, title, err);
	while (!rc && !(rc = cb_rows_step(rows, &row, err)) && row) {
		int at = 0; /* a percentage takes two columns of the query */
		for (size_t i = 0; i < ncol; i++) {
			cell[i] = (struct cb_cell){.null = cb_rows_null(rows, at)};
			if (!cell[i].null && col[i].type == CB_COL_TEXT)
				cell[i].text = cb_rows_text(rows, at);
			else if (!cell[i].null)
				cell[i].n = cb_rows_int(rows, at);
			if (col[i].type == CB_COL_PERCENT || col[i].type == CB_COL_RATIO)
				cell[i].d = cb_rows_int(rows, ++at);
			at++;
		}
		rc = cb_sink_row(s, cell, err);
		++*n;
	}
	if (rc) {
		cb_sink_close(s, NULL);
		return rc;
	}
	return cb_sink_close(s, err);
}
