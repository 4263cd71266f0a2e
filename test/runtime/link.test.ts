import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { compile } from '../../sdk/compile/compile.ts';
import { PlanError } from '../../sdk/core/errors.ts';
import { detectFormat } from '../../sdk/formats/index.ts';
import type { Plan } from '../../sdk/plan/types.ts';
import { link } from '../../sdk/runtime/link.ts';
import { Row, STEP_WORDS } from '../../sdk/runtime/control.ts';
import { chooseKernels } from '../../sdk/runtime/select.ts';
import { fixtureModels } from '../models.ts';
import { activation, single, weights } from '../ops/graphs.ts';

const { path, name } = fixtureModels.find((model) => model.name.startsWith('classifier'))!;
const bytes = readFileSync(path);
const graph = detectFormat(bytes, name).read(bytes, name);
const plan = compile(graph);
const choice = chooseKernels('baseline', 'd16');
const tensorData = (tensor: number): Uint8Array => graph.tensors[tensor]!.data!;

function linkChanged(change: Partial<Plan>): () => unknown {
  return () => link({ ...plan, ...change }, tensorData, choice, { threads: 1 });
}

function withFirstStep(change: Partial<Plan['steps'][number]>): Partial<Plan> {
  return { steps: [{ ...plan.steps[0]!, ...change }, ...plan.steps.slice(1)] };
}

describe('link', () => {
  it('lays buffers, constants and scratch out without overlap and gives every thread its scratch', () => {
    const linked = link(plan, tensorData, choice, { threads: 3 });
    expect(new Set(linked.scratch).size).toBe(3);
    expect(linked.scratch[0]! - linked.arena).toBeGreaterThanOrEqual(plan.arenaBytes + 16);
    expect(linked.scratch[2]!).toBeLessThan(linked.memory.buffer.byteLength);
  });

  it('marks the bands whose steps hand on no more than half of the second-level cache', () => {
    const bands = [{ first: 0, pace: 0, last: 1, blockUnits: 1, blockRows: 1, leadRows: 0, leadUnits: 0 }];
    const cachedOf = (cacheBytes: number): number => link({ ...plan, bands }, tensorData, choice, { threads: 1, cacheBytes }).table[Row.cached]!;
    const output = plan.steps[0]!.fields['OUTPUT'] as { buffer: number };
    const { bytes: handedOn } = plan.buffers[output.buffer]!;
    expect([0, 2 * handedOn - 1, 2 * handedOn].map(cachedOf)).toEqual([0, 0, 1]);
  });

  it('keeps cheap steps on one thread', () => {
    const cheap = link(plan, tensorData, choice, { threads: 4, parallelCost: Infinity });
    const wide = link(plan, tensorData, choice, { threads: 4, parallelCost: 0 });
    const threadsOf = (table: Int32Array): number[] => plan.steps.map((_, index) => table[index * STEP_WORDS + Row.threads]!);
    expect(new Set(threadsOf(cheap.table))).toEqual(new Set([1]));
    expect(new Set(threadsOf(wide.table))).toEqual(new Set([4]));
  });

  it('keeps large weights that are read once a run in 8 bits where that is exact', () => {
    const depth = 1024;
    const columns = 520;
    const matrix = Int8Array.from({ length: columns * depth }, (_, index) => (index * 37) % 255 - 127);
    const attributes = { activation: 'none', keepDims: false };
    const kernelsOf = (codes: Int8Array): readonly string[] => {
      const wide = single('fully-connected', [activation('x', [1, depth]), weights([columns, depth], codes)], activation('y', [1, columns]), attributes);
      return link(compile(wide), (tensor) => wide.tensors[tensor]!.data!, choice, { threads: 1 }).kernels;
    };
    expect(kernelsOf(matrix)).toEqual(['gemm_qs8_qc8w_e16']);
    expect(kernelsOf(new Int8Array(columns * depth).fill(-128))).toEqual(['gemm_qs8_qc8w_d16']);
  });

  it('refuses a plan of another kernel ABI', () => {
    expect(linkChanged({ abi: plan.abi + 1 })).toThrow(/ABI/);
  });

  it('refuses unknown kernels, params and fields, naming the node', () => {
    expect(linkChanged(withFirstStep({ kernel: 'conv9d' }))).toThrow(/no kernel conv9d; known: .*softmax_qs8/);
    expect(linkChanged(withFirstStep({ params: 'Nothing' }))).toThrow(/Nothing.*one of/);
    expect(linkChanged(withFirstStep({ kernel: 'constructor' }))).toThrow(/no kernel constructor; known/);
    expect(linkChanged(withFirstStep({ kernel: '0' }))).toThrow(/no kernel 0; known/);
    expect(linkChanged(withFirstStep({ params: 'constructor' }))).toThrow(/'constructor' are not one of/);
    expect(linkChanged(withFirstStep({ fields: { ...plan.steps[0]!.fields, COLOUR: 1 } }))).toThrow(/no field COLOUR/);
    const rest = Object.entries(plan.steps[0]!.fields).filter(([field]) => field !== 'INPUT');
    expect(linkChanged(withFirstStep({ fields: Object.fromEntries(rest) }))).toThrow(/no field INPUT/);
  });

  it('refuses buffers outside the arena and constants of another size', () => {
    expect(linkChanged({ arenaBytes: 0 })).toThrow(PlanError);
    expect(linkChanged({ constants: plan.constants.map((constant) => ({ ...constant, bytes: constant.bytes + 1 })) })).toThrow(/bytes, the plan states/);
  });

  it('refuses to take more memory than allowed', () => {
    expect(() => link(plan, tensorData, choice, { threads: 1, memoryLimit: 1024 })).toThrow(/needs \d+ bytes of memory, at most 1024/);
  });

  it('says what a memory that cannot be allocated would have taken', () => {
    const memory = vi.spyOn(WebAssembly, 'Memory').mockImplementation(function refuse() {
      throw new RangeError('WebAssembly.Memory(): could not allocate memory');
    });
    try {
      expect(linkChanged({})).toThrow(PlanError);
      expect(linkChanged({})).toThrow(/needs \d+ bytes of memory, which this process cannot allocate: .* use a smaller model/);
    } finally {
      memory.mockRestore();
    }
  });
});
