import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compile } from '../../sdk/compile/compile.ts';
import { DeviceError } from '../../sdk/core/errors.ts';
import { detectFormat } from '../../sdk/formats/index.ts';
import { Control, STEP_WORDS } from '../../sdk/runtime/control.ts';
import { kernelModule } from '../../sdk/runtime/kernels.ts';
import { link } from '../../sdk/runtime/link.ts';
import { chooseKernels } from '../../sdk/runtime/select.ts';
import { openPool } from '../../sdk/runtime/worker-pool.ts';
import { fixtureModels } from '../models.ts';

const { path, name } = fixtureModels.find((model) => model.name.startsWith('classifier'))!;

describe('worker pool', () => {
  it('waits for the end of its own run when a worker announces the end of an earlier one late', async () => {
    const bytes = readFileSync(path);
    const graph = detectFormat(bytes, name).read(bytes, name);
    const choice = chooseKernels('baseline', 'd16');
    const linked = link(compile(graph), (tensor) => graph.tensors[tensor]!.data!, choice, { threads: 3, parallelCost: 0 });
    const words = new Int32Array(linked.memory.buffer, 0, 16);
    const pool = openPool(linked, kernelModule(choice.module));
    pool.resize(3);
    const run = pool.run(3);
    expect(Atomics.notify(words, Control.finished)).toBe(1);
    await run;
    expect(Atomics.load(words, Control.finished)).toBe(Atomics.load(words, Control.generation));
    await pool.close();
  });

  it('rejects the run with a DeviceError when a worker dies', async () => {
    const bytes = readFileSync(path);
    const graph = detectFormat(bytes, name).read(bytes, name);
    const choice = chooseKernels('baseline', 'd16');
    const linked = link(compile(graph), (tensor) => graph.tensors[tensor]!.data!, choice, { threads: 3, parallelCost: 0 });
    const pool = openPool(linked, kernelModule(choice.module));
    pool.resize(3);
    await pool.run(3);
    linked.table[STEP_WORDS] = 9999;
    await expect(pool.run(3)).rejects.toThrow(DeviceError);
    await pool.close();
  });
});
