/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exit statuses; the man page lists them. */
#ifndef BLKSNAP_STATUS_H
#define BLKSNAP_STATUS_H

enum status {
	STATUS_OK = 0,
	STATUS_FAILED = 1,
	STATUS_USAGE = 2,
	STATUS_GENERATION = 3,	/* changes: another generation, copy everything */
	STATUS_LOST = 4,	/* wait, show: an image is lost */

	/* doctor: the first thing that is wrong, in the order in which things are looked at */
	STATUS_NOT_BUILT = 10,
	STATUS_REFUSED = 11,
	STATUS_NOT_LOADED = 12,
	STATUS_CONTROL = 13,
	STATUS_VERSION = 14,
	STATUS_HOOK = 15,
	STATUS_NO_STORAGE = 16,
	STATUS_LEFTOVERS = 17,
};

#endif
