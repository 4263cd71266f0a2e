import { accessSync, constants, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cgroupMemory } from '../../core/cgroup.ts';

/** What the kernel shows of the board below `root`; everything may be missing. */
export interface LinuxFacts {
  /** Name from the device tree, e.g. `Raspberry Pi 5 Model B Rev 1.0`. */
  readonly board: string | null;
  /** Instruction set extensions that the dot products use. */
  readonly dotprod: boolean;
  /** Least memory limit of the control groups of this process in bytes. */
  readonly memoryLimitBytes: number | null;
  readonly thermalZones: readonly { readonly type: string; readonly celsius: number }[];
  /** Device files that exist and that this user cannot open, with the group that may. */
  readonly closedDevices: readonly { readonly path: string; readonly group: string }[];
}

function text(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').replace(/\0/g, '').trim();
  } catch {
    return undefined;
  }
}

function entries(path: string, pattern: RegExp): string[] {
  try {
    return readdirSync(path).filter((name) => pattern.test(name)).sort();
  } catch {
    return [];
  }
}

function canOpen(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Reads device tree, cpuinfo, cgroup, thermal zones and device files. @param root `/`, or a copy for tests */
export function linuxFacts(root = '/'): LinuxFacts {
  const at = (path: string): string => join(root, path);
  const zones = entries(at('sys/class/thermal'), /^thermal_zone\d+$/).flatMap((zone) => {
    const type = text(at(`sys/class/thermal/${zone}/type`));
    const temperature = text(at(`sys/class/thermal/${zone}/temp`));
    return type === undefined || !temperature || !Number.isFinite(Number(temperature)) ? [] : [{ type, celsius: Number(temperature) / 1000 }];
  });
  const memoryLimit = cgroupMemory(root);
  const devices = [
    ...entries(at('dev'), /^vcio$/).map((name) => ({ path: `/dev/${name}`, group: 'video' })),
    ...entries(at('dev'), /^i2c-\d+$/).map((name) => ({ path: `/dev/${name}`, group: 'i2c' })),
  ];
  return {
    board: text(at('proc/device-tree/model')) ?? null,
    dotprod: /^(Features|flags)\s*:.*\b(asimddp|avx_vnni|avx512_vnni)\b/m.test(text(at('proc/cpuinfo')) ?? ''),
    memoryLimitBytes: Number.isFinite(memoryLimit) ? memoryLimit : null,
    thermalZones: zones,
    closedDevices: devices.filter(({ path }) => !canOpen(at(path))),
  };
}
