/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ioctls: those of /dev/blksnap-control, and the commands of the filter on a tracked device. They
 * are specified in <uapi/linux/blksnap.h>.
 */
#ifndef BLKSNAP_CONTROL_H
#define BLKSNAP_CONTROL_H

/* control_init - register the filter and the control device. Return: 0 or a negative errno. */
int control_init(void);

/* control_exit - undo control_init(). No ioctl is being executed on return. */
void control_exit(void);

#endif /* BLKSNAP_CONTROL_H */
