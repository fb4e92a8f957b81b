/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The image of a snapshotted device: a block device with its content at the take.
 */
#ifndef BLKSNAP_SNAPIMAGE_H
#define BLKSNAP_SNAPIMAGE_H

#include <linux/blkdev.h>

struct blksnap_uuid;
struct diff_area;
struct snapimage;
struct tracker;

/**
 * snapimage_new - allocate the image of a device
 * @id: id of the snapshot
 * @tracker: the device; used until snapimage_free()
 * @area: its copy-on-write; used until snapimage_free()
 *
 * Context: may sleep.
 * Return: the image, whose block device is not added yet; or an ERR_PTR().
 */
struct snapimage *snapimage_new(const struct blksnap_uuid *id, struct tracker *tracker,
				struct diff_area *area);

/**
 * snapimage_show - add the block device of an image
 * @image: the image
 *
 * Context: may sleep; no file system is frozen.
 * Return: 0 or a negative errno.
 */
int snapimage_show(struct snapimage *image);

/* snapimage_name - get the name of the block device, without /dev/ */
const char *snapimage_name(const struct snapimage *image);

/**
 * snapimage_free - remove the block device of an image
 * @image: the image, whose area has failed
 *
 * Programs that have it open get -EIO from now on. The image is freed after the last close. On return
 * the tracker and the area are not used any more.
 *
 * Context: may sleep.
 */
void snapimage_free(struct snapimage *image);

/* snapimage_init - register the major number. Return: 0 or a negative errno. */
int snapimage_init(void);

/* snapimage_exit - wait until all images are freed. Context: may sleep, until the last close. */
void snapimage_exit(void);

/* snapimage_is_image - tell whether a block device is an image */
bool snapimage_is_image(struct block_device *bdev);

#endif /* BLKSNAP_SNAPIMAGE_H */
