import type { TargetFile } from '@tufjs/models';
import * as v from 'valibot';
import { UpdateError } from '../core/errors.ts';
import { CHUNK_BYTES, MAX_CHUNKS } from './chunk.ts';
import { counterSchema, excerpt, nameSchema, sha256Schema, versionSchema } from './messages.ts';

/** Expected outputs of the model for the input made from `seed`. */
export const goldenSchema = v.strictObject({
  seed: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(0xffffffff)),
  /** SHA-256 of each output's bytes, in output order. */
  outputs: v.pipe(v.array(sha256Schema), v.minLength(1), v.maxLength(64)),
});

/** The `custom` part of a TUF target: what a device needs to choose, fetch and prove a model. Fields of later versions are allowed. */
const customSchema = v.object({
  model: nameSchema,
  version: versionSchema,
  /** Rises with every release of a fleet: the order that devices follow. */
  counter: v.pipe(counterSchema, v.minValue(1)),
  format: nameSchema,
  class: nameSchema,
  channel: nameSchema,
  chunkSize: v.pipe(v.number(), v.integer(), v.minValue(CHUNK_BYTES.least), v.maxValue(CHUNK_BYTES.most)),
  /** SHA-256 of every chunk, in order. */
  chunks: v.pipe(v.array(sha256Schema), v.minLength(1), v.maxLength(MAX_CHUNKS)),
  golden: goldenSchema,
});

export type Golden = v.InferOutput<typeof goldenSchema>;
export type ReleaseCustom = v.InferOutput<typeof customSchema>;

/** A model to run, as the signed metadata describes it. */
export interface Release extends ReleaseCustom {
  /** Path of the target in the metadata. */
  readonly target: string;
  /** SHA-256 of the whole file. */
  readonly sha256: string;
  /** Bytes of the whole file. */
  readonly length: number;
}

/** @throws UpdateError `invalid-target` naming the field */
export function releaseOf(target: TargetFile): Release {
  const where = `target '${excerpt(target.path)}'`;
  const refuse = (what: string): never => {
    throw new UpdateError('invalid-target', `${where}: ${what}; publish it again with this version of halfbyte`);
  };
  const custom = v.safeParse(customSchema, target.custom, { abortEarly: true });
  if (!custom.success) return refuse(`custom.${excerpt(`${v.getDotPath(custom.issues[0]) ?? ''}: ${custom.issues[0].message}`)}`);
  const sha256 = target.hashes['sha256'] ?? '';
  if (!v.is(sha256Schema, sha256)) return refuse('hashes.sha256 is missing or not 64 hex digits');
  const { chunkSize, chunks } = custom.output;
  if (!Number.isSafeInteger(target.length) || Math.ceil(target.length / chunkSize) !== chunks.length) {
    return refuse(`${target.length} bytes in chunks of ${chunkSize} do not make ${chunks.length} chunks`);
  }
  return { ...custom.output, target: target.path, sha256, length: target.length };
}

/** First 16 hex digits of the file's hash: its name in topics and chunk headers. */
export function blobOf(release: { readonly sha256: string }): string {
  return release.sha256.slice(0, 16);
}

/** Bytes of chunk `n`: all but the last have the chunk size. */
export function chunkLength(release: { readonly length: number; readonly chunkSize: number }, n: number): number {
  return Math.min(release.chunkSize, release.length - n * release.chunkSize);
}
