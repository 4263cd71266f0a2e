// Device half: calls every step of plans between marks for the instruction counter: node count.mjs JOBS.json
import { readFileSync } from 'node:fs';
import { STEP_WORDS } from '../../../sdk/runtime/control.ts';
import { instantiateKernels } from '../../../sdk/runtime/instantiate.ts';
import { kernelModule } from '../../../sdk/runtime/kernels.ts';
import { link } from '../../../sdk/runtime/link.ts';
import { chooseKernels } from '../../../sdk/runtime/select.ts';
import { seededBytes } from '../../fixtures/seeded.ts';
import { type CountJob, WINDOW_CALLS } from './job.ts';
import { noTensor, readPlan } from './read-plan.ts';

/** The plugin writes the count at a signal 0. */
function mark(): void {
  process.kill(process.pid, 0);
}

function countSteps({ plan: path, kernel, dot }: CountJob): string[] {
  const plan = readPlan(path);
  const { table, scratch, memory, arena, kernels: names } = link(plan, noTensor, chooseKernels(kernel, dot), { threads: 1 });
  new Uint8Array(memory.buffer, arena, plan.arenaBytes).set(seededBytes(1, plan.arenaBytes));
  const kernels = instantiateKernels(kernelModule(kernel), memory);
  names.forEach((_, step) => {
    const [index = 0, params = 0, units = 0] = table.subarray(step * STEP_WORDS);
    const call = kernels[index]!;
    call(params, scratch[0]!, 0, units);
    mark();
    for (const calls of WINDOW_CALLS) {
      for (let repeat = 0; repeat < calls; repeat++) call(params, scratch[0]!, 0, units);
      mark();
    }
  });
  return [...names];
}

process.stdout.write(JSON.stringify((JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as CountJob[]).map(countSteps)));
