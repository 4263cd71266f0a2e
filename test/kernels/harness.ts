import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import * as abi from '../../kernels/abi.ts';
import { buildKernels } from '../../scripts/build-kernels.mjs';
import { packedBytes, packLayout, type SmallLayout } from '../../sdk/runtime/pack/index.ts';
import { isWeightLayout, weightPacking, type WeightLayout } from '../../sdk/runtime/pack/weights.ts';
import { DOT_VARIANTS, type DotVariant } from '../../sdk/runtime/pack/types.ts';
import { xorshift } from '../xorshift.ts';

type KernelFunction = (params: number, scratch: number, begin: number, end: number) => void;
type ParamsName = Extract<keyof typeof abi, `${string}Params`>;

/** What a params field points at or holds: bytes to copy in, a splat vector, or a plain i32. */
export type Field = number | { readonly bytes: ArrayBufferView } | { readonly splat: 'i8' | 'i32' | 'f32'; readonly value: number } | 'output';

export interface KernelCall {
  readonly kernel: string;
  readonly params: ParamsName;
  readonly fields: Readonly<Record<string, Field>>;
  readonly outputBytes: number;
  readonly scratchBytes: number;
  readonly units: number;
  /** Index into `fields` of the buffer the output overwrites; a buffer of its own otherwise. */
  readonly inPlaceOf?: string;
}

const PAGES = 32;

await buildKernels();

export function moduleBytes(name: 'baseline' | 'relaxed'): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(readFileSync(fileURLToPath(new URL(`../../build/kernels/${name}.wasm`, import.meta.url))));
}

/** V8 before 12 validates or tiers relaxed SIMD wrongly; the runtime does not use it there either. */
export const hasRelaxed = Number.parseInt(process.versions.v8, 10) >= 12 && WebAssembly.validate(moduleBytes('relaxed'));

export const modules: readonly ('baseline' | 'relaxed')[] = hasRelaxed ? ['baseline', 'relaxed'] : ['baseline'];

export interface Machine {
  readonly name: 'baseline' | 'relaxed';
  readonly dots: readonly DotVariant[];
  readonly unsignedSecond: boolean;
  run(call: KernelCall, splits?: readonly number[]): Uint8Array;
}

function openMachine(name: 'baseline' | 'relaxed'): Machine {
  const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES, shared: true });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes(name)), { env: { memory } });
  const kernels = instance.exports as Record<string, KernelFunction>;
  const bytes = new Uint8Array(memory.buffer);
  const view = new DataView(memory.buffer);
  const noise = Uint8Array.from({ length: bytes.length }, xorshift(77));

  function run(call: KernelCall, splits: readonly number[] = []): Uint8Array {
    bytes.set(noise);
    let end = 64;
    const reserve = (count: number): number => {
      const address = end;
      end = Math.ceil((address + count + abi.Abi.READ_PADDING) / 64) * 64 + 64;
      if (end > bytes.length) throw new RangeError(`test case needs more than ${bytes.length} bytes`);
      return address;
    };
    const layout = abi[call.params] as unknown as Record<string, number>;
    const params = reserve(layout['SIZE']!);
    const addresses: Record<string, number> = {};
    for (const [field, value] of Object.entries(call.fields)) {
      if (typeof value !== 'object' || !('bytes' in value)) continue;
      addresses[field] = reserve(value.bytes.byteLength);
      bytes.set(new Uint8Array(value.bytes.buffer, value.bytes.byteOffset, value.bytes.byteLength), addresses[field]);
    }
    const output = call.inPlaceOf === undefined ? reserve(call.outputBytes) : addresses[call.inPlaceOf]!;
    const scratch = reserve(call.scratchBytes);
    for (const [field, value] of Object.entries(call.fields)) {
      const at = params + layout[field]!;
      if (value === 'output') view.setInt32(at, output, true);
      else if (typeof value === 'number') view.setInt32(at, value, true);
      else if ('bytes' in value) view.setInt32(at, addresses[field]!, true);
      else for (let byte = 0; byte < 16; byte += value.splat === 'i8' ? 1 : 4) {
        if (value.splat === 'i8') view.setInt8(at + byte, value.value);
        else if (value.splat === 'i32') view.setInt32(at + byte, value.value, true);
        else view.setFloat32(at + byte, value.value, true);
      }
    }
    const before = bytes.slice();
    const bounds = [0, ...splits.filter((split) => split < call.units), call.units];
    // Later ranges first: no unit may rely on an earlier one.
    for (let range = bounds.length - 1; range > 0; range--) kernels[call.kernel]!(params, scratch, bounds[range - 1]!, bounds[range]!);
    const result = bytes.slice(output, output + call.outputBytes);
    before.set(result, output);
    before.set(bytes.subarray(scratch, scratch + call.scratchBytes), scratch);
    const stray = Buffer.compare(before, bytes) === 0 ? -1 : before.findIndex((byte, at) => byte !== bytes[at]);
    expect(stray, `${call.kernel} wrote outside its output at ${output} and scratch at ${scratch}`).toBe(-1);
    return result;
  }

  const probe = name === 'baseline' ? undefined : run({
    kernel: 'probe_rd', params: 'PeakParams', outputBytes: 16, scratchBytes: 0, units: 1,
    fields: { INPUT: { bytes: new Uint8Array(16).fill(0xff) }, WEIGHTS: { bytes: new Uint8Array(16).fill(127) }, OUTPUT: 'output' },
  });
  const sum = probe === undefined ? 0 : new DataView(probe.buffer).getInt32(0, true);
  // Other sums mean that pairs of products saturate: such an engine never runs rd.
  const dots = DOT_VARIANTS.filter((dot) => dot !== 'rd' || sum === -508 || sum === 129_540);
  return { name, dots, unsignedSecond: sum === 129_540, run };
}

