// SPDX-License-Identifier: GPL-2.0
/*
 * Passthrough commands: requests that do not come as bios through submit_bio_noacct(). SG_IO and /dev/sg
 * submit them, ioctls and io_uring commands of NVMe, and the kernel itself to query a disk. What a command
 * changes is unknown in general. So unless it is known to be harmless, the filters of the devices that it
 * may concern are told before the device gets it. A filter that relies on the content of a device waits
 * until no such command is executing (blkfilter_drain_passthrough()).
 *
 * While a device is attached, both functions that execute a request are redirected here, for queues that
 * may concern the device. A command is on a list from before the filters are told until it has completed
 * or, if it is harmless, until its execution has begun. The original function is hooked too, and the list
 * tells that the command has been announced. The list is searched for the request and the task: the
 * request may have completed, and be reused by another task, while the first task has not returned yet.
 * The filters are told in the context of the task that executes the request, which may sleep.
 */
#include <linux/blk-mq.h>
#include <linux/device.h>
#include <linux/nvme.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <linux/uaccess.h>
#include "blkfilter.h"
#include "../compat/scsi.h"

/* Protects the list of commands; taken in any context. */
static DEFINE_SPINLOCK(commands_lock);
static LIST_HEAD(commands);
/* The completion of a command that may change data could not be tracked, for want of memory. */
static bool untracked;

/*
 * Tell which passthrough commands a disk executes. The caller keeps the disk's parent, or the disk is an
 * NVMe disk, see notify_if_concerned().
 */
static enum passthrough_kind kind_of(struct gendisk *disk)
{
	struct device *parent = disk_to_dev(disk)->parent;

	if (!parent)
		return PASSTHROUGH_OTHER;
	if (parent->type && !strcmp(parent->type->name ?: "", "scsi_device"))
		return PASSTHROUGH_SCSI;
	if (parent->class && !strcmp(parent->class->name, "nvme"))
		return PASSTHROUGH_NVME;
	if (parent->class && !strcmp(parent->class->name, "nvme-subsystem"))
		return PASSTHROUGH_NVME_HEAD;
	if (parent->bus && !strcmp(parent->bus->name, "virtio"))
		return PASSTHROUGH_VIRTIO;
	return PASSTHROUGH_OTHER;
}

struct kind_search {
	struct gendisk *disk;
	enum passthrough_kind kind;
};

static int find_kind(struct device *dev, void *data)
{
	struct kind_search *search = data;

	if (dev != disk_to_dev(search->disk))
		return 0;
	search->kind = kind_of(search->disk);
	return 1;
}

/**
 * passthrough_kind - tell which passthrough commands a disk executes
 * @disk: the disk
 *
 * Context: may sleep.
 * Return: the kind of commands.
 */
enum passthrough_kind passthrough_kind(struct gendisk *disk)
{
	struct kind_search search = { disk, PASSTHROUGH_OTHER };

	class_for_each_device(disk_to_dev(disk)->class, NULL, &search, find_kind);
	return search.kind;
}

/**
 * passthrough_is_path - tell whether a disk is a hidden path of an NVMe multipath disk
 * @path: the disk
 * @head: the multipath disk
 *
 * Context: any.
 * Return: whether it is.
 */
bool passthrough_is_path(struct gendisk *path, struct gendisk *head)
{
	int subsystem, namespace, of_subsystem, of_namespace, controller;

	return sscanf(head->disk_name, "nvme%dn%d", &subsystem, &namespace) == 2 &&
	       sscanf(path->disk_name, "nvme%dc%dn%d", &of_subsystem, &controller,
		      &of_namespace) == 3 &&
	       subsystem == of_subsystem && namespace == of_namespace;
}

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

static bool is_harmless(struct request *rq, enum passthrough_kind kind, bool admin)
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

/* Whether a queue takes the admin commands of the controller of an NVMe disk. */
static bool is_admin_queue(struct request_queue *queue, struct gendisk *disk)
{
	struct blk_mq_tag_set *set = disk->queue->tag_set;

	return set && queue->tag_set && queue->tag_set != set &&
	       queue->tag_set->driver_data == set->driver_data;
}

static void notify_filters(struct gendisk *disk)
{
	struct blkfilter_attachment *att;
	unsigned int i;

	rcu_read_lock();
	for (i = 0; i < ARRAY_SIZE(blkfilter_table); i++)
		hlist_for_each_entry_rcu(att, &blkfilter_table[i], node)
			if (att->disk == disk || (att->kind == PASSTHROUGH_NVME_HEAD &&
						  passthrough_is_path(disk, att->disk)))
				table_notify_changed(att);
	rcu_read_unlock();
}

