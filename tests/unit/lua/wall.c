/*
 * wall.c - what the child of a pack's functions cannot do, what becomes of one that dies, hangs or lies, and that nothing
 * of it stays behind.
 *
 * The functions here are C: each handle is one thing that a fault in Lua could let a pack try.
 */
#include "tests/unit/test.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "lua/confine.h"
#include "lua/fnhost.h"
#include "lua/wall.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

static struct cb_err err;
static struct cb_fnresult result[CB_FN_LANES];
static char scratch[64], victim[80], fresh[80];
static const char *secret; /* in the environment of the parent */
static pid_t test_process;

/* --- functions ------------------------------------------------------------------------------------------------- */

enum act {
	ADD, WORD_LENGTH, NOTE, FAIL, PROCESS, ABSENT, /* honest */
	NO_NUMBER, INFINITE, TOO_LARGE, ODD_TYPE, ODD_CODE, DIRTY_TEXT, ENDLESS_TEXT, /* lies */
	SHORT_MESSAGE, LONG_MESSAGE, WRONG_NUMBER, MANY_MESSAGES, SAYS_NO_MEMORY,
	EXIT, TRAP, ABORT, SPIN, SLEEP_A_LITTLE, /* ends */
	OPEN, CREATE, UNLINK, MKDIR, CHMOD, SOCKET, SOCKETPAIR, FORK, EXEC, KILL_PARENT, TRACE, RUN_DATA, CLOCK, UNLIMIT, NEW_FILTER, /* forbidden */
	DESCRIPTORS, ENVIRONMENT, STATE, MUCH_MEMORY, /* what it can see and take */
};

/* What is left of the parent's: bits of what is not as it should be. */
static int state_of_child(void)
{
	static const int none[] = { RLIMIT_FSIZE, RLIMIT_NPROC, RLIMIT_CORE, RLIMIT_NOFILE, RLIMIT_MEMLOCK };
	struct rlimit r;
	int bad = 0, sig = 0;

	for (int i = 0; i < 5; i++)
		if (getrlimit(none[i], &r) || r.rlim_cur || r.rlim_max)
			bad |= 1 << i;
	if (getrlimit(RLIMIT_CPU, &r) || r.rlim_max == RLIM_INFINITY)
		bad |= 32;
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		bad |= 64;
	if (prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0)
		bad |= 128;
	if (prctl(PR_GET_PDEATHSIG, &sig, 0, 0, 0) || sig != SIGKILL)
		bad |= 256;
	if (signal(SIGINT, SIG_IGN) != SIG_IGN)
		bad |= 512;
	if (signal(SIGUSR1, SIG_DFL) != SIG_DFL)
		bad |= 1024;
	return bad;
}

static int ended(long rc)
{
	return rc < 0 ? errno : 0;
}

/* The errno of a forbidden act, 0 when it was done. */
static int forbidden(enum act act)
{
	struct rlimit r = { 100, 100 };
	struct timespec t;
	pid_t pid;
	void *p;

	switch (act) {
	case OPEN: return ended(open("/etc/passwd", O_RDONLY));
	case CREATE: return ended(open(fresh, O_CREAT | O_WRONLY, 0600));
	case UNLINK: return ended(unlink(victim));
	case MKDIR: return ended(mkdir(fresh, 0700));
	case CHMOD: return ended(chmod(victim, 0777));
	case SOCKET: return ended(socket(AF_INET, SOCK_STREAM, 0));
	case SOCKETPAIR: return ended(socketpair(AF_UNIX, SOCK_STREAM, 0, (int[2]){ 0, 0 }));
	case FORK:
		pid = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
		if (pid == 0)
			_exit(0);
		return ended(pid);
	case EXEC: return ended(execl("/bin/true", "true", (char *)NULL));
	case KILL_PARENT: return ended(kill(test_process, SIGKILL));
	case TRACE: return ended(ptrace(PTRACE_ATTACH, test_process, 0, 0));
	case RUN_DATA:
		p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		return p == MAP_FAILED ? errno : 0;
	case CLOCK: return ended(syscall(SYS_clock_gettime, CLOCK_REALTIME, &t));
	case UNLIMIT: return ended(setrlimit(RLIMIT_NOFILE, &r));
	case NEW_FILTER: return ended(prctl(PR_SET_SECCOMP, 0, 0, 0, 0));
	default: return -1;
	}
}

