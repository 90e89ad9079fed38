/*
 * confine.h - gives up, for good, what a process needs only to compute: files, network, other processes, privileges.
 *
 * Meant for a child that was forked for a pack's functions (wall.h). Afterwards it has one descriptor, its memory, and
 * the system calls that allocation, reading and writing need; any other call kills it.
 */
#ifndef CB_LUA_CONFINE_H
#define CB_LUA_CONFINE_H

#include <stddef.h>
#include <sys/types.h>
#include "base/err.h"

struct cb_confine {
	pid_t parent;   /* when that has gone, so does this process */
	size_t memory;  /* bytes that it may take beyond what it has */
	long seconds;   /* of processor time */
	int without;    /* for tests: CB_CONFINE_* that are left out */
};
enum { CB_CONFINE_SECCOMP = 1, CB_CONFINE_LANDLOCK = 2 };

/* `fd` becomes descriptor 0, every other one is closed. CB_EIO when a wall that this kernel has could not be raised. */
int cb_confine(int fd, const struct cb_confine *c, struct cb_err *err);
/* Which of CB_CONFINE_* this kernel (or what the program runs under) does not offer; cb_confine goes without. */
int cb_confine_lacks(void);

#endif
