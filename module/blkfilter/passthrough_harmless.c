// SPDX-License-Identifier: GPL-2.0
/*
 * Which passthrough commands are known not to change data. An unknown command counts as one that does.
 */
#include <linux/blk-mq.h>
#include <linux/nvme.h>
#include <linux/uaccess.h>
#include "blkfilter.h"
#include "../compat/scsi.h"

/* ATA commands, inside SCSI commands. Names and numbers are those of ACS. */
static bool ata_is_harmless(u8 command, u8 feature, u8 log)
{
	switch (command) {
	case 0x00: /* NOP */
	case 0x20: /* READ SECTOR(S) */
	case 0x24: /* READ SECTOR(S) EXT */
	case 0x25: /* READ DMA EXT */
	case 0x27: /* READ NATIVE MAX ADDRESS EXT */
	case 0x2f: /* READ LOG EXT */
	case 0x40: /* READ VERIFY SECTOR(S) */
	case 0x42: /* READ VERIFY SECTOR(S) EXT */
	case 0x47: /* READ LOG DMA EXT */
	case 0x60: /* READ FPDMA QUEUED */
	case 0x98: /* CHECK POWER MODE, retired number */
	case 0xa1: /* IDENTIFY PACKET DEVICE */
	case 0xc8: /* READ DMA */
	case 0xe0: /* STANDBY IMMEDIATE */
	case 0xe1: /* IDLE IMMEDIATE */
	case 0xe2: /* STANDBY */
	case 0xe3: /* IDLE */
	case 0xe4: /* READ BUFFER */
	case 0xe5: /* CHECK POWER MODE */
	case 0xe6: /* SLEEP */
	case 0xe7: /* FLUSH CACHE */
	case 0xea: /* FLUSH CACHE EXT */
	case 0xec: /* IDENTIFY DEVICE */
	case 0xef: /* SET FEATURES */
	case 0xf8: /* READ NATIVE MAX ADDRESS */
		return true;
	case 0xb0: /* SMART; a write to logs e0h and e1h executes another command (SCT) */
		return feature != 0xd6 || (log != 0xe0 && log != 0xe1);
	default:
		return false;
	}
}

/* Opcodes that the kernel has no name for are from SPC and SBC. */
static bool scsi_is_harmless(const u8 *cdb)
{
	switch (cdb[0]) {
	case TEST_UNIT_READY:
	case REQUEST_SENSE:
	case READ_6:
	case INQUIRY:
	case 0x16: /* RESERVE(6) */
	case 0x17: /* RELEASE(6) */
	case MODE_SENSE:
	case START_STOP:
	case RECEIVE_DIAGNOSTIC:
	case ALLOW_MEDIUM_REMOVAL:
	case 0x23: /* READ FORMAT CAPACITIES */
	case READ_CAPACITY:
	case READ_10:
	case VERIFY:
	case 0x34: /* PRE-FETCH(10) */
	case SYNCHRONIZE_CACHE:
	case READ_DEFECT_DATA:
	case READ_BUFFER:
	case READ_LONG:
	case 0x4a: /* GET EVENT STATUS NOTIFICATION */
	case LOG_SELECT:
	case LOG_SENSE:
	case 0x56: /* RESERVE(10) */
	case 0x57: /* RELEASE(10) */
	case MODE_SENSE_10:
	case PERSISTENT_RESERVE_IN:
	case PERSISTENT_RESERVE_OUT:
	case 0x84: /* RECEIVE COPY RESULTS */
	case READ_16:
	case VERIFY_16:
	case 0x90: /* PRE-FETCH(16) */
	case 0x91: /* SYNCHRONIZE CACHE(16) */
	case REPORT_LUNS:
	case SECURITY_PROTOCOL_IN:
	case MAINTENANCE_IN:
	case READ_12:
	case 0xab: /* SERVICE ACTION IN(12) */
	case 0xaf: /* VERIFY(12) */
	case 0xb7: /* READ DEFECT DATA(12) */
		return true;
	case SEND_DIAGNOSTIC: /* a self-test, without parameters */
		return !cdb[3] && !cdb[4];
	case SERVICE_ACTION_IN_16: /* READ CAPACITY(16) to GET PHYSICAL ELEMENT STATUS */
		return (cdb[1] & 0x1f) >= 0x10 && (cdb[1] & 0x1f) <= 0x17;
	case MAINTENANCE_OUT: /* device handlers of multipath set target port groups */
		return (cdb[1] & 0x1f) == MO_SET_TARGET_PGS;
	case VARIABLE_LENGTH_CMD: /* READ(32), VERIFY(32) */
		return cdb[8] == 0 && (cdb[9] == 0x09 || cdb[9] == 0x0a);
	case ATA_16:
		return ata_is_harmless(cdb[14], cdb[4], cdb[8]);
	case ATA_12:
		return ata_is_harmless(cdb[9], cdb[3], cdb[5]);
	default:
		return false;
	}
}

