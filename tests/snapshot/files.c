// SPDX-License-Identifier: GPL-2.0
/*
 * Writers of files that keep a journal, and the check that a file system shows what was
 * in it at an instant. See usage().
 *
 * Each writer makes one file after another under a name of its own, gives it its final
 * name when it is complete, and removes the oldest. What is in a file follows from its
 * name.
 */
#include <stdatomic.h>
#include "children.h"

#define MAX_FILES	(1 << 18)
#define MAX_SIZE	(256 * 1024)
#define KEEP		24

struct life {
	_Atomic uint64_t begun;
	_Atomic uint64_t complete;
	_Atomic uint64_t removing;
	_Atomic uint64_t removed;
};

static uint64_t words[MAX_SIZE / 8];

static void usage(void)
{
	fputs("files run DIR JOURNALS WRITERS      until a signal\n"
	      "files check DIR JOURNALS FROM TO    DIR is as it was between these times (ns)\n"
	      "files wait JOURNALS N PID SECONDS   until so many files more were completed\n", stderr);
	exit(2);
}

struct job {
	const char *dir;
	const char *journals;
};

static struct life *journal_map(const char *dir, int writer, bool create)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/files.%d", dir, writer);
	return shared_file(path, MAX_FILES * sizeof(struct life), create);
}

/* Makes the contents of a file, and returns how long it is. */
static size_t contents(int writer, unsigned int n)
{
	uint64_t x = (uint64_t)writer << 32 | (n + 1);
	size_t size;

	x *= UINT64_C(0x9e3779b97f4a7c15);
	size = (x >> 40) % (n % 4 ? MAX_SIZE / 16 : MAX_SIZE) + 1;
	for (size_t i = 0; i < (size + 7) / 8; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		words[i] = x;
	}
	return size;
}

static void name(char *path, const char *dir, int writer, unsigned int n, const char *suffix)
{
	snprintf(path, 4096, "%s/%d/%u%s", dir, writer, n, suffix);
}

static void make_file(const char *dir, int writer, unsigned int n, struct life *life)
{
	char path[4096], final[4096];
	size_t size = contents(writer, n);
	int fd;

	name(path, dir, writer, n, ".tmp");
	name(final, dir, writer, n, "");
	life->begun = now();
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	if (fd < 0 || write(fd, words, size) != (ssize_t)size)
		fail(path);
	if (n % 3 == 0 && fsync(fd))
		fail("fsync");
	close(fd);
	if (rename(path, final))
		fail("rename");
	life->complete = now();
}

static void remove_file(const char *dir, int writer, unsigned int n, struct life *life)
{
	char path[4096];

	name(path, dir, writer, n, "");
	life->removing = now();
	if (unlink(path))
		fail(path);
	life->removed = now();
}

static int work(int writer, void *arg)
{
	const struct job *job = arg;
	struct life *lives = journal_map(job->journals, writer, true);
	char path[4096];
	unsigned int n = 0;

	if (!lives)
		fail(job->journals);
	snprintf(path, sizeof(path), "%s/%d", job->dir, writer);
	if (mkdir(path, 0700) && errno != EEXIST)
		fail(path);
	while (lives[n].begun)
		n++;
	for (; n < MAX_FILES && !stopped; n++) {
		uint64_t start = now();

		make_file(job->dir, writer, n, &lives[n]);
		if (n >= KEEP)
			remove_file(job->dir, writer, n - KEEP, &lives[n - KEEP]);
		rest(start);
	}
	return 0;
}

static bool right_contents(const char *path, int writer, unsigned int n)
{
	static char data[MAX_SIZE + 1];
	size_t size = contents(writer, n);
	ssize_t got;
	int fd;

	fd = open(path, O_RDONLY);
	if (fd < 0)
		fail(path);
	got = read(fd, data, sizeof(data));
	if (got < 0)
		fail(path);
	close(fd);
	if ((size_t)got == size && !memcmp(data, words, size))
		return true;
	fprintf(stderr, "%s: %zd bytes, and not what was written (%zu)\n", path, got, size);
	return false;
}

static bool right_file(const char *dir, int writer, unsigned int n, const struct life *life,
		       uint64_t from, uint64_t to, unsigned int *there)
{
	char path[4096], tmp[4096];
	bool present;

	name(path, dir, writer, n, "");
	name(tmp, dir, writer, n, ".tmp");
	present = !access(path, F_OK);
	if (!present && errno != ENOENT)
		fail(path);
	if ((!life->begun || life->begun > to) && (present || !access(tmp, F_OK))) {
		fprintf(stderr, "%s: was made after the instant\n", path);
		return false;
	}
	if (life->removed && life->removed < from && present) {
		fprintf(stderr, "%s: had been removed before the instant\n", path);
		return false;
	}
	if (life->complete && life->complete < from && !(life->removing && life->removing <= to) &&
	    !present) {
		fprintf(stderr, "%s: is missing\n", path);
		return false;
	}
	*there += present;
	return !present || right_contents(path, writer, n);
}

static int check(const char *dir, const char *journals, uint64_t from, uint64_t to)
{
	struct life *lives;
	unsigned int there = 0;
	int wrong = 0;

	for (int writer = 0; (lives = journal_map(journals, writer, false)); writer++) {
		unsigned int n = 0;

		do
			wrong |= !right_file(dir, writer, n, &lives[n], from, to, &there);
		while (lives[n++].begun);
	}
	printf("%u files\n", there);
	return wrong || !there;
}

static uint64_t count(const char *journals)
{
	struct life *lives;
	uint64_t total = 0;

	for (int writer = 0; (lives = journal_map(journals, writer, false)); writer++) {
		for (unsigned int n = 0; lives[n].complete; n++)
			total++;
		munmap(lives, MAX_FILES * sizeof(*lives));
	}
	return total;
}

int main(int argc, char **argv)
{
	struct job job;

	if (argc == 5 && !strcmp(argv[1], "run")) {
		job = (struct job){ .dir = argv[2], .journals = argv[3] };
		return children_run(atoi(argv[4]), work, &job);
	}
	if (argc == 6 && !strcmp(argv[1], "check"))
		return check(argv[2], argv[3], strtoull(argv[4], NULL, 0), strtoull(argv[5], NULL, 0));
	if (argc == 6 && !strcmp(argv[1], "wait"))
		return await_progress(count, argv[2], strtoull(argv[3], NULL, 0), atoi(argv[4]),
				      atoi(argv[5]));
	usage();
}
