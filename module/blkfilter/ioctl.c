// SPDX-License-Identifier: GPL-2.0
/*
 * The commands BLKFILTER_ATTACH, BLKFILTER_DETACH and BLKFILTER_CTL, which are specified in
 * <uapi/linux/blk-filter.h>.
 */
#include <linux/capability.h>
#include <linux/uaccess.h>
#include "blkfilter.h"

/**
 * ioctl_is_ours - tell whether a command is one of the three
 * @cmd: the whole number; newer kernels use the same type and number with other arguments
 *
 * Return: whether it is.
 */
bool ioctl_is_ours(unsigned int cmd)
{
	return cmd == BLKFILTER_ATTACH || cmd == BLKFILTER_DETACH || cmd == BLKFILTER_CTL;
}

static int ioctl_ctl(struct block_device *bdev, struct blkfilter_ctl __user *argp)
{
	struct blkfilter_attachment *att;
	struct blkfilter_ctl ctl;
	struct blkfilter *flt;
	int ret;

	if (copy_from_user(&ctl, argp, sizeof(ctl)))
		return -EFAULT;
	att = attachment_get(bdev);
	if (!att)
		return -ENOENT;
	ret = mutex_lock_killable(&att->op_lock);
	if (ret) {
		attachment_put(att);
		return ret;
	}
	flt = att->flt;
	if (att->detached || strncmp(flt->ops->name, ctl.name, BLKFILTER_NAME_LENGTH))
		ret = -ENOENT;
	else if (!flt->ops->ctl)
		ret = -ENOTTY;
	else
		ret = flt->ops->ctl(flt, ctl.cmd, u64_to_user_ptr(ctl.opt), ctl.optlen);
	mutex_unlock(&att->op_lock);
	attachment_put(att);
	return ret;
}

/**
 * ioctl_answer - execute one of the three commands
 * @bdev: the device, kept open by the caller
 * @inode: its inode
 * @cmd: a command for which ioctl_is_ours() is true
 * @argp: the user's argument
 *
 * Context: may sleep.
 * Return: what the ioctl returns.
 */
int ioctl_answer(struct block_device *bdev, struct inode *inode, unsigned int cmd,
		 void __user *argp)
{
	struct blkfilter_name name;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (cmd == BLKFILTER_CTL)
		return ioctl_ctl(bdev, argp);
	if (copy_from_user(&name, argp, sizeof(name)))
		return -EFAULT;
	if (cmd == BLKFILTER_DETACH)
		return registry_detach(bdev, name.name);
	return registry_attach(bdev, inode, name.name);
}