static bool nvme_admin_is_harmless(u8 opcode)
{
	switch (opcode) {
	case nvme_admin_delete_sq:
	case nvme_admin_create_sq:
	case nvme_admin_get_log_page:
	case nvme_admin_delete_cq:
	case nvme_admin_create_cq:
	case nvme_admin_identify:
	case nvme_admin_abort_cmd:
	case nvme_admin_set_features:
	case nvme_admin_get_features:
	case nvme_admin_async_event:
	case nvme_admin_dev_self_test:
	case nvme_admin_keep_alive:
	case nvme_admin_directive_send:
	case nvme_admin_directive_recv:
	case nvme_admin_dbbuf:
	case nvme_admin_security_recv:
	case nvme_admin_get_lba_status:
	case nvme_fabrics_command:
		return true;
	default:
		return false;
	}
}

static bool nvme_io_is_harmless(u8 opcode)
{
	switch (opcode) {
	case nvme_cmd_flush:
	case nvme_cmd_read:
	case nvme_cmd_compare:
	case 0x0c: /* verify */
	case nvme_cmd_resv_register:
	case nvme_cmd_resv_report:
	case nvme_cmd_resv_acquire:
	case 0x12: /* I/O management receive */
	case nvme_cmd_resv_release:
	case nvme_fabrics_command: /* connect */
		return true;
	default:
		return false;
	}
}

/*
 * The driver data of an NVMe request begins with a pointer to the command. If a kernel changed that, the
 * pointer could be anything, even an address that cannot be read. The lowest bit of an opcode is the
 * direction of the data. If the request has another direction, this is not the command.
 */
static bool nvme_is_harmless(struct request *rq, bool admin)
{
	const void *command = *(const void **)blk_mq_rq_to_pdu(rq);
	u8 opcode;

	if (copy_from_kernel_nofault(&opcode, command, sizeof(opcode)))
		return false;
	if (opcode != nvme_fabrics_command && (opcode & 1) != (req_op(rq) == REQ_OP_DRV_OUT))
		return false;
	return admin ? nvme_admin_is_harmless(opcode) : nvme_io_is_harmless(opcode);
}

/**
 * passthrough_is_harmless - tell whether a request is known not to change data
 * @rq: the request
 * @kind: the kind of commands of its disk
 * @admin: whether it is an admin command of an NVMe controller
 *
 * Context: any; the request is not executing yet.
 * Return: whether it is.
 */
bool passthrough_is_harmless(struct request *rq, enum passthrough_kind kind, bool admin)
{
	if (!blk_rq_is_passthrough(rq))
		return req_op(rq) == REQ_OP_READ || req_op(rq) == REQ_OP_FLUSH;
	switch (kind) {
	case PASSTHROUGH_SCSI:
		return scsi_is_harmless(compat_scsi_command(rq));
	case PASSTHROUGH_NVME:
		return nvme_is_harmless(rq, admin);
	case PASSTHROUGH_VIRTIO: /* reads the serial number; programs cannot send commands */
		return req_op(rq) == REQ_OP_DRV_IN;
	default:
		return false;
	}
}
