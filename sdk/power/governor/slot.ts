/** What is known of the slot that ended; one object, so that no number need be boxed on its way. */
export interface Slot {
  /** Monotonic seconds at its end. */
  time: number;
  seconds: number;
  /** Of the whole board. */
  watts: number;
  /** Share of it with motion, NaN unknown, and the worth of an event. */
  motion: number;
  weight: number;
  /** Observed over expected latency, NaN without any. */
  slowdown: number;
}
