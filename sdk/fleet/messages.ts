import * as v from 'valibot';
import { UpdateError } from '../core/errors.ts';
import { ENERGY_METHODS } from '../power/energy/types.ts';
import { MAX_CHUNKS } from './chunk.ts';
import { NAME_PATTERN, NAME_RULE } from './topics.ts';

/** Largest messages accepted, in bytes. */
export const MESSAGE_BYTES = Object.freeze({ targets: 5_000_000, offer: 4096, need: 16_384, report: 8192 });

export const counterSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
export const sha256Schema = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const allowed = (rule: string) => ({ received }: { readonly received: string }): string => `found ${received}; allowed are ${rule}`;
export const nameSchema = v.pipe(v.string(), v.regex(NAME_PATTERN, allowed(NAME_RULE)));
/** A version as shown to people, usable in a path. */
export const versionSchema = v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9.+_-]{0,63}$/, allowed('1 to 64 characters A-Z a-z 0-9 . + _ - beginning with a letter or digit')));
const textSchema = v.pipe(v.string(), v.maxLength(1024));
const timeSchema = v.pipe(v.string(), v.isoTimestamp());

/** Pointer to a target of the signed metadata; never trusted by itself. */
export const offerSchema = v.strictObject({
  v: v.literal(1),
  target: v.pipe(v.string(), v.nonEmpty(), v.maxLength(256)),
  /** Version of the targets metadata that has it. */
  metadata: counterSchema,
});

/** A device's request: base64 bitmap of the chunks it misses. */
export const needSchema = v.strictObject({
  v: v.literal(1),
  device: nameSchema,
  total: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_CHUNKS)),
  missing: v.pipe(v.string(), v.maxLength(12_288)),
});

/** What a device does: `committed` runs a proven model with nothing in progress; `empty` has no model yet; `failed` waits to try again. */
export const DEVICE_STATES = [
  'empty', 'committed', 'downloading', 'verified', 'pending', 'self-test', 'rolled-back', 'failed', 'offline',
] as const;

export type DeviceState = (typeof DEVICE_STATES)[number];

const causeSchema = v.strictObject({ code: v.pipe(v.string(), v.maxLength(64)), message: textSchema });

const amountSchema = v.pipe(v.number(), v.finite(), v.minValue(0));
const shareSchema = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const perInferenceSchema = v.nullable(amountSchema);

/** Energy of the board and of its models, as `EnergyMeter.report()` gives it. */
const energySchema = v.strictObject({
  seconds: amountSchema,
  gapSeconds: amountSchema,
  whPerDay: amountSchema,
  dynamicWhPerDay: amountSchema,
  idleWatts: amountSchema,
  millijoulesPerInference: perInferenceSchema,
  perModel: v.pipe(v.array(v.strictObject({
    model: v.pipe(v.string(), v.maxLength(64)), inferences: counterSchema, millijoulesPerInference: perInferenceSchema, whPerDay: amountSchema,
  })), v.maxLength(16)),
  method: v.picklist(ENERGY_METHODS),
  shares: v.pipe(v.array(shareSchema), v.length(ENERGY_METHODS.length)),
  trust: shareSchema,
  dynamicTrust: shareSchema,
  reason: v.pipe(v.string(), v.maxLength(256)),
});

/** A device's state of record: which bytes are loaded now, and why the last update ended as it did. */
export const reportSchema = v.strictObject({
  v: v.literal(1),
  id: nameSchema,
  /** One connection's name: a will counts only for the connection it was made for. */
  session: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)),
  state: v.picklist(DEVICE_STATES),
  class: nameSchema,
  channel: nameSchema,
  board: v.pipe(v.string(), v.maxLength(128)),
  model: v.nullable(nameSchema),
  version: v.nullable(versionSchema),
  /** SHA-256 of the bytes handed to the runtime. */
  sha256: v.nullable(sha256Schema),
  counter: v.nullable(counterSchema),
  slot: v.nullable(v.picklist(['a', 'b'])),
  /** SHA-256 over the golden output hashes that the running model produced on this device. */
  selfTest: v.nullable(sha256Schema),
  rollback: v.nullable(v.strictObject({ sha256: sha256Schema, counter: counterSchema, ...causeSchema.entries })),
  lastError: v.nullable(causeSchema),
  metadataVersion: counterSchema,
  bytesReceived: counterSchema,
  energy: v.optional(energySchema),
  time: timeSchema,
});

/** What the broker publishes for a device that vanished. */
export const willSchema = v.strictObject({ v: v.literal(1), id: nameSchema, session: reportSchema.entries.session, state: v.literal('offline') });

export type Offer = v.InferOutput<typeof offerSchema>;
export type Need = v.InferOutput<typeof needSchema>;
export type DeviceReport = v.InferOutput<typeof reportSchema>;
export type DeviceWill = v.InferOutput<typeof willSchema>;

/** What happens to a message that is refused; of a file, what to do. */
const IGNORED = 'the message is ignored';

/**
 * Reads a JSON message or file from outside.
 * @param limit most bytes
 * @param next what to do about it where it is refused
 * @throws UpdateError `malformed-message` naming the field
 */
export function parseMessage<Schema extends v.GenericSchema>(
  schema: Schema, payload: Uint8Array, limit: number, where: string, next = IGNORED,
): v.InferOutput<Schema> {
  return checkMessage(schema, parseJson(payload, limit, where, next), where, next);
}

/** @throws UpdateError `malformed-message` naming the field */
export function checkMessage<Schema extends v.GenericSchema>(schema: Schema, value: unknown, where: string, next = IGNORED): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const issue = result.issues[0];
  throw new UpdateError('malformed-message', `${where}: ${excerpt(`${v.getDotPath(issue) ?? 'content'}: ${issue.message}`)}; ${next}`);
}

/** The first characters of foreign text, without control characters. */
export function excerpt(text: string, most = 200): string {
  return text.slice(0, most).replace(/\p{Cc}/gu, '?');
}

/** @throws UpdateError `malformed-message` when `payload` is longer than `limit` bytes or not JSON */
export function parseJson(payload: Uint8Array, limit: number, where: string, next = IGNORED): unknown {
  if (payload.length > limit) {
    throw new UpdateError('malformed-message', `${where}: ${payload.length} bytes, allowed are ${limit}; ${next}`);
  }
  try {
    return JSON.parse(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('utf8'));
  } catch (cause) {
    throw new UpdateError('malformed-message', `${where}: not JSON; ${next}`, { cause });
  }
}

export function encodeMessage(message: object): Uint8Array {
  return Buffer.from(JSON.stringify(message));
}
