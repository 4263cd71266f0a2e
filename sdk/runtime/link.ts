import { Abi, Kernel } from '../../kernels/abi.ts';
import { PlanError } from '../core/errors.ts';
import type { Plan, PlanConstant, PlanStep } from '../plan/types.ts';
import { secondLevelCache } from './cache.ts';
import { CONTROL_BYTES, Row, STEP_WORDS } from './control.ts';
import type { KernelFunction } from './execute.ts';
import { instantiateKernels } from './instantiate.ts';
import { kernelModule } from './kernels.ts';
import { defaultMemoryLimit } from './memory-limit.ts';
import { packable, packedBytes, packLayout } from './pack/index.ts';
import type { DotVariant } from './pack/types.ts';
import { isWeightLayout, packWeights, stagingBytes, weightPacking, type Staging, type WeightPacking } from './pack/weights.ts';
import { paramsBytes, writeParams, type Addresses } from './params.ts';
import type { KernelChoice } from './select.ts';

const ABI_VERSION: number = Abi.VERSION;
const PAGE = 65_536;
const ALIGNMENT = 64;
/** Steps that cost less than this many multiply-accumulates (or bytes moved times 8) stay on one thread. */
const PARALLEL_COST = 600_000;

/** A plan with addresses, in shared memory, ready to execute. */
export interface LinkedPlan {
  readonly memory: WebAssembly.Memory;
  /** Kernels of the linking thread, by index. */
  readonly functions: readonly KernelFunction[];
  readonly table: Int32Array;
  /** Nanoseconds of each step, filled by runs that are timed. */
  readonly costs: Int32Array;
  /** Per-thread scratch addresses. */
  readonly scratch: readonly number[];
  readonly arena: number;
  /** Kernel name of each step. */
  readonly kernels: readonly string[];
  /** Gives every state the value it has before the first run. */
  resetStates(): void;
}

export interface LinkOptions {
  readonly threads: number;
  readonly parallelCost?: number;
  /** Most bytes of shared memory; half of what this process may have by default. */
  readonly memoryLimit?: number;
  /** Bytes of the second-level cache; what Linux says by default. */
  readonly cacheBytes?: number;
}

function align(address: number): number {
  return Math.ceil(address / ALIGNMENT) * ALIGNMENT;
}

function kernelIndex(name: string): number | undefined {
  const index: unknown = Object.hasOwn(Kernel, name) ? (Kernel as unknown as Record<string, unknown>)[name] : undefined;
  return typeof index === 'number' ? index : undefined;
}

function rawBytes(constant: PlanConstant, tensorData: (tensor: number) => Uint8Array): Uint8Array {
  const raw = constant.data ?? (constant.tensor === undefined ? undefined : tensorData(constant.tensor));
  if (raw?.byteLength !== constant.bytes) {
    throw new PlanError('constant-size', `constant '${constant.name}' has ${raw?.byteLength ?? 'no'} bytes, the plan states ${constant.bytes}`);
  }
  return raw;
}

/** @throws PlanError where the process cannot have so much address space. */
function allocateMemory(pages: number): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  } catch (cause) {
    const advice = 'close other sessions, raise the limit of the process (ulimit -v, control group), or use a smaller model';
    throw new PlanError('memory-limit', `the model needs ${pages * PAGE} bytes of memory, which this process cannot allocate: ${advice}`, { cause });
  }
}

/** Weights that outgrow a second-level cache. A product of one row reads each once, so it costs their bytes: 16-bit copies would double them. */
const STREAMED_WEIGHTS = 1 << 19;

function constantsOf(step: PlanStep): number[] {
  return Object.values(step.fields).flatMap((field) => (typeof field === 'object' && 'constant' in field ? [field.constant] : []));
}

function isStreamed(step: PlanStep, { constants }: Plan): boolean {
  return step.fields['ROWS'] === 1 && constantsOf(step).some((id) => constants[id]!.layout.kind === 'gemm-weights' && constants[id]!.bytes >= STREAMED_WEIGHTS);
}

