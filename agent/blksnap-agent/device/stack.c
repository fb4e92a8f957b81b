// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <linux/blksnap.h>

#include "device/stack.h"

/* Deeper than any real stack; this also stops at a loop device whose file is on the loop device. */
#define DEPTH_MOST	16

/* Called for each device below, until it returns true. */
typedef bool visitor(dev_t lower, void *argument, int depth);

static bool read_line(const char *path, char *line, size_t size)
{
	FILE *file = fopen(path, "re");
	bool found = file && fgets(line, size, file);

	if (file)
		fclose(file);
	if (found)
		line[strcspn(line, "\n")] = '\0';
	return found;
}

static bool read_number(const char *path, dev_t *number)
{
	unsigned int major, minor;
	char line[64];

	if (!read_line(path, line, sizeof(line)) || sscanf(line, "%u:%u", &major, &minor) != 2)
		return false;
	*number = makedev(major, minor);
	return true;
}

static bool visit_slaves(const char *folder, visitor *visit, void *argument, int depth)
{
	char path[512];
	struct dirent *entry;
	bool done = false;
	dev_t number;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/slaves", folder);
	dir = opendir(path);
	if (!dir)
		return false;
	while (!done && (entry = readdir(dir))) {
		snprintf(path, sizeof(path), "%s/slaves/%s/dev", folder, entry->d_name);
		if (*entry->d_name != '.' && read_number(path, &number))
			done = visit(number, argument, depth);
	}
	closedir(dir);
	return done;
}

/* The folder of a partition is in the folder of its disk. */
static bool is_partition(const char *folder, dev_t *disk)
{
	char path[512], line[16];

	snprintf(path, sizeof(path), "%s/partition", folder);
	if (!read_line(path, line, sizeof(line)))
		return false;
	snprintf(path, sizeof(path), "%s/../dev", folder);
	return read_number(path, disk);
}

static void name_folder(char folder[64], dev_t number)
{
	snprintf(folder, 64, "/sys/dev/block/%u:%u", major(number), minor(number));
}

dev_t stack_disk(dev_t number)
{
	char folder[64];
	dev_t disk;

	name_folder(folder, number);
	return is_partition(folder, &disk) ? disk : number;
}

static bool visit_disk(const char *folder, visitor *visit, void *argument, int depth)
{
	dev_t disk;

	return is_partition(folder, &disk) && visit(disk, argument, depth);
}

static bool visit_loop_file(const char *folder, visitor *visit, void *argument, int depth)
{
	char path[512], file[4096];
	struct stat st;

	snprintf(path, sizeof(path), "%s/loop/backing_file", folder);
	if (!read_line(path, file, sizeof(file)) || stat(file, &st))
		return false;
	return visit(S_ISBLK(st.st_mode) ? st.st_rdev : st.st_dev, argument, depth);
}

static bool visit_below(dev_t number, visitor *visit, void *argument, int depth)
{
	char folder[64];

	if (depth >= DEPTH_MOST)
		return false;
	name_folder(folder, number);
	return visit_disk(folder, visit, argument, depth + 1) ||
	       visit_slaves(folder, visit, argument, depth + 1) ||
	       visit_loop_file(folder, visit, argument, depth + 1);
}

static bool is_on(dev_t upper, void *argument, int depth)
{
	const dev_t *lower = argument;

	return upper == *lower || visit_below(upper, is_on, argument, depth);
}

bool stack_is_on(dev_t upper, dev_t lower)
{
	return is_on(upper, &lower, 0);
}

/* Whether some device below the one is also below the other. */
static bool is_below_other(dev_t number, void *argument, int depth)
{
	const dev_t *other = argument;

	return stack_is_on(*other, number) ||
	       visit_below(number, is_below_other, argument, depth);
}

bool stack_shares_disk(dev_t one, dev_t other)
{
	return is_below_other(one, &other, 0);
}

/* The path has a component "usbN", as /sys/devices/.../usb1/1-1/... */
static bool hangs_on_usb(const char *folder)
{
	char *real = realpath(folder, NULL);
	char *found = real ? strstr(real, "/usb") : NULL;
	bool usb = found && found[4] >= '0' && found[4] <= '9';

	free(real);
	return usb;
}

static bool is_on_removable(dev_t number, void *argument, int depth)
{
	char folder[64], path[512], line[16];

	name_folder(folder, number);
	snprintf(path, sizeof(path), "%s/removable", folder);
	if ((read_line(path, line, sizeof(line)) && *line == '1') || hangs_on_usb(folder))
		return true;
	return visit_below(number, is_on_removable, argument, depth);
}

bool stack_is_removable(dev_t number)
{
	return is_on_removable(number, NULL, 0);
}

/* The last component of the path in /sys is the kernel's name of the disk. */
static bool is_on_image(dev_t number, void *argument, int depth)
{
	char folder[64], *real, *name;
	bool image;

	name_folder(folder, number);
	real = realpath(folder, NULL);
	name = real ? strrchr(real, '/') : NULL;
	image = name && !strncmp(name + 1, BLKSNAP_IMAGE_NAME, strlen(BLKSNAP_IMAGE_NAME));
	free(real);
	return image || visit_below(number, is_on_image, argument, depth);
}

bool stack_is_on_image(dev_t number)
{
	return is_on_image(number, NULL, 0);
}

unsigned int stack_block_size(dev_t number)
{
	char folder[64], path[512], line[16];

	name_folder(folder, stack_disk(number));
	snprintf(path, sizeof(path), "%s/queue/logical_block_size", folder);
	return read_line(path, line, sizeof(line)) ? strtoul(line, NULL, 10) : 0;
}
