/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a program so that it ends in time, and with us.
 *
 * A process of its own does that, the supervisor, a child of ours. When we die, or the time is
 * over, it ends the program with all that it started, which it adopts for that, and only then
 * itself: until then it keeps our locks, so that whoever undoes what the program did does not
 * meet it.
 */
#ifndef BLKSNAP_SUPERVISOR_H
#define BLKSNAP_SUPERVISOR_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct supervised_program - a program
 * @path: of the program
 * @argument: its only one
 * @seconds: how long it may take
 * @interruptible: a pending SIGINT, SIGTERM or SIGHUP, all blocked, ends it; they stay pending
 * @prepare: called in the program's process, for its environment
 * @context: for that
 */
struct supervised_program {
	const char *path;
	const char *argument;
	uint64_t seconds;
	bool interruptible;
	void (*prepare)(const void *context);
	const void *context;
};

/* 0 if it ended well, or 1 after a message. */
int supervisor_run(const struct supervised_program *program);

#endif
