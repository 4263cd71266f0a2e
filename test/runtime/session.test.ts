import { describe, expect, it } from 'vitest';
import { DeviceError, OptionError } from '../../sdk/core/errors.ts';
import { Model } from '../../sdk/model.ts';
import { fixtureModels, hashOutputs, seedInputs } from '../models.ts';

const { path } = fixtureModels.find(({ name }) => name.startsWith('classifier'))!;

describe('session', () => {
  it('keeps the event loop free while run() is pending', async () => {
    await using model = await Model.load(path, { threads: 2 });
    let turns = 0;
    let pending = true;
    const count = (): void => {
      turns++;
      if (pending) setImmediate(count);
    };
    setImmediate(count);
    for (let i = 0; i < 20; i++) await model.run();
    pending = false;
    expect(turns).toBeGreaterThan(20);
  });

  it('lets timers fire during a run', async () => {
    await using model = await Model.load(path, { threads: 1 });
    const order: string[] = [];
    const run = Promise.all(Array.from({ length: 50 }, () => model.run())).then(() => order.push('run'));
    await new Promise<void>((resolve) => setTimeout(() => {
      order.push('timer');
      resolve();
    }, 0));
    await run;
    expect(order).toEqual(['timer', 'run']);
  });

  it('queues concurrent runs', async () => {
    await using model = await Model.load(path, { threads: 2 });
    seedInputs(model, 1);
    const hashes = await Promise.all(Array.from({ length: 8 }, async () => hashOutputs((await model.run()).outputs)));
    expect(new Set(hashes).size).toBe(1);
  });

  it('refuses runSync() while a run() is pending', async () => {
    await using model = await Model.load(path, { threads: 1 });
    const run = model.run();
    expect(() => model.runSync()).toThrow(DeviceError);
    await run;
    expect(model.runSync().outputs).toHaveLength(model.outputs.length);
  });

  it('finishes pending runs before it closes, then refuses', async () => {
    const model = await Model.load(path, { threads: 2 });
    const runs = [model.run(), model.run(), model.run()];
    await model.close();
    expect(await Promise.all(runs)).toHaveLength(3);
    await expect(model.run()).rejects.toThrow(/closed/);
    expect(() => model.runSync()).toThrow(/closed/);
  });

  it('rejects with the reason of an aborted signal and stays usable', async () => {
    await using model = await Model.load(path, { threads: 2 });
    await expect(model.run({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
    const controller = new AbortController();
    const run = model.run({ signal: controller.signal });
    controller.abort(new Error('stop'));
    await expect(run).rejects.toThrow('stop');
    expect((await model.run()).outputs).toHaveLength(model.outputs.length);
  });

  it('rejects at once what is aborted while it waits for its turn', async () => {
    await using model = await Model.load(path, { threads: 2 });
    const order: string[] = [];
    const runs = Array.from({ length: 20 }, () => model.run().then(() => order.push('run')));
    const controller = new AbortController();
    const last = model.run({ signal: controller.signal }).catch((error: unknown) => order.push(String(error)));
    controller.abort(new Error('late'));
    await last;
    expect(order).toEqual(['Error: late']);
    await Promise.all(runs);
    expect(model.runSync().outputs).toHaveLength(model.outputs.length);
  });

  it('refuses wrong options of a run', async () => {
    await using model = await Model.load(path, { threads: 1 });
    for (const options of [null, 5, 'x', { signal: 5 }, { signal: {} }, { bogus: 1 }]) await expect(model.run(options as never)).rejects.toThrow(OptionError);
    expect((await model.run({})).outputs).toHaveLength(model.outputs.length);
  });

  it('refuses unknown options and names them', async () => {
    await expect(Model.load(path, { thread: 2 } as never)).rejects.toThrow(OptionError);
    await expect(Model.load(path, { thread: 2 } as never)).rejects.toThrow(/thread/);
    await expect(Model.load(path, { threads: 0 })).rejects.toThrow(/threads.*1 to 16, found 0/);
    await expect(Model.load('no-such-file.tflite')).rejects.toThrow(/no-such-file.tflite.*ENOENT/);
  });

  it('keeps its inputs between runs', async () => {
    await using model = await Model.load(path, { threads: 1 });
    seedInputs(model, 7);
    const before = Uint8Array.from(model.inputs[0]!.data as Int8Array);
    model.runSync();
    expect(Uint8Array.from(model.inputs[0]!.data as Int8Array)).toEqual(before);
  });
});
