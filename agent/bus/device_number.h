/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BLKSNAP_BUS_DEVICE_NUMBER_H
#define BLKSNAP_BUS_DEVICE_NUMBER_H

#include "string_list.h"

/*
 * Append MAJOR:MINOR of the devices with a name, as blksnap-agent(8) has it, with the rights of the
 * caller. Returns 0, or 1 after a message.
 */
int device_number_add(struct strings *numbers, const char *name);

#endif
