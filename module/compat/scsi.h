/* SPDX-License-Identifier: GPL-2.0 */
/* As compat.h, for files that examine SCSI commands. */
#ifndef BLKSNAP_COMPAT_SCSI_H
#define BLKSNAP_COMPAT_SCSI_H

#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_proto.h>
#include "compat.h"

/* The command of a request to a SCSI device, which need not be prepared yet. */
#ifdef COMPAT_HAS_SCSI_REQUEST
#define compat_scsi_command(rq)	(((struct scsi_cmnd *)blk_mq_rq_to_pdu(rq))->req.cmd)
#else
#define compat_scsi_command(rq)	(((struct scsi_cmnd *)blk_mq_rq_to_pdu(rq))->cmnd)
#endif

#endif /* BLKSNAP_COMPAT_SCSI_H */
