// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>

#include <blksnap/blksnap.h>

#include "access.h"
#include "name.h"
#include "report.h"

int access_control(void)
{
	int fd = blksnap_control_open();

	if (fd >= 0)
		return fd;
	report_error(fd, "cannot open /dev/blksnap-control%s",
		     fd == -ENOENT || fd == -ENXIO ? " (is the module blksnap loaded?)" : "");
	return -1;
}

const char *access_hint(int error)
{
	switch (error) {
	case -ENOENT:
		return " (is blksnap attached to it?)";
	case -ENOTTY:
		return " (is the module blksnap loaded?)";
	}
	return "";
}

int access_attach(int device, const char *name)
{
	int ret = blksnap_attach(device);

	if (!ret)
		return 1;
	if (ret == -EALREADY)
		return 0;
	report_error(ret, "cannot attach blksnap to device %s%s", name,
		     access_hint(ret == -ENOENT ? -ENOTTY : ret));
	return -1;
}

char *access_path(const char *name)
{
	char *path;
	int ret = name_resolve(name, &path);

	if (!ret)
		return path;
	if (ret == -ENOTUNIQ)
		report_problem("cannot find device %s: several devices have it", name);
	else
		report_error(ret, "cannot find device %s", name);
	return NULL;
}

int access_device(const char *name)
{
	char *path = access_path(name);
	int fd;

	if (!path)
		return -1;
	fd = blksnap_device_open(path);
	free(path);
	if (fd >= 0)
		return fd;
	report_error(fd, "cannot open device %s", name);
	return -1;
}
