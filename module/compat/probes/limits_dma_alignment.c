// SPDX-License-Identifier: GPL-2.0
/*
 * Since Linux 6.1 the alignment of memory is one of the limits of a queue ("block: make
 * dma_alignment a stacking queue_limit"); before, that of logical blocks is asked for anyway.
 */
#ifdef COMPAT_HAS_LIMITS_DMA_ALIGNMENT
HAS_MEMBER(struct queue_limits, dma_alignment);
#else
HAS_NO_MEMBER(struct queue_limits, dma_alignment);
#endif
