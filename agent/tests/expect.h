/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What unit tests count. */
#ifndef BLKSNAP_EXPECT_H
#define BLKSNAP_EXPECT_H

#include <stdbool.h>

void expect(bool ok, const char *what);

/* Prints the sum; the exit status of the program. */
int expect_end(void);

#endif
