import { isListOfObjects } from '../../core/arguments.ts';
import { OptionError } from '../../core/errors.ts';
import { policies } from '../policies/index.ts';
import type { PolicyKind } from '../policies/types.ts';
import { parseMemory, type GovernorMemory } from './memory.ts';
import type { BoardPower, BoardThermal, Candidate, Sensor } from '../types.ts';
import type { Worth } from '../worth.ts';

/** What the governor knows of the board. */
export interface GovernorBoard {
  readonly thermal: BoardThermal;
  readonly power: BoardPower;
}

export interface GovernorOptions {
  readonly board: GovernorBoard;
  /** What may be done; one of them is to stay on and idle (`variant: -1`, `off: 0`). With `off` above 0 only where something can wake the board. */
  readonly candidates: readonly Candidate[];
  readonly worth: Worth;
  /** Name in the registry or a policy of one's own. */
  readonly policy?: string | PolicyKind;
  /** Seconds between decisions. */
  readonly slot?: number;
  /** Degrees Celsius that the surroundings never exceed: acted for while no temperature can be trusted. */
  readonly maxAmbient?: number;
  readonly battery?: {
    /** Joules. */
    readonly capacity: number;
  };
  /** Inferences a second that are kept while heat and charge allow. */
  readonly minimumRate?: number;
  /** Seconds that 95 % of inferences may take at most; where no variant keeps that, the fastest keeps the minimum rate. */
  readonly deadline?: number;
  /** Kelvin kept below the limit for errors of sensors. */
  readonly margin?: number;
  /** Busy power added by each kelvin above 50 C, as a ratio. */
  readonly leakage?: number;
  /** Seconds from one switch of variant or threads to one that takes more power. */
  readonly dwell?: number;
  /** false: the thermal filter looks at the present temperature only, for comparison. */
  readonly predict?: boolean;
  /** Decides, explains and logs, but leaves the board on its most valuable candidate. */
  readonly dryRun?: boolean;
  /** What a governor before learnt, such as the one that had the board powered off, and the seconds since. */
  readonly resume?: { readonly memory: GovernorMemory; readonly seconds: number };
  /** Read by `step()`. */
  readonly sensors?: readonly Sensor[];
  /** Monotonic seconds, for `step()`. */
  readonly clock?: () => number;
  /** Takes lines of JSON that `replay()` repeats; may return a promise. */
  readonly log?: (line: string) => unknown;
}

export type GovernorSettings = Required<Omit<GovernorOptions, 'policy' | 'battery' | 'log' | 'sensors' | 'clock' | 'resume'>> & Pick<GovernorOptions, 'resume'> & {
  readonly policy: PolicyKind;
  /** Joules, 0 on mains. */
  readonly capacity: number;
};

/** `maxAmbient` where none is stated, in degrees Celsius. */
export const MAX_AMBIENT = 45;

const DEFAULTS = {
  slot: 2, maxAmbient: MAX_AMBIENT, minimumRate: 0, deadline: Infinity, margin: 1, leakage: 0.002, dwell: 10, predict: true, dryRun: false,
};

/** Allowed range of each number. */
const RANGES: Readonly<Partial<Record<keyof GovernorOptions, readonly [number, number]>>> = {
  slot: [0.01, 3600], maxAmbient: [-40, 85], minimumRate: [0, 1000], deadline: [0, Infinity], margin: [0, 30], leakage: [0, 0.1], dwell: [0, 3600],
};

const NAMES = new Set<string>([...Object.keys(DEFAULTS), 'board', 'candidates', 'worth', 'policy', 'battery', 'resume', 'sensors', 'clock', 'log']);

/** Not part of what a log's header repeats. */
const INJECTED = new Set(['battery', 'sensors', 'clock', 'log']);

function refuse(name: string, found: string, allowed: string): never {
  throw new OptionError('invalid-option', `governor: option '${name}': found ${found}; ${allowed}`);
}

const isAmount = (value: number): boolean => value >= 0 && value < Infinity;

function checkBoard({ thermal, power }: GovernorBoard, candidates: readonly Candidate[]): void {
  if (!Number.isFinite(thermal.limit)) refuse('board.thermal.limit', String(thermal.limit), 'degrees Celsius');
  if (thermal.poles.length === 0) refuse('board.thermal.poles', 'none', 'at least one pole is needed; calibrate the board or take one from devices/boards');
  for (const { resistance, seconds } of thermal.poles) {
    if (!(resistance > 0 && seconds > 0 && resistance * seconds < Infinity)) refuse('board.thermal.poles', `${resistance} K/W, ${seconds} s`, 'both must be finite and above 0');
  }
  if (power.off === undefined && candidates.some(({ off }) => off > 0)) refuse('board.power.off', 'none', 'watts of the board while powered off, as a candidate does so');
  if (!(power.idle >= 0)) refuse('board.power.idle', String(power.idle), 'watts from 0');
}

