// SPDX-License-Identifier: GPL-2.0
/*
 * A fuzzer for the ioctls of the control node and of block devices.
 * BUILD: m32
 *
 * interface [-t SECONDS] [-j PROCESSES] [-s SEED] [-c FILE] [-k] LOOP FILE...
 *
 * LOOP FILE are pairs of a loop device and the file that it is on. Several processes run short programs
 * of calls with arguments that are right, wrong and in between, on the same few snapshots and devices,
 * while the devices are written to, discarded, resized and set to another file. A program that reaches
 * code which none before has reached is kept and mutated; where the kernel tells what was reached (KCOV),
 * that is branches of the modules, else combinations of calls and their results. FILE of -c keeps the
 * programs for the next run. With -k each program is written to the kernel log before it runs, so that
 * the one that brings the kernel down is known.
 *
 * In the end all snapshots are destroyed and the devices detached. Exit status 0, or 1 if no snapshot could
 * be taken; what the kernel thinks of it stands in its log.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <linux/blk-filter.h>
#include <linux/blksnap.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <linux/kcov.h>
#include <linux/loop.h>

#define MAX_DEVICES	8
#define MAX_IDS		8
#define MAX_WORKERS	16
#define MAX_CALLS	16
#define MAX_PROGRAMS	4096
#define COVER_SIZE	(64 << 10)
#define BUFFER_SIZE	(1 << 20)

enum call_kind {
	CALL_ATTACH, CALL_DETACH, CALL_CTL, CALL_CBTINFO, CALL_CBTMAP, CALL_CBTDIRTY, CALL_ADD, CALL_INFO,
	CALL_VERSION, CALL_CREATE, CALL_DESTROY, CALL_APPEND, CALL_TAKE, CALL_COLLECT, CALL_WAIT,
	CALL_CONTROL, CALL_WRITE, CALL_DISCARD, CALL_ZERO, CALL_READ_IMAGE, CALL_WRITE_IMAGE, CALL_RESIZE,
	CALL_SWITCH, CALL_KINDS
};

/* How often each kind is chosen. */
static const uint8_t weights[CALL_KINDS] = {
	[CALL_ATTACH] = 6, [CALL_DETACH] = 3, [CALL_CTL] = 2, [CALL_CBTINFO] = 3, [CALL_CBTMAP] = 4,
	[CALL_CBTDIRTY] = 5, [CALL_ADD] = 12, [CALL_INFO] = 4, [CALL_VERSION] = 1, [CALL_CREATE] = 8,
	[CALL_DESTROY] = 6, [CALL_APPEND] = 12, [CALL_TAKE] = 12, [CALL_COLLECT] = 4, [CALL_WAIT] = 4,
	[CALL_CONTROL] = 1, [CALL_WRITE] = 12, [CALL_DISCARD] = 2, [CALL_ZERO] = 2, [CALL_READ_IMAGE] = 8,
	[CALL_WRITE_IMAGE] = 4, [CALL_RESIZE] = 1, [CALL_SWITCH] = 1,
};

struct call {
	uint8_t kind, device, id, pointer;
	uint32_t number;
	uint64_t offset, count;
};

struct program {
	uint32_t length;
	struct call calls[MAX_CALLS];
};

struct device {
	const char *path, *file;
	int fd;
};

struct worker {
	uint64_t random;
	unsigned long *cover;
	int kcov;
	char *buffer;
	unsigned long programs, calls, takes;
};

static struct device devices[MAX_DEVICES];
static unsigned int nr_devices;
static int control;
static time_t end;
static int kmsg = -1;

/*
 * What the processes share, under a lock of their own: 32-bit programs of today's C library cannot wait
 * for a mutex on a kernel without system calls of 32-bit times.
 */
static struct shared {
	bool lock;
	struct blksnap_uuid ids[MAX_IDS];
	struct program corpus[MAX_PROGRAMS];
	unsigned int nr_programs;
	uint8_t reached[1 << 20];
	unsigned long nr_reached;
	struct worker workers[MAX_WORKERS];
} *shared;

