/* SPDX-License-Identifier: GPL-2.0 */
/* Memory, RCU and work queues; included by compat.h. */

/* gate.c and bio.c take it for granted. */
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
