// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "nbd_device.h"
#include "say.h"

#define READY_TRIES	600	/* of a twentieth of a second */

static uint64_t sectors_of(unsigned int index)
{
	unsigned long long sectors = 0;
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/sys/block/nbd%u/size", index);
	file = fopen(path, "re");
	if (file && fscanf(file, "%llu", &sectors) != 1)
		sectors = 0;
	if (file)
		fclose(file);
	return sectors;
}

static bool is_there(unsigned int index)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/block/nbd%u", index);
	return !access(path, F_OK);
}

static bool is_free(unsigned int index)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/block/nbd%u/pid", index);
	return access(path, F_OK) && !sectors_of(index);
}

/* qemu-nbd returns when it has begun to serve; the kernel may know the size a little later. */
static int wait_ready(unsigned int index)
{
	const struct timespec pause = { .tv_nsec = 50 * 1000 * 1000 };

	for (unsigned int i = 0; i < READY_TRIES; i++) {
		if (sectors_of(index))
			return 0;
		nanosleep(&pause, NULL);
	}
	say("/dev/nbd%u does not become ready", index);
	return -1;
}

static int connect_to(unsigned int index, const char *argument, const struct chain *chain, int lock)
{
	struct child child = {};
	char option[48];

	snprintf(option, sizeof(option), "--connect=/dev/nbd%u", index);
	child_add_all(&child, "qemu-nbd", "--read-only", option, argument, NULL);
	chain_pass(chain, &child);
	child_pass(&child, lock);
	return child_run(&child, NULL) ? -1 : 0;
}

static void load_driver(void)
{
	struct child child = {};

	if (is_there(0))
		return;
	child_add_all(&child, "modprobe", "nbd", NULL);
	child_run(&child, NULL);
}

int nbd_device_connect(const struct chain *chain, int lock, char device[NBD_DEVICE])
{
	char *argument = chain_argument(chain);
	unsigned int index = 0;
	int ret = -1;

	load_driver();
	while (is_there(index) && !is_free(index))
		index++;
	if (!is_there(index))
		say("no device /dev/nbd* is free; is there a driver nbd for this kernel?");
	else if (argument && !connect_to(index, argument, chain, lock))
		ret = wait_ready(index);
	snprintf(device, NBD_DEVICE, "/dev/nbd%u", index);
	free(argument);
	return ret;
}

int nbd_device_disconnect(const char *device)
{
	/* It tells what it did, and not on the standard error alone. */
	struct child child = { .silent = true };

	child_add_all(&child, "qemu-nbd", "--disconnect", device, NULL);
	if (!child_run(&child, NULL))
		return 0;
	say("cannot disconnect %s", device);
	return -1;
}
