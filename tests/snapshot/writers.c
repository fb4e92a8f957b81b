// SPDX-License-Identifier: GPL-2.0
/*
 * Writers on raw devices that keep a journal, and the check that an image shows one
 * instant of what they did. See usage().
 *
 * Each writer owns a region of its device and writes to it, one operation at a time, so
 * that the region is at each instant the result of its first K operations; half an
 * operation is none of these states. The journals are files in memory, shared with who
 * checks, with the times at which each operation was begun and had ended.
 */
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <linux/fs.h>
#include "children.h"

#define SECTOR		512
#define MAGIC		UINT64_C(0x626c6b736e617057)
#define MAX_OPS		(1 << 20)
#define MAX_WRITERS	64
#define PIECE		(1 << 20)

struct op {
	_Atomic uint64_t start;
	_Atomic uint64_t end;
	uint32_t sector;
	uint32_t count;
	uint32_t kind;
	uint32_t unused;
};

struct journal {
	uint32_t device;
	uint32_t writer;
	uint32_t first;
	uint32_t sectors;
	_Atomic uint32_t begun;
	uint32_t unused[3];
	struct op ops[MAX_OPS];
};

struct stamp {
	uint64_t magic;
	uint32_t device;
	uint32_t writer;
	uint32_t number;
	uint32_t sector;
	uint64_t fill[(SECTOR - 24) / 8];
};

static void usage(void)
{
	fputs("writers run [OPTION]... DIR DEVICE...\n"
	      "    until a signal; the journals go to DIR, the devices are zeroed there\n"
	      "    -w N      writers on each device (4)\n"
	      "    -m BYTES  largest operation (65536)\n"
	      "    -k KINDS  letters, one is taken at random: w direct, f with FUA, z write\n"
	      "              zeroes, n RWF_NOWAIT (www)\n"
	      "    -s SECTOR -c COUNT   only this part of each device\n"
	      "    -n N      end after so many operations of each writer\n"
	      "    -r        go on with the journals that are there\n"
	      "    -e        an error ends a writer, and is none of the program\n"
	      "writers check DIR FROM TO IMAGE...\n"
	      "    the images show one instant, and one between these times (ns)\n"
	      "writers final DIR DEVICE...  the devices hold all that was written\n"
	      "writers wait DIR N PID SECONDS   until so many operations more have ended\n"
	      "writers now                  the time in ns\n", stderr);
	exit(2);
}

static struct journal *journal_map(const char *dir, int device, int writer, bool create)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%d.%d", dir, device, writer);
	return shared_file(path, sizeof(struct journal), create);
}

static uint64_t filling(const struct stamp *stamp, size_t i)
{
	return (stamp->number * UINT64_C(0x9e3779b97f4a7c15)) ^
	       (stamp->sector * UINT64_C(0xff51afd7ed558ccd)) ^ (i << 8 | stamp->writer);
}

static void stamp_make(struct stamp *stamp, const struct journal *journal, uint32_t number,
		       uint32_t sector)
{
	stamp->magic = MAGIC;
	stamp->device = journal->device;
	stamp->writer = journal->writer;
	stamp->number = number;
	stamp->sector = sector;
	for (size_t i = 0; i < sizeof(stamp->fill) / 8; i++)
		stamp->fill[i] = filling(stamp, i);
}

#define GARBAGE UINT32_MAX

/* So many operations after the last one that shows may be hidden under zeros. */
#define HIDDEN	64

/* The number of the operation that wrote this; 0 for zeros. */
static uint32_t stamp_read(const struct stamp *stamp, const struct journal *journal,
			   uint32_t sector)
{
	const uint64_t *words = (const uint64_t *)stamp;
	size_t i;

	if (!stamp->magic) {
		for (i = 0; i < SECTOR / 8; i++)
			if (words[i])
				return GARBAGE;
		return 0;
	}
	if (stamp->magic != MAGIC || stamp->device != journal->device ||
	    stamp->writer != journal->writer || stamp->sector != sector || !stamp->number)
		return GARBAGE;
	for (i = 0; i < sizeof(stamp->fill) / 8; i++)
		if (stamp->fill[i] != filling(stamp, i))
			return GARBAGE;
	return stamp->number;
}