static void lock(void)
{
	while (__atomic_test_and_set(&shared->lock, __ATOMIC_ACQUIRE))
		sched_yield();
}

static void unlock(void)
{
	__atomic_clear(&shared->lock, __ATOMIC_RELEASE);
}

static uint64_t random_of(struct worker *worker)
{
	worker->random ^= worker->random << 13;
	worker->random ^= worker->random >> 7;
	worker->random ^= worker->random << 17;
	return worker->random;
}

static unsigned int below(struct worker *worker, unsigned int limit)
{
	return random_of(worker) % limit;
}

/* A number near a limit of something, or any. */
static uint64_t interesting(struct worker *worker)
{
	static const uint64_t numbers[] = {
		0, 1, 7, 8, 9, 4095, 4096, 65535, 65536, 131071, 131072, 1 << 20, INT32_MAX, UINT32_MAX,
		1ULL << 32, INT64_MAX, UINT64_MAX,
	};

	switch (below(worker, 4)) {
	case 0:
		return numbers[below(worker, sizeof(numbers) / sizeof(*numbers))];
	case 1:
		return random_of(worker);
	default:
		return below(worker, 1 << 17) & ~7ULL;
	}
}

static void new_call(struct worker *worker, struct call *call)
{
	unsigned int sum = 0, kind;

	for (kind = 0; kind < CALL_KINDS; kind++)
		sum += weights[kind];
	sum = below(worker, sum);
	for (kind = 0; sum >= weights[kind]; kind++)
		sum -= weights[kind];
	*call = (struct call) {
		.kind = kind, .device = below(worker, nr_devices), .id = below(worker, MAX_IDS),
		.pointer = below(worker, 16), .number = below(worker, 8) ? below(worker, 64) : interesting(worker),
		.offset = interesting(worker), .count = interesting(worker),
	};
	/* Most calls should do something. */
	if (below(worker, 4)) {
		call->offset = below(worker, 1 << 16) & ~7ULL;
		call->count = (below(worker, 1 << 11) + 8) & ~7ULL;
		call->pointer = 15;
	}
}

static void mutate(struct worker *worker, struct program *program)
{
	unsigned int at;

	if (program->length < MAX_CALLS && below(worker, 2)) {
		at = below(worker, program->length + 1);
		memmove(&program->calls[at + 1], &program->calls[at],
			(program->length - at) * sizeof(*program->calls));
		program->length++;
	} else {
		at = below(worker, program->length);
	}
	new_call(worker, &program->calls[at]);
}

/* An address: mostly the right one. */
static void *address(const struct worker *worker, const struct call *call, void *right)
{
	switch (call->pointer) {
	case 0:
		return NULL;
	case 1:
		return (void *)-4096UL;
	case 2:
		return worker->buffer + BUFFER_SIZE - 4;	/* what follows is not mapped */
	default:
		return right;
	}
}

static int filter_ctl(const struct worker *worker, const struct call *call, uint32_t command, void *option,
		      uint32_t size)
{
	struct blkfilter_ctl ctl = {
		.name = "blksnap", .cmd = command, .optlen = call->pointer == 3 ? call->number : size,
		.opt = (uintptr_t)address(worker, call, option),
	};

	return ioctl(devices[call->device].fd, BLKFILTER_CTL, &ctl);
}

static int image_of(const struct worker *worker, const struct call *call, int flags)
{
	struct blksnap_snapshotinfo info = { };
	struct call plain = *call;
	char path[64];

	plain.pointer = 15;
	if (filter_ctl(worker, &plain, blkfilter_ctl_blksnap_snapshotinfo, &info, sizeof(info)) || !info.image[0])
		return -1;
	snprintf(path, sizeof(path), "/dev/%.32s", (const char *)info.image);
	return open(path, flags | O_DIRECT | O_CLOEXEC);
}

