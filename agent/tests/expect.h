/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expectations of unit tests. */
#ifndef BLKSNAP_EXPECT_H
#define BLKSNAP_EXPECT_H

#include <stdbool.h>

void expect(bool ok, const char *what);

/* Print the totals. Returns the exit status. */
int expect_end(void);

#endif
