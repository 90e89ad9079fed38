/*
 * corpus.c - every hostile, broken and honest rule of tests/lua/corpus and tests/lua/attacks, each in a process of its own.
 *
 * A chunk returns { id, max, eval }; corpus.tsv says what must come of it. Beside the verdict: the process lives, CPU
 * and memory stay within limits, the message names file and line and is one clean line, and victim.lua, evaluated next,
 * still scores 7.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <lua.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/utf8.h"
#include "lua/fnhost.h"
#include "lua/wall.h"

#if defined(__SANITIZE_ADDRESS__)
#define SLOWER 8
#else
#define SLOWER 1
#endif
static int slower = SLOWER; /* CORPUS_SLOWER: of a machine that is that many times slower (tests/lua/slow.sh) */
#define CPU_MS (2000L * slower)

struct file {
	char name[64], tries[200], must[80];
	const char *dir;
};

struct outcome {
	char verdict[16]; /* REFUSE LIMIT MEM ERROR BADVALUE POINTS */
	double points;
	char msg[1024], note[256];
	size_t memory;
	int victim_ok;
	char victim_msg[300];
};

static char *slurp(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	char *s = NULL;

	if (!f)
		return NULL;
	s = malloc(1 << 20);
	*len = fread(s, 1, 1 << 20, f);
	fclose(f);
	return s;
}

/* The two files that are too large to keep are made here. */
static char *generated(const char *name, size_t *len)
{
	char *s = malloc(1 << 20), *w = s;

	if (!strcmp(name, "syn_long_line.lua")) {
		w += sprintf(w, "return { id = 'X1', max = 10, eval = function(u) local x = '");
		memset(w, 'y', 200000);
		w += 200000;
		w += sprintf(w, "' return x + 1 end }");
	} else if (!strcmp(name, "syn_many_functions.lua")) {
		w += sprintf(w, "local t = {}\n");
		for (int i = 1; i <= 10000; i++)
			w += sprintf(w, "t[%d] = function() return %d end\n", i, i);
		w += sprintf(w, "return { id = 'X1', max = 10, eval = function(u) return t[1]() end }\n");
	} else {
		free(s);
		return NULL;
	}
	*len = (size_t)(w - s);
	return s;
}

static const char unit_lua[] = "local rule = ...\n"
			       "local function str(v) return type(v) == 'string' end\n"
			       "if type(rule) ~= 'table' then error('a rule file returns a table', 0) end\n"
			       "local id, max, eval = rawget(rule, 'id'), rawget(rule, 'max'), rawget(rule, 'eval')\n"
			       "if not str(id) or #id < 1 or #id > 64 or not id:find('^[A-Za-z][A-Za-z0-9_.]*$') then error('id is no id', 0) end\n"
			       "if type(max) ~= 'number' or not (max > 0 and max <= 1000) then error('max is no maximum', 0) end\n"
			       "if type(eval) ~= 'function' then error('eval is no function', 0) end\n"
			       "local m = {}\n"
			       "for i = 1, 12 do m[i] = sandbox.readonly { date = ('2024-%02d-05'):format(i), attendance = 900 + i, minutes = true } end\n"
			       "local u = sandbox.readonly { code = 'AP01', name = 'Chi bộ ví dụ', province = 'an_phu', membership = 1185,\n"
			       "  meetings = sandbox.readonly(m) }\n"
			       "return max, function() return eval(u) end\n";

static const char *limit_word(const struct cb_err *err)
{
	return strstr(err->msg, "memory") ? "MEM" : "LIMIT";
}

static void fail_with(struct outcome *o, const char *verdict, const struct cb_err *err)
{
	snprintf(o->verdict, sizeof(o->verdict), "%s", verdict);
	snprintf(o->msg, sizeof(o->msg), "%s", err->msg);
}

static int keep_function(lua_State *L)
{
	lua_settop(L, 2);
	cb_sandbox_keep(L);
	return 0;
}

