// SPDX-License-Identifier: GPL-2.0-or-later
/* agent.conf */
#include <stdio.h>

#include "cli/settings.h"
#include "fuzz.h"

const char *const fuzz_seeds[] = {
	"[snapshot]\nstorage = /var\nlimit = 10G\nreserve = 1G\n",
	"[snapshot]\n# comment\nhooks = /etc/hooks\nhook-timeout = 30s ; comment\nttl = 2d\n",
	"", NULL,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FILE *file = size ? fmemopen((void *)data, size, "r") : NULL;
	struct settings settings;
	const char *problem;
	int line;

	if (!file)
		return 0;
	if (!settings_init(&settings))
		settings_parse(&settings, file, &line, &problem);
	settings_free(&settings);
	fclose(file);
	return 0;
}
