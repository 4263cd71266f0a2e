import * as v from 'valibot';
import { OptionError } from '../../core/errors.ts';
import { parseOptions } from '../../core/options.ts';
import type { Demand } from './placement.ts';
import type { BackgroundOptions, Gate, Reservation, StreamOptions } from './types.ts';

/** Below it the microseconds of the admission test are coarse. */
const LEAST_SECONDS = 1e-4;
const MOST_SECONDS = 1e6;
const MOST_WAITING = 1024;

const seconds = v.pipe(v.number(), v.minValue(LEAST_SECONDS), v.maxValue(MOST_SECONDS));
const count = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MOST_WAITING));
const name = v.pipe(v.string(), v.minLength(1), v.maxLength(64));

const reservation = {
  priority: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(9))),
  period: v.optional(seconds),
  rate: v.optional(v.pipe(v.number(), v.minValue(1 / MOST_SECONDS), v.maxValue(1 / LEAST_SECONDS))),
  deadline: v.optional(seconds),
  cost: seconds,
};

const reservationSchema = v.strictObject(reservation);

const changeSchema = v.strictObject({ ...reservation, cost: v.optional(seconds) });

const streamSchema = v.strictObject({
  ...reservation,
  name,
  backlog: v.optional(count),
  drop: v.optional(v.picklist(['oldest', 'newest']), 'oldest'),
  batch: v.optional(count, 1),
  batchWait: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(MOST_SECONDS)), 0),
  timeout: v.optional(seconds),
  gate: v.optional(v.custom<Gate>((value) => typeof (value as Gate | null)?.isOpen === 'function', 'must have isOpen()')),
  run: v.function('must be a function'),
});

const backgroundSchema = v.strictObject({ name, step: seconds, backlog: v.optional(count, 16), timeout: v.optional(seconds) });

export type ParsedStream = Omit<v.InferOutput<typeof streamSchema>, 'run'> & Pick<StreamOptions<unknown, unknown>, 'run'> & { readonly backlog: number };

const DEFAULT_PRIORITY = 5;

function periodOf({ period, rate }: Pick<Reservation, 'period' | 'rate'>, where: string): number | undefined {
  if (period !== undefined && rate !== undefined) throw new OptionError('invalid-option', `${where}: options 'period' and 'rate' say the same: give one`);
  return rate === undefined ? period : 1 / rate;
}

function checkDemand(demand: Demand, where: string): Demand {
  if (demand.deadline !== Infinity && demand.period === 0) {
    throw new OptionError('invalid-option', `${where}: a stream with a deadline needs 'period' or 'rate', the most it may ask for`);
  }
  return demand;
}

/** What a reservation asks for. */
export function demandOf(options: Reservation, where: string): Demand {
  const { priority = DEFAULT_PRIORITY, deadline = Infinity, cost } = options;
  return checkDemand({ priority, cost, deadline, period: periodOf(options, where) ?? 0 }, where);
}

/** @throws OptionError */
export function parseReservation(options: unknown, where: string): Demand {
  return demandOf(parseOptions(reservationSchema, options, where) as Reservation, where);
}

/** A demand with what was changed. @throws OptionError */
export function changedDemand(demand: Demand, change: Partial<Reservation>, where: string): Demand {
  const { priority = demand.priority, deadline = demand.deadline, cost = demand.cost, ...rest } = parseOptions(changeSchema, change, where) as Partial<Reservation>;
  return checkDemand({ priority, cost, deadline, period: periodOf(rest, where) ?? demand.period }, where);
}

/** @throws OptionError */
export function parseStream(options: unknown): ParsedStream {
  const parsed = parseOptions(streamSchema, options, 'Scheduler.stream');
  const { batch, backlog = batch } = parsed;
  if (backlog < batch) throw new OptionError('invalid-option', `Scheduler.stream: option 'backlog': ${backlog} waiting items never fill a batch of ${batch}`);
  return { ...parsed, backlog };
}

/** @throws OptionError */
export function parseBackground(options: unknown): Required<Omit<BackgroundOptions, 'timeout'>> & { readonly timeout?: number | undefined } {
  return parseOptions(backgroundSchema, options, 'Scheduler.background');
}
