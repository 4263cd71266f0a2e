import { Kernel } from '../../kernels/abi.ts';
import type { KernelFunction } from './execute.ts';

/** Instantiates a kernel module over `memory`; the result is indexed by `Kernel`, with holes for kernels the module lacks. */
export function instantiateKernels(module: WebAssembly.Module, memory: WebAssembly.Memory): KernelFunction[] {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const table: KernelFunction[] = [];
  for (const [name, value] of Object.entries(exports)) {
    const index = (Kernel as unknown as Record<string, number | undefined>)[name];
    if (index !== undefined && typeof value === 'function') table[index] = value as KernelFunction;
  }
  return table;
}
