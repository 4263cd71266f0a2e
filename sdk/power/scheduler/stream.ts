import { onAbort } from '../../core/on-abort.ts';
import type { Clock } from './clock.ts';
import { CostEstimate } from './cost-estimate.ts';
import { FallingCost } from './falling-cost.ts';
import { isOpen } from './gate.ts';
import { withDeadline, type Demand, type Mode, type Placement } from './placement.ts';
import { SlidingQuantile } from './sliding-quantile.ts';
import type { ParsedStream } from './stream-options.ts';
import { DROP_REASONS, type DropReason, type Outcome, type StreamReport } from './types.ts';

/** The admission test counts whole microseconds. */
const MISS_TOLERANCE = 1e-6;
const LATENCIES = 256;
const LEAST_TIMEOUT = 1;
const TIMEOUT_COSTS = 10;
/** Without an item for both: idle. */
const IDLE_SECONDS = 1;
const IDLE_PERIODS = 10;

/** A submitted item. */
export interface Ticket {
  readonly item: unknown;
  readonly submitted: number;
  settled: boolean;
  readonly resolve: (outcome: Outcome<unknown>) => void;
  /** Takes the listener off the caller's signal. */
  readonly detach: (() => void) | undefined;
}

/** One call of a stream's `run`. */
export interface Run {
  readonly tickets: readonly Ticket[];
  readonly start: number;
  /** When it is to end, as asked for. */
  readonly deadline: number;
  readonly controller: AbortController;
}

/** Where the streams of a scheduler live. */
export interface StreamHost {
  readonly clock: Clock;
  /** Something can be run that could not before. */
  wake(): void;
  /** One with a deadline that never leaves enough time for a run of this stream. */
  obstacle(stream: Stream): Stream | undefined;
}

/** Items of one model or job from submission to outcome. A run is released at `max(item there, last release + period, start of the stream)`. */
export class Stream {
  readonly options: ParsedStream;
  readonly background: boolean;
  readonly cost: CostEstimate;
  readonly falling: FallingCost;
  /** As asked for, with the cost in force. */
  demand: Demand;
  placement: Placement = { mode: 'gaps', stretch: 1 };
  closing: Promise<void> | undefined;
  running: Run | undefined;
  hung = false;
  /** Virtual time of the stream among those without a deadline. */
  tag = 0;
  lastStart = -Infinity;
  readonly #host: StreamHost;
  readonly #waiting: Ticket[] = [];
  readonly #latencies = new SlidingQuantile(LATENCIES);
  readonly #dropped = new Float64Array(DROP_REASONS.length);
  readonly #counts = { submitted: 0, done: 0, failed: 0, timeouts: 0, runs: 0, missed: 0, overruns: 0 };
  #closed = false;
  #lastRelease = -Infinity;
  /** When the next run has its items. */
  #since = Infinity;
  /** When it was opened, or took the last item. */
  #fed: number;
  /** Infinity until the executor was without work that has a deadline: only then is what was asked for before out of the way. */
  #startsAt = Infinity;

