// SPDX-License-Identifier: GPL-2.0
/*
 * Passthrough commands: requests that somebody makes himself, without a bio that comes by
 * submit_bio_noacct(). SG_IO and /dev/sg do so, ioctls and io_uring commands of NVMe, and the
 * kernel itself to ask a disk about itself. What a command changes cannot be told from it in
 * general, only that it may. So one that is not known to be harmless is announced to the filters of
 * the devices that it may concern, before the device gets it, and who wants to rely on what is on a
 * device waits until none is under way (blkfilter_drain_passthrough()).
 *
 * Both functions by which a request is executed are redirected here while a device is attached,
 * for queues that may concern one. Each command is on a list from before its filters are told until
 * it has ended, or, if it is harmless, until its execution has begun. When the original function is
 * called the command comes by the hook once more, and is known by the list: there it is one request
 * of one task, since the request may have ended, and be used anew by others, while the task is
 * still on its way out. Filters are told in the context of whoever executes, which may sleep.
 */
#include <linux/blk-mq.h>
#include <linux/device.h>
#include <linux/nvme.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <linux/uaccess.h>
#include "blkfilter.h"
#include "../compat/scsi.h"

/* Protects the list; taken in any context. */
static DEFINE_SPINLOCK(commands_lock);
static LIST_HEAD(commands);
/* There was no memory to notice the end of a command that may change data. */
static bool untracked;

/*
 * What sort of commands a disk understands. The caller keeps the disk's parent, or the disk is one
 * of NVMe, as tell_if_concerned() says.
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

/* passthrough_kind - what sort of commands a disk understands; may sleep */
enum passthrough_kind passthrough_kind(struct gendisk *disk)
{
	struct kind_search search = { disk, PASSTHROUGH_OTHER };

	class_for_each_device(disk_to_dev(disk)->class, NULL, &search, find_kind);
	return search.kind;
}

/* passthrough_is_path - whether a disk is one of the paths that an NVMe multipath disk hides */
bool passthrough_is_path(struct gendisk *path, struct gendisk *head)
{
	int subsystem, namespace, of_subsystem, of_namespace, controller;

	return sscanf(head->disk_name, "nvme%dn%d", &subsystem, &namespace) == 2 &&
	       sscanf(path->disk_name, "nvme%dc%dn%d", &of_subsystem, &controller,
		      &of_namespace) == 3 &&
	       subsystem == of_subsystem && namespace == of_namespace;
}

/* ATA commands, in a SCSI one; names and numbers are those of ACS. */
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
	case 0xb0: /* SMART; writing to logs e0h and e1h is a way for other commands (SCT) */
		return feature != 0xd6 || (log != 0xe0 && log != 0xe1);
	default:
		return false;
	}
}

/* Opcodes without a name in the kernel are those of SPC and SBC. */
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
	case SEND_DIAGNOSTIC: /* a self-test, but no page with parameters */
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
 * The driver's part of an NVMe request begins with a pointer to the command. Should that change,
 * what is read instead may be anything, and nothing may be there to be read. In a command the
 * lowest bit tells the direction of its data, and so does the request: where they do not agree, it
 * is no command.
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
	case PASSTHROUGH_VIRTIO: /* asks for the serial number; programs can send none */
		return req_op(rq) == REQ_OP_DRV_IN;
	default:
		return false;
	}
}

/* is_admin_queue - whether a queue takes a controller's admin commands; the disk is one of NVMe */
static bool is_admin_queue(struct request_queue *queue, struct gendisk *disk)
{
	struct blk_mq_tag_set *set = disk->queue->tag_set;

	return set && queue->tag_set && queue->tag_set != set &&
	       queue->tag_set->driver_data == set->driver_data;
}

static void tell_filters(struct gendisk *disk)
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

/* The node with a name in a folder of sysfs, for which the reference to the folder is given up. */
static struct kernfs_node *enter(struct kernfs_node *folder, const char *name)
{
	struct kernfs_node *node = folder ? sysfs_get_dirent(folder, name) : NULL;