static double looked(enum act act)
{
	double n = 0;

	switch (act) {
	case DESCRIPTORS:
		for (int fd = 1; fd < 1024; fd++)
			n += fcntl(fd, F_GETFD) >= 0;
		return n;
	case ENVIRONMENT: return (getenv("CHIBO_TEST_SECRET") != NULL) + 2 * (secret[0] != '\0');
	case STATE: return state_of_child();
	default: return mmap(NULL, (size_t)1 << 30, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0) == MAP_FAILED;
	}
}

static void say(const void *p, size_t n)
{
	if (write(0, p, n) != (ssize_t)n)
		_exit(77);
}

static void lie_on_the_line(enum act act)
{
	static const struct { uint32_t number, code; } wrong = { 99, 0 }, right = { 1, 0 };

	if (act == SHORT_MESSAGE)
		say("x", 1);
	else if (act == LONG_MESSAGE)
		say("this is more than a reply", 25);
	else if (act == WRONG_NUMBER)
		say(&wrong, sizeof(wrong));
	else
		for (int i = 0; i < 3; i++)
			say(&right, sizeof(right));
}

static void one(enum act act, const struct cb_fnarg *arg, size_t narg, struct cb_fnresult *out)
{
	static char endless[2 * CB_FN_TEXT];
	volatile int forever = 1;

	*out = (struct cb_fnresult){ .type = CB_FN_POINTS, .text = "" };
	switch (act) {
	case ADD:
		for (size_t k = 0; k < narg; k++)
			out->raw += arg[k].have ? (double)arg[k].value.n / (double)arg[k].value.d : 0;
		break;
	case WORD_LENGTH: out->raw = (double)strlen(arg[0].word) + (strcmp(arg[0].name, "word") == 0 ? 0 : 0.5); break;
	case NOTE: out->raw = 1; out->text = "ghi chú"; break;
	case FAIL: out->code = CB_ERULE; out->text = "t.lua:1: no"; break;
	case PROCESS: out->raw = (double)syscall(SYS_getppid); break;
	case ABSENT: out->type = CB_FN_ABSENT; out->raw = NAN; break;
	case NO_NUMBER: out->raw = NAN; break;
	case INFINITE: out->raw = -INFINITY; break;
	case TOO_LARGE: out->raw = 1.1e12; break;
	case ODD_TYPE: memcpy(&out->type, &(unsigned){ 77 }, sizeof(out->type)); break;
	case ODD_CODE: out->code = CB_EINTR; break;
	case DIRTY_TEXT: out->text = "a\x1b[2J\nb\xff\xe2\x80\xae"; break;
	case ENDLESS_TEXT:
		memset(endless, 'x', sizeof(endless) - 1);
		out->code = CB_ERULE;
		out->text = endless;
		break;
	case SHORT_MESSAGE: case LONG_MESSAGE: case WRONG_NUMBER: case MANY_MESSAGES: lie_on_the_line(act); break;
	case EXIT: _exit(3);
	case TRAP: __builtin_trap();
	case ABORT: abort();
	case SPIN:
		while (forever)
			;
		break;
	case SLEEP_A_LITTLE: usleep(5000); break;
	case DESCRIPTORS: case ENVIRONMENT: case STATE: case MUCH_MEMORY: out->raw = looked(act); break;
	default: out->raw = forbidden(act); break;
	}
}

static int freed;

static int fake_call(void *ctx, int handle, const struct cb_fnarg *arg, size_t narg, size_t n, struct cb_fnresult *out, struct cb_err *e)
{
	(void)ctx;
	if (handle == SAYS_NO_MEMORY)
		return cb_err_nomem(e);
	for (size_t i = 0; i < n; i++)
		one((enum act)handle, arg + i * narg, narg, &out[i]);
	return 0;
}

static void fake_free(void *ctx)
{
	(void)ctx;
	freed++;
}

/* --- helpers --------------------------------------------------------------------------------------------------- */

static struct cb_pack_limits limits(void)
{
	struct cb_pack_limits lim = cb_pack_limits_default;

	lim.fuel_call = 1000;
	return lim;
}

static struct cb_fnhost wall_of(const struct cb_pack_limits *lim, int without)
{
	struct cb_fnhost h;

	assert_int_equal(cb_wall_make(&h, (struct cb_fnhost){ NULL, fake_call, fake_free }, "rules/t.lua", "t", lim, &err), 0);
	cb_wall_without(&h, without);
	return h;
}

