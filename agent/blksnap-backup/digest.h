/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SHA-256 */
#ifndef BLKSNAP_BACKUP_DIGEST_H
#define BLKSNAP_BACKUP_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

#define DIGEST_TEXT	65

/* Once, before all others. */
void digest_init(void);

void digest_memory(const void *data, size_t size, char text[DIGEST_TEXT]);

/* Of all of a file or device, from its start; 0 or a negative errno. */
int digest_file(int fd, char text[DIGEST_TEXT]);

/* Piece by piece. */
struct digest;
struct digest *digest_begin(void);
void digest_add(struct digest *digest, const void *data, size_t size);
void digest_end(struct digest *digest, char text[DIGEST_TEXT]);

bool digest_valid(const char *text);

#endif
