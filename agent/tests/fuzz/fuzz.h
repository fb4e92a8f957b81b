/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a fuzzer defines. */
#ifndef BLKSNAP_FUZZ_H
#define BLKSNAP_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* Initial inputs; NULL ends the list. */
extern const char *const fuzz_seeds[];

/* Parse the input. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