static const struct cb_fnarg facts[] = { { .name = "a", .have = true, .value = { 3, 1 } }, { .name = "b", .have = true, .value = { 1, 2 } }, { .name = "c" } };

/* Frees the wall; there must be no child left, dead or alive. */
static void gone(struct cb_fnhost *h)
{
	h->free(h->ctx);
	errno = 0;
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static int call(struct cb_fnhost *h, enum act act)
{
	return cb_fn_call(h, act, facts, 3, &result[0], &err);
}

/* The message of a call that ends the child, which then holds for every other call of the run and no longer. */
static void ends(enum act act, int without, const char *what)
{
	struct cb_pack_limits lim = limits();
	struct cb_fnhost h = wall_of(&lim, without);
	char first[sizeof(err.msg)];

	assert_int_equal(call(&h, ADD), 0);
	assert_int_equal(call(&h, act), CB_ERULE);
	if (strncmp(err.msg, "rules/t.lua: stopped: the process that runs the functions of ruleset t ", 71) != 0 || !strstr(err.msg, what))
		fail_msg("act %d: %s", act, err.msg);
	assert_int_equal(cb_wall_child(&h), 0);
	snprintf(first, sizeof(first), "%s", err.msg);
	assert_int_equal(call(&h, ADD), CB_ERULE);
	assert_string_equal(err.msg, first);
	assert_int_equal(cb_wall_child(&h), 0);
	cb_wall_begin_run(&h);
	assert_int_equal(call(&h, ADD), 0);
	gone(&h);
}

/* The number that a call gave. */
static int gives(enum act act, int without)
{
	struct cb_fnhost h = wall_of(NULL, without);
	int rc = call(&h, act);

	if (rc)
		fail_msg("act %d: %s", act, err.msg);
	gone(&h);
	return (int)result[0].raw;
}

/* --- tests ----------------------------------------------------------------------------------------------------- */

static void one_child_serves_every_call_and_none_is_started_before(void **unused)
{
	struct cb_fnhost h = wall_of(NULL, 0);
	long child;

	(void)unused;
	freed = 0;
	assert_int_equal(cb_wall_child(&h), 0);
	assert_int_equal(call(&h, ADD), 0);
	assert_true(result[0].raw == 3.5 && result[0].value.n == 7 && result[0].value.d == 2);
	child = cb_wall_child(&h);
	assert_true(child > 0);
	assert_int_equal(call(&h, NOTE), 0);
	assert_string_equal(result[0].text, "ghi chú");
	assert_int_equal(call(&h, FAIL), CB_ERULE);
	assert_string_equal(err.msg, "t.lua:1: no");
	assert_int_equal(call(&h, ABSENT), 0);
	assert_int_equal(result[0].type, CB_FN_ABSENT);
	assert_int_equal(cb_wall_child(&h), child);
	cb_wall_begin_run(&h);
	assert_int_equal(cb_wall_child(&h), 0);
	gone(&h);
	assert_int_equal(freed, 1);
}

static void a_host_that_nobody_calls_has_no_child(void **unused)
{
	struct cb_fnhost h = wall_of(NULL, 0);

	(void)unused;
	gone(&h);
}

static void a_batch_keeps_its_lanes_in_order_whatever_fits_into_one_message(void **unused)
{
	struct cb_fnhost h = wall_of(NULL, 0);
	static char text[CB_FN_LANES][1000];
	static struct cb_fnarg arg[CB_FN_LANES];
	char *huge = malloc(300000);

	(void)unused;
	for (size_t i = 0; i < CB_FN_LANES; i++) {
		memset(text[i], 'x', 400 + i);
		arg[i] = (struct cb_fnarg){ .name = "word", .have = true, .word = i % 5 ? text[i] : "" };
	}
	assert_int_equal(h.call(h.ctx, WORD_LENGTH, arg, 1, CB_FN_LANES, result, &err), 0);
	for (size_t i = 0; i < CB_FN_LANES; i++)
		assert_true(result[i].code == 0 && result[i].raw == (i % 5 ? 400.0 + (double)i : 0));
	for (size_t i = 0; i < CB_FN_LANES; i++)
		arg[i] = (struct cb_fnarg){ .name = "n", .have = i % 7 != 0, .value = { (int64_t)i, 1 } };
	assert_int_equal(h.call(h.ctx, ADD, arg, 1, CB_FN_LANES, result, &err), 0);
	for (size_t i = 0; i < CB_FN_LANES; i++)
		assert_true(result[i].raw == (i % 7 ? (double)i : 0));
	memset(huge, 'y', 299999);
	huge[299999] = '\0';
	arg[0].word = huge;
	assert_int_equal(h.call(h.ctx, WORD_LENGTH, arg, 1, 1, result, &err), CB_ELIMIT);
	assert_string_equal(err.msg, "rules/t.lua: the texts among a meeting's facts are longer than 262144 bytes");
	assert_int_equal(h.call(h.ctx, ADD, arg, CB_FN_ARGS + 1, 1, result, &err), CB_EUSAGE);
	assert_int_equal(h.call(h.ctx, ADD, arg, 1, CB_FN_LANES + 1, result, &err), CB_EUSAGE);
	free(huge);
	gone(&h);
}

static void what_no_function_needs_kills_the_child(void **unused)
{
	static const enum act list[] = { OPEN, CREATE, UNLINK, MKDIR, CHMOD, SOCKET, SOCKETPAIR, FORK, EXEC, KILL_PARENT, TRACE, RUN_DATA, UNLIMIT, NEW_FILTER,
					 PROCESS };

	(void)unused;
	if (cb_confine_lacks() & CB_CONFINE_SECCOMP)
		skip();
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (!(SANITIZED && list[i] == UNLIMIT))
			ends(list[i], 0, "asked the system for what no function needs, and was killed for it (SIGSYS, seccomp)");
	assert_int_equal(access(victim, F_OK), 0);
	assert_int_equal(access(fresh, F_OK), -1);
	if (!SANITIZED)
		assert_int_equal(gives(CLOCK, 0), EPERM);
}

/* Where there is no seccomp the other walls stand alone. */
static void without_the_filter_there_are_still_no_files_and_no_sockets(void **unused)
{
	struct stat st;

	(void)unused;
	assert_int_equal(gives(OPEN, CB_CONFINE_SECCOMP), EMFILE);
	assert_int_equal(gives(CREATE, CB_CONFINE_SECCOMP), EMFILE);
	assert_int_equal(gives(SOCKET, CB_CONFINE_SECCOMP), EMFILE);
	assert_int_equal(gives(SOCKETPAIR, CB_CONFINE_SECCOMP), EMFILE);
	assert_int_equal(gives(UNLIMIT, CB_CONFINE_SECCOMP), EPERM);
	assert_int_equal(gives(OPEN, CB_CONFINE_SECCOMP | CB_CONFINE_LANDLOCK), EMFILE);
	if (geteuid() != 0) /* no limit of processes holds for root */
		assert_int_equal(gives(FORK, CB_CONFINE_SECCOMP), EAGAIN);
	if (!(cb_confine_lacks() & CB_CONFINE_LANDLOCK)) {
		assert_int_equal(gives(UNLINK, CB_CONFINE_SECCOMP), EACCES);
		assert_int_equal(gives(MKDIR, CB_CONFINE_SECCOMP), EACCES);
		assert_int_equal(gives(EXEC, CB_CONFINE_SECCOMP), EACCES);
	}
	assert_int_equal(stat(victim, &st), 0);
	assert_int_equal(access(fresh, F_OK), -1);
}

static void the_child_has_nothing_of_its_parent(void **unused)
{
	int extra = open("/etc/passwd", O_RDONLY);

	(void)unused;
	assert_true(extra > 2);
	assert_int_equal(gives(DESCRIPTORS, CB_CONFINE_SECCOMP), SANITIZED); /* there: 2, to tell what was found */
	close(extra);
	assert_string_equal(secret, "thu");
	assert_int_equal(gives(ENVIRONMENT, 0), 0);
	assert_string_equal(secret, "thu");
	signal(SIGUSR1, SIG_IGN);
	assert_int_equal(gives(STATE, CB_CONFINE_SECCOMP), 0);
	signal(SIGUSR1, SIG_DFL);
}

static void the_child_has_no_more_memory_than_its_limits_explain(void **unused)
{
	(void)unused;
	if (SANITIZED || cb_confine_lacks() & CB_CONFINE_SECCOMP) /* valgrind is told so */
		skip();
	assert_int_equal(gives(MUCH_MEMORY, 0), 1);
}

static void a_child_that_ends_is_told_with_how(void **unused)
{
	(void)unused;
	ends(EXIT, 0, "ended by itself (exit code 3)");
	ends(TRAP, 0, "died of signal ");
	ends(ABORT, 0, "died of signal ");
	ends(SAYS_NO_MEMORY, 0, "ran out of memory");
}

static void a_child_that_is_killed_from_outside_is_told(void **unused)
{
	struct cb_fnhost h = wall_of(NULL, 0);
	siginfo_t info;
	pid_t helper;

	(void)unused;
	/* between two calls */
	assert_int_equal(call(&h, ADD), 0);
	kill((pid_t)cb_wall_child(&h), SIGKILL);
	assert_int_equal(waitid(P_PID, (id_t)cb_wall_child(&h), &info, WEXITED | WNOWAIT), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(h.call(h.ctx, ADD, facts, 3, 1, result, &err), CB_EIO);
		assert_string_equal(err.msg, "rules/t.lua: the process that runs the functions of ruleset t was killed from outside (SIGKILL); "
					     "does the computer lack memory? run this again");
	}
	/* during one */
	cb_wall_begin_run(&h);
	assert_int_equal(call(&h, ADD), 0);
	helper = fork();
	if (helper == 0) {
		usleep(50000);
		_exit(kill((pid_t)cb_wall_child(&h), SIGKILL));
	}
	assert_int_equal(call(&h, SPIN), CB_EIO);
	assert_non_null(strstr(err.msg, "was killed from outside (SIGKILL)"));
	assert_int_equal(waitpid(helper, NULL, 0), helper);
	gone(&h);
}

static void a_child_that_hangs_is_stopped(void **unused)
{
	struct cb_pack_limits lim = limits();
	struct cb_fnhost h;

	(void)unused;
	lim.answer = 100;
	h = wall_of(&lim, 0);
	assert_int_equal(call(&h, SPIN), CB_ERULE);
	assert_string_equal(err.msg, "rules/t.lua: stopped: the process that runs the functions of ruleset t gave no answer for 101 ms and was stopped");
	gone(&h);
}

static void a_batch_may_take_longer_than_one_silence(void **unused)
{
	struct cb_pack_limits lim = limits();
	struct cb_fnhost h;
	static struct cb_fnarg arg[CB_FN_LANES];

	(void)unused;
	lim.answer = 1500;
	h = wall_of(&lim, CB_CONFINE_SECCOMP);
	assert_int_equal(h.call(h.ctx, SLEEP_A_LITTLE, arg, 0, CB_FN_LANES, result, &err), 0); /* 2.5 s */
	assert_int_equal(result[CB_FN_LANES - 1].code, 0);
	gone(&h);
}

static void lies_are_refused(void **unused)
{
	(void)unused;
	ends(NO_NUMBER, 0, "answered with what is no number and was stopped");
	ends(INFINITE, 0, "answered with what is no number and was stopped");
	ends(TOO_LARGE, 0, "answered with a number beyond 10^12 and was stopped");
	ends(ODD_TYPE, 0, "answered with an unknown kind of value and was stopped");
	ends(ODD_CODE, 0, "answered with an unknown code and was stopped");
	ends(SHORT_MESSAGE, 0, "answered out of turn and was stopped");
	ends(LONG_MESSAGE, 0, "answered out of turn and was stopped");
	ends(WRONG_NUMBER, 0, "answered out of turn and was stopped");
}

static void messages_ahead_of_time_do_not_help(void **unused)
{
	struct cb_fnhost h = wall_of(NULL, 0);
	int rc;

	(void)unused;
	(void)call(&h, MANY_MESSAGES); /* the first is the answer that was due */
	rc = call(&h, ADD);
	assert_int_equal(rc, CB_ERULE);
	assert_non_null(strstr(err.msg, "answered out of turn"));
	gone(&h);
}

static void texts_are_cleaned_and_cut_on_this_side_too(void **unused)
{
	struct cb_fnhost h = wall_of(NULL, 0);

	(void)unused;
	assert_int_equal(call(&h, DIRTY_TEXT), 0);
	assert_string_equal(result[0].text, "a?[2J b??");
	assert_int_equal(call(&h, ENDLESS_TEXT), CB_ERULE);
	assert_int_equal(strlen(result[0].text), CB_FN_TEXT - 1);
	gone(&h);
}

static void the_child_ends_with_its_parent(void **unused)
{
	int fd[2], status;
	pid_t parent;
	long child = 0;

	(void)unused;
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
	assert_int_equal(pipe(fd), 0);
	parent = fork();
	if (parent == 0) {
		struct cb_fnhost h;
		if (cb_wall_make(&h, (struct cb_fnhost){ NULL, fake_call, fake_free }, "rules/t.lua", "t", NULL, &err) || call(&h, ADD))
			_exit(1);
		child = cb_wall_child(&h);
		if (write(fd[1], &child, sizeof(child)) != sizeof(child))
			_exit(1);
		call(&h, SPIN);
		_exit(2);
	}
	assert_int_equal(read(fd[0], &child, sizeof(child)), sizeof(child));
	usleep(50000);
	kill(parent, SIGKILL); /* while the child computes; or, on a busy computer, before that */
	assert_int_equal(waitpid(parent, &status, 0), parent);
	assert_int_equal(waitpid((pid_t)child, &status, 0), child);
	assert_true(WIFSIGNALED(status) ? WTERMSIG(status) == SIGKILL : WEXITSTATUS(status) == 0);
	prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);
	close(fd[0]);
	close(fd[1]);
}

