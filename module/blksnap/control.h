/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The two ways in for users: /dev/blksnap-control, and the commands of the filter on a
 * tracked device. Contract and errors are in <uapi/linux/blksnap.h>.
 */
#ifndef BLKSNAP_CONTROL_H
#define BLKSNAP_CONTROL_H

int control_init(void);
void control_exit(void);

#endif /* BLKSNAP_CONTROL_H */
