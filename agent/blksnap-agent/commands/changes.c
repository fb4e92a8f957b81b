// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "cli/exit_status.h"
#include "cli/message.h"
#include "cli/output.h"
#include "commands/changes_allocated.h"
#include "commands/changes_format.h"
#include "commands/changes_page.h"
#include "commands/commands.h"
#include "device/target.h"
#include "state/snapshot_status.h"

static const struct {
	const char *name;
	changes_format *print;
} formats[] = {
	{ "extents", changes_extents },
	{ "json", changes_json },
	{ "bmap", changes_bmap },
	{ "borg", changes_borg },
	{ "map", changes_map },
};

/**
 * struct walk - iteration over what a backup has to copy
 * @changes: changes of the device
 * @all: without --since the whole device is to be copied
 * @done: the whole device was returned
 */
struct walk {
	struct blksnap_changes *changes;
	bool all;
	bool done;
};

static int next_range(void *argument, struct blksnap_range *range)
{
	struct walk *walk = argument;

	if (!walk->all)
		return blksnap_changes_next(walk->changes, range);
	if (walk->done)
		return 0;
	walk->done = true;
	range->sector = 0;
	range->count = blksnap_changes_info(walk->changes)->device_size / SECTOR_SIZE;
	return 1;
}

static void rewind_walk(void *argument)
{
	struct walk *walk = argument;

	walk->done = false;
	blksnap_changes_rewind(walk->changes);
}

static changes_format *find_format(const struct arguments *arguments)
{
	const char *name = arguments->format;

	if (name && arguments->json && strcmp(name, "json")) {
		message_error("--json contradicts --format %s", name);
		return NULL;
	}
	if (!name)
		name = arguments->json ? "json" : "extents";
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (!strcmp(formats[i].name, name))
			return formats[i].print;
	message_error("there is no format '%s', only extents, json, bmap, borg and map", name);
	return NULL;
}

/* A number is only unique within a generation. */
static int check_options(const struct arguments *arguments)
{
	bool since = arguments->given & ARGUMENT_SINCE;
	bool generation = arguments->given & ARGUMENT_GENERATION;

	if (arguments->given & (ARGUMENT_OFFSET | ARGUMENT_MAX) && arguments->format &&
	    strcmp(arguments->format, "extents") && strcmp(arguments->format, "json")) {
		message_error("--offset and --max are for the formats extents and json: the others describe a whole device");
		return STATUS_USAGE;
	}
	if (since == generation)
		return 0;
	message_error(since ? "--since needs --generation, in which it is a number" :
		      "--generation is of no use without --since");
	return STATUS_USAGE;
}

static int report_failure(const struct target *target, int ret)
{
	message_failed(BLKSNAP_CHANGES, ret, "cannot tell what changed on device %s",
		       target->member.path);
	return ret == -ESTALE ? STATUS_GENERATION : STATUS_FAILED;
}

/* Read the image of the snapshot: the device may have another file system by now. */
static int find_free(const struct arguments *arguments, const struct target *target,
		     struct ranges *unused)
{
	char image[64];
	int ret, error;

	if (!arguments->allocated)
		return 0;
	ret = snapshot_status_image(&target->member, image, &error);
	if (!ret && !*image)
		ret = -ENODEV;
	if (ret)
		message_errno(ret, "cannot tell what is used on device %s: it is in no snapshot",
			  target->member.path);
	return ret ? ret : allocated_find_free(image, unused);
}

static int print_parts(const struct arguments *arguments, const struct changes_head *head,
		       const struct extent_source *all, const struct ranges *unused,
		       changes_format *format)
{
	struct allocated allocated = { .from = all, .unused = unused };
	struct extent_source used = { allocated_next, allocated_rewind, &allocated };
	struct page page = {
		.from = &used, .start = arguments->offset / SECTOR_SIZE, .most = arguments->max,
	};
	struct extent_source source = { page_next, page_rewind, &page };

	return format(head, &source);
}

static int print_changes(const struct arguments *arguments, const struct target *target,
		 changes_format *format, const struct ranges *unused)
{
	struct walk walk = { .all = !(arguments->given & ARGUMENT_SINCE) };
	struct extent_source source = { next_range, rewind_walk, &walk };
	struct changes_head head = { .device = target->member.path, .since = -1 };
	int ret;

	ret = blksnap_changes_open(target->fd, walk.all ? NULL : &arguments->generation,
				   arguments->since, &walk.changes);
	if (ret)
		return report_failure(target, ret);
	if (!walk.all)
		head.since = arguments->since;
	head.info = blksnap_changes_info(walk.changes);
	ret = print_parts(arguments, &head, &source, unused, format);
	blksnap_changes_close(walk.changes);
	if (ret)
		return report_failure(target, ret);
	return output_flush() ? STATUS_FAILED : STATUS_OK;
}

static int run(const struct arguments *arguments)
{
	changes_format *format = find_format(arguments);
	struct targets targets = {};
	struct ranges unused = {};
	int status;

	if (!format)
		return STATUS_USAGE;
	status = check_options(arguments);
	if (status)
		return status;
	status = targets_add_one(&targets, arguments->words[0]) ? STATUS_FAILED : STATUS_OK;
	if (!status && find_free(arguments, &targets.items[0], &unused))
		status = STATUS_FAILED;
	if (!status)
		status = print_changes(arguments, &targets.items[0], format, &unused);
	ranges_free(&unused);
	targets_free(&targets);
	return status;
}

const struct agent_command agent_changes = {
	.name = "changes",
	.usage = "DEVICE [--since NUMBER --generation UUID] [--format FORMAT]",
	.summary = "Print what a backup has to copy",
	.takes = ARGUMENT_SINCE | ARGUMENT_GENERATION | ARGUMENT_FORMAT | ARGUMENT_JSON |
		 ARGUMENT_ALLOCATED | ARGUMENT_OFFSET | ARGUMENT_MAX,
	.least = 1,
	.most = 1,
	.run = run,
};
