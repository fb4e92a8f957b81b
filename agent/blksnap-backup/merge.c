// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "chain.h"
#include "digest.h"
#include "merge.h"
#include "say.h"
#include "stop.h"

static int drop(struct point *point)
{
	json_object_object_add(point->manifest, "dropped", json_object_new_boolean(true));
	return manifest_write(point->dir, point->name, point->manifest);
}

/* The point whose device is based on that of @dropped; NULL if there is none. */
static struct point *find_next(const struct catalogue *catalogue, const struct point *dropped,
			       const char *name, unsigned int *count)
{
	struct point *next = NULL;

	*count = 0;
	for (size_t i = 0; i < catalogue->point_count; i++) {
		struct point *point = &catalogue->points[i];
		struct json_object *device = point->manifest ?
			manifest_device(point->manifest, name) : NULL;
		const char *backing = manifest_text(device, "backing");

		if (backing && !strcmp(backing, dropped->name)) {
			next = point;
			(*count)++;
		}
	}
	return next;
}

/* What is damaged would have a right checksum afterwards. */
static int verify_link(const struct link *link)
{
	const char *name = manifest_text(link->device, "name");
	char digest[DIGEST_TEXT];
	int ret = digest_file(link->fd, digest);

	if (ret)
		say_error(-ret, "cannot read file %s/%s.qcow2", link->point->name, name);
	else if (strcmp(digest, manifest_text(link->device, "sha256")))
		say("file %s/%s.qcow2 is damaged, so it is not merged", link->point->name, name);
	else
		return 0;
	return -1;
}

static int mark_merging(struct point *next, struct json_object *device, const char *dropped)
{
	manifest_set_text(device, "merging", dropped);
	return manifest_write(next->dir, next->name, next->manifest);
}

static int commit(const struct catalogue *catalogue, const struct chain *chain, int dropped)
{
	struct child child = {};
	char *argument = chain_argument(chain);
	int status;

	child_add_all(&child, "qemu-img", "commit", "-q", "-d", argument, NULL);
	chain_pass(chain, &child);
	/* Until it has ended, too, nobody else may begin. */
	child_pass(&child, catalogue->lock);
	child_pass(&child, catalogue->readers);
	status = argument ? child_run(&child, NULL) : -1;
	free(argument);
	if (!status && fsync(dropped)) {
		say_error(errno, "cannot write the file that was merged");
		status = -1;
	}
	return status ? -1 : 0;
}

/* Steps 2 to 4. */
static int merge_files(const struct catalogue *catalogue, struct point *dropped, struct point *next,
		       struct json_object *device)
{
	const char *name = manifest_text(device, "name");
	char file[CHAIN_FILE];
	struct chain chain;
	int ret = 0;

	if (chain_open(&chain, catalogue, next, name))
		return -1;
	if (!manifest_text(device, "merging"))
		ret = verify_link(&chain.links[0]) || verify_link(&chain.links[1]) ||
		      mark_merging(next, device, dropped->name);
	if (!ret)
		ret = commit(catalogue, &chain, chain.links[1].fd);
	chain_close(&chain);
	if (ret)
		return -1;
	chain_file_name(name, file);
	if (!renameat(dropped->dir, file, next->dir, file) && !fsync(next->dir) &&
	    !fsync(dropped->dir))
		return 0;
	say_error(errno, "cannot rename file %s of point %s", file, dropped->name);
	return -1;
}

/* Step 5 */
static int finish(struct point *next, struct json_object *device, struct json_object *before)
{
	int fd = chain_open_file(next, manifest_text(device, "name"), O_RDONLY);
	char digest[DIGEST_TEXT];
	struct stat st;
	int ret = fd < 0 || fstat(fd, &st) ? -errno : digest_file(fd, digest);

	if (fd >= 0)
		close(fd);
	if (ret) {
		say_error(-ret, "cannot read file %s/%s.qcow2", next->name,
			  manifest_text(device, "name"));
		return -1;
	}
	manifest_set_text(device, "backing", manifest_text(before, "backing"));
	manifest_set_number(device, "file_size", st.st_size);
	manifest_set_text(device, "sha256", digest);
	json_object_object_del(device, "merging");
	return manifest_write(next->dir, next->name, next->manifest);
}

static int merge_device(const struct catalogue *catalogue, struct point *dropped,
			struct json_object *before)
{
	const char *name = manifest_text(before, "name"), *merging;
	struct json_object *device;
	unsigned int count;
	struct point *next = find_next(catalogue, dropped, name, &count);

	if (!next)
		return 0;
	if (count > 1) {
		say("point %s stays: %u points are based on it", dropped->name, count);
		return -1;
	}
	device = manifest_device(next->manifest, name);
	merging = manifest_text(device, "merging");
	if (!merging || chain_file_there(dropped, name)) {
		say_note("merging point %s of %s into point %s", dropped->name, name, next->name);
		if (merge_files(catalogue, dropped, next, device))
			return -1;
	}
	return finish(next, device, before);
}

static int remove_dropped(struct catalogue *catalogue, struct point *dropped)
{
	for (size_t i = 0; i < manifest_device_count(dropped->manifest); i++)
		if (stop_wanted() ||
		    merge_device(catalogue, dropped, manifest_device_at(dropped->manifest, i)))
			return -1;
	return catalogue_remove(catalogue, dropped);
}

/* A point that is damaged may be based on any other. */
static bool all_readable(const struct catalogue *catalogue)
{
	for (size_t i = 0; i < catalogue->point_count; i++)
		if (!catalogue->points[i].manifest)
			return false;
	return true;
}

static bool is_dropped(void *argument, const struct point *point)
{
	(void)argument;
	return point->manifest && manifest_flag(point->manifest, "dropped");
}

static bool any(const struct catalogue *catalogue,
		bool (*unwanted)(void *argument, const struct point *point), void *argument)
{
	for (size_t i = 0; i < catalogue->point_count; i++)
		if (unwanted(argument, &catalogue->points[i]))
			return true;
	return false;
}

/* Without looking at those behind one that could not be removed: they may be based on it. */
static int remove_all(struct catalogue *catalogue,
		      bool (*unwanted)(void *argument, const struct point *point), void *argument)
{
	size_t i = 0;

	while (i < catalogue->point_count) {
		struct point *point = &catalogue->points[i];

		if (!unwanted(argument, point)) {
			i++;
			continue;
		}
		if (stop_wanted() || (!is_dropped(NULL, point) && drop(point)) ||
		    remove_dropped(catalogue, point))
			return -1;
	}
	return 0;
}

int merge_remove(struct catalogue *catalogue,
		 bool (*unwanted)(void *argument, const struct point *point), void *argument)
{
	int ret;

	if (!any(catalogue, unwanted, argument))
		return 0;
	if (!all_readable(catalogue)) {
		say("nothing is removed from set %s while the manifest of a point is damaged",
		    catalogue->set);
		return -1;
	}
	if (catalogue_exclude_readers(catalogue))
		return -1;
	ret = remove_all(catalogue, unwanted, argument);
	close(catalogue->readers);
	catalogue->readers = -1;
	return ret;
}

int merge_resume(struct catalogue *catalogue)
{
	return merge_remove(catalogue, is_dropped, NULL);
}
