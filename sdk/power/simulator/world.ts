import { cos, exp, PI, sin } from '../../core/math.ts';
import { Random } from './random.ts';
import type { Scenario } from './scenario.ts';

/** What happens to a board, slot by slot, whatever it does. */
export interface World {
  readonly slotSeconds: number;
  readonly slots: number;
  /** Degrees Celsius. */
  readonly ambient: Float64Array;
  /** Watts that the panel or the charger could give. */
  readonly harvest: Float64Array;
  /** Share of the slot in which something moves. */
  readonly motion: Float64Array;
  /** Worth of an event, 1 on average. */
  readonly weight: Float64Array;
  /** Watts that heat the board and that it knows nothing of. */
  readonly extraHeat: Float64Array;
  /** Factor on latency that costs no energy. */
  readonly delay: Float64Array;
}

const DAY = 86400;
const CLOUD_SECONDS = 300;
const enum Stream { Ambient = 1, Days, Clouds, Charger, Motion, Weight, Delay }

function blank(slotSeconds: number, slots: number): World {
  const zeros = () => new Float64Array(slots);
  return {
    slotSeconds, slots, ambient: zeros(), harvest: zeros(), motion: zeros(), weight: zeros().fill(1), extraHeat: zeros(), delay: zeros().fill(1),
  };
}

/** Sine of the day with its top at 15 h, and a deviation of each day that changes from noon to noon. */
function fillAmbient({ ambient, slotSeconds }: World, { mean, amplitude, dayDeviation, max }: Scenario['ambient'], seed: number): void {
  const random = new Random(seed, Stream.Ambient);
  let [before, after] = [random.normal(), random.normal()];
  for (let slot = 0, noon = DAY / 2; slot < ambient.length; slot++) {
    const time = slot * slotSeconds;
    if (time >= noon) [before, after, noon] = [after, random.normal(), noon + DAY];
    const deviation = after + (before - after) * ((noon - time) / DAY);
    ambient[slot] = Math.min(max, mean + amplitude * cos(2 * PI * ((time % DAY) / DAY - 15 / 24)) + dayDeviation * deviation);
  }
}

/** A clear sky's sine, times the factor of the day, times clouds that follow an AR(1) process. */
function fillSolar({ harvest, slotSeconds }: World, solar: NonNullable<Scenario['solar']>, seed: number): void {
  const days = new Random(seed, Stream.Days);
  const clouds = new Random(seed, Stream.Clouds);
  const { mean, deviation, correlation } = solar.cloud;
  let day = 0;
  let cloud = clouds.normal();
  for (let slot = 0; slot < harvest.length; slot++) {
    const time = slot * slotSeconds;
    if (time % DAY === 0) day = solar.lowestDay + (1 - solar.lowestDay) * days.next();
    if (time % CLOUD_SECONDS === 0) cloud = correlation * cloud + Math.sqrt(1 - correlation ** 2) * clouds.normal();
    const hour = (time % DAY) / 3600;
    const elevation = hour <= solar.sunrise || hour >= solar.sunset ? 0 : sin(PI * (hour - solar.sunrise) / (solar.sunset - solar.sunrise));
    harvest[slot] = solar.peak * elevation * day * Math.min(1, Math.max(0.05, mean + deviation * cloud));
  }
}

function fillCharger({ harvest, slotSeconds }: World, { watts, fromHour, hours, deviation }: NonNullable<Scenario['charger']>, seed: number): void {
  const random = new Random(seed, Stream.Charger);
  let until = 0;
  for (let slot = 0; slot < harvest.length; slot++) {
    const time = slot * slotSeconds;
    if (time % DAY === 0) until = fromHour + hours + deviation * (2 * random.next() - 1);
    const hour = (time % DAY) / 3600;
    if (hour >= fromHour && hour < until) harvest[slot] = watts;
  }
}

