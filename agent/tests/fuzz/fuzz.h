/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a fuzzer consists of. */
#ifndef BLKSNAP_FUZZ_H
#define BLKSNAP_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* Inputs to begin with, NULL at the end. */
extern const char *const fuzz_seeds[];

/* Parses the input; 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