static int use_image(const struct worker *worker, const struct call *call, bool write)
{
	int fd = image_of(worker, call, write ? O_RDWR : O_RDONLY), ret;
	size_t size = (call->count % 128 + 1) << 9;

	if (fd < 0)
		return -1;
	ret = write ? pwrite(fd, worker->buffer, size, call->offset % (1 << 17) << 9) :
		      pread(fd, worker->buffer, size, call->offset % (1 << 17) << 9);
	close(fd);
	return ret < 0 ? -1 : 0;
}

static int resize(const struct call *call)
{
	struct device *device = &devices[call->device];

	if (truncate(device->file, (call->count % 4 + 13) << 22))
		return -1;
	return ioctl(device->fd, LOOP_SET_CAPACITY, 0);
}

/* The device gets its file anew. */
static int set_again(const struct call *call)
{
	struct device *device = &devices[call->device];
	int file = open(device->file, O_RDWR | O_CLOEXEC), ret;

	if (file < 0)
		return -1;
	ret = ioctl(device->fd, LOOP_CHANGE_FD, file);
	close(file);
	return ret;
}

static int append(const struct worker *worker, const struct call *call, const struct blksnap_uuid *id)
{
	struct blksnap_sectors ranges[64];
	const char *path = devices[(call->device + 1) % nr_devices].path;
	struct blksnap_snapshot_append_storage storage = {
		.id = *id, .bdev_path = address(worker, call, (void *)path),
		.bdev_path_size = call->pointer == 4 ? call->number : strlen(path) + 1,
		.count = call->pointer == 5 ? call->number : call->number % 64 + 1,
		.ranges = call->pointer == 6 ? NULL : ranges,
	};
	unsigned int i;

	for (i = 0; i < 64; i++)
		ranges[i] = (struct blksnap_sectors) { call->offset + i * call->count, call->count };
	return ioctl(control, IOCTL_BLKSNAP_SNAPSHOT_APPEND_STORAGE, &storage);
}

static int collect(const struct worker *worker, const struct call *call)
{
	struct blksnap_snapshot_collect list = {
		.count = call->number, .ids = address(worker, call, worker->buffer),
	};

	if (call->pointer == 15 && list.count > BUFFER_SIZE / sizeof(struct blksnap_uuid))
		list.count = 1;
	return ioctl(control, IOCTL_BLKSNAP_SNAPSHOT_COLLECT, &list);
}

static int create(const struct worker *worker, const struct call *call)
{
	struct blksnap_uuid id, old;

	if (ioctl(control, IOCTL_BLKSNAP_SNAPSHOT_CREATE, address(worker, call, &id)))
		return -1;
	lock();
	old = shared->ids[call->id];
	shared->ids[call->id] = id;
	unlock();
	ioctl(control, IOCTL_BLKSNAP_SNAPSHOT_DESTROY, &old);
	return 0;
}

