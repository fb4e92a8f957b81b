// SPDX-License-Identifier: GPL-2.0
/*
 * Linux 5.11 has mappings of pages for one task ("mm/highmem: Provide kmap_local*"); before,
 * they are for one CPU.
 */
#include <linux/highmem.h>

#ifdef COMPAT_HAS_KMAP_LOCAL
void *probe(struct page *page);
void *probe(struct page *page)
{
	return kmap_local_page(page);
}
#else
/* Clashes with the declaration where there is one. */
char kmap_local_page;
#endif
