import { UpdateError } from '../core/errors.ts';
import { goldenDigest, runGolden } from './golden.ts';
import type { LoadedModel } from './loaded-model.ts';
import type { Golden } from './release.ts';

const KEPT = 'the model before it keeps running';

/**
 * Runs the golden input and compares the outputs by hash.
 * @param limitMs longest time allowed
 * @returns digest of the outputs
 * @throws UpdateError `self-test-failed`, `self-test-error` or `self-test-timeout`
 */
export async function selfTest(model: LoadedModel, golden: Golden, limitMs: number): Promise<string> {
  const found = await within(limitMs, runGolden(model, golden.seed));
  if (found.outputs.length !== golden.outputs.length) {
    throw new UpdateError('self-test-failed', `self-test: ${found.outputs.length} outputs, signed are ${golden.outputs.length}; ${KEPT}`);
  }
  found.outputs.forEach((hash, index) => {
    const signed = golden.outputs[index];
    if (hash === signed) return;
    throw new UpdateError('self-test-failed', `self-test: output ${index} has SHA-256 ${hash}, signed is ${signed}; ${KEPT}`);
  });
  return goldenDigest(found);
}

async function within(limitMs: number, run: Promise<Golden>): Promise<Golden> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new UpdateError('self-test-timeout', `self-test: not finished after ${limitMs} ms; ${KEPT}`)), limitMs);
  });
  try {
    return await Promise.race([run, late]);
  } catch (cause) {
    if (cause instanceof UpdateError) throw cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new UpdateError('self-test-error', `self-test: ${message}; ${KEPT}`, { cause });
  } finally {
    clearTimeout(timer);
  }
}
