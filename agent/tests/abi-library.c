// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The layout that programs linked against libblksnap.so.1 rely on. Members may be added, and never
 * changed. The compiler checks the layout; there is nothing to run.
 */
#include <stddef.h>

#include <blksnap/blksnap.h>

#define AT(type, member, offset) \
	_Static_assert(offsetof(struct type, member) == (offset), #type "." #member)
#define SIZE(type, size) \
	_Static_assert(sizeof(struct type) == (size), #type)

SIZE(blksnap_id, 16);
SIZE(blksnap_range, 16);
AT(blksnap_range, sector, 0);
AT(blksnap_range, count, 8);

SIZE(blksnap_module_version, 8);
AT(blksnap_module_version, minor, 2);
AT(blksnap_module_version, revision, 4);
AT(blksnap_module_version, build, 6);

SIZE(blksnap_tracker_info, 40);
AT(blksnap_tracker_info, device_size, 0);
AT(blksnap_tracker_info, block_size, 8);
AT(blksnap_tracker_info, block_count, 12);
AT(blksnap_tracker_info, generation, 16);
AT(blksnap_tracker_info, number, 32);

SIZE(blksnap_image_info, 40);
AT(blksnap_image_info, error, 0);
AT(blksnap_image_info, name, 4);

SIZE(blksnap_event, 32);
AT(blksnap_event, code, 0);
AT(blksnap_event, error, 4);
AT(blksnap_event, time_ns, 8);
AT(blksnap_event, sectors, 16);
AT(blksnap_event, major, 24);
AT(blksnap_event, minor, 28);

_Static_assert(BLKSNAP_ID_TEXT == 37, "BLKSNAP_ID_TEXT");
_Static_assert(BLKSNAP_IMAGE_TEXT == 33, "BLKSNAP_IMAGE_TEXT");
_Static_assert(BLKSNAP_CONTROL_OPEN == 1, "operations");
_Static_assert(BLKSNAP_EXTENTS == 18, "operations");
_Static_assert(BLKSNAP_EVENT_LOW_SPACE == 0, "low space");
_Static_assert(BLKSNAP_EVENT_CORRUPTED == 1, "corrupted");
_Static_assert(BLKSNAP_EXTENTS_STORAGE == 0, "storage");
_Static_assert(BLKSNAP_EXTENTS_DIRTY == 1, "dirty");
