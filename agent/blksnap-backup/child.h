/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs of others, which do the work. */
#ifndef BLKSNAP_BACKUP_CHILD_H
#define BLKSNAP_BACKUP_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

#define CHILD_FDS	1024
#define CHILD_WORDS	1024

/**
 * struct child - a program to be run
 * @argv: its arguments, argv[0] is looked for in $PATH
 * @argc: number of @argv
 * @fds: descriptors that it gets, with the numbers that they have here; -1 is passed over
 * @fd_count: number of @fds
 * @silent: its messages are thrown away: that it fails is nothing of interest
 * @pid: of the process once it was started
 *
 * A child is killed when we are: nothing goes on behind the back of the next run.
 */
struct child {
	const char *argv[CHILD_WORDS + 1];
	size_t argc;
	int fds[CHILD_FDS];
	size_t fd_count;
	bool silent;
	pid_t pid;
};

/* Adds an argument, which has to outlive the start. */
void child_add(struct child *child, const char *word);

/* Adds several; the last is NULL. */
void child_add_all(struct child *child, ...) __attribute__((sentinel));

void child_pass(struct child *child, int fd);

/* With @out its standard output can be read from there. 0 or -1 after a message. */
int child_start(struct child *child, FILE **out);

/* Waits for its end; its exit status, or -1 after a message if it has none. */
int child_wait(struct child *child);

/* Both; its standard output is in *text, to be freed, if that is given. */
int child_run(struct child *child, char **text);

#endif
