// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/loop.h>
#include <linux/mount.h>

#include "cli/message.h"
#include "cli/settings.h"
#include "quantity.h"
#include "storage/storage_memory.h"
#include "storage/storage_pool.h"

#define MIB		(UINT64_C(1) << 20)

/* How often another process may take the free loop device before it is configured. */
#define ATTEMPTS	64

uint64_t storage_memory_most(void)
{
	FILE *file = fopen("/proc/meminfo", "re");
	uint64_t available = 0;
	char line[128];

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "MemAvailable: %" SCNu64 " kB", &available) == 1)
			break;
	if (file)
		fclose(file);
	return available * 1024 / 2 / MIB * MIB;
}

int storage_memory_check(const char *place, uint64_t *bytes)
{
	uint64_t most = storage_memory_most();
	int ret = settings_memory(place, bytes);

	if (ret) {
		message_errno(ret, "cannot use %s for storage", place);
		return 1;
	}
	if (!most)
		message_error("cannot use %s for storage: /proc/meminfo does not tell how much memory is available",
			      place);
	else if (*bytes > most)
		message_error("cannot use %s for storage: half of the memory that is available must be left to the machine; give memory:%" PRIu64 "M at most, or a folder on ext4 or XFS, or a device",
			      place, most / MIB);
	return most && *bytes <= most ? 0 : 1;
}

static int set_option(int fs, const char *name, const char *value)
{
	return syscall(SYS_fsconfig, fs, value ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG, name,
		       value, 0);
}

/* Kernels before 6.4 do not know "noswap"; there the memory can be swapped out. */
static int configure_tmpfs(int fs, uint64_t size)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, size);
	set_option(fs, "noswap", NULL);
	if (set_option(fs, "size", text) || set_option(fs, "mode", "0700") ||
	    syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		return -1;
	return syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
}

/*
 * Open a file without a name on a tmpfs that is mounted nowhere. The descriptor of the file keeps
 * both. Returns the descriptor, or -1 with errno.
 */
static int open_file(uint64_t size)
{
	int fs = syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC);
	int mount = fs < 0 ? -1 : configure_tmpfs(fs, size);
	int file = mount < 0 ? -1 : openat(mount, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	int error = errno;

	if (mount >= 0)
		close(mount);
	if (fs >= 0)
		close(fs);
	errno = error;
	return file;
}

/*
 * The memory is allocated now, so that a lack of it is an error here, not when old data is stored.
 * The edges, which a device as storage does not use, stay holes.
 */
static int make_file(uint64_t bytes)
{
	uint64_t size = bytes + 2 * STORAGE_DEVICE_EDGE;
	int error, file = open_file(size);

	if (file < 0)
		return -1;
	if (!ftruncate(file, size) && !fallocate(file, 0, STORAGE_DEVICE_EDGE, bytes))
		return file;
	error = errno;
	close(file);
	errno = error;
	return -1;
}

/* Returns an open loop device that another process may have taken, or -1 with errno. */
static int open_free_loop(int control, char path[STORAGE_MEMORY_PATH])
{
	int number = ioctl(control, LOOP_CTL_GET_FREE);

	if (number < 0)
		return -1;
	snprintf(path, STORAGE_MEMORY_PATH, "/dev/loop%d", number);
	return open(path, O_RDWR | O_CLOEXEC);
}

/* LOOP_CONFIGURE sets the flag with the file, so that there is no moment to be killed between. */
static int configure_loop(int control, int file, char path[STORAGE_MEMORY_PATH])
{
	struct loop_config config = { .fd = file, .info.lo_flags = LO_FLAGS_AUTOCLEAR };

	for (int i = 0; i < ATTEMPTS; i++) {
		int loop = open_free_loop(control, path);
		int error;

		if (loop < 0)
			return -1;
		if (!ioctl(loop, LOOP_CONFIGURE, &config))
			return loop;
		error = errno;
		close(loop);
		errno = error;
		if (error != EBUSY)
			break;
	}
	return -1;
}

static int make_loop(int file, char path[STORAGE_MEMORY_PATH])
{
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	int loop = control < 0 ? -1 : configure_loop(control, file, path);
	int error = errno;

	if (control >= 0)
		close(control);
	errno = error;
	return loop;
}

int storage_memory_make(const char *place, char path[STORAGE_MEMORY_PATH])
{
	uint64_t bytes;
	int file, loop;

	if (storage_memory_check(place, &bytes))
		return -1;
	file = make_file(bytes);
	if (file < 0) {
		message_errno(-errno, "cannot use %s for storage: no file can be made in memory", place);
		return -1;
	}
	loop = make_loop(file, path);
	if (loop < 0)
		message_errno(-errno, "cannot use %s for storage: no loop device can be made (is the module loop there?)",
			      place);
	close(file);
	return loop;
}
