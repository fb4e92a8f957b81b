/* SPDX-License-Identifier: GPL-2.0 */
/* Memory, RCU, tasks and work queues; included by compat.h. */

/* gate.c and bio.c rely on it. */
#if defined(COMPAT_HAS_RCU_SCHED) && defined(CONFIG_PREEMPT_RCU)
#error "RCU of this kernel does not wait for code with interrupts off"
#endif

#ifndef COMPAT_HAS_WQ_PERCPU
#define WQ_PERCPU	0
#endif

#ifndef COMPAT_HAS_KMAP_LOCAL
#define kmap_local_page(page)	kmap_atomic(page)
#define kunmap_local(addr)	kunmap_atomic(addr)
#endif

#ifndef COMPAT_HAS_MEMCPY_TO_BVEC
static inline void memcpy_to_bvec(struct bio_vec *bv, const char *from)
{
	char *to = kmap_local_page(bv->bv_page);

	memcpy(to + bv->bv_offset, from, bv->bv_len);
	flush_dcache_page(bv->bv_page);
	kunmap_local(to);
}
#endif

#ifndef COMPAT_HAS_TIMER_DELETE_SYNC
#define timer_delete_sync(timer)	del_timer_sync(timer)
#endif

/*
 * Orders all accesses before the increment of a per-CPU counter that follows. The increment is not an
 * atomic operation in the sense of smp_mb__before_atomic(). x86 orders loads and stores before later
 * stores by itself.
 */
#ifdef CONFIG_X86
#define compat_smp_mb_before_this_cpu_inc()	barrier()
#else
#define compat_smp_mb_before_this_cpu_inc()	smp_mb() /* see the user for what it pairs with */
#endif

/* Without preemption, RCU tasks grace periods are those of RCU. */
#ifdef CONFIG_TASKS_RCU
#define compat_rcu_barrier_tasks()	rcu_barrier_tasks()
#else
#define compat_rcu_barrier_tasks()	rcu_barrier()
#endif

/* compat_task_on_cpu - tell whether a task is running on a CPU, or is just being switched off it */
static inline bool compat_task_on_cpu(const struct task_struct *task)
{
#ifdef CONFIG_SMP
	return READ_ONCE(task->on_cpu);
#else
	return task == current;
#endif
}