const opened = new Map<string, Machine>();

/** A kernel module over a memory of its own. Every run starts from the same noise, and fails on any write outside output and scratch. */
export function machineOf(name: 'baseline' | 'relaxed'): Machine {
  const machine = opened.get(name) ?? openMachine(name);
  opened.set(name, machine);
  return machine;
}

/** Weights packed by the kernel of the machine. */
function packedWeights(machine: Machine, dot: DotVariant, layout: WeightLayout, raw: ArrayBufferView): Uint8Array {
  const { kernel, offsets, panel, group, outputs, outputStride, flip, zero, bytes } = weightPacking(layout, dot);
  return machine.run({
    kernel, params: 'PackParams', outputBytes: bytes, scratchBytes: outputs * 4, units: Math.ceil(outputs / panel),
    fields: {
      SOURCE: { bytes: raw }, DESTINATION: 'output', OFFSETS: { bytes: offsets }, TERMS: offsets.length, PANEL: panel, GROUP: group,
      OUTPUTS: outputs, OUTPUT_STRIDE: outputStride, FLIP: flip, ZERO: zero,
    },
  });
}

function weightSums(layout: SmallLayout, weights: ArrayLike<number>): Int32Array {
  const outputs = 'columns' in layout ? layout.columns : layout.channels;
  const [outputStride, termStride] = 'columns' in layout ? [weights.length / outputs, 1] : [1, outputs];
  return Int32Array.from({ length: outputs }, (_, output) => (
    Array.from({ length: weights.length / outputs }, (_, term) => weights[output * outputStride + term * termStride]!).reduce((a, b) => a + b, 0)
  ));
}

/** A constant in the form the kernels of `dot` read; a bias is folded with `weights`, which are those less their zero point. */
export function packed(
  machine: Machine, dot: DotVariant, layout: SmallLayout | WeightLayout, raw: ArrayBufferView, weights?: ArrayLike<number>,
): { bytes: Uint8Array } {
  if (isWeightLayout(layout)) return { bytes: packedWeights(machine, dot, layout, raw) };
  const destination = new Uint8Array(packedBytes(layout));
  const other = weights && weightSums(layout, weights);
  packLayout(layout, dot, machine.unsignedSecond, new Uint8Array(raw.buffer, raw.byteOffset, raw.byteLength), other, destination);
  return { bytes: destination };
}

/** Fields of the rounding and clamping constants. */
export function rounding(zeroPoint: number, least: number, most: number): Record<string, Field> {
  return {
    MAGIC: { splat: 'f32', value: 12582912 },
    OFFSET: { splat: 'i32', value: 0x4b400000 - zeroPoint },
    MIN: { splat: 'i8', value: least },
    MAX: { splat: 'i8', value: most },
  };
}

/** Clamped code of sum * scale, as the kernels compute it. */
export function requantized(sum: number, scale: number, zeroPoint: number, least: number, most: number): number {
  const scaled = Math.fround(Math.fround(sum) * Math.fround(scale));
  const code = Math.fround(scaled + 12582912) - 12582912 + zeroPoint;
  return Math.max(least, Math.min(most, code));
}

/** Random int8 codes of least…127 with both ends frequent. */
export function randomCodes(count: number, random: () => number, least = -128): Int8Array {
  return Int8Array.from({ length: count }, () => {
    const value = random();
    return value % 11 === 0 ? least : value % 11 === 1 ? 127 : least + ((value >>> 8) % (128 - least));
  });
}

export function randomBias(count: number, random: () => number, spread: number): Int32Array {
  return Int32Array.from({ length: count }, () => (random() % (2 * spread + 1)) - spread);
}

/** Scales that spread sums of about `magnitude` over the int8 range, different for every channel. */
export function randomScales(count: number, random: () => number, magnitude: number): Float32Array {
  return Float32Array.from({ length: count }, () => ((random() % 1000) / 1000 + 0.05) * (200 / magnitude));
}
