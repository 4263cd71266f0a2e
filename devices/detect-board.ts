import { join } from 'node:path';
import { nodeFs } from '../sdk/core/node-fs.ts';
import { genericLinux } from './boards/generic-linux.ts';
import { boards } from './boards/index.ts';
import type { Board } from './boards/types.ts';

/** Device tree properties are shorter; a wrong file is not read to its end. */
const MAX_BYTES = 4096;

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

/** The board this is by its device tree; generic Linux where it has none or an unknown one. Never throws. @param root `/`, or a copy for tests */
export function detectBoard(root = '/'): Board {
  for (const folder of ['proc/device-tree', 'sys/firmware/devicetree/base']) {
    const compatible = strings(join(root, folder, 'compatible'));
    const [model = ''] = strings(join(root, folder, 'model'));
    if (compatible.length > 0 || model !== '') return boards.find((board) => board.matches(model, compatible)) ?? genericLinux;
  }
  return genericLinux;
}
