/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Access to devices and to the module, with error messages. */
#ifndef BLKSNAP_ACCESS_H
#define BLKSNAP_ACCESS_H

/*
 * Open the control device, or a device by its path or tag. Returns a descriptor, or -1 after a
 * message.
 */
int access_control(void);
int access_device(const char *name);

/* Attach blksnap to a device. Returns 1, 0 if it was attached before, or -1 after a message. */
int access_attach(int device, const char *name);

/* Returns the likely cause of a failed command to a device, to be appended to its name. */
const char *access_hint(int error);

/* Resolve a path or tag that the user gave. The caller frees the path; NULL after a message. */
char *access_path(const char *name);

#endif
