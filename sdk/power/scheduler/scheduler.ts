import * as v from 'valibot';
import { contained } from '../../core/contained.ts';
import { OptionError } from '../../core/errors.ts';
import { parseOptions } from '../../core/options.ts';
import { explainVerdict, microsUp, schedulable, taskOf, type Verdict } from './admission.ts';
import { isClock, systemClock, type Clock } from './clock.ts';
import { Dispatcher } from './dispatcher.ts';
import { FairShare } from './fair-share.ts';
import { EventGate } from './gate.ts';
import { place, withDeadline, type Demand, type Mode } from './placement.ts';
import { Slowdown } from './slowdown.ts';
import { Stream, type StreamHost } from './stream.ts';
import { changedDemand, demandOf, parseBackground, parseReservation, parseStream, type ParsedStream } from './stream-options.ts';
import type { BackgroundHandle, BackgroundOptions, ModeChange, Outcome, Reservation, RunContext, StreamHandle, StreamOptions, StreamReport } from './types.ts';

const fraction = (least: number, most: number) => v.pipe(v.number(), v.minValue(least), v.maxValue(most));

const schema = v.strictObject({
  /** Share of the time that streams with deadlines cannot reserve. */
  reserve: v.optional(fraction(0.01, 0.9), 0.05),
  /** Share of the time left over by deadlines that background work gets while streams without deadline want it too. */
  backgroundShare: v.optional(fraction(0.01, 0.99), 0.1),
  /** Seconds by which a timer may be late. */
  lateness: v.optional(fraction(0, 1), 0.002),
  clock: v.optional(v.custom<Clock>(isClock, 'must have now() and after()'), systemClock),
  /** Called when a stream has other conditions than before. */
  changed: v.optional(v.custom<(change: ModeChange) => void>((value) => typeof value === 'function', 'must be a function')),
});

/** How a scheduler divides time. */
export type SchedulerOptions = v.InferInput<typeof schema>;

const MOST_STREAMS = 64;
const BACKGROUND_PRIORITY = -1;
/** Seconds until a stream that is kept out by what it once cost is tried again; doubled each time. */
const RETRY = 30;
const MOST_RETRY = 3600;

type Work = (context: RunContext) => unknown;

/**
 * Runs the models and jobs of a board one after the other: non-preemptive EDF. The bound: while runs cost what was declared, no result of an
 * admitted stream is late; see `schedulable` for the test. What can no longer be kept when runs cost more is given up from the lowest priority.
 */
export class Scheduler implements AsyncDisposable {
  readonly #clock: Clock;
  readonly #options: v.InferOutput<typeof schema>;
  readonly #dispatcher: Dispatcher;
  readonly #host: StreamHost;
  readonly #changed: (change: ModeChange) => void;
  readonly #slowdown: Slowdown;
  readonly #retries = new Map<Stream, { at: number; wait: number }>();
  readonly #ends = new Map<Stream, () => void>();
  #cancelRetry: (() => void) | undefined;
  /** When the timer of the retries fires; Infinity without. */
  #retryAt = Infinity;
  #closed = false;

  /** @throws OptionError */
  constructor(options: SchedulerOptions = {}) {
    this.#options = parseOptions(schema, options, 'Scheduler');
    this.#clock = this.#options.clock;
    this.#slowdown = new Slowdown(this.#clock);
    this.#changed = contained("Scheduler: option 'changed'", (change: ModeChange) => this.#options.changed?.(change));
    this.#dispatcher = new Dispatcher(this.#clock, new FairShare(this.#options.backgroundShare), (stream, seconds, whole) => this.#ran(stream, seconds, whole));
    this.#host = { clock: this.#clock, wake: () => this.#wake(), obstacle: (stream) => this.#obstacle(stream) };
  }

  /** Observed over declared cost of the last runs, of the middle stream; NaN without any of late. */
  get slowdown(): number {
    return this.#slowdown.ratio;
  }

  /** @throws OptionError for wrong options; `not-admitted`, with numbers, where deadlines could be missed with it */
  stream<Item, Result>(options: StreamOptions<Item, Result>): StreamHandle<Item, Result> {
    const parsed = parseStream(options);
    const where = `stream '${parsed.name}'`;
    const demand = demandOf(parsed as Reservation, where);
    const verdict = this.#verdict(this.#inForce(demand));
    if (withDeadline(demand) && !verdict.fits) throw notAdmitted(where, verdict);
    const stream = this.#add(parsed, demand, false);
    return {
      ...this.#handle(stream),
      submit: (item, { signal } = {}) => stream.submit(item, signal) as Promise<Outcome<Result>>,
      update: (change) => this.#update(stream, changedDemand({ ...stream.demand, cost: stream.cost.declared }, change, where)),
      get mode() {
        return stream.mode;
      },
    };
  }

