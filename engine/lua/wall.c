/*
 * wall.c - see wall.h.
 *
 * Parent and child share one piece of memory (facts one way, answers the other) and a socket that carries one small
 * message each way per batch. The memory was mapped before the fork, so it has the same address in both: facts go over
 * as they are, with their texts copied beside them. The child works through a batch in pieces and counts them, so that
 * the parent can tell slow from silent. Answers are copied out of the shared memory before they are looked at: the
 * child could change them at any time.
 *
 * Time is only a backstop: fuel ends every function long before. The clock is looked at in slices, so that a computer
 * or a job that was suspended meanwhile does not count as silence.
 */
#include "lua/wall.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "base/alloc.h"
#include "lua/confine.h"
#include "lua/fnhost.h"

#define PIECE 16          /* calls between two signs of life */
#define WORDS (256 * 1024) /* bytes of texts among the facts of one message */
#define STATES_MAX 9      /* a pack and its bases: each may grow to the memory that its limits allow */
#define SLICE_MS 500
#define FUEL_PER_MS 10000 /* 100 ns a unit: twenty times what it takes */

struct request {
	uint32_t number, handle, narg, n;
};
struct reply {
	uint32_t number;
	int32_t code; /* 0; CB_ENOMEM; at first: CB_EIO, and the first text says what could not be done */
};

struct answer {
	double raw;
	int32_t type, code;
	uint32_t text; /* not 0: there is one */
};

struct shared {
	atomic_uint done; /* calls of the batch at hand */
	struct answer answer[CB_FN_LANES];
	char text[CB_FN_LANES][CB_FN_TEXT];
	struct cb_fnarg arg[CB_FN_LANES * CB_FN_ARGS];
	char words[WORDS];
};

struct wall {
	struct cb_fnhost inner;
	struct cb_pack_limits lim;
	char path[256], id[128];
	int without;
	struct shared *shared; /* mapped with the child */
	pid_t child;           /* 0: none */
	int fd;
	uint32_t number;       /* of the last request */
	struct cb_err dead;    /* code 0: can be called; CB_EIO: the run cannot go on */
	struct answer answer[CB_FN_LANES];
	char text[CB_FN_LANES][CB_FN_TEXT];
};

/* --- the child ------------------------------------------------------------------------------------------------- */

static bool tell_parent(uint32_t number, int code)
{
	struct reply r = { number, code };

	return write(0, &r, sizeof(r)) == (ssize_t)sizeof(r);
}

/* One piece of a batch; its answers go into the shared memory. */
static int serve_piece(struct wall *w, const struct request *rq, size_t from, size_t n)
{
	struct cb_fnresult result[PIECE];
	struct cb_err err;
	int rc = w->inner.call(w->inner.ctx, (int)rq->handle, w->shared->arg + from * rq->narg, rq->narg, n, result, &err);

	for (size_t i = 0; i < n && !rc; i++) {
		const struct cb_fnresult *r = &result[i];
		w->shared->answer[from + i] = (struct answer){ r->raw, (int32_t)r->type, r->code, r->text[0] != '\0' };
		if (r->text[0])
			memccpy(w->shared->text[from + i], r->text, '\0', CB_FN_TEXT);
	}
	return rc;
}

static _Noreturn void serve(struct wall *w, int fd, pid_t parent)
{
	struct cb_confine c = { .parent = parent, .memory = STATES_MAX * w->lim.memory + ((size_t)64 << 20),
				.seconds = 30 + w->lim.fuel_run / (FUEL_PER_MS * 500L), .without = w->without };
	struct request rq;
	struct cb_err err;
	int rc = cb_confine(fd, &c, &err);

	if (rc)
		snprintf(w->shared->text[0], CB_FN_TEXT, "%s", err.msg);
	if (!tell_parent(0, rc) || rc)
		_exit(1);
	while (read(0, &rq, sizeof(rq)) == (ssize_t)sizeof(rq)) {
		rc = 0;
		for (size_t from = 0; from < rq.n && !rc; from += PIECE) {
			rc = serve_piece(w, &rq, from, rq.n - from < PIECE ? rq.n - from : PIECE);
			atomic_store_explicit(&w->shared->done, (unsigned)from + PIECE, memory_order_relaxed);
		}
		if (!tell_parent(rq.number, rc ? CB_ENOMEM : 0))
			break;
	}
	_exit(0);
}

