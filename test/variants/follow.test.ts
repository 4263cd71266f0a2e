import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Candidate } from '../../sdk/power/types.ts';
import { follow, type Decides } from '../../sdk/variants/follow.ts';
import { ModelVariants } from '../../sdk/variants/model-variants.ts';
import { COLOUR, GREY, variantsIn } from './directory.ts';

const choice = (variant: number, threads = 1): Candidate => ({ variant, threads, rate: 1, gated: false, off: 0, accuracy: 0.5, latency: 0.01, energy: 0.01 });

/** Decides as it is told. */
class Told implements Decides {
  decision = { candidate: choice(-1, 0) };
  #listener: ((decision: { readonly candidate: Candidate }) => void) | undefined;

  on(_event: 'change', listener: (decision: { readonly candidate: Candidate }) => void): () => void {
    this.#listener = listener;
    return () => { this.#listener = undefined; };
  }

  tell(variant: number, threads = 1): void {
    this.decision = { candidate: choice(variant, threads) };
    this.#listener?.(this.decision);
  }
}

describe('following a governor', () => {
  test('ends at the latest decision, without the ones in between, and leaves the variant where it idles', async () => {
    await using variants = await ModelVariants.open(variantsIn([GREY, COLOUR]), { threads: 1 });
    const governor = new Told();
    const following = follow(governor, variants);
    expect(variants.name).toBe('grey');
    for (const variant of [1, 0, 1, 0, 1]) governor.tell(variant);
    await following.settled;
    expect(variants.name).toBe('colour');
    governor.tell(-1);
    await following.settled;
    expect(variants.name).toBe('colour');
    following.stop();
    governor.tell(0);
    await following.settled;
    expect(variants.name).toBe('colour');
  });

  test('leaves the variant alone in a dry run', async () => {
    const asked: string[] = [];
    const governor: Decides = { decision: { candidate: choice(1), dryRun: true }, on: () => () => undefined };
    const variants = [{ name: 'grey' }, { name: 'colour' }] as unknown as Parameters<typeof follow>[1]['variants'];
    await follow(governor, { variants, name: 'grey', threads: 1, switchTo: (name) => Promise.resolve(asked.push(name)) }).settled;
    expect(asked).toEqual([]);
  });

  test('keeps the variant in use where a switch fails, says why, and takes the next decision', async () => {
    await using variants = await ModelVariants.open(variantsIn([GREY, COLOUR]), { threads: 1 });
    const governor = new Told();
    const errors: unknown[] = [];
    let fails = true;
    const following = follow(governor, {
      variants: variants.variants,
      get name() { return variants.name; },
      get threads() { return variants.threads; },
      switchTo: (name, options) => (fails ? Promise.reject(new Error('disk')) : variants.switchTo(name, options)),
    }, { onError: (error) => errors.push(error) });
    governor.tell(1);
    await following.settled;
    expect(errors).toEqual([new Error('disk')]);
    expect(variants.name).toBe('grey');
    fails = false;
    governor.tell(1, 1);
    await following.settled;
    expect(variants.name).toBe('colour');
  });

  test('goes on where onError throws, with a warning', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
    onTestFinished(() => warn.mockRestore());
    const asked: string[] = [];
    const governor = new Told();
    const variants = [{ name: 'grey' }, { name: 'colour' }] as unknown as Parameters<typeof follow>[1]['variants'];
    const switchTo = (name: string) => {
      asked.push(name);
      return Promise.reject(new Error('disk'));
    };
    const following = follow(governor, { variants, name: 'none', threads: 1, switchTo }, { onError: (error) => { throw error; } });
    for (const variant of [1, 0]) {
      governor.tell(variant);
      await following.settled;
    }
    expect(asked).toEqual(['colour', 'grey']);
    expect(warn.mock.calls.map(([warning]) => warning)).toEqual(['follow: onError: disk']);
  });

  test('switches also where the governor decides inside a callback of the model', async () => {
    await using variants = await ModelVariants.open(variantsIn([GREY, COLOUR]), { threads: 1 });
    const governor = new Told();
    const errors: unknown[] = [];
    const following = follow(governor, variants, { onError: (error) => errors.push(error) });
    await variants.infer(() => governor.tell(1));
    await following.settled;
    expect([variants.name, errors]).toEqual(['colour', []]);
  });

  test('refuses what does not decide or switch, and wrong options', () => {
    const governor = new Told();
    const model = { variants: [], name: '', threads: 1, switchTo: () => Promise.resolve() };
    const refused = (message: RegExp, ...values: unknown[]): void => {
      expect(() => (follow as (...values: unknown[]) => unknown)(...values)).toThrow(expect.objectContaining({ name: 'OptionError', message: expect.stringMatching(message) }));
    };
    refused(/^follow: governor: found Undefined; must be a Governor/);
    refused(/^follow: model: found 'model'; must be open variants/, governor, 'model');
    refused(/^follow: option 'signal'/, governor, model, { signal: 5 });
    refused(/^follow: option 'onFailure': unknown; allowed are signal, onError/, governor, model, { onFailure: () => undefined });
  });

  test('ends with its signal', async () => {
    await using variants = await ModelVariants.open(variantsIn([GREY, COLOUR]), { threads: 1 });
    const governor = new Told();
    const ending = new AbortController();
    const following = follow(governor, variants, { signal: ending.signal });
    ending.abort();
    governor.tell(1);
    await following.settled;
    expect(variants.name).toBe('grey');
  });
});
