import type { Candidate } from '../types.ts';

/** What kept a decision from the candidate worth the most. */
export type Binding = 'thermal' | 'energy' | 'deadline' | 'dwell' | 'minimum rate' | 'policy' | 'none';

/** A decision and the state it was made in. */
export interface Decision {
  readonly time: number;
  /** Index in the candidates given. */
  readonly choice: number;
  readonly candidate: Candidate;
  readonly binding: Binding;
  /** Degrees Celsius, upper bounds. */
  readonly temperature: number;
  readonly ambient: number;
  /** Estimate of the surroundings in degrees Celsius, heat from elsewhere included: no bound, but where no temperature is trusted. */
  readonly meanAmbient: number;
  readonly limit: number;
  /** Temperatures that were trusted. */
  readonly trusted: number;
  /** Degrees Celsius of the surroundings that are acted for while no temperature is trusted, as stated or by default. */
  readonly maxAmbient: number;
  /** Degrees Celsius of the surroundings above which the board only idles. */
  readonly idleAbove: number;
  /** The board would pass its limit, or come within 5 K of it, even idle. */
  readonly unreachable: boolean;
  /** Share of the battery, NaN on mains or unknown. */
  readonly charge: number;
  /** Worth a joule. */
  readonly price: number;
  /** Observed over expected latency. */
  readonly slowdown: number;
  readonly dryRun: boolean;
}

function actionInWords({ name, variant, threads, rate, gated, off }: Candidate): string {
  if (off > 0) return `power off for ${off} s`;
  if (variant < 0) return 'idle';
  return `${name ?? `variant ${variant}`} on ${threads} ${threads === 1 ? 'thread' : 'threads'} at ${rate}/s${gated ? ' while something moves' : ''}`;
}

function reasonInWords(decision: Decision): string {
  const { binding, temperature, limit, charge, slowdown, unreachable, idleAbove } = decision;
  if (unreachable) return `limit unreachable at this ambient: above ${idleAbove.toFixed(1)} C around this board only idles`;
  switch (binding) {
    case 'thermal': return `thermal: more would pass ${limit} C from ${temperature.toFixed(1)} C, now or later`;
    case 'energy': return Number.isNaN(charge) ? 'energy: more is not worth its energy' : `energy: at ${Math.round(100 * charge)} % charge more is not worth its energy`;
    case 'deadline': return `deadline: more would be late at ${slowdown.toFixed(2)} times the calibrated latency`;
    case 'dwell': return 'dwell: variant or threads were switched too recently or too often';
    case 'minimum rate': return 'minimum rate: less would fall below it';
    case 'policy': return 'policy: it asks for no more';
    case 'none': return 'none: it is worth the most';
  }
}

/** What is known of the surroundings, and what to state where that leaves nothing but idling. */
function basisInWords({ ambient, trusted, maxAmbient, unreachable }: Decision): string {
  if (trusted > 0) return `surroundings up to ${ambient.toFixed(1)} C by ${trusted} ${trusted === 1 ? 'temperature' : 'temperatures'}`;
  return `no trusted temperature, acting for ${ambient.toFixed(1)} C around (maxAmbient ${maxAmbient})${unreachable ? ': state a lower maxAmbient where it never gets that hot' : ''}`;
}

/** A decision in words: the action, what binds and what it is based on. */
export function inWords(decision: Decision): string {
  const { candidate, dryRun } = decision;
  return `${dryRun ? 'would choose ' : ''}${actionInWords(candidate)}; ${reasonInWords(decision)}; ${basisInWords(decision)}`;
}
