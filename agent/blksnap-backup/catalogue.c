// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "catalogue.h"
#include "say.h"
#include "string_list.h"

#define LOCK_TRIES 40	/* of a twentieth of a second */
#define FOLDER	(O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

int catalogue_for_names(int dir, void (*each)(void *argument, const char *name), void *argument)
{
	int fd = openat(dir, ".", FOLDER);
	DIR *stream = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	int ret;

	if (!stream) {
		ret = -errno;
		if (fd >= 0)
			close(fd);
		return ret;
	}
	while (errno = 0, (entry = readdir(stream)))
		each(argument, entry->d_name);
	ret = -errno;
	closedir(stream);
	return ret;
}

static int open_target(const char *target)
{
	int fd = open(target, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		say_error(errno, "cannot open target %s", target);
	return fd;
}

struct set_search {
	int dir;
	struct strings *sets;
};

/* A set is a folder with a lock in it: others may have folders there, too. */
static void add_set(void *argument, const char *name)
{
	struct set_search *search = argument;
	char path[512];
	struct stat st;

	if (!manifest_name_valid(name))
		return;
	snprintf(path, sizeof(path), "%s/lock", name);
	if (!fstatat(search->dir, path, &st, AT_SYMLINK_NOFOLLOW) && S_ISREG(st.st_mode))
		strings_add(search->sets, name);
}

int catalogue_sets(const char *target, struct strings *sets)
{
	struct set_search search = { open_target(target), sets };
	int ret;

	if (search.dir < 0)
		return -1;
	ret = catalogue_for_names(search.dir, add_set, &search);
	if (ret)
		say_error(-ret, "cannot read target %s", target);
	close(search.dir);
	return ret ? -1 : 0;
}

static char *host_name(void)
{
	char name[256] = "";

	gethostname(name, sizeof(name) - 1);
	for (char *byte = name; *byte; byte++)
		if (!((*byte | 0x20) >= 'a' && (*byte | 0x20) <= 'z') &&
		    !(*byte >= '0' && *byte <= '9') && !strchr("._-", *byte))
			*byte = '_';
	return strdup(manifest_name_valid(name) ? name : "host");
}

/* Which set is meant; NULL after a message. */
static char *choose_set(const char *target, const char *set, enum catalogue_use use)
{
	struct strings sets = {};
	char *name = NULL, *all;

	if (set)
		return strdup(set);
	name = host_name();
	if (use == CATALOGUE_CREATE)
		return name;
	if (catalogue_sets(target, &sets)) {
		free(name);
		return NULL;
	}
	if (!strings_have(&sets, name)) {
		free(name);
		name = sets.count == 1 ? strdup(sets.items[0]) : NULL;
		all = strings_join(&sets, ", ");
		if (!name && !sets.count)
			say("there is no backup in target %s", target);
		else if (!name)
			say("target %s has several sets, say which with --set: %s", target, all);
		free(all);
	}
	strings_free(&sets);
	return name;
}

/* The new name is on disk before anything is put into the folder. */
static int make_set(int target, const char *set)
{
	int fd, lock;

	if (mkdirat(target, set, 0700) && errno != EEXIST)
		return -1;
	fd = openat(target, set, FOLDER);
	if (fd < 0)
		return -1;
	lock = openat(fd, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
	if (lock < 0 || fsync(fd) || fsync(target)) {
		close(fd);
		fd = -1;
	}
	if (lock >= 0)
		close(lock);
	return fd;
}

static int open_set(const char *target, const char *set, enum catalogue_use use)
{
	int dir = open_target(target), fd;

	if (dir < 0)
		return -1;
	fd = use == CATALOGUE_CREATE ? make_set(dir, set) : openat(dir, set, FOLDER);
	if (fd < 0)
		say_error(errno, "cannot open set %s of target %s", set, target);
	close(dir);
	return fd;
}

/* What a run that was killed has started holds it for a moment. */
static int try_lock(int fd, int operation)
{
	const struct timespec pause = { .tv_nsec = 50 * 1000 * 1000 };
	int ret = -1;

	for (int i = 0; i < LOCK_TRIES; i++) {
		ret = flock(fd, operation | LOCK_NB);
		if (!ret || errno != EWOULDBLOCK)
			break;
		nanosleep(&pause, NULL);
	}
	return ret;
}

/* A target that is read-only changes under nobody's hands: there may be no lock. */
static int lock_file(struct catalogue *catalogue, const char *name, bool alone, int *fd)
{
	*fd = openat(catalogue->dir, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
		     0600);
	if (*fd < 0 && !alone && (errno == EROFS || errno == EACCES))
		return STATUS_OK;
	if (*fd >= 0 && !try_lock(*fd, alone ? LOCK_EX : LOCK_SH))
		return STATUS_OK;
	if (*fd >= 0 && errno == EWOULDBLOCK) {
		say("set %s is in use by another run of blksnap-backup, or mounted; try again later",
		    catalogue->set);
		return STATUS_BUSY;
	}
	say_error(errno, "cannot lock set %s", catalogue->set);
	return STATUS_FAILED;
}

int catalogue_exclude_readers(struct catalogue *catalogue)
{
	return lock_file(catalogue, "readers", true, &catalogue->readers);
}

static void add_point(void *argument, const char *name)
{
	struct catalogue *catalogue = argument;
	unsigned int number = manifest_point_number(name);
	struct point *points, *point;
	bool missing;
	int dir;

	if (!number)
		return;
	if (number > catalogue->last)
		catalogue->last = number;
	points = reallocarray(catalogue->points, catalogue->point_count + 1, sizeof(*points));
	if (points)
		catalogue->points = points;
	dir = points ? openat(catalogue->dir, name, FOLDER) : -1;
	if (dir < 0) {
		say_error(errno, "cannot open point %s", name);
		catalogue->incomplete = true;
		return;
	}
	point = &points[catalogue->point_count];
	strcpy(point->name, name);
	point->dir = dir;
	point->manifest = manifest_read(dir, name, &missing);
	if (missing)
		close(dir);
	else
		catalogue->point_count++;
}

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct point *)a)->name, ((const struct point *)b)->name);
}

