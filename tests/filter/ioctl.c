// SPDX-License-Identifier: GPL-2.0
/*
 * ioctl DEVICE: the commands on a block device's descriptor and their errors. The test
 * filter is loaded, and nothing is attached to the device.
 *
 * BUILD: m32
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <linux/fs.h>
#include <linux/blk-filter.h>
#include "../modules/blkfilter_test/blkfilter_test.h"

static int failures;

/* want - the last call was to end so: 0, or this error */
static void want(int line, const char *what, int ret, int error)
{
	int got = ret < 0 ? errno : 0;

	if (got == error)
		return;
	fprintf(stderr, "line %d: %s: expected %s, got %s\n", line, what,
		error ? strerrorname_np(error) : "success", got ? strerrorname_np(got) : "success");
	failures++;
}

#define WANT(error, call) want(__LINE__, #call, call, error)

static int name_command(int fd, unsigned long command, const char *name)
{
	struct blkfilter_name arg = { 0 };

	memcpy(arg.name, name, strnlen(name, sizeof(arg.name)));
	return ioctl(fd, command, &arg);
}

static int attach(int fd, const char *name)
{
	return name_command(fd, BLKFILTER_ATTACH, name);
}

static int detach(int fd, const char *name)
{
	return name_command(fd, BLKFILTER_DETACH, name);
}

static int control(int fd, const char *name, unsigned int command, uint64_t opt, uint32_t len)
{
	struct blkfilter_ctl arg = { .cmd = command, .optlen = len, .opt = opt };

	memcpy(arg.name, name, strnlen(name, sizeof(arg.name)));
	return ioctl(fd, BLKFILTER_CTL, &arg);
}

static int set_mode(int fd, uint32_t flags)
{
	struct blkfilter_test_mode mode = { .flags = flags };

	return control(fd, BLKFILTER_TEST_NAME, BLKFILTER_TEST_SET_MODE, (uintptr_t)&mode,
		       sizeof(mode));
}

static void test_names(int fd)
{
	struct blkfilter_name arg;
	char longer[BLKFILTER_NAME_LENGTH + 1];

	WANT(ENOENT, attach(fd, ""));
	WANT(ENOENT, attach(fd, "nonsense"));
	WANT(ENOENT, attach(fd, "blkfilter_tes"));
	WANT(ENOENT, attach(fd, "blkfilter_test2"));
	memset(longer, 'x', sizeof(longer));
	WANT(ENOENT, attach(fd, longer));
	memcpy(longer, BLKFILTER_TEST_OTHER, BLKFILTER_NAME_LENGTH);
	longer[BLKFILTER_NAME_LENGTH - 1] = 0;
	WANT(ENOENT, attach(fd, longer));

	/* What comes after the NUL does not matter. */
	memset(&arg, 'x', sizeof(arg));
	strcpy((char *)arg.name, BLKFILTER_TEST_NAME);
	WANT(0, ioctl(fd, BLKFILTER_ATTACH, &arg));
	WANT(0, ioctl(fd, BLKFILTER_DETACH, &arg));

	/* The longest name has none. */
	_Static_assert(sizeof(BLKFILTER_TEST_OTHER) == BLKFILTER_NAME_LENGTH + 1, "length");
	WANT(0, attach(fd, BLKFILTER_TEST_OTHER));
	WANT(ENOTTY, control(fd, BLKFILTER_TEST_OTHER, 0, 0, 0));
	WANT(EBUSY, attach(fd, BLKFILTER_TEST_NAME));
	WANT(EINVAL, detach(fd, BLKFILTER_TEST_NAME));
	WANT(0, detach(fd, BLKFILTER_TEST_OTHER));
}

