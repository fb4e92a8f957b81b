// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledger.h"

#define LEDGER_DIR	"/var/lib/blksnap"
#define LEDGER_FILE	LEDGER_DIR "/places"

int ledger_read(struct strings *places)
{
	FILE *file = fopen(LEDGER_FILE, "re");
	char *line = NULL;
	size_t room = 0;
	ssize_t length;
	int ret = 0;

	if (!file)
		return errno == ENOENT ? 0 : -errno;
	while (!ret && (length = getline(&line, &room, file)) > 0) {
		if (line[length - 1] == '\n')
			line[length - 1] = '\0';
		if (*line == '/')
			ret = strings_add(places, line);
	}
	free(line);
	fclose(file);
	return ret;
}

static int write_lines(const char *path, const struct strings *places)
{
	FILE *file = fopen(path, "we");
	int ret = 0;

	if (!file)
		return -errno;
	for (size_t i = 0; i < places->count; i++)
		fprintf(file, "%s\n", places->items[i]);
	if (fflush(file) || ferror(file) || fsync(fileno(file)))
		ret = errno ? -errno : -EIO;
	if (fclose(file) && !ret)
		ret = -errno;
	return ret;
}

static int sync_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return -errno;
	ret = fsync(fd) ? -errno : 0;
	close(fd);
	return ret;
}

int ledger_write(const struct strings *places)
{
	int ret;

	if (mkdir(LEDGER_DIR, 0700) && errno != EEXIST)
		return -errno;
	ret = write_lines(LEDGER_FILE ".new", places);
	if (!ret && rename(LEDGER_FILE ".new", LEDGER_FILE))
		ret = -errno;
	return ret ? ret : sync_folder(LEDGER_DIR);
}

int ledger_add(const char *place)
{
	struct strings places = {};
	int ret = strchr(place, '\n') ? -EINVAL : ledger_read(&places);

	if (!ret && !strings_have(&places, place)) {
		ret = strings_add(&places, place);
		if (!ret)
			ret = ledger_write(&places);
	}
	strings_free(&places);
	return ret;
}
