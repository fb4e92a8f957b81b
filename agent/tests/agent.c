// SPDX-License-Identifier: GPL-2.0-or-later
/* Unit tests of the agent: parsing, records, output formats and growth, all without a device. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "cli/settings.h"
#include "commands/changes_allocated.h"
#include "commands/changes_format.h"
#include "commands/changes_page.h"
#include "expect.h"
#include "quantity.h"
#include "state/record.h"
#include "state/storage_level.h"
#include "storage/growth.h"
#include "utf8.h"

#define MIB	(1 << 20)

static bool size_is(const char *text, uint64_t wanted)
{
	uint64_t value;

	return !size_parse(text, &value) && value == wanted;
}

static bool size_fails(const char *text, int wanted)
{
	uint64_t value;

	return size_parse(text, &value) == wanted;
}

static void test_sizes(void)
{
	char text[SIZE_TEXT];

	expect(size_is("0", 0), "nothing");
	expect(size_is("4096", 4096), "bytes");
	expect(size_is("4K", 4096), "KiB");
	expect(size_is("3M", 3 * MIB), "MiB");
	expect(size_is("2G", UINT64_C(2) << 30), "GiB");
	expect(size_is("8T", UINT64_C(8) << 40), "TiB");
	expect(size_fails("8191P", 0), "the largest");
	expect(size_fails("8192P", -ERANGE), "one that is too large");
	expect(size_fails("16384P", -ERANGE), "one that overflows");
	expect(size_fails("", -EINVAL), "no size");
	expect(size_fails("M", -EINVAL), "no number");
	expect(size_fails("1X", -EINVAL), "no unit");
	expect(size_is("10GB", UINT64_C(10) << 30) && size_is("10GiB", UINT64_C(10) << 30) &&
	       size_is("7B", 7), "with a B");
	expect(size_fails("1Mb", -EINVAL) && size_fails("1iB", -EINVAL) &&
	       size_fails("1MBB", -EINVAL), "too much");
	expect(size_fails("-1M", -EINVAL), "negative");
	expect(size_fails("1 M", -EINVAL), "a blank");
	expect(size_fails("1m", -EINVAL), "a small letter");
	expect(!strcmp(size_format(1023, text), "1023 B"), "bytes for people");
	expect(!strcmp(size_format(1536, text), "1.5 KiB"), "KiB for people");
	expect(!strcmp(size_format(UINT64_MAX, text), "16.0 EiB"), "much for people");
}

static bool time_is(const char *text, uint64_t wanted)
{
	uint64_t value;

	return !time_parse(text, &value) && value == wanted;
}

static void test_times(void)
{
	uint64_t value;

	expect(time_is("90", 90), "seconds");
	expect(time_is("90s", 90), "seconds with their letter");
	expect(time_is("2m", 120), "minutes");
	expect(time_is("2h", 7200), "hours");
	expect(time_is("2d", 172800), "days");
	expect(time_is("1w", 604800), "weeks");
	expect(time_parse("1y", &value) == -EINVAL, "years");
	expect(time_parse("99999d", &value) == -ERANGE, "too long");
}

static int parse_settings(struct settings *settings, const char *text, int *line)
{
	FILE *file = fmemopen((char *)text, strlen(text), "r");
	const char *problem;
	int ret;

	settings_init(settings);
	ret = settings_parse(settings, file, line, &problem);
	fclose(file);
	return ret;
}

static void test_settings(void)
{
	struct settings settings;
	int line;

	expect(!parse_settings(&settings, "# all\n[snapshot]\nstorage = /a\nstorage=/b c\n"
			       "initial = 1G\nlimit=2G ; comment\nreserve = 0\nhooks=/h\n"
			       "hook-timeout = 5s\nttl = 1h\n", &line), "a file");
	expect(settings.storage.count == 2 && !strcmp(settings.storage.items[1], "/b c"),
	       "two places");
	expect(settings.initial == UINT64_C(1) << 30 && settings.limit == UINT64_C(2) << 30, "sizes");
	expect(settings.reserve_set && !settings.reserve, "a reserve of nothing is one");
	expect(settings.hooks_set && !strcmp(settings.hooks, "/h"), "hooks");
	expect(settings.hook_timeout == 5 && settings.ttl == 3600, "times");
	settings_free(&settings);
	expect(!parse_settings(&settings, "\n", &line) && !settings.hooks_set &&
	       !settings.reserve_set && settings.ttl == 86400, "an empty file");
	settings_free(&settings);
	expect(!parse_settings(&settings, "[snapshot]\ndefault-ttl = never\n", &line) &&
	       !settings.ttl, "for ever");
	settings_free(&settings);
}

static void test_memory(void)
{
	uint64_t bytes;

	expect(!settings_memory("memory:1", &bytes) && bytes == MIB, "memory in whole MiB");
	expect(!settings_memory("memory:2GB", &bytes) && bytes == UINT64_C(2) << 30, "memory");
	expect(settings_memory("/memory:1G", &bytes) == -ENOENT, "a folder");
	expect(settings_memory("memory:1X", &bytes) == -EINVAL, "no size");
	expect(settings_memory("memory:8191P", &bytes) == -ERANGE, "too much memory");
}

static void test_storage_level(void)
{
	struct storage_level level = {};

	storage_level_raise(&level, 3 * MIB, 8 * MIB);
	expect(!level.used, "less storage than half of what is asked for");
	storage_level_raise(&level, 10 * MIB, 8 * MIB);
	expect(level.used == 6 * MIB, "all but half of what is asked for");
	storage_level_raise(&level, 8 * MIB, 8 * MIB);
	expect(level.used == 6 * MIB, "it does not get less");
	expect(storage_level_percent(level.used, 8 * MIB) == 75 && !storage_level_percent(1, 0),
	       "percent");
}

static void test_bad_settings(void)
{
	static const struct {
		const char *text;
		int line;
		const char *what;
	} files[] = {
		{ "[snapshot]\n\nttl = soon\n", 3, "a bad time" },
		{ "[other]\nttl = 1\n", 2, "another section" },
		{ "ttl = 1\n", 1, "no section" },
		{ "[snapshot]\nname = x\n", 2, "another name" },
		{ "[snapshot]\nstorage = here\n", 2, "a path that depends on where one is" },
		{ "[snapshot]\nstorage = memory:\n", 2, "memory without a size" },
		{ "[snapshot]\nstorage = memory:0\n", 2, "no memory at all" },
		{ "[snapshot]\nhooks =\n", 2, "no value" },
		{ "[snapshot]\nhook-timeout = 0\n", 2, "no time at all" },
		{ "[snapshot]\nnonsense\n", 2, "no setting" },
	};
	struct settings settings;
	int line;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		expect(parse_settings(&settings, files[i].text, &line) == -EINVAL &&
		       line == files[i].line, files[i].what);
		settings_free(&settings);
	}
}

static void fill_record(struct record *record)
{
	memset(record, 0, sizeof(*record));
	blksnap_id_parse("01234567-89ab-cdef-0123-456789abcdef", &record->id);
	record->name = strdup("daily \"1\"");
	record->state = RECORD_TAKEN;
	record->hooks = strdup("/h");
	record->hook_timeout = 30;
	members_add(&record->devices, &(struct member){ .path = "/dev/sda" });
	members_add(&record->devices, &(struct member){ .path = "/dev/sd\nb", .take = 7,
							 .mount_point = "/m\xe9", .attached = true,
							 .number = makedev(8, 17) });
	storage_places_add(&record->storage.places, &(struct storage_place){ .path = "/var",
			   .number = makedev(8, 1), .identity = "u 1:00" });
	record->storage.limit = UINT64_C(1) << 40;
	record->created = 1700000000;
	record->deadline = 17;
}

static void test_records(void)
{
	struct record record, copy;
	char *text;

	fill_record(&record);
	text = record_format(&record);
	expect(!record_parse(&copy, text), "a record that was written can be read");
	expect(!memcmp(&copy.id, &record.id, sizeof(copy.id)) &&
	       !strcmp(copy.name, record.name) && copy.state == RECORD_TAKEN, "its names");
	expect(copy.devices.count == 2 && !strcmp(copy.devices.items[1].path, "/dev/sd\nb") &&
	       !strcmp(copy.devices.items[1].mount_point, "/m\xe9") && !copy.devices.items[0].uuid &&
	       copy.devices.items[1].take == 7 && copy.devices.items[1].attached &&
	       copy.devices.items[1].number == makedev(8, 17), "its devices");
	expect(copy.storage.places.count == 1 &&
	       storage_places_have(&copy.storage.places, &record.storage.places.items[0]) &&
	       copy.storage.places.items[0].number == makedev(8, 1), "its storage");
	expect(copy.storage.limit == record.storage.limit && copy.created == record.created &&
	       copy.deadline == 17 && !copy.expires, "its numbers");
	record_free(&copy);
	for (size_t length = 0; length < strlen(text) - 1; length++) {
		char *part = strndup(text, length);
		bool refused = record_parse(&copy, part) == -EINVAL;

		record_free(&copy);
		free(part);
		if (refused)
			continue;
		expect(false, "a part of a record is none");
		break;
	}
	free(text);
	record_free(&record);
}

/* Records of an earlier version, whose snapshots may still exist. */
static void test_old_records(void)
{
	static const char text[] =
		"{\"version\":1,\"id\":\"01234567-89ab-cdef-0123-456789abcdef\",\"state\":3,"
		"\"devices\":[\"/dev/x\",\"/dev/y\"],\"attached\":[\"/dev/y\"],"
		"\"storage\":[\"/var\"],\"hooks\":\"/h\",\"hook_timeout\":30,\"limit\":0,"
		"\"reserve\":1,\"reserve_set\":1,\"created\":1700000000,\"expires\":0,"
		"\"deadline\":0}";
	struct record record;

	expect(!record_parse(&record, text), "a record from an earlier version");
	expect(record.devices.count == 2 && !record.devices.items[0].attached &&
	       record.devices.items[1].attached, "its devices");
	expect(record.storage.places.count == 1 && !record.storage.places.items[0].identity, "its storage");
	record_free(&record);
}

