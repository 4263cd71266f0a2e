import type { Board } from '../../../devices/boards/types.ts';
import { MAX_AMBIENT } from '../../power/governor/options.ts';
import { idleAbove } from '../../power/governor/thermal-filter.ts';
import { LEAST_TRUST } from '../../power/governor/trust.ts';
import type { Reading } from '../../power/types.ts';
import type { LinuxFacts } from './linux.ts';
import type { WasmFeatures } from './wasm-features.ts';

/** One thing this machine lacks. `required` ones keep models from running at all. */
export interface Missing {
  readonly what: string;
  readonly why: string;
  readonly how: string;
  readonly required: boolean;
}

/** Whole degrees Celsius of the surroundings up to which the governor lets a board do more than idle. */
export function workableAmbient({ power, thermal }: Board): number {
  return Math.floor(idleAbove(thermal.value, power.value.idle));
}

/** What the governor does where it has no temperature. @param zones types of those that show one */
function withoutThermometer(board: Board, zones: readonly string[]): Pick<Missing, 'why' | 'how'> {
  const workable = workableAmbient(board);
  const hot = workable < MAX_AMBIENT;
  return {
    why: `${zones.length > 0 ? `of the thermal zones (${zones.join(', ')}) none shows a temperature of the processor that can be trusted; ` : ''}without one the governor acts for ${MAX_AMBIENT} °C around${hot ? `, in which this board (${board.name}) only idles` : ''}`,
    how: `${zones.length > 0 ? '' : 'make /sys/class/thermal readable (containers and virtual machines often lack it), or '}state maxAmbient where it never gets that hot${hot ? `: at ${workable} and below it works` : ''}`,
  };
}

export interface Machine {
  readonly wasm: WasmFeatures;
  readonly linux: LinuxFacts;
  /** CPUs granted by the cgroup quota, or Infinity. */
  readonly cpus: number;
  readonly board: Board;
  /** What the sensors show. */
  readonly found: readonly Reading[];
}

/** What is missing, the required things first. */
export function missingThings({ wasm, linux, cpus, board, found: readings }: Machine): Missing[] {
  const thermometer = readings.some(({ quantity, trust }) => quantity === 'soc-temperature' && trust >= LEAST_TRUST);
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
    !thermometer && { what: 'a temperature sensor', required: false, ...withoutThermometer(board, linux.thermalZones.map(({ type }) => type)) },
    linux.maskedDeviceTree && {
      what: 'the device tree', required: false,
      why: `this container is not shown it: the board is known as ${board.name}${linux.board === null ? '' : ', by /proc/cpuinfo'}`,
      how: 'start the container with -v /sys/firmware/devicetree/base:/device-tree:ro, or with --security-opt systempaths=unconfined',
    },
    linux.closedFirmware && {
      what: 'access to /dev/vcio', required: false, how: 'sudo usermod -aG video $USER, then log in again',
      why: 'the firmware reports throttling and low voltage there',
    },
  ];
  return found.filter((missing) => missing !== false);
}
