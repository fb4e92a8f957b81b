/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BLKSNAP_BUS_SERVE_H
#define BLKSNAP_BUS_SERVE_H

/* Serve the interface until nobody has called for a while. Returns an exit status. */
int serve(void);

#endif
