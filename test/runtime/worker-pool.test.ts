import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compile } from '../../sdk/compile/compile.ts';
import { DeviceError } from '../../sdk/core/errors.ts';
import { detectFormat } from '../../sdk/formats/index.ts';
import { kernelModule } from '../../sdk/runtime/kernels.ts';
import { link } from '../../sdk/runtime/link.ts';
import { chooseKernels } from '../../sdk/runtime/select.ts';
import { startWorkers } from '../../sdk/runtime/worker-pool.ts';
import { fixtureModels } from '../models.ts';

const { path, name } = fixtureModels.find((model) => model.name.startsWith('classifier'))!;

describe('worker pool', () => {
  it('rejects the run with a DeviceError when a worker dies', async () => {
    const bytes = readFileSync(path);
    const graph = detectFormat(bytes, name).read(bytes, name);
    const choice = chooseKernels('baseline', 'd16');
    const linked = link(compile(graph), (tensor) => graph.tensors[tensor]!.data!, choice, { threads: 3, parallelCost: 0 });
    const pool = startWorkers(linked, kernelModule(choice.module));
    await pool.run();
    linked.table[4] = 9999;
    await expect(pool.run()).rejects.toThrow(DeviceError);
    await pool.close();
  });
});
