// SPDX-License-Identifier: GPL-2.0
/*
 * Linux 5.11 has mappings of pages for one task ("mm/highmem: Provide kmap_local*"); before,
 * they are for one CPU.
 */
#ifdef COMPAT_HAS_KMAP_LOCAL
HAS(kmap_local_page);
#else
HAS_NO(kmap_local_page);
#endif
