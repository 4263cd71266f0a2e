import { AsyncLocalStorage } from 'node:async_hooks';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { Model } from '../../sdk/model.ts';
import { ModelVariants, type VariantRun } from '../../sdk/variants/model-variants.ts';
import { imageToInput } from '../../sdk/vision/image-to-input.ts';
import { ImageClassifier } from '../../sdk/vision/image-classifier.ts';
import type { Frame } from '../../sdk/vision/types.ts';
import { hashOutputs, seedInputs } from '../ports.ts';
import { COLOUR, GREY, variantsIn } from './directory.ts';

const open = (options = {}) => ModelVariants.open(variantsIn([GREY, COLOUR]), { threads: 1, ...options });

/** What each variant answers to the seed. */
async function expected(seed: number): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  for (const { path, row } of [GREY, COLOUR]) {
    await using model = await Model.load(path, { threads: 1 });
    seedInputs(model, seed);
    hashes.set(row.name, hashOutputs(model.runSync().outputs));
  }
  return hashes;
}

function frame(value: number): Frame {
  return { width: 48, height: 48, format: 'rgb', data: Uint8Array.from({ length: 48 * 48 * 3 }, (_, at) => (at * value) & 255) };
}

describe('model variants', () => {
  it('have the API of a model for the variant in use', async () => {
    await using variants = await open({ first: 'colour' });
    expect([variants.name, variants.format, variants.threads, variants.inputs[0]!.shape]).toEqual(['colour', 'tflite', 1, [1, 48, 48, 3]]);
    const answers = await expected(3);
    seedInputs(variants, 3);
    expect(hashOutputs(variants.runSync().outputs)).toBe(answers.get('colour'));
    seedInputs(variants, 3);
    const { outputs, variant } = await variants.run();
    expect([variant.name, hashOutputs(outputs)]).toEqual(['colour', answers.get('colour')]);
    await variants.switchTo('grey', { threads: 2 });
    expect([variants.name, variants.threads, variants.inputs[0]!.shape]).toEqual(['grey', 2, [1, 48, 48, 1]]);
  });

  it('refuse wrong arguments with what would be right, and open a file URL', async () => {
    const opening = (...values: unknown[]) => expect((ModelVariants.open as (...values: unknown[]) => Promise<unknown>)(...values)).rejects;
    await opening().toMatchObject({ name: 'OptionError', message: expect.stringContaining('ModelVariants.open: directory: found Undefined; must be the path or file URL') });
    const directory = variantsIn([GREY]);
    await opening(directory, null).toMatchObject({ name: 'OptionError' });
    await opening(directory, { signal: 5 }).toThrow("ModelVariants.open: option 'signal'");
    await opening(directory, { first: 5 }).toThrow("ModelVariants.open: option 'first'");
    await using variants = await ModelVariants.open(pathToFileURL(directory), { threads: 1 });
    const task = variants.bind(() => 'task');
    const calls: [() => unknown, RegExp][] = [
      [() => variants.infer(undefined as never), /^infer: fill: found Undefined; must be a function/],
      [() => variants.infer(() => undefined, { signal: 5 as never }), /^infer: option 'signal'/],
      [() => variants.bind(undefined as never), /^bind: make: found Undefined; must be a function/],
      [() => task('work' as never), /^bind: work: found 'work'; must be a function/],
      [() => variants.run(null as never), /^ModelVariants.run: /],
      [() => variants.run({ signal: 5 as never }), /^ModelVariants.run: option 'signal'/],
    ];
    for (const [call, message] of calls) await expect((async () => call())()).rejects.toMatchObject({ name: 'OptionError', message: expect.stringMatching(message) });
    expect((await variants.infer((inputs) => seedInputs({ inputs }, 1))).variant.name).toBe('grey');
  });

  it('answer every frame, with the variant it was written for, while switches come and go', async () => {
    await using variants = await open();
    const answers = await expected(5);
    const seen: string[] = [];
    let stop = false;
    const check = ({ outputs, variant }: VariantRun): void => {
      expect(hashOutputs(outputs)).toBe(answers.get(variant.name));
      seen.push(variant.name);
    };
    const frames = (async () => {
      while (!stop) {
        seedInputs(variants, 5);
        await new Promise(setImmediate);
        check(await variants.run());
      }
    })();
    const inferred = (async () => {
      while (!stop) await variants.infer((inputs) => seedInputs({ inputs }, 5)).then(check);
    })();
    for (const name of ['colour', 'grey', 'colour', 'grey']) {
      const count = seen.length;
      expect((await variants.switchTo(name)).name).toBe(name);
      expect(seen.length).toBeGreaterThanOrEqual(count);
      while (seen.at(-1) !== name) await new Promise(setImmediate);
    }
    stop = true;
    await Promise.all([frames, inferred]);
  });

  it('finish queued runs on the variant they started on', async () => {
    await using variants = await open();
    const answers = await expected(7);
    seedInputs(variants, 7);
    const before = variants.memoryBytes;
    let go = (): void => undefined;
    const gate = new Promise<void>((resolve) => { go = resolve; });
    const held = variants.infer(async (inputs) => {
      await gate;
      seedInputs({ inputs }, 7);
    });
    const queued = variants.infer((inputs) => seedInputs({ inputs }, 7));
    await variants.switchTo('colour');
    expect(variants.memoryBytes).toBeGreaterThan(before);
    go();
    const [first, second] = await Promise.all([held.then(({ variant, outputs }) => [variant.name, hashOutputs(outputs)]), queued.then(({ variant, outputs }) => [variant.name, hashOutputs(outputs)])]);
    expect([first, second]).toEqual([['grey', answers.get('grey')], ['colour', answers.get('colour')]]);
  });

  it('run inputs on the variant they were read from, once, even after a switch', async () => {
    await using variants = await open();
    const answers = await expected(9);
    seedInputs(variants, 9);
    await variants.switchTo('colour');
    const both = variants.memoryBytes;
    const { outputs, variant } = await variants.run();
    expect([variant.name, hashOutputs(outputs)]).toEqual(['grey', answers.get('grey')]);
    await expect(variants.run()).rejects.toMatchObject({ code: 'stale-inputs' });
    seedInputs(variants, 9);
    expect((await variants.run()).variant.name).toBe('colour');
    expect(variants.memoryBytes).toBeLessThan(both);
  });

  it('keep inputs read before a switch for run() while others infer, and let go of those only looked at', async () => {
    await using variants = await open();
    const answers = await expected(6);
    const one = variants.memoryBytes;
    expect(variants.inputs).toHaveLength(1);
    await variants.switchTo('colour');
    const infer = () => variants.infer((inputs) => seedInputs({ inputs }, 6));
    const two = variants.memoryBytes;
    await infer();
    await expect.poll(() => variants.memoryBytes).toBe(two - one);
    await variants.switchTo('grey');
    seedInputs(variants, 6);
    await variants.run();
    seedInputs(variants, 6);
    await variants.switchTo('colour');
    expect((await infer()).variant.name).toBe('colour');
    const { outputs, variant } = await variants.run();
    expect([variant.name, hashOutputs(outputs)]).toEqual(['grey', answers.get('grey')]);
  });

  it('are at most two in memory, however many switches are asked for at once', async () => {
    await using variants = await open();
    await using other = await open({ first: 'colour' });
    const most = variants.memoryBytes + other.memoryBytes;
    await variants.switchTo('colour');
    const found: number[] = [];
    let done = false;
    const switches = Promise.all(['grey', 'colour', 'grey', 'grey', 'colour'].map((name) => variants.switchTo(name))).finally(() => { done = true; });
    while (!done) {
      await variants.infer((inputs) => seedInputs({ inputs }, 1));
      found.push(variants.memoryBytes);
    }
    expect((await switches).map(({ name }) => name)).toEqual(['grey', 'colour', 'grey', 'grey', 'colour']);
    expect(Math.max(...found)).toBeLessThanOrEqual(most);
    expect(variants.name).toBe('colour');
  });

  it('refuse a run whose inputs are those of a former variant', async () => {
    await using variants = await open();
    seedInputs(variants, 1);
    await variants.run();
    await variants.switchTo('colour');
    expect(() => variants.runSync()).toThrow(expect.objectContaining({ name: 'OptionError', code: 'stale-inputs' }));
    await expect(variants.run()).rejects.toMatchObject({ code: 'stale-inputs' });
    seedInputs(variants, 1);
    expect((await variants.run()).variant.name).toBe('colour');
  });

  it('let tasks of sdk/vision follow a switch', async () => {
    await using variants = await open();
    const classify = variants.bind((model) => new ImageClassifier(model));
    const best = (value: number) => classify((task, variant) => task.classify(frame(value)).then((classes) => ({ variant: variant.name, classes })));
    const alone = new Map<string, unknown>();
    for (const { path, row } of [GREY, COLOUR]) {
      await using model = await Model.load(path, { threads: 1 });
      const task = new ImageClassifier(model);
      for (const value of [1, 2, 3]) alone.set(`${row.name} ${value}`, await task.classify(frame(value)));
    }
    const answers = [best(1), best(2)];
    const switching = variants.switchTo('colour');
    answers.push(best(3));
    await switching;
    answers.push(best(1), best(2), best(3));
    const found = await Promise.all(answers);
    const names = found.map(({ variant }) => variant);
    expect(names).toEqual([...names].sort().reverse());
    expect(names.slice(3)).toEqual(['colour', 'colour', 'colour']);
    found.forEach(({ variant, classes }, at) => { expect(classes).toEqual(alone.get(`${variant} ${at % 3 + 1}`)); });
    const { outputs } = await variants.infer(([input]) => { imageToInput(frame(2), input!); });
    expect(outputs[0]!.shape).toEqual([1, 2]);
  });

  it('keep the variant in use when another cannot take over, and say why', async () => {
    const directory = variantsIn([GREY, COLOUR, { ...GREY, row: { ...GREY.row, name: 'lying', file: 'lying.tflite', inputShape: [1, 96, 96, 1] } }]);
    await using variants = await ModelVariants.open(directory, { threads: 1 });
    const bytes = variants.memoryBytes;
    const answer = (await variants.infer((inputs) => seedInputs({ inputs }, 2))).variant.name;
    await expect(variants.switchTo('none')).rejects.toThrow('no variant \'none\'; one of: grey, colour, lying');
    await expect(variants.switchTo('lying')).rejects.toMatchObject({ name: 'ModelError', code: 'wrong-input' });
    await expect(variants.switchTo('colour', { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
    await expect(variants.switchTo('colour', { threads: 99 })).rejects.toThrow(/threads/);
    writeFileSync(join(directory, COLOUR.row.file), Buffer.alloc(COLOUR.row.bytes));
    await expect(variants.switchTo('colour')).rejects.toMatchObject({ code: 'wrong-bytes' });
    variants.bind((_, { name }) => {
      if (name !== 'grey') throw new Error(`no task for ${name}`);
    });
    writeFileSync(join(directory, COLOUR.row.file), readFileSync(COLOUR.path));
    await expect(variants.switchTo('colour')).rejects.toThrow('no task for colour');
    expect([variants.name, variants.memoryBytes, (await variants.infer((inputs) => seedInputs({ inputs }, 2))).variant.name]).toEqual([answer, bytes, answer]);
  });

  it.each(['idle', 'busy'])('refuse what would wait for the callback it is called in, and answer, when %s', async (load) => {
    await using variants = await open();
    const task = variants.bind(() => 'task');
    const before = load === 'busy' ? variants.infer(() => undefined) : undefined;
    const calls: Record<string, () => Promise<unknown>> = {
      switchTo: () => variants.switchTo('colour'), close: () => variants.close(), infer: () => variants.infer(() => undefined), 'a task of bind()': () => task(() => Promise.resolve()),
    };
    const refused: string[] = [];
    const refuse = async (): Promise<void> => {
      for (const [name, call] of Object.entries(calls)) {
        await expect(call()).rejects.toMatchObject({ name: 'OptionError', code: 'inside-turn', message: expect.stringContaining(`${name}: called inside`) });
        refused.push(name);
      }
    };
    expect((await variants.infer(refuse)).variant.name).toBe('grey');
    await task(refuse);
    await before;
    expect(refused).toEqual([...Object.keys(calls), ...Object.keys(calls)]);
    let inside: (<T>(call: () => T) => T) | undefined;
    await variants.infer(() => { inside = AsyncLocalStorage.snapshot(); });
    await inside!(calls['infer']!);
  });

  it('finish what was asked for before they close, then refuse', async () => {
    const variants = await open();
    const runs = [variants.infer((inputs) => seedInputs({ inputs }, 1)), variants.infer((inputs) => seedInputs({ inputs }, 2))];
    const switching = expect(variants.switchTo('colour')).rejects.toMatchObject({ code: 'closed' });
    await variants.close();
    await switching;
    expect(await Promise.all(runs)).toHaveLength(2);
    expect(variants.memoryBytes).toBe(0);
    await expect(variants.run()).rejects.toThrow(/closed/);
    await expect(variants.infer(() => undefined)).rejects.toThrow(/closed/);
    await expect(variants.switchTo('colour')).rejects.toThrow(/closed/);
  });

  it('leave neither memory nor threads behind, however often they switch', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    await using variants = await open();
    const threads = (): number => (process.platform === 'linux' ? readdirSync('/proc/self/task').length : 0);
    const memories: WeakRef<ArrayBufferLike>[] = [];
    const round = async (): Promise<void> => {
      for (const name of ['colour', 'grey']) {
        await variants.switchTo(name);
        await variants.infer((inputs) => {
          memories.push(new WeakRef(inputs[0]!.data.buffer));
          seedInputs({ inputs }, 1);
        });
      }
    };
    const bytes = variants.memoryBytes;
    await round();
    const before = threads();
    for (let turn = 0; turn < 10; turn++) await round();
    // Closing takes a moment, and a thread that has ended is listed until the kernel reaps it.
    for (let wait = 0; wait < 100 && (threads() > before || variants.memoryBytes > bytes); wait++) await new Promise((resolve) => setTimeout(resolve, 10));
    expect([threads() <= before, variants.memoryBytes]).toEqual([true, bytes]);
    for (let wait = 0; wait < 10; wait++) {
      await new Promise(setImmediate);
      collect();
    }
    expect(memories.filter((memory) => memory.deref() !== undefined).length).toBeLessThanOrEqual(2);
  });
});
