// SPDX-License-Identifier: GPL-2.0
/*
 * References to the module's code: one for each task inside a function that replaces a hooked one,
 * and one for each passthrough command whose completion handler is ours. Such a task may sleep there
 * for long, so unloading waits for the last one. RCU tasks covers the few instructions before a
 * reference is taken and after it is dropped, see hook_exit().
 */
#include "blkfilter.h"

static atomic_t code_refs = ATOMIC_INIT(0);
static DECLARE_WAIT_QUEUE_HEAD(code_unused);

/* code_ref_get - keep the module's code. Context: any. */
void code_ref_get(void)
{
	atomic_inc(&code_refs);
}

/* code_ref_put - drop a reference. Context: any. */
void code_ref_put(void)
{
	if (atomic_dec_and_test(&code_refs))
		wake_up(&code_unused);
}

/* code_ref_wait - wait until there is no reference. Context: may sleep. */
void code_ref_wait(void)
{
	wait_event_idle(code_unused, !atomic_read(&code_refs));
}
