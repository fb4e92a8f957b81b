/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is needed besides the content to make a machine anew. */
#ifndef BLKSNAP_BACKUP_SYSTEM_H
#define BLKSNAP_BACKUP_SYSTEM_H

#include <json-c/json.h>

/*
 * An object with the partition tables of the disks below the snapshot's devices, the metadata of
 * LVM, /etc/fstab and how the machine was booted. What cannot be had is null.
 */
struct json_object *system_describe(struct json_object *devices);

#endif
