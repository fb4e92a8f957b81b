// SPDX-License-Identifier: GPL-2.0-or-later
/* Points of a catalogue: which one is meant, made anew, removed. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "catalogue.h"
#include "number.h"
#include "say.h"

bool point_usable(const struct point *point)
{
	return point->manifest && !manifest_flag(point->manifest, "dropped");
}

/* "2026-11-24" or more of it, in the time that the user's clock shows. */
static bool begins_with(const struct point *point, const char *text)
{
	time_t seconds = time_seconds(manifest_text(point->manifest, "time"));
	char local[TIME_SIZE];
	struct tm parts;

	if (!localtime_r(&seconds, &parts) ||
	    !strftime(local, sizeof(local), "%Y-%m-%dT%H:%M:%S", &parts))
		return false;
	return strlen(text) >= strlen("2026-11-24") && !strncmp(local, text, strlen(text));
}

struct point *catalogue_choose(const struct catalogue *catalogue, const char *text)
{
	uint64_t number = 0;
	bool is_number = text && !number_parse(text, POINT_LAST, &number);

	for (size_t i = catalogue->point_count; i-- > 0;) {
		struct point *point = &catalogue->points[i];

		if (is_number ? manifest_point_number(point->name) != number :
				!point_usable(point) || (text && !begins_with(point, text)))
			continue;
		if (point_usable(point))
			return point;
		say("point %s of set %s cannot be used: it %s", point->name, catalogue->set,
		    point->manifest ? "is being merged into a later one" : "is damaged");
		return NULL;
	}
	if (text)
		say("there is no point %s in set %s; blksnap-backup list shows those there are", text,
		    catalogue->set);
	else
		say("there is no point in set %s", catalogue->set);
	return NULL;
}

/* Files only: nothing of ours has folders in it, and what is not ours is left. */
static void remove_file(void *argument, const char *name)
{
	const int *dir = argument;

	if (strcmp(name, ".") && strcmp(name, ".."))
		unlinkat(*dir, name, 0);
}

void catalogue_remove_folder(struct catalogue *catalogue, const char *name)
{
	int dir = openat(catalogue->dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (dir < 0)
		return;
	catalogue_for_names(dir, remove_file, &dir);
	close(dir);
	if (unlinkat(catalogue->dir, name, AT_REMOVEDIR))
		say_note("cannot remove folder %s of set %s: %s", name, catalogue->set,
			 strerror(errno));
	fsync(catalogue->dir);
}

static bool is_unfinished(struct catalogue *catalogue, const char *name)
{
	char path[NAME_MAX + sizeof(MANIFEST_FILE) + 2];
	struct stat st;

	snprintf(path, sizeof(path), "%s/" MANIFEST_FILE, name);
	return manifest_point_number(name) &&
	       fstatat(catalogue->dir, path, &st, AT_SYMLINK_NOFOLLOW) && errno == ENOENT;
}

/* Whether a point is based on a folder, or may be, since its manifest is damaged. */
static bool is_base(const struct catalogue *catalogue, const char *name)
{
	for (size_t i = 0; i < catalogue->point_count; i++) {
		struct json_object *manifest = catalogue->points[i].manifest;

		if (!manifest)
			return true;
		for (size_t k = 0; k < manifest_device_count(manifest); k++) {
			const char *backing = manifest_text(manifest_device_at(manifest, k), "backing");

			if (backing && !strcmp(backing, name))
				return true;
		}
	}
	return false;
}

static void remove_unfinished(void *argument, const char *name)
{
	struct catalogue *catalogue = argument;

	if (!is_unfinished(catalogue, name))
		return;
	if (is_base(catalogue, name)) {
		say("point %s has lost its manifest, and other points may be based on it: its files stay",
		    name);
		return;
	}
	say_note("point %s was not finished by an earlier run: its files are removed", name);
	catalogue_remove_folder(catalogue, name);
}

void catalogue_clean(struct catalogue *catalogue)
{
	catalogue_for_names(catalogue->dir, remove_unfinished, catalogue);
}

/* Without its manifest it is no point any more, whatever happens to the rest. */
int catalogue_remove(struct catalogue *catalogue, struct point *point)
{
	if (unlinkat(point->dir, MANIFEST_FILE, 0) || fsync(point->dir)) {
		say_error(errno, "cannot remove point %s of set %s", point->name, catalogue->set);
		return -1;
	}
	catalogue_remove_folder(catalogue, point->name);
	json_object_put(point->manifest);
	close(point->dir);
	catalogue->point_count--;
	memmove(point, point + 1,
		(catalogue->point_count - (point - catalogue->points)) * sizeof(*point));
	return 0;
}

int catalogue_new_point(struct catalogue *catalogue, char name[POINT_NAME])
{
	int dir = -1;

	if (catalogue->last == POINT_LAST) {
		say("set %s has had %d points: begin another one with --set", catalogue->set, POINT_LAST);
		return -1;
	}
	snprintf(name, POINT_NAME, "%06u", catalogue->last + 1);
	if (!mkdirat(catalogue->dir, name, 0700) && !fsync(catalogue->dir))
		dir = openat(catalogue->dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir < 0)
		say_error(errno, "cannot make point %s of set %s", name, catalogue->set);
	else
		catalogue->last++;
	return dir;
}