/* --- the parent: start, end ------------------------------------------------------------------------------------ */

/* Ends the child and takes its status away; -1 if that is gone. */
static int end_child(struct wall *w)
{
	int status = -1;

	if (!w->child)
		return -1;
	kill(w->child, SIGKILL); /* does not change how one ended that had ended already */
	while (waitpid(w->child, &status, 0) < 0)
		if (errno != EINTR) {
			status = -1;
			break;
		}
	w->child = 0;
	close(w->fd);
	munmap(w->shared, sizeof(*w->shared));
	w->shared = NULL;
	return status;
}

/* The ruleset's functions are not called any more in this run. */
static void give_up(struct wall *w, const char *what)
{
	end_child(w);
	cb_err_set(&w->dead, CB_ERULE, "%s: stopped: the process that runs the functions of ruleset %s %s", w->path, w->id, what);
}

static void tell_death(struct wall *w)
{
	int status = end_child(w), sig = status != -1 && WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	char what[200];

	if (sig == SIGKILL) {
		cb_err_set(&w->dead, CB_EIO,
			   "%s: the process that runs the functions of ruleset %s was killed from outside (SIGKILL); does the computer lack memory? run this again",
			   w->path, w->id);
		return;
	}
	if (sig == SIGSYS)
		snprintf(what, sizeof(what), "asked the system for what no function needs, and was killed for it (SIGSYS, seccomp)");
	else if (sig == SIGXCPU)
		snprintf(what, sizeof(what), "used up its processor time (SIGXCPU, RLIMIT_CPU)");
	else if (sig)
		snprintf(what, sizeof(what), "died of signal %d (%s)", sig, strsignal(sig));
	else if (status != -1)
		snprintf(what, sizeof(what), "ended by itself (exit code %d)", WEXITSTATUS(status));
	else
		snprintf(what, sizeof(what), "is gone");
	give_up(w, what);
}

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Waits for a message while the child is alive and not silent for `patience` ms. False: none came, and the child is gone. */
static bool wait_reply(struct wall *w, struct reply *r, uint32_t number, size_t n, long patience)
{
	char got[sizeof(*r) + 1], what[120];
	long left = patience, before = now_ms();
	unsigned done = 0;
	ssize_t len;

	for (;;) {
		struct pollfd p = { .fd = w->fd, .events = POLLIN };
		int ready = poll(&p, 1, (int)(left < SLICE_MS ? left : SLICE_MS));
		long now = now_ms(), took = now - before;
		unsigned d = atomic_load_explicit(&w->shared->done, memory_order_relaxed);

		if (ready > 0)
			break;
		before = now;
		left -= took < SLICE_MS ? took : SLICE_MS;
		if (d > done && done < n) { /* rises at most n times, whatever the child writes there */
			done = d;
			left = patience;
		}
		if (left <= 0) {
			snprintf(what, sizeof(what), "gave no answer for %ld ms and was stopped", patience);
			give_up(w, what);
			return false;
		}
	}
	len = recv(w->fd, got, sizeof(got), MSG_DONTWAIT);
	if (len <= 0) {
		tell_death(w);
		return false;
	}
	memcpy(r, got, sizeof(*r));
	if ((size_t)len != sizeof(*r) || r->number != number) {
		give_up(w, "answered out of turn and was stopped");
		return false;
	}
	return true;
}

static int start(struct wall *w, struct cb_err *err)
{
	pid_t parent = getpid();
	struct reply hello;
	int fd[2];

	w->shared = mmap(NULL, sizeof(*w->shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (w->shared == MAP_FAILED) {
		w->shared = NULL;
		return cb_err_nomem(err);
	}
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd)) {
		munmap(w->shared, sizeof(*w->shared));
		return cb_err_set(err, CB_EIO, "%s: no process for the functions of ruleset %s: %s", w->path, w->id, strerror(errno));
	}
	w->child = fork();
	if (w->child == 0)
		serve(w, fd[1], parent);
	close(fd[1]);
	w->fd = fd[0];
	if (w->child < 0) {
		int e = errno;
		w->child = 0;
		close(w->fd);
		munmap(w->shared, sizeof(*w->shared));
		return cb_err_set(err, CB_EIO, "%s: no process for the functions of ruleset %s: %s", w->path, w->id, strerror(e));
	}
	/* no function has run yet: what it says now is true */
	if (!wait_reply(w, &hello, 0, 0, w->lim.answer + SLICE_MS)) {
		*err = w->dead;
		return err->code = w->dead.code = CB_EIO;
	}
	if (hello.code) {
		cb_err_set(err, CB_EIO, "%s: the process for the functions of ruleset %s could not be closed off: %.300s", w->path, w->id, w->shared->text[0]);
		end_child(w);
		return err->code;
	}
	return 0;
}

