/* SPDX-License-Identifier: GPL-2.0 */
/* Hooked functions and ftrace; included by compat.h. */

/* If ftrace passes the arguments, a callback does not need all registers. */
#ifdef CONFIG_DYNAMIC_FTRACE_WITH_ARGS
#define COMPAT_FTRACE_SAVE_REGS	0
#else
#define COMPAT_FTRACE_SAVE_REGS	FTRACE_OPS_FL_SAVE_REGS
#endif

/* A callback must be called for each call of the function. */
#ifdef COMPAT_HAS_FTRACE_RECURSION_SAFE
#define COMPAT_FTRACE_FLAGS	(COMPAT_FTRACE_SAVE_REGS | FTRACE_OPS_FL_RECURSION_SAFE)
#else
#define COMPAT_FTRACE_FLAGS	COMPAT_FTRACE_SAVE_REGS
#endif

/* Such a kernel is one for x86-64, see configure. At most three arguments are used. */
#ifndef COMPAT_HAS_REGS_GET_ARGUMENT
#define regs_get_kernel_argument(regs, n)	\
	((n) == 0 ? (regs)->di : (n) == 1 ? (regs)->si : (regs)->dx + BUILD_BUG_ON_ZERO((n) > 2))
#endif

#ifdef COMPAT_HAS_FTRACE_REGS
#define compat_pt_regs(fregs)	(&(fregs)->regs)
#else
#define ftrace_regs		pt_regs
#define compat_pt_regs(fregs)	(fregs)
#define ftrace_instruction_pointer_set(regs, ip) instruction_pointer_set(regs, ip)
#endif

#ifndef COMPAT_HAS_FTRACE_GET_ARGUMENT
#define ftrace_regs_get_argument(fregs, n) regs_get_kernel_argument(compat_pt_regs(fregs), n)
#endif

#ifndef COMPAT_HAS_FTRACE_SET_IP
#define ftrace_regs_set_instruction_pointer(fregs, ip) ftrace_instruction_pointer_set(fregs, ip)
#endif

/* The function that executes the ioctls of a block device, with (file, cmd, arg). */
#ifdef COMPAT_HAS_BLKDEV_IOCTL_BDEV
#define COMPAT_BLKDEV_IOCTL	"block_ioctl"
#else
#define COMPAT_BLKDEV_IOCTL	"blkdev_ioctl"
#endif

/* Whether the kernel runs 32-bit programs, whose ioctls go through compat_blkdev_ioctl(). */
#define COMPAT_PROGRAMS_32	IS_ENABLED(CONFIG_COMPAT)

/* Whether some drivers write pages without a bio. */
#ifdef COMPAT_HAS_BDEV_WRITE_PAGE
#define COMPAT_WRITES_PAGES	true
#else
#define COMPAT_WRITES_PAGES	false
#endif

/* The return type of functions that submit a bio, and its only value here. */
#ifdef COMPAT_HAS_SUBMIT_BIO_VOID
#define compat_qc_t	void
#define COMPAT_QC_NONE
#else
#define compat_qc_t	blk_qc_t
#define COMPAT_QC_NONE	BLK_QC_T_NONE
#endif

typedef compat_qc_t compat_submit_bio_fn(struct bio *bio);

#ifndef COMPAT_HAS_SUBMIT_BIO_NOACCT
#define submit_bio_noacct	generic_make_request
#endif

/* Whether, and how, a driver can submit a bio to a lower device without submit_bio_noacct(). */
#ifdef COMPAT_HAS_DIRECT_MAKE_REQUEST
#define COMPAT_SUBMITS_DIRECTLY		true
#define compat_submit_directly(bio)	direct_make_request(bio)
#else
#define COMPAT_SUBMITS_DIRECTLY		false
#define compat_submit_directly(bio)	do { } while (0)
#endif
