import { DeviceError } from '../core/errors.ts';
import { baselineKernels, relaxedKernels } from './generated/kernels.ts';
import type { KernelModule } from './types.ts';

/** Node 20's first compiler tier (V8 11) returns wrong relaxed dot products, whatever flags say. */
const FIRST_SOUND_V8 = 12;

const compiled = new Map<KernelModule, WebAssembly.Module>();

function bytesOf(name: KernelModule): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(name === 'relaxed' ? relaxedKernels : baselineKernels, 'base64'));
}

function compile(name: KernelModule): WebAssembly.Module | undefined {
  if (name === 'relaxed' && Number.parseInt(process.versions.v8, 10) < FIRST_SOUND_V8) return undefined;
  try {
    return new WebAssembly.Module(bytesOf(name));
  } catch (error) {
    if (error instanceof WebAssembly.CompileError) return undefined;
    throw error;
  }
}

/** Whether this host can run a kernel module. */
export function supportsModule(name: KernelModule): boolean {
  const module = compiled.get(name) ?? compile(name);
  if (module !== undefined) compiled.set(name, module);
  return module !== undefined;
}

/**
 * The compiled kernel module, one per process.
 * @throws DeviceError when the host lacks what the module needs.
 */
export function kernelModule(name: KernelModule): WebAssembly.Module {
  if (!supportsModule(name)) {
    const needs = name === 'relaxed' ? 'relaxed SIMD (Node 22 or newer)' : 'WebAssembly SIMD and threads';
    throw new DeviceError('kernels-unsupported', `the ${name} kernels need ${needs}; this is Node ${process.versions.node} on ${process.arch}`);
  }
  return compiled.get(name)!;
}
