import { Kernel, PeakMacs, PeakParams } from '../../kernels/abi.ts';
import { DeviceError, OptionError } from '../core/errors.ts';
import type { KernelFunction } from './execute.ts';
import { instantiateKernels } from './instantiate.ts';
import { kernelModule, supportsModule } from './kernels.ts';
import { DOT_VARIANTS, type DotVariant } from './pack/types.ts';
import type { KernelModule } from './types.ts';

/** How the relaxed dot product of this engine treats a second operand above 127. */
type SecondOperand = 'signed' | 'unsigned' | 'inexact';

/** The kernels a session uses on this machine. */
export interface KernelChoice {
  readonly module: KernelModule;
  readonly dot: DotVariant;
  /** The second operand of the relaxed dot product is unsigned (x86): activations are flipped to unsigned. */
  readonly unsignedSecond: boolean;
}

const PEAK = { d16: [Kernel.peak_d16, PeakMacs.peak_d16], e16: [Kernel.peak_e16, PeakMacs.peak_e16], rd: [Kernel.peak_rd, PeakMacs.peak_rd] } as const;
const PARAMS = 0;
const INPUT = 64;
const WEIGHTS = 80;
const OUTPUT = 128;
/** Bursts take a fraction of a millisecond; the optimizing tier takes over between them. */
const BURST_ITERATIONS = 20_000;
const BURSTS = 12;

/**
 * Dot products worth timing. On x86 `e16` widens bytes before each product and is the slowest everywhere; an unsigned operand that does not saturate is
 * one instruction there, three times as fast as `d16`. On arm64 `e16` takes three instructions where `d16` takes eight and widening.
 */
function promising(usable: readonly DotVariant[]): readonly DotVariant[] {
  if (process.arch === 'x64') return usable.includes('rd') ? ['rd'] : ['d16'];
  return process.arch === 'arm64' ? usable.filter((dot) => dot !== 'd16') : usable;
}

interface Bench {
  readonly kernels: readonly KernelFunction[];
  readonly view: DataView;
}

function openBench(module: KernelModule): Bench {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const view = new DataView(memory.buffer);
  view.setInt32(PARAMS + PeakParams.INPUT, INPUT, true);
  view.setInt32(PARAMS + PeakParams.WEIGHTS, WEIGHTS, true);
  view.setInt32(PARAMS + PeakParams.OUTPUT, OUTPUT, true);
  return { kernels: instantiateKernels(kernelModule(module), memory), view };
}

function callOf(bench: Bench, kernel: Kernel): KernelFunction {
  const call = bench.kernels[kernel];
  if (call === undefined) throw new DeviceError('kernels-broken', `the kernel module lacks ${Kernel[kernel]}: reinstall halfbyte`);
  return call;
}

/** 4 * (127 x byte 0xFF): -508 when the byte is signed, 129540 when it is unsigned and sums do not saturate. */
function probeSecondOperand(bench: Bench): SecondOperand {
  for (let byte = 0; byte < 16; byte++) {
    bench.view.setUint8(INPUT + byte, 0xff);
    bench.view.setUint8(WEIGHTS + byte, 127);
  }
  callOf(bench, Kernel.probe_rd)(PARAMS, 0, 0, 1);
  const sum = bench.view.getInt32(OUTPUT, true);
  return sum === -508 ? 'signed' : sum === 129_540 ? 'unsigned' : 'inexact';
}

/** GMAC/s of register-only loops: the best of bursts in turn, so that other load hits all alike. */
function timeDots(bench: Bench, dots: readonly DotVariant[]): { readonly dot: DotVariant; readonly gmacs: number }[] {
  const best = dots.map(() => Infinity);
  for (let burst = 0; burst < BURSTS; burst++) {
    dots.forEach((dot, index) => {
      const call = callOf(bench, PEAK[dot][0]);
      const start = performance.now();
      call(PARAMS, 0, 0, BURST_ITERATIONS);
      best[index] = Math.min(best[index]!, performance.now() - start);
    });
  }
  return dots.map((dot, index) => ({ dot, gmacs: (PEAK[dot][1] * BURST_ITERATIONS) / best[index]! / 1e6 }));
}

const benches = new Map<KernelModule, Bench>();

function benchOf(module: KernelModule): Bench {
  let bench = benches.get(module);
  if (bench === undefined) {
    bench = openBench(module);
    benches.set(module, bench);
  }
  return bench;
}

/** GMAC/s of the register-only loop of a dot product in this process: the ceiling kernels are measured against. */
export function measurePeak(choice: Pick<KernelChoice, 'module' | 'dot'>): number {
  return timeDots(benchOf(choice.module), [choice.dot])[0]!.gmacs;
}

function moduleFor(kernel: KernelModule | 'auto', dot: DotVariant | 'auto'): KernelModule {
  return kernel === 'relaxed' || dot === 'rd' || (kernel === 'auto' && supportsModule('relaxed')) ? 'relaxed' : 'baseline';
}

/** Dot products of a module that are exact here, and how the relaxed one takes its second operand. */
function exactDots(module: KernelModule): { readonly second: SecondOperand; readonly dots: readonly DotVariant[] } {
  const second = module === 'relaxed' ? probeSecondOperand(benchOf(module)) : 'inexact';
  return { second, dots: DOT_VARIANTS.filter((dot) => dot !== 'rd' || second !== 'inexact') };
}

/** Register-only GMAC/s of every dot product this machine can use exactly. */
export function measureDots(): { readonly dot: DotVariant; readonly gmacs: number }[] {
  const module = moduleFor('auto', 'auto');
  return timeDots(benchOf(module), exactDots(module).dots);
}

const choices = new Map<string, KernelChoice>();

/**
 * Chooses the kernel module and the dot product: what was asked for, else the fastest of what is exact here. Cached per process.
 * @throws DeviceError when the host cannot run what was asked for.
 */
export function chooseKernels(kernel: KernelModule | 'auto' = 'auto', dot: DotVariant | 'auto' = 'auto'): KernelChoice {
  const key = `${kernel} ${dot}`;
  const cached = choices.get(key);
  if (cached !== undefined) return cached;
  if (kernel === 'baseline' && dot === 'rd') {
    throw new OptionError('invalid-option', "dot: 'rd' exists in the relaxed kernels only; use kernel 'relaxed' or 'auto'");
  }
  const module = moduleFor(kernel, dot);
  kernelModule(module);
  const { second, dots } = exactDots(module);
  if (dot !== 'auto' && !dots.includes(dot)) {
    throw new DeviceError('relaxed-dot-inexact', "dot 'rd': this engine's relaxed dot product saturates, results would differ; use 'd16', 'e16' or 'auto'");
  }
  const candidates = dot === 'auto' ? promising(dots) : [dot];
  const timed = candidates.length === 1 ? [] : timeDots(benchOf(module), candidates);
  const fastest = timed.reduce((best, candidate) => (candidate.gmacs > best.gmacs ? candidate : best), { dot: candidates[0]!, gmacs: 0 });
  const choice = { module, dot: fastest.dot, unsignedSecond: second === 'unsigned' };
  choices.set(key, choice);
  return choice;
}
