/*
 * confine.c - see confine.h. In order: bound to the parent, signals, descriptors, environment, limits, privileges,
 * landlock (no rights to any file, port or process outside), seccomp last, since it forbids the rest.
 *
 * The filter is a list of what is allowed. It knows x86-64 and arm64; elsewhere there is none. Sanitizers need a few calls
 * more and address space without limit; valgrind calls the kernel for itself and knows no landlock, so under it there
 * is neither, nor a limit of memory (cb_confine_lacks tells). Nothing else is relaxed.
 */
#include "lua/confine.h"

#include <errno.h>
#include <limits.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#endif

/* Newer than the headers that this may be built with. */
#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_restrict_self 446
#endif
#ifndef SECCOMP_RET_KILL_PROCESS
#define SECCOMP_RET_KILL_PROCESS 0x80000000U
#endif
#ifndef SECCOMP_FILTER_FLAG_SPEC_ALLOW
#define SECCOMP_FILTER_FLAG_SPEC_ALLOW 4U
#endif
#ifndef SECCOMP_GET_ACTION_AVAIL
#define SECCOMP_GET_ACTION_AVAIL 2U
#endif

/* valgrind puts a library of its own in front of the program's. */
static bool under_valgrind(void)
{
	const char *preload = getenv("LD_PRELOAD");

	return preload && strstr(preload, "vgpreload_");
}

/* --- landlock -------------------------------------------------------------------------------------------------- */

struct landlock_rights { /* struct landlock_ruleset_attr of the newest version here */
	uint64_t files, ports, scoped;
};

/* The version of the kernel's landlock; 0: none. */
static long landlock_version(void)
{
	long v = syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, 1U /* LANDLOCK_CREATE_RULESET_VERSION */);

	return v > 0 ? v : 0;
}

/* Handles every right that the version knows, and grants none. */
static int landlock(struct cb_err *err)
{
	static const unsigned char rights[] = { 13, 14, 15, 15, 16 }; /* on files, by version */
	long v = landlock_version();
	struct landlock_rights r = { 0, 0, 0 };
	int fd;

	r.files = (UINT64_C(1) << rights[v > 5 ? 4 : v - 1]) - 1;
	if (v >= 4)
		r.ports = 3; /* bind, connect */
	if (v >= 6)
		r.scoped = 3; /* abstract sockets, signals */
	fd = (int)syscall(SYS_landlock_create_ruleset, &r, v >= 6 ? sizeof(r) : v >= 4 ? 2 * sizeof(uint64_t) : sizeof(uint64_t), 0U);
	if (fd < 0 || syscall(SYS_landlock_restrict_self, fd, 0U))
		return cb_err_set(err, CB_EIO, "landlock: %s", strerror(errno));
	close(fd);
	return 0;
}

/* --- seccomp --------------------------------------------------------------------------------------------------- */

#ifdef ARCH
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)offsetof(struct seccomp_data, field))
#define GIVE(action) BPF_STMT(BPF_RET | BPF_K, (action))
#define IF_EQ(k) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (k), 0, 1)        /* else skip the next */
#define ALLOW(call) IF_EQ(SYS_##call), GIVE(SECCOMP_RET_ALLOW)
#define REFUSE(call) IF_EQ(SYS_##call), GIVE(SECCOMP_RET_ERRNO | EPERM)
/* Memory, but none that can be executed: prot is the third argument, of which the low word says it. */
#define ALLOW_DATA(call) \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##call, 0, 4), \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)offsetof(struct seccomp_data, args[2])), \
	BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1), \
	GIVE(SECCOMP_RET_KILL_PROCESS), GIVE(SECCOMP_RET_ALLOW)

static const struct sock_filter filter_code[] = {
	LOAD(arch),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0),
	GIVE(SECCOMP_RET_KILL_PROCESS),
	LOAD(nr), /* numbers of other interfaces (x32) are not on the list */
	ALLOW(read), ALLOW(write), ALLOW(brk), ALLOW(munmap), ALLOW(mremap), ALLOW(madvise), ALLOW(exit_group), ALLOW(exit),
	ALLOW(restart_syscall), ALLOW_DATA(mmap), ALLOW_DATA(mprotect),
	/* what the C library may ask in passing and can do without; abort() then ends by a fault */
	REFUSE(getpid), REFUSE(gettid), REFUSE(tgkill), REFUSE(rt_sigprocmask), REFUSE(rt_sigaction), REFUSE(getrandom), REFUSE(clock_gettime),
#if SANITIZED
	ALLOW(futex), ALLOW(sigaltstack), ALLOW(sched_yield), ALLOW(getrlimit), ALLOW(getrusage), ALLOW(sched_getaffinity),
#endif
	GIVE(SECCOMP_RET_KILL_PROCESS),
};

static bool seccomp_there(void)
{
	uint32_t action = SECCOMP_RET_KILL_PROCESS;

	/* the first asks the newer interface, the second any: EFAULT for a filter at no address means that it would be read */
	return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0U, &action) == 0 || (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL, 0, 0) && errno == EFAULT);
}

static int seccomp(struct cb_err *err)
{
	struct sock_fprog prog = { .len = sizeof(filter_code) / sizeof(filter_code[0]), .filter = (struct sock_filter *)(uintptr_t)filter_code };

	/* the flag: functions see no clock, so they need no slow guard against guessing at memory by time */
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &prog) == 0)
		return 0;
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog, 0, 0))
		return cb_err_set(err, CB_EIO, "seccomp: %s", strerror(errno));
	return 0;
}
#else
static bool seccomp_there(void)
{
	return false;
}