struct settings {
	int writers;
	uint32_t max;
	const char *kinds;
	uint64_t first;
	uint64_t count;
	uint32_t ops;
	bool resume;
	bool errors;
};

static int do_op(int fd, struct op *op, void *data)
{
	uint64_t range[2] = { (uint64_t)op->sector * SECTOR, (uint64_t)op->count * SECTOR };
	struct iovec iov = { data, range[1] };
	ssize_t n;

	switch (op->kind) {
	case 'z':
		return ioctl(fd, BLKZEROOUT, range);
	case 'f':
		n = pwritev2(fd, &iov, 1, range[0], RWF_DSYNC);
		break;
	case 'n':
		n = pwritev2(fd, &iov, 1, range[0], RWF_NOWAIT);
		if (n < 0 && errno == EAGAIN)
			n = pwrite(fd, data, range[1], range[0]);
		break;
	default:
		n = pwrite(fd, data, range[1], range[0]);
	}
	if (n >= 0 && (uint64_t)n != range[1])
		errno = EIO;
	return (uint64_t)n == range[1] ? 0 : -1;
}

static void choose(struct op *op, const struct journal *journal, const struct settings *settings,
		   uint32_t unit, unsigned int *seed)
{
	uint32_t max = settings->max / SECTOR, units = journal->sectors / unit, count;

	/* Mostly small, and sometimes as large as it may be. */
	if (rand_r(seed) % 8)
		max = max / 8;
	max = max < unit ? 1 : max / unit;
	count = 1 + rand_r(seed) % max;
	if (count > units)
		count = units;
	op->sector = journal->first + rand_r(seed) % (units - count + 1) * unit;
	op->count = count * unit;
	op->kind = settings->kinds[rand_r(seed) % strlen(settings->kinds)];
}

struct job {
	const struct settings *settings;
	struct journal *journals[MAX_WRITERS];
	char **devices;
};

static int work(int index, void *arg)
{
	const struct job *job = arg;
	const struct settings *settings = job->settings;
	struct journal *journal = job->journals[index];
	const char *device = job->devices[journal->device];
	struct stamp *data = aligned(settings->max + 65536);
	unsigned int seed = journal->device * 1000 + journal->writer * 7 + journal->begun + 1;
	int fd = open(device, O_WRONLY | O_DIRECT), unit;
	uint32_t limit = journal->begun + settings->ops;

	if (fd < 0 || ioctl(fd, BLKSSZGET, &unit))
		fail(device);
	if (!settings->ops || limit > MAX_OPS - 1)
		limit = MAX_OPS - 1;
	while (!stopped && journal->begun < limit) {
		uint32_t number = journal->begun + 1;
		struct op *op = &journal->ops[number];

		choose(op, journal, settings, unit / SECTOR, &seed);
		for (uint32_t i = 0; i < op->count; i++)
			stamp_make(&data[i], journal, number, op->sector + i);
		op->start = now();
		journal->begun = number;
		if (do_op(fd, op, data)) {
			if (settings->errors)
				return 0;
			fprintf(stderr, "writers: %s: %c at %u+%u: %s\n", device, op->kind,
				op->sector, op->count, strerror(errno));
			return 1;
		}
		op->end = now();
		rest(op->start);
	}
	return 0;
}

static void divide(const char *device, struct journal *journal, const struct settings *settings)
{
	uint64_t first = settings->first, count = settings->count, bytes;
	int fd = open(device, O_WRONLY | O_DIRECT);
	uint64_t range[2];

	if (fd < 0 || ioctl(fd, BLKGETSIZE64, &bytes))
		fail(device);
	if (!count)
		count = bytes / SECTOR - first;
	count = count / settings->writers / 8 * 8;
	journal->first = first + count * journal->writer;
	journal->sectors = count;
	range[0] = (uint64_t)journal->first * SECTOR;
	range[1] = (uint64_t)count * SECTOR;
	if (ioctl(fd, BLKZEROOUT, range))
		fail("BLKZEROOUT");
	close(fd);
}