/* --- the parent: a batch --------------------------------------------------------------------------------------- */

static const char *copy_word(struct wall *w, size_t *used, const char *s)
{
	size_t n = strlen(s) + 1;
	char *to = w->shared->words + *used;

	if (n > WORDS - *used)
		return NULL;
	memcpy(to, s, n);
	*used += n;
	return to;
}

/* Puts as many of n calls as have room into the shared memory: how many, 0 when not even one has. */
static size_t put_facts(struct wall *w, const struct cb_fnarg *arg, size_t narg, size_t n)
{
	const char *name[CB_FN_ARGS], *from[CB_FN_ARGS] = { NULL }, *word[CB_FN_ARGS] = { NULL };
	struct cb_fnarg *to = w->shared->arg;
	size_t used = 0;

	for (size_t k = 0; k < narg; k++)
		if (!(name[k] = copy_word(w, &used, arg[k].name)))
			return 0;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < narg; k++, arg++, to++) {
			*to = *arg;
			to->name = name[k];
			if (!arg->word)
				continue;
			if (arg->word != from[k]) { /* the same word as in the call before: the same copy */
				word[k] = copy_word(w, &used, arg->word);
				from[k] = arg->word;
			}
			if (!(to->word = word[k]))
				return i;
		}
	return n;
}

static const char *take_answer(struct wall *w, size_t at, size_t i, struct cb_fnresult *out)
{
	const struct answer *a = &w->answer[i];
	char *text = w->text[at];
	bool points = a->type == CB_FN_POINTS && !a->code;

	if (a->code != 0 && a->code != CB_ERULE && a->code != CB_ELIMIT)
		return "answered with an unknown code and was stopped";
	if (a->type != CB_FN_POINTS && a->type != CB_FN_ABSENT && a->type != CB_FN_TRUE && a->type != CB_FN_FALSE)
		return "answered with an unknown kind of value and was stopped";
	if (points && !isfinite(a->raw))
		return "answered with what is no number and was stopped";
	if (points && fabs(a->raw) > CB_FN_RAW_MAX)
		return "answered with a number beyond 10^12 and was stopped";
	*out = (struct cb_fnresult){ .type = (unsigned)a->type, .code = a->code, .text = text };
	if (points) {
		out->raw = a->raw;
		out->value = cb_fn_exact(a->raw);
	}
	text[0] = '\0';
	if (a->text) {
		char copy[CB_FN_TEXT];
		memcpy(copy, w->shared->text[i], sizeof(copy));
		cb_sandbox_clean(text, a->code ? CB_FN_TEXT : CB_FN_NOTE, copy, strnlen(copy, sizeof(copy)));
	}
	return NULL;
}

/* n calls at once, which become at..at+n of the whole; false: the child is gone. */
static bool exchange(struct wall *w, int handle, size_t narg, size_t at, size_t n, struct cb_fnresult *out)
{
	struct request rq = { ++w->number, (uint32_t)handle, (uint32_t)narg, (uint32_t)n };
	long fuel = w->lim.fuel_call < w->lim.fuel_run / PIECE ? w->lim.fuel_call * PIECE : w->lim.fuel_run;
	struct reply r;

	atomic_store_explicit(&w->shared->done, 0, memory_order_relaxed);
	if (send(w->fd, &rq, sizeof(rq), MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)sizeof(rq)) {
		tell_death(w);
		return false;
	}
	if (!wait_reply(w, &r, rq.number, n, w->lim.answer + fuel / FUEL_PER_MS))
		return false;
	if (r.code) {
		give_up(w, r.code == CB_ENOMEM ? "ran out of memory" : "answered with an unknown code and was stopped");
		return false;
	}
	memcpy(w->answer, w->shared->answer, n * sizeof(w->answer[0]));
	for (size_t i = 0; i < n; i++) {
		const char *wrong = take_answer(w, at + i, i, &out[at + i]);
		if (wrong) {
			give_up(w, wrong);
			return false;
		}
	}
	return true;
}

