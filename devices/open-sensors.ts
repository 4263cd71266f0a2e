import * as v from 'valibot';
import { parseOptions } from '../sdk/core/options.ts';
import { SteadyTime } from '../sdk/power/steady-time.ts';
import type { Quantity, Reading } from '../sdk/power/types.ts';
import { openBatteryCallback } from './sensors/battery-callback.ts';
import type { BatteryCallback } from './sensors/battery-callback.ts';
import { sensorKinds } from './sensors/index.ts';
import { Judged, Watch } from './sensors/judge.ts';
import { Samples } from './sensors/probe.ts';
import type { Clock, Gap, OpenSensor, SensorKind } from './sensors/types.ts';

/** Seconds between two calls of the battery callback's sensor. */
const CALLBACK_PERIOD = 1;

const isFunction = (value: unknown): boolean => typeof value === 'function';

function isKind(value: unknown): boolean {
  const kind = value as Partial<SensorKind> | null | undefined;
  return typeof kind === 'object' && isFunction(kind?.open) && typeof kind?.period === 'number';
}

const areKinds = (value: unknown): boolean => Array.isArray(value) && value.every(isKind);

const schema = v.strictObject({
  /** `/`, or a copy of it for tests. */
  root: v.optional(v.string(), '/'),
  /** Monotonic seconds; by default the process's clock. */
  clock: v.optional(v.custom<Clock>(isFunction, 'must be a function')),
  /** Asked for the state of a battery that the kernel does not know. */
  battery: v.optional(v.custom<BatteryCallback>(isFunction, 'must be a function')),
  /** Kinds to look for; all by default. */
  kinds: v.optional(v.custom<readonly SensorKind[]>(areKinds, 'must be a list of kinds of sensors, such as some of sensorKinds'), sensorKinds),
});

/** Options of openSensors. */
export type SensorOptions = v.InferInput<typeof schema>;

interface Entry {
  readonly sensor: OpenSensor;
  readonly period: number;
  readings: readonly Reading[];
  readonly judged: Judged[];
  at: number;
  next: number;
}

/** Adds the judged readings of one sensor to `to`. */
function judge(entry: Entry, now: number, watch: Watch, to: Samples): void {
  for (let index = 0; index < entry.readings.length; index++) {
    const reading = entry.readings[index]!;
    let judged = entry.judged[index];
    if (judged?.isOf(reading) !== true) judged = entry.judged[index] = new Judged(reading);
    judged.update(reading, now, now - entry.at, watch);
    to.add(judged);
  }
}

function attempt<T>(action: () => T, otherwise: T): T {
  try {
    return action();
  } catch {
    return otherwise;
  }
}

/**
 * Opens every sensor found below the root as one. Its readings are judged: what is out of range has trust 0, what is stuck a tenth,
 * what is late less the later it is. The array and its readings are overwritten by the next `read`; a reading that was not renewed grows older. Once closed it reads nothing.
 * @throws OptionError
 */
export function openSensors(options: SensorOptions = {}): OpenSensor {
  const { root, clock = () => performance.now() / 1000, battery, kinds } = parseOptions(schema, options, 'openSensors');
  const entry = (sensor: OpenSensor, period: number): Entry => ({ sensor, period, readings: [], judged: [], at: -Infinity, next: -Infinity });
  const entries = [
    ...kinds.map((kind) => entry(kind.open(root, clock), kind.period)),
    ...(battery === undefined ? [] : [entry(openBatteryCallback(battery, clock), CALLBACK_PERIOD)]),
  ];
  const steady = new SteadyTime();
  const watch = new Watch();
  const samples = new Samples();
  const quantities = [...new Set(entries.flatMap(({ sensor }): readonly Quantity[] => sensor.quantities))];
  return {
    name: 'all',
    quantities,
    read: (time) => {
      const now = steady.at(time);
      watch.start();
      for (const entry of entries) {
        if (now >= entry.next) {
          entry.readings = attempt(() => entry.sensor.read(now), []);
          entry.at = now;
          entry.next = now + entry.period;
        }
        for (const reading of entry.readings) watch.see(reading, now);
      }
      samples.start();
      for (const entry of entries) judge(entry, now, watch, samples);
      return samples.finish();
    },
    gaps: () => entries.flatMap(({ sensor }): readonly Gap[] => attempt(() => sensor.gaps(), [])),
    settled: async () => {
      for (const { sensor } of entries) await sensor.settled?.();
    },
    close: () => entries.splice(0).forEach(({ sensor }) => sensor.close()),
  };
}
