// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <gcrypt.h>

#include "digest.h"

#define PIECE	(1 << 20)

void digest_init(void)
{
	gcry_check_version(NULL);
	gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
	gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
}

struct digest *digest_begin(void)
{
	gcry_md_hd_t handle;

	return gcry_md_open(&handle, GCRY_MD_SHA256, 0) ? NULL : (struct digest *)handle;
}

void digest_add(struct digest *digest, const void *data, size_t size)
{
	gcry_md_write((gcry_md_hd_t)digest, data, size);
}

void digest_end(struct digest *digest, char text[DIGEST_TEXT])
{
	const uint8_t *bytes = gcry_md_read((gcry_md_hd_t)digest, GCRY_MD_SHA256);

	for (size_t i = 0; i < (DIGEST_TEXT - 1) / 2; i++)
		sprintf(text + 2 * i, "%02x", bytes[i]);
	gcry_md_close((gcry_md_hd_t)digest);
}

void digest_memory(const void *data, size_t size, char text[DIGEST_TEXT])
{
	uint8_t bytes[(DIGEST_TEXT - 1) / 2];

	gcry_md_hash_buffer(GCRY_MD_SHA256, bytes, data, size);
	for (size_t i = 0; i < sizeof(bytes); i++)
		sprintf(text + 2 * i, "%02x", bytes[i]);
}

static int add_all(struct digest *digest, int fd, void *piece)
{
	off_t offset = 0;
	ssize_t count;

	while ((count = pread(fd, piece, PIECE, offset)) > 0) {
		digest_add(digest, piece, count);
		/* What is read once need not push the working set of others out of memory. */
		posix_fadvise(fd, offset, count, POSIX_FADV_DONTNEED);
		offset += count;
	}
	return count < 0 ? -errno : 0;
}

int digest_file(int fd, char text[DIGEST_TEXT])
{
	struct digest *digest = digest_begin();
	void *piece = malloc(PIECE);
	int ret = -ENOMEM;

	/* Of what is on the disk, not of what is still in memory from writing it. */
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	if (digest && piece)
		ret = add_all(digest, fd, piece);
	if (digest)
		digest_end(digest, text);
	free(piece);
	return ret;
}

bool digest_valid(const char *text)
{
	return text && strlen(text) == DIGEST_TEXT - 1 &&
	       strspn(text, "0123456789abcdef") == DIGEST_TEXT - 1;
}