static bool escapes(const char *text, const char *wanted)
{
	char *escaped = utf8_escape(text);
	bool same = escaped && !strcmp(escaped, wanted);

	free(escaped);
	return same;
}

static void test_utf8(void)
{
	expect(escapes("a\nb", "a\nb"), "ASCII");
	expect(escapes("\xc3\xa9 \xe2\x82\xac \xf0\x9f\x92\xbe", "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x92\xbe"),
	       "characters of two, three and four bytes");
	expect(escapes("latin\xe9", "latin\\xe9"), "a byte that is none");
	expect(escapes("\xe2\x82", "\\xe2\\x82"), "one that is cut off");
	expect(escapes("\xc0\xaf\xed\xa0\x80", "\\xc0\\xaf\\xed\\xa0\\x80"), "what is not allowed");
}

static void test_bad_records(void)
{
	static const char *const texts[] = {
		"", "[]", "{}", "null", "7", "{\"version\":1}",
		"{\"version\":1,\"id\":\"x\"}", "{\"version\":1,\"id\":7}",
	};
	struct record record;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		expect(record_parse(&record, texts[i]) == -EINVAL, texts[i]);
		record_free(&record);
	}
}

static void test_growth(void)
{
	struct growth growth = {};

	expect(growth_next(&growth, MIB, 1000) == MIB, "the first time what is asked for");
	expect(growth_next(&growth, MIB, 1005) == 2 * MIB, "twice that if it went fast");
	expect(growth_next(&growth, MIB, 1006) == 4 * MIB, "and again");
	expect(growth_next(&growth, MIB, 1050) == 4 * MIB, "the same if it went neither way");
	expect(growth_next(&growth, MIB, 1500) == 2 * MIB, "half of it if it lasted");
	for (int i = 0; i < 100; i++)
		growth_next(&growth, MIB, 1500);
	expect(growth_next(&growth, MIB, 1500) == 16 * MIB, "but not without end");
	expect(growth_next(&growth, UINT64_MAX, 1500) <= INT64_MAX, "nor beyond any number");
}

