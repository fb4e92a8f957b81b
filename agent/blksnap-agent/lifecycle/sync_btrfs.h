/* SPDX-License-Identifier: GPL-2.0-or-later */
/* File systems that the kernel does not freeze by their device. */
#ifndef BLKSNAP_SYNC_BTRFS_H
#define BLKSNAP_SYNC_BTRFS_H

#include "device/target.h"

/*
 * btrfs does not say on which devices it is, so that the take does not freeze it: its image
 * is that after a power failure. Written out just before, little is missing from it.
 */
void sync_btrfs(struct targets *targets);

#endif
