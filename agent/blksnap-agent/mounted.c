// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include <libmount/libmount.h>

#include "mounted.h"
#include "view.h"

static bool is_source(struct libmnt_fs *fs, const char *image)
{
	const char *source = mnt_fs_get_srcpath(fs);

	return source && !strcmp(source, image);
}

static int add_mounts(struct libmnt_table *table, const char *image, struct strings *folders)
{
	struct libmnt_iter *iter = mnt_new_iter(MNT_ITER_BACKWARD);
	struct libmnt_fs *fs;
	int ret = iter ? 0 : -ENOMEM;

	while (!ret && !mnt_table_next_fs(table, iter, &fs))
		if (is_source(fs, image))
			ret = strings_add(folders, mnt_fs_get_target(fs));
	mnt_free_iter(iter);
	return ret;
}

int mounted_images(const struct record *record, struct strings *folders)
{
	struct libmnt_table *table = mnt_new_table_from_file("/proc/self/mountinfo");
	int ret = table ? 0 : -ENOMEM;
	char image[64];
	int error;

	for (size_t i = 0; !ret && i < record->devices.count; i++)
		if (!view_image(record->devices.items[i], image, &error) && *image)
			ret = add_mounts(table, image, folders);
	mnt_unref_table(table);
	return ret;
}
