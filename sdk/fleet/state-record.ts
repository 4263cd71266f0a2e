import * as v from 'valibot';
import { counterSchema, nameSchema, sha256Schema, versionSchema } from './messages.ts';
import { goldenSchema } from './release.ts';
import { sha256 } from './sha256.ts';

export const SLOTS = ['a', 'b'] as const;

export type SlotName = (typeof SLOTS)[number];

/** A model in a slot. */
const installedSchema = v.strictObject({
  slot: v.picklist(SLOTS),
  model: nameSchema,
  version: versionSchema,
  counter: counterSchema,
  sha256: sha256Schema,
  length: v.pipe(counterSchema, v.minValue(1)),
  golden: goldenSchema,
  /** Digest of the outputs it gave in its self-test here; null before. */
  selfTest: v.nullable(sha256Schema),
});

const failureSchema = v.strictObject({
  sha256: sha256Schema,
  counter: counterSchema,
  code: v.pipe(v.string(), v.maxLength(64)),
  message: v.pipe(v.string(), v.maxLength(1024)),
});

/** What a device remembers across a power cut. */
export const stateSchema = v.strictObject({
  v: v.literal(1),
  /** Rises with every write: the higher of two valid copies counts. */
  sequence: counterSchema,
  /** The model that runs. */
  active: v.nullable(installedSchema),
  /** The model on trial. */
  pending: v.nullable(installedSchema),
  /** Starts of the pending model that are left before it is given up. */
  triesLeft: v.pipe(counterSchema, v.maxValue(255)),
  /** The model that ran before `active`, as long as its slot is not needed. */
  lastGood: v.nullable(installedSchema),
  /** Highest version of targets metadata seen. */
  metadataVersion: counterSchema,
  /** Releases that did not pass, newest last: not tried again. */
  failed: v.pipe(v.array(failureSchema), v.maxLength(8)),
});

export type Installed = v.InferOutput<typeof installedSchema>;
export type Failure = v.InferOutput<typeof failureSchema>;
export type DeviceRecord = v.InferOutput<typeof stateSchema>;

export const STATE_BYTES = 131_072;
export const MAX_FAILURES = 8;

export const EMPTY_RECORD: DeviceRecord = Object.freeze({
  v: 1, sequence: 0, active: null, pending: null, triesLeft: 0, lastGood: null, metadataVersion: 0, failed: [],
});

const MAGIC = 'halfbyte-state';

/** One line `halfbyte-state <sha256 of the rest>`, then the record as JSON. */
export function encodeRecord(record: DeviceRecord): Uint8Array {
  const body = Buffer.from(`${JSON.stringify(record)}\n`);
  return Buffer.concat([Buffer.from(`${MAGIC} ${sha256(body)}\n`), body]);
}

/** @returns undefined for anything that is not a complete record with the right checksum */
export function decodeRecord(bytes: Uint8Array): DeviceRecord | undefined {
  if (bytes.length > STATE_BYTES) return undefined;
  const end = bytes.indexOf(0x0a);
  const head = Buffer.from(bytes.subarray(0, Math.max(end, 0))).toString('latin1');
  const body = bytes.subarray(end + 1);
  if (end < 0 || head !== `${MAGIC} ${sha256(body)}`) return undefined;
  const result = v.safeParse(v.pipe(v.string(), v.parseJson(), stateSchema), Buffer.from(body).toString('utf8'));
  return result.success ? result.output : undefined;
}
