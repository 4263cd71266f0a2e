import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { DType, TypedArray } from '../../sdk/core/dtype.ts';
import { ActiveModel } from '../../sdk/fleet/active-model.ts';
import { fillGoldenInput, goldenDigest, hashOutputs, runGolden } from '../../sdk/fleet/golden.ts';
import { selfTest } from '../../sdk/fleet/self-test.ts';
import type { ModelPort } from '../../sdk/fleet/loaded-model.ts';
import type { Installed } from '../../sdk/fleet/state-record.ts';
import { until } from './support/fleet-fixture.ts';
import { modelFile, openFake, openWrong, type FakeModel } from './support/fake-model.ts';

const installed = (version: string): Installed => ({
  slot: 'a', model: 'person', version, counter: 1, sha256: '0'.repeat(64), length: 1, golden: { seed: 1, outputs: ['0'.repeat(64)] }, selfTest: null,
});
const active = () => new ActiveModel<FakeModel>((error) => { throw error; });
const fake = (label: string, runMs = 0) => openFake(modelFile(label, 100), runMs);

describe('active model', () => {
  it('swaps under continuous use without dropping, failing or mixing a run', async () => {
    const models = active();
    const versions = Array.from({ length: 8 }, (_, n) => `${n}.0`);
    const opened = await Promise.all(versions.map((version) => fake(version, 3)));
    models.swap(opened[0]!, installed(versions[0]!), '0');
    const answers: string[] = [];
    let running = true;
    const worker = async (): Promise<void> => {
      while (running) {
        await models.use(async ({ model }) => {
          await model.run();
          expect(model.closed).toBe(false);
          answers.push(model.label);
        });
      }
    };
    const workers = [worker(), worker(), worker()];
    for (let n = 1; n < opened.length; n++) {
      await until(() => answers.includes(versions[n - 1]!), `an answer of ${versions[n - 1]!}`);
      models.swap(opened[n]!, installed(versions[n]!), '0');
    }
    await until(() => answers.includes(versions.at(-1)!), 'an answer of the last one');
    running = false;
    await Promise.all(workers);
    expect(new Set(answers)).toEqual(new Set(versions));
    await models.close();
    expect(opened.map(({ closed }) => closed)).toEqual(versions.map(() => true));
  });

  it('keeps a model open until its last user is done', async () => {
    const models = active();
    const [one, two] = [await fake('1.0'), await fake('2.0')];
    models.swap(one, installed('1.0'), '0');
    const lease = models.acquire()!;
    models.swap(two, installed('2.0'), '0');
    expect(one.closed).toBe(false);
    expect(models.acquire()!.model.label).toBe('2.0');
    lease.release();
    lease.release();
    expect(one.closed).toBe(true);
  });

  it('lets callers wait for the first model, with a signal', async () => {
    const models = active();
    const early = models.use(({ model }) => model.label);
    const abort = new AbortController();
    const late = models.use(({ model }) => model.label, abort.signal);
    abort.abort(new Error('no time'));
    await expect(late).rejects.toThrow('no time');
    models.swap(await fake('1.0'), installed('1.0'), '0');
    expect(await early).toBe('1.0');
    await models.close();
    await expect(models.use(() => 1)).rejects.toMatchObject({ code: 'closed' });
  });

  it('passes on what a task throws and releases the model', async () => {
    const models = active();
    const one = await fake('1.0');
    models.swap(one, installed('1.0'), '0');
    await expect(models.use(() => { throw new Error('task'); })).rejects.toThrow('task');
    await models.close();
    expect(one.closed).toBe(true);
  });
});

describe('golden input', () => {
  const port = (dtype: DType, data: TypedArray): ModelPort => ({ name: dtype, dtype, shape: [1], data });

  it('is the same everywhere: fixed values for a fixed seed', () => {
    const data = {
      int8: new Int8Array(4), float32: new Float32Array(4), int64: new BigInt64Array(2), float16: new Uint16Array(3), bool: new Uint8Array(4),
      int32: new Int32Array(2),
    };
    fillGoldenInput(Object.entries(data).map(([dtype, view]) => port(dtype as DType, view)), 1);
    const bytes = Object.values(data).map((view) => Buffer.from(view.buffer));
    expect(data.int8).toEqual(Int8Array.of(...[270369, 67634689, 2647435461, 307599695].map((state) => (state << 24) >> 24)));
    expect(createHash('sha256').update(Buffer.concat(bytes)).digest('hex')).toBe('d8255355fe8313bbd206c05791f83cb811f085446e1819e5a28cb1622da765d7');
    expect([...data.float32].every((value) => value >= -1 && value < 1)).toBe(true);
    expect([...data.float16].every((code) => (code & 0x7c00) === 0x3800)).toBe(true);
    expect([...data.int32, ...data.bool].every((value) => value >= 0 && value < 128)).toBe(true);
  });

  it('hashes outputs by value: every NaN counts as the same', () => {
    const nan = (bits: number) => port('float32', new Float32Array(Uint32Array.of(bits, 0x3f800000).buffer));
    expect(hashOutputs([nan(0x7fc00001)])).toEqual(hashOutputs([nan(0xffc00000)]));
    expect(hashOutputs([nan(0x7f800000)])).not.toEqual(hashOutputs([nan(0x7fc00000)]));
  });

  it('reads outputs in shared memory without changing them', () => {
    const data = new Float32Array(new SharedArrayBuffer(8));
    data.set([Number.NaN, 2]);
    expect(hashOutputs([port('float32', data)])[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(Number.isNaN(data[0])).toBe(true);
  });
});

describe('self-test', () => {
  const bytes = modelFile('1.0', 100);

  it('passes a model that answers as signed and returns the digest of its outputs', async () => {
    const golden = await runGolden(await openFake(bytes), 99);
    expect(await selfTest(await openFake(bytes), golden, 1000)).toBe(goldenDigest(golden));
  });

  it('fails wrong outputs, another number of outputs, a throwing and a hanging model, each with its code', async () => {
    const golden = await runGolden(await openFake(bytes), 99);
    const failure = (code: string): unknown => expect.objectContaining({ name: 'UpdateError', code });
    await expect(selfTest(await openWrong(bytes), golden, 1000)).rejects.toEqual(failure('self-test-failed'));
    const more = { ...golden, outputs: [...golden.outputs, golden.outputs[0]!] };
    await expect(selfTest(await openFake(bytes), more, 1000)).rejects.toEqual(failure('self-test-failed'));
    const closed = await openFake(bytes);
    await closed.close();
    await expect(selfTest(closed, golden, 1000)).rejects.toEqual(failure('self-test-error'));
    await expect(selfTest(await openFake(modelFile('hangs', 100)), golden, 20)).rejects.toEqual(failure('self-test-timeout'));
  });
});
