// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libmount/libmount.h>

#include "say.h"
#include "settle.h"

static bool is_on_target(struct libmnt_fs *fs, const struct targets *targets)
{
	const char *source = mnt_fs_get_srcpath(fs);
	struct stat st;

	if (!source || stat(source, &st))
		return false;
	for (size_t i = 0; i < targets->count; i++)
		if (targets->items[i].number == st.st_rdev)
			return true;
	return false;
}

static void write_out(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || syncfs(fd))
		say_error(-errno, "cannot write out the file system at %s", folder);
	if (fd >= 0)
		close(fd);
}

void settle_btrfs(const struct targets *targets)
{
	struct libmnt_table *table = mnt_new_table_from_file("/proc/self/mountinfo");
	struct libmnt_iter *iter = mnt_new_iter(MNT_ITER_FORWARD);
	struct libmnt_fs *fs;

	while (table && iter && !mnt_table_next_fs(table, iter, &fs)) {
		const char *type = mnt_fs_get_fstype(fs);

		if (type && !strcmp(type, "btrfs") && is_on_target(fs, targets))
			write_out(mnt_fs_get_target(fs));
	}
	mnt_free_iter(iter);
	mnt_unref_table(table);
}
