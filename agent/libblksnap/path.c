// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <blksnap/blksnap.h>

#define NAME_KEY	"DEVNAME="

/* Find the line that begins with a key, and return the rest of it. */
static int read_name(const char *file, char *name, size_t size)
{
	FILE *uevent = fopen(file, "re");
	int ret = -ENXIO;

	if (!uevent)
		return -ENXIO;
	while (ret && fgets(name, size, uevent)) {
		if (strncmp(name, NAME_KEY, strlen(NAME_KEY)))
			continue;
		memmove(name, name + strlen(NAME_KEY), strlen(name) - strlen(NAME_KEY) + 1);
		name[strcspn(name, "\n")] = '\0';
		ret = 0;
	}
	fclose(uevent);
	return ret;
}

/* The kernel's name of the device is its name in /dev even without udev. */
int blksnap_device_path(uint32_t major, uint32_t minor, char *path, size_t size)
{
	char file[64], name[512];
	struct stat st;
	int ret;

	snprintf(file, sizeof(file), "/sys/dev/block/%u:%u/uevent", major, minor);
	ret = read_name(file, name, sizeof(name));
	if (ret)
		return ret;
	if ((size_t)snprintf(path, size, "/dev/%s", name) >= size)
		return -ENAMETOOLONG;
	if (stat(path, &st) || !S_ISBLK(st.st_mode) || st.st_rdev != makedev(major, minor))
		return -ENXIO;
	return 0;
}
