import { DeviceError } from '../../core/errors.ts';
import type { Clock } from './clock.ts';
import type { FairShare } from './fair-share.ts';
import { gapFrom, holdWithin } from './gap.ts';
import type { Run, Stream } from './stream.ts';
import type { Outcome } from './types.ts';

/** Runs one stream at a time: by deadline, then what the others leave. */
export class Dispatcher {
  readonly streams: Stream[] = [];
  readonly #clock: Clock;
  readonly #fair: FairShare;
  readonly #ran: (stream: Stream, seconds: number, whole: boolean) => void;
  #running = false;
  #kicked = false;
  #cancelTimer: (() => void) | undefined;
  /** Earliest release that was not yet due, or time from which streams are idle. */
  #next = Infinity;

  /** @param ran called after each run, before the next is chosen; a run that threw, was aborted or given up is not whole */
  constructor(clock: Clock, fair: FairShare, ran: (stream: Stream, seconds: number, whole: boolean) => void) {
    this.#clock = clock;
    this.#fair = fair;
    this.#ran = ran;
  }

  /** Chooses in the next turn of the event loop: all submissions of this one take part, and the loop is never held up. */
  kick(): void {
    if (this.#running || this.#kicked) return;
    this.#kicked = true;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#clock.after(0, () => this.#dispatch());
  }

  #dispatch(): void {
    this.#kicked = false;
    const now = this.#clock.now();
    const stream = this.#choose(now);
    if (stream !== undefined) this.#start(stream, now);
    else if (this.#next < Infinity) {
      this.#cancelTimer = this.#clock.after(this.#next - now, () => {
        this.#cancelTimer = undefined;
        this.#dispatch();
      });
    }
  }

  #choose(now: number): Stream | undefined {
    this.#next = Infinity;
    const first = this.#earliestDue(now);
    if (first !== undefined) return first;
    // Nothing with a deadline waits or runs: what streams asked for before is out of the way.
    let begun = false;
    for (const stream of this.streams) {
      if (stream.held) begun = true;
      stream.begin(now);
    }
    return (begun ? this.#earliestDue(now) : undefined) ?? this.#leftOver(now);
  }

  #isReady(stream: Stream, now: number): boolean {
    if (stream.hung || stream.held) return false;
    const { release } = stream;
    if (release <= now) return true;
    this.#next = Math.min(this.#next, release);
    return false;
  }

  #earliestDue(now: number): Stream | undefined {
    let best: Stream | undefined;
    let bestDue = Infinity;
    for (const stream of this.streams) {
      if (!stream.timed || !this.#isReady(stream, now)) continue;
      stream.expire(now);
      if (!this.#isReady(stream, now)) continue;
      const { due } = stream;
      // Of equal deadlines the one that had its turn longest ago.
      if (best !== undefined && (due > bestDue || (due === bestDue && stream.lastStart >= best.lastStart))) continue;
      best = stream;
      bestDue = due;
    }
    return best;
  }

  #leftOver(now: number): Stream | undefined {
    for (const stream of this.streams) {
      if (stream.timed || !this.#isReady(stream, now)) continue;
      const from = stream.mode === 'best-effort' ? now : gapFrom(this.streams, now, stream.demand.cost);
      if (from <= now) this.#fair.offer(stream);
      else this.#next = Math.min(this.#next, from);
    }
    const chosen = this.#fair.choose();
    if (chosen?.mode === 'gaps') holdWithin(this.streams, now, chosen.demand.cost);
    return chosen;
  }

  #start(stream: Stream, now: number): void {
    this.#running = true;
    const leftOver = !stream.timed;
    const run = stream.take(now);
    let givenUp = false;
    const { timeout } = stream;
    const cancel = this.#clock.after(timeout, () => {
      givenUp = true;
      const message = `stream '${stream.options.name}': a run took longer than ${timeout} s and was given up`;
      this.#end(stream, run, leftOver, false, () => ({ status: 'timeout', message }));
      stream.hang();
      run.controller.abort(new DeviceError('timeout', message));
    });
    const returned = (whole: boolean, outcome: (latency: number, waited: number, index: number, late: boolean) => Outcome<unknown>): void => {
      if (givenUp) {
        stream.hung = false;
        // What was begun meanwhile took no account of it.
        stream.hold();
        return;
      }
      cancel();
      const end = this.#clock.now();
      this.#end(stream, run, leftOver, whole && !run.controller.signal.aborted, ({ submitted }, index, late) => outcome(end - submitted, now - submitted, index, late));
    };
    const context = { signal: run.controller.signal, deadline: run.deadline };
    new Promise((resolve) => resolve(stream.options.run(run.tickets.map(({ item }) => item), context))).then(
      (value) => returned(true, (latency, waited, index, late) => ({ status: 'done', value, index, late, waited, latency })),
      (error: unknown) => returned(false, () => ({ status: 'failed', error })),
    );
  }

  #end(stream: Stream, run: Run, leftOver: boolean, whole: boolean, outcomeOf: Parameters<Stream['end']>[2]): void {
    const now = this.#clock.now();
    stream.end(run, now, outcomeOf);
    if (leftOver) this.#fair.served(stream, now - run.start);
    this.#running = false;
    this.#ran(stream, now - run.start, whole);
    this.kick();
  }
}
