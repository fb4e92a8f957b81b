/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes points out of the middle of a chain. The file of the next point is committed into that of
 * the dropped one, which then takes its place:
 *
 *   1. The dropped point's manifest says "dropped": from here on it cannot be restored.
 *   2. The next point's manifest says "merging", and names the dropped one.
 *   3. Its file is committed into the dropped one's (qemu-img commit -d). Whoever reads the next
 *      point reads the same before, during and after that: what is overwritten there is hidden by
 *      its own file.
 *   4. The dropped one's file is renamed over its file. The files after it refer to that name.
 *   5. The next point's manifest has the new checksum and backing file, and no "merging".
 *   6. The dropped point's folder is removed.
 *
 * A run that is killed at any moment is continued by the next one: up to 4 both files are there and
 * 3 is done again, after 4 the dropped one's file is gone.
 */
#ifndef BLKSNAP_BACKUP_MERGE_H
#define BLKSNAP_BACKUP_MERGE_H

#include "catalogue.h"

/*
 * Removes all points for which @unwanted says so, one after the other: those that it has not come to
 * stay what they are. 0, or -1 after a message.
 */
int merge_remove(struct catalogue *catalogue,
		 bool (*unwanted)(void *argument, const struct point *point), void *argument);

/* Goes on with what earlier runs have not finished; 0, or -1 after a message. */
int merge_resume(struct catalogue *catalogue);

#endif