static int run_call(const struct worker *worker, const struct call *call)
{
	const struct device *device = &devices[call->device];
	struct blkfilter_name name = { .name = "blksnap" };
	struct blksnap_snapshot_event event;
	struct blksnap_sectors sectors[4];
	uint64_t range[2] = { call->offset << 9, call->count << 9 };
	struct blksnap_version version;
	struct blksnap_cbtdirty dirty;
	struct blksnap_cbtmap map;
	struct blksnap_uuid id;
	unsigned int i;

	lock();
	id = shared->ids[call->id];
	unlock();
	switch (call->kind) {
	case CALL_ATTACH:
		return ioctl(device->fd, BLKFILTER_ATTACH, address(worker, call, &name));
	case CALL_DETACH:
		return ioctl(device->fd, BLKFILTER_DETACH, address(worker, call, &name));
	case CALL_CTL:
		return filter_ctl(worker, call, call->number, worker->buffer, call->count);
	case CALL_CBTINFO:
		return filter_ctl(worker, call, blkfilter_ctl_blksnap_cbtinfo, worker->buffer,
				  sizeof(struct blksnap_cbtinfo));
	case CALL_CBTMAP:
		map = (struct blksnap_cbtmap) {
			.offset = call->offset, .length = call->count % BUFFER_SIZE,
			.buffer = address(worker, call, worker->buffer),
		};
		return filter_ctl(worker, call, blkfilter_ctl_blksnap_cbtmap, &map, sizeof(map));
	case CALL_CBTDIRTY:
		for (i = 0; i < 4; i++)
			sectors[i] = (struct blksnap_sectors) { call->offset + i * 64, call->count };
		dirty = (struct blksnap_cbtdirty) {
			.count = call->pointer == 5 ? call->number : call->number % 5,
			.dirty_sectors = address(worker, call, sectors),
		};
		return filter_ctl(worker, call, blkfilter_ctl_blksnap_cbtdirty, &dirty, sizeof(dirty));
	case CALL_ADD:
		return filter_ctl(worker, call, blkfilter_ctl_blksnap_snapshotadd, &id, sizeof(id));
	case CALL_INFO:
		return filter_ctl(worker, call, blkfilter_ctl_blksnap_snapshotinfo, worker->buffer,
				  sizeof(struct blksnap_snapshotinfo));
	case CALL_VERSION:
		return ioctl(control, IOCTL_BLKSNAP_VERSION, address(worker, call, &version));
	case CALL_CREATE:
		return create(worker, call);
	case CALL_DESTROY:
		return ioctl(control, IOCTL_BLKSNAP_SNAPSHOT_DESTROY, address(worker, call, &id));
	case CALL_APPEND:
		return append(worker, call, &id);
	case CALL_TAKE:
		return ioctl(control, IOCTL_BLKSNAP_SNAPSHOT_TAKE, address(worker, call, &id));
	case CALL_COLLECT:
		return collect(worker, call);
	case CALL_WAIT:
		event = (struct blksnap_snapshot_event) { .id = id, .timeout_ms = call->number % 50 };
		return ioctl(control, IOCTL_BLKSNAP_SNAPSHOT_WAIT_EVENT, address(worker, call, &event));
	case CALL_CONTROL:
		return ioctl(control, _IOC(call->number & 3, BLKSNAP, call->number % 16, call->count & 0xfff),
			     worker->buffer);
	case CALL_WRITE:
		return pwrite(device->fd, worker->buffer, (call->count % 256 + 1) << 9,
			      call->offset % (1 << 17) << 9) < 0 ? -1 : 0;
	case CALL_DISCARD:
		return ioctl(device->fd, BLKDISCARD, range);
	case CALL_ZERO:
		return fallocate(device->fd, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, range[0] % (1 << 26),
				 range[1] % (1 << 22));
	case CALL_READ_IMAGE:
		return use_image(worker, call, false);
	case CALL_WRITE_IMAGE:
		return use_image(worker, call, true);
	case CALL_RESIZE:
		return resize(call);
	case CALL_SWITCH:
		return set_again(call);
	}
	return 0;
}

/* Called with the lock held. Return: whether it was not reached before. */
static bool reach(uint64_t what)
{
	uint8_t *place = &shared->reached[(what * 0x9e3779b97f4a7c15ULL) >> 44];

	if (*place)
		return false;
	*place = 1;
	shared->nr_reached++;
	return true;
}

static void announce(const struct program *program)
{
	const uint8_t *bytes = (const uint8_t *)program->calls;
	char line[64 + 2 * sizeof(program->calls)];
	size_t length, i;

	length = sprintf(line, "fuzz %lx: ", (unsigned long)getpid());
	for (i = 0; i < program->length * sizeof(*program->calls) && length + 4 < 900; i++)
		length += sprintf(line + length, "%02x", bytes[i]);
	line[length++] = '\n';
	if (write(kmsg, line, length) < 0)
		perror("/dev/kmsg");
}

