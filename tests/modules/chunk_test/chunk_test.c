// SPDX-License-Identifier: GPL-2.0
/*
 * chunk_test: leads random blocks from state to state, in a table of records and in a plain array,
 * and compares the two. Meanwhile another task looks into the table as writes do, without a lock:
 * what it finds copied has to be.
 *
 * Loading it fails if something was wrong.
 */
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/module.h>
#include "params.c"
#include "chunk_lookup.c"
#include "chunk.c"

static unsigned int stride = 1;
module_param(stride, uint, 0);
MODULE_PARM_DESC(stride, "distance of the records that are used, in records");

#define RECORDS		4096U
#define BLOCKS		(RECORDS * RECORD_BLOCKS)
/* Both tasks are busy with so many records at a time. */
#define WINDOW		8U
#define ROUNDS		40U

static struct chunk_table table;
static u32 *model;
static unsigned int window, wrong;

#define check(condition)						\
	do {								\
		if (!(condition) && wrong++ < 10)			\
			pr_err("line %d: wrong: %s\n", __LINE__, #condition);	\
	} while (0)

/* Two tasks share the seed, which makes it no less random. */
static u32 below(u32 limit)
{
	static u64 seed = 1;
	u64 next = READ_ONCE(seed) * 6364136223846793005ULL + 1442695040888963407ULL;

	WRITE_ONCE(seed, next);
	return (next >> 33) % limit;
}

/* The number on the device of a block of the model. */
static u64 block_of(u32 i)
{
	return (u64)(i / RECORD_BLOCKS) * stride * RECORD_BLOCKS + i % RECORD_BLOCKS;
}

/* Some blocks of one record in the window, the smaller the more often. */
static void choose(u32 *first, unsigned int *count)
{
	u32 place = below(RECORD_BLOCKS);

	*first = (READ_ONCE(window) + below(WINDOW)) % RECORDS * RECORD_BLOCKS + place;
	*count = 1 + (below(16) ? below(2) : below(RECORD_BLOCKS - place));
	*count = min(*count, RECORD_BLOCKS - place);
}

static bool model_any_uncopied(u32 first, unsigned int count)
{
	while (count--)
		if (block_is_uncopied(READ_ONCE(model[first++])))
			return true;
	return false;
}

/* In an interrupt, whatever it interrupts. */
static void look_now(struct timer_list *timer)
{
	unsigned int count;
	u32 first, state;

	choose(&first, &count);
	state = chunk_state(&table, block_of(first));
	smp_rmb(); /* pairs with lead() */
	check(block_is_uncopied(state) || !model_any_uncopied(first, 1));
	mod_timer(timer, jiffies + 1);
}

static DEFINE_TIMER(ticker, look_now);

static int look(void *unused)
{
	unsigned int count;
	bool copied;
	u32 first;

	while (!kthread_should_stop()) {
		choose(&first, &count);
		rcu_read_lock();
		copied = chunk_all_copied(&table, block_of(first), block_of(first) + count - 1);
		rcu_read_unlock();
		smp_rmb(); /* pairs with lead() */
		if (copied)
			check(!model_any_uncopied(first, count));
		cond_resched();
	}
	return 0;
}

/* Leads those of the blocks that are in a state to another, the model first. */
static void lead(u32 first, unsigned int count, u32 from, u32 to)
{
	bool with_numbers = from != BLOCK_ORIGIN && from != BLOCK_ZERO;
	u32 numbers[RECORD_BLOCKS];
	unsigned int i;

	for (i = 0; i < count; i++) {
		u32 state = READ_ONCE(model[first + i]);

		numbers[i] = first + i;
		if (state == (with_numbers ? from | (first + i) : from))
			WRITE_ONCE(model[first + i], to | (first + i));
	}
	smp_wmb(); /* pairs with look() */
	if (with_numbers)
		chunk_change(&table, block_of(first), count, from, numbers, to, numbers);
	else
		check(!chunk_prepare_change(&table, block_of(first), count, from, to, numbers));
}

static void change_some(void)
{
	unsigned int count, i, what = below(8);
	u32 first;
	u64 fit;

	choose(&first, &count);
	fit = count;
	/* What is taken need not be prepared. */
	if ((what < 5 || below(2)) && chunk_prepare(&table, block_of(first), &fit)) {
		check(!"memory");
		return;
	}
	check(fit == count);
	switch (what) {
	case 0:
		for (i = 0; i < count; i++)
			WRITE_ONCE(model[first + i], BLOCK_ZERO);
		smp_wmb(); /* pairs with look() */
		check(chunk_set_zero(&table, block_of(first), &fit));
		break;
	case 1:
		lead(first, count, BLOCK_ZERO, BLOCK_MEMORY);
		break;
	case 2:
		lead(first, count, BLOCK_MEMORY, BLOCK_STORED);
		break;
	case 3:
	case 4:
		lead(first, count, BLOCK_READING, BLOCK_MEMORY);
		break;
	default:
		lead(first, count, BLOCK_ORIGIN, BLOCK_READING);
	}
}

/* Nobody changes anything now. */
static void compare(void)
{
	unsigned int count;
	u32 i, first, state;
	u64 run;

	for (i = 0; i < BLOCKS; i++)
		check(chunk_state(&table, block_of(i)) == model[i]);
	for (i = 0; i < BLOCKS; i += run) {
		run = chunk_run(&table, block_of(i), RECORD_BLOCKS - i % RECORD_BLOCKS, &state);
		check(run >= 1 && run <= RECORD_BLOCKS - i % RECORD_BLOCKS && state == model[i]);
	}
	for (i = 0; i < BLOCKS; i++) {
		window = i / WINDOW;
		choose(&first, &count);
		rcu_read_lock();
		check(chunk_all_copied(&table, block_of(first), block_of(first) + count - 1) ==
		      !model_any_uncopied(first, count));
		rcu_read_unlock();
		cond_resched();
	}
}

/* How evenly records are spread over buckets. */
static void look_at_chains(void)
{
	u32 i, j, length, longest = 0;
	struct chunk_record *record;
	u64 steps = 0;

	for (i = 0; i < table.nr_segments; i++) {
		if (i && table.segments[i] == table.segments[i - 1])
			continue;
		for (j = 0; j < SEGMENT_BUCKETS; j++) {
			length = 0;
			for (record = table.segments[i][j]; record; record = record->next)
				steps += ++length;
			longest = max(longest, length);
		}
	}
	pr_info("stride %u: %u records, %u buckets, longest chain %u, %llu records in 100 are looked at\n",
		stride, table.nr_records, table.nr_buckets, longest,
		div_u64(steps * 100, table.nr_records));
	check(table.nr_records == RECORDS);
	check(table.nr_buckets >= RECORDS);
	check(div_u64(steps, table.nr_records) < 4);
}

static void run(void)
{
	struct task_struct *looker;
	unsigned int i;

	looker = kthread_run(look, NULL, "chunk_test");
	if (IS_ERR(looker)) {
		check(!"kthread");
		return;
	}
	mod_timer(&ticker, jiffies + 1);
	while (window < RECORDS) {
		for (i = 0; i < ROUNDS; i++)
			change_some();
		WRITE_ONCE(window, window + 1);
		cond_resched();
	}
	kthread_stop(looker);
	timer_delete_sync(&ticker);
	compare();
	look_at_chains();
}

static int __init chunk_test_init(void)
{
	int ret = chunk_init();

	if (ret)
		return ret;
	model = kvcalloc(BLOCKS, sizeof(*model), GFP_KERNEL);
	ret = model ? chunk_table_init(&table, (block_of(BLOCKS - 1) + 1) * DIFF_BLOCK_SECTORS) : -ENOMEM;
	if (!ret)
		run();
	chunk_table_exit(&table);
	kvfree(model);
	chunk_exit();
	return ret ?: wrong ? -EINVAL : 0;
}

static void __exit chunk_test_exit(void)
{
}

module_init(chunk_test_init);
module_exit(chunk_test_exit);

MODULE_DESCRIPTION("Test of the records of blksnap");
MODULE_LICENSE("GPL");
