/* SPDX-License-Identifier: GPL-2.0 */
/* Requests, passthrough commands among them; included by compat.h. */

/*
 * For blk_execute_rq(): its parameters, a call with them, its return type; and the position of the request
 * among its arguments, which is the same for blk_execute_rq_nowait().
 */
#if defined(COMPAT_HAS_EXECUTE_RQ_QUEUE)
#define COMPAT_EXECUTE_PARAMS \
	struct request_queue *queue, struct gendisk *disk, struct request *rq, int at_head
#define COMPAT_EXECUTE_RQ	2
#define compat_execute_t	typeof(blk_execute_rq(NULL, NULL, NULL, 0))
#define compat_execute()	blk_execute_rq(queue, disk, rq, at_head)
#elif defined(COMPAT_HAS_EXECUTE_RQ_ALONE)
#define COMPAT_EXECUTE_PARAMS	struct request *rq, bool at_head
#define COMPAT_EXECUTE_RQ	0
#define compat_execute_t	typeof(blk_execute_rq(NULL, false))
#define compat_execute()	blk_execute_rq(rq, at_head)
#else
#define COMPAT_EXECUTE_PARAMS	struct gendisk *disk, struct request *rq, int at_head
#define COMPAT_EXECUTE_RQ	1
#define compat_execute_t	typeof(blk_execute_rq(NULL, NULL, 0))
#define compat_execute()	blk_execute_rq(disk, rq, at_head)
#endif

/*
 * For blk_execute_rq_nowait(): its parameters, the one that is the completion handler, and a call with
 * another handler. Newer kernels have the handler in the request.
 */
#ifdef COMPAT_HAS_EXECUTE_NOWAIT_ALONE
#define COMPAT_NOWAIT_PARAMS	struct request *rq, bool at_head
#define COMPAT_NOWAIT_END_IO	((rq)->end_io)
#define compat_execute_nowait(done) \
	do { (rq)->end_io = (done); blk_execute_rq_nowait(rq, at_head); } while (0)
#else
#if defined(COMPAT_HAS_EXECUTE_RQ_QUEUE)
#define COMPAT_NOWAIT_PARAMS \
	struct request_queue *queue, struct gendisk *disk, struct request *rq, int at_head, \
	__typeof__(rq_end_io_fn) *end_io
#define compat_execute_nowait(done)	blk_execute_rq_nowait(queue, disk, rq, at_head, done)
#elif defined(COMPAT_HAS_EXECUTE_RQ_ALONE)
#define COMPAT_NOWAIT_PARAMS	struct request *rq, bool at_head, __typeof__(rq_end_io_fn) *end_io
#define compat_execute_nowait(done)	blk_execute_rq_nowait(rq, at_head, done)
#else
#define COMPAT_NOWAIT_PARAMS \
	struct gendisk *disk, struct request *rq, int at_head, __typeof__(rq_end_io_fn) *end_io
#define compat_execute_nowait(done)	blk_execute_rq_nowait(disk, rq, at_head, done)
#endif
#define COMPAT_NOWAIT_END_IO	end_io
#endif

/* For the completion handler: its parameters, a call with them, its return type. */
#ifdef COMPAT_HAS_END_IO_BATCH
#define COMPAT_END_IO_PARAMS \
	struct request *rq, blk_status_t status, const struct io_comp_batch *batch
#define compat_end_io(function)	((function)(rq, status, batch))
#else
#define COMPAT_END_IO_PARAMS	struct request *rq, blk_status_t status
#define compat_end_io(function)	((function)(rq, status))
#endif
#ifdef COMPAT_HAS_END_IO_VOID
#define compat_end_io_t		void
#else
#define compat_end_io_t		enum rq_end_io_ret
#endif

/* The position of the request among the arguments of blk_insert_cloned_request(). */
#ifdef COMPAT_HAS_INSERT_CLONED_QUEUE
#define COMPAT_INSERT_CLONED_RQ	1
#else
#define COMPAT_INSERT_CLONED_RQ	0
#endif

/* The parameters of a function that is called for requests in flight. */
#ifdef COMPAT_HAS_BUSY_ITER_RESERVED
#define COMPAT_BUSY_ITER_PARAMS	struct request *rq, void *data, bool reserved
#else
#define COMPAT_BUSY_ITER_PARAMS	struct request *rq, void *data
#endif
