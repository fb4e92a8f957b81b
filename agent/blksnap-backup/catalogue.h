/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The points of a set: the folder TARGET/SET, with a folder for each point in it. */
#ifndef BLKSNAP_BACKUP_CATALOGUE_H
#define BLKSNAP_BACKUP_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "manifest.h"

/**
 * struct point - a state that can be restored
 * @name: of its folder, six digits
 * @dir: that folder, open
 * @manifest: checked; NULL if it is damaged
 */
struct point {
	char name[POINT_NAME];
	int dir;
	struct json_object *manifest;
};

/**
 * struct catalogue - of one set
 * @set: its name
 * @dir: its folder, open
 * @lock: the lock of those that make and remove points, or -1
 * @readers: the lock of those that read points, or -1
 * @points: in the order in which they were made; those that are damaged, too
 * @point_count: number of @points
 * @last: the highest number of any folder, finished or not
 * @incomplete: the folder of a point could not be opened, so it is unknown what that is based on
 */
struct catalogue {
	char *set;
	int dir;
	int lock;
	int readers;
	struct point *points;
	size_t point_count;
	unsigned int last;
	bool incomplete;
};

enum catalogue_use {
	CATALOGUE_READ,		/* as many as there are */
	CATALOGUE_WRITE,	/* one; beside those that read */
	CATALOGUE_CREATE,	/* the same, and the set is made if there is none */
};

/*
 * Opens a set, locks it for the use and reads its points. Without a @set it is that of this host's
 * name, or, for reading, the only one there is. A status after a message.
 */
int catalogue_open(struct catalogue *catalogue, const char *target, const char *set,
		   enum catalogue_use use);
void catalogue_close(struct catalogue *catalogue);

/* The names of the sets of a target, to be freed with strings_free(); 0, or -1 after a message. */
struct strings;
int catalogue_sets(const char *target, struct strings *sets);

/* Calls @each for the names in a folder, "." and ".." among them; 0 or a negative errno. */
int catalogue_for_names(int dir, void (*each)(void *argument, const char *name), void *argument);

/* Until it is closed nobody reads points; a status after a message. */
int catalogue_exclude_readers(struct catalogue *catalogue);

struct point *catalogue_find(const struct catalogue *catalogue, const char *name);

/*
 * The point that a user means: its number, or how its local time begins, or NULL for the last.
 * NULL after a message.
 */
struct point *catalogue_choose(const struct catalogue *catalogue, const char *text);

/* Whether it can be restored: it is not damaged, and not being merged into another. */
bool point_usable(const struct point *point);

/*
 * Removes what runs that were ended have left half made; CATALOGUE_WRITE only. A folder that a point is
 * based on stays, though it has lost its manifest.
 */
void catalogue_clean(struct catalogue *catalogue);

/* Removes a point, manifest first; 0, or -1 after a message. */
int catalogue_remove(struct catalogue *catalogue, struct point *point);

/* Makes the folder of the next point; its descriptor, or -1 after a message. */
int catalogue_new_point(struct catalogue *catalogue, char name[POINT_NAME]);
void catalogue_remove_folder(struct catalogue *catalogue, const char *name);

#endif
