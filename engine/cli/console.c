/*
 * console.c - the commands repl, run and query: a store opened for reading, a console over it, and the program itself
 * as its verbs.
 *
 * A verb runs this program again in a child with the same record and rules and reads what it prints: the answer is the
 * command's own, and whatever happens to the command, the console stays.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "cli/cli.h"
#include "cli/pager.h"
#include "cli/repl.h"
#include "lua/console.h"

extern char **environ;

/* What the callbacks of a console need. */
struct own {
	struct cli *cli;
	struct cb_pager *pager; /* while a value of the prompt is printed */
};

static void close_pair(int p[2])
{
	for (int i = 0; i < 2; i++) {
		if (p[i] >= 0)
			close(p[i]);
		p[i] = -1;
	}
}

/* Reads both ends until they are closed; a request to stop goes on to the child. */
static void drain(pid_t pid, int fd_out, int fd_talk, struct cb_buf *out, struct cb_buf *talk)
{
	struct pollfd f[2] = { { .fd = fd_out, .events = POLLIN }, { .fd = fd_talk, .events = POLLIN } };
	char part[16384];
	while (f[0].fd >= 0 || f[1].fd >= 0) {
		int n_ready = poll(f, 2, -1);
		if (n_ready < 0 && errno != EINTR)
			return;
		if (n_ready < 0) {
			if (cli_stopped())
				kill(pid, SIGINT);
			continue;
		}
		for (int i = 0; i < 2; i++) {
			if (f[i].fd < 0 || !f[i].revents)
				continue;
			ssize_t n = read(f[i].fd, part, sizeof(part));
			if (n > 0)
				cb_buf_add(i == 0 ? out : talk, part, (size_t)n);
			else if (n == 0 || errno != EINTR)
				f[i].fd = -1;
		}
	}
}

static int run_self(void *ctx, int argc, const char *const *argv, struct cb_buf *out, struct cb_buf *talk)
{
	struct cli *c = ((struct own *)ctx)->cli;
	int code = 3, p_out[2] = { -1, -1 }, p_talk[2] = { -1, -1 };
	static const char *const policy[] = { "ignore", "warn", "require" };
	const char **v = cb_calloc((size_t)argc + 10, sizeof(*v));
	posix_spawn_file_actions_t fa;
	pid_t pid;
	if (!v) {
		cb_buf_puts(talk, "out of memory");
		return 3;
	}
	int n = 0;
	v[n++] = "chibo";
	v[n++] = "--db";
	v[n++] = c->db;
	v[n++] = "--rules";
	v[n++] = c->rules;
	v[n++] = "--signatures";
	v[n++] = policy[c->signatures];
	if (c->trust) {
		v[n++] = "--trust";
		v[n++] = c->trust;
	}
	for (int i = 0; i < argc; i++)
		v[n++] = argv[i];
	posix_spawn_file_actions_init(&fa);
	if (pipe2(p_out, O_CLOEXEC) < 0 || pipe2(p_talk, O_CLOEXEC) < 0) {
		cb_buf_printf(talk, "cannot make a pipe: %s", strerror(errno));
		goto done;
	}
	posix_spawn_file_actions_addopen(&fa, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&fa, p_out[1], STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&fa, p_talk[1], STDERR_FILENO);
	int rc = posix_spawn(&pid, "/proc/self/exe", &fa, NULL, (char *const *)v, environ);
	if (rc != 0) {
		cb_buf_printf(talk, "cannot run the command: %s", strerror(rc));
		goto done;
	}
	close(p_out[1]);
	close(p_talk[1]);
	p_out[1] = p_talk[1] = -1;
	drain(pid, p_out[0], p_talk[0], out, talk);
	int st;
	while (waitpid(pid, &st, 0) < 0 && errno == EINTR)
		;
	code = WIFEXITED(st) ? WEXITSTATUS(st) : 3;
done:
	posix_spawn_file_actions_destroy(&fa);
	close_pair(p_out);
	close_pair(p_talk);
	cb_free(v);
	return code;
}

static FILE *page_begin(void *ctx)
{
	struct own *o = ctx;
	o->pager = cb_pager_begin();
	return o->pager ? cb_pager_file(o->pager) : NULL;
}

static bool page_end(void *ctx)
{
	struct own *o = ctx;
	struct cb_pager *p = o->pager;
	o->pager = NULL;
	return cb_pager_end(p);
}

static int open_console(struct own *o, bool paged, struct cb_console **out, struct cb_err *err)
{
	struct cli *c = o->cli;
	int rc = cli_store(c, CB_OPEN_READ, err);
	if (rc < 0)
		return rc;
	struct cb_console_opts opts = { .store = c->store, .rules_dir = c->rules, .out = c->out, .colour = c->colour, .width = c->width,
					.stopped = cli_stopped, .command = run_self, .ctx = o };
	if (paged) {
		opts.page_begin = page_begin;
		opts.page_end = page_end;
	}
	return cb_console_open(out, &opts, err);
}

int cli_repl(struct cli *c, int argc, char **argv, struct cb_err *err)
{
	struct cb_console *con = NULL;
	(void)argc;
	(void)argv;
	bool terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	struct own own = { .cli = c };
	int rc = open_console(&own, terminal, &con, err);
	if (rc == CB_OK)
		rc = cb_repl(con, terminal, err);
	cb_console_close(con);
	return rc;
}

int cli_query_lua(struct cli *c, int argc, char **argv, struct cb_err *err)
{
	struct cb_console *con = NULL;
	struct own own = { .cli = c };
	int rc = open_console(&own, false, &con, err);
	for (int i = 0; rc == CB_OK && i < argc; i++) {
		rc = cb_console_eval(con, argv[i], strlen(argv[i]), "=query", NULL, err);
		if (rc == CB_ERULE) {
			fflush(stdout);
			const char *m = cb_repl_place(err, argv[i]);
			memmove(err->msg, m, strlen(m) + 1);
		}
	}
	cb_console_close(con);
	return rc == CB_ERULE ? CB_EDATA : rc; /* the user's line is wrong: a finding, not a failure of the program */
}

int cli_run(struct cli *c, int argc, char **argv, struct cb_err *err)
{
	struct cb_console *con = NULL;
	int code = 0;
	struct own own = { .cli = c };
	int rc = open_console(&own, false, &con, err);
	if (rc == CB_OK)
		rc = cb_console_file(con, argv[0], argc - 1, argv + 1, &code, err);
	cb_console_close(con);
	return rc == CB_ERULE ? CB_EDATA : rc < 0 ? rc : code;
}