  /** Work in small steps that takes only time no deadline needs. @throws OptionError */
  background(options: BackgroundOptions): BackgroundHandle {
    const { name, step, backlog, timeout } = parseBackground(options);
    const run = ([work]: readonly unknown[], context: RunContext): unknown => (work as Work)(context);
    const parsed: ParsedStream = { name, cost: step, backlog, timeout, drop: 'newest', batch: 1, batchWait: 0, run };
    const stream = this.#add(parsed, { priority: BACKGROUND_PRIORITY, cost: step, period: 0, deadline: Infinity }, true);
    return {
      ...this.#handle(stream),
      run: <Result>(work: (context: RunContext) => Promise<Result> | Result, { signal }: { signal?: AbortSignal } = {}) => stream.submit(work, signal) as Promise<Outcome<Result>>,
      get mode() {
        return stream.mode;
      },
    };
  }

  /** A gate that is open for `hold` seconds after each `trigger()`. @throws OptionError */
  gate({ hold }: { readonly hold: number }): EventGate {
    return new EventGate(this.#clock, hold);
  }

  /** Whether a stream would be admitted now. @throws OptionError */
  check(reservation: Reservation): Verdict {
    return this.#verdict(this.#inForce(parseReservation(reservation, 'Scheduler.check')));
  }

  report(): { readonly slowdown: number; readonly utilization: number; readonly limit: number; readonly streams: readonly StreamReport[] } {
    const { utilization, limit } = this.#verdict(undefined);
    return { slowdown: this.slowdown, utilization, limit, streams: this.#streams.map((stream) => stream.report()) };
  }

  /** Drops what waits; returns when the run under way has ended or was given up. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#streams.slice().map((stream) => this.#close(stream)));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  get #streams(): Stream[] {
    return this.#dispatcher.streams;
  }

  #handle(stream: Stream): Pick<BackgroundHandle, 'name' | 'report' | 'close' | typeof Symbol.asyncDispose> {
    const close = (): Promise<void> => this.#close(stream);
    return { name: stream.options.name, report: () => stream.report(), close, [Symbol.asyncDispose]: close };
  }

  #add(options: ParsedStream, demand: Demand, background: boolean): Stream {
    const where = `stream '${options.name}'`;
    if (this.#closed) throw new OptionError('closed', `${where}: the scheduler is closed`);
    if (this.#streams.length >= MOST_STREAMS) throw new OptionError('too-many-streams', `${where}: ${MOST_STREAMS} streams are open: close one`);
    if (this.#streams.some((stream) => stream.options.name === options.name)) throw new OptionError('duplicate-name', `${where}: there is one of this name: close it or take another name`);
    const stream = new Stream(this.#host, options, demand, background);
    stream.demand = this.#inForce(demand);
    this.#streams.push(stream);
    this.#place(stream);
    return stream;
  }

  #update(stream: Stream, demand: Demand): void {
    if (stream.closing !== undefined) throw new OptionError('closed', `stream '${stream.options.name}' is closed: open it again`);
    this.#placeAnew();
    const { cost, demand: before } = stream;
    const easier = demand.cost <= cost.declared && demand.period >= before.period && demand.deadline >= before.deadline;
    const changed = demand.cost === cost.declared ? { ...demand, cost: before.cost } : this.#inForce(demand);
    const verdict = this.#verdict(changed, stream);
    if (withDeadline(demand) && !verdict.fits && !easier) throw notAdmitted(`stream '${stream.options.name}'`, verdict);
    if (demand.cost !== cost.declared) {
      cost.declare(demand.cost);
      this.#slowdown.forget(stream);
    }
    // Its virtual time goes on at the clock of the new level.
    if (demand.priority !== before.priority) stream.tag = 0;
    stream.demand = changed;
    this.#retries.delete(stream);
    stream.hold();
    this.#place();
  }

  /** A demand whose cost is what it takes on the board as slow as it is at present. */
  #inForce(demand: Demand): Demand {
    return { ...demand, cost: demand.cost * this.#slowdown.factor };
  }

  #close(stream: Stream): Promise<void> {
    stream.closing ??= this.#end(stream);
    return stream.closing;
  }

  async #end(stream: Stream): Promise<void> {
    stream.close();
    this.#awaitRetry();
    if (stream.running !== undefined) await new Promise<void>((resolve) => this.#ends.set(stream, resolve));
    this.#streams.splice(this.#streams.indexOf(stream), 1);
    this.#retries.delete(stream);
    this.#slowdown.forget(stream);
    this.#place();
  }

  /** Of all streams with deadlines and one more, or one in place of another. */
  #verdict(demand: Demand | undefined, instead?: Stream): Verdict {
    this.#placeAnew();
    const demands = this.#streams.filter((stream) => stream !== instead).map((stream) => stream.demand);
    if (demand !== undefined) demands.push(demand);
    const tasks = demands.filter(withDeadline).map(({ cost, period, deadline }) => taskOf(cost, period, deadline));
    return schedulable(tasks, microsUp(this.#options.lateness), 1 - this.#options.reserve);
  }

  /** Gives every stream what it can count on now. */
  #place(added?: Stream): void {
    const placements = place(this.#streams.map(({ demand }) => demand), 1 - this.#options.reserve, this.#options.lateness);
    this.#streams.forEach((stream, index) => {
      const before = { mode: stream.mode, period: stream.period, span: stream.span, timed: stream.timed };
      stream.placement = placements[index]!;
      if (stream.timed && (!before.timed || stream.period < before.period || stream.span < before.span)) stream.hold();
      if (stream.mode === 'gaps') this.#keepOut(stream, before.mode);
      if (stream !== added && (stream.mode !== before.mode || stream.period !== before.period)) this.#report(stream, before.mode);
    });
    for (const stream of this.#streams) {
      const obstacle = stream.waits ? this.#obstacle(stream) : undefined;
      if (obstacle !== undefined) stream.refuse(obstacle);
    }
    this.#awaitRetry();
    this.#dispatcher.kick();
  }