static void run_program(struct worker *worker, const struct program *program)
{
	unsigned int i, last = 0;
	unsigned long n, count, before = 0;
	bool is_new = false;
	int result;

	if (kmsg >= 0)
		announce(program);
	for (i = 0; i < program->length; i++) {
		const struct call *call = &program->calls[i];

		if (worker->cover)
			__atomic_store_n(&worker->cover[0], 0, __ATOMIC_RELAXED);
		result = run_call(worker, call) < 0 ? errno : 0;
		worker->calls++;
		worker->takes += call->kind == CALL_TAKE && !result;
		lock();
		if (worker->cover) {
			count = __atomic_load_n(&worker->cover[0], __ATOMIC_RELAXED);
			for (n = 1; n <= count && n < COVER_SIZE; n++) {
				is_new |= reach(worker->cover[n] ^ before >> 1);
				before = worker->cover[n];
			}
		} else {
			is_new |= reach((uint64_t)last << 32 | call->kind << 16 | result);
		}
		last = call->kind << 16 | result;
		unlock();
	}
	worker->programs++;
	if (!is_new)
		return;
	lock();
	if (shared->nr_programs < MAX_PROGRAMS)
		shared->corpus[shared->nr_programs++] = *program;
	unlock();
}

static void open_kcov(struct worker *worker)
{
	worker->kcov = open("/sys/kernel/debug/kcov", O_RDWR | O_CLOEXEC);
	if (worker->kcov < 0 || ioctl(worker->kcov, KCOV_INIT_TRACE, COVER_SIZE))
		return;
	worker->cover = mmap(NULL, COVER_SIZE * sizeof(unsigned long), PROT_READ | PROT_WRITE, MAP_SHARED,
			     worker->kcov, 0);
	if (worker->cover == MAP_FAILED || ioctl(worker->kcov, KCOV_ENABLE, KCOV_TRACE_PC))
		worker->cover = NULL;
}

static void work(struct worker *worker)
{
	struct program program;
	unsigned int i;

	open_kcov(worker);
	while (time(NULL) < end) {
		program.length = 0;
		lock();
		if (shared->nr_programs && below(worker, 4))
			program = shared->corpus[below(worker, shared->nr_programs)];
		unlock();
		if (!program.length) {
			program.length = 1;
			new_call(worker, &program.calls[0]);
		}
		for (i = below(worker, 4) + 1; i--;)
			mutate(worker, &program);
		run_program(worker, &program);
	}
}

