/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The version of the modules and of the programs, which is read from here.
 */
#ifndef BLKSNAP_MODULE_VERSION_H
#define BLKSNAP_MODULE_VERSION_H

#include <linux/stringify.h>

#define BLKSNAP_MAJOR		1
#define BLKSNAP_MINOR		0
#define BLKSNAP_REVISION	0

#define BLKSNAP_VERSION		__stringify(BLKSNAP_MAJOR) "." __stringify(BLKSNAP_MINOR) \
				"." __stringify(BLKSNAP_REVISION)

#endif /* BLKSNAP_MODULE_VERSION_H */
