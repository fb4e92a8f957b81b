/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The block device that shows a device as it was at the take.
 */
#ifndef BLKSNAP_SNAPIMAGE_H
#define BLKSNAP_SNAPIMAGE_H

#include <linux/blkdev.h>

struct blksnap_uuid;
struct diff_area;
struct snapimage;
struct tracker;

/**
 * snapimage_new - prepare the image of a device
 * @id: of the snapshot
 * @tracker: the device; outlives the image's use of it, see snapimage_free()
 * @area: its copy-on-write; likewise
 *
 * Context: may sleep.
 * Return: the image or an ERR_PTR(); nobody sees it yet.
 */
struct snapimage *snapimage_new(const struct blksnap_uuid *id, struct tracker *tracker,
				struct diff_area *area);

/**
 * snapimage_show - make the block device
 * @image: the image
 *
 * Context: may sleep; no file system is frozen.
 * Return: 0 or a negative errno.
 */
int snapimage_show(struct snapimage *image);

/* snapimage_name - of the block device, without /dev/ */
const char *snapimage_name(const struct snapimage *image);

/**
 * snapimage_free - take the block device away
 * @image: the image, its area failed
 *
 * Whoever has it open gets -EIO from now on; its memory goes with the last of them. When
 * this returns, tracker and area are not used any more. Context: may sleep.
 */
void snapimage_free(struct snapimage *image);

/* snapimage_init - gets a major number. Return: 0 or a negative errno. */
int snapimage_init(void);

/* snapimage_exit - wait until the last one who has an image open is gone */
void snapimage_exit(void);

/* snapimage_is_image - whether a block device is such an image */
bool snapimage_is_image(struct block_device *bdev);

#endif /* BLKSNAP_SNAPIMAGE_H */
