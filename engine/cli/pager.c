/*
 * pager.c - pager.h, as a stdio stream of its own (fopencookie): the writer knows nothing of screens.
 *
 * The pager runs as a child in the same process group, so that Ctrl-C reaches it and the query that feeds it. A reader
 * who leaves makes the next write fail; the console then stops what it was doing.
 */
#include "cli/pager.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"

extern char **environ;

enum state { HOLDING, CHILD, OWN, LEFT };

struct cb_pager {
	FILE *f;
	enum state state;
	struct cb_buf held; /* until it is more than a screen */
	int rows, lines;
	int fd;             /* CHILD: its standard input */
	pid_t pid;
	bool child;
};

/* How many lines of the screen the text takes: control sequences of colour have no width worth counting here. */
static int screen_lines(const char *s, size_t n)
{
	int k = 0;
	for (size_t i = 0; i < n; i++)
		k += s[i] == '\n';
	return k;
}

static bool write_all(int fd, const char *s, size_t n)
{
	while (n > 0) {
		ssize_t k = write(fd, s, n);
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return false;
		s += k;
		n -= (size_t)k;
	}
	return true;
}

static bool in_path(const char *name)
{
	const char *path = getenv("PATH");
	char at[512];
	while (path && *path) {
		size_t n = strcspn(path, ":");
		if (snprintf(at, sizeof(at), "%.*s/%s", (int)n, path, name) < (int)sizeof(at) && access(at, X_OK) == 0)
			return true;
		path += n + (path[n] == ':');
	}
	return false;
}

/* The command of the pager; NULL: the plain one of this file. */
static const char *command(void)
{
	const char *s = getenv("PAGER");
	if (s)
		return s;
	return in_path("less") ? "less -FRXK" : NULL;
}

static bool start_child(struct cb_pager *p, const char *cmd)
{
	int end[2];
	const char *argv[] = { "sh", "-c", cmd, NULL };
	posix_spawn_file_actions_t fa;
	if (pipe2(end, O_CLOEXEC) < 0)
		return false;
	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_adddup2(&fa, end[0], STDIN_FILENO);
	/* The program ignores SIGPIPE; the pager must not inherit that. */
	posix_spawnattr_t at;
	sigset_t def;
	posix_spawnattr_init(&at);
	sigemptyset(&def);
	sigaddset(&def, SIGPIPE);
	posix_spawnattr_setsigdefault(&at, &def);
	posix_spawnattr_setflags(&at, POSIX_SPAWN_SETSIGDEF);
	int rc = posix_spawn(&p->pid, "/bin/sh", &fa, &at, (char *const *)argv, environ);
	posix_spawnattr_destroy(&at);
	posix_spawn_file_actions_destroy(&fa);
	close(end[0]);
	if (rc != 0) {
		close(end[1]);
		return false;
	}
	p->fd = end[1];
	return true;
}

/* "-- more --": blank or PgDn a screen, Enter a line, q or Ctrl-C leaves. */
static bool more(struct cb_pager *p)
{
	struct termios old, raw;
	static const char prompt[] = "-- more --", gone[] = "\r\033[K";
	char ch = 'q';
	if (tcgetattr(STDIN_FILENO, &old) < 0)
		return true;
	raw = old;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
	write_all(STDOUT_FILENO, prompt, sizeof(prompt) - 1);
	ssize_t n;
	do
		n = read(STDIN_FILENO, &ch, 1);
	while ((n < 0 && errno == EINTR) || (n == 1 && !strchr(" \r\nqQ\003\004\033", ch)));
	if (n == 1 && ch == '\033') { /* a key that sends a sequence, PgDn most likely: a screen */
		char rest[16];
		raw.c_cc[VMIN] = 0;
		raw.c_cc[VTIME] = 1;
		tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
		if (read(STDIN_FILENO, rest, sizeof(rest)) <= 0)
			ch = 'q';
	}
	tcsetattr(STDIN_FILENO, TCSADRAIN, &old);
	write_all(STDOUT_FILENO, gone, sizeof(gone) - 1);
	if (n != 1 || strchr("qQ\003\004", ch))
		return false;
	p->lines = ch == '\r' || ch == '\n' ? p->rows - 2 : 0;
	return true;
}

static bool put_own(struct cb_pager *p, const char *s, size_t n)
{
	while (n > 0) {
		const char *nl = memchr(s, '\n', n);
		size_t k = nl ? (size_t)(nl - s) + 1 : n;
		if (p->lines >= p->rows - 1 && !more(p))
			return false;
		if (!write_all(STDOUT_FILENO, s, k))
			return false;
		if (nl)
			p->lines++;
		s += k;
		n -= k;
	}
	return true;
}

static bool pass_on(struct cb_pager *p, const char *s, size_t n)
{
	bool fine = p->state == CHILD ? write_all(p->fd, s, n) : put_own(p, s, n);
	if (!fine)
		p->state = LEFT;
	return fine;
}

static ssize_t put(void *cookie, const char *s, size_t n)
{
	struct cb_pager *p = cookie;
	if (p->state == LEFT)
		return 0;
	if (p->state != HOLDING)
		return pass_on(p, s, n) ? (ssize_t)n : 0;
	cb_buf_add(&p->held, s, n);
	p->lines += screen_lines(s, n);
	if (!cb_buf_ok(&p->held))
		return 0;
	if (p->lines < p->rows)
		return (ssize_t)n;
	const char *cmd = command();
	p->lines = 0;
	p->state = OWN;
	if (cmd && start_child(p, cmd)) {
		p->state = CHILD;
		p->child = true;
	}
	bool fine = pass_on(p, p->held.s, p->held.len);
	cb_buf_clear(&p->held);
	return fine ? (ssize_t)n : 0;
}

struct cb_pager *cb_pager_begin(void)
{
	const char *term = getenv("TERM"), *cmd = command();
	struct winsize w;
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) || !term || !*term || strcmp(term, "dumb") == 0)
		return NULL;
	if (cmd && (!*cmd || strcmp(cmd, "cat") == 0))
		return NULL;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) < 0 || w.ws_row < 4)
		return NULL;
	struct cb_pager *p = cb_calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	p->rows = w.ws_row;
	cb_buf_init(&p->held);
	fflush(stdout);
	p->f = fopencookie(p, "w", (cookie_io_functions_t){ .write = put });
	if (!p->f) {
		cb_free(p);
		return NULL;
	}
	return p;
}

FILE *cb_pager_file(struct cb_pager *p)
{
	return p->f;
}

bool cb_pager_end(struct cb_pager *p)
{
	int st;
	fclose(p->f); /* may start the pager yet */
	if (p->state == HOLDING)
		write_all(STDOUT_FILENO, p->held.s, p->held.len);
	if (p->child) {
		close(p->fd);
		while (waitpid(p->pid, &st, 0) < 0 && errno == EINTR)
			;
	}
	bool left = p->state == LEFT;
	cb_buf_release(&p->held);
	cb_free(p);
	return left;
}
