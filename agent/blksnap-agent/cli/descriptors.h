/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BLKSNAP_DESCRIPTORS_H
#define BLKSNAP_DESCRIPTORS_H

/* Close all descriptors but the standard ones, before a program or a daemon is started. */
void descriptors_close(void);

/*
 * Open the standard descriptors that the caller closed. Otherwise the next file or device to be
 * opened would get such a number, and messages would go there. Returns 0 or a negative errno.
 */
int descriptors_open_standard(void);

#endif
