import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { boardIdentity } from '../../../devices/device-tree.ts';
import { cgroupMemory } from '../../core/cgroup.ts';

/** What the kernel shows of the board below `root`; everything may be missing. */
export interface LinuxFacts {
  /** Name by the firmware, e.g. `Raspberry Pi 5 Model B Rev 1.0`. */
  readonly board: string | null;
  /** There is a device tree, and this container is not shown it. */
  readonly maskedDeviceTree: boolean;
  /** Instruction set extensions that the dot products use. */
  readonly dotprod: boolean;
  /** Least memory limit of the control groups of this process in bytes. */
  readonly memoryLimitBytes: number | null;
  readonly thermalZones: readonly { readonly type: string; readonly celsius: number }[];
  /** /dev/vcio is there and this user cannot open it. */
  readonly closedFirmware: boolean;
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
  const identity = boardIdentity(root);
  return {
    board: identity.model || null,
    maskedDeviceTree: identity.masked,
    dotprod: /^(Features|flags)\s*:.*\b(asimddp|avx_vnni|avx512_vnni)\b/m.test(text(at('proc/cpuinfo')) ?? ''),
    memoryLimitBytes: Number.isFinite(memoryLimit) ? memoryLimit : null,
    thermalZones: zones,
    closedFirmware: existsSync(at('dev/vcio')) && !canOpen(at('dev/vcio')),
  };
}
