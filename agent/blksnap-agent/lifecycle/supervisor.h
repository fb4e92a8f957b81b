/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Running a program with a time limit, which also ends when the agent dies.
 *
 * A child process, the supervisor, forks the program and adopts the orphans among its descendants
 * (PR_SET_CHILD_SUBREAPER). When the time is over, or the agent dies, the supervisor kills the
 * program with all its descendants, and exits. Until then it keeps the inherited locks of the
 * agent, so that a process that undoes the work of a dead agent does not run concurrently with the
 * program.
 */
#ifndef BLKSNAP_SUPERVISOR_H
#define BLKSNAP_SUPERVISOR_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct supervised_program - a program to run
 * @path: of the program
 * @argument: its only argument
 * @seconds: time limit
 * @interruptible: a pending SIGINT, SIGTERM or SIGHUP ends it. The signals are blocked, and stay
 *	pending
 * @prepare: called in the process of the program, to set its environment
 * @context: argument of @prepare
 */
struct supervised_program {
	const char *path;
	const char *argument;
	uint64_t seconds;
	bool interruptible;
	void (*prepare)(const void *context);
	const void *context;
};

/* Run the program. Returns 0 if its exit status is 0, otherwise 1 after a message. */
int supervisor_run(const struct supervised_program *program);

#endif
