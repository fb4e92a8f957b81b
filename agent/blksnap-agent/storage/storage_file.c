// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <linux/fs.h>

#include "name.h"
#include "number.h"
#include "storage/storage_file.h"

/* Set or clear the immutable flag, and keep the other flags. */
static int set_immutable(int fd, bool on)
{
	int flags;

	if (ioctl(fd, FS_IOC_GETFLAGS, &flags))
		return -errno;
	if (on)
		flags |= FS_IMMUTABLE_FL;
	else
		flags &= ~FS_IMMUTABLE_FL;
	return ioctl(fd, FS_IOC_SETFLAGS, &flags) ? -errno : 0;
}

/* Only root can have created the file, and it has no other name. */
static int check_own(int fd, struct stat *st)
{
	if (fstat(fd, st))
		return -errno;
	return S_ISREG(st->st_mode) && !st->st_uid && !(st->st_mode & 077) && st->st_nlink == 1 ?
	       0 : -EPERM;
}

/* Create the file with the lowest number that is free. */
static int create_file(struct storage_file *file, int dir, const struct blksnap_id *id)
{
	char text[BLKSNAP_ID_TEXT];
	unsigned int number = 0;

	blksnap_id_format(id, text);
	do {
		snprintf(file->name, sizeof(file->name), "%s.%u", text, number++);
		file->fd = openat(dir, file->name,
				  O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	} while (file->fd < 0 && errno == EEXIST);
	return file->fd < 0 ? -errno : 0;
}

int storage_file_pin(const struct storage_file *file, struct blksnap_extents **extents,
		     const char **reason)
{
	int ret;

	*reason = NULL;
	ret = blksnap_extents_open(file->fd, BLKSNAP_EXTENTS_STORAGE, extents, reason);
	if (ret)
		return ret;
	ret = set_immutable(file->fd, true);
	if (ret) {
		*reason = "its file system cannot protect a file against change";
		blksnap_extents_close(*extents);
	}
	return ret;
}

int storage_file_make(struct storage_file *file, int dir, const struct blksnap_id *id,
		      uint64_t size, struct blksnap_extents **extents, const char **reason)
{
	int ret;

	*reason = NULL;
	ret = create_file(file, dir, id);
	if (ret)
		return ret;
	file->size = size;
	file->last = false;
	ret = fallocate(file->fd, 0, 0, size) ? -errno : 0;
	if (ret == -EOPNOTSUPP)
		*reason = "its file system cannot set space aside for a file";
	if (ret == -EFBIG)
		*reason = "the limit for the size of a file (ulimit -f) is below that";
	if (!ret)
		ret = storage_file_pin(file, extents, reason);
	if (ret) {
		unlinkat(dir, file->name, 0);
		storage_file_close(file);
	}
	return ret;
}

int storage_file_append(int control, const struct blksnap_id *id,
			const struct blksnap_extents *extents)
{
	uint32_t major, minor;
	size_t count;
	const struct blksnap_range *ranges = blksnap_extents_ranges(extents, &count);
	char *path;
	int ret;

	blksnap_extents_device(extents, &major, &minor);
	path = name_of_device(makedev(major, minor));
	if (!path)
		return -ENXIO;
	ret = blksnap_snapshot_append(control, id, path, ranges, count);
	free(path);
	return ret;
}

int storage_file_open(struct storage_file *file, int dir, const char *name)
{
	struct stat st;
	int ret;

	snprintf(file->name, sizeof(file->name), "%s", name);
	file->fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (file->fd < 0)
		return -errno;
	ret = check_own(file->fd, &st);
	file->size = st.st_size;
	if (ret)
		close(file->fd);
	return ret;
}

void storage_file_close(struct storage_file *file)
{
	close(file->fd);
}

int storage_file_remove(int dir, const char *name)
{
	struct storage_file file;
	int ret = storage_file_open(&file, dir, name);

	if (ret)
		return ret == -ENOENT ? 0 : ret;
	ret = set_immutable(file.fd, false);
	storage_file_close(&file);
	if (ret && ret != -ENOTTY && ret != -EOPNOTSUPP)
		return ret;
	return unlinkat(dir, name, 0) && errno != ENOENT ? -errno : 0;
}

/* The name is ID.NUMBER. */
int storage_file_id(const char *name, struct blksnap_id *id)
{
	char text[BLKSNAP_ID_TEXT];
	uint64_t number;

	if (strlen(name) < BLKSNAP_ID_TEXT + 1 || name[BLKSNAP_ID_TEXT - 1] != '.')
		return -EINVAL;
	memcpy(text, name, BLKSNAP_ID_TEXT - 1);
	text[BLKSNAP_ID_TEXT - 1] = '\0';
	if (number_parse(name + BLKSNAP_ID_TEXT, UINT32_MAX, &number))
		return -EINVAL;
	return blksnap_id_parse(text, id);
}

int storage_file_list(int dir, const struct blksnap_id *id, struct strings *names)
{
	struct dirent **entries;
	struct blksnap_id found;
	int count, ret = 0;

	count = scandirat(dir, ".", &entries, NULL, versionsort);
	if (count < 0)
		return -errno;
	for (int i = 0; i < count; i++) {
		if (!ret && !storage_file_id(entries[i]->d_name, &found) &&
		    (!id || !memcmp(id, &found, sizeof(found))))
			ret = strings_add(names, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return ret;
}

uint64_t storage_file_bytes(int dir, const struct blksnap_id *id)
{
	struct strings names = {};
	uint64_t bytes = 0;
	struct stat st;

	if (!storage_file_list(dir, id, &names))
		for (size_t i = 0; i < names.count; i++)
			if (!fstatat(dir, names.items[i], &st, AT_SYMLINK_NOFOLLOW))
				bytes += st.st_size;
	strings_free(&names);
	return bytes;
}
