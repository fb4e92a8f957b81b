/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls that are under way. */
#ifndef BLKSNAP_BUS_CALL_H
#define BLKSNAP_BUS_CALL_H

#include <stdbool.h>

#include <systemd/sd-bus.h>

/* Handle a method call: the handler of all entries of the interface. */
int call_begin(sd_bus_message *message, void *userdata, sd_bus_error *error);

/* Whether any call is under way. */
bool call_any(void);

#endif
