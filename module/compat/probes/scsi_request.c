// SPDX-License-Identifier: GPL-2.0
/*
 * Until Linux 5.18 the command of a SCSI request that is not yet prepared was in a structure of its
 * own ("scsi: core: Remove struct scsi_request").
 */
#include <scsi/scsi_cmnd.h>

#ifdef COMPAT_HAS_SCSI_REQUEST
HAS_MEMBER(struct scsi_cmnd, req);
#else
HAS_NO_MEMBER(struct scsi_cmnd, req);
#endif
