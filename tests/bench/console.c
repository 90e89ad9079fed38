/*
 * console.c DB [LINE...] - how long the console takes to open, and to complete what a person has typed: milliseconds,
 * the best of some turns.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/alloc.h"
#include "lua/console.h"

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int must(int rc, const struct cb_err *err)
{
	if (rc < 0) {
		fprintf(stderr, "bench: %s\n", err->msg);
		exit(1);
	}
	return rc;
}

int main(int argc, char **argv)
{
	struct cb_err err;
	struct cb_store *st;
	struct cb_console *c;
	double opened = 1e9;
	if (argc < 2)
		return 2;
	must(cb_store_library_init(&err), &err);
	for (int turn = 0; turn < 5; turn++) {
		double t = now();
		must(cb_store_open(&st, argv[1], CB_OPEN_READ, &err), &err);
		must(cb_console_open(&c, &(struct cb_console_opts){ .store = st, .rules_dir = "rules", .out = stdout }, &err), &err);
		t = now() - t;
		opened = t < opened ? t : opened;
		if (turn < 4) {
			cb_console_close(c);
			cb_store_close(st);
		}
	}
	printf("%-52s %8.2f ms\n", "open the record and the console", opened);
	for (int i = 2; i < argc; i++) {
		double first = 0, best = 1e9;
		size_t from, n = 0;
		for (int turn = 0; turn < 5; turn++) {
			char **list;
			double t = now();
			must(cb_console_complete(c, argv[i], strlen(argv[i]), &from, &list, &err), &err);
			t = now() - t;
			if (!turn)
				first = t;
			best = t < best ? t : best;
			for (n = 0; list && list[n]; n++)
				cb_free(list[n]);
			cb_free(list);
		}
		printf("complete %-43s %8.2f ms, the first time %.2f ms (%zu candidates)\n", argv[i], best, first, n);
	}
	cb_console_close(c);
	cb_store_close(st);
	return 0;
}
