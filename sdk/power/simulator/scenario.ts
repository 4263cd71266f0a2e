// Shape of a scenario file: SI units, temperatures in degrees Celsius, hours of the day where a name says so.

import * as v from 'valibot';
import { OptionError } from '../../core/errors.ts';

const MAX_ITEMS = 64;

function number(min: number, max: number) {
  return v.pipe(v.number(), v.minValue(min), v.maxValue(max));
}

function integer(min: number, max: number) {
  return v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));
}

function list<Item extends v.GenericSchema>(item: Item) {
  return v.pipe(v.array(item), v.minLength(1), v.maxLength(MAX_ITEMS), v.readonly());
}

const name = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]{0,63}$/));
const text = v.pipe(v.string(), v.minLength(1), v.maxLength(1000));
const ratio = number(0, 1);
const hour = number(0, 24);
const celsius = number(-60, 150);
const watts = number(0, 1000);
const seconds = v.pipe(v.number(), v.gtValue(0), v.maxValue(1e6));
const seeds = v.pipe(v.strictTuple([integer(0, 1e9), integer(0, 1e9)]), v.readonly());

const schema = v.strictObject({
  name,
  description: text,
  board: name,
  cores: integer(1, 64),
  /** `leakage` is the part of `core` that grows by 1 % a kelvin above 50 C; `core` is meant at 50 C. */
  power: v.strictObject({ idle: watts, core: watts, leakage: watts, off: watts }),
  thermal: v.strictObject({ limit: celsius, poles: list(v.strictObject({ resistance: number(0, 1000), seconds })) }),
  /** The clock falls in proportion from the highest at `from` to the share `lowest` at `to`; at `soft.from` to the share `soft.clock` at once. */
  firmware: v.strictObject({
    from: celsius, to: celsius, lowest: ratio, soft: v.exactOptional(v.strictObject({ from: celsius, clock: ratio })),
  }),
  /** `max` is the stated highest ambient. */
  ambient: v.strictObject({ mean: celsius, amplitude: number(0, 50), dayDeviation: number(0, 20), max: celsius }),
  variants: list(v.strictObject({ name, accuracy: ratio, latency: list(seconds) })),
  rates: list(number(0.001, 1000)),
  worth: v.strictObject({ dwell: seconds, scan: ratio }),
  deadline: seconds,
  /** Inferences a second, while something moves, that a board that is on is to keep. */
  minimumRate: number(0, 1000),
  /** Deviation of the logarithm of a slot's latency: delays that cost no energy. */
  jitter: ratio,
  /** `duty` is the share of time with motion, `night` its activity at midnight against noon. */
  motion: v.strictObject({ duty: v.pipe(ratio, v.maxValue(0.45)), night: ratio, eventSeconds: seconds, weightDeviation: number(0, 2) }),
  /** Joules above the cutoff; it starts at the share `start` and, once empty, feeds the board again from the share `restart`. */
  battery: v.exactOptional(v.strictObject({ capacity: number(1, 1e9), start: ratio, chargeEfficiency: ratio, restart: ratio })),
  /** Mains for about `hours` a day, `deviation` hours more or less. */
  charger: v.exactOptional(v.strictObject({ watts, fromHour: hour, hours: hour, deviation: hour })),
  solar: v.exactOptional(v.strictObject({
    peak: watts, sunrise: hour, sunset: hour,
    /** Factors of the days are uniform from here to 1. */
    lowestDay: ratio,
    /** `correlation` over 5 minutes. */
    cloud: v.strictObject({ mean: ratio, deviation: ratio, correlation: ratio }),
  })),
  /** Lengths of being powered off, and the seconds of starting again at idle power and one busy core, which are part of them. */
  wake: v.exactOptional(v.strictObject({ seconds: list(seconds), boot: number(0, 600) })),
  days: integer(1, 365),
  slotSeconds: integer(1, 60),
  seeds: v.strictObject({ tuning: seeds, judging: seeds }),
  sources: v.record(v.string(), text),
});

/** A board, its supply, its surroundings and what its user wants. */
export type Scenario = Readonly<v.InferOutput<typeof schema>>;

/** Checks what was read from `file`. */
export function parseScenario(value: unknown, file: string): Scenario {
  const { success, issues, output } = v.safeParse(schema, value, { abortEarly: true });
  if (!success) {
    const path = v.getDotPath(issues[0]) ?? 'the file';
    throw new OptionError('invalid-scenario', `${file}: ${path}: ${issues[0].message}; see devices/scenarios for complete ones`);
  }
  const problem = contradiction(output);
  if (problem !== undefined) throw new OptionError('invalid-scenario', `${file}: ${problem}`);
  return output;
}

function contradiction({ battery, charger, solar, cores, variants, power, wake, slotSeconds }: Scenario): string | undefined {
  if (battery === undefined && (charger ?? solar ?? wake) !== undefined) return 'charger, solar and wake need a battery; add one or remove them';
  if (power.leakage > power.core) return `power.leakage: found ${power.leakage}; allowed: at most power.core, ${power.core}`;
  const uneven = variants.findIndex(({ latency }) => latency.length !== cores);
  if (uneven >= 0) return `variants.${uneven}.latency: found ${variants[uneven]!.latency.length} values; allowed: one for each of ${cores} cores`;
  if (wake?.seconds.some((seconds) => seconds < Math.max(300, wake.boot) || seconds % slotSeconds !== 0)) {
    return `wake.seconds: allowed: multiples of ${slotSeconds} s, at least 300 s and the ${wake.boot} s of starting`;
  }
  return 300 % slotSeconds === 0 ? undefined : `slotSeconds: found ${slotSeconds}; allowed: divisors of 300`;
}
