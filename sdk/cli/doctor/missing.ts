import type { LinuxFacts } from './linux.ts';
import type { WasmFeatures } from './wasm-features.ts';

/** One thing this machine lacks. `required` ones keep models from running at all. */
export interface Missing {
  readonly what: string;
  readonly why: string;
  readonly how: string;
  readonly required: boolean;
}

/** What is missing, the required things first. @param cpus CPUs granted by the cgroup quota, or Infinity */
export function missingThings(wasm: WasmFeatures, linux: LinuxFacts, cpus: number): Missing[] {
  const found: (Missing | false)[] = [
    !wasm.simd && {
      what: 'WebAssembly SIMD', why: 'all kernels use it', required: true,
      how: 'run Node 20.19 or newer on a processor with 128-bit SIMD (64-bit ARM, x86-64 with SSE4.1)',
    },
    !wasm.threads && {
      what: 'WebAssembly threads', why: 'models live in shared memory', required: true,
      how: 'run Node 20.19 or newer without flags that turn them off',
    },
    wasm.simd && !wasm.relaxedSimd && {
      what: 'relaxed SIMD', required: false, how: 'run Node 22 or newer',
      why: linux.dotprod ? 'this processor has 8-bit dot products, several times as fast' : 'it is faster on processors with 8-bit dot products',
    },
    cpus < 1 && {
      what: 'a whole processor', why: `the cgroup quota grants ${cpus.toFixed(2)} CPUs`, required: false,
      how: 'raise CPUQuota of the service, or --cpus of the container',
    },
    linux.thermalZones.length === 0 && {
      what: 'a temperature sensor', why: 'heat cannot be taken into account', required: false,
      how: 'make /sys/class/thermal readable (containers and virtual machines often lack it)',
    },
    ...linux.closedDevices.map(({ path, group }) => ({
      what: `access to ${path}`, required: false, how: `sudo usermod -aG ${group} $USER, then log in again`,
      why: group === 'video' ? 'the firmware reports throttling and low voltage there' : 'power sensors are connected there',
    })),
  ];
  return found.filter((missing) => missing !== false);
}