static void test_states(int fd)
{
	WANT(ENOENT, detach(fd, BLKFILTER_TEST_NAME));
	WANT(ENOENT, detach(fd, "nonsense"));
	WANT(ENOENT, control(fd, BLKFILTER_TEST_NAME, BLKFILTER_TEST_RESET, 0, 0));

	WANT(0, attach(fd, BLKFILTER_TEST_NAME));
	WANT(EALREADY, attach(fd, BLKFILTER_TEST_NAME));
	WANT(EBUSY, attach(fd, BLKFILTER_TEST_OTHER));
	WANT(ENOENT, attach(fd, "nonsense"));
	WANT(EINVAL, detach(fd, BLKFILTER_TEST_OTHER));
	WANT(EINVAL, detach(fd, "nonsense"));
	WANT(EINVAL, detach(fd, ""));
	WANT(EINVAL, detach(fd, "blkfilter_tes"));
	WANT(0, set_mode(fd, BLKFILTER_TEST_BUSY));
	WANT(EBUSY, detach(fd, BLKFILTER_TEST_NAME));
	WANT(0, set_mode(fd, 0));
	WANT(0, detach(fd, BLKFILTER_TEST_NAME));
	WANT(ENOENT, detach(fd, BLKFILTER_TEST_NAME));
}

static void test_ctl(int fd)
{
	struct blkfilter_test_stats stats;
	uint64_t addr = (uintptr_t)&stats;

	WANT(0, attach(fd, BLKFILTER_TEST_NAME));
	WANT(ENOENT, control(fd, "nonsense", 0, addr, sizeof(stats)));
	WANT(ENOENT, control(fd, BLKFILTER_TEST_OTHER, 0, addr, sizeof(stats)));
	WANT(ENOTTY, control(fd, BLKFILTER_TEST_NAME, 1000, addr, sizeof(stats)));
	WANT(ENOTTY, control(fd, BLKFILTER_TEST_NAME, ~0u, addr, sizeof(stats)));
	WANT(EINVAL, control(fd, BLKFILTER_TEST_NAME, 0, addr, sizeof(stats) - 1));
	WANT(EINVAL, control(fd, BLKFILTER_TEST_NAME, 0, addr, 0));
	WANT(EFAULT, control(fd, BLKFILTER_TEST_NAME, 0, 8, sizeof(stats)));
	WANT(EFAULT, control(fd, BLKFILTER_TEST_NAME, 0, ~0ull, sizeof(stats)));
	WANT(EFAULT, control(fd, BLKFILTER_TEST_NAME, 0, 1ull << 63, sizeof(stats)));

	memset(&stats, 0xff, sizeof(stats));
	WANT(0, control(fd, BLKFILTER_TEST_NAME, 0, addr, sizeof(stats)));
	if (stats.count[BLKFILTER_TEST_WRONG] || stats.count[BLKFILTER_TEST_KEPT])
		WANT(0, -1);
	/* Larger than needed: a newer program. */
	WANT(0, control(fd, BLKFILTER_TEST_NAME, 0, addr, sizeof(stats) + 100));
	WANT(0, control(fd, BLKFILTER_TEST_NAME, 0, addr, ~0u));
	WANT(0, detach(fd, BLKFILTER_TEST_NAME));
}

/* All commands, with an argument that cannot be read. */
static void test_pointer(int fd, void *p)
{
	WANT(EFAULT, ioctl(fd, BLKFILTER_ATTACH, p));
	WANT(EFAULT, ioctl(fd, BLKFILTER_DETACH, p));
	WANT(EFAULT, ioctl(fd, BLKFILTER_CTL, p));
}

static void test_pointers(int fd)
{
	size_t page = sysconf(_SC_PAGESIZE);
	char *p = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	munmap(p + page, page);
	test_pointer(fd, NULL);
	test_pointer(fd, (void *)8);
	test_pointer(fd, (void *)~0ul);
	test_pointer(fd, p + page);
	test_pointer(fd, p + page - BLKFILTER_NAME_LENGTH + 1);

	/* At the very end of what can be read, and nothing is written back. */
	mprotect(p, page, PROT_READ | PROT_WRITE);
	strcpy(p + page - BLKFILTER_NAME_LENGTH, BLKFILTER_TEST_NAME);
	mprotect(p, page, PROT_READ);
	WANT(0, ioctl(fd, BLKFILTER_ATTACH, p + page - BLKFILTER_NAME_LENGTH));
	test_pointer(fd, (void *)8);
	WANT(0, ioctl(fd, BLKFILTER_DETACH, p + page - BLKFILTER_NAME_LENGTH));
	munmap(p, page);
}

