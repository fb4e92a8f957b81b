/* SPDX-License-Identifier: GPL-2.0 */
/* Opening block devices; struct compat_bdev_file keeps one open. Included by compat.h. */

#ifndef COMPAT_HAS_BLK_OPEN_READ
#define BLK_OPEN_READ	FMODE_READ
#endif

#if defined(COMPAT_HAS_BDEV_FILE)
#define compat_bdev_file		file
#define compat_bdev_open_path(path)	bdev_file_open_by_path(path, BLK_OPEN_READ, NULL, NULL)
#define compat_bdev_open_dev(dev)	bdev_file_open_by_dev(dev, BLK_OPEN_READ, NULL, NULL)
#define compat_bdev_of(file)		file_bdev(file)
#define compat_bdev_close(file)		bdev_fput(file)
#elif defined(COMPAT_HAS_BDEV_HANDLE)
#define compat_bdev_file		bdev_handle
#define compat_bdev_open_path(path)	bdev_open_by_path(path, BLK_OPEN_READ, NULL, NULL)
#define compat_bdev_open_dev(dev)	bdev_open_by_dev(dev, BLK_OPEN_READ, NULL, NULL)
#define compat_bdev_of(handle)		((handle)->bdev)
#define compat_bdev_close(handle)	bdev_release(handle)
#else
#define compat_bdev_file		block_device
#define compat_bdev_of(bdev)		(bdev)

#ifdef COMPAT_HAS_BLKDEV_GET_HOPS
#define compat_bdev_open_path(path)	blkdev_get_by_path(path, BLK_OPEN_READ, NULL, NULL)
#define compat_bdev_open_dev(dev)	blkdev_get_by_dev(dev, BLK_OPEN_READ, NULL, NULL)
#else
#define compat_bdev_open_path(path)	blkdev_get_by_path(path, BLK_OPEN_READ, NULL)
#define compat_bdev_open_dev(dev)	blkdev_get_by_dev(dev, BLK_OPEN_READ, NULL)
#endif

#ifdef COMPAT_HAS_BLKDEV_PUT_HOLDER
#define compat_bdev_close(bdev)		blkdev_put(bdev, NULL)
#else
#define compat_bdev_close(bdev)		blkdev_put(bdev, BLK_OPEN_READ)
#endif
#endif
