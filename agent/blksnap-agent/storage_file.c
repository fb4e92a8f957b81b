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
#include "storage_file.h"

/* Immutable or not; the flags of the file system's own stay. */
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

/* Somebody else's subfolder, or a link to one, is not ours to use. */
static int open_subfolder(const char *folder)
{
	char *path;
	struct stat st;
	int fd, ret = 0;

	if (asprintf(&path, "%s/" STORAGE_SUBFOLDER, folder) < 0)
		return -ENOMEM;
	if (mkdir(path, 0700) && errno != EEXIST)
		ret = -errno;
	fd = ret ? ret : open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	free(path);
	if (fd < 0)
		return ret ? ret : -errno;
	if (!fstat(fd, &st) && !st.st_uid && !(st.st_mode & 077))
		return fd;
	close(fd);
	return -EPERM;
}

/* The first number that is free. */
static int create(struct storage_file *file, const char *folder, const struct blksnap_id *id)
{
	int dir = open_subfolder(folder);
	char text[BLKSNAP_ID_TEXT];
	unsigned int number = 0;
	int ret;

	if (dir < 0)
		return dir;
	do {
		char name[64];

		snprintf(name, sizeof(name), "%s.%u", blksnap_id_format(id, text), number++);
		file->fd = openat(dir, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
				  0600);
		ret = file->fd < 0 ? -errno : 0;
		if (!ret && asprintf(&file->path, "%s/" STORAGE_SUBFOLDER "/%s", folder, name) < 0) {
			unlinkat(dir, name, 0);
			close(file->fd);
			ret = -ENOMEM;
		}
	} while (ret == -EEXIST);
	close(dir);
	return ret;
}

int storage_file_settle(const struct storage_file *file, struct blksnap_extents **extents,
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

int storage_file_make(struct storage_file *file, const char *folder, const struct blksnap_id *id,
		      uint64_t size, struct blksnap_extents **extents, const char **reason)
{
	int ret;

	*reason = NULL;
	ret = create(file, folder, id);
	if (ret)
		return ret;
	file->size = size;
	file->last = false;
	ret = fallocate(file->fd, 0, 0, size) ? -errno : 0;
	if (ret == -EOPNOTSUPP)
		*reason = "its file system cannot set space aside for a file";
	if (!ret)
		ret = storage_file_settle(file, extents, reason);
	if (ret) {
		unlink(file->path);
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

int storage_file_open(struct storage_file *file, const char *path)
{
	struct stat st;

	file->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (file->fd < 0)
		return -errno;
	if (!fstat(file->fd, &st)) {
		file->size = st.st_size;
		file->path = strdup(path);
		if (file->path)
			return 0;
	}
	close(file->fd);
	return -ENOMEM;
}

void storage_file_close(struct storage_file *file)
{
	close(file->fd);
	free(file->path);
}

int storage_file_remove(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	int ret;

	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	ret = set_immutable(fd, false);
	close(fd);
	if (ret && ret != -ENOTTY && ret != -EOPNOTSUPP)
		return ret;
	return unlink(path) && errno != ENOENT ? -errno : 0;
}

/* ID.NUMBER */
static int parse_name(const char *name, struct blksnap_id *id)
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

int storage_file_id(const char *path, struct blksnap_id *id)
{
	const char *name = strrchr(path, '/');

	return parse_name(name ? name + 1 : path, id);
}

static int add_path(struct strings *paths, const char *folder, const char *name)
{
	char *path;
	int ret;

	if (asprintf(&path, "%s/" STORAGE_SUBFOLDER "/%s", folder, name) < 0)
		return -ENOMEM;
	ret = strings_add(paths, path);
	free(path);
	return ret;
}

int storage_file_list(const char *folder, const struct blksnap_id *id, struct strings *paths)
{
	struct dirent **entries;
	struct blksnap_id found;
	int count, ret = 0;
	char *path;

	if (asprintf(&path, "%s/" STORAGE_SUBFOLDER, folder) < 0)
		return -ENOMEM;
	count = scandir(path, &entries, NULL, versionsort);
	free(path);
	if (count < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
	for (int i = 0; i < count; i++) {
		if (!ret && !parse_name(entries[i]->d_name, &found) &&
		    (!id || !memcmp(id, &found, sizeof(found))))
			ret = add_path(paths, folder, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return ret;
}

bool storage_folder_drop(const char *folder)
{
	bool dropped;
	char *path;

	if (asprintf(&path, "%s/" STORAGE_SUBFOLDER, folder) < 0)
		return false;
	dropped = !rmdir(path);
	free(path);
	return dropped;
}
