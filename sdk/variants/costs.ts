import * as v from 'valibot';
import { OptionError } from '../core/errors.ts';
import { parseOptions } from '../core/options.ts';
import type { VariantCost } from '../power/types.ts';
import { variantSchema, type Variant } from './manifest.ts';

export interface LatencySource {
  /** Board whose latencies of the manifest count. */
  readonly board?: string;
  /** Seconds of one inference by number of threads, by variant name, measured here: they go before those of the manifest. An empty list is none. */
  readonly measured?: ReadonlyMap<string, readonly number[]>;
}

const sourceSchema = v.strictObject({
  board: v.optional(v.string()),
  measured: v.optional(v.map(v.string(), v.array(v.pipe(v.number(), v.finite(), v.gtValue(0))))),
});

/**
 * What the governor chooses from, in the order of the manifest.
 * @throws OptionError `missing-latency` for variants without a latency, `incomparable-accuracy` where accuracies were measured on different things,
 * `invalid-option` for what are no variants or measured times
 */
export function variantCosts(variants: readonly Variant[], source: LatencySource = {}): VariantCost[] {
  parseOptions(v.array(variantSchema), variants, 'variantCosts: variants');
  const { board, measured } = parseOptions(sourceSchema, source, 'variantCosts');
  const [first] = variants;
  const other = variants.find(({ accuracy }) => accuracy.measuredOn !== first?.accuracy.measuredOn);
  if (first !== undefined && other !== undefined) {
    throw new OptionError('incomparable-accuracy', `variantCosts: '${first.name}' was measured on '${first.accuracy.measuredOn}', ` +
      `'${other.name}' on '${other.accuracy.measuredOn}'; measure all variants on the same data`);
  }
  return variants.map(({ name, accuracy, latency }) => {
    const own = measured?.get(name) ?? [];
    const seconds = own.length > 0 ? own : latency?.find((row) => row.board === board)?.seconds;
    if (seconds === undefined) {
      throw new OptionError('missing-latency', `variantCosts: no latency of '${name}'${board === undefined ? '' : ` on ${board}`}; measure it on this board`);
    }
    return { name, accuracy: accuracy.value, latency: seconds };
  });
}
