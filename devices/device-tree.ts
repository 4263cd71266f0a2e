import { join } from 'node:path';
import { nodeFs } from '../sdk/core/node-fs.ts';
import { readText } from './sensors/text-file.ts';

/** Device tree properties are shorter; a wrong file is not read to its end. */
const MAX_BYTES = 4096;

/** Where the kernel shows it, and where containers may mount it: /proc and /sys/firmware are masked there (moby/moby#43419). */
const FOLDERS = ['proc/device-tree', 'sys/firmware/devicetree/base', 'device-tree'];

/** What the firmware says which board this is. */
export interface BoardIdentity {
  /** Empty where it is unknown. */
  readonly model: string;
  /** From the most to the least specific one. */
  readonly compatible: readonly string[];
  /** There is a device tree, and this container is not shown it. */
  readonly masked: boolean;
}

/** NUL-terminated strings of a device tree property; none where it is missing. */
function strings(path: string): string[] {
  try {
    const stat = nodeFs.statSync(path);
    if (!stat.isFile() || stat.size > MAX_BYTES) return [];
    return nodeFs.readFileSync(path, 'latin1').split('\0').map((text) => text.trim()).filter((text) => text !== '');
  } catch {
    return [];
  }
}

function isDangling(path: string): boolean {
  try {
    return nodeFs.lstatSync(path).isSymbolicLink() && !nodeFs.existsSync(path);
  } catch {
    return false;
  }
}

/** The board by its device tree; where that is masked, by the line that kernels of Raspberry Pis add to /proc/cpuinfo. Never throws. @param root `/`, or a copy for tests */
export function boardIdentity(root: string): BoardIdentity {
  for (const folder of FOLDERS) {
    const compatible = strings(join(root, folder, 'compatible'));
    const [model = ''] = strings(join(root, folder, 'model'));
    if (compatible.length > 0 || model !== '') return { model, compatible, masked: false };
  }
  const model = /^Model\s*:\s*(.*\S)/m.exec(readText(join(root, 'proc/cpuinfo')) ?? '')?.[1] ?? '';
  return { model, compatible: [], masked: isDangling(join(root, 'proc/device-tree')) };
}

/** @param root `/`, or a copy for tests */
export function isRaspberryPi(root: string): boolean {
  return boardIdentity(root).model.startsWith('Raspberry Pi');
}
