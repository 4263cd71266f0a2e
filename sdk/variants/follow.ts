import * as v from 'valibot';
import { checkMembers } from '../core/arguments.ts';
import { contained } from '../core/contained.ts';
import { parseOptions } from '../core/options.ts';
import type { Candidate } from '../power/types.ts';
import type { Variant } from './manifest.ts';

const { AsyncLocalStorage } = process.getBuiltinModule('node:async_hooks');

/** What is followed of a decision; one of a dry run is not. */
export interface Followed {
  readonly candidate: Candidate;
  readonly dryRun?: boolean;
}

/** What gives decisions: a `Governor` whose candidates were made from `variantCosts(variants.variants, …)`. */
export interface Decides {
  readonly decision: Followed;
  on(event: 'change', listener: (decision: Followed) => void, options?: { readonly signal?: AbortSignal }): () => void;
}

/** What switches: a `ModelVariants`. */
export interface Switches {
  readonly variants: readonly Variant[];
  readonly name: string;
  readonly threads: number;
  switchTo(name: string, options?: { readonly threads?: number; readonly signal?: AbortSignal }): Promise<unknown>;
}

export interface FollowOptions {
  /** Ends following. */
  readonly signal?: AbortSignal;
  /** Told why a switch failed or was aborted; the variant in use stays until the decision changes next. What it throws becomes a warning of the process. */
  readonly onError?: (error: unknown) => void;
}

const optionsSchema = v.strictObject({ signal: v.optional(v.instance(AbortSignal)), onError: v.optional(v.function()) });

/** Following a governor. */
export interface Following {
  /** Ends when no switch is under way. */
  readonly settled: Promise<void>;
  stop(): void;
}

/**
 * Switches to the variant and threads that a governor decides on, one switch at a time and always to the latest decision; candidates that idle or
 * power off leave the variant as it is. Rate and gating are for the loop that feeds the model.
 * @throws OptionError for what does not decide or switch, and for wrong options
 */
export function follow(governor: Decides, model: Switches, options: FollowOptions = {}): Following {
  checkMembers(governor, 'follow: governor', ['decision', 'on'], 'must be a Governor: pass what `new Governor(options)` gives');
  checkMembers(model, 'follow: model', ['variants', 'name', 'threads', 'switchTo'], 'must be open variants: pass what `await ModelVariants.open(directory)` gives');
  const { signal, onError } = parseOptions(optionsSchema, options, 'follow');
  const tell = contained('follow: onError', (error: unknown) => onError?.(error));
  let wanted: Candidate | undefined;
  let switching = false;
  let settled = Promise.resolve();
  // A decision made inside a turn of the model does not wait for the switch.
  const outside = AsyncLocalStorage.snapshot();
  const settle = async (): Promise<void> => {
    switching = true;
    while (wanted !== undefined && !signal?.aborted) {
      const { variant, threads } = wanted;
      wanted = undefined;
      const { name } = model.variants[variant]!;
      if (name === model.name && threads === model.threads) continue;
      try {
        await model.switchTo(name, { threads, ...(signal && { signal }) });
      } catch (error) {
        tell(error);
      }
    }
    switching = false;
  };
  const take = ({ candidate, dryRun }: Followed): void => {
    if (dryRun === true || candidate.variant < 0 || candidate.off > 0 || candidate.variant >= model.variants.length) return;
    wanted = candidate;
    if (!switching) settled = outside(settle);
  };
  const stop = governor.on('change', take, signal ? { signal } : {});
  take(governor.decision);
  return {
    get settled() { return settled; },
    stop() {
      wanted = undefined;
      stop();
    },
  };
}
