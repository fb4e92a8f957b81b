/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opening folders safely. */
#ifndef BLKSNAP_FOLDER_H
#define BLKSNAP_FOLDER_H

/*
 * Open a folder by its absolute path, component by component, without following symbolic links.
 * Returns a descriptor, or a negative errno: -ELOOP or -ENOTDIR for a symbolic link.
 *
 * If @foreign is not NULL, *foreign becomes a sentence, which the caller frees, if others than root
 * could replace the folder or its contents: the folder or one above it does not belong to root, or
 * is writable for others. Otherwise *foreign becomes NULL. Out of memory, nothing is opened.
 */
int folder_open(const char *path, char **foreign);

#endif
