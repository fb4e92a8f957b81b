// SPDX-License-Identifier: GPL-2.0
/*
 * Until Linux 5.17 the command of a SCSI request was in a structure of its own ("scsi: core: Remove
 * struct scsi_request"). A file that is not there would end the compilation.
 */
#ifdef COMPAT_HAS_SCSI_REQUEST
#if !__has_include("scsi/scsi_request.h")
#error "no struct scsi_request"
#endif
#elif __has_include("scsi/scsi_request.h")
#error "struct scsi_request"
#endif
