// SPDX-License-Identifier: GPL-2.0-or-later
/* Unit tests of the library and of parsing, without a device, a file system or the module. */
#include <errno.h>
#include <stdbool.h>

#include "expect.h"
#include "extent.h"
#include "number.h"
#include "range_text.h"
#include "ranges.h"

#define BLOCK	4096

static bool number_is(const char *text, uint64_t wanted)
{
	uint64_t value;

	return !number_parse(text, UINT64_MAX, &value) && value == wanted;
}

static bool number_fails(const char *text, uint64_t max, int wanted)
{
	uint64_t value;

	return number_parse(text, max, &value) == wanted;
}

static void test_numbers(void)
{
	expect(number_is("0", 0), "zero");
	expect(number_is("007", 7), "leading zeros are decimal");
	expect(number_is("18446744073709551615", UINT64_MAX), "the largest number");
	expect(number_fails("18446744073709551616", UINT64_MAX, -ERANGE), "one more");
	expect(number_fails("4294967296", UINT32_MAX, -ERANGE), "above the limit");
	expect(number_fails("", UINT64_MAX, -EINVAL), "no number");
	expect(number_fails("-1", UINT64_MAX, -EINVAL), "a negative number");
	expect(number_fails("+1", UINT64_MAX, -EINVAL), "a sign");
	expect(number_fails(" 1", UINT64_MAX, -EINVAL), "a blank before");
	expect(number_fails("1 ", UINT64_MAX, -EINVAL), "a blank behind");
	expect(number_fails("1M", UINT64_MAX, -EINVAL), "a unit");
	expect(number_fails("0x10", UINT64_MAX, -EINVAL), "hexadecimal");
}

static bool range_is(const struct ranges *ranges, size_t index, uint64_t offset, uint64_t count)
{
	return index < ranges->count && ranges->items[index].sector == offset &&
	       ranges->items[index].count == count;
}

static bool range_fails(const char *text, int wanted)
{
	struct ranges ranges = {};
	int ret = ranges_parse(&ranges, text);
	bool empty = !ranges.count;

	ranges_free(&ranges);
	return ret == wanted && empty;
}

static void test_range_parsing(void)
{
	struct ranges ranges = {};

	expect(!ranges_parse(&ranges, "11264624:2097152"), "a range");
	expect(range_is(&ranges, 0, 11264624, 2097152), "its numbers");
	expect(!ranges_parse(&ranges, "0:1"), "another range");
	expect(range_is(&ranges, 1, 0, 1), "its numbers");
	ranges_free(&ranges);
	expect(!ranges_parse(&ranges, "18446744073709551614:1"), "the last sector");
	ranges_free(&ranges);

	expect(range_fails("18446744073709551615:1", -ERANGE), "beyond the last sector");
	expect(range_fails("1:18446744073709551615", -ERANGE), "an end that overflows");
	expect(range_fails("8:0", -EINVAL), "an empty range");
	expect(range_fails("8", -EINVAL), "no count");
	expect(range_fails("8:", -EINVAL), "nothing for a count");
	expect(range_fails(":8", -EINVAL), "no sector");
	expect(range_fails("", -EINVAL), "nothing at all");
	expect(range_fails("-8:8", -EINVAL), "a negative sector");
	expect(range_fails("8:-8", -EINVAL), "a negative count");
	expect(range_fails("8:8:8", -EINVAL), "three numbers");
	expect(range_fails("8-16", -EINVAL), "another separator");
	expect(range_fails("8: 8", -EINVAL), "a blank inside");
	expect(range_fails("99999999999999999999:8", -ERANGE), "a sector that is too large");
}

