import type { Mode } from './placement.ts';

/**
 * Why an item was not run. `gated`: the gate was closed. `refused`: the backlog was full, or a run is longer than the time that a stream with a
 * deadline leaves. `replaced`: a newer item took its place. `late`: its deadline passed while it waited. `overload`: as for a full backlog, while the
 * stream has less than it asked for. `hung`: an earlier run of the stream has not returned. `aborted`: by the signal of its submission. `closed`: the
 * stream is.
 */
export type DropReason = 'gated' | 'refused' | 'replaced' | 'late' | 'overload' | 'hung' | 'aborted' | 'closed';

export const DROP_REASONS: readonly DropReason[] = Object.freeze(['gated', 'refused', 'replaced', 'late', 'overload', 'hung', 'aborted', 'closed']);

/** What became of an item: every submission ends with one, none throws. Seconds. */
export type Outcome<Result> =
  | {
    readonly status: 'done';
    readonly value: Result;
    /** Place of the item in its batch. */
    readonly index: number;
    /** It missed its deadline. */
    readonly late: boolean;
    /** From the submission to the start of the run, and to its end. */
    readonly waited: number;
    readonly latency: number;
  }
  /** The run or the gate threw. */
  | { readonly status: 'failed'; readonly error: unknown }
  /** The run took longer than the stream's timeout; its signal was aborted. */
  | { readonly status: 'timeout'; readonly message: string }
  | { readonly status: 'dropped'; readonly reason: DropReason; readonly message: string };

/** Takes items: a stream, or what is built on one. */
export interface Submits<Item, Result> {
  submit(item: Item, options?: { readonly signal?: AbortSignal }): Promise<Outcome<Result>>;
}

/** Decides whether items are worth running at all. */
export interface Gate {
  isOpen(): boolean;
}

export interface RunContext {
  /** Aborted when all submissions of the run are, and at the timeout. */
  readonly signal: AbortSignal;
  /** When the run is to end on the scheduler's clock; Infinity without deadline. */
  readonly deadline: number;
}

/** What a stream asks of the board; may be changed while it runs. */
export interface Reservation {
  /** 0 to 9: where time is short, higher ones keep their rate; 5 by default. Otherwise the earliest deadline goes first. */
  readonly priority?: number;
  /** Least seconds between two runs, or most runs a second. */
  readonly period?: number;
  readonly rate?: number;
  /**
   * Seconds from the release of a run to its end. A run is released when its first item comes (with batches: when the batch is full or
   * `batchWait` over), yet not before one period after the release of the run before, nor while work runs in a gap (`Mode`).
   * Without it the stream gets time that no deadline needs.
   */
  readonly deadline?: number;
  /** Seconds of a run on this board at its best that 95 % do not exceed; how much slower it is now is measured. The bound holds while none does. */
  readonly cost: number;
}

export interface StreamOptions<Item, Result> extends Reservation {
  readonly name: string;
  /** Items that may wait; the batch by default. */
  readonly backlog?: number;
  /** What gives way when the backlog is full: the oldest item (1 waiting: the latest frame is run), or the newest, which is refused. */
  readonly drop?: 'oldest' | 'newest';
  /** Most items of one run; 1 by default. */
  readonly batch?: number;
  /** Seconds that the first item waits for the batch to fill; 0 by default. */
  readonly batchWait?: number;
  /**
   * Seconds after which a run is given up; ten times the cost and at least 1 by default. Its signal is aborted, its items end as `timeout`, the
   * other streams go on, and this one takes nothing more until the run has returned. Until then the others wait: a run cannot be interrupted,
   * and one that holds up the event loop cannot even be given up.
   */
  readonly timeout?: number;
  readonly gate?: Gate;
  /** Does the work. What it returns must outlast the next run: copy what is a view on a model's output. */
  readonly run: (items: readonly Item[], context: RunContext) => Promise<Result> | Result;
}

export interface BackgroundOptions {
  readonly name: string;
  /** Most seconds of one step: so long may work with a deadline have to wait for it. */
  readonly step: number;
  /** Steps that may wait; 16 by default. */
  readonly backlog?: number;
  /** As of a stream. */
  readonly timeout?: number;
}

/** State and counts since the start. `submitted` = done + failed + timeouts + dropped + waiting + those of the run under way. */
export interface StreamReport {
  readonly name: string;
  readonly mode: Mode;
  /** In force: seconds between runs and of a run. */
  readonly period: number;
  readonly cost: number;
  /** 95 % of the last 64 runs took at most so many seconds; NaN without any. */
  readonly measured: number;
  readonly waiting: number;
  /** Seconds that the first of these has waited, NaN without any: steps longer than what busy streams leave free wait until those pause. */
  readonly oldest: number;
  readonly running: number;
  /** A run was given up and has not returned. */
  readonly hung: boolean;
  readonly submitted: number;
  readonly done: number;
  readonly failed: number;
  readonly timeouts: number;
  readonly dropped: Readonly<Record<DropReason, number>>;
  readonly runs: number;
  /** Done after the deadline; what was not even begun by then counts as dropped, `late`. */
  readonly missed: number;
  /** Runs that cost more than was reserved. */
  readonly overruns: number;
  /** Seconds from submission to result of the last 256 items that were done; NaN without any. */
  readonly latency: { readonly p50: number; readonly p95: number; readonly p99: number };
}

export interface StreamHandle<Item, Result> extends Submits<Item, Result>, AsyncDisposable {
  readonly name: string;
  readonly mode: Mode;
  /** Asks for something else, from the next moment without work that has a deadline. @throws OptionError `not-admitted` when that does not fit; all stays as it was */
  update(change: Partial<Reservation>): void;
  report(): StreamReport;
  /** Drops what waits; returns when the run under way has ended or was given up. */
  close(): Promise<void>;
}

export interface BackgroundHandle extends AsyncDisposable {
  readonly name: string;
  readonly mode: Mode;
  /** Runs one step when no deadline needs the time. */
  run<Result>(step: (context: RunContext) => Promise<Result> | Result, options?: { readonly signal?: AbortSignal }): Promise<Outcome<Result>>;
  report(): StreamReport;
  close(): Promise<void>;
}

/** A stream has other conditions than before. */
export interface ModeChange {
  readonly name: string;
  readonly from: Mode;
  readonly to: Mode;
  /** In force now: seconds between runs and of a run. */
  readonly period: number;
  readonly cost: number;
}
