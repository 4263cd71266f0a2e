import * as v from 'valibot';
import { parseOptions } from '../../core/options.ts';

const HOURS = 24;
const amount = v.pipe(v.number(), v.finite(), v.minValue(0));
const share = v.pipe(amount, v.maxValue(1));
const byHour = v.pipe(v.array(amount), v.length(HOURS), v.readonly());

const motionSchema = v.strictObject({
  usual: share,
  last: share,
  /** Time of the last look, and the hour of the day then; null before any. */
  looked: v.nullable(amount),
  hour: v.pipe(v.number(), v.integer(), v.minValue(-1), v.maxValue(HOURS - 1)),
  /** Seconds of watching of late and by hour of the day, and of them with motion by what was learnt, which is below 0 where less came than was foretold. */
  recentSeconds: amount,
  recentMoving: v.pipe(v.number(), v.finite()),
  seconds: byHour,
  moving: v.pipe(v.array(v.pipe(v.number(), v.finite())), v.length(HOURS), v.readonly()),
});

export type MotionMemory = v.InferOutput<typeof motionSchema>;

const schema = v.strictObject({
  version: v.literal(1),
  /** Seconds, on the clock that decisions have. */
  time: amount,
  /** Upper bound of the surroundings in degrees Celsius. */
  ambient: v.pipe(v.number(), v.finite()),
  motion: motionSchema,
  /** Of the policy of that name. */
  policy: v.strictObject({ name: v.string(), memory: v.unknown() }),
});

/** What a governor has learnt, as JSON. */
export type GovernorMemory = v.InferOutput<typeof schema>;

/** @throws OptionError for what is no memory of a governor */
export function parseMemory(memory: unknown): GovernorMemory {
  return parseOptions(schema, memory as GovernorMemory, "governor: option 'resume.memory'");
}
