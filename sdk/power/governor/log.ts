import { OptionError } from '../../core/errors.ts';
import { policies } from '../policies/index.ts';
import type { PolicyKind } from '../policies/types.ts';
import type { Observation } from '../types.ts';
import type { GovernorOptions, GovernorSettings } from './options.ts';

/** First line of a log: with what the governor was made. */
export function headerLine({ policy, capacity, ...settings }: GovernorSettings): string {
  const deadline = settings.deadline === Infinity ? null : settings.deadline;
  return JSON.stringify({ log: 'halfbyte-governor', version: 1, policy: policy.name, capacity, ...settings, deadline });
}

/** Line of one decision; numbers that JSON lacks are null. */
export function decisionLine({ time, readings, motion, weight, slowdown }: Observation, choice: number, binding: string, temperature: number, price: number): string {
  return JSON.stringify({ time, motion, weight, slowdown, choice, binding, temperature, price, readings });
}

/** Options of the governor that wrote a header line, and what it saw and chose. */
export interface GovernorLog {
  readonly options: GovernorOptions;
  readonly observations: readonly Observation[];
  readonly choices: readonly number[];
}

const numberOf = (value: unknown): number => (typeof value === 'number' ? value : NaN);

/** JSON has null for NaN and Infinity: neither is a reading that anything is done with. */
function readingsOf(readings: readonly unknown[]): Observation['readings'] {
  return readings.map((each) => {
    const reading = each as Record<string, unknown>;
    return { ...reading, value: numberOf(reading['value']), age: numberOf(reading['age']), trust: numberOf(reading['trust']) } as Observation['readings'][number];
  });
}

function parsed(line: string, number: number): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch { /* reported below */ }
  throw new OptionError('invalid-log', `governor log, line ${number}: found '${line.slice(0, 40)}'; each line must be a JSON object: take the log as the governor wrote it`);
}

/** @throws OptionError naming the line that is not of a governor's log */
export function readLog(lines: readonly string[], own: readonly PolicyKind[] = []): GovernorLog {
  const [first, ...rest] = lines.filter((line) => line.trim() !== '').map((line, index) => parsed(line, index + 1));
  if (first?.['log'] !== 'halfbyte-governor' || first['version'] !== 1) {
    throw new OptionError('invalid-log', `governor log, line 1: found ${first ? JSON.stringify(first).slice(0, 40) : 'nothing'}; must be the header of version 1: begin with the first line that the governor wrote`);
  }
  const { policy, capacity, deadline } = first;
  const kind = [...own, ...policies].find(({ name }) => name === policy);
  if (!kind) throw new OptionError('invalid-log', `governor log, line 1: policy ${JSON.stringify(policy)} is not in the registry; pass it to replay()`);
  const settings = Object.fromEntries(Object.entries(first).filter(([name]) => !['log', 'version', 'capacity'].includes(name)));
  const battery = typeof capacity === 'number' && capacity > 0 ? { battery: { capacity } } : {};
  const options = { ...settings, policy: kind, deadline: typeof deadline === 'number' ? deadline : Infinity, ...battery } as unknown as GovernorOptions;
  const observations = rest.map((line, index) => {
    const { time, motion, weight, slowdown, readings } = line;
    if ((typeof time !== 'number' && time !== null) || !Array.isArray(readings)) throw new OptionError('invalid-log', `governor log, line ${index + 2}: 'time' and 'readings' are missing; the log is cut or of another program`);
    return { time: numberOf(time), readings: readingsOf(readings), motion: numberOf(motion), weight: numberOf(weight), slowdown: numberOf(slowdown) };
  });
  return { options, observations, choices: rest.map(({ choice }) => Number(choice)) };
}
