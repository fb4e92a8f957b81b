/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The life of a block of a snapshotted device: module/blksnap/chunk.h, diff_area.c, diff_writeback.c,
 * diff_image.c and snapimage.c.
 *
 * A write comes to a block, a reader of the image reads it, the block may become storage, reads and
 * stores may fail. Two blocks share one buffer, so that it is used again for the other one.
 *
 * Checked: what a read of the image returns without an error is what the block had at the take, or zeros
 * once it is storage; every write is submitted in the end.
 *
 * Breaks: RELEASE_EARLY (writes go on before the data is in memory), NO_SECOND_LOOK (a reader of the
 * origin does not look again), FAIL_LATE (the error is set after writes went on), ANY_STATE (a step does
 * not name the state that it leads from), MEMORY_UNLOCKED (the copy in memory is read without the lock),
 * NO_ERROR_AT_END (a reader does not look for an error after it has got its data)
 */
#define BLOCKS	2

mtype = { ORIGIN, READING, MEMORY, STORED, ZERO };
#define OLD(b)		(10 + (b))
#define NEW(b)		(20 + (b))
#define STORAGE		50	/* another block's data that is stored here */
#define ZEROS		0

mtype state[BLOCKS];
byte origin[BLOCKS], storage[BLOCKS];
byte buffer;
bool buffer_used;
bool parked[BLOCKS], may_write[BLOCKS];
bool to_store[BLOCKS];
bool failed;
byte written;

/* A write to the device: submitted at once, or when the copy worker lets it go on. */
proctype writer(byte b)
{
	if
	:: state[b] == ORIGIN || state[b] == READING ->
		if
		:: failed
		:: else -> parked[b] = true; may_write[b]
		fi
	:: else
	fi;
	/* Storage is not written to by users. */
	if
	:: state[b] != ZERO -> origin[b] = NEW(b)
	:: else
	fi;
	written++
}

inline change(b, from, to)
{
#ifdef ANY_STATE
	state[b] = to
#else
	atomic {
		if
		:: state[b] == from -> state[b] = to
		:: else
		fi
	}
#endif
}

inline fail()
{
	failed = true
}

inline copy(b)
{
	if
	:: failed || state[b] != ORIGIN -> skip
	:: else ->
		!buffer_used || failed;
		if
		:: failed
		:: else ->
			buffer_used = true;
			change(b, ORIGIN, READING);
#ifdef RELEASE_EARLY
			may_write[b] = true;
#endif
			if
			:: buffer = origin[b];
				change(b, READING, MEMORY);
				to_store[b] = true
			:: /* the read fails */
#ifdef FAIL_LATE
				may_write[b] = true;
#endif
				fail();
				buffer_used = false
			fi
		fi
	fi;
	may_write[b] = true
}

proctype copy_worker()
{
end:
	do
	:: parked[0] -> parked[0] = false; copy(0)
	:: parked[1] -> parked[1] = false; copy(1)
	od
}

inline store(b)
{
	if
	:: failed
	:: else ->
		if
		:: storage[b] = buffer;
			/* The state changes under the lock that readers of the memory hold. */
			change(b, MEMORY, STORED)
		:: fail()
		fi
	fi;
	buffer = 99;	/* used for something else from now on */
	buffer_used = false
}

proctype store_worker()
{
end:
	do
	:: to_store[0] -> to_store[0] = false; store(0)
	:: to_store[1] -> to_store[1] = false; store(1)
	od
}

/* Block 1 is given as storage, and written to as such. */
proctype giver()
{
	if
	:: state[1] = ZERO; origin[1] = STORAGE
	:: skip
	fi
}

inline check(b, data)
{
#ifdef NO_ERROR_AT_END
	assert(data == OLD(b) || (state[b] == ZERO && data == ZEROS))
#else
	if
	:: failed	/* the bio ends with an error */
	:: else -> assert(data == OLD(b) || (state[b] == ZERO && data == ZEROS))
	fi
#endif
}

proctype reader(byte b)
{
	mtype seen;
	byte data;

again:
	seen = state[b];
	if
	:: seen == ORIGIN || seen == READING ->
		data = origin[b];
#ifndef NO_SECOND_LOOK
		if
		:: state[b] != ORIGIN && state[b] != READING -> goto again
		:: else
		fi;
#endif
		check(b, data)
	:: seen == MEMORY ->
#ifdef MEMORY_UNLOCKED
		data = buffer;
		check(b, data)
#else
		d_step {
			if
			:: state[b] == MEMORY -> data = buffer
			:: else -> data = 255
			fi
		}
		if
		:: data == 255 -> goto again
		:: else
		fi;
		check(b, data)
#endif
	:: seen == STORED ->
		data = storage[b];
		check(b, data)
	:: seen == ZERO ->
		data = ZEROS;
		check(b, data)
	fi
}

init {
	atomic {
		state[0] = ORIGIN; origin[0] = OLD(0);
		state[1] = ORIGIN; origin[1] = OLD(1);
		run writer(0);
		run writer(1);
		run copy_worker();
		run store_worker();
		run giver();
		run reader(0);
		run reader(1)
	}
	written == BLOCKS
}
