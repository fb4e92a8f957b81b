// SPDX-License-Identifier: GPL-2.0
/*
 * Says how wide a pointer is: shows that tests can bring C programs of both kinds.
 *
 * BUILD: m32
 */
#include <stdio.h>

int main(void)
{
	printf("%zu\n", sizeof(void *));
	return 0;
}
