import * as v from 'valibot';
import { checkBytes } from '../core/arguments.ts';
import { ModelError } from '../core/errors.ts';

/** Name of the manifest in a directory of variants. */
export const MANIFEST = 'variants.json';
/** Largest manifest that is read, in bytes. */
export const MANIFEST_BYTES = 1_000_000;

const PRECISIONS = ['float32', 'float16', 'int16', 'int8', 'int4'] as const;

function staysInside(file: string): boolean {
  return file.split('/').every((part) => part !== '' && part !== '.' && part !== '..' && !/[\\:\p{Cc}]/u.test(part));
}

const text = (most: number) => v.pipe(v.string(), v.nonEmpty(), v.maxLength(most));
const count = (least: number, most: number) => v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));

const latencySchema = v.strictObject({
  /** Board the times were measured on, by its name in `detectBoard()`. */
  board: text(64),
  /** Seconds of one inference by number of threads: seconds[n - 1]. */
  seconds: v.pipe(v.array(v.pipe(v.number(), v.finite(), v.gtValue(0))), v.minLength(1), v.maxLength(16)),
});

export const variantSchema = v.strictObject({
  name: v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)),
  /** Path from the manifest, with `/` between folders. */
  file: v.pipe(text(256), v.check(staysInside, 'must be a path inside the directory, without `..`, `\\` and `:`')),
  /** Type of the weights. */
  precision: v.picklist(PRECISIONS),
  accuracy: v.strictObject({
    /** 0 to 1. */
    value: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
    /** What was measured and on which data, e.g. `top-1, ImageNet validation, 50000 pictures`. */
    measuredOn: text(256),
  }),
  /** Bytes of the file. */
  bytes: count(1, 2 ** 32),
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  /** Shape of the first input, e.g. 1 x 96 x 96 x 1. */
  inputShape: v.pipe(v.array(count(1, 2 ** 24)), v.maxLength(8)),
  latency: v.optional(v.pipe(
    v.array(latencySchema), v.maxLength(64),
    v.check((rows) => new Set(rows.map(({ board }) => board)).size === rows.length, 'names a board twice'),
  )),
});

const manifestSchema = v.strictObject({
  format: v.literal(1),
  variants: v.pipe(
    v.array(variantSchema), v.minLength(1), v.maxLength(64),
    v.check((rows) => new Set(rows.map(({ name }) => name)).size === rows.length, 'two variants have the same name'),
  ),
});

/** One model file among those that do the same task. */
export type Variant = Readonly<v.InferOutput<typeof variantSchema>>;

/** Content of `variants.json`. */
export type VariantManifest = v.InferInput<typeof manifestSchema>;

/**
 * The variants of a manifest, in its order.
 * @param where name of the file, for messages
 * @throws ModelError `broken-manifest` naming the field, OptionError for what are no bytes
 */
export function parseManifest(bytes: Uint8Array, where: string): readonly Variant[] {
  checkBytes(bytes, 'parseManifest');
  const broken = (what: string, cause?: unknown): ModelError =>
    new ModelError('broken-manifest', `${where}: ${what}`, cause === undefined ? undefined : { cause });
  if (bytes.length > MANIFEST_BYTES) throw broken(`${bytes.length} bytes, allowed are ${MANIFEST_BYTES}`);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw broken('not JSON; write the manifest again', cause);
  }
  const result = v.safeParse(manifestSchema, json, { abortEarly: true });
  if (result.success) return result.output.variants;
  const [issue] = result.issues;
  throw broken(`${v.getDotPath(issue) ?? 'manifest'}: ${issue.message}`.slice(0, 300).replace(/\p{Cc}/gu, '?'));
}