/* `wall`: the function runs in a process of its own, as it does in the program. */
static void evaluate(struct outcome *o, const char *name, const char *text, size_t len, int wall)
{
	struct cb_sandbox *sb = NULL;
	struct cb_fnhost host = { 0 };
	struct cb_fnresult r;
	struct cb_err err = { 0 };
	lua_State *L;
	double max;
	int rc;

	memset(o, 0, sizeof(*o));
	rc = cb_sandbox_open(&sb, NULL, &err);
	if (rc) {
		fail_with(o, "OPEN", &err);
		return;
	}
	L = cb_sandbox_state(sb);
	rc = cb_sandbox_load(sb, text, len, name, &err);
	if (rc) {
		fail_with(o, rc == CB_ELIMIT ? limit_word(&err) : "REFUSE", &err);
		goto out;
	}
	rc = cb_sandbox_call(sb, 0, 1, 0, &err);
	if (rc) {
		fail_with(o, rc == CB_ELIMIT ? limit_word(&err) : "REFUSE", &err);
		goto out;
	}
	rc = cb_sandbox_load_engine(sb, unit_lua, sizeof(unit_lua) - 1, "unit.lua", &err);
	if (rc) {
		fail_with(o, "SHIM", &err);
		goto out;
	}
	lua_insert(L, 1);
	rc = cb_sandbox_call(sb, 1, 2, 0, &err);
	if (rc) {
		cb_err_prefix(&err, "%s:1", name);
		fail_with(o, "REFUSE", &err);
		goto out;
	}
	max = lua_tonumber(L, 1);
	lua_pushcfunction(L, keep_function);
	lua_pushvalue(L, 2);
	lua_pushvalue(L, 2);
	rc = cb_sandbox_call(sb, 2, 0, 0, &err);
	lua_settop(L, 0);
	if (!rc)
		rc = cb_sandbox_freeze(sb, &err);
	if (rc) {
		fail_with(o, "FREEZE", &err);
		goto out;
	}
	rc = cb_fnhost_make(&host, sb, name, NULL, &err);
	if (rc) {
		fail_with(o, "HOST", &err);
		return;
	}
	if (wall) {
		struct cb_fnhost inner = host;
		if (cb_wall_make(&host, inner, name, "t", NULL, &err)) {
			fail_with(o, "WALL", &err);
			return;
		}
	}
	rc = cb_fn_call(&host, 0, NULL, 0, &r, &err);
	o->memory = cb_sandbox_memory(sb);
	if (rc) {
		fail_with(o, rc == CB_ELIMIT ? limit_word(&err) : strstr(err.msg, "the function returned") ? "BADVALUE" : "ERROR", &err);
	} else if (r.type != CB_FN_POINTS && r.type != CB_FN_FALSE) {
		snprintf(o->verdict, sizeof(o->verdict), "BADVALUE");
	} else {
		double v = r.type == CB_FN_FALSE ? 0 : (double)r.value.n / (double)r.value.d;
		snprintf(o->verdict, sizeof(o->verdict), v < 0 || v > max || r.raw > max ? "BADVALUE" : "POINTS");
		o->points = v;
		snprintf(o->note, sizeof(o->note), "%s", r.text);
	}
	host.free(host.ctx);
	return;
out:
	cb_sandbox_close(sb);
}

static void child(int fd, const struct file *f, int wall)
{
	char path[200];
	struct outcome o, v;
	size_t len = 0;
	char *text;
	struct rlimit cpu = { (rlim_t)CPU_MS / 1000 * 4, (rlim_t)CPU_MS / 1000 * 4 }, core = { 0, 0 };
	static char cwd_before[1];

	(void)cwd_before;
	setrlimit(RLIMIT_CPU, &cpu);
	setrlimit(RLIMIT_CORE, &core);
	snprintf(path, sizeof(path), "%s/%s", f->dir, f->name);
	text = generated(f->name, &len);
	if (!text)
		text = slurp(path, &len);
	if (!text)
		_exit(9);
	evaluate(&o, f->name, text, len, wall);
	free(text);
	text = slurp("tests/lua/corpus/victim.lua", &len);
	if (!text)
		_exit(9);
	evaluate(&v, "victim.lua", text, len, wall);
	free(text);
	o.victim_ok = !strcmp(v.verdict, "POINTS") && v.points == 7;
	snprintf(o.victim_msg, sizeof(o.victim_msg), "%s %g %.200s", v.verdict, v.points, v.msg);
	if (write(fd, &o, sizeof(o)) != (ssize_t)sizeof(o))
		_exit(8);
	_exit(0);
}

/* Runs in a process; its exit status, its CPU milliseconds and its peak kilobytes beyond the start. */
static int run(struct outcome *o, const struct file *f, int wall, long *ms, long *kb)
{
	int fd[2], status;
	struct rusage ru;
	pid_t pid;

	memset(o, 0, sizeof(*o));
	if (pipe(fd))
		return -1;
	pid = fork();
	if (pid == 0) {
		close(fd[0]);
		child(fd[1], f, wall);
	}
	close(fd[1]);
	ssize_t n = read(fd[0], o, sizeof(*o));
	close(fd[0]);
	if (wait4(pid, &status, 0, &ru) != pid || n != (ssize_t)sizeof(*o))
		return status ? status : -1;
	*ms = (ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) * 1000 + (ru.ru_utime.tv_usec + ru.ru_stime.tv_usec) / 1000;
	*kb = ru.ru_maxrss;
	return status;
}

static int names_line(const char *msg, const char *name)
{
	const char *p = strstr(msg, name);

	return p && p[strlen(name)] == ':' && p[strlen(name) + 1] >= '1' && p[strlen(name) + 1] <= '9';
}

/* Is `o` one of the alternatives of `must`? */
static int allowed(const char *must, const struct outcome *o)
{
	char list[80], *save = NULL;
	int refused = !strcmp(o->verdict, "REFUSE"), points = !strcmp(o->verdict, "POINTS");

	snprintf(list, sizeof(list), "%s", must);
	for (char *w = strtok_r(list, "|", &save); w; w = strtok_r(NULL, "|", &save)) {
		if (!strcmp(w, o->verdict))
			return 1;
		if (!strncmp(w, "OK=", 3) && points && fabs(atof(w + 3) - o->points) < 1e-9)
			return 1;
		if (!strcmp(w, "ROUNDED") && points && fabs(o->points * 1000 - round(o->points * 1000)) < 1e-6)
			return 1;
		if (!strcmp(w, "BLOCKED") && (!points || o->points == 0))
			return 1;
		if (!strcmp(w, "ERROR") && refused) /* raised while the file loads */
			return 1;
		if (!strcmp(w, "SAME"))
			return 1;
	}
	return 0;
}