static int wall_call(void *ctx, int handle, const struct cb_fnarg *arg, size_t narg, size_t n, struct cb_fnresult *out, struct cb_err *err)
{
	struct wall *w = ctx;
	int rc;

	if (n == 0 || n > CB_FN_LANES || narg > CB_FN_ARGS)
		return cb_err_set(err, CB_EUSAGE, "%s: %zu calls of a function with %zu facts; at most %d and %d", w->path, n, narg, CB_FN_LANES, CB_FN_ARGS);
	if (!w->child && !w->dead.code && (rc = start(w, err)) != 0)
		return rc;
	for (size_t at = 0, m = 0; at < n && !w->dead.code; at += m) {
		m = put_facts(w, arg + at * narg, narg, n - at);
		if (!m)
			return cb_err_set(err, CB_ELIMIT, "%s: the texts among a meeting's facts are longer than %d bytes", w->path, WORDS);
		exchange(w, handle, narg, at, m, out);
	}
	if (w->dead.code == CB_EIO) { /* no fault of the pack, so no result may say so */
		*err = w->dead;
		return err->code;
	}
	for (size_t i = 0; i < n && w->dead.code; i++)
		out[i] = (struct cb_fnresult){ .type = CB_FN_ABSENT, .code = w->dead.code, .text = w->dead.msg };
	return 0;
}

static void wall_free(void *ctx)
{
	struct wall *w = ctx;

	if (!w)
		return;
	end_child(w);
	if (w->inner.free)
		w->inner.free(w->inner.ctx);
	cb_free(w);
}

int cb_wall_make(struct cb_fnhost *out, struct cb_fnhost inner, const char *path, const char *id, const struct cb_pack_limits *lim, struct cb_err *err)
{
	struct wall *w = cb_calloc(1, sizeof(*w));

	memset(out, 0, sizeof(*out));
	if (!w) {
		if (inner.free)
			inner.free(inner.ctx);
		return cb_err_nomem(err);
	}
	w->inner = inner;
	w->lim = lim ? *lim : cb_pack_limits_default;
	snprintf(w->path, sizeof(w->path), "%s", path);
	snprintf(w->id, sizeof(w->id), "%s", id);
	*out = (struct cb_fnhost){ w, wall_call, wall_free };
	return 0;
}

bool cb_wall_is(const struct cb_fnhost *host)
{
	return host->call == wall_call;
}

struct cb_fnhost *cb_wall_inner(const struct cb_fnhost *host)
{
	struct wall *w = host->ctx;

	return &w->inner;
}

void cb_wall_begin_run(struct cb_fnhost *host)
{
	struct wall *w = host->ctx;

	end_child(w);
	w->dead.code = 0;
}

void cb_wall_tell(struct cb_diags *diags, const char *path)
{
	int lacks = cb_confine_lacks();
	const char *what = lacks == CB_CONFINE_SECCOMP	  ? "no seccomp (a filter of system calls)"
			   : lacks == CB_CONFINE_LANDLOCK ? "no landlock (no rights to files)"
							  : "neither seccomp (a filter of system calls) nor landlock (no rights to files)";
	char text[200];

	if (!lacks)
		return;
	snprintf(text, sizeof(text), "here is %s: functions of packs run behind the other walls alone", what);
	for (size_t i = 0; i < cb_diags_kept(diags); i++)
		if (strcmp(cb_diags_at(diags, i)->what, text) == 0)
			return;
	cb_diags_addf(diags, CB_SEV_WARNING, path, 0, 0, NULL, NULL, "%s", text);
}

void cb_wall_without(struct cb_fnhost *host, int parts)
{
	struct wall *w = host->ctx;

	w->without = parts;
}

long cb_wall_child(const struct cb_fnhost *host)
{
	const struct wall *w = host->ctx;

	return w->child;
}
