import { isListOfObjects } from '../../core/arguments.ts';
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
  readonly observations: Observation[];
  readonly choices: number[];
}

const HEADER = '{"log":"halfbyte-governor"';

const numberOf = (value: unknown): number => (typeof value === 'number' ? value : NaN);

/** JSON has null for NaN and Infinity: neither is a reading that anything is done with. */
function readingsOf(readings: readonly Readonly<Record<string, unknown>>[]): Observation['readings'] {
  return readings.map((reading) => {
    return { ...reading, value: numberOf(reading['value']), age: numberOf(reading['age']), trust: numberOf(reading['trust']) } as Observation['readings'][number];
  });
}

function parsed(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value as Record<string, unknown> : undefined;
  } catch {
    return undefined;
  }
}

type Invalid = (line: number, found: string, wanted: string) => OptionError;

function optionsOf(header: Readonly<Record<string, unknown>>, own: readonly PolicyKind[], number: number, invalid: Invalid): GovernorOptions {
  if (header['version'] !== 1) throw invalid(number, `found version ${JSON.stringify(header['version'])}`, 'this program replays version 1');
  const { policy, capacity, deadline } = header;
  const kind = [...own, ...policies].find(({ name }) => name === policy);
  if (!kind) throw invalid(number, `found policy ${JSON.stringify(policy)}`, `known are ${[...own, ...policies].map(({ name }) => name).join(', ')}; a program passes its own to replay()`);
  const settings = Object.fromEntries(Object.entries(header).filter(([name]) => !['log', 'version', 'capacity'].includes(name)));
  const battery = typeof capacity === 'number' && capacity > 0 ? { battery: { capacity } } : {};
  return { ...settings, policy: kind, deadline: typeof deadline === 'number' ? deadline : Infinity, ...battery } as unknown as GovernorOptions;
}

/** The line, or the header that was appended to one that lost its end when the power went. */
function whole(line: string): Record<string, unknown> | undefined {
  const at = line.indexOf(HEADER, 1);
  return parsed(line) ?? (at > 0 ? parsed(line.slice(at)) : undefined);
}

export interface ReadLogOptions {
  /** Policies beside halfbyte's that it may be of. */
  readonly own?: readonly PolicyKind[];
  /** Name of the log in messages. */
  readonly where?: string;
}

/**
 * The parts of a log, each of a governor that was started: a program that starts again appends to the log of before. A line that lost its end is left out where
 * nothing follows it but a new start.
 * @param own policies that are not in the registry
 * @throws OptionError naming the line that is not of a governor's log
 */
export function readLog(lines: readonly string[], { own = [], where = 'governor log' }: ReadLogOptions = {}): GovernorLog[] {
  const invalid: Invalid = (number, found, wanted) => new OptionError('invalid-log', `${where}, line ${number}: ${found}; ${wanted}`);
  if (!Array.isArray(lines) || !lines.every((line) => typeof line === 'string')) throw new OptionError('invalid-log', 'governor log: it must be a list of lines: split its text at each end of line');
  const parts: GovernorLog[] = [];
  let cut: number | undefined;
  lines.forEach((text, index) => {
    if (text.trim() === '') return;
    const [number, line] = [index + 1, whole(text)];
    if (line?.['log'] === 'halfbyte-governor') {
      cut = undefined;
      parts.push({ options: optionsOf(line, own, number, invalid), observations: [], choices: [] });
      return;
    }
    if (cut !== undefined) throw invalid(cut, `found '${lines[cut - 1]!.slice(0, 40)}'`, 'each line must be a JSON object: take the log as the governor wrote it');
    const part = parts.at(-1);
    if (!part) throw invalid(number, `found '${text.slice(0, 40)}'`, 'it must be the header of version 1: begin with the first line that the governor wrote');
    if (line === undefined) {
      cut = number;
      return;
    }
    const { time, motion, weight, slowdown, readings, choice } = line;
    if ((typeof time !== 'number' && time !== null) || !isListOfObjects(readings)) throw invalid(number, "'time' and 'readings' are missing", 'the log is cut or of another program');
    part.observations.push({ time: numberOf(time), readings: readingsOf(readings), motion: numberOf(motion), weight: numberOf(weight), slowdown: numberOf(slowdown) });
    part.choices.push(Number(choice));
  });
  if (parts.length === 0) throw invalid(1, 'found nothing', 'it must be the header of version 1: begin with the first line that the governor wrote');
  return parts;
}