/* Prints extents from memory in one of the formats. */
struct extents {
	const struct blksnap_range *ranges;
	size_t count;
	size_t next;
};

static int next_range(void *argument, struct blksnap_range *range)
{
	struct extents *extents = argument;

	if (extents->next == extents->count)
		return 0;
	*range = extents->ranges[extents->next++];
	return 1;
}

static void rewind_ranges(void *argument)
{
	((struct extents *)argument)->next = 0;
}

static char *printed(changes_format *format, struct extents *extents)
{
	struct blksnap_tracker_info info = {
		.device_size = 10 * 65536 - 4096,
		.block_size = 65536,
		.block_count = 10,
		.number = 3,
	};
	struct changes_head head = { .device = "/dev/x\"y", .info = &info, .since = 2 };
	struct extent_source source = { next_range, rewind_ranges, extents };
	FILE *old = stdout;
	char *text = NULL;
	size_t size;

	stdout = open_memstream(&text, &size);
	format(&head, &source);
	fclose(stdout);
	stdout = old;
	return text;
}

/* Blocks 0, 2, 3, and 9, which is shorter. */
static const struct blksnap_range some_ranges[] = { { 0, 128 }, { 256, 256 }, { 1152, 120 } };

static void expect_printed(changes_format *format, const char *wanted, const char *what)
{
	struct extents extents = { some_ranges, 3, 0 };
	char *text = printed(format, &extents);

	expect(strstr(text, wanted), what);
	free(text);
}

