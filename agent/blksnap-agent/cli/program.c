// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/program.h"

int program_path(const char *relative, char *path, size_t size)
{
	ssize_t length = readlink("/proc/self/exe", path, size - 1);
	char *name;

	if (length < 0)
		return -errno;
	path[length] = '\0';
	name = strrchr(path, '/');
	if (!name)
		return -ENOENT;
	name++;
	if ((size_t)snprintf(name, size - (name - path), "%s", relative) >= size - (name - path))
		return -ENAMETOOLONG;
	return 0;
}
