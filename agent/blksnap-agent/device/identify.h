/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names of a device. */
#ifndef BLKSNAP_IDENTIFY_H
#define BLKSNAP_IDENTIFY_H

#include "device/member.h"

/*
 * Fill in the names and the size of a member with a known number. @fd is the open device; @path is
 * a path of it, or NULL; @given is the name that the user gave; @mount_point is a known mount
 * point, or NULL. Returns 0 or a negative errno; member_free() follows in both cases.
 */
int identify(struct member *member, int fd, const char *path, const char *given,
	     const char *mount_point);

/* Read the UUID and the label of the file system on the device, if there is one. */
void identify_tags(struct member *member, int fd);

#endif