static int run(int argc, char **argv)
{
	struct settings settings = { .writers = 4, .max = 65536, .kinds = "w" };
	struct job job = { .settings = &settings };
	int option, n = 0;
	const char *dir;

	while ((option = getopt(argc, argv, "w:m:k:s:c:n:re")) != -1) {
		switch (option) {
		case 'w': settings.writers = atoi(optarg); break;
		case 'm': settings.max = atoi(optarg); break;
		case 'k': settings.kinds = optarg; break;
		case 's': settings.first = strtoull(optarg, NULL, 0); break;
		case 'c': settings.count = strtoull(optarg, NULL, 0); break;
		case 'n': settings.ops = atoi(optarg); break;
		case 'r': settings.resume = true; break;
		case 'e': settings.errors = true; break;
		default: usage();
		}
	}
	if (argc - optind < 2 || (argc - optind - 1) * settings.writers > MAX_WRITERS)
		usage();
	dir = argv[optind++];
	job.devices = argv + optind;
	for (int device = 0; job.devices[device]; device++) {
		for (int writer = 0; writer < settings.writers; writer++, n++) {
			struct journal *journal = journal_map(dir, device, writer, true);

			if (!journal)
				fail(dir);
			journal->device = device;
			journal->writer = writer;
			if (!settings.resume)
				divide(job.devices[device], journal, &settings);
			job.journals[n] = journal;
		}
	}
	return children_run(n, work, &job);
}

struct found {
	const struct journal *journal;
	uint32_t low;	/* the image shows the first of these operations, at least */
	uint32_t high;	/* and at most so many */
};

static uint32_t *read_numbers(const char *image, const struct journal *journal)
{
	uint32_t *numbers = malloc((journal->sectors + 1) * sizeof(*numbers));
	uint64_t at = (uint64_t)journal->first * SECTOR, end;
	int fd = open(image, O_RDONLY | O_DIRECT);
	struct stamp *data = aligned(PIECE);
	uint32_t sector = journal->first;

	if (fd < 0)
		fail(image);
	end = at + (uint64_t)journal->sectors * SECTOR;
	while (at < end) {
		size_t length = end - at < PIECE ? end - at : PIECE;
		ssize_t n = pread(fd, data, length, at);

		if (n < 0)
			fail(image);
		if ((size_t)n != length) {
			fprintf(stderr, "writers: %s: short read\n", image);
			exit(1);
		}
		for (size_t i = 0; i < length / SECTOR; i++, sector++)
			numbers[sector - journal->first] = stamp_read(&data[i], journal, sector);
		at += length;
	}
	close(fd);
	free(data);
	return numbers;
}

static void replay(uint32_t *state, const struct journal *journal, uint32_t number)
{
	const struct op *op = &journal->ops[number];

	for (uint32_t i = 0; i < op->count; i++)
		state[op->sector - journal->first + i] = op->kind == 'z' ? 0 : number;
}

static uint32_t first_difference(const uint32_t *a, const uint32_t *b, uint32_t n)
{
	uint32_t i = 0;

	while (i < n && a[i] == b[i])
		i++;
	return i;
}

static bool find_state(struct found *found, const char *image)
{
	const struct journal *journal = found->journal;
	uint32_t *numbers = read_numbers(image, journal), n = journal->sectors;
	uint32_t *state = calloc(n + 1, sizeof(*state));
	uint32_t last = 0, i, begun = journal->begun;
	bool match = false;

	for (i = 0; i < n; i++) {
		if (numbers[i] == GARBAGE || numbers[i] > begun) {
			fprintf(stderr, "%s: sector %u of writer %u holds what nobody wrote there\n",
				image, journal->first + i, journal->writer);
			return false;
		}
		if (numbers[i] > last)
			last = numbers[i];
	}
	for (i = 1; i <= last; i++)
		replay(state, journal, i);
	/*
	 * Zeros say not who wrote them: a later operation of that kind may be there too, and
	 * all that came between, if the zeros cover it.
	 */
	for (i = last;; replay(state, journal, ++i)) {
		if (first_difference(state, numbers, n) == n) {
			found->low = match ? found->low : i;
			found->high = i;
			match = true;
		}
		if (i >= begun || i >= last + HIDDEN)
			break;
	}
	if (!match) {
		memset(state, 0, n * sizeof(*state));
		for (i = 1; i <= last; i++)
			replay(state, journal, i);
		i = first_difference(state, numbers, n);
		fprintf(stderr, "%s: writer %u, after operation %u of %u: sector %u holds %u, not %u\n",
			image, journal->writer, last, begun, journal->first + i, numbers[i], state[i]);
	}
	free(state);
	free(numbers);
	return match;
}

