import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { timeRun } from '../../sdk/cli/run/time-run.ts';
import { Model } from '../../sdk/model.ts';
import { hashOutputs, seedInputs } from '../models.ts';

const START_MS = 200;

/** A model whose first run on threads takes `START_MS` more. */
class SlowStart {
  readonly calls: string[] = [];

  async run(): Promise<{ outputs: readonly [] }> {
    if (!this.calls.includes('run')) await new Promise((resolve) => setTimeout(resolve, START_MS));
    this.calls.push('run');
    return { outputs: [] };
  }

  runSync(): { outputs: readonly [] } {
    this.calls.push('runSync');
    return { outputs: [] };
  }

  resetState(): void {
    this.calls.push('resetState');
  }
}

describe('timeRun', () => {
  test('leaves the start of threads out, and forgets the run that started them', async () => {
    const model = new SlowStart();
    expect((await timeRun(model, 2)).ms).toBeLessThan(START_MS / 2);
    expect(model.calls).toEqual(['run', 'resetState', 'run']);
  });

  test('one thread is the calling one', async () => {
    const model = new SlowStart();
    await timeRun(model, 1);
    expect(model.calls).toEqual(['runSync']);
  });

  test.each(['variables-frames', 'variables-exchange'])('%s: on threads the outputs of its first run', async (name) => {
    await using model = await Model.load(join(import.meta.dirname, `../fixtures/${name}.tflite`), { threads: 2, parallelCost: 0 });
    seedInputs(model, 5);
    const first = hashOutputs(model.runSync().outputs);
    model.resetState();
    expect(hashOutputs((await timeRun(model, 2)).outputs)).toEqual(first);
  });
});