static int read_points(struct catalogue *catalogue)
{
	int ret = catalogue_for_names(catalogue->dir, add_point, catalogue);

	if (ret) {
		say_error(-ret, "cannot read set %s", catalogue->set);
		return STATUS_FAILED;
	}
	if (catalogue->point_count)
		qsort(catalogue->points, catalogue->point_count, sizeof(*catalogue->points), compare);
	return STATUS_OK;
}

int catalogue_open(struct catalogue *catalogue, const char *target, const char *set,
		   enum catalogue_use use)
{
	int status;

	memset(catalogue, 0, sizeof(*catalogue));
	catalogue->dir = catalogue->lock = catalogue->readers = -1;
	if (set && !manifest_name_valid(set)) {
		say("'%s' cannot be the name of a set: letters, digits and ._+- only", set);
		return STATUS_USAGE;
	}
	catalogue->set = choose_set(target, set, use);
	if (!catalogue->set)
		return STATUS_FAILED;
	catalogue->dir = open_set(target, catalogue->set, use);
	if (catalogue->dir < 0)
		return STATUS_FAILED;
	if (use == CATALOGUE_READ)
		status = lock_file(catalogue, "readers", false, &catalogue->readers);
	else
		status = lock_file(catalogue, "lock", true, &catalogue->lock);
	if (!status)
		status = read_points(catalogue);
	if (!status && use != CATALOGUE_READ && catalogue->incomplete) {
		say("nothing is changed in set %s while a point of it cannot be opened", catalogue->set);
		status = STATUS_FAILED;
	}
	return status;
}

void catalogue_close(struct catalogue *catalogue)
{
	for (size_t i = 0; i < catalogue->point_count; i++) {
		json_object_put(catalogue->points[i].manifest);
		close(catalogue->points[i].dir);
	}
	free(catalogue->points);
	free(catalogue->set);
	if (catalogue->readers >= 0)
		close(catalogue->readers);
	if (catalogue->lock >= 0)
		close(catalogue->lock);
	if (catalogue->dir >= 0)
		close(catalogue->dir);
}

struct point *catalogue_find(const struct catalogue *catalogue, const char *name)
{
	for (size_t i = 0; i < catalogue->point_count; i++)
		if (!strcmp(catalogue->points[i].name, name))
			return &catalogue->points[i];
	return NULL;
}
