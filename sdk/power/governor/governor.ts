import { OptionError } from '../../core/errors.ts';
import { contained, Failures } from '../../core/contained.ts';
import { onAbort } from '../../core/on-abort.ts';
import { SteadyTime } from '../steady-time.ts';
import type { Controller, Observation } from '../types.ts';
import type { Policy } from '../policies/types.ts';
import { CandidateTable, LEAKAGE_FROM } from './candidate-table.ts';
import { Dwell } from './dwell.ts';
import { EnergyState } from './energy-state.ts';
import { ExpectedMotion } from './expected-motion.ts';
import { inWords, type Binding, type Decision } from './explain.ts';
import { decisionLine, headerLine, readLog } from './log.ts';
import type { GovernorMemory } from './memory.ts';
import { governorSettings, type GovernorOptions, type GovernorSettings } from './options.ts';
import type { Slot } from './slot.ts';
import { SensorReadings } from './sensor-readings.ts';
import { Slowdown } from './slowdown.ts';
import { ThermalFilter } from './thermal-filter.ts';
import { ThermalState } from './thermal-state.ts';
import type { PolicyKind } from '../policies/types.ts';

/** What happened in the slot that ended, for `step()`. */
export type Activity = Partial<Pick<Observation, 'motion' | 'weight' | 'slowdown'>>;

export type ChangeListener = (decision: Decision) => void;

/**
 * Decides each slot which variant runs, how often and on how many threads: estimates the state, drops what would pass the thermal limit or a
 * deadline, lets the policy choose, and holds back switches. Once made it never throws, whatever sensors, policy, log and listeners do: what those throw is a
 * process warning (`HalfbyteWarning`), and without a choice of the policy the board idles.
 */
export class Governor implements Controller {
  readonly name: string;
  readonly #settings: GovernorSettings;
  readonly #table: CandidateTable;
  readonly #policy: Policy;
  readonly #thermal: ThermalState;
  readonly #filter: ThermalFilter;
  readonly #energy: EnergyState;
  readonly #time: SteadyTime;
  readonly #slowdown = new Slowdown();
  readonly #expected = new ExpectedMotion();
  readonly #dwell: Dwell;
  readonly #sensors: SensorReadings;
  readonly #clock: () => number;
  readonly #log: ((line: string) => void) | undefined;
  readonly #listeners = new Map<ChangeListener, ChangeListener>();
  readonly #policyFailures: Failures;
  readonly #slot: Slot = { time: NaN, seconds: 0, watts: 0, motion: NaN, weight: 1, slowdown: NaN };
  /** Sorted index that the board runs. */
  #applied: number;
  #binding: Binding = 'none';
  #unreachable = false;

