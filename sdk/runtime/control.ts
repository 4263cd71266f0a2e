/** Words (i32) of the control block at address 0 of a session's shared memory. */
export const Control = {
  /** Changed by the host to start a run; workers wait on it. The low bits say how many threads take part. */
  generation: 0,
  /** Generation whose run is complete; the host waits on it. */
  finished: 1,
  arrived: 2,
  phase: 3,
  sleepers: 4,
  /** Set by the host to stop the current run at the next step or barrier. */
  abort: 5,
  /** Decision of the last thread to arrive at a barrier, the same for all threads. */
  stop: 6,
  closed: 7,
  /** Workers that have started. */
  ready: 8,
  /** Not 0 where thread 0 times the steps of a run that no other thread takes part in. */
  timing: 9,
} as const;

/** Bits of a generation that hold the number of threads. */
const THREAD_BITS = 5;

/** The generation after `generation`, with `threads` threads. */
export function nextGeneration(generation: number, threads: number): number {
  return ((generation >>> THREAD_BITS) + 1) << THREAD_BITS | threads;
}

export function threadsOf(generation: number): number {
  return generation & ((1 << THREAD_BITS) - 1);
}

/** Bytes of the control block; the step table follows. */
export const CONTROL_BYTES = 64;

/** Words of one row of the step table. Those from `joined` on describe a band of steps (PlanBand) and stand in the row of its first step. */
export const Row = {
  /** Kernel table index. */
  kernel: 0,
  params: 1,
  units: 2,
  threads: 3,
  /** Steps of the band, or 1. */
  joined: 4,
  /** Step that sets the pace, counted from the first. */
  pace: 5,
  blockUnits: 6,
  blockRows: 7,
  leadRows: 8,
  leadUnits: 9,
  /** Not 0 where what the steps hand on stays in the cache even when each runs as a whole. */
  cached: 10,
} as const;

export const STEP_WORDS = 11;