static bool in_time(struct found *found, uint64_t from, uint64_t to, const char *image)
{
	const struct op *ops = found->journal->ops;
	uint32_t begun = found->journal->begun;

	if (found->high < begun && ops[found->high + 1].end && ops[found->high + 1].end < from) {
		fprintf(stderr, "%s: writer %u: operation %u had ended before the instant and is not there\n",
			image, found->journal->writer, found->high + 1);
		return false;
	}
	if (found->low && ops[found->low].start > to) {
		fprintf(stderr, "%s: writer %u: operation %u was begun after the instant and is there\n",
			image, found->journal->writer, found->low);
		return false;
	}
	return true;
}

/* Whether one is missing that had ended before one began that is there. */
static bool in_order(const struct found *x, const struct found *y)
{
	const struct op *missing = &x->journal->ops[x->high + 1];
	const struct op *there = &y->journal->ops[y->low];

	if (x->high >= x->journal->begun || !y->low || !missing->end || missing->end >= there->start)
		return true;
	fprintf(stderr, "operation %u of writer %u.%u is there, and %u of %u.%u is not, which had ended %llu ns before\n",
		y->low, y->journal->device, y->journal->writer, x->high + 1, x->journal->device,
		x->journal->writer, (unsigned long long)(there->start - missing->end));
	return false;
}

static int check(const char *dir, uint64_t from, uint64_t to, char **images)
{
	struct found found[MAX_WRITERS];
	int n = 0, wrong = 0;
	uint64_t ops = 0;

	for (int device = 0; images[device]; device++) {
		for (int writer = 0; n < MAX_WRITERS; writer++) {
			found[n].journal = journal_map(dir, device, writer, false);
			if (!found[n].journal)
				break;
			if (!find_state(&found[n], images[device]) ||
			    !in_time(&found[n], from, to, images[device]))
				wrong++;
			ops += found[n].high;
			n++;
		}
	}
	if (!n)
		fail(dir);
	for (int i = 0; i < n && !wrong; i++)
		for (int j = 0; j < n; j++)
			wrong += !in_order(&found[i], &found[j]);
	if (!wrong)
		printf("%d writers: one instant, %llu operations are there\n", n,
		       (unsigned long long)ops);
	return !!wrong;
}

static uint64_t count_ops(const char *dir)
{
	struct journal *journal;
	uint64_t count = 0;

	for (int device = 0; device < MAX_WRITERS; device++) {
		for (int writer = 0; writer < MAX_WRITERS; writer++) {
			uint32_t begun;

			journal = journal_map(dir, device, writer, false);
			if (!journal && !writer)
				return count;
			if (!journal)
				break;
			begun = journal->begun;
			count += begun;
			if (begun && !journal->ops[begun].end)
				count--;
			munmap(journal, sizeof(*journal));
		}
	}
	return count;
}

int main(int argc, char **argv)
{
	if (argc < 2)
		usage();
	if (!strcmp(argv[1], "run")) {
		/* So that what is done before can be stopped, too. */
		setpgid(0, 0);
		return run(argc - 1, argv + 1);
	}
	if (!strcmp(argv[1], "check") && argc > 5)
		return check(argv[2], strtoull(argv[3], NULL, 0), strtoull(argv[4], NULL, 0), argv + 5);
	if (!strcmp(argv[1], "final") && argc > 3)
		return check(argv[2], now(), now(), argv + 3);
	if (!strcmp(argv[1], "wait") && argc == 6)
		return await_progress(count_ops, argv[2], strtoull(argv[3], NULL, 0), atoi(argv[4]),
				      atoi(argv[5]));
	if (!strcmp(argv[1], "now"))
		printf("%llu\n", (unsigned long long)now());
	else
		usage();
	return 0;
}
