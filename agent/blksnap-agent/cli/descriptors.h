/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BLKSNAP_DESCRIPTORS_H
#define BLKSNAP_DESCRIPTORS_H

/* Closes all but the standard ones: what the caller left open is not for who comes next. */
void descriptors_close(void);

/*
 * Opens those of the standard ones that the caller has closed, so that no message goes into a
 * file or a device that gets their number. A result can still not be written. 0 or a negative
 * errno.
 */
int descriptors_open_standard(void);

#endif
