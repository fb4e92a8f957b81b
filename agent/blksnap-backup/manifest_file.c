// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The file of a manifest: JSON whose last member is the checksum of all bytes in front of the
 * line with that member. It is written beside and renamed into place.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "digest.h"
#include "manifest.h"
#include "say.h"

#define TAIL_START	",\n\"sha256\":\""
#define TAIL_END	"\"}\n"
#define TAIL_SIZE	(strlen(TAIL_START) + DIGEST_TEXT - 1 + strlen(TAIL_END))
#define LARGEST_FILE	(64 << 20)
#define FORMAT		(JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE)

/* The whole file, with a NUL behind it; NULL with errno set. */
static char *read_all(int fd, size_t *size)
{
	struct stat st;
	char *text;

	if (fstat(fd, &st))
		return NULL;
	if (!S_ISREG(st.st_mode) || st.st_size > LARGEST_FILE) {
		errno = EINVAL;
		return NULL;
	}
	text = calloc(1, st.st_size + 1);
	if (!text)
		return NULL;
	*size = 0;
	while (*size < (size_t)st.st_size) {
		ssize_t count = read(fd, text + *size, st.st_size - *size);

		if (count <= 0) {
			errno = count ? errno : EINVAL;
			free(text);
			return NULL;
		}
		*size += count;
	}
	return text;
}

static bool checksum_right(const char *text, size_t size)
{
	const char *tail = text + size - TAIL_SIZE;
	char digest[DIGEST_TEXT];

	if (size < TAIL_SIZE || strlen(text) != size ||
	    strncmp(tail, TAIL_START, strlen(TAIL_START)) ||
	    strcmp(text + size - strlen(TAIL_END), TAIL_END))
		return false;
	digest_memory(text, size - TAIL_SIZE, digest);
	return !strncmp(tail + strlen(TAIL_START), digest, DIGEST_TEXT - 1);
}

struct json_object *manifest_read(int dir, const char *point, bool *missing)
{
	int fd = openat(dir, MANIFEST_FILE, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct json_object *manifest = NULL;
	size_t size;
	char *text;

	*missing = fd < 0 && errno == ENOENT;
	if (*missing)
		return NULL;
	text = fd < 0 ? NULL : read_all(fd, &size);
	if (!text) {
		say_error(errno, "cannot read the manifest of point %s", point);
	} else {
		if (checksum_right(text, size))
			manifest = manifest_check(json_tokener_parse(text), point);
		if (!manifest)
			say("the manifest of point %s is damaged: it is not what was written", point);
	}
	free(text);
	if (fd >= 0)
		close(fd);
	return manifest;
}

/* The text of the file, to be freed. */
static char *format(struct json_object *manifest)
{
	char digest[DIGEST_TEXT], *text = NULL;
	const char *json;
	size_t length;

	json_object_object_del(manifest, "sha256");
	json = json_object_to_json_string_ext(manifest, FORMAT);
	/* Without the end of the object, which comes behind the checksum. */
	length = strlen(json) - 1;
	while (length && json[length - 1] == '\n')
		length--;
	digest_memory(json, length, digest);
	if (asprintf(&text, "%.*s" TAIL_START "%s" TAIL_END, (int)length, json, digest) < 0)
		return NULL;
	return text;
}

static int write_all(int fd, const char *text)
{
	size_t left = strlen(text);

	while (left) {
		ssize_t count = write(fd, text, left);

		if (count < 0)
			return -1;
		text += count;
		left -= count;
	}
	return fsync(fd);
}

int manifest_write(int dir, const char *point, struct json_object *manifest)
{
	static const char new[] = MANIFEST_FILE ".new";
	char *text = format(manifest);
	int fd, ret = -1;

	unlinkat(dir, new, 0);
	fd = openat(dir, new, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (text && fd >= 0 && !write_all(fd, text) &&
	    !renameat(dir, new, dir, MANIFEST_FILE) && !fsync(dir))
		ret = 0;
	if (ret)
		say_error(errno, "cannot write the manifest of point %s", point);
	if (fd >= 0)
		close(fd);
	free(text);
	return ret;
}
