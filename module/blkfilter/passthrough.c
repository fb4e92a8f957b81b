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
#include <linux/slab.h>
#include <linux/sysfs.h>
#include "blkfilter.h"

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
	if (passthrough_is_harmless(command->rq, kind, admin))
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