  constructor(host: StreamHost, options: ParsedStream, demand: Demand, background: boolean) {
    this.#host = host;
    this.#fed = host.clock.now();
    this.falling = new FallingCost(this.#fed);
    this.options = options;
    this.demand = demand;
    this.background = background;
    // A step of background work is promised to be short: its worst counts, and at once.
    this.cost = background ? new CostEstimate(demand.cost, 1, 1) : new CostEstimate(demand.cost, 0.95, 20);
  }

  get mode(): Mode {
    return this.placement.mode;
  }

  /** It has its turn by its deadline. */
  get timed(): boolean {
    return withDeadline(this.demand) && this.mode !== 'best-effort' && this.mode !== 'gaps';
  }

  /** Seconds between two releases in force. */
  get period(): number {
    return this.demand.period * this.placement.stretch;
  }

  get waits(): boolean {
    return this.#waiting.length > 0;
  }

  get held(): boolean {
    return this.#startsAt === Infinity;
  }

  /** When the next run may begin; Infinity without items. */
  get release(): number {
    return Math.max(this.#since, this.#lastRelease + this.period, this.#startsAt);
  }

  /** Seconds from a release to the end of its run in force. */
  get span(): number {
    return this.mode === 'relaxed' ? Math.max(this.demand.deadline, this.period) : this.demand.deadline;
  }

  /** By when the next run is to end. */
  get due(): number {
    return this.release + this.span;
  }

  get timeout(): number {
    return this.options.timeout ?? Math.max(LEAST_TIMEOUT, TIMEOUT_COSTS * this.cost.declared);
  }

  /** No run is released before, whatever is submitted. */
  earliestRelease(now: number): number {
    return Math.max(now, this.#lastRelease + this.period);
  }

  /** From when on nothing is expected of it: its gate is closed, or it got no item for long. Infinity while items wait. */
  idleFrom(now: number): number {
    if (this.waits) return Infinity;
    return this.#gateIsClosed() ? now : this.#fed + Math.max(IDLE_SECONDS, IDLE_PERIODS * this.period);
  }

  hold(): void {
    this.#startsAt = Infinity;
  }

  begin(now: number): void {
    if (this.held) this.#startsAt = now;
  }

  submit(item: unknown, signal: AbortSignal | undefined): Promise<Outcome<unknown>> {
    this.#counts.submitted++;
    const { name, backlog, drop, gate } = this.options;
    const less = withDeadline(this.demand) && this.mode !== 'guaranteed';
    const refuse = (reason: DropReason, message: string): Promise<Outcome<unknown>> => Promise.resolve(this.#drop(reason, message));
    if (signal?.aborted) return refuse('aborted', `stream '${name}': aborted before it was submitted`);
    if (this.#closed) return refuse('closed', `stream '${name}' is closed`);
    if (this.hung) return refuse('hung', `stream '${name}': a run that was given up has not returned`);
    const obstacle = this.#host.obstacle(this);
    if (obstacle !== undefined) return refuse('refused', this.#neverFits(obstacle));
    try {
      if (gate !== undefined && !isOpen(gate, `stream '${name}'`)) return refuse('gated', `stream '${name}': the gate is closed`);
    } catch (error) {
      this.#counts.failed++;
      return Promise.resolve({ status: 'failed', error });
    }
    if (this.#waiting.length >= backlog) {
      const reason = less ? 'overload' : undefined;
      const rate = `a run every ${this.period} s is allowed`;
      if (drop === 'newest') return refuse(reason ?? 'refused', `stream '${name}': ${this.#waiting.length} of at most ${backlog} items wait, ${rate}: submit fewer or raise the backlog`);
      this.#settle(this.#waiting.shift()!, this.#drop(reason ?? 'replaced', `stream '${name}': a newer item took its place, ${rate}`));
    }
    return new Promise((resolve) => {
      const ticket: Ticket = { item, submitted: this.#host.clock.now(), settled: false, resolve, detach: this.#listen(signal, () => ticket) };
      this.#waiting.push(ticket);
      this.#fed = ticket.submitted;
      this.#since = Math.min(this.#since, this.#available());
      this.#host.wake();
    });
  }

  /** Begins a run with what waits. */
  take(now: number): Run {
    const { release } = this;
    const tickets = this.#waiting.splice(0, this.options.batch);
    this.#lastRelease = release;
    this.#since = this.#available();
    this.lastStart = now;
    this.running = { tickets, start: now, deadline: release + this.demand.deadline, controller: new AbortController() };
    this.#counts.runs++;
    return this.running;
  }

  /** Drops items that could not be run in time, where fresh ones are wanted. */
  expire(now: number): void {
    if (this.options.drop === 'newest' || this.due > now) return;
    const { name, batchWait } = this.options;
    while (this.#waiting.length > 0 && this.#waiting[0]!.submitted + batchWait + this.demand.deadline <= now) {
      this.#settle(this.#waiting.shift()!, this.#drop('late', `stream '${name}': it waited for longer than its deadline`));
    }
    this.#since = this.#available();
  }

  /** The run ended or was given up. */
  end(run: Run, now: number, outcomeOf: (ticket: Ticket, index: number, late: boolean) => Outcome<unknown>): void {
    const late = now > run.deadline + MISS_TOLERANCE;
    if (now - run.start > this.demand.cost + MISS_TOLERANCE) this.#counts.overruns++;
    this.running = undefined;
    run.tickets.forEach((ticket, index) => {
      if (ticket.settled) return;
      const outcome = outcomeOf(ticket, index, late);
      if (outcome.status === 'done') {
        this.#counts.done++;
        if (late) this.#counts.missed++;
        this.#latencies.push(outcome.latency);
      } else if (outcome.status === 'failed') this.#counts.failed++;
      else this.#counts.timeouts++;
      this.#settle(ticket, outcome);
    });
  }

  /** Drops what waits for time that another stream never leaves. */
  refuse(obstacle: Stream): void {
    this.#dropAll('refused', this.#neverFits(obstacle));
  }

  #neverFits({ options: { name }, period }: Stream): string {
    return `stream '${this.options.name}': a run of ${this.cost.declared} s never fits between those of '${name}', which may come every ${period} s: ` +
      `make it shorter, or close '${name}' or lower its rate`;
  }

  hang(): void {
    this.hung = true;
    this.#dropAll('hung', `stream '${this.options.name}': a run was given up and has not returned`);
  }

  close(): void {
    this.#closed = true;
    this.#dropAll('closed', `stream '${this.options.name}' was closed`);
  }

  report(): StreamReport {
    const quantile = (fraction: number): number => this.#latencies.quantile(fraction);
    return {
      name: this.options.name, mode: this.mode, period: this.period, cost: this.demand.cost, measured: this.cost.measured,
      waiting: this.#waiting.length, oldest: this.#host.clock.now() - (this.#waiting[0]?.submitted ?? NaN), running: this.running?.tickets.filter(({ settled }) => !settled).length ?? 0, hung: this.hung,
      ...this.#counts,
      dropped: Object.fromEntries(DROP_REASONS.map((reason, index) => [reason, this.#dropped[index]!])) as Record<DropReason, number>,
      latency: { p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99) },
    };
  }

  /** As far as it says so. */
  #gateIsClosed(): boolean {
    const { gate, name } = this.options;
    try {
      return gate !== undefined && !isOpen(gate, `stream '${name}'`);
    } catch {
      return false;
    }
  }

  /** When the items of the next run are there. */
  #available(): number {
    const { batch, batchWait } = this.options;
    if (this.#waiting.length === 0) return Infinity;
    return Math.min(this.#waiting[0]!.submitted + batchWait, this.#waiting[batch - 1]?.submitted ?? Infinity);
  }

  #drop(reason: DropReason, message: string): Outcome<unknown> {
    this.#dropped[DROP_REASONS.indexOf(reason)]!++;
    return { status: 'dropped', reason, message };
  }

  #dropAll(reason: DropReason, message: string): void {
    for (const ticket of this.#waiting.splice(0)) this.#settle(ticket, this.#drop(reason, message));
    this.#since = Infinity;
  }

  #settle(ticket: Ticket, outcome: Outcome<unknown>): void {
    ticket.settled = true;
    ticket.detach?.();
    ticket.resolve(outcome);
  }

  #listen(signal: AbortSignal | undefined, ticketOf: () => Ticket): (() => void) | undefined {
    return signal && onAbort(signal, () => this.#abort(ticketOf(), signal));
  }

  #abort(ticket: Ticket, signal: AbortSignal): void {
    const at = this.#waiting.indexOf(ticket);
    if (at >= 0) {
      this.#waiting.splice(at, 1);
      // What was released stays so: its rate is used, even where the batch is smaller now.
      if (this.#waiting.length === 0 || this.#since > this.#host.clock.now()) this.#since = this.#available();
    }
    this.#settle(ticket, this.#drop('aborted', `stream '${this.options.name}': aborted by its signal`));
    const run = this.running;
    if (run?.tickets.every(({ settled }) => settled)) run.controller.abort(signal.reason);
  }
}
