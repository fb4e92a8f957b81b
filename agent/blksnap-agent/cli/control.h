/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Access to the module. */
#ifndef BLKSNAP_AGENT_CONTROL_H
#define BLKSNAP_AGENT_CONTROL_H

/* Open the control device. Returns a descriptor, or -1 after a message. */
int control_open(void);

#endif
