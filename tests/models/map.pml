/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A byte of the change map around a take: module/blksnap/cbt_map.c and tracker.c.
 *
 * Writes are counted by the gate, so that each marks the map either before the switch or after it. After
 * the switch the readable map is brought up to date by a loop, while writes go on and programs read.
 *
 * Checked: a program that reads after the take of a block that was written before it gets the number of
 * before, while the map syncs and afterwards, whatever is written meanwhile; so it does after a write to the
 * image has ended; and writes after the take are in the map of the next one.
 *
 * Breaks: NO_SAVE (a write does not save the byte that it changes), SAVE_LATE (it saves it afterwards),
 * SYNCED_EARLY (the map counts as synced before the loop is done), READ_ACTIVE_ONLY (a program that reads
 * does not look at what was saved), LOWER (saving may lower a number)
 */
#define BEFORE	1	/* number of writes before the take */
#define AFTER	2

byte live, readable;
byte number;
bool syncing;
bool taken;
byte last;		/* number that programs have to see, at least */

inline raise_readable(value)
{
#ifdef LOWER
	readable = value
#else
	/* A loop of cmpxchg(). */
	d_step {
		if
		:: readable < value -> readable = value
		:: else
		fi
	}
#endif
}

/* cbt_map_mark(), after the take */
inline mark()
{
	if
	:: syncing ->
		old = live;
#ifndef NO_SAVE
#ifndef SAVE_LATE
		if
		:: old != number -> raise_readable(old)
		:: else
		fi;
#endif
#endif
		if
		:: live != number -> live = number
		:: else
		fi;
#ifdef SAVE_LATE
		if
		:: old != number -> raise_readable(old)
		:: else
		fi
#endif
	:: else ->
		if
		:: live != number -> live = number
		:: else
		fi
	fi
}

/* A write to the device */
proctype writer()
{
	byte old;

	taken;
	mark()
}

/* A write to the image: the block differs from the device in this snapshot already. */
proctype image_writer()
{
	byte old;

	taken;
	mark();
	raise_readable(BEFORE);	/* cbt_map_mark_readable() */
	last = BEFORE
}

/* cbt_map_read() after the take */
proctype program()
{
	bool was_syncing;
	byte value, saved, wanted;

	taken;
	wanted = last;
	was_syncing = syncing;
	if
	:: !was_syncing ->
		value = readable
	:: else ->
		value = live;
		saved = readable;
		if
		:: value != number ->
			if
			:: saved > value -> value = saved
			:: else
			fi
		:: else ->
#ifdef READ_ACTIVE_ONLY
			value = 0
#else
			value = saved
#endif
		fi
	fi;
	assert(value >= wanted && value <= BEFORE)
}

proctype take()
{
	byte value;

	/* With the gate closed: cbt_map_switch() */
	d_step { number = AFTER; syncing = true; taken = true }
	/* cbt_map_sync() */
#ifdef SYNCED_EARLY
	syncing = false;
#endif
	value = live;
	if
	:: value != number -> raise_readable(value)
	:: else
	fi;
	syncing = false
}

init {
	atomic {
		if
		:: last = BEFORE
		:: last = 0	/* not written to before the take */
		fi;
		live = last;
		number = BEFORE;
		run writer();
		run image_writer();
		run program();
		run program();
		run take()
	}
	/* All have ended: the writes are in the map of the next take, the old number in this one's. */
	_nr_pr == 1;
	assert(live == AFTER);
	assert(readable == BEFORE)
}
