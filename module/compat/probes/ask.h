/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the questions are asked with, see configure: all headers that compat.h includes, so that
 * what a question declares clashes with what a header does, and the forms that most of them have.
 * Each asks for one thing itself, never for another that came with it.
 */
#include <linux/bio.h>
#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/fs.h>
#include <linux/ftrace.h>
#include <linux/highmem.h>
#include <linux/kernfs.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

/* A function, a constant. Not for macros with arguments: they clash with nothing. */
#define HAS(name)			_Static_assert(sizeof(typeof(name) *), #name)
#define HAS_NO(name)			extern char name

/* What is in a structure without a name cannot be declared once more (-fms-extensions). */
#define HAS_MEMBER(type, member)	\
	_Static_assert(sizeof(typeof(((type *)NULL)->member) *), #member)
#define HAS_NO_MEMBER(type, member)	struct probe { type; char member; }

#define HAS_TYPE(expression, type)	\
	_Static_assert(__builtin_types_compatible_p(typeof(expression), type), #expression)
#define HAS_NO_TYPE(expression, type)	\
	_Static_assert(!__builtin_types_compatible_p(typeof(expression), type), #expression)
