// SPDX-License-Identifier: GPL-2.0-or-later
/* Records in /run/blksnap: what was parsed is formatted and parsed again. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "state/record.h"

const char *const fuzz_seeds[] = {
	"{\"version\":1,\"id\":\"01234567-89ab-cdef-0123-456789abcdef\",\"name\":\"n\","
	"\"state\":3,\"devices\":[\"/dev/sda\"],\"attached\":[],\"storage\":[\"/var\"],"
	"\"hooks\":\"/h\",\"hook_timeout\":30,"
	"\"limit\":0,\"reserve\":1,\"reserve_set\":1,\"created\":1700000000,\"expires\":0,"
	"\"deadline\":0}",
	"{\"version\":1,\"id\":\"01234567-89ab-cdef-0123-456789abcdef\",\"state\":3,"
	"\"devices\":[{\"path\":\"/dev/sda\",\"major\":8,\"minor\":0,\"size\":1,\"take\":1,"
	"\"generation\":\"01234567-89ab-cdef-0123-456789abcdef\",\"attached\":true}],"
	"\"storage\":[{\"path\":\"/var\",\"device\":false,\"number\":1,\"identity\":\"u 1:00\"}],"
	"\"hooks\":\"/h\",\"hook_timeout\":30,\"limit\":0,\"reserve\":1,\"reserve_set\":1,"
	"\"created\":1700000000,\"expires\":0,\"deadline\":0}",
	"{}", NULL,
};

static void read_again(const struct record *record)
{
	char *text = record_format(record);
	struct record copy;

	if (!text || record_parse(&copy, text))
		abort();
	record_free(&copy);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size);
	struct record record;

	if (!record_parse(&record, text))
		read_again(&record);
	record_free(&record);
	free(text);
	return 0;
}
