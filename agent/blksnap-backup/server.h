/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where an export listens, and who may connect. */
#ifndef BLKSNAP_BACKUP_SERVER_H
#define BLKSNAP_BACKUP_SERVER_H

#include "daemon.h"
#include "options.h"

/* Whether the options say where, and safely; a status after a message. */
int server_check(const struct options *options);

/* The object that the daemon has to have for TLS, to be freed; NULL without TLS. */
char *server_tls(const struct options *options);

/*
 * In place of the daemon's private server, which has no exports by then any more. 0, or -1 after a
 * message; server_stop() follows after the daemon's end.
 */
int server_start(struct daemon *daemon, const struct options *options);

/* Lets others than root connect, when all exports are there; 0, or -1 after a message. */
int server_publish(const struct options *options);
void server_stop(const struct options *options);

/* The address of an export for clients. */
void server_print(const struct options *options, const char *export);

#endif
