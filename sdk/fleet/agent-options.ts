import * as v from 'valibot';
import type { EnergyReport } from '../power/energy/types.ts';
import { nodeFileSystem, type FileSystem } from './file-system.ts';
import type { AgentEvent } from './agent-event.ts';
import type { Background } from './background.ts';
import type { LoadedModel, OpenModel } from './loaded-model.ts';
import { nameSchema } from './messages.ts';
import { transports } from './transports/index.ts';
import type { TransportKind } from './transports/types.ts';

const name = v.pipe(v.string(), nameSchema);
const atLeast = (least: number) => v.pipe(v.number(), v.integer(), v.minValue(least));

const limitsSchema = v.strictObject({
  /** Longest random wait before the first request for chunks, so that a fleet does not ask at once (ms). */
  askDelayMs: v.optional(atLeast(0), 250),
  /** Quiet time after which missing chunks are asked for again; doubles without progress (ms). */
  idleMs: v.optional(atLeast(1), 1000),
  mostIdleMs: v.optional(atLeast(1), 60_000),
  /** Chunks in memory that wait for the medium; more are dropped and asked for again. */
  queuedChunks: v.optional(atLeast(1), 32),
  /** Chunks between two syncs of a download: the most that a kill costs. */
  journalChunks: v.optional(atLeast(1), 16),
  /** Longest self-test (ms). */
  selfTestMs: v.optional(atLeast(1), 60_000),
  /** Starts of a model on trial before it is given up. */
  tries: v.optional(v.pipe(atLeast(1), v.maxValue(255)), 3),
  /** First wait after a failure that may pass by itself, such as a full disk; doubles (ms). */
  retryMs: v.optional(atLeast(1), 30_000),
  mostRetryMs: v.optional(atLeast(1), 600_000),
  /** Events of one kind a second that outsiders can cause. */
  eventsPerSecond: v.optional(atLeast(1), 4),
});

const plainSchema = v.strictObject({
  /** Directory that belongs to this agent alone. */
  directory: v.pipe(v.string(), v.nonEmpty()),
  /** Broker URL, e.g. `mqtt://127.0.0.1:1883`. */
  broker: v.pipe(v.string(), v.nonEmpty()),
  id: name,
  class: v.optional(name, 'default'),
  channel: v.optional(name, 'stable'),
  board: v.optional(v.pipe(v.string(), v.maxLength(128)), `${process.platform}-${process.arch}`),
  limits: v.optional(limitsSchema, {}),
});

export const agentOptionsSchema = v.strictObject({
  ...plainSchema.entries,
  trustAnchor: v.optional(v.instance(Uint8Array)),
  open: v.function(),
  onEvent: v.optional(v.function()),
  energy: v.optional(v.function()),
  background: v.optional(v.custom<Background>((value) => typeof (value as Background | null)?.run === 'function', 'must have run(), as what Scheduler.background gives')),
});

type PlainOptions = v.InferInput<typeof plainSchema>;

export interface AgentOptions<M extends LoadedModel = LoadedModel> extends PlainOptions {
  /** `root.json` of the fleet: pinned at the first start, compared at later ones. Without it, it must be in the directory. */
  readonly trustAnchor?: Uint8Array;
  /** Opens a model; the agent closes what it opened. */
  readonly open: OpenModel<M>;
  readonly onEvent?: (event: AgentEvent) => void;
  /** Asked for every report, e.g. `() => meter.report()`; undefined where there is nothing to tell yet. */
  readonly energy?: () => EnergyReport | undefined;
  /**
   * What `scheduler.background({ name, step })` gives: chunks are written, files read back, models opened and tested when no deadline needs the time.
   * `step` must be as long as opening a model takes. Without it these run at once.
   */
  readonly background?: Background;
}

export type AgentLimits = v.InferOutput<typeof limitsSchema>;

/** What the agent takes from the machine it runs on. */
export interface AgentHost {
  readonly fileSystem: FileSystem;
  readonly transports: readonly TransportKind[];
  now(): Date;
}

export const nodeHost: AgentHost = Object.freeze({ fileSystem: nodeFileSystem, transports, now: () => new Date() });
