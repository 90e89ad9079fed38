/*
 * repl.c - the console's line editor around cb_console: prompt, multi-line input, history, Tab, Ctrl-C, resize.
 *
 * With readline when it was built in and both ends are a terminal; else plain lines. readline keeps global state, so
 * the console that its callbacks serve is the one static pointer of this file, set while cb_repl runs.
 */
#include "cli/repl.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef CB_WITH_READLINE
#include <readline/history.h>
#include <readline/readline.h>
#endif

#include "base/alloc.h"
#include "base/buf.h"
#include "base/utf8.h"

static struct cb_console *volatile current; /* for the signal handler and readline's callbacks */
static volatile sig_atomic_t running;       /* a chunk runs: Ctrl-C stops it; else it clears the line */

static volatile sig_atomic_t presses;       /* of Ctrl-C while it runs */

/* Stops what runs. A library's loop that does not listen (a pattern that tries everything) ends with the third press: the
   whole console, which only reads. */
static void stop_running(void)
{
	if (!running || !current)
		return;
	cb_console_interrupt(current);
	if (++presses >= 3) {
		signal(SIGINT, SIG_DFL);
		raise(SIGINT);
	}
}

static void on_int(int sig)
{
	(void)sig;
	stop_running();
}

/* Is [s, s+n) a whole word of the text that begins at `text`? */
static bool whole_word(const char *text, const char *s, size_t n)
{
	static const char word[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
	return (s == text || !strchr(word, s[-1]) || !strchr(word, s[0])) && (!s[n] || !strchr(word, s[n]) || !strchr(word, s[n - 1]));
}

static const char *find_word(const char *text, size_t len, const char *word, size_t n)
{
	for (const char *s = text; n > 0 && s + n <= text + len; s++)
		if (memcmp(s, word, n) == 0 && whole_word(text, s, n))
			return s;
	return NULL;
}

/* Where in the text the message points: a quoted text and a position in it, or a word in quotes; NULL: nowhere. */
static const char *place_of(const char *msg, const char *text, size_t len)
{
	const char *q = strncmp(msg, "in \"", 4) == 0 ? msg + 3 : NULL, *at = q ? strstr(q, "\" at ") : NULL;
	if (at) {
		const char *s = find_word(text, len, q + 1, (size_t)(at - q - 1));
		long n = strtol(at + 5, NULL, 10);
		return s && n >= 1 && s + n - 1 <= text + len ? s + n - 1 : NULL;
	}
	for (const char *s = msg; (s = strpbrk(s, "'\""));) {
		const char *end = strchr(s + 1, *s), *found;
		if (!end)
			return NULL;
		found = find_word(text, len, s + 1, (size_t)(end - s - 1));
		if (found)
			return found;
		s = end + 1;
	}
	return NULL;
}

const char *cb_repl_place(const struct cb_err *err, const char *text)
{
	const char *m = err->msg;
	long line = 0;
	/* "(console):2: message", "query:2: message": say the message, show the line that it is about */
	const char *colon = strncmp(m, "(console):", 10) == 0 ? m + 9 : strncmp(m, "query:", 6) == 0 ? m + 5 : NULL;
	if (colon) {
		char *end;
		line = strtol(colon + 1, &end, 10);
		if (*end == ':')
			m = end + 1 + strspn(end + 1, " ");
	}
	const char *s = text;
	for (long i = 1; s && i < line; i++) {
		s = strchr(s, '\n');
		if (s)
			s++;
	}
	if (!s || !*s)
		return m;
	const char *at = place_of(m, s, line ? strcspn(s, "\n") : strlen(s));
	if (!at && !line)
		return m;
	while (at && at > s && memchr(s, '\n', (size_t)(at - s))) /* the line that it is on */
		s = strchr(s, '\n') + 1;
	size_t len = strcspn(s, "\n");
	if (len > 400)
		return m;
	fprintf(stderr, "  %.*s\n", (int)len, s);
	if (at)
		fprintf(stderr, "  %*s^\n", (int)cb_utf8_width(s, (size_t)(at - s)), "");
	return m;
}

static void report(const struct cb_err *err, const char *text)
{
	fprintf(stderr, "%s\n", cb_repl_place(err, text));
}

#ifdef CB_WITH_READLINE

static char **candidates; /* of the completion that is under way; strings of cb_alloc */
static size_t candidate_skip;

static char *next_candidate(const char *text, int state)
{
	static size_t i;
	if (state == 0)
		i = 0;
	while (candidates && candidates[i]) {
		const char *s = candidates[i++];
		size_t n = strlen(s);
		s += n < candidate_skip ? n : candidate_skip;
		if (strncmp(s, text, strlen(text)) == 0)
			return strdup(s); /* readline frees it with free() */
	}
	return NULL;
}

static char **complete(const char *text, int start, int end)
{
	size_t from;
	struct cb_err err;
	char **out = NULL;
	rl_attempted_completion_over = 1; /* never file names */
	rl_completion_suppress_append = 1;
	if (cb_console_complete(current, rl_line_buffer, (size_t)end, &from, &candidates, &err) < 0)
		return NULL;
	candidate_skip = from < (size_t)start ? (size_t)start - from : 0;
	if (candidates && candidates[0])
		out = rl_completion_matches(text, next_candidate);
	for (size_t i = 0; candidates && candidates[i]; i++)
		cb_free(candidates[i]);
	cb_free(candidates);
	candidates = NULL;
	return out;
}

/* The line that readline's handler took, and whether it did. */
static char *taken;
static bool took;

static void take_line(char *line)
{
	taken = line;
	took = true;
	rl_callback_handler_remove();
}

static volatile sig_atomic_t pressed, resized;

static void on_int_reading(int sig)
{
	(void)sig;
	stop_running();
	pressed = 1;
}

static void on_resize(int sig)
{
	(void)sig;
	resized = 1;
}

/* One line through readline's callbacks, so that signals are met here and never inside it. */
static char *edit_line(const char *prompt, bool *cleared)
{
	sigset_t block, before;
	took = false;
	taken = NULL;
	pressed = 0;
	sigemptyset(&block);
	sigaddset(&block, SIGINT);
	sigaddset(&block, SIGWINCH);
	sigprocmask(SIG_BLOCK, &block, &before);
	rl_callback_handler_install(prompt, take_line);
	while (!took) {
		struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };
		int n = ppoll(&p, 1, NULL, &before); /* signals arrive only here */
		if (resized) {
			resized = 0;
			rl_resize_terminal();
		}
		if (pressed) {
			rl_free_line_state();
			rl_callback_sigcleanup();
			rl_callback_handler_remove();
			rl_replace_line("", 0);
			fputs("^C\n", stdout);
			fflush(stdout);
			*cleared = true;
			break;
		}
		if (n > 0)
			rl_callback_read_char();
		else if (n < 0 && errno != EINTR)
			break;
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (*cleared)
		return cb_strdup("");
	char *copy = cb_strdup(taken);
	rl_free(taken);
	taken = NULL;
	return copy;
}

static char *history_path(void)
{
	struct cb_buf b;
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	cb_buf_init(&b);
	if (state && *state == '/')
		cb_buf_printf(&b, "%s/chibo", state);
	else if (home && *home)
		cb_buf_printf(&b, "%s/.local/state/chibo", home);
	else
		return NULL;
	if (!cb_buf_ok(&b))
		return cb_buf_release(&b), NULL;
	/* Make the folders on the way; those that are there already are fine. */
	for (char *p = b.s + 1; *p; p++) {
		if (*p == '/') {
			*p = '\0';
			mkdir(b.s, 0700);
			*p = '/';
		}
	}
	mkdir(b.s, 0700);
	cb_buf_puts(&b, "/history");
	return cb_buf_take(&b);
}

#endif

static int term_width(void)
{
	struct winsize w;
	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 0 ? w.ws_col : 80;
}

/* One line without its newline, or NULL at the end; owned by the caller: cb_free. *cleared: Ctrl-C at the prompt. */
static char *read_line(const char *prompt, bool editor, bool interactive, bool *cleared)
{
	*cleared = false;
#ifdef CB_WITH_READLINE
	if (editor)
		return edit_line(prompt, cleared);
#else
	(void)editor;
#endif
	if (interactive) {
		fputs(prompt, stdout);
		fflush(stdout);
	}
	struct cb_buf b;
	cb_buf_init(&b);
	int ch;
	while ((ch = getchar()) != EOF && ch != '\n')
		cb_buf_putc(&b, (char)ch);
	if (ch == EOF && b.len == 0) {
		cb_buf_release(&b);
		return NULL;
	}
	return b.len ? cb_buf_take(&b) : cb_strdup("");
}

int cb_repl(struct cb_console *c, bool interactive, struct cb_err *err)
{
	int rc = CB_OK;
	bool editor = false;
	struct sigaction sa, old;
	struct cb_buf text;
	char *hist = NULL;
	cb_buf_init(&text);
	current = c;
	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_int;
#ifdef CB_WITH_READLINE
	const char *term = getenv("TERM");
	editor = interactive && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && term && strcmp(term, "dumb") != 0;
	if (editor) {
		rl_readline_name = "chibo";
		rl_catch_signals = 0;
		rl_catch_sigwinch = 0;
		rl_attempted_completion_function = complete;
		rl_completer_word_break_characters = " \t\n\"\\'`@$><=;|&{(:.,+-*/%#~[]})";
		rl_completer_quote_characters = "";
		rl_basic_quote_characters = "";
		rl_initialize();
		rl_variable_bind("enable-bracketed-paste", "on");
		using_history();
		stifle_history(5000);
		hist = history_path();
		if (hist)
			read_history(hist);
		sa.sa_handler = on_resize;
		sigaction(SIGWINCH, &sa, NULL);
		sa.sa_handler = on_int_reading;
	}
#endif
	if (interactive) {
		sigaction(SIGINT, &sa, &old);
		puts("chibo " CB_VERSION ": help() says what can be asked; Ctrl-D leaves");
	}
	for (;;) {
		bool cleared, incomplete = false;
		char *line = read_line(text.len ? "    -> " : "chibo> ", editor, interactive, &cleared);
		if (!line) {
			if (text.len == 0) {
				if (interactive)
					putchar('\n');
				break;
			}
			/* The end inside a chunk: say what is missing. */
			rc = cb_console_eval(c, text.s, text.len, "=(console)", NULL, err);
			if (rc < 0 && rc != CB_EIO)
				report(err, text.s);
			if (!interactive || rc == CB_EIO)
				break;
			cb_buf_clear(&text);
			rc = CB_OK;
			break;
		}
		if (cleared) {
			cb_free(line);
			cb_buf_clear(&text);
			continue;
		}
		if (text.len)
			cb_buf_putc(&text, '\n');
		cb_buf_puts(&text, line);
		cb_free(line);
		if (!cb_buf_ok(&text)) {
			rc = cb_err_nomem(err);
			break;
		}
		if (strspn(text.s, " \t\n") == text.len) {
			cb_buf_clear(&text);
			continue;
		}
		if (interactive)
			cb_console_width(c, term_width());
		presses = 0;
		running = 1;
		int st = cb_console_eval(c, text.s, text.len, "=(console)", &incomplete, err);
		running = 0;
		if (st == CB_OK && incomplete)
			continue;
#ifdef CB_WITH_READLINE
		if (editor) {
			HIST_ENTRY *last = history_length > 0 ? history_get(history_base + history_length - 1) : NULL;
			if (!last || strcmp(last->line, text.s) != 0)
				add_history(text.s);
		}
#endif
		if (st < 0) {
			fflush(stdout);
			if (ferror(stdout)) {
				rc = CB_EIO;
				break;
			}
			report(err, text.s);
			if (!interactive) {
				rc = st;
				break;
			}
		}
		cb_buf_clear(&text);
	}
#ifdef CB_WITH_READLINE
	if (hist) {
		mode_t um = umask(077);
		write_history(hist);
		umask(um);
	}
#endif
	if (interactive)
		sigaction(SIGINT, &old, NULL);
	cb_free(hist);
	cb_buf_release(&text);
	current = NULL;
	return rc;
}