/* Same type and number, another size: not ours. */
static void test_numbers(int fd)
{
	struct { char bytes[77]; } arg;

	memset(&arg, 0, sizeof(arg));
	WANT(ENOTTY, ioctl(fd, _IOWR(0x12, 140, arg), &arg));
	WANT(ENOTTY, ioctl(fd, _IOWR(0x12, 141, arg), &arg));
	WANT(ENOTTY, ioctl(fd, _IOWR(0x12, 142, arg), &arg));
	WANT(ENOTTY, ioctl(fd, _IOR(0x12, 140, struct blkfilter_name), &arg));
	WANT(ENOTTY, ioctl(fd, _IO(0x12, 141), &arg));
	WANT(ENOTTY, ioctl(fd, _IOWR(0x13, 140, struct blkfilter_name), &arg));
}

static void test_other_ioctls(int fd)
{
	uint64_t size = 0;
	unsigned int block = 0;
	int sector = 0;

	WANT(0, attach(fd, BLKFILTER_TEST_NAME));
	WANT(0, ioctl(fd, BLKGETSIZE64, &size));
	WANT(0, ioctl(fd, BLKPBSZGET, &block));
	WANT(0, ioctl(fd, BLKSSZGET, &sector));
	WANT(0, ioctl(fd, BLKFLSBUF, 0));
	if (!size || size % 512 || block < 512 || sector < 512)
		WANT(0, -1);
	test_numbers(fd);
	WANT(0, detach(fd, BLKFILTER_TEST_NAME));
}

static void test_no_block_device(const char *path)
{
	int fd = open(path, O_RDWR);

	WANT(0, fd);
	WANT(ENOTTY, attach(fd, BLKFILTER_TEST_NAME));
	WANT(ENOTTY, detach(fd, BLKFILTER_TEST_NAME));
	WANT(ENOTTY, control(fd, BLKFILTER_TEST_NAME, 0, 0, 0));
	close(fd);
}

/* The descriptor was opened by root; what counts is who calls. */
static void test_unprivileged(int fd)
{
	int status;

	if (fork()) {
		wait(&status);
		failures += WIFEXITED(status) ? WEXITSTATUS(status) : 1;
		return;
	}
	failures = 0;
	WANT(0, setresgid(65534, 65534, 65534));
	WANT(0, setresuid(65534, 65534, 65534));
	WANT(EPERM, attach(fd, BLKFILTER_TEST_NAME));
	WANT(EPERM, attach(fd, "nonsense"));
	WANT(EPERM, detach(fd, BLKFILTER_TEST_NAME));
	WANT(EPERM, control(fd, BLKFILTER_TEST_NAME, BLKFILTER_TEST_RESET, 0, 0));
	WANT(EPERM, ioctl(fd, BLKFILTER_ATTACH, NULL));
	WANT(EPERM, ioctl(fd, BLKFILTER_DETACH, NULL));
	WANT(EPERM, ioctl(fd, BLKFILTER_CTL, NULL));
	_exit(failures);
}

int main(int argc, char **argv)
{
	static const int flags[] = { O_RDONLY, O_RDWR, O_WRONLY, O_RDONLY | O_DIRECT | O_CLOEXEC };
	unsigned int i;
	int fd, other;

	if (argc != 2)
		return 2;
	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		fd = open(argv[1], flags[i]);
		WANT(0, fd);
		test_names(fd);
		test_states(fd);
		close(fd);
	}
	fd = open(argv[1], O_RDONLY);
	test_ctl(fd);
	test_pointers(fd);
	test_numbers(fd);
	test_other_ioctls(fd);
	test_unprivileged(fd);
	test_no_block_device("/dev/null");
	test_no_block_device(argv[0][0] == '/' ? "/dev/zero" : "/dev/full");

	/* It belongs to the device, not to the descriptor. */
	other = open(argv[1], O_RDWR);
	WANT(0, attach(fd, BLKFILTER_TEST_NAME));
	test_unprivileged(other);
	close(fd);
	WANT(EALREADY, attach(other, BLKFILTER_TEST_NAME));
	WANT(0, detach(other, BLKFILTER_TEST_NAME));
	close(other);
	return failures ? 1 : 0;
}