	sysfs_put(folder);
	return node;
}

/*
 * The name of the subsystem that an NVMe disk belongs to, in a page that is to be freed; or NULL. Its
 * parent is a controller or the subsystem itself, and both have a file with it.
 */
static char *subsystem_name(struct gendisk *disk)
{
	struct device *parent = disk_to_dev(disk)->parent;
	struct kernfs_node *node = sysfs_get_dirent(compat_sysfs_root(), "class");
	struct device_attribute *file;
	struct kernfs_node *link;
	char *name = NULL;

	link = enter(enter(node, parent->class->name), dev_name(parent));
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

struct subsystem {
	char *name;
};

/* For each block device: is it an NVMe disk of that subsystem, or cannot that be told? */
static int tell_if_of_subsystem(struct device *dev, void *data)
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
		tell_filters(disk);
	free_page((unsigned long)name);
	return 0;
}

/*
 * An admin command may change any namespace of the subsystem, also those that this controller does
 * not have: format and sanitize do, by what the subsystem is like.
 */
static void tell_subsystem(struct gendisk *disk)
{
	char *subsystem = subsystem_name(disk);

	table_walk_devices(tell_if_of_subsystem, subsystem);
	free_page((unsigned long)subsystem);
}

/* For each block device: is it a disk that the command may change? */
static int tell_if_concerned(struct device *dev, void *data)
{
	struct passthrough *command = data;
	struct gendisk *disk = compat_device_disk(dev);
	enum passthrough_kind kind;
	bool admin;

	if (dev != disk_to_dev(disk))
		return 0;
	/*
	 * The walk keeps the disk, but not its parent. That of the disk that the command goes to is
	 * kept by whoever executes it; of others only those of NVMe are looked at, whose commands
	 * may come by the queue of their controller.
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
	/* First on the list and marked, then told: see blkfilter_drain_passthrough(). */
	smp_mb();
	if (admin)
		tell_subsystem(disk);
	else
		tell_filters(disk);
	return 0;
}

/**
 * passthrough_begin - announce a command that is about to be executed
 * @command: to be ended with passthrough_end()
 * @rq: the request
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
	table_walk_devices(tell_if_concerned, command);
}

/* passthrough_end - the command has ended; or, if it is harmless, its execution has begun */
void passthrough_end(struct passthrough *command)
{
	unsigned long flags;

	spin_lock_irqsave(&commands_lock, flags);
	list_del(&command->link);
	spin_unlock_irqrestore(&commands_lock, flags);
	code_ref_put();
}

/* One that nobody waits for has ended; it was allocated. */
static compat_end_io_t ended(COMPAT_END_IO_PARAMS)
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
 * passthrough_begin_nowait - the same for a command whose end its executor does not wait for
 * @command: to be ended with passthrough_end() when its execution has begun
 * @rq: the request
 * @done: what is to be called at its end; may be NULL
 *
 * Return: what is to be called instead.
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
		pr_warn("the end of a command to a disk cannot be noticed: no snapshot can be taken of disks that take such commands until blkfilter is loaded anew\n");
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
	return ended;
}

/**
 * passthrough_is_known - whether a request that this task executes was announced already
 * @rq: the request
 *
 * Context: any.
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

/* Whether a command is under way that may change the device of an attachment. */
static bool is_unsettled(struct blkfilter_attachment *att)
{
	struct passthrough *command;
	bool found = READ_ONCE(untracked);

	spin_lock_irq(&commands_lock);
	list_for_each_entry(command, &commands, link) {
		if (!READ_ONCE(command->changes))
			continue;
		/* One of NVMe may be to its controller, or to one of its paths. */
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
	smp_mb(); /* what the caller wrote before is seen by filters that are told later */
	while (!ret && is_unsettled(att)) {
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
