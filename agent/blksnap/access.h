/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ways to devices and to the module that tell the user what is wrong. */
#ifndef BLKSNAP_ACCESS_H
#define BLKSNAP_ACCESS_H

/* A descriptor for the functions of libblksnap, or -1 after a message. */
int access_control(void);
int access_device(const char *name);

/* Returns 1 if it was not attached before, 0 if it was, or -1 after a message. */
int access_attach(int device, const char *name);

/* What may be wrong if a command to a device fails with @error, to put behind its name. */
const char *access_hint(int error);

/* The path of a device given by the user, to be freed, or NULL after a message. */
char *access_path(const char *name);

#endif
