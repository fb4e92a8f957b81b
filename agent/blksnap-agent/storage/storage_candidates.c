// SPDX-License-Identifier: GPL-2.0-or-later
/* Places that the agent may select for storage when the user gives none. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "cli/message.h"
#include "device/mounts.h"
#include "device/stack.h"
#include "quantity.h"
#include "storage/storage_candidates.h"
#include "storage/storage_memory.h"
#include "storage/storage_pool.h"
#include "storage/storage_select.h"

#define MIB		(UINT64_C(1) << 20)

/* File systems whose blocks do not move, and that have immutable files. */
static const char *const types[] = { "ext4", "xfs" };

/**
 * struct candidate - a place for storage
 * @place: the place
 * @unheld: it is not on a device of another snapshot
 * @enough: it has room for all that is required
 * @apart: it shares no disk with the devices of the snapshot
 * @room: free space without the reserve, in bytes
 */
struct candidate {
	struct storage_place place;
	bool unheld;
	bool enough;
	bool apart;
	uint64_t room;
};

/**
 * struct candidate_search - state of the walk through the mounts
 * @result: receives the refused places during the walk, and the candidates after it
 * @targets: devices of the snapshot
 * @plan: where and how much the snapshot may store
 * @held: devices of other snapshots
 * @bytes: required room
 * @less: half of it will do
 * @btrfs: a btrfs was refused
 * @items: the candidates found so far
 * @count: number of @items
 * @ret: the first error, as a negative errno
 */
struct candidate_search {
	struct candidates *result;
	const struct targets *targets;
	const struct storage_plan *plan;
	const struct device_numbers *held;
	uint64_t bytes;
	bool less;
	bool btrfs;
	struct candidate *items;
	size_t count;
	int ret;
};

static bool type_is_fit(struct libmnt_fs *fs)
{
	const char *type = mnt_fs_get_fstype(fs);

	for (size_t i = 0; type && i < sizeof(types) / sizeof(types[0]); i++)
		if (!strcmp(type, types[i]))
			return true;
	return false;
}

/* Bind mounts of folders are skipped: the file system is also mounted at its root. */
static bool is_whole(struct libmnt_fs *fs)
{
	const char *root = mnt_fs_get_root(fs);

	return mnt_fs_get_target(fs) && (!root || !strcmp(root, "/"));
}

static bool is_known(const struct candidate_search *search, dev_t number)
{
	for (size_t i = 0; i < search->count; i++)
		if (search->items[i].place.number == number)
			return true;
	return false;
}

/* The disk of the running system stays, even if it is removable or on USB. */
static bool may_be_taken_out(dev_t number)
{
	struct stat root;

	return stack_is_removable(number) &&
	       (stat("/", &root) || !stack_shares_disk(number, root.st_dev));
}

/* Whether an open folder can be used. If not, *problem is the reason, or NULL if out of memory. */
static bool is_fit(const struct candidate_search *search, struct candidate *candidate, int fd,
		   char **problem)
{
	dev_t number = candidate->place.number;
	char room[SIZE_TEXT];
	struct statvfs vfs;

	if (fstatvfs(fd, &vfs)) {
		*problem = strdup(strerror(errno));
		return false;
	}
	if (vfs.f_flag & ST_RDONLY) {
		*problem = strdup("it is mounted read-only");
		return false;
	}
	if (may_be_taken_out(number)) {
		*problem = strdup("its disk can be taken out");
		return false;
	}
	if (!storage_select_fits(number, search->targets, problem))
		return false;
	candidate->room = storage_pool_room(fd, search->plan);
	candidate->enough = candidate->room >= search->bytes;
	if (candidate->enough || (search->less && candidate->room >= search->bytes / 2))
		return true;
	if (asprintf(problem, "it has %s beside its reserve",
		     size_format(candidate->room, room)) < 0)
		*problem = NULL;
	return false;
}

static bool shares_disk(dev_t storage, const struct targets *targets)
{
	for (size_t i = 0; i < targets->count; i++)
		if (stack_shares_disk(storage, targets->items[i].member.number))
			return true;
	return false;
}

static int add_candidate(struct candidate_search *search, struct candidate *candidate,
			 const char *path)
{
	struct candidate *items;

	items = reallocarray(search->items, search->count + 1, sizeof(*items));
	if (!items)
		return -ENOMEM;
	search->items = items;
	candidate->place.path = strdup(path);
	if (!candidate->place.path)
		return -ENOMEM;
	candidate->unheld = !storage_select_overlaps(candidate->place.number, search->held);
	candidate->apart = !shares_disk(candidate->place.number, search->targets);
	items[search->count++] = *candidate;
	return 0;
}

int candidates_refuse(struct candidates *candidates, const char *path, const char *problem)
{
	char *text;
	int ret;

	if (asprintf(&text, "%s: %s", path, problem ? problem : "not enough memory") < 0)
		return -ENOMEM;
	ret = strings_add(&candidates->refused, text);
	free(text);
	return ret;
}

