/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All names of a device. */
#ifndef BLKSNAP_IDENTIFY_H
#define BLKSNAP_IDENTIFY_H

#include "device/member.h"

/*
 * Fills in the names and the size of a member whose number is known, and which is open. @path
 * leads to it, or is NULL; @given is what the user called it; @mount_point is where it is known to
 * be mounted, or NULL. 0, or a negative errno; member_free() follows either way.
 */
int identify(struct member *member, int fd, const char *path, const char *given,
	     const char *mount_point);

/* Reads the UUID and the label of the file system from the device, if there is one. */
void identify_tags(struct member *member, int fd);

#endif
