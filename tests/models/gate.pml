/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The gate in front of a filtered device: module/blkfilter/gate.c.
 *
 * Submitters count their bio in, look whether the gate is closed, and let the filter see the bio, or
 * count it out and hold it. The completion counts it out, on any CPU. A take closes the gate, waits
 * until as many bios have left as entered, switches what the filter uses, and opens the gate.
 *
 * A store may be delayed until the CPU executes a barrier, or for ever if it never does, as a store
 * buffer does it: the counter and the flag are stored by "delay", and arrive by "flush" at any moment.
 * The sums are read one counter at a time.
 *
 * Checked: nothing is in flight when the filter's state is switched; every bio is submitted in the end;
 * the task that waits is woken.
 *
 * Breaks: NO_BARRIER_ENTER, NO_BARRIER_CLOSE, SUM_ENTERED_FIRST, NO_RECHECK_HELD, NO_WAKE_BARRIER
 */
#define CPUS	2
#define BIOS	2

byte entered[CPUS];		/* as other CPUs see it */
byte late_entered[CPUS];	/* still in the store buffer of the CPU */
bool closed, late_closed, late_close_pending;
byte left[CPUS];
byte in_flight;			/* bios that the filter has seen and that have not ended */
bool awaited, late_awaited;	/* somebody waits for the last bio to leave */
bool woken;
byte held;			/* bios in the list, under its lock */
bool queued;			/* the work that submits them */
byte finished;
bool switched;

inline flush_entered(cpu)
{
	d_step { entered[cpu] = entered[cpu] + late_entered[cpu]; late_entered[cpu] = 0 }
}

inline count_out(cpu)
{
	/* An increment on one CPU, with a full barrier behind it, then a look at "awaited". */
	flush_entered(cpu);
	left[cpu]++;
#ifdef NO_WAKE_BARRIER
	/* The look came before the count. */
#else
	if
	:: awaited -> woken = true
	:: else
	fi
#endif
}

inline bio_life(cpu)
{
	do
	::
		late_entered[cpu]++;
#ifndef NO_BARRIER_ENTER
		flush_entered(cpu);
#endif
		if
		:: !closed ->
			in_flight++;
			/* It gets to another CPU, and ends there. */
			flush_entered(cpu);
			in_flight--;
			if
			:: count_out(0)
			:: count_out(1)
			fi;
			finished++;
			break
		:: else ->
			count_out(cpu);
			/* gate_hold(), with the lock of the list */
			if
#ifdef NO_RECHECK_HELD
			:: held++; break
#else
			:: atomic { closed -> held++ }; break
			:: !closed
#endif
			fi
		fi
	od
}

proctype submitter(byte cpu)
{
	bio_life(cpu)
}

/* Held bios come back when the gate has been opened. */
proctype held_worker()
{
end:
	do
	:: queued ->
		queued = false;
		do
		:: atomic { held > 0 && !closed -> held-- };
			bio_life(0)
		:: atomic { held == 0 || closed -> break }
		od
	od
}

/* Store buffers may empty at any time. */
proctype buffers()
{
end:
	do
	:: late_entered[0] > 0 -> flush_entered(0)
	:: late_entered[1] > 0 -> flush_entered(1)
	:: atomic { late_close_pending -> closed = late_closed; late_close_pending = false }
	od
}

#define SUM(which, result)	result = which[0]; result = result + which[1]

proctype take()
{
	byte sum_left, sum_entered;

	atomic { late_closed = true; late_close_pending = true }
#ifndef NO_BARRIER_CLOSE
	atomic { closed = late_closed; late_close_pending = false }
#endif
	awaited = true;	/* and a full barrier */
	do
	::
		woken = false;
#ifdef SUM_ENTERED_FIRST
		SUM(entered, sum_entered);
		SUM(left, sum_left);
#else
		SUM(left, sum_left);
		SUM(entered, sum_entered);
#endif
		if
		:: sum_left == sum_entered -> break
		:: else -> woken	/* sleep until woken */
		fi
	od;
	assert(in_flight == 0);
	switched = true;
	assert(in_flight == 0);
	awaited = false;
	/* The lock of the held list orders this. */
	atomic { closed = false; late_close_pending = false; queued = true }
}

init {
	atomic {
		run submitter(0);
		run submitter(1);
		run held_worker();
		run buffers();
		run take()
	}
	/* All end, whatever happens: a lost wake-up or a lost bio would be an invalid end state. */
	finished == BIOS && switched
}