/** Two states; how often events begin follows the day: `night` at midnight against 1 at noon. */
function fillMotion({ motion, weight, slotSeconds }: World, { duty, night, eventSeconds, weightDeviation }: Scenario['motion'], seed: number): void {
  const random = new Random(seed, Stream.Motion);
  const weights = new Random(seed, Stream.Weight);
  const end = slotSeconds / eventSeconds;
  let moves = false;
  let worth = 1;
  for (let slot = 0; slot < motion.length; slot++) {
    const day = 0.5 - 0.5 * cos(2 * PI * ((slot * slotSeconds) % DAY) / DAY);
    const share = duty * (night + (1 - night) * day) / (night + (1 - night) * 0.5);
    if (moves) moves = random.next() >= end;
    else if (random.next() < end * share / (1 - share)) {
      moves = true;
      worth = exp(weightDeviation * weights.normal() - weightDeviation ** 2 / 2);
    }
    motion[slot] = moves ? 1 : 0;
    weight[slot] = moves ? worth : 1;
  }
}

/** The world of a scenario: the same for a seed on every machine. */
export function generateWorld(scenario: Scenario, seed: number, days = scenario.days): World {
  const world = blank(scenario.slotSeconds, (days * DAY) / scenario.slotSeconds);
  fillAmbient(world, scenario.ambient, seed);
  if (scenario.solar) fillSolar(world, scenario.solar, seed);
  if (scenario.charger) fillCharger(world, scenario.charger, seed);
  fillMotion(world, scenario.motion, seed);
  const random = new Random(seed, Stream.Delay);
  for (let slot = 0; slot < world.slots; slot++) world.delay[slot] = exp(scenario.jitter * random.normal());
  return world;
}

/** Mean of the rows from `row` on over `from` to `to` seconds, worths by what moves. */
function meanOf(rows: readonly TraceRow[], row: number, from: number, to: number): TraceRow {
  const sum = { ambient: 0, solar: 0, motion: 0, weight: 0, extraHeat: 0 };
  for (let at = from; at < to; row++) {
    const { ambient, solar, motion, weight, extraHeat } = rows[row]!;
    const until = Math.min(to, rows[row + 1]?.seconds ?? to);
    const share = (until - at) / (to - from);
    sum.ambient += share * ambient;
    sum.solar += share * solar;
    sum.motion += share * motion;
    sum.weight += share * motion * weight;
    sum.extraHeat += share * extraHeat;
    at = until;
  }
  return { seconds: from, ...sum, motion: Math.min(1, sum.motion), weight: sum.motion > 0 ? sum.weight / sum.motion : 1 };
}

/**
 * A world of given rows, each of which holds until the next one; slots that several fall into have their mean.
 * @param end seconds at which the last one ends; by default it is as long as the one before, or a slot
 */
export function worldOfRows(rows: readonly TraceRow[], slotSeconds: number, end?: number): World {
  const [first, last] = [rows[0]!.seconds, rows.at(-1)!.seconds];
  const until = end ?? last + (rows.length > 1 ? last - rows.at(-2)!.seconds : slotSeconds);
  const world = blank(slotSeconds, Math.max(1, Math.round((until - first) / slotSeconds)));
  let row = 0;
  for (let slot = 0; slot < world.slots; slot++) {
    const from = first + slot * slotSeconds;
    while (row + 1 < rows.length && rows[row + 1]!.seconds <= from) row++;
    const next = rows[row + 1];
    const { ambient, solar, motion, weight, extraHeat } = next && next.seconds < from + slotSeconds ? meanOf(rows, row, from, from + slotSeconds) : rows[row]!;
    world.ambient[slot] = ambient;
    world.harvest[slot] = solar;
    world.motion[slot] = motion;
    world.weight[slot] = weight;
    world.extraHeat[slot] = extraHeat;
  }
  return world;
}

/** A row of a trace: seconds, degrees Celsius, watts of the panel, share of motion, worth of events, watts of heat from elsewhere. */
export interface TraceRow {
  readonly seconds: number;
  readonly ambient: number;
  readonly solar: number;
  readonly motion: number;
  readonly weight: number;
  readonly extraHeat: number;
}
