// SPDX-License-Identifier: GPL-2.0
/*
 * Since Linux 5.9 what a bio-based driver is called by is one of its operations ("block: move
 * ->make_request_fn to struct block_device_operations"); before, it belongs to the queue.
 */
#ifdef COMPAT_HAS_SUBMIT_BIO_OP
HAS_MEMBER(struct block_device_operations, submit_bio);
#else
HAS_NO_MEMBER(struct block_device_operations, submit_bio);
#endif
