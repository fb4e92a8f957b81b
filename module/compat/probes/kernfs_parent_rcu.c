// SPDX-License-Identifier: GPL-2.0
/*
 * Since Linux 6.15 the parent of a kernfs node is to be read under RCU, and has another name
 * ("kernfs: Use RCU to access kernfs_node::parent").
 */
#ifdef COMPAT_HAS_KERNFS_PARENT_RCU
HAS_MEMBER(struct kernfs_node, __parent);
#else
HAS_NO_MEMBER(struct kernfs_node, __parent);
#endif
