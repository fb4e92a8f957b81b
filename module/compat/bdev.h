/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Block devices; included by compat.h.
 *
 * struct compat_part is a disk or a partition, for as long as that exists. In newer kernels it is struct
 * block_device; in older ones struct block_device refers to its device only while it is open.
 */

#ifdef COMPAT_HAS_PART_STAT_H
#include <linux/part_stat.h>
#endif

#ifdef COMPAT_HAS_BDEV_PART
#ifndef COMPAT_HAS_BDEV_NR_SECTORS
static inline sector_t bdev_nr_sectors(struct block_device *bdev)
{
	return i_size_read(bdev->bd_inode) >> SECTOR_SHIFT;
}
#endif

#define compat_part			block_device
#define compat_part_of(bdev)		(bdev)
#define compat_part_of_disk(disk)	((disk)->part0)
#define compat_part_start(part)		((part)->bd_start_sect)
#define compat_part_sectors(part)	bdev_nr_sectors(part)
#define compat_part_device(part)	(&(part)->bd_device)
#define compat_device_disk(dev)		(dev_to_bdev(dev)->bd_disk)
#else
#include <linux/genhd.h>

#define compat_part			hd_struct
#define compat_part_of(bdev)		((bdev)->bd_part)
#define compat_part_of_disk(disk)	(&(disk)->part0)
#define compat_part_start(part)		((part)->start_sect)
#define compat_part_sectors(part)	READ_ONCE((part)->nr_sects)
#define compat_part_device(part)	part_to_dev(part)
#define compat_device_disk(dev)		part_to_disk(dev_to_part(dev))

#ifndef COMPAT_HAS_BDEV_NR_SECTORS
#define bdev_nr_sectors(bdev)		compat_part_sectors(compat_part_of(bdev))
#endif
#endif

/* compat_part_next - find the first part from *index on, and set its index; or NULL. Under RCU. */
#ifdef COMPAT_HAS_PART_XARRAY
static inline struct compat_part *compat_part_next(struct gendisk *disk, unsigned long *index)
{
	return xa_find(&disk->part_tbl, index, ULONG_MAX, XA_PRESENT);
}
#else
static inline struct compat_part *compat_part_next(struct gendisk *disk, unsigned long *index)
{
	struct disk_part_tbl *table = rcu_dereference(disk->part_tbl);
	struct compat_part *part = NULL;

	for (; *index < table->len; ++*index) {
		part = rcu_dereference(table->part[*index]);
		if (part)
			break;
	}
	return part;
}
#endif

#ifdef COMPAT_HAS_DISKSEQ
#define compat_diskseq(disk)	((disk)->diskseq)
#else
#define compat_diskseq(disk)	0
#endif

#ifndef COMPAT_HAS_DISK_LIVE
#define disk_live(disk)		((disk)->flags & GENHD_FL_UP)
#endif

/* Whether an open device still exists. It becomes false before device_del() is called for the device. */
#ifdef COMPAT_HAS_BDEV_PART
static inline bool compat_part_is_live(struct compat_part *part, struct inode *inode)
{
	return disk_live(part->bd_disk) && !inode_unhashed(inode);
}
#else
static inline bool compat_part_is_live(struct compat_part *part, struct inode *inode)
{
	struct gendisk *disk = part_to_disk(part);
	unsigned long index = part->partno;
	bool live;

	rcu_read_lock();
	live = disk_live(disk) && compat_part_next(disk, &index) == part;
	rcu_read_unlock();
	return live;
}
#endif

/* The root of sysfs: the parent of /sys/kernel. Neither is ever removed or moved. */
static inline struct kernfs_node *compat_sysfs_root(void)
{
#ifdef COMPAT_HAS_KERNFS_PARENT_RCU
	return rcu_dereference_protected(kernel_kobj->sd->__parent, true);
#else
	return kernel_kobj->sd->parent;
#endif
}
