import { exp } from '../../core/math.ts';
import type { Candidate, Controller, Observation } from '../types.ts';
import { worthOf } from '../worth.ts';
import { Plant } from './plant.ts';
import { reachable } from './reachable.ts';
import type { Scenario } from './scenario.ts';
import type { SensorFault } from './sensor-faults.ts';
import { SimulatedSensors } from './sensors.ts';
import { Timeline } from './timeline.ts';
import type { World } from './world.ts';

/** What a controller came to, in SI units. */
export interface Simulation {
  readonly controller: string;
  /** Seconds of worth. */
  utility: number;
  seconds: number;
  secondsOverLimit: number;
  /** Of these, while idling would have settled 5 K below the limit, but for those in which it idled since it could not have. */
  secondsOverReachable: number;
  /** Seconds on and with motion, but below the minimum rate. */
  secondsBelowMinimum: number;
  hottest: number;
  asked: number;
  missed: number;
  brownoutSeconds: number;
  /** Joules of the board, and those of them above idle. */
  energy: number;
  dynamicEnergy: number;
  /** Most changes of variant or threads within a minute. */
  mostSwitchesInMinute: number;
  /** Seconds with motion, and these weighted by the chance that an event is recognized while it is visible. */
  motionSeconds: number;
  recalledSeconds: number;
  /** Joules above the cutoff. */
  startCharge: number;
  endCharge: number;
  readonly timeline: Timeline;
}

function blank(controller: string, timeline: Timeline): Simulation {
  return {
    controller, utility: 0, seconds: 0, secondsOverLimit: 0, secondsOverReachable: 0, secondsBelowMinimum: 0, hottest: -Infinity, asked: 0, missed: 0,
    brownoutSeconds: 0, energy: 0, dynamicEnergy: 0, mostSwitchesInMinute: 0, motionSeconds: 0, recalledSeconds: 0, startCharge: 0, endCharge: 0, timeline,
  };
}

class SwitchCounter {
  #variant = -1;
  #threads = 0;
  readonly #times: number[] = [];
  most = 0;

  count(now: number, { variant, threads }: Candidate): void {
    if (variant < 0 || (variant === this.#variant && threads === this.#threads)) return;
    if (this.#variant >= 0) {
      this.#times.push(now);
      while (this.#times[0]! <= now - 60) this.#times.shift();
      this.most = Math.max(this.most, this.#times.length);
    }
    this.#variant = variant;
    this.#threads = threads;
  }
}

/** Runs a controller through a world. */
export function simulate(scenario: Scenario, world: World, candidates: readonly Candidate[], controller: Controller, faults: readonly SensorFault[] = []): Simulation {
  const plant = new Plant(scenario, world);
  const sensors = new SimulatedSensors(scenario, faults);
  const { slotSeconds, slots } = world;
  const result = blank(controller.name, new Timeline(slots, slotSeconds));
  const switches = new SwitchCounter();
  const bootSlots = Math.ceil((scenario.wake?.boot ?? 0) / slotSeconds);
  const limit = scenario.thermal.limit + 1e-9;
  result.startCharge = plant.charge;
  let chosen = 0;
  let offSlots = 0;
  let slowdown = NaN;
  let excused = false;
  for (let slot = 0; slot < slots; slot++) {
    const now = slot * slotSeconds;
    const readings = sensors.read(now, plant);
    if (offSlots === 0 && !plant.dead) {
      const observation: Observation = { time: now, readings, motion: slot === 0 ? 0 : world.motion[slot - 1]!, weight: slot === 0 ? 1 : world.weight[slot - 1]!, slowdown };
      chosen = controller.decide(observation);
      offSlots = candidates[chosen]!.off / slotSeconds;
      switches.count(now, candidates[chosen]!);
    }
    const candidate = candidates[chosen]!;
    const outcome = plant.step(slot, candidate, offSlots === 0 ? 'on' : offSlots > bootSlots ? 'off' : 'starting');
    offSlots = outcome.state === 'dead' ? 0 : Math.max(0, offSlots - 1);
    slowdown = outcome.slowdown;
    const motion = world.motion[slot]!;
    // What is missed leaves gaps: worth in proportion to what is done.
    const value = outcome.done * worthOf(candidate, motion, world.weight[slot]!, scenario.worth);
    result.utility += value * slotSeconds;
    result.motionSeconds += motion * slotSeconds;
    result.recalledSeconds += motion * slotSeconds * outcome.done * candidate.accuracy * (1 - exp(-candidate.rate * scenario.worth.dwell));
    result.asked += outcome.asked;
    result.missed += outcome.missed;
    result.energy += outcome.watts * slotSeconds;
    result.dynamicEnergy += outcome.dynamicWatts * slotSeconds;
    if (outcome.state === 'dead') result.brownoutSeconds += slotSeconds;
    if (outcome.state === 'on' && motion > 0 && candidate.rate * outcome.done < scenario.minimumRate) result.secondsBelowMinimum += slotSeconds;
    result.hottest = Math.max(result.hottest, plant.temperature);
    if (plant.temperature > limit) {
      result.secondsOverLimit += slotSeconds;
      excused = !reachable(scenario, world, slot) || (excused && outcome.dynamicWatts === 0);
      if (!excused) result.secondsOverReachable += slotSeconds;
    } else excused = false;
    result.timeline.add(slot, outcome.state === 'on' ? chosen : -1, plant.temperature, outcome.watts, plant.charge, value);
  }
  result.seconds = slots * slotSeconds;
  result.mostSwitchesInMinute = switches.most;
  result.endCharge = plant.charge;
  return result;
}

/** Deadline misses that count as kept. */
const MISSES_ALLOWED = 0.001;

/** Whether the thermal limit, the minimum rate and the deadlines were kept without brown-outs; a bit of charge may be missing at the end. */
export function keepsLimits({ secondsOverLimit, brownoutSeconds, secondsBelowMinimum, missed, asked, endCharge, startCharge }: Simulation): boolean {
  return secondsOverLimit === 0 && brownoutSeconds === 0 && secondsBelowMinimum === 0 && missed <= MISSES_ALLOWED * asked && endCharge >= 0.5 * startCharge;
}
