// SPDX-License-Identifier: GPL-2.0
/*
 * Since Linux 5.15 a flag of a bio that is polled for says that its memory goes back to a list of
 * the CPU ("bio: add allocation cache abstraction"). Newer kernels have REQ_ALLOC_CACHE for it.
 */
#ifdef COMPAT_HAS_BIO_PERCPU_CACHE
HAS(BIO_PERCPU_CACHE);
#else
HAS_NO(BIO_PERCPU_CACHE);
#endif