function checkCandidates(candidates: readonly Candidate[]): void {
  if (!candidates.some(({ variant, off }) => variant < 0 && off === 0)) refuse('candidates', 'none that idles', 'add one with variant -1 and off 0: what is always safe');
  candidates.forEach(({ variant, rate, energy, latency, accuracy, off }, index) => {
    const wrong = !isAmount(off) || (variant >= 0 && ![rate, energy, latency, accuracy].every(isAmount));
    if (wrong) refuse(`candidates[${index}]`, `rate ${rate}, energy ${energy}, latency ${latency}, accuracy ${accuracy}, off ${off}`, 'all must be finite numbers from 0');
  });
}

/** Of programs in JavaScript: what the types ask for. */
function checkParts({ board, candidates, worth }: { readonly board?: Partial<GovernorBoard>; readonly candidates?: unknown; readonly worth?: Partial<Worth> }): void {
  if (!board?.thermal || !board.power || !isListOfObjects(board.thermal.poles)) refuse('board', JSON.stringify(board), 'an object with thermal and power, such as one of devices/boards');
  if (!isListOfObjects(candidates)) refuse('candidates', JSON.stringify(candidates), 'a list, such as candidatesOf() gives');
  const { dwell = NaN, scan = NaN } = worth ?? {};
  if (!(dwell > 0 && dwell < Infinity && scan >= 0 && scan < Infinity)) refuse('worth', JSON.stringify(worth), 'dwell: seconds above 0, scan: a number from 0');
}

/** Of programs in JavaScript. */
function checkInjected({ sensors = [], clock, log }: { readonly sensors?: unknown; readonly clock?: unknown; readonly log?: unknown }): void {
  for (const [name, value] of [['clock', clock], ['log', log]] as const) if (value !== undefined && typeof value !== 'function') refuse(name, typeof value, 'a function');
  const isSensor = (sensor: unknown): boolean => typeof (sensor as Partial<Sensor> | null)?.read === 'function';
  if (!Array.isArray(sensors) || !sensors.every(isSensor)) refuse('sensors', JSON.stringify(sensors), 'a list of sensors, such as openSensors() of halfbyte/devices gives');
}

function policyOf(policy: string | PolicyKind): PolicyKind {
  if (typeof policy !== 'string') {
    const { name, create } = policy as Partial<PolicyKind>;
    return typeof name === 'string' && typeof create === 'function' ? policy : refuse('policy', JSON.stringify(policy), 'a name, or an object with name and create()');
  }
  return policies.find(({ name }) => name === policy) ?? refuse('policy', `'${policy}'`, `one of ${policies.map(({ name }) => name).join(', ')}`);
}

/** @throws OptionError naming the option, what was found and what is allowed */
export function governorSettings(options: GovernorOptions): GovernorSettings {
  for (const name of Object.keys(options)) if (!NAMES.has(name)) refuse(name, 'an unknown option', `allowed are ${[...NAMES].join(', ')}`);
  for (const [name, [least, most]] of Object.entries(RANGES)) {
    const value = options[name as keyof GovernorOptions];
    if (value !== undefined && !(typeof value === 'number' && value >= least && value <= most)) refuse(name, JSON.stringify(value), `a number from ${least} to ${most}`);
  }
  checkParts(options);
  checkInjected(options);
  checkBoard(options.board, options.candidates);
  checkCandidates(options.candidates);
  if (options.battery && !(options.battery.capacity > 0)) refuse('battery.capacity', String(options.battery.capacity), 'joules above 0; leave the battery out on mains');
  if (options.resume !== undefined) {
    const { seconds, memory } = Object(options.resume) as NonNullable<GovernorOptions['resume']>;
    if (!isAmount(seconds)) refuse('resume.seconds', String(seconds), 'seconds from 0');
    parseMemory(memory);
  }
  const given = Object.entries(options).filter(([name, value]) => value !== undefined && !INJECTED.has(name));
  return { ...DEFAULTS, ...Object.fromEntries(given) as unknown as GovernorSettings, policy: policyOf(options.policy ?? 'price'), capacity: options.battery?.capacity ?? 0 };
}