static void test_range_merging(void)
{
	struct ranges ranges = {};

	ranges_merge(&ranges, 100, 8);
	ranges_merge(&ranges, 108, 8);
	expect(ranges.count == 1 && range_is(&ranges, 0, 100, 16), "adjacent ranges are one");
	ranges_merge(&ranges, 92, 8);
	expect(ranges.count == 2, "a range before the last is another");
	ranges_merge(&ranges, 200, 8);
	expect(ranges.count == 3, "a range with a gap is another");
	expect(ranges_merge(&ranges, 208, 0) == -EINVAL, "an empty range is none");
	expect(ranges_merge(&ranges, 208, UINT64_MAX) == -ERANGE, "nor is one without end");
	ranges_add(&ranges, 208, 8);
	expect(ranges.count == 4, "the user's ranges stay as they were written");
	for (int i = 0; i < 1000; i++)
		ranges_merge(&ranges, 1000 + 16 * i, 8);
	expect(ranges.count == 1004, "the list grows");
	expect(range_is(&ranges, 1003, 1000 + 16 * 999, 8), "to the last element");
	ranges_free(&ranges);
}

static struct fiemap_extent extent(uint64_t logical, uint64_t physical, uint64_t length,
				   uint32_t flags)
{
	return (struct fiemap_extent){
		.fe_logical = logical,
		.fe_physical = physical,
		.fe_length = length,
		.fe_flags = flags,
	};
}

/* Walk over a file of @size bytes with these extents. */
static int walk_all(struct extent_walk *walk, struct ranges *ranges, enum blksnap_extents_use use,
		    uint64_t size, const struct fiemap_extent *extents, size_t count)
{
	int ret;

	*walk = (struct extent_walk){ .use = use, .end = size, .ranges = ranges };
	for (size_t i = 0; i < count; i++) {
		ret = extent_add(walk, &extents[i]);
		if (ret)
			return ret;
	}
	return extent_finish(walk);
}

static void test_settled_extents(void)
{
	const struct fiemap_extent extents[] = {
		extent(0, 1000 * BLOCK, 2 * BLOCK, FIEMAP_EXTENT_UNWRITTEN),
		extent(2 * BLOCK, 1002 * BLOCK, BLOCK, 0),
		extent(3 * BLOCK, 10 * BLOCK, BLOCK, FIEMAP_EXTENT_MERGED),
		extent(4 * BLOCK, 20 * BLOCK, 8 * BLOCK, FIEMAP_EXTENT_LAST),
	};
	struct ranges ranges = {};
	struct extent_walk walk;
	int ret;

	ret = walk_all(&walk, &ranges, BLKSNAP_EXTENTS_STORAGE, 6 * BLOCK, extents, 4);
	expect(!ret, "settled extents are taken");
	expect(ranges.count == 3, "adjacent extents are one range");
	expect(range_is(&ranges, 0, 8000, 24), "bytes become sectors");
	expect(range_is(&ranges, 1, 80, 8), "the order is the file's");
	expect(range_is(&ranges, 2, 160, 16), "nothing behind the end is taken");
	ranges_free(&ranges);
}

static void test_whole_extents(void)
{
	const struct fiemap_extent extents[] = {
		extent(0, 0, 4 * BLOCK, 0),
		extent(0, 0, 8 * BLOCK, 0),
		extent(4 * BLOCK, 4 * BLOCK, BLOCK, 0),
	};
	struct ranges ranges = {};
	struct extent_walk walk;
	int ret;

	ret = walk_all(&walk, &ranges, BLKSNAP_EXTENTS_STORAGE, 8 * BLOCK, extents, 3);
	expect(!ret && ranges.count == 1, "an extent that is told again is not taken twice");
	expect(range_is(&ranges, 0, 0, 64), "only the rest of it");
	ranges_free(&ranges);
}

static bool is_refused(enum blksnap_extents_use use, uint32_t flags)
{
	const struct fiemap_extent one = extent(0, BLOCK, BLOCK, flags | FIEMAP_EXTENT_LAST);
	struct ranges ranges = {};
	struct extent_walk walk;
	int ret = walk_all(&walk, &ranges, use, BLOCK, &one, 1);
	bool empty = !ranges.count;

	ranges_free(&ranges);
	return ret == -EINVAL && walk.reason && empty;
}

