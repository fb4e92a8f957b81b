// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "state/storage_registry.h"

#define REGISTRY_DIR	"/var/lib/blksnap"
#define REGISTRY_FILE	REGISTRY_DIR "/places"

/* Decode in place: \012 is a line feed, \134 a backslash. */
static void unescape(char *text)
{
	char *out = text;

	while (*text) {
		unsigned int byte;
		int used = 0;

		if (*text == '\\' && sscanf(text, "\\%3o%n", &byte, &used) == 1 && used == 4) {
			*out++ = byte;
			text += used;
		} else {
			*out++ = *text++;
		}
	}
	*out = '\0';
}

static int read_line(struct storage_places *places, char *line)
{
	struct storage_place place = { .path = line };
	char *tab = strchr(line, '\t');

	if (*line != '/' && tab) {
		*tab = '\0';
		place.identity = line;
		place.path = tab + 1;
		unescape(place.path);
	}
	return *place.path == '/' ? storage_places_add(places, &place) : 0;
}

int storage_registry_read(struct storage_places *places)
{
	FILE *file = fopen(REGISTRY_FILE, "re");
	char *line = NULL;
	size_t room = 0;
	ssize_t length;
	int ret = 0;

	if (!file)
		return errno == ENOENT ? 0 : -errno;
	while (!ret && (length = getline(&line, &room, file)) > 0) {
		if (line[length - 1] == '\n')
			line[length - 1] = '\0';
		ret = read_line(places, line);
	}
	if (!ret && ferror(file))
		ret = -EIO;
	free(line);
	fclose(file);
	return ret;
}

static void write_line(FILE *file, const struct storage_place *place)
{
	if (!place->identity) {
		fprintf(file, "%s\n", place->path);
		return;
	}
	fprintf(file, "%s\t", place->identity);
	for (const char *byte = place->path; *byte; byte++)
		fprintf(file, *byte == '\n' || *byte == '\\' ? "\\%03o" : "%c", *byte);
	fputc('\n', file);
}

static int write_lines(const char *path, const struct storage_places *places)
{
	FILE *file = fopen(path, "we");
	int ret = 0;

	if (!file)
		return -errno;
	for (size_t i = 0; i < places->count; i++)
		write_line(file, &places->items[i]);
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

int storage_registry_write(const struct storage_places *places)
{
	int ret;

	if (mkdir(REGISTRY_DIR, 0700) && errno != EEXIST)
		return -errno;
	ret = write_lines(REGISTRY_FILE ".new", places);
	if (!ret && rename(REGISTRY_FILE ".new", REGISTRY_FILE))
		ret = -errno;
	return ret ? ret : sync_folder(REGISTRY_DIR);
}

int storage_registry_add(const struct storage_place *place)
{
	struct storage_places places = {};
	int ret = storage_registry_read(&places);

	if (!ret && !storage_places_have(&places, place)) {
		ret = storage_places_add(&places, place);
		if (!ret)
			ret = storage_registry_write(&places);
	}
	storage_places_free(&places);
	return ret;
}