  /** Of a stream that is not kept out by what it once cost: one that comes again before a run of it ends. */
  #obstacle(stream: Stream): Stream | undefined {
    if (stream.mode !== 'gaps' || isDearer(stream)) return undefined;
    return this.#streams.find((other) => other.timed && !other.hung && other.closing === undefined && stream.cost.declared > other.period);
  }

  #report(stream: Stream, from: Mode): void {
    const change: ModeChange = { name: stream.options.name, from, to: stream.mode, period: stream.period, cost: stream.demand.cost };
    queueMicrotask(() => this.#changed(change));
  }

  #keepOut(stream: Stream, before: Mode): void {
    const retry = this.#retries.get(stream);
    if (retry === undefined) this.#retries.set(stream, { at: this.#clock.now() + RETRY, wait: RETRY });
    else if (before !== 'gaps') retry.at = this.#clock.now() + retry.wait;
  }

  #wake(): void {
    this.#placeAnew();
    for (const [stream, retry] of this.#retries) if (stream.mode === 'gaps' && this.#clock.now() >= retry.at) this.#retry(stream, retry);
    this.#awaitRetry();
    this.#dispatcher.kick();
  }

  /** Where items wait for a retry there may be nothing else that would wake the scheduler. */
  #awaitRetry(): void {
    let at = Infinity;
    for (const [stream, retry] of this.#retries) if (stream.mode === 'gaps' && stream.waits && isDearer(stream)) at = Math.min(at, retry.at);
    if (at === this.#retryAt) return;
    this.#cancelRetry?.();
    this.#retryAt = at;
    this.#cancelRetry = at === Infinity ? undefined : this.#clock.after(at - this.#clock.now(), () => {
      this.#cancelRetry = undefined;
      this.#retryAt = Infinity;
      this.#wake();
    }, true);
  }

  /** Lets a stream in again that is kept out by what it once cost: one run shows whether it still does. */
  #retry(stream: Stream, retry: { at: number; wait: number }): void {
    retry.wait = Math.min(MOST_RETRY, 2 * retry.wait);
    retry.at = this.#clock.now() + retry.wait;
    if (!isDearer(stream)) return;
    stream.cost.retry();
    this.#slowdown.forget(stream);
    stream.demand = { ...stream.demand, cost: stream.cost.estimate(this.#slowdown.factor, this.#clock.now()) };
    this.#place();
  }

  #ran(stream: Stream, seconds: number, whole: boolean): void {
    // One that was cut short shows the least that it costs.
    if (whole || seconds > stream.demand.cost) {
      if (!stream.background) this.#slowdown.observe(stream, seconds / stream.cost.declared, stream.period);
      stream.cost.observe(seconds, this.#slowdown.factor, this.#clock.now());
    }
    this.#placeAnew(this.#reestimate(stream));
    this.#ends.get(stream)?.();
    this.#ends.delete(stream);
  }

  /** Places the streams anew where a cost in force is different, or the board's speed is. */
  #placeAnew(different = false): void {
    let again = different;
    if (this.#slowdown.changed()) for (const stream of this.#streams) again = this.#reestimate(stream) || again;
    if (again) this.#place();
  }

  #reestimate(stream: Stream): boolean {
    const { cost } = stream.demand;
    const now = this.#clock.now();
    const next = stream.falling.next(cost, stream.cost.estimate(this.#slowdown.factor, now), now);
    if (next === cost) return false;
    stream.demand = { ...stream.demand, cost: next };
    return true;
  }
}

/** Than declared. */
function isDearer({ demand, cost }: Stream): boolean {
  return demand.cost > cost.declared;
}

function notAdmitted(where: string, verdict: Verdict): OptionError {
  return new OptionError('not-admitted', `${where} does not fit beside the others: ${explainVerdict(verdict)}; ` +
    'lower a rate or cost, allow a later deadline, or close a stream');
}
