// SPDX-License-Identifier: GPL-2.0-or-later
/* Numbers, sizes, times, ranges, ids and names of storage files. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "number.h"
#include "quantity.h"
#include "range_text.h"
#include "storage/storage_file.h"
#include "utf8.h"

const char *const fuzz_seeds[] = {
	"18446744073709551615", "10G", "10GiB", "30s", "1w", "latin\xe9 \xe2\x82\xac", "2048:8", "",
	"01234567-89ab-cdef-0123-456789abcdef",
	"01234567-89ab-cdef-0123-456789abcdef.17", NULL,
};

static void try_id(const char *text)
{
	char again[BLKSNAP_ID_TEXT];
	struct blksnap_id id, copy;

	storage_file_id(text, &id);
	if (blksnap_id_parse(text, &id))
		return;
	if (blksnap_id_parse(blksnap_id_format(&id, again), &copy) ||
	    memcmp(&id, &copy, sizeof(id)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size);
	struct ranges ranges = {};
	uint64_t value;

	number_parse(text, UINT64_MAX, &value);
	if (!size_parse(text, &value) && value > INT64_MAX)
		abort();
	time_parse(text, &value);
	if (!ranges_parse(&ranges, text) &&
	    (!ranges.items[0].count || ranges.items[0].sector + ranges.items[0].count < 1))
		abort();
	try_id(text);
	free(utf8_escape(text));
	ranges_free(&ranges);
	free(text);
	return 0;
}