/* Get a node in a directory of sysfs, and put the directory. */
static struct kernfs_node *step_into(struct kernfs_node *dir, const char *name)
{
	struct kernfs_node *node = dir ? sysfs_get_dirent(dir, name) : NULL;

	sysfs_put(dir);
	return node;
}

/*
 * Get the name of the subsystem of an NVMe disk, in a page that the caller frees; or NULL. The parent of
 * the disk is a controller or the subsystem itself, and both have an attribute with the name.
 */
static char *subsystem_name(struct gendisk *disk)
{
	struct device *parent = disk_to_dev(disk)->parent;
	struct kernfs_node *node = sysfs_get_dirent(compat_sysfs_root(), "class");
	struct device_attribute *file;
	struct kernfs_node *link;
	char *name = NULL;

	link = step_into(step_into(node, parent->class->name), dev_name(parent));
	node = NULL;
	if (link && kernfs_type(link) == KERNFS_LINK)
		node = sysfs_get_dirent(link->symlink.target_kn, "subsysnqn");
	sysfs_put(link);
	if (node && kernfs_type(node) == KERNFS_FILE)
		name = (char *)get_zeroed_page(GFP_NOIO);
	if (name) {
		file = container_of((struct attribute *)node->priv, struct device_attribute, attr);
		if (file->show(parent, file, name) <= 0) {
			free_page((unsigned long)name);
			name = NULL;
		}
	}
	sysfs_put(node);
	return name;
}

/* Called for each block device: notify if it is an NVMe disk of the subsystem, or if this is unknown. */
static int notify_if_of_subsystem(struct device *dev, void *data)
{
	struct gendisk *disk = compat_device_disk(dev);
	const char *subsystem = data;
	enum passthrough_kind kind;
	char *name;

	if (dev != disk_to_dev(disk) || strncmp(disk->disk_name, "nvme", 4))
		return 0;
	kind = kind_of(disk);
	if (kind != PASSTHROUGH_NVME && kind != PASSTHROUGH_NVME_HEAD)
		return 0;
	name = subsystem_name(disk);
	if (!name || !subsystem || !strcmp(name, subsystem))
		notify_filters(disk);
	free_page((unsigned long)name);
	return 0;
}

/*
 * An admin command may change any namespace of the subsystem, even one that is not attached to this
 * controller: format and sanitize do so in some subsystems.
 */
static void notify_subsystem(struct gendisk *disk)
{
	char *subsystem = subsystem_name(disk);

	table_walk_devices(notify_if_of_subsystem, subsystem);
	free_page((unsigned long)subsystem);
}

/* Called for each block device: notify its filters if it is a disk that the command may change. */
static int notify_if_concerned(struct device *dev, void *data)
{
	struct passthrough *command = data;
	struct gendisk *disk = compat_device_disk(dev);
	enum passthrough_kind kind;
	bool admin;

	if (dev != disk_to_dev(disk))
		return 0;
	/*
	 * The walk keeps the disk but not its parent. The task that executes the command keeps that
	 * of the disk that the command is for. Of other disks only NVMe disks are examined, whose
	 * commands may come through the queue of their controller.
	 */
	if (command->queue != disk->queue && strncmp(disk->disk_name, "nvme", 4))
		return 0;
	kind = kind_of(disk);
	admin = kind == PASSTHROUGH_NVME && is_admin_queue(command->queue, disk);
	if (!admin && command->queue != disk->queue)
		return 0;
	if (is_harmless(command->rq, kind, admin))
		return 1;
	command->nvme = kind == PASSTHROUGH_NVME;
	WRITE_ONCE(command->changes, true);
	/* On the list and marked before the filters are told: pairs with blkfilter_drain_passthrough(). */
	smp_mb();
	if (admin)
		notify_subsystem(disk);
	else
		notify_filters(disk);
	return 0;
}

/**
 * passthrough_begin - add a command that is about to be executed, and tell the filters
 * @command: the command, to be removed with passthrough_end()
 * @rq: its request
 *
 * Context: may sleep.
 */
