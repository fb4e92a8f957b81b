/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Flushing file systems that the kernel does not freeze. */
#ifndef BLKSNAP_SYNC_BTRFS_H
#define BLKSNAP_SYNC_BTRFS_H

#include "device/target.h"

/*
 * Write out each mounted btrfs on the targets. The kernel cannot find a btrfs by its device, so the
 * take does not freeze it, and its image is that of a power failure. After the flush little is
 * missing from it.
 */
void sync_btrfs(struct targets *targets);

#endif
