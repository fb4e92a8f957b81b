/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exit statuses, listed in blksnap-agent(8). */
#ifndef BLKSNAP_EXIT_STATUS_H
#define BLKSNAP_EXIT_STATUS_H

enum exit_status {
	STATUS_OK = 0,
	STATUS_FAILED = 1,
	STATUS_USAGE = 2,
	STATUS_GENERATION = 3,	/* changes: another generation, copy everything */
	STATUS_LOST = 4,	/* wait, show: an image is lost */
	STATUS_EXPIRED = 5,	/* wait: the snapshot expired */
	STATUS_TIMEOUT = 6,	/* wait: the timeout expired */

	/* doctor: the first check that failed, in the order of the checks */
	STATUS_NOT_BUILT = 10,
	STATUS_REFUSED = 11,
	STATUS_NOT_LOADED = 12,
	STATUS_CONTROL = 13,
	STATUS_VERSION = 14,
	STATUS_HOOK = 15,
	STATUS_NO_STORAGE = 16,
	STATUS_LEFTOVERS = 17,
	STATUS_SNAPSHOT_LOST = 18,
	STATUS_UNWATCHED = 19,
	STATUS_LOW_SPACE = 20,
	STATUS_OLD = 21,
};

#endif