void passthrough_begin(struct passthrough *command, struct request *rq)
{
	unsigned long flags;

	code_ref_get();
	command->rq = rq;
	command->queue = rq->q;
	command->task = current;
	command->changes = false;
	spin_lock_irqsave(&commands_lock, flags);
	list_add(&command->link, &commands);
	spin_unlock_irqrestore(&commands_lock, flags);
	table_walk_devices(notify_if_concerned, command);
}

/**
 * passthrough_end - remove a command that has completed, or a harmless one whose execution has begun
 * @command: the command
 *
 * Context: any.
 */
void passthrough_end(struct passthrough *command)
{
	unsigned long flags;

	spin_lock_irqsave(&commands_lock, flags);
	list_del(&command->link);
	spin_unlock_irqrestore(&commands_lock, flags);
	code_ref_put();
}

/* The completion handler of a command that no task waits for. Frees the command. */
static compat_end_io_t passthrough_end_io(COMPAT_END_IO_PARAMS)
{
	struct passthrough *command = rq->end_io_data;
	rq_end_io_fn *end_io = command->end_io;

	rq->end_io_data = command->data;
	rq->end_io = end_io;
	passthrough_end(command);
	kfree(command);
	return compat_end_io(end_io);
}

/**
 * passthrough_begin_nowait - passthrough_begin() for a command whose completion no task waits for
 * @command: the command, to be removed with passthrough_end() when its execution has begun
 * @rq: its request
 * @done: its completion handler; may be NULL
 *
 * Context: may sleep.
 * Return: the completion handler to use instead.
 */
rq_end_io_fn *passthrough_begin_nowait(struct passthrough *command, struct request *rq,
				       rq_end_io_fn *done)
{
	struct passthrough *lasting;
	unsigned long flags;

	passthrough_begin(command, rq);
	if (!command->changes)
		return done;
	lasting = done ? kmalloc(sizeof(*lasting), GFP_ATOMIC) : NULL;
	if (!lasting) {
		pr_warn("no memory to track a passthrough command: no snapshot can be taken of disks that such commands are sent to until blkfilter is loaded again\n");
		WRITE_ONCE(untracked, true);
		return done;
	}
	code_ref_get();
	*lasting = *command;
	lasting->task = NULL;
	lasting->end_io = done;
	lasting->data = rq->end_io_data;
	rq->end_io_data = lasting;
	spin_lock_irqsave(&commands_lock, flags);
	list_add(&lasting->link, &commands);
	command->changes = false;
	spin_unlock_irqrestore(&commands_lock, flags);
	return passthrough_end_io;
}

/**
 * passthrough_is_known - tell whether this task has announced a request that it executes
 * @rq: the request
 *
 * Context: any.
 * Return: whether it has.
 */
bool passthrough_is_known(struct request *rq)
{
	struct passthrough *command;
	unsigned long flags;
	bool found = false;

	spin_lock_irqsave(&commands_lock, flags);
	list_for_each_entry(command, &commands, link)
		if (command->rq == rq && command->task == current)
			found = true;
	spin_unlock_irqrestore(&commands_lock, flags);
	return found;
}

/* Whether a command is executing that may change the device of an attachment. */
static bool has_command(struct blkfilter_attachment *att)
{
	struct passthrough *command;
	bool found = READ_ONCE(untracked);

	spin_lock_irq(&commands_lock);
	list_for_each_entry(command, &commands, link) {
		if (!READ_ONCE(command->changes))
			continue;
		/* An NVMe command may be for the controller of the disk, or for a path of it. */
		if (command->queue == att->disk->queue ||
		    (command->nvme && (att->kind == PASSTHROUGH_NVME ||
				       att->kind == PASSTHROUGH_NVME_HEAD)))
			found = true;
	}
	spin_unlock_irq(&commands_lock);
	return found;
}

int blkfilter_drain_passthrough(struct block_device *bdev, unsigned long timeout)
{
	struct blkfilter_attachment *att = attachment_get(bdev);
	unsigned long deadline = jiffies + timeout;
	int ret = 0;

	if (!att)
		return -ENODEV;
	smp_mb(); /* filters that are told later see the stores of the caller */
	while (!ret && has_command(att)) {
		schedule_timeout_idle(1);
		if (fatal_signal_pending(current))
			ret = -EINTR;
		else if (time_after(jiffies, deadline))
			ret = -EBUSY;
	}
	attachment_put(att);
	return ret;
}
EXPORT_SYMBOL_GPL(blkfilter_drain_passthrough);