  /** @throws OptionError for an option that is unknown or out of range */
  constructor(options: GovernorOptions) {
    const settings = governorSettings(options);
    const { board: { thermal, power } } = settings;
    this.name = settings.policy.name;
    this.#settings = settings;
    this.#table = new CandidateTable(settings);
    const shared = { ...settings, thermal, idleWatts: power.idle, busiestWatts: this.#table.busiest - power.idle };
    const { resume } = settings;
    this.#policy = settings.policy.create(resume?.memory.policy.name === this.name ? resume.memory.policy.memory : undefined);
    if (resume) this.#slot.time = resume.memory.time + resume.seconds;
    this.#time = new SteadyTime(this.#slot.time);
    this.#thermal = new ThermalState(shared);
    this.#filter = new ThermalFilter(shared);
    this.#energy = new EnergyState(settings.capacity);
    this.#dwell = new Dwell(settings.dwell, this.#table.idle);
    this.#applied = settings.dryRun ? this.#table.situation.mostWorth : this.#table.idle;
    this.#table.situation.current = this.#table.idle;
    this.#policyFailures = new Failures(`governor: policy '${settings.policy.name}'`);
    if (resume) {
      this.#expected.recall(resume.memory.motion);
      this.#thermal.recall(resume.memory.ambient, resume.seconds);
    }
    this.#sensors = new SensorReadings(options.sensors ?? []);
    this.#clock = options.clock ?? (() => performance.now() / 1000);
    this.#log = options.log && contained('governor: log', options.log);
    this.#log?.(headerLine(settings));
  }

  /** Index, in the candidates given, of the candidate for the next slot. */
  decide(observation: Observation): number {
    const { readings, motion, weight, slowdown } = observation;
    const time = this.#time.at(observation.time);
    const { situation, idle } = this.#table;
    const slot = this.#slot;
    if (time > slot.time) slot.seconds = time - slot.time;
    else slot.seconds = 0;
    slot.time = time;
    slot.motion = motion;
    slot.weight = weight;
    slot.slowdown = slowdown;
    this.#weigh(slot);
    this.#slowdown.update(slot);
    this.#thermal.update(readings, slot, this.#slowdown);
    this.#energy.update(readings, slot);
    this.#expected.update(slot);
    this.#filter.look(this.#thermal);
    this.#unreachable = this.#filter.unreachable(this.#thermal);
    situation.time = time;
    situation.slack = this.#filter.slack;
    this.#energy.tell(situation);
    situation.motion = this.#expected.last;
    situation.usualMotion = this.#expected.usual;
    this.#table.value(this.#expected);
    this.#table.allow(this.#unreachable ? idle : this.#filter.highestSafe(this.#table.busy, idle), this.#slowdown);
    const wanted = this.#wanted(idle);
    const next = this.#dwell.choose(situation.allowed[wanted] === 1 ? wanted : idle, situation, this.#policy);
    this.#binding = this.#table.binding(next, this.#policy, this.#dwell.held);
    const changed = next !== situation.current;
    situation.current = next;
    if (!this.#settings.dryRun) this.#applied = next;
    this.#log?.(decisionLine(observation, this.#table.order[next]!, this.#binding, this.#thermal.temperature, this.#policy.price));
    if (changed) for (const listener of this.#listeners.values()) listener(this.decision);
    return this.#table.order[this.#applied]!;
  }

  /** Reads the sensors and decides; call it once a slot. */
  step({ motion = NaN, weight = 1, slowdown = NaN }: Activity = {}): Decision {
    const time = this.#clock();
    this.decide({ time, readings: this.#sensors.read(time), motion, weight, slowdown });
    return this.decision;
  }

  /** The last decision. */
  get decision(): Decision {
    const { candidates, current } = this.#table.situation;
    return {
      time: this.#slot.time,
      choice: this.#table.order[current]!,
      candidate: candidates[current]!,
      binding: this.#binding,
      temperature: this.#thermal.temperature,
      ambient: this.#thermal.ambient,
      meanAmbient: this.#thermal.meanAmbient,
      limit: this.#settings.board.thermal.limit,
      trusted: this.#thermal.trusted,
      maxAmbient: this.#settings.maxAmbient,
      idleAbove: this.#filter.idleAbove,
      unreachable: this.#unreachable,
      charge: this.#table.situation.charge,
      price: this.#policy.price,
      slowdown: this.#slowdown.mean,
      dryRun: this.#settings.dryRun,
    };
  }

  /**
   * What was learnt, as JSON for `resume` of the next governor of this board: usual motion by hour of the day, harvest of the last day, surroundings. To be kept
   * where a power cut leaves it whole (a new file, renamed), at the latest before the board is powered off.
   */
  memory(): GovernorMemory {
    const { time } = this.#slot;
    const policy = { name: this.name, memory: this.#policy.memory?.() ?? null };
    return { version: 1, time: time > 0 ? time : 0, ambient: this.#thermal.ambient, motion: this.#expected.memory, policy };
  }

  /** The last decision in words, with the constraint that binds. */
  explain(): string {
    return inWords(this.decision);
  }

  /** How far from ambient (0) to the limit (1) the chip will be if the action of now is kept for `seconds`; above 1 over the limit. */
  headroom(seconds: number): number {
    const { ambient, model } = this.#thermal;
    const free = this.#settings.board.thermal.limit - ambient;
    const slot = { motion: this.#expected.motion, watts: 0 };
    this.#weigh(slot);
    const rise = model.riseAfter(slot.watts, seconds > 0 ? seconds : 0);
    return free > 0 ? Math.max(0, rise / free) : 1 + rise;
  }

  /** Calls `listener` with each decision that differs from the last, until `signal` aborts or the function returned is called. @throws OptionError for another event */
  on(event: 'change', listener: ChangeListener, { signal }: { readonly signal?: AbortSignal } = {}): () => void {
    if ((event as string) !== 'change') throw new OptionError('invalid-option', `governor: event '${event}': there is none of this name; take 'change'`);
    if (signal?.aborted === true) return () => undefined;
    this.#listeners.set(listener, contained('governor: change listener', listener));
    const remove = (): void => void this.#listeners.delete(listener);
    const end = signal && onAbort(signal, remove);
    return () => {
      remove();
      end?.();
    };
  }

  /** Row that the policy chooses. */
  #wanted(idle: number): number {
    try {
      const row = this.#policy.choose(this.#table.situation);
      this.#policyFailures.worked();
      return row;
    } catch (error) {
      this.#policyFailures.tell(error);
      return idle;
    }
  }

  /** Watts of the board on what it runs now, with leakage at the present temperature. */
  #weigh(slot: Pick<Slot, 'motion' | 'watts'>): void {
    const { board: { power }, leakage } = this.#settings;
    const { always, follows } = this.#table;
    const motion = slot.motion >= 0 && slot.motion <= 1 ? slot.motion : this.#expected.motion;
    const dynamic = always[this.#applied]! + follows[this.#applied]! * motion;
    slot.watts = power.idle + dynamic * (1 + leakage * Math.max(0, this.#thermal.temperature - LEAKAGE_FROM));
  }
}

/**
 * Decisions of a governor made as the log's was, anew at each start in it, on what that one saw: the same as `logged`, unless the program changed.
 * @param own policies of the log that are not in the registry, found by their names
 * @throws OptionError naming the line that is not of a governor's log, or of a policy that is neither in the registry nor in `own`
 */
export function replay(lines: readonly string[], own: readonly PolicyKind[] = []): { readonly decisions: readonly number[]; readonly logged: readonly number[] } {
  const parts = readLog(lines, { own });
  const decisions = parts.flatMap(({ options, observations }) => {
    const governor = new Governor(options);
    return observations.map((observation) => {
      governor.decide(observation);
      return governor.decision.choice;
    });
  });
  return { decisions, logged: parts.flatMap(({ choices }) => choices) };
}
