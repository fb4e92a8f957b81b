// SPDX-License-Identifier: GPL-2.0
/*
 * Since Linux 6.15 the parent of a kernfs node is to be read under RCU ("kernfs: Use RCU to access
 * kernfs_node::parent").
 */
#include <linux/kernfs.h>

#ifdef COMPAT_HAS_KERNFS_PARENT_RCU
struct kernfs_node *probe(struct kernfs_node *kn);
struct kernfs_node *probe(struct kernfs_node *kn)
{
	return rcu_dereference_protected(kn->__parent, true);
}
#else
struct kernfs_node *probe(struct kernfs_node *kn);
struct kernfs_node *probe(struct kernfs_node *kn)
{
	return kn->parent;
}
#endif
