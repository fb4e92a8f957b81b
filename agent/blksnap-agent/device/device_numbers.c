// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>

#include "device/device_numbers.h"

int device_numbers_add(struct device_numbers *numbers, dev_t number)
{
	dev_t *items = reallocarray(numbers->items, numbers->count + 1, sizeof(*items));

	if (!items)
		return -ENOMEM;
	numbers->items = items;
	items[numbers->count++] = number;
	return 0;
}

void device_numbers_free(struct device_numbers *numbers)
{
	free(numbers->items);
}
