/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How much storage a snapshot has, in /run/blksnap/ID.storage: written by its creator, and then by
 * its monitor.
 *
 * The module does not tell how much of it is filled. But each time it asks for more, less is free
 * than half of what it asks for, so that all the rest was filled: a lower bound.
 */
#ifndef BLKSNAP_STORAGE_LEVEL_H
#define BLKSNAP_STORAGE_LEVEL_H

#include <stdint.h>

#include <blksnap/blksnap.h>

/**
 * struct storage_level - storage of a snapshot, in bytes
 * @allocated: in files and devices, including a file that is made in advance
 * @wanted: that the module asked for and did not get
 * @appended: that the module can use; not more than that in any case
 * @used: that old data fills at least
 */
struct storage_level {
	uint64_t allocated;
	uint64_t wanted;
	uint64_t appended;
	uint64_t used;
};

/* Returns 0, or a negative errno with zeros in @level. */
int storage_level_read(const struct blksnap_id *id, struct storage_level *level);
int storage_level_write(const struct blksnap_id *id, const struct storage_level *level);

/*
 * The module asked for @bytes when it had @appended bytes of storage: raise @used to what that
 * tells.
 */
void storage_level_raise(struct storage_level *level, uint64_t appended, uint64_t bytes);

/* Returns @part of @whole in percent, rounded down; 0 if @whole is 0. */
unsigned int storage_level_percent(uint64_t part, uint64_t whole);

#endif