/** Constants whose weights the chosen dot product cannot take exactly use d16; streamed ones that only one step reads use 8 bits. */
function variantsOf(plan: Plan, raws: readonly Uint8Array[], { dot, unsignedSecond }: KernelChoice): DotVariant[] {
  const exact = (id: number, variant: DotVariant): boolean => packable(plan.constants[id]!.layout, variant, raws[id]!, unsignedSecond);
  const variants = plan.constants.map((_, id) => (exact(id, dot) ? dot : 'd16'));
  plan.constants.forEach(({ layout }, id) => {
    if ('weights' in layout) variants[id] = variants[layout.weights] ?? dot;
  });
  const uses = plan.constants.map(() => 0);
  for (const step of plan.steps) {
    const ids = constantsOf(step);
    for (const id of ids) uses[id]!++;
    if (ids.some((id) => variants[id] !== dot)) for (const id of ids) variants[id] = 'd16';
  }
  for (const step of plan.steps.filter((candidate) => isStreamed(candidate, plan))) {
    const ids = constantsOf(step);
    if (ids.every((id) => uses[id] === 1 && variants[id] === 'd16' && exact(id, 'e16'))) for (const id of ids) variants[id] = 'e16';
  }
  return variants;
}

/** Most bytes of weights copied in at once. */
const STAGED_BYTES = 1 << 20;

/** Copies constants into shared memory, each once, packing on the way. `staging` is free until the first run. */
function packConstants(
  { constants }: Plan, raws: readonly Uint8Array[], variants: readonly DotVariant[], packings: readonly (WeightPacking | undefined)[],
  choice: KernelChoice, functions: readonly KernelFunction[],
  memory: SharedArrayBuffer, addresses: readonly number[], sizes: readonly number[], staging: Staging,
): void {
  const sums = packings.map((packing, id) => (
    packing && packWeights(functions[kernelIndex(packing.kernel)!]!, memory, packing, raws[id]!, addresses[id]!, staging)
  ));
  constants.forEach(({ name, layout }, id) => {
    if (isWeightLayout(layout)) return;
    const destination = new Uint8Array(memory, addresses[id], sizes[id]);
    if (layout.kind === 'raw') {
      destination.set(raws[id]!);
      return;
    }
    const other = 'weights' in layout ? sums[layout.weights] : 'scales' in layout ? raws[layout.scales] : undefined;
    if ('weights' in layout && other?.byteLength !== raws[id]!.byteLength) {
      throw new PlanError('constant-size', `constant '${name}' does not fit the weights it refers to: compile the model again`);
    }
    packLayout(layout, variants[id]!, choice.unsignedSecond, raws[id]!, other, destination);
  });
}

function kernelOf(step: PlanStep, variants: readonly DotVariant[], dot: DotVariant): string {
  const weights = step.fields['WEIGHTS'];
  const variant = typeof weights === 'object' && 'constant' in weights ? (variants[weights.constant] ?? dot) : dot;
  const name = [`${step.kernel}_${variant}`, step.kernel].find((candidate) => kernelIndex(candidate) !== undefined);
  if (name === undefined) {
    throw new PlanError('unknown-kernel', `${step.node}: no kernel ${step.kernel}; known: ${Object.keys(Kernel).filter((key) => Number.isNaN(Number(key))).join(', ')}`);
  }
  return name;
}

function outputBytes(step: PlanStep, plan: Plan): number {
  const output = step.fields['OUTPUT'];
  return typeof output === 'object' && 'buffer' in output ? (plan.buffers[output.buffer]?.bytes ?? 0) : 0;
}

/** Multiply-accumulates, or the bytes written times 8 where that is more. */
function costOf(step: PlanStep, plan: Plan): number {
  return Math.max(step.macs, outputBytes(step, plan) * 8);
}

/**
 * Lays a plan out in one shared memory (control block, step table, params, constants, arena, scratch), copies constants in once, packing on the way,
 * and fills the step table.
 * @param tensorData raw bytes of a model tensor
 * @throws PlanError when the plan is of another ABI, names an unknown kernel or field, a constant has other bytes than stated, or its memory is not to be had
 */
