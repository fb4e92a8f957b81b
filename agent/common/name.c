// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <blkid/blkid.h>
#include <blksnap/blksnap.h>
#include <linux/blksnap.h>

#include "name.h"

static const char *const tags[] = { "UUID=", "LABEL=", "PARTUUID=", "PARTLABEL=" };

static bool is_tag(const char *name)
{
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
		if (!strncmp(name, tags[i], strlen(tags[i])))
			return true;
	return false;
}

/* Links such as those in /dev/disk/by-uuid are followed. */
static bool is_image(const char *path)
{
	char *real = realpath(path, NULL);
	const char *name = real ? strrchr(real, '/') : NULL;
	bool image;

	image = name && !strncmp(name + 1, BLKSNAP_IMAGE_NAME, strlen(BLKSNAP_IMAGE_NAME));
	free(real);
	return image;
}

/* Find the only device with the tag, images excluded. */
static int search_cache(blkid_cache cache, const char *type, const char *value, char **path)
{
	blkid_dev_iterate iterate = blkid_dev_iterate_begin(cache);
	const char *found = NULL;
	blkid_dev device;
	int ret = 0;

	if (!iterate)
		return -ENOMEM;
	blkid_dev_set_search(iterate, type, value);
	while (!blkid_dev_next(iterate, &device)) {
		if (is_image(blkid_dev_devname(device)))
			continue;
		if (found)
			ret = -ENOTUNIQ;
		found = blkid_dev_devname(device);
	}
	blkid_dev_iterate_end(iterate);
	if (!found)
		return -ENOENT;
	if (ret)
		return ret;
	*path = strdup(found);
	return *path ? 0 : -ENOMEM;
}

/* With "/dev/null" libblkid has no cache file, and scans the devices that exist now. */
static int search(const char *type, const char *value, char **path)
{
	blkid_cache cache;
	int ret;

	if (blkid_get_cache(&cache, "/dev/null"))
		return -ENOMEM;
	blkid_probe_all(cache);
	ret = search_cache(cache, type, value, path);
	blkid_put_cache(cache);
	return ret;
}

/*
 * libblkid knows which of several devices to prefer, such as a multipath device to its paths. Only
 * if it prefers an image, the other devices are searched here.
 */
static int resolve_tag(const char *name, char **path)
{
	char *type, *value, *found;
	int ret = 0;

	if (blkid_parse_tag_string(name, &type, &value))
		return -ENOENT;
	found = blkid_evaluate_tag(type, value, NULL);
	if (!found)
		ret = -ENOENT;
	else if (is_image(found))
		ret = search(type, value, path);
	else
		*path = strdup(found);
	free(found);
	free(type);
	free(value);
	return ret || *path ? ret : -ENOMEM;
}

int name_resolve(const char *name, char **path)
{
	*path = NULL;
	if (is_tag(name))
		return resolve_tag(name, path);
	*path = strdup(name);
	return *path ? 0 : -ENOMEM;
}

static bool leads_to(const char *path, dev_t number)
{
	struct stat st;

	return !stat(path, &st) && S_ISBLK(st.st_mode) && st.st_rdev == number;
}

/*
 * Try the kernel's name first, then /dev/block, which udev creates; libblkid searches all of /dev.
 */
char *name_of_device(dev_t number)
{
	char own[4096], *path;

	if (!blksnap_device_path(major(number), minor(number), own, sizeof(own)))
		return strdup(own);
	if (asprintf(&path, "/dev/block/%u:%u", major(number), minor(number)) < 0)
		return NULL;
	if (leads_to(path, number))
		return path;
	free(path);
	return blkid_devno_to_devname(number);
}
