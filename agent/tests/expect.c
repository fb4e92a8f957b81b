// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>

#include "expect.h"

static unsigned int passed, failed;

void expect(bool ok, const char *what)
{
	if (ok) {
		passed++;
		return;
	}
	failed++;
	printf("FAILED: %s\n", what);
}

int expect_end(void)
{
	printf("%u passed, %u failed\n", passed, failed);
	return failed || !passed ? 1 : 0;
}
