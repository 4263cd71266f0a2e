import { advancePoles } from '../thermal.ts';
import type { Candidate } from '../types.ts';
import type { Scenario } from './scenario.ts';
import type { World } from './world.ts';

/** Growth of leakage a kelvin above the temperature that `power.core` is meant at. */
export const LEAKAGE_GROWTH = 0.01;
export const LEAKAGE_CELSIUS = 50;

/** What a slot came to. */
export interface SlotOutcome {
  /** Board on, starting after powered off, powered off, or without power. */
  state: 'on' | 'starting' | 'off' | 'dead';
  /** Inferences asked for, and those of them late or not done. */
  asked: number;
  missed: number;
  /** Share of the inferences asked for that came in time. */
  done: number;
  /** Watts of the board, and those of them above idle. */
  watts: number;
  dynamicWatts: number;
  /** Watts taken from panel or charger. */
  accepted: number;
  /** Observed over expected latency, NaN without inferences. */
  slowdown: number;
}

/** A board in its surroundings: two thermal poles, the firmware that throttles, a battery. Its state is public: sensors look at it, controllers do not. */
export class Plant {
  /** Kelvin above ambient of each pole. */
  readonly rises: Float64Array;
  /** Degrees Celsius at the end of the last slot. */
  temperature: number;
  /** Share of the highest clock in the last slot. */
  clock = 1;
  /** Joules above the cutoff, 0 without a battery. */
  charge: number;
  readonly outcome: SlotOutcome = { state: 'on', asked: 0, missed: 0, done: 0, watts: 0, dynamicWatts: 0, accepted: 0, slowdown: NaN };
  readonly #scenario: Scenario;
  readonly #world: World;
  /** Without power until the battery holds its `restart`. */
  dead = false;

  /** Begins at the temperature that idling leads to. */
  constructor(scenario: Scenario, world: World) {
    this.#scenario = scenario;
    this.#world = world;
    this.rises = Float64Array.from(scenario.thermal.poles, ({ resistance }) => resistance * scenario.power.idle);
    this.temperature = world.ambient[0]! + this.rises.reduce((sum, rise) => sum + rise, 0);
    this.charge = scenario.battery ? scenario.battery.capacity * scenario.battery.start : 0;
  }

  /** Share of the highest clock that the firmware allows now. */
  #allowedClock(): number {
    const { from, to, lowest, soft } = this.#scenario.firmware;
    const hot = this.temperature <= from ? 1 : Math.max(lowest, 1 - (1 - lowest) * (this.temperature - from) / (to - from));
    return soft !== undefined && this.temperature >= soft.from ? Math.min(hot, soft.clock) : hot;
  }

  /** Watts of a core that computes at `clock`. */
  #coreWatts(clock: number): number {
    const { core, leakage } = this.#scenario.power;
    return (core - leakage) * clock + leakage * (1 + LEAKAGE_GROWTH * (this.temperature - LEAKAGE_CELSIUS));
  }

  /** Lets slot `slot` pass with a candidate; `state` is what the board would be in with power. */
  step(slot: number, candidate: Candidate, state: 'on' | 'starting' | 'off'): SlotOutcome {
    const { outcome } = this;
    const { power } = this.#scenario;
    outcome.state = this.dead ? 'dead' : state;
    outcome.asked = outcome.missed = outcome.done = outcome.watts = outcome.dynamicWatts = 0;
    outcome.slowdown = NaN;
    this.clock = this.#allowedClock();
    if (outcome.state === 'on') this.#infer(slot, candidate);
    if (outcome.state === 'starting') outcome.dynamicWatts = this.#coreWatts(this.clock);
    if (outcome.state === 'off') outcome.watts = power.off;
    else if (outcome.state !== 'dead') outcome.watts = power.idle + outcome.dynamicWatts;
    this.#heat(slot);
    this.#supply(slot);
    return outcome;
  }

  #infer(slot: number, { variant, rate, gated, threads, latency }: Candidate): void {
    const { outcome } = this;
    const { delay, motion, slotSeconds } = this.#world;
    const active = gated ? motion[slot]! : 1;
    if (variant < 0 || active === 0) return;
    outcome.slowdown = delay[slot]! / this.clock;
    const possible = Math.min(rate, 1 / (latency * outcome.slowdown));
    const late = latency * outcome.slowdown > this.#scenario.deadline;
    outcome.done = late ? 0 : possible / rate;
    outcome.asked = rate * active * slotSeconds;
    outcome.missed = outcome.asked * (1 - outcome.done);
    // A delay is time in which the cores do not compute.
    outcome.dynamicWatts = possible * active * (latency / this.clock) * threads * this.#coreWatts(this.clock);
  }

  #heat(slot: number): void {
    const { ambient, extraHeat, slotSeconds } = this.#world;
    advancePoles(this.#scenario.thermal.poles, this.rises, this.outcome.watts + extraHeat[slot]!, slotSeconds, this.rises);
    this.temperature = ambient[slot]!;
    for (const rise of this.rises) this.temperature += rise;
  }

  #supply(slot: number): void {
    const { battery } = this.#scenario;
    if (!battery) return;
    const { harvest, slotSeconds } = this.#world;
    const { outcome } = this;
    const available = harvest[slot]!;
    const net = (available - outcome.watts) * slotSeconds;
    const stored = net > 0 ? net * battery.chargeEfficiency : net;
    const room = battery.capacity - this.charge;
    outcome.accepted = stored <= room ? available : outcome.watts + room / battery.chargeEfficiency / slotSeconds;
    this.charge = Math.min(battery.capacity, this.charge + stored);
    if (this.charge <= 0) {
      this.charge = 0;
      this.dead = true;
    } else if (this.charge >= battery.restart * battery.capacity) this.dead = false;
  }
}