export function link(plan: Plan, tensorData: (tensor: number) => Uint8Array, choice: KernelChoice, options: LinkOptions): LinkedPlan {
  if (plan.abi !== ABI_VERSION) {
    throw new PlanError('abi-version', `the plan was made for kernel ABI ${plan.abi}, this runtime has ${ABI_VERSION}: compile the model again`);
  }
  const raws = plan.constants.map((constant) => rawBytes(constant, tensorData));
  const variants = variantsOf(plan, raws, choice);
  const kernels = plan.steps.map((step) => kernelOf(step, variants, choice.dot));

  let end = CONTROL_BYTES;
  const reserve = (bytes: number): number => {
    const address = align(end);
    end = address + bytes;
    return address;
  };
  const tableAddress = reserve(plan.steps.length * STEP_WORDS * 4);
  const costsAddress = reserve(plan.steps.length * 4);
  const paramsAddresses = plan.steps.map((step) => reserve(paramsBytes(step)));
  const packings = plan.constants.map(({ layout }, id) => (isWeightLayout(layout) ? weightPacking(layout, variants[id]!) : undefined));
  const sizes = plan.constants.map(({ layout, bytes }, id) => {
    if (isWeightLayout(layout)) return packings[id]!.bytes;
    return layout.kind === 'raw' ? bytes : packedBytes(layout);
  });
  const constantAddresses = sizes.map((bytes) => reserve(bytes + Abi.READ_PADDING));
  const arena = reserve(plan.arenaBytes + Abi.READ_PADDING);
  const scratchBytes = plan.steps.reduce((most, step) => Math.max(most, step.scratch), 0);
  const scratch = Array.from({ length: options.threads }, () => reserve(scratchBytes + Abi.READ_PADDING));
  // Nothing runs while constants are packed, so codes wait in the arena and behind it.
  end = packings.reduce((most, packing, id) => Math.max(most, packing === undefined ? 0 : arena + stagingBytes(packing, plan.constants[id]!.bytes)), end);
  const pages = Math.ceil(end / PAGE);
  const limit = options.memoryLimit ?? defaultMemoryLimit();
  if (pages * PAGE > limit) {
    throw new PlanError('memory-limit', `the model needs ${pages * PAGE} bytes of memory, at most ${limit} are allowed here: use a smaller model`);
  }

  const memory = allocateMemory(pages);
  const functions = instantiateKernels(kernelModule(choice.module), memory);
  const staging = { address: arena, bytes: Math.min(memory.buffer.byteLength - arena, STAGED_BYTES) };
  packConstants(plan, raws, variants, packings, choice, functions, memory.buffer, constantAddresses, sizes, staging);
  new Uint8Array(memory.buffer, staging.address, staging.bytes).fill(0);

  const view = new DataView(memory.buffer);
  const addresses: Addresses = {
    buffer: (id) => {
      const buffer = plan.buffers[id];
      if (buffer === undefined || buffer.offset + buffer.bytes > plan.arenaBytes) {
        throw new PlanError('unknown-buffer', `the plan has no buffer ${id} inside its arena of ${plan.arenaBytes} bytes`);
      }
      return arena + buffer.offset;
    },
    constant: (id) => {
      const address = constantAddresses[id];
      if (address === undefined) throw new PlanError('unknown-constant', `the plan has no constant ${id}`);
      return address;
    },
    flip: choice.unsignedSecond,
  };
  const table = new Int32Array(memory.buffer, tableAddress, plan.steps.length * STEP_WORDS);
  const parallelCost = options.parallelCost ?? PARALLEL_COST;
  plan.steps.forEach((step, index) => {
    const params = paramsAddresses[index]!;
    writeParams(view, params, step, addresses);
    const threads = costOf(step, plan) < parallelCost ? 1 : options.threads;
    table.set([kernelIndex(kernels[index]!)!, params, step.units, threads, 1], index * STEP_WORDS);
  });
  const cacheBytes = options.cacheBytes ?? secondLevelCache();
  for (const { first, pace, last, blockUnits, blockRows, leadRows, leadUnits } of plan.bands) {
    const cost = plan.steps.slice(first, last + 1).reduce((sum, step) => sum + costOf(step, plan), 0);
    const threads = cost < parallelCost ? 1 : options.threads;
    const handedOn = plan.steps.slice(first, last).reduce((sum, step) => sum + outputBytes(step, plan), 0);
    const cached = handedOn * 2 <= cacheBytes ? 1 : 0;
    table.set([threads, last - first + 1, pace - first, blockUnits, blockRows, leadRows, leadUnits, cached], first * STEP_WORDS + Row.threads);
  }
  const resetStates = (): void => {
    for (const { buffer, initial } of plan.states ?? []) {
      const state = new Uint8Array(memory.buffer, addresses.buffer(buffer), plan.buffers[buffer]!.bytes);
      if ('fill' in initial) state.fill(initial.fill);
      else state.set(new Uint8Array(memory.buffer, addresses.constant(initial.constant), state.length));
    }
  };
  resetStates();
  const costs = new Int32Array(memory.buffer, costsAddress, plan.steps.length);
  return { memory, functions, table, costs, scratch, arena, kernels, resetStates };
}