/* The buffer ends where nothing is mapped. */
static char *new_buffer(void)
{
	char *buffer = mmap(NULL, BUFFER_SIZE + 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (buffer == MAP_FAILED || munmap(buffer + BUFFER_SIZE, 4096)) {
		perror("buffer");
		exit(1);
	}
	return buffer;
}

/* The life of a snapshot as it should be, to begin with. */
static void add_whole_life(void)
{
	static const uint8_t kinds[] = {
		CALL_ATTACH, CALL_CREATE, CALL_APPEND, CALL_ADD, CALL_TAKE, CALL_WRITE, CALL_READ_IMAGE,
		CALL_WRITE_IMAGE, CALL_CBTMAP, CALL_INFO,
	};
	struct program *program = &shared->corpus[shared->nr_programs++];
	unsigned int i;

	program->length = sizeof(kinds);
	for (i = 0; i < sizeof(kinds); i++)
		program->calls[i] = (struct call) { .kind = kinds[i], .pointer = 15, .count = 1024 };
}

static void load(const char *path)
{
	FILE *file = fopen(path, "r");

	if (!file)
		return;
	shared->nr_programs = fread(shared->corpus, sizeof(struct program), MAX_PROGRAMS, file);
	fclose(file);
	for (unsigned int i = 0; i < shared->nr_programs; i++)
		if (shared->corpus[i].length > MAX_CALLS)
			shared->corpus[i].length = 0;
}

static void save(const char *path)
{
	FILE *file = fopen(path, "w");

	if (!file || fwrite(shared->corpus, sizeof(struct program), shared->nr_programs, file) != shared->nr_programs || fclose(file)) {
		perror(path);
		exit(1);
	}
}

static void clean_up(void)
{
	struct blksnap_snapshot_collect list = { };
	struct blkfilter_name name = { .name = "blksnap" };
	unsigned int i;

	if (ioctl(control, IOCTL_BLKSNAP_SNAPSHOT_COLLECT, &list) == 0 && list.count) {
		list.ids = calloc(list.count, sizeof(*list.ids));
		if (list.ids && !ioctl(control, IOCTL_BLKSNAP_SNAPSHOT_COLLECT, &list))
			for (i = 0; i < list.count; i++)
				ioctl(control, IOCTL_BLKSNAP_SNAPSHOT_DESTROY, &list.ids[i]);
		free(list.ids);
	}
	for (i = 0; i < nr_devices; i++)
		ioctl(devices[i].fd, BLKFILTER_DETACH, &name);
}

int main(int argc, char **argv)
{
	unsigned int seconds = 60, workers = 4, i;
	const char *corpus_path = NULL;
	uint64_t seed = time(NULL);
	unsigned long programs = 0, calls = 0, takes = 0;
	struct worker *worker;
	bool has_cover;
	int status = 0;
	int option;

	while ((option = getopt(argc, argv, "t:j:s:c:k")) != -1) {
		switch (option) {
		case 't':
			seconds = atoi(optarg);
			break;
		case 'j':
			workers = atoi(optarg);
			break;
		case 's':
			seed = strtoull(optarg, NULL, 0);
			break;
		case 'c':
			corpus_path = optarg;
			break;
		case 'k':
			kmsg = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
			break;
		default:
			return 2;
		}
	}
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED || !workers || workers > MAX_WORKERS)
		return 2;
	control = open("/dev/" BLKSNAP_CTL, O_RDWR | O_CLOEXEC);
	if (control < 0) {
		perror("/dev/" BLKSNAP_CTL);
		return 1;
	}
	for (; optind + 1 < argc && nr_devices < MAX_DEVICES; optind += 2, nr_devices++) {
		devices[nr_devices] = (struct device) { .path = argv[optind], .file = argv[optind + 1] };
		devices[nr_devices].fd = open(argv[optind], O_RDWR | O_DIRECT | O_CLOEXEC);
		if (devices[nr_devices].fd < 0) {
			perror(argv[optind]);
			return 1;
		}
	}
	if (!nr_devices)
		return 2;
	if (corpus_path)
		load(corpus_path);
	if (!shared->nr_programs)
		add_whole_life();
	printf("seed %llu, %u programs\n", (unsigned long long)seed, shared->nr_programs);
	end = time(NULL) + seconds;
	for (i = 0; i < workers; i++) {
		worker = &shared->workers[i];
		worker->random = seed * 2654435761U + i * 40503 + 1;
		worker->buffer = new_buffer();
		switch (fork()) {
		case -1:
			perror("fork");
			return 1;
		case 0:
			work(worker);
			_exit(0);
		}
	}
	for (i = 0; i < workers; i++) {
		if (wait(&status) < 0 || status) {
			fprintf(stderr, "a process ended with status %#x\n", status);
			return 1;
		}
	}
	for (i = 0; i < workers; i++) {
		worker = &shared->workers[i];
		programs += worker->programs;
		calls += worker->calls;
		takes += worker->takes;
	}
	has_cover = shared->workers[0].cover;
	clean_up();
	printf("%lu programs, %lu calls, %lu snapshots taken, %lu places reached%s, %u programs kept\n", programs,
	       calls, takes, shared->nr_reached, has_cover ? " (KCOV)" : "", shared->nr_programs);
	if (corpus_path)
		save(corpus_path);
	return !takes;
}
