/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where images are mounted. */
#ifndef BLKSNAP_MOUNTED_H
#define BLKSNAP_MOUNTED_H

#include "record.h"

/* The mount points of the images of a snapshot, the last mounted first; 0 or an errno. */
int mounted_images(const struct record *record, struct strings *folders);

#endif