/* --- kernels that lack something ------------------------------------------------------------------------------- */

/* From now on in this process, call number nr (where its first argument is `arg`, unless -1) gives the error. */
static int deny(long nr, long arg, int error)
{
	struct sock_filter f[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)nr, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)arg, 0, arg < 0 ? 0 : 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog p = { sizeof(f) / sizeof(f[0]), f };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &p, 0, 0);
}

/* Runs f in a process of its own; its exit status, 0 when all went well, else a number that tells the line. */
static int apart(int (*f)(void))
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(f());
	if (waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

#define MUST(x) do { if (!(x)) return __LINE__ % 250 + 1; } while (0)

static int without_landlock(void)
{
	struct cb_fnhost h;
	struct cb_diags *d;

	MUST(!deny(SYS_landlock_create_ruleset, -1, ENOSYS));
	MUST(cb_confine_lacks() == CB_CONFINE_LANDLOCK);
	MUST(!cb_wall_make(&h, (struct cb_fnhost){ NULL, fake_call, fake_free }, "rules/t.lua", "t", NULL, &err));
	MUST(!call(&h, ADD) && result[0].raw == 3.5);
	MUST(call(&h, OPEN) == CB_ERULE);
	h.free(h.ctx);
	MUST(!cb_diags_new(&d, 10));
	cb_wall_tell(d, "rules/t.lua");
	cb_wall_tell(d, "rules/u.lua");
	MUST(cb_diags_kept(d) == 1 && cb_diags_at(d, 0)->severity == CB_SEV_WARNING);
	MUST(!strcmp(cb_diags_at(d, 0)->what, "here is no landlock (no rights to files): functions of packs run behind the other walls alone"));
	cb_diags_free(d);
	return 0;
}

static int without_seccomp(void)
{
	struct cb_fnhost h;
	struct cb_diags *d;

	MUST(!deny(SYS_seccomp, -1, ENOSYS));
	MUST(!deny(SYS_prctl, PR_SET_SECCOMP, EINVAL));
	MUST(cb_confine_lacks() == CB_CONFINE_SECCOMP);
	MUST(!cb_wall_make(&h, (struct cb_fnhost){ NULL, fake_call, fake_free }, "rules/t.lua", "t", NULL, &err));
	MUST(!call(&h, OPEN) && result[0].raw == EMFILE);
	h.free(h.ctx);
	MUST(!cb_diags_new(&d, 10));
	cb_wall_tell(d, "rules/t.lua");
	MUST(!strcmp(cb_diags_at(d, 0)->what, "here is no seccomp (a filter of system calls): functions of packs run behind the other walls alone"));
	cb_diags_free(d);
	return 0;
}

static int where_a_wall_cannot_be_raised(void)
{
	struct cb_fnhost h;

	MUST(!deny(SYS_capset, -1, EPERM));
	MUST(!cb_wall_make(&h, (struct cb_fnhost){ NULL, fake_call, fake_free }, "rules/t.lua", "t", NULL, &err));
	MUST(call(&h, ADD) == CB_EIO);
	MUST(!strcmp(err.msg, "rules/t.lua: the process for the functions of ruleset t could not be closed off: capset: Operation not permitted"));
	MUST(cb_wall_child(&h) == 0 && waitpid(-1, NULL, WNOHANG) == -1);
	h.free(h.ctx);
	return 0;
}

static int where_no_process_can_be_had(void)
{
	struct cb_fnhost h;

	MUST(!deny(SYS_clone, -1, EAGAIN));
	MUST(!cb_wall_make(&h, (struct cb_fnhost){ NULL, fake_call, fake_free }, "rules/t.lua", "t", NULL, &err));
	MUST(call(&h, ADD) == CB_EIO);
	MUST(!strcmp(err.msg, "rules/t.lua: no process for the functions of ruleset t: Resource temporarily unavailable"));
	h.free(h.ctx);
	return 0;
}

static void a_kernel_that_lacks_a_wall_is_told_and_gone_without(void **unused)
{
	(void)unused;
	if (cb_confine_lacks())
		skip();
	assert_int_equal(apart(without_landlock), 0);
	assert_int_equal(apart(without_seccomp), 0);
}

static void a_child_that_cannot_be_closed_off_runs_nothing(void **unused)
{
	(void)unused;
	if (cb_confine_lacks())
		skip();
	assert_int_equal(apart(where_a_wall_cannot_be_raised), 0);
	assert_int_equal(apart(where_no_process_can_be_had), 0);
}

static int make_and_call(void *ctx)
{
	struct cb_fnhost h;
	int rc = cb_wall_make(&h, (struct cb_fnhost){ NULL, fake_call, fake_free }, "rules/t.lua", "t", NULL, &err);

	(void)ctx;
	if (!rc)
		rc = call(&h, ADD);
	if (h.free)
		h.free(h.ctx);
	return rc;
}

static void without_memory_the_host_inside_is_freed_too(void **unused)
{
	(void)unused;
	freed = 0;
	assert_int_equal(sweep(make_and_call, NULL), 1);
	assert_int_equal(freed, 2);
}

static int open_descriptors(void)
{
	int n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void nothing_stays_open(void **unused)
{
	int before = open_descriptors();

	(void)unused;
	for (int i = 0; i < 3; i++) {
		struct cb_fnhost h = wall_of(NULL, 0);
		assert_int_equal(call(&h, ADD), 0);
		assert_int_equal(call(&h, EXIT), CB_ERULE);
		cb_wall_begin_run(&h);
		assert_int_equal(call(&h, ADD), 0);
		gone(&h);
	}
	assert_int_equal(open_descriptors(), before);
}

static int set_up(void **state)
{
	FILE *f;

	(void)state;
	test_process = getpid();
	snprintf(scratch, sizeof(scratch), "/tmp/chibo-wall.XXXXXX");
	if (!mkdtemp(scratch))
		return -1;
	snprintf(victim, sizeof(victim), "%s/victim", scratch);
	snprintf(fresh, sizeof(fresh), "%s/fresh", scratch);
	f = fopen(victim, "w");
	if (!f || fclose(f))
		return -1;
	setenv("CHIBO_TEST_SECRET", "thu", 1);
	secret = getenv("CHIBO_TEST_SECRET");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(victim);
	return rmdir(scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_child_serves_every_call_and_none_is_started_before),
		cmocka_unit_test(a_host_that_nobody_calls_has_no_child),
		cmocka_unit_test(a_batch_keeps_its_lanes_in_order_whatever_fits_into_one_message),
		cmocka_unit_test(what_no_function_needs_kills_the_child),
		cmocka_unit_test(without_the_filter_there_are_still_no_files_and_no_sockets),
		cmocka_unit_test(the_child_has_nothing_of_its_parent),
		cmocka_unit_test(the_child_has_no_more_memory_than_its_limits_explain),
		cmocka_unit_test(a_child_that_ends_is_told_with_how),
		cmocka_unit_test(a_child_that_is_killed_from_outside_is_told),
		cmocka_unit_test(a_child_that_hangs_is_stopped),
		cmocka_unit_test(a_batch_may_take_longer_than_one_silence),
		cmocka_unit_test(lies_are_refused),
		cmocka_unit_test(messages_ahead_of_time_do_not_help),
		cmocka_unit_test(texts_are_cleaned_and_cut_on_this_side_too),
		cmocka_unit_test(the_child_ends_with_its_parent),
		cmocka_unit_test(a_kernel_that_lacks_a_wall_is_told_and_gone_without),
		cmocka_unit_test(a_child_that_cannot_be_closed_off_runs_nothing),
		cmocka_unit_test(without_memory_the_host_inside_is_freed_too),
		cmocka_unit_test(nothing_stays_open),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
