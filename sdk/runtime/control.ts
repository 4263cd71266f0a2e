/** Words (i32) of the control block at address 0 of a session's shared memory. */
export const Control = {
  /** Bumped by the host to start a run; workers wait on it. */
  generation: 0,
  /** Generation whose run is complete; the host waits on it. */
  finished: 1,
  arrived: 2,
  phase: 3,
  sleepers: 4,
  /** Set by the host to stop the current run at the next barrier. */
  abort: 5,
  /** Decision of the last thread to arrive at a barrier, the same for all threads. */
  stop: 6,
  closed: 7,
} as const;

/** Bytes of the control block; the step table follows. */
export const CONTROL_BYTES = 64;

/** Words of one row of the step table: kernel table index, params address, units, threads. */
export const STEP_WORDS = 4;
