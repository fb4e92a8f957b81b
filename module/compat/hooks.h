/* SPDX-License-Identifier: GPL-2.0 */
/* What is hooked, and what ftrace tells; included by compat.h. */

/* With the arguments at hand no callback needs all registers. */
#ifdef CONFIG_DYNAMIC_FTRACE_WITH_ARGS
#define COMPAT_FTRACE_SAVE_REGS	0
#else
#define COMPAT_FTRACE_SAVE_REGS	FTRACE_OPS_FL_SAVE_REGS
#endif

/* Nothing is to keep a callback from being called. */
#ifdef COMPAT_HAS_FTRACE_RECURSION_SAFE
#define COMPAT_FTRACE_FLAGS	(COMPAT_FTRACE_SAVE_REGS | FTRACE_OPS_FL_RECURSION_SAFE)
#else
#define COMPAT_FTRACE_FLAGS	COMPAT_FTRACE_SAVE_REGS
#endif

/* Such a kernel is one for x86-64, see configure. Nobody asks for more than three arguments. */
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

/* What a block device's ioctls come to first, with (file, cmd, arg). */
#ifdef COMPAT_HAS_BLKDEV_IOCTL_BDEV
#define COMPAT_BLKDEV_IOCTL	"block_ioctl"
#else
#define COMPAT_BLKDEV_IOCTL	"blkdev_ioctl"
#endif

/* Whether programs of 32 bits can run, whose ioctls come by compat_blkdev_ioctl. */
#define COMPAT_PROGRAMS_32	IS_ENABLED(CONFIG_COMPAT)

/* Whether some drivers are given pages to write, without a bio. */
#ifdef COMPAT_HAS_BDEV_WRITE_PAGE
#define COMPAT_WRITES_PAGES	true
#else
#define COMPAT_WRITES_PAGES	false
#endif

/* What a function returns that submits a bio: return COMPAT_QC_NONE. */
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

/* Whether a driver may hand a bio to the one below without submit_bio_noacct(), and how. */
#ifdef COMPAT_HAS_DIRECT_MAKE_REQUEST
#define COMPAT_SUBMITS_DIRECTLY		true
#define compat_submit_directly(bio)	direct_make_request(bio)
#else
#define COMPAT_SUBMITS_DIRECTLY		false
#define compat_submit_directly(bio)	do { } while (0)
#endif
