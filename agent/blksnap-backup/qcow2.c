// SPDX-License-Identifier: GPL-2.0-or-later
#include <endian.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "qcow2.h"
#include "say.h"

#define MAGIC			0x514649fb
#define VERSION			3
#define INCOMPATIBLE_DIRTY	(1 << 0)
#define INCOMPATIBLE_COMPRESSION (1 << 3)
#define LONGEST_BACKING		1023

/* The header as it is in the file, in big endian. */
struct header {
	uint32_t magic;
	uint32_t version;
	uint64_t backing_offset;
	uint32_t backing_size;
	uint32_t cluster_bits;
	uint64_t size;
	uint32_t crypt_method;
	uint32_t l1_size;
	uint64_t l1_offset;
	uint64_t refcount_offset;
	uint32_t refcount_clusters;
	uint32_t snapshot_count;
	uint64_t snapshots_offset;
	uint64_t incompatible;
} __attribute__((packed));

static bool backing_is(int fd, const struct header *header, const char *backing)
{
	size_t length = be32toh(header->backing_size);
	char name[LONGEST_BACKING];

	if (!backing)
		return !header->backing_offset;
	return header->backing_offset && length == strlen(backing) && length <= sizeof(name) &&
	       pread(fd, name, length, be64toh(header->backing_offset)) == (ssize_t)length &&
	       !memcmp(name, backing, length);
}

int qcow2_check(int fd, const char *name, const char *backing, uint64_t size)
{
	const uint64_t known = INCOMPATIBLE_DIRTY | INCOMPATIBLE_COMPRESSION;
	const char *problem = NULL;
	struct header header;

	if (pread(fd, &header, sizeof(header), 0) != sizeof(header) ||
	    be32toh(header.magic) != MAGIC || be32toh(header.version) != VERSION)
		problem = "is no qcow2 of version 3";
	else if (be64toh(header.incompatible) & ~known || header.crypt_method)
		problem = "has features that blksnap-backup does not use, or is marked as corrupt";
	else if (be64toh(header.size) != size)
		problem = "is of another size than its device";
	else if (!backing_is(fd, &header, backing))
		problem = "has another backing file than the manifest says";
	if (!problem)
		return 0;
	say("cannot use file %s: it %s", name, problem);
	return -1;
}
