/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The commands that the test filter answers through BLKFILTER_CTL. Shared with
 * tests/filter.
 */
#ifndef BLKFILTER_TEST_H
#define BLKFILTER_TEST_H

#include <linux/types.h>

#define BLKFILTER_TEST_NAME	"blkfilter_test"
/* A second one without commands; its name is as long as a name can be. */
#define BLKFILTER_TEST_OTHER	"blkfilter_test_that_says_nothing"

enum blkfilter_test_kind {
	BLKFILTER_TEST_WRITE,
	BLKFILTER_TEST_DISCARD,
	BLKFILTER_TEST_ZEROES,
	BLKFILTER_TEST_ERASE,
	BLKFILTER_TEST_KINDS,
};

/* What is counted since attach or reset. For bios and sectors add the kind. */
enum blkfilter_test_count {
	BLKFILTER_TEST_BIOS,
	BLKFILTER_TEST_SECTORS = BLKFILTER_TEST_BIOS + BLKFILTER_TEST_KINDS,
	BLKFILTER_TEST_KEPT = BLKFILTER_TEST_SECTORS + BLKFILTER_TEST_KINDS,
	BLKFILTER_TEST_RESUBMITTED,	/* of those kept */
	BLKFILTER_TEST_LATE,	/* passed while quiesced; has to be 0 */
	BLKFILTER_TEST_WRONG,	/* not to be passed, or with an impossible range; has to be 0 */
	BLKFILTER_TEST_CHANGED,	/* told of changes that are no bios */
	BLKFILTER_TEST_COUNTS,
};

/**
 * struct blkfilter_test_stats - all counts
 * @count: indexed by enum blkfilter_test_count
 */
struct blkfilter_test_stats {
	__u64 count[BLKFILTER_TEST_COUNTS];
};

/**
 * struct blkfilter_test_bitmap - where to put the bitmap of the sectors
 * @addr: address of the buffer, filled with a bit a sector, lowest bit first
 * @size: its size in bytes; at least that of the bitmap
 */
struct blkfilter_test_bitmap {
	__u64 addr;
	__u64 size;
};

#define BLKFILTER_TEST_REVERSE	1 /* what is kept goes on in reverse order */
#define BLKFILTER_TEST_HOLD	2 /* and only when the mode is set anew */
#define BLKFILTER_TEST_BUSY	4 /* detach is refused */

/**
 * struct blkfilter_test_mode - what is to be done with bios
 * @percent: so many of a hundred are kept; 0 after attach
 * @delay_ms: for at most so long
 * @flags: BLKFILTER_TEST_*
 */
struct blkfilter_test_mode {
	__u32 percent;
	__u32 delay_ms;
	__u32 flags;
};

#define BLKFILTER_TEST_DEVICES	8

/**
 * struct blkfilter_test_quiesce - devices to quiesce, upper ones first
 * @devices: their numbers (st_rdev), each with the test filter attached
 * @count: how many
 * @timeout_ms: time limit
 */
struct blkfilter_test_quiesce {
	__u64 devices[BLKFILTER_TEST_DEVICES];
	__u32 count;
	__u32 timeout_ms;
};

/* In the order of their arguments above. */
enum {
	BLKFILTER_TEST_GET_STATS,
	BLKFILTER_TEST_GET_BITMAP,
	BLKFILTER_TEST_SET_MODE,
	BLKFILTER_TEST_QUIESCE,	/* EBUSY: devices are quiesced already. ENODEV: not attached. ETIME */
	BLKFILTER_TEST_RESUME,	/* no argument. EINVAL: no device is quiesced */
	BLKFILTER_TEST_RESET,	/* no argument: counters and bitmap are cleared */
};

#endif /* BLKFILTER_TEST_H */
