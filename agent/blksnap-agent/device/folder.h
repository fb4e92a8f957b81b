/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Folders, opened so that nobody can put another one in their place meanwhile. */
#ifndef BLKSNAP_FOLDER_H
#define BLKSNAP_FOLDER_H

/*
 * Opens a folder by its absolute path, name by name, and follows no symbolic link on the way:
 * a descriptor, or a negative errno, -ELOOP or -ENOTDIR for a link.
 *
 * With @foreign, *foreign is set to a sentence, to be freed, if somebody else than root could
 * exchange the folder or what is in it: if it or a folder above it does not belong to root or
 * can be written to by others. It is NULL if not, and nothing is opened if there is no memory.
 */
int folder_open(const char *path, char **foreign);

#endif