static int consider_place(struct candidate_search *search, struct libmnt_fs *fs)
{
	const char *path = mnt_fs_get_target(fs);
	struct candidate candidate = { .place.number = mnt_fs_get_devno(fs) };
	char *problem = NULL;
	int fd = mounts_open_folder(fs, &problem);
	int ret = 0;

	if (fd == -ENOMEM)
		return fd;
	if (fd < 0)
		problem = strdup(fd == -EXDEV ? "another mount hides it" : strerror(-fd));
	else if (!problem && is_fit(search, &candidate, fd, &problem))
		ret = add_candidate(search, &candidate, path);
	else
		ret = candidates_refuse(search->result, path, problem);
	if (fd < 0)
		ret = candidates_refuse(search->result, path, problem);
	else
		close(fd);
	free(problem);
	return ret;
}

/* One of them is enough to explain that it is of no use. */
static bool refuse_btrfs(struct candidate_search *search, struct libmnt_fs *fs)
{
	const char *type = mnt_fs_get_fstype(fs), *path = mnt_fs_get_target(fs);

	if (search->btrfs || !type || !path || strcmp(type, "btrfs"))
		return false;
	search->btrfs = true;
	search->ret = candidates_refuse(search->result, path,
					"its file system, btrfs, moves the blocks of files");
	return search->ret;
}

/* Skip further mounts of a candidate, and mounted images. */
static bool consider_mount(struct libmnt_fs *fs, void *argument)
{
	struct candidate_search *search = argument;
	dev_t number = mnt_fs_get_devno(fs);

	if (refuse_btrfs(search, fs))
		return true;

	if (!type_is_fit(fs) || !is_whole(fs) || stack_is_on_image(number) ||
	    is_known(search, number))
		return false;
	search->ret = consider_place(search, fs);
	return search->ret;
}

static int compare_candidates(const void *one, const void *other)
{
	const struct candidate *a = one, *b = other;

	if (a->enough != b->enough)
		return a->enough ? -1 : 1;
	if (a->unheld != b->unheld)
		return a->unheld ? -1 : 1;
	if (a->apart != b->apart)
		return a->apart ? -1 : 1;
	return a->room > b->room ? -1 : a->room < b->room;
}

static void sort_candidates(struct candidate_search *search)
{
	if (search->count)
		qsort(search->items, search->count, sizeof(*search->items), compare_candidates);
	search->result->rooms = calloc(search->count + 1, sizeof(*search->result->rooms));
	if (!search->result->rooms)
		search->ret = -ENOMEM;
	for (size_t i = 0; i < search->count; i++) {
		if (!search->ret) {
			search->result->rooms[i] = search->items[i].room;
			search->ret = storage_places_add(&search->result->places,
							 &search->items[i].place);
		}
		free(search->items[i].place.path);
	}
	free(search->items);
}

int candidates_find(struct candidates *candidates, const struct targets *targets,
		    const struct storage_plan *plan, const struct device_numbers *held,
		    uint64_t bytes, bool less)
{
	struct candidate_search search = {
	    .result = candidates,
	    .targets = targets,
	    .plan = plan,
	    .held = held,
	    .bytes = bytes,
	    .less = less,
	};

	mounts_visit(consider_mount, &search);
	sort_candidates(&search);
	if (search.ret)
		message_errno(search.ret, "cannot look for a place for storage");
	return search.ret ? 1 : 0;
}

uint64_t candidates_portion(const struct candidates *candidates, size_t i, uint64_t bytes)
{
	uint64_t room = candidates->rooms[i];

	return room < bytes ? room / 2 / MIB * MIB : bytes;
}

/* The size of a RAM disk that would do, in MiB; 0: there is not enough memory for one. */
static uint64_t memory_instead(uint64_t bytes)
{
	uint64_t most = storage_memory_most();

	if (most > bytes)
		most = (bytes + MIB - 1) / MIB * MIB;
	return most < bytes / 4 ? 0 : most / MIB;
}

void candidates_report(const struct candidates *candidates, uint64_t bytes)
{
	char size[SIZE_TEXT], memory[64] = "", *text = NULL;
	uint64_t instead = memory_instead(bytes);
	size_t length;
	FILE *file = open_memstream(&text, &length);

	for (size_t i = 0; file && i < candidates->refused.count; i++)
		fprintf(file, "\n  %s", candidates->refused.items[i]);
	if (file)
		fclose(file);
	if (instead)
		snprintf(memory, sizeof(memory), ", such as --storage memory:%" PRIu64 "M", instead);
	message_error(
	    "there is no safe place for %s of storage; make room, or give a place with --storage%s%s%s",
	    size_format(bytes, size), memory, text && *text ? "; no use are:" : "", text ? text : "");
	free(text);
}

void candidates_free(struct candidates *candidates)
{
	storage_places_free(&candidates->places);
	free(candidates->rooms);
	strings_free(&candidates->refused);
}
