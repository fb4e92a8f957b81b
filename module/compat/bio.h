/* SPDX-License-Identifier: GPL-2.0 */
/* Bios; included by compat.h. */

#ifndef COMPAT_HAS_REQ_POLLED
#define REQ_POLLED	REQ_HIPRI
#endif

/*
 * No task polls for the bio. Some kernels keep freed polled bios on a list that only the polling task may
 * access, so this clears more than one flag.
 */
#ifndef COMPAT_HAS_BIO_CLEAR_POLLED
static inline void bio_clear_polled(struct bio *bio)
{
#ifdef COMPAT_HAS_BIO_PERCPU_CACHE
	bio_clear_flag(bio, BIO_PERCPU_CACHE);
#endif
	bio->bi_opf &= ~REQ_POLLED;
}
#endif

/*
 * Prevents device mapper from changing bi_private, as it does to poll for bios. In kernels that poll with
 * the value that the submission returns, the submitter polls regardless of the flag, and then finds a
 * queue that does not support it.
 */
#ifdef COMPAT_HAS_BI_COOKIE
#define compat_bio_keep_private(bio)	bio_clear_polled(bio)
#else
#define compat_bio_keep_private(bio)	do { } while (0)
#endif

#ifdef COMPAT_HAS_BIO_BDEV
#define compat_bio_disk(bio)	((bio)->bi_bdev->bd_disk)

/* The first sector of a bio, counted from the start of the disk. */
static inline sector_t compat_bio_start(struct bio *bio)
{
	/* It is relative to the partition until the bio is remapped. */
	if (bio_flagged(bio, BIO_REMAPPED))
		return bio->bi_iter.bi_sector;
	return bio->bi_iter.bi_sector + bio->bi_bdev->bd_start_sect;
}

static inline void compat_bio_set_disk(struct bio *bio, struct gendisk *disk)
{
	bio_set_dev(bio, disk->part0);
}
#else
#define compat_bio_disk(bio)	((bio)->bi_disk)

/* For a partition that was removed, where the bio will fail, it is beyond all sectors. */
static inline sector_t compat_bio_start(struct bio *bio)
{
	unsigned long index = bio->bi_partno;
	struct compat_part *part;
	sector_t start = -1;

	if (!index)
		return bio->bi_iter.bi_sector;
	rcu_read_lock();
	part = compat_part_next(bio->bi_disk, &index);
	if (part && index == bio->bi_partno)
		start = bio->bi_iter.bi_sector + compat_part_start(part);
	rcu_read_unlock();
	return start;
}

static inline void compat_bio_set_disk(struct bio *bio, struct gendisk *disk)
{
	bio->bi_disk = disk;
	bio_associate_blkg(bio);
}
#endif

#ifndef COMPAT_HAS_BIO_INIT_OP
static inline void compat_bio_init(struct bio *bio, struct block_device *bdev,
				   struct bio_vec *vecs, unsigned short count, unsigned int opf)
{
	bio_init(bio, vecs, count);
	if (bdev)
		bio_set_dev(bio, bdev);
	bio->bi_opf = opf;
}

#define bio_init(bio, bdev, vecs, count, opf)	compat_bio_init(bio, bdev, vecs, count, opf)
#endif

#ifndef COMPAT_HAS_BIO_ALLOC_OP
static inline struct bio *compat_bio_alloc(struct block_device *bdev, unsigned short count,
					   unsigned int opf, gfp_t gfp, struct bio_set *set)
{
	struct bio *bio = bio_alloc_bioset(gfp, count, set);

	if (bio) {
		bio_set_dev(bio, bdev);
		bio->bi_opf = opf;
	}
	return bio;
}

#define bio_alloc_bioset(bdev, count, opf, gfp, set) compat_bio_alloc(bdev, count, opf, gfp, set)
#endif

#ifndef COMPAT_HAS_BIO_CLONE
static inline struct bio *bio_alloc_clone(struct block_device *bdev, struct bio *bio, gfp_t gfp,
					  struct bio_set *set)
{
	struct bio *clone = bio_clone_fast(bio, gfp, set);

	if (clone)
		bio_set_dev(clone, bdev);
	return clone;
}
#endif

/*
 * The cgroup that a bio is charged to; NULL is the root. Only for comparison, while the bio exists.
 */
#ifdef CONFIG_BLK_CGROUP
static inline const void *compat_bio_group(struct bio *bio)
{
	struct blkcg_gq *group = bio->bi_blkg;

	return group == compat_bio_disk(bio)->queue->root_blkg ? NULL : group;
}
#else
#define compat_bio_group(bio)	((const void *)NULL)
#endif