static void test_refused_extents(void)
{
	static const struct {
		uint32_t flag;
		const char *what;
	} kinds[] = {
		{ FIEMAP_EXTENT_UNKNOWN, "unknown" },
		{ FIEMAP_EXTENT_DELALLOC | FIEMAP_EXTENT_UNKNOWN, "delayed allocation" },
		{ FIEMAP_EXTENT_ENCODED, "encoded" },
		{ FIEMAP_EXTENT_DATA_ENCRYPTED | FIEMAP_EXTENT_ENCODED, "encrypted" },
		{ FIEMAP_EXTENT_NOT_ALIGNED, "not aligned" },
		{ FIEMAP_EXTENT_DATA_INLINE | FIEMAP_EXTENT_NOT_ALIGNED, "inline" },
		{ FIEMAP_EXTENT_DATA_TAIL | FIEMAP_EXTENT_NOT_ALIGNED, "tail" },
		{ 0x80000000, "a flag of the future" },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		expect(is_refused(BLKSNAP_EXTENTS_STORAGE, kinds[i].flag), kinds[i].what);
		expect(is_refused(BLKSNAP_EXTENTS_DIRTY, kinds[i].flag), kinds[i].what);
	}
	expect(is_refused(BLKSNAP_EXTENTS_STORAGE, FIEMAP_EXTENT_SHARED), "shared, for storage");
	expect(!is_refused(BLKSNAP_EXTENTS_DIRTY, FIEMAP_EXTENT_SHARED), "shared, for marking");
}

static void test_unaligned_extents(void)
{
	struct fiemap_extent one = extent(0, BLOCK + 1, BLOCK, 0);
	struct ranges ranges = {};
	struct extent_walk walk;

	expect(walk_all(&walk, &ranges, BLKSNAP_EXTENTS_STORAGE, BLOCK, &one, 1) == -EINVAL,
	       "a place that is not aligned to sectors");
	one = extent(0, BLOCK, 100, 0);
	expect(walk_all(&walk, &ranges, BLKSNAP_EXTENTS_DIRTY, BLOCK, &one, 1) == -EINVAL,
	       "a length that is not aligned to sectors");
	one = extent(BLOCK, BLOCK, UINT64_MAX, 0);
	expect(walk_all(&walk, &ranges, BLKSNAP_EXTENTS_DIRTY, BLOCK, &one, 1) == -EINVAL,
	       "a length that overflows in the file");
	one = extent(0, UINT64_MAX - BLOCK + 1, 2 * BLOCK, 0);
	expect(walk_all(&walk, &ranges, BLKSNAP_EXTENTS_DIRTY, 2 * BLOCK, &one, 1) == -EINVAL,
	       "a length that overflows on the device");
	expect(!ranges.count, "none of them is taken");
	ranges_free(&ranges);
}

static void expect_hole(const struct fiemap_extent *extents, size_t count, const char *what)
{
	struct ranges ranges = {};
	struct extent_walk walk;

	expect(walk_all(&walk, &ranges, BLKSNAP_EXTENTS_STORAGE, 4 * BLOCK, extents, count) == -EINVAL,
	       what);
	ranges_free(&ranges);
	expect(!walk_all(&walk, &ranges, BLKSNAP_EXTENTS_DIRTY, 4 * BLOCK, extents, count),
	       "holes do not matter for marking");
	ranges_free(&ranges);
}

static void test_holes(void)
{
	const struct fiemap_extent extents[] = {
		extent(0, BLOCK, BLOCK, 0),
		extent(2 * BLOCK, 3 * BLOCK, 2 * BLOCK, FIEMAP_EXTENT_LAST),
	};

	expect_hole(NULL, 0, "nothing allocated at all");
	expect_hole(extents, 1, "a hole at the end");
	expect_hole(extents + 1, 1, "a hole at the start");
	expect_hole(extents, 2, "a hole in the middle");
}

int main(void)
{
	test_numbers();
	test_range_parsing();
	test_range_merging();
	test_settled_extents();
	test_whole_extents();
	test_refused_extents();
	test_unaligned_extents();
	test_holes();
	return expect_end();
}