static void verdict_is_as_the_manifest_says(void **state)
{
	const struct file *f = *state;
	struct outcome o, again;
	long ms = 0, kb = 0;
	int status = run(&o, f, 0, &ms, &kb);

	if (getenv("CORPUS_VERBOSE"))
		printf("%s\t%s\t%g\t%ld ms\t%ld kB\t%s%s\n", f->name, o.verdict, o.points, ms, kb, o.msg, o.note);
	if (getenv("CORPUS_VERDICTS")) {
		printf("verdict\t%s\t%s\t%.17g\t%s%s\n", f->name, o.verdict, o.points, o.msg, o.note);
		fflush(stdout);
	}
	if (status)
		fail_msg("%s: the process ended with status %d", f->name, status);
	if (!allowed(f->must, &o))
		fail_msg("%s: must be %s, is %s %g (%s)", f->name, f->must, o.verdict, o.points, o.msg);
	if (!o.victim_ok)
		fail_msg("%s: the victim scored %s", f->name, o.victim_msg);
	if (strstr(o.note, "ESCAPED") || strstr(o.msg, "ESCAPED"))
		fail_msg("%s: escaped: %s%s", f->name, o.note, o.msg);
	if (o.msg[0] && !names_line(o.msg, f->name))
		fail_msg("%s: the message names no line: %s", f->name, o.msg);
	for (const char *s = o.msg[0] ? o.msg : o.note; *s; s++)
		if ((unsigned char)*s < ' ' || *s == 127)
			fail_msg("%s: control byte in: %s", f->name, s);
	size_t at;
	assert_int_equal(cb_text_check(o.msg, strlen(o.msg), &at), CB_TEXT_OK);
	assert_int_equal(cb_text_check(o.note, strlen(o.note), &at), CB_TEXT_OK);
	if (strlen(o.msg) > 900)
		fail_msg("%s: message of %zu bytes", f->name, strlen(o.msg));
	if (ms > CPU_MS)
		fail_msg("%s: %ld ms of CPU", f->name, ms);
	if (o.memory > cb_pack_limits_default.memory)
		fail_msg("%s: %zu bytes in the state", f->name, o.memory);
	if (slower == 1 && kb > 80 * 1024)
		fail_msg("%s: %ld kB", f->name, kb);
	if (getenv("CORPUS_VERDICTS")) /* compared with those of another run */
		return;
	/* another process says the same, with the second wall around the function */
	assert_int_equal(run(&again, f, 1, &ms, &kb), 0);
	assert_true(again.victim_ok);
	assert_string_equal(o.verdict, again.verdict);
	assert_true(o.points == again.points);
	assert_string_equal(o.msg, again.msg);
	assert_string_equal(o.note, again.note);
}

static size_t read_manifest(struct file *out, size_t cap, const char *tsv, const char *dir)
{
	char line[1000];
	size_t n = 0;
	FILE *f = fopen(tsv, "r");

	if (!f)
		return 0;
	while (n < cap && fgets(line, sizeof(line), f)) {
		char *save = NULL, *name = strtok_r(line, "\t", &save), *kind = strtok_r(NULL, "\t", &save), *tries = strtok_r(NULL, "\t", &save),
		     *must = strtok_r(NULL, "\t\r\n", &save);
		if (!kind || !must || !strcmp(name, "file"))
			continue;
		snprintf(out[n].name, sizeof(out[n].name), "%s", name);
		snprintf(out[n].tries, sizeof(out[n].tries), "%.30s: %.150s", name, tries);
		snprintf(out[n].must, sizeof(out[n].must), "%s", must);
		out[n].dir = dir;
		n++;
	}
	fclose(f);
	return n;
}

int main(void)
{
	static struct file file[600];
	static struct CMUnitTest test[600];
	const char *only = getenv("CORPUS_ONLY"), *times = getenv("CORPUS_SLOWER");
	size_t n = read_manifest(file, 300, "tests/lua/corpus.tsv", "tests/lua/corpus"), k = 0;

	if (times && atoi(times) > 0)
		slower *= atoi(times);
	if (n != 246) {
		fprintf(stderr, "tests/lua/corpus.tsv has %zu files, not 246 (run from the top of the checkout)\n", n);
		return 1;
	}
	n += read_manifest(file + n, 300, "tests/lua/attacks.tsv", "tests/lua/attacks");
	for (size_t i = 0; i < n; i++)
		if (!only || strstr(file[i].name, only))
			test[k++] = (struct CMUnitTest){ .name = file[i].tries, .test_func = verdict_is_as_the_manifest_says, .initial_state = &file[i] };
	return _cmocka_run_group_tests("corpus", test, k, NULL, NULL);
}