static void test_formats(void)
{
	struct extents none = {};
	char *text;

	expect_printed(changes_extents, "0 65536\n131072 131072\n589824 61440\n", "extents");
	expect_printed(changes_json, "\"extents\":[{\"offset\":0,\"length\":65536},", "JSON");
	expect_printed(changes_json, "\"device\":\"/dev/x\\\"y\"", "a name in JSON");
	expect_printed(changes_json, "\"number\":3,\"since\":2,", "numbers in JSON");
	expect_printed(changes_bmap, "<MappedBlocksCount> 4 </MappedBlocksCount>", "bmap: count");
	expect_printed(changes_bmap, "<Range> 0 </Range>\n\t\t<Range> 2-3 </Range>\n"
		       "\t\t<Range> 9 </Range>\n", "bmap: ranges");
	expect_printed(changes_map, "/dev/x\"y: 252.0 KiB of 636.0 KiB changed", "map");
	expect_printed(changes_borg, "0 65536 data\n65536 65536 same\n131072 131072 data\n"
		       "262144 327680 same\n589824 61440 data\n", "borg");
	text = printed(changes_extents, &none);
	expect(!*text, "nothing changed");
	free(text);
}

/* The ranges above without what a file system does not use. */
static void expect_parts(struct blksnap_range *unused, size_t count, uint64_t start, uint64_t most,
			 const char *wanted, const char *what)
{
	struct extents extents = { some_ranges, 3, 0 };
	struct extent_source all = { next_range, rewind_ranges, &extents };
	const struct ranges ranges = { unused, count, count };
	struct allocated allocated = { .from = &all, .unused = &ranges };
	struct extent_source used = { allocated_next, allocated_rewind, &allocated };
	struct page page = { .from = &used, .start = start, .most = most };
	struct blksnap_range range;
	char text[256] = "";

	page_rewind(&page);
	while (page_next(&page, &range) > 0)
		sprintf(text + strlen(text), "%llu+%llu ", (unsigned long long)range.sector,
			(unsigned long long)range.count);
	expect(!strcmp(text, wanted), what);
}

static void test_parts(void)
{
	struct blksnap_range inside[] = { { 8, 16 }, { 100, 200 }, { 400, 8 }, { 1160, 200 } };
	struct blksnap_range all[] = { { 0, 2000 } };

	expect_parts(NULL, 0, 0, 0, "0+128 256+256 1152+120 ", "all is used");
	expect_parts(inside, 4, 0, 0, "0+8 24+76 300+100 408+104 1152+8 ", "parts are used");
	expect_parts(all, 1, 0, 0, "", "nothing is used");
	expect_parts(NULL, 0, 300, 1, "300+212 ", "a page");
	expect_parts(NULL, 0, 128, 0, "256+256 1152+120 ", "a page at the end of an extent");
	expect_parts(NULL, 0, 1272, 0, "", "a page behind the end");
}

/* For bmap.sh, which passes the output to bmaptool. */
static int print_bmap(void)
{
	struct extents extents = { some_ranges, 3, 0 };
	char *text = printed(changes_bmap, &extents);
	int ret = fputs(text, stdout) == EOF;

	free(text);
	return ret;
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "bmap"))
		return print_bmap();
	test_sizes();
	test_times();
	test_settings();
	test_bad_settings();
	test_memory();
	test_storage_level();
	test_records();
	test_old_records();
	test_utf8();
	test_bad_records();
	test_growth();
	test_formats();
	test_parts();
	return expect_end();
}
