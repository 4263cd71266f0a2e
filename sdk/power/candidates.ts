import * as v from 'valibot';
import { OptionError } from '../core/errors.ts';
import { parseOptions } from '../core/options.ts';
import type { BoardPower, Candidate, VariantCost } from './types.ts';
import { dynamicWatts } from './worth.ts';

/** What a board, its models and its user allow. */
export interface Choices {
  readonly variants: readonly VariantCost[];
  readonly power: BoardPower;
  readonly cores: number;
  /** Inferences a second. */
  readonly rates: readonly number[];
  /** Seconds within which an answer is of use. */
  readonly deadline: number;
  /** Lengths of being powered off, and the seconds of starting again at idle power and one busy core, which are part of them. */
  readonly wake?: { readonly seconds: readonly number[]; readonly boot: number };
}

const IDLE: Candidate = { variant: -1, threads: 0, rate: 0, gated: true, off: 0, accuracy: 0, latency: 0, energy: 0 };

const amount = v.pipe(v.number(), v.minValue(0));

// Objects may have more: board profiles, variants with their files.
const choicesSchema = v.strictObject({
  variants: v.array(v.object({ name: v.string(), accuracy: amount, latency: v.array(amount) })),
  power: v.object({ idle: amount, core: amount, off: v.optional(amount) }),
  cores: amount,
  rates: v.array(amount),
  deadline: amount,
  wake: v.optional(v.object({ seconds: v.array(amount), boot: amount })),
});

function checkChoices(choices: Choices): void {
  const { power, wake } = parseOptions(choicesSchema, choices, 'candidatesOf');
  if (wake === undefined) return;
  if (power.off === undefined) {
    throw new OptionError('no-off-power', 'wake: found a wake source on a board without power.off; state the watts while powered off, or remove wake');
  }
  const short = wake.seconds.find((seconds) => seconds <= wake.boot);
  if (short !== undefined) throw new OptionError('invalid-option', `candidatesOf: option 'wake.seconds': found ${short}; allowed: more than the ${wake.boot} s of starting again`);
}

/**
 * All there is to choose from: idle first, then variants by threads, rates and gating that keep the deadline and the rate at full clock, then powered off.
 * `energy` of powered off is that of starting again, in joules above `power.off`.
 * @throws OptionError naming what is wrong
 */
export function candidatesOf(choices: Choices): readonly Candidate[] {
  checkChoices(choices);
  const { variants, power, cores, rates, deadline, wake } = choices;
  const running = variants.flatMap(({ name, accuracy, latency }, variant) => latency.slice(0, cores).flatMap((seconds, index) => rates
    .filter((rate) => seconds <= deadline && seconds * rate <= 1)
    .flatMap((rate) => [true, false].map((gated): Candidate => ({
      name, variant, threads: index + 1, rate, gated, off: 0, accuracy, latency: seconds, energy: seconds * (index + 1) * power.core,
    })))));
  const off = (wake?.seconds ?? []).map((seconds): Candidate => ({
    ...IDLE, off: seconds, energy: wake!.boot * (power.idle + power.core - power.off!),
  }));
  return Object.freeze([IDLE, ...running, ...off]);
}

/** Watts of the whole board with a candidate in a slot with this share of motion; powered off with the start that ends it. */
export function boardWatts(candidate: Candidate, motion: number, power: BoardPower): number {
  return candidate.off > 0 ? power.off! + candidate.energy / candidate.off : power.idle + dynamicWatts(candidate, motion);
}