static int seccomp(struct cb_err *err)
{
	(void)err;
	return 0;
}
#endif

int cb_confine_lacks(void)
{
	if (under_valgrind())
		return CB_CONFINE_SECCOMP | CB_CONFINE_LANDLOCK;
	return (seccomp_there() ? 0 : CB_CONFINE_SECCOMP) | (landlock_version() ? 0 : CB_CONFINE_LANDLOCK);
}

/* --- the rest -------------------------------------------------------------------------------------------------- */

/* An interrupt at the terminal is for the parent to answer; everything else as it is in a new program. */
static void signals(void)
{
	static const int ignored[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE };
	sigset_t none;

	for (int s = 1; s < NSIG; s++)
		signal(s, SIG_DFL);
	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		signal(ignored[i], SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static int descriptors(int fd, struct cb_err *err)
{
	unsigned first = SANITIZED ? 3 : 1; /* a sanitizer tells what it found */
	struct rlimit r;

	if (fd != 0 && dup2(fd, 0) != 0)
		return cb_err_set(err, CB_EIO, "dup2: %s", strerror(errno));
	if (SANITIZED)
		close(1);
	if (syscall(SYS_close_range, first, UINT_MAX, 0U) == 0)
		return 0;
	if (getrlimit(RLIMIT_NOFILE, &r))
		return cb_err_set(err, CB_EIO, "getrlimit: %s", strerror(errno));
	for (rlim_t i = first; i < r.rlim_max && i < 1 << 20; i++)
		close((int)i);
	return 0;
}

/* Its values, not only their names: the memory is this process's own. */
static void environment(void)
{
	extern char **environ;

	for (char **e = environ; e && *e; e++)
		memset(*e, 0, strlen(*e));
	environ = NULL;
}

static int limit(int what, rlim_t soft, rlim_t hard, const char *name, struct cb_err *err)
{
	struct rlimit r;

	if (getrlimit(what, &r) == 0) { /* never more than there was */
		soft = soft < r.rlim_max ? soft : r.rlim_max;
		hard = hard < r.rlim_max ? hard : r.rlim_max;
	}
	r.rlim_cur = soft;
	r.rlim_max = hard;
	return setrlimit(what, &r) ? cb_err_set(err, CB_EIO, "%s: %s", name, strerror(errno)) : 0;
}

/* Bytes of address space that the process has; 0: unknown. */
static size_t address_space(void)
{
	unsigned long pages = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	if (!f)
		return 0;
	if (fscanf(f, "%lu", &pages) != 1)
		pages = 0;
	fclose(f);
	return (size_t)pages * (size_t)sysconf(_SC_PAGESIZE);
}

static int limits(const struct cb_confine *c, size_t has, struct cb_err *err)
{
	int rc = 0;

	if (has && !SANITIZED && !under_valgrind())
		rc = limit(RLIMIT_AS, has + c->memory, has + c->memory, "RLIMIT_AS", err);
	if (!rc)
		rc = limit(RLIMIT_CPU, (rlim_t)c->seconds, (rlim_t)c->seconds + 1, "RLIMIT_CPU", err);
	if (!rc)
		rc = limit(RLIMIT_FSIZE, 0, 0, "RLIMIT_FSIZE", err);
	if (!rc)
		rc = limit(RLIMIT_NPROC, 0, 0, "RLIMIT_NPROC", err);
	if (!rc)
		rc = limit(RLIMIT_CORE, 0, 0, "RLIMIT_CORE", err);
	if (!rc)
		rc = limit(RLIMIT_MEMLOCK, 0, 0, "RLIMIT_MEMLOCK", err);
	if (!rc) /* no new descriptor of any kind; valgrind insists on the hard limit */
		rc = limit(RLIMIT_NOFILE, 0, under_valgrind() ? RLIM_INFINITY : 0, "RLIMIT_NOFILE", err);
	return rc;
}

static int privileges(struct cb_err *err)
{
	struct __user_cap_header_struct h = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2] = { { 0, 0, 0 }, { 0, 0, 0 } };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return cb_err_set(err, CB_EIO, "PR_SET_NO_NEW_PRIVS: %s", strerror(errno));
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
		return cb_err_set(err, CB_EIO, "PR_SET_DUMPABLE: %s", strerror(errno));
	if (syscall(SYS_capset, &h, none))
		return cb_err_set(err, CB_EIO, "capset: %s", strerror(errno));
	return 0;
}

int cb_confine(int fd, const struct cb_confine *c, struct cb_err *err)
{
	int without = cb_confine_lacks() | c->without, rc;
	size_t has = address_space();

	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0))
		return cb_err_set(err, CB_EIO, "PR_SET_PDEATHSIG: %s", strerror(errno));
	if (getppid() != c->parent) /* it had gone before that */
		_exit(0);
	signals();
	rc = descriptors(fd, err);
	if (rc)
		return rc;
	rc = privileges(err);
	if (!rc && !(without & CB_CONFINE_LANDLOCK))
		rc = landlock(err);
	if (!rc)
		rc = limits(c, has, err);
	environment();
	if (!rc && !(without & CB_CONFINE_SECCOMP))
		rc = seccomp(err);
	return rc;
}
