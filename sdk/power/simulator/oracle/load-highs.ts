import type { Highs } from 'highs';
import { DeviceError } from '../../../core/errors.ts';

let loading: Promise<Highs> | undefined;

async function load(): Promise<Highs> {
  // Declared as CommonJS, but a module: its default export is the loader itself.
  const { default: loader } = await import('highs').catch((cause: unknown) => {
    throw new DeviceError('no-solver', 'the offline bound needs the solver HiGHS: found no package highs; run npm install highs', { cause });
  }) as unknown as { readonly default: () => Promise<Highs> };
  return loader();
}

/** What `solve` gives with the solver HiGHS, an optional peer dependency; where it fails, once more with a fresh one and told so. */
export async function withHighs<Result>(solve: (highs: Highs, again: boolean) => Result): Promise<Result> {
  const highs = await (loading ??= load());
  try {
    return solve(highs, false);
  } catch {
    return solve(await (loading = load()), true);
  }
}
