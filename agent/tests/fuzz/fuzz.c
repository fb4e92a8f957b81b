// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fuzz SECONDS [SEED]: call LLVMFuzzerTestOneInput(), as libFuzzer does, with inputs made from
 * those in fuzz_seeds by changing, cutting, doubling and joining them. A seed always yields the
 * same inputs.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fuzz.h"

#define INPUT_MOST	4096

static uint64_t state;

/* xorshift64*: fast, and the same on all machines. */
static uint64_t draw(uint64_t below)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (state * UINT64_C(2685821657736338717) >> 16) % below;
}

static size_t pick(uint8_t *input)
{
	size_t count = 0, length;
	const char *seed;

	while (fuzz_seeds[count])
		count++;
	seed = fuzz_seeds[draw(count)];
	length = strlen(seed);
	memcpy(input, seed, length);
	return length;
}

/* Bytes that are special to parsers of text. */
static uint8_t draw_byte(void)
{
	static const char special[] = "0123456789-:.,;=[]{}\"\\/#\n\r\t \0KMGTPsmhd";

	return draw(3) ? (uint8_t)special[draw(sizeof(special))] : draw(256);
}

static size_t insert(uint8_t *input, size_t length)
{
	size_t place = draw(length + 1);

	if (length == INPUT_MOST)
		return length;
	memmove(input + place + 1, input + place, length - place);
	input[place] = draw_byte();
	return length + 1;
}

static size_t cut(uint8_t *input, size_t length)
{
	size_t place = draw(length + 1), count = draw(length - place + 1);

	memmove(input + place, input + place + count, length - place - count);
	return length - count;
}

static size_t repeat(uint8_t *input, size_t length)
{
	size_t place = draw(length + 1), count = draw(length - place + 1);

	if (length + count > INPUT_MOST)
		return length;
	memmove(input + place + count, input + place, length - place);
	return length + count;
}

static size_t mutate(uint8_t *input, size_t length)
{
	switch (draw(5)) {
	case 0:
		return insert(input, length);
	case 1:
		return cut(input, length);
	case 2:
		return repeat(input, length);
	case 3:
		if (length)
			input[draw(length)] ^= 1 << draw(8);
		return length;
	default:
		if (length)
			input[draw(length)] = draw_byte();
		return length;
	}
}

/*
 * The input is copied to memory of exactly its size, so that the sanitizer detects reads beyond it.
 */
static void try(const uint8_t *input, size_t length)
{
	uint8_t *exact = malloc(length ? length : 1);

	memcpy(exact, input, length);
	LLVMFuzzerTestOneInput(exact, length);
	free(exact);
}

int main(int argc, char **argv)
{
	double seconds = argc > 1 ? atof(argv[1]) : 1;
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : (uint64_t)time(NULL);
	static uint8_t input[INPUT_MOST + 1];
	struct timespec start, now;
	uint64_t tries = 0;

	state = seed * 2 + 1;
	printf("seed %" PRIu64 "\n", seed);
	fflush(stdout);
	clock_gettime(CLOCK_MONOTONIC, &start);
	do {
		size_t length = pick(input);

		for (uint64_t i = draw(16); i; i--)
			length = mutate(input, length);
		try(input, length);
		tries++;
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (now.tv_sec - start.tv_sec + (now.tv_nsec - start.tv_nsec) / 1e9 < seconds);
	printf("%" PRIu64 " inputs\n", tries);
	return tries ? 0 : 1;
}
