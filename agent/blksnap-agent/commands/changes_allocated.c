// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "commands/changes_allocated.h"

/**
 * struct found - what dumpe2fs has told so far
 * @block_size: in bytes
 * @free_blocks: how many there are in all, by the superblock
 * @listed: how many were listed
 * @recovery: the journal has to be replayed before any of it can be relied on
 * @unused: those listed
 */
struct found {
	uint64_t block_size;
	uint64_t free_blocks;
	uint64_t listed;
	bool recovery;
	struct ranges *unused;
};

/* "1234-1300, 1400" */
static int add_blocks(struct found *found, const char *text)
{
	uint64_t first, last, sectors = found->block_size / SECTOR_SIZE;
	int used, ret = 0;

	while (!ret && sscanf(text, " %" SCNu64 "%n", &first, &used) == 1) {
		text += used;
		last = first;
		if (sscanf(text, "-%" SCNu64 "%n", &last, &used) == 1)
			text += used;
		if (!sectors || last < first)
			return -EINVAL;
		found->listed += last - first + 1;
		ret = ranges_merge(found->unused, first * sectors, (last - first + 1) * sectors);
		text += *text == ',';
	}
	return ret;
}

/* The same words stand in front of the number of all and, indented, of those of a group. */
static int read_line(struct found *found, const char *line)
{
	static const char features[] = "Filesystem features:", size[] = "Block size:";
	static const char all[] = "Free blocks:", group[] = "  Free blocks:";

	if (!strncmp(line, features, strlen(features)))
		found->recovery = strstr(line, "needs_recovery");
	else if (!strncmp(line, size, strlen(size)))
		sscanf(line + strlen(size), " %" SCNu64, &found->block_size);
	else if (!strncmp(line, all, strlen(all)))
		sscanf(line + strlen(all), " %" SCNu64, &found->free_blocks);
	else if (!strncmp(line, group, strlen(group)))
		return add_blocks(found, line + strlen(group));
	return 0;
}

static int read_output(struct found *found, int fd)
{
	FILE *in = fdopen(fd, "r");
	char *line = NULL;
	size_t size = 0;
	int ret = 0;

	if (!in) {
		close(fd);
		return -ENOMEM;
	}
	while (!ret && getline(&line, &size, in) > 0)
		ret = read_line(found, line);
	free(line);
	fclose(in);
	return ret;
}

/* Its standard output, or a negative errno. */
static int start(const char *image, pid_t *pid)
{
	char *const command[] = { "dumpe2fs", (char *)image, NULL };
	char *const environment[] = { "LC_ALL=C", NULL };
	posix_spawn_file_actions_t actions;
	int ends[2], ret;

	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	ret = posix_spawnp(pid, command[0], &actions, NULL, command, environment);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	if (!ret)
		return ends[0];
	close(ends[0]);
	return -ret;
}

static bool ended_well(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return false;
	return WIFEXITED(status) && !WEXITSTATUS(status);
}

int allocated_find_free(const char *image, struct ranges *unused)
{
	struct found found = { .unused = unused };
	pid_t pid;
	int fd = start(image, &pid), ret;

	if (fd < 0)
		return 0;
	ret = read_output(&found, fd);
	/* What is listed as free must be what the superblock counts, or one of them is wrong. */
	if (!ended_well(pid) || ret || found.recovery || found.listed != found.free_blocks)
		ranges_free(unused);
	return ret == -ENOMEM ? ret : 0;
}

/* Takes from the rest of an extent what comes before the next unused range. */
static bool take(struct allocated *allocated, struct blksnap_range *range)
{
	struct blksnap_range *rest = &allocated->rest;
	const struct ranges *unused = allocated->unused;
	uint64_t end = rest->sector + rest->count, used_to = end, go_on = end;

	while (allocated->at < unused->count &&
	       unused->items[allocated->at].sector + unused->items[allocated->at].count <=
		       rest->sector)
		allocated->at++;
	if (allocated->at < unused->count && unused->items[allocated->at].sector < end) {
		const struct blksnap_range *gap = &unused->items[allocated->at];

		used_to = gap->sector > rest->sector ? gap->sector : rest->sector;
		go_on = gap->sector + gap->count < end ? gap->sector + gap->count : end;
	}
	range->sector = rest->sector;
	range->count = used_to - rest->sector;
	rest->sector = go_on;
	rest->count = end - go_on;
	return range->count;
}

int allocated_next(void *argument, struct blksnap_range *range)
{
	struct allocated *allocated = argument;
	int ret;

	for (;;) {
		while (allocated->rest.count)
			if (take(allocated, range))
				return 1;
		ret = allocated->from->next(allocated->from->argument, &allocated->rest);
		if (ret <= 0)
			return ret;
	}
}

void allocated_rewind(void *argument)
{
	struct allocated *allocated = argument;

	allocated->at = 0;
	allocated->rest.count = 0;
	allocated->from->rewind(allocated->from->argument);
}
